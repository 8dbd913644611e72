/* The way of a contest to its publication: what is still missing, accepting what is approved,
 * the notice, and publishing. */
#include "contest_publish.html.h"
#include "core/access.h"
#include "core/assessment.h"
#include "web/contests.h"
#include "web/pages_contest.h"
#include "web/pages_forms.h"
#include "web/views_contest_act.h"

#include <string.h>

#define MAX_WAITING 60

typedef struct {
    HjRequest *req;
    HjContests contest;
    HjAssessmentReady ready;
} Publishing;

static bool
load(HjRequest *req, Publishing *ret, GError **error)
{
    *ret = (Publishing){ .req = req };
    if (!hj_contests_load(req, &ret->contest, error))
        return false;
    return hj_assessment_ready(hj_request_tx(req), hj_request_actor(req), &ret->contest.head,
                               &ret->ready, error);
}

static void
add_check(const Publishing *p, HjContestPublishView *view, bool done, const char *text)
{
    (void)p;
    view->checks[view->n_checks++] = (HjCheckLine){ .text = text, .done = done };
}

static void
fill_checks(const Publishing *p, HjContestPublishView *view)
{
    HjRequest *req = p->req;
    HjLang lang = hj_request_lang(req);
    const HjAssessmentReady *ready = &p->ready;
    view->checks = hj_request_new(req, HjCheckLine, 5);
    add_check(p, view, ready->period_over,
              ready->period_over
                  ? hj_tr(lang, N_("The period is over."))
                  : hj_request_printf(req, hj_tr(lang, N_("The period lasts until %s.")),
                                      hj_date_text(p->contest.period.to).text));
    add_check(p, view, ready->n_waiting == 0,
              hj_request_printf(req, hj_tr(lang, N_("%d of %d cards are accepted and frozen.")),
                                (int)(ready->n_cards - ready->n_waiting), (int)ready->n_cards));
    if (p->contest.scheme->notice.unit != HJ_SPAN_NONE) {
        const char *text =
            ready->notice_unknown
                ? hj_tr(lang,
                        N_("The end of the notice is not known: the calendar ends before."))
            : ready->notice_missing
                ? hj_tr(lang, N_("The results have not been put on notice yet."))
            : ready->notice_until != HJ_DATE_NONE
                ? hj_request_printf(req, hj_tr(lang, N_("On notice until %s.")),
                                    hj_date_text(ready->notice_until).text)
                : hj_tr(lang, N_("The notice is over."));
        add_check(p, view,
                  !ready->notice_unknown && !ready->notice_missing &&
                      (ready->notice_until == HJ_DATE_NONE ||
                       ready->notice_until < hj_tx_today(hj_request_tx(req))),
                  text);
    }
    if (p->contest.head.published)
        add_check(p, view, ready->n_appeals == 0,
                  hj_request_printf(req, hj_tr(lang, N_("%d appeals wait for an answer.")),
                                    (int)ready->n_appeals));
}

/* Who is waited for: the cards that are not accepted by every level. */
static size_t
fill_waiting(const Publishing *p, HjContestPublishView *view)
{
    HjRequest *req = p->req;
    const HjAssessmentView *all = p->contest.view;
    size_t passable = 0;
    view->waiting = hj_request_new(req, HjLink, MAX_WAITING);
    for (size_t i = 0; i < all->n_cards; i++) {
        const HjCard *card = &all->cards[i];
        if (card->state == HJ_CARD_PUBLISHED ||
            (size_t)MAX(card->level, 0) >= p->contest.scheme->n_approve)
            continue;
        const bool may = card->level > 0 && hj_contests_may_pass(req, &p->contest, card);
        passable += may;
        if (view->n_waiting < MAX_WAITING)
            view->waiting[view->n_waiting++] =
                (HjLink){ .href = hj_contests_card_href(req, &p->contest, card),
                          .text = card->name,
                          .on = may };
    }
    return passable;
}

static void
add_form(const Publishing *p, HjContestPublishView *view, const char *act, const char *button,
         const char *says, bool primary)
{
    HjLang lang = hj_request_lang(p->req);
    view->forms[view->n_forms++] = (HjContestForm){
        .act = act, .button = button, .says = hj_tr(lang, says), .primary = primary
    };
}

static void
fill_forms(const Publishing *p, HjContestPublishView *view, size_t passable)
{
    HjRequest *req = p->req;
    HjLang lang = hj_request_lang(req);
    view->forms = hj_request_new(req, HjContestForm, 3);
    if (passable > 0)
        add_form(
            p, view, "accept",
            hj_request_printf(req, hj_tr(lang, N_("Accept %d approved cards")), (int)passable),
            N_("They are frozen: later changes of records do not move them any more. Each "
               "can be taken back on its own card."),
            !p->ready.may);
    if (p->contest.scheme->notice.unit != HJ_SPAN_NONE && p->ready.notice_missing &&
        p->ready.n_waiting == 0)
        add_form(p, view, "announce", hj_tr(lang, N_("Put on notice")),
                 N_("The accepted results stand on notice for the time the rules say; then "
                    "they can be published."),
                 true);
    if (p->ready.may)
        add_form(p, view, "publish", hj_tr(lang, N_("Publish")),
                 N_("Ranks, totals, bands and every row behind them are frozen as revision "
                    "1 and never change. The organizations see their cards and may appeal; "
                    "an accepted appeal makes a new revision."),
                 true);
}

static HjResponse *
publish_page(const Publishing *p, int status, const char *message)
{
    HjRequest *req = p->req;
    HjContestPublishView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Accept and publish")), "contests"),
        .head = hj_contests_head(req, &p->contest, "/publish"),
        .action = hj_request_printf(req, "%s/publish", p->contest.base),
        .version = hj_request_printf(req, "%" G_GINT64_FORMAT, p->contest.head.version),
        .published = p->contest.head.published,
    };
    view.head.title = view.page.title;
    view.page.form_key = hj_request_form_key(req);
    view.page.here = hj_contests_href(req, &p->contest, "/publish");
    view.wrong = hj_pages_forms_wrong(req, NULL, 0, message);
    hj_contests_crumbs(req, &p->contest, &view.page, NULL);
    fill_checks(p, &view);
    if (!view.published)
        fill_forms(p, &view, fill_waiting(p, &view));
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_contest_publish(&out, &view);
    return res;
}

HjResponse *
hj_pages_contest_publish(HjRequest *req, GError **error)
{
    Publishing p;
    return load(req, &p, error) ? publish_page(&p, 200, NULL) : NULL;
}

/* --- doing it --- */

static bool
county_of(HjRequest *req, int64_t *ret, GError **error)
{
    const HjOrgTree *tree = hj_figures_tree(req, HJ_DATE_NONE, error);
    if (tree == NULL || tree->n_orgs == 0)
        return false;
    *ret = tree->orgs[0].id;
    return true;
}

/* What was done in words, or NULL with @error. */
static const char *
do_act(const Publishing *p, const char *act, GError **error)
{
    HjTx *tx = hj_request_tx(p->req);
    const HjActor *actor = hj_request_actor(p->req);
    const HjAssessment *head = &p->contest.head;
    int64_t n = 0, county = 0;
    if (g_str_equal(act, "accept"))
        return county_of(p->req, &county, error) &&
                       hj_assessment_accept(tx, actor, head, county, &n, error)
                   ? N_("The cards were accepted and are frozen.")
                   : NULL;
    if (g_str_equal(act, "announce"))
        return hj_assessment_announce(tx, actor, head, error) ? N_("The results are on notice.")
                                                              : NULL;
    if (g_str_equal(act, "publish"))
        return hj_assessment_publish(tx, actor, head, &n, error)
                   ? N_("The results are published.")
                   : NULL;
    hj_fail(error, HJ_ERROR_MALFORMED, "There is no such act.");
    return NULL;
}

HjResponse *
hj_pages_contest_publish_post(HjRequest *req, GError **error)
{
    Publishing p;
    if (!load(req, &p, error))
        return NULL;
    const char *act = hj_pages_forms_sent(req, "act");
    g_autoptr(GError) why = NULL;
    const char *done = do_act(&p, act, &why);
    if (done != NULL)
        return hj_response_see_other(
            req,
            hj_contests_href(req, &p.contest, g_str_equal(act, "publish") ? "" : "/publish"),
            done);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_CONFLICT) ||
        g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return load(req, &p, error) ? publish_page(&p, 409, why->message) : NULL;
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
