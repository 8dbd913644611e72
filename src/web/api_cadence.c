/* What is owed and what was done, over the JSON API. */
#include "core/cadence.h"
#include "web/api_calls.h"
#include "web/duties.h"

HjResponse *
hj_api_cadences(HjRequest *req, GError **error)
{
    (void)error;
    const HjPack *pack = hj_request_pack(req);
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < pack->n_cadences; i++) {
        const HjCadence *cadence = &pack->cadences[i];
        if (!hj_cadence_is_seen_by(hj_request_actor(req), cadence))
            continue;
        hj_json_begin_object(&w);
        hj_json_put_text(&w, "cadence", cadence->name);
        hj_api_write_label(&w, "title", &cadence->title);
        hj_json_put_text(&w, "every", hj_every_name(cadence->every));
        hj_json_put_text(&w, "ledger", cadence->ledger->name);
        hj_json_put_text(&w, "rule", cadence->id);
        hj_json_put_flag(&w, "assumption", cadence->assumption);
        hj_json_end_object(&w);
    }
    hj_api_end_list(&w, NULL);
    return res;
}

HjResponse *
hj_api_cadence(HjRequest *req, GError **error)
{
    HjDutiesAsked asked = { 0 };
    const HjCadence *cadence = hj_duties_cadence(req, error);
    if (cadence == NULL || !hj_duties_read(req, &asked, error))
        return NULL;
    bool known =
        hj_cadence_known(hj_request_pack(req), cadence, asked.period.from, asked.period.to);
    g_autoptr(HjRows) rows =
        hj_cadence_count(hj_request_tx(req), hj_request_pack(req), cadence, asked.under->id,
                         asked.period.from, asked.period.to, error);
    if (rows == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_put_text(&w, "cadence", cadence->name);
    hj_json_put_text(&w, "period", asked.period.text);
    hj_json_put_text(&w, "from", hj_date_text(asked.period.from).text);
    hj_json_put_text(&w, "to", hj_date_text(asked.period.to).text);
    hj_json_put_text(&w, "under", asked.under->code);
    hj_json_put_flag(&w, "known", known);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(rows)) {
        const HjOrg *org = hj_org_tree_find(asked.tree, hj_rows_i64(rows, "org"));
        if (org == NULL)
            continue;
        hj_json_begin_object(&w);
        hj_json_put_text(&w, "org", org->code);
        hj_json_put_text(&w, "org_name", org->name);
        hj_json_put_i64(&w, "owed", hj_rows_i64(rows, "n_owed"));
        hj_json_put_i64(&w, "met", hj_rows_i64(rows, "n_met"));
        hj_json_put_i64(&w, "short", hj_rows_i64(rows, "n_short"));
        hj_json_put_i64(&w, "open", hj_rows_i64(rows, "n_open"));
        hj_json_end_object(&w);
    }
    hj_api_end_list(&w, NULL);
    return res;
}
