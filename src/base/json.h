/* json: a strict reader (a port; adapters/json implements it) and a small writer.
 *
 * The reader refuses duplicate keys, trailing bytes, broken UTF-8, NUL and depth over 32.
 *
 * Units    integers are int64; reals are kept as text, never as double
 * Owns     HjJson is one tree; nodes and strings are borrowed from its root
 * Threads  one at a time
 * Source   interface.md (HTTP) */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HjJson HjJson; /* a node */
typedef enum {
    HJ_JSON_NULL,
    HJ_JSON_BOOL,
    HJ_JSON_INTEGER,
    HJ_JSON_REAL,
    HJ_JSON_STRING,
    HJ_JSON_ARRAY,
    HJ_JSON_OBJECT
} HjJsonKind;

HjJson *hj_json_parse(const char *text, size_t n, GError **error); /* MALFORMED */
void hj_json_free(HjJson *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjJson, hj_json_free)
HjJsonKind hj_json_kind(const HjJson *node);
bool hj_json_bool(const HjJson *node);
int64_t hj_json_integer(const HjJson *node);
const char *hj_json_string(const HjJson *node); /* of a string; NULL otherwise */
const char *hj_json_number(const HjJson *node); /* digits as written; NULL otherwise */
size_t hj_json_count(const HjJson *node);       /* members of an array or object */
const HjJson *hj_json_at(const HjJson *node, size_t i);
const char *hj_json_key_at(const HjJson *node, size_t i);
const HjJson *hj_json_get(const HjJson *object, const char *key); /* NULL when absent */

/* Writer: appends to @out; commas are handled by the writer's own state. */
typedef struct {
    GString *out;
    uint64_t has_item; /* one bit a depth */
    int depth;
    bool after_key;
} HjJsonWriter;
void hj_json_begin_object(HjJsonWriter *w);
void hj_json_end_object(HjJsonWriter *w);
void hj_json_begin_array(HjJsonWriter *w);
void hj_json_end_array(HjJsonWriter *w);
void hj_json_key(HjJsonWriter *w, const char *key);
void hj_json_text(HjJsonWriter *w, const char *text); /* null when NULL */
void hj_json_i64(HjJsonWriter *w, int64_t value);
void hj_json_decimal(HjJsonWriter *w, int64_t value, int scale);
void hj_json_id(HjJsonWriter *w, int64_t id); /* a decimal string */
void hj_json_flag(HjJsonWriter *w, bool value);
void hj_json_nothing(HjJsonWriter *w);
/* A member: key and value. */
void hj_json_put_text(HjJsonWriter *w, const char *key, const char *text);
void hj_json_put_i64(HjJsonWriter *w, const char *key, int64_t value);
void hj_json_put_id(HjJsonWriter *w, const char *key, int64_t id);
void hj_json_put_decimal(HjJsonWriter *w, const char *key, int64_t value, int scale);
void hj_json_put_flag(HjJsonWriter *w, const char *key, bool value);
void hj_json_raw(HjJsonWriter *w, const char *json); /* already JSON, from the store */
