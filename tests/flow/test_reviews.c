/* M5 and M3: months taken over from the records, remarks that become tasks, duty reports up the
 * chain, ballots of small groups, on the pack a county uses (domain.md 9.3, 9.5). */
#include "tests/flow/flow.h"

#define ROWS "/api/v1/ledgers/%s/rows"

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    return hj_test_cast_new(kind);
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

static HjTestAnswer *
send_row(HjTestCounty *county, const char *who, const char *ledger, const char *org,
         const char *parent, const char *fields)
{
    g_autofree char *uri = g_strdup_printf(ROWS, ledger);
    g_autofree char *body = g_strdup_printf(
        "{\"org\":\"%s\"%s%s%s,\"fields\":{%s}}", org, parent != NULL ? ",\"parent\":\"" : "",
        parent != NULL ? parent : "", parent != NULL ? "\"" : "", fields);
    return hj_test_post(county, who, uri, body);
}

/* The id of a new row; caller owns. */
static char *
new_row(HjTestCounty *county, const char *who, const char *ledger, const char *org,
        const char *parent, const char *fields)
{
    g_autoptr(HjTestAnswer) made = send_row(county, who, ledger, org, parent, fields);
    assert_status(made, 201);
    return g_strdup(hj_test_at(made, "id"));
}

static HjTestAnswer *
read_row(HjTestCounty *county, const char *who, const char *ledger, const char *id)
{
    g_autofree char *uri = g_strdup_printf(ROWS "/%s", ledger, id);
    return hj_test_get(county, who, uri);
}

static HjTestAnswer *
move(HjTestCounty *county, const char *who, const char *ledger, const char *id,
     const char *action, const char *fields)
{
    g_autoptr(HjTestAnswer) row = read_row(county, who, ledger, id);
    g_autofree char *uri = g_strdup_printf(ROWS "/%s/actions/%s", ledger, id, action);
    g_autofree char *body =
        g_strdup_printf("{\"version\":%s,\"fields\":{%s}}", hj_test_at(row, "version"), fields);
    return hj_test_post(county, who, uri, body);
}

static HjTestAnswer *
row_page(HjTestCounty *county, const char *who, const char *ledger, const char *id)
{
    g_autofree char *uri = g_strdup_printf("/ledgers/%s/%s", ledger, id);
    return hj_test_page(county, who, uri);
}

static void
earn(HjTestCounty *county, const char *fen, const char *day)
{
    g_autofree char *fields =
        g_strdup_printf("\"received_on\":\"%s\",\"class\":\"operating\",\"amount\":%s,"
                        "\"summary\":\"流转收入\"",
                        day, fen);
    g_autofree char *id =
        new_row(county, "town", "collective_income", HJ_TEST_VILLAGE, NULL, fields);
    assert_non_null(id);
}

static char *
new_review(HjTestCounty *county, const char *month)
{
    g_autofree char *fields =
        g_strdup_printf("\"month\":\"%s\",\"handed_on\":\"2018-06-15\"", month);
    char *id = new_row(county, "town", "monthly_review", HJ_TEST_TOWN, NULL, fields);
    g_autofree char *plan =
        new_row(county, "town", "review_plan", HJ_TEST_TOWN, id, "\"matter\":\"两处场所开工\"");
    assert_non_null(plan);
    return id;
}

/* --- M5 --- */

static void
test_m5_a_month_is_taken_over_from_the_records_and_stays_as_it_was_handed_in(void **state)
{
    HjTestCounty *county = *state;
    earn(county, "1200000", "2018-05-10");
    g_autofree char *id = new_review(county, "2018-05");
    g_autoptr(HjTestAnswer) live = row_page(county, "town", "monthly_review", id);
    assert_status(live, 200);
    assert_says(live, "此刻由记录算出");
    assert_says(live, ">1.2</a>");
    assert_says(live, "/indicators/operating_income?");
    g_autoptr(HjTestAnswer) done = move(county, "town", "monthly_review", id, "submit", "");
    assert_status(done, 200);
    g_autoptr(HjTestAnswer) kept = read_row(county, "town", "monthly_review", id);
    assert_non_null(strstr(hj_test_at(kept, "fields.completed"), "operating_income=1.2\n"));
    /* A later record changes the indicator, never what was handed in. */
    earn(county, "500000", "2018-05-20");
    g_autoptr(HjTestAnswer) later = row_page(county, "town", "monthly_review", id);
    assert_says(later, "报送时由记录带出并定格");
    assert_says(later, ">1.2</a>");
    assert_silent(later, ">1.7</a>");
    g_autofree char *sheet = g_strdup_printf("/ledgers/monthly_review/%s/notice", id);
    g_autoptr(HjTestAnswer) print = hj_test_page(county, "town", sheet);
    assert_status(print, 200);
    assert_says(print, "村集体经营收入 1.2 万元");
    g_autoptr(HjTestAnswer) book =
        hj_test_page(county, "town", "/ledgers/monthly_review/export.xlsx");
    assert_status(book, 200);
}

static void
test_f_06_nobody_types_what_the_records_say(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) typed =
        send_row(county, "town", "monthly_review", HJ_TEST_TOWN, NULL,
                 "\"month\":\"2018-04\",\"handed_on\":\"2018-06-15\",\"completed\":\"甲\"");
    assert_refused(typed, 422, "completed", "unknown");
    g_autoptr(HjTestAnswer) form =
        hj_test_page(county, "town", "/ledgers/monthly_review/new?org=" HJ_TEST_TOWN);
    assert_status(form, 200);
    /* The month before is suggested, with its figures; there is no box for them. */
    assert_says(form, "value=\"2018-05\"");
    assert_says(form, "当月完成情况");
    assert_silent(form, "name=\"completed\"");
}

static void
test_m5_the_head_goes_through_them_one_by_one(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_review(county, "2018-03");
    g_autoptr(HjTestAnswer) handed = move(county, "town", "monthly_review", id, "submit", "");
    assert_status(handed, 200);
    g_autoptr(HjTestAnswer) page = hj_test_page(
        county, "county", "/ledgers/monthly_review/one-by-one?month=2018-03&big=1");
    assert_status(page, 200);
    assert_says(page, "1 / 1");
    assert_says(page, "两处场所开工");
    assert_says(page, "name=\"text\"");
    assert_says(page, "/act/finish");
    g_autoptr(HjTestAnswer) none =
        hj_test_page(county, "county", "/ledgers/monthly_review/one-by-one?month=2001-01");
    assert_status(none, 200);
    assert_says(none, "这个列表里没有记录");
    /* A township reads its own and says nothing about itself. */
    g_autoptr(HjTestAnswer) town =
        hj_test_page(county, "town", "/ledgers/monthly_review/one-by-one?month=2018-03");
    assert_status(town, 200);
    assert_silent(town, "name=\"text\"");
    g_autoptr(HjTestAnswer) other =
        hj_test_page(county, "other", "/ledgers/monthly_review/one-by-one?month=2018-03");
    assert_says(other, "这个列表里没有记录");
    g_autoptr(HjTestAnswer) village =
        hj_test_page(county, "village", "/ledgers/monthly_review/one-by-one");
    assert_status(village, 403);
}

static size_t
n_comments(HjTestCounty *county, const char *review)
{
    g_autofree char *uri = g_strdup_printf(ROWS "?parent=%s", "review_comment", review);
    g_autoptr(HjTestAnswer) list = hj_test_get(county, "county", uri);
    assert_status(list, 200);
    return hj_test_count(list);
}

static void
test_m5_a_comment_becomes_a_dated_task_in_one_go(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_review(county, "2018-02");
    g_autofree char *uri =
        g_strdup_printf("/ledgers/monthly_review/%s/remark?month=2018-02&row=%s", id, id);
    g_autoptr(HjTestAnswer) empty =
        hj_test_form(county, "county", uri, "do=note&text=&due=2018-07-15");
    assert_status(empty, 422);
    /* A day too soon: the remark is not kept without its task, and what was written stays. */
    g_autoptr(HjTestAnswer) soon =
        hj_test_form(county, "county", uri, "do=task&text=contract&due=2018-06-16");
    assert_status(soon, 422);
    assert_says(soon, "contract</textarea>");
    assert_int_equal(n_comments(county, id), 0);
    g_autoptr(HjTestAnswer) noted = hj_test_form(
        county, "county", uri,
        "do=note&text=good&_back=/ledgers/monthly_review/one-by-one%3Fmonth%3D2018-02");
    assert_status(noted, 303);
    assert_string_equal(hj_test_header(noted, "Location"),
                        "/ledgers/monthly_review/one-by-one?month=2018-02");
    g_autoptr(HjTestAnswer) task =
        hj_test_form(county, "county", uri, "do=task&text=renew&due=2018-07-15");
    assert_status(task, 303);
    g_autoptr(HjTestAnswer) list =
        hj_test_get(county, "town", "/api/v1/ledgers/review_comment/rows?state=task&limit=1");
    assert_answer(list, "items.0.fields.finish_by", "2018-07-15");
    g_autoptr(HjTestAnswer) due = hj_test_page(county, "town", "/due");
    assert_says(due, "renew");
    /* Nobody but the county comments. */
    g_autoptr(HjTestAnswer) town = hj_test_form(county, "town", uri, "do=note&text=own");
    assert_status(town, 403);
    assert_int_equal(n_comments(county, id), 2);
}

static void
test_m5_a_comment_open_for_more_than_a_month_stands_out(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = new_review(county, "2018-01");
    g_autofree char *old = new_row(county, "county", "review_comment", HJ_TEST_TOWN, id,
                                   "\"comment\":\"老意见\",\"made_on\":\"2018-05-14\"");
    g_autofree char *fresh = new_row(county, "county", "review_comment", HJ_TEST_TOWN, id,
                                     "\"comment\":\"新意见\",\"made_on\":\"2018-06-15\"");
    assert_non_null(old);
    assert_non_null(fresh);
    g_autoptr(HjTestAnswer) page =
        hj_test_page(county, "county", "/ledgers/monthly_review/one-by-one?month=2018-01");
    assert_says(page, "超期 1 天");
    assert_says(page, "/act/make_task");
    assert_says(page, "/act/close");
}

/* --- M3 --- */

static char *
new_meeting(HjTestCounty *county, const char *returned)
{
    g_autofree char *fields =
        g_strdup_printf("\"subject\":\"述职评议\",\"kind\":\"report\",\"held_on\":"
                        "\"2018-06-14\",\"issued\":60,\"returned\":%s",
                        returned);
    return new_row(county, "town", "duty_meeting", HJ_TEST_TOWN, NULL, fields);
}

static void
test_rpt_1_a_branch_reports_to_its_committee_in_one_short_form(void **state)
{
    HjTestCounty *county = *state;
    hj_test_account(county, "branch", "branch_secretary", HJ_TEST_VILLAGE "B1");
    g_autofree char *id =
        new_row(county, "branch", "duty_report", HJ_TEST_VILLAGE "B1", NULL,
                "\"year\":\"2018\",\"occasion\":\"year_end\",\"achieved\":\"甲\","
                "\"lacking\":\"乙\",\"next\":\"丙\"");
    g_autoptr(HjTestAnswer) page = row_page(county, "branch", "duty_report", id);
    assert_says(page, "全年数字");
    assert_says(page, "1.7"); /* of its village */
    assert_silent(page, "/indicators/");
    g_autoptr(HjTestAnswer) wrong =
        move(county, "branch", "duty_report", id, "submit_county", "");
    assert_status(wrong, 422);
    g_autoptr(HjTestAnswer) done = move(county, "branch", "duty_report", id, "submit", "");
    assert_status(done, 200);
    g_autoptr(HjTestAnswer) heard =
        move(county, "town", "duty_report", id, "finish",
             "\"reported_on\":\"2018-06-15\",\"comment\":\"照着改\"");
    assert_status(heard, 200);
    /* RPT-5: with an owner and a day. */
    g_autofree char *item =
        new_row(county, "town", "duty_improvement", HJ_TEST_VILLAGE "B1", id,
                "\"problem\":\"收入单一\",\"owner\":\"支部书记\",\"named_on\":\"2018-06-15\","
                "\"finish_by\":\"2018-09-30\"");
    g_autoptr(HjTestAnswer) due = hj_test_page(county, "town", "/due");
    assert_says(due, "收入单一");
    assert_non_null(item);
}

static void
test_rpt_2_ballots_add_up_and_a_row_has_one_box(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *meeting = new_meeting(county, "40");
    g_autoptr(HjTestAnswer) more =
        send_row(county, "town", "duty_rating", HJ_TEST_VILLAGE "B1", meeting,
                 "\"post\":\"书记\",\"good\":30,\"fairly_good\":8,\"ordinary\":2,\"poor\":0,"
                 "\"abstained\":1,\"invalid\":0");
    assert_refused(more, 422, "invalid", "rule");
    g_autofree char *id =
        new_row(county, "town", "duty_rating", HJ_TEST_VILLAGE "B1", meeting,
                "\"post\":\"书记\",\"good\":29,\"fairly_good\":8,\"ordinary\":1,\"poor\":0,"
                "\"abstained\":1,\"invalid\":1");
    assert_non_null(id);
}

/* RPT-6: what is not kept comes out nowhere. */
static void
test_rpt_6_a_small_group_is_broken_down_on_no_way_out(void **state)
{
    HjTestCounty *county = *state;
    static const char small[] = "\"post\":\"小支部书记\",\"abstained\":1,\"invalid\":0,"
                                "\"grade\":\"good\"";
    static const char broken[] = "\"good\":3,\"fairly_good\":1,\"ordinary\":0,\"poor\":0";
    g_autofree char *meeting = new_meeting(county, "5");
    g_autofree char *all = g_strdup_printf("%s,%s", small, broken);
    /* Not in: by the interface, by a form, by a change of the row or of the meeting. */
    g_autoptr(HjTestAnswer) api =
        send_row(county, "town", "duty_rating", HJ_TEST_SIBLING "B1", meeting, all);
    assert_refused(api, 422, "good", "rule");
    g_autofree char *form = g_strdup_printf(
        "org=" HJ_TEST_SIBLING "B1&parent=%s&post=x&good=3&fairly_good=1&ordinary=0&poor=0"
        "&abstained=1&invalid=0",
        meeting);
    g_autoptr(HjTestAnswer) page =
        hj_test_form(county, "town", "/ledgers/duty_rating/new", form);
    assert_status(page, 422);
    g_autofree char *id =
        new_row(county, "town", "duty_rating", HJ_TEST_SIBLING "B1", meeting, small);
    g_autofree char *uri = g_strdup_printf(ROWS "/%s", "duty_rating", id);
    g_autofree char *patch = g_strdup_printf("{\"version\":1,\"fields\":{%s}}", broken);
    g_autoptr(HjTestAnswer) change = hj_test_patch(county, "town", uri, patch);
    assert_refused(change, 422, "good", "rule");
    g_autofree char *above = g_strdup_printf(ROWS "/%s", "duty_meeting", meeting);
    g_autoptr(HjTestAnswer) grown =
        hj_test_patch(county, "town", above, "{\"version\":1,\"fields\":{\"returned\":20}}");
    assert_refused(grown, 422, "returned", "rule");
    /* Not out: the row, its history, its page, the list, the workbook, a search, the figure. */
    g_autoptr(HjTestAnswer) row = read_row(county, "county", "duty_rating", id);
    assert_says(row, "\"good\":null,\"fairly_good\":null,\"ordinary\":null,\"poor\":null");
    g_autofree char *history = g_strdup_printf(ROWS "/%s/history", "duty_rating", id);
    g_autoptr(HjTestAnswer) events = hj_test_get(county, "county", history);
    assert_status(events, 200);
    assert_silent(events, "\"good\":3");
    g_autoptr(HjTestAnswer) shown = row_page(county, "county", "duty_rating", id);
    assert_status(shown, 200);
    assert_silent(shown, "3 <small>票");
    g_autofree char *filter = g_strdup_printf(ROWS "?parent=%s&good=3", "duty_rating", meeting);
    g_autoptr(HjTestAnswer) found = hj_test_get(county, "county", filter);
    assert_int_equal(hj_test_count(found), 0);
    g_autoptr(HjTestAnswer) book =
        hj_test_page(county, "county", "/ledgers/duty_rating/export.xlsx");
    assert_status(book, 200);
    g_autoptr(HjTestAnswer) figure = hj_test_page(
        county, "county",
        "/indicators/duty_rating_good?under=130921100202B1&from=2018-01-01&to=2018-12-31");
    assert_status(figure, 200);
    assert_silent(figure, id);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(
        test_m5_a_month_is_taken_over_from_the_records_and_stays_as_it_was_handed_in),
    cmocka_unit_test(test_f_06_nobody_types_what_the_records_say),
    cmocka_unit_test(test_m5_the_head_goes_through_them_one_by_one),
    cmocka_unit_test(test_m5_a_comment_becomes_a_dated_task_in_one_go),
    cmocka_unit_test(test_m5_a_comment_open_for_more_than_a_month_stands_out),
    cmocka_unit_test(test_rpt_1_a_branch_reports_to_its_committee_in_one_short_form),
    cmocka_unit_test(test_rpt_2_ballots_add_up_and_a_row_has_one_box),
    cmocka_unit_test(test_rpt_6_a_small_group_is_broken_down_on_no_way_out),
};

HJ_FLOW_MAIN(stories, prepare)
