/* org_priv: single steps on the dated tree, which the acts and the seed are made of.
 *
 * They check nothing: that the day is not before what is there already is the caller's duty.
 * What began on the very day of a change is replaced: the tree knows days, not hours.
 *
 * Units    dates HjDate
 * Owns     nothing
 * Threads  the transaction's
 * Source   design.md 5, features.md 3-4 */
#pragma once

#include "core/org.h"
/* also: hj_org_ */

/* Inserts an organization with its name and its place below @parent (0: a root). */
bool hj_org_insert(HjTx *tx, int64_t id, const char *code, const char *kind, const char *name,
                   int64_t parent, HjDate on, int64_t sort, GError **error);
bool hj_org_set_name(HjTx *tx, int64_t org, const char *name, HjDate on, GError **error);
/* Puts @org and what lies below it under @parent. */
bool hj_org_set_parent(HjTx *tx, int64_t org, int64_t parent, HjDate on, GError **error);
bool hj_org_set_closed(HjTx *tx, int64_t org, HjDate on, GError **error);
/* The place behind every other. */
bool hj_org_next_sort(HjTx *tx, int64_t *ret, GError **error);
/* A free code below @parent_code, built as its siblings' or cousins' codes of @kind are. */
char *hj_org_new_code(HjTx *tx, int64_t parent, const char *parent_code, const char *kind,
                      GError **error);
/* 1 to 32 of 0-9 A-Z a-z _ - */
bool hj_org_code_ok(const char *code);
