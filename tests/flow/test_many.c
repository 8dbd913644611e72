/* Searching, kept lists and many rows at once, as a browser uses them. */
#include "tests/flow/flow.h"

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

/* A person of the village; the row's number, which the caller owns. */
static char *
add_person(HjTestCounty *county, const char *org, const char *name, const char *born)
{
    g_autofree char *body = g_strdup_printf(
        "{\"org\":\"%s\",\"fields\":{\"name\":\"%s\",\"sex\":\"male\",\"born_on\":\"%s\"}}",
        org, name, born);
    g_autoptr(HjTestAnswer) made =
        hj_test_post(county, "county", "/api/v1/ledgers/person/rows", body);
    assert_status(made, 201);
    return g_strdup(hj_test_at(made, "id"));
}

static void
one_box_finds_organizations_people_and_rows(void **state)
{
    g_autofree char *here = add_person(*state, HJ_TEST_VILLAGE, "钱守义", "1970-01-02");
    g_autofree char *there = add_person(*state, HJ_TEST_FOREIGN, "钱守信", "1971-01-02");
    assert_non_null(there);
    g_autoptr(HjTestAnswer) all = hj_test_page(*state, "county", "/search?q=qsy");
    assert_status(all, 200);
    assert_says(all, "<mark>钱守义</mark>");
    g_autoptr(HjTestAnswer) both =
        hj_test_page(*state, "county", "/search?q=%E9%92%B1%E5%AE%88");
    assert_says(both, "<mark>钱守</mark>义");
    assert_says(both, "<mark>钱守</mark>信");
    g_autoptr(HjTestAnswer) town = hj_test_page(*state, "town", "/search?q=%E9%92%B1%E5%AE%88");
    assert_says(town, "<mark>钱守</mark>义");
    assert_false(says(town, "<mark>钱守</mark>信"));
    g_autoptr(HjTestAnswer) org =
        hj_test_page(*state, "county", "/search?q=%E7%94%B2%E9%95%87");
    assert_says(org, "/orgs/" HJ_TEST_TOWN);
    g_autoptr(HjTestAnswer) none =
        hj_test_page(*state, "county", "/search?q=%E6%97%A0%E6%AD%A4");
    assert_says(none, "没有符合的记录");
    g_autoptr(HjTestAnswer) odd =
        hj_test_page(*state, "county", "/search?q=%3Cscript%3E%22%27*&ledger=person");
    assert_status(odd, 200);
    assert_false(says(odd, "<script>\""));
    g_autoptr(HjTestAnswer) api =
        hj_test_get(*state, "town", "/api/v1/search?q=qianshou&limit=10");
    assert_status(api, 200);
    assert_int_equal(hj_test_count(api), 1);
    assert_answer(api, "items.0.id", here);
    assert_answer(api, "items.0.title", "钱守义");
    g_autoptr(HjTestAnswer) unsaid = hj_test_get(*state, "town", "/api/v1/search");
    assert_status(unsaid, 400);
}

/* The hidden input of the preview. */
static char *
items_of(const HjTestAnswer *page)
{
    const char *at = strstr(page->body, "name=\"items\" value=\"");
    assert_non_null(at);
    at += strlen("name=\"items\" value=\"");
    g_autofree char *items = g_strndup(at, strcspn(at, "\""));
    return g_uri_escape_string(items, NULL, FALSE);
}

static void
many_rows_are_changed_with_a_result_for_each_and_taken_back(void **state)
{
    g_autofree char *one = add_person(*state, HJ_TEST_VILLAGE, "周一", "1970-01-02");
    g_autofree char *two = add_person(*state, HJ_TEST_VILLAGE, "周二", "1971-01-02");
    g_autofree char *out = add_person(*state, HJ_TEST_FOREIGN, "周三", "1972-01-02");
    g_autofree char *address = g_strdup_printf(
        "/ledgers/person/batch?row=%s&row=%s&field=note&value=checked&preview=1", one, two);
    g_autoptr(HjTestAnswer) shown = hj_test_page(*state, "town", address);
    assert_status(shown, 200);
    g_autofree char *items = items_of(shown);
    /* Somebody is faster with one of them, and a third is not this township's. */
    g_autofree char *faster = g_strdup_printf("/api/v1/ledgers/person/rows/%s", two);
    g_autoptr(HjTestAnswer) changed = hj_test_patch(
        *state, "county", faster, "{\"version\":1,\"fields\":{\"note\":\"first\"}}");
    assert_status(changed, 200);
    g_autofree char *form =
        g_strdup_printf("items=%s%%2C%s%%3A1&field=note&value=checked", items, out);
    g_autoptr(HjTestAnswer) done = hj_test_form(*state, "town", "/ledgers/person/batch", form);
    assert_status(done, 303);
    g_autofree char *result = g_strdup(hj_test_header(done, "Location"));
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "town", result);
    assert_status(page, 200);
    assert_says(page, "期间已被他人修改");
    g_autoptr(HjTestAnswer) others = hj_test_page(*state, "other", result);
    assert_status(others, 404);
    g_autofree char *first = g_strdup_printf("/api/v1/ledgers/person/rows/%s", one);
    g_autoptr(HjTestAnswer) now = hj_test_get(*state, "town", first);
    assert_answer(now, "fields.note", "checked");
    g_autofree char *undo = g_strdup_printf("%s/undo", result);
    g_autoptr(HjTestAnswer) undone = hj_test_form(*state, "town", undo, "");
    assert_status(undone, 303);
    g_autoptr(HjTestAnswer) again = hj_test_get(*state, "town", first);
    assert_true(g_strcmp0(hj_test_at(again, "fields.note"), "checked") != 0);
    assert_answer(again, "version", "3");
    g_autoptr(HjTestAnswer) kept = hj_test_get(*state, "county", faster);
    assert_answer(kept, "fields.note", "first");
    g_autoptr(HjTestAnswer) twice = hj_test_form(*state, "town", undo, "");
    assert_status(twice, 409);
}

static void
a_filter_is_changed_as_a_whole_and_a_wrong_value_is_refused_row_by_row(void **state)
{
    g_autofree char *one = add_person(*state, HJ_TEST_SIBLING, "吴一", "1970-01-02");
    assert_non_null(one);
    g_autoptr(HjTestAnswer) wrong =
        hj_test_page(*state, "county",
                     "/ledgers/person/batch?all=1&under=" HJ_TEST_SIBLING
                     "&field=born_on&value=2030-01-01&preview=1");
    assert_status(wrong, 200);
    assert_says(wrong, "出生日期不能晚于今天");
    g_autoptr(HjTestAnswer) reason = hj_test_page(
        *state, "county", "/ledgers/person/batch?all=1&under=" HJ_TEST_SIBLING "&preview=1");
    assert_says(reason, "aria-invalid");
    g_autoptr(HjTestAnswer) shown = hj_test_page(
        *state, "county",
        "/ledgers/person/batch?all=1&under=" HJ_TEST_SIBLING "&reason=twice&preview=1");
    g_autofree char *items = items_of(shown);
    g_autofree char *form = g_strdup_printf("items=%s&field=&value=twice", items);
    g_autoptr(HjTestAnswer) done =
        hj_test_form(*state, "county", "/ledgers/person/batch", form);
    assert_status(done, 303);
    g_autofree char *list = g_strdup("/api/v1/ledgers/person/rows?under=" HJ_TEST_SIBLING);
    g_autoptr(HjTestAnswer) left = hj_test_get(*state, "county", list);
    assert_int_equal(hj_test_count(left), 0);
    g_autoptr(HjTestAnswer) denied =
        hj_test_page(*state, "auditor", "/ledgers/person/batch?all=1");
    assert_status(denied, 403);
}

static void
a_list_is_kept_opened_first_shared_and_removed(void **state)
{
    g_autoptr(HjTestAnswer) kept = hj_test_form(
        *state, "town", "/ledgers/person/lists",
        "query=sex%3Dmale%26cursor%3Dabc&name=%E7%94%B7&is_default=1&role=branch_secretary");
    assert_status(kept, 303);
    g_autoptr(HjTestAnswer) first = hj_test_page(*state, "town", "/ledgers/person");
    assert_status(first, 303);
    g_autofree char *address = g_strdup(hj_test_header(first, "Location"));
    assert_true(g_str_has_suffix(address, "&sex=male"));
    g_autoptr(HjTestAnswer) opened = hj_test_page(*state, "town", address);
    assert_status(opened, 200);
    assert_says(opened, "chip on");
    g_autoptr(HjTestAnswer) shared = hj_test_page(*state, "village", "/ledgers/person");
    assert_status(shared, 200);
    assert_says(shared, "sex=male");
    g_autoptr(HjTestAnswer) foreign = hj_test_page(*state, "other", "/ledgers/person");
    assert_false(says(foreign, "sex=male"));
    g_autoptr(HjTestAnswer) columns =
        hj_test_form(*state, "village", "/ledgers/person/columns", "born_on=1&name=2&sex=x");
    assert_status(columns, 303);
    g_autoptr(HjTestAnswer) list = hj_test_page(*state, "village", "/ledgers/person");
    const char *head = strstr(list->body, "<thead>");
    assert_non_null(head);
    const char *born = strstr(head, "出生日期"), *name = strstr(head, "姓名");
    assert_true(born != NULL && name != NULL && born < name);
    assert_null(strstr(list->body, "sort=sex"));
    const char *id = strstr(address, "list=") + strlen("list=");
    g_autofree char *number = g_strndup(id, strcspn(id, "&"));
    g_autofree char *remove = g_strdup_printf("/ledgers/person/lists/%s/remove", number);
    g_autoptr(HjTestAnswer) not_own = hj_test_form(*state, "village", remove, "");
    assert_status(not_own, 404);
    g_autoptr(HjTestAnswer) removed = hj_test_form(*state, "town", remove, "");
    assert_status(removed, 303);
    g_autoptr(HjTestAnswer) plain = hj_test_page(*state, "town", "/ledgers/person");
    assert_status(plain, 200);
}

static void
two_records_of_one_person_become_one_and_nothing_is_lost(void **state)
{
    g_autofree char *keep = add_person(*state, HJ_TEST_VILLAGE, "郑重复", "1970-01-02");
    g_autofree char *gone = add_person(*state, HJ_TEST_SIBLING, "郑重复", "1970-01-02");
    g_autofree char *third = add_person(*state, HJ_TEST_SIBLING, "郑重复", "1980-05-05");
    g_autofree char *body =
        g_strdup_printf("{\"org\":\"" HJ_TEST_SIBLING "\",\"fields\":{\"person\":\"%s\","
                        "\"listed_on\":\"2018-01-01\"}}",
                        gone);
    g_autoptr(HjTestAnswer) cites =
        hj_test_post(*state, "county", "/api/v1/ledgers/reserve_cadre/rows", body);
    assert_status(cites, 201);
    g_autofree char *citing =
        g_strdup_printf("/api/v1/ledgers/reserve_cadre/rows/%s", hj_test_at(cites, "id"));
    g_autoptr(HjTestAnswer) list = hj_test_page(*state, "town", "/ledgers/person/twins");
    assert_status(list, 200);
    assert_says(list, gone);
    assert_false(says(list, third));
    g_autofree char *both = g_strdup_printf("/ledgers/person/twins?a=%s&b=%s", keep, gone);
    g_autoptr(HjTestAnswer) beside = hj_test_page(*state, "town", both);
    assert_status(beside, 200);
    g_autoptr(HjTestAnswer) foreign = hj_test_page(*state, "other", both);
    assert_status(foreign, 404);
    g_autofree char *form =
        g_strdup_printf("keep=%s&keep_version=1&gone=%s&gone_version=1&reason=", keep, gone);
    g_autoptr(HjTestAnswer) unsaid =
        hj_test_form(*state, "town", "/ledgers/person/merge", form);
    assert_status(unsaid, 422);
    g_autofree char *said = g_strdup_printf("%sone+man", form);
    g_autoptr(HjTestAnswer) merged =
        hj_test_form(*state, "town", "/ledgers/person/merge", said);
    assert_status(merged, 303);
    g_autoptr(HjTestAnswer) repointed = hj_test_get(*state, "county", citing);
    assert_answer(repointed, "fields.person", keep);
    assert_answer(repointed, "version", "2");
    g_autofree char *old = g_strdup_printf("/ledgers/person/%s", gone);
    g_autoptr(HjTestAnswer) led = hj_test_page(*state, "town", old);
    assert_status(led, 303);
    assert_true(g_str_has_suffix(hj_test_header(led, "Location"), keep));
    g_autofree char *kept = g_strdup_printf("%s?kept=1", old);
    g_autoptr(HjTestAnswer) history = hj_test_page(*state, "town", kept);
    assert_status(history, 200);
    assert_says(history, "one man");
    g_autoptr(HjTestAnswer) again = hj_test_form(*state, "town", "/ledgers/person/merge", said);
    assert_status(again, 409);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(one_box_finds_organizations_people_and_rows),
    cmocka_unit_test(many_rows_are_changed_with_a_result_for_each_and_taken_back),
    cmocka_unit_test(a_filter_is_changed_as_a_whole_and_a_wrong_value_is_refused_row_by_row),
    cmocka_unit_test(a_list_is_kept_opened_first_shared_and_removed),
    cmocka_unit_test(two_records_of_one_person_become_one_and_nothing_is_lost),
};

HJ_FLOW_MAIN(stories, hj_test_cast_new)
