#include "base/decimal.h"

#include "base/error.h"
#include "base/i18n.h"

#include <string.h>

/* A product of two int64 always fits. */
__extension__ typedef __int128 Wide;

#define MAX_SCALE 6
#define SAYS_NUMBER N_("Write a number in digits, for example 1234.5.")
#define SAYS_FRACTION N_("The number has too many digits after the point.")
#define SAYS_RANGE N_("The number is too large.")

static int64_t
pow10_of(int scale)
{
    static const int64_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };
    g_assert(scale >= 0 && scale <= MAX_SCALE);
    return powers[scale];
}

static int64_t
saturate(Wide value)
{
    if (value > INT64_MAX)
        return INT64_MAX;
    if (value < INT64_MIN)
        return INT64_MIN;
    return (int64_t)value;
}

static Wide
round_div(Wide num, Wide den)
{
    g_assert(den != 0);
    Wide quotient = num / den;
    Wide rest = num % den;
    Wide twice = rest < 0 ? -rest * 2 : rest * 2;
    if (twice >= (den < 0 ? -den : den))
        quotient += (num < 0) == (den < 0) ? 1 : -1;
    return quotient;
}

/* Commas, where present, must group all the digits before the point by three. */
static bool
grouping_is_right(const char *start, const char *end)
{
    if (memchr(start, ',', (size_t)(end - start)) == NULL)
        return true;
    int run = 0;
    bool first = true;
    for (const char *p = start; p <= end; p++) {
        if (p < end && *p != ',') {
            run++;
            continue;
        }
        if (first ? run < 1 || run > 3 : run != 3)
            return false;
        first = false;
        run = 0;
    }
    return true;
}

/* Reads digits (and commas if @commas) into *@value, stopping at the first other byte.
 * Returns how many digits there were; -1 when the value left the range of int64. */
static int
take_digits(const char **at, bool commas, Wide *value)
{
    int n = 0;
    for (; g_ascii_isdigit(**at) || (commas && **at == ','); (*at)++) {
        if (**at == ',')
            continue;
        *value = *value * 10 + (**at - '0');
        if (*value > (Wide)INT64_MAX + 1)
            return -1;
        n++;
    }
    return n;
}

bool
hj_decimal_parse(const char *text, int scale, int64_t *ret, GError **error)
{
    pow10_of(scale);
    const char *at = text != NULL ? text : "";
    while (*at == ' ')
        at++;
    bool negative = *at == '-';
    if (negative)
        at++;
    Wide value = 0;
    const char *start = at;
    int whole = take_digits(&at, true, &value);
    if (whole < 0)
        return hj_fail(error, HJ_ERROR_INVALID, SAYS_RANGE);
    if (whole == 0 || !grouping_is_right(start, at))
        return hj_fail(error, HJ_ERROR_INVALID, SAYS_NUMBER);
    int fraction = 0;
    if (*at == '.') {
        at++;
        fraction = take_digits(&at, false, &value);
        if (fraction == 0)
            return hj_fail(error, HJ_ERROR_INVALID, SAYS_NUMBER);
    }
    if (fraction > scale)
        return hj_fail(error, HJ_ERROR_INVALID, SAYS_FRACTION);
    if (fraction >= 0)
        value *= pow10_of(scale - fraction);
    if (negative)
        value = -value;
    if (fraction < 0 || value != saturate(value))
        return hj_fail(error, HJ_ERROR_INVALID, SAYS_RANGE);
    while (*at == ' ')
        at++;
    if (*at != '\0')
        return hj_fail(error, HJ_ERROR_INVALID, SAYS_NUMBER);
    *ret = (int64_t)value;
    return true;
}

/* The magnitude as unsigned: INT64_MIN has no positive twin. */
static uint64_t
magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static HjDecimalText
format(int64_t value, int scale, bool grouped, bool cut)
{
    uint64_t unit = (uint64_t)pow10_of(scale);
    uint64_t whole = magnitude(value) / unit;
    uint64_t fraction = magnitude(value) % unit;
    /* Written backwards from the end of a scratch buffer. */
    char scratch[40] = "";
    char *p = scratch + sizeof scratch - 1;
    bool digits_begun = !cut; /* trailing zeros are left out */
    for (int i = 0; i < scale; i++, fraction /= 10) {
        digits_begun = digits_begun || fraction % 10 != 0;
        if (digits_begun)
            *--p = (char)('0' + fraction % 10);
    }
    if (scale > 0 && digits_begun)
        *--p = '.';
    int n = 0;
    do {
        if (grouped && n > 0 && n % 3 == 0)
            *--p = ',';
        *--p = (char)('0' + whole % 10);
        whole /= 10;
        n++;
    } while (whole > 0);
    if (value < 0)
        *--p = '-';
    HjDecimalText out;
    g_strlcpy(out.text, p, sizeof out.text);
    return out;
}

HjDecimalText
hj_decimal_text(int64_t value, int scale)
{
    return format(value, scale, false, false);
}

HjDecimalText
hj_decimal_text_grouped(int64_t value, int scale)
{
    return format(value, scale, true, true);
}

HjDecimalText
hj_decimal_text_column(int64_t value, int scale)
{
    return format(value, scale, true, false);
}

int64_t
hj_decimal_divide(int64_t num, int64_t den, int scale)
{
    return saturate(round_div((Wide)num * pow10_of(scale), den));
}

int64_t
hj_decimal_muldiv(int64_t a, int64_t b, int64_t c)
{
    return saturate(round_div((Wide)a * b, c));
}

int64_t
hj_decimal_rescale(int64_t value, int from, int to)
{
    if (to >= from)
        return saturate((Wide)value * pow10_of(to - from));
    return saturate(round_div(value, pow10_of(from - to)));
}
