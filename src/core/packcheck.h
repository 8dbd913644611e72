/* packcheck: what only a database can say about a pack.
 *
 * Prepares every rule, indicator, evidence and item condition read only against the schema the
 * pack would create, in a scratch database, and adds what fails to the problems.  The pack's
 * own tests then run there, each in a transaction that is rolled back.
 *
 * Units    none
 * Owns     nothing
 * Threads  one
 * Source   design.md 3, docs/pack.md */
#pragma once

#include "pack/pack.h"
#include "store/store.h"

/* @store is a scratch or real store whose schema has been applied.  false only when the
 * database fails. */
bool hj_packcheck_sql(HjStore *store, const HjPack *pack, HjPackProblems *problems,
                      GError **error);

/* Runs tests/ *.yaml of the pack in @store (scratch, migrated, schema applied, with a county
 * and without organizations); each failing expectation is a problem.  Returns how many
 * expectations were checked. */
bool hj_packcheck_tests(HjStore *store, HjPack *pack, const char *dir, HjPackProblems *problems,
                        int *ret_checked, GError **error);
