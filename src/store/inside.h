/* inside: what the files of store/ know of one another; nobody else includes this.
 *
 * Units    as store.h
 * Owns     as store.h
 * Threads  as store.h
 * Source   style.md 2.5 */
#pragma once

#include "store/event.h"
#include "store/store.h"

#include <stdatomic.h>

#define HJ_VIA_BYTES 256

typedef struct HjLane HjLane;
typedef struct HjRecall HjRecall;
typedef struct HjBehind HjBehind;

struct HjStore {
    const HjDriver *driver;
    char *location;
    _Atomic int64_t county;
    _Atomic int64_t rights;     /* of hj_tx_rights */
    _Atomic int64_t clock;      /* 0: the real one */
    _Atomic int64_t shift;      /* of a demonstration's clock from the real one, µs */
    _Atomic(const void *) keys; /* HjSealKeys of hj_seal_use */
    struct HjVault *vault;      /* of hj_vault_use */
    HjLane *lane;
    _Atomic(HjBehind *) behind; /* for the next write that wants it */

    GMutex pool_lock;
    GCond pool_free;
    GPtrArray *readers; /* of HjReader, idle */
    int n_readers;      /* idle and used */

    GMutex generation_lock;
    HjConn *generation_conn;
    int64_t generation_told; /* by the driver, last */
    int64_t generation;      /* counted up with every other number */

    GMutex event_lock;
    GCond event_came;
    uint64_t n_events; /* commits that brought events */
};

struct HjTx {
    HjStore *store;
    HjConn *conn;
    int64_t conn_county; /* the county the connection was told */
    bool writing;
    bool exempt;
    bool has_event;
    bool changed_schema;
    HjRecall *recall; /* of the lane, or NULL */
    HjBehind *behind; /* after hj_tx_write_behind */
    HjTime now;
    int64_t actor, behalf;
    int64_t serial; /* of the database, 0 before it is asked */
    int64_t n_changes_before;
    char via[HJ_VIA_BYTES]; /* name of the token through which the actor asks, or "" */
    int webhooks;           /* whether anybody is told of changes (outbox.c) */
    gpointer kept;          /* of hj_tx_keep */
    GDestroyNotify kept_free;
};

/* Connects and, where the driver wants it, tells the county. */
HjConn *hj_store_connect(HjStore *store, HjTxMode mode, GError **error);
bool hj_store_tell_county(HjStore *store, HjConn *conn, int64_t *county, GError **error);
/* Aborts when rows were changed and nobody told why. */
void hj_tx_finish_write(const HjTx *tx);

/* A commit brought events. */
void hj_store_note_events(HjStore *store);
uint64_t hj_store_count_events(HjStore *store);
/* Waits until there were more than @seen such commits. */
void hj_store_await_events(HjStore *store, uint64_t seen);

/* recall.c: for hj_tx_recall. */
HjRecall *hj_recall_new(void);
void hj_recall_free(HjRecall *recall);
/* A statement that may change what is recalled. */
void hj_recall_note(HjTx *tx, const char *sql);

/* behind.c: waits until what was put is written; false when it could not be. */
bool hj_behind_settle(HjTx *tx, GError **error);
bool hj_behind_end(HjTx *tx, GError **error);
void hj_behind_free(HjBehind *behind);

/* The lane: queued writes and the threads that run them. */
HjLane *hj_lane_new(HjStore *store, GError **error);
void hj_lane_free(HjLane *lane);
HjStoreCounts hj_lane_counts(HjLane *lane);
bool hj_lane_wait(HjLane *lane, HjWriteFn fn, gpointer data, GError **error);
bool hj_lane_push(HjLane *lane, HjWriteFn fn, HjWriteDone done, gpointer data, GError **error);

/* An event as it is stored, for its mac and its place in the chain. */
typedef struct {
    int64_t county, id, at, actor, behalf, serial;
    HjEvent event;
} HjEventRecord;
/* Reads a row that was selected with HJ_EVENT_COLUMNS; texts are borrowed from it. */
#define HJ_EVENT_COLUMNS                                                                       \
    "e.id AS id, e.at AS at, e.actor AS actor, e.action AS action, e.subject AS subject, "     \
    "e.ledger AS ledger, e.row_id AS row_id, e.org AS org, e.before AS before_json, "          \
    "e.after AS after_json, e.reason AS reason, e.serial AS serial, e.mac AS mac, "            \
    "e.via AS via, e.behalf AS behalf"
HjEventRecord hj_event_record(const HjRows *row, int64_t county);
/* Every field with its length before it, so that no two events have the same bytes. */
void hj_event_bytes(const HjEventRecord *record, GByteArray *out);
/* outbox.c: a delivery for each webhook that asked for such an event. */
bool hj_outbox_add(HjTx *tx, const HjEventRecord *record, GError **error);
void hj_event_mac(const void *keys, const GByteArray *bytes, uint8_t out[32]);
