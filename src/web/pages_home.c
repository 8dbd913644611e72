/* The first page: the county or township at a glance, or what a village has to enter. */
#include "home.html.h"
#include "web/due_lines.h"
#include "web/duties.h"
#include "web/pages_cockpit.h"

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
    view->figures = hj_request_new(req, HjNumber, MAX_FIGURES);
    /* One figure of each indicator unit in turn would hide the story; the last of the list are
     * the results. */
    size_t skip = report->n_figures > MAX_FIGURES + 2 ? 2 : 0;
    for (size_t i = skip; i < report->n_figures && view->n_figures < MAX_FIGURES; i++) {
        const HjFigure *figure = &report->figures[i];
        const HjIndicatorSet *set =
            hj_figures_set(req, figure->indicator, from, period->to, error);
        if (set == NULL)
            return false;
        const HjFigureValue value = hj_report_figure(figure, hj_indicator_at(set, under->id));
        if (!value.has)
            continue;
        view->figures[view->n_figures++] = (HjNumber){
            .title = hj_page_label(req, &figure->title),
            .unit = hj_page_label(req, &figure->unit),
            .text =
                hj_request_strdup(req, hj_decimal_text_grouped(value.shown, value.scale).text),
            .href = hj_figures_href(req, figure->indicator, under->code, from, period->to),
        };
    }
    view->report_href =
        hj_request_printf(req, "/reports/%s?from=%s&to=%s&under=%s", report->name,
                          hj_date_text(from).text, hj_date_text(period->to).text, under->code);
    return true;
}

static bool
fill_grid(HjRequest *req, HjHomeView *view, const HjOrg *under, const HjPeriod *period,
          GError **error)
{
    const HjIndicator *indicator = NULL;
    if (!hj_grid_indicator(req, &indicator, error))
        return false;
    HjGrid *grid = hj_request_new(req, HjGrid, 1);
    const HjGridWish wish = { .under = under,
                              .period = period,
                              .base = hj_request_printf(
                                  req, "/?period=%s&indicator=", period->text) };
    if (indicator != NULL && !hj_grid_fill(req, indicator, &wish, grid, error))
        return false;
    view->grid = grid->n_towns > 0 ? grid : NULL;
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

/* Where there are no figures, what one may enter stands below what waits. */
static bool
fill_entries(HjRequest *req, HjHomeView *view, GError **error)
{
    HjOrgTree *tree = hj_figures_tree(req, hj_tx_today(hj_request_tx(req)), error);
    const HjOrg *under = tree != NULL ? hj_figures_top(req, tree, "ledger.view") : NULL;
    if (under == NULL)
        return tree != NULL;
    return under->depth <= 1 || fill_todos(req, view, under, error);
}

/* What waits stands alone: another of its lists was asked for, or there are no figures. */
static HjResponse *
only_what_waits(HjRequest *req, HjDueHome *due, HjDuties *duties, GError **error)
{
    HjHomeView view = { .page =
                            hj_page(req, hj_tr(hj_request_lang(req), N_("What waits")), "home"),
                        .due = due,
                        .duties = duties,
                        .quiet = true };
    const char *list = hj_request_query(req, "list");
    if ((list == NULL || *list == '\0') &&
        !hj_access_may(hj_request_actor(req), "indicator.view") &&
        !fill_entries(req, &view, error))
        return NULL;
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
        return only_what_waits(req, due, duties, error);
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
    view.cockpit_href = hj_request_printf(req, "/cockpit?period=%s", period.text);
    view.periods = hj_figures_periods(req, &period, false, &view.n_periods);
    if (!fill_figures(req, &view, under, &period, error) ||
        !fill_grid(req, &view, under, &period, error) ||
        !hj_pages_cockpit_ranks(req, &period, &view.ranks, error) ||
        (under->depth > 1 && !fill_todos(req, &view, under, error)))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_home(&out, &view);
    return res;
}
