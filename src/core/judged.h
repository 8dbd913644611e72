/* judged: how far a row has come that an indicator judges.
 *
 * A clause names an indicator and a target; what the records say of its organization, from the
 * first day of the period to its last or today, is computed when it is asked for and stands
 * nowhere.
 *
 * Units    target: scale 2; value as core/indicator
 * Owns     HjJudgedRun, hj_judged_free
 * Threads  the transaction's
 * Source   domain.md 9.4; docs/pack.md (judged) */
#pragma once

#include "core/indicator.h"
#include "core/row.h"

typedef struct {
    const HjIndicator *indicator;
    HjDate from, to;
    int64_t target;
    HjIndicatorValue value;
    bool met; /* the value is there and not short of the target */
} HjJudgement;

/* Rows of one period are judged over one tree. */
typedef struct HjJudgedRun HjJudgedRun;
HjJudgedRun *hj_judged_new(HjTx *tx, const HjPack *pack);
void hj_judged_free(HjJudgedRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjJudgedRun, hj_judged_free)

/* @row stands on a row of @ledger, with the columns of hj_row_get; @above, where the ledger
 * lies in another, on the one it lies under.  *@ret_has: false where something is not filled
 * in. */
bool hj_judged_row(HjJudgedRun *run, const HjLedger *ledger, const HjRows *row,
                   const HjRows *above, HjJudgement *ret, bool *ret_has, GError **error);
