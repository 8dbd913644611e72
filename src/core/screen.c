#include "core/screen.h"

#include "base/id.h"
#include "base/text.h"
#include "core/access.h"
#include "core/account_priv.h"
#include "store/event.h"

#define TOUCH_US (INT64_C(300) * 1000000)
#define MAX_NAME 60

bool
hj_screen_is(const char *text)
{
    return hj_account_token_is(text, HJ_SCREEN_PREFIX);
}

/* --- opening --- */

/* Its only right; no pack can give a screen more. */
static const char *const screen_may[] = { "indicator.view" };
static const HjRole screen_role = { .name = "screen",
                                    .title = { .zh = "大屏", .en = "Big screen" },
                                    .may = (const char **)screen_may,
                                    .n_may = G_N_ELEMENTS(screen_may) };

#define SQL_FIND                                                                               \
    "SELECT s.id AS id, s.name AS name, s.org AS org, s.expires_at AS expires_at,"             \
    " s.used_at AS used_at, s.revoked_at AS revoked_at, o.code AS org_code,"                   \
    " o.kind AS org_kind, n.name AS org_name FROM sys_screen s"                                \
    " JOIN sys_org o ON o.county = s.county AND o.id = s.org"                                  \
    " LEFT JOIN sys_org_name n ON n.county = s.county AND n.org = s.org"                       \
    " AND n.to_on = '9999-12-31' WHERE s.county = $1 AND s.hash = $2"

bool
hj_screen_find(HjTx *tx, HjPack *pack, const char *token, HjScreenFound *ret, GError **error)
{
    *ret = (HjScreenFound){ 0 };
    g_autofree char *hash = hj_account_token_hash(token);
    g_autoptr(HjRows) row =
        hj_tx_query(tx, error, SQL_FIND, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash));
    if (row == NULL)
        return false;
    HjTime now = hj_tx_now(tx);
    if (!hj_rows_next(row))
        ret->refused = N_("There is no such screen token.");
    else if (!hj_rows_null(row, "revoked_at"))
        ret->refused = N_("This screen token was revoked.");
    else if (hj_rows_i64(row, "expires_at") <= now)
        ret->refused = N_("This screen token has expired.");
    if (ret->refused != NULL)
        return true;
    /* Not an account: its number stands where pages and limits are told apart by one. */
    HjActor *actor =
        hj_actor_new(pack, hj_rows_i64(row, "id"), "", hj_rows_text(row, "name"), HJ_ZH, 1);
    hj_actor_add_grant(actor, &screen_role, hj_rows_i64(row, "org"),
                       hj_rows_text(row, "org_code"), hj_rows_text(row, "org_name"),
                       hj_rows_text(row, "org_kind"));
    ret->actor = actor;
    ret->until = hj_rows_i64(row, "expires_at");
    ret->touch = now - hj_rows_i64(row, "used_at") > TOUCH_US;
    return true;
}

#define SQL_TOUCH "UPDATE sys_screen SET used_at = $3 WHERE county = $1 AND hash = $2"

bool
hj_screen_touch(HjTx *tx, const char *token, GError **error)
{
    g_autofree char *hash = hj_account_token_hash(token);
    hj_tx_exempt(tx); /* being seen changes no fact */
    return hj_tx_exec(tx, error, SQL_TOUCH, HJ_I64(hj_tx_county(tx)), HJ_TEXT(hash),
                      HJ_TIME(hj_tx_now(tx)));
}

/* --- making and revoking --- */

#define SQL_LIVE                                                                               \
    "SELECT COUNT(*) AS n FROM sys_screen WHERE county = $1 AND revoked_at IS NULL"            \
    " AND expires_at > $2"
#define SQL_NEW                                                                                \
    "INSERT INTO sys_screen (county, id, name, hash, tail, org, created_at, created_by,"       \
    " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"

static bool
check(HjTx *tx, const HjActor *actor, const HjScreenWish *wish, const char *name,
      HjIssues *issues, GError **error)
{
    HjDate today = hj_tx_today(tx);
    g_autoptr(HjRows) live =
        hj_tx_query(tx, error, SQL_LIVE, HJ_I64(hj_tx_county(tx)), HJ_TIME(hj_tx_now(tx)));
    if (live == NULL)
        return false;
    if (*name == '\0')
        hj_issues_add(issues, "name", "required", N_("Say where the screen hangs."));
    else if (!hj_text_is_clean(name, false) || hj_text_length(name) > MAX_NAME)
        hj_issues_add(issues, "name", "length", N_("Write at most %d characters."), MAX_NAME);
    if (hj_rows_next(live) && hj_rows_i64(live, "n") >= HJ_SCREEN_MAX)
        hj_issues_add(issues, "name", "rule",
                      N_("There are %d screens already. Revoke one first."), HJ_SCREEN_MAX);
    if (wish->expires_on == HJ_DATE_NONE || wish->expires_on < today ||
        wish->expires_on > today + HJ_SCREEN_MAX_DAYS)
        hj_issues_add(issues, "expires_on", "range",
                      N_("Choose a day from today to one year from now."));
    if (wish->org == 0 || !hj_access_check(tx, actor, "account.grant", wish->org, NULL))
        hj_issues_add(issues, "org", "reference", N_("There is no such organization."));
    return hj_issues_count(issues) == 0 || hj_issues_refuse(error);
}

static bool
tell(HjTx *tx, const char *action, int64_t id, int64_t org, const char *after, GError **error)
{
    HjEvent event = {
        .action = action, .subject = "screen", .row = id, .org = org, .after = after
    };
    return hj_event_append(tx, &event, error);
}

bool
hj_screen_create(HjTx *tx, const HjActor *actor, const HjScreenWish *wish, HjIssues *issues,
                 int64_t *ret_id, char ret_token[64], GError **error)
{
    bool readable = wish->name != NULL && g_utf8_validate(wish->name, -1, NULL);
    g_autofree char *name = readable ? hj_text_tidy(wish->name) : g_strdup("");
    if (!check(tx, actor, wish, name, issues, error))
        return false;
    hj_account_token_make(HJ_SCREEN_PREFIX, ret_token);
    g_autofree char *hash = hj_account_token_hash(ret_token);
    g_autofree char *after = hj_account_object("name", name, "expires_on",
                                               hj_date_text(wish->expires_on).text, NULL);
    *ret_id = hj_id_new();
    return hj_tx_exec(tx, error, SQL_NEW, HJ_I64(hj_tx_county(tx)), HJ_I64(*ret_id),
                      HJ_TEXT(name), HJ_TEXT(hash), HJ_TEXT(hj_account_token_tail(ret_token)),
                      HJ_I64(wish->org), HJ_TIME(hj_tx_now(tx)), HJ_I64(actor->account),
                      HJ_TIME(hj_date_end(wish->expires_on))) &&
           tell(tx, "screen.create", *ret_id, wish->org, after, error);
}

#define SQL_OF "SELECT org, name, revoked_at FROM sys_screen WHERE county = $1 AND id = $2"
#define SQL_REVOKE                                                                             \
    "UPDATE sys_screen SET revoked_at = $3, revoked_by = $4 WHERE county = $1 AND id = $2"

bool
hj_screen_revoke(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_OF, county, HJ_I64(id));
    if (row == NULL)
        return false;
    int64_t org = hj_rows_next(row) ? hj_rows_i64(row, "org") : 0;
    if (org == 0 || !hj_access_sees_org(tx, actor, org))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such screen.");
    if (!hj_access_check(tx, actor, "account.grant", org, error))
        return false;
    if (!hj_rows_null(row, "revoked_at"))
        return true;
    g_autofree char *after = hj_account_object("name", hj_rows_text(row, "name"), NULL);
    return hj_tx_exec(tx, error, SQL_REVOKE, county, HJ_I64(id), HJ_TIME(hj_tx_now(tx)),
                      HJ_I64(actor->account)) &&
           tell(tx, "screen.revoke", id, org, after, error);
}

HjRows *
hj_screen_list(HjTx *tx, const HjActor *actor, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT s.id AS id, s.name AS name, s.tail AS tail, n.name AS org_name,"
                   " s.created_at AS created_at, a.title AS by_title,"
                   " s.expires_at AS expires_at, s.used_at AS used_at,"
                   " s.revoked_at AS revoked_at FROM sys_screen s"
                   " LEFT JOIN sys_account a ON a.county = s.county AND a.id = s.created_by"
                   " LEFT JOIN sys_org_name n ON n.county = s.county AND n.org = s.org"
                   " AND n.to_on = '9999-12-31' WHERE s.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_access_scope(b, tx, actor, "account.grant", NULL, "s.org");
    hj_sqlb_lit(b, " ORDER BY s.id DESC LIMIT 200");
    return hj_sqlb_query(b, tx, error);
}
