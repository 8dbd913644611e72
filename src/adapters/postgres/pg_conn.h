/* pg_conn: one PostgreSQL connection, its prepared statements and its errors; for this folder
 * only.
 *
 * Units    none
 * Owns     hj_pg_close closes everything
 * Threads  one at a time
 * Source   style.md 2.6 */
/* also: hj_pg_ */
#pragma once

#include "store/driver.h"

#include <libpq-fe.h>

struct HjConn {
    PGconn *pg;
    bool lost; /* the server went away */
    bool met;  /* this transaction met another one and is to run again */
    HjTxMode mode;
    int64_t n_changes;
    int n_names;        /* of prepared statements and cursors so far */
    GHashTable *by_key; /* of prepared statements: types and text -> name */
    GQueue recent;      /* their keys, oldest first */
    int64_t county;     /* told by set_county, told again after a reconnect */
};

/* The values of a call as libpq wants them. */
typedef struct {
    int n;
    Oid *types;
    const char **values;
    int *lengths;
    int *formats;
    char (*digits)[24];
} HjPgParams;

HjPgParams hj_pg_params(const HjVal *vals);
void hj_pg_params_clear(HjPgParams *params);

HjConn *hj_pg_connect(const char *location, HjTxMode mode, GError **error);
void hj_pg_close(HjConn *conn);
/* A lost connection made anew; false when the server is still away. */
bool hj_pg_again(HjConn *conn, GError **error);

/* Text without parameters, possibly several statements. */
bool hj_pg_simple(HjConn *conn, const char *sql, GError **error);
/* A prepared, cached statement; NULL with an error.  The caller clears the result. */
PGresult *hj_pg_run(HjConn *conn, const char *sql, const HjVal *vals, GError **error);
/* Turns a failed result into ours and clears it; returns NULL. */
PGresult *hj_pg_fail(HjConn *conn, PGresult *result, const char *sql, GError **error);
HjRows *hj_pg_rows(const PGresult *result);
void hj_pg_take_row(const PGresult *result, int row, HjRows *rows);

HjRows *hj_pg_pack_query(HjConn *conn, const char *sql, const HjVal *vals, int limit_ms,
                         GError **error);
bool hj_pg_pack_check(HjConn *conn, const char *sql, GError **error);
