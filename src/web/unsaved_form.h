/* unsaved_form: the draft of a form of a ledger: kept when its writer asks or stops for a
 * while, shown again when he comes back, dropped with the saving.
 *
 * Units    none
 * Owns     lent by the request
 * Threads  the request's
 * Source   features.md 3 (form) */
#pragma once

#include "web/pages.h"

/* Puts what was kept in place of what the form sent, unless it is of another organization or
 * parent than the address names. *@ret_at: when it was kept; 0 where nothing is shown. */
bool hj_unsaved_form_show(HjRequest *req, const HjLedger *ledger, int64_t row, HjTime *ret_at,
                          GError **error);
/* With the saving of the row. */
bool hj_unsaved_form_done(HjRequest *req, const HjLedger *ledger, int64_t row, GError **error);
