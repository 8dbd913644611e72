/* diff: what is different between two packs, said for people.
 *
 * Every rule is one sentence with its subject: parameters with their days, named lists, roles,
 * ledgers with their fields and rules, indicators, schemes with their points, reports.
 *
 * Units    none
 * Owns     the caller frees the lines with g_ptr_array_unref
 * Threads  any
 * Source   features.md 155 */
#pragma once

#include "pack/pack.h"

/* Lines of char *: "+ …" is new in @after, "- …" is gone, "~ …: from → to" changed. */
GPtrArray *hj_pack_diff(const HjPack *before, const HjPack *after, HjLang lang);
