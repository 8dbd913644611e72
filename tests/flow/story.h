/* story: what a story about core includes: a tiny county, made afresh for each database.
 *
 * A story file gives its table of stories to HJ_STORY_MAIN; the county in *state is shared by
 * its stories.  PostgreSQL runs where HANGJI_TEST_PG names a server.
 *
 * Units    none
 * Owns     the group's county; hj_story_… helpers abort the story on an unexpected error
 * Threads  one
 * Source   style.md 2.10 */
#pragma once

#include "tests/harness/county.h"
#include "tests/unit/unit.h"

#include <string.h>

#ifndef HJ_STORY_PACK
#define HJ_STORY_PACK "pack"
#endif

#define HJ_STORY_MAIN(stories)                                                                 \
    static HjFixtureKind story_kind;                                                           \
    static int story_setup(void **state)                                                       \
    {                                                                                          \
        *state = hj_county_new_with(story_kind, HJ_STORY_PACK);                                \
        return 0;                                                                              \
    }                                                                                          \
    static int story_teardown(void **state)                                                    \
    {                                                                                          \
        hj_county_free(*state);                                                                \
        return 0;                                                                              \
    }                                                                                          \
    int main(void)                                                                             \
    {                                                                                          \
        story_kind = HJ_FIXTURE_SQLITE;                                                        \
        int failed =                                                                           \
            cmocka_run_group_tests_name("sqlite", stories, story_setup, story_teardown);       \
        if (!hj_store_fixture_has_postgres()) {                                                \
            print_message("postgres: no server, left out\n");                                  \
            return failed;                                                                     \
        }                                                                                      \
        story_kind = HJ_FIXTURE_POSTGRES;                                                      \
        return failed +                                                                        \
               cmocka_run_group_tests_name("postgres", stories, story_setup, story_teardown);  \
    }

/* Fails the story with the error's own words. */
#define assert_done(done, error)                                                               \
    do {                                                                                       \
        if (!(done))                                                                           \
            fail_msg("%s", (error) != NULL ? (error)->message : "false without an error");     \
    } while (false)
