#include "tests/harness/store_fixture.h"

#include "adapters/postgres/postgres.h"
#include "adapters/sqlite/sqlite.h"
#include "base/crypto.h"
#include "store/migrate.h"

#include <glib/gstdio.h>

static void
must(bool done, GError *error)
{
    if (!done)
        g_error("fixture: %s", error != NULL ? error->message : "failed");
}

bool
hj_store_fixture_has_postgres(void)
{
    const char *url = g_getenv("HANGJI_TEST_PG");
    return url != NULL && url[0] != '\0';
}

/* Runs one statement in the server's own database: databases cannot be made in a transaction.
 */
static void
on_server(const HjStoreFixture *fixture, const char *before, const char *after)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *sql = g_strconcat(before, fixture->database, after, NULL);
    HjConn *conn = hj_postgres_driver.connect(fixture->server, HJ_TX_WRITE, &error);
    must(conn != NULL, error);
    must(hj_postgres_driver.script(conn, sql, &error), error);
    hj_postgres_driver.close(conn);
}

/* The URL with another database: postgresql://…/NAME?… */
static char *
url_of(const char *server, const char *database)
{
    const char *host = strstr(server, "://");
    g_assert(host != NULL);
    const char *path = strchr(host + 3, '/');
    const char *query = strchr(host + 3, '?');
    const char *end = path != NULL ? path : query != NULL ? query : server + strlen(server);
    g_autofree char *base = g_strndup(server, (gsize)(end - server));
    return g_strdup_printf("%s/%s%s", base, database, query != NULL ? query : "");
}

static bool
make_county(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error,
                      "INSERT INTO sys_county (county, code, name, created_at, demo) "
                      "VALUES ($1, '130921', 'Cang', 0, 0)",
                      HJ_I64(HJ_FIXTURE_COUNTY));
}

static void
open_store(HjStoreFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    fixture->store = hj_store_open(fixture->driver, fixture->location, &error);
    must(fixture->store != NULL, error);
    must(hj_migrate_run(fixture->store, &error), error);
    if (fixture->keys != NULL)
        hj_seal_use(fixture->store, fixture->keys);
    hj_vault_use(fixture->store, fixture->vault);
}

HjStoreFixture *
hj_store_fixture_empty(HjFixtureKind kind)
{
    g_autoptr(GError) error = NULL;
    must(hj_crypto_init(&error), error);
    HjStoreFixture *fixture = g_new0(HjStoreFixture, 1);
    fixture->kind = kind;
    fixture->dir = g_dir_make_tmp("hangji-test-XXXXXX", &error);
    must(fixture->dir != NULL, error);
    fixture->head_path = g_build_filename(fixture->dir, "head", NULL);
    if (kind == HJ_FIXTURE_SQLITE) {
        fixture->driver = &hj_sqlite_driver;
        fixture->location = g_build_filename(fixture->dir, "county.db", NULL);
    } else {
        uint8_t random[8];
        hj_crypto_random(random, sizeof random);
        g_autofree char *hex = hj_crypto_hex(random, sizeof random);
        fixture->driver = &hj_postgres_driver;
        fixture->server = g_strdup(g_getenv("HANGJI_TEST_PG"));
        fixture->database = g_strconcat("hangji_test_", hex, NULL);
        fixture->location = url_of(fixture->server, fixture->database);
        on_server(fixture, "CREATE DATABASE ", "");
    }
    return fixture;
}

HjStoreFixture *
hj_store_fixture_new(HjFixtureKind kind, bool keys)
{
    g_autoptr(GError) error = NULL;
    HjStoreFixture *fixture = hj_store_fixture_empty(kind);
    if (keys) {
        fixture->keys = hj_seal_keys_load(fixture->dir, true, &error);
        must(fixture->keys != NULL, error);
    }
    g_autofree char *master = g_build_filename(fixture->dir, "master.key", NULL);
    fixture->vault = hj_vault_load(master, true, &error);
    must(fixture->vault != NULL, error);
    open_store(fixture);
    must(hj_store_write(fixture->store, make_county, NULL, &error), error);
    hj_store_set_county(fixture->store, HJ_FIXTURE_COUNTY);
    return fixture;
}

void
hj_store_fixture_close(HjStoreFixture *fixture)
{
    hj_store_free(fixture->store);
    fixture->store = NULL;
}

void
hj_store_fixture_reopen(HjStoreFixture *fixture)
{
    hj_store_fixture_close(fixture);
    open_store(fixture);
}

void
hj_store_fixture_tamper(HjStoreFixture *fixture, const char *sql)
{
    g_autoptr(GError) error = NULL;
    HjConn *conn = fixture->driver->connect(fixture->location, HJ_TX_WRITE, &error);
    must(conn != NULL, error);
    if (fixture->kind == HJ_FIXTURE_POSTGRES) {
        must(fixture->driver->script(conn, "SET session_replication_role = replica", &error),
             error);
    } else {
        static const char *const tables[] = { "sys_event", "sys_seal", "sys_head",
                                              "sys_assessment_result" };
        for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
            g_autofree char *drop = g_strdup_printf(
                "DROP TRIGGER IF EXISTS %s_no_update; DROP TRIGGER IF EXISTS %s_no_delete;",
                tables[i], tables[i]);
            must(fixture->driver->script(conn, drop, &error), error);
        }
    }
    must(fixture->driver->script(conn, sql, &error), error);
    fixture->driver->close(conn);
}

static void
remove_dir(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_remove(file);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_rmdir(path);
}

void
hj_store_fixture_free(HjStoreFixture *fixture)
{
    hj_store_free(fixture->store);
    if (fixture->database != NULL)
        on_server(fixture, "DROP DATABASE ", " WITH (FORCE)");
    hj_seal_keys_free(fixture->keys);
    hj_vault_free(fixture->vault);
    remove_dir(fixture->dir);
    g_free(fixture->dir);
    g_free(fixture->location);
    g_free(fixture->head_path);
    g_free(fixture->server);
    g_free(fixture->database);
    g_free(fixture);
}
