/* ledger: a record type, its fields and its rules.
 *
 * Units    bounds of a field: in the field's own scaled unit
 * Owns     the HjPack
 * Threads  any
 * Source   design.md 3, docs/pack.md */
#pragma once

#include "pack/types.h"

typedef struct {
    const char *name;
    HjLabel title;
    HjLabel help;
    HjLabel unit;
    HjLabel years; /* of a date: "{n} 周岁", whole years from it to the day of the list */
    HjFieldType type;
    int scale;
    bool required;
    int max_length; /* code points; text 200, long_text 2000 unless said */
    bool has_min, has_max;
    int64_t min, max;       /* numbers, in scaled units; files: how many */
    unsigned accept;        /* files: HjFileKind together */
    const HjList *list;     /* choice, choices, list_check */
    const char *org_kind;   /* org: only this kind, or NULL */
    bool anywhere;          /* org: offered from all of the county, not only from one's scope */
    const HjLedger *ledger; /* row and person: the ledger cited */
    bool in_list; /* a column of the list page (the first six unless any says list: true) */
    bool total;   /* summed under the list */
    bool unique;  /* no two live rows of one organization share a value */
    const char **hidden_from;
    size_t n_hidden_from; /* role names */
    const HjLedger *of;   /* the ledger it stands in */
    /* Sealed values: why they are kept, by what law or consent, and how long: so many months
     * after the day in a date field of the ledger, or after the row was withdrawn. */
    HjLabel purpose, basis;
    int keep_months;
    const char *keep_after; /* NULL: counted from the withdrawal only */
    bool keep_assumption;
    const char *fills_birth, *fills_sex; /* fields that a citizen number answers */
    bool never_scored;                   /* no score may rest on it */
    const char *was;                     /* former name */
    const char
        *number; /* "沧督〔{year}〕{n}号": given by the program, without gaps in a year */
    int begins;  /* HjBegins of pack/prefill.h */
    struct HjPrefill *prefill; /* long text that the program fills, or NULL */
    const char *retired;       /* date text since when it is no longer asked, or NULL */
    HjSource at;
} HjField;

typedef struct {
    HjPackSql rule;
    const char *field;
    HjLabel says;
} HjRule;

/* The fields of a ledger whose rows are opened for what is overdue; names, NULL where none. */
typedef struct HjSupervises {
    const char *subject, *opened, *due, *basis, *done, *escalated, *kind;
    const char *overdue, *missed; /* items of the list of @kind */
} HjSupervises;

/* Rows that an indicator judges: what was promised against what the records say today.  Names
 * of fields; the days may lie in the ledger above. */
typedef struct HjJudged {
    const char *by;     /* choice of a list of indicators */
    const char *target; /* decimal of scale 2 */
    const char *from, *to;
    HjSource at;
} HjJudged;

/* A sheet of A4 about one row.  {field} and {org} in the text stand for what the row says. */
typedef struct HjNotice {
    HjLabel title;
    HjLabel body;
    const char *number;
    const char **fields;
    size_t n_fields; /* rows of its table */
    HjLabel *signs;
    size_t n_signs; /* places to sign */
} HjNotice;

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
    struct HjFlow *flow;             /* pack/flow.h, or NULL: rows are recorded and stay so */
    struct HjSupervises *supervises; /* fields that the program fills, or NULL */
    struct HjNotice *notice;         /* a sheet to print, or NULL */
    struct HjJudged *judged;         /* an indicator tells how far a row has come, or NULL */
    struct HjPrefill *prefill;       /* pack/prefill.h: figures it takes over, or NULL */
    struct HjRemarks *remarks;       /* pack/prefill.h: what is said about a row, or NULL */
    bool across;       /* rows belong to other organizations than the row they lie under */
    GHashTable *index; /* pack/find only */
    bool sensitive;    /* its pages carry a watermark */
    bool never_scored; /* no score may rest on its rows (ASM-5) */
    bool assumption;
    const char *source;
    HjSource at;
};
