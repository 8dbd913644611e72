/* condition: requests that are asked again: entity tags, If-Match, idempotency keys.
 *
 * Units    none
 * Owns     nothing; a replayed response belongs to the request
 * Threads  the request's
 * Source   interface.md (HTTP) */
#pragma once

#include "store/store.h"
#include "web/request.h"
#include "web/response.h"

/* also: hj_web_ */

/* Entity tags, 304 and gzip of what the API answers to a GET. */
void hj_web_condition(HjRequest *req);
/* A strong tag that begins with the version; the body must be complete. */
void hj_web_etag_version(HjResponse *res, int64_t version);
typedef enum { HJ_IF_MATCH_ABSENT, HJ_IF_MATCH_HOLDS, HJ_IF_MATCH_FAILS } HjIfMatch;
HjIfMatch hj_web_if_match(HjRequest *req, int64_t version);

/* idempotency.c: *ret_replay is the stored first answer, or NULL to go on. */
bool hj_web_replay(HjRequest *req, HjTx *tx, HjResponse **ret_replay, GError **error);
bool hj_web_remember(HjRequest *req, HjTx *tx, const HjResponse *res, GError **error);
