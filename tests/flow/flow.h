/* flow: what every story includes: cmocka in its order, and one run on each database.
 *
 * A story file gives `stories` and the folder of its pack to HJ_FLOW_MAIN; the county in *state
 * is shared by its stories and made afresh for each database.  PostgreSQL runs where
 * tools/with_postgres.sh started one.
 *
 * Units    none
 * Owns     the group's county
 * Threads  one
 * Source   style.md 2.10 */
#pragma once

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "tests/harness/http.h"

#include <string.h>

/* An argument names the one database to run on: a long story runs on both side by side. */
#define HJ_FLOW_MAIN(stories, prepare)                                                         \
    static HjFixtureKind flow_kind;                                                            \
    static int flow_setup(void **state)                                                        \
    {                                                                                          \
        *state = prepare(flow_kind);                                                           \
        return 0;                                                                              \
    }                                                                                          \
    static int flow_teardown(void **state)                                                     \
    {                                                                                          \
        hj_test_county_free(*state);                                                           \
        return 0;                                                                              \
    }                                                                                          \
    int main(int argc, char **argv)                                                            \
    {                                                                                          \
        const char *only = argc > 1 ? argv[1] : NULL;                                          \
        int failed = 0;                                                                        \
        flow_kind = HJ_FIXTURE_SQLITE;                                                         \
        if (only == NULL || g_str_equal(only, "sqlite"))                                       \
            failed =                                                                           \
                cmocka_run_group_tests_name("sqlite", stories, flow_setup, flow_teardown);     \
        if (only != NULL && !g_str_equal(only, "postgres"))                                    \
            return failed;                                                                     \
        if (!hj_store_fixture_has_postgres()) {                                                \
            print_message("postgres: no server, left out\n");                                  \
            return failed;                                                                     \
        }                                                                                      \
        flow_kind = HJ_FIXTURE_POSTGRES;                                                       \
        return failed +                                                                        \
               cmocka_run_group_tests_name("postgres", stories, flow_setup, flow_teardown);    \
    }

/* Shows the answer when the status is another one. */
#define assert_status(answer, wanted)                                                          \
    do {                                                                                       \
        if ((answer)->status != (wanted))                                                      \
            print_error("%s:%d: %d instead of %d: %s\n", __FILE__, __LINE__, (answer)->status, \
                        (wanted), (answer)->body);                                             \
        assert_int_equal((answer)->status, (wanted));                                          \
    } while (false)

/* A text of the JSON answer; an absent one fails with the whole answer. */
#define assert_answer(answer, path, wanted)                                                    \
    do {                                                                                       \
        const char *found_ = hj_test_at((answer), (path));                                     \
        if (found_ == NULL || strcmp(found_, (wanted)) != 0)                                   \
            print_error("%s:%d: %s of %s\n", __FILE__, __LINE__, (path), (answer)->body);      \
        assert_non_null(found_);                                                               \
        assert_string_equal(found_, (wanted));                                                 \
    } while (false)

/* A problem document with this status and, unless NULL, an issue on a field. */
#define assert_refused(answer, wanted, field, code)                                            \
    do {                                                                                       \
        const char *field_ = (field);                                                          \
        assert_status((answer), (wanted));                                                     \
        assert_string_equal((answer)->type, "application/problem+json");                       \
        if (field_ != NULL)                                                                    \
            assert_string_equal(hj_test_issue((answer), field_), (code));                      \
    } while (false)
