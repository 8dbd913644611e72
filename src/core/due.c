#include "core/due.h"

#include "base/text.h"
#include "core/access.h"
#include "core/row_sql.h"
#include "pack/flow.h"

#include <string.h>

#define PAGE_MAX 500
#define NO_DAY HJ_DATE_FOREVER

/* "KEY.ID": the last line of the page before. */
typedef struct {
    char key[32];
    int64_t id;
} Cursor;

static bool
read_cursor(const char *text, Cursor *ret, GError **error)
{
    const char *dot = text != NULL ? strrchr(text, '.') : NULL;
    *ret = (Cursor){ .id = 0 };
    if (text == NULL)
        return true;
    if (dot == NULL || (size_t)(dot - text) >= sizeof ret->key ||
        !hj_text_parse_i64(dot + 1, &ret->id))
        return hj_fail(error, HJ_ERROR_MALFORMED, "This is no cursor of this list.");
    memcpy(ret->key, text, (size_t)(dot - text));
    return true;
}

/* --- whose tasks --- */

/* " AND (t.account is the actor OR t.roles names a role held above t.org)"; @permission is what
 * such a role needs for it. */
static void
add_mine(HjSqlb *b, HjTx *tx, const HjActor *actor, const char *permission)
{
    int64_t self = actor->behalf != 0 ? actor->behalf : actor->account;
    hj_sqlb_lit(b, " AND (t.not_account IS NULL OR t.not_account <> ");
    hj_sqlb_param(b, HJ_I64(self));
    hj_sqlb_lit(b, ") AND (t.account = ");
    hj_sqlb_param(b, HJ_I64(self));
    hj_sqlb_lit(b, " OR (t.account IS NULL AND ");
    hj_access_roles(b, tx, actor, permission, "t.roles", "t.org");
    hj_sqlb_lit(b, "))");
}

/* " AND (the ledger is one that moves and that the actor sees)": where, only of those in scope.
 */
static void
add_ledgers(HjSqlb *b, HjTx *tx, const HjActor *actor, bool in_scope)
{
    size_t n = 0;
    hj_sqlb_lit(b, " AND (");
    for (size_t i = 0; i < actor->pack->n_ledgers; i++) {
        const HjLedger *ledger = &actor->pack->ledgers[i];
        if (ledger->flow == NULL || !hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
            continue;
        hj_sqlb_add_literal(b, n++ > 0 ? " OR (t.ledger = " : "(t.ledger = ");
        hj_sqlb_param(b, HJ_TEXT(ledger->name));
        if (in_scope)
            hj_access_scope(b, tx, actor, "ledger.view", ledger, "t.org");
        hj_sqlb_lit(b, ")");
    }
    hj_sqlb_add_literal(b, n > 0 ? ")" : "1 = 0)");
}

static void
add_condition(HjSqlb *b, HjTx *tx, const HjActor *actor, HjDueList list)
{
    add_ledgers(b, tx, actor, list == HJ_DUE_SEEN);
    int64_t self = actor->behalf != 0 ? actor->behalf : actor->account;
    switch (list) {
    case HJ_DUE_TODO:
    case HJ_DUE_OVERDUE:
        hj_sqlb_lit(b, " AND t.closed_at IS NULL AND t.kind <> 'copy' AND t.waits = 0");
        add_mine(b, tx, actor, "ledger.enter");
        if (list == HJ_DUE_OVERDUE) {
            hj_sqlb_lit(b, " AND t.due_on < ");
            hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
        }
        break;
    case HJ_DUE_COPIED:
        hj_sqlb_lit(b, " AND t.closed_at IS NULL AND t.kind = 'copy'");
        add_mine(b, tx, actor, "ledger.view");
        break;
    case HJ_DUE_DONE:
        hj_sqlb_lit(b, " AND t.closed_at IS NOT NULL AND t.outcome <> 'moot'"
                       " AND t.closed_by = ");
        hj_sqlb_param(b, HJ_I64(self));
        break;
    case HJ_DUE_STARTED:
        hj_sqlb_lit(b, " AND t.ended = 0 AND t.started_by = ");
        hj_sqlb_param(b, HJ_I64(self));
        break;
    case HJ_DUE_SEEN:
        hj_sqlb_lit(b, " AND t.closed_at IS NULL AND t.kind <> 'copy' AND t.waits = 0");
        break;
    default:
        g_assert_not_reached();
    }
}

static void
add_narrower(HjSqlb *b, HjTx *tx, const HjDueQuery *query)
{
    if (query->ledger != NULL) {
        hj_sqlb_lit(b, " AND t.ledger = ");
        hj_sqlb_param(b, HJ_TEXT(query->ledger));
    }
    if (query->node != NULL) {
        hj_sqlb_lit(b, " AND t.node = ");
        hj_sqlb_param(b, HJ_TEXT(query->node));
    }
    if (query->kind != NULL && query->list != HJ_DUE_STARTED) {
        hj_sqlb_lit(b, " AND t.kind = ");
        hj_sqlb_param(b, HJ_TEXT(query->kind));
    }
    if (query->under != 0) {
        hj_sqlb_lit(b, " AND t.org IN (");
        hj_access_subtrees(b, tx, &query->under, 1);
        hj_sqlb_lit(b, ")");
    }
    if (query->due_on != NULL && query->list != HJ_DUE_STARTED) {
        hj_sqlb_lit(b, " AND t.due_on = ");
        hj_sqlb_param(b, HJ_TEXT(query->due_on));
    }
    if (query->late && query->list != HJ_DUE_STARTED) {
        hj_sqlb_lit(b, " AND t.due_on < ");
        hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
    }
}

/* --- a page of them --- */

#define ORG_COLUMNS                                                                            \
    " t.org AS org, (SELECT o.code FROM sys_org o WHERE o.county = t.county AND o.id = t.org)" \
    " AS org_code, (SELECT n.name FROM sys_org_name n WHERE n.county = t.county"               \
    " AND n.org = t.org AND n.to_on = '9999-12-31') AS org_name,"

static void
select_tasks(HjSqlb *b, bool done)
{
    hj_sqlb_lit(b, "SELECT t.id AS task, t.ledger AS ledger, t.row_id AS \"row\"," ORG_COLUMNS
                   " t.node AS node, t.kind AS kind, t.opened_at AS opened_at,"
                   " t.opened_on AS opened_on, t.due_on AS due_on, t.warn_on AS warn_on,"
                   " t.due_rule AS due_rule, t.hold_on AS hold_on, t.n_urged AS n_urged,"
                   " t.outcome AS outcome, t.closed_at AS closed_at,");
    if (done)
        hj_sqlb_lit(b, " CAST(t.closed_at AS TEXT) AS sort_key FROM sys_task t");
    else
        hj_sqlb_lit(b, " COALESCE(t.due_on, '" NO_DAY "') AS sort_key FROM sys_task t");
}

/* A case lists the soonest of what waits in it. */
static void
select_cases(HjSqlb *b)
{
    hj_sqlb_lit(b, "SELECT t.id AS task, t.ledger AS ledger, t.id AS \"row\"," ORG_COLUMNS
                   " t.node AS node, 'case' AS kind, t.entered_at AS opened_at,"
                   " t.entered_on AS opened_on, d.due_on AS due_on, d.warn_on AS warn_on,"
                   " NULL AS due_rule, NULL AS hold_on, COALESCE(d.n_urged, 0) AS n_urged,"
                   " NULL AS outcome, CAST(NULL AS BIGINT) AS closed_at,"
                   " CAST(t.id AS TEXT) AS sort_key FROM sys_case t"
                   " LEFT JOIN (SELECT x.county, x.row_id, MIN(x.due_on) AS due_on,"
                   " MIN(x.warn_on) AS warn_on, MAX(x.n_urged) AS n_urged FROM sys_task x"
                   " WHERE x.closed_at IS NULL AND x.kind <> 'copy'"
                   " GROUP BY x.county, x.row_id) d"
                   " ON d.county = t.county AND d.row_id = t.id");
}

static void
add_place(HjSqlb *b, HjDueList list, const Cursor *cursor)
{
    bool newest = list == HJ_DUE_DONE;
    if (cursor->id == 0)
        return;
    if (list == HJ_DUE_STARTED) {
        hj_sqlb_lit(b, " AND t.id < ");
        hj_sqlb_param(b, HJ_I64(cursor->id));
        return;
    }
    if (newest) {
        int64_t at = 0;
        hj_text_parse_i64(cursor->key, &at);
        hj_sqlb_lit(b, " AND (t.closed_at < ");
        hj_sqlb_param(b, HJ_I64(at));
        hj_sqlb_lit(b, " OR (t.closed_at = ");
        hj_sqlb_param(b, HJ_I64(at));
        hj_sqlb_lit(b, " AND t.id < ");
    } else {
        hj_sqlb_lit(b, " AND (COALESCE(t.due_on, '" NO_DAY "') > ");
        hj_sqlb_param(b, HJ_TEXT(cursor->key));
        hj_sqlb_lit(b, " OR (COALESCE(t.due_on, '" NO_DAY "') = ");
        hj_sqlb_param(b, HJ_TEXT(cursor->key));
        hj_sqlb_lit(b, " AND t.id > ");
    }
    hj_sqlb_param(b, HJ_I64(cursor->id));
    hj_sqlb_lit(b, "))");
}

static void
add_order(HjSqlb *b, HjDueList list)
{
    if (list == HJ_DUE_STARTED)
        hj_sqlb_lit(b, " ORDER BY t.id DESC LIMIT ");
    else if (list == HJ_DUE_DONE)
        hj_sqlb_lit(b, " ORDER BY t.closed_at DESC, t.id DESC LIMIT ");
    else
        hj_sqlb_lit(b, " ORDER BY COALESCE(t.due_on, '" NO_DAY "'), t.id LIMIT ");
}

static HjRows *
query_page(HjTx *tx, const HjActor *actor, const HjDueQuery *query, const Cursor *cursor,
           int limit, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    if (query->list == HJ_DUE_STARTED)
        select_cases(b);
    else
        select_tasks(b, query->list == HJ_DUE_DONE);
    hj_sqlb_lit(b, " WHERE t.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    add_condition(b, tx, actor, query->list);
    add_narrower(b, tx, query);
    add_place(b, query->list, cursor);
    add_order(b, query->list);
    hj_sqlb_param(b, HJ_I64(limit + 1));
    return hj_sqlb_query(b, tx, error);
}

/* --- titles --- */

typedef struct {
    char *title;
    int64_t version;
} Named;

static void
named_free(gpointer data)
{
    Named *named = data;
    g_free(named->title);
    g_free(named);
}

/* Titles of the rows of one ledger among @rows, into @titles by id. */
static bool
add_titles(HjTx *tx, const HjActor *actor, const HjLedger *ledger, HjRows *rows,
           GHashTable *titles, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    size_t n = 0;
    hj_sqlb_lit(b, "SELECT r.id AS id, r.version AS version, ");
    hj_row_sql_title_of(b, actor, ledger);
    hj_sqlb_lit(b, " AS title FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.id IN (");
    for (hj_rows_rewind(rows); hj_rows_next(rows);)
        if (g_str_equal(hj_rows_text(rows, "ledger"), ledger->name)) {
            hj_sqlb_add_literal(b, n++ > 0 ? ", " : "");
            hj_sqlb_param(b, HJ_I64(hj_rows_i64(rows, "row")));
        }
    hj_sqlb_lit(b, ")");
    g_autoptr(HjRows) found = n > 0 ? hj_sqlb_query(b, tx, error) : NULL;
    if (n > 0 && found == NULL)
        return false;
    while (found != NULL && hj_rows_next(found)) {
        Named *named = g_new0(Named, 1);
        int64_t *key = g_new(int64_t, 1);
        *key = hj_rows_i64(found, "id");
        named->version = hj_rows_i64(found, "version");
        named->title = g_strdup(hj_rows_text(found, "title"));
        g_hash_table_replace(titles, key, named);
    }
    return true;
}

static const char *
light_of(const HjRows *row, const char *today)
{
    const char *due = hj_rows_text(row, "due_on"), *warn = hj_rows_text(row, "warn_on");
    if (due == NULL || !hj_rows_null(row, "closed_at"))
        return "";
    if (strcmp(due, today) < 0)
        return "red";
    return warn != NULL && strcmp(warn, today) <= 0 ? "yellow" : "green";
}

static HjRows *
show(HjTx *tx, HjRows *in, GHashTable *titles)
{
    static const char *const names[] = { "task",    "ledger",    "row",       "title",
                                         "version", "org",       "org_code",  "org_name",
                                         "node",    "kind",      "opened_at", "opened_on",
                                         "due_on",  "due_rule",  "hold_on",   "n_urged",
                                         "outcome", "closed_at", "light" };
    HjDateText today = hj_date_text(hj_tx_today(tx));
    HjRows *out = hj_rows_new((int)G_N_ELEMENTS(names), names);
    for (hj_rows_rewind(in); hj_rows_next(in);) {
        int64_t id = hj_rows_i64(in, "row");
        const Named *named = g_hash_table_lookup(titles, &id);
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            if (g_str_equal(names[i], "title"))
                hj_rows_add_string(out, named != NULL ? named->title : NULL);
            else if (g_str_equal(names[i], "version"))
                hj_rows_add_i64(out, named != NULL ? named->version : 0);
            else if (g_str_equal(names[i], "light"))
                hj_rows_add_string(out, light_of(in, today.text));
            else
                hj_rows_add_cell(out, in, names[i]);
        }
    }
    return out;
}

HjRows *
hj_due_list(HjTx *tx, const HjActor *actor, const HjDueQuery *query, char **ret_next,
            GError **error)
{
    Cursor cursor;
    int limit = CLAMP(query->limit, 1, PAGE_MAX);
    *ret_next = NULL;
    if (!read_cursor(query->cursor, &cursor, error))
        return NULL;
    g_autoptr(HjRows) rows = query_page(tx, actor, query, &cursor, limit, error);
    if (rows == NULL)
        return NULL;
    bool more = hj_rows_count(rows) > (size_t)limit;
    if (more)
        hj_rows_truncate(rows, (size_t)limit);
    g_autoptr(GHashTable) titles =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, named_free);
    for (size_t i = 0; i < actor->pack->n_ledgers; i++)
        if (actor->pack->ledgers[i].flow != NULL &&
            !add_titles(tx, actor, &actor->pack->ledgers[i], rows, titles, error))
            return NULL;
    hj_rows_rewind(rows);
    while (more && hj_rows_next(rows)) {
        g_free(*ret_next);
        *ret_next = g_strdup_printf("%s.%" G_GINT64_FORMAT, hj_rows_text(rows, "sort_key"),
                                    hj_rows_i64(rows, "task"));
    }
    return show(tx, rows, titles);
}

/* --- counts --- */

static bool
count_list(HjTx *tx, const HjActor *actor, HjDueList list, bool yellow, int64_t *ret,
           GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_add_literal(b, list == HJ_DUE_STARTED
                               ? "SELECT COUNT(*) AS n FROM sys_case t WHERE t.county = "
                               : "SELECT COUNT(*) AS n FROM sys_task t WHERE t.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    add_condition(b, tx, actor, list);
    if (yellow) {
        hj_sqlb_lit(b, " AND t.warn_on <= ");
        hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
        hj_sqlb_lit(b, " AND t.due_on >= ");
        hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
    }
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    if (rows == NULL || !hj_rows_next(rows))
        return false;
    *ret = hj_rows_i64(rows, "n");
    return true;
}

bool
hj_due_counts(HjTx *tx, const HjActor *actor, HjDueCounts *ret, GError **error)
{
    *ret = (HjDueCounts){ .n_yellow = 0 };
    for (int list = 0; list < HJ_DUE_LISTS; list++)
        if (!count_list(tx, actor, (HjDueList)list, false, &ret->n[list], error))
            return false;
    return count_list(tx, actor, HJ_DUE_TODO, true, &ret->n_yellow, error);
}

bool
hj_due_waiting(HjTx *tx, const HjActor *actor, int64_t most, int64_t *ret, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM sys_task t"
                   " WHERE t.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    add_condition(b, tx, actor, HJ_DUE_TODO);
    hj_sqlb_lit(b, " LIMIT ");
    hj_sqlb_param(b, HJ_I64(most));
    hj_sqlb_lit(b, ") w");
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    if (rows == NULL || !hj_rows_next(rows))
        return false;
    *ret = hj_rows_i64(rows, "n");
    return true;
}

/* --- summed up --- */

HjRows *
hj_due_groups(HjTx *tx, const HjActor *actor, const HjDueQuery *query, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT t.ledger AS ledger, t.node AS node, t.kind AS kind, COUNT(*) AS n,"
                   " SUM(CASE WHEN t.due_on < ");
    hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
    hj_sqlb_lit(b, " THEN 1 ELSE 0 END) AS n_red, MIN(t.due_on) AS first FROM sys_task t"
                   " WHERE t.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    add_condition(b, tx, actor, query->list);
    add_narrower(b, tx, query);
    hj_sqlb_lit(b, " GROUP BY t.ledger, t.node, t.kind"
                   " ORDER BY COALESCE(MIN(t.due_on), '" NO_DAY "'), t.ledger, t.node, t.kind");
    return hj_sqlb_query(b, tx, error);
}

HjRows *
hj_due_days(HjTx *tx, const HjActor *actor, const HjDueQuery *query, HjDate from, HjDate to,
            GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT t.due_on AS due_on, COUNT(*) AS n, SUM(CASE WHEN t.warn_on <= ");
    hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
    hj_sqlb_lit(b, " THEN 1 ELSE 0 END) AS n_yellow FROM sys_task t WHERE t.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND t.due_on >= ");
    hj_sqlb_param(b, HJ_DATE(from));
    hj_sqlb_lit(b, " AND t.due_on <= ");
    hj_sqlb_param(b, HJ_DATE(to));
    add_condition(b, tx, actor, query->list);
    add_narrower(b, tx, query);
    hj_sqlb_lit(b, " GROUP BY t.due_on ORDER BY t.due_on");
    return hj_sqlb_query(b, tx, error);
}

/* --- the matrix --- */

HjRows *
hj_due_matrix(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t under,
              GError **error)
{
    HjVal today = HJ_DATE(hj_tx_today(tx));
    if (!hj_access_check_row(tx, actor, ledger, HJ_ACCESS_VIEW, under, error))
        return NULL;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT p.id AS org, p.code AS org_code, n.name AS org_name, c.node AS node,"
                   " COUNT(*) AS n, SUM(CASE WHEN d.due_on < ");
    hj_sqlb_param(b, today);
    hj_sqlb_lit(b, " THEN 1 ELSE 0 END) AS n_red, SUM(CASE WHEN d.due_on >= ");
    hj_sqlb_param(b, today);
    hj_sqlb_lit(b, " AND d.warn_on <= ");
    hj_sqlb_param(b, today);
    hj_sqlb_lit(b, " THEN 1 ELSE 0 END) AS n_yellow, MIN(c.entered_on) AS oldest,"
                   " MIN(d.due_on) AS due_on FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " JOIN sys_case c ON c.county = r.county AND c.id = r.id"
                   " JOIN sys_tree a ON a.county = c.county AND a.org = c.org"
                   " AND a.to_on = '9999-12-31'"
                   " JOIN sys_tree k ON k.county = a.county AND k.org = a.ancestor"
                   " AND k.to_on = '9999-12-31' AND k.ancestor = ");
    hj_sqlb_param(b, HJ_I64(under));
    hj_sqlb_lit(b, " AND (k.depth = 1 OR (k.depth = 0 AND c.org = ");
    hj_sqlb_param(b, HJ_I64(under));
    hj_sqlb_lit(b, "))");
    hj_sqlb_lit(b, " JOIN sys_org p ON p.county = a.county AND p.id = a.ancestor"
                   " JOIN sys_org_name n ON n.county = p.county AND n.org = p.id"
                   " AND n.to_on = '9999-12-31'"
                   " LEFT JOIN (SELECT x.county, x.row_id, MIN(x.due_on) AS due_on,"
                   " MIN(x.warn_on) AS warn_on FROM sys_task x WHERE x.closed_at IS NULL"
                   " AND x.kind <> 'copy' GROUP BY x.county, x.row_id) d"
                   " ON d.county = c.county AND d.row_id = c.id WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.voided_at IS NULL GROUP BY p.id, p.code, n.name, c.node, p.sort"
                   " ORDER BY p.sort, p.id, c.node");
    return hj_sqlb_query(b, tx, error);
}

#define SQL_COPY                                                                               \
    "SELECT id, kind, roles, account, not_account, org FROM sys_task "                         \
    "WHERE county = $1 AND id = $2 AND kind = 'copy' AND closed_at IS NULL"
#define SQL_READ                                                                               \
    "UPDATE sys_task SET closed_at = $3, closed_on = $4, closed_by = $5, outcome = 'read' "    \
    "WHERE county = $1 AND id = $2 AND closed_at IS NULL"

bool
hj_due_read_copy(HjTx *tx, const HjActor *actor, int64_t task, GError **error)
{
    g_autoptr(HjRows) copy_row =
        hj_tx_query(tx, error, SQL_COPY, HJ_I64(hj_tx_county(tx)), HJ_I64(task));
    if (copy_row == NULL)
        return false;
    if (!hj_rows_next(copy_row))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
    hj_tx_exempt(tx); /* being told changes no fact */
    return hj_access_check_told(tx, actor, hj_rows_text(copy_row, "roles"),
                                hj_rows_i64(copy_row, "org"), error) &&
           hj_tx_exec(tx, error, SQL_READ, HJ_I64(hj_tx_county(tx)), HJ_I64(task),
                      HJ_TIME(hj_tx_now(tx)), HJ_DATE(hj_tx_today(tx)), HJ_I64(actor->account));
}
