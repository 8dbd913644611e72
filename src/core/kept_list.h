/* kept_list: lists somebody keeps: conditions, columns and their order, by name.
 *
 * The one without a name holds the columns of everyday.  A shared one is seen by those who hold
 * its role at or below its organization; what they find in it is still their own scope.  A page
 * that is no ledger's keeps its views in the same way, under a name that no ledger can have.
 *
 * Units    query as in an address, without cursor; columns are field names, "a,b,c"
 * Owns     the caller owns rows and texts
 * Threads  the transaction's
 * Source   features.md 3, 150 */
#pragma once

#include "base/issues.h"
#include "core/access.h"

#define HJ_KEPT_MAX 30 /* of one account in one ledger */

/* Columns id, name, query, columns, is_default, own (1 or 0), role; own ones first. */
HjRows *hj_kept_list_all(HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                         GError **error);
HjRows *hj_kept_list_views(HjTx *tx, const HjActor *actor, const char *page, GError **error);
typedef struct {
    const HjLedger *ledger; /* NULL: a view of @page */
    const char *page;       /* "@table" */
    const char *name;       /* "" for the columns of everyday */
    const char *query;
    const char *columns;
    bool is_default;
    const char *role; /* NULL: own only */
    int64_t org;      /* where it is shared: one of the actor's own */
} HjKeptList;
/* INVALID with @issues on name, query, columns or role. */
bool hj_kept_list_save(HjTx *tx, const HjActor *actor, const HjKeptList *list, HjIssues *issues,
                       GError **error);
bool hj_kept_list_remove(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                         GError **error);
bool hj_kept_list_remove_view(HjTx *tx, const HjActor *actor, const char *page, int64_t id,
                              GError **error);
