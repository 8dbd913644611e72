/* brought: a pack out of a folder, or out of what pack export wrote.
 *
 * Units    none
 * Owns     hj_brought_clear removes what was unpacked
 * Threads  the main thread
 * Source   features.md 155 */
#pragma once

#include "pack/pack.h"

typedef struct {
    char *unpacked; /* temporary, or NULL */
    char *dir;
    HjPack *pack;
} HjBrought;

bool hj_brought_open(HjBrought *brought, const char *path, GError **error);
void hj_brought_clear(HjBrought *brought);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjBrought, hj_brought_clear)
