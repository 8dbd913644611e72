/* exchange: one request and its answer on a libmicrohttpd connection.
 *
 * Polling threads read; pages at hand are answered there, everything else is suspended and
 * goes to a worker or, for writes, to the store.
 *
 * Units    bytes, microseconds (monotonic)
 * Owns     libmicrohttpd's completion callback frees an exchange
 * Threads  one at a time, handed over by suspend and resume
 * Source   style.md 2.5 */
#pragma once

#include "web/server.h"

#include <microhttpd.h>

/* also: hj_watch_ */

/* How long a connection may stay in a state; what trickles is cut. */
typedef enum {
    HJ_WATCH_READING,
    HJ_WATCH_BODY,
    HJ_WATCH_WORKING,
    HJ_WATCH_SENDING,
    HJ_WATCH_STREAMING /* the HTTP library cuts one that does not read */
} HjWatchState;
typedef struct {
    GList link;
    int fd;
    int64_t since;
    HjWatchState state;
    char remote[48]; /* address of the other end */
} HjWatch;

struct HjServer {
    HjApp *app;
    size_t max_body;
    int64_t patience[5]; /* of each HjWatchState */
    int port;
    struct MHD_Daemon *daemon;
    GThreadPool *workers;
    int max_waiting;
    int n_waiting; /* atomic: for a worker */
    int draining;  /* atomic: answers close their connections */

    GMutex lock;
    GCond changed;
    GQueue watches;
    int n_running;   /* requests read whole and not answered whole */
    int n_suspended; /* of these, not yet given back to a polling thread */
    bool stopping;
    GThread *sweeper;
};

/* NULL: unknown. */
const char *hj_watch_remote(struct MHD_Connection *connection);
void hj_watch_state(HjServer *server, struct MHD_Connection *connection, HjWatchState state);

void *hj_exchange_start(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result hj_exchange_handle(void *server, struct MHD_Connection *connection,
                                   const char *url, const char *method, const char *version,
                                   const char *upload, size_t *n_upload, void **exchange);
void hj_exchange_completed(void *server, struct MHD_Connection *connection, void **exchange,
                           enum MHD_RequestTerminationCode why);
/* What a worker does. */
void hj_exchange_work(gpointer exchange, gpointer server);
