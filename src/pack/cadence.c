#include "pack/cadence.h"

#include "pack/pack.h"

static const char *const names[] = { "duty_day",  "week", "month", "quarter",
                                     "half_year", "year", NULL };

const char *
hj_every_name(HjEvery every)
{
    return names[every];
}

/* The @n months that hold @day, in a year cut into such parts. */
static void
months(HjDate day, int n, HjDate *ret_from, HjDate *ret_to)
{
    int year, month, date;
    hj_date_split(day, &year, &month, &date);
    *ret_from = hj_date_make(year, (month - 1) / n * n + 1, 1);
    *ret_to = hj_date_add_months(*ret_from, n) - 1;
    if (year == 9999 && month + n > 12)
        *ret_to = hj_date_make(year, 12, 31);
}

void
hj_every_period(HjEvery every, HjDate day, HjDate *ret_from, HjDate *ret_to)
{
    static const int n[] = { [HJ_EVERY_MONTH] = 1,
                             [HJ_EVERY_QUARTER] = 3,
                             [HJ_EVERY_HALF_YEAR] = 6,
                             [HJ_EVERY_YEAR] = 12 };
    *ret_from = *ret_to = day;
    if (every == HJ_EVERY_WEEK) {
        *ret_from = day - hj_date_weekday(day) + 1;
        *ret_to = *ret_from + 6;
    } else if (every != HJ_EVERY_DUTY_DAY) {
        months(day, n[every], ret_from, ret_to);
    }
}

int
hj_amount_on(const HjAmount *amount, HjDate on)
{
    if (amount->param == NULL)
        return amount->n;
    const HjParamValue *value = hj_pack_param_value(amount->param, on);
    return value != NULL ? (int)CLAMP(value->number, 0, G_MAXINT) : -1;
}
