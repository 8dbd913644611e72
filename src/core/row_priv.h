/* row_priv: what a move of a row shares with its writing; core/flow only.
 *
 * Units    as core/row
 * Owns     the caller owns the rows
 * Threads  the transaction's
 * Source   design.md 3, 5 */
#pragma once
/* also: hj_row_ */

#include "core/row_input.h"

/* A live row at this version (0: any) with its stored columns; NOT_FOUND, CONFLICT. */
HjRows *hj_row_load(HjTx *tx, const HjLedger *ledger, int64_t id, int64_t version,
                    GError **error);

/* Writes the changed fields and, unless it is NULL, the state of a row at @version, and tells
 * of it: @told is a JSON object that stands in the event as "flow". */
bool hj_row_move(HjTx *tx, const HjActor *actor, HjRowDraft *draft, int64_t version,
                 const char *state, const char *action, const char *told, const char *reason,
                 GError **error);
/* The owner must be of a kind the ledger names and exist today. */
bool hj_row_check_owner(HjTx *tx, const HjLedger *ledger, int64_t org, HjIssues *issues,
                        GError **error);
/* Fields that are unique among the rows of an organization, at draft->org. */
bool hj_row_check_uniques(HjTx *tx, HjRowDraft *draft, HjIssues *issues, GError **error);
/* Gives the fields with a `number` of a new row theirs, the next of the year it speaks of. */
bool hj_row_number(HjTx *tx, HjRowDraft *draft, GError **error);
/* The text that names the row: what a list would show of its title field. */
bool hj_row_draft_title(HjTx *tx, HjRowDraft *draft, GError **error);
/* A new row with the values of @draft, which the program itself makes; sets draft->id. */
bool hj_row_open(HjTx *tx, const HjActor *actor, HjRowDraft *draft, GError **error);
/* The rules of @rules (of the ledger, or of a node) on the row as it would stand; @day chooses
 * the parameters. */
bool hj_row_check_rules(HjTx *tx, const HjActor *actor, const HjRowDraft *draft,
                        const HjRule *const *rules, size_t n, HjDate day, HjIssues *issues,
                        GError **error);
