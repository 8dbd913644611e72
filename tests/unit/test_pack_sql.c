#include "tests/harness/store_notes.h"

#include <stdio.h>
#include <string.h>

static const char *const open_sql[] = {
    "SELECT id, body FROM note WHERE done = 0 ORDER BY id",
    "SELECT COUNT(*) AS n, SUM(id) AS s FROM note",
    "WITH few AS (SELECT id FROM note WHERE id < $1), more (a, b) AS (SELECT id, 1 FROM few) "
    "SELECT a FROM more JOIN note n ON n.id = more.a -- a comment; with a sign",
    "SELECT org, ROW_NUMBER() OVER (PARTITION BY org ORDER BY depth) AS k FROM org_tree",
    "SELECT half_of('2018-01-31') AS h, years_between('2000-02-29', '2018-03-01') AS y FROM "
    "org",
    "SELECT CASE WHEN (id = 1) THEN (2) ELSE COALESCE(id, 0) END AS x FROM note WHERE (id) IN "
    "(1, 2) "
    "AND NOT (body LIKE '%''(%')",
};

static const char *const shut_sql[] = {
    "SELECT id FROM sys_account",
    "SELECT id FROM \"sys_account\"",
    "SELECT id FROM t_note",
    "SELECT COUNT(*) AS n FROM t_note",
    "SELECT 1 AS a FROM [t_note]",
    "SELECT 1 AS a FROM `t_note`",
    "SELECT n.id FROM note n WHERE EXISTS (SELECT 1 FROM T_Note)",
    "SELECT id FROM sys_secret",
    "WITH note AS (SELECT id FROM t_note) SELECT id FROM note",
    "WITH org AS (SELECT password AS id FROM sys_account) SELECT id FROM org",
    "WITH HjNote (id) AS NOT MATERIALIZED (SELECT id FROM t_note) SELECT id FROM HjNote",
    "SELECT name FROM sqlite_master",
    "SELECT name FROM sqlite_schema",
    "SELECT name FROM pragma_table_info('t_note')",
    "SELECT rolname FROM pg_roles",
    "SELECT rolname FROM pg_catalog.pg_roles",
    "SELECT table_name FROM information_schema.tables",
    "ATTACH DATABASE 'x.db' AS x",
    "PRAGMA table_info(t_note)",
    "INSERT INTO t_note (county, id, body) VALUES (7, 9, 'x')",
    "WITH x AS (SELECT 1 AS a) INSERT INTO t_note (county, id, body) SELECT 7, a, 'x' FROM x",
    "UPDATE t_note SET body = 'x'",
    "DELETE FROM note",
    "SELECT 1 AS a; DELETE FROM t_note",
    "SELECT load_extension('x') AS a",
    "SELECT randomblob(1000000000) AS a",
    "SELECT set_config('role', 'none', true) AS a",
    "SELECT \"set_config\"('role', 'none', true) AS a",
    "SELECT query_to_xml('select 1', true, true, '') AS a",
    "SELECT pg_sleep(10) AS a",
    "SELECT current_setting('x') AS a",
    "SELECT E'\\' AS a, set_config('role', 'none', true) AS b --'",
    "SELECT $a$ x $a$ AS a",
    "SELECT '2018'::date AS a",
    "SELECT 1 /* ' */ AS a",
    "SELECT id FROM note WHERE absent = 1",
    "SELECT id FROM note WHERE",
    "SELECT 'open AS a",
};

static void
test_a_pack_reads_ledger_views_and_nothing_else(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    HjNote note = { .id = 1, .body = "x", .exempt = true };
    must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    const HjVal vals[] = { HJ_I64(5), HJ_END };
    const HjVal none[] = { HJ_END };
    for (size_t i = 0; i < G_N_ELEMENTS(open_sql); i++) {
        g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
        must(hj_tx_check_pack(tx, open_sql[i], &oops));
        g_autoptr(HjRows) rows = NULL;
        must((rows = hj_tx_query_pack(tx, open_sql[i], i == 2 ? vals : none, &oops)) != NULL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(shut_sql); i++) {
        g_autoptr(HjTx) tx = hj_store_read(f->store, NULL);
        g_autoptr(GError) error = NULL;
        if (hj_tx_check_pack(tx, shut_sql[i], &error))
            fail_msg("open: %s", shut_sql[i]);
        assert_hj_error(error, HJ_ERROR_INVALID);
        g_clear_error(&error);
        assert_null(hj_tx_query_pack(tx, shut_sql[i], none, &error));
        assert_hj_error(error, HJ_ERROR_INVALID);
        /* The transaction goes on with the rights of the program. */
        g_autoptr(HjRows) after =
            hj_tx_query(tx, NULL, "SELECT COUNT(*) AS n FROM sys_account");
        assert_non_null(after);
    }
    assert_int_equal(hj_store_notes_count(f->store, "SELECT COUNT(*) AS n FROM t_note"), 1);
    hj_store_fixture_free(f);
}

static void
test_a_pack_cannot_stall_the_server(void **state)
{
    static const char *const bombs[] = {
        ("WITH RECURSIVE k (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM k) SELECT COUNT(*) AS "
         "n "
         "FROM k"),
        "SELECT COUNT(*) AS n FROM note a, note b, note c, note d, note e",
        "SELECT a.id FROM note a, note b",
    };
    HjStoreFixture *f = hj_store_notes_new(state);
    int64_t n = 2000;
    must(hj_store_write(f->store, hj_store_notes_add_many, &n, &oops));
    const HjVal none[] = { HJ_END };
    for (size_t i = 0; i < G_N_ELEMENTS(bombs); i++) {
        g_autoptr(GError) error = NULL;
        HjConn *conn = f->driver->connect(f->location, HJ_TX_READ, NULL);
        if (f->driver->set_county != NULL)
            assert_true(f->driver->set_county(conn, HJ_FIXTURE_COUNTY, NULL));
        assert_true(f->driver->begin(conn, HJ_TX_READ, NULL));
        int64_t start = hj_time_monotonic();
        assert_null(f->driver->query_pack(conn, bombs[i], none, 200, &error));
        assert_hj_error(error, HJ_ERROR_INVALID);
        assert_true(hj_time_monotonic() - start < 5000000);
        f->driver->rollback(conn);
        f->driver->close(conn);
    }
    hj_store_fixture_free(f);
}

/* --- functions alike on both --- */

static char *
ask(HjStore *store, const char *sql)
{
    g_autoptr(HjTx) tx = hj_store_read(store, NULL);
    const HjVal none[] = { HJ_END };
    g_autoptr(GError) error = NULL;
    g_autoptr(HjRows) rows = hj_tx_query_pack(tx, sql, none, &error);
    if (rows == NULL)
        return g_strdup("error");
    assert_true(hj_rows_next(rows));
    const char *text = hj_rows_text_at(rows, 0);
    return g_strdup(text != NULL ? text : "null");
}

static const struct {
    const char *call, *answer;
} calls[] = {
    { "years_between('2000-02-29', '2018-02-27')", "17" },
    { "years_between('2000-02-29', '2018-02-28')", "18" },
    { "years_between('2000-02-29', '2018-03-01')", "18" },
    { "years_between('2000-02-29', '2020-02-28')", "19" },
    { "years_between('2000-06-15', '2018-06-14')", "17" },
    { "years_between('2000-06-15', '2018-06-15')", "18" },
    { "years_between('2018-06-15', '2000-06-15')", "-1" },
    { "years_between(NULL, '2000-06-15')", "null" },
    { "years_between('2000-06-31', '2018-06-15')", "error" },
    { "years_between('1899-12-31', '2018-06-15')", "error" },
    { "months_between('2024-01-31', '2024-02-28')", "0" },
    { "months_between('2024-01-31', '2024-02-29')", "1" },
    { "months_between('2023-12-15', '2024-03-14')", "2" },
    { "months_between('2023-12-15', '2024-03-15')", "3" },
    { "months_between('2024-03-15', '2024-03-14')", "-1" },
    { "add_months('2024-01-31', 1)", "2024-02-29" },
    { "add_months('2023-01-31', 1)", "2023-02-28" },
    { "add_months('2024-03-31', -1)", "2024-02-29" },
    { "add_months('2024-02-29', 12)", "2025-02-28" },
    { "add_months('2018-11-30', 3)", "2019-02-28" },
    { "add_months('1900-01-01', -1)", "error" },
    { "add_months('9999-12-01', 1)", "error" },
    { "add_months('2018-11-30', NULL)", "null" },
    { "add_days('2024-02-28', 1)", "2024-02-29" },
    { "add_days('2018-12-31', 1)", "2019-01-01" },
    { "add_days('2018-01-01', -1)", "2017-12-31" },
    { "days_between('2024-02-28', '2024-03-01')", "2" },
    { "days_between('2018-07-01', '2018-06-30')", "-1" },
    { "year_of('2018-06-30')", "2018" },
    { "year_of('9999-12-31')", "9999" },
    { "month_of('2018-06-30')", "2018-06" },
    { "quarter_of('2018-06-30')", "2018Q2" },
    { "quarter_of('2018-12-01')", "2018Q4" },
    { "half_of('2018-06-30')", "2018H1" },
    { "half_of('2018-07-01')", "2018H2" },
    { "half_of('2018-7-1')", "error" },
    { "half_of(NULL)", "null" },
    { "ticks(',a,b,c,')", "3" },
    { "ticks(',a,')", "1" },
    { "ticks('')", "0" },
    { "ticks(NULL)", "0" },
    { "has_tick(',a,bc,', 'bc')", "1" },
    { "has_tick(',a,bc,', 'b')", "0" },
    { "has_tick(NULL, 'b')", "0" },
    { "has_tick(',a,', NULL)", "null" },
    { "substr('沧县委', 2, 1)", "县" },
    { "length('沧县委')", "3" },
    { "CASE WHEN 'Abc' LIKE 'a%' THEN 1 ELSE 0 END", "0" },
    { "7 / 2", "3" },
    { "-7 / 2", "-3" },
    { "(SELECT SUM(id) / 2 FROM note)", "1" },
    { "(SELECT MAX(body) FROM note)", "啊" },
    { "(SELECT MIN(body) FROM note)", "B" },
};

static void
test_the_functions_of_packs_answer_alike(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    static const char *const bodies[] = { "a", "B", "啊" };
    for (int i = 0; i < 3; i++) {
        HjNote note = { .id = i, .body = bodies[i], .exempt = true };
        must(hj_store_write(f->store, hj_store_notes_add, &note, &oops));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
        g_autofree char *sql = g_strdup_printf("SELECT %s AS a", calls[i].call);
        g_autofree char *got = ask(f->store, sql);
        if (strcmp(got, calls[i].answer) != 0)
            fail_msg("%s: %s is %s, not %s", f->driver->name, calls[i].call, got,
                     calls[i].answer);
    }
    hj_store_fixture_free(f);
}

static bool
learn_rights(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    return hj_tx_ddl(tx, "CREATE VIEW later AS SELECT id FROM t_note;", error);
}

static void
test_a_view_made_later_is_open_to_packs_at_once(void **state)
{
    HjStoreFixture *f = hj_store_notes_new(state);
    HjConn *conn = f->driver->connect(f->location, HJ_TX_READ, NULL);
    const HjVal none[] = { HJ_END };
    assert_true(f->driver->begin(conn, HJ_TX_READ, NULL));
    assert_null(f->driver->query_pack(conn, "SELECT id FROM later", none, 1000, NULL));
    f->driver->rollback(conn);
    must(hj_store_write(f->store, learn_rights, NULL, &oops));
    assert_true(f->driver->begin(conn, HJ_TX_READ, NULL));
    g_autoptr(HjRows) rows = NULL;
    must((rows = f->driver->query_pack(conn, "SELECT id FROM later", none, 1000, &oops)) !=
         NULL);
    f->driver->rollback(conn);
    f->driver->close(conn);
    hj_store_fixture_free(f);
}

#define ON(kind, test)                                                                         \
    {                                                                                          \
        .name = #test " on " #kind, .test_func = test,                                         \
        .initial_state = GINT_TO_POINTER(HJ_FIXTURE_##kind)                                    \
    }
#define TESTS(kind)                                                                            \
    ON(kind, test_a_pack_reads_ledger_views_and_nothing_else),                                 \
        ON(kind, test_a_pack_cannot_stall_the_server),                                         \
        ON(kind, test_the_functions_of_packs_answer_alike),                                    \
        ON(kind, test_a_view_made_later_is_open_to_packs_at_once)

int
main(void)
{
    const struct CMUnitTest sqlite[] = { TESTS(SQLITE) };
    const struct CMUnitTest postgres[] = { TESTS(POSTGRES) };
    int failed = cmocka_run_group_tests_name("pack sql on sqlite", sqlite, NULL, NULL);
    if (!hj_store_fixture_has_postgres())
        (void)fprintf(stderr, "skip: pack sql on postgres, HANGJI_TEST_PG is not set\n");
    else
        failed += cmocka_run_group_tests_name("pack sql on postgres", postgres, NULL, NULL);
    return failed;
}
