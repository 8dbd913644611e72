/* What is owed and what was done: organizations by cadence, and one cadence down to its rows.
 */
#include "cadence.html.h"
#include "cadences.html.h"
#include "core/cadence.h"
#include "web/api_calls.h"
#include "web/duties.h"
#include "web/figures.h"
#include "web/pages.h"
#include "web/rowquery.h"

#include <string.h>

#define BELOW_MOST 300

/* --- sums over the tree --- */

typedef struct {
    int64_t owed, met, missing, running, open, rows;
    bool any;
} Sum;

/* One cadence over the organizations of a tree; NULL .sums where it cannot be told (ARI-5). */
typedef struct {
    const HjCadence *cadence;
    Sum *sums; /* in tree order, with what lies below */
} Column;

static void
add_sum(Sum *to, const Sum *from)
{
    to->owed += from->owed;
    to->met += from->met;
    to->missing += from->missing;
    to->running += from->running;
    to->open += from->open;
    to->rows += from->rows;
    to->any |= from->any;
}

static Sum *
sums_of(HjRequest *req, const HjCadence *cadence, const HjOrgTree *tree, const HjOrg *under,
        const HjPeriod *period, GError **error)
{
    g_autoptr(HjRows) rows = hj_cadence_count(hj_request_tx(req), hj_request_pack(req), cadence,
                                              under->id, period->from, period->to, error);
    if (rows == NULL)
        return NULL;
    Sum *sums = hj_request_new(req, Sum, tree->n_orgs + 1);
    while (hj_rows_next(rows)) {
        const HjOrg *org = hj_org_tree_find(tree, hj_rows_i64(rows, "org"));
        if (org == NULL)
            continue;
        sums[org - tree->orgs] = (Sum){ .owed = hj_rows_i64(rows, "n_owed"),
                                        .met = hj_rows_i64(rows, "n_met"),
                                        .missing = hj_rows_i64(rows, "n_short"),
                                        .running = hj_rows_i64(rows, "n_running"),
                                        .open = hj_rows_i64(rows, "n_open"),
                                        .rows = hj_rows_i64(rows, "n_rows"),
                                        .any = true };
    }
    for (size_t i = tree->n_orgs; i-- > 0;) {
        int parent = hj_org_tree_parent(tree, i);
        if (parent >= 0)
            add_sum(&sums[parent], &sums[i]);
    }
    return sums;
}

static const char *
light_of(const Sum *sum)
{
    return !sum->any ? "" : sum->missing > 0 ? "red" : sum->open > 0 ? "yellow" : "green";
}

/* "11/12", "11/12 · 1 to do", "to do: 1", "done", "—" */
static const char *
text_of(HjRequest *req, const Sum *sum)
{
    if (!sum->any)
        return "—";
    if (sum->owed == 0)
        return sum->open > 0
                   ? hj_request_printf(req, hj_page_tr(req, N_("to do: %d")), (int)sum->open)
               : sum->rows > 0 ? hj_page_tr(req, N_("done"))
                               : hj_page_tr(req, N_("not due yet"));
    if (sum->open > 0)
        return hj_request_printf(
            req, "%d/%d · %s", (int)sum->met, (int)sum->owed,
            hj_request_printf(req, hj_page_tr(req, N_("to do: %d")), (int)sum->open));
    return hj_request_printf(req, "%d/%d", (int)sum->met, (int)sum->owed);
}

static const char *
title_of(HjRequest *req, const Sum *sum)
{
    if (!sum->any)
        return hj_page_tr(req, N_("does not apply"));
    if (sum->missing == 0)
        return "";
    return hj_request_printf(req, hj_page_tr(req, N_("short by %d")), (int)sum->missing);
}

/* --- what is asked for --- */

static void
add_period(HjRequest *req, HjOption *options, size_t *n, const char *text, const HjPeriod *now)
{
    HjPeriod period;
    if (!hj_period_parse(text, &period, NULL))
        return;
    options[(*n)++] = (HjOption){ .value = hj_request_strdup(req, text),
                                  .text = hj_page_period_text(req, &period),
                                  .on = strcmp(text, now->text) == 0 };
}

/* The year of the period, its halves, quarters and months, and the years beside it. */
static HjOption *
periods_of(HjRequest *req, const HjPeriod *now, size_t *ret_n)
{
    HjOption *options = hj_request_new(req, HjOption, 24);
    char text[32];
    int year, month, day;
    hj_date_split(now->from, &year, &month, &day);
    for (int y = year - 1; y <= year + 1; y++) {
        g_snprintf(text, sizeof text, "%04d", y);
        add_period(req, options, ret_n, text, now);
    }
    for (int i = 1; i <= 2; i++) {
        g_snprintf(text, sizeof text, "%04dH%d", year, i);
        add_period(req, options, ret_n, text, now);
    }
    for (int i = 1; i <= 4; i++) {
        g_snprintf(text, sizeof text, "%04dQ%d", year, i);
        add_period(req, options, ret_n, text, now);
    }
    for (int i = 1; i <= 12; i++) {
        g_snprintf(text, sizeof text, "%04d-%02d", year, i);
        add_period(req, options, ret_n, text, now);
    }
    return options;
}

bool
hj_duties_read(HjRequest *req, HjDutiesAsked *ret, GError **error)
{
    if (!hj_page_period(req, "period", &ret->period, error))
        return false;
    ret->tree = hj_figures_tree(req, ret->period.to, error);
    ret->under =
        ret->tree != NULL ? hj_figures_under(req, ret->tree, "ledger.view", error) : NULL;
    return ret->under != NULL;
}

static const char *
href_of(HjRequest *req, const HjCadence *cadence, const char *code, const HjPeriod *period)
{
    return hj_request_printf(req, "/cadences/%s?under=%s&period=%s", cadence->name, code,
                             period->text);
}

/* --- the panel --- */

static void
add_row(HjRequest *req, HjOwedView *view, const HjDutiesAsked *asked, const Column *columns,
        size_t n, const HjOrg *org, bool total)
{
    HjOwedRow *row = &view->rows[view->n_rows];
    bool any = false;
    *row = (HjOwedRow){ .name = org->name,
                        .href = hj_request_printf(req, "/cadences?under=%s&period=%s",
                                                  org->code, asked->period.text),
                        .total = total };
    row->cells = hj_request_new(req, HjOwedCell, n + 1);
    for (size_t i = 0; i < n; i++) {
        HjOwedCell *cell = &row->cells[row->n_cells++];
        cell->href = href_of(req, columns[i].cadence, org->code, &asked->period);
        if (columns[i].sums == NULL) {
            cell->text = hj_page_tr(req, N_("cannot be told yet"));
            cell->title =
                hj_page_tr(req, N_("The calendar of this year is not loaded (ARI-5)."));
            cell->light = "";
            any = true;
            continue;
        }
        const Sum *sum = &columns[i].sums[org - asked->tree->orgs];
        cell->text = text_of(req, sum);
        cell->title = title_of(req, sum);
        cell->light = light_of(sum);
        any |= sum->any;
    }
    view->n_rows += any || total;
}

static Column *
columns_of(HjRequest *req, const HjDutiesAsked *asked, HjOwedView *view, size_t *ret_n,
           GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    Column *columns = hj_request_new(req, Column, pack->n_cadences + 1);
    view->columns = hj_request_new(req, HjOwedColumn, pack->n_cadences + 1);
    for (size_t i = 0; i < pack->n_cadences; i++) {
        const HjCadence *cadence = &pack->cadences[i];
        if (!hj_cadence_is_seen_by(hj_request_actor(req), cadence))
            continue;
        Column *column = &columns[(*ret_n)++];
        column->cadence = cadence;
        if (hj_cadence_known(pack, cadence, asked->period.from, asked->period.to)) {
            column->sums =
                sums_of(req, cadence, asked->tree, asked->under, &asked->period, error);
            if (column->sums == NULL)
                return NULL;
        }
        view->columns[view->n_columns++] =
            (HjOwedColumn){ .title = hj_page_label(req, &cadence->title),
                            .every = hj_duties_every(req, cadence->every),
                            .rule = cadence->id,
                            .href = href_of(req, cadence, asked->under->code, &asked->period),
                            .assumption = cadence->assumption };
    }
    return columns;
}

HjResponse *
hj_pages_cadences(HjRequest *req, GError **error)
{
    HjDutiesAsked asked = { 0 };
    size_t n = 0;
    if (!hj_duties_read(req, &asked, error))
        return NULL;
    HjOwedView view = {
        .page = hj_page(req,
                        hj_request_printf(req, "%s · %s", asked.under->name,
                                          hj_page_tr(req, N_("Owed and done"))),
                        "table"),
        .subtitle = hj_request_printf(req, "%s · %s", hj_page_period_text(req, &asked.period),
                                      hj_figures_span(req, asked.period.from, asked.period.to)),
        .under = hj_request_query(req, "under"),
        .action = "/cadences",
    };
    const HjOrg *above = hj_org_tree_find(asked.tree, asked.under->parent);
    if (above != NULL && hj_access_check(hj_request_tx(req), hj_request_actor(req),
                                         "ledger.view", above->id, NULL))
        hj_page_crumb(req, &view.page,
                      hj_request_printf(req, "/cadences?under=%s&period=%s", above->code,
                                        asked.period.text),
                      above->name);
    view.periods = periods_of(req, &asked.period, &view.n_periods);
    Column *columns = columns_of(req, &asked, &view, &n, error);
    if (columns == NULL)
        return NULL;
    view.rows = hj_request_new(req, HjOwedRow, asked.tree->n_orgs + 2);
    for (size_t i = 0; i < asked.tree->n_orgs; i++)
        if (asked.tree->orgs[i].parent == asked.under->id)
            add_row(req, &view, &asked, columns, n, &asked.tree->orgs[i], false);
    add_row(req, &view, &asked, columns, n, asked.under, true);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_cadences(&out, &view);
    return res;
}

/* --- one cadence --- */

const HjCadence *
hj_duties_cadence(HjRequest *req, GError **error)
{
    const HjCadence *cadence =
        hj_pack_cadence(hj_request_pack(req), hj_request_part(req, "cadence"));
    if (cadence != NULL && hj_cadence_is_seen_by(hj_request_actor(req), cadence))
        return cadence;
    hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
    return NULL;
}

static const char *
roles_of(HjRequest *req, const HjCadence *cadence)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < cadence->n_by; i++) {
        const HjRole *role = hj_pack_role(hj_request_pack(req), cadence->by[i]);
        g_string_append_printf(out, "%s%s", i > 0 ? "、" : "",
                               role != NULL ? hj_page_label(req, &role->title) : "");
    }
    return hj_request_strdup(req, out->str);
}

static bool
fill_lines(HjRequest *req, const HjCadence *cadence, const HjDutiesAsked *asked,
           HjOwedOneView *view, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_cadence_periods(hj_request_tx(req), hj_request_pack(req), cadence, asked->under->id,
                           asked->period.from, asked->period.to, error);
    if (rows == NULL)
        return false;
    HjDateText today = hj_date_text(hj_tx_today(hj_request_tx(req)));
    view->lines = hj_request_new(req, HjOwedPeriod, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows)) {
        const char *from = hj_rows_text(rows, "from_on"), *to = hj_rows_text(rows, "to_on");
        int wanted = (int)hj_rows_i64(rows, "wanted"), n = (int)hj_rows_i64(rows, "n");
        bool over = strcmp(to, today.text) < 0, begun = strcmp(from, today.text) <= 0;
        bool own_date = g_strcmp0(cadence->date, cadence->ledger->date_field) == 0;
        view->lines[view->n_lines++] = (HjOwedPeriod){
            .from = hj_request_strdup(req, from),
            .to = hj_request_strdup(req, to),
            .wanted = hj_request_printf(req, "%d", wanted),
            .n = hj_request_printf(req, "%d", n),
            .light = n >= wanted ? "green"
                     : over      ? "red"
                     : begun     ? "yellow"
                                 : "",
            .word =
                n >= wanted ? hj_page_tr(req, N_("met"))
                : over  ? hj_request_printf(req, hj_page_tr(req, N_("short by %d")), wanted - n)
                : begun ? hj_request_printf(req, hj_page_tr(req, N_("to do: %d")), wanted - n)
                        : hj_page_tr(req, N_("not due yet")),
            .href = own_date
                        ? hj_request_printf(req, "/ledgers/%s?under=%s&from=%s&to=%s",
                                            cadence->ledger->name, asked->under->code, from, to)
                        : hj_request_printf(req, "/ledgers/%s?under=%s", cadence->ledger->name,
                                            asked->under->code),
        };
    }
    return true;
}

static bool
fill_below(HjRequest *req, const HjCadence *cadence, const HjDutiesAsked *asked,
           HjOwedOneView *view, GError **error)
{
    Sum *sums = sums_of(req, cadence, asked->tree, asked->under, &asked->period, error);
    if (sums == NULL)
        return false;
    view->rows = hj_request_new(req, HjOwedRow, BELOW_MOST + 1);
    for (size_t i = 0; i < asked->tree->n_orgs; i++) {
        const HjOrg *org = &asked->tree->orgs[i];
        if (org->parent != asked->under->id || !sums[i].any)
            continue;
        if (view->n_rows == BELOW_MOST) {
            view->more = true;
            break;
        }
        HjOwedRow *row = &view->rows[view->n_rows++];
        row->name = org->name;
        row->href = href_of(req, cadence, org->code, &asked->period);
        row->cells = hj_request_new(req, HjOwedCell, 1);
        row->n_cells = 1;
        row->cells[0] = (HjOwedCell){ .text = text_of(req, &sums[i]),
                                      .title = title_of(req, &sums[i]),
                                      .light = light_of(&sums[i]),
                                      .href = row->href };
    }
    return true;
}

HjResponse *
hj_pages_cadence(HjRequest *req, GError **error)
{
    HjDutiesAsked asked = { 0 };
    const HjCadence *cadence = hj_duties_cadence(req, error);
    if (cadence == NULL || !hj_duties_read(req, &asked, error))
        return NULL;
    bool known =
        hj_cadence_known(hj_request_pack(req), cadence, asked.period.from, asked.period.to);
    HjOwedOneView view = {
        .page = hj_page(req,
                        hj_request_printf(req, "%s · %s", asked.under->name,
                                          hj_page_label(req, &cadence->title)),
                        "table"),
        .subtitle = hj_request_printf(req, "%s · %s", hj_page_period_text(req, &asked.period),
                                      hj_figures_span(req, asked.period.from, asked.period.to)),
        .help = hj_page_label(req, &cadence->help),
        .rule = cadence->id,
        .every = hj_duties_every(req, cadence->every),
        .by = roles_of(req, cadence),
        .source = cadence->source,
        .assumption = cadence->assumption,
        .under = hj_request_query(req, "under"),
        .action = hj_request_printf(req, "/cadences/%s", cadence->name),
        .unknown =
            known ? NULL
                  : hj_page_tr(req, N_("The calendar of this year is not loaded (ARI-5).")),
        .new_href = cadence->ledger->in == NULL &&
                            hj_access_may_ledger(hj_request_actor(req), cadence->ledger,
                                                 HJ_ACCESS_ENTER)
                        ? hj_request_printf(req, "/ledgers/%s/new?org=%s",
                                            cadence->ledger->name, asked.under->code)
                        : NULL,
    };
    hj_page_crumb(req, &view.page,
                  hj_request_printf(req, "/cadences?under=%s&period=%s", asked.under->code,
                                    asked.period.text),
                  hj_page_tr(req, N_("Owed and done")));
    view.periods = periods_of(req, &asked.period, &view.n_periods);
    if (known && (!fill_lines(req, cadence, &asked, &view, error) ||
                  !fill_below(req, cadence, &asked, &view, error)))
        return NULL;
    if (view.n_lines == 0)
        view.new_href = NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_cadence(&out, &view);
    return res;
}
