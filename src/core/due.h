/* due: what waits for whom, since when, until when.
 *
 * One source for the home page, the review queue, the matrix, urging and supervision: the open
 * tasks of rows that move.  Colours: red after the last day, yellow from the day of warning on,
 * green before, none without a deadline.
 *
 * Units    civil days
 * Owns     the caller owns the rows
 * Threads  the transaction's
 * Source   mission.md M25, design.md 7, features.md 55, 144; domain.md ARI-4, ARI-5 */
#pragma once

#include "core/actor.h"
#include "store/store.h"

typedef enum {
    HJ_DUE_TODO,    /* waits for the actor and can be done now */
    HJ_DUE_OVERDUE, /* of those, past their day */
    HJ_DUE_COPIED,  /* the actor is told, nothing is asked */
    HJ_DUE_DONE,    /* closed by the actor, newest first */
    HJ_DUE_STARTED, /* open cases the actor began */
    HJ_DUE_LISTS,
    HJ_DUE_SEEN = HJ_DUE_LISTS, /* open tasks in scope, whoever they wait for; not counted */
} HjDueList;

typedef struct {
    HjDueList list;
    const char *ledger; /* only this one, or NULL */
    const char *node;   /* only this one, or NULL */
    const char *kind;   /* of the task, or NULL */
    int64_t under;      /* organization whose subtree is shown, or 0 */
    const char *due_on; /* "2018-06-22": only what is due that day, or NULL; not of started */
    bool late;          /* only what is past its day; not of started */
    int limit;          /* at most 500 */
    const char *cursor; /* from the last page, or NULL */
} HjDueQuery;

/* task (case for started), ledger, row, title, version, org, org_code, org_name, node, kind,
 * opened_at, opened_on, due_on, due_rule, hold_on, n_urged, outcome, closed_at, light ("red",
 * "yellow", "green", "").  Soonest day first, what has none last.  *@ret_next: caller frees, or
 * NULL.  MALFORMED for a bad cursor. */
HjRows *hj_due_list(HjTx *tx, const HjActor *actor, const HjDueQuery *query, char **ret_next,
                    GError **error);
/* How many each list holds, and how many of those to do are yellow. */
typedef struct {
    int64_t n[HJ_DUE_LISTS];
    int64_t n_yellow;
} HjDueCounts;
bool hj_due_counts(HjTx *tx, const HjActor *actor, HjDueCounts *ret, GError **error);

/* How much there is to do, counted no further than @most: for the menu. */
bool hj_due_waiting(HjTx *tx, const HjActor *actor, int64_t most, int64_t *ret, GError **error);
/* What a list of open tasks is made of: ledger, node, kind, n, n_red, first (day, may be null);
 * soonest first. */
HjRows *hj_due_groups(HjTx *tx, const HjActor *actor, const HjDueQuery *query, GError **error);
/* What falls due from @from to @to of a list of open tasks: due_on, n, n_yellow. */
HjRows *hj_due_days(HjTx *tx, const HjActor *actor, const HjDueQuery *query, HjDate from,
                    HjDate to, GError **error);

/* The matrix of a ledger: org, org_code, org_name, node, n, n_red, n_yellow, oldest (day),
 * due_on (the soonest), for every organization directly below @under that has cases in its
 * subtree, and for @under's own cases.  The actor sees the ledger there. */
HjRows *hj_due_matrix(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t under,
                      GError **error);
/* A copy was read. */
bool hj_due_read_copy(HjTx *tx, const HjActor *actor, int64_t task, GError **error);
