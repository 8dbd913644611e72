/* wal_vfs: writes the frames of a transaction to the log with one call instead of two a page.
 *
 * SQLite writes each frame's header and page by themselves, one behind the other.  Under this
 * name its usual files are opened, but what is written to a write-ahead log is gathered until
 * it is synced, read or written elsewhere.  Only for a connection that syncs every commit:
 * nobody else is told of frames before their sync.
 *
 * Units    none
 * Owns     nothing
 * Threads  hj_wal_vfs_register any, the files as SQLite uses them
 * Source   style.md 2.5 */
#pragma once

#include <stdbool.h>

#define HJ_WAL_VFS "hangji-wal"

bool hj_wal_vfs_register(void);
