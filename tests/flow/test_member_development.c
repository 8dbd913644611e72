/* M17: an applicant's file by the rules DEV-01 to DEV-15, on the national pack. */
#include "tests/flow/member_file.h"

static const char *const nothing[] = { NULL };

static void
assert_try_step(File *f, const Step *step)
{
    g_autofree char *said = try(f, step->day, step->who, step->action, step->given);
    if (said[0] != '\0')
        fail_msg("%s: %s", step->state, said);
}

/* --- stories --- */

static void
test_a_file_walks_all_25_steps(void **state)
{
    File f = file_at(*state, "full");
    g_autofree char *n =
        text_of(&f, "SELECT COUNT(*) FROM sys_task WHERE row_id = $1 AND outcome IS NOT NULL");
    /* 25 steps, and the notice of step 7. */
    assert_string_equal(n, "26");
    assert_int_equal(G_N_ELEMENTS(steps), 26);
}

static void
test_1_1_each_of_the_25_steps_asks_for_its_record(void **state)
{
    File f = new_file(*state);
    int n_asked = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        assert_text(steps[i].state, &f, STATE);
        before_step(&f, &steps[i]);
        if (steps[i].given[0] != NULL) {
            g_autofree char *bare =
                try(&f, steps[i].day, steps[i].who, steps[i].action, nothing);
            if (strstr(bare, ":required") == NULL && strstr(bare, ":rule") == NULL)
                fail_msg("%s asked for nothing: \"%s\"", steps[i].state, bare);
            assert_text(steps[i].state, &f, STATE);
            n_asked++;
        }
        /* Nobody skips ahead to what is done two steps later. */
        if (i + 2 < G_N_ELEMENTS(steps) && !g_str_equal(steps[i + 2].action, steps[i].action)) {
            g_autofree char *skipped = try(&f, steps[i].day, steps[i + 2].who,
                                           steps[i + 2].action, steps[i + 2].given);
            assert_string_not_equal(skipped, "");
            assert_text(steps[i].state, &f, STATE);
        }
        assert_try_step(&f, &steps[i]);
    }
    assert_text("full", &f, STATE);
    /* All but: received, observed, notice over, probation over. */
    assert_int_equal(n_asked, 22);
}

static void
test_dev_01_the_applicant_is_eighteen_on_the_day_of_application(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2017-02-06T09:00:00+08:00");
    g_autofree char *young = id_text(new_person(county, "未满", "1999-02-07"));
    g_autofree char *old = id_text(new_person(county, "刚满", "1999-02-06"));
    g_autofree char *unknown = id_text(new_person(county, "不详", NULL));
    assert_refused("applied_on:rule", county, county->secretary, LEDGER, BRANCH, "person",
                   young, "applied_on", "2017-02-06");
    const HjRowInput right[] = { { .name = "person", .text = old },
                                 { .name = "applied_on", .text = "2017-02-06" } };
    new_row(county, county->secretary, LEDGER, BRANCH, 0, right, 2);
    const HjRowInput none[] = { { .name = "person", .text = unknown },
                                { .name = "applied_on", .text = "2017-02-06" } };
    File f = { .county = county };
    f.id = new_row(county, county->secretary, LEDGER, BRANCH, 0, none, 2);
    assert_try("person:rule", &f, "2017-02-06", SECRETARY, "receive");
    /* One person has one file under way. */
    assert_refused("person:rule", county, county->secretary, LEDGER, BRANCH, "person", old,
                   "applied_on", "2017-02-06");
}

static void
test_dev_02_and_dev_06_at_the_ends_of_months(void **state)
{
    /* domain.md 1.4, word by word. */
    File f = new_file_of(*state, "2024-01-31", "1990-05-01", 0);
    assert_try("", &f, "2024-01-31", SECRETARY, "receive");
    assert_text("2024-02-29 DEV-02", &f, DUE);
    assert_try("", &f, "2024-03-01", SECRETARY, "done", "talked_on", "2024-03-01", "talked_by",
               "书记");
    assert_text("late", &f,
                "SELECT 'late' FROM sys_task WHERE row_id = $1 AND node = 'talk' AND closed_on "
                "> due_on");
    assert_try("", &f, "2024-03-10", SECRETARY, "decide", "recommended_by", "groups",
               "activist_on", "2024-03-10", "activist_resolution", "1号");
    assert_try("", &f, "2024-03-12", TOWN, "file", "activist_filed_on", "2024-03-12",
               "activist_file_no", "备1号");
    assert_try("", &f, "2024-03-12", SECRETARY, "name", "contact_1", "@1");
    observe(&f, "2024-09-10");
    observe(&f, "2025-03-01");
    assert_try(":rule", &f, "2025-03-09", SECRETARY, "ripe");
    assert_try("", &f, "2025-03-10", SECRETARY, "ripe");
#define DECIDE(on)                                                                             \
    "heard", "group,contacts,members,masses", "prospect_resolution", "2号", "notice_place",    \
        "公开栏", "notice_from", "2025-03-11", "prospect_on", on
    assert_try("prospect_on:rule", &f, "2025-03-10", SECRETARY, "decide", DECIDE("2025-03-09"));
    assert_try("", &f, "2025-03-10", SECRETARY, "decide", DECIDE("2025-03-10"));
}

static void
test_dev_03_no_wait_before_an_activist_unless_the_county_sets_one(void **state)
{
    /* No national minimum was found: an assumption of 0 months, for the county to set. */
    HjCounty *county = *state;
    assert_true(hj_pack_param_named(county->pack, "applicant_months")->assumption);
#define ACTIVIST(on)                                                                           \
    "recommended_by", "members", "activist_on", on, "activist_resolution", "1号"
    File f = new_file_of(county, "2024-01-31", "1990-05-01", 0);
    assert_try("", &f, "2024-01-31", SECRETARY, "receive");
    assert_try("", &f, "2024-01-31", SECRETARY, "done", "talked_on", "2024-01-31", "talked_by",
               "书记");
    assert_try("", &f, "2024-01-31", SECRETARY, "decide", ACTIVIST("2024-01-31"));
    /* Six months from 31 August end with February. */
    File waits = new_file_of(county, "2026-08-31", "1990-05-01", 0);
    assert_try("", &waits, "2026-08-31", SECRETARY, "receive");
    assert_try("", &waits, "2026-09-10", SECRETARY, "done", "talked_on", "2026-09-10",
               "talked_by", "书记");
    assert_try("activist_on:rule", &waits, "2027-02-27", SECRETARY, "decide",
               ACTIVIST("2027-02-27"));
    assert_try("", &waits, "2027-02-28", SECRETARY, "decide", ACTIVIST("2027-02-28"));
    /* Who applied the day before the rule began waits for nothing (VER-1). */
    File before = new_file_of(county, "2026-07-31", "1990-05-01", 0);
    assert_try("", &before, "2026-08-03", SECRETARY, "receive");
    assert_try("", &before, "2026-08-03", SECRETARY, "done", "talked_on", "2026-08-03",
               "talked_by", "书记");
    assert_try("", &before, "2026-08-03", SECRETARY, "decide", ACTIVIST("2026-08-03"));
}

static void
test_dev_04_contacts_are_one_or_two_full_members(void **state)
{
    File f = file_at(*state, "contacts");
    g_autofree char *probationer = id_text(f.probationer), *suspended = id_text(f.suspended);
    g_autofree char *self = id_text(f.person);
    assert_try("contact_1:required", &f, "2017-04-15", SECRETARY, "name");
    assert_try("contact_1:rule", &f, "2017-04-15", SECRETARY, "name", "contact_1", probationer);
    assert_try("contact_1:rule", &f, "2017-04-15", SECRETARY, "name", "contact_1", suspended);
    assert_try("contact_1:rule", &f, "2017-04-15", SECRETARY, "name", "contact_1", self);
    assert_try("contact_2:rule", &f, "2017-04-15", SECRETARY, "name", "contact_1", "@1",
               "contact_2", "@1");
    assert_try("contact_2:rule", &f, "2017-04-15", SECRETARY, "name", "contact_1", "@1",
               "contact_2", probationer);
    assert_try("", &f, "2017-04-15", SECRETARY, "name", "contact_1", "@1");
}

static void
test_dev_05_an_observation_each_half_year(void **state)
{
    File f = file_at(*state, "cultivation");
    assert_try(":rule", &f, "2018-04-12", SECRETARY, "ripe");
    observe(&f, "2017-10-10");
    assert_try(":rule", &f, "2018-04-12", SECRETARY, "ripe");
    observe(&f, "2018-04-10");
    assert_try("", &f, "2018-04-12", SECRETARY, "ripe");
}

static void
test_all_four_are_heard_before_a_prospect_is_decided(void **state)
{
    File f = file_at(*state, "prospect");
    assert_try("heard:rule", &f, "2018-04-16", SECRETARY, "decide", "heard",
               "group,contacts,members", "prospect_on", "2018-04-16", "prospect_resolution",
               "3号", "notice_from", "2018-04-17", "notice_place", "公开栏");
}

static void
test_dev_07_the_notice_lasts_five_working_days_and_hears_objections(void **state)
{
    File f = file_at(*state, "notice");
    assert_text("2018-04-24", &f, HOLD);
    assert_try(":rule", &f, "2018-04-24", SECRETARY, "end");
    const HjRowInput inputs[] = { { .name = "received_on", .text = "2018-04-24" },
                                  { .name = "content", .text = "培养时间不足" } };
    const HjLedger *ledger = hj_county_ledger(f.county, "development_objection");
    int64_t objection =
        new_row(f.county, f.county->secretary, ledger->name, BRANCH, f.id, inputs, 2);
    assert_try(":rule", &f, "2018-04-25", SECRETARY, "end");
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autoptr(GError) error = NULL;
    const HjRowInput finding = { .name = "finding", .text = "经核查不实" };
    const File answered = { .county = f.county, .id = objection };
    Acting acting = { &answered,
                      { .action = "settle",
                        .version = 1,
                        .inputs = &finding,
                        .n_inputs = 1,
                        .on = HJ_DATE_NONE },
                      issues,
                      { 0 } };
    assert_done(hj_county_write(f.county, f.county->town, run_settle, &acting, &error), error);
    assert_try("", &f, "2018-04-25", SECRETARY, "end");
}

static void
test_dev_07_a_worked_saturday_counts_and_a_holiday_does_not(void **state)
{
    /* From 24 April 2018: 25, 26, 27, Saturday 28 (worked for the First of May), 2 May. */
    File f = file_at(*state, "prospect");
    assert_try("", &f, "2018-04-24", SECRETARY, "decide", "heard",
               "group,contacts,members,masses", "prospect_on", "2018-04-16",
               "prospect_resolution", "3号", "notice_from", "2018-04-24", "notice_place",
               "公开栏");
    assert_text("2018-05-02", &f, HOLD);
    assert_try(":rule", &f, "2018-05-02", SECRETARY, "end");
    assert_try("", &f, "2018-05-03", SECRETARY, "end");
}

#define DAYS_TO_2026 3402 /* to the same day of the week, 2026-06-01 */

static void
test_ver_1_the_rules_of_the_day_of_application_hold(void **state)
{
    HjCounty *county = *state;
    const HjDate before = hj_date_make(2026, 5, 10), after = hj_date_make(2026, 5, 11);
    assert_string_equal(hj_pack_param(county->pack, "prospect_consent", before), "0");
    assert_string_equal(hj_pack_param(county->pack, "prospect_consent", after), "1");
    /* dev_2026: filing alone is not enough, the committee consents. */
    File f = new_file_of(county, "2017-02-06", "1990-05-01", DAYS_TO_2026);
    walk_to(&f, "prospect_filing");
    assert_try("prospect_reply:rule", &f, "2018-04-26", TOWN, "reply", "prospect_reply",
               "filed", "prospect_replied_on", "2018-04-26", "prospect_reply_no", "4号");
    assert_try("", &f, "2018-04-26", TOWN, "reply", "prospect_reply", "consented",
               "prospect_replied_on", "2018-04-26", "prospect_reply_no", "4号");
    /* dev_2014: an application before that finishes as it began, though it is 2027 now. */
    File old = new_file_of(county, "2017-01-15", "1990-05-01", DAYS_TO_2026 - 40);
    set_day(&old, "2017-02-06");
    old.shift = DAYS_TO_2026;
    walk_to(&old, "prospect_filing");
    assert_try("", &old, "2018-04-26", TOWN, "reply", "prospect_reply", "filed",
               "prospect_replied_on", "2018-04-26", "prospect_reply_no", "4号");
}

static void
test_dev_08_exactly_two_full_members_introduce(void **state)
{
    File f = file_at(*state, "introducers");
    g_autofree char *probationer = id_text(f.probationer), *suspended = id_text(f.suspended);
    const char *day = "2018-04-27";
    assert_try("introducer_2:required", &f, day, SECRETARY, "name", "introducers_on", day,
               "introducer_1", "@3");
    assert_try("introducer_2:rule", &f, day, SECRETARY, "name", "introducers_on", day,
               "introducer_1", "@3", "introducer_2", "@3");
    assert_try("introducer_2:rule", &f, day, SECRETARY, "name", "introducers_on", day,
               "introducer_1", "@3", "introducer_2", probationer);
    assert_try("introducer_1:rule", &f, day, SECRETARY, "name", "introducers_on", day,
               "introducer_1", suspended, "introducer_2", "@3");
    assert_try("", &f, day, SECRETARY, "name", "introducers_on", day, "introducer_1", "@3",
               "introducer_2", "@4");
}

static void
test_dev_09_a_passed_review_is_needed_and_good_for_a_year(void **state)
{
    File f = file_at(*state, "review");
    assert_try("review_result:rule", &f, "2018-05-10", SECRETARY, "pass", "review_result",
               "failed", "reviewed_on", "2018-05-10", "review_no", "5号");
    File late = file_at(*state, "examination");
    assert_try("examined_on:rule", &late, "2019-05-11", SECRETARY, "pass", "examined_on",
               "2019-05-11", "examination_no", "6号");
    assert_try("", &late, "2019-05-11", SECRETARY, "pass", "examined_on", "2019-05-10",
               "examination_no", "6号");
}

static void
test_dev_10_and_dev_11_training(void **state)
{
    File f = file_at(*state, "training");
    assert_try("training_days:rule", &f, "2018-06-06", TOWN, "pass", "training_days", "2",
               "training_hours", "23", "training_passed", "1", "trained_on", "2018-06-06");
    assert_try("training_days:rule", &f, "2018-06-06", TOWN, "pass", "training_days", "3",
               "training_passed", "0", "trained_on", "2018-06-06");
    assert_try("", &f, "2018-06-06", TOWN, "pass", "training_days", "2", "training_hours", "24",
               "training_passed", "1", "trained_on", "2018-06-06");
    File waived = file_at(*state, "training");
    assert_try("", &waived, "2018-06-06", TOWN, "pass", "training_waiver", "沧组〔2018〕6号");
}

static void
test_dev_13_who_leaves_soon_is_received_only_with_a_reason(void **state)
{
    File f = file_at(*state, "examination");
    assert_try("leaving_reason:rule", &f, "2018-06-10", SECRETARY, "pass", "examined_on",
               "2018-06-10", "examination_no", "6号", "leaving_soon", "1");
    assert_try("", &f, "2018-06-10", SECRETARY, "pass", "examined_on", "2018-06-10",
               "examination_no", "6号", "leaving_soon", "1", "leaving_reason", "驻外务工");
}

static void
test_dev_12_dev_14_and_dev_15_have_their_months(void **state)
{
    File f = file_at(*state, "branch_meeting");
    assert_text("2018-07-20 DEV-12", &f, DUE);
    walk_to(&f, "approval");
    assert_text("2018-10-03 DEV-14", &f, DUE);
    assert_try("approval_delay_reason:rule", &f, "2018-10-04", TOWN, "approve", "approved_on",
               "2018-10-04", "approval_no", "10号");
    assert_try("approved_on:rule", &f, "2019-01-04", TOWN, "approve", "approved_on",
               "2019-01-04", "approval_no", "10号", "approval_delay_reason", "机构改革");
    assert_try(":rule", &f, "2019-01-03", TOWN, "restart");
    assert_try("", &f, "2019-01-03", TOWN, "approve", "approved_on", "2019-01-03",
               "approval_no", "10号", "approval_delay_reason", "机构改革");
    File again = file_at(*state, "approval");
    assert_try("", &again, "2019-01-04", TOWN, "restart");
    assert_text("examination", &again, STATE);
}

static void
test_dev_35_the_list_of_applicants_is_seen_by_those_in_charge_only(void **state)
{
    HjCounty *county = *state;
    static const char *const roles[] = { "county_organizer", "township_organizer",
                                         "branch_secretary", "auditor" };
    const HjLedger *ledger = hj_county_ledger(county, LEDGER);
    assert_int_equal(ledger->n_see, G_N_ELEMENTS(roles));
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++)
        assert_true(g_strv_contains(
            (const char *const[]){ roles[0], roles[1], roles[2], roles[3], NULL },
            ledger->see[i]));
    assert_true(ledger->sensitive);
    /* On notice the file stands for its days and no longer, and no address shows it: the next
     * township finds nothing, nor does a work team in the village itself. */
    File f = file_at(county, "notice");
    assert_text("2018-04-24", &f, HOLD);
    const HjActor *const strangers[] = { county->other, county->team };
    static const int said[] = { HJ_ERROR_NOT_FOUND, HJ_ERROR_DENIED };
    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
        g_autoptr(HjRows) row = hj_row_get(tx, strangers[i], ledger, f.id, &error);
        assert_null(row);
        assert_hj_error(error, said[i]);
    }
}

static void
test_a_file_may_end_early_and_be_opened_anew(void **state)
{
    File f = file_at(*state, "training");
    assert_try("ended_on:required end_reason:required", &f, "2018-06-01", TOWN, "give_up");
    assert_try("", &f, "2018-06-01", TOWN, "give_up", "ended_on", "2018-06-01", "end_reason",
               "本人撤回");
    assert_text("withdrawn", &f, STATE);
    assert_try("This record has come to its end.", &f, "2018-06-02", TOWN, "pass");
    g_autofree char *person = id_text(f.person);
    const HjRowInput inputs[] = { { .name = "person", .text = person },
                                  { .name = "applied_on", .text = "2018-06-02" } };
    new_row(f.county, f.county->secretary, LEDGER, BRANCH, 0, inputs, 2);
}

static void
test_going_back_takes_a_reason_and_a_second_person(void **state)
{
    File f = file_at(*state, "examination");
    set_day(&f, "2018-06-08");
    g_autofree char *plain = act_given(
        &f, SECRETARY, (HjFlowAct){ .action = "send_back", .opinion = "有误" }, nothing);
    assert_string_equal(plain, "to:choice");
    g_autofree char *silent =
        act_given(&f, SECRETARY, (HjFlowAct){ .action = "correct_record" }, nothing);
    assert_string_equal(silent, "comment:required");
    assert_try("", &f, "2018-06-08", SECRETARY, "correct_record");
    assert_text("correction", &f, STATE);
    g_autofree char *alone = act_given(
        &f, SECRETARY,
        (HjFlowAct){ .action = "send_back", .opinion = "有误", .to_node = "review" }, nothing);
    assert_string_equal(alone, "Your roles do not allow this here.");
    g_autofree char *agreed = act_given(
        &f, TOWN, (HjFlowAct){ .action = "send_back", .opinion = "同意", .to_node = "review" },
        nothing);
    assert_string_equal(agreed, "");
    assert_text("review", &f, STATE);
    /* What the committee asks for, the county confirms. */
    File town = file_at(*state, "training");
    assert_try("", &town, "2018-06-01", TOWN, "correct_record");
    assert_text("correction_county", &town, STATE);
}

static void
test_a_paper_file_is_taken_over_only_from_before_the_system(void **state)
{
    File f = new_file(*state);
    assert_try("applied_on:rule", &f, "2017-02-06", SECRETARY, "carry_on", "paper_file_no",
               "纸1号");
    File old = new_file_of(*state, "2015-03-02", "1985-05-01", 0);
    assert_try("paper_file_no:required", &old, "2017-02-06", SECRETARY, "carry_on");
    assert_try("", &old, "2017-02-06", SECRETARY, "carry_on", "paper_file_no", "纸1号");
#define PAPER(prospect)                                                                        \
    "talked_on", "2015-03-20", "recommended_by", "members", "activist_on", "2015-06-10",       \
        "activist_filed_on", "2015-06-12", "contact_1", "@1", "prospect_on", prospect,         \
        "prospect_replied_on", "2016-07-01", "introducer_1", "@3", "introducer_2", "@4",       \
        "introducers_on", "2016-07-02", "reviewed_on", "2016-08-01", "review_result", "passed"
    assert_try("prospect_on:rule", &old, "2017-02-10", TOWN, "to_training",
               PAPER("2016-06-09"));
    assert_try("", &old, "2017-02-10", TOWN, "to_training", PAPER("2016-06-10"));
    assert_text("training", &old, STATE);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_a_file_walks_all_25_steps),
    cmocka_unit_test(test_1_1_each_of_the_25_steps_asks_for_its_record),
    cmocka_unit_test(test_dev_01_the_applicant_is_eighteen_on_the_day_of_application),
    cmocka_unit_test(test_dev_02_and_dev_06_at_the_ends_of_months),
    cmocka_unit_test(test_dev_03_no_wait_before_an_activist_unless_the_county_sets_one),
    cmocka_unit_test(test_dev_04_contacts_are_one_or_two_full_members),
    cmocka_unit_test(test_dev_05_an_observation_each_half_year),
    cmocka_unit_test(test_all_four_are_heard_before_a_prospect_is_decided),
    cmocka_unit_test(test_dev_07_the_notice_lasts_five_working_days_and_hears_objections),
    cmocka_unit_test(test_dev_07_a_worked_saturday_counts_and_a_holiday_does_not),
    cmocka_unit_test(test_ver_1_the_rules_of_the_day_of_application_hold),
    cmocka_unit_test(test_dev_08_exactly_two_full_members_introduce),
    cmocka_unit_test(test_dev_09_a_passed_review_is_needed_and_good_for_a_year),
    cmocka_unit_test(test_dev_10_and_dev_11_training),
    cmocka_unit_test(test_dev_13_who_leaves_soon_is_received_only_with_a_reason),
    cmocka_unit_test(test_dev_12_dev_14_and_dev_15_have_their_months),
    cmocka_unit_test(test_dev_35_the_list_of_applicants_is_seen_by_those_in_charge_only),
    cmocka_unit_test(test_a_file_may_end_early_and_be_opened_anew),
    cmocka_unit_test(test_going_back_takes_a_reason_and_a_second_person),
    cmocka_unit_test(test_a_paper_file_is_taken_over_only_from_before_the_system),
};

HJ_STORY_MAIN(stories)
