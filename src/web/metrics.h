/* metrics: counters of what was asked and how long it took, in the Prometheus text format.
 *
 * Units    microseconds in, seconds out
 * Owns     hj_metrics_free
 * Threads  any
 * Source   interface.md (/metrics) */
#pragma once

#include "web/routes.h"

typedef struct HjMetrics HjMetrics;

HjMetrics *hj_metrics_new(size_t n_routes);
void hj_metrics_free(HjMetrics *metrics);

/* @route -1: no route matched. */
void hj_metrics_count(HjMetrics *metrics, int route, int status, int64_t micros);
void hj_metrics_cache(HjMetrics *metrics, bool hit);
/* Writes that were queued and are not durable yet. */
void hj_metrics_write_queue(HjMetrics *metrics, int change);
int hj_metrics_writes_waiting(HjMetrics *metrics);

void hj_metrics_emit(HjMetrics *metrics, const HjRoutes *routes, GString *out);
