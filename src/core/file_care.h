/* file_care: files nobody needs, and files that are not what they were.
 *
 * Units    bytes
 * Owns     nothing
 * Threads  any, one at a time for a data directory
 * Source   features.md 3 */
#pragma once

#include "core/file.h"

/* also: hj_file_ */

typedef struct {
    int64_t n_rows;  /* uploads that no row cited in time */
    int64_t n_files; /* contents no upload names any more */
    int64_t n_bytes; /* of these */
} HjFileCleaned;

/* Forgets uploads no row ever cited and, a day later, contents nothing names. */
bool hj_file_clean(HjStore *store, HjFiles *files, HjFileCleaned *ret, GError **error);

typedef struct {
    int64_t n_checked, n_bytes;
    int64_t n_missing, n_altered;
} HjFileVerified;
/* A content that is missing or altered; @what is "missing" or "altered". */
typedef void (*HjFileProblem)(gpointer data, const char *digest, const char *what);

/* Reads every content again and compares it with its name; true also when some are wrong. */
bool hj_file_verify(HjStore *store, HjFiles *files, HjFileProblem fn, gpointer data,
                    HjFileVerified *ret, GError **error);
