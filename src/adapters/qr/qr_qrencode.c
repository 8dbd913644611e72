/* qr_qrencode: base/qr.h on libqrencode.
 *
 * Units    as base/qr.h
 * Owns     as base/qr.h
 * Threads  any
 * Source   ISO/IEC 18004 */
#include "base/qr.h"

#include <qrencode.h>

#define QUIET 4

char *
hj_qr_path(const char *text, int *ret_size)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return NULL;
    GString *path = g_string_new(NULL);
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if ((code->data[y * code->width + x] & 1) != 0)
                g_string_append_printf(path, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
    *ret_size = code->width + 2 * QUIET;
    QRcode_free(code);
    return g_string_free(path, FALSE);
}
