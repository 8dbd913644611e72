/* views_judged: clauses, what they promise and how far they have come.
 *
 * Units    none
 * Owns     strings are lent by the request
 * Threads  the request's
 * Source   domain.md 9.4 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
typedef struct {
    const char *title, *href, *indicator, *indicator_href, *target, *value, *unit, *span, *light;
    bool met, lower, open /* nothing to judge yet */;
} HjJudgedLine;
