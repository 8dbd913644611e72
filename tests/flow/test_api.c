/* The JSON API through the router, on both databases. */
#include "tests/flow/flow.h"

#define CONTRACTS "/api/v1/ledgers/contract/rows"
#define INCOME "/api/v1/ledgers/collective_income/rows"

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    g_autofree char *pack = hj_test_pack("cangxian");
    HjTestCounty *county = hj_test_county_new(kind, pack);
    hj_test_account(county, "county", "county_organizer", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "town", "township_organizer", HJ_TEST_TOWN);
    hj_test_account(county, "other", "township_organizer", HJ_TEST_OTHER_TOWN);
    hj_test_account(county, "village", "branch_secretary", HJ_TEST_VILLAGE);
    hj_test_account(county, "team", "work_team", HJ_TEST_VILLAGE);
    hj_test_account(county, "auditor", "auditor", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "admin", "administrator", HJ_TEST_COUNTY_CODE);
    return county;
}

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

/* The issue of one field of a refused request, or NULL. */
static const char *
issue_of(const HjTestAnswer *answer, const char *field)
{
    const HjJson *errors = hj_test_node(answer, "errors");
    for (size_t i = 0; errors != NULL && i < hj_json_count(errors); i++) {
        const HjJson *issue = hj_json_at(errors, i);
        if (g_strcmp0(hj_json_string(hj_json_get(issue, "field")), field) == 0)
            return hj_json_string(hj_json_get(issue, "code"));
    }
    return NULL;
}

static void
assert_refused(HjTestAnswer *answer, int status, const char *field, const char *code)
{
    assert_status(answer, status);
    assert_string_equal(answer->type, "application/problem+json");
    if (field != NULL)
        assert_string_equal(issue_of(answer, field) != NULL ? issue_of(answer, field) : "none",
                            code);
}

static size_t
count_items(const HjTestAnswer *answer)
{
    return hj_json_count(hj_test_node(answer, "items"));
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
    assert_int_equal(count_items(all), 3);
    g_autoptr(HjTestAnswer) own = hj_test_get(*state, "town", "/api/v1/orgs?kind=village");
    assert_int_equal(count_items(own), 2);
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
        assert_true(count_items(page) <= 5);
        for (size_t i = 0; i < count_items(page); i++) {
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
    assert_int_equal(count_items(list), 0);

    g_autofree char *history = g_strconcat(uri, "/history", NULL);
    g_autoptr(HjTestAnswer) events = hj_test_get(*state, "village", history);
    assert_status(events, 200);
    assert_int_equal(count_items(events), 3);
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
    assert_int_equal(count_items(list), 0);
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
    assert_int_equal(count_items(found), 1);
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
    assert_int_equal(count_items(list), 1);
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
            for (size_t i = 0; i < count_items(page); i++) {
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
            assert_true(!more || count_items(page) == 4);
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
        if (count_items(list) != cases[i].n)
            print_error("%s\n", uri);
        assert_int_equal(count_items(list), cases[i].n);
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
        assert_true(strstr(hj_test_at(answer, "detail"), cases[i].field) != NULL);
        assert_non_null(issue_of(answer, cases[i].field));
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

/* --- numbers --- */

static void
test_an_indicator_gives_a_value_to_each_organization_in_scope(void **state)
{
    g_autoptr(HjTestAnswer) own =
        hj_test_get(*state, "town", "/api/v1/indicators/villages?period=2018H1&of=committee");
    assert_status(own, 200);
    assert_answer(own, "period", "2018H1");
    assert_answer(own, "from", "2018-01-01");
    assert_answer(own, "to", "2018-06-30");
    assert_int_equal(count_items(own), 1);
    assert_answer(own, "items.0.org", HJ_TEST_TOWN);
    assert_answer(own, "items.0.value", "2");
    g_autoptr(HjTestAnswer) all = hj_test_get(
        *state, "county", "/api/v1/indicators/villages?period=2018H1&of=committee&limit=1");
    assert_int_equal(count_items(all), 1);
    assert_int_equal(hj_json_kind(hj_test_node(all, "next")), HJ_JSON_STRING);
    g_autoptr(HjTestAnswer) list = hj_test_get(*state, "county", "/api/v1/indicators");
    assert_status(list, 200);
    static const char *const wrong[] = { "?period=2018H3", "?of=castle", "?colour=red",
                                         "?limit=500" };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *uri = g_strconcat("/api/v1/indicators/villages", wrong[i], NULL);
        g_autoptr(HjTestAnswer) answer = hj_test_get(*state, "county", uri);
        assert_refused(answer, 400, NULL, NULL);
    }
    g_autoptr(HjTestAnswer) none = hj_test_get(*state, "county", "/api/v1/indicators/nothing");
    assert_refused(none, 404, NULL, NULL);
    g_autoptr(HjTestAnswer) shut =
        hj_test_get(*state, "village", "/api/v1/indicators/villages");
    assert_refused(shut, 403, NULL, NULL);
}

static void
test_a_ranking_opens_to_the_rows_behind_it(void **state)
{
    const char *base = "/api/v1/assessments/three_lists/2018H1";
    g_autoptr(HjTestAnswer) judged = hj_test_post(
        *state, "county", "/api/v1/ledgers/judged_result/rows",
        "{\"org\":\"" HJ_TEST_TOWN "\",\"fields\":{\"topic\":\"economy\",\"result\":\"x\","
        "\"checked_on\":\"2018-05-02\",\"points\":7.5,\"document_no\":\"沧组〔2018〕1号\"}}");
    assert_status(judged, 201);
    g_autofree char *compute = g_strconcat(base, "/compute", NULL);
    g_autoptr(HjTestAnswer) board = hj_test_post(*state, "county", compute, NULL);
    assert_status(board, 200);
    assert_int_equal(count_items(board), 2);
    assert_answer(board, "items.0.org", HJ_TEST_TOWN);
    assert_answer(board, "items.0.rank", "1");
    assert_answer(board, "ranking", "true");
    g_autoptr(HjTestAnswer) same = hj_test_get(*state, "other", base);
    assert_status(same, 200);
    assert_string_equal(same->body, board->body);

    g_autofree char *own = g_strconcat(base, "/" HJ_TEST_TOWN, NULL);
    g_autoptr(HjTestAnswer) card = hj_test_get(*state, "town", own);
    assert_status(card, 200);
    assert_answer(card, "lists.1.list", "special");
    assert_answer(card, "lists.1.points", "7.50");
    assert_answer(card, "lists.1.items.0.rows.0.points", "7.50");
    g_autoptr(HjTestAnswer) row =
        hj_test_get(*state, "town", hj_test_at(card, "lists.1.items.0.rows.0.href"));
    assert_status(row, 200);
    assert_answer(row, "fields.points", "7.50");
    assert_answer(card, "lists.0.items.0.counted", "false");
    assert_non_null(hj_test_node(card, "lists.0.items.0.pending.zh"));
    assert_non_null(hj_test_node(card, "lists.0.items.2.numerator"));
    /* The ranking shows the total of another committee, not its card. */
    g_autoptr(HjTestAnswer) foreign = hj_test_get(*state, "other", own);
    assert_refused(foreign, 404, NULL, NULL);
    g_autoptr(HjTestAnswer) denied = hj_test_post(*state, "town", compute, NULL);
    assert_refused(denied, 403, NULL, NULL);
    static const char *const wrong[] = { "/api/v1/assessments/three_lists/2018",
                                         "/api/v1/assessments/three_lists/2018H3",
                                         "/api/v1/assessments/three_lists/soon" };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(HjTestAnswer) answer = hj_test_get(*state, "county", wrong[i]);
        assert_refused(answer, 400, "period", "parameter");
    }
    g_autoptr(HjTestAnswer) none =
        hj_test_get(*state, "county", "/api/v1/assessments/nothing/2018H1");
    assert_refused(none, 404, NULL, NULL);
}

static void
test_computing_twice_with_one_key_answers_the_same(void **state)
{
    const char *uri = "/api/v1/assessments/three_lists/2017H2/compute";
    const HjTestHeader key[] = { { "idempotency-key", "compute-2017H2" }, { 0 } };
    g_autoptr(HjTestAnswer) first = hj_test_send(*state, "county", HJ_POST, uri, key, NULL, 0);
    g_autoptr(HjTestAnswer) second = hj_test_send(*state, "county", HJ_POST, uri, key, NULL, 0);
    assert_status(first, 200);
    assert_status(second, 200);
    assert_string_equal(first->body, second->body);
}

static void
test_a_report_gives_named_figures(void **state)
{
    g_autoptr(HjTestAnswer) report = hj_test_get(
        *state, "county", "/api/v1/reports/achievements?from=2018-01-01&to=2018-06-30");
    assert_status(report, 200);
    assert_answer(report, "under", HJ_TEST_COUNTY_CODE);
    assert_non_null(hj_test_node(report, "figures.0.key"));
    assert_non_null(hj_test_node(report, "figures.0.title"));
    assert_non_null(hj_test_node(report, "figures.0.value"));
    assert_non_null(hj_test_node(report, "figures.0.unit"));
    g_autoptr(HjTestAnswer) own = hj_test_get(
        *state, "town", "/api/v1/reports/achievements?from=2018-01-01&to=2018-06-30");
    assert_answer(own, "under", HJ_TEST_TOWN);
    g_autoptr(HjTestAnswer) open =
        hj_test_get(*state, "county", "/api/v1/reports/achievements?from=2018-01-01");
    assert_refused(open, 400, "to", "parameter");
    g_autoptr(HjTestAnswer) none =
        hj_test_get(*state, "county", "/api/v1/reports/nothing?from=2018-01-01&to=2018-01-02");
    assert_refused(none, 404, NULL, NULL);
}

/* --- events --- */

static void
test_sealed_events_are_read_in_the_order_of_the_chain(void **state)
{
    g_autofree char *uri = enter_contract(*state, "other", HJ_TEST_FOREIGN, "sealed");
    hj_test_seal(*state);
    gint64 last = 0;
    size_t n = 0;
    g_autofree char *next = g_strdup("/api/v1/events?after=0&limit=7");
    bool found = false;
    while (next != NULL) {
        g_autoptr(HjTestAnswer) page = hj_test_get(*state, "auditor", next);
        assert_status(page, 200);
        for (size_t i = 0; i < count_items(page); i++, n++) {
            const HjJson *item = hj_json_at(hj_test_node(page, "items"), i);
            gint64 seq = hj_json_integer(hj_json_get(item, "seq"));
            assert_true(seq > last);
            last = seq;
            assert_int_equal(strlen(hj_json_string(hj_json_get(item, "hash"))), 64);
            const char *row = hj_json_string(hj_json_get(item, "row"));
            found = found || (row != NULL && g_str_has_suffix(uri, row));
        }
        g_free(next);
        bool more = hj_json_kind(hj_test_node(page, "next")) == HJ_JSON_STRING;
        next =
            more ? g_strdup_printf("/api/v1/events?limit=7&cursor=%s", hj_test_at(page, "next"))
                 : NULL;
    }
    assert_true(found);
    /* The whole county is seen from its root: every number of the chain is there. */
    assert_int_equal(n, last);
    g_autoptr(HjTestAnswer) denied = hj_test_get(*state, "town", "/api/v1/events");
    assert_refused(denied, 403, NULL, NULL);
    g_autoptr(HjTestAnswer) of =
        hj_test_get(*state, "auditor",
                    "/api/v1/events?ledger=contract&account=other&under=" HJ_TEST_OTHER_TOWN);
    assert_status(of, 200);
    assert_true(count_items(of) >= 1);
    g_autoptr(HjTestAnswer) none =
        hj_test_get(*state, "auditor",
                    "/api/v1/events?account=other&under=" HJ_TEST_TOWN "&from=2018-06-15");
    assert_int_equal(count_items(none), 0);
    static const char *const wrong[] = { "?after=-1", "?after=x",   "?ledger=moon", "?row=x",
                                         "?from=x",   "?limit=201", "?colour=red" };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *bad = g_strconcat("/api/v1/events", wrong[i], NULL);
        g_autoptr(HjTestAnswer) answer = hj_test_get(*state, "auditor", bad);
        assert_refused(answer, 400, NULL, NULL);
    }
}

static void
test_who_may_not_read_a_ledger_reads_no_content_of_its_events(void **state)
{
    g_autofree char *uri = enter_contract(*state, "village", HJ_TEST_VILLAGE, "whispered");
    hj_test_seal(*state);
    g_autoptr(HjTestAnswer) admin =
        hj_test_get(*state, "admin", "/api/v1/events?ledger=contract&limit=200");
    assert_status(admin, 200);
    assert_true(count_items(admin) > 0);
    assert_null(strstr(admin->body, "whispered"));
    g_autoptr(HjTestAnswer) auditor =
        hj_test_get(*state, "auditor", "/api/v1/events?ledger=contract&limit=200");
    assert_non_null(strstr(auditor->body, "whispered"));
}

/* --- the description --- */

/* Every "$ref" below @node names a schema of the document. */
static size_t
check_refs(const HjJson *node, const HjJson *schemas)
{
    size_t n = 0;
    HjJsonKind kind = hj_json_kind(node);
    if (kind != HJ_JSON_OBJECT && kind != HJ_JSON_ARRAY)
        return 0;
    for (size_t i = 0; i < hj_json_count(node); i++) {
        const HjJson *value = hj_json_at(node, i);
        if (kind == HJ_JSON_OBJECT && strcmp(hj_json_key_at(node, i), "$ref") == 0) {
            const char *ref = hj_json_string(value);
            assert_true(g_str_has_prefix(ref, "#/components/schemas/"));
            assert_non_null(hj_json_get(schemas, ref + strlen("#/components/schemas/")));
            n++;
        }
        n += check_refs(value, schemas);
    }
    return n;
}

typedef struct {
    const HjJson *paths;
    size_t n;
} Described;

static bool
is_described(const HjFeature *feature, const HjRoute *route, gpointer data)
{
    (void)feature;
    Described *described = data;
    if (!g_str_has_prefix(route->pattern, "/api/v1/"))
        return true;
    g_autofree char *method = g_ascii_strdown(hj_router_method_name(route->method), -1);
    const HjJson *path = hj_json_get(described->paths, route->pattern);
    assert_non_null(path);
    const HjJson *operation = hj_json_get(path, method);
    assert_non_null(operation);
    assert_non_null(hj_json_get(operation, "summary"));
    bool body = hj_json_get(operation, "requestBody") != NULL;
    bool none = route->method == HJ_GET || g_str_has_suffix(route->pattern, "/compute") ||
                (route->method == HJ_DELETE && g_str_has_suffix(route->pattern, "/session"));
    assert_true(body != none);
    described->n++;
    return true;
}

static void
test_the_description_holds_every_call_and_ledger(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) doc = hj_test_get(county, "county", "/api/v1/openapi.json");
    assert_status(doc, 200);
    assert_answer(doc, "openapi", "3.1.0");
    const HjJson *schemas = hj_test_node(doc, "components.schemas");
    assert_non_null(schemas);
    for (size_t i = 0; i < county->pack->n_ledgers; i++) {
        g_autofree char *name = g_strconcat("row_", county->pack->ledgers[i].name, NULL);
        assert_non_null(hj_json_get(schemas, name));
    }
    assert_true(check_refs(doc->json, schemas) > 20);
    Described described = { .paths = hj_test_node(doc, "paths") };
    hj_router_visit(county->app, is_described, &described);
    assert_true(described.n >= 20);
    assert_int_equal(hj_json_count(hj_test_node(doc, "components.schemas.fields_contract"
                                                     ".properties.kind.enum")),
                     hj_pack_list(county->pack, "contract_kinds")->n_items + 1);
    g_autoptr(HjTestAnswer) team = hj_test_get(county, "team", "/api/v1/openapi.json");
    assert_null(strstr(team->body, "ethnic_group"));
    assert_null(strstr(team->body, "row_reserve_cadre"));
    g_autoptr(HjTestAnswer) stranger = hj_test_get(county, NULL, "/api/v1/openapi.json");
    assert_status(stranger, 200);
    assert_null(strstr(stranger->body, "row_contract"));
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
    cmocka_unit_test(test_rows_of_another_place_are_absent),
    cmocka_unit_test(test_characters_of_any_plane_come_back_and_broken_ones_do_not_enter),
    cmocka_unit_test(test_the_same_key_and_body_enter_one_row),
    cmocka_unit_test(test_a_list_pages_to_the_end_in_order),
    cmocka_unit_test(test_a_list_is_filtered_by_any_field),
    cmocka_unit_test(test_a_query_that_cannot_be_read_names_its_parameter),
    cmocka_unit_test(test_a_field_hidden_from_a_role_does_not_exist_for_it),
    cmocka_unit_test(test_an_indicator_gives_a_value_to_each_organization_in_scope),
    cmocka_unit_test(test_a_ranking_opens_to_the_rows_behind_it),
    cmocka_unit_test(test_computing_twice_with_one_key_answers_the_same),
    cmocka_unit_test(test_a_report_gives_named_figures),
    cmocka_unit_test(test_sealed_events_are_read_in_the_order_of_the_chain),
    cmocka_unit_test(test_who_may_not_read_a_ledger_reads_no_content_of_its_events),
    cmocka_unit_test(test_the_description_holds_every_call_and_ledger),
};

HJ_FLOW_MAIN(stories, prepare)
