#include "tests/unit/unit.h"
#include "web/limit.h"

#include <string.h>

#define SECOND INT64_C(1000000)

static HjLimits *
limits(bool loopback)
{
    HjLimitConfig config = { .address_rate = 2,
                             .address_burst = 3,
                             .account_rate = 1,
                             .account_burst = 2,
                             .sign_in_rate = 6,
                             .sign_in_burst = 1,
                             .loopback = loopback,
                             .trusted_proxies = "10.0.0.0/8, ::1, fd00::/8,127.0.0.1" };
    g_autoptr(GError) error = NULL;
    HjLimits *made = hj_limits_new(&config, &error);
    assert_non_null(made);
    return made;
}

static int
ask(HjLimits *all, const char *client, int64_t now)
{
    return hj_limits_address(all, HJ_LIMIT_ADDRESS, client, now);
}

static void
test_a_burst_goes_through_and_then_the_rate_counts(void **state)
{
    (void)state;
    g_autoptr(HjLimits) all = limits(false);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(all, "203.0.113.7", SECOND), 0);
    assert_int_equal(ask(all, "203.0.113.7", SECOND), 1);
    assert_int_equal(ask(all, "203.0.113.8", SECOND), 0);
    assert_int_equal(ask(all, "203.0.113.7", SECOND + SECOND / 2), 0);
    assert_int_equal(ask(all, "203.0.113.7", SECOND + SECOND / 2), 1);
    assert_int_equal(ask(all, "203.0.113.7", 60 * SECOND), 0);
}

static void
test_sign_in_is_stricter_and_counts_by_itself(void **state)
{
    (void)state;
    g_autoptr(HjLimits) all = limits(false);
    assert_int_equal(hj_limits_address(all, HJ_LIMIT_SIGN_IN, "203.0.113.7", SECOND), 0);
    assert_int_equal(hj_limits_address(all, HJ_LIMIT_SIGN_IN, "203.0.113.7", SECOND), 10);
    assert_int_equal(ask(all, "203.0.113.7", SECOND), 0);
}

static void
test_an_account_counts_from_every_address_together(void **state)
{
    (void)state;
    g_autoptr(HjLimits) all = limits(false);
    assert_int_equal(hj_limits_account(all, 77, "203.0.113.7", SECOND), 0);
    assert_int_equal(hj_limits_account(all, 77, "198.51.100.1", SECOND), 0);
    assert_int_equal(hj_limits_account(all, 77, "203.0.113.7", SECOND), 1);
    assert_int_equal(hj_limits_account(all, 78, "203.0.113.7", SECOND), 0);
    assert_int_equal(hj_limits_account(all, 0, "203.0.113.7", SECOND), 0);
}

static void
test_the_machine_itself_is_limited_only_when_asked(void **state)
{
    (void)state;
    g_autoptr(HjLimits) usual = limits(false);
    g_autoptr(HjLimits) strict = limits(true);
    for (int i = 0; i < 50; i++)
        assert_int_equal(ask(usual, i % 2 == 0 ? "127.0.0.1" : "::1", SECOND), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(strict, "127.0.0.1", SECOND), 0);
    assert_int_equal(ask(strict, "127.0.0.1", SECOND), 1);
}

static void
test_a_household_of_ipv6_is_one_address(void **state)
{
    (void)state;
    g_autoptr(HjLimits) all = limits(false);
    assert_int_equal(ask(all, "2001:db8:1:2::1", SECOND), 0);
    assert_int_equal(ask(all, "2001:db8:1:2::2", SECOND), 0);
    assert_int_equal(ask(all, "2001:db8:1:2:3::9", SECOND), 0);
    assert_int_equal(ask(all, "2001:db8:1:2::4", SECOND), 1);
    assert_int_equal(ask(all, "2001:db8:1:3::1", SECOND), 0);
}

static void
test_only_a_trusted_proxy_may_say_who_asks(void **state)
{
    (void)state;
    static const struct {
        const char *peer, *forwarded, *client;
    } cases[] = {
        { "203.0.113.7", "198.51.100.1", "203.0.113.7" },
        { "10.0.0.1", NULL, "10.0.0.1" },
        { "10.0.0.1", "198.51.100.1", "198.51.100.1" },
        { "10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1" },
        { "10.0.0.1", "192.0.2.66, 198.51.100.1 , 10.9.9.9", "198.51.100.1" },
        { "127.0.0.1", "2001:db8::5", "2001:db8::5" },
        { "::1", "198.51.100.1", "198.51.100.1" },
        { "10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1" },
        { "10.0.0.1", "", "10.0.0.1" },
        { "10.0.0.1", ",", "10.0.0.1" },
        { "11.0.0.1", "198.51.100.1", "11.0.0.1" },
    };
    g_autoptr(HjLimits) all = limits(false);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char client[HJ_LIMIT_ADDRESS_SIZE];
        hj_limits_client(all, cases[i].peer, cases[i].forwarded, client);
        assert_string_equal(client, cases[i].client);
    }
}

static void
test_a_proxy_that_is_no_address_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "nginx",  "10.0.0.0/33", "10.0.0.0/-1",
                                       "::/129", "/8",          "10.0.0.1/" };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        HjLimitConfig config = { .trusted_proxies = bad[i] };
        g_autoptr(GError) error = NULL;
        if (hj_limits_new(&config, &error) != NULL)
            fail_msg("%s was accepted", bad[i]);
        assert_hj_error(error, HJ_ERROR_INVALID);
    }
}

static void
test_who_follows_the_hidden_address_is_slow_for_ten_minutes(void **state)
{
    (void)state;
    g_autoptr(HjLimits) all = limits(false);
    hj_limits_punish(all, "203.0.113.7", SECOND);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(all, "203.0.113.7", 2 * SECOND), 0);
    assert_int_equal(ask(all, "203.0.113.7", 2 * SECOND), 10);
    assert_int_equal(ask(all, "203.0.113.7", 4 * SECOND), 8);
    assert_int_equal(ask(all, "203.0.113.8", 2 * SECOND), 0);
    assert_int_equal(ask(all, "203.0.113.7", 602 * SECOND), 0);
}

static void
test_a_flood_of_addresses_takes_no_more_memory_and_forgets_the_quiet(void **state)
{
    (void)state;
    g_autoptr(HjLimits) all = limits(false);
    for (int i = 0; i < 200000; i++) {
        char client[HJ_LIMIT_ADDRESS_SIZE];
        g_snprintf(client, sizeof client, "198.%d.%d.%d", i >> 16, (i >> 8) & 255, i & 255);
        assert_int_equal(ask(all, client, SECOND + i), 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_burst_goes_through_and_then_the_rate_counts),
        cmocka_unit_test(test_sign_in_is_stricter_and_counts_by_itself),
        cmocka_unit_test(test_an_account_counts_from_every_address_together),
        cmocka_unit_test(test_the_machine_itself_is_limited_only_when_asked),
        cmocka_unit_test(test_a_household_of_ipv6_is_one_address),
        cmocka_unit_test(test_only_a_trusted_proxy_may_say_who_asks),
        cmocka_unit_test(test_a_proxy_that_is_no_address_is_refused),
        cmocka_unit_test(test_who_follows_the_hidden_address_is_slow_for_ten_minutes),
        cmocka_unit_test(test_a_flood_of_addresses_takes_no_more_memory_and_forgets_the_quiet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
