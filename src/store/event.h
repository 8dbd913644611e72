/* event: who did what when to which row, before and after.
 *
 * An event is appended in the transaction of the change it tells of.  Within a second the
 * sealer gives it the next public number and links it into the chain (store/seal).
 *
 * Units    before and after are JSON objects of changed fields, canonical (keys in field order)
 * Owns     nothing
 * Threads  the transaction's
 * Source   design.md 5, domain.md 10.2 (record chaining) */
#pragma once

#include "store/store.h"

typedef struct {
    const char
        *action; /* "row.create", "row.update", "row.void", "org.move", "account.create", … */
    const char *subject; /* "row", "org", "account", "pack", "assessment", … */
    const char *ledger;  /* ledger name for rows, otherwise NULL */
    int64_t row;         /* id of the subject, 0 when none */
    int64_t org;        /* the organization whose subtree may see the event, 0 for the county */
    const char *before; /* JSON or NULL */
    const char *after;  /* JSON or NULL */
    const char *reason; /* given by the person, or NULL */
    const char *via;    /* name of the token; hj_event_append takes it from the transaction */
    int64_t version;    /* of the row after the change, told to webhooks; not in the chain */
} HjEvent;

bool hj_event_append(HjTx *tx, const HjEvent *event, GError **error);

/* Columns: id, seq (NULL while unsealed), at, actor, actor_name, action, subject, ledger, row,
 * org, before, after, reason, via, behalf_name, actor_title, behalf_title (the name where there
 * is none), hash (hex or NULL).  Newest first for a row. */
HjRows *hj_event_of_row(HjTx *tx, const char *ledger, int64_t row, GError **error);
