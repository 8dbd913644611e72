/* Programs that speak for people: personal tokens and webhooks, on both databases. */
#include "core/account.h"
#include "core/courier.h"
#include "core/token.h"
#include "tests/flow/flow.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEOPLE "/api/v1/ledgers/person/rows"
#define PERSON "{\"org\":\"%s\",\"fields\":{\"name\":\"%s\",\"sex\":\"male\"}}"
#define SECOND INT64_C(1000000)
#define DAY_US (86400 * SECOND)

/* --- tokens --- */

/* Makes a token on the page of @account and lets @as ask through it. */
static void
make_token(HjTestCounty *county, const char *account, const char *as, const char *form)
{
    g_autoptr(HjTestAnswer) page = hj_test_form(county, account, "/account/tokens", form);
    assert_status(page, 201);
    const char *token = strstr(page->body, "value=\"hj_");
    assert_non_null(token);
    token += strlen("value=\"");
    char *copy = g_strndup(token, HJ_TOKEN_CHARS);
    assert_true(hj_token_is(copy));
    g_hash_table_replace(county->tokens, g_strdup(as), copy);
    /* It is shown this once. */
    g_autoptr(HjTestAnswer) again = hj_test_page(county, account, "/account/tokens");
    assert_status(again, 200);
    assert_null(strstr(again->body, copy));
}

static HjTestAnswer *
enter(HjTestCounty *county, const char *as, const char *org, const char *name)
{
    g_autofree char *body = g_strdup_printf(PERSON, org, name);
    return hj_test_post(county, as, PEOPLE, body);
}

static void
test_a_token_reads_and_writes_what_its_account_may(void **state)
{
    HjTestCounty *county = *state;
    make_token(county, "town", "robot", "name=robot&access=write&expires_on=2018-12-31");
    g_autoptr(HjTestAnswer) made = enter(county, "robot", HJ_TEST_VILLAGE, "王一");
    assert_status(made, 201);
    g_autoptr(HjTestAnswer) foreign = enter(county, "robot", HJ_TEST_FOREIGN, "王二");
    assert_status(foreign, 404);
    g_autofree char *path = g_strdup_printf(PEOPLE "/%s/history", hj_test_at(made, "id"));
    g_autoptr(HjTestAnswer) history = hj_test_get(county, "town", path);
    assert_answer(history, "items.0.via", "robot");
    assert_answer(history, "items.0.actor", "town");
    g_autoptr(HjTestAnswer) list = hj_test_get(county, "robot", "/api/v1/tokens");
    assert_answer(list, "items.0.name", "robot");
    assert_null(strstr(list->body, g_hash_table_lookup(county->tokens, "robot")));
}

static void
test_a_token_opens_no_page_and_makes_no_token(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) page = hj_test_get(county, "robot", "/ledgers");
    assert_status(page, 303);
    g_autofree char *cookie =
        g_strdup_printf("hangji=%s", (char *)g_hash_table_lookup(county->tokens, "robot"));
    const HjTestHeader headers[] = { { "cookie", cookie }, { 0 } };
    g_autoptr(HjTestAnswer) by_cookie =
        hj_test_send(county, NULL, HJ_GET, "/api/v1/ledgers", headers, NULL, 0);
    assert_status(by_cookie, 401);
    g_autoptr(HjTestAnswer) accounts = hj_test_get(county, "robot", "/account/tokens");
    assert_status(accounts, 303);
}

static void
test_a_token_that_reads_changes_nothing(void **state)
{
    HjTestCounty *county = *state;
    make_token(county, "town", "reader", "name=reader&access=read&expires_on=2018-12-31");
    g_autoptr(HjTestAnswer) seen = hj_test_get(county, "reader", PEOPLE);
    assert_status(seen, 200);
    g_autoptr(HjTestAnswer) made = enter(county, "reader", HJ_TEST_VILLAGE, "王三");
    assert_refused(made, 403, NULL, NULL);
    g_autoptr(HjTestAnswer) ledger = hj_test_get(county, "reader", "/api/v1/ledgers/person");
    assert_answer(ledger, "may_enter", "false");
}

static void
test_a_token_is_narrower_than_its_account(void **state)
{
    HjTestCounty *county = *state;
    make_token(county, "town", "narrow",
               "name=narrow&access=write&expires_on=2018-12-31&ledgers=person&org_code="
               "" HJ_TEST_VILLAGE "&org=" HJ_TEST_VILLAGE);
    g_autoptr(HjTestAnswer) inside = enter(county, "narrow", HJ_TEST_VILLAGE, "王四");
    assert_status(inside, 201);
    g_autoptr(HjTestAnswer) beside = enter(county, "narrow", HJ_TEST_SIBLING, "王五");
    assert_status(beside, 404);
    g_autoptr(HjTestAnswer) other =
        hj_test_get(county, "narrow", "/api/v1/ledgers/contract/rows");
    assert_status(other, 403);
    g_autoptr(HjTestAnswer) indicators = hj_test_get(county, "narrow", "/api/v1/indicators");
    assert_status(indicators, 403);
    g_autoptr(HjTestAnswer) ledgers = hj_test_get(county, "narrow", "/api/v1/ledgers");
    assert_int_equal(hj_test_count(ledgers), 1);
    g_autoptr(HjTestAnswer) orgs = hj_test_get(county, "narrow", "/api/v1/orgs?kind=village");
    assert_int_equal(hj_test_count(orgs), 1);
}

static void
test_what_a_token_may_not_be_is_said(void **state)
{
    HjTestCounty *county = *state;
    static const char *const wrong[] = {
        "name=&access=read&expires_on=2018-12-31",
        "name=robot&access=read&expires_on=2018-12-31", /* taken */
        "name=x&access=all&expires_on=2018-12-31",
        "name=x&access=read&expires_on=2018-06-14",
        "name=x&access=read&expires_on=2019-06-18",
        "name=x&access=read&expires_on=soon",
        "name=x&access=read&expires_on=2018-12-31&ledgers=nothing",
        "name=x&access=read&expires_on=2018-12-31&org=nowhere",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(HjTestAnswer) page =
            hj_test_form(county, "town", "/account/tokens", wrong[i]);
        assert_status(page, 422);
        assert_null(strstr(page->body, "value=\"hj_"));
    }
}

static void
test_a_revoked_or_expired_token_says_so(void **state)
{
    HjTestCounty *county = *state;
    HjStore *store = county->fixture->store;
    g_autoptr(HjTestAnswer) list = hj_test_get(county, "town", "/api/v1/tokens");
    const HjJson *items = hj_test_node(list, "items");
    g_autofree char *path = NULL;
    for (size_t i = 0; i < hj_json_count(items); i++) {
        const HjJson *item = hj_json_at(items, i);
        if (g_str_equal(hj_json_string(hj_json_get(item, "name")), "reader"))
            path =
                g_strdup_printf("/api/v1/tokens/%s", hj_json_string(hj_json_get(item, "id")));
    }
    g_autoptr(HjTestAnswer) foreign = hj_test_delete(county, "other", path, NULL);
    assert_status(foreign, 404);
    g_autoptr(HjTestAnswer) gone = hj_test_delete(county, "town", path, NULL);
    assert_status(gone, 204);
    g_autoptr(HjTestAnswer) revoked = hj_test_get(county, "reader", PEOPLE);
    assert_refused(revoked, 401, NULL, NULL);
    assert_non_null(strstr(revoked->body, "吊销"));
    assert_string_equal(hj_test_header(revoked, "WWW-Authenticate"),
                        "Bearer error=\"invalid_token\"");
    HjTime now = hj_store_now(store);
    hj_store_set_clock(store, now + 220 * DAY_US);
    g_autoptr(HjTestAnswer) expired = hj_test_get(county, "robot", PEOPLE);
    hj_store_set_clock(store, now);
    assert_refused(expired, 401, NULL, NULL);
    assert_non_null(strstr(expired->body, "过期"));
}

static void
test_a_disabled_account_silences_its_tokens_at_once(void **state)
{
    HjTestCounty *county = *state;
    hj_test_account(county, "leaving", "township_organizer", HJ_TEST_TOWN);
    make_token(county, "leaving", "left", "name=left&access=read&expires_on=2018-12-31");
    g_autoptr(HjTestAnswer) before = hj_test_get(county, "left", PEOPLE);
    assert_status(before, 200);
    g_autoptr(HjTestAnswer) list = hj_test_page(county, "admin", "/accounts?q=leaving");
    const char *at = strstr(list->body, "/accounts/3");
    assert_non_null(at);
    g_autofree char *account = g_strndup(at, strlen("/accounts/") + 19);
    g_autofree char *tokens = g_strconcat(account, "/tokens", NULL);
    g_autoptr(HjTestAnswer) seen = hj_test_page(county, "admin", tokens);
    assert_status(seen, 200);
    assert_non_null(strstr(seen->body, "left"));
    g_autofree char *disable = g_strconcat(account, "/state", NULL);
    g_autoptr(HjTestAnswer) disabled = hj_test_form(county, "admin", disable, "state=disabled");
    assert_status(disabled, 303);
    g_autoptr(HjTestAnswer) after = hj_test_get(county, "left", PEOPLE);
    assert_refused(after, 401, NULL, NULL);
}

static void
test_an_administrator_lists_and_revokes_the_tokens_of_others_with_a_reason(void **state)
{
    HjTestCounty *county = *state;
    make_token(county, "town", "lent", "name=lent&access=read&expires_on=2018-12-31");
    g_autoptr(HjTestAnswer) denied = hj_test_get(county, "town", "/api/v1/accounts/tokens");
    assert_refused(denied, 403, NULL, NULL);
    g_autoptr(HjTestAnswer) page = hj_test_page(county, "admin", "/accounts/tokens");
    assert_status(page, 200);
    assert_non_null(strstr(page->body, "lent"));
    assert_null(strstr(page->body, g_hash_table_lookup(county->tokens, "lent")));
    g_autoptr(HjTestAnswer) list = hj_test_get(county, "admin", "/api/v1/accounts/tokens");
    const HjJson *items = hj_test_node(list, "items");
    g_autofree char *path = NULL, *account = NULL, *token = NULL;
    for (size_t i = 0; i < hj_json_count(items); i++) {
        const HjJson *item = hj_json_at(items, i);
        if (!g_str_equal(hj_json_string(hj_json_get(item, "name")), "lent"))
            continue;
        assert_string_equal(hj_json_string(hj_json_get(item, "account_name")), "town");
        account = g_strdup(hj_json_string(hj_json_get(item, "account")));
        token = g_strdup(hj_json_string(hj_json_get(item, "id")));
        path = g_strdup_printf("/api/v1/accounts/%s/tokens/%s", account, token);
    }
    assert_non_null(path);
    g_autoptr(HjTestAnswer) silent =
        hj_test_delete(county, "admin", path, "{\"reason\":\" \"}");
    assert_refused(silent, 422, "reason", "required");
    g_autofree char *form = g_strdup_printf("/accounts/%s/tokens/revoke", account);
    g_autofree char *only = g_strdup_printf("token=%s&reason=", token);
    g_autoptr(HjTestAnswer) asked = hj_test_form(county, "admin", form, only);
    assert_status(asked, 422);
    assert_non_null(strstr(asked->body, "请说明原因"));
    g_autoptr(HjTestAnswer) works = hj_test_get(county, "lent", PEOPLE);
    assert_status(works, 200);
    g_autoptr(HjTestAnswer) done =
        hj_test_delete(county, "admin", path, "{\"reason\":\"对接系统已停用\"}");
    assert_status(done, 204);
    g_autoptr(HjTestAnswer) after = hj_test_get(county, "lent", PEOPLE);
    assert_refused(after, 401, NULL, NULL);
    g_autoptr(HjTestAnswer) audit = hj_test_page(county, "auditor", "/audit");
    assert_non_null(strstr(audit->body, "对接系统已停用"));
}

/* --- webhooks --- */

/* Answers the statuses of a script one after the other; 0 says nothing until the other side
 * gives up. */
typedef struct {
    int socket, port;
    int stop; /* atomic */
    GMutex lock;
    const int *script;
    size_t n_script, n_taken;
    char *last; /* the last request as it came */
    GThread *thread;
} Receiver;

static void
serve_one(Receiver *r, int peer)
{
    g_autoptr(GString) asked = g_string_new(NULL);
    char buffer[4096];
    while (strstr(asked->str, "\"href\"") == NULL || !g_str_has_suffix(asked->str, "}")) {
        ssize_t n = recv(peer, buffer, sizeof buffer, 0);
        if (n <= 0)
            return;
        g_string_append_len(asked, buffer, n);
    }
    g_mutex_lock(&r->lock);
    int status = r->n_taken < r->n_script ? r->script[r->n_taken] : 204;
    r->n_taken++;
    g_free(r->last);
    r->last = g_strdup(asked->str);
    g_mutex_unlock(&r->lock);
    if (status == 0) {
        struct pollfd gone = { .fd = peer, .events = POLLIN };
        while (g_atomic_int_get(&r->stop) == 0 && poll(&gone, 1, 100) == 0)
            continue;
        return;
    }
    g_autofree char *answer = g_strdup_printf(
        "HTTP/1.1 %d x\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:%d/x\r\n"
        "Connection: close\r\n\r\n",
        status, r->port);
    assert_int_equal(send(peer, answer, strlen(answer), MSG_NOSIGNAL), strlen(answer));
}

static gpointer
receive(gpointer data)
{
    Receiver *r = data;
    while (g_atomic_int_get(&r->stop) == 0) {
        struct pollfd waiting = { .fd = r->socket, .events = POLLIN };
        if (poll(&waiting, 1, 100) <= 0)
            continue;
        int peer = accept(r->socket, NULL, NULL);
        serve_one(r, peer);
        close(peer);
    }
    return NULL;
}

static void
receiver_start(Receiver *r, const int *script, size_t n)
{
    *r = (Receiver){ .script = script, .n_script = n };
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n_at = sizeof at;
    g_mutex_init(&r->lock);
    r->socket = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(r->socket, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(r->socket, 8), 0);
    assert_int_equal(getsockname(r->socket, (struct sockaddr *)&at, &n_at), 0);
    r->port = ntohs(at.sin_port);
    r->thread = g_thread_new("receiver", receive, r);
}

static void
receiver_stop(Receiver *r)
{
    g_atomic_int_set(&r->stop, 1);
    g_thread_join(r->thread);
    close(r->socket);
    g_mutex_clear(&r->lock);
    g_free(r->last);
}

typedef struct {
    HjTestCounty *county;
    HjWebhookRules *rules;
    const char *url;
    int64_t id, delivery;
    HjTime begun;
    bool (*act)(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
} Wish;

static bool
write_webhook(HjTx *tx, gpointer data, GError **error)
{
    Wish *wish = data;
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autoptr(HjActor) actor = hj_account_actor(tx, wish->county->pack, "admin", error);
    const char *const ledgers[] = { "person", NULL };
    const char *const kinds[] = { "row.create", "row.void", NULL };
    HjWebhookWish asked = { .name = "邻居",
                            .url = wish->url,
                            .ledgers = ledgers,
                            .kinds = kinds,
                            .org = hj_test_org(wish->county, HJ_TEST_TOWN) };
    assert_non_null(actor);
    hj_tx_set_actor(tx, actor->account);
    if (wish->act != NULL)
        return wish->act(tx, actor, wish->id, error);
    if (wish->delivery != 0)
        return hj_webhook_resend(tx, actor, wish->id, wish->delivery, error);
    return hj_webhook_create(tx, actor, wish->rules, &asked, issues, &wish->id, error);
}

static void
run(Wish *wish, int wanted)
{
    g_autoptr(GError) error = NULL;
    int tried = -1;
    if (!hj_courier_run(wish->county->fixture->store, wish->rules, NULL, &tried, &error))
        fail_msg("%s", error->message);
    assert_int_equal(tried, wanted);
}

static void
pass_seconds(HjTestCounty *county, int64_t seconds)
{
    HjStore *store = county->fixture->store;
    hj_store_set_clock(store, hj_store_now(store) + seconds * SECOND);
}

static HjRows *
deliveries(Wish *wish)
{
    g_autoptr(HjTx) tx = hj_store_read(wish->county->fixture->store, NULL);
    g_autoptr(HjActor) actor = hj_account_actor(tx, wish->county->pack, "admin", NULL);
    HjRows *rows = hj_webhook_deliveries(tx, actor, wish->id, 0, 50, NULL);
    assert_non_null(rows);
    hj_rows_next(rows);
    return rows;
}

static void
begin(Wish *wish, HjTestCounty *county, const Receiver *r, const char *private_ok)
{
    g_autoptr(GError) error = NULL;
    static char url[64];
    g_snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", r->port);
    *wish =
        (Wish){ .county = county, .rules = hj_webhook_rules_new(url, private_ok), .url = url };
    wish->begun = hj_store_now(county->fixture->store);
    if (!hj_store_write(county->fixture->store, write_webhook, wish, &error))
        fail_msg("%s", error->message);
}

static void
finish(Wish *wish)
{
    hj_store_set_clock(wish->county->fixture->store, wish->begun); /* sessions live on */
    wish->act = hj_webhook_remove;
    assert_true(hj_store_write(wish->county->fixture->store, write_webhook, wish, NULL));
    hj_webhook_rules_free(wish->rules);
}

static void
test_a_change_is_told_after_failures_and_silence(void **state)
{
    HjTestCounty *county = *state;
    static const int script[] = { 500, 302, 0, 204 };
    Receiver r;
    Wish wish;
    receiver_start(&r, script, G_N_ELEMENTS(script));
    begin(&wish, county, &r, "127.0.0.1");
    g_autoptr(HjTestAnswer) outside = enter(county, "county", HJ_TEST_FOREIGN, "赵外");
    assert_status(outside, 201);
    run(&wish, 0); /* out of the webhook's scope */
    g_autoptr(HjTestAnswer) made = enter(county, "county", HJ_TEST_VILLAGE, "赵秘");
    assert_status(made, 201);
    static const int waits[] = { 0, 60, 300, 1800 };
    for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
        run(&wish, waits[i] == 0 ? 1 : 0); /* not before its time */
        if (waits[i] == 0)
            continue;
        pass_seconds(county, waits[i]);
        run(&wish, 1);
    }
    g_autoptr(HjRows) rows = deliveries(&wish);
    assert_int_equal(hj_rows_count(rows), 1);
    assert_string_equal(hj_rows_text(rows, "state"), "done");
    assert_int_equal(hj_rows_i64(rows, "tries"), 4);
    assert_int_equal(hj_rows_i64(rows, "version"), 1);
    assert_null(strstr(r.last, "赵秘"));
    assert_non_null(strstr(r.last, hj_test_at(made, "id")));
    finish(&wish);
    receiver_stop(&r);
}

static void
test_a_receiver_that_never_listens_is_given_up(void **state)
{
    HjTestCounty *county = *state;
    static const int script[] = { 500, 500, 500, 500, 500, 500, 500, 500, 500, 204 };
    Receiver r;
    Wish wish;
    receiver_start(&r, script, G_N_ELEMENTS(script));
    begin(&wish, county, &r, "127.0.0.1");
    g_autoptr(HjTestAnswer) made = enter(county, "county", HJ_TEST_VILLAGE, "钱一");
    assert_status(made, 201);
    for (int i = 0; i < 9; i++) {
        run(&wish, 1);
        pass_seconds(county, 86400);
    }
    run(&wish, 0);
    g_autoptr(HjRows) dead = deliveries(&wish);
    assert_string_equal(hj_rows_text(dead, "state"), "dead");
    assert_string_equal(hj_rows_text(dead, "why"), "the receiver answered 500");
    wish.delivery = hj_rows_i64(dead, "id");
    assert_true(hj_store_write(county->fixture->store, write_webhook, &wish, NULL));
    run(&wish, 1);
    g_autoptr(HjRows) done = deliveries(&wish);
    assert_string_equal(hj_rows_text(done, "state"), "done");
    pass_seconds(county, 91 * 86400);
    assert_true(hj_courier_sweep(county->fixture->store, NULL));
    g_autoptr(HjRows) swept = deliveries(&wish);
    assert_int_equal(hj_rows_count(swept), 0);
    finish(&wish);
    receiver_stop(&r);
}

static void
test_private_addresses_are_refused_unless_named(void **state)
{
    HjTestCounty *county = *state;
    Receiver r;
    Wish wish;
    receiver_start(&r, NULL, 0);
    begin(&wish, county, &r, NULL);
    g_autoptr(HjTestAnswer) made = enter(county, "county", HJ_TEST_VILLAGE, "孙一");
    assert_status(made, 201);
    run(&wish, 1);
    g_autoptr(HjRows) rows = deliveries(&wish);
    assert_string_equal(hj_rows_text(rows, "state"), "waiting");
    assert_non_null(strstr(hj_rows_text(rows, "why"), "private"));
    assert_int_equal(r.n_taken, 0);
    finish(&wish);
    receiver_stop(&r);
}

static void
test_a_new_secret_signs_beside_the_old_one_for_a_day(void **state)
{
    HjTestCounty *county = *state;
    HjStore *store = county->fixture->store;
    Receiver r;
    Wish wish;
    char old[HJ_WEBHOOK_SECRET_CHARS + 1], new[HJ_WEBHOOK_SECRET_CHARS + 1];
    receiver_start(&r, NULL, 0);
    begin(&wish, county, &r, "127.0.0.1");
    wish.act = hj_webhook_rotate;
    assert_true(hj_store_write(store, write_webhook, &wish, NULL));
    assert_true(hj_webhook_secret(store, wish.id, 1, old));
    assert_true(hj_webhook_secret(store, wish.id, 2, new));
    assert_string_not_equal(old, new);
    g_autoptr(HjTestAnswer) made = enter(county, "county", HJ_TEST_VILLAGE, "李一");
    assert_status(made, 201);
    run(&wish, 1);
    const char *body = strstr(r.last, "\r\n\r\n") + 4;
    const char *const both[] = { new, old };
    g_autofree char *wanted =
        hj_webhook_signature(both, 2, hj_store_now(store) / SECOND, body, strlen(body));
    assert_non_null(strstr(r.last, wanted));
    /* What is sent a day later is signed by the new one alone. */
    g_autoptr(HjTestAnswer) later = enter(county, "county", HJ_TEST_VILLAGE, "李二");
    assert_status(later, 201);
    HjTime now = hj_store_now(store);
    hj_store_set_clock(store, now + DAY_US + SECOND);
    run(&wish, 1);
    const char *next = strstr(r.last, "\r\n\r\n") + 4;
    int64_t at = hj_store_now(store) / SECOND;
    g_autofree char *alone = hj_webhook_signature(both, 1, at, next, strlen(next));
    g_autofree char *beside = hj_webhook_signature(both, 2, at, next, strlen(next));
    assert_non_null(strstr(r.last, alone));
    assert_null(strstr(r.last, beside));
    hj_store_set_clock(store, now);
    finish(&wish);
    receiver_stop(&r);
}

static void
test_webhook_addresses_are_read_strictly(void **state)
{
    (void)state;
    HjWebhookRules *rules =
        hj_webhook_rules_new("https://oa.example.cn, http://10.1.2.3:8080 nonsense", NULL);
    assert_int_equal(hj_webhook_rules_count(rules), 2);
    assert_true(hj_webhook_rules_allow(rules, "https://OA.example.cn/hook?x=1"));
    assert_true(hj_webhook_rules_allow(rules, "https://oa.example.cn:443/"));
    static const char *const refused[] = {
        "http://oa.example.cn/",
        "https://oa.example.cn:8443/",
        "https://oa.example.cn.evil.cn/",
        "https://user@oa.example.cn/",
        "https://oa.example.cn/#x",
        "https://oa.example.cn@evil.cn/",
        "ftp://oa.example.cn/",
        "//oa.example.cn/",
        "http://10.1.2.3/",
        "",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        assert_false(hj_webhook_rules_allow(rules, refused[i]));
    hj_webhook_rules_free(rules);
}

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    return hj_test_cast_new(kind);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_a_token_reads_and_writes_what_its_account_may),
    cmocka_unit_test(test_a_token_opens_no_page_and_makes_no_token),
    cmocka_unit_test(test_a_token_that_reads_changes_nothing),
    cmocka_unit_test(test_a_token_is_narrower_than_its_account),
    cmocka_unit_test(test_what_a_token_may_not_be_is_said),
    cmocka_unit_test(test_a_revoked_or_expired_token_says_so),
    cmocka_unit_test(test_a_disabled_account_silences_its_tokens_at_once),
    cmocka_unit_test(
        test_an_administrator_lists_and_revokes_the_tokens_of_others_with_a_reason),
    cmocka_unit_test(test_a_change_is_told_after_failures_and_silence),
    cmocka_unit_test(test_a_receiver_that_never_listens_is_given_up),
    cmocka_unit_test(test_private_addresses_are_refused_unless_named),
    cmocka_unit_test(test_a_new_secret_signs_beside_the_old_one_for_a_day),
    cmocka_unit_test(test_webhook_addresses_are_read_strictly),
};

HJ_FLOW_MAIN(stories, prepare)
