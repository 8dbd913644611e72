#include "core/audit.h"
#include "core/row_sql.h"
#include "core/sealed.h"
#include "store/event.h"

#include <string.h>

#define MAX_PICK 50

HjRows *
hj_row_get(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT ");
    hj_row_sql_shown(b, actor, ledger);
    hj_sqlb_lit(b, " FROM (SELECT ");
    hj_row_sql_stored(b, actor, ledger);
    hj_sqlb_lit(b, " FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.id = ");
    hj_sqlb_param(b, HJ_I64(id));
    hj_sqlb_lit(b, ") r");
    hj_row_sql_joins(b, ledger);
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    if (rows == NULL)
        return NULL;
    if (!hj_rows_next(rows)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such record.");
        return NULL;
    }
    if (!hj_access_check_row(tx, actor, ledger, HJ_ACCESS_VIEW, hj_rows_i64(rows, "org"),
                             error))
        return NULL;
    hj_rows_rewind(rows);
    return hj_sealed_mask_rows(tx, ledger, rows, error) ? g_steal_pointer(&rows) : NULL;
}

HjRows *
hj_row_pick(HjTx *tx, const HjActor *actor, const HjLedger *ledger, const char *q,
            int64_t under, int limit, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT r.id AS id, ");
    hj_row_sql_title_of(b, actor, ledger);
    hj_sqlb_lit(b, " AS label FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.voided_at IS NULL");
    hj_row_sql_citable(b, tx, actor, ledger);
    if (under != 0) {
        hj_sqlb_lit(b, " AND r.org IN (SELECT t.org FROM sys_tree t WHERE t.county = ");
        hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
        hj_sqlb_lit(b, " AND t.to_on = '9999-12-31' AND t.ancestor = ");
        hj_sqlb_param(b, HJ_I64(under));
        hj_sqlb_lit(b, ")");
    }
    if (q != NULL && *q != '\0')
        hj_row_sql_search(b, tx, actor, ledger, q, false);
    hj_sqlb_lit(b, " ORDER BY r.title_key, r.id LIMIT ");
    hj_sqlb_param(b, HJ_I64(CLAMP(limit, 1, MAX_PICK)));
    return hj_sqlb_query(b, tx, error);
}

/* The same events with before and after cut to what the actor may see. */
static HjRows *
visible(HjRows *in, const HjActor *actor, const HjLedger *ledger)
{
    int n = hj_rows_columns(in);
    g_autofree const char **names = g_new0(const char *, (size_t)n + 1);
    for (int i = 0; i < n; i++)
        names[i] = hj_rows_name(in, i);
    HjRows *out = hj_rows_new(n, names);
    while (hj_rows_next(in)) {
        for (int i = 0; i < n; i++) {
            bool is_json = g_str_equal(names[i], "before") || g_str_equal(names[i], "after");
            bool is_null = hj_rows_null_at(in, i);
            g_autofree char *cut = is_json && !is_null
                                       ? hj_audit_visible(actor, ledger, hj_rows_text_at(in, i))
                                       : NULL;
            hj_rows_add_string(out, is_json || is_null ? cut : hj_rows_text_at(in, i));
        }
    }
    return out;
}

HjRows *
hj_row_history(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
               GError **error)
{
    /* Out of scope and not permitted answer as the row itself does. */
    g_autoptr(HjRows) row = hj_row_get(tx, actor, ledger, id, error);
    if (row == NULL)
        return NULL;
    g_autoptr(HjRows) events = hj_event_of_row(tx, ledger->name, id, error);
    return events != NULL ? visible(events, actor, ledger) : NULL;
}
