/* pages_sealed: pages about sealed values: seeing them, finding by them, what is kept and why.
 *
 * Units    none
 * Owns     as request.h and response.h say
 * Threads  the request's
 * Source   design.md 11 (logged reads), domain.md 10.5 */
/* also: hj_pages_ */
#pragma once

#include "web/pages.h"

HjResponse *hj_pages_unmask(HjRequest *req, GError **error);
HjResponse *hj_pages_unmask_post(HjRequest *req, GError **error);
HjResponse *hj_pages_copy(HjRequest *req, GError **error); /* all that is kept of a person */
HjResponse *hj_pages_copy_post(HjRequest *req, GError **error);
HjResponse *hj_pages_find(HjRequest *req, GError **error);
HjResponse *hj_pages_find_post(HjRequest *req, GError **error);
HjResponse *hj_pages_privacy(HjRequest *req, GError **error);
HjResponse *hj_pages_purge(HjRequest *req, GError **error);
HjResponse *hj_pages_purge_post(HjRequest *req, GError **error);
/* Whether rows of the ledger can be found by a whole number this actor may ask for. */
bool hj_pages_has_find(HjRequest *req, const HjLedger *ledger);
