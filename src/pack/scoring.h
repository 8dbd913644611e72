/* scoring: indicators, schemes and reports.
 *
 * Units    points: decimals of scale 2
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
    const char *system;
    bool assumption;
    HjSource at;
} HjIndicator;

typedef struct {
    const char *name;
    HjLabel title;
    int64_t points;
    int times; /* 0: no limit */
    const HjIndicator *indicator;
    int64_t zero, full; /* linear score: value (scale 2) that earns none and all */
    const HjLedger *ledger;
    HjPackSql when;
    const char *mark; /* rows that count; field with the judged points */
    bool pending;
    HjLabel pending_why;  /* stands in the pack, its records come later */
    const char *evidence; /* record, visit or public (ASM-2) */
    bool assumption;
    HjSource at;
} HjSchemeItem;
typedef struct {
    const char *name;
    HjLabel title;
    int64_t cap;
    HjSchemeItem *items;
    size_t n_items;
    HjSource at;
} HjSchemeList;
typedef struct {
    const HjLedger *ledger;
    HjPackSql when;
    HjLabel says;
    const char *document_field;
} HjVeto;
typedef struct {
    const char *name;
    HjLabel title;
    HjLabel help;
    const char *of;
    const char *period; /* half_year, month, year */
    HjSchemeList *lists;
    size_t n_lists;
    HjVeto *vetoes;
    size_t n_vetoes;
    const char **rank;
    size_t n_rank;   /* "total desc", "negative desc", "base desc" */
    int first, last; /* awards: how many named at both ends; 0 none */
    const char **audience_rank;
    size_t n_audience_rank; /* kinds of organization that may see the ranking */
    bool assumption;
    const char *source;
    HjSource at;
} HjScheme;

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
