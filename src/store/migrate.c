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
run_step(HjTx *tx, const char *name, const char *sql, bool may_change, GError **error)
{
    Step step = { name, sql, may_change };
    return sql == NULL || apply(tx, &step, error);
}

static bool
is_ours(const char *name)
{
    if (g_str_has_prefix(name, "driver_"))
        return true;
    for (const HjMigration *m = hj_migrate_list; m->name != NULL; m++)
        if (strcmp(m->name, name) == 0)
            return true;
    return false;
}

/* A program must not write into tables whose meaning it does not know. */
static bool
refuse_newer(HjTx *tx, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, "SELECT name FROM sys_migration ORDER BY name");
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows))
        if (!is_ours(hj_rows_text(rows, "name")))
            return hj_error_log(error, HJ_ERROR_CONFLICT,
                                "the database was written by a newer program (it has %s); "
                                "install that program again",
                                hj_rows_text(rows, "name"));
    return true;
}

bool
hj_migrate_in(HjTx *tx, const char *const *names, GError **error)
{
    const HjDriver *driver = hj_store_driver(hj_tx_store(tx));
    if (!make_table(tx, NULL, error) || !refuse_newer(tx, error) ||
        !run_step(tx, "driver_bootstrap", driver->bootstrap_sql, true, error))
        return false;
    for (int i = 0; names != NULL && names[i] != NULL; i++)
        if (!is_ours(names[i]))
            return hj_error_log(error, HJ_ERROR_CONFLICT,
                                "it was written by a newer program (it has %s); install that "
                                "program first",
                                names[i]);
    for (const HjMigration *m = hj_migrate_list; m->name != NULL; m++)
        if ((names == NULL || g_strv_contains(names, m->name)) &&
            !run_step(tx, m->name, m->sql, false, error))
            return false;
    /* Some of it belongs to tables that an older copy does not have. */
    bool assesses = names == NULL || g_strv_contains(names, "0014_assessment");
    bool searches = names == NULL || g_strv_contains(names, "0005_search");
    return (!searches || run_step(tx, "driver_search", driver->search_sql, true, error)) &&
           run_step(tx, "driver_immutable", driver->immutable_sql, true, error) &&
           (!assesses || run_step(tx, "driver_kept", driver->kept_sql, true, error));
}

static bool
migrate_all(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    return hj_migrate_in(tx, NULL, error);
}

/* Whether the database has a table of this program at all. */
static bool
has_migrations(HjTx *tx, bool *ret, GError **error)
{
    const HjVal none[] = { HJ_END };
    g_autoptr(HjRows) rows =
        hj_tx_query_vals(tx, error, hj_store_driver(hj_tx_store(tx))->tables_sql, none);
    *ret = false;
    while (rows != NULL && !*ret && hj_rows_next(rows))
        *ret = strcmp(hj_rows_text(rows, "tbl"), "sys_migration") == 0;
    return rows != NULL;
}

bool
hj_migrate_waiting(HjStore *store, GPtrArray **ret_names, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    bool made = false;
    *ret_names = NULL;
    if (tx == NULL || !has_migrations(tx, &made, error))
        return false;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    if (made) {
        g_autoptr(HjRows) rows = hj_tx_query(tx, error, "SELECT name FROM sys_migration");
        if (rows == NULL || !refuse_newer(tx, error))
            return false;
        g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
        while (hj_rows_next(rows))
            g_hash_table_add(known, (gpointer)hj_rows_text(rows, "name"));
        for (const HjMigration *m = hj_migrate_list; m->name != NULL; m++)
            if (!g_hash_table_contains(known, m->name))
                g_ptr_array_add(names, (gpointer)m->name);
    }
    *ret_names = g_steal_pointer(&names);
    return true;
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
    return hj_store_write(store, migrate_all, NULL, error) && learn_county(store, error);
}
