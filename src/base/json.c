#include "base/json.h"

#include "base/decimal.h"

#define MAX_DEPTH 63

/* Writes the comma due before a value or a key. */
static void
begin_item(HjJsonWriter *w)
{
    uint64_t bit = UINT64_C(1) << w->depth;
    if (w->after_key)
        w->after_key = false;
    else if ((w->has_item & bit) != 0)
        g_string_append_c(w->out, ',');
    w->has_item |= bit;
}

static void
begin_group(HjJsonWriter *w, char bracket)
{
    begin_item(w);
    g_string_append_c(w->out, bracket);
    g_assert(w->depth < MAX_DEPTH);
    w->depth++;
    w->has_item &= ~(UINT64_C(1) << w->depth);
}

static void
end_group(HjJsonWriter *w, char bracket)
{
    g_assert(w->depth > 0 && !w->after_key);
    w->depth--;
    g_string_append_c(w->out, bracket);
}

void
hj_json_begin_object(HjJsonWriter *w)
{
    begin_group(w, '{');
}

void
hj_json_end_object(HjJsonWriter *w)
{
    end_group(w, '}');
}

void
hj_json_begin_array(HjJsonWriter *w)
{
    begin_group(w, '[');
}

void
hj_json_end_array(HjJsonWriter *w)
{
    end_group(w, ']');
}

static void
append_escape(GString *out, char c)
{
    switch (c) {
    case '\n':
        g_string_append(out, "\\n");
        return;
    case '\t':
        g_string_append(out, "\\t");
        return;
    case '\r':
        g_string_append(out, "\\r");
        return;
    case '"':
    case '\\':
        g_string_append_c(out, '\\');
        g_string_append_c(out, c);
        return;
    default:
        g_string_append_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
        return;
    }
}

/* '<' is escaped too, so that a value can never end a script element that carries JSON. */
static bool
needs_escape(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\' || c == '<' || c == 0x7f;
}

static void
append_string(GString *out, const char *text)
{
    g_autofree char *repaired = NULL;
    if (!g_utf8_validate(text, -1, NULL)) {
        repaired = g_utf8_make_valid(text, -1);
        text = repaired;
    }
    g_string_append_c(out, '"');
    const char *plain = text;
    const char *p = text;
    for (; *p != '\0'; p++) {
        if (!needs_escape(*p))
            continue;
        g_string_append_len(out, plain, p - plain);
        append_escape(out, *p);
        plain = p + 1;
    }
    g_string_append_len(out, plain, p - plain);
    g_string_append_c(out, '"');
}

void
hj_json_key(HjJsonWriter *w, const char *key)
{
    g_assert(!w->after_key);
    begin_item(w);
    append_string(w->out, key);
    g_string_append_c(w->out, ':');
    w->after_key = true;
}

void
hj_json_text(HjJsonWriter *w, const char *text)
{
    begin_item(w);
    if (text == NULL)
        g_string_append(w->out, "null");
    else
        append_string(w->out, text);
}

void
hj_json_i64(HjJsonWriter *w, int64_t value)
{
    begin_item(w);
    g_string_append_printf(w->out, "%" G_GINT64_FORMAT, value);
}

void
hj_json_decimal(HjJsonWriter *w, int64_t value, int scale)
{
    begin_item(w);
    g_string_append(w->out, hj_decimal_text(value, scale).text);
}

void
hj_json_id(HjJsonWriter *w, int64_t id)
{
    begin_item(w);
    g_string_append_printf(w->out, "\"%" G_GINT64_FORMAT "\"", id);
}

void
hj_json_flag(HjJsonWriter *w, bool value)
{
    begin_item(w);
    g_string_append(w->out, value ? "true" : "false");
}

void
hj_json_nothing(HjJsonWriter *w)
{
    begin_item(w);
    g_string_append(w->out, "null");
}

void
hj_json_raw(HjJsonWriter *w, const char *json)
{
    begin_item(w);
    g_string_append(w->out, json);
}

void
hj_json_put_text(HjJsonWriter *w, const char *key, const char *text)
{
    hj_json_key(w, key);
    hj_json_text(w, text);
}

void
hj_json_put_i64(HjJsonWriter *w, const char *key, int64_t value)
{
    hj_json_key(w, key);
    hj_json_i64(w, value);
}

void
hj_json_put_id(HjJsonWriter *w, const char *key, int64_t id)
{
    hj_json_key(w, key);
    hj_json_id(w, id);
}

void
hj_json_put_flag(HjJsonWriter *w, const char *key, bool value)
{
    hj_json_key(w, key);
    hj_json_flag(w, value);
}

void
hj_json_put_decimal(HjJsonWriter *w, const char *key, int64_t value, int scale)
{
    hj_json_key(w, key);
    hj_json_decimal(w, value, scale);
}
