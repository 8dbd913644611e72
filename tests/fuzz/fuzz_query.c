/* Addresses and query strings: what is accepted is clean, and encoding it again says the same.
 */
#include "base/text.h"
#include "web/parse.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
query(HjArena *arena, const char *text, size_t n)
{
    HjPairs pairs;
    if (!hj_parse_pairs(arena, text, n, false, &pairs, NULL))
        return;
    g_autoptr(GString) again = g_string_new(NULL);
    for (size_t i = 0; i < pairs.n; i++) {
        g_assert(hj_text_is_clean(pairs.pairs[i].name, false));
        g_assert(hj_text_is_clean(pairs.pairs[i].value, false));
        g_autofree char *name = g_uri_escape_string(pairs.pairs[i].name, NULL, false);
        g_autofree char *value = g_uri_escape_string(pairs.pairs[i].value, NULL, false);
        g_string_append_printf(again, "%s%s=%s", i > 0 ? "&" : "", name, value);
    }
    HjPairs same;
    g_assert(hj_parse_pairs(arena, again->str, again->len, false, &same, NULL));
    g_assert(same.n == pairs.n);
    for (size_t i = 0; i < pairs.n; i++) {
        g_assert(strcmp(same.pairs[i].name, pairs.pairs[i].name) == 0);
        g_assert(strcmp(same.pairs[i].value, pairs.pairs[i].value) == 0);
    }
}

static void
path(HjArena *arena, const char *text, size_t n)
{
    const char *segments[HJ_PARSE_MAX_SEGMENTS];
    size_t n_segments = 0;
    if (!hj_parse_path(arena, text, n, segments, &n_segments, NULL))
        return;
    for (size_t i = 0; i < n_segments; i++) {
        g_assert(strchr(segments[i], '/') == NULL && strcmp(segments[i], "..") != 0);
        g_assert(*segments[i] != '\0' || i + 1 == n_segments);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autoptr(HjArena) arena = hj_arena_new();
    const char *text = n > 0 ? (const char *)data : "";
    query(arena, text, n);
    path(arena, text, n);
    g_autofree char *ended = g_strndup(text, n);
    if (hj_parse_is_local(ended))
        g_assert(ended[0] == '/' && ended[1] != '/' && strpbrk(ended, "\\\r\n") == NULL);
    return 0;
}
