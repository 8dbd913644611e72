#include "base/log.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What was written to standard error so far; the caller owns it. */
static char *
written(int fd)
{
    static char text[8192];
    ssize_t n = read(fd, text, sizeof text - 1);
    return g_strndup(text, n > 0 ? (gsize)n : 0);
}

/* Standard error goes into a pipe; gives its other end. */
static int catch (int *ret_was)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    *ret_was = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    return ends[0];
}

static void
test_lines_wait_for_one_another_and_a_warning_for_none(void **state)
{
    (void)state;
    int was, fd = catch (&was);
    hj_log(HJ_LOG_INFO, "alone", NULL);
    g_autofree char *alone = written(fd);
    assert_non_null(strstr(alone, "\"event\":\"alone\""));
    hj_log_gather();
    hj_log(HJ_LOG_INFO, "first", NULL);
    hj_log(HJ_LOG_WARNING, "second", NULL);
    g_autofree char *both = written(fd);
    const char *first = strstr(both, "\"first\""), *second = strstr(both, "\"second\"");
    assert_non_null(first);
    assert_true(second > first);
    hj_log(HJ_LOG_INFO, "third", NULL);
    hj_log_stop();
    g_autofree char *rest = written(fd);
    assert_non_null(strstr(rest, "\"third\""));
    dup2(was, STDERR_FILENO);
    close(was);
    close(fd);
}

static void
test_nobody_has_to_ask_for_the_rest(void **state)
{
    (void)state;
    int was, fd = catch (&was);
    hj_log_gather();
    hj_log(HJ_LOG_INFO, "late", NULL);
    GString *seen = g_string_new(NULL);
    while (strstr(seen->str, "late") == NULL) {
        g_autofree char *more = written(fd);
        g_string_append(seen, more);
        g_usleep(1000);
    }
    g_string_free(seen, TRUE);
    hj_log_stop();
    dup2(was, STDERR_FILENO);
    close(was);
    close(fd);
}

static void
test_what_led_to_an_abort_is_written(void **state)
{
    (void)state;
    int was, fd = catch (&was);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL); /* cmocka has one of its own */
        hj_log_gather();
        hj_log(HJ_LOG_INFO, "last", NULL);
        abort();
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    g_autofree char *last = written(fd);
    dup2(was, STDERR_FILENO);
    close(was);
    close(fd);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(last, "\"last\""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_wait_for_one_another_and_a_warning_for_none),
        cmocka_unit_test(test_nobody_has_to_ask_for_the_rest),
        cmocka_unit_test(test_what_led_to_an_abort_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
