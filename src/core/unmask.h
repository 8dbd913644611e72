/* unmask: sealed values in clear, for a reason that is kept.
 *
 * Who asks needs sealed.unmask where the row is, besides seeing the row and the field.  The
 * reason becomes an event of the same transaction, so nothing is shown before it is committed;
 * an account sees so many values an hour.
 *
 * Units    none
 * Owns     the caller wipes and frees clear texts
 * Threads  the transaction's
 * Source   design.md 5, 11 (logged reads), domain.md 10.1, 10.5 (P-07) */
#pragma once

#include "core/row.h"

#define HJ_UNMASK_PER_HOUR 60

/* Whether @actor may see sealed values of rows at @org in clear. */
bool hj_unmask_may(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org,
                   GError **error);
/* Values of a row by field, in the order of the ledger; NULL where there is none.  With @field
 * only that one.  INVALID with an issue on "reason". */
typedef struct {
    const HjField *field;
    char *text;
} HjUnmasked;
GArray *hj_unmask_row(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
                      const HjField *field, const char *action, const char *reason,
                      HjIssues *issues, GError **error); /* of HjUnmasked, cleared by itself */
/* The filter that finds rows with this value: its keyed hash.  INVALID with an issue on
 * "value". */
char *hj_unmask_filter(HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                       const HjField *field, const char *value, HjIssues *issues,
                       GError **error);
