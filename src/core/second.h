/* second: the second factor of an account, a code that changes every 30 seconds.
 *
 * The secret lies encrypted under a key of the vault.  A code counts in its own step and the
 * ones beside it, each step once; wrong codes count like wrong passwords.
 *
 * Units    codes are six digits; recovery codes are shown once and kept as hashes
 * Owns     as named
 * Threads  the transaction's
 * Source   RFC 6238, RFC 4226; domain.md 10.4 (S-03) */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

#define HJ_SECOND_STEP 30
#define HJ_SECOND_RECOVERY 10

/* The code of a step, with HMAC-SHA-1; @digits 6 to 8. */
uint32_t hj_second_code(const void *secret, size_t n, uint64_t step, int digits);
/* Base 32 as devices read it, without padding; caller owns. */
char *hj_second_base32(const void *data, size_t n);

typedef struct {
    bool on, begun;
    HjTime since;
    int64_t n_left; /* recovery codes not used yet */
} HjSecondState;
bool hj_second_state(HjTx *tx, int64_t account, HjSecondState *ret, GError **error);
/* A new secret that counts once a code of it was shown. */
bool hj_second_begin(HjTx *tx, const HjActor *actor, GError **error);
/* The secret that was begun, in base 32, to show it once; NULL: none. Wipe and free it. */
char *hj_second_begun(HjTx *tx, const HjActor *actor, GError **error);
/* *ret_codes (caller owns) is NULL when the code is wrong. */
bool hj_second_confirm(HjTx *tx, const HjActor *actor, const char *code, GStrv *ret_codes,
                       GError **error);
/* A code of the device or a recovery code; what is wrong is recorded.  *ret_locked: too many.
 */
bool hj_second_check(HjTx *tx, int64_t account, const char *code, bool *ret_ok,
                     bool *ret_locked, GError **error);
bool hj_second_new_codes(HjTx *tx, int64_t account, GStrv *ret_codes, GError **error);
/* One's own, or with account.grant. */
bool hj_second_remove(HjTx *tx, const HjActor *actor, int64_t account, GError **error);
