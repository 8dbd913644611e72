#include "blocks.html.h"
#include "good/views.h"
#include "row.html.h"
#include "tests/unit/unit.h"
#include "texts.html.h"
#include "values.html.h"
#include "web/asset.h"
#include "web/html.h"

#include <string.h>

/* The templates are tests/check/tmplc/good/NAME.html; NAME.expected is what they must write. */

#define EVIL "<&\"'>"

static const char *const tags[] = { "a", "b" };
static GoodRow rows[] = {
    { .name = "One", .id = 1, .chosen = true, .tags = tags, .n_tags = 2 },
    { .name = "Two", .id = 2 },
};
static const HjLabel evil_label = { .zh = EVIL, .en = EVIL };
static char own_text[] = EVIL;

static GoodView
good_view(void)
{
    GoodView view = {
        .text = EVIL,
        .own_text = own_text,
        .inline_text = EVIL,
        .safe = { .html = "<b>safe</b>", .n = 11 },
        .small = -7,
        .big = INT64_C(1234567890123),
        .huge = UINT64_MAX,
        .n = 3,
        .fen = 123450,
        .never = HJ_DATE_NONE,
        .label = evil_label,
        .label_at = &evil_label,
        .to = "/rows/1?a=1&b=2",
        .elsewhere = "//example.org/",
        .mood = 2,
        .rows = rows,
        .n_rows = G_N_ELEMENTS(rows),
    };
    view.on = hj_date_make(2018, 3, 5);
    assert_true(hj_time_parse("2018-03-05T19:30:59+08:00", &view.at, NULL));
    return view;
}

static void
assert_writes(GString *buf, const char *name)
{
    g_autofree char *file = g_strconcat(name, ".expected", NULL);
    g_autofree char *path = g_build_filename(GOOD_TEMPLATES, file, NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_autoptr(GString) wanted = g_string_new(text);
    g_string_replace(wanted, "ASSET",
                     hj_asset_url(strcmp(name, "blocks") == 0 ? "app.js" : "app.css"), 0);
    g_string_append_c(buf, '\n'); /* a template does not send its last line end */
    assert_string_equal(buf->str, wanted->str);
    assert_int_equal(buf->len, strlen(buf->str));
}

static void
test_every_place_for_a_text_escapes_it(void **state)
{
    (void)state;
    g_autoptr(GString) buf = g_string_new(NULL);
    HjOut out = { .buf = buf, .lang = HJ_EN, .csrf = EVIL };
    GoodView view = good_view();
    hj_tmpl_texts(&out, &view);
    assert_null(strstr(buf->str, EVIL));
    assert_writes(buf, "texts");
}

static void
test_values_are_written_by_kind(void **state)
{
    (void)state;
    g_autoptr(GString) buf = g_string_new(NULL);
    HjOut out = { .buf = buf, .lang = HJ_EN };
    GoodView view = good_view();
    hj_tmpl_values(&out, &view);
    assert_writes(buf, "values");
}

static void
test_blocks_choose_repeat_and_include(void **state)
{
    (void)state;
    g_autoptr(GString) buf = g_string_new(NULL);
    HjOut out = { .buf = buf, .lang = HJ_EN };
    GoodView view = good_view();
    hj_tmpl_blocks(&out, &view);
    assert_writes(buf, "blocks");
}

static void
test_an_included_template_stands_alone_too(void **state)
{
    (void)state;
    g_autoptr(GString) buf = g_string_new(NULL);
    HjOut out = { .buf = buf, .lang = HJ_EN };
    hj_tmpl_row(&out, &rows[0]);
    assert_writes(buf, "row");
}

static void
test_long_days_follow_the_language(void **state)
{
    (void)state;
    g_autoptr(GString) buf = g_string_new(NULL);
    HjOut out = { .buf = buf, .lang = HJ_ZH };
    hj_emit_day(&out, hj_date_make(2018, 3, 5));
    assert_string_equal(buf->str, "2018年3月5日");
}

static void
test_times_before_1970_and_around_midnight_are_in_shanghai(void **state)
{
    (void)state;
    static const struct {
        const char *at;
        const char *wanted;
    } cases[] = {
        { "1969-12-31T23:59:59+08:00", "1969-12-31 23:59" },
        { "2018-03-05T00:00:00+08:00", "2018-03-05 00:00" },
        { "2018-03-04T15:59:59Z", "2018-03-04 23:59" },
        { "2018-03-04T16:00:00Z", "2018-03-05 00:00" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) buf = g_string_new(NULL);
        HjOut out = { .buf = buf };
        HjTime at;
        assert_true(hj_time_parse(cases[i].at, &at, NULL));
        hj_emit_time(&out, at);
        assert_string_equal(buf->str, cases[i].wanted);
    }
}

static void
test_an_address_that_leaves_the_site_becomes_a_hash(void **state)
{
    (void)state;
    static const char *const stays[] = { "/", "/a?b=c#d", "?page=2", "#top", "/a//b" };
    static const char *const leaves[] = { "",          "//example.org", "/\\example.org",
                                          "https://x", "javascript:x",  "rows/1",
                                          " /x",       "/\t/x",         "/\n/x",
                                          "\\\\x",     "/\x7f" };
    for (size_t i = 0; i < G_N_ELEMENTS(stays); i++) {
        g_autoptr(GString) buf = g_string_new(NULL);
        HjOut out = { .buf = buf };
        hj_emit_url(&out, stays[i]);
        assert_string_equal(buf->str, stays[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(leaves); i++) {
        g_autoptr(GString) buf = g_string_new(NULL);
        HjOut out = { .buf = buf };
        hj_emit_url(&out, leaves[i]);
        assert_string_equal(buf->str, "#");
    }
}

static void
test_finished_html_is_cut_out_of_the_buffer(void **state)
{
    (void)state;
    g_autoptr(GString) buf = g_string_new("before");
    HjOut out = { .buf = buf };
    hj_emit_text(&out, "<");
    HjSafe safe = hj_html_since(&out, strlen("before"));
    assert_int_equal(safe.n, 4);
    assert_memory_equal(safe.html, "&lt;", 4);
}

static void
test_without_a_token_no_hidden_input_is_written(void **state)
{
    (void)state;
    g_autoptr(GString) buf = g_string_new(NULL);
    HjOut out = { .buf = buf };
    hj_emit_csrf(&out);
    assert_int_equal(buf->len, 0);
}

static void
test_assets_are_found_by_their_hashed_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < hj_asset_count; i++) {
        const HjAsset *asset = &hj_asset_table[i];
        assert_string_equal(hj_asset_url(asset->name), asset->url);
        assert_true(g_str_has_prefix(asset->url, HJ_ASSET_PREFIX));
        assert_ptr_equal(hj_asset_find(asset->url + strlen(HJ_ASSET_PREFIX)), asset);
        /* The name holds the beginning of the content's SHA-256. */
        g_autofree char *digest =
            g_compute_checksum_for_data(G_CHECKSUM_SHA256, asset->bytes, asset->n);
        digest[12] = '\0';
        assert_non_null(strstr(asset->url, digest));
        assert_true(asset->gz == NULL || (asset->gz[0] == 0x1f && asset->gz[1] == 0x8b));
        assert_true(asset->gz == NULL || asset->n_gz < asset->n);
    }
    assert_null(hj_asset_find("app.css"));
    assert_null(hj_asset_find(""));
    assert_null(hj_asset_find("../app.css"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_place_for_a_text_escapes_it),
        cmocka_unit_test(test_values_are_written_by_kind),
        cmocka_unit_test(test_blocks_choose_repeat_and_include),
        cmocka_unit_test(test_an_included_template_stands_alone_too),
        cmocka_unit_test(test_long_days_follow_the_language),
        cmocka_unit_test(test_times_before_1970_and_around_midnight_are_in_shanghai),
        cmocka_unit_test(test_an_address_that_leaves_the_site_becomes_a_hash),
        cmocka_unit_test(test_finished_html_is_cut_out_of_the_buffer),
        cmocka_unit_test(test_without_a_token_no_hidden_input_is_written),
        cmocka_unit_test(test_assets_are_found_by_their_hashed_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
