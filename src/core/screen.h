/* screen: tokens with which a big screen opens without anybody's account.
 *
 * "hjs_" and 43 letters; only the SM3 is stored.  A screen sees the computed numbers of one
 * organization and what lies below it, until its last day or until it is revoked, and nothing
 * else: no rows, no people.
 *
 * Units    expires_on: the last day in Shanghai on which it works
 * Owns     as named
 * Threads  the transaction's
 * Source   design.md 7, 11 (exposure) */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

#define HJ_SCREEN_PREFIX "hjs_"
#define HJ_SCREEN_MAX_DAYS 366
#define HJ_SCREEN_MAX 50 /* live ones of a county */

/* Looks like a token of a screen: prefix, length and alphabet. */
bool hj_screen_is(const char *text);

typedef struct {
    HjActor *actor;      /* one that may see numbers; NULL: @refused says why */
    const char *refused; /* msgid */
    HjTime until;
    bool touch; /* last use is due to be written */
} HjScreenFound;
bool hj_screen_find(HjTx *tx, HjPack *pack, const char *token, HjScreenFound *ret,
                    GError **error);
bool hj_screen_touch(HjTx *tx, const char *token, GError **error);

typedef struct {
    const char *name;
    int64_t org;
    HjDate expires_on;
} HjScreenWish;
/* @ret_token is shown once.  Needs account.grant at the organization. */
bool hj_screen_create(HjTx *tx, const HjActor *actor, const HjScreenWish *wish,
                      HjIssues *issues, int64_t *ret_id, char ret_token[64], GError **error);
/* NOT_FOUND outside the actor's scope. */
bool hj_screen_revoke(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
/* Columns id, name, tail, org_name, created_at, by_title, expires_at, used_at, revoked_at,
 * newest first, of the organizations where the actor has account.grant. */
HjRows *hj_screen_list(HjTx *tx, const HjActor *actor, GError **error);
