/* Signing in and out of the JSON API. */
#include "base/crypto.h"
#include "core/account.h"
#include "web/api_calls.h"
#include "web/internal.h"

const HjApiMember hj_api_session_body[] = {
    { "username", HJ_JSON_STRING, true },
    { "password", HJ_JSON_STRING, true },
    { 0 },
};

/* What the slow verification found, before the transaction. */
typedef struct {
    char *name;
    HjAccountProof proof;
    bool right;
} Attempt;

static void
attempt_free(gpointer data)
{
    Attempt *attempt = data;
    hj_account_proof_clear(&attempt->proof);
    g_free(attempt->name);
    g_free(attempt);
}

bool
hj_api_prepare_sign_in(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    if (!hj_api_read_body(req, hj_api_session_body, body, error))
        return false;
    Attempt *attempt = g_new0(Attempt, 1);
    hj_request_set_prepared(req, attempt, attempt_free);
    attempt->name = g_strdup(hj_json_string(body[0]));
    if (!hj_account_proof(hj_request_tx(req), attempt->name, &attempt->proof, error))
        return false;
    attempt->right = hj_crypto_password_verify(attempt->proof.hash, hj_json_string(body[1]));
    return true;
}

static void
write_roles(HjJsonWriter *w, const HjActor *actor)
{
    hj_json_key(w, "roles");
    hj_json_begin_array(w);
    for (size_t i = 0; i < actor->n_grants; i++) {
        const HjGrant *grant = &actor->grants[i];
        hj_json_begin_object(w);
        hj_json_put_text(w, "role", grant->role->name);
        hj_api_write_label(w, "title", &grant->role->title);
        hj_json_put_text(w, "org", grant->org_code);
        hj_json_put_text(w, "org_name", grant->org_name);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
}

static void
write_account(HjJsonWriter *w, const HjActor *actor)
{
    hj_json_key(w, "account");
    hj_json_begin_object(w);
    hj_json_put_id(w, "id", actor->account);
    hj_json_put_text(w, "name", actor->name);
    hj_json_put_text(w, "title", actor->title);
    hj_json_put_text(w, "lang", hj_i18n_code(actor->lang));
    write_roles(w, actor);
    hj_json_end_object(w);
}

HjResponse *
hj_api_sign_in(HjRequest *req, GError **error)
{
    const Attempt *attempt = hj_request_prepared(req);
    HjTx *tx = hj_request_tx(req);
    HjSessionKeys keys;
    bool ok = false;
    HjSignInFrom from = { .kind = "api",
                          .remote = hj_request_remote(req),
                          .pack = hj_request_pack(req) };
    if (!hj_account_sign_in_from(tx, &attempt->proof, attempt->right, &from, &ok, &keys, error))
        return NULL;
    if (!ok && keys.stage[0] != '\0')
        return hj_web_refuse(req, 403, "Finish signing in on the pages first.");
    /* A response, so that the failed attempt is committed. */
    if (!ok)
        return hj_web_refuse(req, 401, "The name or the password is wrong.");
    g_autoptr(HjActor) actor = hj_account_actor(tx, hj_request_pack(req), attempt->name, error);
    if (actor == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 201, &w);
    hj_json_begin_object(&w);
    hj_json_put_text(&w, "token", keys.token);
    write_account(&w, actor);
    hj_json_end_object(&w);
    hj_crypto_wipe(&keys, sizeof keys);
    return res;
}

HjResponse *
hj_api_sign_out(HjRequest *req, GError **error)
{
    if (!hj_account_session_end(hj_request_tx(req), hj_request_actor(req),
                                hj_request_token(req), error))
        return NULL;
    return hj_response_new(204, NULL);
}
