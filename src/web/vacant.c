#include "web/vacant.h"

#include "tiles.html.h"
#include "web/rowquery.h"

HjResponse *
hj_vacant_page(HjRequest *req, const char *title, const char *nav, const char *says,
               const HjLink *go, GError **error)
{
    g_clear_error(error);
    HjTilesView view = {
        .page = hj_page(req, title, nav),
        .empty = says,
        .go_href = go != NULL ? go->href
                              : hj_rowquery_href(req, NULL, "period", NULL, "from", NULL, "to",
                                                 NULL, NULL),
        .go_text = go != NULL ? go->text : hj_page_tr(req, N_("Show the newest figures")),
    };
    HjOut out;
    HjResponse *res = hj_response_page(req, go != NULL ? 400 : 200, &out);
    hj_tmpl_tiles(&out, &view);
    return res;
}

HjResponse *
hj_vacant(HjRequest *req, const HjOrgTree *tree, const char *title, const char *nav,
          GError **error)
{
    g_assert(error != NULL && *error != NULL); /* asked after something failed */
    if (tree == NULL || tree->n_orgs > 0)
        return NULL;
    const HjDate begin = hj_request_pack(req)->valid_from;
    const char *says =
        begin != HJ_DATE_NONE
            ? hj_request_printf(req,
                                hj_page_tr(req, N_("There is nothing to count yet: the records "
                                                   "of this county begin on %s.")),
                                hj_date_text(begin).text)
            : hj_page_tr(req, N_("There is nothing to count yet: no organization stood then."));
    return hj_vacant_page(req, title, nav, says, NULL, error);
}
