#include "adapters/postgres/postgres.h"

#include "adapters/postgres/pg_conn.h"

#include <string.h>

#define SCAN_STEP 500

extern const char hj_postgres_bootstrap_sql[];
extern const char hj_postgres_after_ddl_sql[];
extern const char hj_postgres_immutable_sql[];
extern const char hj_postgres_kept_sql[];
extern const char hj_postgres_search_sql[];
extern const char hj_postgres_load_begin_sql[];
extern const char hj_postgres_load_end_sql[];

static bool
postgres_usable(HjConn *conn)
{
    return !conn->lost && PQtransactionStatus(conn->pg) == PQTRANS_IDLE;
}

static bool
postgres_set_county(HjConn *conn, int64_t county, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, county);
    const HjVal vals[] = { HJ_TEXT(text), HJ_END };
    conn->county = county;
    if (conn->lost && !hj_pg_again(conn, error))
        return false;
    PGresult *result =
        hj_pg_run(conn, "SELECT set_config('hangji.county', $1, false)", vals, error);
    if (result == NULL)
        return false;
    PQclear(result);
    return true;
}

static bool
postgres_begin(HjConn *conn, HjTxMode mode, GError **error)
{
    const char *sql = mode == HJ_TX_READ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                         : "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
    g_autoptr(GError) first = NULL;
    if (hj_pg_simple(conn, sql, &first))
        return true;
    if (!conn->lost) {
        g_propagate_error(error, g_steal_pointer(&first));
        return false;
    }
    /* The server was restarted while the connection was idle: nothing was lost. */
    return hj_pg_again(conn, error) && hj_pg_simple(conn, sql, error);
}

static bool
postgres_commit(HjConn *conn, GError **error)
{
    PGresult *result = PQexec(conn->pg, "COMMIT");
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        return hj_pg_fail(conn, result, "COMMIT", error) != NULL;
    /* A transaction that failed before is rolled back by COMMIT without an error. */
    bool committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    return committed || hj_error_log(error, conn->met ? HJ_ERROR_BUSY : HJ_ERROR_STORE,
                                     "postgres: the transaction had failed");
}

static void
postgres_rollback(HjConn *conn)
{
    if (PQtransactionStatus(conn->pg) != PQTRANS_IDLE)
        hj_pg_simple(conn, "ROLLBACK", NULL);
}

static bool
postgres_savepoint(HjConn *conn, GError **error)
{
    return hj_pg_simple(conn, "SAVEPOINT request", error);
}

static bool
postgres_release(HjConn *conn, GError **error)
{
    return hj_pg_simple(conn, "RELEASE SAVEPOINT request", error);
}

static void
postgres_rollback_to(HjConn *conn)
{
    hj_pg_simple(conn, "ROLLBACK TO SAVEPOINT request; RELEASE SAVEPOINT request", NULL);
}

static int64_t
postgres_changes(HjConn *conn)
{
    return conn->n_changes;
}

static bool
postgres_exec(HjConn *conn, const char *sql, const HjVal *vals, int64_t *ret_changes,
              GError **error)
{
    int64_t before = conn->n_changes;
    PGresult *result = hj_pg_run(conn, sql, vals, error);
    if (result == NULL)
        return false;
    PQclear(result);
    if (ret_changes != NULL)
        *ret_changes = conn->n_changes - before;
    return true;
}

static HjRows *
postgres_query(HjConn *conn, const char *sql, const HjVal *vals, GError **error)
{
    PGresult *result = hj_pg_run(conn, sql, vals, error);
    if (result == NULL)
        return NULL;
    HjRows *rows = NULL;
    int n = PQntuples(result);
    if (n > HJ_ROWS_LIMIT) {
        hj_error_log(error, HJ_ERROR_STORE, "postgres: more than %d rows from: %.200s",
                     HJ_ROWS_LIMIT, sql);
    } else {
        rows = hj_pg_rows(result);
        for (int i = 0; i < n; i++)
            hj_pg_take_row(result, i, rows);
    }
    PQclear(result);
    return rows;
}

/* --- scanning with a cursor, so that the callback may use the connection --- */

static bool
declare(HjConn *conn, const char *cursor, const char *sql, const HjVal *vals, GError **error)
{
    g_autofree char *text = g_strdup_printf("DECLARE %s NO SCROLL CURSOR FOR %s", cursor, sql);
    HjPgParams params = hj_pg_params(vals);
    PGresult *result = PQexecParams(conn->pg, text, params.n, params.types, params.values,
                                    params.lengths, params.formats, 0);
    hj_pg_params_clear(&params);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        return hj_pg_fail(conn, result, sql, error) != NULL;
    PQclear(result);
    return true;
}

/* Gives the rows of one step to @fn; *@ret_more is false at the end or when @fn stopped. */
static bool
fetch(HjConn *conn, const char *sql, HjScanFn fn, gpointer data, bool *ret_more, GError **error)
{
    PGresult *result = PQexec(conn->pg, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return hj_pg_fail(conn, result, sql, error) != NULL;
    int n = PQntuples(result);
    g_autoptr(HjRows) rows = hj_pg_rows(result);
    bool more = true;
    for (int i = 0; i < n && more; i++) {
        hj_rows_reset(rows);
        hj_pg_take_row(result, i, rows);
        hj_rows_next(rows);
        more = fn(rows, data);
    }
    PQclear(result);
    *ret_more = more && n == SCAN_STEP;
    return true;
}

static bool
postgres_scan(HjConn *conn, const char *sql, const HjVal *vals, HjScanFn fn, gpointer data,
              GError **error)
{
    g_autofree char *cursor = g_strdup_printf("c%d", ++conn->n_names);
    g_autofree char *step = g_strdup_printf("FETCH %d FROM %s", SCAN_STEP, cursor);
    g_autofree char *end = g_strdup_printf("CLOSE %s", cursor);
    if (!declare(conn, cursor, sql, vals, error))
        return false;
    bool more = true;
    while (more)
        if (!fetch(conn, step, fn, data, &more, error))
            return false;
    return hj_pg_simple(conn, end, error);
}

/* --- transactions and locks --- */

static int64_t
ask(HjConn *conn, const char *sql, const HjVal *vals, GError **error)
{
    g_autoptr(HjRows) rows = postgres_query(conn, sql, vals, error);
    return rows != NULL && hj_rows_next(rows) ? hj_rows_i64_at(rows, 0) : -1;
}

static const HjVal no_vals[] = { { .kind = HJ_VAL_END } };

static int64_t
postgres_tx_serial(HjConn *conn)
{
    return ask(conn, "SELECT txid_current()", no_vals, NULL);
}

static int64_t
postgres_tx_horizon(HjConn *conn)
{
    return ask(conn, "SELECT txid_snapshot_xmin(txid_current_snapshot())", no_vals, NULL);
}

/* What is running and what is finished: a commit makes it another text, and equal texts see the
 * same rows. */
static int64_t
postgres_generation(HjConn *conn)
{
    g_autoptr(HjRows) rows = postgres_query(
        conn, "SELECT CAST(txid_current_snapshot() AS TEXT) AS snapshot", no_vals, NULL);
    if (rows == NULL || !hj_rows_next(rows))
        return -1;
    uint64_t sum = UINT64_C(14695981039346656037); /* FNV-1a */
    for (const char *p = hj_rows_text_at(rows, 0); *p != '\0'; p++)
        sum = (sum ^ (uint8_t)*p) * UINT64_C(1099511628211);
    return (int64_t)(sum >> 1);
}

static bool
postgres_try_lock(HjConn *conn, int64_t key, bool *ret_locked, GError **error)
{
    const HjVal vals[] = { HJ_I64(key), HJ_END };
    int64_t locked = ask(conn, "SELECT pg_try_advisory_xact_lock($1)", vals, error);
    *ret_locked = locked == 1;
    return locked >= 0;
}

#define SQL_TABLES                                                                             \
    "SELECT c.relname::text AS tbl, a.attname::text AS col, t.typname::text AS type, "         \
    "coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1 AS key "                     \
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "     \
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "                   \
    "AND NOT a.attisdropped AND a.attgenerated = '' "                                          \
    "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "                                         \
    "LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary "                \
    "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') "                                  \
    "ORDER BY c.relname COLLATE \"C\", a.attnum"

static const char *const search_fold[] = {
    "UPDATE sys_search SET place = public.hj_search_place(words), words = NULL "
    "WHERE county = $1 AND id IN (SELECT id FROM sys_search "
    "WHERE county = $1 AND words IS NOT NULL ORDER BY id LIMIT $2)",
    NULL,
};

const HjDriver hj_postgres_driver = {
    .name = "postgres",
    .single_writer = false,
    .ddl_id = "BIGINT NOT NULL",
    .ddl_i64 = "BIGINT",
    .ddl_bool = "SMALLINT",
    .ddl_text = "TEXT COLLATE \"C\"", /* the order of SQLite */
    .ddl_blob = "BYTEA",
    .ddl_this_county = "NULLIF(current_setting('hangji.county', true), '')::bigint",
    .ddl_table_end = "",
    .bootstrap_sql = hj_postgres_bootstrap_sql,
    .immutable_sql = hj_postgres_immutable_sql,
    .kept_sql = hj_postgres_kept_sql,
    .search_sql = hj_postgres_search_sql,
    .search_fold = search_fold,
    /* Of this county: what others wrote later must not fill the window of the newest. */
    .search_hits =
        "SELECT id FROM sys_search WHERE county = "
        "NULLIF(current_setting('hangji.county', true), '')::bigint AND place @@ CAST(",
    .search_hits_end = " AS tsquery) ORDER BY id DESC",
    .search_quote = "'",
    .search_next = " <-> ",
    .search_prefix = ":*",
    .search_and = " & ",
    .search_any = "SELECT id FROM sys_search WHERE place IS NOT NULL LIMIT 1",
    .after_ddl_sql = hj_postgres_after_ddl_sql,
    .event_place = "serial",
    .generation = postgres_generation,
    .generation_asks = true,
    .tables_sql = SQL_TABLES,
    .load_begin_sql = hj_postgres_load_begin_sql,
    .load_end_sql = hj_postgres_load_end_sql,
    .connect = hj_pg_connect,
    .close = hj_pg_close,
    .usable = postgres_usable,
    .set_county = postgres_set_county,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .savepoint = postgres_savepoint,
    .release = postgres_release,
    .rollback_to = postgres_rollback_to,
    .exec = postgres_exec,
    .query = postgres_query,
    .scan = postgres_scan,
    .changes = postgres_changes,
    .script = hj_pg_simple,
    .query_pack = hj_pg_pack_query,
    .check_pack = hj_pg_pack_check,
    .tx_serial = postgres_tx_serial,
    .tx_horizon = postgres_tx_horizon,
    .try_lock = postgres_try_lock,
};
