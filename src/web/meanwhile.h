/* meanwhile: what others did to a row since somebody opened it at a version.
 *
 * Units    none
 * Owns     what is returned is lent by the request
 * Threads  the request's
 * Source   design.md 3 (optimistic locking) */
#pragma once

#include "web/pages.h"
#include "web/views_ledger.h"

typedef struct {
    HjHistoryItem
        *events; /* newest first, with what each changed; reason is an opinion or NULL */
    size_t n_events;
    /* By place in the ledger.  theirs: others changed it and the form left it alone; now:
     * others changed it and so did the form: what is stored, in words, otherwise NULL. */
    bool *theirs;
    const char **now;
} HjMeanwhile;

HjHistoryItem *hj_meanwhile_events(HjRequest *req, const HjLedger *ledger, const HjRows *row,
                                   int64_t version, size_t *ret_n);
/* Compares what the request's form sent with what the row was at @version and is now. */
void hj_meanwhile_compare(HjRequest *req, const HjLedger *ledger, const HjRows *row,
                          int64_t version, HjMeanwhile *ret);
