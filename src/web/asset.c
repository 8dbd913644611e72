#include "web/asset.h"

#include <glib.h>
#include <string.h>

const HjAsset *
hj_asset_find(const char *hashed_name)
{
    for (size_t i = 0; i < hj_asset_count; i++)
        if (strcmp(hj_asset_table[i].url + strlen(HJ_ASSET_PREFIX), hashed_name) == 0)
            return &hj_asset_table[i];
    return NULL;
}

const char *
hj_asset_url(const char *name)
{
    for (size_t i = 0; i < hj_asset_count; i++)
        if (strcmp(hj_asset_table[i].name, name) == 0)
            return hj_asset_table[i].url;
    g_critical("asset %s is not built in", name);
    g_assert_not_reached();
}
