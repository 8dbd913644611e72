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
/* All that a pack says, as a text to keep: what a later version differs in is told from it when
 * the files are long gone.  Caller frees. */
char *hj_pack_said(const HjPack *pack);
/* As hj_pack_diff, from what was kept; NULL when @said cannot be read. */
GPtrArray *hj_pack_diff_said(const char *said, const HjPack *after, HjLang lang);
GPtrArray *hj_pack_diff(const HjPack *before, const HjPack *after, HjLang lang);
