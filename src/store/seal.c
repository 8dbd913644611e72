#include "store/seal.h"

#include "base/log.h"
#include "store/inside.h"
#include "store/seal_keys.h"
#include "store/sqlb.h"

#include <string.h>

#define BATCH_LIMIT 5000 /* each has a signature and several calls to the disk */
#define ROWS_A_STATEMENT 50
#define PAUSE_US 800000         /* between passes: sealed within a second */
#define RETRY_US 5000000        /* after a failure */
#define LOCK_KEY 0x68616e676a69 /* "hangji" */

typedef struct {
    int64_t event;
    uint8_t hash[HJ_SM3_BYTES];
} Seal;

typedef struct {
    const HjSealKeys *keys;
    HjHead head;      /* the end of the chain; seq 0 before the first */
    int64_t last_seq; /* where the batch continues */
    GArray *seals;    /* of Seal */
    bool waiting;     /* events of running transactions are left */
    bool stale;       /* another sealer was faster */
} Batch;

struct HjSealer {
    HjStore *store;
    const HjSealKeys *keys;
    char *head_path;
    GMutex lock;
    GCond stop;
    bool stopping;
    GThread *thread;
};

void
hj_seal_use(HjStore *store, const HjSealKeys *keys)
{
    atomic_store(&store->keys, (const void *)keys);
}

bool
hj_seal_derive(HjStore *store, const char *purpose, uint8_t out[32])
{
    const HjSealKeys *keys = atomic_load(&store->keys);
    if (keys == NULL || !keys->has_secret)
        return false;
    hj_crypto_hmac_sm3(keys->mac_key, sizeof keys->mac_key, purpose, strlen(purpose), out);
    return true;
}

/* --- sealing --- */

#define SQL_LAST                                                                               \
    "SELECT seq, event, hash FROM sys_seal WHERE county = $1 ORDER BY seq DESC LIMIT 1"

static bool
read_last(HjTx *tx, HjHead *ret, int64_t *ret_event, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_LAST, HJ_I64(hj_tx_county(tx)));
    if (rows == NULL)
        return false;
    *ret = (HjHead){ .county = hj_tx_county(tx) };
    *ret_event = 0;
    if (!hj_rows_next(rows))
        return true;
    size_t n;
    const void *hash = hj_rows_blob(rows, "hash", &n);
    if (n != sizeof ret->hash)
        return hj_error_log(error, HJ_ERROR_STORE, "seal: the last hash has %zu bytes", n);
    memcpy(ret->hash, hash, n);
    ret->seq = hj_rows_i64(rows, "seq");
    *ret_event = hj_rows_i64(rows, "event");
    return true;
}

/* Where the last sealed event stands in commit order: nothing unsealed is before it. */
static bool
read_place(HjTx *tx, int64_t event, int64_t *ret, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT %s AS place FROM sys_event WHERE county = $1 AND id = $2",
                        hj_store_driver(hj_tx_store(tx))->event_place);
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_I64(event), HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, error, sql, vals);
    if (rows == NULL)
        return false;
    *ret = hj_rows_next(rows) ? hj_rows_i64(rows, "place") : 0;
    return true;
}

/* "+" keeps SQLite from choosing the key over the place. */
#define SQL_UNSEALED                                                                           \
    "SELECT " HJ_EVENT_COLUMNS " FROM sys_event e "                                            \
    "WHERE +e.county = $1 AND e.%s >= $2 AND NOT EXISTS "                                      \
    "(SELECT 1 FROM sys_seal s WHERE s.county = e.county AND s.event = e.id) "                 \
    "ORDER BY e.%s, e.id LIMIT %d"

static void
add_seal(Batch *batch, const HjRows *row, GByteArray *bytes)
{
    HjEventRecord record = hj_event_record(row, batch->head.county);
    g_byte_array_set_size(bytes, 0);
    hj_event_bytes(&record, bytes);
    if (!hj_seal_keys_made(batch->keys, row, bytes)) {
        /* Left out of the chain for ever; verify names it. */
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, record.id);
        hj_log(HJ_LOG_CRITICAL, "seal.forged", "event", id, NULL);
        return;
    }
    Seal seal = { .event = record.id };
    hj_seal_keys_link(batch->head.hash, bytes, row, seal.hash);
    memcpy(batch->head.hash, seal.hash, sizeof seal.hash);
    batch->head.seq++;
    g_array_append_val(batch->seals, seal);
}

static bool
read_batch(HjTx *tx, Batch *batch, GError **error)
{
    int64_t event, place;
    if (!read_last(tx, &batch->head, &event, error) || !read_place(tx, event, &place, error))
        return false;
    batch->last_seq = batch->head.seq;
    int64_t horizon = hj_tx_horizon(tx);
    /* Moved to a server that counts from less: commit order begins again, look at everything.
     */
    bool moved = place > horizon;
    if (moved)
        place = 0;
    const char *column = hj_store_driver(hj_tx_store(tx))->event_place;
    g_autofree char *sql = g_strdup_printf(SQL_UNSEALED, column, column, BATCH_LIMIT);
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_I64(place), HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, error, sql, vals);
    if (rows == NULL)
        return false;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    while (hj_rows_next(rows)) {
        if (hj_rows_i64(rows, "serial") >= horizon)
            batch->waiting = !moved;
        else
            add_seal(batch, rows, bytes);
    }
    if (batch->seals->len > 0) {
        batch->head.at = hj_tx_now(tx);
        hj_seal_keys_sign_head(batch->keys, &batch->head);
    }
    return true;
}

static bool
insert_seals(HjTx *tx, const Batch *batch, GError **error)
{
    for (guint i = 0; i < batch->seals->len;) {
        g_autoptr(HjSqlb) b = hj_sqlb_new();
        hj_sqlb_lit(b, "INSERT INTO sys_seal (county, seq, event, hash) VALUES ");
        for (int n = 0; n < ROWS_A_STATEMENT && i < batch->seals->len; n++, i++) {
            const Seal *seal = &g_array_index(batch->seals, Seal, i);
            const HjVal vals[] = { HJ_I64(batch->head.county), HJ_I64(batch->last_seq + 1 + i),
                                   HJ_I64(seal->event),
                                   HJ_BLOB(seal->hash, sizeof seal->hash) };
            for (size_t v = 0; v < G_N_ELEMENTS(vals); v++) {
                hj_sqlb_add_literal(b, v > 0 ? ", " : n > 0 ? ", (" : "(");
                hj_sqlb_param(b, vals[v]);
            }
            hj_sqlb_lit(b, ")");
        }
        if (!hj_sqlb_exec(b, tx, NULL, error))
            return false;
    }
    return true;
}

static bool
write_batch(HjTx *tx, gpointer data, GError **error)
{
    Batch *batch = data;
    const HjHead *head = &batch->head;
    HjHead last;
    int64_t event;
    bool alone = false;
    hj_tx_exempt(tx);
    batch->stale = false;
    if (!hj_store_driver(tx->store)->try_lock(tx->conn, LOCK_KEY, &alone, error) ||
        !read_last(tx, &last, &event, error))
        return false;
    if (!alone || last.seq != batch->last_seq) {
        batch->stale = true;
        return true;
    }
    return insert_seals(tx, batch, error) &&
           hj_tx_exec(tx, error,
                      "INSERT INTO sys_head (county, seq, at, alg, hash, signature) "
                      "VALUES ($1, $2, $3, $4, $5, $6)",
                      HJ_I64(head->county), HJ_I64(head->seq), HJ_TIME(head->at),
                      HJ_I64(head->alg), HJ_BLOB(head->hash, sizeof head->hash),
                      HJ_BLOB(head->signature, sizeof head->signature));
}

/* The number of the exported head, 0 when there is none.  Asked before the database is read: a
 * head is exported after its commit, so that a newer one means that the chain was cut. */
static bool
read_exported(HjStore *store, const char *head_path, int64_t *ret_seq, GError **error)
{
    HjHead exported;
    bool found;
    if (!hj_seal_keys_read_head(head_path, &exported, &found, error))
        return false;
    *ret_seq = found && exported.county == hj_store_county(store) ? exported.seq : 0;
    return true;
}

/* Another sealer may have exported a newer one meanwhile. */
static bool
export_head(HjStore *store, const char *head_path, const HjHead *head, GError **error)
{
    int64_t seq;
    return read_exported(store, head_path, &seq, error) &&
           (seq > head->seq || hj_seal_keys_write_head(head_path, head, error));
}

/* One batch; *@ret_sealed is 0 when nothing was left to do for now. */
static bool
seal_batch(HjStore *store, const HjSealKeys *keys, const char *head_path, int64_t *ret_sealed,
           bool *ret_waiting, GError **error)
{
    g_autoptr(GArray) seals = g_array_new(FALSE, FALSE, sizeof(Seal));
    Batch batch = { .keys = keys, .seals = seals };
    int64_t exported;
    if (!read_exported(store, head_path, &exported, error))
        return false;
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    if (tx == NULL || !read_batch(tx, &batch, error))
        return false;
    g_clear_pointer(&tx, hj_tx_end);
    *ret_sealed = 0;
    *ret_waiting = batch.waiting;
    if (seals->len == 0)
        return true;
    if (exported > batch.last_seq)
        return hj_error_log(error, HJ_ERROR_STORE,
                            "seal: %s is newer than the database; run audit verify", head_path);
    g_autoptr(GError) cause = NULL;
    if (!hj_store_write(store, write_batch, &batch, &cause)) {
        /* CONFLICT: another sealer took the same numbers. */
        if (!g_error_matches(cause, HJ_ERROR, HJ_ERROR_CONFLICT)) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return false;
        }
        batch.stale = true;
    }
    if (batch.stale) {
        *ret_waiting = true;
        return true;
    }
    *ret_sealed = seals->len;
    return export_head(store, head_path, &batch.head, error);
}

static bool
seal_all(HjStore *store, const HjSealKeys *keys, const char *head_path, int64_t *ret_sealed,
         bool *ret_waiting, GError **error)
{
    int64_t total = 0;
    int64_t n;
    do {
        if (!seal_batch(store, keys, head_path, &n, ret_waiting, error))
            return false;
        total += n;
    } while (n == BATCH_LIMIT);
    *ret_sealed = total;
    return true;
}

bool
hj_seal_run(HjStore *store, const HjSealKeys *keys, const char *head_path, int64_t *ret_sealed,
            GError **error)
{
    int64_t n;
    bool waiting;
    if (!keys->has_secret)
        return hj_error_log(error, HJ_ERROR_STORE, "seal: the secret key is missing");
    if (!seal_all(store, keys, head_path, &n, &waiting, error))
        return false;
    if (ret_sealed != NULL)
        *ret_sealed = n;
    return true;
}

#define SQL_NEWEST_HEAD                                                                        \
    "SELECT seq, at, alg, hash, signature FROM sys_head WHERE county = $1 "                    \
    "ORDER BY seq DESC LIMIT 1"

bool
hj_seal_write_head(HjStore *store, const char *head_path, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    g_autoptr(HjRows) row =
        tx != NULL ? hj_tx_query(tx, error, SQL_NEWEST_HEAD, HJ_I64(hj_tx_county(tx))) : NULL;
    if (row == NULL)
        return false;
    if (!hj_rows_next(row))
        return true;
    size_t n_hash, n_signature;
    HjHead head = { .county = hj_tx_county(tx),
                    .seq = hj_rows_i64(row, "seq"),
                    .at = hj_rows_i64(row, "at"),
                    .alg = hj_rows_i64(row, "alg") };
    const void *hash = hj_rows_blob(row, "hash", &n_hash);
    const void *signature = hj_rows_blob(row, "signature", &n_signature);
    if (n_hash != sizeof head.hash || n_signature != sizeof head.signature)
        return hj_error_log(error, HJ_ERROR_STORE, "seal: the newest head has a wrong form");
    memcpy(head.hash, hash, n_hash);
    memcpy(head.signature, signature, n_signature);
    return hj_seal_keys_write_head(head_path, &head, error);
}

/* --- the thread --- */

/* Deaf to commits, so that any number of them is one wakeup. */
static void
pause_for(HjSealer *sealer, int64_t span)
{
    int64_t until = hj_time_monotonic() + span;
    g_mutex_lock(&sealer->lock);
    while (!sealer->stopping && g_cond_wait_until(&sealer->stop, &sealer->lock, until))
        ;
    g_mutex_unlock(&sealer->lock);
}

static bool
is_stopping(HjSealer *sealer)
{
    g_mutex_lock(&sealer->lock);
    bool stopping = sealer->stopping;
    g_mutex_unlock(&sealer->lock);
    return stopping;
}

static gpointer
work(gpointer data)
{
    HjSealer *sealer = data;
    HjStore *store = sealer->store;
    while (!is_stopping(sealer)) {
        uint64_t seen = hj_store_count_events(store);
        int64_t n;
        bool waiting = false;
        g_autoptr(GError) error = NULL;
        bool done = seal_all(store, sealer->keys, sealer->head_path, &n, &waiting, &error);
        if (!done)
            hj_log(HJ_LOG_CRITICAL, "seal", "error", error->message, NULL);
        pause_for(sealer, done ? PAUSE_US : RETRY_US);
        if (done && !waiting)
            hj_store_await_events(store, seen); /* without a timer */
    }
    return NULL;
}

HjSealer *
hj_seal_start(HjStore *store, const HjSealKeys *keys, const char *head_path)
{
    g_assert(keys->has_secret);
    HjSealer *sealer = g_new0(HjSealer, 1);
    sealer->store = store;
    sealer->keys = keys;
    sealer->head_path = g_strdup(head_path);
    g_mutex_init(&sealer->lock);
    g_cond_init(&sealer->stop);
    sealer->thread = g_thread_new("seal", work, sealer);
    return sealer;
}

void
hj_seal_stop(HjSealer *sealer)
{
    if (sealer == NULL)
        return;
    g_mutex_lock(&sealer->lock);
    sealer->stopping = true;
    g_cond_signal(&sealer->stop);
    g_mutex_unlock(&sealer->lock);
    hj_store_note_events(sealer->store);
    g_thread_join(sealer->thread);
    g_autoptr(GError) error = NULL;
    if (!hj_seal_run(sealer->store, sealer->keys, sealer->head_path, NULL, &error))
        hj_log(HJ_LOG_CRITICAL, "seal", "error", error->message, NULL);
    g_mutex_clear(&sealer->lock);
    g_cond_clear(&sealer->stop);
    g_free(sealer->head_path);
    g_free(sealer);
}
