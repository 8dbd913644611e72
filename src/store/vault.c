#include "store/vault.h"

#include "store/inside.h"

#include <string.h>
#include <sys/stat.h>

#define FILE_TITLE "hangji-keys 1"
#define BOX_VERSION 1
#define BOX_HEAD (1 + HJ_SM4_IV_BYTES)
#define SALT_BYTES 8
#define NOTE_BYTES 16

typedef struct {
    char id[HJ_VAULT_ID_BYTES];
    HjTime made_at;
    HjVaultKey key;
} Master;

/* What changes when a file is replaced, however coarse its clock. */
typedef struct {
    struct timespec at;
    off_t size;
    ino_t inode;
} Seen;

struct HjVault {
    char *path; /* NULL: kept nowhere */
    GMutex lock;
    GArray *masters; /* of Master */
    uint8_t index_key[HJ_SM3_BYTES];
    Seen seen; /* the file when it was read */
};

/* --- keys --- */

static void
derive(HjVaultKey *key)
{
    static const char info[] = "hangji row key 1";
    uint8_t out[HJ_SM4_KEY_BYTES + 2 * HJ_SM3_BYTES];
    hj_crypto_hkdf_sm3(key->secret, sizeof key->secret, NULL, 0, info, sizeof info - 1, out,
                       sizeof out);
    memcpy(key->enc, out, sizeof key->enc);
    memcpy(key->mac, out + sizeof key->enc, sizeof key->mac);
    memcpy(key->note, out + sizeof key->enc + sizeof key->mac, sizeof key->note);
    hj_crypto_wipe(out, sizeof out);
}

void
hj_vault_key_new(HjVaultKey *ret)
{
    hj_crypto_random(ret->secret, sizeof ret->secret);
    derive(ret);
}

void
hj_vault_key_wipe(HjVaultKey *key)
{
    hj_crypto_wipe(key, sizeof *key);
}

/* The id tells two keys apart and is no help in finding one. */
static void
name_master(Master *master)
{
    static const char label[] = "hangji master key id 1";
    uint8_t digest[HJ_SM3_BYTES];
    hj_crypto_hmac_sm3(master->key.secret, sizeof master->key.secret, label, sizeof label - 1,
                       digest);
    g_autofree char *hex = hj_crypto_hex(digest, (sizeof master->id - 1) / 2);
    g_strlcpy(master->id, hex, sizeof master->id);
}

static void
add_master(HjVault *vault, const uint8_t secret[HJ_VAULT_KEY_BYTES], HjTime made_at)
{
    Master master = { .made_at = made_at };
    memcpy(master.key.secret, secret, sizeof master.key.secret);
    derive(&master.key);
    name_master(&master);
    g_array_append_val(vault->masters, master);
    hj_vault_key_wipe(&master.key);
}

static void
make_master(HjVault *vault, HjTime now)
{
    uint8_t secret[HJ_VAULT_KEY_BYTES];
    hj_crypto_random(secret, sizeof secret);
    add_master(vault, secret, now);
    hj_crypto_wipe(secret, sizeof secret);
}

static void
clear_master(gpointer data)
{
    hj_vault_key_wipe(&((Master *)data)->key);
}

static HjVault *
vault_new(const char *path)
{
    HjVault *vault = g_new0(HjVault, 1);
    vault->path = g_strdup(path);
    vault->masters = g_array_new(FALSE, TRUE, sizeof(Master));
    g_array_set_clear_func(vault->masters, clear_master);
    g_mutex_init(&vault->lock);
    return vault;
}

void
hj_vault_free(HjVault *vault)
{
    if (vault == NULL)
        return;
    g_array_free(vault->masters, TRUE);
    g_mutex_clear(&vault->lock);
    hj_crypto_wipe(vault->index_key, sizeof vault->index_key);
    g_free(vault->path);
    g_free(vault);
}

HjVault *
hj_vault_new_temporary(void)
{
    HjVault *vault = vault_new(NULL);
    hj_crypto_random(vault->index_key, sizeof vault->index_key);
    make_master(vault, hj_time_now());
    return vault;
}

/* --- the file --- */

static bool
bad_file(const HjVault *vault, GError **error)
{
    return hj_error_log(error, HJ_ERROR_STORE, "keys: %s is no file of master keys",
                        vault->path);
}

static bool
read_line(HjVault *vault, const char *line, bool *has_index)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    uint8_t secret[HJ_VAULT_KEY_BYTES];
    guint n = g_strv_length(words);
    bool good = n >= 2 && hj_crypto_unhex(words[1], secret, sizeof secret);
    HjTime at = 0;
    if (good && n == 2 && strcmp(words[0], "index") == 0) {
        memcpy(vault->index_key, secret, sizeof vault->index_key);
        *has_index = true;
    } else if (good && n == 3 && strcmp(words[0], "master") == 0 &&
               hj_time_parse(words[2], &at, NULL)) {
        add_master(vault, secret, at);
    } else {
        good = false;
    }
    hj_crypto_wipe(secret, sizeof secret);
    for (guint i = 0; i < n; i++)
        hj_crypto_wipe(words[i], strlen(words[i]));
    return good;
}

static bool
parse(HjVault *vault, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool has_index = false;
    bool good = lines[0] != NULL && strcmp(lines[0], FILE_TITLE) == 0;
    for (size_t i = 1; good && lines[i] != NULL; i++)
        good = *lines[i] == '\0' || read_line(vault, lines[i], &has_index);
    for (size_t i = 0; lines[i] != NULL; i++)
        hj_crypto_wipe(lines[i], strlen(lines[i]));
    return good && has_index && vault->masters->len > 0;
}

static bool
file_changed(const HjVault *vault, Seen *ret)
{
    struct stat info;
    if (vault->path == NULL || stat(vault->path, &info) != 0)
        return false;
    *ret = (Seen){ .at = info.st_mtim, .size = info.st_size, .inode = info.st_ino };
    return ret->at.tv_sec != vault->seen.at.tv_sec ||
           ret->at.tv_nsec != vault->seen.at.tv_nsec || ret->size != vault->seen.size ||
           ret->inode != vault->seen.inode;
}

static bool
read_file(HjVault *vault, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) cause = NULL;
    gsize n = 0;
    Seen seen = vault->seen;
    file_changed(vault, &seen);
    if (!g_file_get_contents(vault->path, &text, &n, &cause)) {
        bool absent = g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);
        return hj_error_log(error, absent ? HJ_ERROR_NOT_FOUND : HJ_ERROR_STORE,
                            "keys: %s; put the file of master keys back", cause->message);
    }
    g_array_set_size(vault->masters, 0);
    bool good = parse(vault, text);
    hj_crypto_wipe(text, n);
    vault->seen = seen;
    return good || bad_file(vault, error);
}

/* Replaces the file as a whole, durably. */
static bool
write_file(HjVault *vault, GError **error)
{
    if (vault->path == NULL)
        return true;
    g_autoptr(GString) text = g_string_new(FILE_TITLE "\n");
    g_autofree char *index = hj_crypto_hex(vault->index_key, sizeof vault->index_key);
    g_string_append_printf(text, "index %s\n", index);
    for (guint i = 0; i < vault->masters->len; i++) {
        const Master *master = &g_array_index(vault->masters, Master, i);
        g_autofree char *hex = hj_crypto_hex(master->key.secret, sizeof master->key.secret);
        g_string_append_printf(text, "master %s %s\n", hex, hj_time_text(master->made_at).text);
        hj_crypto_wipe(hex, strlen(hex));
    }
    g_autoptr(GError) cause = NULL;
    bool done = g_file_set_contents_full(
        vault->path, text->str, (gssize)text->len,
        G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &cause);
    hj_crypto_wipe(index, strlen(index));
    hj_crypto_wipe(text->str, text->len);
    file_changed(vault, &vault->seen);
    return done || hj_error_log(error, HJ_ERROR_STORE, "keys: %s", cause->message);
}

HjVault *
hj_vault_load(const char *path, bool create, GError **error)
{
    g_autoptr(HjVault) vault = vault_new(path);
    g_autoptr(GError) cause = NULL;
    if (read_file(vault, &cause))
        return g_steal_pointer(&vault);
    if (!create || !g_error_matches(cause, HJ_ERROR, HJ_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    hj_crypto_random(vault->index_key, sizeof vault->index_key);
    make_master(vault, hj_time_now());
    return write_file(vault, error) ? g_steal_pointer(&vault) : NULL;
}

void
hj_vault_use(HjStore *store, HjVault *vault)
{
    store->vault = vault;
}

HjVault *
hj_vault_of(const HjTx *tx)
{
    return tx->store->vault;
}

/* --- under the lock --- */

/* Another process may have added a key: `hangji keys rotate` beside a server. */
static void
look_again(HjVault *vault)
{
    Seen seen;
    g_autoptr(GError) error = NULL;
    if (!file_changed(vault, &seen))
        return;
    g_autoptr(HjVault) fresh = vault_new(vault->path);
    /* A file that cannot be read leaves the keys that are known. */
    if (!read_file(fresh, &error))
        return;
    GArray *masters = vault->masters;
    vault->masters = fresh->masters;
    fresh->masters = masters;
    vault->seen = fresh->seen;
}

static const Master *
find(const HjVault *vault, const char *id)
{
    for (guint i = 0; i < vault->masters->len; i++) {
        const Master *master = &g_array_index(vault->masters, Master, i);
        if (strcmp(master->id, id) == 0)
            return master;
    }
    return NULL;
}

/* --- encrypt, then MAC --- */

static void
put_i64(GByteArray *out, int64_t value)
{
    uint64_t big = GUINT64_TO_BE((uint64_t)value);
    g_byte_array_append(out, (const guint8 *)&big, sizeof big);
}

/* What the MAC covers besides the box: where it belongs. */
static void
box_mac(const HjVaultKey *key, int64_t county, int64_t row, const char *name,
        const uint8_t *box, size_t n, uint8_t out[HJ_SM3_BYTES])
{
    g_autoptr(GByteArray) text = g_byte_array_sized_new((guint)n + 96);
    put_i64(text, county);
    put_i64(text, row);
    put_i64(text, (int64_t)strlen(name));
    g_byte_array_append(text, (const guint8 *)name, (guint)strlen(name));
    g_byte_array_append(text, box, (guint)n);
    hj_crypto_hmac_sm3(key->mac, sizeof key->mac, text->data, text->len, out);
}

static GByteArray *
box_close(const HjVaultKey *key, int64_t county, int64_t row, const char *name,
          const void *data, size_t n)
{
    GByteArray *box = g_byte_array_sized_new((guint)(BOX_HEAD + n + HJ_SM3_BYTES));
    g_byte_array_set_size(box, (guint)(BOX_HEAD + n));
    box->data[0] = BOX_VERSION;
    hj_crypto_random(box->data + 1, HJ_SM4_IV_BYTES);
    hj_crypto_sm4_ctr(key->enc, box->data + 1, data, n, box->data + BOX_HEAD);
    uint8_t mac[HJ_SM3_BYTES];
    box_mac(key, county, row, name, box->data, box->len, mac);
    g_byte_array_append(box, mac, sizeof mac);
    return box;
}

/* Bytes of the plain text, with a NUL behind them; NULL when the box does not fit. */
static uint8_t *
box_open(const HjVaultKey *key, int64_t county, int64_t row, const char *name, const void *box,
         size_t n, size_t *ret_n)
{
    const uint8_t *bytes = box;
    if (n < BOX_HEAD + HJ_SM3_BYTES || bytes[0] != BOX_VERSION)
        return NULL;
    size_t n_box = n - HJ_SM3_BYTES;
    uint8_t mac[HJ_SM3_BYTES];
    box_mac(key, county, row, name, bytes, n_box, mac);
    if (!hj_crypto_equal(mac, bytes + n_box, sizeof mac))
        return NULL;
    *ret_n = n_box - BOX_HEAD;
    uint8_t *plain = g_new0(uint8_t, *ret_n + 1);
    hj_crypto_sm4_ctr(key->enc, bytes + 1, bytes + BOX_HEAD, *ret_n, plain);
    return plain;
}

GByteArray *
hj_vault_wrap(HjVault *vault, int64_t county, int64_t row, const HjVaultKey *key,
              char ret_id[HJ_VAULT_ID_BYTES])
{
    g_mutex_lock(&vault->lock);
    look_again(vault);
    Master master = g_array_index(vault->masters, Master, vault->masters->len - 1);
    g_mutex_unlock(&vault->lock);
    g_strlcpy(ret_id, master.id, HJ_VAULT_ID_BYTES);
    GByteArray *box =
        box_close(&master.key, county, row, master.id, key->secret, sizeof key->secret);
    hj_vault_key_wipe(&master.key);
    return box;
}

bool
hj_vault_unwrap(HjVault *vault, int64_t county, int64_t row, const char *id,
                const void *wrapped, size_t n, HjVaultKey *ret, GError **error)
{
    g_mutex_lock(&vault->lock);
    const Master *found = find(vault, id);
    if (found == NULL) {
        look_again(vault);
        found = find(vault, id);
    }
    Master master = found != NULL ? *found : (Master){ 0 };
    g_mutex_unlock(&vault->lock);
    if (master.id[0] == '\0')
        return hj_error_log(error, HJ_ERROR_STORE,
                            "sealed values: the master key %s is missing", id);
    size_t n_secret = 0;
    uint8_t *secret = box_open(&master.key, county, row, id, wrapped, n, &n_secret);
    hj_vault_key_wipe(&master.key);
    bool good = secret != NULL && n_secret == sizeof ret->secret;
    if (good) {
        memcpy(ret->secret, secret, sizeof ret->secret);
        derive(ret);
    }
    if (secret != NULL)
        hj_crypto_wipe(secret, n_secret);
    g_free(secret);
    return good ||
           hj_error_log(error, HJ_ERROR_STORE,
                        "sealed values: the key of row %" G_GINT64_FORMAT " was altered", row);
}

GByteArray *
hj_vault_close(const HjVaultKey *key, int64_t county, int64_t row, const char *name,
               const char *text)
{
    return box_close(key, county, row, name, text, strlen(text));
}

char *
hj_vault_open(const HjVaultKey *key, int64_t county, int64_t row, const char *name,
              const void *value, size_t n, GError **error)
{
    size_t n_text = 0;
    char *text = (char *)box_open(key, county, row, name, value, n, &n_text);
    if (text == NULL)
        hj_error_log(error, HJ_ERROR_STORE,
                     "sealed values: %s of row %" G_GINT64_FORMAT " was altered", name, row);
    return text;
}

/* --- hashes --- */

void
hj_vault_index(const HjVault *vault, const char *kind, const char *text,
               char ret[HJ_VAULT_INDEX_BYTES])
{
    uint8_t digest[HJ_SM3_BYTES];
    g_autofree char *all = g_strdup_printf("%s\n%s", kind, text);
    hj_crypto_hmac_sm3(vault->index_key, sizeof vault->index_key, all, strlen(all), digest);
    hj_crypto_wipe(all, strlen(all));
    g_autofree char *hex = hj_crypto_hex(digest, (HJ_VAULT_INDEX_BYTES - 3) / 2);
    g_snprintf(ret, HJ_VAULT_INDEX_BYTES, HJ_VAULT_INDEX_MARK "%s", hex);
}

bool
hj_vault_is_index(const char *text)
{
    size_t n_mark = strlen(HJ_VAULT_INDEX_MARK);
    if (strlen(text) != HJ_VAULT_INDEX_BYTES - 1 ||
        strncmp(text, HJ_VAULT_INDEX_MARK, n_mark) != 0)
        return false;
    for (const char *p = text + n_mark; *p != '\0'; p++)
        if (!g_ascii_isdigit(*p) && (*p < 'a' || *p > 'f'))
            return false;
    return true;
}

static char *
note_of(const HjVaultKey *key, const char *name, const char *index, const char *salt)
{
    uint8_t digest[HJ_SM3_BYTES];
    g_autofree char *all = g_strdup_printf("%s\n%s\n%s", salt, name, index);
    hj_crypto_hmac_sm3(key->note, sizeof key->note, all, strlen(all), digest);
    g_autofree char *hex = hj_crypto_hex(digest, NOTE_BYTES);
    return g_strdup_printf("sm3:%s:%s", salt, hex);
}

char *
hj_vault_note(const HjVaultKey *key, const char *name, const char *index)
{
    uint8_t random[SALT_BYTES];
    hj_crypto_random(random, sizeof random);
    g_autofree char *salt = hj_crypto_hex(random, sizeof random);
    return note_of(key, name, index, salt);
}

bool
hj_vault_note_fits(const HjVaultKey *key, const char *name, const char *index, const char *note)
{
    g_auto(GStrv) words = g_strsplit(note, ":", -1);
    if (g_strv_length(words) != 3)
        return false;
    g_autofree char *right = note_of(key, name, index, words[1]);
    return strlen(right) == strlen(note) && hj_crypto_equal(right, note, strlen(note));
}

/* --- the list of master keys --- */

size_t
hj_vault_count(HjVault *vault)
{
    g_mutex_lock(&vault->lock);
    look_again(vault);
    size_t n = vault->masters->len;
    g_mutex_unlock(&vault->lock);
    return n;
}

void
hj_vault_id(HjVault *vault, size_t i, char ret[HJ_VAULT_ID_BYTES])
{
    g_mutex_lock(&vault->lock);
    g_assert(i < vault->masters->len);
    g_strlcpy(ret, g_array_index(vault->masters, Master, i).id, HJ_VAULT_ID_BYTES);
    g_mutex_unlock(&vault->lock);
}

HjTime
hj_vault_made_at(HjVault *vault, size_t i)
{
    g_mutex_lock(&vault->lock);
    g_assert(i < vault->masters->len);
    HjTime at = g_array_index(vault->masters, Master, i).made_at;
    g_mutex_unlock(&vault->lock);
    return at;
}

bool
hj_vault_add_master(HjVault *vault, HjTime now, GError **error)
{
    g_mutex_lock(&vault->lock);
    look_again(vault);
    make_master(vault, now);
    bool done = write_file(vault, error);
    if (!done)
        g_array_set_size(vault->masters, vault->masters->len - 1);
    g_mutex_unlock(&vault->lock);
    return done;
}

bool
hj_vault_drop_master(HjVault *vault, const char *id, GError **error)
{
    g_mutex_lock(&vault->lock);
    look_again(vault);
    guint n = vault->masters->len, at = n;
    for (guint i = 0; i < n; i++)
        if (strcmp(g_array_index(vault->masters, Master, i).id, id) == 0)
            at = i;
    bool done = at < n && at + 1 < n;
    if (at == n)
        hj_error_log(error, HJ_ERROR_NOT_FOUND, "there is no master key %s", id);
    else if (!done)
        hj_error_log(error, HJ_ERROR_CONFLICT, "%s is the current master key", id);
    if (done) {
        g_array_remove_index(vault->masters, at);
        done = write_file(vault, error);
    }
    g_mutex_unlock(&vault->lock);
    return done;
}
