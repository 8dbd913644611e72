/* Where a row may go back to, and whether its last move can still be taken back. */
#include "core/flow_priv.h"

/* The visits in the order of time; @outcome is the act that ended one by moving the row. */
#define SQL_WAY                                                                                \
    "SELECT node, visit, MIN(id) AS first, "                                                   \
    "MAX(CASE WHEN to_node IS NOT NULL THEN outcome END) AS outcome FROM sys_task "            \
    "WHERE county = $1 AND row_id = $2 AND kind IN ('act', 'second') "                         \
    "GROUP BY node, visit ORDER BY first"
#define SQL_TOUCHED                                                                            \
    "SELECT id FROM sys_task WHERE county = $1 AND row_id = $2 AND node = $3 AND visit = $4 "  \
    "AND kind <> 'copy' AND (closed_at IS NOT NULL OR kind <> 'act') LIMIT 1"

/* A step onwards adds to the way.  A return leaves what came after where it leads: from there
 * nobody may "go back" to it past the checks between. */
static void
step(GPtrArray *way, const HjFlowNode *to, bool onwards)
{
    guint at;
    if (g_ptr_array_find(way, to, &at)) {
        gpointer from = g_ptr_array_index(way, way->len - 1);
        g_ptr_array_set_size(way, (int)at);
        if (onwards && from != to)
            g_ptr_array_add(way, from);
    }
    g_ptr_array_add(way, (gpointer)to);
}

/* The nodes the row came through to where it stands, the first one first. */
static GPtrArray *
way_of(HjTx *tx, const HjCase *c, GError **error)
{
    g_autoptr(HjRows) visits =
        hj_tx_query(tx, error, SQL_WAY, HJ_I64(hj_tx_county(tx)), HJ_I64(c->id));
    if (visits == NULL)
        return NULL;
    GPtrArray *way = g_ptr_array_new();
    const HjFlowAction *by = NULL;
    while (hj_rows_next(visits)) {
        const HjFlowNode *node = hj_flow_node(c->flow, hj_rows_text(visits, "node"));
        const char *outcome = hj_rows_text(visits, "outcome");
        if (node == NULL)
            continue; /* the pack has it no more */
        step(way, node, by != NULL && !by->free);
        by = outcome != NULL ? hj_flow_action(node, outcome) : NULL;
    }
    return way;
}

GPtrArray *
hj_case_backs(HjTx *tx, const HjCase *c, GError **error)
{
    HjBack back = c->node->back;
    g_autoptr(GPtrArray) way = way_of(tx, c, error);
    if (way == NULL)
        return NULL;
    GPtrArray *backs = g_ptr_array_new();
    for (guint i = 0; i + 1 < way->len; i++) {
        const HjFlowNode *node = g_ptr_array_index(way, i);
        bool allowed = back == HJ_BACK_ANY || (back == HJ_BACK_PREVIOUS && i + 2 == way->len) ||
                       (back == HJ_BACK_START && g_str_equal(node->name, c->flow->start));
        if (allowed && !node->final && node != c->node)
            g_ptr_array_add(backs, (gpointer)node);
    }
    return backs;
}

bool
hj_case_untouched(HjTx *tx, const HjCase *c, const HjRows *stored, bool *ret, GError **error)
{
    g_autoptr(HjRows) touched =
        hj_tx_query(tx, error, SQL_TOUCHED, HJ_I64(hj_tx_county(tx)), HJ_I64(c->id),
                    HJ_TEXT(c->node->name), HJ_I64(c->visit));
    HjChildren children;
    if (touched == NULL || !hj_case_children(tx, c, &children, error))
        return false;
    *ret = !hj_rows_next(touched) && children.n == children.n_open &&
           hj_rows_i64(stored, "updated_at") <= hj_rows_i64(c->rows, "entered_at");
    return true;
}
