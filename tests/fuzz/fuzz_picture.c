/* The decoder of the picture worker: what it takes becomes two small clean JPEGs. */
#include "base/picture.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    HjPicture picture;
    if (!hj_picture_convert(data, n, &picture))
        return 0;
    g_assert(picture.width > 0 && picture.width <= HJ_PICTURE_EDGE);
    g_assert(picture.height > 0 && picture.height <= HJ_PICTURE_EDGE);
    size_t n_full = 0;
    const uint8_t *full = g_bytes_get_data(picture.full, &n_full);
    g_assert(n_full > 4 && memcmp(full, "\xff\xd8\xff", 3) == 0);
    hj_picture_clear(&picture);
    return 0;
}
