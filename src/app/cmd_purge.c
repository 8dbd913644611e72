/* hangji purge: removes sealed values whose time is over. */
#include "app/place.h"
#include "core/purge.h"

#include <stdio.h>

#define BATCH 200
#define MOST_SHOWN 1000

typedef struct {
    HjPack *pack;
    int64_t rows, values;
} Job;

static bool
purge(HjTx *tx, gpointer data, GError **error)
{
    Job *job = data;
    return hj_purge_run(tx, job->pack, BATCH, &job->rows, &job->values, error);
}

static int
show(HjCli *cli, HjPlace *place)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(place->store, &error);
    g_autoptr(HjRows) due =
        tx != NULL ? hj_purge_due(tx, place->pack, MOST_SHOWN, &error) : NULL;
    if (due == NULL)
        return hj_cli_fail_error("purge", error);
    while (hj_rows_next(due))
        printf(cli->json ? "{\"ledger\":\"%s\",\"field\":\"%s\",\"row\":\"%" G_GINT64_FORMAT
                           "\",\"org\":\"%s\",\"ended_on\":\"%s\"}\n"
                         : "%s.%s %" G_GINT64_FORMAT " of %s, ended on %s\n",
               hj_rows_text(due, "ledger"), hj_rows_text(due, "field"), hj_rows_i64(due, "row"),
               hj_rows_text(due, "org_code"), hj_rows_text(due, "ended_on"));
    if (!cli->json)
        printf("%zu values would be purged\n", hj_rows_count(due));
    return 0;
}

static int
run(HjCli *cli)
{
    bool dry = false;
    const HjCliOption options[] = { { "--dry-run", NULL, &dry }, { 0 } };
    g_autoptr(GError) error = NULL;
    if (!hj_cli_parse(cli, options, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("purge", error);
    if (dry)
        return show(cli, place);
    Job job = { .pack = place->pack };
    int64_t rows = 0, values = 0;
    place->wrote = true;
    do {
        if (!hj_store_write(place->store, purge, &job, &error))
            return hj_cli_fail_error("purge", error);
        rows += job.rows;
        values += job.values;
    } while (job.rows > 0);
    printf("%" G_GINT64_FORMAT " values of %" G_GINT64_FORMAT " rows purged\n", values, rows);
    return 0;
}

const HjCommand hj_cli_purge = { "purge", "[--dry-run]",
                                 "removes sealed values whose retention is over", run };
