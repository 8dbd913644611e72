/* The first answer to a POST, kept for a day so that a repeated one changes nothing. */
#include "web/internal.h"

#define DAY_US (INT64_C(86400) * 1000000)

#define SQL_FIND                                                                               \
    "SELECT digest, status, body FROM sys_idempotency"                                         \
    " WHERE county = $1 AND account = $2 AND key = $3 AND at > $4"
#define SQL_FORGET "DELETE FROM sys_idempotency WHERE county = $1 AND account = $2 AND at <= $3"
#define SQL_KEEP                                                                               \
    "INSERT INTO sys_idempotency (county, account, key, digest, status, body, at)"             \
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"

static HjResponse *
stored_answer(HjRequest *req, HjRows *rows)
{
    if (!g_str_equal(hj_rows_text(rows, "digest"), req->digest))
        return hj_web_refuse(req, 422,
                             "This Idempotency-Key was used before with another request.");
    HjResponse *res = hj_response_new((int)hj_rows_i64(rows, "status"), "application/json");
    res->body = g_string_new(hj_rows_text(rows, "body"));
    hj_response_header(res, "Idempotency-Replayed", "true");
    return res;
}

bool
hj_web_replay(HjRequest *req, HjTx *tx, HjResponse **ret_replay, GError **error)
{
    *ret_replay = NULL;
    if (req->idempotency == NULL || req->actor == NULL)
        return true;
    int64_t since = hj_tx_now(tx) - DAY_US;
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_FIND, HJ_I64(hj_tx_county(tx)), HJ_I64(req->actor->account),
                    HJ_TEXT(req->idempotency), HJ_TIME(since));
    if (rows == NULL)
        return false;
    if (hj_rows_next(rows))
        *ret_replay = stored_answer(req, rows);
    return true;
}

/* Only what was done is kept: a refused request changed nothing and may be repeated freely. */
bool
hj_web_remember(HjRequest *req, HjTx *tx, const HjResponse *res, GError **error)
{
    if (req->idempotency == NULL || req->actor == NULL || res->status >= 300 ||
        res->body == NULL)
        return true;
    int64_t account = req->actor->account;
    return hj_tx_exec(tx, error, SQL_FORGET, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                      HJ_TIME(hj_tx_now(tx) - DAY_US)) &&
           hj_tx_exec(tx, error, SQL_KEEP, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                      HJ_TEXT(req->idempotency), HJ_TEXT(req->digest), HJ_I64(res->status),
                      HJ_TEXT(res->body->str), HJ_TIME(hj_tx_now(tx)));
}
