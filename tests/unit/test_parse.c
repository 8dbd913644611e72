#include "base/error.h"
#include "tests/unit/unit.h"
#include "web/parse.h"

#include <string.h>

static void
test_a_query_is_decoded_pair_by_pair(void **state)
{
    (void)state;
    g_autoptr(HjArena) arena = hj_arena_new();
    const char *text = "q=%E6%B2%A7+%E5%8E%BF&empty=&bare&q=2";
    HjPairs pairs;
    assert_true(hj_parse_pairs(arena, text, strlen(text), false, &pairs, NULL));
    assert_int_equal(pairs.n, 4);
    assert_string_equal(hj_parse_find(&pairs, "q"), "沧 县");
    assert_string_equal(hj_parse_find(&pairs, "empty"), "");
    assert_string_equal(hj_parse_find(&pairs, "bare"), "");
    assert_null(hj_parse_find(&pairs, "absent"));
}

static void
test_what_is_not_well_formed_is_refused_whole(void **state)
{
    (void)state;
    static const char *const bad[] = { "a=%",      "a=%4",        "a=%G1",           "a=%00",
                                       "a=%E6%B2", "a=%C0%AF",    "a=%ED%A0%80",     "=b",
                                       "a=1&&b=2", "a=1&",        "a=b c",           "a=\n",
                                       "a=%1b",    "a=%E2%80%AE", "a=%0D%0AInjected" };
    g_autoptr(HjArena) arena = hj_arena_new();
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        HjPairs pairs;
        g_autoptr(GError) error = NULL;
        if (hj_parse_pairs(arena, bad[i], strlen(bad[i]), false, &pairs, &error))
            fail_msg("%s was accepted", bad[i]);
        assert_hj_error(error, HJ_ERROR_MALFORMED);
    }
}

static void
test_a_form_may_hold_lines_and_repeated_names(void **state)
{
    (void)state;
    g_autoptr(HjArena) arena = hj_arena_new();
    const char *text = "kind=a&note=one%0D%0Atwo&kind=b&kind=c";
    HjPairs form;
    assert_true(hj_parse_pairs(arena, text, strlen(text), true, &form, NULL));
    hj_parse_join(arena, &form);
    assert_int_equal(form.n, 2);
    assert_string_equal(hj_parse_find(&form, "kind"), "a,b,c");
    assert_string_equal(hj_parse_find(&form, "note"), "one\r\ntwo");
}

static void
test_a_path_is_cut_into_clean_segments(void **state)
{
    (void)state;
    g_autoptr(HjArena) arena = hj_arena_new();
    const char *segments[HJ_PARSE_MAX_SEGMENTS];
    size_t n = 9;
    assert_true(hj_parse_path(arena, "/", 1, segments, &n, NULL));
    assert_int_equal(n, 0);
    const char *text = "/orgs/%E6%B2%A7/";
    assert_true(hj_parse_path(arena, text, strlen(text), segments, &n, NULL));
    assert_int_equal(n, 3);
    assert_string_equal(segments[1], "沧");
    assert_string_equal(segments[2], "");
    static const char *const bad[] = { "",       "a",     "//a",   "/a//b",    "/a/../b",
                                       "/a/%2e", "/a%2f", "/a%00", "/a/%ff%fe" };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        if (hj_parse_path(arena, bad[i], strlen(bad[i]), segments, &n, NULL))
            fail_msg("%s was accepted", bad[i]);
    }
}

static void
test_a_cookie_is_found_by_its_whole_name_and_only_once(void **state)
{
    (void)state;
    char value[16];
    assert_true(hj_parse_cookie("lang=en; hangji=abc-_1 ", "hangji", value, sizeof value));
    assert_string_equal(value, "abc-_1");
    static const char *const bad[] = {
        "xhangji=a",          "hangji2=a", "hangji=",    "hangji=\"a\"",
        "hangji=a; hangji=b", "HANGJI=a",  "hangji=a b", "hangji=0123456789abcdef"
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        if (hj_parse_cookie(bad[i], "hangji", value, sizeof value))
            fail_msg("%s was accepted", bad[i]);
    }
    assert_false(hj_parse_cookie(NULL, "hangji", value, sizeof value));
}

static void
test_preferences_are_weighed(void **state)
{
    (void)state;
    assert_int_equal(hj_parse_language(NULL), HJ_ZH);
    assert_int_equal(hj_parse_language("en-GB,en;q=0.9"), HJ_EN);
    assert_int_equal(hj_parse_language("en;q=0.4,zh-CN;q=0.5"), HJ_ZH);
    assert_int_equal(hj_parse_language("fr,de"), HJ_ZH);
    assert_int_equal(hj_parse_language("e"), HJ_ZH);
    assert_true(hj_parse_accepts_coding("br, gzip;q=0.5", "gzip"));
    assert_false(hj_parse_accepts_coding("gzip;q=0", "gzip"));
    assert_false(hj_parse_accepts_coding("x-gzip-like", "gzip"));
    assert_true(hj_parse_etag_matches("W/\"a\", \"b\"", "\"b\""));
    assert_true(hj_parse_etag_matches("*", "\"b\""));
    assert_false(hj_parse_etag_matches("\"c\"", "\"b\""));
}

static void
test_only_addresses_within_the_site_are_local(void **state)
{
    (void)state;
    static const char *const bad[] = { "",          "rows",       "//host", "/\\host",
                                       "https://x", "/a\r\nb: c", "/a b" };
    assert_true(hj_parse_is_local("/"));
    assert_true(hj_parse_is_local("/ledgers?q=%20"));
    assert_false(hj_parse_is_local(NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(hj_parse_is_local(bad[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_query_is_decoded_pair_by_pair),
        cmocka_unit_test(test_what_is_not_well_formed_is_refused_whole),
        cmocka_unit_test(test_a_form_may_hold_lines_and_repeated_names),
        cmocka_unit_test(test_a_path_is_cut_into_clean_segments),
        cmocka_unit_test(test_a_cookie_is_found_by_its_whole_name_and_only_once),
        cmocka_unit_test(test_preferences_are_weighed),
        cmocka_unit_test(test_only_addresses_within_the_site_are_local),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
