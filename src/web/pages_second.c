/* The second factor: asked at sign-in, set up and taken away on one's own page. */
#include "base/crypto.h"
#include "base/qr.h"
#include "core/second.h"
#include "core/setting.h"
#include "second.html.h"
#include "second_ask.html.h"
#include "web/pages_forms.h"
#include "web/pages_security.h"

#include <string.h>

/* --- at sign-in --- */

static HjResponse *
ask_page(HjRequest *req, int status, const char *error)
{
    HjLang lang = hj_request_lang(req);
    HjStageView view = {
        .page = hj_page(req, hj_tr(lang, N_("One more step")), ""),
        .error = error != NULL ? hj_tr(lang, error) : NULL,
    };
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_second_ask(&out, &view);
    return res;
}

HjResponse *
hj_pages_second_ask(HjRequest *req, GError **error)
{
    (void)error;
    return hj_pages_stage_is(req, HJ_STAGE_SECOND) ? ask_page(req, 200, NULL)
                                                   : hj_response_see_other(req, "/", NULL);
}

/* What was missing is there: the session goes on to the next stage, or is open. */
static HjResponse *
pass(HjRequest *req, const char *notice, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const char *stage = "";
    if (!hj_account_next_stage(tx, hj_request_pack(req), hj_request_actor(req)->account, &stage,
                               error) ||
        !hj_account_session_stage(tx, hj_request_token(req), stage, error))
        return NULL;
    return hj_response_see_other(req, "/", notice);
}

HjResponse *
hj_pages_second_ask_post(HjRequest *req, GError **error)
{
    bool ok = false, locked = false;
    if (!hj_pages_stage_is(req, HJ_STAGE_SECOND))
        return hj_response_see_other(req, "/", NULL);
    if (!hj_second_check(hj_request_tx(req), hj_request_actor(req)->account,
                         hj_pages_forms_sent(req, "code"), &ok, &locked, error))
        return NULL;
    if (ok)
        return pass(req, NULL, error);
    if (locked)
        hj_tx_exempt(hj_request_tx(req));
    return ask_page(req, 401,
                    locked
                        ? N_("Too many wrong codes. This account is locked for 15 minutes; "
                             "try again later.")
                        : N_("This code is wrong or was used already. Wait for the next one."));
}

/* --- one's own --- */

static bool
fill_device(HjRequest *req, HjSecondView *view, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    GError *failure = NULL;
    char *secret = hj_second_begun(hj_request_tx(req), actor, &failure);
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return false;
    }
    if (secret == NULL)
        return true;
    g_autofree char *name = g_uri_escape_string(actor->name, NULL, false);
    g_autofree char *uri =
        g_strdup_printf("otpauth://totp/Hangji:%s?secret=%s&issuer=Hangji&algorithm=SHA1"
                        "&digits=6&period=30",
                        name, secret);
    char *path = hj_qr_path(uri, &view->qr_size);
    view->secret = hj_request_strdup(req, secret);
    view->uri = hj_request_strdup(req, uri);
    view->qr = path != NULL ? hj_request_adopt(req, path, g_free) : NULL;
    view->box = hj_request_printf(req, "0 0 %d %d", view->qr_size, view->qr_size);
    hj_crypto_wipe(secret, strlen(secret));
    g_free(secret);
    return true;
}

static HjResponse *
second_page(HjRequest *req, int status, const char *message, char **codes, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    HjLang lang = hj_request_lang(req);
    const HjActor *actor = hj_request_actor(req);
    HjSettings settings;
    HjSecondState state;
    HjSecondView view = {
        .page = hj_page(req, hj_tr(lang, N_("Second factor")), "account"),
        .error = message != NULL ? hj_tr(lang, message) : NULL,
        .enrol = g_strcmp0(actor->stage, HJ_STAGE_ENROL) == 0,
    };
    if (actor->stage == NULL)
        hj_page_crumb(req, &view.page, "/account", hj_tr(lang, N_("My account")));
    view.page.here = "/account/second";
    if (!hj_setting_load(tx, &settings, error) ||
        !hj_second_state(tx, actor->account, &state, error))
        return NULL;
    view.on = state.on;
    view.since = state.since;
    view.n_left = state.n_left;
    view.offered = settings.second != HJ_SECOND_OFF;
    view.required = settings.second == HJ_SECOND_REQUIRED;
    size_t n = codes != NULL ? g_strv_length(codes) : 0;
    view.codes = hj_request_new(req, HjCodeItem, n + 1);
    for (size_t i = 0; i < n; i++)
        view.codes[view.n_codes++].text = hj_request_strdup(req, codes[i]);
    if (!state.on && !fill_device(req, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_second(&out, &view);
    return res;
}

HjResponse *
hj_pages_second(HjRequest *req, GError **error)
{
    return second_page(req, 200, NULL, NULL, error);
}

static HjResponse *
confirm(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    g_auto(GStrv) codes = NULL;
    const char *stage = "";
    if (!hj_second_confirm(tx, actor, hj_pages_forms_sent(req, "code"), &codes, error))
        return NULL;
    if (codes == NULL) {
        hj_tx_exempt(tx);
        return second_page(req, 422,
                           N_("This code does not fit. Check the clock of the device and take "
                              "the code shown now."),
                           NULL, error);
    }
    if (actor->stage != NULL &&
        (!hj_account_next_stage(tx, hj_request_pack(req), actor->account, &stage, error) ||
         !hj_account_session_stage(tx, hj_request_token(req), stage, error)))
        return NULL;
    return second_page(req, 200, NULL, codes, error);
}

/* A code is asked before anything is taken away: an open session alone is not enough. */
static HjResponse *
with_code(HjRequest *req, bool removes, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    bool ok = false, locked = false;
    g_auto(GStrv) codes = NULL;
    if (!hj_second_check(tx, actor->account, hj_pages_forms_sent(req, "code"), &ok, &locked,
                         error))
        return NULL;
    if (!ok) {
        hj_tx_exempt(tx);
        return second_page(req, 422,
                           N_("This code is wrong or was used already. Wait for the next one."),
                           NULL, error);
    }
    if (!removes)
        return hj_second_new_codes(tx, actor->account, &codes, error)
                   ? second_page(req, 200, NULL, codes, error)
                   : NULL;
    if (!hj_second_remove(tx, actor, actor->account, error))
        return NULL;
    return hj_response_see_other(req, "/account", N_("The second factor was taken away."));
}

HjResponse *
hj_pages_second_post(HjRequest *req, GError **error)
{
    const char *act = hj_pages_forms_sent(req, "act");
    if (g_str_equal(act, "begin"))
        return hj_second_begin(hj_request_tx(req), hj_request_actor(req), error)
                   ? hj_response_see_other(req, "/account/second", NULL)
                   : NULL;
    if (g_str_equal(act, "confirm"))
        return confirm(req, error);
    if (g_str_equal(act, "codes") || g_str_equal(act, "off"))
        return with_code(req, g_str_equal(act, "off"), error);
    hj_fail(error, HJ_ERROR_MALFORMED, "There is no such act.");
    return NULL;
}

/* By an administrator, for somebody whose device is lost. */
HjResponse *
hj_pages_accounts_second_post(HjRequest *req, GError **error)
{
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error))
        return NULL;
    HjRows *row = hj_account_get(hj_request_tx(req), hj_request_actor(req), id, error);
    if (row == NULL)
        return NULL;
    hj_rows_free(row);
    if (!g_str_equal(hj_pages_forms_sent(req, "confirm"), "yes")) {
        hj_fail(error, HJ_ERROR_MALFORMED, "Confirm whose second factor is to be taken away.");
        return NULL;
    }
    if (!hj_second_remove(hj_request_tx(req), hj_request_actor(req), id, error))
        return NULL;
    return hj_response_see_other(req, hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, id),
                                 N_("The second factor was taken away."));
}
