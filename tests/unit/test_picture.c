/* Pictures are made anew by a confined worker: upright, smaller, without what they hid. */
#include "adapters/picture/raster.h"
#include "base/error.h"
#include "base/log.h"
#include "base/picture.h"
#include "tests/harness/workers.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const HjWorkerKind *
hj_test_workers(void)
{
    static HjWorkerKind kinds[2];
    kinds[0] = hj_picture_worker;
    return kinds;
}

/* Red on the left, blue on the right, black below. */
static HjRaster
drawing(int width, int height)
{
    HjRaster raster = { 0 };
    assert_true(hj_raster_start(&raster, width, height));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *at = raster.rgb + ((size_t)y * (size_t)width + (size_t)x) * 3;
            bool below = y >= height * 3 / 4;
            at[0] = !below && x < width / 2 ? 250 : 0;
            at[1] = 0;
            at[2] = !below && x >= width / 2 ? 250 : 0;
        }
    return raster;
}

/* A JPEG as a camera writes it: turned, and with a place in it. */
static GByteArray *
photo(int width, int height, int turn)
{
    static const uint8_t gps[] = "GPS 38.31N 116.86E";
    HjRaster raster = drawing(width, height);
    g_autoptr(GBytes) plain = hj_raster_write_jpeg(&raster, 90);
    hj_raster_clear(&raster);
    uint8_t exif[] = { 0xff, 0xe1, 0, 0,  'E', 'x', 'i', 'f', 0, 0,
                       'M',  'M',  0, 42, 0,   0,   0,   8,   0, 1,
                       1,    0x12, 0, 3,  0,   0,   0,   1,   0, (uint8_t)turn,
                       0,    0,    0, 0,  0,   0 };
    size_t n = sizeof exif - 2 + sizeof gps;
    exif[2] = (uint8_t)(n >> 8);
    exif[3] = (uint8_t)n;
    size_t n_plain = 0;
    const uint8_t *data = g_bytes_get_data(plain, &n_plain);
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, data, 2);
    g_byte_array_append(out, exif, sizeof exif);
    g_byte_array_append(out, gps, sizeof gps);
    g_byte_array_append(out, data + 2, (guint)(n_plain - 2));
    return out;
}

static bool
read_bytes(const void *data, size_t n, HjPicture *ret, GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("picture-XXXXXX", &path, NULL);
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, data, n), (ssize_t)n);
    bool done = hj_picture_read(fd, ret, error);
    close(fd);
    return done;
}

static HjRaster
raster_of(GBytes *bytes)
{
    size_t n = 0;
    const uint8_t *data = g_bytes_get_data(bytes, &n);
    HjRaster raster = { 0 };
    assert_true(hj_raster_read_jpeg(data, n, &raster));
    return raster;
}

static char
colour_at(const HjRaster *raster, int x, int y)
{
    const uint8_t *at = raster->rgb + ((size_t)y * (size_t)raster->width + (size_t)x) * 3;
    return at[0] > 150 ? 'r' : at[2] > 150 ? 'b' : 'k';
}

static void
a_picture_stands_upright_whatever_way_the_camera_was_held(void **state)
{
    (void)state;
    for (int turn = 1; turn <= 8; turn++) {
        g_autoptr(GByteArray) sent = photo(400, 320, turn);
        HjPicture picture;
        assert_true(read_bytes(sent->data, sent->len, &picture, NULL));
        assert_int_equal(picture.width, turn >= 5 ? 320 : 400);
        assert_int_equal(picture.height, turn >= 5 ? 400 : 320);
        HjRaster raster = raster_of(picture.full);
        int w = raster.width, h = raster.height;
        /* The first and last row or column of the drawing is black below: its place tells. */
        char below = turn == 1 || turn == 2   ? colour_at(&raster, w / 4, h - 4)
                     : turn == 3 || turn == 4 ? colour_at(&raster, w / 4, 4)
                     : turn == 5 || turn == 8 ? colour_at(&raster, w - 4, h / 4)
                                              : colour_at(&raster, 4, h / 4);
        assert_int_equal(below, 'k');
        bool red_first = turn == 1 || turn == 4 || turn == 5 || turn == 6;
        char first = turn <= 4 ? colour_at(&raster, 10, h / 2) : colour_at(&raster, w / 2, 10);
        assert_int_equal(first, red_first ? 'r' : 'b');
        hj_raster_clear(&raster);
        hj_picture_clear(&picture);
    }
}

static void
what_a_camera_hides_in_it_is_gone(void **state)
{
    (void)state;
    g_autoptr(GByteArray) sent = photo(100, 100, 1);
    HjPicture picture;
    assert_non_null(memmem(sent->data, sent->len, "GPS 38.31N", 10));
    assert_true(read_bytes(sent->data, sent->len, &picture, NULL));
    GBytes *made[] = { picture.full, picture.thumb };
    for (size_t i = 0; i < 2; i++) {
        size_t n = 0;
        const void *data = g_bytes_get_data(made[i], &n);
        assert_null(memmem(data, n, "GPS", 3));
        assert_null(memmem(data, n, "Exif", 4));
    }
    hj_picture_clear(&picture);
}

static void
a_large_photo_is_cut_to_what_is_kept(void **state)
{
    (void)state;
    g_autoptr(GByteArray) sent = photo(5200, 3900, 6);
    HjPicture picture;
    assert_true(read_bytes(sent->data, sent->len, &picture, NULL));
    assert_int_equal(picture.height, HJ_PICTURE_EDGE);
    assert_int_equal(picture.width, HJ_PICTURE_EDGE * 3 / 4);
    HjRaster thumb = raster_of(picture.thumb);
    assert_int_equal(thumb.height, HJ_PICTURE_THUMB_EDGE);
    hj_raster_clear(&thumb);
    hj_picture_clear(&picture);
}

static void
refuse(const void *data, size_t n)
{
    HjPicture picture;
    g_autoptr(GError) error = NULL;
    assert_false(read_bytes(data, n, &picture, &error));
    assert_hj_error(error, HJ_ERROR_INVALID);
}

static void
what_is_no_picture_is_refused(void **state)
{
    (void)state;
    static const uint8_t bomb[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\2\0\0\0";
    refuse("", 0);
    refuse("GIF89a", 6);
    refuse("\xff\xd8\xff\xe0", 4);
    refuse(bomb, sizeof bomb - 1);
    refuse("RIFF\x20\0\0\0WEBPVP8L", 16);
}

/* Two hundred altered photos: each is read or refused, and none harms anybody. */
static void
mutated_photos_crash_nobody(void **state)
{
    (void)state;
    g_autoptr(GRand) rand = g_rand_new_with_seed(130921);
    g_autoptr(GByteArray) sent = photo(160, 120, 8);
    int n_read = 0;
    for (int i = 0; i < 200; i++) {
        g_autoptr(GByteArray) bad = g_byte_array_new();
        g_byte_array_append(bad, sent->data, sent->len);
        for (int j = 0; j < 1 + i % 30; j++)
            bad->data[g_rand_int_range(rand, 3, (gint32)bad->len)] =
                (guint8)g_rand_int_range(rand, 0, 256);
        if (i % 5 == 0)
            g_byte_array_set_size(bad, (guint)g_rand_int_range(rand, 4, (gint32)bad->len));
        HjPicture picture;
        g_autoptr(GError) error = NULL;
        if (read_bytes(bad->data, bad->len, &picture, &error)) {
            n_read++;
            hj_picture_clear(&picture);
        } else {
            assert_hj_error(error, HJ_ERROR_INVALID);
        }
    }
    assert_true(n_read > 0 && n_read < 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_stands_upright_whatever_way_the_camera_was_held),
        cmocka_unit_test(what_a_camera_hides_in_it_is_gone),
        cmocka_unit_test(a_large_photo_is_cut_to_what_is_kept),
        cmocka_unit_test(what_is_no_picture_is_refused),
        cmocka_unit_test(mutated_photos_crash_nobody),
    };
    hj_log_set_level(HJ_LOG_CRITICAL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
