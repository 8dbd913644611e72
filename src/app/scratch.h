/* scratch: a pack tried out in a database that nobody keeps.
 *
 * Units    none
 * Owns     nothing stays behind
 * Threads  one
 * Source   design.md 3 */
#pragma once

#include "pack/pack.h"

/* Applies the schema of @pack in a temporary database, prepares all its SQL there and, with
 * @tests, runs the expectations in @dir.  Problems are added; false when it could not be tried.
 */
bool hj_scratch_check(HjPack *pack, const char *dir, bool tests, HjPackProblems *problems,
                      int *ret_checked, GError **error);
