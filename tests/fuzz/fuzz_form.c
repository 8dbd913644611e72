/* Forms: every accepted value is clean text, and a name appears once after joining. */
#include "base/text.h"
#include "web/parse.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autoptr(HjArena) arena = hj_arena_new();
    HjPairs form;
    if (!hj_parse_pairs(arena, n > 0 ? (const char *)data : "", n, true, &form, NULL))
        return 0;
    g_assert(form.n <= HJ_PARSE_MAX_PAIRS);
    hj_parse_join(arena, &form);
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < form.n; i++) {
        g_assert(hj_text_is_clean(form.pairs[i].value, true));
        g_assert(g_hash_table_add(names, (gpointer)form.pairs[i].name));
        g_assert(hj_parse_find(&form, form.pairs[i].name) == form.pairs[i].value);
    }
    return 0;
}
