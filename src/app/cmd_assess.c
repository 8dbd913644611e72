/* hangji assess: a ranking, computed now. */
#include "app/place.h"
#include "base/decimal.h"
#include "base/json.h"
#include "core/scheme.h"

#include <stdio.h>

#define POINT_SCALE 2

static void
print_table(const HjScoreboard *board)
{
    for (size_t i = 0; i < board->n_scores; i++) {
        const HjScore *score = &board->scores[i];
        printf("%3d  %-14s", score->rank, score->code);
        hj_cli_print_padded(score->name, 24);
        printf("%10s%s%s\n", hj_decimal_text(score->total, POINT_SCALE).text,
               score->vetoed ? "  vetoed " : "",
               score->vetoed && score->veto_document != NULL ? score->veto_document : "");
    }
    printf("of %s points that can be counted now (%s when every record is kept)\n",
           hj_decimal_text(board->base, POINT_SCALE).text,
           hj_decimal_text(board->full, POINT_SCALE).text);
}

static void
write_score(HjJsonWriter *w, const HjScore *score)
{
    hj_json_begin_object(w);
    hj_json_key(w, "rank");
    hj_json_i64(w, score->rank);
    hj_json_key(w, "org");
    hj_json_text(w, score->code);
    hj_json_key(w, "name");
    hj_json_text(w, score->name);
    hj_json_key(w, "total");
    hj_json_decimal(w, score->total, POINT_SCALE);
    hj_json_key(w, "vetoed");
    hj_json_flag(w, score->vetoed);
    hj_json_key(w, "lists");
    hj_json_begin_array(w);
    for (size_t i = 0; i < score->n_lists; i++) {
        hj_json_begin_object(w);
        hj_json_key(w, "list");
        hj_json_text(w, score->lists[i].list->name);
        hj_json_key(w, "points");
        hj_json_decimal(w, score->lists[i].points, POINT_SCALE);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
    hj_json_end_object(w);
}

static void
print_json(const HjScoreboard *board)
{
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_key(&w, "scheme");
    hj_json_text(&w, board->scheme->name);
    hj_json_key(&w, "period");
    hj_json_text(&w, board->period.text);
    hj_json_key(&w, "base");
    hj_json_decimal(&w, board->base, POINT_SCALE);
    hj_json_key(&w, "full");
    hj_json_decimal(&w, board->full, POINT_SCALE);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < board->n_scores; i++)
        write_score(&w, &board->scores[i]);
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    printf("%s\n", out->str);
}

static int
run(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 2, 2))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    HjPeriod period;
    if (!hj_period_parse(cli->args[1], &period, &error))
        return hj_cli_fail("assess", "%s is not a period (2018, 2018H1, 2018Q3, 2018-03)",
                           cli->args[1]);
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("assess", error);
    const HjScheme *scheme = hj_pack_scheme(place->pack, cli->args[0]);
    if (scheme == NULL)
        return hj_cli_fail("assess", "the pack has no scheme %s", cli->args[0]);
    HjTx *tx = hj_store_read(place->store, &error);
    g_autoptr(HjScoreboard) board =
        tx != NULL ? hj_scheme_compute(tx, place->pack, scheme, &period, &error) : NULL;
    if (board != NULL && cli->json)
        print_json(board);
    else if (board != NULL)
        print_table(board);
    hj_tx_end(tx);
    return board != NULL ? 0 : hj_cli_fail_error("assess", error);
}

const HjCommand hj_cli_assess = { "assess", "SCHEME PERIOD [--json]",
                                  "computes a ranking and prints it", run };
