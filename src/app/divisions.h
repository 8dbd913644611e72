/* divisions: the list of divisions a county begins with.
 *
 * Columns code, name, level, parent; levels county, township, village, community.  Every line
 * is checked and every problem told as FILE:LINE: why before anything is made of it.
 *
 * Units    none
 * Owns     hj_divisions_free
 * Threads  one
 * Source   interface.md (hangji init) */
#pragma once

#include "core/org.h"

typedef struct {
    HjOrgSeed *seeds; /* parents before children */
    size_t n;
    GStringChunk *texts;
} HjDivisions;

/* NULL: @problems holds a line each. @county must be the code of the county line. */
HjDivisions *hj_divisions_load(const char *path, const char *county, GPtrArray *problems);
void hj_divisions_free(HjDivisions *divisions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjDivisions, hj_divisions_free)

/* "东关村村民委员会" is "东关村", "…社区居民委员会" is "…社区"; caller owns. */
char *hj_divisions_name(const char *name);
