/* prefill: the figures that a row takes over, on its page and in its form.
 *
 * Units    none
 * Owns     what is returned is lent by the request
 * Threads  the request's
 * Source   docs/pack.md (prefill) */
#pragma once

#include "core/prefill.h"
#include "web/views_one.h"
/* also: hj_prefill_ */

/* What was kept in the row, or what the records say now.  *@ret NULL where the ledger takes
 * over nothing, or no period is known yet. */
bool hj_prefill_of_row(HjRequest *req, const HjLedger *ledger, const HjRows *row,
                       HjPrefillView **ret, GError **error);
/* Of a row that is not made yet. */
bool hj_prefill_of_new(HjRequest *req, const HjLedger *ledger, int64_t org, const char *period,
                       HjPrefillView **ret, GError **error);
