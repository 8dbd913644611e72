/* routes: which handler answers which address.
 *
 * A literal segment wins over a {part}.  Two routes of one method and shape, a pattern that is
 * not well formed and a route without .may end the program at the start.
 *
 * Units    none
 * Owns     the table; routes themselves are the features' constants
 * Threads  any, once built
 * Source   style.md 2.7 */
#pragma once

#include "web/router.h"

typedef struct HjRoutes HjRoutes;

/* One row of the table, numbered from 0 for the counters. */
typedef struct {
    const HjFeature *feature;
    const HjRoute *route;
    const char **part_names; /* NULL where the segment is literal */
    size_t n_segments;
    GHashTable *query; /* allowed query parameters */
    bool any_query;
} HjRouteRow;

HjRoutes *hj_routes_new(const HjFeature *const *features);
void hj_routes_free(HjRoutes *routes);
size_t hj_routes_count(const HjRoutes *routes);
const HjRouteRow *hj_routes_row(const HjRoutes *routes, size_t i);

/* Index of the row, or -1; *ret_methods has a bit for each HjMethod the address knows (0: no
 * such address). */
int hj_routes_match(const HjRoutes *routes, HjMethod method, const char *const *segments,
                    size_t n, unsigned *ret_methods);
