/* scoring: indicators and reports.
 *
 * Units    thresholds: decimals at the indicator's scale
 * Owns     the HjPack
 * Threads  any
 * Source   design.md 3, domain.md 9.2, docs/pack.md */
#pragma once

#include "pack/ledger.h"

typedef enum { HJ_ROLL_SUM, HJ_ROLL_RATIO, HJ_ROLL_MEAN, HJ_ROLL_NONE } HjRoll;
typedef struct {
    const char *name;
    HjLabel title;
    HjLabel help; /* formula and denominator in words */
    HjLabel unit;
    const char *of;
    HjRoll roll;
    bool percent; /* ratio and mean: × 100 */
    int scale;    /* decimals shown */
    int64_t per;  /* the numerator is divided by this for display: 1000000 for fen → 万元 */
    bool lower_is_better;
    bool has_lights;
    int64_t green, yellow;           /* thresholds of the value, at `scale` */
    bool on_table;                   /* a column of the township table */
    const struct HjCadence *cadence; /* periods met / periods owed; then no SQL of its own */
    HjPackSql sql;                   /* org, numerator, denominator */
    HjPackSql evidence;              /* org, ledger, id */
    HjPackSql missing; /* the same of what keeps the number down, or empty; ledger "org": the
                          organization itself */
    const char *system;
    bool assumption;
    HjSource at;
} HjIndicator;

typedef enum {
    HJ_SHOW_VALUE,
    HJ_SHOW_NUMERATOR,
    HJ_SHOW_DENOMINATOR,
    HJ_SHOW_ORGS
} HjShow; /* orgs: how many have numerator > 0 */
typedef struct {
    const char *name;
    HjLabel title;
    HjLabel unit;
    const char *system;
    const HjIndicator *indicator;
    HjShow show;
    HjSource at;
} HjFigure;
typedef struct {
    const char *name;
    HjLabel title;
    HjLabel help;
    HjFigure *figures;
    size_t n_figures;
    const HjIndicator *map; /* colours the villages of the overview at first, or NULL */
    HjSource at;
} HjReport;
