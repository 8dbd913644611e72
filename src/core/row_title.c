#include "core/row_title.h"

#include <string.h>

/* The letters and digits of an ASCII text, which need no reading: most numbers of documents. */
static char *
letters_of(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++)
        if (g_ascii_isalnum(*p))
            g_string_append_c(out, *p);
    return g_string_free(out, FALSE);
}

char *
hj_row_title_syllables(const HjLedger *ledger, const char *title)
{
    if (g_str_is_ascii(title))
        return NULL;
    bool is_person = g_strcmp0(ledger->is, "person") == 0;
    return hj_pinyin_syllables(title, is_person ? HJ_PINYIN_PERSON : HJ_PINYIN_TEXT);
}

/* The first letter of each syllable; digits stay whole: people search "113" and not "1". */
static char *
initials_of(const char *syllables)
{
    GString *out = g_string_new(NULL);
    bool inside = false;
    for (const char *p = syllables; *p != '\0'; p++) {
        if (*p != ' ' && (!inside || g_ascii_isdigit(*p)))
            g_string_append_c(out, *p);
        inside = *p != ' ';
    }
    return g_string_free(out, FALSE);
}

char *
hj_row_title_pinyin(const char *title, const char *syllables)
{
    g_autofree char *low = g_ascii_strdown(title, -1);
    g_autofree char *full = letters_of(syllables != NULL ? syllables : low);
    if (syllables == NULL)
        return g_strjoin(" ", low, full, NULL);
    g_autofree char *initials = initials_of(syllables);
    return g_strjoin(" ", low, full, initials, NULL);
}
