/* indicator_memory: one computation for an indicator and a period, shared by everybody who
 * asks.
 *
 * A number is answered again as long as no event has told of a change of the ledgers its SQL
 * names, or of anything else it could depend on, whoever wrote it: on both databases events
 * are read in the order of commits, as the sealer reads them.  At latest it is computed anew
 * after a minute and on another day.  Who asks while it is being computed waits for it.  What
 * it holds is unscoped: callers show only what the actor sees.
 *
 * Units    generations are those of hj_store_generation, read before the transaction began; -1
 *          (unknown) shares nothing
 * Owns     hj_indicator_memory_free; what it gives is held until hj_indicator_memory_release
 * Threads  any
 * Source   design.md 1 (live), 9; style.md 2.5 */
#pragma once

#include "core/indicator.h"

typedef struct HjIndicatorMemory HjIndicatorMemory;

HjIndicatorMemory *hj_indicator_memory_new(void);
void hj_indicator_memory_free(HjIndicatorMemory *memory);

/* *@ret_hold keeps it alive: hj_indicator_memory_release. */
const HjOrgTree *hj_indicator_memory_tree(HjIndicatorMemory *memory, HjTx *tx,
                                          int64_t generation, HjDate on, gpointer *ret_hold,
                                          GError **error);
/* As hj_indicator_compute over the tree of @to. */
const HjIndicatorSet *hj_indicator_memory_set(HjIndicatorMemory *memory, HjTx *tx,
                                              const HjPack *pack, int64_t generation,
                                              const HjIndicator *indicator, HjDate from,
                                              HjDate to, gpointer *ret_hold, GError **error);
void hj_indicator_memory_release(gpointer hold);
/* How often something was computed since the start: for tests and counters. */
int64_t hj_indicator_memory_computed(HjIndicatorMemory *memory);
