/* proxy: one account acts for another, from a day to a day, at roles that one holds.
 *
 * What is lent is looked up at each request: it never exceeds what the principal holds that
 * day, and is over by itself.  A deputy lends nothing on, and the administration is not lent.
 *
 * Units    dates inclusive
 * Owns     nothing
 * Threads  the transaction's
 * Source   features.md 139; design.md 6 */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

#define HJ_PROXY_MAX_DAYS 366

typedef struct {
    int64_t principal, deputy; /* deputy 0: there is no such account */
    HjDate from_on, to_on;
    const int64_t *held; /* grants of the principal */
    size_t n_held;
    const char *reason;
} HjProxyWish;

/* Roles that administer are held in person. */
bool hj_proxy_may_lend(const HjRole *role);
/* By the principal himself, or for him with account.grant. */
bool hj_proxy_make(HjTx *tx, const HjActor *actor, const HjProxyWish *wish, HjIssues *issues,
                   int64_t *ret_id, GError **error);
/* By either of the two, or with account.grant; at once. */
bool hj_proxy_end(HjTx *tx, const HjActor *actor, int64_t proxy, GError **error);
/* The session of @token acts under @proxy from now on; 0: for himself again. */
bool hj_proxy_act(HjTx *tx, const HjActor *actor, const char *token, int64_t proxy,
                  GError **error);
/* Of an account on either side, newest first: id, principal, principal_name, principal_title,
 * deputy, deputy_name, deputy_title, from_on, to_on, reason, ended_at, now (1: in force). */
HjRows *hj_proxy_list(HjTx *tx, int64_t account, GError **error);
/* What is lent: id, role, org, org_code, org_name. */
HjRows *hj_proxy_roles(HjTx *tx, int64_t proxy, GError **error);
