/* Appeals against published cards and their answers. */
#include "base/id.h"
#include "contest_act.html.h"
#include "contest_appeals.html.h"
#include "core/access.h"
#include "core/assessment.h"
#include "web/contests.h"
#include "web/pages_contest.h"
#include "web/pages_forms.h"
#include "web/views_contest_act.h"

#include <string.h>

HjResponse *
hj_pages_contest_appeals(HjRequest *req, GError **error)
{
    HjContests contest;
    if (!hj_contests_begin(req, &contest, error) ||
        (contest.head.published && !hj_contests_load(req, &contest, error)))
        return NULL;
    HjAppealsView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Appeals")), "contests"),
        .head = hj_contests_head(req, &contest, "/appeals"),
    };
    view.head.title = view.page.title;
    hj_contests_crumbs(req, &contest, &view.page, NULL);
    view.appeals = hj_contests_appeals(req, &contest, 0, &view.n_appeals, error);
    if (view.appeals == NULL)
        return NULL;
    if (contest.head.published) {
        const HjDate until = hj_assessment_appeal_until(hj_request_pack(req), contest.scheme,
                                                        contest.view->published_on);
        if (until != HJ_DATE_NONE)
            view.until = hj_request_printf(
                req, hj_tr(hj_request_lang(req), N_("Appeals against it are taken until %s.")),
                hj_date_text(until).text);
    }
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_contest_appeals(&out, &view);
    return res;
}

/* --- an answer --- */

typedef struct {
    HjRequest *req;
    HjContests contest;
    int64_t id;
    HjRows *row; /* stands on the appeal */
    const HjCard *card;
} Answering;

static bool
load(HjRequest *req, Answering *ret, GError **error)
{
    *ret = (Answering){ .req = req };
    if (!hj_request_part_i64(req, "id", &ret->id, error) ||
        !hj_contests_load(req, &ret->contest, error))
        return false;
    if (ret->contest.head.id == 0)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such appeal.");
    HjRows *rows = hj_assessment_appeals(hj_request_tx(req), hj_request_actor(req),
                                         &ret->contest.head, 0, error);
    if (rows == NULL)
        return false;
    ret->row = hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    while (hj_rows_next(rows)) {
        if (hj_rows_i64(rows, "id") != ret->id)
            continue;
        ret->card = hj_assessment_card(ret->contest.view, hj_rows_i64(rows, "org"));
        if (ret->card == NULL)
            break;
        return hj_access_check(hj_request_tx(req), hj_request_actor(req), "scheme.judge",
                               ret->card->org, error);
    }
    return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such appeal.");
}

static HjFormField
outcome_field(const Answering *a)
{
    HjRequest *req = a->req;
    HjLang lang = hj_request_lang(req);
    HjFormField field =
        hj_pages_forms_field(req, HJ_INPUT_SELECT, "outcome", hj_tr(lang, N_("Answer")), "");
    field.required = true;
    field.options = hj_request_new(req, HjOption, 2);
    field.options[field.n_options++] =
        (HjOption){ .value = "accepted",
                    .text = hj_tr(lang, N_("accepted: a mark changes, a new revision is made")),
                    .on = g_strcmp0(field.value, "accepted") == 0 };
    field.options[field.n_options++] =
        (HjOption){ .value = "rejected",
                    .text = hj_tr(lang, N_("rejected: the result stays as it is")),
                    .on = g_strcmp0(field.value, "rejected") == 0 };
    return field;
}

static HjFormField
item_field(const Answering *a)
{
    HjRequest *req = a->req;
    const char *asked = hj_rows_null(a->row, "item") ? "" : hj_rows_text(a->row, "item");
    HjFormField field =
        hj_pages_forms_field(req, HJ_INPUT_SELECT, "item",
                             hj_tr(hj_request_lang(req), N_("Item that changes")), asked);
    size_t n = 1;
    for (size_t l = 0; l < a->card->n_lists; l++)
        n += a->card->lists[l].n_items;
    field.options = hj_request_new(req, HjOption, n);
    for (size_t l = 0; l < a->card->n_lists; l++)
        for (size_t i = 0; i < a->card->lists[l].n_items; i++) {
            const HjCardItem *item = &a->card->lists[l].items[i];
            field.options[field.n_options++] = (HjOption){
                .value = item->name,
                .text = hj_request_printf(req, "%s（%s）", hj_page_label(req, &item->title),
                                          hj_figures_points(req, item->points)),
                .on = g_strcmp0(item->name, field.value) == 0,
            };
        }
    return field;
}

static void
fill_fields(const Answering *a, HjContestActView *view, const char *message)
{
    HjRequest *req = a->req;
    HjLang lang = hj_request_lang(req);
    HjFormField *fields = hj_request_new(req, HjFormField, 5);
    fields[0] = outcome_field(a);
    fields[1] = item_field(a);
    fields[1].help = hj_tr(lang, N_("Only when the appeal is accepted."));
    fields[2] = hj_pages_forms_field(req, HJ_INPUT_TEXT, "points",
                                     hj_tr(lang, N_("Its points from now on")), NULL);
    fields[3] = hj_pages_forms_field(req, HJ_INPUT_TEXT, "document",
                                     hj_tr(lang, N_("Document number")), NULL);
    fields[3].help = hj_tr(lang, N_("The paper that decided it, as it is cited."));
    fields[4] =
        hj_pages_forms_field(req, HJ_INPUT_LINES, "reason", hj_tr(lang, N_("Reason")), NULL);
    fields[4].required = true;
    fields[4].max = 2000;
    view->fields = fields;
    view->n_fields = 5;
    view->wrong = hj_pages_forms_wrong(req, fields, 5, message);
}

static HjResponse *
answer_page(const Answering *a, int status, const char *message)
{
    HjRequest *req = a->req;
    HjLang lang = hj_request_lang(req);
    const char *tail = hj_request_printf(req, "/appeals/%" G_GINT64_FORMAT, a->id);
    HjContestActView view = {
        .page = hj_page(req, hj_tr(lang, N_("Answer an appeal")), "contests"),
        .head = hj_contests_head(req, &a->contest, tail),
        .says = hj_rows_text(a->row, "body"),
        .caution = hj_tr(lang, N_("The answer is dated, shown to the organization and cannot "
                                  "be changed. Accepted: the mark changes and the next "
                                  "revision is published at once; this one stays readable.")),
        .action = hj_request_printf(req, "%s%s", a->contest.base, tail),
        .button = hj_tr(lang, N_("Send the answer")),
        .cancel_href = hj_contests_href(req, &a->contest, "/appeals"),
        .facts = hj_request_new(req, HjProofLine, 3),
        .version = "",
    };
    view.head.title = view.page.title;
    view.head.n_periods = 0;
    view.page.form_key = hj_request_form_key(req);
    view.page.here = hj_contests_href(req, &a->contest, tail);
    hj_contests_crumbs(req, &a->contest, &view.page, a->card);
    view.facts[view.n_facts++] = (HjProofLine){ .name = hj_tr(lang, N_("Organization")),
                                                .value = hj_rows_text(a->row, "org_name") };
    view.facts[view.n_facts++] = (HjProofLine){ .name = hj_tr(lang, N_("Filed")),
                                                .value = hj_rows_text(a->row, "filed_on") };
    view.facts[view.n_facts++] =
        (HjProofLine){ .name = hj_tr(lang, N_("Total")),
                       .value = hj_figures_points(req, a->card->total) };
    if (hj_rows_null(a->row, "outcome"))
        fill_fields(a, &view, message);
    else {
        view.says = hj_rows_text(a->row, "answer");
        view.wrong = hj_pages_forms_wrong(
            req, NULL, 0, message != NULL ? message : N_("This appeal has been answered."));
        view.button = NULL;
    }
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_contest_act(&out, &view);
    return res;
}

HjResponse *
hj_pages_contest_answer(HjRequest *req, GError **error)
{
    Answering a;
    return load(req, &a, error) ? answer_page(&a, 200, NULL) : NULL;
}

static bool
read_answer(const Answering *a, HjAssessmentAnswer *ret)
{
    HjIssues *issues = hj_request_issues(a->req);
    const char *outcome = hj_request_form_text(a->req, "outcome"),
               *points = hj_request_form_text(a->req, "points");
    *ret = (HjAssessmentAnswer){ .appeal = a->id,
                                 .accept = g_strcmp0(outcome, "accepted") == 0,
                                 .reason = hj_request_form_text(a->req, "reason"),
                                 .document = hj_request_form_text(a->req, "document") };
    if (!ret->accept && g_strcmp0(outcome, "rejected") != 0)
        hj_issues_add(issues, "outcome", "required", N_("Choose one of them."));
    if (ret->reason == NULL)
        hj_issues_add(issues, "reason", "required", N_("Say why."));
    if (!ret->accept)
        return hj_issues_count(issues) == 0;
    ret->item = hj_request_form_text(a->req, "item");
    if (ret->item == NULL)
        hj_issues_add(issues, "item", "required", N_("Choose one of them."));
    if (points == NULL || !hj_decimal_parse(points, 2, &ret->points, NULL))
        hj_issues_add(issues, "points", "type", N_("Points are a number such as 7.5."));
    return hj_issues_count(issues) == 0;
}

HjResponse *
hj_pages_contest_answer_post(HjRequest *req, GError **error)
{
    Answering a;
    if (!load(req, &a, error))
        return NULL;
    if (!hj_rows_null(a.row, "outcome"))
        return answer_page(&a, 409, N_("Somebody else has answered this appeal meanwhile."));
    HjAssessmentAnswer answer;
    if (!read_answer(&a, &answer))
        return answer_page(&a, 422, NULL);
    g_autoptr(GError) why = NULL;
    int64_t revision = 0;
    if (hj_assessment_answer(hj_request_tx(req), hj_request_actor(req), &answer,
                             hj_request_issues(req), &revision, &why))
        return hj_response_see_other(
            req, hj_contests_href(req, &a.contest, "/appeals"),
            answer.accept ? N_("The appeal was accepted; the next revision is published.")
                          : N_("The appeal was answered."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return answer_page(&a, 422,
                           hj_issues_count(hj_request_issues(req)) > 0 ? NULL : why->message);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_CONFLICT))
        return answer_page(&a, 409, why->message);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
