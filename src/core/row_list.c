#include "base/id.h"
#include "base/text.h"
#include "core/row_cursor.h"
#include "core/row_sql.h"
#include "core/sealed.h"

#include <string.h>

#define MAX_LIMIT 200
#define MAX_SEARCH 100
#define USEC_PER_DAY (INT64_C(24) * 3600 * 1000 * 1000)
#define SHANGHAI_USEC (INT64_C(8) * 3600 * 1000 * 1000)

#define SQL_IS_BELOW                                                                           \
    "SELECT ancestor FROM sys_tree WHERE county = $1 AND org = $2 AND depth > 0"               \
    " AND to_on = '9999-12-31' LIMIT 1"
#define SQL_ROOT                                                                               \
    "SELECT o.id AS id FROM sys_org o WHERE o.county = $1 AND NOT EXISTS"                      \
    " (SELECT 1 FROM sys_tree t WHERE t.county = $1 AND t.org = o.id AND t.depth > 0)"         \
    " ORDER BY o.sort, o.id LIMIT 1"

static bool
bad_filter(GError **error)
{
    return hj_fail(error, HJ_ERROR_MALFORMED, "This filter cannot be read.");
}

/* " AND r.<name><literal>" */
static void
column(HjSqlb *b, const char *name, const char *literal)
{
    hj_sqlb_lit(b, " AND r.");
    hj_sqlb_ident(b, NULL, name);
    hj_sqlb_add_literal(b, literal);
}

/* The subtree that is asked for; the whole scope where none is.  A permission at an
 * organization holds for all that lies below it. */
static bool
add_place(HjSqlb *b, HjTx *tx, const HjActor *actor, const HjRowQuery *query, GError **error)
{
    int64_t county = hj_tx_county(tx);
    if (query->under == 0) {
        if (!hj_access_may_ledger(actor, query->ledger, HJ_ACCESS_VIEW))
            return hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        hj_access_scope(b, tx, actor, "ledger.view", query->ledger, "r.org");
        return true;
    }
    if (!hj_access_check_row(tx, actor, query->ledger, HJ_ACCESS_VIEW, query->under, error))
        return false;
    if (query->only_here) {
        hj_sqlb_lit(b, " AND r.org = ");
        hj_sqlb_param(b, HJ_I64(query->under));
        return true;
    }
    g_autoptr(HjRows) above =
        hj_tx_query(tx, error, SQL_IS_BELOW, HJ_I64(county), HJ_I64(query->under));
    if (above == NULL)
        return false;
    /* Below the root lies everything. */
    if (hj_rows_count(above) == 0)
        return true;
    hj_sqlb_lit(b, " AND r.org IN (");
    hj_access_subtrees(b, tx, &query->under, 1);
    hj_sqlb_lit(b, ")");
    return true;
}

/* One end of a range, or the whole of an equality, as the field itself reads it. */
static bool
parse(HjTx *tx, const HjField *field, const char *text, HjVal *ret, char **ret_owned,
      GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    /* A value out of the field's own bounds is a fair question. */
    HjField open = *field;
    open.has_min = open.has_max = false;
    if (!hj_field_from_text(&open, text, ret, ret_owned, issues)) {
        g_clear_pointer(ret_owned, g_free);
        return bad_filter(error);
    }
    if (field->type != HJ_FIELD_ORG || ret->kind != HJ_VAL_TEXT)
        return true;
    g_autoptr(HjRows) org =
        hj_tx_query(tx, error, "SELECT id FROM sys_org WHERE county = $1 AND code = $2",
                    HJ_I64(hj_tx_county(tx)), *ret);
    g_clear_pointer(ret_owned, g_free);
    if (org == NULL)
        return false;
    *ret = HJ_I64(hj_rows_next(org) ? hj_rows_i64(org, "id") : 0);
    return true;
}

static bool
add_compared(HjSqlb *b, HjTx *tx, const HjField *field, const char *literal, const char *text,
             GError **error)
{
    g_autofree char *owned = NULL;
    HjVal val;
    if (*text == '\0')
        return true;
    if (!parse(tx, field, text, &val, &owned, error))
        return false;
    column(b, field->name, literal);
    hj_sqlb_param(b, val);
    return true;
}

static bool
has_ranges(const HjField *field)
{
    switch (field->type) {
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
    case HJ_FIELD_MONEY:
    case HJ_FIELD_DATE:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_DATETIME:
        return true;
    case HJ_FIELD_TEXT:
    case HJ_FIELD_LONG_TEXT:
    case HJ_FIELD_BOOL:
    case HJ_FIELD_CHOICE:
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ORG:
    case HJ_FIELD_ROW:
    case HJ_FIELD_FILES:
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        return false;
    }
    return false;
}

/* Every item asked for is ticked: ",a,b," holds ",a,". */
static bool
add_ticked(HjSqlb *b, HjTx *tx, const HjField *field, const char *text, GError **error)
{
    g_autofree char *owned = NULL;
    HjVal val;
    if (!parse(tx, field, text, &val, &owned, error))
        return false;
    g_auto(GStrv) keys = g_strsplit(owned != NULL ? owned : "", ",", -1);
    for (size_t i = 0; keys[i] != NULL; i++) {
        if (*keys[i] == '\0')
            continue;
        g_autofree char *escaped = hj_row_sql_like(keys[i]);
        /* "%key%" becomes "%,key,%". */
        g_autofree char *inner = g_strndup(escaped + 1, strlen(escaped) - 2);
        g_autofree char *pattern = g_strconcat("%,", inner, ",%", NULL);
        column(b, field->name, " LIKE ");
        hj_sqlb_param(b, HJ_TEXT(pattern));
        hj_sqlb_lit(b, " ESCAPE '\\'");
    }
    return true;
}

static bool
add_filter(HjSqlb *b, HjTx *tx, const HjField *field, const char *text, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL))
        return bad_filter(error);
    if (field->type == HJ_FIELD_TEXT || field->type == HJ_FIELD_LONG_TEXT) {
        g_autofree char *pattern = hj_row_sql_like(text);
        hj_sqlb_lit(b, " AND LOWER(r.");
        hj_sqlb_ident(b, NULL, field->name);
        hj_sqlb_lit(b, ") LIKE ");
        hj_sqlb_param(b, HJ_TEXT(pattern));
        hj_sqlb_lit(b, " ESCAPE '\\'");
        return true;
    }
    if (hj_pack_field_is_sealed(field)) {
        /* Only its keyed hash: a number in clear has no place in an address or a log. */
        if (!hj_vault_is_index(text))
            return bad_filter(error);
        column(b, field->name, " = ");
        hj_sqlb_param(b, HJ_TEXT(text));
        return true;
    }
    if (field->type == HJ_FIELD_CHOICES || field->type == HJ_FIELD_LIST_CHECK)
        return add_ticked(b, tx, field, text, error);
    const char *dots = has_ranges(field) ? strstr(text, "..") : NULL;
    if (dots == NULL)
        return add_compared(b, tx, field, " = ", text, error);
    g_autofree char *low = g_strndup(text, (gsize)(dots - text));
    return add_compared(b, tx, field, " >= ", low, error) &&
           add_compared(b, tx, field, " <= ", dots + 2, error);
}

static bool
add_filters(HjSqlb *b, HjTx *tx, const HjActor *actor, const HjRowQuery *query, GError **error)
{
    for (size_t i = 0; i < query->n_filters; i++) {
        const HjRowFilter *filter = &query->filters[i];
        if (filter->text == NULL || *filter->text == '\0')
            continue;
        if (hj_access_field_hidden(actor, filter->field))
            return bad_filter(error);
        if (!add_filter(b, tx, filter->field, filter->text, error))
            return false;
    }
    return true;
}

/* from= and to= on the date field, whatever kind of time it holds; both days are included. */
static bool
add_span(HjSqlb *b, const HjActor *actor, const HjRowQuery *query, GError **error)
{
    if (query->from == HJ_DATE_NONE && query->to == HJ_DATE_NONE)
        return true;
    const HjField *field = query->ledger->date_field != NULL
                               ? hj_pack_field(query->ledger, query->ledger->date_field)
                               : NULL;
    if (field == NULL || hj_access_field_hidden(actor, field))
        return bad_filter(error);
    const HjDate days[] = { query->from, query->to };
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
        if (days[i] == HJ_DATE_NONE)
            continue;
        if (field->type == HJ_FIELD_DATETIME) {
            /* Days begin at midnight in Shanghai; the last one ends before the next. */
            int64_t day = (int64_t)days[i] + (i == 1 ? 1 : 0);
            column(b, field->name, i == 0 ? " >= " : " < ");
            hj_sqlb_param(b, HJ_TIME(day * USEC_PER_DAY - SHANGHAI_USEC));
            continue;
        }
        HjDateText text = hj_date_text(days[i]);
        if (field->type == HJ_FIELD_MONTH)
            text.text[strlen("2018-03")] = '\0';
        column(b, field->name, i == 0 ? " >= " : " <= ");
        hj_sqlb_param(b, HJ_TEXT(text.text));
    }
    return true;
}

/* Everything after WHERE but the cursor. */
static bool
add_conditions(HjSqlb *b, HjTx *tx, const HjActor *actor, const HjRowQuery *query,
               GError **error)
{
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.voided_at IS NULL");
    if (!add_place(b, tx, actor, query, error))
        return false;
    if (query->state != NULL) {
        hj_sqlb_lit(b, " AND r.state = ");
        hj_sqlb_param(b, HJ_TEXT(query->state));
    }
    if (query->parent != 0) {
        hj_sqlb_lit(b, " AND r.parent = ");
        hj_sqlb_param(b, HJ_I64(query->parent));
    }
    if (!add_filters(b, tx, actor, query, error) || !add_span(b, actor, query, error))
        return false;
    if (query->q == NULL || *query->q == '\0')
        return true;
    if (!hj_text_is_clean(query->q, false) || hj_text_length(query->q) > MAX_SEARCH)
        return bad_filter(error);
    hj_row_sql_search(b, tx, actor, query->ledger, query->q, true);
    return true;
}

/* The cursor behind the last of @n rows. */
static char *
next_cursor(HjRows *rows, const HjRowOrder *order, size_t n)
{
    hj_rows_rewind(rows);
    for (size_t i = 0; i < n; i++)
        hj_rows_next(rows);
    g_auto(HjRowCursor) cursor = { 0 };
    hj_row_cursor_take(order, rows, &cursor);
    hj_rows_rewind(rows);
    return hj_row_cursor_write(order, &cursor);
}

/* The rows of the page are found first, with the order's own index; labels are joined to them
 * alone. */
static bool
add_page(HjSqlb *b, HjTx *tx, const HjActor *actor, const HjRowQuery *query,
         const HjRowOrder *order, const HjRowCursor *cursor, int limit, GError **error)
{
    hj_sqlb_lit(b, "SELECT ");
    hj_row_sql_shown(b, actor, query->ledger);
    hj_row_order_pass(b, order);
    hj_sqlb_lit(b, " FROM (SELECT ");
    hj_row_sql_stored(b, actor, query->ledger);
    hj_row_order_select(b, order);
    hj_sqlb_lit(b, " FROM ");
    hj_row_sql_from(b, query->ledger);
    if (!add_conditions(b, tx, actor, query, error))
        return false;
    if (cursor != NULL)
        hj_row_cursor_after(b, order, cursor);
    hj_row_order_by(b, order);
    hj_sqlb_lit(b, " LIMIT ");
    hj_sqlb_param(b, HJ_I64(limit + 1));
    hj_sqlb_lit(b, ") r");
    hj_row_sql_joins(b, query->ledger);
    hj_row_order_again(b, order);
    return true;
}

HjRows *
hj_row_list(HjTx *tx, const HjActor *actor, const HjRowQuery *query, char **ret_next,
            GError **error)
{
    int limit = CLAMP(query->limit, 1, MAX_LIMIT);
    HjRowOrder order;
    g_auto(HjRowCursor) cursor = { 0 };
    bool goes_on = query->cursor != NULL && *query->cursor != '\0';
    if (!hj_row_order_read(actor, query, &order, error) ||
        (goes_on && !hj_row_cursor_read(&order, query->cursor, &cursor, error)))
        return NULL;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    if (!add_page(b, tx, actor, query, &order, goes_on ? &cursor : NULL, limit, error))
        return NULL;
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    if (rows == NULL)
        return NULL;
    *ret_next = NULL;
    if (hj_rows_count(rows) > (size_t)limit) {
        *ret_next = next_cursor(rows, &order, (size_t)limit);
        hj_rows_truncate(rows, (size_t)limit);
    }
    if (!hj_sealed_mask_rows(tx, query->ledger, rows, error)) {
        g_clear_pointer(ret_next, g_free);
        return NULL;
    }
    return g_steal_pointer(&rows);
}

bool
hj_row_scan(HjTx *tx, const HjActor *actor, const HjRowQuery *query, HjScanFn fn, gpointer data,
            GError **error)
{
    HjRowOrder order;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    return hj_row_order_read(actor, query, &order, error) &&
           add_page(b, tx, actor, query, &order, NULL, G_MAXINT - 1, error) &&
           hj_sqlb_scan(b, tx, fn, data, error);
}

HjRows *
hj_row_totals(HjTx *tx, const HjActor *actor, const HjRowQuery *query, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT COUNT(*) AS count");
    for (size_t i = 0; i < query->ledger->n_fields; i++) {
        const HjField *field = &query->ledger->fields[i];
        if (!field->total)
            continue;
        if (hj_access_field_hidden(actor, field)) {
            hj_sqlb_lit(b, ", CAST(NULL AS BIGINT) AS ");
        } else {
            hj_sqlb_lit(b, ", CAST(SUM(r.");
            hj_sqlb_ident(b, NULL, field->name);
            hj_sqlb_lit(b, ") AS BIGINT) AS ");
        }
        hj_sqlb_ident(b, "total_", field->name);
    }
    hj_sqlb_lit(b, " FROM ");
    hj_row_sql_from(b, query->ledger);
    if (!add_conditions(b, tx, actor, query, error))
        return NULL;
    return hj_sqlb_query(b, tx, error);
}

HjRows *
hj_row_counts(HjTx *tx, const HjActor *actor, const HjRowQuery *query, GError **error)
{
    int64_t county = hj_tx_county(tx);
    int64_t above = query->under;
    if (above == 0) {
        g_autoptr(HjRows) root = hj_tx_query(tx, error, SQL_ROOT, HJ_I64(county));
        if (root == NULL)
            return NULL;
        above = hj_rows_next(root) ? hj_rows_i64(root, "id") : 0;
    }
    /* Counted by owner first: the join then meets an organization once, not every row. */
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT s.org AS org, o.code AS code, m.name AS name, s.n AS n"
                   " FROM (SELECT t.ancestor AS org, CAST(SUM(g.n) AS BIGINT) AS n"
                   " FROM (SELECT r.org AS org, COUNT(*) AS n FROM ");
    hj_row_sql_from(b, query->ledger);
    if (!add_conditions(b, tx, actor, query, error))
        return NULL;
    hj_sqlb_lit(b, " GROUP BY r.org) g JOIN sys_tree t ON t.org = g.org"
                   " AND t.to_on = '9999-12-31' AND t.county = ");
    hj_sqlb_param(b, HJ_I64(county));
    hj_sqlb_lit(b, " WHERE t.ancestor IN (SELECT c.org FROM sys_tree c WHERE c.county = ");
    hj_sqlb_param(b, HJ_I64(county));
    hj_sqlb_lit(b, " AND c.to_on = '9999-12-31' AND c.depth = 1 AND c.ancestor = ");
    hj_sqlb_param(b, HJ_I64(above));
    hj_sqlb_lit(b, ") GROUP BY t.ancestor) s JOIN sys_org o ON o.id = s.org"
                   " JOIN sys_org_name m ON m.county = o.county AND m.org = o.id"
                   " AND m.to_on = '9999-12-31' WHERE o.county = ");
    hj_sqlb_param(b, HJ_I64(county));
    hj_sqlb_lit(b, " ORDER BY o.sort, o.id");
    return hj_sqlb_query(b, tx, error);
}
