/* search_words: a text as the words it is searched by.
 *
 * One Chinese character is a word, so are letters and digits that stand together; a title also
 * brings its pinyin and initials from each syllable on, so that the beginning of a word finds
 * the middle of a name.
 *
 * Units    words in small letters, a space between two
 * Owns     the caller owns what is returned
 * Threads  any
 * Source   stack.md F2 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HJ_SEARCH_WORDS_MAX 2000 /* a row is found by its first words */

typedef struct {
    GString *out;
    int n_words;
} HjSearchWords;

/* Texts added after another never make a phrase with it. */
void hj_search_words_text(HjSearchWords *words, const char *text);
/* @syllables as hj_pinyin_syllables gives them. */
void hj_search_words_pinyin(HjSearchWords *words, const char *syllables);

/* What is asked for: phrases of words, all of which must be there.  NULL-ended arrays of words;
 * the last word of a phrase that is written in letters may go on.  At most eight. */
typedef struct {
    GPtrArray *phrases; /* of GStrv */
    bool too_short;     /* a single letter, which begins half of all words */
} HjSearchAsked;
void hj_search_words_ask(const char *q, HjSearchAsked *ret);
void hj_search_words_asked_clear(HjSearchAsked *asked);
bool hj_search_words_is_letters(const char *word);
