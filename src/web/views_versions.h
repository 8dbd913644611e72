/* views_versions: what the page of the rules' versions shows.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   features.md 155 */
#pragma once

#include "web/views_common.h"

/* clang-format off */
typedef struct { bool is_new, gone; const char *text; } HjPackLine;
typedef struct {
    const char *name, *version, *digest, *by; HjTime at;
    bool in_force, known, is_first;
    HjPackLine *lines; size_t n_lines;
} HjPackVersion;
typedef struct { HjPage page; HjPackVersion *versions; size_t n_versions; const char *next_href; } HjPackVersionsView;
/* clang-format on */
