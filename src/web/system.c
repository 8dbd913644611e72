/* The program's own addresses: is it alive, is it ready, how is it doing, and its assets. */
#include "web/system.h"

#include "web/asset.h"
#include "web/internal.h"

#include <string.h>

#define HONEY "/nothing-here"
#define SQL_READY "SELECT 1 AS one"

static HjResponse *
plain(int status, const char *text)
{
    HjResponse *res = hj_response_new(status, "text/plain; charset=utf-8");
    res->body = g_string_new(text);
    return res;
}

static HjResponse *
get_health(HjRequest *req G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    return plain(200, "ok\n");
}

static HjResponse *
get_ready(HjRequest *req, GError **error G_GNUC_UNUSED)
{
    g_autoptr(HjTx) tx = hj_store_read(req->app->store, NULL);
    g_autoptr(HjRows) rows = tx != NULL ? hj_tx_query(tx, NULL, SQL_READY) : NULL;
    return rows != NULL ? plain(200, "ready\n") : plain(503, "the database does not answer\n");
}

static HjResponse *
get_robots(HjRequest *req G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    HjResponse *res = plain(200, "User-agent: *\n"
                                 "Disallow: /\n"
                                 "Disallow: " HONEY "\n"
                                 "Allow: /public/\n");
    hj_response_header(res, "Cache-Control", "public, max-age=86400");
    return res;
}

/* No page shows this address and robots.txt forbids it: who asks reads neither. */
static HjResponse *
get_honey(HjRequest *req, GError **error)
{
    if (req->app->limits != NULL)
        hj_limits_punish(req->app->limits, req->remote, hj_time_monotonic());
    hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such page.");
    return NULL;
}

static bool
token_right(HjRequest *req)
{
    const char *wanted = req->app->metrics_token;
    size_t n = strlen(wanted);
    return req->bearer && strlen(req->token) == n && hj_crypto_equal(req->token, wanted, n);
}

static HjResponse *
get_metrics(HjRequest *req, GError **error)
{
    if (req->app->metrics_token == NULL || req->app->metrics_token[0] == '\0') {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such page.");
        return NULL;
    }
    if (!token_right(req)) {
        HjResponse *refused = plain(401, "a bearer token is needed\n");
        hj_response_header(refused, "WWW-Authenticate", "Bearer");
        return refused;
    }
    HjResponse *res = hj_response_new(200, "text/plain; version=0.0.4; charset=utf-8");
    res->body = g_string_sized_new(8192);
    hj_metrics_emit(req->app->metrics, req->app->routes, res->body);
    return res;
}

static HjResponse *
get_asset(HjRequest *req, GError **error)
{
    const HjAsset *asset = hj_asset_find(hj_request_part(req, "name"));
    if (asset == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such page.");
        return NULL;
    }
    bool same = hj_parse_etag_matches(hj_request_header(req, "if-none-match"), asset->etag);
    bool packed = asset->gz != NULL &&
                  hj_parse_accepts_coding(hj_request_header(req, "accept-encoding"), "gzip");
    HjResponse *res = hj_response_new(same ? 304 : 200, same ? NULL : asset->type);
    hj_response_header(res, "ETag", asset->etag);
    hj_response_header(res, "Cache-Control", "public, max-age=31536000, immutable");
    hj_response_header(res, "Vary", "Accept-Encoding");
    if (same)
        return res;
    if (packed)
        hj_response_header(res, "Content-Encoding", "gzip");
    res->bytes = packed ? g_bytes_new_static(asset->gz, asset->n_gz)
                        : g_bytes_new_static(asset->bytes, asset->n);
    return res;
}

static const HjRoute routes[] = {
    { HJ_GET, "/healthz", get_health, .may = HJ_PUBLIC, .no_tx = true },
    { HJ_GET, "/readyz", get_ready, .may = HJ_PUBLIC, .no_tx = true },
    { HJ_GET, "/metrics", get_metrics, .may = HJ_PUBLIC, .no_tx = true },
    { HJ_GET, "/robots.txt", get_robots, .may = HJ_PUBLIC, .no_tx = true },
    { HJ_GET, HONEY, get_honey, .may = HJ_PUBLIC, .no_tx = true },
    { HJ_GET, "/static/{name}", get_asset, .may = HJ_PUBLIC, .no_tx = true },
    { 0 },
};
const HjFeature hj_feature_system = { "system", routes };
