/* session: who sent a request, remembered while nothing was committed,
 * or for a minute as what the lane will ask again.
 *
 * Units    microseconds
 * Owns     hj_sessions_free
 * Threads  any
 * Source   domain.md S-01, S-02 */
#pragma once

#include "base/crypto.h"
#include "core/actor.h"
#include "store/store.h"

/* also: hj_sessions_ */

#define HJ_SESSION_COOKIE "hangji"
#define HJ_SCREEN_COOKIE "hangji_screen"
#define HJ_SESSION_MEMORY_US (INT64_C(60) * 1000000)

typedef struct HjSessions HjSessions;

HjSessions *hj_sessions_new(void);
void hj_sessions_free(HjSessions *sessions);

/* Hex of the first 16 bytes of the token's digest: names a session without being one. */
typedef struct {
    char text[33];
} HjSessionName;
HjSessionName hj_session_name(const char *token);

/* What was found at @generation, still true; a new reference, or NULL. */
HjActor *hj_sessions_get(HjSessions *sessions, const HjSessionName *name, int64_t generation,
                         HjTime now, char *ret_csrf, size_t n_csrf, HjTime *ret_until);
/* What was found within the last minute, which meanwhile may have become untrue. */
HjActor *hj_sessions_recall(HjSessions *sessions, const HjSessionName *name, HjTime now,
                            char *ret_csrf, size_t n_csrf, HjTime *ret_until);
void hj_sessions_put(HjSessions *sessions, const HjSessionName *name, int64_t generation,
                     HjTime now, HjActor *actor, const char *csrf, HjTime until);
