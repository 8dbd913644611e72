/* unsaved: what somebody began to write in the form of a ledger and has not saved yet.
 *
 * One of a new row and one of each row under change, for its writer alone.  It is locked like
 * sealed values, under a key of its own, since it may hold such values; thirty days later it is
 * gone.
 *
 * Units    body: a query string, as a form sends it
 * Owns     the caller owns what is found, and wipes it
 * Threads  the transaction's
 * Source   features.md 3 (form); design.md 11 (crypto) */
#pragma once

#include "core/actor.h"
#include "store/store.h"

#define HJ_UNSAVED_MAX (64 * 1024) /* bytes of a body */
#define HJ_UNSAVED_DAYS 30

/* @row 0: a new row.  Takes the place of what was kept before; INVALID when it is too long. */
bool hj_unsaved_keep(HjTx *tx, const HjActor *actor, const char *ledger, int64_t row,
                     const char *body, GError **error);
/* false only on error; *@ret_body NULL when nothing is kept. */
bool hj_unsaved_find(HjTx *tx, const HjActor *actor, const char *ledger, int64_t row,
                     char **ret_body, HjTime *ret_at, GError **error);
bool hj_unsaved_drop(HjTx *tx, const HjActor *actor, const char *ledger, int64_t row,
                     GError **error);
/* Drops what is older than HJ_UNSAVED_DAYS. */
bool hj_unsaved_sweep(HjTx *tx, GError **error);
