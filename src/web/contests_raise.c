#include "web/contests_raise.h"

#include <string.h>

#define CHIPS 8

/* What costs points is there as rows; what is missing the pack tells. */
static HjRows *
missing_rows(HjRequest *req, const HjContests *contest, const HjCard *card,
             const HjSchemeItem *item, GError **error)
{
    if (item->indicator != NULL)
        return hj_indicator_missing(hj_request_tx(req), hj_request_actor(req), item->indicator,
                                    card->org, contest->period.from, contest->period.to,
                                    CHIPS + 1, error);
    return hj_scheme_rows(hj_request_tx(req), hj_request_actor(req), contest->scheme, item,
                          &contest->period, card->org, error);
}

bool
hj_contests_missing(HjRequest *req, const HjContests *contest, const HjCard *card,
                    const HjSchemeItem *item, HjRaiseLine *line, GError **error)
{
    if (item->indicator == NULL && item->points > 0 && item->scoring != HJ_SCORE_LOSE)
        return true;
    HjRows *rows = missing_rows(req, contest, card, item, error);
    if (rows != NULL)
        hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    const HjRowNames *names = rows != NULL ? hj_figures_names(req, rows, error) : NULL;
    HjOrgTree *tree = names != NULL ? hj_figures_tree(req, contest->period.to, error) : NULL;
    if (tree == NULL)
        return false;
    line->rows = hj_request_new(req, HjEvidence, CHIPS);
    while (line->n_rows < CHIPS && hj_rows_next(rows)) {
        HjEvidence *one = &line->rows[line->n_rows++];
        *one = hj_figures_evidence(req, tree, names, rows);
        if (!one->is_org)
            one->points = one->title != NULL ? one->title : one->ledger;
    }
    if (hj_rows_count(rows) > CHIPS)
        line->more = hj_tr(hj_request_lang(req), N_("more of them"));
    return true;
}

static gint
compare_gain(gconstpointer left, gconstpointer right)
{
    const HjRaise *a = &((const HjContestRaise *)left)->raise;
    const HjRaise *b = &((const HjContestRaise *)right)->raise;
    if (a->to_full != b->to_full)
        return a->to_full > b->to_full ? -1 : 1;
    return a->by_one != b->by_one ? (a->by_one > b->by_one ? -1 : 1) : 0;
}

/* "1 more: +0.5; 7 more, and nothing is left to gain: +2.5" */
static const char *
what_of(HjRequest *req, const HjRaise *raise)
{
    HjLang lang = hj_request_lang(req);
    const char *one = hj_figures_points(req, raise->by_one);
    const char *all = hj_figures_points(req, raise->to_full);
    const int n = (int)MIN(raise->n_full, INT_MAX);
    if (n == 1)
        return hj_request_printf(req,
                                 raise->fewer ? hj_tr(lang, N_("one fewer brings %s points"))
                                              : hj_tr(lang, N_("one more brings %s points")),
                                 one);
    if (raise->by_one == 0)
        return hj_request_printf(
            req,
            raise->fewer ? hj_tr(lang, N_("%d fewer bring %s points; one alone brings none"))
                         : hj_tr(lang, N_("%d more bring %s points; one alone brings none")),
            n, all);
    return hj_request_printf(
        req,
        raise->fewer ? hj_tr(lang, N_("each one fewer brings %s points; all %d bring %s"))
                     : hj_tr(lang, N_("each one more brings %s points; all %d bring %s")),
        one, n, all);
}

static HjRaiseLine
line_of(HjRequest *req, const HjContests *contest, const HjCard *card,
        const HjContestRaise *found)
{
    const HjSchemeItem *item = found->item;
    return (HjRaiseLine){
        .title = hj_page_label(req, &item->title),
        .gain = hj_request_printf(req, "+%s", hj_figures_points(req, found->raise.to_full)),
        .what = what_of(req, &found->raise),
        .href = hj_contests_href(req, contest,
                                 hj_request_printf(req, "/%s/%s", card->code, item->name)),
    };
}

static bool
decided(const HjCard *card, const char *name)
{
    const HjCardItem *item = hj_assessment_item(card, name);
    return item == NULL || item->has_final;
}

static void
collect(const HjScore *score, const HjCard *card, const char *only, GArray *found)
{
    for (size_t l = 0; l < score->n_lists; l++) {
        const HjListScore *list = &score->lists[l];
        for (size_t i = 0; i < list->n_items; i++) {
            const HjItemScore *item = &list->items[i];
            if ((only != NULL && !g_str_equal(item->item->name, only)) || !item->counted ||
                decided(card, item->item->name))
                continue;
            HjContestRaise one = { .item = item->item, .raise = hj_scheme_raise(list, item) };
            if (one.raise.known && one.raise.to_full > 0)
                g_array_append_val(found, one);
        }
    }
}

HjRaiseLine *
hj_contests_raises(HjRequest *req, const HjContests *contest, const HjCard *card,
                   const char *only, size_t *ret_n, GError **error)
{
    *ret_n = 0;
    g_autoptr(HjScoreboard) board = hj_scheme_compute(hj_request_tx(req), hj_request_pack(req),
                                                      contest->scheme, &contest->period, error);
    if (board == NULL)
        return NULL;
    const HjScore *score = hj_scheme_score(board, card->org);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(HjContestRaise));
    if (score != NULL)
        collect(score, card, only, found);
    g_array_sort(found, compare_gain);
    HjRaiseLine *lines = hj_request_new(req, HjRaiseLine, found->len + 1);
    for (guint i = 0; i < found->len; i++) {
        const HjContestRaise *one = &g_array_index(found, HjContestRaise, i);
        lines[*ret_n] = line_of(req, contest, card, one);
        if (!hj_contests_missing(req, contest, card, one->item, &lines[*ret_n], error))
            return NULL;
        (*ret_n)++;
    }
    return lines;
}
