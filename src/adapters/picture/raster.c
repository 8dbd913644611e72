#include "adapters/picture/raster.h"

#include <string.h>

void
hj_raster_clear(HjRaster *raster)
{
    g_clear_pointer(&raster->rgb, g_free);
    raster->width = raster->height = 0;
}

bool
hj_raster_start(HjRaster *raster, int64_t width, int64_t height)
{
    if (width < 1 || height < 1 || width > HJ_PICTURE_MAX_EDGE ||
        height > HJ_PICTURE_MAX_EDGE || width * height > HJ_PICTURE_MAX_PIXELS)
        return false;
    raster->rgb = g_try_malloc((gsize)(width * height * 3));
    raster->width = (int)width;
    raster->height = (int)height;
    return raster->rgb != NULL;
}

/* The mean of the box [x0,x1) × [y0,y1). */
static void
mean_of(const HjRaster *from, int x0, int x1, int y0, int y1, uint8_t *out)
{
    uint64_t sum[3] = { 0 };
    for (int y = y0; y < y1; y++) {
        const uint8_t *at = from->rgb + ((size_t)y * (size_t)from->width + (size_t)x0) * 3;
        for (int x = x0; x < x1; x++, at += 3) {
            sum[0] += at[0];
            sum[1] += at[1];
            sum[2] += at[2];
        }
    }
    uint64_t n = (uint64_t)(x1 - x0) * (uint64_t)(y1 - y0);
    for (int i = 0; i < 3; i++)
        out[i] = (uint8_t)((sum[i] + n / 2) / n);
}

bool
hj_raster_shrink(HjRaster *raster, int edge)
{
    int longest = MAX(raster->width, raster->height);
    if (longest <= edge)
        return true;
    int64_t width = MAX((int64_t)raster->width * edge / longest, 1);
    int64_t height = MAX((int64_t)raster->height * edge / longest, 1);
    HjRaster small = { .turn = raster->turn };
    if (!hj_raster_start(&small, width, height))
        return false;
    for (int y = 0; y < small.height; y++) {
        int y0 = (int)((int64_t)y * raster->height / height);
        int y1 = MAX((int)((int64_t)(y + 1) * raster->height / height), y0 + 1);
        for (int x = 0; x < small.width; x++) {
            int x0 = (int)((int64_t)x * raster->width / width);
            int x1 = MAX((int)((int64_t)(x + 1) * raster->width / width), x0 + 1);
            mean_of(raster, x0, x1, y0, y1,
                    small.rgb + ((size_t)y * (size_t)small.width + (size_t)x) * 3);
        }
    }
    hj_raster_clear(raster);
    *raster = small;
    return true;
}

bool
hj_raster_upright(HjRaster *raster)
{
    int turn = raster->turn;
    if (turn <= 1 || turn > 8)
        return true;
    bool swaps = turn >= 5;
    int w = raster->width, h = raster->height;
    HjRaster up = { .turn = 1 };
    if (!hj_raster_start(&up, swaps ? h : w, swaps ? w : h))
        return false;
    for (int y = 0; y < up.height; y++) {
        for (int x = 0; x < up.width; x++) {
            /* Where this pixel stood before. */
            int sx = swaps ? y : x, sy = swaps ? x : y;
            if (turn == 2 || turn == 3 || turn == 7 || turn == 8)
                sx = w - 1 - sx;
            if (turn == 3 || turn == 4 || turn == 6 || turn == 7)
                sy = h - 1 - sy;
            memcpy(up.rgb + ((size_t)y * (size_t)up.width + (size_t)x) * 3,
                   raster->rgb + ((size_t)sy * (size_t)w + (size_t)sx) * 3, 3);
        }
    }
    hj_raster_clear(raster);
    *raster = up;
    return true;
}

/* --- EXIF: nothing of it is kept, only the turn is read --- */

static unsigned
number_at(const uint8_t *data, size_t n, size_t at, int bytes, bool big)
{
    unsigned value = 0;
    if (at > n || n - at < (size_t)bytes)
        return 0;
    for (int i = 0; i < bytes; i++)
        value |= (unsigned)data[at + (size_t)i] << 8 * (big ? bytes - 1 - i : i);
    return value;
}

int
hj_raster_exif_turn(const uint8_t *data, size_t n)
{
    if (n < 14 || memcmp(data, "Exif\0\0", 6) != 0)
        return 1;
    const uint8_t *tiff = data + 6;
    n -= 6;
    bool big = tiff[0] == 'M';
    size_t at = number_at(tiff, n, 4, 4, big);
    unsigned entries = number_at(tiff, n, at, 2, big);
    for (unsigned i = 0; i < entries && i < 200; i++) {
        size_t entry = at + 2 + (size_t)i * 12;
        if (number_at(tiff, n, entry, 2, big) != 0x0112)
            continue;
        unsigned turn = number_at(tiff, n, entry + 8, 2, big);
        return turn >= 1 && turn <= 8 ? (int)turn : 1;
    }
    return 1;
}
