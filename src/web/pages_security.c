/* Where sign-ins come from, sessions and passwords, one's own and of others. */
#include "web/pages_security.h"

#include "base/crypto.h"
#include "password_once.html.h"
#include "stage.html.h"
#include "web/pages_forms.h"

#include <string.h>

#define SIGN_INS_SHOWN 12
#define ONCE_GROUPS 4
#define ONCE_LETTERS 4

/* --- where from --- */

/* "Firefox · Windows": what a person recognizes, and no more than that. */
static const char *
device_of(HjRequest *req)
{
    static const char *const browsers[][2] = {
        { "MicroMessenger", "WeChat" }, { "Edg", "Edge" },      { "Firefox", "Firefox" },
        { "Chrome", "Chrome" },         { "Safari", "Safari" },
    };
    static const char *const systems[][2] = {
        { "Android", "Android" }, { "iPhone", "iPhone" }, { "iPad", "iPad" },
        { "Windows", "Windows" }, { "Mac OS", "macOS" },  { "Kylin", "Kylin" },
        { "UOS", "UOS" },         { "Linux", "Linux" },
    };
    const char *agent = hj_request_header(req, "user-agent"), *browser = NULL, *system = NULL;
    if (agent == NULL)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(browsers) && browser == NULL; i++)
        if (strstr(agent, browsers[i][0]) != NULL)
            browser = browsers[i][1];
    for (size_t i = 0; i < G_N_ELEMENTS(systems) && system == NULL; i++)
        if (strstr(agent, systems[i][0]) != NULL)
            system = systems[i][1];
    if (browser == NULL || system == NULL)
        return browser != NULL ? browser : system;
    return hj_request_printf(req, "%s · %s", browser, system);
}

HjSignInFrom
hj_pages_security_from(HjRequest *req)
{
    return (HjSignInFrom){
        .kind = "web",
        .remote = hj_request_remote(req),
        .device = device_of(req),
        .pack = hj_request_pack(req),
    };
}

/* --- sessions --- */

/* The address in {"from": "…"}. */
static const char *
from_of(HjRequest *req, const char *json)
{
    HjJson *object = json != NULL ? hj_json_parse(json, strlen(json), NULL) : NULL;
    if (object == NULL)
        return NULL;
    hj_request_adopt(req, object, (GDestroyNotify)hj_json_free);
    const HjJson *from =
        hj_json_kind(object) == HJ_JSON_OBJECT ? hj_json_get(object, "from") : NULL;
    return from != NULL && hj_json_kind(from) == HJ_JSON_STRING ? hj_json_string(from) : NULL;
}

bool
hj_pages_security_sessions(HjRequest *req, int64_t account, const char *action,
                           HjSessionsView *ret, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const char *token = hj_request_token(req);
    HjRows *rows = hj_account_sessions(tx, account, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    g_autofree char *own = token != NULL ? hj_account_session_name(token) : NULL;
    *ret = (HjSessionsView){ .action = action };
    ret->sessions = hj_request_new(req, HjSessionItem, hj_rows_count(rows));
    while (hj_rows_next(rows))
        ret->sessions[ret->n_sessions++] = (HjSessionItem){
            .name = hj_rows_text(rows, "name"),
            .device = hj_rows_text(rows, "device"),
            .remote = hj_rows_text(rows, "remote"),
            .since = hj_rows_i64(rows, "created_at"),
            .seen = hj_rows_i64(rows, "seen_at"),
            .own = g_strcmp0(own, hj_rows_text(rows, "name")) == 0,
            .program = g_strcmp0(hj_rows_text(rows, "kind"), "api") == 0,
            .acting = hj_rows_i64(rows, "proxy") != 0,
        };
    HjRows *past = hj_account_sign_ins(tx, account, SIGN_INS_SHOWN, error);
    if (past == NULL)
        return false;
    hj_request_adopt(req, past, (GDestroyNotify)hj_rows_free);
    ret->sign_ins = hj_request_new(req, HjSignInItem, hj_rows_count(past));
    while (hj_rows_next(past))
        ret->sign_ins[ret->n_sign_ins++] = (HjSignInItem){
            .action = hj_pages_action(req, hj_rows_text(past, "action")),
            .from = from_of(req, hj_rows_text(past, "after_json")),
            .at = hj_rows_i64(past, "at"),
            .bad = g_str_has_suffix(hj_rows_text(past, "action"), "_failed"),
        };
    return true;
}

/* Ends what the form names: one session, or all ("all"). */
static bool
end_session(HjRequest *req, int64_t account, GError **error)
{
    const char *name = hj_pages_forms_sent(req, "session");
    if (*name == '\0')
        return hj_fail(error, HJ_ERROR_MALFORMED, "The session to end is missing.");
    return hj_account_session_close(hj_request_tx(req), hj_request_actor(req), account,
                                    g_str_equal(name, "all") ? NULL : name, error);
}

HjResponse *
hj_pages_account_session_post(HjRequest *req, GError **error)
{
    if (!end_session(req, hj_request_actor(req)->account, error))
        return NULL;
    return hj_response_see_other(req, "/account", N_("The session was ended."));
}

HjResponse *
hj_pages_accounts_session_post(HjRequest *req, GError **error)
{
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error))
        return NULL;
    HjRows *row = hj_account_get(hj_request_tx(req), hj_request_actor(req), id, error);
    if (row == NULL)
        return NULL;
    hj_rows_free(row);
    if (!end_session(req, id, error))
        return NULL;
    return hj_response_see_other(req, hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, id),
                                 N_("The session was ended."));
}

/* --- a password for once --- */

typedef struct {
    char *password, *hash;
} Once;

static void
once_free(gpointer data)
{
    Once *once = data;
    if (once->password != NULL)
        hj_crypto_wipe(once->password, strlen(once->password));
    g_free(once->password);
    g_free(once->hash);
    g_free(once);
}

/* Without letters that are mistaken for one another when read out. */
static char *
password_for_once(void)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    const unsigned n_letters = sizeof letters - 1, fair = 256 - 256 % n_letters;
    GString *text = g_string_new(NULL);
    for (int group = 0; group < ONCE_GROUPS; group++) {
        if (group > 0)
            g_string_append_c(text, '-');
        for (int i = 0; i < ONCE_LETTERS; i++) {
            uint8_t byte;
            do
                hj_crypto_random(&byte, 1);
            while (byte >= fair);
            g_string_append_c(text, letters[byte % n_letters]);
        }
    }
    return g_string_free(text, FALSE);
}

bool
hj_pages_accounts_password_prepare(HjRequest *req, GError **error)
{
    if (!g_str_equal(hj_pages_forms_sent(req, "confirm"), "yes"))
        return true;
    Once *once = g_new0(Once, 1);
    hj_request_set_prepared(req, once, once_free);
    once->password = password_for_once();
    once->hash = hj_crypto_password_hash(once->password, error);
    return once->hash != NULL;
}

HjResponse *
hj_pages_accounts_password_post(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    const Once *once = hj_request_prepared(req);
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error))
        return NULL;
    HjRows *row = hj_account_get(tx, actor, id, error);
    if (row == NULL)
        return NULL;
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    if (once == NULL || id == actor->account) {
        hj_fail(error, HJ_ERROR_MALFORMED,
                "Confirm whose password is to be reset; your own is changed under My account.");
        return NULL;
    }
    if (!hj_account_reset_password(tx, actor, id, once->hash, error))
        return NULL;
    HjOnceView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Password reset")), "accounts"),
        .name = hj_rows_text(row, "name"),
        .password = once->password,
        .href = hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, id),
    };
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_password_once(&out, &view);
    return res;
}

/* --- a password of one's own, before anything else --- */

static HjResponse *
stage_page(HjRequest *req, int status)
{
    HjLang lang = hj_request_lang(req);
    const HjIssues *issues = hj_request_issues(req);
    HjFormField fields[] = {
        { .name = "password", .title = hj_tr(lang, N_("New password")) },
        { .name = "again", .title = hj_tr(lang, N_("New password once more")) },
    };
    HjStageView view = {
        .page = hj_page(req, hj_tr(lang, N_("Choose a password of your own")), ""),
        .stage = HJ_STAGE_PASSWORD,
        .password_wrong = hj_issues_of(issues, "password", lang),
        .again_wrong = hj_issues_of(issues, "again", lang),
    };
    view.wrong = hj_pages_forms_wrong(req, fields, G_N_ELEMENTS(fields), NULL);
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_stage(&out, &view);
    return res;
}

bool
hj_pages_stage_is(HjRequest *req, const char *stage)
{
    return g_strcmp0(hj_request_actor(req)->stage, stage) == 0;
}

HjResponse *
hj_pages_stage_password(HjRequest *req, GError **error)
{
    (void)error;
    return hj_pages_stage_is(req, HJ_STAGE_PASSWORD) ? stage_page(req, 200)
                                                     : hj_response_see_other(req, "/", NULL);
}

typedef struct {
    HjIssues *issues;
    char *hash;
} Chosen;

static void
chosen_free(gpointer data)
{
    Chosen *chosen = data;
    hj_issues_free(chosen->issues);
    g_free(chosen->hash);
    g_free(chosen);
}

bool
hj_pages_stage_prepare(HjRequest *req, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    const char *password = hj_pages_forms_sent(req, "password");
    Chosen *chosen = g_new0(Chosen, 1);
    chosen->issues = hj_issues_new();
    hj_request_set_prepared(req, chosen, chosen_free);
    if (!hj_pages_stage_is(req, HJ_STAGE_PASSWORD))
        return true;
    if (!hj_account_password_new(hj_request_tx(req), actor, password, chosen->issues, error))
        return false;
    if (!g_str_equal(password, hj_pages_forms_sent(req, "again")))
        hj_issues_add(chosen->issues, "again", "rule", N_("The two new passwords differ."));
    if (hj_issues_count(chosen->issues) > 0)
        return true;
    chosen->hash = hj_crypto_password_hash(password, error);
    return chosen->hash != NULL;
}

HjResponse *
hj_pages_stage_password_post(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    const Chosen *chosen = hj_request_prepared(req);
    if (!hj_pages_stage_is(req, HJ_STAGE_PASSWORD))
        return hj_response_see_other(req, "/", NULL);
    if (chosen->hash == NULL) {
        hj_issues_copy(hj_request_issues(req), chosen->issues);
        return stage_page(req, 422);
    }
    if (!hj_account_set_password(tx, actor, actor->account, chosen->hash, error))
        return NULL;
    return hj_pages_go_on(req, "/",
                          N_("The password was changed. Everywhere else you are "
                             "signed out."),
                          error);
}
