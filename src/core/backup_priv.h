/* backup_priv: what the writer and the reader of backups share; core/backup only.
 *
 * Units    as backup.h
 * Owns     as backup.h
 * Threads  one at a time
 * Source   features.md Q 153 */
/* also: hj_backup_ */
#pragma once

#include "core/backup.h"
#include "store/archive.h"
#include "store/copy.h"

#define HJ_BACKUP_FORMAT 1
#define HJ_BACKUP_SCHEMA "schema.json"
#define HJ_BACKUP_MANIFEST "manifest.json"
#define HJ_BACKUP_ROWS "rows/"
#define HJ_BACKUP_LINES ".jsonl"
extern const char *const hj_backup_configs[]; /* names of the configuration, NULL-ended */

/* backup_csv.c: the ledgers for people, and what their columns mean. */
typedef bool (*HjBackupTextFn)(gpointer data, const char *name, const char *text, size_t n,
                               GError **error);
bool hj_backup_write_csv(const HjBackupSource *source, HjTx *tx, HjBackupTextFn fn,
                         gpointer data, GError **error);
char *hj_backup_readme(const HjBackupSource *source, const HjBackupReport *report);
