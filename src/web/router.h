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
    bool cache; /* GET pages that depend only on the session, the URL and committed data */
    bool no_tx; /* needs no database: /healthz, assets */
    const char *summary; /* for the API description; NULL for pages */
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
    const char *metrics_token; /* NULL: /metrics answers 404 */
    bool secure_cookie;
    bool page_cache;
} HjAppConfig;

/* Aborts on duplicate or shadowed patterns and on routes without .may. */
HjApp *hj_app_new(const HjAppConfig *config);
void hj_app_free(HjApp *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjApp, hj_app_free)
HjStore *hj_app_store(HjApp *app);
HjPack *hj_app_pack(HjApp *app); /* borrowed; hold with hj_pack_ref */

/* What a server or a test hands in. Strings are copied. */
typedef struct {
    HjMethod method;
    const char *method_name;    /* "GET" … as received; unknown ones are 405 */
    const char *uri;            /* raw path and query */
    const char *const *headers; /* name, value, …, NULL; names lower-case */
    const char *body;
    size_t n_body;
    const char *remote;
} HjRawRequest;

/* Answers at once from the page cache, or NULL. Never blocks on a transaction. */
HjResponse *hj_router_cached(HjApp *app, const HjRawRequest *raw);
/* What the server itself has to refuse (413, 503), looking like everything else. */
HjResponse *hj_router_refuse(HjApp *app, const HjRawRequest *raw, int status);
/* Whole and synchronous: tests and worker threads.  Never NULL. */
HjResponse *hj_router_dispatch(HjApp *app, const HjRawRequest *raw);
/* Writes do not hold a worker: @done runs on a store thread after the commit is durable. */
typedef void (*HjRouterDone)(gpointer data, HjResponse *response);
void hj_router_dispatch_async(HjApp *app, const HjRawRequest *raw, HjRouterDone done,
                              gpointer data);

/* For `hangji routes`, the access matrix and the API description. */
typedef bool (*HjRouteVisit)(const HjFeature *feature, const HjRoute *route, gpointer data);
void hj_router_visit(HjApp *app, HjRouteVisit visit, gpointer data);
const char *hj_router_method_name(HjMethod method);
