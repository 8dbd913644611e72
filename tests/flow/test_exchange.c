/* Workbooks of a ledger: out, in, what is wrong named, the right rows taken, the others mended.
 */
#include "base/sheet_worker.h"
#include "base/sheet_write.h"
#include "core/import_job.h"
#include "tests/flow/flow.h"
#include "tests/harness/workers.h"
#include "web/exchange.h"

#define PEOPLE "/api/v1/ledgers/person"

const HjWorkerKind *
hj_test_workers(void)
{
    static HjWorkerKind kinds[2];
    kinds[0] = hj_sheet_worker;
    return kinds;
}

/* A workbook of rows of five texts; ended by NULL. */
static GBytes *
book_of(const char *first, ...)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjSheetBook) book = hj_sheet_book_new(&error);
    assert_null(error);
    assert_true(hj_sheet_book_begin(book, "人员", 1, false, &error));
    va_list args;
    va_start(args, first);
    for (const char *text = first; text != NULL;) {
        HjSheetValue values[5] = { 0 };
        for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
            values[i].text = text;
            text = va_arg(args, const char *);
        }
        assert_true(hj_sheet_book_row(book, values, G_N_ELEMENTS(values), &error));
    }
    va_end(args);
    GBytes *bytes = hj_sheet_book_end(book, &error);
    assert_null(error);
    return bytes;
}

#define HEADINGS "组织", "姓名", "性别", "出生日期", "备注"

static HjTestAnswer *
send_book(HjTestCounty *county, const char *account, const char *ledger, GBytes *book,
          const char *mode)
{
    gsize n;
    const void *bytes = g_bytes_get_data(book, &n);
    const HjTestPart parts[] = { { "mode", NULL, mode, strlen(mode) },
                                 { "file", "名单.xlsx", bytes, n },
                                 { 0 } };
    g_autofree char *uri = g_strdup_printf("/api/v1/ledgers/%s/import", ledger);
    return hj_test_upload(county, account, uri, parts);
}

static GBytes *
fixture(const char *name)
{
    g_autofree char *path = g_build_filename(HJ_TEST_SOURCE, "tests/fixtures/xlsx", name, NULL);
    char *data = NULL;
    gsize n = 0;
    assert_true(g_file_get_contents(path, &data, &n, NULL));
    return g_bytes_new_take(data, n);
}

static int64_t
count_of(HjTestCounty *county, const char *account, const char *query)
{
    g_autofree char *uri = g_strdup_printf(PEOPLE "/rows?limit=200&%s", query);
    g_autoptr(HjTestAnswer) list = hj_test_get(county, account, uri);
    assert_status(list, 200);
    return (int64_t)hj_test_count(list);
}

/* The first sheet as "row: cell|cell|…" lines. */
static bool
add_row(const HjSheetRow *row, gpointer data, GError **error)
{
    (void)error;
    GString *out = data;
    g_string_append_printf(out, "%d:", row->number);
    for (size_t i = 0; i < row->n_cells; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? "|" : " ", row->cells[i].text);
    g_string_append_c(out, '\n');
    return true;
}

static char *
read_book(const void *bytes, size_t n)
{
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    if (!hj_sheet_read(bytes, n, add_row, out, &error))
        fail_msg("%s", error->message);
    return g_string_free(out, FALSE);
}

static void
check_fixture(HjTestCounty *county, const char *name)
{
    g_autoptr(GBytes) book = fixture(name);
    g_autoptr(HjTestAnswer) looked = send_book(county, "county", "person", book, "check");
    assert_status(looked, 200);
    assert_answer(looked, "rows", "12");
    assert_answer(looked, "right", "12");
}

static void
test_every_spelling_of_a_day_from_openpyxl_and_libreoffice_is_read(void **state)
{
    HjTestCounty *county = *state;
    check_fixture(county, "openpyxl.xlsx");
    check_fixture(county, "libreoffice.xlsx");
    g_autoptr(GBytes) book = fixture("libreoffice.xlsx");
    g_autoptr(HjTestAnswer) made = send_book(county, "county", "person", book, "all");
    assert_status(made, 201);
    assert_answer(made, "imported", "12");
    assert_int_equal(count_of(county, "county", "born_on=1980-03-05"), 12);
    assert_int_equal(count_of(county, "village", "born_on=1980-03-05"), 12);
    /* The same workbook again, saved by the other program: nothing new in it. */
    g_autoptr(GBytes) again = fixture("openpyxl.xlsx");
    g_autoptr(HjTestAnswer) twice = send_book(county, "county", "person", again, "check");
    assert_answer(twice, "right", "0");
    assert_answer(twice, "duplicates", "12");
    g_autoptr(HjTestAnswer) refused = send_book(county, "county", "person", again, "all");
    assert_status(refused, 422);
    assert_int_equal(count_of(county, "county", "born_on=1980-03-05"), 12);
}

static void
test_a_merged_cell_is_named_as_the_error(void **state)
{
    g_autoptr(GBytes) book = fixture("merged.xlsx");
    g_autoptr(HjTestAnswer) looked = send_book(*state, "county", "person", book, "all");
    assert_refused(looked, 422, "C3", "merged");
    assert_non_null(strstr(looked->body, "C2"));
}

static void
test_days_counted_from_1904_are_the_same_days(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GBytes) book = fixture("from1904.xlsx");
    g_autoptr(HjTestAnswer) made = send_book(county, "county", "person", book, "all");
    assert_status(made, 201);
    assert_int_equal(count_of(county, "county", "born_on=1980-03-05"), 13);
}

static void
test_an_unknown_heading_is_named_with_the_nearest(void **state)
{
    g_autoptr(GBytes) book = fixture("heading.xlsx");
    g_autoptr(HjTestAnswer) looked = send_book(*state, "county", "person", book, "all");
    assert_refused(looked, 422, "file", "headings");
    assert_non_null(strstr(looked->body, "B1"));
    assert_non_null(strstr(looked->body, "没有“出生日其”这一栏。是不是“出生日期”？"));
}

static void
test_formulas_count_by_their_value_and_errors_are_named(void **state)
{
    g_autoptr(GBytes) saved = fixture("formulas_libreoffice.xlsx");
    g_autoptr(HjTestAnswer) looked = send_book(*state, "county", "person", saved, "check");
    assert_answer(looked, "right", "1");
    assert_answer(looked, "errors.0.field", "E3");
    g_autoptr(GBytes) unsaved = fixture("formulas.xlsx");
    g_autoptr(HjTestAnswer) without = send_book(*state, "county", "person", unsaved, "check");
    assert_answer(without, "right", "0");
    assert_answer(without, "errors.0.field", "E2");
}

static void
test_right_rows_come_in_and_wrong_ones_stay_out(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GBytes) book =
        book_of(HEADINGS, HJ_TEST_VILLAGE, "李甲", "男", "1970-01-01", "right", HJ_TEST_VILLAGE,
                "李乙", "不明", "1970-01-01", "wrong sex", HJ_TEST_FOREIGN, "李丙", "女",
                "1970-13-01", "wrong day", NULL);
    g_autoptr(HjTestAnswer) none = send_book(county, "county", "person", book, "all");
    assert_refused(none, 422, "C3", "choice");
    assert_string_equal(hj_test_issue(none, "D4"), "type");
    assert_int_equal(count_of(county, "county", "born_on=1970-01-01"), 0);
    g_autoptr(HjTestAnswer) some = send_book(county, "county", "person", book, "right");
    assert_status(some, 201);
    assert_answer(some, "imported", "1");
    assert_answer(some, "wrong", "2");
    assert_int_equal(count_of(county, "county", "born_on=1970-01-01"), 1);
}

static void
test_nobody_imports_outside_the_own_scope(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GBytes) book =
        book_of(HEADINGS, HJ_TEST_FOREIGN, "周外", "男", "1971-01-01", "", NULL);
    g_autoptr(HjTestAnswer) looked = send_book(county, "village", "person", book, "all");
    assert_refused(looked, 422, "A2", "reference");
    g_autoptr(HjTestAnswer) denied = send_book(county, "auditor", "person", book, "all");
    assert_status(denied, 403);
    assert_int_equal(count_of(county, "county", "born_on=1971-01-01"), 0);
}

static void
test_an_export_is_imported_again_as_nothing_new(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) out =
        hj_test_get(county, "county", PEOPLE "/export.xlsx?born_on=1970-01-01&sort=name");
    assert_status(out, 200);
    g_autofree char *text = read_book(out->body, out->n_body);
    assert_non_null(strstr(text, "李甲"));
    g_autoptr(GBytes) book = g_bytes_new(out->body, out->n_body);
    g_autoptr(HjTestAnswer) looked = send_book(county, "county", "person", book, "check");
    assert_answer(looked, "rows", "1");
    assert_answer(looked, "duplicates", "1");
    g_autoptr(HjTestAnswer) events = hj_test_get(county, "auditor", "/api/v1/events");
    assert_status(events, 200);
}

static void
test_the_template_holds_the_headings_and_no_row(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) out = hj_test_get(county, "village", PEOPLE "/template.xlsx");
    assert_status(out, 200);
    g_autofree char *text = read_book(out->body, out->n_body);
    assert_true(g_str_has_prefix(text, "1: 组织 *|姓名 *"));
    g_autoptr(GBytes) book = g_bytes_new(out->body, out->n_body);
    g_autoptr(HjTestAnswer) looked = send_book(county, "village", "person", book, "check");
    assert_refused(looked, 422, "file", "headings");
}

/* --- the pages --- */

static void
run_jobs(HjTestCounty *county)
{
    bool any = true;
    while (any) {
        g_autoptr(GError) error = NULL;
        assert_true(hj_import_run_due(hj_app_store(county->app), county->pack, &any, &error));
    }
}

static char *
upload_page(HjTestCounty *county, const char *account, GBytes *book)
{
    gsize n;
    const void *bytes = g_bytes_get_data(book, &n);
    const HjTestPart parts[] = { { "file", "名单.xlsx", bytes, n }, { 0 } };
    g_autoptr(HjTestAnswer) sent =
        hj_test_upload(county, account, "/ledgers/person/import", parts);
    assert_status(sent, 303);
    return g_strdup(hj_test_header(sent, "Location"));
}

static void
assert_page_says(HjTestCounty *county, const char *account, const char *uri, const char *text)
{
    g_autoptr(HjTestAnswer) page = hj_test_page(county, account, uri);
    assert_status(page, 200);
    if (strstr(page->body, text) == NULL)
        print_error("%s\n", page->body);
    assert_non_null(strstr(page->body, text));
}

static void
test_a_workbook_sent_twice_by_one_form_is_one_import(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GBytes) book =
        book_of(HEADINGS, HJ_TEST_VILLAGE, "郑一", "男", "1961-01-01", "", NULL);
    gsize n;
    const void *bytes = g_bytes_get_data(book, &n);
    g_autoptr(HjTestAnswer) form = hj_test_page(county, "town", "/ledgers/person/import");
    const char *at = strstr(form->body, "name=\"form_key\" value=\"");
    assert_non_null(at);
    at += strlen("name=\"form_key\" value=\"");
    g_autofree char *key = g_strndup(at, strcspn(at, "\""));
    const HjTestPart parts[] = { { "form_key", NULL, key, 0 },
                                 { "file", "名单.xlsx", bytes, n },
                                 { 0 } };
    g_autoptr(HjTestAnswer) first =
        hj_test_upload(county, "town", "/ledgers/person/import", parts);
    assert_status(first, 303);
    g_autoptr(HjTestAnswer) second =
        hj_test_upload(county, "town", "/ledgers/person/import", parts);
    assert_status(second, 303);
    assert_string_equal(hj_test_header(second, "Location"), hj_test_header(first, "Location"));
    run_jobs(county);
}

static void
test_three_wrong_cells_are_mended_and_come_in(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GBytes) book =
        book_of(HEADINGS, HJ_TEST_VILLAGE, "吴甲", "男", "1960-01-01", "right", HJ_TEST_VILLAGE,
                "吴乙", "不明", "1960-01-01", "", "没有这个村", "吴丙", "女", "1960-01-01", "",
                HJ_TEST_VILLAGE, "吴丁", "女", "昨天", "", NULL);
    g_autofree char *job = upload_page(county, "village", book);
    assert_page_says(county, "village", job, "正在检查工作簿");
    run_jobs(county);
    assert_page_says(county, "village", job, "A4");
    assert_page_says(county, "village", job, "C3");
    assert_page_says(county, "village", job, "D5");
    /* Nobody else sees it. */
    g_autoptr(HjTestAnswer) other = hj_test_page(county, "county", job);
    assert_status(other, 404);
    /* All or none is not offered, and not done. */
    g_autoptr(HjTestAnswer) all = hj_test_form(county, "village", job, "do=all");
    assert_status(all, 409);
    g_autoptr(HjTestAnswer) right = hj_test_form(county, "village", job, "do=right");
    assert_status(right, 303);
    assert_page_says(county, "village", job, "正在导入");
    run_jobs(county);
    assert_page_says(county, "village", job, "导入完成");
    assert_int_equal(count_of(county, "county", "born_on=1960-01-01"), 1);
    /* Started once. */
    g_autoptr(HjTestAnswer) again = hj_test_form(county, "village", job, "do=right");
    assert_status(again, 409);
    g_autofree char *wrong = g_strconcat(job, "/wrong.xlsx", NULL);
    g_autoptr(HjTestAnswer) out = hj_test_page(county, "village", wrong);
    assert_status(out, 200);
    g_autofree char *text = read_book(out->body, out->n_body);
    assert_null(strstr(text, "吴甲"));
    assert_non_null(strstr(text, "吴乙"));
    assert_non_null(strstr(text, "出生日期：请填日期"));
    /* As it came it is read again and has the same three wrong cells. */
    g_autoptr(GBytes) same = g_bytes_new(out->body, out->n_body);
    g_autoptr(HjTestAnswer) looked = send_book(county, "village", "person", same, "check");
    assert_status(looked, 200);
    assert_answer(looked, "wrong", "3");
}

static void
test_all_right_rows_come_in_together(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GBytes) book = book_of(HEADINGS, HJ_TEST_VILLAGE, "郑甲", "男", "1961-01-01", "",
                                     HJ_TEST_VILLAGE, "郑乙", "女", "1961-01-01", "", NULL);
    g_autofree char *job = upload_page(county, "village", book);
    run_jobs(county);
    assert_page_says(county, "village", job, "全部导入");
    g_autoptr(HjTestAnswer) all = hj_test_form(county, "village", job, "do=all");
    assert_status(all, 303);
    run_jobs(county);
    assert_int_equal(count_of(county, "county", "born_on=1961-01-01"), 2);
    g_autoptr(HjTestAnswer) forgotten = hj_test_form(county, "village", job, "do=drop");
    assert_status(forgotten, 409);
}

static void
test_a_workbook_nobody_wants_is_forgotten(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(GBytes) book = fixture("heading.xlsx");
    g_autofree char *job = upload_page(county, "village", book);
    run_jobs(county);
    assert_page_says(county, "village", job, "是不是“出生日期”？");
    g_autoptr(HjTestAnswer) dropped = hj_test_form(county, "village", job, "do=drop");
    assert_status(dropped, 303);
    g_autoptr(HjTestAnswer) gone = hj_test_page(county, "village", job);
    assert_status(gone, 404);
}

/* --- taking back --- */

static char *
import_right(HjTestCounty *county, const char *account, const char *born)
{
    g_autoptr(GBytes) book = book_of(HEADINGS, HJ_TEST_VILLAGE, "冯甲", "男", born, "",
                                     HJ_TEST_VILLAGE, "冯乙", "女", born, "", NULL);
    g_autoptr(HjTestAnswer) in = send_book(county, account, "person", book, "all");
    assert_status(in, 201);
    char *id = g_strdup(hj_test_at(in, "id"));
    assert_non_null(id);
    return id;
}

static void
test_a_workbook_sent_twice_under_one_key_comes_in_once(void **state)
{
    HjTestCounty *county = *state;
    gsize n;
    g_autoptr(GBytes) book =
        book_of(HEADINGS, HJ_TEST_VILLAGE, "蒋甲", "男", "1964-01-01", "", NULL);
    const void *bytes = g_bytes_get_data(book, &n);
    HjTestPart parts[] = { { "mode", NULL, "all", 3 }, { "file", "a.xlsx", bytes, n }, { 0 } };
    const HjTestHeader keyed[] = { { "idempotency-key", "workbook-1" }, { 0 } };
    const char *uri = PEOPLE "/import";
    g_autoptr(HjTestAnswer) first = hj_test_upload_with(county, "village", uri, parts, keyed);
    assert_status(first, 201);
    g_autoptr(HjTestAnswer) second = hj_test_upload_with(county, "village", uri, parts, keyed);
    assert_status(second, 201);
    assert_string_equal(hj_test_header(second, "Idempotency-Replayed"), "true");
    assert_string_equal(first->body, second->body);
    assert_int_equal(count_of(county, "county", "born_on=1964-01-01"), 1);
    /* The same key with another form is another request. */
    parts[0].bytes = "right";
    parts[0].n = 5;
    g_autoptr(HjTestAnswer) other = hj_test_upload_with(county, "village", uri, parts, keyed);
    assert_status(other, 422);
}

static HjTestAnswer *
take_back(HjTestCounty *county, const char *account, const char *id, const char *reason)
{
    g_autofree char *uri = g_strdup_printf("/api/v1/imports/%s/undo", id);
    g_autofree char *body = g_strdup_printf("{\"reason\":\"%s\"}", reason);
    return hj_test_post(county, account, uri, body);
}

static void
test_an_import_is_taken_back_as_a_whole(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = import_right(county, "village", "1962-01-01");
    g_autofree char *uri = g_strconcat("/api/v1/imports/", id, NULL);
    g_autoptr(HjTestAnswer) one = hj_test_get(county, "village", uri);
    assert_status(one, 200);
    assert_answer(one, "state", "done");
    assert_answer(one, "can_be_undone", "true");
    g_autoptr(HjTestAnswer) other = take_back(county, "county", id, "别人的");
    assert_status(other, 404);
    g_autoptr(HjTestAnswer) silent = take_back(county, "village", id, " ");
    assert_refused(silent, 422, "reason", "required");
    assert_int_equal(count_of(county, "county", "born_on=1962-01-01"), 2);
    g_autoptr(HjTestAnswer) done = take_back(county, "village", id, "传错了文件");
    assert_status(done, 200);
    assert_answer(done, "voided", "2");
    assert_int_equal(count_of(county, "county", "born_on=1962-01-01"), 0);
    g_autoptr(HjTestAnswer) twice = take_back(county, "village", id, "再来一次");
    assert_status(twice, 409);
    /* Every row says who, when and why; the page says so for each. */
    g_autofree char *page = g_strconcat("/imports/", id, NULL);
    assert_page_says(county, "village", page, "冯甲");
    assert_page_says(county, "village", page, "已撤回这次导入");
    /* It may come in again. */
    g_autofree char *again = import_right(county, "village", "1962-01-01");
    assert_non_null(again);
    assert_int_equal(count_of(county, "county", "born_on=1962-01-01"), 2);
}

static void
test_a_changed_row_keeps_its_import_and_is_named(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = import_right(county, "village", "1963-01-01");
    g_autoptr(HjTestAnswer) rows =
        hj_test_get(county, "village", PEOPLE "/rows?born_on=1963-01-01");
    g_autofree char *row = g_strdup(hj_test_at(rows, "items.0.id"));
    assert_non_null(row);
    g_autofree char *uri = g_strconcat(PEOPLE "/rows/", row, NULL);
    g_autoptr(HjTestAnswer) changed = hj_test_patch(
        county, "village", uri, "{\"version\":1,\"fields\":{\"note\":\"已核对\"}}");
    assert_status(changed, 200);
    g_autoptr(HjTestAnswer) refused = take_back(county, "village", id, "传错了文件");
    assert_status(refused, 409);
    assert_non_null(strstr(refused->body, row));
    assert_int_equal(count_of(county, "county", "born_on=1963-01-01"), 2);
    g_autofree char *page = g_strdup_printf("/imports/%s", id);
    g_autofree char *ask = g_strconcat(page, "?undo=1", NULL);
    assert_page_says(county, "village", ask, "已被改动");
    g_autoptr(HjTestAnswer) sent =
        hj_test_form(county, "village", page, "do=undo&reason=%E9%94%99");
    assert_status(sent, 303);
    assert_int_equal(count_of(county, "county", "born_on=1963-01-01"), 2);
}

/* --- organizations --- */

static GBytes *
book_of_orgs(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjSheetBook) book = hj_sheet_book_new(&error);
    const char *const rows[][5] = {
        { "上级组织", "编码", "名称", "类别", "依据文号" },
        { "130921", "130921177", name, "党委", "沧组〔2018〕1号" },
        { "130921177", "130921177201", "新一村", "村", "" },
        { "130921177201", "", "新一村党支部", "党支部", "" },
    };
    assert_true(hj_sheet_book_begin(book, "组织", 1, false, &error));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HjSheetValue values[5] = { 0 };
        for (size_t k = 0; k < G_N_ELEMENTS(values); k++)
            values[k].text = rows[i][k];
        assert_true(hj_sheet_book_row(book, values, G_N_ELEMENTS(values), &error));
    }
    GBytes *bytes = hj_sheet_book_end(book, &error);
    assert_null(error);
    return bytes;
}

static void
test_organizations_come_in_on_their_page(void **state)
{
    HjTestCounty *county = *state;
    gsize n;
    g_autoptr(GBytes) book = book_of_orgs("新设镇党委");
    const void *bytes = g_bytes_get_data(book, &n);
    const HjTestPart parts[] = { { "file", "组织.xlsx", bytes, n }, { 0 } };
    g_autoptr(HjTestAnswer) denied = hj_test_upload(county, "village", "/orgs/import", parts);
    assert_status(denied, 403);
    g_autoptr(HjTestAnswer) sent = hj_test_upload(county, "county", "/orgs/import", parts);
    assert_status(sent, 303);
    const char *job = hj_test_header(sent, "Location");
    run_jobs(county);
    /* The check makes them and takes them back: nothing stands yet. */
    assert_page_says(county, "county", job, "全部导入");
    g_autoptr(HjTestAnswer) absent = hj_test_page(county, "county", "/orgs/130921177");
    assert_status(absent, 404);
    g_autoptr(HjTestAnswer) all = hj_test_form(county, "county", job, "do=all");
    assert_status(all, 303);
    run_jobs(county);
    assert_page_says(county, "county", job, "导入完成");
    assert_page_says(county, "county", "/orgs/130921177", "新设镇党委");
    assert_page_says(county, "county", "/orgs/130921177", "沧组〔2018〕1号");
    g_autoptr(HjTestAnswer) out = hj_test_page(county, "county", "/orgs/export.xlsx");
    assert_status(out, 200);
    g_autofree char *text = read_book(out->body, out->n_body);
    assert_non_null(strstr(text, "新一村党支部"));
    g_autoptr(HjTestAnswer) empty = hj_test_page(county, "county", "/orgs/template.xlsx");
    assert_status(empty, 200);
}

static void *
prepare(HjFixtureKind kind)
{
    return hj_test_cast_new(kind);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_every_spelling_of_a_day_from_openpyxl_and_libreoffice_is_read),
    cmocka_unit_test(test_a_merged_cell_is_named_as_the_error),
    cmocka_unit_test(test_days_counted_from_1904_are_the_same_days),
    cmocka_unit_test(test_an_unknown_heading_is_named_with_the_nearest),
    cmocka_unit_test(test_formulas_count_by_their_value_and_errors_are_named),
    cmocka_unit_test(test_right_rows_come_in_and_wrong_ones_stay_out),
    cmocka_unit_test(test_nobody_imports_outside_the_own_scope),
    cmocka_unit_test(test_an_export_is_imported_again_as_nothing_new),
    cmocka_unit_test(test_the_template_holds_the_headings_and_no_row),
    cmocka_unit_test(test_a_workbook_sent_twice_by_one_form_is_one_import),
    cmocka_unit_test(test_three_wrong_cells_are_mended_and_come_in),
    cmocka_unit_test(test_all_right_rows_come_in_together),
    cmocka_unit_test(test_a_workbook_nobody_wants_is_forgotten),
    cmocka_unit_test(test_a_workbook_sent_twice_under_one_key_comes_in_once),
    cmocka_unit_test(test_an_import_is_taken_back_as_a_whole),
    cmocka_unit_test(test_a_changed_row_keeps_its_import_and_is_named),
    cmocka_unit_test(test_organizations_come_in_on_their_page),
};

HJ_FLOW_MAIN(stories, prepare)
