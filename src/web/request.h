/* request: one request as a handler sees it.
 *
 * Everything a request lends (actor, parameters, rows it adopted) dies after the response is
 * sent.
 *
 * Units    none
 * Owns     the router owns requests and responses
 * Threads  one worker at a time
 * Source   style.md 2.4, 2.7 */
#pragma once

#include "base/issues.h"
#include "base/json.h"
#include "core/actor.h"
#include "store/store.h"
#include "web/multipart.h"

#define HJ_REQUEST_MAX_BODY (1024 * 1024)

typedef enum { HJ_GET, HJ_POST, HJ_PATCH, HJ_PUT, HJ_DELETE } HjMethod;
typedef struct HjRequest HjRequest;
typedef struct HjResponse HjResponse;

HjTx *hj_request_tx(HjRequest *req);
const HjActor *hj_request_actor(HjRequest *req); /* NULL when signed out (public routes) */
HjPack *hj_request_pack(HjRequest *req);
HjLang hj_request_lang(HjRequest *req);
bool hj_request_large_type(HjRequest *req);
HjTime hj_request_now(HjRequest *req);
HjIssues *hj_request_issues(HjRequest *req);
const char *hj_request_path(HjRequest *req); /* decoded path */
const char *hj_request_uri(HjRequest *req);  /* path and query as asked */
const char *hj_request_csrf(HjRequest *req);
const char *hj_request_token(HjRequest *req); /* session token or NULL */
bool hj_request_is_demo(HjRequest *req);      /* synthetic data: every page says so */
const char *hj_request_county_name(HjRequest *req);
const char *hj_request_header(HjRequest *req, const char *name);
const char *hj_request_remote(HjRequest *req); /* address, or NULL */
/* A fresh key for a form that makes something: sent twice, it is done once. */
const char *hj_request_form_key(HjRequest *req);
const char *hj_request_id(HjRequest *req); /* reference number shown on errors */
bool hj_request_is_api(HjRequest *req);    /* below /api/ */
/* What the page before left to say (msgid), or NULL; reading it clears it. */
const char *hj_request_notice(HjRequest *req);

/* {name} of the pattern; never NULL.  _i64 fails with NOT_FOUND. */
const char *hj_request_part(HjRequest *req, const char *name);
bool hj_request_part_i64(HjRequest *req, const char *name, int64_t *ret, GError **error);

/* Query parameters: only those named in the route's .query (or, when it ends in "*", any)
 * arrive; others are 400 before the handler runs.  NULL when absent; repeated ones by index. */
const char *hj_request_query(HjRequest *req, const char *name);
const char *hj_request_query_text(HjRequest *req, const char *name); /* NULL when empty, too */
size_t hj_request_n_query(HjRequest *req);
const char *hj_request_query_name(HjRequest *req, size_t i);
const char *hj_request_query_value(HjRequest *req, size_t i);

/* Form fields (urlencoded POST), csrf removed; values of a repeated name are joined with ",".
 */
const char *hj_request_form(HjRequest *req, const char *name);
const char *hj_request_form_text(HjRequest *req, const char *name); /* NULL when empty, too */
size_t hj_request_n_form(HjRequest *req);
const char *hj_request_form_name(HjRequest *req, size_t i);
const char *hj_request_form_value(HjRequest *req, size_t i);

/* Files of a multipart form, where the route takes them (.upload); its text fields are form
 * fields like any. */
size_t hj_request_n_uploads(HjRequest *req);
const HjUpload *hj_request_upload(HjRequest *req, size_t i);

/* JSON body, parsed before the transaction; an object or NULL. */
const HjJson *hj_request_json(HjRequest *req);

/* Lends @object to the request: @destroy runs after the response is sent. Returns @object. */
gpointer hj_request_adopt(HjRequest *req, gpointer object, GDestroyNotify destroy);
char *hj_request_strdup(HjRequest *req, const char *text);
char *hj_request_printf(HjRequest *req, const char *format, ...) G_GNUC_PRINTF(2, 3);
gpointer hj_request_alloc(HjRequest *req, size_t n_bytes); /* zeroed */
#define hj_request_new(req, type, n)                                                           \
    ((type *)hj_request_alloc((req), sizeof(type) * (size_t)(n)))

/* What .prepare computed outside the transaction, for the handler. */
void hj_request_set_prepared(HjRequest *req, gpointer data, GDestroyNotify destroy);
gpointer hj_request_prepared(HjRequest *req);
