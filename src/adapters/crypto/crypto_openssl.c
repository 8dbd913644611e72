/* crypto_openssl: base/crypto.h on OpenSSL (SM3, HMAC) and libsodium (the rest).
 *
 * Units    as base/crypto.h
 * Owns     as base/crypto.h
 * Threads  any, after hj_crypto_init
 * Source   domain.md 10.2 */
#include "base/crypto.h"
#include "base/error.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <string.h>

#define ARGON_MEMORY (19 * 1024 * 1024)
#define ARGON_PASSES 2

G_STATIC_ASSERT(HJ_SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT(HJ_SIGN_SECRET_BYTES == crypto_sign_SECRETKEYBYTES);
G_STATIC_ASSERT(HJ_SIGN_BYTES == crypto_sign_BYTES);

bool
hj_crypto_init(GError **error)
{
    if (sodium_init() < 0)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "crypto: libsodium did not start");
    /* Some builds of OpenSSL leave the Chinese algorithms out: better to know at the start. */
    uint8_t digest[HJ_SM3_BYTES];
    if (EVP_Digest("", 0, digest, NULL, EVP_sm3(), NULL) != 1)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "crypto: OpenSSL has no SM3");
    return true;
}

void
hj_crypto_random(void *out, size_t n)
{
    randombytes_buf(out, n);
}

void
hj_crypto_sm3(const void *data, size_t n, uint8_t out[HJ_SM3_BYTES])
{
    int done = EVP_Digest(n > 0 ? data : "", n, out, NULL, EVP_sm3(), NULL);
    g_assert(done == 1);
}

void
hj_crypto_hmac_sm3(const void *key, size_t n_key, const void *data, size_t n,
                   uint8_t out[HJ_SM3_BYTES])
{
    g_assert(n_key <= G_MAXINT);
    const uint8_t *done = HMAC(EVP_sm3(), n_key > 0 ? key : "", (int)n_key,
                               n > 0 ? data : (const void *)"", n, out, NULL);
    g_assert(done != NULL);
}

bool
hj_crypto_equal(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}

void
hj_crypto_wipe(void *data, size_t n)
{
    sodium_memzero(data, n);
}

void
hj_crypto_sign_keys(uint8_t public_key[HJ_SIGN_PUBLIC_BYTES],
                    uint8_t secret_key[HJ_SIGN_SECRET_BYTES])
{
    int failed = crypto_sign_keypair(public_key, secret_key);
    g_assert(failed == 0);
}

void
hj_crypto_sign(const uint8_t secret_key[HJ_SIGN_SECRET_BYTES], const void *data, size_t n,
               uint8_t out[HJ_SIGN_BYTES])
{
    int failed = crypto_sign_detached(out, NULL, data, n, secret_key);
    g_assert(failed == 0);
}

bool
hj_crypto_verify(const uint8_t public_key[HJ_SIGN_PUBLIC_BYTES], const void *data, size_t n,
                 const uint8_t signature[HJ_SIGN_BYTES])
{
    return crypto_sign_verify_detached(signature, data, n, public_key) == 0;
}

char *
hj_crypto_password_hash(const char *password, GError **error)
{
    char hash[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str_alg(hash, password, strlen(password), ARGON_PASSES, ARGON_MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "hash password: out of memory");
        return NULL;
    }
    return g_strdup(hash);
}

bool
hj_crypto_password_verify(const char *hash, const char *password)
{
    if (hash == NULL || password == NULL || strlen(hash) >= crypto_pwhash_STRBYTES)
        return false;
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

char *
hj_crypto_hex(const void *data, size_t n)
{
    char *hex = g_new(char, n * 2 + 1);
    return sodium_bin2hex(hex, n * 2 + 1, data, n);
}

bool
hj_crypto_unhex(const char *hex, void *out, size_t n)
{
    size_t n_read = 0;
    if (hex == NULL || strlen(hex) != n * 2)
        return false;
    return sodium_hex2bin(out, n, hex, n * 2, NULL, &n_read, NULL) == 0 && n_read == n;
}

char *
hj_crypto_token(size_t n)
{
    g_autofree uint8_t *raw = g_new(uint8_t, n);
    hj_crypto_random(raw, n);
    size_t n_text = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = g_new(char, n_text);
    sodium_bin2base64(text, n_text, raw, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    hj_crypto_wipe(raw, n);
    return text;
}
