/* time: civil days, instants and reporting periods.
 *
 * A date is a civil day in Asia/Shanghai (UTC+8, no daylight saving); an instant is
 * microseconds UTC. Only this module reads the clock.
 *
 * Units    HjDate: days since 1970-01-01; HjTime: microseconds since 1970-01-01 UTC
 * Owns     nothing
 * Threads  any
 * Source   domain.md ARI-4, ARI-6, ARI-7 */
/* also: hj_date_ hj_period_ */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef int32_t HjDate;
typedef int64_t HjTime;

#define HJ_DATE_NONE INT32_MIN
#define HJ_DATE_FOREVER "9999-12-31"

typedef struct {
    char text[16];
} HjDateText;

typedef struct {
    HjDate from;   /* first day */
    HjDate to;     /* last day, included */
    char text[16]; /* "2018", "2018H1", "2018Q3", "2018-03" */
} HjPeriod;

HjTime hj_time_now(void);
int64_t hj_time_monotonic(void); /* microseconds, for measuring spans only */

/* "YYYY-MM-DD" exactly, a real day between 1900 and 9999; INVALID otherwise. */
bool hj_date_parse(const char *text, HjDate *ret, GError **error);
HjDateText hj_date_text(HjDate date); /* "" for HJ_DATE_NONE */
/* HJ_DATE_NONE where there is no such day between 1900 and 9999. */
HjDate hj_date_make(int year, int month, int day);
void hj_date_split(HjDate date, int *year, int *month, int *day);
HjDate hj_date_in_shanghai(HjTime at);
HjTime hj_date_end(HjDate date); /* the midnight in Shanghai that ends it */

/* ARI-6: same day of month, clamped to the month's end; @months may be negative;
 * HJ_DATE_NONE outside 1900 to 9999. */
HjDate hj_date_add_months(HjDate date, int months);

/* ARI-7: completed years (age) on @on, a birthday of 29 February falling on the 28th in
 * common years (ARI-6); -1 where @on is before @born or either is missing. */
int hj_date_years_between(HjDate born, HjDate on);
int hj_date_weekday(HjDate date); /* 1 Monday … 7 Sunday */

/* RFC 3339 with +08:00 and milliseconds; parse accepts Z or an offset. */
typedef struct {
    char text[32];
} HjTimeText;
HjTimeText hj_time_text(HjTime at);
bool hj_time_parse(const char *text, HjTime *ret, GError **error);

/* "2018", "2018H1", "2018Q3", "2018-03"; INVALID otherwise. */
bool hj_period_parse(const char *text, HjPeriod *ret, GError **error);
/* The half-year that contains @date, and the neighbour @steps away of the same length;
 * outside 1900 to 9999 .from is HJ_DATE_NONE and .text is "". */
HjPeriod hj_period_half_of(HjDate date);
HjPeriod hj_period_shift(const HjPeriod *period, int steps);
