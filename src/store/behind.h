/* behind: rows that are written while the transaction already reads the next one.
 *
 * A transaction of many rows, such as an import, may let a second thread carry out the
 * statements whose answer nobody waits for.  They run in their order; whatever else is asked of
 * the database, and the commit, comes after all of them.  One that fails makes everything after
 * it fail, and the transaction.  A few hundred statements are held at most.
 *
 * Units    none
 * Owns     nothing: texts and values are copied
 * Threads  the transaction's
 * Source   style.md 2.5 */
#pragma once

#include "store/store.h"
/* also: hj_tx_ */

/* From here to the end of the write; before it hj_tx_put is hj_tx_exec. */
void hj_tx_write_behind(HjTx *tx);

/* For a command that writes much and ends: the log of the database is written back at its end,
 * not after each commit. */
bool hj_tx_keep_log(HjTx *tx, GError **error);

/* A statement whose count of changes is of no interest. */
#define hj_tx_put(tx, error, sql, ...)                                                         \
    hj_tx_put_vals((tx), (error), "" sql "",                                                   \
                   (const HjVal[]){ __VA_ARGS__ __VA_OPT__(, ) HJ_END })
bool hj_tx_put_vals(HjTx *tx, GError **error, const char *sql, const HjVal *vals);

/* As hj_tx_query_pack, for SQL that reads no table: it does not wait for what is written. */
HjRows *hj_tx_query_pack_alone(HjTx *tx, const char *sql, const HjVal *vals, GError **error);
