/* config: the settings of a data directory, DATA/hangji.conf.
 *
 * One "key = value" a line, "#" begins a comment.  The table in config.c is the only list of
 * settings: type, default and range; what it does not know is an error with its line.  A
 * directory made by 0.1 has the same file under the name config.ini.
 *
 * Units    as each setting says
 * Owns     hj_config_free
 * Threads  the main thread
 * Source   interface.md (command line) */
#pragma once

#include "base/error.h"

typedef enum { HJ_CONFIG_TEXT, HJ_CONFIG_NUMBER, HJ_CONFIG_FLAG, HJ_CONFIG_WORD } HjConfigType;

typedef struct {
    const char *key;
    HjConfigType type;
    const char *initial; /* NULL: none */
    int64_t min, max;    /* of numbers */
    const char *words;   /* HJ_CONFIG_WORD: "json logfmt" */
    const char *help;
} HjConfigSetting;
extern const HjConfigSetting hj_config_settings[]; /* ends with { 0 } */

typedef struct HjConfig HjConfig;

/* The file of @data; caller owns. */
char *hj_config_path(const char *data);
/* INVALID with every problem as "FILE:LINE: why", a line each; NOT_FOUND without directory. */
HjConfig *hj_config_load(const char *data, GError **error);
/* The same of a text that is at hand; @path names it in messages. */
HjConfig *hj_config_read(const char *path, const char *text, size_t n, GError **error);
void hj_config_free(HjConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjConfig, hj_config_free)

/* Of a setting in the table; NULL only where it has no default. */
const char *hj_config_text(const HjConfig *config, const char *key);
int64_t hj_config_number(const HjConfig *config, const char *key);
bool hj_config_flag(const HjConfig *config, const char *key);
bool hj_config_is_set(const HjConfig *config, const char *key);
/* "1 to 65536", "on or off", "json or logfmt", "text"; caller owns. */
char *hj_config_range(const HjConfigSetting *setting);
