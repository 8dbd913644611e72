#include "web/html.h"

#include "web/asset.h"

#include <stdbool.h>
#include <string.h>

/* 0 means copy; the others index entity[].  The closing NUL of a text is special too, so the
 * escape loop needs no length. */
enum { COPY, STOP, AMP, LT, GT, QUOT, APOS };

static const uint8_t special[256] = {
    ['\0'] = STOP, ['&'] = AMP, ['<'] = LT, ['>'] = GT, ['"'] = QUOT, ['\''] = APOS,
};

static const struct {
    const char *text;
    size_t n;
} entity[] = {
    [AMP] = { "&amp;", 5 },   [LT] = { "&lt;", 4 },    [GT] = { "&gt;", 4 },
    [QUOT] = { "&quot;", 6 }, [APOS] = { "&#39;", 5 },
};

/* g_string_append_len checks more than we need; pages call this a thousand times. */
static inline void
append(GString *buf, const char *text, size_t n)
{
    if (G_LIKELY(buf->len + n < buf->allocated_len)) {
        memcpy(buf->str + buf->len, text, n);
        buf->len += n;
        buf->str[buf->len] = '\0';
    } else {
        g_string_append_len(buf, text, (gssize)n);
    }
}

HjSafe
hj_html_since(const HjOut *out, size_t from)
{
    g_assert(from <= out->buf->len);
    return (HjSafe){ .html = out->buf->str + from, .n = out->buf->len - from };
}

void
hj_out_literal(HjOut *out, const char *text, size_t n)
{
    append(out->buf, text, n);
}

void
hj_emit_text(HjOut *out, const char *text)
{
    if (text == NULL)
        return;
    const char *run = text;
    for (;;) {
        uint8_t kind = special[(uint8_t)*text];
        if (G_LIKELY(kind == COPY)) {
            text++;
            continue;
        }
        if (text > run)
            append(out->buf, run, (size_t)(text - run));
        if (kind == STOP)
            return;
        append(out->buf, entity[kind].text, entity[kind].n);
        run = ++text;
    }
}

void
hj_emit_safe(HjOut *out, HjSafe safe)
{
    if (safe.html != NULL)
        append(out->buf, safe.html, safe.n);
}

/* Writes @value right-aligned before @end and returns its beginning; @group puts a comma before
 * every third digit. */
static char *
digits(char *end, uint64_t value, bool group)
{
    int n = 0;
    do {
        if (group && n > 0 && n % 3 == 0)
            *--end = ',';
        *--end = (char)('0' + value % 10);
        value /= 10;
        n++;
    } while (value > 0);
    return end;
}

static uint64_t
magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

void
hj_emit_i64(HjOut *out, int64_t value)
{
    char text[32];
    char *end = text + sizeof text;
    char *at = digits(end, magnitude(value), false);
    if (value < 0)
        *--at = '-';
    append(out->buf, at, (size_t)(end - at));
}

void
hj_emit_u64(HjOut *out, uint64_t value)
{
    char text[32];
    char *end = text + sizeof text;
    char *at = digits(end, value, false);
    append(out->buf, at, (size_t)(end - at));
}

void
hj_emit_num(HjOut *out, int64_t value)
{
    char text[40];
    char *end = text + sizeof text;
    char *at = digits(end, magnitude(value), true);
    if (value < 0)
        *--at = '-';
    append(out->buf, at, (size_t)(end - at));
}

void
hj_emit_money(HjOut *out, int64_t fen)
{
    char text[40];
    char *end = text + sizeof text;
    uint64_t all = magnitude(fen);
    char *at = end;
    *--at = (char)('0' + all % 10);
    *--at = (char)('0' + all / 10 % 10);
    *--at = '.';
    at = digits(at, all / 100, true);
    if (fen < 0)
        *--at = '-';
    append(out->buf, at, (size_t)(end - at));
}

void
hj_emit_label_at(HjOut *out, const HjLabel *label)
{
    if (label != NULL)
        hj_emit_text(out, hj_i18n_label(label, out->lang));
}

void
hj_emit_label_value(HjOut *out, HjLabel label)
{
    hj_emit_label_at(out, &label);
}

/* Browsers drop tabs and newlines from addresses and read '\' as '/'. */
static bool
stays_here(const char *url)
{
    if (*url != '/' && *url != '?' && *url != '#')
        return false;
    if (url[0] == '/' && (url[1] == '/' || url[1] == '\\'))
        return false;
    for (const char *at = url; *at != '\0'; at++)
        if ((uint8_t)*at < 0x20 || *at == 0x7f)
            return false;
    return true;
}

void
hj_emit_url(HjOut *out, const char *url)
{
    hj_emit_text(out, url != NULL && stays_here(url) ? url : "#");
}

void
hj_emit_param(HjOut *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    if (text == NULL)
        return;
    for (; *text != '\0'; text++) {
        uint8_t byte = (uint8_t)*text;
        if (g_ascii_isalnum(*text) || strchr("-._~", *text) != NULL) {
            append(out->buf, text, 1);
        } else {
            char code[3] = { '%', hex[byte >> 4], hex[byte & 15] };
            append(out->buf, code, sizeof code);
        }
    }
}

static void
write_digits(char *at, int value, int width)
{
    for (; width > 0; width--, value /= 10)
        at[width - 1] = (char)('0' + value % 10);
}

static void
write_date(char text[10], HjDate date)
{
    int year, month, day;
    hj_date_split(date, &year, &month, &day);
    write_digits(text + 8, day, 2);
    text[7] = '-';
    write_digits(text + 5, month, 2);
    text[4] = '-';
    write_digits(text, year, 4);
}

void
hj_emit_date(HjOut *out, HjDate date)
{
    if (date == HJ_DATE_NONE)
        return;
    char text[10];
    write_date(text, date);
    append(out->buf, text, sizeof text);
}

void
hj_emit_day(HjOut *out, HjDate date)
{
    static const char *const months[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December",
    };
    if (date == HJ_DATE_NONE)
        return;
    int year, month, day;
    hj_date_split(date, &year, &month, &day);
    if (out->lang == HJ_ZH)
        g_string_append_printf(out->buf, "%d年%d月%d日", year, month, day);
    else
        g_string_append_printf(out->buf, "%d %s %d", day, months[month - 1], year);
}

void
hj_emit_time(HjOut *out, HjTime at)
{
    if (at == 0)
        return;
    const int64_t day = INT64_C(86400) * G_USEC_PER_SEC;
    int64_t local = at + INT64_C(8) * 3600 * G_USEC_PER_SEC;
    int64_t in_day = ((local % day) + day) % day;
    int minutes = (int)(in_day / (INT64_C(60) * G_USEC_PER_SEC));
    char text[16];
    write_date(text, hj_date_in_shanghai(at));
    text[10] = ' ';
    write_digits(text + 11, minutes / 60, 2);
    text[13] = ':';
    write_digits(text + 14, minutes % 60, 2);
    append(out->buf, text, sizeof text);
}

void
hj_emit_csrf(HjOut *out)
{
    static const char before[] = "<input type=\"hidden\" name=\"" HJ_CSRF_FIELD "\" value=\"";
    if (out->csrf == NULL)
        return;
    append(out->buf, before, sizeof before - 1);
    hj_emit_text(out, out->csrf);
    append(out->buf, "\">", 2);
}

void
hj_emit_asset(HjOut *out, const char *name)
{
    hj_emit_text(out, hj_asset_url(name));
}
