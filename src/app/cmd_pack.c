/* hangji pack …: is this folder a pack, and what would loading it change. */
#include "app/place.h"
#include "core/packcheck.h"
#include "core/schema.h"
#include "store/migrate.h"

#include <stdio.h>
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
check_in_scratch(HjPack *pack, const char *dir, const char *scratch, HjPackProblems *problems,
                 int *ret_checked, GError **error)
{
    g_autofree char *db = g_strdup_printf("sqlite:%s/scratch.db", scratch);
    g_autoptr(HjStore) store = hj_place_open_store(db, error);
    if (store == NULL || !hj_migrate_run(store, error))
        return false;
    hj_store_set_county(store, 1);
    return hj_store_write(store, apply, pack, error) &&
           hj_packcheck_sql(store, pack, problems, error) &&
           (hj_pack_problems_count(problems) > 0 ||
            hj_packcheck_tests(store, pack, dir, problems, ret_checked, error));
}

static bool
check_database(HjPack *pack, const char *dir, HjPackProblems *problems, int *ret_checked,
               GError **error)
{
    g_autofree char *scratch = g_dir_make_tmp("hangji-pack-XXXXXX", error);
    if (scratch == NULL)
        return false;
    bool done = check_in_scratch(pack, dir, scratch, problems, ret_checked, error);
    static const char *const files[] = { "scratch.db", "scratch.db-wal", "scratch.db-shm" };
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(scratch, files[i], NULL);
        unlink(path);
    }
    rmdir(scratch);
    return done;
}

static int
run_check(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 1, 1))
        return HJ_EXIT_USAGE;
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autoptr(GError) error = NULL;
    int checked = 0;
    g_autoptr(HjPack) pack = hj_pack_load(cli->args[0], problems, &error);
    bool done = pack != NULL && hj_pack_problems_count(problems) == 0 &&
                check_database(pack, cli->args[0], problems, &checked, &error);
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        g_printerr("%s\n", hj_pack_problems_line(problems, i));
    if (error != NULL)
        return hj_cli_fail_error("pack check", error);
    if (!done || hj_pack_problems_count(problems) > 0)
        return HJ_EXIT_FAILED;
    printf("%s %s: %zu ledgers, %zu indicators, %zu schemes, %d expectations hold\n",
           pack->name, pack->version, pack->n_ledgers, pack->n_indicators, pack->n_schemes,
           checked);
    return 0;
}

static int
print_plan(HjTx *tx, HjPack *pack, GError **error)
{
    HjSchemaPlan plan = { 0 };
    if (!hj_schema_plan(tx, pack, &plan, error))
        return HJ_EXIT_FAILED;
    for (guint i = 0; i < plan.lines->len; i++)
        printf("%s\n", (const char *)g_ptr_array_index(plan.lines, i));
    if (plan.empty)
        printf("nothing to change\n");
    int code = plan.refused ? HJ_EXIT_FAILED : 0;
    hj_schema_plan_clear(&plan);
    return code;
}

static int
run_plan(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 0, 1))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("pack plan", error);
    g_autoptr(HjPack) pack =
        cli->n_args > 0 ? hj_place_load_pack(cli->args[0], &error) : hj_pack_ref(place->pack);
    HjTx *tx = pack != NULL ? hj_store_read(place->store, &error) : NULL;
    int code = tx != NULL ? print_plan(tx, pack, &error) : HJ_EXIT_FAILED;
    hj_tx_end(tx);
    return error != NULL ? hj_cli_fail_error("pack plan", error) : code;
}

const HjCommand hj_cli_pack_check = { "pack check", "DIR", "tells every problem of a pack",
                                      run_check };
const HjCommand hj_cli_pack_plan = { "pack plan", "[DIR]",
                                     "tells what loading a pack would change in the database",
                                     run_plan };
