/* html: the only way to write a page; every value is escaped by its type.
 *
 * Compiled templates (docs/templates.md) call these functions.  hj_emit() chooses the function
 * by the C type of the value; a type without an escaping rule does not compile, so there is no
 * raw form to forget.
 *
 * Units    money in fen; HjDate and HjTime as in base/time.h, shown in Shanghai time
 * Owns     HjOut borrows its buffer and token; texts are copied into the buffer
 * Threads  one HjOut, one thread
 * Source   style.md 2.8 */
/* also: hj_emit_ hj_out_ */
#pragma once

#include "base/i18n.h"
#include "base/time.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#define HJ_FORM_KEY_FIELD "form_key"
#define HJ_CSRF_FIELD "csrf" /* name of the hidden input made by {{csrf}} */

typedef struct {
    GString *buf;
    HjLang lang;
    const char *csrf; /* NULL: {{csrf}} writes nothing */
} HjOut;

/* Finished HTML.  Made by html.c and by functions that sanitise; nowhere else. */
typedef struct {
    const char *html;
    size_t n;
} HjSafe;

/* The HTML written to @out since its buffer had @from bytes; borrowed from the buffer. */
HjSafe hj_html_since(const HjOut *out, size_t from);

/* Template text; @text is written as it is. */
void hj_out_literal(HjOut *out, const char *text, size_t n);

void hj_emit_text(HjOut *out, const char *text); /* NULL writes nothing */
void hj_emit_safe(HjOut *out, HjSafe safe);
void hj_emit_i64(HjOut *out, int64_t value);
void hj_emit_u64(HjOut *out, uint64_t value);

/* clang-format off */
#define HJ_EMIT_NUMBERS_                                                                       \
    int: hj_emit_i64, long: hj_emit_i64, long long: hj_emit_i64,                               \
    unsigned: hj_emit_u64, unsigned long: hj_emit_u64, unsigned long long: hj_emit_u64

/* {{x}} in text. */
#define hj_emit(out, x)                                                                        \
    _Generic((x), char *: hj_emit_text, const char *: hj_emit_text, HjSafe: hj_emit_safe,      \
             HJ_EMIT_NUMBERS_)((out), (x))

/* {{x}} inside a quoted attribute: finished HTML has no place there. */
#define hj_emit_attr(out, x)                                                                   \
    _Generic((x), char *: hj_emit_text, const char *: hj_emit_text,                            \
             HJ_EMIT_NUMBERS_)((out), (x))

/* {{label x}}: a HjLabel or a pointer to one, in the language of @out. */
#define hj_emit_label(out, x)                                                                  \
    _Generic((x), HjLabel: hj_emit_label_value, HjLabel *: hj_emit_label_at,                   \
             const HjLabel *: hj_emit_label_at)((out), (x))
/* clang-format on */
void hj_emit_label_value(HjOut *out, HjLabel label);
void hj_emit_label_at(HjOut *out, const HjLabel *label); /* NULL writes nothing */

/* {{url x}}: an address within this site.  Anything that does not begin with '/', '?' or '#',
 * or that a browser could read as another host, is written as '#'. */
void hj_emit_url(HjOut *out, const char *url);
/* {{param x}}: percent-encodes one value of a query string. */
void hj_emit_param(HjOut *out, const char *text);

void hj_emit_money(HjOut *out, int64_t fen); /* "1,234.50" */
void hj_emit_num(HjOut *out, int64_t value); /* "1,234" */
void hj_emit_date(HjOut *out, HjDate date);  /* "2018-03-05"; nothing for HJ_DATE_NONE */
void hj_emit_day(HjOut *out, HjDate date);   /* "2018年3月5日" or "5 March 2018" */
void hj_emit_time(HjOut *out, HjTime at);    /* "2018-03-05 19:30"; nothing for 0 */
void hj_emit_csrf(HjOut *out);               /* the hidden input */
void hj_emit_asset(HjOut *out, const char *name);
