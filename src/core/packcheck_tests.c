#include "base/decimal.h"
#include "base/json.h"
#include "core/flow.h"
#include "core/packcheck.h"
#include "core/row.h"
#include "core/scheme.h"
#include "pack/tests.h"

#include <string.h>

#define COUNTY "130921"
#define ORGS_FROM "1990-01-01"
#define POINT_SCALE 2
#define DAY_US (INT64_C(24) * 3600 * 1000000)
#define MORNING_US (INT64_C(3600) * 1000000) /* nine o'clock in Shanghai */

/* The scratch county that docs/pack.md promises to every test. */
static const HjOrgSeed scratch[] = {
    { COUNTY, "沧县", "county", NULL },
    { "130921100", "甲镇", "committee", COUNTY },
    { "130921101", "乙镇", "committee", COUNTY },
    { "130921100201", "甲一村", "village", "130921100" },
    { "130921100202", "甲二村", "village", "130921100" },
    { "130921101201", "乙一村", "village", "130921101" },
    { "130921100201B1", "甲一村党支部", "branch", "130921100201" },
    { "130921100202B1", "甲二村党支部", "branch", "130921100202" },
    { "130921101201B1", "乙一村党支部", "branch", "130921101201" },
};

typedef struct {
    HjTx *tx;
    HjActor *actor;
    HjPack *pack;
    const HjPackTest *test;
    HjPackProblems *problems;
    GHashTable *rows; /* `as` to a pointer to the row's id */
    int *checked;
} Run;

typedef struct {
    HjPack *pack;
    const HjPackTest *test;
    HjPackProblems *problems; /* of the last run: a busy database runs a test again */
    int checked;
} Job;

static GQuark
rolled_back_quark(void)
{
    return g_quark_from_static_string("hj-packcheck-rolled-back");
}

static void say(const Run *run, const HjSource *at, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void
say(const Run *run, const HjSource *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    hj_pack_problems_add(run->problems, at, "%s", why);
}

/* A pack without villages has a scratch county without villages. */
static bool
seed_orgs(const Run *run, GError **error)
{
    g_autoptr(GArray) seeds = g_array_new(FALSE, FALSE, sizeof(HjOrgSeed));
    HjDate from = HJ_DATE_NONE;
    hj_date_parse(ORGS_FROM, &from, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(scratch); i++)
        if (hj_pack_org_kind(run->pack, scratch[i].kind) != NULL)
            g_array_append_val(seeds, scratch[i]);
    for (size_t i = 0; i < run->test->n_orgs; i++) {
        const HjPackTestOrg *org = &run->test->orgs[i];
        HjOrgSeed seed = { org->code, org->name, org->kind, org->parent };
        g_array_append_val(seeds, seed);
    }
    return hj_org_seed(run->tx, run->actor, (const HjOrgSeed *)(const void *)seeds->data,
                       seeds->len, from, error);
}

/* The id of an organization, 0 after a problem. */
static bool
find_org(const Run *run, const HjSource *at, const char *code, int64_t *ret, GError **error)
{
    *ret = 0;
    if (!hj_org_find(run->tx, code, ret, error))
        return false;
    if (*ret == 0)
        say(run, at, "there is no organization %s in the scratch county", code);
    return true;
}

/* The inputs of a row, with `as` names replaced by ids; false after a problem. */
static bool
make_inputs(const Run *run, const HjPackTestRow *row, HjRowInput *inputs, GPtrArray *owned)
{
    for (size_t i = 0; i < row->n_fields; i++) {
        const HjPackTestField *given = &row->fields[i];
        const HjField *field = hj_pack_field(row->ledger, given->name);
        inputs[i] = (HjRowInput){ .name = given->name, .text = given->text };
        if (field == NULL || !hj_field_cites_row(field) || given->text[0] == '\0')
            continue;
        const int64_t *id = g_hash_table_lookup(run->rows, given->text);
        if (id == NULL) {
            say(run, &row->at, "%s: no row above is called as: %s", given->name, given->text);
            return false;
        }
        char *text = g_strdup_printf("%" G_GINT64_FORMAT, *id);
        g_ptr_array_add(owned, text);
        inputs[i].text = text;
    }
    return true;
}

typedef struct {
    bool tried;   /* false: a problem stood in the way */
    bool refused; /* INVALID */
    HjRowKey key;
} Outcome;

/* The row that an act or an expectation names; 0 after a problem. */
static bool
find_row(const Run *run, const HjPackTestRow *row, int64_t *ret, GError **error)
{
    *ret = 0;
    const char *name = row->as != NULL ? row->as : row->parent;
    const int64_t *id = g_hash_table_lookup(run->rows, name);
    if (id == NULL || row->as != NULL) {
        if (id == NULL)
            say(run, &row->at, "no row above is called as: %s", name);
        *ret = id != NULL ? *id : 0;
        return true;
    }
    int64_t org = 0;
    if (!find_org(run, &row->at, row->org, &org, error))
        return false;
    g_autofree char *sql = g_strdup_printf(
        "SELECT MAX(id) AS id FROM t_%s WHERE county = $1 AND parent = $2 AND org = $3",
        row->ledger->name);
    const HjVal vals[] = { HJ_I64(hj_tx_county(run->tx)), HJ_I64(*id), HJ_I64(org), HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(run->tx, error, sql, vals);
    if (rows == NULL)
        return false;
    if (hj_rows_next(rows))
        *ret = hj_rows_i64(rows, "id");
    if (*ret == 0 && org != 0)
        say(run, &row->at, "no row of %s lies there", row->ledger->name);
    return true;
}

/* State and version of a row. */
static HjRows *
state_of(const Run *run, const HjLedger *ledger, int64_t id, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT state, version FROM t_%s WHERE county = $1 AND id = $2", ledger->name);
    const HjVal vals[] = { HJ_I64(hj_tx_county(run->tx)), HJ_I64(id), HJ_END };
    HjRows *rows = hj_tx_query_vals(run->tx, error, sql, vals);
    if (rows != NULL)
        hj_rows_next(rows);
    return rows;
}

static void
set_day(const Run *run, HjDate today)
{
    hj_tx_set_now(run->tx, today != HJ_DATE_NONE ? (HjTime)today * DAY_US + MORNING_US
                                                 : hj_store_now(hj_tx_store(run->tx)));
}

static bool
do_act(const Run *run, const HjPackTestRow *row, HjIssues *issues, Outcome *ret, GError **error)
{
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autofree HjRowInput *inputs = g_new0(HjRowInput, row->n_fields + 1);
    g_autoptr(GError) cause = NULL;
    int64_t id = 0;
    set_day(run, row->today);
    if (!find_row(run, row, &id, error))
        return false;
    if (id == 0 || !make_inputs(run, row, inputs, owned))
        return true;
    g_autoptr(HjRows) stored = state_of(run, row->ledger, id, error);
    if (stored == NULL)
        return false;
    const HjFlowAct act = { .action = row->act,
                            .version = hj_rows_i64(stored, "version"),
                            .inputs = inputs,
                            .n_inputs = row->n_fields,
                            .opinion = row->comment,
                            .on = HJ_DATE_NONE };
    ret->tried = true;
    if (hj_flow_act(run->tx, run->actor, row->ledger, id, &act, issues, &ret->key, &cause))
        return true;
    ret->refused = cause->domain == HJ_ERROR &&
                   (cause->code == HJ_ERROR_INVALID || cause->code == HJ_ERROR_CONFLICT);
    if (!ret->refused)
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (hj_issues_count(issues) == 0)
        hj_issues_add(issues, "", "rule", "%s", cause->message);
    return ret->refused;
}

static bool
create_row(const Run *run, const HjPackTestRow *row, HjIssues *issues, Outcome *ret,
           GError **error)
{
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autofree HjRowInput *inputs = g_new0(HjRowInput, row->n_fields + 1);
    g_autoptr(GError) cause = NULL;
    const int64_t *parent = NULL;
    int64_t org = 0;
    if (row->act != NULL)
        return do_act(run, row, issues, ret, error);
    set_day(run, row->today);
    if (!find_org(run, &row->at, row->org, &org, error))
        return false;
    if (row->parent != NULL) {
        parent = g_hash_table_lookup(run->rows, row->parent);
        if (parent == NULL)
            say(run, &row->at, "in: no row above is called as: %s", row->parent);
    }
    if (org == 0 || (row->parent != NULL && parent == NULL) ||
        !make_inputs(run, row, inputs, owned))
        return true;
    ret->tried = true;
    if (hj_row_create(run->tx, run->actor, row->ledger, org, parent != NULL ? *parent : 0,
                      inputs, row->n_fields, issues, &ret->key, &cause))
        return true;
    ret->refused = g_error_matches(cause, HJ_ERROR, HJ_ERROR_INVALID);
    if (!ret->refused)
        g_propagate_error(error, g_steal_pointer(&cause));
    return ret->refused;
}

static bool
add_row(const Run *run, const HjPackTestRow *row, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    Outcome outcome = { 0 };
    if (!create_row(run, row, issues, &outcome, error))
        return false;
    for (size_t i = 0; outcome.refused && i < hj_issues_count(issues); i++)
        say(run, &row->at, "the %s was refused: %s: %s", row->act != NULL ? "act" : "row",
            hj_issues_field(issues, i), hj_issues_message(issues, i, HJ_EN));
    if (!outcome.tried || outcome.refused || row->as == NULL || row->act != NULL)
        return true;
    if (g_hash_table_contains(run->rows, row->as)) {
        say(run, &row->at, "a row above is already called as: %s", row->as);
        return true;
    }
    int64_t *id = g_new(int64_t, 1);
    *id = outcome.key.id;
    g_hash_table_insert(run->rows, (gpointer)row->as, id);
    return true;
}

static void
compare_number(const Run *run, const HjPackExpect *expect, const char *what, int64_t wanted,
               int64_t got)
{
    if (wanted != got)
        say(run, &expect->at,
            "%s %s of %s: expected %" G_GINT64_FORMAT ", got %" G_GINT64_FORMAT,
            expect->indicator->name, what, expect->org, wanted, got);
}

static bool
expect_indicator(const Run *run, const HjPackExpect *expect, GError **error)
{
    int64_t org = 0;
    if (!find_org(run, &expect->at, expect->org, &org, error))
        return false;
    if (org == 0)
        return true;
    g_autoptr(HjOrgTree) tree = hj_org_tree_load(run->tx, expect->to, error);
    if (tree == NULL)
        return false;
    g_autoptr(HjIndicatorSet) set = hj_indicator_compute(run->tx, run->pack, expect->indicator,
                                                         tree, expect->from, expect->to, error);
    if (set == NULL)
        return false;
    HjIndicatorValue got = hj_indicator_at(set, org);
    if (expect->has_numerator)
        compare_number(run, expect, "numerator", expect->numerator, got.numerator);
    if (expect->has_denominator)
        compare_number(run, expect, "denominator", expect->denominator, got.denominator);
    int64_t wanted = 0;
    int scale = expect->indicator->scale;
    if (expect->value == NULL)
        return true;
    bool number = hj_decimal_parse(expect->value, scale, &wanted, NULL);
    if (number != got.has || (number && wanted != got.value))
        say(run, &expect->at, "%s of %s: expected %s, got %s", expect->indicator->name,
            expect->org, expect->value,
            got.has ? hj_decimal_text(got.value, scale).text : "none");
    return true;
}

static bool
expect_score(const Run *run, const HjPackExpect *expect, GError **error)
{
    int64_t org = 0;
    if (!find_org(run, &expect->at, expect->org, &org, error))
        return false;
    const HjScheme *scheme =
        hj_pack_scheme_at(run->pack, expect->scheme->name, expect->period.from);
    if (scheme == NULL) {
        say(run, &expect->at, "%s has no version for %s", expect->scheme->name,
            expect->period.text);
        return true;
    }
    g_autoptr(HjScoreboard) board =
        hj_scheme_compute(run->tx, run->pack, scheme, &expect->period, error);
    if (board == NULL)
        return false;
    const HjScore *score = org != 0 ? hj_scheme_score(board, org) : NULL;
    if (score == NULL) {
        if (org != 0)
            say(run, &expect->at, "%s does not rank %s", expect->scheme->name, expect->org);
        return true;
    }
    int64_t total = 0;
    if (expect->total != NULL && hj_decimal_parse(expect->total, POINT_SCALE, &total, NULL) &&
        total != score->total)
        say(run, &expect->at, "%s of %s: expected %s, got %s", expect->scheme->name,
            expect->org, expect->total, hj_decimal_text(score->total, POINT_SCALE).text);
    if (expect->rank != 0 && expect->rank != score->rank)
        say(run, &expect->at, "%s of %s: expected rank %" G_GINT64_FORMAT ", got %d",
            expect->scheme->name, expect->org, expect->rank, score->rank);
    const char *band = score->band != NULL ? score->band->name : "none";
    if (expect->band != NULL && strcmp(expect->band, band) != 0)
        say(run, &expect->at, "%s of %s: expected band %s, got %s", expect->scheme->name,
            expect->org, expect->band, band);
    return true;
}

/* Whether an issue is of the expected field and says what it should. */
static bool
is_expected(const HjPackExpect *expect, const HjIssues *issues, size_t i)
{
    const char *message = hj_issues_message(issues, i, HJ_ZH);
    if (expect->field != NULL && g_strcmp0(hj_issues_field(issues, i), expect->field) != 0)
        return false;
    return expect->says == NULL || strstr(message, expect->says) != NULL;
}

static bool
expect_refused(const Run *run, const HjPackExpect *expect, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    Outcome outcome = { 0 };
    if (!create_row(run, &expect->row, issues, &outcome, error))
        return false;
    if (!outcome.tried)
        return true;
    if (!outcome.refused) {
        say(run, &expect->at, "the row was accepted");
        return true;
    }
    for (size_t i = 0; i < hj_issues_count(issues); i++)
        if (is_expected(expect, issues, i))
            return true;
    for (size_t i = 0; i < hj_issues_count(issues); i++)
        say(run, &expect->at, "the row was refused for something else: %s: %s",
            hj_issues_field(issues, i), hj_issues_message(issues, i, HJ_ZH));
    return true;
}

static bool
expect_state(const Run *run, const HjPackExpect *expect, GError **error)
{
    int64_t id = 0;
    if (!find_row(run, &expect->row, &id, error))
        return false;
    if (id == 0)
        return true;
    g_autoptr(HjRows) stored = state_of(run, expect->row.ledger, id, error);
    if (stored == NULL)
        return false;
    const char *state = hj_rows_text(stored, "state");
    if (g_strcmp0(state, expect->state) != 0)
        say(run, &expect->at, "the row stands at %s, expected %s", state, expect->state);
    return true;
}

static bool
check_one(const Run *run, const HjPackExpect *expect, GError **error)
{
    ++*run->checked;
    switch (expect->kind) {
    case HJ_EXPECT_INDICATOR:
        return expect_indicator(run, expect, error);
    case HJ_EXPECT_SCORE:
        return expect_score(run, expect, error);
    case HJ_EXPECT_REFUSED:
        return expect_refused(run, expect, error);
    case HJ_EXPECT_STATE:
        return expect_state(run, expect, error);
    }
    return true;
}

static bool
run_in(const Run *run, GError **error)
{
    if (!seed_orgs(run, error))
        return false;
    for (size_t i = 0; i < run->test->n_rows; i++)
        if (!add_row(run, &run->test->rows[i], error))
            return false;
    for (size_t i = 0; i < run->test->n_expects; i++)
        if (!check_one(run, &run->test->expects[i], error))
            return false;
    return true;
}

/* Always ends in an error, so that nothing of the test stays. */
static bool
run_test(HjTx *tx, gpointer data, GError **error)
{
    Job *job = data;
    hj_pack_problems_free(job->problems);
    job->problems = hj_pack_problems_new();
    g_autoptr(GHashTable) rows = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    int checked = 0;
    HjActor *actor = hj_actor_system(job->pack);
    Run run = { tx, actor, job->pack, job->test, job->problems, rows, &checked };
    bool done = run_in(&run, error);
    hj_actor_unref(actor);
    job->checked = checked;
    if (done)
        g_set_error_literal(error, rolled_back_quark(), 0, "rolled back");
    return false;
}

bool
hj_packcheck_tests(HjStore *store, HjPack *pack, const char *dir, HjPackProblems *problems,
                   int *ret_checked, GError **error)
{
    size_t before = hj_pack_problems_count(problems);
    g_autoptr(HjPackTests) tests = hj_pack_tests_load(pack, dir, problems);
    *ret_checked = 0;
    if (hj_pack_problems_count(problems) > before)
        return true; /* what could not be read is not run */
    for (size_t i = 0; i < tests->n_tests; i++) {
        g_autoptr(GError) cause = NULL;
        Job job = { .pack = pack, .test = &tests->tests[i] };
        hj_store_write(store, run_test, &job, &cause);
        if (job.problems != NULL)
            hj_pack_problems_merge(problems, job.problems);
        hj_pack_problems_free(job.problems);
        if (g_error_matches(cause, HJ_ERROR, HJ_ERROR_BUSY)) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return false;
        }
        if (cause == NULL || cause->domain != rolled_back_quark())
            hj_pack_problems_add(problems, &tests->tests[i].at, "the test broke off: %s",
                                 cause != NULL ? cause->message : "it was committed");
        *ret_checked += job.checked;
    }
    return true;
}
