/* seal_keys: the secret of the chain, and the signed head in and outside the database; for
 * store/ only.
 *
 * Units    as crypto.h
 * Owns     nothing
 * Threads  any
 * Source   design.md 11 (crypto, sealing) */
#pragma once

#include "base/crypto.h"
#include "store/seal.h"

#define HJ_HEAD_ALG 1 /* SM3 chain, Ed25519 signature */

struct HjSealKeys {
    bool has_secret;
    uint8_t public_key[HJ_SIGN_PUBLIC_BYTES];
    uint8_t secret_key[HJ_SIGN_SECRET_BYTES];
    uint8_t mac_key[HJ_SM3_BYTES]; /* derived from the secret key */
};

typedef struct {
    int64_t county, seq, at, alg;
    uint8_t hash[HJ_SM3_BYTES];
    uint8_t signature[HJ_SIGN_BYTES];
} HjHead;

/* Whether the mac in @row (HJ_EVENT_COLUMNS) is the one of @bytes. */
bool hj_seal_keys_made(const HjSealKeys *keys, const HjRows *row, const GByteArray *bytes);
/* The next hash of the chain: SM3(previous hash, event, mac). */
void hj_seal_keys_link(const uint8_t previous[HJ_SM3_BYTES], const GByteArray *bytes,
                       const HjRows *row, uint8_t out[HJ_SM3_BYTES]);

void hj_seal_keys_sign_head(const HjSealKeys *keys, HjHead *head);
bool hj_seal_keys_head_is_signed(const HjSealKeys *keys, const HjHead *head);

/* The exported head; *@ret_found is false where there is no file.  STORE when it cannot be read
 * as a head. */
bool hj_seal_keys_read_head(const char *path, HjHead *ret, bool *ret_found, GError **error);
/* Replaces the file as a whole, durably. */
bool hj_seal_keys_write_head(const char *path, const HjHead *head, GError **error);
