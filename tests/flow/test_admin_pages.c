/* The pages of sign-in, organizations, accounts and audit, as a browser uses them. */
#include "tests/flow/flow.h"

#define NEW_PASSWORD "rain-after-a-long-spring-7"

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

static HjTestAnswer *
sign_in(HjTestCounty *county, const char *name, const char *password, const char *next)
{
    g_autofree char *form =
        g_strdup_printf("username=%s&password=%s&next=%s", name, password, next);
    return hj_test_form(county, NULL, "/sign-in", form);
}

static void
a_wrong_password_and_an_unknown_name_get_one_answer(void **state)
{
    g_autoptr(HjTestAnswer) wrong = sign_in(*state, "team", "not-this-one", "/");
    g_autoptr(HjTestAnswer) unknown = sign_in(*state, "nobody", "not-this-one", "/");
    assert_status(wrong, 401);
    assert_status(unknown, 401);
    assert_says(wrong, "账号或密码不对");
    assert_says(unknown, "账号或密码不对");
    assert_says(wrong, "value=\"team\"");
    assert_null(hj_test_header(wrong, "Set-Cookie"));
}

static void
five_wrong_passwords_lock_the_account(void **state)
{
    for (int i = 0; i < 5; i++) {
        g_autoptr(HjTestAnswer) wrong = sign_in(*state, "other", "not-this-one", "/");
        assert_status(wrong, 401);
    }
    g_autoptr(HjTestAnswer) right = sign_in(*state, "other", HJ_TEST_PASSWORD, "/");
    assert_status(right, 401);
    assert_null(hj_test_header(right, "Set-Cookie"));
    /* Not even that the account exists is told. */
    g_autoptr(HjTestAnswer) unknown = sign_in(*state, "nobody", HJ_TEST_PASSWORD, "/");
    assert_status(unknown, 401);
    for (size_t i = 0; i < 2; i++)
        assert_says(i == 0 ? right : unknown,
                    "账号或密码不对。连续输错 5 次，账号锁定 15 分钟。");
}

static void
signing_in_leads_to_a_page_of_this_site_only(void **state)
{
    g_autoptr(HjTestAnswer) here = sign_in(*state, "team", HJ_TEST_PASSWORD, "/orgs");
    assert_status(here, 303);
    assert_string_equal(hj_test_header(here, "Location"), "/orgs");
    assert_non_null(strstr(hj_test_header(here, "Set-Cookie"), "hangji="));
    g_autoptr(HjTestAnswer) away =
        sign_in(*state, "team", HJ_TEST_PASSWORD, "%2F%2Fevil.example%2F");
    assert_status(away, 303);
    assert_string_equal(hj_test_header(away, "Location"), "/");
}

static void
the_language_is_remembered_for_the_signed_out_and_the_signed_in(void **state)
{
    g_autoptr(HjTestAnswer) out =
        hj_test_form(*state, NULL, "/language", "lang=en&back=%2Fsign-in");
    assert_status(out, 303);
    assert_string_equal(hj_test_header(out, "Location"), "/sign-in");
    assert_non_null(strstr(hj_test_header(out, "Set-Cookie"), "lang=en"));
    g_autoptr(HjTestAnswer) in =
        hj_test_form(*state, "team", "/language", "lang=en&back=%2F%2Fevil.example");
    assert_status(in, 303);
    assert_string_equal(hj_test_header(in, "Location"), "/");
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "team", "/account");
    assert_says(page, "My account");
    g_autoptr(HjTestAnswer) unknown = hj_test_form(*state, "team", "/language", "lang=fr");
    assert_status(unknown, 400);
}

static void
large_type_is_remembered_by_the_browser_and_shows_on_its_pages_at_once(void **state)
{
    /* Before and after the plain page may lie in the cache. */
    const HjTestHeader wants[] = { { "cookie", "type=large" }, { 0 } };
    for (int i = 0; i < 2; i++) {
        g_autoptr(HjTestAnswer) plain =
            hj_test_send(*state, NULL, HJ_GET, "/sign-in", NULL, NULL, 0);
        assert_false(says(plain, "class=\"large\""));
        g_autoptr(HjTestAnswer) large =
            hj_test_send(*state, NULL, HJ_GET, "/sign-in", wants, NULL, 0);
        assert_says(large, "class=\"large\"");
    }
    g_autoptr(HjTestAnswer) set =
        hj_test_form(*state, "team", "/type", "type=large&back=%2Faccount");
    assert_status(set, 303);
    assert_string_equal(hj_test_header(set, "Location"), "/account");
    assert_non_null(strstr(hj_test_header(set, "Set-Cookie"), "type=large"));
    g_autoptr(HjTestAnswer) away =
        hj_test_form(*state, NULL, "/type", "type=plain&back=%2F%2Fevil.example");
    assert_string_equal(hj_test_header(away, "Location"), "/");
    g_autoptr(HjTestAnswer) unknown = hj_test_form(*state, "team", "/type", "type=huge");
    assert_status(unknown, 400);
}

/* ARI-7: a birthday of 29 February falls on the 28th in common years. */
static void
years_are_counted_up_to_the_day_the_reader_names(void **state)
{
    g_autoptr(HjTestAnswer) made = hj_test_post(
        *state, "town", "/api/v1/ledgers/person/rows",
        "{\"org\":\"" HJ_TEST_VILLAGE
        "\",\"fields\":{\"name\":\"年岁\",\"sex\":\"male\",\"born_on\":\"1964-02-29\"}}");
    assert_status(made, 201);
    g_autoptr(HjTestAnswer) before =
        hj_test_page(*state, "town", "/ledgers/person?on=2018-02-27");
    assert_says(before, "1964-02-29 · 53 周岁");
    g_autoptr(HjTestAnswer) on = hj_test_page(*state, "town", "/ledgers/person?on=2018-02-28");
    assert_says(on, "1964-02-29 · 54 周岁");
    g_autoptr(HjTestAnswer) unborn =
        hj_test_page(*state, "town", "/ledgers/person?on=1960-01-01");
    assert_false(says(unborn, "周岁"));
    g_autoptr(HjTestAnswer) no_day = hj_test_page(*state, "town", "/ledgers/person?on=morgen");
    assert_status(no_day, 400);
}

static void
the_tree_of_organizations_stays_within_the_scope(void **state)
{
    g_autoptr(HjTestAnswer) all = hj_test_page(*state, "county", "/orgs?kind=village");
    assert_status(all, 200);
    assert_says(all, "/orgs/" HJ_TEST_VILLAGE);
    assert_says(all, "/orgs/" HJ_TEST_FOREIGN);
    g_autoptr(HjTestAnswer) own = hj_test_page(*state, "town", "/orgs?kind=village");
    assert_says(own, "/orgs/" HJ_TEST_VILLAGE);
    assert_false(says(own, HJ_TEST_FOREIGN));
    g_autoptr(HjTestAnswer) under =
        hj_test_page(*state, "town", "/orgs?under=" HJ_TEST_OTHER_TOWN);
    assert_status(under, 404);
    g_autoptr(HjTestAnswer) foreign = hj_test_page(*state, "town", "/orgs/" HJ_TEST_FOREIGN);
    assert_status(foreign, 404);
    g_autoptr(HjTestAnswer) unknown = hj_test_page(*state, "town", "/orgs?kind=moon");
    assert_status(unknown, 400);
}

static void
the_page_of_a_village_offers_what_may_be_entered(void **state)
{
    g_autoptr(HjTestAnswer) secretary =
        hj_test_page(*state, "village", "/orgs/" HJ_TEST_VILLAGE);
    assert_status(secretary, 200);
    assert_says(secretary, "new?org=" HJ_TEST_VILLAGE);
    assert_false(says(secretary, "/act"));
    g_autoptr(HjTestAnswer) team = hj_test_page(*state, "team", "/orgs/" HJ_TEST_VILLAGE);
    assert_status(team, 200);
    assert_false(says(team, "new?org="));
    g_autoptr(HjTestAnswer) organizer =
        hj_test_page(*state, "county", "/orgs/" HJ_TEST_VILLAGE);
    assert_says(organizer, "/orgs/" HJ_TEST_VILLAGE "/act");
    assert_says(organizer, "/indicators/");
}

#define ACT "/orgs/" HJ_TEST_SIBLING "/act"

static void
an_act_needs_a_document_and_is_told_afterwards(void **state)
{
    g_autoptr(HjTestAnswer) bare =
        hj_test_form(*state, "county", ACT, "act=rename&name=New&on=2018-06-01&document=");
    assert_status(bare, 422);
    assert_says(bare, "w-document");
    assert_says(bare, "value=\"New\"");
    g_autoptr(HjTestAnswer) done =
        hj_test_form(*state, "county", ACT, "act=rename&name=New&on=2018-06-01&document=D-7");
    assert_status(done, 303);
    assert_string_equal(hj_test_header(done, "Location"), "/orgs/" HJ_TEST_SIBLING);
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "county", "/orgs/" HJ_TEST_SIBLING);
    assert_says(page, "<h1>New</h1>");
    assert_says(page, "D-7");
    g_autoptr(HjTestAnswer) audit = hj_test_page(*state, "county", "/audit?action=org.rename");
    assert_says(audit, "<ins>New</ins>");
    g_autoptr(HjTestAnswer) close =
        hj_test_form(*state, "county", ACT, "act=close&on=2018-06-02&document=D-8");
    assert_status(close, 409);
    g_autoptr(HjTestAnswer) town =
        hj_test_form(*state, "town", ACT, "act=rename&name=X&on=2018-06-03&document=D-9");
    assert_status(town, 403);
}

static void
a_new_organization_has_a_page_of_its_own(void **state)
{
    g_autoptr(HjTestAnswer) done = hj_test_form(
        *state, "county", "/orgs/" HJ_TEST_OTHER_TOWN "/act",
        "act=create&name=Third&kind=village&code=130921101777&on=2018-06-01&document=D-1");
    assert_status(done, 303);
    assert_string_equal(hj_test_header(done, "Location"), "/orgs/130921101777");
    g_autoptr(HjTestAnswer) taken = hj_test_form(
        *state, "county", "/orgs/" HJ_TEST_OTHER_TOWN "/act",
        "act=create&name=Third&kind=village&code=130921101777&on=2018-06-01&document=D-1");
    assert_status(taken, 422);
    assert_says(taken, "w-code");
}

#define NEW_FORM "title=Someone&role=branch_secretary&password=" NEW_PASSWORD

/* The address the answer leads to; the caller owns it. */
static char *
account_made(HjTestCounty *county, const char *name)
{
    g_autofree char *form = g_strdup_printf("name=%s&org=" HJ_TEST_VILLAGE "&" NEW_FORM, name);
    g_autoptr(HjTestAnswer) made = hj_test_form(county, "admin", "/accounts/new", form);
    assert_status(made, 303);
    return g_strdup(hj_test_header(made, "Location"));
}

static void
every_mistake_in_a_new_account_is_told_at_once(void **state)
{
    g_autoptr(HjTestAnswer) bare =
        hj_test_form(*state, "admin", "/accounts/new", "name=clerk&role=&org=&password=short");
    assert_status(bare, 422);
    assert_says(bare, "#f-role");
    assert_says(bare, "#f-org");
    assert_says(bare, "#f-password");
    assert_false(says(bare, "value=\"short\""));
    /* Two villages and a town may be meant: they are offered, by what the role fits. */
    g_autoptr(HjTestAnswer) many =
        hj_test_form(*state, "admin", "/accounts/new", "name=clerk&org=1309211&" NEW_FORM);
    assert_status(many, 422);
    assert_says(many, "name=\"org_code\" value=\"" HJ_TEST_VILLAGE "\"");
    assert_false(says(many, "name=\"org_code\" value=\"" HJ_TEST_TOWN "\""));
    g_autoptr(HjTestAnswer) misfit = hj_test_form(*state, "admin", "/accounts/new",
                                                  "name=clerk&org=" HJ_TEST_TOWN "&" NEW_FORM);
    assert_status(misfit, 422);
    g_autoptr(HjTestAnswer) list = hj_test_page(*state, "admin", "/accounts?q=clerk");
    assert_false(says(list, "<code>clerk</code>"));
}

static void
a_role_is_given_and_taken_back_with_what_it_lets_see(void **state)
{
    g_autofree char *address = account_made(*state, "keeper");
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "admin", address);
    assert_status(page, 200);
    assert_says(page, HJ_TEST_VILLAGE);
    g_autofree char *grant = g_strconcat(address, "/grant", NULL);
    g_autoptr(HjTestAnswer) twice =
        hj_test_form(*state, "admin", grant, "role=branch_secretary&org=" HJ_TEST_VILLAGE);
    assert_status(twice, 422);
    g_autoptr(HjTestAnswer) more =
        hj_test_form(*state, "admin", grant, "role=branch_secretary&org=" HJ_TEST_FOREIGN);
    assert_status(more, 303);
    g_autoptr(HjTestAnswer) two = hj_test_page(*state, "admin", address);
    assert_says(two, HJ_TEST_FOREIGN);
    const char *button = strstr(two->body, "name=\"grant\" value=\"");
    assert_non_null(button);
    g_autofree char *id = g_strndup(button + 20, strcspn(button + 20, "\""));
    g_autofree char *revoke = g_strconcat(address, "/revoke", NULL);
    g_autofree char *form = g_strdup_printf("grant=%s", id);
    g_autoptr(HjTestAnswer) back = hj_test_form(*state, "admin", revoke, form);
    assert_status(back, 303);
    g_autoptr(HjTestAnswer) one = hj_test_page(*state, "admin", address);
    const char *left = strstr(one->body, "name=\"grant\" value=\"");
    assert_non_null(left);
    assert_null(strstr(left + 1, "name=\"grant\" value=\""));
}

static void
a_disabled_account_cannot_sign_in(void **state)
{
    g_autofree char *address = account_made(*state, "leaver");
    g_autofree char *change = g_strconcat(address, "/state", NULL);
    g_autoptr(HjTestAnswer) off = hj_test_form(*state, "admin", change, "state=disabled");
    assert_status(off, 303);
    g_autoptr(HjTestAnswer) refused = sign_in(*state, "leaver", NEW_PASSWORD, "/");
    assert_status(refused, 401);
    g_autoptr(HjTestAnswer) on = hj_test_form(*state, "admin", change, "state=active");
    assert_status(on, 303);
    g_autoptr(HjTestAnswer) admitted = sign_in(*state, "leaver", NEW_PASSWORD, "/");
    assert_status(admitted, 303);
    g_autoptr(HjTestAnswer) odd = hj_test_form(*state, "admin", change, "state=half");
    assert_status(odd, 400);
}

static void
a_new_password_needs_the_old_one_and_ends_other_sessions(void **state)
{
    g_autoptr(HjTestAnswer) wrong =
        hj_test_form(*state, "auditor", "/account/password",
                     "old=not-this-one&password=" NEW_PASSWORD "&again=" NEW_PASSWORD);
    assert_status(wrong, 422);
    assert_says(wrong, "#f-old");
    g_autoptr(HjTestAnswer) differ =
        hj_test_form(*state, "auditor", "/account/password",
                     "old=" HJ_TEST_PASSWORD "&password=" NEW_PASSWORD "&again=other");
    assert_status(differ, 422);
    assert_says(differ, "#f-again");
    g_autoptr(HjTestAnswer) done =
        hj_test_form(*state, "auditor", "/account/password",
                     "old=" HJ_TEST_PASSWORD "&password=" NEW_PASSWORD "&again=" NEW_PASSWORD);
    assert_status(done, 303);
    assert_non_null(hj_test_header(done, "Set-Cookie"));
    /* The session of the harness is one of those that ended. */
    g_autoptr(HjTestAnswer) ended = hj_test_page(*state, "auditor", "/account");
    assert_status(ended, 303);
    g_autoptr(HjTestAnswer) old = sign_in(*state, "auditor", HJ_TEST_PASSWORD, "/");
    assert_status(old, 401);
    g_autoptr(HjTestAnswer) new = sign_in(*state, "auditor", NEW_PASSWORD, "/");
    assert_status(new, 303);
}

static void
the_audit_page_searches_and_counts_the_chain(void **state)
{
    hj_test_seal(*state);
    g_autoptr(HjTestAnswer) by =
        hj_test_page(*state, "admin", "/audit?account=county&action=org.");
    assert_status(by, 200);
    assert_says(by, "<ins>New</ins>");
    g_autoptr(HjTestAnswer) none = hj_test_page(*state, "admin", "/audit?account=nobody");
    assert_status(none, 200);
    assert_says(none, "class=\"empty\"");
    g_autoptr(HjTestAnswer) odd = hj_test_page(*state, "admin", "/audit?before=x");
    assert_status(odd, 400);
    g_autoptr(HjTestAnswer) denied = hj_test_page(*state, "town", "/audit");
    assert_status(denied, 403);
}

static void
the_rules_are_shown_word_for_word(void **state)
{
    g_autoptr(HjTestAnswer) page = hj_test_page(*state, "town", "/pack");
    assert_status(page, 200);
    assert_says(page, "cangxian");
    assert_says(page, "默认示例，本县尚未确认");
    assert_says(page, "SELECT org, ");
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(a_wrong_password_and_an_unknown_name_get_one_answer),
    cmocka_unit_test(five_wrong_passwords_lock_the_account),
    cmocka_unit_test(signing_in_leads_to_a_page_of_this_site_only),
    cmocka_unit_test(the_language_is_remembered_for_the_signed_out_and_the_signed_in),
    cmocka_unit_test(large_type_is_remembered_by_the_browser_and_shows_on_its_pages_at_once),
    cmocka_unit_test(years_are_counted_up_to_the_day_the_reader_names),
    cmocka_unit_test(the_tree_of_organizations_stays_within_the_scope),
    cmocka_unit_test(the_page_of_a_village_offers_what_may_be_entered),
    cmocka_unit_test(an_act_needs_a_document_and_is_told_afterwards),
    cmocka_unit_test(a_new_organization_has_a_page_of_its_own),
    cmocka_unit_test(every_mistake_in_a_new_account_is_told_at_once),
    cmocka_unit_test(a_role_is_given_and_taken_back_with_what_it_lets_see),
    cmocka_unit_test(a_disabled_account_cannot_sign_in),
    cmocka_unit_test(a_new_password_needs_the_old_one_and_ends_other_sessions),
    cmocka_unit_test(the_audit_page_searches_and_counts_the_chain),
    cmocka_unit_test(the_rules_are_shown_word_for_word),
};

HJ_FLOW_MAIN(stories, hj_test_cast_new)
