/* judged: how far rows have come that an indicator judges, as pages show it.
 *
 * Units    none
 * Owns     what is filled is lent by the request
 * Threads  the request's
 * Source   domain.md 9.4; core/judged.h */
#pragma once

#include "web/page.h"
#include "web/views_judged.h"

/* Of the row itself, where its ledger is judged, or of the rows that lie under it; *ret_n 0
 * where nothing is. */
bool hj_judged_lines(HjRequest *req, const HjLedger *ledger, const HjRows *row, int64_t id,
                     HjJudgedLine **ret, size_t *ret_n, GError **error);
