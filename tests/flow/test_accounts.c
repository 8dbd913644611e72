#include "base/crypto.h"
#include "tests/flow/story.h"

#define PASSWORD "longing-for-rain-1921"

typedef struct {
    const char *name;
    const char *password;
    bool ok;
    HjSessionKeys keys;
} Attempt;

static bool
run_attempt(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Attempt *attempt = data;
    (void)county;
    (void)actor;
    HjAccountProof proof;
    if (!hj_account_proof(tx, attempt->name, &proof, error))
        return false;
    bool right = hj_crypto_password_verify(proof.hash, attempt->password);
    bool done = hj_account_sign_in(tx, &proof, attempt->name, right, "web", &attempt->ok,
                                   &attempt->keys, error);
    hj_account_proof_clear(&proof);
    return done;
}

static bool
signs_in(HjCounty *county, const char *name, const char *password, HjSessionKeys *ret)
{
    g_autoptr(GError) error = NULL;
    Attempt attempt = { .name = name, .password = password };
    assert_done(hj_county_write(county, county->system, run_attempt, &attempt, &error), error);
    if (ret != NULL)
        *ret = attempt.keys;
    return attempt.ok;
}

/* The name of who holds the session, or NULL. */
static char *
holder(HjCounty *county, const char *token, bool *ret_touch)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    char csrf[64] = "";
    bool touch;
    g_autoptr(HjActor) actor =
        hj_account_session(tx, county->pack, token, csrf, sizeof csrf,
                           ret_touch != NULL ? ret_touch : &touch, &error);
    assert_null(error);
    if (actor == NULL)
        return NULL;
    assert_true(strlen(csrf) > 20);
    return g_strdup(actor->name);
}

static bool
is_live(HjCounty *county, const char *token)
{
    g_autofree char *name = holder(county, token, NULL);
    return name != NULL;
}

static bool
run_touch(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    (void)county;
    (void)actor;
    return hj_account_session_touch(tx, data, error);
}

static void
test_a_password_opens_a_session_with_its_roles(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    HjSessionKeys keys;
    assert_true(signs_in(county, "town", PASSWORD, &keys));
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjActor) actor =
        hj_account_session(tx, county->pack, keys.token, NULL, 0, NULL, &error);
    assert_non_null(actor);
    assert_int_equal(actor->n_grants, 1);
    assert_string_equal(actor->grants[0].role->name, "township_organizer");
    assert_string_equal(actor->grants[0].org_code, HJ_COUNTY_TOWN);
    assert_string_equal(actor->grants[0].org_name, "甲镇");
    assert_null(hj_account_session(tx, county->pack, "no-such-token", NULL, 0, NULL, &error));
    assert_null(error);
    /* Only a hash of the token is kept. */
    g_autoptr(HjRows) kept = hj_tx_query(
        tx, &error, "SELECT COUNT(*) AS n FROM sys_session WHERE county = $1 AND token = $2",
        HJ_I64(HJ_FIXTURE_COUNTY), HJ_TEXT(keys.token));
    hj_rows_next(kept);
    assert_int_equal(hj_rows_i64(kept, "n"), 0);
}

static int64_t
failures(HjCounty *county)
{
    return hj_county_i64(
        county, "SELECT COUNT(*) FROM sys_event WHERE action = 'account.sign_in_failed'");
}

static void
test_five_wrong_passwords_lock_for_fifteen_minutes(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-06-15T12:00:00+08:00");
    hj_actor_unref(hj_county_account(county, "lock.me", "work_team", HJ_COUNTY_SIBLING));
    int64_t before = failures(county);
    for (int i = 0; i < 5; i++)
        assert_false(signs_in(county, "lock.me", "wrong", NULL));
    assert_int_equal(failures(county), before + 5);
    /* S-02: even the right one is refused now, and not counted. */
    assert_false(signs_in(county, "lock.me", PASSWORD, NULL));
    hj_county_at(county, "2018-06-15T12:14:59+08:00");
    assert_false(signs_in(county, "lock.me", PASSWORD, NULL));
    assert_int_equal(failures(county), before + 5);
    hj_county_at(county, "2018-06-15T12:15:01+08:00");
    assert_true(signs_in(county, "lock.me", PASSWORD, NULL));
    /* Four wrong ones and a right one begin the count anew. */
    for (int i = 0; i < 4; i++)
        assert_false(signs_in(county, "lock.me", "wrong", NULL));
    assert_true(signs_in(county, "lock.me", PASSWORD, NULL));
    assert_false(signs_in(county, "lock.me", "wrong", NULL));
    assert_true(signs_in(county, "lock.me", PASSWORD, NULL));
    hj_county_at(county, HJ_COUNTY_NOON);
}

static void
test_an_unknown_name_answers_like_a_wrong_password(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t before = failures(county);
    assert_false(signs_in(county, "nobody", PASSWORD, NULL));
    assert_false(signs_in(county, "\xff\xfe", PASSWORD, NULL));
    assert_int_equal(failures(county), before);
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    HjAccountProof proof;
    assert_true(hj_account_proof(tx, "nobody", &proof, &error));
    /* There is something to verify, so it takes as long. */
    assert_true(g_str_has_prefix(proof.hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_false(hj_crypto_password_verify(proof.hash, ""));
    hj_account_proof_clear(&proof);
}

static void
test_a_session_ends_after_thirty_idle_minutes_or_twelve_hours(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    HjSessionKeys keys;
    hj_county_at(county, "2018-06-15T08:00:00+08:00");
    assert_true(signs_in(county, "secretary", PASSWORD, &keys));
    bool touch;
    hj_county_at(county, "2018-06-15T08:04:00+08:00");
    g_autofree char *early = holder(county, keys.token, &touch);
    assert_string_equal(early, "secretary");
    assert_false(touch);
    hj_county_at(county, "2018-06-15T08:29:59+08:00");
    g_autofree char *late = holder(county, keys.token, &touch);
    assert_non_null(late);
    assert_true(touch);
    hj_county_at(county, "2018-06-15T08:30:01+08:00");
    assert_false(is_live(county, keys.token));
    /* A touch that was under way comes too late. */
    assert_done(hj_county_write(county, county->system, run_touch, keys.token, &error), error);
    assert_false(is_live(county, keys.token));
    /* In use it lives on, but not beyond twelve hours. */
    hj_county_at(county, "2018-06-15T08:29:00+08:00");
    for (int minute = 29; minute < 12 * 60; minute += 20) {
        g_autofree char *at =
            g_strdup_printf("2018-06-15T%02d:%02d:00+08:00", 8 + minute / 60, minute % 60);
        hj_county_at(county, at);
        assert_true(is_live(county, keys.token));
        assert_done(hj_county_write(county, county->system, run_touch, keys.token, &error),
                    error);
    }
    hj_county_at(county, "2018-06-15T19:59:59+08:00");
    assert_true(is_live(county, keys.token));
    hj_county_at(county, "2018-06-15T20:00:01+08:00");
    assert_false(is_live(county, keys.token));
    hj_county_at(county, HJ_COUNTY_NOON);
}

static bool
run_end(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    (void)county;
    return hj_account_session_end(tx, actor, data, error);
}

static void
test_signing_out_ends_one_session(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    HjSessionKeys one, two;
    assert_true(signs_in(county, "town", PASSWORD, &one));
    assert_true(signs_in(county, "town", PASSWORD, &two));
    /* Nobody ends the session of another. */
    assert_done(hj_county_write(county, county->other, run_end, one.token, &error), error);
    assert_true(is_live(county, one.token));
    assert_done(hj_county_write(county, county->town, run_end, one.token, &error), error);
    assert_false(is_live(county, one.token));
    assert_true(is_live(county, two.token));
}

static void
test_password_rules_are_few_and_firm(void **state)
{
    (void)state;
    const struct {
        const char *name, *password, *code;
    } cases[] = {
        { "wang", "short-one", "length" },
        { "wang", "elevenchars", "length" },
        { "wang", "twelve-chars", NULL },
        { "wang", "一二三四五六七八九十一二", NULL },
        { "wang.xiaoqiang", "Wang.XiaoQiang", "rule" },
        { "wang", "123456789012", "rule" },
        { "wang", "aaaaaaaaaaaaaa", "rule" },
        { "wang", "abcabcabcabc", "rule" },
        { "wang", "Password1234", "rule" },
        { "wang", "password!2018", "rule" },
        { "wang", "admin1234567", "rule" },
        { "wang", "qwertyuiop12", "rule" },
        { "wang", "839274658273a", NULL },
        { "wang", "correct horse", NULL },
        { "wang", "line\nbreak-line", "type" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HjIssues) issues = hj_issues_new();
        bool ok = hj_account_password_ok(cases[i].name, cases[i].password, issues);
        if (ok != (cases[i].code == NULL))
            print_error("password %s\n", cases[i].password);
        assert_int_equal(ok, cases[i].code == NULL);
        if (!ok)
            assert_string_equal(hj_issues_code(issues, 0), cases[i].code);
    }
}

typedef struct {
    const char *name;
    HjIssues *issues;
    int64_t id;
    const char *role;
    int64_t org, grant;
    bool disabled;
} Change;

static bool
run_create(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Change *change = data;
    (void)county;
    hj_issues_clear(change->issues);
    return hj_account_create(tx, actor, change->name, "某人", "$not-a-real-hash",
                             change->issues, &change->id, error);
}

static bool
run_grant(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Change *change = data;
    (void)county;
    hj_issues_clear(change->issues);
    return hj_account_grant(tx, actor, change->id, change->role, change->org, change->issues,
                            error);
}

static bool
run_revoke(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Change *change = data;
    (void)county;
    return hj_account_revoke(tx, actor, change->id, change->grant, error);
}

static bool
run_disable(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Change *change = data;
    (void)county;
    return hj_account_disable(tx, actor, change->id, change->disabled, error);
}

static bool
run_password(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Change *change = data;
    (void)county;
    return hj_account_set_password(tx, actor, change->id, "$another-hash", error);
}

static void
assert_write_fails(HjCounty *county, const HjActor *actor, HjCountyFn fn, Change *change,
                   HjErrorCode code, const char *issue)
{
    g_autoptr(GError) error = NULL;
    assert_false(hj_county_write(county, actor, fn, change, &error));
    assert_hj_error(error, (int)code);
    if (issue != NULL) {
        assert_int_equal(hj_issues_count(change->issues), 1);
        g_autofree char *said = g_strdup_printf("%s:%s", hj_issues_field(change->issues, 0),
                                                hj_issues_code(change->issues, 0));
        assert_string_equal(said, issue);
    }
}

static void
test_sign_in_names_are_short_and_plain(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    const char *right[] = { "li.na_1-2", "王小强", "abc" };
    const char *wrong[] = { "ab",
                            "王",
                            "a b c",
                            "x@y.z",
                            "ab\xff",
                            "名字里有\n换行",
                            "abcdefghijabcdefghijabcdefghijabc" };
    for (size_t i = 0; i < G_N_ELEMENTS(right); i++) {
        Change change = { .name = right[i], .issues = issues };
        assert_done(hj_county_write(county, county->organizer, run_create, &change, &error),
                    error);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        Change change = { .name = wrong[i], .issues = issues };
        assert_write_fails(county, county->organizer, run_create, &change, HJ_ERROR_INVALID,
                           "name:type");
    }
    /* One person cannot pass for another by a capital letter. */
    Change taken = { .name = "TOWN", .issues = issues };
    assert_write_fails(county, county->organizer, run_create, &taken, HJ_ERROR_INVALID,
                       "name:duplicate");
    Change denied = { .name = "zhang", .issues = issues };
    assert_write_fails(county, county->secretary, run_create, &denied, HJ_ERROR_DENIED, NULL);
}

static int64_t
account_id(HjCounty *county, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjActor) actor = hj_account_actor(tx, county->pack, name, &error);
    assert_done(actor != NULL, error);
    return actor->account;
}

static void
test_roles_are_granted_where_they_are_held(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    Change change = { .name = "newcomer", .issues = issues };
    assert_done(hj_county_write(county, county->town, run_create, &change, &error), error);
    change.role = "branch_secretary";
    change.org = hj_county_org(county, HJ_COUNTY_TOWN);
    assert_write_fails(county, county->town, run_grant, &change, HJ_ERROR_INVALID,
                       "org:choice");
    change.role = "emperor";
    assert_write_fails(county, county->town, run_grant, &change, HJ_ERROR_INVALID,
                       "role:choice");
    change.role = "branch_secretary";
    change.org = hj_county_org(county, HJ_COUNTY_FOREIGN);
    assert_write_fails(county, county->town, run_grant, &change, HJ_ERROR_NOT_FOUND, NULL);
    change.org = hj_county_org(county, HJ_COUNTY_VILLAGE);
    assert_done(hj_county_write(county, county->town, run_grant, &change, &error), error);
    assert_write_fails(county, county->town, run_grant, &change, HJ_ERROR_INVALID,
                       "role:duplicate");
    /* Taken away, a right is gone at once. */
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) grants = hj_account_grants(tx, change.id, &error);
    assert_int_equal(hj_rows_count(grants), 1);
    hj_rows_next(grants);
    assert_string_equal(hj_rows_text(grants, "org_code"), HJ_COUNTY_VILLAGE);
    change.grant = hj_rows_i64(grants, "id");
    g_clear_pointer(&tx, hj_tx_end);
    assert_write_fails(county, county->other, run_revoke, &change, HJ_ERROR_NOT_FOUND, NULL);
    assert_done(hj_county_write(county, county->town, run_revoke, &change, &error), error);
    g_autoptr(HjTx) after = hj_store_read(county->store, &error);
    g_autoptr(HjActor) actor = hj_account_actor(after, county->pack, "newcomer", &error);
    assert_int_equal(actor->n_grants, 0);
}

static void
test_a_township_has_no_hand_in_the_accounts_of_the_county(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjActor *both = hj_county_account(county, "both", "county_organizer", HJ_COUNTY_ROOT);
    Change change = { .id = both->account,
                      .issues = issues,
                      .role = "township_organizer",
                      .org = hj_county_org(county, HJ_COUNTY_TOWN),
                      .disabled = true };
    hj_actor_unref(both);
    assert_write_fails(county, county->town, run_grant, &change, HJ_ERROR_NOT_FOUND, NULL);
    assert_write_fails(county, county->town, run_password, &change, HJ_ERROR_NOT_FOUND, NULL);
    /* Not even when the person also holds a role in the township. */
    assert_done(hj_county_write(county, county->organizer, run_grant, &change, &error), error);
    assert_write_fails(county, county->town, run_password, &change, HJ_ERROR_DENIED, NULL);
    assert_write_fails(county, county->town, run_disable, &change, HJ_ERROR_DENIED, NULL);
    Change own = { .id = county->organizer->account, .disabled = true, .issues = issues };
    assert_write_fails(county, county->organizer, run_disable, &own, HJ_ERROR_CONFLICT, NULL);
}

static void
test_a_disabled_account_is_signed_out(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    hj_actor_unref(hj_county_account(county, "leaver", "work_team", HJ_COUNTY_SIBLING));
    HjSessionKeys keys;
    assert_true(signs_in(county, "leaver", PASSWORD, &keys));
    Change change = { .id = account_id(county, "leaver"), .disabled = true, .issues = issues };
    assert_done(hj_county_write(county, county->town, run_disable, &change, &error), error);
    assert_false(is_live(county, keys.token));
    assert_false(signs_in(county, "leaver", PASSWORD, NULL));
    change.disabled = false;
    assert_done(hj_county_write(county, county->town, run_disable, &change, &error), error);
    assert_false(is_live(county, keys.token));
    assert_true(signs_in(county, "leaver", PASSWORD, &keys));
    /* A new password ends what the old one opened. */
    assert_done(hj_county_write(county, county->town, run_password, &change, &error), error);
    assert_false(is_live(county, keys.token));
}

/* "name roles" of every account listed, joined by "; ". */
static char *
listed(HjCounty *county, const HjActor *actor, const char *q)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) rows = hj_account_list(tx, actor, q, 100, &error);
    assert_done(rows != NULL, error);
    GString *out = g_string_new(NULL);
    while (hj_rows_next(rows))
        g_string_append_printf(out, "%s%s %s", out->len > 0 ? "; " : "",
                               hj_rows_text(rows, "name"), hj_rows_text(rows, "roles"));
    return g_string_free(out, FALSE);
}

static void
test_accounts_are_listed_within_the_scope(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *town = listed(county, county->town, "secretary");
    assert_string_equal(town, "secretary branch_secretary@130921100201");
    g_autofree char *other = listed(county, county->other, "secretary");
    assert_string_equal(other, "");
    g_autofree char *all = listed(county, county->organizer, "other");
    assert_string_equal(all, "other township_organizer@130921101");
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    assert_null(hj_account_list(tx, county->secretary, NULL, 10, &error));
    assert_hj_error(error, HJ_ERROR_DENIED);
}

static bool
run_lang(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    (void)county;
    (void)data;
    return hj_account_set_lang(tx, actor, HJ_EN, error);
}

static void
test_the_language_is_the_accounts_own(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    assert_done(hj_county_write(county, county->team, run_lang, NULL, &error), error);
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjActor) actor = hj_account_actor(tx, county->pack, "team", &error);
    assert_int_equal(actor->lang, HJ_EN);
    g_autoptr(HjActor) other = hj_account_actor(tx, county->pack, "town", &error);
    assert_int_equal(other->lang, HJ_ZH);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_a_password_opens_a_session_with_its_roles),
    cmocka_unit_test(test_five_wrong_passwords_lock_for_fifteen_minutes),
    cmocka_unit_test(test_an_unknown_name_answers_like_a_wrong_password),
    cmocka_unit_test(test_a_session_ends_after_thirty_idle_minutes_or_twelve_hours),
    cmocka_unit_test(test_signing_out_ends_one_session),
    cmocka_unit_test(test_password_rules_are_few_and_firm),
    cmocka_unit_test(test_sign_in_names_are_short_and_plain),
    cmocka_unit_test(test_roles_are_granted_where_they_are_held),
    cmocka_unit_test(test_a_township_has_no_hand_in_the_accounts_of_the_county),
    cmocka_unit_test(test_a_disabled_account_is_signed_out),
    cmocka_unit_test(test_accounts_are_listed_within_the_scope),
    cmocka_unit_test(test_the_language_is_the_accounts_own),
};

HJ_STORY_MAIN(stories)
