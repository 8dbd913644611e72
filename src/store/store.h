/* store: the only way to the database.
 *
 * A read runs on a snapshot of its own.  A write is a function run inside a transaction that
 * the store opens, commits and, when the database says BUSY, runs again: it must have no effect
 * except through its HjTx.  On SQLite one writer thread takes what is queued, runs it in one
 * transaction and answers only after the commit is durable; a write that fails after it changed
 * something makes all of them run again, each in a SAVEPOINT.  A write that changed rows
 * without appending an event aborts.
 *
 * Units    microseconds UTC
 * Owns     hj_store_free, hj_tx_end; a HjTx given to a function is borrowed
 * Threads  HjStore any; a HjTx one at a time
 * Source   style.md 2.5, 2.6 */
#pragma once

#include "store/driver.h"

typedef struct HjStore HjStore;
typedef struct HjTx HjTx;

HjStore *hj_store_open(const HjDriver *driver, const char *location, GError **error);
void hj_store_free(HjStore *store); /* finishes queued writes */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjStore, hj_store_free)
const HjDriver *hj_store_driver(const HjStore *store);

/* The county of this data directory (0 before init), put on every fact row. */
int64_t hj_store_county(const HjStore *store);
void hj_store_set_county(HjStore *store, int64_t county);
/* Test clock: a fixed now, or 0 for the real one. */
void hj_store_set_clock(HjStore *store, HjTime fixed);
/* A demonstration's clock: now is @from, and it goes on as fast as the real one. */
void hj_store_start_clock(HjStore *store, HjTime from);
HjTime hj_store_now(const HjStore *store);

/* Grows whenever anybody (this process or another) committed; -1 when unknown: then never
 * cache.  On PostgreSQL a question to the server. */
int64_t hj_store_generation(HjStore *store);

/* Since the start: writes that were made durable, and in how many commits; now: those queued.
 */
typedef struct {
    int64_t n_writes, n_commits, n_waiting;
} HjStoreCounts;
HjStoreCounts hj_store_counts(HjStore *store);

HjTx *hj_store_read(HjStore *store, GError **error);
void hj_tx_end(HjTx *tx); /* of hj_store_read */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjTx, hj_tx_end)

typedef bool (*HjWriteFn)(HjTx *tx, gpointer data, GError **error);
typedef void (*HjWriteDone)(gpointer data,
                            GError *error); /* error is borrowed; NULL when durable */

/* Waits until durable.  Errors of @fn pass through after its changes are rolled back. */
bool hj_store_write(HjStore *store, HjWriteFn fn, gpointer data, GError **error);
/* Queues and returns; @done runs on a store thread.  false (BUSY) when the queue is full. */
bool hj_store_write_async(HjStore *store, HjWriteFn fn, HjWriteDone done, gpointer data,
                          GError **error);

/* A part of a write that can fail by itself: what @fn changed is taken back then and the write
 * may go on.  Failures of the database (BUSY, STORE) are everybody's: pass them on. */
bool hj_tx_part(HjTx *tx, HjWriteFn fn, gpointer data, GError **error);

/* What a transaction knows. */
HjStore *hj_tx_store(const HjTx *tx);
int64_t hj_tx_county(const HjTx *tx);
HjTime hj_tx_now(const HjTx *tx);
/* What follows in this transaction happens at @now: tests of a pack and the demo, which tell of
 * other days, and a proof, which asks what a rule said on its day; a write ends as it began. */
void hj_tx_set_now(HjTx *tx, HjTime now);
/* What the clock of the wall says, whatever a demonstration's says: for codes of a device. */
HjTime hj_tx_wall(const HjTx *tx);
HjDate hj_tx_today(const HjTx *tx);
/* Who acts: set by the router or the command before anything is written; 0 is the program
 * itself. */
void hj_tx_set_actor(HjTx *tx, int64_t account);
int64_t hj_tx_actor(const HjTx *tx);
/* The account for which the actor acts as a proxy; 0 for himself, as after hj_tx_set_actor. */
void hj_tx_set_behalf(HjTx *tx, int64_t account);
int64_t hj_tx_behalf(const HjTx *tx);
/* The token an actor asks through, for events; copied, NULL for none. */
void hj_tx_set_via(HjTx *tx, const char *name);
const char *hj_tx_via(const HjTx *tx);
/* A change that needs no event: sessions, counters, seals.  Says so in one visible place. */
void hj_tx_exempt(HjTx *tx);
void hj_tx_note_event(HjTx *tx); /* store/event only */

/* @sql is a literal with $1..$n; the values are HJ_… macros. */
#define hj_tx_exec(tx, error, sql, ...)                                                        \
    hj_tx_exec_vals((tx), (error), "" sql "", NULL,                                            \
                    (const HjVal[]){ __VA_ARGS__ __VA_OPT__(, ) HJ_END })
#define hj_tx_change(tx, error, ret_changes, sql, ...)                                         \
    hj_tx_exec_vals((tx), (error), "" sql "", (ret_changes),                                   \
                    (const HjVal[]){ __VA_ARGS__ __VA_OPT__(, ) HJ_END })
#define hj_tx_query(tx, error, sql, ...)                                                       \
    hj_tx_query_vals((tx), (error), "" sql "",                                                 \
                     (const HjVal[]){ __VA_ARGS__ __VA_OPT__(, ) HJ_END })
bool hj_tx_exec_vals(HjTx *tx, GError **error, const char *sql, int64_t *ret_changes,
                     const HjVal *vals);
HjRows *hj_tx_query_vals(HjTx *tx, GError **error, const char *sql, const HjVal *vals);

/* Row by row without a limit (exports, verify). */
bool hj_tx_scan(HjTx *tx, GError **error, const char *sql, const HjVal *vals, HjScanFn fn,
                gpointer data);
/* DDL with tokens, several statements: migrations and ledger schema only. */
bool hj_tx_ddl(HjTx *tx, const char *sql, GError **error);

/* SQL of a pack, already rewritten to $n; see driver.h. */
HjRows *hj_tx_query_pack(HjTx *tx, const char *sql, const HjVal *vals, GError **error);
bool hj_tx_check_pack(HjTx *tx, const char *sql, GError **error);

/* In a write: the same number twice means that meanwhile nobody's rights can have changed.  It
 * grows with each transaction of the database, and with each write inside it that does more
 * than change rows of ledgers. */
int64_t hj_tx_rights(const HjTx *tx);
void hj_store_note_rights(HjStore *store); /* store only */

/* For store/event and store/seal. */
int64_t hj_tx_serial(HjTx *tx);
int64_t hj_tx_horizon(HjTx *tx);
