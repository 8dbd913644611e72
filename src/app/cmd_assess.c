/* hangji assess: a ranking, computed now; proved; published. */
#include "app/place.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/text.h"
#include "core/assessment_verify.h"

#include <stdio.h>

#define POINT_SCALE 2

typedef struct {
    HjPlace *place;
    const HjScheme *scheme;
    HjPeriod period;
    int64_t revision;
} Asked;

/* --- the ranking --- */

static void
print_table(const HjAssessmentView *view)
{
    for (size_t i = 0; i < view->n_cards; i++) {
        const HjCard *card = &view->cards[i];
        printf("%3d  %-14s", card->rank, card->code);
        hj_cli_print_padded(card->name, 24);
        printf("%10s", hj_decimal_text(card->total, POINT_SCALE).text);
        if (card->band != NULL)
            printf("  %s", card->band_title.zh);
        printf("%s%s\n", card->vetoed ? "  vetoed " : "",
               card->vetoed && card->veto_document != NULL ? card->veto_document : "");
    }
    printf("of %s points that can be counted now (%s when every record is kept)\n",
           hj_decimal_text(view->base, POINT_SCALE).text,
           hj_decimal_text(view->full, POINT_SCALE).text);
    if (view->head.published)
        printf("published: revision %d\n", (int)view->head.revision);
}

static void
write_card(HjJsonWriter *w, const HjCard *card)
{
    hj_json_begin_object(w);
    hj_json_put_i64(w, "rank", card->rank);
    hj_json_put_text(w, "org", card->code);
    hj_json_put_text(w, "name", card->name);
    hj_json_put_decimal(w, "total", card->total, POINT_SCALE);
    hj_json_put_text(w, "band", card->band);
    hj_json_put_flag(w, "vetoed", card->vetoed);
    hj_json_key(w, "lists");
    hj_json_begin_array(w);
    for (size_t i = 0; i < card->n_lists; i++) {
        hj_json_begin_object(w);
        hj_json_put_text(w, "list", card->lists[i].name);
        hj_json_put_decimal(w, "points", card->lists[i].points, POINT_SCALE);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
    hj_json_end_object(w);
}

static void
print_json(const HjAssessmentView *view)
{
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_put_text(&w, "scheme", view->head.scheme->name);
    hj_json_put_text(&w, "period", view->head.period.text);
    hj_json_put_text(&w, "state", view->head.published ? "published" : "open");
    hj_json_put_i64(&w, "revision", view->head.revision);
    hj_json_put_decimal(&w, "base", view->base, POINT_SCALE);
    hj_json_put_decimal(&w, "full", view->full, POINT_SCALE);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < view->n_cards; i++)
        write_card(&w, &view->cards[i]);
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    printf("%s\n", out->str);
}

static int
show(const Asked *asked, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(asked->place->store, &error);
    g_autoptr(HjAssessmentView) view =
        tx != NULL ? hj_assessment_view(tx, asked->place->system, asked->scheme, &asked->period,
                                        asked->revision, &error)
                   : NULL;
    if (view == NULL)
        return hj_cli_fail_error("assess", error);
    (json ? print_json : print_table)(view);
    return 0;
}

/* --- proof --- */

static void
print_diff(const HjDiff *diff)
{
    printf("%-9s", diff->what);
    if (diff->org_name != NULL)
        printf(" %s", diff->org_name);
    if (diff->item != NULL)
        printf(" %s", diff->item);
    if (diff->rule != NULL)
        printf(" %s", diff->rule);
    if (diff->row != 0)
        printf(" %s %" G_GINT64_FORMAT ": version %d, now %d; last %s at %s\n", diff->ledger,
               diff->row, (int)diff->version_then, (int)diff->version_now,
               diff->action != NULL ? diff->action : "unknown",
               diff->at != 0 ? hj_time_text(diff->at).text : "unknown");
    else
        printf(": %s, now %s\n", diff->was != NULL ? diff->was : "nothing",
               diff->now != NULL ? diff->now : "nothing");
}

static void
print_proof(const HjVerified *verified, bool json)
{
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    if (!json) {
        for (size_t i = 0; i < verified->n_diffs; i++)
            print_diff(&verified->diffs[i]);
        printf("revision %d: %s (%d cards, %d items, %d rows compared)\n",
               (int)verified->revision, verified->identical ? "identical" : "different",
               (int)verified->n_cards, (int)verified->n_items, (int)verified->n_rows);
        return;
    }
    hj_assessment_verify_json(verified, NULL, NULL, SIZE_MAX, &w);
    printf("%s\n", out->str);
}

static int
prove(const Asked *asked, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(asked->place->store, &error);
    g_auto(HjVerified) verified = { 0 };
    HjAssessment a;
    if (tx == NULL ||
        !hj_assessment_find(tx, asked->place->pack, asked->scheme, &asked->period, &a,
                            &error) ||
        !hj_assessment_verify(tx, asked->place->pack, &a,
                              asked->revision > 0 ? asked->revision : HJ_REVISION_LAST,
                              &verified, &error))
        return hj_cli_fail_error("assess", error);
    print_proof(&verified, json);
    return verified.identical ? 0 : HJ_EXIT_FAILED;
}

/* --- publication --- */

static bool
run_publish(HjTx *tx, gpointer data, GError **error)
{
    Asked *asked = data;
    HjAssessment a;
    hj_tx_set_actor(tx, 0);
    return hj_assessment_find(tx, asked->place->pack, asked->scheme, &asked->period, &a,
                              error) &&
           hj_assessment_publish(tx, asked->place->system, &a, &asked->revision, error);
}

static int
run(HjCli *cli)
{
    bool verify = false, publish = false;
    const char *revision = NULL;
    const HjCliOption options[] = { { "--verify", NULL, &verify },
                                    { "--publish", NULL, &publish },
                                    { "--revision", &revision, NULL },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 2, 2))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    Asked asked = { .revision = HJ_REVISION_LIVE };
    if (!hj_period_parse(cli->args[1], &asked.period, &error))
        return hj_cli_fail("assess", "%s is not a period (2018, 2018H1, 2018Q3, 2018-03)",
                           cli->args[1]);
    if (revision != NULL &&
        (!hj_text_parse_i64(revision, &asked.revision) || asked.revision < 1))
        return hj_cli_fail("assess", "%s is not a revision (1, 2, …)", revision);
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("assess", error);
    asked.place = place;
    asked.scheme = hj_pack_scheme(place->pack, cli->args[0]);
    if (asked.scheme == NULL)
        return hj_cli_fail("assess", "the pack has no scheme %s", cli->args[0]);
    if (publish) {
        if (!hj_store_write(place->store, run_publish, &asked, &error))
            return hj_cli_fail_error("assess", error);
        place->wrote = true;
    }
    return verify ? prove(&asked, cli->json) : show(&asked, cli->json);
}

const HjCommand hj_cli_assess = {
    "assess", "SCHEME PERIOD [--revision N] [--verify] [--publish] [--json]",
    "computes a ranking and prints it; proves what was published; publishes", run
};
