/* hangji keys: the master keys of sealed values. */
#include "app/keyring.h"
#include "app/place.h"
#include "core/purge.h"

#include <stdio.h>
#include <string.h>

#define BATCH 500

static HjPlace *
open_place(HjCli *cli, GError **error)
{
    HjPlace *place = hj_place_open(cli, HJ_PLACE_READ, error);
    if (place == NULL || place->vault != NULL)
        return place;
    hj_place_close(place);
    hj_error_log(error, HJ_ERROR_NOT_FOUND, "there is no file of master keys");
    return NULL;
}

static int64_t
rows_under(HjRows *masters, const char *id)
{
    hj_rows_rewind(masters);
    while (hj_rows_next(masters))
        if (g_str_equal(hj_rows_text(masters, "master"), id))
            return hj_rows_i64(masters, "n");
    return 0;
}

static HjRows *
count_rows(HjPlace *place, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(place->store, error);
    return tx != NULL ? hj_purge_masters(tx, error) : NULL;
}

static int
run_list(HjCli *cli)
{
    g_autoptr(GError) error = NULL;
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(HjPlace) place = open_place(cli, &error);
    g_autoptr(HjRows) masters = place != NULL ? count_rows(place, &error) : NULL;
    if (masters == NULL)
        return hj_cli_fail_error("keys list", error);
    size_t n = hj_vault_count(place->vault);
    for (size_t i = 0; i < n; i++) {
        char id[HJ_VAULT_ID_BYTES];
        hj_vault_id(place->vault, i, id);
        const char *made = hj_time_text(hj_vault_made_at(place->vault, i)).text;
        if (cli->json)
            printf(
                "{\"key\":\"%s\",\"made_at\":\"%s\",\"current\":%s,\"rows\":%" G_GINT64_FORMAT
                "}\n",
                id, made, i + 1 == n ? "true" : "false", rows_under(masters, id));
        else
            printf("%s  %s  %8" G_GINT64_FORMAT " rows%s\n", id, made, rows_under(masters, id),
                   i + 1 == n ? "  current" : "");
    }
    return 0;
}

static bool
rewrap(HjTx *tx, gpointer data, GError **error)
{
    return hj_purge_rewrap(tx, BATCH, data, error);
}

/* Row keys that no other key than the current one wraps. */
static bool
is_finished(HjPlace *place, GError **error)
{
    char current[HJ_VAULT_ID_BYTES];
    g_autoptr(HjRows) masters = count_rows(place, error);
    if (masters == NULL)
        return false;
    hj_vault_id(place->vault, hj_vault_count(place->vault) - 1, current);
    return hj_rows_count(masters) == 0 ||
           (hj_rows_count(masters) == 1 && rows_under(masters, current) > 0);
}

static int
run_rotate(HjCli *cli)
{
    g_autoptr(GError) error = NULL;
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(HjPlace) place = open_place(cli, &error);
    if (place == NULL)
        return hj_cli_fail_error("keys rotate", error);
    /* One that was interrupted goes on; it does not begin again. */
    bool fresh = is_finished(place, &error);
    if (error != NULL || (fresh && !hj_vault_add_master(place->vault, hj_time_now(), &error)))
        return hj_cli_fail_error("keys rotate", error);
    place->wrote = true;
    int64_t n = 0, all = 0;
    do {
        if (!hj_store_write(place->store, rewrap, &n, &error))
            return hj_cli_fail_error("keys rotate", error);
        all += n;
    } while (n > 0);
    char current[HJ_VAULT_ID_BYTES];
    hj_vault_id(place->vault, hj_vault_count(place->vault) - 1, current);
    printf("%s %s, %" G_GINT64_FORMAT " rows wrapped anew\n", current,
           fresh ? "made" : "goes on", all);
    return 0;
}

static int
run_drop(HjCli *cli)
{
    g_autoptr(GError) error = NULL;
    if (!hj_cli_parse(cli, NULL, 1, 1))
        return HJ_EXIT_USAGE;
    g_autoptr(HjPlace) place = open_place(cli, &error);
    g_autoptr(HjRows) masters = place != NULL ? count_rows(place, &error) : NULL;
    if (masters == NULL)
        return hj_cli_fail_error("keys drop", error);
    int64_t n = rows_under(masters, cli->args[0]);
    if (n > 0)
        return hj_cli_fail("keys drop",
                           "%" G_GINT64_FORMAT " rows still need it; hangji keys rotate first",
                           n);
    if (!hj_vault_drop_master(place->vault, cli->args[0], &error))
        return hj_cli_fail_error("keys drop", error);
    printf("%s is gone; backups made under it can no longer be read where values are sealed\n",
           cli->args[0]);
    return 0;
}

const HjCommand hj_cli_keys_list = { "keys list", "", "tells the master keys of sealed values",
                                     run_list };
const HjCommand hj_cli_keys_rotate = { "keys rotate", "",
                                       "makes a new master key and wraps every row key with it",
                                       run_rotate };
const HjCommand hj_cli_keys_drop = { "keys drop", "KEY", "forgets a master key no row needs",
                                     run_drop };
