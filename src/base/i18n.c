#include "base/i18n.h"

#include <glib.h>
#include <string.h>

typedef struct {
    const char *msgid;
    const char *zh;
} Message;

/* static const Message messages[], sorted by the bytes of msgid; made from po/zh_CN.po. */
#include "base/i18n_zh.h"

const char *
hj_i18n_tr(HjLang lang, const char *msgid)
{
    if (lang == HJ_EN || msgid == NULL)
        return msgid;
    size_t low = 0;
    size_t high = G_N_ELEMENTS(messages);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(msgid, messages[middle].msgid);
        if (order == 0)
            return messages[middle].zh;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return msgid;
}

const char *
hj_i18n_label(const HjLabel *label, HjLang lang)
{
    const char *wanted = lang == HJ_EN ? label->en : label->zh;
    const char *other = lang == HJ_EN ? label->zh : label->en;
    if (wanted != NULL && wanted[0] != '\0')
        return wanted;
    return other != NULL ? other : "";
}

const char *
hj_i18n_code(HjLang lang)
{
    return lang == HJ_EN ? "en" : "zh";
}
