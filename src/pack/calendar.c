#include "pack/calendar.h"

#include "pack/pack.h"

/* A span of working days never reaches further. */
#define DAYS_MAX 20000

static const HjCalendarYear *
year_of(const HjPack *pack, HjDate day)
{
    int year, month, date;
    hj_date_split(day, &year, &month, &date);
    for (size_t i = 0; i < pack->n_calendar; i++)
        if (pack->calendar[i].year == year)
            return &pack->calendar[i];
    return NULL;
}

static bool
holds(const HjDays *days, size_t n, HjDate day)
{
    for (size_t i = 0; i < n; i++)
        if (days[i].from <= day && day <= days[i].to)
            return true;
    return false;
}

bool
hj_workday_is(const HjPack *pack, HjDate day, bool *ret)
{
    const HjCalendarYear *year = year_of(pack, day);
    if (year == NULL)
        return false;
    bool weekend = hj_date_weekday(day) >= 6;
    *ret = weekend ? holds(year->work, year->n_work, day) : !holds(year->off, year->n_off, day);
    return true;
}

HjDate
hj_workday_add(const HjPack *pack, HjDate day, int n)
{
    for (int steps = 0; n > 0 && steps < DAYS_MAX; steps++) {
        bool works;
        day++;
        if (!hj_workday_is(pack, day, &works))
            return HJ_DATE_NONE;
        n -= works;
    }
    return n > 0 ? HJ_DATE_NONE : day;
}

int
hj_workday_count(const HjPack *pack, HjDate from, HjDate to)
{
    int n = 0;
    for (HjDate day = from + 1; day <= to; day++) {
        bool works;
        if (day - from > DAYS_MAX || !hj_workday_is(pack, day, &works))
            return -1;
        n += works;
    }
    return n;
}
