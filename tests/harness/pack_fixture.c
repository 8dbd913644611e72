#include "tests/harness/pack_fixture.h"

#include <glib/gstdio.h>

static const char pack_yaml[] = "pack: small\n"
                                "version: \"1\"\n"
                                "title: {zh: 小, en: Small}\n"
                                "valid: {from: 2017-01-01}\n";
static const char orgs_yaml[] = "orgs:\n"
                                "  - {kind: county, title: {zh: 县, en: County}}\n"
                                "  - {kind: committee, title: {zh: 党委, en: Committee}, "
                                "under: [county]}\n"
                                "  - {kind: village, title: {zh: 村, en: Village}, "
                                "under: [committee]}\n";
static const char roles_yaml[] =
    "roles:\n"
    "  - role: county_organizer\n"
    "    title: {zh: 县级组织员, en: County organizer}\n"
    "    at: [county]\n"
    "    may: [ledger.view, ledger.enter, org.view, org.manage, account.view, account.manage, "
    "account.grant, event.view, "
    "indicator.view, scheme.view, scheme.compute, report.view, pack.view]\n";

HjPackFixture *
hj_pack_fixture_new(void)
{
    HjPackFixture *fixture = g_new0(HjPackFixture, 1);
    fixture->root = g_dir_make_tmp("hangji-pack-XXXXXX", NULL);
    g_assert(fixture->root != NULL);
    fixture->dir = g_build_filename(fixture->root, "small", NULL);
    hj_pack_fixture_write(fixture, "pack.yaml", pack_yaml);
    hj_pack_fixture_write(fixture, "orgs.yaml", orgs_yaml);
    hj_pack_fixture_write(fixture, "roles.yaml", roles_yaml);
    return fixture;
}

void
hj_pack_fixture_write(HjPackFixture *fixture, const char *file, const char *text)
{
    g_autofree char *path = g_build_filename(fixture->dir, file, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    if (text == NULL) {
        g_remove(path);
        return;
    }
    g_mkdir_with_parents(folder, 0700);
    gboolean written = g_file_set_contents(path, text, -1, NULL);
    g_assert(written);
}

HjPack *
hj_pack_fixture_load(HjPackFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    HjPack *pack = hj_pack_load(fixture->dir, problems, &error);
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        g_printerr("%s\n", hj_pack_problems_line(problems, i));
    g_assert(error == NULL && pack != NULL);
    return pack;
}

static void
remove_tree(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (g_file_test(file, G_FILE_TEST_IS_DIR))
            remove_tree(file);
        g_remove(file);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_rmdir(path);
}

void
hj_pack_fixture_free(HjPackFixture *fixture)
{
    if (fixture == NULL)
        return;
    remove_tree(fixture->root);
    g_free(fixture->root);
    g_free(fixture->dir);
    g_free(fixture);
}
