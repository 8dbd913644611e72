/* phrase: sentences an account keeps for its opinions.
 *
 * Units    characters
 * Owns     the caller owns the rows
 * Threads  the transaction's
 * Source   design.md 7; features.md 3 */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

#define HJ_PHRASE_MAX 30     /* of one account */
#define HJ_PHRASE_LENGTH 100 /* characters of each */

/* Own ones, oldest first: id, text. */
HjRows *hj_phrase_list(HjTx *tx, const HjActor *actor, GError **error);
/* INVALID with an issue on "text". */
bool hj_phrase_add(HjTx *tx, const HjActor *actor, const char *text, HjIssues *issues,
                   GError **error);
/* NOT_FOUND when it is not one's own. */
bool hj_phrase_remove(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
