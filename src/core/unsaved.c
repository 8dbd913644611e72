#include "core/unsaved.h"

#include "base/id.h"
#include "store/vault.h"

#include <string.h>

#define LEDGER "sys_unsaved"
#define DAY_US (INT64_C(86400) * 1000000)

#define SQL_FIND                                                                               \
    "SELECT u.id AS id, u.body AS body, u.kept_at AS kept_at, k.master AS master,"             \
    " k.wrapped AS wrapped FROM sys_unsaved u"                                                 \
    " JOIN sys_sealed_key k ON k.county = u.county AND k.row_id = u.id"                        \
    " WHERE u.county = $1 AND u.account = $2 AND u.ledger = $3 AND u.row_id = $4"
#define SQL_PUT                                                                                \
    "INSERT INTO sys_unsaved (county, account, ledger, row_id, id, body, kept_at)"             \
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
#define SQL_PUT_KEY                                                                            \
    "INSERT INTO sys_sealed_key (county, row_id, ledger, master, wrapped, made_at)"            \
    " VALUES ($1, $2, '" LEDGER "', $3, $4, $5)"
#define SQL_DROP_KEY                                                                           \
    "DELETE FROM sys_sealed_key WHERE county = $1 AND ledger = '" LEDGER "' AND row_id IN"     \
    " (SELECT id FROM sys_unsaved WHERE county = $1 AND account = $2 AND ledger = $3"          \
    " AND row_id = $4)"
#define SQL_DROP                                                                               \
    "DELETE FROM sys_unsaved WHERE county = $1 AND account = $2 AND ledger = $3"               \
    " AND row_id = $4"
#define SQL_SWEEP_KEYS                                                                         \
    "DELETE FROM sys_sealed_key WHERE county = $1 AND ledger = '" LEDGER "' AND row_id IN"     \
    " (SELECT id FROM sys_unsaved WHERE county = $1 AND kept_at <= $2)"
#define SQL_SWEEP "DELETE FROM sys_unsaved WHERE county = $1 AND kept_at <= $2"

bool
hj_unsaved_drop(HjTx *tx, const HjActor *actor, const char *ledger, int64_t row, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx)), whose = HJ_I64(actor->account);
    hj_tx_exempt(tx); /* what is not saved yet is no fact */
    return hj_tx_exec(tx, error, SQL_DROP_KEY, county, whose, HJ_TEXT(ledger), HJ_I64(row)) &&
           hj_tx_exec(tx, error, SQL_DROP, county, whose, HJ_TEXT(ledger), HJ_I64(row));
}

bool
hj_unsaved_keep(HjTx *tx, const HjActor *actor, const char *ledger, int64_t row,
                const char *body, GError **error)
{
    HjVault *vault = hj_vault_of(tx);
    if (vault == NULL)
        return hj_error_log(error, HJ_ERROR_STORE, "unsaved: there is no key file");
    if (strlen(body) > HJ_UNSAVED_MAX)
        return hj_fail(error, HJ_ERROR_INVALID, "This is too long to be kept as a draft.");
    if (!hj_unsaved_drop(tx, actor, ledger, row, error))
        return false;
    HjVal county = HJ_I64(hj_tx_county(tx)), now = HJ_TIME(hj_tx_now(tx));
    int64_t id = hj_id_new();
    HjVaultKey key;
    char master[HJ_VAULT_ID_BYTES];
    hj_vault_key_new(&key);
    g_autoptr(GByteArray) wrapped = hj_vault_wrap(vault, hj_tx_county(tx), id, &key, master);
    g_autoptr(GByteArray) closed = hj_vault_close(&key, hj_tx_county(tx), id, LEDGER, body);
    hj_vault_key_wipe(&key);
    return hj_tx_exec(tx, error, SQL_PUT_KEY, county, HJ_I64(id), HJ_TEXT(master),
                      HJ_BLOB(wrapped->data, wrapped->len), now) &&
           hj_tx_exec(tx, error, SQL_PUT, county, HJ_I64(actor->account), HJ_TEXT(ledger),
                      HJ_I64(row), HJ_I64(id), HJ_BLOB(closed->data, closed->len), now);
}

bool
hj_unsaved_find(HjTx *tx, const HjActor *actor, const char *ledger, int64_t row,
                char **ret_body, HjTime *ret_at, GError **error)
{
    *ret_body = NULL;
    g_autoptr(HjRows) found = hj_tx_query(tx, error, SQL_FIND, HJ_I64(hj_tx_county(tx)),
                                          HJ_I64(actor->account), HJ_TEXT(ledger), HJ_I64(row));
    if (found == NULL)
        return false;
    if (!hj_rows_next(found))
        return true;
    HjVault *vault = hj_vault_of(tx);
    HjVaultKey key;
    size_t n_wrapped = 0, n_body = 0;
    int64_t id = hj_rows_i64(found, "id");
    const void *wrapped = hj_rows_blob(found, "wrapped", &n_wrapped);
    const void *body = hj_rows_blob(found, "body", &n_body);
    if (vault == NULL || wrapped == NULL || body == NULL)
        return hj_error_log(error, HJ_ERROR_STORE, "unsaved: a draft cannot be read");
    if (!hj_vault_unwrap(vault, hj_tx_county(tx), id, hj_rows_text(found, "master"), wrapped,
                         n_wrapped, &key, error))
        return false;
    *ret_body = hj_vault_open(&key, hj_tx_county(tx), id, LEDGER, body, n_body, error);
    *ret_at = hj_rows_i64(found, "kept_at");
    hj_vault_key_wipe(&key);
    return *ret_body != NULL;
}

bool
hj_unsaved_sweep(HjTx *tx, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx)),
          before = HJ_TIME(hj_tx_now(tx) - HJ_UNSAVED_DAYS * DAY_US);
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, SQL_SWEEP_KEYS, county, before) &&
           hj_tx_exec(tx, error, SQL_SWEEP, county, before);
}
