/* Tokens and webhooks over the JSON API. */
#include "base/crypto.h"
#include "base/id.h"
#include "core/account.h"
#include "core/token.h"
#include "web/api_calls.h"
#include "web/internal.h"
#include "web/page.h"
#include "web/rowquery.h"

#include <string.h>

const HjApiMember hj_api_webhook_body[] = {
    { "name", HJ_JSON_STRING, true },  { "url", HJ_JSON_STRING, true },
    { "org", HJ_JSON_STRING, true },   { "ledgers", HJ_JSON_ARRAY, false },
    { "kinds", HJ_JSON_ARRAY, false }, { 0 },
};
const HjApiMember hj_api_webhook_pause_body[] = {
    { "paused", HJ_JSON_BOOL, true },
    { 0 },
};

const HjApiMember hj_api_token_body[] = {
    { "name", HJ_JSON_STRING, true },     { "expires_on", HJ_JSON_STRING, true },
    { "may_write", HJ_JSON_BOOL, false }, { "ledgers", HJ_JSON_ARRAY, false },
    { "org", HJ_JSON_STRING, false },     { 0 },
};

static void
write_number(HjJsonWriter *w, const char *key, const HjRows *row)
{
    hj_json_key(w, key);
    if (hj_rows_null(row, key))
        hj_json_nothing(w);
    else
        hj_json_i64(w, hj_rows_i64(row, key));
}

/* ",a,b," as a list. */
static void
write_words(HjJsonWriter *w, const char *key, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    hj_json_key(w, key);
    hj_json_begin_array(w);
    for (char **word = words; *word != NULL; word++)
        if (**word != '\0')
            hj_json_text(w, *word);
    hj_json_end_array(w);
}

static bool
read_words(HjRequest *req, const char *field, const HjJson *list, const char *const **ret,
           GError **error)
{
    size_t n = list != NULL ? hj_json_count(list) : 0;
    const char **words = hj_request_new(req, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        words[i] = hj_json_string(hj_json_at(list, i));
        if (words[i] == NULL) {
            hj_issues_add(hj_request_issues(req), field, "type",
                          N_("Must be a list of strings."));
            return hj_fail(error, HJ_ERROR_INVALID,
                           "Something in the request must be corrected.");
        }
    }
    *ret = words;
    return true;
}

/* --- tokens --- */

/* @clear: the token itself, where it was just made.  Of a list of all accounts also whose. */
static void
write_token(HjJsonWriter *w, const HjRows *row, const char *clear)
{
    hj_json_begin_object(w);
    hj_json_put_id(w, "id", hj_rows_i64(row, "id"));
    if (hj_rows_column(row, "account") >= 0) {
        hj_json_put_id(w, "account", hj_rows_i64(row, "account"));
        hj_json_put_text(w, "account_name", hj_rows_text(row, "account_name"));
    }
    hj_json_put_text(w, "name", hj_rows_text(row, "name"));
    hj_json_put_text(w, "tail", hj_rows_text(row, "tail"));
    hj_json_put_flag(w, "may_write", hj_rows_bool(row, "may_write"));
    if (hj_rows_null(row, "ledgers")) {
        hj_json_key(w, "ledgers");
        hj_json_nothing(w);
    } else {
        write_words(w, "ledgers", hj_rows_text(row, "ledgers"));
    }
    hj_json_put_text(w, "org", hj_rows_text(row, "org_code"));
    hj_api_write_at(w, "created_at", hj_rows_i64(row, "created_at"));
    hj_api_write_at(w, "expires_at", hj_rows_i64(row, "expires_at"));
    hj_api_write_at(w, "used_at", hj_rows_i64(row, "used_at"));
    hj_api_write_at(w, "revoked_at", hj_rows_i64(row, "revoked_at"));
    if (clear != NULL)
        hj_json_put_text(w, "token", clear);
    hj_json_end_object(w);
}

HjResponse *
hj_api_tokens(HjRequest *req, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_token_list(hj_request_tx(req), hj_request_actor(req)->account, error);
    if (rows == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(rows))
        write_token(&w, rows, NULL);
    hj_api_end_list(&w, NULL);
    return res;
}

/* {name, expires_on, may_write, ledgers, org}, as far as it is well formed. */
static bool
read_token_wish(HjRequest *req, HjTokenWish *ret, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    if (!hj_api_read_body(req, hj_api_token_body, body, error) ||
        !read_words(req, "ledgers", body[3], &ret->ledgers, error))
        return false;
    ret->name = hj_json_string(body[0]);
    ret->may_write = body[2] != NULL && hj_json_bool(body[2]);
    if (!hj_date_parse(hj_json_string(body[1]), &ret->expires_on, NULL))
        ret->expires_on = HJ_DATE_NONE;
    HjRows *org = body[4] != NULL ? hj_page_org(req, hj_json_string(body[4]), error) : NULL;
    if (body[4] != NULL && org == NULL)
        return false;
    ret->org = org != NULL ? hj_rows_i64(org, "id") : 0;
    return true;
}

/* Nothing that is lent makes another to lend: only in a session, and not for somebody else. */
HjResponse *
hj_api_token_create(HjRequest *req, GError **error)
{
    HjTokenWish wish = { 0 };
    char token[64];
    int64_t id = 0;
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    if (actor->token != 0 || actor->behalf != 0) {
        hj_fail(error, HJ_ERROR_DENIED, "Sign in yourself to make a token.");
        return NULL;
    }
    if (!read_token_wish(req, &wish, error) ||
        !hj_token_create(tx, actor, &wish, hj_request_issues(req), &id, token, error))
        return NULL;
    req->idempotency = NULL; /* it is kept nowhere in clear */
    g_autoptr(HjRows) rows = hj_token_list(tx, actor->account, error);
    if (rows == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 201, &w);
    while (hj_rows_next(rows))
        if (hj_rows_i64(rows, "id") == id)
            write_token(&w, rows, token);
    hj_crypto_wipe(token, sizeof token);
    hj_response_header(res, "Location",
                       hj_request_printf(req, "/api/v1/tokens/%" G_GINT64_FORMAT, id));
    return res;
}

HjResponse *
hj_api_token_revoke(HjRequest *req, GError **error)
{
    int64_t id = 0;
    const HjActor *actor = hj_request_actor(req);
    if (!hj_request_part_i64(req, "id", &id, error) ||
        !hj_token_revoke(hj_request_tx(req), actor, actor->account, id, NULL,
                         hj_request_issues(req), error))
        return NULL;
    return hj_response_new(204, NULL);
}

const HjApiMember hj_api_token_reason_body[] = { { "reason", HJ_JSON_STRING, true }, { 0 } };

HjResponse *
hj_api_account_tokens(HjRequest *req, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_token_list_live(hj_request_tx(req), hj_request_actor(req), error);
    if (rows == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(rows))
        write_token(&w, rows, NULL);
    hj_api_end_list(&w, NULL);
    return res;
}

HjResponse *
hj_api_account_token_revoke(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    int64_t account = 0, token = 0;
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    if (!hj_request_part_i64(req, "id", &account, error))
        return NULL;
    g_autoptr(HjRows) known = hj_account_get(tx, actor, account, error);
    if (known == NULL || !hj_api_read_body(req, hj_api_token_reason_body, body, error) ||
        !hj_request_part_i64(req, "token", &token, error) ||
        !hj_token_revoke(tx, actor, account, token, hj_json_string(body[0]),
                         hj_request_issues(req), error))
        return NULL;
    return hj_response_new(204, NULL);
}

/* --- webhooks --- */

static void
write_webhook(HjJsonWriter *w, const HjRows *row, const char *secret)
{
    hj_json_begin_object(w);
    hj_json_put_id(w, "id", hj_rows_i64(row, "id"));
    hj_json_put_text(w, "name", hj_rows_text(row, "name"));
    hj_json_put_text(w, "url", hj_rows_text(row, "url"));
    hj_json_put_text(w, "org", hj_rows_text(row, "org_code"));
    write_words(w, "ledgers", hj_rows_text(row, "ledgers"));
    write_words(w, "kinds", hj_rows_text(row, "kinds"));
    hj_json_put_flag(w, "paused", hj_rows_bool(row, "paused"));
    hj_api_write_at(w, "created_at", hj_rows_i64(row, "created_at"));
    hj_api_write_at(w, "rotated_at", hj_rows_i64(row, "rotated_at"));
    write_number(w, "waiting", row);
    write_number(w, "dead", row);
    hj_api_write_at(w, "last_at", hj_rows_i64(row, "last_at"));
    if (secret != NULL) {
        hj_json_put_text(w, "secret", secret);
    }
    hj_json_end_object(w);
}

HjResponse *
hj_api_webhooks(HjRequest *req, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_webhook_list(hj_request_tx(req), hj_request_actor(req), 0, error);
    if (rows == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(rows))
        write_webhook(&w, rows, NULL);
    hj_api_end_list(&w, NULL);
    return res;
}

/* The webhook as it is now; the secret only where it was just made. */
static HjResponse *
answer_one(HjRequest *req, int status, int64_t id, bool with_secret, GError **error)
{
    char secret[HJ_WEBHOOK_SECRET_CHARS + 1];
    HjTx *tx = hj_request_tx(req);
    g_autoptr(HjRows) row = hj_webhook_list(tx, hj_request_actor(req), id, error);
    if (row == NULL)
        return NULL;
    hj_rows_next(row);
    if (with_secret &&
        !hj_webhook_secret(hj_tx_store(tx), id, hj_rows_i64(row, "secret_no"), secret)) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "webhook: the keys are not at hand");
        return NULL;
    }
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, status, &w);
    write_webhook(&w, row, with_secret ? secret : NULL);
    return res;
}

HjResponse *
hj_api_webhook(HjRequest *req, GError **error)
{
    int64_t id = 0;
    return hj_request_part_i64(req, "id", &id, error) ? answer_one(req, 200, id, false, error)
                                                      : NULL;
}

HjResponse *
hj_api_webhook_create(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    HjWebhookWish wish = { 0 };
    int64_t id = 0;
    if (!hj_api_read_body(req, hj_api_webhook_body, body, error) ||
        !read_words(req, "ledgers", body[3], &wish.ledgers, error) ||
        !read_words(req, "kinds", body[4], &wish.kinds, error))
        return NULL;
    HjRows *org = hj_page_org(req, hj_json_string(body[2]), error);
    if (org == NULL)
        return NULL;
    wish.name = hj_json_string(body[0]);
    wish.url = hj_json_string(body[1]);
    wish.org = hj_rows_i64(org, "id");
    if (!hj_webhook_create(hj_request_tx(req), hj_request_actor(req), req->app->webhook_rules,
                           &wish, hj_request_issues(req), &id, error))
        return NULL;
    HjResponse *res = answer_one(req, 201, id, true, error);
    if (res != NULL)
        hj_response_header(res, "Location",
                           hj_request_printf(req, "/api/v1/webhooks/%" G_GINT64_FORMAT, id));
    return res;
}

HjResponse *
hj_api_webhook_update(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error) ||
        !hj_api_read_body(req, hj_api_webhook_pause_body, body, error) ||
        !hj_webhook_pause(hj_request_tx(req), hj_request_actor(req), id, hj_json_bool(body[0]),
                          error))
        return NULL;
    return answer_one(req, 200, id, false, error);
}

HjResponse *
hj_api_webhook_remove(HjRequest *req, GError **error)
{
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error) ||
        !hj_webhook_remove(hj_request_tx(req), hj_request_actor(req), id, error))
        return NULL;
    return hj_response_new(204, NULL);
}

HjResponse *
hj_api_webhook_rotate(HjRequest *req, GError **error)
{
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error) ||
        !hj_webhook_rotate(hj_request_tx(req), hj_request_actor(req), id, error))
        return NULL;
    return answer_one(req, 200, id, true, error);
}

static void
write_delivery(HjJsonWriter *w, const HjRows *row)
{
    hj_json_begin_object(w);
    hj_json_put_id(w, "id", hj_rows_i64(row, "id"));
    hj_json_put_id(w, "event", hj_rows_i64(row, "event"));
    hj_json_put_text(w, "kind", hj_rows_text(row, "action"));
    hj_json_put_text(w, "ledger", hj_rows_text(row, "ledger"));
    hj_json_put_id(w, "row", hj_rows_i64(row, "row_id"));
    write_number(w, "version", row);
    hj_api_write_at(w, "at", hj_rows_i64(row, "at"));
    hj_json_put_text(w, "state", hj_rows_text(row, "state"));
    write_number(w, "tries", row);
    bool waits = g_str_equal(hj_rows_text(row, "state"), "waiting");
    hj_api_write_at(w, "next_at", waits ? hj_rows_i64(row, "next_at") : 0);
    write_number(w, "status", row);
    hj_json_put_text(w, "why", hj_rows_text(row, "why"));
    write_number(w, "took_ms", row);
    hj_api_write_at(w, "ended_at", hj_rows_i64(row, "ended_at"));
    hj_json_end_object(w);
}

HjResponse *
hj_api_deliveries(HjRequest *req, GError **error)
{
    int64_t id = 0, before = 0;
    int limit = 0;
    const char *cursor = hj_request_query(req, "cursor"), *next = NULL;
    if (!hj_request_part_i64(req, "id", &id, error) ||
        !hj_rowquery_limit(req, HJ_ROWQUERY_LIMIT, &limit, error))
        return NULL;
    if (cursor != NULL && *cursor != '\0' && !hj_id_parse(cursor, &before)) {
        hj_rowquery_fail(req, "cursor", N_("Is no cursor of this list."), error);
        return NULL;
    }
    g_autoptr(HjRows) rows = hj_webhook_deliveries(hj_request_tx(req), hj_request_actor(req),
                                                   id, before, limit + 1, error);
    if (rows == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (int n = 0; n < limit && hj_rows_next(rows); n++) {
        write_delivery(&w, rows);
        if (n + 1 == limit && hj_rows_count(rows) > (size_t)limit)
            next = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(rows, "id"));
    }
    hj_api_end_list(&w, next);
    return res;
}

HjResponse *
hj_api_delivery_resend(HjRequest *req, GError **error)
{
    int64_t id = 0, delivery = 0;
    if (!hj_request_part_i64(req, "id", &id, error) ||
        !hj_request_part_i64(req, "delivery", &delivery, error) ||
        !hj_webhook_resend(hj_request_tx(req), hj_request_actor(req), id, delivery, error))
        return NULL;
    return hj_response_new(204, NULL);
}
