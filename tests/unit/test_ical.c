#include "base/ical.h"
#include "tests/unit/unit.h"

#include <string.h>

static char *
calendar(const char *summary, const char *on, const char *at)
{
    HjIcalDay day = { .uid = "task-1@hangji", .summary = summary };
    GString *out = g_string_new(NULL);
    assert_true(hj_date_parse(on, &day.on, NULL));
    assert_true(hj_time_parse(at, &day.made, NULL));
    hj_ical_begin(out, "待办", NULL);
    hj_ical_day(out, &day);
    hj_ical_end(out);
    return g_string_free(out, FALSE);
}

static void
test_a_calendar_is_written_line_by_line(void **state)
{
    (void)state;
    g_autofree char *text = calendar("谈话", "2018-12-31", "2018-11-26T07:59:59.999+08:00");
    assert_string_equal(text, "BEGIN:VCALENDAR\r\n"
                              "VERSION:2.0\r\n"
                              "PRODID:-//Hangji//Hangji//ZH\r\n"
                              "CALSCALE:GREGORIAN\r\n"
                              "METHOD:PUBLISH\r\n"
                              "REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n"
                              "X-WR-CALNAME:待办\r\n"
                              "BEGIN:VEVENT\r\n"
                              "UID:task-1@hangji\r\n"
                              "DTSTAMP:20181125T235959Z\r\n"
                              "DTSTART;VALUE=DATE:20181231\r\n"
                              "DTEND;VALUE=DATE:20190101\r\n"
                              "SUMMARY:谈话\r\n"
                              "TRANSP:TRANSPARENT\r\n"
                              "END:VEVENT\r\n"
                              "END:VCALENDAR\r\n");
}

static void
test_text_is_escaped_and_cannot_begin_a_line(void **state)
{
    (void)state;
    g_autofree char *text =
        calendar("甲;乙,丙\\丁\r\nEND:VEVENT\x01", "2018-02-28", "2018-01-01T08:00:00+08:00");
    assert_non_null(strstr(text, "\r\nSUMMARY:甲\\;乙\\,丙\\\\丁\\nEND:VEVENT\r\n"));
    assert_non_null(strstr(text, "DTEND;VALUE=DATE:20180301\r\n"));
}

/* As a reader puts it together again. */
static char *
unfolded(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "\r\n ", -1);
    return g_strjoinv("", parts);
}

static void
test_lines_of_more_than_75_bytes_are_folded_between_characters(void **state)
{
    (void)state;
    GString *long_one = g_string_new("a");
    for (int i = 0; i < 100; i++)
        g_string_append(long_one, i % 7 == 0 ? "𠮷" : "攻坚");
    g_autofree char *text = calendar(long_one->str, "2018-02-28", "2018-01-01T08:00:00+08:00");
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    size_t n_folded = 0;
    for (size_t i = 0; lines[i] != NULL; i++) {
        assert_true(strlen(lines[i]) <= 75);
        assert_true(g_utf8_validate(lines[i], -1, NULL));
        n_folded += lines[i][0] == ' ';
    }
    assert_true(n_folded > 5);
    g_autofree char *whole = unfolded(text);
    g_autofree char *wanted = g_strdup_printf("\r\nSUMMARY:%s\r\n", long_one->str);
    assert_non_null(strstr(whole, wanted));
    g_string_free(long_one, TRUE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_calendar_is_written_line_by_line),
        cmocka_unit_test(test_text_is_escaped_and_cannot_begin_a_line),
        cmocka_unit_test(test_lines_of_more_than_75_bytes_are_folded_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
