/* hangji.conf: every number of what is accepted lies within its range. */
#include "app/config.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *text = g_strndup(n > 0 ? (const char *)data : "", n);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjConfig) config = hj_config_read("hangji.conf", text, n, &error);
    g_assert((config == NULL) == (error != NULL));
    for (const HjConfigSetting *it = hj_config_settings; config != NULL && it->key != NULL;
         it++)
        if (it->type == HJ_CONFIG_NUMBER) {
            int64_t number = hj_config_number(config, it->key);
            g_assert(number >= it->min && number <= it->max);
        }
    return 0;
}
