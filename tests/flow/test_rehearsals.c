/* A draft of the rules sent as a package: what is no package is refused in words, a package
 * with one other weight says who would move and why, and nothing of either stays. */
#include "base/zip.h"
#include "tests/flow/flow.h"

#include <glib/gstdio.h>

#define S "/contests/three_lists"
#define SCHEME "cangxian/schemes/three_lists.yaml"
#define ITEM                                                                                   \
    "item: field_checked_result, title: {zh: 实地核查的成果, en: Results checked on site}, "
#define BEFORE ITEM "points: 10, times: 3,"
#define AFTER ITEM "points: 5, times: 6,"

static bool
says(const HjTestAnswer *answer, const char *text)
{
    return strstr(answer->body, text) != NULL;
}

#define assert_says(answer, text)                                                              \
    do {                                                                                       \
        if (!says((answer), (text)))                                                           \
            print_error("%s:%d: no %s in %s\n", __FILE__, __LINE__, (text), (answer)->body);   \
        assert_true(says((answer), (text)));                                                   \
    } while (false)

/* --- packages --- */

static void
copy_tree(const char *from, const char *to)
{
    g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
    assert_non_null(dir);
    assert_int_equal(g_mkdir_with_parents(to, 0700), 0);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *goal = g_build_filename(to, name, NULL);
        g_autofree char *bytes = NULL;
        gsize n = 0;
        if (g_file_test(source, G_FILE_TEST_IS_DIR)) {
            copy_tree(source, goal);
        } else {
            assert_true(g_file_get_contents(source, &bytes, &n, NULL));
            assert_true(g_file_set_contents(goal, bytes, (gssize)n, NULL));
        }
    }
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    assert_int_equal(g_remove(path), 0);
}

/* The rules of the source tree in a folder, as hangji pack export puts them into its file. */
static char *
draft_new(void)
{
    char *folder = g_dir_make_tmp("hangji-test-draft-XXXXXX", NULL);
    assert_non_null(folder);
    static const char *const packs[] = { "national", "cangxian" };
    for (size_t i = 0; i < G_N_ELEMENTS(packs); i++) {
        g_autofree char *from = hj_test_pack(packs[i]);
        g_autofree char *to = g_build_filename(folder, packs[i], NULL);
        copy_tree(from, to);
    }
    g_autofree char *main_path = g_build_filename(folder, "MAIN", NULL);
    assert_true(g_file_set_contents(main_path, "cangxian", -1, NULL));
    return folder;
}

static void
put(const char *folder, const char *name, const char *text, gssize n)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(path, text, n, NULL));
}

static void
replace(const char *folder, const char *name, const char *was, const char *is)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) parts = g_strsplit(text, was, -1);
    assert_int_equal(g_strv_length(parts), 2);
    g_autofree char *changed = g_strjoinv(is, parts);
    put(folder, name, changed, -1);
}

/* Packs the folder, which is gone afterwards. */
static GBytes *
zip_of(char *folder)
{
    g_autofree char *path = g_strconcat(folder, ".zip", NULL);
    g_autoptr(GError) error = NULL;
    if (!hj_zip_pack(folder, path, &error))
        fail_msg("%s", error->message);
    char *bytes = NULL;
    gsize n = 0;
    assert_true(g_file_get_contents(path, &bytes, &n, NULL));
    assert_int_equal(g_remove(path), 0);
    remove_tree(folder);
    g_free(folder);
    return g_bytes_new_take(bytes, n);
}

static HjTestAnswer *
rehearse(HjTestCounty *county, const char *account, GBytes *zip)
{
    gsize n = 0;
    const void *bytes = g_bytes_get_data(zip, &n);
    const HjTestPart parts[] = { { "period", NULL, "2018H1", strlen("2018H1") },
                                 { "pack", "draft.zip", bytes, n },
                                 { 0 } };
    return hj_test_upload(county, account, S "/rehearsal", parts);
}

static void
assert_refused_with(HjTestCounty *county, GBytes *zip, const char *words)
{
    g_autoptr(HjTestAnswer) answer = rehearse(county, "county", zip);
    assert_status(answer, 422);
    assert_says(answer, words);
    assert_false(says(answer, "id=\"moves\""));
    g_bytes_unref(zip);
}

/* --- what is no package --- */

static void
what_is_no_zip_file_is_refused(void **state)
{
    assert_refused_with(*state, g_bytes_new_static("not a zip", 9), "不是完整的 zip 文件");
    g_autoptr(GBytes) whole = zip_of(draft_new());
    assert_refused_with(*state, g_bytes_new_from_bytes(whole, 0, g_bytes_get_size(whole) / 2),
                        "不是完整的 zip 文件");
    /* One byte of a file is another: its sum tells. */
    g_autofree char *spoiled =
        g_memdup2(g_bytes_get_data(whole, NULL), g_bytes_get_size(whole));
    spoiled[200] = (char)(spoiled[200] ^ 0x55);
    assert_refused_with(*state, g_bytes_new(spoiled, g_bytes_get_size(whole)),
                        "不是完整的 zip 文件");
}

static void
a_name_that_leads_out_of_the_folder_is_refused_before_anything_is_written(void **state)
{
    char *folder = draft_new();
    put(folder, "xx/hangji-test-escaped", "out", -1);
    g_autoptr(GBytes) zip = zip_of(folder);
    const gsize n = g_bytes_get_size(zip);
    g_autofree char *bytes = g_memdup2(g_bytes_get_data(zip, NULL), n);
    int changed = 0;
    for (gsize i = 0; i + 25 <= n; i++)
        if (memcmp(bytes + i, "xx/hangji-test-escaped", 22) == 0) {
            memcpy(bytes + i, "..", 2);
            changed++;
        }
    assert_int_equal(changed, 2); /* beside the file and in the directory of the zip */
    assert_refused_with(*state, g_bytes_new(bytes, n), "不是完整的 zip 文件");
    g_autofree char *escaped = g_build_filename(g_get_tmp_dir(), "hangji-test-escaped", NULL);
    assert_false(g_file_test(escaped, G_FILE_TEST_EXISTS));
}

static void
what_unpacks_to_too_much_is_refused(void **state)
{
    const gsize n = (gsize)17 * 1024 * 1024;
    g_autofree char *zeros = g_malloc0(n);
    char *folder = draft_new();
    put(folder, "cangxian/notes.md", zeros, (gssize)n);
    g_autoptr(GBytes) zip = zip_of(folder);
    assert_in_range(g_bytes_get_size(zip), 1, 4 * 1024 * 1024);
    assert_refused_with(*state, g_bytes_ref(zip), "文件过大");
}

static void
a_package_beyond_the_limit_of_the_form_is_refused(void **state)
{
    const gsize n = (gsize)5 * 1024 * 1024;
    g_autofree char *noise = g_malloc(n);
    for (gsize i = 0; i < n; i++)
        noise[i] = (char)(i * 2654435761U >> 13);
    g_autoptr(GBytes) bytes = g_bytes_new(noise, n);
    g_autoptr(HjTestAnswer) answer = rehearse(*state, "county", bytes);
    assert_status(answer, 413);
}

static void
a_zip_of_other_things_is_no_package(void **state)
{
    char *folder = g_dir_make_tmp("hangji-test-draft-XXXXXX", NULL);
    put(folder, "letter.txt", "hello", -1);
    assert_refused_with(*state, zip_of(folder), "这不是制度包");
    folder = draft_new();
    put(folder, "MAIN", "../cangxian", -1);
    assert_refused_with(*state, zip_of(folder), "这不是制度包");
}

static void
files_that_belong_to_no_package_are_named(void **state)
{
    char *folder = draft_new();
    put(folder, "cangxian/schemes/run.sh", "echo", -1);
    assert_refused_with(*state, zip_of(folder), "run.sh");
    folder = draft_new();
    put(folder, "cangxian/programs/run.yaml", "a: b\n", -1);
    assert_refused_with(*state, zip_of(folder), "programs");
}

static void
a_draft_that_does_not_load_says_where(void **state)
{
    char *folder = draft_new();
    replace(folder, SCHEME, BEFORE, ITEM "points: ten, times: 3,");
    assert_refused_with(*state, zip_of(folder), SCHEME);
}

/* --- what is one --- */

static void
judge(HjTestCounty *county, const char *org, const char *points)
{
    g_autofree char *body = g_strdup_printf(
        "{\"org\":\"%s\",\"fields\":{\"topic\":\"economy\",\"result\":\"冷库\","
        "\"checked_on\":\"2018-05-02\",\"points\":%s,\"document_no\":\"沧组1号\"}}",
        org, points);
    g_autoptr(HjTestAnswer) made =
        hj_test_post(county, "county", "/api/v1/ledgers/judged_result/rows", body);
    assert_status(made, 201);
}

static char *
board_of(HjTestCounty *county)
{
    g_autoptr(HjTestAnswer) board =
        hj_test_get(county, "county", "/api/v1/assessments/three_lists/2018H1");
    assert_status(board, 200);
    return g_strdup(board->body);
}

/* 8 and 4 points now; the draft gives a result 5 at most: 5 and 4. */
static void
a_draft_with_another_weight_says_who_moves_and_why(void **state)
{
    judge(*state, HJ_TEST_TOWN, "8");
    judge(*state, HJ_TEST_OTHER_TOWN, "4");
    g_autofree char *before = board_of(*state);
    char *folder = draft_new();
    replace(folder, SCHEME, BEFORE, AFTER);
    g_autoptr(GBytes) zip = zip_of(folder);
    g_autoptr(HjTestAnswer) answer = rehearse(*state, "county", zip);
    assert_status(answer, 200);
    assert_says(answer, "id=\"moves\"");
    assert_says(answer, "1 个单位得分或位次会变，共 2 个");
    assert_says(answer, S "/" HJ_TEST_TOWN);
    assert_false(says(answer, S "/" HJ_TEST_OTHER_TOWN));
    assert_says(answer, "实地核查的成果");
    assert_says(answer, "−3");
    /* And what is different about the rules, in words. */
    assert_says(answer, "办法“");
    g_autofree char *after = board_of(*state);
    assert_string_equal(after, before);
}

static void
the_same_rules_move_nobody(void **state)
{
    g_autoptr(GBytes) zip = zip_of(draft_new());
    g_autoptr(HjTestAnswer) answer = rehearse(*state, "county", zip);
    assert_status(answer, 200);
    assert_says(answer, "0 个单位得分或位次会变，共 2 个");
    assert_false(says(answer, S "/" HJ_TEST_TOWN));
}

static void
only_who_computes_for_all_of_the_county_rehearses(void **state)
{
    g_autoptr(GBytes) zip = zip_of(draft_new());
    static const char *const others[] = { "town", "village", "auditor" };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(HjTestAnswer) answer = rehearse(*state, others[i], zip);
        assert_status(answer, 403);
    }
}

static void
no_draft_stays_behind(void **state)
{
    (void)state;
    g_autoptr(GDir) dir = g_dir_open(g_get_tmp_dir(), 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
        assert_false(g_str_has_prefix(name, "hangji-draft-"));
}

static char own_tmp[] = "/tmp/hangji-test-tmp-XXXXXX";

static void
remove_own_tmp(void)
{
    remove_tree(own_tmp);
}

/* A folder of temporary files of our own: what stays in it is ours. */
static HjTestCounty *
prepare(HjFixtureKind kind)
{
    if (g_str_has_suffix(own_tmp, "XXXXXX")) {
        assert_non_null(g_mkdtemp(own_tmp));
        g_setenv("TMPDIR", own_tmp, TRUE);
        atexit(remove_own_tmp);
    }
    return hj_test_cast_new(kind);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(what_is_no_zip_file_is_refused),
    cmocka_unit_test(a_name_that_leads_out_of_the_folder_is_refused_before_anything_is_written),
    cmocka_unit_test(what_unpacks_to_too_much_is_refused),
    cmocka_unit_test(a_package_beyond_the_limit_of_the_form_is_refused),
    cmocka_unit_test(a_zip_of_other_things_is_no_package),
    cmocka_unit_test(files_that_belong_to_no_package_are_named),
    cmocka_unit_test(a_draft_that_does_not_load_says_where),
    cmocka_unit_test(a_draft_with_another_weight_says_who_moves_and_why),
    cmocka_unit_test(the_same_rules_move_nobody),
    cmocka_unit_test(only_who_computes_for_all_of_the_county_rehearses),
    cmocka_unit_test(no_draft_stays_behind),
};

HJ_FLOW_MAIN(stories, prepare)
