/* hangji config: every setting, what it is here and what it may be. */
#include "app/cli.h"
#include "app/config.h"
#include "base/json.h"

#include <stdio.h>

/* A token is nobody's business who looks over a shoulder, nor is a database's password. */
static const char *
shown(const HjConfig *config, const HjConfigSetting *setting)
{
    bool secret = g_str_equal(setting->key, "metrics_token") || g_str_equal(setting->key, "db");
    const char *value = hj_config_text(config, setting->key);
    return secret && value != NULL ? "(set)" : value;
}

static void
print_json(const HjConfig *config)
{
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_array(&w);
    for (const HjConfigSetting *it = hj_config_settings; it->key != NULL; it++) {
        g_autofree char *range = hj_config_range(it);
        hj_json_begin_object(&w);
        hj_json_key(&w, "key");
        hj_json_text(&w, it->key);
        hj_json_key(&w, "value");
        hj_json_text(&w, shown(config, it));
        hj_json_key(&w, "default");
        hj_json_text(&w, it->initial);
        hj_json_key(&w, "range");
        hj_json_text(&w, range);
        hj_json_key(&w, "help");
        hj_json_text(&w, it->help);
        hj_json_end_object(&w);
    }
    hj_json_end_array(&w);
    printf("%s\n", out->str);
}

static int
run(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjConfig) config = hj_config_load(cli->data, &error);
    if (config == NULL)
        return hj_cli_fail_error("config", error);
    if (cli->json) {
        print_json(config);
        return 0;
    }
    for (const HjConfigSetting *it = hj_config_settings; it->key != NULL; it++) {
        g_autofree char *range = hj_config_range(it);
        const char *value = shown(config, it);
        printf("%c %-24s = %-16s # %s (%s%s%s)\n",
               hj_config_is_set(config, it->key) ? '*' : ' ', it->key,
               value != NULL ? value : "", it->help, range,
               it->initial != NULL ? "; default " : "", it->initial != NULL ? it->initial : "");
    }
    return 0;
}

const HjCommand hj_cli_config = { "config", "", "every setting of hangji.conf, with its range",
                                  run };
