/* M17: an applicant's file by the rules DEV-01 to DEV-24, on the national pack. */
#include <glib.h>

static const char *pack_with_2027(void);
#define HJ_STORY_PACK pack_with_2027()
#include "base/citizen.h"
#include "core/flow.h"
#include "tests/flow/rows.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define BRANCH HJ_COUNTY_VILLAGE "B1"
#define LEDGER "member_development"
#define N_VOTERS 21
#define MAX_GIVEN 14

/* The national pack and a calendar of 2027, which no notice has told yet. */
static const char *
pack_with_2027(void)
{
    static const char *const files[][2] = {
        { "pack.yaml", "pack: later\nversion: \"1\"\ntitle: {zh: 以后, en: Later}\n"
                       "extends: national\nvalid: {from: 2017-01-01}\n" },
        { "calendar.yaml", "calendar:\n  - {year: 2027, source: test, off: [2027-01-01], work: "
                           "[2027-01-02]}\n" },
    };
    static char *dir;
    if (dir != NULL)
        return dir;
    g_autofree char *root = g_dir_make_tmp("hangji-member-XXXXXX", NULL);
    dir = g_build_filename(root, "later", NULL);
    assert_int_equal(g_mkdir(dir, 0700), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(dir, files[i][0], NULL);
        assert_true(g_file_set_contents(path, files[i][1], -1, NULL));
    }
    static const char *const beside[] = { "national" };
    for (size_t i = 0; i < G_N_ELEMENTS(beside); i++) {
        g_autofree char *from = g_build_filename(HJ_TEST_SOURCE, "packs", beside[i], NULL);
        g_autofree char *to = g_build_filename(root, beside[i], NULL);
        assert_int_equal(symlink(from, to), 0);
    }
    return dir;
}

/* --- a file on its way --- */

typedef struct {
    HjCounty *county;
    int64_t id, person, member;
    int64_t voters[N_VOTERS], suspended, probationer;
    int shift; /* days that everything happens later */
} File;

typedef enum { SECRETARY, TOWN, COUNTY } Who;
typedef struct {
    const char *state; /* before */
    const char *day;
    Who who;
    const char *action;
    const char *given[2 * MAX_GIVEN + 1]; /* fields and values; @2 is the second voter */
} Step;

#define VOTE(p, on, no)                                                                        \
    p "_on", on, p "_entitled", "21", p "_present", "15", p "_yes", "14", p "_no", "1",        \
        p "_resolution", no

/* Domain 1.1 step by step, under the rules of 2014. */
static const Step steps[] = {
    { "applied", "2017-02-06", SECRETARY, "receive", { NULL } },
    { "talk",
      "2017-02-20",
      SECRETARY,
      "done",
      { "talked_on", "2017-02-20", "talked_by", "书记" } },
    { "recommend",
      "2017-04-10",
      SECRETARY,
      "decide",
      { "recommended_by", "members", "activist_on", "2017-04-10", "activist_resolution",
        "1号" } },
    { "activist_filing",
      "2017-04-12",
      TOWN,
      "file",
      { "activist_filed_on", "2017-04-12", "activist_file_no", "备2号" } },
    { "contacts", "2017-04-15", SECRETARY, "name", { "contact_1", "@1", "contact_2", "@2" } },
    { "cultivation", "2018-04-12", SECRETARY, "ripe", { NULL } },
    { "prospect",
      "2018-04-16",
      SECRETARY,
      "decide",
      { "heard", "group,contacts,members,masses", "prospect_on", "2018-04-16",
        "prospect_resolution", "3号", "notice_from", "2018-04-17", "notice_place",
        "村务公开栏" } },
    { "notice", "2018-04-25", SECRETARY, "end", { NULL } },
    { "prospect_filing",
      "2018-04-26",
      TOWN,
      "reply",
      { "prospect_reply", "filed", "prospect_replied_on", "2018-04-26", "prospect_reply_no",
        "备4号" } },
    { "introducers",
      "2018-04-27",
      SECRETARY,
      "name",
      { "introducer_1", "@3", "introducer_2", "@4", "introducers_on", "2018-04-27" } },
    { "review",
      "2018-05-10",
      SECRETARY,
      "pass",
      { "review_result", "passed", "reviewed_on", "2018-05-10", "review_no", "政审5号" } },
    { "training",
      "2018-06-06",
      TOWN,
      "pass",
      { "training_days", "3", "training_passed", "1", "trained_on", "2018-06-06" } },
    { "examination",
      "2018-06-10",
      SECRETARY,
      "pass",
      { "examined_on", "2018-06-10", "examination_no", "记6号" } },
    { "prereview",
      "2018-06-20",
      TOWN,
      "pass",
      { "prereviewed_on", "2018-06-20", "prereview_no", "预7号" } },
    { "form", "2018-06-22", SECRETARY, "fill", { "form_no", "0008", "form_on", "2018-06-22" } },
    { "branch_meeting",
      "2018-07-01",
      SECRETARY,
      "accept",
      { VOTE("meeting", "2018-07-01", "9号"), "attended",
        "applicant,introducer_1,introducer_2" } },
    { "committee_talk",
      "2018-07-10",
      TOWN,
      "done",
      { "resolution_received_on", "2018-07-03", "committee_talk_on", "2018-07-10",
        "committee_talk_by", "组织委员" } },
    { "approval",
      "2018-07-20",
      TOWN,
      "approve",
      { "approved_on", "2018-07-20", "approval_no", "批10号" } },
    { "county_filing",
      "2018-07-25",
      COUNTY,
      "file",
      { "county_filed_on", "2018-07-25", "county_file_no", "备11号" } },
    { "assignment",
      "2018-07-26",
      SECRETARY,
      "assign",
      { "assigned_on", "2018-07-26", "party_group", "第一党小组" } },
    { "oath", "2018-07-28", SECRETARY, "take", { "oath_on", "2018-07-28" } },
    { "probation", "2019-06-25", SECRETARY, "over", { NULL } },
    { "conversion_application",
      "2019-06-26",
      SECRETARY,
      "apply",
      { "conversion_applied_on", "2019-06-26" } },
    { "conversion",
      "2019-07-02",
      SECRETARY,
      "convert",
      { VOTE("conversion", "2019-07-02", "12号") } },
    { "conversion_approval",
      "2019-07-20",
      TOWN,
      "approve",
      { "conversion_approved_on", "2019-07-20", "conversion_approval_no", "批13号", "full_on",
        "2019-07-01" } },
    { "archive",
      "2019-07-30",
      TOWN,
      "file",
      { "archived_on", "2019-07-30", "archive_no", "档14号" } },
};

static void
set_day(File *f, const char *day)
{
    HjDate date;
    assert_true(hj_date_parse(day, &date, NULL));
    g_autofree char *at =
        g_strconcat(hj_date_text(date + f->shift).text, "T09:00:00+08:00", NULL);
    hj_county_at(f->county, at);
}

/* A value as a form sends it: @3 is a person, a day is shifted. */
static char *
value_of(const File *f, const char *text)
{
    HjDate date;
    if (text[0] == '@')
        return g_strdup_printf("%" G_GINT64_FORMAT, f->voters[atoi(text + 1) - 1]);
    if (strlen(text) == 10 && hj_date_parse(text, &date, NULL))
        return g_strdup(hj_date_text(date + f->shift).text);
    return g_strdup(text);
}

static int64_t
new_row(HjCounty *county, const HjActor *actor, const char *ledger, const char *org,
        int64_t parent, const HjRowInput *inputs, size_t n)
{
    g_auto(Entry) e = entry_of(county, ledger, org);
    g_autoptr(GError) error = NULL;
    e.parent = parent;
    for (; e.n < n; e.n++)
        e.inputs[e.n] = inputs[e.n];
    bool done = hj_county_write(county, actor, run_create, &e, &error);
    if (!done && hj_issues_count(e.issues) > 0)
        fail_msg("%s: %s", hj_issues_field(e.issues, 0), hj_issues_message(e.issues, 0, HJ_EN));
    assert_done(done, error);
    return e.key.id;
}

static int64_t
new_person(HjCounty *county, const char *name, const char *born)
{
    const HjRowInput inputs[] = { { .name = "name", .text = name },
                                  { .name = "sex", .text = "male" },
                                  { .name = "born_on", .text = born } };
    return new_row(county, county->organizer, "person", HJ_COUNTY_VILLAGE, 0, inputs,
                   born != NULL ? 3 : 2);
}

static int64_t
new_member(HjCounty *county, int64_t person, const char *admitted, const char *full_on,
           bool suspended)
{
    g_autofree char *id = id_text(person);
    const HjRowInput inputs[] = {
        { .name = "person", .text = id },
        { .name = "admitted_on", .text = admitted },
        { .name = "status", .text = full_on != NULL ? "full" : "probationary" },
        { .name = "rights_suspended", .text = suspended ? "1" : "0" },
        { .name = "full_on", .text = full_on },
    };
    return new_row(county, county->organizer, "member", BRANCH, 0, inputs,
                   full_on != NULL ? 5 : 4);
}

/* 21 full members with a vote, one whose rights are suspended, one on probation. */
static void
enter_voters(File *f)
{
    static int64_t voters[N_VOTERS + 2];
    static const HjCounty *whose;
    if (whose != f->county)
        for (int i = 0; i < N_VOTERS + 2; i++) {
            voters[i] = new_person(f->county, "党员", "1970-01-02");
            new_member(f->county, voters[i], i <= N_VOTERS ? "2000-07-01" : "2016-12-01",
                       i <= N_VOTERS ? "2001-07-01" : NULL, i == N_VOTERS);
        }
    whose = f->county;
    memcpy(f->voters, voters, sizeof f->voters);
    f->suspended = voters[N_VOTERS];
    f->probationer = voters[N_VOTERS + 1];
}

static File
new_file_of(HjCounty *county, const char *applied, const char *born, int shift)
{
    File f = { .county = county, .shift = shift };
    hj_county_at(county, "2017-02-01T09:00:00+08:00");
    enter_voters(&f);
    f.person = new_person(county, "申请人", born);
    /* A file from before this system is entered when the system is there. */
    set_day(&f, strcmp(applied, "2017-01-01") < 0 ? "2017-02-06" : applied);
    g_autofree char *person = id_text(f.person);
    g_autofree char *on = value_of(&f, applied);
    const HjRowInput inputs[] = { { .name = "person", .text = person },
                                  { .name = "applied_on", .text = on } };
    f.id = new_row(county, county->secretary, LEDGER, BRANCH, 0, inputs, 2);
    return f;
}

static File
new_file(HjCounty *county)
{
    return new_file_of(county, "2017-02-06", "1990-05-01", 0);
}

typedef struct {
    const File *file;
    HjFlowAct act;
    HjIssues *issues;
    HjRowKey key;
} Acting;

static bool
run_act(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Acting *a = data;
    hj_issues_clear(a->issues);
    return hj_flow_act(tx, actor, hj_county_ledger(county, LEDGER), a->file->id, &a->act,
                       a->issues, &a->key, error);
}

/* The same at an objection. */
static bool
run_settle(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Acting *a = data;
    return hj_flow_act(tx, actor, hj_county_ledger(county, "development_objection"),
                       a->file->id, &a->act, a->issues, &a->key, error);
}

static const HjActor *
actor_of(const File *f, Who who)
{
    return who == SECRETARY ? f->county->secretary
           : who == TOWN    ? f->county->town
                            : f->county->organizer;
}

/* "" when done, "field:code …" of what is wrong, or the error's message. */
static char *
act_given(const File *f, Who who, HjFlowAct act, const char *const *given)
{
    HjRowInput inputs[MAX_GIVEN];
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *sql =
        g_strdup_printf("SELECT version FROM t_" LEDGER " WHERE id = %" G_GINT64_FORMAT, f->id);
    for (; given[2 * act.n_inputs] != NULL; act.n_inputs++) {
        char *text = value_of(f, given[2 * act.n_inputs + 1]);
        g_ptr_array_add(owned, text);
        inputs[act.n_inputs] = (HjRowInput){ .name = given[2 * act.n_inputs], .text = text };
    }
    act.inputs = inputs;
    act.version = hj_county_i64(f->county, sql);
    act.on = act.on != 0 ? act.on : HJ_DATE_NONE;
    Acting acting = { f, act, issues, { 0 } };
    if (hj_county_write(f->county, actor_of(f, who), run_act, &acting, &error))
        return g_strdup("");
    if (error->code != HJ_ERROR_INVALID)
        return g_strdup(error->message);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < hj_issues_count(issues); i++)
        g_string_append_printf(out, "%s%s:%s", i > 0 ? " " : "", hj_issues_field(issues, i),
                               hj_issues_code(issues, i));
    return g_string_free(out, FALSE);
}

static char *
try(File *f, const char *day, Who who, const char *action, const char *const *given)
{
    set_day(f, day);
    return act_given(f, who, (HjFlowAct){ .action = action, .opinion = "说明" }, given);
}

#define assert_try(wanted, f, day, who, action, ...)                                           \
    do {                                                                                       \
        const char *const given_[] = { __VA_ARGS__ __VA_OPT__(, ) NULL };                      \
        g_autofree char *said_ = try((f), (day), (who), (action), given_);                     \
        assert_string_equal(said_, (wanted));                                                  \
    } while (false)

static char *
text_of(const File *f, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(f->county->store, &error);
    HjVal vals[] = { HJ_I64(f->id), HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, &error, sql, vals);
    assert_done(rows != NULL, error);
    return g_strdup(
        hj_rows_next(rows) && hj_rows_text_at(rows, 0) != NULL ? hj_rows_text_at(rows, 0) : "");
}

#define assert_text(wanted, f, sql)                                                            \
    do {                                                                                       \
        g_autofree char *is_ = text_of((f), (sql));                                            \
        assert_string_equal(is_, (wanted));                                                    \
    } while (false)
#define STATE "SELECT state FROM t_" LEDGER " WHERE id = $1"
#define DUE                                                                                    \
    "SELECT due_on || ' ' || due_rule FROM sys_task WHERE row_id = $1 AND closed_at IS NULL "  \
    "AND kind <> 'copy'"
#define HOLD "SELECT hold_on FROM sys_task WHERE row_id = $1 AND closed_at IS NULL"

static void
observe(File *f, const char *day)
{
    set_day(f, day);
    g_autofree char *on = value_of(f, day);
    const HjRowInput inputs[] = { { .name = "observed_on", .text = on },
                                  { .name = "result", .text = "good" } };
    new_row(f->county, f->county->secretary, "development_observation", BRANCH, f->id, inputs,
            2);
}

/* What must exist beside the file before a step. */
static void
before_step(File *f, const Step *step)
{
    if (g_str_equal(step->state, "cultivation")) {
        observe(f, "2017-10-10");
        observe(f, "2018-04-10");
    } else if (g_str_equal(step->state, "probation")) {
        observe(f, "2018-12-30");
        observe(f, "2019-06-20");
    } else if (g_str_equal(step->state, "assignment")) {
        set_day(f, step->day);
        f->member = new_member(f->county, f->person, "2018-07-01", NULL, false);
    } else if (g_str_equal(step->state, "archive")) {
        HjRowKey key;
        g_autoptr(GError) error = NULL;
        set_day(f, step->day);
        assert_done(row_change(f->county, f->county->organizer, "member", f->member, 1, &key,
                               &error, "status", "full", "full_on", "2019-07-01", NULL),
                    error);
    }
}

/* Takes the file on until it stands at @state. */
static void
walk_to(File *f, const char *state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *now = text_of(f, STATE);
        if (g_str_equal(now, state))
            return;
        if (!g_str_equal(now, steps[i].state))
            continue;
        before_step(f, &steps[i]);
        g_autofree char *said =
            try(f, steps[i].day, steps[i].who, steps[i].action, steps[i].given);
        if (said[0] != '\0')
            fail_msg("%s: %s", steps[i].state, said);
    }
    assert_text(state, f, STATE);
}

static File
file_at(HjCounty *county, const char *state)
{
    File f = new_file(county);
    walk_to(&f, state);
    return f;
}

static const char *const nothing[] = { NULL };

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
test_the_vote_on_reception_counts_over_all_entitled(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(votes); i++) {
        File f = file_at(*state, "branch_meeting");
        vote(&f, "meeting", "2018-07-01", "accept", &votes[i]);
    }
}

static void
test_the_vote_on_conversion_counts_alike(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(votes); i++) {
        File f = file_at(*state, "conversion");
        vote(&f, "conversion", "2019-07-02", "convert", &votes[i]);
    }
}

static void
test_impossible_counts_are_refused(void **state)
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
test_dev_24_applicant_and_introducers_attend(void **state)
{
    File f = file_at(*state, "branch_meeting");
    assert_try("attended:rule", &f, "2018-07-01", SECRETARY, "accept",
               VOTE("meeting", "2018-07-01", "9号"), "attended", "applicant,introducer_1");
    assert_try("", &f, "2018-07-01", SECRETARY, "accept", VOTE("meeting", "2018-07-01", "9号"),
               "attended", "applicant,introducer_1", "absence_reason", "第二介绍人住院");
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
test_dev_16_and_dev_20_probation_is_a_year_from_the_meeting(void **state)
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
    cmocka_unit_test(test_dev_01_the_applicant_is_eighteen_on_the_day_of_application),
    cmocka_unit_test(test_dev_02_and_dev_06_at_the_ends_of_months),
    cmocka_unit_test(test_dev_04_contacts_are_one_or_two_full_members),
    cmocka_unit_test(test_dev_05_an_observation_each_half_year),
    cmocka_unit_test(test_all_four_are_heard_before_a_prospect_is_decided),
    cmocka_unit_test(test_dev_07_the_notice_lasts_five_working_days_and_hears_objections),
    cmocka_unit_test(test_ver_1_the_rules_of_the_day_of_application_hold),
    cmocka_unit_test(test_dev_08_exactly_two_full_members_introduce),
    cmocka_unit_test(test_dev_09_a_passed_review_is_needed_and_good_for_a_year),
    cmocka_unit_test(test_dev_10_and_dev_11_training),
    cmocka_unit_test(test_dev_13_who_leaves_soon_is_received_only_with_a_reason),
    cmocka_unit_test(test_the_vote_on_reception_counts_over_all_entitled),
    cmocka_unit_test(test_the_vote_on_conversion_counts_alike),
    cmocka_unit_test(test_impossible_counts_are_refused),
    cmocka_unit_test(test_dev_21_probationers_and_the_suspended_do_not_count),
    cmocka_unit_test(test_dev_24_applicant_and_introducers_attend),
    cmocka_unit_test(test_dev_12_dev_14_and_dev_15_have_their_months),
    cmocka_unit_test(test_dev_16_and_dev_20_probation_is_a_year_from_the_meeting),
    cmocka_unit_test(test_dev_17_and_dev_18_one_extension_of_half_a_year_to_a_year),
    cmocka_unit_test(test_a_file_may_end_early_and_be_opened_anew),
    cmocka_unit_test(test_going_back_takes_a_reason_and_a_second_person),
    cmocka_unit_test(test_a_paper_file_is_taken_over_only_from_before_the_system),
};

HJ_STORY_MAIN(stories)
