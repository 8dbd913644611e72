/* pages_events: events in words, for the audit page and the timelines.
 *
 * Units    none
 * Owns     what is returned is lent by the request
 * Threads  the request's
 * Source   design.md 7 (audit search) */
/* also: hj_pages_ */
#pragma once

#include "web/pages.h"
#include "web/views_ledger.h"

/* Who did it, and for whom when he was a proxy. */
const char *hj_pages_events_actor(HjRequest *req, const HjRows *events);
/* What was done: "同意：列入 → 联审" of a row that moved, otherwise as hj_pages_action; @ledger
 * may be NULL. */
const char *hj_pages_events_action(HjRequest *req, const HjLedger *ledger,
                                   const HjRows *events);
/* The JSON of an event; NULL where there is none. */
const HjJson *hj_pages_events_json(HjRequest *req, const char *text);
/* What changed, by field; @ledger NULL for events that are not on a row.  References are read
 * as the actor sees them today. */
HjChange *hj_pages_events_changes(HjRequest *req, const HjLedger *ledger, const char *before,
                                  const char *after, size_t *ret_n);
/* Title of a ledger of the pack, or the name it had. */
const char *hj_pages_events_ledger(HjRequest *req, const char *name);
/* The value of the ledger's title field in an event's JSON, or NULL. */
const char *hj_pages_events_title(HjRequest *req, const HjLedger *ledger, const char *json);
