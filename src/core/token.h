/* token: personal tokens, with which a program speaks for an account.
 *
 * "hj_" and 43 letters; only the SM3 is stored.  A token reads, or reads and writes, perhaps
 * some ledgers and one subtree only; it never does more than its account may do at that moment
 * and ends after a year at most.
 *
 * Units    expires_on: the last day in Shanghai on which it works
 * Owns     as named
 * Threads  the transaction's
 * Source   features.md 156; design.md 6 */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

#define HJ_TOKEN_PREFIX "hj_"
#define HJ_TOKEN_CHARS 46
#define HJ_TOKEN_MAX_DAYS 366
#define HJ_TOKEN_MAX 20 /* live ones of one account */

/* Looks like a token of ours: prefix, length and alphabet. */
bool hj_token_is(const char *text);

/* What was asked through a token. */
typedef struct {
    HjActor *actor;      /* narrowed; NULL: @refused says why */
    const char *refused; /* msgid */
    HjTime until;
    bool touch; /* last use is due to be written */
} HjTokenFound;
bool hj_token_find(HjTx *tx, HjPack *pack, const char *token, HjTokenFound *ret,
                   GError **error);
bool hj_token_touch(HjTx *tx, const char *token, GError **error);

typedef struct {
    const char *name;
    bool may_write;
    const char *const *ledgers; /* NULL-ended, empty or NULL: all the account sees */
    int64_t org;                /* 0: all of the account's places */
    HjDate expires_on;
} HjTokenWish;
/* @ret_token is shown once. */
bool hj_token_create(HjTx *tx, const HjActor *actor, const HjTokenWish *wish, HjIssues *issues,
                     int64_t *ret_id, char ret_token[64], GError **error);
/* Own tokens, or with a reason those of accounts the actor manages; NOT_FOUND otherwise. */
bool hj_token_revoke(HjTx *tx, const HjActor *actor, int64_t account, int64_t token,
                     const char *reason, HjIssues *issues, GError **error);
/* Columns id, name, tail, may_write, ledgers, org_code, org_name, created_at, expires_at,
 * used_at, revoked_at, newest first.  The caller has checked that @account may be seen. */
HjRows *hj_token_list(HjTx *tx, int64_t account, GError **error);
/* Those that work now, of all accounts the actor manages, by account: the same columns and
 * account, account_name, account_title. */
HjRows *hj_token_list_live(HjTx *tx, const HjActor *actor, GError **error);
