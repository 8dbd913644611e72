#include "base/error.h"
#include "base/sheet_write.h"
#include "base/time.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define N_LOOKS (HJ_LOOK_WRAP + 1)
#define OFFERED_ROWS 200000
#define MAX_TITLE 32
#define MAX_SAYS 255
#define PAPER_A4 9

struct HjSheetBook {
    char *path;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *looks[N_LOOKS];
    lxw_format *number, *date;
    int n_rows; /* written to the sheet */
    bool whole; /* a report: it is printed, not filled in */
};

static lxw_format *
look_new(lxw_workbook *book, HjSheetLook look)
{
    lxw_format *format = workbook_add_format(book);
    format_set_num_format(format, "@");
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    switch (look) {
    case HJ_LOOK_REQUIRED:
    case HJ_LOOK_HEAD:
        format_set_bold(format);
        format_set_text_wrap(format);
        format_set_border(format, LXW_BORDER_THIN);
        format_set_border_color(format, 0xbfb8ae);
        format_set_bg_color(format, look == HJ_LOOK_REQUIRED ? 0xf6dcd8 : 0xefebe4);
        break;
    case HJ_LOOK_SAMPLE:
        format_set_italic(format);
        format_set_font_color(format, 0x80776c);
        break;
    case HJ_LOOK_WRONG:
        format_set_bg_color(format, 0xffc7ce);
        format_set_font_color(format, 0x9c0006);
        break;
    case HJ_LOOK_WRAP:
        format_set_text_wrap(format);
        break;
    case HJ_LOOK_PLAIN:
        break;
    }
    return format;
}

static HjSheetBook *
book_new(bool whole, GError **error)
{
    g_autoptr(HjSheetBook) self = g_new0(HjSheetBook, 1);
    g_autoptr(GError) cause = NULL;
    int fd = g_file_open_tmp("hangji-XXXXXX.xlsx", &self->path, &cause);
    if (fd < 0) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "workbook: %s", cause->message);
        return NULL;
    }
    close(fd);
    self->whole = whole;
    lxw_workbook_options options = { .constant_memory = whole ? LXW_FALSE : LXW_TRUE };
    self->book = workbook_new_opt(self->path, &options);
    if (self->book == NULL) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "workbook: it cannot be made");
        return NULL;
    }
    for (int i = 0; i < N_LOOKS; i++)
        self->looks[i] = look_new(self->book, (HjSheetLook)i);
    self->number = workbook_add_format(self->book);
    format_set_num_format(self->number, "General");
    self->date = workbook_add_format(self->book);
    format_set_num_format(self->date, "yyyy-mm-dd");
    return g_steal_pointer(&self);
}

HjSheetBook *
hj_sheet_book_new(GError **error)
{
    return book_new(false, error);
}

HjSheetBook *
hj_sheet_book_new_whole(GError **error)
{
    return book_new(true, error);
}

void
hj_sheet_book_free(HjSheetBook *book)
{
    if (book == NULL)
        return;
    if (book->book != NULL)
        workbook_close(book->book);
    if (book->path != NULL)
        g_unlink(book->path);
    g_free(book->path);
    g_free(book);
}

static bool
check(lxw_error code, const char *doing, GError **error)
{
    return code == LXW_NO_ERROR || hj_error_log(error, HJ_ERROR_INTERNAL, "workbook: %s: %s",
                                                doing, lxw_strerror(code));
}

/* What the format does not allow in the name of a sheet. */
static char *
safe_name(const char *name)
{
    GString *out = g_string_new(NULL);
    for (const char *p = name; *p != '\0' && g_utf8_strlen(out->str, -1) < LXW_SHEETNAME_MAX;
         p = g_utf8_next_char(p))
        if (strchr("[]:*?/\\'", *p) == NULL)
            g_string_append_unichar(out, g_utf8_get_char(p));
    return g_string_free(out, FALSE);
}

bool
hj_sheet_book_begin(HjSheetBook *book, const char *name, int n_frozen, bool hidden,
                    GError **error)
{
    g_autofree char *safe = safe_name(name);
    book->sheet = workbook_add_worksheet(book->book, safe);
    if (book->sheet == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "workbook: sheet %s cannot be made",
                            safe);
    book->n_rows = 0;
    if (n_frozen > 0)
        worksheet_freeze_panes(book->sheet, (lxw_row_t)n_frozen, 0);
    if (hidden)
        worksheet_hide(book->sheet);
    if (book->whole) {
        worksheet_set_paper(book->sheet, PAPER_A4);
        worksheet_set_landscape(book->sheet);
        worksheet_fit_to_pages(book->sheet, 1, 0);
        if (n_frozen > 0)
            worksheet_repeat_rows(book->sheet, 0, (lxw_row_t)(n_frozen - 1));
    }
    return true;
}

void
hj_sheet_book_width(HjSheetBook *book, int column, int width, bool as_text)
{
    lxw_col_t at = (lxw_col_t)(column - 1);
    worksheet_set_column(book->sheet, at, at, width,
                         as_text ? book->looks[HJ_LOOK_PLAIN] : NULL);
}

/* The beginning of a text that the format allows so many characters. */
static char *
shortened(const char *text, int max)
{
    return text != NULL ? g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), max)) : NULL;
}

void
hj_sheet_book_offer(HjSheetBook *book, int column, int first, int from, int n, bool strict,
                    const char *title, const char *says)
{
    HjCellName name = hj_sheet_cell_name(from, 0);
    g_autofree char *range =
        g_strdup_printf("=" HJ_SHEET_LISTS "!$%s$1:$%s$%d", name.text, name.text, n);
    g_autofree char *head = shortened(title, MAX_TITLE);
    g_autofree char *body = shortened(says, MAX_SAYS);
    lxw_data_validation offer = {
        .validate = LXW_VALIDATION_TYPE_LIST_FORMULA,
        .value_formula = range,
        .error_type =
            strict ? LXW_VALIDATION_ERROR_TYPE_STOP : LXW_VALIDATION_ERROR_TYPE_WARNING,
        .error_title = head,
        .error_message = body,
        .dropdown = LXW_VALIDATION_ON,
        .ignore_blank = LXW_VALIDATION_ON,
        .show_input = LXW_VALIDATION_OFF,
        .show_error = LXW_VALIDATION_ON,
    };
    lxw_col_t at = (lxw_col_t)(column - 1);
    worksheet_data_validation_range(book->sheet, (lxw_row_t)(first - 1), at, OFFERED_ROWS, at,
                                    &offer);
}

static bool
write_date(HjSheetBook *book, lxw_row_t row, lxw_col_t column, const char *text, GError **error)
{
    HjDate date;
    int year, month, day;
    if (!hj_date_parse(text, &date, NULL))
        return check(
            worksheet_write_string(book->sheet, row, column, text, book->looks[HJ_LOOK_PLAIN]),
            "cell", error);
    hj_date_split(date, &year, &month, &day);
    lxw_datetime when = { .year = year, .month = month, .day = day };
    return check(worksheet_write_datetime(book->sheet, row, column, &when, book->date), "cell",
                 error);
}

static bool
write_value(HjSheetBook *book, lxw_row_t row, lxw_col_t column, const HjSheetValue *value,
            GError **error)
{
    lxw_format *look = book->looks[value->look];
    if (value->comment != NULL &&
        !check(worksheet_write_comment(book->sheet, row, column, value->comment), "comment",
               error))
        return false;
    bool empty = value->text == NULL || *value->text == '\0';
    if (empty && value->look == HJ_LOOK_PLAIN)
        return true;
    if (empty)
        return check(worksheet_write_blank(book->sheet, row, column, look), "cell", error);
    if (value->date)
        return write_date(book, row, column, value->text, error);
    if (value->number)
        return check(worksheet_write_number(book->sheet, row, column,
                                            g_ascii_strtod(value->text, NULL), book->number),
                     "cell", error);
    return check(worksheet_write_string(book->sheet, row, column, value->text, look), "cell",
                 error);
}

bool
hj_sheet_book_row(HjSheetBook *book, const HjSheetValue *values, size_t n, GError **error)
{
    lxw_row_t row = (lxw_row_t)book->n_rows++;
    for (size_t i = 0; i < n; i++)
        if (!write_value(book, row, (lxw_col_t)i, &values[i], error))
            return false;
    return true;
}

bool
hj_sheet_book_chart(HjSheetBook *book, const HjSheetChart *spec, GError **error)
{
    lxw_chart *chart = workbook_add_chart(book->book, LXW_CHART_COLUMN);
    lxw_chart_series *series = chart != NULL ? chart_add_series(chart, NULL, NULL) : NULL;
    if (series == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "workbook: chart");
    g_autofree char *sheet = safe_name(spec->sheet);
    lxw_row_t first = (lxw_row_t)(spec->first - 1), last = (lxw_row_t)(spec->last - 1);
    lxw_col_t names = (lxw_col_t)(spec->names - 1), values = (lxw_col_t)(spec->values - 1);
    lxw_chart_fill red = { .color = 0x9e2a2b };
    chart_series_set_categories(series, sheet, first, names, last, names);
    chart_series_set_values(series, sheet, first, values, last, values);
    chart_series_set_fill(series, &red);
    chart_title_set_name(chart, spec->title);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    lxw_chart_options place = { .x_scale = 1.1,
                                .y_scale = 1.0,
                                .description = (char *)spec->title };
    return check(worksheet_insert_chart_opt(book->sheet, (lxw_row_t)(spec->at_row - 1),
                                            (lxw_col_t)(spec->at_column - 1), chart, &place),
                 "chart", error);
}

int
hj_sheet_book_row_number(const HjSheetBook *book)
{
    return book->n_rows;
}

GBytes *
hj_sheet_book_end(HjSheetBook *book, GError **error)
{
    lxw_workbook *finished = g_steal_pointer(&book->book);
    if (!check(workbook_close(finished), "close", error))
        return NULL;
    g_autoptr(GError) cause = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(book->path, FALSE, &cause);
    if (file == NULL) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "workbook: %s", cause->message);
        return NULL;
    }
    /* The bytes outlive the name. */
    return g_mapped_file_get_bytes(file);
}
