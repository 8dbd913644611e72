/* The contest: ranking, scorecard, and the rows behind an item. */
#include "contest.html.h"
#include "score_item.html.h"
#include "scorecard.html.h"
#include "tiles.html.h"
#include "web/figures.h"
#include "web/pages.h"

static const HjScheme *
scheme_of(HjRequest *req, GError **error)
{
    const HjScheme *scheme =
        hj_pack_scheme(hj_request_pack(req), hj_request_part(req, "scheme"));
    if (scheme == NULL)
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such contest.");
    return scheme;
}

HjResponse *
hj_pages_contests(HjRequest *req, GError **error)
{
    (void)error;
    const HjPack *pack = hj_request_pack(req);
    HjLang lang = hj_request_lang(req);
    HjTilesView view = {
        .page = hj_page(req, hj_tr(lang, N_("Contest")), "contests"),
        .empty = hj_tr(lang, N_("The rules define no contest.")),
        .tiles = hj_request_new(req, HjChoiceTile, pack->n_schemes),
    };
    for (size_t i = 0; i < pack->n_schemes; i++)
        view.tiles[view.n_tiles++] = (HjChoiceTile){
            .href = hj_request_printf(req, "/contests/%s", pack->schemes[i].name),
            .title = hj_page_label(req, &pack->schemes[i].title),
            .help = hj_page_label(req, &pack->schemes[i].help),
            .assumption = pack->schemes[i].assumption,
        };
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_tiles(&out, &view);
    return res;
}

static HjScoreboard *
compute(HjRequest *req, const HjScheme *scheme, HjPeriod *ret_period, GError **error)
{
    if (!hj_page_period(req, "period", ret_period, error))
        return NULL;
    HjScoreboard *board =
        hj_scheme_compute(hj_request_tx(req), hj_request_pack(req), scheme, ret_period, error);
    return board != NULL ? hj_request_adopt(req, board, (GDestroyNotify)hj_scheme_free) : NULL;
}

static int
width_of(int64_t total)
{
    return (int)CLAMP(total * 200 / 10000, 0, 200);
}

static void
add_line(HjRequest *req, HjContestView *view, const HjScore *score, const HjPeriod *period,
         const char *base)
{
    HjRankLine *line = &view->ranks[view->n_ranks++];
    HjTableRow *row = &view->rows[view->n_rows++];
    *line = (HjRankLine){
        .href = hj_request_printf(req, "%s/%s?period=%s", base, score->code, period->text),
        .name = score->name,
        .rank = score->rank,
        .total = hj_figures_points(req, score->total),
        .width = width_of(score->total),
        .veto = score->vetoed ? hj_page_label(req, &score->veto->says) : NULL,
    };
    row->numbers = hj_request_new(req, HjNumber, score->n_lists);
    for (size_t i = 0; i < score->n_lists; i++)
        row->numbers[row->n_numbers++].text = hj_figures_points(req, score->lists[i].points);
}

/* "First: … Last: …", only for those who may see the ranking. */
static const char *
awards_of(HjRequest *req, const HjScoreboard *board)
{
    HjLang lang = hj_request_lang(req);
    const HjScheme *scheme = board->scheme;
    if (scheme->first == 0 || board->n_scores == 0)
        return NULL;
    GString *text = g_string_new(hj_tr(lang, N_("First:")));
    for (size_t i = 0; i < board->n_scores && board->scores[i].rank <= scheme->first; i++)
        g_string_append_printf(text, " %s", board->scores[i].name);
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

HjResponse *
hj_pages_contest(HjRequest *req, GError **error)
{
    const HjScheme *scheme = scheme_of(req, error);
    HjPeriod period;
    HjScoreboard *board = scheme != NULL ? compute(req, scheme, &period, error) : NULL;
    if (board == NULL)
        return NULL;
    HjLang lang = hj_request_lang(req);
    const char *base = hj_request_printf(req, "/contests/%s", scheme->name);
    HjContestView view = {
        .page = hj_page(req, hj_page_label(req, &scheme->title), "contests"),
        .subtitle = hj_request_printf(req, "%s · %s", hj_page_period_text(req, &period),
                                      hj_figures_span(req, period.from, period.to)),
        .help = hj_page_label(req, &scheme->help),
        .assumption = scheme->assumption,
        .action = base,
        .may_rank = hj_scheme_may_rank(hj_request_actor(req), scheme),
        .lists = hj_request_new(req, HjLink, scheme->n_lists),
        .ranks = hj_request_new(req, HjRankLine, board->n_scores),
        .rows = hj_request_new(req, HjTableRow, board->n_scores),
    };
    view.base_note = hj_request_printf(
        req,
        hj_tr(lang, N_("%s of %s points can be counted from today's records; the rest waits "
                       "for ledgers still to come and is left out.")),
        hj_figures_points(req, board->base), hj_figures_points(req, board->full));
    view.periods = hj_figures_periods(req, &period, false, &view.n_periods);
    for (size_t i = 0; i < scheme->n_lists; i++)
        view.lists[view.n_lists++].text = hj_page_label(req, &scheme->lists[i].title);
    for (size_t i = 0; i < board->n_scores; i++)
        if (view.may_rank ||
            hj_access_sees_org(hj_request_tx(req), hj_request_actor(req), board->scores[i].org))
            add_line(req, &view, &board->scores[i], &period, base);
    if (view.may_rank)
        view.awards = awards_of(req, board);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_contest(&out, &view);
    return res;
}

static const HjScore *
own_score(HjRequest *req, const HjScoreboard *board, GError **error)
{
    HjRows *org = hj_page_org(req, hj_request_part(req, "code"), error);
    if (org == NULL || !hj_access_check(hj_request_tx(req), hj_request_actor(req),
                                        "scheme.view", hj_rows_i64(org, "id"), error))
        return NULL;
    const HjScore *score = hj_scheme_score(board, hj_rows_i64(org, "id"));
    if (score == NULL)
        hj_fail(error, HJ_ERROR_NOT_FOUND, "This organization takes no part in the contest.");
    return score;
}

static const char *
how_of(HjRequest *req, const HjSchemeItem *item)
{
    HjLang lang = hj_request_lang(req);
    if (item->indicator != NULL)
        return hj_request_printf(
            req,
            hj_tr(lang, N_("%s%% earns nothing, %s%% everything, in between in proportion")),
            hj_figures_points(req, item->zero), hj_figures_points(req, item->full));
    if (item->mark != NULL && item->times > 0)
        return hj_request_printf(
            req, hj_tr(lang, N_("judged marks, at most %s each, the best %d count")),
            hj_figures_points(req, item->points), item->times);
    return hj_request_printf(req, hj_tr(lang, N_("%s points each")),
                             hj_figures_points(req, item->points));
}

static HjScoreItemLine
line_of(HjRequest *req, const HjScore *score, const HjItemScore *scored, const HjPeriod *period)
{
    HjLang lang = hj_request_lang(req);
    const HjSchemeItem *item = scored->item;
    int64_t full = item->times > 0 ? item->points * item->times : item->points;
    HjScoreItemLine line = {
        .title = hj_page_label(req, &item->title),
        .counted = scored->counted,
        .assumption = item->assumption,
        .points = scored->counted ? hj_figures_points(req, scored->points) : "—",
        .full = full > 0 ? hj_figures_points(req, full) : "",
        .how = item->pending ? NULL : how_of(req, item),
    };
    if (item->pending)
        line.note = hj_request_printf(req, "%s: %s", hj_tr(lang, N_("Not computed yet")),
                                      hj_page_label(req, &item->pending_why));
    else if (!scored->counted)
        line.note = hj_tr(lang, N_("Not applicable: there is nothing to count here."));
    if (item->indicator != NULL) {
        g_autofree char *text = hj_indicator_text(item->indicator, &scored->value, true);
        line.basis = hj_request_printf(
            req, "%s %s%s", hj_page_label(req, &item->indicator->title), text,
            scored->value.has ? hj_page_label(req, &item->indicator->unit) : "");
        if (scored->value.has)
            line.basis = hj_request_printf(
                req, "%s (%" G_GINT64_FORMAT " / %" G_GINT64_FORMAT ")", line.basis,
                scored->value.numerator, scored->value.denominator);
        line.href =
            hj_figures_href(req, item->indicator, score->code, period->from, period->to);
    } else if (item->ledger != NULL) {
        line.basis =
            hj_request_printf(req, hj_tr(lang, N_("%s: %d rows")),
                              hj_page_label(req, &item->ledger->title), (int)scored->n_rows);
        line.href = hj_request_printf(req, "/contests/%s/%s/%s?period=%s",
                                      hj_request_part(req, "scheme"), score->code, item->name,
                                      period->text);
    }
    return line;
}

static void
fill_card(HjRequest *req, HjScorecardView *view, const HjScore *score, const HjPeriod *period)
{
    HjLang lang = hj_request_lang(req);
    view->lists = hj_request_new(req, HjScoreListView, score->n_lists);
    for (size_t i = 0; i < score->n_lists; i++) {
        const HjListScore *list = &score->lists[i];
        HjScoreListView *shown = &view->lists[view->n_lists++];
        shown->title = hj_page_label(req, &list->list->title);
        shown->points = hj_figures_points(req, list->points);
        shown->base = hj_request_printf(req, hj_tr(lang, N_("counted now: %s")),
                                        hj_figures_points(req, list->base));
        shown->cap = hj_request_printf(req, hj_tr(lang, N_("limit %s")),
                                       hj_figures_points(req, list->list->cap));
        shown->items = hj_request_new(req, HjScoreItemLine, list->n_items);
        for (size_t j = 0; j < list->n_items; j++)
            shown->items[shown->n_items++] = line_of(req, score, &list->items[j], period);
    }
}

HjResponse *
hj_pages_scorecard(HjRequest *req, GError **error)
{
    const HjScheme *scheme = scheme_of(req, error);
    HjPeriod period;
    HjScoreboard *board = scheme != NULL ? compute(req, scheme, &period, error) : NULL;
    const HjScore *score = board != NULL ? own_score(req, board, error) : NULL;
    if (score == NULL)
        return NULL;
    HjLang lang = hj_request_lang(req);
    const char *base = hj_request_printf(req, "/contests/%s", scheme->name);
    HjScorecardView view = {
        .page = hj_page(req, score->name, "contests"),
        .subtitle = hj_request_printf(req, "%s · %s · %s", hj_page_label(req, &scheme->title),
                                      hj_page_period_text(req, &period),
                                      hj_figures_span(req, period.from, period.to)),
        .total = hj_figures_points(req, score->total),
        .base = hj_request_printf(req, hj_tr(lang, N_("points of %s countable now, %s in all")),
                                  hj_figures_points(req, board->base),
                                  hj_figures_points(req, board->full)),
        .action = hj_request_printf(req, "%s/%s", base, score->code),
    };
    if (hj_scheme_may_rank(hj_request_actor(req), scheme))
        view.rank = hj_request_printf(req, hj_tr(lang, N_("rank %d of %d")), score->rank,
                                      (int)board->n_scores);
    if (score->vetoed)
        view.veto = hj_request_printf(req, "%s (%s)", hj_page_label(req, &score->veto->says),
                                      score->veto_document);
    view.periods = hj_figures_periods(req, &period, false, &view.n_periods);
    hj_page_crumb(req, &view.page, "/contests", hj_tr(lang, N_("Contest")));
    hj_page_crumb(req, &view.page, hj_request_printf(req, "%s?period=%s", base, period.text),
                  hj_page_label(req, &scheme->title));
    fill_card(req, &view, score, &period);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_scorecard(&out, &view);
    return res;
}

static const HjSchemeItem *
item_of(const HjScheme *scheme, const char *name)
{
    for (size_t i = 0; i < scheme->n_lists; i++)
        for (size_t j = 0; j < scheme->lists[i].n_items; j++)
            if (g_str_equal(scheme->lists[i].items[j].name, name))
                return &scheme->lists[i].items[j];
    return NULL;
}

static void
fill_item_rows(HjRequest *req, HjIndicatorView *view, HjRows *rows)
{
    view->rows = hj_request_new(req, HjEvidence, hj_rows_count(rows));
    while (hj_rows_next(rows)) {
        const char *ledger = hj_rows_text(rows, "ledger");
        view->rows[view->n_rows++] = (HjEvidence){
            .org = hj_rows_text(rows, "org_name"),
            .ledger = hj_figures_ledger_title(req, ledger),
            .href = hj_figures_row_href(req, NULL, ledger, hj_rows_i64(rows, "id")),
            .points = hj_figures_points(req, hj_rows_i64(rows, "points")),
        };
    }
}

HjResponse *
hj_pages_score_item(HjRequest *req, GError **error)
{
    const HjScheme *scheme = scheme_of(req, error);
    HjPeriod period;
    if (scheme == NULL || !hj_page_period(req, "period", &period, error))
        return NULL;
    const HjSchemeItem *item = item_of(scheme, hj_request_part(req, "item"));
    HjRows *org = hj_page_org(req, hj_request_part(req, "code"), error);
    if (org == NULL || !hj_access_check(hj_request_tx(req), hj_request_actor(req),
                                        "scheme.view", hj_rows_i64(org, "id"), error))
        return NULL;
    if (item == NULL || item->ledger == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such item.");
        return NULL;
    }
    HjRows *rows = hj_scheme_rows(hj_request_tx(req), hj_request_actor(req), scheme, item,
                                  &period, hj_rows_i64(org, "id"), error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjIndicatorView view = {
        .page = hj_page(req,
                        hj_request_printf(req, "%s · %s", hj_rows_text(org, "name"),
                                          hj_page_label(req, &item->title)),
                        "contests"),
        .subtitle = hj_request_printf(req, "%s · %s", hj_page_label(req, &scheme->title),
                                      hj_page_period_text(req, &period)),
        .sql = item->when.text,
    };
    const char *base = hj_request_printf(req, "/contests/%s", scheme->name);
    hj_page_crumb(req, &view.page, hj_request_printf(req, "%s?period=%s", base, period.text),
                  hj_page_label(req, &scheme->title));
    hj_page_crumb(
        req, &view.page,
        hj_request_printf(req, "%s/%s?period=%s", base, hj_rows_text(org, "code"), period.text),
        hj_rows_text(org, "name"));
    fill_item_rows(req, &view, rows);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_score_item(&out, &view);
    return res;
}
