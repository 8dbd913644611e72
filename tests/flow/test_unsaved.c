/* Drafts of forms: kept for their writer, locked, shown again, gone with the saving and after
 * thirty days (features.md 3). */
#include "core/unsaved.h"
#include "tests/flow/flow.h"

#define FORM "/ledgers/person/new?org=" HJ_TEST_VILLAGE
#define NAME "%E8%8D%89%E7%A8%BF%E7%94%B2" /* 草稿甲 */
#define BODY "org=" HJ_TEST_VILLAGE "&name=" NAME "&sex=male&phone=14300005678"

static bool
has(const HjTestAnswer *answer, const char *text)
{
    return strstr(answer->body, text) != NULL;
}

static void
keep(HjTestCounty *county, const char *account)
{
    g_autoptr(HjTestAnswer) kept =
        hj_test_form(county, account, "/ledgers/person/new/draft", BODY);
    assert_status(kept, 303);
    assert_string_equal(hj_test_header(kept, "Location"), FORM);
}

static void
a_draft_is_shown_to_its_writer_alone_until_it_is_saved(void **state)
{
    HjTestCounty *county = *state;
    keep(county, "town");
    g_autoptr(HjTestAnswer) mine = hj_test_page(county, "town", FORM);
    assert_status(mine, 200);
    assert_true(has(mine, "value=\"草稿甲\""));
    assert_true(has(mine, "14300005678"));
    g_autoptr(HjTestAnswer) colleague = hj_test_page(county, "county", FORM);
    assert_status(colleague, 200);
    assert_false(has(colleague, "草稿甲"));
    /* Asked for another place, the form begins empty and the draft stays. */
    g_autoptr(HjTestAnswer) elsewhere =
        hj_test_page(county, "town", "/ledgers/person/new?org=" HJ_TEST_TOWN);
    assert_false(has(elsewhere, "草稿甲"));
    g_autoptr(HjTestAnswer) saved = hj_test_form(county, "town", "/ledgers/person/new", BODY);
    assert_status(saved, 303);
    g_autoptr(HjTestAnswer) again = hj_test_page(county, "town", FORM);
    assert_false(has(again, "草稿甲"));
}

static void
a_draft_is_no_row_and_can_be_thrown_away(void **state)
{
    HjTestCounty *county = *state;
    keep(county, "town");
    keep(county, "town");
    g_autoptr(HjTestAnswer) list =
        hj_test_get(county, "county", "/api/v1/ledgers/person/rows?q=" NAME);
    assert_int_equal(hj_test_count(list), 1); /* the one saved above */
    g_autoptr(HjTestAnswer) dropped =
        hj_test_form(county, "town", "/ledgers/person/new/draft/drop", "org=" HJ_TEST_VILLAGE);
    assert_status(dropped, 303);
    g_autoptr(HjTestAnswer) again = hj_test_page(county, "town", FORM);
    assert_false(has(again, "草稿甲"));
}

static void
a_draft_of_a_change_keeps_the_row_as_it_is(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) made = hj_test_post(
        county, "town", "/api/v1/ledgers/person/rows",
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"name\":\"原名\",\"sex\":\"male\"}}");
    assert_status(made, 201);
    g_autofree char *row = g_strdup_printf("/ledgers/person/%s", hj_test_at(made, "id"));
    g_autofree char *edit = g_strconcat(row, "/edit", NULL);
    g_autofree char *draft = g_strconcat(row, "/draft", NULL);
    g_autoptr(HjTestAnswer) foreign = hj_test_form(county, "other", draft, "name=" NAME);
    assert_status(foreign, 404);
    g_autoptr(HjTestAnswer) kept =
        hj_test_form(county, "town", draft, "name=" NAME "&sex=male");
    assert_status(kept, 303);
    assert_string_equal(hj_test_header(kept, "Location"), edit);
    g_autoptr(HjTestAnswer) page = hj_test_page(county, "town", row);
    assert_true(has(page, "原名"));
    assert_false(has(page, "草稿甲"));
    g_autoptr(HjTestAnswer) form = hj_test_page(county, "town", edit);
    assert_true(has(form, "value=\"草稿甲\""));
    /* The version of the row as it is now: the draft can be saved. */
    assert_true(has(form, "name=\"version\" value=\"1\""));
    g_autoptr(HjTestAnswer) saved =
        hj_test_form(county, "town", edit, "version=1&name=" NAME "&sex=male");
    assert_status(saved, 303);
    g_autoptr(HjTestAnswer) after = hj_test_page(county, "town", row);
    assert_true(has(after, "草稿甲"));
}

static bool
count_kept(HjTx *tx, gpointer data, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(
        tx, error,
        "SELECT (SELECT COUNT(*) FROM sys_unsaved) AS n, (SELECT COUNT(*) FROM sys_sealed_key"
        " WHERE ledger = 'sys_unsaved') AS n_keys");
    if (rows == NULL || !hj_rows_next(rows))
        return false;
    int64_t *n = data;
    n[0] = hj_rows_i64(rows, "n");
    n[1] = hj_rows_i64(rows, "n_keys");
    hj_tx_exempt(tx);
    return true;
}

static bool
grow_old(HjTx *tx, gpointer data, GError **error)
{
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, "UPDATE sys_unsaved SET kept_at = $1",
                      HJ_TIME(hj_tx_now(tx) - HJ_UNSAVED_DAYS * INT64_C(86400000000))) &&
           hj_unsaved_sweep(tx, error) && count_kept(tx, data, error);
}

static void
after_thirty_days_a_draft_and_its_key_are_gone(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t n[2];
    keep(county, "town");
    assert_true(hj_store_write(county->fixture->store, count_kept, n, &error));
    assert_int_equal(n[0], 1);
    assert_int_equal(n[1], 1);
    assert_true(hj_store_write(county->fixture->store, grow_old, n, &error));
    assert_int_equal(n[0], 0);
    assert_int_equal(n[1], 0);
}

static void
what_is_too_long_or_not_ones_own_to_enter_is_not_kept(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *much = g_strnfill(HJ_UNSAVED_MAX, 'x');
    g_autofree char *body = g_strconcat("note=", much, NULL);
    g_autoptr(HjTestAnswer) long_one =
        hj_test_form(county, "town", "/ledgers/person/new/draft", body);
    assert_status(long_one, 422);
    g_autoptr(HjTestAnswer) reader =
        hj_test_form(county, "auditor", "/ledgers/person/new/draft", BODY);
    assert_status(reader, 403);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(a_draft_is_shown_to_its_writer_alone_until_it_is_saved),
    cmocka_unit_test(a_draft_is_no_row_and_can_be_thrown_away),
    cmocka_unit_test(a_draft_of_a_change_keeps_the_row_as_it_is),
    cmocka_unit_test(after_thirty_days_a_draft_and_its_key_are_gone),
    cmocka_unit_test(what_is_too_long_or_not_ones_own_to_enter_is_not_kept),
};

HJ_FLOW_MAIN(stories, hj_test_cast_new)
