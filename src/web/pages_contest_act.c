/* What is done with a card: approve, accept, take back, appeal; each is asked once more. */
#include "contest_act.html.h"
#include "core/access.h"
#include "core/assessment.h"
#include "web/contests.h"
#include "web/pages_contest.h"
#include "web/pages_forms.h"
#include "web/views_contest_act.h"

#include <string.h>

typedef struct {
    const char *act, *permission, *title, *says, *caution, *done;
} Act;

static const Act acts[] = {
    { "approve", "scheme.approve", N_("Approve this card"),
      N_("You say that the records behind this card are right as far as you know. The card "
         "stays computed from the records and goes to the level above, which accepts it."),
      N_("Until it is accepted, later changes of records still move it."),
      N_("The card was approved.") },
    { "accept", "scheme.approve", N_("Accept this card"),
      N_("The card is frozen: every mark with its numerator, denominator, rows and their "
         "versions is written down. Later changes of records do not move it any more."),
      N_("It can be taken back, with a reason, until the results are published."),
      N_("The card was accepted and is frozen.") },
    { "withdraw", "scheme.approve", N_("Take back"),
      N_("The last approval or acceptance of this card is taken back; it is computed from the "
         "records again. The reason is recorded and seen by those who approve."),
      NULL, N_("The approval was taken back.") },
    { "appeal", "scheme.appeal", N_("Appeal"),
      N_("The county answers in writing, with a reason and a date. If it accepts the appeal, a "
         "new revision is published; the present one stays readable."),
      N_("State facts and name the rows. Nothing has to be handed in: the records are there."),
      N_("The appeal was filed.") },
};

typedef struct {
    HjRequest *req;
    HjContests contest;
    const HjCard *card;
    const Act *act;
} Acting;

static bool
load(HjRequest *req, Acting *ret, GError **error)
{
    *ret = (Acting){ .req = req };
    const char *path = hj_request_path(req);
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++)
        if (g_str_equal(strrchr(path, '/') + 1, acts[i].act))
            ret->act = &acts[i];
    if (ret->act == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
    HjRows *org = hj_page_org(req, hj_request_part(req, "code"), error);
    if (org == NULL ||
        !hj_access_check(hj_request_tx(req), hj_request_actor(req), ret->act->permission,
                         hj_rows_i64(org, "id"), error) ||
        !hj_contests_load(req, &ret->contest, error))
        return false;
    ret->card = hj_contests_card(req, &ret->contest, error);
    return ret->card != NULL;
}

static bool
is(const Acting *a, const char *act)
{
    return g_str_equal(a->act->act, act);
}

static void
add_fact(const Acting *a, HjContestActView *view, const char *name, const char *value)
{
    view->facts[view->n_facts++] =
        (HjProofLine){ .name = hj_tr(hj_request_lang(a->req), name), .value = value };
}

static void
fill_facts(const Acting *a, HjContestActView *view)
{
    HjRequest *req = a->req;
    const char *tone = NULL;
    view->facts = hj_request_new(req, HjProofLine, 5);
    add_fact(a, view, N_("Organization"), a->card->name);
    add_fact(a, view, N_("Total"), hj_figures_points(req, a->card->total));
    add_fact(a, view, N_("Card"), hj_contests_state(req, &a->contest, a->card, &tone));
    if (!is(a, "appeal") || a->contest.view->provisional)
        return;
    const HjDate until = hj_assessment_appeal_until(hj_request_pack(req), a->contest.scheme,
                                                    a->card->published_on);
    add_fact(a, view, N_("Taken until"),
             until != HJ_DATE_NONE
                 ? hj_request_strdup(req, hj_date_text(until).text)
                 : hj_tr(hj_request_lang(req), N_("not known: the calendar ends before")));
}

/* The items of the card to choose from, and "the whole card". */
static HjFormField
item_field(const Acting *a)
{
    HjRequest *req = a->req;
    HjFormField field = hj_pages_forms_field(req, HJ_INPUT_SELECT, "item",
                                             hj_tr(hj_request_lang(req), N_("Item")), "");
    size_t n = 1;
    for (size_t l = 0; l < a->card->n_lists; l++)
        n += a->card->lists[l].n_items;
    field.options = hj_request_new(req, HjOption, n);
    for (size_t l = 0; l < a->card->n_lists; l++)
        for (size_t i = 0; i < a->card->lists[l].n_items; i++) {
            const HjCardItem *item = &a->card->lists[l].items[i];
            if (!item->counted && !item->has_final)
                continue;
            field.options[field.n_options++] = (HjOption){
                .value = item->name,
                .text = hj_request_printf(req, "%s（%s）", hj_page_label(req, &item->title),
                                          hj_figures_points(req, item->points)),
                .on = g_strcmp0(item->name, field.value) == 0,
            };
        }
    field.help = hj_tr(hj_request_lang(req), N_("Left empty: the card as a whole."));
    return field;
}

static void
fill_fields(const Acting *a, HjContestActView *view, const char *message)
{
    HjLang lang = hj_request_lang(a->req);
    view->fields = hj_request_new(a->req, HjFormField, 3);
    if (is(a, "appeal"))
        view->fields[view->n_fields++] = item_field(a);
    if (is(a, "appeal") || is(a, "withdraw")) {
        HjFormField *text = &view->fields[view->n_fields++];
        *text = is(a, "appeal")
                    ? hj_pages_forms_field(a->req, HJ_INPUT_LINES, "text",
                                           hj_tr(lang, N_("What is wrong, and why")), NULL)
                    : hj_pages_forms_field(a->req, HJ_INPUT_LINES, "reason",
                                           hj_tr(lang, N_("Reason")), NULL);
        text->required = true;
        text->max = 2000;
    }
    view->wrong = hj_pages_forms_wrong(a->req, view->fields, view->n_fields, message);
}

/* Why an appeal cannot be filed now, in words, or NULL. */
static const char *
closed_words(const Acting *a)
{
    HjRequest *req = a->req;
    HjTx *tx = hj_request_tx(req);
    g_autoptr(GError) why = NULL;
    if (!is(a, "appeal") ||
        hj_assessment_appeal_open(tx, hj_request_actor(req), &a->contest.head,
                                  a->card->published_on, &why))
        return NULL;
    const HjDate until = hj_assessment_appeal_until(hj_request_pack(req), a->contest.scheme,
                                                    a->card->published_on);
    if (until == HJ_DATE_NONE || hj_tx_today(tx) <= until)
        return hj_request_strdup(req, hj_tr(hj_request_lang(req), why->message));
    return hj_request_printf(req,
                             hj_tr(hj_request_lang(req), N_("Appeals were taken until %s.")),
                             hj_date_text(until).text);
}

static HjResponse *
act_page(const Acting *a, int status, const char *message)
{
    HjRequest *req = a->req;
    HjLang lang = hj_request_lang(req);
    const char *title = hj_tr(lang, a->act->title);
    const char *tail = hj_request_printf(req, "/%s/act/%s", a->card->code, a->act->act);
    const char *closed = closed_words(a);
    HjContestActView view = {
        .page =
            hj_page(req, hj_request_printf(req, "%s · %s", title, a->card->name), "contests"),
        .head = hj_contests_head(req, &a->contest, tail),
        .says = closed != NULL ? closed : hj_tr(lang, a->act->says),
        .caution =
            closed == NULL && a->act->caution != NULL ? hj_tr(lang, a->act->caution) : NULL,
        .action = hj_request_printf(req, "%s%s", a->contest.base, tail),
        .button = closed == NULL ? title : NULL,
        .cancel_href = hj_contests_card_href(req, &a->contest, a->card),
        .version = hj_request_printf(req, "%d", a->card->level),
    };
    view.head.title = title;
    view.head.n_periods = 0;
    view.page.form_key = hj_request_form_key(req);
    view.page.here = hj_contests_href(req, &a->contest, tail);
    hj_contests_crumbs(req, &a->contest, &view.page, a->card);
    fill_facts(a, &view);
    if (closed == NULL)
        fill_fields(a, &view, message);
    else
        view.wrong = hj_pages_forms_wrong(req, NULL, 0, message);
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_contest_act(&out, &view);
    return res;
}

HjResponse *
hj_pages_contest_act(HjRequest *req, GError **error)
{
    Acting a;
    return load(req, &a, error) ? act_page(&a, 200, NULL) : NULL;
}

/* --- doing it --- */

static bool
do_act(const Acting *a, GError **error)
{
    HjTx *tx = hj_request_tx(a->req);
    const HjActor *actor = hj_request_actor(a->req);
    HjIssues *issues = hj_request_issues(a->req);
    const HjAssessment *head = &a->contest.head;
    int64_t n = 0;
    if (is(a, "approve"))
        return hj_assessment_approve(tx, actor, head, a->card->org, &n, error);
    if (is(a, "accept"))
        return hj_assessment_accept(tx, actor, head, a->card->org, &n, error);
    if (is(a, "withdraw"))
        return hj_assessment_withdraw(tx, actor, head, a->card->org,
                                      hj_request_form_text(a->req, "reason"), error);
    return hj_assessment_appeal(tx, actor, head, a->card->org,
                                hj_request_form_text(a->req, "item"),
                                hj_request_form_text(a->req, "text"), issues, &n, error);
}

static bool
is_complete(const Acting *a)
{
    const char *name = is(a, "appeal") ? "text" : is(a, "withdraw") ? "reason" : NULL;
    if (name == NULL || hj_request_form_text(a->req, name) != NULL)
        return true;
    hj_issues_add(hj_request_issues(a->req), name, "required", N_("Say why."));
    return false;
}

/* The form knows how far the card had come: otherwise two people would pass it twice. */
static bool
is_stale(const Acting *a)
{
    const char *level = hj_request_form_text(a->req, "level");
    return !is(a, "appeal") && level != NULL &&
           !g_str_equal(level, hj_request_printf(a->req, "%d", a->card->level));
}

HjResponse *
hj_pages_contest_act_post(HjRequest *req, GError **error)
{
    Acting a;
    if (!load(req, &a, error))
        return NULL;
    if (is_stale(&a))
        return act_page(&a, 409,
                        N_("Somebody else has acted on this card meanwhile. It stands as shown "
                           "below."));
    if (!is_complete(&a))
        return act_page(&a, 422, NULL);
    g_autoptr(GError) why = NULL;
    if (do_act(&a, &why))
        return hj_response_see_other(req, hj_contests_card_href(req, &a.contest, a.card),
                                     a.act->done);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return act_page(&a, 422,
                        hj_issues_count(hj_request_issues(req)) > 0 ? NULL : why->message);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_CONFLICT))
        return act_page(&a, 409, why->message);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
