/* zip: a folder as one file that every system opens, and back (a port; adapters/zip implements
 * it).
 *
 * Names are UTF-8 and said to be.  What is taken out stays below the folder: absolute names,
 * "..", links, more than 100,000 entries or more than 8 GiB are refused before anything is
 * written.
 *
 * Units    bytes
 * Owns     nothing
 * Threads  any
 * Source   features.md 3.23 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Every regular file below @folder, in the order of their names; @path must not exist. */
bool hj_zip_pack(const char *folder, const char *path, GError **error);
/* INVALID where it is no zip file or not a safe one. */
bool hj_zip_unpack(const char *path, const char *folder, GError **error);
/* The same of what somebody sent: not more than so much. */
bool hj_zip_unpack_within(const char *path, const char *folder, int64_t most_bytes,
                          int64_t most_files, GError **error);
