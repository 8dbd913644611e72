/* account_priv: what the files of account share.
 *
 * Units    none
 * Owns     nothing
 * Threads  the transaction's
 * Source   design.md 5 */
#pragma once

#include "core/account.h"
#include "store/sqlb.h"
/* also: hj_account_ */

/* Appends an event on an account; @org is 0 for the county, @after may be NULL. */
bool hj_account_event(HjTx *tx, const char *action, int64_t account, int64_t org,
                      const char *after, GError **error);
/* {"<key>": "<value>", …} of a NULL-ended list; a NULL value is null. */
char *hj_account_object(const char *key, ...) G_GNUC_NULL_TERMINATED;
/* What is kept of a token. */
char *hj_account_token_hash(const char *token);
/* Tokens that programs hold are a prefix and 43 letters: one that looks like it, a new one, and
 * the end by which people know theirs. */
bool hj_account_token_is(const char *text, const char *prefix);
void hj_account_token_make(const char *prefix, char ret_token[64]);
const char *hj_account_token_tail(const char *token);
/* One more wrong answer; the fifth locks. */
bool hj_account_count_failure(HjTx *tx, int64_t account, int64_t n_failed, const char *action,
                              const char *after, GError **error);
bool hj_account_clear_failures(HjTx *tx, int64_t account, GError **error);
/* NOT_FOUND for an account the actor has no hand in; with @whole he must have the permission
 * wherever it holds a role. */
bool hj_account_check(HjTx *tx, const HjActor *actor, const char *permission, int64_t account,
                      bool whole, GError **error);
bool hj_account_end_sessions(HjTx *tx, int64_t account, GError **error);
/* Appends " AND (account a holds a role where the actor has the permission, or is a new one of
 * his own)", nothing where he has it everywhere. */
void hj_account_scope(HjSqlb *b, HjTx *tx, const HjActor *actor, const char *permission);
/* Whether the account holds a role that manages accounts or grants roles. */
bool hj_account_administers(HjTx *tx, HjPack *pack, int64_t account, bool *ret, GError **error);
/* Whether a role gives what it says in this county today. */
bool hj_account_role_counts(const HjRole *role, bool separated);
