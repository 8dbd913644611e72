#include "base/decimal.h"
#include "base/text.h"
#include "core/exchange.h"

#include <string.h>

#define EXACT_DIGITS 15         /* what a spreadsheet keeps of a number */
#define FIRST_SERIAL 61         /* 1900-03-01: before it the counting is wrong */
#define LAST_SERIAL 2958465     /* 9999-12-31 */
#define FIRST_TEXT_SERIAL 20000 /* 1954 to 2119: a five-digit text that is a day */
#define LAST_TEXT_SERIAL 80000

static char *
refuse(const HjExchangeColumn *column, HjIssues *issues, const char *code, const char *msgid)
{
    HjLabel says = { .zh = hj_i18n_tr(HJ_ZH, msgid), .en = hj_i18n_tr(HJ_EN, msgid) };
    hj_issues_add_label(issues, column->name, code, &says);
    return NULL;
}

static bool
is_stray(gunichar c)
{
    return c == 0xa0 || c == 0x200b || c == 0x200c || c == 0x200d || c == 0xfeff || c == 0x2060;
}

/* Without what copying from other programs leaves: hard and invisible spaces, line ends in a
 * field of one line. */
static char *
cleaned(const char *text, bool lines)
{
    GString *out = g_string_sized_new(strlen(text));
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        bool breaks = c == '\n' || c == '\r' || c == '\t';
        if (c == 0xa0 || (breaks && !lines))
            g_string_append_c(out, ' ');
        else if (!is_stray(c))
            g_string_append_unichar(out, c);
    }
    g_autofree char *loose = g_string_free(out, FALSE);
    return hj_text_tidy(loose);
}

/* Half width and without any space: dates and numbers. */
static char *
squeezed(const char *text)
{
    GString *out = g_string_sized_new(strlen(text));
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == 0x3002) /* the full stop of an input method */
            c = '.';
        if (c >= 0xff01 && c <= 0xff5e)
            c -= 0xfee0;
        if (!g_unichar_isspace(c) && !is_stray(c))
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

static bool
all_digits(const char *text, size_t n)
{
    if (strlen(text) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isdigit(text[i]))
            return false;
    return true;
}

static char *
day_of_serial(const char *text, int64_t first, int64_t last)
{
    int64_t serial;
    if (!hj_text_parse_i64(text, &serial) || serial < first || serial > last)
        return NULL;
    HjDate date = hj_date_make(1899 + 1, 1, 1) + (HjDate)serial - 2;
    return g_strdup(hj_date_text(date).text);
}

/* 2018-03-05 in any of its spellings, as core/field reads it. */
static char *
date_text(const HjSheetCell *cell)
{
    g_autofree char *text = squeezed(cell->text);
    if (cell->kind == HJ_CELL_DATE && strlen(text) > strlen("2018-03-05"))
        return g_strndup(text, strlen("2018-03-05"));
    if (all_digits(text, 8))
        return g_strdup_printf("%.4s-%.2s-%.2s", text, text + 4, text + 6);
    char *day = cell->kind == HJ_CELL_NUMBER
                    ? day_of_serial(text, FIRST_SERIAL, LAST_SERIAL)
                    : day_of_serial(text, FIRST_TEXT_SERIAL, LAST_TEXT_SERIAL);
    if (day != NULL)
        return day;
    if (g_str_has_suffix(text, "号"))
        return g_strdup_printf("%.*s日", (int)(strlen(text) - strlen("号")), text);
    return g_steal_pointer(&text);
}

static char *
month_text(const HjSheetCell *cell)
{
    g_autofree char *text = squeezed(cell->text);
    if (cell->kind == HJ_CELL_DATE && strlen(text) >= strlen("2018-03"))
        return g_strndup(text, strlen("2018-03"));
    if (all_digits(text, 6))
        return g_strdup_printf("%.4s-%.2s", text, text + 4);
    g_autofree char *day =
        cell->kind == HJ_CELL_NUMBER ? day_of_serial(text, FIRST_SERIAL, LAST_SERIAL) : NULL;
    return day != NULL ? g_strndup(day, strlen("2018-03")) : g_steal_pointer(&text);
}

static char *
instant_text(const HjSheetCell *cell)
{
    g_autofree char *text = cleaned(cell->text, false);
    if (cell->kind == HJ_CELL_DATE && strlen(text) == strlen("2018-03-05"))
        return g_strconcat(text, " 00:00", NULL);
    return g_steal_pointer(&text);
}

/* 0.125 as 12.5 */
static char *
hundredfold(const char *text)
{
    const char *point = strchr(text, '.');
    if (point == NULL)
        return g_str_equal(text, "0") ? g_strdup("0") : g_strconcat(text, "00", NULL);
    g_autofree char *padded = g_strconcat(text, "00", NULL);
    size_t at = (size_t)(point - text);
    GString *out = g_string_new_len(padded, (gssize)at);
    g_string_append_len(out, padded + at + 1, 2);
    if (padded[at + 3] != '\0') {
        g_string_append_c(out, '.');
        g_string_append(out, padded + at + 3);
        while (out->str[out->len - 1] == '0')
            g_string_truncate(out, out->len - 1);
        if (out->str[out->len - 1] == '.')
            g_string_truncate(out, out->len - 1);
    }
    return g_string_free(out, FALSE);
}

/* A number whose digits a spreadsheet could not all keep was meant to be a text. */
static bool
was_cut(const char *number)
{
    size_t n = 0;
    for (const char *p = number; *p != '\0' && *p != '.'; p++)
        n += g_ascii_isdigit(*p) ? 1 : 0;
    return n > EXACT_DIGITS;
}

static char *
plain_text(const HjExchangeColumn *column, const HjSheetCell *cell, bool lines,
           HjIssues *issues)
{
    if (cell->kind == HJ_CELL_NUMBER && was_cut(cell->text))
        return refuse(column, issues, "type",
                      N_("A spreadsheet keeps only 15 digits of a number: make the cell a text "
                         "and write it again."));
    if (cell->kind == HJ_CELL_BOOL)
        return g_strdup(*cell->text == '1' ? "是" : "否");
    if (cell->kind == HJ_CELL_PERCENT) {
        g_autofree char *hundred = hundredfold(cell->text);
        return g_strconcat(hundred, "%", NULL);
    }
    return cleaned(cell->text, lines);
}

static char *
number_text(const HjField *field, const HjSheetCell *cell)
{
    if (cell->kind == HJ_CELL_PERCENT && field->type == HJ_FIELD_PERCENT)
        return hundredfold(cell->text);
    g_autofree char *text = squeezed(cell->text);
    char *point = strchr(text, '.');
    /* "3.0" is a whole number. */
    if (field->type == HJ_FIELD_INTEGER && point != NULL &&
        strspn(point + 1, "0") == strlen(point + 1))
        *point = '\0';
    /* More digits than money has are what a calculation left. */
    if (cell->kind == HJ_CELL_NUMBER && point != NULL && *point == '.' &&
        (int)strlen(point + 1) > hj_field_scale(field)) {
        int64_t value;
        int scale = (int)MIN(strlen(point + 1), 6);
        g_autofree char *head = g_strndup(text, (gsize)(point - text) + 1 + (gsize)scale);
        if (strlen(point + 1) > 8 && hj_decimal_parse(head, scale, &value, NULL))
            return g_strdup(
                hj_decimal_text(hj_decimal_rescale(value, scale, hj_field_scale(field)),
                                hj_field_scale(field))
                    .text);
    }
    return g_steal_pointer(&text);
}

static char *
field_text(const HjExchangeColumn *column, const HjSheetCell *cell, HjIssues *issues)
{
    HjFieldType type = column->field->type;
    if (type == HJ_FIELD_DATE)
        return date_text(cell);
    if (type == HJ_FIELD_MONTH)
        return month_text(cell);
    if (type == HJ_FIELD_DATETIME)
        return instant_text(cell);
    if (type == HJ_FIELD_INTEGER || type == HJ_FIELD_DECIMAL || type == HJ_FIELD_PERCENT ||
        type == HJ_FIELD_MONEY)
        return number_text(column->field, cell);
    if (type == HJ_FIELD_BOOL && cell->kind == HJ_CELL_BOOL)
        return g_strdup(cell->text);
    bool lines =
        type == HJ_FIELD_LONG_TEXT || type == HJ_FIELD_CHOICES || type == HJ_FIELD_LIST_CHECK;
    return plain_text(column, cell, lines, issues);
}

char *
hj_exchange_cell(const HjExchangeColumn *column, const HjSheetCell *cell, HjIssues *issues)
{
    if (cell->kind == HJ_CELL_MERGED) {
        hj_issues_add(issues, column->name, "merged",
                      N_("This cell is merged with %s. Take the merged cells apart and fill in "
                         "each of them."),
                      cell->text);
        return NULL;
    }
    if (cell->kind == HJ_CELL_ERROR) {
        hj_issues_add(issues, column->name, "type", N_("The cell shows the error %s."),
                      cell->text);
        return NULL;
    }
    if (cell->kind == HJ_CELL_FORMULA)
        return refuse(column, issues, "type",
                      N_("The formula in this cell has no result yet. Open the workbook, save "
                         "it and send it again."));
    return column->field != NULL ? field_text(column, cell, issues)
                                 : plain_text(column, cell, false, issues);
}
