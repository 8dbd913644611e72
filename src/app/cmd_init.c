/* hangji init: a new data directory, whole or not at all. */
#include "app/divisions.h"
#include "app/keyring.h"
#include "app/place.h"
#include "app/scratch.h"
#include "base/crypto.h"
#include "base/id.h"
#include "core/schema.h"
#include "core/search.h"
#include "store/archive.h"
#include "store/migrate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SQL_COUNTY                                                                             \
    "INSERT INTO sys_county (county, code, name, created_at) VALUES ($1, $2, $3, $4)"
#define SQL_SAME "SELECT code FROM sys_county WHERE code = $1"
#define MOST_PACKS 8

typedef struct {
    const char *county, *divisions_path, *pack_path, *db;
    const HjDivisions *divisions;
    HjPack *pack;
    char *dir; /* being made, beside the final one */
} Init;

static bool
fail_file(GError **error, const char *path)
{
    return hj_error_log(error, HJ_ERROR_INTERNAL, "%s: %s", path, g_strerror(errno));
}

static bool
copy_file(const char *from, const char *to, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize n = 0;
    return g_file_get_contents(from, &bytes, &n, error) &&
           g_file_set_contents_full(to, bytes, (gssize)n, G_FILE_SET_CONTENTS_DURABLE, 0600,
                                    error);
}

/* Only the YAML files of a pack are the pack. */
static bool
copy_pack(const char *from, const char *to, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(from, 0, error);
    if (dir == NULL)
        return false;
    if (g_mkdir_with_parents(to, 0700) != 0)
        return fail_file(error, to);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *target = g_build_filename(to, name, NULL);
        bool done = true;
        if (g_file_test(source, G_FILE_TEST_IS_DIR))
            done = name[0] == '.' || copy_pack(source, target, error);
        else if (g_str_has_suffix(name, ".yaml"))
            done = copy_file(source, target, error);
        if (!done)
            return false;
    }
    return true;
}

/* The pack that the one in @dir extends, or NULL. */
static char *
base_of(const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "pack.yaml", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return NULL;
    g_autoptr(GRegex) line =
        g_regex_new("^extends:\\s*[\"']?([a-z][a-z0-9_]*)", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    return g_regex_match(line, text, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

static bool
copy_packs(const Init *init, GError **error)
{
    g_autofree char *from = g_canonicalize_filename(init->pack_path, NULL);
    for (int i = 0; from != NULL && i < MOST_PACKS; i++) {
        g_autofree char *name = g_path_get_basename(from);
        g_autofree char *to = g_build_filename(init->dir, "pack", name, NULL);
        if (!copy_pack(from, to, error))
            return false;
        g_autofree char *base = base_of(from);
        g_autofree char *parent = g_path_get_dirname(from);
        g_free(from);
        from = base != NULL ? g_build_filename(parent, base, NULL) : NULL;
    }
    return true;
}

static bool
write_config(const Init *init, GError **error)
{
    g_autofree char *from = g_canonicalize_filename(init->pack_path, NULL);
    g_autofree char *pack = g_path_get_basename(from);
    g_autofree char *token = hj_crypto_token(24);
    g_autofree char *path = g_build_filename(init->dir, "hangji.conf", NULL);
    g_autoptr(GString) text =
        g_string_new("# hangji config lists every setting with its range.\n");
    g_string_append_printf(text, "pack = %s\ncounty = %s\nmetrics_token = %s\n", pack,
                           init->county, token);
    if (init->db != NULL) {
        g_autofree char *db = hj_place_without_password(init->db);
        g_string_append_printf(text, "db = %s\n", db);
    }
    return g_file_set_contents_full(path, text->str, (gssize)text->len,
                                    G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

/* One transaction: the county, the tables of its pack, its organizations. */
static bool
fill(HjTx *tx, gpointer data, GError **error)
{
    const Init *init = data;
    const HjDivisions *divisions = init->divisions;
    g_autoptr(HjRows) same = hj_tx_query(tx, error, SQL_SAME, HJ_TEXT(init->county));
    if (same == NULL)
        return false;
    if (hj_rows_next(same))
        return hj_error_log(error, HJ_ERROR_CONFLICT, "the database holds county %s already",
                            init->county);
    g_autoptr(HjActor) system = hj_actor_system(init->pack);
    HjDate on =
        init->pack->valid_from != HJ_DATE_NONE ? init->pack->valid_from : hj_tx_today(tx);
    return hj_tx_exec(tx, error, SQL_COUNTY, HJ_I64(hj_tx_county(tx)), HJ_TEXT(init->county),
                      HJ_TEXT(divisions->seeds[0].name), HJ_TIME(hj_tx_now(tx))) &&
           hj_schema_apply(tx, init->pack, error) &&
           hj_org_seed(tx, system, divisions->seeds, divisions->n, on, error);
}

/* Before anything is written: on a server the county would stay behind. */
static bool
check_pack(HjPack *pack, const char *dir, GError **error)
{
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    int checked = 0;
    if (!hj_scratch_check(pack, dir, false, problems, &checked, error))
        return false;
    if (hj_pack_problems_count(problems) == 0)
        return true;
    return hj_error_log(error, HJ_ERROR_INVALID,
                        "the pack has problems (hangji pack check): %s",
                        hj_pack_problems_line(problems, 0));
}

static bool
make_database(const Init *init, GError **error)
{
    g_autofree char *keys_dir = g_build_filename(init->dir, "keys", NULL);
    g_autofree char *head = g_build_filename(init->dir, "chain.head", NULL);
    if (g_mkdir_with_parents(keys_dir, 0700) != 0)
        return fail_file(error, keys_dir);
    g_autoptr(HjSealKeys) keys = hj_seal_keys_load(keys_dir, true, error);
    if (keys == NULL)
        return false;
    g_autofree char *db = init->db != NULL ? g_strdup(init->db)
                                           : g_strdup_printf("sqlite:%s/hangji.db", init->dir);
    g_autofree char *master = hj_keyring_path(init->dir, NULL);
    g_autoptr(HjVault) vault = hj_vault_load(master, true, error);
    if (vault == NULL)
        return false;
    g_autoptr(HjStore) store = hj_place_open_store(db, error);
    if (store == NULL)
        return false;
    hj_seal_use(store, keys);
    hj_vault_use(store, vault);
    if (!hj_migrate_run(store, error))
        return false;
    hj_store_set_county(store, hj_id_new());
    return hj_store_write(store, fill, (gpointer)init, error) &&
           hj_search_fill(store, init->pack, NULL, error) &&
           hj_seal_run(store, keys, head, NULL, error);
}

static bool
make_directory(Init *init, const char *final, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(final);
    if (g_mkdir_with_parents(parent, 0755) != 0)
        return fail_file(error, parent);
    init->dir = g_strdup_printf("%s.new-%d", final, (int)getpid());
    if (mkdir(init->dir, 0700) != 0)
        return fail_file(error, init->dir);
    if (!copy_packs(init, error) || !write_config(init, error))
        return false;
    g_autofree char *from = g_canonicalize_filename(init->pack_path, NULL);
    g_autofree char *name = g_path_get_basename(from);
    g_autofree char *pack_dir = g_build_filename(init->dir, "pack", name, NULL);
    init->pack = hj_place_load_pack(pack_dir, error);
    if (init->pack != NULL)
        hj_pinyin_use(init->pack->readings, init->pack->n_readings);
    if (init->pack == NULL || !check_pack(init->pack, pack_dir, error) ||
        !make_database(init, error))
        return false;
    return rename(init->dir, final) == 0 || fail_file(error, final);
}

static char *
default_pack(const char *county)
{
    const char *name = g_str_equal(county, "130921") ? "cangxian" : "national";
    g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *bin = exe != NULL ? g_path_get_dirname(exe) : g_strdup(".");
    const char *const places[] = { "packs", "../packs", "../share/hangji/packs" };
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        char *path = i == 0 ? g_build_filename(places[0], name, NULL)
                            : g_build_filename(bin, places[i], name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            return path;
        g_free(path);
    }
    return g_strdup(name);
}

static int
build(HjCli *cli, Init *init)
{
    g_autofree char *final = g_canonicalize_filename(cli->data, NULL);
    g_autoptr(GError) error = NULL;
    if (!hj_archive_is_free(final))
        return hj_cli_fail("init", "%s is not empty", cli->data);
    if (make_directory(init, final, &error)) {
        printf("%s: %s, %zu organizations, pack %s %s\n", cli->data,
               init->divisions->seeds[0].name, init->divisions->n, init->pack->name,
               init->pack->version);
        return 0;
    }
    if (init->dir != NULL)
        hj_archive_remove(init->dir);
    return hj_cli_fail_error("init", error);
}

static int
run(HjCli *cli)
{
    Init init = { 0 };
    const HjCliOption options[] = { { "--county", &init.county, NULL },
                                    { "--divisions", &init.divisions_path, NULL },
                                    { "--pack", &init.pack_path, NULL },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 0, 0))
        return HJ_EXIT_USAGE;
    if (init.county == NULL || init.divisions_path == NULL)
        return hj_cli_usage(cli, "--county and --divisions are needed");
    init.db = cli->db;
    g_autofree char *pack = init.pack_path == NULL ? default_pack(init.county) : NULL;
    if (pack != NULL)
        init.pack_path = pack;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(HjDivisions) divisions =
        hj_divisions_load(init.divisions_path, init.county, problems);
    for (guint i = 0; i < problems->len; i++)
        g_printerr("%s\n", (const char *)g_ptr_array_index(problems, i));
    if (divisions == NULL)
        return HJ_EXIT_FAILED;
    init.divisions = divisions;
    int code = build(cli, &init);
    g_clear_pointer(&init.pack, hj_pack_unref);
    g_free(init.dir);
    return code;
}

const HjCommand hj_cli_init = { "init",
                                "--county CODE --divisions FILE.csv [--pack DIR] [--db URL]",
                                "makes a new data directory", run };
