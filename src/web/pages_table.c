/* The table of lights: organizations by indicators, with columns and an order of one's own, and
 * views kept under a name. */
#include "core/kept_list.h"
#include "table.html.h"
#include "web/pages_cockpit.h"
#include "web/vacant.h"

#include <stdlib.h>
#include <string.h>

#define VIEWS "@table"

typedef struct {
    HjRequest *req;
    HjLightsView *view;
    HjPeriod period;
    const HjOrgTree *tree;
    const HjOrg *under;
    const HjIndicator **shown;
    const HjIndicatorSet **sets;
    size_t n;
    const char *show; /* names of the chosen columns, "a,b"; "" for those of the pack */
    int sort;         /* index in .shown, or -1: order of the tree */
    bool up;          /* least first */
} Table;

/* --- what is shown --- */

/* All values of ?show=, joined. */
static const char *
asked_columns(HjRequest *req)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < hj_request_n_query(req); i++)
        if (strcmp(hj_request_query_name(req, i), "show") == 0 &&
            *hj_request_query_value(req, i) != '\0')
            g_string_append_printf(out, "%s%s", out->len > 0 ? "," : "",
                                   hj_request_query_value(req, i));
    return hj_request_strdup(req, out->str);
}

static bool
read_columns(Table *t, GError **error)
{
    const HjPack *pack = hj_request_pack(t->req);
    t->show = asked_columns(t->req);
    t->shown = hj_request_new(t->req, const HjIndicator *, pack->n_indicators + 1);
    g_auto(GStrv) names = g_strsplit(t->show, ",", -1);
    for (int i = 0; names[i] != NULL; i++)
        if (hj_pack_indicator(pack, names[i]) == NULL)
            return hj_fail(error, HJ_ERROR_MALFORMED, "There is no such indicator.");
    for (size_t i = 0; i < pack->n_indicators; i++) {
        const HjIndicator *one = &pack->indicators[i];
        bool on = *t->show != '\0' ? g_strv_contains((const char *const *)names, one->name)
                                   : one->on_table;
        if (on)
            t->shown[t->n++] = one;
    }
    return true;
}

/* "name" of a column, "-name" for the least first; nothing for the order of the tree. */
static bool
read_sort(Table *t, GError **error)
{
    const char *sort = hj_request_query(t->req, "sort");
    t->sort = -1;
    if (sort == NULL || *sort == '\0')
        return true;
    t->up = *sort == '-';
    for (size_t i = 0; i < t->n && t->sort < 0; i++)
        if (strcmp(t->shown[i]->name, sort + t->up) == 0)
            t->sort = (int)i;
    return t->sort >= 0 ||
           hj_fail(error, HJ_ERROR_MALFORMED, "A table is sorted by one of its columns.");
}

/* The address of this table with another order. */
static const char *
query_of(Table *t, const char *sort)
{
    g_autoptr(GString) out = g_string_new("period=");
    g_string_append(out, t->period.text);
    if (hj_request_query(t->req, "under") != NULL)
        g_string_append_printf(out, "&under=%s", t->under->code);
    if (*t->show != '\0')
        g_string_append_printf(out, "&show=%s", t->show);
    if (*sort != '\0')
        g_string_append_printf(out, "&sort=%s", sort);
    return hj_request_strdup(t->req, out->str);
}

static const char *
sort_now(Table *t)
{
    return t->sort < 0
               ? ""
               : hj_request_printf(t->req, "%s%s", t->up ? "-" : "", t->shown[t->sort]->name);
}

/* "≥ 80 · ≥ 60" */
static const char *
bounds_words(HjRequest *req, const HjIndicator *indicator, const HjThreshold *threshold)
{
    if (!threshold->has)
        return NULL;
    const char *sign = indicator->lower_is_better ? "≤" : "≥";
    HjDecimalText green = hj_decimal_text_grouped(threshold->green, indicator->scale);
    HjDecimalText yellow = hj_decimal_text_grouped(threshold->yellow, indicator->scale);
    return hj_request_printf(req, "%s %s / %s %s", sign, green.text, sign, yellow.text);
}

static void
add_column(Table *t, const HjThresholds *thresholds, size_t i)
{
    HjRequest *req = t->req;
    const HjIndicator *one = t->shown[i];
    HjThreshold threshold = hj_threshold_at(thresholds, one, t->tree, t->under->id);
    bool on = t->sort == (int)i;
    const char *next = hj_request_printf(req, "%s%s", on && !t->up ? "-" : "", one->name);
    t->view->columns[t->view->n_columns++] = (HjLightColumn){
        .name = one->name,
        .title = hj_page_label(req, &one->title),
        .unit = hj_page_label(req, &one->unit),
        .help = hj_page_label(req, &one->help),
        .href = hj_figures_href(req, one, t->under->code, t->period.from, t->period.to),
        .sort_href = hj_request_printf(req, "/table?%s", query_of(t, next)),
        .sorted = !on     ? NULL
                  : t->up ? "ascending"
                          : "descending",
        .bounds = bounds_words(req, one, &threshold),
        .own = threshold.org != 0,
    };
}

static bool
fill_columns(Table *t, GError **error)
{
    HjRequest *req = t->req;
    HjLightsView *view = t->view;
    const HjPack *pack = hj_request_pack(req);
    const HjThresholds *thresholds = hj_figures_thresholds(req, error);
    if (thresholds == NULL)
        return false;
    view->columns = hj_request_new(req, HjLightColumn, t->n + 1);
    t->sets = hj_request_new(req, const HjIndicatorSet *, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        t->sets[i] = hj_figures_set(req, t->shown[i], t->period.from, t->period.to, error);
        if (t->sets[i] == NULL)
            return false;
        add_column(t, thresholds, i);
    }
    view->choices = hj_request_new(req, HjLightColumn, pack->n_indicators + 1);
    for (size_t i = 0; i < pack->n_indicators; i++) {
        const HjIndicator *one = &pack->indicators[i];
        bool on = false;
        for (size_t k = 0; k < t->n; k++)
            on = on || t->shown[k] == one;
        view->choices[view->n_choices++] = (HjLightColumn){
            .name = one->name, .title = hj_page_label(req, &one->title), .on = on
        };
    }
    return true;
}

/* --- rows --- */

/* Kinds that the table compares: what stands directly below, but not branches beside villages.
 */
static bool
is_compared(const HjOrg *org)
{
    return !g_str_equal(org->kind, "branch") && !g_str_equal(org->kind, "department") &&
           !g_str_equal(org->kind, "enterprise");
}

typedef struct {
    const HjOrg *org;
    HjIndicatorValue value; /* of the column that sorts */
    size_t place;
    bool up;
} Line;

/* What has no value stands last, either way. */
static int
compare(const void *a, const void *b)
{
    const Line *x = a, *y = b;
    if (x->value.has != y->value.has)
        return x->value.has ? -1 : 1;
    if (x->value.has && x->value.value != y->value.value)
        return (x->value.value > y->value.value) == x->up ? 1 : -1;
    return x->place < y->place ? -1 : 1;
}

static void
add_row(Table *t, const HjOrg *org, bool total)
{
    HjTableRow *row = &t->view->rows[t->view->n_rows++];
    row->name = org->name;
    row->total = total;
    row->href = hj_request_printf(t->req, "/table?under=%s&period=%s%s%s", org->code,
                                  t->period.text, *t->show != '\0' ? "&show=" : "", t->show);
    row->numbers = hj_request_new(t->req, HjNumber, t->n + 1);
    for (size_t i = 0; i < t->n; i++)
        row->numbers[row->n_numbers++] = hj_figures_number(t->req, t->shown[i], t->sets[i], org,
                                                           t->period.from, t->period.to);
}

static void
fill_rows(Table *t)
{
    const HjOrgTree *tree = t->tree;
    Line *lines = hj_request_new(t->req, Line, tree->n_orgs + 1);
    size_t n = 0;
    for (size_t i = 0; i < tree->n_orgs; i++) {
        const HjOrg *org = &tree->orgs[i];
        if (org->parent != t->under->id || !is_compared(org))
            continue;
        lines[n] = (Line){ .org = org, .place = n, .up = t->up };
        if (t->sort >= 0)
            lines[n].value = hj_indicator_at(t->sets[t->sort], org->id);
        n++;
    }
    if (t->sort >= 0)
        qsort(lines, n, sizeof *lines, compare);
    t->view->rows = hj_request_new(t->req, HjTableRow, n + 1);
    for (size_t i = 0; i < n; i++)
        add_row(t, lines[i].org, false);
    add_row(t, t->under, true);
}

/* --- views --- */

static bool
fill_views(Table *t, GError **error)
{
    HjRequest *req = t->req;
    HjLightsView *view = t->view;
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    g_autoptr(HjRows) all = hj_kept_list_views(hj_request_tx(req), actor, VIEWS, error);
    if (all == NULL)
        return false;
    view->own = hj_request_new(req, HjKeptItem, hj_rows_count(all) + 1);
    view->shared = hj_request_new(req, HjKeptItem, hj_rows_count(all) + 1);
    while (hj_rows_next(all)) {
        const char *role_name = hj_rows_text(all, "role");
        const HjRole *role = role_name != NULL ? hj_pack_role(pack, role_name) : NULL;
        const char *query = hj_rows_text(all, "query");
        HjKeptItem item = {
            .href = hj_request_printf(req, "/table?%s", query),
            .name = hj_request_strdup(req, hj_rows_text(all, "name")),
            .shared = role != NULL ? hj_page_label(req, &role->title) : NULL,
            .remove_action =
                hj_request_printf(req, "/table/views/%s/remove", hj_rows_text(all, "id")),
            .on = strcmp(query, view->query) == 0,
        };
        if (hj_rows_bool(all, "own"))
            view->own[view->n_own++] = item;
        else
            view->shared[view->n_shared++] = item;
    }
    view->roles = hj_request_new(req, HjOption, pack->n_roles);
    for (size_t i = 0; i < pack->n_roles; i++)
        view->roles[view->n_roles++] =
            (HjOption){ .value = pack->roles[i].name,
                        .text = hj_page_label(req, &pack->roles[i].title) };
    view->share_org = actor->n_grants > 0 ? actor->grants[0].org_name : NULL;
    return true;
}

HjResponse *
hj_pages_table(HjRequest *req, GError **error)
{
    HjLightsView view = { 0 };
    Table t = { .req = req, .view = &view };
    if (!hj_page_period(req, "period", &t.period, error) || !read_columns(&t, error) ||
        !read_sort(&t, error))
        return NULL;
    t.tree = hj_figures_tree(req, t.period.to, error);
    t.under = t.tree != NULL ? hj_figures_under(req, t.tree, "indicator.view", error) : NULL;
    if (t.under == NULL)
        return hj_vacant(req, t.tree, hj_page_period_text(req, &t.period), "table", error);
    view.page = hj_page(
        req,
        hj_request_printf(req, "%s · %s", t.under->name, hj_page_tr(req, N_("Indicators"))),
        "table");
    view.subtitle = hj_request_printf(req, "%s · %s", hj_page_period_text(req, &t.period),
                                      hj_figures_span(req, t.period.from, t.period.to));
    view.under = hj_request_query(req, "under");
    view.period = t.period.text;
    view.sort = sort_now(&t);
    view.query = query_of(&t, view.sort);
    view.periods = hj_figures_periods(req, &t.period, true, &view.n_periods);
    if (hj_access_check(hj_request_tx(req), hj_request_actor(req), "indicator.manage",
                        t.under->id, NULL))
        view.thresholds_href = hj_request_printf(req, "/thresholds?under=%s", t.under->code);
    if (!fill_columns(&t, error) || !fill_views(&t, error))
        return NULL;
    fill_rows(&t);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_table(&out, &view);
    return res;
}

/* Only what belongs to a view: nothing else can come into an address that others open. */
static const char *
clean_query(HjRequest *req, const char *text)
{
    static const char *const kept[] = { "period=", "under=", "show=", "sort=" };
    g_auto(GStrv) pairs = g_strsplit(text, "&", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    for (int i = 0; pairs[i] != NULL; i++)
        for (size_t k = 0; k < G_N_ELEMENTS(kept); k++)
            if (g_str_has_prefix(pairs[i], kept[k]))
                g_string_append_printf(out, "%s%s", out->len > 0 ? "&" : "", pairs[i]);
    return hj_request_strdup(req, out->str);
}

HjResponse *
hj_pages_table_view_post(HjRequest *req, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    const char *name = hj_request_form(req, "name"), *role = hj_request_form(req, "role");
    const char *query = hj_request_form(req, "query");
    g_autofree char *tidy = g_strstrip(g_strdup(name != NULL ? name : ""));
    HjIssues *issues = hj_request_issues(req);
    HjKeptList list = { .page = VIEWS,
                        .name = tidy,
                        .query = clean_query(req, query != NULL ? query : ""),
                        .columns = "",
                        .role = role != NULL && *role != '\0' ? role : NULL,
                        .org = actor->n_grants > 0 ? actor->grants[0].org : 0 };
    if (*tidy == '\0')
        hj_issues_add(issues, "name", "required", N_("Give it a name."));
    if (!hj_kept_list_save(hj_request_tx(req), actor, &list, issues, error))
        return NULL;
    return hj_response_see_other(req, hj_request_printf(req, "/table?%s", list.query),
                                 N_("Saved."));
}

HjResponse *
hj_pages_table_view_remove_post(HjRequest *req, GError **error)
{
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error) ||
        !hj_kept_list_remove_view(hj_request_tx(req), hj_request_actor(req), VIEWS, id, error))
        return NULL;
    return hj_response_see_other(req, "/table", N_("Removed."));
}
