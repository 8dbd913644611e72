/* The Authorization header and webhook addresses: what is taken for a token is plain, and no
 * other site passes for an allowed one. */
#include "core/token.h"
#include "core/webhook.h"
#include "web/internal.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *text = g_strndup(n > 0 ? (const char *)data : "", n);
    HjPair pairs[] = { { "authorization", text } };
    HjPairs headers = { .pairs = pairs, .n = 1 };
    char token[64];
    g_assert(hj_web_request_token(&headers, token, sizeof token));
    g_assert(strlen(token) < sizeof token);
    for (const char *c = token; *c != '\0'; c++)
        g_assert(g_ascii_isalnum(*c) || *c == '-' || *c == '_');
    if (hj_token_is(text))
        g_assert(strlen(text) == HJ_TOKEN_CHARS && g_str_has_prefix(text, HJ_TOKEN_PREFIX));
    HjWebhookRules *rules = hj_webhook_rules_new("https://oa.example.cn", NULL);
    if (hj_webhook_rules_allow(rules, text)) {
        g_assert(strlen(text) >= strlen("https://oa.example.cn"));
        g_assert(g_ascii_strncasecmp(text, "https:", 6) == 0 && strchr(text, '@') == NULL);
    }
    hj_webhook_rules_free(rules);
    HjWebhookRules *own = hj_webhook_rules_new(text, text);
    for (size_t i = 0; i < hj_webhook_rules_count(own); i++)
        g_assert(g_str_has_prefix(hj_webhook_rules_origin(own, i), "http"));
    hj_webhook_rules_free(own);
    return 0;
}
