/* migrate: the numbered schema of the program's own tables (sys_…).
 *
 * Units    none
 * Owns     nothing
 * Threads  one, before serving
 * Source   style.md 2.6.10 */
#pragma once

#include "store/store.h"

typedef struct {
    const char *name; /* "0001_base" */
    const char *sql;  /* with DDL tokens */
} HjMigration;

extern const HjMigration
    hj_migrate_list[]; /* generated from src/store/migrations/NNNN_name.sql, ends with NULL */

/* Applies what is missing in one transaction: all or nothing.  A changed checksum of an applied
 * one is a STORE error, one that this program does not know is CONFLICT. */
bool hj_migrate_run(HjStore *store, GError **error);
/* The same inside a transaction; with @names (NULL-ended) only those. */
bool hj_migrate_in(HjTx *tx, const char *const *names, GError **error);
/* The names of what a database in use still lacks; empty for a new one.  CONFLICT as above. The
 * caller owns the array, not the names. */
bool hj_migrate_waiting(HjStore *store, GPtrArray **ret_names, GError **error);
