/* Published revisions, what one changed in another, and whether one still follows from the
 * records. */
#include "base/text.h"
#include "contest_check.html.h"
#include "contest_revisions.html.h"
#include "core/access.h"
#include "core/assessment_verify.h"
#include "web/contests.h"
#include "web/pages_contest.h"
#include "web/views_contest_act.h"

#include <string.h>

#define MAX_MOVES 400

static int64_t
revision_of(HjRequest *req, const char *name, int64_t fallback)
{
    int64_t ret = 0;
    const char *text = hj_request_query(req, name);
    return text != NULL && hj_text_parse_i64(text, &ret) && ret > 0 ? ret : fallback;
}

static bool
fill_revisions(HjRequest *req, const HjContests *contest, HjRevisionsView *view, GError **error)
{
    HjRows *rows = hj_assessment_publications(hj_request_tx(req), &contest->head, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->revisions = hj_request_new(req, HjRevisionLine, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows)) {
        const int revision = (int)hj_rows_i64(rows, "revision");
        const char *here = hj_request_printf(req, "%s/revisions?period=%s", contest->base,
                                             contest->period.text);
        view->revisions[view->n_revisions++] = (HjRevisionLine){
            .revision = hj_request_printf(req, hj_tr(hj_request_lang(req), N_("revision %d")),
                                          revision),
            .on = hj_rows_text(rows, "published_on"),
            .by = hj_rows_text(rows, "published_by_name"),
            .reason = hj_rows_null(rows, "reason") ? NULL : hj_rows_text(rows, "reason"),
            .cards = hj_rows_i64(rows, "n_cards"),
            .digest = hj_request_printf(req, "%.16s…", hj_rows_text(rows, "digest")),
            .now = revision == contest->head.revision,
            .href = hj_request_printf(req, "%s?period=%s&revision=%d", contest->base,
                                      contest->period.text, revision),
            .compare_href = revision > 1 ? hj_request_printf(req, "%s&from=%d&to=%d", here,
                                                             revision - 1, revision)
                                         : NULL,
        };
    }
    return true;
}

static void
add_move(HjRevisionsView *view, HjMoveLine line)
{
    if (view->n_moves < MAX_MOVES)
        view->moves[view->n_moves++] = line;
}

static const char *
points_of(HjRequest *req, const HjCardItem *item)
{
    return item != NULL && (item->counted || item->has_final)
               ? hj_figures_points(req, item->points)
               : "—";
}

static void
compare_items(HjRequest *req, const HjContests *contest, const HjCard *was, const HjCard *now,
              HjRevisionsView *view)
{
    for (size_t l = 0; l < now->n_lists; l++)
        for (size_t i = 0; i < now->lists[l].n_items; i++) {
            const HjCardItem *item = &now->lists[l].items[i];
            const HjCardItem *old = hj_assessment_item(was, item->name);
            if (old != NULL && old->points == item->points &&
                old->has_final == item->has_final && old->counted == item->counted)
                continue;
            add_move(view, (HjMoveLine){
                               .org = now->name,
                               .href = hj_request_printf(req, "%s/%s/%s?period=%s&revision=%d",
                                                         contest->base, now->code, item->name,
                                                         contest->period.text,
                                                         (int)contest->view->revision),
                               .item = hj_page_label(req, &item->title),
                               .was = points_of(req, old),
                               .now = points_of(req, item),
                               .why = item->reason,
                           });
        }
}

static void
compare_cards(HjRequest *req, const HjContests *contest, const HjCard *was, const HjCard *now,
              HjRevisionsView *view)
{
    HjLang lang = hj_request_lang(req);
    compare_items(req, contest, was, now, view);
    if (was->total != now->total)
        add_move(view, (HjMoveLine){ .org = now->name,
                                     .item = hj_tr(lang, N_("Total")),
                                     .was = hj_figures_points(req, was->total),
                                     .now = hj_figures_points(req, now->total),
                                     .total = true });
    if (contest->view->ranking && was->rank != now->rank)
        add_move(view, (HjMoveLine){ .org = now->name,
                                     .item = hj_tr(lang, N_("Rank")),
                                     .was = hj_request_printf(req, "%d", was->rank),
                                     .now = hj_request_printf(req, "%d", now->rank),
                                     .total = true });
    if (g_strcmp0(was->band, now->band) != 0)
        add_move(view, (HjMoveLine){ .org = now->name,
                                     .item = hj_tr(lang, N_("Band")),
                                     .was = hj_page_label(req, &was->band_title),
                                     .now = hj_page_label(req, &now->band_title),
                                     .total = true });
}

static HjAssessmentView *
view_of(HjRequest *req, const HjContests *contest, int64_t revision, GError **error)
{
    HjAssessmentView *view =
        hj_assessment_view(hj_request_tx(req), hj_request_actor(req), contest->scheme,
                           &contest->period, revision, error);
    return view != NULL ? hj_request_adopt(req, view, (GDestroyNotify)hj_assessment_view_free)
                        : NULL;
}

static bool
fill_moves(HjRequest *req, HjContests *contest, HjRevisionsView *view, GError **error)
{
    const int64_t last = contest->head.revision;
    const int64_t to = revision_of(req, "to", last), from = revision_of(req, "from", to - 1);
    if (from < 1 || to < 1 || from == to)
        return true;
    HjAssessmentView *was = view_of(req, contest, from, error);
    contest->view = was != NULL ? view_of(req, contest, to, error) : NULL;
    if (contest->view == NULL)
        return false;
    view->compared = hj_request_printf(
        req, hj_tr(hj_request_lang(req), N_("What revision %d changed in revision %d")),
        (int)to, (int)from);
    view->moves = hj_request_new(req, HjMoveLine, MAX_MOVES);
    for (size_t i = 0; i < contest->view->n_cards; i++) {
        const HjCard *now = &contest->view->cards[i];
        const HjCard *old = hj_assessment_card(was, now->org);
        if (old != NULL && hj_assessment_may_see(hj_request_tx(req), hj_request_actor(req),
                                                 contest->view, now))
            compare_cards(req, contest, old, now, view);
    }
    return true;
}

HjResponse *
hj_pages_contest_revisions(HjRequest *req, GError **error)
{
    HjContests contest;
    if (!hj_contests_begin(req, &contest, error) ||
        (contest.head.published && !hj_contests_load(req, &contest, error)))
        return NULL;
    HjRevisionsView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Revisions")), "contests"),
        .head = hj_contests_head(req, &contest, "/revisions"),
    };
    view.head.title = view.page.title;
    hj_contests_crumbs(req, &contest, &view.page, NULL);
    if (contest.head.published && (!fill_revisions(req, &contest, &view, error) ||
                                   !fill_moves(req, &contest, &view, error)))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_contest_revisions(&out, &view);
    return res;
}

/* --- computing again --- */

static const char *
what_of(HjRequest *req, const HjDiff *diff)
{
    static const struct {
        const char *what, *text;
    } words[] = {
        { "snapshot", N_("the stored result itself was altered") },
        { "figure", N_("computed points") },
        { "total", N_("total") },
        { "rank", N_("rank") },
        { "changed", N_("a row was changed") },
        { "voided", N_("a row was withdrawn") },
        { "added", N_("a row was added") },
        { "gone", N_("a row counts no more") },
        { "rule", N_("a rule was changed") },
        { "pack", N_("another pack is in force") },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_strcmp0(words[i].what, diff->what) == 0)
            return hj_tr(hj_request_lang(req), words[i].text);
    return diff->what;
}

static const char *
item_of(HjRequest *req, const HjContests *contest, const HjDiff *diff)
{
    if (diff->item == NULL)
        return diff->rule;
    const HjSchemeItem *item = hj_pack_scheme_item(contest->scheme, diff->item);
    return item != NULL ? hj_page_label(req, &item->title) : diff->item;
}

static HjDiffLine
diff_line(HjRequest *req, const HjContests *contest, const HjDiff *diff)
{
    HjDiffLine line = {
        .what = what_of(req, diff),
        .org = diff->org_name,
        .item = item_of(req, contest, diff),
        .was = diff->was != NULL ? hj_request_strdup(req, diff->was) : NULL,
        .now = diff->now != NULL ? hj_request_strdup(req, diff->now) : NULL,
        .tone = diff->kind == HJ_DIFF_SNAPSHOT ? "red"
                : diff->kind == HJ_DIFF_PACK   ? "green"
                                               : "yellow",
    };
    if (line.org != NULL)
        line.org = hj_request_strdup(req, line.org);
    if (line.item != NULL)
        line.item = hj_request_strdup(req, line.item);
    if (diff->kind != HJ_DIFF_ROW || diff->ledger == NULL)
        return line;
    line.href = hj_figures_row_href(req, hj_figures_tree(req, contest->period.to, NULL),
                                    diff->ledger, diff->row);
    line.row = hj_figures_ledger_title(req, diff->ledger);
    if (diff->version_then > 0 && diff->version_now > 0)
        line.was = hj_request_printf(req, hj_tr(hj_request_lang(req), N_("version %d")),
                                     (int)diff->version_then);
    if (diff->version_now > 0)
        line.now = hj_request_printf(req, hj_tr(hj_request_lang(req), N_("version %d")),
                                     (int)diff->version_now);
    if (diff->at > 0)
        line.at = hj_request_strdup(req, hj_date_text(hj_date_in_shanghai(diff->at)).text);
    return line;
}

static int64_t
only_org(HjRequest *req, GError **error)
{
    const char *code = hj_request_query(req, "org");
    if (code == NULL || *code == '\0')
        return 0;
    HjRows *org = hj_page_org(req, code, error);
    return org != NULL ? hj_rows_i64(org, "id") : -1;
}

static void
fill_diffs(HjRequest *req, const HjContests *contest, const HjVerified *verified, int64_t only,
           HjContestCheckView *view)
{
    HjLang lang = hj_request_lang(req);
    size_t others = 0;
    view->diffs = hj_request_new(req, HjDiffLine, verified->n_diffs + 1);
    for (size_t i = 0; i < verified->n_diffs; i++) {
        const HjDiff *diff = &verified->diffs[i];
        const bool seen =
            diff->org == 0 ||
            hj_access_sees_org(hj_request_tx(req), hj_request_actor(req), diff->org);
        if ((only > 0 && diff->org != 0 && diff->org != only) || !seen) {
            others++;
            continue;
        }
        view->diffs[view->n_diffs++] = diff_line(req, contest, diff);
    }
    view->identical = verified->identical;
    view->verdict =
        verified->identical
            ? hj_tr(lang,
                    N_("Identical: the records of today give exactly what was published."))
            : hj_tr(lang, N_("The records of today give something else. What was published "
                             "stays; below is exactly what was altered."));
    view->compared = hj_request_printf(
        req, hj_tr(lang, N_("compared: %d cards, %d items, %d rows")), (int)verified->n_cards,
        (int)verified->n_items, (int)verified->n_rows);
    if (others > 0)
        view->others = hj_request_printf(
            req, hj_tr(lang, N_("%d more differences concern other organizations.")),
            (int)others);
}

HjResponse *
hj_pages_contest_check(HjRequest *req, GError **error)
{
    HjContests contest;
    if (!hj_contests_begin(req, &contest, error))
        return NULL;
    const int64_t only = only_org(req, error);
    if (only < 0)
        return NULL;
    HjContestCheckView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Computed again")), "contests"),
        .head = hj_contests_head(req, &contest, "/check"),
    };
    view.head.title = view.page.title;
    hj_contests_crumbs(req, &contest, &view.page, NULL);
    if (contest.head.published) {
        g_auto(HjVerified) verified = { 0 };
        const int64_t revision = contest.asked > 0 ? contest.asked : contest.head.revision;
        if (!hj_assessment_verify(hj_request_tx(req), hj_request_pack(req), &contest.head,
                                  revision, &verified, error))
            return NULL;
        view.head.badge = (HjContestBadge){
            .text = hj_tr(hj_request_lang(req), N_("Published")),
            .tone = "done",
            .more = hj_request_printf(req, hj_tr(hj_request_lang(req), N_("revision %d")),
                                      (int)revision),
        };
        fill_diffs(req, &contest, &verified, only, &view);
    }
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_contest_check(&out, &view);
    return res;
}
