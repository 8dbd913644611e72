/* Organizations over the JSON API. */
#include "base/id.h"
#include "base/text.h"
#include "web/api_calls.h"
#include "web/page.h"
#include "web/rowquery.h"

#define MAX_Q 100

/* The members that a list and one organization have in common. */
static void
write_org(HjJsonWriter *w, const HjRows *org)
{
    hj_json_put_id(w, "id", hj_rows_i64(org, "id"));
    hj_json_put_text(w, "code", hj_rows_text(org, "code"));
    hj_json_put_text(w, "kind", hj_rows_text(org, "kind"));
    hj_json_put_text(w, "name", hj_rows_text(org, "name"));
    hj_json_put_text(w, "parent", hj_rows_text(org, "parent_code"));
    hj_json_put_text(w, "parent_name", hj_rows_text(org, "parent_name"));
}

/* What ?under= kind= q= limit= cursor= ask for. */
typedef struct {
    int64_t under;
    const char *kind, *q;
    int limit;
    int64_t after;
} Asked;

static bool
read_query(HjRequest *req, Asked *ret, GError **error)
{
    const char *cursor = hj_request_query_text(req, "cursor");
    *ret = (Asked){ .kind = hj_request_query_text(req, "kind"),
                    .q = hj_request_query_text(req, "q") };
    if (!hj_api_under(req, "org.view", &ret->under, error))
        return false;
    if (ret->kind != NULL && hj_pack_org_kind(hj_request_pack(req), ret->kind) == NULL)
        return hj_rowquery_fail(req, "kind", N_("There is no such kind of organization."),
                                error);
    if (ret->q != NULL && hj_text_length(ret->q) > MAX_Q)
        return hj_rowquery_fail(req, "q", N_("Is too long."), error);
    if (cursor != NULL && !hj_id_parse(cursor, &ret->after))
        return hj_rowquery_fail(req, "cursor", N_("Is no cursor of this list."), error);
    return hj_rowquery_limit(req, HJ_ROWQUERY_LIMIT, &ret->limit, error);
}

HjResponse *
hj_api_orgs(HjRequest *req, GError **error)
{
    Asked asked;
    if (!read_query(req, &asked, error))
        return NULL;
    /* One more than asked tells whether a page follows. */
    g_autoptr(HjRows) orgs =
        hj_org_list(hj_request_tx(req), hj_request_actor(req), asked.under, asked.kind, asked.q,
                    asked.limit + 1, asked.after, error);
    if (orgs == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    const char *next = NULL;
    for (int n = 0; n < asked.limit && hj_rows_next(orgs); n++) {
        hj_json_begin_object(&w);
        write_org(&w, orgs);
        hj_json_end_object(&w);
        if (n + 1 == asked.limit && hj_rows_count(orgs) > (size_t)asked.limit)
            next = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(orgs, "id"));
    }
    hj_api_end_list(&w, next);
    return res;
}

static void
write_acts(HjJsonWriter *w, HjRows *acts)
{
    hj_json_key(w, "acts");
    hj_json_begin_array(w);
    while (hj_rows_next(acts)) {
        hj_json_begin_object(w);
        hj_json_put_text(w, "act", hj_rows_text(acts, "act"));
        hj_json_put_text(w, "on_day", hj_rows_text(acts, "on_day"));
        hj_json_put_text(w, "document", hj_rows_text(acts, "document"));
        hj_json_put_text(w, "note", hj_rows_text(acts, "note"));
        hj_json_put_text(w, "other_name", hj_rows_text(acts, "other_name"));
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
}

HjResponse *
hj_api_org(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    HjRows *org = hj_page_org(req, hj_request_part(req, "code"), error);
    if (org == NULL)
        return NULL;
    int64_t id = hj_rows_i64(org, "id");
    if (!hj_access_check(tx, hj_request_actor(req), "org.view", id, error))
        return NULL;
    g_autoptr(HjRows) acts = hj_org_acts(tx, id, error);
    if (acts == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    write_org(&w, org);
    hj_json_put_text(&w, "opened_on", hj_rows_text(org, "opened_on"));
    hj_json_put_text(&w, "closed_on", hj_rows_text(org, "closed_on"));
    write_acts(&w, acts);
    hj_json_end_object(&w);
    return res;
}
