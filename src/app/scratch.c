#include "app/scratch.h"

#include "app/place.h"
#include "core/packcheck.h"
#include "core/schema.h"
#include "store/migrate.h"

#include <unistd.h>

#define SQL_SCRATCH                                                                            \
    "INSERT INTO sys_county (county, code, name, created_at) VALUES ($1, '130921', '', 0)"

static bool
apply(HjTx *tx, gpointer data, GError **error)
{
    return hj_tx_exec(tx, error, SQL_SCRATCH, HJ_I64(hj_tx_county(tx))) &&
           hj_schema_apply(tx, data, error);
}

/* A database in a temporary folder, with the tables the pack asks for. */
static bool
check_in(const char *scratch, HjPack *pack, const char *tests, HjPackProblems *problems,
         int *ret_checked, GError **error)
{
    g_autofree char *db = g_strdup_printf("sqlite:%s/scratch.db", scratch);
    g_autoptr(HjVault) vault = hj_vault_new_temporary();
    g_autoptr(HjStore) store = hj_place_open_store(db, error);
    if (store == NULL || !hj_migrate_run(store, error))
        return false;
    hj_store_set_county(store, 1);
    hj_vault_use(store, vault);
    return hj_store_write(store, apply, pack, error) &&
           hj_packcheck_sql(store, pack, problems, error) &&
           (tests == NULL || hj_pack_problems_count(problems) > 0 ||
            hj_packcheck_tests(store, pack, tests, problems, ret_checked, error));
}

bool
hj_scratch_check(HjPack *pack, const char *dir, bool tests, HjPackProblems *problems,
                 int *ret_checked, GError **error)
{
    g_autofree char *scratch = g_dir_make_tmp("hangji-pack-XXXXXX", error);
    if (scratch == NULL)
        return false;
    bool done = check_in(scratch, pack, tests ? dir : NULL, problems, ret_checked, error);
    static const char *const files[] = { "scratch.db", "scratch.db-wal", "scratch.db-shm" };
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(scratch, files[i], NULL);
        unlink(path);
    }
    rmdir(scratch);
    return done;
}
