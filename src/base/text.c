#include "base/text.h"

#include <string.h>

/* U+3000, what the space bar gives in a Chinese input method. */
#define IDEOGRAPHIC_SPACE "\xe3\x80\x80"

static bool
is_bidi_control(gunichar c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool
is_line_break(gunichar c)
{
    return c == '\t' || c == '\n' || c == '\r';
}

bool
hj_text_is_clean(const char *text, bool lines)
{
    if (text == NULL || !g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (lines && is_line_break(c))
            continue;
        /* C0, DEL and C1; then the two Unicode separators that some readers take for lines. */
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
            is_bidi_control(c))
            return false;
    }
    return true;
}

size_t
hj_text_length(const char *text)
{
    return text != NULL ? (size_t)g_utf8_strlen(text, -1) : 0;
}

bool
hj_text_is_identifier(const char *text)
{
    if (text == NULL || !g_ascii_islower(text[0]))
        return false;
    size_t n = 1;
    while (g_ascii_islower(text[n]) || g_ascii_isdigit(text[n]) || text[n] == '_')
        n++;
    return n <= 48 && text[n] == '\0';
}

bool
hj_text_parse_i64(const char *text, int64_t *ret)
{
    if (text == NULL)
        return false;
    bool negative = text[0] == '-';
    const char *p = negative ? text + 1 : text;
    if (*p == '\0')
        return false;
    /* Built on the negative side, which is the longer one. */
    int64_t value = 0;
    for (; g_ascii_isdigit(*p); p++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *p - '0', &value))
            return false;
    if (*p != '\0' || (!negative && value == INT64_MIN))
        return false;
    *ret = negative ? value : -value;
    return true;
}

/* Bytes of the space at @p; 0 where there is none. */
static size_t
space_at(const char *p)
{
    if (g_ascii_isspace(*p) || *p == '\v')
        return 1;
    return g_str_has_prefix(p, IDEOGRAPHIC_SPACE) ? strlen(IDEOGRAPHIC_SPACE) : 0;
}

/* Bytes of the space that ends before @end. */
static size_t
space_before(const char *start, const char *end)
{
    size_t n = strlen(IDEOGRAPHIC_SPACE);
    if (end > start && (g_ascii_isspace(end[-1]) || end[-1] == '\v'))
        return 1;
    return (size_t)(end - start) >= n && memcmp(end - n, IDEOGRAPHIC_SPACE, n) == 0 ? n : 0;
}

char *
hj_text_tidy(const char *text)
{
    if (text == NULL)
        return g_strdup("");
    const char *start = text;
    const char *end = text + strlen(text);
    for (size_t n = space_at(start); n > 0; n = space_at(start))
        start += n;
    for (size_t n = space_before(start, end); n > 0; n = space_before(start, end))
        end -= n;
    GString *out = g_string_sized_new((gsize)(end - start));
    for (const char *p = start; p < end; p++) {
        if (p[0] == '\r' && p + 1 < end && p[1] == '\n')
            continue;
        g_string_append_c(out, *p);
    }
    return g_string_free(out, FALSE);
}

void
hj_text_add_csv(GString *out, bool first, const char *text)
{
    if (!first)
        g_string_append_c(out, ',');
    if (text == NULL || *text == '\0')
        return;
    /* A number with its sign is none. */
    const bool number = strchr("+-", text[0]) != NULL && text[1] != '\0' &&
                        strspn(text + 1, "0123456789.") == strlen(text + 1);
    const bool formula = strchr("=+-@\t\r", text[0]) != NULL && !number;
    const bool quoted = formula || strpbrk(text, ",\"\r\n") != NULL;
    g_string_append(out, formula ? "\"'" : quoted ? "\"" : "");
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *p);
    }
    g_string_append(out, quoted ? "\"" : "");
}
