/* views_cadence: what is owed and what was done; the weekly digest; a sheet to print.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   mission.md M25; features.md 142, 299 */
#pragma once

#include "web/views_common.h"

/* clang-format off */
typedef struct { const char *text, *light, *href, *title; } HjOwedCell;
typedef struct { const char *name, *href; bool total; HjOwedCell *cells; size_t n_cells; } HjOwedRow;
typedef struct { const char *title, *every, *rule, *href; bool assumption; } HjOwedColumn;
typedef struct {
    HjPage page;
    const char *subtitle, *under, *action;
    HjOption *periods; size_t n_periods;
    HjOwedColumn *columns; size_t n_columns;
    HjOwedRow *rows; size_t n_rows;
} HjOwedView;

typedef struct { const char *from, *to, *wanted, *n, *word, *light, *href; } HjOwedPeriod;
typedef struct {
    HjPage page;
    const char *subtitle, *help, *rule, *every, *by, *source, *under, *action, *unknown, *new_href;
    bool assumption, more;
    HjOption *periods; size_t n_periods;
    HjOwedPeriod *lines; size_t n_lines;
    HjOwedRow *rows; size_t n_rows;
} HjOwedOneView;

/* Beside what waits on the home page. */
typedef struct { const char *title, *org, *due, *light, *href, *list_href; } HjDutyLine;
typedef struct {
    HjDutyLine *lines; size_t n_lines;
    const char *panel_href, *digest_href; int64_t n_more;
} HjDuties;

typedef struct { const char *text, *light, *href; int64_t n; } HjDigestLine;
typedef struct {
    HjPage page;
    const char *subtitle, *week; bool off, closed, announced;
    HjDigestLine *own; size_t n_own;
    HjDigestLine *below; size_t n_below;
    HjDutyLine *late; size_t n_late;
    HjDutyLine *duties; size_t n_duties;
} HjDigestView;

/* clang-format on */
