/* The first answer to a POST, kept for a day so that a repeated one changes nothing. */
#include "store/vault.h"
#include "web/internal.h"

#define DAY_US (INT64_C(86400) * 1000000)

#define SQL_FIND                                                                               \
    "SELECT digest, status, body, location FROM sys_idempotency"                               \
    " WHERE county = $1 AND account = $2 AND key = $3 AND at > $4"
#define SQL_FORGET                                                                             \
    "DELETE FROM sys_idempotency WHERE county = $1 AND account = $2 AND key = $3 AND at <= $4"
#define SQL_KEEP                                                                               \
    "INSERT INTO sys_idempotency (county, account, key, digest, status, body, at,"             \
    " location) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"

/* A request may hold numbers of people: what is kept of it needs a key to be tried out. */
static const char *
kept_digest(const HjRequest *req, const HjTx *tx, char keyed[HJ_VAULT_INDEX_BYTES])
{
    const HjVault *vault = hj_vault_of(tx);
    if (vault == NULL)
        return req->digest;
    hj_vault_index(vault, "request", req->digest, keyed);
    return keyed;
}

static HjResponse *
stored_answer(HjRequest *req, const HjTx *tx, HjRows *rows)
{
    char keyed[HJ_VAULT_INDEX_BYTES];
    if (!g_str_equal(hj_rows_text(rows, "digest"), kept_digest(req, tx, keyed)))
        return hj_web_refuse(req, 422,
                             "This Idempotency-Key was used before with another request.");
    if (req->by_form)
        return hj_response_see_other(req, hj_rows_text(rows, "location"),
                                     N_("This form had been sent already; it was saved once."));
    HjResponse *res = hj_response_new((int)hj_rows_i64(rows, "status"), "application/json");
    res->body = g_string_new(hj_rows_text(rows, "body"));
    if (!hj_rows_null(rows, "location"))
        hj_response_header(res, "Location", hj_rows_text(rows, "location"));
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
        *ret_replay = stored_answer(req, tx, rows);
    return true;
}

static const char *
location_of(const HjResponse *res)
{
    for (guint i = 0; res->headers != NULL && i + 1 < res->headers->len; i += 2)
        if (g_str_equal(g_ptr_array_index(res->headers, i), "Location"))
            return g_ptr_array_index(res->headers, i + 1);
    return NULL;
}

/* Only what was done is kept: a refused request changed nothing and may be repeated freely. A
 * page that shows a new secret once says where the thing stands: sent again, its form leads
 * there, for the secret is not kept. */
bool
hj_web_remember(HjRequest *req, HjTx *tx, const HjResponse *res, GError **error)
{
    bool done = req->by_form ? res->status < 400 && location_of(res) != NULL
                             : res->status < 300 && res->body != NULL;
    if (req->idempotency == NULL || req->actor == NULL || !done)
        return true;
    HjVal county = HJ_I64(hj_tx_county(tx)), account = HJ_I64(req->actor->account);
    GError *failure = NULL;
    char keyed[HJ_VAULT_INDEX_BYTES];
    if (hj_tx_exec(tx, &failure, SQL_FORGET, county, account, HJ_TEXT(req->idempotency),
                   HJ_TIME(hj_tx_now(tx) - DAY_US)) &&
        hj_tx_exec(tx, &failure, SQL_KEEP, county, account, HJ_TEXT(req->idempotency),
                   HJ_TEXT(kept_digest(req, tx, keyed)), HJ_I64(res->status),
                   HJ_TEXT(req->by_form ? "" : res->body->str), HJ_TIME(hj_tx_now(tx)),
                   HJ_TEXT(location_of(res))))
        return true;
    /* The same key a moment earlier: run again, and find its answer. */
    if (g_error_matches(failure, HJ_ERROR, HJ_ERROR_CONFLICT))
        failure->code = HJ_ERROR_BUSY;
    g_propagate_error(error, failure);
    return false;
}
