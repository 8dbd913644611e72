/* contests_raise: what would raise a card, with the rows that are missing.
 *
 * Units    points are decimals of scale 2
 * Owns     everything is lent by the request
 * Threads  the request's
 * Source   design.md 7 (township) */
/* also: hj_contests_ */
#pragma once

#include "web/contests.h"

typedef struct {
    const HjSchemeItem *item;
    HjRaise raise;
} HjContestRaise;

/* The rows that keep the number of @item down, into @line; none where the pack names none. */
bool hj_contests_missing(HjRequest *req, const HjContests *contest, const HjCard *card,
                         const HjSchemeItem *item, HjRaiseLine *line, GError **error);
/* Of a live card, what brings most first; of one item when @only is its name.  Never NULL
 * without an error. */
HjRaiseLine *hj_contests_raises(HjRequest *req, const HjContests *contest, const HjCard *card,
                                const char *only, size_t *ret_n, GError **error);
