#include "core/proxy.h"

#include "base/id.h"
#include "base/text.h"
#include "core/account_priv.h"
#include "store/event.h"

#include <string.h>

#define MAX_REASON 200

bool
hj_proxy_may_lend(const HjRole *role)
{
    static const char *const kept[] = { "account.manage", "account.grant", NULL };
    if (role == NULL || role->duty != HJ_DUTY_NONE)
        return false;
    for (size_t i = 0; i < role->n_may; i++)
        if (g_strv_contains(kept, role->may[i]))
            return false;
    return true;
}

#define SQL_OPEN_ACCOUNT                                                                       \
    "SELECT name FROM sys_account WHERE county = $1 AND id = $2 AND disabled_at IS NULL"

static bool
check_deputy(HjTx *tx, const HjProxyWish *wish, char **ret_name, HjIssues *issues,
             GError **error)
{
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_OPEN_ACCOUNT, HJ_I64(hj_tx_county(tx)),
                                        HJ_I64(wish->deputy));
    if (row == NULL)
        return false;
    if (wish->deputy == wish->principal)
        hj_issues_add(issues, "deputy", "rule", N_("Nobody is his own proxy."));
    else if (!hj_rows_next(row))
        hj_issues_add(issues, "deputy", "reference",
                      N_("There is no account of this name that may sign in."));
    else
        *ret_name = g_strdup(hj_rows_text(row, "name"));
    return true;
}

static void
check_days(HjTx *tx, const HjProxyWish *wish, HjIssues *issues)
{
    if (wish->from_on == HJ_DATE_NONE)
        hj_issues_add(issues, "from", "required", N_("A day is written 2018-03-05."));
    if (wish->to_on == HJ_DATE_NONE)
        hj_issues_add(issues, "to", "required", N_("A day is written 2018-03-05."));
    else if (wish->from_on != HJ_DATE_NONE && wish->to_on < wish->from_on)
        hj_issues_add(issues, "to", "range", N_("The last day is before the first."));
    else if (wish->to_on < hj_tx_today(tx))
        hj_issues_add(issues, "to", "range", N_("The last day has passed already."));
    else if (wish->from_on != HJ_DATE_NONE && wish->to_on - wish->from_on > HJ_PROXY_MAX_DAYS)
        hj_issues_add(issues, "to", "range", N_("A proxy lasts at most a year."));
}

static bool
is_wished(const HjProxyWish *wish, int64_t grant)
{
    for (size_t i = 0; i < wish->n_held; i++)
        if (wish->held[i] == grant)
            return true;
    return false;
}

/* Each role wished is one the principal holds today and may lend. */
static bool
check_roles(HjTx *tx, const HjActor *actor, const HjProxyWish *wish, HjIssues *issues,
            GError **error)
{
    g_autoptr(HjRows) rows = hj_account_grants(tx, wish->principal, error);
    if (rows == NULL)
        return false;
    HjDateText today = hj_date_text(hj_tx_today(tx));
    size_t n = 0;
    while (hj_rows_next(rows)) {
        bool now = g_strcmp0(hj_rows_text(rows, "from_on"), today.text) <= 0 &&
                   g_strcmp0(hj_rows_text(rows, "to_on"), today.text) >= 0;
        n += now && is_wished(wish, hj_rows_i64(rows, "id")) &&
             hj_proxy_may_lend(hj_pack_role(actor->pack, hj_rows_text(rows, "role")));
    }
    if (wish->n_held == 0)
        hj_issues_add(issues, "held", "required", N_("Choose at least one role to lend."));
    else if (n != wish->n_held)
        hj_issues_add(issues, "held", "rule",
                      N_("Only roles held today can be lent, and none that administers."));
    return true;
}

/* Who may appoint or end for @principal. */
static bool
check_hand(HjTx *tx, const HjActor *actor, int64_t principal, GError **error)
{
    if (actor->proxy != 0)
        return hj_fail(error, HJ_ERROR_DENIED,
                       "A proxy appoints nobody. Stop acting for somebody else first.");
    return actor->account == 0 || actor->account == principal ||
           hj_account_check(tx, actor, "account.grant", principal, true, error);
}

#define SQL_MAKE                                                                               \
    "INSERT INTO sys_proxy (county, id, principal, deputy, from_on, to_on, reason,"            \
    " created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
#define SQL_LEND "INSERT INTO sys_proxy_role (county, proxy, held) VALUES ($1, $2, $3)"

static bool
proxy_event(HjTx *tx, const char *action, int64_t principal, const char *after,
            const char *reason, GError **error)
{
    HjEvent event = { .action = action,
                      .subject = "account",
                      .row = principal,
                      .after = after,
                      .reason = reason };
    return hj_event_append(tx, &event, error);
}

static bool
write_proxy(HjTx *tx, const HjActor *actor, const HjProxyWish *wish, const char *deputy,
            const char *reason, int64_t *ret_id, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    int64_t id = hj_id_new();
    HjDateText from = hj_date_text(wish->from_on), to = hj_date_text(wish->to_on);
    g_autofree char *after =
        hj_account_object("deputy", deputy, "from", from.text, "to", to.text, NULL);
    if (!hj_tx_exec(tx, error, SQL_MAKE, county, HJ_I64(id), HJ_I64(wish->principal),
                    HJ_I64(wish->deputy), HJ_DATE(wish->from_on), HJ_DATE(wish->to_on),
                    HJ_TEXT(reason), HJ_TIME(hj_tx_now(tx)), HJ_I64(actor->account)))
        return false;
    for (size_t i = 0; i < wish->n_held; i++)
        if (!hj_tx_exec(tx, error, SQL_LEND, county, HJ_I64(id), HJ_I64(wish->held[i])))
            return false;
    *ret_id = id;
    return proxy_event(tx, "proxy.make", wish->principal, after, reason, error);
}

bool
hj_proxy_make(HjTx *tx, const HjActor *actor, const HjProxyWish *wish, HjIssues *issues,
              int64_t *ret_id, GError **error)
{
    g_autofree char *deputy = NULL;
    if (!check_hand(tx, actor, wish->principal, error))
        return false;
    bool readable = wish->reason != NULL && hj_text_is_clean(wish->reason, false);
    g_autofree char *reason = readable ? hj_text_tidy(wish->reason) : g_strdup("");
    if (*reason == '\0')
        hj_issues_add(issues, "reason", "required", N_("Write why, in a few words."));
    else if (hj_text_length(reason) > MAX_REASON)
        hj_issues_add(issues, "reason", "length", N_("Write at most %d characters."),
                      MAX_REASON);
    check_days(tx, wish, issues);
    if (!check_deputy(tx, wish, &deputy, issues, error) ||
        !check_roles(tx, actor, wish, issues, error))
        return false;
    if (hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    return write_proxy(tx, actor, wish, deputy, reason, ret_id, error);
}

#define SQL_ONE                                                                                \
    "SELECT principal, deputy, ended_at FROM sys_proxy WHERE county = $1 AND id = $2"
#define SQL_END                                                                                \
    "UPDATE sys_proxy SET ended_at = $3, ended_by = $4 WHERE county = $1 AND id = $2"

bool
hj_proxy_end(HjTx *tx, const HjActor *actor, int64_t proxy, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_ONE, county, HJ_I64(proxy));
    if (row == NULL)
        return false;
    if (!hj_rows_next(row))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such proxy.");
    int64_t principal = hj_rows_i64(row, "principal");
    bool of_deputy = actor->account == hj_rows_i64(row, "deputy");
    g_autoptr(GError) why = NULL;
    if (!of_deputy && !check_hand(tx, actor, principal, &why)) {
        /* What is not one's own looks absent. */
        if (g_error_matches(why, HJ_ERROR, HJ_ERROR_NOT_FOUND))
            return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such proxy.");
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!hj_rows_null(row, "ended_at"))
        return true;
    return hj_tx_exec(tx, error, SQL_END, county, HJ_I64(proxy), HJ_TIME(hj_tx_now(tx)),
                      HJ_I64(actor->account)) &&
           proxy_event(tx, "proxy.end", principal, NULL, NULL, error);
}

#define SQL_IN_FORCE                                                                           \
    "SELECT p.principal AS principal FROM sys_proxy p JOIN sys_account a"                      \
    " ON a.county = p.county AND a.id = p.principal AND a.disabled_at IS NULL"                 \
    " WHERE p.county = $1 AND p.id = $2 AND p.deputy = $3 AND p.ended_at IS NULL"              \
    " AND p.from_on <= $4 AND p.to_on >= $4"
#define SQL_ACT                                                                                \
    "UPDATE sys_session SET proxy = $3 WHERE county = $1 AND token = $2 AND account = $4"

bool
hj_proxy_act(HjTx *tx, const HjActor *actor, const char *token, int64_t proxy, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    int64_t principal = actor->behalf;
    if (proxy != 0) {
        g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_IN_FORCE, county, HJ_I64(proxy),
                                            HJ_I64(actor->account), HJ_DATE(hj_tx_today(tx)));
        if (row == NULL)
            return false;
        if (!hj_rows_next(row))
            return hj_fail(error, HJ_ERROR_NOT_FOUND, "This proxy is not in force today.");
        principal = hj_rows_i64(row, "principal");
    }
    g_autofree char *hash = hj_account_token_hash(token);
    return hj_tx_exec(tx, error, SQL_ACT, county, HJ_TEXT(hash), HJ_I64(proxy),
                      HJ_I64(actor->account)) &&
           proxy_event(tx, proxy != 0 ? "proxy.act" : "proxy.stop",
                       principal != 0 ? principal : actor->account, NULL, NULL, error);
}

#define SQL_LIST                                                                               \
    "SELECT p.id AS id, p.principal AS principal, a.name AS principal_name,"                   \
    " a.title AS principal_title, p.deputy AS deputy, d.name AS deputy_name,"                  \
    " d.title AS deputy_title, p.from_on AS from_on, p.to_on AS to_on, p.reason AS reason,"    \
    " p.ended_at AS ended_at, CASE WHEN p.ended_at IS NULL AND p.from_on <= $3"                \
    " AND p.to_on >= $3 THEN 1 ELSE 0 END AS now"                                              \
    " FROM sys_proxy p JOIN sys_account a ON a.county = p.county AND a.id = p.principal"       \
    " JOIN sys_account d ON d.county = p.county AND d.id = p.deputy"                           \
    " WHERE p.county = $1 AND (p.principal = $2 OR p.deputy = $2)"                             \
    " ORDER BY p.id DESC LIMIT 50"

HjRows *
hj_proxy_list(HjTx *tx, int64_t account, GError **error)
{
    return hj_tx_query(tx, error, SQL_LIST, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                       HJ_DATE(hj_tx_today(tx)));
}

#define SQL_ROLES                                                                              \
    "SELECT g.id AS id, g.role AS role, g.org AS org, o.code AS org_code, n.name AS org_name"  \
    " FROM sys_proxy_role r JOIN sys_grant g ON g.county = r.county AND g.id = r.held"         \
    " JOIN sys_org o ON o.county = g.county AND o.id = g.org"                                  \
    " LEFT JOIN sys_org_name n ON n.county = g.county AND n.org = g.org"                       \
    " AND n.to_on = '9999-12-31' WHERE r.county = $1 AND r.proxy = $2 ORDER BY g.id"

HjRows *
hj_proxy_roles(HjTx *tx, int64_t proxy, GError **error)
{
    return hj_tx_query(tx, error, SQL_ROLES, HJ_I64(hj_tx_county(tx)), HJ_I64(proxy));
}
