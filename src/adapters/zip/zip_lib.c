/* zip_lib: base/zip.h on libzip.
 *
 * Units    as base/zip.h
 * Owns     as base/zip.h
 * Threads  any
 * Source   features.md 3.23 */
#include "base/error.h"
#include "base/zip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#define MOST_ENTRIES 100000
#define MOST_BYTES (INT64_C(8) << 30)
#define PIECE (64 * 1024)

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
add_below(zip_t *zip, const char *folder, const char *name, GError **error)
{
    g_autofree char *dir = g_build_filename(folder, name, NULL);
    g_autoptr(GDir) opened = g_dir_open(dir, 0, error);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if (opened == NULL)
        return false;
    for (const char *n = g_dir_read_name(opened); n != NULL; n = g_dir_read_name(opened))
        g_ptr_array_add(names, g_strdup(n));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *child = name[0] != '\0'
                                     ? g_strdup_printf("%s/%s", name, (char *)names->pdata[i])
                                     : g_strdup(names->pdata[i]);
        g_autofree char *path = g_build_filename(folder, child, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            if (!add_below(zip, folder, child, error))
                return false;
            continue;
        }
        zip_source_t *source = zip_source_file(zip, path, 0, 0);
        if (source == NULL || zip_file_add(zip, child, source, ZIP_FL_ENC_UTF_8) < 0)
            return hj_error_log(error, HJ_ERROR_STORE, "zip: %s", zip_strerror(zip));
    }
    return true;
}

bool
hj_zip_pack(const char *folder, const char *path, GError **error)
{
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_EXCL, &code);
    if (zip == NULL)
        return hj_error_log(error, HJ_ERROR_STORE, "%s: %s", path,
                            code == ZIP_ER_EXISTS ? "it exists already" : g_strerror(errno));
    if (!add_below(zip, folder, "", error)) {
        zip_discard(zip);
        return false;
    }
    if (zip_close(zip) == 0)
        return true;
    hj_error_log(error, HJ_ERROR_STORE, "%s: %s", path, zip_strerror(zip));
    zip_discard(zip);
    return false;
}

static bool
is_safe(const zip_stat_t *stat)
{
    if ((stat->valid & ZIP_STAT_NAME) == 0 || !g_utf8_validate(stat->name, -1, NULL) ||
        stat->name[0] == '/' || strpbrk(stat->name, "\\:\n\r") != NULL)
        return false;
    g_auto(GStrv) parts = g_strsplit(stat->name, "/", -1);
    for (int i = 0; parts[i] != NULL; i++)
        if (strcmp(parts[i], "..") == 0 || strcmp(parts[i], ".") == 0 ||
            (parts[i][0] == '\0' && parts[i + 1] != NULL))
            return false;
    return true;
}

static bool
take_out(zip_t *zip, zip_uint64_t i, const zip_stat_t *stat, const char *folder, char *piece,
         GError **error)
{
    g_autofree char *path = g_build_filename(folder, stat->name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    if (g_mkdir_with_parents(parent, 0700) != 0)
        return hj_error_log(error, HJ_ERROR_STORE, "%s: %s", parent, g_strerror(errno));
    zip_file_t *in = zip_fopen_index(zip, i, 0);
    FILE *out = in != NULL ? fopen(path, "wbxe") : NULL;
    zip_uint64_t left = stat->size;
    bool done = out != NULL;
    while (done && left > 0) {
        zip_int64_t n = zip_fread(in, piece, MIN(left, PIECE));
        done = n > 0 && fwrite(piece, 1, (size_t)n, out) == (size_t)n;
        left -= done ? (zip_uint64_t)n : 0;
    }
    if (done && zip_fread(in, piece, 1) != 0) /* checks the sum too */
        done = false;
    if (in != NULL)
        zip_fclose(in);
    if (out != NULL && fclose(out) != 0)
        done = false;
    return done || hj_error_log(error, HJ_ERROR_INVALID, "zip: %s cannot be read", stat->name);
}

static bool
check(zip_t *zip, const char *path, zip_uint64_t n, zip_uint64_t most, GError **error)
{
    zip_uint64_t bytes = 0;
    for (zip_uint64_t i = 0; i < n; i++) {
        zip_stat_t stat;
        zip_uint8_t system = 0;
        zip_uint32_t attributes = 0;
        if (zip_stat_index(zip, i, 0, &stat) != 0 || !is_safe(&stat) ||
            (stat.valid & ZIP_STAT_SIZE) == 0)
            return hj_error_log(error, HJ_ERROR_INVALID, "%s: it holds a name that is not safe",
                                path);
        zip_file_get_external_attributes(zip, i, 0, &system, &attributes);
        if (system == ZIP_OPSYS_UNIX && S_ISLNK(attributes >> 16))
            return hj_error_log(error, HJ_ERROR_INVALID, "%s: it holds a link", path);
        bytes += stat.size;
        if (stat.size > most || bytes > most)
            return hj_error_log(error, HJ_ERROR_INVALID, "%s: it is too large", path);
    }
    return true;
}

bool
hj_zip_unpack(const char *path, const char *folder, GError **error)
{
    return hj_zip_unpack_within(path, folder, MOST_BYTES, MOST_ENTRIES, error);
}

bool
hj_zip_unpack_within(const char *path, const char *folder, int64_t most_bytes,
                     int64_t most_files, GError **error)
{
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (zip == NULL)
        return hj_error_log(error, HJ_ERROR_INVALID, "%s: this is not a whole zip file", path);
    zip_int64_t n = zip_get_num_entries(zip, 0);
    bool done = n >= 0 && n <= most_files;
    g_autofree char *piece = g_malloc(PIECE);
    if (!done)
        hj_error_log(error, HJ_ERROR_INVALID, "%s: it holds too many files", path);
    done = done && check(zip, path, (zip_uint64_t)n, (zip_uint64_t)most_bytes, error);
    for (zip_uint64_t i = 0; done && i < (zip_uint64_t)n; i++) {
        zip_stat_t stat;
        zip_stat_index(zip, i, 0, &stat);
        if (!g_str_has_suffix(stat.name, "/"))
            done = take_out(zip, i, &stat, folder, piece, error);
    }
    zip_discard(zip);
    return done;
}
