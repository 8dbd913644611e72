/* Figures in groups, each with what it was at the ends of former half-years. */
#include "web/pages_cockpit.h"

#include <string.h>

#define MOST_POINTS 6
#define SPARK_WIDTH 72
#define SPARK_HEIGHT 20

/* The twenty-five systems of the product, as its readers call them. */
static const char *
system_title(HjRequest *req, const char *system)
{
    static const char *const titles[][2] = {
        { "M1", N_("Organizations and people") },
        { "M2", N_("Directives and meetings") },
        { "M3", N_("Reporting on duties") },
        { "M4", N_("Pledges") },
        { "M5", N_("Monthly review") },
        { "M6", N_("Half-year contest") },
        { "M7", N_("Village election") },
        { "M8", N_("Candidates") },
        { "M9", N_("Problem villages") },
        { "M10", N_("Disputes and petitions") },
        { "M11", N_("Training") },
        { "M12", N_("Village sites") },
        { "M13", N_("Demonstration villages") },
        { "M14", N_("Star branches") },
        { "M15", N_("Collective economy") },
        { "M16", N_("Enterprises") },
        { "M17", N_("Member development") },
        { "M18", N_("Broadcasting") },
        { "M19", N_("Organization life") },
        { "M20", N_("Duty roster") },
        { "M21", N_("Channels") },
        { "M22", N_("Honours") },
        { "M23", N_("Publicity") },
        { "M24", N_("Achievements") },
        { "M25", N_("Supervision") },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
        if (g_strcmp0(system, titles[i][0]) == 0)
            return hj_tr(hj_request_lang(req), titles[i][1]);
    return system != NULL ? system : hj_tr(hj_request_lang(req), N_("Other figures"));
}

typedef struct {
    HjRequest *req;
    const HjOrg *under;
    HjDate from;
    HjDate ends[MOST_POINTS]; /* of the half-years, the asked period's last */
    const char *names[MOST_POINTS];
    size_t n_ends;
    bool screen;
} Trends;

/* Half-years since the rules begin, up to the asked period. */
static void
find_ends(Trends *t, const HjPeriod *period)
{
    HjPeriod half = hj_period_half_of(period->to);
    HjPeriod found[MOST_POINTS];
    size_t n = 0;
    found[n++] = *period;
    for (int step = -1; n < MOST_POINTS; step--) {
        HjPeriod one = hj_period_shift(&half, step);
        if (one.from == HJ_DATE_NONE || one.from < t->from)
            break;
        if (one.to < period->to)
            found[n++] = one;
    }
    for (size_t i = n; i-- > 0;) {
        t->ends[t->n_ends] = found[i].to;
        t->names[t->n_ends++] = hj_page_period_text(t->req, &found[i]);
    }
}

/* A polyline that fills the small picture from its least to its greatest value. */
static void
draw(Trends *t, HjFigureTile *tile, const HjFigureValue *values)
{
    int64_t least = INT64_MAX, greatest = INT64_MIN;
    size_t n = 0;
    for (size_t i = 0; i < t->n_ends; i++) {
        if (!values[i].has)
            continue;
        least = MIN(least, values[i].shown);
        greatest = MAX(greatest, values[i].shown);
        n++;
    }
    if (n < 2 || greatest == least)
        return;
    g_autoptr(GString) points = g_string_new(NULL);
    g_autoptr(GString) words = g_string_new(NULL);
    int x = 0, y = 0;
    for (size_t i = 0; i < t->n_ends; i++) {
        if (!values[i].has)
            continue;
        x = 2 + (int)i * (SPARK_WIDTH - 5) / (int)(t->n_ends - 1);
        y = SPARK_HEIGHT - 3 -
            (int)((values[i].shown - least) * (SPARK_HEIGHT - 6) / (greatest - least));
        g_string_append_printf(points, "%s%d,%d", points->len > 0 ? " " : "", x, y);
        g_string_append_printf(words, "%s%s %s", words->len > 0 ? "; " : "", t->names[i],
                               hj_decimal_text_grouped(values[i].shown, values[i].scale).text);
    }
    tile->points = hj_request_strdup(t->req, points->str);
    tile->last_x = hj_request_printf(t->req, "%d", x);
    tile->last_y = hj_request_printf(t->req, "%d", y);
    tile->trend = hj_request_strdup(t->req, words->str);
}

static bool
make_tile(Trends *t, const HjFigure *figure, HjFigureTile *tile, GError **error)
{
    HjFigureValue values[MOST_POINTS] = { 0 };
    for (size_t i = 0; i < t->n_ends; i++) {
        const HjIndicatorSet *set =
            hj_figures_set(t->req, figure->indicator, t->from, t->ends[i], error);
        if (set == NULL)
            return false;
        values[i] = hj_report_figure(figure, hj_indicator_at(set, t->under->id));
    }
    const HjFigureValue *now = &values[t->n_ends - 1];
    *tile = (HjFigureTile){
        .title = hj_page_label(t->req, &figure->title),
        .text = now->has ? hj_request_strdup(
                               t->req, hj_decimal_text_grouped(now->shown, now->scale).text)
                         : "—",
        .unit = now->has ? hj_page_label(t->req, &figure->unit) : "",
        .href = hj_request_printf(t->req, "%s%s", t->screen ? "/screen" : "",
                                  hj_figures_href(t->req, figure->indicator, t->under->code,
                                                  t->from, t->ends[t->n_ends - 1])),
    };
    draw(t, tile, values);
    return true;
}

static HjFigureGroup *
group_of(HjRequest *req, HjFigureGroup *groups, size_t *n, const char *title, size_t n_figures)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(groups[i].title, title) == 0)
            return &groups[i];
    HjFigureGroup *group = &groups[(*n)++];
    group->title = title;
    group->figures = hj_request_new(req, HjFigureTile, n_figures);
    return group;
}

bool
hj_pages_cockpit_figures(HjRequest *req, const HjOrg *under, const HjPeriod *period,
                         bool screen, HjFigureGroup **ret, size_t *ret_n, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    *ret = NULL;
    *ret_n = 0;
    if (pack->n_reports == 0)
        return true;
    const HjReport *report = &pack->reports[0];
    Trends t = { .req = req, .under = under, .screen = screen };
    t.from = pack->valid_from != HJ_DATE_NONE && pack->valid_from <= period->to
                 ? pack->valid_from
                 : period->from;
    find_ends(&t, period);
    HjFigureGroup *groups = hj_request_new(req, HjFigureGroup, report->n_figures + 1);
    for (size_t i = 0; i < report->n_figures; i++) {
        const HjFigure *figure = &report->figures[i];
        HjFigureGroup *group =
            group_of(req, groups, ret_n, system_title(req, figure->system), report->n_figures);
        if (!make_tile(&t, figure, &group->figures[group->n_figures++], error))
            return false;
    }
    *ret = groups;
    return true;
}
