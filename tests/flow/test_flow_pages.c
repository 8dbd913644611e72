/* Rows that move, through pages and the API: whose turn it is, what is asked, who was faster.
 */
#include "tests/flow/flow.h"

#define MATTER "/ledgers/matter/%s"
#define API "/api/v1/ledgers/matter/rows/%s"

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    HjTestCounty *county = hj_test_county_new(kind, HJ_TEST_SOURCE "/tests/harness/pack_flow");
    hj_test_account(county, "county", "county_organizer", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "town", "township_organizer", HJ_TEST_TOWN);
    hj_test_account(county, "clerk", "township_organizer", HJ_TEST_TOWN);
    hj_test_account(county, "other", "township_organizer", HJ_TEST_OTHER_TOWN);
    hj_test_account(county, "village", "branch_secretary", HJ_TEST_VILLAGE);
    hj_test_account(county, "team", "work_team", HJ_TEST_VILLAGE);
    hj_test_account(county, "auditor", "auditor", HJ_TEST_COUNTY_CODE);
    return county;
}

/* Caller owns the number of the new row. */
static char *
new_matter(HjTestCounty *county, const char *plan)
{
    g_autofree char *body = g_strdup_printf(
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"subject\":\"修路\","
        "\"listed_on\":\"2018-06-01\"%s%s%s}}",
        plan != NULL ? ",\"plan\":\"" : "", plan != NULL ? plan : "", plan != NULL ? "\"" : "");
    g_autoptr(HjTestAnswer) made =
        hj_test_post(county, "village", "/api/v1/ledgers/matter/rows", body);
    assert_status(made, 201);
    return g_strdup(hj_test_at(made, "id"));
}

static HjTestAnswer *
api_act(HjTestCounty *county, const char *who, const char *id, const char *action,
        const char *body)
{
    g_autofree char *uri = g_strdup_printf(API "/actions/%s", id, action);
    return hj_test_post(county, who, uri, body);
}

static HjTestAnswer *
form_act(HjTestCounty *county, const char *who, const char *id, const char *action,
         const char *form)
{
    g_autofree char *uri = g_strdup_printf(MATTER "/act/%s", id, action);
    return hj_test_form(county, who, uri, form);
}

static HjTestAnswer *
page(HjTestCounty *county, const char *who, const char *id, const char *rest)
{
    g_autofree char *uri = g_strdup_printf(MATTER "%s", id, rest);
    return hj_test_page(county, who, uri);
}

static void
assert_says(const HjTestAnswer *answer, const char *text)
{
    if (strstr(answer->body, text) == NULL)
        print_error("no “%s” in: %s\n", text, answer->body);
    assert_non_null(strstr(answer->body, text));
}

static void
assert_silent(const HjTestAnswer *answer, const char *text)
{
    if (strstr(answer->body, text) != NULL)
        print_error("“%s” in: %s\n", text, answer->body);
    assert_null(strstr(answer->body, text));
}

/* The department's answer that stands open below a matter; caller owns its number. */
static char *
open_answer(HjTestCounty *county, const char *matter)
{
    g_autofree char *uri =
        g_strdup_printf("/api/v1/ledgers/answer/rows?parent=%s&state=asked", matter);
    g_autoptr(HjTestAnswer) list = hj_test_get(county, "county", uri);
    assert_status(list, 200);
    return hj_test_count(list) > 0 ? g_strdup(hj_test_at(list, "items.0.id")) : NULL;
}

static void
clear_answers(HjTestCounty *county, const char *matter)
{
    char *id;
    while ((id = open_answer(county, matter)) != NULL) {
        g_autofree char *uri =
            g_strdup_printf("/api/v1/ledgers/answer/rows/%s/actions/clear", id);
        g_autoptr(HjTestAnswer) done = hj_test_post(county, "county", uri, "{\"version\":1}");
        assert_status(done, 200);
        g_free(id);
    }
}

/* --- pages --- */

static void
test_the_page_says_where_a_row_stands_and_offers_what_may_be_done(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, NULL);
    g_autoptr(HjTestAnswer) own = page(county, "village", id, "");
    assert_status(own, 200);
    assert_says(own, "当前环节");
    assert_says(own, "列入");
    /* Five working days after 2018-06-15, over the holiday of 2018-06-18 (ARI-4). */
    assert_says(own, "2018-06-25");
    assert_says(own, "5 个工作日");
    assert_says(own, "/act/submit?task=");
    assert_says(own, "/act/drop?task=");
    assert_says(own, "等待 甲一村 书记");
    g_autoptr(HjTestAnswer) above = page(county, "town", id, "");
    assert_silent(above, "/act/submit");
    assert_silent(above, "/edit");
    assert_says(above, "/act/urge");
    g_autoptr(HjTestAnswer) foreign = page(county, "other", id, "");
    assert_status(foreign, 404);
}

static void
test_the_form_shows_the_next_person_and_what_is_needed(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, NULL);
    g_autoptr(HjTestAnswer) form = page(county, "village", id, "/act/submit");
    assert_status(form, 200);
    assert_says(form, "下一环节");
    assert_says(form, "联审");
    assert_says(form, "甲镇 乡镇");
    assert_says(form, "联审意见 × ");
    assert_says(form, "name=\"plan\"");
    assert_silent(form, "name=\"satisfied\"");
    assert_says(form, "name=\"_on\"");
    /* Not his turn: back to the row, which says so. */
    g_autoptr(HjTestAnswer) not_his = page(county, "town", id, "/act/submit");
    assert_status(not_his, 303);
    g_autoptr(HjTestAnswer) foreign = page(county, "other", id, "/act/submit");
    assert_status(foreign, 404);
}

static void
test_what_is_missing_is_said_at_its_field(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, NULL);
    g_autoptr(HjTestAnswer) bad =
        form_act(county, "village", id, "submit",
                 "version=1&_task=0&subject=%E4%BF%AE%E8%B7%AF&listed_on=2018-06-01&plan=");
    assert_status(bad, 422);
    assert_says(bad, "id=\"w-plan\"");
    g_autoptr(HjTestAnswer) good =
        form_act(county, "village", id, "submit",
                 "version=1&_task=0&subject=%E4%BF%AE%E8%B7%AF&listed_on=2018-06-01&plan=x");
    assert_status(good, 303);
    g_autoptr(HjTestAnswer) row = page(county, "village", id, "");
    assert_says(row, "联审");
    assert_says(row, "由此分送的事项");
    assert_says(row, "/act/withdraw");
    assert_says(row, "提交：列入 → 联审");
    assert_silent(row, "&quot;flow&quot;");
}

static void
test_an_act_needs_its_turn_its_token_and_its_version(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, "x");
    g_autoptr(HjTestAnswer) turn = form_act(county, "town", id, "submit", "version=1&_task=0");
    assert_status(turn, 403);
    g_autoptr(HjTestAnswer) foreign =
        form_act(county, "other", id, "submit", "version=1&_task=0");
    assert_status(foreign, 404);
    g_autofree char *uri = g_strdup_printf(MATTER "/act/submit", id);
    g_hash_table_replace(county->csrf, g_strdup("auditor"), g_strdup("wrong"));
    g_autoptr(HjTestAnswer) forged = hj_test_form(county, "auditor", uri, "version=1&_task=0");
    assert_status(forged, 403);
    g_autoptr(HjTestAnswer) stranger = hj_test_form(county, NULL, uri, "version=1&_task=0");
    assert_true(stranger->status == 303 || stranger->status == 401 || stranger->status == 403);
    g_autoptr(HjTestAnswer) unread = page(county, "village", id, "");
    assert_says(unread, "/act/submit");
}

static void
test_sent_twice_it_is_done_once(void **state)
{
    HjTestCounty *county = *state;
    static const char *const form = "form_key=0123456789abcdef0123456789abcdef&version=1"
                                    "&_task=0&plan=x";
    g_autofree char *id = new_matter(county, "x");
    g_autoptr(HjTestAnswer) first = form_act(county, "village", id, "submit", form);
    assert_status(first, 303);
    g_autoptr(HjTestAnswer) again = form_act(county, "village", id, "submit", form);
    assert_status(again, 303);
    g_autofree char *uri = g_strdup_printf(API "/flow", id);
    g_autoptr(HjTestAnswer) flow = hj_test_get(county, "village", uri);
    assert_answer(flow, "state", "reviewed");
    assert_answer(flow, "version", "2");
}

static void
test_who_was_slower_is_told_what_happened(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, "x");
    g_autoptr(HjTestAnswer) submitted =
        form_act(county, "village", id, "submit", "version=1&_task=0");
    assert_status(submitted, 303);
    clear_answers(county, id);
    g_autoptr(HjTestAnswer) first = form_act(county, "town", id, "send_back",
                                             "version=2&_task=0&_to=listed&_comment=%E7%BC%BA");
    assert_status(first, 303);
    g_autoptr(HjTestAnswer) late =
        form_act(county, "clerk", id, "approve", "version=2&_task=0");
    assert_status(late, 409);
    assert_says(late, "退回：联审 → 列入");
    assert_says(late, "town");
    assert_says(late, "缺");
    g_autoptr(HjTestAnswer) api = api_act(county, "clerk", id, "approve", "{\"version\":2}");
    assert_status(api, 409);
    assert_answer(api, "state", "listed");
    assert_answer(api, "happened.0.did", "退回：联审 → 列入");
    assert_answer(api, "happened.0.opinion", "缺");
    assert_int_equal(hj_json_count(hj_test_node(api, "happened")), 1);
}

static void
test_sending_back_asks_for_an_opinion_and_a_kept_sentence_is_one(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, "x");
    g_autoptr(HjTestAnswer) submitted =
        form_act(county, "village", id, "submit", "version=1&_task=0");
    assert_status(submitted, 303);
    g_autoptr(HjTestAnswer) kept = hj_test_form(county, "town", "/account/phrases",
                                                "text=%E6%9D%90%E6%96%99%E4%B8%8D%E5%85%A8");
    assert_status(kept, 303);
    g_autoptr(HjTestAnswer) twice = hj_test_form(county, "town", "/account/phrases",
                                                 "text=%E6%9D%90%E6%96%99%E4%B8%8D%E5%85%A8");
    assert_status(twice, 422);
    g_autoptr(HjTestAnswer) form = page(county, "town", id, "/act/send_back");
    assert_says(form, "材料不全");
    assert_says(form, "列入 · 甲一村 书记");
    g_autoptr(HjTestAnswer) silent =
        form_act(county, "town", id, "send_back", "version=2&_task=0&_to=listed");
    assert_status(silent, 422);
    assert_says(silent, "id=\"w-_comment\"");
    g_autoptr(HjTestAnswer) back = form_act(county, "town", id, "send_back",
                                            "version=2&_task=0&_to=listed&_comment="
                                            "&_phrase=%E6%9D%90%E6%96%99%E4%B8%8D%E5%85%A8");
    assert_status(back, 303);
    g_autoptr(HjTestAnswer) row = page(county, "village", id, "");
    assert_says(row, "材料不全");
    g_autoptr(HjTestAnswer) others = hj_test_page(county, "village", "/account/phrases");
    assert_silent(others, "材料不全");
}

static void
test_a_task_is_handed_to_somebody_by_name(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, "x");
    g_autoptr(HjTestAnswer) own = page(county, "village", id, "/act/transfer");
    assert_status(own, 200);
    assert_says(own, "list=\"people\"");
    assert_says(own, "(town)");
    assert_silent(own, "(other)"); /* who does not see the record */
    g_autoptr(HjTestAnswer) nobody = form_act(county, "village", id, "transfer",
                                              "version=1&_task=0&_account=other&_comment=x");
    assert_status(nobody, 422);
    assert_says(nobody, "没有叫这个名字");
    assert_says(nobody, "value=\"other\"");
    g_autoptr(HjTestAnswer) handed = form_act(county, "village", id, "transfer",
                                              "version=1&_task=0&_account=town&_comment=x");
    assert_status(handed, 303);
    g_autoptr(HjTestAnswer) now = page(county, "town", id, "");
    assert_says(now, "/act/submit");
}

static void
test_a_list_tells_the_node_and_is_narrowed_by_it(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, "x");
    g_autoptr(HjTestAnswer) all = hj_test_page(county, "town", "/ledgers/matter");
    assert_says(all, "环节");
    assert_says(all, "<option value=\"checked\"");
    assert_says(all, "class=\"at green\"");
    g_autoptr(HjTestAnswer) some = hj_test_page(county, "town", "/ledgers/matter?state=listed");
    assert_says(some, id);
    g_autoptr(HjTestAnswer) none = hj_test_page(county, "town", "/ledgers/matter?state=closed");
    assert_silent(none, id);
    g_autoptr(HjTestAnswer) wrong =
        hj_test_page(county, "town", "/ledgers/matter?state=nowhere");
    assert_status(wrong, 400);
    g_autoptr(HjTestAnswer) begins = hj_test_page(county, "village", "/ledgers/matter/new");
    assert_says(begins, "登记后的环节");
    /* Where it is not open, nothing may be changed. */
    g_autoptr(HjTestAnswer) edit = page(county, "village", id, "/edit");
    assert_says(edit, "name=\"plan\"");
    assert_silent(edit, "name=\"proof\"");
    g_autoptr(HjTestAnswer) shut = page(county, "town", id, "/edit");
    assert_status(shut, 303);
}

static void
test_events_are_told_in_words(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, "x");
    g_autoptr(HjTestAnswer) submitted =
        form_act(county, "village", id, "submit", "version=1&_task=0");
    assert_status(submitted, 303);
    g_autoptr(HjTestAnswer) audit = hj_test_page(county, "county", "/audit?action=flow.");
    assert_says(audit, "提交：列入 → 联审");
    assert_silent(audit, "flow.move<");
    g_autoptr(HjTestAnswer) place = hj_test_page(county, "town", "/orgs/" HJ_TEST_VILLAGE);
    assert_says(place, "提交：列入 → 联审");
}

/* --- the API --- */

static void
test_the_api_moves_a_row_to_its_end(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, NULL);
    g_autoptr(HjTestAnswer) poor = api_act(county, "village", id, "submit", "{\"version\":1}");
    assert_refused(poor, 422, "plan", "required");
    g_autoptr(HjTestAnswer) submitted = api_act(
        county, "village", id, "submit",
        "{\"version\":1,\"fields\":{\"plan\":\"x\"},\"comment\":\"y\",\"on\":\"2018-06-15\"}");
    assert_status(submitted, 200);
    assert_answer(submitted, "state", "reviewed");
    clear_answers(county, id);
    g_autoptr(HjTestAnswer) approved =
        api_act(county, "town", id, "approve", "{\"version\":2}");
    assert_answer(approved, "state", "working");
    g_autoptr(HjTestAnswer) finished =
        api_act(county, "village", id, "finish",
                "{\"version\":3,\"fields\":{\"satisfied\":80,\"proof\":\"2018-1\"}}");
    assert_answer(finished, "state", "checked");
    /* Two people: the first signs, the second says the same. */
    g_autoptr(HjTestAnswer) signed_once =
        api_act(county, "town", id, "accept", "{\"version\":4}");
    assert_answer(signed_once, "state", "checked");
    g_autoptr(HjTestAnswer) twice = api_act(county, "town", id, "accept", "{\"version\":5}");
    assert_status(twice, 403);
    g_autoptr(HjTestAnswer) closed = api_act(county, "county", id, "accept", "{\"version\":5}");
    assert_answer(closed, "state", "closed");
    g_autofree char *uri = g_strdup_printf(API "/flow", id);
    g_autoptr(HjTestAnswer) flow = hj_test_get(county, "auditor", uri);
    assert_status(flow, 200);
    assert_answer(flow, "ended", "true");
    assert_answer(flow, "watch_until", "2019-06-15");
    assert_answer(flow, "line.0.outcome", "submit");
    assert_answer(flow, "line.0.opinion", "y");
    assert_int_equal(hj_json_count(hj_test_node(flow, "options")), 0);
    g_autoptr(HjTestAnswer) row = page(county, "town", id, "");
    assert_says(row, "观察期到 2019-06-15");
    assert_says(row, "/act/reopen");
    assert_says(row, "第二人签字");
}

static void
test_the_api_refuses_what_it_does_not_know(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, "x");
    g_autoptr(HjTestAnswer) unknown =
        api_act(county, "village", id, "submit", "{\"version\":1,\"colour\":\"red\"}");
    assert_refused(unknown, 422, "colour", "unknown");
    g_autoptr(HjTestAnswer) files =
        api_act(county, "village", id, "submit", "{\"version\":1,\"evidence\":[\"1\"]}");
    assert_refused(files, 422, "evidence", "type");
    g_autoptr(HjTestAnswer) no_version = api_act(county, "village", id, "submit", "{}");
    assert_refused(no_version, 422, "version", "required");
    g_autoptr(HjTestAnswer) no_such =
        api_act(county, "village", id, "explode", "{\"version\":1}");
    assert_status(no_such, 409);
    g_autoptr(HjTestAnswer) foreign = api_act(county, "other", id, "submit", "{\"version\":1}");
    assert_status(foreign, 404);
    g_autoptr(HjTestAnswer) turn = api_act(county, "town", id, "submit", "{\"version\":1}");
    assert_status(turn, 403);
    g_autoptr(HjTestAnswer) still =
        hj_test_get(county, "village", "/api/v1/ledgers/matter/rows/1/flow");
    assert_status(still, 404);
    g_autoptr(HjTestAnswer) no_flow =
        hj_test_get(county, "county", "/api/v1/ledgers/thing/rows/1/flow");
    assert_status(no_flow, 404);
}

static void
test_others_are_asked_and_asked_no_more(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_matter(county, "x");
    g_autofree char *uri = g_strdup_printf(API "/people?q=team", id);
    g_autoptr(HjTestAnswer) people = hj_test_get(county, "village", uri);
    assert_status(people, 200);
    assert_int_equal(hj_test_count(people), 1);
    g_autoptr(HjTestAnswer) asked = form_act(county, "village", id, "add_reviewer",
                                             "version=1&_task=0&_account=team&_comment=x");
    assert_status(asked, 303);
    g_autoptr(HjTestAnswer) early =
        form_act(county, "village", id, "submit", "version=2&_task=0");
    assert_status(early, 422);
    g_autoptr(HjTestAnswer) reviewer = page(county, "team", id, "");
    assert_says(reviewer, "/act/agree?task=");
    g_autoptr(HjTestAnswer) row = page(county, "village", id, "");
    const char *button = strstr(row->body, "/act/remove_reviewer?task=");
    assert_non_null(button);
    const char *task = strchr(button, '=') + 1;
    g_autofree char *form =
        g_strdup_printf("version=2&_task=%.*s", (int)strspn(task, "0123456789"), task);
    g_autoptr(HjTestAnswer) removed = form_act(county, "village", id, "remove_reviewer", form);
    assert_status(removed, 303);
    g_autoptr(HjTestAnswer) gone = page(county, "team", id, "");
    assert_silent(gone, "/act/agree");
}

static void
test_a_ledger_tells_of_its_flow(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) ledger = hj_test_get(county, "village", "/api/v1/ledgers/matter");
    assert_answer(ledger, "flow.start", "listed");
    assert_answer(ledger, "flow.nodes.0.actions.0.title.zh", "提交");
    assert_answer(ledger, "flow.nodes.2.within.param", "work_days");
    g_autoptr(HjTestAnswer) api = hj_test_get(county, "village", "/api/v1/openapi.json");
    assert_status(api, 200);
    assert_says(api, "\"enum\":[\"listed\",\"reviewed\"");
    assert_says(api, "/actions/{action}");
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_the_page_says_where_a_row_stands_and_offers_what_may_be_done),
    cmocka_unit_test(test_the_form_shows_the_next_person_and_what_is_needed),
    cmocka_unit_test(test_what_is_missing_is_said_at_its_field),
    cmocka_unit_test(test_an_act_needs_its_turn_its_token_and_its_version),
    cmocka_unit_test(test_sent_twice_it_is_done_once),
    cmocka_unit_test(test_who_was_slower_is_told_what_happened),
    cmocka_unit_test(test_sending_back_asks_for_an_opinion_and_a_kept_sentence_is_one),
    cmocka_unit_test(test_a_task_is_handed_to_somebody_by_name),
    cmocka_unit_test(test_a_list_tells_the_node_and_is_narrowed_by_it),
    cmocka_unit_test(test_events_are_told_in_words),
    cmocka_unit_test(test_the_api_moves_a_row_to_its_end),
    cmocka_unit_test(test_the_api_refuses_what_it_does_not_know),
    cmocka_unit_test(test_others_are_asked_and_asked_no_more),
    cmocka_unit_test(test_a_ledger_tells_of_its_flow),
};

HJ_FLOW_MAIN(stories, prepare)
