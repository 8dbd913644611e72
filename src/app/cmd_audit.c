/* hangji audit verify: was anything altered, removed or reordered. */
#include "app/place.h"
#include "base/json.h"

#include <stdio.h>

static void
print_json(const HjSealReport *report)
{
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_key(&w, "sound");
    hj_json_flag(&w, report->sound);
    hj_json_key(&w, "sealed");
    hj_json_i64(&w, report->n_sealed);
    hj_json_key(&w, "unsealed");
    hj_json_i64(&w, report->n_unsealed);
    hj_json_key(&w, "broken_at");
    if (report->broken_at > 0)
        hj_json_i64(&w, report->broken_at);
    else
        hj_json_nothing(&w);
    hj_json_key(&w, "why");
    hj_json_text(&w, report->why);
    hj_json_key(&w, "head");
    hj_json_text(&w, report->head);
    hj_json_end_object(&w);
    printf("%s\n", out->str);
}

static int
run(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    HjSealReport report = { 0 };
    if (place == NULL ||
        !hj_seal_verify(place->store, place->keys, place->head_path, &report, &error))
        return hj_cli_fail_error("audit verify", error);
    if (cli->json)
        print_json(&report);
    else if (report.sound)
        printf("%" G_GINT64_FORMAT " events in the chain, %" G_GINT64_FORMAT
               " not sealed yet, head %s\n",
               report.n_sealed, report.n_unsealed, report.head != NULL ? report.head : "none");
    else
        hj_cli_fail("audit verify", "broken at %" G_GINT64_FORMAT ": %s", report.broken_at,
                    report.why != NULL ? report.why : "");
    int code = report.sound ? 0 : HJ_EXIT_FAILED;
    hj_seal_report_clear(&report);
    return code;
}

const HjCommand hj_cli_audit_verify = { "audit verify", "[--json]",
                                        "checks the whole chain of events", run };
