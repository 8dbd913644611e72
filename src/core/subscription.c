#include "core/subscription.h"

#include "base/id.h"
#include "core/account_priv.h"

bool
hj_subscription_is(const char *text)
{
    return hj_account_token_is(text, HJ_SUBSCRIPTION_PREFIX);
}

#define SQL_FIND                                                                               \
    "SELECT a.name AS account_name FROM sys_subscription s"                                    \
    " JOIN sys_account a ON a.county = s.county AND a.id = s.account"                          \
    " WHERE s.county = $1 AND s.hash = $2 AND s.revoked_at IS NULL AND s.expires_at > $3"      \
    " AND a.disabled_at IS NULL"

bool
hj_subscription_find(HjTx *tx, HjPack *pack, const char *token, HjActor **ret, GError **error)
{
    *ret = NULL;
    g_autofree char *hash = hj_account_token_hash(token);
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_FIND, HJ_I64(hj_tx_county(tx)),
                                        HJ_TEXT(hash), HJ_TIME(hj_tx_now(tx)));
    if (row == NULL)
        return false;
    if (!hj_rows_next(row))
        return true;
    *ret = hj_account_actor(tx, pack, hj_rows_text(row, "account_name"), error);
    return *ret != NULL;
}

#define SQL_LOAD                                                                               \
    "SELECT id, tail, created_at, expires_at FROM sys_subscription WHERE county = $1"          \
    " AND account = $2 AND revoked_at IS NULL AND expires_at > $3 ORDER BY id DESC LIMIT 1"

bool
hj_subscription_load(HjTx *tx, const HjActor *actor, HjSubscription *ret, GError **error)
{
    *ret = (HjSubscription){ 0 };
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_LOAD, HJ_I64(hj_tx_county(tx)),
                                        HJ_I64(actor->account), HJ_TIME(hj_tx_now(tx)));
    if (row == NULL)
        return false;
    ret->live = hj_rows_next(row);
    if (!ret->live)
        return true;
    g_strlcpy(ret->tail, hj_rows_text(row, "tail"), sizeof ret->tail);
    ret->created_at = hj_rows_i64(row, "created_at");
    ret->expires_at = hj_rows_i64(row, "expires_at");
    return true;
}

/* For himself: neither by a program that speaks for him nor by who acts for another. */
static bool
check_himself(const HjActor *actor, GError **error)
{
    return (actor->account != 0 && actor->token == 0 && actor->proxy == 0) ||
           hj_fail(error, HJ_ERROR_DENIED,
                   "An address of the calendar is made by its own account only.");
}

#define SQL_END                                                                                \
    "UPDATE sys_subscription SET revoked_at = $3, revoked_by = $2 WHERE county = $1"           \
    " AND account = $2 AND revoked_at IS NULL"

static bool
end_all(HjTx *tx, const HjActor *actor, GError **error)
{
    return hj_tx_exec(tx, error, SQL_END, HJ_I64(hj_tx_county(tx)), HJ_I64(actor->account),
                      HJ_TIME(hj_tx_now(tx)));
}

#define SQL_NEW                                                                                \
    "INSERT INTO sys_subscription (county, id, account, hash, tail, created_at, expires_at)"   \
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"

bool
hj_subscription_make(HjTx *tx, const HjActor *actor, char ret_token[64], GError **error)
{
    if (!check_himself(actor, error) || !end_all(tx, actor, error))
        return false;
    HjDate last = hj_tx_today(tx) + HJ_SUBSCRIPTION_DAYS;
    hj_account_token_make(HJ_SUBSCRIPTION_PREFIX, ret_token);
    g_autofree char *hash = hj_account_token_hash(ret_token);
    g_autofree char *after = hj_account_object("expires_on", hj_date_text(last).text, NULL);
    return hj_tx_exec(tx, error, SQL_NEW, HJ_I64(hj_tx_county(tx)), HJ_I64(hj_id_new()),
                      HJ_I64(actor->account), HJ_TEXT(hash),
                      HJ_TEXT(hj_account_token_tail(ret_token)), HJ_TIME(hj_tx_now(tx)),
                      HJ_TIME(hj_date_end(last))) &&
           hj_account_event(tx, "subscription.make", actor->account, 0, after, error);
}

bool
hj_subscription_revoke(HjTx *tx, const HjActor *actor, GError **error)
{
    HjSubscription now;
    if (!check_himself(actor, error) || !hj_subscription_load(tx, actor, &now, error))
        return false;
    if (!now.live) {
        hj_tx_exempt(tx);
        return true;
    }
    return end_all(tx, actor, error) &&
           hj_account_event(tx, "subscription.revoke", actor->account, 0, NULL, error);
}
