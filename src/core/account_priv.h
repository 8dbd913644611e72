/* account_priv: what the files of account share.
 *
 * Units    none
 * Owns     nothing
 * Threads  the transaction's
 * Source   design.md 5 */
#pragma once

#include "core/account.h"
/* also: hj_account_ */

/* Appends an event on an account; @org is 0 for the county, @after may be NULL. */
bool hj_account_event(HjTx *tx, const char *action, int64_t account, int64_t org,
                      const char *after, GError **error);
