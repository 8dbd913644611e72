/* archive: named streams in one signed file, or the same in a folder that anybody can read.
 *
 * The file is a line "hangji backup 1", one zstd stream cut into blocks of at most 1 MiB, and a
 * seal: SM3 over the digests of the blocks, signed with the key of the chain.  A changed,
 * missing or added byte anywhere is found.  The folder ends in SHA256SUMS, as sha256sum reads
 * it; who wants it signed makes a backup.
 *
 * Units    bytes; names are relative paths of [A-Za-z0-9._/-] and other letters, without ".."
 * Owns     as named
 * Threads  one at a time
 * Source   features.md Q 153, 3.23, 3.24 */
#pragma once

#include "base/crypto.h"
#include "store/seal.h"

typedef struct HjArchiveWriter HjArchiveWriter;

/* Both are made beside @path under another name; nothing is at @path before finish. */
HjArchiveWriter *hj_archive_create_file(const char *path, const HjSealKeys *keys,
                                        GError **error);
HjArchiveWriter *hj_archive_create_folder(const char *path, GError **error);
bool hj_archive_begin(HjArchiveWriter *writer, const char *name, GError **error);
bool hj_archive_add(HjArchiveWriter *writer, const void *bytes, size_t n, GError **error);
/* SM3 of the stream, its length. */
bool hj_archive_end(HjArchiveWriter *writer, uint8_t ret_sum[HJ_SM3_BYTES], int64_t *ret_bytes,
                    GError **error);
/* Durable and at its place.  @ret_print: what identifies a file (zeros for a folder). */
bool hj_archive_finish(HjArchiveWriter *writer, uint8_t ret_print[HJ_SM3_BYTES],
                       GError **error);
void hj_archive_free(HjArchiveWriter *writer); /* removes what was not finished */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjArchiveWriter, hj_archive_free)
/* A directory with all that is in it, or a file; symbolic links are not followed. */
void hj_archive_remove(const char *path);
/* There is nothing at @path, or a directory that is empty. */
bool hj_archive_is_free(const char *path);

typedef struct {
    bool (*begin)(gpointer data, const char *name, GError **error);
    bool (*add)(gpointer data, const void *bytes, size_t n, GError **error);
    bool (*end)(gpointer data, const uint8_t sum[HJ_SM3_BYTES], int64_t n_bytes,
                GError **error);
} HjArchiveSink;

typedef struct {
    bool is_folder;
    uint8_t print[HJ_SM3_BYTES];
    uint8_t public_key[HJ_SIGN_PUBLIC_BYTES];
} HjArchiveSeal;

/* Only whether every byte is the one that was written; ends before anything is unpacked.
 * INVALID with what is wrong. */
bool hj_archive_check(const char *path, HjArchiveSeal *ret, GError **error);
/* Gives every stream to @sink, in the order they were written.  Of a folder the sums are
 * compared on the way. */
bool hj_archive_read(const char *path, const HjArchiveSink *sink, gpointer data,
                     GError **error);
