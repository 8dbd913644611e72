#include "web/live.h"

#include "base/log.h"
#include "web/internal.h"

#include <string.h>

#define SECOND INT64_C(1000000)
#define TICK SECOND
#define ANYWAY (60 * SECOND)    /* expired tokens and other days are noticed by then */
#define UNKNOWN (3 * SECOND)    /* a database that does not tell of commits */
#define HEARTBEAT (15 * SECOND) /* a connection that has gone is noticed by then */
#define LONGEST (3600 * SECOND) /* then the browser opens it anew */

typedef struct {
    HjStream *stream;
    char *uri, *who; /* who: names the session without being it */
    char **headers;  /* cookie, authorization, language */
    int64_t opened, asked, sent;
    bool due;
    uint8_t last[HJ_SM3_BYTES]; /* digest of what was sent */
} Listener;

struct HjLive {
    HjApp *app;
    GMutex lock;
    GCond changed;
    GPtrArray *listeners;
    bool closing;
    GThread *thread; /* NULL until somebody listens */
};

static void
listener_free(gpointer data)
{
    Listener *listener = data;
    hj_stream_end(listener->stream);
    hj_stream_unref(listener->stream);
    g_strfreev(listener->headers);
    g_free(listener->uri);
    g_free(listener->who);
    g_free(listener);
}

HjLive *
hj_live_new(HjApp *app)
{
    HjLive *live = g_new0(HjLive, 1);
    live->app = app;
    g_mutex_init(&live->lock);
    g_cond_init(&live->changed);
    live->listeners = g_ptr_array_new_with_free_func(listener_free);
    return live;
}

void
hj_live_close(HjLive *live)
{
    g_mutex_lock(&live->lock);
    live->closing = true;
    for (guint i = 0; i < live->listeners->len; i++)
        hj_stream_end(((Listener *)g_ptr_array_index(live->listeners, i))->stream);
    g_cond_broadcast(&live->changed);
    g_mutex_unlock(&live->lock);
}

void
hj_live_free(HjLive *live)
{
    if (live == NULL)
        return;
    hj_live_close(live);
    if (live->thread != NULL)
        g_thread_join(live->thread);
    g_ptr_array_unref(live->listeners);
    g_mutex_clear(&live->lock);
    g_cond_clear(&live->changed);
    g_free(live);
}

/* --- the thread --- */

/* An event: every line of the page on a data line of its own. */
static GString *
event_of(const char *name, const char *page, size_t n)
{
    GString *out = g_string_sized_new(n + 256);
    g_string_append_printf(out, "event: %s\n", name);
    const char *end = page + n;
    while (page < end) {
        const char *line = memchr(page, '\n', (size_t)(end - page));
        size_t n_line = (size_t)((line != NULL ? line : end) - page);
        g_string_append(out, "data: ");
        g_string_append_len(out, page, (gssize)n_line);
        g_string_append_c(out, '\n');
        page += n_line + 1;
    }
    g_string_append_c(out, '\n');
    return out;
}

static void
send_page(Listener *listener, const char *page, size_t n, int64_t now)
{
    uint8_t digest[HJ_SM3_BYTES];
    hj_crypto_sm3(page, n, digest);
    if (listener->sent != 0 && memcmp(digest, listener->last, sizeof digest) == 0)
        return;
    GString *event = event_of("board", page, n);
    hj_stream_push(listener->stream, event->str, event->len);
    g_string_free(event, TRUE);
    memcpy(listener->last, digest, sizeof digest);
    listener->sent = now;
}

/* false: this listener may see it no longer. */
static bool
ask(HjLive *live, Listener *listener, int64_t now)
{
    HjRawRequest raw = { .method = HJ_GET,
                         .method_name = "GET",
                         .uri = listener->uri,
                         .headers = (const char *const *)listener->headers };
    HjResponse *answer = hj_router_dispatch(live->app, &raw);
    int status = answer->status;
    if (status == 200 && answer->bytes != NULL) {
        size_t n = 0;
        const char *page = g_bytes_get_data(answer->bytes, &n);
        send_page(listener, page, n, now);
    } else if (status == 200 && answer->body != NULL) {
        send_page(listener, answer->body->str, answer->body->len, now);
    }
    hj_response_free(answer);
    listener->asked = now;
    listener->due = false;
    if (status == 200 || status >= 500)
        return true;
    static const char over[] = "event: over\ndata: \n\n";
    hj_stream_push(listener->stream, over, sizeof over - 1);
    return false;
}

/* false: it is over. */
static bool
serve(HjLive *live, Listener *listener, int64_t now, bool changed, bool unknown)
{
    static const char beat[] = ": still here\n\n";
    if (hj_stream_is_gone(listener->stream) || now - listener->opened >= LONGEST)
        return false;
    int64_t since = now - listener->asked;
    listener->due = listener->due || listener->asked == 0 || changed || since >= ANYWAY ||
                    (unknown && since >= UNKNOWN);
    if (listener->due && !ask(live, listener, now))
        return false;
    if (now - listener->sent >= HEARTBEAT) {
        hj_stream_beat(listener->stream, beat, sizeof beat - 1);
        listener->sent = now;
    }
    return true;
}

static void
round_of(HjLive *live, int64_t *generation)
{
    int64_t found = hj_store_generation(live->app->store);
    bool changed = found != *generation;
    *generation = found;
    int64_t now = hj_time_monotonic();
    g_mutex_lock(&live->lock);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    for (guint i = 0; i < live->listeners->len; i++)
        g_ptr_array_add(all, g_ptr_array_index(live->listeners, i));
    g_mutex_unlock(&live->lock);
    /* Only this thread takes listeners away. */
    for (guint i = 0; i < all->len; i++) {
        Listener *listener = g_ptr_array_index(all, i);
        if (serve(live, listener, now, changed, found < 0))
            continue;
        g_mutex_lock(&live->lock);
        g_ptr_array_remove_fast(live->listeners, listener);
        g_mutex_unlock(&live->lock);
    }
}

static gpointer
run(gpointer data)
{
    HjLive *live = data;
    int64_t generation = -2;
    g_mutex_lock(&live->lock);
    while (!live->closing) {
        if (live->listeners->len == 0) {
            g_cond_wait(&live->changed, &live->lock);
            continue;
        }
        g_mutex_unlock(&live->lock);
        round_of(live, &generation);
        g_mutex_lock(&live->lock);
        if (!live->closing)
            g_cond_wait_until(&live->changed, &live->lock, g_get_monotonic_time() + TICK);
    }
    g_mutex_unlock(&live->lock);
    return NULL;
}

/* --- listening --- */

static char **
headers_of(HjRequest *req)
{
    static const char *const kept[] = { "cookie", "authorization", "accept-language" };
    GPtrArray *out = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const char *value = hj_request_header(req, kept[i]);
        if (value == NULL)
            continue;
        g_ptr_array_add(out, g_strdup(kept[i]));
        g_ptr_array_add(out, g_strdup(value));
    }
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(out, FALSE);
}

/* The lock is held. */
static bool
has_room(const HjLive *live, const char *who)
{
    guint of_one = 0;
    for (guint i = 0; i < live->listeners->len; i++) {
        const Listener *listener = g_ptr_array_index(live->listeners, i);
        if (!hj_stream_is_gone(listener->stream) && strcmp(listener->who, who) == 0)
            of_one++;
    }
    return !live->closing && live->listeners->len < HJ_LIVE_MOST && of_one < HJ_LIVE_MOST_OF;
}

HjResponse *
hj_live_open(HjRequest *req, const char *uri, GError **error)
{
    HjLive *live = req->app->live;
    const char *token = hj_request_token(req);
    HjSessionName who = hj_session_name(token != NULL ? token : "");
    g_mutex_lock(&live->lock);
    bool room = has_room(live, who.text);
    HjStream *stream = NULL;
    if (room) {
        Listener *listener = g_new0(Listener, 1);
        listener->stream = hj_stream_new();
        listener->uri = g_strdup(uri);
        listener->who = g_strdup(who.text);
        listener->headers = headers_of(req);
        listener->opened = hj_time_monotonic();
        stream = hj_stream_ref(listener->stream);
        g_ptr_array_add(live->listeners, listener);
        if (live->thread == NULL)
            live->thread = g_thread_new("live", run, live);
        g_cond_signal(&live->changed);
    }
    g_mutex_unlock(&live->lock);
    if (!room) {
        hj_fail(error, HJ_ERROR_BUSY, "Too many screens listen. Close one and try again.");
        return NULL;
    }
    HjResponse *res = hj_response_new(200, "text/event-stream; charset=utf-8");
    res->stream = stream;
    hj_response_header(res, "X-Accel-Buffering", "no");
    return res;
}
