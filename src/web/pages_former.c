/* Organizations that are no more under their old name: what became of each, by which paper. */
#include "base/id.h"
#include "orgs_former.html.h"
#include "web/pages.h"
#include "web/rowquery.h"
#include "web/views_org.h"

#define PER_PAGE 50

const char *
hj_pages_former_fate(HjRequest *req, const HjRows *row)
{
    HjLang lang = hj_request_lang(req);
    const char *act = hj_rows_text(row, "act");
    const char *other = hj_rows_text(row, "other_name");
    if (g_str_equal(act, "rename"))
        return hj_request_printf(req, hj_tr(lang, N_("renamed: %s")),
                                 hj_rows_text(row, "name"));
    if (g_str_equal(act, "merge") && other != NULL)
        return hj_request_printf(req, hj_tr(lang, N_("merged into %s")), other);
    return hj_tr(lang, N_("closed"));
}

static HjOrgFormer
former_of(HjRequest *req, const HjRows *row)
{
    const HjOrgKind *kind = hj_pack_org_kind(hj_request_pack(req), hj_rows_text(row, "kind"));
    const char *other = hj_rows_text(row, "other_code");
    return (HjOrgFormer){
        .href = hj_request_printf(req, "/orgs/%s", hj_rows_text(row, "code")),
        .was = hj_rows_text(row, "was"),
        .code = hj_rows_text(row, "code"),
        .kind = kind != NULL ? hj_page_label(req, &kind->title) : NULL,
        .fate = hj_pages_former_fate(req, row),
        .other_href = other != NULL ? hj_request_printf(req, "/orgs/%s", other) : NULL,
        .on = hj_rows_date(row, "on_day"),
        .document = hj_rows_text(row, "document"),
        .note = hj_rows_text(row, "note"),
    };
}

HjResponse *
hj_pages_orgs_former(HjRequest *req, GError **error)
{
    HjLang lang = hj_request_lang(req);
    const char *q = hj_request_query(req, "q"), *before = hj_request_query(req, "before");
    int64_t act = 0;
    HjOrgsFormerView view = {
        .page =
            hj_page(req, hj_tr(lang, N_("Closed, merged and renamed organizations")), "orgs"),
        .q = q != NULL && *q != '\0' ? q : NULL,
    };
    hj_page_crumb(req, &view.page, "/orgs", hj_tr(lang, N_("Organizations")));
    if (before != NULL && *before != '\0' && !hj_id_parse(before, &act)) {
        hj_rowquery_fail(req, "before", N_("This page of the list does not exist."), error);
        return NULL;
    }
    HjRows *rows = hj_org_former(hj_request_tx(req), hj_request_actor(req), view.q,
                                 PER_PAGE + 1, act, error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view.orgs = hj_request_new(req, HjOrgFormer, PER_PAGE);
    for (; view.n_orgs < PER_PAGE && hj_rows_next(rows); act = hj_rows_i64(rows, "act_id"))
        view.orgs[view.n_orgs++] = former_of(req, rows);
    if (hj_rows_count(rows) > PER_PAGE)
        view.next_href = hj_rowquery_href(
            req, NULL, "before", hj_request_printf(req, "%" G_GINT64_FORMAT, act), NULL);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_orgs_former(&out, &view);
    return res;
}
