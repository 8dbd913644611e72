/* crypto_openssl: base/crypto.h on OpenSSL (SM3, HMAC, SM4) and libsodium (the rest).
 *
 * Units    as base/crypto.h
 * Owns     as base/crypto.h
 * Threads  any, after hj_crypto_init
 * Source   domain.md 10.2 */
#include "base/crypto.h"
#include "base/error.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <sodium.h>
#include <string.h>

#define ARGON_MEMORY (19 * 1024 * 1024)
#define ARGON_PASSES 2
#define MAC_KEY_BYTES 64

G_STATIC_ASSERT(HJ_SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT(HJ_SIGN_SECRET_BYTES == crypto_sign_SECRETKEYBYTES);
G_STATIC_ASSERT(HJ_SIGN_BYTES == crypto_sign_BYTES);

/* Looked up once: OpenSSL 3 otherwise searches its providers at every use. */
static const EVP_MD *
sm3(void)
{
    static const EVP_MD *found;
    if (g_once_init_enter(&found)) {
        const EVP_MD *md = EVP_MD_fetch(NULL, "SM3", NULL);
        g_once_init_leave(&found, md != NULL ? md : EVP_sm3());
    }
    return found;
}

static const EVP_CIPHER *
sm4_ctr(void)
{
    static const EVP_CIPHER *found;
    if (g_once_init_enter(&found)) {
        const EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
        g_once_init_leave(&found, cipher != NULL ? cipher : EVP_sm4_ctr());
    }
    return found;
}

bool
hj_crypto_init(GError **error)
{
    if (sodium_init() < 0)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "crypto: libsodium did not start");
    /* Some builds of OpenSSL leave the Chinese algorithms out: better to know at the start. */
    uint8_t digest[HJ_SM3_BYTES];
    if (EVP_Digest("", 0, digest, NULL, sm3(), NULL) != 1)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "crypto: OpenSSL has no SM3");
    EVP_CIPHER *sm4 = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
    if (sm4 == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "crypto: OpenSSL has no SM4");
    EVP_CIPHER_free(sm4);
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
    int done = EVP_Digest(n > 0 ? data : "", n, out, NULL, sm3(), NULL);
    g_assert(done == 1);
}

struct HjCryptoSum {
    EVP_MD_CTX *context;
};

HjCryptoSum *
hj_crypto_sum_new(HjCryptoSumKind kind)
{
    HjCryptoSum *sum = g_new0(HjCryptoSum, 1);
    sum->context = EVP_MD_CTX_new();
    const EVP_MD *md = kind == HJ_SUM_SM3 ? sm3() : EVP_sha256();
    bool done = sum->context != NULL && EVP_DigestInit_ex(sum->context, md, NULL) == 1;
    g_assert(done);
    return sum;
}

void
hj_crypto_sum_add(HjCryptoSum *sum, const void *data, size_t n)
{
    int done = EVP_DigestUpdate(sum->context, n > 0 ? data : "", n);
    g_assert(done == 1);
}

void
hj_crypto_sum_end(HjCryptoSum *sum, uint8_t out[HJ_SM3_BYTES])
{
    int done = EVP_DigestFinal_ex(sum->context, out, NULL);
    g_assert(done == 1);
    EVP_MD_CTX_free(sum->context);
    g_free(sum);
}

/* What a thread sums with, and the key it stands at. */
typedef struct {
    EVP_MAC_CTX *context;
    uint8_t key[MAC_KEY_BYTES];
    size_t n_key; /* 0: none */
} Mac;

static void
free_mac(gpointer data)
{
    Mac *mac = data;
    EVP_MAC_CTX_free(mac->context);
    sodium_memzero(mac->key, sizeof mac->key);
    g_free(mac);
}

/* A context for each thread: making one costs more than the sum itself. */
static Mac *
mac_of_thread(void)
{
    static GPrivate kept = G_PRIVATE_INIT(free_mac);
    Mac *mac = g_private_get(&kept);
    if (mac == NULL) {
        static char digest[] = "SM3";
        const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                      OSSL_PARAM_construct_end() };
        EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
        mac = g_new0(Mac, 1);
        mac->context = EVP_MAC_CTX_new(hmac);
        EVP_MAC_free(hmac);
        g_assert(mac->context != NULL && EVP_MAC_CTX_set_params(mac->context, params) == 1);
        g_private_set(&kept, mac);
    }
    return mac;
}

/* The key of events comes again and again: taking it in anew costs a third of a sum. */
static bool
set_key(Mac *mac, const void *key, size_t n_key)
{
    if (n_key > 0 && mac->n_key == n_key && sodium_memcmp(mac->key, key, n_key) == 0)
        return EVP_MAC_init(mac->context, NULL, 0, NULL) == 1;
    mac->n_key = n_key <= sizeof mac->key ? n_key : 0;
    if (mac->n_key > 0)
        memcpy(mac->key, key, n_key);
    return EVP_MAC_init(mac->context, n_key > 0 ? key : (const void *)"", n_key, NULL) == 1;
}

void
hj_crypto_hmac_sm3(const void *key, size_t n_key, const void *data, size_t n,
                   uint8_t out[HJ_SM3_BYTES])
{
    Mac *mac = mac_of_thread();
    size_t n_out = 0;
    bool done = set_key(mac, key, n_key) &&
                EVP_MAC_update(mac->context, n > 0 ? data : (const void *)"", n) == 1 &&
                EVP_MAC_final(mac->context, out, &n_out, HJ_SM3_BYTES) == 1;
    g_assert(done && n_out == HJ_SM3_BYTES);
}

void
hj_crypto_sm4_ctr(const uint8_t key[HJ_SM4_KEY_BYTES], const uint8_t iv[HJ_SM4_IV_BYTES],
                  const void *in, size_t n, void *out)
{
    g_assert(n <= G_MAXINT);
    int n_out = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = context != NULL && EVP_EncryptInit_ex(context, sm4_ctr(), NULL, key, iv) == 1 &&
                EVP_EncryptUpdate(context, out, &n_out, in, (int)n) == 1;
    EVP_CIPHER_CTX_free(context);
    g_assert(done && (size_t)n_out == n);
}

void
hj_crypto_hkdf_sm3(const void *secret, size_t n_secret, const void *salt, size_t n_salt,
                   const void *info, size_t n_info, void *out, size_t n_out)
{
    uint8_t from[HJ_SM3_BYTES], block[HJ_SM3_BYTES];
    g_assert(n_out <= (size_t)HJ_SM3_BYTES * UINT8_MAX);
    hj_crypto_hmac_sm3(salt, n_salt, secret, n_secret, from);
    g_autoptr(GByteArray) text = g_byte_array_sized_new((guint)(n_info + sizeof block + 1));
    for (size_t done = 0, i = 1; done < n_out; i++) {
        const uint8_t number = (uint8_t)i;
        g_byte_array_set_size(text, 0);
        if (i > 1)
            g_byte_array_append(text, block, sizeof block);
        g_byte_array_append(text, info, (guint)n_info);
        g_byte_array_append(text, &number, 1);
        hj_crypto_hmac_sm3(from, sizeof from, text->data, text->len, block);
        size_t n = MIN(sizeof block, n_out - done);
        memcpy((uint8_t *)out + done, block, n);
        done += n;
    }
    hj_crypto_wipe(from, sizeof from);
    hj_crypto_wipe(block, sizeof block);
}

void
hj_crypto_hmac_sha256(const void *key, size_t n_key, const void *data, size_t n,
                      uint8_t out[HJ_SM3_BYTES])
{
    g_assert(n_key <= G_MAXINT);
    const uint8_t *done = HMAC(EVP_sha256(), n_key > 0 ? key : "", (int)n_key,
                               n > 0 ? data : (const void *)"", n, out, NULL);
    g_assert(done != NULL);
}

void
hj_crypto_hmac_sha1(const void *key, size_t n_key, const void *data, size_t n,
                    uint8_t out[HJ_SHA1_BYTES])
{
    g_assert(n_key <= G_MAXINT);
    const uint8_t *done = HMAC(EVP_sha1(), n_key > 0 ? key : "", (int)n_key,
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
