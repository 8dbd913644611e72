#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "core/access.h"
#include "core/account_priv.h"
#include "core/duty.h"
#include "core/row_sql.h"
#include "core/setting.h"
#include "store/event.h"

#include <string.h>

#define MIN_NAME 3
#define MAX_NAME 32
#define MAX_TITLE 60
#define MAX_LIST 200
#define VIEW "account.view"
#define MANAGE "account.manage"
#define GRANT "account.grant"

bool
hj_account_event(HjTx *tx, const char *action, int64_t account, int64_t org, const char *after,
                 GError **error)
{
    HjEvent event = {
        .action = action, .subject = "account", .row = account, .org = org, .after = after
    };
    return hj_event_append(tx, &event, error);
}

char *
hj_account_object(const char *key, ...)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    va_list args;
    va_start(args, key);
    for (const char *k = key; k != NULL; k = va_arg(args, const char *)) {
        hj_json_key(&w, k);
        hj_json_text(&w, va_arg(args, const char *));
    }
    va_end(args);
    hj_json_end_object(&w);
    return g_string_free(w.out, FALSE);
}

static bool
is_name_letter(gunichar c)
{
    return (c < 0x80 && g_ascii_isalnum((char)c)) || c == '.' || c == '_' || c == '-' ||
           g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN;
}

static bool
is_name(const char *name)
{
    if (name == NULL || !g_utf8_validate(name, -1, NULL))
        return false;
    for (const char *p = name; *p != '\0'; p = g_utf8_next_char(p))
        if (!is_name_letter(g_utf8_get_char(p)))
            return false;
    size_t n = hj_text_length(name);
    return n >= MIN_NAME && n <= MAX_NAME;
}

#define SQL_NAME_TAKEN                                                                         \
    "SELECT id FROM sys_account WHERE county = $1 AND LOWER(name) = $2 LIMIT 1"
#define SQL_NEW                                                                                \
    "INSERT INTO sys_account (county, id, name, title, password, password_at, created_at,"     \
    " created_by, must_change) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)"

static bool
check_new(HjTx *tx, const char *name, const char *title, HjIssues *issues, GError **error)
{
    if (!hj_text_is_clean(title, false) || hj_text_length(title) > MAX_TITLE)
        hj_issues_add(issues, "title", "length", N_("Write at most %d characters."), MAX_TITLE);
    if (!is_name(name)) {
        hj_issues_add(issues, "name", "type",
                      N_("Use %d to %d letters, digits, dots, hyphens or Chinese characters."),
                      MIN_NAME, MAX_NAME);
        return true;
    }
    g_autofree char *low = g_ascii_strdown(name, -1);
    g_autoptr(HjRows) taken =
        hj_tx_query(tx, error, SQL_NAME_TAKEN, HJ_I64(hj_tx_county(tx)), HJ_TEXT(low));
    if (taken == NULL)
        return false;
    if (hj_rows_count(taken) > 0)
        hj_issues_add(issues, "name", "duplicate", N_("This name is taken."));
    return true;
}

bool
hj_account_create(HjTx *tx, const HjActor *actor, const char *name, const char *title,
                  const char *password_hash, HjIssues *issues, int64_t *ret_id, GError **error)
{
    g_assert(password_hash != NULL);
    if (!hj_access_may(actor, MANAGE))
        return hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    bool readable = title == NULL || g_utf8_validate(title, -1, NULL);
    g_autofree char *tidy = readable ? hj_text_tidy(title) : g_strdup(title);
    if (!check_new(tx, name, tidy, issues, error))
        return false;
    if (hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    int64_t id = hj_id_new();
    const char *shown = *tidy != '\0' ? tidy : NULL;
    g_autofree char *after = hj_account_object("name", name, "title", shown, NULL);
    if (!hj_tx_exec(tx, error, SQL_NEW, HJ_I64(hj_tx_county(tx)), HJ_I64(id), HJ_TEXT(name),
                    HJ_TEXT(shown), HJ_TEXT(password_hash), HJ_TIME(hj_tx_now(tx)),
                    HJ_I64(actor->account), HJ_BOOL(actor->account != 0)) ||
        !hj_account_event(tx, "account.create", id, 0, after, error))
        return false;
    *ret_id = id;
    return true;
}

#define SQL_ACCOUNT                                                                            \
    "SELECT created_by, disabled_at, lang FROM sys_account WHERE county = $1 AND id = $2"
#define SQL_HELD_AT                                                                            \
    "SELECT org FROM sys_grant WHERE county = $1 AND account = $2"                             \
    " AND from_on <= $3 AND to_on >= $3"

/* NOT_FOUND for an account the actor has no hand in: none of its roles is held where he has the
 * permission, and it is not a new one of his own.  With @whole he must have it at every place
 * where it holds a role, or a township could set the password of the county; then DENIED. */
bool
hj_account_check(HjTx *tx, const HjActor *actor, const char *permission, int64_t account,
                 bool whole, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_ACCOUNT, county, HJ_I64(account));
    if (row == NULL)
        return false;
    bool exists = hj_rows_next(row);
    if (exists && hj_access_may_everywhere(actor, permission))
        return true;
    g_autoptr(HjRows) held =
        hj_tx_query(tx, error, SQL_HELD_AT, county, HJ_I64(account), HJ_DATE(hj_tx_today(tx)));
    if (held == NULL)
        return false;
    size_t n_mine = 0, n_foreign = 0;
    while (exists && hj_rows_next(held)) {
        g_autoptr(GError) not_here = NULL;
        if (hj_access_check(tx, actor, permission, hj_rows_i64(held, "org"), &not_here)) {
            n_mine++;
            continue;
        }
        if (!hj_error_hides(not_here)) {
            g_propagate_error(error, g_steal_pointer(&not_here));
            return false;
        }
        n_foreign++;
    }
    bool is_own_new = exists && n_mine + n_foreign == 0 && hj_access_may(actor, permission) &&
                      hj_rows_i64(row, "created_by") == actor->account;
    if (n_mine == 0 && !is_own_new)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such account.");
    if (whole && n_foreign > 0)
        return hj_fail(error, HJ_ERROR_DENIED,
                       "This account also holds roles where you do not manage accounts.");
    return true;
}

#define SQL_ORG "SELECT code, kind FROM sys_org WHERE county = $1 AND id = $2"
#define SQL_HOLDS                                                                              \
    "SELECT id FROM sys_grant WHERE county = $1 AND account = $2 AND role = $3 AND org = $4"   \
    " AND from_on <= $5 AND to_on >= $5"
#define SQL_GRANT                                                                              \
    "INSERT INTO sys_grant (county, id, account, role, org, from_on, to_on, created_at,"       \
    " created_by) VALUES ($1, $2, $3, $4, $5, $6, '9999-12-31', $7, $8)"

static bool
stands_at(const HjRole *role, const char *kind)
{
    for (size_t i = 0; i < role->n_at_kinds; i++)
        if (g_str_equal(role->at_kinds[i], kind))
            return true;
    return false;
}

bool
hj_account_grant(HjTx *tx, const HjActor *actor, int64_t account, const char *role_name,
                 int64_t org, HjIssues *issues, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    if (!hj_access_check(tx, actor, GRANT, org, error) ||
        !hj_account_check(tx, actor, GRANT, account, false, error))
        return false;
    g_autoptr(HjRows) at = hj_tx_query(tx, error, SQL_ORG, county, HJ_I64(org));
    if (at == NULL)
        return false;
    bool exists = hj_rows_next(at);
    const HjRole *role = role_name != NULL ? hj_pack_role(actor->pack, role_name) : NULL;
    if (role == NULL)
        hj_issues_add(issues, "role", "choice", N_("There is no such role."));
    else if (!exists || !stands_at(role, hj_rows_text(at, "kind")))
        hj_issues_add(issues, "org", "choice",
                      N_("This role is not held at this kind of organization."));
    if (role != NULL && !hj_duty_check(tx, actor, account, role, issues, error))
        return false;
    if (role == NULL || hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    g_autoptr(HjRows) holds =
        hj_tx_query(tx, error, SQL_HOLDS, county, HJ_I64(account), HJ_TEXT(role->name),
                    HJ_I64(org), HJ_DATE(hj_tx_today(tx)));
    if (holds == NULL)
        return false;
    if (hj_rows_count(holds) > 0) {
        hj_issues_add(issues, "role", "duplicate", N_("This role is held there already."));
        return hj_issues_refuse(error);
    }
    g_autofree char *after =
        hj_account_object("role", role->name, "org", hj_rows_text(at, "code"), NULL);
    return hj_tx_exec(tx, error, SQL_GRANT, county, HJ_I64(hj_id_new()), HJ_I64(account),
                      HJ_TEXT(role->name), HJ_I64(org), HJ_DATE(hj_tx_today(tx)),
                      HJ_TIME(hj_tx_now(tx)), HJ_I64(actor->account)) &&
           hj_account_event(tx, "account.grant", account, org, after, error);
}

#define SQL_GRANTED                                                                            \
    "SELECT g.role AS role, g.org AS org, o.code AS org_code FROM sys_grant g"                 \
    " JOIN sys_org o ON o.county = g.county AND o.id = g.org"                                  \
    " WHERE g.county = $1 AND g.id = $2 AND g.account = $3 AND g.to_on >= $4"
#define SQL_REVOKE "UPDATE sys_grant SET to_on = $3 WHERE county = $1 AND id = $2"

bool
hj_account_revoke(HjTx *tx, const HjActor *actor, int64_t account, int64_t grant,
                  GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    HjDate today = hj_tx_today(tx);
    g_autoptr(HjRows) held = hj_tx_query(tx, error, SQL_GRANTED, county, HJ_I64(grant),
                                         HJ_I64(account), HJ_DATE(today));
    if (held == NULL)
        return false;
    if (!hj_rows_next(held))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such role held.");
    int64_t org = hj_rows_i64(held, "org");
    if (!hj_access_check(tx, actor, GRANT, org, error))
        return false;
    if (!hj_duty_check_last(tx, actor, account, grant, error))
        return false;
    g_autofree char *after = hj_account_object("role", hj_rows_text(held, "role"), "org",
                                               hj_rows_text(held, "org_code"), NULL);
    /* Over since yesterday: a right taken away is gone at once. */
    return hj_tx_exec(tx, error, SQL_REVOKE, county, HJ_I64(grant), HJ_DATE(today - 1)) &&
           hj_account_event(tx, "account.revoke", account, org, after, error);
}

#define SQL_DISABLE "UPDATE sys_account SET disabled_at = $3 WHERE county = $1 AND id = $2"
#define SQL_ENABLE                                                                             \
    "UPDATE sys_account SET disabled_at = NULL, n_failed = 0, locked_until = 0"                \
    " WHERE county = $1 AND id = $2"
#define SQL_END_ALL                                                                            \
    "UPDATE sys_session SET ended_at = $3 WHERE county = $1 AND account = $2"                  \
    " AND ended_at IS NULL"

bool
hj_account_end_sessions(HjTx *tx, int64_t account, GError **error)
{
    return hj_tx_exec(tx, error, SQL_END_ALL, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                      HJ_TIME(hj_tx_now(tx)));
}

bool
hj_account_disable(HjTx *tx, const HjActor *actor, int64_t account, bool disabled,
                   GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    if (!hj_account_check(tx, actor, MANAGE, account, true, error))
        return false;
    if (disabled && account == actor->account)
        return hj_fail(error, HJ_ERROR_CONFLICT, "You cannot disable your own account.");
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_ACCOUNT, county, HJ_I64(account));
    if (row == NULL)
        return false;
    if (hj_rows_next(row) && hj_rows_null(row, "disabled_at") == !disabled)
        return true;
    if (!hj_duty_check_foreign(tx, actor, account, error) ||
        (disabled && !hj_duty_check_last(tx, actor, account, 0, error)))
        return false;
    if (!disabled)
        return hj_tx_exec(tx, error, SQL_ENABLE, county, HJ_I64(account)) &&
               hj_account_event(tx, "account.enable", account, 0, NULL, error);
    return hj_tx_exec(tx, error, SQL_DISABLE, county, HJ_I64(account),
                      HJ_TIME(hj_tx_now(tx))) &&
           hj_account_end_sessions(tx, account, error) &&
           hj_account_event(tx, "account.disable", account, 0, NULL, error);
}

#define SQL_PASSWORD                                                                           \
    "UPDATE sys_account SET password = $3, password_at = $4, must_change = $5, n_failed = 0,"  \
    " locked_until = 0, version = version + 1 WHERE county = $1 AND id = $2"
#define SQL_KEEP_PAST                                                                          \
    "INSERT INTO sys_password_past (county, account, at, password)"                            \
    " SELECT county, id, $3, password FROM sys_account WHERE county = $1 AND id = $2"
#define SQL_FORGET_PAST                                                                        \
    "DELETE FROM sys_password_past WHERE county = $1 AND account = $2 AND at NOT IN"           \
    " (SELECT p.at FROM sys_password_past p WHERE p.county = $1 AND p.account = $2"            \
    " ORDER BY p.at DESC LIMIT $3)"

/* The former one is kept as long as the county wants it not to come back. */
static bool
change_password(HjTx *tx, int64_t account, const char *hash, bool once, const char *action,
                GError **error)
{
    HjSettings settings;
    HjVal county = HJ_I64(hj_tx_county(tx));
    return hj_setting_load(tx, &settings, error) &&
           hj_tx_exec(tx, error, SQL_KEEP_PAST, county, HJ_I64(account), HJ_I64(hj_id_new())) &&
           hj_tx_exec(tx, error, SQL_FORGET_PAST, county, HJ_I64(account),
                      HJ_I64(settings.password_past)) &&
           hj_tx_exec(tx, error, SQL_PASSWORD, county, HJ_I64(account), HJ_TEXT(hash),
                      HJ_TIME(hj_tx_now(tx)), HJ_BOOL(once)) &&
           hj_account_end_sessions(tx, account, error) &&
           hj_account_event(tx, action, account, 0, NULL, error);
}

bool
hj_account_reset_password(HjTx *tx, const HjActor *actor, int64_t account,
                          const char *password_hash, GError **error)
{
    g_assert(password_hash != NULL);
    return hj_account_check(tx, actor, MANAGE, account, true, error) &&
           hj_duty_check_foreign(tx, actor, account, error) &&
           change_password(tx, account, password_hash, true, "account.reset_password", error);
}

#define SQL_PAST                                                                               \
    "SELECT password FROM sys_password_past WHERE county = $1 AND account = $2"                \
    " ORDER BY at DESC LIMIT $3"

HjRows *
hj_account_password_past(HjTx *tx, int64_t account, GError **error)
{
    HjSettings settings;
    if (!hj_setting_load(tx, &settings, error))
        return NULL;
    return hj_tx_query(tx, error, SQL_PAST, HJ_I64(hj_tx_county(tx)), HJ_I64(account),
                       HJ_I64(settings.password_past));
}

bool
hj_account_set_password(HjTx *tx, const HjActor *actor, int64_t account,
                        const char *password_hash, GError **error)
{
    g_assert(password_hash != NULL);
    if (account != actor->account && !hj_account_check(tx, actor, MANAGE, account, true, error))
        return false;
    return change_password(tx, account, password_hash, false, "account.set_password", error);
}

#define SQL_LANG "UPDATE sys_account SET lang = $3 WHERE county = $1 AND id = $2"

bool
hj_account_set_lang(HjTx *tx, const HjActor *actor, HjLang lang, GError **error)
{
    if (lang == actor->lang)
        return true;
    g_autofree char *after = hj_account_object("lang", hj_i18n_code(lang), NULL);
    return hj_tx_exec(tx, error, SQL_LANG, HJ_I64(hj_tx_county(tx)), HJ_I64(actor->account),
                      HJ_TEXT(hj_i18n_code(lang))) &&
           hj_account_event(tx, "account.set_lang", actor->account, 0, after, error);
}

#define SQL_GRANTS                                                                             \
    "SELECT g.id AS id, g.role AS role, g.org AS org, o.code AS org_code, n.name AS org_name," \
    " g.from_on AS from_on, g.to_on AS to_on FROM sys_grant g"                                 \
    " JOIN sys_org o ON o.county = g.county AND o.id = g.org"                                  \
    " LEFT JOIN sys_org_name n ON n.county = g.county AND n.org = g.org"                       \
    " AND n.to_on = '9999-12-31'"                                                              \
    " WHERE g.county = $1 AND g.account = $2 AND g.to_on >= g.from_on"                         \
    " ORDER BY g.to_on DESC, g.id"

HjRows *
hj_account_grants(HjTx *tx, int64_t account, GError **error)
{
    return hj_tx_query(tx, error, SQL_GRANTS, HJ_I64(hj_tx_county(tx)), HJ_I64(account));
}

void
hj_account_scope(HjSqlb *b, HjTx *tx, const HjActor *actor, const char *permission)
{
    if (hj_access_may_everywhere(actor, permission))
        return;
    hj_sqlb_lit(b, " AND (EXISTS (SELECT 1 FROM sys_grant g WHERE g.county = a.county"
                   " AND g.account = a.id AND g.to_on >= ");
    hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
    hj_access_scope(b, tx, actor, permission, NULL, "g.org");
    hj_sqlb_lit(b, ") OR (a.created_by = ");
    hj_sqlb_param(b, HJ_I64(actor->account));
    hj_sqlb_lit(b, " AND NOT EXISTS (SELECT 1 FROM sys_grant h WHERE h.county = a.county"
                   " AND h.account = a.id)))");
}

static HjRows *
find_accounts(HjTx *tx, const HjActor *actor, int64_t only, const char *q, int limit,
              GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT a.id AS id, a.name AS name, a.title AS title,"
                   " a.disabled_at AS disabled_at, a.locked_until AS locked_until,"
                   " (SELECT MAX(s.seen_at) FROM sys_session s WHERE s.county = a.county"
                   " AND s.account = a.id) AS last_seen"
                   " FROM sys_account a WHERE a.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_account_scope(b, tx, actor, VIEW);
    if (only != 0) {
        hj_sqlb_lit(b, " AND a.id = ");
        hj_sqlb_param(b, HJ_I64(only));
    }
    if (q != NULL && *q != '\0') {
        g_autofree char *pattern = hj_row_sql_like(q);
        hj_sqlb_lit(b, " AND (LOWER(a.name) LIKE ");
        hj_sqlb_param(b, HJ_TEXT(pattern));
        hj_sqlb_lit(b, " ESCAPE '\\' OR LOWER(a.title) LIKE ");
        hj_sqlb_param(b, HJ_TEXT(pattern));
        hj_sqlb_lit(b, " ESCAPE '\\')");
    }
    hj_sqlb_lit(b, " ORDER BY a.name LIMIT ");
    hj_sqlb_param(b, HJ_I64(CLAMP(limit, 1, MAX_LIST)));
    return hj_sqlb_query(b, tx, error);
}

/* Account id to "role@code, role@code", of the roles in the actor's scope. */
static GHashTable *
roles_of(HjTx *tx, const HjActor *actor, HjRows *accounts, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT g.account AS account, g.role AS role, o.code AS code"
                   " FROM sys_grant g JOIN sys_org o ON o.county = g.county AND o.id = g.org"
                   " WHERE g.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND g.to_on >= ");
    hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
    hj_access_scope(b, tx, actor, VIEW, NULL, "g.org");
    hj_sqlb_lit(b, " AND g.account IN (0");
    while (hj_rows_next(accounts)) {
        hj_sqlb_lit(b, ", ");
        hj_sqlb_param(b, HJ_I64(hj_rows_i64(accounts, "id")));
    }
    hj_rows_rewind(accounts);
    hj_sqlb_lit(b, ") ORDER BY g.id");
    g_autoptr(HjRows) held = hj_sqlb_query(b, tx, error);
    if (held == NULL)
        return NULL;
    GHashTable *roles = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    while (hj_rows_next(held)) {
        int64_t id = hj_rows_i64(held, "account");
        const char *before = g_hash_table_lookup(roles, &id);
        char *all = g_strdup_printf("%s%s%s@%s", before != NULL ? before : "",
                                    before != NULL ? ", " : "", hj_rows_text(held, "role"),
                                    hj_rows_text(held, "code"));
        g_hash_table_replace(roles, g_memdup2(&id, sizeof id), all);
    }
    return roles;
}

static HjRows *
list_accounts(HjTx *tx, const HjActor *actor, int64_t only, const char *q, int limit,
              GError **error)
{
    static const char *const names[] = { "id",           "name",  "title",    "disabled_at",
                                         "locked_until", "roles", "last_seen" };
    if (!hj_access_may(actor, VIEW)) {
        hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        return NULL;
    }
    if (q != NULL && !hj_text_is_clean(q, false)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "This filter cannot be read.");
        return NULL;
    }
    g_autoptr(HjRows) accounts = find_accounts(tx, actor, only, q, limit, error);
    if (accounts == NULL)
        return NULL;
    g_autoptr(GHashTable) roles = roles_of(tx, actor, accounts, error);
    if (roles == NULL)
        return NULL;
    /* Put together here: the two databases join texts differently. */
    HjRows *out = hj_rows_new((int)G_N_ELEMENTS(names), names);
    while (hj_rows_next(accounts)) {
        int64_t id = hj_rows_i64(accounts, "id");
        const char *held = g_hash_table_lookup(roles, &id);
        hj_rows_add_i64(out, id);
        hj_rows_add_string(out, hj_rows_text(accounts, "name"));
        hj_rows_add_string(out, hj_rows_text(accounts, "title"));
        hj_rows_add_cell(out, accounts, "disabled_at");
        hj_rows_add_cell(out, accounts, "locked_until");
        hj_rows_add_string(out, held != NULL ? held : "");
        hj_rows_add_cell(out, accounts, "last_seen");
    }
    return out;
}

HjRows *
hj_account_list(HjTx *tx, const HjActor *actor, const char *q, int limit, GError **error)
{
    return list_accounts(tx, actor, 0, q, limit, error);
}

HjRows *
hj_account_get(HjTx *tx, const HjActor *actor, int64_t account, GError **error)
{
    HjRows *rows = list_accounts(tx, actor, account != 0 ? account : -1, NULL, 1, error);
    if (rows == NULL)
        return NULL;
    if (!hj_rows_next(rows)) {
        hj_rows_free(rows);
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such account.");
        return NULL;
    }
    return rows;
}
