/* views_kept: what the page about columns and kept lists shows.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   features.md 3 (columns chosen and remembered), 150 */
#pragma once

#include "web/views_ledger.h"

/* clang-format off */
typedef struct { const char *name, *title; int place; /* 0: not shown */ } HjColumnChoice;
typedef struct { const char *href, *name, *shared, *remove_action; bool is_default, on; } HjKeptItem;
typedef struct {
    HjPage page;
    const char *save_action, *columns_action, *back_href, *from, *wrong;
    HjColumnChoice *columns; size_t n_columns;
    HjKeptItem *own; size_t n_own;
    HjKeptItem *shared; size_t n_shared;
    HjOption *roles; size_t n_roles; const char *share_org;
} HjKeptView;
/* clang-format on */
