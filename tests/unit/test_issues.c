#include "base/issues.h"
#include "base/value.h"
#include "tests/unit/unit.h"

static void
test_an_issue_is_kept_in_both_languages(void **state)
{
    (void)state;
    g_autoptr(HjIssues) issues = hj_issues_new();
    char field[] = "amount";
    hj_issues_add(issues, field, "type", N_("Write a number in digits, for example 1234.5."));
    field[0] = 'X'; /* the issue has its own copy */
    assert_int_equal(hj_issues_count(issues), 1);
    assert_string_equal(hj_issues_field(issues, 0), "amount");
    assert_string_equal(hj_issues_code(issues, 0), "type");
    assert_string_equal(hj_issues_message(issues, 0, HJ_EN),
                        "Write a number in digits, for example 1234.5.");
    assert_string_equal(hj_issues_message(issues, 0, HJ_ZH), "请用数字填写，例如 1234.5。");
}

static void
test_values_are_formatted_into_both_languages(void **state)
{
    (void)state;
    g_autoptr(HjIssues) issues = hj_issues_new();
    hj_issues_add(issues, "name", "length", "%s: %d of %d", "沧县", 3, 2);
    assert_string_equal(hj_issues_message(issues, 0, HJ_EN), "沧县: 3 of 2");
    assert_string_equal(hj_issues_message(issues, 0, HJ_ZH), "沧县: 3 of 2");
}

static void
test_the_first_issue_of_a_field_is_found(void **state)
{
    (void)state;
    g_autoptr(HjIssues) issues = hj_issues_new();
    assert_null(hj_issues_of(issues, "b", HJ_EN));
    HjLabel label = { .zh = "日期太早", .en = "Too early" };
    hj_issues_add(issues, "a", "required", "one");
    hj_issues_add_label(issues, "b", "rule", &label);
    hj_issues_add(issues, "b", "rule", "three");
    hj_issues_add(issues, NULL, "rule", "whole form");
    assert_string_equal(hj_issues_of(issues, "b", HJ_EN), "Too early");
    assert_string_equal(hj_issues_of(issues, "b", HJ_ZH), "日期太早");
    assert_string_equal(hj_issues_of(issues, "", HJ_EN), "whole form");
    assert_null(hj_issues_of(issues, "c", HJ_EN));
    hj_issues_clear(issues);
    assert_int_equal(hj_issues_count(issues), 0);
    hj_issues_add(issues, "d", "required", "again");
    assert_string_equal(hj_issues_of(issues, "d", HJ_EN), "again");
}

static void
test_a_text_without_translation_and_a_half_label_fall_back(void **state)
{
    (void)state;
    assert_string_equal(hj_tr(HJ_ZH, "no such text"), "no such text");
    assert_string_equal(hj_tr(HJ_ZH, "The number is too large."), "数值过大。");
    assert_string_equal(hj_tr(HJ_EN, "The number is too large."), "The number is too large.");
    assert_string_equal(hj_i18n_label(&(HjLabel){ .zh = "沧县" }, HJ_EN), "沧县");
    assert_string_equal(hj_i18n_label(&(HjLabel){ .zh = "", .en = "Cangxian" }, HJ_ZH),
                        "Cangxian");
    assert_string_equal(hj_i18n_label(&(HjLabel){ 0 }, HJ_ZH), "");
    assert_string_equal(hj_i18n_code(HJ_ZH), "zh");
    assert_string_equal(hj_i18n_code(HJ_EN), "en");
}

static void
test_a_date_binds_as_text_and_no_date_as_null(void **state)
{
    (void)state;
    HjVal some = HJ_DATE(hj_date_make(2018, 3, 5));
    HjVal none = HJ_DATE(HJ_DATE_NONE);
    HjVal text = HJ_TEXT("x");
    HjVal number = HJ_I64(3);
    assert_string_equal(hj_value_text(&some), "2018-03-05");
    assert_int_equal(none.kind, HJ_VAL_NULL);
    assert_null(hj_value_text(&none));
    assert_string_equal(hj_value_text(&text), "x");
    assert_null(hj_value_text(&number));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_issue_is_kept_in_both_languages),
        cmocka_unit_test(test_values_are_formatted_into_both_languages),
        cmocka_unit_test(test_the_first_issue_of_a_field_is_found),
        cmocka_unit_test(test_a_text_without_translation_and_a_half_label_fall_back),
        cmocka_unit_test(test_a_date_binds_as_text_and_no_date_as_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
