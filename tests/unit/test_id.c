#include "base/id.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

#define N_THREADS 4
#define N_EACH 50000

static void
test_keys_rise_strictly_and_stay_positive(void **state)
{
    (void)state;
    int64_t last = 0;
    for (int i = 0; i < 100000; i++) {
        int64_t id = hj_id_new();
        assert_true(id > last);
        last = id;
    }
}

static void
test_a_key_carries_the_milliseconds_and_the_node(void **state)
{
    (void)state;
    hj_id_set_node(0xa5);
    int64_t before = hj_time_now() / 1000;
    int64_t id = hj_id_new();
    assert_true(id >> 21 >= before);
    assert_int_equal((id >> 13) & 0xff, 0xa5);
    hj_id_set_node(0);
}

static void
test_a_clock_that_steps_back_does_not_repeat_a_key(void **state)
{
    (void)state;
    int64_t last = hj_id_step(0, INT64_C(1520208000000000));
    assert_true(last >> 13 == INT64_C(1520208000000));
    assert_true(hj_id_step(last, INT64_C(1520208000000000)) == last + 1);
    assert_true(hj_id_step(last, INT64_C(1520200000000000)) == last + 1);
    assert_true(hj_id_step(last, 0) == last + 1);
    assert_true(hj_id_step(last, INT64_C(1520208000001000)) == last + (1 << 13));
    /* A full counter runs into the next millisecond and stays above the clock. */
    int64_t full = last | 0x1fff;
    assert_true(hj_id_step(full, INT64_C(1520208000000000)) == last + (1 << 13));
}

static void *
make_many(void *data)
{
    int64_t *ids = data;
    for (int i = 0; i < N_EACH; i++)
        ids[i] = hj_id_new();
    return NULL;
}

static int
compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void
test_threads_never_get_the_same_key(void **state)
{
    (void)state;
    g_autofree int64_t *ids = g_new(int64_t, N_THREADS * N_EACH);
    GThread *threads[N_THREADS];
    for (int i = 0; i < N_THREADS; i++)
        threads[i] = g_thread_new("id", make_many, ids + i * N_EACH);
    for (int i = 0; i < N_THREADS; i++)
        g_thread_join(threads[i]);
    qsort(ids, N_THREADS * N_EACH, sizeof *ids, compare_ids);
    for (int i = 1; i < N_THREADS * N_EACH; i++)
        assert_true(ids[i] != ids[i - 1]);
}

static void
test_a_key_in_text_is_1_to_19_digits_and_positive(void **state)
{
    (void)state;
    int64_t id;
    assert_true(hj_id_parse("1", &id));
    assert_true(id == 1);
    assert_true(hj_id_parse("9223372036854775807", &id));
    assert_true(id == INT64_MAX);
    static const char *const wrong[] = {
        "", "0", "-1", "+1", " 1", "1 ", "1a", "9223372036854775808", "00000000000000000001",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_false(hj_id_parse(wrong[i], &id));
    assert_false(hj_id_parse(NULL, &id));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_rise_strictly_and_stay_positive),
        cmocka_unit_test(test_a_key_carries_the_milliseconds_and_the_node),
        cmocka_unit_test(test_a_clock_that_steps_back_does_not_repeat_a_key),
        cmocka_unit_test(test_threads_never_get_the_same_key),
        cmocka_unit_test(test_a_key_in_text_is_1_to_19_digits_and_positive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
