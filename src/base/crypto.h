/* crypto: the one module that touches cryptographic algorithms (a port; adapters/crypto
 * implements it).
 *
 * Units    digests 32 bytes; Ed25519 public key 32, secret key 64, signature 64 bytes
 * Owns     returned strings belong to the caller
 * Threads  any; hj_crypto_init once before threads
 * Source   design.md 11 (crypto), domain.md 10.2 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HJ_SM3_BYTES 32
#define HJ_SM4_KEY_BYTES 16
#define HJ_SM4_IV_BYTES 16
#define HJ_SIGN_PUBLIC_BYTES 32
#define HJ_SIGN_SECRET_BYTES 64
#define HJ_SIGN_BYTES 64

bool hj_crypto_init(GError **error);
void hj_crypto_random(void *out, size_t n);
void hj_crypto_sm3(const void *data, size_t n, uint8_t out[HJ_SM3_BYTES]);
/* A digest of what comes in pieces; frees itself with the answer. */
typedef enum { HJ_SUM_SM3, HJ_SUM_SHA256 } HjCryptoSumKind;
typedef struct HjCryptoSum HjCryptoSum;
HjCryptoSum *hj_crypto_sum_new(HjCryptoSumKind kind);
void hj_crypto_sum_add(HjCryptoSum *sum, const void *data, size_t n);
void hj_crypto_sum_end(HjCryptoSum *sum, uint8_t out[HJ_SM3_BYTES]); /* both have 32 bytes */
void hj_crypto_hmac_sm3(const void *key, size_t n_key, const void *data, size_t n,
                        uint8_t out[HJ_SM3_BYTES]);
/* Counter mode: the same call locks and unlocks.  An initial value is used once a key. */
void hj_crypto_sm4_ctr(const uint8_t key[HJ_SM4_KEY_BYTES], const uint8_t iv[HJ_SM4_IV_BYTES],
                       const void *in, size_t n, void *out);
/* HKDF (RFC 5869) over HMAC-SM3; at most 255 digests come out. */
void hj_crypto_hkdf_sm3(const void *secret, size_t n_secret, const void *salt, size_t n_salt,
                        const void *info, size_t n_info, void *out, size_t n_out);
/* For the codes that devices make of a shared secret (RFC 6238). */
#define HJ_SHA1_BYTES 20
void hj_crypto_hmac_sha1(const void *key, size_t n_key, const void *data, size_t n,
                         uint8_t out[HJ_SHA1_BYTES]);
/* For what leaves to systems that know no SM3: webhooks. */
void hj_crypto_hmac_sha256(const void *key, size_t n_key, const void *data, size_t n,
                           uint8_t out[HJ_SM3_BYTES]);
bool hj_crypto_equal(const void *a, const void *b, size_t n); /* constant time */
void hj_crypto_wipe(void *data, size_t n);

void hj_crypto_sign_keys(uint8_t public_key[HJ_SIGN_PUBLIC_BYTES],
                         uint8_t secret_key[HJ_SIGN_SECRET_BYTES]);
void hj_crypto_sign(const uint8_t secret_key[HJ_SIGN_SECRET_BYTES], const void *data, size_t n,
                    uint8_t out[HJ_SIGN_BYTES]);
bool hj_crypto_verify(const uint8_t public_key[HJ_SIGN_PUBLIC_BYTES], const void *data,
                      size_t n, const uint8_t signature[HJ_SIGN_BYTES]);

/* Argon2id, 19 MiB, t = 2: about 30 ms.  Never call inside a transaction. */
char *hj_crypto_password_hash(const char *password, GError **error);
bool hj_crypto_password_verify(const char *hash, const char *password);

char *hj_crypto_hex(const void *data, size_t n);
bool hj_crypto_unhex(const char *hex, void *out, size_t n);
/* URL-safe base64 without padding of @n random bytes. */
char *hj_crypto_token(size_t n);
