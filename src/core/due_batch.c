#include "core/due_batch.h"

#include "base/id.h"
#include "core/access.h"
#include "core/flow.h"
#include "core/row_sql.h"

#include <string.h>

#define MAX_TOLD 3

#define SQL_ADD                                                                                \
    "INSERT INTO sys_due_batch (county, id, account, ledger, node, kind, action, opinion, "    \
    "at) "                                                                                     \
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
#define SQL_ADD_ITEM                                                                           \
    "INSERT INTO sys_due_item (county, batch, place, task, row_id, version, result) "          \
    "VALUES ($1, $2, $3, $4, COALESCE((SELECT t.row_id FROM sys_task t WHERE t.county = $1 "   \
    "AND t.id = $4 AND t.ledger = $6), 0), $5, 'waiting')"
#define SQL_GET                                                                                \
    "SELECT b.ledger AS ledger, b.node AS node, b.kind AS kind, b.action AS action, "          \
    "b.opinion AS opinion, b.at AS at, COUNT(i.place) AS n, "                                  \
    "SUM(CASE WHEN i.result = 'waiting' THEN 1 ELSE 0 END) AS n_waiting, "                     \
    "SUM(CASE WHEN i.result = 'done' THEN 1 ELSE 0 END) AS n_done, "                           \
    "SUM(CASE WHEN i.result = 'refused' THEN 1 ELSE 0 END) AS n_refused, "                     \
    "SUM(CASE WHEN i.result = 'stale' THEN 1 ELSE 0 END) AS n_stale FROM sys_due_batch b "     \
    "JOIN sys_due_item i ON i.county = b.county AND i.batch = b.id "                           \
    "WHERE b.county = $1 AND b.id = $2 AND b.account = $3 "                                    \
    "GROUP BY b.ledger, b.node, b.kind, b.action, b.opinion, b.at"
#define SQL_NEXT                                                                               \
    "SELECT place, task, version FROM sys_due_item WHERE county = $1 AND batch = $2 "          \
    "AND result = 'waiting' ORDER BY place LIMIT $3"
#define SQL_RESULT                                                                             \
    "UPDATE sys_due_item SET result = $4, why_zh = $5, why_en = $6 "                           \
    "WHERE county = $1 AND batch = $2 AND place = $3"
#define SQL_TASK                                                                               \
    "SELECT ledger, row_id, org, node, kind, closed_at FROM sys_task "                         \
    "WHERE county = $1 AND id = $2"

/* --- what may be done to many --- */

static void
add_action(HjRows *out, const char *action, const HjLabel *title, bool asks)
{
    hj_rows_add_string(out, action);
    hj_rows_add_string(out, title != NULL ? title->zh : NULL);
    hj_rows_add_string(out, title != NULL ? title->en : NULL);
    hj_rows_add_i64(out, asks);
}

HjRows *
hj_due_batch_actions(const HjFlowNode *node, const char *kind)
{
    static const char *const names[] = { "action", "zh", "en", "asks" };
    HjRows *out = hj_rows_new((int)G_N_ELEMENTS(names), names);
    if (g_str_equal(kind, "review")) {
        add_action(out, "agree", NULL, false);
        add_action(out, "object", NULL, true);
        return out;
    }
    if (g_str_equal(kind, "delegate")) {
        add_action(out, "report", NULL, true);
        return out;
    }
    if (!g_str_equal(kind, "act") && !g_str_equal(kind, "second"))
        return out;
    for (size_t i = 0; i < node->n_actions; i++)
        if (!node->actions[i].free)
            add_action(out, node->actions[i].name, &node->actions[i].title, false);
    if (node->back != HJ_BACK_NONE)
        add_action(out, "send_back", NULL, true);
    return out;
}

/* Whether the act is offered there, and asks for an opinion. */
static bool
is_offered(const HjDueBatch *batch, bool *ret_asks)
{
    g_autoptr(HjRows) actions = hj_due_batch_actions(batch->node, batch->kind);
    while (hj_rows_next(actions)) {
        if (g_strcmp0(hj_rows_text(actions, "action"), batch->action) != 0)
            continue;
        *ret_asks = hj_rows_i64(actions, "asks") != 0;
        return true;
    }
    return false;
}

/* --- beginning --- */

bool
hj_due_batch_begin(HjTx *tx, const HjActor *actor, const HjDueBatch *batch,
                   const HjDueItem *items, size_t n, HjIssues *issues, int64_t *ret_id,
                   GError **error)
{
    int64_t county = hj_tx_county(tx), id = hj_id_new();
    bool asks = false;
    if (n == 0 || n > HJ_DUE_BATCH_MAX)
        return hj_fail(error, HJ_ERROR_MALFORMED, "Choose from 1 to 500 rows.");
    if (!hj_access_may_ledger(actor, batch->ledger, HJ_ACCESS_VIEW))
        return hj_fail(error, HJ_ERROR_DENIED, "You may not see this ledger.");
    if (!is_offered(batch, &asks))
        return hj_fail(error, HJ_ERROR_MALFORMED, "This cannot be done to many at once.");
    if (asks && (batch->opinion == NULL || *batch->opinion == '\0')) {
        hj_issues_add(issues, "comment", "required", N_("Write an opinion."));
        return hj_issues_refuse(error);
    }
    hj_tx_exempt(tx); /* an intention changes no fact; each act will say what it did */
    if (!hj_tx_exec(tx, error, SQL_ADD, HJ_I64(county), HJ_I64(id), HJ_I64(actor->account),
                    HJ_TEXT(batch->ledger->name), HJ_TEXT(batch->node->name),
                    HJ_TEXT(batch->kind), HJ_TEXT(batch->action), HJ_TEXT(batch->opinion),
                    HJ_TIME(hj_tx_now(tx))))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!hj_tx_exec(tx, error, SQL_ADD_ITEM, HJ_I64(county), HJ_I64(id), HJ_I64(i),
                        HJ_I64(items[i].task), HJ_I64(items[i].version),
                        HJ_TEXT(batch->ledger->name)))
            return false;
    *ret_id = id;
    return true;
}

/* --- doing --- */

typedef struct {
    const HjActor *actor;
    HjDueBatch batch;
    int64_t task, version;
    HjIssues *issues;
} Item;

/* In a part of its own. */
static bool
act_on_item(HjTx *tx, gpointer data, GError **error)
{
    Item *item = data;
    const HjLedger *ledger = item->batch.ledger;
    g_autoptr(HjRows) task =
        hj_tx_query(tx, error, SQL_TASK, HJ_I64(hj_tx_county(tx)), HJ_I64(item->task));
    if (task == NULL)
        return false;
    /* What is out of sight looks as what does not exist. */
    if (!hj_rows_next(task) || !g_str_equal(hj_rows_text(task, "ledger"), ledger->name))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
    if (!hj_access_check_row(tx, item->actor, ledger, HJ_ACCESS_VIEW, hj_rows_i64(task, "org"),
                             error))
        return false;
    if (!hj_rows_null(task, "closed_at"))
        return hj_fail(error, HJ_ERROR_CONFLICT, "Somebody has dealt with it meanwhile.");
    if (!g_str_equal(hj_rows_text(task, "node"), item->batch.node->name) ||
        !g_str_equal(hj_rows_text(task, "kind"), item->batch.kind))
        return hj_fail(error, HJ_ERROR_CONFLICT, "It stands at another place than the others.");
    HjFlowAct act = { .action = item->batch.action,
                      .task = item->task,
                      .version = item->version,
                      .opinion = item->batch.opinion,
                      .on = HJ_DATE_NONE };
    HjRowKey key;
    return hj_flow_act(tx, item->actor, ledger, hj_rows_i64(task, "row_id"), &act, item->issues,
                       &key, error);
}

/* "Plan: This must be filled in …; …" */
static char *
why_in(const Item *item, const GError *why, HjLang lang)
{
    GString *out = g_string_new(NULL);
    size_t n = hj_issues_count(item->issues);
    if (n == 0)
        g_string_append(out, hj_tr(lang, why->message));
    for (size_t i = 0; i < MIN(n, MAX_TOLD); i++) {
        const HjField *field =
            hj_pack_field(item->batch.ledger, hj_issues_field(item->issues, i));
        g_string_append(out, i == 0 ? "" : lang == HJ_ZH ? "；" : "; ");
        if (field != NULL)
            g_string_append_printf(
                out, lang == HJ_ZH ? "“%s”：" : "“%s”: ", hj_i18n_label(&field->title, lang));
        g_string_append(out, hj_issues_message(item->issues, i, lang));
    }
    return g_string_free(out, FALSE);
}

static bool
note(HjTx *tx, int64_t id, int64_t place, const Item *item, const GError *why, GError **error)
{
    g_autofree char *zh = why != NULL ? why_in(item, why, HJ_ZH) : NULL;
    g_autofree char *en = why != NULL ? why_in(item, why, HJ_EN) : NULL;
    const char *result = why == NULL                                         ? "done"
                         : g_error_matches(why, HJ_ERROR, HJ_ERROR_CONFLICT) ? "stale"
                                                                             : "refused";
    return hj_tx_exec(tx, error, SQL_RESULT, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                      HJ_I64(place), HJ_TEXT(result), HJ_TEXT(zh), HJ_TEXT(en));
}

bool
hj_due_batch_go(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    g_autoptr(HjRows) kept = hj_due_batch_get(tx, actor, id, error);
    if (kept == NULL)
        return false;
    const HjLedger *ledger = hj_pack_ledger(actor->pack, hj_rows_text(kept, "ledger"));
    const HjFlowNode *node = ledger != NULL && ledger->flow != NULL
                                 ? hj_flow_node(ledger->flow, hj_rows_text(kept, "node"))
                                 : NULL;
    if (node == NULL)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The rules have changed since; begin again.");
    g_autoptr(HjRows) next = hj_tx_query(tx, error, SQL_NEXT, HJ_I64(hj_tx_county(tx)),
                                         HJ_I64(id), HJ_I64(HJ_DUE_BATCH_PART));
    if (next == NULL)
        return false;
    hj_tx_exempt(tx); /* where all are refused, only that is noted */
    while (hj_rows_next(next)) {
        g_autoptr(HjIssues) issues = hj_issues_new();
        g_autoptr(GError) why = NULL;
        Item item = { .actor = actor,
                      .batch = { .ledger = ledger,
                                 .node = node,
                                 .kind = hj_rows_text(kept, "kind"),
                                 .action = hj_rows_text(kept, "action"),
                                 .opinion = hj_rows_text(kept, "opinion") },
                      .task = hj_rows_i64(next, "task"),
                      .version = hj_rows_i64(next, "version"),
                      .issues = issues };
        if (!hj_tx_part(tx, act_on_item, &item, &why) && !hj_error_is_refusal(why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (!note(tx, id, hj_rows_i64(next, "place"), &item, why, error))
            return false;
    }
    return true;
}

/* --- reading --- */

HjRows *
hj_due_batch_get(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    g_autoptr(HjRows) batch = hj_tx_query(tx, error, SQL_GET, HJ_I64(hj_tx_county(tx)),
                                          HJ_I64(id), HJ_I64(actor->account));
    if (batch == NULL)
        return NULL;
    if (!hj_rows_next(batch)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    return g_steal_pointer(&batch);
}

HjRows *
hj_due_batch_items(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    g_autoptr(HjRows) kept = hj_due_batch_get(tx, actor, id, error);
    const HjLedger *ledger =
        kept != NULL ? hj_pack_ledger(actor->pack, hj_rows_text(kept, "ledger")) : NULL;
    if (kept == NULL)
        return NULL;
    if (ledger == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT i.task AS task, i.row_id AS row_id, i.result AS result,"
                   " i.why_zh AS why_zh, i.why_en AS why_en, s.title AS title,"
                   " (SELECT n.name FROM sys_org_name n WHERE n.county = i.county"
                   " AND n.org = s.org AND n.to_on = '9999-12-31') AS org_name"
                   " FROM sys_due_item i LEFT JOIN (SELECT r.county, r.id, r.org, ");
    hj_row_sql_title_of(b, actor, ledger);
    hj_sqlb_lit(b, " AS title FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.id IN (SELECT x.row_id FROM sys_due_item x WHERE x.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND x.batch = ");
    hj_sqlb_param(b, HJ_I64(id));
    hj_sqlb_lit(b, ")");
    hj_access_scope(b, tx, actor, "ledger.view", ledger, "r.org");
    hj_sqlb_lit(b, ") s ON s.county = i.county AND s.id = i.row_id WHERE i.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND i.batch = ");
    hj_sqlb_param(b, HJ_I64(id));
    hj_sqlb_lit(b, " ORDER BY i.place");
    return hj_sqlb_query(b, tx, error);
}
