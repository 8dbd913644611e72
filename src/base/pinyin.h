/* pinyin: the Latin reading of Chinese names, for search and sorting (a port; adapters/icu
 * implements it).
 *
 * Units    lower-case ASCII: full without spaces ("cangxian"), initials ("cx")
 * Owns     caller frees the returned strings
 * Threads  any
 * Source   stack.md (ICU), features.md 151 */
#pragma once

#include <stdbool.h>

typedef enum {
    HJ_PINYIN_TEXT,   /* organizations, places, titles */
    HJ_PINYIN_PERSON, /* surname readings */
} HjPinyinKind;

char *hj_pinyin_full(const char *text, HjPinyinKind kind);
char *hj_pinyin_initials(const char *text, HjPinyinKind kind);
/* Collation key (hex text) that sorts by pinyin in both databases. */
char *hj_pinyin_sort_key(const char *text);
