/* hangji pack …: is this folder a pack, and what would loading it change. */
#include "app/place.h"
#include "app/scratch.h"
#include "core/schema.h"

#include <stdio.h>

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
                hj_scratch_check(pack, cli->args[0], true, problems, &checked, &error);
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
