#include "core/org.h"

#include "base/text.h"
#include "core/access.h"
#include "core/row_sql.h"
#include "store/recall.h"

#include <string.h>

#define MAX_LIST 2000
#define MAX_SEARCH 100

typedef struct {
    GStringChunk *strings;
    GHashTable *by_id;   /* id to index + 1 */
    GHashTable *by_code; /* code to index + 1 */
    int *parents;        /* index of the parent, or -1 */
} Private;

/* Everything open on the day, with the name and the parent of that day. */
#define SQL_TREE                                                                               \
    "SELECT o.id AS id, o.code AS code, o.kind AS kind, n.name AS name, p.ancestor AS parent," \
    " o.opened_on AS opened_on, o.closed_on AS closed_on"                                      \
    " FROM sys_org o"                                                                          \
    " JOIN sys_org_name n ON n.county = o.county AND n.org = o.id AND n.from_on <= $2"         \
    " AND n.to_on >= $2"                                                                       \
    " LEFT JOIN sys_tree p ON p.county = o.county AND p.org = o.id AND p.depth = 1"            \
    " AND p.from_on <= $2 AND p.to_on >= $2"                                                   \
    " WHERE o.county = $1 AND o.opened_on <= $2"                                               \
    " AND (o.closed_on IS NULL OR o.closed_on > $2)"                                           \
    " ORDER BY o.sort, o.code"

void
hj_org_tree_free(HjOrgTree *tree)
{
    if (tree == NULL)
        return;
    Private *priv = tree->priv;
    g_string_chunk_free(priv->strings);
    g_hash_table_unref(priv->by_id);
    g_hash_table_unref(priv->by_code);
    g_free(priv->parents);
    g_free(priv);
    g_free(tree->orgs);
    g_free(tree);
}

static HjOrgTree *
tree_new(size_t n)
{
    HjOrgTree *tree = g_new0(HjOrgTree, 1);
    Private *priv = g_new0(Private, 1);
    priv->strings = g_string_chunk_new(16 * 1024);
    priv->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    priv->by_code = g_hash_table_new(g_str_hash, g_str_equal);
    priv->parents = g_new0(int, n + 1);
    tree->orgs = g_new0(HjOrg, n + 1);
    tree->priv = priv;
    return tree;
}

/* The children of each organization in the order read, as lists threaded through two arrays. */
typedef struct {
    HjOrg *read;
    size_t n;
    int *first, *next; /* index of the first child, of the next sibling; -1 ends */
    HjOrgTree *tree;
} Planting;

/* Puts @i and what lies below it behind what the tree has; the depth of a tree is small. */
static void
plant(Planting *p, int i, int parent, int depth)
{
    HjOrgTree *tree = p->tree;
    Private *priv = tree->priv;
    size_t place = tree->n_orgs++;
    HjOrg *org = &tree->orgs[place];
    *org = p->read[i];
    org->depth = depth;
    org->parent_name = parent >= 0 ? tree->orgs[parent].name : NULL;
    priv->parents[place] = parent;
    g_hash_table_insert(priv->by_id, &org->id, GINT_TO_POINTER((int)place + 1));
    g_hash_table_insert(priv->by_code, (gpointer)org->code, GINT_TO_POINTER((int)place + 1));
    for (int child = p->first[i]; child >= 0; child = p->next[child])
        plant(p, child, (int)place, depth + 1);
}

/* Threads every organization under its parent; those whose parent is not there are roots. */
static void
plant_all(Planting *p)
{
    g_autoptr(GHashTable) at = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autofree int *last = g_new(int, p->n + 1);
    p->first = g_new(int, p->n + 1);
    p->next = g_new(int, p->n + 1);
    for (size_t i = 0; i < p->n; i++) {
        p->first[i] = p->next[i] = last[i] = -1;
        g_hash_table_insert(at, &p->read[i].id, GINT_TO_POINTER((int)i + 1));
    }
    g_autofree bool *is_root = g_new0(bool, p->n + 1);
    for (size_t i = 0; i < p->n; i++) {
        int above = GPOINTER_TO_INT(g_hash_table_lookup(at, &p->read[i].parent)) - 1;
        if (above < 0) {
            is_root[i] = true;
            p->read[i].parent = 0;
            continue;
        }
        if (last[above] < 0)
            p->first[above] = (int)i;
        else
            p->next[last[above]] = (int)i;
        last[above] = (int)i;
    }
    for (size_t i = 0; i < p->n; i++)
        if (is_root[i])
            plant(p, (int)i, -1, 0);
    g_free(p->first);
    g_free(p->next);
}

HjOrgTree *
hj_org_tree_load(HjTx *tx, HjDate on, GError **error)
{
    HjDate day = on != HJ_DATE_NONE ? on : hj_tx_today(tx);
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_TREE, HJ_I64(hj_tx_county(tx)), HJ_DATE(day));
    if (rows == NULL)
        return NULL;
    size_t n = hj_rows_count(rows);
    HjOrgTree *tree = tree_new(n);
    GStringChunk *strings = ((Private *)tree->priv)->strings;
    g_autofree HjOrg *read = g_new0(HjOrg, n + 1);
    for (size_t i = 0; hj_rows_next(rows); i++) {
        const char *closed = hj_rows_text(rows, "closed_on");
        read[i] = (HjOrg){
            .id = hj_rows_i64(rows, "id"),
            .parent = hj_rows_i64(rows, "parent"),
            .code = g_string_chunk_insert(strings, hj_rows_text(rows, "code")),
            .kind = g_string_chunk_insert_const(strings, hj_rows_text(rows, "kind")),
            .name = g_string_chunk_insert(strings, hj_rows_text(rows, "name")),
            .opened_on = g_string_chunk_insert_const(strings, hj_rows_text(rows, "opened_on")),
            .closed_on = closed != NULL ? g_string_chunk_insert(strings, closed) : NULL,
        };
    }
    Planting planting = { .read = read, .n = n, .tree = tree };
    plant_all(&planting);
    return tree;
}

const HjOrg *
hj_org_tree_find(const HjOrgTree *tree, int64_t id)
{
    const Private *priv = tree->priv;
    int i = GPOINTER_TO_INT(g_hash_table_lookup(priv->by_id, &id));
    return i > 0 ? &tree->orgs[i - 1] : NULL;
}

const HjOrg *
hj_org_tree_code(const HjOrgTree *tree, const char *code)
{
    const Private *priv = tree->priv;
    int i = code != NULL ? GPOINTER_TO_INT(g_hash_table_lookup(priv->by_code, code)) : 0;
    return i > 0 ? &tree->orgs[i - 1] : NULL;
}

int
hj_org_tree_parent(const HjOrgTree *tree, size_t i)
{
    g_assert(i < tree->n_orgs);
    const Private *priv = tree->priv;
    return priv->parents[i];
}

#define SQL_FIND "SELECT id FROM sys_org WHERE county = $1 AND code = $2"

bool
hj_org_find(HjTx *tx, const char *code, int64_t *ret_id, GError **error)
{
    bool askable = code != NULL && hj_text_is_clean(code, false);
    g_autoptr(HjRows) rows = hj_tx_recall(tx, error, SQL_FIND, HJ_I64(hj_tx_county(tx)),
                                          HJ_TEXT(askable ? code : ""));
    if (rows == NULL)
        return false;
    *ret_id = hj_rows_next(rows) ? hj_rows_i64(rows, "id") : 0;
    return true;
}

/* An organization with today's name and parent. */
#define ORG_COLUMNS "o.id AS id, o.code AS code, o.kind AS kind, n.name AS name"
#define ORG_JOINS                                                                              \
    " FROM sys_org o"                                                                          \
    " JOIN sys_org_name n ON n.county = o.county AND n.org = o.id AND n.to_on = '9999-12-31'"  \
    " LEFT JOIN sys_tree p ON p.county = o.county AND p.org = o.id AND p.depth = 1"            \
    " AND p.to_on = '9999-12-31'"                                                              \
    " LEFT JOIN sys_org po ON po.county = p.county AND po.id = p.ancestor"                     \
    " LEFT JOIN sys_org_name pn ON pn.county = p.county AND pn.org = p.ancestor"               \
    " AND pn.to_on = '9999-12-31'"
#define SQL_GET                                                                                \
    "SELECT " ORG_COLUMNS ", p.ancestor AS parent, po.code AS parent_code,"                    \
    " pn.name AS parent_name, o.opened_on AS opened_on, o.closed_on AS closed_on" ORG_JOINS    \
    " WHERE o.county = $1 AND o.id = $2"

HjRows *
hj_org_get(HjTx *tx, int64_t id, GError **error)
{
    return hj_tx_query(tx, error, SQL_GET, HJ_I64(hj_tx_county(tx)), HJ_I64(id));
}

static void
add_search(HjSqlb *b, const char *q)
{
    static const char *const columns[] = { "LOWER(n.name)", "n.pinyin", "n.initials",
                                           "LOWER(o.code)" };
    g_autofree char *pattern = hj_row_sql_like(q);
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        hj_sqlb_add_literal(b, i == 0 ? " AND (" : " OR ");
        hj_sqlb_add_literal(b, columns[i]);
        hj_sqlb_lit(b, " LIKE ");
        /* A code is known from its beginning. */
        hj_sqlb_param(b, HJ_TEXT(i == G_N_ELEMENTS(columns) - 1 ? pattern + 1 : pattern));
        hj_sqlb_lit(b, " ESCAPE '\\'");
    }
    hj_sqlb_lit(b, ")");
}

HjRows *
hj_org_list(HjTx *tx, const HjActor *actor, int64_t under, const char *kind, const char *q,
            int limit, int64_t after_id, GError **error)
{
    if (!hj_access_may(actor, "org.view")) {
        hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        return NULL;
    }
    if (under != 0 && !hj_access_check(tx, actor, "org.view", under, error))
        return NULL;
    bool searches = q != NULL && *q != '\0';
    if ((searches && (!hj_text_is_clean(q, false) || hj_text_length(q) > MAX_SEARCH)) ||
        (kind != NULL && !hj_text_is_clean(kind, false))) {
        hj_fail(error, HJ_ERROR_MALFORMED, "This filter cannot be read.");
        return NULL;
    }
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT " ORG_COLUMNS
                   ", po.code AS parent_code, pn.name AS parent_name" ORG_JOINS
                   " WHERE o.closed_on IS NULL AND o.county = ");
    hj_sqlb_param(b, county);
    if (under == 0) {
        hj_access_scope(b, tx, actor, "org.view", NULL, "o.id");
    } else {
        hj_sqlb_lit(b, " AND o.id IN (SELECT t.org FROM sys_tree t WHERE t.county = ");
        hj_sqlb_param(b, county);
        hj_sqlb_lit(b, " AND t.to_on = '9999-12-31' AND t.ancestor = ");
        hj_sqlb_param(b, HJ_I64(under));
        hj_sqlb_lit(b, ")");
    }
    if (kind != NULL && *kind != '\0') {
        hj_sqlb_lit(b, " AND o.kind = ");
        hj_sqlb_param(b, HJ_TEXT(kind));
    }
    if (searches)
        add_search(b, q);
    if (after_id != 0) {
        hj_sqlb_lit(b, " AND o.code > (SELECT x.code FROM sys_org x WHERE x.county = ");
        hj_sqlb_param(b, county);
        hj_sqlb_lit(b, " AND x.id = ");
        hj_sqlb_param(b, HJ_I64(after_id));
        hj_sqlb_lit(b, ")");
    }
    hj_sqlb_lit(b, " ORDER BY o.code LIMIT ");
    hj_sqlb_param(b, HJ_I64(CLAMP(limit, 1, MAX_LIST)));
    return hj_sqlb_query(b, tx, error);
}

#define SQL_ANYWHERE                                                                           \
    "SELECT o.code AS code, o.id AS id, n.name AS name, COALESCE(gn.name, pn.name) AS above"   \
    " FROM sys_org o"                                                                          \
    " JOIN sys_org_name n ON n.county = o.county AND n.org = o.id AND n.to_on = '9999-12-31'"  \
    " LEFT JOIN sys_tree p ON p.county = o.county AND p.org = o.id AND p.depth = 1"            \
    " AND p.to_on = '9999-12-31'"                                                              \
    " LEFT JOIN sys_org_name pn ON pn.county = p.county AND pn.org = p.ancestor"               \
    " AND pn.to_on = '9999-12-31'"                                                             \
    " LEFT JOIN sys_tree g ON g.county = o.county AND g.org = o.id AND g.depth = 2"            \
    " AND g.to_on = '9999-12-31' AND EXISTS (SELECT 1 FROM sys_tree r WHERE"                   \
    " r.county = g.county AND r.org = g.ancestor AND r.depth = 1 AND r.to_on = '9999-12-31')"  \
    " LEFT JOIN sys_org_name gn ON gn.county = g.county AND gn.org = g.ancestor"               \
    " AND gn.to_on = '9999-12-31'"                                                             \
    " WHERE o.county = $1 AND o.closed_on IS NULL AND ($2 = '' OR o.kind = $2)"                \
    " ORDER BY o.code"

HjRows *
hj_org_anywhere(HjTx *tx, const char *kind, GError **error)
{
    return hj_tx_query(tx, error, SQL_ANYWHERE, HJ_I64(hj_tx_county(tx)),
                       HJ_TEXT(kind != NULL ? kind : ""));
}

#define SQL_FORMER                                                                             \
    "SELECT c.id AS act_id, c.act AS act, c.on_day AS on_day, c.document AS document,"         \
    " c.note AS note, o.code AS code, o.kind AS kind, o.closed_on AS closed_on,"               \
    " COALESCE((SELECT w.name FROM sys_org_name w WHERE w.county = c.county AND w.org = c.org" \
    " AND w.from_on < c.on_day ORDER BY w.from_on DESC LIMIT 1), n.name) AS was,"              \
    " CASE WHEN c.act = 'rename' THEN (SELECT w.name FROM sys_org_name w"                      \
    " WHERE w.county = c.county AND w.org = c.org AND w.from_on <= c.on_day"                   \
    " ORDER BY w.from_on DESC LIMIT 1) ELSE n.name END AS name,"                               \
    " x.code AS other_code, xn.name AS other_name"                                             \
    " FROM sys_org_act c JOIN sys_org o ON o.county = c.county AND o.id = c.org"               \
    " JOIN sys_org_name n ON n.county = o.county AND n.org = o.id AND n.to_on = '9999-12-31'"  \
    " LEFT JOIN sys_org x ON x.county = c.county AND x.id = c.other"                           \
    " LEFT JOIN sys_org_name xn ON xn.county = x.county AND xn.org = x.id"                     \
    " AND xn.to_on = '9999-12-31'" /* A name given and taken back on one day was never in      \
                                      force. */                                                \
    " WHERE c.act IN ('close', 'merge', 'rename') AND (c.act <> 'rename' OR EXISTS (SELECT 1"  \
    " FROM sys_org_name w WHERE w.county = c.county AND w.org = c.org"                         \
    " AND w.from_on < c.on_day)) AND c.county = "

/* By any name it ever had, or the beginning of the code. */
static void
add_search_ever(HjSqlb *b, const char *q)
{
    static const char *const columns[] = { "LOWER(e.name)", "e.pinyin", "e.initials" };
    g_autofree char *pattern = hj_row_sql_like(q);
    hj_sqlb_lit(b, " AND (LOWER(o.code) LIKE ");
    hj_sqlb_param(b, HJ_TEXT(pattern + 1));
    hj_sqlb_lit(b, " ESCAPE '\\' OR EXISTS (SELECT 1 FROM sys_org_name e WHERE e.county = "
                   "o.county AND e.org = o.id AND (");
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        hj_sqlb_add_literal(b, i == 0 ? "" : " OR ");
        hj_sqlb_add_literal(b, columns[i]);
        hj_sqlb_lit(b, " LIKE ");
        hj_sqlb_param(b, HJ_TEXT(pattern));
        hj_sqlb_lit(b, " ESCAPE '\\'");
    }
    hj_sqlb_lit(b, ")))");
}

HjRows *
hj_org_former(HjTx *tx, const HjActor *actor, const char *q, int limit, int64_t before,
              GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    bool searches = q != NULL && *q != '\0';
    if (!hj_access_may(actor, "org.view")) {
        hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        return NULL;
    }
    if (searches && (!hj_text_is_clean(q, false) || hj_text_length(q) > MAX_SEARCH)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "This filter cannot be read.");
        return NULL;
    }
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, SQL_FORMER);
    hj_sqlb_param(b, county);
    hj_access_scope(b, tx, actor, "org.view", NULL, "o.id");
    if (searches)
        add_search_ever(b, q);
    if (before != 0) {
        hj_sqlb_lit(
            b, " AND EXISTS (SELECT 1 FROM sys_org_act y WHERE y.county = c.county AND "
               "(c.on_day < y.on_day OR (c.on_day = y.on_day AND c.id < y.id)) AND y.id = ");
        hj_sqlb_param(b, HJ_I64(before));
        hj_sqlb_lit(b, ")");
    }
    hj_sqlb_lit(b, " ORDER BY c.on_day DESC, c.id DESC LIMIT ");
    hj_sqlb_param(b, HJ_I64(CLAMP(limit, 1, MAX_LIST)));
    return hj_sqlb_query(b, tx, error);
}

#define SQL_ACTS                                                                               \
    "SELECT c.act AS act, c.on_day AS on_day, c.document AS document, c.note AS note,"         \
    " (SELECT n.name FROM sys_org_name n WHERE n.county = c.county AND n.org ="                \
    " CASE WHEN c.org = $2 THEN c.other ELSE c.org END"                                        \
    " AND n.to_on = '9999-12-31') AS other_name,"                                              \
    " (SELECT COALESCE(a.title, a.name) FROM sys_account a WHERE a.county = c.county"          \
    " AND a.id = c.created_by) AS actor_name"                                                  \
    " FROM sys_org_act c WHERE c.county = $1 AND (c.org = $2 OR c.other = $2)"                 \
    " ORDER BY c.on_day DESC, c.id DESC"

HjRows *
hj_org_acts(HjTx *tx, int64_t id, GError **error)
{
    return hj_tx_query(tx, error, SQL_ACTS, HJ_I64(hj_tx_county(tx)), HJ_I64(id));
}
