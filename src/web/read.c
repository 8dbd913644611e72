/* Reading a raw request: everything that can be refused without the database. */
#include "base/text.h"
#include "core/screen.h"
#include "core/token.h"
#include "web/internal.h"

#include <string.h>

#define FORM_TYPE "application/x-www-form-urlencoded"
#define JSON_TYPE "application/json"
#define MAX_URI 8000
#define MAX_FORM_KEY 64

static bool
refuse(HjRequest *req, int status, const char *msgid)
{
    hj_web_introduce(req);
    req->response = hj_web_refuse(req, status, msgid);
    return false;
}

static bool
refuse_error(HjRequest *req, GError *error)
{
    hj_web_introduce(req);
    req->response = hj_web_failure(req, error);
    g_error_free(error);
    return false;
}

const char *
hj_web_request_find(const char *const *headers, const char *name)
{
    for (; headers != NULL && headers[0] != NULL; headers += 2) {
        if (g_str_equal(headers[0], name))
            return headers[1];
    }
    return NULL;
}

static void
copy_headers(HjRequest *req, const char *const *headers)
{
    size_t n = 0;
    while (headers != NULL && headers[n * 2] != NULL)
        n++;
    req->headers.pairs = hj_arena_alloc(req->arena, sizeof(HjPair) * MAX(n, 1));
    req->headers.n = n;
    for (size_t i = 0; i < n; i++) {
        req->headers.pairs[i].name = hj_arena_strdup(req->arena, headers[i * 2]);
        req->headers.pairs[i].value = hj_arena_strdup(req->arena, headers[i * 2 + 1]);
    }
}

/* A token is URL-safe base64, so that nothing else ever reaches the database. */
static bool
token_ok(const char *token)
{
    size_t n = strlen(token);
    for (size_t i = 0; i < n; i++) {
        if (!g_ascii_isalnum(token[i]) && token[i] != '-' && token[i] != '_')
            return false;
    }
    return n > 0;
}

bool
hj_web_request_token(const HjPairs *headers, char *ret, size_t size)
{
    ret[0] = '\0';
    const char *authorization = hj_parse_find(headers, "authorization");
    if (authorization != NULL) {
        if (g_ascii_strncasecmp(authorization, "Bearer ", 7) == 0) {
            const char *token = authorization + 7;
            if (strlen(token) < size && token_ok(token))
                g_strlcpy(ret, token, size);
        }
        return true;
    }
    const char *cookie = hj_parse_find(headers, "cookie");
    /* Browsers send that of a screen to /screen/ only; there it goes first. */
    if (hj_parse_cookie(cookie, HJ_SCREEN_COOKIE, ret, size) && hj_screen_is(ret))
        return false;
    if (!hj_parse_cookie(cookie, HJ_SESSION_COOKIE, ret, size) || !token_ok(ret))
        ret[0] = '\0';
    return false;
}

/* "*" and languages we do not speak ask for nothing. */
static bool
asks_language(const char *header)
{
    return header != NULL &&
           (strcasestr(header, "zh") != NULL || strcasestr(header, "en") != NULL);
}

static void
read_cookies(HjRequest *req)
{
    req->bearer = hj_web_request_token(&req->headers, req->token, sizeof req->token);
    if (req->token[0] != '\0')
        req->session_name = hj_session_name(req->token);
    const char *cookie = hj_request_header(req, "cookie");
    char value[32];
    if (hj_parse_cookie(cookie, "lang", value, sizeof value))
        req->lang = g_str_equal(value, "en") ? HJ_EN : HJ_ZH;
    else
        req->lang = hj_parse_language(hj_request_header(req, "accept-language"));
    req->large = hj_web_large_type(cookie);
    req->lang_asked = asks_language(hj_request_header(req, "accept-language"));
    if (hj_parse_cookie(cookie, "notice", value, sizeof value)) {
        req->notice_sent = true;
        g_mutex_lock(&req->app->notices_lock);
        req->notice = g_hash_table_lookup(req->app->notices, value);
        g_mutex_unlock(&req->app->notices_lock);
    }
}

static bool
read_address(HjRequest *req, const char *uri)
{
    GError *error = NULL;
    const char *mark = strchr(uri, '?');
    size_t n_path = mark != NULL ? (size_t)(mark - uri) : strlen(uri);
    req->api = g_str_has_prefix(uri, "/api/v");
    req->uri = hj_arena_strdup(req->arena, uri);
    req->path = "/";
    if (strlen(uri) > MAX_URI)
        return refuse(req, 414, "The address of this page is too long.");
    if (!hj_parse_path(req->arena, uri, n_path, req->segments, &req->n_segments, &error))
        return refuse_error(req, error);
    g_autoptr(GString) path = g_string_new(NULL);
    for (size_t i = 0; i < req->n_segments; i++) {
        g_string_append_c(path, '/');
        g_string_append(path, req->segments[i]);
    }
    if (path->len > 0)
        req->path = hj_arena_strndup(req->arena, path->str, path->len);
    const char *query = mark != NULL ? mark + 1 : "";
    if (!hj_parse_pairs(req->arena, query, strlen(query), false, &req->query, &error))
        return refuse_error(req, error);
    return true;
}

static void
allow_methods(HjResponse *res, unsigned methods)
{
    g_autoptr(GString) allow = g_string_new(NULL);
    for (int i = 0; i < 5; i++) {
        if ((methods & (1u << i)) == 0)
            continue;
        g_string_append_printf(allow, "%s%s", allow->len > 0 ? ", " : "",
                               hj_router_method_name((HjMethod)i));
        if (i == HJ_GET)
            g_string_append(allow, ", HEAD");
    }
    g_string_append(allow, ", OPTIONS");
    hj_response_header(res, "Allow", allow->str);
}

/* The API answers JSON unless its route says otherwise. */
static bool
accepts_answer(HjRequest *req)
{
    static const char *const types[] = { JSON_TYPE, "application/*", "*/*",
                                         "application/problem+json" };
    const char *accept = hj_request_header(req, "accept");
    if (!req->api || accept == NULL || *accept == '\0' || req->row->route->produces != NULL)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (hj_parse_accepts_coding(accept, types[i]))
            return true;
    return false;
}

static bool
find_route(HjRequest *req, const HjRawRequest *raw)
{
    bool head = g_strcmp0(raw->method_name, "HEAD") == 0;
    bool known = raw->method_name == NULL || head ||
                 g_str_equal(raw->method_name, hj_router_method_name(raw->method));
    req->method = head ? HJ_GET : raw->method;
    unsigned methods = 0;
    int index = hj_routes_match(req->app->routes, req->method, req->segments, req->n_segments,
                                &methods);
    if (methods == 0)
        return refuse(req, 404, NULL);
    if (g_strcmp0(raw->method_name, "OPTIONS") == 0) {
        req->response = hj_response_new(204, NULL);
        allow_methods(req->response, methods);
        return false;
    }
    if (index < 0 || !known) {
        refuse(req, 405, NULL);
        allow_methods(req->response, methods);
        return false;
    }
    req->row_index = index;
    req->row = hj_routes_row(req->app->routes, (size_t)index);
    if (!accepts_answer(req))
        return refuse(req, 406, NULL);
    for (size_t i = 0; i < req->query.n && !req->row->any_query; i++) {
        const char *name = req->query.pairs[i].name;
        if (!g_hash_table_contains(req->row->query, name)) {
            hj_issues_add(req->issues, name, "unknown", N_("There is no such parameter here."));
            return refuse(req, 400, "The address asks for something this page does not know.");
        }
    }
    return true;
}

static bool
read_form(HjRequest *req, const HjRawRequest *raw)
{
    GError *error = NULL;
    if (!hj_parse_pairs(req->arena, raw->body, raw->n_body, true, &req->form, &error))
        return refuse_error(req, error);
    hj_parse_join(req->arena, &req->form);
    return true;
}

static bool
read_json(HjRequest *req, const HjRawRequest *raw)
{
    GError *error = NULL;
    req->json = hj_json_parse(raw->body, raw->n_body, &error);
    if (req->json == NULL)
        return refuse_error(req, error);
    if (hj_json_kind(req->json) != HJ_JSON_OBJECT)
        return refuse(req, 422, "The body must be one JSON object.");
    return true;
}

/* A test hands in the form as a body; the server has read it already. */
static bool
read_multipart(HjRequest *req, const HjRawRequest *raw, const char *type)
{
    GError *error = NULL;
    req->upload = raw->upload;
    if (req->upload == NULL) {
        req->upload =
            hj_multipart_new(type, req->app->upload_dir, req->row->route->upload, &error);
        if (req->upload == NULL)
            return refuse_error(req, error);
        hj_arena_adopt(req->arena, req->upload, (GDestroyNotify)hj_multipart_free);
        if (!hj_multipart_feed(req->upload, raw->body, raw->n_body, &error) ||
            !hj_multipart_end(req->upload, &error)) {
            if (!hj_multipart_too_large(req->upload))
                return refuse_error(req, error);
            g_error_free(error);
            return refuse(req, 413, NULL);
        }
    }
    const HjPairs *texts = hj_multipart_texts(req->upload);
    req->form.n = texts->n;
    req->form.pairs = hj_arena_alloc(req->arena, sizeof(HjPair) * MAX(texts->n, 1));
    for (size_t i = 0; i < texts->n; i++)
        req->form.pairs[i] = texts->pairs[i];
    hj_parse_join(req->arena, &req->form);
    return true;
}

static bool
type_is(const char *header, const char *type)
{
    size_t n = strlen(type);
    return header != NULL && g_ascii_strncasecmp(header, type, n) == 0 &&
           (header[n] == '\0' || header[n] == ';' || header[n] == ' ');
}

static bool
read_body(HjRequest *req, const HjRawRequest *raw)
{
    const char *type = hj_request_header(req, "content-type");
    bool upload = req->method != HJ_GET && req->row->route->upload > 0 && hj_multipart_is(type);
    if (raw->upload != NULL || (upload && raw->n_body > 0))
        return read_multipart(req, raw, type);
    if (raw->n_body > HJ_REQUEST_MAX_BODY)
        return refuse(req, 413, NULL);
    if (raw->n_body == 0)
        return true;
    if (req->method == HJ_GET)
        return refuse(req, 400, "A request to read must not carry a body.");
    if (type_is(type, FORM_TYPE) && !req->api)
        return read_form(req, raw);
    if (type_is(type, JSON_TYPE))
        return read_json(req, raw);
    return refuse(req, 415, NULL);
}

/* Ties a key to what was asked. */
static void
digest_of(HjRequest *req, const HjRawRequest *raw)
{
    g_autoptr(GString) asked = g_string_new(req->uri);
    g_string_append_c(asked, '\n');
    /* What one token was answered is no business of another. */
    if (hj_token_is(req->token))
        g_string_append(asked, req->token);
    if (req->upload != NULL)
        g_string_append(asked, hj_multipart_digest(req->upload));
    else
        g_string_append_len(asked, raw->body != NULL ? raw->body : "", (gssize)raw->n_body);
    uint8_t digest[HJ_SM3_BYTES];
    hj_crypto_sm3(asked->str, asked->len, digest);
    g_autofree char *hex = hj_crypto_hex(digest, sizeof digest);
    g_strlcpy(req->digest, hex, sizeof req->digest);
}

/* A form that makes something carries a key: sent twice as it is, it is done once. Sent again
 * with other values it is another form. */
static void
read_form_key(HjRequest *req, const HjRawRequest *raw)
{
    const char *key = hj_parse_find(&req->form, HJ_FORM_KEY_FIELD);
    size_t kept = 0;
    if (key == NULL)
        return;
    for (size_t i = 0; i < req->form.n; i++)
        if (!g_str_equal(req->form.pairs[i].name, HJ_FORM_KEY_FIELD))
            req->form.pairs[kept++] = req->form.pairs[i];
    req->form.n = kept;
    if (!token_ok(key) || strlen(key) > MAX_FORM_KEY)
        return;
    digest_of(req, raw);
    g_autofree char *whole = g_strconcat("form:", key, ":", req->digest, NULL);
    req->idempotency = hj_arena_strdup(req->arena, whole);
    req->by_form = true;
}

/* The key counts for API calls only; the digest ties it to what was asked. */
static bool
read_idempotency(HjRequest *req, const HjRawRequest *raw)
{
    const char *key = hj_request_header(req, "idempotency-key");
    if (!req->api && req->method == HJ_POST)
        read_form_key(req, raw);
    if (key == NULL || !req->api || req->method != HJ_POST)
        return true;
    size_t n = strlen(key);
    for (size_t i = 0; i < n; i++) {
        if (!g_ascii_isgraph(key[i]))
            n = 0;
    }
    if (n == 0 || n > 200)
        return refuse(req, 400, "The Idempotency-Key must be 1 to 200 visible characters.");
    req->idempotency = key;
    digest_of(req, raw);
    return true;
}

static void
read_remote(HjRequest *req, const HjRawRequest *raw)
{
    char client[HJ_LIMIT_ADDRESS_SIZE];
    const char *remote = raw->remote;
    if (remote != NULL && req->app->limits != NULL) {
        hj_limits_client(req->app->limits, remote, hj_request_header(req, "x-forwarded-for"),
                         client);
        remote = client;
    }
    req->remote = remote != NULL ? hj_arena_strdup(req->arena, remote) : NULL;
}

bool
hj_web_request_read(HjRequest *req, const HjRawRequest *raw)
{
    copy_headers(req, raw->headers);
    read_remote(req, raw);
    read_cookies(req);
    return read_address(req, raw->uri) && find_route(req, raw) && read_body(req, raw) &&
           read_idempotency(req, raw);
}
