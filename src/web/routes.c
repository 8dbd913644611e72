#include "web/routes.h"

#include "web/parse.h"

#include <string.h>

#define N_METHODS 5

typedef struct Node Node;
struct Node {
    GHashTable *literal; /* segment → Node */
    Node *part;
    int row[N_METHODS]; /* -1: none */
};

struct HjRoutes {
    GArray *rows; /* of HjRouteRow */
    Node *root;
};

static void
node_free(gpointer data)
{
    Node *node = data;
    if (node == NULL)
        return;
    g_hash_table_unref(node->literal);
    node_free(node->part);
    g_free(node);
}

static Node *
node_new(void)
{
    Node *node = g_new0(Node, 1);
    node->literal = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, node_free);
    for (int i = 0; i < N_METHODS; i++)
        node->row[i] = -1;
    return node;
}

static void
row_clear(gpointer data)
{
    HjRouteRow *row = data;
    for (size_t i = 0; i < row->n_segments; i++)
        g_free((char *)row->part_names[i]);
    g_free(row->part_names);
    g_hash_table_unref(row->query);
}

static void
complain(const HjFeature *feature, const HjRoute *route, const char *why)
{
    g_printerr("route %s %s of feature %s: %s\n", hj_router_method_name(route->method),
               route->pattern, feature->name, why);
    g_assert_not_reached();
}

static void
check_route(const HjFeature *feature, const HjRoute *route)
{
    if (route->may == NULL)
        complain(feature, route, "it has no .may (HJ_PUBLIC for everybody)");
    if (route->pattern[0] != '/')
        complain(feature, route, "the pattern must begin with '/'");
    if (route->handler == NULL)
        complain(feature, route, "it has no handler");
    if (route->cache && (route->method != HJ_GET || route->no_tx))
        complain(feature, route, "only GET pages with a snapshot can be cached");
}

static Node *
child_of(Node *node, HjRouteRow *row, size_t i, const char *segment)
{
    size_t n = strlen(segment);
    if (n > 2 && segment[0] == '{' && segment[n - 1] == '}') {
        row->part_names[i] = g_strndup(segment + 1, n - 2);
        if (node->part == NULL)
            node->part = node_new();
        return node->part;
    }
    Node *child = g_hash_table_lookup(node->literal, segment);
    if (child == NULL) {
        child = node_new();
        g_hash_table_insert(node->literal, g_strdup(segment), child);
    }
    return child;
}

static void
add_route(HjRoutes *routes, const HjFeature *feature, const HjRoute *route)
{
    check_route(feature, route);
    HjRouteRow row = { .feature = feature, .route = route };
    row.query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) names = g_strsplit(route->query != NULL ? route->query : "", " ", -1);
    for (char **name = names; *name != NULL; name++) {
        if (g_str_equal(*name, "*"))
            row.any_query = true;
        else if (**name != '\0')
            g_hash_table_add(row.query, g_strdup(*name));
    }
    g_auto(GStrv) segments = g_strsplit(route->pattern + 1, "/", -1);
    row.n_segments = route->pattern[1] == '\0' ? 0 : g_strv_length(segments);
    if (row.n_segments > HJ_PARSE_MAX_SEGMENTS)
        complain(feature, route, "the pattern has too many segments");
    row.part_names = g_new0(const char *, row.n_segments + 1);
    Node *node = routes->root;
    for (size_t i = 0; i < row.n_segments; i++)
        node = child_of(node, &row, i, segments[i]);
    if (node->row[route->method] >= 0)
        complain(feature, route, "another route has the same method and address");
    node->row[route->method] = (int)routes->rows->len;
    g_array_append_val(routes->rows, row);
}

HjRoutes *
hj_routes_new(const HjFeature *const *features)
{
    HjRoutes *routes = g_new0(HjRoutes, 1);
    routes->rows = g_array_new(FALSE, FALSE, sizeof(HjRouteRow));
    g_array_set_clear_func(routes->rows, row_clear);
    routes->root = node_new();
    for (; *features != NULL; features++) {
        for (const HjRoute *route = (*features)->routes; route->pattern != NULL; route++)
            add_route(routes, *features, route);
    }
    return routes;
}

void
hj_routes_free(HjRoutes *routes)
{
    if (routes == NULL)
        return;
    g_array_unref(routes->rows);
    node_free(routes->root);
    g_free(routes);
}

size_t
hj_routes_count(const HjRoutes *routes)
{
    return routes->rows->len;
}

const HjRouteRow *
hj_routes_row(const HjRoutes *routes, size_t i)
{
    return &g_array_index(routes->rows, HjRouteRow, i);
}

static int
match(const Node *node, HjMethod method, const char *const *segments, size_t n,
      unsigned *methods)
{
    if (n == 0) {
        for (int i = 0; i < N_METHODS; i++)
            *methods |= node->row[i] >= 0 ? 1u << i : 0;
        return node->row[method];
    }
    const Node *child = g_hash_table_lookup(node->literal, segments[0]);
    int row = child != NULL ? match(child, method, segments + 1, n - 1, methods) : -1;
    /* An empty segment (a closing '/') is never the value of a part. */
    if (row < 0 && node->part != NULL && segments[0][0] != '\0')
        row = match(node->part, method, segments + 1, n - 1, methods);
    return row;
}

int
hj_routes_match(const HjRoutes *routes, HjMethod method, const char *const *segments, size_t n,
                unsigned *ret_methods)
{
    unsigned methods = 0;
    int row = match(routes->root, method, segments, n, &methods);
    *ret_methods = methods;
    return row;
}
