/* live: pages that are pushed again whenever something was committed (server-sent events).
 *
 * A listener is an address asked again with the cookie it was opened with: rights, scope and
 * revocation are those of an ordinary request, and what has not changed is not sent.  One
 * thread serves all listeners; while there are none it sleeps.
 *
 * Units    none
 * Owns     hj_live_free ends every stream and joins the thread
 * Threads  any
 * Source   design.md 7 (big screen) */
#pragma once

#include "web/router.h"

#define HJ_LIVE_MOST 32   /* listeners in all */
#define HJ_LIVE_MOST_OF 8 /* of one session or screen token */

typedef struct HjLive HjLive;

HjLive *hj_live_new(HjApp *app);
/* Ends the streams; later ones are refused. */
void hj_live_close(HjLive *live);
void hj_live_free(HjLive *live);

/* A stream of events "board", each the page at @uri; BUSY when too many listen. */
HjResponse *hj_live_open(HjRequest *req, const char *uri, GError **error);
