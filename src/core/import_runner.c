/* The thread that does what waits, and sweeps what nobody came back for. */
#include "base/log.h"
#include "core/import_work.h"

#define LOOK_EVERY_MS 300
#define SWEEP_EVERY_US (INT64_C(600) * 1000 * 1000)
#define HOUR_US (INT64_C(3600) * 1000 * 1000)
#define CLAIM_US (HOUR_US / 2)      /* a worker of another process is believed so long */
#define ABANDONED_US (24 * HOUR_US) /* checked and never started */
#define KEPT_US (14 * 24 * HOUR_US)

#define SQL_DUE                                                                                \
    "SELECT id FROM sys_import WHERE county = $1 AND state IN ('waiting', 'applying')"         \
    " AND (worker = 0 OR beat_at < $2) ORDER BY id LIMIT 1"
#define SQL_CLAIM                                                                              \
    "UPDATE sys_import SET worker = 1, beat_at = $3 WHERE county = $1 AND id = $2"             \
    " AND state IN ('waiting', 'applying') AND (worker = 0 OR beat_at < $4)"
#define SQL_RELEASE "UPDATE sys_import SET worker = 0 WHERE county = $1 AND id = $2"
#define SQL_RELEASE_ALL "UPDATE sys_import SET worker = 0 WHERE county = $1 AND worker <> 0"
#define OLD                                                                                    \
    "county = $1 AND ((state IN ('checked', 'refused') AND updated_at < $2)"                   \
    " OR (state IN ('done', 'undone') AND updated_at < $3))"
#define SQL_SWEEP_PARTS                                                                        \
    "DELETE FROM sys_import_part WHERE county = $1 AND import_id IN"                           \
    " (SELECT id FROM sys_import WHERE " OLD ")"
#define SQL_SWEEP "DELETE FROM sys_import WHERE " OLD
/* The workbook itself is of no use once its rows are in. */
#define SQL_SWEEP_FILES                                                                        \
    "DELETE FROM sys_import_part WHERE county = $1 AND kind = 'file' AND import_id IN"         \
    " (SELECT id FROM sys_import WHERE county = $1 AND state = 'done')"

typedef struct {
    int64_t id;
    bool claimed;
} Claim;

static bool
find_due(HjStore *store, int64_t *ret, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    g_autoptr(HjRows) rows = tx != NULL
                                 ? hj_tx_query(tx, error, SQL_DUE, HJ_I64(hj_tx_county(tx)),
                                               HJ_TIME(hj_tx_now(tx) - CLAIM_US))
                                 : NULL;
    if (rows == NULL)
        return false;
    *ret = hj_rows_next(rows) ? hj_rows_i64(rows, "id") : 0;
    return true;
}

static bool
write_claim(HjTx *tx, gpointer data, GError **error)
{
    Claim *claim = data;
    int64_t changes = 0;
    hj_tx_exempt(tx);
    bool done = hj_tx_change(tx, error, &changes, SQL_CLAIM, HJ_I64(hj_tx_county(tx)),
                             HJ_I64(claim->id), HJ_TIME(hj_tx_now(tx)),
                             HJ_TIME(hj_tx_now(tx) - CLAIM_US));
    claim->claimed = changes == 1;
    return done;
}

static bool
write_release(HjTx *tx, gpointer data, GError **error)
{
    const Claim *claim = data;
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, SQL_RELEASE, HJ_I64(hj_tx_county(tx)), HJ_I64(claim->id));
}

bool
hj_import_run_due(HjStore *store, HjPack *pack, bool *ret_any, GError **error)
{
    Claim claim = { 0 };
    *ret_any = false;
    if (!find_due(store, &claim.id, error))
        return false;
    if (claim.id == 0)
        return true;
    if (!hj_store_write(store, write_claim, &claim, error))
        return false;
    if (!claim.claimed)
        return true;
    *ret_any = true;
    bool done = hj_import_work_run(store, pack, claim.id, error);
    g_autoptr(GError) late = NULL;
    if (!hj_store_write(store, write_release, &claim, &late))
        hj_log(HJ_LOG_WARNING, "import", "cause", late->message, NULL);
    return done;
}

/* --- sweeping --- */

static bool
write_sweep(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    HjVal county = HJ_I64(hj_tx_county(tx));
    HjVal abandoned = HJ_TIME(hj_tx_now(tx) - ABANDONED_US);
    HjVal kept = HJ_TIME(hj_tx_now(tx) - KEPT_US);
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, SQL_SWEEP_PARTS, county, abandoned, kept) &&
           hj_tx_exec(tx, error, SQL_SWEEP, county, abandoned, kept) &&
           hj_tx_exec(tx, error, SQL_SWEEP_FILES, county);
}

bool
hj_import_sweep(HjStore *store, GError **error)
{
    return hj_store_write(store, write_sweep, NULL, error);
}

static bool
write_release_all(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, SQL_RELEASE_ALL, HJ_I64(hj_tx_county(tx)));
}

/* --- the thread --- */

struct HjImportRunner {
    HjStore *store;
    HjPack *pack;
    GThread *thread;
    GMutex lock;
    GCond changed;
    bool stopping;
};

/* Rests a little, unless there may be more to do; true when told to stop. */
static bool
stops(HjImportRunner *runner, bool more)
{
    int64_t until = g_get_monotonic_time() + (more ? 0 : LOOK_EVERY_MS * 1000);
    g_mutex_lock(&runner->lock);
    while (!runner->stopping && g_cond_wait_until(&runner->changed, &runner->lock, until))
        ;
    bool stopping = runner->stopping;
    g_mutex_unlock(&runner->lock);
    return stopping;
}

static gpointer
work(gpointer data)
{
    HjImportRunner *runner = data;
    int64_t swept = 0;
    bool any = false;
    g_autoptr(GError) begun = NULL;
    /* One process writes a SQLite database: what somebody held there is held no more. */
    if (hj_store_driver(runner->store)->single_writer &&
        !hj_store_write(runner->store, write_release_all, NULL, &begun))
        hj_log(HJ_LOG_WARNING, "import", "cause", begun->message, NULL);
    while (!stops(runner, any)) {
        g_autoptr(GError) error = NULL;
        any = false;
        if (!hj_import_run_due(runner->store, runner->pack, &any, &error)) {
            hj_log(HJ_LOG_WARNING, "import", "cause", error->message, NULL);
            any = false;
        }
        int64_t now = g_get_monotonic_time();
        g_autoptr(GError) dirty = NULL;
        if (!any && now - swept > SWEEP_EVERY_US) {
            swept = now;
            if (!hj_import_sweep(runner->store, &dirty))
                hj_log(HJ_LOG_WARNING, "import", "cause", dirty->message, NULL);
        }
    }
    return NULL;
}

HjImportRunner *
hj_import_runner_start(HjStore *store, HjPack *pack)
{
    HjImportRunner *runner = g_new0(HjImportRunner, 1);
    runner->store = store;
    runner->pack = hj_pack_ref(pack);
    g_mutex_init(&runner->lock);
    g_cond_init(&runner->changed);
    hj_import_work_halt(false);
    runner->thread = g_thread_new("import", work, runner);
    return runner;
}

void
hj_import_runner_stop(HjImportRunner *runner)
{
    if (runner == NULL)
        return;
    g_mutex_lock(&runner->lock);
    runner->stopping = true;
    hj_import_work_halt(true);
    g_cond_signal(&runner->changed);
    g_mutex_unlock(&runner->lock);
    g_thread_join(runner->thread);
    hj_import_work_halt(false);
    g_mutex_clear(&runner->lock);
    g_cond_clear(&runner->changed);
    hj_pack_unref(runner->pack);
    g_free(runner);
}
