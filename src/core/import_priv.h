/* import_priv: the pieces in which a job keeps the workbook, what is wrong in it and what was
 * made of it, and the states it goes through.
 *
 * Units    bytes
 * Owns     as named
 * Threads  one at a time
 * Source   core/import_job.h */
#pragma once

#include "core/import_job.h"
#include "store/vault.h"

/* also: hj_import_ */

#define HJ_IMPORT_WAITING "waiting"
#define HJ_IMPORT_CHECKING "checking"
#define HJ_IMPORT_CHECKED "checked"
#define HJ_IMPORT_APPLYING "applying"
#define HJ_IMPORT_DONE "done"
#define HJ_IMPORT_REFUSED "refused"
#define HJ_IMPORT_UNDONE "undone"

#define HJ_IMPORT_FILE "file"
#define HJ_IMPORT_WRONG_CELLS "wrong"
#define HJ_IMPORT_SKIP "skip" /* 32-bit numbers of the rows that are not taken */
#define HJ_IMPORT_MADE "made" /* 64-bit ids of the rows made */

/* The key of a job, kept wrapped beside what it locks; without a vault nothing is locked. */
typedef struct {
    bool locks;
    HjVaultKey key;
} HjImportKey;
void hj_import_key_wipe(HjImportKey *key);
bool hj_import_key_make(HjTx *tx, int64_t job, HjImportKey *ret, GError **error);
bool hj_import_key_read(HjTx *tx, int64_t job, HjImportKey *ret, GError **error);

/* Appends @n bytes as the next pieces of a kind. */
bool hj_import_part_write(HjTx *tx, int64_t job, const HjImportKey *key, const char *kind,
                          const void *bytes, size_t n, GError **error);
/* Piece @part, or NULL without an error behind the last. */
GByteArray *hj_import_part_read(HjTx *tx, int64_t job, const HjImportKey *key, const char *kind,
                                int64_t part, GError **error);
/* All pieces of a kind. */
GByteArray *hj_import_part_all(HjTx *tx, int64_t job, const HjImportKey *key, const char *kind,
                               GError **error);
bool hj_import_part_drop(HjTx *tx, int64_t job, const char *kind, GError **error);

/* One wrong row as a line of JSON. */
void hj_import_line(GString *out, const HjImport *import, const HjSheetRow *row);
typedef bool (*HjImportLineFn)(const HjJson *line, gpointer data);
/* Every line kept of a job. */
bool hj_import_lines(HjTx *tx, int64_t job, HjImportLineFn fn, gpointer data, GError **error);
/* The wrong cells of a line; a HjImportLineFn. */
typedef struct {
    HjImportCellFn fn;
    gpointer data;
} HjImportCells;
bool hj_import_cells_of(const HjJson *line, gpointer cells);
/* The lines as rows of the workbook of wrong rows. */
bool hj_import_line_write(HjExchangeBook *book, const HjExchange *exchange, const HjJson *line,
                          HjLang lang, GError **error);
