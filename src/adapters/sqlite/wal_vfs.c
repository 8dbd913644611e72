#include "adapters/sqlite/wal_vfs.h"

#include <glib.h>
#include <sqlite3.h>
#include <string.h>

#define MOST_BYTES (120 * 1024) /* the usual layer refuses 128 KiB in one call */

typedef struct {
    sqlite3_file base;
    char *bytes; /* not written yet */
    int n, size;
    sqlite3_int64 at; /* where they belong */
} Log;

static sqlite3_vfs *
usual(void)
{
    return sqlite3_vfs_find(NULL);
}

/* The file that the usual layer opened lies behind ours. */
static sqlite3_file *
file_of(Log *log)
{
    return (sqlite3_file *)(log + 1);
}

static int
flush(Log *log)
{
    if (log->n == 0)
        return SQLITE_OK;
    sqlite3_file *file = file_of(log);
    int code = file->pMethods->xWrite(file, log->bytes, log->n, log->at);
    if (code == SQLITE_OK)
        log->n = 0;
    return code;
}

static int
log_write(sqlite3_file *base, const void *bytes, int n, sqlite3_int64 at)
{
    Log *log = (Log *)base;
    if (log->n > 0 && (at != log->at + log->n || log->n + n > MOST_BYTES)) {
        int code = flush(log);
        if (code != SQLITE_OK)
            return code;
    }
    if (log->n == 0)
        log->at = at;
    if (log->n + n > log->size) {
        log->size = MAX(2 * log->size, log->n + n);
        log->bytes = g_realloc(log->bytes, (gsize)log->size);
    }
    memcpy(log->bytes + log->n, bytes, (size_t)n);
    log->n += n;
    return SQLITE_OK;
}

static int
log_close(sqlite3_file *base)
{
    Log *log = (Log *)base;
    sqlite3_file *file = file_of(log);
    int written = flush(log);
    int closed = file->pMethods->xClose(file);
    g_clear_pointer(&log->bytes, g_free);
    return written != SQLITE_OK ? written : closed;
}

static int
log_read(sqlite3_file *base, void *bytes, int n, sqlite3_int64 at)
{
    sqlite3_file *file = file_of((Log *)base);
    int code = flush((Log *)base);
    return code != SQLITE_OK ? code : file->pMethods->xRead(file, bytes, n, at);
}

static int
log_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    sqlite3_file *file = file_of((Log *)base);
    int code = flush((Log *)base);
    return code != SQLITE_OK ? code : file->pMethods->xTruncate(file, size);
}

static int
log_sync(sqlite3_file *base, int flags)
{
    sqlite3_file *file = file_of((Log *)base);
    int code = flush((Log *)base);
    return code != SQLITE_OK ? code : file->pMethods->xSync(file, flags);
}

static int
log_size(sqlite3_file *base, sqlite3_int64 *ret)
{
    sqlite3_file *file = file_of((Log *)base);
    int code = flush((Log *)base);
    return code != SQLITE_OK ? code : file->pMethods->xFileSize(file, ret);
}

static int
log_lock(sqlite3_file *base, int level)
{
    sqlite3_file *file = file_of((Log *)base);
    return file->pMethods->xLock(file, level);
}

static int
log_unlock(sqlite3_file *base, int level)
{
    sqlite3_file *file = file_of((Log *)base);
    return file->pMethods->xUnlock(file, level);
}

static int
log_check_lock(sqlite3_file *base, int *ret)
{
    sqlite3_file *file = file_of((Log *)base);
    return file->pMethods->xCheckReservedLock(file, ret);
}

static int
log_control(sqlite3_file *base, int what, void *arg)
{
    sqlite3_file *file = file_of((Log *)base);
    int code = flush((Log *)base);
    return code != SQLITE_OK ? code : file->pMethods->xFileControl(file, what, arg);
}

static int
log_sector_size(sqlite3_file *base)
{
    sqlite3_file *file = file_of((Log *)base);
    return file->pMethods->xSectorSize(file);
}

static int
log_traits(sqlite3_file *base)
{
    sqlite3_file *file = file_of((Log *)base);
    return file->pMethods->xDeviceCharacteristics(file);
}

static const sqlite3_io_methods log_methods = {
    .iVersion = 1, /* a log is neither shared memory nor mapped */
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_check_lock,
    .xFileControl = log_control,
    .xSectorSize = log_sector_size,
    .xDeviceCharacteristics = log_traits,
};

/* Any other file is the usual one. */
static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *ret_flags)
{
    (void)vfs;
    if ((flags & SQLITE_OPEN_WAL) == 0)
        return usual()->xOpen(usual(), name, base, flags, ret_flags);
    Log *log = (Log *)base;
    *log = (Log){ 0 };
    int code = usual()->xOpen(usual(), name, file_of(log), flags, ret_flags);
    log->base.pMethods = code == SQLITE_OK ? &log_methods : NULL;
    return code;
}

bool
hj_wal_vfs_register(void)
{
    static sqlite3_vfs vfs;
    vfs = *usual();
    vfs.pNext = NULL;
    vfs.zName = HJ_WAL_VFS;
    vfs.szOsFile = (int)sizeof(Log) + usual()->szOsFile;
    vfs.xOpen = open_file;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}
