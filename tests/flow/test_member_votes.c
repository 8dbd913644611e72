/* M17: the votes of a branch (domain.md 1.3), and probation, DEV-16 to DEV-24. */
#include "tests/flow/member_file.h"

typedef struct {
    const char *entitled, *present, *yes, *written;
    const char *said;
} Vote;
/* domain.md 1.3; M and Y stand for the fields of the meeting and of the votes. */
static const Vote votes[] = {
    { "20", "10", "10", "0", "M Y" }, { "20", "11", "11", "0", "" },
    { "20", "11", "10", "0", "Y" },   { "20", "11", "9", "2", "" },
    { "21", "11", "11", "0", "" },    { "21", "11", "10", "0", "Y" },
};

static char *
words_of(const char *said, const char *prefix)
{
    GString *out = g_string_new(said);
    g_autofree char *present = g_strconcat(prefix, "_present:rule", NULL);
    g_autofree char *yes = g_strconcat(prefix, "_yes:rule", NULL);
    g_string_replace(out, "M", present, 0);
    g_string_replace(out, "Y", yes, 0);
    return g_string_free(out, FALSE);
}

static void
vote(File *f, const char *prefix, const char *day, const char *action, const Vote *v)
{
    static const char *const names[] = { "on",      "entitled", "present",   "yes",
                                         "written", "no",       "abstained", "resolution" };
    const char *const values[] = { day,        v->entitled, v->present, v->yes,
                                   v->written, "0",         "0",        "9号" };
    g_autoptr(GPtrArray) given = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_ptr_array_add(given, g_strconcat(prefix, "_", names[i], NULL));
        g_ptr_array_add(given, g_strdup(values[i]));
    }
    if (g_str_equal(prefix, "meeting")) {
        g_ptr_array_add(given, g_strdup("attended"));
        g_ptr_array_add(given, g_strdup("applicant,introducer_1,introducer_2"));
    }
    g_ptr_array_add(given, NULL);
    g_autofree char *said = try(f, day, SECRETARY, action, (const char *const *)given->pdata);
    g_autofree char *wanted = words_of(v->said, prefix);
    assert_string_equal(said, wanted);
}

static void
test_1_3_and_ari_1_the_vote_on_reception_counts_over_all_entitled(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(votes); i++) {
        File f = file_at(*state, "branch_meeting");
        vote(&f, "meeting", "2018-07-01", "accept", &votes[i]);
    }
}

static void
test_1_3_the_vote_on_conversion_counts_alike(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(votes); i++) {
        File f = file_at(*state, "conversion");
        vote(&f, "conversion", "2019-07-02", "convert", &votes[i]);
    }
}

static void
test_1_3_impossible_counts_are_refused(void **state)
{
    File f = file_at(*state, "branch_meeting");
    static const Vote wrong[] = {
        { "20", "21", "11", "0", "meeting_present:rule meeting_written:rule" },
        { "20", "11", "12", "0", "meeting_yes:rule" },
        { "20", "11", "9", "10", "meeting_written:rule" },
        { "20", "-1", "0", "0", "meeting_present:range" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        vote(&f, "meeting", "2018-07-01", "accept", &wrong[i]);
    /* For, against and abstentions together. */
    assert_try("meeting_yes:rule", &f, "2018-07-01", SECRETARY, "accept", "meeting_on",
               "2018-07-01", "meeting_entitled", "20", "meeting_present", "12", "meeting_yes",
               "11", "meeting_no", "1", "meeting_abstained", "1", "meeting_resolution", "9号");
    assert_text("branch_meeting", &f, STATE);
    /* Nor is a vote that was lost recorded as won, or the other way round. */
    static const Vote won = { "20", "11", "11", "0", "Y" },
                      lost = { "20", "11", "10", "0", "" };
    vote(&f, "meeting", "2018-07-01", "refuse", &won);
    vote(&f, "meeting", "2018-07-01", "refuse", &lost);
    assert_text("rejected", &f, STATE);
}

static void
test_dev_21_probationers_and_the_suspended_do_not_count(void **state)
{
    /* 21 full members with their rights stand in the register, and two others. */
    File f = file_at(*state, "branch_meeting");
    static const Vote more = { "22", "12", "12", "0", "meeting_entitled:rule" };
    vote(&f, "meeting", "2018-07-01", "accept", &more);
}

static void
test_dev_22_each_candidate_has_a_ballot_of_his_own(void **state)
{
    /* Two people before the same meeting: what was voted about one is nothing about the other.
     */
    File first = file_at(*state, "branch_meeting"), second = file_at(*state, "branch_meeting");
    static const Vote won = { "20", "11", "11", "0", "" }, lost = { "20", "11", "10", "0", "" };
    vote(&first, "meeting", "2018-07-01", "accept", &won);
    assert_text("committee_talk", &first, STATE);
    assert_text("branch_meeting", &second, STATE);
    assert_try("meeting_on:required meeting_entitled:required meeting_present:required "
               "meeting_yes:required meeting_resolution:required attended:rule",
               &second, "2018-07-01", SECRETARY, "accept");
    vote(&second, "meeting", "2018-07-01", "refuse", &lost);
    assert_text("rejected", &second, STATE);
    assert_text("11", &first, "SELECT meeting_yes FROM t_" LEDGER " WHERE id = $1");
}

static void
test_dev_23_only_totals_of_a_secret_ballot_are_kept(void **state)
{
    static const struct {
        const char *node, *prefix;
    } meetings[] = { { "branch_meeting", "meeting" },
                     { "conversion", "conversion" },
                     { "conversion_again", "again" } };
    static const char *const totals[] = { "entitled", "present",   "yes",
                                          "no",       "abstained", "written" };
    HjCounty *county = *state;
    const HjLedger *ledger = hj_county_ledger(county, LEDGER);
    for (size_t m = 0; m < G_N_ELEMENTS(meetings); m++) {
        const HjFlowNode *node = hj_flow_node(ledger->flow, meetings[m].node);
        for (size_t i = 0; i < G_N_ELEMENTS(totals); i++) {
            g_autofree char *name = g_strdup_printf("%s_%s", meetings[m].prefix, totals[i]);
            assert_int_equal(hj_pack_field(ledger, name)->type, HJ_FIELD_INTEGER);
        }
        /* No voter is named there, no ballot is kept, nobody votes in the program. */
        for (size_t i = 0; i < node->n_form; i++) {
            HjFieldType type = hj_pack_field(ledger, node->form[i])->type;
            assert_int_not_equal(type, HJ_FIELD_PERSON);
            assert_int_not_equal(type, HJ_FIELD_FILES);
        }
        assert_null(node->opens.ledger);
    }
    /* Below a file lie observations and objections, and no ballots. */
    int n_below = 0;
    for (size_t l = 0; l < county->pack->n_ledgers; l++)
        n_below += county->pack->ledgers[l].in == ledger;
    assert_int_equal(n_below, 2);
}

static void
test_dev_24_applicant_and_introducers_attend(void **state)
{
    File f = file_at(*state, "branch_meeting");
    assert_try("attended:rule", &f, "2018-07-01", SECRETARY, "accept",
               VOTE("meeting", "2018-07-01", "9号"), "attended", "applicant,introducer_1");
    assert_try("", &f, "2018-07-01", SECRETARY, "accept", VOTE("meeting", "2018-07-01", "9号"),
               "attended", "applicant,introducer_1", "absence_reason", "第二介绍人住院");
}

static void
test_dev_16_dev_19_and_dev_20_probation_is_a_year_from_the_meeting(void **state)
{
    File f = file_at(*state, "probation");
    assert_text("2019-07-01 DEV-16", &f, DUE);
    walk_to(&f, "conversion_application");
    assert_text("2019-07-01 DEV-19", &f, DUE);
    walk_to(&f, "conversion");
    assert_text("2019-08-01 DEV-19", &f, DUE);
    static const Vote early = { "20", "11", "11", "0", "conversion_on:rule" };
    vote(&f, "conversion", "2019-06-30", "convert", &early);
    walk_to(&f, "conversion_approval");
    assert_text("2019-10-02 DEV-19", &f, DUE);
    assert_try("full_on:rule", &f, "2019-07-20", TOWN, "approve", "conversion_approved_on",
               "2019-07-20", "conversion_approval_no", "13号", "full_on", "2019-07-02");
}

static void
test_dev_16_and_ari_6_a_year_from_the_leap_day_ends_with_february(void **state)
{
    const int later = hj_date_make(2020, 2, 29) - hj_date_make(2018, 7, 1);
    File f = new_file_of(*state, "2017-02-06", "1990-05-01", later);
    walk_to(&f, "probation");
    assert_text("2020-02-29", &f, "SELECT meeting_on FROM t_" LEDGER " WHERE id = $1");
    assert_text("2021-02-28 DEV-16", &f, DUE);
    walk_to(&f, "conversion");
    /* 27 February is a day early, the 28th is not. */
    static const Vote early = { "20", "11", "11", "0", "conversion_on:rule" },
                      right = { "20", "11", "11", "0", "" };
    vote(&f, "conversion", "2019-06-30", "convert", &early);
    vote(&f, "conversion", "2019-07-01", "convert", &right);
    assert_text("2021-02-28", &f, "SELECT conversion_on FROM t_" LEDGER " WHERE id = $1");
}

static void
test_dev_17_and_dev_18_one_extension_of_half_a_year_to_a_year(void **state)
{
    File f = file_at(*state, "conversion");
    assert_try("extended_months:rule", &f, "2019-07-02", SECRETARY, "extend",
               VOTE("conversion", "2019-07-02", "12号"), "extended_months", "5");
    assert_try("extended_months:rule", &f, "2019-07-02", SECRETARY, "extend",
               VOTE("conversion", "2019-07-02", "12号"), "extended_months", "13");
    assert_try("", &f, "2019-07-02", SECRETARY, "extend",
               VOTE("conversion", "2019-07-02", "12号"), "extended_months", "6");
    assert_try(":rule", &f, "2019-12-31", SECRETARY, "over", "extension_no", "批15号");
    assert_try("", &f, "2020-01-01", SECRETARY, "over", "extension_no", "批15号");
    assert_try("This cannot be done where the record stands.", &f, "2020-01-02", SECRETARY,
               "extend", "extended_months", "6");
    static const Vote lost = { "21", "11", "10", "0", "Y" };
    vote(&f, "again", "2020-01-02", "convert", &lost);
    assert_try("", &f, "2020-01-02", SECRETARY, "convert", VOTE("again", "2020-01-02", "16号"));
    assert_try("full_on:rule", &f, "2020-01-20", TOWN, "approve", "conversion_approved_on",
               "2020-01-20", "conversion_approval_no", "17号", "full_on", "2019-07-01");
    assert_try("", &f, "2020-01-20", TOWN, "approve", "conversion_approved_on", "2020-01-20",
               "conversion_approval_no", "17号", "full_on", "2020-01-01");
    File other = file_at(*state, "conversion");
    assert_try("", &other, "2019-07-02", SECRETARY, "cancel", "ended_on", "2019-07-02",
               "end_reason", "不履行党员义务");
    assert_text("cancelled", &other, STATE);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_1_3_and_ari_1_the_vote_on_reception_counts_over_all_entitled),
    cmocka_unit_test(test_1_3_the_vote_on_conversion_counts_alike),
    cmocka_unit_test(test_1_3_impossible_counts_are_refused),
    cmocka_unit_test(test_dev_21_probationers_and_the_suspended_do_not_count),
    cmocka_unit_test(test_dev_22_each_candidate_has_a_ballot_of_his_own),
    cmocka_unit_test(test_dev_23_only_totals_of_a_secret_ballot_are_kept),
    cmocka_unit_test(test_dev_24_applicant_and_introducers_attend),
    cmocka_unit_test(test_dev_16_dev_19_and_dev_20_probation_is_a_year_from_the_meeting),
    cmocka_unit_test(test_dev_16_and_ari_6_a_year_from_the_leap_day_ends_with_february),
    cmocka_unit_test(test_dev_17_and_dev_18_one_extension_of_half_a_year_to_a_year),
};

HJ_STORY_MAIN(stories)
