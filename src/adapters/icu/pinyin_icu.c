/* pinyin_icu: base/pinyin.h on ICU transliterators and the pinyin collation.
 *
 * Units    as base/pinyin.h
 * Owns     three ICU objects and the readings seen so far, for the life of the program
 * Threads  any; one lock, the calls are short
 * Source   stack.md (ICU) */
#include "base/pinyin.h"

#include <glib.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

/* CJK Unified Ideographs: the characters that names are written with. */
enum { FIRST_COMMON = 0x4E00, LAST_COMMON = 0x9FFF };

static GMutex lock;
static UTransliterator *by_kind[2];
static UCollator *collator;

/* Readings that a character-by-character table gets wrong in place names. */
static const struct {
    const char *word;
    const char *reading;
} overrides[] = {
    { "重庆", "chong qing" },  { "长治", "chang zhi" },        { "捷地", "jie di" },
    { "长沙", "chang sha" },   { "长春", "chang chun" },       { "长江", "chang jiang" },
    { "长城", "chang cheng" }, { "长安", "chang an" },         { "厦门", "xia men" },
    { "六安", "lu an" },       { "乐亭", "lao ting" },         { "乐陵", "lao ling" },
    { "蔚县", "yu xian" },     { "大城县", "dai cheng xian" }, { "洪洞", "hong tong" },
    { "东阿", "dong e" },      { "阿胶", "e jiao" },           { "银行", "yin hang" },
    { "行业", "hang ye" },     { "会计", "kuai ji" },          { "省委", "sheng wei" },
    { "乐器", "yue qi" },      { "重点", "zhong dian" },       { "校长", "xiao zhang" },
};

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

/* The override at the start of @text, or -1. */
static int
override_at(const char *text, HjPinyinKind kind)
{
    for (size_t i = 0; kind == HJ_PINYIN_TEXT && i < G_N_ELEMENTS(overrides); i++)
        if (g_str_has_prefix(text, overrides[i].word))
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

/* Copies @text with overridden words and common characters replaced.  ICU puts a space
 * between two Chinese characters, but none where Chinese meets letters or digits: that is
 * added here.  A personal name stays whole: its first character reads by the second. */
static GString *
prepare(const char *text, HjPinyinKind kind)
{
    GString *out = g_string_new(NULL);
    bool was_han = false;
    while (*text != '\0') {
        int word = override_at(text, kind);
        if (word >= 0) {
            g_string_append_printf(out, " %s ", overrides[word].reading);
            text += strlen(overrides[word].word);
            was_han = false;
            continue;
        }
        const char *next = g_utf8_next_char(text);
        gunichar character = g_utf8_get_char(text);
        bool is_han = g_unichar_get_script(character) == G_UNICODE_SCRIPT_HAN;
        const char *reading = kind == HJ_PINYIN_TEXT && is_han
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
