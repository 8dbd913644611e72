#include "adapters/postgres/pg_conn.h"
#include "store/lex.h"

#include <string.h>

#define CHECK_MS 2000

/* Rights, time and rows are bounded by the server: the role may read the open views only. */
static bool
enter(HjConn *conn, int limit_ms, GError **error)
{
    g_autofree char *sql = g_strdup_printf("SAVEPOINT pack; SET LOCAL ROLE hangji_pack; "
                                           "SET LOCAL statement_timeout = %d",
                                           limit_ms);
    return hj_pg_simple(conn, sql, error);
}

static bool
leave(HjConn *conn, GError **error)
{
    return hj_pg_simple(
        conn, "RESET ROLE; SET LOCAL statement_timeout = 0; RELEASE SAVEPOINT pack", error);
}

/* Back to the rights of the program, whatever the statement did. */
static void
retreat(HjConn *conn)
{
    hj_pg_simple(conn, "ROLLBACK TO SAVEPOINT pack; RELEASE SAVEPOINT pack", NULL);
}

/* One row more than allowed tells that there are too many; a line ends a comment at the end. */
static char *
bound(const char *sql)
{
    return g_strdup_printf("SELECT * FROM (%s\n) AS pack LIMIT %d", sql, HJ_ROWS_LIMIT + 1);
}

/* The error of a pack is the author's to read: the server's words alone. */
static void
blame_pack(PGresult *result, int limit_ms, GError **error)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    HjErrorCode code = HJ_ERROR_INVALID;
    g_autofree char *late = g_strdup_printf("the statement took longer than %d ms", limit_ms);
    if (state == NULL || g_str_has_prefix(state, "08") || g_str_has_prefix(state, "57P"))
        code = HJ_ERROR_STORE;
    else if (strcmp(state, "40001") == 0)
        code = HJ_ERROR_BUSY;
    else if (strcmp(state, "57014") == 0)
        message = late;
    g_set_error_literal(error, HJ_ERROR, code, message != NULL ? message : "postgres: lost");
}

static bool
is_right(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_TUPLES_OK;
}

HjRows *
hj_pg_pack_query(HjConn *conn, const char *sql, const HjVal *vals, int limit_ms, GError **error)
{
    if (!hj_lex_check_pack(sql, NULL, NULL, error) || !enter(conn, limit_ms, error))
        return NULL;
    g_autofree char *text = bound(sql);
    HjPgParams params = hj_pg_params(vals);
    PGresult *result = PQexecParams(conn->pg, text, params.n, params.types, params.values,
                                    params.lengths, params.formats, 0);
    hj_pg_params_clear(&params);
    g_autoptr(HjRows) rows = NULL;
    if (!is_right(result)) {
        blame_pack(result, limit_ms, error);
        retreat(conn);
    } else if (PQntuples(result) > HJ_ROWS_LIMIT) {
        g_set_error(error, HJ_ERROR, HJ_ERROR_INVALID, "the statement gives more than %d rows",
                    HJ_ROWS_LIMIT);
        retreat(conn);
    } else if (leave(conn, error)) {
        rows = hj_pg_rows(result);
        for (int i = 0; i < PQntuples(result); i++)
            hj_pg_take_row(result, i, rows);
    }
    PQclear(result);
    return g_steal_pointer(&rows);
}

/* The highest $n of @sql. */
static int
count_params(const char *sql)
{
    int most = 0;
    for (const char *p = strchr(sql, '$'); p != NULL; p = strchr(p + 1, '$'))
        most = MAX(most, (int)MIN(g_ascii_strtoll(p + 1, NULL, 10), 1000));
    return most;
}

/* EXPLAIN finds names, types and rights without running anything. */
static PGresult *
explain(HjConn *conn, const char *sql, Oid type)
{
    g_autofree char *inner = bound(sql);
    g_autofree char *text = g_strconcat("EXPLAIN ", inner, NULL);
    int n = count_params(sql);
    g_autofree Oid *types = g_new0(Oid, (gsize)n + 1);
    g_autofree const char **values = g_new0(const char *, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        types[i] = type;
    return PQexecParams(conn->pg, text, n, types, values, NULL, NULL, 0);
}

bool
hj_pg_pack_check(HjConn *conn, const char *sql, GError **error)
{
    if (!hj_lex_check_pack(sql, NULL, NULL, error) || !enter(conn, CHECK_MS, error))
        return false;
    PGresult *result = explain(conn, sql, 0);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state != NULL && strcmp(state, "42P18") == 0) {
        /* A parameter that nothing gives a type is a text. */
        PQclear(result);
        retreat(conn);
        if (!enter(conn, CHECK_MS, error))
            return false;
        result = explain(conn, sql, 25);
    }
    bool right = is_right(result);
    if (!right)
        blame_pack(result, CHECK_MS, error);
    PQclear(result);
    retreat(conn);
    return right;
}
