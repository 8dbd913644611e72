/* Reports: named figures of any days and any organization. */
#include "report.html.h"
#include "tiles.html.h"
#include "web/figures.h"
#include "web/pages.h"

HjResponse *
hj_pages_reports(HjRequest *req, GError **error)
{
    (void)error;
    const HjPack *pack = hj_request_pack(req);
    HjLang lang = hj_request_lang(req);
    HjTilesView view = {
        .page = hj_page(req, hj_tr(lang, N_("Reports")), "reports"),
        .empty = hj_tr(lang, N_("The rules define no report.")),
        .tiles = hj_request_new(req, HjChoiceTile, pack->n_reports),
    };
    for (size_t i = 0; i < pack->n_reports; i++)
        view.tiles[view.n_tiles++] = (HjChoiceTile){
            .href = hj_request_printf(req, "/reports/%s", pack->reports[i].name),
            .title = hj_page_label(req, &pack->reports[i].title),
            .help = hj_page_label(req, &pack->reports[i].help),
        };
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_tiles(&out, &view);
    return res;
}

static HjReportGroup *
group_of(HjRequest *req, HjReportView *view, const char *system, size_t n)
{
    for (size_t i = 0; i < view->n_groups; i++)
        if (g_strcmp0(view->groups[i].system, system) == 0)
            return &view->groups[i];
    HjReportGroup *group = &view->groups[view->n_groups++];
    group->system = system;
    group->figures = hj_request_new(req, HjNumber, n);
    return group;
}

static void
fill_figures(HjRequest *req, HjReportView *view, const HjReportResult *result,
             const HjOrg *under)
{
    view->groups = hj_request_new(req, HjReportGroup, result->n_figures + 1);
    for (size_t i = 0; i < result->n_figures; i++) {
        const HjFigureValue *value = &result->figures[i];
        HjReportGroup *group = group_of(req, view, value->figure->system, result->n_figures);
        group->figures[group->n_figures++] = (HjNumber){
            .title = hj_page_label(req, &value->figure->title),
            .unit = value->has ? hj_page_label(req, &value->figure->unit) : "",
            .text = value->has
                        ? hj_request_strdup(
                              req, hj_decimal_text_grouped(value->shown, value->scale).text)
                        : "—",
            .href = hj_figures_href(req, value->figure->indicator, under->code, result->from,
                                    result->to),
        };
    }
}

/* The county and its committees, or what the actor sees of them. */
static void
fill_orgs(HjRequest *req, HjReportView *view, const HjOrgTree *tree, const HjOrg *under)
{
    view->orgs = hj_request_new(req, HjOption, tree->n_orgs);
    const HjOrg *top = hj_figures_top(req, tree, "report.view");
    for (size_t i = 0; i < tree->n_orgs; i++) {
        const HjOrg *org = &tree->orgs[i];
        bool listed = org->id == under->id || org->id == top->id ||
                      (org->parent == top->id && !g_str_equal(org->kind, "branch"));
        if (listed)
            view->orgs[view->n_orgs++] =
                (HjOption){ .value = org->code, .text = org->name, .on = org->id == under->id };
    }
}

HjResponse *
hj_pages_report(HjRequest *req, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjReport *report = hj_pack_report(pack, hj_request_part(req, "report"));
    HjPeriod half;
    HjDate from, to;
    if (report == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such report.");
        return NULL;
    }
    if (!hj_page_period(req, "period", &half, error) ||
        !hj_page_date(req, "from",
                      pack->valid_from != HJ_DATE_NONE ? pack->valid_from : half.from, &from,
                      error) ||
        !hj_page_date(req, "to", half.to, &to, error))
        return NULL;
    if (from > to) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The first day lies after the last day.");
        return NULL;
    }
    HjOrgTree *tree = hj_figures_tree(req, to, error);
    const HjOrg *under =
        tree != NULL ? hj_figures_under(req, tree, "report.view", error) : NULL;
    HjReportResult *result = under != NULL ? hj_report_compute(hj_request_tx(req), pack, report,
                                                               from, to, under->id, error)
                                           : NULL;
    if (result == NULL)
        return NULL;
    hj_request_adopt(req, result, (GDestroyNotify)hj_report_free);
    HjReportView view = {
        .page = hj_page(
            req,
            hj_request_printf(req, "%s · %s", under->name, hj_page_label(req, &report->title)),
            "reports"),
        .subtitle = hj_figures_span(req, from, to),
        .help = hj_page_label(req, &report->help),
        .from = hj_request_strdup(req, hj_date_text(from).text),
        .to = hj_request_strdup(req, hj_date_text(to).text),
        .action = hj_request_printf(req, "/reports/%s", report->name),
    };
    fill_orgs(req, &view, tree, under);
    fill_figures(req, &view, result, under);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_report(&out, &view);
    return res;
}
