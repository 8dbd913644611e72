/* hangji import and hangji export: workbooks of a ledger, or of the organizations. */
#include "app/place.h"
#include "base/sheet.h"
#include "core/import_job.h"
#include "core/import_orgs.h"

#include <stdio.h>
#include <unistd.h>

#define MAX_LINES 20

/* The ledger of a name; *@ret_made is to be freed when it is the one of the organizations. */
static const HjLedger *
find_ledger(const HjPlace *place, const char *name, HjLedger **ret_made)
{
    const HjLedger *ledger = hj_pack_ledger(place->pack, name);
    if (ledger == NULL && g_str_equal(name, HJ_IMPORT_ORGS))
        ledger = *ret_made = hj_import_orgs_new(place->pack);
    return ledger;
}

static bool
write_file(const char *path, GBytes *bytes, GError **error)
{
    gsize n;
    const char *data = g_bytes_get_data(bytes, &n);
    return g_file_set_contents(path, data, (gssize)n, error);
}

static int
say_wrong(const HjImportOutcome *outcome, const GError *error)
{
    for (guint i = 0; i < outcome->lines->len && i < MAX_LINES; i++)
        g_printerr("%s\n", (const char *)g_ptr_array_index(outcome->lines, i));
    if (outcome->lines->len > MAX_LINES)
        g_printerr("… and %u more\n", outcome->lines->len - MAX_LINES);
    if (outcome->n_wrong + outcome->n_duplicate == 0)
        return hj_cli_fail_error("import", error);
    return hj_cli_fail("import",
                       "nothing was imported: of %" G_GINT64_FORMAT " rows %" G_GINT64_FORMAT
                       " are wrong and %" G_GINT64_FORMAT " are there already",
                       outcome->n_rows, outcome->n_wrong, outcome->n_duplicate);
}

static int
import_file(HjPlace *place, const HjLedger *ledger, const char *path, const char *errors,
            GMappedFile *file)
{
    g_autoptr(GError) error = NULL;
    g_auto(HjImportOutcome) outcome = { 0 };
    bool done = hj_import_at_once(place->store, place->system, ledger, path,
                                  g_mapped_file_get_contents(file),
                                  g_mapped_file_get_length(file), HJ_ZH, &outcome, &error);
    if (!done && errors != NULL && outcome.book != NULL) {
        g_autoptr(GError) unwritten = NULL;
        if (!write_file(errors, outcome.book, &unwritten))
            hj_cli_fail_error("import", unwritten);
    }
    if (!done)
        return say_wrong(&outcome, error);
    place->wrote = true;
    printf("%" G_GINT64_FORMAT " rows imported into %s\n", outcome.n_right, ledger->name);
    return 0;
}

static int
run_import(HjCli *cli)
{
    const char *errors = NULL;
    const HjCliOption options[] = { { "--errors", &errors, NULL }, { 0 } };
    if (!hj_cli_parse(cli, options, 2, 2))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(cli->args[1], FALSE, &error);
    if (file == NULL)
        return hj_cli_fail_error("import", error);
    if (g_mapped_file_get_length(file) > HJ_SHEET_MAX_FILE)
        return hj_cli_fail("import", "%s: more than %d MiB", cli->args[1],
                           HJ_SHEET_MAX_FILE / 1024 / 1024);
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("import", error);
    g_autoptr(HjLedger) made = NULL;
    const HjLedger *ledger = find_ledger(place, cli->args[0], &made);
    if (ledger == NULL)
        return hj_cli_fail("import", "the pack has no ledger %s", cli->args[0]);
    return import_file(place, ledger, cli->args[1], errors, file);
}

/* --- export --- */

typedef struct {
    const char *from, *to, *under;
    HjDate first, last;
} Span;

static GBytes *
export_rows(HjPlace *place, HjTx *tx, const HjLedger *ledger, const Span *span, int64_t *ret_n,
            GError **error)
{
    int64_t under = 0;
    if (span->under != NULL) {
        if (!hj_org_find(tx, span->under, &under, error))
            return NULL;
        if (under == 0) {
            hj_error_log(error, HJ_ERROR_NOT_FOUND, "there is no organization %s", span->under);
            return NULL;
        }
    }
    if (hj_import_orgs_is(ledger))
        return hj_import_orgs_export(tx, place->system, ledger, under, HJ_ZH, error);
    if (span->first != HJ_DATE_NONE || span->last != HJ_DATE_NONE) {
        if (ledger->date_field == NULL) {
            hj_error_log(error, HJ_ERROR_INVALID, "%s is not listed by date", ledger->name);
            return NULL;
        }
    }
    HjRowQuery query = {
        .ledger = ledger, .under = under, .from = span->first, .to = span->last
    };
    g_autoptr(HjExchange) exchange = hj_exchange_new(tx, place->system, ledger, error);
    return exchange != NULL ? hj_exchange_export(exchange, tx, &query, HJ_ZH, ret_n, error)
                            : NULL;
}

static int
export_file(HjPlace *place, const HjLedger *ledger, const char *path, const Span *span)
{
    g_autoptr(GError) error = NULL;
    int64_t n = -1;
    HjTx *tx = hj_store_read(place->store, &error);
    g_autoptr(GBytes) book =
        tx != NULL ? export_rows(place, tx, ledger, span, &n, &error) : NULL;
    hj_tx_end(tx);
    if (book == NULL || !write_file(path, book, &error))
        return hj_cli_fail_error("export", error);
    if (n >= 0)
        printf("%" G_GINT64_FORMAT " rows of %s written to %s\n", n, ledger->name, path);
    else
        printf("%s written to %s\n", ledger->name, path);
    return 0;
}

static bool
read_day(const char *text, HjDate *ret)
{
    *ret = HJ_DATE_NONE;
    return text == NULL || hj_date_parse(text, ret, NULL);
}

static int
run_export(HjCli *cli)
{
    Span span = { 0 };
    const HjCliOption options[] = { { "--under", &span.under, NULL },
                                    { "--from", &span.from, NULL },
                                    { "--to", &span.to, NULL },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 2, 2))
        return HJ_EXIT_USAGE;
    if (!read_day(span.from, &span.first) || !read_day(span.to, &span.last) ||
        (span.first != HJ_DATE_NONE && span.last != HJ_DATE_NONE && span.last < span.first))
        return hj_cli_usage(cli, "--from and --to must be days YYYY-MM-DD in order");
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("export", error);
    g_autoptr(HjLedger) made = NULL;
    const HjLedger *ledger = find_ledger(place, cli->args[0], &made);
    if (ledger == NULL)
        return hj_cli_fail("export", "the pack has no ledger %s", cli->args[0]);
    return export_file(place, ledger, cli->args[1], &span);
}

const HjCommand hj_cli_import = {
    "import", "LEDGER FILE.xlsx [--errors OUT.xlsx]",
    "brings in a workbook of a ledger, or of orgs: all rows or none", run_import
};
const HjCommand hj_cli_export = { "export", "LEDGER OUT.xlsx [--under CODE] [--from D --to D]",
                                  "writes a ledger, or orgs, as a workbook", run_export };
