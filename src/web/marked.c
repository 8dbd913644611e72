#include "web/marked.h"

#include <string.h>

#define AROUND 24 /* characters before and after what is marked */
#define MAX_PIECES 24

/* The words of @q in small letters; caller frees. */
static char **
words_of(const char *q)
{
    g_autofree char *low = g_utf8_strdown(q, -1);
    g_autoptr(GString) text = g_string_new(low);
    g_string_replace(text, "　", " ", 0);
    return g_strsplit(text->str, " ", -1);
}

/* Where a word of @words begins first in @low; its length in *@ret_n. */
static const char *
first_word(const char *low, char **words, size_t *ret_n)
{
    const char *first = NULL;
    for (int i = 0; words[i] != NULL; i++) {
        const char *at = *words[i] != '\0' ? strstr(low, words[i]) : NULL;
        if (at == NULL || (first != NULL && at >= first))
            continue;
        first = at;
        *ret_n = strlen(words[i]);
    }
    return first;
}

typedef struct {
    HjRequest *req;
    HjPiece *pieces;
    size_t n;
} Pieces;

static void
add(Pieces *out, const char *text, size_t n, bool mark)
{
    if (n > 0 && out->n < MAX_PIECES)
        out->pieces[out->n++] =
            (HjPiece){ hj_request_printf(out->req, "%.*s", (int)n, text), mark };
}

/* @text from @from to its end, every word marked; @low is the same text in small letters, as
 * long in bytes. */
static void
add_marked(Pieces *out, const char *text, const char *low, char **words)
{
    size_t at = 0, n = 0;
    const char *next;
    while (out->n + 2 < MAX_PIECES && (next = first_word(low + at, words, &n)) != NULL) {
        size_t start = (size_t)(next - low);
        add(out, text + at, start - at, false);
        add(out, text + start, n, true);
        at = start + n;
    }
    add(out, text + at, strlen(text) - at, false);
}

/* Small letters that take as many bytes as before, so that places are the same. */
static char *
same_length_low(const char *text)
{
    char *low = g_utf8_strdown(text, -1);
    if (strlen(low) == strlen(text))
        return low;
    g_free(low);
    return g_ascii_strdown(text, -1);
}

/* Characters [*ret_from, *ret_to) of a title read as @word by pinyin or initials. */
static bool
reads_as(char **syllables, size_t n, const char *word, size_t *ret_from, size_t *ret_to)
{
    size_t n_word = strlen(word);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (i + k < n && k < n_word && syllables[i + k][0] == word[k])
            k++;
        if (k == n_word) {
            *ret_from = i;
            *ret_to = i + k;
            return true;
        }
        g_autoptr(GString) full = g_string_new(NULL);
        for (size_t j = i; j < n && full->len < n_word; j++) {
            g_string_append(full, syllables[j]);
            if (full->len >= n_word && g_str_has_prefix(full->str, word)) {
                *ret_from = i;
                *ret_to = j + 1;
                return true;
            }
        }
    }
    return false;
}

static bool
mark_reading(Pieces *out, const char *title, char **words, HjPinyinKind kind)
{
    g_autofree char *reading = hj_pinyin_syllables(title, kind);
    g_auto(GStrv) syllables = g_strsplit(reading, " ", -1);
    size_t n = g_strv_length(syllables), from = 0, to = 0;
    if (n != (size_t)g_utf8_strlen(title, -1))
        return false;
    for (int i = 0; words[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(words[i], "'", -1);
        g_autofree char *word = g_strjoinv("", parts);
        if (*word == '\0' || !reads_as(syllables, n, word, &from, &to))
            continue;
        const char *a = g_utf8_offset_to_pointer(title, (glong)from);
        const char *b = g_utf8_offset_to_pointer(title, (glong)to);
        add(out, title, (size_t)(a - title), false);
        add(out, a, (size_t)(b - a), true);
        add(out, b, strlen(b), false);
        return true;
    }
    return false;
}

HjPiece *
hj_marked_title(HjRequest *req, const char *title, const char *q, HjPinyinKind kind,
                size_t *ret_n)
{
    Pieces out = { .req = req, .pieces = hj_request_new(req, HjPiece, MAX_PIECES) };
    g_auto(GStrv) words = words_of(q);
    g_autofree char *low = same_length_low(title);
    size_t n = 0;
    if (first_word(low, words, &n) != NULL || !mark_reading(&out, title, words, kind))
        add_marked(&out, title, low, words);
    *ret_n = out.n;
    return out.pieces;
}

HjPiece *
hj_marked_part(HjRequest *req, const char *text, const char *q, size_t *ret_n)
{
    g_auto(GStrv) words = words_of(q);
    g_autofree char *low = same_length_low(text);
    size_t n = 0;
    *ret_n = 0;
    const char *at = first_word(low, words, &n);
    if (at == NULL)
        return NULL;
    glong place = g_utf8_pointer_to_offset(low, at);
    glong all = g_utf8_strlen(text, -1);
    glong from = MAX(0, place - AROUND), to = MIN(all, place + AROUND * 2);
    g_autofree char *part = g_utf8_substring(text, from, to);
    g_autofree char *part_low = same_length_low(part);
    Pieces out = { .req = req, .pieces = hj_request_new(req, HjPiece, MAX_PIECES) };
    if (from > 0)
        add(&out, "…", strlen("…"), false);
    add_marked(&out, part, part_low, words);
    if (to < all)
        add(&out, "…", strlen("…"), false);
    *ret_n = out.n;
    return out.pieces;
}
