/* Streams of a backup: whatever stands in one, reading ends with a clean answer, and names stay
 * below their folder.  The first byte says whether the rest is taken as a file or as what was
 * packed into one. */
#include "base/zstd.h"
#include "store/archive.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAGIC "hangji backup 1\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool
begin(gpointer data, const char *name, GError **error)
{
    (void)data, (void)error;
    g_assert(name[0] != '/' && name[0] != '\0' && strcmp(name, "..") != 0);
    g_assert(strstr(name, "../") == NULL && strstr(name, "/..") == NULL);
    return true;
}

static bool
add(gpointer data, const void *bytes, size_t n, GError **error)
{
    (void)bytes, (void)error;
    *(size_t *)data += n;
    return true;
}

static bool
end(gpointer data, const uint8_t sum[HJ_SM3_BYTES], int64_t n_bytes, GError **error)
{
    (void)data, (void)sum, (void)n_bytes, (void)error;
    return true;
}

static bool
take_packed(gpointer data, const void *bytes, size_t n, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)n);
    return true;
}

static void
put(GByteArray *file, uint32_t n)
{
    uint32_t big = GUINT32_TO_BE(n);
    g_byte_array_append(file, (const guint8 *)&big, sizeof big);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const HjArchiveSink sink = { begin, add, end };
    if (n == 0 || n > 512 * 1024)
        return 0;
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_byte_array_append(file, (const guint8 *)MAGIC, strlen(MAGIC));
    if ((data[0] & 1) == 0) {
        g_autoptr(HjZstdPacker) packer = hj_zstd_packer_new();
        g_autoptr(GByteArray) packed = g_byte_array_new();
        hj_zstd_pack(packer, data + 1, n - 1, true, take_packed, packed, NULL);
        put(file, packed->len);
        g_byte_array_append(file, packed->data, packed->len);
        put(file, 0);
    } else {
        g_byte_array_append(file, data + 1, (guint)(n - 1));
    }
    int fd = memfd_create("archive", MFD_CLOEXEC);
    g_assert(fd >= 0 && write(fd, file->data, file->len) == (ssize_t)file->len);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    size_t seen = 0;
    HjArchiveSeal seal;
    hj_archive_check(path, &seal, NULL);
    hj_archive_read(path, &sink, &seen, NULL);
    close(fd);
    return 0;
}
