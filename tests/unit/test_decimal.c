#include "base/decimal.h"
#include "base/error.h"
#include "tests/unit/unit.h"

static void
test_a_number_is_read_exactly_at_its_scale(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int scale;
        int64_t value;
    } rows[] = {
        { "12.5", 2, 1250 },
        { "-12.5", 2, -1250 },
        { "0", 2, 0 },
        { "-0.01", 2, -1 },
        { "007", 0, 7 },
        { "  3.14 ", 2, 314 },
        { "1,234.50", 2, 123450 },
        { "12,345,678", 0, 12345678 },
        { "-1,000", 3, -1000000 },
        { "9223372036854775807", 0, INT64_MAX },
        { "-9223372036854775808", 0, INT64_MIN },
        { "92233720368547758.07", 2, INT64_MAX },
        { "-9223372036854.775808", 6, INT64_MIN },
        { "0.000001", 6, 1 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t value = 99;
        assert_true(hj_decimal_parse(rows[i].text, rows[i].scale, &value, NULL));
        assert_true(value == rows[i].value);
    }
}

static void
test_a_number_that_cannot_be_kept_exactly_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        " ",
        "-",
        "--1",
        "+1",
        "1.",
        ".5",
        "1.005",
        "1.0.0",
        "1e3",
        "0x10",
        "12 5",
        "1,23",
        "1,2345",
        ",123",
        "1,,234",
        "1,234,",
        "1234,567",
        "1.2,3",
        "１２",
        "nan",
        "inf",
        "1\t",
        "12元",
        "92233720368547758.08",
        "-92233720368547758.09",
        "99999999999999999999999999999999999999999999999999",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        int64_t value = 99;
        assert_false(hj_decimal_parse(wrong[i], 2, &value, &error));
        assert_hj_error(error, HJ_ERROR_INVALID);
        assert_int_equal(value, 99);
    }
    assert_false(hj_decimal_parse(NULL, 2, &(int64_t){ 0 }, NULL));
    assert_false(hj_decimal_parse("9223372036854775807", 1, &(int64_t){ 0 }, NULL));
}

static void
test_a_number_is_written_in_full_or_grouped(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        int scale;
        const char *plain;
        const char *grouped;
    } rows[] = {
        { 1250, 2, "12.50", "12.5" },
        { 123450, 2, "1234.50", "1,234.5" },
        { 123400, 2, "1234.00", "1,234" },
        { -1, 2, "-0.01", "-0.01" },
        { 0, 2, "0.00", "0" },
        { 0, 0, "0", "0" },
        { 1000, 0, "1000", "1,000" },
        { -999, 0, "-999", "-999" },
        { 100100, 3, "100.100", "100.1" },
        { 1000001, 6, "1.000001", "1.000001" },
        { INT64_MAX, 0, "9223372036854775807", "9,223,372,036,854,775,807" },
        { INT64_MIN, 0, "-9223372036854775808", "-9,223,372,036,854,775,808" },
        { INT64_MIN, 6, "-9223372036854.775808", "-9,223,372,036,854.775808" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_string_equal(hj_decimal_text(rows[i].value, rows[i].scale).text, rows[i].plain);
        assert_string_equal(hj_decimal_text_grouped(rows[i].value, rows[i].scale).text,
                            rows[i].grouped);
        int64_t back;
        assert_true(hj_decimal_parse(rows[i].grouped, rows[i].scale, &back, NULL));
        assert_true(back == rows[i].value);
    }
}

static void
test_a_column_keeps_its_decimals(void **state)
{
    (void)state;
    assert_string_equal(hj_decimal_text_column(6820, 2).text, "68.20");
    assert_string_equal(hj_decimal_text_column(0, 2).text, "0.00");
    assert_string_equal(hj_decimal_text_column(-200, 2).text, "-2.00");
    assert_string_equal(hj_decimal_text_column(123456700, 2).text, "1,234,567.00");
    assert_string_equal(hj_decimal_text_column(2706, 0).text, "2,706");
}

static void
test_division_rounds_half_away_from_zero(void **state)
{
    (void)state;
    assert_int_equal(hj_decimal_divide(1, 3, 2), 33);
    assert_int_equal(hj_decimal_divide(2, 3, 2), 67);
    assert_int_equal(hj_decimal_divide(1, 8, 2), 13);
    assert_int_equal(hj_decimal_divide(-1, 8, 2), -13);
    assert_int_equal(hj_decimal_divide(1, -8, 2), -13);
    assert_int_equal(hj_decimal_divide(-1, -8, 2), 13);
    assert_int_equal(hj_decimal_divide(5, 2, 0), 3);
    assert_int_equal(hj_decimal_divide(-5, 2, 0), -3);
    assert_int_equal(hj_decimal_divide(0, 7, 6), 0);
    assert_true(hj_decimal_divide(INT64_MAX, INT64_MAX, 6) == 1000000);
    assert_true(hj_decimal_divide(INT64_MIN, INT64_MIN, 6) == 1000000);
}

static void
test_a_product_is_divided_without_losing_its_128_bits(void **state)
{
    (void)state;
    assert_true(hj_decimal_muldiv(INT64_MAX, INT64_MAX, INT64_MAX) == INT64_MAX);
    assert_true(hj_decimal_muldiv(INT64_MIN, INT64_MIN, INT64_MIN) == INT64_MIN);
    assert_true(hj_decimal_muldiv(INT64_MIN, 3, 3) == INT64_MIN);
    assert_true(hj_decimal_muldiv(INT64_C(4000000000000000000), 30, 100) ==
                INT64_C(1200000000000000000));
    assert_int_equal(hj_decimal_muldiv(7, 1, 2), 4);
    assert_int_equal(hj_decimal_muldiv(-7, 1, 2), -4);
    assert_int_equal(hj_decimal_muldiv(10, 2, 3), 7);
}

static void
test_arithmetic_stops_at_the_ends_of_the_range(void **state)
{
    (void)state;
    assert_true(hj_decimal_muldiv(INT64_MAX, 2, 1) == INT64_MAX);
    assert_true(hj_decimal_muldiv(INT64_MIN, 2, 1) == INT64_MIN);
    assert_true(hj_decimal_muldiv(INT64_MIN, 1, -1) == INT64_MAX);
    assert_true(hj_decimal_divide(INT64_MAX, 1, 6) == INT64_MAX);
    assert_true(hj_decimal_divide(INT64_MIN, 1, 6) == INT64_MIN);
    assert_true(hj_decimal_rescale(INT64_MAX, 0, 1) == INT64_MAX);
}

static void
test_rescaling_keeps_or_rounds_the_value(void **state)
{
    (void)state;
    assert_int_equal(hj_decimal_rescale(1250, 2, 4), 125000);
    assert_int_equal(hj_decimal_rescale(1250, 2, 2), 1250);
    assert_int_equal(hj_decimal_rescale(1250, 2, 0), 13);
    assert_int_equal(hj_decimal_rescale(1249, 2, 0), 12);
    assert_int_equal(hj_decimal_rescale(-1250, 2, 0), -13);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_number_is_read_exactly_at_its_scale),
        cmocka_unit_test(test_a_number_that_cannot_be_kept_exactly_is_refused),
        cmocka_unit_test(test_a_number_is_written_in_full_or_grouped),
        cmocka_unit_test(test_a_column_keeps_its_decimals),
        cmocka_unit_test(test_division_rounds_half_away_from_zero),
        cmocka_unit_test(test_a_product_is_divided_without_losing_its_128_bits),
        cmocka_unit_test(test_arithmetic_stops_at_the_ends_of_the_range),
        cmocka_unit_test(test_rescaling_keeps_or_rounds_the_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
