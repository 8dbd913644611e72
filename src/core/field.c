#include "core/field.h"

#include "base/decimal.h"
#include "base/error.h"
#include "base/id.h"
#include "base/text.h"

#include <string.h>

#define PERCENT_SCALE 2
#define MONEY_SCALE 2
/* An id has more digits than any organization code, so one input can carry either. */
#define ID_DIGITS 16
#define SHANGHAI_OFFSET "+08:00"

const char *
hj_field_type_name(HjFieldType type)
{
    return hj_pack_field_type_name(type);
}

bool
hj_field_cites_row(const HjField *field)
{
    return field->type == HJ_FIELD_PERSON || field->type == HJ_FIELD_ROW;
}

bool
hj_field_is_number(const HjField *field)
{
    switch (field->type) {
    case HJ_FIELD_BOOL:
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
    case HJ_FIELD_MONEY:
    case HJ_FIELD_DATETIME:
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ORG:
    case HJ_FIELD_ROW:
        return true;
    case HJ_FIELD_TEXT:
    case HJ_FIELD_LONG_TEXT:
    case HJ_FIELD_DATE:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_CHOICE:
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
    case HJ_FIELD_FILES:
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        return false;
    }
    return false;
}

bool
hj_field_is_importable(const HjField *field)
{
    return field->type != HJ_FIELD_FILES;
}

int
hj_field_scale(const HjField *field)
{
    if (field->type == HJ_FIELD_PERCENT)
        return PERCENT_SCALE;
    if (field->type == HJ_FIELD_MONEY)
        return MONEY_SCALE;
    return field->type == HJ_FIELD_DECIMAL ? field->scale : 0;
}

/* @msgid is a literal marked with N_() somewhere: no printf directive in it. */
static bool
refuse(const HjField *field, HjIssues *issues, const char *code, const char *msgid)
{
    HjLabel says = { .zh = hj_i18n_tr(HJ_ZH, msgid), .en = hj_i18n_tr(HJ_EN, msgid) };
    hj_issues_add_label(issues, field->name, code, &says);
    return false;
}

static bool
take_text(const HjField *field, const char *text, HjVal *ret, char **ret_owned,
          HjIssues *issues)
{
    if (field->max_length > 0 && hj_text_length(text) > (size_t)field->max_length) {
        hj_issues_add(issues, field->name, "length", N_("Write at most %d characters."),
                      field->max_length);
        return false;
    }
    *ret_owned = g_strdup(text);
    *ret = HJ_TEXT(*ret_owned);
    return true;
}

/* Where a pack sets no bounds: the databases add whole numbers, and one slip of a key shall not
 * take the sum of a list out of their range. */
#define MOST (INT64_C(1000) * 1000 * 1000 * 1000 * 1000)

static bool
take_scaled(const HjField *field, int64_t value, HjVal *ret, HjIssues *issues)
{
    int scale = hj_field_scale(field);
    int64_t min = field->has_min ? field->min : -MOST, max = field->has_max ? field->max : MOST;
    if (value < min) {
        hj_issues_add(issues, field->name, "range", N_("Must be at least %s."),
                      hj_decimal_text_grouped(min, scale).text);
        return false;
    }
    if (value > max) {
        hj_issues_add(issues, field->name, "range", N_("Must be at most %s."),
                      hj_decimal_text_grouped(max, scale).text);
        return false;
    }
    *ret = HJ_I64(value);
    return true;
}

static bool
take_number(const HjField *field, const char *text, HjVal *ret, HjIssues *issues)
{
    g_autoptr(GError) error = NULL;
    int64_t value;
    if (!hj_decimal_parse(text, hj_field_scale(field), &value, &error))
        return refuse(field, issues, "type", error->message);
    return take_scaled(field, value, ret, issues);
}

/* What a Chinese input method leaves in numbers: full-width digits and signs. */
static char *
half_width(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(out, c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c);
    }
    return g_string_free(out, FALSE);
}

/* Cuts @head and @tail once where they stand. */
static char *
without(const char *text, const char *head, const char *tail)
{
    const char *start = g_str_has_prefix(text, head) ? text + strlen(head) : text;
    size_t n = strlen(start);
    if (g_str_has_suffix(start, tail))
        n -= strlen(tail);
    g_autofree char *cut = g_strndup(start, n);
    return hj_text_tidy(cut);
}

/* Reads up to @max digits; -1 when there is none. */
static int
take_digits(const char **at, int max)
{
    int value = 0, n = 0;
    for (; n < max && g_ascii_isdigit(**at); n++, (*at)++)
        value = value * 10 + (**at - '0');
    return n > 0 ? value : -1;
}

/* Reads one of the separators after a part of a date. */
static bool
take_mark(const char **at, const char *han)
{
    if (g_str_has_prefix(*at, han)) {
        *at += strlen(han);
        return true;
    }
    if (**at == '-' || **at == '/' || **at == '.') {
        (*at)++;
        return true;
    }
    return false;
}

/* 2018-03-05, 2018/3/5, 2018.3.5, 2018年3月5日; @at is moved behind it. */
static HjDate
take_date(const char **at)
{
    int year = take_digits(at, 4);
    if (!take_mark(at, "年"))
        return HJ_DATE_NONE;
    int month = take_digits(at, 2);
    if (!take_mark(at, "月"))
        return HJ_DATE_NONE;
    int day = take_digits(at, 2);
    if (g_str_has_prefix(*at, "日"))
        *at += strlen("日");
    return year < 0 || month < 0 || day < 0 ? HJ_DATE_NONE : hj_date_make(year, month, day);
}

static bool
date_from_text(const HjField *field, const char *text, HjVal *ret, HjIssues *issues)
{
    const char *at = text;
    HjDate date = take_date(&at);
    if (date == HJ_DATE_NONE || *at != '\0')
        return refuse(field, issues, "type", N_("Write a date, for example 2018-03-05."));
    *ret = HJ_DATE(date);
    return true;
}

static bool
take_month(const HjField *field, int year, int month, HjVal *ret, char **ret_owned,
           HjIssues *issues)
{
    if (year < 0 || month < 0 || hj_date_make(year, month, 1) == HJ_DATE_NONE)
        return refuse(field, issues, "type", N_("Write a month, for example 2018-03."));
    *ret_owned = g_strdup_printf("%04d-%02d", year, month);
    *ret = HJ_TEXT(*ret_owned);
    return true;
}

static bool
month_from_text(const HjField *field, const char *text, HjVal *ret, char **ret_owned,
                HjIssues *issues)
{
    const char *at = text;
    int year = take_digits(&at, 4);
    int month = take_mark(&at, "年") ? take_digits(&at, 2) : -1;
    if (g_str_has_prefix(at, "月"))
        at += strlen("月");
    return take_month(field, *at == '\0' ? year : -1, month, ret, ret_owned, issues);
}

/* RFC 3339, or a day and a clock in Shanghai: "2018-03-05 14:30", "2018-03-05T14:30:00". */
static bool
datetime_from_text(const HjField *field, const char *text, HjVal *ret, HjIssues *issues)
{
    HjTime at;
    if (hj_time_parse(text, &at, NULL)) {
        *ret = HJ_TIME(at);
        return true;
    }
    const char *rest = text;
    HjDate date = take_date(&rest);
    if (date != HJ_DATE_NONE && (*rest == ' ' || *rest == 'T')) {
        const char *clock = rest + 1;
        const char *seconds = strlen(clock) == strlen("14:30") ? ":00" : "";
        g_autofree char *whole =
            g_strconcat(hj_date_text(date).text, "T", clock, seconds, SHANGHAI_OFFSET, NULL);
        if (hj_time_parse(whole, &at, NULL)) {
            *ret = HJ_TIME(at);
            return true;
        }
    }
    return refuse(field, issues, "type",
                  N_("Write a date and a time, for example 2018-03-05 14:30."));
}

static bool
bool_from_text(const HjField *field, const char *text, HjVal *ret, HjIssues *issues)
{
    static const char *const yes[] = { "1", "true", "on", "yes", "是", "有", NULL };
    static const char *const no[] = { "0", "false", "off", "no", "否", "无", NULL };
    /* A box with a hidden 0 before it arrives as "0,1". */
    const char *comma = strrchr(text, ',');
    g_autofree char *word = g_ascii_strdown(comma != NULL ? comma + 1 : text, -1);
    bool is_yes = g_strv_contains(yes, word);
    if (!is_yes && !g_strv_contains(no, word))
        return refuse(field, issues, "type", N_("Answer yes or no."));
    *ret = HJ_BOOL(is_yes);
    return true;
}

/* The item with this key or, where @labels, this title in either language; -1 when absent. */
static int
item_of(const HjList *list, const char *word, bool labels)
{
    for (size_t i = 0; i < list->n_items; i++) {
        const HjListItem *item = &list->items[i];
        if (g_str_equal(item->name, word))
            return (int)i;
        if (labels && (g_str_equal(hj_i18n_label(&item->title, HJ_ZH), word) ||
                       g_ascii_strcasecmp(hj_i18n_label(&item->title, HJ_EN), word) == 0))
            return (int)i;
    }
    return -1;
}

static bool
take_choice(const HjField *field, const char *word, bool labels, HjVal *ret, HjIssues *issues)
{
    int i = item_of(field->list, word, labels);
    if (i < 0)
        return refuse(field, issues, "choice", N_("Choose one of the list."));
    *ret = HJ_TEXT(field->list->items[i].name);
    return true;
}

/* The ticked items in list order between commas: ",a,b,"; none ticked is NULL. */
static void
take_ticked(const HjField *field, const bool *ticked, HjVal *ret, char **ret_owned)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < field->list->n_items; i++)
        if (ticked[i])
            g_string_append_printf(out, "%s%s,", out->len == 0 ? "," : "",
                                   field->list->items[i].name);
    if (out->len == 0) {
        g_string_free(out, TRUE);
        *ret = HJ_NULL;
        return;
    }
    *ret_owned = g_string_free(out, FALSE);
    *ret = HJ_TEXT(*ret_owned);
}

static bool
choices_from_text(const HjField *field, const char *text, HjVal *ret, char **ret_owned,
                  HjIssues *issues)
{
    static const char *const marks[] = { "，", "、", "；", ";", "\n" };
    g_autofree bool *ticked = g_new0(bool, field->list->n_items + 1);
    g_autoptr(GString) plain = g_string_new(text);
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        g_string_replace(plain, marks[i], ",", 0);
    g_auto(GStrv) words = g_strsplit(plain->str, ",", -1);
    for (size_t i = 0; words[i] != NULL; i++) {
        g_autofree char *word = hj_text_tidy(words[i]);
        if (*word == '\0')
            continue;
        int item = item_of(field->list, word, true);
        if (item < 0)
            return refuse(field, issues, "choice", N_("Choose only what the list has."));
        ticked[item] = true;
    }
    take_ticked(field, ticked, ret, ret_owned);
    return true;
}

static bool
reference_from_text(const HjField *field, const char *text, HjVal *ret, char **ret_owned,
                    HjIssues *issues)
{
    int64_t id;
    bool is_id = hj_id_parse(text, &id);
    if (field->type == HJ_FIELD_ORG && (!is_id || strlen(text) < ID_DIGITS)) {
        *ret_owned = g_strdup(text);
        *ret = HJ_TEXT(*ret_owned);
        return true;
    }
    if (!is_id)
        return refuse(field, issues, "reference", N_("Choose an existing record."));
    *ret = HJ_I64(id);
    return true;
}

/* Takes one id more into ",1,2,"; one that is there already counts once. */
static bool
add_file(const HjField *field, const char *word, GString *ids, HjIssues *issues)
{
    int64_t id;
    if (!hj_id_parse(word, &id))
        return refuse(field, issues, "reference", N_("There is no such file here."));
    g_autofree char *known = g_strdup_printf(",%" G_GINT64_FORMAT ",", id);
    if (strstr(ids->str, known) == NULL)
        g_string_append(ids, ids->len == 0 ? known : known + 1);
    return true;
}

static void
take_files(GString *ids, HjVal *ret, char **ret_owned)
{
    if (ids->len == 0)
        return;
    *ret_owned = g_strdup(ids->str);
    *ret = HJ_TEXT(*ret_owned);
}

static bool
files_from_text(const HjField *field, const char *text, HjVal *ret, char **ret_owned,
                HjIssues *issues)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    g_autoptr(GString) ids = g_string_new(NULL);
    for (size_t i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0' && !add_file(field, words[i], ids, issues))
            return false;
    take_files(ids, ret, ret_owned);
    return true;
}

static bool
number_from_text(const HjField *field, const char *text, HjVal *ret, HjIssues *issues)
{
    g_autofree char *half = half_width(text);
    if (field->type == HJ_FIELD_PERCENT) {
        g_autofree char *bare = without(half, "", "%");
        return take_number(field, bare, ret, issues);
    }
    if (field->type == HJ_FIELD_MONEY) {
        g_autofree char *yuan = without(half, "¥", "元");
        g_autofree char *bare = without(yuan, "￥", "");
        return take_number(field, bare, ret, issues);
    }
    return take_number(field, half, ret, issues);
}

bool
hj_field_from_text(const HjField *field, const char *text, HjVal *ret, char **ret_owned,
                   HjIssues *issues)
{
    *ret_owned = NULL;
    *ret = HJ_NULL;
    bool lines = field->type == HJ_FIELD_LONG_TEXT || field->type == HJ_FIELD_CHOICES ||
                 field->type == HJ_FIELD_LIST_CHECK;
    bool readable = text == NULL || g_utf8_validate(text, -1, NULL);
    g_autofree char *tidy = readable ? hj_text_tidy(text) : NULL;
    if (!readable || !hj_text_is_clean(tidy, lines))
        return refuse(field, issues, "type", N_("This text holds characters nobody can read."));
    if (*tidy == '\0')
        return true;
    switch (field->type) {
    case HJ_FIELD_TEXT:
    case HJ_FIELD_LONG_TEXT:
        return take_text(field, tidy, ret, ret_owned, issues);
    case HJ_FIELD_BOOL:
        return bool_from_text(field, tidy, ret, issues);
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
    case HJ_FIELD_MONEY:
        return number_from_text(field, tidy, ret, issues);
    case HJ_FIELD_CHOICE:
        return take_choice(field, tidy, true, ret, issues);
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
        return choices_from_text(field, tidy, ret, ret_owned, issues);
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ORG:
    case HJ_FIELD_ROW:
        return reference_from_text(field, tidy, ret, ret_owned, issues);
    case HJ_FIELD_FILES:
        return files_from_text(field, tidy, ret, ret_owned, issues);
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        return hj_field_sealed_read(field, tidy, ret, ret_owned, issues);
    case HJ_FIELD_DATE:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_DATETIME:
        break;
    }
    g_autofree char *half = half_width(tidy);
    if (field->type == HJ_FIELD_DATE)
        return date_from_text(field, half, ret, issues);
    if (field->type == HJ_FIELD_MONTH)
        return month_from_text(field, half, ret, ret_owned, issues);
    return datetime_from_text(field, half, ret, issues);
}

/* The answers of JSON: each type has one form. */

static bool
json_text(const HjField *field, const HjJson *json, HjVal *ret, char **ret_owned,
          HjIssues *issues)
{
    const char *text = hj_json_string(json);
    if (text == NULL)
        return refuse(field, issues, "type", N_("Must be a string."));
    g_autofree char *tidy = hj_text_tidy(text);
    if (!hj_text_is_clean(tidy, field->type == HJ_FIELD_LONG_TEXT))
        return refuse(field, issues, "type", N_("This text holds characters nobody can read."));
    return *tidy == '\0' || take_text(field, tidy, ret, ret_owned, issues);
}

static bool
json_number(const HjField *field, const HjJson *json, HjVal *ret, HjIssues *issues)
{
    HjJsonKind kind = hj_json_kind(json);
    if (field->type == HJ_FIELD_INTEGER || field->type == HJ_FIELD_MONEY) {
        if (kind != HJ_JSON_INTEGER)
            return refuse(field, issues, "type", N_("Must be an integer."));
        return take_scaled(field, hj_json_integer(json), ret, issues);
    }
    const char *text = kind == HJ_JSON_STRING ? hj_json_string(json) : hj_json_number(json);
    if (text == NULL)
        return refuse(field, issues, "type", N_("Must be a number."));
    return take_number(field, text, ret, issues);
}

static bool
json_bool(const HjField *field, const HjJson *json, HjVal *ret, HjIssues *issues)
{
    if (hj_json_kind(json) != HJ_JSON_BOOL)
        return refuse(field, issues, "type", N_("Must be true or false."));
    *ret = HJ_BOOL(hj_json_bool(json));
    return true;
}

static bool
json_choices(const HjField *field, const HjJson *json, HjVal *ret, char **ret_owned,
             HjIssues *issues)
{
    if (hj_json_kind(json) != HJ_JSON_ARRAY)
        return refuse(field, issues, "type", N_("Must be an array of keys."));
    g_autofree bool *ticked = g_new0(bool, field->list->n_items + 1);
    for (size_t i = 0; i < hj_json_count(json); i++) {
        const char *word = hj_json_string(hj_json_at(json, i));
        int item = word != NULL ? item_of(field->list, word, false) : -1;
        if (item < 0)
            return refuse(field, issues, "choice", N_("Choose only what the list has."));
        ticked[item] = true;
    }
    take_ticked(field, ticked, ret, ret_owned);
    return true;
}

static bool
json_files(const HjField *field, const HjJson *json, HjVal *ret, char **ret_owned,
           HjIssues *issues)
{
    if (hj_json_kind(json) != HJ_JSON_ARRAY)
        return refuse(field, issues, "type", N_("Must be an array of file numbers."));
    g_autoptr(GString) ids = g_string_new(NULL);
    for (size_t i = 0; i < hj_json_count(json); i++) {
        const char *word = hj_json_string(hj_json_at(json, i));
        if (!add_file(field, word != NULL ? word : "", ids, issues))
            return false;
    }
    take_files(ids, ret, ret_owned);
    return true;
}

/* Dates and instants in ISO 8601 and nothing else. */
static bool
json_day(const HjField *field, const char *text, HjVal *ret, char **ret_owned, HjIssues *issues)
{
    if (field->type == HJ_FIELD_DATETIME) {
        HjTime at;
        if (!hj_time_parse(text, &at, NULL))
            return refuse(field, issues, "type",
                          N_("Write an instant as RFC 3339, 2018-03-05T14:30:00+08:00."));
        *ret = HJ_TIME(at);
        return true;
    }
    HjDate date;
    if (field->type == HJ_FIELD_MONTH) {
        g_autofree char *first = g_strconcat(text, "-01", NULL);
        if (!hj_date_parse(first, &date, NULL))
            return refuse(field, issues, "type", N_("Write a month, for example 2018-03."));
        *ret_owned = g_strdup(text);
        *ret = HJ_TEXT(*ret_owned);
        return true;
    }
    if (!hj_date_parse(text, &date, NULL))
        return refuse(field, issues, "type", N_("Write a date, for example 2018-03-05."));
    *ret = HJ_DATE(date);
    return true;
}

bool
hj_field_from_json(const HjField *field, const HjJson *json, HjVal *ret, char **ret_owned,
                   HjIssues *issues)
{
    *ret_owned = NULL;
    *ret = HJ_NULL;
    if (hj_json_kind(json) == HJ_JSON_NULL)
        return true;
    const char *text = hj_json_string(json);
    switch (field->type) {
    case HJ_FIELD_TEXT:
    case HJ_FIELD_LONG_TEXT:
        return json_text(field, json, ret, ret_owned, issues);
    case HJ_FIELD_BOOL:
        return json_bool(field, json, ret, issues);
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
    case HJ_FIELD_MONEY:
        return json_number(field, json, ret, issues);
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
        return json_choices(field, json, ret, ret_owned, issues);
    case HJ_FIELD_FILES:
        return json_files(field, json, ret, ret_owned, issues);
    case HJ_FIELD_DATE:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_DATETIME:
    case HJ_FIELD_CHOICE:
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ORG:
    case HJ_FIELD_ROW:
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        break;
    }
    if (text == NULL)
        return refuse(field, issues, "type", N_("Must be a string."));
    if (*text == '\0')
        return true;
    if (hj_pack_field_is_sealed(field))
        return hj_field_from_text(field, text, ret, ret_owned, issues);
    if (field->type == HJ_FIELD_CHOICE)
        return take_choice(field, text, false, ret, issues);
    if (field->type == HJ_FIELD_PERSON || field->type == HJ_FIELD_ORG ||
        field->type == HJ_FIELD_ROW)
        return reference_from_text(field, text, ret, ret_owned, issues);
    return json_day(field, text, ret, ret_owned, issues);
}
