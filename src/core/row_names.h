/* row_names: the titles of rows of several ledgers at once, for lists that cite rows.
 *
 * Units    none
 * Owns     hj_row_names_free; a name is borrowed from it
 * Threads  the transaction's
 * Source   design.md 7 (evidence) */
#pragma once

#include "core/row.h"

typedef struct HjRowNames HjRowNames;

/* @rows: rows the actor may see, with the columns ledger and id; stands before the first
 * afterwards.  A ledger "org" is passed over. */
HjRowNames *hj_row_names_of(HjTx *tx, const HjActor *actor, HjRows *rows, GError **error);
void hj_row_names_free(HjRowNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjRowNames, hj_row_names_free)
/* NULL: the row has no title, or it is hidden from the actor. */
const char *hj_row_names_at(const HjRowNames *names, const char *ledger, int64_t id);
