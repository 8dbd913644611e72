/* The meeting (擂台赛) on the wall: one committee at a time in an order of speaking, what is
 * noted about each, and the list at the end. */
#include "base/text.h"
#include "contest_meeting.html.h"
#include "core/access.h"
#include "core/row.h"
#include "web/contests.h"
#include "web/pages_contest.h"
#include "web/views_contest_act.h"

#include <string.h>

#define BAR 200
#define MAX_NOTES 20
#define SEEDS 10000

typedef struct {
    HjRequest *req;
    HjContests contest;
    const HjScheme *scheme;
    const char *order;    /* "last", "first", "tree" or "drawn-1234" */
    const HjCard **turns; /* in the order of speaking */
    size_t n_turns;
    const HjCard *card; /* who speaks; NULL: the list at the end, or the beginning */
    size_t at;          /* his place among the turns */
    bool end;
} Meeting;

/* --- the order of speaking --- */

/* A draw that everybody with the same address sees alike. */
static uint64_t
draw_key(uint64_t seed, const HjCard *card)
{
    uint64_t x = (uint64_t)card->org ^ (seed * UINT64_C(0x9E3779B97F4A7C15));
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static gint
compare_turns(gconstpointer left, gconstpointer right, gpointer data)
{
    const Meeting *m = data;
    const HjCard *a = *(const HjCard *const *)left, *b = *(const HjCard *const *)right;
    int64_t seed = 0;
    if (g_str_has_prefix(m->order, "drawn-") && hj_text_parse_i64(m->order + 6, &seed)) {
        const uint64_t x = draw_key((uint64_t)seed, a), y = draw_key((uint64_t)seed, b);
        return x != y ? (x < y ? -1 : 1) : strcmp(a->code, b->code);
    }
    if (g_str_equal(m->order, "tree"))
        return strcmp(a->code, b->code);
    if (a->rank != b->rank)
        return (a->rank < b->rank) == g_str_equal(m->order, "first") ? -1 : 1;
    return strcmp(a->code, b->code);
}

static bool
order_ok(const char *order)
{
    int64_t seed = 0;
    return g_str_equal(order, "last") || g_str_equal(order, "first") ||
           g_str_equal(order, "tree") ||
           (g_str_has_prefix(order, "drawn-") && hj_text_parse_i64(order + 6, &seed) &&
            seed >= 0);
}

static const char *
asked(HjRequest *req, const char *name)
{
    const char *text = hj_request_form(req, name);
    if (text == NULL)
        text = hj_request_query(req, name);
    return text != NULL && *text != '\0' ? text : NULL;
}

static bool
load(HjRequest *req, Meeting *ret, GError **error)
{
    *ret = (Meeting){ .req = req };
    if (!hj_contests_begin(req, &ret->contest, error))
        return false;
    if (!hj_scheme_may_rank(hj_request_actor(req), ret->contest.scheme))
        return hj_fail(error, HJ_ERROR_DENIED,
                       "The ranking is for the county and the committees.");
    if (!hj_contests_load(req, &ret->contest, error))
        return false;
    ret->scheme = ret->contest.scheme;
    ret->order = asked(req, "order") != NULL ? asked(req, "order") : "last";
    if (!order_ok(ret->order))
        return hj_fail(error, HJ_ERROR_MALFORMED, "There is no such order.");
    ret->n_turns = ret->contest.view->n_cards;
    ret->turns = hj_request_new(req, const HjCard *, ret->n_turns + 1);
    for (size_t i = 0; i < ret->n_turns; i++)
        ret->turns[i] = &ret->contest.view->cards[i];
    g_qsort_with_data(ret->turns, (gint)ret->n_turns, sizeof(HjCard *), compare_turns, ret);
    const char *at = asked(req, "at");
    ret->end = g_strcmp0(at, "end") == 0;
    for (size_t i = 0; at != NULL && i < ret->n_turns; i++)
        if (g_str_equal(ret->turns[i]->code, at)) {
            ret->card = ret->turns[i];
            ret->at = i;
        }
    if (at != NULL && ret->card == NULL && !ret->end)
        return hj_fail(error, HJ_ERROR_NOT_FOUND,
                       "This organization takes no part in the contest.");
    return true;
}

static const char *
href(const Meeting *m, const char *order, const char *at)
{
    return hj_request_printf(m->req, "%s&order=%s%s%s",
                             hj_contests_href(m->req, &m->contest, "/meeting"), order,
                             at != NULL ? "&at=" : "", at != NULL ? at : "");
}

/* --- notes --- */

/* Notes of the meeting are rows of the ledger that the scheme names. */
static bool
fill_notes(const Meeting *m, HjMeetingView *view, GError **error)
{
    HjRequest *req = m->req;
    const HjSchemeNotes *c = &m->scheme->comments;
    const HjActor *actor = hj_request_actor(req);
    if (c->ledger == NULL || !hj_access_may_ledger(actor, c->ledger, HJ_ACCESS_VIEW))
        return true;
    const HjRowFilter filters[] = {
        { .field = hj_pack_field(c->ledger, c->scheme), .text = m->scheme->name },
        { .field = hj_pack_field(c->ledger, c->period), .text = m->contest.period.text },
    };
    const HjRowQuery query = {
        .ledger = c->ledger,
        .under = m->card->org,
        .only_here = true,
        .filters = filters,
        .n_filters = G_N_ELEMENTS(filters),
        .from = HJ_DATE_NONE,
        .to = HJ_DATE_NONE,
        .limit = MAX_NOTES,
    };
    g_autofree char *next = NULL;
    HjRows *rows = hj_row_list(hj_request_tx(req), actor, &query, &next, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->notes = hj_request_new(req, HjMeetingNote, MAX_NOTES);
    while (hj_rows_next(rows) && view->n_notes < MAX_NOTES)
        view->notes[view->n_notes++] = (HjMeetingNote){
            .by = hj_rows_text(rows, "created_by_name"),
            .at = hj_request_printf(req, "%.10s",
                                    hj_time_text(hj_rows_i64(rows, "created_at")).text),
            .text = hj_rows_text(rows, c->text),
            .href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, c->ledger->name,
                                      hj_rows_i64(rows, "id")),
        };
    return true;
}

static void
fill_note_form(const Meeting *m, HjMeetingView *view)
{
    HjRequest *req = m->req;
    const HjSchemeNotes *c = &m->scheme->comments;
    const HjActor *actor = hj_request_actor(req);
    if (c->ledger == NULL || !hj_access_check_row(hj_request_tx(req), actor, c->ledger,
                                                  HJ_ACCESS_ENTER, m->card->org, NULL))
        return;
    view->page.form_key = hj_request_form_key(req);
    view->action = hj_request_printf(req, "%s/meeting", m->contest.base);
    view->at = m->card->code;
    const HjField *field = hj_pack_field(c->ledger, c->text);
    view->max = field->max_length > 0 ? field->max_length : 2000;
    view->text = hj_request_form(req, "text");
    view->note_help = hj_page_label(req, &c->ledger->title);
}

/* --- the pages --- */

static void
fill_card(const Meeting *m, HjMeetingView *view)
{
    HjRequest *req = m->req;
    const HjCard *card = m->card;
    const int64_t full = MAX(m->contest.view->full, 1);
    view->org = card->name;
    view->total = hj_figures_points(req, card->total);
    view->rank = hj_request_printf(req, hj_tr(hj_request_lang(req), N_("rank %d of %d")),
                                   card->rank, (int)m->contest.view->n_cards);
    view->band = card->band != NULL ? hj_page_label(req, &card->band_title) : NULL;
    view->veto = card->vetoed ? hj_page_label(req, &card->veto_says) : NULL;
    view->place = hj_request_printf(req, hj_tr(hj_request_lang(req), N_("speaker %d of %d")),
                                    (int)m->at + 1, (int)m->n_turns);
    view->parts = hj_request_new(req, HjMeetingPart, card->n_lists);
    for (size_t l = 0; l < card->n_lists; l++) {
        const HjCardList *list = &card->lists[l];
        view->parts[view->n_parts++] = (HjMeetingPart){
            .title = hj_page_label(req, &list->title),
            .points = hj_figures_points(req, list->points),
            .of = list->cap > 0 ? hj_figures_points(req, list->cap) : NULL,
            .width = CLAMP(ABS(list->points) * BAR / full, list->points != 0, BAR),
            .full = CLAMP(ABS(list->cap) * BAR / full, 1, BAR),
            .tone = list->cap < 0 ? 9 : (int)MIN(l, 3),
        };
    }
    view->back_href = m->at > 0 ? href(m, m->order, m->turns[m->at - 1]->code) : NULL;
    view->next_href =
        href(m, m->order, m->at + 1 < m->n_turns ? m->turns[m->at + 1]->code : "end");
}

/* The items by which this card stands out: those that left most points, and what was taken
 * off. */
static void
fill_items(const Meeting *m, HjMeetingView *view)
{
    HjRequest *req = m->req;
    size_t n = 0;
    for (size_t l = 0; l < m->card->n_lists; l++)
        n += m->card->lists[l].n_items;
    view->items = hj_request_new(req, HjScoreItemLine, n + 1);
    for (size_t l = 0; l < m->card->n_lists; l++)
        for (size_t i = 0; i < m->card->lists[l].n_items; i++) {
            const HjCardItem *item = &m->card->lists[l].items[i];
            const bool taken = m->card->lists[l].cap < 0;
            const int times = item->rule != NULL ? MAX(item->rule->times, 1) : 1;
            if ((!item->counted && !item->has_final) || (taken && item->points == 0))
                continue;
            view->items[view->n_items++] = (HjScoreItemLine){
                .title = hj_page_label(req, &item->title),
                .computed = hj_figures_points(req, item->points),
                .full = taken ? NULL : hj_figures_points(req, item->of_points * times),
                .basis = item->has_value ? hj_contests_value(req, item) : "",
                .has_final = item->has_final,
            };
        }
}

static void
fill_list(const Meeting *m, HjMeetingView *view)
{
    HjRequest *req = m->req;
    view->lines = hj_request_new(req, HjContestLine, m->n_turns);
    for (size_t i = 0; i < m->contest.view->n_cards; i++) {
        const HjCard *card = &m->contest.view->cards[i];
        HjContestLine *line = &view->lines[view->n_lines++];
        *line = (HjContestLine){
            .href = href(m, m->order, card->code),
            .name = card->name,
            .rank = hj_request_printf(req, "%d", card->rank),
            .total = hj_figures_points(req, card->total),
            .veto = card->vetoed ? hj_page_label(req, &card->veto_says) : NULL,
        };
        hj_contests_bar(req, m->contest.view, card, &line->parts, &line->n_parts);
    }
    if (m->n_turns > 0)
        view->back_href = href(m, m->order, m->turns[m->n_turns - 1]->code);
}

static void
fill_orders(const Meeting *m, HjMeetingView *view)
{
    HjRequest *req = m->req;
    HjLang lang = hj_request_lang(req);
    const bool drawn = g_str_has_prefix(m->order, "drawn-");
    const int seed = (int)((hj_request_now(req) / 1000) % SEEDS);
    const struct {
        const char *order, *text;
    } all[] = {
        { "last", N_("last rank first") },
        { "first", N_("first rank first") },
        { "tree", N_("in the usual order") },
    };
    view->orders = hj_request_new(req, HjLink, 5);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        view->orders[view->n_orders++] = (HjLink){ .href = href(m, all[i].order, NULL),
                                                   .text = hj_tr(lang, all[i].text),
                                                   .on = g_str_equal(m->order, all[i].order) };
    view->orders[view->n_orders++] = (HjLink){
        .href = href(m, hj_request_printf(req, "drawn-%04d", seed), NULL),
        .text = drawn ? hj_request_printf(req, hj_tr(lang, N_("drawn (%s); draw again")),
                                          m->order + 6)
                      : hj_tr(lang, N_("draw lots")),
        .on = drawn,
    };
    view->turns = hj_request_new(req, HjLink, m->n_turns);
    for (size_t i = 0; i < m->n_turns; i++)
        view->turns[view->n_turns++] =
            (HjLink){ .href = href(m, m->order, m->turns[i]->code), .text = m->turns[i]->name };
    view->next_href = m->n_turns > 0 ? href(m, m->order, m->turns[0]->code) : NULL;
}

static HjResponse *
meeting_page(const Meeting *m, int status, const char *wrong, GError **error)
{
    HjRequest *req = m->req;
    HjLang lang = hj_request_lang(req);
    HjMeetingView view = {
        .page = hj_page(req, hj_page_label(req, &m->scheme->title), "contests"),
        .head = hj_contests_head(req, &m->contest, "/meeting"),
        .speaking = m->card != NULL,
        .at_end = m->end,
        .order = m->order,
        .wrong = wrong != NULL ? hj_tr(lang, wrong) : NULL,
        .end_href = href(m, m->order, "end"),
        .first_href = href(m, m->order, NULL),
        .leave_href = hj_contests_href(req, &m->contest, ""),
    };
    view.page.here = href(m, m->order, m->end ? "end" : m->card != NULL ? m->card->code : NULL);
    if (m->card != NULL) {
        fill_card(m, &view);
        fill_items(m, &view);
        fill_note_form(m, &view);
        if (!fill_notes(m, &view, error))
            return NULL;
    } else if (m->end)
        fill_list(m, &view);
    else
        fill_orders(m, &view);
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_contest_meeting(&out, &view);
    return res;
}

HjResponse *
hj_pages_contest_meeting(HjRequest *req, GError **error)
{
    Meeting m;
    return load(req, &m, error) ? meeting_page(&m, 200, NULL, error) : NULL;
}

HjResponse *
hj_pages_contest_meeting_post(HjRequest *req, GError **error)
{
    Meeting m;
    if (!load(req, &m, error))
        return NULL;
    const HjSchemeNotes *c = &m.scheme->comments;
    if (m.card == NULL || c->ledger == NULL) {
        hj_fail(error, HJ_ERROR_MALFORMED, "No speaker is named, or nothing is noted here.");
        return NULL;
    }
    const char *text = hj_request_form(req, "text");
    const HjRowInput inputs[] = {
        { .name = c->scheme, .text = m.scheme->name },
        { .name = c->period, .text = m.contest.period.text },
        { .name = c->text, .text = text != NULL ? text : "" },
        { .name = c->on != NULL ? c->on : "",
          .text = hj_request_strdup(req, hj_date_text(hj_tx_today(hj_request_tx(req))).text) },
    };
    HjRowKey key;
    g_autoptr(GError) why = NULL;
    if (hj_row_create(hj_request_tx(req), hj_request_actor(req), c->ledger, m.card->org, 0,
                      inputs, c->on != NULL ? 4 : 3, hj_request_issues(req), &key, &why))
        return hj_response_see_other(req, href(&m, m.order, m.card->code),
                                     N_("The comment was noted."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return meeting_page(&m, 422, N_("Write what was said."), error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
