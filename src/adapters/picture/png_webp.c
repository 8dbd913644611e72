#include "adapters/picture/raster.h"

#include <png.h>
#include <string.h>
#include <webp/decode.h>

bool
hj_raster_read_png(const uint8_t *data, size_t n, HjRaster *ret)
{
    png_image image = { .version = PNG_IMAGE_VERSION };
    if (!png_image_begin_read_from_memory(&image, data, n))
        return false;
    image.format = PNG_FORMAT_RGB;
    /* What shows through becomes paper. */
    png_color paper = { 255, 255, 255 };
    bool done = hj_raster_start(ret, image.width, image.height) &&
                png_image_finish_read(&image, &paper, ret->rgb, 0, NULL) != 0;
    png_image_free(&image);
    return done;
}

/* Red, green, blue and how much of them: over white. */
static void
lay_on_paper(const uint8_t *rgba, size_t n_pixels, uint8_t *rgb)
{
    for (size_t i = 0; i < n_pixels; i++, rgba += 4, rgb += 3) {
        unsigned alpha = rgba[3];
        for (int c = 0; c < 3; c++)
            rgb[c] = (uint8_t)((rgba[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

bool
hj_raster_read_webp(const uint8_t *data, size_t n, HjRaster *ret)
{
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config) ||
        WebPGetFeatures(data, n, &config.input) != VP8_STATUS_OK || config.input.has_animation)
        return false;
    int64_t width = config.input.width, height = config.input.height;
    int64_t longest = MAX(width, height);
    if (width * height > HJ_PICTURE_MAX_PIXELS)
        return false;
    if (longest > HJ_PICTURE_EDGE) {
        width = MAX(width * HJ_PICTURE_EDGE / longest, 1);
        height = MAX(height * HJ_PICTURE_EDGE / longest, 1);
        config.options.use_scaling = 1;
        config.options.scaled_width = (int)width;
        config.options.scaled_height = (int)height;
    }
    config.output.colorspace = MODE_RGBA;
    bool done = hj_raster_start(ret, width, height) &&
                WebPDecode(data, n, &config) == VP8_STATUS_OK &&
                config.output.width == ret->width && config.output.height == ret->height &&
                config.output.u.RGBA.stride == ret->width * 4;
    if (done)
        lay_on_paper(config.output.u.RGBA.rgba, (size_t)(width * height), ret->rgb);
    WebPFreeDecBuffer(&config.output);
    return done;
}
