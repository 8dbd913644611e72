#include "base/log.h"
#include "store/inside.h"
#include "store/kept.h"

#define QUEUE_LIMIT 4096
#define BATCH_LIMIT 256
#define SMALL_BATCH 16
#define LANE_TRIES 4 /* one writer: BUSY comes from another process only */
#define POOL_TRIES 6 /* many writers: serialization failures are ordinary */
#define POOL_WRITERS 8

typedef struct {
    GList link; /* in the queue */
    HjWriteFn fn;
    HjWriteDone done; /* NULL: somebody waits */
    gpointer data;
    GError *error;
    bool told;    /* appended an event */
    bool changed; /* the transaction, also when it failed */
    bool failed;  /* for good: run no more */
    bool finished;
    GMutex lock;
    GCond cond;
} Write;

struct HjLane {
    HjStore *store;
    GMutex lock;
    GCond came;
    GQueue queue;
    bool closing;
    HjConn *first_conn; /* made by hj_lane_new, taken by the first writer */
    GPtrArray *threads;
    GThread *answerer; /* of the single writer: answering is no work of the lane */
    GMutex answers_lock;
    GCond answers_came;
    GQueue answers;
    bool no_more_answers;
    int64_t generation; /* of the database, when the single writer last committed */
    HjRecall *recall;   /* the single writer's */
    _Atomic int64_t n_writes, n_commits; /* durable */
};

static _Thread_local const HjStore *writing_for;

static void
finish(Write *write)
{
    if (write->done != NULL) {
        write->done(write->data, write->error);
        g_clear_error(&write->error);
        g_free(write);
        return;
    }
    g_mutex_lock(&write->lock);
    write->finished = true;
    g_cond_signal(&write->cond);
    g_mutex_unlock(&write->lock);
}

/* Whoever waits is woken at once; the rest goes to the answerer, one call for all of them. */
static void
finish_all(HjLane *lane, Write **batch, size_t n)
{
    g_mutex_lock(&lane->answers_lock);
    bool asleep = lane->answers.length == 0;
    for (size_t i = 0; i < n; i++) {
        if (batch[i]->done == NULL) {
            finish(batch[i]);
            continue;
        }
        g_queue_push_tail_link(&lane->answers, &batch[i]->link);
    }
    if (asleep && lane->answers.length > 0)
        g_cond_signal(&lane->answers_came);
    g_mutex_unlock(&lane->answers_lock);
}

static gpointer
answer(gpointer data)
{
    HjLane *lane = data;
    g_mutex_lock(&lane->answers_lock);
    for (;;) {
        while (lane->answers.length == 0 && !lane->no_more_answers)
            g_cond_wait(&lane->answers_came, &lane->answers_lock);
        if (lane->answers.length == 0)
            break;
        GQueue mine = lane->answers;
        g_queue_init(&lane->answers);
        g_mutex_unlock(&lane->answers_lock);
        while (mine.length > 0)
            finish(g_queue_pop_head_link(&mine)->data);
        g_mutex_lock(&lane->answers_lock);
    }
    g_mutex_unlock(&lane->answers_lock);
    return NULL;
}

static bool
is_busy(const GError *error)
{
    return g_error_matches(error, HJ_ERROR, HJ_ERROR_BUSY);
}

/* Spreads out those that met, longer after each meeting. */
static void
pause_before(int attempt)
{
    g_usleep((gulong)g_random_int_range(500, 4000) * (gulong)(attempt * attempt));
}

/* Runs the function of @write; its changes are in the open transaction when this is true. */
static bool
call(HjStore *store, HjConn *conn, Write *write)
{
    HjTx tx = { .store = store, .conn = conn, .writing = true };
    tx.now = hj_store_now(store);
    tx.recall = store->lane->recall;
    tx.n_changes_before = store->driver->changes(conn);
    write->told = false;
    bool done = write->fn(&tx, write->data, &write->error);
    done = hj_behind_end(&tx, done ? &write->error : NULL) && done;
    hj_tx_keep(&tx, NULL, NULL);
    write->changed = tx.changed_schema || store->driver->changes(conn) != tx.n_changes_before;
    if (!done) {
        if (write->error == NULL)
            hj_error_log(&write->error, HJ_ERROR_INTERNAL, "write: failed and did not say why");
        return false;
    }
    g_assert(write->error == NULL);
    hj_tx_finish_write(&tx);
    write->told = tx.has_event;
    return true;
}

/* --- one writer, many requests a commit --- */

/* Each write by itself: one that fails takes back what it changed, and nothing else. */
static bool
call_in_savepoint_once(HjStore *store, HjConn *conn, Write *write)
{
    const HjDriver *driver = store->driver;
    g_clear_error(&write->error);
    if (!driver->savepoint(conn, &write->error))
        return false;
    if (!call(store, conn, write)) {
        driver->rollback_to(conn);
        hj_store_note_rights(store);
        return false;
    }
    return driver->release(conn, &write->error);
}

static void
call_in_savepoint(HjStore *store, HjConn *conn, Write *write)
{
    for (int attempt = 1; attempt <= LANE_TRIES; attempt++)
        if (call_in_savepoint_once(store, conn, write) || !is_busy(write->error))
            break;
    write->failed = write->error != NULL;
}

/* Commits of others may have changed anything; those of this connection note it themselves. */
static void
note_foreign_commits(HjStore *store, HjConn *conn)
{
    int64_t generation = store->driver->generation(conn);
    if (generation < 0 || generation != store->lane->generation)
        hj_store_note_rights(store);
    store->lane->generation = generation;
}

static void
roll_back(HjStore *store, HjConn *conn)
{
    store->driver->rollback(conn);
    hj_store_note_rights(store);
}

/* false: a write failed that had changed something, which only all of them together can take
 * back. */
static bool
call_plainly(HjStore *store, HjConn *conn, Write **batch, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Write *write = batch[i];
        if (write->failed)
            continue;
        g_clear_error(&write->error);
        if (call(store, conn, write))
            continue;
        write->failed = !is_busy(write->error);
        if (write->changed || !write->failed)
            return false;
    }
    return true;
}

/* false: nothing of the batch is in the database.  A savepoint costs a copy of every page that
 * a write touches, and few writes fail after their first change: at first there are none. */
static bool
run_batch_once(HjStore *store, HjConn *conn, Write **batch, size_t n, bool *savepoints,
               GError **error)
{
    const HjDriver *driver = store->driver;
    if (!driver->begin(conn, HJ_TX_WRITE, error))
        return false;
    note_foreign_commits(store, conn);
    if (!*savepoints && !call_plainly(store, conn, batch, n)) {
        *savepoints = true;
        roll_back(store, conn);
        return run_batch_once(store, conn, batch, n, savepoints, error);
    }
    for (size_t i = 0; *savepoints && i < n; i++)
        if (!batch[i]->failed)
            call_in_savepoint(store, conn, batch[i]);
    if (driver->commit(conn, error))
        return true;
    roll_back(store, conn);
    return false;
}

static void
run_batch(HjStore *store, HjConn *conn, Write **batch, size_t n)
{
    int64_t n_durable = 0;
    g_autoptr(GError) error = NULL;
    bool committed = false, savepoints = false;
    for (int attempt = 1; !committed && attempt <= LANE_TRIES; attempt++) {
        g_clear_error(&error);
        committed = run_batch_once(store, conn, batch, n, &savepoints, &error);
        if (committed || !is_busy(error))
            break;
        pause_before(attempt);
    }
    bool told = false;
    for (size_t i = 0; i < n; i++) {
        if (!committed && batch[i]->error == NULL)
            batch[i]->error = g_error_copy(error);
        n_durable += batch[i]->error == NULL ? 1 : 0;
        told = told || (batch[i]->error == NULL && batch[i]->told);
    }
    store->lane->n_writes += n_durable;
    store->lane->n_commits += n_durable > 0 ? 1 : 0;
    if (told)
        hj_store_note_events(store);
    finish_all(store->lane, batch, n);
}

/* --- many writers, one request a commit --- */

static bool
run_single_once(HjStore *store, HjConn *conn, int64_t *county, Write *write)
{
    const HjDriver *driver = store->driver;
    g_clear_error(&write->error);
    if (!hj_store_tell_county(store, conn, county, &write->error) ||
        !driver->begin(conn, HJ_TX_WRITE, &write->error))
        return false;
    hj_store_note_rights(store);
    if (call(store, conn, write) && driver->commit(conn, &write->error))
        return true;
    driver->rollback(conn);
    return false;
}

static void
run_single(HjStore *store, HjConn *conn, int64_t *county, Write *write)
{
    for (int attempt = 1; attempt <= POOL_TRIES; attempt++) {
        if (run_single_once(store, conn, county, write) || !is_busy(write->error))
            break;
        if (attempt < POOL_TRIES)
            pause_before(attempt);
    }
    if (write->error == NULL) {
        store->lane->n_writes++;
        store->lane->n_commits++;
    }
    if (write->error == NULL && write->told)
        hj_store_note_events(store);
    finish(write);
}

/* --- the threads --- */

/* Waits for work; 0 when the lane closes and nothing is left.  Of many that wait some stay for
 * the next batch: it runs while these are answered and ask again, and nobody stands idle. */
static size_t
take(HjLane *lane, Write **batch, size_t most)
{
    size_t n = 0;
    g_mutex_lock(&lane->lock);
    while (lane->queue.length == 0 && !lane->closing)
        g_cond_wait(&lane->came, &lane->lock);
    if (lane->queue.length > SMALL_BATCH)
        most = MIN(most, lane->queue.length * 3 / 4);
    while (n < most && lane->queue.length > 0)
        batch[n++] = g_queue_pop_head_link(&lane->queue)->data;
    g_mutex_unlock(&lane->lock);
    return n;
}

static HjConn *
ensure_conn(HjLane *lane, HjConn *conn, int64_t *county, GError **error)
{
    const HjDriver *driver = lane->store->driver;
    if (conn != NULL && driver->usable(conn))
        return conn;
    if (conn != NULL)
        driver->close(conn);
    *county = 0;
    g_mutex_lock(&lane->lock);
    conn = g_steal_pointer(&lane->first_conn);
    g_mutex_unlock(&lane->lock);
    return conn != NULL ? conn : hj_store_connect(lane->store, HJ_TX_WRITE, error);
}

static gpointer
work(gpointer data)
{
    HjLane *lane = data;
    HjStore *store = lane->store;
    bool single = store->driver->single_writer;
    g_autofree Write **batch = g_new0(Write *, BATCH_LIMIT);
    HjConn *conn = NULL;
    int64_t county = 0;
    size_t n;
    writing_for = store;
    while ((n = take(lane, batch, single ? BATCH_LIMIT : 1)) > 0) {
        g_autoptr(GError) error = NULL;
        conn = ensure_conn(lane, conn, &county, &error);
        if (conn == NULL) {
            hj_log(HJ_LOG_CRITICAL, "store.connect", "error", error->message, NULL);
            for (size_t i = 0; i < n; i++) {
                batch[i]->error = g_error_copy(error);
                finish(batch[i]);
            }
        } else if (single) {
            run_batch(store, conn, batch, n);
        } else {
            run_single(store, conn, &county, batch[0]);
        }
    }
    if (conn != NULL)
        store->driver->close(conn);
    return NULL;
}

HjLane *
hj_lane_new(HjStore *store, GError **error)
{
    HjConn *conn = hj_store_connect(store, HJ_TX_WRITE, error);
    if (conn == NULL)
        return NULL;
    HjLane *lane = g_new0(HjLane, 1);
    lane->store = store;
    lane->first_conn = conn;
    lane->threads = g_ptr_array_new();
    g_mutex_init(&lane->lock);
    g_cond_init(&lane->came);
    g_queue_init(&lane->queue);
    g_mutex_init(&lane->answers_lock);
    g_cond_init(&lane->answers_came);
    g_queue_init(&lane->answers);
    lane->generation = -1;
    if (store->driver->single_writer) {
        lane->answerer = g_thread_new("answer", answer, lane);
        lane->recall = hj_recall_new();
    }
    int n = store->driver->single_writer ? 1 : POOL_WRITERS;
    for (int i = 0; i < n; i++)
        g_ptr_array_add(lane->threads, g_thread_new("write", work, lane));
    return lane;
}

void
hj_lane_free(HjLane *lane)
{
    if (lane == NULL)
        return;
    g_mutex_lock(&lane->lock);
    lane->closing = true;
    g_cond_broadcast(&lane->came);
    g_mutex_unlock(&lane->lock);
    for (guint i = 0; i < lane->threads->len; i++)
        g_thread_join(g_ptr_array_index(lane->threads, i));
    g_mutex_lock(&lane->answers_lock);
    lane->no_more_answers = true;
    g_cond_signal(&lane->answers_came);
    g_mutex_unlock(&lane->answers_lock);
    if (lane->answerer != NULL)
        g_thread_join(lane->answerer);
    hj_recall_free(lane->recall);
    g_mutex_clear(&lane->answers_lock);
    g_cond_clear(&lane->answers_came);
    if (lane->first_conn != NULL)
        lane->store->driver->close(lane->first_conn);
    g_ptr_array_free(lane->threads, TRUE);
    g_mutex_clear(&lane->lock);
    g_cond_clear(&lane->came);
    g_free(lane);
}

HjStoreCounts
hj_lane_counts(HjLane *lane)
{
    HjStoreCounts counts = { .n_writes = lane->n_writes, .n_commits = lane->n_commits };
    g_mutex_lock(&lane->lock);
    counts.n_waiting = lane->queue.length;
    g_mutex_unlock(&lane->lock);
    return counts;
}

static bool
enqueue(HjLane *lane, Write *write, GError **error)
{
    write->link.data = write;
    g_mutex_lock(&lane->lock);
    bool room = lane->queue.length < QUEUE_LIMIT;
    g_assert(!lane->closing);
    if (room) {
        /* Writers sleep on an empty queue only; several of them want a call for each write. */
        bool asleep = lane->queue.length == 0 || lane->threads->len > 1;
        g_queue_push_tail_link(&lane->queue, &write->link);
        if (asleep)
            g_cond_signal(&lane->came);
    }
    g_mutex_unlock(&lane->lock);
    return room ||
           hj_error_log(error, HJ_ERROR_BUSY, "write: %d writes are waiting", QUEUE_LIMIT);
}

bool
hj_lane_wait(HjLane *lane, HjWriteFn fn, gpointer data, GError **error)
{
    /* A write that waits for another one of its own lane would wait for ever. */
    g_assert(writing_for != lane->store);
    Write write = { .fn = fn, .data = data };
    g_mutex_init(&write.lock);
    g_cond_init(&write.cond);
    bool queued = enqueue(lane, &write, error);
    if (queued) {
        g_mutex_lock(&write.lock);
        while (!write.finished)
            g_cond_wait(&write.cond, &write.lock);
        g_mutex_unlock(&write.lock);
    }
    g_mutex_clear(&write.lock);
    g_cond_clear(&write.cond);
    if (write.error != NULL)
        g_propagate_error(error, write.error);
    return queued && write.error == NULL;
}

bool
hj_lane_push(HjLane *lane, HjWriteFn fn, HjWriteDone done, gpointer data, GError **error)
{
    g_assert(done != NULL);
    Write *write = g_new0(Write, 1);
    write->fn = fn;
    write->done = done;
    write->data = data;
    if (enqueue(lane, write, error))
        return true;
    g_free(write);
    return false;
}
