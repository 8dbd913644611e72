/* M9 and M10: the hundred-day drive by WEAK-1 to WEAK-8, disputes and petitions by PET-1 to
 * PET-10, on the pack of the county. */
#include <glib.h>

static const char *pack_of_later(void);
#define HJ_STORY_PACK pack_of_later()
#include "core/flow.h"
#include "pack/calendar.h"
#include "tests/flow/steps.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define VILLAGE HJ_COUNTY_VILLAGE
#define DRIVE "problem_village"
#define ITEM "problem_item"
#define CASE "dispute_case"

/* The county's pack, whose drive lasts 60 days from 2019 on and whose cases are closed within
 * 45 days from 2027 on: rules that change while cases are open (VER-1). */
static const char *
pack_of_later(void)
{
    static const char *const files[][2] = {
        { "pack.yaml", "pack: later\nversion: \"1\"\ntitle: {zh: 以后, en: Later}\n"
                       "extends: cangxian\nvalid: {from: 2017-01-01}\n" },
        { "params.yaml",
          "params:\n"
          "  - param: drive_days\n    title: {zh: 天, en: Days}\n    type: integer\n"
          "    values: [{from: 2017-01-01, value: \"100\", source: WEAK-7},"
          " {from: 2019-01-01, value: \"60\", source: test}]\n"
          "  - param: petition_close_days\n    title: {zh: 天, en: Days}\n    type: integer\n"
          "    values: [{from: 2005-05-01, value: \"60\", source: PET-3},"
          " {from: 2027-01-01, value: \"45\", source: test}]\n" },
    };
    static const char *const beside[] = { "national", "cangxian" };
    static char *dir;
    if (dir != NULL)
        return dir;
    g_autofree char *root = g_dir_make_tmp("hangji-casework-XXXXXX", NULL);
    dir = g_build_filename(root, "later", NULL);
    assert_int_equal(g_mkdir(dir, 0700), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(dir, files[i][0], NULL);
        assert_true(g_file_set_contents(path, files[i][1], -1, NULL));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(beside); i++) {
        g_autofree char *from = g_build_filename(HJ_TEST_SOURCE, "packs", beside[i], NULL);
        g_autofree char *to = g_build_filename(root, beside[i], NULL);
        assert_int_equal(symlink(from, to), 0);
    }
    return dir;
}

/* --- rows and acts in one line --- */

static void
on_day(HjCounty *county, const char *day)
{
    g_autofree char *noon = g_strconcat(day, "T12:00:00+08:00", NULL);
    hj_county_at(county, noon);
}

/* 0 when it is refused as @wanted says. */
static int64_t
enter(HjCounty *county, const HjActor *actor, const char *wanted, const char *ledger,
      const char *org, int64_t parent, ...)
{
    g_auto(Entry) e = entry_of(county, ledger, parent == 0 ? org : NULL);
    g_autoptr(GError) error = NULL;
    va_list args;
    va_start(args, parent);
    entry_inputs(&e, args);
    va_end(args);
    e.parent = parent;
    if (parent != 0)
        e.org = hj_county_org(county, org);
    bool done = hj_county_write(county, actor, run_create, &e, &error);
    g_autofree char *answer = step_said(done, e.issues, error);
    assert_string_equal(answer, wanted);
    return done ? e.key.id : 0;
}

/* An act by name, with an opinion and fields; it must be answered as @wanted says. */
static void
go(HjCounty *county, const HjActor *actor, const char *wanted, const char *ledger, int64_t id,
   const char *action, ...)
{
    g_auto(Entry) e = { 0 };
    va_list args;
    va_start(args, action);
    entry_inputs(&e, args);
    va_end(args);
    g_autofree char *answer = step_how(
        county, actor, ledger, id,
        (HjFlowAct){
            .action = action, .inputs = e.inputs, .n_inputs = e.n, .opinion = "情况属实" });
    if (!g_str_equal(answer, wanted))
        fail_msg("%s of %s: \"%s\", wanted \"%s\"", action, ledger, answer, wanted);
}

#define OPEN_TASK "FROM sys_task WHERE row_id = $1 AND closed_at IS NULL AND kind <> 'copy'"

/* Where the row stands, until when, and by which rule. */
static void
stands(HjCounty *county, int64_t id, const char *node, const char *due, const char *rule)
{
    g_autofree char *is = step_text_of(county, "SELECT node FROM sys_case WHERE id = $1", id);
    g_autofree char *due_is = step_text_of(county, "SELECT due_on " OPEN_TASK, id);
    g_autofree char *rule_is = step_text_of(county, "SELECT due_rule " OPEN_TASK, id);
    assert_string_equal(is, node);
    assert_string_equal(due_is, due);
    assert_string_equal(rule_is, rule);
}

static void
watched(HjCounty *county, int64_t id, const char *node, const char *until)
{
    g_autofree char *is = step_text_of(county, "SELECT node FROM sys_case WHERE id = $1", id);
    g_autofree char *day =
        step_text_of(county, "SELECT watch_until FROM sys_case WHERE id = $1", id);
    assert_string_equal(is, node);
    assert_string_equal(day, until);
}

/* --- M10 --- */

#define MATTER                                                                                 \
    "subject", "村道排水不畅", "class", "claim", "matter", "works", "channel", "visit"

static int64_t
case_of(HjCounty *county, const char *received)
{
    on_day(county, received);
    return enter(county, county->town, "", CASE, VILLAGE, 0, MATTER, "received_on", received,
                 NULL);
}

static int64_t
case_in_hand(HjCounty *county, const char *accepted)
{
    int64_t id = case_of(county, accepted);
    go(county, county->secretary, "", CASE, id, "take_up", "accepted_on", accepted, "told_on",
       accepted, "handler", "包村干部甲", "interest_checked", "1", NULL);
    return id;
}

static void
ask_more(HjCounty *county, int64_t id, const char *wanted, const char *days)
{
    go(county, county->secretary, wanted, CASE, id, "ask_more", "extension_days", days,
       "extension_reason", "需要测量鉴定", NULL);
}

static void
test_pet_1_notified_within_fifteen_days_of_receipt(void **state)
{
    HjCounty *county = *state;
    int64_t id = case_of(county, "2026-03-01");
    stands(county, id, "registered", "2026-03-16", "PET-1");
    on_day(county, "2026-03-05");
    go(county, county->town, "", CASE, id, "assign", "transferred_on", "2026-03-05", NULL);
    stands(county, id, "assigned", "2026-03-20", "PET-1");
    /* Over a month's end, and over 29 February of a leap year. */
    stands(county, case_of(county, "2027-02-20"), "registered", "2027-03-07", "PET-1");
    stands(county, case_of(county, "2028-02-20"), "registered", "2028-03-06", "PET-1");
    stands(county, case_of(county, "2026-12-25"), "registered", "2027-01-09", "PET-1");
}

static void
test_ari_4_days_begin_the_day_after_and_end_on_any_day_of_the_week(void **state)
{
    HjCounty *county = *state;
    /* Fifteen days from Friday 20 February end on a Saturday, and one from 16 September lies
     * in the holiday of the First of October: neither is put off, for no rule says so. */
    stands(county, case_of(county, "2026-02-20"), "registered", "2026-03-07", "PET-1");
    stands(county, case_of(county, "2026-09-16"), "registered", "2026-10-01", "PET-1");
    bool worked = true;
    assert_true(hj_workday_is(county->pack, hj_date_make(2026, 10, 1), &worked));
    assert_false(worked);
}

static void
test_pet_2_what_is_not_ours_goes_back_within_five_working_days(void **state)
{
    HjCounty *county = *state;
    int64_t ids[2];
    for (size_t i = 0; i < 2; i++) {
        ids[i] = case_of(county, "2026-04-30");
        go(county, county->town, "", CASE, ids[i], "assign", "transferred_on", "2026-04-30",
           NULL);
        go(county, county->secretary, "remit_reason:required", CASE, ids[i], "not_ours", NULL);
    }
    /* 1 to 5 May are holidays, Saturday the 9th is worked: 6, 7, 8, 9 and 11 May. */
    on_day(county, "2026-05-11");
    go(county, county->secretary, "", CASE, ids[0], "not_ours", "remit_reason",
       "属于水务部门职责", NULL);
    stands(county, ids[0], "registered", "2026-05-15", "PET-1");
    on_day(county, "2026-05-12");
    go(county, county->secretary, "action:rule", CASE, ids[1], "not_ours", "remit_reason",
       "属于水务部门职责", NULL);
    stands(county, ids[1], "assigned", "2026-05-15", "PET-1");
}

static void
test_ari_5_working_days_through_an_unknown_year_are_not_guessed(void **state)
{
    HjCounty *county = *state;
    int64_t id = case_of(county, "2029-03-01");
    go(county, county->town, "", CASE, id, "assign", "transferred_on", "2029-03-01", NULL);
    go(county, county->secretary, "action:rule", CASE, id, "not_ours", "remit_reason", "不属于",
       NULL);
}

static void
test_pet_3_closed_in_sixty_days_and_extended_by_thirty_at_most(void **state)
{
    HjCounty *county = *state;
    int64_t id = case_in_hand(county, "2026-03-01");
    stands(county, id, "handling", "2026-04-30", "PET-3");
    ask_more(county, id, "extension_days:rule", "31");
    ask_more(county, id, "extension_days:range", "0");
    ask_more(county, id, "", "30");
    stands(county, id, "extending", "2026-04-30", "PET-3");
    go(county, county->secretary, "Your roles do not allow this here.", CASE, id, "approve",
       "extension_told_on", "2026-03-01", NULL);
    go(county, county->town, "extension_told_on:required", CASE, id, "approve", NULL);
    go(county, county->town, "", CASE, id, "approve", "extension_told_on", "2026-03-01", NULL);
    stands(county, id, "handling", "2026-05-30", "PET-3");
    /* Thirty days in all, not each time. */
    ask_more(county, id, "", "1");
    go(county, county->town, "extension_days:range", CASE, id, "approve", NULL);
    go(county, county->town, "", CASE, id, "refuse", NULL);
    stands(county, id, "handling", "2026-05-30", "PET-3");
}

static void
test_pet_3_an_approval_taken_back_takes_its_days_back(void **state)
{
    HjCounty *county = *state;
    int64_t id = case_in_hand(county, "2026-03-01");
    ask_more(county, id, "", "10");
    go(county, county->town, "", CASE, id, "approve", "extension_told_on", "2026-03-01", NULL);
    stands(county, id, "handling", "2026-05-10", "PET-3");
    go(county, county->town, "", CASE, id, "withdraw", NULL);
    stands(county, id, "extending", "2026-04-30", "PET-3");
    go(county, county->town, "", CASE, id, "approve", "extension_days", "20", NULL);
    stands(county, id, "handling", "2026-05-20", "PET-3");
    ask_more(county, id, "", "10");
    go(county, county->town, "", CASE, id, "approve", NULL);
    stands(county, id, "handling", "2026-05-30", "PET-3");
}

static void
test_pet_3_days_over_the_year_and_the_leap_day(void **state)
{
    HjCounty *county = *state;
    stands(county, case_in_hand(county, "2025-12-31"), "handling", "2026-03-01", "PET-3");
    stands(county, case_in_hand(county, "2023-12-31"), "handling", "2024-02-29", "PET-3");
    stands(county, case_in_hand(county, "2026-01-31"), "handling", "2026-04-01", "PET-3");
}

static void
test_ver_1_a_case_keeps_the_days_of_the_rule_it_began_under(void **state)
{
    HjCounty *county = *state;
    int64_t id = case_of(county, "2026-12-30");
    on_day(county, "2027-01-04");
    go(county, county->secretary, "", CASE, id, "take_up", "accepted_on", "2027-01-04",
       "told_on", "2027-01-04", "handler", "包村干部甲", "interest_checked", "1", NULL);
    stands(county, id, "handling", "2027-03-05", "PET-3");
    stands(county, case_in_hand(county, "2027-01-04"), "handling", "2027-02-18", "PET-3");
}

/* Rule, set of rules and the day counted from are all kept: the deadline is worked out anew
 * from them when the rule has long changed. */
static void
test_ver_2_a_deadline_is_explained_from_what_is_stored(void **state)
{
    HjCounty *county = *state;
    int64_t id = case_of(county, "2026-12-30");
    on_day(county, "2027-01-04");
    go(county, county->secretary, "", CASE, id, "take_up", "accepted_on", "2027-01-04",
       "told_on", "2027-01-04", "handler", "包村干部甲", "interest_checked", "1", NULL);
    on_day(county, "2027-02-20");
    g_autofree char *rule = step_text_of(county, "SELECT due_rule " OPEN_TASK, id);
    g_autofree char *due = step_text_of(county, "SELECT due_on " OPEN_TASK, id);
    g_autofree char *from =
        step_text_of(county, "SELECT accepted_on FROM t_dispute_case WHERE id = $1", id);
    g_autofree char *set =
        step_text_of(county, "SELECT rules_on FROM sys_case WHERE id = $1", id);
    g_autofree char *pack = step_text_of(county, "SELECT pack FROM sys_case WHERE id = $1", id);
    HjDate base, rules_on;
    assert_true(hj_date_parse(from, &base, NULL));
    assert_true(hj_date_parse(set, &rules_on, NULL));
    assert_string_equal(set, "2026-12-30");
    assert_int_not_equal(pack[0], '\0');
    const HjFlowNode *node = hj_flow_node(hj_county_ledger(county, CASE)->flow, "handling");
    assert_string_equal(node->within.rule, rule);
    assert_string_equal(
        hj_date_text(hj_flow_span_end(county->pack, &node->within, base, rules_on)).text, due);
    assert_int_not_equal(hj_flow_span_end(county->pack, &node->within, base, base),
                         hj_flow_span_end(county->pack, &node->within, base, rules_on));
    const HjParamValue *value = hj_pack_param_value(node->within.param, rules_on);
    assert_string_equal(value->value, "60");
    assert_non_null(value->source);
}

/* Closed with the answer of @replied. */
static int64_t
closed_case(HjCounty *county, const char *accepted, const char *replied)
{
    int64_t id = case_in_hand(county, accepted);
    on_day(county, replied);
    go(county, county->secretary, "", CASE, id, "finish", "outcome", "explained", "replied_on",
       replied, "reply_no", "答〔2026〕1号", NULL);
    return id;
}

static void
test_pet_4_review_and_re_review_by_thirty_and_thirty_days(void **state)
{
    HjCounty *county = *state;
    int64_t id = closed_case(county, "2026-03-02", "2026-03-31");
    int64_t late = closed_case(county, "2026-03-02", "2026-03-31");
    watched(county, id, "closed", "2026-04-30");
    on_day(county, "2026-04-30");
    go(county, county->organizer, "", CASE, id, "reopen", NULL);
    stands(county, id, "reviewing", "2026-05-30", "PET-4");
    on_day(county, "2026-05-01");
    go(county, county->organizer, "The time of watching it is over.", CASE, late, "reopen",
       NULL);
    /* Ten days of a hearing are not counted. */
    on_day(county, "2026-05-10");
    go(county, county->organizer, "", CASE, id, "hear", NULL);
    on_day(county, "2026-05-20");
    go(county, county->organizer, "", CASE, id, "resume", NULL);
    stands(county, id, "reviewing", "2026-06-09", "PET-4");
    go(county, county->organizer, "", CASE, id, "finish", "review_told_on", "2026-05-20",
       "review_no", "复查〔2026〕1号", NULL);
    watched(county, id, "reviewed", "2026-06-19");
    on_day(county, "2026-06-19");
    go(county, county->organizer, "", CASE, id, "reopen", NULL);
    stands(county, id, "rereviewing", "2026-07-19", "PET-4");
    go(county, county->organizer, "", CASE, id, "finish", "rereview_told_on", "2026-06-19",
       "rereview_no", "复核〔2026〕1号", NULL);
    watched(county, id, "settled", "");
    go(county, county->organizer, "This cannot be done where the record stands.", CASE, id,
       "reopen", NULL);
}

static void
test_pet_5_five_representatives_at_most(void **state)
{
    HjCounty *county = *state;
    on_day(county, "2026-03-01");
    enter(county, county->town, "representatives:rule", CASE, VILLAGE, 0, MATTER, "received_on",
          "2026-03-01", "representatives", "6", NULL);
    assert_true(enter(county, county->town, "", CASE, VILLAGE, 0, MATTER, "received_on",
                      "2026-03-01", "representatives", "5", NULL) != 0);
}

static void
test_pet_6_no_interest_and_no_accusation_to_those_it_is_about(void **state)
{
    HjCounty *county = *state;
    int64_t id = case_of(county, "2026-03-01");
    go(county, county->secretary, "interest_checked:rule", CASE, id, "take_up", "accepted_on",
       "2026-03-01", "told_on", "2026-03-01", "handler", "甲", "interest_checked", "0", NULL);
    enter(county, county->town, "class:rule", CASE, VILLAGE, 0, "subject", "检举", "class",
          "accusation", "matter", "other", "channel", "letter", "received_on", "2026-03-01",
          NULL);
    int64_t accusation = enter(county, county->organizer, "", CASE, HJ_COUNTY_ROOT, 0,
                               "subject", "检举", "class", "accusation", "matter", "other",
                               "channel", "letter", "received_on", "2026-03-01", NULL);
    go(county, county->town, "There is nothing here.", CASE, accusation, "refer", NULL);
    go(county, county->organizer, "", CASE, accusation, "refer", "passed_to", "discipline",
       "told_on", "2026-03-01", NULL);
    watched(county, accusation, "referred", "");
}

static void
test_pet_7_a_mediated_case_has_its_agreement(void **state)
{
    HjCounty *county = *state;
    int64_t id = case_in_hand(county, "2026-03-02");
    enter(county, county->secretary, "", "mediation_step", VILLAGE, id, "on_day", "2026-03-02",
          "led_by", "调解委员甲", "summary", "双方同意清淤后共用排水沟", NULL);
    go(county, county->secretary, "agreement_no:rule", CASE, id, "finish", "outcome",
       "mediated", "replied_on", "2026-03-02", "reply_no", "答1号", NULL);
    go(county, county->secretary, "", CASE, id, "finish", "outcome", "mediated", "replied_on",
       "2026-03-02", "reply_no", "答1号", "agreement_no", "调〔2026〕1号", NULL);
    watched(county, id, "closed", "2026-04-01");
}

static void
test_pet_8_retaliation_is_answered_for_by_the_official(void **state)
{
    HjCounty *county = *state;
    int64_t id = case_in_hand(county, "2026-03-01");
    g_autofree char *about = g_strdup_printf("%" G_GINT64_FORMAT, id);
    int64_t duty = enter(county, county->organizer, "", "official_responsibility", VILLAGE, 0,
                         "unit", "甲镇某办", "fault", "retaliation", "about", about, "found_on",
                         "2026-03-01", "facts", "反映人家的低保被无故停发", NULL);
    go(county, county->organizer, "", "official_responsibility", duty, "notify", NULL);
    /* Who is blamed answers and decides nothing. */
    go(county, county->town, "drop_reason:rule", "official_responsibility", duty, "drop",
       "drop_reason", "没有的事", NULL);
    go(county, county->town, "", "official_responsibility", duty, "answer", "answer",
       "已恢复发放", NULL);
    go(county, county->town, "Your roles do not allow this here.", "official_responsibility",
       duty, "decide", "measure", "correct", "decided_on", "2026-03-01", "document_no", "1号",
       NULL);
    go(county, county->organizer, "measure:required decided_on:required document_no:required",
       "official_responsibility", duty, "decide", NULL);
    go(county, county->organizer, "", "official_responsibility", duty, "decide", "measure",
       "correct", "decided_on", "2026-03-01", "document_no", "沧信〔2026〕2号", NULL);
    watched(county, duty, "decided", "");
    /* Nor has the village anything to do with it. */
    go(county, county->secretary, "Your roles do not allow this here.",
       "official_responsibility", duty, "reopen", NULL);
}

static void
test_pet_9_names_are_sealed_and_only_officials_answer_for_it(void **state)
{
    HjCounty *county = *state;
    on_day(county, "2026-03-01");
    int64_t id = enter(county, county->town, "", CASE, VILLAGE, 0, MATTER, "received_on",
                       "2026-03-01", "petitioner", "张某某", NULL);
    g_autofree char *stored =
        step_text_of(county, "SELECT petitioner FROM t_dispute_case WHERE id = $1", id);
    assert_null(strstr(stored, "张"));
    enter(county, county->secretary, "There is nothing here.", CASE, HJ_COUNTY_FOREIGN, 0,
          MATTER, "received_on", "2026-03-01", NULL);
    /* Neither ledger has a field that cites a person: no flag can hang on anybody. */
    const HjLedger *ledgers[] = { hj_county_ledger(county, CASE),
                                  hj_county_ledger(county, "official_responsibility"),
                                  hj_county_ledger(county, "force_referral") };
    for (size_t l = 0; l < G_N_ELEMENTS(ledgers); l++)
        for (size_t f = 0; f < ledgers[l]->n_fields; f++)
            assert_int_not_equal(ledgers[l]->fields[f].type, HJ_FIELD_PERSON);
    int64_t duty = enter(county, county->organizer, "", "official_responsibility",
                         HJ_COUNTY_TOWN, 0, "unit", "甲镇信访办", "fault", "not_told",
                         "found_on", "2026-03-01", "facts", "超过十五天未书面告知", NULL);
    go(county, county->organizer, "", "official_responsibility", duty, "notify", NULL);
    go(county, county->town, "answer:required", "official_responsibility", duty, "answer",
       NULL);
    go(county, county->town, "", "official_responsibility", duty, "answer", "answer",
       "已补发告知书", NULL);
    go(county, county->organizer, "", "official_responsibility", duty, "decide", "measure",
       "correct", "decided_on", "2026-03-01", "document_no", "沧信〔2026〕1号", NULL);
}

static void
test_pet_10_the_same_matter_is_one_case(void **state)
{
    HjCounty *county = *state;
    int64_t first = case_in_hand(county, "2026-03-01");
    int64_t again = case_of(county, "2026-03-10");
    g_autofree char *own = g_strdup_printf("%" G_GINT64_FORMAT, again);
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, first);
    go(county, county->town, "duplicate_of:rule", CASE, again, "link", "duplicate_of", own,
       "told_on", "2026-03-10", NULL);
    go(county, county->town, "", CASE, again, "link", "duplicate_of", id, "told_on",
       "2026-03-10", NULL);
    watched(county, again, "linked", "");
    stands(county, first, "handling", "2026-04-30", "PET-3");
}

/* --- M9 --- */

#define FACTS "subject", "班子配齐", "facts", "乡镇走访和任职台账"

static int64_t
screened(HjCounty *county, const char *day)
{
    on_day(county, day);
    return enter(county, county->town, "", DRIVE, VILLAGE, 0, FACTS, "criteria", "team",
                 "screened_on", day, NULL);
}

static int64_t
listed(HjCounty *county, const char *day)
{
    int64_t id = screened(county, day);
    go(county, county->town, "", DRIVE, id, "submit", NULL);
    go(county, county->organizer, "", DRIVE, id, "approve", "listed_on", day,
       "listing_document", "沧组〔2018〕1号", NULL);
    return id;
}

static void
send_plan(HjCounty *county, int64_t id, const char *wanted)
{
    go(county, county->town, wanted, DRIVE, id, "submit", "county_leader", "县领导甲",
       "township_leader", "镇领导乙", "first_secretary", "第一书记丙", "area_liaison", "片长丁",
       "supporting_unit", "县水务局", "causes", "班子长期缺员", "plan_document",
       "甲镇〔2018〕3号", NULL);
}

static int64_t
item_of(HjCounty *county, int64_t id, const char *day)
{
    return enter(county, county->town, "", ITEM, VILLAGE, id, "kind", "team", "detail",
                 "缺组织委员", "listed_on", day, NULL);
}

static void
settle_item(HjCounty *county, int64_t item, const char *finish_by)
{
    int64_t person = enter(county, county->town, "", "person", VILLAGE, 0, "name", "李责任",
                           "sex", "male", NULL);
    g_autofree char *owner = g_strdup_printf("%" G_GINT64_FORMAT, person);
    go(county, county->town, "", ITEM, item, "approve", "measure", "按程序补选", "owner", owner,
       "leader", "镇领导乙", "finish_by", finish_by, NULL);
    stands(county, item, "working", finish_by, "WEAK-4");
}

static int64_t
in_progress(HjCounty *county, const char *day, const char *finish_by, int64_t *ret_item)
{
    int64_t id = listed(county, day);
    *ret_item = item_of(county, id, day);
    settle_item(county, *ret_item, finish_by);
    send_plan(county, id, "");
    go(county, county->organizer, "", DRIVE, id, "approve", NULL);
    go(county, county->team, "", DRIVE, id, "begin", "arrived_on", day, NULL);
    return id;
}

static void
finish_item(HjCounty *county, int64_t item, const char *day)
{
    go(county, county->team, "", ITEM, item, "finish", "result", "已补选", "done_on", day,
       NULL);
    go(county, county->town, "", ITEM, item, "close", NULL);
}

static void
test_weak_1_and_8_no_quota_and_never_a_public_label(void **state)
{
    HjCounty *county = *state;
    static const char *const ledgers[] = { DRIVE,
                                           ITEM,
                                           "drive_visit",
                                           "drive_screening",
                                           "force_referral",
                                           CASE,
                                           "mediation_step",
                                           "official_responsibility" };
    for (size_t i = 0; i < G_N_ELEMENTS(ledgers); i++) {
        const HjLedger *ledger = hj_county_ledger(county, ledgers[i]);
        assert_null(strstr(ledger->title.zh, "软弱"));
        assert_null(strstr(ledger->title.zh, "后进"));
    }
    /* Any number of one township, none of another; the screening is confirmed as it is. */
    on_day(county, "2018-02-01");
    for (size_t i = 0; i < 3; i++)
        listed(county, "2018-02-01");
    int64_t none = enter(county, county->other, "", "drive_screening", HJ_COUNTY_OTHER_TOWN, 0,
                         "screened_on", "2018-02-01", "how", "逐村走访，没有符合情形的村",
                         "document_no", "乙镇〔2018〕1号", NULL);
    go(county, county->other, "", "drive_screening", none, "submit", NULL);
    go(county, county->organizer, "", "drive_screening", none, "confirm", NULL);
    enter(county, county->other, "screened_on:rule", "drive_screening", HJ_COUNTY_OTHER_TOWN, 0,
          "screened_on", "2018-02-01", "how", "再报一次", "document_no", "2号", NULL);
}

static void
test_weak_3_criteria_at_their_limits(void **state)
{
    HjCounty *county = *state;
    static const char *const cases[][4] = {
        { "vacancy", "vacant_since", "2018-03-15", "vacant_since:rule" }, /* three months */
        { "vacancy", "vacant_since", "2018-03-14", "" },
        { "no_prospect", "no_prospect_since", "2016-06-16", "no_prospect_since:rule" },
        { "no_prospect", "no_prospect_since", "2016-06-15", "" }, /* two years */
        { "satisfaction", "satisfied_before", "60", "satisfied_before:rule" },
        { "satisfaction", "satisfied_before", "59.99", "" },
        { "satisfaction", "subject", "满意度", "satisfied_before:rule" },
    };
    on_day(county, "2018-06-15");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        enter(county, county->town, cases[i][3], DRIVE, VILLAGE, 0, FACTS, "criteria",
              cases[i][0], "screened_on", "2018-06-15", cases[i][1], cases[i][2], NULL);
    /* A vacancy since 30 November is longer than three months from 1 March on (ARI-6). */
    on_day(county, "2018-03-01");
    enter(county, county->town, "", DRIVE, VILLAGE, 0, FACTS, "criteria", "vacancy",
          "screened_on", "2018-03-01", "vacant_since", "2017-11-30", NULL);
}

static void
test_weak_4_one_village_one_plan(void **state)
{
    HjCounty *county = *state;
    int64_t id = listed(county, "2018-06-15");
    stands(county, id, "listed", "2018-06-30", "WEAK-4");
    go(county, county->town,
       "county_leader:required township_leader:required first_secretary:required "
       "area_liaison:required supporting_unit:required causes:required plan_document:required "
       ":rule",
       DRIVE, id, "submit", NULL);
    send_plan(county, id, ":rule");
    int64_t item = item_of(county, id, "2018-06-15");
    send_plan(county, id, ":rule");
    go(county, county->town,
       "measure:required owner:required leader:required finish_by:required", ITEM, item,
       "approve", NULL);
    go(county, county->town, "finish_by:rule", ITEM, item, "approve", "finish_by", "2018-06-17",
       NULL);
    settle_item(county, item, "2018-08-01");
    send_plan(county, id, "");
    go(county, county->organizer, "", DRIVE, id, "approve", NULL);
    go(county, county->team, "", DRIVE, id, "begin", "arrived_on", "2018-06-15", NULL);
    go(county, county->team, ":rule", DRIVE, id, "finish", "result", "班子配齐", NULL);
    finish_item(county, item, "2018-06-15");
    go(county, county->team, "", DRIVE, id, "finish", "result", "班子配齐", NULL);
}

static void
test_weak_6_and_7_a_hundred_days_two_signatures_and_a_relapse(void **state)
{
    HjCounty *county = *state;
    int64_t item;
    int64_t id = in_progress(county, "2018-06-15", "2018-08-01", &item);
    stands(county, id, "in_progress", "2018-09-23", "WEAK-7");
    on_day(county, "2018-08-20");
    finish_item(county, item, "2018-08-20");
    go(county, county->team, "", DRIVE, id, "finish", "result", "班子配齐", NULL);
    go(county, county->organizer, "acceptance_document:required satisfied_after:rule", DRIVE,
       id, "accept", "accepted_on", "2018-08-20", "satisfied_after", "59.99", NULL);
    go(county, county->organizer, "", DRIVE, id, "accept", "accepted_on", "2018-08-20",
       "satisfied_after", "60", "acceptance_document", "沧组验〔2018〕1号", NULL);
    go(county, county->organizer, "Your roles do not allow this here.", DRIVE, id, "close",
       NULL);
    go(county, county->town, "", DRIVE, id, "close", NULL);
    go(county, county->town, "It is not your turn here.", DRIVE, id, "close", NULL);
    go(county, county->organizer, "", DRIVE, id, "close", NULL);
    watched(county, id, "delisted", "2019-08-20");
    on_day(county, "2019-08-20");
    go(county, county->team, "Your roles do not allow this here.", DRIVE, id, "reopen", NULL);
    go(county, county->town, "", DRIVE, id, "reopen", NULL);
    /* The same row, with a hundred days anew: the rule of 2018 still holds for it. */
    stands(county, id, "relapsed", "2019-11-28", "WEAK-7");
}

static void
test_weak_6_the_watch_ends_after_twelve_months(void **state)
{
    HjCounty *county = *state;
    int64_t item;
    int64_t id = in_progress(county, "2024-02-01", "2024-02-20", &item);
    on_day(county, "2024-02-29");
    finish_item(county, item, "2024-02-29");
    go(county, county->team, "", DRIVE, id, "finish", "result", "班子配齐", NULL);
    go(county, county->organizer, "", DRIVE, id, "accept", "accepted_on", "2024-02-29",
       "satisfied_after", "85", "acceptance_document", "沧组验〔2024〕1号", NULL);
    go(county, county->town, "", DRIVE, id, "close", NULL);
    go(county, county->organizer, "", DRIVE, id, "close", NULL);
    watched(county, id, "delisted", "2025-02-28");
    on_day(county, "2025-03-01");
    go(county, county->town, "The time of watching it is over.", DRIVE, id, "reopen", NULL);
}

static void
test_ver_1_a_drive_keeps_the_days_of_its_year(void **state)
{
    HjCounty *county = *state;
    int64_t id = screened(county, "2018-12-28");
    go(county, county->town, "", DRIVE, id, "submit", NULL);
    on_day(county, "2019-01-04");
    go(county, county->organizer, "", DRIVE, id, "approve", "listed_on", "2019-01-04",
       "listing_document", "沧组〔2019〕1号", NULL);
    int64_t item = item_of(county, id, "2019-01-04");
    settle_item(county, item, "2019-02-01");
    send_plan(county, id, "");
    go(county, county->organizer, "", DRIVE, id, "approve", NULL);
    go(county, county->team, "", DRIVE, id, "begin", "arrived_on", "2019-01-04", NULL);
    stands(county, id, "in_progress", "2019-04-14", "WEAK-7");
    id = in_progress(county, "2019-01-04", "2019-02-01", &item);
    stands(county, id, "in_progress", "2019-03-05", "WEAK-7");
}

static void
test_visits_are_kept_by_the_team_and_seen_in_the_village_only(void **state)
{
    HjCounty *county = *state;
    int64_t id = listed(county, "2018-06-15");
    int64_t visit =
        enter(county, county->team, "", "drive_visit", VILLAGE, id, "visited_on", "2018-06-15",
              "capacity", "work_team", "summary", "入户听取意见", NULL);
    enter(county, county->team, "visited_on:rule", "drive_visit", VILLAGE, id, "visited_on",
          "2018-06-16", "capacity", "work_team", "summary", "明天", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjRows) own = row_read(county, county->secretary, "drive_visit", visit, &error);
    assert_done(own != NULL, error);
    assert_null(row_read(county, county->other, "drive_visit", visit, &error));
    enter(county, county->team, "Your roles do not allow this here.", DRIVE, VILLAGE, 0, FACTS,
          "criteria", "team", "screened_on", "2018-06-15", NULL);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_pet_1_notified_within_fifteen_days_of_receipt),
    cmocka_unit_test(test_ari_4_days_begin_the_day_after_and_end_on_any_day_of_the_week),
    cmocka_unit_test(test_pet_2_what_is_not_ours_goes_back_within_five_working_days),
    cmocka_unit_test(test_ari_5_working_days_through_an_unknown_year_are_not_guessed),
    cmocka_unit_test(test_pet_3_closed_in_sixty_days_and_extended_by_thirty_at_most),
    cmocka_unit_test(test_pet_3_an_approval_taken_back_takes_its_days_back),
    cmocka_unit_test(test_pet_3_days_over_the_year_and_the_leap_day),
    cmocka_unit_test(test_ver_1_a_case_keeps_the_days_of_the_rule_it_began_under),
    cmocka_unit_test(test_ver_2_a_deadline_is_explained_from_what_is_stored),
    cmocka_unit_test(test_pet_4_review_and_re_review_by_thirty_and_thirty_days),
    cmocka_unit_test(test_pet_5_five_representatives_at_most),
    cmocka_unit_test(test_pet_6_no_interest_and_no_accusation_to_those_it_is_about),
    cmocka_unit_test(test_pet_7_a_mediated_case_has_its_agreement),
    cmocka_unit_test(test_pet_8_retaliation_is_answered_for_by_the_official),
    cmocka_unit_test(test_pet_9_names_are_sealed_and_only_officials_answer_for_it),
    cmocka_unit_test(test_pet_10_the_same_matter_is_one_case),
    cmocka_unit_test(test_weak_1_and_8_no_quota_and_never_a_public_label),
    cmocka_unit_test(test_weak_3_criteria_at_their_limits),
    cmocka_unit_test(test_weak_4_one_village_one_plan),
    cmocka_unit_test(test_weak_6_and_7_a_hundred_days_two_signatures_and_a_relapse),
    cmocka_unit_test(test_weak_6_the_watch_ends_after_twelve_months),
    cmocka_unit_test(test_ver_1_a_drive_keeps_the_days_of_its_year),
    cmocka_unit_test(test_visits_are_kept_by_the_team_and_seen_in_the_village_only),
};

HJ_STORY_MAIN(stories)
