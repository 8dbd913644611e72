#include "adapters/sqlite/conn.h"

#include "base/text.h"

#include <string.h>

#define CACHE_LIMIT 200
#define MOST_PARAMS 32766
#define HASHED_BYTES 48 /* of each end of a statement */

bool
hj_conn_fail(HjConn *conn, int code, const char *sql, GError **error)
{
    int kind = code & 0xff;
    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED)
        return hj_error_log(error, HJ_ERROR_BUSY, "sqlite: %s", sqlite3_errmsg(conn->db));
    /* Both pass by themselves once there is room again. */
    if (kind == SQLITE_FULL || code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC ||
        code == SQLITE_IOERR_TRUNCATE || code == SQLITE_IOERR_SHMSIZE)
        return hj_fail(error, HJ_ERROR_FULL,
                       "The disk of the server is full: nothing can be saved until the "
                       "administrator makes room. What was saved before is safe.");
    if (kind == SQLITE_READONLY ||
        (kind == SQLITE_CANTOPEN && sqlite3_db_readonly(conn->db, "main") == 1))
        return hj_fail(error, HJ_ERROR_FULL,
                       "The disk of the server is read-only: nothing can be saved until the "
                       "administrator has looked at it. What was saved before is safe.");
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        return hj_fail(error, HJ_ERROR_CONFLICT, "An entry with this key exists already.");
    return hj_error_log(error, HJ_ERROR_STORE, "sqlite: %s (%d) in: %.200s",
                        sqlite3_errmsg(conn->db), code, sql);
}

static void
free_statement(HjStatement *statement)
{
    sqlite3_finalize(statement->stmt);
    hj_rows_free(statement->shape);
    g_free(statement->sql);
    g_free(statement->numbers);
    g_free(statement);
}

static bool
read_numbers(HjStatement *statement, GError **error)
{
    statement->n_params = sqlite3_bind_parameter_count(statement->stmt);
    statement->numbers = g_new0(int, (gsize)statement->n_params + 1);
    for (int i = 1; i <= statement->n_params; i++) {
        /* SQLite numbers "$n" by first appearance: the name tells which value is meant. */
        const char *name = sqlite3_bind_parameter_name(statement->stmt, i);
        int64_t number = 0;
        if (name == NULL || name[0] != '$' || !hj_text_parse_i64(name + 1, &number) ||
            number < 1 || number > MOST_PARAMS)
            return hj_error_log(error, HJ_ERROR_STORE,
                                "sqlite: parameters are $1 to $n in: %.200s", statement->sql);
        statement->numbers[i] = (int)number;
    }
    return true;
}

static HjStatement *
prepare(HjConn *conn, const char *sql, GError **error)
{
    const char *rest = NULL;
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &rest);
    if (code != SQLITE_OK) {
        hj_conn_fail(conn, code, sql, error);
        return NULL;
    }
    HjStatement *statement = g_new0(HjStatement, 1);
    statement->stmt = stmt;
    statement->sql = g_strdup(sql);
    statement->link.data = statement;
    while (g_ascii_isspace(*rest))
        rest++;
    if (stmt == NULL || *rest != '\0')
        hj_error_log(error, HJ_ERROR_STORE, "sqlite: one statement expected in: %.200s", sql);
    else if (read_numbers(statement, error))
        return statement;
    free_statement(statement);
    return NULL;
}

/* Statements are long and told apart by their ends: most cost more to hash than to run. */
static guint
hash_sql(gconstpointer key)
{
    const char *sql = key;
    size_t n = strlen(sql);
    guint hash = (guint)n;
    for (size_t i = 0; i < n; i++) {
        if (i == HASHED_BYTES && n > 2 * HASHED_BYTES)
            i = n - HASHED_BYTES;
        hash = hash * 33 + (guchar)sql[i];
    }
    return hash;
}

void
hj_conn_init_cache(HjStatements *cache)
{
    cache->by_text = g_hash_table_new(hash_sql, g_str_equal);
}

static void
keep(HjStatements *cache, HjStatement *statement)
{
    if (g_hash_table_contains(cache->by_text, statement->sql))
        return; /* the same text is running one level up */
    if (cache->recent.length >= CACHE_LIMIT) {
        HjStatement *oldest = cache->recent.head->data;
        if (oldest->used)
            return;
        g_queue_unlink(&cache->recent, &oldest->link);
        g_hash_table_remove(cache->by_text, oldest->sql);
        free_statement(oldest);
    }
    statement->cached = true;
    g_hash_table_insert(cache->by_text, statement->sql, statement);
    g_queue_push_tail_link(&cache->recent, &statement->link);
}

HjStatement *
hj_conn_prepare(HjConn *conn, HjStatements *cache, const char *sql, GError **error)
{
    HjStatement *statement = g_hash_table_lookup(cache->by_text, sql);
    if (statement != NULL && !statement->used) {
        g_queue_unlink(&cache->recent, &statement->link);
        g_queue_push_tail_link(&cache->recent, &statement->link);
    } else {
        statement = prepare(conn, sql, error);
        if (statement == NULL)
            return NULL;
        keep(cache, statement);
    }
    statement->used = true;
    return statement;
}

static int
bind_value(sqlite3_stmt *stmt, int index, const HjVal *val)
{
    const char *text;
    switch (val->kind) {
    case HJ_VAL_I64:
        return sqlite3_bind_int64(stmt, index, val->i64);
    case HJ_VAL_TEXT:
        text = hj_value_text(val);
        return sqlite3_bind_text64(stmt, index, text, text != NULL ? strlen(text) : 0,
                                   SQLITE_STATIC, SQLITE_UTF8);
    case HJ_VAL_BLOB:
        return sqlite3_bind_blob64(stmt, index, val->blob, val->n_blob, SQLITE_STATIC);
    case HJ_VAL_NULL:
    case HJ_VAL_END:
        break;
    }
    return sqlite3_bind_null(stmt, index);
}

bool
hj_conn_bind(HjConn *conn, HjStatement *statement, const HjVal *vals, GError **error)
{
    int n_vals = 0;
    while (vals[n_vals].kind != HJ_VAL_END)
        n_vals++;
    for (int i = 1; i <= statement->n_params; i++) {
        int number = statement->numbers[i];
        if (number > n_vals)
            return hj_error_log(error, HJ_ERROR_STORE, "sqlite: $%d has no value in: %.200s",
                                number, statement->sql);
        int code = bind_value(statement->stmt, i, &vals[number - 1]);
        if (code != SQLITE_OK)
            return hj_conn_fail(conn, code, statement->sql, error);
    }
    return true;
}

int
hj_conn_step(HjConn *conn, HjStatement *statement, GError **error)
{
    /* A full disk makes SQLite roll everything back by itself; what follows must not commit
     * statement by statement. */
    if (conn->in_tx && sqlite3_get_autocommit(conn->db)) {
        hj_error_log(error, HJ_ERROR_STORE,
                     "sqlite: the transaction was rolled back before: %.200s", statement->sql);
        return -1;
    }
    int code = sqlite3_step(statement->stmt);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    hj_conn_fail(conn, code, statement->sql, error);
    return -1;
}

void
hj_conn_done(HjStatement *statement)
{
    sqlite3_reset(statement->stmt);
    if (statement->n_params > 0)
        sqlite3_clear_bindings(statement->stmt);
    statement->used = false;
    if (!statement->cached)
        free_statement(statement);
}

/* A statement that was prepared again may have other columns than before. */
static bool
has_shape(HjStatement *statement, int n)
{
    if (statement->shape == NULL || hj_rows_columns(statement->shape) != n)
        return false;
    for (int i = 0; i < n; i++)
        if (strcmp(hj_rows_name(statement->shape, i),
                   sqlite3_column_name(statement->stmt, i)) != 0)
            return false;
    return true;
}

HjRows *
hj_conn_rows(HjStatement *statement)
{
    int n = sqlite3_column_count(statement->stmt);
    if (!has_shape(statement, n)) {
        g_autofree const char **names = g_new0(const char *, (gsize)n + 1);
        for (int i = 0; i < n; i++)
            names[i] = sqlite3_column_name(statement->stmt, i);
        hj_rows_free(statement->shape);
        statement->shape = hj_rows_new(n, names);
    }
    return hj_rows_like(statement->shape);
}

void
hj_conn_take_row(HjStatement *statement, HjRows *rows)
{
    sqlite3_stmt *stmt = statement->stmt;
    int n = sqlite3_column_count(stmt);
    for (int i = 0; i < n; i++) {
        switch (sqlite3_column_type(stmt, i)) {
        case SQLITE_NULL:
            hj_rows_add_null(rows);
            break;
        case SQLITE_INTEGER:
            hj_rows_add_i64(rows, sqlite3_column_int64(stmt, i));
            break;
        case SQLITE_BLOB:
            hj_rows_add_blob(rows, sqlite3_column_blob(stmt, i),
                             (size_t)sqlite3_column_bytes(stmt, i));
            break;
        default: /* text, and reals in their decimal form */
            hj_rows_add_text(rows, (const char *)sqlite3_column_text(stmt, i),
                             (size_t)sqlite3_column_bytes(stmt, i));
        }
    }
}
