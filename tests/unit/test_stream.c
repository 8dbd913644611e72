/* What is pushed to a reader who is slower than what happens. */
#include "tests/unit/unit.h"
#include "web/stream.h"

#include <string.h>

static void
note(gpointer data)
{
    (*(int *)data)++;
}

/* What the next reading takes; "" when it waits. */
static const char *
taken(HjStream *stream)
{
    static char text[64];
    int waits = 0;
    HjStreamWait wait = { note, note, &waits };
    gssize n = hj_stream_take(stream, text, sizeof text - 1, &wait);
    assert_true(n >= 0);
    text[n] = '\0';
    return text;
}

static void
test_a_newer_page_replaces_one_that_was_not_begun(void **state)
{
    (void)state;
    g_autoptr(HjStream) stream = hj_stream_new();
    assert_true(hj_stream_push(stream, "first", 5));
    assert_true(hj_stream_push(stream, "second", 6));
    assert_string_equal(taken(stream), "second");
}

static void
test_a_sign_of_life_takes_the_place_of_no_page(void **state)
{
    (void)state;
    g_autoptr(HjStream) stream = hj_stream_new();
    assert_true(hj_stream_push(stream, "page", 4));
    hj_stream_beat(stream, ":\n", 2);
    assert_string_equal(taken(stream), "page");
    hj_stream_beat(stream, ":\n", 2);
    assert_string_equal(taken(stream), ":\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_newer_page_replaces_one_that_was_not_begun),
        cmocka_unit_test(test_a_sign_of_life_takes_the_place_of_no_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
