#include "store/seal_keys.h"

#include "base/text.h"
#include "store/inside.h"

#include <string.h>
#include <sys/stat.h>

#define KEY_FILE "chain.key"
#define PUBLIC_FILE "chain.pub"
#define MAC_LABEL "hangji event mac 1"

static bool
read_hex(const char *path, uint8_t *out, size_t n, bool *ret_found, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) cause = NULL;
    *ret_found = g_file_get_contents(path, &text, NULL, &cause);
    if (!*ret_found)
        return g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
               hj_error_log(error, HJ_ERROR_STORE, "keys: %s", cause->message);
    bool right = hj_crypto_unhex(g_strstrip(text), out, n);
    hj_crypto_wipe(text, strlen(text));
    return right || hj_error_log(error, HJ_ERROR_STORE, "keys: %s is not a key", path);
}

static bool
write_hex(const char *path, const uint8_t *data, size_t n, int mode, GError **error)
{
    g_autofree char *hex = hj_crypto_hex(data, n);
    g_autofree char *line = g_strconcat(hex, "\n", NULL);
    bool done = g_file_set_contents_full(
        path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode,
        error);
    hj_crypto_wipe(hex, strlen(hex));
    hj_crypto_wipe(line, strlen(line));
    return done;
}

static bool
load(HjSealKeys *keys, const char *key_path, const char *public_path, bool create,
     GError **error)
{
    bool has_public = false;
    if (!read_hex(key_path, keys->secret_key, sizeof keys->secret_key, &keys->has_secret,
                  error) ||
        !read_hex(public_path, keys->public_key, sizeof keys->public_key, &has_public, error))
        return false;
    if (keys->has_secret || has_public) {
        /* libsodium's secret key ends in the public one. */
        if (keys->has_secret && !has_public)
            memcpy(keys->public_key, keys->secret_key + 32, sizeof keys->public_key);
        return true;
    }
    if (!create)
        return hj_error_log(error, HJ_ERROR_STORE, "keys: no %s", public_path);
    hj_crypto_sign_keys(keys->public_key, keys->secret_key);
    keys->has_secret = true;
    return write_hex(key_path, keys->secret_key, sizeof keys->secret_key, 0600, error) &&
           write_hex(public_path, keys->public_key, sizeof keys->public_key, 0644, error);
}

HjSealKeys *
hj_seal_keys_load(const char *dir, bool create, GError **error)
{
    g_autofree char *key_path = g_build_filename(dir, KEY_FILE, NULL);
    g_autofree char *public_path = g_build_filename(dir, PUBLIC_FILE, NULL);
    g_autoptr(HjSealKeys) keys = g_new0(HjSealKeys, 1);
    if (!load(keys, key_path, public_path, create, error))
        return NULL;
    if (keys->has_secret)
        hj_crypto_hmac_sm3(keys->secret_key, sizeof keys->secret_key, MAC_LABEL,
                           strlen(MAC_LABEL), keys->mac_key);
    return g_steal_pointer(&keys);
}

void
hj_seal_keys_free(HjSealKeys *keys)
{
    if (keys == NULL)
        return;
    hj_crypto_wipe(keys, sizeof *keys);
    g_free(keys);
}

bool
hj_seal_keys_made(const HjSealKeys *keys, const HjRows *row, const GByteArray *bytes)
{
    uint8_t mac[HJ_SM3_BYTES];
    size_t n;
    const void *stored = hj_rows_blob(row, "mac", &n);
    hj_event_mac(keys, bytes, mac);
    return n == sizeof mac && hj_crypto_equal(stored, mac, sizeof mac);
}

void
hj_seal_keys_link(const uint8_t previous[HJ_SM3_BYTES], const GByteArray *bytes,
                  const HjRows *row, uint8_t out[HJ_SM3_BYTES])
{
    size_t n;
    const void *mac = hj_rows_blob(row, "mac", &n);
    g_autoptr(GByteArray) all = g_byte_array_sized_new(bytes->len + 128);
    g_byte_array_append(all, previous, HJ_SM3_BYTES);
    g_byte_array_append(all, bytes->data, bytes->len);
    g_byte_array_append(all, mac, (guint)n);
    hj_crypto_sm3(all->data, all->len, out);
}

static GByteArray *
head_bytes(const HjHead *head)
{
    GByteArray *bytes = g_byte_array_sized_new(96);
    const int64_t numbers[] = { head->county, head->seq, head->at, head->alg };
    g_byte_array_append(bytes, (const guint8 *)"hangji-head-1", 13);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        uint64_t big = GUINT64_TO_BE((uint64_t)numbers[i]);
        g_byte_array_append(bytes, (const guint8 *)&big, sizeof big);
    }
    g_byte_array_append(bytes, head->hash, sizeof head->hash);
    return bytes;
}

void
hj_seal_keys_sign_head(const HjSealKeys *keys, HjHead *head)
{
    g_assert(keys->has_secret);
    head->alg = HJ_HEAD_ALG;
    g_autoptr(GByteArray) bytes = head_bytes(head);
    hj_crypto_sign(keys->secret_key, bytes->data, bytes->len, head->signature);
}

bool
hj_seal_keys_head_is_signed(const HjSealKeys *keys, const HjHead *head)
{
    g_autoptr(GByteArray) bytes = head_bytes(head);
    return head->alg == HJ_HEAD_ALG &&
           hj_crypto_verify(keys->public_key, bytes->data, bytes->len, head->signature);
}

#define HEAD_TITLE "hangji-head"

bool
hj_seal_keys_read_head(const char *path, HjHead *ret, bool *ret_found, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) cause = NULL;
    *ret_found = false;
    if (!g_file_get_contents(path, &text, NULL, &cause))
        return g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
               hj_error_log(error, HJ_ERROR_STORE, "head: %s", cause->message);
    g_auto(GStrv) words = g_strsplit_set(g_strstrip(text), " \n", -1);
    HjHead head = { 0 };
    if (g_strv_length(words) != 7 || strcmp(words[0], HEAD_TITLE) != 0 ||
        !hj_text_parse_i64(words[1], &head.alg) || !hj_text_parse_i64(words[2], &head.county) ||
        !hj_text_parse_i64(words[3], &head.seq) || !hj_text_parse_i64(words[4], &head.at) ||
        !hj_crypto_unhex(words[5], head.hash, sizeof head.hash) ||
        !hj_crypto_unhex(words[6], head.signature, sizeof head.signature))
        return hj_error_log(error, HJ_ERROR_STORE, "head: %s is not a head", path);
    *ret = head;
    *ret_found = true;
    return true;
}

bool
hj_seal_keys_write_head(const char *path, const HjHead *head, GError **error)
{
    g_autofree char *hash = hj_crypto_hex(head->hash, sizeof head->hash);
    g_autofree char *signature = hj_crypto_hex(head->signature, sizeof head->signature);
    g_autofree char *text =
        g_strdup_printf(HEAD_TITLE " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                                   " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n%s\n%s\n",
                        head->alg, head->county, head->seq, head->at, hash, signature);
    g_autoptr(GError) cause = NULL;
    /* Written beside, synced and renamed: a reader sees the old head or the new one. */
    if (g_file_set_contents_full(path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 0644, &cause))
        return true;
    return hj_error_log(error, HJ_ERROR_STORE, "head: %s", cause->message);
}

void
hj_seal_sign(const HjSealKeys *keys, const void *data, size_t n, uint8_t out[HJ_SIGN_BYTES])
{
    g_assert(keys->has_secret);
    hj_crypto_sign(keys->secret_key, data, n, out);
}

void
hj_seal_public_hex(const HjSealKeys *keys, char out[2 * HJ_SIGN_PUBLIC_BYTES + 1])
{
    g_autofree char *hex = hj_crypto_hex(keys->public_key, sizeof keys->public_key);
    g_strlcpy(out, hex, 2 * HJ_SIGN_PUBLIC_BYTES + 1);
}
