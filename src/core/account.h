/* account: sign-in names, passwords, roles held, sessions.
 *
 * Five wrong passwords or codes lock an account for 15 minutes; a session ends after the idle
 * time or the hours of core/setting.
 *
 * Units    tokens are URL-safe text; only their SM3 is stored
 * Owns     as named
 * Threads  hashing happens outside transactions (prepare steps)
 * Source   domain.md S-01, S-02; interface.md (passwords) */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

/* At least 12 characters, not common, not equal to the name. */
bool hj_account_password_ok(const char *name, const char *password, HjIssues *issues);

/* And none of the last ones of the actor; slow, so outside the write. */
bool hj_account_password_new(HjTx *tx, const HjActor *actor, const char *password,
                             HjIssues *issues, GError **error);

/* Step 1, read only: what to verify against; a fixed dummy hash when the name is unknown, so
 * that timing tells nothing. */
typedef struct {
    int64_t id;
    char *hash;
    bool locked;
    bool disabled;
} HjAccountProof;
void hj_account_proof_clear(HjAccountProof *proof);
bool hj_account_proof(HjTx *tx, const char *name, HjAccountProof *ret, GError **error);
/* Step 2, write: records the result of the verification; on success a session.  *ret_ok false:
 * refused, already recorded. */
typedef struct {
    char token[64];
    char csrf[64];
    char stage[16]; /* HJ_STAGE_… still asked before anything else, or "" */
} HjSessionKeys;
typedef struct {
    const char *kind;   /* "web" or "api": a program cannot be asked for more */
    const char *remote; /* address, or NULL */
    const char *device; /* what the browser calls itself, or NULL */
    HjPack *pack;       /* tells administrators; may be NULL */
    bool second_done;   /* the second factor was shown in the session before */
} HjSignInFrom;
bool hj_account_sign_in_from(HjTx *tx, const HjAccountProof *proof, bool password_right,
                             const HjSignInFrom *from, bool *ret_ok, HjSessionKeys *ret,
                             GError **error);
/* What is asked of a session after its second factor or new password; "" for nothing. */
bool hj_account_next_stage(HjTx *tx, HjPack *pack, int64_t account, const char **ret,
                           GError **error);
bool hj_account_session_stage(HjTx *tx, const char *token, const char *stage, GError **error);
bool hj_account_sign_in(HjTx *tx, const HjAccountProof *proof, const char *name,
                        bool password_right, const char *kind, bool *ret_ok, HjSessionKeys *ret,
                        GError **error);

/* NULL without an error when there is no such live session. @ret_csrf may be NULL; @ret_touch:
 * seen_at is due for renewal. */
HjActor *hj_account_session(HjTx *tx, HjPack *pack, const char *token, char *ret_csrf,
                            size_t n_csrf, bool *ret_touch, GError **error);
bool hj_account_session_touch(HjTx *tx, const char *token, GError **error);
bool hj_account_session_end(HjTx *tx, const HjActor *actor, const char *token, GError **error);

/* Live sessions, newest first: name (not the token), kind, remote, device, created_at, seen_at,
 * expires_at, stage, proxy. */
HjRows *hj_account_sessions(HjTx *tx, int64_t account, GError **error);
/* The name of a session in that list; caller owns. */
char *hj_account_session_name(const char *token);
/* Ends one by name, or all when it is NULL: one's own, or with account.manage. */
bool hj_account_session_close(HjTx *tx, const HjActor *actor, int64_t account, const char *name,
                              GError **error);
/* Sign-ins and failed ones, newest first: at, action, after ({"from": address}). */
HjRows *hj_account_sign_ins(HjTx *tx, int64_t account, int limit, GError **error);

/* The actor of a named account, for commands, demo and tests. */
HjActor *hj_account_actor(HjTx *tx, HjPack *pack, const char *name, GError **error);

bool hj_account_create(HjTx *tx, const HjActor *actor, const char *name, const char *title,
                       const char *password_hash, HjIssues *issues, int64_t *ret_id,
                       GError **error);
bool hj_account_grant(HjTx *tx, const HjActor *actor, int64_t account, const char *role,
                      int64_t org, HjIssues *issues, GError **error);
bool hj_account_revoke(HjTx *tx, const HjActor *actor, int64_t account, int64_t grant,
                       GError **error);
bool hj_account_disable(HjTx *tx, const HjActor *actor, int64_t account, bool disabled,
                        GError **error); /* ends its sessions */
bool hj_account_set_password(HjTx *tx, const HjActor *actor, int64_t account,
                             const char *password_hash, GError **error); /* ends its sessions */
/* By an administrator: it is changed at the next sign-in. */
bool hj_account_reset_password(HjTx *tx, const HjActor *actor, int64_t account,
                               const char *password_hash, GError **error);
/* Hashes (column password) the next password must not match, newest first. */
HjRows *hj_account_password_past(HjTx *tx, int64_t account, GError **error);
bool hj_account_set_lang(HjTx *tx, const HjActor *actor, HjLang lang, GError **error);
/* Columns id, name, title, disabled_at, locked_until, roles (text: role@code, …), last_seen;
 * narrowed to the actor's scope. */
HjRows *hj_account_list(HjTx *tx, const HjActor *actor, const char *q, int limit,
                        GError **error);
/* The same columns of one account; NOT_FOUND when the actor has no hand in it. */
HjRows *hj_account_get(HjTx *tx, const HjActor *actor, int64_t account, GError **error);
int64_t hj_account_find(HjTx *tx, const char *name, GError **error); /* 0: none, or an error */
/* Everybody who holds a role today at @org or above it (0: anywhere), accounts that may sign in
 * only: account, name, title, grant_id, role, org, org_code, org_name, org_kind, deputy (name
 * of who acts for him with this role today, or NULL), deputy_until. */
HjRows *hj_account_holders(HjTx *tx, int64_t org, GError **error);
HjRows *
hj_account_grants(HjTx *tx, int64_t account,
                  GError **error); /* id, role, org, org_code, org_name, from_on, to_on */
