#include "core/supervise.h"

#include "base/log.h"
#include "base/text.h"
#include "core/cadence.h"
#include "core/flow_priv.h"
#include "core/row_sql.h"

#include <string.h>

#define OPEN_MAX 500
#define SUBJECT_MAX 120
/* A cadence looks so many periods back for the last one whose time is over. */
#define BACK_MAX 40

#define SQL_LATE                                                                               \
    "SELECT t.row_id AS row_id, t.org AS org, t.visit AS visit, MIN(t.due_on) AS due_on, "     \
    "MIN(t.due_rule) AS due_rule, MIN(c.rules_on) AS rules_on FROM sys_task t JOIN sys_case "  \
    "c ON c.county = t.county AND c.id = t.row_id WHERE t.county = $1 AND t.ledger = $2 AND "  \
    "t.node = $3 AND t.closed_at IS NULL AND t.kind <> 'copy' AND t.due_on < $4 AND NOT "      \
    "EXISTS (SELECT 1 FROM sys_supervised s WHERE s.county = t.county AND s.row_id = "         \
    "t.row_id AND s.node = t.node AND s.visit = t.visit) GROUP BY t.row_id, t.org, t.visit "   \
    "ORDER BY 4, t.row_id LIMIT 2000"
#define SQL_KNOWN                                                                              \
    "SELECT s.org AS org, s.from_on AS from_on, c.ended AS ended FROM sys_supervised s JOIN "  \
    "sys_case c ON c.county = s.county AND c.id = s.item WHERE s.county = $1 AND s.cadence = " \
    "$2"
#define SQL_NOTE                                                                               \
    "INSERT INTO sys_supervised (county, item, item_ledger, org, opened_on, ledger, row_id, "  \
    "node, visit, cadence, from_on, to_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "  \
    "$11, $12)"
#define SQL_STEPS_DONE                                                                         \
    "SELECT s.item AS item, s.item_ledger AS item_ledger, (SELECT MAX(d.closed_on) FROM "      \
    "sys_task d WHERE d.county = s.county AND d.row_id = s.row_id AND d.node = s.node AND "    \
    "d.visit = s.visit AND d.kind <> 'copy') AS done_on FROM sys_supervised s WHERE s.county " \
    "= $1 AND s.cadence IS NULL AND s.done_on IS NULL AND NOT EXISTS (SELECT 1 FROM sys_task " \
    "t WHERE t.county = s.county AND t.row_id = s.row_id AND t.node = s.node AND t.visit = "   \
    "s.visit AND t.closed_at IS NULL AND t.kind <> 'copy') ORDER BY s.item"
#define SQL_PERIODS_WAITING                                                                    \
    "SELECT s.item AS item, s.item_ledger AS item_ledger, s.cadence AS cadence, s.org AS "     \
    "org, s.from_on AS from_on, s.to_on AS to_on FROM sys_supervised s WHERE s.county = $1 "   \
    "AND s.cadence IS NOT NULL AND s.done_on IS NULL ORDER BY s.item"
#define SQL_SET_DONE "UPDATE sys_supervised SET done_on = $3 WHERE county = $1 AND item = $2"
#define SQL_WAITING                                                                            \
    "SELECT s.item AS item, s.item_ledger AS item_ledger, s.ledger AS ledger, s.node AS "      \
    "node, s.cadence AS cadence, s.opened_on AS opened_on FROM sys_supervised s JOIN "         \
    "sys_case c ON c.county = s.county AND c.id = s.item WHERE s.county = $1 AND "             \
    "s.escalated_on IS NULL AND c.ended = 0 ORDER BY s.item"
#define SQL_SET_ESCALATED                                                                      \
    "UPDATE sys_supervised SET escalated_on = $3 WHERE county = $1 AND item = $2"
#define SQL_SOURCE                                                                             \
    "SELECT ledger, row_id AS \"row\", node, cadence, from_on, to_on, org, opened_on, "        \
    "done_on, escalated_on FROM sys_supervised WHERE county = $1 AND item = $2"
#define SQL_OF_ROW                                                                             \
    "SELECT s.item AS item, s.item_ledger AS ledger, s.opened_on AS opened_on, s.done_on AS "  \
    "done_on, c.ended AS ended FROM sys_supervised s JOIN sys_case c ON c.county = s.county "  \
    "AND c.id = s.item WHERE s.county = $1 AND s.row_id = $2 ORDER BY s.item"

typedef struct {
    HjTx *tx;
    const HjActor *system;
    const HjPack *pack;
    HjDate today;
    HjSuperviseReport *report;
} Tick;

/* The day after which @span from @from is over; HJ_DATE_NONE where the calendar does not reach
 * (ARI-5: nothing is opened then). */
static HjDate
end_of(const Tick *tick, const HjSpan *span, HjDate from, HjDate rules_on)
{
    return span->unit == HJ_SPAN_NONE ? from
                                      : hj_flow_span_end(tick->pack, span, from, rules_on);
}

/* --- opening --- */

/* One thing that is overdue. */
typedef struct {
    const HjSupervise *rule;
    const char *subject, *basis, *item; /* item: of the list of the kind */
    int64_t org;
    HjDate due;
    const char *ledger, *node, *cadence;
    int64_t row, visit;
    HjDate from, to;
} Late;

static void
put(HjRowInput *inputs, size_t *n, const char *field, const char *text)
{
    if (field != NULL && text != NULL)
        inputs[(*n)++] = (HjRowInput){ .name = field, .text = text };
}

static const char *
fit(const HjLedger *ledger, const char *name, const char *text, char **ret_owned)
{
    const HjField *field = name != NULL ? hj_pack_field(ledger, name) : NULL;
    glong most = field != NULL ? MIN(field->max_length, SUBJECT_MAX) : SUBJECT_MAX;
    if (text == NULL || g_utf8_strlen(text, -1) <= most)
        return text;
    *ret_owned = g_utf8_substring(text, 0, most);
    return *ret_owned;
}

static HjVal
number_or_null(int64_t n)
{
    return n != 0 ? HJ_I64(n) : HJ_NULL;
}

static bool
note(const Tick *tick, const Late *late, int64_t item, GError **error)
{
    return hj_tx_exec(tick->tx, error, SQL_NOTE, HJ_I64(hj_tx_county(tick->tx)), HJ_I64(item),
                      HJ_TEXT(late->rule->ledger->name), HJ_I64(late->org),
                      HJ_DATE(tick->today), HJ_TEXT(late->ledger), number_or_null(late->row),
                      HJ_TEXT(late->node), number_or_null(late->visit), HJ_TEXT(late->cadence),
                      HJ_DATE(late->from), HJ_DATE(late->to));
}

/* A rule of the ledger may refuse the row; that is told and does not stop the others. */
static bool
open_item(const Tick *tick, const Late *late, GError **error)
{
    const HjLedger *ledger = late->rule->ledger;
    const HjSupervises *fill = ledger->supervises;
    HjRowInput inputs[8];
    size_t n = 0;
    HjDateText today = hj_date_text(tick->today), due = hj_date_text(late->due);
    g_autofree char *subject = NULL, *basis = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autoptr(GError) cause = NULL;
    HjRowKey key;
    put(inputs, &n, fill->subject, fit(ledger, fill->subject, late->subject, &subject));
    put(inputs, &n, fill->opened, today.text);
    put(inputs, &n, fill->due, due.text);
    put(inputs, &n, fill->basis, fit(ledger, fill->basis, late->basis, &basis));
    put(inputs, &n, fill->kind, late->item);
    if (hj_row_create(tick->tx, tick->system, ledger, late->org, 0, inputs, n, issues, &key,
                      &cause)) {
        tick->report->n_opened++;
        return note(tick, late, key.id, error);
    }
    if (!g_error_matches(cause, HJ_ERROR, HJ_ERROR_INVALID)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    tick->report->n_refused++;
    hj_log(HJ_LOG_WARNING, "supervise", "ledger", ledger->name, "field",
           hj_issues_count(issues) > 0 ? hj_issues_field(issues, 0) : "", NULL);
    return true;
}

static char *
title_of(const Tick *tick, const HjLedger *ledger, int64_t row, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT ");
    hj_row_sql_title_of(b, tick->system, ledger);
    hj_sqlb_lit(b, " AS title FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tick->tx)));
    hj_sqlb_lit(b, " AND r.id = ");
    hj_sqlb_param(b, HJ_I64(row));
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tick->tx, error);
    if (rows == NULL)
        return NULL;
    const char *title = hj_rows_next(rows) ? hj_rows_text(rows, "title") : NULL;
    return g_strdup(title != NULL ? title : "");
}

static bool
open_late_steps(const Tick *tick, const HjLedger *ledger, const HjFlowNode *node,
                GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tick->tx, error, SQL_LATE, HJ_I64(hj_tx_county(tick->tx)),
                    HJ_TEXT(ledger->name), HJ_TEXT(node->name), HJ_DATE(tick->today));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows) && tick->report->n_opened < OPEN_MAX) {
        HjDate due = hj_rows_date(rows, "due_on");
        HjDate end = end_of(tick, &node->supervise.after, due, hj_rows_date(rows, "rules_on"));
        if (end == HJ_DATE_NONE || tick->today <= end)
            continue;
        int64_t row = hj_rows_i64(rows, "row_id");
        g_autofree char *title = title_of(tick, ledger, row, error);
        if (title == NULL)
            return false;
        g_autofree char *subject =
            g_strdup_printf("%s“%s”%s逾期", ledger->title.zh, title, node->title.zh);
        const Late late = { .rule = &node->supervise,
                            .subject = subject,
                            .basis = hj_rows_text(rows, "due_rule"),
                            .item = node->supervise.ledger->supervises->overdue,
                            .org = hj_rows_i64(rows, "org"),
                            .due = due,
                            .ledger = ledger->name,
                            .node = node->name,
                            .row = row,
                            .visit = hj_rows_i64(rows, "visit"),
                            .from = HJ_DATE_NONE,
                            .to = HJ_DATE_NONE };
        if (!open_item(tick, &late, error))
            return false;
    }
    return true;
}

/* The last period whose time, with the span after it, is over; only that one is looked at. */
static bool
last_over(const Tick *tick, const HjCadence *cadence, HjDate *ret_from, HjDate *ret_to)
{
    HjDate day = tick->today;
    for (int back = 0; back < BACK_MAX; back++) {
        HjDate from, to;
        hj_every_period(cadence->every, day, &from, &to);
        HjDate end = end_of(tick, &cadence->supervise.after, to, to);
        if (end != HJ_DATE_NONE && end < tick->today &&
            hj_cadence_periods_in(tick->pack, cadence, to, to) > 0) {
            *ret_from = from;
            *ret_to = to;
            return true;
        }
        day = from - 1;
    }
    return false;
}

/* Organizations that need no further item: one of this period, or one that goes on. */
static GHashTable *
known_of(const Tick *tick, const HjCadence *cadence, HjDate from, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(
        tick->tx, error, SQL_KNOWN, HJ_I64(hj_tx_county(tick->tx)), HJ_TEXT(cadence->name));
    if (rows == NULL)
        return NULL;
    GHashTable *known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    while (hj_rows_next(rows)) {
        if (hj_rows_i64(rows, "ended") != 0 && hj_rows_date(rows, "from_on") != from)
            continue;
        int64_t *org = g_new(int64_t, 1);
        *org = hj_rows_i64(rows, "org");
        g_hash_table_add(known, org);
    }
    return known;
}

static char *
missed_text(const HjCadence *cadence, HjDate from, HjDate to, int64_t missing)
{
    HjDateText a = hj_date_text(from), b = hj_date_text(to);
    return from == to ? g_strdup_printf("%s：%s缺%" G_GINT64_FORMAT "次", cadence->title.zh,
                                        a.text, missing)
                      : g_strdup_printf("%s：%s至%s缺%" G_GINT64_FORMAT "次", cadence->title.zh,
                                        a.text, b.text, missing);
}

static bool
open_missed(const Tick *tick, const HjCadence *cadence, GError **error)
{
    HjDate from, to;
    if (!last_over(tick, cadence, &from, &to))
        return true;
    g_autoptr(GHashTable) known = known_of(tick, cadence, from, error);
    g_autoptr(HjRows) rows =
        known != NULL ? hj_cadence_missing(tick->tx, tick->pack, cadence, to, to, error) : NULL;
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows) && tick->report->n_opened < OPEN_MAX) {
        int64_t org = hj_rows_i64(rows, "org");
        if (g_hash_table_contains(known, &org))
            continue;
        g_autofree char *subject = missed_text(
            cadence, from, to, hj_rows_i64(rows, "wanted") - hj_rows_i64(rows, "n"));
        const Late late = { .rule = &cadence->supervise,
                            .subject = subject,
                            .basis = cadence->id != NULL ? cadence->id : cadence->source,
                            .item = cadence->supervise.ledger->supervises->missed,
                            .org = org,
                            .due = to,
                            .ledger = cadence->ledger->name,
                            .cadence = cadence->name,
                            .from = from,
                            .to = to };
        if (!open_item(tick, &late, error))
            return false;
    }
    return true;
}

static bool
open_all(const Tick *tick, GError **error)
{
    for (size_t i = 0; i < tick->pack->n_ledgers; i++) {
        const HjFlow *flow = tick->pack->ledgers[i].flow;
        for (size_t k = 0; flow != NULL && k < flow->n_nodes; k++)
            if (flow->nodes[k].supervise.ledger != NULL &&
                !open_late_steps(tick, &tick->pack->ledgers[i], &flow->nodes[k], error))
                return false;
    }
    for (size_t i = 0; i < tick->pack->n_cadences; i++)
        if (tick->pack->cadences[i].supervise.ledger != NULL &&
            !open_missed(tick, &tick->pack->cadences[i], error))
            return false;
    return true;
}

/* --- telling the item --- */

/* Writes a date into a field of the item, unless it is void or the pack has no field for it. */
static bool
tell_item(const Tick *tick, const HjLedger *ledger, int64_t item, const char *name, HjDate on,
          const char *event, GError **error)
{
    const HjField *field = name != NULL ? hj_pack_field(ledger, name) : NULL;
    g_autoptr(GError) cause = NULL;
    g_autoptr(HjRows) stored = hj_row_load(tick->tx, ledger, item, 0, &cause);
    if (stored == NULL && g_error_matches(cause, HJ_ERROR, HJ_ERROR_CONFLICT)) {
        hj_tx_exempt(tick->tx); /* void: nobody need be told, it is only not looked at again */
        return true;
    }
    if (stored == NULL) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    g_autoptr(HjRowDraft) draft = hj_row_draft_new(ledger, 0, 0, stored);
    if (field != NULL)
        draft->vals[field - ledger->fields] = HJ_DATE(on);
    return hj_row_move(tick->tx, tick->system, draft, draft->version, NULL, event, NULL, NULL,
                       error);
}

static bool
tell_done(const Tick *tick, const char *ledger_name, int64_t item, HjDate on, GError **error)
{
    const HjLedger *ledger = hj_pack_ledger(tick->pack, ledger_name);
    if (ledger == NULL || ledger->supervises == NULL)
        return true;
    tick->report->n_done++;
    return hj_tx_exec(tick->tx, error, SQL_SET_DONE, HJ_I64(hj_tx_county(tick->tx)),
                      HJ_I64(item), HJ_DATE(on)) &&
           tell_item(tick, ledger, item, ledger->supervises->done, on, "supervise.done", error);
}

static bool
tell_steps_done(const Tick *tick, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tick->tx, error, SQL_STEPS_DONE, HJ_I64(hj_tx_county(tick->tx)));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        HjDate on = hj_rows_date(rows, "done_on");
        if (!tell_done(tick, hj_rows_text(rows, "item_ledger"), hj_rows_i64(rows, "item"),
                       on != HJ_DATE_NONE ? on : tick->today, error))
            return false;
    }
    return true;
}

static bool
tell_periods_done(const Tick *tick, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tick->tx, error, SQL_PERIODS_WAITING, HJ_I64(hj_tx_county(tick->tx)));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        const HjCadence *cadence = hj_pack_cadence(tick->pack, hj_rows_text(rows, "cadence"));
        HjDate to = hj_rows_date(rows, "to_on");
        if (cadence == NULL)
            continue;
        g_autoptr(HjRows) period = hj_cadence_periods(tick->tx, tick->pack, cadence,
                                                      hj_rows_i64(rows, "org"), to, to, error);
        if (period == NULL)
            return false;
        bool met =
            hj_rows_next(period) && hj_rows_i64(period, "n") >= hj_rows_i64(period, "wanted");
        if (met && !tell_done(tick, hj_rows_text(rows, "item_ledger"),
                              hj_rows_i64(rows, "item"), tick->today, error))
            return false;
    }
    return true;
}

/* --- telling the superior --- */

static const HjSupervise *
rule_of(const Tick *tick, const HjRows *row)
{
    const HjCadence *cadence = hj_pack_cadence(tick->pack, hj_rows_text(row, "cadence"));
    if (cadence != NULL)
        return &cadence->supervise;
    const HjLedger *ledger = hj_pack_ledger(tick->pack, hj_rows_text(row, "ledger"));
    const HjFlowNode *node = ledger != NULL && ledger->flow != NULL
                                 ? hj_flow_node(ledger->flow, hj_rows_text(row, "node"))
                                 : NULL;
    return node != NULL ? &node->supervise : NULL;
}

static bool
escalate(const Tick *tick, const HjSupervise *rule, int64_t item, GError **error)
{
    const HjLedger *ledger = rule->ledger;
    g_auto(HjCase) c = { 0 };
    if (!hj_case_load(tick->tx, ledger, item, &c, error))
        return false;
    const HjTaskNew told = { .kind = "copy",
                             .roles = (const char *const *)rule->to,
                             .n_roles = rule->n_to,
                             .on = tick->today,
                             .due = HJ_DATE_NONE,
                             .warn = HJ_DATE_NONE,
                             .hold = HJ_DATE_NONE };
    tick->report->n_escalated++;
    return (c.node == NULL || hj_task_open(tick->tx, tick->system, &c, &told, error)) &&
           hj_tx_exec(tick->tx, error, SQL_SET_ESCALATED, HJ_I64(hj_tx_county(tick->tx)),
                      HJ_I64(item), HJ_DATE(tick->today)) &&
           tell_item(tick, ledger, item, ledger->supervises->escalated, tick->today,
                     "supervise.escalate", error);
}

static bool
escalate_all(const Tick *tick, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tick->tx, error, SQL_WAITING, HJ_I64(hj_tx_county(tick->tx)));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        const HjSupervise *rule = rule_of(tick, rows);
        if (rule == NULL || rule->ledger == NULL || rule->n_to == 0 ||
            g_strcmp0(rule->ledger->name, hj_rows_text(rows, "item_ledger")) != 0)
            continue;
        HjDate opened = hj_rows_date(rows, "opened_on");
        HjDate end = end_of(tick, &rule->escalate, opened, opened);
        if (end != HJ_DATE_NONE && end < tick->today &&
            !escalate(tick, rule, hj_rows_i64(rows, "item"), error))
            return false;
    }
    return true;
}

bool
hj_supervise_tick(HjTx *tx, const HjActor *system, HjSuperviseReport *ret, GError **error)
{
    *ret = (HjSuperviseReport){ 0 };
    const Tick tick = { .tx = tx,
                        .system = system,
                        .pack = system->pack,
                        .today = hj_tx_today(tx),
                        .report = ret };
    hj_tx_set_actor(tx, 0);
    return tell_steps_done(&tick, error) && tell_periods_done(&tick, error) &&
           open_all(&tick, error) && escalate_all(&tick, error);
}

HjRows *
hj_supervise_source(HjTx *tx, int64_t item, GError **error)
{
    return hj_tx_query(tx, error, SQL_SOURCE, HJ_I64(hj_tx_county(tx)), HJ_I64(item));
}

HjRows *
hj_supervise_of_row(HjTx *tx, int64_t row, GError **error)
{
    return hj_tx_query(tx, error, SQL_OF_ROW, HJ_I64(hj_tx_county(tx)), HJ_I64(row));
}
