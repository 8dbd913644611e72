/* scheme: points, ranks and bands out of indicators and judged rows.
 *
 * Σ of each list, capped; items whose records come later, and items that do not apply to an
 * organization (ARI-9), are left out of its base, which says so.  A row belongs to the
 * organization of the scheme's kind above it in the tree of the period's last day.  A veto
 * needs a document number; it is shown beside the total, which keeps its place in the ranking
 * (9.2: "keep the numeric total").  Computed live; the same rows give the same marks in any
 * order.
 *
 * Bands: by the total; no more than so many above the last published result; then the quota,
 * which takes one band at most.  Its places are a share of all who are ranked, rounded down;
 * first the total, then its ties, then the order of the tree.
 *
 * Units    points are decimals of scale 2
 * Owns     HjScoreboard is one aggregate
 * Threads  the transaction's
 * Source   domain.md 6.1, 9.2 (score engine, ASM-1…8), VER-2 */
#pragma once

#include "core/indicator.h"

typedef struct {
    const HjSchemeItem *item;
    bool counted;           /* false: pending or not applicable: left out of the base */
    int64_t points;         /* earned (negative for deductions) */
    HjIndicatorValue value; /* of an indicator item */
    int64_t n_rows;         /* of a row item */
} HjItemScore;
typedef struct {
    const HjSchemeList *list;
    int64_t points;
    int64_t base;    /* reachable by counted items */
    int64_t weighed; /* what the total takes of the points, unrounded: scale 4 */
    HjItemScore *items;
    size_t n_items;
} HjListScore;
typedef enum {
    HJ_BAND_POINTS, /* the band of the total */
    HJ_BAND_STEP,   /* lower: too far above the last result */
    HJ_BAND_QUOTA,  /* one lower: no place was left, the quota's words say so */
} HjBandWhy;
typedef struct {
    int64_t org;
    const char *code, *name;
    size_t place; /* in the tree */
    int rank;     /* equal marks share a rank */
    int64_t total;
    bool vetoed;
    const char *veto_document;
    const HjVeto *veto;
    const HjBand *band, *by_points; /* NULL where the scheme has none; no band for a veto */
    HjBandWhy why;
    const HjBand *previous;    /* of the last result published before, or NULL */
    const char *step_document; /* lifts the limit of the step */
    HjListScore *lists;
    size_t n_lists;
} HjScore;
typedef struct {
    const HjScheme *scheme;
    HjPeriod period;
    HjScore *scores;
    size_t n_scores;    /* by rank, then tree order */
    int64_t base, full; /* reachable by counted items; by all items of the positive lists */
    int n_places;       /* of the quota; -1 without one */
    void *priv;
} HjScoreboard;

/* Points of an indicator item, rounded half up to the hundredth from the unrounded value num /
 * den. */
int64_t hj_scheme_linear(const HjSchemeItem *item, int64_t num, int64_t den);
/* Points of an item that loses or adds by units. */
int64_t hj_scheme_units(const HjSchemeItem *item, int64_t n);
/* Points of one row of a row item before @times: its mark, at most the item's points. */
int64_t hj_scheme_row_points(const HjSchemeItem *item, int64_t mark);

/* @scheme as it is given; hj_pack_scheme_at tells which version a period has. */
HjScoreboard *hj_scheme_compute(HjTx *tx, const HjPack *pack, const HjScheme *scheme,
                                const HjPeriod *period, GError **error);
/* Sums, ranks and bands once more from the points of the items, after somebody changed those.
 */
void hj_scheme_settle(HjScoreboard *board);
void hj_scheme_free(HjScoreboard *board);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjScoreboard, hj_scheme_free)
/* The item of this name on a card; NULL: it has none. */
HjItemScore *hj_scheme_item_score(const HjScore *score, const char *name);
const HjScore *hj_scheme_score(const HjScoreboard *board, int64_t org);
/* The rows of a row item at and below one organization: columns org, org_name, ledger, id,
 * points; a row beyond the best `times` has 0 points, so that they add up to the item's.
 * Scope-narrowed. */
HjRows *hj_scheme_rows(HjTx *tx, const HjActor *actor, const HjScheme *scheme,
                       const HjSchemeItem *item, const HjPeriod *period, int64_t org,
                       GError **error);

/* What would raise it: points the total gains by one unit more (or fewer), and by as many as
 * help.  A unit is 1 of the numerator or one row.  Not known for judged rows and means. */
typedef struct {
    bool known;
    bool fewer;     /* of them, not more */
    int64_t by_one; /* points of the total */
    int64_t n_full; /* units until nothing more can be gained; 0: all is earned */
    int64_t to_full;
} HjRaise;
HjRaise hj_scheme_raise(const HjListScore *list, const HjItemScore *scored);

/* Audience: may this actor see the whole ranking? (ASM-6) */
bool hj_scheme_may_rank(const HjActor *actor, const HjScheme *scheme);
