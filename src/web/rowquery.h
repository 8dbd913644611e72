/* rowquery: the query string that lists rows, the same on the list page and in the JSON API.
 *
 * under=CODE here=1 q= from= to= sort=field or -field (also org, created_at,
 * updated_at) limit= cursor= parent=ID, and any field
 * of the ledger as a filter (text contains, numbers and dates also "a..b", lists by key).
 * Nothing is ignored: an unknown name, a malformed value or a repeated name is MALFORMED and
 * the message names it; an empty value counts as absent, because forms send every input.
 *
 * Units    limit 1…200, 50 unless said; ?money= is yuan on pages and fen in the API
 * Owns     what the query points to belongs to the request
 * Threads  the request's
 * Source   interface.md (HTTP), design.md 11 (unknown input) */
#pragma once

#include "core/row.h"
#include "web/request.h"

#define HJ_ROWQUERY_LIMIT 50
#define HJ_ROWQUERY_MAX_LIMIT 200

/* MALFORMED as above; NOT_FOUND when the organization or the parent row is out of scope.  A
 * field hidden from the actor is as unknown as one that does not exist. */
bool hj_rowquery_read(HjRequest *req, const HjLedger *ledger, HjRowQuery *ret, GError **error);
/* The same beside further parameters of the page's own, NULL-ended; @own may be NULL. */
bool hj_rowquery_read_beside(HjRequest *req, const HjLedger *ledger, const char *const *own,
                             HjRowQuery *ret, GError **error);
/* For /api/v1: money is integer fen. */
bool hj_rowquery_read_api(HjRequest *req, const HjLedger *ledger, HjRowQuery *ret,
                          GError **error);

/* This request's query on @path (already encoded; NULL: this page) with parameters changed:
 * name, value, …, NULL; a NULL value takes the parameter out.  Every change but one of the
 * cursor begins again at the first page.  Lent by the request. */
const char *hj_rowquery_href(HjRequest *req, const char *path, ...) G_GNUC_NULL_TERMINATED;

/* MALFORMED with a message and an issue about one parameter; for the lists of other routes. */
bool hj_rowquery_fail(HjRequest *req, const char *name, const char *msgid, GError **error);
/* ?limit= as above. */
bool hj_rowquery_limit(HjRequest *req, int fallback, int *ret, GError **error);
