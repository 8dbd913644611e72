/* account: sign-in names, passwords, roles held, sessions.
 *
 * Five wrong passwords lock an account for 15 minutes; a session ends after 30 idle minutes or
 * 12 hours.
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
} HjSessionKeys;
bool hj_account_sign_in(HjTx *tx, const HjAccountProof *proof, const char *name,
                        bool password_right, const char *kind, bool *ret_ok, HjSessionKeys *ret,
                        GError **error);

/* NULL without an error when there is no such live session. @ret_csrf may be NULL; @ret_touch:
 * seen_at is due for renewal. */
HjActor *hj_account_session(HjTx *tx, HjPack *pack, const char *token, char *ret_csrf,
                            size_t n_csrf, bool *ret_touch, GError **error);
bool hj_account_session_touch(HjTx *tx, const char *token, GError **error);
bool hj_account_session_end(HjTx *tx, const HjActor *actor, const char *token, GError **error);

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
bool hj_account_set_lang(HjTx *tx, const HjActor *actor, HjLang lang, GError **error);
/* Columns id, name, title, disabled_at, locked_until, roles (text: role@code, …), last_seen;
 * narrowed to the actor's scope. */
HjRows *hj_account_list(HjTx *tx, const HjActor *actor, const char *q, int limit,
                        GError **error);
HjRows *
hj_account_grants(HjTx *tx, int64_t account,
                  GError **error); /* id, role, org, org_code, org_name, from_on, to_on */
