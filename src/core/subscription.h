/* subscription: the address under which a calendar program reads what waits for an account.
 *
 * "hjc_" and 43 letters in the address; only the SM3 is stored.  It opens the calendar and
 * nothing else, sees what the account may see at that moment, ends after a year, when it is
 * revoked or replaced, and while the account is disabled.  One account has one.
 *
 * Units    instants as base/time
 * Owns     as named
 * Threads  the transaction's
 * Source   features.md 103; design.md 6 */
#pragma once

#include "core/actor.h"
#include "store/store.h"

#define HJ_SUBSCRIPTION_PREFIX "hjc_"
#define HJ_SUBSCRIPTION_DAYS 366

/* Looks like one: prefix, length and alphabet. */
bool hj_subscription_is(const char *text);
/* The account it was made for, with its roles of today; *@ret is NULL where it opens nothing.
 */
bool hj_subscription_find(HjTx *tx, HjPack *pack, const char *token, HjActor **ret,
                          GError **error);

typedef struct {
    bool live;
    char tail[8]; /* its last letters */
    HjTime created_at, expires_at;
} HjSubscription;
/* The actor's own; .live is false where there is none. */
bool hj_subscription_load(HjTx *tx, const HjActor *actor, HjSubscription *ret, GError **error);
/* For the actor himself, instead of the one before; @ret_token is shown once. */
bool hj_subscription_make(HjTx *tx, const HjActor *actor, char ret_token[64], GError **error);
bool hj_subscription_revoke(HjTx *tx, const HjActor *actor, GError **error);
