#include "core/account.h"

#include "base/crypto.h"
#include "base/text.h"
#include "core/account_priv.h"
#include "store/event.h"

#include <string.h>

#define MAX_FAILED 5
#define USEC_PER_MINUTE (INT64_C(60) * 1000 * 1000)
#define LOCK_USEC (15 * USEC_PER_MINUTE)
#define IDLE_USEC (30 * USEC_PER_MINUTE)
#define LIFE_USEC (12 * 60 * USEC_PER_MINUTE)
/* A session in use is written this often at most, not once a request. */
#define TOUCH_USEC (5 * USEC_PER_MINUTE)
#define TOKEN_BYTES 32
#define CSRF_BYTES 24
#define MAX_NAME 128

/* Of a password nobody has: verifying against it takes as long as against a real one. */
#define DUMMY_HASH                                                                             \
    "$argon2id$v=19$m=19456,t=2,p=1$Z3tUtAXd+JfNs9gYAJ7TXg$"                                   \
    "8xk7alzj0SMbVSidF6hjNkEYn39+AbFzbFveHHidlU0"

#define SQL_PROOF                                                                              \
    "SELECT id, password, locked_until, disabled_at FROM sys_account"                          \
    " WHERE county = $1 AND name = $2"

void
hj_account_proof_clear(HjAccountProof *proof)
{
    g_clear_pointer(&proof->hash, g_free);
}

bool
hj_account_proof(HjTx *tx, const char *name, HjAccountProof *ret, GError **error)
{
    bool askable = name != NULL && strlen(name) <= MAX_NAME && hj_text_is_clean(name, false);
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_PROOF, HJ_I64(hj_tx_county(tx)),
                                        HJ_TEXT(askable ? name : ""));
    if (row == NULL)
        return false;
    *ret = (HjAccountProof){ 0 };
    if (!hj_rows_next(row)) {
        ret->hash = g_strdup(DUMMY_HASH);
        return true;
    }
    ret->id = hj_rows_i64(row, "id");
    ret->hash = g_strdup(hj_rows_text(row, "password"));
    ret->locked = hj_rows_i64(row, "locked_until") > hj_tx_now(tx);
    ret->disabled = !hj_rows_null(row, "disabled_at");
    return true;
}

#define SQL_STANDING                                                                           \
    "SELECT password, locked_until, disabled_at, n_failed FROM sys_account"                    \
    " WHERE county = $1 AND id = $2"
#define SQL_FAILED                                                                             \
    "UPDATE sys_account SET n_failed = $3, locked_until = $4 WHERE county = $1 AND id = $2"
#define SQL_SUCCEEDED                                                                          \
    "UPDATE sys_account SET n_failed = 0, locked_until = 0 WHERE county = $1 AND id = $2"
#define SQL_SESSION_NEW                                                                        \
    "INSERT INTO sys_session (county, token, account, csrf, kind, created_at, seen_at,"        \
    " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)"

static char *
token_hash(const char *token)
{
    uint8_t digest[HJ_SM3_BYTES];
    hj_crypto_sm3(token, strlen(token), digest);
    return hj_crypto_hex(digest, sizeof digest);
}

static bool
record_failure(HjTx *tx, int64_t account, int64_t n_failed, GError **error)
{
    bool locks = n_failed + 1 >= MAX_FAILED;
    return hj_tx_exec(tx, error, SQL_FAILED, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                      HJ_I64(locks ? 0 : n_failed + 1),
                      HJ_TIME(locks ? hj_tx_now(tx) + LOCK_USEC : 0)) &&
           hj_account_event(tx, "account.sign_in_failed", account, 0, NULL, error);
}

static bool
open_session(HjTx *tx, int64_t account, const char *kind, HjSessionKeys *ret, GError **error)
{
    HjSessionKeys keys;
    g_autofree char *token = hj_crypto_token(TOKEN_BYTES);
    g_autofree char *csrf = hj_crypto_token(CSRF_BYTES);
    g_autofree char *hash = token_hash(token);
    g_strlcpy(keys.token, token, sizeof keys.token);
    g_strlcpy(keys.csrf, csrf, sizeof keys.csrf);
    HjTime now = hj_tx_now(tx);
    HjVal county = HJ_I64(hj_tx_county(tx));
    /* From here on it is this person who acts. */
    hj_tx_set_actor(tx, account);
    if (!hj_tx_exec(tx, error, SQL_SUCCEEDED, county, HJ_I64(account)) ||
        !hj_tx_exec(tx, error, SQL_SESSION_NEW, county, HJ_TEXT(hash), HJ_I64(account),
                    HJ_TEXT(keys.csrf), HJ_TEXT(kind), HJ_TIME(now),
                    HJ_TIME(now + LIFE_USEC)) ||
        !hj_account_event(tx, "account.sign_in", account, 0, NULL, error))
        return false;
    *ret = keys;
    return true;
}

bool
hj_account_sign_in(HjTx *tx, const HjAccountProof *proof, const char *name, bool password_right,
                   const char *kind, bool *ret_ok, HjSessionKeys *ret, GError **error)
{
    (void)name; /* of an unknown account: typed by mistake it may be a password */
    *ret_ok = false;
    if (proof->id == 0)
        return true;
    g_autoptr(HjRows) row =
        hj_tx_query(tx, error, SQL_STANDING, HJ_I64(hj_tx_county(tx)), HJ_I64(proof->id));
    if (row == NULL)
        return false;
    /* While locked nothing is tried and nothing recorded: guessing costs no disk. */
    if (!hj_rows_next(row) || hj_rows_i64(row, "locked_until") > hj_tx_now(tx))
        return true;
    /* The password may have been changed since it was verified. */
    bool right = password_right && hj_rows_null(row, "disabled_at") &&
                 g_strcmp0(hj_rows_text(row, "password"), proof->hash) == 0;
    if (!right)
        return record_failure(tx, proof->id, hj_rows_i64(row, "n_failed"), error);
    if (!open_session(tx, proof->id, kind, ret, error))
        return false;
    *ret_ok = true;
    return true;
}

/* One row a role held today, one without a role for an account that holds none. */
#define ROLES_HELD                                                                             \
    " LEFT JOIN sys_grant g ON g.county = a.county AND g.account = a.id"                       \
    " AND g.from_on <= $3 AND g.to_on >= $3"                                                   \
    " LEFT JOIN sys_org o ON o.county = g.county AND o.id = g.org"                             \
    " LEFT JOIN sys_org_name n ON n.county = g.county AND n.org = g.org"                       \
    " AND n.to_on = '9999-12-31'"
#define ACTOR_COLUMNS                                                                          \
    "a.id AS id, a.name AS name, a.title AS title, a.lang AS lang, g.role AS role,"            \
    " g.org AS org, o.code AS org_code, n.name AS org_name, o.kind AS org_kind"
#define SQL_SESSION                                                                            \
    "SELECT s.csrf AS csrf, s.seen_at AS seen_at, " ACTOR_COLUMNS                              \
    " FROM sys_session s JOIN sys_account a ON a.county = s.county AND a.id = s.account"       \
    " AND a.disabled_at IS NULL" ROLES_HELD                                                    \
    " WHERE s.county = $1 AND s.token = $2 AND s.ended_at IS NULL AND s.expires_at > $4"       \
    " AND s.seen_at > $5 ORDER BY g.id"
#define SQL_NAMED                                                                              \
    "SELECT a.disabled_at AS disabled_at, " ACTOR_COLUMNS " FROM sys_account a" ROLES_HELD     \
    " WHERE a.county = $1 AND a.name = $2 ORDER BY g.id"

/* The actor of rows with ACTOR_COLUMNS; @rows stands on the first. */
static HjActor *
actor_of(HjRows *rows, HjPack *pack)
{
    HjActor *actor = hj_actor_new(
        pack, hj_rows_i64(rows, "id"), hj_rows_text(rows, "name"), hj_rows_text(rows, "title"),
        g_strcmp0(hj_rows_text(rows, "lang"), "en") == 0 ? HJ_EN : HJ_ZH, hj_rows_count(rows));
    do {
        const char *name = hj_rows_text(rows, "role");
        /* A role that the pack took away gives no right. */
        const HjRole *role = name != NULL ? hj_pack_role(pack, name) : NULL;
        if (role != NULL)
            hj_actor_add_grant(actor, role, hj_rows_i64(rows, "org"),
                               hj_rows_text(rows, "org_code"), hj_rows_text(rows, "org_name"),
                               hj_rows_text(rows, "org_kind"));
    } while (hj_rows_next(rows));
    return actor;
}

HjActor *
hj_account_session(HjTx *tx, HjPack *pack, const char *token, char *ret_csrf, size_t n_csrf,
                   bool *ret_touch, GError **error)
{
    g_autofree char *hash = token_hash(token);
    HjTime now = hj_tx_now(tx);
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_SESSION, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash),
                    HJ_DATE(hj_tx_today(tx)), HJ_TIME(now), HJ_TIME(now - IDLE_USEC));
    if (rows == NULL || !hj_rows_next(rows))
        return NULL;
    if (ret_csrf != NULL)
        g_strlcpy(ret_csrf, hj_rows_text(rows, "csrf"), n_csrf);
    if (ret_touch != NULL)
        *ret_touch = now - hj_rows_i64(rows, "seen_at") > TOUCH_USEC;
    return actor_of(rows, pack);
}

HjActor *
hj_account_actor(HjTx *tx, HjPack *pack, const char *name, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_NAMED, HJ_I64(hj_tx_county(tx)),
                                         HJ_TEXT(name), HJ_DATE(hj_tx_today(tx)));
    if (rows == NULL)
        return NULL;
    if (!hj_rows_next(rows)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such account.");
        return NULL;
    }
    if (!hj_rows_null(rows, "disabled_at")) {
        hj_fail(error, HJ_ERROR_DENIED, "This account is disabled.");
        return NULL;
    }
    return actor_of(rows, pack);
}

#define SQL_TOUCH                                                                              \
    "UPDATE sys_session SET seen_at = $3 WHERE county = $1 AND token = $2"                     \
    " AND ended_at IS NULL AND seen_at < $3 AND seen_at > $4 AND expires_at > $3"
#define SQL_END                                                                                \
    "UPDATE sys_session SET ended_at = $4 WHERE county = $1 AND token = $2 AND account = $3"   \
    " AND ended_at IS NULL"

bool
hj_account_session_touch(HjTx *tx, const char *token, GError **error)
{
    g_autofree char *hash = token_hash(token);
    HjTime now = hj_tx_now(tx);
    hj_tx_exempt(tx); /* being seen changes no fact */
    /* A touch that comes late must not wake a session that has ended meanwhile. */
    return hj_tx_exec(tx, error, SQL_TOUCH, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash),
                      HJ_TIME(now), HJ_TIME(now - IDLE_USEC));
}

bool
hj_account_session_end(HjTx *tx, const HjActor *actor, const char *token, GError **error)
{
    g_autofree char *hash = token_hash(token);
    int64_t changes;
    if (!hj_tx_change(tx, error, &changes, SQL_END, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash),
                      HJ_I64(actor->account), HJ_TIME(hj_tx_now(tx))))
        return false;
    return changes == 0 ||
           hj_account_event(tx, "account.sign_out", actor->account, 0, NULL, error);
}
