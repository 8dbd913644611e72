/* due_batch: one act done to many rows that stand at one node, each by itself.
 *
 * A batch is begun with what was looked at and then worked off a part at a time, so that no
 * write is long; what was not reached is still waiting and can be gone on with.  One row's
 * refusal takes back that row only and stands beside it.
 *
 * Units    at most HJ_DUE_BATCH_MAX tasks
 * Owns     what is returned belongs to the caller
 * Threads  the transaction's
 * Source   features.md 3, 150; design.md 7 (township: review queue) */
#pragma once
/* also: hj_due_ */

#include "base/issues.h"
#include "core/due.h"
#include "pack/flow.h"

#define HJ_DUE_BATCH_MAX 500
#define HJ_DUE_BATCH_PART 50 /* in one write */

typedef struct {
    const HjLedger *ledger;
    const HjFlowNode *node;
    const char *kind;   /* of the tasks: act, second, review, delegate */
    const char *action; /* one of hj_due_batch_actions */
    const char *opinion;
} HjDueBatch;
typedef struct {
    int64_t task, version; /* of the row as it was looked at */
} HjDueItem;

/* The acts that can be done to many at this node: columns action, zh, en (of the pack, or
 * NULL), asks (whether an opinion must be written).  The first is the one to agree with. */
HjRows *hj_due_batch_actions(const HjFlowNode *node, const char *kind);

/* Notes what shall be done; does nothing yet.  MALFORMED for too many or an act that is not
 * offered, INVALID with an issue on "comment" for a missing opinion. */
bool hj_due_batch_begin(HjTx *tx, const HjActor *actor, const HjDueBatch *batch,
                        const HjDueItem *items, size_t n, HjIssues *issues, int64_t *ret_id,
                        GError **error);
/* Does the next HJ_DUE_BATCH_PART that are waiting. */
bool hj_due_batch_go(HjTx *tx, const HjActor *actor, int64_t id, GError **error);

/* ledger, node, kind, action, opinion, at, n, n_waiting, n_done, n_refused, n_stale; of the
 * actor's own batches only, NOT_FOUND otherwise. */
HjRows *hj_due_batch_get(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
/* task, row_id, result (waiting done refused stale), why_zh, why_en, title, org_name: what the
 * actor may not see has no title. */
HjRows *hj_due_batch_items(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
