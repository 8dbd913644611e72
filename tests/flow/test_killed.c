/* A server killed between any two statements of a move leaves the row where it was, whole: the
 * process ends at the first statement, at the second and so on, until the move is done. */
#define HJ_STORY_PACK "pack_flow"
#include "tests/flow/steps.h"

#include <sys/wait.h>
#include <unistd.h>

#define VILLAGE HJ_COUNTY_VILLAGE
#define KILLED 9
#define MOST 400 /* statements of one move */

/* --- a driver that ends the process at its n-th statement --- */

static const HjDriver *real;
static HjDriver dying;
static int left = -1; /* -1: not counting */

static void
count_down(void)
{
    if (left > 0 && --left == 0)
        _exit(KILLED);
}

static bool
dying_exec(HjConn *conn, const char *sql, const HjVal *vals, int64_t *ret_changes,
           GError **error)
{
    count_down();
    return real->exec(conn, sql, vals, ret_changes, error);
}

static HjRows *
dying_query(HjConn *conn, const char *sql, const HjVal *vals, GError **error)
{
    count_down();
    return real->query(conn, sql, vals, error);
}

static bool
dying_commit(HjConn *conn, GError **error)
{
    count_down();
    return real->commit(conn, error);
}

/* Everything that a move of the matter @id touches, in one text. */
static char *
all_of(HjCounty *county, int64_t id)
{
    return step_text_of(
        county,
        "SELECT m.state || ' v' || m.version || ' at ' || c.node || ' visit ' || c.visit"
        " || ' open ' || (SELECT COUNT(*) FROM sys_task WHERE row_id = $1 AND closed_at IS "
        "NULL)"
        " || ' closed ' || (SELECT COUNT(*) FROM sys_task WHERE row_id = $1"
        " AND closed_at IS NOT NULL)"
        " || ' answers ' || (SELECT COUNT(*) FROM t_answer WHERE parent = $1)"
        " || ' answered ' || (SELECT COUNT(*) FROM t_answer WHERE parent = $1"
        " AND state <> 'asked')"
        " || ' waits ' || (SELECT COALESCE(SUM(waits), 0) FROM sys_task WHERE row_id = $1"
        " AND closed_at IS NULL)"
        " || ' events ' || (SELECT COUNT(*) FROM sys_event WHERE row_id = $1)"
        " FROM t_matter m JOIN sys_case c ON c.id = m.id WHERE m.id = $1",
        id);
}

static void
open_again(HjCounty *county, const HjDriver *driver)
{
    county->fixture->driver = driver;
    hj_store_fixture_reopen(county->fixture);
    county->store = county->fixture->store;
    hj_store_set_county(county->store, HJ_FIXTURE_COUNTY);
    hj_county_at(county, HJ_COUNTY_NOON);
}

typedef char *(*Move)(HjCounty *county, int64_t id);

/* Another process does it and ends at the @n-th statement; whether it came to its end. */
static bool
done_before(HjCounty *county, int64_t id, Move move, int n)
{
    hj_store_fixture_close(county->fixture); /* threads do not follow into the other process */
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        real = county->fixture->driver;
        dying = *real;
        dying.exec = dying_exec;
        dying.query = dying_query;
        dying.commit = dying_commit;
        open_again(county, &dying);
        left = n;
        g_autofree char *said = move(county, id);
        _exit(*said == '\0' ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED);
    open_again(county, county->fixture->driver);
    return WEXITSTATUS(status) == 0;
}

/* Ends the process at every statement in turn; @after is how it is once the move is done. */
static void
kill_at_each(HjCounty *county, int64_t id, Move move, const char *after)
{
    g_autofree char *before = all_of(county, id);
    int n = 1;
    for (; n < MOST && !done_before(county, id, move, n); n++) {
        g_autofree char *is = all_of(county, id);
        if (!g_str_equal(is, before))
            fail_msg("killed at statement %d: \"%s\", it was \"%s\"", n, is, before);
    }
    g_autofree char *is = all_of(county, id);
    assert_string_equal(is, after);
    assert_in_range(n, 10, MOST - 1); /* there was something to kill */
}

/* --- moves --- */

static char *
submit(HjCounty *county, int64_t id)
{
    return step_act(county, county->secretary, "matter", id, "submit", "plan", "铺砖", NULL);
}

/* The last of three departments answers: what waits above goes on. */
static char *
answer_last(HjCounty *county, int64_t id)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT MAX(id) FROM t_answer WHERE parent = %" G_GINT64_FORMAT, id);
    return step_act(county, county->organizer, "answer", hj_county_i64(county, sql), "clear",
                    NULL);
}

static char *
answer_first_two(HjCounty *county, int64_t id)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT MIN(id) FROM t_answer WHERE state = 'asked' AND parent = %" G_GINT64_FORMAT,
        id);
    for (int i = 0; i < 2; i++) {
        g_autofree char *said = step_act(county, county->organizer, "answer",
                                         hj_county_i64(county, sql), "clear", NULL);
        assert_string_equal(said, "");
    }
    return g_strdup("");
}

static void
test_a_move_that_opens_others_is_whole_or_was_not(void **state)
{
    HjCounty *county = *state;
    int64_t id = step_create(county, county->secretary, "matter", VILLAGE, 0, "subject", "修路",
                             "listed_on", "2018-06-11", NULL);
    g_autofree char *before = all_of(county, id);
    assert_string_equal(before, "listed v1 at listed visit 1 open 1 closed 0 answers 0 "
                                "answered 0 waits 0 events 1");
    kill_at_each(county, id, submit,
                 "reviewed v2 at reviewed visit 1 open 1 closed 1 answers 3 "
                 "answered 0 waits 3 events 2");
}

static void
test_an_answer_that_others_wait_for_is_whole_or_was_not(void **state)
{
    HjCounty *county = *state;
    int64_t id = step_create(county, county->secretary, "matter", VILLAGE, 0, "subject", "清淤",
                             "listed_on", "2018-06-11", NULL);
    g_autofree char *said = submit(county, id);
    assert_string_equal(said, "");
    g_autofree char *two = answer_first_two(county, id);
    kill_at_each(county, id, answer_last,
                 "reviewed v2 at reviewed visit 1 open 1 closed 1 answers 3 "
                 "answered 3 waits 0 events 2");
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_a_move_that_opens_others_is_whole_or_was_not),
    cmocka_unit_test(test_an_answer_that_others_wait_for_is_whole_or_was_not),
};

HJ_STORY_MAIN(stories)
