#include "base/log.h"
#include "web/internal.h"
#include "web/page.h"

#include <string.h>

#define CSP                                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "          \
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "        \
    "base-uri 'none'"
#define PERMISSIONS                                                                            \
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), fullscreen=(self), "        \
    "geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()"
#define VALUES_BYTES 200 /* a place and a tag; more than that takes another piece */

HjResponse *
hj_response_new(int status, const char *type)
{
    HjResponse *res = g_new0(HjResponse, 1);
    res->status = status;
    res->type = type;
    res->refs = 1;
    return res;
}

HjResponse *
hj_web_response_ref(HjResponse *res)
{
    g_atomic_int_inc(&res->refs);
    return res;
}

void
hj_response_free(HjResponse *res)
{
    if (res == NULL || !g_atomic_int_dec_and_test(&res->refs))
        return;
    if (res->native != NULL && res->native_free != NULL)
        res->native_free(res->native);
    if (res->body != NULL)
        g_string_free(res->body, TRUE);
    g_clear_pointer(&res->bytes, g_bytes_unref);
    g_clear_pointer(&res->stream, hj_stream_unref);
    g_clear_pointer(&res->headers, g_ptr_array_unref);
    g_clear_pointer(&res->values, g_string_chunk_free);
    g_free(res);
}

/* Every answer carries a dozen that are the same each time: those are not copied. */
static void
add_literal(HjResponse *res, const char *name, const char *value)
{
    if (res->headers == NULL)
        res->headers = g_ptr_array_sized_new(32);
    g_ptr_array_add(res->headers, (gpointer)name);
    g_ptr_array_add(res->headers, (gpointer)value);
}

void
hj_response_header(HjResponse *res, const char *name, const char *value)
{
    g_assert(!res->shared);
    /* A line end in a header would let its author write the rest of the answer. */
    if (strpbrk(value, "\r\n") != NULL)
        return;
    if (res->values == NULL)
        res->values = g_string_chunk_new(VALUES_BYTES);
    add_literal(res, name, g_string_chunk_insert(res->values, value));
}

HjResponse *
hj_response_page(HjRequest *req, int status, HjOut *ret_out)
{
    HjResponse *res = hj_response_new(status, "text/html; charset=utf-8");
    res->body = g_string_sized_new(16384);
    *ret_out = (HjOut){ .buf = res->body, .lang = req->lang, .csrf = hj_request_csrf(req) };
    return res;
}

HjResponse *
hj_response_json(HjRequest *req, int status, HjJsonWriter *ret_writer)
{
    g_assert(req != NULL);
    HjResponse *res = hj_response_new(status, "application/json");
    res->body = g_string_sized_new(1000); /* what malloc has at hand */
    *ret_writer = (HjJsonWriter){ .out = res->body };
    return res;
}

/* The notice travels as the short name of a sentence this program has said before, so a cookie
 * can never put words of somebody else on a page. */
static void
leave_notice(HjRequest *req, HjResponse *res, const char *notice)
{
    uint8_t digest[HJ_SM3_BYTES];
    hj_crypto_sm3(notice, strlen(notice), digest);
    g_autofree char *name = hj_crypto_hex(digest, 8);
    g_mutex_lock(&req->app->notices_lock);
    if (!g_hash_table_contains(req->app->notices, name))
        g_hash_table_insert(req->app->notices, g_strdup(name), (gpointer)notice);
    g_mutex_unlock(&req->app->notices_lock);
    g_autofree char *cookie =
        g_strdup_printf("notice=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=60%s", name,
                        req->app->secure_cookie ? "; Secure" : "");
    hj_response_header(res, "Set-Cookie", cookie);
}

HjResponse *
hj_response_see_other(HjRequest *req, const char *path, const char *notice)
{
    HjResponse *res = hj_response_new(303, NULL);
    hj_response_header(res, "Location", hj_parse_is_local(path) ? path : "/");
    if (notice != NULL)
        leave_notice(req, res, notice);
    return res;
}

void
hj_response_session(HjRequest *req, HjResponse *res, const char *token)
{
    g_autofree char *cookie =
        g_strdup_printf(HJ_SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
                        token != NULL ? token : "", token != NULL ? "" : "; Max-Age=0",
                        req->app->secure_cookie ? "; Secure" : "");
    hj_response_header(res, "Set-Cookie", cookie);
}

void
hj_response_screen(HjRequest *req, HjResponse *res, const char *token, HjTime until)
{
    int64_t seconds = token != NULL ? (until - hj_request_now(req)) / 1000000 : 0;
    g_autofree char *cookie = g_strdup_printf(
        HJ_SCREEN_COOKIE
        "=%s; Path=/screen; HttpOnly; SameSite=Strict; Max-Age=%" G_GINT64_FORMAT "%s",
        token != NULL ? token : "", MAX(seconds, 0), req->app->secure_cookie ? "; Secure" : "");
    hj_response_header(res, "Set-Cookie", cookie);
}

/* For a year, of this browser. */
static void
remember(HjRequest *req, HjResponse *res, const char *name, const char *value)
{
    g_autofree char *cookie =
        g_strdup_printf("%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000%s", name,
                        value, req->app->secure_cookie ? "; Secure" : "");
    hj_response_header(res, "Set-Cookie", cookie);
}

void
hj_response_lang(HjRequest *req, HjResponse *res, HjLang lang)
{
    remember(req, res, "lang", hj_i18n_code(lang));
}

#define LARGE "large"

void
hj_response_type(HjRequest *req, HjResponse *res, bool large)
{
    remember(req, res, "type", large ? LARGE : "plain");
}

bool
hj_web_large_type(const char *cookie)
{
    char value[sizeof LARGE];
    return hj_parse_cookie(cookie, "type", value, sizeof value) && g_str_equal(value, LARGE);
}

typedef void (*WriteMore)(HjJsonWriter *w, gpointer data);

static HjResponse *
problem_with(HjRequest *req, int status, const char *says, WriteMore more, gpointer data)
{
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, status, &w);
    res->type = "application/problem+json";
    hj_response_header(res, "Content-Language", hj_i18n_code(req->lang));
    hj_json_begin_object(&w);
    hj_json_key(&w, "type");
    hj_json_text(&w, "about:blank");
    hj_json_key(&w, "title");
    hj_json_text(&w, hj_tr(req->lang, hj_web_title(status)));
    hj_json_key(&w, "status");
    hj_json_i64(&w, status);
    hj_json_key(&w, "detail");
    hj_json_text(&w, says);
    hj_json_key(&w, "instance");
    hj_json_text(&w, req->id);
    if (hj_issues_count(req->issues) > 0) {
        hj_json_key(&w, "errors");
        hj_json_begin_array(&w);
        for (size_t i = 0; i < hj_issues_count(req->issues); i++) {
            hj_json_begin_object(&w);
            hj_json_key(&w, "field");
            hj_json_text(&w, hj_issues_field(req->issues, i));
            hj_json_key(&w, "code");
            hj_json_text(&w, hj_issues_code(req->issues, i));
            hj_json_key(&w, "message");
            hj_json_text(&w, hj_issues_message(req->issues, i, req->lang));
            hj_json_end_object(&w);
        }
        hj_json_end_array(&w);
    }
    if (more != NULL)
        more(&w, data);
    hj_json_end_object(&w);
    return res;
}

static HjResponse *
problem(HjRequest *req, int status, const char *says)
{
    return problem_with(req, status, says, NULL, NULL);
}

/* NULL for what only the log may tell. */
static const char *
shown_message(const GError *error)
{
    bool full = g_error_matches(error, HJ_ERROR, HJ_ERROR_FULL);
    return full || hj_error_status(error) < 500 ? error->message : NULL;
}

HjResponse *
hj_response_problem(HjRequest *req, const GError *error)
{
    int status = hj_error_status(error);
    const char *msgid = shown_message(error);
    return problem(req, status,
                   hj_tr(req->lang, msgid != NULL ? msgid : hj_web_advice(status)));
}

HjResponse *
hj_response_problem_with(HjRequest *req, const GError *error,
                         void (*more)(HjJsonWriter *w, gpointer data), gpointer data)
{
    const char *msgid = shown_message(error);
    int status = hj_error_status(error);
    return problem_with(req, status,
                        hj_tr(req->lang, msgid != NULL ? msgid : hj_web_advice(status)), more,
                        data);
}

HjResponse *
hj_web_refuse(HjRequest *req, int status, const char *msgid)
{
    const char *says = hj_tr(req->lang, msgid != NULL ? msgid : hj_web_advice(status));
    HjResponse *res = req->api ? problem(req, status, says) : hj_page_error(req, status, says);
    if (status == 401)
        hj_response_header(
            res, "WWW-Authenticate",
            req->bearer && req->token[0] != '\0' ? "Bearer error=\"invalid_token\"" : "Bearer");
    if (status == 503)
        hj_response_header(res, "Retry-After", "1");
    return res;
}

HjResponse *
hj_web_failure(HjRequest *req, const GError *error)
{
    int status = hj_error_status(error);
    if (status >= 500)
        hj_log(status == 503 ? HJ_LOG_WARNING : HJ_LOG_CRITICAL, "request_failed", "id",
               req->id, "route", req->row != NULL ? req->row->route->pattern : "", "cause",
               error->message, NULL);
    return hj_web_refuse(req, status, shown_message(error));
}

static bool
has_header(const HjResponse *res, const char *name)
{
    for (guint i = 0; res->headers != NULL && i + 1 < res->headers->len; i += 2) {
        if (g_ascii_strcasecmp(g_ptr_array_index(res->headers, i), name) == 0)
            return true;
    }
    return false;
}

void
hj_web_response_seal(HjRequest *req, HjResponse *res)
{
    static const char *const always[][2] = {
        { "Content-Security-Policy", CSP },
        { "X-Content-Type-Options", "nosniff" },
        { "X-Frame-Options", "DENY" },
        { "Referrer-Policy", "same-origin" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cross-Origin-Embedder-Policy", "require-corp" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
        { "Permissions-Policy", PERMISSIONS },
    };
    if (res->type != NULL && !has_header(res, "Content-Type"))
        add_literal(res, "Content-Type", res->type);
    for (size_t i = 0; i < G_N_ELEMENTS(always); i++)
        if (!has_header(res, always[i][0]))
            add_literal(res, always[i][0], always[i][1]);
    if (!has_header(res, "Cache-Control"))
        add_literal(res, "Cache-Control", "no-store");
    if (!g_str_has_prefix(req->path != NULL ? req->path : "", "/public"))
        add_literal(res, "X-Robots-Tag", "noindex, nofollow");
    if (req->app->secure_cookie)
        add_literal(res, "Strict-Transport-Security", "max-age=31536000");
    if (req->notice_read && res->status < 300)
        add_literal(res, "Set-Cookie", "notice=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}
