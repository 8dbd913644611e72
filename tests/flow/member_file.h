/* member_file: an applicant's file on its way, for stories about M17 on the national pack.
 *
 * Units    days as texts; File.shift days later
 * Owns     nothing
 * Threads  one
 * Source   domain.md 1 */
#pragma once

#include <glib.h>

static inline const char *pack_with_2027(void);
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

/* The national pack and a calendar of 2027, which no notice has told yet; from August 2026 on
 * an applicant waits six months, as some places have it (DEV-03). */
static inline const char *
pack_with_2027(void)
{
    static const char *const files[][2] = {
        { "pack.yaml", "pack: later\nversion: \"1\"\ntitle: {zh: 以后, en: Later}\n"
                       "extends: national\nvalid: {from: 2017-01-01}\n" },
        { "calendar.yaml", "calendar:\n  - {year: 2027, source: test, off: [2027-01-01], work: "
                           "[2027-01-02]}\n" },
        { "params.yaml",
          "params:\n  - param: applicant_months\n    title: {zh: 月, en: Months}\n"
          "    type: integer\n    assumption: true\n    values: [{from: 2014-05-28, value: "
          "\"0\", source: none}, {from: 2026-08-01, value: \"6\", source: test}]\n" },
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

static inline void
set_day(File *f, const char *day)
{
    HjDate date;
    assert_true(hj_date_parse(day, &date, NULL));
    g_autofree char *at =
        g_strconcat(hj_date_text(date + f->shift).text, "T09:00:00+08:00", NULL);
    hj_county_at(f->county, at);
}

/* A value as a form sends it: @3 is a person, a day is shifted. */
static inline char *
value_of(const File *f, const char *text)
{
    HjDate date;
    if (text[0] == '@')
        return g_strdup_printf("%" G_GINT64_FORMAT, f->voters[atoi(text + 1) - 1]);
    if (strlen(text) == 10 && hj_date_parse(text, &date, NULL))
        return g_strdup(hj_date_text(date + f->shift).text);
    return g_strdup(text);
}

static inline int64_t
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

static inline int64_t
new_person(HjCounty *county, const char *name, const char *born)
{
    const HjRowInput inputs[] = { { .name = "name", .text = name },
                                  { .name = "sex", .text = "male" },
                                  { .name = "born_on", .text = born } };
    return new_row(county, county->organizer, "person", HJ_COUNTY_VILLAGE, 0, inputs,
                   born != NULL ? 3 : 2);
}

static inline int64_t
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
static inline void
enter_voters(File *f)
{
    static int64_t voters[N_VOTERS + 2];
    bool there = hj_county_i64(f->county, "SELECT COUNT(*) FROM t_member") > 0;
    if (!there)
        for (int i = 0; i < N_VOTERS + 2; i++) {
            voters[i] = new_person(f->county, "党员", "1970-01-02");
            new_member(f->county, voters[i], i <= N_VOTERS ? "2000-07-01" : "2016-12-01",
                       i <= N_VOTERS ? "2001-07-01" : NULL, i == N_VOTERS);
        }
    memcpy(f->voters, voters, sizeof f->voters);
    f->suspended = voters[N_VOTERS];
    f->probationer = voters[N_VOTERS + 1];
}

static inline File
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

static inline File
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

static inline bool
run_act(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Acting *a = data;
    hj_issues_clear(a->issues);
    return hj_flow_act(tx, actor, hj_county_ledger(county, LEDGER), a->file->id, &a->act,
                       a->issues, &a->key, error);
}

/* The same at an objection. */
static inline bool
run_settle(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Acting *a = data;
    return hj_flow_act(tx, actor, hj_county_ledger(county, "development_objection"),
                       a->file->id, &a->act, a->issues, &a->key, error);
}

static inline const HjActor *
actor_of(const File *f, Who who)
{
    return who == SECRETARY ? f->county->secretary
           : who == TOWN    ? f->county->town
                            : f->county->organizer;
}

/* "" when done, "field:code …" of what is wrong, or the error's message. */
static inline char *
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

static inline char *
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

static inline char *
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

static inline void
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
static inline void
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
static inline void
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

static inline File
file_at(HjCounty *county, const char *state)
{
    File f = new_file(county);
    walk_to(&f, state);
    return f;
}
