/* zstd: streams made smaller and read again (a port; adapters/zstd implements it).
 *
 * Units    bytes
 * Owns     packer and unpacker, freed by their functions
 * Threads  one at a time
 * Source   stack.md (compression) */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes the next piece of the answer; false with @error stops. */
typedef bool (*HjZstdFn)(gpointer data, const void *bytes, size_t n, GError **error);

typedef struct HjZstdPacker HjZstdPacker;
HjZstdPacker *hj_zstd_packer_new(void);
void hj_zstd_packer_free(HjZstdPacker *packer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjZstdPacker, hj_zstd_packer_free)
/* @last: nothing follows. */
bool hj_zstd_pack(HjZstdPacker *packer, const void *bytes, size_t n, bool last, HjZstdFn fn,
                  gpointer data, GError **error);

typedef struct HjZstdUnpacker HjZstdUnpacker;
HjZstdUnpacker *hj_zstd_unpacker_new(void);
void hj_zstd_unpacker_free(HjZstdUnpacker *unpacker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjZstdUnpacker, hj_zstd_unpacker_free)
/* *@ret_ended: the stream ended exactly here.  MALFORMED for anything that is not one stream.
 */
bool hj_zstd_unpack(HjZstdUnpacker *unpacker, const void *bytes, size_t n, HjZstdFn fn,
                    gpointer data, bool *ret_ended, GError **error);
