/* ical: a calendar as programs on phones and desks read it.
 *
 * Lines of RFC 5545: folded at 75 bytes without cutting a character, text escaped, stamps in
 * UTC, days as VALUE=DATE with the day after as their end.
 *
 * Units    HjDate and HjTime as base/time
 * Owns     the caller owns the text it is written into
 * Threads  any
 * Source   RFC 5545 3.1, 3.3.4, 3.3.5, 3.3.11, 3.6.1, 3.8.4.7, 3.8.7.2 */
#pragma once

#include "base/time.h"

/* @about is shown where the calendar is subscribed to; may be NULL. */
void hj_ical_begin(GString *out, const char *name, const char *about);
typedef struct {
    const char *uid; /* the same each time, whatever changes */
    const char *summary;
    HjDate on;   /* a whole day */
    HjTime made; /* when this calendar was written */
} HjIcalDay;
void hj_ical_day(GString *out, const HjIcalDay *day);
void hj_ical_end(GString *out);
