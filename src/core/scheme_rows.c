#include "core/access.h"
#include "core/scheme_priv.h"

#include <string.h>

/* The rows behind an item, and who may see the whole board. */

static bool
stands_under(const HjOrgTree *tree, int64_t org, int64_t under)
{
    const HjOrg *found = hj_org_tree_find(tree, org);
    int at = found != NULL ? (int)(found - tree->orgs) : -1;
    while (at >= 0 && tree->orgs[at].id != under)
        at = hj_org_tree_parent(tree, (size_t)at);
    return at >= 0;
}

static void
add_row(HjRows *rows, const HjOrgTree *tree, const HjLedger *ledger, const HjSchemeMark *mark)
{
    const char *name = hj_org_tree_find(tree, mark->org)->name;
    hj_rows_add_i64(rows, mark->org);
    hj_rows_add_text(rows, name, strlen(name));
    hj_rows_add_text(rows, ledger->name, strlen(ledger->name));
    hj_rows_add_i64(rows, mark->id);
    hj_rows_add_i64(rows, mark->points);
}

HjRows *
hj_scheme_rows(HjTx *tx, const HjActor *actor, const HjScheme *scheme, const HjSchemeItem *item,
               const HjPeriod *period, int64_t org, GError **error)
{
    static const char *const columns[] = { "org", "org_name", "ledger", "id", "points" };
    g_autoptr(HjRows) rows = hj_rows_new(G_N_ELEMENTS(columns), columns);
    if (item->ledger == NULL || item->pending)
        return g_steal_pointer(&rows);
    g_auto(HjSchemeRun)
        run = { .tx = tx, .pack = actor->pack, .scheme = scheme, .period = period };
    if (!hj_scheme_run_begin(&run, error))
        return NULL;
    g_autoptr(GArray) marks = hj_scheme_run_marks(&run, item, error);
    if (marks == NULL)
        return NULL;
    for (guint m = 0; m < marks->len; m++) {
        const HjSchemeMark *mark = &g_array_index(marks, HjSchemeMark, m);
        g_autoptr(GError) refused = NULL;
        if (!stands_under(run.tree, mark->org, org))
            continue;
        if (hj_access_check_row(tx, actor, item->ledger, HJ_ACCESS_VIEW, mark->org, &refused))
            add_row(rows, run.tree, item->ledger, mark);
        else if (!hj_error_hides(refused)) {
            g_propagate_error(error, g_steal_pointer(&refused));
            return NULL;
        }
    }
    return g_steal_pointer(&rows);
}

static bool
grant_may_rank(const HjGrant *grant, const HjScheme *scheme)
{
    bool may = false;
    for (size_t i = 0; i < grant->role->n_may && !may; i++)
        may = g_str_equal(grant->role->may[i], "scheme.view");
    for (size_t i = 0; i < scheme->n_audience_rank && may; i++)
        if (g_str_equal(scheme->audience_rank[i], grant->org_kind))
            return true;
    return false;
}

bool
hj_scheme_may_rank(const HjActor *actor, const HjScheme *scheme)
{
    if (actor->account == 0)
        return true;
    for (size_t g = 0; g < actor->n_grants; g++)
        if (grant_may_rank(&actor->grants[g], scheme))
            return true;
    return false;
}
