#include "app/config.h"

#include "base/text.h"

#include <string.h>

#define MOST_BYTES 65536

#define TEXT(name, value, what)                                                                \
    {                                                                                          \
        name, HJ_CONFIG_TEXT, value, 0, 0, NULL, what                                          \
    }
#define FLAG(name, value, what)                                                                \
    {                                                                                          \
        name, HJ_CONFIG_FLAG, value, 0, 0, NULL, what                                          \
    }
#define NUMBER(name, value, from, to, what)                                                    \
    {                                                                                          \
        name, HJ_CONFIG_NUMBER, value, from, to, NULL, what                                    \
    }
#define WORD(name, value, of, what)                                                            \
    {                                                                                          \
        name, HJ_CONFIG_WORD, value, 0, 0, of, what                                            \
    }

/* docs/operation.md shows the same table; tests/flow/run_operation.py compares them. */
const HjConfigSetting hj_config_settings[] = {
    TEXT("pack", NULL, "name of the folder below pack/"),
    TEXT("county", NULL, "division code, where a database holds several"),
    TEXT("db", NULL, "sqlite:PATH or postgres://…; the file hangji.db when absent"),
    TEXT("listen", "127.0.0.1:8080", "address and port"),
    FLAG("secure_cookie", "off", "the site is reached by HTTPS only"),
    TEXT("site", NULL, "https://host[:port] under which people reach it, shown in addresses"),
    TEXT("master_key", NULL, "file of the master keys; keys/master.key when absent"),
    TEXT("metrics_token", NULL, "bearer token of /metrics; absent: no metrics"),
    WORD("log", "json", "json logfmt", "form of the log on standard error"),
    WORD("log_level", "info", "debug info message warning", "the least that is told"),
    NUMBER("workers", "0", 0, 256, "threads that answer; 0: twice the cores"),
    NUMBER("connections", "2048", 16, 65536, "open at once"),
    NUMBER("connections_per_address", "512", 1, 65536, "open at once of one peer"),
    NUMBER("idle_seconds", "30", 5, 3600, "a connection on which nothing moves"),
    NUMBER("head_seconds", "45", 5, 600, "until the head of a request is whole"),
    NUMBER("body_seconds", "120", 5, 3600, "until its body is whole"),
    NUMBER("send_seconds", "300", 5, 3600, "until the answer is taken"),
    NUMBER("address_rate", "50", 0, 1000000, "requests a second of one address; 0: any"),
    NUMBER("address_burst", "500", 1, 1000000, "that many at once before the rate counts"),
    NUMBER("account_rate", "30", 0, 1000000, "requests a second of one account; 0: any"),
    NUMBER("account_burst", "300", 1, 1000000, "that many at once before the rate counts"),
    NUMBER("sign_in_rate", "30", 0, 1000000, "sign-ins a minute of one address; 0: any"),
    NUMBER("sign_in_burst", "30", 1, 1000000, "that many at once before the rate counts"),
    FLAG("limit_loopback", "off", "limit this machine's own requests too"),
    TEXT("trusted_proxies", NULL, "addresses whose X-Forwarded-For is believed: A, A/BITS"),
    TEXT("webhook_allow", NULL,
         "where webhooks may go: https://host[:port] …; absent: nowhere"),
    TEXT("webhook_private", NULL, "private addresses that webhooks may reach: 10.1.2.3 …"),
    TEXT("backup_dir", NULL, "where the backup of every day goes; DATA/backups when absent"),
    TEXT("backup_at", "02:30", "time of day of that backup, or off"),
    NUMBER("backup_days", "7", 1, 3650, "so many days keep their newest backup"),
    NUMBER("backup_weeks", "4", 0, 520, "so many weeks"),
    NUMBER("backup_months", "12", 0, 120, "so many months"),
    { 0 },
};

struct HjConfig {
    GHashTable *values; /* key → text */
};

static const HjConfigSetting *
find(const char *key)
{
    const HjConfigSetting *setting = hj_config_settings;
    while (setting->key != NULL && !g_str_equal(setting->key, key))
        setting++;
    return setting->key != NULL ? setting : NULL;
}

char *
hj_config_path(const char *data)
{
    char *path = g_build_filename(data, "hangji.conf", NULL);
    g_autofree char *former = g_build_filename(data, "config.ini", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS) && g_file_test(former, G_FILE_TEST_EXISTS)) {
        g_free(path);
        path = g_steal_pointer(&former);
    }
    return path;
}

char *
hj_config_range(const HjConfigSetting *setting)
{
    g_auto(GStrv) words = NULL;
    switch (setting->type) {
    case HJ_CONFIG_NUMBER:
        return g_strdup_printf("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, setting->min,
                               setting->max);
    case HJ_CONFIG_FLAG:
        return g_strdup("on or off");
    case HJ_CONFIG_WORD:
        words = g_strsplit(setting->words, " ", -1);
        return g_strjoinv(" or ", words);
    case HJ_CONFIG_TEXT:
        break;
    }
    return g_strdup("text");
}

static bool
value_fits(const HjConfigSetting *setting, const char *value)
{
    int64_t number = 0;
    g_auto(GStrv) words = NULL;
    switch (setting->type) {
    case HJ_CONFIG_NUMBER:
        return hj_text_parse_i64(value, &number) && number >= setting->min &&
               number <= setting->max;
    case HJ_CONFIG_FLAG:
        return g_str_equal(value, "on") || g_str_equal(value, "off");
    case HJ_CONFIG_WORD:
        words = g_strsplit(setting->words, " ", -1);
        return g_strv_contains((const char *const *)words, value);
    case HJ_CONFIG_TEXT:
        break;
    }
    return true;
}

static void G_GNUC_PRINTF(4, 5)
    complain(GString *problems, const char *path, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_string_append_printf(problems, "%s%s:%d: ", problems->len > 0 ? "\n" : "", path, line);
    g_string_append_vprintf(problems, format, args);
    va_end(args);
}

static void
read_line(HjConfig *config, const char *path, int line, char *text, GString *problems)
{
    g_strstrip(text);
    if (text[0] == '\0' || text[0] == '#' || g_str_equal(text, "[hangji]"))
        return;
    char *equals = strchr(text, '=');
    if (equals == NULL) {
        complain(problems, path, line, "expected `key = value`");
        return;
    }
    *equals = '\0';
    char *key = g_strstrip(text);
    char *value = g_strstrip(equals + 1);
    const HjConfigSetting *setting = find(key);
    if (setting == NULL) {
        complain(problems, path, line, "unknown setting `%s` (hangji config lists them)", key);
        return;
    }
    if (g_hash_table_contains(config->values, key)) {
        complain(problems, path, line, "`%s` is set twice", key);
        return;
    }
    g_autofree char *range = hj_config_range(setting);
    if (*value != '\0' && !value_fits(setting, value))
        complain(problems, path, line, "`%s` must be %s", key, range);
    g_hash_table_insert(config->values, g_strdup(key), g_strdup(value));
}

HjConfig *
hj_config_load(const char *data, GError **error)
{
    g_autofree char *path = hj_config_path(data);
    g_autofree char *text = NULL;
    gsize n = 0;
    g_autoptr(GError) cause = NULL;
    if (!g_file_test(data, G_FILE_TEST_IS_DIR)) {
        hj_error_log(error, HJ_ERROR_NOT_FOUND,
                     "there is no data directory %s (hangji init makes one)", data);
        return NULL;
    }
    if (!g_file_get_contents(path, &text, &n, &cause)) {
        hj_error_log(error, HJ_ERROR_INVALID, "%s", cause->message);
        return NULL;
    }
    return hj_config_read(path, text, n, error);
}

HjConfig *
hj_config_read(const char *path, const char *text, size_t n, GError **error)
{
    if (n > MOST_BYTES || strlen(text) != n || !g_utf8_validate(text, (gssize)n, NULL)) {
        hj_error_log(error, HJ_ERROR_INVALID, "%s:1: not a short text in UTF-8", path);
        return NULL;
    }
    g_autoptr(HjConfig) config = g_new0(HjConfig, 1);
    g_autoptr(GString) problems = g_string_new(NULL);
    config->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i] != NULL; i++)
        read_line(config, path, i + 1, lines[i], problems);
    if (problems->len > 0) {
        hj_error_log(error, HJ_ERROR_INVALID, "%s", problems->str);
        return NULL;
    }
    return g_steal_pointer(&config);
}

void
hj_config_free(HjConfig *config)
{
    if (config == NULL)
        return;
    g_hash_table_unref(config->values);
    g_free(config);
}

bool
hj_config_is_set(const HjConfig *config, const char *key)
{
    const char *value = g_hash_table_lookup(config->values, key);
    return value != NULL && *value != '\0';
}

const char *
hj_config_text(const HjConfig *config, const char *key)
{
    const HjConfigSetting *setting = find(key);
    g_assert(setting != NULL);
    return hj_config_is_set(config, key) ? g_hash_table_lookup(config->values, key)
                                         : setting->initial;
}

int64_t
hj_config_number(const HjConfig *config, const char *key)
{
    int64_t number = 0;
    const char *text = hj_config_text(config, key);
    g_assert(text != NULL && hj_text_parse_i64(text, &number));
    return number;
}

bool
hj_config_flag(const HjConfig *config, const char *key)
{
    return g_strcmp0(hj_config_text(config, key), "on") == 0;
}
