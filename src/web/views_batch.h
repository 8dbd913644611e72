/* views_batch: what the pages about many rows at once show.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   features.md 3 (batch bar), 150 */
#pragma once

#include "web/views_ledger.h"

/* clang-format off */
typedef struct { const char *name, *value; } HjCarried;
typedef struct { const char *href, *title, *org, *result, *why; bool good; } HjBatchLine;
typedef struct {
    HjPage page;
    const char *action, *cancel_href, *post_action, *what, *verb, *field, *field_title, *value_text, *reason, *items;
    int64_t n_rows, n_all, n_changed, n_same, n_refused; bool too_many, previewed, is_set;
    HjOption *fields; size_t n_fields;
    HjFormField input;
    HjCarried *carried; size_t n_carried;
    HjBatchLine *lines; size_t n_lines;
} HjBatchView;
typedef struct {
    HjPage page;
    const char *what, *reason, *undo_action, *list_href, *undone_href, *undo_of_href;
    HjTime at; int64_t n_changed, n_same, n_refused;
    HjBatchLine *lines; size_t n_lines;
} HjBatchDoneView;
/* clang-format on */
