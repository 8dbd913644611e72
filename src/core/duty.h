/* duty: the administrators' duties that a county may keep apart (三员分立).
 *
 * Kept apart, a system administrator makes and shuts accounts, a security administrator gives
 * roles and decides settings, an audit administrator reads the record; one person holds one of
 * the three, and none of them has a hand in the account of another.
 *
 * Units    none
 * Owns     nothing
 * Threads  the transaction's
 * Source   domain.md 10.4 (S-05, S-06) */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

/* What speaks against the role for the account becomes an issue on "role". */
bool hj_duty_check(HjTx *tx, const HjActor *actor, int64_t account, const HjRole *role,
                   HjIssues *issues, GError **error);
/* CONFLICT when taking back @grant, or shutting the account (0), would leave nobody who may
 * manage accounts or give roles in all of the county. */
bool hj_duty_check_last(HjTx *tx, const HjActor *actor, int64_t account, int64_t grant,
                        GError **error);
/* DENIED, kept apart, for the account of another duty: it is mended at the machine. */
bool hj_duty_check_foreign(HjTx *tx, const HjActor *actor, int64_t account, GError **error);
