/* import_undo: an import taken back as a whole, while nobody has touched what it made.
 *
 * Either every row it made is voided, with one reason, in one transaction, or none: a row that
 * was changed, voided or cited since keeps the whole import.  It is possible for as long as the
 * import is remembered: two weeks.
 *
 * Units    rows
 * Owns     HjRows pass to the caller
 * Threads  the transaction's
 * Source   design.md 5, features.md 145 */
#pragma once

#include "core/import_job.h"

#define HJ_IMPORT_KEPT_DAYS 14

/* What stands in the way: id, org_name, title and why ("changed", "voided", "cited"), at most
 * @limit; *@ret_n counts all of them.  NOT_FOUND for another's import, CONFLICT unless it is
 * finished and made rows of a ledger. */
HjRows *hj_import_undo_look(HjTx *tx, const HjActor *actor, int64_t import, int limit,
                            int64_t *ret_n, GError **error);
/* The rows it made, by page of @limit behind @offset: id, org_name, title, voided. */
HjRows *hj_import_undo_rows(HjTx *tx, const HjActor *actor, int64_t import, int limit,
                            int64_t offset, GError **error);
/* CONFLICT while hj_import_undo_look finds anything; INVALID with @issues for the reason. */
bool hj_import_undo(HjTx *tx, const HjActor *actor, int64_t import, const char *reason,
                    HjIssues *issues, int64_t *ret_n, GError **error);

/* For core/import_run: an import done at once is remembered like a job. */
bool hj_import_undo_keep(HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                         const char *file_name, const HjImportOutcome *outcome,
                         const GArray *made, int64_t *ret_id, GError **error);
