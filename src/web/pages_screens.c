/* Tokens of big screens: opening with one, and the administrator's page. */
#include "base/crypto.h"
#include "base/id.h"
#include "core/screen.h"
#include "screen_open.html.h"
#include "screens.html.h"
#include "web/internal.h"
#include "web/pages_cockpit.h"
#include "web/pages_forms.h"

#include <string.h>

#define DEFAULT_DAYS 90

/* --- opening --- */

static HjResponse *
open_page(HjRequest *req, int status, const char *wrong)
{
    HjScreenOpenView view = { .title = hj_page_tr(req, N_("Open the big screen")),
                              .lang = hj_request_lang(req) == HJ_ZH ? "zh-CN" : "en",
                              .wrong = wrong };
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_screen_open(&out, &view);
    return res;
}

HjResponse *
hj_pages_screen_open(HjRequest *req, GError **error)
{
    (void)error;
    return open_page(req, 200, NULL);
}

HjResponse *
hj_pages_screen_open_post(HjRequest *req, GError **error)
{
    g_autofree char *token = g_strstrip(g_strdup(hj_pages_forms_sent(req, "token")));
    HjScreenFound found = { .refused = N_("This is no screen token; it begins with hjs_.") };
    if (hj_screen_is(token) &&
        (!hj_screen_find(hj_request_tx(req), hj_request_pack(req), token, &found, error) ||
         (found.actor != NULL && !hj_screen_touch(hj_request_tx(req), token, error)))) {
        g_clear_pointer(&found.actor, hj_actor_unref);
        return NULL;
    }
    if (found.actor == NULL)
        return open_page(req, 401, hj_page_tr(req, found.refused));
    hj_actor_unref(found.actor);
    HjResponse *res = hj_response_see_other(req, "/screen/", NULL);
    hj_response_screen(req, res, token, found.until);
    hj_crypto_wipe(token, strlen(token));
    return res;
}

/* --- administration --- */

static HjScreenState
state_of(HjRequest *req, const HjRows *row)
{
    if (!hj_rows_null(row, "revoked_at"))
        return HJ_SCREEN_REVOKED;
    return hj_rows_i64(row, "expires_at") <= hj_request_now(req) ? HJ_SCREEN_EXPIRED
                                                                 : HJ_SCREEN_LIVE;
}

static bool
fill_screens(HjRequest *req, HjScreensView *view, GError **error)
{
    HjRows *rows = hj_screen_list(hj_request_tx(req), hj_request_actor(req), error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->screens = hj_request_new(req, HjScreenItem, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows))
        view->screens[view->n_screens++] = (HjScreenItem){
            .id = hj_rows_i64(rows, "id"),
            .name = hj_rows_text(rows, "name"),
            .tail = hj_rows_text(rows, "tail"),
            .org = hj_rows_text(rows, "org_name"),
            .by = hj_rows_text(rows, "by_title"),
            .created_at = hj_rows_i64(rows, "created_at"),
            .expires_at = hj_rows_i64(rows, "expires_at"),
            .used_at = hj_rows_i64(rows, "used_at"),
            .state = state_of(req, rows),
        };
    return true;
}

/* Most screens show all that the administrator answers for. */
static const char *
first_place(HjRequest *req)
{
    const HjActor *actor = hj_request_actor(req);
    return actor->n_grants > 0 ? actor->grants[0].org_code : "";
}

static HjResponse *
admin_page(HjRequest *req, int status, const HjOrgPick *pick, const char *made, GError **error)
{
    HjDate later = hj_date_in_shanghai(hj_request_now(req)) + DEFAULT_DAYS;
    HjScreensView view = {
        .page = hj_page(req, hj_page_tr(req, N_("Big screens")), "accounts"),
        .made = made,
        .made_name = hj_pages_forms_sent(req, "name"),
        .open_href = made != NULL
                         ? hj_request_printf(req, "%s/screen/open#%s", req->app->site, made)
                         : NULL,
        .rootless = *req->app->site == '\0',
        .name = hj_pages_forms_field(req, HJ_INPUT_TEXT, "name",
                                     hj_page_tr(req, N_("Where the screen hangs")), NULL),
        .expires_on = hj_pages_forms_field(req, HJ_INPUT_DATE, "expires_on",
                                           hj_page_tr(req, N_("Last day")),
                                           hj_request_strdup(req, hj_date_text(later).text)),
        .pick = pick != NULL ? *pick : (HjOrgPick){ .text = first_place(req) },
    };
    view.page.here = "/screens";
    view.page.form_key = hj_request_form_key(req);
    view.name.max = 60;
    view.name.required = view.expires_on.required = true;
    view.expires_on.help = hj_page_tr(req, N_("At most one year from today."));
    if (made != NULL) /* the form is for the next one */
        view.name.value = "";
    hj_page_crumb(req, &view.page, "/accounts", hj_page_tr(req, N_("Accounts")));
    HjFormField fields[] = { view.name,
                             view.expires_on,
                             { .name = "org", .title = hj_page_tr(req, N_("Organization")) } };
    view.wrong = hj_pages_forms_wrong(req, fields, G_N_ELEMENTS(fields), NULL);
    if (!fill_screens(req, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_screens(&out, &view);
    return res;
}

HjResponse *
hj_pages_screens(HjRequest *req, GError **error)
{
    return admin_page(req, 200, NULL, NULL, error);
}

HjResponse *
hj_pages_screen_new_post(HjRequest *req, GError **error)
{
    HjScreenWish wish = { .name = hj_pages_forms_sent(req, "name"),
                          .expires_on = HJ_DATE_NONE };
    HjOrgPick pick = { .text = hj_pages_forms_sent(req, "org") };
    int64_t id = 0;
    char token[64];
    g_autoptr(GError) why = NULL;
    if (!hj_date_parse(hj_pages_forms_sent(req, "expires_on"), &wish.expires_on, NULL))
        wish.expires_on = HJ_DATE_NONE;
    if (!hj_pages_forms_pick_org(req, NULL, &pick, &wish.org, error))
        return NULL;
    bool done = hj_screen_create(hj_request_tx(req), hj_request_actor(req), &wish,
                                 hj_request_issues(req), &id, token, &why);
    if (done) {
        HjResponse *res = admin_page(req, 201, NULL, hj_request_strdup(req, token), error);
        hj_crypto_wipe(token, sizeof token);
        if (res != NULL)
            hj_response_header(res, "Location", "/screens");
        return res;
    }
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return admin_page(req, 422, &pick, NULL, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

HjResponse *
hj_pages_screen_revoke_post(HjRequest *req, GError **error)
{
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error) ||
        !hj_screen_revoke(hj_request_tx(req), hj_request_actor(req), id, error))
        return NULL;
    return hj_response_see_other(req, "/screens",
                                 N_("The screen was revoked. It goes dark at once."));
}
