#include "app/brought.h"

#include "app/place.h"
#include "base/zip.h"
#include "store/archive.h"

#include <string.h>

void
hj_brought_clear(HjBrought *brought)
{
    g_clear_pointer(&brought->pack, hj_pack_unref);
    if (brought->unpacked != NULL)
        hj_archive_remove(brought->unpacked);
    g_free(brought->unpacked);
    g_free(brought->dir);
}

/* The pack of a zip file is named in it, beside those it extends. */
static bool
unpack(HjBrought *brought, const char *path, GError **error)
{
    g_autofree char *name = NULL;
    brought->unpacked = g_dir_make_tmp("hangji-pack-XXXXXX", error);
    if (brought->unpacked == NULL || !hj_zip_unpack(path, brought->unpacked, error))
        return false;
    g_autofree char *main_path = g_build_filename(brought->unpacked, "MAIN", NULL);
    if (!g_file_get_contents(main_path, &name, NULL, NULL) || strchr(name, '/') != NULL)
        return hj_error_log(error, HJ_ERROR_INVALID, "%s: hangji pack export did not make this",
                            path);
    brought->dir = g_build_filename(brought->unpacked, g_strstrip(name), NULL);
    return true;
}

bool
hj_brought_open(HjBrought *brought, const char *path, GError **error)
{
    if (g_str_has_suffix(path, ".zip")) {
        if (!unpack(brought, path, error))
            return false;
    } else {
        brought->dir = g_strdup(path);
    }
    brought->pack = hj_place_load_pack(brought->dir, error);
    return brought->pack != NULL;
}
