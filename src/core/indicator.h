/* indicator: a number per organization and period, with the rows behind it.
 *
 * The pack's SQL gives numerator and denominator per organization of its kind; the tree of the
 * period's last day rolls them up.  An empty denominator is "not applicable", never 0 % or 100
 * % (ARI-9).
 *
 * Units    value is a decimal at the indicator's scale
 * Owns     HjIndicatorSet, hj_indicator_set_free
 * Threads  the transaction's
 * Source   design.md 2, 3; domain.md ARI-9, VER-2 */
#pragma once

#include "core/org.h"

typedef struct {
    bool has;                       /* false: nothing to compute, or an empty denominator */
    int64_t numerator, denominator; /* sums over what lies here and below */
    int64_t n_orgs; /* organizations here and below whose own numerator is > 0 */
    int64_t value;  /* at the indicator's scale */
} HjIndicatorValue;

typedef struct HjIndicatorSet HjIndicatorSet; /* one indicator over one tree */

/* What the SQL answers counts at the organization it names, where that stands in @tree (the
 * tree of @to, which must outlive the set).  Roll-up: sum = sum of numerators, a value wherever
 * organizations of the kind stand below; ratio = sum of numerators / sum of denominators; mean
 * = mean of the organizations' own quotients; none = at the organization itself only. Unscoped:
 * callers show only what the actor sees. */
HjIndicatorSet *hj_indicator_compute(HjTx *tx, const HjPack *pack, const HjIndicator *indicator,
                                     const HjOrgTree *tree, HjDate from, HjDate to,
                                     GError **error);
void hj_indicator_set_free(HjIndicatorSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjIndicatorSet, hj_indicator_set_free)
HjIndicatorValue hj_indicator_at(const HjIndicatorSet *set, int64_t org);
/* The same value unrounded, as a fraction with a positive denominator; false where there is
 * none.  A mean is exact to its sixth decimal. */
bool hj_indicator_fraction(const HjIndicatorSet *set, int64_t org, int64_t *ret_num,
                           int64_t *ret_den);

/* Several indicators over one tree and period, each computed once, when first asked for. */
typedef struct HjIndicatorCache HjIndicatorCache;
HjIndicatorCache *hj_indicator_cache_new(HjTx *tx, const HjPack *pack, const HjOrgTree *tree,
                                         HjDate from, HjDate to);
void hj_indicator_cache_free(HjIndicatorCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjIndicatorCache, hj_indicator_cache_free)
/* Borrowed from the cache. */
const HjIndicatorSet *hj_indicator_cache_get(HjIndicatorCache *cache,
                                             const HjIndicator *indicator, GError **error);

/* The rows behind an organization's number. Columns org, org_name, ledger, id; at most @limit.
 * Narrowed to the actor's scope. */
HjRows *hj_indicator_evidence(HjTx *tx, const HjActor *actor, const HjIndicator *indicator,
                              int64_t org, HjDate from, HjDate to, int limit, GError **error);

/* The same of what keeps the number down, where the pack says; no lines otherwise. */
HjRows *hj_indicator_missing(HjTx *tx, const HjActor *actor, const HjIndicator *indicator,
                             int64_t org, HjDate from, HjDate to, int limit, GError **error);

/* "12.5", grouped when @grouped; "—" when absent. */
char *hj_indicator_text(const HjIndicator *indicator, const HjIndicatorValue *value,
                        bool grouped);
/* "green", "yellow", "red" or "" */
const char *hj_indicator_light(const HjIndicator *indicator, const HjIndicatorValue *value);

/* For packcheck, scheme and report: runs pack SQL with :from :to :today and parameters at @to
 * bound. */
HjRows *hj_indicator_run_sql(HjTx *tx, const HjPack *pack, const HjPackSql *sql, HjDate from,
                             HjDate to, GError **error);
