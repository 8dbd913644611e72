/* hangji pack diff, export and load: a regime compared, taken along and put into force. */
#include "app/brought.h"
#include "app/place.h"
#include "app/scratch.h"
#include "base/zip.h"
#include "core/schema.h"
#include "pack/diff.h"
#include "store/archive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
run_diff(HjCli *cli)
{
    const char *lang = NULL;
    const HjCliOption options[] = { { "--lang", &lang, NULL }, { 0 } };
    if (!hj_cli_parse(cli, options, 2, 2))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_auto(HjBrought) before = { 0 }, after = { 0 };
    if (!hj_brought_open(&before, cli->args[0], &error) ||
        !hj_brought_open(&after, cli->args[1], &error))
        return hj_cli_fail_error("pack diff", error);
    g_autoptr(GPtrArray) lines =
        hj_pack_diff(before.pack, after.pack, g_strcmp0(lang, "en") == 0 ? HJ_EN : HJ_ZH);
    for (guint i = 0; i < lines->len; i++)
        printf("%s\n", (const char *)lines->pdata[i]);
    return 0;
}

const HjCommand hj_cli_pack_diff = { "pack diff", "DIR|ZIP DIR|ZIP [--lang en]",
                                     "says in words what rules are different", run_diff };

static int
run_export(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 1, 1))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = hj_place_pack_dir(cli->data, &error);
    if (dir == NULL)
        return hj_cli_fail_error("pack export", error);
    g_autofree char *packs = g_path_get_dirname(dir);
    g_autofree char *name = g_path_get_basename(dir);
    g_autofree char *main_path = g_build_filename(packs, "MAIN", NULL);
    if (!g_file_set_contents(main_path, name, -1, &error))
        return hj_cli_fail_error("pack export", error);
    bool done = hj_zip_pack(packs, cli->args[0], &error);
    remove(main_path);
    if (!done)
        return hj_cli_fail_error("pack export", error);
    printf("%s: pack %s\n", cli->args[0], name);
    return 0;
}

const HjCommand hj_cli_pack_export = { "pack export", "OUT.zip",
                                       "writes the rules in force into one file", run_export };

/* --- into force --- */

static bool
refuse_bad(const HjBrought *brought, GError **error)
{
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    int checked = 0;
    if (!hj_scratch_check(brought->pack, brought->dir, true, problems, &checked, error))
        return false;
    return hj_pack_problems_count(problems) == 0 ||
           hj_error_log(error, HJ_ERROR_INVALID, "the pack has problems: %s",
                        hj_pack_problems_line(problems, 0));
}

static bool
copy_yaml(const char *from, const char *to, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(from, 0, error);
    if (dir == NULL)
        return false;
    if (g_mkdir_with_parents(to, 0700) != 0)
        return hj_error_log(error, HJ_ERROR_STORE, "%s: %s", to, g_strerror(errno));
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *goal = g_build_filename(to, name, NULL);
        g_autofree char *bytes = NULL;
        gsize n = 0;
        bool done = true;
        if (g_file_test(source, G_FILE_TEST_IS_DIR))
            done = name[0] == '.' || copy_yaml(source, goal, error);
        else if (g_str_has_suffix(name, ".yaml"))
            done = g_file_get_contents(source, &bytes, &n, error) &&
                   g_file_set_contents_full(goal, bytes, (gssize)n, G_FILE_SET_CONTENTS_DURABLE,
                                            0600, error);
        if (!done)
            return false;
    }
    return true;
}

/* The former folder stays beside as pack.before-STAMP. */
static bool
swap(const HjPlace *place, const HjBrought *brought, GError **error)
{
    g_autofree char *stamp = hj_backup_stamp(hj_time_now());
    g_autofree char *now = g_build_filename(place->dir, "pack", NULL);
    g_autofree char *making = g_strdup_printf("%s.new-%d", now, (int)getpid());
    g_autofree char *former = g_strdup_printf("%s.before-%s", now, stamp);
    g_autofree char *from = g_path_get_dirname(brought->dir);
    bool done = copy_yaml(from, making, error);
    if (done && (rename(now, former) != 0 || rename(making, now) != 0))
        done = hj_error_log(error, HJ_ERROR_STORE, "%s: %s", now, g_strerror(errno));
    if (!done)
        hj_archive_remove(making);
    return done;
}

static int
load(HjCli *cli, const HjBrought *brought)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("pack load", error);
    g_autofree char *now = g_path_get_basename(place->pack->dir);
    g_autofree char *name = g_path_get_basename(brought->dir);
    if (strcmp(now, name) != 0)
        return hj_cli_fail("pack load", "this county lives by the pack %s, not %s", now, name);
    g_autoptr(GPtrArray) lines = hj_pack_diff(place->pack, brought->pack, HJ_ZH);
    for (guint i = 0; i < lines->len; i++)
        printf("%s\n", (const char *)lines->pdata[i]);
    if (!hj_place_fit_schema(place->store, brought->pack, &error))
        return hj_cli_fail_error("pack load", error);
    place->wrote = true;
    if (!swap(place, brought, &error))
        return hj_cli_fail_error("pack load", error);
    printf("%s %s is in force from the next start on\n", brought->pack->name,
           brought->pack->version);
    return 0;
}

static int
run_load(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 1, 1))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_auto(HjBrought) brought = { 0 };
    if (!hj_brought_open(&brought, cli->args[0], &error) || !refuse_bad(&brought, &error))
        return hj_cli_fail_error("pack load", error);
    return load(cli, &brought);
}

const HjCommand hj_cli_pack_load = { "pack load", "DIR|ZIP",
                                     "checks a pack and puts it in the place of the former one",
                                     run_load };
