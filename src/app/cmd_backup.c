/* hangji backup, restore, export-all, import-all: nothing is ever lost. */
#include "app/keeper.h"
#include "base/json.h"
#include "core/backup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
print_report(const HjBackupReport *report, const char *path, bool json)
{
    if (!json) {
        printf("%s: %s %s, %" G_GINT64_FORMAT " rows in %" G_GINT64_FORMAT
               " tables, %" G_GINT64_FORMAT " files, chain %" G_GINT64_FORMAT " %.16s\n",
               path, report->county_code, report->county_name, report->n_rows, report->n_tables,
               report->n_files, report->sealed, report->head != NULL ? report->head : "");
        g_autofree char *key = hj_backup_key_print(report);
        if (report->print != NULL)
            printf("identified by %s\n", report->print);
        if (key != NULL)
            printf("signed by %s\n", key);
        return;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *signer = hj_backup_key_print(report);
    HjJsonWriter w = { .out = out };
    const struct {
        const char *key, *text;
    } texts[] = { { "file", path },
                  { "county", report->county_code },
                  { "head", report->head },
                  { "print", report->print },
                  { "signer", signer } };
    const struct {
        const char *key;
        int64_t n;
    } numbers[] = { { "rows", report->n_rows },
                    { "tables", report->n_tables },
                    { "files", report->n_files },
                    { "bytes", report->n_bytes },
                    { "sealed", report->sealed } };
    hj_json_begin_object(&w);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        hj_json_key(&w, texts[i].key);
        hj_json_text(&w, texts[i].text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        hj_json_key(&w, numbers[i].key);
        hj_json_i64(&w, numbers[i].n);
    }
    hj_json_end_object(&w);
    printf("%s\n", out->str);
}

/* The keys of sealed values are worth more than the data: apart, unless asked for. */
static void
tell_of_keys(const HjPlace *place, bool with_keys)
{
    if (with_keys)
        g_printerr("hangji: this backup holds every key; keep it as safe as the data itself\n");
    else if (hj_place_has_master_keys(place->dir))
        g_printerr("hangji: the keys of sealed values are not in it; keep a copy of %s/keys "
                   "apart, or use --with-keys\n",
                   place->dir);
}

/* What serving does every night, at once: for a timer, or to see whether it would work. */
static int
run_daily(HjCli *cli)
{
    g_autoptr(GError) error = NULL;
    g_auto(HjBackupReport) report = { 0 };
    g_autofree char *path = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("backup", error);
    place->wrote = true;
    if (!hj_keeper_run(place, &report, &path, &error))
        return hj_cli_fail_error("backup", error);
    print_report(&report, path, cli->json);
    return 0;
}

static int
run_backup(HjCli *cli)
{
    bool with_keys = false, daily = false;
    const HjCliOption options[] = { { "--with-keys", NULL, &with_keys },
                                    { "--daily", NULL, &daily },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 0, 1))
        return HJ_EXIT_USAGE;
    if (daily && cli->n_args == 0 && !with_keys)
        return run_daily(cli);
    if (cli->n_args == 0 || daily)
        return hj_cli_usage(cli, "one FILE, or --daily alone");
    const char *path = cli->args[0];
    g_autoptr(GError) error = NULL;
    g_auto(HjBackupReport) report = { 0 };
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return hj_cli_fail("backup", "%s exists already", path);
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("backup", error);
    int64_t began = hj_time_monotonic();
    HjBackupSource source = hj_place_backup_source(place);
    source.with_keys = with_keys;
    if (!hj_backup_make(&source, path, &report, &error))
        return hj_cli_fail_error("backup", error);
    g_autofree char *full = g_canonicalize_filename(path, NULL);
    /* The backup is good even where the database cannot take a note of it. */
    if (hj_backup_note(place->store, "manual", full, &report,
                       (hj_time_monotonic() - began) / 1000000, NULL, NULL, &error))
        place->wrote = true;
    else
        g_printerr("hangji: backup: it could not be noted: %s\n", error->message);
    print_report(&report, path, cli->json);
    tell_of_keys(place, with_keys);
    return 0;
}

const HjCommand hj_cli_backup = { "backup", "FILE [--with-keys] | --daily",
                                  "writes all of the county into one file, while serving",
                                  run_backup };

static int
restore(HjCli *cli, const char *what)
{
    const char *keys = NULL, *expect = NULL;
    const HjCliOption options[] = { { "--keys", &keys, NULL },
                                    { "--expect", &expect, NULL },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 1, 1))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_auto(HjBackupReport) report = { 0 };
    HjBackupTarget target = { .dir = cli->data,
                              .db = cli->db,
                              .keys_dir = keys,
                              .expect = expect,
                              .open = hj_place_open_store };
    if (!hj_backup_restore(cli->args[0], &target, &report, &error))
        return hj_cli_fail_error(what, error);
    print_report(&report, cli->data, cli->json);
    g_autofree char *key = g_build_filename(cli->data, "keys", "chain.key", NULL);
    if (!g_file_test(key, G_FILE_TEST_EXISTS))
        g_printerr("hangji: %s: %s is not there: put the copy kept apart in its place before "
                   "serving\n",
                   what, key);
    if (!report.with_keys && !hj_place_has_master_keys(cli->data))
        g_printerr("hangji: %s: the backup holds no keys of sealed values; where the county "
                   "has sealed fields, copy them into %s/keys\n",
                   what, cli->data);
    return 0;
}

static int
run_restore(HjCli *cli)
{
    return restore(cli, "restore");
}

const HjCommand hj_cli_restore = { "restore",
                                   "FILE --data NEWDIR [--db URL] [--keys DIR] [--expect HASH]",
                                   "checks a backup, then makes a new data directory of it",
                                   run_restore };

static int
run_check(HjCli *cli)
{
    const char *expect = NULL;
    const HjCliOption options[] = { { "--expect", &expect, NULL }, { 0 } };
    if (!hj_cli_parse(cli, options, 1, 1))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_auto(HjBackupReport) report = { 0 };
    if (!hj_backup_check(cli->args[0], &report, &error) ||
        (expect != NULL && !hj_backup_is_expected(&report, expect, &error)))
        return hj_cli_fail_error("backup check", error);
    print_report(&report, cli->args[0], cli->json);
    return 0;
}

const HjCommand hj_cli_backup_check = { "backup check", "FILE|DIR [--expect HASH]",
                                        "reads a backup or export through", run_check };

static int
run_export(HjCli *cli)
{
    bool bom = false, with_keys = false;
    const HjCliOption options[] = { { "--bom", NULL, &bom },
                                    { "--with-keys", NULL, &with_keys },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 1, 1))
        return HJ_EXIT_USAGE;
    const char *path = cli->args[0];
    g_autoptr(GError) error = NULL;
    g_auto(HjBackupReport) report = { 0 };
    if (g_file_test(path, G_FILE_TEST_EXISTS) && rmdir(path) != 0)
        return hj_cli_fail("export-all", "%s is not empty", path);
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("export-all", error);
    HjBackupSource source = hj_place_backup_source(place);
    source.csv_bom = bom;
    source.with_keys = with_keys;
    if (!hj_backup_export(&source, path, &report, &error))
        return hj_cli_fail_error("export-all", error);
    print_report(&report, path, cli->json);
    tell_of_keys(place, with_keys);
    return 0;
}

const HjCommand hj_cli_export_all = { "export-all", "DIR [--bom] [--with-keys]",
                                      "writes everything as CSV, JSON lines and files",
                                      run_export };

static int
run_import(HjCli *cli)
{
    return restore(cli, "import-all");
}

const HjCommand hj_cli_import_all = { "import-all", "DIR --data NEWDIR [--db URL] [--keys DIR]",
                                      "makes a new data directory of what export-all wrote",
                                      run_import };
