#include "adapters/xlsx/xlsx.h"
#include "base/text.h"

#include <string.h>

#define MAX_SHEET_PART ((size_t)512 * 1024 * 1024)
#define MAX_MERGES 20000
#define MAX_ROW_NUMBER 1048576
#define MAX_COLUMN_NUMBER 16384

typedef struct {
    int first_row, last_row, first_column, last_column;
} Merge;

typedef enum {
    TYPE_NUMBER,
    TYPE_SHARED,
    TYPE_INLINE,
    TYPE_TEXT,
    TYPE_BOOL,
    TYPE_ERROR,
    TYPE_DATE
} CellType;

typedef struct {
    const HjXlsxBook *book;
    HjSheetFn fn;
    gpointer data;
    GArray *merges; /* by first row */
    guint n_past;   /* merges that end above the row */

    int row, last_row, n_rows;
    GArray *cells;  /* of HjSheetCell; .text is an offset until the row ends */
    GString *texts; /* NUL-ended, one after another */

    bool in_row, in_cell, has_formula;
    int column, in_phonetic;
    CellType type;
    HjXlsxFormat format;
    GString *value;
} Reading;

static void
stop(HjXlsxParser *p, bool (*why)(GError **error))
{
    GError *error = NULL;
    why(&error);
    hj_xlsx_refuse(p, error);
}

/* "AB12"; 0 where a part is missing. */
static bool
read_address(const char *text, int *ret_column, int *ret_row, const char **ret_end)
{
    int column = 0, row = 0;
    const char *p = text;
    for (; g_ascii_isupper(*p) && column <= MAX_COLUMN_NUMBER; p++)
        column = column * 26 + (*p - 'A' + 1);
    for (; g_ascii_isdigit(*p) && row <= MAX_ROW_NUMBER; p++)
        row = row * 10 + (*p - '0');
    *ret_column = column;
    *ret_row = row;
    if (ret_end != NULL)
        *ret_end = p;
    return column > 0 && column <= MAX_COLUMN_NUMBER && row > 0 && row <= MAX_ROW_NUMBER &&
           (ret_end != NULL || *p == '\0');
}

/* --- merged cells, which the part tells only at its end --- */

static void
merges_start(HjXlsxParser *p, const char *name, const char **attributes)
{
    Reading *r = p->data;
    const char *range =
        g_str_equal(name, "mergeCell") ? hj_xlsx_attribute(attributes, "ref") : NULL;
    Merge merge;
    const char *rest;
    if (range == NULL || !read_address(range, &merge.first_column, &merge.first_row, &rest) ||
        *rest != ':' || !read_address(rest + 1, &merge.last_column, &merge.last_row, NULL))
        return;
    if (r->merges->len >= MAX_MERGES || merge.last_row < merge.first_row ||
        merge.last_column < merge.first_column) {
        stop(p, hj_xlsx_suspicious);
        return;
    }
    g_array_append_val(r->merges, merge);
}

static int
by_first_row(const void *a, const void *b)
{
    return ((const Merge *)a)->first_row - ((const Merge *)b)->first_row;
}

static bool
read_merges(Reading *r, zip_t *zip, GError **error)
{
    bool has_some, found;
    if (!hj_xlsx_mentions(zip, r->book->sheet, MAX_SHEET_PART, "mergeCell", &has_some, error))
        return false;
    if (has_some && !hj_xlsx_parse(zip, r->book->sheet, MAX_SHEET_PART, merges_start, NULL, r,
                                   &found, error))
        return false;
    g_array_sort(r->merges, by_first_row);
    return true;
}

/* --- rows --- */

static HjSheetCell *
cell_at(Reading *r, guint i)
{
    return &g_array_index(r->cells, HjSheetCell, i);
}

static void
add_cell(Reading *r, int column, HjCellKind kind, const char *text)
{
    HjSheetCell cell = { .column = column, .kind = kind };
    cell.text = GSIZE_TO_POINTER(r->texts->len);
    g_string_append(r->texts, text);
    g_string_append_c(r->texts, '\0');
    g_array_append_val(r->cells, cell);
}

static HjSheetCell *
find_cell(Reading *r, int column)
{
    for (guint i = 0; i < r->cells->len; i++)
        if (cell_at(r, i)->column == column)
            return cell_at(r, i);
    return NULL;
}

static void
cover(Reading *r, const Merge *merge)
{
    HjCellName at = hj_sheet_cell_name(merge->first_column, merge->first_row);
    int last = MIN(merge->last_column, HJ_SHEET_MAX_COLUMNS);
    for (int column = merge->first_column; column <= last; column++) {
        HjSheetCell *cell = find_cell(r, column);
        bool is_first = r->row == merge->first_row && column == merge->first_column;
        if (is_first && cell != NULL)
            cell->merged = true;
        else if (!is_first && cell == NULL)
            add_cell(r, column, HJ_CELL_MERGED, at.text);
    }
}

static int
by_column(const void *a, const void *b)
{
    return ((const HjSheetCell *)a)->column - ((const HjSheetCell *)b)->column;
}

static void
cover_all(Reading *r)
{
    bool any = false;
    for (guint i = r->n_past; i < r->merges->len; i++) {
        const Merge *merge = &g_array_index(r->merges, Merge, i);
        if (merge->first_row > r->row)
            break;
        if (merge->last_row < r->row) {
            if (i == r->n_past)
                r->n_past++;
            continue;
        }
        cover(r, merge);
        any = true;
    }
    if (any)
        g_array_sort(r->cells, by_column);
}

static void
end_row(HjXlsxParser *p)
{
    Reading *r = p->data;
    GError *error = NULL;
    r->in_row = false;
    if (r->merges->len > 0)
        cover_all(r);
    if (r->cells->len == 0)
        return;
    if (++r->n_rows > HJ_SHEET_MAX_ROWS) {
        hj_fail(&error, HJ_ERROR_INVALID,
                "The workbook has more than 200,000 rows. Divide it into several.");
        hj_xlsx_refuse(p, error);
        return;
    }
    for (guint i = 0; i < r->cells->len; i++)
        cell_at(r, i)->text = r->texts->str + GPOINTER_TO_SIZE(cell_at(r, i)->text);
    HjSheetRow row = { .number = r->row,
                       .cells = (const HjSheetCell *)(const void *)r->cells->data,
                       .n_cells = r->cells->len };
    if (!r->fn(&row, r->data, &error))
        hj_xlsx_refuse(p, error);
}

static void
start_row(HjXlsxParser *p, const char **attributes)
{
    Reading *r = p->data;
    const char *number = hj_xlsx_attribute(attributes, "r");
    int64_t row = r->last_row + 1;
    if ((number != NULL && !hj_text_parse_i64(number, &row)) || row <= r->last_row ||
        row > MAX_ROW_NUMBER || r->in_row) {
        stop(p, hj_xlsx_damaged);
        return;
    }
    r->row = r->last_row = (int)row;
    r->in_row = true;
    r->column = 0;
    g_array_set_size(r->cells, 0);
    g_string_truncate(r->texts, 0);
}

static CellType
type_of(const char *type)
{
    static const struct {
        const char *name;
        CellType type;
    } types[] = { { "n", TYPE_NUMBER }, { "s", TYPE_SHARED }, { "inlineStr", TYPE_INLINE },
                  { "str", TYPE_TEXT }, { "b", TYPE_BOOL },   { "e", TYPE_ERROR },
                  { "d", TYPE_DATE } };
    for (size_t i = 0; type != NULL && i < G_N_ELEMENTS(types); i++)
        if (strcmp(type, types[i].name) == 0)
            return types[i].type;
    return TYPE_NUMBER;
}

static void
start_cell(HjXlsxParser *p, const char **attributes)
{
    Reading *r = p->data;
    const char *address = hj_xlsx_attribute(attributes, "r");
    const char *style = hj_xlsx_attribute(attributes, "s");
    int column = r->column + 1, row = r->row;
    int64_t index = 0;
    if ((address != NULL && !read_address(address, &column, &row, NULL)) || !r->in_row ||
        r->in_cell || row != r->row || column <= r->column) {
        stop(p, hj_xlsx_damaged);
        return;
    }
    r->column = column;
    r->in_cell = true;
    r->has_formula = false;
    r->type = type_of(hj_xlsx_attribute(attributes, "t"));
    r->format = HJ_XLSX_NUMBER;
    if (style != NULL && hj_text_parse_i64(style, &index) && index >= 0 &&
        index < (int64_t)r->book->formats->len)
        r->format = g_array_index(r->book->formats, HjXlsxFormat, (guint)index);
    g_string_truncate(r->value, 0);
}

static void
sheet_start(HjXlsxParser *p, const char *name, const char **attributes)
{
    Reading *r = p->data;
    if (g_str_equal(name, "row")) {
        start_row(p, attributes);
    } else if (g_str_equal(name, "c")) {
        start_cell(p, attributes);
    } else if (r->in_cell && g_str_equal(name, "rPh")) {
        r->in_phonetic++;
    } else if (r->in_cell && (g_str_equal(name, "v") || g_str_equal(name, "t"))) {
        p->collecting = r->in_phonetic == 0;
        g_string_truncate(p->text, 0);
    } else if (r->in_cell && g_str_equal(name, "f")) {
        r->has_formula = true;
    }
}

/* _x000D_ and the like, as some programs write control characters. */
static void
unescape(GString *text)
{
    char *found = strstr(text->str, "_x");
    while (found != NULL) {
        gsize at = (gsize)(found - text->str);
        bool escaped = text->len - at >= 7 && found[6] == '_';
        unsigned code = 0;
        for (int i = 2; escaped && i < 6; i++) {
            escaped = g_ascii_isxdigit(found[i]);
            code = code * 16 + (unsigned)g_ascii_xdigit_value(found[i]);
        }
        if (escaped && (code < 0x20 || code == '_')) {
            g_string_erase(text, (gssize)at, 7);
            if (code == '_' || code == '\n' || code == '\t')
                g_string_insert_c(text, (gssize)at, (char)code);
        }
        found = at + 1 < text->len ? strstr(text->str + at + 1, "_x") : NULL;
    }
}

static void
end_number(Reading *r)
{
    HjXlsxNumber number, day;
    if (!hj_xlsx_number(r->value->str, &number)) {
        add_cell(r, r->column, HJ_CELL_TEXT, r->value->str);
        return;
    }
    if (r->format == HJ_XLSX_DATE && hj_xlsx_serial(number.text, r->book->from_1904, &day))
        add_cell(r, r->column, HJ_CELL_DATE, day.text);
    else
        add_cell(r, r->column, r->format == HJ_XLSX_PERCENT ? HJ_CELL_PERCENT : HJ_CELL_NUMBER,
                 number.text);
}

/* 2018-03-05T00:00:00 as 2018-03-05, any other time behind a space. */
static void
end_date(Reading *r)
{
    char *t = strchr(r->value->str, 'T');
    if (t != NULL && g_str_has_prefix(t, "T00:00:00"))
        g_string_truncate(r->value, (gsize)(t - r->value->str));
    else if (t != NULL)
        *t = ' ';
    add_cell(r, r->column, HJ_CELL_DATE, r->value->str);
}

static void
end_cell(HjXlsxParser *p)
{
    Reading *r = p->data;
    int64_t index;
    r->in_cell = false;
    bool is_text = r->type == TYPE_INLINE || r->type == TYPE_TEXT || r->type == TYPE_SHARED;
    if (r->value->len == 0) {
        if (r->has_formula)
            add_cell(r, r->column, HJ_CELL_FORMULA, "");
        return;
    }
    if (r->column > HJ_SHEET_MAX_COLUMNS) {
        GError *error = NULL;
        hj_fail(&error, HJ_ERROR_INVALID, "The workbook has more than 256 columns.");
        hj_xlsx_refuse(p, error);
        return;
    }
    if (r->type == TYPE_SHARED) {
        if (!hj_text_parse_i64(r->value->str, &index) || index < 0 ||
            index >= (int64_t)r->book->shared->len) {
            stop(p, hj_xlsx_damaged);
            return;
        }
        g_string_assign(r->value, g_ptr_array_index(r->book->shared, (guint)index));
    }
    if (is_text) {
        unescape(r->value);
        if (r->value->len > 0)
            add_cell(r, r->column, HJ_CELL_TEXT, r->value->str);
    } else if (r->type == TYPE_BOOL) {
        bool yes = g_str_equal(r->value->str, "1") || g_str_equal(r->value->str, "true");
        add_cell(r, r->column, HJ_CELL_BOOL, yes ? "1" : "0");
    } else if (r->type == TYPE_ERROR) {
        add_cell(r, r->column, HJ_CELL_ERROR, r->value->str);
    } else if (r->type == TYPE_DATE) {
        end_date(r);
    } else {
        end_number(r);
    }
}

static void
sheet_end(HjXlsxParser *p, const char *name)
{
    Reading *r = p->data;
    if (p->collecting && (g_str_equal(name, "v") || g_str_equal(name, "t"))) {
        p->collecting = false;
        g_string_append_len(r->value, p->text->str, (gssize)p->text->len);
        if (r->value->len > p->max_text)
            stop(p, hj_xlsx_suspicious);
    } else if (g_str_equal(name, "rPh") && r->in_phonetic > 0) {
        r->in_phonetic--;
    } else if (g_str_equal(name, "c") && r->in_cell) {
        end_cell(p);
    } else if (g_str_equal(name, "row") && r->in_row) {
        end_row(p);
    } else if (g_str_equal(name, "sheetData")) {
        p->stopped = true;
        XML_StopParser(p->expat, XML_FALSE);
    }
}

static bool
read_rows(Reading *r, zip_t *zip, GError **error)
{
    bool found;
    if (!read_merges(r, zip, error) || !hj_xlsx_parse(zip, r->book->sheet, MAX_SHEET_PART,
                                                      sheet_start, sheet_end, r, &found, error))
        return false;
    return found || hj_xlsx_damaged(error);
}

bool
hj_sheet_read(const void *bytes, size_t n, HjSheetFn fn, gpointer data, GError **error)
{
    zip_t *zip = hj_xlsx_open(bytes, n, error);
    if (zip == NULL)
        return false;
    g_autoptr(HjXlsxBook) book = hj_xlsx_book_read(zip, error);
    bool done = false;
    if (book != NULL) {
        Reading r = { .book = book, .fn = fn, .data = data };
        r.merges = g_array_new(FALSE, FALSE, sizeof(Merge));
        r.cells = g_array_new(FALSE, FALSE, sizeof(HjSheetCell));
        r.texts = g_string_new(NULL);
        r.value = g_string_new(NULL);
        done = read_rows(&r, zip, error);
        g_array_unref(r.merges);
        g_array_unref(r.cells);
        g_string_free(r.texts, TRUE);
        g_string_free(r.value, TRUE);
    }
    zip_discard(zip);
    return done;
}
