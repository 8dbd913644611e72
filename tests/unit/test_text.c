#include "base/text.h"
#include "tests/unit/unit.h"

static void
test_chinese_names_with_rare_characters_are_clean(void **state)
{
    (void)state;
    /* domain.md 10.1: an extension B character of four bytes, an extension A one, the dot. */
    static const char *const clean[] = { "",   "沧县",      "\xf0\xa0\xae\xb7",
                                         "㐂", "阿·买买提", "a b",
                                         "　", "😀",         "\xef\xbf\xbd" };
    for (size_t i = 0; i < G_N_ELEMENTS(clean); i++)
        assert_true(hj_text_is_clean(clean[i], false));
}

static void
test_broken_utf8_controls_and_bidi_overrides_are_not_clean(void **state)
{
    (void)state;
    static const char *const unclean[] = {
        "\x80",                 /* a continuation byte alone */
        "\xe6\xb2",             /* a character cut short */
        "\xc0\xaf",             /* an overlong slash */
        "\xc0\x80",             /* an overlong NUL */
        "\xed\xa0\x80",         /* a surrogate */
        "\xf4\x90\x80\x80",     /* past U+10FFFF */
        "\xff",                 /* never a byte of UTF-8 */
        "a\001b",               /* C0 */
        "a\x1b[31m",            /* escape */
        "\x7f",                 /* DEL */
        "\xc2\x85",             /* C1: next line */
        "a\xe2\x80\xaegpj.exe", /* U+202E */
        "\xe2\x80\xaa",         /* U+202A */
        "\xe2\x81\xa6",         /* U+2066 */
        "\xe2\x81\xa9",         /* U+2069 */
        "\xe2\x80\xa8",         /* U+2028 */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(unclean); i++) {
        assert_false(hj_text_is_clean(unclean[i], false));
        assert_false(hj_text_is_clean(unclean[i], true));
    }
    assert_false(hj_text_is_clean(NULL, true));
}

static void
test_line_breaks_are_clean_only_where_lines_are_asked_for(void **state)
{
    (void)state;
    static const char *const lines[] = { "a\nb", "a\r\nb", "a\tb" };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        assert_true(hj_text_is_clean(lines[i], true));
        assert_false(hj_text_is_clean(lines[i], false));
    }
}

static void
test_length_counts_characters_and_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(hj_text_length(""), 0);
    assert_int_equal(hj_text_length("沧县abc"), 5);
    assert_int_equal(hj_text_length("\xf0\xa0\xae\xb7"), 1);
    assert_int_equal(hj_text_length(NULL), 0);
}

static void
test_an_identifier_is_lower_case_and_at_most_48_long(void **state)
{
    (void)state;
    assert_true(hj_text_is_identifier("a"));
    assert_true(hj_text_is_identifier("duty_shift2"));
    assert_true(hj_text_is_identifier("abcdefghijklmnopqrstuvwxyz0123456789_abcdefghijk"));
    static const char *const wrong[] = {
        "",
        "_a",
        "1a",
        "A",
        "aB",
        "a-b",
        "a b",
        "a;b",
        "a\"b",
        "沧",
        "a沧",
        "a\n",
        "abcdefghijklmnopqrstuvwxyz0123456789_abcdefghijkl",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_false(hj_text_is_identifier(wrong[i]));
    assert_false(hj_text_is_identifier(NULL));
}

static void
test_an_integer_is_the_whole_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } right[] = {
        { "0", 0 },
        { "-0", 0 },
        { "42", 42 },
        { "-42", -42 },
        { "007", 7 },
        { "9223372036854775807", INT64_MAX },
        { "-9223372036854775808", INT64_MIN },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(right); i++) {
        int64_t value = 99;
        assert_true(hj_text_parse_i64(right[i].text, &value));
        assert_true(value == right[i].value);
    }
    static const char *const wrong[] = {
        "",
        "-",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "a",
        "0x1",
        "1e3",
        "--1",
        "１",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        int64_t value = 99;
        assert_false(hj_text_parse_i64(wrong[i], &value));
        assert_int_equal(value, 99);
    }
    assert_false(hj_text_parse_i64(NULL, &(int64_t){ 0 }));
}

static void
test_tidying_trims_both_kinds_of_space_and_keeps_the_inside(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        { "", "" },
        { "  沧县  ", "沧县" },
        { "　　沧　县　", "沧　县" },
        { " 　\t\r\n", "" },
        { "a\r\nb\r\n", "a\nb" },
        { "a\rb", "a\rb" },
        { "\n a \n b \n", "a \n b" },
        { "、", "、" }, /* shares two bytes with the ideographic space */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *tidy = hj_text_tidy(rows[i][0]);
        assert_string_equal(tidy, rows[i][1]);
    }
    g_autofree char *none = hj_text_tidy(NULL);
    assert_string_equal(none, "");
}

static void
test_a_cell_of_csv_is_quoted_where_it_must_and_is_no_formula(void **state)
{
    (void)state;
    g_autoptr(GString) line = g_string_new(NULL);
    hj_text_add_csv(line, true, "沧县");
    hj_text_add_csv(line, false, NULL);
    hj_text_add_csv(line, false, "-3.5");
    hj_text_add_csv(line, false, "a\"b,c");
    hj_text_add_csv(line, false, "=1+1");
    hj_text_add_csv(line, false, "-2+3");
    assert_string_equal(line->str, "沧县,,-3.5,\"a\"\"b,c\",\"'=1+1\",\"'-2+3\"");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chinese_names_with_rare_characters_are_clean),
        cmocka_unit_test(test_broken_utf8_controls_and_bidi_overrides_are_not_clean),
        cmocka_unit_test(test_line_breaks_are_clean_only_where_lines_are_asked_for),
        cmocka_unit_test(test_length_counts_characters_and_not_bytes),
        cmocka_unit_test(test_an_identifier_is_lower_case_and_at_most_48_long),
        cmocka_unit_test(test_an_integer_is_the_whole_text),
        cmocka_unit_test(test_a_cell_of_csv_is_quoted_where_it_must_and_is_no_formula),
        cmocka_unit_test(test_tidying_trims_both_kinds_of_space_and_keeps_the_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
