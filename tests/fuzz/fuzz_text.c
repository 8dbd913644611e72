/* Dates, times, periods, decimals and ids: what is accepted is written back as the same value.
 */
#include "base/decimal.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
dates(const char *text)
{
    HjDate date, again;
    if (hj_date_parse(text, &date, NULL)) {
        g_assert(strcmp(hj_date_text(date).text, text) == 0);
        g_assert(hj_date_parse(hj_date_text(hj_date_add_months(date, 1)).text, &again, NULL) ||
                 date > hj_date_make(9999, 11, 30));
    }
    HjTime at, at_again;
    if (hj_time_parse(text, &at, NULL) && hj_time_parse(hj_time_text(at).text, &at_again, NULL))
        g_assert(at / 1000 == at_again / 1000);
    HjPeriod period;
    if (hj_period_parse(text, &period, NULL))
        g_assert(period.from <= period.to && strcmp(period.text, text) == 0);
}

static void
numbers(const char *text)
{
    int64_t value, again;
    for (int scale = 0; scale <= 6; scale++)
        if (hj_decimal_parse(text, scale, &value, NULL)) {
            g_assert(hj_decimal_parse(hj_decimal_text(value, scale).text, scale, &again, NULL));
            g_assert(value == again);
        }
    if (hj_id_parse(text, &value))
        g_assert(value > 0);
    (void)hj_text_parse_i64(text, &value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *text = g_strndup((const char *)data, n);
    dates(text);
    numbers(text);
    (void)hj_text_is_identifier(text);
    if (hj_text_is_clean(text, true)) {
        g_autofree char *tidy = hj_text_tidy(text);
        g_assert(hj_text_length(tidy) <= hj_text_length(text));
    }
    return 0;
}
