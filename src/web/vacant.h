/* vacant: what a page of numbers says of a time before the first organization.
 *
 * Units    none
 * Owns     everything is lent by the request
 * Threads  the request's
 * Source   features.md 3 (empty states say what to do) */
#pragma once

#include "web/figures.h"

/* The page in place of an error: when the records begin, and the way to what there is.  NULL
 * with the error as it was where @tree has organizations or there is no tree. */
HjResponse *hj_vacant(HjRequest *req, const HjOrgTree *tree, const char *title, const char *nav,
                      GError **error);
/* The same, said in the caller's words; @go, the way out, is NULL for the newest figures and
 * otherwise mends the address, which was wrong: 400. */
HjResponse *hj_vacant_page(HjRequest *req, const char *title, const char *nav, const char *says,
                           const HjLink *go, GError **error);
