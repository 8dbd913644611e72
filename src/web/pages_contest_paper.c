/* The notice of a card as an official paper: the result, the arithmetic of each mark and the
 * rows it rests on; of one card, or of all cards of a contest in one file. */
#include "core/access.h"
#include "web/contests.h"
#include "web/document_page.h"
#include "web/pages_contest.h"

#include <string.h>

#define ROWS_EACH 40

static const char *
standing(HjRequest *req, const HjContests *contest, const HjCard *card)
{
    HjLang lang = hj_request_lang(req);
    const HjAssessmentView *view = contest->view;
    const char *total = hj_figures_points(req, card->total);
    GString *text = g_string_new(NULL);
    if (view->provisional)
        g_string_append_printf(
            text,
            hj_tr(lang, N_("Computed from the records of %s; provisional, not published.")),
            hj_date_text(hj_tx_today(hj_request_tx(req))).text);
    else
        g_string_append_printf(text, hj_tr(lang, N_("Published on %s as revision %d.")),
                               hj_date_text(view->published_on).text, (int)view->revision);
    g_string_append_printf(text, lang == HJ_ZH ? "%s" : " %s",
                           hj_request_printf(req,
                                             hj_tr(lang, N_("The total is %s of %s points.")),
                                             total, hj_figures_points(req, view->full)));
    if (view->ranking)
        g_string_append_printf(text, lang == HJ_ZH ? "%s" : " %s",
                               hj_request_printf(req, hj_tr(lang, N_("It is rank %d of %d.")),
                                                 card->rank, (int)view->n_cards));
    if (card->band != NULL)
        g_string_append_printf(text, lang == HJ_ZH ? "%s" : " %s",
                               hj_request_printf(req, hj_tr(lang, N_("The band is %s.")),
                                                 hj_page_label(req, &card->band_title)));
    if (card->vetoed)
        g_string_append_printf(text, "%s（%s）", hj_page_label(req, &card->veto_says),
                               card->veto_document);
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

static void
add_lists(HjRequest *req, const HjContests *contest, const HjCard *card, HjDocument *paper)
{
    HjLang lang = hj_request_lang(req);
    const HjDocumentColumn columns[] = {
        { .title = hj_tr(lang, N_("Item")), .width = 24 },
        { .title = hj_tr(lang, N_("Computed")), .width = 11, .align = HJ_ALIGN_RIGHT },
        { .title = hj_tr(lang, N_("Final")), .width = 11, .align = HJ_ALIGN_RIGHT },
        { .title = hj_tr(lang, N_("The arithmetic")), .width = 54 },
    };
    for (size_t l = 0; l < card->n_lists; l++) {
        const HjCardList *list = &card->lists[l];
        hj_document_table(paper, hj_page_label(req, &list->title), columns,
                          G_N_ELEMENTS(columns));
        for (size_t i = 0; i < list->n_items; i++) {
            const HjCardItem *item = &list->items[i];
            const char *arithmetic = hj_contests_arithmetic(req, contest->scheme, item);
            const char *const cells[] = {
                hj_page_label(req, &item->title),
                item->counted ? hj_figures_points(req, item->computed) : "—",
                item->has_final ? hj_figures_points(req, item->final) : "",
                arithmetic,
            };
            hj_document_row(paper, cells, false);
        }
        const char *const sum[] = { hj_tr(lang, N_("Together")),
                                    hj_figures_points(req, list->points), "",
                                    hj_contests_list_sum(req, list) };
        hj_document_row(paper, sum, true);
    }
}

/* Where a person decided otherwise: both marks, who, why, and the paper. */
static void
add_finals(HjRequest *req, const HjCard *card, HjDocument *paper)
{
    HjLang lang = hj_request_lang(req);
    bool any = false;
    for (size_t l = 0; l < card->n_lists; l++)
        for (size_t i = 0; i < card->lists[l].n_items; i++) {
            const HjCardItem *item = &card->lists[l].items[i];
            if (!item->has_final)
                continue;
            if (!any)
                hj_document_heading(paper, 1, hj_tr(lang, N_("Marks decided by a person")));
            any = true;
            hj_document_text(paper,
                             hj_request_printf(
                                 req, hj_tr(lang, N_("%s: computed %s, final %s; %s (%s, %s)")),
                                 hj_page_label(req, &item->title),
                                 hj_figures_points(req, item->computed),
                                 hj_figures_points(req, item->final),
                                 item->reason != NULL ? item->reason : "",
                                 item->judge != NULL ? item->judge : "",
                                 item->document != NULL ? item->document : "—"));
        }
}

/* Rewards and consequences, as the ledger words them. */
static bool
add_outcomes(HjRequest *req, const HjContests *contest, const HjCard *card, HjDocument *paper,
             GError **error)
{
    size_t n = 0;
    const HjOutcomeLine *lines = hj_contests_outcomes(req, contest, card, &n, error);
    if (lines == NULL)
        return false;
    if (n > 0)
        hj_document_heading(paper, 1,
                            hj_tr(hj_request_lang(req), N_("Rewards and consequences")));
    for (size_t i = 0; i < n; i++) {
        const HjOutcomeLine *line = &lines[i];
        hj_document_text(
            paper, hj_request_printf(
                       req, "%s%s%s（%s%s%s）", line->kind != NULL ? line->kind : "",
                       line->kind != NULL ? "：" : "", line->text,
                       line->on != NULL ? line->on : "", line->document != NULL ? "，" : "",
                       line->document != NULL ? line->document : ""));
    }
    return true;
}

/* The ledger and what names the row there; its number, where nothing does. */
static const char *
row_text(HjRequest *req, const HjRowNames *names, const HjRows *rows)
{
    const char *ledger = hj_rows_text(rows, "ledger");
    const int64_t id = hj_rows_i64(rows, "id");
    const char *title = hj_row_names_at(names, ledger, id);
    return title != NULL
               ? hj_request_printf(req, "%s · %s", hj_figures_ledger_title(req, ledger), title)
               : hj_request_printf(req, "%s %" G_GINT64_FORMAT,
                                   hj_figures_ledger_title(req, ledger), id);
}

static bool
add_rows(HjRequest *req, const HjContests *contest, const HjCard *card, const HjCardItem *item,
         HjDocument *paper, GError **error)
{
    HjLang lang = hj_request_lang(req);
    const HjDocumentColumn columns[] = {
        { .title = hj_tr(lang, N_("Organization")), .width = 34 },
        { .title = hj_tr(lang, N_("Row")), .width = 46 },
        { .title = hj_tr(lang, N_("Version")), .width = 10, .align = HJ_ALIGN_RIGHT },
        { .title = hj_tr(lang, N_("Points")), .width = 10, .align = HJ_ALIGN_RIGHT },
    };
    g_autoptr(HjRows) rows =
        hj_assessment_rows(hj_request_tx(req), hj_request_actor(req), contest->view, card, item,
                           ROWS_EACH + 1, error);
    if (rows == NULL)
        return false;
    if (hj_rows_count(rows) == 0)
        return true;
    const HjRowNames *names = hj_figures_names(req, rows, error);
    if (names == NULL)
        return false;
    hj_document_table(paper, hj_page_label(req, &item->title), columns, G_N_ELEMENTS(columns));
    for (int n = 0; n < ROWS_EACH && hj_rows_next(rows); n++) {
        const char *const cells[] = {
            hj_rows_text(rows, "org_name"),
            row_text(req, names, rows),
            hj_rows_null(rows, "version") ? "" : hj_rows_text(rows, "version"),
            hj_rows_null(rows, "points") ? ""
                                         : hj_figures_points(req, hj_rows_i64(rows, "points")),
        };
        hj_document_row(paper, cells, false);
    }
    if (item->n_rows > ROWS_EACH)
        hj_document_plain(
            paper,
            hj_request_printf(req, hj_tr(lang, N_("The first %d rows are shown.")), ROWS_EACH));
    return true;
}

static bool
add_evidence(HjRequest *req, const HjContests *contest, const HjCard *card, HjDocument *paper,
             GError **error)
{
    hj_document_heading(paper, 1, hj_tr(hj_request_lang(req), N_("The rows it rests on")));
    for (size_t l = 0; l < card->n_lists; l++)
        for (size_t i = 0; i < card->lists[l].n_items; i++)
            if (!add_rows(req, contest, card, &card->lists[l].items[i], paper, error))
                return false;
    return true;
}

/* Lent by the request; NULL with @error. */
static HjDocument *
notice_of(HjRequest *req, const HjContests *contest, const HjCard *card, bool with_rows,
          GError **error)
{
    HjLang lang = hj_request_lang(req);
    const HjScheme *scheme = contest->scheme;
    HjDocument *paper = hj_document_page_new(req, HJ_DOCUMENT_TABLES,
                                             hj_tr(lang, N_("Notice of the result")), false);
    hj_document_issuer(paper, hj_request_county_name(req));
    hj_document_subtitle(paper,
                         hj_request_printf(req, "%s · %s", hj_page_label(req, &scheme->title),
                                           hj_page_period_text(req, &contest->period)));
    hj_document_to(paper, card->name);
    hj_document_text(paper, standing(req, contest, card));
    hj_document_heading(paper, 1, hj_tr(lang, N_("Marks, item by item")));
    add_lists(req, contest, card, paper);
    add_finals(req, card, paper);
    if (!add_outcomes(req, contest, card, paper, error))
        return NULL;
    if (with_rows && !add_evidence(req, contest, card, paper, error))
        return NULL;
    const HjDate until =
        hj_assessment_appeal_until(hj_request_pack(req), scheme, card->published_on);
    if (until != HJ_DATE_NONE)
        hj_document_text(paper,
                         hj_request_printf(req, hj_tr(lang, N_("Appeals are taken until %s.")),
                                           hj_date_text(until).text));
    hj_document_seal(paper, NULL,
                     contest->view->provisional ? hj_tx_today(hj_request_tx(req))
                                                : contest->view->published_on);
    return paper;
}

/* All cards the actor may see, by rank, without their rows. */
static HjResponse *
all_cards(HjRequest *req, const HjContests *contest, GError **error)
{
    const HjAssessmentView *view = contest->view;
    const HjDocument **papers = hj_request_new(req, const HjDocument *, view->n_cards + 1);
    size_t n = 0;
    for (size_t i = 0; i < view->n_cards; i++) {
        const HjCard *card = &view->cards[i];
        if (!hj_assessment_may_see(hj_request_tx(req), hj_request_actor(req), view, card))
            continue;
        papers[n] = notice_of(req, contest, card, false, error);
        if (papers[n++] == NULL)
            return NULL;
    }
    if (n == 0) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    return hj_document_page_pdf(req, papers, n,
                                hj_request_printf(req, "%s-%s",
                                                  hj_page_label(req, &contest->scheme->title),
                                                  contest->period.text),
                                error);
}

HjResponse *
hj_pages_contest_papers(HjRequest *req, GError **error)
{
    HjContests contest;
    return hj_contests_load(req, &contest, error) ? all_cards(req, &contest, error) : NULL;
}

HjResponse *
hj_pages_contest_paper(HjRequest *req, GError **error)
{
    HjContests contest;
    const HjCard *card =
        hj_contests_load(req, &contest, error) ? hj_contests_card(req, &contest, error) : NULL;
    HjDocument *paper = card != NULL ? notice_of(req, &contest, card, true, error) : NULL;
    if (paper == NULL)
        return NULL;
    const char *title = hj_tr(hj_request_lang(req), N_("Notice of the result"));
    HjPage page = hj_page(req, title, "contests");
    hj_contests_crumbs(req, &contest, &page, card);
    return hj_document_page_answer(
        req, &page, paper, hj_contests_card_href(req, &contest, card),
        hj_request_printf(req, "%s-%s-%s", title, card->name, contest.period.text), error);
}
