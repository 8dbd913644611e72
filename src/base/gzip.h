/* gzip: makes an answer smaller on its way (a port; adapters/zlib implements it).
 *
 * Units    bytes
 * Owns     the caller owns what is returned
 * Threads  any
 * Source   RFC 1952 */
#pragma once

#include <glib.h>

/* NULL when it would not become smaller. */
GBytes *hj_gzip(const void *data, size_t n);
