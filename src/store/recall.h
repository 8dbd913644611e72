/* recall: answers that the lane was given a moment ago.
 *
 * Which organizations stand where is asked again for every row and changes rarely.  On the lane
 * the answer to such a query holds as long as hj_tx_rights, which a write to these tables ends;
 * elsewhere the database is asked each time.
 *
 * Units    none
 * Owns     the caller owns the rows
 * Threads  the transaction's
 * Source   style.md 2.5 */
#pragma once

#include "store/store.h"
/* also: hj_tx_ */

/* A query of nothing but sys_org…, sys_tree and sys_webhook…, its text a literal. */
#define hj_tx_recall(tx, error, sql, ...)                                                      \
    hj_tx_recall_vals((tx), (error), "" sql "",                                                \
                      (const HjVal[]){ __VA_ARGS__ __VA_OPT__(, ) HJ_END })
HjRows *hj_tx_recall_vals(HjTx *tx, GError **error, const char *sql, const HjVal *vals);
