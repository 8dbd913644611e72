/* Each arithmetic of a scheme, and the vectors of domain.md 6.1, by hand. */
#include "tests/harness/contest.h"
#include "tests/unit/unit.h"

#define N_COMMITTEES 6
#define N_VILLAGES 24
#define N_BRANCHES 100 /* of the vectors: villages of one committee */

/* Branches of the vectors: judged marks of one kind for each of the two lists. */
static const char stars_text[] =
    "scheme: stars\n"
    "title: {zh: 评星, en: Stars}\n"
    "of: village\nperiod: year\nassumption: true\n"
    "lists:\n"
    "  - list: basic\n"
    "    title: {zh: 基础, en: Basic}\n"
    "    cap: 100\n    weight: 70\n"
    "    items: [{item: base, title: {zh: 基础, en: Basic}, points: 100, times: 1, ledger: "
    "verdict, when: \"kind = 'basic' AND on_day BETWEEN :from AND :to\", mark: points, "
    "evidence: visit}]\n"
    "  - list: evaluation\n"
    "    title: {zh: 测评, en: Evaluation}\n"
    "    cap: 100\n    weight: 30\n"
    "    items: [{item: judged, title: {zh: 测评, en: Judged}, points: 100, times: 1, ledger: "
    "verdict, when: \"kind = 'eval' AND on_day BETWEEN :from AND :to\", mark: points, "
    "evidence: record}]\n"
    "veto: [{ledger: verdict, when: \"kind = 'veto' AND on_day BETWEEN :from AND :to\", says: "
    "{zh: 不评星, en: No star}, document: document}]\n"
    "rank: [total desc, evaluation desc]\n"
    "bands:\n"
    "  - {band: five, from: 90, title: {zh: 五星, en: Five stars}}\n"
    "  - {band: four, from: 80, title: {zh: 四星, en: Four stars}}\n"
    "  - {band: three, from: 70, title: {zh: 三星, en: Three stars}}\n"
    "  - {band: two, from: 60, title: {zh: 二星, en: Two stars}}\n"
    "  - {band: one, from: 0, title: {zh: 一星, en: One star}}\n"
    "quota: {band: five, percent: 20, ties: [evaluation, previous], says: {zh: 四星（名额）, "
    "en: Four stars (no place)}}\n"
    "step_up: {bands: 1, unless: {ledger: verdict, when: \"kind = 'jump' AND on_day BETWEEN "
    ":from AND :to\", says: {zh: 列名例外, en: Listed exception}, document: document}}\n"
    "audience: {rank: [county]}\n";

/* Each arithmetic once: 10 points less 0.5 a unit, added up to 6, rows that take and add. */
static const char kinds_text[] =
    "scheme: kinds\n"
    "title: {zh: 各种算法, en: Kinds}\n"
    "of: village\nperiod: year\nassumption: true\n"
    "lists:\n"
    "  - list: base\n"
    "    title: {zh: 基础, en: Base}\n"
    "    cap: 36\n"
    "    items:\n"
    "      - {item: lose, title: {zh: 扣, en: Lose}, points: 10, indicator: by_sum, score: "
    "{lose: 0.5}, evidence: record}\n"
    "      - {item: add, title: {zh: 加, en: Add}, points: 6, indicator: by_sum, score: {add: "
    "1.25}, evidence: record}\n"
    "      - {item: rows_lose, title: {zh: 扣行, en: Rows}, points: 10, ledger: verdict, when: "
    "\"kind = 'late'\", score: {lose: 4}, evidence: record}\n"
    "      - {item: rows_add, title: {zh: 加行, en: Rows}, points: 10, ledger: verdict, when: "
    "\"kind = 'good'\", score: {add: 4}, evidence: record}\n"
    "  - list: prorated\n"
    "    title: {zh: 折算, en: Prorated}\n"
    "    cap: 20\n    prorate: true\n"
    "    items:\n"
    "      - {item: share, title: {zh: 比, en: Share}, points: 12, indicator: by_ratio, score: "
    "{linear: {zero: 0, full: 100}}, evidence: record}\n"
    "      - {item: later, title: {zh: 待建, en: Later}, points: 8, pending: {zh: 待建, en: "
    "later}}\n"
    "rank: [total desc]\n"
    "audience: {rank: [county]}\n";

static County *
county_new(HjFixtureKind kind, int n_committees, int n_villages)
{
    County *county = contest_new(kind, n_committees, n_villages);
    hj_pack_fixture_write(county->folder, "schemes/stars.yaml", stars_text);
    hj_pack_fixture_write(county->folder, "schemes/kinds.yaml", kinds_text);
    contest_open(county);
    return county;
}

/* --- each arithmetic by hand --- */

static bool
write_kinds(HjTx *tx, gpointer data, GError **error)
{
    const County *county = data;
    /* village 0: 3 of 4 units, three late rows of 4, three good rows of 4, up to 10 */
    for (int i = 0; i < 3; i++)
        if (!contest_verdict(tx, county, N_COMMITTEES, "late", "2018-03-01", 0, NULL, error) ||
            !contest_verdict(tx, county, N_COMMITTEES, "good", "2018-03-01", 0, NULL, error))
            return false;
    /* village 1: 30 of 30 units: nothing left of ten, and six at most */
    return contest_tally(tx, county, N_COMMITTEES, "2018-02-01", 3, 4, error) &&
           contest_tally(tx, county, N_COMMITTEES + 1, "2018-02-01", 30, 30, error);
}

static const HjScore *
score_at(const HjScoreboard *board, const County *county, int org)
{
    const HjScore *score = hj_scheme_score(board, county->orgs[org]);
    assert_non_null(score);
    return score;
}

static void
kinds_by_hand(HjFixtureKind kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(kind, N_COMMITTEES, N_VILLAGES);
    contest_done(hj_store_write(county->fixture->store, write_kinds, county, &error), &error);
    g_autoptr(HjScoreboard) board = contest_compute(county, "kinds", "2018");
    const HjScore *first = score_at(board, county, N_COMMITTEES);
    const HjItemScore *items = first->lists[0].items;
    assert_int_equal(items[0].points, 850);  /* 10 - 3 x 0.5 */
    assert_int_equal(items[1].points, 375);  /* 3 x 1.25 */
    assert_int_equal(items[2].points, 0);    /* 10 - 3 x 4, not below 0 */
    assert_int_equal(items[3].points, 1000); /* 3 x 4, at most 10 */
    assert_int_equal(first->lists[0].points, 2225);
    /* 3 of 4 of twelve points is 9; the eight pending ones are left out: 9 x 20 / 12 = 15 */
    assert_int_equal(first->lists[1].points, 1500);
    assert_int_equal(first->lists[1].base, 2000);
    assert_int_equal(first->total, 3725);
    const HjScore *second = score_at(board, county, N_COMMITTEES + 1);
    assert_int_equal(second->lists[0].items[0].points, 0);
    assert_int_equal(second->lists[0].items[1].points, 600);
    assert_int_equal(second->lists[0].items[2].points, 1000);
    assert_int_equal(second->lists[0].items[3].points, 0);
    assert_int_equal(second->total, 3600);
    /* nothing applies to the share of the third village */
    const HjScore *third = score_at(board, county, N_COMMITTEES + 2);
    assert_false(third->lists[1].items[0].counted);
    assert_int_equal(third->lists[1].base, 0);
    assert_int_equal(third->total, 2000);
    assert_int_equal(board->full, 5600);
    assert_int_equal(board->base, 5600);
}

static void
test_each_arithmetic_by_hand(void **state)
{
    (void)state;
    kinds_by_hand(HJ_FIXTURE_SQLITE);
    if (hj_store_fixture_has_postgres())
        kinds_by_hand(HJ_FIXTURE_POSTGRES);
}

static void
test_the_rows_of_an_item_add_up_to_its_points(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, N_COMMITTEES, N_VILLAGES);
    contest_done(hj_store_write(county->fixture->store, write_kinds, county, &error), &error);
    g_autoptr(HjScoreboard) board = contest_compute(county, "kinds", "2018");
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    static const int64_t wanted[] = { -1000, 1000 }; /* lost of ten; added up to ten */
    for (int i = 0; i < 2; i++) {
        g_autoptr(HjRows) rows = hj_scheme_rows(
            tx, county->actor, board->scheme, &board->scheme->lists[0].items[2 + i],
            &board->period, county->orgs[N_COMMITTEES], &error);
        contest_done(rows != NULL, &error);
        int64_t sum = 0;
        while (hj_rows_next(rows))
            sum += hj_rows_i64(rows, "points");
        assert_int_equal(hj_rows_count(rows), 3);
        assert_int_equal(sum, wanted[i]);
    }
}

static void
test_it_tells_what_one_more_would_bring(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, N_COMMITTEES, N_VILLAGES);
    contest_done(hj_store_write(county->fixture->store, write_kinds, county, &error), &error);
    g_autoptr(HjScoreboard) board = contest_compute(county, "kinds", "2018");
    const HjScore *score = score_at(board, county, N_COMMITTEES);
    const HjListScore *base = &score->lists[0];
    const HjRaise lose = hj_scheme_raise(base, &base->items[0]);
    assert_true(lose.known && lose.fewer); /* one unit fewer: 0.5 back; all three: 1.5 */
    assert_int_equal(lose.by_one, 50);
    assert_int_equal(lose.n_full, 3);
    assert_int_equal(lose.to_full, 150);
    const HjRaise add = hj_scheme_raise(base, &base->items[1]);
    assert_true(add.known && !add.fewer); /* 1.25 more; two until six */
    assert_int_equal(add.by_one, 125);
    assert_int_equal(add.n_full, 2);
    assert_int_equal(add.to_full, 225);
    const HjRaise rows = hj_scheme_raise(base, &base->items[2]);
    assert_true(rows.fewer); /* 12 lost of 10: without one row 2 are back, without three 10 */
    assert_int_equal(rows.by_one, 200);
    assert_int_equal(rows.n_full, 3);
    assert_int_equal(rows.to_full, 1000);
    assert_int_equal(hj_scheme_raise(base, &base->items[3]).n_full, 0);
    /* 4 of 4: twelve of twelve, prorated 20; now 15 */
    const HjRaise share = hj_scheme_raise(&score->lists[1], &score->lists[1].items[0]);
    assert_int_equal(share.by_one, 500);
    assert_int_equal(share.n_full, 1);
    assert_int_equal(share.to_full, 500);
    assert_false(hj_scheme_raise(&score->lists[1], &score->lists[1].items[1]).known);
}

static void
test_an_indicator_names_what_keeps_it_down(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, N_COMMITTEES, N_VILLAGES);
    contest_done(hj_store_write(county->fixture->store, write_kinds, county, &error), &error);
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    const HjIndicator *indicator = hj_pack_indicator(county->pack, "by_ratio");
    const HjDate from = hj_date_make(2018, 1, 1);
    const HjDate to = hj_date_make(2018, 12, 31);
    g_autoptr(HjRows) rows = hj_indicator_missing(tx, county->actor, indicator, county->orgs[0],
                                                  from, to, 10, &error);
    contest_done(rows != NULL, &error);
    assert_int_equal(hj_rows_count(rows), 1); /* 3 of 4, not 30 of 30 */
    assert_true(hj_rows_next(rows));
    assert_int_equal(hj_rows_i64(rows, "org"), county->orgs[N_COMMITTEES]);
}

/* --- domain.md 6.1 --- */

/* A past year in which branch i had the band of bands[i]. */
static bool
publish_past(HjTx *tx, const County *county, const char *const *bands, int n, GError **error)
{
    const HjVal id = HJ_I64(4711);
    hj_tx_exempt(tx);
    if (!hj_tx_exec(tx, error,
                    "INSERT INTO sys_assessment (county, id, scheme, period, from_on, to_on, "
                    "state, revision, version, opened_at, opened_by) VALUES ($1, $2, 'stars', "
                    "'2017', '2017-01-01', '2017-12-31', 'published', 1, 1, 0, 0)",
                    HJ_I64(hj_tx_county(tx)), id) ||
        !hj_tx_exec(tx, error,
                    "INSERT INTO sys_assessment_publication (county, assessment, revision, "
                    "published_at, published_on, published_by, n_cards, digest) VALUES ($1, "
                    "$2, 1, 0, '2018-01-10', 0, 1, 'x')",
                    HJ_I64(hj_tx_county(tx)), id))
        return false;
    for (int i = 0; i < n; i++)
        if (!hj_tx_exec(tx, error,
                        "INSERT INTO sys_assessment_result (county, assessment, revision, org, "
                        "snapshot, place, rank, total, vetoed, band) VALUES ($1, $2, 1, $3, 1, "
                        "1, 1, 0, $4, $5)",
                        HJ_I64(hj_tx_county(tx)), id, HJ_I64(county->orgs[1 + i]),
                        HJ_BOOL(false), HJ_TEXT(bands[i])))
            return false;
    return true;
}

/* 25 branches reach 90: 100, 99, … 76 for the part that counts 70 %, 100 for the other; the
 * others hold 50. */
static bool
write_hundred(HjTx *tx, gpointer data, GError **error)
{
    const County *county = data;
    for (int i = 0; i < N_BRANCHES; i++) {
        const int64_t basic = i < 25 ? 10000 - i * 50 : 5000;
        if (!contest_verdict(tx, county, 1 + i, "basic", "2018-06-01", basic, NULL, error) ||
            !contest_verdict(tx, county, 1 + i, "eval", "2018-06-01", i < 25 ? 10000 : 5000,
                             NULL, error))
            return false;
    }
    return true;
}

static void
stars_hundred(HjFixtureKind kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(kind, 1, N_BRANCHES);
    contest_done(hj_store_write(county->fixture->store, write_hundred, county, &error), &error);
    g_autoptr(HjScoreboard) board = contest_compute(county, "stars", "2018");
    int five = 0;
    int shown = 0;
    assert_int_equal(board->n_places, 20);
    for (size_t s = 0; s < board->n_scores; s++) {
        const HjScore *score = &board->scores[s];
        five += g_str_equal(score->band->name, "five");
        if (score->why == HJ_BAND_QUOTA) {
            shown++;
            assert_string_equal(score->by_points->name, "five");
            assert_string_equal(score->band->name, "four"); /* never more than one star */
            assert_string_equal(board->scheme->quota->says.zh, "四星（名额）");
            assert_true(score->rank > 20 && score->rank <= 25);
        }
    }
    assert_int_equal(five, 20);
    assert_int_equal(shown, 5);
}

static void
test_a_fifth_of_a_hundred_branches_has_five_stars(void **state)
{
    (void)state;
    stars_hundred(HJ_FIXTURE_SQLITE);
    if (hj_store_fixture_has_postgres())
        stars_hundred(HJ_FIXTURE_POSTGRES);
}

/* branch: basic, evaluation → total; 70 % and 30 % */
static const struct {
    int64_t basic, evaluation, total;
    const char *band;
} marks[] = {
    { 9000, 8997, 8999, "four" }, /* 63 + 26.991 = 89.991: 89.99 */
    { 9000, 9000, 9000, "five" }, { 8999, 9001, 9000, "five" }, /* 62.993 + 27.003 = 89.996 */
    { 9500, 9500, 9500, NULL },   /* vetoed: no star this year, score kept */
    { 8000, 8000, 8000, "four" }, /* was three: one up */
    { 9200, 9200, 9200, "four" }, /* was three: not two up */
    { 9300, 9300, 9300, "five" }, /* was three: listed exception */
    { 5900, 6000, 5930, "one" },  /* was four: down as far as the score goes */
    { 9400, 9400, 9400, "five" }, /* vetoed without a document: no veto */
};

static bool
write_vectors(HjTx *tx, gpointer data, GError **error)
{
    static const char *const past[] = { "four",  "four",  "five", "five", "three",
                                        "three", "three", "four", "five" };
    const County *county = data;
    for (int i = 0; i < (int)G_N_ELEMENTS(marks); i++)
        if (!contest_verdict(tx, county, 1 + i, "basic", "2018-06-01", marks[i].basic, NULL,
                             error) ||
            !contest_verdict(tx, county, 1 + i, "eval", "2018-06-01", marks[i].evaluation, NULL,
                             error))
            return false;
    return contest_verdict(tx, county, 4, "veto", "2018-09-01", 0, "沧组〔2018〕9号", error) &&
           contest_verdict(tx, county, 9, "veto", "2018-09-01", 0, NULL, error) &&
           contest_verdict(tx, county, 7, "jump", "2018-09-01", 0, "沧组〔2018〕8号", error) &&
           publish_past(tx, county, past, (int)G_N_ELEMENTS(marks), error);
}

static void
stars_vectors(HjFixtureKind kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(kind, 1, N_BRANCHES);
    contest_done(hj_store_write(county->fixture->store, write_vectors, county, &error), &error);
    g_autoptr(HjScoreboard) board = contest_compute(county, "stars", "2018");
    for (int i = 0; i < (int)G_N_ELEMENTS(marks); i++) {
        const HjScore *score = score_at(board, county, 1 + i);
        assert_int_equal(score->total, marks[i].total);
        assert_int_equal(score->vetoed, marks[i].band == NULL);
        if (marks[i].band != NULL)
            assert_string_equal(score->band->name, marks[i].band);
        else
            assert_null(score->band);
    }
    assert_int_equal(score_at(board, county, 6)->why, HJ_BAND_STEP);
    assert_string_equal(score_at(board, county, 7)->step_document, "沧组〔2018〕8号");
    assert_int_equal(score_at(board, county, 4)->rank, 1); /* the veto keeps its place */
}

static void
test_stars_by_the_vectors_of_6_1(void **state)
{
    (void)state;
    stars_vectors(HJ_FIXTURE_SQLITE);
    if (hj_store_fixture_has_postgres())
        stars_vectors(HJ_FIXTURE_POSTGRES);
}

/* 24 branches with the same total of 93.5 for 20 places: the evaluation first, then the last
 * star. */
static bool
write_ties(HjTx *tx, gpointer data, GError **error)
{
    const County *county = data;
    const char *past[24];
    for (int i = 0; i < 24; i++) {
        const bool better = i >= 20; /* 92 x 0.7 + 97 x 0.3 = 93.5 = 95 x 0.7 + 90 x 0.3 */
        past[i] = i == 0 ? "four" : "five";
        if (!contest_verdict(tx, county, 1 + i, "basic", "2018-06-01", better ? 9200 : 9500,
                             NULL, error) ||
            !contest_verdict(tx, county, 1 + i, "eval", "2018-06-01", better ? 9700 : 9000,
                             NULL, error))
            return false;
    }
    return publish_past(tx, county, past, 24, error);
}

static void
test_equal_totals_stand_by_evaluation_and_then_by_the_last_star(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 1, N_BRANCHES);
    contest_done(hj_store_write(county->fixture->store, write_ties, county, &error), &error);
    g_autoptr(HjScoreboard) board = contest_compute(county, "stars", "2018");
    int five = 0;
    for (int i = 0; i < 24; i++) {
        const HjScore *score = score_at(board, county, 1 + i);
        assert_int_equal(score->total, 9350);
        five += g_str_equal(score->band->name, "five");
        if (i >= 20)
            assert_string_equal(score->band->name, "five");
    }
    assert_int_equal(five, 20);
    assert_string_equal(score_at(board, county, 1)->band->name, "four"); /* had four stars */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_arithmetic_by_hand),
        cmocka_unit_test(test_the_rows_of_an_item_add_up_to_its_points),
        cmocka_unit_test(test_it_tells_what_one_more_would_bring),
        cmocka_unit_test(test_an_indicator_names_what_keeps_it_down),
        cmocka_unit_test(test_a_fifth_of_a_hundred_branches_has_five_stars),
        cmocka_unit_test(test_stars_by_the_vectors_of_6_1),
        cmocka_unit_test(test_equal_totals_stand_by_evaluation_and_then_by_the_last_star),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
