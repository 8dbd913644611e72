/* views_merge: what the pages about records found twice show.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   features.md 11 */
#pragma once

#include "web/views_common.h"

/* clang-format off */
typedef struct { const char *href, *title, *a_org, *b_org; } HjTwin;
typedef struct { HjPage page; HjTwin *twins; size_t n_twins; bool more; } HjTwinsView;
typedef struct { const char *name, *title, *a, *b; bool differs, choose; } HjTwinField;
typedef struct {
    HjPage page;
    const char *action, *cancel_href, *a, *b, *a_version, *b_version, *a_org, *b_org, *a_href, *b_href, *reason, *wrong;
    HjTwinField *fields; size_t n_fields;
} HjMergeView;
/* clang-format on */
