/* The big screen: figures at the sides, a board in the middle, pushed again when anything
 * changes; and the lists its numbers open, which name organizations and nobody. */
#include "screen.html.h"
#include "screen_board.html.h"
#include "screen_list.html.h"
#include "web/internal.h"
#include "web/pages_cockpit.h"

#include <string.h>

#define MOST_GRIDS 6  /* indicators that colour the villages in turn */
#define MOST_HEADS 7  /* columns of the townships' board */
#define MOST_TILES 16 /* figures at both sides */
#define MOST_FLOWS 10
#define MOST_EVIDENCE 40

/* "v:operating_income" is a board of villages; others have a name of their own. */
typedef struct {
    HjRequest *req;
    HjScreenView *view;
    HjPeriod period;
    const HjOrgTree *tree;
    const HjOrg *under;
    const char *board;
    const HjIndicator *indicator; /* of a board of villages */
    HjFigureGroup *groups;        /* the figures of the report */
    size_t n_groups;
} Screen;

static bool
may_flows(HjRequest *req)
{
    return hj_access_may(hj_request_actor(req), "ledger.view");
}

static bool
may_ranks(HjRequest *req)
{
    const HjScheme *scheme = hj_pages_cockpit_contest(hj_request_pack(req));
    const HjActor *actor = hj_request_actor(req);
    return scheme != NULL && hj_access_may(actor, "scheme.view") &&
           hj_scheme_may_rank(actor, scheme);
}

static void
add_board(Screen *s, const char *name, const char *title)
{
    HjScreenView *view = s->view;
    view->boards[view->n_boards++] = (HjLink){
        .href = hj_request_printf(s->req, "/screen/?period=%s&board=%s", s->period.text, name),
        .text = title,
        .on = strcmp(s->board, name) == 0,
    };
}

/* The boards this reader may see, in the order in which they take turns. */
static bool
find_board(Screen *s, GError **error)
{
    HjRequest *req = s->req;
    HjScreenView *view = s->view;
    size_t n = 0;
    const HjIndicator **all = hj_grid_indicators(req, &n);
    const char *asked = hj_request_query(req, "board");
    s->board = asked != NULL ? asked : "";
    view->boards = hj_request_new(req, HjLink, MOST_GRIDS + 5);
    const char **names = hj_request_new(req, const char *, MOST_GRIDS + 5);
    for (size_t i = 0; i < MIN(n, MOST_GRIDS); i++)
        names[i] = hj_request_printf(req, "v:%s", all[i]->name);
    if (*s->board == '\0')
        s->board = n > 0 ? names[0] : "townships";
    for (size_t i = 0; i < MIN(n, MOST_GRIDS); i++) {
        add_board(s, names[i], hj_page_label(req, &all[i]->title));
        if (view->boards[i].on)
            s->indicator = all[i];
    }
    names[view->n_boards] = "townships";
    add_board(s, "townships", hj_page_tr(req, N_("Townships")));
    if (hj_request_pack(req)->n_reports > 0) {
        names[view->n_boards] = "figures";
        add_board(s, "figures", hj_page_tr(req, N_("All figures")));
    }
    if (may_flows(req)) {
        names[view->n_boards] = "flows";
        add_board(s, "flows", hj_page_tr(req, N_("What stands where")));
    }
    if (may_ranks(req)) {
        names[view->n_boards] = "ranks";
        add_board(s, "ranks", hj_page_tr(req, N_("Ranking so far")));
    }
    for (size_t i = 0; i < view->n_boards; i++) {
        if (!view->boards[i].on)
            continue;
        view->board = names[i];
        view->board_title = view->boards[i].text;
        view->next = names[(i + 1) % view->n_boards];
        return true;
    }
    return hj_fail(error, HJ_ERROR_MALFORMED, "There is no such board.");
}

/* --- boards --- */

static bool
fill_townships(Screen *s, GError **error)
{
    HjRequest *req = s->req;
    const HjPack *pack = hj_request_pack(req);
    HjScreenView *view = s->view;
    const HjIndicator *shown[MOST_HEADS];
    const HjIndicatorSet *sets[MOST_HEADS];
    size_t n = 0;
    view->heads = hj_request_new(req, HjLink, MOST_HEADS);
    for (size_t i = 0; i < pack->n_indicators && n < MOST_HEADS; i++) {
        const HjIndicator *indicator = &pack->indicators[i];
        if (!indicator->on_table)
            continue;
        shown[n] = indicator;
        sets[n] = hj_figures_set(req, indicator, s->period.from, s->period.to, error);
        if (sets[n] == NULL)
            return false;
        view->heads[n++] = (HjLink){ .text = hj_page_label(req, &indicator->title),
                                     .href = hj_request_printf(
                                         req, "/screen%s",
                                         hj_figures_href(req, indicator, s->under->code,
                                                         s->period.from, s->period.to)) };
    }
    view->n_heads = n;
    view->rows = hj_request_new(req, HjScreenRow, s->tree->n_orgs);
    for (size_t i = 0; i < s->tree->n_orgs; i++) {
        const HjOrg *org = &s->tree->orgs[i];
        if (org->parent != s->under->id || !hj_grid_compares(pack, org->kind))
            continue;
        HjScreenRow *row = &view->rows[view->n_rows++];
        row->name = org->name;
        row->cells = hj_request_new(req, HjScreenCell, n);
        for (size_t j = 0; j < n; j++) {
            HjNumber number =
                hj_figures_number(req, shown[j], sets[j], org, s->period.from, s->period.to);
            row->cells[row->n_cells++] =
                (HjScreenCell){ .text = number.text,
                                .light = number.light,
                                .href = hj_request_printf(req, "/screen%s", number.href) };
        }
    }
    return true;
}

static bool
fill_villages(Screen *s, GError **error)
{
    HjGrid *grid = hj_request_new(s->req, HjGrid, 1);
    const HjGridWish wish = {
        .under = s->under, .period = &s->period, .base = "/screen/?indicator=", .screen = true
    };
    s->view->grid = grid;
    return hj_grid_fill(s->req, s->indicator, &wish, grid, error);
}

static bool
fill_board(Screen *s, GError **error)
{
    HjScreenView *view = s->view;
    if (s->indicator != NULL)
        return fill_villages(s, error);
    if (strcmp(s->board, "flows") == 0)
        return hj_pages_cockpit_boards(s->req, s->under, MOST_FLOWS, &view->flows,
                                       &view->n_flows, error);
    if (strcmp(s->board, "ranks") == 0)
        return hj_pages_cockpit_ranks(s->req, &s->period, &view->ranks, error);
    if (strcmp(s->board, "figures") == 0) {
        view->groups = s->groups;
        view->n_groups = s->n_groups;
        return true;
    }
    return fill_townships(s, error);
}

/* The figures of the report, half of them on each side. */
static bool
fill_sides(Screen *s, GError **error)
{
    size_t n_tiles = 0;
    if (!hj_pages_cockpit_figures(s->req, s->under, &s->period, true, &s->groups, &s->n_groups,
                                  error))
        return false;
    const HjFigureGroup *groups = s->groups;
    const size_t n = s->n_groups;
    HjFigureTile *tiles = hj_request_new(s->req, HjFigureTile, MOST_TILES);
    /* Those that move tell more than those that stand. */
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < groups[i].n_figures && n_tiles < MOST_TILES; j++)
                if ((groups[i].figures[j].points != NULL) == (pass == 0))
                    tiles[n_tiles++] = groups[i].figures[j];
    s->view->left = tiles;
    s->view->n_left = (n_tiles + 1) / 2;
    s->view->right = tiles + s->view->n_left;
    s->view->n_right = n_tiles / 2;
    return true;
}

static bool
load(Screen *s, GError **error)
{
    HjRequest *req = s->req;
    HjScreenView *view = s->view;
    if (!hj_page_period(req, "period", &s->period, error))
        return false;
    s->tree = hj_figures_tree(req, s->period.to, error);
    s->under = s->tree != NULL ? hj_figures_top(req, s->tree, "indicator.view") : NULL;
    if (s->tree != NULL && s->under == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND,
                       "The organization of this role did not exist in that period.");
    if (s->under == NULL || !find_board(s, error))
        return false;
    const HjPack *pack = hj_request_pack(req);
    view->title = pack->n_reports > 0
                      ? hj_request_printf(req, "%s · %s", s->under->name,
                                          hj_page_label(req, &pack->reports[0].title))
                      : s->under->name;
    view->county = hj_request_county_name(req);
    view->lang = hj_request_lang(req) == HJ_ZH ? "zh-CN" : "en";
    view->demo = hj_request_is_demo(req);
    view->period = hj_page_period_text(req, &s->period);
    view->signed_in = may_flows(req);
    view->events_href =
        hj_request_printf(req, "/screen/events?period=%s&board=", s->period.text);
    return fill_sides(s, error) && fill_board(s, error);
}

static HjResponse *
answer(HjRequest *req, bool whole, GError **error)
{
    HjScreenView view = { 0 };
    Screen s = { .req = req, .view = &view };
    if (!load(&s, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    if (whole)
        hj_tmpl_screen(&out, &view);
    else
        hj_tmpl_screen_board(&out, &view);
    return res;
}

HjResponse *
hj_pages_screen(HjRequest *req, GError **error)
{
    return answer(req, true, error);
}

HjResponse *
hj_pages_screen_board(HjRequest *req, GError **error)
{
    return answer(req, false, error);
}

HjResponse *
hj_pages_screen_events(HjRequest *req, GError **error)
{
    HjScreenView view = { 0 };
    Screen s = { .req = req, .view = &view };
    if (!hj_page_period(req, "period", &s.period, error) || !find_board(&s, error))
        return NULL;
    return hj_live_open(
        req,
        hj_request_printf(req, "/screen/board?period=%s&board=%s", s.period.text, view.board),
        error);
}

/* --- the list behind a number --- */

static bool
read_days(HjRequest *req, HjDate *from, HjDate *to, GError **error)
{
    HjPeriod period;
    if (!hj_page_period(req, "period", &period, error) ||
        !hj_page_date(req, "from", period.from, from, error) ||
        !hj_page_date(req, "to", period.to, to, error))
        return false;
    return *from <= *to ||
           hj_fail(error, HJ_ERROR_MALFORMED, "The first day lies after the last day.");
}

static void
add_below(HjRequest *req, HjScreenListView *view, const HjIndicator *indicator,
          const HjIndicatorSet *set, const HjOrg *org, HjDate from, HjDate to)
{
    HjIndicatorValue value = hj_indicator_at(set, org->id);
    if (!value.has && value.denominator == 0)
        return;
    HjNumber number = hj_figures_number(req, indicator, set, org, from, to);
    HjScreenRow *row = &view->rows[view->n_rows++];
    *row = (HjScreenRow){ .name = org->name,
                          .href = hj_request_printf(req, "/screen%s", number.href),
                          .cells = hj_request_new(req, HjScreenCell, 3),
                          .n_cells = 3 };
    row->cells[0] = (HjScreenCell){ .text = number.text, .light = number.light };
    row->cells[1] =
        (HjScreenCell){ .text = hj_request_printf(req, "%" G_GINT64_FORMAT, value.numerator),
                        .light = "" };
    row->cells[2] =
        (HjScreenCell){ .text = hj_request_printf(req, "%" G_GINT64_FORMAT, value.denominator),
                        .light = "" };
}

/* The rows themselves, for who is signed in and sees them; a screen alone shows none. */
static bool
fill_evidence(HjRequest *req, HjScreenListView *view, const HjIndicator *indicator,
              const HjOrgTree *tree, const HjOrg *under, HjDate from, HjDate to, GError **error)
{
    if (!may_flows(req))
        return true;
    HjRows *rows = hj_indicator_evidence(hj_request_tx(req), hj_request_actor(req), indicator,
                                         under->id, from, to, MOST_EVIDENCE + 1, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    const HjRowNames *names = hj_figures_names(req, rows, error);
    if (names == NULL)
        return false;
    view->evidence = hj_request_new(req, HjEvidence, MOST_EVIDENCE);
    while (view->n_evidence < MOST_EVIDENCE && hj_rows_next(rows))
        view->evidence[view->n_evidence++] = hj_figures_evidence(req, tree, names, rows);
    view->more = hj_rows_count(rows) > MOST_EVIDENCE;
    return true;
}

HjResponse *
hj_pages_screen_indicator(HjRequest *req, GError **error)
{
    const HjIndicator *indicator =
        hj_pack_indicator(hj_request_pack(req), hj_request_part(req, "indicator"));
    HjDate from, to;
    if (indicator == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such indicator.");
        return NULL;
    }
    const HjOrgTree *tree =
        read_days(req, &from, &to, error) ? hj_figures_tree(req, to, error) : NULL;
    const HjOrg *under =
        tree != NULL ? hj_figures_under(req, tree, "indicator.view", error) : NULL;
    const HjIndicatorSet *set =
        under != NULL ? hj_figures_set(req, indicator, from, to, error) : NULL;
    if (set == NULL)
        return NULL;
    HjNumber number = hj_figures_number(req, indicator, set, under, from, to);
    HjScreenListView view = {
        .title = hj_request_printf(req, "%s · %s", under->name, number.title),
        .subtitle = hj_figures_span(req, from, to),
        .lang = hj_request_lang(req) == HJ_ZH ? "zh-CN" : "en",
        .county = hj_request_county_name(req),
        .help = number.help,
        .value = number.text,
        .unit = number.unit,
        .full_href = may_flows(req) ? number.href : NULL,
        .demo = hj_request_is_demo(req),
        .rows = hj_request_new(req, HjScreenRow, tree->n_orgs),
    };
    const HjOrg *above = hj_org_tree_find(tree, under->parent);
    if (above != NULL &&
        hj_access_sees_org(hj_request_tx(req), hj_request_actor(req), above->id)) {
        view.up_text = above->name;
        view.up_href = hj_request_printf(
            req, "/screen%s", hj_figures_href(req, indicator, above->code, from, to));
    }
    for (size_t i = 0; i < tree->n_orgs; i++)
        if (tree->orgs[i].parent == under->id)
            add_below(req, &view, indicator, set, &tree->orgs[i], from, to);
    if (!fill_evidence(req, &view, indicator, tree, under, from, to, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_screen_list(&out, &view);
    return res;
}
