#include "compile.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* No input crashes the compiler, and every refusal names a line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    TmplResult result = { 0 };
    g_autofree char *why = tmpl_compile("x.html", "x", (const char *)data, n, &result);
    if (why == NULL)
        tmpl_result_clear(&result);
    else
        g_assert(g_str_has_prefix(why, "x.html:") && g_ascii_isdigit(why[7]));
    return 0;
}
