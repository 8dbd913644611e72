/* The JSON API through the router, on both databases. */
#include "tests/flow/flow.h"

#define CONTRACTS "/api/v1/ledgers/contract/rows"
#define INCOME "/api/v1/ledgers/collective_income/rows"

/* A contract of one village as JSON; caller owns. */
static char *
contract(const char *org, const char *object, int yearly_fen)
{
    return g_strdup_printf("{\"org\":\"%s\",\"fields\":{\"object\":\"%s\",\"kind\":\"land\","
                           "\"party\":\"农户\",\"area\":12.5,\"yearly_price\":%d,"
                           "\"from_on\":\"2017-03-01\",\"to_on\":\"2027-02-28\"}}",
                           org, object, yearly_fen);
}

/* Enters a contract and gives its address; caller owns. */
static char *
enter_contract(HjTestCounty *county, const char *account, const char *org, const char *object)
{
    g_autofree char *body = contract(org, object, 120000);
    g_autoptr(HjTestAnswer) made = hj_test_post(county, account, CONTRACTS, body);
    assert_status(made, 201);
    return g_strdup_printf(CONTRACTS "/%s", hj_test_at(made, "id"));
}

/* --- signing in --- */

static void
test_signing_in_gives_a_token_that_ends_when_signing_out(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) in =
        hj_test_post(county, NULL, "/api/v1/session",
                     "{\"username\":\"village\",\"password\":\"" HJ_TEST_PASSWORD "\"}");
    assert_status(in, 201);
    assert_answer(in, "account.name", "village");
    assert_answer(in, "account.roles.0.role", "branch_secretary");
    assert_answer(in, "account.roles.0.org", HJ_TEST_VILLAGE);
    g_hash_table_insert(county->tokens, g_strdup("again"), g_strdup(hj_test_at(in, "token")));
    g_autoptr(HjTestAnswer) seen = hj_test_get(county, "again", "/api/v1/ledgers");
    assert_status(seen, 200);
    g_autoptr(HjTestAnswer) out = hj_test_delete(county, "again", "/api/v1/session", NULL);
    assert_status(out, 204);
    g_autoptr(HjTestAnswer) later = hj_test_get(county, "again", "/api/v1/ledgers");
    assert_refused(later, 401, NULL, NULL);
}

static void
test_a_wrong_sign_in_is_refused_without_saying_why(void **state)
{
    g_autoptr(HjTestAnswer) wrong =
        hj_test_post(*state, NULL, "/api/v1/session",
                     "{\"username\":\"team\",\"password\":\"not this one at all\"}");
    g_autoptr(HjTestAnswer) nobody =
        hj_test_post(*state, NULL, "/api/v1/session",
                     "{\"username\":\"nobody here\",\"password\":\"not this one at all\"}");
    assert_refused(wrong, 401, NULL, NULL);
    assert_refused(nobody, 401, NULL, NULL);
    g_autofree char *detail = g_strdup(hj_test_at(wrong, "detail"));
    assert_answer(nobody, "detail", detail);
}

static void
test_a_sign_in_body_is_read_strictly(void **state)
{
    static const struct {
        const char *body;
        int status;
        const char *field, *code;
    } cases[] = {
        { "{\"username\":\"team\"}", 422, "password", "required" },
        { "{\"username\":7,\"password\":\"x\"}", 422, "username", "type" },
        { "{\"username\":\"a\",\"password\":\"b\",\"remember\":true}", 422, "remember",
          "unknown" },
        { "{\"username\":", 400, NULL, NULL },
        { "[1]", 422, NULL, NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HjTestAnswer) answer =
            hj_test_post(*state, NULL, "/api/v1/session", cases[i].body);
        assert_refused(answer, cases[i].status, cases[i].field, cases[i].code);
    }
    g_autoptr(HjTestAnswer) empty = hj_test_post(*state, NULL, "/api/v1/session", NULL);
    assert_refused(empty, 400, NULL, NULL);
}

static void
test_a_cookie_session_needs_its_csrf_token(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *cookie =
        g_strconcat("hangji=", (char *)g_hash_table_lookup(county->tokens, "village"), NULL);
    g_autofree char *body = contract(HJ_TEST_VILLAGE, "by cookie", 100);
    const HjTestHeader bare[] = { { "cookie", cookie }, { 0 } };
    g_autoptr(HjTestAnswer) refused =
        hj_test_send(county, NULL, HJ_POST, CONTRACTS, bare, body, strlen(body));
    assert_refused(refused, 403, NULL, NULL);
    const HjTestHeader full[] = {
        { "cookie", cookie },
        { "x-csrf-token", g_hash_table_lookup(county->csrf, "village") },
        { 0 },
    };
    g_autoptr(HjTestAnswer) made =
        hj_test_send(county, NULL, HJ_POST, CONTRACTS, full, body, strlen(body));
    assert_status(made, 201);
}

static void
test_nobody_reads_anything_signed_out(void **state)
{
    static const char *const uris[] = { "/api/v1/orgs", "/api/v1/ledgers", CONTRACTS,
                                        "/api/v1/events", "/api/v1/indicators" };
    for (size_t i = 0; i < G_N_ELEMENTS(uris); i++) {
        g_autoptr(HjTestAnswer) answer = hj_test_get(*state, NULL, uris[i]);
        assert_refused(answer, 401, NULL, NULL);
    }
}

/* --- organizations --- */

static void
test_organizations_are_listed_within_the_scope(void **state)
{
    g_autoptr(HjTestAnswer) all = hj_test_get(*state, "county", "/api/v1/orgs?kind=village");
    assert_status(all, 200);
    assert_int_equal(hj_test_count(all), 3);
    g_autoptr(HjTestAnswer) own = hj_test_get(*state, "town", "/api/v1/orgs?kind=village");
    assert_int_equal(hj_test_count(own), 2);
    assert_answer(own, "items.0.code", HJ_TEST_VILLAGE);
    assert_answer(own, "items.0.parent", HJ_TEST_TOWN);
    g_autoptr(HjTestAnswer) found = hj_test_get(*state, "county", "/api/v1/orgs?q=yiyicun");
    assert_answer(found, "items.0.code", HJ_TEST_FOREIGN);
    g_autoptr(HjTestAnswer) initials =
        hj_test_get(*state, "county", "/api/v1/orgs?kind=village&q=yyc");
    assert_answer(initials, "items.0.code", HJ_TEST_FOREIGN);
    g_autoptr(HjTestAnswer) one = hj_test_get(*state, "town", "/api/v1/orgs/" HJ_TEST_VILLAGE);
    assert_status(one, 200);
    assert_answer(one, "name", "甲一村");
    assert_answer(one, "opened_on", "2000-01-01");
}

static void
test_organizations_out_of_scope_are_absent(void **state)
{
    static const char *const uris[] = {
        "/api/v1/orgs/" HJ_TEST_FOREIGN,
        "/api/v1/orgs/nowhere",
        "/api/v1/orgs?under=" HJ_TEST_OTHER_TOWN,
        CONTRACTS "?under=" HJ_TEST_FOREIGN,
        "/api/v1/reports/achievements?from=2018-01-01&to=2018-06-30&under=" HJ_TEST_OTHER_TOWN,
        "/api/v1/indicators/villages?period=2018H1&under=" HJ_TEST_OTHER_TOWN,
        "/api/v1/assessments/three_lists/2018H1/" HJ_TEST_OTHER_TOWN,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(uris); i++) {
        g_autoptr(HjTestAnswer) answer = hj_test_get(*state, "town", uris[i]);
        assert_refused(answer, 404, NULL, NULL);
    }
}

static void
test_organizations_page_to_the_end(void **state)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *uri = g_strdup("/api/v1/orgs?limit=5");
    size_t n_pages = 0;
    while (uri != NULL) {
        g_autoptr(HjTestAnswer) page = hj_test_get(*state, "county", uri);
        assert_status(page, 200);
        assert_true(hj_test_count(page) <= 5);
        for (size_t i = 0; i < hj_test_count(page); i++) {
            g_autofree char *path = g_strdup_printf("items.%zu.code", i);
            assert_true(g_hash_table_add(seen, g_strdup(hj_test_at(page, path))));
        }
        g_free(uri);
        bool more = strcmp(hj_test_at(page, "next"), "null") != 0;
        uri = more ? g_strdup_printf("/api/v1/orgs?limit=5&cursor=%s", hj_test_at(page, "next"))
                   : NULL;
        assert_true(++n_pages < 10);
    }
    assert_int_equal(g_hash_table_size(seen), 12);
}

/* --- definitions --- */

static void
test_a_ledger_describes_itself(void **state)
{
    g_autoptr(HjTestAnswer) all = hj_test_get(*state, "village", "/api/v1/ledgers");
    assert_status(all, 200);
    g_autoptr(HjTestAnswer) one = hj_test_get(*state, "village", "/api/v1/ledgers/contract");
    assert_status(one, 200);
    assert_answer(one, "title.zh", "集体合同");
    assert_answer(one, "title.en", "Contracts");
    assert_answer(one, "fields.0.field", "object");
    assert_answer(one, "fields.0.type", "text");
    assert_answer(one, "fields.1.list.items.0.key", "land");
    assert_answer(one, "fields.3.scale", "2");
    assert_answer(one, "may_enter", "true");
    assert_answer(one, "rules.0.field", "to_on");
    g_autoptr(HjTestAnswer) shut =
        hj_test_get(*state, "village", "/api/v1/ledgers/reserve_cadre");
    assert_refused(shut, 403, NULL, NULL);
    g_autoptr(HjTestAnswer) none = hj_test_get(*state, "village", "/api/v1/ledgers/nothing");
    assert_refused(none, 404, NULL, NULL);
}

/* --- rows --- */

static void
test_a_row_is_entered_read_changed_and_voided(void **state)
{
    g_autofree char *body = contract(HJ_TEST_VILLAGE, "东坑塘", 120050);
    g_autoptr(HjTestAnswer) made = hj_test_post(*state, "village", CONTRACTS, body);
    assert_status(made, 201);
    assert_answer(made, "version", "1");
    g_autofree char *uri = g_strdup(hj_test_header(made, "Location"));
    assert_true(g_str_has_prefix(uri, CONTRACTS "/"));

    g_autoptr(HjTestAnswer) row = hj_test_get(*state, "village", uri);
    assert_status(row, 200);
    assert_answer(row, "org", HJ_TEST_VILLAGE);
    assert_answer(row, "org_name", "甲一村");
    assert_answer(row, "fields.object", "东坑塘");
    assert_answer(row, "fields.yearly_price", "120050");
    assert_answer(row, "fields.area", "12.50");
    assert_int_equal(hj_json_kind(hj_test_node(row, "fields.area")), HJ_JSON_REAL);
    assert_int_equal(hj_json_kind(hj_test_node(row, "id")), HJ_JSON_STRING);
    assert_answer(row, "fields.from_on", "2017-03-01");
    assert_answer(row, "fields.ended_on", "null");

    g_autoptr(HjTestAnswer) changed = hj_test_patch(
        *state, "village", uri, "{\"version\":1,\"fields\":{\"yearly_price\":130000}}");
    assert_status(changed, 200);
    assert_answer(changed, "version", "2");
    g_autoptr(HjTestAnswer) again = hj_test_get(*state, "town", uri);
    assert_answer(again, "fields.yearly_price", "130000");
    assert_answer(again, "fields.object", "东坑塘");

    g_autoptr(HjTestAnswer) hasty = hj_test_delete(*state, "village", uri, "{\"version\":2}");
    assert_refused(hasty, 422, "reason", "required");
    g_autoptr(HjTestAnswer) gone =
        hj_test_delete(*state, "village", uri, "{\"version\":2,\"reason\":\"重复登记\"}");
    assert_status(gone, 204);
    g_autoptr(HjTestAnswer) list =
        hj_test_get(*state, "village", CONTRACTS "?object=%E4%B8%9C%E5%9D%91%E5%A1%98");
    assert_status(list, 200);
    assert_int_equal(hj_test_count(list), 0);

    g_autofree char *history = g_strconcat(uri, "/history", NULL);
    g_autoptr(HjTestAnswer) events = hj_test_get(*state, "village", history);
    assert_status(events, 200);
    assert_int_equal(hj_test_count(events), 3);
    assert_answer(events, "items.0.action", "row.void");
    assert_answer(events, "items.0.reason", "重复登记");
    assert_answer(events, "items.0.actor", "village");
    assert_answer(events, "items.1.action", "row.update");
    assert_answer(events, "items.1.before.yearly_price", "120050");
    assert_answer(events, "items.1.after.yearly_price", "130000");
    assert_null(hj_test_node(events, "items.1.after.object"));
    assert_answer(events, "items.2.after.object", "东坑塘");
}

static void
test_a_row_with_mistakes_is_refused_field_by_field(void **state)
{
    static const struct {
        const char *fields, *field, *code;
    } cases[] = {
        { "\"object\":7,\"kind\":\"land\"", "object", "type" },
        { "\"object\":\"a\",\"kind\":\"moon\"", "kind", "choice" },
        { "\"kind\":\"land\"", "object", "required" },
        { "\"object\":\"a\",\"yearly_price\":12.5", "yearly_price", "type" },
        { "\"object\":\"a\",\"yearly_price\":-1", "yearly_price", "range" },
        { "\"object\":\"a\",\"area\":1.234", "area", "type" },
        { "\"object\":\"a\",\"from_on\":\"2017-02-29\"", "from_on", "type" },
        { "\"object\":\"a\",\"colour\":\"red\"", "colour", "unknown" },
        { "\"object\":\"a\",\"version\":1", "version", "unknown" },
        { "\"object\":\"a\\u0000b\"", NULL, NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body = g_strdup_printf(
            "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{%s}}", cases[i].fields);
        g_autoptr(HjTestAnswer) answer = hj_test_post(*state, "village", CONTRACTS, body);
        assert_refused(answer, cases[i].field != NULL ? 422 : 400, cases[i].field,
                       cases[i].code);
    }
    g_autoptr(HjTestAnswer) rule = hj_test_post(
        *state, "village", CONTRACTS,
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"object\":\"a\",\"kind\":\"land\","
        "\"party\":\"b\",\"yearly_price\":1,\"from_on\":\"2018-03-01\",\"to_on\":"
        "\"2018-02-01\"}}");
    assert_refused(rule, 422, "to_on", "rule");
    g_autoptr(HjTestAnswer) extra =
        hj_test_post(*state, "village", CONTRACTS,
                     "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{},\"x\":1}");
    assert_refused(extra, 422, "x", "unknown");
    g_autoptr(HjTestAnswer) list = hj_test_post(
        *state, "village", CONTRACTS, "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":[]}");
    assert_refused(list, 422, "fields", "type");
}

static void
test_a_stale_version_changes_nothing(void **state)
{
    g_autofree char *uri = enter_contract(*state, "village", HJ_TEST_VILLAGE, "stale");
    g_autoptr(HjTestAnswer) first = hj_test_patch(
        *state, "village", uri, "{\"version\":1,\"fields\":{\"party\":\"甲厂\"}}");
    assert_status(first, 200);
    /* Somebody of the township had the same page open. */
    g_autoptr(HjTestAnswer) second =
        hj_test_patch(*state, "town", uri, "{\"version\":1,\"fields\":{\"party\":\"乙厂\"}}");
    assert_refused(second, 409, NULL, NULL);
    g_autoptr(HjTestAnswer) voided =
        hj_test_delete(*state, "town", uri, "{\"version\":1,\"reason\":\"no\"}");
    assert_refused(voided, 409, NULL, NULL);
    g_autoptr(HjTestAnswer) row = hj_test_get(*state, "town", uri);
    assert_answer(row, "fields.party", "甲厂");
    assert_answer(row, "version", "2");
    g_autoptr(HjTestAnswer) none =
        hj_test_patch(*state, "town", uri, "{\"fields\":{\"party\":\"乙厂\"}}");
    assert_refused(none, 422, "version", "required");
    g_autoptr(HjTestAnswer) text =
        hj_test_patch(*state, "town", uri, "{\"version\":\"2\",\"fields\":{}}");
    assert_refused(text, 422, "version", "type");
}

/* One of several who send a change of the same version at the same moment. */
typedef struct {
    HjTestCounty *county;
    const char *account, *uri;
    int status;
} Hurry;

static gpointer
change_in_a_hurry(gpointer data)
{
    Hurry *hurry = data;
    g_autofree char *body =
        g_strdup_printf("{\"version\":1,\"fields\":{\"party\":\"%s\"}}", hurry->account);
    g_autoptr(HjTestAnswer) answer =
        hj_test_patch(hurry->county, hurry->account, hurry->uri, body);
    hurry->status = answer->status;
    return NULL;
}

static void
test_of_two_people_on_one_row_one_wins_and_one_is_told(void **state)
{
    for (int round = 0; round < 10; round++) {
        g_autofree char *object = g_strdup_printf("contested %d", round);
        g_autofree char *uri = enter_contract(*state, "village", HJ_TEST_VILLAGE, object);
        Hurry both[] = { { *state, "village", uri, 0 }, { *state, "town", uri, 0 } };
        GThread *threads[G_N_ELEMENTS(both)];
        for (size_t i = 0; i < G_N_ELEMENTS(both); i++)
            threads[i] = g_thread_new("hurry", change_in_a_hurry, &both[i]);
        for (size_t i = 0; i < G_N_ELEMENTS(both); i++)
            g_thread_join(threads[i]);
        int winner = both[0].status == 200 ? 0 : 1;
        assert_int_equal(both[winner].status, 200);
        assert_int_equal(both[1 - winner].status, 409);
        g_autoptr(HjTestAnswer) row = hj_test_get(*state, "town", uri);
        assert_answer(row, "version", "2");
        assert_answer(row, "fields.party", both[winner].account);
    }
}

static void
test_rows_of_another_place_are_absent(void **state)
{
    g_autofree char *uri = enter_contract(*state, "other", HJ_TEST_FOREIGN, "foreign");
    g_autofree char *history = g_strconcat(uri, "/history", NULL);
    g_autofree char *body = contract(HJ_TEST_FOREIGN, "not mine", 1);
    g_autofree char *nowhere = contract("nowhere", "not there", 1);
    g_autoptr(HjTestAnswer) seen = hj_test_get(*state, "village", uri);
    g_autoptr(HjTestAnswer) told = hj_test_get(*state, "village", history);
    g_autoptr(HjTestAnswer) changed =
        hj_test_patch(*state, "village", uri, "{\"version\":1,\"fields\":{\"party\":\"x\"}}");
    g_autoptr(HjTestAnswer) voided =
        hj_test_delete(*state, "village", uri, "{\"version\":1,\"reason\":\"x\"}");
    g_autoptr(HjTestAnswer) entered = hj_test_post(*state, "village", CONTRACTS, body);
    g_autoptr(HjTestAnswer) lost = hj_test_post(*state, "village", CONTRACTS, nowhere);
    g_autoptr(HjTestAnswer) number = hj_test_get(*state, "village", CONTRACTS "/12345");
    g_autoptr(HjTestAnswer) word = hj_test_get(*state, "village", CONTRACTS "/abc");
    assert_refused(seen, 404, NULL, NULL);
    assert_refused(told, 404, NULL, NULL);
    assert_refused(changed, 404, NULL, NULL);
    assert_refused(voided, 404, NULL, NULL);
    assert_refused(entered, 404, NULL, NULL);
    assert_refused(lost, 404, NULL, NULL);
    assert_refused(number, 404, NULL, NULL);
    assert_refused(word, 404, NULL, NULL);
    g_autoptr(HjTestAnswer) list = hj_test_get(*state, "village", CONTRACTS "?object=foreign");
    assert_int_equal(hj_test_count(list), 0);
    /* Inside the scope and not permitted is another answer. */
    g_autofree char *here = enter_contract(*state, "village", HJ_TEST_VILLAGE, "seen only");
    g_autoptr(HjTestAnswer) team =
        hj_test_patch(*state, "team", here, "{\"version\":1,\"fields\":{\"party\":\"x\"}}");
    assert_refused(team, 403, NULL, NULL);
    g_autoptr(HjTestAnswer) looks = hj_test_get(*state, "team", here);
    assert_status(looks, 200);
}

static void
test_characters_of_any_plane_come_back_and_broken_ones_do_not_enter(void **state)
{
    /* U+20BB7 and U+1F33E, four bytes each. */
    g_autofree char *uri = enter_contract(*state, "village", HJ_TEST_VILLAGE, "𠮷塘🌾");
    g_autoptr(HjTestAnswer) row = hj_test_get(*state, "village", uri);
    assert_answer(row, "fields.object", "𠮷塘🌾");
    g_autoptr(HjTestAnswer) found =
        hj_test_get(*state, "village", CONTRACTS "?object=%F0%A0%AE%B7");
    assert_int_equal(hj_test_count(found), 1);
    static const char *const broken[] = { "\xff", "\xc3\x28", "\xed\xa0\x80", "\xf0\x9f\x8c" };
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autofree char *body = contract(HJ_TEST_VILLAGE, broken[i], 1);
        g_autoptr(HjTestAnswer) answer = hj_test_post(*state, "village", CONTRACTS, body);
        assert_refused(answer, 400, NULL, NULL);
    }
    g_autoptr(HjTestAnswer) query = hj_test_get(*state, "village", CONTRACTS "?object=%FF");
    assert_refused(query, 400, NULL, NULL);
    g_autoptr(HjTestAnswer) path = hj_test_get(*state, "village", "/api/v1/orgs/%ED%A0%80");
    assert_refused(path, 400, NULL, NULL);
}

static void
test_the_same_key_and_body_enter_one_row(void **state)
{
    const HjTestHeader key[] = { { "idempotency-key", "one-contract" }, { 0 } };
    g_autofree char *body = contract(HJ_TEST_VILLAGE, "once", 700);
    g_autofree char *other = contract(HJ_TEST_VILLAGE, "twice", 700);
    g_autoptr(HjTestAnswer) first =
        hj_test_send(*state, "village", HJ_POST, CONTRACTS, key, body, strlen(body));
    g_autoptr(HjTestAnswer) second =
        hj_test_send(*state, "village", HJ_POST, CONTRACTS, key, body, strlen(body));
    assert_status(first, 201);
    assert_status(second, 201);
    assert_string_equal(first->body, second->body);
    g_autoptr(HjTestAnswer) third =
        hj_test_send(*state, "village", HJ_POST, CONTRACTS, key, other, strlen(other));
    assert_refused(third, 422, NULL, NULL);
    g_autoptr(HjTestAnswer) list = hj_test_get(*state, "village", CONTRACTS "?object=once");
    assert_int_equal(hj_test_count(list), 1);
    /* The key of one account means nothing for another. */
    g_autoptr(HjTestAnswer) town =
        hj_test_send(*state, "town", HJ_POST, CONTRACTS, key, body, strlen(body));
    assert_status(town, 201);
    g_autofree char *again = g_strdup(hj_test_at(first, "id"));
    assert_string_not_equal(hj_test_at(town, "id"), again);
}

/* --- lists --- */

static void
enter_income(HjTestCounty *county, const char *org, int fen, int day)
{
    g_autofree char *body = g_strdup_printf(
        "{\"org\":\"%s\",\"fields\":{\"received_on\":\"2018-02-%02d\",\"class\":\"operating\","
        "\"measure\":\"land_transfer\",\"amount\":%d,\"summary\":\"第%d笔\"}}",
        org, day, fen, day);
    g_autoptr(HjTestAnswer) made = hj_test_post(county, "county", INCOME, body);
    assert_status(made, 201);
}

static void
test_a_list_pages_to_the_end_in_order(void **state)
{
    static const char *const sorts[] = { "amount", "-amount", "received_on", "-summary",
                                         "org" };
    for (int day = 1; day <= 23; day++)
        enter_income(*state, day % 2 == 0 ? HJ_TEST_VILLAGE : HJ_TEST_SIBLING,
                     1000 * (day % 7 + 1), day);
    enter_income(*state, HJ_TEST_FOREIGN, 1, 1);
    for (size_t s = 0; s < G_N_ELEMENTS(sorts); s++) {
        g_autoptr(GHashTable) seen =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autofree char *cursor = NULL;
        gint64 last = G_MININT64;
        do {
            g_autofree char *uri =
                g_strdup_printf(INCOME "?limit=4&sort=%s%s%s", sorts[s],
                                cursor != NULL ? "&cursor=" : "", cursor != NULL ? cursor : "");
            g_autoptr(HjTestAnswer) page = hj_test_get(*state, "town", uri);
            assert_status(page, 200);
            for (size_t i = 0; i < hj_test_count(page); i++) {
                const HjJson *item = hj_json_at(hj_test_node(page, "items"), i);
                const HjJson *fields = hj_json_get(item, "fields");
                assert_true(
                    g_hash_table_add(seen, g_strdup(hj_json_string(hj_json_get(item, "id")))));
                gint64 amount = hj_json_integer(hj_json_get(fields, "amount"));
                if (strstr(sorts[s], "amount") == NULL)
                    continue;
                gint64 place = *sorts[s] == '-' ? -amount : amount;
                assert_true(place >= last);
                last = place;
            }
            g_free(cursor);
            bool more = hj_json_kind(hj_test_node(page, "next")) == HJ_JSON_STRING;
            assert_true(!more || hj_test_count(page) == 4);
            cursor = more ? g_strdup(hj_test_at(page, "next")) : NULL;
        } while (cursor != NULL);
        assert_int_equal(g_hash_table_size(seen), 23);
    }
}

static void
test_a_list_is_filtered_by_any_field(void **state)
{
    static const struct {
        const char *query;
        size_t n;
    } cases[] = {
        { "received_on=2018-03-04", 1 },
        { "received_on=2018-03-01..2018-03-03", 3 },
        { "from=2018-03-05&to=2018-03-06", 2 },
        { "amount=500..2999&from=2018-03-01", 2 },
        { "amount=1000&from=2018-03-01", 1 },
        { "class=subsidy&from=2018-03-01", 0 },
        { "class=operating&measure=land_transfer&from=2018-03-01", 6 },
        { "summary=%E6%94%B6%E6%AC%BE&from=2018-03-01", 6 },
        { "under=" HJ_TEST_VILLAGE "&from=2018-03-01", 6 },
        { "under=" HJ_TEST_TOWN "&here=1&from=2018-03-01", 0 },
        { "q=%E7%94%B2%E4%B8%80&from=2018-03-01", 6 },
    };
    for (int day = 1; day <= 6; day++) {
        g_autofree char *body = g_strdup_printf(
            "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"received_on\":\"2018-03-%02d\","
            "\"class\":\"operating\",\"measure\":\"land_transfer\",\"amount\":%d,\"summary\":"
            "\"收款%d\"}}",
            day, day * 1000, day);
        g_autoptr(HjTestAnswer) made = hj_test_post(*state, "village", INCOME, body);
        assert_status(made, 201);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *uri = g_strconcat(INCOME "?", cases[i].query, NULL);
        g_autoptr(HjTestAnswer) list = hj_test_get(*state, "town", uri);
        assert_status(list, 200);
        if (hj_test_count(list) != cases[i].n)
            print_error("%s\n", uri);
        assert_int_equal(hj_test_count(list), cases[i].n);
    }
}

static void
test_a_query_that_cannot_be_read_names_its_parameter(void **state)
{
    static const struct {
        const char *query, *field;
    } cases[] = {
        { "colour=red", "colour" },
        { "limit=0", "limit" },
        { "limit=201", "limit" },
        { "limit=ten", "limit" },
        { "limit=1&limit=2", "limit" },
        { "amount=1&amount=2", "amount" },
        { "from=yesterday", "from" },
        { "from=2018-02-01&to=2018-01-01", "from" },
        { "amount=12.5", "amount" },
        { "amount=..", "amount" },
        { "received_on=2018-02-30", "received_on" },
        { "class=moon", "class" },
        { "sort=colour", "sort" },
        { "sort=-", "sort" },
        { "here=yes", "here" },
        { "here=1", "here" },
        { "parent=7", "parent" },
        { "county=7", "county" },
        { "id=7", "id" },
        { "amount__label=7", "amount__label" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *uri = g_strconcat(INCOME "?", cases[i].query, NULL);
        g_autoptr(HjTestAnswer) answer = hj_test_get(*state, "town", uri);
        assert_status(answer, 400);
        if (strstr(hj_test_at(answer, "detail"), cases[i].field) == NULL)
            fail_msg("%s: %s", cases[i].query, hj_test_at(answer, "detail"));
        assert_string_equal(hj_test_issue(answer, cases[i].field), "parameter");
    }
    g_autoptr(HjTestAnswer) cursor = hj_test_get(*state, "town", INCOME "?cursor=AAAA");
    assert_refused(cursor, 400, NULL, NULL);
    g_autoptr(HjTestAnswer) orgs = hj_test_get(*state, "town", "/api/v1/orgs?kind=castle");
    assert_refused(orgs, 400, "kind", "parameter");
    g_autoptr(HjTestAnswer) other = hj_test_get(*state, "town", "/api/v1/orgs?colour=red");
    assert_refused(other, 400, NULL, NULL);
}

static void
test_a_field_hidden_from_a_role_does_not_exist_for_it(void **state)
{
    g_autoptr(HjTestAnswer) made = hj_test_post(
        *state, "village", "/api/v1/ledgers/person/rows",
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"name\":\"王小二\",\"sex\":\"male\","
        "\"ethnic_group\":\"hui\"}}");
    assert_status(made, 201);
    g_autofree char *uri = g_strdup(hj_test_header(made, "Location"));
    g_autofree char *history = g_strconcat(uri, "/history", NULL);
    static const char *const asks[] = { "?ethnic_group=hui", "?sort=ethnic_group" };
    g_autoptr(HjTestAnswer) own = hj_test_get(*state, "village", uri);
    assert_answer(own, "fields.ethnic_group", "hui");
    g_autoptr(HjTestAnswer) row = hj_test_get(*state, "team", uri);
    assert_status(row, 200);
    assert_answer(row, "fields.name", "王小二");
    assert_null(hj_test_node(row, "fields.ethnic_group"));
    g_autoptr(HjTestAnswer) told = hj_test_get(*state, "team", history);
    assert_status(told, 200);
    assert_null(strstr(told->body, "ethnic_group"));
    assert_non_null(hj_test_node(told, "items.0.after.name"));
    g_autoptr(HjTestAnswer) ledger = hj_test_get(*state, "team", "/api/v1/ledgers/person");
    assert_null(strstr(ledger->body, "ethnic_group"));
    for (size_t i = 0; i < G_N_ELEMENTS(asks); i++) {
        g_autofree char *list = g_strconcat("/api/v1/ledgers/person/rows", asks[i], NULL);
        g_autoptr(HjTestAnswer) refused = hj_test_get(*state, "team", list);
        assert_refused(refused, 400, NULL, NULL);
        g_autoptr(HjTestAnswer) fine = hj_test_get(*state, "village", list);
        assert_status(fine, 200);
    }
}

static void
test_a_list_kept_for_its_reader_shows_every_change_at_once(void **state)
{
    const char *uri = CONTRACTS "?object=%E8%A5%BF%E6%B9%BE";
    g_autofree char *body = contract(HJ_TEST_VILLAGE, "西湾", 1000);
    for (int again = 0; again < 2; again++) {
        g_autoptr(HjTestAnswer) none = hj_test_get(*state, "village", uri);
        assert_status(none, 200);
        assert_int_equal(hj_test_count(none), 0);
    }
    g_autoptr(HjTestAnswer) made = hj_test_post(*state, "village", CONTRACTS, body);
    assert_status(made, 201);
    for (int again = 0; again < 2; again++) {
        g_autoptr(HjTestAnswer) one = hj_test_get(*state, "village", uri);
        assert_int_equal(hj_test_count(one), 1);
        g_autoptr(HjTestAnswer) foreign = hj_test_get(*state, "other", uri);
        assert_int_equal(hj_test_count(foreign), 0);
        g_autoptr(HjTestAnswer) nobody = hj_test_get(*state, NULL, uri);
        assert_status(nobody, 401);
    }
    /* Who asks in another way gets another answer, whatever was kept. */
    g_autoptr(HjTestAnswer) first = hj_test_get(*state, "village", uri);
    const HjTestHeader known[] = { { "if-none-match", hj_test_header(first, "ETag") }, { 0 } };
    g_autoptr(HjTestAnswer) same = hj_test_send(*state, "village", HJ_GET, uri, known, NULL, 0);
    assert_status(same, 304);
    const HjTestHeader page[] = { { "accept", "text/html" }, { 0 } };
    g_autoptr(HjTestAnswer) unwanted =
        hj_test_send(*state, "village", HJ_GET, uri, page, NULL, 0);
    assert_status(unwanted, 406);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_signing_in_gives_a_token_that_ends_when_signing_out),
    cmocka_unit_test(test_a_wrong_sign_in_is_refused_without_saying_why),
    cmocka_unit_test(test_a_sign_in_body_is_read_strictly),
    cmocka_unit_test(test_a_cookie_session_needs_its_csrf_token),
    cmocka_unit_test(test_nobody_reads_anything_signed_out),
    cmocka_unit_test(test_organizations_are_listed_within_the_scope),
    cmocka_unit_test(test_organizations_out_of_scope_are_absent),
    cmocka_unit_test(test_organizations_page_to_the_end),
    cmocka_unit_test(test_a_ledger_describes_itself),
    cmocka_unit_test(test_a_row_is_entered_read_changed_and_voided),
    cmocka_unit_test(test_a_row_with_mistakes_is_refused_field_by_field),
    cmocka_unit_test(test_a_stale_version_changes_nothing),
    cmocka_unit_test(test_of_two_people_on_one_row_one_wins_and_one_is_told),
    cmocka_unit_test(test_rows_of_another_place_are_absent),
    cmocka_unit_test(test_characters_of_any_plane_come_back_and_broken_ones_do_not_enter),
    cmocka_unit_test(test_the_same_key_and_body_enter_one_row),
    cmocka_unit_test(test_a_list_pages_to_the_end_in_order),
    cmocka_unit_test(test_a_list_is_filtered_by_any_field),
    cmocka_unit_test(test_a_query_that_cannot_be_read_names_its_parameter),
    cmocka_unit_test(test_a_field_hidden_from_a_role_does_not_exist_for_it),
    cmocka_unit_test(test_a_list_kept_for_its_reader_shows_every_change_at_once),
};

HJ_FLOW_MAIN(stories, hj_test_cast_new)
