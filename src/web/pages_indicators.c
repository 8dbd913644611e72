/* One indicator with what it is made of and the rows behind it. */
#include "indicator.html.h"
#include "web/figures.h"
#include "web/pages.h"
#include "web/vacant.h"

static bool
read_span(HjRequest *req, HjDate *ret_from, HjDate *ret_to, GError **error)
{
    HjPeriod period;
    if (!hj_page_period(req, "period", &period, error) ||
        !hj_page_date(req, "from", period.from, ret_from, error) ||
        !hj_page_date(req, "to", period.to, ret_to, error))
        return false;
    if (*ret_from > *ret_to)
        return hj_fail(error, HJ_ERROR_MALFORMED, "The first day lies after the last day.");
    return true;
}

static void
fill_below(HjRequest *req, HjIndicatorView *view, const HjIndicator *indicator,
           const HjIndicatorSet *set, const HjOrgTree *tree, const HjOrg *under, HjDate from,
           HjDate to)
{
    view->below = hj_request_new(req, HjTableRow, tree->n_orgs);
    for (size_t i = 0; i < tree->n_orgs; i++) {
        const HjOrg *org = &tree->orgs[i];
        HjIndicatorValue value = hj_indicator_at(set, org->id);
        if (org->parent != under->id || (!value.has && value.denominator == 0))
            continue;
        HjTableRow *row = &view->below[view->n_below++];
        row->name = org->name;
        row->numbers = hj_request_new(req, HjNumber, 3);
        row->n_numbers = view->fraction ? 3 : 1;
        row->numbers[0] = hj_figures_number(req, indicator, set, org, from, to);
        row->numbers[0].text = row->numbers[0].column;
        row->numbers[1].text = hj_request_printf(req, "%" G_GINT64_FORMAT, value.numerator);
        row->numbers[2].text = hj_request_printf(req, "%" G_GINT64_FORMAT, value.denominator);
        row->numbers[1].light = row->numbers[2].light = "";
        row->href = row->numbers[0].href;
    }
}

static bool
fill_evidence(HjRequest *req, HjIndicatorView *view, const HjIndicator *indicator,
              const HjOrgTree *tree, const HjOrg *under, HjDate from, HjDate to, GError **error)
{
    HjRows *rows = hj_indicator_evidence(hj_request_tx(req), hj_request_actor(req), indicator,
                                         under->id, from, to, 201, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    const HjRowNames *names = hj_figures_names(req, rows, error);
    if (names == NULL)
        return false;
    view->rows = hj_request_new(req, HjEvidence, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows) && view->n_rows < 200)
        view->rows[view->n_rows++] = hj_figures_evidence(req, tree, names, rows);
    view->more = hj_rows_count(rows) > 200;
    return true;
}

HjResponse *
hj_pages_indicator(HjRequest *req, GError **error)
{
    const HjIndicator *indicator =
        hj_pack_indicator(hj_request_pack(req), hj_request_part(req, "indicator"));
    HjDate from, to;
    if (indicator == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such indicator.");
        return NULL;
    }
    if (!read_span(req, &from, &to, error))
        return NULL;
    HjOrgTree *tree = hj_figures_tree(req, to, error);
    const HjOrg *under =
        tree != NULL ? hj_figures_under(req, tree, "indicator.view", error) : NULL;
    if (under == NULL)
        return hj_vacant(req, tree, hj_page_label(req, &indicator->title), "table", error);
    const HjIndicatorSet *set = hj_figures_set(req, indicator, from, to, error);
    if (set == NULL)
        return NULL;
    HjNumber number = hj_figures_number(req, indicator, set, under, from, to);
    HjIndicatorValue value = hj_indicator_at(set, under->id);
    HjIndicatorView view = {
        .page =
            hj_page(req, hj_request_printf(req, "%s · %s", under->name, number.title), "table"),
        .subtitle = hj_figures_span(req, from, to),
        .help = number.help,
        .value = number.text,
        .unit = number.unit,
        .light = number.light,
        .sql = indicator->cadence != NULL
                   ? hj_request_printf(req, "cadence: %s", indicator->cadence->name)
                   : indicator->sql.text,
        .assumption = indicator->assumption,
        .has = value.has,
        /* A sum is its numerator: over what says nothing. */
        .fraction = indicator->roll != HJ_ROLL_SUM,
        .numerator = hj_request_printf(req, "%" G_GINT64_FORMAT, value.numerator),
        .denominator = hj_request_printf(req, "%" G_GINT64_FORMAT, value.denominator),
    };
    hj_page_crumb(req, &view.page, "/table", hj_tr(hj_request_lang(req), N_("Indicators")));
    const HjOrg *above = hj_org_tree_find(tree, under->parent);
    if (above != NULL &&
        hj_access_sees_org(hj_request_tx(req), hj_request_actor(req), above->id))
        hj_page_crumb(req, &view.page, hj_figures_href(req, indicator, above->code, from, to),
                      above->name);
    fill_below(req, &view, indicator, set, tree, under, from, to);
    if (!fill_evidence(req, &view, indicator, tree, under, from, to, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_indicator(&out, &view);
    return res;
}
