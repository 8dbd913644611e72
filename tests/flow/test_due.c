#define HJ_STORY_PACK "pack_flow"
#include "core/due.h"
#include "core/flow.h"
#include "tests/flow/steps.h"

static int64_t
add(HjCounty *county, const char *ledger, const char *org, const char *subject,
    const char *listed_on)
{
    g_auto(Entry) e = entry_of(county, ledger, org);
    g_autoptr(GError) error = NULL;
    e.inputs[e.n++] = (HjRowInput){ .name = "subject", .text = subject };
    if (listed_on != NULL)
        e.inputs[e.n++] = (HjRowInput){ .name = "listed_on", .text = listed_on };
    assert_done(hj_county_write(county, county->organizer, run_create, &e, &error), error);
    return e.key.id;
}

/* "title:light …" of one page, and the cursor of the next. */
static char *
list(HjCounty *county, const HjActor *actor, HjDueQuery query, char **ret_next)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autofree char *next = NULL;
    g_autoptr(HjRows) rows = hj_due_list(tx, actor, &query, &next, &error);
    assert_done(rows != NULL, error);
    GString *out = g_string_new(NULL);
    while (hj_rows_next(rows))
        g_string_append_printf(out, "%s%s:%s", out->len > 0 ? " " : "",
                               hj_rows_text(rows, "title"), hj_rows_text(rows, "light"));
    if (ret_next != NULL)
        *ret_next = g_steal_pointer(&next);
    return g_string_free(out, FALSE);
}

#define assert_list(wanted, ...)                                                               \
    do {                                                                                       \
        g_autofree char *is_ = list(__VA_ARGS__);                                              \
        assert_string_equal(is_, (wanted));                                                    \
    } while (false)

static void
act(HjCounty *county, const HjActor *actor, int64_t id, const char *action)
{
    g_autofree char *said =
        step_act(county, actor, "matter", id, action,
                 g_str_equal(action, "submit") ? "plan" : NULL, "计划", NULL);
    assert_string_equal(said, "");
}

static void
test_each_sees_what_waits_for_him_soonest_first(void **state)
{
    HjCounty *county = *state;
    int64_t first = add(county, "matter", HJ_COUNTY_VILLAGE, "甲", "2018-06-11");
    hj_county_at(county, "2018-06-19T12:00:00+08:00");
    add(county, "matter", HJ_COUNTY_VILLAGE, "乙", "2018-06-11");
    add(county, "matter", HJ_COUNTY_FOREIGN, "外", "2018-06-11");
    /* 甲 is due on the 25th and yellow from the 22nd on; 乙 on the 26th. */
    hj_county_at(county, "2018-06-22T12:00:00+08:00");
    HjDueQuery todo = { .list = HJ_DUE_TODO, .limit = 10 };
    assert_list("甲:yellow 乙:green", county, county->secretary, todo, NULL);
    hj_county_at(county, "2018-06-26T12:00:00+08:00");
    assert_list("甲:red 乙:yellow", county, county->secretary, todo, NULL);
    HjDueQuery overdue = { .list = HJ_DUE_OVERDUE, .limit = 10 };
    assert_list("甲:red", county, county->secretary, overdue, NULL);
    assert_list("", county, county->town, todo, NULL);
    act(county, county->secretary, first, "submit");
    assert_list("乙:yellow", county, county->secretary, todo, NULL);
    /* The township waits for the answers of three departments first. */
    assert_list("", county, county->town, todo, NULL);
    assert_list("甲:green 甲:green 甲:green", county, county->organizer,
                (HjDueQuery){ .list = HJ_DUE_TODO, .ledger = "answer", .limit = 10 }, NULL);
    assert_list("甲:", county, county->secretary,
                (HjDueQuery){ .list = HJ_DUE_DONE, .limit = 10 }, NULL);
    hj_county_at(county, HJ_COUNTY_NOON);
}

static void
test_pages_follow_one_another(void **state)
{
    HjCounty *county = *state;
    g_autofree char *next = NULL;
    HjDueQuery query = { .list = HJ_DUE_STARTED, .ledger = "notice", .limit = 2 };
    g_autoptr(GString) all = g_string_new(NULL);
    for (int i = 0; i < 5; i++) {
        g_autofree char *subject = g_strdup_printf("公示%d", i);
        g_auto(Entry) e = entry_of(county, "notice", HJ_COUNTY_VILLAGE);
        g_autoptr(GError) error = NULL;
        e.inputs[e.n++] = (HjRowInput){ .name = "subject", .text = subject };
        assert_done(hj_county_write(county, county->secretary, run_create, &e, &error), error);
    }
    for (int page = 0; page < 3; page++) {
        char *after = NULL;
        query.cursor = next;
        g_autofree char *text = list(county, county->secretary, query, &after);
        g_string_append_printf(all, "%s|", text);
        g_free(next);
        next = after;
    }
    assert_null(next);
    assert_string_equal(all->str, "公示4: 公示3:|公示2: 公示1:|公示0:|");
    query.list = HJ_DUE_TODO;
    query.cursor = NULL;
    g_autofree char *todo_next = NULL;
    g_autofree char *text = list(county, county->secretary, query, &todo_next);
    assert_string_equal(text, "公示0: 公示1:");
    assert_non_null(todo_next);
    query.cursor = todo_next;
    assert_list("公示2: 公示3:", county, county->secretary, query, NULL);
}

static void
test_counts_say_what_the_lists_hold(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    HjDueCounts counts;
    assert_done(hj_due_counts(tx, county->secretary, &counts, &error), error);
    HjDueList lists[] = { HJ_DUE_TODO, HJ_DUE_OVERDUE, HJ_DUE_DONE, HJ_DUE_STARTED };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *next = NULL;
        HjDueQuery query = { .list = lists[i], .limit = 200 };
        g_autoptr(HjRows) rows = hj_due_list(tx, county->secretary, &query, &next, &error);
        assert_done(rows != NULL, error);
        assert_int_equal(hj_rows_count(rows), counts.n[lists[i]]);
    }
}

static void
test_the_matrix_counts_what_stands_below(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    const HjLedger *ledger = hj_county_ledger(county, "matter");
    g_autoptr(HjRows) rows = hj_due_matrix(tx, county->organizer, ledger,
                                           hj_county_org(county, HJ_COUNTY_ROOT), &error);
    assert_done(rows != NULL, error);
    int64_t n = 0;
    while (hj_rows_next(rows))
        n += hj_rows_i64(rows, "n");
    assert_int_equal(n, hj_county_i64(county, "SELECT COUNT(*) FROM sys_case "
                                              "WHERE ledger = 'matter'"));
    assert_null(hj_due_matrix(tx, county->town, ledger,
                              hj_county_org(county, HJ_COUNTY_OTHER_TOWN), NULL));
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_each_sees_what_waits_for_him_soonest_first),
    cmocka_unit_test(test_pages_follow_one_another),
    cmocka_unit_test(test_counts_say_what_the_lists_hold),
    cmocka_unit_test(test_the_matrix_counts_what_stands_below),
};

HJ_STORY_MAIN(stories)
