/* vault: the master keys of sealed values, and what is locked and unlocked with them.
 *
 * The key file lies outside the database: one index key, which never changes, and the master
 * keys, of which the last wraps new row keys.  A row key is 32 random bytes of one row; from it
 * come a key for SM4 in counter mode, one for HMAC-SM3 over what that gives (encrypt, then
 * MAC), and one for the hashes that events keep.  Destroying it makes all three worthless.
 *
 * Units    bytes; ids of master keys are 16 hex digits
 * Owns     hj_vault_free; it must outlive the stores that use it
 * Threads  any; the file is read again when another process changed it
 * Source   design.md 11 (crypto, purge and chain), domain.md 10.1 */
#pragma once

#include "base/crypto.h"
#include "store/store.h"

#define HJ_VAULT_KEY_BYTES 32
#define HJ_VAULT_ID_BYTES 17
#define HJ_VAULT_INDEX_BYTES 35 /* "h:", 32 hex digits and the NUL */
#define HJ_VAULT_INDEX_MARK "h:"

typedef struct HjVault HjVault;
typedef struct {
    uint8_t secret[HJ_VAULT_KEY_BYTES];
    uint8_t enc[HJ_SM4_KEY_BYTES];
    uint8_t mac[HJ_SM3_BYTES];
    uint8_t note[HJ_SM3_BYTES]; /* for events */
} HjVaultKey;

/* NULL and NOT_FOUND when there is no file and not @create; the file is made 0600. */
HjVault *hj_vault_load(const char *path, bool create, GError **error);
HjVault *hj_vault_new_temporary(void); /* for databases that nobody keeps */
void hj_vault_free(HjVault *vault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjVault, hj_vault_free)
void hj_vault_use(HjStore *store, HjVault *vault);
HjVault *hj_vault_of(const HjTx *tx); /* NULL: none was given to the store */

/* The keyed hash by which a value is found: the same for the same @text of the same @kind. */
void hj_vault_index(const HjVault *vault, const char *kind, const char *text,
                    char ret[HJ_VAULT_INDEX_BYTES]);
bool hj_vault_is_index(const char *text);

void hj_vault_key_new(HjVaultKey *ret);
void hj_vault_key_wipe(HjVaultKey *key);
/* @ret_id: the master key used. */
GByteArray *hj_vault_wrap(HjVault *vault, int64_t county, int64_t row, const HjVaultKey *key,
                          char ret_id[HJ_VAULT_ID_BYTES]);
/* STORE when the master key is missing or the bytes were altered. */
bool hj_vault_unwrap(HjVault *vault, int64_t county, int64_t row, const char *id,
                     const void *wrapped, size_t n, HjVaultKey *ret, GError **error);
/* @name is "ledger.field" as the value was made. */
GByteArray *hj_vault_close(const HjVaultKey *key, int64_t county, int64_t row, const char *name,
                           const char *text);
/* The text, to be wiped and freed; NULL and STORE when it was altered. */
char *hj_vault_open(const HjVaultKey *key, int64_t county, int64_t row, const char *name,
                    const void *value, size_t n, GError **error);
/* "sm3:SALT:HASH": says that a value was there and whether two times it was the same, and
 * nothing once the key is destroyed. */
char *hj_vault_note(const HjVaultKey *key, const char *name, const char *index);
bool hj_vault_note_fits(const HjVaultKey *key, const char *name, const char *index,
                        const char *note);

/* Master keys, oldest first; the last is current. */
size_t hj_vault_count(HjVault *vault);
void hj_vault_id(HjVault *vault, size_t i, char ret[HJ_VAULT_ID_BYTES]);
HjTime hj_vault_made_at(HjVault *vault, size_t i);
bool hj_vault_add_master(HjVault *vault, HjTime now, GError **error);
/* CONFLICT for the current one. */
bool hj_vault_drop_master(HjVault *vault, const char *id, GError **error);
