#include "web/parse.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

#define SAYS_ADDRESS "The address of this page is not well formed."
#define SAYS_FORM "The form that was sent is not well formed."

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* NULL when an escape is broken, a NUL appears or the result is not clean. */
static char *
decode(HjArena *arena, const char *text, size_t n, bool plus, bool lines)
{
    char *out = hj_arena_strndup(arena, text, n);
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < n ? hex_digit(text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
            if (low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        } else if ((unsigned char)c <= ' ' || c == 0x7f) {
            return NULL; /* never sent unescaped */
        }
        if (c == '\0')
            return NULL;
        out[length++] = c;
    }
    out[length] = '\0';
    return hj_text_is_clean(out, lines) ? out : NULL;
}

static bool
decode_pair(HjArena *arena, const char *text, size_t n, bool lines, HjPair *ret)
{
    const char *equals = memchr(text, '=', n);
    size_t n_name = equals != NULL ? (size_t)(equals - text) : n;
    if (n_name == 0)
        return false;
    ret->name = decode(arena, text, n_name, true, false);
    ret->value = equals == NULL ? "" : decode(arena, equals + 1, n - n_name - 1, true, lines);
    return ret->name != NULL && ret->value != NULL;
}

bool
hj_parse_pairs(HjArena *arena, const char *text, size_t n, bool lines, HjPairs *ret,
               GError **error)
{
    size_t n_pairs = n > 0 ? 1 : 0;
    for (size_t i = 0; i < n; i++)
        n_pairs += text[i] == '&';
    if (n_pairs > HJ_PARSE_MAX_PAIRS)
        return hj_fail(error, HJ_ERROR_MALFORMED, "Too many fields were sent at once.");
    HjPairs found = { .pairs = hj_arena_alloc(arena, sizeof(HjPair) * MAX(n_pairs, 1)) };
    for (size_t at = 0; found.n < n_pairs; found.n++) {
        const char *end = memchr(text + at, '&', n - at);
        size_t length = end != NULL ? (size_t)(end - text) - at : n - at;
        if (!decode_pair(arena, text + at, length, lines, &found.pairs[found.n])) {
            return lines ? hj_fail(error, HJ_ERROR_MALFORMED, SAYS_FORM)
                         : hj_fail(error, HJ_ERROR_MALFORMED, SAYS_ADDRESS);
        }
        at += length + 1;
    }
    *ret = found;
    return true;
}

void
hj_parse_join(HjArena *arena, HjPairs *pairs)
{
    g_autoptr(GHashTable) first = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) joined = g_hash_table_new(NULL, NULL); /* HjPair → GString */
    size_t kept = 0;
    for (size_t i = 0; i < pairs->n; i++) {
        HjPair *seen = g_hash_table_lookup(first, pairs->pairs[i].name);
        if (seen == NULL) {
            pairs->pairs[kept] = pairs->pairs[i];
            g_hash_table_insert(first, (gpointer)pairs->pairs[kept].name, &pairs->pairs[kept]);
            kept++;
            continue;
        }
        GString *value = g_hash_table_lookup(joined, seen);
        if (value == NULL) {
            value = g_string_new(seen->value);
            g_hash_table_insert(joined, seen, value);
        }
        g_string_append_c(value, ',');
        g_string_append(value, pairs->pairs[i].value);
    }
    pairs->n = kept;
    GHashTableIter iter;
    gpointer pair, value;
    g_hash_table_iter_init(&iter, joined);
    while (g_hash_table_iter_next(&iter, &pair, &value)) {
        ((HjPair *)pair)->value = hj_arena_strdup(arena, ((GString *)value)->str);
        g_string_free(value, TRUE);
    }
}

const char *
hj_parse_find(const HjPairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->n; i++) {
        if (g_str_equal(pairs->pairs[i].name, name))
            return pairs->pairs[i].value;
    }
    return NULL;
}

static bool
segment_ok(const char *segment)
{
    return segment != NULL && *segment != '\0' && strchr(segment, '/') == NULL &&
           !g_str_equal(segment, ".") && !g_str_equal(segment, "..");
}

bool
hj_parse_path(HjArena *arena, const char *text, size_t n, const char **ret_segments,
              size_t *ret_n, GError **error)
{
    if (n == 0 || text[0] != '/')
        return hj_fail(error, HJ_ERROR_MALFORMED, SAYS_ADDRESS);
    size_t found = 0;
    for (size_t at = 1; at < n;) {
        const char *end = memchr(text + at, '/', n - at);
        size_t length = end != NULL ? (size_t)(end - text) - at : n - at;
        if (found == HJ_PARSE_MAX_SEGMENTS)
            return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such page.");
        const char *segment = decode(arena, text + at, length, false, false);
        if (!segment_ok(segment))
            return hj_fail(error, HJ_ERROR_MALFORMED, SAYS_ADDRESS);
        ret_segments[found++] = segment;
        at += length;
        if (at + 1 == n) { /* one closing '/' is part of the address: "/public/" */
            if (found == HJ_PARSE_MAX_SEGMENTS)
                return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such page.");
            ret_segments[found++] = "";
        }
        at++;
    }
    *ret_n = found;
    return true;
}

bool
hj_parse_cookie(const char *header, const char *name, char *ret, size_t size)
{
    if (header == NULL)
        return false;
    size_t n_name = strlen(name);
    bool found = false;
    for (const char *at = header; *at != '\0';) {
        while (*at == ' ' || *at == ';')
            at++;
        size_t n = strcspn(at, ";");
        if (n > n_name && at[n_name] == '=' && strncmp(at, name, n_name) == 0) {
            const char *value = at + n_name + 1;
            size_t length = n - n_name - 1;
            while (length > 0 && value[length - 1] == ' ')
                length--;
            if (found || length == 0 || length >= size)
                return false;
            for (size_t i = 0; i < length; i++) {
                if (!g_ascii_isalnum(value[i]) && strchr("_-.", value[i]) == NULL)
                    return false;
                ret[i] = value[i];
            }
            ret[length] = '\0';
            found = true;
        }
        at += n;
    }
    return found;
}

/* The quality of one list entry "gzip;q=0.5" in thousandths; 1000 when none is given. */
static int
quality(const char *entry)
{
    const char *q = strstr(entry, "q=");
    if (q == NULL)
        return 1000;
    q += 2;
    int value = *q == '1' ? 1000 : 0;
    if (q[0] != '0' || q[1] != '.')
        return value;
    int unit = 100;
    for (q += 2; g_ascii_isdigit(*q) && unit > 0; q++, unit /= 10)
        value += (*q - '0') * unit;
    return value;
}

bool
hj_parse_accepts_coding(const char *header, const char *coding)
{
    if (header == NULL)
        return false;
    g_auto(GStrv) entries = g_strsplit(header, ",", 20);
    for (char **entry = entries; *entry != NULL; entry++) {
        g_strstrip(*entry);
        size_t n = strcspn(*entry, "; \t");
        if (n == strlen(coding) && g_ascii_strncasecmp(*entry, coding, n) == 0)
            return quality(*entry) > 0;
    }
    return false;
}

HjLang
hj_parse_language(const char *header)
{
    if (header == NULL)
        return HJ_ZH;
    int zh = 0, en = 0;
    g_auto(GStrv) entries = g_strsplit(header, ",", 20);
    for (char **entry = entries; *entry != NULL; entry++) {
        g_strstrip(*entry);
        if (strlen(*entry) < 2 || ((*entry)[2] != '\0' && strchr("-; ", (*entry)[2]) == NULL))
            continue;
        if (g_ascii_strncasecmp(*entry, "zh", 2) == 0)
            zh = MAX(zh, quality(*entry));
        else if (g_ascii_strncasecmp(*entry, "en", 2) == 0)
            en = MAX(en, quality(*entry));
    }
    return en > zh ? HJ_EN : HJ_ZH;
}

bool
hj_parse_etag_matches(const char *header, const char *etag)
{
    if (header == NULL)
        return false;
    g_auto(GStrv) entries = g_strsplit(header, ",", 50);
    for (char **entry = entries; *entry != NULL; entry++) {
        const char *tag = g_strstrip(*entry);
        if (g_str_has_prefix(tag, "W/"))
            tag += 2;
        if (g_str_equal(tag, "*") || g_str_equal(tag, etag))
            return true;
    }
    return false;
}

bool
hj_parse_is_local(const char *path)
{
    if (path == NULL || path[0] != '/' || path[1] == '/')
        return false;
    for (const char *c = path; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || *c == '\\' || *c == 0x7f)
            return false;
    }
    return true;
}

char *
hj_parse_encode(const char *text)
{
    return g_uri_escape_string(text, "/", false);
}
