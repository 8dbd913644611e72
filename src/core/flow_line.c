/* What a row's page shows of its way: the line, the buttons, the people to ask. */
#include "core/flow_priv.h"
#include "core/row_sql.h"

#define SQL_LINE                                                                               \
    "SELECT t.id AS task, t.kind AS kind, t.node AS node, t.visit AS visit, t.roles AS "       \
    "roles, "                                                                                  \
    "t.account AS account, p.title AS account_name, t.above AS above, t.opened_at AS "         \
    "opened_at, "                                                                              \
    "t.opened_on AS opened_on, t.due_on AS due_on, t.warn_on AS warn_on, "                     \
    "t.due_rule AS due_rule, t.extended AS extended, t.hold_on AS hold_on, t.waits AS waits, " \
    "t.n_urged AS n_urged, "                                                                   \
    "t.closed_at AS closed_at, t.closed_on AS closed_on, d.title AS closed_by_name, "          \
    "f.title AS behalf_name, t.outcome AS outcome, t.to_node AS to_node, "                     \
    "t.opinion AS opinion, t.back_filled AS back_filled FROM sys_task t "                      \
    "LEFT JOIN sys_account p ON p.county = t.county AND p.id = t.account "                     \
    "LEFT JOIN sys_account d ON d.county = t.county AND d.id = t.closed_by "                   \
    "LEFT JOIN sys_account f ON f.county = t.county AND f.id = t.behalf "                      \
    "WHERE t.county = $1 AND t.row_id = $2 ORDER BY t.id LIMIT 2000"
#define SQL_CASE                                                                               \
    "SELECT node, visit, entered_on, rules_on, started_by, ended, watch_until, parent, "       \
    "moved_by, moved_from, pack FROM sys_case WHERE county = $1 AND id = $2"
#define SQL_TASKS                                                                              \
    "SELECT id, kind, roles, account, not_account, above, org, waits, hold_on, n_urged "       \
    "FROM sys_task WHERE county = $1 AND row_id = $2 AND closed_at IS NULL "                   \
    "AND kind <> 'copy' ORDER BY id"

HjRows *
hj_flow_line(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
             GError **error)
{
    g_autoptr(HjRows) stored = hj_row_load(tx, ledger, row, 0, error);
    if (stored == NULL || !hj_access_check_row(tx, actor, ledger, HJ_ACCESS_VIEW,
                                               hj_rows_i64(stored, "org"), error))
        return NULL;
    return hj_tx_query(tx, error, SQL_LINE, HJ_I64(hj_tx_county(tx)), HJ_I64(row));
}

HjRows *
hj_flow_case(HjTx *tx, int64_t row, GError **error)
{
    return hj_tx_query(tx, error, SQL_CASE, HJ_I64(hj_tx_county(tx)), HJ_I64(row));
}

HjRows *
hj_flow_dues(HjTx *tx, const int64_t *rows, size_t n, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT row_id AS \"row\", MIN(due_on) AS due_on, MIN(warn_on) AS warn_on "
                   "FROM sys_task WHERE closed_at IS NULL AND kind <> 'copy' AND county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND row_id IN (0");
    for (size_t i = 0; i < n; i++) {
        hj_sqlb_lit(b, ", ");
        hj_sqlb_param(b, HJ_I64(rows[i]));
    }
    hj_sqlb_lit(b, ") GROUP BY row_id");
    return hj_sqlb_query(b, tx, error);
}

/* --- the buttons --- */

typedef struct {
    HjRows *out;
    const HjRows *task;
} Options;

static void
add_option(const Options *o, const char *action, const HjLabel *title, const char *target,
           bool is_free)
{
    static const HjLabel none;
    const HjLabel *label = title != NULL ? title : &none;
    hj_rows_add_i64(o->out, o->task != NULL ? hj_rows_i64(o->task, "id") : 0);
    hj_rows_add_string(o->out, o->task != NULL ? hj_rows_text(o->task, "kind") : "");
    hj_rows_add_string(o->out, action);
    hj_rows_add_string(o->out, label->zh);
    hj_rows_add_string(o->out, label->en);
    hj_rows_add_string(o->out, target);
    hj_rows_add_i64(o->out, is_free);
    hj_rows_add_i64(o->out, o->task != NULL ? hj_rows_i64(o->task, "waits") : 0);
    hj_rows_add_string(o->out, o->task != NULL ? hj_rows_text(o->task, "hold_on") : NULL);
}

static bool
add_backs(HjTx *tx, const Options *o, const HjCase *c, GError **error)
{
    g_autoptr(GPtrArray) backs = hj_case_backs(tx, c, error);
    for (guint i = 0; backs != NULL && i < backs->len; i++) {
        const HjFlowNode *to = g_ptr_array_index(backs, i);
        add_option(o, "send_back", NULL, to->name, true);
    }
    return backs != NULL;
}

/* Those the task asked and who have not answered may be asked no more. */
static bool
add_removals(HjTx *tx, const Options *o, const HjCase *c, GError **error)
{
    int64_t task = hj_rows_i64(o->task, "id");
    g_autoptr(HjRows) asked =
        hj_tx_query(tx, error, SQL_TASKS, HJ_I64(hj_tx_county(tx)), HJ_I64(c->id));
    if (asked == NULL)
        return false;
    const Options of_asked = { o->out, asked };
    while (hj_rows_next(asked))
        if (hj_rows_i64(asked, "above") == task)
            add_option(&of_asked, "remove_reviewer", NULL, NULL, true);
    return true;
}

static bool
add_of_task(HjTx *tx, const Options *o, const HjCase *c, GError **error)
{
    const char *kind = hj_rows_text(o->task, "kind");
    if (g_str_equal(kind, "delegate")) {
        add_option(o, "report", NULL, NULL, true);
        add_option(o, "transfer", NULL, NULL, true);
        return true;
    }
    if (g_str_equal(kind, "review")) {
        add_option(o, "agree", NULL, NULL, true);
        add_option(o, "object", NULL, NULL, true);
        add_option(o, "transfer", NULL, NULL, true);
        return true;
    }
    for (size_t i = 0; i < c->node->n_actions; i++) {
        const HjFlowAction *action = &c->node->actions[i];
        add_option(o, action->name, action->title.zh != NULL ? &action->title : NULL,
                   action->to, action->free);
    }
    if (!add_backs(tx, o, c, error))
        return false;
    add_option(o, "transfer", NULL, NULL, true);
    if (hj_rows_i64(o->task, "waits") == 0)
        add_option(o, "delegate", NULL, NULL, true);
    add_option(o, "add_reviewer", NULL, NULL, true);
    return add_removals(tx, o, c, error);
}

static bool
add_general(HjTx *tx, const HjActor *actor, const Options *o, const HjCase *c,
            const HjRows *stored, bool mine, GError **error)
{
    bool untouched;
    const Options none = { o->out, NULL };
    if (!hj_case_untouched(tx, c, stored, &untouched, error))
        return false;
    bool own =
        c->moved_by == actor->account || (actor->behalf != 0 && c->moved_by == actor->behalf);
    if (own && untouched && c->moved_from != NULL &&
        hj_flow_node(c->flow, c->moved_from) != NULL)
        add_option(&none, "withdraw", NULL, c->moved_from, true);
    if (!mine)
        add_option(&none, "urge", NULL, NULL, true);
    return true;
}

static bool
add_reopen(HjTx *tx, const HjActor *actor, const Options *o, const HjCase *c, GError **error)
{
    g_autoptr(GError) refused = NULL;
    const HjFlowNode *to = hj_case_reopens_at(c);
    if (to == NULL || c->watch_until == HJ_DATE_NONE || hj_tx_today(tx) > c->watch_until)
        return true;
    if (hj_case_check_reopen(tx, actor, c, &refused))
        add_option(o, "reopen", NULL, to->name, true);
    else if (!hj_error_hides(refused)) {
        g_propagate_error(error, g_steal_pointer(&refused));
        return false;
    }
    return true;
}

HjRows *
hj_flow_options(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
                GError **error)
{
    static const char *const names[] = { "task",   "kind", "action", "zh",     "en",
                                         "target", "free", "waits",  "hold_on" };
    g_auto(HjCase) c = { 0 };
    g_autoptr(HjRows) stored = hj_row_load(tx, ledger, row, 0, error);
    if (stored == NULL ||
        !hj_access_check_row(tx, actor, ledger, HJ_ACCESS_VIEW, hj_rows_i64(stored, "org"),
                             error) ||
        !hj_case_load(tx, ledger, row, &c, error))
        return NULL;
    g_autoptr(HjRows) out = hj_rows_new((int)G_N_ELEMENTS(names), names);
    Options o = { out, NULL };
    if (c.ended || c.node == NULL)
        return add_reopen(tx, actor, &o, &c, error) ? g_steal_pointer(&out) : NULL;
    g_autoptr(HjRows) tasks =
        hj_tx_query(tx, error, SQL_TASKS, HJ_I64(hj_tx_county(tx)), HJ_I64(row));
    if (tasks == NULL)
        return NULL;
    bool mine = false;
    while (hj_rows_next(tasks)) {
        if (!hj_task_is_for(tx, actor, tasks, NULL))
            continue;
        mine = true;
        o.task = tasks;
        if (!add_of_task(tx, &o, &c, error))
            return NULL;
    }
    return add_general(tx, actor, &o, &c, stored, mine, error) ? g_steal_pointer(&out) : NULL;
}

/* --- people to ask --- */

/* Accounts with a role that sees the ledger at @org or above it. */
static bool
add_seers(HjSqlb *b, HjTx *tx, const HjPack *pack, const HjLedger *ledger, int64_t org)
{
    hj_sqlb_lit(b, " FROM sys_account a WHERE a.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND a.disabled_at IS NULL AND a.id IN (SELECT g.account FROM sys_grant g"
                   " JOIN sys_tree t ON t.county = g.county AND t.ancestor = g.org"
                   " WHERE g.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND t.to_on = '9999-12-31' AND t.org = ");
    hj_sqlb_param(b, HJ_I64(org));
    hj_sqlb_lit(b, " AND g.from_on <= ");
    hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
    hj_sqlb_lit(b, " AND g.to_on >= ");
    hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
    hj_sqlb_lit(b, " AND g.role IN (");
    bool any = false;
    for (size_t i = 0; i < pack->n_roles; i++) {
        if (!hj_access_role_sees(&pack->roles[i], ledger))
            continue;
        hj_sqlb_add_literal(b, any ? ", " : "");
        hj_sqlb_param(b, HJ_TEXT(pack->roles[i].name));
        any = true;
    }
    hj_sqlb_add_literal(b, any ? "))" : "''))");
    return any;
}

bool
hj_flow_account_sees(HjTx *tx, const HjPack *pack, const HjCase *c, int64_t account, bool *ret,
                     GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT a.id AS id");
    add_seers(b, tx, pack, c->ledger, c->org);
    hj_sqlb_lit(b, " AND a.id = ");
    hj_sqlb_param(b, HJ_I64(account));
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    if (rows == NULL)
        return false;
    *ret = hj_rows_next(rows);
    return true;
}

HjRows *
hj_flow_people(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
               const char *q, int limit, GError **error)
{
    g_autoptr(HjRows) stored = hj_row_load(tx, ledger, row, 0, error);
    if (stored == NULL || !hj_access_check_row(tx, actor, ledger, HJ_ACCESS_VIEW,
                                               hj_rows_i64(stored, "org"), error))
        return NULL;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT a.id AS id, a.name AS name, COALESCE(a.title, a.name) AS title");
    add_seers(b, tx, actor->pack, ledger, hj_rows_i64(stored, "org"));
    hj_sqlb_lit(b, " AND a.id <> ");
    hj_sqlb_param(b, HJ_I64(actor->account));
    if (q != NULL && *q != '\0') {
        g_autofree char *like = hj_row_sql_like(q);
        hj_sqlb_lit(b, " AND (lower(a.name) LIKE ");
        hj_sqlb_param(b, HJ_TEXT(like));
        hj_sqlb_lit(b, " ESCAPE '\\' OR lower(COALESCE(a.title, '')) LIKE ");
        hj_sqlb_param(b, HJ_TEXT(like));
        hj_sqlb_lit(b, " ESCAPE '\\')");
    }
    hj_sqlb_lit(b, " ORDER BY a.name LIMIT ");
    hj_sqlb_param(b, HJ_I64(limit));
    return hj_sqlb_query(b, tx, error);
}
