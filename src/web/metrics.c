#include "web/metrics.h"

#include <stdatomic.h>

static const int known[] = { 200, 201, 204, 303, 304, 400, 401, 403, 404, 405, 406,
                             409, 412, 413, 415, 422, 429, 431, 500, 503, 0 /* others */ };
#define N_KNOWN G_N_ELEMENTS(known)

static const int64_t bounds[] = { 500,   1000,   2500,   5000,    10000,   25000,
                                  50000, 100000, 250000, 1000000, 5000000, INT64_MAX };
static const char *const bound_names[] = { "0.0005", "0.001", "0.0025", "0.005",
                                           "0.01",   "0.025", "0.05",   "0.1",
                                           "0.25",   "1",     "5",      "+Inf" };
#define N_BOUNDS G_N_ELEMENTS(bounds)

struct HjMetrics {
    size_t n_routes;
    _Atomic int64_t *requests; /* (n_routes + 1) × N_KNOWN; the last row: no route */
    _Atomic int64_t buckets[N_BOUNDS];
    _Atomic int64_t micros;
    _Atomic int64_t hits, misses;
    _Atomic int writes;
};

HjMetrics *
hj_metrics_new(size_t n_routes)
{
    HjMetrics *metrics = g_new0(HjMetrics, 1);
    metrics->n_routes = n_routes;
    metrics->requests = g_new0(_Atomic int64_t, (n_routes + 1) * N_KNOWN);
    return metrics;
}

void
hj_metrics_free(HjMetrics *metrics)
{
    if (metrics == NULL)
        return;
    g_free((gpointer)metrics->requests);
    g_free(metrics);
}

void
hj_metrics_count(HjMetrics *metrics, int route, int status, int64_t micros)
{
    size_t row = route < 0 ? metrics->n_routes : (size_t)route;
    size_t column = 0;
    while (known[column] != status && known[column] != 0)
        column++;
    size_t bucket = 0;
    while (micros > bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&metrics->requests[row * N_KNOWN + column], 1,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->micros, micros, memory_order_relaxed);
}

void
hj_metrics_cache(HjMetrics *metrics, bool hit)
{
    atomic_fetch_add_explicit(hit ? &metrics->hits : &metrics->misses, 1, memory_order_relaxed);
}

void
hj_metrics_write_queue(HjMetrics *metrics, int change)
{
    atomic_fetch_add(&metrics->writes, change);
}

int
hj_metrics_writes_waiting(HjMetrics *metrics)
{
    return atomic_load(&metrics->writes);
}

static void
emit_requests(HjMetrics *metrics, const HjRoutes *routes, GString *out)
{
    g_string_append(out, "# HELP hangji_requests_total Answered requests.\n"
                         "# TYPE hangji_requests_total counter\n");
    for (size_t row = 0; row <= metrics->n_routes; row++) {
        const HjRoute *route =
            row < metrics->n_routes ? hj_routes_row(routes, row)->route : NULL;
        for (size_t column = 0; column < N_KNOWN; column++) {
            int64_t n = atomic_load(&metrics->requests[row * N_KNOWN + column]);
            if (n == 0)
                continue;
            g_string_append_printf(out,
                                   "hangji_requests_total{method=\"%s\",route=\"%s\","
                                   "status=\"%d\"} %" G_GINT64_FORMAT "\n",
                                   route != NULL ? hj_router_method_name(route->method) : "",
                                   route != NULL ? route->pattern : "", known[column], n);
        }
    }
}

void
hj_metrics_emit(HjMetrics *metrics, const HjRoutes *routes, GString *out)
{
    emit_requests(metrics, routes, out);
    g_string_append(out, "# HELP hangji_request_seconds From the whole request to its answer.\n"
                         "# TYPE hangji_request_seconds histogram\n");
    int64_t total = 0;
    for (size_t i = 0; i < N_BOUNDS; i++) {
        total += atomic_load(&metrics->buckets[i]);
        g_string_append_printf(
            out, "hangji_request_seconds_bucket{le=\"%s\"} %" G_GINT64_FORMAT "\n",
            bound_names[i], total);
    }
    int64_t micros = atomic_load(&metrics->micros);
    g_string_append_printf(out,
                           "hangji_request_seconds_sum %" G_GINT64_FORMAT
                           ".%06d\nhangji_request_seconds_count %" G_GINT64_FORMAT "\n",
                           micros / 1000000, (int)(micros % 1000000), total);
    g_string_append_printf(
        out,
        "# HELP hangji_page_cache_hits_total Pages answered from memory.\n"
        "# TYPE hangji_page_cache_hits_total counter\n"
        "hangji_page_cache_hits_total %" G_GINT64_FORMAT "\n"
        "# HELP hangji_page_cache_misses_total Pages that could be kept and were not.\n"
        "# TYPE hangji_page_cache_misses_total counter\n"
        "hangji_page_cache_misses_total %" G_GINT64_FORMAT "\n"
        "# HELP hangji_writes_waiting Writes queued and not durable yet.\n"
        "# TYPE hangji_writes_waiting gauge\nhangji_writes_waiting %d\n",
        atomic_load(&metrics->hits), atomic_load(&metrics->misses),
        atomic_load(&metrics->writes));
}
