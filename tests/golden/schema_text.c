/* schema_text DRIVER GOLDEN: the schema that the migrations make, as the database is told it.
 *
 * Prints what differs from the golden file; with HANGJI_GOLDEN=write it writes the file
 * instead. A change of the schema is so reviewed as a diff, for each database. */
#include "adapters/postgres/postgres.h"
#include "adapters/sqlite/sqlite.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>

static void
add(GString *out, const HjDriver *driver, const char *title, const char *sql)
{
    if (sql == NULL)
        return;
    g_autofree char *ddl = hj_driver_ddl(driver, sql);
    g_string_append_printf(out, "-- ==== %s ====\n%s\n", title, ddl);
}

static char *
schema(const HjDriver *driver)
{
    GString *out =
        g_string_new("-- Made by tests/golden/schema_text.c; see HANGJI_GOLDEN there.\n");
    add(out, driver, "bootstrap", driver->bootstrap_sql);
    for (const HjMigration *m = hj_migrate_list; m->name != NULL; m++)
        add(out, driver, m->name, m->sql);
    add(out, driver, "search", driver->search_sql);
    add(out, driver, "immutable", driver->immutable_sql);
    return g_string_free(out, FALSE);
}

/* Shows the first line that differs. */
static int
compare(const char *got, const char *wanted, const char *path)
{
    g_auto(GStrv) a = g_strsplit(got, "\n", -1);
    g_auto(GStrv) b = g_strsplit(wanted, "\n", -1);
    for (int i = 0; a[i] != NULL || b[i] != NULL; i++) {
        if (g_strcmp0(a[i], b[i]) == 0)
            continue;
        g_printerr("%s:%d: the schema is another one\n  golden: %s\n  now:    %s\n", path,
                   i + 1, b[i] != NULL ? b[i] : "(end)", a[i] != NULL ? a[i] : "(end)");
        return 1;
    }
    return 0;
}

int
main(int argc, char **argv)
{
    g_assert(argc == 3);
    const HjDriver *driver =
        strcmp(argv[1], "sqlite") == 0 ? &hj_sqlite_driver : &hj_postgres_driver;
    g_autofree char *now = schema(driver);
    g_autofree char *golden = NULL;
    g_autoptr(GError) error = NULL;
    if (g_strcmp0(g_getenv("HANGJI_GOLDEN"), "write") == 0) {
        if (g_file_set_contents(argv[2], now, -1, &error))
            return 0;
    } else if (g_file_get_contents(argv[2], &golden, NULL, &error)) {
        return compare(now, golden, argv[2]);
    }
    g_printerr("%s\n", error->message);
    return 1;
}
