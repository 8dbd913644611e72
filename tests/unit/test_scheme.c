#include "base/decimal.h"
#include "core/scheme.h"
#include "tests/unit/unit.h"

/* Domain.md 9.2: base items proportional; zero and full in hundredths of the value. */
static const HjSchemeItem proportional = { .points = 1000, .zero = 6000, .full = 10000 };

static void
test_points_grow_in_a_line_between_zero_and_full(void **state)
{
    (void)state;
    static const struct {
        int64_t num, den, points;
    } cases[] = {
        { 6000, 100, 0 },     /* 60 % */
        { 10000, 100, 1000 }, /* 100 % */
        { 8000, 100, 500 },   /* 80 % */
        { 7500, 100, 375 },   /* 75 % */
        { 200, 3, 167 },      /* 66.67 %: 1.6667 */
        { 0, 100, 0 },        /* never below zero */
        { 20000, 100, 1000 }, /* never above full */
        { -500, 100, 0 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(hj_scheme_linear(&proportional, cases[i].num, cases[i].den),
                         cases[i].points);
}

static void
test_half_a_hundredth_rounds_up(void **state)
{
    (void)state;
    const HjSchemeItem item = { .points = 100, .zero = 0, .full = 10000 };
    /* 1 × 0.5 / 100 = 0.005 → 0.01; 0.4999… → 0.00 */
    assert_int_equal(hj_scheme_linear(&item, 1, 2), 1);
    assert_int_equal(hj_scheme_linear(&item, 49999, 100000), 0);
}

static void
test_a_scale_may_run_downwards(void **state)
{
    (void)state;
    /* Ten overdue cases earn nothing, none earn all. */
    const HjSchemeItem item = { .points = 500, .zero = 1000, .full = 0 };
    assert_int_equal(hj_scheme_linear(&item, 0, 1), 500);
    assert_int_equal(hj_scheme_linear(&item, 10, 1), 0);
    assert_int_equal(hj_scheme_linear(&item, 4, 1), 300);
    assert_int_equal(hj_scheme_linear(&item, 12, 1), 0);
}

static void
test_points_never_fall_when_the_value_grows(void **state)
{
    (void)state;
    int64_t last = 0;
    for (int64_t value = 0; value <= 12000; value++) {
        const int64_t points = hj_scheme_linear(&proportional, value, 100);
        assert_true(points >= last && points <= proportional.points);
        last = points;
    }
}

static void
test_a_judged_mark_is_capped_a_row(void **state)
{
    (void)state;
    const HjSchemeItem item = { .points = 1000, .mark = "points" };
    assert_int_equal(hj_scheme_row_points(&item, 850), 850);
    assert_int_equal(hj_scheme_row_points(&item, 1250), 1000);
    assert_int_equal(hj_scheme_row_points(&item, -100), 0);
}

static void
test_a_deduction_is_the_same_for_each_row(void **state)
{
    (void)state;
    const HjSchemeItem item = { .points = -300 };
    assert_int_equal(hj_scheme_row_points(&item, 0), -300);
    const HjSchemeItem judged = { .points = -300, .mark = "points" };
    assert_int_equal(hj_scheme_row_points(&judged, 150), -150);
    assert_int_equal(hj_scheme_row_points(&judged, 900), -300);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_grow_in_a_line_between_zero_and_full),
        cmocka_unit_test(test_half_a_hundredth_rounds_up),
        cmocka_unit_test(test_a_scale_may_run_downwards),
        cmocka_unit_test(test_points_never_fall_when_the_value_grows),
        cmocka_unit_test(test_a_judged_mark_is_capped_a_row),
        cmocka_unit_test(test_a_deduction_is_the_same_for_each_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
