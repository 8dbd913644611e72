/* rows: writing and reading rows in one line of a story.
 *
 * Units    none
 * Owns     answers as their functions say
 * Threads  one
 * Source   style.md 2.10 */
#pragma once

#include "tests/flow/story.h"

#define MAX_INPUTS 24

typedef struct {
    const HjLedger *ledger;
    int64_t org, parent, id, version;
    const char *reason;
    HjRowInput inputs[MAX_INPUTS];
    size_t n;
    HjIssues *issues;
    HjRowKey key;
} Entry;

static inline void
entry_clear(Entry *entry)
{
    g_clear_pointer(&entry->issues, hj_issues_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Entry, entry_clear)

/* Field and text in turn, ended by NULL. */
static inline void
entry_inputs(Entry *entry, va_list args)
{
    for (const char *name = va_arg(args, const char *); name != NULL;
         name = va_arg(args, const char *)) {
        assert_true(entry->n < MAX_INPUTS);
        entry->inputs[entry->n++] =
            (HjRowInput){ .name = name, .text = va_arg(args, const char *) };
    }
}

static inline bool
run_create(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Entry *e = data;
    (void)county;
    hj_issues_clear(e->issues);
    return hj_row_create(tx, actor, e->ledger, e->org, e->parent, e->inputs, e->n, e->issues,
                         &e->key, error);
}

static inline bool
run_update(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Entry *e = data;
    (void)county;
    hj_issues_clear(e->issues);
    return hj_row_update(tx, actor, e->ledger, e->id, e->version, e->inputs, e->n, e->issues,
                         &e->key, error);
}

static inline bool
run_void(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Entry *e = data;
    (void)county;
    hj_issues_clear(e->issues);
    return hj_row_void(tx, actor, e->ledger, e->id, e->version, e->reason, e->issues, error);
}

static inline Entry
entry_of(HjCounty *county, const char *ledger, const char *org)
{
    return (Entry){ .ledger = hj_county_ledger(county, ledger),
                    .org = org != NULL ? hj_county_org(county, org) : 0,
                    .issues = hj_issues_new() };
}

/* The new row's id; the story fails when it is refused. */
static inline int64_t
row_add(HjCounty *county, const HjActor *actor, const char *ledger, const char *org, ...)
{
    g_auto(Entry) e = entry_of(county, ledger, org);
    g_autoptr(GError) error = NULL;
    va_list args;
    va_start(args, org);
    entry_inputs(&e, args);
    va_end(args);
    bool done = hj_county_write(county, actor, run_create, &e, &error);
    if (!done && hj_issues_count(e.issues) > 0)
        fail_msg("%s: %s", hj_issues_field(e.issues, 0), hj_issues_message(e.issues, 0, HJ_EN));
    assert_done(done, error);
    assert_int_equal(e.key.version, 1);
    assert_string_equal(e.key.state, "recorded");
    return e.key.id;
}

/* A row that must be refused: "field:code field:code …" of the issues, or the error's message.
 */
static inline char *
row_refused(HjCounty *county, const HjActor *actor, const char *ledger, const char *org, ...)
{
    g_auto(Entry) e = entry_of(county, ledger, org);
    g_autoptr(GError) error = NULL;
    va_list args;
    va_start(args, org);
    entry_inputs(&e, args);
    va_end(args);
    assert_false(hj_county_write(county, actor, run_create, &e, &error));
    assert_non_null(error);
    if (error->code != HJ_ERROR_INVALID)
        return g_strdup(error->message);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < hj_issues_count(e.issues); i++)
        g_string_append_printf(out, "%s%s:%s", i > 0 ? " " : "", hj_issues_field(e.issues, i),
                               hj_issues_code(e.issues, i));
    return g_string_free(out, FALSE);
}

#define assert_refused(wanted, ...)                                                            \
    do {                                                                                       \
        g_autofree char *said_ = row_refused(__VA_ARGS__, NULL);                               \
        assert_string_equal(said_, (wanted));                                                  \
    } while (false)

static inline bool
row_change(HjCounty *county, const HjActor *actor, const char *ledger, int64_t id,
           int64_t version, HjRowKey *ret, GError **error, ...)
{
    g_auto(Entry) e = entry_of(county, ledger, NULL);
    va_list args;
    va_start(args, error);
    entry_inputs(&e, args);
    va_end(args);
    e.id = id;
    e.version = version;
    bool done = hj_county_write(county, actor, run_update, &e, error);
    *ret = e.key;
    return done;
}

static inline bool
row_void(HjCounty *county, const HjActor *actor, const char *ledger, int64_t id,
         int64_t version, const char *reason, GError **error)
{
    g_auto(Entry) e = entry_of(county, ledger, NULL);
    e.id = id;
    e.version = version;
    e.reason = reason;
    return hj_county_write(county, actor, run_void, &e, error);
}

/* Stands on the row. */
static inline HjRows *
row_read(HjCounty *county, const HjActor *actor, const char *ledger, int64_t id, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(county->store, error);
    HjRows *rows = hj_row_get(tx, actor, hj_county_ledger(county, ledger), id, error);
    if (rows != NULL)
        assert_true(hj_rows_next(rows));
    return rows;
}

static inline HjRows *
row_events(HjCounty *county, const HjActor *actor, const char *ledger, int64_t id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    HjRows *rows = hj_row_history(tx, actor, hj_county_ledger(county, ledger), id, &error);
    assert_done(rows != NULL, error);
    return rows;
}

static inline char *
id_text(int64_t id)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, id);
}
