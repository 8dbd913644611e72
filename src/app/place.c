#include "app/place.h"

#include "adapters/postgres/postgres.h"
#include "adapters/sqlite/sqlite.h"
#include "app/keyring.h"
#include "base/crypto.h"
#include "base/log.h"
#include "core/schema.h"
#include "core/search.h"
#include "store/migrate.h"

#include <string.h>

#define SQL_COUNTIES "SELECT county, code, name, demo FROM sys_county ORDER BY code"

HjStore *
hj_place_open_store(const char *db, GError **error)
{
    if (g_str_has_prefix(db, "sqlite:"))
        return hj_store_open(&hj_sqlite_driver, db + strlen("sqlite:"), error);
    if (g_str_has_prefix(db, "postgres://") || g_str_has_prefix(db, "postgresql://"))
        return hj_store_open(&hj_postgres_driver, db, error);
    hj_error_log(error, HJ_ERROR_INVALID,
                 "the database must be sqlite:PATH or postgres://…, not this");
    return NULL;
}

char *
hj_place_without_password(const char *db)
{
    const char *scheme = strstr(db, "://");
    const char *at = scheme != NULL ? strchr(scheme + 3, '@') : NULL;
    const char *colon = at != NULL ? memchr(scheme + 3, ':', (size_t)(at - scheme - 3)) : NULL;
    if (colon == NULL)
        return g_strdup(db);
    return g_strdup_printf("%.*s%s", (int)(colon - db), db, at);
}

HjPack *
hj_place_load_pack(const char *dir, GError **error)
{
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    GError *cause = NULL;
    HjPack *pack = hj_pack_load(dir, problems, &cause);
    if (pack != NULL)
        return pack;
    if (cause != NULL) {
        g_propagate_error(error, cause);
        return NULL;
    }
    g_autoptr(GString) lines = g_string_new("the pack has problems");
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        g_string_append_printf(lines, "\n%s", hj_pack_problems_line(problems, i));
    hj_error_log(error, HJ_ERROR_INVALID, "%s", lines->str);
    return NULL;
}

static char *
pack_dir_of(const char *data, const HjConfig *config, GError **error)
{
    const char *name = hj_config_text(config, "pack");
    if (name != NULL)
        return g_build_filename(data, "pack", name, NULL);
    g_autofree char *path = hj_config_path(data);
    hj_error_log(error, HJ_ERROR_INVALID, "%s names no pack", path);
    return NULL;
}

char *
hj_place_pack_dir(const char *data, GError **error)
{
    g_autoptr(HjConfig) config = hj_config_load(data, error);
    return config != NULL ? pack_dir_of(data, config, error) : NULL;
}

typedef struct {
    HjPack *pack;
    GString *refused;
    bool check_only;
} Fit;

static bool
fit(HjTx *tx, gpointer data, GError **error)
{
    Fit *job = data;
    HjSchemaPlan plan = { 0 };
    if (!hj_schema_plan(tx, job->pack, &plan, error))
        return false;
    for (guint i = 0; plan.refused && i < plan.lines->len; i++)
        g_string_append_printf(job->refused, "\n%s",
                               (const char *)g_ptr_array_index(plan.lines, i));
    /* Rules may change without a table: that is a version too. */
    bool done = plan.refused || hj_schema_apply(tx, job->pack, error);
    hj_schema_plan_clear(&plan);
    return done;
}

bool
hj_place_fit_schema(HjStore *store, HjPack *pack, GError **error)
{
    g_autoptr(GString) refused = g_string_new(NULL);
    Fit job = { .pack = pack, .refused = refused };
    if (!hj_store_write(store, fit, &job, error))
        return false;
    if (refused->len > 0)
        return hj_error_log(error, HJ_ERROR_CONFLICT, "the pack does not fit the data:%s",
                            refused->str);
    return true;
}

/* One county, or the one the configuration names where a database holds several. */
static bool
find_county(HjPlace *place, const char *code, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(place->store, error);
    g_autoptr(HjRows) rows = tx != NULL ? hj_tx_query(tx, error, SQL_COUNTIES) : NULL;
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        if (code != NULL && !g_str_equal(code, hj_rows_text(rows, "code")))
            continue;
        place->county = hj_rows_i64(rows, "county");
        place->county_code = g_strdup(hj_rows_text(rows, "code"));
        place->county_name = g_strdup(hj_rows_text(rows, "name"));
        place->demo = hj_rows_bool(rows, "demo");
        hj_store_set_county(place->store, place->county);
        return true;
    }
    return hj_error_log(error, HJ_ERROR_NOT_FOUND, "the database holds no county%s%s",
                        code != NULL ? " " : "", code != NULL ? code : "");
}

static void
say_progress(const char *ledger, int64_t n_done, int64_t n_all)
{
    g_autofree char *done = g_strdup_printf("%" G_GINT64_FORMAT, n_done);
    g_autofree char *all = g_strdup_printf("%" G_GINT64_FORMAT, n_all);
    hj_log(HJ_LOG_MESSAGE, "search index", "ledger", ledger, "rows", done, "of", all, NULL);
}

#define FOLD_STEP 4000 /* few large pieces of the index need less merging */

/* Rows written by a command stand in the index before it ends. */
static gpointer
finish_search(gpointer store)
{
    int64_t n = 1;
    while (n > 0 && hj_search_fold(store, FOLD_STEP, &n, NULL))
        continue;
    return NULL;
}

/* Sealing reads and sums while the index is written. */
static void
finish_writing(HjPlace *place)
{
    GThread *search = g_thread_new("search", finish_search, place->store);
    hj_seal_run(place->store, place->keys, place->head_path, NULL, NULL);
    g_thread_join(search);
}

/* Before the first step of an upgrade everything is written away, and read again. */
static bool
save_before(HjPlace *place, const GPtrArray *waiting, GError **error)
{
    g_auto(HjBackupReport) made = { 0 }, checked = { 0 };
    g_autofree char *day = hj_backup_stamp(hj_time_now());
    g_autofree char *name = g_strdup_printf("before-%s-%s.backup",
                                            (const char *)g_ptr_array_index(waiting, 0), day);
    g_autofree char *folder = g_build_filename(place->dir, "backups", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    HjBackupSource source = hj_place_backup_source(place);
    if (!find_county(place, hj_config_text(place->config, "county"), error))
        return false;
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return hj_error_log(error, HJ_ERROR_STORE, "%s cannot be made", folder);
    if (!hj_backup_make(&source, path, &made, error) ||
        !hj_backup_check(path, &checked, error)) {
        g_prefix_error(error, "the backup before the upgrade failed, nothing was changed: ");
        return false;
    }
    hj_log(HJ_LOG_MESSAGE, "backup before upgrade", "file", path, NULL);
    return true;
}

static bool
upgrade(HjPlace *place, GError **error)
{
    g_autoptr(GPtrArray) waiting = NULL;
    if (!hj_migrate_waiting(place->store, &waiting, error))
        return false;
    if (waiting->len > 0 && !save_before(place, waiting, error))
        return false;
    g_clear_pointer(&place->county_code, g_free);
    g_clear_pointer(&place->county_name, g_free);
    return hj_migrate_run(place->store, error);
}

static bool
open_parts(HjPlace *place, HjPlaceMode mode, GError **error)
{
    g_autofree char *keys_dir = g_build_filename(place->dir, "keys", NULL);
    g_autofree char *pack_dir = pack_dir_of(place->dir, place->config, error);
    if (pack_dir == NULL)
        return false;
    place->keys = hj_seal_keys_load(keys_dir, false, error);
    if (place->keys == NULL)
        return false;
    place->pack = hj_place_load_pack(pack_dir, error);
    if (place->pack == NULL)
        return false;
    hj_pinyin_use(place->pack->readings, place->pack->n_readings);
    place->store = hj_place_open_store(place->db, error);
    if (place->store == NULL)
        return false;
    hj_seal_use(place->store, place->keys);
    if (mode == HJ_PLACE_SERVE && !upgrade(place, error))
        return false;
    if (!hj_keyring_open(place->dir, place->config, place->store, mode == HJ_PLACE_SERVE,
                         &place->vault, error))
        return false;
    if (!find_county(place, hj_config_text(place->config, "county"), error))
        return false;
    place->system = hj_actor_system(place->pack);
    return mode != HJ_PLACE_SERVE ||
           (hj_place_fit_schema(place->store, place->pack, error) &&
            hj_search_fill(place->store, place->pack, say_progress, error));
}

HjPlace *
hj_place_open(const HjCli *cli, HjPlaceMode mode, GError **error)
{
    g_autoptr(HjPlace) place = g_new0(HjPlace, 1);
    place->config = hj_config_load(cli->data, error);
    if (place->config == NULL)
        return NULL;
    place->dir = g_strdup(cli->data);
    place->head_path = g_build_filename(cli->data, "chain.head", NULL);
    place->files_dir = g_build_filename(cli->data, "files", NULL);
    const char *db = cli->db != NULL ? cli->db : hj_config_text(place->config, "db");
    place->db = db != NULL ? g_strdup(db) : g_strdup_printf("sqlite:%s/hangji.db", cli->data);
    return open_parts(place, mode, error) ? g_steal_pointer(&place) : NULL;
}

void
hj_place_close(HjPlace *place)
{
    if (place == NULL)
        return;
    if (place->store != NULL && place->wrote)
        finish_writing(place);
    hj_store_free(place->store);
    g_clear_pointer(&place->system, hj_actor_unref);
    g_clear_pointer(&place->pack, hj_pack_unref);
    hj_seal_keys_free(place->keys);
    hj_vault_free(place->vault);
    g_free(place->dir);
    g_free(place->head_path);
    g_free(place->files_dir);
    g_free(place->db);
    hj_config_free(place->config);
    g_free(place->county_code);
    g_free(place->county_name);
    g_free(place);
}

HjBackupSource
hj_place_backup_source(const HjPlace *place)
{
    return (HjBackupSource){ .store = place->store,
                             .keys = place->keys,
                             .pack = place->pack,
                             .dir = place->dir,
                             .program = HJ_VERSION };
}

bool
hj_place_has_master_keys(const char *data)
{
    g_autofree char *path = g_build_filename(data, "keys", NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir))
        if (!g_str_has_prefix(name, "chain."))
            return true;
    return false;
}
