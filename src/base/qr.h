/* qr: a text as a square code that a camera reads (a port; adapters/qr implements it).
 *
 * Units    modules: one module is one unit of the path
 * Owns     the caller frees what is returned
 * Threads  any
 * Source   ISO/IEC 18004 */
#pragma once

#include <glib.h>

/* The dark modules as the path of an SVG of *ret_size by *ret_size units, with the quiet zone
 * around them; NULL when the text is too long. */
char *hj_qr_path(const char *text, int *ret_size);
