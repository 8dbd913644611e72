/* server: the port to an HTTP server; adapters/mhd implements it.
 *
 * Units    bytes, seconds
 * Owns     hj_server_stop finishes running requests and frees
 * Threads  its own polling threads and workers
 * Source   stack.md 2a, style.md 2.5 */
#pragma once

#include "web/router.h"

typedef struct HjServer HjServer;
typedef struct {
    const char *listen;         /* "127.0.0.1:8080", "[::1]:8080"; port 0 picks one */
    size_t max_body;            /* 1 MiB unless said */
    int n_workers;              /* 0: twice the cores */
    int timeout_s;              /* idle connection, 30 */
    int head_s, body_s, send_s; /* 45, 120, 300 */
    int connections, connections_per_address; /* 2048, 512 */
} HjServerConfig;

HjServer *hj_server_start(HjApp *app, const HjServerConfig *config, GError **error);
int hj_server_port(const HjServer *server);
void hj_server_stop(HjServer *server);
