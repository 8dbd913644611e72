#include "store/archive.h"

#include "base/zstd.h"
#include "store/seal_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "hangji backup 1\n"
#define LABEL "hangji-backup-1"
#define BLOCK (1024 * 1024)
#define PIECE (64 * 1024)
#define MOST_NAME 4096
#define SUMS "SHA256SUMS"

struct HjArchiveWriter {
    char *path, *making; /* the second until it is finished */
    FILE *file;          /* the whole, or the stream being written */
    const HjSealKeys *keys;
    /* a file */
    HjZstdPacker *packer;
    GByteArray *block, *leaves;
    uint64_t n_blocks;
    /* a folder */
    GString *sums;
    HjCryptoSum *sha256;
    char *name;
    /* both */
    HjCryptoSum *sm3;
    int64_t n_bytes;
};

static bool
fail_file(GError **error, const char *path)
{
    return hj_error_log(error, HJ_ERROR_STORE, "%s: %s", path, g_strerror(errno));
}

static bool
put(HjArchiveWriter *writer, const void *bytes, size_t n, GError **error)
{
    return fwrite(bytes, 1, n, writer->file) == n || fail_file(error, writer->making);
}

/* The digest of a block says where it stands. */
static void
add_leaf(GByteArray *leaves, uint64_t number, const void *bytes, size_t n)
{
    uint8_t leaf[HJ_SM3_BYTES];
    uint64_t big = GUINT64_TO_BE(number);
    HjCryptoSum *sum = hj_crypto_sum_new(HJ_SUM_SM3);
    hj_crypto_sum_add(sum, &big, sizeof big);
    hj_crypto_sum_add(sum, bytes, n);
    hj_crypto_sum_end(sum, leaf);
    g_byte_array_append(leaves, leaf, sizeof leaf);
}

static void
root_of(const GByteArray *leaves, uint8_t out[HJ_SM3_BYTES])
{
    HjCryptoSum *sum = hj_crypto_sum_new(HJ_SUM_SM3);
    hj_crypto_sum_add(sum, LABEL, sizeof LABEL);
    hj_crypto_sum_add(sum, leaves->data, leaves->len);
    hj_crypto_sum_end(sum, out);
}

static bool
put_block(HjArchiveWriter *writer, GError **error)
{
    uint32_t n = GUINT32_TO_BE(writer->block->len);
    add_leaf(writer->leaves, writer->n_blocks++, writer->block->data, writer->block->len);
    bool done = put(writer, &n, sizeof n, error) &&
                put(writer, writer->block->data, writer->block->len, error);
    g_byte_array_set_size(writer->block, 0);
    return done;
}

static bool
take_packed(gpointer data, const void *bytes, size_t n, GError **error)
{
    HjArchiveWriter *writer = data;
    g_byte_array_append(writer->block, bytes, (guint)n);
    return writer->block->len < BLOCK - 2 * PIECE || put_block(writer, error);
}

static bool
pack(HjArchiveWriter *writer, const void *bytes, size_t n, bool last, GError **error)
{
    return hj_zstd_pack(writer->packer, bytes, n, last, take_packed, writer, error);
}

static HjArchiveWriter *
writer_new(const char *path)
{
    HjArchiveWriter *writer = g_new0(HjArchiveWriter, 1);
    writer->path = g_strdup(path);
    writer->making = g_strdup_printf("%s.part-%d", path, (int)getpid());
    return writer;
}

HjArchiveWriter *
hj_archive_create_file(const char *path, const HjSealKeys *keys, GError **error)
{
    g_autoptr(HjArchiveWriter) writer = writer_new(path);
    g_assert(keys->has_secret);
    writer->keys = keys;
    int fd = open(writer->making, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        fail_file(error, writer->making);
        return NULL;
    }
    writer->file = fdopen(fd, "wb");
    writer->packer = hj_zstd_packer_new();
    writer->block = g_byte_array_sized_new(BLOCK);
    writer->leaves = g_byte_array_new();
    if (!put(writer, MAGIC, strlen(MAGIC), error))
        return NULL;
    return g_steal_pointer(&writer);
}

HjArchiveWriter *
hj_archive_create_folder(const char *path, GError **error)
{
    g_autoptr(HjArchiveWriter) writer = writer_new(path);
    writer->sums = g_string_new(NULL);
    if (mkdir(writer->making, 0700) != 0) {
        fail_file(error, writer->making);
        return NULL;
    }
    return g_steal_pointer(&writer);
}

static bool
is_good_name(const char *name)
{
    if (name[0] == '\0' || name[0] == '/' || strlen(name) > MOST_NAME ||
        !g_utf8_validate(name, -1, NULL))
        return false;
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    for (int i = 0; parts[i] != NULL; i++)
        if (parts[i][0] == '\0' || strcmp(parts[i], ".") == 0 || strcmp(parts[i], "..") == 0)
            return false;
    return strpbrk(name, "\n\r\\") == NULL;
}

static bool
begin_in_folder(HjArchiveWriter *writer, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(writer->making, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    if (g_mkdir_with_parents(parent, 0700) != 0)
        return fail_file(error, parent);
    writer->name = g_strdup(name);
    writer->sha256 = hj_crypto_sum_new(HJ_SUM_SHA256);
    writer->file = fopen(path, "wbxe");
    return writer->file != NULL || fail_file(error, path);
}

bool
hj_archive_begin(HjArchiveWriter *writer, const char *name, GError **error)
{
    if (!is_good_name(name))
        return hj_error_log(error, HJ_ERROR_INVALID, "archive: the name \"%s\"", name);
    writer->sm3 = hj_crypto_sum_new(HJ_SUM_SM3);
    writer->n_bytes = 0;
    if (writer->packer == NULL)
        return begin_in_folder(writer, name, error);
    uint32_t n = GUINT32_TO_BE((uint32_t)strlen(name));
    return pack(writer, &n, sizeof n, false, error) &&
           pack(writer, name, strlen(name), false, error);
}

bool
hj_archive_add(HjArchiveWriter *writer, const void *bytes, size_t n, GError **error)
{
    hj_crypto_sum_add(writer->sm3, bytes, n);
    writer->n_bytes += (int64_t)n;
    if (writer->packer == NULL) {
        hj_crypto_sum_add(writer->sha256, bytes, n);
        return put(writer, bytes, n, error);
    }
    const uint8_t *at = bytes;
    while (n > 0) {
        uint32_t step = (uint32_t)MIN(n, PIECE);
        uint32_t big = GUINT32_TO_BE(step);
        if (!pack(writer, &big, sizeof big, false, error) ||
            !pack(writer, at, step, false, error))
            return false;
        at += step;
        n -= step;
    }
    return true;
}

static bool
close_durably(FILE **file, const char *path, GError **error)
{
    FILE *closing = g_steal_pointer(file);
    bool done = fflush(closing) == 0 && fsync(fileno(closing)) == 0;
    int cause = errno;
    done = fclose(closing) == 0 && done;
    errno = cause;
    return done || fail_file(error, path);
}

bool
hj_archive_end(HjArchiveWriter *writer, uint8_t ret_sum[HJ_SM3_BYTES], int64_t *ret_bytes,
               GError **error)
{
    hj_crypto_sum_end(g_steal_pointer(&writer->sm3), ret_sum);
    *ret_bytes = writer->n_bytes;
    if (writer->packer != NULL) {
        const uint32_t nothing = 0;
        return pack(writer, &nothing, sizeof nothing, false, error);
    }
    uint8_t sum[HJ_SM3_BYTES];
    hj_crypto_sum_end(g_steal_pointer(&writer->sha256), sum);
    g_autofree char *hex = hj_crypto_hex(sum, sizeof sum);
    g_string_append_printf(writer->sums, "%s  %s\n", hex, writer->name);
    g_clear_pointer(&writer->name, g_free);
    return close_durably(&writer->file, writer->making, error);
}

static bool
finish_file(HjArchiveWriter *writer, uint8_t ret_print[HJ_SM3_BYTES], GError **error)
{
    const uint32_t nothing = 0;
    uint8_t signature[HJ_SIGN_BYTES];
    if (!pack(writer, &nothing, sizeof nothing, true, error) ||
        (writer->block->len > 0 && !put_block(writer, error)))
        return false;
    root_of(writer->leaves, ret_print);
    hj_crypto_sign(writer->keys->secret_key, ret_print, HJ_SM3_BYTES, signature);
    return put(writer, &nothing, sizeof nothing, error) &&
           put(writer, ret_print, HJ_SM3_BYTES, error) &&
           put(writer, writer->keys->public_key, sizeof writer->keys->public_key, error) &&
           put(writer, signature, sizeof signature, error) &&
           close_durably(&writer->file, writer->making, error);
}

static bool
sync_parent(const char *path, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(path);
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done || fail_file(error, parent);
}

bool
hj_archive_finish(HjArchiveWriter *writer, uint8_t ret_print[HJ_SM3_BYTES], GError **error)
{
    memset(ret_print, 0, HJ_SM3_BYTES);
    if (writer->packer != NULL) {
        if (!finish_file(writer, ret_print, error))
            return false;
    } else {
        g_autofree char *path = g_build_filename(writer->making, SUMS, NULL);
        if (!g_file_set_contents_full(path, writer->sums->str, (gssize)writer->sums->len,
                                      G_FILE_SET_CONTENTS_DURABLE, 0600, error))
            return false;
    }
    if (rename(writer->making, writer->path) != 0)
        return fail_file(error, writer->path);
    g_clear_pointer(&writer->making, g_free);
    return sync_parent(writer->path, error);
}

void
hj_archive_remove(const char *path)
{
    g_autoptr(GDir) dir =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        hj_archive_remove(child);
    }
    remove(path);
}

bool
hj_archive_is_free(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    return dir == NULL ? !g_file_test(path, G_FILE_TEST_EXISTS) : g_dir_read_name(dir) == NULL;
}

void
hj_archive_free(HjArchiveWriter *writer)
{
    if (writer == NULL)
        return;
    uint8_t unused[HJ_SM3_BYTES];
    if (writer->file != NULL)
        fclose(writer->file);
    if (writer->making != NULL)
        hj_archive_remove(writer->making);
    if (writer->sm3 != NULL)
        hj_crypto_sum_end(writer->sm3, unused);
    if (writer->sha256 != NULL)
        hj_crypto_sum_end(writer->sha256, unused);
    hj_zstd_packer_free(writer->packer);
    if (writer->block != NULL)
        g_byte_array_unref(writer->block);
    if (writer->leaves != NULL)
        g_byte_array_unref(writer->leaves);
    if (writer->sums != NULL)
        g_string_free(writer->sums, TRUE);
    g_free(writer->path);
    g_free(writer->making);
    g_free(writer->name);
    g_free(writer);
}

/* --- reading a file --- */

typedef bool (*BlockFn)(gpointer data, const uint8_t *bytes, size_t n, GError **error);

static bool
damaged(GError **error, const char *path, const char *how)
{
    return hj_error_log(error, HJ_ERROR_INVALID, "%s: %s; nothing was written", path, how);
}

static FILE *
open_file(const char *path, GError **error)
{
    char magic[sizeof MAGIC] = "";
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        fail_file(error, path);
        return NULL;
    }
    if (fread(magic, 1, strlen(MAGIC), file) == strlen(MAGIC) && strcmp(magic, MAGIC) == 0)
        return file;
    fclose(file);
    damaged(error, path, "this is not a backup");
    return NULL;
}

/* Leaves @file behind the last block. */
static bool
each_block(FILE *file, const char *path, BlockFn fn, gpointer data, GError **error)
{
    g_autofree uint8_t *block = g_malloc(BLOCK);
    for (;;) {
        uint32_t n;
        if (fread(&n, 1, sizeof n, file) != sizeof n)
            return damaged(error, path, "the backup is cut off");
        n = GUINT32_FROM_BE(n);
        if (n == 0)
            return true;
        if (n > BLOCK)
            return damaged(error, path, "the backup was altered");
        if (fread(block, 1, n, file) != n)
            return damaged(error, path, "the backup is cut off");
        if (!fn(data, block, n, error))
            return false;
    }
}

typedef struct {
    GByteArray *leaves;
    uint64_t n;
} Leaves;

static bool
take_leaf(gpointer data, const uint8_t *bytes, size_t n, GError **error)
{
    (void)error;
    Leaves *leaves = data;
    add_leaf(leaves->leaves, leaves->n++, bytes, n);
    return true;
}

static bool
check_seal(FILE *file, const char *path, const GByteArray *leaves, HjArchiveSeal *ret,
           GError **error)
{
    struct {
        uint8_t print[HJ_SM3_BYTES], public_key[HJ_SIGN_PUBLIC_BYTES], sign[HJ_SIGN_BYTES];
    } seal;
    if (fread(&seal, 1, sizeof seal, file) != sizeof seal)
        return damaged(error, path, "the backup is cut off");
    root_of(leaves, ret->print);
    if (fgetc(file) != EOF || memcmp(ret->print, seal.print, sizeof seal.print) != 0 ||
        !hj_crypto_verify(seal.public_key, seal.print, sizeof seal.print, seal.sign))
        return damaged(error, path, "the backup was altered");
    memcpy(ret->public_key, seal.public_key, sizeof seal.public_key);
    return true;
}

bool
hj_archive_check(const char *path, HjArchiveSeal *ret, GError **error)
{
    *ret = (HjArchiveSeal){ .is_folder = g_file_test(path, G_FILE_TEST_IS_DIR) };
    if (ret->is_folder)
        return true; /* while reading */
    FILE *file = open_file(path, error);
    if (file == NULL)
        return false;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    Leaves leaves = { .leaves = bytes };
    bool done = each_block(file, path, take_leaf, &leaves, error) &&
                check_seal(file, path, bytes, ret, error);
    fclose(file);
    return done;
}

/* Streams out of the unpacked bytes: length and name, pieces with their lengths, 0; a name of
 * length 0 ends all. */
typedef struct {
    const HjArchiveSink *sink;
    gpointer data;
    const char *path;
    HjZstdUnpacker *unpacker;
    GByteArray *held; /* an unfinished length or name */
    enum { NAME_LENGTH, NAME, PIECE_LENGTH, BYTES, ENDED } state;
    uint32_t wanted; /* bytes of the name or piece that are still to come */
    HjCryptoSum *sum;
    int64_t n_bytes;
    bool ended;
} Unpack;

/* Collects @wanted bytes in .held; true when they are there. */
static bool
hold(Unpack *unpack, const uint8_t **at, size_t *n, size_t wanted)
{
    size_t step = MIN(*n, wanted - unpack->held->len);
    g_byte_array_append(unpack->held, *at, (guint)step);
    *at += step;
    *n -= step;
    return unpack->held->len == wanted;
}

static uint32_t
take_length(Unpack *unpack)
{
    uint32_t big;
    memcpy(&big, unpack->held->data, sizeof big);
    g_byte_array_set_size(unpack->held, 0);
    return GUINT32_FROM_BE(big);
}

static bool
begin_stream(Unpack *unpack, GError **error)
{
    g_autofree char *name = g_strndup((const char *)unpack->held->data, unpack->held->len);
    g_byte_array_set_size(unpack->held, 0);
    if (!is_good_name(name))
        return damaged(error, unpack->path, "it holds a name that is not allowed");
    unpack->sum = hj_crypto_sum_new(HJ_SUM_SM3);
    unpack->n_bytes = 0;
    unpack->state = PIECE_LENGTH;
    return unpack->sink->begin(unpack->data, name, error);
}

static bool
end_stream(Unpack *unpack, GError **error)
{
    uint8_t sum[HJ_SM3_BYTES];
    hj_crypto_sum_end(g_steal_pointer(&unpack->sum), sum);
    unpack->state = NAME_LENGTH;
    return unpack->sink->end(unpack->data, sum, unpack->n_bytes, error);
}

static bool
take_some(Unpack *unpack, const uint8_t **at, size_t *n, GError **error)
{
    size_t step;
    switch (unpack->state) {
    case NAME_LENGTH:
        if (!hold(unpack, at, n, sizeof unpack->wanted))
            return true;
        unpack->wanted = take_length(unpack);
        unpack->state = unpack->wanted > 0 ? NAME : ENDED;
        return unpack->wanted <= MOST_NAME ||
               damaged(error, unpack->path, "it holds a name that is not allowed");
    case NAME:
        return !hold(unpack, at, n, unpack->wanted) || begin_stream(unpack, error);
    case PIECE_LENGTH:
        if (!hold(unpack, at, n, sizeof unpack->wanted))
            return true;
        unpack->wanted = take_length(unpack);
        unpack->state = BYTES;
        return unpack->wanted > 0 || end_stream(unpack, error);
    case BYTES:
        step = MIN(*n, unpack->wanted);
        hj_crypto_sum_add(unpack->sum, *at, step);
        unpack->n_bytes += (int64_t)step;
        if (!unpack->sink->add(unpack->data, *at, step, error))
            return false;
        *at += step;
        *n -= step;
        unpack->wanted -= (uint32_t)step;
        if (unpack->wanted == 0)
            unpack->state = PIECE_LENGTH;
        return true;
    case ENDED:
        break;
    }
    return damaged(error, unpack->path, "bytes follow its end");
}

static bool
take_unpacked(gpointer data, const void *bytes, size_t n, GError **error)
{
    Unpack *unpack = data;
    const uint8_t *at = bytes;
    while (n > 0)
        if (!take_some(unpack, &at, &n, error))
            return false;
    return true;
}

static bool
take_block(gpointer data, const uint8_t *bytes, size_t n, GError **error)
{
    Unpack *unpack = data;
    return hj_zstd_unpack(unpack->unpacker, bytes, n, take_unpacked, unpack, &unpack->ended,
                          error);
}

static bool
read_file(const char *path, const HjArchiveSink *sink, gpointer data, GError **error)
{
    FILE *file = open_file(path, error);
    if (file == NULL)
        return false;
    g_autoptr(HjZstdUnpacker) unpacker = hj_zstd_unpacker_new();
    g_autoptr(GByteArray) held = g_byte_array_new();
    Unpack unpack = {
        .sink = sink, .data = data, .path = path, .unpacker = unpacker, .held = held
    };
    bool done = each_block(file, path, take_block, &unpack, error) &&
                ((unpack.ended && unpack.state == ENDED) ||
                 damaged(error, path, "the backup is cut off"));
    fclose(file);
    if (unpack.sum != NULL) {
        uint8_t unused[HJ_SM3_BYTES];
        hj_crypto_sum_end(unpack.sum, unused);
    }
    return done;
}

/* --- reading a folder --- */

static bool
read_stream(const char *path, const char *name, const char *expected, const HjArchiveSink *sink,
            gpointer data, GError **error)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return damaged(error, path, "the file is missing");
    g_autofree uint8_t *piece = g_malloc(PIECE);
    HjCryptoSum *sm3 = hj_crypto_sum_new(HJ_SUM_SM3);
    HjCryptoSum *sha256 = hj_crypto_sum_new(HJ_SUM_SHA256);
    uint8_t sum[HJ_SM3_BYTES], found[HJ_SM3_BYTES];
    int64_t n_bytes = 0;
    bool done = sink->begin(data, name, error);
    size_t n = 0;
    while (done && (n = fread(piece, 1, PIECE, file)) > 0) {
        hj_crypto_sum_add(sm3, piece, n);
        hj_crypto_sum_add(sha256, piece, n);
        n_bytes += (int64_t)n;
        done = sink->add(data, piece, n, error);
    }
    fclose(file);
    hj_crypto_sum_end(sm3, sum);
    hj_crypto_sum_end(sha256, found);
    g_autofree char *hex = hj_crypto_hex(found, sizeof found);
    if (done && strcmp(hex, expected) != 0)
        return damaged(error, path, "the file was altered");
    return done && sink->end(data, sum, n_bytes, error);
}

static bool
read_folder(const char *path, const HjArchiveSink *sink, gpointer data, GError **error)
{
    g_autofree char *sums_path = g_build_filename(path, SUMS, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(sums_path, &text, NULL, error))
        return false;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        const char *name = strstr(lines[i], "  ");
        if (name == NULL || name - lines[i] != 2 * HJ_SM3_BYTES || !is_good_name(name + 2))
            return damaged(error, sums_path, "a line is not a sum and a name");
        g_autofree char *expected = g_strndup(lines[i], 2 * HJ_SM3_BYTES);
        g_autofree char *file = g_build_filename(path, name + 2, NULL);
        if (!read_stream(file, name + 2, expected, sink, data, error))
            return false;
    }
    return true;
}

bool
hj_archive_read(const char *path, const HjArchiveSink *sink, gpointer data, GError **error)
{
    return g_file_test(path, G_FILE_TEST_IS_DIR) ? read_folder(path, sink, data, error)
                                                 : read_file(path, sink, data, error);
}
