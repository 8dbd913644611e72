#include "base/error.h"
#include "base/time.h"
#include "tests/unit/unit.h"

static HjDate
date(const char *text)
{
    HjDate out = HJ_DATE_NONE;
    assert_true(hj_date_parse(text, &out, NULL));
    return out;
}

static HjPeriod
period(const char *text)
{
    HjPeriod out;
    assert_true(hj_period_parse(text, &out, NULL));
    return out;
}

static void
test_every_day_from_1900_to_9999_survives_a_round_trip(void **state)
{
    (void)state;
    HjDate last = date("9999-12-31");
    int weekday = hj_date_weekday(date("1900-01-01"));
    assert_int_equal(weekday, 1); /* a Monday */
    for (HjDate d = date("1900-01-01"); d <= last; d++) {
        int y;
        int m;
        int day;
        hj_date_split(d, &y, &m, &day);
        assert_int_equal(hj_date_make(y, m, day), d);
        assert_int_equal(hj_date_weekday(d), weekday);
        weekday = weekday % 7 + 1;
    }
    assert_int_equal(date("1970-01-01"), 0);
    assert_int_equal(date("2000-03-01"), 11017);
    assert_string_equal(hj_date_text(date("2018-02-28") + 1).text, "2018-03-01");
    assert_string_equal(hj_date_text(date("2024-02-28") + 1).text, "2024-02-29");
    assert_string_equal(hj_date_text(last).text, "9999-12-31");
}

static void
test_a_day_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "2018",
        "2018-2-03",
        "2018-02-29",
        "1900-02-29",
        "2018-04-31",
        "2018-13-01",
        "2018-00-01",
        "2018-01-00",
        "1899-12-31",
        "10000-01-01",
        "2018-01-01 ",
        " 2018-01-01",
        "2018/01/01",
        "2018-01-0１",
        "2018-01-1a",
        "-018-01-01",
        "+018-01-01",
        "2018-1-001",
        "20260230",
        "2026-02-30",
        "0000-01-01",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        HjDate out = 7;
        assert_false(hj_date_parse(wrong[i], &out, &error));
        assert_hj_error(error, HJ_ERROR_INVALID);
        assert_int_equal(out, 7);
    }
    assert_false(hj_date_parse(NULL, &(HjDate){ 0 }, NULL));
    assert_string_equal(hj_date_text(HJ_DATE_NONE).text, "");
    assert_string_equal(hj_date_text(INT32_MAX).text, "");
    assert_int_equal(hj_date_make(2018, 2, 29), HJ_DATE_NONE);
}

static void
test_ari_6_months_are_added_and_clamped_to_the_end_of_the_month(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int months;
        const char *to;
    } rows[] = {
        { "2024-01-31", 1, "2024-02-29" },
        { "2023-01-31", 1, "2023-02-28" },
        { "2018-05-01", 36, "2021-05-01" },
        { "2021-03-01", 60, "2026-03-01" },
        { "2018-12-31", 2, "2019-02-28" },
        { "2018-12-15", 1, "2019-01-15" },
        { "2024-03-31", -1, "2024-02-29" },
        { "2018-01-31", -2, "2017-11-30" },
        { "2018-01-10", -1, "2017-12-10" },
        { "2018-01-10", -13, "2016-12-10" },
        { "2020-02-29", 12, "2021-02-28" },
        { "2020-02-29", -48, "2016-02-29" },
        { "2018-07-19", 0, "2018-07-19" },
        { "1900-01-01", -1, "" },
        { "9999-12-01", 1, "" },
        { "2018-01-01", INT32_MAX, "" },
        { "2018-01-01", INT32_MIN, "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_string_equal(
            hj_date_text(hj_date_add_months(date(rows[i].from), rows[i].months)).text,
            rows[i].to);
    assert_int_equal(hj_date_add_months(HJ_DATE_NONE, 1), HJ_DATE_NONE);
}

static void
test_ari_7_age_is_counted_in_completed_years(void **state)
{
    (void)state;
    assert_int_equal(hj_date_years_between(date("2000-06-15"), date("2018-06-14")), 17);
    assert_int_equal(hj_date_years_between(date("2000-06-15"), date("2018-06-15")), 18);
    assert_int_equal(hj_date_years_between(date("2000-02-29"), date("2018-02-27")), 17);
    assert_int_equal(hj_date_years_between(date("2000-02-29"), date("2018-02-28")), 18);
    assert_int_equal(hj_date_years_between(date("2000-02-29"), date("2020-02-28")), 19);
    assert_int_equal(hj_date_years_between(date("2000-02-29"), date("2020-02-29")), 20);
    assert_int_equal(hj_date_years_between(date("2018-01-01"), date("2018-01-01")), 0);
    assert_int_equal(hj_date_years_between(date("2018-01-02"), date("2018-01-01")), -1);
    assert_int_equal(hj_date_years_between(HJ_DATE_NONE, date("2018-01-01")), -1);
}

static void
test_a_day_in_shanghai_begins_at_sixteen_hours_utc(void **state)
{
    (void)state;
    HjTime at;
    assert_true(hj_time_parse("2018-03-05T15:59:59.999999Z", &at, NULL));
    assert_string_equal(hj_date_text(hj_date_in_shanghai(at)).text, "2018-03-05");
    assert_string_equal(hj_date_text(hj_date_in_shanghai(at + 1)).text, "2018-03-06");
    assert_int_equal(hj_date_end(hj_date_make(2018, 3, 5)), at + 1);
    assert_int_equal(hj_date_in_shanghai(0), 0);
    assert_int_equal(hj_date_in_shanghai(INT64_C(-28800000001)), -1);
    assert_int_equal(hj_date_in_shanghai(INT64_MAX), HJ_DATE_NONE);
    assert_int_equal(hj_date_in_shanghai(INT64_MIN), HJ_DATE_NONE);
}

static void
test_an_instant_is_written_for_shanghai_and_read_with_any_offset(void **state)
{
    (void)state;
    static const char *const same[] = {
        "2018-03-05T08:00:00.250+08:00",     "2018-03-05T00:00:00.25Z",
        "2018-03-05T00:00:00.250000Z",       "2018-03-04T19:00:00.250-05:00",
        "2018-03-05T05:30:00.2500004+05:30",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        HjTime at;
        assert_true(hj_time_parse(same[i], &at, NULL));
        assert_true(at == INT64_C(1520208000250000));
        assert_string_equal(hj_time_text(at).text, "2018-03-05T08:00:00.250+08:00");
    }
    HjTime before;
    assert_true(hj_time_parse("1969-12-31T23:59:59.5Z", &before, NULL));
    assert_true(before == -500000);
    assert_string_equal(hj_time_text(before).text, "1970-01-01T07:59:59.500+08:00");
    assert_string_equal(hj_time_text(INT64_MAX).text, "");
    assert_string_equal(hj_time_text(INT64_MIN).text, "");
}

static void
test_a_malformed_instant_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "2018-03-05",
        "2018-03-05T08:00:00",
        "2018-03-05 08:00:00Z",
        "2018-03-05T24:00:00Z",
        "2018-03-05T08:60:00Z",
        "2018-03-05T08:00:60Z",
        "2018-03-05T08:00:00.Z",
        "2018-03-05T08:00:00.1234567890Z",
        "2018-03-05T08:00Z",
        "2018-03-05T08:00:00+8:00",
        "2018-03-05T08:00:00+08:60",
        "2018-03-05T08:00:00+24:00",
        "2018-03-05T08:00:00+0800",
        "2018-03-05T08:00:00Z ",
        "2018-02-30T08:00:00Z",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        HjTime at;
        assert_false(hj_time_parse(wrong[i], &at, &error));
        assert_hj_error(error, HJ_ERROR_INVALID);
    }
    assert_false(hj_time_parse(NULL, &(HjTime){ 0 }, NULL));
}

static void
test_a_period_knows_its_first_and_last_day(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        { "2018", "2018-01-01", "2018-12-31" },    { "2018H1", "2018-01-01", "2018-06-30" },
        { "2018H2", "2018-07-01", "2018-12-31" },  { "2018Q1", "2018-01-01", "2018-03-31" },
        { "2018Q3", "2018-07-01", "2018-09-30" },  { "2018Q4", "2018-10-01", "2018-12-31" },
        { "2018-02", "2018-02-01", "2018-02-28" }, { "2024-02", "2024-02-01", "2024-02-29" },
        { "9999-12", "9999-12-01", "9999-12-31" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HjPeriod p = period(rows[i][0]);
        assert_string_equal(p.text, rows[i][0]);
        assert_string_equal(hj_date_text(p.from).text, rows[i][1]);
        assert_string_equal(hj_date_text(p.to).text, rows[i][2]);
    }
    static const char *const wrong[] = { "",       "201",     "2018H0",  "2018H3", "2018Q0",
                                         "2018Q5", "2018-00", "2018-13", "2018-1", "2018H1 ",
                                         "1899",   "2018h1",  "2018H",   "20180",  "2018-011" };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        HjPeriod p;
        assert_false(hj_period_parse(wrong[i], &p, &error));
        assert_hj_error(error, HJ_ERROR_INVALID);
    }
    assert_false(hj_period_parse(NULL, &(HjPeriod){ 0 }, NULL));
}

static void
test_periods_shift_by_their_own_length(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int steps;
        const char *to;
    } rows[] = {
        { "2018H1", 1, "2018H2" },   { "2018H2", 1, "2019H1" },    { "2018H1", -1, "2017H2" },
        { "2018H1", -3, "2016H2" },  { "2018", 5, "2023" },        { "2018", -1, "2017" },
        { "2018Q4", 1, "2019Q1" },   { "2018Q1", -5, "2016Q4" },   { "2018-01", -1, "2017-12" },
        { "2018-03", 0, "2018-03" }, { "2018-12", 14, "2020-02" }, { "9999H2", 1, "" },
        { "1900", -1, "" },          { "2018", INT32_MAX, "" },    { "2018-03", INT32_MIN, "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HjPeriod start = period(rows[i].from);
        HjPeriod end = hj_period_shift(&start, rows[i].steps);
        assert_string_equal(end.text, rows[i].to);
        if (rows[i].to[0] == '\0')
            assert_int_equal(end.from, HJ_DATE_NONE);
        else
            assert_int_equal(end.to, period(rows[i].to).to);
    }
    HjPeriod none = hj_period_half_of(HJ_DATE_NONE);
    assert_string_equal(hj_period_shift(&none, 1).text, "");
}

static void
test_the_half_year_of_a_day_changes_in_july(void **state)
{
    (void)state;
    assert_string_equal(hj_period_half_of(date("2018-06-30")).text, "2018H1");
    assert_string_equal(hj_period_half_of(date("2018-07-01")).text, "2018H2");
    assert_string_equal(hj_period_half_of(date("2018-01-01")).text, "2018H1");
    assert_string_equal(hj_period_half_of(date("2018-12-31")).text, "2018H2");
}

static void
test_the_clock_is_past_the_year_this_was_written(void **state)
{
    (void)state;
    assert_true(hj_time_now() > INT64_C(1700000000000000));
    int64_t before = hj_time_monotonic();
    assert_true(hj_time_monotonic() >= before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day_from_1900_to_9999_survives_a_round_trip),
        cmocka_unit_test(test_a_day_that_does_not_exist_is_refused),
        cmocka_unit_test(test_ari_6_months_are_added_and_clamped_to_the_end_of_the_month),
        cmocka_unit_test(test_ari_7_age_is_counted_in_completed_years),
        cmocka_unit_test(test_a_day_in_shanghai_begins_at_sixteen_hours_utc),
        cmocka_unit_test(test_an_instant_is_written_for_shanghai_and_read_with_any_offset),
        cmocka_unit_test(test_a_malformed_instant_is_refused),
        cmocka_unit_test(test_a_period_knows_its_first_and_last_day),
        cmocka_unit_test(test_periods_shift_by_their_own_length),
        cmocka_unit_test(test_the_half_year_of_a_day_changes_in_july),
        cmocka_unit_test(test_the_clock_is_past_the_year_this_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
