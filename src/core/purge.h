/* purge: sealed values whose time is over, and the keys that outlive a master key.
 *
 * A value is kept so many months after the day its field names, or after its row was withdrawn,
 * whichever comes first.  Purging empties the field, deletes the ciphertext and destroys the
 * row key; values of the row that may stay get a new key.  An event says which fields went.
 *
 * Units    days of the calendar
 * Owns     the caller owns rows
 * Threads  the transaction's
 * Source   design.md 11 (purge and chain), domain.md 10.5 (P-08) */
#pragma once

#include "core/access.h"

/* ledger, field, row, org, org_code, org_name, ended_on: what would go today, at most @limit of
 * each field. */
HjRows *hj_purge_due(HjTx *tx, const HjPack *pack, int limit, GError **error);
/* Purges up to @limit rows; *@ret_values and *@ret_rows: what went.  0 rows: nothing is left.
 */
bool hj_purge_run(HjTx *tx, const HjPack *pack, int limit, int64_t *ret_rows,
                  int64_t *ret_values, GError **error);

/* Wraps up to @limit row keys with the current master key; *@ret_rows: how many. */
bool hj_purge_rewrap(HjTx *tx, int limit, int64_t *ret_rows, GError **error);
/* master, rows: row keys under each master key. */
HjRows *hj_purge_masters(HjTx *tx, GError **error);
