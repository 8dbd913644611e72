/* The card of one organization: lists, items, what a person decided and what would raise it. */
#include "core/access.h"
#include "core/assessment.h"
#include "scorecard.html.h"
#include "web/contests.h"
#include "web/contests_raise.h"
#include "web/pages_contest.h"

#include <string.h>

#define MAX_PAST 12

static HjScoreItemLine
line_of(HjRequest *req, const HjContests *contest, const HjCard *card, const HjCardItem *item)
{
    HjLang lang = hj_request_lang(req);
    const HjSchemeItem *rule = item->rule;
    const int64_t full =
        rule != NULL && rule->times > 0 ? item->of_points * rule->times : item->of_points;
    HjScoreItemLine line = {
        .title = hj_page_label(req, &item->title),
        .counted = item->counted,
        .assumption = rule != NULL && rule->assumption,
        .computed = item->counted ? hj_figures_points_column(req, item->computed) : "—",
        .full = full > 0 ? hj_figures_points(req, full) : "",
        .basis = hj_contests_basis(req, item),
        .how = rule != NULL && !rule->pending ? hj_contests_how(req, rule) : NULL,
        .has_final = item->has_final,
        .href = hj_contests_href(req, contest,
                                 hj_request_printf(req, "/%s/%s", card->code, item->name)),
    };
    if (rule != NULL && rule->pending)
        line.note = hj_request_printf(req, "%s: %s", hj_tr(lang, N_("Not computed yet")),
                                      hj_page_label(req, &rule->pending_why));
    else if (!item->counted)
        line.note = hj_tr(lang, N_("Not applicable: there is nothing to count here."));
    if (item->has_final) {
        line.final = hj_figures_points_column(req, item->final);
        line.reason = item->reason;
        line.document = item->document;
        line.judge = hj_request_printf(req, "%s，%s", item->judge != NULL ? item->judge : "",
                                       hj_date_text(item->judged_on).text);
    }
    return line;
}

static void
fill_lists(HjRequest *req, const HjContests *contest, const HjCard *card, HjScorecardView *view)
{
    HjLang lang = hj_request_lang(req);
    view->lists = hj_request_new(req, HjScoreListView, card->n_lists);
    for (size_t i = 0; i < card->n_lists; i++) {
        const HjCardList *list = &card->lists[i];
        HjScoreListView *shown = &view->lists[view->n_lists++];
        shown->title = hj_page_label(req, &list->title);
        shown->points = hj_figures_points(req, list->points);
        shown->sum = hj_contests_list_sum(req, list);
        if (list->base != list->cap && list->cap > 0)
            shown->base = hj_request_printf(req, hj_tr(lang, N_("counted now: %s")),
                                            hj_figures_points(req, list->base));
        shown->cap = hj_request_printf(req, hj_tr(lang, N_("limit %s")),
                                       hj_figures_points(req, list->cap));
        if (list->weight > 0 && list->weight != 100)
            shown->cap = hj_request_printf(
                req, "%s · %s", shown->cap,
                hj_request_printf(req, hj_tr(lang, N_("%d%% of it count in the total")),
                                  list->weight));
        shown->items = hj_request_new(req, HjScoreItemLine, list->n_items);
        for (size_t j = 0; j < list->n_items; j++)
            shown->items[shown->n_items++] = line_of(req, contest, card, &list->items[j]);
    }
}

static const char *
band_title(HjRequest *req, const HjScheme *scheme, const char *name)
{
    for (size_t i = 0; name != NULL && i < scheme->n_bands; i++)
        if (g_str_equal(scheme->bands[i].name, name))
            return hj_page_label(req, &scheme->bands[i].title);
    return name != NULL ? name : "";
}

/* Why the band is another than the total alone would give. */
static const char *
quota_note(HjRequest *req, const HjScheme *scheme, const HjCard *card)
{
    HjLang lang = hj_request_lang(req);
    const char *by_points = band_title(req, scheme, card->by_points);
    if (card->why == HJ_BAND_STEP)
        return hj_request_printf(
            req,
            hj_tr(lang, N_("The total alone would give %s; a band may rise by %d at a time.")),
            by_points, scheme->step_up.bands);
    if (card->why == HJ_BAND_QUOTA && scheme->quota != NULL)
        return hj_request_printf(req, hj_tr(lang, N_("The total alone would give %s: %s")),
                                 by_points, hj_page_label(req, &scheme->quota->says));
    return NULL;
}

static void
add_act(HjRequest *req, const HjContests *contest, const HjCard *card, HjScorecardView *view,
        const char *act, const char *text, bool on)
{
    view->acts[view->n_acts++] = (HjLink){
        .href = hj_contests_href(req, contest,
                                 hj_request_printf(req, "/%s/act/%s", card->code, act)),
        .text = hj_tr(hj_request_lang(req), text),
        .on = on,
    };
}

static bool
may(HjRequest *req, const char *permission, const HjCard *card)
{
    return hj_access_check(hj_request_tx(req), hj_request_actor(req), permission, card->org,
                           NULL);
}

static void
fill_acts(HjRequest *req, const HjContests *contest, const HjCard *card, HjScorecardView *view)
{
    view->acts = hj_request_new(req, HjLink, 6);
    const bool live = contest->view->provisional;
    if (live && hj_contests_may_pass(req, contest, card))
        add_act(req, contest, card, view, card->level == 0 ? "approve" : "accept",
                card->level == 0 ? N_("Approve this card") : N_("Accept this card"), true);
    if (live && card->level > 0 && may(req, "scheme.approve", card))
        add_act(req, contest, card, view, "withdraw", N_("Take back"), false);
    if (live || !contest->head.published || contest->view->revision != contest->head.revision)
        return;
    const HjDate until =
        hj_assessment_appeal_until(hj_request_pack(req), contest->scheme, card->published_on);
    if (contest->scheme->appeal.unit == HJ_SPAN_NONE || until == HJ_DATE_NONE ||
        !may(req, "scheme.appeal", card))
        return;
    const bool open = hj_tx_today(hj_request_tx(req)) <= until;
    view->until = hj_request_printf(
        req,
        hj_tr(hj_request_lang(req),
              open ? N_("Appeals are taken until %s.") : N_("Appeals were taken until %s.")),
        hj_date_text(until).text);
    if (open)
        add_act(req, contest, card, view, "appeal", N_("Appeal"), false);
}

static bool
fill_past(HjRequest *req, const HjContests *contest, const HjCard *card, HjScorecardView *view,
          GError **error)
{
    HjRows *rows = hj_assessment_history(hj_request_tx(req), contest->scheme->name, card->org,
                                         contest->period.from, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->past = hj_request_new(req, HjPastLine, MAX_PAST);
    while (hj_rows_next(rows) && view->n_past < MAX_PAST) {
        HjPeriod period;
        const char *text = hj_rows_text(rows, "period");
        const char *band = hj_request_lang(req) == HJ_ZH ? "band_zh" : "band_en";
        const bool parsed = hj_period_parse(text, &period, NULL);
        view->past[view->n_past++] = (HjPastLine){
            .period = parsed ? hj_page_period_text(req, &period) : text,
            .href = hj_request_printf(req, "%s/%s?period=%s", contest->base, card->code, text),
            .on = hj_rows_text(rows, "published_on"),
            .rank = contest->view->ranking ? hj_rows_text(rows, "rank") : NULL,
            .total = hj_figures_points_column(req, hj_rows_i64(rows, "total")),
            .band = hj_rows_null(rows, "band") ? "" : hj_rows_text(rows, band),
        };
    }
    return true;
}

static const char *
base_of(HjRequest *req, const HjContests *contest, const HjCard *card)
{
    HjLang lang = hj_request_lang(req);
    const int64_t full = contest->view->full;
    if (card->base >= full)
        return hj_request_printf(req, hj_tr(lang, N_("points of %s")),
                                 hj_figures_points(req, full));
    return hj_request_printf(req, hj_tr(lang, N_("points of %s countable now, %s in all")),
                             hj_figures_points(req, card->base), hj_figures_points(req, full));
}

static void
fill_standing(HjRequest *req, const HjContests *contest, const HjCard *card,
              HjScorecardView *view)
{
    HjLang lang = hj_request_lang(req);
    const HjAssessmentView *all = contest->view;
    view->total = hj_figures_points(req, card->total);
    view->base = base_of(req, contest, card);
    if (all->ranking)
        view->rank = hj_request_printf(req, hj_tr(lang, N_("rank %d of %d")), card->rank,
                                       (int)all->n_cards);
    if (card->band != NULL)
        view->band = hj_page_label(req, &card->band_title);
    view->quota = quota_note(req, contest->scheme, card);
    if (card->vetoed)
        view->veto = hj_request_printf(req, "%s（%s）", hj_page_label(req, &card->veto_says),
                                       card->veto_document);
    if (all->provisional && card->computed_total != card->total)
        view->computed_total =
            hj_request_printf(req, hj_tr(lang, N_("%s by the records alone")),
                              hj_figures_points(req, card->computed_total));
    const char *tone = NULL;
    const char *state = hj_contests_state(req, contest, card, &tone);
    if (all->provisional && contest->scheme->n_approve > 0) {
        view->head.badge.tone = tone;
        view->frozen = state;
        if (card->snapshot != 0) {
            view->head.badge.text = hj_tr(lang, N_("Accepted"));
            view->head.badge.more = hj_tr(
                lang, N_("frozen: later changes of records do not move this card any more"));
        }
    }
    hj_contests_bar(req, all, card, &view->bar.parts, &view->bar.n_parts);
    view->keys = hj_contests_keys(req, all, &view->n_keys);
}

static void
fill_ways(HjRequest *req, const HjContests *contest, const HjCard *card, HjContestHead *head)
{
    HjLang lang = hj_request_lang(req);
    head->ways = hj_request_new(req, HjLink, 4);
    if (contest->head.published)
        head->ways[head->n_ways++] = (HjLink){
            .href = hj_request_printf(req, "%s&org=%s",
                                      hj_contests_href(req, contest, "/check"), card->code),
            .text = hj_tr(lang, N_("Recompute")),
        };
    head->ways[head->n_ways++] = (HjLink){
        .href = hj_contests_href(req, contest,
                                 hj_request_printf(req, "/%s/act/notice", card->code)),
        .text = hj_tr(lang, N_("Notice to print")),
    };
    head->ways[head->n_ways++] = (HjLink){
        .href = hj_contests_href(req, contest,
                                 hj_request_printf(req, "/%s/act/notice.pdf", card->code)),
        .text = hj_tr(lang, N_("as PDF")),
    };
}

HjResponse *
hj_pages_scorecard(HjRequest *req, GError **error)
{
    HjContests contest;
    const HjCard *card =
        hj_contests_load(req, &contest, error) ? hj_contests_card(req, &contest, error) : NULL;
    if (card == NULL)
        return NULL;
    HjScorecardView view = {
        .page = hj_page(req, card->name, "contests"),
        .head = hj_contests_head(req, &contest, hj_request_printf(req, "/%s", card->code)),
    };
    view.head.title = card->name;
    hj_contests_crumbs(req, &contest, &view.page, NULL);
    fill_standing(req, &contest, card, &view);
    fill_lists(req, &contest, card, &view);
    fill_acts(req, &contest, card, &view);
    fill_ways(req, &contest, card, &view.head);
    view.appeals = hj_contests_appeals(req, &contest, card->org, &view.n_appeals, error);
    view.outcomes = hj_contests_outcomes(req, &contest, card, &view.n_outcomes, error);
    view.outcome_new = hj_contests_outcome_new(req, &contest, card);
    if (view.appeals == NULL || view.outcomes == NULL ||
        !fill_past(req, &contest, card, &view, error))
        return NULL;
    view.raises_shown = contest.view->provisional && card->snapshot == 0;
    if (view.raises_shown) {
        view.raises = hj_contests_raises(req, &contest, card, NULL, &view.n_raises, error);
        if (view.raises == NULL)
            return NULL;
    }
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_scorecard(&out, &view);
    return res;
}
