/* packcheck: what only a database can say about a pack.
 *
 * Prepares every rule, indicator, evidence and item condition read only against the schema the
 * pack would create, in a scratch database, and adds what fails to the problems.
 *
 * Units    none
 * Owns     nothing
 * Threads  one
 * Source   design.md 3 */
#pragma once

#include "pack/pack.h"
#include "store/store.h"

/* @store is a scratch or real store whose schema has been applied. */
bool hj_packcheck_sql(HjStore *store, const HjPack *pack, HjPackProblems *problems,
                      GError **error);

/* Runs tests/ *.yaml of the pack in @store (scratch, migrated, schema applied); each failing
 * expectation is a problem. Returns how many expectations were checked. */
bool hj_packcheck_tests(HjStore *store, HjPack *pack, const char *dir, HjPackProblems *problems,
                        int *ret_checked, GError **error);
