/* types: the nouns of a pack.
 *
 * Arrays come as a pointer and n_<name>.  A `name` is an identifier ^[a-z][a-z0-9_]{0,47}$, a
 * `title` is text in both languages, `at` is where it was written.
 *
 * Units    points: decimals of scale 2; bounds of a field: in the field's own scaled unit
 * Owns     the HjPack
 * Threads  any
 * Source   design.md 3 */
#pragma once

#include "base/i18n.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct HjPack HjPack;
typedef struct HjLedger HjLedger;
typedef struct {
    const char *file;
    int line;
} HjSource;

typedef enum {
    HJ_FIELD_TEXT,
    HJ_FIELD_LONG_TEXT,
    HJ_FIELD_BOOL,
    HJ_FIELD_INTEGER,
    HJ_FIELD_DECIMAL,
    HJ_FIELD_PERCENT /* scale 2 */,
    HJ_FIELD_MONEY /* fen */,
    HJ_FIELD_DATE,
    HJ_FIELD_MONTH /* YYYY-MM */,
    HJ_FIELD_DATETIME /* microseconds */,
    HJ_FIELD_CHOICE,
    HJ_FIELD_CHOICES /* ",a,b," */,
    HJ_FIELD_LIST_CHECK /* ticked items ",a,b," */,
    HJ_FIELD_PERSON,
    HJ_FIELD_ORG,
    HJ_FIELD_ROW,
} HjFieldType;

typedef struct {
    const char *name;
    HjLabel title;
    HjLabel note;
} HjListItem;
/* A named list with the count its name promises; assumption: shown as 默认示例，本县尚未确认.
 */
typedef struct {
    const char *name;
    HjLabel title;
    size_t expected;
    const char *source;
    bool assumption;
    HjListItem *items;
    size_t n_items;
    HjSource at;
} HjList;

typedef struct {
    const char *name;
    HjLabel title;
    HjLabel help;
    HjLabel unit;
    HjFieldType type;
    int scale;
    bool required;
    int max_length; /* code points; text 200, long_text 2000 unless said */
    bool has_min, has_max;
    int64_t min, max;       /* numbers, in scaled units */
    const HjList *list;     /* choice, choices, list_check */
    const char *org_kind;   /* org: only this kind, or NULL */
    const HjLedger *ledger; /* row and person: the ledger cited */
    bool in_list; /* a column of the list page (the first six unless any says list: true) */
    bool total;   /* summed under the list */
    bool unique;  /* no two live rows of one organization share a value */
    const char **hidden_from;
    size_t n_hidden_from; /* role names */
    const char *was;      /* former name */
    const char *retired;  /* date text since when it is no longer asked, or NULL */
    HjSource at;
} HjField;

/* SQL of a pack with :names rewritten to $n by core; names are :from :to :today and parameters.
 */
typedef struct {
    const char *text;
    HjSource at;
} HjPackSql;
typedef struct {
    HjPackSql rule;
    const char *field;
    HjLabel says;
} HjRule;

struct HjLedger {
    const char *name;
    HjLabel title;
    HjLabel help;
    const char *system; /* "M12" */
    const char *group;  /* list item of the pack list `ledger_groups`, orders the menu */
    const char **of;
    size_t n_of;        /* kinds of organization that own a row */
    const HjLedger *in; /* parent ledger of a child, or NULL */
    const char *is;     /* "person", "post" or NULL: what core may rely on */
    const char **enter;
    size_t n_enter; /* role names */
    const char **see;
    size_t n_see;            /* role names; empty: every role with ledger.view */
    const char *title_field; /* names a row where it is cited; default: first text field */
    const char *date_field;  /* what from= and to= filter, or NULL */
    const char *sort_field;
    bool sort_desc;
    HjField *fields;
    size_t n_fields;
    HjRule *must;
    size_t n_must;
    bool assumption;
    const char *source;
    HjSource at;
};

typedef struct {
    const char *from;
    const char *value;
    const char *source;
} HjParamValue;
typedef struct {
    const char *name;
    HjLabel title;
    HjFieldType type; /* integer, decimal, percent, money, date, text */
    bool assumption;
    HjParamValue *values;
    size_t n_values;
    HjSource at;
} HjParam;

typedef struct {
    const char *name;
    HjLabel title;
    const char **under;
    size_t n_under;
    int depth;
    HjSource at;
} HjOrgKind;
typedef struct {
    const char *name;
    HjLabel title;
    const char **at_kinds;
    size_t n_at_kinds;
    const char **may;
    size_t n_may; /* permissions: ledger.view ledger.enter org.view org.manage … */
    HjSource at;
} HjRole;

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
    int64_t green, yellow; /* thresholds of the value, at `scale` */
    bool on_table;         /* a column of the township table */
    HjPackSql sql;         /* org, numerator, denominator */
    HjPackSql evidence;    /* org, ledger, id */
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
    HjSource at;
} HjReport;

struct HjPack {
    const char *name, *version, *dir;
    HjLabel title;
    const char *digest; /* SM3 hex over all files */
    HjDate valid_from, valid_to;
    HjOrgKind *org_kinds;
    size_t n_org_kinds;
    HjRole *roles;
    size_t n_roles;
    HjParam *params;
    size_t n_params;
    HjList *lists;
    size_t n_lists;
    HjLedger *ledgers;
    size_t n_ledgers;
    HjIndicator *indicators;
    size_t n_indicators;
    HjScheme *schemes;
    size_t n_schemes;
    HjReport *reports;
    size_t n_reports;
    void *priv; /* pack/load only */
};
