#include "adapters/sqlite/sqlite.h"
#include "store/event.h"
#include "store/migrate.h"
#include "store/sqlb.h"
#include "tests/harness/store_fixture.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every test runs on both databases; *state is the kind. */
static HjStoreFixture *
fresh(void **state)
{
    return hj_store_fixture_new((HjFixtureKind)GPOINTER_TO_INT(*state), true);
}

/* The call takes &oops. */
#define must(call)                                                                             \
    do {                                                                                       \
        g_autoptr(GError) oops = NULL;                                                         \
        bool must_done = (call);                                                               \
        if (!must_done)                                                                        \
            fail_msg("%s: %s", #call, oops != NULL ? oops->message : "?");                     \
    } while (false)

#define NOTE_TABLE                                                                             \
    "CREATE TABLE t_note (county {id}, id {id}, body {text} NOT NULL, done {bool} NOT NULL "   \
    "DEFAULT 0, data {blob}, PRIMARY KEY (county, id));"                                       \
    "CREATE VIEW note AS SELECT id, body, done FROM t_note WHERE county = {this_county};"      \
    "CREATE VIEW sys_secret AS SELECT id FROM t_note;"

static bool
make_notes(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    return hj_tx_ddl(tx, NOTE_TABLE, error);
}

typedef struct {
    int64_t id;
    const char *body;
    bool told; /* appends an event */
    bool exempt;
    int fails; /* how many runs fail as BUSY before one succeeds */
    HjErrorCode code;
    int n_runs;
} Note;

static bool
add_note(HjTx *tx, gpointer data, GError **error)
{
    Note *note = data;
    note->n_runs++;
    if (!hj_tx_exec(tx, error, "INSERT INTO t_note (county, id, body) VALUES ($1, $2, $3)",
                    HJ_I64(hj_tx_county(tx)), HJ_I64(note->id), HJ_TEXT(note->body)))
        return false;
    if (note->n_runs <= note->fails)
        return hj_error_log(error, note->code, "asked to fail");
    if (note->exempt)
        hj_tx_exempt(tx);
    if (!note->told)
        return true;
    return hj_event_append(
        tx,
        &(HjEvent){
            .action = "row.create", .subject = "row", .ledger = "note", .row = note->id },
        error);
}

static int64_t
count(HjStore *store, const char *sql)
{
    g_autoptr(HjTx) tx = hj_store_read(store, NULL);
    assert_non_null(tx);
    const HjVal none[] = { HJ_END };
    g_autoptr(GError) error = NULL;
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, &error, sql, none);
    if (rows == NULL)
        fail_msg("%s", error->message);
    assert_true(hj_rows_next(rows));
    return hj_rows_i64_at(rows, 0);
}

static HjStoreFixture *
fresh_notes(void **state)
{
    HjStoreFixture *f = fresh(state);
    must(hj_store_write(f->store, make_notes, NULL, &oops));
    return f;
}

/* --- statements --- */

static void
test_parameters_are_bound_by_number_not_by_first_appearance(void **state)
{
    HjStoreFixture *f = fresh(state);
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(HjRows) rows = hj_tx_query(tx, NULL, "SELECT $2 AS b, $1 AS a, $2 AS again",
                                         HJ_TEXT("one"), HJ_TEXT("two"));
    assert_non_null(rows);
    assert_true(hj_rows_next(rows));
    assert_string_equal(hj_rows_text(rows, "a"), "one");
    assert_string_equal(hj_rows_text(rows, "b"), "two");
    assert_string_equal(hj_rows_text(rows, "again"), "two");
    assert_false(hj_rows_next(rows));
    g_clear_pointer(&tx, hj_tx_end);
    hj_store_fixture_free(f);
}

static bool
write_types(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error,
                      "INSERT INTO t_note (county, id, body, done, data) "
                      "VALUES ($1, $2, $3, $4, $5)",
                      HJ_I64(HJ_FIXTURE_COUNTY), HJ_I64(INT64_MAX), HJ_TEXT("沧县 𠮷"),
                      HJ_BOOL(true), HJ_BLOB("\0\x01\xff'", 4)) &&
           hj_tx_exec(tx, error,
                      "INSERT INTO t_note (county, id, body, done, data) "
                      "VALUES ($1, $2, $3, $4, $5)",
                      HJ_I64(HJ_FIXTURE_COUNTY), HJ_I64(-3), HJ_DATE(hj_date_make(2018, 2, 28)),
                      HJ_BOOL(false), HJ_NULL);
}

static void
test_rows_are_read_by_name_with_their_types(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    must(hj_store_write(f->store, write_types, NULL, &oops));
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(HjRows) rows = hj_tx_query(
        tx, NULL, "SELECT id, body, done, data, NULL AS absent FROM t_note ORDER BY id DESC");
    assert_non_null(rows);
    assert_int_equal(hj_rows_count(rows), 2);
    assert_true(hj_rows_next(rows));
    assert_true(hj_rows_i64(rows, "id") == INT64_MAX);
    assert_string_equal(hj_rows_text(rows, "body"), "沧县 𠮷");
    assert_true(hj_rows_bool(rows, "done"));
    size_t n;
    const void *data = hj_rows_blob(rows, "data", &n);
    assert_int_equal(n, 4);
    assert_memory_equal(data, "\0\x01\xff'", 4);
    assert_true(hj_rows_null(rows, "absent"));
    assert_int_equal(hj_rows_i64(rows, "absent"), 0);
    assert_true(hj_rows_next(rows));
    assert_int_equal(hj_rows_i64(rows, "id"), -3);
    assert_string_equal(hj_rows_text(rows, "body"), "2018-02-28");
    assert_null(hj_rows_blob(rows, "data", &n));
    assert_int_equal(hj_rows_column(rows, "body"), 1);
    assert_int_equal(hj_rows_column(rows, "missing"), -1);
    g_clear_pointer(&tx, hj_tx_end);
    hj_store_fixture_free(f);
}

static void
test_a_view_of_this_county_shows_its_rows_only(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    Note note = { .id = 1, .body = "mine", .exempt = true };
    must(hj_store_write(f->store, add_note, &note, &oops));
    hj_store_fixture_tamper(f, "INSERT INTO t_note (county, id, body) VALUES (8, 2, 'theirs')");
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM note"), 1);
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 2);
    hj_store_fixture_free(f);
}

static void
test_names_become_numbers_outside_quotes_and_comments(void **state)
{
    (void)state;
    g_auto(GStrv) names = NULL;
    g_autofree char *sql = hj_sqlb_rewrite_names(
        "SELECT :from, ':no', \":no\", x::text, :to, :from -- :no\n, :org", &names);
    assert_string_equal(sql, "SELECT $1, ':no', \":no\", x::text, $2, $1 -- :no\n, $3");
    assert_int_equal(g_strv_length(names), 3);
    assert_string_equal(names[0], "from");
    assert_string_equal(names[1], "to");
    assert_string_equal(names[2], "org");
}

static void
test_assembled_sql_keeps_its_own_copies(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    Note note = { .id = 5, .body = "five", .exempt = true };
    must(hj_store_write(f->store, add_note, &note, &oops));
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    char body[] = "five";
    hj_sqlb_lit(b, "SELECT ");
    hj_sqlb_ident(b, NULL, "id");
    hj_sqlb_lit(b, " FROM ");
    hj_sqlb_ident(b, "t_", "note");
    hj_sqlb_lit(b, " WHERE body = ");
    hj_sqlb_param(b, HJ_TEXT(body));
    memset(body, 'x', 4);
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, NULL);
    assert_non_null(rows);
    assert_true(hj_rows_next(rows));
    assert_int_equal(hj_rows_i64(rows, "id"), 5);
    g_clear_pointer(&tx, hj_tx_end);
    hj_store_fixture_free(f);
}

static bool
add_many(HjTx *tx, gpointer data, GError **error)
{
    int64_t n = *(int64_t *)data;
    hj_tx_exempt(tx);
    return hj_tx_exec(
        tx, error,
        "WITH RECURSIVE k(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM k WHERE x < $2) "
        "INSERT INTO t_note (county, id, body) SELECT $1, x, 'n' FROM k",
        HJ_I64(HJ_FIXTURE_COUNTY), HJ_I64(n));
}

typedef struct {
    HjTx *tx;
    int64_t n, sum, stop_at;
} Sum;

static bool
add_up(HjRows *row, gpointer data)
{
    Sum *sum = data;
    sum->n++;
    sum->sum += hj_rows_i64(row, "id");
    if (sum->n % 4000 == 1) {
        /* The connection may be used inside a scan. */
        g_autoptr(HjRows) inner =
            hj_tx_query(sum->tx, NULL, "SELECT COUNT(*) AS n FROM t_note");
        assert_non_null(inner);
    }
    return sum->n != sum->stop_at;
}

static void
test_a_large_answer_is_an_error_and_a_scan_is_not(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    int64_t n = 12001;
    must(hj_store_write(f->store, add_many, &n, &oops));
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(GError) error = NULL;
    assert_null(hj_tx_query(tx, &error, "SELECT id FROM t_note"));
    assert_hj_error(error, HJ_ERROR_STORE);
    g_clear_pointer(&tx, hj_tx_end);
    tx = hj_store_read(f->store, NULL);
    const HjVal none[] = { HJ_END };
    Sum sum = { .tx = tx };
    must(hj_tx_scan(tx, &oops, "SELECT id FROM t_note ORDER BY id", none, add_up, &sum));
    assert_int_equal(sum.n, n);
    assert_int_equal(sum.sum, n * (n + 1) / 2);
    sum = (Sum){ .tx = tx, .stop_at = 3 };
    must(hj_tx_scan(tx, &oops, "SELECT id FROM t_note ORDER BY id", none, add_up, &sum));
    assert_int_equal(sum.n, 3);
    g_clear_pointer(&tx, hj_tx_end);
    hj_store_fixture_free(f);
}

/* --- writing --- */

typedef struct {
    GMutex lock;
    GCond cond;
    int n_done, n_failed;
} Answers;

typedef struct {
    Note note;
    Answers *answers;
} Queued;

static bool
add_queued(HjTx *tx, gpointer data, GError **error)
{
    return add_note(tx, &((Queued *)data)->note, error);
}

static void
answer(gpointer data, GError *error)
{
    Queued *queued = data;
    g_mutex_lock(&queued->answers->lock);
    queued->answers->n_done++;
    queued->answers->n_failed += error != NULL;
    g_cond_signal(&queued->answers->cond);
    g_mutex_unlock(&queued->answers->lock);
}

static void
test_a_failing_write_loses_only_its_own_changes(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    Answers answers = { 0 };
    Queued queued[100];
    for (int i = 0; i < 100; i++) {
        queued[i] =
            (Queued){ .note = { .id = i, .body = "x", .told = true }, .answers = &answers };
        if (i % 3 == 0) {
            queued[i].note.fails = 1000;
            queued[i].note.code = HJ_ERROR_INVALID;
        }
        must(hj_store_write_async(f->store, add_queued, answer, &queued[i], &oops));
    }
    g_mutex_lock(&answers.lock);
    while (answers.n_done < 100)
        g_cond_wait(&answers.cond, &answers.lock);
    g_mutex_unlock(&answers.lock);
    assert_int_equal(answers.n_failed, 34);
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 66);
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM sys_event"), 66);
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM t_note WHERE id % 3 = 0"), 0);
    hj_store_fixture_free(f);
}

static void
test_errors_of_the_function_pass_through(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    Note note = { .id = 1, .body = "x", .told = true, .fails = 1, .code = HJ_ERROR_DENIED };
    g_autoptr(GError) error = NULL;
    assert_false(hj_store_write(f->store, add_note, &note, &error));
    assert_hj_error(error, HJ_ERROR_DENIED);
    assert_int_equal(note.n_runs, 1);
    g_clear_error(&error);
    must(hj_store_write(f->store, add_note, &note, &oops));
    assert_false(hj_store_write(f->store, add_note, &note, &error));
    assert_hj_error(error, HJ_ERROR_CONFLICT);
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 1);
    hj_store_fixture_free(f);
}

static bool
bump(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    hj_tx_exempt(tx);
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, "SELECT body FROM t_note WHERE id = $1", HJ_I64(1));
    if (rows == NULL || !hj_rows_next(rows))
        return false;
    g_autofree char *next = g_strdup_printf("%d", (int)hj_rows_i64(rows, "body") + 1);
    return hj_tx_exec(tx, error, "UPDATE t_note SET body = $1 WHERE id = $2", HJ_TEXT(next),
                      HJ_I64(1));
}

static gpointer
bump_often(gpointer data)
{
    for (int i = 0; i < 25; i++) {
        g_autoptr(GError) error = NULL;
        while (!hj_store_write(data, bump, NULL, &error)) {
            g_assert(g_error_matches(error, HJ_ERROR, HJ_ERROR_BUSY));
            g_clear_error(&error);
        }
    }
    return NULL;
}

static void
test_racing_writers_lose_no_update(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    Note note = { .id = 1, .body = "0", .exempt = true };
    must(hj_store_write(f->store, add_note, &note, &oops));
    GThread *a = g_thread_new("a", bump_often, f->store);
    GThread *b = g_thread_new("b", bump_often, f->store);
    g_thread_join(a);
    g_thread_join(b);
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(HjRows) rows = hj_tx_query(tx, NULL, "SELECT body FROM t_note");
    assert_true(hj_rows_next(rows));
    assert_int_equal(hj_rows_i64(rows, "body"), 50);
    g_clear_pointer(&tx, hj_tx_end);
    hj_store_fixture_free(f);
}

static void
test_a_busy_write_runs_again_without_its_first_traces(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    Note note = { .id = 1, .body = "x", .told = true, .fails = 2, .code = HJ_ERROR_BUSY };
    must(hj_store_write(f->store, add_note, &note, &oops));
    assert_int_equal(note.n_runs, 3);
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM sys_event"), 1);
    note = (Note){ .id = 2, .body = "x", .told = true, .fails = 1000, .code = HJ_ERROR_BUSY };
    g_autoptr(GError) error = NULL;
    assert_false(hj_store_write(f->store, add_note, &note, &error));
    assert_hj_error(error, HJ_ERROR_BUSY);
    hj_store_fixture_free(f);
}

static void
test_another_process_that_holds_the_lock_makes_busy_and_nothing_is_written(void **state)
{
    if (GPOINTER_TO_INT(*state) != HJ_FIXTURE_SQLITE)
        return; /* PostgreSQL has no such lock */
    HjStoreFixture *f = fresh_notes(state);
    HjConn *other = f->driver->connect(f->location, HJ_TX_WRITE, NULL);
    assert_true(f->driver->begin(other, HJ_TX_WRITE, NULL));
    Note note = { .id = 1, .body = "x", .exempt = true };
    g_autoptr(GError) error = NULL;
    assert_false(hj_store_write(f->store, add_note, &note, &error));
    assert_hj_error(error, HJ_ERROR_BUSY);
    f->driver->rollback(other);
    f->driver->close(other);
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 0);
    must(hj_store_write(f->store, add_note, &note, &oops));
    hj_store_fixture_free(f);
}

static void
test_a_read_stands_on_one_snapshot(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(HjRows) before = hj_tx_query(tx, NULL, "SELECT COUNT(*) AS n FROM t_note");
    Note note = { .id = 1, .body = "x", .exempt = true };
    must(hj_store_write(f->store, add_note, &note, &oops));
    g_autoptr(HjRows) after = hj_tx_query(tx, NULL, "SELECT COUNT(*) AS n FROM t_note");
    assert_true(hj_rows_next(before) && hj_rows_next(after));
    assert_int_equal(hj_rows_i64(before, "n"), 0);
    assert_int_equal(hj_rows_i64(after, "n"), 0);
    g_clear_pointer(&tx, hj_tx_end);
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 1);
    hj_store_fixture_free(f);
}

/* Forks while no store is open, so that no thread of ours is lost in the child. */
static int
status_of_child(HjStoreFixture *f, Note note)
{
    hj_store_fixture_close(f);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(2);
        hj_store_fixture_reopen(f);
        bool written = hj_store_write(f->store, add_note, &note, NULL);
        hj_store_fixture_close(f);
        _exit(written ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    hj_store_fixture_reopen(f);
    return status;
}

static void
test_a_write_that_tells_nobody_aborts_the_program(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    int status = status_of_child(f, (Note){ .id = 1, .body = "x", .told = true });
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    status = status_of_child(f, (Note){ .id = 2, .body = "x" });
    assert_true(WIFSIGNALED(status));
    assert_true(WTERMSIG(status) == SIGTRAP || WTERMSIG(status) == SIGABRT);
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 1);
    hj_store_fixture_free(f);
}

static void
test_the_generation_changes_with_every_commit_of_anybody(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    if (f->kind == HJ_FIXTURE_POSTGRES) {
        assert_int_equal(hj_store_generation(f->store), -1);
        hj_store_fixture_free(f);
        return;
    }
    int64_t first = hj_store_generation(f->store);
    assert_true(first >= 0);
    assert_int_equal(hj_store_generation(f->store), first);
    Note note = { .id = 1, .body = "x", .exempt = true };
    must(hj_store_write(f->store, add_note, &note, &oops));
    int64_t second = hj_store_generation(f->store);
    assert_int_not_equal(second, first);
    assert_int_equal(hj_store_generation(f->store), second);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        /* Only an exec leaves the parent's locks behind. */
        execlp("sqlite3", "sqlite3", f->location,
               "INSERT INTO t_note (county, id, body) VALUES (7, 2, 'other')", (char *)NULL);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 127) {
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_int_not_equal(hj_store_generation(f->store), second);
    }
    hj_store_fixture_free(f);
}

/* --- schema --- */

static void
test_migrations_run_once_and_a_changed_one_is_refused(void **state)
{
    HjStoreFixture *f = fresh(state);
    must(hj_migrate_run(f->store, &oops));
    assert_int_equal(hj_store_county(f->store), HJ_FIXTURE_COUNTY);
    hj_store_fixture_tamper(f,
                            "UPDATE sys_migration SET digest = 'x' WHERE name = '0001_base'");
    g_autoptr(GError) error = NULL;
    assert_false(hj_migrate_run(f->store, &error));
    assert_hj_error(error, HJ_ERROR_STORE);
    assert_non_null(strstr(error->message, "0001_base"));
    hj_store_fixture_free(f);
}

static void
test_tables_are_strict_on_sqlite_and_comments_keep_their_tokens(void **state)
{
    (void)state;
    g_autofree char *ddl = hj_driver_ddl(
        &hj_sqlite_driver, "-- a {id}; note\nCREATE TABLE a (x {id}, \"ok\" {bool} DEFAULT 0, "
                           "t {text} DEFAULT ';{i64}');\nCREATE INDEX i ON a (x);\n"
                           "CREATE TABLE b (x {i64})");
    assert_string_equal(ddl,
                        "-- a {id}; note\nCREATE TABLE a (x INTEGER NOT NULL, \"ok\" INTEGER "
                        "CHECK (\"ok\" IN (0, 1)) DEFAULT 0, t TEXT DEFAULT ';{i64}') STRICT;\n"
                        "CREATE INDEX i ON a (x);\nCREATE TABLE b (x INTEGER) STRICT");
}

static bool
spoil_event(HjTx *tx, gpointer data, GError **error)
{
    hj_tx_exempt(tx);
    return hj_tx_exec_vals(tx, error, data, NULL, (const HjVal[]){ HJ_END });
}

static void
test_events_cannot_be_changed_or_deleted(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    Note note = { .id = 1, .body = "x", .told = true };
    must(hj_store_write(f->store, add_note, &note, &oops));
    static const char *const spoilers[] = { "UPDATE sys_event SET reason = 'x'",
                                            "DELETE FROM sys_event" };
    for (size_t i = 0; i < G_N_ELEMENTS(spoilers); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(hj_store_write(f->store, spoil_event, (gpointer)spoilers[i], &error));
        assert_hj_error(error, HJ_ERROR_STORE);
        assert_non_null(strstr(error->message, "never changed"));
    }
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM sys_event"), 1);
    hj_store_fixture_free(f);
}

/* --- SQL of packs --- */

static const char *const open_sql[] = {
    "SELECT id, body FROM note WHERE done = 0 ORDER BY id",
    "SELECT COUNT(*) AS n, SUM(id) AS s FROM note",
    "WITH few AS (SELECT id FROM note WHERE id < $1), more (a, b) AS (SELECT id, 1 FROM few) "
    "SELECT a FROM more JOIN note n ON n.id = more.a -- a comment; with a sign",
    "SELECT org, ROW_NUMBER() OVER (PARTITION BY org ORDER BY depth) AS k FROM org_tree",
    "SELECT half_of('2018-01-31') AS h, years_between('2000-02-29', '2018-03-01') AS y FROM "
    "org",
    "SELECT CASE WHEN (id = 1) THEN (2) ELSE COALESCE(id, 0) END AS x FROM note WHERE (id) IN "
    "(1, 2) "
    "AND NOT (body LIKE '%''(%')",
};

static const char *const shut_sql[] = {
    "SELECT id FROM sys_account",
    "SELECT id FROM \"sys_account\"",
    "SELECT id FROM t_note",
    "SELECT COUNT(*) AS n FROM t_note",
    "SELECT 1 AS a FROM [t_note]",
    "SELECT 1 AS a FROM `t_note`",
    "SELECT n.id FROM note n WHERE EXISTS (SELECT 1 FROM T_Note)",
    "SELECT id FROM sys_secret",
    "WITH note AS (SELECT id FROM t_note) SELECT id FROM note",
    "WITH org AS (SELECT password AS id FROM sys_account) SELECT id FROM org",
    "WITH Note (id) AS NOT MATERIALIZED (SELECT id FROM t_note) SELECT id FROM Note",
    "SELECT name FROM sqlite_master",
    "SELECT name FROM sqlite_schema",
    "SELECT name FROM pragma_table_info('t_note')",
    "SELECT rolname FROM pg_roles",
    "SELECT rolname FROM pg_catalog.pg_roles",
    "SELECT table_name FROM information_schema.tables",
    "ATTACH DATABASE 'x.db' AS x",
    "PRAGMA table_info(t_note)",
    "INSERT INTO t_note (county, id, body) VALUES (7, 9, 'x')",
    "WITH x AS (SELECT 1 AS a) INSERT INTO t_note (county, id, body) SELECT 7, a, 'x' FROM x",
    "UPDATE t_note SET body = 'x'",
    "DELETE FROM note",
    "SELECT 1 AS a; DELETE FROM t_note",
    "SELECT load_extension('x') AS a",
    "SELECT randomblob(1000000000) AS a",
    "SELECT set_config('role', 'none', true) AS a",
    "SELECT \"set_config\"('role', 'none', true) AS a",
    "SELECT query_to_xml('select 1', true, true, '') AS a",
    "SELECT pg_sleep(10) AS a",
    "SELECT current_setting('x') AS a",
    "SELECT E'\\' AS a, set_config('role', 'none', true) AS b --'",
    "SELECT $a$ x $a$ AS a",
    "SELECT '2018'::date AS a",
    "SELECT 1 /* ' */ AS a",
    "SELECT id FROM note WHERE absent = 1",
    "SELECT id FROM note WHERE",
    "SELECT 'open AS a",
};

static void
test_a_pack_reads_ledger_views_and_nothing_else(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    Note note = { .id = 1, .body = "x", .exempt = true };
    must(hj_store_write(f->store, add_note, &note, &oops));
    const HjVal vals[] = { HJ_I64(5), HJ_END };
    const HjVal none[] = { HJ_END };
    for (size_t i = 0; i < G_N_ELEMENTS(open_sql); i++) {
        g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
        must(hj_tx_check_pack(tx, open_sql[i], &oops));
        g_autoptr(HjRows) rows = NULL;
        must((rows = hj_tx_query_pack(tx, open_sql[i], i == 2 ? vals : none, &oops)) != NULL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(shut_sql); i++) {
        g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
        g_autoptr(GError) error = NULL;
        if (hj_tx_check_pack(tx, shut_sql[i], &error))
            fail_msg("open: %s", shut_sql[i]);
        assert_hj_error(error, HJ_ERROR_INVALID);
        g_clear_error(&error);
        assert_null(hj_tx_query_pack(tx, shut_sql[i], none, &error));
        assert_hj_error(error, HJ_ERROR_INVALID);
        /* The transaction goes on with the rights of the program. */
        g_autoptr(HjRows) after =
            hj_tx_query(tx, NULL, "SELECT COUNT(*) AS n FROM sys_account");
        assert_non_null(after);
    }
    assert_int_equal(count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 1);
    hj_store_fixture_free(f);
}

static void
test_a_pack_cannot_stall_the_server(void **state)
{
    static const char *const bombs[] = {
        "WITH RECURSIVE k (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM k) SELECT COUNT(*) AS n "
        "FROM k",
        "SELECT COUNT(*) AS n FROM note a, note b, note c, note d, note e",
        "SELECT a.id FROM note a, note b",
    };
    HjStoreFixture *f = fresh_notes(state);
    int64_t n = 2000;
    must(hj_store_write(f->store, add_many, &n, &oops));
    const HjVal none[] = { HJ_END };
    for (size_t i = 0; i < G_N_ELEMENTS(bombs); i++) {
        g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
        g_autoptr(GError) error = NULL;
        HjConn *conn = f->driver->connect(f->location, HJ_TX_READ, NULL);
        if (f->driver->set_county != NULL)
            assert_true(f->driver->set_county(conn, HJ_FIXTURE_COUNTY, NULL));
        assert_true(f->driver->begin(conn, HJ_TX_READ, NULL));
        int64_t start = hj_time_monotonic();
        assert_null(f->driver->query_pack(conn, bombs[i], none, 200, &error));
        assert_hj_error(error, HJ_ERROR_INVALID);
        assert_true(hj_time_monotonic() - start < 5000000);
        f->driver->rollback(conn);
        f->driver->close(conn);
    }
    hj_store_fixture_free(f);
}

/* --- functions alike on both --- */

static char *
ask(HjStore *store, const char *sql)
{
    g_autoptr(HjTx) tx = hj_store_read(store, NULL);
    const HjVal none[] = { HJ_END };
    g_autoptr(GError) error = NULL;
    g_autoptr(HjRows) rows = hj_tx_query_pack(tx, sql, none, &error);
    if (rows == NULL)
        return g_strdup("error");
    assert_true(hj_rows_next(rows));
    const char *text = hj_rows_text_at(rows, 0);
    return g_strdup(text != NULL ? text : "null");
}

static const struct {
    const char *call, *answer;
} calls[] = {
    { "years_between('2000-02-29', '2018-02-27')", "17" },
    { "years_between('2000-02-29', '2018-02-28')", "18" },
    { "years_between('2000-02-29', '2018-03-01')", "18" },
    { "years_between('2000-02-29', '2020-02-28')", "19" },
    { "years_between('2000-06-15', '2018-06-14')", "17" },
    { "years_between('2000-06-15', '2018-06-15')", "18" },
    { "years_between('2018-06-15', '2000-06-15')", "-1" },
    { "years_between(NULL, '2000-06-15')", "null" },
    { "years_between('2000-06-31', '2018-06-15')", "error" },
    { "years_between('1899-12-31', '2018-06-15')", "error" },
    { "months_between('2024-01-31', '2024-02-28')", "0" },
    { "months_between('2024-01-31', '2024-02-29')", "1" },
    { "months_between('2023-12-15', '2024-03-14')", "2" },
    { "months_between('2023-12-15', '2024-03-15')", "3" },
    { "months_between('2024-03-15', '2024-03-14')", "-1" },
    { "add_months('2024-01-31', 1)", "2024-02-29" },
    { "add_months('2023-01-31', 1)", "2023-02-28" },
    { "add_months('2024-03-31', -1)", "2024-02-29" },
    { "add_months('2024-02-29', 12)", "2025-02-28" },
    { "add_months('2018-11-30', 3)", "2019-02-28" },
    { "add_months('1900-01-01', -1)", "error" },
    { "add_months('9999-12-01', 1)", "error" },
    { "add_months('2018-11-30', NULL)", "null" },
    { "add_days('2024-02-28', 1)", "2024-02-29" },
    { "add_days('2018-12-31', 1)", "2019-01-01" },
    { "add_days('2018-01-01', -1)", "2017-12-31" },
    { "days_between('2024-02-28', '2024-03-01')", "2" },
    { "days_between('2018-07-01', '2018-06-30')", "-1" },
    { "year_of('2018-06-30')", "2018" },
    { "year_of('9999-12-31')", "9999" },
    { "month_of('2018-06-30')", "2018-06" },
    { "quarter_of('2018-06-30')", "2018Q2" },
    { "quarter_of('2018-12-01')", "2018Q4" },
    { "half_of('2018-06-30')", "2018H1" },
    { "half_of('2018-07-01')", "2018H2" },
    { "half_of('2018-7-1')", "error" },
    { "half_of(NULL)", "null" },
    { "ticks(',a,b,c,')", "3" },
    { "ticks(',a,')", "1" },
    { "ticks('')", "0" },
    { "ticks(NULL)", "0" },
    { "has_tick(',a,bc,', 'bc')", "1" },
    { "has_tick(',a,bc,', 'b')", "0" },
    { "has_tick(NULL, 'b')", "0" },
    { "has_tick(',a,', NULL)", "null" },
    { "substr('沧县委', 2, 1)", "县" },
    { "length('沧县委')", "3" },
    { "CASE WHEN 'Abc' LIKE 'a%' THEN 1 ELSE 0 END", "0" },
    { "7 / 2", "3" },
    { "-7 / 2", "-3" },
    { "(SELECT SUM(id) / 2 FROM note)", "1" },
    { "(SELECT MAX(body) FROM note)", "啊" },
    { "(SELECT MIN(body) FROM note)", "B" },
};

static void
test_the_functions_of_packs_answer_alike(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    static const char *const bodies[] = { "a", "B", "啊" };
    for (int i = 0; i < 3; i++) {
        Note note = { .id = i, .body = bodies[i], .exempt = true };
        must(hj_store_write(f->store, add_note, &note, &oops));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
        g_autofree char *sql = g_strdup_printf("SELECT %s AS a", calls[i].call);
        g_autofree char *got = ask(f->store, sql);
        if (strcmp(got, calls[i].answer) != 0)
            fail_msg("%s: %s is %s, not %s", f->driver->name, calls[i].call, got,
                     calls[i].answer);
    }
    hj_store_fixture_free(f);
}

static void
test_the_history_of_a_row_is_newest_first(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    for (int i = 0; i < 3; i++) {
        Note note = { .id = 4 + (i == 2), .body = "x", .told = true };
        if (i == 1)
            hj_store_fixture_tamper(f, "DELETE FROM t_note");
        must(hj_store_write(f->store, add_note, &note, &oops));
    }
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(HjRows) rows = hj_event_of_row(tx, "note", 4, NULL);
    assert_non_null(rows);
    assert_int_equal(hj_rows_count(rows), 2);
    assert_true(hj_rows_next(rows));
    int64_t newest = hj_rows_i64(rows, "id");
    assert_true(hj_rows_null(rows, "seq") && hj_rows_null(rows, "hash"));
    assert_int_equal(hj_rows_i64(rows, "row"), 4);
    assert_string_equal(hj_rows_text(rows, "action"), "row.create");
    assert_true(hj_rows_next(rows));
    assert_true(hj_rows_i64(rows, "id") < newest);
    g_clear_pointer(&tx, hj_tx_end);
    hj_store_fixture_free(f);
}

static bool
learn_rights(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    return hj_tx_ddl(tx, "CREATE VIEW later AS SELECT id FROM t_note;", error);
}

static void
test_a_view_made_later_is_open_to_packs_at_once(void **state)
{
    HjStoreFixture *f = fresh_notes(state);
    HjConn *conn = f->driver->connect(f->location, HJ_TX_READ, NULL);
    const HjVal none[] = { HJ_END };
    assert_true(f->driver->begin(conn, HJ_TX_READ, NULL));
    assert_null(f->driver->query_pack(conn, "SELECT id FROM later", none, 1000, NULL));
    f->driver->rollback(conn);
    must(hj_store_write(f->store, learn_rights, NULL, &oops));
    assert_true(f->driver->begin(conn, HJ_TX_READ, NULL));
    g_autoptr(HjRows) rows = NULL;
    must((rows = f->driver->query_pack(conn, "SELECT id FROM later", none, 1000, &oops)) !=
         NULL);
    f->driver->rollback(conn);
    f->driver->close(conn);
    hj_store_fixture_free(f);
}

#define ON(kind, test)                                                                         \
    {                                                                                          \
        .name = #test " on " #kind, .test_func = test,                                         \
        .initial_state = GINT_TO_POINTER(HJ_FIXTURE_##kind)                                    \
    }
#define TESTS(kind)                                                                            \
    ON(kind, test_parameters_are_bound_by_number_not_by_first_appearance),                     \
        ON(kind, test_rows_are_read_by_name_with_their_types),                                 \
        ON(kind, test_a_view_of_this_county_shows_its_rows_only),                              \
        ON(kind, test_names_become_numbers_outside_quotes_and_comments),                       \
        ON(kind, test_assembled_sql_keeps_its_own_copies),                                     \
        ON(kind, test_a_large_answer_is_an_error_and_a_scan_is_not),                           \
        ON(kind, test_a_failing_write_loses_only_its_own_changes),                             \
        ON(kind, test_errors_of_the_function_pass_through),                                    \
        ON(kind, test_racing_writers_lose_no_update),                                          \
        ON(kind, test_a_busy_write_runs_again_without_its_first_traces),                       \
        ON(kind, test_another_process_that_holds_the_lock_makes_busy_and_nothing_is_written),  \
        ON(kind, test_a_read_stands_on_one_snapshot),                                          \
        ON(kind, test_a_write_that_tells_nobody_aborts_the_program),                           \
        ON(kind, test_the_generation_changes_with_every_commit_of_anybody),                    \
        ON(kind, test_migrations_run_once_and_a_changed_one_is_refused),                       \
        ON(kind, test_tables_are_strict_on_sqlite_and_comments_keep_their_tokens),             \
        ON(kind, test_events_cannot_be_changed_or_deleted),                                    \
        ON(kind, test_a_pack_reads_ledger_views_and_nothing_else),                             \
        ON(kind, test_a_pack_cannot_stall_the_server),                                         \
        ON(kind, test_the_functions_of_packs_answer_alike),                                    \
        ON(kind, test_the_history_of_a_row_is_newest_first),                                   \
        ON(kind, test_a_view_made_later_is_open_to_packs_at_once)

int
main(void)
{
    const struct CMUnitTest sqlite[] = { TESTS(SQLITE) };
    const struct CMUnitTest postgres[] = { TESTS(POSTGRES) };
    int failed = cmocka_run_group_tests_name("store on sqlite", sqlite, NULL, NULL);
    if (!hj_store_fixture_has_postgres())
        (void)fprintf(stderr, "skip: store on postgres, HANGJI_TEST_PG is not set\n");
    else
        failed += cmocka_run_group_tests_name("store on postgres", postgres, NULL, NULL);
    return failed;
}
