/* import: the rows of a workbook brought into a ledger, one after another.
 *
 * Each row goes through core/row as one entered by hand would: rights, rules and events hold.
 * A row is right, wrong in named cells, or the same as one that is there already; what is wrong
 * with the whole workbook (its headings) is told once and no row is looked at.
 *
 * Units    rows and columns from 1
 * Owns     hj_import_free; what it lends lasts until the next row
 * Threads  one at a time; the transaction's
 * Source   features.md 145, interface.md (import) */
#pragma once

#include "core/exchange.h"

typedef enum {
    HJ_IMPORT_SKIPPED, /* headings, empty and sample rows */
    HJ_IMPORT_RIGHT,
    HJ_IMPORT_WRONG,
    HJ_IMPORT_DUPLICATE,
} HjImportVerdict;

typedef struct {
    int column; /* 0: the whole row */
    const char *code;
    HjLabel says;
} HjImportIssue;

typedef struct HjImport HjImport;

HjImport *hj_import_new(HjTx *tx, const HjActor *actor, const HjLedger *ledger, GError **error);
void hj_import_free(HjImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjImport, hj_import_free)
HjExchange *hj_import_exchange(HjImport *import);

/* Learns the rows that are there already, so that equal ones are found; without it only what
 * the ledger itself keeps unique is. */
bool hj_import_learn(HjImport *import, HjTx *tx, GError **error);

/* Equal rows are not looked for: a check has done it before. */
void hj_import_trust(HjImport *import);
/* Rows that are there already are found before they are written a second time. */
void hj_import_look_first(HjImport *import);
bool hj_import_has_headings(const HjImport *import);

/* Judges a row and, with @write, creates it when it is right.  INVALID for a workbook whose
 * headings cannot be used: hj_import_problem tells. */
bool hj_import_row(HjImport *import, HjTx *tx, const HjSheetRow *row, bool write,
                   HjImportVerdict *ret, GError **error);
/* Of the row judged last. */
size_t hj_import_n_issues(const HjImport *import);
const HjImportIssue *hj_import_issue(const HjImport *import, size_t i);
int64_t hj_import_made(const HjImport *import); /* id of the row created */

size_t hj_import_n_problems(const HjImport *import);
const HjLabel *hj_import_problem(const HjImport *import, size_t i);
/* After the last row: a workbook without headings or without rows has a problem too. */
bool hj_import_finish(HjImport *import, GError **error);

/* The texts of a row by column of the exchange, for writing it back; by hj_import_row only
 * once headings are known.  Caller frees with g_strfreev; absent cells are "". */
char **hj_import_texts(const HjImport *import, const HjSheetRow *row);
/* The exchange's column in a column of the sheet, -1 where there is none. */
int hj_import_column(const HjImport *import, int sheet_column);
