/* The contests and the ranking of one: its committee's and the county's own tool. */
#include "web/pages_contest.h"

#include "base/pinyin.h"
#include "base/text.h"
#include "contest.html.h"
#include "core/access.h"
#include "tiles.html.h"
#include "web/contests.h"
#include "web/rowquery.h"
#include "web/vacant.h"

#include <string.h>

#define PER_PAGE 50
#define LARGE 40 /* more cards than this are searched, filtered and paged */
#define COLUMN 60

/* With the period it opens on and how that stands; a contest without records has neither. */
static HjChoiceTile
contest_tile(HjRequest *req, const HjScheme *scheme)
{
    HjChoiceTile tile = {
        .href = hj_request_printf(req, "/contests/%s", scheme->name),
        .title = hj_page_label(req, &scheme->title),
        .help = hj_page_label(req, &scheme->help),
        .assumption = scheme->assumption,
    };
    HjContests contest;
    if (!hj_contests_begin_of(req, scheme->name, &contest, NULL))
        return tile;
    const HjContestBadge badge = hj_contests_standing(req, &contest);
    tile.when = hj_page_period_text(req, &contest.period);
    tile.state = badge.text;
    tile.tone = badge.tone;
    return tile;
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
        view.tiles[view.n_tiles++] = contest_tile(req, &pack->schemes[i]);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_tiles(&out, &view);
    return res;
}

/* --- what of the cards is shown --- */

typedef struct {
    const char *q, *band;
    const HjOrg *under; /* of the tree of the period's last day */
    HjOrgTree *tree;    /* of many cards only */
    int64_t page;
} Filter;

static bool
read_filter(HjRequest *req, const HjContests *contest, Filter *ret, GError **error)
{
    *ret = (Filter){ .q = hj_request_query_text(req, "q"),
                     .band = hj_request_query_text(req, "band"),
                     .page = 1 };
    const char *page = hj_request_query_text(req, "page");
    if (page != NULL && (!hj_text_parse_i64(page, &ret->page) || ret->page < 1))
        return hj_fail(error, HJ_ERROR_MALFORMED, "A page is a number.");
    if (contest->view->n_cards <= LARGE)
        return true;
    ret->tree = hj_figures_tree(req, contest->period.to, error);
    if (ret->tree == NULL)
        return false;
    const char *under = hj_request_query_text(req, "town");
    ret->under = under != NULL ? hj_org_tree_code(ret->tree, under) : NULL;
    if (under != NULL && ret->under == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
    return true;
}

static const HjOrg *
township_of(const HjOrgTree *tree, int64_t org)
{
    const HjOrg *found = tree != NULL ? hj_org_tree_find(tree, org) : NULL;
    int at = found != NULL ? (int)(found - tree->orgs) : -1;
    while (at >= 0 && tree->orgs[at].depth > 1)
        at = hj_org_tree_parent(tree, (size_t)at);
    return at >= 0 ? &tree->orgs[at] : NULL;
}

static bool
name_fits(const char *name, const char *q)
{
    if (strstr(name, q) != NULL)
        return true;
    g_autofree char *low = g_ascii_strdown(q, -1);
    g_autofree char *full = hj_pinyin_full(name, HJ_PINYIN_TEXT);
    g_autofree char *initials = hj_pinyin_initials(name, HJ_PINYIN_TEXT);
    return (full != NULL && strstr(full, low) != NULL) ||
           (initials != NULL && g_str_has_prefix(initials, low));
}

static bool
card_fits(const Filter *filter, const HjCard *card)
{
    if (filter->band != NULL && g_strcmp0(card->band, filter->band) != 0)
        return false;
    if (filter->under != NULL && township_of(filter->tree, card->org) != filter->under)
        return false;
    return filter->q == NULL || name_fits(card->name, filter->q);
}

/* --- lines --- */

static bool
judged_by_person(const HjCard *card)
{
    for (size_t l = 0; l < card->n_lists; l++)
        for (size_t i = 0; i < card->lists[l].n_items; i++)
            if (card->lists[l].items[i].has_final)
                return true;
    return false;
}

/* Where a role is held; for those outside the audience all they may see. */
static bool
is_mine(HjRequest *req, const HjAssessmentView *view, const HjCard *card)
{
    const HjActor *actor = hj_request_actor(req);
    if (!view->ranking)
        return hj_assessment_may_see(hj_request_tx(req), actor, view, card);
    for (size_t i = 0; i < actor->n_grants; i++)
        if (actor->grants[i].org == card->org)
            return true;
    return false;
}

static HjContestLine
line_of(HjRequest *req, const HjContests *contest, const HjCard *card)
{
    const HjAssessmentView *view = contest->view;
    const size_t at = (size_t)(card - view->cards);
    HjContestLine line = {
        .href = hj_contests_card_href(req, contest, card),
        .name = card->name,
        .rank = hj_request_printf(req, "%d", card->rank),
        .tie = (at > 0 && card[-1].rank == card->rank) ||
               (at + 1 < view->n_cards && card[1].rank == card->rank),
        .total = hj_figures_points_column(req, card->total),
        .band = card->band != NULL ? hj_page_label(req, &card->band_title) : "",
        .mine = is_mine(req, contest->view, card),
        .final = judged_by_person(card),
        .numbers = hj_request_new(req, HjNumber, card->n_lists),
    };
    if (card->vetoed) {
        line.veto = hj_page_label(req, &card->veto_says);
        line.veto_document = card->veto_document;
    }
    line.state = hj_contests_state(req, contest, card, &line.tone);
    hj_contests_bar(req, view, card, &line.parts, &line.n_parts);
    for (size_t l = 0; l < card->n_lists; l++)
        line.numbers[line.n_numbers++].text =
            hj_figures_points_column(req, card->lists[l].points);
    return line;
}

/* The cards the actor may see and the filter lets through; one page of them. */
static void
fill_lines(HjRequest *req, const HjContests *contest, const Filter *filter, HjContestView *view)
{
    const HjAssessmentView *all = contest->view;
    view->lines = hj_request_new(req, HjContestLine, PER_PAGE);
    view->vetoes = hj_request_new(req, HjContestLine, all->n_cards);
    const int64_t from = (filter->page - 1) * PER_PAGE;
    int64_t n = 0;
    for (size_t i = 0; i < all->n_cards; i++) {
        const HjCard *card = &all->cards[i];
        if (!card_fits(filter, card) ||
            !hj_assessment_may_see(hj_request_tx(req), hj_request_actor(req), all, card))
            continue;
        if (card->vetoed)
            view->vetoes[view->n_vetoes++] = line_of(req, contest, card);
        if (n >= from && view->n_lines < PER_PAGE) {
            HjContestLine *line = &view->lines[view->n_lines++];
            *line = line_of(req, contest, card);
            const HjOrg *town = township_of(filter->tree, card->org);
            if (town != NULL && town->id != card->org)
                line->under = town->name;
        }
        n++;
    }
    HjLang lang = hj_request_lang(req);
    view->found = hj_request_printf(req, hj_tr(lang, N_("%d cards")), (int)n);
    if (n <= PER_PAGE)
        return;
    view->pages = hj_request_printf(req, hj_tr(lang, N_("%d to %d of %d")), (int)from + 1,
                                    (int)(from + (int64_t)view->n_lines), (int)n);
    if (filter->page > 1)
        view->previous_href = hj_rowquery_href(
            req, NULL, "page", hj_request_printf(req, "%d", (int)filter->page - 1), NULL);
    if (from + PER_PAGE < n)
        view->next_href = hj_rowquery_href(
            req, NULL, "page", hj_request_printf(req, "%d", (int)filter->page + 1), NULL);
}

/* --- the county at a glance --- */

static void
fill_tenths(HjRequest *req, const HjContests *contest, HjContestView *view)
{
    int64_t n[HJ_CARD_TENTHS], most = 1, full = MAX(contest->view->full / 100, 1);
    hj_assessment_spread(contest->view, n);
    view->tenths = hj_request_new(req, HjTenth, HJ_CARD_TENTHS);
    for (int i = 0; i < HJ_CARD_TENTHS; i++)
        most = MAX(most, n[i]);
    for (int i = 0; i < HJ_CARD_TENTHS; i++) {
        const int64_t height = n[i] == 0 ? 0 : MAX(n[i] * COLUMN / most, 2);
        view->tenths[view->n_tenths++] = (HjTenth){
            .text = hj_request_printf(req, "%d–%d", (int)(full * i / HJ_CARD_TENTHS),
                                      (int)(full * (i + 1) / HJ_CARD_TENTHS)),
            .n = n[i],
            .y = COLUMN - height,
            .height = height,
        };
    }
    for (size_t i = 0; i < contest->view->n_cards; i++) {
        const HjCard *card = &contest->view->cards[i];
        if (is_mine(req, contest->view, card))
            view->tenths[CLAMP(card->total * HJ_CARD_TENTHS / MAX(contest->view->full, 1), 0,
                               HJ_CARD_TENTHS - 1)]
                .mine = true;
    }
}

static void
fill_bands(HjRequest *req, const HjContests *contest, const Filter *filter, HjContestView *view)
{
    const HjScheme *scheme = contest->scheme;
    view->has_bands = scheme->n_bands > 0;
    view->bands = hj_request_new(req, HjLink, scheme->n_bands + 1);
    view->band_options = hj_request_new(req, HjOption, scheme->n_bands + 1);
    for (size_t b = 0; b < scheme->n_bands; b++) {
        const HjBand *band = &scheme->bands[b];
        int64_t n = 0;
        for (size_t i = 0; i < contest->view->n_cards; i++)
            n += g_strcmp0(contest->view->cards[i].band, band->name) == 0;
        const bool on = g_strcmp0(filter->band, band->name) == 0;
        view->bands[view->n_bands++] =
            (HjLink){ .href = hj_rowquery_href(req, NULL, "band", on ? NULL : band->name,
                                               "page", NULL, NULL),
                      .text = hj_page_label(req, &band->title),
                      .on = on,
                      .count = n };
        view->band_options[view->n_band_options++] = (HjOption){
            .value = band->name, .text = hj_page_label(req, &band->title), .on = on
        };
    }
}

static void
fill_unders(HjRequest *req, const Filter *filter, HjContestView *view)
{
    if (filter->tree == NULL)
        return;
    view->unders = hj_request_new(req, HjOption, filter->tree->n_orgs);
    for (size_t i = 0; i < filter->tree->n_orgs; i++) {
        const HjOrg *org = &filter->tree->orgs[i];
        const bool holds = i + 1 < filter->tree->n_orgs && org[1].depth > 1;
        if (org->depth == 1 && holds)
            view->unders[view->n_unders++] =
                (HjOption){ .value = org->code, .text = org->name, .on = org == filter->under };
    }
}

/* How many cards stand before each level of the scheme, and after the last. */
static void
fill_steps(HjRequest *req, const HjContests *contest, HjContestView *view)
{
    const HjScheme *scheme = contest->scheme;
    const HjAssessmentView *all = contest->view;
    HjLang lang = hj_request_lang(req);
    if (!all->provisional || scheme->n_approve == 0 || !all->ranking)
        return;
    view->steps = hj_request_new(req, HjContestStep, scheme->n_approve + 1);
    view->has_state = true;
    bool before = true;
    for (size_t level = 0; level <= scheme->n_approve; level++) {
        HjContestStep *step = &view->steps[view->n_steps++];
        for (size_t i = 0; i < all->n_cards; i++)
            step->n += MAX(all->cards[i].level, 0) == (int)level;
        step->text = level == 0
                         ? hj_tr(lang, N_("not approved yet"))
                         : hj_request_printf(req,
                                             level == 1 ? hj_tr(lang, N_("approved: %s"))
                                                        : hj_tr(lang, N_("accepted: %s")),
                                             hj_contests_kind(req, scheme->approve[level - 1]));
        step->on = before && step->n > 0;
        before = before && step->n == 0;
    }
}

static const char *
names_of(HjRequest *req, const HjAssessmentView *view, bool first, int n)
{
    GString *text = g_string_new(NULL);
    const int count = (int)view->n_cards;
    for (int i = 0; i < count; i++) {
        const bool in = first ? view->cards[i].rank <= n : i >= MAX(count - n, 0);
        if (in)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " · " : "",
                                   view->cards[i].name);
    }
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

static void
fill_ends(HjRequest *req, const HjContests *contest, HjContestView *view)
{
    const HjScheme *scheme = contest->scheme;
    if (!contest->view->ranking || contest->view->n_cards == 0)
        return;
    if (scheme->first > 0)
        view->first = names_of(req, contest->view, true, scheme->first);
    if (scheme->first > 0 && scheme->last > 0)
        view->last = names_of(req, contest->view, false, scheme->last);
}

static void
add_way(HjRequest *req, const HjContests *contest, HjContestHead *head, const char *tail,
        const char *text)
{
    head->ways[head->n_ways++] = (HjLink){ .href = hj_contests_href(req, contest, tail),
                                           .text = hj_tr(hj_request_lang(req), text) };
}

static void
fill_ways(HjRequest *req, const HjContests *contest, size_t n_lines, HjContestHead *head)
{
    const HjActor *actor = hj_request_actor(req);
    head->ways = hj_request_new(req, HjLink, 8);
    if (contest->view->ranking)
        add_way(req, contest, head, "/meeting", N_("Meeting"));
    if (contest->view->ranking || n_lines > 0)
        add_way(req, contest, head, "/all.pdf", N_("Notices as PDF"));
    if (contest->head.published) {
        add_way(req, contest, head, "/revisions", N_("Revisions"));
        add_way(req, contest, head, "/appeals", N_("Appeals"));
        add_way(req, contest, head, "/check", N_("Recompute"));
    }
    if (hj_access_may(actor, "scheme.compute") && contest->view->ranking)
        add_way(req, contest, head, "/rehearsal", N_("Rehearsal"));
    if (!contest->head.published && hj_access_may(actor, "scheme.publish"))
        add_way(req, contest, head, "/publish", N_("Accept and publish"));
}

/* In a period before the rules know of the contest; NULL, the error as it was, otherwise. */
static HjResponse *
not_held(HjRequest *req, const HjContests *contest, GError **error)
{
    g_assert(error != NULL && *error != NULL); /* asked after something failed */
    const HjScheme *newest =
        hj_pack_scheme(hj_request_pack(req), hj_request_part(req, "scheme"));
    if (newest == NULL || contest->scheme != NULL ||
        !g_error_matches(*error, HJ_ERROR, HJ_ERROR_NOT_FOUND))
        return NULL;
    const char *says = hj_request_printf(
        req,
        hj_tr(hj_request_lang(req),
              N_("This contest was not held in %s: the rules do not know of it yet.")),
        hj_page_period_text(req, &contest->period));
    return hj_vacant_page(req, hj_page_label(req, &newest->title), "contests", says, NULL,
                          error);
}

static HjResponse *
unpublished(HjRequest *req, const HjContests *contest)
{
    HjContestView view = {
        .page = hj_page(req, hj_page_label(req, &contest->scheme->title), "contests"),
        .head = hj_contests_head(req, contest, ""),
        .unpublished = hj_tr(hj_request_lang(req),
                             N_("Nothing has been published for this period yet. Choose an "
                                "earlier one above.")),
    };
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_contest(&out, &view);
    return res;
}

static const char *
base_note(HjRequest *req, const HjAssessmentView *view)
{
    if (!view->provisional || view->base >= view->full)
        return NULL;
    return hj_request_printf(
        req,
        hj_tr(hj_request_lang(req),
              N_("%s of %s points can be counted from today's records; the rest waits "
                 "for ledgers still to come and is left out.")),
        hj_figures_points(req, view->base), hj_figures_points(req, view->full));
}

HjResponse *
hj_pages_contest(HjRequest *req, GError **error)
{
    HjContests contest;
    if (!hj_contests_load(req, &contest, error))
        return not_held(req, &contest, error);
    const HjAssessmentView *all = contest.view;
    if (all->provisional && !all->ranking && all->n_cards == 0)
        return unpublished(req, &contest);
    Filter filter;
    if (!read_filter(req, &contest, &filter, error))
        return NULL;
    HjContestView view = {
        .page = hj_page(req, hj_page_label(req, &contest.scheme->title), "contests"),
        .head = hj_contests_head(req, &contest, ""),
        .help = hj_page_label(req, &contest.scheme->help),
        .base_note = base_note(req, contest.view),
        .ranking = contest.view->ranking,
        .large = contest.view->n_cards > LARGE && contest.view->ranking,
        .q = filter.q,
        .filtered = filter.q != NULL || filter.band != NULL || filter.under != NULL,
        .lists = hj_request_new(req, HjLink, contest.scheme->n_lists),
    };
    hj_page_crumb(req, &view.page, "/contests", hj_tr(hj_request_lang(req), N_("Contest")));
    view.keys = hj_contests_keys(req, contest.view, &view.n_keys);
    for (size_t i = 0; contest.view->n_cards > 0 && i < contest.view->cards[0].n_lists; i++)
        view.lists[view.n_lists++].text =
            hj_page_label(req, &contest.view->cards[0].lists[i].title);
    fill_steps(req, &contest, &view);
    fill_lines(req, &contest, &filter, &view);
    fill_bands(req, &contest, &filter, &view);
    fill_unders(req, &filter, &view);
    fill_ends(req, &contest, &view);
    fill_ways(req, &contest, view.n_lines, &view.head);
    /* Outside the audience nothing of others is shown before it is confirmed (ASM-3). */
    if (view.large || (!view.ranking && !all->provisional))
        fill_tenths(req, &contest, &view);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_contest(&out, &view);
    return res;
}
