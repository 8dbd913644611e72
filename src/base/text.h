/* text: small checks on untrusted text.
 *
 * Units    UTF-8 bytes and code points as named
 * Owns     as named
 * Threads  any
 * Source   domain.md 10.1 (characters) */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Valid UTF-8 without NUL, C0 controls (tab, newline and carriage return allowed when @lines)
 * or bidi overrides. */
bool hj_text_is_clean(const char *text, bool lines);
size_t hj_text_length(const char *text); /* code points */
/* A cell of CSV (RFC 4180), after a comma unless @first; NULL is empty.  No spreadsheet takes
 * it for a formula. */
void hj_text_add_csv(GString *out, bool first, const char *text);
/* ^[a-z][a-z0-9_]{0,47}$ */
bool hj_text_is_identifier(const char *text);
/* Whole-string signed 64-bit integer. */
bool hj_text_parse_i64(const char *text, int64_t *ret);
/* Trims ASCII and ideographic spaces at both ends, CRLF to LF; caller owns. */
char *hj_text_tidy(const char *text);
