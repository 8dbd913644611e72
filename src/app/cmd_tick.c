/* hangji tick: what has become overdue is put under supervision, once. */
#include "app/place.h"
#include "core/supervise.h"

#include <stdio.h>

#define NOON "T12:00:00+08:00"

typedef struct {
    const HjActor *system;
    HjSuperviseReport report;
} Job;

static bool
tick(HjTx *tx, gpointer data, GError **error)
{
    Job *job = data;
    return hj_supervise_tick(tx, job->system, &job->report, error);
}

/* A day that has been, or any day in a demonstration. */
static bool
set_day(HjPlace *place, const char *on, GError **error)
{
    HjDate day;
    HjTime noon;
    g_autofree char *text = g_strconcat(on, NOON, NULL);
    if (!hj_date_parse(on, &day, error))
        return false;
    if (day > hj_date_in_shanghai(hj_store_now(place->store)) && !place->demo)
        return hj_fail(error, HJ_ERROR_INVALID, "This day has not come yet.");
    if (!hj_time_parse(text, &noon, error))
        return false;
    hj_store_set_clock(place->store, noon);
    return true;
}

static int
run(HjCli *cli)
{
    const char *on = NULL;
    const HjCliOption options[] = { { "--on", &on, NULL }, { 0 } };
    g_autoptr(GError) error = NULL;
    if (!hj_cli_parse(cli, options, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL || (on != NULL && !set_day(place, on, &error)))
        return hj_cli_fail_error("tick", error);
    Job job = { .system = place->system };
    place->wrote = true;
    if (!hj_store_write(place->store, tick, &job, &error))
        return hj_cli_fail_error("tick", error);
    const HjSuperviseReport *r = &job.report;
    printf(cli->json ? "{\"opened\":%" G_GINT64_FORMAT ",\"done\":%" G_GINT64_FORMAT
                       ",\"escalated\":%" G_GINT64_FORMAT ",\"refused\":%" G_GINT64_FORMAT "}\n"
                     : "%" G_GINT64_FORMAT " put under supervision, %" G_GINT64_FORMAT
                       " done meanwhile, %" G_GINT64_FORMAT
                       " told to the superior, %" G_GINT64_FORMAT " refused\n",
           r->n_opened, r->n_done, r->n_escalated, r->n_refused);
    return 0;
}

const HjCommand hj_cli_tick = { "tick", "[--on DATE]", "puts under supervision what is overdue",
                                run };
