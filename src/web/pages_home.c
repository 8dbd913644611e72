/* The first page: the county or township at a glance, or what a village has to enter. */
#include "home.html.h"
#include "web/due_lines.h"
#include "web/duties.h"
#include "web/figures.h"
#include "web/pages.h"

#include <string.h>

#define MAX_FIGURES 6

/* Big figures: the first report of the pack, those of the period's own rows. */
static bool
fill_figures(HjRequest *req, HjHomeView *view, const HjOrg *under, const HjPeriod *period,
             GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    if (pack->n_reports == 0 || !hj_access_may(hj_request_actor(req), "report.view"))
        return true;
    const HjReport *report = &pack->reports[0];
    HjDate from = pack->valid_from != HJ_DATE_NONE && pack->valid_from <= period->to
                      ? pack->valid_from
                      : period->from;
    HjReportResult *result =
        hj_report_compute(hj_request_tx(req), pack, report, from, period->to, under->id, error);
    if (result == NULL)
        return false;
    hj_request_adopt(req, result, (GDestroyNotify)hj_report_free);
    view->figures = hj_request_new(req, HjNumber, MAX_FIGURES);
    /* One figure of each indicator unit in turn would hide the story; the last of the list are
     * the results. */
    size_t skip = result->n_figures > MAX_FIGURES + 2 ? 2 : 0;
    for (size_t i = skip; i < result->n_figures && view->n_figures < MAX_FIGURES; i++) {
        const HjFigureValue *value = &result->figures[i];
        if (!value->has)
            continue;
        view->figures[view->n_figures++] = (HjNumber){
            .title = hj_page_label(req, &value->figure->title),
            .unit = hj_page_label(req, &value->figure->unit),
            .text = hj_request_strdup(req,
                                      hj_decimal_text_grouped(value->shown, value->scale).text),
            .href =
                hj_figures_href(req, value->figure->indicator, under->code, from, period->to),
        };
    }
    view->report_href =
        hj_request_printf(req, "/reports/%s?from=%s&to=%s&under=%s", report->name,
                          hj_date_text(from).text, hj_date_text(period->to).text, under->code);
    return true;
}

static const HjIndicator *
chosen_indicator(HjRequest *req, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const char *name = hj_request_query(req, "indicator");
    if (name != NULL && *name != '\0') {
        const HjIndicator *indicator = hj_pack_indicator(pack, name);
        if (indicator == NULL || !indicator->on_table ||
            !g_str_equal(indicator->of, "village")) {
            hj_fail(error, HJ_ERROR_MALFORMED, "There is no such indicator.");
            return NULL;
        }
        return indicator;
    }
    if (pack->n_reports > 0 && pack->reports[0].map != NULL)
        return pack->reports[0].map;
    const HjIndicator *first = NULL;
    for (size_t i = 0; i < pack->n_indicators && first == NULL; i++)
        if (pack->indicators[i].on_table && g_str_equal(pack->indicators[i].of, "village"))
            first = &pack->indicators[i];
    return first;
}

static void
fill_choices(HjRequest *req, HjHomeView *view, const HjIndicator *now, const HjPeriod *period)
{
    const HjPack *pack = hj_request_pack(req);
    view->choices = hj_request_new(req, HjLink, pack->n_indicators);
    for (size_t i = 0; i < pack->n_indicators; i++) {
        const HjIndicator *indicator = &pack->indicators[i];
        if (!indicator->on_table || !g_str_equal(indicator->of, "village"))
            continue;
        view->choices[view->n_choices++] = (HjLink){
            .href = hj_request_printf(req, "/?period=%s&indicator=%s", period->text,
                                      indicator->name),
            .text = hj_page_label(req, &indicator->title),
            .on = indicator == now,
        };
    }
}

/* Colours compare villages, they do not judge: fixed shares for percentages, otherwise fifths
 * of the villages that have a value.  Bounds that fall together are one step. */
typedef struct {
    int64_t bounds[4];
    int n_bounds;
} Steps;

static int
compare_i64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void
add_bound(Steps *steps, int64_t bound, int64_t least)
{
    int64_t last = steps->n_bounds > 0 ? steps->bounds[steps->n_bounds - 1] : least;
    if (bound > last)
        steps->bounds[steps->n_bounds++] = bound;
}

static Steps
make_steps(HjRequest *req, const HjIndicator *indicator, const HjIndicatorSet *set,
           const HjOrgTree *tree)
{
    Steps steps = { .n_bounds = 0 };
    if (indicator->percent) {
        int64_t unit = 1;
        for (int i = 0; i < indicator->scale; i++)
            unit *= 10;
        for (int i = 0; i < 4; i++)
            add_bound(&steps, (int64_t[]){ 40, 60, 80, 100 }[i] * unit, 0);
        return steps;
    }
    int64_t *values = hj_request_new(req, int64_t, tree->n_orgs);
    size_t n = 0;
    for (size_t i = 0; i < tree->n_orgs; i++) {
        HjIndicatorValue value = hj_indicator_at(set, tree->orgs[i].id);
        if (g_str_equal(tree->orgs[i].kind, "village") && value.has)
            values[n++] = value.value;
    }
    if (n == 0)
        return steps;
    qsort(values, n, sizeof *values, compare_i64);
    for (size_t i = 0; i < 4; i++)
        add_bound(&steps, values[MIN(n - 1, n * (i + 1) / 5)], values[0]);
    return steps;
}

/* 1 the lightest … 5 the darkest, whatever the number of steps. */
static int
step_of(const Steps *steps, const HjIndicatorValue *value)
{
    if (!value->has)
        return 0;
    int above = 0;
    for (int i = 0; i < steps->n_bounds; i++)
        above += value->value >= steps->bounds[i];
    return steps->n_bounds > 0 ? 1 + above * 4 / steps->n_bounds : 3;
}

static void
fill_keys(HjRequest *req, HjHomeView *view, const HjIndicator *indicator, const Steps *steps)
{
    const char *unit = hj_page_label(req, &indicator->unit);
    view->keys = hj_request_new(req, HjGridKey, 6);
    view->keys[view->n_keys++] =
        (HjGridKey){ .step = 0, .text = hj_tr(hj_request_lang(req), N_("not applicable")) };
    for (int i = 0; i <= steps->n_bounds && steps->n_bounds > 0; i++)
        view->keys[view->n_keys++] = (HjGridKey){
            .step = 1 + i * 4 / steps->n_bounds,
            .text = hj_request_printf(
                req, "%s %s%s", i == 0 ? "<" : "≥",
                hj_decimal_text_grouped(steps->bounds[MAX(i - 1, 0)], indicator->scale).text,
                i == steps->n_bounds && unit != NULL ? unit : ""),
        };
}

static void
add_cells(HjRequest *req, HjGridTown *town, const HjOrgTree *tree, int64_t parent,
          const HjIndicator *indicator, const HjIndicatorSet *set, const Steps *steps)
{
    size_t n = 0;
    for (size_t i = 0; i < tree->n_orgs; i++)
        n += tree->orgs[i].parent == parent;
    town->cells = hj_request_new(req, HjGridCell, n);
    for (size_t i = 0; i < tree->n_orgs; i++) {
        const HjOrg *org = &tree->orgs[i];
        if (org->parent != parent || !g_str_equal(org->kind, "village"))
            continue;
        HjIndicatorValue value = hj_indicator_at(set, org->id);
        town->cells[town->n_cells++] = (HjGridCell){
            .href = hj_request_printf(req, "/orgs/%s", org->code),
            .name = org->name,
            .text = hj_request_adopt(req, hj_indicator_text(indicator, &value, true), g_free),
            .step = step_of(steps, &value),
        };
    }
}

static bool
fill_grid(HjRequest *req, HjHomeView *view, const HjOrgTree *tree, const HjOrg *under,
          const HjPeriod *period, GError **error)
{
    g_autoptr(GError) why = NULL;
    const HjIndicator *indicator = chosen_indicator(req, &why);
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (indicator == NULL)
        return true;
    HjIndicatorSet *set =
        hj_indicator_compute(hj_request_tx(req), hj_request_pack(req), indicator, tree,
                             period->from, period->to, error);
    if (set == NULL)
        return false;
    hj_request_adopt(req, set, (GDestroyNotify)hj_indicator_set_free);
    Steps steps = make_steps(req, indicator, set, tree);
    view->towns = hj_request_new(req, HjGridTown, tree->n_orgs);
    size_t n_villages = 0;
    for (size_t i = 0; i < tree->n_orgs; i++) {
        const HjOrg *org = &tree->orgs[i];
        if (!g_str_equal(org->kind, "committee") ||
            (org->id != under->id && org->parent != under->id))
            continue;
        HjGridTown *town = &view->towns[view->n_towns];
        add_cells(req, town, tree, org->id, indicator, set, &steps);
        if (town->n_cells == 0)
            continue;
        HjIndicatorValue value = hj_indicator_at(set, org->id);
        g_autofree char *text = hj_indicator_text(indicator, &value, true);
        town->name = org->name;
        town->text =
            hj_request_printf(req, "%s%s", text, indicator->percent && value.has ? "%" : "");
        town->href =
            hj_request_printf(req, "/table?under=%s&period=%s", org->code, period->text);
        n_villages += town->n_cells;
        view->n_towns++;
    }
    view->grid_title =
        hj_request_printf(req, hj_tr(hj_request_lang(req), N_("%d villages")), (int)n_villages);
    view->grid_help = hj_page_label(req, &indicator->help);
    fill_keys(req, view, indicator, &steps);
    fill_choices(req, view, indicator, period);
    return true;
}

static bool
fill_ranks(HjRequest *req, HjHomeView *view, const HjPeriod *period, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    if (pack->n_schemes == 0 || !hj_access_may(actor, "scheme.view") ||
        !hj_scheme_may_rank(actor, &pack->schemes[0]))
        return true;
    const HjScheme *scheme = &pack->schemes[0];
    HjScoreboard *board = hj_scheme_compute(hj_request_tx(req), pack, scheme, period, error);
    if (board == NULL)
        return false;
    hj_request_adopt(req, board, (GDestroyNotify)hj_scheme_free);
    view->rank_title =
        hj_request_printf(req, "%s", hj_tr(hj_request_lang(req), N_("Ranking so far")));
    view->rank_href =
        hj_request_printf(req, "/contests/%s?period=%s", scheme->name, period->text);
    view->rank_note = hj_request_printf(
        req, hj_tr(hj_request_lang(req), N_("%s of %s points counted")),
        hj_figures_points(req, board->base), hj_figures_points(req, board->full));
    view->ranks = hj_request_new(req, HjRankLine, board->n_scores);
    for (size_t i = 0; i < board->n_scores; i++) {
        const HjScore *score = &board->scores[i];
        bool mine = hj_access_sees_org(hj_request_tx(req), actor, score->org);
        view->ranks[view->n_ranks++] = (HjRankLine){
            .rank = score->rank,
            .name = score->name,
            .mine = mine,
            .total = hj_figures_points(req, score->total),
            .width = (int)CLAMP(score->total * 200 / MAX(board->base, 1), 0, 200),
            .veto = score->vetoed ? hj_page_label(req, &score->veto->says) : NULL,
            .href = mine ? hj_request_printf(req, "/contests/%s/%s?period=%s", scheme->name,
                                             score->code, period->text)
                         : view->rank_href,
        };
    }
    return true;
}

/* A village enters: one card for each ledger it may write, with what stands there. */
static bool
fill_todos(HjRequest *req, HjHomeView *view, const HjOrg *under, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    view->todos = hj_request_new(req, HjTodo, pack->n_ledgers);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        bool owns = false;
        for (size_t j = 0; j < ledger->n_of; j++)
            owns = owns || g_str_equal(ledger->of[j], under->kind);
        if (!owns || ledger->in != NULL ||
            !hj_access_may_ledger(actor, ledger, HJ_ACCESS_ENTER))
            continue;
        HjRowQuery query = { .ledger = ledger,
                             .under = under->id,
                             .only_here = true,
                             .from = HJ_DATE_NONE,
                             .to = HJ_DATE_NONE,
                             .limit = 1 };
        g_autoptr(HjRows) totals = hj_row_totals(hj_request_tx(req), actor, &query, error);
        if (totals == NULL)
            return false;
        int64_t count = hj_rows_next(totals) ? hj_rows_i64(totals, "count") : 0;
        view->todos[view->n_todos++] = (HjTodo){
            .href = hj_request_printf(req, "/ledgers/%s/new?org=%s", ledger->name, under->code),
            .title = hj_page_label(req, &ledger->title),
            .note = hj_request_printf(
                req, hj_tr(hj_request_lang(req), N_("%d rows so far, add one")), (int)count),
        };
    }
    return true;
}

static HjResponse *
first_page_without_figures(HjRequest *req)
{
    const HjActor *actor = hj_request_actor(req);
    if (hj_access_may(actor, "account.view"))
        return hj_response_see_other(req, "/accounts", NULL);
    if (actor->n_grants > 0 && hj_access_may(actor, "org.view"))
        return hj_response_see_other(
            req, hj_request_printf(req, "/orgs/%s", actor->grants[0].org_code), NULL);
    return hj_response_see_other(req, "/account", NULL);
}

/* What waits stands alone: another of its lists was asked for, or there are no figures. */
static HjResponse *
only_what_waits(HjRequest *req, HjDueHome *due, HjDuties *duties)
{
    HjHomeView view = { .page =
                            hj_page(req, hj_tr(hj_request_lang(req), N_("What waits")), "home"),
                        .due = due,
                        .duties = duties,
                        .quiet = true };
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_home(&out, &view);
    return res;
}

HjResponse *
hj_pages_home(HjRequest *req, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    bool figures = hj_access_may(actor, "indicator.view");
    const char *list = hj_request_query(req, "list");
    HjPeriod period;
    HjDueHome *due = NULL;
    HjDuties *duties = NULL;
    if (!hj_due_home(req, &due, error) || !hj_duties_home(req, &duties, error))
        return NULL;
    if ((due != NULL || (duties != NULL && duties->n_lines > 0)) &&
        (!figures || (list != NULL && *list != '\0')))
        return only_what_waits(req, due, duties);
    if (!figures)
        return first_page_without_figures(req);
    if (!hj_page_period(req, "period", &period, error))
        return NULL;
    HjOrgTree *tree = hj_figures_tree(req, period.to, error);
    const HjOrg *under = tree != NULL ? hj_figures_top(req, tree, "indicator.view") : NULL;
    if (under == NULL) {
        if (tree != NULL)
            hj_fail(error, HJ_ERROR_NOT_FOUND,
                    "The organization of this role did not exist in that period.");
        return NULL;
    }
    const char *heading =
        hj_request_printf(req, "%s · %s", hj_page_period_text(req, &period), under->name);
    HjHomeView view = {
        .page = hj_page(
            req, due != NULL ? hj_tr(hj_request_lang(req), N_("What waits")) : heading, "home"),
        .due = due,
        .duties = duties,
        .heading = heading,
        .subtitle = hj_request_printf(
            req,
            hj_tr(hj_request_lang(req),
                  N_("Up to %s; every number is computed from records and opens to them.")),
            hj_date_text(period.to).text),
    };
    view.periods = hj_figures_periods(req, &period, false, &view.n_periods);
    if (!fill_figures(req, &view, under, &period, error) ||
        !fill_grid(req, &view, tree, under, &period, error) ||
        !fill_ranks(req, &view, &period, error) ||
        (under->depth > 1 && !fill_todos(req, &view, under, error)))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_home(&out, &view);
    return res;
}
