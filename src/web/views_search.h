/* views_search: what the search page shows.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   features.md 2, 151 */
#pragma once

#include "base/pinyin.h"
#include "web/views_common.h"

/* clang-format off */
typedef struct { const char *text; bool mark; } HjPiece;
typedef struct { const char *href, *org, *field; HjPiece *title; size_t n_title; HjPiece *text; size_t n_text; } HjSearchItem;
typedef struct { const char *name, *title, *href; int64_t count; bool more; HjSearchItem *items; size_t n_items; } HjSearchGroup;
typedef struct {
    HjPage page;
    const char *q, *ledger, *under, *where, *next_href, *back_href;
    bool asked, too_short;
    HjSearchGroup *groups; size_t n_groups;
} HjSearchView;
/* clang-format on */
