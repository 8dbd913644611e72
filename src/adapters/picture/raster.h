/* raster: a picture as rows of red, green and blue.
 *
 * Units    pixels; three bytes each, no padding
 * Owns     .rgb; hj_raster_clear
 * Threads  one
 * Source   base/picture.h */
#pragma once

#include "base/picture.h"

typedef struct {
    uint8_t *rgb;
    int width, height;
    int turn; /* EXIF orientation 1 … 8 */
} HjRaster;

void hj_raster_clear(HjRaster *raster);
/* A sane size with memory for it. */
bool hj_raster_start(HjRaster *raster, int64_t width, int64_t height);
/* Every pixel of the result is the mean of those it covers; never enlarges. */
bool hj_raster_shrink(HjRaster *raster, int edge);
/* Upright, whatever way the camera was held. */
bool hj_raster_upright(HjRaster *raster);

/* read_jpeg.c, read_png.c, read_webp.c: already near HJ_PICTURE_EDGE where that is cheap. */
bool hj_raster_read_jpeg(const uint8_t *data, size_t n, HjRaster *ret);
bool hj_raster_read_png(const uint8_t *data, size_t n, HjRaster *ret);
bool hj_raster_read_webp(const uint8_t *data, size_t n, HjRaster *ret);
/* Without any marker but those a decoder needs. */
GBytes *hj_raster_write_jpeg(const HjRaster *raster, int quality);

/* EXIF orientation from an APP1 segment, 1 when there is none. */
int hj_raster_exif_turn(const uint8_t *data, size_t n);
