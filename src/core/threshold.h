/* threshold: where the lights of an indicator change, as people set it.
 *
 * What an organization sets counts for itself and for what lies below it, until one nearer sets
 * its own; where nobody did, the pack's default counts.
 *
 * Units    decimals at the indicator's scale
 * Owns     HjThresholds, hj_threshold_free
 * Threads  the transaction's
 * Source   features.md 31 */
#pragma once

#include "base/issues.h"
#include "core/indicator.h"

typedef struct {
    bool has;              /* there are lights at all */
    int64_t green, yellow; /* at the indicator's scale */
    int64_t org;           /* who set them; 0: the pack */
    const char *by;        /* name of the account that did */
    HjTime at;
} HjThreshold;

typedef struct HjThresholds HjThresholds;
HjThresholds *hj_threshold_load(HjTx *tx, GError **error);
void hj_threshold_free(HjThresholds *thresholds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjThresholds, hj_threshold_free)
/* What counts at an organization of @tree. */
HjThreshold hj_threshold_at(const HjThresholds *thresholds, const HjIndicator *indicator,
                            const HjOrgTree *tree, int64_t org);
/* "green", "yellow", "red" or "" */
const char *hj_threshold_light(const HjThreshold *threshold, const HjIndicator *indicator,
                               const HjIndicatorValue *value);
/* Texts as people write them.  Both NULL: back to what counted before.  INVALID with @issues on
 * green or yellow; needs indicator.manage at @org. */
bool hj_threshold_set(HjTx *tx, const HjActor *actor, const HjIndicator *indicator, int64_t org,
                      const char *green, const char *yellow, HjIssues *issues, GError **error);
