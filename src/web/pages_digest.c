/* The weekly digest, and a sheet to print about one row. */
#include "core/cadence.h"
#include "core/digest.h"
#include "digest.html.h"
#include "notice.html.h"
#include "web/due_lines.h"
#include "web/duties.h"
#include "web/judged.h"
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

/* --- the sheet --- */

#define BLANK "＿＿＿＿＿＿"

/* A day as official papers write it. */
static const char *
day_text(HjRequest *req, const char *iso)
{
    int year, month, day;
    HjDate date;
    if (hj_request_lang(req) != HJ_ZH || !hj_date_parse(iso, &date, NULL))
        return iso;
    hj_date_split(date, &year, &month, &day);
    return hj_request_printf(req, "%d年%d月%d日", year, month, day);
}

/* What stands for {name}; a line to write on where there is nothing. */
static const char *
value_of(HjRequest *req, const HjLedger *ledger, const HjRows *row, const char *name)
{
    const HjField *field = hj_pack_field(ledger, name);
    const char *text = NULL;
    if (strcmp(name, "org") == 0)
        text = hj_rows_text(row, "org_name");
    else if (field != NULL && field->type == HJ_FIELD_DATE && !hj_rows_null(row, name))
        text = day_text(req, hj_rows_text(row, name));
    else if (field != NULL)
        text = hj_pages_cell(req, field, row);
    return text != NULL && *text != '\0' ? text : BLANK;
}

static char *
fill_places(HjRequest *req, const HjLedger *ledger, const HjRows *row, const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p != '\0';) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (end == NULL) {
            g_string_append_c(out, *p++);
            continue;
        }
        g_autofree char *name = g_strndup(p + 1, (gsize)(end - p - 1));
        g_string_append(out, value_of(req, ledger, row, name));
        p = end + 1;
    }
    return g_string_free(out, FALSE);
}

/* What indicators judge stands on the sheet with its target; both sign that, not how far it is.
 */
static bool
fill_sheet(HjRequest *req, const HjLedger *ledger, const HjRows *row, HjNoticeView *view,
           GError **error)
{
    const HjNotice *notice = ledger->notice;
    HjJudgedLine *judged;
    size_t n_judged;
    if (!hj_judged_lines(req, ledger, row, hj_rows_i64(row, "id"), &judged, &n_judged, error))
        return false;
    g_autofree char *body = fill_places(req, ledger, row, hj_page_label(req, &notice->body));
    g_auto(GStrv) parts = g_strsplit(body, "\n", -1);
    view->body = hj_request_new(req, const char *, g_strv_length(parts) + 1);
    for (size_t i = 0; parts[i] != NULL; i++)
        if (*g_strstrip(parts[i]) != '\0')
            view->body[view->n_body++] = hj_request_strdup(req, parts[i]);
    view->lines = hj_request_new(req, HjNoticeLine, notice->n_fields + n_judged + 1);
    for (size_t i = 0; i < notice->n_fields; i++) {
        const HjField *field = hj_pack_field(ledger, notice->fields[i]);
        const char *text = hj_pages_cell(req, field, row);
        view->lines[view->n_lines++] =
            (HjNoticeLine){ .name = hj_page_label(req, &field->title),
                            .value = text != NULL ? text : "" };
    }
    for (size_t i = 0; i < n_judged; i++)
        view->lines[view->n_lines++] = (HjNoticeLine){
            .name = judged[i].title,
            .value = hj_request_printf(req, "%s %s %s", judged[i].indicator,
                                       judged[i].lower ? "≤" : "≥", judged[i].target),
        };
    view->signs = hj_request_new(req, const char *, notice->n_signs + 1);
    for (size_t i = 0; i < notice->n_signs; i++)
        view->signs[view->n_signs++] = hj_page_label(req, &notice->signs[i]);
    return true;
}

HjResponse *
hj_pages_notice(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    int64_t id = 0;
    if (ledger == NULL)
        return NULL;
    if (!hj_request_part_i64(req, "id", &id, error))
        return NULL;
    HjRows *row = hj_row_get(hj_request_tx(req), hj_request_actor(req), ledger, id, error);
    if (row == NULL)
        return NULL;
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(row) || ledger->notice == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    const char *base =
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name, id);
    const HjField *number = hj_pack_field(ledger, ledger->notice->number);
    const char *dated = ledger->date_field != NULL && !hj_rows_null(row, ledger->date_field)
                            ? hj_rows_text(row, ledger->date_field)
                            : NULL;
    HjDateText today = hj_date_text(hj_tx_today(hj_request_tx(req)));
    HjNoticeView view = {
        .page = hj_page(req, hj_page_label(req, &ledger->notice->title), "ledgers"),
        .issuer = hj_request_county_name(req),
        .number = number != NULL ? hj_pages_cell(req, number, row) : NULL,
        .day = day_text(req, dated != NULL ? dated : hj_request_strdup(req, today.text)),
        .back_href = base,
    };
    hj_page_crumb(req, &view.page, hj_request_printf(req, "/ledgers/%s", ledger->name),
                  hj_page_label(req, &ledger->title));
    hj_page_crumb(req, &view.page, base, hj_pages_row_title(req, ledger, row));
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    if (!fill_sheet(req, ledger, row, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_notice(&out, &view);
    return res;
}
