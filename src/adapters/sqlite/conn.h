/* conn: one SQLite connection, its prepared statements and its errors; for this folder only.
 *
 * Units    deadlines in microseconds, monotonic
 * Owns     hj_conn_close closes statements and connection
 * Threads  one at a time
 * Source   style.md 2.6 */
#pragma once

#include "store/driver.h"

#include <sqlite3.h>

typedef struct {
    sqlite3_stmt *stmt;
    char *sql;
    int *numbers; /* the n of "$n" for each of SQLite's own parameter indexes, from 1 */
    int n_params;
    HjRows *shape; /* its columns, once they were asked for */
    bool used;     /* being stepped */
    bool cached;   /* in a cache, not to be finalized after use */
    GList link;
} HjStatement;

typedef struct {
    GHashTable *by_text;
    GQueue recent; /* least recently used first */
} HjStatements;

struct HjConn {
    sqlite3 *db;
    HjStatements own;  /* SQL of the program */
    HjStatements pack; /* SQL of packs, prepared behind the authorizer */
    bool in_tx;
    bool packing;       /* SQL of a pack is being prepared or run */
    bool out_of_time;   /* the progress handler stopped it */
    int64_t deadline;   /* of the pack statement */
    GHashTable *views;  /* names a pack may read */
    GHashTable *tables; /* names a pack may not write */
    int64_t views_of;   /* schema version they were read at */
    bool knows_views;   /* of this transaction */
    char *denied;       /* what the authorizer refused */
};

void hj_conn_init_cache(HjStatements *cache);
/* A statement ready for binding; give it back with hj_conn_done. */
HjStatement *hj_conn_prepare(HjConn *conn, HjStatements *cache, const char *sql,
                             GError **error);
bool hj_conn_bind(HjConn *conn, HjStatement *statement, const HjVal *vals, GError **error);
/* 1 row, 0 end, -1 error. */
int hj_conn_step(HjConn *conn, HjStatement *statement, GError **error);
void hj_conn_done(HjStatement *statement);
/* The columns of the row that @statement stands on. */
HjRows *hj_conn_rows(HjStatement *statement);
void hj_conn_take_row(HjStatement *statement, HjRows *rows);
/* Turns the connection's last error into ours and returns false. */
bool hj_conn_fail(HjConn *conn, int code, const char *sql, GError **error);

bool hj_sqlite_functions_add(sqlite3 *db);
void hj_sqlite_pack_init(HjConn *conn);
HjRows *hj_sqlite_pack_query(HjConn *conn, const char *sql, const HjVal *vals, int limit_ms,
                             GError **error);
bool hj_sqlite_pack_check(HjConn *conn, const char *sql, GError **error);
