/* driver: what a database must do for the store; adapters implement it, app chooses it.
 *
 * A connection is used by one thread at a time.  Placeholders are $1..$n everywhere; a driver
 * binds them by name, never by order of appearance.  A broken unique key is CONFLICT, a lock or
 * serialization failure BUSY, anything else STORE.  DDL tokens ({id} {i64} {bool} {text}
 * {blob} {this_county}) are replaced by hj_driver_ddl before a driver sees the text.
 *
 * Units    limits in milliseconds
 * Owns     a connection belongs to the store; HjRows to the caller
 * Threads  a connection: one at a time; the driver struct is constant
 * Source   style.md 2.6, design.md 11 (PostgreSQL writes, pack SQL) */
#pragma once

#include "base/error.h"
#include "base/value.h"
#include "store/rows.h"

typedef struct HjConn HjConn; /* the driver's own */

typedef enum { HJ_TX_READ, HJ_TX_WRITE } HjTxMode;

/* Called for each row of a scan; @row already stands on it.  false stops the scan without an
 * error. */
typedef bool (*HjScanFn)(HjRows *row, gpointer data);

typedef struct {
    const char *name;   /* "sqlite" or "postgres" */
    bool single_writer; /* all writes go through one lane with group commit */
    /* Column types and constraints of the DDL tokens. */
    const char *ddl_id, *ddl_i64, *ddl_bool, *ddl_text, *ddl_blob, *ddl_this_county;
    const char *ddl_table_end; /* put after the closing parenthesis of CREATE TABLE */
    const char *bootstrap_sql; /* run before the migrations: functions, roles; or NULL */
    const char
        *immutable_sql;   /* run after them: sys_event, sys_seal, sys_head refuse changes */
    const char *kept_sql; /* then: what was published of assessments does too */
    /* Searching for words (core/search).  Made after the migrations; then, for the county $1
     * and at most $2 rows of sys_search with new words, the statements that take them into the
     * index, ended by NULL; and how rows are asked for: the text before and after the
     * parameter that holds the words, and how these are written in it. */
    const char *search_sql;
    const char *const *search_fold;
    const char *search_hits, *search_hits_end;
    const char *search_quote, *search_next, *search_prefix, *search_and;
    const char *search_any;    /* one row where the index holds anything */
    const char *after_ddl_sql; /* run after each hj_tx_ddl: rights on new views; or NULL */
    const char *event_place;   /* expression on sys_event that grows in commit order */

    const char *tables_sql;   /* answers tbl, col, type, key: the columns of every real table */
    const char *keep_log_sql; /* the log is written back late; or NULL */
    const char *load_begin_sql, *load_end_sql; /* between them references may wait; or NULL */

    HjConn *(*connect)(const char *location, HjTxMode mode, GError **error);
    void (*close)(HjConn *conn);
    bool (*usable)(HjConn *conn); /* false: the server went away, close it */
    /* Makes {this_county} known; NULL where the tables tell it. */
    bool (*set_county)(HjConn *conn, int64_t county, GError **error);
    bool (*begin)(HjConn *conn, HjTxMode mode, GError **error);
    bool (*commit)(HjConn *conn, GError **error); /* BUSY: run again */
    void (*rollback)(HjConn *conn);
    bool (*savepoint)(HjConn *conn, GError **error); /* inside a transaction */
    bool (*release)(HjConn *conn, GError **error);
    void (*rollback_to)(HjConn *conn);
    /* Runs one statement.  @ret_changes may be NULL. */
    bool (*exec)(HjConn *conn, const char *sql, const HjVal *vals, int64_t *ret_changes,
                 GError **error);
    HjRows *(*query)(HjConn *conn, const char *sql, const HjVal *vals, GError **error);
    bool (*scan)(HjConn *conn, const char *sql, const HjVal *vals, HjScanFn fn, gpointer data,
                 GError **error);
    int64_t (*changes)(HjConn *conn); /* rows changed on this connection so far */
    bool (*script)(HjConn *conn, const char *sql,
                   GError **error); /* several statements, no parameters: migrations */
    /* SQL from a pack: read only, only views and functions open to packs, bounded in time and
     * rows. Errors are INVALID with the database's own words (shown by pack check). */
    HjRows *(*query_pack)(HjConn *conn, const char *sql, const HjVal *vals, int limit_ms,
                          GError **error);
    bool (*check_pack)(HjConn *conn, const char *sql, GError **error); /* prepares only */
    int64_t (*tx_serial)(
        HjConn *conn); /* of the running write transaction; 0 where writes are serial */
    int64_t (*tx_horizon)(HjConn *conn); /* every transaction below is finished; INT64_MAX where
                                            writes are serial */
    /* One holder in the whole database until the transaction ends. */
    bool (*try_lock)(HjConn *conn, int64_t key, bool *ret_locked, GError **error);
    /* Another number whenever anybody committed; -1: unknown. */
    int64_t (*generation)(HjConn *conn);
    bool generation_asks; /* a server is asked for it: not before every page of the cache */
    bool (*backup)(HjConn *conn, const char *path, GError **error); /* NULL where not offered */
} HjDriver;

/* @sql with the DDL tokens replaced; caller owns. */
char *hj_driver_ddl(const HjDriver *driver, const char *sql);
