#include "store/behind.h"

#include "store/inside.h"

#include <string.h>

#define BATCH_STATEMENTS 48
#define MOST_BATCHES 8 /* that wait */
#define PACK_LIMIT_MS 2000

/* Offsets of its text and values in the batch. */
typedef struct {
    size_t sql;
    guint vals;
} Statement;

typedef struct {
    GList link;
    GArray *statements;
    GArray *vals;      /* each statement's end with HJ_END; texts are offsets + 1 until run */
    GByteArray *bytes; /* of texts and blobs */
} Batch;

struct HjBehind {
    HjStore *store;
    HjConn *conn; /* of the transaction */
    Batch *filling;
    GThread *thread;
    GMutex lock;
    GCond came, settled;
    GQueue waiting, spare;
    bool running, closing;
    GError *failed; /* of the first statement that did */
    HjConn *beside; /* for questions that read no table */
    int64_t beside_county;
    bool beside_open;
};

static Batch *
batch_new(void)
{
    Batch *batch = g_new0(Batch, 1);
    batch->link.data = batch;
    batch->statements = g_array_new(FALSE, FALSE, sizeof(Statement));
    batch->vals = g_array_new(FALSE, FALSE, sizeof(HjVal));
    batch->bytes = g_byte_array_new();
    return batch;
}

static void
batch_free(Batch *batch)
{
    g_array_unref(batch->statements);
    g_array_unref(batch->vals);
    g_byte_array_unref(batch->bytes);
    g_free(batch);
}

static void
batch_reset(Batch *batch)
{
    g_array_set_size(batch->statements, 0);
    g_array_set_size(batch->vals, 0);
    g_byte_array_set_size(batch->bytes, 0);
}

/* --- what is held --- */

static size_t
hold_bytes(Batch *batch, const void *bytes, size_t n)
{
    size_t at = batch->bytes->len;
    g_byte_array_append(batch->bytes, bytes, (guint)n);
    return at;
}

static void
hold(Batch *batch, const char *sql, const HjVal *vals)
{
    Statement statement = { .sql = hold_bytes(batch, sql, strlen(sql) + 1),
                            .vals = batch->vals->len };
    for (;; vals++) {
        HjVal val = *vals;
        const char *text = hj_value_text(vals);
        if ((val.kind == HJ_VAL_TEXT && text == NULL) ||
            (val.kind == HJ_VAL_BLOB && val.blob == NULL))
            val = HJ_NULL;
        else if (val.kind == HJ_VAL_TEXT)
            val = (HjVal){ .kind = HJ_VAL_TEXT,
                           .i64 = (int64_t)hold_bytes(batch, text, strlen(text) + 1) };
        else if (val.kind == HJ_VAL_BLOB)
            val.i64 = (int64_t)hold_bytes(batch, val.blob, val.n_blob);
        g_array_append_val(batch->vals, val);
        if (val.kind == HJ_VAL_END)
            break;
    }
    g_array_append_val(batch->statements, statement);
}

/* The bytes have found their place: offsets become addresses. */
static void
settle_places(Batch *batch)
{
    for (guint i = 0; i < batch->vals->len; i++) {
        HjVal *val = &g_array_index(batch->vals, HjVal, i);
        const char *at = (const char *)batch->bytes->data + val->i64;
        if (val->kind == HJ_VAL_TEXT)
            *val = HJ_TEXT(at);
        else if (val->kind == HJ_VAL_BLOB)
            *val = HJ_BLOB(at, val->n_blob);
    }
}

/* NULL, or why a statement failed; a key that is there already was not the writer's mistake. */
static GError *
run_batch(const HjBehind *behind, Batch *batch)
{
    GError *error = NULL;
    settle_places(batch);
    for (guint i = 0; i < batch->statements->len && error == NULL; i++) {
        const Statement *statement = &g_array_index(batch->statements, Statement, i);
        const char *sql = (const char *)batch->bytes->data + statement->sql;
        behind->store->driver->exec(behind->conn, sql,
                                    &g_array_index(batch->vals, HjVal, statement->vals), NULL,
                                    &error);
    }
    if (g_error_matches(error, HJ_ERROR, HJ_ERROR_CONFLICT)) {
        g_clear_error(&error);
        hj_error_log(&error, HJ_ERROR_STORE, "write behind: a key is there already");
    }
    batch_reset(batch);
    return error;
}

static gpointer
work(gpointer data)
{
    HjBehind *behind = data;
    g_mutex_lock(&behind->lock);
    for (;;) {
        while (behind->waiting.length == 0 && !behind->closing)
            g_cond_wait(&behind->came, &behind->lock);
        if (behind->waiting.length == 0)
            break;
        Batch *batch = g_queue_pop_head_link(&behind->waiting)->data;
        bool failed = behind->failed != NULL;
        behind->running = true;
        g_mutex_unlock(&behind->lock);
        GError *error = NULL;
        if (failed)
            batch_reset(batch);
        else
            error = run_batch(behind, batch);
        g_mutex_lock(&behind->lock);
        if (error != NULL)
            behind->failed = error;
        behind->running = false;
        g_queue_push_tail_link(&behind->spare, &batch->link);
        g_cond_signal(&behind->settled);
    }
    g_mutex_unlock(&behind->lock);
    return NULL;
}

/* --- from transaction to transaction --- */

static HjBehind *
behind_new(HjStore *store)
{
    HjBehind *behind = g_new0(HjBehind, 1);
    behind->store = store;
    behind->filling = batch_new();
    g_mutex_init(&behind->lock);
    g_cond_init(&behind->came);
    g_cond_init(&behind->settled);
    behind->thread = g_thread_new("behind", work, behind);
    return behind;
}

void
hj_behind_free(HjBehind *behind)
{
    if (behind == NULL)
        return;
    g_mutex_lock(&behind->lock);
    behind->closing = true;
    g_cond_signal(&behind->came);
    g_mutex_unlock(&behind->lock);
    g_thread_join(behind->thread);
    batch_free(behind->filling);
    while (behind->spare.length > 0)
        batch_free(g_queue_pop_head_link(&behind->spare)->data);
    if (behind->beside != NULL)
        behind->store->driver->close(behind->beside);
    g_clear_error(&behind->failed);
    g_mutex_clear(&behind->lock);
    g_cond_clear(&behind->came);
    g_cond_clear(&behind->settled);
    g_free(behind);
}

void
hj_tx_write_behind(HjTx *tx)
{
    g_assert(tx->writing);
    if (tx->behind != NULL)
        return;
    hj_tx_serial(tx);
    /* One is kept for the next transaction: the lane has no more at a time. */
    HjBehind *kept = atomic_exchange(&tx->store->behind, NULL);
    tx->behind = kept != NULL ? kept : behind_new(tx->store);
    tx->behind->conn = tx->conn;
}

bool
hj_tx_keep_log(HjTx *tx, GError **error)
{
    const HjDriver *driver = tx->store->driver;
    return driver->keep_log_sql == NULL ||
           driver->script(tx->conn, driver->keep_log_sql, error);
}

/* --- a transaction --- */

static bool
tell_failure(HjBehind *behind, GError **error)
{
    if (error != NULL && *error == NULL)
        *error = g_error_copy(behind->failed);
    return false;
}

bool
hj_behind_settle(HjTx *tx, GError **error)
{
    HjBehind *behind = tx->behind;
    if (behind == NULL)
        return true;
    g_mutex_lock(&behind->lock);
    while (behind->waiting.length > 0 || behind->running)
        g_cond_wait(&behind->settled, &behind->lock);
    g_mutex_unlock(&behind->lock);
    /* The few that were not handed over yet cost less here than a change of threads. */
    if (behind->failed == NULL)
        behind->failed = run_batch(behind, behind->filling);
    else
        batch_reset(behind->filling);
    return behind->failed == NULL || tell_failure(behind, error);
}

bool
hj_behind_end(HjTx *tx, GError **error)
{
    HjBehind *behind = tx->behind;
    if (behind == NULL)
        return true;
    bool done = hj_behind_settle(tx, error);
    if (behind->beside_open)
        tx->store->driver->rollback(behind->beside);
    behind->beside_open = false;
    g_clear_error(&behind->failed);
    behind->conn = NULL;
    tx->behind = NULL;
    hj_behind_free(atomic_exchange(&tx->store->behind, behind));
    return done;
}

static bool
hand_over(HjBehind *behind, GError **error)
{
    g_mutex_lock(&behind->lock);
    while (behind->waiting.length >= MOST_BATCHES)
        g_cond_wait(&behind->settled, &behind->lock);
    bool failed = behind->failed != NULL;
    g_queue_push_tail_link(&behind->waiting, &behind->filling->link);
    GList *spare = g_queue_pop_head_link(&behind->spare);
    behind->filling = spare != NULL ? spare->data : NULL;
    g_cond_signal(&behind->came);
    g_mutex_unlock(&behind->lock);
    if (behind->filling == NULL)
        behind->filling = batch_new();
    return !failed || tell_failure(behind, error);
}

bool
hj_tx_put_vals(HjTx *tx, GError **error, const char *sql, const HjVal *vals)
{
    HjBehind *behind = tx->behind;
    if (behind == NULL)
        return hj_tx_exec_vals(tx, error, sql, NULL, vals);
    hj_recall_note(tx, sql);
    hold(behind->filling, sql, vals);
    return behind->filling->statements->len < BATCH_STATEMENTS || hand_over(behind, error);
}

/* --- questions that wait for nothing --- */

static bool
open_beside(HjTx *tx, GError **error)
{
    HjBehind *behind = tx->behind;
    if (behind->beside != NULL && !tx->store->driver->usable(behind->beside))
        tx->store->driver->close(g_steal_pointer(&behind->beside));
    if (behind->beside == NULL) {
        behind->beside_county = 0;
        behind->beside = hj_store_connect(tx->store, HJ_TX_READ, error);
    }
    behind->beside_open =
        behind->beside != NULL &&
        hj_store_tell_county(tx->store, behind->beside, &behind->beside_county, error) &&
        tx->store->driver->begin(behind->beside, HJ_TX_READ, error);
    return behind->beside_open;
}

HjRows *
hj_tx_query_pack_alone(HjTx *tx, const char *sql, const HjVal *vals, GError **error)
{
    HjBehind *behind = tx->behind;
    if (behind == NULL)
        return hj_tx_query_pack(tx, sql, vals, error);
    if (!behind->beside_open && !open_beside(tx, error))
        return NULL;
    return tx->store->driver->query_pack(behind->beside, sql, vals, PACK_LIMIT_MS, error);
}
