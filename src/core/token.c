#include "core/token.h"

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "core/access.h"
#include "core/account_priv.h"
#include "store/event.h"

#define TOUCH_US (INT64_C(300) * 1000000)
#define MAX_NAME 60
#define MAX_REASON 500

bool
hj_token_is(const char *text)
{
    return hj_account_token_is(text, HJ_TOKEN_PREFIX);
}

/* --- asking through one --- */

#define SQL_FIND                                                                               \
    "SELECT t.id AS id, t.name AS name, t.may_write AS may_write, t.ledgers AS ledgers,"       \
    " t.org AS org, t.expires_at AS expires_at, t.used_at AS used_at,"                         \
    " t.revoked_at AS revoked_at, a.name AS account_name, a.disabled_at AS disabled_at,"       \
    " o.code AS org_code, o.kind AS org_kind, n.name AS org_name"                              \
    " FROM sys_token t JOIN sys_account a ON a.county = t.county AND a.id = t.account"         \
    " LEFT JOIN sys_org o ON o.county = t.county AND o.id = t.org"                             \
    " LEFT JOIN sys_org_name n ON n.county = t.county AND n.org = t.org"                       \
    " AND n.to_on = '9999-12-31' WHERE t.county = $1 AND t.hash = $2"
#define SQL_LIES_BELOW                                                                         \
    "SELECT 1 AS one FROM sys_tree WHERE county = $1 AND ancestor = $2 AND org = $3"           \
    " AND to_on = '9999-12-31'"

static bool
lies_below(HjTx *tx, int64_t org, int64_t ancestor, bool *ret, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_LIES_BELOW, HJ_I64(hj_tx_county(tx)),
                                         HJ_I64(ancestor), HJ_I64(org));
    if (rows == NULL)
        return false;
    *ret = hj_rows_count(rows) > 0;
    return true;
}

/* What is both in the subtree of the grant and in that of the token. */
static bool
add_narrowed(HjTx *tx, HjActor *actor, const HjGrant *grant, const HjRows *token,
             GError **error)
{
    bool inside = false;
    int64_t org = hj_rows_i64(token, "org");
    if (!lies_below(tx, grant->org, org, &inside, error))
        return false;
    if (inside) {
        hj_actor_add_grant(actor, grant->role, grant->org, grant->org_code, grant->org_name,
                           grant->org_kind);
        return true;
    }
    if (!lies_below(tx, org, grant->org, &inside, error))
        return false;
    if (inside)
        hj_actor_add_grant(actor, grant->role, org, hj_rows_text(token, "org_code"),
                           hj_rows_text(token, "org_name"), hj_rows_text(token, "org_kind"));
    return true;
}

static HjActor *
narrow(HjTx *tx, const HjActor *whole, const HjRows *token, GError **error)
{
    g_autoptr(HjActor) actor = hj_actor_new(whole->pack, whole->account, whole->name,
                                            whole->title, whole->lang, whole->n_grants);
    for (size_t i = 0; i < whole->n_grants; i++) {
        const HjGrant *grant = &whole->grants[i];
        if (hj_rows_null(token, "org"))
            hj_actor_add_grant(actor, grant->role, grant->org, grant->org_code, grant->org_name,
                               grant->org_kind);
        else if (!add_narrowed(tx, actor, grant, token, error))
            return NULL;
    }
    hj_actor_limit(actor, hj_rows_i64(token, "id"), hj_rows_text(token, "name"),
                   !hj_rows_bool(token, "may_write"), hj_rows_text(token, "ledgers"));
    return g_steal_pointer(&actor);
}

bool
hj_token_find(HjTx *tx, HjPack *pack, const char *token, HjTokenFound *ret, GError **error)
{
    *ret = (HjTokenFound){ 0 };
    g_autofree char *hash = hj_account_token_hash(token);
    g_autoptr(HjRows) row =
        hj_tx_query(tx, error, SQL_FIND, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash));
    if (row == NULL)
        return false;
    HjTime now = hj_tx_now(tx);
    if (!hj_rows_next(row))
        ret->refused = N_("There is no such token. Make one on your account page.");
    else if (!hj_rows_null(row, "revoked_at"))
        ret->refused = N_("This token was revoked.");
    else if (hj_rows_i64(row, "expires_at") <= now)
        ret->refused = N_("This token has expired. Make a new one on your account page.");
    else if (!hj_rows_null(row, "disabled_at"))
        ret->refused = N_("The account of this token is disabled.");
    if (ret->refused != NULL)
        return true;
    g_autoptr(HjActor) whole =
        hj_account_actor(tx, pack, hj_rows_text(row, "account_name"), error);
    if (whole == NULL)
        return false;
    ret->actor = narrow(tx, whole, row, error);
    ret->until = hj_rows_i64(row, "expires_at");
    ret->touch = now - hj_rows_i64(row, "used_at") > TOUCH_US;
    return ret->actor != NULL;
}

#define SQL_TOUCH "UPDATE sys_token SET used_at = $3 WHERE county = $1 AND hash = $2"

bool
hj_token_touch(HjTx *tx, const char *token, GError **error)
{
    g_autofree char *hash = hj_account_token_hash(token);
    hj_tx_exempt(tx); /* being seen changes no fact */
    return hj_tx_exec(tx, error, SQL_TOUCH, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash),
                      HJ_TIME(hj_tx_now(tx)));
}

/* --- making one --- */

#define SQL_LIVE                                                                               \
    "SELECT name FROM sys_token WHERE county = $1 AND account = $2 AND revoked_at IS NULL"     \
    " AND expires_at > $3"
#define SQL_NEW                                                                                \
    "INSERT INTO sys_token (county, id, account, name, hash, tail, may_write, ledgers, org,"   \
    " created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"

static bool
check_name(HjTx *tx, const HjActor *actor, const char *name, HjIssues *issues, GError **error)
{
    g_autoptr(HjRows) live = hj_tx_query(tx, error, SQL_LIVE, HJ_I64(hj_tx_county(tx)),
                                         HJ_I64(actor->account), HJ_TIME(hj_tx_now(tx)));
    if (live == NULL)
        return false;
    if (*name == '\0')
        hj_issues_add(issues, "name", "required", N_("Name the program that will use it."));
    else if (!hj_text_is_clean(name, false) || hj_text_length(name) > MAX_NAME)
        hj_issues_add(issues, "name", "length", N_("Write at most %d characters."), MAX_NAME);
    if (hj_rows_count(live) >= HJ_TOKEN_MAX)
        hj_issues_add(issues, "name", "rule",
                      N_("This account has %d tokens already. Revoke one first."),
                      HJ_TOKEN_MAX);
    while (hj_rows_next(live))
        if (g_str_equal(hj_rows_text(live, "name"), name))
            hj_issues_add(issues, "name", "duplicate",
                          N_("Another token of yours has this name."));
    return true;
}

/* ",a,b," of those the account sees, or NULL for all. */
static char *
check_ledgers(const HjActor *actor, const char *const *ledgers, HjIssues *issues)
{
    if (ledgers == NULL || ledgers[0] == NULL)
        return NULL;
    GString *list = g_string_new(",");
    for (size_t i = 0; ledgers[i] != NULL; i++) {
        const HjLedger *ledger = hj_pack_ledger(actor->pack, ledgers[i]);
        if (ledger == NULL || !hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
            hj_issues_add(issues, "ledgers", "choice", N_("There is no such ledger."));
        else
            g_string_append_printf(list, "%s,", ledger->name);
    }
    return g_string_free(list, FALSE);
}

static char *
told(const HjTokenWish *wish, const char *name, const char *ledgers)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    hj_json_key(&w, "name");
    hj_json_text(&w, name);
    hj_json_key(&w, "may_write");
    hj_json_flag(&w, wish->may_write);
    hj_json_key(&w, "ledgers");
    hj_json_text(&w, ledgers);
    hj_json_key(&w, "expires_on");
    hj_json_text(&w, hj_date_text(wish->expires_on).text);
    hj_json_end_object(&w);
    return g_string_free(w.out, FALSE);
}

bool
hj_token_create(HjTx *tx, const HjActor *actor, const HjTokenWish *wish, HjIssues *issues,
                int64_t *ret_id, char ret_token[64], GError **error)
{
    if (actor->token != 0)
        return hj_fail(error, HJ_ERROR_DENIED, "A token cannot make another.");
    bool readable = wish->name != NULL && g_utf8_validate(wish->name, -1, NULL);
    g_autofree char *name = readable ? hj_text_tidy(wish->name) : g_strdup("");
    if (!check_name(tx, actor, name, issues, error))
        return false;
    HjDate today = hj_tx_today(tx);
    if (wish->expires_on == HJ_DATE_NONE || wish->expires_on < today ||
        wish->expires_on > today + HJ_TOKEN_MAX_DAYS)
        hj_issues_add(issues, "expires_on", "range",
                      N_("Choose a day from today to one year from now."));
    if (wish->org != 0 && !hj_access_sees_org(tx, actor, wish->org))
        hj_issues_add(issues, "org", "reference", N_("There is no such organization."));
    g_autofree char *ledgers = check_ledgers(actor, wish->ledgers, issues);
    if (hj_issues_count(issues) > 0)
        return hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
    hj_account_token_make(HJ_TOKEN_PREFIX, ret_token);
    g_autofree char *hash = hj_account_token_hash(ret_token);
    g_autofree char *after = told(wish, name, ledgers);
    *ret_id = hj_id_new();
    return hj_tx_exec(tx, error, SQL_NEW, HJ_I64(hj_tx_county(tx)), HJ_I64(*ret_id),
                      HJ_I64(actor->account), HJ_TEXT(name), HJ_TEXT(hash),
                      HJ_TEXT(hj_account_token_tail(ret_token)), HJ_BOOL(wish->may_write),
                      HJ_TEXT(ledgers), wish->org != 0 ? HJ_I64(wish->org) : HJ_NULL,
                      HJ_TIME(hj_tx_now(tx)), HJ_TIME(hj_date_end(wish->expires_on))) &&
           hj_account_event(tx, "token.create", actor->account, wish->org, after, error);
}

#define SQL_OF                                                                                 \
    "SELECT name, revoked_at FROM sys_token WHERE county = $1 AND id = $2 AND account = $3"
#define SQL_REVOKE                                                                             \
    "UPDATE sys_token SET revoked_at = $3, revoked_by = $4 WHERE county = $1 AND id = $2"

/* Nobody need explain why he gives up his own. */
static char *
check_reason(const HjActor *actor, int64_t account, const char *reason, HjIssues *issues)
{
    bool readable = reason == NULL || g_utf8_validate(reason, -1, NULL);
    g_autofree char *why = readable ? hj_text_tidy(reason) : g_strdup("");
    if (!readable || !hj_text_is_clean(why, true))
        hj_issues_add(issues, "reason", "type",
                      N_("This text holds characters nobody can read."));
    else if (*why == '\0' && account != actor->account)
        hj_issues_add(issues, "reason", "required", N_("Say why."));
    else if (hj_text_length(why) > MAX_REASON)
        hj_issues_add(issues, "reason", "length", N_("Write at most %d characters."),
                      MAX_REASON);
    return g_steal_pointer(&why);
}

bool
hj_token_revoke(HjTx *tx, const HjActor *actor, int64_t account, int64_t token,
                const char *reason, HjIssues *issues, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    if (account != actor->account &&
        !hj_account_check(tx, actor, "account.manage", account, false, error))
        return false;
    g_autofree char *why = check_reason(actor, account, reason, issues);
    if (hj_issues_count(issues) > 0)
        return hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
    g_autoptr(HjRows) row =
        hj_tx_query(tx, error, SQL_OF, county, HJ_I64(token), HJ_I64(account));
    if (row == NULL)
        return false;
    if (!hj_rows_next(row))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such token.");
    if (!hj_rows_null(row, "revoked_at"))
        return true;
    g_autofree char *after = hj_account_object("name", hj_rows_text(row, "name"), NULL);
    const HjEvent event = { .action = "token.revoke",
                            .subject = "account",
                            .row = account,
                            .after = after,
                            .reason = *why != '\0' ? why : NULL };
    return hj_tx_exec(tx, error, SQL_REVOKE, county, HJ_I64(token), HJ_TIME(hj_tx_now(tx)),
                      HJ_I64(actor->account)) &&
           hj_event_append(tx, &event, error);
}

#define SQL_COLUMNS                                                                            \
    "SELECT t.id AS id, t.name AS name, t.tail AS tail, t.may_write AS may_write,"             \
    " t.ledgers AS ledgers, o.code AS org_code, n.name AS org_name,"                           \
    " t.created_at AS created_at, t.expires_at AS expires_at, t.used_at AS used_at,"           \
    " t.revoked_at AS revoked_at"
#define SQL_ORG                                                                                \
    " LEFT JOIN sys_org o ON o.county = t.county AND o.id = t.org"                             \
    " LEFT JOIN sys_org_name n ON n.county = t.county AND n.org = t.org"                       \
    " AND n.to_on = '9999-12-31'"
#define SQL_LIST                                                                               \
    SQL_COLUMNS " FROM sys_token t" SQL_ORG                                                    \
                " WHERE t.county = $1 AND t.account = $2 ORDER BY t.id DESC LIMIT 200"

HjRows *
hj_token_list(HjTx *tx, int64_t account, GError **error)
{
    return hj_tx_query(tx, error, SQL_LIST, HJ_I64(hj_tx_county(tx)), HJ_I64(account));
}

HjRows *
hj_token_list_live(HjTx *tx, const HjActor *actor, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, SQL_COLUMNS
                ", t.account AS account, a.name AS account_name,"
                " COALESCE(a.title, a.name) AS account_title FROM sys_token t"
                " JOIN sys_account a ON a.county = t.county AND a.id = t.account" SQL_ORG
                " WHERE t.revoked_at IS NULL AND t.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND t.expires_at > ");
    hj_sqlb_param(b, HJ_TIME(hj_tx_now(tx)));
    hj_account_scope(b, tx, actor, "account.manage");
    hj_sqlb_lit(b, " ORDER BY a.name, t.id DESC LIMIT 1000");
    return hj_sqlb_query(b, tx, error);
}
