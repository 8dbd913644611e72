/* Signing in and out, and the language of who asks. */
#include "base/crypto.h"
#include "core/account.h"
#include "sign_in.html.h"
#include "web/pages_security.h"
#include "web/parse.h"
#include "web/views_common.h"

typedef struct {
    HjAccountProof proof;
    bool right;
} SignIn;

static void
sign_in_free(gpointer data)
{
    SignIn *sign_in = data;
    hj_account_proof_clear(&sign_in->proof);
    g_free(sign_in);
}

/* Where to go after signing in; never back to the form itself. */
static const char *
next_of(const char *next)
{
    bool local = next != NULL && hj_parse_is_local(next) && !g_str_has_prefix(next, "/sign-");
    return local ? next : "/";
}

static HjResponse *
sign_in_page(HjRequest *req, int status, const char *next, const char *username,
             const char *message)
{
    HjLang lang = hj_request_lang(req);
    HjSignInView view = {
        .page = hj_page(req, hj_tr(lang, N_("Sign in")), ""),
        .next = next,
        .username = username,
        .error = message != NULL ? hj_tr(lang, message) : NULL,
    };
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_sign_in(&out, &view);
    return res;
}

HjResponse *
hj_pages_sign_in(HjRequest *req, GError **error)
{
    (void)error;
    const char *next = next_of(hj_request_query(req, "next"));
    if (hj_request_actor(req) != NULL)
        return hj_response_see_other(req, next, NULL);
    return sign_in_page(req, 200, next, NULL, NULL);
}

static const char *
sent(HjRequest *req, const char *name)
{
    const char *text = hj_request_form(req, name);
    return text != NULL ? text : "";
}

bool
hj_pages_sign_in_prepare(HjRequest *req, GError **error)
{
    SignIn *sign_in = g_new0(SignIn, 1);
    hj_request_set_prepared(req, sign_in, sign_in_free);
    if (!hj_account_proof(hj_request_tx(req), sent(req, "username"), &sign_in->proof, error))
        return false;
    sign_in->right = hj_crypto_password_verify(sign_in->proof.hash, sent(req, "password"));
    return true;
}

HjResponse *
hj_pages_sign_in_post(HjRequest *req, GError **error)
{
    const SignIn *sign_in = hj_request_prepared(req);
    const char *name = sent(req, "username"), *next = next_of(hj_request_form(req, "next"));
    bool ok = false;
    HjSessionKeys keys = { 0 };
    HjSignInFrom from = hj_pages_security_from(req);
    if (!hj_account_sign_in_from(hj_request_tx(req), &sign_in->proof, sign_in->right, &from,
                                 &ok, &keys, error))
        return NULL;
    if (!ok)
        return sign_in_page(req, 401, next, name,
                            /* Of a locked account too: whoever guesses names learns nothing. */
                            N_("The account or the password is wrong. After five wrong "
                               "passwords an account is locked for 15 minutes."));
    HjResponse *res = hj_response_see_other(req, next, NULL);
    hj_response_session(req, res, keys.token);
    hj_crypto_wipe(&keys, sizeof keys);
    return res;
}

HjResponse *
hj_pages_sign_out_post(HjRequest *req, GError **error)
{
    const char *token = hj_request_token(req);
    if (token != NULL &&
        !hj_account_session_end(hj_request_tx(req), hj_request_actor(req), token, error))
        return NULL;
    HjResponse *res = hj_response_see_other(req, "/sign-in", N_("You are signed out."));
    hj_response_session(req, res, NULL);
    return res;
}

/* To the page the form stood on. */
static HjResponse *
go_back(HjRequest *req)
{
    const char *back = hj_request_form(req, "back");
    return hj_response_see_other(req, back != NULL && hj_parse_is_local(back) ? back : "/",
                                 NULL);
}

HjResponse *
hj_pages_language_post(HjRequest *req, GError **error)
{
    const char *code = sent(req, "lang");
    bool english = g_str_equal(code, "en");
    if (!english && !g_str_equal(code, "zh")) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The language is zh or en.");
        return NULL;
    }
    HjLang lang = english ? HJ_EN : HJ_ZH;
    const HjActor *actor = hj_request_actor(req);
    if (actor != NULL && actor->lang != lang &&
        !hj_account_set_lang(hj_request_tx(req), actor, lang, error))
        return NULL;
    HjResponse *res = go_back(req);
    /* Also for the sign-in page of this browser. */
    hj_response_lang(req, res, lang);
    return res;
}

HjResponse *
hj_pages_type_post(HjRequest *req, GError **error)
{
    const char *type = sent(req, "type");
    bool large = g_str_equal(type, "large");
    if (!large && !g_str_equal(type, "plain")) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The type is large or plain.");
        return NULL;
    }
    HjResponse *res = go_back(req);
    hj_response_type(req, res, large);
    return res;
}
