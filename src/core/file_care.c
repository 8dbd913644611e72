#include "core/file_care.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_S INT64_C(86400)
#define DAY (DAY_S * 1000000)

#define SQL_FORGET                                                                             \
    "DELETE FROM sys_file WHERE created_at < $1 AND NOT EXISTS (SELECT 1 FROM sys_file_cite "  \
    "c "                                                                                       \
    "WHERE c.county = sys_file.county AND c.file = sys_file.id)"
#define SQL_WANTED "SELECT 1 AS one FROM sys_file WHERE digest = $1 OR thumb = $1 LIMIT 1"
#define SQL_CONTENTS                                                                           \
    "SELECT digest FROM sys_file UNION SELECT thumb FROM sys_file WHERE thumb IS NOT NULL"

static bool
forget(HjTx *tx, gpointer data, GError **error)
{
    HjFileCleaned *done = data;
    /* What no row cites is nobody's record. */
    hj_tx_exempt(tx);
    return hj_tx_change(tx, error, &done->n_rows, SQL_FORGET,
                        HJ_TIME(hj_tx_now(tx) - HJ_FILE_KEEP_DAYS * DAY));
}

/* A content nobody touched for a day and no upload names.  One being sent is younger. */
static bool
sweep_one(HjTx *tx, const char *path, const char *digest, HjFileCleaned *done, GError **error)
{
    struct stat about;
    int64_t now_s = g_get_real_time() / G_USEC_PER_SEC;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode) ||
        now_s - (int64_t)about.st_mtim.tv_sec < DAY_S)
        return true;
    g_autoptr(HjRows) wanted = hj_tx_query(tx, error, SQL_WANTED, HJ_TEXT(digest));
    if (wanted == NULL)
        return false;
    if (hj_rows_count(wanted) == 0 && unlink(path) == 0) {
        done->n_files++;
        done->n_bytes += about.st_size;
    }
    return true;
}

static bool
sweep_folder(HjTx *tx, const char *folder, const char *fan, HjFileCleaned *done, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    bool right = true;
    while (dir != NULL && right && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *digest = g_strconcat(fan, name, NULL);
        right = sweep_one(tx, path, digest, done, error);
    }
    return right;
}

bool
hj_file_clean(HjStore *store, HjFiles *files, HjFileCleaned *ret, GError **error)
{
    *ret = (HjFileCleaned){ 0 };
    if (!hj_store_write(store, forget, ret, error))
        return false;
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    if (tx == NULL)
        return false;
    g_autofree char *top = hj_files_path(files, "");
    g_autoptr(GDir) dir = g_dir_open(top, 0, NULL);
    const char *fan;
    bool right = true;
    while (dir != NULL && right && (fan = g_dir_read_name(dir)) != NULL) {
        g_autofree char *folder = g_build_filename(top, fan, NULL);
        if (strlen(fan) == 2)
            right = sweep_folder(tx, folder, fan, ret, error);
    }
    return right;
}

static bool
collect(HjRows *row, gpointer data)
{
    g_ptr_array_add(data, g_strdup(hj_rows_text(row, "digest")));
    return true;
}

bool
hj_file_verify(HjStore *store, HjFiles *files, HjFileProblem fn, gpointer data,
               HjFileVerified *ret, GError **error)
{
    *ret = (HjFileVerified){ 0 };
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    g_autoptr(GPtrArray) digests = g_ptr_array_new_with_free_func(g_free);
    if (tx == NULL ||
        !hj_tx_scan(tx, error, SQL_CONTENTS, (const HjVal[]){ HJ_END }, collect, digests))
        return false;
    for (guint i = 0; i < digests->len; i++) {
        const char *digest = g_ptr_array_index(digests, i), *what = NULL;
        g_autoptr(GBytes) bytes = hj_files_read(files, digest, NULL);
        g_autofree char *found =
            bytes != NULL ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes) : NULL;
        ret->n_checked++;
        ret->n_bytes += bytes != NULL ? (int64_t)g_bytes_get_size(bytes) : 0;
        if (found == NULL)
            what = "missing";
        else if (!g_str_equal(found, digest))
            what = "altered";
        ret->n_missing += found == NULL;
        ret->n_altered += found != NULL && what != NULL;
        if (what != NULL && fn != NULL)
            fn(data, digest, what);
    }
    return true;
}
