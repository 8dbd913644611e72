/* rehearsal: what a draft of the rules would have done to a past period.
 *
 * Computes a scheme twice from the same records, by the pack in force and by the draft, and
 * says who moves and why, item by item.  Nothing is written.  Items that ask for what is not
 * recorded yet are named and left out.
 *
 * Units    points are decimals of scale 2
 * Owns     HjRehearsal is one aggregate
 * Threads  the transaction's, which may be a read
 * Source   features.md B, 155 */
#pragma once

#include "core/scheme.h"

typedef struct {
    const char *item;
    bool has_points, has_zero, has_full, has_times;
    int64_t points, zero, full;
    int times;
} HjRehearsalChange; /* a draft made in a form: one item's points or thresholds */

typedef struct {
    const char *item;
    HjLabel title;
    bool was_there, is_there; /* in the scheme in force, in the draft */
    int64_t before, after;    /* points of this organization */
} HjRehearsalItem;
typedef struct {
    int64_t org;
    const char *code, *name;
    int rank_before, rank_after; /* 0: takes no part there */
    int64_t total_before, total_after;
    HjLabel band_before, band_after; /* texts NULL where there is none */
    HjRehearsalItem *items;          /* those that differ */
    size_t n_items;
} HjRehearsalOrg;
typedef struct {
    const char *item, *why; /* cannot be computed from what is recorded */
    HjLabel title;
} HjRehearsalGap;
typedef struct {
    const HjScheme *scheme; /* of the draft, as it was computed */
    HjPeriod period;
    HjRehearsalOrg *orgs; /* by rank in the draft */
    size_t n_orgs;
    size_t n_moved; /* another rank or total */
    HjRehearsalGap *gaps;
    size_t n_gaps;
    GPtrArray *words; /* char *: the difference of the two packs, as pack/diff says it */
    void *priv;
} HjRehearsal;

/* @draft: a loaded pack; NULL: the pack in force with @changes. */
HjRehearsal *hj_rehearsal_run(HjTx *tx, const HjPack *pack, HjPack *draft, const char *scheme,
                              const HjPeriod *period, const HjRehearsalChange *changes,
                              size_t n_changes, HjLang lang, GError **error);
void hj_rehearsal_free(HjRehearsal *rehearsal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjRehearsal, hj_rehearsal_free)
