/* hangji pack rehearse: what a draft of the rules would have done to a past period. */
#include "app/brought.h"
#include "app/place.h"
#include "base/decimal.h"
#include "base/json.h"
#include "core/rehearsal.h"

#include <stdio.h>

#define POINT_SCALE 2

static void
print_points(int64_t points)
{
    printf("%s", hj_decimal_text(points, POINT_SCALE).text);
}

static void
print_org(const HjRehearsalOrg *org)
{
    printf("%3d → %-3d  ", org->rank_before, org->rank_after);
    hj_cli_print_padded(org->name, 24);
    print_points(org->total_before);
    printf(" → ");
    print_points(org->total_after);
    for (size_t i = 0; i < org->n_items; i++) {
        printf("%s%s ", i == 0 ? "  (" : ", ", org->items[i].title.zh);
        print_points(org->items[i].before);
        printf(" → ");
        print_points(org->items[i].after);
    }
    printf("%s\n", org->n_items > 0 ? ")" : "");
}

static void
print_words(const HjRehearsal *r)
{
    for (guint i = 0; i < r->words->len; i++)
        printf("%s\n", (const char *)g_ptr_array_index(r->words, i));
    if (r->words->len > 0)
        printf("\n");
    for (size_t i = 0; i < r->n_orgs; i++)
        print_org(&r->orgs[i]);
    for (size_t i = 0; i < r->n_gaps; i++)
        printf("left out: %s (%s): %s\n", r->gaps[i].title.zh, r->gaps[i].item, r->gaps[i].why);
    printf("%zu of %zu move\n", r->n_moved, r->n_orgs);
}

static void
write_org(HjJsonWriter *w, const HjRehearsalOrg *org)
{
    hj_json_begin_object(w);
    hj_json_put_text(w, "org", org->code);
    hj_json_put_text(w, "name", org->name);
    hj_json_put_i64(w, "rank_before", org->rank_before);
    hj_json_put_i64(w, "rank_after", org->rank_after);
    hj_json_put_decimal(w, "total_before", org->total_before, POINT_SCALE);
    hj_json_put_decimal(w, "total_after", org->total_after, POINT_SCALE);
    hj_json_put_text(w, "band_before", org->band_before.zh);
    hj_json_put_text(w, "band_after", org->band_after.zh);
    hj_json_key(w, "items");
    hj_json_begin_array(w);
    for (size_t i = 0; i < org->n_items; i++) {
        hj_json_begin_object(w);
        hj_json_put_text(w, "item", org->items[i].item);
        hj_json_put_decimal(w, "before", org->items[i].before, POINT_SCALE);
        hj_json_put_decimal(w, "after", org->items[i].after, POINT_SCALE);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
    hj_json_end_object(w);
}

static void
print_json(const HjRehearsal *r)
{
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_put_text(&w, "scheme", r->scheme->name);
    hj_json_put_text(&w, "period", r->period.text);
    hj_json_put_i64(&w, "moved", (int64_t)r->n_moved);
    hj_json_key(&w, "words");
    hj_json_begin_array(&w);
    for (guint i = 0; i < r->words->len; i++)
        hj_json_text(&w, g_ptr_array_index(r->words, i));
    hj_json_end_array(&w);
    hj_json_key(&w, "left_out");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < r->n_gaps; i++) {
        hj_json_begin_object(&w);
        hj_json_put_text(&w, "item", r->gaps[i].item);
        hj_json_put_text(&w, "why", r->gaps[i].why);
        hj_json_end_object(&w);
    }
    hj_json_end_array(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < r->n_orgs; i++)
        write_org(&w, &r->orgs[i]);
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    printf("%s\n", out->str);
}

static int
run(HjCli *cli)
{
    const char *scheme = NULL, *text = NULL, *lang = NULL;
    const HjCliOption options[] = { { "--scheme", &scheme, NULL },
                                    { "--period", &text, NULL },
                                    { "--lang", &lang, NULL },
                                    { 0 } };
    g_autoptr(GError) error = NULL;
    HjPeriod period;
    if (!hj_cli_parse(cli, options, 1, 1))
        return HJ_EXIT_USAGE;
    if (scheme == NULL || text == NULL)
        return hj_cli_usage(cli, "--scheme and --period say what to rehearse");
    if (!hj_period_parse(text, &period, &error))
        return hj_cli_fail("pack rehearse", "%s is not a period (2018, 2018H1, 2018-03)", text);
    g_auto(HjBrought) draft = { 0 };
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL || !hj_brought_open(&draft, cli->args[0], &error))
        return hj_cli_fail_error("pack rehearse", error);
    g_autoptr(HjTx) tx = hj_store_read(place->store, &error);
    g_autoptr(HjRehearsal) r =
        tx != NULL ? hj_rehearsal_run(tx, place->pack, draft.pack, scheme, &period, NULL, 0,
                                      g_strcmp0(lang, "en") == 0 ? HJ_EN : HJ_ZH, &error)
                   : NULL;
    if (r == NULL)
        return hj_cli_fail_error("pack rehearse", error);
    (cli->json ? print_json : print_words)(r);
    return 0;
}

const HjCommand hj_cli_pack_rehearse = {
    "pack rehearse", "DIR|ZIP --scheme S --period P [--lang en] [--json]",
    "says who would have moved by a draft of the rules; writes nothing", run
};
