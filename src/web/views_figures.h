/* views_figures: what the pages of computed numbers show: overview, indicators, contest,
 * report.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 (county, township, any scheme) */
#pragma once

#include "web/views_cadence.h"

/* clang-format off */
/* One number: text with unit, a light "", "green", "yellow" or "red", and where it opens to. */
typedef struct { const char *title, *text, *column, *unit, *light, *href, *help, *system; bool assumption; } HjNumber; /* column: with all decimals */
typedef struct { const char *href, *name, *text; int step; /* 0 not applicable, 1 low … 5 high */ } HjGridCell;
typedef struct { const char *href, *name, *text; HjGridCell *cells; size_t n_cells; } HjGridTown;
typedef struct {
    const char *href, *name, *total, *veto;
    int rank, width; /* of 200 */
    bool mine;
} HjRankLine;
typedef struct { const char *href, *title, *note; } HjTodo;

typedef struct HjDueHome HjDueHome; /* web/views_due.h */
typedef struct HjGrid HjGrid;       /* web/views_cockpit.h */
typedef struct HjRanks HjRanks;
typedef struct {
    HjPage page;
    HjDueHome *due; bool quiet; /* nothing below what waits */
    HjDuties *duties;
    const char *heading;
    const char *subtitle, *report_href, *cockpit_href, *period;
    HjOption *periods; size_t n_periods;
    HjNumber *figures; size_t n_figures;
    HjGrid *grid;
    HjRanks *ranks;
    HjTodo *todos; size_t n_todos;
} HjHomeView;

typedef struct { const char *name, *href; HjNumber *numbers; size_t n_numbers; bool total; } HjTableRow;
typedef struct { const char *org, *title, *ledger, *href, *points, *version; bool is_org; } HjEvidence;
typedef struct {
    HjPage page;
    const char *subtitle, *help, *sql, *where, *value, *unit, *light, *numerator, *denominator;
    bool assumption, more, has, fraction; /* it is worth saying of what */
    HjTableRow *below; size_t n_below;
    HjEvidence *rows; size_t n_rows;
} HjIndicatorView;

typedef struct { const char *href, *title, *help; bool assumption; const char *when, *state, *tone; /* how it stands, or NULL */ } HjChoiceTile;
typedef struct { HjPage page; const char *empty, *go_href, *go_text; HjChoiceTile *tiles; size_t n_tiles; } HjTilesView;

typedef struct { const char *system; HjNumber *figures; size_t n_figures; } HjReportGroup;
typedef struct {
    const char *title; size_t n; /* organizations */
    HjNumber *columns; size_t n_columns;
    HjTableRow *rows; size_t n_rows;
} HjReportBelow;
typedef struct {
    HjPage page;
    const char *subtitle, *help, *from, *to, *under, *action, *pdf_href, *xlsx_href;
    HjOption *orgs; size_t n_orgs;
    HjReportGroup *groups; size_t n_groups;
    HjReportBelow *belows; size_t n_belows;
} HjReportView;
/* clang-format on */
