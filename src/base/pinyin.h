/* pinyin: the Latin reading of Chinese names, for search and sorting (a port; adapters/icu
 * implements it).
 *
 * Units    lower-case ASCII: full without spaces ("cangxian"), initials ("cx")
 * Owns     caller frees the returned strings
 * Threads  any
 * Source   stack.md (ICU), features.md 151 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    HJ_PINYIN_TEXT,   /* organizations, places, titles */
    HJ_PINYIN_PERSON, /* surname readings */
} HjPinyinKind;

/* Words that a reading character by character gets wrong, most of them names of places:
 * "大城县", "dai cheng xian".  Copied; they hold for HJ_PINYIN_TEXT from now on, the longest
 * word first. */
typedef struct {
    const char *word;
    const char *reading; /* a syllable a character, a space between two */
} HjPinyinReading;
void hj_pinyin_use(const HjPinyinReading *readings, size_t n);

/* "cang xian": syllables, a space between two; letters and digits of the text stay together. */
char *hj_pinyin_syllables(const char *text, HjPinyinKind kind);
char *hj_pinyin_full(const char *text, HjPinyinKind kind);
char *hj_pinyin_initials(const char *text, HjPinyinKind kind);
/* Collation key (hex text) that sorts by pinyin in both databases. */
char *hj_pinyin_sort_key(const char *text);
