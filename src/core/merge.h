/* merge: two rows that turn out to be one and the same, of a ledger of persons.
 *
 * Whoever cites the row that goes cites the one that stays, all in one transaction; the row
 * that goes is withdrawn, keeps its history and leads on to the other.
 *
 * Units    none
 * Owns     the caller owns rows
 * Threads  the transaction's
 * Source   features.md 11 */
#pragma once

#include "core/row.h"

/* Pairs that may be one: the same name, or one that sounds the same, and no two birthdays that
 * differ.  Columns a, b (ids), a_title, b_title, a_org, b_org (names); within the scope where
 * the actor may enter; at most @limit. */
HjRows *hj_merge_pairs(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int limit,
                       GError **error);

typedef struct {
    const HjLedger *ledger;
    int64_t keep, keep_version;
    int64_t gone, gone_version;
    const HjRowInput *inputs; /* what the row that stays shall say, where they differ */
    size_t n_inputs;
    const char *reason;
} HjMerge;
/* CONFLICT when a version is stale, or when both are named where only one may stand. */
bool hj_merge_run(HjTx *tx, const HjActor *actor, const HjMerge *merge, HjIssues *issues,
                  GError **error);
/* The row that @id was merged into, or 0. */
bool hj_merge_into(HjTx *tx, const HjLedger *ledger, int64_t id, int64_t *ret, GError **error);
/* The rows that were merged into @id: columns row_id, at. */
HjRows *hj_merge_of(HjTx *tx, int64_t id, GError **error);
