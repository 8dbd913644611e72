/* store_notes: a small ledger that tests of the store write to, made by hand instead of by a
 * pack.
 *
 * Units    none
 * Owns     nothing
 * Threads  as store.h
 * Source   style.md 2.10 */
#pragma once

#include "tests/harness/store_fixture.h"
#include "tests/unit/unit.h"

/* The call takes &oops. */
#define must(call)                                                                             \
    do {                                                                                       \
        g_autoptr(GError) oops = NULL;                                                         \
        bool must_done = (call);                                                               \
        if (!must_done)                                                                        \
            fail_msg("%s: %s", #call, oops != NULL ? oops->message : "?");                     \
    } while (false)

typedef struct {
    int64_t id;
    const char *body;
    bool told; /* appends an event */
    bool exempt;
    int fails; /* how many runs fail with @code before one succeeds */
    HjErrorCode code;
    int n_runs; /* so far */
} HjNote;

/* A fresh store; *@state is the kind of fixture.  The second has tables t_note and view note.
 */
HjStoreFixture *hj_store_notes_none(void **state);
HjStoreFixture *hj_store_notes_new(void **state);
/* Write functions of an HjNote, and of an int64_t: so many exempt notes, from 1. */
bool hj_store_notes_add(HjTx *tx, gpointer data, GError **error);
bool hj_store_notes_add_many(HjTx *tx, gpointer data, GError **error);
/* The first value of a query. */
int64_t hj_store_notes_count(HjStore *store, const char *sql);
