/* The sheet of a row: all of it as a form on paper, whatever its ledger. */
#include "core/access.h"
#include "web/document_page.h"
#include "web/judged.h"
#include "web/pages.h"
#include "web/pages_flow.h"
#include "web/prefill.h"
#include "web/uploads.h"

#include <string.h>

#define MOST_ROWS 200
#define MOST_WIDTH 16 /* parts of a line, a day takes two; more stands field below field */

typedef struct {
    HjRequest *req;
    const HjLedger *ledger;
    HjRows *row;
    int64_t id;
    HjDocument *paper;
} Sheet;

static const char *tr(const Sheet *s, const char *msgid) __attribute__((format_arg(2)));

static const char *
tr(const Sheet *s, const char *msgid)
{
    return hj_tr(hj_request_lang(s->req), msgid);
}

static bool
load(Sheet *s, GError **error)
{
    s->ledger = hj_pages_ledger_of(s->req, error);
    if (s->ledger == NULL || !hj_request_part_i64(s->req, "id", &s->id, error))
        return false;
    s->row =
        hj_row_get(hj_request_tx(s->req), hj_request_actor(s->req), s->ledger, s->id, error);
    if (s->row == NULL)
        return false;
    hj_request_adopt(s->req, s->row, (GDestroyNotify)hj_rows_free);
    return hj_rows_next(s->row) || hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such row.");
}

/* --- fields --- */

static bool
is_asked(const Sheet *s, const HjField *field)
{
    return field->prefill == NULL && field->retired == NULL &&
           !hj_access_field_hidden(hj_request_actor(s->req), field);
}

/* What is asked no more is printed where it was answered. */
static bool
is_printed(const Sheet *s, const HjField *field, const HjRows *row)
{
    return is_asked(s, field) || (field->retired != NULL && !hj_rows_null(row, field->name) &&
                                  !hj_access_field_hidden(hj_request_actor(s->req), field));
}

static bool
file_names(const Sheet *s, const HjField *field, const HjRows *row, const char **ret,
           GError **error)
{
    HjFileItem *files = NULL;
    size_t n = 0;
    g_autoptr(GString) text = g_string_new(NULL);
    if (!hj_uploads_items(s->req, hj_rows_text(row, field->name), &files, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", files[i].name);
    *ret = hj_request_strdup(s->req, text->str);
    return true;
}

/* What stands in the field, with its unit; "" is left to write by hand. */
static bool
field_text(const Sheet *s, const HjField *field, const HjRows *row, const char **ret,
           GError **error)
{
    if (field->type == HJ_FIELD_FILES)
        return file_names(s, field, row, ret, error);
    const char *text = hj_pages_fact_text(s->req, field, row);
    const char *unit = hj_page_label(s->req, &field->unit);
    if (text == NULL || *text == '\0')
        *ret = "";
    else
        *ret = unit != NULL ? hj_request_printf(s->req, "%s %s", text, unit) : text;
    return true;
}

static bool
write_fields(const Sheet *s, const HjLedger *ledger, const HjRows *row, GError **error)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        const char *text = "";
        if (!is_printed(s, field, row))
            continue;
        if (!field_text(s, field, row, &text, error))
            return false;
        hj_document_key(s->paper, hj_page_label(s->req, &field->title), text);
    }
    return true;
}

/* --- what it takes over, and what judges it --- */

static bool
write_figures(const Sheet *s, GError **error)
{
    HjPrefillView *figures = NULL;
    if (!hj_prefill_of_row(s->req, s->ledger, s->row, &figures, error))
        return false;
    if (figures == NULL)
        return true;
    hj_document_heading(s->paper, 1, figures->title);
    for (size_t i = 0; i < figures->n_lines; i++) {
        const HjPrefillLine *line = &figures->lines[i];
        hj_document_key(s->paper, line->title,
                        line->unit != NULL
                            ? hj_request_printf(s->req, "%s %s", line->text, line->unit)
                            : line->text);
    }
    return true;
}

static bool
write_judged(const Sheet *s, GError **error)
{
    HjJudgedLine *lines;
    size_t n;
    if (!hj_judged_lines(s->req, s->ledger, s->row, s->id, &lines, &n, error))
        return false;
    if (n == 0)
        return true;
    const HjDocumentColumn columns[] = {
        { tr(s, N_("Clause")), 8, HJ_ALIGN_LEFT },
        { tr(s, N_("Judged by")), 8, HJ_ALIGN_LEFT },
        { tr(s, N_("Target")), 3, HJ_ALIGN_RIGHT },
        { tr(s, N_("Now")), 4, HJ_ALIGN_RIGHT },
    };
    hj_document_heading(s->paper, 1, tr(s, N_("How far it has come")));
    hj_document_table(s->paper, NULL, columns, G_N_ELEMENTS(columns));
    for (size_t i = 0; i < n; i++) {
        const char *const cells[] = {
            lines[i].title,
            lines[i].indicator,
            hj_request_printf(s->req, "%s %s", lines[i].lower ? "≤" : "≥", lines[i].target),
            lines[i].open ? tr(s, N_("not begun"))
                          : hj_request_printf(s->req, "%s %s", lines[i].value,
                                              lines[i].unit != NULL ? lines[i].unit : ""),
        };
        hj_document_row(s->paper, cells, false);
    }
    return true;
}

/* --- rows that lie under it --- */

static int
width_of(const HjField *field)
{
    if (field->type == HJ_FIELD_LONG_TEXT || field->type == HJ_FIELD_FILES ||
        field->type == HJ_FIELD_CHOICES || field->type == HJ_FIELD_LIST_CHECK)
        return 4;
    bool words = field->type == HJ_FIELD_TEXT || field->type == HJ_FIELD_SEALED ||
                 field->type == HJ_FIELD_ROW;
    return words ? 3 : 2;
}

/* One row of @child below the other, a column for every field. */
static bool
write_table(const Sheet *s, const HjLedger *child, HjRows *rows, size_t n_columns,
            GError **error)
{
    HjDocumentColumn *columns = hj_request_new(s->req, HjDocumentColumn, n_columns);
    const char **cells = hj_request_new(s->req, const char *, n_columns);
    size_t n = 0;
    for (size_t i = 0; i < child->n_fields && n < n_columns; i++) {
        const HjField *field = &child->fields[i];
        if (is_asked(s, field))
            columns[n++] =
                (HjDocumentColumn){ .title = hj_page_label(s->req, &field->title),
                                    .width = width_of(field),
                                    .align = hj_field_is_number(field) && field->ledger == NULL
                                                 ? HJ_ALIGN_RIGHT
                                                 : HJ_ALIGN_LEFT };
    }
    hj_document_table(s->paper, NULL, columns, n);
    for (bool more = true; more; more = hj_rows_next(rows)) {
        n = 0;
        for (size_t i = 0; i < child->n_fields && n < n_columns; i++)
            if (is_asked(s, &child->fields[i]) &&
                !field_text(s, &child->fields[i], rows, &cells[n++], error))
                return false;
        hj_document_row(s->paper, cells, false);
    }
    return true;
}

static bool
write_one_by_one(const Sheet *s, const HjLedger *child, HjRows *rows, GError **error)
{
    for (bool more = true; more; more = hj_rows_next(rows)) {
        hj_document_heading(s->paper, 2, hj_pages_row_title(s->req, child, rows));
        if (!write_fields(s, child, rows, error))
            return false;
    }
    return true;
}

static bool
write_child(const Sheet *s, const HjLedger *child, GError **error)
{
    const HjRowQuery query = { .ledger = child,
                               .parent = s->id,
                               .from = HJ_DATE_NONE,
                               .to = HJ_DATE_NONE,
                               .limit = MOST_ROWS };
    g_autofree char *next = NULL;
    HjRows *rows =
        hj_row_list(hj_request_tx(s->req), hj_request_actor(s->req), &query, &next, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(s->req, rows, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(rows))
        return true;
    hj_document_heading(s->paper, 1, hj_page_label(s->req, &child->title));
    size_t n_columns = 0;
    int width = 0;
    for (size_t i = 0; i < child->n_fields; i++)
        if (is_asked(s, &child->fields[i])) {
            n_columns++;
            width += width_of(&child->fields[i]);
        }
    if (width <= MOST_WIDTH ? !write_table(s, child, rows, n_columns, error)
                            : !write_one_by_one(s, child, rows, error))
        return false;
    if (next != NULL)
        hj_document_plain(
            s->paper,
            hj_request_printf(s->req, tr(s, N_("The first %d rows are shown.")), MOST_ROWS));
    return true;
}

static bool
write_children(const Sheet *s, GError **error)
{
    const HjPack *pack = hj_request_pack(s->req);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *child = &pack->ledgers[i];
        if (child->in == s->ledger &&
            hj_access_may_ledger(hj_request_actor(s->req), child, HJ_ACCESS_VIEW) &&
            !write_child(s, child, error))
            return false;
    }
    return true;
}

/* --- the process line --- */

static const char *
did(const Sheet *s, const HjFlowStep *step)
{
    if (step->open)
        return hj_request_printf(s->req, "%s%s%s", tr(s, N_("Waits for")),
                                 hj_request_lang(s->req) == HJ_ZH ? "" : " ", step->waits_for);
    g_autoptr(GString) text = g_string_new(step->did);
    if (step->to != NULL)
        g_string_append_printf(text, " → %s", step->to);
    if (step->opinion != NULL && *step->opinion != '\0')
        g_string_append_printf(text, "\n%s", step->opinion);
    return hj_request_strdup(s->req, text->str);
}

static const char *
day_of(const Sheet *s, const HjFlowStep *step)
{
    if (step->open)
        return step->due;
    if (step->back_filled)
        return hj_request_printf(s->req, "%s\n%s", step->on, tr(s, N_("entered later")));
    return hj_request_strdup(s->req, hj_date_text(hj_date_in_shanghai(step->at)).text);
}

static bool
write_line(const Sheet *s, GError **error)
{
    HjFlowView *flow = NULL;
    if (!hj_pages_flow_view(s->req, s->ledger, s->row, &flow, error))
        return false;
    if (flow == NULL)
        return true;
    const HjDocumentColumn columns[] = {
        { tr(s, N_("Step")), 5, HJ_ALIGN_LEFT },
        { tr(s, N_("What was done")), 9, HJ_ALIGN_LEFT },
        { tr(s, N_("Who")), 4, HJ_ALIGN_LEFT },
        { tr(s, N_("Day")), 4, HJ_ALIGN_LEFT },
        { tr(s, N_("Took")), 3, HJ_ALIGN_LEFT },
    };
    hj_document_heading(s->paper, 1, tr(s, N_("Way so far")));
    hj_document_key(s->paper, tr(s, N_("Stands at")), flow->state);
    hj_document_table(s->paper, NULL, columns, G_N_ELEMENTS(columns));
    for (size_t i = 0; i < flow->n_steps; i++) {
        const HjFlowStep *step = &flow->steps[i];
        const char *const cells[] = {
            step->kind != NULL ? hj_request_printf(s->req, "%s（%s）", step->node, step->kind)
                               : step->node,
            did(s, step),
            step->behalf != NULL
                ? hj_request_printf(s->req, "%s（%s）", step->who, step->behalf)
                : step->who,
            day_of(s, step),
            step->spent,
        };
        hj_document_row(s->paper, cells, false);
    }
    return true;
}

/* --- the whole --- */

/* With what stands above it: villages share names. */
static void
write_place(const Sheet *s)
{
    g_autoptr(HjRows) org = hj_org_get(hj_request_tx(s->req), hj_rows_i64(s->row, "org"), NULL);
    const char *above =
        org != NULL && hj_rows_next(org) ? hj_rows_text(org, "parent_name") : NULL;
    const char *name = hj_rows_text(s->row, "org_name");
    hj_document_key(s->paper, tr(s, N_("Organization")),
                    above != NULL ? hj_request_printf(s->req, "%s · %s", above, name) : name);
}

static bool
write_sheet(Sheet *s, GError **error)
{
    const char *ledger = hj_page_label(s->req, &s->ledger->title);
    s->paper = hj_document_page_new(s->req, HJ_DOCUMENT_TABLES, ledger, s->ledger->sensitive);
    hj_document_subtitle(s->paper, hj_request_county_name(s->req));
    if (!s->ledger->sensitive)
        hj_document_page_printed(s->req, s->paper);
    if (!hj_rows_null(s->row, "voided_at"))
        hj_document_plain(s->paper, tr(s, N_("This row was withdrawn and counts nowhere.")));
    write_place(s);
    return write_fields(s, s->ledger, s->row, error) && write_figures(s, error) &&
           write_judged(s, error) && write_children(s, error) && write_line(s, error);
}

HjResponse *
hj_pages_sheet(HjRequest *req, GError **error)
{
    Sheet s = { .req = req };
    if (!load(&s, error) || !write_sheet(&s, error))
        return NULL;
    const char *ledger = hj_page_label(req, &s.ledger->title);
    const char *title = hj_pages_row_title(req, s.ledger, s.row);
    const char *base =
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, s.ledger->name, s.id);
    HjPage page = hj_page(req, tr(&s, N_("Form to print")), "ledgers");
    hj_page_crumb(req, &page, hj_request_printf(req, "/ledgers/%s", s.ledger->name), ledger);
    hj_page_crumb(req, &page, base, title);
    if (s.ledger->sensitive)
        hj_page_mark(req, &page);
    return hj_document_page_answer(req, &page, s.paper, base,
                                   hj_request_printf(req, "%s-%s", ledger, title), error);
}
