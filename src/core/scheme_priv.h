/* scheme_priv: what the files of core/scheme share.
 *
 * Units    points are decimals of scale 2
 * Owns     as named
 * Threads  the transaction's
 * Source   domain.md 9.2 */
/* also: hj_scheme_ */
#pragma once

#include "core/scheme.h"

#define HJ_POINT_SCALE 2

/* One computation: the tree of the period's last day and who answers for each place in it. */
typedef struct {
    HjTx *tx;
    const HjPack *pack;
    const HjScheme *scheme;
    const HjPeriod *period;
    HjOrgTree *tree;
    int *owners; /* for each place of the tree: which organization of the kind, or -1 */
    size_t n_owners;
    HjIndicatorCache *indicators;
} HjSchemeRun;

bool hj_scheme_run_begin(HjSchemeRun *run, GError **error);
void hj_scheme_run_clear(HjSchemeRun *run);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjSchemeRun, hj_scheme_run_clear)
int hj_scheme_owner(const HjSchemeRun *run, int64_t org);

/* The rows of @ledger that @when takes, oldest first: id, org and, where @column is not NULL,
 * mark. */
HjRows *hj_scheme_run_rows(const HjSchemeRun *run, const HjLedger *ledger, const char *column,
                           const HjPackSql *when, GError **error);

/* A row of an item with the points it brings or takes. */
typedef struct {
    int64_t id, org;
    int owner;
    int64_t points;
} HjSchemeMark;
GArray *hj_scheme_run_marks(const HjSchemeRun *run, const HjSchemeItem *item, GError **error);

/* A copy that lives with the board. */
const char *hj_scheme_keep(HjScoreboard *board, const char *text);

/* Points of a list whose items add up to @sum of which @base can be reached. */
int64_t hj_scheme_list_points(const HjSchemeList *list, int64_t sum, int64_t base);

/* The last published bands, and documented exceptions of the step; scores in any order. */
bool hj_scheme_load_past(const HjSchemeRun *run, HjScoreboard *board, GError **error);
/* Bands by points, step and quota; scores by rank. */
void hj_scheme_set_bands(HjScoreboard *board);
