/* Numbers, events and the description of the JSON API, on both databases. */
#include "tests/flow/flow.h"

#define CONTRACTS "/api/v1/ledgers/contract/rows"

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

static void
test_an_indicator_gives_a_value_to_each_organization_in_scope(void **state)
{
    g_autoptr(HjTestAnswer) own =
        hj_test_get(*state, "town", "/api/v1/indicators/villages?period=2018H1&of=committee");
    assert_status(own, 200);
    assert_answer(own, "period", "2018H1");
    assert_answer(own, "from", "2018-01-01");
    assert_answer(own, "to", "2018-06-30");
    assert_int_equal(hj_test_count(own), 1);
    assert_answer(own, "items.0.org", HJ_TEST_TOWN);
    assert_answer(own, "items.0.value", "2");
    g_autoptr(HjTestAnswer) all = hj_test_get(
        *state, "county", "/api/v1/indicators/villages?period=2018H1&of=committee&limit=1");
    assert_int_equal(hj_test_count(all), 1);
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
    assert_int_equal(hj_test_count(board), 2);
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

/* --- the way of a contest --- */

static void
expect(HjTestCounty *county, const char *account, const char *path, const char *json,
       int status)
{
    g_autofree char *uri = g_strconcat("/api/v1/assessments/three_lists/2017H2/", path, NULL);
    g_autoptr(HjTestAnswer) answer = hj_test_post(county, account, uri, json);
    assert_status(answer, status);
}

static void
test_a_contest_is_approved_published_and_appealed_against(void **state)
{
    HjTestCounty *county = *state;
    const char *card = "/api/v1/assessments/three_lists/2017H2/" HJ_TEST_TOWN;
    expect(county, "county", "compute", NULL, 200);
    g_autoptr(HjTestAnswer) open = hj_test_get(county, "town", card);
    assert_answer(open, "state", "open");
    assert_answer(open, "provisional", "true");
    assert_int_equal(hj_json_kind(hj_test_node(open, "revision")), HJ_JSON_NULL);
    expect(county, "county", HJ_TEST_TOWN "/marks", "{\"item\":\"contracts_in_term\"}", 422);
    expect(county, "town", HJ_TEST_TOWN "/marks",
           "{\"item\":\"field_checked_result\",\"points\":2.5,\"reason\":\"核实\","
           "\"document\":\"沧组〔2018〕3号\"}",
           403);
    expect(county, "county", HJ_TEST_TOWN "/marks",
           "{\"item\":\"field_checked_result\",\"points\":2.5,\"reason\":\"核实\","
           "\"document\":\"沧组〔2018〕3号\"}",
           200);
    expect(county, "county", "publish", NULL, 409);
    expect(county, "other", HJ_TEST_TOWN "/approve", NULL, 404);
    expect(county, "county", HJ_TEST_TOWN "/accept", NULL, 409);
    expect(county, "town", HJ_TEST_TOWN "/approve", NULL, 200);
    expect(county, "town", HJ_TEST_TOWN "/approve", NULL, 409);
    expect(county, "other", HJ_TEST_OTHER_TOWN "/approve", NULL, 200);
    expect(county, "county", HJ_TEST_COUNTY_CODE "/accept", NULL, 200);
    expect(county, "county", HJ_TEST_TOWN "/withdraw", "{\"reason\":\"\"}", 422);
    expect(county, "county", HJ_TEST_TOWN "/withdraw", "{\"reason\":\"复核\"}", 200);
    expect(county, "county", HJ_TEST_TOWN "/accept", NULL, 200);
    expect(county, "county", "announce", NULL, 409); /* this contest asks for no notice */
    expect(county, "town", "publish", NULL, 403);
    expect(county, "county", "publish", NULL, 200);
    expect(county, "county", "publish", NULL, 409);
    g_autoptr(HjTestAnswer) first = hj_test_get(county, "town", card);
    assert_answer(first, "state", "published");
    assert_answer(first, "revision", "1");
    assert_answer(first, "lists.1.items.0.final", "2.50");
    assert_answer(first, "lists.1.items.0.computed", "0.00");
    assert_answer(first, "lists.1.items.0.document", "沧组〔2018〕3号");
}

static void
test_an_answered_appeal_keeps_the_first_revision(void **state)
{
    HjTestCounty *county = *state;
    const char *base = "/api/v1/assessments/three_lists/2017H2/" HJ_TEST_TOWN;
    expect(county, "town", HJ_TEST_TOWN "/appeals", "{\"text\":\"\"}", 422);
    expect(county, "other", HJ_TEST_TOWN "/appeals", "{\"text\":\"别人的\"}", 404);
    g_autofree char *appeals = g_strconcat(base, "/appeals", NULL);
    g_autoptr(HjTestAnswer) filed =
        hj_test_post(county, "town", appeals, "{\"text\":\"请复核实地成果\"}");
    assert_status(filed, 201);
    g_autofree char *path =
        g_strdup_printf(HJ_TEST_TOWN "/appeals/%s/answer", hj_test_at(filed, "id"));
    expect(county, "county", path, "{\"outcome\":\"perhaps\",\"reason\":\"x\"}", 422);
    expect(county, "county", path,
           "{\"outcome\":\"accepted\",\"reason\":\"属实\",\"item\":"
           "\"field_checked_result\",\"points\":4,\"document\":\"沧组〔2018〕5号\"}",
           200);
    expect(county, "county", path, "{\"outcome\":\"rejected\",\"reason\":\"x\"}", 409);
    g_autoptr(HjTestAnswer) list = hj_test_get(county, "town", appeals);
    assert_answer(list, "items.0.outcome", "accepted");
    assert_answer(list, "items.0.new_revision", "2");
    assert_answer(list, "items.0.reason", "属实");
    g_autofree char *old_uri = g_strconcat(base, "?revision=1", NULL);
    g_autoptr(HjTestAnswer) old = hj_test_get(county, "town", old_uri);
    g_autoptr(HjTestAnswer) now = hj_test_get(county, "town", base);
    assert_answer(old, "lists.1.items.0.points", "2.50");
    assert_answer(now, "lists.1.items.0.points", "4.00");
    assert_answer(now, "revision", "2");
    g_autofree char *none_uri = g_strconcat(base, "?revision=3", NULL);
    g_autoptr(HjTestAnswer) none = hj_test_get(county, "town", none_uri);
    assert_refused(none, 404, NULL, NULL);
    g_autofree char *bad_uri = g_strconcat(base, "?revision=x", NULL);
    g_autoptr(HjTestAnswer) bad = hj_test_get(county, "town", bad_uri);
    assert_refused(bad, 400, "revision", "parameter");
    g_autofree char *proof_uri = g_strconcat(base, "/proof", NULL);
    g_autoptr(HjTestAnswer) proof = hj_test_get(county, "town", proof_uri);
    assert_answer(proof, "identical", "true");
    assert_answer(proof, "revision", "2");
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
        for (size_t i = 0; i < hj_test_count(page); i++, n++) {
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
    assert_true(hj_test_count(of) >= 1);
    g_autoptr(HjTestAnswer) none =
        hj_test_get(*state, "auditor",
                    "/api/v1/events?account=other&under=" HJ_TEST_TOWN "&from=2018-06-15");
    assert_int_equal(hj_test_count(none), 0);
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
    assert_non_null(uri);
    hj_test_seal(*state);
    g_autoptr(HjTestAnswer) admin =
        hj_test_get(*state, "admin", "/api/v1/events?ledger=contract&limit=200");
    assert_status(admin, 200);
    assert_true(hj_test_count(admin) > 0);
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
    /* The address says it all. */
    bool none =
        route->method == HJ_GET || g_str_has_suffix(route->pattern, "/compute") ||
        g_str_has_suffix(route->pattern, "/announce") ||
        g_str_has_suffix(route->pattern, "/publish") ||
        g_str_has_suffix(route->pattern, "/approve") ||
        g_str_has_suffix(route->pattern, "/accept") ||
        g_str_has_suffix(route->pattern, "/rotate") ||
        g_str_has_suffix(route->pattern, "/resend") ||
        (route->method == HJ_DELETE && !g_str_has_suffix(route->pattern, "/rows/{id}") &&
         strstr(route->pattern, "/accounts/{id}/tokens/") == NULL);
    if (body == none)
        print_error("%s %s\n", method, route->pattern);
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
    cmocka_unit_test(test_an_indicator_gives_a_value_to_each_organization_in_scope),
    cmocka_unit_test(test_a_ranking_opens_to_the_rows_behind_it),
    cmocka_unit_test(test_computing_twice_with_one_key_answers_the_same),
    cmocka_unit_test(test_a_contest_is_approved_published_and_appealed_against),
    cmocka_unit_test(test_an_answered_appeal_keeps_the_first_revision),
    cmocka_unit_test(test_a_report_gives_named_figures),
    cmocka_unit_test(test_sealed_events_are_read_in_the_order_of_the_chain),
    cmocka_unit_test(test_who_may_not_read_a_ledger_reads_no_content_of_its_events),
    cmocka_unit_test(test_the_description_holds_every_call_and_ledger),
};

HJ_FLOW_MAIN(stories, hj_test_cast_new)
