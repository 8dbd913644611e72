/* The cockpit: figures, the grid of villages, what is stuck where, the contest, what is late.
 */
#include "web/pages_cockpit.h"

#include "cockpit.html.h"
#include "web/due_lines.h"
#include "web/flow_words.h"
#include "web/vacant.h"

#include <string.h>

#define MOST_BOARDS 8
#define MOST_LATE 6

/* --- what is stuck where --- */

static int64_t
most_in_a_node(const HjBoard *boards, size_t n)
{
    int64_t most = 1;
    for (size_t i = 0; i < n; i++)
        most = MAX(most, boards[i].n);
    return most;
}

static HjBoard *
board_of(HjRequest *req, HjBoard *boards, size_t *n, const HjLedger *ledger, const HjOrg *under,
         size_t n_nodes)
{
    const char *title = hj_page_label(req, &ledger->title);
    for (size_t i = 0; i < *n; i++)
        if (boards[i].title == title)
            return &boards[i];
    HjBoard *board = &boards[(*n)++];
    board->title = title;
    board->href =
        hj_request_printf(req, "/ledgers/%s/progress?under=%s", ledger->name, under->code);
    board->nodes = hj_request_new(req, HjBoardNode, n_nodes);
    return board;
}

static void
add_node(HjRequest *req, HjBoard *board, const HjLedger *ledger, const HjOrg *under,
         const HjRows *rows)
{
    const char *name = hj_rows_text(rows, "node");
    const char *text = hj_flow_words_node(req, ledger, name);
    int64_t n = hj_rows_i64(rows, "n"), n_red = hj_rows_i64(rows, "n_red");
    HjBoardNode *node = NULL;
    for (size_t i = 0; i < board->n_nodes && node == NULL; i++)
        if (strcmp(board->nodes[i].text, text) == 0)
            node = &board->nodes[i];
    if (node == NULL) {
        node = &board->nodes[board->n_nodes++];
        node->text = text;
        node->href =
            hj_request_printf(req, "/due?list=all&ledger=%s&node=%s&under=%s%s", ledger->name,
                              name, under->code, n_red > 0 ? "&late=1" : "");
    }
    node->n += n;
    node->n_red += n_red;
    board->n += n;
    board->n_red += n_red;
}

static int
worst_first(const void *a, const void *b)
{
    const HjBoard *x = a, *y = b;
    if (x->n_red != y->n_red)
        return x->n_red > y->n_red ? -1 : 1;
    return x->n > y->n ? -1 : x->n < y->n;
}

/* Widths are of 200, the same measure for all boards. */
static void
settle_board(HjBoard *board, int64_t most)
{
    int64_t before = 0, worst = 0;
    for (size_t i = 0; i < board->n_nodes; i++) {
        HjBoardNode *node = &board->nodes[i];
        node->at = (int)(before * 200 / most);
        before += node->n;
        node->width = MAX((int)(before * 200 / most) - node->at, 1);
        node->red_width = (int)(node->n_red * node->width / MAX(node->n, 1));
        node->light = node->n_red > 0 ? "red" : "";
        if (node->n_red > worst) {
            worst = node->n_red;
            board->worst = node->text;
            board->worst_href = node->href;
        }
    }
}

bool
hj_pages_cockpit_boards(HjRequest *req, const HjOrg *under, size_t most, HjBoard **ret,
                        size_t *ret_n, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    *ret_n = 0;
    *ret = NULL;
    if (!hj_access_may(actor, "ledger.view"))
        return true;
    HjDueQuery query = { .list = HJ_DUE_SEEN, .under = under->id };
    g_autoptr(HjRows) rows = hj_due_groups(hj_request_tx(req), actor, &query, error);
    if (rows == NULL)
        return false;
    HjBoard *boards = hj_request_new(req, HjBoard, pack->n_ledgers + 1);
    size_t n = 0, n_nodes = hj_rows_count(rows);
    while (hj_rows_next(rows)) {
        const HjLedger *ledger = hj_pack_ledger(pack, hj_rows_text(rows, "ledger"));
        if (ledger != NULL && strcmp(hj_rows_text(rows, "kind"), "copy") != 0)
            add_node(req, board_of(req, boards, &n, ledger, under, n_nodes), ledger, under,
                     rows);
    }
    qsort(boards, n, sizeof *boards, worst_first);
    int64_t widest = most_in_a_node(boards, n);
    for (size_t i = 0; i < n; i++)
        settle_board(&boards[i], widest);
    *ret = boards;
    *ret_n = MIN(n, most);
    return true;
}

/* The longest overdue of all. */
static bool
fill_late(HjRequest *req, HjCockpitView *view, const HjOrg *under, GError **error)
{
    if (!hj_access_may(hj_request_actor(req), "ledger.view"))
        return true;
    view->may_due = true;
    HjDueQuery query = {
        .list = HJ_DUE_SEEN, .under = under->id, .late = true, .limit = MOST_LATE
    };
    g_autofree char *next = NULL;
    g_autoptr(HjRows) rows =
        hj_due_list(hj_request_tx(req), hj_request_actor(req), &query, &next, error);
    if (rows == NULL)
        return false;
    view->late = hj_request_new(req, HjDueLine, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows))
        view->late[view->n_late++] = hj_due_line(req, rows);
    view->late_href = hj_request_printf(req, "/due?list=all&late=1&under=%s", under->code);
    return true;
}

/* --- the contest --- */

const HjScheme *
hj_pages_cockpit_contest(const HjPack *pack)
{
    for (size_t i = 0; i < pack->n_schemes; i++)
        if (hj_grid_compares(pack, pack->schemes[i].of))
            return &pack->schemes[i];
    return NULL;
}

bool
hj_pages_cockpit_ranks(HjRequest *req, const HjPeriod *period, HjRanks **ret, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    const HjScheme *scheme = hj_pages_cockpit_contest(pack);
    *ret = NULL;
    if (scheme == NULL || !hj_access_may(actor, "scheme.view") ||
        !hj_scheme_may_rank(actor, scheme))
        return true;
    HjScoreboard *board = hj_scheme_compute(hj_request_tx(req), pack, scheme, period, error);
    if (board == NULL)
        return false;
    hj_request_adopt(req, board, (GDestroyNotify)hj_scheme_free);
    HjRanks *ranks = hj_request_new(req, HjRanks, 1);
    ranks->title = hj_page_tr(req, N_("Ranking so far"));
    ranks->href = hj_request_printf(req, "/contests/%s?period=%s", scheme->name, period->text);
    ranks->note = hj_request_printf(req, hj_page_tr(req, N_("%s of %s points counted")),
                                    hj_figures_points(req, board->base),
                                    hj_figures_points(req, board->full));
    ranks->lines = hj_request_new(req, HjRankLine, board->n_scores);
    for (size_t i = 0; i < board->n_scores; i++) {
        const HjScore *score = &board->scores[i];
        bool mine = hj_access_sees_org(hj_request_tx(req), actor, score->org);
        ranks->lines[ranks->n_lines++] = (HjRankLine){
            .rank = score->rank,
            .name = score->name,
            .mine = mine,
            .total = hj_figures_points_column(req, score->total),
            .width = (int)CLAMP(score->total * 200 / MAX(board->base, 1), 0, 200),
            .veto = score->vetoed ? hj_page_label(req, &score->veto->says) : NULL,
            .href = mine ? hj_request_printf(req, "/contests/%s/%s?period=%s", scheme->name,
                                             score->code, period->text)
                         : ranks->href,
        };
    }
    *ret = ranks;
    return true;
}

/* --- the page --- */

HjResponse *
hj_pages_cockpit(HjRequest *req, GError **error)
{
    HjPeriod period;
    const HjIndicator *indicator = NULL;
    if (!hj_page_period(req, "period", &period, error) ||
        !hj_grid_indicator(req, &indicator, error))
        return NULL;
    HjOrgTree *tree = hj_figures_tree(req, period.to, error);
    const HjOrg *under =
        tree != NULL ? hj_figures_under(req, tree, "indicator.view", error) : NULL;
    if (under == NULL)
        return hj_vacant(req, tree, hj_page_period_text(req, &period), "cockpit", error);
    const char *asked = hj_request_query(req, "under");
    const char *narrowed =
        asked != NULL && *asked != '\0' ? hj_request_printf(req, "&under=%s", under->code) : "";
    HjCockpitView view = {
        .page = hj_page(
            req,
            hj_request_printf(req, "%s · %s", hj_page_period_text(req, &period), under->name),
            "cockpit"),
        .subtitle = hj_request_printf(
            req,
            hj_page_tr(
                req, N_("Up to %s; every number is computed from records and opens to them.")),
            hj_date_text(period.to).text),
        .period = period.text,
        .under = asked != NULL && *asked != '\0' ? under->code : NULL,
        .indicator = indicator != NULL ? indicator->name : NULL,
        .screen_href = "/screen/",
        .table_href =
            hj_request_printf(req, "/table?period=%s&under=%s", period.text, under->code),
    };
    if (hj_request_pack(req)->n_reports > 0 &&
        hj_access_may(hj_request_actor(req), "report.view"))
        view.report_href = hj_request_printf(req, "/reports/%s?to=%s&under=%s",
                                             hj_request_pack(req)->reports[0].name,
                                             hj_date_text(period.to).text, under->code);
    view.periods = hj_figures_periods(req, &period, false, &view.n_periods);
    if (!hj_pages_cockpit_figures(req, under, &period, false, &view.groups, &view.n_groups,
                                  error) ||
        !hj_pages_cockpit_boards(req, under, MOST_BOARDS, &view.boards, &view.n_boards,
                                 error) ||
        !hj_pages_cockpit_ranks(req, &period, &view.ranks, error) ||
        !fill_late(req, &view, under, error))
        return NULL;
    HjGrid grid;
    const HjGridWish wish = {
        .under = under,
        .period = &period,
        .base = hj_request_printf(req, "/cockpit?period=%s%s&indicator=", period.text, narrowed)
    };
    if (indicator != NULL && !hj_grid_fill(req, indicator, &wish, &grid, error))
        return NULL;
    view.grid = indicator != NULL && grid.n_towns > 0 ? &grid : NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_cockpit(&out, &view);
    return res;
}
