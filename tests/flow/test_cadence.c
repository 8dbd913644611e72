#define HJ_STORY_PACK "pack_cadence"
#include "core/cadence.h"
#include "core/indicator.h"
#include "tests/flow/rows.h"

#define BRANCH HJ_COUNTY_VILLAGE "B1"
#define SIBLING_BRANCH HJ_COUNTY_SIBLING "B1"

static HjDate
day(const char *text)
{
    HjDate date = HJ_DATE_NONE;
    assert_true(hj_date_parse(text, &date, NULL));
    return date;
}

static int64_t
hold(HjCounty *county, const char *branch, const char *kind, const char *held_on)
{
    return row_add(county, county->town, "session", branch, "subject", "学习", "kind", kind,
                   "held_on", held_on, "minutes", "记录", NULL);
}

static void
hold_all(HjCounty *county, const char *branch, const char *kind, const char *const *days)
{
    for (size_t i = 0; days[i] != NULL; i++)
        hold(county, branch, kind, days[i]);
}

/* "owed/met short running open", or "" where nothing is owed. */
static char *
counted(HjCounty *county, const char *cadence, const char *org, const char *from,
        const char *to)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    int64_t id = hj_county_org(county, org);
    g_autoptr(HjRows) rows =
        hj_cadence_count(tx, county->pack, hj_pack_cadence(county->pack, cadence), id,
                         day(from), day(to), &error);
    assert_done(rows != NULL, error);
    while (hj_rows_next(rows))
        if (hj_rows_i64(rows, "org") == id)
            return g_strdup_printf(
                "%d/%d %d %d %d", (int)hj_rows_i64(rows, "n_owed"),
                (int)hj_rows_i64(rows, "n_met"), (int)hj_rows_i64(rows, "n_short"),
                (int)hj_rows_i64(rows, "n_running"), (int)hj_rows_i64(rows, "n_open"));
    return g_strdup("");
}

#define assert_counted(wanted, ...)                                                            \
    do {                                                                                       \
        g_autofree char *is_ = counted(__VA_ARGS__);                                           \
        assert_string_equal(is_, (wanted));                                                    \
    } while (false)

static void
test_a_period_is_met_by_rows_dated_inside_it(void **state)
{
    static const char *const days[] = { "2018-01-31", "2018-03-01", "2018-03-20", NULL };
    HjCounty *county = *state;
    hold_all(county, BRANCH, "committee", days);
    /* OL-02: January and March are met, twice in March counts once, February is short. */
    assert_counted("3/2 1 0 0", county, "committee_meeting", BRANCH, "2018-01-01",
                   "2018-03-31");
    /* 2.3: minutes dated outside do not count, nor does a meeting of another kind. */
    assert_counted("1/0 1 0 0", county, "committee_meeting", BRANCH, "2018-02-01",
                   "2018-02-28");
    assert_counted("1/0 1 0 0", county, "branch_meeting", BRANCH, "2018-01-01", "2018-03-31");
    hold(county, BRANCH, "branch", "2018-04-01");
    assert_counted("1/0 1 0 0", county, "branch_meeting", BRANCH, "2018-01-01", "2018-03-31");
}

static void
test_minutes_are_asked_and_void_rows_do_not_count(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    row_add(county, county->town, "session", SIBLING_BRANCH, "subject", "空白", "kind",
            "committee", "held_on", "2018-01-05", NULL);
    assert_counted("1/0 1 0 0", county, "committee_meeting", SIBLING_BRANCH, "2018-01-01",
                   "2018-01-31");
    int64_t id = hold(county, SIBLING_BRANCH, "committee", "2018-01-06");
    assert_counted("1/1 0 0 0", county, "committee_meeting", SIBLING_BRANCH, "2018-01-01",
                   "2018-01-31");
    assert_done(row_void(county, county->town, "session", id, 1, "录错", &error), error);
    assert_counted("1/0 1 0 0", county, "committee_meeting", SIBLING_BRANCH, "2018-01-01",
                   "2018-01-31");
}

static void
test_the_running_period_is_not_missed_yet(void **state)
{
    HjCounty *county = *state;
    /* The clock stands on 15 June 2018. */
    assert_counted("0/0 0 1 1", county, "committee_meeting", SIBLING_BRANCH, "2018-06-01",
                   "2018-06-30");
    assert_counted("0/0 0 1 0", county, "committee_meeting", SIBLING_BRANCH, "2018-07-01",
                   "2018-07-31");
    hold(county, SIBLING_BRANCH, "committee", "2018-06-02");
    assert_counted("0/0 0 1 0", county, "committee_meeting", SIBLING_BRANCH, "2018-06-01",
                   "2018-06-30");
}

typedef struct {
    const char *act, *code, *name, *other, *on;
} Change;

static bool
run_change(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    const Change *change = data;
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjOrgAct act = { .act = change->act,
                     .code = change->code,
                     .name = change->name,
                     .kind = "branch",
                     .other = change->other,
                     .on = day(change->on),
                     .document = "沧组〔2017〕1号" };
    int64_t id;
    (void)county;
    return hj_org_act(tx, actor, &act, issues, &id, error);
}

static void
change(HjCounty *county, Change change)
{
    g_autoptr(GError) error = NULL;
    assert_done(hj_county_write(county, county->organizer, run_change, &change, &error), error);
}

static void
test_a_branch_founded_late_in_a_quarter_owes_nothing_in_it(void **state)
{
    HjCounty *county = *state;
    change(county, (Change){ "create", "130921100N1", "新支部", HJ_COUNTY_TOWN, "2017-09-20" });
    /* 2.3: founded on 20 September, thirty days of grace [A]. */
    assert_counted("", county, "branch_meeting", "130921100N1", "2017-07-01", "2017-09-30");
    assert_counted("1/0 1 0 0", county, "branch_meeting", "130921100N1", "2017-10-01",
                   "2017-12-31");
    change(county, (Change){ "create", "130921100N2", "早支部", HJ_COUNTY_TOWN, "2017-08-31" });
    assert_counted("1/0 1 0 0", county, "branch_meeting", "130921100N2", "2017-07-01",
                   "2017-09-30");
}

static void
test_a_branch_that_closed_owes_nothing_in_that_quarter(void **state)
{
    HjCounty *county = *state;
    change(county, (Change){ "create", "130921100N3", "撤支部", HJ_COUNTY_TOWN, "2017-01-05" });
    change(county, (Change){ .act = "close", .code = "130921100N3", .on = "2018-03-20" });
    assert_counted("", county, "branch_meeting", "130921100N3", "2018-01-01", "2018-03-31");
    assert_counted("1/0 1 0 0", county, "branch_meeting", "130921100N3", "2017-10-01",
                   "2017-12-31");
}

static void
test_a_branch_without_groups_is_never_flagged(void **state)
{
    HjCounty *county = *state;
    /* OL-03 */
    assert_counted("", county, "group_meeting", BRANCH, "2018-01-01", "2018-03-31");
    row_add(county, county->town, "party_group", BRANCH, "name", "一组", NULL);
    assert_counted("3/0 3 0 0", county, "group_meeting", BRANCH, "2018-01-01", "2018-03-31");
    assert_counted("", county, "group_meeting", SIBLING_BRANCH, "2018-01-01", "2018-03-31");
}

static void
test_a_rule_is_in_force_for_whole_periods(void **state)
{
    HjCounty *county = *state;
    assert_counted("", county, "committee_meeting", SIBLING_BRANCH, "2017-01-01", "2017-02-28");
    assert_counted("1/0 1 0 0", county, "committee_meeting", SIBLING_BRANCH, "2017-01-01",
                   "2017-03-31");
}

static void
test_duty_days_follow_the_calendar_and_fail_closed(void **state)
{
    HjCounty *county = *state;
    const HjCadence *duty = hj_pack_cadence(county->pack, "someone_on_duty");
    /* Saturday 29 and Sunday 30 September 2018 are worked, 1 to 7 October are off. */
    assert_int_equal(
        hj_cadence_periods_in(county->pack, duty, day("2018-09-29"), day("2018-10-08")), 3);
    row_add(county, county->town, "duty", HJ_COUNTY_VILLAGE, "who", "甲", "on_day",
            "2018-06-11", NULL);
    row_add(county, county->town, "duty", HJ_COUNTY_VILLAGE, "who", "乙", "on_day",
            "2018-06-11", NULL);
    row_add(county, county->town, "duty", HJ_COUNTY_VILLAGE, "who", "乙", "on_day",
            "2018-06-13", NULL);
    /* Monday to Friday before the 15th, which is still running; the 18th is a holiday. */
    assert_counted("4/2 2 1 1", county, "someone_on_duty", HJ_COUNTY_VILLAGE, "2018-06-11",
                   "2018-06-15");
    /* ARI-5 */
    assert_false(hj_cadence_known(county->pack, duty, day("2017-12-25"), day("2018-01-05")));
    assert_counted("", county, "someone_on_duty", HJ_COUNTY_VILLAGE, "2017-12-25",
                   "2018-01-05");
}

static char *
due_text(HjCounty *county, const HjActor *actor)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) rows = hj_cadence_due(tx, actor, 0, 100, &error);
    GString *out = g_string_new(NULL);
    assert_done(rows != NULL, error);
    while (hj_rows_next(rows))
        g_string_append_printf(out, "%s %s %s %d %s\n", hj_rows_text(rows, "cadence"),
                               hj_rows_text(rows, "org_code"), hj_rows_text(rows, "to_on"),
                               (int)hj_rows_i64(rows, "missing"), hj_rows_text(rows, "light"));
    return g_string_free(out, FALSE);
}

static void
test_who_owes_it_sees_what_is_missing_and_until_when(void **state)
{
    HjCounty *county = *state;
    g_autofree char *own = due_text(county, county->secretary);
    assert_string_equal(own, "branch_meeting " BRANCH " 2018-03-31 1 red\n"
                             "committee_meeting " BRANCH " 2018-05-31 1 red\n"
                             "group_meeting " BRANCH " 2018-05-31 1 red\n"
                             "someone_on_duty " HJ_COUNTY_VILLAGE " 2018-06-14 1 red\n"
                             "someone_on_duty " HJ_COUNTY_VILLAGE " 2018-06-15 1 yellow\n"
                             "committee_meeting " BRANCH " 2018-06-30 1 green\n"
                             "group_meeting " BRANCH " 2018-06-30 1 green\n");
    hold(county, BRANCH, "committee", "2018-06-14");
    hold(county, BRANCH, "committee", "2018-05-14");
    g_autofree char *then = due_text(county, county->secretary);
    assert_null(strstr(then, "committee_meeting"));
    /* Who only looks owes nothing. */
    g_autofree char *auditor = due_text(county, county->auditor);
    assert_string_equal(auditor, "");
    g_autofree char *word =
        hj_cadence_period_text(HJ_EVERY_MONTH, day("2018-06-01"), day("2018-06-15"), HJ_ZH);
    assert_string_equal(word, "本月");
}

static void
test_an_indicator_divides_periods_met_by_periods_owed(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    const HjIndicator *indicator = hj_pack_indicator(county->pack, "meetings_met");
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjOrgTree) tree = hj_org_tree_load(tx, day("2018-06-30"), &error);
    g_autoptr(HjIndicatorSet) set = hj_indicator_compute(
        tx, county->pack, indicator, tree, day("2018-01-01"), day("2018-06-30"), &error);
    assert_done(set != NULL, error);
    HjIndicatorValue own = hj_indicator_at(set, hj_county_org(county, BRANCH));
    /* ASM-5: January, March and May of the five months that are over; three meetings in March
     * would be worth no more than one, and June is not over. */
    assert_int_equal(own.numerator, 3);
    assert_int_equal(own.denominator, 5);
    HjIndicatorValue other = hj_indicator_at(set, hj_county_org(county, HJ_COUNTY_FOREIGN));
    assert_int_equal(other.numerator, 0);
    assert_int_equal(other.denominator, 5);
    g_autoptr(HjRows) rows =
        hj_indicator_evidence(tx, county->town, indicator, hj_county_org(county, BRANCH),
                              day("2018-01-01"), day("2018-06-30"), 100, &error);
    assert_done(rows != NULL, error);
    assert_int_equal(hj_rows_count(rows), 4);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_a_period_is_met_by_rows_dated_inside_it),
    cmocka_unit_test(test_minutes_are_asked_and_void_rows_do_not_count),
    cmocka_unit_test(test_the_running_period_is_not_missed_yet),
    cmocka_unit_test(test_a_branch_founded_late_in_a_quarter_owes_nothing_in_it),
    cmocka_unit_test(test_a_branch_that_closed_owes_nothing_in_that_quarter),
    cmocka_unit_test(test_a_branch_without_groups_is_never_flagged),
    cmocka_unit_test(test_a_rule_is_in_force_for_whole_periods),
    cmocka_unit_test(test_duty_days_follow_the_calendar_and_fail_closed),
    cmocka_unit_test(test_who_owes_it_sees_what_is_missing_and_until_when),
    cmocka_unit_test(test_an_indicator_divides_periods_met_by_periods_owed),
};

HJ_STORY_MAIN(stories)
