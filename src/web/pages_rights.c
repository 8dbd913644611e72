/* Who sees this: the accounts that see an organization, a ledger there, or one row. */
#include "base/id.h"
#include "core/access.h"
#include "core/account.h"
#include "core/setting.h"
#include "rights.html.h"
#include "web/pages_forms.h"
#include "web/pages_security.h"

#include <string.h>

typedef struct {
    const HjLedger *ledger; /* NULL: the organization itself */
    bool separated;
} About;

/* Fields of the ledger that this role alone does not show. */
static const char *
hidden_from(HjRequest *req, const HjActor *alone, const HjLedger *ledger)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (ledger->fields[i].retired == NULL &&
            hj_access_field_hidden(alone, &ledger->fields[i]))
            g_string_append_printf(text, "%s%s", text->len > 0 ? "、" : "",
                                   hj_page_label(req, &ledger->fields[i].title));
    if (text->len == 0) {
        g_string_free(text, TRUE);
        return NULL;
    }
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

static void
add_seer(HjRequest *req, const About *about, const HjRows *rows, HjRightsView *view)
{
    HjPack *pack = hj_request_pack(req);
    const HjRole *role = hj_pack_role(pack, hj_rows_text(rows, "role"));
    if (role == NULL || (about->separated && role->duty == HJ_DUTY_ALL))
        return;
    const char *title = hj_rows_text(rows, "title"), *code = hj_rows_text(rows, "org_code");
    int64_t id = hj_rows_i64(rows, "account"), org = hj_rows_i64(rows, "org");
    /* What the account would be with this role alone says what the role gives. */
    g_autoptr(HjActor) alone = hj_actor_new(pack, id, "", "", HJ_ZH, 1);
    hj_actor_add_grant(alone, role, org, code, "", hj_rows_text(rows, "org_kind"));
    bool sees = about->ledger != NULL
                    ? hj_access_may_ledger(alone, about->ledger, HJ_ACCESS_VIEW)
                    : hj_access_may(alone, "org.view");
    if (!sees)
        return;
    const char *deputy = hj_rows_text(rows, "deputy");
    view->seers[view->n_seers++] = (HjSeerItem){
        .who = title != NULL ? title : hj_rows_text(rows, "name"),
        .href = hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, id),
        .role = hj_page_label(req, &role->title),
        .org = hj_rows_text(rows, "org_name"),
        .org_href = hj_request_printf(req, "/orgs/%s", code),
        .enters = about->ledger != NULL &&
                  hj_access_may_ledger(alone, about->ledger, HJ_ACCESS_ENTER),
        .hidden = about->ledger != NULL ? hidden_from(req, alone, about->ledger) : NULL,
        .deputy = deputy != NULL ? hj_request_printf(req, "%s (%s)", deputy,
                                                     hj_rows_text(rows, "deputy_until"))
                                 : NULL,
    };
}

static bool
fill_seers(HjRequest *req, const About *about, int64_t org, HjRightsView *view, GError **error)
{
    HjRows *rows = hj_account_holders(hj_request_tx(req), org, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->seers = hj_request_new(req, HjSeerItem, hj_rows_count(rows));
    while (hj_rows_next(rows))
        add_seer(req, about, rows, view);
    return true;
}

/* The organization of ?org=, a code in the scope of who asks. */
static bool
find_place(HjRequest *req, HjRightsView *view, int64_t *ret_org, GError **error)
{
    const char *code = hj_request_query(req, "org");
    *ret_org = 0;
    if (code == NULL || *code == '\0')
        return true;
    HjRows *org = hj_page_org(req, code, error);
    if (org == NULL)
        return false;
    *ret_org = hj_rows_i64(org, "id");
    view->org = hj_rows_text(org, "code");
    view->pick.text = view->org;
    view->about = hj_rows_text(org, "name");
    view->about_href = hj_request_printf(req, "/orgs/%s", view->org);
    return hj_access_check(hj_request_tx(req), hj_request_actor(req), "account.view", *ret_org,
                           error);
}

static bool
find_ledger(HjRequest *req, About *about, HjRightsView *view, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const char *name = hj_request_query(req, "ledger");
    view->ledgers = hj_request_new(req, HjOption, pack->n_ledgers);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        view->ledgers[view->n_ledgers++] = (HjOption){
            .value = pack->ledgers[i].name,
            .text = hj_page_label(req, &pack->ledgers[i].title),
            .on = g_strcmp0(name, pack->ledgers[i].name) == 0,
        };
    if (name == NULL || *name == '\0')
        return true;
    about->ledger = hj_pack_ledger(pack, name);
    view->ledger = name;
    return about->ledger != NULL ||
           hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such ledger.");
}

HjResponse *
hj_pages_rights(HjRequest *req, GError **error)
{
    HjLang lang = hj_request_lang(req);
    HjSettings settings;
    About about = { 0 };
    int64_t org = 0;
    HjRightsView view = { .page = hj_page(req, hj_tr(lang, N_("Who sees this")), "accounts") };
    hj_page_crumb(req, &view.page, "/accounts", hj_tr(lang, N_("Accounts")));
    if (!hj_setting_load(hj_request_tx(req), &settings, error) ||
        !find_ledger(req, &about, &view, error) || !find_place(req, &view, &org, error))
        return NULL;
    about.separated = settings.separation;
    view.asked = org != 0;
    if (view.asked && !fill_seers(req, &about, org, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_rights(&out, &view);
    return res;
}
