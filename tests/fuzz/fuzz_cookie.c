/* Cookie and preference headers: a value found is plain, and a name inside another is not it.
 */
#include "web/parse.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *header = g_strndup(n > 0 ? (const char *)data : "", n);
    char value[64];
    if (hj_parse_cookie(header, "hangji", value, sizeof value)) {
        g_assert(*value != '\0' && strlen(value) < sizeof value);
        for (const char *c = value; *c != '\0'; c++)
            g_assert(g_ascii_isalnum(*c) || strchr("_-.", *c) != NULL);
        g_assert(strstr(header, "hangji=") != NULL);
    }
    char tiny[2];
    if (hj_parse_cookie(header, "a", tiny, sizeof tiny))
        g_assert(strlen(tiny) == 1);
    (void)hj_parse_language(header);
    (void)hj_parse_accepts_coding(header, "gzip");
    (void)hj_parse_etag_matches(header, "\"a\"");
    return 0;
}
