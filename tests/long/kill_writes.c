/* kill_writes ROUNDS: kills a writing process again and again, and looks at what it left.
 *
 * A child writes 10,000 rows from 16 threads and reports the id of each write that was
 * acknowledged through a pipe, while other threads seal events and take words into the index;
 * the parent kills it with SIGKILL at a random moment.  Afterwards every reported row must be
 * there with its event and found by its words, the database must be sound and the chain must
 * verify.  The database is the same through all rounds.  PostgreSQL too when
 * HANGJI_TEST_PG is set. */
#include "adapters/sqlite/sqlite.h"
#include "base/id.h"
#include "core/search.h"
#include "store/event.h"
#include "store/sqlb.h"
#include "tests/harness/store_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_WRITES 10000
#define N_THREADS 16

typedef struct {
    HjStoreFixture *f;
    int pipe;
    gint *n_left;
} Writers;

static bool
make_table(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    return hj_tx_ddl(tx,
                     "CREATE TABLE t_kill (county {id}, id {id}, body {text} NOT NULL, "
                     "PRIMARY KEY (county, id));",
                     error);
}

static bool
add_row(HjTx *tx, gpointer data, GError **error)
{
    int64_t id = *(int64_t *)data;
    const HjEvent event = {
        .action = "row.create", .subject = "row", .ledger = "kill", .row = id, .after = "{}"
    };
    return hj_tx_exec(tx, error, "INSERT INTO t_kill (county, id, body) VALUES ($1, $2, $3)",
                      HJ_I64(hj_tx_county(tx)), HJ_I64(id), HJ_TEXT("a row of some length")) &&
           hj_tx_exec(tx, error,
                      "INSERT INTO sys_search (county, id, ledger, org, words) "
                      "VALUES ($1, $2, 'kill', 1, 'words of a row')",
                      HJ_I64(hj_tx_county(tx)), HJ_I64(id)) &&
           hj_event_append(tx, &event, error);
}

static gpointer
write_rows(gpointer data)
{
    const Writers *writers = data;
    while (g_atomic_int_add(writers->n_left, -1) > 0) {
        int64_t id = hj_id_new();
        g_autoptr(GError) error = NULL;
        if (!hj_store_write(writers->f->store, add_row, &id, &error))
            g_printerr("kill_writes: %s\n", error->message);
        else if (write(writers->pipe, &id, sizeof id) != (ssize_t)sizeof id)
            break;
    }
    return NULL;
}

/* Never returns: the parent kills it. */
static void
be_killed(HjStoreFixture *f, int pipe_end)
{
    hj_store_fixture_reopen(f);
    hj_seal_start(f->store, f->keys, f->head_path);
    hj_search_start(f->store);
    gint n_left = N_WRITES;
    Writers writers = { f, pipe_end, &n_left };
    GThread *threads[N_THREADS];
    for (int i = 0; i < N_THREADS; i++)
        threads[i] = g_thread_new("write", write_rows, &writers);
    for (int i = 0; i < N_THREADS; i++)
        g_thread_join(threads[i]);
    for (;;)
        pause();
}

/* Runs a child and kills it; appends what it acknowledged to @ids. */
static void
run_and_kill(HjStoreFixture *f, GArray *ids)
{
    int ends[2];
    g_assert(pipe(ends) == 0);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        be_killed(f, ends[1]);
    }
    close(ends[1]);
    int kill_at = g_random_int_range(1, N_WRITES);
    int64_t id;
    for (int n = 0; read(ends[0], &id, sizeof id) == (ssize_t)sizeof id; n++) {
        g_array_append_val(ids, id);
        if (n + 1 == kill_at) {
            g_usleep((gulong)g_random_int_range(0, 3000));
            kill(child, SIGKILL);
        }
    }
    close(ends[0]);
    int status = 0;
    g_assert(waitpid(child, &status, 0) == child);
    g_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static bool
keep_row(HjRows *row, gpointer data)
{
    int64_t *id = g_new(int64_t, 1);
    *id = hj_rows_i64(row, "row_id");
    return g_hash_table_add(data, id);
}

/* Rows that have their event, by id; counts what is missing of @ids. */
static int
count_missing(HjStoreFixture *f, const GArray *ids, int *ret_unequal)
{
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(GHashTable) found =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    const HjVal none[] = { HJ_END };
    g_assert(hj_tx_scan(tx, NULL,
                        "SELECT e.row_id AS row_id FROM sys_event e "
                        "JOIN t_kill k ON k.county = e.county AND k.id = e.row_id",
                        none, keep_row, found));
    g_autoptr(HjRows) counts = hj_tx_query(tx, NULL,
                                           "SELECT (SELECT COUNT(*) FROM t_kill) AS rows_n, "
                                           "(SELECT COUNT(*) FROM sys_event) AS events_n");
    g_assert(counts != NULL && hj_rows_next(counts));
    int64_t n = g_hash_table_size(found);
    *ret_unequal = hj_rows_i64(counts, "rows_n") != n || hj_rows_i64(counts, "events_n") != n;
    int missing = 0;
    for (guint i = 0; i < ids->len; i++)
        missing += !g_hash_table_contains(found, &g_array_index(ids, int64_t, i));
    return missing;
}

/* Every row once, those that the killed process had not yet taken into the index included. */
static bool
all_found(HjStoreFixture *f)
{
    for (int64_t n = 1; n > 0;)
        if (!hj_search_fold(f->store, 1000, &n, NULL))
            return false;
    const HjDriver *driver = f->driver;
    g_autofree char *phrase =
        g_strconcat(driver->search_quote, "words", driver->search_quote, driver->search_next,
                    driver->search_quote, "of", driver->search_quote, NULL);
    g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT (SELECT COUNT(*) FROM t_kill) AS rows_n, (SELECT COUNT(*) FROM ("
                   "SELECT id FROM sys_search WHERE words IS NOT NULL) w) AS waiting_n, "
                   "(SELECT COUNT(*) FROM (");
    hj_sqlb_add_literal(b, driver->search_hits);
    hj_sqlb_param(b, HJ_TEXT(phrase));
    hj_sqlb_add_literal(b, driver->search_hits_end);
    hj_sqlb_lit(b, ") h) AS found_n");
    g_autoptr(HjRows) counts = hj_sqlb_query(b, tx, NULL);
    g_assert(counts != NULL && hj_rows_next(counts));
    int64_t n_waiting = hj_rows_i64(counts, "waiting_n");
    /* PostgreSQL may just now commit what the killed process had asked for. */
    return hj_rows_i64(counts, "rows_n") == hj_rows_i64(counts, "found_n") + n_waiting &&
           (n_waiting == 0 || f->kind == HJ_FIXTURE_POSTGRES);
}

static bool
is_sound(HjStoreFixture *f)
{
    if (f->kind != HJ_FIXTURE_SQLITE)
        return true;
    const HjVal none[] = { HJ_END };
    HjConn *conn = f->driver->connect(f->location, HJ_TX_WRITE, NULL);
    g_autoptr(HjRows) rows = f->driver->query(conn, "PRAGMA integrity_check", none, NULL);
    bool sound =
        rows != NULL && hj_rows_next(rows) && strcmp(hj_rows_text_at(rows, 0), "ok") == 0 &&
        f->driver->script(
            conn, "INSERT INTO sys_search_words (sys_search_words) VALUES ('integrity-check')",
            NULL);
    f->driver->close(conn);
    return sound;
}

static bool
verifies(HjStoreFixture *f)
{
    HjSealReport report = { 0 };
    g_autoptr(GError) error = NULL;
    bool sound = hj_seal_run(f->store, f->keys, f->head_path, NULL, &error) &&
                 hj_seal_verify(f->store, f->keys, f->head_path, &report, &error) &&
                 report.sound && report.n_unsealed == 0;
    if (!sound)
        g_printerr("kill_writes: %s\n", error != NULL ? error->message : report.why);
    hj_seal_report_clear(&report);
    return sound;
}

static int
run(HjFixtureKind kind, int rounds)
{
    HjStoreFixture *f = hj_store_fixture_new(kind, true);
    g_assert(hj_store_write(f->store, make_table, NULL, NULL));
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int failed = 0;
    for (int round = 1; round <= rounds; round++) {
        hj_store_fixture_close(f); /* no thread of ours is alive at the fork */
        run_and_kill(f, ids);
        hj_store_fixture_reopen(f);
        int unequal = 0;
        int missing = count_missing(f, ids, &unequal);
        bool sound = is_sound(f);
        bool chained = verifies(f);
        bool found = all_found(f);
        bool good = missing == 0 && !unequal && sound && chained && found;
        g_print("%s %s round %d: %u acknowledged, %d missing, rows and events %s, database %s, "
                "chain %s, words %s\n",
                good ? "ok" : "FAIL", f->driver->name, round, ids->len, missing,
                unequal ? "differ" : "agree", sound ? "sound" : "broken",
                chained ? "verifies" : "broken", found ? "found" : "lost");
        failed += !good;
    }
    hj_store_fixture_free(f);
    return failed;
}

int
main(int argc, char **argv)
{
    int rounds = argc > 1 ? (int)g_ascii_strtoll(argv[1], NULL, 10) : 3;
    int failed = run(HJ_FIXTURE_SQLITE, rounds);
    if (hj_store_fixture_has_postgres())
        failed += run(HJ_FIXTURE_POSTGRES, rounds);
    return failed > 0;
}
