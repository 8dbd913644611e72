/* sealed: values of a row that are encrypted at rest.
 *
 * The row keeps a keyed hash, by which equal values are found; the value itself lies in
 * sys_sealed under a key of that row alone, wrapped by a master key outside the database;
 * events keep a salted hash made with the same row key.  Destroying the row key therefore ends
 * all three.  Everything that reads rows gets the masked text instead of the hash.
 *
 * For exports and other lists made with hj_row_sql_: hj_sealed_mask_rows puts the masked text
 * into an answer that has the column id.  hj_row_get and hj_row_list have done so already.
 *
 * Units    none
 * Owns     as named
 * Threads  the transaction's
 * Source   design.md 11 (crypto, purge and chain), domain.md 10.1, 10.5 */
#pragma once

#include "core/row_input.h"
#include "store/vault.h"

bool hj_sealed_has(const HjLedger *ledger);
/* The keyed hash of @text as the field reads it; that of the type sealed is never the same. */
void hj_sealed_index(const HjVault *vault, const HjField *field, const char *text,
                     char ret[HJ_VAULT_INDEX_BYTES]);
/* What may be shown of a clear value; caller owns. */
char *hj_sealed_mask(const HjField *field, const char *text);

/* Of a draft that was read: the row key, for events; then, beside the row, the values. */
bool hj_sealed_prepare(HjTx *tx, HjRowDraft *draft, GError **error);
bool hj_sealed_store(HjTx *tx, const HjRowDraft *draft, GError **error);
/* The hash an event keeps of a stored index; caller owns. */
char *hj_sealed_note(const HjRowDraft *draft, const HjField *field, const char *index);

/* Columns of sealed fields of @ledger that are in @rows become masked text; @rows has the
 * column id and is left where it stood before its first row. */
bool hj_sealed_mask_rows(HjTx *tx, const HjLedger *ledger, HjRows *rows, GError **error);

/* One clear value; NULL without an error when there is none or it was purged.  For core only:
 * people get clear values from core/unmask.  Wipe it. */
char *hj_sealed_clear(HjTx *tx, const HjField *field, int64_t row, GError **error);
