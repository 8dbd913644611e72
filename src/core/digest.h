/* digest: the state of things on Monday morning, once a week, for those who want it.
 *
 * A page inside the program; nothing is sent anywhere.  It counts steps and organizations,
 * never people.  From Monday eight o'clock it is announced until it is read; whoever does not
 * want it switches it off for himself, administrators for the whole county (core/setting).
 *
 * Units    civil days; a week begins on Monday
 * Owns     nothing
 * Threads  the transaction's
 * Source   mission.md M25; features.md 299 (digest not flood, never night) */
#pragma once

#include "core/actor.h"
#include "store/store.h"

typedef struct {
    HjDate monday;                  /* of this week; what happened is that of the week before */
    int64_t n_todo, n_late, n_soon; /* the actor's own steps */
    int64_t n_owed, n_owed_late;    /* of what his roles owe every period */
    int64_t n_opened, n_closed, n_closed_late; /* steps of the week before, in his scope */
    int64_t n_late_below;                      /* steps past their day now, in his scope */
    int64_t n_supervised, n_supervised_opened, n_supervised_closed;
} HjDigest;
bool hj_digest_compute(HjTx *tx, const HjActor *actor, HjDigest *ret, GError **error);

typedef struct {
    bool off;       /* not wanted */
    bool closed;    /* not announced to anybody in this county */
    bool announced; /* to be announced now: wanted, not read, and past Monday eight o'clock */
} HjDigestState;
bool hj_digest_state(HjTx *tx, const HjActor *actor, HjDigestState *ret, GError **error);
/* This week's was read. */
bool hj_digest_read(HjTx *tx, const HjActor *actor, GError **error);
bool hj_digest_switch(HjTx *tx, const HjActor *actor, bool off, GError **error);
