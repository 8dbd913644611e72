#include "features/bundle/bundle.h"

#include <string.h>

#define SM3SUMS "SM3SUMS"
#define SIGNATURE "SIGNATURE"
#define MOST_TEXT (64 * 1024 * 1024)

typedef struct {
    GHashTable *found; /* name to SM3 hex */
    char *name;
    GString *sums, *signature;
} Verify;

static bool
begin(gpointer data, const char *name, GError **error)
{
    (void)error;
    Verify *verify = data;
    g_free(verify->name);
    verify->name = g_strdup(name);
    return true;
}

static bool
add(gpointer data, const void *bytes, size_t n, GError **error)
{
    Verify *verify = data;
    GString *text = strcmp(verify->name, SM3SUMS) == 0     ? verify->sums
                    : strcmp(verify->name, SIGNATURE) == 0 ? verify->signature
                                                           : NULL;
    if (text == NULL)
        return true;
    g_string_append_len(text, bytes, (gssize)n);
    return text->len <= MOST_TEXT ||
           hj_error_log(error, HJ_ERROR_INVALID, "%s is too long", verify->name);
}

static bool
end(gpointer data, const uint8_t sum[HJ_SM3_BYTES], int64_t n_bytes, GError **error)
{
    (void)n_bytes, (void)error;
    Verify *verify = data;
    g_hash_table_insert(verify->found, g_strdup(verify->name),
                        hj_crypto_hex(sum, HJ_SM3_BYTES));
    return true;
}

/* Every line of SM3SUMS names a file with this sum, and no file is without a line. */
static bool
check_sums(const Verify *verify, HjBundleReport *ret, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(verify->sums->str, "\n", -1);
    for (int i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        const char *name = strstr(lines[i], "  ");
        const char *sum = name != NULL ? g_hash_table_lookup(verify->found, name + 2) : NULL;
        if (sum == NULL || strlen(sum) != (size_t)(name - lines[i]) ||
            strncmp(sum, lines[i], strlen(sum)) != 0)
            return hj_error_log(error, HJ_ERROR_INVALID, "altered or missing: %s",
                                name != NULL ? name + 2 : lines[i]);
        ret->n_entries++;
    }
    if ((int64_t)g_hash_table_size(verify->found) != ret->n_entries + 2)
        return hj_error_log(error, HJ_ERROR_INVALID, "there are files that nobody signed for");
    return true;
}

static bool
check_signature(const Verify *verify, HjBundleReport *ret, GError **error)
{
    uint8_t sum[HJ_SM3_BYTES], key[HJ_SIGN_PUBLIC_BYTES], signature[HJ_SIGN_BYTES];
    g_auto(GStrv) lines = g_strsplit(verify->signature->str, "\n", -1);
    hj_crypto_sm3(verify->sums->str, verify->sums->len, sum);
    if (g_strv_length(lines) < 2 || strlen(lines[0]) != 2 * sizeof key ||
        strlen(lines[1]) != 2 * sizeof signature ||
        !hj_crypto_unhex(lines[0], key, sizeof key) ||
        !hj_crypto_unhex(lines[1], signature, sizeof signature) ||
        !hj_crypto_verify(key, sum, sizeof sum, signature))
        return hj_error_log(error, HJ_ERROR_INVALID, "the signature does not fit");
    g_strlcpy(ret->key, lines[0], sizeof ret->key);
    return true;
}

/* How many files lie there. */
static int64_t
count_files(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    int64_t n = dir == NULL ? 1 : 0;
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        n += count_files(child);
    }
    return n;
}

bool
hj_bundle_verify(const char *path, HjBundleReport *ret, GError **error)
{
    static const HjArchiveSink sink = { begin, add, end };
    *ret = (HjBundleReport){ 0 };
    g_autoptr(GHashTable) found =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GString) sums = g_string_new(NULL);
    g_autoptr(GString) signature = g_string_new(NULL);
    Verify verify = { .found = found, .sums = sums, .signature = signature };
    bool done = hj_archive_read(path, &sink, &verify, error);
    g_free(verify.name);
    if (!done || !check_sums(&verify, ret, error) || !check_signature(&verify, ret, error))
        return false;
    /* SM3SUMS, its signature and SHA256SUMS. */
    return count_files(path) == ret->n_entries + 3 ||
           hj_error_log(error, HJ_ERROR_INVALID, "there are files that nobody signed for");
}
