/* seal: the chain over all events, and its verification.
 *
 * One sealer takes committed events older than every running transaction, gives them
 * consecutive numbers and links them: hash = SM3(previous hash || canonical bytes of the
 * event).  Each batch ends in a head signed with Ed25519; the newest head is also written
 * outside the database.  An event carries an HMAC made with a key that is not in the database,
 * so one inserted by hand is found before it could be sealed.
 *
 * Units    seq from 1 without gaps, per county
 * Owns     HjSealReport strings, hj_seal_report_clear
 * Threads  HjSealer has one of its own; verification any
 * Source   design.md 11 (sealing) */
#pragma once

#include "store/store.h"

typedef struct HjSealer HjSealer;
typedef struct HjSealKeys HjSealKeys;

/* Keys in @dir (chain.key 0600, chain.pub); makes them when @create and absent. */
HjSealKeys *hj_seal_keys_load(const char *dir, bool create, GError **error);
void hj_seal_keys_free(HjSealKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjSealKeys, hj_seal_keys_free)
/* The store signs events with them from now on; keys outlive the store. */
void hj_seal_use(HjStore *store, const HjSealKeys *keys);

/* A key of its own for @purpose, made from the secret of the data directory; false where the
 * secret is not at hand. */
bool hj_seal_derive(HjStore *store, const char *purpose, uint8_t out[32]);

HjSealer *hj_seal_start(HjStore *store, const HjSealKeys *keys, const char *head_path);
void hj_seal_stop(HjSealer *sealer); /* seals what is left */
/* One pass; used by the thread, commands and tests.  @ret_sealed may be NULL. */
bool hj_seal_run(HjStore *store, const HjSealKeys *keys, const char *head_path,
                 int64_t *ret_sealed, GError **error);

/* Signs with the key of the chain; the public key as hex of 64 digits. */
void hj_seal_sign(const HjSealKeys *keys, const void *data, size_t n, uint8_t out[64]);
void hj_seal_public_hex(const HjSealKeys *keys, char out[65]);
/* Writes the newest head of the database to @head_path; nothing before the first. */
bool hj_seal_write_head(HjStore *store, const char *head_path, GError **error);

typedef struct {
    bool sound;
    int64_t n_sealed;
    int64_t
        n_unsealed; /* the tail that the chain does not protect yet; authentic by HMAC only */
    int64_t broken_at; /* first seq that does not fit, 0 when none */
    char *why;         /* one sentence, NULL when sound */
    char *head;        /* hex of the last hash */
} HjSealReport;
void hj_seal_report_clear(HjSealReport *report);
/* @keys may lack the secret part (then unsealed events are only counted). */
bool hj_seal_verify(HjStore *store, const HjSealKeys *keys, const char *head_path,
                    HjSealReport *ret, GError **error);
