/* Forms with files: fed whole and byte by byte they read the same, and every text is clean. */
#include "base/text.h"
#include "web/multipart.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define TYPE "multipart/form-data; boundary=x"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static HjMultipart *
read_in_pieces(const uint8_t *data, size_t n, size_t piece)
{
    g_autoptr(HjMultipart) form = hj_multipart_new(TYPE, g_get_tmp_dir(), 1 << 20, NULL);
    g_assert(form != NULL);
    for (size_t at = 0; at < n; at += piece)
        if (!hj_multipart_feed(form, data + at, MIN(piece, n - at), NULL))
            return NULL;
    return hj_multipart_end(form, NULL) ? g_steal_pointer(&form) : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n > 65536)
        return 0;
    g_autoptr(HjMultipart) whole = read_in_pieces(data, n, MAX(n, 1));
    g_autoptr(HjMultipart) bits = read_in_pieces(data, n, 3);
    g_assert((whole == NULL) == (bits == NULL));
    if (whole == NULL)
        return 0;
    g_assert(g_str_equal(hj_multipart_digest(whole), hj_multipart_digest(bits)));
    const HjPairs *texts = hj_multipart_texts(whole);
    for (size_t i = 0; i < texts->n; i++)
        g_assert(hj_text_is_clean(texts->pairs[i].value, true));
    g_assert(hj_multipart_n_files(whole) <= HJ_MULTIPART_MAX_FILES);
    for (size_t i = 0; i < hj_multipart_n_files(whole); i++) {
        const HjUpload *file = hj_multipart_file(whole, i);
        g_assert(strpbrk(file->name, "/\\\r\n") == NULL);
        g_assert(lseek(file->fd, 0, SEEK_END) == file->size);
    }
    return 0;
}
