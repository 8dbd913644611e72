#include "core/account.h"

#include "base/crypto.h"
#include "base/text.h"
#include "core/account_priv.h"
#include "core/proxy.h"
#include "core/setting.h"
#include "store/event.h"

#include <string.h>

#define MAX_FAILED 5
#define USEC_PER_MINUTE (INT64_C(60) * 1000 * 1000)
#define LOCK_USEC (15 * USEC_PER_MINUTE)
#define USEC_PER_DAY (24 * 60 * USEC_PER_MINUTE)
/* A session in use is written this often at most, not once a request. */
#define TOUCH_USEC (5 * USEC_PER_MINUTE)
#define TOKEN_BYTES 32
#define TOKEN_CHARS 43 /* that many bytes as base64url */
#define TOKEN_TAIL 4
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
    "SELECT a.password AS password, a.locked_until AS locked_until,"                           \
    " a.disabled_at AS disabled_at, a.n_failed AS n_failed, a.password_at AS password_at,"     \
    " a.must_change AS must_change, a.created_at AS created_at,"                               \
    " (SELECT MAX(s.seen_at) FROM sys_session s WHERE s.county = a.county"                     \
    " AND s.account = a.id) AS seen_at,"                                                       \
    " (SELECT c.confirmed_at FROM sys_second c WHERE c.county = a.county"                      \
    " AND c.account = a.id) AS confirmed_at"                                                   \
    " FROM sys_account a WHERE a.county = $1 AND a.id = $2"
#define SQL_FAILED                                                                             \
    "UPDATE sys_account SET n_failed = $3, locked_until = $4 WHERE county = $1 AND id = $2"
#define SQL_SUCCEEDED                                                                          \
    "UPDATE sys_account SET n_failed = 0, locked_until = 0 WHERE county = $1 AND id = $2"
#define SQL_SESSION_NEW                                                                        \
    "INSERT INTO sys_session (county, token, account, csrf, kind, created_at, seen_at,"        \
    " expires_at, remote, device, stage) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10)"
#define SQL_UNUSED "UPDATE sys_account SET disabled_at = $3 WHERE county = $1 AND id = $2"

char *
hj_account_token_hash(const char *token)
{
    uint8_t digest[HJ_SM3_BYTES];
    hj_crypto_sm3(token, strlen(token), digest);
    return hj_crypto_hex(digest, sizeof digest);
}

bool
hj_account_token_is(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    if (!g_str_has_prefix(text, prefix) || strlen(text) != n + TOKEN_CHARS)
        return false;
    for (; text[n] != '\0'; n++)
        if (!g_ascii_isalnum(text[n]) && text[n] != '-' && text[n] != '_')
            return false;
    return true;
}

void
hj_account_token_make(const char *prefix, char ret_token[64])
{
    g_autofree char *secret = hj_crypto_token(TOKEN_BYTES);
    g_snprintf(ret_token, 64, "%s%s", prefix, secret);
    hj_crypto_wipe(secret, strlen(secret));
}

const char *
hj_account_token_tail(const char *token)
{
    return token + strlen(token) - TOKEN_TAIL;
}

/* {"from": "<address>"}, or NULL where it is not known. */
static char *
source_of(const HjSignInFrom *from)
{
    return from->remote != NULL ? hj_account_object("from", from->remote, NULL) : NULL;
}

bool
hj_account_count_failure(HjTx *tx, int64_t account, int64_t n_failed, const char *action,
                         const char *after, GError **error)
{
    bool locks = n_failed + 1 >= MAX_FAILED;
    return hj_tx_exec(tx, error, SQL_FAILED, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                      HJ_I64(locks ? 0 : n_failed + 1),
                      HJ_TIME(locks ? hj_tx_now(tx) + LOCK_USEC : 0)) &&
           hj_account_event(tx, action, account, 0, after, error);
}

bool
hj_account_clear_failures(HjTx *tx, int64_t account, GError **error)
{
    return hj_tx_exec(tx, error, SQL_SUCCEEDED, HJ_I64(hj_tx_county(tx)), HJ_I64(account));
}

/* What is still asked of who knows the password of the account in @row. */
static bool
find_stage(HjTx *tx, HjPack *pack, int64_t account, const HjRows *row,
           const HjSettings *settings, bool second_done, const char **ret, GError **error)
{
    HjTime now = hj_tx_now(tx), age = now - hj_rows_i64(row, "password_at");
    bool expired = settings->password_days > 0 && age > settings->password_days * USEC_PER_DAY;
    bool has_second = !hj_rows_null(row, "confirmed_at");
    bool administers = false;
    *ret = "";
    if (settings->second == HJ_SECOND_REQUIRED && !has_second &&
        !hj_account_administers(tx, pack, account, &administers, error))
        return false;
    if (has_second && !second_done && settings->second != HJ_SECOND_OFF)
        *ret = HJ_STAGE_SECOND;
    else if (hj_rows_i64(row, "must_change") != 0 || expired)
        *ret = HJ_STAGE_PASSWORD;
    else if (administers)
        *ret = HJ_STAGE_ENROL;
    return true;
}

bool
hj_account_next_stage(HjTx *tx, HjPack *pack, int64_t account, const char **ret, GError **error)
{
    HjSettings settings;
    g_autoptr(HjRows) row =
        hj_tx_query(tx, error, SQL_STANDING, HJ_I64(hj_tx_county(tx)), HJ_I64(account));
    if (row == NULL || !hj_setting_load(tx, &settings, error))
        return false;
    *ret = "";
    return !hj_rows_next(row) ||
           find_stage(tx, pack, account, row, &settings, true, ret, error);
}

static bool
open_session(HjTx *tx, int64_t account, const HjSignInFrom *from, const char *stage,
             const HjSettings *settings, HjSessionKeys *ret, GError **error)
{
    HjSessionKeys keys = { 0 };
    g_autofree char *token = hj_crypto_token(TOKEN_BYTES);
    g_autofree char *csrf = hj_crypto_token(CSRF_BYTES);
    g_autofree char *hash = hj_account_token_hash(token);
    g_autofree char *after = source_of(from);
    g_strlcpy(keys.token, token, sizeof keys.token);
    g_strlcpy(keys.csrf, csrf, sizeof keys.csrf);
    g_strlcpy(keys.stage, stage, sizeof keys.stage);
    HjTime now = hj_tx_now(tx);
    HjVal county = HJ_I64(hj_tx_county(tx));
    /* From here on it is this person who acts. */
    hj_tx_set_actor(tx, account);
    /* Wrong codes count on: the password alone does not wipe them away. */
    if (!g_str_equal(stage, HJ_STAGE_SECOND) && !hj_account_clear_failures(tx, account, error))
        return false;
    if (!hj_tx_exec(tx, error, SQL_SESSION_NEW, county, HJ_TEXT(hash), HJ_I64(account),
                    HJ_TEXT(keys.csrf), HJ_TEXT(from->kind), HJ_TIME(now),
                    HJ_TIME(now + settings->session_hours * 60 * USEC_PER_MINUTE),
                    HJ_TEXT(from->remote), HJ_TEXT(from->device), HJ_TEXT(stage)) ||
        !hj_account_event(tx, "account.sign_in", account, 0, after, error))
        return false;
    *ret = keys;
    return true;
}

/* Nobody has used the account for so long that it is shut; not where it would leave the county
 * without an administrator. */
static bool
shut_unused(HjTx *tx, HjPack *pack, int64_t account, const HjRows *row,
            const HjSettings *settings, bool *ret_shut, GError **error)
{
    HjTime used = MAX(MAX(hj_rows_i64(row, "seen_at"), hj_rows_i64(row, "password_at")),
                      hj_rows_i64(row, "created_at"));
    bool administers = false;
    *ret_shut = false;
    if (pack == NULL || settings->unused_days == 0 ||
        hj_tx_now(tx) - used <= settings->unused_days * USEC_PER_DAY)
        return true;
    if (!hj_account_administers(tx, pack, account, &administers, error))
        return false;
    if (administers)
        return true;
    *ret_shut = true;
    g_autofree char *after = hj_account_object("note", "unused", NULL);
    return hj_tx_exec(tx, error, SQL_UNUSED, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                      HJ_TIME(hj_tx_now(tx))) &&
           hj_account_event(tx, "account.disable", account, 0, after, error);
}

bool
hj_account_sign_in_from(HjTx *tx, const HjAccountProof *proof, bool password_right,
                        const HjSignInFrom *from, bool *ret_ok, HjSessionKeys *ret,
                        GError **error)
{
    HjSettings settings;
    *ret_ok = false;
    *ret = (HjSessionKeys){ 0 };
    if (proof->id == 0)
        return true;
    g_autoptr(HjRows) row =
        hj_tx_query(tx, error, SQL_STANDING, HJ_I64(hj_tx_county(tx)), HJ_I64(proof->id));
    if (row == NULL || !hj_setting_load(tx, &settings, error))
        return false;
    /* While locked nothing is tried and nothing recorded: guessing costs no disk. */
    if (!hj_rows_next(row) || hj_rows_i64(row, "locked_until") > hj_tx_now(tx))
        return true;
    /* The password may have been changed since it was verified. */
    bool right = password_right && hj_rows_null(row, "disabled_at") &&
                 g_strcmp0(hj_rows_text(row, "password"), proof->hash) == 0,
         shut = false;
    if (!right) {
        g_autofree char *after = source_of(from);
        return hj_account_count_failure(tx, proof->id, hj_rows_i64(row, "n_failed"),
                                        "account.sign_in_failed", after, error);
    }
    const char *stage = "";
    if (!shut_unused(tx, from->pack, proof->id, row, &settings, &shut, error) ||
        !find_stage(tx, from->pack, proof->id, row, &settings, from->second_done, &stage,
                    error))
        return false;
    if (shut)
        return true;
    /* A program has nobody to ask; people with more to show use the pages or a token. */
    if (g_str_equal(from->kind, "api") && *stage != '\0') {
        g_strlcpy(ret->stage, stage, sizeof ret->stage);
        return true;
    }
    if (!open_session(tx, proof->id, from, stage, &settings, ret, error))
        return false;
    *ret_ok = true;
    return true;
}

bool
hj_account_sign_in(HjTx *tx, const HjAccountProof *proof, const char *name, bool password_right,
                   const char *kind, bool *ret_ok, HjSessionKeys *ret, GError **error)
{
    (void)name; /* of an unknown account: typed by mistake it may be a password */
    HjSignInFrom from = { .kind = kind };
    return hj_account_sign_in_from(tx, proof, password_right, &from, ret_ok, ret, error);
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
    "SELECT s.csrf AS csrf, s.seen_at AS seen_at, s.expires_at AS expires_at,"                 \
    " s.stage AS stage, s.proxy AS proxy, " ACTOR_COLUMNS                                      \
    " FROM sys_session s JOIN sys_account a ON a.county = s.county AND a.id = s.account"       \
    " AND a.disabled_at IS NULL" ROLES_HELD                                                    \
    " WHERE s.county = $1 AND s.token = $2 AND s.ended_at IS NULL AND s.expires_at > $4"       \
    " AND s.seen_at > $5 ORDER BY g.id"
#define SQL_NAMED                                                                              \
    "SELECT a.disabled_at AS disabled_at, " ACTOR_COLUMNS " FROM sys_account a" ROLES_HELD     \
    " WHERE a.county = $1 AND a.name = $2 ORDER BY g.id"

bool
hj_account_role_counts(const HjRole *role, bool separated)
{
    /* Kept apart, the three are not held in one hand. */
    return role != NULL && !(separated && role->duty == HJ_DUTY_ALL);
}

/* The grants of @rows, which stands on the first. */
static void
add_grants(HjActor *actor, HjRows *rows)
{
    do {
        const char *name = hj_rows_text(rows, "role");
        /* A role that the pack took away gives no right. */
        const HjRole *role = name != NULL ? hj_pack_role(actor->pack, name) : NULL;
        if (hj_account_role_counts(role, actor->separated))
            hj_actor_add_grant(actor, role, hj_rows_i64(rows, "org"),
                               hj_rows_text(rows, "org_code"), hj_rows_text(rows, "org_name"),
                               hj_rows_text(rows, "org_kind"));
    } while (hj_rows_next(rows));
}

/* The actor of rows with ACTOR_COLUMNS; @rows stands on the first. */
static HjActor *
actor_of(HjRows *rows, HjPack *pack, const HjSettings *settings)
{
    HjActor *actor = hj_actor_new(
        pack, hj_rows_i64(rows, "id"), hj_rows_text(rows, "name"), hj_rows_text(rows, "title"),
        g_strcmp0(hj_rows_text(rows, "lang"), "en") == 0 ? HJ_EN : HJ_ZH, hj_rows_count(rows));
    actor->separated = settings->separation;
    add_grants(actor, rows);
    return actor;
}

#define SQL_LENT                                                                               \
    "SELECT p.principal AS principal, p.to_on AS until, a.title AS title, a.name AS name,"     \
    " g.role AS role, g.org AS org, o.code AS org_code, n.name AS org_name,"                   \
    " o.kind AS org_kind, d.id AS id, d.name AS deputy, d.title AS deputy_title,"              \
    " d.lang AS lang"                                                                          \
    " FROM sys_proxy p JOIN sys_account a ON a.county = p.county AND a.id = p.principal"       \
    " AND a.disabled_at IS NULL"                                                               \
    " JOIN sys_account d ON d.county = p.county AND d.id = p.deputy"                           \
    " JOIN sys_proxy_role r ON r.county = p.county AND r.proxy = p.id"                         \
    " JOIN sys_grant g ON g.county = p.county AND g.id = r.held AND g.account = p.principal"   \
    " AND g.from_on <= $3 AND g.to_on >= $3"                                                   \
    " JOIN sys_org o ON o.county = g.county AND o.id = g.org"                                  \
    " LEFT JOIN sys_org_name n ON n.county = g.county AND n.org = g.org"                       \
    " AND n.to_on = '9999-12-31'"                                                              \
    " WHERE p.county = $1 AND p.id = $2 AND p.deputy = $4 AND p.ended_at IS NULL"              \
    " AND p.from_on <= $3 AND p.to_on >= $3 ORDER BY g.id"

/* The deputy with what is lent to him today; NULL without an error when nothing is, and then he
 * acts for himself again. */
static HjActor *
lent_actor(HjTx *tx, HjPack *pack, int64_t proxy, int64_t deputy, const HjSettings *settings,
           GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_LENT, HJ_I64(hj_tx_county(tx)), HJ_I64(proxy),
                    HJ_DATE(hj_tx_today(tx)), HJ_I64(deputy));
    if (rows == NULL || !hj_rows_next(rows))
        return NULL;
    HjDate until = HJ_DATE_NONE;
    const char *title = hj_rows_text(rows, "title");
    hj_date_parse(hj_rows_text(rows, "until"), &until, NULL);
    HjActor *actor = hj_actor_new(
        pack, deputy, hj_rows_text(rows, "deputy"), hj_rows_text(rows, "deputy_title"),
        g_strcmp0(hj_rows_text(rows, "lang"), "en") == 0 ? HJ_EN : HJ_ZH, hj_rows_count(rows));
    actor->separated = settings->separation;
    hj_actor_set_behalf(actor, proxy, hj_rows_i64(rows, "principal"),
                        title != NULL ? title : hj_rows_text(rows, "name"), until);
    do {
        const HjRole *role = hj_pack_role(pack, hj_rows_text(rows, "role"));
        if (hj_proxy_may_lend(role))
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
    g_autofree char *hash = hj_account_token_hash(token);
    HjTime now = hj_tx_now(tx);
    HjSettings settings;
    GError *failure = NULL;
    if (!hj_setting_load(tx, &settings, error))
        return NULL;
    HjTime idle = settings.idle_minutes * USEC_PER_MINUTE;
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_SESSION, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash),
                    HJ_DATE(hj_tx_today(tx)), HJ_TIME(now), HJ_TIME(now - idle));
    if (rows == NULL || !hj_rows_next(rows))
        return NULL;
    HjTime seen = hj_rows_i64(rows, "seen_at"), expires = hj_rows_i64(rows, "expires_at");
    if (ret_csrf != NULL)
        g_strlcpy(ret_csrf, hj_rows_text(rows, "csrf"), n_csrf);
    if (ret_touch != NULL)
        *ret_touch = now - seen > MIN(TOUCH_USEC, idle / 4);
    int64_t proxy = hj_rows_i64(rows, "proxy");
    HjActor *actor =
        proxy != 0 ? lent_actor(tx, pack, proxy, hj_rows_i64(rows, "id"), &settings, &failure)
                   : NULL;
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return NULL;
    }
    g_autofree char *stage = g_strdup(hj_rows_text(rows, "stage"));
    if (actor == NULL)
        actor = actor_of(rows, pack, &settings);
    actor->until = MIN(expires, seen + idle);
    hj_actor_set_stage(actor, stage);
    return actor;
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
    HjSettings settings;
    if (!hj_setting_load(tx, &settings, error))
        return NULL;
    return actor_of(rows, pack, &settings);
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
    g_autofree char *hash = hj_account_token_hash(token);
    HjTime now = hj_tx_now(tx);
    HjSettings settings;
    hj_tx_exempt(tx); /* being seen changes no fact */
    if (!hj_setting_load(tx, &settings, error))
        return false;
    /* A touch that comes late must not wake a session that has ended meanwhile. */
    return hj_tx_exec(tx, error, SQL_TOUCH, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash),
                      HJ_TIME(now), HJ_TIME(now - settings.idle_minutes * USEC_PER_MINUTE));
}

bool
hj_account_session_end(HjTx *tx, const HjActor *actor, const char *token, GError **error)
{
    g_autofree char *hash = hj_account_token_hash(token);
    int64_t changes;
    if (!hj_tx_change(tx, error, &changes, SQL_END, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash),
                      HJ_I64(actor->account), HJ_TIME(hj_tx_now(tx))))
        return false;
    return changes == 0 ||
           hj_account_event(tx, "account.sign_out", actor->account, 0, NULL, error);
}
