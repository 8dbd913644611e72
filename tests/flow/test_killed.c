/* A server killed between any two statements of a move leaves the row where it was, whole: the
 * process ends at the first statement, at the second and so on, until the move is done. */
#define HJ_STORY_PACK "pack_flow"
#include "tests/flow/dying.h"
#include "tests/flow/steps.h"

#define VILLAGE HJ_COUNTY_VILLAGE

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

typedef char *(*Move)(HjCounty *county, int64_t id);

static void
kill_at_each(HjCounty *county, int64_t id, Move move, const char *after)
{
    dying_at_each(county, id, &(Dying){ .all_of = all_of, .write = move }, after);
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
    assert_non_null(two);
    kill_at_each(county, id, answer_last,
                 "reviewed v2 at reviewed visit 1 open 1 closed 1 answers 3 "
                 "answered 3 waits 0 events 2");
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_a_move_that_opens_others_is_whole_or_was_not),
    cmocka_unit_test(test_an_answer_that_others_wait_for_is_whole_or_was_not),
};

HJ_STORY_MAIN(stories)
