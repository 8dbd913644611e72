/* The screens of the leadership: cockpit, trends, lights, views, big screens and what is pushed
 * to them. */
#include "core/account.h"
#include "core/indicator_memory.h"
#include "core/row.h"
#include "tests/flow/flow.h"

#include <sys/wait.h>
#include <unistd.h>

#define CONTRACTS "/api/v1/ledgers/contract/rows"
#define PATIENCE (10 * G_USEC_PER_SEC)

static void
enter_contract(HjTestCounty *county, const char *account, const char *org, const char *to_on)
{
    g_autofree char *body =
        g_strdup_printf("{\"org\":\"%s\",\"fields\":{\"object\":\"鱼塘\",\"kind\":\"land\","
                        "\"party\":\"农户\",\"area\":12.5,\"yearly_price\":120000,"
                        "\"from_on\":\"2017-03-01\",\"to_on\":\"%s\"}}",
                        org, to_on);
    g_autoptr(HjTestAnswer) made = hj_test_post(county, account, CONTRACTS, body);
    assert_status(made, 201);
}

static void
assert_page(HjTestCounty *county, const char *account, const char *uri, int status)
{
    g_autoptr(HjTestAnswer) answer = hj_test_page(county, account, uri);
    if (answer->status != status)
        print_error("%s as %s\n", uri, account);
    assert_status(answer, status);
}

/* --- cockpit and trends --- */

static void
test_the_cockpit_of_a_township_shows_its_own_villages_only(void **state)
{
    g_autoptr(HjTestAnswer) all = hj_test_page(*state, "county", "/cockpit?period=2018H1");
    assert_status(all, 200);
    assert_non_null(strstr(all->body, "甲一村"));
    assert_non_null(strstr(all->body, "乙一村"));
    assert_non_null(strstr(all->body, "aria-label=\"甲二村 "));
    g_autoptr(HjTestAnswer) own = hj_test_page(*state, "town", "/cockpit?period=2018H1");
    assert_status(own, 200);
    assert_non_null(strstr(own->body, "甲一村"));
    assert_null(strstr(own->body, "乙一村"));
    g_autoptr(HjTestAnswer) narrowed =
        hj_test_page(*state, "county", "/cockpit?period=2018H1&under=" HJ_TEST_OTHER_TOWN);
    assert_status(narrowed, 200);
    assert_null(strstr(narrowed->body, "甲一村"));
    assert_page(*state, "town", "/cockpit?under=" HJ_TEST_OTHER_TOWN, 404);
    assert_page(*state, "village", "/cockpit", 403);
    assert_page(*state, "county", "/cockpit?indicator=nothing", 400);
    assert_page(*state, "county", "/cockpit?indicator=villages", 400);
}

static void
test_a_changed_row_shows_at_once(void **state)
{
    const char *uri =
        "/trends/data?indicator=contracts_in_term&period=2018H1&under=" HJ_TEST_TOWN;
    g_autoptr(HjTestAnswer) before = hj_test_page(*state, "county", uri);
    assert_status(before, 200);
    assert_answer(before, "periods.2", "2018H1");
    assert_int_equal(hj_json_kind(hj_test_node(before, "series.0.values.2")), HJ_JSON_NULL);
    enter_contract(*state, "town", HJ_TEST_VILLAGE, "2027-02-28");
    g_autoptr(HjTestAnswer) after = hj_test_page(*state, "county", uri);
    assert_answer(after, "series.0.values.2", "100.0");
    enter_contract(*state, "town", HJ_TEST_SIBLING, "2018-03-31");
    g_autoptr(HjTestAnswer) half = hj_test_page(*state, "town", uri);
    assert_answer(half, "series.0.values.2", "50.0");
    g_autoptr(HjTestAnswer) page =
        hj_test_page(*state, "town", "/trends?indicator=contracts_in_term&period=2018H1");
    assert_status(page, 200);
    assert_non_null(strstr(page->body, ">50.0</a>"));
    assert_page(*state, "other", uri, 404);
    assert_page(*state, "county", "/trends?by=week", 400);
    assert_page(*state, "county", "/trends?by=month&period=2018-03", 200);
}

static const HjIndicatorSet *
ask(HjTestCounty *county, HjIndicatorMemory *memory, const char *name)
{
    HjStore *store = hj_app_store(county->app);
    int64_t generation = hj_store_generation(store);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(store, &error);
    gpointer hold = NULL;
    const HjIndicatorSet *set = hj_indicator_memory_set(
        memory, tx, county->pack, generation, hj_pack_indicator(county->pack, name),
        hj_date_make(2018, 1, 1), hj_date_make(2018, 6, 30), &hold, &error);
    assert_non_null(set);
    hj_indicator_memory_release(hold);
    return set;
}

static void
test_only_what_names_a_changed_ledger_is_computed_anew(void **state)
{
    HjTestCounty *county = *state;
    HjIndicatorMemory *memory = hj_indicator_memory_new();
    ask(county, memory, "contracts_in_term");
    ask(county, memory, "sites_built");
    ask(county, memory, "contracts_in_term");
    int64_t n = hj_indicator_memory_computed(memory); /* both, and the tree */
    assert_int_equal(n, 3);
    enter_contract(county, "town", HJ_TEST_VILLAGE, "2028-02-28");
    ask(county, memory, "sites_built");
    assert_int_equal(hj_indicator_memory_computed(memory), n);
    ask(county, memory, "contracts_in_term");
    assert_int_equal(hj_indicator_memory_computed(memory), n + 1);
    g_autoptr(HjTestAnswer) act = hj_test_form(
        county, "county", "/orgs/" HJ_TEST_SIBLING "/act",
        "act=rename&name=%E7%94%B2%E4%BA%8C%E6%96%B0%E6%9D%91&on=2018-06-15&document=%E6%B2%A7"
        "%E6%B0%91%E3%80%942018%E3%80%959%E5%8F%B7");
    assert_status(act, 303);
    ask(county, memory, "sites_built");
    assert_int_equal(hj_indicator_memory_computed(memory), n + 3); /* the tree and the set */
    hj_indicator_memory_free(memory);
}

/* --- what another process writes --- */

static int64_t village_id;

static bool
enter_row(HjTx *tx, gpointer data, GError **error)
{
    HjTestCounty *county = data;
    const HjRowInput inputs[] = {
        { .name = "object", .text = "别处所记" },    { .name = "kind", .text = "land" },
        { .name = "party", .text = "农户" },         { .name = "yearly_price", .text = "1200" },
        { .name = "from_on", .text = "2017-03-01" }, { .name = "to_on", .text = "2018-02-28" },
    };
    HjActor *actor = hj_account_actor(tx, county->pack, "town", error);
    HjRowKey key;
    g_autoptr(HjIssues) issues = hj_issues_new();
    if (actor == NULL)
        return false;
    hj_tx_set_actor(tx, actor->account);
    bool done = hj_row_create(tx, actor, hj_pack_ledger(county->pack, "contract"), village_id,
                              0, inputs, G_N_ELEMENTS(inputs), issues, &key, error);
    hj_actor_unref(actor);
    return done;
}

/* In a process of its own, with connections of its own. */
static void
write_elsewhere(HjTestCounty *county)
{
    village_id = hj_test_org(county, HJ_TEST_VILLAGE);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        g_autoptr(GError) error = NULL;
        HjStore *store =
            hj_store_open(county->fixture->driver, county->fixture->location, &error);
        if (store == NULL)
            _exit(2);
        hj_store_set_county(store, hj_store_county(county->fixture->store));
        hj_store_set_clock(store, hj_store_now(county->fixture->store));
        hj_seal_use(store, county->fixture->keys);
        hj_vault_use(store, county->fixture->vault);
        if (!hj_store_write(store, enter_row, county, &error))
            g_printerr("elsewhere: %s\n", error->message);
        _exit(error == NULL ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#define VALUES                                                                                 \
    "/api/v1/indicators/contracts_in_term?period=2018H1&of=village&under=" HJ_TEST_VILLAGE

static void
test_a_write_of_another_process_shows_at_once(void **state)
{
    HjTestCounty *county = *state;
    if (county->fixture->kind == HJ_FIXTURE_SQLITE)
        return; /* one process writes a SQLite database */
    HjIndicatorMemory *memory = hj_indicator_memory_new();
    ask(county, memory, "contracts_in_term");
    ask(county, memory, "sites_built");
    const int64_t n = hj_indicator_memory_computed(memory);
    g_autoptr(HjTestAnswer) before = hj_test_get(county, "county", VALUES);
    assert_status(before, 200);
    const int64_t rows = hj_json_integer(hj_test_node(before, "items.0.denominator"));
    const int64_t in_term = hj_json_integer(hj_test_node(before, "items.0.numerator"));
    for (int i = 1; i <= 2; i++) {
        write_elsewhere(county);
        g_autoptr(HjTestAnswer) after = hj_test_get(county, "county", VALUES);
        assert_int_equal(hj_json_integer(hj_test_node(after, "items.0.denominator")), rows + i);
        assert_int_equal(hj_json_integer(hj_test_node(after, "items.0.numerator")), in_term);
        ask(county, memory, "sites_built");
        assert_int_equal(hj_indicator_memory_computed(memory), n + i - 1);
        ask(county, memory, "contracts_in_term");
        assert_int_equal(hj_indicator_memory_computed(memory), n + i);
    }
    hj_indicator_memory_free(memory);
}

typedef struct {
    gint written, go_on;
} Late;
static Late slowly;

static void
await(gint *flag)
{
    const int64_t until = g_get_monotonic_time() + PATIENCE;
    while (!g_atomic_int_get(flag) && g_get_monotonic_time() < until)
        g_thread_yield();
}

static bool
enter_late(HjTx *tx, gpointer data, GError **error)
{
    if (!enter_row(tx, data, error))
        return false;
    g_atomic_int_set(&slowly.written, 1);
    await(&slowly.go_on);
    return true;
}

static gpointer
write_slowly(gpointer data)
{
    g_autoptr(GError) error = NULL;
    if (!hj_store_write(hj_app_store(((HjTestCounty *)data)->app), enter_late, data, &error))
        g_error("%s", error->message);
    return NULL;
}

/* Asks until the memory answers.  A commit between the snapshot and the look makes it compute
 * once more than it must, and other tests commit to the same server. */
static void
settle(HjTestCounty *county, HjIndicatorMemory *memory, const char *name)
{
    int64_t before = -1;
    for (int i = 0; i < 20 && before != hj_indicator_memory_computed(memory); i++) {
        before = hj_indicator_memory_computed(memory);
        ask(county, memory, name);
    }
    assert_int_equal(hj_indicator_memory_computed(memory), before);
}

static void
test_what_is_committed_late_is_not_overlooked(void **state)
{
    HjTestCounty *county = *state;
    if (county->fixture->kind == HJ_FIXTURE_SQLITE)
        return; /* there a write begins when the one before it has ended */
    village_id = hj_test_org(county, HJ_TEST_VILLAGE);
    HjIndicatorMemory *memory = hj_indicator_memory_new();
    slowly = (Late){ 0 };
    GThread *slow = g_thread_new("slow", write_slowly, county);
    await(&slowly.written);
    /* Its event has its number already, and nobody sees it; others come and go. */
    ask(county, memory, "contracts_in_term");
    for (int i = 0; i < 3; i++) {
        write_elsewhere(county);
        ask(county, memory, "contracts_in_term");
    }
    settle(county, memory, "contracts_in_term");
    const int64_t n = hj_indicator_memory_computed(memory);
    const int64_t rows =
        hj_indicator_at(ask(county, memory, "contracts_in_term"), village_id).denominator;
    g_atomic_int_set(&slowly.go_on, 1);
    g_thread_join(slow);
    assert_int_equal(
        hj_indicator_at(ask(county, memory, "contracts_in_term"), village_id).denominator,
        rows + 1);
    assert_true(hj_indicator_memory_computed(memory) > n);
    settle(county, memory, "contracts_in_term");
    hj_indicator_memory_free(memory);
}

/* --- rights and names --- */

static void
test_a_right_and_a_name_show_at_once_in_the_api(void **state)
{
    HjTestCounty *county = *state;
    static const char uri[] =
        "/api/v1/indicators/contracts_in_term?period=2018H1&of=village&under=" HJ_TEST_TOWN;
    for (int i = 0; i < 2; i++) {
        g_autoptr(HjTestAnswer) none = hj_test_get(county, "other", uri);
        assert_status(none, 404);
        g_autoptr(HjTestAnswer) all = hj_test_get(county, "county", uri);
        assert_status(all, 200);
    }
    hj_test_grant(county, "other", "township_organizer", HJ_TEST_TOWN);
    g_autoptr(HjTestAnswer) seen = hj_test_get(county, "other", uri);
    assert_status(seen, 200);
    assert_non_null(strstr(seen->body, "甲一村"));
    g_autoptr(HjTestAnswer) act = hj_test_form(
        county, "county", "/orgs/" HJ_TEST_VILLAGE "/act",
        "act=rename&name=%E7%94%B2%E4%B8%80%E6%96%B0%E6%9D%91&on=2018-06-15&document=%E6%B2%A7"
        "%E6%B0%91%E3%80%942018%E3%80%958%E5%8F%B7");
    assert_status(act, 303);
    g_autoptr(HjTestAnswer) renamed = hj_test_get(county, "other", uri);
    assert_non_null(strstr(renamed->body, "甲一新村"));
    g_autoptr(HjTestAnswer) page =
        hj_test_page(county, "other", "/indicators/contracts_in_term?under=" HJ_TEST_VILLAGE);
    assert_non_null(strstr(page->body, "甲一新村"));
}

static void
rows_behind_a_number_are_called_what_they_cite_and_a_sum_has_no_fraction(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) person = hj_test_post(
        county, "town", "/api/v1/ledgers/person/rows",
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"name\":\"任职人\",\"sex\":\"male\"}}");
    assert_status(person, 201);
    g_autofree char *body = g_strdup_printf(
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"person\":\"%s\","
        "\"position\":\"director\",\"way\":\"elected\",\"from_on\":\"2018-01-10\","
        "\"term_ends_on\":\"2021-01-09\"}}",
        hj_test_at(person, "id"));
    g_autoptr(HjTestAnswer) post =
        hj_test_post(county, "town", "/api/v1/ledgers/post/rows", body);
    assert_status(post, 201);
    g_autoptr(HjTestAnswer) cadres =
        hj_test_page(county, "county", "/indicators/cadres?period=2018H1");
    assert_status(cadres, 200);
    assert_non_null(strstr(cadres->body, ">任职人</a>"));
    assert_null(strstr(cadres->body, "分母"));
    g_autoptr(HjTestAnswer) rate =
        hj_test_page(county, "county", "/indicators/contracts_in_term?period=2018H1");
    assert_non_null(strstr(rate->body, "分母"));
}

/* --- lights and views --- */

static void
test_people_with_the_right_set_where_lights_change(void **state)
{
    const char *table = "/table?period=2018H1&show=contracts_in_term";
    enter_contract(*state, "town", HJ_TEST_SIBLING, "2018-02-01");
    g_autoptr(HjTestAnswer) set = hj_test_form(
        *state, "county", "/thresholds",
        "under=" HJ_TEST_COUNTY_CODE "&indicator=contracts_in_term&green=5&yellow=1.5");
    assert_status(set, 303);
    g_autoptr(HjTestAnswer) below = hj_test_page(*state, "town", table);
    assert_status(below, 200);
    assert_non_null(strstr(below->body, "≥ 5 / ≥ 1.5"));
    assert_non_null(strstr(below->body, "class=\"plain l green\""));
    g_autoptr(HjTestAnswer) shown = hj_test_page(*state, "county", "/thresholds");
    assert_status(shown, 200);
    assert_non_null(strstr(shown->body, "沧县 · county"));
    static const char *const wrong[] = { "green=high&yellow=1", "green=5&yellow=50",
                                         "green=5.123&yellow=1", "green=&yellow=1" };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *form = g_strconcat(
            "under=" HJ_TEST_COUNTY_CODE "&indicator=contracts_in_term&", wrong[i], NULL);
        g_autoptr(HjTestAnswer) answer = hj_test_form(*state, "county", "/thresholds", form);
        assert_status(answer, 422);
    }
    g_autoptr(HjTestAnswer) denied =
        hj_test_form(*state, "town", "/thresholds",
                     "under=" HJ_TEST_TOWN "&indicator=contracts_in_term&green=5&yellow=1");
    assert_status(denied, 403);
    g_autoptr(HjTestAnswer) audit = hj_test_get(*state, "county", "/api/v1/events?limit=200");
    (void)audit; /* sealed later; the page of the audit shows it at once */
    g_autoptr(HjTestAnswer) seen =
        hj_test_page(*state, "county", "/audit?action=threshold.set");
    assert_status(seen, 200);
    assert_non_null(strstr(seen->body, "1.5"));
    g_autoptr(HjTestAnswer) reset =
        hj_test_form(*state, "county", "/thresholds",
                     "under=" HJ_TEST_COUNTY_CODE "&indicator=contracts_in_term&reset=1");
    assert_status(reset, 303);
    g_autoptr(HjTestAnswer) again = hj_test_page(*state, "town", table);
    assert_null(strstr(again->body, "≥ 5 / ≥ 1.5"));
}

static void
test_a_view_is_kept_by_name_and_shared_with_a_role(void **state)
{
    g_autoptr(HjTestAnswer) kept = hj_test_form(
        *state, "county", "/table/views",
        "name=%E5%90%88%E5%90%8C&role=township_organizer&query=period%3D2018H1%26show%3D"
        "contracts_in_term%26sort%3D-contracts_in_term%26evil%3D1");
    assert_status(kept, 303);
    assert_string_equal(hj_test_header(kept, "Location"),
                        "/table?period=2018H1&show=contracts_in_term&sort=-contracts_in_term");
    g_autoptr(HjTestAnswer) own =
        hj_test_page(*state, "county", hj_test_header(kept, "Location"));
    assert_status(own, 200);
    const char *remove = strstr(own->body, "/table/views/");
    g_autofree char *where = g_strndup(remove, strcspn(remove, "\""));
    g_autoptr(HjTestAnswer) shared = hj_test_page(*state, "town", "/table");
    assert_non_null(strstr(shared->body, ">合同</a>"));
    g_autoptr(HjTestAnswer) auditor = hj_test_page(*state, "auditor", "/table");
    assert_null(strstr(auditor->body, ">合同</a>"));
    g_autoptr(HjTestAnswer) strange = hj_test_form(*state, "town", where, "");
    assert_status(strange, 404);
    g_autoptr(HjTestAnswer) gone = hj_test_form(*state, "county", where, "");
    assert_status(gone, 303);
    g_autoptr(HjTestAnswer) after = hj_test_page(*state, "town", "/table");
    assert_null(strstr(after->body, ">合同</a>"));
    assert_page(*state, "county", "/table?show=nothing", 400);
    assert_page(*state, "county", "/table?sort=nothing", 400);
}

/* --- big screens --- */

/* A token for an organization, made on the administrator's page; caller owns. */
static char *
make_screen(HjTestCounty *county, const char *name, const char *org)
{
    g_autofree char *form = g_strdup_printf("name=%s&org=%s&expires_on=2018-07-31", name, org);
    g_autoptr(HjTestAnswer) made = hj_test_form(county, "admin", "/screens", form);
    assert_status(made, 201);
    const char *at = strstr(made->body, "#hjs_");
    assert_non_null(at);
    return g_strndup(at + 1, 47);
}

static HjTestAnswer *
with_screen(HjTestCounty *county, const char *token, const char *uri)
{
    g_autofree char *cookie = g_strdup_printf("hangji_screen=%s", token);
    const HjTestHeader headers[] = { { "cookie", cookie }, { 0 } };
    return hj_test_send(county, NULL, HJ_GET, uri, headers, NULL, 0);
}

static void
assert_screen(HjTestCounty *county, const char *token, const char *uri, int status)
{
    g_autoptr(HjTestAnswer) answer = with_screen(county, token, uri);
    if (answer->status != status)
        print_error("%s\n", uri);
    assert_status(answer, status);
}

static void
test_a_screen_opens_with_its_token_and_nothing_else_does(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *token = make_screen(county, "hall", HJ_TEST_COUNTY_CODE);
    g_autofree char *form = g_strdup_printf("token=%s", token);
    g_autoptr(HjTestAnswer) opened = hj_test_form(county, NULL, "/screen/open", form);
    assert_status(opened, 303);
    const char *cookie = hj_test_header(opened, "Set-Cookie");
    assert_non_null(strstr(cookie, token));
    assert_non_null(strstr(cookie, "; Path=/screen; HttpOnly; SameSite=Strict"));
    g_autoptr(HjTestAnswer) page = with_screen(county, token, "/screen/");
    assert_status(page, 200);
    assert_non_null(strstr(page->body, "乙一村"));
    assert_null(strstr(page->body, "href=\"/orgs/"));
    assert_null(strstr(page->body, token));
    assert_screen(county, token, "/screen/?board=townships", 200);
    assert_screen(county, token, "/screen/indicators/villages?period=2018H1", 200);
    /* What it may not see: what moves, the contest, and everything that is not a screen. */
    assert_screen(county, token, "/screen/?board=flows", 400);
    assert_screen(county, token, "/screen/?board=ranks", 400);
    static const char *const shut[] = {
        "/", "/cockpit", "/table", "/orgs", "/ledgers", "/account", "/indicators/villages"
    };
    for (size_t i = 0; i < G_N_ELEMENTS(shut); i++)
        assert_screen(county, token, shut[i], 401);
    assert_screen(county, token, "/api/v1/orgs", 401);
    /* The same by header, as a program would. */
    g_autofree char *bearer = g_strdup_printf("Bearer %s", token);
    const HjTestHeader headers[] = { { "authorization", bearer }, { 0 } };
    g_autoptr(HjTestAnswer) other =
        hj_test_send(county, NULL, HJ_GET, "/api/v1/indicators/villages", headers, NULL, 0);
    assert_status(other, 401);
    assert_page(county, NULL, "/screen/", 303);
    assert_page(county, "county", "/screen/?board=flows", 200);
    assert_page(county, "village", "/screen/", 403);
    g_autoptr(HjTestAnswer) wrong = hj_test_form(
        county, NULL, "/screen/open", "token=hjs_0123456789012345678901234567890123456789012");
    assert_status(wrong, 401);
    assert_page(county, "county", "/screens", 403);
}

/* Each figure of the report once, opening the list of its indicator. */
static void
assert_all_figures(const HjTestCounty *county, const char *body)
{
    const HjReport *report = &county->pack->reports[0];
    const char *board = strstr(body, "figures-board");
    assert_non_null(board);
    assert_true(report->n_figures > 16); /* more than stand at the sides */
    for (size_t i = 0; i < report->n_figures; i++) {
        const HjFigure *figure = &report->figures[i];
        g_autofree char *href =
            g_strdup_printf("/screen/indicators/%s?", figure->indicator->name);
        if (strstr(board, href) == NULL || strstr(board, figure->title.zh) == NULL)
            fail_msg("no %s", figure->name);
    }
}

static void
test_a_screen_shows_every_figure_and_rows_to_the_signed_in_only(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *token = make_screen(county, "figures", HJ_TEST_COUNTY_CODE);
    g_autoptr(HjTestAnswer) alone = with_screen(county, token, "/screen/?board=figures");
    assert_status(alone, 200);
    assert_all_figures(county, alone->body);
    g_autoptr(HjTestAnswer) own = hj_test_page(county, "county", "/screen/?board=figures");
    assert_status(own, 200);
    assert_all_figures(county, own->body);
    enter_contract(county, "town", HJ_TEST_VILLAGE, "2027-02-28");
    static const char list[] = "/screen/indicators/contracts_in_term?period=2018H1";
    g_autoptr(HjTestAnswer) rows = hj_test_page(county, "county", list);
    assert_status(rows, 200);
    assert_non_null(strstr(rows->body, ">鱼塘</a>"));
    assert_non_null(strstr(rows->body, "href=\"/ledgers/contract/"));
    g_autoptr(HjTestAnswer) none = with_screen(county, token, list);
    assert_status(none, 200);
    assert_null(strstr(none->body, "鱼塘"));
    assert_null(strstr(none->body, "/ledgers/"));
}

static void
test_a_screen_sees_its_own_organization_only(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *token = make_screen(county, "town", HJ_TEST_TOWN);
    g_autoptr(HjTestAnswer) page = with_screen(county, token, "/screen/");
    assert_status(page, 200);
    assert_non_null(strstr(page->body, "甲一村"));
    assert_null(strstr(page->body, "乙一村"));
    assert_screen(county, token, "/screen/indicators/villages?under=" HJ_TEST_OTHER_TOWN, 404);
    assert_screen(county, token, "/screen/indicators/villages?under=" HJ_TEST_COUNTY_CODE, 404);
    assert_screen(county, token, "/screen/indicators/villages?under=" HJ_TEST_VILLAGE, 200);
}

/* The address where the newest screen is revoked; caller owns. */
static char *
revoke_address(HjTestCounty *county)
{
    g_autoptr(HjTestAnswer) list = hj_test_page(county, "admin", "/screens");
    assert_status(list, 200);
    const char *at = strstr(list->body, "action=\"/screens/");
    assert_non_null(at);
    at += strlen("action=\"");
    return g_strndup(at, strcspn(at, "\""));
}

static void
test_a_revoked_or_expired_screen_is_dark(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *token = make_screen(county, "lift", HJ_TEST_COUNTY_CODE);
    assert_screen(county, token, "/screen/", 200);
    g_autofree char *where = revoke_address(county);
    g_autoptr(HjTestAnswer) strange = hj_test_form(county, "county", where, "");
    assert_status(strange, 403);
    g_autoptr(HjTestAnswer) revoked = hj_test_form(county, "admin", where, "");
    assert_status(revoked, 303);
    g_autoptr(HjTestAnswer) dark = with_screen(county, token, "/screen/");
    assert_status(dark, 401);
    assert_non_null(strstr(hj_test_header(dark, "Set-Cookie"), "hangji_screen=;"));
    g_autofree char *late = make_screen(county, "stairs", HJ_TEST_COUNTY_CODE);
    HjStore *store = hj_app_store(county->app);
    HjTime noon = hj_store_now(store);
    hj_store_set_clock(store, noon + INT64_C(60) * 86400 * 1000000);
    assert_screen(county, late, "/screen/", 401);
    hj_store_set_clock(store, noon);
    assert_screen(county, late, "/screen/", 200);
    g_autoptr(HjTestAnswer) none = hj_test_form(
        county, "admin", "/screens", "name=&org=" HJ_TEST_TOWN "&expires_on=2020-01-01");
    assert_status(none, 422);
}

/* --- what is pushed --- */

typedef struct {
    HjResponse *response;
    GMutex lock;
    GCond changed;
    bool awake;
    GString *heard;
    size_t at; /* up to where it has been looked at */
    bool ended;
} Ear;

static void
ear_wait(gpointer data)
{
    (void)data;
}

static void
ear_wake(gpointer data)
{
    Ear *ear = data;
    g_mutex_lock(&ear->lock);
    ear->awake = true;
    g_cond_signal(&ear->changed);
    g_mutex_unlock(&ear->lock);
}

static Ear *
ear_open(HjTestCounty *county, const char *token, const char *uri)
{
    g_autofree char *cookie = g_strdup_printf("hangji_screen=%s", token);
    const char *const headers[] = { "cookie", cookie, NULL };
    const HjRawRequest raw = {
        .method = HJ_GET, .method_name = "GET", .uri = uri, .headers = headers
    };
    Ear *ear = g_new0(Ear, 1);
    g_mutex_init(&ear->lock);
    g_cond_init(&ear->changed);
    ear->heard = g_string_new(NULL);
    ear->response = hj_router_dispatch(county->app, &raw);
    return ear;
}

static void
ear_free(Ear *ear)
{
    if (ear->response->stream != NULL)
        hj_stream_close(ear->response->stream);
    hj_response_free(ear->response);
    g_string_free(ear->heard, TRUE);
    g_mutex_clear(&ear->lock);
    g_cond_clear(&ear->changed);
    g_free(ear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ear, ear_free)

/* Whether @text comes, within the patience of a test, after what was heard before. */
static bool
hears(Ear *ear, const char *text)
{
    int64_t until = g_get_monotonic_time() + PATIENCE;
    const HjStreamWait wait = { ear_wait, ear_wake, ear };
    char buffer[4096];
    while (!ear->ended) {
        const char *found = strstr(ear->heard->str + ear->at, text);
        if (found != NULL) {
            ear->at = (size_t)(found - ear->heard->str) + strlen(text);
            return true;
        }
        gssize n = hj_stream_take(ear->response->stream, buffer, sizeof buffer, &wait);
        ear->ended = n == HJ_STREAM_END;
        if (n > 0)
            g_string_append_len(ear->heard, buffer, n);
        if (n != 0)
            continue;
        g_mutex_lock(&ear->lock);
        bool in_time = true;
        while (!ear->awake && in_time)
            in_time = g_cond_wait_until(&ear->changed, &ear->lock, until);
        ear->awake = false;
        g_mutex_unlock(&ear->lock);
        if (!in_time)
            return false;
    }
    return strstr(ear->heard->str + ear->at, text) != NULL;
}

static void
test_a_change_is_pushed_to_the_screen_until_its_token_ends(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *token = make_screen(county, "live", HJ_TEST_COUNTY_CODE);
    g_autoptr(Ear) ear =
        ear_open(county, token, "/screen/events?period=2018H1&board=v%3Acontracts_in_term");
    assert_int_equal(ear->response->status, 200);
    assert_string_equal(ear->response->type, "text/event-stream; charset=utf-8");
    assert_true(hears(ear, "event: board\ndata: "));
    assert_true(hears(ear, "乙一村 —"));
    enter_contract(county, "other", HJ_TEST_FOREIGN, "2027-02-28");
    assert_true(hears(ear, "乙一村 100%"));
    g_autofree char *where = revoke_address(county);
    g_autoptr(HjTestAnswer) revoked = hj_test_form(county, "admin", where, "");
    assert_status(revoked, 303);
    assert_true(hears(ear, "event: over"));
    assert_false(hears(ear, "event: board"));
    assert_true(ear->ended);
}

static void
test_only_so_many_listen_and_a_stop_ends_them(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *token = make_screen(county, "many", HJ_TEST_COUNTY_CODE);
    Ear *ears[9];
    for (size_t i = 0; i < G_N_ELEMENTS(ears); i++)
        ears[i] = ear_open(county, token, "/screen/events?period=2018H1&board=townships");
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(ears); i++)
        assert_int_equal(ears[i]->response->status, 200);
    assert_int_equal(ears[8]->response->status, 503);
    assert_true(hears(ears[0], "event: board"));
    hj_router_end_streams(county->app);
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(ears); i++) {
        assert_false(hears(ears[i], "no such words"));
        assert_true(ears[i]->ended);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(ears); i++)
        ear_free(ears[i]);
    g_autoptr(Ear) late = ear_open(county, token, "/screen/events?board=townships");
    assert_int_equal(late->response->status, 503);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_the_cockpit_of_a_township_shows_its_own_villages_only),
    cmocka_unit_test(test_a_changed_row_shows_at_once),
    cmocka_unit_test(test_only_what_names_a_changed_ledger_is_computed_anew),
    cmocka_unit_test(rows_behind_a_number_are_called_what_they_cite_and_a_sum_has_no_fraction),
    cmocka_unit_test(test_people_with_the_right_set_where_lights_change),
    cmocka_unit_test(test_a_view_is_kept_by_name_and_shared_with_a_role),
    cmocka_unit_test(test_a_screen_opens_with_its_token_and_nothing_else_does),
    cmocka_unit_test(test_a_screen_shows_every_figure_and_rows_to_the_signed_in_only),
    cmocka_unit_test(test_a_screen_sees_its_own_organization_only),
    cmocka_unit_test(test_a_revoked_or_expired_screen_is_dark),
    cmocka_unit_test(test_a_change_is_pushed_to_the_screen_until_its_token_ends),
    cmocka_unit_test(test_only_so_many_listen_and_a_stop_ends_them),
    cmocka_unit_test(test_a_write_of_another_process_shows_at_once),
    cmocka_unit_test(test_what_is_committed_late_is_not_overlooked),
    cmocka_unit_test(test_a_right_and_a_name_show_at_once_in_the_api),
};
HJ_FLOW_MAIN(stories, hj_test_cast_new)
