#include "adapters/mhd/exchange.h"
#include "base/log.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define POLLING_THREADS 2
#define HEAD_BYTES 16384
#define MOST_CONNECTIONS 2048
#define MOST_PER_ADDRESS 512
#define IDLE_S 30
#define BACKLOG 1024
#define QUEUE_PER_WORKER 128
#define SECOND INT64_C(1000000)
#define SWEEP_EVERY (2 * SECOND)
#define DRAIN_S 30

/* --- connections that take too long --- */

void
hj_watch_state(HjServer *server, struct MHD_Connection *connection, HjWatchState state)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    HjWatch *watch = info != NULL ? info->socket_context : NULL;
    if (watch == NULL)
        return;
    g_mutex_lock(&server->lock);
    watch->state = state;
    watch->since = hj_time_monotonic();
    g_mutex_unlock(&server->lock);
}

const char *
hj_watch_remote(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    const HjWatch *watch = info != NULL ? info->socket_context : NULL;
    return watch != NULL && watch->remote[0] != '\0' ? watch->remote : NULL;
}

/* IPv4 that came through an IPv6 socket is written as IPv4. */
static void
name_peer(struct MHD_Connection *connection, char *ret, size_t size)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *peer = info != NULL ? info->client_addr : NULL;
    ret[0] = '\0';
    if (peer != NULL && peer->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)peer)->sin_addr, ret, (socklen_t)size);
    } else if (peer != NULL && peer->sa_family == AF_INET6) {
        const struct in6_addr *address = &((const struct sockaddr_in6 *)peer)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(address))
            inet_ntop(AF_INET, address->s6_addr + 12, ret, (socklen_t)size);
        else
            inet_ntop(AF_INET6, address, ret, (socklen_t)size);
    }
}

static void
connection_changed(void *cls, struct MHD_Connection *connection, void **context,
                   enum MHD_ConnectionNotificationCode code)
{
    HjServer *server = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        HjWatch *watch = g_new0(HjWatch, 1);
        watch->link.data = watch;
        watch->fd =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        watch->since = hj_time_monotonic();
        name_peer(connection, watch->remote, sizeof watch->remote);
        g_mutex_lock(&server->lock);
        g_queue_push_tail_link(&server->watches, &watch->link);
        g_mutex_unlock(&server->lock);
        *context = watch;
        return;
    }
    HjWatch *watch = *context;
    if (watch == NULL)
        return;
    g_mutex_lock(&server->lock);
    g_queue_unlink(&server->watches, &watch->link);
    g_mutex_unlock(&server->lock);
    g_free(watch);
}

static gpointer
sweep(gpointer data)
{
    HjServer *server = data;
    g_mutex_lock(&server->lock);
    while (!server->stopping) {
        int64_t now = hj_time_monotonic();
        for (GList *it = server->watches.head; it != NULL; it = it->next) {
            HjWatch *watch = it->data;
            /* The descriptor is open as long as the watch is in the queue. */
            if (now - watch->since > server->patience[watch->state])
                shutdown(watch->fd, SHUT_RDWR);
        }
        g_cond_wait_until(&server->changed, &server->lock,
                          g_get_monotonic_time() + SWEEP_EVERY);
    }
    g_mutex_unlock(&server->lock);
    return NULL;
}

/* --- the listening socket --- */

static struct addrinfo *
resolve(const char *listen_at, GError **error)
{
    const char *colon = strrchr(listen_at, ':');
    int64_t port = -1;
    if (colon == NULL || !hj_text_parse_i64(colon + 1, &port) || port < 0 || port > 65535) {
        hj_error_log(error, HJ_ERROR_INVALID, "listen on %s: it must be ADDRESS:PORT",
                     listen_at);
        return NULL;
    }
    g_autofree char *host = g_strndup(listen_at, (gsize)(colon - listen_at));
    size_t n = strlen(host);
    if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = '\0';
        memmove(host, host + 1, n - 1);
    }
    struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    int code = getaddrinfo(*host != '\0' ? host : NULL, colon + 1, &hints, &found);
    if (code != 0)
        hj_error_log(error, HJ_ERROR_INVALID, "listen on %s: %s", listen_at,
                     gai_strerror(code));
    return code == 0 ? found : NULL;
}

static int
open_socket(const char *listen_at, int *ret_port, GError **error)
{
    struct addrinfo *address = resolve(listen_at, error);
    if (address == NULL)
        return -1;
    int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool open = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                bind(fd, address->ai_addr, address->ai_addrlen) == 0 &&
                listen(fd, BACKLOG) == 0;
    int cause = errno;
    freeaddrinfo(address);
    struct sockaddr_storage bound = { 0 };
    socklen_t n = sizeof bound;
    if (!open || getsockname(fd, (struct sockaddr *)&bound, &n) != 0) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "listen on %s: %s", listen_at,
                     cause == EADDRINUSE ? "the port is taken by another program"
                                         : g_strerror(cause));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): all of it was zeroed above */
    *ret_port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                  : ((struct sockaddr_in *)&bound)->sin_port);
    return fd;
}

/* --- start and stop --- */

static void G_GNUC_PRINTF(2, 0)
    complain(void *cls G_GNUC_UNUSED, const char *format, va_list args)
{
    g_autofree char *text = g_strdup_vprintf(format, args);
    hj_log(HJ_LOG_DEBUG, "http", "says", g_strchomp(text), NULL);
}

/* Addresses are decoded by web/parse, strictly. */
static size_t
leave_escaped(void *cls G_GNUC_UNUSED, struct MHD_Connection *connection G_GNUC_UNUSED,
              char *text)
{
    return strlen(text);
}

static unsigned
or_usual(int given, int usual)
{
    return (unsigned)(given > 0 ? given : usual);
}

static void
set_patience(HjServer *server, const HjServerConfig *config)
{
    server->patience[HJ_WATCH_READING] = or_usual(config->head_s, 45) * SECOND;
    server->patience[HJ_WATCH_BODY] = or_usual(config->body_s, 120) * SECOND;
    server->patience[HJ_WATCH_WORKING] = INT64_MAX;
    server->patience[HJ_WATCH_STREAMING] = INT64_MAX;
    server->patience[HJ_WATCH_SENDING] = or_usual(config->send_s, 300) * SECOND;
}

static struct MHD_Daemon *
start_daemon(HjServer *server, int fd, const HjServerConfig *config)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO |
                     MHD_USE_ERROR_LOG;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, hj_exchange_handle, server,                             /* */
        MHD_OPTION_EXTERNAL_LOGGER, complain, NULL,                                   /* */
        MHD_OPTION_LISTEN_SOCKET, fd,                                                 /* */
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)POLLING_THREADS,                       /* */
        MHD_OPTION_CONNECTION_LIMIT, or_usual(config->connections, MOST_CONNECTIONS), /* */
        MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        or_usual(config->connections_per_address, MOST_PER_ADDRESS),        /* */
        MHD_OPTION_CONNECTION_TIMEOUT, or_usual(config->timeout_s, IDLE_S), /* */
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,             /* */
        MHD_OPTION_STRICT_FOR_CLIENT, 1,                                    /* */
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,                  /* */
        MHD_OPTION_URI_LOG_CALLBACK, hj_exchange_start, server,             /* */
        MHD_OPTION_NOTIFY_COMPLETED, hj_exchange_completed, server,         /* */
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server,           /* */
        MHD_OPTION_END);
}

static void
server_free(HjServer *server)
{
    if (server->workers != NULL)
        g_thread_pool_free(server->workers, FALSE, TRUE);
    g_mutex_clear(&server->lock);
    g_cond_clear(&server->changed);
    g_free(server);
}

HjServer *
hj_server_start(HjApp *app, const HjServerConfig *config, GError **error)
{
    HjServer *server = g_new0(HjServer, 1);
    g_mutex_init(&server->lock);
    g_cond_init(&server->changed);
    server->app = app;
    server->max_body = config->max_body > 0 ? config->max_body : HJ_REQUEST_MAX_BODY;
    int fd = open_socket(config->listen, &server->port, error);
    if (fd < 0) {
        server_free(server);
        return NULL;
    }
    int n = config->n_workers > 0 ? config->n_workers : 2 * (int)g_get_num_processors();
    server->max_waiting = n * QUEUE_PER_WORKER;
    set_patience(server, config);
    server->workers = g_thread_pool_new(hj_exchange_work, server, n, TRUE, NULL);
    server->daemon = start_daemon(server, fd, config);
    if (server->daemon == NULL) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "listen on %s: the HTTP library did not start",
                     config->listen);
        close(fd);
        server_free(server);
        return NULL;
    }
    server->sweeper = g_thread_new("sweeper", sweep, server);
    return server;
}

int
hj_server_port(const HjServer *server)
{
    return server->port;
}

/* New connections are refused at once; what runs is finished, the slowest excepted. */
static void
drain(HjServer *server)
{
    g_atomic_int_set(&server->draining, 1);
    hj_router_end_streams(server->app);
    MHD_socket fd = MHD_quiesce_daemon(server->daemon);
    int64_t until = g_get_monotonic_time() + DRAIN_S * SECOND;
    g_mutex_lock(&server->lock);
    while (server->n_running > 0 && g_cond_wait_until(&server->changed, &server->lock, until))
        continue;
    /* Their answers come from the store, which always ends; only slow clients are cut. */
    while (server->n_suspended > 0)
        g_cond_wait(&server->changed, &server->lock);
    g_mutex_unlock(&server->lock);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
}

void
hj_server_stop(HjServer *server)
{
    if (server == NULL)
        return;
    drain(server);
    g_mutex_lock(&server->lock);
    server->stopping = true;
    g_cond_broadcast(&server->changed);
    g_mutex_unlock(&server->lock);
    g_thread_join(server->sweeper);
    MHD_stop_daemon(server->daemon);
    server_free(server);
}
