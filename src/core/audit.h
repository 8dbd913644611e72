/* audit: the events an actor may read, searched or as the timeline of an organization.
 *
 * Every answer is narrowed in SQL to the actor's scope; events of no organization are seen from
 * the county only.  Before and after are cut to what the actor may see of the ledger today:
 * hidden fields are left out, and both are NULL where the ledger is not his to read.
 *
 * Columns  those of hj_event_of_row, then org_code, org_name, hash
 * Units    limits in rows; seq as sealed
 * Owns     the caller owns the rows
 * Threads  the transaction's
 * Source   design.md 5, 6; interface.md (events) */
#pragma once

#include "core/access.h"
#include "store/event.h"

#define HJ_AUDIT_MAX_LIMIT 1000

typedef struct {
    bool by_seq;         /* sealed events only, in the order of the chain */
    int64_t after_seq;   /* by_seq: those after it */
    int64_t before_id;   /* otherwise: the page below this event; 0 for the newest */
    const char *account; /* sign-in name of who acted */
    const char *action;  /* "row.update"; "row." takes all that begin so */
    const char *ledger;
    int64_t row;
    int64_t under;   /* organization and what lies below, 0 for the whole scope */
    HjDate from, to; /* HJ_DATE_NONE: open */
    int limit;
} HjAuditQuery;

/* Newest first, or ascending when by_seq.  DENIED without event.view. */
HjRows *hj_audit_search(HjTx *tx, const HjActor *actor, const HjAuditQuery *query,
                        GError **error);
/* Events on rows of @org and of what lies below it, newest first, of the ledgers the actor sees
 * there.  NOT_FOUND out of scope, DENIED without ledger.view. */
HjRows *hj_audit_of_org(HjTx *tx, const HjActor *actor, int64_t org, int limit, GError **error);

/* @json (an object of fields, or NULL) without what is hidden from the actor; NULL when nothing
 * of the ledger is his to read.  Caller owns. */
char *hj_audit_visible(const HjActor *actor, const HjLedger *ledger, const char *json);
