/* pinyin_icu: base/pinyin.h on ICU transliterators and the pinyin collation.
 *
 * Units    as base/pinyin.h
 * Owns     three ICU objects, the readings in use and those seen so far, for the life of the
 *          program
 * Threads  any; a lock for ICU, where only the first call is long, and one for the readings
 * Source   stack.md (ICU) */
#include "base/pinyin.h"

#include <glib.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

/* CJK Unified Ideographs: the characters that names are written with. */
enum { FIRST_COMMON = 0x4E00, LAST_COMMON = 0x9FFF, MAX_NAME_STARTS = 200000 };

static GMutex lock;
static UTransliterator *by_kind[2];
static UCollator *collator;

/* The readings in use.  A table once given out is kept: another thread may be reading it. */
typedef struct {
    GPtrArray *words;    /* of char *, the longest first */
    GPtrArray *readings; /* in the same order */
    GHashTable *firsts;  /* first characters of words */
} Table;
static Table *_Atomic table;

static int
longer_first(gconstpointer a, gconstpointer b)
{
    const HjPinyinReading *x = *(const HjPinyinReading *const *)a;
    const HjPinyinReading *y = *(const HjPinyinReading *const *)b;
    size_t n_x = strlen(x->word), n_y = strlen(y->word);
    return (n_y > n_x) - (n_y < n_x);
}

void
hj_pinyin_use(const HjPinyinReading *readings, size_t n)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(sorted, (gpointer)&readings[i]);
    g_ptr_array_sort(sorted, longer_first);
    Table *made = g_new0(Table, 1);
    made->words = g_ptr_array_new_with_free_func(g_free);
    made->readings = g_ptr_array_new_with_free_func(g_free);
    made->firsts = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < sorted->len; i++) {
        const HjPinyinReading *reading = g_ptr_array_index(sorted, i);
        g_ptr_array_add(made->words, g_strdup(reading->word));
        g_ptr_array_add(made->readings, g_strdup(reading->reading));
        g_hash_table_add(made->firsts, GUINT_TO_POINTER(g_utf8_get_char(reading->word)));
    }
    static GMutex table_lock;
    static GPtrArray *former; /* reachable until the program ends */
    g_mutex_lock(&table_lock);
    if (former == NULL)
        former = g_ptr_array_new();
    g_ptr_array_add(former, made);
    table = made;
    g_mutex_unlock(&table_lock);
}

static UTransliterator *
transliterator_of(HjPinyinKind kind)
{
    static const char *const rules[] = { "Han-Latin; Latin-ASCII; Lower",
                                         "Han-Latin/Names; Latin-ASCII; Lower" };
    if (by_kind[kind] == NULL) {
        UChar id[64];
        UErrorCode status = U_ZERO_ERROR;
        u_uastrcpy(id, rules[kind]);
        by_kind[kind] = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
        g_assert(U_SUCCESS(status));
    }
    return by_kind[kind];
}

static UCollator *
pinyin_collator(void)
{
    if (collator == NULL) {
        UErrorCode status = U_ZERO_ERROR;
        collator = ucol_open("zh@collation=pinyin", &status);
        g_assert(U_SUCCESS(status));
    }
    return collator;
}

/* The place of the word that @text begins with, or -1. */
static int
override_at(const Table *known, const char *text, HjPinyinKind kind)
{
    if (known == NULL || kind != HJ_PINYIN_TEXT ||
        !g_hash_table_contains(known->firsts, GUINT_TO_POINTER(g_utf8_get_char(text))))
        return -1;
    for (guint i = 0; i < known->words->len; i++)
        if (g_str_has_prefix(text, g_ptr_array_index(known->words, i)))
            return (int)i;
    return -1;
}

/* @source through the transliterator of @kind: ASCII in lower case. */
static char *
transliterate(const char *source, size_t length, HjPinyinKind kind)
{
    /* A reading has at most six letters and a space, some of them two units before folding. */
    size_t capacity = length * 8 + 32;
    g_assert(capacity < G_MAXINT32);
    g_autofree UChar *units = g_new0(UChar, capacity);
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    u_strFromUTF8(units, (int32_t)capacity, &n, source, (int32_t)length, &status);
    int32_t limit = n;
    g_mutex_lock(&lock);
    utrans_transUChars(transliterator_of(kind), units, &n, (int32_t)capacity, 0, &limit,
                       &status);
    g_mutex_unlock(&lock);
    g_assert(U_SUCCESS(status));
    size_t n_ascii = (size_t)n * 3 + 1;
    char *ascii = g_new0(char, n_ascii);
    u_strToUTF8(ascii, (int32_t)n_ascii, NULL, units, n, &status);
    g_assert(U_SUCCESS(status));
    return ascii;
}

/* The reading of one common character, remembered: a transliteration costs tens of
 * microseconds, and a title is read for every saved row.  NULL outside the common block. */
static const char *
reading_of(gunichar character, const char *text, size_t length)
{
    static char *readings[LAST_COMMON - FIRST_COMMON + 1];
    if (character < FIRST_COMMON || character > LAST_COMMON)
        return NULL;
    char **slot = &readings[character - FIRST_COMMON];
    const char *known = g_atomic_pointer_get(slot);
    if (known == NULL) {
        char *made = transliterate(text, length, HJ_PINYIN_TEXT);
        if (!g_atomic_pointer_compare_and_exchange(slot, NULL, made))
            g_free(made);
        known = g_atomic_pointer_get(slot);
    }
    return known;
}

/* The reading of the two characters a personal name begins with, remembered too: the first
 * reads as a surname by the second.  NULL where they are not two common characters; *ret_next
 * is what follows them. */
static char *
name_start(const char *text, const char **ret_next)
{
    static GHashTable *known; /* both characters → reading; by the lock */
    gunichar first = g_utf8_get_char(text);
    const char *at = *text != '\0' ? g_utf8_next_char(text) : text;
    gunichar second = *at != '\0' ? g_utf8_get_char(at) : 0;
    if (first < FIRST_COMMON || first > LAST_COMMON || second < FIRST_COMMON ||
        second > LAST_COMMON)
        return NULL;
    *ret_next = g_utf8_next_char(at);
    gpointer key = GUINT_TO_POINTER((first - FIRST_COMMON) << 16 | (second - FIRST_COMMON));
    g_mutex_lock(&lock);
    if (known == NULL)
        known = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    char *reading = g_strdup(g_hash_table_lookup(known, key));
    g_mutex_unlock(&lock);
    if (reading != NULL)
        return reading;
    reading = transliterate(text, (size_t)(*ret_next - text), HJ_PINYIN_PERSON);
    g_mutex_lock(&lock);
    if (g_hash_table_size(known) < MAX_NAME_STARTS)
        g_hash_table_replace(known, key, g_strdup(reading));
    g_mutex_unlock(&lock);
    return reading;
}

/* Copies @text with overridden words and common characters replaced.  ICU puts a space
 * between two Chinese characters, but none where Chinese meets letters or digits: that is
 * added here. */
static GString *
prepare(const char *text, HjPinyinKind kind)
{
    GString *out = g_string_new(NULL);
    const Table *known = table;
    bool was_han = false;
    g_autofree char *start = kind == HJ_PINYIN_PERSON ? name_start(text, &text) : NULL;
    if (start != NULL) {
        g_string_append(out, start);
        was_han = true;
    }
    while (*text != '\0') {
        int word = override_at(known, text, kind);
        if (word >= 0) {
            g_string_append_printf(
                out, " %s ", (const char *)g_ptr_array_index(known->readings, (guint)word));
            text += strlen(g_ptr_array_index(known->words, (guint)word));
            was_han = false;
            continue;
        }
        const char *next = g_utf8_next_char(text);
        gunichar character = g_utf8_get_char(text);
        bool is_han = g_unichar_get_script(character) == G_UNICODE_SCRIPT_HAN;
        /* Behind its beginning a name reads as any text. */
        const char *reading = is_han && (kind == HJ_PINYIN_TEXT || start != NULL)
                                  ? reading_of(character, text, (size_t)(next - text))
                                  : NULL;
        if ((is_han != was_han || reading != NULL) && out->len > 0)
            g_string_append_c(out, ' ');
        if (reading != NULL)
            g_string_append(out, reading);
        else
            g_string_append_len(out, text, next - text);
        text = next;
        was_han = is_han;
    }
    return out;
}

/* Syllables in lower-case ASCII, a space between two syllables. */
static char *
syllables(const char *text, HjPinyinKind kind)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GString) source = prepare(valid, kind);
    if (g_str_is_ascii(source->str))
        return g_ascii_strdown(source->str, (gssize)source->len);
    return transliterate(source->str, source->len, kind);
}

char *
hj_pinyin_syllables(const char *text, HjPinyinKind kind)
{
    char *latin = syllables(text, kind);
    size_t n = 0;
    for (const char *p = latin; *p != '\0'; p++) {
        if (g_ascii_isalnum(*p))
            latin[n++] = *p;
        else if (*p != '\'' && n > 0 && latin[n - 1] != ' ')
            latin[n++] = ' ';
    }
    latin[n > 0 && latin[n - 1] == ' ' ? n - 1 : n] = '\0';
    return latin;
}

char *
hj_pinyin_full(const char *text, HjPinyinKind kind)
{
    char *latin = syllables(text, kind);
    size_t n = 0;
    for (const char *p = latin; *p != '\0'; p++)
        if (g_ascii_isalnum(*p))
            latin[n++] = *p;
    latin[n] = '\0';
    return latin;
}

char *
hj_pinyin_initials(const char *text, HjPinyinKind kind)
{
    char *latin = syllables(text, kind);
    size_t n = 0;
    bool inside = false;
    for (const char *p = latin; *p != '\0'; p++) {
        bool letter = g_ascii_isalnum(*p);
        /* Digits are kept whole: people search "113" and not "1". */
        if (letter && (!inside || g_ascii_isdigit(*p)))
            latin[n++] = *p;
        inside = letter || (inside && *p == '\'');
    }
    latin[n] = '\0';
    return latin;
}

char *
hj_pinyin_sort_key(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    int32_t n = 0;
    UErrorCode status = U_ZERO_ERROR;
    size_t capacity = strlen(valid) + 1;
    g_assert(capacity < G_MAXINT32);
    g_autofree UChar *units = g_new0(UChar, capacity);
    u_strFromUTF8(units, (int32_t)capacity, &n, valid, -1, &status);
    g_assert(U_SUCCESS(status));
    g_mutex_lock(&lock);
    int32_t n_key = ucol_getSortKey(pinyin_collator(), units, n, NULL, 0);
    g_autofree uint8_t *key = g_new0(uint8_t, n_key);
    ucol_getSortKey(collator, units, n, key, n_key);
    g_mutex_unlock(&lock);
    static const char digits[] = "0123456789abcdef";
    GString *hex = g_string_sized_new((size_t)n_key * 2);
    for (int32_t i = 0; i + 1 < n_key; i++) { /* the last byte is always zero */
        g_string_append_c(hex, digits[key[i] >> 4]);
        g_string_append_c(hex, digits[key[i] & 15]);
    }
    return g_string_free(hex, FALSE);
}
