#include "store/migrate.h"

#include "base/crypto.h"
#include "base/log.h"

#include <string.h>

#define SQL_TABLE                                                                              \
    "CREATE TABLE IF NOT EXISTS sys_migration (\n"                                             \
    "  name {text} NOT NULL, digest {text} NOT NULL, applied_at {i64} NOT NULL,\n"             \
    "  PRIMARY KEY (name)\n"                                                                   \
    ");\n"

typedef struct {
    const char *name;
    const char *sql;
    bool may_change; /* scripts of the driver are run again when they changed */
} Step;

static bool
make_table(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    hj_tx_exempt(tx);
    return hj_tx_ddl(tx, SQL_TABLE, error);
}

static bool
apply(HjTx *tx, gpointer data, GError **error)
{
    const Step *step = data;
    uint8_t sum[HJ_SM3_BYTES];
    hj_crypto_sm3(step->sql, strlen(step->sql), sum);
    g_autofree char *digest = hj_crypto_hex(sum, sizeof sum);
    g_autoptr(HjRows) rows = hj_tx_query(
        tx, error, "SELECT digest FROM sys_migration WHERE name = $1", HJ_TEXT(step->name));
    if (rows == NULL)
        return false;
    bool known = hj_rows_next(rows);
    if (known && strcmp(hj_rows_text(rows, "digest"), digest) == 0)
        return true;
    if (known && !step->may_change)
        return hj_error_log(error, HJ_ERROR_STORE,
                            "migrate %s: it was applied with another text", step->name);
    hj_tx_exempt(tx);
    if (!hj_tx_ddl(tx, step->sql, error)) {
        g_prefix_error(error, "migrate %s: ", step->name);
        return false;
    }
    if (!hj_tx_exec(tx, error,
                    "INSERT INTO sys_migration (name, digest, applied_at) VALUES ($1, $2, $3) "
                    "ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, "
                    "applied_at = excluded.applied_at",
                    HJ_TEXT(step->name), HJ_TEXT(digest), HJ_TIME(hj_tx_now(tx))))
        return false;
    hj_log(HJ_LOG_INFO, "migrate", "name", step->name, NULL);
    return true;
}

static bool
run_step(HjStore *store, const char *name, const char *sql, bool may_change, GError **error)
{
    Step step = { name, sql, may_change };
    return sql == NULL || hj_store_write(store, apply, &step, error);
}

/* After init there is one county in a data directory; a database of several is told by app. */
static bool
learn_county(HjStore *store, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    if (tx == NULL)
        return false;
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, "SELECT county FROM sys_county");
    if (rows == NULL)
        return false;
    if (hj_rows_count(rows) == 1 && hj_store_county(store) == 0 && hj_rows_next(rows))
        hj_store_set_county(store, hj_rows_i64(rows, "county"));
    return true;
}

bool
hj_migrate_run(HjStore *store, GError **error)
{
    const HjDriver *driver = hj_store_driver(store);
    if (!hj_store_write(store, make_table, NULL, error) ||
        !run_step(store, "driver_bootstrap", driver->bootstrap_sql, true, error))
        return false;
    for (const HjMigration *m = hj_migrate_list; m->name != NULL; m++)
        if (!run_step(store, m->name, m->sql, false, error))
            return false;
    return run_step(store, "driver_search", driver->search_sql, true, error) &&
           run_step(store, "driver_immutable", driver->immutable_sql, true, error) &&
           learn_county(store, error);
}
