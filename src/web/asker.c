#include "web/asker.h"

#include "base/log.h"
#include "core/account.h"
#include "core/screen.h"
#include "core/token.h"
#include "web/internal.h"

static bool
write_touch(HjTx *tx, gpointer data, GError **error)
{
    return hj_screen_is(data)  ? hj_screen_touch(tx, data, error)
           : hj_token_is(data) ? hj_token_touch(tx, data, error)
                               : hj_account_session_touch(tx, data, error);
}

static void
touched(gpointer data, GError *error)
{
    if (error != NULL)
        hj_log(HJ_LOG_WARNING, "session_touch", "cause", error->message, NULL);
    g_free(data);
}

void
hj_asker_touch(HjRequest *req)
{
    req->stale_session = false;
    char *token = g_strdup(req->token);
    if (!hj_store_write_async(req->app->store, write_touch, touched, token, NULL))
        g_free(token);
}

static bool
look_up_token(HjRequest *req, HjTx *tx, GError **error)
{
    HjTokenFound found = { 0 };
    if (!hj_token_find(tx, req->pack, req->token, &found, error))
        return false;
    req->actor = found.actor;
    req->session_until = found.until;
    req->stale_session = found.touch;
    req->token_refused = found.refused;
    req->csrf[0] = '\0';
    return true;
}

static bool
look_up_screen(HjRequest *req, HjTx *tx, GError **error)
{
    HjScreenFound found = { 0 };
    if (!hj_screen_find(tx, req->pack, req->token, &found, error))
        return false;
    req->actor = found.actor;
    req->session_until = found.until;
    req->stale_session = found.touch;
    req->token_refused = found.refused;
    req->csrf[0] = '\0';
    return true;
}

static bool
look_up_session(HjRequest *req, HjTx *tx, GError **error)
{
    if (hj_screen_is(req->token))
        return look_up_screen(req, tx, error);
    if (hj_token_is(req->token))
        return look_up_token(req, tx, error);
    GError *failure = NULL;
    req->actor = hj_account_session(tx, req->pack, req->token, req->csrf, sizeof req->csrf,
                                    &req->stale_session, &failure);
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return false;
    }
    if (req->actor != NULL)
        req->session_until = req->actor->until;
    return true;
}

/* A personal token speaks to the API only, and only in the Authorization header; a screen opens
 * its own pages and nothing else. */
static bool
may_speak(const HjRequest *req)
{
    if (hj_token_is(req->token))
        return req->bearer && req->api;
    if (hj_screen_is(req->token))
        return req->row != NULL && req->row->route->screen;
    return req->token[0] != '\0';
}

static void
speak_as_asker(HjRequest *req)
{
    if (!hj_screen_is(req->token) && (!req->api || !req->lang_asked))
        req->lang = req->actor->lang;
}

bool
hj_asker_find(HjRequest *req, HjTx *tx, GError **error)
{
    int64_t rights = hj_tx_rights(tx);
    bool writing = rights >= 0;
    HjSessions *sessions = writing ? req->app->write_sessions : req->app->sessions;
    int64_t generation = writing ? rights : req->generation;
    HjTime now = hj_tx_now(tx);
    if (req->token[0] == '\0')
        return true;
    g_clear_pointer(&req->actor, hj_actor_unref);
    if (!may_speak(req))
        return true;
    req->actor = hj_sessions_get(sessions, &req->session_name, generation, now, req->csrf,
                                 sizeof req->csrf, &req->session_until);
    if (req->actor == NULL) {
        if (!look_up_session(req, tx, error))
            return false;
        if (req->actor != NULL && !req->stale_session)
            hj_sessions_put(sessions, &req->session_name, generation, now, req->actor,
                            req->csrf, req->session_until);
    }
    if (req->actor == NULL)
        req->csrf[0] = '\0';
    else
        speak_as_asker(req);
    return true;
}

bool
hj_asker_recall(HjRequest *req)
{
    HjTime now = hj_store_now(req->app->store);
    req->actor = may_speak(req)
                     ? hj_sessions_recall(req->app->sessions, &req->session_name, now,
                                          req->csrf, sizeof req->csrf, &req->session_until)
                     : NULL;
    if (req->actor != NULL)
        speak_as_asker(req);
    return req->actor != NULL;
}

void
hj_asker_forget(HjRequest *req)
{
    g_clear_pointer(&req->actor, hj_actor_unref);
    req->csrf[0] = '\0';
}
