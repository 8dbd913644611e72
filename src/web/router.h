/* router: from a request to a response; owns session, CSRF, permission, language and the
 * transaction.
 *
 * A route without .may does not start the program.  GET runs on a snapshot; anything else
 * inside one write transaction: a returned response commits, NULL with an error rolls back.
 * Unknown query parameters are 400.
 *
 * Units    none
 * Owns     HjApp owns the store, pack and route table it was given
 * Threads  hj_router_dispatch any; .prepare runs before the transaction
 * Source   style.md 2.5, 2.7; interface.md */
/* also: hj_app_ */
#pragma once

#include "core/file.h"
#include "core/webhook.h"
#include "web/limit.h"
#include "web/response.h"

#define HJ_PUBLIC "public"       /* .may of pages for everybody */
#define HJ_SIGNED_IN "signed-in" /* .may of pages for every account */

typedef HjResponse *(*HjHandler)(HjRequest *req, GError **error);
/* Slow pure work before the write; hj_request_tx is a snapshot here, access has been checked
 * and what hj_request_alloc gives lives until the response is sent. */
typedef bool (*HjPrepare)(HjRequest *req, GError **error);

typedef struct {
    HjMethod method;
    const char *pattern; /* "/ledgers/{ledger}/{id}" */
    HjHandler handler;
    const char *may;   /* permission, HJ_PUBLIC or HJ_SIGNED_IN */
    const char *query; /* "under from to sort *": allowed query parameters; "*" any */
    HjPrepare prepare;
    const char *csrf_off; /* reason */
    const char *stage;    /* "second enrol": also for who is still signing in (core/actor) */
    bool cache;  /* GET pages that depend only on the session, the URL and committed data */
    bool no_tx;  /* needs no database: /healthz, assets */
    bool screen; /* also opens with the token of a big screen */
    bool strict; /* asked rarely: counts against the limit of sign-ins */
    const char *summary;  /* for the API description; NULL for pages */
    const char *produces; /* API: media type of the answer where it is not JSON */
    int64_t upload;       /* takes a multipart form of at most so many bytes; 0: none */
    const char *consumes; /* API: media type of the body where it is not JSON */
} HjRoute;

typedef struct {
    const char *name;
    const HjRoute *routes; /* ends with { 0 } */
} HjFeature;

typedef struct HjApp HjApp;
typedef struct {
    HjStore *store;
    HjPack *pack;
    const HjFeature *const *features; /* NULL-ended */
    bool demo;
    const char *county_name;
    HjFiles *files;              /* kept evidence; NULL: nothing is taken */
    const char *upload_dir;      /* for forms with files; NULL: the system's temporary folder */
    const char *metrics_token;   /* NULL: /metrics answers 404 */
    const char *webhook_allow;   /* addresses of webhooks; NULL: they are off */
    const char *webhook_private; /* private addresses that they may have */
    const char *site;            /* "https://host", as people reach it; NULL: not said */
    bool secure_cookie, page_cache;
    HjLimits *limits; /* taken; NULL: no limits */
} HjAppConfig;

/* Aborts on duplicate or shadowed patterns and on routes without .may. */
HjApp *hj_app_new(const HjAppConfig *config);
void hj_app_free(HjApp *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjApp, hj_app_free)
HjStore *hj_app_store(HjApp *app);
struct HjDrawing *hj_app_drawing(HjApp *app); /* web/drawing.h */
const HjWebhookRules *hj_app_webhook_rules(HjApp *app);
HjPack *hj_app_pack(HjApp *app); /* borrowed; hold with hj_pack_ref */

/* What a server or a test hands in. Strings are copied. */
typedef struct {
    HjMethod method;
    const char *method_name;    /* "GET" … as received; unknown ones are 405 */
    const char *uri;            /* raw path and query */
    const char *const *headers; /* name, value, …, NULL; names lower-case */
    const char *body;
    size_t n_body;
    HjMultipart *upload; /* instead of the body: read to its end, lent until the answer */
    const char *remote;
} HjRawRequest;

/* 429 when this address has asked too often, or NULL: before the body is read. */
HjResponse *hj_router_limited(HjApp *app, const HjRawRequest *raw);
/* Answers at once from the page cache, or NULL. Never blocks on a transaction. */
HjResponse *hj_router_cached(HjApp *app, const HjRawRequest *raw);
/* Where a body is fed that is not kept whole in memory: NULL when this request is no form with
 * files, or its route takes none.  Never blocks on a transaction. */
HjMultipart *hj_router_upload(HjApp *app, const HjRawRequest *raw, int64_t *ret_max);
/* What the server itself has to refuse (413, 503), looking like everything else. */
HjResponse *hj_router_refuse(HjApp *app, const HjRawRequest *raw, int status);
/* Whole and synchronous: tests and worker threads.  Never NULL. */
HjResponse *hj_router_dispatch(HjApp *app, const HjRawRequest *raw);
/* Writes do not hold a worker: @done runs on a store thread after the commit is durable.  It,
 * or any thread later, takes the answer with hj_router_end: once, and the request is gone. */
typedef void (*HjRouterDone)(gpointer data, HjRequest *req);
HjResponse *hj_router_end(HjRequest *req);
void hj_router_dispatch_async(HjApp *app, const HjRawRequest *raw, HjRouterDone done,
                              gpointer data);
/* For a polling thread and a small body: reads the request and queues it as a write by somebody
 * seen a moment ago, or refuses it, without the database.  What is given back is for a worker
 * thread: hj_router_go_on. */
HjRequest *hj_router_begin_write(HjApp *app, const HjRawRequest *raw, HjRouterDone done,
                                 gpointer data);
void hj_router_go_on(HjRequest *req);

/* Ends the answers that go on, and refuses more of them: before a server stops. */
void hj_router_end_streams(HjApp *app);

/* For `hangji routes`, the access matrix and the API description. */
typedef bool (*HjRouteVisit)(const HjFeature *feature, const HjRoute *route, gpointer data);
void hj_router_visit(HjApp *app, HjRouteVisit visit, gpointer data);
const char *hj_router_method_name(HjMethod method);
