#include "adapters/picture/raster.h"
#include "base/error.h"

#include <string.h>
#include <unistd.h>

#define MAX_BYTES (64 * 1024 * 1024)
#define MEMORY (INT64_C(768) * 1024 * 1024)
#define QUALITY 82
#define THUMB_QUALITY 75

enum { TAG_SIZE = 1, TAG_FULL, TAG_THUMB };

void
hj_picture_clear(HjPicture *picture)
{
    g_clear_pointer(&picture->full, g_bytes_unref);
    g_clear_pointer(&picture->thumb, g_bytes_unref);
}

/* --- in the worker --- */

static bool
decode(const uint8_t *data, size_t n, HjRaster *ret)
{
    ret->turn = 1;
    if (n > 3 && memcmp(data, "\xff\xd8\xff", 3) == 0)
        return hj_raster_read_jpeg(data, n, ret);
    if (n > 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
        return hj_raster_read_png(data, n, ret);
    if (n > 16 && memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WEBP", 4) == 0)
        return hj_raster_read_webp(data, n, ret);
    return false;
}

bool
hj_picture_convert(const void *data, size_t n, HjPicture *ret)
{
    HjRaster raster = { 0 };
    *ret = (HjPicture){ 0 };
    if (decode(data, n, &raster) && hj_raster_shrink(&raster, HJ_PICTURE_EDGE) &&
        hj_raster_upright(&raster)) {
        ret->full = hj_raster_write_jpeg(&raster, QUALITY);
        ret->width = raster.width;
        ret->height = raster.height;
        if (hj_raster_shrink(&raster, HJ_PICTURE_THUMB_EDGE))
            ret->thumb = hj_raster_write_jpeg(&raster, THUMB_QUALITY);
    }
    hj_raster_clear(&raster);
    if (ret->full != NULL && ret->thumb != NULL)
        return true;
    hj_picture_clear(ret);
    return false;
}

static void
emit(uint32_t tag, GBytes *bytes)
{
    size_t n = 0;
    const void *data = g_bytes_get_data(bytes, &n);
    hj_worker_emit(tag, data, n);
}

static int
work(int argc, char **argv)
{
    (void)argc, (void)argv;
    g_autoptr(GBytes) input = hj_worker_input(MAX_BYTES);
    HjPicture picture;
    size_t n = 0;
    const void *data = input != NULL ? g_bytes_get_data(input, &n) : NULL;
    if (input == NULL || !hj_picture_convert(data, n, &picture))
        return 1;
    int32_t size[2] = { picture.width, picture.height };
    hj_worker_emit(TAG_SIZE, size, sizeof size);
    emit(TAG_FULL, picture.full);
    emit(TAG_THUMB, picture.thumb);
    return 0;
}

const HjWorkerKind hj_picture_worker = { "picture", work, NULL };

/* --- outside --- */

static bool
take_frame(gpointer data, uint32_t tag, const void *bytes, size_t n, GError **error)
{
    HjPicture *picture = data;
    int32_t size[2];
    if (tag == TAG_SIZE && n == sizeof size) {
        memcpy(size, bytes, n);
        picture->width = size[0];
        picture->height = size[1];
    } else if (tag == TAG_FULL && picture->full == NULL) {
        picture->full = g_bytes_new(bytes, n);
    } else if (tag == TAG_THUMB && picture->thumb == NULL) {
        picture->thumb = g_bytes_new(bytes, n);
    } else {
        return hj_error_log(error, HJ_ERROR_INTERNAL, "a picture worker talks nonsense");
    }
    return true;
}

/* What a worker hands back is as untrusted as what it was given. */
static bool
is_jpeg(GBytes *bytes)
{
    size_t n = 0;
    const uint8_t *data = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    return n > 4 && memcmp(data, "\xff\xd8\xff", 3) == 0;
}

bool
hj_picture_read(int fd, HjPicture *ret, GError **error)
{
    *ret = (HjPicture){ 0 };
    if (lseek(fd, 0, SEEK_SET) != 0)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "a picture cannot be read again");
    HjWorkerJob job = {
        .kind = hj_picture_worker.kind, .file = fd, .memory = MEMORY, .cpu_s = 20, .wall_s = 40
    };
    g_autoptr(GError) why = NULL;
    bool done = hj_worker_run(&job, take_frame, ret, &why);
    if (done && is_jpeg(ret->full) && is_jpeg(ret->thumb) && ret->width > 0 && ret->height > 0)
        return true;
    hj_picture_clear(ret);
    if (why != NULL && !g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return hj_fail(error, HJ_ERROR_INVALID,
                   "This picture cannot be read: it is damaged, or larger than 64 million "
                   "pixels. Take it again, or save it as JPEG.");
}
