#include "app/keyring.h"

#include "core/purge.h"

#include <sys/stat.h>

#define SQL_ANY "SELECT row_id FROM sys_sealed_key WHERE wrapped IS NOT NULL LIMIT 1"

char *
hj_keyring_path(const char *data, const HjConfig *config)
{
    const char *path = config != NULL ? hj_config_text(config, "master_key") : NULL;
    return path != NULL && *path != '\0' ? g_strdup(path)
                                         : g_build_filename(data, "keys", "master.key", NULL);
}

static bool
holds_sealed_values(HjStore *store, bool *ret, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    g_autoptr(HjRows) rows = tx != NULL ? hj_tx_query(tx, error, SQL_ANY) : NULL;
    *ret = rows != NULL && hj_rows_count(rows) > 0;
    return rows != NULL;
}

bool
hj_keyring_open(const char *data, const HjConfig *config, HjStore *store, bool create,
                HjVault **ret_vault, GError **error)
{
    g_autofree char *path = hj_keyring_path(data, config);
    bool sealed = false;
    /* New keys beside values of lost ones would only hide the loss. */
    if (create && (!holds_sealed_values(store, &sealed, error)))
        return false;
    g_autoptr(GError) cause = NULL;
    *ret_vault = hj_vault_load(path, create && !sealed, &cause);
    /* A command may read what is not sealed without them. */
    if (*ret_vault == NULL &&
        (create || !g_error_matches(cause, HJ_ERROR, HJ_ERROR_NOT_FOUND))) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    hj_vault_use(store, *ret_vault);
    return true;
}

static bool
knows(HjVault *vault, const char *master)
{
    char id[HJ_VAULT_ID_BYTES];
    for (size_t i = 0; i < hj_vault_count(vault); i++) {
        hj_vault_id(vault, i, id);
        if (g_str_equal(id, master))
            return true;
    }
    return false;
}

static bool
check_masters(HjStore *store, HjVault *vault, char **ret_text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(store, &error);
    g_autoptr(HjRows) rows = tx != NULL ? hj_purge_masters(tx, &error) : NULL;
    int64_t n = 0;
    if (rows == NULL) {
        *ret_text = g_strdup(error->message);
        return false;
    }
    while (hj_rows_next(rows)) {
        if (!knows(vault, hj_rows_text(rows, "master"))) {
            *ret_text = g_strdup_printf("%" G_GINT64_FORMAT " rows need the master key %s; put "
                                        "back the file that holds it",
                                        hj_rows_i64(rows, "n"), hj_rows_text(rows, "master"));
            return false;
        }
        n += hj_rows_i64(rows, "n");
    }
    *ret_text = g_strdup_printf("%" G_GINT64_FORMAT " rows with sealed values; keep a copy of "
                                "the file apart from the database",
                                n);
    return true;
}

bool
hj_keyring_check(const char *data, const HjConfig *config, HjStore *store, char **ret_text)
{
    g_autofree char *path = hj_keyring_path(data, config);
    struct stat info;
    if (stat(path, &info) != 0) {
        *ret_text =
            g_strdup_printf("%s is not there; restore it, or serve once to make it where "
                            "nothing is sealed yet",
                            path);
        return false;
    }
    if ((info.st_mode & 0077) != 0) {
        *ret_text = g_strdup_printf("others may read it; chmod 600 %s", path);
        return false;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(HjVault) vault = hj_vault_load(path, false, &error);
    if (vault == NULL) {
        *ret_text = g_strdup(error->message);
        return false;
    }
    return check_masters(store, vault, ret_text);
}
