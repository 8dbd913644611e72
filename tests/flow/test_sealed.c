/* Citizen numbers and telephones: sealed at rest, shown with stars, read in clear for a reason,
 * found by a whole number, purged in time (domain.md 10.1, 10.5; design.md 11). */
#include "base/citizen.h"
#include "core/purge.h"
#include "core/sealed.h"
#include "store/seal.h"
#include "tests/flow/flow.h"

#include <stdlib.h>

#define NUMBER "130999196507081230" /* the last digit is put right below */
#define PHONE "14300005678"
#define ROWS "/api/v1/ledgers/person/rows"

static char number[19], other_number[19];

static void
fix_numbers(void)
{
    g_strlcpy(number, NUMBER, sizeof number);
    number[17] = hj_citizen_check(number);
    g_strlcpy(other_number, "130999197001010020", sizeof other_number);
    other_number[17] = hj_citizen_check(other_number);
}

static HjTestAnswer *
enter(HjTestCounty *county, const char *name, const char *more)
{
    g_autofree char *body = g_strdup_printf(
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"name\":\"%s\"%s}}", name, more);
    return hj_test_post(county, "town", ROWS, body);
}

/* The first person of this file, made once a database. */
static char *
person(HjTestCounty *county)
{
    g_autoptr(HjTestAnswer) list = hj_test_get(county, "town", ROWS "?q=%E5%AF%86%E4%B8%80");
    assert_status(list, 200);
    if (hj_test_count(list) > 0)
        return g_strdup(hj_test_at(list, "items.0.id"));
    g_autofree char *more =
        g_strdup_printf(",\"citizen_no\":\"%s\",\"phone\":\"+86 143-0000-5678\"", number);
    g_autoptr(HjTestAnswer) made = enter(county, "密一", more);
    assert_status(made, 201);
    return g_strdup(hj_test_at(made, "id"));
}

static bool
has(const HjTestAnswer *answer, const char *text)
{
    return strstr(answer->body, text) != NULL;
}

static void
a_number_fills_in_sex_and_birth_and_is_shown_with_stars(void **state)
{
    fix_numbers();
    g_autofree char *id = person(*state);
    g_autofree char *uri = g_strdup_printf(ROWS "/%s", id);
    g_autoptr(HjTestAnswer) row = hj_test_get(*state, "village", uri);
    assert_status(row, 200);
    g_autofree char *masked = g_strdup_printf("130999********123%c", number[17]);
    assert_string_equal(hj_test_at(row, "fields.citizen_no"), masked);
    assert_string_equal(hj_test_at(row, "fields.phone"), "143****5678");
    assert_string_equal(hj_test_at(row, "fields.born_on"), "1965-07-08");
    assert_string_equal(hj_test_at(row, "fields.sex"), "male");
    g_autofree char *page_uri = g_strdup_printf("/ledgers/person/%s", id);
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "village", page_uri);
    assert_true(has(page, masked) && !has(page, number) && !has(page, PHONE));
    assert_true(has(page, "（已加密）"));
    g_autoptr(HjTestAnswer) list = hj_test_page(*state, "village", "/ledgers/person");
    assert_false(has(list, number));
    g_autofree char *history_uri = g_strdup_printf(ROWS "/%s/history", id);
    g_autoptr(HjTestAnswer) history = hj_test_get(*state, "village", history_uri);
    assert_status(history, 200);
    assert_true(has(history, "\"sm3:") && !has(history, number));
}

static void
wrong_numbers_are_refused_with_the_reason(void **state)
{
    static const char *const wrong[] = {
        ",\"sex\":\"male\",\"citizen_no\":\"110105491231002\"",
        ",\"sex\":\"male\",\"citizen_no\":\"110105194912310021\"",
        ",\"sex\":\"male\",\"citizen_no\":\"11010520260230002X\"",
        ",\"sex\":\"male\",\"citizen_no\":\"130999********1234\"",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(HjTestAnswer) refused = enter(*state, "错号", wrong[i]);
        assert_status(refused, 422);
        assert_string_equal(hj_test_issue(refused, "citizen_no"), "check");
    }
    g_autofree char *differs = g_strdup_printf(
        ",\"citizen_no\":\"%s\",\"sex\":\"male\",\"born_on\":\"1970-01-02\"", other_number);
    g_autoptr(HjTestAnswer) both = enter(*state, "不一致", differs);
    assert_status(both, 422);
    assert_string_equal(hj_test_issue(both, "sex"), "check");
    assert_string_equal(hj_test_issue(both, "born_on"), "check");
    g_autoptr(HjTestAnswer) phone =
        enter(*state, "错话", ",\"sex\":\"male\",\"phone\":\"123\"");
    assert_string_equal(hj_test_issue(phone, "phone"), "check");
    g_autofree char *id = person(*state);
    assert_non_null(id);
    g_autofree char *same = g_strdup_printf(",\"citizen_no\":\"%s\"", number);
    g_autoptr(HjTestAnswer) twice = enter(*state, "再登记", same);
    assert_status(twice, 422);
    assert_string_equal(hj_test_issue(twice, "citizen_no"), "duplicate");
}

static void
a_number_is_read_in_clear_only_for_a_reason_that_is_kept(void **state)
{
    g_autofree char *id = person(*state);
    g_autofree char *uri = g_strdup_printf("/ledgers/person/%s/unmask", id);
    g_autoptr(HjTestAnswer) denied = hj_test_form(*state, "village", uri, "reason=想看看吧");
    assert_status(denied, 403);
    g_autoptr(HjTestAnswer) foreign = hj_test_form(*state, "other", uri, "reason=想看看吧");
    assert_status(foreign, 404);
    g_autoptr(HjTestAnswer) form = hj_test_page(*state, "town", uri);
    assert_status(form, 200);
    assert_false(has(form, number));
    g_autoptr(HjTestAnswer) without = hj_test_form(*state, "town", uri, "reason=+");
    assert_status(without, 422);
    assert_false(has(without, number));
    g_autoptr(HjTestAnswer) shown = hj_test_form(*state, "town", uri, "reason=核对党员档案");
    assert_status(shown, 200);
    assert_true(has(shown, number) && has(shown, PHONE));
    assert_string_equal(hj_test_header(shown, "Cache-Control"), "no-store");
    g_autofree char *history_uri = g_strdup_printf(ROWS "/%s/history", id);
    g_autoptr(HjTestAnswer) history = hj_test_get(*state, "county", history_uri);
    assert_string_equal(hj_test_at(history, "items.0.action"), "row.unmask");
    assert_string_equal(hj_test_at(history, "items.0.reason"), "核对党员档案");
    assert_string_equal(hj_test_at(history, "items.0.actor"), "town");
}

static void
programs_find_and_read_numbers_without_them_in_an_address(void **state)
{
    g_autofree char *id = person(*state);
    g_autofree char *asked =
        g_strdup_printf("{\"field\":\"citizen_no\",\"value\":\"%s\"}", number);
    g_autoptr(HjTestAnswer) found =
        hj_test_post(*state, "town", "/api/v1/ledgers/person/find", asked);
    assert_status(found, 200);
    assert_string_equal(hj_test_at(found, "items.0.id"), id);
    assert_false(has(found, number));
    /* Who does not see the place finds nothing there. */
    g_autoptr(HjTestAnswer) foreign =
        hj_test_post(*state, "other", "/api/v1/ledgers/person/find", asked);
    assert_status(foreign, 200);
    assert_int_equal(hj_test_count(foreign), 0);
    g_autoptr(HjTestAnswer) no_field = hj_test_post(
        *state, "town", "/api/v1/ledgers/person/find", "{\"field\":\"name\",\"value\":\"x\"}");
    assert_refused(no_field, 422, "field", "choice");
    g_autofree char *uri = g_strdup_printf(ROWS "/%s/unmask", id);
    g_autoptr(HjTestAnswer) denied =
        hj_test_post(*state, "village", uri, "{\"reason\":\"想看看吧\"}");
    assert_status(denied, 403);
    g_autoptr(HjTestAnswer) without = hj_test_post(*state, "town", uri, "{\"reason\":\" \"}");
    assert_refused(without, 422, "reason", "required");
    const HjTestHeader keyed[] = { { "idempotency-key", "read-once" }, { 0 } };
    const char *body = "{\"field\":\"citizen_no\",\"reason\":\"接口核对党员档案\"}";
    g_autoptr(HjTestAnswer) shown =
        hj_test_send(*state, "town", HJ_POST, uri, keyed, body, strlen(body));
    assert_status(shown, 200);
    assert_string_equal(hj_test_at(shown, "fields.citizen_no"), number);
    assert_null(hj_test_at(shown, "fields.phone"));
    assert_string_equal(hj_test_header(shown, "Cache-Control"), "no-store");
    /* It is not kept for a repetition: asking again is recorded again. */
    g_autoptr(HjTestAnswer) again =
        hj_test_send(*state, "town", HJ_POST, uri, keyed, body, strlen(body));
    assert_status(again, 200);
    assert_null(hj_test_header(again, "Idempotency-Replayed"));
    g_autofree char *history_uri = g_strdup_printf(ROWS "/%s/history", id);
    g_autoptr(HjTestAnswer) history = hj_test_get(*state, "county", history_uri);
    assert_string_equal(hj_test_at(history, "items.1.reason"), "接口核对党员档案");
}

static void
an_account_sees_only_so_many_values_an_hour(void **state)
{
    g_autofree char *id = person(*state);
    g_autofree char *uri = g_strdup_printf("/ledgers/person/%s/unmask", id);
    int status = 200;
    for (int i = 0; i < 40 && status == 200; i++) {
        g_autoptr(HjTestAnswer) shown =
            hj_test_form(*state, "county", uri, "reason=逐个核对一遍");
        status = shown->status;
    }
    assert_int_equal(status, 409);
}

static void
rows_are_found_by_a_whole_number_that_stands_in_no_address(void **state)
{
    g_autofree char *id = person(*state);
    g_autofree char *form = g_strdup_printf("field=citizen_no&value=%s", number);
    g_autoptr(HjTestAnswer) found =
        hj_test_form(*state, "village", "/ledgers/person/find", form);
    assert_status(found, 303);
    const char *to = hj_test_header(found, "Location");
    assert_null(strstr(to, number));
    g_autoptr(HjTestAnswer) list = hj_test_page(*state, "village", to);
    assert_status(list, 200);
    assert_true(has(list, id));
    g_autofree char *api = g_strdup_printf(ROWS "%s", strchr(to, '?'));
    g_autoptr(HjTestAnswer) rows = hj_test_get(*state, "village", api);
    assert_int_equal(hj_test_count(rows), 1);
    g_autofree char *clear = g_strdup_printf(ROWS "?citizen_no=%s", number);
    g_autoptr(HjTestAnswer) refused = hj_test_get(*state, "village", clear);
    assert_status(refused, 400);
    assert_false(has(refused, number));
    g_autofree char *in_q = g_strdup_printf("/ledgers/person?q=%s", number);
    g_autoptr(HjTestAnswer) asked = hj_test_page(*state, "village", in_q);
    assert_status(asked, 400);
    g_autoptr(HjTestAnswer) sorted = hj_test_get(*state, "village", ROWS "?sort=citizen_no");
    assert_status(sorted, 400);
    g_autoptr(HjTestAnswer) wrong =
        hj_test_form(*state, "village", "/ledgers/person/find", "field=phone&value=1");
    assert_status(wrong, 422);
    g_autoptr(HjTestAnswer) none = hj_test_page(*state, "village", "/ledgers/contract/find");
    assert_status(none, 303);
}

static void
a_form_keeps_what_it_does_not_show(void **state)
{
    g_autofree char *more =
        g_strdup_printf(",\"citizen_no\":\"%s\",\"phone\":\"14300009999\"", other_number);
    g_autoptr(HjTestAnswer) made = enter(*state, "改一", more);
    assert_status(made, 201);
    g_autofree char *id = g_strdup(hj_test_at(made, "id"));
    g_autofree char *edit = g_strdup_printf("/ledgers/person/%s/edit", id);
    g_autofree char *uri = g_strdup_printf(ROWS "/%s", id);
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "town", edit);
    assert_status(page, 200);
    assert_true(has(page, "143****9999") && !has(page, "14300009999"));
    g_autoptr(HjTestAnswer) kept = hj_test_form(*state, "town", edit,
                                                "version=1&name=改一&citizen_no=&phone=&sex="
                                                "female&born_on=1970-01-01&education=junior");
    assert_status(kept, 303);
    g_autoptr(HjTestAnswer) row = hj_test_get(*state, "town", uri);
    assert_string_equal(hj_test_at(row, "fields.phone"), "143****9999");
    g_autoptr(HjTestAnswer) changed = hj_test_patch(
        *state, "town", uri, "{\"version\":2,\"fields\":{\"phone\":\"14300001111\"}}");
    assert_status(changed, 200);
    g_autoptr(HjTestAnswer) cleared = hj_test_form(
        *state, "town", edit,
        "version=3&name=改一&citizen_no=&phone=&phone__clear=1&sex=female&born_on=1970-01-01");
    assert_status(cleared, 303);
    g_autoptr(HjTestAnswer) last = hj_test_get(*state, "town", uri);
    assert_int_equal(hj_json_kind(hj_test_node(last, "fields.phone")), HJ_JSON_NULL);
    assert_non_null(hj_test_at(last, "fields.citizen_no"));
}

static void
the_notice_says_what_is_kept_and_why(void **state)
{
    g_autoptr(HjTestAnswer) notice = hj_test_page(*state, NULL, "/privacy");
    assert_status(notice, 200);
    assert_true(has(notice, "公民身份号码") && has(notice, "核对本人身份") &&
                has(notice, "60") && has(notice, "默认示例，本县尚未确认"));
}

static void
a_person_gets_a_copy_of_everything(void **state)
{
    g_autofree char *id = person(*state);
    g_autofree char *uri = g_strdup_printf("/ledgers/person/%s/copy", id);
    g_autoptr(HjTestAnswer) copy = hj_test_form(*state, "town", uri, "reason=本人申请查阅复制");
    assert_status(copy, 200);
    assert_true(has(copy, number) && has(copy, "密一"));
    g_autoptr(HjTestAnswer) denied = hj_test_page(*state, "village", uri);
    assert_status(denied, 403);
}

/* --- keys and time --- */

typedef struct {
    HjPack *pack;
    int64_t rows, values;
} Job;

static bool
rewrap(HjTx *tx, gpointer data, GError **error)
{
    return hj_purge_rewrap(tx, 1, &((Job *)data)->rows, error);
}

static bool
purge(HjTx *tx, gpointer data, GError **error)
{
    Job *job = data;
    return hj_purge_run(tx, job->pack, 10, &job->rows, &job->values, error);
}

static void
the_master_key_changes_while_everything_stays_readable(void **state)
{
    HjTestCounty *county = *state;
    HjStore *store = county->fixture->store;
    HjVault *vault = county->fixture->vault;
    char first[HJ_VAULT_ID_BYTES];
    g_autofree char *id = person(county);
    hj_vault_id(vault, hj_vault_count(vault) - 1, first);
    assert_true(hj_vault_add_master(vault, hj_time_now(), NULL));
    Job job = { .pack = county->pack };
    int n = 0;
    do {
        assert_true(hj_store_write(store, rewrap, &job, NULL));
        n += (int)job.rows;
    } while (job.rows > 0);
    assert_true(n >= 2);
    assert_true(hj_vault_drop_master(vault, first, NULL));
    g_autofree char *uri = g_strdup_printf(ROWS "/%s", id);
    g_autoptr(HjTestAnswer) row = hj_test_get(county, "town", uri);
    assert_string_equal(hj_test_at(row, "fields.phone"), "143****5678");
}

static void
what_outlived_its_time_is_purged_and_the_chain_still_verifies(void **state)
{
    HjTestCounty *county = *state;
    HjStore *store = county->fixture->store;
    /* The telephone is kept 12 months after the day, the number 60. */
    g_autoptr(HjTestAnswer) made = enter(
        county, "期满",
        ",\"sex\":\"male\",\"phone\":\"14300007777\",\"citizen_no\":\"130999195001010037\""
        ",\"ended_on\":\"2017-05-01\"");
    if (made->status == 422) { /* the check digit of that number */
        char fixed[19] = "130999195001010037";
        fixed[17] = hj_citizen_check(fixed);
        g_autofree char *more = g_strdup_printf(
            ",\"phone\":\"14300007777\",\"citizen_no\":\"%s\",\"ended_on\":\"2017-05-01\"",
            fixed);
        hj_test_answer_free(made);
        made = enter(county, "期满", more);
    }
    assert_status(made, 201);
    g_autofree char *id = g_strdup(hj_test_at(made, "id"));
    g_autoptr(HjTestAnswer) report = hj_test_page(county, "admin", "/privacy/purge");
    assert_status(report, 200);
    assert_true(has(report, "联系电话"));
    Job job = { .pack = county->pack };
    assert_true(hj_store_write(store, purge, &job, NULL));
    assert_int_equal(job.rows, 1);
    assert_int_equal(job.values, 1);
    g_autofree char *uri = g_strdup_printf(ROWS "/%s", id);
    g_autoptr(HjTestAnswer) row = hj_test_get(county, "town", uri);
    assert_int_equal(hj_json_kind(hj_test_node(row, "fields.phone")), HJ_JSON_NULL);
    assert_non_null(hj_test_at(row, "fields.citizen_no"));
    hj_store_set_clock(store, 0);
    HjTime later = 0;
    assert_true(hj_time_parse("2022-05-02T12:00:00+08:00", &later, NULL));
    hj_store_set_clock(store, later);
    assert_true(hj_store_write(store, purge, &job, NULL));
    assert_int_equal(job.values, 1);
    g_autoptr(HjTx) tx = hj_store_read(store, NULL);
    g_autoptr(HjRows) key =
        hj_tx_query(tx, NULL, "SELECT wrapped, purged_at FROM sys_sealed_key WHERE row_id = $1",
                    HJ_I64(g_ascii_strtoll(id, NULL, 10)));
    assert_true(hj_rows_next(key));
    assert_true(hj_rows_null(key, "wrapped") && !hj_rows_null(key, "purged_at"));
    g_autoptr(GError) error = NULL;
    HjSealReport chain = { 0 };
    hj_test_seal(county);
    assert_true(hj_seal_verify(store, county->fixture->keys, county->fixture->head_path, &chain,
                               &error));
    assert_true(chain.sound);
    hj_seal_report_clear(&chain);
}

/* --- somebody takes the whole database --- */

typedef struct {
    GString *all;
} Dump;

static bool
add_row(HjRows *row, gpointer data)
{
    Dump *dump = data;
    for (int i = 0; i < hj_rows_columns(row); i++) {
        size_t n = 0;
        const void *bytes = hj_rows_blob_at(row, i, &n);
        if (bytes != NULL)
            g_string_append_len(dump->all, bytes, (gssize)n);
        else if (!hj_rows_null_at(row, i))
            g_string_append_printf(dump->all, "%" G_GINT64_FORMAT, hj_rows_i64_at(row, i));
        g_string_append_c(dump->all, '\n');
    }
    return true;
}

static bool
holds(const GString *all, const char *text)
{
    return memmem(all->str, all->len, text, strlen(text)) != NULL;
}

static void
a_stolen_database_holds_no_number(void **state)
{
    HjTestCounty *county = *state;
    bool sqlite = county->fixture->kind == HJ_FIXTURE_SQLITE;
    Dump dump = { g_string_new(NULL) };
    g_autoptr(GString) all = dump.all;
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, NULL);
    g_autoptr(HjRows) tables = hj_tx_query_vals(
        tx, NULL,
        sqlite ? "SELECT name FROM sqlite_master WHERE type = 'table'"
               : "SELECT table_name AS name FROM information_schema.tables"
                 " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
        (const HjVal[]){ HJ_END });
    assert_true(hj_rows_count(tables) > 20);
    while (hj_rows_next(tables)) {
        g_autofree char *sql =
            g_strdup_printf("SELECT * FROM \"%s\"", hj_rows_text(tables, "name"));
        g_autoptr(GError) error = NULL;
        if (!hj_tx_scan(tx, &error, sql, (const HjVal[]){ HJ_END }, add_row, &dump))
            print_message("%s: %s\n", sql, error->message); /* tables of the search index */
    }
    assert_true(holds(all, "密一") && holds(all, "h:"));
    const char *const secrets[] = { number,        other_number,  PHONE,     "14300009999",
                                    "14300001111", "14300007777", "07081230" };
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        if (holds(all, secrets[i]))
            fail_msg("the database holds %s", secrets[i]);
    /* The file with its free pages and its log as well. */
    static const char *const ends[] = { "", "-wal" };
    for (size_t i = 0; sqlite && i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *path = g_strconcat(county->fixture->location, ends[i], NULL);
        g_autofree char *bytes = NULL;
        gsize n = 0;
        if (!g_file_get_contents(path, &bytes, &n, NULL))
            continue;
        for (size_t k = 0; k < G_N_ELEMENTS(secrets); k++)
            assert_null(memmem(bytes, n, secrets[k], strlen(secrets[k])));
    }
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(a_number_fills_in_sex_and_birth_and_is_shown_with_stars),
    cmocka_unit_test(wrong_numbers_are_refused_with_the_reason),
    cmocka_unit_test(a_number_is_read_in_clear_only_for_a_reason_that_is_kept),
    cmocka_unit_test(programs_find_and_read_numbers_without_them_in_an_address),
    cmocka_unit_test(an_account_sees_only_so_many_values_an_hour),
    cmocka_unit_test(rows_are_found_by_a_whole_number_that_stands_in_no_address),
    cmocka_unit_test(a_form_keeps_what_it_does_not_show),
    cmocka_unit_test(the_notice_says_what_is_kept_and_why),
    cmocka_unit_test(a_person_gets_a_copy_of_everything),
    cmocka_unit_test(the_master_key_changes_while_everything_stays_readable),
    cmocka_unit_test(what_outlived_its_time_is_purged_and_the_chain_still_verifies),
    cmocka_unit_test(a_stolen_database_holds_no_number),
};

HJ_FLOW_MAIN(stories, hj_test_cast_new)
