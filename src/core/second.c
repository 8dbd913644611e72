#include "core/second.h"

#include "base/crypto.h"
#include "core/account_priv.h"
#include "core/duty.h"
#include "store/vault.h"

#include <string.h>

#define SECRET_BYTES 20
#define WINDOW 1
#define DIGITS 6
#define RECOVERY_BYTES 10
#define LEDGER "sys_second"
#define USEC_PER_SECOND INT64_C(1000000)

uint32_t
hj_second_code(const void *secret, size_t n, uint64_t step, int digits)
{
    uint8_t counter[8], sum[HJ_SHA1_BYTES];
    for (int i = 7; i >= 0; i--, step >>= 8)
        counter[i] = (uint8_t)(step & 0xff);
    hj_crypto_hmac_sha1(secret, n, counter, sizeof counter, sum);
    int at = sum[HJ_SHA1_BYTES - 1] & 0x0f;
    uint32_t number = (uint32_t)(sum[at] & 0x7f) << 24 | (uint32_t)sum[at + 1] << 16 |
                      (uint32_t)sum[at + 2] << 8 | sum[at + 3];
    uint32_t limit = 1;
    for (int i = 0; i < digits; i++)
        limit *= 10;
    return number % limit;
}

char *
hj_second_base32(const void *data, size_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const uint8_t *bytes = data;
    GString *text = g_string_sized_new(n * 8 / 5 + 2);
    uint32_t held = 0;
    int bits = 0;
    for (size_t i = 0; i < n; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            g_string_append_c(text, letters[held >> (bits - 5) & 31]);
    }
    if (bits > 0)
        g_string_append_c(text, letters[held << (5 - bits) & 31]);
    return g_string_free(text, FALSE);
}

/* --- the secret, under a key of its own --- */

#define SQL_PUT_KEY                                                                            \
    "INSERT INTO sys_sealed_key (county, row_id, ledger, master, wrapped, made_at)"            \
    " VALUES ($1, $2, '" LEDGER "', $3, $4, $5)"
#define SQL_DROP_KEY                                                                           \
    "DELETE FROM sys_sealed_key WHERE county = $1 AND row_id = $2 AND ledger = '" LEDGER "'"
#define SQL_PUT                                                                                \
    "INSERT INTO sys_second (county, account, secret, created_at) VALUES ($1, $2, $3, $4)"
#define SQL_DROP "DELETE FROM sys_second WHERE county = $1 AND account = $2"
#define SQL_DROP_CODES "DELETE FROM sys_recovery WHERE county = $1 AND account = $2"
#define SQL_GET                                                                                \
    "SELECT s.secret AS secret, s.confirmed_at AS confirmed_at, s.used_step AS used_step,"     \
    " k.master AS master, k.wrapped AS wrapped, a.n_failed AS n_failed,"                       \
    " a.locked_until AS locked_until"                                                          \
    " FROM sys_second s JOIN sys_account a ON a.county = s.county AND a.id = s.account"        \
    " JOIN sys_sealed_key k ON k.county = s.county AND k.row_id = s.account"                   \
    " WHERE s.county = $1 AND s.account = $2"
#define SQL_STATE                                                                              \
    "SELECT s.confirmed_at AS confirmed_at, (SELECT COUNT(*) FROM sys_recovery r"              \
    " WHERE r.county = s.county AND r.account = s.account AND r.used_at IS NULL) AS n_left"    \
    " FROM sys_second s WHERE s.county = $1 AND s.account = $2"

static bool
drop(HjTx *tx, int64_t account, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx)), whose = HJ_I64(account);
    return hj_tx_exec(tx, error, SQL_DROP, county, whose) &&
           hj_tx_exec(tx, error, SQL_DROP_KEY, county, whose) &&
           hj_tx_exec(tx, error, SQL_DROP_CODES, county, whose);
}

static bool
put(HjTx *tx, int64_t account, const char *secret, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx)), now = HJ_TIME(hj_tx_now(tx));
    HjVault *vault = hj_vault_of(tx);
    HjVaultKey key;
    char master[HJ_VAULT_ID_BYTES];
    if (vault == NULL)
        return hj_error_log(error, HJ_ERROR_STORE, "second: there is no key file");
    hj_vault_key_new(&key);
    g_autoptr(GByteArray) wrapped =
        hj_vault_wrap(vault, hj_tx_county(tx), account, &key, master);
    g_autoptr(GByteArray) value =
        hj_vault_close(&key, hj_tx_county(tx), account, LEDGER, secret);
    hj_vault_key_wipe(&key);
    g_autofree char *hex = hj_crypto_hex(value->data, value->len);
    return hj_tx_exec(tx, error, SQL_PUT_KEY, county, HJ_I64(account), HJ_TEXT(master),
                      HJ_BLOB(wrapped->data, wrapped->len), now) &&
           hj_tx_exec(tx, error, SQL_PUT, county, HJ_I64(account), HJ_TEXT(hex), now);
}

/* The secret of a row of SQL_GET into @ret. */
static bool
unlock(HjTx *tx, int64_t account, HjRows *row, uint8_t ret[SECRET_BYTES], GError **error)
{
    HjVaultKey key;
    HjVault *vault = hj_vault_of(tx);
    size_t n = 0, n_value = strlen(hj_rows_text(row, "secret")) / 2;
    const void *wrapped = hj_rows_blob(row, "wrapped", &n);
    g_autofree uint8_t *value = g_malloc0(n_value + 1);
    if (vault == NULL || wrapped == NULL ||
        !hj_crypto_unhex(hj_rows_text(row, "secret"), value, n_value))
        return hj_error_log(error, HJ_ERROR_STORE, "second: the secret cannot be read");
    if (!hj_vault_unwrap(vault, hj_tx_county(tx), account, hj_rows_text(row, "master"), wrapped,
                         n, &key, error))
        return false;
    char *hex = hj_vault_open(&key, hj_tx_county(tx), account, LEDGER, value, n_value, error);
    hj_vault_key_wipe(&key);
    if (hex == NULL)
        return false;
    bool whole = strlen(hex) == SECRET_BYTES * 2 && hj_crypto_unhex(hex, ret, SECRET_BYTES);
    hj_crypto_wipe(hex, strlen(hex));
    g_free(hex);
    return whole || hj_error_log(error, HJ_ERROR_STORE, "second: the secret cannot be read");
}

bool
hj_second_state(HjTx *tx, int64_t account, HjSecondState *ret, GError **error)
{
    *ret = (HjSecondState){ 0 };
    g_autoptr(HjRows) row =
        hj_tx_query(tx, error, SQL_STATE, HJ_I64(hj_tx_county(tx)), HJ_I64(account));
    if (row == NULL)
        return false;
    if (hj_rows_next(row)) {
        ret->begun = true;
        ret->on = !hj_rows_null(row, "confirmed_at");
        ret->since = hj_rows_i64(row, "confirmed_at");
        ret->n_left = hj_rows_i64(row, "n_left");
    }
    return true;
}

bool
hj_second_begin(HjTx *tx, const HjActor *actor, GError **error)
{
    HjSecondState state;
    uint8_t secret[SECRET_BYTES];
    if (!hj_second_state(tx, actor->account, &state, error))
        return false;
    if (state.on)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The second factor is set up already.");
    hj_crypto_random(secret, sizeof secret);
    g_autofree char *hex = hj_crypto_hex(secret, sizeof secret);
    bool done = drop(tx, actor->account, error) && put(tx, actor->account, hex, error);
    hj_crypto_wipe(secret, sizeof secret);
    hj_crypto_wipe(hex, strlen(hex));
    hj_tx_exempt(tx); /* nothing counts before a code of it was shown */
    return done;
}

char *
hj_second_begun(HjTx *tx, const HjActor *actor, GError **error)
{
    uint8_t secret[SECRET_BYTES];
    g_autoptr(HjRows) row =
        hj_tx_query(tx, error, SQL_GET, HJ_I64(hj_tx_county(tx)), HJ_I64(actor->account));
    if (row == NULL || !hj_rows_next(row) || !hj_rows_null(row, "confirmed_at") ||
        !unlock(tx, actor->account, row, secret, error))
        return NULL;
    char *text = hj_second_base32(secret, sizeof secret);
    hj_crypto_wipe(secret, sizeof secret);
    return text;
}

/* --- codes --- */

/* The step in which @code is the code, or 0; steps up to the last one used do not count. */
static int64_t
step_of(HjTx *tx, const uint8_t *secret, const char *code, int64_t used)
{
    char wanted[16];
    int64_t now = hj_tx_wall(tx) / USEC_PER_SECOND / HJ_SECOND_STEP, found = 0;
    if (strlen(code) != DIGITS)
        return 0;
    for (int64_t step = now - WINDOW; step <= now + WINDOW; step++) {
        g_snprintf(wanted, sizeof wanted, "%06u",
                   hj_second_code(secret, SECRET_BYTES, (uint64_t)step, DIGITS));
        if (hj_crypto_equal(wanted, code, DIGITS) && step > used)
            found = step;
    }
    return found;
}

/* Digits and letters only, small: people type codes as they read them. */
static char *
tidy(const char *code)
{
    GString *text = g_string_new(NULL);
    for (const char *p = code; *p != '\0' && text->len < 64; p++)
        if (g_ascii_isalnum(*p))
            g_string_append_c(text, g_ascii_tolower(*p));
    return g_string_free(text, FALSE);
}

static char *
hash_of(int64_t account, const char *code)
{
    uint8_t sum[HJ_SM3_BYTES];
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT ":%s", account, code);
    hj_crypto_sm3(text, strlen(text), sum);
    return hj_crypto_hex(sum, sizeof sum);
}

#define SQL_NEW_CODE "INSERT INTO sys_recovery (county, account, hash) VALUES ($1, $2, $3)"

static bool
make_codes(HjTx *tx, int64_t account, GStrv *ret_codes, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(GStrvBuilder) codes = g_strv_builder_new();
    if (!hj_tx_exec(tx, error, SQL_DROP_CODES, county, HJ_I64(account)))
        return false;
    for (int i = 0; i < HJ_SECOND_RECOVERY; i++) {
        uint8_t random[RECOVERY_BYTES];
        hj_crypto_random(random, sizeof random);
        g_autofree char *text = hj_second_base32(random, sizeof random);
        g_autofree char *low = g_ascii_strdown(text, -1);
        g_autofree char *hash = hash_of(account, low);
        g_autofree char *shown =
            g_strdup_printf("%.4s-%.4s-%.4s-%.4s", low, low + 4, low + 8, low + 12);
        if (!hj_tx_exec(tx, error, SQL_NEW_CODE, county, HJ_I64(account), HJ_TEXT(hash)))
            return false;
        g_strv_builder_add(codes, shown);
    }
    *ret_codes = g_strv_builder_end(codes);
    return true;
}

bool
hj_second_new_codes(HjTx *tx, int64_t account, GStrv *ret_codes, GError **error)
{
    return make_codes(tx, account, ret_codes, error) &&
           hj_account_event(tx, "account.recovery_new", account, 0, NULL, error);
}

#define SQL_CONFIRM                                                                            \
    "UPDATE sys_second SET confirmed_at = $3, used_step = $4 WHERE county = $1 AND account = " \
    "$2"
#define SQL_USED "UPDATE sys_second SET used_step = $3 WHERE county = $1 AND account = $2"
#define SQL_RECOVER                                                                            \
    "UPDATE sys_recovery SET used_at = $4 WHERE county = $1 AND account = $2 AND hash = $3"    \
    " AND used_at IS NULL"

bool
hj_second_confirm(HjTx *tx, const HjActor *actor, const char *code, GStrv *ret_codes,
                  GError **error)
{
    uint8_t secret[SECRET_BYTES];
    HjVal county = HJ_I64(hj_tx_county(tx)), whose = HJ_I64(actor->account);
    *ret_codes = NULL;
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_GET, county, whose);
    if (row == NULL)
        return false;
    if (!hj_rows_next(row) || !hj_rows_null(row, "confirmed_at"))
        return hj_fail(error, HJ_ERROR_CONFLICT, "Begin with setting up the device.");
    if (!unlock(tx, actor->account, row, secret, error))
        return false;
    g_autofree char *text = tidy(code);
    int64_t step = step_of(tx, secret, text, 0);
    hj_crypto_wipe(secret, sizeof secret);
    if (step == 0)
        return true;
    return hj_tx_exec(tx, error, SQL_CONFIRM, county, whose, HJ_TIME(hj_tx_now(tx)),
                      HJ_I64(step)) &&
           make_codes(tx, actor->account, ret_codes, error) &&
           hj_account_event(tx, "account.second_on", actor->account, 0, NULL, error);
}

static bool
try_recovery(HjTx *tx, int64_t account, const char *code, bool *ret_ok, GError **error)
{
    int64_t changes = 0;
    g_autofree char *hash = hash_of(account, code);
    if (!hj_tx_change(tx, error, &changes, SQL_RECOVER, HJ_I64(hj_tx_county(tx)),
                      HJ_I64(account), HJ_TEXT(hash), HJ_TIME(hj_tx_now(tx))))
        return false;
    *ret_ok = changes == 1;
    return !*ret_ok || hj_account_event(tx, "account.recovery_used", account, 0, NULL, error);
}

bool
hj_second_check(HjTx *tx, int64_t account, const char *code, bool *ret_ok, bool *ret_locked,
                GError **error)
{
    uint8_t secret[SECRET_BYTES];
    HjVal county = HJ_I64(hj_tx_county(tx));
    *ret_ok = *ret_locked = false;
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_GET, county, HJ_I64(account));
    if (row == NULL)
        return false;
    if (!hj_rows_next(row) || hj_rows_null(row, "confirmed_at"))
        return true;
    if (hj_rows_i64(row, "locked_until") > hj_tx_now(tx)) {
        *ret_locked = true;
        return true;
    }
    if (!unlock(tx, account, row, secret, error))
        return false;
    g_autofree char *text = tidy(code);
    int64_t step = step_of(tx, secret, text, hj_rows_i64(row, "used_step"));
    hj_crypto_wipe(secret, sizeof secret);
    *ret_ok = step != 0;
    if (step != 0 && (!hj_tx_exec(tx, error, SQL_USED, county, HJ_I64(account), HJ_I64(step)) ||
                      !hj_account_event(tx, "account.second_used", account, 0, NULL, error)))
        return false;
    if (step == 0 && !try_recovery(tx, account, text, ret_ok, error))
        return false;
    return *ret_ok ? hj_account_clear_failures(tx, account, error)
                   : hj_account_count_failure(tx, account, hj_rows_i64(row, "n_failed"),
                                              "account.second_failed", NULL, error);
}

bool
hj_second_remove(HjTx *tx, const HjActor *actor, int64_t account, GError **error)
{
    if (account != actor->account &&
        (!hj_account_check(tx, actor, "account.grant", account, true, error) ||
         !hj_duty_check_foreign(tx, actor, account, error)))
        return false;
    return drop(tx, account, error) &&
           hj_account_event(tx, "account.second_off", account, 0, NULL, error);
}
