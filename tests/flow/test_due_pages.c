/* What waits, on screen: lists and counts, many dealt with at once, the matrix, the calendar.
 */
#include "tests/flow/flow.h"

#define PACK "../tests/harness/pack_flow"
#define MATTERS "/api/v1/ledgers/matter/rows"
#define MANY 500

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    g_autofree char *pack = hj_test_pack(PACK);
    HjTestCounty *county = hj_test_county_new(kind, pack);
    hj_test_account(county, "county", "county_organizer", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "auditor", "auditor", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "town", "township_organizer", HJ_TEST_TOWN);
    hj_test_account(county, "other", "township_organizer", HJ_TEST_OTHER_TOWN);
    hj_test_account(county, "village", "branch_secretary", HJ_TEST_VILLAGE);
    hj_test_account(county, "foreign", "branch_secretary", HJ_TEST_FOREIGN);
    return county;
}

/* A matter that stands at its first node; caller owns its number. */
static char *
add(HjTestCounty *county, const char *account, const char *org, const char *subject,
    const char *plan)
{
    g_autofree char *body =
        g_strdup_printf("{\"org\":\"%s\",\"fields\":{\"subject\":\"%s\",\"listed_on\":"
                        "\"2018-06-11\"%s%s%s}}",
                        org, subject, plan != NULL ? ",\"plan\":\"" : "",
                        plan != NULL ? plan : "", plan != NULL ? "\"" : "");
    g_autoptr(HjTestAnswer) made = hj_test_post(county, account, MATTERS, body);
    assert_status(made, 201);
    return g_strdup(hj_test_at(made, "id"));
}

/* "task:version,…" of what waits for an account there. */
static char *
items_of(HjTestCounty *county, const char *account, const char *ledger, const char *node,
         const char *subject)
{
    GString *out = g_string_new(NULL);
    g_autofree char *next = g_strdup("");
    while (next != NULL) {
        g_autofree char *uri =
            g_strdup_printf("/api/v1/due?mine=1&ledger=%s&node=%s&limit=200%s%s", ledger, node,
                            *next != '\0' ? "&cursor=" : "", next);
        g_autoptr(HjTestAnswer) due = hj_test_get(county, account, uri);
        assert_status(due, 200);
        for (size_t i = 0; i < hj_test_count(due); i++) {
            g_autofree char *at_title = g_strdup_printf("items.%zu.title", i);
            g_autofree char *at_task = g_strdup_printf("items.%zu.task", i);
            g_autofree char *at_version = g_strdup_printf("items.%zu.version", i);
            if (subject != NULL && !g_str_has_prefix(hj_test_at(due, at_title), subject))
                continue;
            g_autofree char *task = g_strdup(hj_test_at(due, at_task));
            g_string_append_printf(out, "%s%s:%s", out->len > 0 ? "," : "", task,
                                   hj_test_at(due, at_version));
        }
        g_free(next);
        const char *more = hj_test_at(due, "next");
        next = strcmp(more, "null") != 0 ? g_strdup(more) : NULL;
    }
    return g_string_free(out, FALSE);
}

/* Sends a batch; the page of its result, gone on with until nothing waits. */
static HjTestAnswer *
act(HjTestCounty *county, const char *account, const char *ledger, const char *node,
    const char *action, const char *items)
{
    g_autofree char *form =
        g_strdup_printf("ledger=%s&node=%s&kind=act&action=%s&opinion=%%E5%%90%%8C%%E6%%84%%8F"
                        "&item=%s",
                        ledger, node, action, items);
    g_autoptr(HjTestAnswer) sent = hj_test_form(county, account, "/due/batch", form);
    assert_status(sent, 303);
    g_autofree char *uri = g_strdup(hj_test_header(sent, "Location"));
    HjTestAnswer *page = hj_test_page(county, account, uri);
    assert_status(page, 200);
    while (strstr(page->body, "class=\"card card-body go-on\"") != NULL) {
        g_autofree char *again = g_strdup_printf("id=%s", strchr(uri, '=') + 1);
        g_autoptr(HjTestAnswer) more = hj_test_form(county, account, "/due/batch", again);
        assert_status(more, 303);
        hj_test_answer_free(page);
        page = hj_test_page(county, account, uri);
    }
    return page;
}

/* "done stale refused" of a result page. */
static char *
counted(const HjTestAnswer *page)
{
    const char *at = strstr(page->body, "class=\"counts\"");
    assert_non_null(at);
    GString *out = g_string_new(NULL);
    for (int i = 0; i < 3; i++) {
        at = strstr(at, "<b");
        at = strchr(at, '>') + 1;
        g_string_append_printf(out, "%s%d", i > 0 ? " " : "",
                               (int)g_ascii_strtoll(at, NULL, 10));
    }
    return g_string_free(out, FALSE);
}

#define assert_counted(page, wanted)                                                           \
    do {                                                                                       \
        g_autofree char *counted_ = counted(page);                                             \
        if (strcmp(counted_, (wanted)) != 0)                                                   \
            print_error("%s\n", (page)->body);                                                 \
        assert_string_equal(counted_, (wanted));                                               \
    } while (false)

static void
assert_state(HjTestCounty *county, const char *id, const char *wanted)
{
    g_autofree char *uri = g_strdup_printf(MATTERS "/%s", id);
    g_autoptr(HjTestAnswer) row = hj_test_get(county, "county", uri);
    assert_answer(row, "state", wanted);
}

static void
test_each_row_of_a_batch_has_its_own_result(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *good = add(county, "village", HJ_TEST_VILLAGE, "甲 <b>&", "计划");
    g_autofree char *also = add(county, "village", HJ_TEST_VILLAGE, "乙", "计划");
    g_autofree char *bare = add(county, "village", HJ_TEST_VILLAGE, "没有措施", NULL);
    g_autofree char *moved = add(county, "village", HJ_TEST_VILLAGE, "改过", "计划");
    g_autofree char *out = add(county, "foreign", HJ_TEST_FOREIGN, "别村的事", "计划");
    g_autofree char *own = items_of(county, "village", "matter", "listed", NULL);
    g_autofree char *others = items_of(county, "foreign", "matter", "listed", NULL);
    g_autofree char *items = g_strdup_printf("%s,%s", own, others);
    g_autofree char *uri = g_strdup_printf(MATTERS "/%s", moved);
    g_autoptr(HjTestAnswer) changed = hj_test_patch(
        county, "county", uri, "{\"version\":1,\"fields\":{\"plan\":\"新的计划\"}}");
    (void)changed; /* the county may change nothing here; the village does */
    g_autoptr(HjTestAnswer) own_change = hj_test_patch(
        county, "village", uri, "{\"version\":1,\"fields\":{\"plan\":\"另一个计划\"}}");
    assert_status(own_change, 200);
    g_autoptr(HjTestAnswer) page = act(county, "village", "matter", "listed", "submit", items);
    assert_counted(page, "2 1 2");
    assert_non_null(strstr(page->body, "甲 &lt;b&gt;&amp;"));
    assert_non_null(strstr(page->body, "“措施”"));
    assert_null(strstr(page->body, "别村的事"));
    assert_state(county, good, "reviewed");
    assert_state(county, also, "reviewed");
    assert_state(county, bare, "listed");
    assert_state(county, moved, "listed");
    assert_state(county, out, "listed");
    /* The same once more: what is done is done, and says so. */
    g_autoptr(HjTestAnswer) again = act(county, "village", "matter", "listed", "submit", items);
    assert_counted(again, "0 3 2");
}

static void
test_a_batch_is_shown_to_its_own_account_only(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *items = items_of(county, "village", "matter", "listed", "改过");
    g_autofree char *form = g_strdup_printf(
        "ledger=matter&node=listed&kind=act&action=submit&opinion=&item=%s", items);
    g_autoptr(HjTestAnswer) sent = hj_test_form(county, "village", "/due/batch", form);
    assert_status(sent, 303);
    const char *uri = hj_test_header(sent, "Location");
    g_autoptr(HjTestAnswer) stranger = hj_test_page(county, "town", uri);
    assert_status(stranger, 404);
    g_autofree char *more = g_strdup_printf("id=%s", strchr(uri, '=') + 1);
    g_autoptr(HjTestAnswer) go = hj_test_form(county, "town", "/due/batch", more);
    assert_status(go, 404);
}

static void
test_what_is_not_offered_is_refused_and_a_missing_opinion_is_asked_for(void **state)
{
    static const struct {
        const char *form;
        int status;
    } cases[] = {
        { "ledger=matter&node=listed&kind=act&action=drop&opinion=x&item=1:1", 400 },
        { "ledger=matter&node=listed&kind=copy&action=submit&item=1:1", 400 },
        { "ledger=matter&node=nowhere&kind=act&action=submit&item=1:1", 400 },
        { "ledger=thing&node=listed&kind=act&action=submit&item=1:1", 400 },
        { "ledger=matter&node=listed&kind=act&action=submit&item=1", 400 },
        { "ledger=matter&node=reviewed&kind=act&action=send_back&opinion=&item=1:1", 422 },
        { "ledger=matter&node=listed&kind=act&action=submit&item=", 303 },
        { "id=17", 404 },
        { "id=x", 404 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HjTestAnswer) answer =
            hj_test_form(*state, "town", "/due/batch", cases[i].form);
        assert_status(answer, cases[i].status);
    }
}

static void
test_many_are_done_in_parts(void **state)
{
    HjTestCounty *county = *state;
    for (int i = 0; i < MANY; i++) {
        g_autofree char *subject = g_strdup_printf("批量%d", i);
        g_autofree char *id = add(county, "village", HJ_TEST_VILLAGE, subject, "计划");
        assert_non_null(id);
    }
    g_autofree char *items = items_of(county, "village", "matter", "listed", "批量");
    g_autoptr(HjTestAnswer) page = act(county, "village", "matter", "listed", "submit", items);
    g_autofree char *wanted = g_strdup_printf("%d 0 0", MANY);
    assert_counted(page, wanted);
}

/* Answers of all departments, then the township, the village, and the copy of the auditor. */
static void
test_copies_come_and_are_marked_read(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *asked = items_of(county, "county", "answer", "asked", "甲");
    g_autoptr(HjTestAnswer) cleared = act(county, "county", "answer", "asked", "clear", asked);
    assert_counted(cleared, "3 0 0");
    g_autofree char *reviewed = items_of(county, "town", "matter", "reviewed", "甲");
    g_autoptr(HjTestAnswer) approved =
        act(county, "town", "matter", "reviewed", "approve", reviewed);
    assert_counted(approved, "1 0 0");
    g_autofree char *working = items_of(county, "village", "matter", "working", "甲");
    g_autoptr(HjTestAnswer) finished =
        act(county, "village", "matter", "working", "finish", working);
    assert_counted(finished, "1 0 0");
    g_autoptr(HjTestAnswer) copies = hj_test_get(county, "auditor", "/api/v1/due?list=copied");
    assert_answer(copies, "counts.copied", "1");
    assert_answer(copies, "items.0.kind", "copy");
    g_autoptr(HjTestAnswer) home = hj_test_page(county, "auditor", "/?list=copied");
    assert_non_null(strstr(home->body, "甲 &lt;b&gt;&amp;"));
    g_autofree char *form = g_strdup_printf("task=%s,1,x", hj_test_at(copies, "items.0.task"));
    g_autoptr(HjTestAnswer) not_his = hj_test_form(county, "town", "/due/read", form);
    assert_status(not_his, 303);
    g_autoptr(HjTestAnswer) still = hj_test_get(county, "auditor", "/api/v1/due");
    assert_answer(still, "counts.copied", "1");
    g_autoptr(HjTestAnswer) read = hj_test_form(county, "auditor", "/due/read", form);
    assert_status(read, 303);
    g_autoptr(HjTestAnswer) after = hj_test_get(county, "auditor", "/api/v1/due");
    assert_answer(after, "counts.copied", "0");
}

static void
test_lists_hold_what_their_counts_say(void **state)
{
    static const char *const accounts[] = { "county", "auditor", "town", "other", "village" };
    static const char *const lists[] = { "todo", "overdue", "copied", "done", "started" };
    for (size_t i = 0; i < G_N_ELEMENTS(accounts); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(lists); j++) {
            size_t n = 0;
            g_autofree char *uri = g_strdup_printf("/api/v1/due?list=%s&limit=200", lists[j]);
            g_autofree char *counted_at = g_strdup_printf("counts.%s", lists[j]);
            g_autofree char *wanted = NULL;
            while (uri != NULL) {
                g_autoptr(HjTestAnswer) page = hj_test_get(*state, accounts[i], uri);
                assert_status(page, 200);
                n += hj_test_count(page);
                g_free(wanted);
                wanted = g_strdup(hj_test_at(page, counted_at));
                bool more = strcmp(hj_test_at(page, "next"), "null") != 0;
                g_free(uri);
                uri = more ? g_strdup_printf("/api/v1/due?list=%s&limit=200&cursor=%s",
                                             lists[j], hj_test_at(page, "next"))
                           : NULL;
            }
            assert_int_equal(n, g_ascii_strtoll(wanted, NULL, 10));
        }
}

/* All rows of the ledger below an organization. */
static int64_t
count_rows(HjTestCounty *county, const char *under, const char *node)
{
    int64_t n = 0;
    g_autofree char *uri = g_strdup_printf(MATTERS "?limit=200&under=%s&state=%s", under, node);
    while (uri != NULL) {
        g_autoptr(HjTestAnswer) page = hj_test_get(county, "county", uri);
        assert_status(page, 200);
        n += (int64_t)hj_test_count(page);
        bool more = strcmp(hj_test_at(page, "next"), "null") != 0;
        g_free(uri);
        uri = more ? g_strdup_printf(MATTERS "?limit=200&under=%s&state=%s&cursor=%s", under,
                                     node, hj_test_at(page, "next"))
                   : NULL;
    }
    return n;
}

static void
test_every_cell_of_the_matrix_is_the_number_of_its_rows(void **state)
{
    static const char *const places[] = { HJ_TEST_COUNTY_CODE, HJ_TEST_TOWN, HJ_TEST_VILLAGE };
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *uri = g_strdup_printf("/api/v1/progress/matter?under=%s", places[i]);
        g_autoptr(HjTestAnswer) matrix = hj_test_get(*state, "county", uri);
        assert_status(matrix, 200);
        assert_true(hj_test_count(matrix) > 0);
        for (size_t j = 0; j < hj_test_count(matrix); j++) {
            g_autofree char *at_org = g_strdup_printf("items.%zu.org", j);
            g_autofree char *at_node = g_strdup_printf("items.%zu.node", j);
            g_autofree char *at_count = g_strdup_printf("items.%zu.count", j);
            g_autofree char *org = g_strdup(hj_test_at(matrix, at_org));
            g_autofree char *node = g_strdup(hj_test_at(matrix, at_node));
            assert_int_equal(g_ascii_strtoll(hj_test_at(matrix, at_count), NULL, 10),
                             count_rows(*state, org, node));
        }
    }
}

static void
test_a_voided_row_leaves_the_matrix_and_every_list(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *id = add(county, "other", HJ_TEST_FOREIGN, "要作废的", "计划");
    g_autofree char *uri = g_strdup_printf(MATTERS "/%s", id);
    int64_t before = count_rows(county, HJ_TEST_FOREIGN, "listed");
    g_autoptr(HjTestAnswer) gone =
        hj_test_delete(county, "other", uri, "{\"version\":1,\"reason\":\"重复\"}");
    assert_status(gone, 204);
    assert_int_equal(count_rows(county, HJ_TEST_FOREIGN, "listed"), before - 1);
    g_autoptr(HjTestAnswer) started = hj_test_get(county, "other", "/api/v1/due?list=started");
    assert_answer(started, "counts.started", "0");
    test_every_cell_of_the_matrix_is_the_number_of_its_rows(state);
}

static void
test_the_matrix_ends_at_the_scope(void **state)
{
    static const struct {
        const char *account, *uri;
        int status;
    } cases[] = {
        { "town", "/api/v1/progress/matter?under=" HJ_TEST_OTHER_TOWN, 404 },
        { "town", "/api/v1/progress/matter?under=" HJ_TEST_COUNTY_CODE, 404 },
        { "town", "/api/v1/progress/nothing", 404 },
        { "town", "/api/v1/progress/matter", 200 },
        { "town", "/api/v1/due?under=" HJ_TEST_OTHER_TOWN, 404 },
        { "town", "/api/v1/due?list=none", 400 },
        { "town", "/api/v1/due?mine=2", 400 },
        { "town", "/api/v1/due?on=soon", 400 },
        { "town", "/api/v1/due?ledger=thing", 400 },
        { "town", "/api/v1/due?cursor=x", 400 },
        { "town", "/api/v1/due?limit=201", 400 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HjTestAnswer) answer = hj_test_get(*state, cases[i].account, cases[i].uri);
        assert_status(answer, cases[i].status);
    }
    g_autoptr(HjTestAnswer) page =
        hj_test_page(*state, "town", "/ledgers/matter/progress?under=" HJ_TEST_OTHER_TOWN);
    assert_status(page, 404);
    g_autoptr(HjTestAnswer) own = hj_test_page(*state, "town", "/ledgers/matter/progress");
    assert_status(own, 200);
    assert_non_null(strstr(own->body, "甲一村"));
    assert_null(strstr(own->body, "乙一村"));
    g_autoptr(HjTestAnswer) still =
        hj_test_page(*state, "town", "/ledgers/notice/progress?under=" HJ_TEST_TOWN);
    assert_status(still, 200);
}

static void
test_all_that_is_open_stays_within_the_scope(void **state)
{
    g_autoptr(HjTestAnswer) all = hj_test_get(*state, "other", "/api/v1/due?mine=0&limit=200");
    assert_status(all, 200);
    assert_true(hj_test_count(all) > 0);
    for (size_t i = 0; i < hj_test_count(all); i++) {
        g_autofree char *at = g_strdup_printf("items.%zu.org", i);
        assert_string_equal(hj_test_at(all, at), HJ_TEST_FOREIGN);
    }
}

/* Listed on Monday 2018-06-11 with five working days from the 15th; the 18th is a holiday. */
static void
test_the_calendar_opens_the_list_of_a_day(void **state)
{
    g_autoptr(HjTestAnswer) todo =
        hj_test_get(*state, "village", "/api/v1/due?ledger=matter&node=listed");
    assert_true(hj_test_count(todo) > 0);
    g_autofree char *due = g_strdup(hj_test_at(todo, "items.0.due_on"));
    assert_string_equal(due, "2018-06-25");
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "village", "/calendar?month=2018-06");
    assert_status(page, 200);
    assert_non_null(strstr(page->body, "/due?list=todo&amp;on=2018-06-25"));
    assert_non_null(strstr(page->body, "休"));
    assert_null(strstr(page->body, "工作日历未载入"));
    g_autoptr(HjTestAnswer) day =
        hj_test_page(*state, "village", "/due?list=todo&on=2018-06-25");
    assert_status(day, 200);
    assert_non_null(strstr(day->body, "没有措施"));
    g_autoptr(HjTestAnswer) none =
        hj_test_page(*state, "village", "/due?list=todo&on=2018-06-24");
    assert_null(strstr(none->body, "没有措施"));
    g_autoptr(HjTestAnswer) later = hj_test_page(*state, "village", "/calendar?month=2019-01");
    assert_non_null(strstr(later->body, "工作日历未载入"));
    g_autoptr(HjTestAnswer) wrong = hj_test_page(*state, "village", "/calendar?month=2018");
    assert_status(wrong, 400);
}

static void
test_the_first_page_says_what_waits_and_the_menu_counts_it(void **state)
{
    g_autoptr(HjTestAnswer) home = hj_test_page(*state, "village", "/");
    assert_status(home, 200);
    assert_non_null(strstr(home->body, "没有措施"));
    assert_non_null(strstr(home->body, "class=\"nav-n\""));
    g_autoptr(HjTestAnswer) idle = hj_test_page(*state, "auditor", "/");
    assert_status(idle, 200);
    assert_null(strstr(idle->body, "class=\"nav-n\""));
    assert_non_null(strstr(idle->body, "没有等您办理的事项"));
    g_autoptr(HjTestAnswer) queue = hj_test_page(*state, "village", "/due?tick=1&limit=500");
    assert_status(queue, 200);
    assert_non_null(strstr(queue->body, "checked"));
    g_autoptr(HjTestAnswer) done = hj_test_page(*state, "village", "/due?list=done");
    assert_non_null(strstr(done->body, "甲 &lt;b&gt;&amp;"));
    assert_null(strstr(done->body, "name=\"action\""));
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_each_row_of_a_batch_has_its_own_result),
    cmocka_unit_test(test_a_batch_is_shown_to_its_own_account_only),
    cmocka_unit_test(test_what_is_not_offered_is_refused_and_a_missing_opinion_is_asked_for),
    cmocka_unit_test(test_many_are_done_in_parts),
    cmocka_unit_test(test_copies_come_and_are_marked_read),
    cmocka_unit_test(test_lists_hold_what_their_counts_say),
    cmocka_unit_test(test_every_cell_of_the_matrix_is_the_number_of_its_rows),
    cmocka_unit_test(test_a_voided_row_leaves_the_matrix_and_every_list),
    cmocka_unit_test(test_the_matrix_ends_at_the_scope),
    cmocka_unit_test(test_all_that_is_open_stays_within_the_scope),
    cmocka_unit_test(test_the_calendar_opens_the_list_of_a_day),
    cmocka_unit_test(test_the_first_page_says_what_waits_and_the_menu_counts_it),
};

HJ_FLOW_MAIN(stories, prepare)
