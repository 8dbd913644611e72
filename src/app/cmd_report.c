/* hangji report: the named figures of a period. */
#include "app/place.h"
#include "base/decimal.h"
#include "base/document_pdf.h"
#include "base/json.h"
#include "core/report_table.h"

#include <stdio.h>

static void
print_table(const HjReportResult *result)
{
    for (size_t i = 0; i < result->n_figures; i++) {
        const HjFigureValue *value = &result->figures[i];
        hj_cli_print_padded(hj_i18n_label(&value->figure->title, HJ_ZH), 50);
        const char *unit = hj_i18n_label(&value->figure->unit, HJ_ZH);
        printf("%16s %s\n",
               value->has ? hj_decimal_text_grouped(value->shown, value->scale).text : "—",
               unit != NULL ? unit : "");
    }
}

static void
print_json(const HjReportResult *result)
{
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_key(&w, "figures");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < result->n_figures; i++) {
        const HjFigureValue *value = &result->figures[i];
        hj_json_begin_object(&w);
        hj_json_key(&w, "key");
        hj_json_text(&w, value->figure->name);
        hj_json_key(&w, "title");
        hj_json_text(&w, hj_i18n_label(&value->figure->title, HJ_ZH));
        hj_json_key(&w, "value");
        if (value->has)
            hj_json_decimal(&w, value->shown, value->scale);
        else
            hj_json_nothing(&w);
        hj_json_key(&w, "unit");
        hj_json_text(&w, hj_i18n_label(&value->figure->unit, HJ_ZH));
        hj_json_end_object(&w);
    }
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    printf("%s\n", out->str);
}

static GBytes *
make_file(const HjReportTable *table, const char *out, const char *mark, GError **error)
{
    if (g_str_has_suffix(out, ".xlsx"))
        return hj_report_table_book(table, HJ_ZH, mark, error);
    g_autoptr(HjDocument) paper = hj_report_table_paper(table, HJ_ZH);
    hj_document_footer(paper, mark);
    const HjDocument *const one[] = { paper };
    return hj_document_pdf(one, 1, NULL, error);
}

static bool
write_file(HjTx *tx, HjPlace *place, const HjReport *report, HjDate from, HjDate to,
           int64_t org, const char *out, GError **error)
{
    g_autoptr(HjReportTable) table =
        hj_report_table_new(tx, place->pack, report, from, to, org, error);
    if (table == NULL)
        return false;
    const char *mark =
        place->demo ? hj_tr(HJ_ZH, N_("Demonstration: synthetic data, no real record")) : NULL;
    g_autoptr(GBytes) bytes = make_file(table, out, mark, error);
    if (bytes == NULL)
        return false;
    gsize n;
    const char *data = g_bytes_get_data(bytes, &n);
    g_autoptr(GError) cause = NULL;
    return g_file_set_contents(out, data, (gssize)n, &cause) ||
           hj_error_log(error, HJ_ERROR_INTERNAL, "%s: %s", out, cause->message);
}

static int
compute(HjCli *cli, HjPlace *place, HjDate from, HjDate to, const char *under, const char *out)
{
    g_autoptr(GError) error = NULL;
    const HjReport *report = hj_pack_report(place->pack, cli->args[0]);
    if (report == NULL)
        return hj_cli_fail("report", "the pack has no report %s", cli->args[0]);
    const char *code = under != NULL ? under : place->county_code;
    int64_t org = 0;
    HjTx *tx = hj_store_read(place->store, &error);
    bool found = tx != NULL && hj_org_find(tx, code, &org, &error);
    if (out != NULL && found && org != 0) {
        bool written = write_file(tx, place, report, from, to, org, out, &error);
        hj_tx_end(tx);
        return written ? 0 : hj_cli_fail_error("report", error);
    }
    g_autoptr(HjReportResult) result =
        found && org != 0 ? hj_report_compute(tx, place->pack, report, from, to, org, &error)
                          : NULL;
    hj_tx_end(tx);
    if (found && org == 0)
        return hj_cli_fail("report", "there is no organization %s", code);
    if (result == NULL)
        return hj_cli_fail_error("report", error);
    if (cli->json)
        print_json(result);
    else
        print_table(result);
    return 0;
}

static int
run(HjCli *cli)
{
    const char *from = NULL, *to = NULL, *under = NULL, *out = NULL;
    const HjCliOption options[] = { { "--from", &from, NULL },
                                    { "--to", &to, NULL },
                                    { "--under", &under, NULL },
                                    { "--out", &out, NULL },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 1, 1))
        return HJ_EXIT_USAGE;
    if (from == NULL || to == NULL)
        return hj_cli_usage(cli, "--from and --to are needed");
    HjDate first = HJ_DATE_NONE, last = HJ_DATE_NONE;
    if (!hj_date_parse(from, &first, NULL) || !hj_date_parse(to, &last, NULL) || last < first)
        return hj_cli_usage(cli, "--from and --to must be days YYYY-MM-DD in order");
    if (out != NULL && !g_str_has_suffix(out, ".pdf") && !g_str_has_suffix(out, ".xlsx"))
        return hj_cli_usage(cli, "--out must end in .pdf or .xlsx");
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("report", error);
    return compute(cli, place, first, last, under, out);
}

const HjCommand hj_cli_report = { "report",
                                  "REPORT --from D --to D [--under CODE] "
                                  "[--json | --out FILE.pdf|.xlsx]",
                                  "computes the figures of a report", run };
