/* Personal tokens: the own ones on the account page, those of others for administrators. */
#include "base/crypto.h"
#include "base/id.h"
#include "core/access.h"
#include "core/account.h"
#include "core/token.h"
#include "tokens.html.h"
#include "web/pages_api.h"
#include "web/pages_forms.h"
#include "web/views_api.h"

#include <string.h>

#define DEFAULT_DAYS 90

static const char *
ledger_titles(HjRequest *req, const char *list)
{
    if (list == NULL)
        return NULL;
    g_auto(GStrv) names = g_strsplit(list, ",", -1);
    GString *text = g_string_new(NULL);
    for (size_t i = 0; names[i] != NULL; i++) {
        const HjLedger *ledger = hj_pack_ledger(hj_request_pack(req), names[i]);
        if (*names[i] == '\0')
            continue;
        if (text->len > 0)
            g_string_append(text, hj_request_lang(req) == HJ_ZH ? "、" : ", ");
        g_string_append(text, ledger != NULL ? hj_page_label(req, &ledger->title) : names[i]);
    }
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

static HjTokenState
state_of(HjRequest *req, const HjRows *row)
{
    if (!hj_rows_null(row, "revoked_at"))
        return HJ_TOKEN_REVOKED;
    return hj_rows_i64(row, "expires_at") <= hj_request_now(req) ? HJ_TOKEN_EXPIRED
                                                                 : HJ_TOKEN_LIVE;
}

static HjTokenItem
item_of(HjRequest *req, const HjRows *rows)
{
    return (HjTokenItem){
        .id = hj_rows_i64(rows, "id"),
        .name = hj_rows_text(rows, "name"),
        .tail = hj_rows_text(rows, "tail"),
        .ledgers = ledger_titles(req, hj_rows_text(rows, "ledgers")),
        .org = hj_rows_text(rows, "org_name"),
        .may_write = hj_rows_bool(rows, "may_write"),
        .state = state_of(req, rows),
        .created_at = hj_rows_i64(rows, "created_at"),
        .expires_at = hj_rows_i64(rows, "expires_at"),
        .used_at = hj_rows_i64(rows, "used_at"),
    };
}

static bool
fill_tokens(HjRequest *req, int64_t account, HjTokensView *view, GError **error)
{
    HjRows *rows = hj_token_list(hj_request_tx(req), account, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->tokens = hj_request_new(req, HjTokenItem, hj_rows_count(rows));
    while (hj_rows_next(rows))
        view->tokens[view->n_tokens++] = item_of(req, rows);
    return true;
}

static bool
is_ticked(HjRequest *req, const char *name)
{
    g_auto(GStrv) sent = g_strsplit(hj_pages_forms_sent(req, "ledgers"), ",", -1);
    return g_strv_contains((const char *const *)sent, name);
}

static void
fill_form(HjRequest *req, HjTokensView *view, const HjOrgPick *pick)
{
    const HjPack *pack = hj_request_pack(req);
    HjLang lang = hj_request_lang(req);
    HjDate later = hj_date_in_shanghai(hj_request_now(req)) + DEFAULT_DAYS;
    view->name =
        hj_pages_forms_field(req, HJ_INPUT_TEXT, "name", hj_tr(lang, N_("What uses it")), NULL);
    view->name.max = 60;
    view->name.required = true;
    view->name.help =
        hj_tr(lang, N_("For example: weekly export of the county's statistics office."));
    view->expires_on =
        hj_pages_forms_field(req, HJ_INPUT_DATE, "expires_on", hj_tr(lang, N_("Last day")),
                             hj_request_strdup(req, hj_date_text(later).text));
    view->expires_on.required = true;
    view->expires_on.help = hj_tr(lang, N_("At most one year from today."));
    view->access = hj_pages_forms_field(req, HJ_INPUT_SELECT, "access",
                                        hj_tr(lang, N_("What it may do")), "read");
    view->access.required = true;
    view->access.options = hj_request_new(req, HjOption, 2);
    view->access.options[view->access.n_options++] =
        (HjOption){ "read", hj_tr(lang, N_("Read only")),
                    g_str_equal(view->access.value, "read") };
    view->access.options[view->access.n_options++] =
        (HjOption){ "write", hj_tr(lang, N_("Read and write")),
                    g_str_equal(view->access.value, "write") };
    view->ledgers = hj_request_new(req, HjOption, pack->n_ledgers);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        if (hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_VIEW))
            view->ledgers[view->n_ledgers++] =
                (HjOption){ .value = ledger->name,
                            .text = hj_page_label(req, &ledger->title),
                            .on = is_ticked(req, ledger->name) };
    }
    view->pick = pick != NULL ? *pick : (HjOrgPick){ 0 };
    view->pick.wrong = hj_issues_of(hj_request_issues(req), "org", lang);
}

static HjResponse *
own_page(HjRequest *req, int status, const HjOrgPick *pick, const char *made, GError **error)
{
    HjLang lang = hj_request_lang(req);
    HjTokensView view = {
        .page = hj_page(req, hj_tr(lang, N_("Personal tokens")), "account"),
        .action = "/account/tokens",
        .own = true,
        .made = made,
        .made_name = hj_pages_forms_sent(req, "name"),
    };
    view.page.here = "/account/tokens";
    hj_page_crumb(req, &view.page, "/account", hj_tr(lang, N_("My account")));
    fill_form(req, &view, pick);
    HjFormField fields[] = { view.name,
                             view.expires_on,
                             view.access,
                             { .name = "org", .title = hj_tr(lang, N_("Organization")) } };
    view.wrong = hj_pages_forms_wrong(req, fields, G_N_ELEMENTS(fields), NULL);
    if (!fill_tokens(req, hj_request_actor(req)->account, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_tokens(&out, &view);
    return res;
}

HjResponse *
hj_pages_tokens(HjRequest *req, GError **error)
{
    return own_page(req, 200, NULL, NULL, error);
}

/* The organization is optional: without one the token reaches what the account reaches. */
static bool
read_wish(HjRequest *req, HjTokenWish *ret, HjOrgPick *pick, GError **error)
{
    const char *access = hj_pages_forms_sent(req, "access");
    char **ledgers = g_strsplit(hj_pages_forms_sent(req, "ledgers"), ",", -1);
    hj_request_adopt(req, ledgers, (GDestroyNotify)g_strfreev);
    *ret = (HjTokenWish){
        .name = hj_pages_forms_sent(req, "name"),
        .may_write = g_str_equal(access, "write"),
        .ledgers = (const char *const *)ledgers,
        .expires_on = HJ_DATE_NONE,
    };
    *pick = (HjOrgPick){ .text = hj_pages_forms_sent(req, "org") };
    if (!ret->may_write && !g_str_equal(access, "read"))
        hj_issues_add(hj_request_issues(req), "access", "choice",
                      N_("Choose what the token may do."));
    if (!hj_date_parse(hj_pages_forms_sent(req, "expires_on"), &ret->expires_on, NULL))
        ret->expires_on = HJ_DATE_NONE;
    if (*pick->text == '\0' && *hj_pages_forms_sent(req, "org_code") == '\0')
        return true;
    return hj_pages_forms_pick_org(req, NULL, pick, &ret->org, error);
}

HjResponse *
hj_pages_token_new_post(HjRequest *req, GError **error)
{
    HjTokenWish wish;
    HjOrgPick pick;
    int64_t id = 0;
    char token[64];
    g_autoptr(GError) why = NULL;
    if (!read_wish(req, &wish, &pick, error))
        return NULL;
    /* What is wrong here is told together with what the core finds. */
    bool done = hj_token_create(hj_request_tx(req), hj_request_actor(req), &wish,
                                hj_request_issues(req), &id, token, &why);
    if (done) {
        const HjOrgPick none = { .text = "" };
        const char *shown = hj_request_strdup(req, token);
        HjResponse *res = own_page(req, 201, &none, shown, error);
        hj_crypto_wipe(token, sizeof token);
        return res;
    }
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return own_page(req, 422, &pick, NULL, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

static bool
token_of_form(HjRequest *req, int64_t *ret, GError **error)
{
    return hj_id_parse(hj_pages_forms_sent(req, "token"), ret) ||
           hj_fail(error, HJ_ERROR_MALFORMED, "The token to revoke is missing.");
}

HjResponse *
hj_pages_token_revoke_post(HjRequest *req, GError **error)
{
    int64_t token = 0;
    const HjActor *actor = hj_request_actor(req);
    if (!token_of_form(req, &token, error) ||
        !hj_token_revoke(hj_request_tx(req), actor, actor->account, token, NULL,
                         hj_request_issues(req), error))
        return NULL;
    return hj_response_see_other(req, "/account/tokens",
                                 N_("The token was revoked. It ended at once."));
}

/* --- for administrators --- */

/* The account of the address, within the scope of the administrator. */
static HjRows *
managed(HjRequest *req, int64_t *ret_id, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    if (!hj_request_part_i64(req, "id", ret_id, error))
        return NULL;
    g_autoptr(HjRows) named =
        hj_tx_query(tx, error, "SELECT name FROM sys_account WHERE county = $1 AND id = $2",
                    HJ_I64(hj_tx_county(tx)), HJ_I64(*ret_id));
    if (named == NULL)
        return NULL;
    const char *name = hj_rows_next(named) ? hj_rows_text(named, "name") : NULL;
    g_autoptr(HjRows) rows =
        name != NULL ? hj_account_list(tx, hj_request_actor(req), name, 200, error) : NULL;
    if (name != NULL && rows == NULL)
        return NULL;
    while (rows != NULL && hj_rows_next(rows))
        if (hj_rows_i64(rows, "id") == *ret_id)
            return hj_request_adopt(req, g_steal_pointer(&rows), (GDestroyNotify)hj_rows_free);
    hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such account.");
    return NULL;
}

/* @asked: the token whose reason is missing, or 0. */
static void
ask_why(HjRequest *req, HjTokensView *view, int64_t asked)
{
    view->wrong_reason = hj_issues_of(hj_request_issues(req), "reason", hj_request_lang(req));
    view->reason = hj_pages_forms_sent(req, "reason");
    for (size_t i = 0; i < view->n_tokens; i++)
        view->tokens[i].asked = asked != 0 && view->tokens[i].id == asked;
}

static HjResponse *
account_page(HjRequest *req, int64_t id, const HjRows *row, int64_t asked, GError **error)
{
    HjLang lang = hj_request_lang(req);
    const char *title = hj_rows_text(row, "title"), *name = hj_rows_text(row, "name");
    HjTokensView view = {
        .page = hj_page(req, hj_tr(lang, N_("Personal tokens")), "accounts"),
        .action = hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT "/tokens", id),
        .lead = title != NULL ? title : name,
    };
    hj_page_crumb(req, &view.page, "/accounts", hj_tr(lang, N_("Accounts")));
    hj_page_crumb(req, &view.page, hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, id),
                  view.lead);
    if (!fill_tokens(req, id, &view, error))
        return NULL;
    ask_why(req, &view, asked);
    HjOut out;
    HjResponse *res = hj_response_page(req, asked != 0 ? 422 : 200, &out);
    hj_tmpl_tokens(&out, &view);
    return res;
}

HjResponse *
hj_pages_account_tokens(HjRequest *req, GError **error)
{
    int64_t id = 0;
    const HjRows *row = managed(req, &id, error);
    return row != NULL ? account_page(req, id, row, 0, error) : NULL;
}

/* Every token that works, of all accounts one manages: what programs can reach, on one page. */
HjResponse *
hj_pages_all_tokens(HjRequest *req, GError **error)
{
    HjLang lang = hj_request_lang(req);
    HjTokensView view = {
        .page = hj_page(req, hj_tr(lang, N_("Tokens of all accounts")), "accounts"),
        .lead = hj_tr(lang, N_("Programs that read or enter records in somebody's name.")),
    };
    hj_page_crumb(req, &view.page, "/accounts", hj_tr(lang, N_("Accounts")));
    HjRows *rows = hj_token_list_live(hj_request_tx(req), hj_request_actor(req), error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view.tokens = hj_request_new(req, HjTokenItem, hj_rows_count(rows));
    while (hj_rows_next(rows)) {
        HjTokenItem *item = &view.tokens[view.n_tokens++];
        *item = item_of(req, rows);
        item->account = hj_rows_text(rows, "account_title");
        item->account_name = hj_rows_text(rows, "account_name");
        item->href = hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT "/tokens",
                                       hj_rows_i64(rows, "account"));
    }
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_tokens(&out, &view);
    return res;
}

HjResponse *
hj_pages_account_token_revoke_post(HjRequest *req, GError **error)
{
    int64_t id = 0, token = 0;
    const HjRows *row = managed(req, &id, error);
    if (row == NULL || !token_of_form(req, &token, error))
        return NULL;
    g_autoptr(GError) why = NULL;
    if (hj_token_revoke(hj_request_tx(req), hj_request_actor(req), id, token,
                        hj_pages_forms_sent(req, "reason"), hj_request_issues(req), &why))
        return hj_response_see_other(
            req, hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT "/tokens", id),
            N_("The token was revoked. It ended at once."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return account_page(req, id, row, token, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
