/* scheme: points and ranks out of indicators and judged rows.
 *
 * Σ of each list, capped; items whose records come later, and items that do not apply to an
 * organization (ARI-9), are left out of its base, which says so.  A row belongs to the
 * organization of the scheme's kind above it in the tree of the period's last day.  A veto
 * needs a document number; it is shown beside the total, which keeps its place in the ranking
 * (9.2: "keep the numeric total").  Computed live; the same rows give the same marks in any
 * order.
 *
 * Units    points are decimals of scale 2
 * Owns     HjScoreboard is one aggregate
 * Threads  the transaction's
 * Source   domain.md 9.2 (score engine, ASM-1…8), VER-2 */
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
    int64_t base; /* reachable by counted items */
    HjItemScore *items;
    size_t n_items;
} HjListScore;
typedef struct {
    int64_t org;
    const char *code, *name;
    int rank; /* equal marks share a rank */
    int64_t total;
    bool vetoed;
    const char *veto_document;
    const HjVeto *veto;
    HjListScore *lists;
    size_t n_lists;
} HjScore;
typedef struct {
    const HjScheme *scheme;
    HjPeriod period;
    HjScore *scores;
    size_t n_scores;    /* by rank, then tree order */
    int64_t base, full; /* reachable by counted items; by all items of the positive lists */
    void *priv;
} HjScoreboard;

/* Points of an indicator item, rounded half up to the hundredth from the unrounded value num /
 * den. */
int64_t hj_scheme_linear(const HjSchemeItem *item, int64_t num, int64_t den);
/* Points of one row of a row item before @times: its mark, at most the item's points. */
int64_t hj_scheme_row_points(const HjSchemeItem *item, int64_t mark);

HjScoreboard *hj_scheme_compute(HjTx *tx, const HjPack *pack, const HjScheme *scheme,
                                const HjPeriod *period, GError **error);
void hj_scheme_free(HjScoreboard *board);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjScoreboard, hj_scheme_free)
const HjScore *hj_scheme_score(const HjScoreboard *board, int64_t org);
/* The rows of a row item at and below one organization: columns org, org_name, ledger, id,
 * points; a row beyond the best `times` has 0 points, so that they add up to the item's.
 * Scope-narrowed. */
HjRows *hj_scheme_rows(HjTx *tx, const HjActor *actor, const HjScheme *scheme,
                       const HjSchemeItem *item, const HjPeriod *period, int64_t org,
                       GError **error);
/* Audience: may this actor see the whole ranking? (ASM-6) */
bool hj_scheme_may_rank(const HjActor *actor, const HjScheme *scheme);
