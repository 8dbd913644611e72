#include "adapters/sqlite/sqlite.h"

#include "adapters/sqlite/conn.h"
#include "adapters/sqlite/wal_vfs.h"

/* mmap keeps the pages in the kernel's cache, so that many readers cost little memory. */
#define SQL_SETUP                                                                              \
    "PRAGMA journal_mode = WAL;"                                                               \
    "PRAGMA synchronous = FULL;"                                                               \
    "PRAGMA foreign_keys = ON;"                                                                \
    "PRAGMA trusted_schema = OFF;"                                                             \
    "PRAGMA case_sensitive_like = ON;"                                                         \
    "PRAGMA mmap_size = 268435456;"                                                            \
    "PRAGMA journal_size_limit = 67108864;"
#define SQL_SETUP_READ "PRAGMA cache_size = -2000; PRAGMA query_only = ON;"
/* The log is taken into the file at 16 MiB: by then most of its pages were written often. */
#define SQL_SETUP_WRITE "PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4000;"

#define BUSY_MS 1000 /* a try; the lane makes four */
#define LENGTH_LIMIT (64 * 1024 * 1024)

static void
init_library(void)
{
    static gsize once;
    if (!g_once_init_enter(&once))
        return;
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
    hj_wal_vfs_register();
    g_once_init_leave(&once, 1);
}

static void
free_cache(HjStatements *cache)
{
    while (cache->recent.length > 0) {
        HjStatement *statement = g_queue_pop_head_link(&cache->recent)->data;
        statement->cached = false;
        hj_conn_done(statement);
    }
    g_hash_table_destroy(cache->by_text);
}

static void
sqlite_close(HjConn *conn)
{
    free_cache(&conn->own);
    free_cache(&conn->pack);
    sqlite3_close(conn->db);
    g_hash_table_destroy(conn->views);
    g_hash_table_destroy(conn->tables);
    g_free(conn->denied);
    g_free(conn);
}

static bool
run_script(HjConn *conn, const char *sql, GError **error)
{
    int code = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    conn->knows_views = false;
    return code == SQLITE_OK || hj_conn_fail(conn, code, sql, error);
}

static bool
set_up(HjConn *conn, HjTxMode mode, GError **error)
{
    sqlite3_extended_result_codes(conn->db, 1);
    sqlite3_busy_timeout(conn->db, BUSY_MS);
    sqlite3_limit(conn->db, SQLITE_LIMIT_LENGTH, LENGTH_LIMIT);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (!run_script(conn, SQL_SETUP, error) ||
        !run_script(conn, mode == HJ_TX_READ ? SQL_SETUP_READ : SQL_SETUP_WRITE, error))
        return false;
    if (!hj_sqlite_functions_add(conn->db))
        return hj_conn_fail(conn, SQLITE_ERROR, "functions", error);
    hj_sqlite_pack_init(conn);
    return true;
}

static HjConn *
sqlite_connect(const char *location, HjTxMode mode, GError **error)
{
    init_library();
    HjConn *conn = g_new0(HjConn, 1);
    hj_conn_init_cache(&conn->own);
    hj_conn_init_cache(&conn->pack);
    conn->views = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    conn->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    conn->views_of = -1;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (mode == HJ_TX_WRITE)
        flags |= SQLITE_OPEN_CREATE;
    int code =
        sqlite3_open_v2(location, &conn->db, flags, mode == HJ_TX_WRITE ? HJ_WAL_VFS : NULL);
    if (code != SQLITE_OK)
        hj_conn_fail(conn, code, location, error);
    else if (set_up(conn, mode, error))
        return conn;
    sqlite_close(conn);
    return NULL;
}

static bool
sqlite_usable(HjConn *conn)
{
    (void)conn;
    return true;
}

static bool
run(HjConn *conn, const char *sql, const HjVal *vals, GError **error)
{
    HjStatement *statement = hj_conn_prepare(conn, &conn->own, sql, error);
    if (statement == NULL)
        return false;
    int step = -1;
    if (hj_conn_bind(conn, statement, vals, error))
        do {
            step = hj_conn_step(conn, statement, error);
        } while (step > 0);
    hj_conn_done(statement);
    return step == 0;
}

static const HjVal no_vals[] = { { .kind = HJ_VAL_END } };

static bool
sqlite_begin(HjConn *conn, HjTxMode mode, GError **error)
{
    const char *sql = mode == HJ_TX_READ ? "BEGIN" : "BEGIN IMMEDIATE";
    conn->knows_views = false;
    if (!run(conn, sql, no_vals, error))
        return false;
    conn->in_tx = true;
    return true;
}

static bool
sqlite_commit(HjConn *conn, GError **error)
{
    if (!run(conn, "COMMIT", no_vals, error))
        return false;
    conn->in_tx = conn->knows_views = false;
    return true;
}

static void
sqlite_rollback(HjConn *conn)
{
    conn->in_tx = conn->knows_views = false;
    if (!sqlite3_get_autocommit(conn->db))
        run(conn, "ROLLBACK", no_vals, NULL);
}

static bool
sqlite_savepoint(HjConn *conn, GError **error)
{
    return run(conn, "SAVEPOINT request", no_vals, error);
}

static bool
sqlite_release(HjConn *conn, GError **error)
{
    return run(conn, "RELEASE request", no_vals, error);
}

static void
sqlite_rollback_to(HjConn *conn)
{
    conn->knows_views = false;
    if (run(conn, "ROLLBACK TO request", no_vals, NULL))
        run(conn, "RELEASE request", no_vals, NULL);
}

static int64_t
sqlite_changes(HjConn *conn)
{
    return sqlite3_total_changes64(conn->db);
}

static bool
sqlite_exec(HjConn *conn, const char *sql, const HjVal *vals, int64_t *ret_changes,
            GError **error)
{
    int64_t before = sqlite_changes(conn);
    if (!run(conn, sql, vals, error))
        return false;
    if (ret_changes != NULL)
        *ret_changes = sqlite_changes(conn) - before;
    return true;
}

static HjRows *
sqlite_query(HjConn *conn, const char *sql, const HjVal *vals, GError **error)
{
    HjStatement *statement = hj_conn_prepare(conn, &conn->own, sql, error);
    if (statement == NULL)
        return NULL;
    g_autoptr(HjRows) rows = NULL;
    int step = -1;
    if (hj_conn_bind(conn, statement, vals, error)) {
        step = hj_conn_step(conn, statement, error);
        /* Columns are asked for after the first step: it may prepare the statement again. */
        rows = hj_conn_rows(statement);
        for (; step > 0; step = hj_conn_step(conn, statement, error)) {
            hj_conn_take_row(statement, rows);
            if (hj_rows_count(rows) > HJ_ROWS_LIMIT) {
                hj_error_log(error, HJ_ERROR_STORE, "sqlite: more than %d rows from: %.200s",
                             HJ_ROWS_LIMIT, sql);
                step = -1;
                break;
            }
        }
    }
    hj_conn_done(statement);
    return step == 0 ? g_steal_pointer(&rows) : NULL;
}

static bool
sqlite_scan(HjConn *conn, const char *sql, const HjVal *vals, HjScanFn fn, gpointer data,
            GError **error)
{
    HjStatement *statement = hj_conn_prepare(conn, &conn->own, sql, error);
    if (statement == NULL)
        return false;
    int step = -1;
    if (hj_conn_bind(conn, statement, vals, error)) {
        step = hj_conn_step(conn, statement, error);
        g_autoptr(HjRows) rows = hj_conn_rows(statement);
        for (; step > 0; step = hj_conn_step(conn, statement, error)) {
            hj_rows_reset(rows);
            hj_conn_take_row(statement, rows);
            hj_rows_next(rows);
            if (!fn(rows, data)) {
                step = 0;
                break;
            }
        }
    }
    hj_conn_done(statement);
    return step == 0;
}

static int64_t
sqlite_tx_serial(HjConn *conn)
{
    (void)conn;
    return 0;
}

static int64_t
sqlite_tx_horizon(HjConn *conn)
{
    (void)conn;
    return INT64_MAX;
}

static bool
sqlite_try_lock(HjConn *conn, int64_t key, bool *ret_locked, GError **error)
{
    (void)conn, (void)key, (void)error;
    *ret_locked = true; /* the write transaction itself is the lock */
    return true;
}

static int64_t
sqlite_generation(HjConn *conn)
{
    g_autoptr(HjRows) rows = sqlite_query(conn, "PRAGMA data_version", no_vals, NULL);
    return rows != NULL && hj_rows_next(rows) ? hj_rows_i64_at(rows, 0) : -1;
}

static bool
sqlite_backup(HjConn *conn, const char *path, GError **error)
{
    sqlite3 *copy = NULL;
    int code = sqlite3_open(path, &copy);
    sqlite3_backup *backup =
        code == SQLITE_OK ? sqlite3_backup_init(copy, "main", conn->db, "main") : NULL;
    if (backup != NULL) {
        sqlite3_backup_step(backup, -1);
        code = sqlite3_backup_finish(backup);
    }
    bool done = backup != NULL && code == SQLITE_OK;
    if (!done)
        hj_error_log(error, HJ_ERROR_STORE, "sqlite: backup: %s", sqlite3_errmsg(copy));
    sqlite3_close(copy);
    return done;
}

/* Virtual tables and what lies behind them are made again from the others. */
#define SQL_TABLES                                                                             \
    "SELECT l.name AS tbl, p.name AS col, p.type AS type, p.pk AS key "                        \
    "FROM pragma_table_list l JOIN pragma_table_info(l.name) p "                               \
    "WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE "    \
    "'\\' "                                                                                    \
    "ORDER BY l.name, p.cid"

#define KEEP(table, verb)                                                                      \
    "CREATE TRIGGER IF NOT EXISTS " table "_no_" verb " BEFORE " verb " ON " table             \
    " BEGIN SELECT RAISE(ABORT, '" table " is never changed'); END;"

#define KEPT(table)                                                                            \
    KEEP("sys_assessment_" table, "update") KEEP("sys_assessment_" table, "delete")
#define KEEP_ANSWERED                                                                          \
    "CREATE TRIGGER IF NOT EXISTS sys_assessment_appeal_answered BEFORE UPDATE ON "            \
    "sys_assessment_appeal WHEN OLD.outcome IS NOT NULL BEGIN SELECT RAISE(ABORT, "            \
    "'sys_assessment_appeal is never changed'); END;"

/* One tree in place of two, in tables that every written row adds to: 2 % less work a row.
 * Made anew from what the migrations made; the driver adds STRICT behind the comma. */
#define NARROW(table, columns)                                                                 \
    "CREATE TABLE " table "_narrow (" columns ") WITHOUT ROWID,; INSERT INTO " table           \
    "_narrow SELECT * FROM " table "; DROP TABLE " table "; ALTER TABLE " table                \
    "_narrow RENAME TO " table ";"
#define NARROW_SEAL                                                                            \
    NARROW("sys_seal", "county {id}, seq {i64} NOT NULL, event {id}, hash {blob} NOT NULL, "   \
                       "PRIMARY KEY (county, seq), UNIQUE (county, event)")
#define NARROW_SEARCH                                                                          \
    NARROW("sys_search", "county {id}, id {id}, ledger {text} NOT NULL, org {id}, "            \
                         "words {text}, PRIMARY KEY (county, id)")                             \
    "CREATE INDEX sys_search_new ON sys_search (county, id) WHERE words IS NOT NULL;"

/* One Chinese character or word a token, phrases of them: trigrams find no two characters. */
#define SEARCH_TABLE                                                                           \
    "CREATE VIRTUAL TABLE IF NOT EXISTS sys_search_words USING fts5 (words, "                  \
    "columnsize = 0, tokenize = \"unicode61 remove_diacritics 0\")"
#define NEW_WORDS "FROM sys_search WHERE county = $1 AND words IS NOT NULL ORDER BY id LIMIT $2"

static const char *const search_fold[] = {
    "DELETE FROM sys_search_words WHERE rowid IN (SELECT id " NEW_WORDS ")",
    "INSERT INTO sys_search_words (rowid, words) SELECT id, words " NEW_WORDS,
    "UPDATE sys_search SET words = NULL WHERE county = $1 AND id IN (SELECT id " NEW_WORDS ")",
    NULL,
};

const HjDriver hj_sqlite_driver = {
    .name = "sqlite",
    .single_writer = true,
    .ddl_id = "INTEGER NOT NULL",
    .ddl_i64 = "INTEGER",
    .ddl_bool = "INTEGER",
    .ddl_text = "TEXT",
    .ddl_blob = "BLOB",
    .ddl_this_county = "(SELECT county FROM sys_county)",
    .ddl_table_end = "STRICT",
    .immutable_sql = NARROW_SEAL KEEP("sys_event", "update") KEEP("sys_event", "delete")
        KEEP("sys_seal", "update") KEEP("sys_seal", "delete") KEEP("sys_head", "update")
            KEEP("sys_head", "delete"),
    .kept_sql = KEPT("mark") KEPT("rules") KEPT("snapshot") KEPT("list") KEPT("item")
        KEPT("evidence") KEEP("sys_assessment_publication", "update")
            KEEP("sys_assessment_publication", "delete") KEPT("result")
                KEEP("sys_assessment_appeal", "delete") KEEP_ANSWERED,
    .search_sql = NARROW_SEARCH SEARCH_TABLE,
    .search_fold = search_fold,
    .search_hits = "SELECT rowid AS id FROM sys_search_words WHERE words MATCH ",
    .search_hits_end = " ORDER BY rowid DESC",
    .search_quote = "\"",
    .search_next = " + ",
    .search_prefix = " *",
    .search_and = " AND ",
    .search_any = "SELECT rowid AS id FROM sys_search_words LIMIT 1",
    .event_place = "rowid", /* given by SQLite under the write lock */
    .tables_sql = SQL_TABLES,
    /* As much as journal_size_limit; the last connection writes it back when it is closed. */
    .keep_log_sql = "PRAGMA wal_autocheckpoint = 16384",
    .load_begin_sql = "PRAGMA defer_foreign_keys = ON",
    .connect = sqlite_connect,
    .close = sqlite_close,
    .usable = sqlite_usable,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .rollback_to = sqlite_rollback_to,
    .exec = sqlite_exec,
    .query = sqlite_query,
    .scan = sqlite_scan,
    .changes = sqlite_changes,
    .script = run_script,
    .query_pack = hj_sqlite_pack_query,
    .check_pack = hj_sqlite_pack_check,
    .tx_serial = sqlite_tx_serial,
    .tx_horizon = sqlite_tx_horizon,
    .try_lock = sqlite_try_lock,
    .generation = sqlite_generation,
    .backup = sqlite_backup,
};
