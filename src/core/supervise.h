/* supervise: what is overdue is put under supervision.
 *
 * Where a node or a cadence of the pack says `supervise`, what is past its day by the span
 * given there opens one row of the ledger named, about the matter and the organization, never
 * about a person.  When the matter is done the row is told so; people close it.  What is not
 * ended after a further span is told to the superior's roles.  Running it again changes
 * nothing.
 *
 * Units    civil days
 * Owns     the caller owns the rows
 * Threads  the transaction's
 * Source   mission.md M25; features.md 55, 142; docs/pack.md (supervise) */
#pragma once

#include "core/actor.h"
#include "store/store.h"

typedef struct {
    int64_t n_opened, n_done, n_escalated;
    int64_t n_refused; /* could not be opened: the organization is closed, a rule forbids it */
} HjSuperviseReport;

/* As of the transaction's day, by the program itself. At most 500 rows are opened at a time. */
bool hj_supervise_tick(HjTx *tx, const HjActor *system, HjSuperviseReport *ret, GError **error);

/* What a supervised row is about: ledger, row (NULL of a cadence), node, cadence, from_on,
 * to_on, org, opened_on, done_on, escalated_on; no line for a row that people opened. */
HjRows *hj_supervise_source(HjTx *tx, int64_t item, GError **error);
/* The supervised rows of one row: item, ledger, opened_on, done_on, ended. */
HjRows *hj_supervise_of_row(HjTx *tx, int64_t row, GError **error);
