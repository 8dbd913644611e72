#include "adapters/picture/raster.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* clang-format off: it wants FILE to be known */
#include <jpeglib.h>
/* clang-format on */

#define MAX_SCANS 200 /* a progressive picture of thousands costs hours */

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf back;
} Errors;

static void
give_up(j_common_ptr info)
{
    longjmp(((Errors *)(void *)info->err)->back, 1);
}

static void
say_nothing(j_common_ptr info, int level)
{
    (void)info, (void)level;
}

static void
watch_scans(j_common_ptr info)
{
    if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > MAX_SCANS)
        give_up(info);
}

/* The library's own halving, quartering … to just above what is kept. */
static void
choose_scale(struct jpeg_decompress_struct *info)
{
    unsigned longest = MAX(info->image_width, info->image_height);
    info->scale_num = 1;
    info->scale_denom = 1;
    while (info->scale_denom < 8 &&
           longest / (info->scale_denom * 2) >= (unsigned)HJ_PICTURE_EDGE)
        info->scale_denom *= 2;
}

static bool
read_lines(struct jpeg_decompress_struct *info, HjRaster *ret)
{
    info->out_color_space = JCS_RGB;
    choose_scale(info);
    for (jpeg_saved_marker_ptr it = info->marker_list; it != NULL && ret->turn <= 1;
         it = it->next)
        ret->turn = hj_raster_exif_turn(it->data, it->data_length);
    jpeg_start_decompress(info);
    if (info->output_components != 3 ||
        !hj_raster_start(ret, info->output_width, info->output_height))
        return false;
    while (info->output_scanline < info->output_height) {
        JSAMPROW line = ret->rgb + (size_t)info->output_scanline * info->output_width * 3;
        jpeg_read_scanlines(info, &line, 1);
    }
    jpeg_finish_decompress(info);
    return true;
}

bool
hj_raster_read_jpeg(const uint8_t *data, size_t n, HjRaster *ret)
{
    struct jpeg_decompress_struct info = { 0 };
    struct jpeg_progress_mgr progress = { .progress_monitor = watch_scans };
    Errors errors;
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = give_up;
    errors.base.emit_message = say_nothing;
    if (setjmp(errors.back) != 0) {
        jpeg_destroy_decompress(&info);
        return false;
    }
    jpeg_create_decompress(&info);
    info.progress = &progress;
    jpeg_mem_src(&info, data, n);
    jpeg_save_markers(&info, JPEG_APP0 + 1, 0xffff);
    bool done = jpeg_read_header(&info, TRUE) == JPEG_HEADER_OK &&
                (int64_t)info.image_width * info.image_height <= HJ_PICTURE_MAX_PIXELS &&
                read_lines(&info, ret);
    jpeg_destroy_decompress(&info);
    return done;
}

GBytes *
hj_raster_write_jpeg(const HjRaster *raster, int quality)
{
    struct jpeg_compress_struct info = { 0 };
    Errors errors;
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = give_up;
    unsigned char *out = NULL;
    unsigned long n = 0;
    if (setjmp(errors.back) != 0) {
        jpeg_destroy_compress(&info);
        return NULL;
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &out, &n);
    info.image_width = (JDIMENSION)raster->width;
    info.image_height = (JDIMENSION)raster->height;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    info.optimize_coding = TRUE;
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW line = raster->rgb + (size_t)info.next_scanline * info.image_width * 3;
        jpeg_write_scanlines(&info, &line, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    GBytes *bytes = g_bytes_new(out, n);
    free(out); /* house:blocked because the library allocated it */
    return bytes;
}
