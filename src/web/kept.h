/* kept: the columns of a list page and the lists to choose from.
 *
 * Units    none
 * Owns     lent by the request
 * Threads  the request's
 * Source   features.md 150 */
#pragma once

#include "core/kept_list.h"
#include "web/request.h"
#include "web/views_kept.h"

typedef struct {
    const HjField **fields; /* the columns, from left to right */
    size_t n_fields;
    const char *first_href; /* the list that opens first, or NULL */
    HjKeptItem *own, *shared;
    size_t n_own, n_shared;
} HjKept;

/* For the list ?list= names, otherwise for everyday. */
bool hj_kept_load(HjRequest *req, const HjLedger *ledger, HjKept *ret, GError **error);
