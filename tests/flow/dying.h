/* dying: a process that ends at any statement of a write, as when the power goes.
 *
 * The write runs in a process of its own that ends at the first statement, at the second and so
 * on, until it comes to its end; after each death all of it must be as it was before.
 *
 * Units    statements
 * Owns     texts are the caller's
 * Threads  one
 * Source   style.md 2.10 */
#pragma once

#include "tests/flow/story.h"

#include <sys/wait.h>
#include <unistd.h>

#define DYING_STATUS 9
#define DYING_MOST 2000 /* statements of one write */

typedef struct {
    char *(*all_of)(HjCounty *county, int64_t id); /* everything the write touches, as text */
    char *(*write)(HjCounty *county, int64_t id);  /* "" when done, what was said otherwise */
} Dying;

static const HjDriver *dying_real;
static HjDriver dying_driver;
static int dying_left = -1; /* -1: not counting */
static HjTime dying_now;

static inline void
dying_count(void)
{
    if (dying_left > 0 && --dying_left == 0)
        _exit(DYING_STATUS);
}

static inline bool
dying_exec(HjConn *conn, const char *sql, const HjVal *vals, int64_t *ret_changes,
           GError **error)
{
    dying_count();
    return dying_real->exec(conn, sql, vals, ret_changes, error);
}

static inline HjRows *
dying_query(HjConn *conn, const char *sql, const HjVal *vals, GError **error)
{
    dying_count();
    return dying_real->query(conn, sql, vals, error);
}

static inline bool
dying_scan(HjConn *conn, const char *sql, const HjVal *vals, HjScanFn fn, gpointer data,
           GError **error)
{
    dying_count();
    return dying_real->scan(conn, sql, vals, fn, data, error);
}

static inline bool
dying_commit(HjConn *conn, GError **error)
{
    dying_count();
    return dying_real->commit(conn, error);
}

static inline void
dying_open(HjCounty *county, const HjDriver *driver)
{
    county->fixture->driver = driver;
    hj_store_fixture_reopen(county->fixture);
    county->store = county->fixture->store;
    hj_store_set_county(county->store, HJ_FIXTURE_COUNTY);
    hj_store_set_clock(county->store, dying_now);
}

/* Whether the write came to its end before the @n-th statement. */
static inline bool
dying_done(HjCounty *county, int64_t id, const Dying *dying, int n)
{
    const HjDriver *driver = county->fixture->driver;
    dying_now = hj_store_now(county->store);
    hj_store_fixture_close(county->fixture); /* threads do not follow into the other process */
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dying_real = driver;
        dying_driver = *driver;
        dying_driver.exec = dying_exec;
        dying_driver.query = dying_query;
        dying_driver.scan = dying_scan;
        dying_driver.commit = dying_commit;
        dying_open(county, &dying_driver);
        dying_left = n;
        g_autofree char *said = dying->write(county, id);
        _exit(*said == '\0' ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == DYING_STATUS);
    dying_open(county, driver);
    return WEXITSTATUS(status) == 0;
}

/* Ends the process at every statement in turn; @after is how it is once the write is done. */
static inline void
dying_at_each(HjCounty *county, int64_t id, const Dying *dying, const char *after)
{
    g_autofree char *before = dying->all_of(county, id);
    assert_string_not_equal(before, after);
    int n = 1;
    for (; n < DYING_MOST && !dying_done(county, id, dying, n); n++) {
        g_autofree char *is = dying->all_of(county, id);
        if (!g_str_equal(is, before))
            fail_msg("killed at statement %d: \"%s\", it was \"%s\"", n, is, before);
    }
    g_autofree char *is = dying->all_of(county, id);
    assert_string_equal(is, after);
    assert_in_range(n, 10, DYING_MOST - 1); /* there was something to kill */
}
