/* import_orgs: organizations as a workbook: a ledger made up for them, so that they come in and
 * go out as rows do.
 *
 * A row is an act of creation with its document; what stands above may be named by code, name
 * or path and may be made by an earlier row of the same workbook.
 *
 * Units    none
 * Owns     hj_import_orgs_free
 * Threads  the transaction's
 * Source   interface.md (import), design.md 5 */
#pragma once

#include "core/import.h"
#include "core/org.h"

#define HJ_IMPORT_ORGS "orgs"

/* The made-up ledger: is "org", and the owner of a row is what stands above. */
HjLedger *hj_import_orgs_new(const HjPack *pack);
void hj_import_orgs_free(HjLedger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjLedger, hj_import_orgs_free)
/* The ledger of a name, or the made-up one, which the caller frees by *@made. */
const HjLedger *hj_import_orgs_or(const HjPack *pack, const char *name, HjLedger **made);
bool hj_import_orgs_is(const HjLedger *ledger);

/* Creates the organization of these inputs below @above. */
bool hj_import_orgs_create(HjTx *tx, const HjActor *actor, int64_t above,
                           const HjRowInput *inputs, size_t n, HjIssues *issues, int64_t *ret,
                           GError **error);
/* All that is open today, @under and below. */
GBytes *hj_import_orgs_export(HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                              int64_t under, HjLang lang, GError **error);
