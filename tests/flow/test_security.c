/* Accounts as an inspector looks at them: sessions, passwords, the second factor, separated
 * duties, proxies, who sees what (domain.md 10.4). */
#include "base/crypto.h"
#include "core/account.h"
#include "core/second.h"
#include "tests/flow/flow.h"

#define NOON "2018-06-15T12:00:00+08:00"
#define NEW_PASSWORD "rain-after-a-long-spring-7"
#define PERSON "/ledgers/person/new"
#define PUBLICATION "/ledgers/publication/new"

#define assert_says(answer, text)                                                              \
    do {                                                                                       \
        if (strstr((answer)->body, (text)) == NULL)                                            \
            print_error("%s:%d: no %s in %s\n", __FILE__, __LINE__, (text), (answer)->body);   \
        assert_non_null(strstr((answer)->body, (text)));                                       \
    } while (false)
#define assert_silent(answer, text) assert_null(strstr((answer)->body, (text)))
#define assert_leads(answer, where)                                                            \
    do {                                                                                       \
        assert_status((answer), 303);                                                          \
        assert_string_equal(hj_test_header((answer), "Location"), (where));                    \
    } while (false)

/* --- a browser of its own --- */

static char *
between(const char *text, const char *before, const char *after)
{
    const char *start = text != NULL ? strstr(text, before) : NULL;
    if (start == NULL)
        return NULL;
    start += strlen(before);
    return g_strndup(start, strcspn(start, after));
}

static void
take_session(HjTestCounty *county, const char *browser, const HjTestAnswer *answer)
{
    char *token = NULL;
    for (guint i = 1; i < answer->headers->len && token == NULL; i += 2)
        token = between(g_ptr_array_index(answer->headers, i), "hangji=", ";");
    assert_non_null(token);
    g_hash_table_insert(county->tokens, g_strdup(browser), token);
    g_hash_table_remove(county->csrf, browser);
    g_autoptr(HjTestAnswer) home = hj_test_page(county, browser, "/");
    g_autoptr(HjTestAnswer) next =
        home->status == 303 ? hj_test_page(county, browser, hj_test_header(home, "Location"))
                            : NULL;
    char *csrf = between((next != NULL ? next : home)->body, "name=\"csrf\" value=\"", "\"");
    assert_non_null(csrf);
    g_hash_table_insert(county->csrf, g_strdup(browser), csrf);
}

/* Signs in; the status of the answer.  @browser then stands for the session. */
static int
sign_in(HjTestCounty *county, const char *browser, const char *name, const char *password)
{
    g_autofree char *form = g_strdup_printf("username=%s&password=%s&next=/", name, password);
    g_autoptr(HjTestAnswer) answer = hj_test_form(county, NULL, "/sign-in", form);
    if (answer->status == 303)
        take_session(county, browser, answer);
    return answer->status;
}

static int64_t
id_of(HjTestCounty *county, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    int64_t id = hj_account_find(tx, name, &error);
    assert_true(id != 0);
    return id;
}

static char *
address_of(HjTestCounty *county, const char *name, const char *rest)
{
    return g_strdup_printf("/accounts/%" G_GINT64_FORMAT "%s", id_of(county, name), rest);
}

static int64_t
number(HjTestCounty *county, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, &error, sql, (const HjVal[]){ HJ_END });
    if (rows == NULL)
        fail_msg("%s", error->message);
    assert_true(hj_rows_next(rows));
    return hj_rows_i64_at(rows, 0);
}

static void
at(HjTestCounty *county, const char *instant)
{
    HjTime time = 0;
    assert_true(hj_time_parse(instant, &time, NULL));
    hj_store_set_clock(county->fixture->store, time);
}

static void
set(HjTestCounty *county, const char *form, int status)
{
    g_autoptr(HjTestAnswer) answer = hj_test_form(county, "admin", "/accounts/settings", form);
    assert_status(answer, status);
}

/* --- sessions and passwords --- */

static void
a_session_is_listed_with_its_address_and_ended_by_its_owner(void **state)
{
    assert_int_equal(sign_in(*state, "one", "county", HJ_TEST_PASSWORD), 303);
    assert_int_equal(sign_in(*state, "two", "county", HJ_TEST_PASSWORD), 303);
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "one", "/account");
    assert_status(page, 200);
    assert_says(page, "127.0.0.1");
    assert_says(page, "本机");
    /* The name on the page opens nothing. */
    const char *token = g_hash_table_lookup(((HjTestCounty *)*state)->tokens, "two");
    assert_silent(page, token);
    g_autofree char *name = hj_account_session_name(token);
    assert_says(page, name);
    g_autofree char *form = g_strdup_printf("session=%s", name);
    g_autoptr(HjTestAnswer) foreign = hj_test_form(*state, "town", "/account/session", form);
    assert_status(foreign, 404);
    g_autoptr(HjTestAnswer) ended = hj_test_form(*state, "one", "/account/session", form);
    assert_leads(ended, "/account");
    g_autoptr(HjTestAnswer) out = hj_test_page(*state, "two", "/account");
    assert_status(out, 303);
    g_autoptr(HjTestAnswer) in = hj_test_page(*state, "one", "/account");
    assert_status(in, 200);
}

static void
an_administrator_ends_the_sessions_of_an_account_he_manages(void **state)
{
    hj_test_account(*state, "mislaid", "work_team", HJ_TEST_FOREIGN);
    assert_int_equal(sign_in(*state, "lost", "mislaid", HJ_TEST_PASSWORD), 303);
    g_autofree char *where = address_of(*state, "mislaid", "/session");
    g_autofree char *page_of = address_of(*state, "mislaid", "");
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "admin", page_of);
    assert_says(page, "127.0.0.1");
    g_autoptr(HjTestAnswer) reader = hj_test_page(*state, "auditor", page_of);
    assert_status(reader, 200);
    assert_silent(reader, "127.0.0.1");
    g_autoptr(HjTestAnswer) refused = hj_test_form(*state, "auditor", where, "session=all");
    assert_status(refused, 403);
    g_autoptr(HjTestAnswer) ended = hj_test_form(*state, "admin", where, "session=all");
    assert_status(ended, 303);
    g_autoptr(HjTestAnswer) out = hj_test_page(*state, "lost", "/account");
    assert_status(out, 303);
}

static void
a_reset_password_works_once_and_must_be_changed(void **state)
{
    HjTestCounty *county = *state;
    hj_test_account(county, "forgetful", "work_team", HJ_TEST_SIBLING);
    g_autofree char *where = address_of(county, "forgetful", "/password");
    g_autoptr(HjTestAnswer) bare = hj_test_form(county, "admin", where, "");
    assert_status(bare, 400);
    g_autoptr(HjTestAnswer) denied = hj_test_form(county, "auditor", where, "confirm=yes");
    assert_status(denied, 403);
    g_autoptr(HjTestAnswer) done = hj_test_form(county, "admin", where, "confirm=yes");
    assert_status(done, 200);
    g_autofree char *password = between(done->body, "<p class=\"once\"><code>", "<");
    assert_int_equal(strlen(password), 19);
    assert_int_equal(sign_in(county, "b", "forgetful", HJ_TEST_PASSWORD), 401);
    assert_int_equal(sign_in(county, "b", "forgetful", password), 303);
    g_autoptr(HjTestAnswer) led = hj_test_page(county, "b", "/ledgers");
    assert_leads(led, "/sign-in/password");
    g_autofree char *same = g_strdup_printf("password=%s&again=%s", password, password);
    g_autoptr(HjTestAnswer) again = hj_test_form(county, "b", "/sign-in/password", same);
    assert_status(again, 422);
    g_autoptr(HjTestAnswer) old =
        hj_test_form(county, "b", "/sign-in/password",
                     "password=" HJ_TEST_PASSWORD "&again=" HJ_TEST_PASSWORD);
    assert_status(old, 422);
    assert_says(old, "以前用过");
    g_autoptr(HjTestAnswer) own = hj_test_form(county, "b", "/sign-in/password",
                                               "password=" NEW_PASSWORD "&again=" NEW_PASSWORD);
    assert_leads(own, "/");
    take_session(county, "b", own);
    g_autoptr(HjTestAnswer) in = hj_test_page(county, "b", "/ledgers");
    assert_status(in, 200);
}

static void
sessions_end_when_idle_and_in_any_case(void **state)
{
    at(*state, "2018-06-15T12:00:00+08:00");
    assert_int_equal(sign_in(*state, "idle", "village", HJ_TEST_PASSWORD), 303);
    at(*state, "2018-06-15T12:25:00+08:00");
    g_autoptr(HjTestAnswer) in = hj_test_page(*state, "idle", "/account");
    assert_status(in, 200);
    at(*state, NOON);
    set(*state, "idle_minutes=10", 303);
    assert_int_equal(sign_in(*state, "idle", "village", HJ_TEST_PASSWORD), 303);
    at(*state, "2018-06-15T12:11:00+08:00");
    g_autoptr(HjTestAnswer) out = hj_test_page(*state, "idle", "/account");
    assert_status(out, 303);
    at(*state, NOON);
    set(*state, "idle_minutes=480&session_hours=2", 303);
    assert_int_equal(sign_in(*state, "idle", "village", HJ_TEST_PASSWORD), 303);
    at(*state, "2018-06-15T14:01:00+08:00");
    g_autoptr(HjTestAnswer) over = hj_test_page(*state, "idle", "/account");
    assert_status(over, 303);
    at(*state, NOON);
    set(*state, "idle_minutes=4", 422);
    set(*state, "idle_minutes=30&session_hours=12", 303);
}

static void
an_account_nobody_uses_is_shut_and_an_old_password_is_changed(void **state)
{
    HjTestCounty *county = *state;
    hj_test_account(county, "sleeper", "work_team", HJ_TEST_VILLAGE);
    hj_test_account(county, "steady", "work_team", HJ_TEST_VILLAGE);
    at(county, "2018-12-01T12:00:00+08:00");
    assert_int_equal(sign_in(county, "s", "steady", HJ_TEST_PASSWORD), 303);
    at(county, "2019-03-01T12:00:00+08:00");
    assert_int_equal(sign_in(county, "s", "sleeper", HJ_TEST_PASSWORD), 401);
    assert_int_equal(number(county, "SELECT COUNT(*) FROM sys_account WHERE name = 'sleeper'"
                                    " AND disabled_at IS NOT NULL"),
                     1);
    at(county, "2019-05-01T12:00:00+08:00");
    assert_int_equal(sign_in(county, "s", "steady", HJ_TEST_PASSWORD), 303);
    at(county, "2019-06-20T12:00:00+08:00");
    assert_int_equal(sign_in(county, "s", "steady", HJ_TEST_PASSWORD), 303);
    g_autoptr(HjTestAnswer) led = hj_test_page(county, "s", "/ledgers");
    assert_leads(led, "/sign-in/password");
    at(county, NOON);
}

/* --- the second factor --- */

static uint32_t
code_at(HjTestCounty *county, const char *secret32)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint8_t bytes[32] = { 0 };
    size_t n = 0;
    uint32_t held = 0;
    int bits = 0;
    for (const char *p = secret32; *p != '\0'; p++) {
        held = held << 5 | (uint32_t)(strchr(letters, *p) - letters);
        for (bits += 5; bits >= 8; bits -= 8)
            bytes[n++] = (uint8_t)(held >> (bits - 8));
    }
    uint64_t now = (uint64_t)(hj_store_now(county->fixture->store) / 1000000);
    return hj_second_code(bytes, n, now / HJ_SECOND_STEP, 6);
}

/* Sets up the device of a browser that is signed in; the first recovery code in *ret_code. */
static char *
enrol(HjTestCounty *county, const char *browser, char **ret_code)
{
    g_autoptr(HjTestAnswer) begun =
        hj_test_form(county, browser, "/account/second", "act=begin");
    assert_leads(begun, "/account/second");
    g_autoptr(HjTestAnswer) page = hj_test_page(county, browser, "/account/second");
    assert_says(page, "<svg class=\"qr\"");
    assert_says(page, "otpauth://totp/Hangji:");
    char *secret = between(page->body, "secret=", "&");
    assert_int_equal(strlen(secret), 32);
    g_autoptr(HjTestAnswer) wrong =
        hj_test_form(county, browser, "/account/second", "act=confirm&code=abc");
    assert_status(wrong, 422);
    g_autofree char *form = g_strdup_printf("act=confirm&code=%06u", code_at(county, secret));
    g_autoptr(HjTestAnswer) done = hj_test_form(county, browser, "/account/second", form);
    assert_status(done, 200);
    *ret_code = between(done->body, "<ul class=\"codes\"><li><code>", "<");
    assert_int_equal(strlen(*ret_code), 19);
    return secret;
}

static int
show_code(HjTestCounty *county, const char *browser, const char *code)
{
    g_autofree char *form = g_strdup_printf("code=%s", code);
    g_autoptr(HjTestAnswer) answer = hj_test_form(county, browser, "/sign-in/second", form);
    return answer->status;
}

static void
a_second_factor_is_asked_once_a_step_and_locks_like_a_password(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *recovery = NULL;
    hj_test_account(county, "twofold", "administrator", HJ_TEST_COUNTY_CODE);
    assert_int_equal(sign_in(county, "t", "twofold", HJ_TEST_PASSWORD), 303);
    g_autofree char *secret = enrol(county, "t", &recovery);
    g_autofree char *used = g_strdup_printf("%06u", code_at(county, secret));
    /* Neither the secret nor a recovery code lies in the database in clear. */
    assert_int_equal(number(county, "SELECT COUNT(*) FROM sys_second s JOIN sys_account a"
                                    " ON a.id = s.account WHERE a.name = 'twofold'"
                                    " AND LENGTH(s.secret) > 90"),
                     1);
    assert_int_equal(sign_in(county, "t", "twofold", HJ_TEST_PASSWORD), 303);
    g_autoptr(HjTestAnswer) led = hj_test_page(county, "t", "/accounts");
    assert_leads(led, "/sign-in/second");
    assert_int_equal(show_code(county, "t", used), 401); /* the step was used to set up */
    at(county, "2018-06-15T12:00:40+08:00");
    g_autofree char *fresh = g_strdup_printf("%06u", code_at(county, secret));
    assert_int_equal(show_code(county, "t", fresh), 303);
    g_autoptr(HjTestAnswer) in = hj_test_page(county, "t", "/accounts");
    assert_status(in, 200);
    assert_int_equal(sign_in(county, "u", "twofold", HJ_TEST_PASSWORD), 303);
    assert_int_equal(show_code(county, "u", fresh), 401);
    assert_int_equal(show_code(county, "u", recovery), 303);
    assert_int_equal(sign_in(county, "v", "twofold", HJ_TEST_PASSWORD), 303);
    assert_int_equal(show_code(county, "v", recovery), 401);
    for (int i = 0; i < 4; i++)
        assert_int_equal(show_code(county, "v", "000000"), 401);
    at(county, "2018-06-15T12:01:40+08:00");
    g_autofree char *late = g_strdup_printf("%06u", code_at(county, secret));
    assert_int_equal(show_code(county, "v", late), 401);
    assert_int_equal(sign_in(county, "w", "twofold", HJ_TEST_PASSWORD), 401);
    g_autofree char *off = address_of(county, "twofold", "/second");
    g_autoptr(HjTestAnswer) gone = hj_test_form(county, "admin", off, "confirm=yes");
    assert_status(gone, 303);
    at(county, "2018-06-15T12:20:00+08:00");
    assert_int_equal(sign_in(county, "w", "twofold", HJ_TEST_PASSWORD), 303);
    g_autoptr(HjTestAnswer) bare = hj_test_page(county, "w", "/accounts");
    assert_status(bare, 200);
    at(county, NOON);
}

static void
where_it_is_required_an_administrator_sets_it_up_before_anything_else(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *recovery = NULL;
    hj_test_account(county, "duteous", "administrator", HJ_TEST_COUNTY_CODE);
    set(county, "second_factor=2", 303);
    assert_int_equal(sign_in(county, "d", "duteous", HJ_TEST_PASSWORD), 303);
    g_autoptr(HjTestAnswer) led = hj_test_page(county, "d", "/accounts");
    assert_leads(led, "/account/second");
    g_autoptr(HjTestAnswer) api =
        hj_test_post(county, NULL, "/api/v1/session",
                     "{\"username\":\"duteous\",\"password\":\"" HJ_TEST_PASSWORD "\"}");
    assert_status(api, 403);
    g_autofree char *secret = enrol(county, "d", &recovery);
    assert_non_null(secret);
    g_autoptr(HjTestAnswer) in = hj_test_page(county, "d", "/accounts");
    assert_status(in, 200);
    assert_int_equal(sign_in(county, "e", "town", HJ_TEST_PASSWORD), 303);
    g_autoptr(HjTestAnswer) free_of_it = hj_test_page(county, "e", "/ledgers");
    assert_status(free_of_it, 200);
    set(county, "second_factor=1", 303);
}

/* --- duties kept apart --- */

static void
grant(HjTestCounty *county, const char *as, const char *account, const char *role, int status)
{
    g_autofree char *where = address_of(county, account, "/grant");
    g_autofree char *form = g_strdup_printf("role=%s&org=" HJ_TEST_COUNTY_CODE, role);
    g_autoptr(HjTestAnswer) answer = hj_test_form(county, as, where, form);
    assert_status(answer, status);
}

static void
the_three_duties_are_kept_apart_when_the_county_says_so(void **state)
{
    HjTestCounty *county = *state;
    set(county, "separation=1", 422); /* nobody holds them yet */
    hj_test_account(county, "sys", "system_administrator", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "sec", "security_administrator", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "aud", "audit_administrator", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "both", "audit_administrator", HJ_TEST_COUNTY_CODE);
    hj_test_grant(county, "both", "system_administrator", HJ_TEST_COUNTY_CODE);
    set(county, "separation=1", 422); /* one holds two */
    g_autofree char *both = address_of(county, "both", "/state");
    g_autoptr(HjTestAnswer) shut = hj_test_form(county, "admin", both, "state=disabled");
    assert_status(shut, 303);
    set(county, "separation=1", 303);
    g_autoptr(HjTestAnswer) joined = hj_test_page(county, "admin", "/accounts");
    assert_status(joined, 403); /* the role that joins them gives nothing now */
    grant(county, "sec", "sys", "audit_administrator", 422);
    grant(county, "sec", "town", "administrator", 422);
    grant(county, "sec", "sec", "auditor", 422); /* nobody gives to himself */
    grant(county, "sys", "town", "auditor", 403);
    grant(county, "sec", "town", "auditor", 303);
    g_autofree char *reset = address_of(county, "sec", "/password");
    g_autoptr(HjTestAnswer) foreign = hj_test_form(county, "sys", reset, "confirm=yes");
    assert_status(foreign, 403);
    g_autoptr(HjTestAnswer) audit = hj_test_page(county, "aud", "/audit");
    assert_status(audit, 200);
    g_autoptr(HjTestAnswer) no_audit = hj_test_page(county, "sec", "/audit");
    assert_status(no_audit, 403);
    g_autoptr(HjTestAnswer) none = hj_test_page(county, "aud", "/accounts/settings");
    assert_status(none, 403);
    g_autoptr(HjTestAnswer) off =
        hj_test_form(county, "sec", "/accounts/settings", "separation=0");
    assert_status(off, 303);
    g_autoptr(HjTestAnswer) back = hj_test_page(county, "admin", "/accounts");
    assert_status(back, 200);
}

static void
the_last_administrator_stays(void **state)
{
    HjTestCounty *county = *state;
    const char *const others[] = { "twofold", "duteous", "sys", "sec" };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *where = address_of(county, others[i], "/state");
        g_autoptr(HjTestAnswer) shut = hj_test_form(county, "admin", where, "state=disabled");
        assert_status(shut, 303);
    }
    g_autofree char *own = address_of(county, "admin", "");
    g_autoptr(HjTestAnswer) page = hj_test_page(county, "admin", own);
    g_autofree char *held = between(page->body, "name=\"grant\" value=\"", "\"");
    g_autofree char *revoke = address_of(county, "admin", "/revoke");
    g_autofree char *form = g_strdup_printf("grant=%s", held);
    g_autoptr(HjTestAnswer) kept = hj_test_form(county, "admin", revoke, form);
    assert_status(kept, 409);
}

/* --- proxies --- */

static char *
grant_of(HjTestCounty *county, const char *browser)
{
    g_autoptr(HjTestAnswer) page = hj_test_page(county, browser, "/account/proxies");
    assert_status(page, 200);
    return between(page->body, "name=\"held\" value=\"", "\"");
}

static void
a_proxy_acts_within_what_is_lent_under_both_names_and_ends_by_itself(void **state)
{
    HjTestCounty *county = *state;
    g_autofree char *held = grant_of(county, "town");
    g_autofree char *form = g_strdup_printf(
        "deputy=other&from=2018-06-15&to=2018-06-20&reason=leave&held=%s", held);
    g_autoptr(HjTestAnswer) made = hj_test_form(county, "town", "/account/proxies/new", form);
    assert_leads(made, "/account/proxies");
    g_autoptr(HjTestAnswer) offered = hj_test_page(county, "other", "/account/proxies");
    g_autofree char *id = between(offered->body, "name=\"proxy\" value=\"", "\"");
    assert_non_null(id);
    g_autofree char *act = g_strdup_printf("proxy=%s", id);
    g_autoptr(HjTestAnswer) stranger =
        hj_test_form(county, "team", "/account/proxies/act", act);
    assert_status(stranger, 404);
    g_autoptr(HjTestAnswer) foreign = hj_test_page(county, "other", "/orgs/" HJ_TEST_VILLAGE);
    assert_status(foreign, 404);
    g_autoptr(HjTestAnswer) acts = hj_test_form(county, "other", "/account/proxies/act", act);
    assert_leads(acts, "/");
    g_autoptr(HjTestAnswer) seen = hj_test_page(county, "other", "/orgs/" HJ_TEST_VILLAGE);
    assert_status(seen, 200);
    assert_says(seen, "class=\"acting\"");
    /* Lent is the township's role, and his own rests meanwhile. */
    g_autoptr(HjTestAnswer) own = hj_test_page(county, "other", "/orgs/" HJ_TEST_FOREIGN);
    assert_status(own, 404);
    g_autoptr(HjTestAnswer) chained =
        hj_test_form(county, "other", "/account/proxies/new",
                     "deputy=team&from=2018-06-15&to=2018-06-20&reason=x&held=1");
    assert_status(chained, 403);
    g_autoptr(HjTestAnswer) row =
        hj_test_form(county, "other", PERSON, "org=" HJ_TEST_VILLAGE "&name=Li+Ming&sex=male");
    assert_status(row, 303);
    assert_int_equal(number(county, "SELECT COUNT(*) FROM sys_event e JOIN sys_account a"
                                    " ON a.id = e.actor AND a.name = 'other'"
                                    " JOIN sys_account b ON b.id = e.behalf AND b.name = 'town'"
                                    " WHERE e.action = 'row.create'"),
                     1);
    g_autoptr(HjTestAnswer) told = hj_test_page(county, "admin", "/audit?account=town");
    assert_says(told, "other (代 town)");
    hj_test_seal(county); /* the chain holds with both kinds of events */
    at(county, "2018-06-21T00:30:00+08:00");
    assert_int_equal(sign_in(county, "o", "other", HJ_TEST_PASSWORD), 303);
    g_autoptr(HjTestAnswer) late = hj_test_form(county, "o", "/account/proxies/act", act);
    assert_status(late, 404);
    at(county, "2018-06-20T23:50:00+08:00");
    assert_int_equal(sign_in(county, "o", "other", HJ_TEST_PASSWORD), 303);
    g_autoptr(HjTestAnswer) last = hj_test_form(county, "o", "/account/proxies/act", act);
    assert_status(last, 303);
    at(county, "2018-06-21T00:01:00+08:00");
    g_autoptr(HjTestAnswer) over = hj_test_page(county, "o", "/orgs/" HJ_TEST_VILLAGE);
    assert_status(over, 404);
    g_autoptr(HjTestAnswer) himself = hj_test_page(county, "o", "/orgs/" HJ_TEST_FOREIGN);
    assert_status(himself, 200);
    assert_silent(himself, "class=\"acting\"");
    at(county, NOON);
}

static void
what_is_taken_from_the_principal_is_gone_from_the_proxy_and_administration_is_not_lent(
    void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) none = hj_test_page(county, "admin", "/account/proxies");
    assert_silent(none, "name=\"held\"");
    g_autofree char *where = address_of(county, "town", "");
    g_autoptr(HjTestAnswer) page = hj_test_page(county, "admin", where);
    assert_says(page, "本账号的人");
    g_autofree char *state_of = address_of(county, "town", "/state");
    g_autoptr(HjTestAnswer) shut = hj_test_form(county, "admin", state_of, "state=disabled");
    assert_status(shut, 303);
    g_autoptr(HjTestAnswer) seen = hj_test_page(county, "other", "/orgs/" HJ_TEST_VILLAGE);
    assert_status(seen, 404);
    g_autoptr(HjTestAnswer) open = hj_test_form(county, "admin", state_of, "state=active");
    assert_status(open, 303);
    g_autoptr(HjTestAnswer) stops =
        hj_test_form(county, "other", "/account/proxies/act", "proxy=0");
    assert_leads(stops, "/");
}

/* --- forms, rights, marks --- */

static void
a_form_sent_twice_saves_once_and_with_other_values_again(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) form =
        hj_test_page(county, "county", PUBLICATION "?org=" HJ_TEST_COUNTY_CODE);
    g_autofree char *key = between(form->body, "name=\"form_key\" value=\"", "\"");
    assert_non_null(key);
    g_autoptr(HjTestAnswer) other =
        hj_test_page(county, "county", PUBLICATION "?org=" HJ_TEST_COUNTY_CODE);
    assert_silent(other, key); /* each page has its own */
    g_autofree char *body =
        g_strdup_printf("form_key=%s&org=" HJ_TEST_COUNTY_CODE
                        "&headline=once&outlet=x&level=county&published_on=2018-01-01",
                        key);
    g_autoptr(HjTestAnswer) first = hj_test_form(county, "county", PUBLICATION, body);
    assert_status(first, 303);
    g_autoptr(HjTestAnswer) second = hj_test_form(county, "county", PUBLICATION, body);
    assert_status(second, 303);
    assert_string_equal(hj_test_header(second, "Location"), hj_test_header(first, "Location"));
    assert_int_equal(
        number(county, "SELECT COUNT(*) FROM t_publication WHERE headline = 'once'"), 1);
    GString *changed = g_string_new(body);
    g_string_replace(changed, "headline=once", "headline=again", 0);
    g_autofree char *again = g_string_free(changed, FALSE);
    g_autoptr(HjTestAnswer) third = hj_test_form(county, "county", PUBLICATION, again);
    assert_status(third, 303);
    assert_string_not_equal(hj_test_header(third, "Location"),
                            hj_test_header(first, "Location"));
}

/* The form of @page with @fields sent twice as it is; the second answer leads to @to, or where
 * the first led. */
static void
assert_made_once(HjTestCounty *county, const char *account, const char *page,
                 const char *action, const char *fields, const char *count, const char *to)
{
    g_autoptr(HjTestAnswer) form = hj_test_page(county, account, page);
    g_autofree char *key = between(form->body, "name=\"form_key\" value=\"", "\"");
    assert_non_null(key);
    g_autofree char *body = g_strdup_printf("form_key=%s&%s", key, fields);
    g_autoptr(HjTestAnswer) first = hj_test_form(county, account, action, body);
    assert_status(first, 201);
    g_autoptr(HjTestAnswer) second = hj_test_form(county, account, action, body);
    assert_status(second, 303);
    assert_string_equal(hj_test_header(second, "Location"), hj_test_header(first, "Location"));
    assert_true(g_str_has_prefix(hj_test_header(second, "Location"), to));
    assert_int_equal(number(county, count), 1);
}

static void
a_secret_asked_for_twice_by_one_form_is_made_once(void **state)
{
    assert_made_once(*state, "admin", "/screens", "/screens",
                     "name=hall&org=" HJ_TEST_TOWN "&expires_on=2018-07-31",
                     "SELECT COUNT(*) FROM sys_screen WHERE name = 'hall'", "/screens");
    assert_made_once(*state, "admin", "/webhooks/new", "/webhooks/new",
                     "name=hall&org=" HJ_TEST_TOWN
                     "&url=https%3A%2F%2Freceiver.county.example%2Fin",
                     "SELECT COUNT(*) FROM sys_webhook WHERE name = 'hall'", "/webhooks/");
}

#define NOTE "冀移2018七号"

static bool
reads_the_note(HjTestCounty *county, const char *account)
{
    g_autoptr(HjTestAnswer) rows =
        hj_test_get(county, account, "/api/v1/ledgers/dispute_case/rows");
    assert_status(rows, 200);
    assert_says(rows, "村西排水");
    return strstr(rows->body, NOTE) != NULL;
}

/* Who reported what is kept from the secretary it may be about (PET). */
static void
a_role_that_does_not_see_a_ledger_uncovers_no_field_of_it(void **state)
{
    HjTestCounty *county = *state;
    hj_test_account(county, "secretary_in_team", "branch_secretary", HJ_TEST_VILLAGE);
    hj_test_grant(county, "secretary_in_team", "work_team", HJ_TEST_VILLAGE);
    hj_test_account(county, "secretary_of_town", "branch_secretary", HJ_TEST_VILLAGE);
    hj_test_grant(county, "secretary_of_town", "township_organizer", HJ_TEST_TOWN);
    g_autoptr(HjTestAnswer) made = hj_test_post(
        county, "town", "/api/v1/ledgers/dispute_case/rows",
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"subject\":\"村西排水\",\"class\":"
        "\"claim\",\"matter\":\"works\",\"channel\":\"visit\",\"received_on\":"
        "\"2018-06-14\",\"retaliation_note\":\"" NOTE "\"}}");
    assert_status(made, 201);
    assert_true(reads_the_note(county, "town"));
    assert_false(reads_the_note(county, "village"));
    assert_false(reads_the_note(county, "secretary_in_team"));
    assert_true(reads_the_note(county, "secretary_of_town"));
}

static void
who_sees_a_ledger_is_told_by_account_role_and_place(void **state)
{
    g_autoptr(HjTestAnswer) page =
        hj_test_page(*state, "auditor", "/rights?ledger=member&org=" HJ_TEST_VILLAGE);
    assert_status(page, 200);
    assert_says(page, "village");
    assert_says(page, "甲镇");
    assert_silent(page, ">other<");
    assert_silent(page, ">team<"); /* may not see this ledger */
    g_autoptr(HjTestAnswer) denied = hj_test_page(*state, "village", "/rights");
    assert_status(denied, 403);
    g_autoptr(HjTestAnswer) nothing = hj_test_page(*state, "auditor", "/rights?ledger=moon");
    assert_status(nothing, 404);
}

static void
pages_of_sensitive_ledgers_carry_the_name_of_the_reader(void **state)
{
    g_autoptr(HjTestAnswer) marked = hj_test_page(*state, "town", "/ledgers/person");
    assert_says(marked, "<svg class=\"mark-all\" aria-hidden=\"true\"");
    assert_says(marked, "town town 2018-06-15 12:00");
    g_autoptr(HjTestAnswer) plain = hj_test_page(*state, "town", "/ledgers/village_site");
    assert_silent(plain, "mark-all");
    assert_silent(marked, "style=");
}

static void
a_failed_sign_in_tells_from_where(void **state)
{
    assert_int_equal(sign_in(*state, "x", "liar", "not-this-one"), 401);
    assert_int_equal(sign_in(*state, "x", "village", "not-this-one"), 401);
    g_autofree char *where = address_of(*state, "village", "");
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "admin", where);
    assert_says(page, "<span class=\"bad\">密码错误</span>");
    assert_int_equal(sign_in(*state, "x", "village", HJ_TEST_PASSWORD), 303);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(a_session_is_listed_with_its_address_and_ended_by_its_owner),
    cmocka_unit_test(an_administrator_ends_the_sessions_of_an_account_he_manages),
    cmocka_unit_test(a_reset_password_works_once_and_must_be_changed),
    cmocka_unit_test(sessions_end_when_idle_and_in_any_case),
    cmocka_unit_test(a_form_sent_twice_saves_once_and_with_other_values_again),
    cmocka_unit_test(a_secret_asked_for_twice_by_one_form_is_made_once),
    cmocka_unit_test(a_role_that_does_not_see_a_ledger_uncovers_no_field_of_it),
    cmocka_unit_test(who_sees_a_ledger_is_told_by_account_role_and_place),
    cmocka_unit_test(pages_of_sensitive_ledgers_carry_the_name_of_the_reader),
    cmocka_unit_test(a_failed_sign_in_tells_from_where),
    cmocka_unit_test(a_proxy_acts_within_what_is_lent_under_both_names_and_ends_by_itself),
    cmocka_unit_test(
        what_is_taken_from_the_principal_is_gone_from_the_proxy_and_administration_is_not_lent),
    cmocka_unit_test(a_second_factor_is_asked_once_a_step_and_locks_like_a_password),
    cmocka_unit_test(where_it_is_required_an_administrator_sets_it_up_before_anything_else),
    cmocka_unit_test(the_three_duties_are_kept_apart_when_the_county_says_so),
    cmocka_unit_test(the_last_administrator_stays),
    cmocka_unit_test(an_account_nobody_uses_is_shut_and_an_old_password_is_changed),
};

HJ_FLOW_MAIN(stories, hj_test_cast_new)
