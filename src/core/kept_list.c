#include "core/kept_list.h"

#include "base/id.h"
#include "base/text.h"

#include <string.h>

#define MAX_NAME 20
#define MAX_QUERY 2000

HjRows *
hj_kept_list_all(HjTx *tx, const HjActor *actor, const HjLedger *ledger, GError **error)
{
    return hj_kept_list_views(tx, actor, ledger->name, error);
}

HjRows *
hj_kept_list_views(HjTx *tx, const HjActor *actor, const char *page, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT l.id AS id, l.name AS name, l.query AS query, l.columns AS columns,"
                   " l.is_default AS is_default, l.role AS role, CASE WHEN l.account = ");
    hj_sqlb_param(b, HJ_I64(actor->account));
    hj_sqlb_lit(b, " THEN 1 ELSE 0 END AS own FROM sys_list l WHERE l.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND l.ledger = ");
    hj_sqlb_param(b, HJ_TEXT(page));
    hj_sqlb_lit(b, " AND (l.account = ");
    hj_sqlb_param(b, HJ_I64(actor->account));
    for (size_t i = 0; i < actor->n_grants; i++) {
        hj_sqlb_lit(b, " OR (l.role = ");
        hj_sqlb_param(b, HJ_TEXT(actor->grants[i].role->name));
        hj_sqlb_lit(b, " AND l.org IN (SELECT t.ancestor FROM sys_tree t WHERE t.county = ");
        hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
        hj_sqlb_lit(b, " AND t.to_on = '9999-12-31' AND t.org = ");
        hj_sqlb_param(b, HJ_I64(actor->grants[i].org));
        hj_sqlb_lit(b, "))");
    }
    hj_sqlb_lit(b, ") ORDER BY own DESC, l.id LIMIT 200");
    return hj_sqlb_query(b, tx, error);
}

/* "a,b,c": fields of the ledger that the actor sees, each once. */
static bool
are_columns(const HjActor *actor, const HjKeptList *list)
{
    g_auto(GStrv) names = g_strsplit(list->columns, ",", -1);
    for (int i = 0; names[i] != NULL; i++) {
        const HjField *field = hj_pack_field(list->ledger, names[i]);
        if (*list->columns != '\0' && (field == NULL || hj_access_field_hidden(actor, field)))
            return false;
        for (int k = 0; k < i; k++)
            if (strcmp(names[k], names[i]) == 0)
                return false;
    }
    return true;
}

static void
check(const HjActor *actor, const HjKeptList *list, HjIssues *issues)
{
    if (!hj_text_is_clean(list->name, false) || hj_text_length(list->name) > MAX_NAME)
        hj_issues_add(issues, "name", "length", N_("Write at most %d characters."), MAX_NAME);
    if (!hj_text_is_clean(list->query, false) || strlen(list->query) > MAX_QUERY)
        hj_issues_add(issues, "query", "length", N_("These conditions are too long to keep."));
    if (list->ledger != NULL && !are_columns(actor, list))
        hj_issues_add(issues, "columns", "unknown", N_("There is no such field."));
    if (list->role == NULL)
        return;
    bool holds = false;
    for (size_t i = 0; i < actor->n_grants; i++)
        holds = holds || actor->grants[i].org == list->org;
    if (!holds || hj_pack_role(actor->pack, list->role) == NULL)
        hj_issues_add(issues, "role", "choice", N_("This role is not one of the rules."));
}

bool
hj_kept_list_save(HjTx *tx, const HjActor *actor, const HjKeptList *list, HjIssues *issues,
                  GError **error)
{
    int64_t county = hj_tx_county(tx);
    const char *of = list->ledger != NULL ? list->ledger->name : list->page;
    check(actor, list, issues);
    g_autoptr(HjRows) kept =
        hj_tx_query(tx, error,
                    "SELECT COUNT(*) AS n FROM sys_list WHERE county = $1 AND account = $2"
                    " AND ledger = $3 AND name <> $4",
                    HJ_I64(county), HJ_I64(actor->account), HJ_TEXT(of), HJ_TEXT(list->name));
    if (kept == NULL)
        return false;
    if (hj_rows_next(kept) && hj_rows_i64(kept, "n") >= HJ_KEPT_MAX)
        hj_issues_add(issues, "name", "range", N_("At most %d lists are kept; remove one."),
                      HJ_KEPT_MAX);
    if (hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    hj_tx_exempt(tx); /* how somebody looks at records is no act on them */
    if (list->is_default &&
        !hj_tx_exec(tx, error,
                    "UPDATE sys_list SET is_default = 0 WHERE county = $1 AND account = $2"
                    " AND ledger = $3",
                    HJ_I64(county), HJ_I64(actor->account), HJ_TEXT(of)))
        return false;
    return hj_tx_exec(
        tx, error,
        "INSERT INTO sys_list (county, id, account, ledger, name, query, columns, is_default,"
        " role, org, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        " ON CONFLICT (county, account, ledger, name) DO UPDATE SET query = excluded.query,"
        " columns = excluded.columns, is_default = excluded.is_default, role = excluded.role,"
        " org = excluded.org",
        HJ_I64(county), HJ_I64(hj_id_new()), HJ_I64(actor->account), HJ_TEXT(of),
        HJ_TEXT(list->name), HJ_TEXT(list->query), HJ_TEXT(list->columns),
        HJ_BOOL(list->is_default), HJ_TEXT(list->role),
        list->role != NULL ? HJ_I64(list->org) : HJ_NULL, HJ_TIME(hj_tx_now(tx)));
}

bool
hj_kept_list_remove(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                    GError **error)
{
    return hj_kept_list_remove_view(tx, actor, ledger->name, id, error);
}

bool
hj_kept_list_remove_view(HjTx *tx, const HjActor *actor, const char *page, int64_t id,
                         GError **error)
{
    int64_t n = 0;
    hj_tx_exempt(tx); /* as above */
    if (!hj_tx_change(tx, error, &n,
                      "DELETE FROM sys_list WHERE county = $1 AND id = $2 AND account = $3"
                      " AND ledger = $4",
                      HJ_I64(hj_tx_county(tx)), HJ_I64(id), HJ_I64(actor->account),
                      HJ_TEXT(page)))
        return false;
    return n == 1 || hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
}
