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

/* Applies what is missing, each in one transaction; a changed checksum of an applied one is a
 * STORE error. */
bool hj_migrate_run(HjStore *store, GError **error);
