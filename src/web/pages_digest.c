/* The weekly digest. */
#include "core/cadence.h"
#include "core/digest.h"
#include "digest.html.h"
#include "web/due_lines.h"
#include "web/duties.h"
#include "web/pages.h"

#include <string.h>

#define LINES_MOST 10

static void
add(HjDigestLine *lines, size_t *n, const char *text, int64_t count, const char *light,
    const char *href)
{
    lines[(*n)++] = (HjDigestLine){
        .text = text, .n = count, .light = count > 0 ? light : "", .href = href
    };
}

static void
fill_numbers(HjRequest *req, const HjDigest *d, HjDigestView *view)
{
    HjLang lang = hj_request_lang(req);
    view->own = hj_request_new(req, HjDigestLine, 6);
    view->below = hj_request_new(req, HjDigestLine, 8);
    add(view->own, &view->n_own, hj_tr(lang, N_("wait for me")), d->n_todo, "", "/due");
    add(view->own, &view->n_own, hj_tr(lang, N_("past their day")), d->n_late, "red",
        "/due?list=late");
    add(view->own, &view->n_own, hj_tr(lang, N_("due soon")), d->n_soon, "yellow", "/due");
    add(view->own, &view->n_own, hj_tr(lang, N_("regular duties still missing")), d->n_owed, "",
        "/cadences");
    add(view->own, &view->n_own, hj_tr(lang, N_("of them past their day")), d->n_owed_late,
        "red", "/cadences");
    add(view->below, &view->n_below, hj_tr(lang, N_("steps opened last week")), d->n_opened, "",
        NULL);
    add(view->below, &view->n_below, hj_tr(lang, N_("steps finished last week")), d->n_closed,
        "", NULL);
    add(view->below, &view->n_below, hj_tr(lang, N_("of them after their day")),
        d->n_closed_late, "yellow", NULL);
    add(view->below, &view->n_below, hj_tr(lang, N_("steps past their day now")),
        d->n_late_below, "red", NULL);
    add(view->below, &view->n_below, hj_tr(lang, N_("supervised and not closed")),
        d->n_supervised, "yellow", NULL);
    add(view->below, &view->n_below, hj_tr(lang, N_("put under supervision last week")),
        d->n_supervised_opened, "", NULL);
    add(view->below, &view->n_below, hj_tr(lang, N_("closed last week")),
        d->n_supervised_closed, "", NULL);
}

static bool
fill_late(HjRequest *req, HjDigestView *view, GError **error)
{
    const HjDueQuery query = { .list = HJ_DUE_OVERDUE, .limit = LINES_MOST };
    g_autofree char *next = NULL;
    HjRows *rows = hj_due_list(hj_request_tx(req), hj_request_actor(req), &query, &next, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->late = hj_request_new(req, HjDutyLine, LINES_MOST);
    while (hj_rows_next(rows) && view->n_late < LINES_MOST) {
        HjDueLine line = hj_due_line(req, rows);
        view->late[view->n_late++] = (HjDutyLine){ .title = line.title,
                                                   .org = line.org,
                                                   .due = line.due,
                                                   .light = line.light,
                                                   .href = line.href };
    }
    return true;
}

HjResponse *
hj_pages_digest(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    HjDigest digest;
    HjDigestState state;
    int64_t more;
    if (!hj_digest_compute(tx, actor, &digest, error) ||
        !hj_digest_state(tx, actor, &state, error))
        return NULL;
    HjLang lang = hj_request_lang(req);
    HjDigestView view = {
        .page = hj_page(req, hj_tr(lang, N_("Weekly digest")), "home"),
        .subtitle = hj_request_printf(
            req, hj_tr(lang, N_("Last week: %s to %s. What is still open is counted now.")),
            hj_date_text(digest.monday - 7).text, hj_date_text(digest.monday - 1).text),
        .off = state.off,
        .closed = state.closed,
        .announced = state.announced,
    };
    fill_numbers(req, &digest, &view);
    if (!fill_late(req, &view, error) ||
        !hj_duties_lines(req, LINES_MOST, &view.duties, &view.n_duties, &more, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_digest(&out, &view);
    return res;
}

HjResponse *
hj_pages_digest_post(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    const char *act = hj_request_form(req, "act");
    bool done;
    if (g_strcmp0(act, "read") == 0)
        done = hj_digest_read(tx, actor, error);
    else if (g_strcmp0(act, "off") == 0)
        done = hj_digest_switch(tx, actor, true, error);
    else if (g_strcmp0(act, "on") == 0)
        done = hj_digest_switch(tx, actor, false, error);
    else
        done = hj_fail(error, HJ_ERROR_INVALID, "Please correct what is marked.");
    if (!done)
        return NULL;
    return g_strcmp0(act, "read") == 0
               ? hj_response_see_other(req, "/", NULL)
               : hj_response_see_other(req, "/digest",
                                       g_strcmp0(act, "off") == 0
                                           ? N_("You will not be told of the digest any more.")
                                           : N_("You will be told of the digest on Mondays."));
}
