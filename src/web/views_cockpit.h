/* views_cockpit: what the cockpit, the trends and the screens of the leadership show.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 (county, screen) */
#pragma once

#include "web/views_admin.h"
#include "web/views_due.h"
#include "web/views_kept.h"

/* clang-format off */
/* One step of the scale with how many villages stand on it. */
typedef struct { int step; const char *text; int64_t n; int width; /* of 100, in a bar */ int at; } HjGridStep;
/* A township beside the grid: its value and how its villages spread over the steps. */
typedef struct {
    const char *name, *href, *text, *light, *spread /* in words */;
    HjGridStep *steps; size_t n_steps;
    int64_t n, n_low;
} HjGridSum;
struct HjGrid {
    const char *title, *name, *unit, *help, *rows_href /* + code: the rows behind a village */, *value, *trend_href;
    bool assumption;
    HjGridTown *towns; size_t n_towns;
    HjGridStep *keys; size_t n_keys;
    HjLink *choices; size_t n_choices;
    HjOption *options; size_t n_options;
    HjGridSum *sums; size_t n_sums;
    int64_t n_villages;
};

typedef struct { const char *title, *text, *unit, *href, *points /* of the small trend, or NULL */, *last_x, *last_y, *trend /* in words */; } HjFigureTile;
typedef struct { const char *title; HjFigureTile *figures; size_t n_figures; } HjFigureGroup;

typedef struct { const char *text, *href, *light; int64_t n, n_red; int width, red_width, at; } HjBoardNode;
typedef struct {
    const char *title, *href, *worst, *worst_href;
    int64_t n, n_red;
    HjBoardNode *nodes; size_t n_nodes;
} HjBoard;

struct HjRanks { const char *title, *href, *note; HjRankLine *lines; size_t n_lines; };

typedef struct {
    HjPage page;
    const char *subtitle, *period, *under, *indicator, *report_href, *screen_href, *table_href, *late_href;
    HjOption *periods; size_t n_periods;
    HjFigureGroup *groups; size_t n_groups;
    HjGrid *grid; /* NULL: no indicator of villages */
    HjBoard *boards; size_t n_boards;
    HjDueLine *late; size_t n_late;
    HjRanks *ranks; /* NULL: not for this audience */
    bool may_due;
} HjCockpitView;

/* A series of one organization: label and value of each period. */
typedef struct { const char *text, *value, *numerator, *denominator, *href, *light; } HjTrendPoint;
typedef struct { const char *name, *href; bool total; HjTrendPoint *points; size_t n_points; } HjTrendLine;
typedef struct {
    HjPage page;
    const char *subtitle, *help, *unit, *name, *under, *by, *data_href, *indicator_href, *period;
    bool assumption;
    HjOption *options; size_t n_options;
    HjLink *steps; size_t n_steps; /* months, half-years */
    HjTrendPoint *heads; size_t n_heads;
    HjTrendLine *lines; size_t n_lines;
    HjOption *periods; size_t n_periods;
} HjTrendView;
typedef struct { const char *title, *unit, *help, *href, *name, *sort_href, *sorted /* aria-sort, or NULL */, *bounds /* in words, or NULL */; bool on, own /* not the pack's bounds */; } HjLightColumn;
typedef struct {
    HjPage page;
    const char *subtitle, *under, *period, *query, *thresholds_href, *wrong, *share_org, *sort;
    HjOption *periods; size_t n_periods;
    HjLightColumn *columns; size_t n_columns;
    HjLightColumn *choices; size_t n_choices; /* every indicator that may be shown */
    HjTableRow *rows; size_t n_rows;
    HjKeptItem *own; size_t n_own;
    HjKeptItem *shared; size_t n_shared;
    HjOption *roles; size_t n_roles;
} HjLightsView;

typedef struct {
    const char *name, *title, *unit, *standard /* the pack's, in words */, *green, *yellow, *by, *from /* whose they are */, *wrong, *below /* "≥" or "≤" */;
    HjTime at;
    bool own, has;
} HjThresholdLine;
typedef struct {
    HjPage page;
    const char *where, *under, *back_href;
    HjThresholdLine *lines; size_t n_lines;
} HjThresholdsView;
/* clang-format on */
