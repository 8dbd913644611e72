/* hangji bundle: what an inspector takes along, and whether it is what was given. */
#include "app/place.h"
#include "base/zip.h"
#include "core/account.h"
#include "core/org.h"
#include "features/bundle/bundle.h"
#include "store/archive.h"
#include "store/event.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const char *under, *from, *to, *as, *lang, *reason;
} Options;

typedef struct {
    const Options *options;
    const HjBundleJob *job;
    int64_t org;
} Note;

/* Whoever takes data out is on record, before anything is written. */
static bool
note(HjTx *tx, gpointer data, GError **error)
{
    const Note *n = data;
    g_autofree char *after =
        g_strdup_printf("{\"under\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"}", n->options->under,
                        hj_date_text(n->job->from).text, hj_date_text(n->job->to).text);
    hj_tx_set_actor(tx, n->job->actor->account);
    return hj_event_append(tx,
                           &(HjEvent){ .action = "bundle.make",
                                       .subject = "org",
                                       .row = n->org,
                                       .org = n->org,
                                       .after = after,
                                       .reason = n->options->reason },
                           error);
}

static HjActor *
find_actor(HjPlace *place, const char *name, GError **error)
{
    if (name == NULL)
        return hj_actor_ref(place->system);
    g_autoptr(HjTx) tx = hj_store_read(place->store, error);
    return tx != NULL ? hj_account_actor(tx, place->pack, name, error) : NULL;
}

static bool
find_org(HjPlace *place, const char *code, int64_t *ret, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(place->store, error);
    if (tx == NULL || !hj_org_find(tx, code, ret, error))
        return false;
    return *ret != 0 ||
           hj_error_log(error, HJ_ERROR_NOT_FOUND, "there is no organization %s", code);
}

/* A zip file is a folder first. */
static bool
write_out(HjPlace *place, const Options *options, const HjBundleJob *job, const char *path,
          HjBundleReport *ret, GError **error)
{
    bool zip = g_str_has_suffix(path, ".zip");
    g_autofree char *folder =
        zip ? g_strdup_printf("%s.folder-%d", path, (int)getpid()) : g_strdup(path);
    Note n = { .options = options, .job = job };
    if (!find_org(place, options->under, &n.org, error) ||
        !hj_store_write(place->store, note, &n, error))
        return false;
    place->wrote = true;
    bool done =
        hj_bundle_make(job, folder, ret, error) && (!zip || hj_zip_pack(folder, path, error));
    if (zip)
        hj_archive_remove(folder);
    return done;
}

static int
make(HjCli *cli, const Options *options, HjDate from, HjDate to)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    g_autoptr(HjActor) actor = place != NULL ? find_actor(place, options->as, &error) : NULL;
    if (actor == NULL)
        return hj_cli_fail_error("bundle", error);
    g_autofree char *files_dir = g_build_filename(place->dir, "files", NULL);
    g_autoptr(HjFiles) files =
        g_file_test(files_dir, G_FILE_TEST_IS_DIR) ? hj_files_open(files_dir, &error) : NULL;
    HjBundleJob job = { .store = place->store,
                        .keys = place->keys,
                        .pack = place->pack,
                        .files = files,
                        .actor = actor,
                        .named = options->as != NULL,
                        .county_name = place->county_name,
                        .program = "Hangji " HJ_VERSION,
                        .under = options->under,
                        .from = from,
                        .to = to,
                        .lang = g_strcmp0(options->lang, "en") == 0 ? HJ_EN : HJ_ZH };
    HjBundleReport report;
    if (!write_out(place, options, &job, cli->args[0], &report, &error))
        return hj_cli_fail_error("bundle", error);
    printf("%s: %" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT
           " files, signed by %s\n",
           cli->args[0], report.n_rows, report.n_events, report.n_files, report.key);
    return 0;
}

static int
run_bundle(HjCli *cli)
{
    Options o = { 0 };
    const HjCliOption options[] = { { "--under", &o.under, NULL },
                                    { "--from", &o.from, NULL },
                                    { "--to", &o.to, NULL },
                                    { "--as", &o.as, NULL },
                                    { "--lang", &o.lang, NULL },
                                    { "--reason", &o.reason, NULL },
                                    { 0 } };
    HjDate from = HJ_DATE_NONE, to = HJ_DATE_NONE;
    if (!hj_cli_parse(cli, options, 1, 1))
        return HJ_EXIT_USAGE;
    if (o.under == NULL || o.from == NULL || o.to == NULL)
        return hj_cli_usage(cli, "--under, --from and --to are needed");
    if (!hj_date_parse(o.from, &from, NULL) || !hj_date_parse(o.to, &to, NULL) || to < from)
        return hj_cli_usage(cli, "--from and --to must be days YYYY-MM-DD in order");
    if (g_file_test(cli->args[0], G_FILE_TEST_EXISTS))
        return hj_cli_fail("bundle", "%s exists already", cli->args[0]);
    return make(cli, &o, from, to);
}

const HjCommand hj_cli_bundle = {
    "bundle",
    "OUT.zip|DIR --under CODE --from D --to D [--as ACCOUNT] [--reason TEXT] [--lang en]",
    "writes what an inspector takes along", run_bundle
};

static bool
verify(const char *path, HjBundleReport *ret, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return hj_bundle_verify(path, ret, error);
    g_autofree char *folder = g_dir_make_tmp("hangji-bundle-XXXXXX", error);
    bool done = folder != NULL && hj_zip_unpack(path, folder, error) &&
                hj_bundle_verify(folder, ret, error);
    if (folder != NULL)
        hj_archive_remove(folder);
    return done;
}

static int
run_verify(HjCli *cli)
{
    const char *key = NULL;
    const HjCliOption options[] = { { "--key", &key, NULL }, { 0 } };
    g_autoptr(GError) error = NULL;
    HjBundleReport report;
    if (!hj_cli_parse(cli, options, 1, 1))
        return HJ_EXIT_USAGE;
    if (!verify(cli->args[0], &report, &error))
        return hj_cli_fail("bundle verify", "%s: %s", cli->args[0], error->message);
    if (key != NULL && strcmp(key, report.key) != 0)
        return hj_cli_fail("bundle verify", "%s: signed with another key, %s", cli->args[0],
                           report.key);
    printf("%s: %" G_GINT64_FORMAT " files as they were signed by %s\n", cli->args[0],
           report.n_entries, report.key);
    return 0;
}

const HjCommand hj_cli_bundle_verify = { "bundle verify", "FILE.zip|DIR [--key HEX]",
                                         "checks that a bundle is what was given", run_verify };
