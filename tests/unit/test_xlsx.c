/* The reader and the writer of workbooks, and what hostile ones do to the reader: nothing. */
#include "adapters/xlsx/xlsx.h"
#include "base/sheet_write.h"
#include "tests/unit/unit.h"

#include <string.h>
#include <sys/resource.h>

static void
test_numbers_are_read_as_they_are_shown(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "125", "125" },
        { "1.25E2", "125" },
        { "0.1", "0.1" },
        { "0.30000000000000004", "0.3" },
        { "1E-3", "0.001" },
        { "-12.50", "-12.5" },
        { "130921100201", "130921100201" },
        { "1.3092110020100001E11", "130921100201" },
        { "99999999999999999", "100000000000000000" },
        { "0", "0" },
        { "-0.0", "0" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HjXlsxNumber number;
        assert_true(hj_xlsx_number(cases[i][0], &number));
        assert_string_equal(number.text, cases[i][1]);
    }
    static const char *const bad[] = { "", "x", "1x", "1E", "1e99", "--1", "1.2.3" };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        HjXlsxNumber number;
        assert_false(hj_xlsx_number(bad[i], &number));
    }
}

static void
test_serial_days_of_both_countings(void **state)
{
    (void)state;
    static const struct {
        const char *serial;
        bool from_1904;
        const char *day;
    } cases[] = {
        { "1", false, "1900-01-01" },       { "59", false, "1900-02-28" },
        { "61", false, "1900-03-01" },      { "43164", false, "2018-03-05" },
        { "41702", true, "2018-03-05" },    { "43164.5", false, "2018-03-05 12:00:00" },
        { "0.25", false, "06:00:00" },      { "43164.9999999", false, "2018-03-06" },
        { "2958465", false, "9999-12-31" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HjXlsxNumber day;
        assert_true(hj_xlsx_serial(cases[i].serial, cases[i].from_1904, &day));
        assert_string_equal(day.text, cases[i].day);
    }
    HjXlsxNumber day;
    assert_false(hj_xlsx_serial("60", false, &day)); /* 1900-02-29 */
    assert_false(hj_xlsx_serial("2958466", false, &day));
    assert_false(hj_xlsx_serial("-1", false, &day));
}

static void
test_formats_tell_days_from_numbers(void **state)
{
    (void)state;
    static const char *const days[] = { "yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\";@",
                                        "[$-804]m/d", "h:mm", "[h]:mm:ss" };
    static const char *const numbers[] = { "General",  "0.00",       "#,##0.00\"元\"",
                                           "[Red]0",   "@",          "0.00E+00",
                                           "0\"day\"", "_-* #,##0_-" };
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
        assert_int_equal(hj_xlsx_format_of(days[i]), HJ_XLSX_DATE);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        assert_int_equal(hj_xlsx_format_of(numbers[i]), HJ_XLSX_NUMBER);
    assert_int_equal(hj_xlsx_format_of("0.0%"), HJ_XLSX_PERCENT);
}

static void
test_cells_have_the_names_people_know(void **state)
{
    (void)state;
    assert_string_equal(hj_sheet_cell_name(1, 1).text, "A1");
    assert_string_equal(hj_sheet_cell_name(26, 7).text, "Z7");
    assert_string_equal(hj_sheet_cell_name(28, 12).text, "AB12");
    assert_string_equal(hj_sheet_cell_name(703, 1).text, "AAA1");
}

static bool
count_row(const HjSheetRow *row, gpointer data, GError **error)
{
    (void)error;
    for (size_t i = 0; i < row->n_cells; i++)
        assert_true(g_utf8_validate(row->cells[i].text, -1, NULL));
    *(int *)data += 1;
    return true;
}

static bool
add_row(const HjSheetRow *row, gpointer data, GError **error)
{
    (void)error;
    for (size_t i = 0; i < row->n_cells; i++)
        g_string_append_printf(data, "%d%d=%s;", row->number, row->cells[i].column,
                               row->cells[i].text);
    return true;
}

static GBytes *
written(int n_rows)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjSheetBook) book = hj_sheet_book_new(&error);
    assert_true(hj_sheet_book_begin(book, "一/二", 1, false, &error));
    for (int i = 0; i < n_rows; i++) {
        HjSheetValue values[] = { { .text = "00123" },
                                  { .text = "<&>\"' 五\n六", .look = HJ_LOOK_WRAP },
                                  { .text = "12.5", .number = true },
                                  { .text = "2018-03-05", .date = true },
                                  { .text = "红", .look = HJ_LOOK_WRONG, .comment = "why" } };
        assert_true(hj_sheet_book_row(book, values, G_N_ELEMENTS(values), &error));
    }
    GBytes *bytes = hj_sheet_book_end(book, &error);
    assert_non_null(bytes);
    return bytes;
}

static void
test_what_is_written_is_read(void **state)
{
    (void)state;
    g_autoptr(GBytes) book = written(1);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    gsize n;
    const void *bytes = g_bytes_get_data(book, &n);
    assert_true(hj_sheet_read(bytes, n, add_row, text, &error));
    assert_string_equal(text->str, "11=00123;12=<&>\"' 五\n六;13=12.5;14=2018-03-05;15=红;");
}

/* --- hostile workbooks --- */

static zip_int64_t
add_part(zip_t *zip, const char *name, const char *text, size_t n)
{
    return zip_file_add(zip, name, zip_source_buffer(zip, text, n, 0), ZIP_FL_OVERWRITE);
}

#define WORKBOOK                                                                               \
    "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" r:id=\"1\"/></sheets></workbook>"
#define RELATIONS "<Relationships><Relationship Id=\"1\" Target=\"sheet.xml\"/></Relationships>"

/* A workbook with this as its sheet; the error it is refused with, or "read". */
static char *
read_sheet(const char *sheet, size_t n_sheet)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_source_keep(out);
    zip_t *zip = zip_open_from_source(out, ZIP_TRUNCATE, &why);
    assert_non_null(zip);
    add_part(zip, "xl/workbook.xml", WORKBOOK, strlen(WORKBOOK));
    add_part(zip, "xl/_rels/workbook.xml.rels", RELATIONS, strlen(RELATIONS));
    add_part(zip, "xl/sheet.xml", sheet, n_sheet);
    assert_int_equal(zip_close(zip), 0);
    zip_stat_t stat;
    assert_int_equal(zip_source_stat(out, &stat), 0);
    g_autofree char *bytes = g_malloc(stat.size);
    zip_source_open(out);
    zip_source_read(out, bytes, stat.size);
    zip_source_close(out);
    zip_source_free(out);
    g_autoptr(GError) error = NULL;
    int n_rows = 0;
    bool done = hj_sheet_read(bytes, stat.size, count_row, &n_rows, &error);
    return g_strdup(done ? "read" : error->message);
}

static void
test_tricks_of_xml_and_zip_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet><sheetData/></worksheet>",
        "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet/>",
        "<worksheet><sheetData><row r=\"2\"/><row r=\"1\"/></sheetData></worksheet>",
        "<worksheet><sheetData><row><c r=\"ZZZZ1\"><v>1</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t=\"s\"><v>9</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r=\"99999999\"/></sheetData></worksheet>",
        "<worksheet><sheetData><row>&x;</row></sheetData></worksheet>",
        "<worksheet>",
        "",
        "\xff\xfe<\0w",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *says = read_sheet(refused[i], strlen(refused[i]));
        assert_string_not_equal(says, "read");
    }
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < 1000; i++)
        g_string_append(deep, "<a>");
    g_autofree char *says = read_sheet(deep->str, deep->len);
    assert_non_null(strstr(says, "refused"));
}

static void
test_bombs_are_refused_on_bounded_memory(void **state)
{
    (void)state;
    struct rusage before, after;
    size_t n = 64 * 1024 * 1024;
    g_autofree char *spaces = g_malloc(n);
    memset(spaces, ' ', n);
    memcpy(spaces, "<worksheet>", strlen("<worksheet>"));
    g_autofree char *bomb = read_sheet(spaces, n);
    assert_string_not_equal(bomb, "read");
    /* One name as long as the part. */
    memset(spaces, 'a', n);
    memcpy(spaces, "<worksheet x=\"", strlen("<worksheet x=\""));
    getrusage(RUSAGE_SELF, &before);
    g_autofree char *name = read_sheet(spaces, n);
    getrusage(RUSAGE_SELF, &after);
    assert_string_not_equal(name, "read");
    assert_true(after.ru_maxrss - before.ru_maxrss < 32 * 1024);
}

/* The same changes in each run. */
static uint32_t
next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void
test_five_hundred_broken_workbooks_are_read_or_refused_in_words(void **state)
{
    (void)state;
    g_autoptr(GBytes) book = written(40);
    gsize n;
    const char *whole = g_bytes_get_data(book, &n);
    uint32_t seed = 1921;
    int n_refused = 0;
    for (int i = 0; i < 500; i++) {
        g_autofree char *broken = g_memdup2(whole, n);
        size_t length = n;
        if (i % 5 == 0)
            length = next(&seed) % n;
        for (int k = 0; k < 1 + i % 7; k++)
            broken[next(&seed) % n] ^= (char)(1u << next(&seed) % 8);
        if (i % 11 == 0)
            memset(broken + next(&seed) % (n - 64), (int)(next(&seed) & 0xff), 64);
        g_autoptr(GError) error = NULL;
        int rows = 0;
        if (hj_sheet_read(broken, length, count_row, &rows, &error)) {
            assert_null(error);
            continue;
        }
        assert_hj_error(error, HJ_ERROR_INVALID);
        n_refused++;
    }
    assert_true(n_refused > 250);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_read_as_they_are_shown),
        cmocka_unit_test(test_serial_days_of_both_countings),
        cmocka_unit_test(test_formats_tell_days_from_numbers),
        cmocka_unit_test(test_cells_have_the_names_people_know),
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_tricks_of_xml_and_zip_are_refused),
        cmocka_unit_test(test_bombs_are_refused_on_bounded_memory),
        cmocka_unit_test(test_five_hundred_broken_workbooks_are_read_or_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
