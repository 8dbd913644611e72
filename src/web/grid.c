#include "web/grid.h"

#include <stdlib.h>
#include <string.h>

#define STEPS 5 /* 1 the lightest … 5 the darkest; 0: not applicable */

/* What the first report maps; the first of the table where it maps nothing. */
static const HjIndicator *
mapped(const HjPack *pack)
{
    const HjIndicator *found = pack->n_reports > 0 ? pack->reports[0].map : NULL;
    for (size_t i = 0; found == NULL && i < pack->n_indicators; i++)
        if (pack->indicators[i].on_table)
            found = &pack->indicators[i];
    return found;
}

bool
hj_grid_compares(const HjPack *pack, const char *kind)
{
    const HjIndicator *map = mapped(pack);
    const HjOrgKind *cell = map != NULL ? hj_pack_org_kind(pack, map->of) : NULL;
    bool above = false;
    for (size_t i = 0; cell != NULL && i < cell->n_under; i++)
        above = above || g_str_equal(cell->under[i], kind);
    return above || (cell != NULL && g_str_equal(cell->name, kind));
}

const HjIndicator **
hj_grid_indicators(HjRequest *req, size_t *ret_n)
{
    const HjPack *pack = hj_request_pack(req);
    const HjIndicator *map = mapped(pack), *at = pack->indicators;
    const HjIndicator **found =
        hj_request_new(req, const HjIndicator *, pack->n_indicators + 1);
    size_t n = 0;
    if (map != NULL)
        found[n++] = map;
    for (; map != NULL && at < pack->indicators + pack->n_indicators; at++)
        if (at->on_table && g_str_equal(at->of, map->of) && at != map)
            found[n++] = at;
    *ret_n = n;
    return found;
}

bool
hj_grid_indicator(HjRequest *req, const HjIndicator **ret, GError **error)
{
    size_t n = 0;
    const HjIndicator **all = hj_grid_indicators(req, &n);
    const char *name = hj_request_query(req, "indicator");
    *ret = n > 0 ? all[0] : NULL;
    if (name == NULL || *name == '\0')
        return true;
    for (size_t i = 0; i < n; i++) {
        *ret = all[i];
        if (g_str_equal(all[i]->name, name))
            return true;
    }
    return hj_fail(error, HJ_ERROR_MALFORMED, "There is no such indicator.");
}

/* --- steps --- */

/* Bounds that fall together are one step. */
typedef struct {
    int64_t bounds[STEPS - 1];
    int n_bounds;
} Scale;

static int
compare_i64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void
add_bound(Scale *scale, int64_t bound, int64_t least)
{
    int64_t last = scale->n_bounds > 0 ? scale->bounds[scale->n_bounds - 1] : least;
    if (bound > last)
        scale->bounds[scale->n_bounds++] = bound;
}

/* Over all villages of the county, so that a township's colours mean the same as the county's.
 */
static Scale
make_scale(HjRequest *req, const HjIndicator *indicator, const HjIndicatorSet *set,
           const HjOrgTree *tree)
{
    Scale scale = { .n_bounds = 0 };
    if (indicator->percent) {
        int64_t unit = 1;
        for (int i = 0; i < indicator->scale; i++)
            unit *= 10;
        for (int i = 0; i < STEPS - 1; i++)
            add_bound(&scale, (int64_t[]){ 40, 60, 80, 100 }[i] * unit, 0);
        return scale;
    }
    int64_t *values = hj_request_new(req, int64_t, tree->n_orgs);
    size_t n = 0;
    for (size_t i = 0; i < tree->n_orgs; i++) {
        HjIndicatorValue value = hj_indicator_at(set, tree->orgs[i].id);
        if (g_str_equal(tree->orgs[i].kind, indicator->of) && value.has)
            values[n++] = value.value;
    }
    if (n == 0)
        return scale;
    qsort(values, n, sizeof *values, compare_i64);
    for (size_t i = 0; i < STEPS - 1; i++)
        add_bound(&scale, values[MIN(n - 1, n * (i + 1) / STEPS)], values[0]);
    return scale;
}

/* The step of the @i-th class, whatever their number. */
static int
step_at(const Scale *scale, int i)
{
    return scale->n_bounds > 0 ? 1 + i * (STEPS - 1) / scale->n_bounds : 3;
}

static int
step_of(const Scale *scale, const HjIndicatorValue *value)
{
    if (!value->has)
        return 0;
    int above = 0;
    for (int i = 0; i < scale->n_bounds; i++)
        above += value->value >= scale->bounds[i];
    return step_at(scale, above);
}

/* --- cells --- */

typedef struct {
    HjRequest *req;
    const HjIndicator *indicator;
    const HjIndicatorSet *set;
    const HjOrgTree *tree;
    const HjGridWish *wish;
    Scale scale;
    const char *unit, *rows; /* rows: address of the rows behind, without the code */
    HjGrid *grid;
    int64_t n_of[STEPS + 1]; /* villages on each step */
} Grid;

static const char *
with_unit(const Grid *g, const HjOrg *org)
{
    HjIndicatorValue value = hj_indicator_at(g->set, org->id);
    g_autofree char *text = hj_indicator_text(g->indicator, &value, true);
    return hj_request_printf(g->req, "%s%s%s", text,
                             value.has && g->unit != NULL && !g->indicator->percent ? " " : "",
                             value.has && g->unit != NULL ? g->unit : "");
}

static const char *
page_of(const Grid *g, const HjOrg *org)
{
    return g->wish->screen ? hj_request_printf(g->req, "%s%s", g->rows, org->code)
                           : hj_request_printf(g->req, "/orgs/%s?period=%s", org->code,
                                               g->wish->period->text);
}

static void
add_cell(Grid *g, HjGridTown *town, const HjOrg *org, int64_t *n_of)
{
    HjIndicatorValue value = hj_indicator_at(g->set, org->id);
    int step = step_of(&g->scale, &value);
    n_of[step]++;
    g->n_of[step]++;
    town->cells[town->n_cells++] = (HjGridCell){
        .href = page_of(g, org), .name = org->name, .text = with_unit(g, org), .step = step
    };
}

static const char *
light_of(const Grid *g, const HjOrg *org)
{
    HjNumber number = hj_figures_number(g->req, g->indicator, g->set, org,
                                        g->wish->period->from, g->wish->period->to);
    return number.light;
}

/* "1: 12, 2: 30, …" for those who do not see the bar. */
static const char *
spread_words(const Grid *g, const int64_t *n_of)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i <= STEPS; i++)
        if (n_of[i] > 0)
            g_string_append_printf(text, "%s%d: %d", text->len > 0 ? ", " : "", i,
                                   (int)n_of[i]);
    return hj_request_strdup(g->req, text->str);
}

static void
add_sum(Grid *g, const HjGridTown *town, const HjOrg *org, const int64_t *n_of)
{
    HjGridSum *sum = &g->grid->sums[g->grid->n_sums++];
    *sum = (HjGridSum){ .name = org->name,
                        .href = town->href,
                        .text = town->text,
                        .light = light_of(g, org),
                        .spread = spread_words(g, n_of),
                        .steps = hj_request_new(g->req, HjGridStep, STEPS + 1),
                        .n = (int64_t)town->n_cells,
                        .n_low = n_of[step_at(&g->scale, 0)] };
    int64_t before = 0;
    for (int i = 0; i <= STEPS; i++) {
        int at = (int)(before * 100 / sum->n);
        before += n_of[i];
        if (n_of[i] > 0)
            sum->steps[sum->n_steps++] = (HjGridStep){
                .step = i, .n = n_of[i], .at = at, .width = (int)(before * 100 / sum->n) - at
            };
    }
}

static bool
is_cell(const Grid *g, const HjOrg *above, const HjOrg *org)
{
    return org->parent == above->id && g_str_equal(org->kind, g->indicator->of);
}

/* The villages directly below @org. */
static void
add_town(Grid *g, const HjOrg *org)
{
    const HjOrgTree *tree = g->tree;
    size_t n = 0;
    for (size_t i = 0; i < tree->n_orgs; i++)
        n += is_cell(g, org, &tree->orgs[i]);
    if (n == 0)
        return;
    int64_t n_of[STEPS + 1] = { 0 };
    HjGridTown *town = &g->grid->towns[g->grid->n_towns++];
    town->cells = hj_request_new(g->req, HjGridCell, n);
    for (size_t i = 0; i < tree->n_orgs; i++)
        if (is_cell(g, org, &tree->orgs[i]))
            add_cell(g, town, &tree->orgs[i], n_of);
    town->name = org->name;
    town->text = with_unit(g, org);
    town->href = hj_request_printf(g->req, "%s%s", g->rows, org->code);
    g->grid->n_villages += (int64_t)n;
    add_sum(g, town, org, n_of);
}

/* --- around it --- */

static void
fill_keys(Grid *g)
{
    HjGrid *grid = g->grid;
    const Scale *scale = &g->scale;
    grid->keys = hj_request_new(g->req, HjGridStep, STEPS + 1);
    if (g->n_of[0] > 0)
        grid->keys[grid->n_keys++] =
            (HjGridStep){ .step = 0,
                          .n = g->n_of[0],
                          .text = hj_tr(hj_request_lang(g->req), N_("not applicable")) };
    for (int i = 0; i <= scale->n_bounds && scale->n_bounds > 0; i++)
        grid->keys[grid->n_keys++] = (HjGridStep){
            .step = step_at(scale, i),
            .n = g->n_of[step_at(scale, i)],
            .text = hj_request_printf(
                g->req, "%s %s%s%s", i == 0 ? "<" : "≥",
                hj_decimal_text_grouped(scale->bounds[MAX(i - 1, 0)], g->indicator->scale).text,
                i == scale->n_bounds && g->unit != NULL && !g->indicator->percent ? " " : "",
                i == scale->n_bounds && g->unit != NULL ? g->unit : ""),
        };
    if (scale->n_bounds == 0 && g->n_of[3] > 0)
        grid->keys[grid->n_keys++] = (HjGridStep){
            .step = 3, .n = g->n_of[3], .text = hj_tr(hj_request_lang(g->req), N_("all alike"))
        };
}

static void
fill_choices(Grid *g)
{
    size_t n = 0;
    const HjIndicator **all = hj_grid_indicators(g->req, &n);
    HjGrid *grid = g->grid;
    grid->choices = hj_request_new(g->req, HjLink, n);
    grid->options = hj_request_new(g->req, HjOption, n);
    for (size_t i = 0; i < n; i++) {
        const char *title = hj_page_label(g->req, &all[i]->title);
        bool on = all[i] == g->indicator;
        grid->choices[grid->n_choices++] =
            (HjLink){ .href = hj_request_printf(g->req, "%s%s", g->wish->base, all[i]->name),
                      .text = title,
                      .on = on };
        grid->options[grid->n_options++] =
            (HjOption){ .value = all[i]->name, .text = title, .on = on };
    }
}

/* Addresses of the rows behind, to be ended with a code. */
static const char *
rows_base(HjRequest *req, const HjIndicator *indicator, const HjGridWish *wish)
{
    return hj_request_printf(
        req, "%s/indicators/%s?from=%s&to=%s&under=", wish->screen ? "/screen" : "",
        indicator->name, hj_date_text(wish->period->from).text,
        hj_date_text(wish->period->to).text);
}

bool
hj_grid_fill(HjRequest *req, const HjIndicator *indicator, const HjGridWish *wish, HjGrid *ret,
             GError **error)
{
    const HjOrgTree *tree = hj_figures_tree(req, wish->period->to, error);
    const HjIndicatorSet *set =
        tree != NULL
            ? hj_figures_set(req, indicator, wish->period->from, wish->period->to, error)
            : NULL;
    if (set == NULL)
        return false;
    const HjLabel *title = &indicator->title;
    *ret = (HjGrid){ .title = hj_page_label(req, title),
                     .name = indicator->name,
                     .unit = hj_page_label(req, &indicator->unit),
                     .help = hj_page_label(req, &indicator->help),
                     .assumption = indicator->assumption,
                     .towns = hj_request_new(req, HjGridTown, tree->n_orgs),
                     .sums = hj_request_new(req, HjGridSum, tree->n_orgs) };
    Grid g = { .req = req,
               .indicator = indicator,
               .set = set,
               .tree = tree,
               .wish = wish,
               .scale = make_scale(req, indicator, set, tree),
               .unit = ret->unit,
               .rows = rows_base(req, indicator, wish),
               .grid = ret };
    ret->rows_href = g.rows;
    ret->value = with_unit(&g, wish->under);
    ret->trend_href = hj_request_printf(req, "/trends?indicator=%s&under=%s", indicator->name,
                                        wish->under->code);
    for (size_t i = 0; i < tree->n_orgs; i++)
        if (tree->orgs[i].id == wish->under->id || tree->orgs[i].parent == wish->under->id)
            add_town(&g, &tree->orgs[i]);
    fill_keys(&g);
    fill_choices(&g);
    return true;
}
