/* pages_one: the rows of a ledger one by one, and remarks on them.
 *
 * Units    none
 * Owns     what is returned is lent by the request
 * Threads  the request's
 * Source   design.md 7; domain.md 9.3 */
#pragma once

#include "web/pages.h"
#include "web/views_one.h"
/* also: hj_pages_ */

HjResponse *hj_pages_one(HjRequest *req, GError **error);
HjResponse *hj_pages_remark_post(HjRequest *req, GError **error);
/* The page once more; @text is what stands in its box. */
HjResponse *hj_pages_one_page(HjRequest *req, int status, const char *text, GError **error);

/* The acts of a row that ask nothing but days, each with a day that is likely: @due, when the
 * action needs it, @days from today, any other today. */
bool hj_pages_quick_acts(HjRequest *req, const HjLedger *ledger, const HjRows *row,
                         const char *due, int days, const char *back, HjQuickAct **ret,
                         size_t *ret_n, GError **error);
/* Remarks on the row, and earlier open ones of its organization. */
bool hj_pages_remarks(HjRequest *req, const HjLedger *ledger, const HjRows *row,
                      HjOneView *view, GError **error);
