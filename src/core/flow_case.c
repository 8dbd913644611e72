/* Where a row stands, and how it gets to another node. */
#include "core/flow_priv.h"

#define SQL_CASE                                                                               \
    "SELECT id, ledger, org, parent, node, visit, entered_on, rules_on, started_by, "          \
    "moved_by, moved_from, opened_node, opened_visit, ended, watch_until, entered_at "         \
    "FROM sys_case WHERE county = $1 AND id = $2"
#define SQL_VISITS                                                                             \
    "SELECT COALESCE(MAX(visit), 0) AS visit, "                                                \
    "MIN(CASE WHEN extended = 0 THEN due_on END) AS due_on, MIN(hold_on) AS hold_on, "         \
    "COALESCE(MAX(extended), 0) AS extended "                                                  \
    "FROM sys_task WHERE county = $1 AND row_id = $2 AND node = $3 "                           \
    "AND kind IN ('act', 'second')"
#define SQL_ADD                                                                                \
    "INSERT INTO sys_case (county, id, ledger, org, parent, node, visit, entered_at, "         \
    "entered_on, rules_on, pack, started_by, moved_by, moved_from, opened_node, "              \
    "opened_visit, ended) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, $11, "      \
    "NULL, $12, $13, $14)"
#define SQL_PUT                                                                                \
    "UPDATE sys_case SET node = $3, visit = $4, entered_at = $5, entered_on = $6, "            \
    "moved_by = $7, moved_from = $8, ended = $9, watch_until = $10 "                           \
    "WHERE county = $1 AND id = $2"
#define SQL_CHILDREN                                                                           \
    "SELECT id, ledger, node, ended FROM sys_case WHERE county = $1 AND parent = $2 "          \
    "AND opened_node = $3 AND opened_visit = $4 AND node <> 'called_off' ORDER BY id"
#define SQL_AWAIT                                                                              \
    "UPDATE sys_task SET waits = $3 + (SELECT COUNT(*) FROM sys_task x WHERE x.county = $1 "   \
    "AND x.above = sys_task.id AND x.closed_at IS NULL) "                                      \
    "WHERE county = $1 AND row_id = $2 AND kind = 'act' AND closed_at IS NULL"
#define SQL_UNEXTEND                                                                           \
    "UPDATE sys_task SET extended = 0 WHERE county = $1 AND row_id = $2 AND node = $3 "        \
    "AND visit = $4"
#define SQL_WAITING                                                                            \
    "SELECT id FROM sys_task WHERE county = $1 AND row_id = $2 AND kind = 'act' "              \
    "AND closed_at IS NULL ORDER BY id LIMIT 1"
#define SQL_STOP                                                                               \
    "UPDATE sys_case SET node = 'called_off', ended = $3, watch_until = NULL "                 \
    "WHERE county = $1 AND id = $2"
#define SQL_ORGS                                                                               \
    "SELECT o.id AS id FROM sys_tree t JOIN sys_org o ON o.county = t.county AND o.id = t.org" \
    " WHERE t.county = $1 AND t.ancestor = $2 AND t.to_on = '9999-12-31' AND o.kind = $3"      \
    " AND o.closed_on IS NULL ORDER BY o.sort, o.id"

void
hj_case_clear(HjCase *c)
{
    g_clear_pointer(&c->rows, hj_rows_free);
}

bool
hj_case_load(HjTx *tx, const HjLedger *ledger, int64_t row, HjCase *ret, GError **error)
{
    *ret = (HjCase){ .ledger = ledger, .flow = ledger->flow, .id = row };
    ret->rows = hj_tx_query(tx, error, SQL_CASE, HJ_I64(hj_tx_county(tx)), HJ_I64(row));
    if (ret->rows == NULL)
        return false;
    if (ledger->flow == NULL || !hj_rows_next(ret->rows))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "This record does not move through a flow.");
    ret->org = hj_rows_i64(ret->rows, "org");
    ret->parent = hj_rows_i64(ret->rows, "parent");
    ret->visit = hj_rows_i64(ret->rows, "visit");
    ret->started_by = hj_rows_i64(ret->rows, "started_by");
    ret->moved_by = hj_rows_i64(ret->rows, "moved_by");
    ret->moved_from = hj_rows_text(ret->rows, "moved_from");
    ret->opened_node = hj_rows_text(ret->rows, "opened_node");
    ret->opened_visit = hj_rows_i64(ret->rows, "opened_visit");
    ret->rules_on = hj_rows_date(ret->rows, "rules_on");
    ret->watch_until = hj_rows_date(ret->rows, "watch_until");
    ret->ended = hj_rows_bool(ret->rows, "ended");
    ret->node = hj_flow_node(ledger->flow, hj_rows_text(ret->rows, "node"));
    return true;
}

/* --- the rows that a visit opens --- */

int64_t
hj_case_awaited(const HjFlowNode *node, const HjChildren *children)
{
    bool answered = children->n > children->n_open + children->n_against;
    if (node->opens.wait == HJ_WAIT_ANY && answered)
        return 0;
    return children->n_open;
}

static bool
speaks_against(const HjFlowNode *node, const char *end)
{
    for (size_t i = 0; i < node->opens.n_against; i++)
        if (g_str_equal(node->opens.against[i], end))
            return true;
    return false;
}

bool
hj_case_children(HjTx *tx, const HjCase *c, HjChildren *ret, GError **error)
{
    *ret = (HjChildren){ 0 };
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_CHILDREN, HJ_I64(hj_tx_county(tx)), HJ_I64(c->id),
                    HJ_TEXT(c->node->name), HJ_I64(c->visit));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        bool ended = hj_rows_bool(rows, "ended");
        ret->n++;
        ret->n_open += !ended;
        ret->n_against += ended && speaks_against(c->node, hj_rows_text(rows, "node"));
    }
    return true;
}

static bool
call_off(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row, GError **error)
{
    g_auto(HjCase) child = { 0 };
    g_autoptr(HjRows) stored = hj_row_load(tx, ledger, row, 0, error);
    if (stored == NULL || !hj_case_load(tx, ledger, row, &child, error))
        return false;
    g_autoptr(HjRowDraft) draft = hj_row_draft_new(ledger, 0, 0, stored);
    HjClosing how = { .outcome = "called_off", .on = hj_tx_today(tx) };
    return hj_case_close_tasks(tx, actor, &child, &how, error) &&
           hj_case_call_off_children(tx, actor, &child, error) &&
           hj_case_move(tx, actor, &child, draft, "call_off", HJ_NODE_CALLED_OFF, &how, error);
}

bool
hj_case_call_off_children(HjTx *tx, const HjActor *actor, const HjCase *c, GError **error)
{
    if (c->node == NULL)
        return true;
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_CHILDREN, HJ_I64(hj_tx_county(tx)), HJ_I64(c->id),
                    HJ_TEXT(c->node->name), HJ_I64(c->visit));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        const HjLedger *ledger = hj_pack_ledger(actor->pack, hj_rows_text(rows, "ledger"));
        if (!hj_rows_bool(rows, "ended") && ledger != NULL &&
            !call_off(tx, actor, ledger, hj_rows_i64(rows, "id"), error))
            return false;
    }
    return true;
}

static void
copy_fields(const HjOpens *opens, const HjRowDraft *from, HjRowDraft *to)
{
    for (size_t i = 0; i < opens->n_copied; i++) {
        const HjField *a = hj_pack_field(from->ledger, opens->copied[i]);
        const HjField *b = hj_pack_field(to->ledger, opens->copied[i]);
        if (a != NULL && b != NULL)
            to->vals[b - to->ledger->fields] = from->vals[a - from->ledger->fields];
    }
}

static bool add_case(HjTx *tx, const HjActor *actor, const HjRowDraft *draft,
                     const HjCase *opener, GError **error);

static bool
open_child(HjTx *tx, const HjActor *actor, const HjCase *c, const HjRowDraft *from, int64_t org,
           const char *item, GError **error)
{
    const HjOpens *opens = &c->node->opens;
    g_autoptr(HjRowDraft) draft = hj_row_draft_new(opens->ledger, org, c->id, NULL);
    copy_fields(opens, from, draft);
    if (item != NULL)
        draft->vals[opens->field - opens->ledger->fields] = HJ_TEXT(item);
    return hj_row_open(tx, actor, draft, error) && add_case(tx, actor, draft, c, error);
}

/* *@ret_n: how many the node waits for. */
static bool
open_children(HjTx *tx, const HjActor *actor, const HjCase *c, const HjRowDraft *from,
              int64_t *ret_n, GError **error)
{
    const HjOpens *opens = &c->node->opens;
    *ret_n = 0;
    if (opens->ledger == NULL)
        return true;
    if (opens->org != NULL) {
        const HjField *field = hj_pack_field(from->ledger, opens->org);
        const HjVal *org = &from->vals[field - from->ledger->fields];
        if (org->kind != HJ_VAL_I64)
            return hj_fail(error, HJ_ERROR_CONFLICT, "Say first which organization is asked.");
        *ret_n = 1;
        return open_child(tx, actor, c, from, org->i64, NULL, error);
    }
    if (opens->orgs != NULL) {
        g_autoptr(HjRows) orgs = hj_tx_query(tx, error, SQL_ORGS, HJ_I64(hj_tx_county(tx)),
                                             HJ_I64(c->org), HJ_TEXT(opens->orgs));
        if (orgs == NULL)
            return false;
        for (; hj_rows_next(orgs); (*ret_n)++)
            if (!open_child(tx, actor, c, from, hj_rows_i64(orgs, "id"), NULL, error))
                return false;
        return true;
    }
    if (opens->field == NULL) {
        *ret_n = 1;
        return open_child(tx, actor, c, from, c->org, NULL, error);
    }
    const HjList *list = opens->field->list;
    for (; *ret_n < (int64_t)list->n_items; (*ret_n)++)
        if (!open_child(tx, actor, c, from, c->org, list->items[*ret_n].name, error))
            return false;
    return true;
}

/* --- deadlines --- */

/* The day a span counts from: a field of the row, or the day the node was entered. */
static HjDate
base_of(const HjSpan *span, const HjRowDraft *draft, HjDate entered)
{
    const HjField *field = span->from != NULL ? hj_pack_field(draft->ledger, span->from) : NULL;
    if (field == NULL)
        return entered;
    HjDate date = HJ_DATE_NONE;
    const char *text = hj_value_text(&draft->vals[field - draft->ledger->fields]);
    if (text != NULL)
        hj_date_parse(text, &date, NULL);
    return date;
}

/* The end of the span; one that was given at an earlier visit goes on (@first), unless the node
 * gives it anew or counts from a field. */
static HjDate
end_of(const HjActor *actor, const HjCase *c, const HjSpan *span, const HjRowDraft *draft,
       HjDate on, HjDate first)
{
    if (span->unit == HJ_SPAN_NONE)
        return HJ_DATE_NONE;
    if (first != HJ_DATE_NONE && !c->node->restart && span->from == NULL)
        return first;
    return hj_flow_span_end(actor->pack, span, base_of(span, draft, on), c->rules_on);
}

static void
set_dates(const HjActor *actor, const HjCase *c, const HjRowDraft *draft, const HjClosing *how,
          const HjRows *visits, HjTaskNew *task)
{
    const HjFlowNode *node = c->node;
    HjDate on = how->on;
    task->on = on;
    task->extended = hj_rows_i64(visits, "extended") + how->extend;
    task->due = end_of(actor, c, &node->within, draft, on, hj_rows_date(visits, "due_on"));
    if (task->due != HJ_DATE_NONE)
        task->due += (HjDate)task->extended;
    task->warn = task->due != HJ_DATE_NONE ? task->due - node->warn : HJ_DATE_NONE;
    /* A span without an end is not silently none: the line says that it waits for its start or
     * for a calendar. */
    task->due_rule = node->within.unit == HJ_SPAN_NONE ? NULL
                     : node->within.rule != NULL       ? node->within.rule
                                                       : "";
    task->hold = end_of(actor, c, &node->hold, draft, on, HJ_DATE_NONE);
    if (node->hold.unit != HJ_SPAN_NONE && task->hold == HJ_DATE_NONE)
        hj_date_parse(HJ_DATE_FOREVER, &task->hold, NULL);
}

/* --- entering a node --- */

static bool
open_tasks(HjTx *tx, const HjActor *actor, HjCase *c, const HjRowDraft *draft,
           const HjClosing *how, const HjRows *visits, GError **error)
{
    const HjFlowNode *node = c->node;
    HjTaskNew task = { .kind = "act",
                       .roles = (const char *const *)node->by,
                       .n_roles = node->n_by };
    set_dates(actor, c, draft, how, visits, &task);
    if (!open_children(tx, actor, c, draft, &task.waits, error) ||
        !hj_task_open(tx, actor, c, &task, error))
        return false;
    HjTaskNew copy = { .kind = "copy",
                       .roles = (const char *const *)node->copy,
                       .n_roles = node->n_copy,
                       .on = how->on,
                       .due = HJ_DATE_NONE,
                       .warn = HJ_DATE_NONE,
                       .hold = HJ_DATE_NONE };
    return node->n_copy == 0 || hj_task_open(tx, actor, c, &copy, error);
}

static HjRows *
visits_of(HjTx *tx, int64_t row, const char *node, GError **error)
{
    HjRows *rows = hj_tx_query(tx, error, SQL_VISITS, HJ_I64(hj_tx_county(tx)), HJ_I64(row),
                               HJ_TEXT(node));
    if (rows != NULL)
        hj_rows_next(rows);
    return rows;
}

bool
hj_case_extended(HjTx *tx, int64_t row, const char *node, int64_t *ret, GError **error)
{
    g_autoptr(HjRows) visits = visits_of(tx, row, node, error);
    if (visits == NULL)
        return false;
    *ret = hj_rows_i64(visits, "extended");
    return true;
}

bool
hj_case_unextend(HjTx *tx, const HjCase *c, GError **error)
{
    return hj_tx_exec(tx, error, SQL_UNEXTEND, HJ_I64(hj_tx_county(tx)), HJ_I64(c->id),
                      HJ_TEXT(c->node->name), HJ_I64(c->visit));
}

/* The day whose rules the case follows to its end (VER-1). */
static HjDate
rules_day(HjTx *tx, const HjRowDraft *draft)
{
    const char *name = draft->ledger->flow->rules_on;
    const HjSpan from = { .from = name };
    HjDate day = name != NULL ? base_of(&from, draft, HJ_DATE_NONE) : HJ_DATE_NONE;
    return day != HJ_DATE_NONE ? day : hj_row_draft_day(tx, draft);
}

/* @opener: the case that opened the row, NULL for one entered by a person. */
static bool
add_case(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, const HjCase *opener,
         GError **error)
{
    const HjFlow *flow = draft->ledger->flow;
    HjDate today = hj_tx_today(tx);
    HjCase c = { .ledger = draft->ledger,
                 .flow = flow,
                 .node = hj_flow_node(flow, flow->start),
                 .id = draft->id,
                 .org = draft->org,
                 .parent = draft->parent,
                 .visit = 1,
                 .rules_on = opener != NULL && flow->rules_on == NULL ? opener->rules_on
                                                                      : rules_day(tx, draft) };
    if (!hj_tx_exec(tx, error, SQL_ADD, HJ_I64(hj_tx_county(tx)), HJ_I64(c.id),
                    HJ_TEXT(c.ledger->name), HJ_I64(c.org),
                    c.parent != 0 ? HJ_I64(c.parent) : HJ_NULL, HJ_TEXT(c.node->name),
                    HJ_TIME(hj_tx_now(tx)), HJ_DATE(today), HJ_DATE(c.rules_on),
                    HJ_TEXT(actor->pack->version), HJ_I64(actor->account),
                    HJ_TEXT(opener != NULL ? opener->node->name : NULL),
                    opener != NULL ? HJ_I64(opener->visit) : HJ_NULL, HJ_BOOL(false)))
        return false;
    g_autoptr(HjRows) visits = visits_of(tx, c.id, c.node->name, error);
    const HjClosing begin = { .on = today };
    return visits != NULL && open_tasks(tx, actor, &c, draft, &begin, visits, error);
}

bool
hj_case_enter_first(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, GError **error)
{
    return add_case(tx, actor, draft, NULL, error);
}

/* --- what an end means to the row above --- */

/* The row above goes on without anybody's hand: "veto" at the first answer against,
 * "answered" when all have answered. */
static bool
move_above(HjTx *tx, const HjActor *actor, HjCase *above, const char *outcome, const char *to,
           const HjClosing *answer, GError **error)
{
    g_autoptr(HjRows) stored = hj_row_load(tx, above->ledger, above->id, 0, error);
    if (stored == NULL)
        return false;
    g_autoptr(HjRowDraft) draft = hj_row_draft_new(above->ledger, 0, 0, stored);
    HjClosing how = { .outcome = outcome, .to_node = to, .on = answer->on };
    /* Where one organization was asked, what it said stands in the line; one of many stays
     * unnamed. */
    if (above->node->opens.org != NULL) {
        g_autoptr(HjRows) waiting =
            hj_tx_query(tx, error, SQL_WAITING, HJ_I64(hj_tx_county(tx)), HJ_I64(above->id));
        if (waiting == NULL)
            return false;
        how.task = hj_rows_next(waiting) ? hj_rows_i64(waiting, "id") : 0;
        how.opinion = answer->opinion;
    }
    return hj_case_close_tasks(tx, actor, above, &how, error) &&
           hj_case_call_off_children(tx, actor, above, error) &&
           hj_case_move(tx, actor, above, draft, outcome, to, &how, error);
}

/* Nobody is awaited any more, and what was answered lets the row go on. */
static bool
is_answered(const HjFlowNode *node, const HjChildren *children)
{
    bool anybody_for = children->n > children->n_open + children->n_against;
    if (hj_case_awaited(node, children) > 0)
        return false;
    return node->opens.wait == HJ_WAIT_ALL ||
           (node->opens.wait == HJ_WAIT_ANY && anybody_for) ||
           (node->opens.wait == HJ_WAIT_NONE_AGAINST && children->n_against == 0);
}

/* The case that opened this one; *@ret_there: it still stands at that visit. */
static bool
load_above(HjTx *tx, const HjCase *c, HjCase *above, bool *ret_there, GError **error)
{
    const HjLedger *ledger = c->ledger->in;
    *ret_there = false;
    if (c->opened_node == NULL || ledger == NULL || ledger->flow == NULL)
        return true;
    if (!hj_case_load(tx, ledger, c->parent, above, error))
        return false;
    *ret_there = above->node != NULL && above->visit == c->opened_visit &&
                 g_str_equal(above->node->name, c->opened_node);
    return true;
}

static bool
count_above(HjTx *tx, const HjCase *above, GError **error)
{
    HjChildren children;
    return hj_case_children(tx, above, &children, error) &&
           hj_tx_exec(tx, error, SQL_AWAIT, HJ_I64(hj_tx_county(tx)), HJ_I64(above->id),
                      HJ_I64(hj_case_awaited(above->node, &children)));
}

static bool
tell_above(HjTx *tx, const HjActor *actor, const HjCase *c, const char *end,
           const HjClosing *how, GError **error)
{
    g_auto(HjCase) above = { 0 };
    HjChildren children;
    bool there;
    if (g_str_equal(end, HJ_NODE_CALLED_OFF))
        return true;
    if (!load_above(tx, c, &above, &there, error))
        return false;
    if (!there)
        return true; /* it moved on without this answer */
    const HjOpens *opens = &above.node->opens;
    if (opens->veto != NULL && speaks_against(above.node, end))
        return move_above(tx, actor, &above, "veto", opens->veto, how, error);
    if (opens->then != NULL && !hj_case_children(tx, &above, &children, error))
        return false;
    if (opens->then != NULL && is_answered(above.node, &children))
        return move_above(tx, actor, &above, "answered", opens->then, how, error);
    return count_above(tx, &above, error);
}

bool
hj_case_stop(HjTx *tx, const HjActor *actor, const HjCase *c, GError **error)
{
    HjClosing how = { .on = hj_tx_today(tx) };
    g_auto(HjCase) above = { 0 };
    bool there;
    return hj_case_close_tasks(tx, actor, c, &how, error) &&
           hj_tx_exec(tx, error, SQL_STOP, HJ_I64(hj_tx_county(tx)), HJ_I64(c->id),
                      HJ_BOOL(true)) &&
           load_above(tx, c, &above, &there, error) &&
           (!there || count_above(tx, &above, error));
}

bool
hj_case_reopened(HjTx *tx, const HjCase *c, GError **error)
{
    g_auto(HjCase) above = { 0 };
    bool there;
    if (c->opened_node == NULL)
        return true;
    if (!load_above(tx, c, &above, &there, error))
        return false;
    return there ? count_above(tx, &above, error)
                 : hj_fail(error, HJ_ERROR_CONFLICT,
                           "The record above has moved on without this one.");
}

/* --- moving --- */

/* What the event of a move says beside the fields. */
static char *
told_json(const HjCase *c, const char *action, const char *to, int64_t visit,
          const HjClosing *how)
{
    GString *out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_key(&w, "action");
    hj_json_text(&w, action);
    hj_json_key(&w, "from");
    hj_json_text(&w, c->node != NULL ? c->node->name : NULL);
    hj_json_key(&w, "to");
    hj_json_text(&w, to);
    hj_json_key(&w, "visit");
    hj_json_i64(&w, visit);
    if (how->task != 0) {
        hj_json_key(&w, "task");
        hj_json_id(&w, how->task);
    }
    hj_json_key(&w, "on");
    hj_json_text(&w, hj_date_text(how->on).text);
    if (how->extend != 0) {
        hj_json_key(&w, "extended");
        hj_json_i64(&w, how->extend);
    }
    if (how->back_filled) {
        hj_json_key(&w, "back_filled");
        hj_json_flag(&w, true);
    }
    hj_json_end_object(&w);
    return g_string_free(out, FALSE);
}

bool
hj_case_move(HjTx *tx, const HjActor *actor, HjCase *c, HjRowDraft *draft, const char *action,
             const char *to, const HjClosing *how, GError **error)
{
    const HjFlowNode *next = hj_flow_node(c->flow, to);
    bool ends = next == NULL || next->final;
    g_autoptr(HjRows) visits = visits_of(tx, c->id, to, error);
    if (visits == NULL)
        return false;
    int64_t visit = hj_rows_i64(visits, "visit") + 1;
    g_autofree char *told = told_json(c, action, to, visit, how);
    if (!hj_row_move(tx, actor, draft, draft->version, to, "flow.move", told, how->opinion,
                     error))
        return false;
    /* What was taken back is not taken back once more: that would be a way past the checks. */
    bool taken_back = g_str_equal(action, "withdraw");
    g_autofree char *from = g_strdup(c->node != NULL && !taken_back ? c->node->name : NULL);
    c->node = next;
    c->visit = visit;
    HjDate watch = next != NULL && next->watch.unit != HJ_SPAN_NONE
                       ? hj_flow_span_end(actor->pack, &next->watch,
                                          base_of(&next->watch, draft, how->on), c->rules_on)
                       : HJ_DATE_NONE;
    if (!hj_tx_exec(tx, error, SQL_PUT, HJ_I64(hj_tx_county(tx)), HJ_I64(c->id), HJ_TEXT(to),
                    HJ_I64(visit), HJ_TIME(hj_tx_now(tx)), HJ_DATE(how->on),
                    HJ_I64(actor->account), HJ_TEXT(from), HJ_BOOL(ends), HJ_DATE(watch)))
        return false;
    if (next != NULL && next->moves.row != NULL &&
        !hj_case_moves(tx, actor, draft, next, how, error))
        return false;
    return ends ? tell_above(tx, actor, c, to, how, error)
                : open_tasks(tx, actor, c, draft, how, visits, error);
}
