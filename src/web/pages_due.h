/* pages_due: pages of what waits: the review queue, the matrix of a flow, the calendar.
 *
 * Units    none
 * Owns     as request.h and response.h say
 * Threads  the request's
 * Source   design.md 7 (everybody, township, any flow) */
#pragma once
/* also: hj_pages_ */

#include "core/due.h"
#include "web/pages.h"
#include "web/views_due.h"

HjResponse *hj_pages_due(HjRequest *req, GError **error);
HjResponse *hj_pages_due_read_post(HjRequest *req, GError **error);
HjResponse *hj_pages_due_batch(HjRequest *req, GError **error);
HjResponse *hj_pages_due_batch_post(HjRequest *req, GError **error);
HjResponse *hj_pages_progress(HjRequest *req, GError **error);
HjResponse *hj_pages_calendar(HjRequest *req, GError **error);
HjResponse *hj_pages_subscription_feed(HjRequest *req, GError **error);
HjResponse *hj_pages_subscription_post(HjRequest *req, GError **error);

/* The page of the calendar with the new address @made (the token, shown once). */
HjResponse *hj_pages_calendar_made(HjRequest *req, const char *made, GError **error);
bool hj_pages_subscription_fill(HjRequest *req, const char *made, HjSubscriptionView *ret,
                                GError **error);

/* The organization of ?under=, or the highest where the actor sees the ledger; NOT_FOUND. */
const HjOrg *hj_pages_progress_place(HjRequest *req, const HjOrgTree *tree,
                                     const HjLedger *ledger, GError **error);
/* ?ledger= node= under= on= late= of a list of what waits; MALFORMED, NOT_FOUND out of scope.
 */
bool hj_pages_due_query(HjRequest *req, HjDueQuery *ret, GError **error);
