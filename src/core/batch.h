/* batch: one change made to many rows, each through the row's own operation.
 *
 * What a row refuses is noted beside it and the others go on.  A batch has one number; its
 * event names the rows it changed, and it can be taken back as long as nothing changed since.
 *
 * Units    at most HJ_BATCH_MAX rows
 * Owns     HjBatchResult, hj_batch_result_clear
 * Threads  the transaction's
 * Source   features.md 3, 150 */
#pragma once

#include "core/row.h"

#define HJ_BATCH_MAX 1000

typedef enum { HJ_BATCH_SET, HJ_BATCH_VOID } HjBatchAction;
typedef struct {
    const HjLedger *ledger;
    HjBatchAction action;
    const HjField *field; /* set: which one, and to what as a person types it */
    const char *value;
    const char *reason; /* void */
} HjBatch;
typedef struct {
    int64_t id, version;
} HjBatchRow;

typedef enum {
    HJ_BATCH_CHANGED,
    HJ_BATCH_SAME,    /* it says so already */
    HJ_BATCH_REFUSED, /* why */
    HJ_BATCH_STALE,   /* changed by somebody else meanwhile */
} HjBatchWhat;
typedef struct {
    int64_t id, version; /* version after the change */
    HjBatchWhat what;
    char *why_zh, *why_en;
    char *before; /* JSON of what was there */
} HjBatchItem;
typedef struct {
    HjBatchItem *items;
    size_t n_items;
    int64_t n_changed, n_same, n_refused;
} HjBatchResult;
void hj_batch_result_clear(HjBatchResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjBatchResult, hj_batch_result_clear)

/* Whether people may set this field of many rows at once: not sealed values and files. */
bool hj_batch_may_set(const HjActor *actor, const HjField *field);

/* What would become of each row; writes nothing. */
bool hj_batch_try(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjBatchRow *rows,
                  size_t n, HjBatchResult *ret, GError **error);
bool hj_batch_run(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjBatchRow *rows,
                  size_t n, int64_t *ret_id, GError **error);
/* Puts back what stood there before, of the rows that are still as the batch left them. */
bool hj_batch_undo(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                   int64_t *ret_id, GError **error);

/* Columns of sys_batch; of the actor's own batches only, NOT_FOUND otherwise. */
HjRows *hj_batch_get(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                     GError **error);
/* row_id, result (changed same refused stale), version, why_zh, why_en. */
HjRows *hj_batch_items(HjTx *tx, int64_t id, GError **error);
