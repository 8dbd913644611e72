/* internal: what the files of web share and nobody else sees.
 *
 * A request is read once (address, form, JSON, session) and may be tried several times: what a
 * try makes lives in .trial and is thrown away before the next.
 *
 * Units    microseconds
 * Owns     HjRequest owns everything in it; .raw is borrowed while it is being read
 * Threads  one at a time; HjApp any
 * Source   style.md 2.4, 2.5 */
#pragma once

#include "core/file.h"
#include "core/indicator_memory.h"
#include "core/threshold.h"
#include "core/webhook.h"
#include "web/arena.h"
#include "web/cache.h"
#include "web/condition.h"
#include "web/live.h"
#include "web/metrics.h"
#include "web/parse.h"
#include "web/routes.h"
#include "web/session.h"

/* also: hj_web_ */

struct HjApp {
    HjStore *store;
    HjPack *pack;
    HjRoutes *routes;
    HjMetrics *metrics;
    HjCache *cache; /* NULL: off */
    HjIndicatorMemory *memory;
    HjLive *live;
    struct HjDrawing *drawing;             /* web/drawing.h */
    HjSessions *sessions, *write_sessions; /* the latter by hj_tx_rights */
    HjWebhookRules *webhook_rules;
    HjLimits *limits; /* NULL: none */
    HjFiles *files;   /* NULL: none are taken */
    char *county_name, *metrics_token, *upload_dir, *site;
    bool demo, secure_cookie;
    GMutex notices_lock;
    GHashTable *notices; /* what see_other was given: short name → msgid */
};

struct HjRequest {
    HjApp *app;
    HjPack *pack;
    HjArena *arena; /* until the response is sent */
    HjArena *trial; /* until the next try */
    char id[24];
    int64_t started;    /* monotonic */
    int64_t in_store;   /* microseconds spent in transactions */
    int64_t generation; /* of the store before anything was read */

    HjMethod method;
    const char *uri, *path;
    size_t n_path;
    const char *segments[HJ_PARSE_MAX_SEGMENTS];
    size_t n_segments;
    HjPairs headers, query, form;
    HjJson *json;
    HjMultipart *upload; /* lent by the server, or adopted by .arena; NULL: none */
    int row_index;       /* -1: no such address */
    const HjRouteRow *row;
    bool api;
    char token[64];             /* "" when none was sent */
    HjSessionName session_name; /* of the token */
    bool bearer;                /* by Authorization, not by cookie */
    HjActor *actor;
    char csrf[64];
    HjTime session_until;
    bool unasked;              /* the database must not be asked who this is */
    bool stale_session;        /* seen_at is due */
    const char *token_refused; /* why a personal token opens nothing (msgid), or NULL */
    HjLang lang;
    bool large;      /* large type, of this browser */
    bool lang_asked; /* by Accept-Language, of the API: goes before that of the account */
    const char *idempotency, *remote; /* key and address of the other end, or NULL */
    bool by_form, keyed; /* the key came with a form; the page holds one: never cached */
    char digest[HJ_SM3_BYTES * 2 + 1];
    const char *notice;
    bool notice_sent, notice_read;

    HjTx *tx;
    HjIssues *issues;
    const HjOrgTree *tree;          /* the last one that was asked for */
    const HjThresholds *thresholds; /* NULL: not asked for yet */
    bool preparing;
    gpointer prepared;
    GDestroyNotify prepared_free;
    HjResponse *response;
    GError *error; /* why the write did not happen */
    HjRouterDone done;
    gpointer done_data;
};

/* request.c */
HjRequest *hj_web_request_new(HjApp *app);
void hj_web_request_free(HjRequest *req);
void hj_web_request_retry(HjRequest *req); /* forgets what the last try made */
/* Reads address, headers, body; false with req->response set when it must be refused. */
bool hj_web_request_read(HjRequest *req, const HjRawRequest *raw);
/* Session token of raw headers into @ret (64 bytes); true when it came by Authorization. */
bool hj_web_request_token(const HjPairs *headers, char *ret, size_t size);
const char *hj_web_request_find(const char *const *headers, const char *name);

/* router.c: tells who asks, for a refusal that is shown as a page. */
void hj_web_introduce(HjRequest *req);

/* response.c: an answer of @status saying @msgid, as page or problem by the address asked. */
HjResponse *hj_web_refuse(HjRequest *req, int status, const char *msgid);
/* The answer to @error; logs what is not shown. */
HjResponse *hj_web_failure(HjRequest *req, const GError *error);
/* "Not found" and what a person can do about it (msgids). */
const char *hj_web_title(int status);
const char *hj_web_advice(int status);
/* The headers every response carries. */
void hj_web_response_seal(HjRequest *req, HjResponse *res);
HjResponse *hj_web_response_ref(HjResponse *res);
