/* The program's own addresses: is it alive, is it ready, how is it doing, and its assets. */
#include "web/system.h"

#include "web/asset.h"
#include "web/internal.h"
#include "web/session.h"

#include <string.h>

#define SQL_SIZE_SQLITE                                                                        \
    "SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()"
#define SQL_SIZE_POSTGRES "SELECT pg_database_size(current_database()) AS n"
#define SQL_STATE                                                                              \
    "SELECT (SELECT COUNT(*) FROM sys_session WHERE county = $1 AND ended_at IS NULL AND "     \
    "expires_at > $2 AND seen_at > $3) AS sessions, "                                          \
    "(SELECT COALESCE(MAX(seq), 0) FROM sys_seal WHERE county = $1) AS sealed, "               \
    "(SELECT COUNT(*) FROM sys_event WHERE county = $1 AND id > COALESCE((SELECT event FROM "  \
    "sys_seal WHERE county = $1 ORDER BY seq DESC LIMIT 1), 0)) AS lag"
#define SQL_IMPORTS                                                                            \
    "SELECT state, COUNT(*) AS n FROM sys_import WHERE county = $1 GROUP BY state ORDER BY "   \
    "state"
#define SQL_DELIVERIES                                                                         \
    "SELECT state, COUNT(*) AS n FROM sys_delivery WHERE county = $1 GROUP BY state ORDER BY " \
    "state"
#define HALF_AN_HOUR (INT64_C(1800) * 1000000)
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

static void
gauge(GString *out, const char *name, const char *help, int64_t value)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %" G_GINT64_FORMAT "\n",
                           name, help, name, name, value);
}

static void
counter(GString *out, const char *name, const char *help, int64_t value)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s counter\n%s %" G_GINT64_FORMAT "\n",
                           name, help, name, name, value);
}

/* @states: "waiting", … of @kind; what they count is not personal. */
static void
emit_jobs(GString *out, const char *kind, HjRows *rows)
{
    while (rows != NULL && hj_rows_next(rows))
        g_string_append_printf(out,
                               "hangji_jobs{kind=\"%s\",state=\"%s\"} %" G_GINT64_FORMAT "\n",
                               kind, hj_rows_text(rows, "state"), hj_rows_i64(rows, "n"));
}

/* What only the database knows; without an answer these lines are left out. */
static void
emit_database(HjStore *store, GString *out)
{
    g_autoptr(HjTx) tx = hj_store_read(store, NULL);
    if (tx == NULL)
        return;
    HjVal county = HJ_I64(hj_store_county(store));
    bool sqlite = g_str_equal(hj_store_driver(store)->name, "sqlite");
    g_autoptr(HjRows) size = sqlite ? hj_tx_query(tx, NULL, SQL_SIZE_SQLITE)
                                    : hj_tx_query(tx, NULL, SQL_SIZE_POSTGRES);
    g_autoptr(HjRows) state = hj_tx_query(tx, NULL, SQL_STATE, county, HJ_TIME(hj_tx_now(tx)),
                                          HJ_TIME(hj_tx_now(tx) - HALF_AN_HOUR));
    g_autoptr(HjRows) imports = hj_tx_query(tx, NULL, SQL_IMPORTS, county);
    g_autoptr(HjRows) deliveries = hj_tx_query(tx, NULL, SQL_DELIVERIES, county);
    if (size != NULL && hj_rows_next(size))
        gauge(out, "hangji_database_bytes", "Size of the database.", hj_rows_i64(size, "n"));
    if (state != NULL && hj_rows_next(state)) {
        gauge(out, "hangji_sessions", "Sessions used within half an hour.",
              hj_rows_i64(state, "sessions"));
        counter(out, "hangji_chain_sealed_total", "Events in the chain.",
                hj_rows_i64(state, "sealed"));
        gauge(out, "hangji_chain_lag", "Events after the last sealed one.",
              hj_rows_i64(state, "lag"));
    }
    g_string_append(out, "# HELP hangji_jobs Background jobs by kind and state.\n"
                         "# TYPE hangji_jobs gauge\n");
    emit_jobs(out, "import", imports);
    emit_jobs(out, "delivery", deliveries);
}

static void
emit_store(HjStore *store, GString *out)
{
    HjStoreCounts counts = hj_store_counts(store);
    counter(out, "hangji_durable_writes_total", "Writes made durable.", counts.n_writes);
    counter(out, "hangji_commits_total", "Commits that made them durable.", counts.n_commits);
    gauge(out, "hangji_lane_depth", "Writes that wait for the write lane.", counts.n_waiting);
    emit_database(store, out);
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
    emit_store(req->app->store, res->body);
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
