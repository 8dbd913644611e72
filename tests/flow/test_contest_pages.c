/* A contest through its pages: the township approves its own card, the county decides a mark,
 * accepts and publishes, the township appeals, the county answers; the village sees the county
 * as a whole only. */
#include "tests/flow/flow.h"

#define S "/contests/three_lists"
#define P "?period=2017H2"
#define CARD S "/" HJ_TEST_TOWN
#define OTHER_CARD S "/" HJ_TEST_OTHER_TOWN
#define ITEM CARD "/field_checked_result"

static bool
says(const HjTestAnswer *answer, const char *text)
{
    return strstr(answer->body, text) != NULL;
}

#define assert_says(answer, text)                                                              \
    do {                                                                                       \
        if (!says((answer), (text)))                                                           \
            print_error("%s:%d: no %s in %s\n", __FILE__, __LINE__, (text), (answer)->body);   \
        assert_true(says((answer), (text)));                                                   \
    } while (false)

#define assert_page(county, account, uri, text)                                                \
    do {                                                                                       \
        g_autoptr(HjTestAnswer) page_ = hj_test_page((county), (account), (uri));              \
        assert_status(page_, 200);                                                             \
        assert_says(page_, (text));                                                            \
    } while (false)

static void
send(HjTestCounty *county, const char *account, const char *uri, const char *form, int wanted,
     const char *text)
{
    g_autoptr(HjTestAnswer) answer = hj_test_form(county, account, uri, form);
    assert_status(answer, wanted);
    if (text != NULL)
        assert_says(answer, text);
}

static void
the_committee_sees_its_provisional_card_and_the_village_none(void **state)
{
    assert_page(*state, "town", S P, "试算");
    assert_page(*state, "town", "/contests", "半年 <span class=\"badge-live\">试算");
    assert_page(*state, "town", S P, CARD);
    assert_page(*state, "town", CARD P, "怎样能提分");
    assert_page(*state, "town", CARD P, "/act/approve");
    assert_page(*state, "village", S P, "尚未公布");
    g_autoptr(HjTestAnswer) foreign = hj_test_page(*state, "town", OTHER_CARD P);
    assert_status(foreign, 404);
    g_autoptr(HjTestAnswer) month = hj_test_page(*state, "town", S "?period=2018-03");
    assert_status(month, 400);
}

static void
every_item_opens_to_its_arithmetic_and_what_it_rests_on(void **state)
{
    assert_page(*state, "town", ITEM P, "算式");
    assert_page(*state, "town", CARD "/sites_fit" P, "依据");
    assert_page(*state, "county", ITEM P, "人工认定");
    g_autoptr(HjTestAnswer) town = hj_test_page(*state, "town", ITEM P);
    assert_false(says(town, "name=\"points\""));
    g_autoptr(HjTestAnswer) none = hj_test_page(*state, "town", CARD "/no_such_item" P);
    assert_status(none, 404);
}

static void
a_card_is_approved_once_and_who_comes_later_is_told(void **state)
{
    assert_page(*state, "town", CARD "/act/approve" P, "审核此卡");
    send(*state, "town", CARD "/act/approve", "period=2017H2&level=0", 303, NULL);
    assert_page(*state, "town", CARD P, "党委已审核");
    send(*state, "town", CARD "/act/approve", "period=2017H2&level=0", 409, "其间已有他人");
    send(*state, "other", OTHER_CARD "/act/approve", "period=2017H2&level=0", 303, NULL);
    send(*state, "village", CARD "/act/approve", "period=2017H2&level=0", 403, NULL);
    send(*state, "town", CARD "/act/withdraw", "period=2017H2&level=1&reason=", 422,
         "href=\"#f-reason\"");
}

static void
a_final_mark_stands_beside_the_computed_one(void **state)
{
    const char *good =
        "period=2017H2&seen=none&points=7.5&reason=%E7%8E%B0%E5%9C%BA%E6%A0%B8%E6%9F%A5"
        "&document=%E6%B2%A7%E7%BB%841%E5%8F%B7";
    send(*state, "county", ITEM, "period=2017H2&seen=none&points=x&reason=y", 422,
         "href=\"#f-points\"");
    send(*state, "county", ITEM, "period=2017H2&seen=none&points=5&reason=", 422,
         "href=\"#f-reason\"");
    send(*state, "county", ITEM, "period=2017H2&seen=none&points=99&reason=y&document=z", 422,
         "f-points");
    send(*state, "town", ITEM, good, 403, NULL);
    send(*state, "county", ITEM, good, 303, NULL);
    send(*state, "county", ITEM, "period=2017H2&seen=none&points=3&reason=y&document=z", 409,
         "其间已有他人认定");
    assert_page(*state, "town", CARD P, "现场核查");
    assert_page(*state, "town", CARD P, "<s>0.00</s>");
}

static void
the_county_accepts_and_publishes_after_being_told_what_it_does(void **state)
{
    assert_page(*state, "county", S "/publish" P, "认定已审核的 2 张");
    send(*state, "county", S "/publish", "period=2017H2&act=publish", 409, "role=\"alert\"");
    send(*state, "county", S "/publish", "period=2017H2&act=accept", 303, NULL);
    assert_page(*state, "town", CARD P, "已固定");
    send(*state, "county", ITEM, "period=2017H2&seen=750&points=3&reason=y&document=z", 409,
         NULL);
    assert_page(*state, "county", S "/publish" P, "永不更改");
    send(*state, "county", S "/publish", "period=2017H2&act=publish", 303, NULL);
    send(*state, "county", S "/publish", "period=2017H2&act=publish", 409, NULL);
    send(*state, "town", S "/publish", "period=2017H2&act=publish", 403, NULL);
    assert_page(*state, "town", S P, "第 1 版");
    assert_page(*state, "county", S "/check" P, "完全相同");
}

static char *
appeal_href(HjTestCounty *county, const char *account)
{
    g_autoptr(HjTestAnswer) list = hj_test_page(county, account, S "/appeals" P);
    assert_status(list, 200);
    const char *at = strstr(list->body, "\"" S "/appeals/");
    assert_non_null(at);
    return g_strndup(at + 1, strcspn(at + 1, "?\""));
}

static void
an_accepted_appeal_makes_a_revision_and_keeps_the_first(void **state)
{
    assert_page(*state, "town", CARD P, "申诉受理至");
    send(*state, "town", CARD "/act/appeal", "period=2017H2&item=&text=", 422,
         "href=\"#f-text\"");
    send(*state, "town", CARD "/act/appeal",
         "period=2017H2&item=field_checked_result&text=%E6%BC%8F%E8%AE%A1%E4%B8%80%E9%A1%B9",
         303, NULL);
    assert_page(*state, "town", CARD P, "待答复");
    g_autofree char *href = appeal_href(*state, "county");
    send(*state, "county", href, "period=2017H2&outcome=&reason=", 422, "f-outcome");
    send(*state, "county", href, "period=2017H2&outcome=accepted&reason=a", 422, "f-points");
    const char *answer =
        "period=2017H2&outcome=accepted&item=field_checked_result&points=9&document=d&"
        "reason=%E7%A1%AE%E6%9C%89%E6%BC%8F%E8%AE%A1";
    send(*state, "county", href, answer, 303, NULL);
    send(*state, "county", href, answer, 409, "其间已有他人答复");
    assert_page(*state, "town", CARD P, "第 2 版");
    assert_page(*state, "town", CARD P, "<b>9.00</b>");
    assert_page(*state, "town", CARD P "&revision=1", "已有新版");
    assert_page(*state, "town", CARD P "&revision=1", "<b>7.50</b>");
    assert_page(*state, "town", S "/revisions" P, "第 2 版对第 1 版的改动");
    assert_page(*state, "town", S "/revisions" P, "确有漏计");
    g_autoptr(HjTestAnswer) none = hj_test_page(*state, "town", S P "&revision=7");
    assert_status(none, 404);
}

static void
the_village_sees_the_distribution_and_no_table(void **state)
{
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "village", S P);
    assert_status(page, 200);
    assert_says(page, "分布");
    assert_false(says(page, CARD));
    assert_false(says(page, OTHER_CARD));
    g_autoptr(HjTestAnswer) meeting = hj_test_page(*state, "village", S "/meeting" P);
    assert_status(meeting, 403);
    g_autoptr(HjTestAnswer) card = hj_test_page(*state, "village", CARD P);
    assert_status(card, 404);
}

static void
the_notice_tells_every_mark_with_its_arithmetic(void **state)
{
    assert_page(*state, "town", CARD "/act/notice" P, "考核结果通知单");
    assert_page(*state, "town", CARD "/act/notice" P, "人工认定情况");
    g_autoptr(HjTestAnswer) foreign = hj_test_page(*state, "town", OTHER_CARD "/act/notice" P);
    assert_status(foreign, 404);
}

static void
the_meeting_goes_from_speaker_to_speaker_and_notes_comments(void **state)
{
    assert_page(*state, "county", S "/meeting" P, "抽签");
    assert_page(*state, "county", S "/meeting" P "&order=drawn-12", HJ_TEST_OTHER_TOWN);
    assert_page(*state, "county", S "/meeting" P "&at=" HJ_TEST_TOWN, "下一个");
    assert_page(*state, "county", S "/meeting" P "&at=end", "meeting-list");
    send(*state, "county", S "/meeting",
         "period=2017H2&order=last&at=" HJ_TEST_TOWN "&text=%E6%8A%93%E5%BE%97%E5%AE%9E", 303,
         NULL);
    assert_page(*state, "county", S "/meeting" P "&at=" HJ_TEST_TOWN, "抓得实");
    send(*state, "county", S "/meeting",
         "period=2017H2&order=last&at=" HJ_TEST_TOWN "&text=", 422, "请写下点评");
    send(*state, "town", S "/meeting", "period=2017H2&order=last&at=" HJ_TEST_TOWN "&text=x",
         403, NULL);
    g_autoptr(HjTestAnswer) odd =
        hj_test_page(*state, "county", S "/meeting" P "&order=by-beauty");
    assert_status(odd, 400);
}

static void
a_rehearsal_says_who_would_move_and_stores_nothing(void **state)
{
    assert_page(*state, "county", S "/rehearsal" P, "points.sites_fit");
    send(*state, "county", S "/rehearsal", "period=2017H2", 422, "与现行规则相同");
    send(*state, "county", S "/rehearsal", "period=2017H2&points.sites_fit=many", 422,
         "w-sites_fit");
    send(*state, "county", S "/rehearsal", "period=2017H2&points.sites_fit=20", 200, "谁会变");
    send(*state, "town", S "/rehearsal", "period=2017H2&points.sites_fit=20", 403, NULL);
    assert_page(*state, "county", S "/rehearsal" P, "value=\"10\"");
}

/* --- what followed --- */

static char *
outcome_of(const char *org, const char *contest, const char *period, const char *outcome)
{
    return g_strdup_printf("{\"org\":\"%s\",\"fields\":{\"kind\":\"praise\",\"contest\":\"%s\","
                           "\"period\":\"%s\",\"outcome\":\"%s\",\"decided_on\":"
                           "\"2018-03-02\",\"document_no\":\"沧组〔2018〕9号\"}}",
                           org, contest, period, outcome);
}

/* Kept as the ledger has it: by the name of the contest, or by its title. */
static void
note(HjTestCounty *county, const char *org, const char *contest, const char *period,
     const char *outcome)
{
    g_autofree char *body = outcome_of(org, contest, period, outcome);
    g_autoptr(HjTestAnswer) made =
        hj_test_post(county, "county", "/api/v1/ledgers/contest_outcome/rows", body);
    assert_status(made, 201);
}

static void
what_followed_stands_on_the_card_and_in_its_notice(void **state)
{
    note(*state, HJ_TEST_TOWN, "three_lists", "2017H2", "全县通报表扬");
    note(*state, HJ_TEST_TOWN, "基层党建“三个清单”半年考核", "2017H2", "优先安排项目");
    note(*state, HJ_TEST_TOWN, "three_lists", "2017H1", "另一个半年");
    note(*state, HJ_TEST_TOWN, "branch_stars", "2017H2", "另一项考核");
    note(*state, HJ_TEST_OTHER_TOWN, "three_lists", "2017H2", "另一个乡镇");
    static const char *const places[] = { CARD P, CARD "/act/notice" P };
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autoptr(HjTestAnswer) page = hj_test_page(*state, "town", places[i]);
        assert_status(page, 200);
        assert_says(page, "奖优罚劣");
        assert_says(page, "全县通报表扬");
        assert_says(page, "优先安排项目");
        assert_says(page, "沧组〔2018〕9号");
        assert_says(page, "通报表扬");
        assert_false(says(page, "另一"));
    }
    assert_page(*state, "county", CARD P, "/ledgers/contest_outcome/new?org=" HJ_TEST_TOWN);
    g_autoptr(HjTestAnswer) town = hj_test_page(*state, "town", CARD P);
    assert_false(says(town, "/ledgers/contest_outcome/new"));
    /* Before anything is published there is nothing that could follow from it. */
    note(*state, HJ_TEST_TOWN, "three_lists", "2018H1", "为时过早");
    g_autoptr(HjTestAnswer) early = hj_test_page(*state, "county", CARD "?period=2018H1");
    assert_status(early, 200);
    assert_false(says(early, "为时过早"));
}

static void
the_form_for_it_knows_the_contest_and_the_period(void **state)
{
    g_autoptr(HjTestAnswer) form = hj_test_page(*state, "county",
                                                "/ledgers/contest_outcome/new?org=" HJ_TEST_TOWN
                                                "&fill=contest:three_lists;period:2017H2");
    assert_status(form, 200);
    assert_says(form, "value=\"three_lists\"");
    assert_says(form, "value=\"2017H2\"");
}

/* --- the rows behind a number have names --- */

static void
judge(HjTestCounty *county, const char *org, const char *points, const char *result)
{
    g_autofree char *body = g_strdup_printf(
        "{\"org\":\"%s\",\"fields\":{\"topic\":\"economy\",\"result\":\"%s\","
        "\"checked_on\":\"2018-05-02\",\"points\":%s,\"document_no\":\"沧组1号\"}}",
        org, result, points);
    g_autoptr(HjTestAnswer) made =
        hj_test_post(county, "county", "/api/v1/ledgers/judged_result/rows", body);
    assert_status(made, 201);
}

static void
the_rows_behind_a_mark_and_a_number_are_named(void **state)
{
    judge(*state, HJ_TEST_TOWN, "8", "光伏电站并网");
    judge(*state, HJ_TEST_OTHER_TOWN, "6", "冷库建成");
    assert_page(*state, "town", ITEM "?period=2018H1", ">光伏电站并网</a>");
    assert_page(*state, "town", ITEM "?period=2018H1", "甲镇");
    assert_page(*state, "town", CARD "/act/notice?period=2018H1", "光伏电站并网");
    g_autoptr(HjTestAnswer) card =
        hj_test_get(*state, "town", "/api/v1/assessments/three_lists/2018H1/" HJ_TEST_TOWN);
    assert_status(card, 200);
    assert_says(card, "\"title\":\"光伏电站并网\"");
    assert_false(says(card, "冷库建成"));
    g_autoptr(HjTestAnswer) made = hj_test_post(
        *state, "village", "/api/v1/ledgers/contract/rows",
        "{\"org\":\"" HJ_TEST_VILLAGE
        "\",\"fields\":{\"object\":\"村东坑塘\",\"kind\":\"land\","
        "\"party\":\"农户\",\"yearly_price\":1200,\"from_on\":\"2017-03-01\",\"to_on\":"
        "\"2027-02-28\"}}");
    assert_status(made, 201);
    static const char *const seers[] = { "county", "town" };
    for (size_t i = 0; i < G_N_ELEMENTS(seers); i++)
        assert_page(*state, seers[i],
                    "/indicators/"
                    "contracts_in_term?from=2018-01-01&to=2018-06-30&under=" HJ_TEST_VILLAGE,
                    ">村东坑塘</a>");
}

/* Sessions do not outlive days: people sign in afresh. */
static void
come_at(HjTestCounty *county, const char *instant, const char *town, const char *other)
{
    HjTime at;
    assert_true(hj_time_parse(instant, &at, NULL));
    hj_store_set_clock(county->fixture->store, at);
    hj_test_account(county, town, "township_organizer", HJ_TEST_TOWN);
    hj_test_account(county, other, "township_organizer", HJ_TEST_OTHER_TOWN);
}

/* Published on 15 June, five working days with the 18th off: the 25th is the last. On that day
 * an appeal changes the card of one town; that of the other stands as it first did. */
static void
an_appeal_is_offered_until_its_last_day_and_after_it_the_page_says_which_it_was(void **state)
{
    HjTestCounty *county = *state;
    const HjTime noon = hj_store_now(county->fixture->store);
    come_at(county, "2018-06-25T12:00:00+08:00", "town_last", "other_last");
    hj_test_account(county, "county_last", "county_organizer", HJ_TEST_COUNTY_CODE);
    assert_page(county, "other_last", OTHER_CARD P, "/act/appeal");
    assert_page(county, "other_last", OTHER_CARD "/act/appeal" P, "name=\"text\"");
    send(county, "town_last", CARD "/act/appeal", "period=2017H2&item=&text=x", 303, NULL);
    g_autofree char *href = appeal_href(county, "county_last");
    send(
        county, "county_last", href,
        "period=2017H2&outcome=accepted&item=field_checked_result&points=8&document=d&reason=r",
        303, NULL);
    come_at(county, "2018-06-26T12:00:00+08:00", "town_late", "other_late");
    assert_page(county, "town_late", CARD "/act/appeal" P, "name=\"text\"");
    assert_page(county, "other_late", OTHER_CARD P, "申诉已于 2018-06-25 截止");
    g_autoptr(HjTestAnswer) shut =
        hj_test_page(county, "other_late", OTHER_CARD "/act/appeal" P);
    assert_status(shut, 200);
    assert_says(shut, "申诉已于 2018-06-25 截止");
    assert_false(says(shut, "name=\"text\""));
    assert_false(says(shut, "btn-primary"));
    send(county, "other_late", OTHER_CARD "/act/appeal", "period=2017H2&item=&text=x", 409,
         "申诉已于 2018-06-25 截止");
    hj_store_set_clock(county->fixture->store, noon);
}

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    return hj_test_cast_new(kind);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(the_committee_sees_its_provisional_card_and_the_village_none),
    cmocka_unit_test(every_item_opens_to_its_arithmetic_and_what_it_rests_on),
    cmocka_unit_test(a_card_is_approved_once_and_who_comes_later_is_told),
    cmocka_unit_test(a_final_mark_stands_beside_the_computed_one),
    cmocka_unit_test(the_county_accepts_and_publishes_after_being_told_what_it_does),
    cmocka_unit_test(an_accepted_appeal_makes_a_revision_and_keeps_the_first),
    cmocka_unit_test(the_village_sees_the_distribution_and_no_table),
    cmocka_unit_test(the_notice_tells_every_mark_with_its_arithmetic),
    cmocka_unit_test(the_meeting_goes_from_speaker_to_speaker_and_notes_comments),
    cmocka_unit_test(a_rehearsal_says_who_would_move_and_stores_nothing),
    cmocka_unit_test(what_followed_stands_on_the_card_and_in_its_notice),
    cmocka_unit_test(the_form_for_it_knows_the_contest_and_the_period),
    cmocka_unit_test(the_rows_behind_a_mark_and_a_number_are_named),
    cmocka_unit_test(
        an_appeal_is_offered_until_its_last_day_and_after_it_the_page_says_which_it_was),
};

HJ_FLOW_MAIN(stories, prepare)
