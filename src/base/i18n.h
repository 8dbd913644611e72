/* i18n: the two languages of the product, looked up per request.
 *
 * Program texts are English msgids found in the embedded Chinese catalogue; pack texts are data
 * that bring both languages with them (HjLabel).  The process locale is never used.
 *
 * Units    UTF-8
 * Owns     nothing; returned strings live as long as the program (hj_tr) or the label
 * Threads  any
 * Source   style.md 2.9 */
#pragma once

typedef enum {
    HJ_ZH, /* the default */
    HJ_EN,
} HjLang;

typedef struct {
    const char *zh;
    const char *en;
} HjLabel;

/* The text of @msgid in @lang; the msgid itself where no translation exists. */
const char *hj_i18n_tr(HjLang lang, const char *msgid) __attribute__((format_arg(2)));
#define hj_tr(lang, msgid) hj_i18n_tr((lang), (msgid))
#define N_(msgid) msgid /* marks a literal for xgettext */

const char *hj_i18n_label(const HjLabel *label, HjLang lang);

/* "zh" or "en". */
const char *hj_i18n_code(HjLang lang);
