/* Sessions as their owner and administrators see them, and who holds which role. */
#include "core/account_priv.h"
#include "core/duty.h"
#include "core/setting.h"
#include "store/sqlb.h"

#include <string.h>

#define NAME_LENGTH 32
#define NAME_LENGTH_TEXT "32"

#define SQL_SESSIONS                                                                           \
    "SELECT SUBSTR(token, 1, " NAME_LENGTH_TEXT ") AS name, kind, remote, device, created_at," \
    " seen_at, expires_at, stage, proxy FROM sys_session"                                      \
    " WHERE county = $1 AND account = $2 AND ended_at IS NULL AND expires_at > $3"             \
    " AND seen_at > $4 ORDER BY seen_at DESC LIMIT 100"

HjRows *
hj_account_sessions(HjTx *tx, int64_t account, GError **error)
{
    HjSettings settings;
    HjTime now = hj_tx_now(tx);
    if (!hj_setting_load(tx, &settings, error))
        return NULL;
    return hj_tx_query(tx, error, SQL_SESSIONS, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                       HJ_TIME(now),
                       HJ_TIME(now - settings.idle_minutes * INT64_C(60) * 1000000));
}

char *
hj_account_session_name(const char *token)
{
    char *hash = hj_account_token_hash(token);
    hash[NAME_LENGTH] = '\0';
    return hash;
}

#define SQL_CLOSE                                                                              \
    "UPDATE sys_session SET ended_at = $4 WHERE county = $1 AND account = $2"                  \
    " AND SUBSTR(token, 1, " NAME_LENGTH_TEXT ") = $3 AND ended_at IS NULL"

bool
hj_account_session_close(HjTx *tx, const HjActor *actor, int64_t account, const char *name,
                         GError **error)
{
    if (account != actor->account &&
        (!hj_account_check(tx, actor, "account.manage", account, true, error) ||
         !hj_duty_check_foreign(tx, actor, account, error)))
        return false;
    if (name == NULL)
        return hj_account_end_sessions(tx, account, error) &&
               hj_account_event(tx, "account.session_end", account, 0, NULL, error);
    int64_t changes = 0;
    if (!hj_tx_change(tx, error, &changes, SQL_CLOSE, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                      HJ_TEXT(name), HJ_TIME(hj_tx_now(tx))))
        return false;
    if (changes == 0)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "This session has ended already.");
    return hj_account_event(tx, "account.session_end", account, 0, NULL, error);
}

#define SQL_STAGE "UPDATE sys_session SET stage = $3 WHERE county = $1 AND token = $2"

bool
hj_account_session_stage(HjTx *tx, const char *token, const char *stage, GError **error)
{
    g_autofree char *hash = hj_account_token_hash(token);
    hj_tx_exempt(tx); /* how far a sign-in has come is no fact */
    return hj_tx_exec(tx, error, SQL_STAGE, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash),
                      HJ_TEXT(stage));
}

#define SQL_SIGN_INS                                                                           \
    "SELECT e.at AS at, e.action AS action, e.after AS after_json FROM sys_event e"            \
    " WHERE e.county = $1 AND e.row_id = $2 AND e.subject = 'account'"                         \
    " AND e.action IN ('account.sign_in', 'account.sign_in_failed', 'account.second_failed',"  \
    " 'account.recovery_used') ORDER BY e.id DESC LIMIT $3"

HjRows *
hj_account_sign_ins(HjTx *tx, int64_t account, int limit, GError **error)
{
    return hj_tx_query(tx, error, SQL_SIGN_INS, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                       HJ_I64(CLAMP(limit, 1, 100)));
}

#define SQL_FIND "SELECT id FROM sys_account WHERE county = $1 AND LOWER(name) = $2"

int64_t
hj_account_find(HjTx *tx, const char *name, GError **error)
{
    g_autofree char *low = g_ascii_strdown(name, -1);
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_FIND, HJ_I64(hj_tx_county(tx)), HJ_TEXT(low));
    return rows != NULL && hj_rows_next(rows) ? hj_rows_i64(rows, "id") : 0;
}

HjRows *
hj_account_holders(HjTx *tx, int64_t org, GError **error)
{
    HjVal today = HJ_DATE(hj_tx_today(tx));
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT a.id AS account, a.name AS name, a.title AS title,"
                   " g.id AS grant_id, g.role AS role, g.org AS org, o.code AS org_code,"
                   " n.name AS org_name, o.kind AS org_kind, d.name AS deputy,"
                   " p.to_on AS deputy_until FROM sys_grant g"
                   " JOIN sys_account a ON a.county = g.county AND a.id = g.account"
                   " AND a.disabled_at IS NULL"
                   " JOIN sys_org o ON o.county = g.county AND o.id = g.org"
                   " LEFT JOIN sys_org_name n ON n.county = g.county AND n.org = g.org"
                   " AND n.to_on = '9999-12-31'"
                   " LEFT JOIN sys_proxy_role r ON r.county = g.county AND r.held = g.id"
                   " AND EXISTS (SELECT 1 FROM sys_proxy x WHERE x.county = r.county"
                   " AND x.id = r.proxy AND x.ended_at IS NULL AND x.from_on <= ");
    hj_sqlb_param(b, today);
    hj_sqlb_lit(b, " AND x.to_on >= ");
    hj_sqlb_param(b, today);
    hj_sqlb_lit(b, ") LEFT JOIN sys_proxy p ON p.county = r.county AND p.id = r.proxy"
                   " LEFT JOIN sys_account d ON d.county = p.county AND d.id = p.deputy"
                   " WHERE g.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND g.from_on <= ");
    hj_sqlb_param(b, today);
    hj_sqlb_lit(b, " AND g.to_on >= ");
    hj_sqlb_param(b, today);
    if (org != 0) {
        hj_sqlb_lit(b, " AND g.org IN (SELECT t.ancestor FROM sys_tree t WHERE t.county = ");
        hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
        hj_sqlb_lit(b, " AND t.to_on = '9999-12-31' AND t.org = ");
        hj_sqlb_param(b, HJ_I64(org));
        hj_sqlb_lit(b, ")");
    }
    hj_sqlb_lit(b, " ORDER BY o.code, g.role, a.name, p.id");
    return hj_sqlb_query(b, tx, error);
}
