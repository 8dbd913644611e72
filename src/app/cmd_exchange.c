/* hangji import and hangji export: workbooks of a ledger, or of the organizations. */
#include "app/place.h"
#include "base/id.h"
#include "base/pinyin.h"
#include "base/sheet.h"
#include "core/import_job.h"
#include "core/import_orgs.h"
#include "core/import_undo.h"
#include "store/behind.h"

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

/* The first of what is wrong. */
typedef struct {
    int n;
} Said;

static bool
say_cell(const HjImportCell *cell, gpointer data)
{
    Said *said = data;
    HjCellName at = hj_sheet_cell_name(cell->column, cell->row);
    if (said->n++ < MAX_LINES && cell->column > 0)
        fprintf(stderr, "%s: %s\n", at.text, cell->says.zh);
    else if (said->n <= MAX_LINES)
        fprintf(stderr, "%d: %s\n", cell->row, cell->says.zh);
    return true;
}

static int
say_wrong(const HjImportOutcome *outcome, const GError *error)
{
    Said said = { 0 };
    const GPtrArray *problems = outcome->problems[HJ_ZH];
    for (guint i = 0; problems != NULL && i < problems->len; i++)
        fprintf(stderr, "%s\n", (const char *)g_ptr_array_index(problems, i));
    if (outcome->lines != NULL)
        hj_import_outcome_each(outcome, say_cell, &said);
    if (said.n > MAX_LINES)
        fprintf(stderr, "… and %d more\n", said.n - MAX_LINES);
    if (outcome->n_wrong + outcome->n_duplicate == 0)
        return hj_cli_fail("import", "%s", hj_i18n_tr(HJ_ZH, error->message));
    return hj_cli_fail("import",
                       "nothing was imported: of %" G_GINT64_FORMAT " rows %" G_GINT64_FORMAT
                       " are wrong and %" G_GINT64_FORMAT " are there already",
                       outcome->n_rows, outcome->n_wrong, outcome->n_duplicate);
}

typedef struct {
    const HjPlace *place;
    const HjLedger *ledger;
    const char *path;
    GMappedFile *file;
    HjImportOutcome outcome;
} Import;

static bool
write_import(HjTx *tx, gpointer data, GError **error)
{
    Import *import = data;
    hj_import_outcome_clear(&import->outcome);
    hj_tx_exempt(tx); /* every row has its own event */
    g_autofree char *name = g_path_get_basename(import->path);
    return hj_tx_keep_log(tx, error) &&
           hj_import_at_once(tx, import->place->system, import->ledger, name,
                             g_mapped_file_get_contents(import->file),
                             g_mapped_file_get_length(import->file), HJ_IMPORT_ALL,
                             &import->outcome, error);
}

static bool
write_errors(const Import *import, const char *path, GError **error)
{
    HjTx *tx = hj_store_read(import->place->store, error);
    g_autoptr(GBytes) book =
        tx != NULL ? hj_import_outcome_book(&import->outcome, tx, import->place->system,
                                            import->ledger, HJ_ZH, error)
                   : NULL;
    hj_tx_end(tx);
    return book != NULL && write_file(path, book, error);
}

static int
import_file(HjPlace *place, const HjLedger *ledger, const char *path, const char *errors,
            GMappedFile *file)
{
    g_autoptr(GError) error = NULL;
    Import import = { .place = place, .ledger = ledger, .path = path, .file = file };
    bool done = hj_store_write(place->store, write_import, &import, &error);
    bool some_wrong = import.outcome.n_wrong + import.outcome.n_duplicate > 0;
    g_autoptr(GError) unwritten = NULL;
    if (!done && errors != NULL && some_wrong && !write_errors(&import, errors, &unwritten))
        hj_cli_fail_error("import", unwritten);
    int code = done ? 0 : say_wrong(&import.outcome, error);
    if (done) {
        place->wrote = true;
        printf("%" G_GINT64_FORMAT " rows imported into %s\n", import.outcome.n_right,
               ledger->name);
        if (import.outcome.id != 0)
            printf("to take it back: hangji import --undo %" G_GINT64_FORMAT " --reason WHY\n",
                   import.outcome.id);
        if (import.outcome.n_duplicate > 0)
            printf("%" G_GINT64_FORMAT " were there already\n", import.outcome.n_duplicate);
    }
    hj_import_outcome_clear(&import.outcome);
    return code;
}

/* --- taking an import back --- */

typedef struct {
    const HjPlace *place;
    int64_t id, n, n_against;
    const char *reason;
    HjRows *against;
    HjIssues *issues;
} Undo;

static bool
write_undo(HjTx *tx, gpointer data, GError **error)
{
    Undo *undo = data;
    const HjActor *actor = undo->place->system;
    hj_issues_clear(undo->issues);
    g_clear_pointer(&undo->against, hj_rows_free);
    undo->against =
        hj_import_undo_look(tx, actor, undo->id, MAX_LINES, &undo->n_against, error);
    return undo->against != NULL &&
           hj_import_undo(tx, actor, undo->id, undo->reason, undo->issues, &undo->n, error);
}

static int
undo_import(HjCli *cli, const char *id, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    Undo undo = { .reason = reason, .issues = issues };
    if (!hj_id_parse(id, &undo.id))
        return hj_cli_usage(cli, "--undo must be the number an import told");
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("import", error);
    undo.place = place;
    bool done = hj_store_write(place->store, write_undo, &undo, &error);
    while (!done && undo.against != NULL && hj_rows_next(undo.against))
        fprintf(stderr, "%" G_GINT64_FORMAT " %s: %s\n", hj_rows_i64(undo.against, "id"),
                hj_rows_text(undo.against, "title") != NULL
                    ? hj_rows_text(undo.against, "title")
                    : "",
                hj_rows_text(undo.against, "why"));
    g_clear_pointer(&undo.against, hj_rows_free);
    if (!done)
        return hj_cli_fail("import", "%s",
                           hj_issues_count(issues) > 0 ? hj_issues_message(issues, 0, HJ_ZH)
                                                       : hj_i18n_tr(HJ_ZH, error->message));
    place->wrote = true;
    printf("%" G_GINT64_FORMAT " rows withdrawn\n", undo.n);
    return 0;
}

/* The tables of readings take a tenth of a second to build: meanwhile the pack is read. */
static gpointer
build_readings(gpointer unused)
{
    (void)unused;
    g_free(hj_pinyin_full("一一", HJ_PINYIN_PERSON));
    return NULL;
}

static int
import_into(HjCli *cli, const char *errors, GMappedFile *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("import", error);
    g_autoptr(HjLedger) made = NULL;
    const HjLedger *ledger = find_ledger(place, cli->args[0], &made);
    if (ledger == NULL)
        return hj_cli_fail("import", "the pack has no ledger %s", cli->args[0]);
    return import_file(place, ledger, cli->args[1], errors, file);
}

static int
run_import(HjCli *cli)
{
    const char *errors = NULL, *undo = NULL, *reason = NULL;
    const HjCliOption options[] = { { "--errors", &errors, NULL },
                                    { "--undo", &undo, NULL },
                                    { "--reason", &reason, NULL },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 0, 2))
        return HJ_EXIT_USAGE;
    if (undo != NULL)
        return undo_import(cli, undo, reason);
    if (cli->n_args != 2)
        return hj_cli_usage(cli, "name a ledger and a workbook");
    g_autoptr(GError) error = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(cli->args[1], FALSE, &error);
    if (file == NULL)
        return hj_cli_fail_error("import", error);
    if (g_mapped_file_get_length(file) > HJ_SHEET_MAX_FILE)
        return hj_cli_fail("import", "%s: more than %d MiB", cli->args[1],
                           HJ_SHEET_MAX_FILE / 1024 / 1024);
    GThread *readings = g_thread_new("readings", build_readings, NULL);
    int code = import_into(cli, errors, file);
    g_thread_join(readings);
    return code;
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
    "import", "LEDGER FILE.xlsx [--errors OUT.xlsx] | --undo ID --reason WHY",
    "brings in a workbook of a ledger, or of orgs: all rows or none; or takes one back",
    run_import
};
const HjCommand hj_cli_export = { "export", "LEDGER OUT.xlsx [--under CODE] [--from D --to D]",
                                  "writes a ledger, or orgs, as a workbook", run_export };
