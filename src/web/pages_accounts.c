/* Accounts: the list, a new one, the roles of one and what they let it do. */
#include "account_new.html.h"
#include "account_one.html.h"
#include "accounts.html.h"
#include "base/crypto.h"
#include "base/id.h"
#include "core/access.h"
#include "core/account.h"
#include "core/second.h"
#include "web/pages.h"
#include "web/pages_backup.h"
#include "web/pages_forms.h"
#include "web/pages_security.h"

#include <string.h>

#define MAX_SHOWN 100

static HjAccountState
state_of(HjRequest *req, const HjRows *row)
{
    if (!hj_rows_null(row, "disabled_at"))
        return HJ_ACCOUNT_DISABLED;
    return hj_rows_i64(row, "locked_until") > hj_request_now(req) ? HJ_ACCOUNT_LOCKED
                                                                  : HJ_ACCOUNT_ACTIVE;
}

/* --- the list --- */

/* "role@code, role@code" as titles and names with links. */
static void
fill_roles(HjRequest *req, const HjOrgTree *tree, const char *text, HjAccountItem *item)
{
    g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ", ", -1);
    item->roles = hj_request_new(req, HjLink, g_strv_length(parts));
    for (size_t i = 0; parts[i] != NULL; i++) {
        char *at = strchr(parts[i], '@');
        if (at == NULL)
            continue;
        *at = '\0';
        const HjRole *role = hj_pack_role(hj_request_pack(req), parts[i]);
        const HjOrg *org = hj_org_tree_code(tree, at + 1);
        item->roles[item->n_roles++] = (HjLink){
            .href = hj_request_printf(req, "/orgs/%s", at + 1),
            .text =
                hj_request_printf(req, "%s · %s", org != NULL ? org->name : at + 1,
                                  role != NULL ? hj_page_label(req, &role->title) : parts[i]),
        };
    }
}

HjResponse *
hj_pages_accounts(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    HjAccountsView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Accounts")), "accounts"),
        .q = hj_request_query(req, "q"),
    };
    HjRows *rows = hj_account_list(tx, hj_request_actor(req), view.q, MAX_SHOWN + 1, error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjOrgTree *tree = hj_org_tree_load(tx, HJ_DATE_NONE, error);
    if (tree == NULL)
        return NULL;
    hj_request_adopt(req, tree, (GDestroyNotify)hj_org_tree_free);
    view.accounts = hj_request_new(req, HjAccountItem, hj_rows_count(rows));
    view.more = hj_rows_count(rows) > MAX_SHOWN;
    while (view.n_accounts < MAX_SHOWN && hj_rows_next(rows)) {
        HjAccountItem *item = &view.accounts[view.n_accounts++];
        item->href =
            hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, hj_rows_i64(rows, "id"));
        item->name = hj_rows_text(rows, "name");
        item->title = hj_rows_text(rows, "title");
        item->state = state_of(req, rows);
        item->last_seen = hj_rows_i64(rows, "last_seen");
        fill_roles(req, tree, hj_rows_text(rows, "roles"), item);
    }
    view.may_manage = hj_access_may(hj_request_actor(req), "account.manage");
    view.may_grant = hj_access_may(hj_request_actor(req), "account.grant");
    if (view.may_manage)
        view.backup_warning = hj_pages_backup_warning(req);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_accounts(&out, &view);
    return res;
}

/* --- a new account --- */

static HjResponse *
new_page(HjRequest *req, int status, const HjOrgPick *pick)
{
    HjLang lang = hj_request_lang(req);
    HjAccountNewView view = {
        .page = hj_page(req, hj_tr(lang, N_("New account")), "accounts"),
        .name = hj_pages_forms_field(req, HJ_INPUT_TEXT, "name",
                                     hj_tr(lang, N_("Sign-in name")), NULL),
        .title = hj_pages_forms_field(req, HJ_INPUT_TEXT, "title", hj_tr(lang, N_("Shown as")),
                                      NULL),
        .role = hj_pages_forms_role(req),
        .password_wrong = hj_issues_of(hj_request_issues(req), "password", lang),
        .pick = pick != NULL ? *pick : (HjOrgPick){ 0 },
    };
    view.page.form_key = hj_request_form_key(req);
    view.may_grant = hj_access_may(hj_request_actor(req), "account.grant");
    hj_page_crumb(req, &view.page, "/accounts", hj_tr(lang, N_("Accounts")));
    view.name.required = true;
    view.name.max = 32;
    view.name.help =
        hj_tr(lang, N_("Letters, digits, dots and hyphens, or Chinese characters."));
    view.title.max = 60;
    view.title.help = hj_tr(
        lang, N_("Name and post as others read it, for example Li Ming, committee member."));
    view.pick.wrong = hj_issues_of(hj_request_issues(req), "org", lang);
    HjFormField fields[] = {
        view.name,
        view.title,
        view.role,
        { .name = "password", .title = hj_tr(lang, N_("First password")) },
        { .name = "org", .title = hj_tr(lang, N_("Organization")) },
    };
    view.wrong = hj_pages_forms_wrong(req, fields, G_N_ELEMENTS(fields), NULL);
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_account_new(&out, &view);
    return res;
}

HjResponse *
hj_pages_account_new(HjRequest *req, GError **error)
{
    (void)error;
    return new_page(req, 200, NULL);
}

bool
hj_pages_account_new_prepare(HjRequest *req, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    const char *password = hj_pages_forms_sent(req, "password");
    if (!hj_account_password_ok(hj_pages_forms_sent(req, "name"), password, issues))
        return true;
    char *hash = hj_crypto_password_hash(password, error);
    if (hash == NULL)
        return false;
    hj_request_set_prepared(req, hash, g_free);
    return true;
}

/* What can be said before anything is written, so that every mistake is told at once. */
static bool
check_new(HjRequest *req, HjOrgPick *pick, int64_t *ret_org, GError **error)
{
    HjIssues *issues = hj_request_issues(req);
    const HjRole *role = hj_pack_role(hj_request_pack(req), hj_pages_forms_sent(req, "role"));
    bool grants = hj_access_may(hj_request_actor(req), "account.grant");
    *pick = (HjOrgPick){ 0 };
    if (grants && role == NULL)
        hj_issues_add(issues, "role", "required", N_("Choose a role."));
    if (grants && !hj_pages_forms_pick_org(req, role, pick, ret_org, error))
        return false;
    hj_account_password_ok(hj_pages_forms_sent(req, "name"),
                           hj_pages_forms_sent(req, "password"), issues);
    return true;
}

HjResponse *
hj_pages_account_new_post(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    HjIssues *issues = hj_request_issues(req);
    const char *hash = hj_request_prepared(req);
    HjOrgPick pick;
    int64_t org = 0, id = 0;
    if (!check_new(req, &pick, &org, error))
        return NULL;
    if (hj_issues_count(issues) > 0 || hash == NULL)
        return new_page(req, 422, &pick);
    g_autoptr(GError) why = NULL;
    if (!hj_account_create(tx, actor, hj_pages_forms_sent(req, "name"),
                           hj_pages_forms_sent(req, "title"), hash, issues, &id, &why)) {
        if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
            return new_page(req, 422, &pick);
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    /* The account exists by now: an error here takes it back with the transaction. */
    if (org != 0 &&
        !hj_account_grant(tx, actor, id, hj_pages_forms_sent(req, "role"), org, issues, error))
        return NULL;
    return hj_response_see_other(req, hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, id),
                                 N_("The account was made. Hand its password over in person."));
}

/* --- one account --- */

/* The account {id}, when the actor has a hand in it. */
static HjRows *
load_account(HjRequest *req, int64_t *ret_id, GError **error)
{
    if (!hj_request_part_i64(req, "id", ret_id, error))
        return NULL;
    HjRows *row = hj_account_get(hj_request_tx(req), hj_request_actor(req), *ret_id, error);
    return row != NULL ? hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free) : NULL;
}

/* What an account would be with one of its roles alone: says where a right comes from. */
typedef struct {
    HjActor *alone;
    const char *org;
} Held;

static const char *
join(HjRequest *req, GPtrArray *names)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        bool again = false;
        for (guint j = 0; j < i && !again; j++)
            again = g_str_equal(name, g_ptr_array_index(names, j));
        if (!again)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "、" : "", name);
    }
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

static const char *
where_ledger(HjRequest *req, const Held *held, size_t n, const HjLedger *ledger,
             HjAccessVerb verb)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < n; i++)
        if (hj_access_may_ledger(held[i].alone, ledger, verb))
            g_ptr_array_add(names, (gpointer)held[i].org);
    return names->len > 0 ? join(req, names) : NULL;
}

static const char *
where_may(HjRequest *req, const Held *held, size_t n, const char *permission)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < n; i++)
        if (hj_access_may(held[i].alone, permission))
            g_ptr_array_add(names, (gpointer)held[i].org);
    return names->len > 0 ? join(req, names) : NULL;
}

/* Fields that every role held hides. */
static const char *
hidden_fields(HjRequest *req, const Held *held, size_t n, const HjLedger *ledger)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < ledger->n_fields; i++) {
        bool hidden = n > 0;
        for (size_t j = 0; j < n; j++)
            hidden = hidden && hj_access_field_hidden(held[j].alone, &ledger->fields[i]);
        if (hidden)
            g_ptr_array_add(names, (gpointer)hj_page_label(req, &ledger->fields[i].title));
    }
    return names->len > 0 ? join(req, names) : NULL;
}

static void
fill_rights(HjRequest *req, const Held *held, size_t n, HjAccountView *view)
{
    const HjPack *pack = hj_request_pack(req);
    view->ledgers = hj_request_new(req, HjLedgerRight, pack->n_ledgers);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        HjLedgerRight *right = &view->ledgers[view->n_ledgers++];
        right->title = hj_page_label(req, &ledger->title);
        right->sees = where_ledger(req, held, n, ledger, HJ_ACCESS_VIEW);
        right->enters = where_ledger(req, held, n, ledger, HJ_ACCESS_ENTER);
        right->hidden = right->sees != NULL ? hidden_fields(req, held, n, ledger) : NULL;
    }
    size_t n_permissions = 0;
    while (hj_access_permissions[n_permissions] != NULL)
        n_permissions++;
    view->rights = hj_request_new(req, HjRight, n_permissions);
    for (size_t i = 0; i < n_permissions; i++) {
        const char *permission = hj_access_permissions[i];
        const char *where = where_may(req, held, n, permission);
        if (where != NULL && !g_str_has_prefix(permission, "ledger."))
            view->rights[view->n_rights++] =
                (HjRight){ .title = hj_pages_forms_permission(req, permission),
                           .where = where };
    }
}

static bool
fill_grants(HjRequest *req, int64_t id, HjAccountView *view, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    HjPack *pack = hj_request_pack(req);
    HjRows *rows = hj_account_grants(tx, id, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjDateText today = hj_date_text(hj_date_in_shanghai(hj_request_now(req)));
    Held *held = hj_request_new(req, Held, hj_rows_count(rows));
    size_t n_held = 0;
    view->grants = hj_request_new(req, HjGrantItem, hj_rows_count(rows));
    while (hj_rows_next(rows)) {
        const char *until = hj_rows_text(rows, "to_on"), *code = hj_rows_text(rows, "org_code");
        const char *since = hj_rows_text(rows, "from_on"),
                   *org = hj_rows_text(rows, "org_name");
        const HjRole *role = hj_pack_role(pack, hj_rows_text(rows, "role"));
        bool over = strcmp(until, today.text) < 0;
        int64_t at = hj_rows_i64(rows, "org");
        if (!hj_access_check(tx, hj_request_actor(req), "account.view", at, NULL))
            continue;
        view->grants[view->n_grants++] = (HjGrantItem){
            .role =
                role != NULL ? hj_page_label(req, &role->title) : hj_rows_text(rows, "role"),
            .org = org,
            .org_href = hj_request_printf(req, "/orgs/%s", code),
            .since = since,
            .until = g_str_equal(until, HJ_DATE_FOREVER) ? NULL : until,
            .id = hj_rows_i64(rows, "id"),
            .over = over,
        };
        if (over || role == NULL || strcmp(since, today.text) > 0)
            continue;
        HjActor *alone = hj_actor_new(pack, id, "", "", HJ_ZH, 1);
        hj_request_adopt(req, alone, (GDestroyNotify)hj_actor_unref);
        hj_actor_add_grant(alone, role, at, code, org, "");
        held[n_held++] = (Held){ .alone = alone, .org = org };
    }
    fill_rights(req, held, n_held, view);
    return true;
}

/* Sessions and addresses are for who answers for the account, not for everybody who reads
 * rights. */
static bool
fill_security(HjRequest *req, int64_t id, HjAccountView *view, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    view->may_manage = hj_access_may(actor, "account.manage");
    view->may_grant = hj_access_may(actor, "account.grant");
    view->knows_sessions = view->may_manage || view->may_grant || view->own;
    view->page.form_key = hj_request_form_key(req);
    HjSecondState second;
    if (!hj_second_state(hj_request_tx(req), id, &second, error))
        return false;
    view->has_second = second.on;
    HjProxiesView *proxies = hj_request_new(req, HjProxiesView, 1);
    view->proxies = proxies;
    if (!hj_pages_security_proxies(req, id, proxies, error))
        return false;
    return !view->knows_sessions ||
           hj_pages_security_sessions(
               req, id,
               view->may_manage && !view->own
                   ? hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT "/session", id)
                   : NULL,
               &view->sessions, error);
}

static HjResponse *
one_page(HjRequest *req, int status, const HjOrgPick *pick, const char *message, GError **error)
{
    HjLang lang = hj_request_lang(req);
    int64_t id = 0;
    const HjRows *row = load_account(req, &id, error);
    if (row == NULL)
        return NULL;
    const char *title = hj_rows_text(row, "title"), *name = hj_rows_text(row, "name");
    HjAccountView view = {
        .page = hj_page(req, title != NULL ? title : name, "accounts"),
        .name = name,
        .title = title,
        .action = hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, id),
        .state = state_of(req, row),
        .locked_until = hj_rows_i64(row, "locked_until"),
        .last_seen = hj_rows_i64(row, "last_seen"),
        .own = id == hj_request_actor(req)->account,
        .role = hj_pages_forms_role(req),
        .pick = pick != NULL ? *pick : (HjOrgPick){ 0 },
    };
    view.page.here = view.action;
    hj_page_crumb(req, &view.page, "/accounts", hj_tr(lang, N_("Accounts")));
    view.pick.wrong = hj_issues_of(hj_request_issues(req), "org", lang);
    HjFormField fields[] = { view.role,
                             { .name = "org", .title = hj_tr(lang, N_("Organization")) } };
    view.wrong = hj_pages_forms_wrong(req, fields, G_N_ELEMENTS(fields), message);
    if (!fill_grants(req, id, &view, error) || !fill_security(req, id, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_account_one(&out, &view);
    return res;
}

HjResponse *
hj_pages_account_one(HjRequest *req, GError **error)
{
    return one_page(req, 200, NULL, NULL, error);
}

static HjResponse *
back_to(HjRequest *req, int64_t id, const char *notice)
{
    return hj_response_see_other(req, hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, id),
                                 notice);
}

HjResponse *
hj_pages_account_grant_post(HjRequest *req, GError **error)
{
    int64_t id = 0, org = 0;
    HjOrgPick pick;
    HjIssues *issues = hj_request_issues(req);
    const char *name = hj_pages_forms_sent(req, "role");
    const HjRole *role = hj_pack_role(hj_request_pack(req), name);
    if (load_account(req, &id, error) == NULL)
        return NULL;
    if (role == NULL)
        hj_issues_add(issues, "role", "required", N_("Choose a role."));
    if (!hj_pages_forms_pick_org(req, role, &pick, &org, error))
        return NULL;
    if (hj_issues_count(issues) > 0)
        return one_page(req, 422, &pick, NULL, error);
    g_autoptr(GError) why = NULL;
    if (hj_account_grant(hj_request_tx(req), hj_request_actor(req), id, name, org, issues,
                         &why))
        return back_to(req, id, N_("The role was given."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return one_page(req, 422, &pick, NULL, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

HjResponse *
hj_pages_account_revoke_post(HjRequest *req, GError **error)
{
    int64_t id = 0, grant = 0;
    if (load_account(req, &id, error) == NULL)
        return NULL;
    if (!hj_id_parse(hj_pages_forms_sent(req, "grant"), &grant)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The role to take back is missing.");
        return NULL;
    }
    if (!hj_account_revoke(hj_request_tx(req), hj_request_actor(req), id, grant, error))
        return NULL;
    return back_to(req, id, N_("The role was taken back. It ended at once."));
}

HjResponse *
hj_pages_account_state_post(HjRequest *req, GError **error)
{
    int64_t id = 0;
    const char *state = hj_pages_forms_sent(req, "state");
    bool disable = g_str_equal(state, "disabled");
    if (load_account(req, &id, error) == NULL)
        return NULL;
    if (!disable && !g_str_equal(state, "active")) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The state is active or disabled.");
        return NULL;
    }
    if (!hj_account_disable(hj_request_tx(req), hj_request_actor(req), id, disable, error))
        return NULL;
    return back_to(req, id,
                   disable ? N_("The account was disabled and signed out everywhere.")
                           : N_("The account may sign in again."));
}
