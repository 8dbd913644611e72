/* An indicator over months or half-years: a table, and a chart drawn from the same numbers. */
#include "trends.html.h"
#include "web/pages_cockpit.h"
#include "web/vacant.h"

#include <string.h>

#define MOST_PERIODS 12
#define MOST_HALVES 6

typedef struct {
    HjRequest *req;
    const HjIndicator *indicator;
    const HjOrgTree *tree;
    const HjOrg *under;
    bool months;
    HjPeriod last;
    HjPeriod periods[MOST_PERIODS]; /* the oldest first */
    const HjIndicatorSet *sets[MOST_PERIODS];
    size_t n;
} Trend;

/* Indicators with numbers for pages, the asked one on. */
static HjOption *
indicators(Trend *t, size_t *ret_n)
{
    const HjPack *pack = hj_request_pack(t->req);
    HjOption *options = hj_request_new(t->req, HjOption, pack->n_indicators + 1);
    *ret_n = 0;
    for (size_t i = 0; i < pack->n_indicators; i++)
        options[(*ret_n)++] = (HjOption){
            .value = pack->indicators[i].name,
            .text = hj_page_label(t->req, &pack->indicators[i].title),
            .on = &pack->indicators[i] == t->indicator,
        };
    return options;
}

static bool
read_indicator(Trend *t, GError **error)
{
    const char *name = hj_request_query(t->req, "indicator");
    if (name != NULL && *name != '\0') {
        t->indicator = hj_pack_indicator(hj_request_pack(t->req), name);
        return t->indicator != NULL ||
               hj_fail(error, HJ_ERROR_MALFORMED, "There is no such indicator.");
    }
    const HjPack *pack = hj_request_pack(t->req);
    size_t n = 0;
    const HjIndicator **all = hj_grid_indicators(t->req, &n);
    t->indicator = n > 0 ? all[0] : pack->n_indicators > 0 ? &pack->indicators[0] : NULL;
    return t->indicator != NULL ||
           hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such indicator.");
}

/* The last day asked for decides the months too. */
static bool
find_periods(Trend *t, GError **error)
{
    const char *by = hj_request_query(t->req, "by");
    t->months = by != NULL && g_str_equal(by, "month");
    if (by != NULL && *by != '\0' && !t->months && !g_str_equal(by, "half"))
        return hj_fail(error, HJ_ERROR_MALFORMED, "by is month or half.");
    if (!hj_page_period(t->req, "period", &t->last, error))
        return false;
    HjPeriod newest = hj_period_half_of(t->last.to);
    if (t->months) {
        int year, month, day;
        hj_date_split(t->last.to, &year, &month, &day);
        if (!hj_period_parse(hj_request_printf(t->req, "%04d-%02d", year, month), &newest,
                             error))
            return false;
    }
    HjDate begin = hj_request_pack(t->req)->valid_from;
    HjPeriod found[MOST_PERIODS];
    size_t n = 0, most = t->months ? MOST_PERIODS : MOST_HALVES;
    for (int step = 0; n < most; step--) {
        HjPeriod one = hj_period_shift(&newest, step);
        if (one.from == HJ_DATE_NONE || (n > 0 && begin != HJ_DATE_NONE && one.to < begin))
            break;
        found[n++] = one;
    }
    for (size_t i = 0; i < n; i++)
        t->periods[i] = found[n - 1 - i];
    t->n = n;
    return true;
}

/* Everything that the page and its data share. */
static bool
load(Trend *t, GError **error)
{
    if (!read_indicator(t, error) || !find_periods(t, error))
        return false;
    t->tree = hj_figures_tree(t->req, t->periods[t->n - 1].to, error);
    t->under =
        t->tree != NULL ? hj_figures_under(t->req, t->tree, "indicator.view", error) : NULL;
    if (t->under == NULL)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        t->sets[i] =
            hj_figures_set(t->req, t->indicator, t->periods[i].from, t->periods[i].to, error);
        if (t->sets[i] == NULL)
            return false;
    }
    return true;
}

static const char *
short_name(Trend *t, const HjPeriod *period)
{
    return hj_request_strdup(t->req, period->text);
}

static void
add_line(Trend *t, HjTrendView *view, const HjOrg *org, bool total)
{
    HjTrendLine *line = &view->lines[view->n_lines];
    *line = (HjTrendLine){ .name = org->name, .total = total };
    line->href = hj_request_printf(t->req, "/trends?indicator=%s&by=%s&period=%s&under=%s",
                                   t->indicator->name, view->by, t->last.text, org->code);
    line->points = hj_request_new(t->req, HjTrendPoint, t->n);
    bool any = total;
    for (size_t i = 0; i < t->n; i++) {
        HjIndicatorValue value = hj_indicator_at(t->sets[i], org->id);
        HjNumber number = hj_figures_number(t->req, t->indicator, t->sets[i], org,
                                            t->periods[i].from, t->periods[i].to);
        any = any || value.has;
        line->points[line->n_points++] = (HjTrendPoint){
            .text = short_name(t, &t->periods[i]),
            .value = number.column,
            .numerator = hj_request_printf(t->req, "%" G_GINT64_FORMAT, value.numerator),
            .denominator = hj_request_printf(t->req, "%" G_GINT64_FORMAT, value.denominator),
            .light = number.light,
            .href = number.href,
        };
    }
    view->n_lines += any;
}

static HjLink
by_link(Trend *t, const char *by, const char *text, bool on)
{
    return (HjLink){
        .href = hj_request_printf(t->req, "/trends?indicator=%s&by=%s&period=%s&under=%s",
                                  t->indicator->name, by, t->last.text, t->under->code),
        .text = text,
        .on = on,
    };
}

HjResponse *
hj_pages_trends(HjRequest *req, GError **error)
{
    Trend t = { .req = req };
    if (!load(&t, error))
        return t.indicator != NULL
                   ? hj_vacant(req, t.tree, hj_page_label(req, &t.indicator->title), "cockpit",
                               error)
                   : NULL;
    const char *title = hj_page_label(req, &t.indicator->title);
    HjTrendView view = {
        .page =
            hj_page(req, hj_request_printf(req, "%s · %s", t.under->name, title), "cockpit"),
        .subtitle =
            hj_request_printf(req, "%s — %s", t.periods[0].text, t.periods[t.n - 1].text),
        .name = title,
        .help = hj_page_label(req, &t.indicator->help),
        .unit = hj_page_label(req, &t.indicator->unit),
        .assumption = t.indicator->assumption,
        .under = t.under->code,
        .by = t.months ? "month" : "half",
        .period = t.last.text,
        .indicator_href = hj_figures_href(req, t.indicator, t.under->code,
                                          t.periods[t.n - 1].from, t.periods[t.n - 1].to),
        .steps = hj_request_new(req, HjLink, 2),
        .n_steps = 2,
    };
    view.data_href =
        hj_request_printf(req, "/trends/data?indicator=%s&by=%s&period=%s&under=%s",
                          t.indicator->name, view.by, t.last.text, t.under->code);
    view.steps[0] = by_link(&t, "half", hj_page_tr(req, N_("by half-year")), !t.months);
    view.steps[1] = by_link(&t, "month", hj_page_tr(req, N_("by month")), t.months);
    view.options = indicators(&t, &view.n_options);
    view.periods = hj_figures_periods(req, &t.last, true, &view.n_periods);
    hj_page_crumb(req, &view.page, "/cockpit", hj_page_tr(req, N_("Cockpit")));
    const HjOrg *above = hj_org_tree_find(t.tree, t.under->parent);
    if (above != NULL &&
        hj_access_sees_org(hj_request_tx(req), hj_request_actor(req), above->id))
        hj_page_crumb(req, &view.page,
                      hj_request_printf(req, "/trends?indicator=%s&by=%s&period=%s&under=%s",
                                        t.indicator->name, view.by, t.last.text, above->code),
                      above->name);
    view.lines = hj_request_new(req, HjTrendLine, t.tree->n_orgs + 1);
    add_line(&t, &view, t.under, true);
    for (size_t i = 0; i < t.tree->n_orgs; i++)
        if (t.tree->orgs[i].parent == t.under->id)
            add_line(&t, &view, &t.tree->orgs[i], false);
    view.heads = view.lines[0].points;
    view.n_heads = view.lines[0].n_points;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_trends(&out, &view);
    return res;
}

/* A value as a chart reads it: its exact text, or null. */
static void
put_value(HjJsonWriter *w, const Trend *t, size_t i, int64_t org)
{
    HjIndicatorValue value = hj_indicator_at(t->sets[i], org);
    if (value.has)
        hj_json_text(w, hj_decimal_text(value.value, t->indicator->scale).text);
    else
        hj_json_text(w, NULL);
}

static void
put_series(HjJsonWriter *w, const Trend *t, const HjOrg *org)
{
    hj_json_begin_object(w);
    hj_json_key(w, "name");
    hj_json_text(w, org->name);
    hj_json_key(w, "values");
    hj_json_begin_array(w);
    for (size_t i = 0; i < t->n; i++)
        put_value(w, t, i, org->id);
    hj_json_end_array(w);
    hj_json_end_object(w);
}

HjResponse *
hj_pages_trends_data(HjRequest *req, GError **error)
{
    Trend t = { .req = req };
    if (!load(&t, error))
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "title");
    hj_json_text(&w, hj_page_label(req, &t.indicator->title));
    hj_json_key(&w, "unit");
    hj_json_text(&w, hj_page_label(req, &t.indicator->unit));
    hj_json_key(&w, "periods");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < t.n; i++)
        hj_json_text(&w, t.periods[i].text);
    hj_json_end_array(&w);
    hj_json_key(&w, "series");
    hj_json_begin_array(&w);
    put_series(&w, &t, t.under);
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    return res;
}
