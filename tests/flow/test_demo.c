/* The whole demo, built once from the real division list, against the model county's figures.
 */
#include "base/decimal.h"
#include "core/report.h"
#include "core/schema.h"
#include "core/scheme.h"
#include "features/demo/demo.h"
#include "tests/harness/store_fixture.h"
#include "tests/unit/unit.h"

#include <string.h>

typedef struct {
    HjStoreFixture *fixture;
    HjPack *pack;
    GString *accounts;
} Demo;

/* The address, since the argument is read before the call beside it is made. */
static void
done(bool right, GError **error)
{
    if (!right)
        fail_msg("%s", *error != NULL ? (*error)->message : "no reason");
}

static HjPack *
load_pack(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    HjPack *pack = hj_pack_load(HJ_TEST_SOURCE "/packs/cangxian", problems, &error);
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        print_message("%s\n", hj_pack_problems_line(problems, i));
    done(pack != NULL, &error);
    return pack;
}

static char **
read_lines(const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(HJ_TEST_SOURCE, "data", file, NULL);
    g_autofree char *text = NULL;
    done(g_file_get_contents(path, &text, NULL, &error), &error);
    return g_strsplit(g_strchomp(text), "\n", -1);
}

/* What `hangji init` does with the division list. */
static bool
init_county(HjTx *tx, gpointer data, GError **error)
{
    Demo *demo = data;
    g_auto(GStrv) lines = read_lines("cangxian-divisions.csv");
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    g_autoptr(GArray) seeds = g_array_new(FALSE, FALSE, sizeof(HjOrgSeed));
    for (size_t i = 1; lines[i] != NULL; i++) {
        char **cell = g_strsplit(g_strchomp(lines[i]), ",", -1);
        g_ptr_array_add(cells, cell);
        const HjOrgSeed seed = { .code = cell[0],
                                 .name = cell[1],
                                 .kind =
                                     g_str_equal(cell[2], "township") ? "committee" : cell[2],
                                 .parent = cell[3][0] != '\0' ? cell[3] : NULL };
        g_array_append_val(seeds, seed);
    }
    g_autoptr(HjActor) system = hj_actor_system(demo->pack);
    return hj_schema_apply(tx, demo->pack, error) &&
           hj_org_seed(tx, system, (const HjOrgSeed *)(const void *)seeds->data, seeds->len,
                       hj_date_make(2000, 1, 1), error);
}

static Demo *
demo_new(uint64_t seed)
{
    g_autoptr(GError) error = NULL;
    Demo *demo = g_new0(Demo, 1);
    demo->fixture = hj_store_fixture_new(HJ_FIXTURE_SQLITE, true);
    demo->pack = load_pack();
    demo->accounts = g_string_new(NULL);
    done(hj_store_write(demo->fixture->store, init_county, demo, &error), &error);
    const HjDemoConfig config = { .seed = seed, .accounts = demo->accounts };
    done(hj_demo_run(demo->fixture->store, demo->pack, &config, &error), &error);
    return demo;
}

static void
demo_free(Demo *demo)
{
    hj_pack_unref(demo->pack);
    hj_store_fixture_free(demo->fixture);
    g_string_free(demo->accounts, TRUE);
    g_free(demo);
}

static int
set_up(void **state)
{
    *state = demo_new(1);
    return 0;
}

static int
tear_down(void **state)
{
    demo_free(*state);
    return 0;
}

static const HjFigureValue *
figure_of(const HjReportResult *report, const char *key)
{
    for (size_t i = 0; i < report->n_figures; i++)
        if (g_str_equal(report->figures[i].figure->name, key))
            return &report->figures[i];
    return NULL;
}

static void
check_figure(const HjFigureValue *figure, const char *const *cell)
{
    g_autoptr(GError) error = NULL;
    int64_t wanted;
    done(hj_decimal_parse(cell[5], figure->scale, &wanted, &error), &error);
    const bool equal = g_str_equal(cell[4], "eq");
    const HjDecimalText shown = hj_decimal_text(figure->shown, figure->scale);
    if (!figure->has || (equal ? figure->shown != wanted : figure->shown < wanted))
        fail_msg("%s is %s, wanted %s %s", cell[0], shown.text, cell[4], cell[5]);
}

static void
test_the_figures_of_the_model_county_come_out(void **state)
{
    const Demo *demo = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(demo->fixture->store, &error);
    g_autoptr(HjReportResult) report =
        hj_report_compute(tx, demo->pack, hj_pack_report(demo->pack, "achievements"),
                          hj_date_make(2017, 1, 1), hj_date_make(2018, 12, 31), 0, &error);
    done(report != NULL, &error);
    g_auto(GStrv) lines = read_lines("figures.csv");
    size_t n_checked = 0;
    for (size_t i = 1; lines[i] != NULL; i++) {
        g_auto(GStrv) cell = g_strsplit(g_strchomp(lines[i]), ",", -1);
        const HjFigureValue *figure = figure_of(report, cell[0]);
        if (figure == NULL)
            continue;
        check_figure(figure, (const char *const *)cell);
        n_checked++;
    }
    assert_true(n_checked >= 28);
    assert_int_equal(n_checked, report->n_figures);
}

static void
test_each_half_year_ranks_all_committees(void **state)
{
    const Demo *demo = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(demo->fixture->store, &error);
    static const char *const halves[] = { "2017H1", "2017H2", "2018H1", "2018H2" };
    g_autofree char *last_first = NULL;
    size_t n_changes = 0;
    for (size_t h = 0; h < G_N_ELEMENTS(halves); h++) {
        HjPeriod period;
        done(hj_period_parse(halves[h], &period, &error), &error);
        g_autoptr(HjScoreboard) board = hj_scheme_compute(
            tx, demo->pack, hj_pack_scheme(demo->pack, "three_lists"), &period, &error);
        done(board != NULL, &error);
        assert_int_equal(board->n_scores, 21);
        g_autoptr(GHashTable) totals = g_hash_table_new(NULL, NULL);
        for (size_t s = 0; s < board->n_scores; s++) {
            const HjScore *score = &board->scores[s];
            print_message("%s %2d %s %s\n", halves[h], score->rank,
                          hj_decimal_text(score->total, 2).text, score->name);
            g_hash_table_add(totals, GINT_TO_POINTER((int)score->total + 1));
        }
        assert_true(g_hash_table_size(totals) >= 15);
        n_changes += last_first != NULL && !g_str_equal(last_first, board->scores[0].code);
        g_free(last_first);
        last_first = g_strdup(board->scores[0].code);
    }
    assert_true(n_changes >= 1);
}

static int64_t
value_of(const Demo *demo, const char *indicator)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(demo->fixture->store, &error);
    const HjDate to = hj_date_make(2018, 12, 31);
    g_autoptr(HjOrgTree) tree = hj_org_tree_load(tx, to, &error);
    done(tree != NULL, &error);
    g_autoptr(HjIndicatorSet) set =
        hj_indicator_compute(tx, demo->pack, hj_pack_indicator(demo->pack, indicator), tree,
                             hj_date_make(2017, 1, 1), to, &error);
    done(set != NULL, &error);
    return hj_indicator_at(set, tree->orgs[0].id).numerator;
}

/* Every branch every year, at most a fifth of them with five stars; in 2017 one has none. */
static void
test_every_branch_has_its_stars(void **state)
{
    const Demo *demo = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(demo->fixture->store, &error);
    static const char *const years[] = { "2017", "2018" };
    for (size_t y = 0; y < G_N_ELEMENTS(years); y++) {
        g_autoptr(HjRows) rows = hj_tx_query(
            tx, &error,
            "SELECT COALESCE(band, 'none') AS band, COUNT(*) AS n, MIN(total) AS low, "
            "MAX(total) AS high FROM assessed WHERE scheme = 'branch_stars' AND period = $1 "
            "GROUP BY band ORDER BY MIN(total)",
            HJ_TEXT(years[y]));
        done(rows != NULL, &error);
        int64_t n = 0;
        int64_t five = 0;
        while (hj_rows_next(rows)) {
            const char *band = hj_rows_text(rows, "band");
            print_message("%s %s %d (%d to %d)\n", years[y], band, (int)hj_rows_i64(rows, "n"),
                          (int)hj_rows_i64(rows, "low"), (int)hj_rows_i64(rows, "high"));
            n += hj_rows_i64(rows, "n");
            five += g_str_equal(band, "five") ? hj_rows_i64(rows, "n") : 0;
            if (g_str_equal(band, "none"))
                assert_int_equal(hj_rows_i64(rows, "n"), 1 - (int)y);
        }
        assert_int_equal(n, value_of(demo, "organizations"));
        assert_true(five > 0 && five * 5 <= n);
        assert_true(hj_rows_count(rows) >= 3);
    }
}

static void
test_the_elected_and_the_members_are_there(void **state)
{
    const Demo *demo = *state;
    /* domain.md 14: 2,686 people placed in village teams, and five in each of four
     * communities; 8 to 15 members a branch. */
    assert_int_equal(value_of(demo, "cadres"), 2686 + 4 * 5);
    assert_true(value_of(demo, "members") >= 860 * 8);
}

static void
test_the_county_is_marked_and_is_filled_once(void **state)
{
    const Demo *demo = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(demo->fixture->store, &error);
    g_autoptr(HjRows) marked = hj_tx_query(tx, &error, "SELECT demo FROM sys_county");
    done(marked != NULL && hj_rows_next(marked), &error);
    assert_true(hj_rows_bool(marked, "demo"));
    g_clear_pointer(&tx, hj_tx_end);
    const HjDemoConfig config = { .seed = 1 };
    assert_false(hj_demo_run(demo->fixture->store, demo->pack, &config, &error));
    assert_hj_error(error, HJ_ERROR_CONFLICT);
}

static void
test_every_account_has_a_password_of_its_own(void **state)
{
    const Demo *demo = *state;
    g_auto(GStrv) lines = g_strsplit(g_strchomp(demo->accounts->str), "\n", -1);
    /* 21 organizers, county, administrator, auditor, reviewer, three villages, team, liaison,
     * 19 assistants who enter for the villages of their township, a clerk for each of ten
     * departments */
    assert_int_equal(g_strv_length(lines), 59);
    assert_true(g_str_has_prefix(lines[0], "zuzhi.xian "));
    g_autoptr(GHashTable) passwords =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; lines[i] != NULL; i++)
        g_hash_table_add(passwords, g_strndup(lines[i] + 23, 16));
    assert_int_equal(g_hash_table_size(passwords), 59);
}

static bool
add_to_sum(HjRows *row, gpointer data)
{
    for (int c = 0; c < hj_rows_columns(row); c++) {
        const char *text = hj_rows_text_at(row, c);
        g_checksum_update(data, (const guchar *)(text != NULL ? text : "-"), -1);
        g_checksum_update(data, (const guchar *)"|", 1);
    }
    return true;
}

/* Of everything that does not depend on ids and passwords: places, people, sites, receipts. */
static char *
fingerprint_of(const Demo *demo)
{
    static const HjVal none[] = { { .kind = HJ_VAL_END } };
    static const char *const questions[] = {
        "SELECT o.code, n.name FROM sys_org o JOIN sys_org_name n ON n.org = o.id ORDER BY "
        "o.code",
        "SELECT o.code, t.name, t.born_on FROM t_person t JOIN sys_org o ON o.id = t.org"
        " ORDER BY o.code, t.name, t.born_on, t.education",
        "SELECT o.code, t.accepted_on, CAST(t.investment AS TEXT) FROM t_site_project t"
        " JOIN sys_org o ON o.id = t.org ORDER BY o.code",
        "SELECT o.code, t.received_on, CAST(t.amount AS TEXT) FROM t_collective_income t"
        " JOIN sys_org o ON o.id = t.org ORDER BY o.code, t.received_on, t.amount",
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(HjTx) tx = hj_store_read(demo->fixture->store, &error);
    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
        done(hj_tx_scan(tx, &error, questions[i], none, add_to_sum, sum), &error);
    return g_strdup(g_checksum_get_string(sum));
}

static void
test_the_same_seed_gives_the_same_county(void **state)
{
    Demo *again = demo_new(1);
    g_autofree char *first = fingerprint_of(*state);
    g_autofree char *second = fingerprint_of(again);
    assert_string_equal(first, second);
    demo_free(again);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_figures_of_the_model_county_come_out),
        cmocka_unit_test(test_each_half_year_ranks_all_committees),
        cmocka_unit_test(test_every_branch_has_its_stars),
        cmocka_unit_test(test_the_elected_and_the_members_are_there),
        cmocka_unit_test(test_the_county_is_marked_and_is_filled_once),
        cmocka_unit_test(test_every_account_has_a_password_of_its_own),
        cmocka_unit_test(test_the_same_seed_gives_the_same_county),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
