/* value: one typed parameter of a statement.
 *
 * Lists of values end with HJ_END and are made by the macros only.
 *
 * Units    HJ_DATE binds YYYY-MM-DD text (NULL for HJ_DATE_NONE); HJ_TIME binds microseconds
 * Owns     nothing: text and blobs must outlive the call they are passed to
 * Threads  any
 * Source   style.md 2.6 */
#pragma once

#include "base/time.h"

#include <stddef.h>

typedef enum {
    HJ_VAL_END,
    HJ_VAL_NULL,
    HJ_VAL_I64,
    HJ_VAL_TEXT,
    HJ_VAL_BLOB,
} HjValKind;

typedef struct {
    HjValKind kind;
    int64_t i64;
    const char *text; /* NULL text binds NULL */
    const void *blob;
    size_t n_blob;
    HjDateText date; /* storage of HJ_DATE */
    bool is_date;    /* the text is in .date */
} HjVal;

#define HJ_END ((HjVal){ .kind = HJ_VAL_END })
#define HJ_NULL ((HjVal){ .kind = HJ_VAL_NULL })
#define HJ_I64(x) ((HjVal){ .kind = HJ_VAL_I64, .i64 = (int64_t)(x) })
#define HJ_BOOL(x) ((HjVal){ .kind = HJ_VAL_I64, .i64 = (x) ? 1 : 0 })
#define HJ_TIME(x) HJ_I64(x)
#define HJ_TEXT(x) ((HjVal){ .kind = HJ_VAL_TEXT, .text = (x) })
#define HJ_BLOB(p, n) ((HjVal){ .kind = HJ_VAL_BLOB, .blob = (p), .n_blob = (n) })
#define HJ_DATE(x) hj_value_date(x)

HjVal hj_value_date(HjDate date);
/* The text of a text or date value, NULL for NULL. */
const char *hj_value_text(const HjVal *value);
/* NULL, or a text that is not there. */
bool hj_value_is_null(const HjVal *value);
/* Of one field: NULL is like NULL and like no other value. */
bool hj_value_same(const HjVal *a, const HjVal *b);
