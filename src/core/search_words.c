#include "core/search_words.h"

#include <string.h>

/* Stands between two texts; nobody can type it. */
#define WALL "\uF8FF"
/* Letters of a pinyin word that are kept, and of a word that is asked for. */
#define MAX_LETTERS 24
#define MAX_PHRASES 8
#define MAX_PHRASE 40

static void
add_word(HjSearchWords *words, const char *word, size_t n)
{
    if (words->n_words >= HJ_SEARCH_WORDS_MAX)
        return;
    if (words->out->len > 0)
        g_string_append_c(words->out, ' ');
    g_string_append_len(words->out, word, (gssize)n);
    words->n_words++;
}

/* Full-width letters and digits are typed as often as half-width ones. */
static gunichar
narrow(gunichar c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    return c < 128 ? (gunichar)g_ascii_tolower((char)c) : g_unichar_tolower(c);
}

typedef void (*TakeFn)(gpointer data, const char *word, size_t n);

/* Gives the words of @text in their order. */
static void
split(const char *text, TakeFn take, gpointer data)
{
    g_autoptr(GString) run = g_string_sized_new(32);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = narrow(g_utf8_get_char(p));
        bool is_han = c > 0x2E00 && g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN &&
                      g_unichar_isalpha(c);
        bool goes_on = !is_han && (c < 128 ? g_ascii_isalnum((char)c) : g_unichar_isalnum(c));
        if (goes_on && run->len < MAX_LETTERS)
            g_string_append_unichar(run, c);
        if (goes_on)
            continue;
        if (run->len > 0)
            take(data, run->str, run->len);
        g_string_truncate(run, 0);
        char han[8];
        if (is_han)
            take(data, han, (size_t)g_unichar_to_utf8(c, han));
    }
    if (run->len > 0)
        take(data, run->str, run->len);
}

static void
take_word(gpointer data, const char *word, size_t n)
{
    add_word(data, word, n);
}

void
hj_search_words_text(HjSearchWords *words, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    if (words->out->len > 0)
        add_word(words, WALL, strlen(WALL));
    split(text, take_word, words);
}

void
hj_search_words_pinyin(HjSearchWords *words, const char *syllables)
{
    if (syllables == NULL || *syllables == '\0')
        return;
    g_autoptr(GString) full = g_string_new(NULL);
    g_autoptr(GString) initials = g_string_new(NULL);
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(gsize));
    bool inside = false;
    for (const char *p = syllables; *p != '\0'; p++) {
        if (*p == ' ') {
            inside = false;
            continue;
        }
        if (!inside) {
            g_array_append_val(starts, full->len);
            g_string_append_c(initials, *p);
        }
        g_string_append_c(full, *p);
        inside = true;
    }
    add_word(words, WALL, strlen(WALL));
    for (guint i = 0; i < starts->len; i++) {
        const char *from = full->str + g_array_index(starts, gsize, i);
        add_word(words, from, strnlen(from, MAX_LETTERS));
        add_word(words, initials->str + i, strnlen(initials->str + i, MAX_LETTERS));
    }
    g_array_unref(starts);
}

bool
hj_search_words_is_letters(const char *word)
{
    gunichar c = g_utf8_get_char(word);
    return c < 0x2E00 || g_unichar_get_script(c) != G_UNICODE_SCRIPT_HAN;
}

static void
take_asked(gpointer data, const char *word, size_t n)
{
    GPtrArray *phrase = data;
    if (phrase->len < MAX_PHRASE)
        g_ptr_array_add(phrase, g_strndup(word, n));
}

void
hj_search_words_ask(const char *q, HjSearchAsked *ret)
{
    *ret = (HjSearchAsked){ .phrases =
                                g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev) };
    g_autofree char *plain = g_utf8_make_valid(q, -1);
    /* xi'an is one word, and so is what an ideographic space does not part. */
    g_autoptr(GString) text = g_string_new(plain);
    g_string_replace(text, "'", "", 0);
    g_string_replace(text, "’", "", 0);
    g_string_replace(text, "　", " ", 0);
    g_auto(GStrv) parts = g_strsplit_set(text->str, " \t", -1);
    for (int i = 0; parts[i] != NULL && ret->phrases->len < MAX_PHRASES; i++) {
        g_autoptr(GPtrArray) phrase = g_ptr_array_new_with_free_func(g_free);
        split(parts[i], take_asked, phrase);
        if (phrase->len == 0)
            continue;
        g_ptr_array_add(phrase, NULL);
        g_ptr_array_set_free_func(phrase, NULL);
        g_ptr_array_add(ret->phrases, g_ptr_array_free(g_steal_pointer(&phrase), FALSE));
    }
    for (guint i = 0; i < ret->phrases->len; i++) {
        char *const *phrase = g_ptr_array_index(ret->phrases, i);
        ret->too_short = ret->phrases->len == 1 && phrase[1] == NULL && phrase[0][1] == '\0' &&
                         g_ascii_isalpha(phrase[0][0]);
    }
}

void
hj_search_words_asked_clear(HjSearchAsked *asked)
{
    g_clear_pointer(&asked->phrases, g_ptr_array_unref);
}
