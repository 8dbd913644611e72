#include "base/log.h"
#include "core/access.h"
#include "core/screen.h"
#include "core/token.h"
#include "web/asker.h"
#include "web/drawing.h"
#include "web/internal.h"
#include "web/page.h"

#include <string.h>

#define CACHE_BYTES (16 * 1024 * 1024)

HjApp *
hj_app_new(const HjAppConfig *config)
{
    HjApp *app = g_new0(HjApp, 1);
    app->store = config->store;
    app->pack = config->pack;
    app->county_name = g_strdup(config->county_name != NULL ? config->county_name : "");
    app->metrics_token = g_strdup(config->metrics_token);
    app->site = g_strdup(config->site != NULL ? config->site : "");
    app->files = config->files;
    app->upload_dir =
        g_strdup(config->upload_dir != NULL ? config->upload_dir : g_get_tmp_dir());
    app->demo = config->demo;
    app->secure_cookie = config->secure_cookie;
    app->routes = hj_routes_new(config->features);
    app->metrics = hj_metrics_new(hj_routes_count(app->routes));
    app->cache = config->page_cache ? hj_cache_new(CACHE_BYTES) : NULL;
    app->memory = hj_indicator_memory_new();
    app->live = hj_live_new(app);
    app->drawing = hj_drawing_new();
    app->sessions = hj_sessions_new();
    app->write_sessions = hj_sessions_new();
    app->webhook_rules = hj_webhook_rules_new(config->webhook_allow, config->webhook_private);
    app->limits = config->limits;
    app->notices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_init(&app->notices_lock);
    return app;
}

void
hj_app_free(HjApp *app)
{
    if (app == NULL)
        return;
    hj_live_free(app->live);
    hj_drawing_free(app->drawing);
    hj_store_free(app->store); /* first: queued writes still count */
    hj_cache_free(app->cache);
    hj_indicator_memory_free(app->memory);
    hj_sessions_free(app->sessions);
    hj_sessions_free(app->write_sessions);
    hj_webhook_rules_free(app->webhook_rules);
    hj_limits_free(app->limits);
    hj_metrics_free(app->metrics);
    hj_routes_free(app->routes);
    g_hash_table_unref(app->notices);
    g_mutex_clear(&app->notices_lock);
    hj_pack_unref(app->pack);
    g_free(app->county_name);
    g_free(app->site);
    g_free(app->metrics_token);
    g_free(app->upload_dir);
    hj_files_free(app->files);
    g_free(app);
}

HjStore *
hj_app_store(HjApp *app)
{
    return app->store;
}

HjDrawing *
hj_app_drawing(HjApp *app)
{
    return app->drawing;
}

const HjWebhookRules *
hj_app_webhook_rules(HjApp *app)
{
    return app->webhook_rules;
}

HjPack *
hj_app_pack(HjApp *app)
{
    return app->pack;
}

const char *
hj_router_method_name(HjMethod method)
{
    static const char *const names[] = { "GET", "POST", "PATCH", "PUT", "DELETE" };
    return names[method];
}

void
hj_router_visit(HjApp *app, HjRouteVisit visit, gpointer data)
{
    for (size_t i = 0; i < hj_routes_count(app->routes); i++) {
        const HjRouteRow *row = hj_routes_row(app->routes, i);
        if (!visit(row->feature, row->route, data))
            return;
    }
}

/* --- who asks --- */

void
hj_web_introduce(HjRequest *req)
{
    if (req->api || req->unasked || req->token[0] == '\0')
        return;
    req->generation = hj_store_generation(req->app->store);
    g_autoptr(HjTx) tx = hj_store_read(req->app->store, NULL);
    /* Without an answer the page is that of somebody signed out. */
    if (tx == NULL || !hj_asker_find(req, tx, NULL))
        g_clear_pointer(&req->actor, hj_actor_unref);
}

/* --- may they --- */

/* The browser forgets the token, so that signing in, or another token, is not in its way. */
static HjResponse *
refuse_screen(HjRequest *req)
{
    HjResponse *res = hj_web_refuse(req, 401, req->token_refused);
    if (!req->bearer)
        hj_response_screen(req, res, NULL, 0);
    return res;
}

static HjResponse *
ask_to_sign_in(HjRequest *req)
{
    if (req->api)
        return hj_web_refuse(req, 401, req->token_refused);
    if (hj_screen_is(req->token))
        return refuse_screen(req);
    HjResponse *res = hj_response_new(303, NULL);
    g_autofree char *next = req->method == HJ_GET && hj_parse_is_local(req->uri)
                                ? g_uri_escape_string(req->uri, "/", false)
                                : NULL;
    g_autofree char *where =
        next != NULL ? g_strconcat("/sign-in?next=", next, NULL) : g_strdup("/sign-in");
    hj_response_header(res, "Location", where);
    if (req->token[0] != '\0' && !req->bearer)
        hj_response_session(req, res, NULL);
    return res;
}

/* A browser tells where a request comes from; what comes from elsewhere changes nothing. */
static bool
same_origin(HjRequest *req)
{
    const char *site = hj_request_header(req, "sec-fetch-site");
    if (site != NULL)
        return g_str_equal(site, "same-origin") || g_str_equal(site, "none");
    const char *origin = hj_request_header(req, "origin");
    if (origin == NULL)
        return true;
    const char *host = hj_request_header(req, "host");
    const char *after = strstr(origin, "://");
    return after != NULL && host != NULL && g_ascii_strcasecmp(after + 3, host) == 0;
}

static bool
csrf_token_right(HjRequest *req)
{
    const char *sent = hj_request_form(req, HJ_CSRF_FIELD);
    if (sent == NULL)
        sent = hj_request_header(req, "x-csrf-token");
    size_t n = strlen(req->csrf);
    return sent != NULL && n > 0 && strlen(sent) == n && hj_crypto_equal(sent, req->csrf, n);
}

static void
drop_csrf_field(HjRequest *req)
{
    size_t kept = 0;
    for (size_t i = 0; i < req->form.n; i++) {
        if (!g_str_equal(req->form.pairs[i].name, HJ_CSRF_FIELD))
            req->form.pairs[kept++] = req->form.pairs[i];
    }
    req->form.n = kept;
}

static bool
check_csrf(HjRequest *req)
{
    bool needed = req->method != HJ_GET && !req->bearer && req->row->route->csrf_off == NULL;
    bool right = !needed || (same_origin(req) && (req->actor == NULL || csrf_token_right(req)));
    drop_csrf_field(req);
    if (right)
        return true;
    req->response = hj_web_refuse(req, 403,
                                  N_("This form is too old or came from another site. Reload "
                                     "the page and send it again."));
    return false;
}

static bool
serves_stage(const HjRoute *route, const char *stage)
{
    g_auto(GStrv) words = g_strsplit(route->stage != NULL ? route->stage : "", " ", -1);
    return g_strv_contains((const char *const *)words, stage);
}

/* Half signed in: to the page that asks for what is missing. */
static HjResponse *
ask_for_more(HjRequest *req)
{
    if (req->api)
        return hj_web_refuse(req, 403, "Finish signing in on the pages first.");
    if (g_str_equal(req->actor->stage, HJ_STAGE_ENROL))
        return hj_response_see_other(req, "/account/second", NULL);
    g_autofree char *where = g_strconcat("/sign-in/", req->actor->stage, NULL);
    return hj_response_see_other(req, where, NULL);
}

/* A session that ended in the middle of a form: what was written comes back.  A stranger, who
 * has never had one, is only sent to sign in. */
static HjResponse *
ended(HjRequest *req)
{
    const bool form = req->method != HJ_GET && !req->api && req->token[0] != '\0' &&
                      !hj_screen_is(req->token) && same_origin(req);
    HjResponse *res = form ? hj_page_ended(req) : NULL;
    if (res == NULL)
        return ask_to_sign_in(req);
    hj_response_session(req, res, NULL);
    return res;
}

static bool
check_permission(HjRequest *req)
{
    const char *may = req->row->route->may;
    if (g_str_equal(may, HJ_PUBLIC) && req->token_refused == NULL)
        return true;
    if (req->actor == NULL) {
        req->response = ended(req);
        return false;
    }
    if (req->actor->read_only && req->method != HJ_GET) {
        req->response = hj_web_refuse(req, 403, N_("This token may only read."));
        return false;
    }
    if (req->actor->stage != NULL && !serves_stage(req->row->route, req->actor->stage)) {
        req->response = ask_for_more(req);
        return false;
    }
    if (g_str_equal(may, HJ_SIGNED_IN) || hj_access_may(req->actor, may))
        return true;
    req->response = hj_web_refuse(req, 403, NULL);
    return false;
}

static bool
refuse_too_many(HjRequest *req, int wait)
{
    char seconds[16];
    if (wait == 0)
        return true;
    g_snprintf(seconds, sizeof seconds, "%d", wait);
    req->response = hj_web_refuse(req, 429, NULL);
    hj_response_header(req->response, "Retry-After", seconds);
    return false;
}

static bool
check_account_limit(HjRequest *req)
{
    return req->actor == NULL || req->app->limits == NULL ||
           refuse_too_many(req, hj_limits_account(req->app->limits, req->actor->account,
                                                  req->remote, req->started));
}

/* false: the answer is there already, or @error is set. */
static bool
admit(HjRequest *req, HjTx *tx, GError **error)
{
    return hj_asker_find(req, tx, error) && check_account_limit(req) && check_permission(req) &&
           check_csrf(req);
}

/* --- the answer --- */

static void
run_handler(HjRequest *req, HjTx *tx, GError **error)
{
    req->tx = tx;
    req->response = req->row->route->handler(req, error);
    req->tx = NULL;
    g_assert(req->response != NULL || error == NULL || *error != NULL);
}

static void
answer_failure(HjRequest *req, GError *error)
{
    g_clear_pointer(&req->response, hj_response_free);
    req->response = hj_web_failure(req, error);
}

/* The interface answers one address in several ways: packed, in a language, as 304.  Only the
 * plain way is kept. */
typedef struct {
    const char *if_none_match, *encoding, *language, *accept;
} Wishes;

static bool
is_plain(const Wishes *wishes)
{
    return wishes->if_none_match == NULL && wishes->encoding == NULL &&
           wishes->language == NULL &&
           (wishes->accept == NULL || g_str_equal(wishes->accept, "*/*") ||
            g_str_equal(wishes->accept, "application/json"));
}

/* A polling thread looks into the cache first: it must not wait for a server. */
static bool
keeps_pages(const HjApp *app)
{
    return app->cache != NULL && !hj_store_driver(app->store)->generation_asks;
}

static bool
may_cache(HjRequest *req)
{
    const Wishes wishes = { hj_request_header(req, "if-none-match"),
                            hj_request_header(req, "accept-encoding"),
                            hj_request_header(req, "accept-language"),
                            hj_request_header(req, "accept") };
    if (req->api && !is_plain(&wishes))
        return false;
    return keeps_pages(req->app) && req->generation >= 0 && req->row != NULL &&
           req->row->route->cache && req->response->status == 200 && !req->notice_sent &&
           !req->keyed && !req->stale_session && req->response->body != NULL;
}

static void
keep_page(HjRequest *req)
{
    for (guint i = 0; i + 1 < req->response->headers->len; i += 2) {
        if (g_str_equal(g_ptr_array_index(req->response->headers, i), "Set-Cookie"))
            return;
    }
    const char *token = req->actor != NULL ? req->token : NULL;
    if (token == NULL && req->token[0] != '\0')
        return;
    g_autofree char *key = hj_cache_key(token, req->lang, req->large, req->uri);
    HjCacheHit page = { .response = req->response,
                        .row = req->row_index,
                        .account = req->actor != NULL ? req->actor->account : 0,
                        .until = req->actor != NULL ? req->session_until : INT64_MAX };
    hj_cache_put(req->app->cache, key, req->generation, hj_store_now(req->app->store), &page);
}

static void
log_request(HjApp *app, int row, const char *id, int status, int64_t micros, int64_t in_store,
            int64_t account)
{
    const HjRoute *route = row >= 0 ? hj_routes_row(app->routes, (size_t)row)->route : NULL;
    char text[4][24];
    g_snprintf(text[0], sizeof text[0], "%d", status);
    g_snprintf(text[1], sizeof text[1], "%d.%03d", (int)(micros / 1000), (int)(micros % 1000));
    g_snprintf(text[2], sizeof text[2], "%d.%03d", (int)(in_store / 1000),
               (int)(in_store % 1000));
    g_snprintf(text[3], sizeof text[3], "%" G_GINT64_FORMAT, account);
    hj_metrics_count(app->metrics, row, status, micros);
    hj_log(HJ_LOG_INFO, "request", "id", id, "method",
           route != NULL ? hj_router_method_name(route->method) : "", "route",
           route != NULL ? route->pattern : "", "status", text[0], "ms", text[1], "store_ms",
           text[2], "actor", text[3], NULL);
}

/* Ends the request: the response leaves, everything else is freed. */
static HjResponse *
finish(HjRequest *req)
{
    HjResponse *res = req->response;
    hj_web_response_seal(req, res);
    if (may_cache(req))
        keep_page(req);
    if (req->stale_session && req->actor != NULL)
        hj_asker_touch(req);
    log_request(req->app, req->row_index, req->id, res->status,
                hj_time_monotonic() - req->started, req->in_store,
                req->actor != NULL ? req->actor->account : 0);
    req->response = NULL;
    hj_web_request_free(req);
    return res;
}

/* --- reading --- */

static void
run_read(HjRequest *req)
{
    g_autoptr(GError) error = NULL;
    HjTx *tx = hj_store_read(req->app->store, &error);
    int64_t begun = hj_time_monotonic();
    if (tx != NULL && admit(req, tx, &error))
        run_handler(req, tx, &error);
    hj_tx_end(tx);
    req->in_store = hj_time_monotonic() - begun;
    if (req->response == NULL)
        answer_failure(req, error);
    hj_web_condition(req);
}

/* --- writing --- */

/* Sign-in, rights and slow pure work on a snapshot, before anybody waits for the lane. */
static bool
prepare_write(HjRequest *req)
{
    g_autoptr(GError) error = NULL;
    req->generation = hj_store_generation(req->app->store);
    HjTx *tx = hj_store_read(req->app->store, &error);
    bool ready = tx != NULL && admit(req, tx, &error);
    if (ready && req->row->route->prepare != NULL) {
        req->tx = tx;
        req->preparing = true;
        ready = req->row->route->prepare(req, &error);
        req->preparing = false;
        req->tx = NULL;
    }
    hj_tx_end(tx);
    if (!ready && req->response == NULL)
        answer_failure(req, error);
    return ready;
}

/* Whether somebody who may do this was known a moment ago: the lane asks the database again
 * before it does anything, so that a snapshot would only repeat the question. */
static bool
remember(HjRequest *req)
{
    if (req->row->route->prepare != NULL || !hj_asker_recall(req))
        return false;
    if (check_permission(req))
        return true;
    g_clear_pointer(&req->response, hj_response_free);
    hj_asker_forget(req);
    return false;
}

/* Somebody may have been signed out, or lost a right, since the snapshot. */
static bool
still_admitted(HjRequest *req, HjTx *tx, GError **error)
{
    if (req->actor == NULL)
        return true;
    return hj_asker_find(req, tx, error) && check_permission(req);
}

static bool
write_try(HjTx *tx, HjRequest *req, GError **error)
{
    hj_web_request_retry(req);
    if (!still_admitted(req, tx, error))
        return req->response != NULL;
    if (req->actor != NULL)
        hj_tx_set_actor(tx, req->actor->account);
    if (req->actor != NULL)
        hj_tx_set_behalf(tx, req->actor->behalf);
    if (req->actor != NULL)
        hj_tx_set_via(tx, req->actor->token_name);
    if (!hj_web_replay(req, tx, &req->response, error))
        return false;
    if (req->response != NULL)
        return true;
    run_handler(req, tx, error);
    return req->response != NULL && hj_web_remember(req, tx, req->response, error);
}

static bool
run_write(HjTx *tx, gpointer data, GError **error)
{
    HjRequest *req = data;
    int64_t begun = hj_time_monotonic();
    bool done = write_try(tx, req, error);
    req->in_store += hj_time_monotonic() - begun;
    return done;
}

static void
give(HjRequest *req)
{
    req->done(req->done_data, req);
}

static void
written(gpointer data, GError *error)
{
    HjRequest *req = data;
    hj_metrics_write_queue(req->app->metrics, -1);
    if (error != NULL)
        answer_failure(req, error);
    give(req);
}

static void
queue_write(HjRequest *req, bool ready)
{
    g_autoptr(GError) error = NULL;
    if (!ready) {
        give(req);
        return;
    }
    hj_metrics_write_queue(req->app->metrics, 1);
    if (!hj_store_write_async(req->app->store, run_write, written, req, &error))
        written(req, error);
}

/* false: the database must be asked first who this is. */
static bool
write_by_memory(HjRequest *req)
{
    if (!remember(req))
        return false;
    queue_write(req, check_account_limit(req) && check_csrf(req));
    return true;
}

/* --- the ways in --- */

static bool
check_strict_limit(HjRequest *req)
{
    HjLimits *limits = req->row->route->strict ? req->app->limits : NULL;
    return limits == NULL || refuse_too_many(req, hj_limits_address(limits, HJ_LIMIT_SIGN_IN,
                                                                    req->remote, req->started));
}

/* NULL: it was ended. */
static HjRequest *
begin(HjApp *app, const HjRawRequest *raw, HjRouterDone done, gpointer data)
{
    HjRequest *req = hj_web_request_new(app);
    req->done = done;
    req->done_data = data;
    if (hj_web_request_read(req, raw) && check_strict_limit(req))
        return req;
    give(req);
    return NULL;
}

HjRequest *
hj_router_begin_write(HjApp *app, const HjRawRequest *raw, HjRouterDone done, gpointer data)
{
    HjRequest *req = begin(app, raw, done, data);
    bool by_memory = req != NULL && !req->row->route->no_tx && write_by_memory(req);
    return by_memory ? NULL : req;
}

HjResponse *
hj_router_end(HjRequest *req)
{
    return finish(req);
}

void
hj_router_go_on(HjRequest *req)
{
    HjApp *app = req->app;
    if (req->row->route->no_tx) {
        g_autoptr(GError) error = NULL;
        run_handler(req, NULL, &error);
        if (req->response == NULL)
            answer_failure(req, error);
        give(req);
        return;
    }
    if (req->method != HJ_GET) {
        if (!write_by_memory(req))
            queue_write(req, prepare_write(req));
        return;
    }
    /* Before the snapshot: a page is kept under a generation that cannot be newer than it. */
    req->generation = hj_store_generation(app->store);
    run_read(req);
    if (req->row->route->cache)
        hj_metrics_cache(app->metrics, false);
    give(req);
}

void
hj_router_dispatch_async(HjApp *app, const HjRawRequest *raw, HjRouterDone done, gpointer data)
{
    HjRequest *req = begin(app, raw, done, data);
    if (req != NULL)
        hj_router_go_on(req);
}

HjMultipart *
hj_router_upload(HjApp *app, const HjRawRequest *raw, int64_t *ret_max)
{
    const char *type = hj_web_request_find(raw->headers, "content-type");
    if (raw->method == HJ_GET || !hj_multipart_is(type))
        return NULL;
    g_autoptr(HjArena) arena = hj_arena_new();
    const char *segments[HJ_PARSE_MAX_SEGMENTS];
    size_t n = 0;
    unsigned methods = 0;
    if (!hj_parse_path(arena, raw->uri, strcspn(raw->uri, "?"), segments, &n, NULL))
        return NULL;
    int index = hj_routes_match(app->routes, raw->method, segments, n, &methods);
    int64_t max = index >= 0 ? hj_routes_row(app->routes, (size_t)index)->route->upload : 0;
    *ret_max = max;
    return max > 0 ? hj_multipart_new(type, app->upload_dir, max, NULL) : NULL;
}

HjResponse *
hj_router_refuse(HjApp *app, const HjRawRequest *raw, int status)
{
    HjRequest *req = hj_web_request_new(app);
    req->unasked = true; /* a polling thread does not wait for a database */
    if (hj_web_request_read(req, raw)) {
        req->response = hj_web_refuse(req, status, NULL);
        if (status == 413)
            hj_response_header(req->response, "Connection", "close");
    }
    return finish(req);
}

void
hj_router_end_streams(HjApp *app)
{
    hj_live_close(app->live);
}

typedef struct {
    GMutex lock;
    GCond came;
    HjResponse *response;
} Wait;

static void
wake(gpointer data, HjRequest *req)
{
    Wait *wait = data;
    HjResponse *response = hj_router_end(req);
    g_mutex_lock(&wait->lock);
    wait->response = response;
    g_cond_signal(&wait->came);
    g_mutex_unlock(&wait->lock);
}

HjResponse *
hj_router_dispatch(HjApp *app, const HjRawRequest *raw)
{
    HjResponse *at_once = hj_router_limited(app, raw);
    if (at_once == NULL)
        at_once = hj_router_cached(app, raw);
    if (at_once != NULL)
        return at_once;
    Wait wait = { 0 };
    g_mutex_init(&wait.lock);
    g_cond_init(&wait.came);
    hj_router_dispatch_async(app, raw, wake, &wait);
    g_mutex_lock(&wait.lock);
    while (wait.response == NULL)
        g_cond_wait(&wait.came, &wait.lock);
    g_mutex_unlock(&wait.lock);
    g_mutex_clear(&wait.lock);
    g_cond_clear(&wait.came);
    return wait.response;
}

/* Small and the same for everybody: answering it costs next to nothing. */
static HjResponse *
too_many(HjApp *app, const HjRawRequest *raw, int wait)
{
    bool api = g_str_has_prefix(raw->uri, "/api/v");
    HjResponse *res = hj_response_new(429, NULL);
    char seconds[16];
    g_snprintf(seconds, sizeof seconds, "%d", wait);
    res->body =
        g_string_new(api ? "{\"type\":\"about:blank\",\"title\":\"Too many requests\","
                           "\"status\":429}"
                         : "请求太频繁，请稍候再试。\nToo many requests. Wait a little.\n");
    hj_response_header(res, "Content-Type",
                       api ? "application/problem+json" : "text/plain; charset=utf-8");
    hj_response_header(res, "Retry-After", seconds);
    hj_response_header(res, "Cache-Control", "no-store");
    hj_response_header(res, "X-Content-Type-Options", "nosniff");
    hj_response_header(res, "Content-Security-Policy", "default-src 'none'");
    hj_metrics_count(app->metrics, -1, 429, 0);
    return res;
}

HjResponse *
hj_router_limited(HjApp *app, const HjRawRequest *raw)
{
    if (app->limits == NULL || raw->remote == NULL)
        return NULL;
    char client[HJ_LIMIT_ADDRESS_SIZE];
    hj_limits_client(app->limits, raw->remote,
                     hj_web_request_find(raw->headers, "x-forwarded-for"), client);
    int wait = hj_limits_address(app->limits, HJ_LIMIT_ADDRESS, client, hj_time_monotonic());
    return wait > 0 ? too_many(app, raw, wait) : NULL;
}

static int
account_wait(HjApp *app, const HjRawRequest *raw, int64_t account, int64_t now)
{
    if (app->limits == NULL || raw->remote == NULL || account == 0)
        return 0;
    char client[HJ_LIMIT_ADDRESS_SIZE];
    hj_limits_client(app->limits, raw->remote,
                     hj_web_request_find(raw->headers, "x-forwarded-for"), client);
    return hj_limits_account(app->limits, account, client, now);
}

/* The key of the page asked for, or NULL where only a whole dispatch can answer. */
static char *
cached_key(const HjRawRequest *raw)
{
    const char *cookie = hj_web_request_find(raw->headers, "cookie");
    const Wishes wishes = { hj_web_request_find(raw->headers, "if-none-match"),
                            hj_web_request_find(raw->headers, "accept-encoding"),
                            hj_web_request_find(raw->headers, "accept-language"),
                            hj_web_request_find(raw->headers, "accept") };
    char value[64];
    if (hj_parse_cookie(cookie, "notice", value, sizeof value) || raw->n_body > 0 ||
        (g_str_has_prefix(raw->uri, "/api/") && !is_plain(&wishes)))
        return NULL;
    HjPair pairs[2] = { { "cookie", cookie != NULL ? cookie : "" } };
    HjPairs headers = { .pairs = pairs, .n = 1 };
    const char *authorization = hj_web_request_find(raw->headers, "authorization");
    if (authorization != NULL)
        pairs[headers.n++] = (HjPair){ "authorization", authorization };
    hj_web_request_token(&headers, value, sizeof value);
    bool large = hj_web_large_type(cookie);
    if (value[0] != '\0')
        return hj_cache_key(value, HJ_ZH, large, raw->uri);
    HjLang lang = hj_parse_cookie(cookie, "lang", value, sizeof value)
                      ? (g_str_equal(value, "en") ? HJ_EN : HJ_ZH)
                      : hj_parse_language(hj_web_request_find(raw->headers, "accept-language"));
    return hj_cache_key(NULL, lang, large, raw->uri);
}

HjResponse *
hj_router_cached(HjApp *app, const HjRawRequest *raw)
{
    if (!keeps_pages(app) || raw->method != HJ_GET)
        return NULL;
    int64_t started = hj_time_monotonic();
    g_autofree char *key = cached_key(raw);
    int64_t generation = key != NULL ? hj_store_generation(app->store) : -1;
    HjCacheHit hit;
    if (generation < 0 ||
        !hj_cache_get(app->cache, key, generation, hj_store_now(app->store), &hit))
        return NULL;
    int wait = account_wait(app, raw, hit.account, started);
    if (wait > 0) {
        hj_response_free(hit.response);
        return too_many(app, raw, wait);
    }
    hj_metrics_cache(app->metrics, true);
    log_request(app, hit.row, "", hit.response->status, hj_time_monotonic() - started, 0,
                hit.account);
    return hit.response;
}
