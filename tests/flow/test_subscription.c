/* The calendar as calendar programs read it: its address, and what stands in it. */
#include "tests/flow/flow.h"

#define ROWS(ledger) "/api/v1/ledgers/" ledger "/rows"
#define DAY_US (86400 * INT64_C(1000000))

/* The path of a new address of @account; caller owns. */
static char *
make_address(HjTestCounty *county, const char *account)
{
    g_autoptr(HjTestAnswer) page =
        hj_test_form(county, account, "/calendar/address", "act=make");
    assert_status(page, 201);
    const char *at = strstr(page->body, "/calendar/feed/hjc_");
    assert_non_null(at);
    char *path = g_strndup(at, strcspn(at, "\""));
    assert_true(g_str_has_suffix(path, ".ics"));
    g_autoptr(HjTestAnswer) again = hj_test_page(county, account, "/calendar");
    assert_status(again, 200);
    assert_null(strstr(again->body, path));
    return path;
}

/* As a program without a session reads it, its folded lines put together again. */
static char *
feed_at(HjTestCounty *county, const char *path)
{
    g_autoptr(HjTestAnswer) feed = hj_test_page(county, NULL, path);
    assert_status(feed, 200);
    assert_string_equal(feed->type, "text/calendar; charset=utf-8");
    assert_string_equal(hj_test_header(feed, "Cache-Control"), "no-store");
    g_auto(GStrv) lines = g_strsplit(feed->body, "\r\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++)
        assert_true(strlen(lines[i]) <= 75 && strchr(lines[i], '\n') == NULL);
    g_auto(GStrv) parts = g_strsplit(feed->body, "\r\n ", -1);
    return g_strjoinv("", parts);
}

static void
assert_gone(HjTestCounty *county, const char *path)
{
    g_autoptr(HjTestAnswer) gone = hj_test_page(county, NULL, path);
    assert_status(gone, 404);
    assert_null(strstr(gone->body, "VCALENDAR"));
}

static void
enter_matters(HjTestCounty *county)
{
    g_autoptr(HjTestAnswer) paper = hj_test_post(
        county, "county", ROWS("directive"),
        "{\"org\":\"130921\",\"fields\":{\"subject\":\"清理牌子, 减负\",\"document_no\":"
        "\"沧组〔2018〕9号\",\"kind\":\"notice\",\"edition\":1,\"issued_on\":\"2018-06-15\","
        "\"demand\":\"清理\",\"due_on\":\"2018-06-30\"}}");
    assert_status(paper, 201);
    g_autofree char *issue =
        g_strdup_printf(ROWS("directive") "/%s/actions/issue", hj_test_at(paper, "id"));
    g_autoptr(HjTestAnswer) issued = hj_test_post(county, "county", issue, "{\"version\":1}");
    assert_status(issued, 200);
    g_autoptr(HjTestAnswer) dispute = hj_test_post(
        county, "village", ROWS("dispute_case"),
        "{\"org\":\"130921100201\",\"fields\":{\"subject\":\"张某某家排水\",\"class\":"
        "\"claim\",\"matter\":\"works\",\"channel\":\"visit\",\"received_on\":"
        "\"2018-06-14\"}}");
    assert_status(dispute, 201);
    g_autoptr(HjTestAnswer) person = hj_test_post(
        county, "village", ROWS("person"),
        "{\"org\":\"130921100201B1\",\"fields\":{\"name\":\"赵申请\",\"sex\":\"male\","
        "\"born_on\":\"1990-01-01\"}}");
    assert_status(person, 201);
    g_autofree char *applicant = g_strdup_printf(
        "{\"org\":\"130921100201B1\",\"fields\":{\"person\":\"%s\",\"applied_on\":"
        "\"2018-06-11\"}}",
        hj_test_at(person, "id"));
    g_autoptr(HjTestAnswer) file =
        hj_test_post(county, "village", ROWS("member_development"), applicant);
    assert_status(file, 201);
    g_autofree char *receive = g_strdup_printf(ROWS("member_development") "/%s/actions/receive",
                                               hj_test_at(file, "id"));
    g_autoptr(HjTestAnswer) received =
        hj_test_post(county, "village", receive, "{\"version\":1}");
    assert_status(received, 200);
}

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    HjTestCounty *county = hj_test_cast_new(kind);
    enter_matters(county);
    return county;
}

static void
test_the_days_of_an_account_are_read_without_a_session(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *path = make_address(county, "town");
    g_autofree char *feed = feed_at(county, path);
    assert_true(g_str_has_prefix(feed, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    assert_true(g_str_has_suffix(feed, "END:VEVENT\r\nEND:VCALENDAR\r\n"));
    const char *summary = strstr(feed, "SUMMARY:文件办理 · 待办理 · 清理牌子\\, 减负 · 甲镇");
    assert_non_null(summary);
    const char *event = g_strrstr_len(feed, summary - feed, "BEGIN:VEVENT");
    g_autofree char *head = g_strndup(event, (size_t)(summary - event));
    assert_non_null(strstr(head, "DTSTART;VALUE=DATE:20180630\r\n"));
    assert_non_null(strstr(head, "DTEND;VALUE=DATE:20180701\r\n"));
    assert_non_null(strstr(head, "DTSTAMP:20180615T040000Z\r\n"));
    /* The same event has the same name the next time. */
    g_autofree char *again = feed_at(county, path);
    assert_string_equal(feed, again);
}

static void
test_titles_about_people_and_what_others_are_asked_stay_away(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *path = make_address(county, "village");
    g_autofree char *feed = feed_at(county, path);
    /* The matters are there, their titles are not. */
    assert_non_null(strstr(feed, "DTSTART;VALUE=DATE:20180629\r\n")); /* PET-1 */
    assert_non_null(strstr(feed, "DTSTART;VALUE=DATE:20180711\r\n")); /* DEV-02 */
    assert_null(strstr(feed, "张某某"));
    assert_null(strstr(feed, "赵申请"));
    assert_null(strstr(feed, "清理牌子"));
    g_autofree char *other = make_address(county, "other");
    g_autofree char *beyond = feed_at(county, other);
    assert_non_null(strstr(beyond, "乙镇"));
    assert_null(strstr(beyond, "甲"));
    assert_null(strstr(beyond, "20180629"));
}

static void
test_an_address_opens_nothing_else_and_changes_nothing(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *path = make_address(county, "town");
    g_autofree char *token = g_strndup(strstr(path, "hjc_"), 47);
    g_autofree char *bearer = g_strconcat("Bearer ", token, NULL);
    g_autofree char *cookie = g_strconcat("hangji=", token, NULL);
    const HjTestHeader as_bearer[] = { { "authorization", bearer }, { 0 } };
    const HjTestHeader as_cookie[] = { { "cookie", cookie }, { 0 } };
    g_autoptr(HjTestAnswer) api =
        hj_test_send(county, NULL, HJ_GET, "/api/v1/due", as_bearer, NULL, 0);
    assert_status(api, 401);
    g_autoptr(HjTestAnswer) page =
        hj_test_send(county, NULL, HJ_GET, "/calendar", as_cookie, NULL, 0);
    assert_status(page, 303);
    g_autoptr(HjTestAnswer) written =
        hj_test_send(county, NULL, HJ_POST, path, NULL, "act=make", 8);
    assert_status(written, 405);
    g_autofree char *bare = g_strndup(path, strlen(path) - strlen(".ics"));
    assert_gone(county, bare);
    g_autofree char *more = g_strconcat(bare, "x.ics", NULL);
    assert_gone(county, more);
    g_autofree char *wrong = g_strdup(path);
    wrong[strlen("/calendar/feed/hjc_") + 5] ^= 1;
    assert_gone(county, wrong);
    assert_gone(county, "/calendar/feed/hjc_.ics");
    g_autoptr(HjTestAnswer) nobody =
        hj_test_form(county, NULL, "/calendar/address", "act=make");
    assert_status(nobody, 303);
}

/* Without a name of its own in the configuration the program shows the path only. */
static void
test_an_address_does_not_name_the_host_a_request_claims(void **state)
{
    const HjTestHeader claims[] = { { "host", "evil.example" },
                                    { "x-forwarded-host", "evil.example" },
                                    { 0 } };
    g_autoptr(HjTestAnswer) page =
        hj_test_form_with(*state, "town", "/calendar/address", "act=make", claims);
    assert_status(page, 201);
    assert_null(strstr(page->body, "evil.example"));
    assert_non_null(strstr(page->body, "value=\"/calendar/feed/hjc_"));
    assert_non_null(strstr(page->body, "前面加上本系统的网址"));
}

static void
test_an_address_ends_when_it_is_revoked_replaced_or_a_year_old(void **state)
{
    HjTestCounty *county = *state;
    HjStore *store = county->fixture->store;
    g_autofree char *first = make_address(county, "team");
    g_autofree char *second = make_address(county, "team");
    assert_gone(county, first);
    g_free(feed_at(county, second));
    g_autoptr(HjTestAnswer) page = hj_test_page(county, "team", "/calendar");
    assert_non_null(strstr(page->body, "value=\"revoke\""));
    g_autoptr(HjTestAnswer) revoked =
        hj_test_form(county, "team", "/calendar/address", "act=revoke");
    assert_status(revoked, 303);
    assert_gone(county, second);
    g_autoptr(HjTestAnswer) without = hj_test_page(county, "team", "/calendar");
    assert_null(strstr(without->body, "value=\"revoke\""));
    g_autofree char *third = make_address(county, "team");
    HjTime now = hj_store_now(store);
    hj_store_set_clock(store, now + 366 * DAY_US);
    g_free(feed_at(county, third));
    hj_store_set_clock(store, now + 367 * DAY_US);
    assert_gone(county, third);
    hj_store_set_clock(store, now);
}

static void
test_an_address_follows_its_account(void **state)
{
    HjTestCounty *county = *state;
    hj_test_account(county, "leaving", "township_organizer", HJ_TEST_TOWN);
    g_autofree char *path = make_address(county, "leaving");
    g_free(feed_at(county, path));
    g_autoptr(HjTestAnswer) list = hj_test_page(county, "admin", "/accounts?q=leaving");
    const char *at = strstr(list->body, "/accounts/3");
    assert_non_null(at);
    g_autofree char *account = g_strndup(at, strlen("/accounts/") + 19);
    g_autofree char *state_of = g_strconcat(account, "/state", NULL);
    g_autoptr(HjTestAnswer) disabled =
        hj_test_form(county, "admin", state_of, "state=disabled");
    assert_status(disabled, 303);
    assert_gone(county, path);
    /* Both the making and the end of an address are told. */
    g_autoptr(HjTestAnswer) told = hj_test_page(county, "admin", "/audit?account=leaving");
    assert_status(told, 200);
    assert_non_null(strstr(told->body, "生成日历订阅地址"));
    assert_null(strstr(told->body, path + strlen("/calendar/feed/")));
}

static void
test_who_acts_for_somebody_makes_no_address_in_his_name(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) page = hj_test_page(county, "town", "/account/proxies");
    const char *at = strstr(page->body, "name=\"held\" value=\"");
    assert_non_null(at);
    at += strlen("name=\"held\" value=\"");
    g_autofree char *held = g_strndup(at, strcspn(at, "\""));
    g_autofree char *form = g_strdup_printf(
        "deputy=other&from=2018-06-15&to=2018-06-20&reason=leave&held=%s", held);
    g_autoptr(HjTestAnswer) lent = hj_test_form(county, "town", "/account/proxies/new", form);
    assert_status(lent, 303);
    g_autoptr(HjTestAnswer) offered = hj_test_page(county, "other", "/account/proxies");
    const char *which = strstr(offered->body, "name=\"proxy\" value=\"");
    assert_non_null(which);
    which += strlen("name=\"proxy\" value=\"");
    g_autofree char *act = g_strdup_printf("proxy=%.*s", (int)strcspn(which, "\""), which);
    g_autoptr(HjTestAnswer) acts = hj_test_form(county, "other", "/account/proxies/act", act);
    assert_status(acts, 303);
    g_autoptr(HjTestAnswer) refused =
        hj_test_form(county, "other", "/calendar/address", "act=make");
    assert_status(refused, 403);
    g_autoptr(HjTestAnswer) calendar = hj_test_page(county, "other", "/calendar");
    assert_status(calendar, 200);
    assert_null(strstr(calendar->body, "/calendar/address"));
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_the_days_of_an_account_are_read_without_a_session),
    cmocka_unit_test(test_titles_about_people_and_what_others_are_asked_stay_away),
    cmocka_unit_test(test_an_address_opens_nothing_else_and_changes_nothing),
    cmocka_unit_test(test_an_address_does_not_name_the_host_a_request_claims),
    cmocka_unit_test(test_an_address_ends_when_it_is_revoked_replaced_or_a_year_old),
    cmocka_unit_test(test_an_address_follows_its_account),
    cmocka_unit_test(test_who_acts_for_somebody_makes_no_address_in_his_name),
};

HJ_FLOW_MAIN(stories, prepare)
