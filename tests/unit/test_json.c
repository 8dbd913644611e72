#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "tests/unit/unit.h"

#include <string.h>

static HjJson *
parse(const char *text)
{
    return hj_json_parse(text, strlen(text), NULL);
}

static void
assert_refused(const char *text, size_t n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjJson) root = hj_json_parse(text, n, &error);
    assert_null(root);
    assert_hj_error(error, HJ_ERROR_MALFORMED);
}

static void
test_a_document_is_read_with_every_kind_of_value(void **state)
{
    (void)state;
    g_autoptr(HjJson) root = parse("{\"id\":\"7\",\"n\":-9223372036854775808,\"ok\":true,"
                                   "\"none\":null,\"list\":[1,2.50,\"沧\\u53bf\",-0.10e1,[]]}");
    assert_non_null(root);
    assert_int_equal(hj_json_kind(root), HJ_JSON_OBJECT);
    assert_int_equal(hj_json_count(root), 5);
    assert_string_equal(hj_json_key_at(root, 0), "id");
    assert_string_equal(hj_json_key_at(root, 4), "list");
    assert_string_equal(hj_json_string(hj_json_get(root, "id")), "7");
    assert_true(hj_json_integer(hj_json_get(root, "n")) == INT64_MIN);
    assert_true(hj_json_bool(hj_json_get(root, "ok")));
    assert_int_equal(hj_json_kind(hj_json_get(root, "none")), HJ_JSON_NULL);
    assert_null(hj_json_get(root, "absent"));
    const HjJson *list = hj_json_get(root, "list");
    assert_int_equal(hj_json_count(list), 5);
    assert_int_equal(hj_json_kind(hj_json_at(list, 1)), HJ_JSON_REAL);
    assert_string_equal(hj_json_number(hj_json_at(list, 0)), "1");
    assert_string_equal(hj_json_number(hj_json_at(list, 1)), "2.50");
    assert_null(hj_json_string(hj_json_at(list, 1)));
    assert_string_equal(hj_json_string(hj_json_at(list, 2)), "沧县");
    assert_null(hj_json_number(hj_json_at(list, 2)));
    assert_string_equal(hj_json_number(hj_json_at(list, 3)), "-0.10e1");
    assert_int_equal(hj_json_count(hj_json_at(list, 4)), 0);
    assert_null(hj_json_get(list, "not an object"));
}

static void
test_numbers_keep_their_text_beside_digits_in_strings_and_keys(void **state)
{
    (void)state;
    g_autoptr(HjJson) root = parse(
        " { \"1.5\" : 0.30 , \"a\\\"2\" : \"3.5\\\\\" , \"z\" : { \"b\" : 4.00 }, \"c\":5 }");
    assert_non_null(root);
    assert_string_equal(hj_json_number(hj_json_get(root, "1.5")), "0.30");
    assert_string_equal(hj_json_string(hj_json_get(root, "a\"2")), "3.5\\");
    assert_string_equal(hj_json_number(hj_json_get(hj_json_get(root, "z"), "b")), "4.00");
    assert_int_equal(hj_json_integer(hj_json_get(root, "c")), 5);
}

static void
test_what_is_not_strict_json_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "{",
        "{}x",
        "{} {}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":1}}",
        "{a:1}",
        "{'a':1}",
        "[1,]",
        "[01]",
        "[+1]",
        "[.5]",
        "[1.]",
        "[NaN]",
        "[1e999]",
        "[9223372036854775808]",
        "[\"\\u0000\"]",
        "{\"\\u0000\":1}",
        "[\"\\ud800\"]",
        "[\"\xed\xa0\x80\"]",
        "[\"\xff\"]",
        "[\"\xc0\x80\"]",
        "[\"a\nb\"]",
        "[\"abc",
        "[\"abc\\",
        "\xef\xbb\xbf{}",
        "/* */ {}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_refused(wrong[i], strlen(wrong[i]));
    assert_refused("{}\0", 3);
    assert_refused("[\"a\0b\"]", 7);
    assert_refused("[1\0]", 4);
}

static void
test_a_document_deeper_than_32_is_refused(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 32; i++)
        g_string_append_c(text, '[');
    for (int i = 0; i < 32; i++)
        g_string_append_c(text, ']');
    g_autoptr(HjJson) root = parse(text->str);
    assert_non_null(root);
    g_string_prepend_c(text, '[');
    g_string_append_c(text, ']');
    assert_refused(text->str, text->len);
    g_autofree char *bomb = g_strnfill(1000000, '[');
    assert_refused(bomb, 1000000);
    g_autoptr(HjJson) brackets = parse("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]");
    assert_non_null(brackets);
}

static void
test_the_writer_places_commas_and_escapes(void **state)
{
    (void)state;
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_key(&w, "id");
    hj_json_id(&w, INT64_MAX);
    hj_json_key(&w, "list");
    hj_json_begin_array(&w);
    hj_json_i64(&w, -1);
    hj_json_decimal(&w, 1250, 2);
    hj_json_begin_object(&w);
    hj_json_end_object(&w);
    hj_json_text(&w, "沧县 \"\\\n\x01</script>");
    hj_json_end_array(&w);
    hj_json_key(&w, "yes");
    hj_json_flag(&w, true);
    hj_json_key(&w, "no");
    hj_json_flag(&w, false);
    hj_json_key(&w, "none");
    hj_json_nothing(&w);
    hj_json_key(&w, "missing");
    hj_json_text(&w, NULL);
    hj_json_key(&w, "raw");
    hj_json_raw(&w, "{\"a\":1}");
    hj_json_end_object(&w);
    assert_string_equal(out->str,
                        "{\"id\":\"9223372036854775807\",\"list\":[-1,12.50,{},"
                        "\"沧县 \\\"\\\\\\n\\u0001\\u003c/script>\"],\"yes\":true,"
                        "\"no\":false,\"none\":null,\"missing\":null,\"raw\":{\"a\":1}}");
    g_autoptr(HjJson) back = parse(out->str);
    assert_non_null(back);
    assert_string_equal(hj_json_string(hj_json_at(hj_json_get(back, "list"), 3)),
                        "沧县 \"\\\n\x01</script>");
}

static void
test_the_writer_never_lets_broken_utf8_out(void **state)
{
    (void)state;
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_text(&w, "a\xff\xe6\xb2");
    assert_true(g_utf8_validate(out->str, -1, NULL));
    g_autoptr(HjJson) back = parse(out->str);
    assert_non_null(back);
}

static void
test_a_log_line_is_one_json_object(void **state)
{
    (void)state;
    g_autofree char *line = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *option = g_strdup("--log");
    char *argv[] = { self, option, NULL };
    assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                             &line, NULL, &error));
    g_auto(GStrv) lines = g_strsplit(line, "\n", -1);
    assert_int_equal(g_strv_length(lines), 2); /* the line, then nothing */
    g_autoptr(HjJson) root = parse(lines[0]);
    assert_non_null(root);
    assert_string_equal(hj_json_string(hj_json_get(root, "level")), "warning");
    assert_string_equal(hj_json_string(hj_json_get(root, "event")), "request");
    assert_string_equal(hj_json_string(hj_json_get(root, "route")), "/a\n\"b\"");
    assert_int_equal(hj_json_kind(hj_json_get(root, "actor")), HJ_JSON_NULL);
    assert_int_equal(strlen(hj_json_string(hj_json_get(root, "time"))), 29);
}

static int
write_log(void)
{
    hj_log(HJ_LOG_DEBUG, "not shown", NULL);
    hj_log(HJ_LOG_WARNING, "request", "route", "/a\n\"b\"", "actor", NULL, NULL);
    hj_log_set_level(HJ_LOG_CRITICAL);
    hj_log(HJ_LOG_WARNING, "not shown", NULL);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 2 && g_str_equal(argv[1], "--log"))
        return write_log();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_document_is_read_with_every_kind_of_value),
        cmocka_unit_test(test_numbers_keep_their_text_beside_digits_in_strings_and_keys),
        cmocka_unit_test(test_what_is_not_strict_json_is_refused),
        cmocka_unit_test(test_a_document_deeper_than_32_is_refused),
        cmocka_unit_test(test_the_writer_places_commas_and_escapes),
        cmocka_unit_test(test_the_writer_never_lets_broken_utf8_out),
        cmocka_unit_test(test_a_log_line_is_one_json_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
