#include "base/citizen.h"
#include "tests/unit/unit.h"

static void
numbers_with_the_right_check_are_good(void **state)
{
    (void)state;
    HjCitizen who;
    assert_int_equal(hj_citizen_read("11010519491231002X", &who), HJ_CITIZEN_GOOD);
    assert_string_equal(who.division, "110105");
    assert_int_equal(who.born, hj_date_make(1949, 12, 31));
    assert_true(who.female);
    assert_int_equal(hj_citizen_read("440524188001010014", &who), HJ_CITIZEN_GOOD);
    assert_int_equal(who.born, hj_date_make(2280, 1, 1) - 146097);
    assert_false(who.female);
}

static void
every_fault_has_its_name(void **state)
{
    (void)state;
    assert_int_equal(hj_citizen_read("110105194912310021", NULL), HJ_CITIZEN_CHECK);
    assert_int_equal(hj_citizen_read("110105202602300021", NULL), HJ_CITIZEN_BIRTH);
    assert_int_equal(hj_citizen_read("110105491231002", NULL), HJ_CITIZEN_OLD);
    assert_int_equal(hj_citizen_read("1101051949123100", NULL), HJ_CITIZEN_LENGTH);
    assert_int_equal(hj_citizen_read("1101051949123100X2", NULL), HJ_CITIZEN_LENGTH);
    assert_int_equal(hj_citizen_read("99010519491231002X", NULL), HJ_CITIZEN_DIVISION);
    assert_int_equal(hj_citizen_read("", NULL), HJ_CITIZEN_LENGTH);
}

static void
one_wrong_digit_or_two_exchanged_never_pass(void **state)
{
    (void)state;
    const char good[] = "11010519491231002X";
    for (size_t i = 0; i < 17; i++)
        for (char digit = '0'; digit <= '9'; digit++) {
            char other[sizeof good];
            g_strlcpy(other, good, sizeof other);
            other[i] = digit;
            if (digit != good[i])
                assert_int_not_equal(hj_citizen_read(other, NULL), HJ_CITIZEN_GOOD);
        }
    for (size_t i = 0; i + 1 < 17; i++) {
        char other[sizeof good];
        g_strlcpy(other, good, sizeof other);
        other[i] = good[i + 1];
        other[i + 1] = good[i];
        if (good[i] != good[i + 1])
            assert_int_not_equal(hj_citizen_read(other, NULL), HJ_CITIZEN_GOOD);
    }
}

static void
what_people_type_is_brought_to_one_form(void **state)
{
    (void)state;
    g_autofree char *number = hj_citizen_tidy(" １１０１０５ 1949-1231 002ｘ ");
    assert_string_equal(number, "11010519491231002X");
    g_autofree char *masked = hj_citizen_mask(number);
    assert_string_equal(masked, "110105********002X");
    g_autofree char *nothing = hj_citizen_mask("123");
    assert_string_equal(nothing, "***");
}

static void
credit_codes_are_checked(void **state)
{
    (void)state;
    assert_true(hj_credit_is_good("91350100M000100Y43"));
    assert_false(hj_credit_is_good("91350100M000100Y44"));
    assert_false(hj_credit_is_good("91350100M000100YO3"));
    assert_false(hj_credit_is_good("91350100M000100Y4"));
    g_autofree char *masked = hj_credit_mask("91350100M000100Y43");
    assert_string_equal(masked, "91350100******0Y43");
}

static void
phones_are_mobile_or_lines_or_foreign(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *kept;
    } cases[] = {
        { "138 1234 5678", "13812345678" },
        { "+86-13812345678", "13812345678" },
        { "0086 138-1234-5678", "13812345678" },
        { "（0317）3022222", "03173022222" },
        { "0317-3022222", "03173022222" },
        { "+85212345678", "+85212345678" },
        { "12812345678", NULL },
        { "1381234567", NULL },
        { "138123456789", NULL },
        { "", NULL },
        { "电话", NULL },
        { "+0812345678", NULL },
        { "+86 +86 138-1232 13878", NULL }, /* found by the fuzzer */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *kept = hj_phone_tidy(cases[i].typed);
        if (g_strcmp0(kept, cases[i].kept) != 0)
            fail_msg("%s gave %s", cases[i].typed, kept);
    }
    g_autofree char *masked = hj_phone_mask("13812345678");
    assert_string_equal(masked, "138****5678");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_with_the_right_check_are_good),
        cmocka_unit_test(every_fault_has_its_name),
        cmocka_unit_test(one_wrong_digit_or_two_exchanged_never_pass),
        cmocka_unit_test(what_people_type_is_brought_to_one_form),
        cmocka_unit_test(credit_codes_are_checked),
        cmocka_unit_test(phones_are_mobile_or_lines_or_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
