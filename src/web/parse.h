/* parse: addresses, forms, cookies and header lists, read strictly.
 *
 * What is not well formed is refused as a whole; nothing is repaired or skipped.
 *
 * Units    bytes; names and values are clean UTF-8 after decoding
 * Owns     everything found lives in the arena
 * Threads  any
 * Source   interface.md (HTTP), design.md 11 (unknown input) */
#pragma once

#include "base/i18n.h"
#include "web/arena.h"

#include <stdbool.h>

#define HJ_PARSE_MAX_PAIRS 2000
#define HJ_PARSE_MAX_SEGMENTS 16

typedef struct {
    const char *name;
    const char *value;
} HjPair;
typedef struct {
    HjPair *pairs;
    size_t n;
} HjPairs;

/* "a=1&b=%E6%B2%A7": the part after '?' or an urlencoded body.  Line ends are allowed in values
 * when @lines.  MALFORMED for anything else. */
bool hj_parse_pairs(HjArena *arena, const char *text, size_t n, bool lines, HjPairs *ret,
                    GError **error);
/* Values of a repeated name joined with ',' in place of the first one. */
void hj_parse_join(HjArena *arena, HjPairs *pairs);
/* The first value of @name, or NULL. */
const char *hj_parse_find(const HjPairs *pairs, const char *name);

/* "/a/b%20c" decoded segment by segment; "/" has none.  MALFORMED for empty segments inside,
 * "." and "..", and a decoded '/'. */
bool hj_parse_path(HjArena *arena, const char *text, size_t n, const char **ret_segments,
                   size_t *ret_n, GError **error);

/* The value of cookie @name in a Cookie header, at most @size - 1 bytes of [A-Za-z0-9_-.].
 * false when absent, malformed, or given twice. */
bool hj_parse_cookie(const char *header, const char *name, char *ret, size_t size);

/* Accept-Encoding allows @coding. */
bool hj_parse_accepts_coding(const char *header, const char *coding);
/* The better of our two languages in an Accept-Language header; HJ_ZH when neither is named. */
HjLang hj_parse_language(const char *header);
/* A list of entity tags (If-None-Match) names @etag, or is "*". */
bool hj_parse_etag_matches(const char *header, const char *etag);

/* An address within this site: begins with one '/', no control characters or backslashes. */
bool hj_parse_is_local(const char *path);
/* Percent-encodes everything but unreserved characters and '/'; caller owns. */
char *hj_parse_encode(const char *text);
