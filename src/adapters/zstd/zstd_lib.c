/* zstd_lib: base/zstd.h on libzstd, in pieces of at most 128 KiB and a window of 8 MiB.
 *
 * Units    as base/zstd.h
 * Owns     as base/zstd.h
 * Threads  one at a time
 * Source   stack.md (compression) */
#include "base/error.h"
#include "base/zstd.h"

#include <zstd.h>

#define LEVEL 3
#define PIECE (128 * 1024)
#define WINDOW_LOG_MOST 23 /* a stream that asks for more memory is not ours */

struct HjZstdPacker {
    ZSTD_CStream *stream;
    uint8_t piece[PIECE];
};

struct HjZstdUnpacker {
    ZSTD_DStream *stream;
    bool ended;
    uint8_t piece[PIECE];
};

HjZstdPacker *
hj_zstd_packer_new(void)
{
    HjZstdPacker *packer = g_new0(HjZstdPacker, 1);
    packer->stream = ZSTD_createCStream();
    g_assert(packer->stream != NULL);
    ZSTD_CCtx_setParameter(packer->stream, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(packer->stream, ZSTD_c_checksumFlag, 1);
    return packer;
}

void
hj_zstd_packer_free(HjZstdPacker *packer)
{
    if (packer == NULL)
        return;
    ZSTD_freeCStream(packer->stream);
    g_free(packer);
}

bool
hj_zstd_pack(HjZstdPacker *packer, const void *bytes, size_t n, bool last, HjZstdFn fn,
             gpointer data, GError **error)
{
    ZSTD_inBuffer in = { bytes, n, 0 };
    ZSTD_EndDirective mode = last ? ZSTD_e_end : ZSTD_e_continue;
    for (;;) {
        ZSTD_outBuffer out = { packer->piece, PIECE, 0 };
        size_t left = ZSTD_compressStream2(packer->stream, &out, &in, mode);
        if (ZSTD_isError(left))
            return hj_error_log(error, HJ_ERROR_INTERNAL, "zstd: %s", ZSTD_getErrorName(left));
        if (out.pos > 0 && !fn(data, packer->piece, out.pos, error))
            return false;
        if (last ? left == 0 : in.pos == in.size)
            return true;
    }
}

HjZstdUnpacker *
hj_zstd_unpacker_new(void)
{
    HjZstdUnpacker *unpacker = g_new0(HjZstdUnpacker, 1);
    unpacker->stream = ZSTD_createDStream();
    g_assert(unpacker->stream != NULL);
    ZSTD_DCtx_setParameter(unpacker->stream, ZSTD_d_windowLogMax, WINDOW_LOG_MOST);
    return unpacker;
}

void
hj_zstd_unpacker_free(HjZstdUnpacker *unpacker)
{
    if (unpacker == NULL)
        return;
    ZSTD_freeDStream(unpacker->stream);
    g_free(unpacker);
}

bool
hj_zstd_unpack(HjZstdUnpacker *unpacker, const void *bytes, size_t n, HjZstdFn fn,
               gpointer data, bool *ret_ended, GError **error)
{
    ZSTD_inBuffer in = { bytes, n, 0 };
    bool full = false; /* more may be waiting inside */
    while (in.pos < in.size || full) {
        if (unpacker->ended)
            return hj_error_log(error, HJ_ERROR_MALFORMED, "zstd: bytes after the end");
        ZSTD_outBuffer out = { unpacker->piece, PIECE, 0 };
        size_t left = ZSTD_decompressStream(unpacker->stream, &out, &in);
        if (ZSTD_isError(left))
            return hj_error_log(error, HJ_ERROR_MALFORMED, "zstd: %s", ZSTD_getErrorName(left));
        full = out.pos == PIECE;
        unpacker->ended = left == 0;
        if (out.pos > 0 && !fn(data, unpacker->piece, out.pos, error))
            return false;
        if (unpacker->ended && in.pos == in.size)
            break;
    }
    *ret_ended = unpacker->ended;
    return true;
}
