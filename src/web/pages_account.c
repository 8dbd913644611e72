/* The own account: roles held and the password. */
#include "account.html.h"
#include "base/crypto.h"
#include "core/account.h"
#include "web/pages.h"
#include "web/pages_forms.h"
#include "web/pages_security.h"

typedef struct {
    HjAccountProof proof;
    bool right;
    char *hash; /* of the new password; NULL when it is not good enough */
    HjIssues *issues;
} Change;

static void
change_free(gpointer data)
{
    Change *change = data;
    hj_account_proof_clear(&change->proof);
    g_free(change->hash);
    hj_issues_free(change->issues);
    g_free(change);
}

static HjResponse *
own_page(HjRequest *req, int status, const char *message, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    HjLang lang = hj_request_lang(req);
    const HjIssues *issues = hj_request_issues(req);
    HjFormField fields[] = {
        { .name = "old", .title = hj_tr(lang, N_("Password until now")) },
        { .name = "password", .title = hj_tr(lang, N_("New password")) },
        { .name = "again", .title = hj_tr(lang, N_("New password once more")) },
    };
    HjOwnAccountView view = {
        .page = hj_page(req, hj_tr(lang, N_("My account")), "account"),
        .name = actor->name,
        .title = actor->title,
        .grants = hj_request_new(req, HjGrantItem, actor->n_grants),
        .n_grants = actor->n_grants,
        .old_wrong = hj_issues_of(issues, "old", lang),
        .password_wrong = hj_issues_of(issues, "password", lang),
        .again_wrong = hj_issues_of(issues, "again", lang),
    };
    view.page.here = "/account";
    view.wrong = hj_pages_forms_wrong(req, fields, G_N_ELEMENTS(fields), message);
    for (size_t i = 0; i < actor->n_grants; i++)
        view.grants[i] = (HjGrantItem){
            .role = hj_page_label(req, &actor->grants[i].role->title),
            .org = actor->grants[i].org_name,
            .org_href = hj_request_printf(req, "/orgs/%s", actor->grants[i].org_code),
        };
    if (!hj_pages_security_sessions(req, actor->account, "/account/session", &view.sessions,
                                    error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_account(&out, &view);
    return res;
}

HjResponse *
hj_pages_account(HjRequest *req, GError **error)
{
    return own_page(req, 200, NULL, error);
}

bool
hj_pages_account_password_prepare(HjRequest *req, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    const char *password = hj_pages_forms_sent(req, "password");
    Change *change = g_new0(Change, 1);
    change->issues = hj_issues_new();
    hj_request_set_prepared(req, change, change_free);
    if (!hj_account_proof(hj_request_tx(req), actor->name, &change->proof, error))
        return false;
    change->right =
        hj_crypto_password_verify(change->proof.hash, hj_pages_forms_sent(req, "old"));
    if (!change->right)
        return true;
    if (!hj_account_password_new(hj_request_tx(req), actor, password, change->issues, error))
        return false;
    if (hj_issues_count(change->issues) > 0)
        return true;
    change->hash = hj_crypto_password_hash(password, error);
    return change->hash != NULL;
}

/* A wrong old password counts as a wrong sign-in: whoever sits at an open session must not
 * guess on. */
static HjResponse *
refuse_old(HjRequest *req, const Change *change, GError **error)
{
    bool ok = false;
    HjSessionKeys keys;
    HjSignInFrom from = hj_pages_security_from(req);
    if (!hj_account_sign_in_from(hj_request_tx(req), &change->proof, false, &from, &ok, &keys,
                                 error))
        return NULL;
    hj_issues_add(hj_request_issues(req), "old", "rule", N_("This password is wrong."));
    return own_page(req, 422, NULL, error);
}

/* Every session has ended with the old password; this browser goes on with a new one. */
HjResponse *
hj_pages_go_on(HjRequest *req, const char *where, const char *notice, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    HjAccountProof proof = { 0 };
    HjSessionKeys keys = { 0 };
    HjSignInFrom from = hj_pages_security_from(req);
    bool ok = false;
    from.second_done = true;
    bool done = hj_account_proof(tx, actor->name, &proof, error) &&
                hj_account_sign_in_from(tx, &proof, true, &from, &ok, &keys, error);
    hj_account_proof_clear(&proof);
    if (!done)
        return NULL;
    HjResponse *res = hj_response_see_other(req, where, notice);
    hj_response_session(req, res, ok ? keys.token : NULL);
    hj_crypto_wipe(&keys, sizeof keys);
    return res;
}

HjResponse *
hj_pages_account_password_post(HjRequest *req, GError **error)
{
    const Change *change = hj_request_prepared(req);
    const HjActor *actor = hj_request_actor(req);
    HjIssues *issues = hj_request_issues(req);
    const char *password = hj_pages_forms_sent(req, "password");
    if (change->proof.locked)
        return own_page(req, 422,
                        N_("Too many wrong passwords. This account is locked for 15 minutes; "
                           "try again later."),
                        error);
    if (!change->right)
        return refuse_old(req, change, error);
    hj_issues_copy(issues, change->issues);
    if (!g_str_equal(password, hj_pages_forms_sent(req, "again")))
        hj_issues_add(issues, "again", "rule", N_("The two new passwords differ."));
    if (hj_issues_count(issues) > 0)
        return own_page(req, 422, NULL, error);
    if (!hj_account_set_password(hj_request_tx(req), actor, actor->account, change->hash,
                                 error))
        return NULL;
    return hj_pages_go_on(req, "/account",
                          N_("The password was changed. Everywhere else you are signed out."),
                          error);
}
