/* The contents on disk: DATA/files/ab/cdef…, each written whole or not at all. */
#include "base/error.h"
#include "base/picture.h"
#include "base/text.h"
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NAME 100 /* characters */

struct HjFiles {
    char *dir;
};

HjFiles *
hj_files_open(const char *dir, GError **error)
{
    if (g_mkdir_with_parents(dir, 0700) != 0) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "%s: %s", dir, g_strerror(errno));
        return NULL;
    }
    HjFiles *files = g_new0(HjFiles, 1);
    files->dir = g_strdup(dir);
    return files;
}

void
hj_files_free(HjFiles *files)
{
    if (files == NULL)
        return;
    g_free(files->dir);
    g_free(files);
}

char *
hj_files_path(const HjFiles *files, const char *digest)
{
    g_autofree char *fan = g_strndup(digest, 2);
    return g_build_filename(files->dir, fan, digest + MIN(strlen(digest), 2), NULL);
}

void
hj_file_draft_free(HjFileDraft *draft)
{
    if (draft == NULL)
        return;
    g_free(draft->name);
    g_free(draft);
}

static bool
write_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, data, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        n -= (size_t)written;
    }
    return true;
}

/* So that the name survives a power cut too. */
static bool
sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

static bool
write_new(const char *path, const char *data, size_t n, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *top = g_path_get_dirname(folder);
    g_autofree char *temporary = g_build_filename(folder, ".new-XXXXXX", NULL);
    bool made = mkdir(folder, 0700) == 0 && sync_folder(top);
    int fd = made || errno == EEXIST ? g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0600) : -1;
    bool done = fd >= 0 && write_all(fd, data, n) && fsync(fd) == 0 &&
                rename(temporary, path) == 0 && sync_folder(folder);
    int cause = errno;
    if (fd >= 0)
        close(fd);
    if (!done && fd >= 0)
        unlink(temporary);
    return done || hj_error_log(error, HJ_ERROR_INTERNAL, "keep a file in %s: %s", folder,
                                g_strerror(cause));
}

/* Keeps the bytes under their digest.  Those that are there already are touched, so that the
 * clean-up knows that somebody wants them. */
static bool
keep(HjFiles *files, const void *data, size_t n, char ret[HJ_FILE_DIGEST], GError **error)
{
    g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, n);
    g_strlcpy(ret, digest, HJ_FILE_DIGEST);
    g_autofree char *path = hj_files_path(files, digest);
    struct stat there;
    if (stat(path, &there) == 0 && there.st_size == (off_t)n &&
        utimensat(AT_FDCWD, path, NULL, 0) == 0)
        return true;
    return write_new(path, data, n, error);
}

static bool
keep_bytes(HjFiles *files, GBytes *bytes, char ret[HJ_FILE_DIGEST], GError **error)
{
    size_t n = 0;
    const void *data = g_bytes_get_data(bytes, &n);
    return keep(files, data, n, ret, error);
}

/* The name without a folder, in clean short text, with the suffix of what the file is. */
static char *
tidy_name(const char *name, const HjFileType *type)
{
    g_autofree char *valid = g_utf8_make_valid(name != NULL ? name : "", -1);
    const char *last = valid;
    for (const char *p = valid; *p != '\0'; p++)
        if (*p == '/' || *p == '\\')
            last = p + 1;
    g_autofree char *tidy = hj_text_tidy(last);
    char *dot = strrchr(tidy, '.');
    if (dot != NULL && strlen(dot) <= 6)
        *dot = '\0';
    bool clean = *tidy != '\0' && hj_text_is_clean(tidy, false);
    g_autofree char *stem = g_utf8_substring(
        clean ? tidy : "file", 0, MIN(g_utf8_strlen(clean ? tidy : "file", -1), MAX_NAME));
    return g_strconcat(stem, type->suffix, NULL);
}

static bool
take_picture(HjFiles *files, int fd, HjFileDraft *draft, GError **error)
{
    HjPicture picture;
    if (!hj_picture_read(fd, &picture, error))
        return false;
    draft->type = hj_file_type("image/jpeg");
    draft->size = (int64_t)g_bytes_get_size(picture.full);
    draft->width = picture.width;
    draft->height = picture.height;
    bool kept = keep_bytes(files, picture.full, draft->digest, error) &&
                keep_bytes(files, picture.thumb, draft->thumb, error);
    hj_picture_clear(&picture);
    return kept;
}

HjFileDraft *
hj_files_take(HjFiles *files, int fd, const char *name, GError **error)
{
    struct stat about;
    if (fstat(fd, &about) != 0) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "an upload: %s", g_strerror(errno));
        return NULL;
    }
    if (about.st_size > HJ_FILE_MAX) {
        hj_fail(error, HJ_ERROR_INVALID, "A file may have at most 25 MB.");
        return NULL;
    }
    g_autoptr(GMappedFile) map = g_mapped_file_new_from_fd(fd, FALSE, error);
    if (map == NULL)
        return NULL;
    const char *data = g_mapped_file_get_contents(map), *why = NULL;
    size_t n = g_mapped_file_get_length(map);
    g_autoptr(HjFileDraft) draft = g_new0(HjFileDraft, 1);
    draft->type = hj_file_sniff(data, n, &why);
    if (draft->type == NULL) {
        hj_error_set(error, HJ_ERROR_INVALID, why);
        return NULL;
    }
    draft->size = (int64_t)n;
    bool kept = draft->type->kind == HJ_FILE_PICTURE
                    ? take_picture(files, fd, draft, error)
                    : keep(files, data, n, draft->digest, error);
    if (!kept)
        return NULL;
    draft->name = tidy_name(name, draft->type);
    return g_steal_pointer(&draft);
}

GBytes *
hj_files_read(HjFiles *files, const char *digest, GError **error)
{
    g_autofree char *path = hj_files_path(files, digest);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GMappedFile) map = g_mapped_file_new(path, FALSE, &cause);
    if (map == NULL) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "a kept file: %s", cause->message);
        return NULL;
    }
    return g_mapped_file_get_bytes(map);
}
