#include "adapters/xlsx/xlsx.h"
#include "base/time.h"

#include <string.h>

#define MAX_DIGITS 40
#define MAX_POWER 30
#define SHOWN_DIGITS 15
#define LAST_SERIAL 2958465 /* 9999-12-31 counted from 1900 */
#define DAYS_1904 1462      /* the two countings lie so far apart */
#define SECONDS_PER_DAY 86400

/* Digits without leading zeros; the value is 0.DIGITS times ten to .power. */
typedef struct {
    bool negative;
    char digits[MAX_DIGITS + 1];
    int n, power;
} Decimal;

static bool
read_digits(const char **at, Decimal *d)
{
    const char *p = *at;
    bool any = false, after_point = false;
    for (; g_ascii_isdigit(*p) || (*p == '.' && !after_point); p++) {
        if (*p == '.') {
            after_point = true;
            continue;
        }
        any = true;
        bool leading = d->n == 0 && *p == '0';
        if (!leading && d->n < MAX_DIGITS)
            d->digits[d->n++] = *p;
        if (!after_point && !leading)
            d->power++;
        else if (after_point && leading)
            d->power--;
    }
    *at = p;
    return any;
}

static bool
read_power(const char *p, Decimal *d)
{
    if (*p == '\0')
        return true;
    if (*p != 'e' && *p != 'E')
        return false;
    p++;
    bool negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    int power = 0, n = 0;
    for (; g_ascii_isdigit(*p) && n < 4; p++, n++)
        power = power * 10 + (*p - '0');
    d->power += negative ? -power : power;
    return n > 0 && *p == '\0';
}

/* Keeps as many digits as the program that wrote the number shows. */
static void
round_off(Decimal *d)
{
    if (d->n > SHOWN_DIGITS) {
        bool up = d->digits[SHOWN_DIGITS] >= '5';
        d->n = SHOWN_DIGITS;
        int i = SHOWN_DIGITS - 1;
        for (; up && i >= 0; i--) {
            up = d->digits[i] == '9';
            d->digits[i] = (char)(up ? '0' : d->digits[i] + 1);
        }
        if (up) {
            d->digits[0] = '1';
            d->power++;
        }
    }
    while (d->n > 0 && d->digits[d->n - 1] == '0')
        d->n--;
}

bool
hj_xlsx_number(const char *raw, HjXlsxNumber *ret)
{
    Decimal d = { 0 };
    const char *p = raw;
    d.negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    if (!read_digits(&p, &d) || !read_power(p, &d))
        return false;
    round_off(&d);
    if (d.n == 0) {
        g_strlcpy(ret->text, "0", sizeof ret->text);
        return true;
    }
    if (d.power > MAX_POWER || d.power < -MAX_POWER)
        return false;
    char *out = ret->text;
    if (d.negative)
        *out++ = '-';
    if (d.power <= 0)
        *out++ = '0';
    for (int i = 0; i < MAX(d.power, 0); i++)
        *out++ = (char)(i < d.n ? d.digits[i] : '0');
    if (d.n > d.power) {
        *out++ = '.';
        for (int i = d.power; i < d.n && out < ret->text + sizeof ret->text - 1; i++)
            *out++ = (char)(i < 0 ? '0' : d.digits[i]);
    }
    *out = '\0';
    return true;
}

/* The fraction of a day after @point in whole seconds. */
static int
seconds_of(const char *point)
{
    int64_t fraction = 0, unit = 1;
    for (int i = 0; i < 12 && g_ascii_isdigit(point[i]); i++) {
        fraction = fraction * 10 + (point[i] - '0');
        unit *= 10;
    }
    return (int)((fraction * SECONDS_PER_DAY + unit / 2) / unit);
}

bool
hj_xlsx_serial(const char *number, bool from_1904, HjXlsxNumber *ret)
{
    int64_t days = 0;
    const char *p = number;
    for (; g_ascii_isdigit(*p); p++) {
        days = days * 10 + (*p - '0');
        if (days > LAST_SERIAL)
            return false;
    }
    if (p == number || (*p != '\0' && *p != '.'))
        return false;
    int seconds = *p == '.' ? seconds_of(p + 1) : 0;
    if (seconds == SECONDS_PER_DAY) {
        seconds = 0;
        days++;
    }
    char clock[16];
    g_snprintf(clock, sizeof clock, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
               seconds % 60);
    if (days == 0 && seconds > 0 && !from_1904) {
        g_strlcpy(ret->text, clock, sizeof ret->text);
        return true;
    }
    if (from_1904)
        days += DAYS_1904;
    /* The first program of this kind took 1900 for a leap year, and so do all since. */
    if (days == 60 || days > LAST_SERIAL)
        return false;
    HjDate date = hj_date_make(1900, 1, 1) + (HjDate)days - (days > 60 ? 2 : 1);
    if (days < 1)
        return false;
    HjDateText day = hj_date_text(date);
    g_snprintf(ret->text, sizeof ret->text, "%s%s%s", day.text, seconds > 0 ? " " : "",
               seconds > 0 ? clock : "");
    return true;
}
