#include "adapters/sqlite/sqlite.h"
#include "store/behind.h"
#include "store/event.h"
#include "store/migrate.h"
#include "store/sqlb.h"
#include "tests/harness/store_notes.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- statements --- */

static void
test_parameters_are_bound_by_number_not_by_first_appearance(void **state)
{
    HjStoreFixture *f = hj_store_notes_none(state);
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
    HjStoreFixture *f = hj_store_notes_new(state);
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
    HjStoreFixture *f = hj_store_notes_new(state);
    HjNote note = { .id = 1, .body = "mine", .exempt = true };
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    hj_store_fixture_tamper(f, "INSERT INTO t_note (county, id, body) VALUES (8, 2, 'theirs')");
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM note"), 1);
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 2);
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
    HjStoreFixture *f = hj_store_notes_new(state);
    HjNote note = { .id = 5, .body = "five", .exempt = true };
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
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
    HjStoreFixture *f = hj_store_notes_new(state);
    int64_t n = 12001;
    must(hj_store_write(f->store, hj_store_notes_add_many, &n, &oops));
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
    HjNote note;
    Answers *answers;
} Queued;

static bool
add_queued(HjTx *tx, gpointer data, GError **error)
{
    return hj_store_notes_add(tx, &((Queued *)data)->note, error);
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
    HjStoreFixture *f = hj_store_notes_new(state);
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
    for (int i = 0; i < 100; i += 3)
        assert_int_equal(queued[i].note.n_runs, 1); /* it is the others that run again */
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 66);
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM sys_event"), 66);
    assert_int_equal(
        hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note WHERE id % 3 = 0"), 0);
    hj_store_fixture_free(f);
}

static void
test_errors_of_the_function_pass_through(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    HjNote note = { .id = 1, .body = "x", .told = true, .fails = 1, .code = HJ_ERROR_DENIED };
    g_autoptr(GError) error = NULL;
    assert_false(hj_store_write(f->store, hj_store_notes_add, &note, &error));
    assert_hj_error(error, HJ_ERROR_DENIED);
    assert_int_equal(note.n_runs, 1);
    g_clear_error(&error);
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    assert_false(hj_store_write(f->store, hj_store_notes_add, &note, &error));
    assert_hj_error(error, HJ_ERROR_CONFLICT);
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 1);
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
    HjStoreFixture *f = hj_store_notes_new(state);
    HjNote note = { .id = 1, .body = "0", .exempt = true };
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
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

/* Beside the program, on a connection of its own: note 1 has another text. */
static void
note_of_another(const HjStoreFixture *f, const char *body)
{
    HjConn *other = f->driver->connect(f->location, HJ_TX_WRITE, NULL);
    const HjVal vals[] = { HJ_TEXT(body), HJ_I64(1), HJ_END };
    assert_true(f->driver->set_county(other, HJ_FIXTURE_COUNTY, NULL));
    assert_true(f->driver->begin(other, HJ_TX_WRITE, NULL));
    assert_true(
        f->driver->exec(other, "UPDATE t_note SET body = $1 WHERE id = $2", vals, NULL, NULL));
    assert_true(f->driver->commit(other, NULL));
    f->driver->close(other);
}

typedef struct {
    HjStoreFixture *f;
    bool asks_on; /* after the refusal */
    int n_runs;
} Meeting;

/* Meets another writer at its first run, and takes what the database says for a refusal. */
static bool
meet(HjTx *tx, gpointer data, GError **error)
{
    Meeting *meeting = data;
    HjStoreFixture *f = meeting->f;
    hj_tx_exempt(tx);
    g_autoptr(HjRows) seen =
        hj_tx_query(tx, error, "SELECT body FROM t_note WHERE id = $1", HJ_I64(1));
    if (seen == NULL)
        return false;
    if (meeting->n_runs++ == 0)
        note_of_another(f, "theirs");
    g_autoptr(GError) swallowed = NULL;
    hj_tx_exec(tx, &swallowed, "UPDATE t_note SET body = $1 WHERE id = $2", HJ_TEXT("ours"),
               HJ_I64(1));
    if (!meeting->asks_on)
        return true;
    g_autoptr(HjRows) after = hj_tx_query(tx, error, "SELECT body FROM t_note");
    return after != NULL;
}

static void
test_a_write_that_met_another_runs_again_even_when_it_went_on(void **state)
{
    if (GPOINTER_TO_INT(*state) == HJ_FIXTURE_SQLITE)
        return; /* its single writer meets nobody */
    HjStoreFixture *f = hj_store_notes_new(state);
    HjNote note = { .id = 1, .body = "x", .exempt = true };
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    for (int asks_on = 0; asks_on <= 1; asks_on++) {
        Meeting meeting = { .f = f, .asks_on = asks_on == 1 };
        must(hj_store_write(f->store, meet, &meeting, &oops));
        assert_int_equal(meeting.n_runs, 2);
        assert_int_equal(hj_store_notes_count(
                             f->store, "SELECT COUNT(*) AS n FROM t_note WHERE body = 'ours'"),
                         1);
    }
    hj_store_fixture_free(f);
}

static void
test_a_busy_write_runs_again_without_its_first_traces(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    HjNote note = { .id = 1, .body = "x", .told = true, .fails = 2, .code = HJ_ERROR_BUSY };
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    assert_int_equal(note.n_runs, 3);
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM sys_event"), 1);
    note = (HjNote){ .id = 2, .body = "x", .told = true, .fails = 1000, .code = HJ_ERROR_BUSY };
    g_autoptr(GError) error = NULL;
    assert_false(hj_store_write(f->store, hj_store_notes_add, &note, &error));
    assert_hj_error(error, HJ_ERROR_BUSY);
    hj_store_fixture_free(f);
}

static void
test_another_process_that_holds_the_lock_makes_busy_and_nothing_is_written(void **state)
{
    if (GPOINTER_TO_INT(*state) != HJ_FIXTURE_SQLITE)
        return; /* PostgreSQL has no such lock */
    HjStoreFixture *f = hj_store_notes_new(state);
    HjConn *other = f->driver->connect(f->location, HJ_TX_WRITE, NULL);
    assert_true(f->driver->begin(other, HJ_TX_WRITE, NULL));
    HjNote note = { .id = 1, .body = "x", .exempt = true };
    g_autoptr(GError) error = NULL;
    assert_false(hj_store_write(f->store, hj_store_notes_add, &note, &error));
    assert_hj_error(error, HJ_ERROR_BUSY);
    f->driver->rollback(other);
    f->driver->close(other);
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 0);
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    hj_store_fixture_free(f);
}

static void
test_a_read_stands_on_one_snapshot(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(HjRows) before = hj_tx_query(tx, NULL, "SELECT COUNT(*) AS n FROM t_note");
    HjNote note = { .id = 1, .body = "x", .exempt = true };
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    g_autoptr(HjRows) after = hj_tx_query(tx, NULL, "SELECT COUNT(*) AS n FROM t_note");
    assert_true(hj_rows_next(before) && hj_rows_next(after));
    assert_int_equal(hj_rows_i64(before, "n"), 0);
    assert_int_equal(hj_rows_i64(after, "n"), 0);
    g_clear_pointer(&tx, hj_tx_end);
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 1);
    hj_store_fixture_free(f);
}

/* Forks while no store is open, so that no thread of ours is lost in the child. */
static int
status_of_child(HjStoreFixture *f, HjNote note)
{
    hj_store_fixture_close(f);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(2);
        hj_store_fixture_reopen(f);
        bool written = hj_store_write(f->store, hj_store_notes_add, &note, NULL);
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
    HjStoreFixture *f = hj_store_notes_new(state);
    int status = status_of_child(f, (HjNote){ .id = 1, .body = "x", .told = true });
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    status = status_of_child(f, (HjNote){ .id = 2, .body = "x" });
    assert_true(WIFSIGNALED(status));
    assert_true(WTERMSIG(status) == SIGTRAP || WTERMSIG(status) == SIGABRT);
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 1);
    hj_store_fixture_free(f);
}

static void
test_the_generation_changes_with_every_commit_of_anybody(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    int64_t first = hj_store_generation(f->store);
    assert_true(first >= 0);
    assert_int_equal(hj_store_generation(f->store), first);
    HjNote note = { .id = 1, .body = "x", .exempt = true };
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    int64_t second = hj_store_generation(f->store);
    assert_int_not_equal(second, first);
    assert_int_equal(hj_store_generation(f->store), second);
    if (f->kind == HJ_FIXTURE_POSTGRES) {
        note_of_another(f, "theirs");
        assert_int_not_equal(hj_store_generation(f->store), second);
        hj_store_fixture_free(f);
        return;
    }
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
    HjStoreFixture *f = hj_store_notes_none(state);
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
    HjStoreFixture *f = hj_store_notes_new(state);
    HjNote note = { .id = 1, .body = "x", .told = true };
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    static const char *const spoilers[] = { "UPDATE sys_event SET reason = 'x'",
                                            "DELETE FROM sys_event" };
    for (size_t i = 0; i < G_N_ELEMENTS(spoilers); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(hj_store_write(f->store, spoil_event, (gpointer)spoilers[i], &error));
        assert_hj_error(error, HJ_ERROR_STORE);
        assert_non_null(strstr(error->message, "never changed"));
    }
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM sys_event"), 1);
    hj_store_fixture_free(f);
}

static void
test_the_history_of_a_row_is_newest_first(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    for (int i = 0; i < 3; i++) {
        HjNote note = { .id = 4 + (i == 2), .body = "x", .told = true };
        if (i == 1)
            hj_store_fixture_tamper(f, "DELETE FROM t_note");
        must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
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

/* --- rows written behind --- */

#define N_BEHIND 1000 /* many batches */
#define SQL_NOTE "INSERT INTO t_note (county, id, body, done, data) VALUES ($1, $2, $3, $4, $5)"
#define SQL_HOW_MANY "SELECT COUNT(*) AS n, COUNT(data) AS held, MAX(id) AS newest FROM t_note"

static int64_t
ask_number(HjTx *tx, const char *column)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, NULL, SQL_HOW_MANY);
    return rows != NULL && hj_rows_next(rows) ? hj_rows_i64(rows, column) : -1;
}

static bool
put_note(HjTx *tx, int64_t id, GError **error)
{
    char body[16];
    (void)g_snprintf(body, sizeof body, "no %d", (int)id);
    bool done =
        hj_tx_put(tx, error, SQL_NOTE, HJ_I64(HJ_FIXTURE_COUNTY), HJ_I64(id), HJ_TEXT(body),
                  HJ_BOOL(true), id % 2 == 0 ? HJ_BLOB(body, strlen(body)) : HJ_NULL);
    memset(body, 'x', sizeof body);
    return done;
}

static bool
put_many(HjTx *tx, gpointer data, GError **error)
{
    int64_t twice = *(int64_t *)data;
    hj_tx_exempt(tx);
    hj_tx_write_behind(tx);
    for (int64_t id = 1; id <= N_BEHIND; id++) {
        if (!put_note(tx, id, error))
            return false;
        if (id % 300 == 0 && ask_number(tx, "n") != id)
            return hj_error_log(error, HJ_ERROR_INTERNAL, "a row that was put is not there");
    }
    return twice == 0 || put_note(tx, twice, error);
}

static void
test_rows_written_behind_are_read_in_order_and_kept(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    int64_t twice = 0;
    must(hj_store_write(f->store, put_many, &twice, &oops));
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    assert_int_equal(ask_number(tx, "n"), N_BEHIND);
    assert_int_equal(ask_number(tx, "held"), N_BEHIND / 2);
    g_autoptr(HjRows) rows = hj_tx_query(
        tx, NULL, "SELECT body, data FROM t_note WHERE id >= 900 ORDER BY id LIMIT 2");
    assert_true(rows != NULL && hj_rows_next(rows));
    assert_string_equal(hj_rows_text(rows, "body"), "no 900");
    size_t n;
    const void *bytes = hj_rows_blob(rows, "data", &n);
    assert_int_equal(n, 6);
    assert_memory_equal(bytes, "no 900", 6);
    assert_true(hj_rows_next(rows));
    assert_true(hj_rows_null(rows, "data"));
    g_clear_pointer(&tx, hj_tx_end);
    hj_store_fixture_free(f);
}

static void
test_one_row_behind_that_fails_takes_the_whole_write_back(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    g_autoptr(GError) error = NULL;
    int64_t twice = 7;
    assert_false(hj_store_write(f->store, put_many, &twice, &error));
    /* Not CONFLICT: no row of a person may be blamed for it. */
    assert_true(g_error_matches(error, HJ_ERROR, HJ_ERROR_STORE));
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 0);
    twice = 0;
    must(hj_store_write(f->store, put_many, &twice, &oops));
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"),
                     N_BEHIND);
    hj_store_fixture_free(f);
}

static bool
ask_after_failure(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    hj_tx_exempt(tx);
    hj_tx_write_behind(tx);
    bool put = put_note(tx, 1, error) && put_note(tx, 1, error);
    g_autoptr(GError) first = NULL;
    g_autoptr(GError) second = NULL;
    g_autoptr(HjRows) rows = hj_tx_query(tx, &first, SQL_HOW_MANY);
    bool done = hj_tx_exec(tx, &second, "DELETE FROM t_note");
    /* Every question is answered by the failure; here it is forgotten. */
    return (put && rows == NULL && first != NULL && !done && second != NULL) ||
           hj_error_log(error, HJ_ERROR_INTERNAL, "a failure behind was not told");
}

static void
test_a_write_that_overlooks_a_failure_behind_fails_all_the_same(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    g_autoptr(GError) error = NULL;
    assert_false(hj_store_write(f->store, ask_after_failure, NULL, &error));
    assert_true(g_error_matches(error, HJ_ERROR, HJ_ERROR_STORE));
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 0);
    hj_store_fixture_free(f);
}

static bool
put_and_refuse(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    return put_note(tx, 2, error) &&
           hj_error_log(error, HJ_ERROR_INVALID, "this part is refused");
}

static bool
put_parts(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    g_autoptr(GError) refused = NULL;
    hj_tx_exempt(tx);
    hj_tx_write_behind(tx);
    if (!put_note(tx, 1, error))
        return false;
    return !hj_tx_part(tx, put_and_refuse, NULL, &refused) &&
           g_error_matches(refused, HJ_ERROR, HJ_ERROR_INVALID) && put_note(tx, 3, error);
}

static void
test_a_part_taken_back_takes_what_it_put_behind_with_it(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    must(hj_store_write(f->store, put_parts, NULL, &oops));
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    assert_int_equal(ask_number(tx, "n"), 2);
    assert_int_equal(ask_number(tx, "newest"), 3);
    g_clear_pointer(&tx, hj_tx_end);
    hj_store_fixture_free(f);
}

static bool
ask_beside(HjTx *tx, gpointer data, GError **error)
{
    int64_t *sum = data;
    hj_tx_exempt(tx);
    hj_tx_write_behind(tx);
    for (int64_t id = 1; id <= N_BEHIND; id++) {
        const HjVal vals[] = { HJ_I64(id), HJ_END };
        g_autoptr(HjRows) rows =
            hj_tx_query_pack_alone(tx, "SELECT CAST($1 AS BIGINT) + 1 AS n", vals, error);
        if (rows == NULL || !hj_rows_next(rows) || !put_note(tx, id, error))
            return false;
        *sum += hj_rows_i64(rows, "n");
    }
    return true;
}

static void
test_a_question_that_reads_no_table_is_answered_beside(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    int64_t sum = 0;
    must(hj_store_write(f->store, ask_beside, &sum, &oops));
    assert_int_equal(sum, N_BEHIND * (N_BEHIND + 3) / 2);
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"),
                     N_BEHIND);
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
        ON(kind, test_a_write_that_met_another_runs_again_even_when_it_went_on),               \
        ON(kind, test_a_busy_write_runs_again_without_its_first_traces),                       \
        ON(kind, test_another_process_that_holds_the_lock_makes_busy_and_nothing_is_written),  \
        ON(kind, test_a_read_stands_on_one_snapshot),                                          \
        ON(kind, test_a_write_that_tells_nobody_aborts_the_program),                           \
        ON(kind, test_the_generation_changes_with_every_commit_of_anybody),                    \
        ON(kind, test_migrations_run_once_and_a_changed_one_is_refused),                       \
        ON(kind, test_tables_are_strict_on_sqlite_and_comments_keep_their_tokens),             \
        ON(kind, test_events_cannot_be_changed_or_deleted),                                    \
        ON(kind, test_the_history_of_a_row_is_newest_first),                                   \
        ON(kind, test_rows_written_behind_are_read_in_order_and_kept),                         \
        ON(kind, test_one_row_behind_that_fails_takes_the_whole_write_back),                   \
        ON(kind, test_a_write_that_overlooks_a_failure_behind_fails_all_the_same),             \
        ON(kind, test_a_part_taken_back_takes_what_it_put_behind_with_it),                     \
        ON(kind, test_a_question_that_reads_no_table_is_answered_beside)

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
