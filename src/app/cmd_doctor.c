/* hangji doctor: is everything as it should be, and what to do where it is not. */
#include "app/place.h"
#include "core/schema.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

typedef struct {
    HjCli *cli;
    int n_bad;
} Doctor;

static void
say(Doctor *doctor, const char *what, bool good, const char *remedy)
{
    printf("%-14s %s%s%s\n", what, good ? "ok" : "NOT OK", remedy != NULL ? ": " : "",
           remedy != NULL ? remedy : "");
    doctor->n_bad += good ? 0 : 1;
}

static void
check_permissions(Doctor *doctor, const char *what, const char *path, mode_t allowed)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        g_autofree char *why =
            g_strdup_printf("%s is not there; restore it from a backup", path);
        say(doctor, what, false, why);
        return;
    }
    bool good = (info.st_mode & 0777 & ~allowed) == 0;
    g_autofree char *remedy =
        good ? NULL
             : g_strdup_printf("others may read it; chmod %o %s", (unsigned)allowed, path);
    say(doctor, what, good, remedy);
}

static void
check_disk(Doctor *doctor)
{
    struct statvfs info;
    bool known = statvfs(doctor->cli->data, &info) == 0;
    uint64_t mib = known ? (uint64_t)info.f_bavail * info.f_frsize / 1048576 : 0;
    g_autofree char *text = g_strdup_printf(
        mib < 1024 ? "%" G_GUINT64_FORMAT " MiB free; make room before it is full"
                   : "%" G_GUINT64_FORMAT " MiB free",
        mib);
    say(doctor, "disk", mib >= 1024, text);
}

static void
check_clock(Doctor *doctor, HjPlace *place)
{
    HjTime newest = 0;
    HjTx *tx = hj_store_read(place->store, NULL);
    if (tx != NULL) {
        g_autoptr(HjRows) rows =
            hj_tx_query(tx, NULL, "SELECT MAX(at) AS at FROM sys_event WHERE county = $1",
                        HJ_I64(place->county));
        if (rows != NULL && hj_rows_next(rows))
            newest = hj_rows_i64(rows, "at");
        hj_tx_end(tx);
    }
    HjTime now = hj_time_now();
    bool good = now > newest - 60 * INT64_C(1000000) && now > INT64_C(1700000000000000);
    say(doctor, "clock", good,
        good ? NULL : "it is behind the newest event; set it (chrony) before serving");
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
        say(doctor, "tables", false, error->message);
    else if (plan.refused)
        say(doctor, "tables", false, "the pack drops or retypes a field; hangji pack plan");
    else
        say(doctor, "tables", true, plan.empty ? NULL : "serve will add what is new");
    if (known)
        hj_schema_plan_clear(&plan);
}

static void
check_chain(Doctor *doctor, HjPlace *place)
{
    HjSealReport report = { 0 };
    g_autoptr(GError) error = NULL;
    if (!hj_seal_verify(place->store, place->keys, place->head_path, &report, &error)) {
        say(doctor, "chain", false, error->message);
        return;
    }
    g_autofree char *text =
        report.sound
            ? g_strdup_printf("%" G_GINT64_FORMAT " sealed, %" G_GINT64_FORMAT " waiting",
                              report.n_sealed, report.n_unsealed)
            : g_strdup_printf("broken at %" G_GINT64_FORMAT
                              "; keep this directory as it is and compare a backup",
                              report.broken_at);
    say(doctor, "chain", report.sound, text);
    hj_seal_report_clear(&report);
}

static int
run(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    Doctor doctor = { .cli = cli };
    g_autofree char *config = hj_config_path(cli->data);
    g_autofree char *key = g_build_filename(cli->data, "keys", "chain.key", NULL);
    check_permissions(&doctor, "directory", cli->data, 0700);
    check_permissions(&doctor, "configuration", config, 0600);
    check_permissions(&doctor, "key", key, 0600);
    check_disk(&doctor);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    say(&doctor, "database", place != NULL, place == NULL ? error->message : NULL);
    if (place != NULL) {
        say(&doctor, "pack", true, place->pack->version);
        check_pack_fits(&doctor, place);
        check_clock(&doctor, place);
        check_chain(&doctor, place);
    }
    return doctor.n_bad == 0 ? 0 : HJ_EXIT_FAILED;
}

const HjCommand hj_cli_doctor = { "doctor", "",
                                  "tells what is not as it should be, with the remedy", run };
