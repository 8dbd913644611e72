/* asker: whose a request is: a session, a personal token or the token of a big screen.
 *
 * Units    none
 * Owns     the request holds what is found
 * Threads  the request's
 * Source   domain.md S-01, S-02; design.md 11 (exposure) */
#pragma once

#include "web/request.h"

/* Fills actor and csrf, or leaves them empty when nobody is signed in.  What a write sees may
 * never be committed: it is remembered apart, for the writes of the same transaction only. */
bool hj_asker_find(HjRequest *req, HjTx *tx, GError **error);
/* The same from what was found within the last minute, which may have become untrue since:
 * whoever writes by it asks again in the transaction. */
bool hj_asker_recall(HjRequest *req);
void hj_asker_forget(HjRequest *req);
/* Writes down, later, that the session was used. */
void hj_asker_touch(HjRequest *req);
