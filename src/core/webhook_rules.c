/* Which addresses a webhook may have, and how what is sent there is signed. */
#include "base/crypto.h"
#include "base/text.h"
#include "core/webhook.h"
#include "store/seal.h"

#include <string.h>

#define MAX_URL 500
#define SECRET_PREFIX "hjwh_"

struct HjWebhookRules {
    GPtrArray *origins;
    GPtrArray *private_ok; /* ends with NULL */
};

static GPtrArray *
words_of(const char *text)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) parts = g_strsplit_set(text != NULL ? text : "", " ,;\t\n", -1);
    for (char **part = parts; *part != NULL; part++)
        if (**part != '\0')
            g_ptr_array_add(words, g_strdup(*part));
    return words;
}

/* "https://host:port" in small letters, the port always said; NULL for what is no such URL. */
static char *
origin_of(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    if (uri == NULL || g_uri_get_userinfo(uri) != NULL || g_uri_get_fragment(uri) != NULL)
        return NULL;
    const char *scheme = g_uri_get_scheme(uri), *host = g_uri_get_host(uri);
    bool secure = g_str_equal(scheme, "https");
    if (host == NULL || *host == '\0' || (!secure && !g_str_equal(scheme, "http")))
        return NULL;
    int port = g_uri_get_port(uri) > 0 ? g_uri_get_port(uri) : (secure ? 443 : 80);
    g_autofree char *small = g_ascii_strdown(host, -1);
    return g_strdup_printf("%s://%s:%d", scheme, small, port);
}

HjWebhookRules *
hj_webhook_rules_new(const char *allow, const char *private_ok)
{
    HjWebhookRules *rules = g_new0(HjWebhookRules, 1);
    g_autoptr(GPtrArray) words = words_of(allow);
    rules->origins = g_ptr_array_new_with_free_func(g_free);
    rules->private_ok = words_of(private_ok);
    g_ptr_array_add(rules->private_ok, NULL);
    for (guint i = 0; i < words->len; i++) {
        char *origin = origin_of(g_ptr_array_index(words, i));
        if (origin != NULL)
            g_ptr_array_add(rules->origins, origin);
    }
    return rules;
}

void
hj_webhook_rules_free(HjWebhookRules *rules)
{
    if (rules == NULL)
        return;
    g_ptr_array_unref(rules->origins);
    g_ptr_array_unref(rules->private_ok);
    g_free(rules);
}

size_t
hj_webhook_rules_count(const HjWebhookRules *rules)
{
    return rules != NULL ? rules->origins->len : 0;
}

const char *
hj_webhook_rules_origin(const HjWebhookRules *rules, size_t i)
{
    return g_ptr_array_index(rules->origins, i);
}

const char *const *
hj_webhook_rules_private(const HjWebhookRules *rules)
{
    return (const char *const *)rules->private_ok->pdata;
}

bool
hj_webhook_rules_allow(const HjWebhookRules *rules, const char *url)
{
    if (url == NULL || strlen(url) > MAX_URL || !hj_text_is_clean(url, false))
        return false;
    g_autofree char *origin = origin_of(url);
    for (size_t i = 0; origin != NULL && i < hj_webhook_rules_count(rules); i++)
        if (g_str_equal(hj_webhook_rules_origin(rules, i), origin))
            return true;
    return false;
}

bool
hj_webhook_secret(HjStore *store, int64_t id, int64_t number,
                  char ret[HJ_WEBHOOK_SECRET_CHARS + 1])
{
    uint8_t key[HJ_SM3_BYTES];
    g_autofree char *purpose =
        g_strdup_printf("webhook/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, id, number);
    if (!hj_seal_derive(store, purpose, key))
        return false;
    g_autofree char *hex = hj_crypto_hex(key, sizeof key);
    g_snprintf(ret, HJ_WEBHOOK_SECRET_CHARS + 1, SECRET_PREFIX "%s", hex);
    hj_crypto_wipe(key, sizeof key);
    return true;
}

char *
hj_webhook_signature(const char *const *secrets, size_t n, int64_t seconds, const char *body,
                     size_t n_body)
{
    g_autoptr(GString) signed_text = g_string_new(NULL);
    g_string_append_printf(signed_text, "%" G_GINT64_FORMAT ".", seconds);
    g_string_append_len(signed_text, body, (gssize)n_body);
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "t=%" G_GINT64_FORMAT, seconds);
    for (size_t i = 0; i < n; i++) {
        uint8_t mac[HJ_SM3_BYTES];
        hj_crypto_hmac_sha256(secrets[i], strlen(secrets[i]), signed_text->str,
                              signed_text->len, mac);
        g_autofree char *hex = hj_crypto_hex(mac, sizeof mac);
        g_string_append_printf(out, ",v1=%s", hex);
    }
    return g_string_free(out, FALSE);
}
