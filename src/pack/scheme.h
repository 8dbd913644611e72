/* scheme: a way to turn indicators and rows into points, ranks and bands.
 *
 * A scheme has versions, each with the first day of the first period it applies to; the first
 * day of a period chooses (VER-1).  pack->schemes holds the newest of each name.
 *
 * Units    points and thresholds: decimals of scale 2; weights and shares: percent
 * Owns     the HjPack
 * Threads  any
 * Source   domain.md 6.1, 9.2 (ASM-1…8); docs/pack.md */
#pragma once

#include "pack/scoring.h"
#include "pack/span.h"

typedef enum {
    HJ_SCORE_LINEAR, /* of the indicator's value, between zero and full */
    HJ_SCORE_LOSE,   /* all points less `each` for every unit, not below 0 */
    HJ_SCORE_ADD,    /* `each` for every unit, at most the points */
    HJ_SCORE_ROWS,   /* the points, or the mark, of every row, at most `times` rows */
} HjScoring;         /* a unit: 1 of the indicator's numerator, or a row */
typedef struct {
    const char *name;
    HjLabel title;
    int64_t points;
    int times; /* 0: no limit */
    HjScoring scoring;
    int64_t each;
    const HjIndicator *indicator;
    int64_t zero, full; /* linear: value (scale 2) that earns none and all */
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
    int weight;   /* percent of the list's points that the total takes */
    bool prorate; /* what does not apply is left out and the rest counts for all of the cap */
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
    int64_t from; /* total that reaches it */
} HjBand;

/* At most so many percent of the organizations in the highest band or above; whoever finds no
 * place stands one band lower.  Who is first: the total, then `ties` (lists, or "previous"). */
typedef struct {
    int band, percent; /* band: its place in the scheme's bands */
    const char **ties;
    size_t n_ties;
    HjLabel says;
} HjQuota;
/* At most so many bands above the last result, unless a documented row says otherwise. */
typedef struct {
    int bands;     /* 0: no limit */
    HjVeto unless; /* says is empty; ledger NULL: no exception */
} HjStepUp;

/* A ledger whose rows speak about a card, and its fields: what is said in the meeting, what
 * followed from the result.  A row is of the scheme that it names by name or title. */
typedef struct {
    const HjLedger *ledger; /* NULL: nothing is noted */
    const char *scheme, *period, *text;
    const char *on, *kind, *document; /* a date, a choice, a text; or NULL */
} HjSchemeNotes;

typedef struct HjScheme {
    const char *id; /* the name and, where it has one, @from: what the reader goes by */
    const char *name;
    const char *version; /* as the pack calls it, "1" otherwise */
    HjDate from;         /* HJ_DATE_NONE: the only version, for every period */
    const struct HjScheme **versions;
    size_t n_versions; /* all of this name, oldest first; of the newest only */
    HjLabel title;
    HjLabel help;
    const char *of;
    const char *period; /* half_year, month, year */
    HjSchemeList *lists;
    size_t n_lists;
    HjVeto *vetoes;
    size_t n_vetoes;
    const char **rank;
    size_t n_rank; /* "total desc", "negative desc", "base desc" */
    HjBand *bands; /* highest first; the last begins at 0 */
    size_t n_bands;
    const HjQuota *quota; /* or NULL */
    HjStepUp step_up;
    int first, last; /* awards: how many named at both ends; 0 none */
    const char **audience_rank;
    size_t n_audience_rank; /* kinds of organization that may see the ranking */
    const char **approve;
    size_t n_approve; /* kinds of organization that pass a card on, lowest first */
    HjSchemeNotes comments, outcomes;
    HjSpan notice, appeal; /* results stand on notice; an objection may be made so long */
    bool assumption;
    const char *source;
    HjSource at;
} HjScheme;

/* Does it choose this list or item?  NULL when the scheme has none of the name. */
const HjSchemeItem *hj_pack_scheme_item(const HjScheme *scheme, const char *name);
/* The version in force on the first day of a period; NULL before its first. */
const HjScheme *hj_pack_scheme_at(const HjPack *pack, const char *name, HjDate from);
