/* kept: one thing that was worked out in a transaction and is asked for again in it, such as
 * figures that many rows take over.
 *
 * Units    none
 * Owns     the transaction frees it when it ends, or when another is kept
 * Threads  the transaction's
 * Source   style.md 2.5 */
#pragma once

#include "store/store.h"
/* also: hj_tx_ */

/* NULL before anything is kept. */
gpointer hj_tx_kept(const HjTx *tx);
void hj_tx_keep(HjTx *tx, gpointer data, GDestroyNotify free);
