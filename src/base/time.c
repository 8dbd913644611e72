#include "base/time.h"

#include "base/error.h"
#include "base/i18n.h"

#define USEC_PER_SECOND INT64_C(1000000)
#define USEC_PER_DAY (INT64_C(86400) * USEC_PER_SECOND)
#define SHANGHAI (INT64_C(8) * 3600 * USEC_PER_SECOND)
#define FIRST_YEAR 1900
#define LAST_YEAR 9999

#define SAYS_DATE N_("Write a date as YYYY-MM-DD, for example 2018-03-05.")
#define SAYS_TIME N_("Write a time as 2018-03-05T08:00:00+08:00.")
#define SAYS_PERIOD N_("Write a period as 2018, 2018H1, 2018Q3 or 2018-03.")

HjTime
hj_time_now(void)
{
    return g_get_real_time();
}

int64_t
hj_time_monotonic(void)
{
    return g_get_monotonic_time();
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

static int
days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

HjDate
hj_date_make(int year, int month, int day)
{
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return HJ_DATE_NONE;
    /* Counting years from March puts the leap day last, so month lengths follow one formula. */
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void
hj_date_split(HjDate date, int *year, int *month, int *day)
{
    int64_t z = (int64_t)date + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(year_of_era + era * 400 + (m < 10 ? 0 : 1));
}

/* Reads exactly @n digits at *@at and moves past them; -1 where they are not digits. */
static int
take_digits(const char **at, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit((*at)[i]))
            return -1;
        value = value * 10 + ((*at)[i] - '0');
    }
    *at += n;
    return value;
}

static bool
take_char(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static HjDate
take_date(const char **at)
{
    int year = take_digits(at, 4);
    if (year < 0 || !take_char(at, '-'))
        return HJ_DATE_NONE;
    int month = take_digits(at, 2);
    if (month < 0 || !take_char(at, '-'))
        return HJ_DATE_NONE;
    int day = take_digits(at, 2);
    return day < 0 ? HJ_DATE_NONE : hj_date_make(year, month, day);
}

bool
hj_date_parse(const char *text, HjDate *ret, GError **error)
{
    const char *at = text != NULL ? text : "";
    HjDate date = take_date(&at);
    if (date == HJ_DATE_NONE || *at != '\0')
        return hj_fail(error, HJ_ERROR_INVALID, SAYS_DATE);
    *ret = date;
    return true;
}

static bool
date_in_range(int64_t date)
{
    return date >= hj_date_make(FIRST_YEAR, 1, 1) && date <= hj_date_make(LAST_YEAR, 12, 31);
}

/* Dates are written for every row: printf would cost as much as the rest. */
static void
put_digits(char *to, int number, int n)
{
    for (int i = n - 1; i >= 0; i--, number /= 10)
        to[i] = (char)('0' + number % 10);
}

HjDateText
hj_date_text(HjDate date)
{
    HjDateText out = { "" };
    if (date == HJ_DATE_NONE || !date_in_range(date))
        return out;
    int year;
    int month;
    int day;
    hj_date_split(date, &year, &month, &day);
    put_digits(out.text, year, 4);
    put_digits(out.text + 5, month, 2);
    put_digits(out.text + 8, day, 2);
    out.text[4] = out.text[7] = '-';
    return out;
}

HjDate
hj_date_in_shanghai(HjTime at)
{
    /* Add after dividing, so that the largest instants cannot overflow. */
    int64_t day = floor_div(at, USEC_PER_DAY);
    int64_t in_day = at % USEC_PER_DAY;
    in_day += in_day < 0 ? USEC_PER_DAY : 0;
    day += in_day + SHANGHAI >= USEC_PER_DAY ? 1 : 0;
    return date_in_range(day) ? (HjDate)day : HJ_DATE_NONE;
}

HjTime
hj_date_end(HjDate date)
{
    return ((HjTime)date + 1) * USEC_PER_DAY - SHANGHAI;
}

HjDate
hj_date_add_months(HjDate date, int months)
{
    if (date == HJ_DATE_NONE)
        return HJ_DATE_NONE;
    int year;
    int month;
    int day;
    hj_date_split(date, &year, &month, &day);
    int64_t index = (int64_t)year * 12 + month - 1 + months;
    int64_t new_year = floor_div(index, 12);
    if (new_year < FIRST_YEAR || new_year > LAST_YEAR)
        return HJ_DATE_NONE;
    int new_month = (int)(index - new_year * 12) + 1;
    return hj_date_make((int)new_year, new_month,
                        MIN(day, days_in_month((int)new_year, new_month)));
}

int
hj_date_years_between(HjDate born, HjDate on)
{
    if (born == HJ_DATE_NONE || on == HJ_DATE_NONE || on < born)
        return -1;
    int born_year;
    int on_year;
    int month;
    int day;
    hj_date_split(born, &born_year, &month, &day);
    hj_date_split(on, &on_year, &month, &day);
    int years = on_year - born_year;
    return hj_date_add_months(born, years * 12) > on ? years - 1 : years;
}

int
hj_date_weekday(HjDate date)
{
    /* 1970-01-01 was a Thursday. */
    int64_t shifted = (int64_t)date + 3;
    return (int)(shifted - floor_div(shifted, 7) * 7) + 1;
}

HjTimeText
hj_time_text(HjTime at)
{
    HjTimeText out = { "" };
    HjDate date = hj_date_in_shanghai(at);
    if (date == HJ_DATE_NONE)
        return out;
    int64_t in_day = at + SHANGHAI - (int64_t)date * USEC_PER_DAY;
    int seconds = (int)(in_day / USEC_PER_SECOND);
    int millis = (int)(in_day % USEC_PER_SECOND / 1000);
    g_snprintf(out.text, sizeof out.text, "%sT%02d:%02d:%02d.%03d+08:00",
               hj_date_text(date).text, seconds / 3600, seconds / 60 % 60, seconds % 60,
               millis);
    return out;
}

/* hh:mm:ss and up to nine digits of fraction (cut to microseconds); -1 when malformed. */
static int64_t
take_clock(const char **at)
{
    int hour = take_digits(at, 2);
    if (hour < 0 || hour > 23 || !take_char(at, ':'))
        return -1;
    int minute = take_digits(at, 2);
    if (minute < 0 || minute > 59 || !take_char(at, ':'))
        return -1;
    int second = take_digits(at, 2);
    if (second < 0 || second > 59)
        return -1;
    int64_t usec = (hour * INT64_C(3600) + minute * 60 + second) * USEC_PER_SECOND;
    if (!take_char(at, '.'))
        return usec;
    int n = 0;
    for (int64_t unit = USEC_PER_SECOND / 10; g_ascii_isdigit(**at); unit /= 10, n++) {
        usec += unit * (**at - '0');
        (*at)++;
    }
    return n >= 1 && n <= 9 ? usec : -1;
}

static bool
take_offset(const char **at, int64_t *ret)
{
    *ret = 0;
    if (take_char(at, 'Z'))
        return true;
    int sign = **at == '+' ? 1 : **at == '-' ? -1 : 0;
    if (sign == 0)
        return false;
    (*at)++;
    int hour = take_digits(at, 2);
    if (hour < 0 || hour > 23 || !take_char(at, ':'))
        return false;
    int minute = take_digits(at, 2);
    if (minute < 0 || minute > 59)
        return false;
    *ret = sign * (hour * INT64_C(3600) + minute * 60) * USEC_PER_SECOND;
    return true;
}

bool
hj_time_parse(const char *text, HjTime *ret, GError **error)
{
    const char *at = text != NULL ? text : "";
    HjDate date = take_date(&at);
    if (date == HJ_DATE_NONE || !take_char(&at, 'T'))
        return hj_fail(error, HJ_ERROR_INVALID, SAYS_TIME);
    int64_t clock = take_clock(&at);
    int64_t offset;
    if (clock < 0 || !take_offset(&at, &offset) || *at != '\0')
        return hj_fail(error, HJ_ERROR_INVALID, SAYS_TIME);
    *ret = (int64_t)date * USEC_PER_DAY + clock - offset;
    return true;
}

/* The period of @length months whose first month is number @index (year * 12 + month - 1). */
static HjPeriod
period_make(int64_t index, int length)
{
    HjPeriod p = { .from = HJ_DATE_NONE, .to = HJ_DATE_NONE };
    int64_t year = floor_div(index, 12);
    if (year < FIRST_YEAR || year > LAST_YEAR)
        return p;
    int y = (int)year;
    int month = (int)(index - year * 12) + 1;
    int last = month + length - 1;
    p.from = hj_date_make(y, month, 1);
    p.to = hj_date_make(y, last, days_in_month(y, last));
    if (length == 12)
        g_snprintf(p.text, sizeof p.text, "%04d", y);
    else if (length == 6)
        g_snprintf(p.text, sizeof p.text, "%04dH%d", y, (month - 1) / 6 + 1);
    else if (length == 3)
        g_snprintf(p.text, sizeof p.text, "%04dQ%d", y, (month - 1) / 3 + 1);
    else
        g_snprintf(p.text, sizeof p.text, "%04d-%02d", y, month);
    return p;
}

bool
hj_period_parse(const char *text, HjPeriod *ret, GError **error)
{
    const char *at = text != NULL ? text : "";
    int year = take_digits(&at, 4);
    int length = 12;
    int part = 1;
    if (year >= 0 && take_char(&at, 'H')) {
        length = 6;
        part = take_digits(&at, 1);
    } else if (year >= 0 && take_char(&at, 'Q')) {
        length = 3;
        part = take_digits(&at, 1);
    } else if (year >= 0 && take_char(&at, '-')) {
        length = 1;
        part = take_digits(&at, 2);
    }
    if (year < FIRST_YEAR || part < 1 || part > 12 / length || *at != '\0')
        return hj_fail(error, HJ_ERROR_INVALID, SAYS_PERIOD);
    *ret = period_make((int64_t)year * 12 + (part - 1) * length, length);
    return true;
}

HjPeriod
hj_period_half_of(HjDate date)
{
    if (date == HJ_DATE_NONE)
        return (HjPeriod){ .from = HJ_DATE_NONE, .to = HJ_DATE_NONE };
    int year;
    int month;
    int day;
    hj_date_split(date, &year, &month, &day);
    return period_make((int64_t)year * 12 + (month > 6 ? 6 : 0), 6);
}

HjPeriod
hj_period_shift(const HjPeriod *period, int steps)
{
    if (period->from == HJ_DATE_NONE || period->to == HJ_DATE_NONE)
        return *period;
    int year;
    int month;
    int last;
    int day;
    hj_date_split(period->to, &year, &last, &day);
    hj_date_split(period->from, &year, &month, &day);
    int length = last - month + 1;
    return period_make((int64_t)year * 12 + month - 1 + (int64_t)steps * length, length);
}
