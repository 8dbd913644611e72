/* steps: rows entered and taken through their flow, each in one line of a story.
 *
 * Units    fields and texts in turn, ended by NULL
 * Owns     nothing
 * Threads  one
 * Source   style.md 2.10 */
#pragma once

#include "core/flow.h"
#include "tests/flow/rows.h"

typedef struct {
    Entry entry;
    HjFlowAct act;
} StepAct;

static inline bool
run_step(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    StepAct *step = data;
    (void)county;
    hj_issues_clear(step->entry.issues);
    return hj_flow_act(tx, actor, step->entry.ledger, step->entry.id, &step->act,
                       step->entry.issues, &step->entry.key, error);
}

/* "" when done; "field:code …" of the issues, or the error's message. */
static inline char *
step_said(bool done, const HjIssues *issues, const GError *error)
{
    if (done)
        return g_strdup("");
    if (error->code != HJ_ERROR_INVALID)
        return g_strdup(error->message);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < hj_issues_count(issues); i++)
        g_string_append_printf(out, "%s%s:%s", i > 0 ? " " : "", hj_issues_field(issues, i),
                               hj_issues_code(issues, i));
    return g_string_free(out, FALSE);
}

/* The id of a new row; the story fails when it is refused. */
static inline int64_t
step_create(HjCounty *county, const HjActor *actor, const char *ledger, const char *org,
            int64_t parent, ...)
{
    g_auto(Entry) e = entry_of(county, ledger, org);
    g_autoptr(GError) error = NULL;
    va_list args;
    va_start(args, parent);
    entry_inputs(&e, args);
    va_end(args);
    e.parent = parent;
    bool done = hj_county_write(county, actor, run_create, &e, &error);
    g_autofree char *said = step_said(done, e.issues, error);
    assert_string_equal(said, "");
    return e.key.id;
}

static inline char *
step_create_said(HjCounty *county, const HjActor *actor, const char *ledger, const char *org,
                 int64_t parent, ...)
{
    g_auto(Entry) e = entry_of(county, ledger, org);
    g_autoptr(GError) error = NULL;
    va_list args;
    va_start(args, parent);
    entry_inputs(&e, args);
    va_end(args);
    e.parent = parent;
    bool done = hj_county_write(county, actor, run_create, &e, &error);
    return step_said(done, e.issues, error);
}

#define assert_create_refused(wanted, ...)                                                     \
    do {                                                                                       \
        g_autofree char *said_ = step_create_said(__VA_ARGS__);                                \
        assert_string_equal(said_, (wanted));                                                  \
    } while (false)

/* One act as the engine takes it; without a version, on the row as it stands. */
static inline char *
step_how(HjCounty *county, const HjActor *actor, const char *ledger, int64_t id, HjFlowAct how)
{
    StepAct step = { .entry = entry_of(county, ledger, NULL), .act = how };
    g_autoptr(GError) error = NULL;
    g_autofree char *sql =
        g_strdup_printf("SELECT version FROM t_%s WHERE id = %" G_GINT64_FORMAT, ledger, id);
    step.entry.id = id;
    if (how.version == 0)
        step.act.version = hj_county_i64(county, sql);
    if (how.on == 0)
        step.act.on = HJ_DATE_NONE;
    bool done = hj_county_write(county, actor, run_step, &step, &error);
    char *said = step_said(done, step.entry.issues, error);
    entry_clear(&step.entry);
    return said;
}

#define assert_act(wanted, county, actor, ledger, id, ...)                                     \
    do {                                                                                       \
        g_autofree char *said_ =                                                               \
            step_how((county), (actor), (ledger), (id), (HjFlowAct){ __VA_ARGS__ });           \
        assert_string_equal(said_, (wanted));                                                  \
    } while (false)

/* @action may carry an opinion after a colon; fields and texts follow. */
static inline char *
step_act(HjCounty *county, const HjActor *actor, const char *ledger, int64_t id,
         const char *action, ...)
{
    g_auto(Entry) fields = entry_of(county, ledger, NULL);
    g_auto(GStrv) words = g_strsplit(action, ":", 2);
    va_list args;
    va_start(args, action);
    entry_inputs(&fields, args);
    va_end(args);
    return step_how(county, actor, ledger, id,
                    (HjFlowAct){ .action = words[0],
                                 .opinion = words[1],
                                 .inputs = fields.inputs,
                                 .n_inputs = fields.n });
}

#define assert_step(wanted, ...)                                                               \
    do {                                                                                       \
        g_autofree char *said_ = step_act(__VA_ARGS__);                                        \
        assert_string_equal(said_, (wanted));                                                  \
    } while (false)

/* A text of one row, one column; "" where there is none.  $1 is @id. */
static inline char *
step_text_of(HjCounty *county, const char *sql, int64_t id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    const HjVal vals[] = { HJ_I64(id), HJ_END };
    g_autoptr(HjRows) rows =
        hj_tx_query_vals(tx, &error, sql, strstr(sql, "$1") != NULL ? vals : vals + 1);
    assert_done(rows != NULL, error);
    const char *text = hj_rows_next(rows) ? hj_rows_text_at(rows, 0) : NULL;
    return g_strdup(text != NULL ? text : "");
}

static inline char *
step_text(HjCounty *county, const char *sql)
{
    return step_text_of(county, sql, 0);
}

#define assert_text(wanted, county, sql, id)                                                   \
    do {                                                                                       \
        g_autofree char *is_ = step_text_of((county), (sql), (id));                            \
        assert_string_equal(is_, (wanted));                                                    \
    } while (false)

static inline void
assert_state(const char *wanted, HjCounty *county, const char *ledger, int64_t id)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT state FROM t_%s WHERE id = %" G_GINT64_FORMAT, ledger, id);
    g_autofree char *is = step_text(county, sql);
    assert_string_equal(is, wanted);
}

static inline void
assert_due(const char *wanted, HjCounty *county, int64_t id)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT due_on FROM sys_task WHERE closed_at IS NULL AND kind <> 'copy' AND row_id = "
        "%" G_GINT64_FORMAT,
        id);
    g_autofree char *is = step_text(county, sql);
    assert_string_equal(is, wanted);
}
