#include "core/merge.h"

#include "core/row_sql.h"
#include "store/event.h"

#include <string.h>

/* The field that tells the birthday: what a citizen number fills in, or the first date. */
static const HjField *
birth_field(const HjLedger *ledger)
{
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (ledger->fields[i].fills_birth != NULL)
            return hj_pack_field(ledger, ledger->fields[i].fills_birth);
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (ledger->fields[i].type == HJ_FIELD_DATE)
            return &ledger->fields[i];
    return NULL;
}

HjRows *
hj_merge_pairs(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int limit,
               GError **error)
{
    const HjField *title = hj_row_sql_title(ledger), *birth = birth_field(ledger);
    if (!hj_access_may_ledger(actor, ledger, HJ_ACCESS_ENTER) || title == NULL) {
        hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        return NULL;
    }
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT a.id AS a, z.id AS b, a.");
    hj_sqlb_ident(b, NULL, title->name);
    hj_sqlb_lit(b, " AS a_title, z.");
    hj_sqlb_ident(b, NULL, title->name);
    hj_sqlb_lit(b, " AS b_title, m.name AS a_org, n.name AS b_org FROM ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " a JOIN ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " z ON z.county = a.county AND z.title_key = a.title_key AND z.id > a.id"
                   " AND z.voided_at IS NULL"
                   " JOIN sys_org_name m ON m.county = a.county AND m.org = a.org"
                   " AND m.to_on = '9999-12-31'"
                   " JOIN sys_org_name n ON n.county = a.county AND n.org = z.org"
                   " AND n.to_on = '9999-12-31' WHERE a.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND a.voided_at IS NULL AND a.title_key <> ''");
    if (birth != NULL) {
        hj_sqlb_lit(b, " AND (a.");
        hj_sqlb_ident(b, NULL, birth->name);
        hj_sqlb_lit(b, " = z.");
        hj_sqlb_ident(b, NULL, birth->name);
        hj_sqlb_lit(b, " OR a.");
        hj_sqlb_ident(b, NULL, birth->name);
        hj_sqlb_lit(b, " IS NULL OR z.");
        hj_sqlb_ident(b, NULL, birth->name);
        hj_sqlb_lit(b, " IS NULL)");
    }
    hj_access_scope(b, tx, actor, "ledger.enter", ledger, "a.org");
    hj_access_scope(b, tx, actor, "ledger.enter", ledger, "z.org");
    hj_sqlb_lit(b, " ORDER BY a.title_key, a.id, z.id LIMIT ");
    hj_sqlb_param(b, HJ_I64(CLAMP(limit, 1, 500)));
    return hj_sqlb_query(b, tx, error);
}

/* The live rows of @other whose @field is @gone. */
static HjRows *
citing(HjTx *tx, const HjLedger *other, const char *field, int64_t gone, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT r.id AS id, r.version AS version FROM ");
    hj_row_sql_from(b, other);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.voided_at IS NULL AND r.");
    hj_sqlb_ident(b, NULL, field);
    hj_sqlb_lit(b, " = ");
    hj_sqlb_param(b, HJ_I64(gone));
    hj_sqlb_lit(b, " ORDER BY r.id");
    return hj_sqlb_query(b, tx, error);
}

/* Each row that cites it is changed as by hand, with its own rules and its own event; they may
 * lie outside of the scope, as the person's posts elsewhere do. */
static bool
repoint(HjTx *tx, const HjActor *everybody, const HjLedger *other, const HjField *field,
        const HjMerge *merge, GError **error)
{
    g_autoptr(HjRows) rows = citing(tx, other, field->name, merge->gone, error);
    if (rows == NULL)
        return false;
    g_autofree char *keep = g_strdup_printf("%" G_GINT64_FORMAT, merge->keep);
    while (hj_rows_next(rows)) {
        g_autoptr(HjIssues) issues = hj_issues_new();
        g_autoptr(GError) why = NULL;
        HjRowInput input = { .name = field->name, .text = keep };
        HjRowKey key;
        if (hj_row_update(tx, everybody, other, hj_rows_i64(rows, "id"),
                          hj_rows_i64(rows, "version"), &input, 1, issues, &key, &why))
            continue;
        if (!g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "Both are named in records where only one may stand; withdraw one of "
                       "those first.");
    }
    return true;
}

static bool
repoint_all(HjTx *tx, const HjActor *actor, const HjMerge *merge, GError **error)
{
    const HjPack *pack = actor->pack;
    g_autoptr(HjActor) everybody = hj_actor_system(actor->pack);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        for (size_t k = 0; k < pack->ledgers[i].n_fields; k++) {
            const HjField *field = &pack->ledgers[i].fields[k];
            if (field->ledger == merge->ledger &&
                !repoint(tx, everybody, &pack->ledgers[i], field, merge, error))
                return false;
        }
    return hj_tx_exec(tx, error,
                      "UPDATE sys_account SET person = $3 WHERE county = $1 AND person = $2",
                      HJ_I64(hj_tx_county(tx)), HJ_I64(merge->gone), HJ_I64(merge->keep));
}

static bool
tell(HjTx *tx, const HjActor *actor, const HjMerge *merge, const char *action, int64_t row,
     int64_t other, GError **error)
{
    g_autoptr(HjRows) stored = hj_row_get(tx, actor, merge->ledger, row, error);
    if (stored == NULL || !hj_rows_next(stored))
        return false;
    g_autofree char *after = g_strdup_printf("{\"row\":\"%" G_GINT64_FORMAT "\"}", other);
    HjEvent event = { .action = action,
                      .subject = "row",
                      .ledger = merge->ledger->name,
                      .row = row,
                      .org = hj_rows_i64(stored, "org"),
                      .after = after,
                      .reason = merge->reason };
    return hj_event_append(tx, &event, error);
}

bool
hj_merge_run(HjTx *tx, const HjActor *actor, const HjMerge *merge, HjIssues *issues,
             GError **error)
{
    if (merge->keep == merge->gone)
        return hj_fail(error, HJ_ERROR_MALFORMED, "A record cannot be merged with itself.");
    HjRowKey key;
    return hj_row_update(tx, actor, merge->ledger, merge->keep, merge->keep_version,
                         merge->inputs, merge->n_inputs, issues, &key, error) &&
           repoint_all(tx, actor, merge, error) &&
           hj_row_void(tx, actor, merge->ledger, merge->gone, merge->gone_version,
                       merge->reason, issues, error) &&
           hj_tx_exec(tx, error,
                      "INSERT INTO sys_merged (county, ledger, row_id, into_row, at, account)"
                      " VALUES ($1, $2, $3, $4, $5, $6)",
                      HJ_I64(hj_tx_county(tx)), HJ_TEXT(merge->ledger->name),
                      HJ_I64(merge->gone), HJ_I64(merge->keep), HJ_TIME(hj_tx_now(tx)),
                      HJ_I64(actor->account)) &&
           tell(tx, actor, merge, "row.merge", merge->gone, merge->keep, error) &&
           tell(tx, actor, merge, "row.absorb", merge->keep, merge->gone, error);
}

bool
hj_merge_into(HjTx *tx, const HjLedger *ledger, int64_t id, int64_t *ret, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error,
                    "SELECT into_row FROM sys_merged"
                    " WHERE county = $1 AND row_id = $2 AND ledger = $3",
                    HJ_I64(hj_tx_county(tx)), HJ_I64(id), HJ_TEXT(ledger->name));
    *ret = rows != NULL && hj_rows_next(rows) ? hj_rows_i64(rows, "into_row") : 0;
    return rows != NULL;
}

HjRows *
hj_merge_of(HjTx *tx, int64_t id, GError **error)
{
    return hj_tx_query(tx, error,
                       "SELECT row_id, at FROM sys_merged WHERE county = $1 AND into_row = $2"
                       " ORDER BY at, row_id",
                       HJ_I64(hj_tx_county(tx)), HJ_I64(id));
}
