/* A sheet of one row after GB/T 9704: an order, a pledge; what is not known is left to write by
 * hand.
 */
#include "web/document_page.h"
#include "web/judged.h"
#include "web/pages.h"

#include <string.h>

#define BLANK "＿＿＿＿＿＿"

/* A day as official papers write it. */
static const char *
day_text(HjRequest *req, const char *iso)
{
    HjDate date;
    if (!hj_date_parse(iso, &date, NULL))
        return iso;
    return hj_request_adopt(req, hj_document_day(date, hj_request_lang(req)), g_free);
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

/* The first line is whom it is sent to, when it ends as such a line does. */
static void
fill_body(HjRequest *req, const HjLedger *ledger, const HjRows *row, HjDocument *paper)
{
    g_autofree char *body =
        fill_places(req, ledger, row, hj_page_label(req, &ledger->notice->body));
    char *rest = strchr(body, '\n');
    size_t n = rest != NULL ? (size_t)(rest - body) : strlen(body);
    g_autofree char *first = g_strndup(body, n);
    const char *const colons[] = { "：", ":" };
    for (size_t i = 0; i < G_N_ELEMENTS(colons); i++) {
        if (!g_str_has_suffix(first, colons[i]))
            continue;
        first[strlen(first) - strlen(colons[i])] = '\0';
        hj_document_to(paper, first);
        hj_document_text(paper, rest != NULL ? rest : "");
        return;
    }
    hj_document_text(paper, body);
}

/* What indicators judge stands on the sheet with its target; both sign that, not how far it is.
 */
static bool
fill_sheet(HjRequest *req, const HjLedger *ledger, const HjRows *row, HjDocument *paper,
           GError **error)
{
    const HjNotice *notice = ledger->notice;
    HjJudgedLine *judged;
    size_t n_judged;
    if (!hj_judged_lines(req, ledger, row, hj_rows_i64(row, "id"), &judged, &n_judged, error))
        return false;
    fill_body(req, ledger, row, paper);
    for (size_t i = 0; i < notice->n_fields; i++) {
        const HjField *field = hj_pack_field(ledger, notice->fields[i]);
        hj_document_key(paper, hj_page_label(req, &field->title),
                        hj_pages_cell(req, field, row));
    }
    for (size_t i = 0; i < n_judged; i++)
        hj_document_key(paper, judged[i].title,
                        hj_request_printf(req, "%s %s %s", judged[i].indicator,
                                          judged[i].lower ? "≤" : "≥", judged[i].target));
    HjDate day = hj_tx_today(hj_request_tx(req));
    if (ledger->date_field != NULL && !hj_rows_null(row, ledger->date_field))
        hj_date_parse(hj_rows_text(row, ledger->date_field), &day, NULL);
    hj_document_seal(paper, NULL, day);
    for (size_t i = 0; i < notice->n_signs; i++)
        hj_document_sign(paper, hj_page_label(req, &notice->signs[i]));
    return true;
}

HjResponse *
hj_pages_notice(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    int64_t id = 0;
    if (ledger == NULL || !hj_request_part_i64(req, "id", &id, error))
        return NULL;
    HjRows *row = hj_row_get(hj_request_tx(req), hj_request_actor(req), ledger, id, error);
    if (row == NULL)
        return NULL;
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(row) || ledger->notice == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    const char *title = hj_page_label(req, &ledger->notice->title);
    const char *row_title = hj_pages_row_title(req, ledger, row);
    HjDocument *paper = hj_document_page_new(req, HJ_DOCUMENT_LETTER, title, ledger->sensitive);
    const HjField *number = hj_pack_field(ledger, ledger->notice->number);
    hj_document_issuer(paper, hj_request_county_name(req));
    hj_document_number(paper, number != NULL ? hj_pages_cell(req, number, row) : NULL);
    if (!fill_sheet(req, ledger, row, paper, error))
        return NULL;
    const char *base =
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name, id);
    HjPage page = hj_page(req, title, "ledgers");
    hj_page_crumb(req, &page, hj_request_printf(req, "/ledgers/%s", ledger->name),
                  hj_page_label(req, &ledger->title));
    hj_page_crumb(req, &page, base, row_title);
    if (ledger->sensitive)
        hj_page_mark(req, &page);
    return hj_document_page_answer(req, &page, paper, base,
                                   hj_request_printf(req, "%s-%s", title, row_title), error);
}
