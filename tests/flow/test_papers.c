/* Reports and official papers as page, PDF and workbook, on both databases; every PDF is looked
 * at by MuPDF. */
#include "base/sheet.h"
#include "tests/flow/flow.h"
#include "tests/harness/papers.h"
#include "web/drawing.h"

#define REPORT "/reports/achievements"
#define DAYS "?from=2018-01-01&to=2018-12-31"

static char *
address(const char *ending, const char *code)
{
    return g_strdup_printf(REPORT "%s" DAYS "&under=%s", ending, code);
}

/* The words of a PDF answer, without spaces. */
static char *
words_of(const HjTestAnswer *answer, int *ret_pages)
{
    assert_status(answer, 200);
    assert_string_equal(answer->type, "application/pdf");
    g_autoptr(GBytes) pdf = g_bytes_new(answer->body, answer->n_body);
    g_autofree char *text = hj_papers_check(pdf, "answer", ret_pages);
    g_auto(GStrv) parts = g_strsplit(text, " ", -1);
    return g_strjoinv("", parts);
}

static char *
without_spaces(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, " ", -1);
    return g_strjoinv("", parts);
}

/* --- the workbook --- */

static bool
keep_row(const HjSheetRow *row, gpointer data, GError **error)
{
    (void)error;
    GHashTable *values = data;
    if (row->n_cells >= 2)
        g_hash_table_insert(values, g_strdup(row->cells[0].text), g_strdup(row->cells[1].text));
    return true;
}

static GHashTable *
figures_of_book(const HjTestAnswer *answer)
{
    assert_status(answer, 200);
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GError) error = NULL;
    if (!hj_sheet_read(answer->body, answer->n_body, keep_row, values, &error))
        fail_msg("the workbook: %s", error->message);
    return values;
}

/* "98.50" as people write it. */
static char *
plain_number(const char *text)
{
    char *plain = g_strdup(text);
    size_t n = strchr(plain, '.') != NULL ? strlen(plain) : 0;
    while (n > 0 && plain[n - 1] == '0')
        plain[--n] = '\0';
    if (n > 0 && plain[n - 1] == '.')
        plain[n - 1] = '\0';
    return plain;
}

/* Every figure of the API stands on the page, in the PDF and in the workbook. */
static void
assert_same(HjTestCounty *county, const char *account, const char *code)
{
    g_autofree char *page_uri = address("", code), *pdf_uri = address(".pdf", code),
                    *book_uri = address(".xlsx", code),
                    *api_uri = g_strdup_printf("/api/v1" REPORT DAYS "&under=%s", code),
                    *api_pdf =
                        g_strdup_printf("/api/v1" REPORT "/export.pdf" DAYS "&under=%s", code),
                    *api_book =
                        g_strdup_printf("/api/v1" REPORT "/export.xlsx" DAYS "&under=%s", code);
    g_autoptr(HjTestAnswer) api = hj_test_get(county, account, api_uri);
    g_autoptr(HjTestAnswer) page = hj_test_page(county, account, page_uri);
    g_autoptr(HjTestAnswer) pdf = hj_test_page(county, account, pdf_uri);
    g_autoptr(HjTestAnswer) book = hj_test_page(county, account, book_uri);
    assert_status(api, 200);
    assert_status(page, 200);
    g_autofree char *words = words_of(pdf, NULL);
    g_autoptr(GHashTable) sheet = figures_of_book(book);
    g_autoptr(HjTestAnswer) same_pdf = hj_test_get(county, account, api_pdf);
    g_autoptr(HjTestAnswer) same_book = hj_test_get(county, account, api_book);
    g_autofree char *same_words = words_of(same_pdf, NULL);
    g_autoptr(GHashTable) same_sheet = figures_of_book(same_book);
    assert_string_equal(same_words, words);
    assert_int_equal(g_hash_table_size(same_sheet), g_hash_table_size(sheet));
    const size_t n = hj_json_count(hj_test_node(api, "figures"));
    assert_true(n >= 20);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *at_title = g_strdup_printf("figures.%zu.title", i);
        g_autofree char *at_value = g_strdup_printf("figures.%zu.value", i);
        g_autofree char *title = g_strdup(hj_test_at(api, at_title));
        const char *number = hj_test_at(api, at_value);
        bool none = number == NULL || strcmp(number, "null") == 0;
        g_autofree char *value = none ? NULL : plain_number(number);
        g_autofree char *pair = g_strconcat(title, value != NULL ? value : "—", NULL);
        g_autofree char *wanted = without_spaces(pair);
        if (strstr(words, wanted) == NULL)
            fail_msg("%s: the PDF lacks %s", code, wanted);
        if (strstr(page->body, title) == NULL)
            fail_msg("%s: the page lacks %s", code, title);
        const char *cell = g_hash_table_lookup(sheet, title);
        assert_true(g_strcmp0(cell, g_hash_table_lookup(same_sheet, title)) == 0);
        if (value != NULL && g_strcmp0(cell, value) != 0)
            fail_msg("%s: %s is %s in the workbook, not %s", code, title, cell, value);
    }
}

static void
test_m24_a_report_says_the_same_as_page_pdf_workbook_and_api(void **state)
{
    assert_same(*state, "county", HJ_TEST_COUNTY_CODE);
    assert_same(*state, "county", HJ_TEST_OTHER_TOWN);
    assert_same(*state, "county", HJ_TEST_VILLAGE);
    assert_same(*state, "town", HJ_TEST_TOWN);
}

static void
test_m24_a_report_lists_all_below_and_opens_every_figure(void **state)
{
    g_autofree char *uri = address("", HJ_TEST_COUNTY_CODE);
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "county", uri);
    assert_status(page, 200);
    static const char *const wanted[] = {
        "/indicators/villages?from=2018-01-01&amp;to=2018-12-31&amp;under=" HJ_TEST_TOWN,
        "/indicators/villages?from=2018-01-01&amp;to=2018-12-31&amp;under=" HJ_TEST_COUNTY_CODE,
        "/reports/achievements?from=2018-01-01&amp;to=2018-12-31&amp;under=" HJ_TEST_OTHER_TOWN,
        "/reports/achievements.pdf?from=2018-01-01&amp;to=2018-12-31",
        "/reports/achievements.xlsx?from=2018-01-01&amp;to=2018-12-31",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (strstr(page->body, wanted[i]) == NULL)
            fail_msg("the page lacks %s", wanted[i]);
    g_autofree char *pdf_uri = address(".pdf", HJ_TEST_COUNTY_CODE);
    g_autoptr(HjTestAnswer) pdf = hj_test_page(*state, "county", pdf_uri);
    g_autofree char *words = words_of(pdf, NULL);
    assert_non_null(strstr(words, "甲镇"));
    assert_non_null(strstr(words, "乙镇"));
}

static void
test_a_report_of_another_place_or_of_nothing_is_refused_in_every_shape(void **state)
{
    static const char *const endings[] = { "", ".pdf", ".xlsx" };
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *foreign = address(endings[i], HJ_TEST_OTHER_TOWN);
        g_autoptr(HjTestAnswer) shut = hj_test_page(*state, "town", foreign);
        assert_status(shut, 404);
        g_autofree char *nothing = g_strdup_printf("/reports/nothing%s" DAYS, endings[i]);
        g_autoptr(HjTestAnswer) none = hj_test_page(*state, "county", nothing);
        assert_status(none, 404);
        g_autofree char *turned =
            g_strdup_printf(REPORT "%s?from=2018-02-01&to=2018-01-01", endings[i]);
        g_autoptr(HjTestAnswer) back = hj_test_page(*state, "county", turned);
        assert_status(back, 400);
    }
}

/* --- sheets of a row --- */

/* The id of a supervised item that the county set up; caller owns. */
static char *
supervised(HjTestCounty *county)
{
    g_autoptr(HjTestAnswer) made = hj_test_post(
        county, "county", "/api/v1/ledgers/supervised_item/rows",
        "{\"org\":\"" HJ_TEST_TOWN
        "\",\"fields\":{\"subject\":\"党员活动室如期修好㛃䶮𠮷㐂\",\"kind\":\"decided\","
        "\"opened_on\":\"2018-06-01\",\"finish_by\":\"2018-06-30\","
        "\"demand\":\"修好活动室\"}}");
    if (made->status != 201)
        print_error("%s\n", made->body);
    assert_status(made, 201);
    return g_strdup(hj_test_at(made, "id"));
}

static void
test_a_supervision_notice_is_a_letter_to_the_standard(void **state)
{
    g_autofree char *id = supervised(*state);
    g_autofree char *uri = g_strdup_printf("/ledgers/supervised_item/%s/notice", id);
    g_autofree char *pdf_uri = g_strconcat(uri, ".pdf", NULL);
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "county", uri);
    assert_status(page, 200);
    assert_non_null(strstr(page->body, "paper-letter"));
    assert_non_null(strstr(page->body, "修好活动室"));
    g_autoptr(HjTestAnswer) pdf = hj_test_page(*state, "county", pdf_uri);
    int n_pages = 0;
    g_autofree char *words = words_of(pdf, &n_pages);
    assert_int_equal(n_pages, 1);
    static const char *const wanted[] = { "督办单",   "甲镇：",        "修好活动室",
                                          "㛃䶮𠮷㐂", "2018年6月30日", "—1—" };
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (strstr(words, wanted[i]) == NULL)
            fail_msg("the PDF lacks %s: %s", wanted[i], words);
    g_autoptr(HjTestAnswer) foreign = hj_test_page(*state, "other", pdf_uri);
    assert_status(foreign, 404);
}

static void
test_any_row_is_printed_as_a_form_with_its_fields_rows_and_way(void **state)
{
    g_autofree char *id = supervised(*state);
    g_autofree char *uri = g_strdup_printf("/ledgers/supervised_item/%s/sheet", id);
    g_autofree char *pdf_uri = g_strconcat(uri, ".pdf", NULL);
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "county", uri);
    assert_status(page, 200);
    g_autoptr(HjTestAnswer) pdf = hj_test_page(*state, "county", pdf_uri);
    int n_pages = 0;
    g_autofree char *words = words_of(pdf, &n_pages);
    static const char *const wanted[] = { "督办事项", "甲镇",     "修好活动室", "2018-06-30",
                                          "办理经过", "当前环节", "打印于" };
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        if (strstr(words, wanted[i]) == NULL)
            fail_msg("the PDF lacks %s: %s", wanted[i], words);
        if (strstr(page->body, wanted[i]) == NULL)
            fail_msg("the page lacks %s", wanted[i]);
    }
    g_autoptr(HjTestAnswer) foreign = hj_test_page(*state, "other", pdf_uri);
    assert_status(foreign, 404);
}

/* P-05: paper goes further than a screen. */
static void
test_p_05_the_form_of_a_person_masks_what_is_sealed_and_says_who_printed_it(void **state)
{
    g_autoptr(HjTestAnswer) made = hj_test_post(
        *state, "town", "/api/v1/ledgers/person/rows",
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"name\":\"王明\",\"sex\":\"female\","
        "\"citizen_no\":\"11010519491231002X\"}}");
    if (made->status != 201)
        print_error("%s\n", made->body);
    assert_status(made, 201);
    g_autofree char *uri = g_strdup_printf("/ledgers/person/%s/sheet", hj_test_at(made, "id"));
    g_autofree char *pdf_uri = g_strconcat(uri, ".pdf", NULL);
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "town", uri);
    assert_status(page, 200);
    g_autoptr(HjTestAnswer) pdf = hj_test_page(*state, "town", pdf_uri);
    int n_pages = 0;
    g_autofree char *words = words_of(pdf, &n_pages);
    assert_non_null(strstr(page->body, "110105********002X"));
    assert_non_null(strstr(words, "110105********002X"));
    assert_null(strstr(page->body, "19491231002X"));
    assert_null(strstr(words, "19491231002X"));
    assert_non_null(strstr(page->body, "mark-all"));
}

static void
test_a_row_without_a_notice_has_none_as_pdf_either(void **state)
{
    g_autofree char *id = supervised(*state);
    g_autofree char *uri = g_strdup_printf("/ledgers/supervised_item/%s/volume.pdf", id);
    g_autoptr(HjTestAnswer) none = hj_test_page(*state, "county", uri);
    assert_status(none, 404);
}

/* --- long papers --- */

#define CARDS "/contests/three_lists/all.pdf?period=2018H1"
#define PATIENCE (60 * G_USEC_PER_SEC)
#define AN_HOUR (INT64_C(3600) * G_USEC_PER_SEC)

/* The address of the job that a request for a long paper leads to; caller owns. */
static char *
ordered(HjTestCounty *county, const char *account)
{
    g_autoptr(HjTestAnswer) answer = hj_test_page(county, account, CARDS);
    assert_status(answer, 303);
    const char *at = hj_test_header(answer, "Location");
    assert_non_null(at);
    assert_true(g_str_has_prefix(at, "/drawing/"));
    return g_strdup(at);
}

/* Asks again as the page does until it offers the file. */
static void
await_paper(HjTestCounty *county, const char *account, const char *job)
{
    const int64_t until = g_get_monotonic_time() + PATIENCE;
    for (;;) {
        g_autoptr(HjTestAnswer) page = hj_test_page(county, account, job);
        assert_status(page, 200);
        const bool waits = hj_test_header(page, "Refresh") != NULL;
        assert_int_equal(strstr(page->body, "<progress") != NULL, waits);
        assert_int_equal(strstr(page->body, "/file.pdf") != NULL, !waits);
        if (!waits)
            return;
        assert_true(g_get_monotonic_time() < until);
        g_usleep(20000);
    }
}

static void
test_a_long_paper_is_drawn_beside_the_request_and_then_offered(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) direct = hj_test_page(county, "county", CARDS);
    g_autofree char *wanted = words_of(direct, NULL);
    hj_drawing_tune(hj_app_drawing(county->app), 10, AN_HOUR);
    g_autofree char *job = ordered(county, "county");
    g_autofree char *file = g_strconcat(job, "/file.pdf", NULL);
    await_paper(county, "county", job);
    g_autoptr(HjTestAnswer) pdf = hj_test_page(county, "county", file);
    g_autofree char *words = words_of(pdf, NULL);
    assert_string_equal(words, wanted);
    assert_non_null(strstr(hj_test_header(pdf, "Content-Disposition"), "attachment"));
    /* Asked for again it is the same one, for nobody else. */
    g_autofree char *again = ordered(county, "county");
    assert_string_equal(again, job);
    static const char *const others[] = { "town", "admin", "auditor" };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(HjTestAnswer) page = hj_test_page(county, others[i], job);
        assert_status(page, 404);
        g_autoptr(HjTestAnswer) stolen = hj_test_page(county, others[i], file);
        assert_status(stolen, 404);
    }
    /* A program gets its answer at once, however long it is. */
    g_autoptr(HjTestAnswer) api =
        hj_test_get(county, "county", "/api/v1" REPORT "/export.pdf" DAYS);
    g_autofree char *report = words_of(api, NULL);
    assert_non_null(strstr(report, "甲镇"));
}

static void
test_a_long_paper_is_gone_when_its_time_or_the_right_to_it_is(void **state)
{
    HjTestCounty *county = *state;
    hj_drawing_tune(hj_app_drawing(county->app), 10, AN_HOUR);
    g_autofree char *job = ordered(county, "town");
    await_paper(county, "town", job);
    hj_test_grant(county, "town", "township_organizer", HJ_TEST_OTHER_TOWN);
    g_autoptr(HjTestAnswer) other_rights = hj_test_page(county, "town", job);
    assert_status(other_rights, 404);
    g_autofree char *anew = ordered(county, "town");
    assert_true(strcmp(anew, job) != 0);
    await_paper(county, "town", anew);
    hj_drawing_tune(hj_app_drawing(county->app), 10, 0);
    g_autoptr(HjTestAnswer) old = hj_test_page(county, "town", anew);
    assert_status(old, 404);
    hj_drawing_tune(hj_app_drawing(county->app), 4000, AN_HOUR);
    g_autoptr(HjTestAnswer) direct = hj_test_page(county, "town", CARDS);
    assert_status(direct, 200);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_m24_a_report_says_the_same_as_page_pdf_workbook_and_api),
    cmocka_unit_test(test_m24_a_report_lists_all_below_and_opens_every_figure),
    cmocka_unit_test(test_a_report_of_another_place_or_of_nothing_is_refused_in_every_shape),
    cmocka_unit_test(test_a_supervision_notice_is_a_letter_to_the_standard),
    cmocka_unit_test(test_any_row_is_printed_as_a_form_with_its_fields_rows_and_way),
    cmocka_unit_test(
        test_p_05_the_form_of_a_person_masks_what_is_sealed_and_says_who_printed_it),
    cmocka_unit_test(test_a_row_without_a_notice_has_none_as_pdf_either),
    cmocka_unit_test(test_a_long_paper_is_drawn_beside_the_request_and_then_offered),
    cmocka_unit_test(test_a_long_paper_is_gone_when_its_time_or_the_right_to_it_is),
};

HJ_FLOW_MAIN(stories, hj_test_cast_new)
