/* Tasks: what waits for whom at a visit of a node. */
#include "base/id.h"
#include "core/access.h"
#include "core/flow_priv.h"

#define SQL_OPEN                                                                               \
    "INSERT INTO sys_task (county, id, ledger, row_id, org, node, visit, kind, roles, "        \
    "account, not_account, above, waits, opened_at, opened_on, opened_by, due_on, warn_on, "   \
    "due_rule, hold_on, n_urged, back_filled, extended) VALUES ($1, $2, $3, $4, $5, $6, $7, "  \
    "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 0, $21, $22)"
#define SQL_CLOSE                                                                              \
    "UPDATE sys_task SET closed_at = $3, closed_on = $4, closed_by = $5, behalf = $6, "        \
    "outcome = $7, to_node = $8, opinion = $9, back_filled = $10 "                             \
    "WHERE county = $1 AND id = $2 AND closed_at IS NULL"
#define SQL_LET_GO                                                                             \
    "UPDATE sys_task SET waits = waits - 1 WHERE county = $1 AND id = $2 AND waits > 0"
#define SQL_FOLLOW                                                                             \
    "UPDATE sys_task SET above = $3 WHERE county = $1 AND above = $2 AND closed_at IS NULL"
#define SQL_CLOSE_OTHERS                                                                       \
    "UPDATE sys_task SET closed_at = $3, closed_on = $4, closed_by = $5, outcome = 'moot' "    \
    "WHERE county = $1 AND row_id = $2 AND closed_at IS NULL AND kind <> 'copy'"

static HjVal
number_or_null(int64_t id)
{
    return id != 0 ? HJ_I64(id) : HJ_NULL;
}

/* ",a,b," */
static char *
role_words(const char *const *roles, size_t n)
{
    GString *out = g_string_new(n > 0 ? "," : "");
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "%s,", roles[i]);
    return g_string_free(out, FALSE);
}

bool
hj_task_open(HjTx *tx, const HjActor *actor, const HjCase *c, const HjTaskNew *task,
             GError **error)
{
    g_autofree char *roles = role_words(task->roles, task->n_roles);
    int64_t id = hj_id_new();
    if (!hj_tx_exec(
            tx, error, SQL_OPEN, HJ_I64(hj_tx_county(tx)), HJ_I64(id), HJ_TEXT(c->ledger->name),
            HJ_I64(c->id), HJ_I64(c->org), HJ_TEXT(c->node->name), HJ_I64(c->visit),
            HJ_TEXT(task->kind), HJ_TEXT(roles), number_or_null(task->account),
            number_or_null(task->not_account), number_or_null(task->above), HJ_I64(task->waits),
            HJ_TIME(hj_tx_now(tx)), HJ_DATE(task->on), HJ_I64(actor->account),
            HJ_DATE(task->due), HJ_DATE(task->warn), HJ_TEXT(task->due_rule),
            HJ_DATE(task->hold), HJ_BOOL(false), HJ_I64(task->extended)))
        return false;
    /* Those who were asked answer whoever has the task now. */
    return task->instead_of == 0 || hj_tx_exec(tx, error, SQL_FOLLOW, HJ_I64(hj_tx_county(tx)),
                                               HJ_I64(task->instead_of), HJ_I64(id));
}

bool
hj_task_close(HjTx *tx, const HjActor *actor, const HjClosing *how, int64_t above,
              GError **error)
{
    int64_t county = hj_tx_county(tx);
    int64_t changes;
    if (!hj_tx_change(tx, error, &changes, SQL_CLOSE, HJ_I64(county), HJ_I64(how->task),
                      HJ_TIME(hj_tx_now(tx)), HJ_DATE(how->on), HJ_I64(actor->account),
                      number_or_null(actor->behalf), HJ_TEXT(how->outcome),
                      HJ_TEXT(how->to_node), HJ_TEXT(how->opinion), HJ_BOOL(how->back_filled)))
        return false;
    if (changes != 1)
        return hj_fail(error, HJ_ERROR_CONFLICT, "This row was changed by somebody else.");
    return above == 0 || hj_tx_exec(tx, error, SQL_LET_GO, HJ_I64(county), HJ_I64(above));
}

bool
hj_case_close_tasks(HjTx *tx, const HjActor *actor, const HjCase *c, const HjClosing *how,
                    GError **error)
{
    if (how->task != 0 && !hj_task_close(tx, actor, how, 0, error))
        return false;
    return hj_tx_exec(tx, error, SQL_CLOSE_OTHERS, HJ_I64(hj_tx_county(tx)), HJ_I64(c->id),
                      HJ_TIME(hj_tx_now(tx)), HJ_DATE(how->on), HJ_I64(actor->account));
}

bool
hj_task_is_for(HjTx *tx, const HjActor *actor, const HjRows *task, GError **error)
{
    int64_t account = hj_rows_i64(task, "account");
    int64_t other = hj_rows_i64(task, "not_account");
    if (actor->account == 0)
        return true;
    bool barred = other != 0 && (actor->account == other || actor->behalf == other);
    bool named = account != 0 && (actor->account == account || actor->behalf == account);
    if (barred || (account != 0 && !named))
        return hj_fail(error, HJ_ERROR_DENIED, "It is not your turn here.");
    if (named)
        return true;
    return hj_access_check_roles(tx, actor, hj_rows_text(task, "roles"),
                                 hj_rows_i64(task, "org"), error);
}

const HjFlowNode *
hj_case_reopens_at(const HjCase *c)
{
    const char *node = c->node != NULL ? c->node->reopen : NULL;
    return node != NULL ? hj_flow_node(c->flow, node) : NULL;
}

bool
hj_case_check_reopen(HjTx *tx, const HjActor *actor, const HjCase *c, GError **error)
{
    const HjFlowNode *to = hj_case_reopens_at(c);
    bool named = c->node->n_reopen_by > 0;
    g_autofree char *roles =
        role_words((const char *const *)(named ? c->node->reopen_by : to->by),
                   named ? c->node->n_reopen_by : to->n_by);
    return hj_access_check_roles(tx, actor, roles, c->org, error);
}
