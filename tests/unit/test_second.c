/* The codes of RFC 6238 (appendix B, SHA-1) and RFC 4648 (base 32). */
#include "core/second.h"
#include "tests/unit/unit.h"

#include <string.h>

static void
test_the_codes_are_those_of_rfc_6238(void **state)
{
    static const struct {
        uint64_t seconds;
        uint32_t code;
    } vectors[] = {
        { 59, 94287082 },         { 1111111109, 7081804 },  { 1111111111, 14050471 },
        { 1234567890, 89005924 }, { 2000000000, 69279037 }, { 20000000000, 65353130 },
    };
    const char *secret = "12345678901234567890";
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        uint64_t step = vectors[i].seconds / HJ_SECOND_STEP;
        assert_int_equal(hj_second_code(secret, 20, step, 8), vectors[i].code);
        assert_int_equal(hj_second_code(secret, 20, step, 6), vectors[i].code % 1000000);
    }
}

static void
test_base_32_is_that_of_rfc_4648(void **state)
{
    static const char *const vectors[][2] = {
        { "", "" },
        { "f", "MY" },
        { "fo", "MZXQ" },
        { "foo", "MZXW6" },
        { "foob", "MZXW6YQ" },
        { "fooba", "MZXW6YTB" },
        { "foobar", "MZXW6YTBOI" },
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        g_autofree char *text = hj_second_base32(vectors[i][0], strlen(vectors[i][0]));
        assert_string_equal(text, vectors[i][1]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_codes_are_those_of_rfc_6238),
        cmocka_unit_test(test_base_32_is_that_of_rfc_4648),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
