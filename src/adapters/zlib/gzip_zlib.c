#include "base/gzip.h"

#include <zlib.h>

#define WINDOW_GZIP (15 + 16) /* the largest window, with the header of gzip */
#define FAST 1

GBytes *
hj_gzip(const void *data, size_t n)
{
    z_stream z = { 0 };
    if (n > G_MAXINT32 ||
        deflateInit2(&z, FAST, Z_DEFLATED, WINDOW_GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    guint8 *out = g_malloc(n);
    z.next_in = (Bytef *)data;
    z.avail_in = (uInt)n;
    z.next_out = out;
    z.avail_out = (uInt)n;
    int done = deflate(&z, Z_FINISH);
    size_t n_out = z.total_out;
    deflateEnd(&z);
    if (done != Z_STREAM_END) {
        g_free(out);
        return NULL;
    }
    return g_bytes_new_take(out, n_out);
}
