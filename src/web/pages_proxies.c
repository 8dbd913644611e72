/* Proxies: who acts for whom, from when to when. */
#include "base/id.h"
#include "core/proxy.h"
#include "proxies.html.h"
#include "web/pages_forms.h"
#include "web/pages_security.h"

#include <string.h>

#define MAX_LENT 50

static const char *
person_of(const HjRows *rows, const char *title, const char *name)
{
    const char *text = hj_rows_text(rows, title);
    return text != NULL ? text : hj_rows_text(rows, name);
}

static const char *
roles_of(HjRequest *req, int64_t proxy, GError **error)
{
    g_autoptr(HjRows) rows = hj_proxy_roles(hj_request_tx(req), proxy, error);
    if (rows == NULL)
        return NULL;
    GString *text = g_string_new(NULL);
    while (hj_rows_next(rows)) {
        const char *name = hj_rows_text(rows, "role"), *org = hj_rows_text(rows, "org_name");
        const HjRole *role = hj_pack_role(hj_request_pack(req), name);
        g_string_append_printf(text, "%s%s · %s", text->len > 0 ? "、" : "",
                               org != NULL ? org : "",
                               role != NULL ? hj_page_label(req, &role->title) : name);
    }
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

bool
hj_pages_security_proxies(HjRequest *req, int64_t account, HjProxiesView *view, GError **error)
{
    HjRows *rows = hj_proxy_list(hj_request_tx(req), account, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjDateText today = hj_date_text(hj_date_in_shanghai(hj_request_now(req)));
    view->proxies = hj_request_new(req, HjProxyItem, hj_rows_count(rows));
    while (hj_rows_next(rows)) {
        int64_t id = hj_rows_i64(rows, "id");
        bool lent = hj_rows_i64(rows, "principal") == account;
        HjProxyItem *item = &view->proxies[view->n_proxies++];
        *item = (HjProxyItem){
            .id = hj_request_printf(req, "%" G_GINT64_FORMAT, id),
            .other = lent ? person_of(rows, "deputy_title", "deputy_name")
                          : person_of(rows, "principal_title", "principal_name"),
            .roles = roles_of(req, id, error),
            .from = hj_rows_text(rows, "from_on"),
            .to = hj_rows_text(rows, "to_on"),
            .reason = hj_rows_text(rows, "reason"),
            .lent = lent,
            .now = hj_rows_i64(rows, "now") != 0,
            .over = !hj_rows_null(rows, "ended_at") ||
                    strcmp(hj_rows_text(rows, "to_on"), today.text) < 0,
            .acting = hj_request_actor(req)->proxy == id,
        };
        if (item->roles == NULL)
            return false;
    }
    return true;
}

/* The roles of one's own that may be lent, to tick. */
static bool
fill_held(HjRequest *req, HjProxiesView *view, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    HjRows *rows = hj_account_grants(hj_request_tx(req), actor->account, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    g_auto(GStrv) sent = g_strsplit(hj_pages_forms_sent(req, "held"), ",", -1);
    HjDateText today = hj_date_text(hj_date_in_shanghai(hj_request_now(req)));
    view->held.options = hj_request_new(req, HjOption, hj_rows_count(rows));
    while (hj_rows_next(rows)) {
        const HjRole *role = hj_pack_role(hj_request_pack(req), hj_rows_text(rows, "role"));
        if (!hj_proxy_may_lend(role) || strcmp(hj_rows_text(rows, "to_on"), today.text) < 0 ||
            strcmp(hj_rows_text(rows, "from_on"), today.text) > 0)
            continue;
        const char *id = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(rows, "id"));
        const char *org = hj_rows_text(rows, "org_name");
        view->held.options[view->held.n_options++] = (HjOption){
            .value = id,
            .text = hj_request_printf(req, "%s · %s", org != NULL ? org : "",
                                      hj_page_label(req, &role->title)),
            .on = *sent == NULL || **sent == '\0' ||
                  g_strv_contains((const char *const *)sent, id),
        };
    }
    view->may_make = view->held.n_options > 0 && actor->proxy == 0;
    return true;
}

static HjResponse *
proxies_page(HjRequest *req, int status, GError **error)
{
    HjLang lang = hj_request_lang(req);
    HjProxiesView view = {
        .page = hj_page(req, hj_tr(lang, N_("Proxies")), "account"),
        .may_act = true,
        .action = "/account/proxies",
        .deputy = hj_pages_forms_field(req, HJ_INPUT_TEXT, "deputy",
                                       hj_tr(lang, N_("Sign-in name of the proxy")), NULL),
        .from = hj_pages_forms_field(req, HJ_INPUT_DATE, "from", hj_tr(lang, N_("First day")),
                                     NULL),
        .to = hj_pages_forms_field(req, HJ_INPUT_DATE, "to", hj_tr(lang, N_("Last day")), NULL),
        .reason =
            hj_pages_forms_field(req, HJ_INPUT_TEXT, "reason", hj_tr(lang, N_("Why")), NULL),
        .held = hj_pages_forms_field(req, HJ_INPUT_TICKS, "held", hj_tr(lang, N_("Roles lent")),
                                     NULL),
    };
    HjFormField *needed[] = { &view.deputy, &view.from, &view.to, &view.reason };
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
        needed[i]->required = true;
    view.page.form_key = hj_request_form_key(req);
    view.page.here = "/account/proxies";
    hj_page_crumb(req, &view.page, "/account", hj_tr(lang, N_("My account")));
    HjFormField fields[] = { view.deputy, view.from, view.to, view.reason, view.held };
    view.wrong = hj_pages_forms_wrong(req, fields, G_N_ELEMENTS(fields), NULL);
    if (!hj_pages_security_proxies(req, hj_request_actor(req)->account, &view, error) ||
        !fill_held(req, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_proxies(&out, &view);
    return res;
}

HjResponse *
hj_pages_proxies(HjRequest *req, GError **error)
{
    return proxies_page(req, 200, error);
}

static HjDate
sent_day(HjRequest *req, const char *name)
{
    HjDate day = HJ_DATE_NONE;
    return hj_date_parse(hj_pages_forms_sent(req, name), &day, NULL) ? day : HJ_DATE_NONE;
}

HjResponse *
hj_pages_proxy_new_post(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    int64_t held[MAX_LENT], id = 0;
    g_autoptr(GError) why = NULL;
    g_auto(GStrv) parts = g_strsplit(hj_pages_forms_sent(req, "held"), ",", MAX_LENT);
    HjProxyWish wish = {
        .principal = actor->account,
        .deputy = hj_account_find(tx, hj_pages_forms_sent(req, "deputy"), &why),
        .from_on = sent_day(req, "from"),
        .to_on = sent_day(req, "to"),
        .held = held,
        .reason = hj_pages_forms_sent(req, "reason"),
    };
    for (char **part = parts; *part != NULL; part++)
        if (hj_id_parse(*part, &held[wish.n_held]))
            wish.n_held++;
    if (why == NULL && hj_proxy_make(tx, actor, &wish, hj_request_issues(req), &id, &why))
        return hj_response_see_other(req, "/account/proxies", N_("The proxy is appointed."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return proxies_page(req, 422, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

static bool
sent_proxy(HjRequest *req, int64_t *ret, GError **error)
{
    if (hj_id_parse(hj_pages_forms_sent(req, "proxy"), ret))
        return true;
    return hj_fail(error, HJ_ERROR_MALFORMED, "The proxy is missing.");
}

HjResponse *
hj_pages_proxy_end_post(HjRequest *req, GError **error)
{
    int64_t proxy = 0;
    if (!sent_proxy(req, &proxy, error) ||
        !hj_proxy_end(hj_request_tx(req), hj_request_actor(req), proxy, error))
        return NULL;
    return hj_response_see_other(req, "/account/proxies", N_("The proxy has ended."));
}

HjResponse *
hj_pages_proxy_act_post(HjRequest *req, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    const char *text = hj_pages_forms_sent(req, "proxy");
    int64_t proxy = 0;
    bool stops = g_str_equal(text, "0");
    if (!stops && !sent_proxy(req, &proxy, error))
        return NULL;
    if (hj_request_token(req) == NULL) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The proxy is missing.");
        return NULL;
    }
    /* One stops before one acts for another: what is lent is not lent on. */
    if (!stops && actor->proxy != 0) {
        hj_fail(error, HJ_ERROR_CONFLICT,
                "A proxy appoints nobody. Stop acting for somebody else first.");
        return NULL;
    }
    if (!hj_proxy_act(hj_request_tx(req), actor, hj_request_token(req), proxy, error))
        return NULL;
    return hj_response_see_other(
        req, "/", stops ? N_("You act for yourself again.") : N_("You act as a proxy now."));
}
