#include "core/field.h"
#include "tests/unit/unit.h"

#include <string.h>

static HjListItem items[] = {
    { .name = "red", .title = { .zh = "红", .en = "Red" } },
    { .name = "deep_blue", .title = { .zh = "深蓝", .en = "Deep blue" } },
    { .name = "green", .title = { .zh = "绿", .en = "Green" } },
};
static HjList colours = { .name = "colours", .items = items, .n_items = 3 };

static HjField
field_of(HjFieldType type)
{
    return (HjField){ .name = "f", .type = type, .scale = 2, .list = &colours };
}

/* What is stored for @text: a text, a number, "NULL", or "!code" of the issue. */
static char *
stored(const HjField *field, const char *text)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autofree char *owned = NULL;
    HjVal val;
    if (!hj_field_from_text(field, text, &val, &owned, issues)) {
        assert_int_equal(hj_issues_count(issues), 1);
        assert_string_equal(hj_issues_field(issues, 0), "f");
        assert_true(strlen(hj_issues_message(issues, 0, HJ_ZH)) > 0);
        return g_strconcat("!", hj_issues_code(issues, 0), NULL);
    }
    assert_int_equal(hj_issues_count(issues), 0);
    if (val.kind == HJ_VAL_I64)
        return g_strdup_printf("%" G_GINT64_FORMAT, val.i64);
    const char *kept = hj_value_text(&val);
    return g_strdup(kept != NULL ? kept : "NULL");
}

typedef struct {
    const char *text;
    const char *wanted;
} Case;

static void
check(const HjField *field, const Case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *found = stored(field, cases[i].text);
        if (strcmp(found, cases[i].wanted) != 0)
            print_error("%s \"%s\"\n", hj_field_type_name(field->type), cases[i].text);
        assert_string_equal(found, cases[i].wanted);
    }
}

#define CHECK(field, ...)                                                                      \
    do {                                                                                       \
        const Case cases_[] = { __VA_ARGS__ };                                                 \
        check((field), cases_, G_N_ELEMENTS(cases_));                                          \
    } while (false)

static void
test_an_empty_input_is_no_value_in_every_type(void **state)
{
    (void)state;
    for (int type = HJ_FIELD_TEXT; type <= HJ_FIELD_ROW; type++) {
        HjField field = field_of((HjFieldType)type);
        CHECK(&field, { "", "NULL" }, { " 　\t", "NULL" }, { NULL, "NULL" });
        assert_non_null(hj_field_type_name((HjFieldType)type));
    }
}

static void
test_texts_are_trimmed_and_measured_in_characters(void **state)
{
    (void)state;
    HjField text = field_of(HJ_FIELD_TEXT);
    text.max_length = 4;
    CHECK(&text, { "　王小强 ", "王小强" }, { "𠮷𠮷𠮷𠮷", "𠮷𠮷𠮷𠮷" },
          { "一二三四五", "!length" }, { "a\nb", "!type" }, { "\xe4\xb8", "!type" },
          { "a\x07", "!type" },
          { "\xe2\x80\xae"
            "a",
            "!type" },
          { "<b>'", "<b>'" });
    HjField lines = field_of(HJ_FIELD_LONG_TEXT);
    CHECK(&lines, { "a\r\nb\n", "a\nb" }, { "a\tb", "a\tb" }, { "a\x01", "!type" });
}

static void
test_numbers_are_read_as_people_write_them(void **state)
{
    (void)state;
    HjField integer = field_of(HJ_FIELD_INTEGER);
    integer.has_min = integer.has_max = true;
    integer.min = -5;
    integer.max = 20000;
    CHECK(&integer, { "12", "12" }, { "１２", "12" }, { "1,234", "1234" }, { "-5", "-5" },
          { "-6", "!range" }, { "20001", "!range" }, { "1.5", "!type" }, { "12a", "!type" },
          { "1,2", "!type" }, { "99999999999999999999", "!type" });
    HjField decimal = field_of(HJ_FIELD_DECIMAL);
    CHECK(&decimal, { "12.5", "1250" }, { "-0.01", "-1" }, { "12.345", "!type" },
          { "1e3", "!type" });
    HjField percent = field_of(HJ_FIELD_PERCENT);
    CHECK(&percent, { "85.5", "8550" }, { "85.5%", "8550" }, { "85.5 ％", "8550" },
          { "%", "!type" }, { "85%%", "!type" });
    HjField money = field_of(HJ_FIELD_MONEY), count = field_of(HJ_FIELD_INTEGER);
    /* Two of the largest numbers there are could not be added up any more. */
    CHECK(&money, { "92233720368547758.07", "!range" }, { "-92233720368547758.08", "!range" },
          { "10,000,000,000,000", "1000000000000000" }, { "10000000000000.01", "!range" });
    CHECK(&count, { "9223372036854775807", "!range" });
    CHECK(&money, { "1,234.50", "123450" }, { "¥1234.5元", "123450" }, { "￥12", "1200" },
          { "0.005", "!type" }, { "万", "!type" });
}

static void
test_yes_and_no_have_many_words(void **state)
{
    (void)state;
    HjField field = field_of(HJ_FIELD_BOOL);
    CHECK(&field, { "是", "1" }, { "否", "0" }, { "true", "1" }, { "False", "0" }, { "1", "1" },
          { "0", "0" }, { "on", "1" }, { "0,1", "1" }, { "2", "!type" }, { "maybe", "!type" });
}

static void
test_days_are_read_in_every_common_form(void **state)
{
    (void)state;
    HjField date = field_of(HJ_FIELD_DATE);
    CHECK(&date, { "2018-03-05", "2018-03-05" }, { "2018/3/5", "2018-03-05" },
          { "2018.3.5", "2018-03-05" }, { "2018年3月5日", "2018-03-05" },
          { "２０１８－３－５", "2018-03-05" }, { "2016-02-29", "2016-02-29" },
          { "2018-02-29", "!type" }, { "2018-13-01", "!type" }, { "5/3/2018", "!type" },
          { "2018-03-05x", "!type" }, { "20180305", "!type" }, { "1899-12-31", "!type" });
    HjField month = field_of(HJ_FIELD_MONTH);
    CHECK(&month, { "2018-03", "2018-03" }, { "2018/3", "2018-03" },
          { "2018年12月", "2018-12" }, { "2018-00", "!type" }, { "2018", "!type" },
          { "2018-03-05", "!type" });
    HjField instant = field_of(HJ_FIELD_DATETIME);
    HjTime noon;
    assert_true(hj_time_parse("2018-03-05T12:00:00+08:00", &noon, NULL));
    g_autofree char *wanted = g_strdup_printf("%" G_GINT64_FORMAT, noon);
    CHECK(&instant, { "2018-03-05 12:00", wanted }, { "2018-03-05T12:00", wanted },
          { "2018/3/5 12:00:00", wanted }, { "2018-03-05T04:00:00Z", wanted },
          { "2018-03-05", "!type" }, { "2018-03-05 25:00", "!type" });
}

static void
test_choices_go_by_key_or_label_and_keep_list_order(void **state)
{
    (void)state;
    HjField one = field_of(HJ_FIELD_CHOICE);
    CHECK(&one, { "deep_blue", "deep_blue" }, { "深蓝", "deep_blue" },
          { "DEEP BLUE", "deep_blue" }, { "blue", "!choice" });
    HjField many = field_of(HJ_FIELD_CHOICES);
    CHECK(&many, { "green,red", ",red,green," }, { "绿、深蓝", ",deep_blue,green," },
          { "red；red", ",red," }, { "red,pink", "!choice" }, { ",", "NULL" });
}

static void
test_references_are_ids_and_organizations_also_codes(void **state)
{
    (void)state;
    HjField row = field_of(HJ_FIELD_ROW);
    CHECK(&row, { "12345", "12345" }, { "0", "!reference" }, { "-1", "!reference" },
          { "x", "!reference" });
    HjField org = field_of(HJ_FIELD_ORG);
    CHECK(&org, { "130921100201", "130921100201" }, { "130921100201B1", "130921100201B1" },
          { "3730000000000000000", "3730000000000000000" });
}

static char *
shown(const HjField *field, int64_t i64, const char *text, HjLang lang)
{
    return hj_field_display(field, false, i64, text, lang);
}

#define assert_text(wanted, call)                                                              \
    do {                                                                                       \
        g_autofree char *found_ = (call);                                                      \
        assert_string_equal(found_, (wanted));                                                 \
    } while (false)

static void
test_values_read_well_on_the_screen(void **state)
{
    (void)state;
    HjField money = field_of(HJ_FIELD_MONEY), percent = field_of(HJ_FIELD_PERCENT);
    HjField many = field_of(HJ_FIELD_CHOICES), ticks = field_of(HJ_FIELD_LIST_CHECK);
    HjField one = field_of(HJ_FIELD_CHOICE), instant = field_of(HJ_FIELD_DATETIME);
    assert_text("1,234.50", shown(&money, 123450, NULL, HJ_ZH));
    assert_text("1,234", shown(&money, 123400, NULL, HJ_ZH));
    assert_text("85.5%", shown(&percent, 8550, NULL, HJ_ZH));
    assert_text("红、绿", shown(&many, 0, ",red,green,", HJ_ZH));
    assert_text("Red, Green", shown(&many, 0, ",red,green,", HJ_EN));
    assert_text("2/3", shown(&ticks, 0, ",red,green,", HJ_ZH));
    assert_text("深蓝", shown(&one, 0, "deep_blue", HJ_ZH));
    /* A key that a later pack dropped. */
    assert_text("pink", shown(&one, 0, "pink", HJ_ZH));
    HjTime at;
    assert_true(hj_time_parse("2018-03-05T14:30:00+08:00", &at, NULL));
    assert_text("2018-03-05 14:30", shown(&instant, at, NULL, HJ_ZH));
    assert_text("", hj_field_display(&money, true, 0, NULL, HJ_ZH));
}

static void
test_what_stands_in_an_input_reads_back_the_same(void **state)
{
    (void)state;
    HjTime at;
    assert_true(hj_time_parse("2018-03-05T14:30:00+08:00", &at, NULL));
    const struct {
        HjFieldType type;
        int64_t i64;
        const char *text;
    } values[] = {
        { HJ_FIELD_TEXT, 0, "甲, 乙" },
        { HJ_FIELD_LONG_TEXT, 0, "一\n二" },
        { HJ_FIELD_BOOL, 1, NULL },
        { HJ_FIELD_BOOL, 0, NULL },
        { HJ_FIELD_INTEGER, -1234567, NULL },
        { HJ_FIELD_DECIMAL, 1234550, NULL },
        { HJ_FIELD_PERCENT, 8555, NULL },
        { HJ_FIELD_MONEY, -123456, NULL },
        { HJ_FIELD_DATE, 0, "2018-03-05" },
        { HJ_FIELD_MONTH, 0, "2018-03" },
        { HJ_FIELD_DATETIME, at, NULL },
        { HJ_FIELD_CHOICE, 0, "deep_blue" },
        { HJ_FIELD_CHOICES, 0, ",red,green," },
        { HJ_FIELD_LIST_CHECK, 0, ",deep_blue," },
        { HJ_FIELD_PERSON, 42, NULL },
        { HJ_FIELD_ORG, 3730000000000000000, NULL },
        { HJ_FIELD_ROW, 7, NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        HjField field = field_of(values[i].type);
        assert_int_equal(hj_field_is_number(&field), values[i].text == NULL);
        g_autofree char *input = hj_field_input(&field, false, values[i].i64, values[i].text);
        g_autofree char *again = stored(&field, input);
        g_autofree char *wanted = values[i].text != NULL
                                      ? g_strdup(values[i].text)
                                      : g_strdup_printf("%" G_GINT64_FORMAT, values[i].i64);
        assert_string_equal(again, wanted);
    }
}

/* The JSON of a stored value, and what reading it again stores. */
static void
test_json_goes_out_as_it_comes_in(void **state)
{
    (void)state;
    const struct {
        HjFieldType type;
        int64_t i64;
        const char *text, *json;
    } values[] = {
        { HJ_FIELD_TEXT, 0, "a\"乙", "\"a\\\"乙\"" },
        { HJ_FIELD_BOOL, 1, NULL, "true" },
        { HJ_FIELD_INTEGER, -5, NULL, "-5" },
        { HJ_FIELD_DECIMAL, 1250, NULL, "12.50" },
        { HJ_FIELD_PERCENT, 8550, NULL, "85.50" },
        { HJ_FIELD_MONEY, 123450, NULL, "123450" },
        { HJ_FIELD_DATE, 0, "2018-03-05", "\"2018-03-05\"" },
        { HJ_FIELD_MONTH, 0, "2018-03", "\"2018-03\"" },
        { HJ_FIELD_CHOICE, 0, "red", "\"red\"" },
        { HJ_FIELD_CHOICES, 0, ",red,green,", "[\"red\",\"green\"]" },
        { HJ_FIELD_PERSON, 42, NULL, "\"42\"" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        HjField field = field_of(values[i].type);
        g_autoptr(GString) out = g_string_new(NULL);
        HjJsonWriter w = { .out = out };
        hj_field_to_json(&field, false, values[i].i64, values[i].text, &w);
        assert_string_equal(out->str, values[i].json);
        g_autofree char *object = g_strdup_printf("{\"f\":%s}", out->str);
        g_autoptr(HjJson) json = hj_json_parse(object, strlen(object), NULL);
        g_autoptr(HjIssues) issues = hj_issues_new();
        g_autofree char *owned = NULL;
        HjVal val;
        assert_true(hj_field_from_json(&field, hj_json_get(json, "f"), &val, &owned, issues));
        if (values[i].text == NULL)
            assert_int_equal(val.i64, values[i].i64);
        else
            assert_string_equal(hj_value_text(&val), values[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_input_is_no_value_in_every_type),
        cmocka_unit_test(test_texts_are_trimmed_and_measured_in_characters),
        cmocka_unit_test(test_numbers_are_read_as_people_write_them),
        cmocka_unit_test(test_yes_and_no_have_many_words),
        cmocka_unit_test(test_days_are_read_in_every_common_form),
        cmocka_unit_test(test_choices_go_by_key_or_label_and_keep_list_order),
        cmocka_unit_test(test_references_are_ids_and_organizations_also_codes),
        cmocka_unit_test(test_values_read_well_on_the_screen),
        cmocka_unit_test(test_what_stands_in_an_input_reads_back_the_same),
        cmocka_unit_test(test_json_goes_out_as_it_comes_in),
    };
    /* What the loader would have made. */
    g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < colours.n_items; i++)
        g_hash_table_insert(index, (gpointer)items[i].name, &items[i]);
    colours.index = index;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
