/* pages_drawing: a long paper on its way: how far it is, then its file.
 *
 * Units    none
 * Owns     as request.h and response.h say
 * Threads  the request's
 * Source   domain.md 10.3 */
#pragma once

#include "base/document.h"
#include "web/router.h"

/* also: hj_pages_ */

/* Has the documents drawn beside this request, and leads to the page that tells how far. */
HjResponse *hj_pages_drawing_order(HjRequest *req, const HjDocument *const *documents, size_t n,
                                   const char *name, GError **error);
HjResponse *hj_pages_drawing(HjRequest *req, GError **error);
HjResponse *hj_pages_drawing_file(HjRequest *req, GError **error);
