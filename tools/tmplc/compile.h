/* compile: turns one HTML template into one C function.
 *
 * The result writes the literal text and the escaped values to a HjOut; a template in which a
 * value could change the meaning of the page is refused.
 *
 * Units    bytes of UTF-8
 * Owns     the caller frees TmplResult with tmpl_result_clear, and the reason of a refusal
 * Threads  any
 * Source   docs/templates.md, style.md 2.8 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct {
    GString *source; /* the .c file */
    GString *header; /* the .h file */
} TmplResult;

/* @path is what messages and #line say; @name becomes hj_tmpl_@name.
 * Returns NULL, or "path:line: why" and leaves @ret alone. */
char *tmpl_compile(const char *path, const char *name, const char *text, size_t n,
                   TmplResult *ret);
void tmpl_result_clear(TmplResult *result);
