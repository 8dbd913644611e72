#include "core/packcheck.h"
#include "core/schema.h"
#include "tests/harness/pack_fixture.h"
#include "tests/harness/store_fixture.h"
#include "tests/unit/unit.h"

#include <string.h>

static bool
apply_in(HjTx *tx, gpointer data, GError **error)
{
    return hj_schema_apply(tx, data, error);
}

static void
apply(HjStoreFixture *base, HjPack *pack)
{
    g_autoptr(GError) error = NULL;
    if (!hj_store_write(base->store, apply_in, pack, &error))
        fail_msg("%s", error->message);
}

/* The problems as one text, without the temporary folder. */
static char *
lines_of(const HjPackProblems *problems, const char *root)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "",
                               hj_pack_problems_line(problems, i));
    g_autofree char *prefix = g_strdup_printf("%s/small/", root);
    g_string_replace(text, prefix, "", 0);
    return g_string_free(text, FALSE);
}

static void
county_pack_is_sound(HjStoreFixture *base, const char *dir, int least)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autoptr(HjPack) pack = hj_pack_load(dir, problems, &error);
    int checked = 0;
    if (pack != NULL) {
        apply(base, pack);
        assert_true(hj_packcheck_sql(base->store, pack, problems, &error));
        assert_true(hj_packcheck_tests(base->store, pack, dir, problems, &checked, &error));
    }
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        print_message("%s\n", hj_pack_problems_line(problems, i));
    assert_int_equal(hj_pack_problems_count(problems), 0);
    assert_true(checked >= least);
}

static void
test_the_packs_of_this_repository_pass_their_own_tests(void **state)
{
    HjStoreFixture *base = hj_store_fixture_new(GPOINTER_TO_INT(*state), true);
    county_pack_is_sound(base, HJ_TEST_SOURCE "/packs/cangxian", 20);
    hj_store_fixture_free(base);
}

static const char note[] =
    "ledger: note\ntitle: {zh: 记事, en: Notes}\nsystem: M1\ngroup: main\nof: village\n"
    "enter: [county_organizer]\nfields:\n"
    "  - {field: subject, type: text, title: {zh: 题, en: Subject}, required: true}\n"
    "  - {field: day, type: date, title: {zh: 日, en: Day}}\n"
    "  - {field: amount, type: money, title: {zh: 额, en: Amount}}\n"
    "  - {field: before, type: row, ledger: note, title: {zh: 前, en: Before}}\n"
    "must:\n"
    "  - {rule: \"day >= :begins\", field: day, says: {zh: 太早, en: Too early}}\n";
static const char params[] =
    "params:\n  - param: begins\n    title: {zh: 始, en: Begins}\n    type: date\n"
    "    assumption: true\n    values: [{from: 2017-01-01, value: \"2018-01-01\"}]\n"
    "  - param: least\n    title: {zh: 低, en: Least}\n    type: money\n"
    "    assumption: true\n    values: [{from: 2017-01-01, value: \"0.50\"}]\n";
static const char indicator[] =
    "indicator: noted\ntitle: {zh: 记, en: Noted}\nunit: {zh: 村, en: villages}\n"
    "of: village\nroll: sum\nsystem: M1\n"
    "sql: |\n"
    "  SELECT org, COUNT(*) AS numerator, 1 AS denominator FROM note\n"
    "  WHERE amount >= :least AND day BETWEEN :from AND :to\n"
    "  GROUP BY org\n"
    "evidence: SELECT org, 'note' AS ledger, id FROM note WHERE amount >= :least\n";

static HjPackFixture *
small_pack(void)
{
    HjPackFixture *files = hj_pack_fixture_new();
    hj_pack_fixture_write(files, "ledgers/note.yaml", note);
    hj_pack_fixture_write(files, "params.yaml", params);
    hj_pack_fixture_write(files, "indicators/noted.yaml", indicator);
    return files;
}

/* What the database says about the small pack with @from replaced by @to in @file. */
static char *
check_sql(void **state, const char *file, const char *from, const char *to)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPackFixture) files = small_pack();
    g_autofree char *path = g_build_filename(files->dir, file, NULL);
    g_autofree char *text = NULL;
    g_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_autoptr(GString) changed = g_string_new(text);
    assert_true(from == NULL || g_string_replace(changed, from, to, 1) == 1);
    hj_pack_fixture_write(files, file, changed->str);
    g_autoptr(HjPack) pack = hj_pack_fixture_load(files);
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    HjStoreFixture *base = hj_store_fixture_new(GPOINTER_TO_INT(*state), false);
    apply(base, pack);
    assert_true(hj_packcheck_sql(base->store, pack, problems, &error));
    hj_store_fixture_free(base);
    return lines_of(problems, files->root);
}

static void
one_problem(void **state, const char *file, const char *from, const char *to,
            const char *begins)
{
    g_autofree char *lines = check_sql(state, file, from, to);
    if (!g_str_has_prefix(lines, begins) || strchr(lines, '\n') != NULL)
        fail_msg("expected %s, got %s", begins, lines);
}

static void
test_a_sound_small_pack_has_no_problem(void **state)
{
    g_autofree char *lines = check_sql(state, "ledgers/note.yaml", NULL, NULL);
    assert_string_equal(lines, "");
}

static void
test_an_unknown_column_is_reported_in_the_line_of_the_sql_that_holds_it(void **state)
{
    one_problem(state, "indicators/noted.yaml", "WHERE amount", "WHERE amuont",
                "indicators/noted.yaml:9: sql: ");
}

static void
test_a_broken_rule_is_reported(void **state)
{
    one_problem(state, "ledgers/note.yaml", "day >= :begins", "day >= >= :begins",
                "ledgers/note.yaml:13: the rule: ");
}

static void
test_an_unknown_parameter_is_reported(void **state)
{
    one_problem(state, "ledgers/note.yaml", ":begins", ":began",
                "ledgers/note.yaml:13: there is no parameter :began (:from, :to, :today and "
                "params.yaml)");
}

static void
test_an_indicator_must_answer_with_three_columns(void **state)
{
    one_problem(state, "indicators/noted.yaml", "1 AS denominator", "1 AS below",
                "indicators/noted.yaml:8: sql: the columns must be org, numerator and "
                "denominator");
    one_problem(state, "indicators/noted.yaml", "'note' AS ledger", "'note' AS source",
                "indicators/noted.yaml:11: evidence: the columns must be org, ledger and id");
}

static void
test_packs_cannot_read_the_programs_own_tables(void **state)
{
    one_problem(state, "ledgers/note.yaml", "day >= :begins",
                "day >= :begins AND EXISTS (SELECT 1 FROM sys_account)",
                "ledgers/note.yaml:13: the rule: ");
    one_problem(state, "ledgers/note.yaml", "day >= :begins",
                "day >= :begins AND EXISTS (SELECT 1 FROM t_note)",
                "ledgers/note.yaml:13: the rule: ");
}

static void
test_types_are_checked_where_the_database_knows_them(void **state)
{
    if (GPOINTER_TO_INT(*state) != HJ_FIXTURE_POSTGRES)
        return;
    one_problem(state, "ledgers/note.yaml", "day >= :begins", "day >= :least",
                "ledgers/note.yaml:13: the rule: ");
    one_problem(state, "indicators/noted.yaml", "COUNT(*)", "'many'",
                "indicators/noted.yaml:8: sql: org, numerator and denominator must be whole "
                "numbers");
}

/* What the pack's own tests say, with tests/a.yaml given. */
static char *
own_tests(void **state, const char *test, int *ret_checked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPackFixture) files = small_pack();
    hj_pack_fixture_write(files, "tests/a.yaml", test);
    g_autoptr(HjPack) pack = hj_pack_fixture_load(files);
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    HjStoreFixture *base = hj_store_fixture_new(GPOINTER_TO_INT(*state), true);
    apply(base, pack);
    if (!hj_packcheck_tests(base->store, pack, files->dir, problems, ret_checked, &error))
        fail_msg("%s", error->message);
    hj_store_fixture_free(base);
    return lines_of(problems, files->root);
}

static void
test_expectations_that_hold_are_counted(void **state)
{
    int checked = 0;
    g_autofree char *lines = own_tests(
        state,
        "test: Counted from fifty fen\n"
        "orgs: [{code: 130921102, kind: committee, name: 丙镇, parent: 130921}]\n"
        "rows:\n"
        "  - {ledger: note, org: 130921100201, as: a, fields: {subject: 一, day: 2018-01-01, "
        "amount: 0.50}}\n"
        "  - {ledger: note, org: 130921100201, fields: {subject: 二, day: 2018-06-30, "
        "amount: 3, before: a}}\n"
        "  - {ledger: note, org: 130921100202, fields: {subject: 三, day: 2018-06-30, "
        "amount: 0.49}}\n"
        "expect:\n"
        "  - {indicator: noted, org: 130921, from: 2018-01-01, to: 2018-06-30, value: 2, "
        "numerator: 2}\n"
        "  - {indicator: noted, org: 130921102, from: 2018-01-01, to: 2018-06-30, value: "
        "none}\n"
        "  - {refused: true, row: {ledger: note, org: 130921100201, fields: {subject: 早, "
        "day: 2017-12-31}}, field: day, says: 早}\n",
        &checked);
    assert_string_equal(lines, "");
    assert_int_equal(checked, 3);
}

static void
test_expectations_that_fail_are_problems_with_their_lines(void **state)
{
    int checked = 0;
    g_autofree char *lines = own_tests(
        state,
        "test: All of this is wrong\n"
        "rows:\n"
        "  - {ledger: note, org: 130921100201, fields: {subject: 一, day: 2017-01-01}}\n"
        "  - {ledger: note, org: 130921100201, fields: {subject: 二, before: b}}\n"
        "  - {ledger: note, org: 130921999999, fields: {subject: 三}}\n"
        "expect:\n"
        "  - {indicator: noted, org: 130921, from: 2018-01-01, to: 2018-06-30, value: 2}\n"
        "  - {refused: true, row: {ledger: note, org: 130921100201, fields: {subject: 四}}}\n"
        "  - {refused: true, row: {ledger: note, org: 130921100201, fields: {day: "
        "2018-01-01}}, field: day}\n",
        &checked);
    g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
    assert_int_equal(g_strv_length(each), 6);
    assert_string_equal(each[0], "tests/a.yaml:3: the row was refused: day: Too early");
    assert_string_equal(each[1], "tests/a.yaml:4: before: no row above is called as: b");
    assert_string_equal(
        each[2], "tests/a.yaml:5: there is no organization 130921999999 in the scratch county");
    assert_string_equal(each[3], "tests/a.yaml:7: noted of 130921: expected 2, got 0");
    assert_string_equal(each[4], "tests/a.yaml:8: the row was accepted");
    assert_true(g_str_has_prefix(
        each[5], "tests/a.yaml:9: the row was refused for something else: subject: "));
    assert_int_equal(checked, 3);
}

static void
test_a_test_leaves_nothing_behind(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPackFixture) files = small_pack();
    hj_pack_fixture_write(
        files, "tests/a.yaml",
        "test: One row\nrows: [{ledger: note, org: 130921100201, fields: {subject: 一}}]\n"
        "expect: [{indicator: noted, org: 130921, from: 2018-01-01, to: 2018-06-30, value: "
        "0}]\n");
    g_autoptr(HjPack) pack = hj_pack_fixture_load(files);
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    HjStoreFixture *base = hj_store_fixture_new(GPOINTER_TO_INT(*state), true);
    int checked = 0;
    apply(base, pack);
    assert_true(hj_packcheck_tests(base->store, pack, files->dir, problems, &checked, &error));
    assert_int_equal(hj_pack_problems_count(problems), 0);
    g_autoptr(HjTx) tx = hj_store_read(base->store, &error);
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, &error, "SELECT id FROM t_note UNION ALL SELECT id FROM sys_org");
    assert_non_null(rows);
    assert_int_equal(hj_rows_count(rows), 0);
    g_clear_pointer(&tx, hj_tx_end);
    hj_store_fixture_free(base);
}

#define ON(kind, name)                                                                         \
    {                                                                                          \
#name " (" #kind ")", name, NULL, NULL, GINT_TO_POINTER(HJ_FIXTURE_##kind)             \
    }
#define STORIES(kind)                                                                          \
    ON(kind, test_the_packs_of_this_repository_pass_their_own_tests),                          \
        ON(kind, test_a_sound_small_pack_has_no_problem),                                      \
        ON(kind, test_an_unknown_column_is_reported_in_the_line_of_the_sql_that_holds_it),     \
        ON(kind, test_a_broken_rule_is_reported),                                              \
        ON(kind, test_an_unknown_parameter_is_reported),                                       \
        ON(kind, test_an_indicator_must_answer_with_three_columns),                            \
        ON(kind, test_packs_cannot_read_the_programs_own_tables),                              \
        ON(kind, test_types_are_checked_where_the_database_knows_them),                        \
        ON(kind, test_expectations_that_hold_are_counted),                                     \
        ON(kind, test_expectations_that_fail_are_problems_with_their_lines),                   \
        ON(kind, test_a_test_leaves_nothing_behind)

int
main(void)
{
    const struct CMUnitTest sqlite[] = { STORIES(SQLITE) };
    const struct CMUnitTest postgres[] = { STORIES(POSTGRES) };
    int failed = cmocka_run_group_tests(sqlite, NULL, NULL);
    if (hj_store_fixture_has_postgres())
        failed += cmocka_run_group_tests(postgres, NULL, NULL);
    return failed;
}
