/* import_job: a workbook on its way into a ledger, from the upload to the last row.
 *
 * waiting → checking → checked → applying → done; refused when the workbook cannot be used,
 * dropped when nobody wanted it.  The work is done by a thread of the server, so it goes on
 * when the browser is closed; what was uploaded is locked with a key of its own and swept after
 * some days.  Only who uploaded it sees a job.
 *
 * Units    rows; microseconds UTC
 * Owns     hj_import_runner_stop; the rest as named
 * Threads  the transaction's; a runner has one of its own
 * Source   features.md 145, section 3 (Excel) */
#pragma once

#include "core/import.h"

/* also: hj_import_ */

#define HJ_IMPORT_SHOWN 200 /* wrong cells on a page */

/* INVALID when it is not a workbook at all. */
bool hj_import_job_add(HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                       const char *file_name, const void *bytes, size_t n, int64_t *ret_id,
                       GError **error);
/* Columns: id, ledger, file_name, state, mode, n_rows, n_right, n_wrong, n_duplicate, n_made,
 * problems (JSON [{zh, en}] or NULL), created_at, updated_at.  NOT_FOUND for another's. */
HjRows *hj_import_job_get(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
HjRows *hj_import_job_list(HjTx *tx, const HjActor *actor, int limit, GError **error);
/* @all: all rows or none; otherwise the right ones.  CONFLICT unless it is checked. */
bool hj_import_job_start(HjTx *tx, const HjActor *actor, int64_t id, bool all, GError **error);
/* CONFLICT once rows were made of it. */
bool hj_import_job_drop(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
/* Rows handled so far of a job that is running in this process; false for others. */
bool hj_import_job_progress(int64_t id, int64_t *ret_rows);

/* A wrong cell, in the order of the workbook. */
typedef struct {
    int row, column; /* column 0: the whole row */
    const char *value;
    const char *code;
    HjLabel says;
} HjImportCell;
/* false stops. */
typedef bool (*HjImportCellFn)(const HjImportCell *cell, gpointer data);
bool hj_import_job_wrong(HjTx *tx, const HjActor *actor, int64_t id, HjImportCellFn fn,
                         gpointer data, GError **error);
/* The rows that were not taken, as a workbook that imports again. */
GBytes *hj_import_job_book(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                           HjLang lang, GError **error);

/* Does what is due, one job; *ret_any tells whether there was one. */
bool hj_import_run_due(HjStore *store, HjPack *pack, bool *ret_any, GError **error);

/* Takes away what is old: uploads nobody came back for after a day, the rest after two weeks.
 */
bool hj_import_sweep(HjStore *store, GError **error);

typedef struct HjImportRunner HjImportRunner;
HjImportRunner *hj_import_runner_start(HjStore *store, HjPack *pack);
void hj_import_runner_stop(HjImportRunner *runner); /* finishes the batch at hand */

/* The whole workbook in one transaction: for commands and programs. */
typedef enum {
    HJ_IMPORT_LOOK,       /* nothing is written */
    HJ_IMPORT_ALL,        /* all rows or none: INVALID when one is not right */
    HJ_IMPORT_RIGHT_ONES, /* the others stay out */
} HjImportMode;
typedef struct {
    int64_t n_rows, n_right, n_wrong, n_duplicate;
    int64_t id;             /* by which it can be taken back; 0: nothing was made */
    GString *lines;         /* for the two functions below */
    GPtrArray *problems[2]; /* of the whole workbook, by language */
} HjImportOutcome;
void hj_import_outcome_clear(HjImportOutcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjImportOutcome, hj_import_outcome_clear)
void hj_import_outcome_each(const HjImportOutcome *outcome, HjImportCellFn fn, gpointer data);
GBytes *hj_import_outcome_book(const HjImportOutcome *outcome, HjTx *tx, const HjActor *actor,
                               const HjLedger *ledger, HjLang lang, GError **error);
/* @ret is filled in any case; clear it before a second try. */
bool hj_import_at_once(HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                       const char *file_name, const void *bytes, size_t n, HjImportMode mode,
                       HjImportOutcome *ret, GError **error);
