/* hangji doctor: is everything as it should be, and what to do where it is not. */
#include "app/keyring.h"
#include "app/place.h"
#include "base/json.h"
#include "core/file_care.h"
#include "core/schema.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define DAY (INT64_C(86400) * 1000000)
#define SQL_NEWEST "SELECT MAX(at) AS at FROM sys_event WHERE county = $1"
#define SQL_SINCE "SELECT created_at FROM sys_county WHERE county = $1"
#define SQL_CHECK_SQLITE "SELECT quick_check AS said FROM pragma_quick_check(1)"
#define SQL_CHECK_POSTGRES                                                                     \
    "SELECT CASE WHEN COUNT(*) = 0 THEN 'ok' ELSE 'indexes are not valid: REINDEX' END AS "    \
    "said FROM pg_index WHERE NOT indisvalid"

typedef struct {
    HjCli *cli;
    HjJsonWriter w;
    bool quick;
    int n_bad;
} Doctor;

/* One line: what it looked at, whether it is good, and what there is or what to do. */
static void G_GNUC_PRINTF(4, 5)
    say(Doctor *doctor, const char *what, bool good, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    doctor->n_bad += good ? 0 : 1;
    if (!doctor->cli->json) {
        printf("%-14s %s%s%s\n", what, good ? "ok" : "NOT OK", *text != '\0' ? ": " : "", text);
        return;
    }
    hj_json_begin_object(&doctor->w);
    hj_json_key(&doctor->w, "check");
    hj_json_text(&doctor->w, what);
    hj_json_key(&doctor->w, "ok");
    hj_json_flag(&doctor->w, good);
    hj_json_key(&doctor->w, "says");
    hj_json_text(&doctor->w, text);
    hj_json_end_object(&doctor->w);
}

static void
check_permissions(Doctor *doctor, const char *what, const char *path, mode_t allowed)
{
    struct stat info;
    if (stat(path, &info) != 0)
        say(doctor, what, false, "%s is not there; restore it from a backup", path);
    else if ((info.st_mode & 0777 & ~allowed) != 0)
        say(doctor, what, false, "others may read it; chmod %o %s", (unsigned)allowed, path);
    else
        say(doctor, what, true, "%s", "");
}

static void
check_config(Doctor *doctor)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = hj_config_path(doctor->cli->data);
    g_autoptr(HjConfig) config = hj_config_load(doctor->cli->data, &error);
    if (config == NULL)
        say(doctor, "configuration", false, "%s", error->message);
    else
        check_permissions(doctor, "configuration", path, 0600);
}

static void
check_disk(Doctor *doctor)
{
    struct statvfs info;
    bool known = statvfs(doctor->cli->data, &info) == 0;
    uint64_t mib = known ? (uint64_t)info.f_bavail * info.f_frsize / 1048576 : 0;
    bool room = mib >= 1024, names = !known || info.f_files == 0 || info.f_favail > 1000;
    if (known && (info.f_flag & ST_RDONLY) != 0)
        say(doctor, "disk", false, "it is mounted read-only; mount -o remount,rw");
    else if (!names)
        say(doctor, "disk", false, "it has no room for more files; remove small ones");
    else
        say(doctor, "disk", room, "%" G_GUINT64_FORMAT " MiB free%s", mib,
            room ? "" : "; make room before it is full");
}

/* One number of the county; 0 when it cannot be read. */
static int64_t
ask_number(HjPlace *place, bool newest)
{
    g_autoptr(HjTx) tx = hj_store_read(place->store, NULL);
    g_autoptr(HjRows) rows = NULL;
    if (tx == NULL)
        return 0;
    rows = newest ? hj_tx_query(tx, NULL, SQL_NEWEST, HJ_I64(place->county))
                  : hj_tx_query(tx, NULL, SQL_SINCE, HJ_I64(place->county));
    if (rows == NULL || !hj_rows_next(rows))
        return 0;
    return hj_rows_i64(rows, newest ? "at" : "created_at");
}

static void
check_clock(Doctor *doctor, HjPlace *place)
{
    HjTime now = hj_time_now();
    bool good = now > ask_number(place, true) - 60 * INT64_C(1000000) &&
                now > INT64_C(1700000000000000);
    say(doctor, "clock", good, "%s",
        good ? "" : "it is behind the newest event; set it (chrony) before serving");
}

static void
check_database(Doctor *doctor, HjPlace *place)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(place->store, &error);
    g_autoptr(HjRows) rows = NULL;
    bool sqlite = g_str_equal(hj_store_driver(place->store)->name, "sqlite");
    if (tx != NULL && !doctor->quick)
        rows = sqlite ? hj_tx_query(tx, &error, SQL_CHECK_SQLITE)
                      : hj_tx_query(tx, &error, SQL_CHECK_POSTGRES);
    const char *said = rows != NULL && hj_rows_next(rows) ? hj_rows_text(rows, "said") : "ok";
    if (error != NULL)
        say(doctor, "database", false, "%s", error->message);
    else if (!g_str_equal(said, "ok"))
        say(doctor, "database", false, "%s; stop serving and restore the newest backup", said);
    else
        say(doctor, "database", true, "%s%s", hj_store_driver(place->store)->name,
            doctor->quick ? "" : ", whole");
}

static void
check_version(Doctor *doctor, HjPlace *place)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = NULL;
    if (!hj_migrate_waiting(place->store, &names, &error))
        say(doctor, "version", false, "%s; use the program that wrote it", error->message);
    else if (names->len > 0)
        say(doctor, "version", true, "serve will add %u steps; make a backup first",
            names->len);
    else
        say(doctor, "version", true, "%s", "");
}

static void
check_pack_fits(Doctor *doctor, HjPlace *place)
{
    HjSchemaPlan plan = { 0 };
    g_autoptr(GError) error = NULL;
    HjTx *tx = hj_store_read(place->store, &error);
    bool known = tx != NULL && hj_schema_plan(tx, place->pack, &plan, &error);
    hj_tx_end(tx);
    if (!known)
        say(doctor, "tables", false, "%s", error->message);
    else if (plan.refused)
        say(doctor, "tables", false, "the pack drops or retypes a field; hangji pack plan");
    else
        say(doctor, "tables", true, "%s", plan.empty ? "" : "serve will add what is new");
    if (known)
        hj_schema_plan_clear(&plan);
}

static void
check_chain(Doctor *doctor, HjPlace *place)
{
    HjSealReport report = { 0 };
    g_autoptr(GError) error = NULL;
    if (!hj_seal_verify(place->store, place->keys, place->head_path, &report, &error)) {
        say(doctor, "chain", false, "%s", error->message);
        return;
    }
    if (report.sound)
        say(doctor, "chain", true, "%" G_GINT64_FORMAT " sealed, %" G_GINT64_FORMAT " waiting",
            report.n_sealed, report.n_unsealed);
    else
        say(doctor, "chain", false,
            "broken at %" G_GINT64_FORMAT "; keep this directory as it is and compare a backup",
            report.broken_at);
    hj_seal_report_clear(&report);
}

static void
check_files(Doctor *doctor, HjPlace *place)
{
    HjFileVerified found = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_build_filename(place->dir, "files", NULL);
    if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
        say(doctor, "files", true, "none");
        return;
    }
    g_autoptr(HjFiles) files = hj_files_open(dir, &error);
    if (files == NULL || !hj_file_verify(place->store, files, NULL, NULL, &found, &error))
        say(doctor, "files", false, "%s", error->message);
    else if (found.n_missing + found.n_altered > 0)
        say(doctor, "files", false,
            "%" G_GINT64_FORMAT " missing, %" G_GINT64_FORMAT " altered of %" G_GINT64_FORMAT
            "; take them from a backup",
            found.n_missing, found.n_altered, found.n_checked);
    else
        say(doctor, "files", true, "%" G_GINT64_FORMAT " as they were", found.n_checked);
}

/* A county of a week without a backup, or with an old one, is in danger. */
static void
check_backups(Doctor *doctor, HjPlace *place)
{
    HjTime newest = 0, now = hj_time_now();
    bool failed = false;
    HjTx *tx = hj_store_read(place->store, NULL);
    g_autoptr(HjRows) rows = tx != NULL ? hj_backup_list(tx, 20, NULL) : NULL;
    for (bool first = true; rows != NULL && hj_rows_next(rows); first = false) {
        bool bad = !hj_rows_null(rows, "failure");
        failed = failed || (first && bad);
        if (!bad)
            newest = MAX(newest, hj_rows_i64(rows, "at"));
    }
    hj_tx_end(tx);
    int64_t since = newest > 0 ? newest : ask_number(place, false);
    int64_t days = since > 0 ? (now - since) / DAY : 0;
    bool good = !failed && (days < 7 || place->demo);
    if (newest == 0)
        say(doctor, "backups", good, "none yet; hangji backup FILE");
    else
        say(doctor, "backups", good, "the newest is %" G_GINT64_FORMAT " days old%s%s", days,
            failed ? "; the last one failed, see the page of backups" : "",
            good || failed ? "" : "; hangji backup FILE");
}

static void
check_master_keys(Doctor *doctor, HjPlace *place)
{
    g_autofree char *text = NULL;
    bool good = hj_keyring_check(place->dir, place->config, place->store, &text);
    say(doctor, "master keys", good, "%s", text != NULL ? text : "");
}

static void
check_inside(Doctor *doctor, HjPlace *place)
{
    check_database(doctor, place);
    check_version(doctor, place);
    say(doctor, "pack", true, "%s %s", place->pack->name, place->pack->version);
    check_pack_fits(doctor, place);
    check_clock(doctor, place);
    check_master_keys(doctor, place);
    check_backups(doctor, place);
    if (doctor->quick)
        return;
    check_chain(doctor, place);
    check_files(doctor, place);
}

static int
run(HjCli *cli)
{
    Doctor doctor = { .cli = cli };
    const HjCliOption options[] = { { "--quick", NULL, &doctor.quick }, { 0 } };
    if (!hj_cli_parse(cli, options, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(GString) out = g_string_new(NULL);
    doctor.w = (HjJsonWriter){ .out = out };
    if (cli->json)
        hj_json_begin_array(&doctor.w);
    g_autofree char *key = g_build_filename(cli->data, "keys", "chain.key", NULL);
    check_permissions(&doctor, "directory", cli->data, 0700);
    check_config(&doctor);
    check_permissions(&doctor, "key", key, 0600);
    check_disk(&doctor);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place != NULL)
        check_inside(&doctor, place);
    else
        say(&doctor, "database", false, "%s", error->message);
    if (cli->json) {
        hj_json_end_array(&doctor.w);
        printf("%s\n", out->str);
    }
    return doctor.n_bad == 0 ? 0 : HJ_EXIT_FAILED;
}

const HjCommand hj_cli_doctor = { "doctor", "[--quick]",
                                  "tells what is not as it should be, with the remedy", run };
