#include "app/place.h"

#include "adapters/postgres/postgres.h"
#include "adapters/sqlite/sqlite.h"
#include "base/crypto.h"
#include "core/schema.h"
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

static GKeyFile *
load_config(const char *data, GError **error)
{
    g_autofree char *path = g_build_filename(data, "config.ini", NULL);
    g_autoptr(GKeyFile) config = g_key_file_new();
    g_autoptr(GError) cause = NULL;
    if (!g_file_test(data, G_FILE_TEST_IS_DIR)) {
        hj_error_log(error, HJ_ERROR_NOT_FOUND,
                     "there is no data directory %s (hangji init makes one)", data);
        return NULL;
    }
    if (!g_key_file_load_from_file(config, path, G_KEY_FILE_NONE, &cause)) {
        hj_error_log(error, HJ_ERROR_INVALID, "%s: %s", path, cause->message);
        return NULL;
    }
    return g_steal_pointer(&config);
}

static char *
setting(GKeyFile *config, const char *key)
{
    char *value = g_key_file_get_string(config, "hangji", key, NULL);
    if (value != NULL && *value == '\0')
        g_clear_pointer(&value, g_free);
    return value;
}

char *
hj_place_pack_dir(const char *data, GError **error)
{
    g_autoptr(GKeyFile) config = load_config(data, error);
    if (config == NULL)
        return NULL;
    g_autofree char *name = setting(config, "pack");
    if (name == NULL) {
        hj_error_log(error, HJ_ERROR_INVALID, "%s/config.ini names no pack", data);
        return NULL;
    }
    return g_build_filename(data, "pack", name, NULL);
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
    bool done = plan.refused || plan.empty || hj_schema_apply(tx, job->pack, error);
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

static bool
open_parts(HjPlace *place, GKeyFile *config, HjPlaceMode mode, GError **error)
{
    g_autofree char *keys_dir = g_build_filename(place->dir, "keys", NULL);
    g_autofree char *pack_dir = hj_place_pack_dir(place->dir, error);
    g_autofree char *county = setting(config, "county");
    if (pack_dir == NULL)
        return false;
    place->keys = hj_seal_keys_load(keys_dir, false, error);
    if (place->keys == NULL)
        return false;
    place->pack = hj_place_load_pack(pack_dir, error);
    if (place->pack == NULL)
        return false;
    place->store = hj_place_open_store(place->db, error);
    if (place->store == NULL)
        return false;
    hj_seal_use(place->store, place->keys);
    if (mode == HJ_PLACE_SERVE && !hj_migrate_run(place->store, error))
        return false;
    if (!find_county(place, county, error))
        return false;
    place->system = hj_actor_system(place->pack);
    return mode != HJ_PLACE_SERVE || hj_place_fit_schema(place->store, place->pack, error);
}

HjPlace *
hj_place_open(const HjCli *cli, HjPlaceMode mode, GError **error)
{
    g_autoptr(GKeyFile) config = load_config(cli->data, error);
    if (config == NULL)
        return NULL;
    g_autoptr(HjPlace) place = g_new0(HjPlace, 1);
    place->dir = g_strdup(cli->data);
    place->head_path = g_build_filename(cli->data, "chain.head", NULL);
    place->metrics_token = setting(config, "metrics_token");
    place->secure_cookie = setting(config, "secure_cookie");
    g_autofree char *db = cli->db != NULL ? g_strdup(cli->db) : setting(config, "db");
    if (db != NULL)
        place->db = g_steal_pointer(&db);
    else
        place->db = g_strdup_printf("sqlite:%s/hangji.db", cli->data);
    return open_parts(place, config, mode, error) ? g_steal_pointer(&place) : NULL;
}

void
hj_place_close(HjPlace *place)
{
    if (place == NULL)
        return;
    if (place->store != NULL && place->wrote)
        hj_seal_run(place->store, place->keys, place->head_path, NULL, NULL);
    hj_store_free(place->store);
    g_clear_pointer(&place->system, hj_actor_unref);
    g_clear_pointer(&place->pack, hj_pack_unref);
    hj_seal_keys_free(place->keys);
    g_free(place->dir);
    g_free(place->head_path);
    g_free(place->db);
    g_free(place->metrics_token);
    g_free(place->secure_cookie);
    g_free(place->county_code);
    g_free(place->county_name);
    g_free(place);
}
