#include "core/report.h"

#include "base/decimal.h"

void
hj_report_free(HjReportResult *result)
{
    if (result == NULL)
        return;
    g_free(result->figures);
    g_free(result);
}

/* Sums are shown in the indicator's unit: fen as 10,000 yuan where `per` says so. */
static void
show_numerator(const HjIndicator *indicator, HjFigureValue *figure)
{
    const bool plain = indicator->per <= 1;
    figure->scale = plain ? 0 : indicator->scale;
    figure->shown =
        plain ? figure->value.numerator
              : hj_decimal_divide(figure->value.numerator, indicator->per, indicator->scale);
}

/* Counts are numbers even where there is nothing to count; a value may be absent (ARI-9). */
static void
show(HjFigureValue *figure)
{
    figure->has = true;
    switch (figure->figure->show) {
    case HJ_SHOW_VALUE:
        figure->has = figure->value.has;
        figure->shown = figure->value.value;
        figure->scale = figure->figure->indicator->scale;
        break;
    case HJ_SHOW_NUMERATOR:
        show_numerator(figure->figure->indicator, figure);
        break;
    case HJ_SHOW_DENOMINATOR:
        figure->shown = figure->value.denominator;
        break;
    case HJ_SHOW_ORGS:
        figure->shown = figure->value.n_orgs;
        break;
    }
}

HjFigureValue
hj_report_figure(const HjFigure *figure, HjIndicatorValue value)
{
    HjFigureValue shown = { .figure = figure, .value = value };
    show(&shown);
    return shown;
}

/* 0 asks for the county: the organization without a parent. */
static int64_t
place_of(const HjOrgTree *tree, int64_t org)
{
    return org != 0 || tree->n_orgs == 0 ? org : tree->orgs[0].id;
}

HjReportResult *
hj_report_compute(HjTx *tx, const HjPack *pack, const HjReport *report, HjDate from, HjDate to,
                  int64_t org, GError **error)
{
    g_autoptr(HjOrgTree) tree = hj_org_tree_load(tx, to, error);
    if (tree == NULL)
        return NULL;
    g_autoptr(HjIndicatorCache) cache = hj_indicator_cache_new(tx, pack, tree, from, to);
    g_autoptr(HjReportResult) result = g_new0(HjReportResult, 1);
    *result = (HjReportResult){ .report = report,
                                .from = from,
                                .to = to,
                                .org = place_of(tree, org),
                                .n_figures = report->n_figures };
    result->figures = g_new0(HjFigureValue, report->n_figures + 1);
    for (size_t i = 0; i < report->n_figures; i++) {
        const HjFigure *figure = &report->figures[i];
        const HjIndicatorSet *set = hj_indicator_cache_get(cache, figure->indicator, error);
        if (set == NULL)
            return NULL;
        result->figures[i] = hj_report_figure(figure, hj_indicator_at(set, result->org));
    }
    return g_steal_pointer(&result);
}
