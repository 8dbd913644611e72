#include "adapters/sqlite/conn.h"
#include "base/time.h"
#include "store/lex.h"

#include <string.h>

#define OPS_BETWEEN_LOOKS 4000

static int
deny(HjConn *conn, const char *name)
{
    g_free(conn->denied);
    conn->denied = g_strdup(name);
    return SQLITE_DENY;
}

/* What a pack may do.  SQLite names as context the innermost view an access comes through: a
 * table is open only through a view that is open.  Of a table whose columns are not used, which
 * has no context any more once the view is merged, SQLite asks for the column "": such a table
 * stands in a view, because no statement of a pack may name one (may_prepare). */
static int
authorize(gpointer data, int action, const char *a, const char *b, const char *database,
          const char *context)
{
    HjConn *conn = data;
    (void)database;
    if (!conn->packing)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return hj_lex_is_pack_function(b) || strcmp(b, "like") == 0 ? SQLITE_OK : deny(conn, b);
    case SQLITE_READ:
        if (b[0] == '\0' && g_hash_table_contains(conn->tables, a))
            return SQLITE_OK;
        if (g_hash_table_contains(conn->views, a))
            return SQLITE_OK;
        if (context != NULL && g_hash_table_contains(conn->views, context) &&
            !g_str_has_prefix(a, "sqlite_"))
            return SQLITE_OK;
        return deny(conn, a);
    default:
        return deny(conn, a != NULL ? a : "this");
    }
}

static int
look_at_clock(gpointer data)
{
    HjConn *conn = data;
    if (!conn->packing || hj_time_monotonic() < conn->deadline)
        return 0;
    conn->out_of_time = true;
    return 1;
}

void
hj_sqlite_pack_init(HjConn *conn)
{
    /* Set once: setting it again would make every prepared statement be prepared again. */
    sqlite3_set_authorizer(conn->db, authorize, conn);
}

/* The views open to packs, read again when the schema changed. */
static bool
know_views(HjConn *conn, GError **error)
{
    if (conn->knows_views)
        return true;
    static const HjVal none[] = { { .kind = HJ_VAL_END } };
    HjStatement *statement = hj_conn_prepare(conn, &conn->own, "PRAGMA schema_version", error);
    if (statement == NULL)
        return false;
    int step =
        hj_conn_bind(conn, statement, none, error) ? hj_conn_step(conn, statement, error) : -1;
    int64_t version = step == 1 ? sqlite3_column_int64(statement->stmt, 0) : -1;
    hj_conn_done(statement);
    conn->knows_views = conn->in_tx && version == conn->views_of;
    if (step < 0 || version == conn->views_of)
        return step >= 0;
    statement = hj_conn_prepare(conn, &conn->own,
                                "SELECT name, type FROM sqlite_master "
                                "WHERE type IN ('table', 'view')",
                                error);
    if (statement == NULL)
        return false;
    g_hash_table_remove_all(conn->views);
    g_hash_table_remove_all(conn->tables);
    while ((step = hj_conn_step(conn, statement, error)) > 0) {
        const char *name = (const char *)sqlite3_column_text(statement->stmt, 0);
        const char *type = (const char *)sqlite3_column_text(statement->stmt, 1);
        if (strcmp(type, "table") == 0)
            g_hash_table_add(conn->tables, g_ascii_strdown(name, -1));
        else if (!g_str_has_prefix(name, "sys_"))
            g_hash_table_add(conn->views, g_strdup(name));
    }
    hj_conn_done(statement);
    if (step == 0)
        conn->views_of = version;
    return step == 0;
}

static bool
may_prepare(HjConn *conn, const char *sql, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) with_names = g_ptr_array_new_with_free_func(g_free);
    if (!hj_lex_check_pack(sql, names, with_names, error))
        return false;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (!g_hash_table_contains(conn->tables, name))
            continue;
        g_set_error(error, HJ_ERROR, HJ_ERROR_INVALID, "\"%s\" is not open to packs", name);
        return false;
    }
    /* SQLite would give a WITH of the same name as context: it must not pass for the view. */
    for (guint i = 0; i < with_names->len; i++) {
        const char *name = g_ptr_array_index(with_names, i);
        if (!g_hash_table_contains(conn->views, name))
            continue;
        g_set_error(error, HJ_ERROR, HJ_ERROR_INVALID, "WITH \"%s\" hides a ledger or view",
                    name);
        return false;
    }
    return true;
}

/* The error of a pack is the author's to read. */
static void
blame_pack(HjConn *conn, GError *cause, int limit_ms, GError **error)
{
    if (conn->out_of_time)
        g_set_error(error, HJ_ERROR, HJ_ERROR_INVALID, "the statement took longer than %d ms",
                    limit_ms);
    else if (conn->denied != NULL)
        g_set_error(error, HJ_ERROR, HJ_ERROR_INVALID, "\"%s\" is not open to packs",
                    conn->denied);
    else if (g_error_matches(cause, HJ_ERROR, HJ_ERROR_BUSY))
        g_set_error_literal(error, HJ_ERROR, HJ_ERROR_BUSY, cause->message);
    else if (g_error_matches(cause, HJ_ERROR, HJ_ERROR_STORE))
        g_set_error_literal(error, HJ_ERROR, HJ_ERROR_INVALID, sqlite3_errmsg(conn->db));
    else
        g_set_error_literal(error, HJ_ERROR, HJ_ERROR_INVALID, cause->message);
}

static void
begin_pack(HjConn *conn, int limit_ms)
{
    g_clear_pointer(&conn->denied, g_free);
    conn->out_of_time = false;
    conn->deadline = hj_time_monotonic() + (int64_t)limit_ms * 1000;
    conn->packing = true;
    sqlite3_progress_handler(conn->db, OPS_BETWEEN_LOOKS, look_at_clock, conn);
}

static void
end_pack(HjConn *conn)
{
    sqlite3_progress_handler(conn->db, 0, NULL, NULL);
    conn->packing = false;
}

static HjStatement *
prepare_pack(HjConn *conn, const char *sql, GError **error)
{
    if (!g_hash_table_contains(conn->pack.by_text, sql) && !may_prepare(conn, sql, error))
        return NULL;
    return hj_conn_prepare(conn, &conn->pack, sql, error);
}

static HjRows *
read_rows(HjConn *conn, HjStatement *statement, const HjVal *vals, GError **error)
{
    if (!hj_conn_bind(conn, statement, vals, error))
        return NULL;
    int step = hj_conn_step(conn, statement, error);
    g_autoptr(HjRows) rows = hj_conn_rows(statement);
    for (; step > 0; step = hj_conn_step(conn, statement, error)) {
        hj_conn_take_row(statement, rows);
        if (hj_rows_count(rows) > HJ_ROWS_LIMIT) {
            g_set_error(error, HJ_ERROR, HJ_ERROR_INVALID,
                        "the statement gives more than %d rows", HJ_ROWS_LIMIT);
            return NULL;
        }
    }
    return step == 0 ? g_steal_pointer(&rows) : NULL;
}

HjRows *
hj_sqlite_pack_query(HjConn *conn, const char *sql, const HjVal *vals, int limit_ms,
                     GError **error)
{
    if (!know_views(conn, error))
        return NULL;
    g_autoptr(GError) cause = NULL;
    HjRows *rows = NULL;
    begin_pack(conn, limit_ms);
    HjStatement *statement = prepare_pack(conn, sql, &cause);
    if (statement != NULL)
        rows = read_rows(conn, statement, vals, &cause);
    if (rows == NULL)
        blame_pack(conn, cause, limit_ms, error);
    if (statement != NULL)
        hj_conn_done(statement);
    end_pack(conn);
    return rows;
}

bool
hj_sqlite_pack_check(HjConn *conn, const char *sql, GError **error)
{
    if (!know_views(conn, error))
        return false;
    g_autoptr(GError) cause = NULL;
    begin_pack(conn, 2000);
    HjStatement *statement = prepare_pack(conn, sql, &cause);
    if (statement == NULL)
        blame_pack(conn, cause, 2000, error);
    else
        hj_conn_done(statement);
    end_pack(conn);
    return statement != NULL;
}
