#include "base/id.h"
#include "base/text.h"
#include "web/internal.h"

#include <string.h>

HjRequest *
hj_web_request_new(HjApp *app)
{
    HjRequest *req = g_new0(HjRequest, 1);
    req->app = app;
    req->pack = hj_pack_ref(app->pack);
    req->arena = hj_arena_new();
    req->trial = hj_arena_new();
    req->issues = hj_issues_new();
    req->row_index = -1;
    req->started = hj_time_monotonic();
    req->generation = -1;
    g_snprintf(req->id, sizeof req->id, "%" G_GINT64_FORMAT, hj_id_new());
    return req;
}

void
hj_web_request_retry(HjRequest *req)
{
    g_clear_pointer(&req->response, hj_response_free);
    hj_issues_clear(req->issues);
    hj_arena_clear(req->trial);
    req->notice_read = false;
    req->tree = NULL;
    req->thresholds = NULL;
}

void
hj_web_request_free(HjRequest *req)
{
    g_clear_pointer(&req->response, hj_response_free);
    g_clear_error(&req->error);
    if (req->prepared != NULL && req->prepared_free != NULL)
        req->prepared_free(req->prepared);
    hj_arena_free(req->trial);
    hj_arena_free(req->arena);
    hj_issues_free(req->issues);
    g_clear_pointer(&req->json, hj_json_free);
    g_clear_pointer(&req->actor, hj_actor_unref);
    hj_pack_unref(req->pack);
    hj_crypto_wipe(req->token, sizeof req->token);
    g_free(req);
}

HjTx *
hj_request_tx(HjRequest *req)
{
    return req->tx;
}

const HjActor *
hj_request_actor(HjRequest *req)
{
    return req->actor;
}

HjPack *
hj_request_pack(HjRequest *req)
{
    return req->pack;
}

HjLang
hj_request_lang(HjRequest *req)
{
    return req->lang;
}

bool
hj_request_large_type(HjRequest *req)
{
    return req->large;
}

HjTime
hj_request_now(HjRequest *req)
{
    return req->tx != NULL ? hj_tx_now(req->tx) : hj_store_now(req->app->store);
}

HjIssues *
hj_request_issues(HjRequest *req)
{
    return req->issues;
}

const char *
hj_request_path(HjRequest *req)
{
    return req->path;
}

const char *
hj_request_uri(HjRequest *req)
{
    return req->uri;
}

const char *
hj_request_csrf(HjRequest *req)
{
    return req->csrf[0] != '\0' ? req->csrf : NULL;
}

const char *
hj_request_token(HjRequest *req)
{
    return req->token[0] != '\0' ? req->token : NULL;
}

bool
hj_request_is_demo(HjRequest *req)
{
    return req->app->demo;
}

const char *
hj_request_county_name(HjRequest *req)
{
    return req->app->county_name;
}

const char *
hj_request_header(HjRequest *req, const char *name)
{
    return hj_parse_find(&req->headers, name);
}

const char *
hj_request_remote(HjRequest *req)
{
    return req->remote;
}

const char *
hj_request_form_key(HjRequest *req)
{
    g_autofree char *key = hj_crypto_token(18);
    req->keyed = true;
    return hj_request_strdup(req, key);
}

const char *
hj_request_id(HjRequest *req)
{
    return req->id;
}

bool
hj_request_is_api(HjRequest *req)
{
    return req->api;
}

const char *
hj_request_notice(HjRequest *req)
{
    req->notice_read = req->notice_sent;
    return req->notice;
}

const char *
hj_request_part(HjRequest *req, const char *name)
{
    for (size_t i = 0; req->row != NULL && i < req->row->n_segments; i++) {
        const char *part = req->row->part_names[i];
        if (part != NULL && g_str_equal(part, name))
            return req->segments[i];
    }
    g_printerr("%s has no part {%s}\n", req->row != NULL ? req->row->route->pattern : "?",
               name);
    g_assert_not_reached();
}

bool
hj_request_part_i64(HjRequest *req, const char *name, int64_t *ret, GError **error)
{
    if (!hj_id_parse(hj_request_part(req, name), ret))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such page.");
    return true;
}

const char *
hj_request_query(HjRequest *req, const char *name)
{
    return hj_parse_find(&req->query, name);
}

size_t
hj_request_n_query(HjRequest *req)
{
    return req->query.n;
}

const char *
hj_request_query_name(HjRequest *req, size_t i)
{
    g_assert(i < req->query.n);
    return req->query.pairs[i].name;
}

const char *
hj_request_query_value(HjRequest *req, size_t i)
{
    g_assert(i < req->query.n);
    return req->query.pairs[i].value;
}

const char *
hj_request_form(HjRequest *req, const char *name)
{
    return hj_parse_find(&req->form, name);
}

size_t
hj_request_n_form(HjRequest *req)
{
    return req->form.n;
}

const char *
hj_request_form_name(HjRequest *req, size_t i)
{
    g_assert(i < req->form.n);
    return req->form.pairs[i].name;
}

const char *
hj_request_form_value(HjRequest *req, size_t i)
{
    g_assert(i < req->form.n);
    return req->form.pairs[i].value;
}

size_t
hj_request_n_uploads(HjRequest *req)
{
    return req->upload != NULL ? hj_multipart_n_files(req->upload) : 0;
}

const HjUpload *
hj_request_upload(HjRequest *req, size_t i)
{
    return hj_multipart_file(req->upload, i);
}

const HjJson *
hj_request_json(HjRequest *req)
{
    return req->json;
}

/* What .prepare makes must still be there when the write is tried a second time. */
static HjArena *
arena_now(HjRequest *req)
{
    return req->preparing ? req->arena : req->trial;
}

gpointer
hj_request_adopt(HjRequest *req, gpointer object, GDestroyNotify destroy)
{
    return hj_arena_adopt(arena_now(req), object, destroy);
}

char *
hj_request_strdup(HjRequest *req, const char *text)
{
    return hj_arena_strdup(arena_now(req), text);
}

char *
hj_request_printf(HjRequest *req, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    return hj_arena_strdup(arena_now(req), text);
}

gpointer
hj_request_alloc(HjRequest *req, size_t n_bytes)
{
    return hj_arena_alloc(arena_now(req), n_bytes);
}

void
hj_request_set_prepared(HjRequest *req, gpointer data, GDestroyNotify destroy)
{
    if (req->prepared != NULL && req->prepared_free != NULL)
        req->prepared_free(req->prepared);
    req->prepared = data;
    req->prepared_free = destroy;
}

gpointer
hj_request_prepared(HjRequest *req)
{
    return req->prepared;
}

static const char *
text_or_null(const char *text)
{
    return text != NULL && *text != '\0' ? text : NULL;
}

const char *
hj_request_query_text(HjRequest *req, const char *name)
{
    return text_or_null(hj_request_query(req, name));
}

const char *
hj_request_form_text(HjRequest *req, const char *name)
{
    return text_or_null(hj_request_form(req, name));
}
