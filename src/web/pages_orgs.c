/* The organizations in scope: search, and a tree that opens one level at a time. */
#include "base/id.h"
#include "core/access.h"
#include "orgs.html.h"
#include "web/pages.h"
#include "web/rowquery.h"
#include "web/views_org.h"

#include <string.h>

#define BATCH 2000
#define PER_PAGE 100
#define OPENS_ABOVE                                                                            \
    8 /* with more than this below, a tile opens here instead of its own page                  \
       */

typedef struct {
    const char *code, *name, *kind;
    int parent;     /* index, or -1 at the top of the scope */
    int64_t *below; /* by kind of the pack, without itself */
    int64_t n_below;
} Node;

typedef struct {
    HjRequest *req;
    const HjPack *pack;
    Node *nodes;
    size_t n;
    int64_t *of_kind;
} Tree;

static size_t
kind_index(const HjPack *pack, const char *kind)
{
    for (size_t i = 0; i < pack->n_org_kinds; i++)
        if (g_str_equal(pack->org_kinds[i].name, kind))
            return i;
    return pack->n_org_kinds;
}

static void
count_upward(Tree *tree, const Node *node)
{
    size_t kind = kind_index(tree->pack, node->kind);
    tree->of_kind[kind]++;
    for (int at = node->parent; at >= 0; at = tree->nodes[at].parent) {
        tree->nodes[at].below[kind]++;
        tree->nodes[at].n_below++;
    }
}

/* Everything in scope, narrowed by core, batch by batch. */
static bool
load_rows(HjRequest *req, GPtrArray *batches, size_t *ret_n, GError **error)
{
    int64_t last = 0;
    size_t n;
    do {
        HjRows *rows = hj_org_list(hj_request_tx(req), hj_request_actor(req), 0, NULL, NULL,
                                   BATCH, last, error);
        if (rows == NULL)
            return false;
        hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
        g_ptr_array_add(batches, rows);
        n = hj_rows_count(rows);
        *ret_n += n;
        while (hj_rows_next(rows))
            last = hj_rows_i64(rows, "id");
        hj_rows_rewind(rows);
    } while (n == BATCH);
    return true;
}

/* A child may come before its parent: codes keep no memory of moves. */
static void
join_parents(Tree *tree, const char *const *above)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < tree->n; i++)
        g_hash_table_insert(places, (gpointer)tree->nodes[i].code, GSIZE_TO_POINTER(i + 1));
    for (size_t i = 0; i < tree->n; i++)
        tree->nodes[i].parent =
            above[i] != NULL ? GPOINTER_TO_INT(g_hash_table_lookup(places, above[i])) - 1 : -1;
    for (size_t i = 0; i < tree->n; i++)
        count_upward(tree, &tree->nodes[i]);
}

static bool
load_tree(HjRequest *req, Tree *tree, GError **error)
{
    g_autoptr(GPtrArray) batches = g_ptr_array_new();
    size_t n = 0;
    if (!load_rows(req, batches, &n, error))
        return false;
    size_t n_kinds = tree->pack->n_org_kinds + 1;
    const char **above = hj_request_new(req, const char *, n + 1);
    tree->nodes = hj_request_new(req, Node, n + 1);
    tree->of_kind = hj_request_new(req, int64_t, n_kinds);
    for (guint i = 0; i < batches->len; i++) {
        HjRows *rows = g_ptr_array_index(batches, i);
        while (hj_rows_next(rows)) {
            above[tree->n] = hj_rows_text(rows, "parent_code");
            tree->nodes[tree->n++] = (Node){
                .code = hj_rows_text(rows, "code"),
                .name = hj_rows_text(rows, "name"),
                .kind = hj_rows_text(rows, "kind"),
                .below = hj_request_new(req, int64_t, n_kinds),
            };
        }
    }
    join_parents(tree, above);
    return true;
}

/* "48 villages, 3 communities" */
static const char *
below_text(const Tree *tree, const Node *node)
{
    HjLang lang = hj_request_lang(tree->req);
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < tree->pack->n_org_kinds; i++) {
        if (node->below[i] == 0)
            continue;
        const char *title = hj_i18n_label(&tree->pack->org_kinds[i].title, lang);
        g_string_append_printf(text, "%s%s %" G_GINT64_FORMAT, text->len > 0 ? " · " : "",
                               title, node->below[i]);
    }
    return hj_request_adopt(tree->req, g_string_free(text, FALSE), g_free);
}

static HjOrgTile
tile_of(const Tree *tree, const Node *node)
{
    bool opens = node->n_below > OPENS_ABOVE;
    return (HjOrgTile){
        .href = hj_request_printf(tree->req, opens ? "/orgs?under=%s" : "/orgs/%s", node->code),
        .name = node->name,
        .below = opens ? below_text(tree, node) : NULL,
    };
}

/* What stands directly under @at (-1: the top of the scope), by kind. */
static void
fill_groups(const Tree *tree, int at, HjOrgsView *view)
{
    const HjPack *pack = tree->pack;
    view->groups = hj_request_new(tree->req, HjOrgGroup, pack->n_org_kinds);
    for (size_t k = 0; k < pack->n_org_kinds; k++) {
        HjOrgGroup group = { .title = hj_page_label(tree->req, &pack->org_kinds[k].title),
                             .orgs = hj_request_new(tree->req, HjOrgTile, tree->n) };
        for (size_t i = 0; i < tree->n; i++) {
            const Node *node = &tree->nodes[i];
            if (node->parent != at || !g_str_equal(node->kind, pack->org_kinds[k].name))
                continue;
            HjOrgTile tile = tile_of(tree, node);
            group.wide = group.wide || tile.below != NULL;
            group.orgs[group.n_orgs++] = tile;
        }
        if (group.n_orgs > 0)
            view->groups[view->n_groups++] = group;
    }
}

/* How many of each kind there are, in scope or below @at, as links that list them. */
static void
fill_kinds(const Tree *tree, int at, HjOrgsView *view)
{
    const HjPack *pack = tree->pack;
    const int64_t *counts = at >= 0 ? tree->nodes[at].below : tree->of_kind;
    view->kinds = hj_request_new(tree->req, HjKindCount, pack->n_org_kinds);
    view->options = hj_request_new(tree->req, HjOption, pack->n_org_kinds);
    for (size_t i = 0; i < pack->n_org_kinds; i++) {
        const HjOrgKind *kind = &pack->org_kinds[i];
        bool on = g_strcmp0(view->kind, kind->name) == 0;
        const char *title = hj_page_label(tree->req, &kind->title);
        if (tree->of_kind[i] > 0)
            view->options[view->n_options++] =
                (HjOption){ .value = kind->name, .text = title, .on = on };
        if (counts[i] == 0 || kind->n_under == 0)
            continue;
        view->kinds[view->n_kinds++] = (HjKindCount){
            .href = view->under != NULL
                        ? hj_request_printf(tree->req, "/orgs?kind=%s&under=%s", kind->name,
                                            view->under)
                        : hj_request_printf(tree->req, "/orgs?kind=%s", kind->name),
            .title = title,
            .count = counts[i],
            .on = on,
        };
    }
}

static int
find_node(const Tree *tree, const char *code)
{
    for (size_t i = 0; i < tree->n; i++)
        if (g_str_equal(tree->nodes[i].code, code))
            return (int)i;
    return -1;
}

/* The only node at the top, which is then open from the beginning. */
static int
only_root(const Tree *tree)
{
    int root = -1;
    for (size_t i = 0; i < tree->n; i++) {
        if (tree->nodes[i].parent >= 0)
            continue;
        if (root >= 0)
            return -1;
        root = (int)i;
    }
    return root;
}

static void
fill_path(const Tree *tree, int at, HjOrgsView *view)
{
    int path[8];
    size_t n = 0;
    for (int up = tree->nodes[at].parent; up >= 0 && n < G_N_ELEMENTS(path);
         up = tree->nodes[up].parent)
        path[n++] = up;
    while (n > 0) {
        const Node *node = &tree->nodes[path[--n]];
        hj_page_crumb(tree->req, &view->page,
                      hj_request_printf(tree->req, "/orgs?under=%s", node->code), node->name);
    }
    view->where = tree->nodes[at].name;
    view->where_href = hj_request_printf(tree->req, "/orgs/%s", tree->nodes[at].code);
}

/* Where the page stands: what was asked for, the only root, or -1 for several roots. */
static bool
find_place(const Tree *tree, const char *under, int *ret_at, GError **error)
{
    *ret_at = under != NULL ? find_node(tree, under) : only_root(tree);
    if (under != NULL && *ret_at < 0)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
    return true;
}

static bool
fill_found(HjRequest *req, HjOrgsView *view, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    const char *after = hj_request_query(req, "after");
    int64_t after_id = 0, under = 0;
    if (after != NULL && *after != '\0' && !hj_id_parse(after, &after_id))
        return hj_rowquery_fail(req, "after", N_("This page of the list does not exist."),
                                error);
    if (view->under != NULL) {
        HjRows *org = hj_page_org(req, view->under, error);
        if (org == NULL)
            return false;
        under = hj_rows_i64(org, "id");
    }
    HjRows *rows =
        hj_org_list(tx, actor, under, view->kind, view->q, PER_PAGE + 1, after_id, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->found = hj_request_new(req, HjOrgFound, hj_rows_count(rows));
    int64_t last = 0;
    while (hj_rows_next(rows)) {
        if (view->n_found == PER_PAGE) {
            const char *next = hj_request_printf(req, "%" G_GINT64_FORMAT, last);
            view->next_href = hj_rowquery_href(req, NULL, "after", next, NULL);
            break;
        }
        last = hj_rows_i64(rows, "id");
        const HjOrgKind *kind =
            hj_pack_org_kind(hj_request_pack(req), hj_rows_text(rows, "kind"));
        const char *above = hj_rows_text(rows, "parent_code");
        view->found[view->n_found++] = (HjOrgFound){
            .href = hj_request_printf(req, "/orgs/%s", hj_rows_text(rows, "code")),
            .name = hj_rows_text(rows, "name"),
            .code = hj_rows_text(rows, "code"),
            .kind = kind != NULL ? hj_page_label(req, &kind->title) : NULL,
            .above = hj_rows_text(rows, "parent_name"),
            .above_href =
                above != NULL ? hj_request_printf(req, "/orgs?under=%s", above) : NULL,
        };
    }
    return true;
}

/* A parameter that says something, or NULL. */
HjResponse *
hj_pages_orgs(HjRequest *req, GError **error)
{
    HjOrgsView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Organizations")), "orgs"),
        .q = hj_request_query_text(req, "q"),
        .kind = hj_request_query_text(req, "kind"),
        .under = hj_request_query_text(req, "under"),
    };
    Tree tree = { .req = req, .pack = hj_request_pack(req) };
    if (view.kind != NULL && hj_pack_org_kind(tree.pack, view.kind) == NULL) {
        hj_rowquery_fail(req, "kind", N_("There is no such kind of organization."), error);
        return NULL;
    }
    view.may_import = hj_access_may(hj_request_actor(req), "org.manage");
    view.searched = view.q != NULL || view.kind != NULL;
    view.clear_href =
        view.under != NULL ? hj_request_printf(req, "/orgs?under=%s", view.under) : "/orgs";
    int at = -1;
    if (!load_tree(req, &tree, error) || !find_place(&tree, view.under, &at, error))
        return NULL;
    if (view.under != NULL)
        hj_page_crumb(req, &view.page, "/orgs", view.page.title);
    if (at >= 0)
        fill_path(&tree, at, &view);
    fill_kinds(&tree, at, &view);
    if (!view.searched)
        fill_groups(&tree, at, &view);
    else if (!fill_found(req, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_orgs(&out, &view);
    return res;
}
