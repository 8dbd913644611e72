/* What is overdue and what was put under supervision for it lead to one another. */
#include "core/access.h"
#include "core/supervise.h"
#include "web/flow_words.h"
#include "web/pages.h"
#include "web/pages_flow.h"

static HjFlowOpened
opened_of(HjRequest *req, const HjLedger *ledger, const HjRows *row)
{
    const char *state = hj_rows_text(row, "state");
    const HjFlowNode *at = hj_flow_node(ledger->flow, state);
    return (HjFlowOpened){
        .href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name,
                                  hj_rows_i64(row, "id")),
        .title = hj_pages_row_title(req, ledger, row),
        .org = hj_rows_text(row, "org_name"),
        .state = hj_flow_words_node(req, ledger, state),
        .ended = at == NULL || at->final,
    };
}

/* The row, where the reader may see it: what he may not see is not mentioned. */
static bool
add_row(HjRequest *req, const HjLedger *ledger, int64_t id, HjFlowOpened *ret, size_t *ret_n,
        GError **error)
{
    g_autoptr(GError) hidden = NULL;
    HjTx *tx = hj_request_tx(req);
    if (ledger == NULL || ledger->flow == NULL ||
        !hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_VIEW))
        return true;
    HjRows *row = hj_row_get(tx, hj_request_actor(req), ledger, id, &hidden);
    if (row == NULL) {
        if (hj_error_hides(hidden))
            return true;
        g_propagate_error(error, g_steal_pointer(&hidden));
        return false;
    }
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    if (hj_rows_next(row))
        ret[(*ret_n)++] = opened_of(req, ledger, row);
    return true;
}

/* Of a supervised row: the matter itself, or the period in which something was owed. */
static bool
fill_source(HjRequest *req, int64_t id, HjFlowView *view, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    g_autoptr(HjRows) source = hj_supervise_source(hj_request_tx(req), id, error);
    if (source == NULL)
        return false;
    if (!hj_rows_next(source))
        return true;
    const char *name = hj_rows_text(source, "cadence");
    const HjCadence *cadence = name != NULL ? hj_pack_cadence(pack, name) : NULL;
    if (name == NULL)
        return add_row(req, hj_pack_ledger(pack, hj_rows_text(source, "ledger")),
                       hj_rows_i64(source, "row"), view->sources, &view->n_sources, error);
    if (cadence == NULL)
        return true;
    view->sources[view->n_sources++] = (HjFlowOpened){
        .href = hj_request_printf(req, "/cadences/%s", cadence->name),
        .title = hj_page_label(req, &cadence->title),
        .state = hj_request_printf(req, "%s – %s", hj_rows_text(source, "from_on"),
                                   hj_rows_text(source, "to_on")),
        .ended = !hj_rows_null(source, "done_on"),
    };
    return true;
}

bool
hj_pages_flow_supervised(HjRequest *req, int64_t id, HjFlowView *view, GError **error)
{
    g_autoptr(HjRows) items = hj_supervise_of_row(hj_request_tx(req), id, error);
    if (items == NULL)
        return false;
    view->sources = hj_request_new(req, HjFlowOpened, 1);
    view->supervised = hj_request_new(req, HjFlowOpened, hj_rows_count(items) + 1);
    while (hj_rows_next(items))
        if (!add_row(req, hj_pack_ledger(hj_request_pack(req), hj_rows_text(items, "ledger")),
                     hj_rows_i64(items, "item"), view->supervised, &view->n_supervised, error))
            return false;
    return fill_source(req, id, view, error);
}
