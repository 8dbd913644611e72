/* M2 and M4: papers that committees act on, meetings whose decisions become dated tasks,
 * pledges between county and township, on the packs a county uses. */
#include <glib.h>

#define HJ_STORY_PACK HJ_TEST_SOURCE "/packs/cangxian"
#include "core/judged.h"
#include "tests/flow/steps.h"

static int64_t
new_directive(HjCounty *county, const char *number, const char *due)
{
    hj_county_at(county, "2018-03-01T10:00:00+08:00");
    return step_create(county, county->organizer, "directive", HJ_COUNTY_ROOT, 0, "subject",
                       "清理挂牌", "document_no", number, "kind", "notice", "edition", "1",
                       "issued_on", "2018-03-01", "demand", "门前挂牌不超过三块", "due_on", due,
                       NULL);
}

static int64_t
line_of(HjCounty *county, int64_t directive, const char *org)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT id FROM t_directive_task WHERE parent = %" G_GINT64_FORMAT
                        " AND org = %" G_GINT64_FORMAT,
                        directive, hj_county_org(county, org));
    return hj_county_i64(county, sql);
}

static void
test_m2_a_directive_opens_a_line_for_each_committee_which_signs_when_it_acted(void **state)
{
    HjCounty *county = *state;
    int64_t id = new_directive(county, "文1", "2018-03-31");
    assert_step("", county, county->organizer, "directive", id, "issue", NULL);
    int64_t own = line_of(county, id, HJ_COUNTY_TOWN);
    int64_t other = line_of(county, id, HJ_COUNTY_OTHER_TOWN);
    assert_due("2018-03-31", county, own);
    /* What is to be done came along. */
    g_autofree char *sql = g_strdup_printf(
        "SELECT demand FROM t_directive_task WHERE id = %" G_GINT64_FORMAT, own);
    g_autofree char *demand = step_text(county, sql);
    assert_string_equal(demand, "门前挂牌不超过三块");
    assert_step("done_on:required result:required", county, county->town, "directive_task", own,
                "sign", NULL);
    assert_step("", county, county->town, "directive_task", own, "sign", "done_on",
                "2018-03-01", "result", "已清理", NULL);
    assert_step(":rule", county, county->organizer, "directive", id, "finish", NULL);
    g_autoptr(GError) error = NULL;
    assert_null(row_read(county, county->town, "directive_task", other, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    assert_step("", county, county->other, "directive_task", other, "sign", "done_on",
                "2018-03-01", "result", "已清理", NULL);
    assert_step("", county, county->organizer, "directive", id, "finish", NULL);
    assert_state("in_force", county, "directive", id);
}

/* No read receipts: whoever opens a line leaves nothing behind. */
static void
test_f_02_opening_a_line_is_recorded_nowhere(void **state)
{
    HjCounty *county = *state;
    int64_t id = new_directive(county, "文2", "2018-03-31");
    assert_step("", county, county->organizer, "directive", id, "issue", NULL);
    int64_t own = line_of(county, id, HJ_COUNTY_TOWN);
    static const char *const counts[] = { "SELECT COUNT(*) FROM sys_event",
                                          "SELECT COUNT(*) FROM sys_task",
                                          "SELECT SUM(version) FROM t_directive_task" };
    int64_t before[G_N_ELEMENTS(counts)];
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        before[i] = hj_county_i64(county, counts[i]);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjRows) row = row_read(county, county->town, "directive_task", own, &error);
    assert_done(row != NULL, error);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        assert_int_equal(hj_county_i64(county, counts[i]), before[i]);
}

static void
test_m2_a_new_version_names_the_one_it_replaces_once(void **state)
{
    HjCounty *county = *state;
    int64_t first = new_directive(county, "文3", "2018-03-31");
    g_autofree char *id = id_text(first);
    assert_step("", county, county->organizer, "directive", first, "publish", NULL);
    step_create(county, county->organizer, "directive", HJ_COUNTY_ROOT, 0, "subject", "修订",
                "document_no", "文4", "kind", "notice", "edition", "2", "replaces", id,
                "issued_on", "2018-03-01", NULL);
    assert_create_refused("replaces:rule", county, county->organizer, "directive",
                          HJ_COUNTY_ROOT, 0, "subject", "再修订", "document_no", "文5", "kind",
                          "notice", "edition", "2", "replaces", id, "issued_on", "2018-03-01",
                          NULL);
    assert_create_refused("edition:rule", county, county->organizer, "directive",
                          HJ_COUNTY_ROOT, 0, "subject", "修订", "document_no", "文6", "kind",
                          "notice", "edition", "3", "issued_on", "2018-03-01", NULL);
}

static void
test_f_12_nothing_is_due_at_once_unless_it_is_an_emergency(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-03-01T10:00:00+08:00");
    assert_create_refused("due_on:rule", county, county->organizer, "directive", HJ_COUNTY_ROOT,
                          0, "subject", "急", "document_no", "文7", "kind", "notice", "edition",
                          "1", "issued_on", "2018-03-01", "due_on", "2018-03-05", NULL);
    step_create(county, county->organizer, "directive", HJ_COUNTY_ROOT, 0, "subject", "防汛",
                "document_no", "文8", "kind", "notice", "edition", "1", "issued_on",
                "2018-03-01", "due_on", "2018-03-01", "urgent", "1", NULL);
}

static void
test_f_11_a_decision_comes_from_minutes_and_goes_to_a_unit_by_a_day(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-04-02T10:00:00+08:00");
    int64_t meeting =
        step_create(county, county->organizer, "special_meeting", HJ_COUNTY_ROOT, 0, "subject",
                    "研究场所", "kind", "special", "held_on", "2018-04-02", NULL);
    assert_create_refused("minutes_no:required", county, county->organizer, "decision",
                          HJ_COUNTY_TOWN, meeting, "matter", "群里布置", "decided_on",
                          "2018-04-02", "finish_by", "2018-04-30", NULL);
    /* A township does not lay tasks under what it does not see. */
    assert_create_refused("parent:reference", county, county->town, "decision", HJ_COUNTY_TOWN,
                          meeting, "matter", "自己加", "minutes_no", "纪1", "decided_on",
                          "2018-04-02", "finish_by", "2018-04-30", NULL);
    int64_t id = step_create(county, county->organizer, "decision", HJ_COUNTY_TOWN, meeting,
                             "matter", "报计划", "minutes_no", "纪1", "decided_on",
                             "2018-04-02", "finish_by", "2018-04-30", NULL);
    assert_due("2018-04-30", county, id);
    assert_step("There is nothing here.", county, county->secretary, "decision", id, "report",
                "done_on", "2018-04-02", "result", "已报", NULL);
    assert_step("", county, county->town, "decision", id, "report", "done_on", "2018-04-02",
                "result", "已报", NULL);
    assert_step("", county, county->organizer, "decision", id, "redo:不完整", NULL);
    assert_due("2018-04-30", county, id);
    assert_step("", county, county->town, "decision", id, "report", "result", "补齐", NULL);
    assert_step("", county, county->organizer, "decision", id, "close", NULL);
    assert_state("closed", county, "decision", id);
}

/* --- pledges (domain.md 9.4) --- */

static int64_t
new_pledge(HjCounty *county, const char *org, const char *year)
{
    g_autofree char *from = g_strdup_printf("%s-01-01", year);
    g_autofree char *to = g_strdup_printf("%s-12-31", year);
    return step_create(county, county->organizer, "pledge", org, 0, "title", "责任状", "year",
                       year, "from_on", from, "to_on", to, NULL);
}

static void
test_9_4_no_village_can_own_a_pledge(void **state)
{
    HjCounty *county = *state;
    for (size_t i = 0; i < county->pack->n_ledgers; i++) {
        const HjLedger *ledger = &county->pack->ledgers[i];
        for (size_t k = 0; g_strcmp0(ledger->system, "M4") == 0 && k < ledger->n_of; k++)
            assert_string_equal(ledger->of[k], "committee");
    }
    static const char *const places[] = { HJ_COUNTY_VILLAGE, HJ_COUNTY_ROOT,
                                          HJ_COUNTY_VILLAGE "B1" };
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        assert_create_refused("org:choice", county, county->organizer, "pledge", places[i], 0,
                              "title", "村级责任状", "year", "2018", "from_on", "2018-01-01",
                              "to_on", "2018-12-31", NULL);
}

static void
test_9_4_both_sides_sign_and_clauses_stay_as_signed(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-01-05T10:00:00+08:00");
    int64_t id = new_pledge(county, HJ_COUNTY_TOWN, "2018");
    assert_step(":rule", county, county->organizer, "pledge", id, "submit", "document_no",
                "责1", NULL);
    step_create(county, county->organizer, "pledge_clause", HJ_COUNTY_TOWN, id, "clause",
                "村村有收入", "measure", "income_villages", "target", "100", NULL);
    assert_step("", county, county->organizer, "pledge", id, "submit", "document_no", "责1",
                NULL);
    /* The county cannot sign for the township, nor the township twice. */
    assert_step("", county, county->town, "pledge", id, "sign", "signed_on", "2018-01-05",
                NULL);
    assert_state("signing", county, "pledge", id);
    assert_step("It is not your turn here.", county, county->town, "pledge", id, "sign", NULL);
    assert_step("", county, county->organizer, "pledge", id, "sign", NULL);
    assert_state("in_force", county, "pledge", id);
    assert_create_refused("clause:rule", county, county->organizer, "pledge_clause",
                          HJ_COUNTY_TOWN, id, "clause", "后加的", "measure", "sites_fit",
                          "target", "95", NULL);
    assert_due("2018-12-31", county, id);
}

static HjJudgement
judged(HjCounty *county, int64_t clause, int64_t pledge, bool *has)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    const HjLedger *ledger = hj_county_ledger(county, "pledge_clause");
    g_autoptr(HjRows) row = hj_row_get(tx, county->organizer, ledger, clause, &error);
    g_autoptr(HjRows) above = hj_row_get(tx, county->organizer, ledger->in, pledge, &error);
    assert_true(hj_rows_next(row) && hj_rows_next(above));
    g_autoptr(HjJudgedRun) run = hj_judged_new(tx, county->pack);
    HjJudgement judgement = { 0 };
    assert_done(hj_judged_row(run, ledger, row, above, &judgement, has, &error), error);
    return judgement;
}

static void
test_9_4_progress_is_what_the_records_say_today(void **state)
{
    HjCounty *county = *state;
    bool has;
    hj_county_at(county, "2019-01-05T10:00:00+08:00");
    int64_t id = new_pledge(county, HJ_COUNTY_TOWN, "2019");
    int64_t clause =
        step_create(county, county->organizer, "pledge_clause", HJ_COUNTY_TOWN, id, "clause",
                    "村村有收入", "measure", "income_villages", "target", "50", NULL);
    HjJudgement before = judged(county, clause, id, &has);
    assert_true(has);
    assert_false(before.met);
    assert_int_equal(before.value.value, 0);
    step_create(county, county->town, "collective_income", HJ_COUNTY_VILLAGE, 0, "received_on",
                "2019-01-04", "class", "operating", "amount", "100", "summary", "地租", NULL);
    HjJudgement after = judged(county, clause, id, &has);
    /* One village of two: 50.0 %. */
    assert_int_equal(after.value.value, 500);
    assert_true(after.met);
    assert_int_equal(after.to, hj_date_make(2019, 1, 5));
    /* Before it begins there is nothing to judge. */
    hj_county_at(county, "2018-12-05T10:00:00+08:00");
    judged(county, clause, id, &has);
    assert_false(has);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(
        test_m2_a_directive_opens_a_line_for_each_committee_which_signs_when_it_acted),
    cmocka_unit_test(test_f_02_opening_a_line_is_recorded_nowhere),
    cmocka_unit_test(test_m2_a_new_version_names_the_one_it_replaces_once),
    cmocka_unit_test(test_f_12_nothing_is_due_at_once_unless_it_is_an_emergency),
    cmocka_unit_test(test_f_11_a_decision_comes_from_minutes_and_goes_to_a_unit_by_a_day),
    cmocka_unit_test(test_9_4_no_village_can_own_a_pledge),
    cmocka_unit_test(test_9_4_both_sides_sign_and_clauses_stay_as_signed),
    cmocka_unit_test(test_9_4_progress_is_what_the_records_say_today),
};

HJ_STORY_MAIN(stories)
