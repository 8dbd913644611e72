#include "store/store.h"

#include "store/inside.h"
#include "store/kept.h"

typedef struct {
    HjConn *conn;
    int64_t county;
} Reader;

HjConn *
hj_store_connect(HjStore *store, HjTxMode mode, GError **error)
{
    return store->driver->connect(store->location, mode, error);
}

bool
hj_store_tell_county(HjStore *store, HjConn *conn, int64_t *county, GError **error)
{
    int64_t now = hj_store_county(store);
    if (store->driver->set_county == NULL || *county == now)
        return true;
    if (!store->driver->set_county(conn, now, error))
        return false;
    *county = now;
    return true;
}

HjStore *
hj_store_open(const HjDriver *driver, const char *location, GError **error)
{
    HjStore *store = g_new0(HjStore, 1);
    store->driver = driver;
    store->location = g_strdup(location);
    store->readers = g_ptr_array_new();
    g_mutex_init(&store->pool_lock);
    g_cond_init(&store->pool_free);
    g_mutex_init(&store->generation_lock);
    g_mutex_init(&store->event_lock);
    g_cond_init(&store->event_came);
    store->lane = hj_lane_new(store, error);
    if (store->lane == NULL) {
        hj_store_free(store);
        return NULL;
    }
    return store;
}

void
hj_store_free(HjStore *store)
{
    if (store == NULL)
        return;
    hj_lane_free(store->lane);
    hj_behind_free(store->behind);
    g_assert_cmpuint(store->readers->len, ==, (guint)store->n_readers);
    for (guint i = 0; i < store->readers->len; i++) {
        Reader *reader = g_ptr_array_index(store->readers, i);
        store->driver->close(reader->conn);
        g_free(reader);
    }
    g_ptr_array_free(store->readers, TRUE);
    if (store->generation_conn != NULL)
        store->driver->close(store->generation_conn);
    g_mutex_clear(&store->pool_lock);
    g_cond_clear(&store->pool_free);
    g_mutex_clear(&store->generation_lock);
    g_mutex_clear(&store->event_lock);
    g_cond_clear(&store->event_came);
    g_free(store->location);
    g_free(store);
}

HjStoreCounts
hj_store_counts(HjStore *store)
{
    return hj_lane_counts(store->lane);
}

const HjDriver *
hj_store_driver(const HjStore *store)
{
    return store->driver;
}

int64_t
hj_store_county(const HjStore *store)
{
    return atomic_load(&store->county);
}

void
hj_store_set_county(HjStore *store, int64_t county)
{
    /* Connections are told before their next transaction. */
    atomic_store(&store->county, county);
}

void
hj_store_set_clock(HjStore *store, HjTime fixed)
{
    atomic_store(&store->clock, fixed);
}

void
hj_store_start_clock(HjStore *store, HjTime from)
{
    atomic_store(&store->shift, from - hj_time_now());
}

HjTime
hj_store_now(const HjStore *store)
{
    HjTime fixed = atomic_load(&store->clock);
    return fixed != 0 ? fixed : hj_time_now() + atomic_load(&store->shift);
}

int64_t
hj_store_generation(HjStore *store)
{
    int64_t told = -1;
    g_mutex_lock(&store->generation_lock);
    if (store->generation_conn == NULL)
        store->generation_conn = hj_store_connect(store, HJ_TX_READ, NULL);
    if (store->generation_conn != NULL)
        told = store->driver->generation(store->generation_conn);
    if (told < 0 && store->generation_conn != NULL) /* lost, perhaps: another one next time */
        store->driver->close(g_steal_pointer(&store->generation_conn));
    /* A new connection may number otherwise, so that nothing it says is taken for known. */
    store->generation += told < 0 || told != store->generation_told;
    store->generation_told = told;
    const int64_t generation = told < 0 ? -1 : store->generation;
    g_mutex_unlock(&store->generation_lock);
    return generation;
}

void
hj_store_note_events(HjStore *store)
{
    g_mutex_lock(&store->event_lock);
    store->n_events++;
    g_cond_broadcast(&store->event_came);
    g_mutex_unlock(&store->event_lock);
}

uint64_t
hj_store_count_events(HjStore *store)
{
    g_mutex_lock(&store->event_lock);
    uint64_t n = store->n_events;
    g_mutex_unlock(&store->event_lock);
    return n;
}

void
hj_store_await_events(HjStore *store, uint64_t seen)
{
    g_mutex_lock(&store->event_lock);
    while (store->n_events <= seen)
        g_cond_wait(&store->event_came, &store->event_lock);
    g_mutex_unlock(&store->event_lock);
}

/* --- reading --- */

static int
most_readers(void)
{
    return 2 * (int)g_get_num_processors() + 4;
}

/* An idle reader, or NULL when the caller may connect one more (already counted). */
static Reader *
take_reader(HjStore *store)
{
    Reader *reader = NULL;
    g_mutex_lock(&store->pool_lock);
    while (store->readers->len == 0 && store->n_readers >= most_readers())
        g_cond_wait(&store->pool_free, &store->pool_lock);
    if (store->readers->len > 0)
        reader = g_ptr_array_steal_index(store->readers, store->readers->len - 1);
    else
        store->n_readers++;
    g_mutex_unlock(&store->pool_lock);
    return reader;
}

static void
give_reader(HjStore *store, Reader *reader)
{
    bool keep = reader->conn != NULL && store->driver->usable(reader->conn);
    if (!keep && reader->conn != NULL)
        store->driver->close(reader->conn);
    g_mutex_lock(&store->pool_lock);
    if (keep)
        g_ptr_array_add(store->readers, reader);
    else
        store->n_readers--;
    g_cond_signal(&store->pool_free);
    g_mutex_unlock(&store->pool_lock);
    if (!keep)
        g_free(reader);
}

HjTx *
hj_store_read(HjStore *store, GError **error)
{
    Reader *reader = take_reader(store);
    if (reader == NULL) {
        reader = g_new0(Reader, 1);
        reader->conn = hj_store_connect(store, HJ_TX_READ, error);
    }
    if (reader->conn == NULL ||
        !hj_store_tell_county(store, reader->conn, &reader->county, error) ||
        !store->driver->begin(reader->conn, HJ_TX_READ, error)) {
        give_reader(store, reader);
        return NULL;
    }
    HjTx *tx = g_new0(HjTx, 1);
    tx->store = store;
    tx->conn = reader->conn;
    tx->conn_county = reader->county;
    tx->now = hj_store_now(store);
    g_free(reader);
    return tx;
}

void
hj_tx_end(HjTx *tx)
{
    if (tx == NULL)
        return;
    g_assert(!tx->writing);
    hj_tx_keep(tx, NULL, NULL);
    tx->store->driver->rollback(tx->conn);
    Reader *reader = g_new0(Reader, 1);
    reader->conn = tx->conn;
    reader->county = tx->conn_county;
    give_reader(tx->store, reader);
    g_free(tx);
}

/* --- writing --- */

bool
hj_store_write(HjStore *store, HjWriteFn fn, gpointer data, GError **error)
{
    return hj_lane_wait(store->lane, fn, data, error);
}

bool
hj_store_write_async(HjStore *store, HjWriteFn fn, HjWriteDone done, gpointer data,
                     GError **error)
{
    return hj_lane_push(store->lane, fn, done, data, error);
}

void
hj_tx_finish_write(const HjTx *tx)
{
    int64_t n_changes = tx->store->driver->changes(tx->conn) - tx->n_changes_before;
    if (n_changes != 0 && !tx->has_event && !tx->exempt)
        g_error("store: a write changed rows and appended no event");
}

bool
hj_tx_part(HjTx *tx, HjWriteFn fn, gpointer data, GError **error)
{
    const HjDriver *driver = tx->store->driver;
    g_assert(tx->writing);
    if (!hj_behind_settle(tx, error))
        return false;
    int64_t n_changes = driver->changes(tx->conn);
    bool has_event = tx->has_event;
    if (!driver->savepoint(tx->conn, error))
        return false;
    if (fn(tx, data, error) && hj_behind_settle(tx, error))
        return driver->release(tx->conn, error);
    hj_behind_settle(tx, NULL);
    driver->rollback_to(tx->conn);
    /* What was taken back needs no event. */
    tx->n_changes_before += driver->changes(tx->conn) - n_changes;
    tx->has_event = has_event;
    hj_store_note_rights(tx->store);
    return false;
}

HjStore *
hj_tx_store(const HjTx *tx)
{
    return tx->store;
}

int64_t
hj_tx_county(const HjTx *tx)
{
    return hj_store_county(tx->store);
}

HjTime
hj_tx_now(const HjTx *tx)
{
    return tx->now;
}

HjTime
hj_tx_wall(const HjTx *tx)
{
    return tx->now - atomic_load(&tx->store->shift);
}

void
hj_tx_set_now(HjTx *tx, HjTime now)
{
    tx->now = now;
}

HjDate
hj_tx_today(const HjTx *tx)
{
    return hj_date_in_shanghai(tx->now);
}

void
hj_tx_set_actor(HjTx *tx, int64_t account)
{
    tx->actor = account;
    tx->behalf = 0;
}

void
hj_tx_set_behalf(HjTx *tx, int64_t account)
{
    tx->behalf = account;
}

int64_t
hj_tx_behalf(const HjTx *tx)
{
    return tx->behalf;
}

int64_t
hj_tx_actor(const HjTx *tx)
{
    return tx->actor;
}

void
hj_tx_set_via(HjTx *tx, const char *name)
{
    g_strlcpy(tx->via, name != NULL ? name : "", sizeof tx->via);
}

const char *
hj_tx_via(const HjTx *tx)
{
    return tx->via[0] != '\0' ? tx->via : NULL;
}

void
hj_tx_exempt(HjTx *tx)
{
    tx->exempt = true;
    hj_store_note_rights(tx->store);
}

void
hj_store_note_rights(HjStore *store)
{
    atomic_fetch_add(&store->rights, 1);
}

int64_t
hj_tx_rights(const HjTx *tx)
{
    return tx->writing ? atomic_load(&tx->store->rights) : -1;
}

void
hj_tx_note_event(HjTx *tx)
{
    tx->has_event = true;
}

gpointer
hj_tx_kept(const HjTx *tx)
{
    return tx->kept;
}

void
hj_tx_keep(HjTx *tx, gpointer data, GDestroyNotify free)
{
    if (tx->kept != NULL)
        tx->kept_free(tx->kept);
    tx->kept = data;
    tx->kept_free = free;
}

bool
hj_tx_exec_vals(HjTx *tx, GError **error, const char *sql, int64_t *ret_changes,
                const HjVal *vals)
{
    g_assert(tx->writing);
    hj_recall_note(tx, sql);
    return hj_behind_settle(tx, error) &&
           tx->store->driver->exec(tx->conn, sql, vals, ret_changes, error);
}

HjRows *
hj_tx_query_vals(HjTx *tx, GError **error, const char *sql, const HjVal *vals)
{
    return hj_behind_settle(tx, error) ? tx->store->driver->query(tx->conn, sql, vals, error)
                                       : NULL;
}

bool
hj_tx_scan(HjTx *tx, GError **error, const char *sql, const HjVal *vals, HjScanFn fn,
           gpointer data)
{
    return hj_behind_settle(tx, error) &&
           tx->store->driver->scan(tx->conn, sql, vals, fn, data, error);
}

bool
hj_tx_ddl(HjTx *tx, const char *sql, GError **error)
{
    g_assert(tx->writing);
    const HjDriver *driver = tx->store->driver;
    tx->changed_schema = true;
    g_autofree char *ddl = hj_driver_ddl(driver, sql);
    return hj_behind_settle(tx, error) && driver->script(tx->conn, ddl, error) &&
           (driver->after_ddl_sql == NULL ||
            driver->script(tx->conn, driver->after_ddl_sql, error));
}

#define PACK_LIMIT_MS 2000

HjRows *
hj_tx_query_pack(HjTx *tx, const char *sql, const HjVal *vals, GError **error)
{
    return hj_behind_settle(tx, error)
               ? tx->store->driver->query_pack(tx->conn, sql, vals, PACK_LIMIT_MS, error)
               : NULL;
}

bool
hj_tx_check_pack(HjTx *tx, const char *sql, GError **error)
{
    return hj_behind_settle(tx, error) && tx->store->driver->check_pack(tx->conn, sql, error);
}

int64_t
hj_tx_serial(HjTx *tx)
{
    /* hj_tx_write_behind asked before. */
    if (tx->serial == 0 && tx->behind == NULL)
        tx->serial = tx->store->driver->tx_serial(tx->conn);
    return tx->serial;
}

int64_t
hj_tx_horizon(HjTx *tx)
{
    return hj_behind_settle(tx, NULL) ? tx->store->driver->tx_horizon(tx->conn) : 0;
}
