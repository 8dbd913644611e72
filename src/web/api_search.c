/* Searching over the JSON API. */
#include "base/id.h"
#include "core/search.h"
#include "web/api_calls.h"
#include "web/page.h"
#include "web/pages.h"
#include "web/rowquery.h"

static bool
read_query(HjRequest *req, HjSearch *ret, GError **error)
{
    const char *ledger = hj_request_query_text(req, "ledger"),
               *cursor = hj_request_query_text(req, "cursor");
    *ret = (HjSearch){ .q = hj_request_query_text(req, "q") };
    if (ret->q == NULL)
        return hj_rowquery_fail(req, "q", N_("Say what to look for."), error);
    if (ledger != NULL) {
        ret->ledger = hj_pack_ledger(hj_request_pack(req), ledger);
        if (ret->ledger == NULL)
            return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such ledger.");
    }
    if (cursor != NULL && !hj_id_parse(cursor, &ret->before))
        return hj_rowquery_fail(req, "cursor", N_("Is no cursor of this list."), error);
    return hj_api_under(req, "ledger.view", &ret->under, error) &&
           hj_rowquery_limit(req, HJ_ROWQUERY_LIMIT, &ret->limit, error);
}

static bool
write_hit(HjRequest *req, HjJsonWriter *w, const HjSearchHit *hit, GError **error)
{
    HjRows *row =
        hj_row_get(hj_request_tx(req), hj_request_actor(req), hit->ledger, hit->id, error);
    if (row == NULL)
        return false;
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(row))
        return true;
    hj_json_begin_object(w);
    hj_json_put_text(w, "ledger", hit->ledger->name);
    hj_json_put_id(w, "id", hit->id);
    hj_json_put_text(w, "title", hj_pages_row_title(req, hit->ledger, row));
    hj_json_put_text(w, "org", hj_rows_text(row, "org_code"));
    hj_json_put_text(w, "org_name", hj_rows_text(row, "org_name"));
    hj_json_end_object(w);
    return true;
}

HjResponse *
hj_api_search(HjRequest *req, GError **error)
{
    HjSearch search;
    g_auto(HjSearchHits) hits = { 0 };
    if (!read_query(req, &search, error) ||
        !hj_search(hj_request_tx(req), hj_request_actor(req), &search, &hits, error))
        return NULL;
    HjJsonWriter w;
    g_autoptr(HjResponse) res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < hits.n_hits; i++)
        if (!write_hit(req, &w, &hits.hits[i], error))
            return NULL;
    const char *next =
        hits.more ? hj_request_printf(req, "%" G_GINT64_FORMAT, hits.hits[hits.n_hits - 1].id)
                  : NULL;
    hj_api_end_list(&w, next);
    return g_steal_pointer(&res);
}
