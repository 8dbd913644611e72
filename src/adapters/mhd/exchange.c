#include "adapters/mhd/exchange.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define SMALL_BODY 4096

typedef struct {
    HjServer *server;
    struct MHD_Connection *connection;
    char *uri;
    GByteArray *body;
    HjMultipart *upload; /* instead of the body */
    int64_t max_body;
    int refused;        /* status of a form that cannot be read; 0: none */
    GPtrArray *headers; /* lower-case name, value, …; values belong to the connection */
    HjRawRequest raw;
    HjRequest *begun; /* by the polling thread, or NULL */
    HjRequest *ended; /* the same, when its answer is there */
    char remote[INET6_ADDRSTRLEN];
    HjResponse *response;
    HjStream *stream; /* of an answer that goes on */
    bool seen;        /* the headers have been looked at */
    bool too_large;   /* the rest of the body is thrown away */
    bool running;
} Exchange;

void *
hj_exchange_start(void *server, const char *uri, struct MHD_Connection *connection)
{
    Exchange *x = g_new0(Exchange, 1);
    x->server = server;
    x->connection = connection;
    x->uri = g_strdup(uri);
    return x;
}

static enum MHD_Result
add_header(void *cls, enum MHD_ValueKind kind G_GNUC_UNUSED, const char *name,
           const char *value)
{
    GPtrArray *headers = cls;
    g_ptr_array_add(headers, g_ascii_strdown(name, -1));
    g_ptr_array_add(headers, (gpointer)(value != NULL ? value : ""));
    return MHD_YES;
}

static void
read_method(HjRawRequest *raw, const char *method)
{
    raw->method_name = method;
    raw->method = HJ_GET;
    for (int i = HJ_GET; i <= HJ_DELETE; i++) {
        if (g_str_equal(method, hj_router_method_name((HjMethod)i)))
            raw->method = (HjMethod)i;
    }
}

static void
read_remote(Exchange *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info != NULL ? info->client_addr : NULL;
    const void *from = NULL;
    if (address != NULL && address->sa_family == AF_INET)
        from = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    else if (address != NULL && address->sa_family == AF_INET6)
        from = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (from != NULL &&
        inet_ntop(address->sa_family, from, x->remote, sizeof x->remote) != NULL)
        x->raw.remote = x->remote;
}

static void
read_head(Exchange *x, const char *method)
{
    x->headers = g_ptr_array_sized_new(32);
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, add_header, x->headers);
    g_ptr_array_add(x->headers, NULL);
    x->raw.uri = x->uri;
    x->raw.remote = hj_watch_remote(x->connection);
    x->raw.headers = (const char *const *)x->headers->pdata;
    read_method(&x->raw, method);
    read_remote(x);
}

static void
add_native_headers(struct MHD_Response *native, const HjResponse *res)
{
    for (guint i = 0; res->headers != NULL && i + 1 < res->headers->len; i += 2)
        MHD_add_response_header(native, g_ptr_array_index(res->headers, i),
                                g_ptr_array_index(res->headers, i + 1));
}

static void
release_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

static void
release_response(void *response)
{
    hj_response_free(response);
}

static void
release_native(gpointer native)
{
    MHD_destroy_response(native);
}

/* A shared page is made once and sent by any number of connections. */
static struct MHD_Response *
shared_native(HjResponse *res)
{
    struct MHD_Response *native = g_atomic_pointer_get(&res->native);
    if (native != NULL)
        return native;
    size_t n = 0;
    const void *data = g_bytes_get_data(res->bytes, &n);
    native = MHD_create_response_from_buffer_with_free_callback_cls(
        n, (void *)data, release_bytes, g_bytes_ref(res->bytes));
    add_native_headers(native, res);
    res->native_free = release_native;
    if (!g_atomic_pointer_compare_and_exchange(&res->native, NULL, native)) {
        MHD_destroy_response(native);
        native = g_atomic_pointer_get(&res->native);
    }
    return native;
}

static struct MHD_Response *
own_native(HjResponse *res)
{
    size_t n = 0;
    const void *data = "";
    if (res->bytes != NULL) {
        data = g_bytes_get_data(res->bytes, &n);
    } else if (res->body != NULL) {
        data = res->body->str;
        n = res->body->len;
    }
    struct MHD_Response *native = MHD_create_response_from_buffer_with_free_callback_cls(
        n, (void *)data, release_response, res);
    add_native_headers(native, res);
    return native;
}

/* --- answers that go on --- */

#define STREAM_BLOCK 16384

typedef struct {
    HjStream *stream;
    struct MHD_Connection *connection;
    HjResponse *response;
} Going;

static void
stream_wait(gpointer data)
{
    MHD_suspend_connection(data);
}

static void
stream_wake(gpointer data)
{
    MHD_resume_connection(data);
}

static ssize_t
stream_read(void *cls, uint64_t pos G_GNUC_UNUSED, char *buf, size_t max)
{
    Going *going = cls;
    const HjStreamWait wait = { stream_wait, stream_wake, going->connection };
    gssize n = hj_stream_take(going->stream, buf, max, &wait);
    return n == HJ_STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void
stream_free(void *cls)
{
    Going *going = cls;
    hj_response_free(going->response);
    g_free(going);
}

/* Suspended while there is nothing to send; whoever pushes resumes it.  Takes @res. */
static enum MHD_Result
send_stream(Exchange *x, HjResponse *res)
{
    Going *going = g_new(Going, 1);
    *going = (Going){ res->stream, x->connection, res };
    x->stream = hj_stream_ref(res->stream);
    if (g_atomic_int_get(&x->server->draining) != 0)
        hj_stream_end(res->stream);
    hj_watch_state(x->server, x->connection, HJ_WATCH_STREAMING);
    struct MHD_Response *native = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read, going, stream_free);
    add_native_headers(native, res);
    MHD_add_response_header(native, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(x->connection, (unsigned)res->status, native);
    MHD_destroy_response(native);
    return queued;
}

/* Takes @res. */
static enum MHD_Result
send_response(Exchange *x, HjResponse *res)
{
    if (res->stream != NULL)
        return send_stream(x, res);
    hj_watch_state(x->server, x->connection, HJ_WATCH_SENDING);
    enum MHD_Result queued;
    if (res->shared) {
        queued = MHD_queue_response(x->connection, (unsigned)res->status, shared_native(res));
        hj_response_free(res);
        return queued;
    }
    int status = res->status;
    struct MHD_Response *native = own_native(res);
    if (g_atomic_int_get(&x->server->draining) != 0)
        MHD_add_response_header(native, "Connection", "close");
    queued = MHD_queue_response(x->connection, (unsigned)status, native);
    MHD_destroy_response(native);
    return queued;
}

/* Wakes who waits for the end of all exchanges; nobody else is woken for each request.  The
 * server's lock is held. */
static void
note_end(HjServer *server)
{
    if (g_atomic_int_get(&server->draining) != 0)
        g_cond_broadcast(&server->changed);
}

/* The exchange may be gone once its connection is resumed; the server waits for all of these.
 */
static void
resume(Exchange *x)
{
    HjServer *server = x->server;
    MHD_resume_connection(x->connection);
    g_mutex_lock(&server->lock);
    server->n_suspended--;
    note_end(server);
    g_mutex_unlock(&server->lock);
}

static void
answered(gpointer data, HjRequest *req)
{
    Exchange *x = data;
    x->response = hj_router_end(req);
    resume(x);
}

/* The polling thread ends what it began: memory goes back to where it came from, and the thread
 * that follows the commits has the next ones to tell. */
static void
ended(gpointer data, HjRequest *req)
{
    Exchange *x = data;
    x->ended = req;
    resume(x);
}

void
hj_exchange_work(gpointer exchange, gpointer server)
{
    Exchange *x = exchange;
    g_atomic_int_add(&((HjServer *)server)->n_waiting, -1);
    if (x->begun != NULL) {
        hj_router_go_on(x->begun);
        return;
    }
    /* Somebody else may have asked for the same page while this one waited. */
    HjResponse *cached = hj_router_cached(x->server->app, &x->raw);
    if (cached != NULL) {
        x->response = cached;
        resume(x);
        return;
    }
    hj_router_dispatch_async(x->server->app, &x->raw, answered, x);
}

/* A small call that writes: reading it here is less work than waking a worker for it. */
static bool
is_small_write(const HjRawRequest *raw)
{
    return raw->method != HJ_GET && raw->upload == NULL && raw->n_body <= SMALL_BODY &&
           g_str_has_prefix(raw->uri, "/api/v");
}

static enum MHD_Result
hand_over(Exchange *x)
{
    HjServer *server = x->server;
    if (g_atomic_int_add(&server->n_waiting, 1) >= server->max_waiting) {
        g_atomic_int_add(&server->n_waiting, -1);
        return send_response(x, hj_router_refuse(server->app, &x->raw, 503));
    }
    hj_watch_state(server, x->connection, HJ_WATCH_WORKING);
    x->running = true;
    g_mutex_lock(&server->lock);
    server->n_running++;
    server->n_suspended++;
    g_mutex_unlock(&server->lock);
    MHD_suspend_connection(x->connection);
    if (is_small_write(&x->raw)) {
        x->begun = hj_router_begin_write(server->app, &x->raw, ended, x);
        if (x->begun == NULL) {
            g_atomic_int_add(&server->n_waiting, -1);
            return MHD_YES;
        }
    }
    g_thread_pool_push(server->workers, x, NULL);
    return MHD_YES;
}

/* The headers are there: refuse what announces too much before it is sent. */
static enum MHD_Result
first_call(Exchange *x, const char *method)
{
    x->seen = true;
    read_head(x, method);
    HjResponse *limited = hj_router_limited(x->server->app, &x->raw);
    if (limited != NULL)
        return send_response(x, limited);
    const char *length =
        MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Content-Length");
    int64_t n = 0;
    x->max_body = (int64_t)x->server->max_body;
    x->upload = hj_router_upload(x->server->app, &x->raw, &x->max_body);
    if (length != NULL && hj_text_parse_i64(length, &n) && n > x->max_body)
        return send_response(x, hj_router_refuse(x->server->app, &x->raw, 413));
    if (n > 0 || length == NULL)
        hj_watch_state(x->server, x->connection, HJ_WATCH_BODY);
    return MHD_YES;
}

static enum MHD_Result
more_body(Exchange *x, const char *upload, size_t *n_upload)
{
    size_t n = *n_upload;
    *n_upload = 0;
    if (x->upload != NULL && x->refused == 0) {
        if (!hj_multipart_feed(x->upload, upload, n, NULL))
            x->refused = hj_multipart_too_large(x->upload) ? 413 : 400;
        return MHD_YES;
    }
    /* The rest of a form that was refused: of an announced length, or little more. */
    if (x->upload != NULL) {
        x->raw.n_body += n;
        return (int64_t)x->raw.n_body > x->max_body ? MHD_NO : MHD_YES;
    }
    if (x->body == NULL)
        x->body = g_byte_array_new();
    /* Without an announced length the answer has to wait for the end; a little patience. */
    if (x->too_large || x->body->len + n > x->server->max_body) {
        x->raw.n_body += n;
        x->too_large = true;
        return x->raw.n_body > 4 * x->server->max_body ? MHD_NO : MHD_YES;
    }
    g_byte_array_append(x->body, (const guint8 *)upload, (guint)n);
    return MHD_YES;
}

enum MHD_Result
hj_exchange_handle(void *server, struct MHD_Connection *connection G_GNUC_UNUSED,
                   const char *url G_GNUC_UNUSED, const char *method,
                   const char *version G_GNUC_UNUSED, const char *upload, size_t *n_upload,
                   void **exchange)
{
    Exchange *x = *exchange;
    HjServer *self = server;
    if (!x->seen)
        return first_call(x, method);
    if (*n_upload > 0)
        return more_body(x, upload, n_upload);
    if (x->ended != NULL)
        x->response = hj_router_end(g_steal_pointer(&x->ended));
    if (x->response != NULL)
        return send_response(x, g_steal_pointer(&x->response));
    if (x->too_large) {
        x->raw.n_body = 0;
        return send_response(x, hj_router_refuse(self->app, &x->raw, 413));
    }
    if (x->upload != NULL && x->refused == 0 && !hj_multipart_end(x->upload, NULL))
        x->refused = 400;
    if (x->refused != 0) {
        x->raw.n_body = 0;
        return send_response(x, hj_router_refuse(self->app, &x->raw, x->refused));
    }
    x->raw.upload = x->upload;
    if (x->body != NULL) {
        x->raw.body = (const char *)x->body->data;
        x->raw.n_body = x->body->len;
    }
    HjResponse *cached =
        g_atomic_int_get(&self->draining) == 0 ? hj_router_cached(self->app, &x->raw) : NULL;
    return cached != NULL ? send_response(x, cached) : hand_over(x);
}

void
hj_exchange_completed(void *server, struct MHD_Connection *connection, void **exchange,
                      enum MHD_RequestTerminationCode why G_GNUC_UNUSED)
{
    Exchange *x = *exchange;
    if (x == NULL)
        return;
    *exchange = NULL;
    if (x->stream != NULL)
        hj_stream_close(x->stream);
    hj_stream_unref(x->stream);
    hj_watch_state(server, connection, HJ_WATCH_READING);
    if (x->running) {
        HjServer *self = server;
        g_mutex_lock(&self->lock);
        self->n_running--;
        note_end(self);
        g_mutex_unlock(&self->lock);
    }
    if (x->ended != NULL)
        x->response = hj_router_end(x->ended);
    hj_response_free(x->response);
    for (guint i = 0; x->headers != NULL && i + 1 < x->headers->len; i += 2)
        g_free(g_ptr_array_index(x->headers, i));
    g_clear_pointer(&x->headers, g_ptr_array_unref);
    if (x->body != NULL)
        g_byte_array_free(x->body, TRUE);
    hj_multipart_free(x->upload);
    g_free(x->uri);
    g_free(x);
}
