/* Files as evidence: sent, cited, seen by who sees a row that cites them, and by nobody else.
 */
#include "base/picture.h"
#include "core/file_care.h"
#include "tests/flow/flow.h"
#include "tests/harness/workers.h"

#include <stdio.h>
#include <unistd.h>

#define SITES "/api/v1/ledgers/village_site/rows"
#define PDF "%PDF-1.4\n1 0 obj << >> endobj\n%%EOF\n"

const HjWorkerKind *
hj_test_workers(void)
{
    static HjWorkerKind kinds[2];
    kinds[0] = hj_picture_worker;
    return kinds;
}

/* A small JPEG, PNG, WebP of the fuzzer's corpus. */
static GBytes *
picture_file(const char *name)
{
    g_autofree char *path =
        g_build_filename(HJ_TEST_SOURCE, "tests/fuzz/corpus/picture", name, NULL);
    char *data = NULL;
    gsize n = 0;
    assert_true(g_file_get_contents(path, &data, &n, NULL));
    return g_bytes_new_take(data, n);
}

static HjTestAnswer *
send_file(HjTestCounty *county, const char *account, const char *name, const void *data,
          size_t n)
{
    const HjTestPart parts[] = { { "file", name, data, n }, { 0 } };
    return hj_test_upload(county, account, "/api/v1/files", parts);
}

/* The id of a sent picture; caller owns. */
static char *
send_picture(HjTestCounty *county, const char *account)
{
    g_autoptr(GBytes) bytes = picture_file("baseline.jpg");
    gsize n = 0;
    const void *data = g_bytes_get_data(bytes, &n);
    g_autoptr(HjTestAnswer) sent = send_file(county, account, "村部.jpg", data, n);
    assert_int_equal(sent->status, 201);
    return g_strdup(hj_test_at(sent, "id"));
}

static int
look(HjTestCounty *county, const char *account, const char *id)
{
    g_autofree char *uri = g_strconcat("/api/v1/files/", id, NULL);
    g_autoptr(HjTestAnswer) seen = hj_test_get(county, account, uri);
    return seen->status;
}

static HjTestAnswer *
enter_site(HjTestCounty *county, const char *account, const char *org, const char *day,
           const char *photos)
{
    g_autofree char *body = g_strdup_printf(
        "{\"org\":\"%s\",\"fields\":{\"surveyed_on\":\"%s\",\"condition\":\"usable\","
        "\"area\":80,\"photos\":%s}}",
        org, day, photos);
    return hj_test_post(county, account, SITES, body);
}

static void
test_a_file_is_seen_by_its_sender_until_a_row_cites_it(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = send_picture(county, "village");
    assert_int_equal(look(county, "village", id), 200);
    assert_int_equal(look(county, "county", id), 404);
    assert_int_equal(look(county, "town", id), 404);
    assert_int_equal(look(county, "other", id), 404);

    g_autofree char *photos = g_strdup_printf("[\"%s\"]", id);
    g_autoptr(HjTestAnswer) row =
        enter_site(county, "village", HJ_TEST_VILLAGE, "2018-01-02", photos);
    assert_int_equal(row->status, 201);
    assert_int_equal(look(county, "village", id), 200);
    assert_int_equal(look(county, "town", id), 200);
    assert_int_equal(look(county, "county", id), 200);
    assert_int_equal(look(county, "other", id), 404);

    g_autofree char *uri = g_strconcat(SITES "/", hj_test_at(row, "id"), NULL);
    g_autoptr(HjTestAnswer) read = hj_test_get(county, "county", uri);
    assert_string_equal(hj_test_at(read, "fields.photos.0"), id);
}

static void
test_a_row_cannot_cite_a_file_its_writer_does_not_see(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = send_picture(county, "other");
    g_autofree char *photos = g_strdup_printf("[\"%s\"]", id);
    g_autoptr(HjTestAnswer) row =
        enter_site(county, "village", HJ_TEST_VILLAGE, "2018-01-03", photos);
    assert_int_equal(row->status, 422);
    assert_string_equal(hj_test_issue(row, "photos"), "reference");
    assert_int_equal(look(county, "village", id), 404);
}

static void
test_two_rows_may_cite_one_file_each_for_its_own_scope(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = send_picture(county, "county");
    g_autofree char *photos = g_strdup_printf("[\"%s\"]", id);
    g_autoptr(HjTestAnswer) one =
        enter_site(county, "county", HJ_TEST_VILLAGE, "2018-01-04", photos);
    assert_int_equal(one->status, 201);
    assert_int_equal(look(county, "other", id), 404);
    g_autoptr(HjTestAnswer) two =
        enter_site(county, "county", HJ_TEST_FOREIGN, "2018-01-04", photos);
    assert_int_equal(two->status, 201);
    assert_int_equal(look(county, "other", id), 200);
    assert_int_equal(look(county, "village", id), 200);
}

static void
test_a_file_is_sent_back_to_be_kept_and_never_to_be_run(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = send_picture(county, "village");
    g_autofree char *uri = g_strconcat("/files/", id, NULL);
    g_autoptr(HjTestAnswer) file = hj_test_page(county, "village", uri);
    assert_int_equal(file->status, 200);
    assert_string_equal(file->type, "image/jpeg");
    assert_non_null(strstr(hj_test_header(file, "Content-Disposition"),
                           "attachment; filename=\"file.jpg\"; filename*=UTF-8''%E6%9D%91"));
    assert_string_equal(hj_test_header(file, "X-Content-Type-Options"), "nosniff");
    assert_string_equal(hj_test_header(file, "Content-Security-Policy"),
                        "default-src 'none'; sandbox");
    g_autofree char *thumb = g_strconcat(uri, "/thumb", NULL);
    g_autoptr(HjTestAnswer) small = hj_test_page(county, "village", thumb);
    assert_int_equal(small->status, 200);
    g_autoptr(HjTestAnswer) nobody = hj_test_page(county, NULL, uri);
    assert_int_equal(nobody->status, 303);
}

static void
test_a_file_is_what_it_holds_and_not_what_it_is_called(void **state)
{
    HjTestCounty *county = *state;
    static const char html[] = "<html><script>alert(1)</script>";
    g_autoptr(HjTestAnswer) pdf = send_file(county, "village", "照片.jpg", PDF, strlen(PDF));
    assert_int_equal(pdf->status, 201);
    assert_string_equal(hj_test_at(pdf, "type"), "application/pdf");
    assert_string_equal(hj_test_at(pdf, "name"), "照片.pdf");
    g_autofree char *digest =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, PDF, (gssize)strlen(PDF));
    assert_string_equal(hj_test_at(pdf, "sha256"), digest);
    /* A page is kept as the text it is. */
    g_autoptr(HjTestAnswer) page = send_file(county, "village", "x.jpg", html, strlen(html));
    assert_int_equal(page->status, 201);
    assert_string_equal(hj_test_at(page, "type"), "text/plain");
    g_autoptr(HjTestAnswer) program = send_file(county, "village", "a.pdf",
                                                "\x7f"
                                                "ELF\2\1\1\0\0",
                                                9);
    assert_int_equal(program->status, 422);
    assert_string_equal(hj_test_issue(program, "file"), "file");
    g_autoptr(HjTestAnswer) broken =
        send_file(county, "village", "a.jpg", "\xff\xd8\xff\xe0 no picture", 15);
    assert_int_equal(broken->status, 422);
    g_autoptr(HjTestAnswer) macros =
        send_file(county, "village", "a.xlsx",
                  "PK\3\4[Content_Types].xml xl/workbook.xml vbaProject.bin", 54);
    assert_int_equal(macros->status, 422);
}

static void
test_pictures_of_three_kinds_become_jpeg(void **state)
{
    HjTestCounty *county = *state;
    static const char *const names[] = { "alpha.png", "interlaced.png", "photo.webp",
                                         "progressive.jpg" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GBytes) bytes = picture_file(names[i]);
        gsize n = 0;
        const void *data = g_bytes_get_data(bytes, &n);
        g_autoptr(HjTestAnswer) sent = send_file(county, "village", names[i], data, n);
        assert_int_equal(sent->status, 201);
        assert_string_equal(hj_test_at(sent, "type"), "image/jpeg");
    }
}

static int
count_contents(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    int n = 0;
    const char *name;
    if (dir == NULL)
        return 1;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        n += count_contents(below);
    }
    return n;
}

static void
test_the_same_content_is_kept_once(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *one = send_picture(county, "village");
    int before = count_contents(county->files_dir);
    g_autofree char *two = send_picture(county, "town");
    assert_string_not_equal(one, two);
    assert_int_equal(count_contents(county->files_dir), before);
    assert_int_equal(look(county, "town", one), 404);
}

static void
test_what_is_too_large_or_cut_off_is_refused(void **state)
{
    HjTestCounty *county = *state;
    size_t n = (size_t)HJ_FILE_MAX + 100000;
    g_autofree char *huge = g_malloc(n);
    memset(huge, 'a', n);
    g_autoptr(HjTestAnswer) large = send_file(county, "village", "a.txt", huge, n);
    assert_int_equal(large->status, 413);
    const HjTestPart none[] = { { 0 } };
    g_autoptr(HjTestAnswer) empty = hj_test_upload(county, "village", "/api/v1/files", none);
    assert_int_equal(empty->status, 422);
    const HjTestPart two[] = { { "file", "a.pdf", PDF, 0 },
                               { "file", "b.pdf", PDF, 0 },
                               { 0 } };
    g_autoptr(HjTestAnswer) both = hj_test_upload(county, "village", "/api/v1/files", two);
    assert_int_equal(both->status, 422);
}

static void
test_a_field_takes_its_kinds_and_no_more_than_it_says(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) pdf = send_file(county, "village", "a.pdf", PDF, strlen(PDF));
    g_autofree char *photos = g_strdup_printf("[\"%s\"]", hj_test_at(pdf, "id"));
    g_autoptr(HjTestAnswer) wrong =
        enter_site(county, "village", HJ_TEST_VILLAGE, "2018-01-05", photos);
    assert_int_equal(wrong->status, 422);
    assert_string_equal(hj_test_issue(wrong, "photos"), "choice");
    g_autoptr(GString) many = g_string_new("[");
    for (int i = 0; i < 10; i++) {
        g_autofree char *id = send_picture(county, "village");
        g_string_append_printf(many, "%s\"%s\"", i > 0 ? "," : "", id);
    }
    g_string_append(many, "]");
    g_autoptr(HjTestAnswer) ten =
        enter_site(county, "village", HJ_TEST_VILLAGE, "2018-01-05", many->str);
    assert_int_equal(ten->status, 422);
    assert_string_equal(hj_test_issue(ten, "photos"), "length");
}

/* The id in the Location of a saved form. */
static const char *
location_of(const HjTestAnswer *saved)
{
    assert_int_equal(saved->status, 303);
    return hj_test_header(saved, "Location");
}

static void
test_a_form_takes_photos_keeps_them_and_removes_them(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GBytes) bytes = picture_file("baseline.jpg");
    gsize n = 0;
    const void *data = g_bytes_get_data(bytes, &n);
    const HjTestPart parts[] = {
        { "org", NULL, HJ_TEST_VILLAGE, 0 },
        { "surveyed_on", NULL, "2018-02-01", 0 },
        { "condition", NULL, "usable", 0 },
        { "area", NULL, "80", 0 },
        { "photos", "正面.jpg", data, n },
        { "photos", "侧面.jpg", data, n },
        { 0 },
    };
    g_autoptr(HjTestAnswer) saved =
        hj_test_upload(county, "village", "/ledgers/village_site/new", parts);
    g_autofree char *home = g_strdup(location_of(saved));
    g_autoptr(HjTestAnswer) page = hj_test_page(county, "village", home);
    assert_non_null(strstr(page->body, "正面.jpg"));
    assert_non_null(strstr(page->body, "/thumb"));

    g_autofree char *api = g_strconcat("/api/v1", home, NULL);
    g_autoptr(GString) uri = g_string_new(api);
    g_string_replace(uri, "village_site/", "village_site/rows/", 1);
    g_autoptr(HjTestAnswer) row = hj_test_get(county, "village", uri->str);
    g_autofree char *one = g_strdup(hj_test_at(row, "fields.photos.0"));
    g_autofree char *two = g_strdup(hj_test_at(row, "fields.photos.1"));
    assert_non_null(two);

    g_autofree char *edit = g_strconcat(home, "/edit", NULL);
    const HjTestPart change[] = {
        { "version", NULL, "1", 0 },       { "area", NULL, "81", 0 },
        { "photos", NULL, one, 0 },        { "photos", NULL, two, 0 },
        { "photos.remove", NULL, one, 0 }, { 0 },
    };
    g_autoptr(HjTestAnswer) changed = hj_test_upload(county, "village", edit, change);
    assert_int_equal(changed->status, 303);
    g_autoptr(HjTestAnswer) after = hj_test_get(county, "village", uri->str);
    assert_string_equal(hj_test_at(after, "fields.photos.0"), two);
    assert_null(hj_test_at(after, "fields.photos.1"));
    /* The history still shows what was removed, to who sees the row. */
    assert_int_equal(look(county, "town", one), 200);
    g_autoptr(HjTestAnswer) history = hj_test_page(county, "village", home);
    assert_non_null(strstr(history->body, "正面.jpg"));
}

static void
test_a_refused_form_keeps_what_was_sent(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GBytes) bytes = picture_file("gray.jpg");
    gsize n = 0;
    const void *data = g_bytes_get_data(bytes, &n);
    const HjTestPart parts[] = {
        { "org", NULL, HJ_TEST_VILLAGE, 0 },
        { "surveyed_on", NULL, "", 0 },
        { "condition", NULL, "usable", 0 },
        { "area", NULL, "80", 0 },
        { "photos", "大门.jpg", data, n },
        { "photos", "不是图.jpg", "no picture", 10 },
        { 0 },
    };
    g_autoptr(HjTestAnswer) refused =
        hj_test_upload(county, "village", "/ledgers/village_site/new", parts);
    assert_int_equal(refused->status, 422);
    assert_non_null(strstr(refused->body, "大门.jpg"));
    assert_non_null(strstr(refused->body, "name=\"photos\" value=\""));
}

static void
test_only_what_no_row_ever_cited_is_cleaned_away(void **state)
{
    HjTestCounty *county = *state;
    HjStore *store = hj_app_store(county->app);
    g_autoptr(HjFiles) files = hj_files_open(county->files_dir, NULL);
    g_autofree char *orphan = send_picture(county, "village");
    g_autofree char *kept = send_picture(county, "village");
    g_autofree char *photos = g_strdup_printf("[\"%s\"]", kept);
    g_autoptr(HjTestAnswer) row =
        enter_site(county, "village", HJ_TEST_VILLAGE, "2018-03-01", photos);
    assert_int_equal(row->status, 201);
    HjFileCleaned done;
    g_autoptr(GError) error = NULL;
    assert_true(hj_file_clean(store, files, &done, &error));
    assert_int_equal(done.n_rows, 0);
    HjTime noon = hj_store_now(store);
    hj_store_set_clock(store, noon + (HJ_FILE_KEEP_DAYS + 1) * INT64_C(86400000000));
    assert_true(hj_file_clean(store, files, &done, &error));
    hj_store_set_clock(store, noon);
    assert_true(done.n_rows > 0);
    /* Contents stay for a day: somebody may be sending the same. */
    assert_int_equal(done.n_files, 0);
    assert_int_equal(look(county, "village", orphan), 404);
    assert_int_equal(look(county, "village", kept), 200);
}

static void
count_problem(gpointer data, const char *digest, const char *what)
{
    assert_int_equal(strlen(digest), 64);
    assert_true(g_str_equal(what, "missing") || g_str_equal(what, "altered"));
    ++*(int *)data;
}

static void
test_an_altered_and_a_missing_content_are_found(void **state)
{
    HjTestCounty *county = *state;
    HjStore *store = hj_app_store(county->app);
    g_autoptr(HjFiles) files = hj_files_open(county->files_dir, NULL);
    HjFileVerified found;
    int n = 0;
    assert_true(hj_file_verify(store, files, count_problem, &n, &found, NULL));
    assert_int_equal(n, 0);
    assert_true(found.n_checked > 1);
    g_autoptr(HjTestAnswer) one = send_file(county, "village", "1.txt", "first", 5);
    g_autoptr(HjTestAnswer) two = send_file(county, "village", "2.txt", "second", 6);
    g_autofree char *altered = hj_files_path(files, hj_test_at(one, "sha256"));
    assert_true(g_file_set_contents(altered, "worst", 5, NULL));
    g_autofree char *missing = hj_files_path(files, hj_test_at(two, "sha256"));
    unlink(missing);
    assert_true(hj_file_verify(store, files, count_problem, &n, &found, NULL));
    assert_int_equal(n, 2);
    assert_int_equal(found.n_altered, 1);
    assert_int_equal(found.n_missing, 1);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_a_file_is_seen_by_its_sender_until_a_row_cites_it),
    cmocka_unit_test(test_a_row_cannot_cite_a_file_its_writer_does_not_see),
    cmocka_unit_test(test_two_rows_may_cite_one_file_each_for_its_own_scope),
    cmocka_unit_test(test_a_file_is_sent_back_to_be_kept_and_never_to_be_run),
    cmocka_unit_test(test_a_file_is_what_it_holds_and_not_what_it_is_called),
    cmocka_unit_test(test_pictures_of_three_kinds_become_jpeg),
    cmocka_unit_test(test_the_same_content_is_kept_once),
    cmocka_unit_test(test_what_is_too_large_or_cut_off_is_refused),
    cmocka_unit_test(test_a_field_takes_its_kinds_and_no_more_than_it_says),
    cmocka_unit_test(test_a_form_takes_photos_keeps_them_and_removes_them),
    cmocka_unit_test(test_a_refused_form_keeps_what_was_sent),
    cmocka_unit_test(test_only_what_no_row_ever_cited_is_cleaned_away),
    cmocka_unit_test(test_an_altered_and_a_missing_content_are_found),
};

HJ_FLOW_MAIN(stories, hj_test_cast_new)
