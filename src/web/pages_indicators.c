/* The table of organizations by indicators, and one indicator with the rows behind it. */
#include "indicator.html.h"
#include "table.html.h"
#include "web/figures.h"
#include "web/pages.h"

static void
add_row(HjRequest *req, HjTableView *view, HjIndicatorCache *cache, const HjOrg *org,
        const HjPeriod *period, bool total)
{
    const HjPack *pack = hj_request_pack(req);
    HjTableRow *row = &view->rows[view->n_rows++];
    row->name = org->name;
    row->total = total;
    row->href = hj_request_printf(req, "/table?under=%s&period=%s", org->code, period->text);
    row->numbers = hj_request_new(req, HjNumber, view->n_columns);
    for (size_t i = 0; i < pack->n_indicators; i++)
        if (pack->indicators[i].on_table)
            row->numbers[row->n_numbers++] =
                hj_figures_number(req, &pack->indicators[i],
                                  hj_indicator_cache_get(cache, &pack->indicators[i], NULL),
                                  org, period->from, period->to);
}

static bool
fill_columns(HjRequest *req, HjTableView *view, HjIndicatorCache *cache, const HjOrg *under,
             const HjPeriod *period, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    view->columns = hj_request_new(req, HjNumber, pack->n_indicators);
    for (size_t i = 0; i < pack->n_indicators; i++) {
        const HjIndicator *indicator = &pack->indicators[i];
        if (!indicator->on_table)
            continue;
        const HjIndicatorSet *set = hj_indicator_cache_get(cache, indicator, error);
        if (set == NULL)
            return false;
        view->columns[view->n_columns++] =
            hj_figures_number(req, indicator, set, under, period->from, period->to);
    }
    return true;
}

/* Kinds that the table compares: what stands directly below, but not branches beside villages.
 */
static bool
compared(const HjOrg *org)
{
    return !g_str_equal(org->kind, "branch") && !g_str_equal(org->kind, "department") &&
           !g_str_equal(org->kind, "enterprise");
}

HjResponse *
hj_pages_table(HjRequest *req, GError **error)
{
    HjPeriod period;
    if (!hj_page_period(req, "period", &period, error))
        return NULL;
    HjOrgTree *tree = hj_figures_tree(req, period.to, error);
    const HjOrg *under =
        tree != NULL ? hj_figures_under(req, tree, "indicator.view", error) : NULL;
    if (under == NULL)
        return NULL;
    HjLang lang = hj_request_lang(req);
    HjTableView view = {
        .page = hj_page(
            req, hj_request_printf(req, "%s · %s", under->name, hj_tr(lang, N_("Indicators"))),
            "table"),
        .subtitle = hj_request_printf(req, "%s · %s", hj_page_period_text(req, &period),
                                      hj_figures_span(req, period.from, period.to)),
        .under = hj_request_query(req, "under"),
    };
    view.periods = hj_figures_periods(req, &period, true, &view.n_periods);
    g_autoptr(HjIndicatorCache) cache = hj_indicator_cache_new(
        hj_request_tx(req), hj_request_pack(req), tree, period.from, period.to);
    if (!fill_columns(req, &view, cache, under, &period, error))
        return NULL;
    view.rows = hj_request_new(req, HjTableRow, tree->n_orgs + 1);
    for (size_t i = 0; i < tree->n_orgs; i++)
        if (tree->orgs[i].parent == under->id && compared(&tree->orgs[i]))
            add_row(req, &view, cache, &tree->orgs[i], &period, false);
    add_row(req, &view, cache, under, &period, true);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_table(&out, &view);
    return res;
}

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
        row->n_numbers = 3;
        row->numbers[0] = hj_figures_number(req, indicator, set, org, from, to);
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
    view->rows = hj_request_new(req, HjEvidence, hj_rows_count(rows));
    while (hj_rows_next(rows) && view->n_rows < 200) {
        const char *ledger = hj_rows_text(rows, "ledger");
        view->rows[view->n_rows++] = (HjEvidence){
            .org = hj_rows_text(rows, "org_name"),
            .ledger = hj_figures_ledger_title(req, ledger),
            .href = hj_figures_row_href(req, tree, ledger, hj_rows_i64(rows, "id")),
        };
    }
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
        return NULL;
    HjIndicatorSet *set = hj_indicator_compute(hj_request_tx(req), hj_request_pack(req),
                                               indicator, tree, from, to, error);
    if (set == NULL)
        return NULL;
    hj_request_adopt(req, set, (GDestroyNotify)hj_indicator_set_free);
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
