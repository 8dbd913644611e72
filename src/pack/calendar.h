/* calendar: which days are worked, as the State Council's yearly notices say.
 *
 * Years without a notice are unknown, and nothing is counted through them (ARI-5: fail closed).
 *
 * Units    civil days
 * Owns     the HjPack
 * Threads  any
 * Source   domain.md ARI-4, ARI-5; docs/pack.md (calendar.yaml) */
#pragma once
/* also: hj_workday_ */

#include "pack/types.h"

typedef struct {
    HjDate from, to;
} HjDays;
typedef struct {
    int year;
    const char *source;
    bool assumption;
    HjDays *off;
    size_t n_off; /* holidays, whatever day of the week */
    HjDays *work;
    size_t n_work; /* worked Saturdays and Sundays */
    HjSource at;
} HjCalendarYear;

/* false: the year of @day is not loaded. */
bool hj_workday_is(const HjPack *pack, HjDate day, bool *ret);
/* The @n-th working day after @day (ARI-4: the day itself does not count); HJ_DATE_NONE when a
 * year on the way is not loaded. */
HjDate hj_workday_add(const HjPack *pack, HjDate day, int n);
/* Working days after @from up to and with @to, 0 where @to is not later; -1 when a year is not
 * loaded. */
int hj_workday_count(const HjPack *pack, HjDate from, HjDate to);
