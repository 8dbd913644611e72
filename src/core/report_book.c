/* A report as a workbook: figures, what they rest on, those below, charts. */
#include "base/decimal.h"
#include "base/sheet_write.h"
#include "core/report_table.h"

#define CHARTS_MOST 40
#define CHARTS_A_ROW 2
#define CHART_ROWS 16
#define CHART_COLUMNS 9

typedef struct {
    const HjReportTable *table;
    HjLang lang;
    HjSheetBook *book;
    GPtrArray *kept; /* texts of the row being written */
    GArray *row;
} Writer;

static void
cell(Writer *w, const char *text, HjSheetLook look, bool number)
{
    char *kept = g_strdup(text);
    g_ptr_array_add(w->kept, kept);
    const HjSheetValue value = { .text = kept, .look = look, .number = number };
    g_array_append_val(w->row, value);
}

static bool
end_row(Writer *w, GError **error)
{
    bool done = hj_sheet_book_row(w->book, (const HjSheetValue *)(const void *)w->row->data,
                                  w->row->len, error);
    g_array_set_size(w->row, 0);
    g_ptr_array_set_size(w->kept, 0);
    return done;
}

static void
figure_cell(Writer *w, const HjFigureValue *value)
{
    if (value->has)
        cell(w, hj_decimal_text(value->shown, value->scale).text, HJ_LOOK_PLAIN, true);
    else
        cell(w, NULL, HJ_LOOK_PLAIN, false);
}

static const char *
label(const Writer *w, const HjLabel *of)
{
    const char *text = hj_i18n_label(of, w->lang);
    return text != NULL ? text : "";
}

/* --- figures and notes --- */

static bool
write_head(Writer *w, const char *const *titles, const int *widths, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++)
        hj_sheet_book_width(w->book, (int)i + 1, widths[i], false);
    for (size_t i = 0; i < n; i++)
        cell(w, hj_tr(w->lang, titles[i]), HJ_LOOK_HEAD, false);
    return end_row(w, error);
}

static bool
write_figures(Writer *w, const char *mark, GError **error)
{
    static const char *const titles[] = { N_("Figure"), N_("Value"), N_("Unit"), N_("Part") };
    static const int widths[] = { 36, 16, 10, 8 };
    const HjReportTable *table = w->table;
    if (!hj_sheet_book_begin(w->book, hj_tr(w->lang, N_("Figures")), 1, false, error) ||
        !write_head(w, titles, widths, G_N_ELEMENTS(titles), error))
        return false;
    for (size_t i = 0; i < table->report->n_figures; i++) {
        const HjFigure *figure = &table->report->figures[i];
        HjFigureValue value = hj_report_table_at(table, i, table->top->id);
        cell(w, label(w, &figure->title), HJ_LOOK_PLAIN, false);
        figure_cell(w, &value);
        cell(w, label(w, &figure->unit), HJ_LOOK_PLAIN, false);
        cell(w, figure->system, HJ_LOOK_PLAIN, false);
        if (!end_row(w, error))
            return false;
    }
    g_autofree char *span =
        g_strdup_printf("%s · %s · %s — %s", table->top->name, label(w, &table->report->title),
                        hj_date_text(table->from).text, hj_date_text(table->to).text);
    const char *const says[] = { span, mark };
    for (size_t i = 0; i < G_N_ELEMENTS(says); i++) {
        if (says[i] == NULL)
            continue;
        cell(w, says[i], HJ_LOOK_SAMPLE, false);
        if (!end_row(w, error))
            return false;
    }
    return true;
}

static bool
write_notes(Writer *w, GError **error)
{
    static const char *const titles[] = { N_("Figure"),      N_("How the figure is computed"),
                                          N_("Numerator"),   N_("Denominator"),
                                          N_("Counted for"), N_("Confirmed") };
    static const int widths[] = { 36, 80, 16, 16, 14, 30 };
    const HjReportTable *table = w->table;
    if (!hj_sheet_book_begin(w->book, hj_tr(w->lang, N_("Notes")), 1, false, error) ||
        !write_head(w, titles, widths, G_N_ELEMENTS(titles), error))
        return false;
    for (size_t i = 0; i < table->report->n_figures; i++) {
        const HjFigure *figure = &table->report->figures[i];
        const HjIndicator *indicator = figure->indicator;
        HjFigureValue value = hj_report_table_at(table, i, table->top->id);
        bool share = indicator->roll == HJ_ROLL_RATIO || indicator->roll == HJ_ROLL_MEAN;
        const HjOrgKind *kind = hj_pack_org_kind(table->pack, indicator->of);
        g_autofree char *below =
            share ? g_strdup_printf("%" G_GINT64_FORMAT, value.value.denominator) : NULL;
        g_autofree char *above =
            share ? g_strdup_printf("%" G_GINT64_FORMAT, value.value.numerator) : NULL;
        cell(w, label(w, &figure->title), HJ_LOOK_WRAP, false);
        cell(w, label(w, &indicator->help), HJ_LOOK_WRAP, false);
        cell(w, above, HJ_LOOK_PLAIN, share);
        cell(w, below, HJ_LOOK_PLAIN, share);
        cell(w, kind != NULL ? label(w, &kind->title) : indicator->of, HJ_LOOK_PLAIN, false);
        cell(w,
             hj_report_table_assumed(table, i)
                 ? hj_tr(w->lang, N_("Default example; the county has not confirmed it yet."))
                 : NULL,
             HJ_LOOK_WRAP, false);
        if (!end_row(w, error))
            return false;
    }
    return true;
}

/* --- those below, and their charts --- */

static bool
write_group(Writer *w, const HjReportGroupOf *group, GError **error)
{
    g_autofree char *name = hj_report_table_by(w->table, group, w->lang);
    if (!hj_sheet_book_begin(w->book, name, 1, false, error))
        return false;
    hj_sheet_book_width(w->book, 1, 16, true);
    hj_sheet_book_width(w->book, 2, 24, false);
    cell(w, hj_tr(w->lang, N_("Code")), HJ_LOOK_HEAD, false);
    cell(w, hj_tr(w->lang, N_("Organization")), HJ_LOOK_HEAD, false);
    for (size_t i = 0; i < group->n_figures; i++) {
        const HjFigure *figure = &w->table->report->figures[group->figures[i]];
        g_autofree char *title =
            g_strdup_printf("%s（%s）", label(w, &figure->title), label(w, &figure->unit));
        hj_sheet_book_width(w->book, (int)i + 3, 13, false);
        cell(w, title, HJ_LOOK_HEAD, false);
    }
    if (!end_row(w, error))
        return false;
    for (size_t k = 0; k < group->n_orgs; k++) {
        cell(w, group->orgs[k]->code, HJ_LOOK_PLAIN, false);
        cell(w, group->orgs[k]->name, HJ_LOOK_PLAIN, false);
        for (size_t i = 0; i < group->n_figures; i++) {
            HjFigureValue value =
                hj_report_table_at(w->table, group->figures[i], group->orgs[k]->id);
            figure_cell(w, &value);
        }
        if (!end_row(w, error))
            return false;
    }
    return true;
}

/* A chart of nothing helps nobody. */
static bool
differs(const Writer *w, const HjReportGroupOf *group, size_t figure)
{
    for (size_t k = 0; k < group->n_orgs; k++) {
        HjFigureValue value = hj_report_table_at(w->table, figure, group->orgs[k]->id);
        if (value.has && value.shown != 0)
            return true;
    }
    return false;
}

static bool
write_charts(Writer *w, GError **error)
{
    const HjReportGroupOf *group = &w->table->groups[0];
    if (group->n_orgs < 2)
        return true;
    if (!hj_sheet_book_begin(w->book, hj_tr(w->lang, N_("Charts")), 0, false, error))
        return false;
    g_autofree char *sheet = hj_report_table_by(w->table, group, w->lang);
    int n = 0;
    for (size_t i = 0; i < group->n_figures && n < CHARTS_MOST; i++) {
        if (!differs(w, group, group->figures[i]))
            continue;
        const HjFigure *figure = &w->table->report->figures[group->figures[i]];
        g_autofree char *title =
            g_strdup_printf("%s（%s）", label(w, &figure->title), label(w, &figure->unit));
        const HjSheetChart chart = {
            .title = title,
            .sheet = sheet,
            .names = 2,
            .values = (int)i + 3,
            .first = 2,
            .last = (int)group->n_orgs + 1,
            .at_row = 1 + n / CHARTS_A_ROW * CHART_ROWS,
            .at_column = 1 + n % CHARTS_A_ROW * CHART_COLUMNS,
        };
        if (!hj_sheet_book_chart(w->book, &chart, error))
            return false;
        n++;
    }
    return true;
}

GBytes *
hj_report_table_book(const HjReportTable *table, HjLang lang, const char *mark, GError **error)
{
    g_autoptr(HjSheetBook) book = hj_sheet_book_new_whole(error);
    if (book == NULL)
        return NULL;
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) row = g_array_new(FALSE, TRUE, sizeof(HjSheetValue));
    Writer w = { .table = table, .lang = lang, .book = book, .kept = kept, .row = row };
    if (!write_figures(&w, mark, error) || !write_notes(&w, error))
        return NULL;
    for (size_t i = 0; i < table->n_groups; i++)
        if (table->groups[i].n_orgs > 0 && !write_group(&w, &table->groups[i], error))
            return NULL;
    return write_charts(&w, error) ? hj_sheet_book_end(book, error) : NULL;
}
