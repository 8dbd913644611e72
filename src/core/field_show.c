#include "base/decimal.h"
#include "core/field.h"
#include "core/prefill.h"

#include <string.h>

/* The words between the commas of ",a,b,". */
static char **
words_of(const char *text)
{
    g_assert(text != NULL);
    size_t n = strlen(text);
    g_autofree char *inner = n >= 2 ? g_strndup(text + 1, n - 2) : g_strdup("");
    return g_strsplit(inner, ",", -1);
}

static const char *
label_of(const HjField *field, const char *key, HjLang lang)
{
    const HjListItem *item = field->list != NULL ? hj_pack_list_item(field->list, key) : NULL;
    /* A key that a later pack took off the list still says something. */
    return item != NULL ? hj_i18n_label(&item->title, lang) : key;
}

static char *
show_choices(const HjField *field, const char *text, HjLang lang)
{
    g_auto(GStrv) words = words_of(text);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; words[i] != NULL; i++) {
        if (out->len > 0)
            g_string_append(out, lang == HJ_ZH ? "、" : ", ");
        g_string_append(out, label_of(field, words[i], lang));
    }
    return g_string_free(out, FALSE);
}

static char *
show_ticks(const HjField *field, const char *text)
{
    g_auto(GStrv) words = words_of(text);
    return g_strdup_printf("%u/%zu", g_strv_length(words), field->list->n_items);
}

static char *
show_files(const char *text, HjLang lang)
{
    g_auto(GStrv) words = words_of(text);
    return g_strdup_printf(hj_tr(lang, "%u files"), g_strv_length(words));
}

/* 1,234.5 yuan reads as 1,234.50; whole yuan stay whole. */
static char *
show_money(int64_t fen)
{
    HjDecimalText text = hj_decimal_text_grouped(fen, 2);
    const char *point = strchr(text.text, '.');
    return g_strconcat(text.text, point != NULL && strlen(point) == 2 ? "0" : "", NULL);
}

/* "2018-03-05 14:30" from RFC 3339. */
static char *
show_instant(int64_t at, char between)
{
    HjTimeText text = hj_time_text(at);
    char *out = g_strndup(text.text, strlen("2018-03-05T14:30"));
    out[strlen("2018-03-05")] = between;
    return out;
}

char *
hj_field_display(const HjField *field, bool is_null, int64_t i64, const char *text, HjLang lang)
{
    if (is_null)
        return g_strdup("");
    switch (field->type) {
    case HJ_FIELD_BOOL:
        return g_strdup(i64 != 0 ? hj_tr(lang, "Yes") : hj_tr(lang, "No"));
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_DECIMAL:
        return g_strdup(hj_decimal_text_grouped(i64, hj_field_scale(field)).text);
    case HJ_FIELD_PERCENT:
        return g_strconcat(hj_decimal_text_grouped(i64, hj_field_scale(field)).text, "%", NULL);
    case HJ_FIELD_MONEY:
        return show_money(i64);
    case HJ_FIELD_DATETIME:
        return show_instant(i64, ' ');
    case HJ_FIELD_CHOICE:
        return g_strdup(label_of(field, text, lang));
    case HJ_FIELD_CHOICES:
        return show_choices(field, text, lang);
    case HJ_FIELD_LIST_CHECK:
        return show_ticks(field, text);
    case HJ_FIELD_FILES:
        return show_files(text, lang);
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ORG:
    case HJ_FIELD_ROW:
        return g_strdup_printf("%" G_GINT64_FORMAT, i64);
    case HJ_FIELD_LONG_TEXT:
        if (field->prefill != NULL)
            return hj_prefill_display(field->prefill, text, lang);
        break;
    case HJ_FIELD_TEXT:
    case HJ_FIELD_DATE:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        break;
    }
    return g_strdup(text);
}

char *
hj_field_input(const HjField *field, bool is_null, int64_t i64, const char *text)
{
    if (is_null)
        return g_strdup("");
    switch (field->type) {
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
    case HJ_FIELD_MONEY:
        return g_strdup(hj_decimal_text(i64, hj_field_scale(field)).text);
    case HJ_FIELD_DATETIME:
        return show_instant(i64, 'T');
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
    case HJ_FIELD_FILES: {
        g_auto(GStrv) words = words_of(text);
        return g_strjoinv(",", words);
    }
    case HJ_FIELD_BOOL:
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ORG:
    case HJ_FIELD_ROW:
        return g_strdup_printf("%" G_GINT64_FORMAT, i64);
    /* An input is empty until the whole value is typed again. */
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        return g_strdup("");
    case HJ_FIELD_TEXT:
    case HJ_FIELD_LONG_TEXT:
    case HJ_FIELD_DATE:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_CHOICE:
        break;
    }
    return g_strdup(text);
}

static void
keys_to_json(const char *text, HjJsonWriter *w)
{
    g_auto(GStrv) words = words_of(text);
    hj_json_begin_array(w);
    for (size_t i = 0; words[i] != NULL; i++)
        hj_json_text(w, words[i]);
    hj_json_end_array(w);
}

void
hj_field_to_json(const HjField *field, bool is_null, int64_t i64, const char *text,
                 HjJsonWriter *w)
{
    if (is_null) {
        hj_json_nothing(w);
        return;
    }
    switch (field->type) {
    case HJ_FIELD_BOOL:
        hj_json_flag(w, i64 != 0);
        return;
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_MONEY:
        hj_json_i64(w, i64);
        return;
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
        hj_json_decimal(w, i64, hj_field_scale(field));
        return;
    case HJ_FIELD_DATETIME:
        hj_json_text(w, hj_time_text(i64).text);
        return;
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
    case HJ_FIELD_FILES:
        keys_to_json(text, w);
        return;
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ORG:
    case HJ_FIELD_ROW:
        hj_json_id(w, i64);
        return;
    case HJ_FIELD_TEXT:
    case HJ_FIELD_LONG_TEXT:
    case HJ_FIELD_DATE:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_CHOICE:
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        break;
    }
    hj_json_text(w, text);
}
