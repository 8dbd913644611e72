/* Schemes thrown with fixed dice over rows thrown with fixed dice. */
#include "base/decimal.h"
#include "core/assessment_verify.h"
#include "tests/harness/contest.h"
#include "tests/unit/unit.h"

#include <string.h>

#define N_SCHEMES 16
#define N_COMMITTEES 6
#define N_VILLAGES 24
#define N_ROWS 220

typedef struct {
    bool verdict;
    int org;
    char day[12];
    const char *kind;
    int a, b; /* done and due, or points */
} Thrown;

typedef struct {
    const County *county;
    Thrown rows[N_ROWS];
    int order[N_ROWS];
} Rows;

static int
dice(uint64_t *state, int n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (int)((*state >> 33) % (uint64_t)n);
}

/* --- schemes by dice --- */

static void
throw_indicator_item(GString *out, uint64_t *state, int points)
{
    static const char *const rolls[] = { "ratio", "mean", "sum" };
    const int how = dice(state, 3);
    const char *roll = how == 0 ? rolls[dice(state, 3)] : "sum";
    const int zero = dice(state, 40);
    g_string_append_printf(out, "points: %d, indicator: by_%s, score: ", points, roll);
    if (how == 0 && dice(state, 2) == 0)
        g_string_append_printf(out, "{linear: {zero: %d, full: %d}}", zero + 50, zero);
    else if (how == 0)
        g_string_append_printf(out, "{linear: {zero: %d, full: %d.%d}}", zero, zero + 50,
                               dice(state, 10));
    else
        g_string_append_printf(out, "{%s: 0.%02d}", how == 1 ? "lose" : "add",
                               1 + dice(state, 99));
}

static void
throw_row_item(GString *out, uint64_t *state, int points)
{
    static const char *const kinds[] = { "result", "good", "late" };
    const int how = dice(state, 4);
    g_string_append_printf(
        out,
        "points: %d, ledger: verdict, when: \"kind = '%s' AND on_day BETWEEN "
        ":from AND :to\"",
        points, kinds[dice(state, 3)]);
    if (how == 0)
        g_string_append_printf(out, ", mark: points, times: %d", 1 + dice(state, 3));
    else if (how == 1)
        g_string_append_printf(out, ", times: %d", 1 + dice(state, 4));
    else
        g_string_append_printf(out, ", score: {%s: %d.%d}", how == 2 ? "lose" : "add",
                               dice(state, 3), 1 + dice(state, 9));
}

static char *
throw_scheme(int number)
{
    uint64_t state = 6100 + (uint64_t)number;
    GString *out = g_string_new(NULL);
    const bool weighed = dice(&state, 2) == 0;
    const int weight = 1 + dice(&state, 98);
    g_string_append_printf(out,
                           "scheme: s%d\ntitle: {zh: 甲, en: A}\nof: %s\nperiod: half_year\n"
                           "assumption: true\nlists:\n",
                           number, dice(&state, 3) == 0 ? "village" : "committee");
    for (int l = 0; l < 2; l++) {
        g_string_append_printf(out,
                               "  - list: l%d\n    title: {zh: 甲, en: A}\n    cap: %d\n"
                               "    prorate: %s\n    weight: %d\n    items:\n",
                               l, 10 + dice(&state, 60), dice(&state, 2) ? "true" : "false",
                               !weighed ? 100
                               : l == 0 ? weight
                                        : 100 - weight);
        for (int i = 1 + dice(&state, 4); i >= 0; i--) {
            g_string_append_printf(out, "      - {item: i%d_%d, title: {zh: 甲, en: A}, ", l,
                                   i);
            if (dice(&state, 6) == 0)
                g_string_append(out, "points: 7, pending: {zh: 待, en: later}}\n");
            else {
                (dice(&state, 2) ? throw_indicator_item : throw_row_item)(out, &state,
                                                                          1 + dice(&state, 20));
                g_string_append(out, ", evidence: record}\n");
            }
        }
    }
    g_string_append_printf(
        out,
        "  - list: minus\n    title: {zh: 负, en: Minus}\n    cap: -%d\n    items:\n"
        "      - {item: fault, title: {zh: 负, en: Fault}, points: -3, ledger: verdict, when: "
        "\"kind = 'fault' AND on_day BETWEEN :from AND :to\", evidence: record}\n"
        "veto: [{ledger: verdict, when: \"kind = 'veto'\", says: {zh: 否, en: No}, document: "
        "document}]\n"
        "rank: [total desc, minus desc, l0 desc]\n"
        "bands: [{band: high, from: %d, title: {zh: 高, en: High}}, {band: middle, from: 10, "
        "title: {zh: 中, en: Middle}}, {band: low, from: 0, title: {zh: 低, en: Low}}]\n"
        "quota: {band: high, percent: %d, ties: [l1], says: {zh: 名额, en: No place}}\n"
        "audience: {rank: [county]}\n",
        1 + dice(&state, 10), 15 + dice(&state, 20), 5 + dice(&state, 60));
    return g_string_free(out, FALSE);
}

/* The last committee has no tallies: nothing applies to it. */
static void
throw_rows(Rows *thrown, uint64_t order_seed)
{
    static const char *const kinds[] = { "result", "good", "late", "fault", "other" };
    uint64_t state = 2018;
    for (int i = 0; i < N_ROWS; i++) {
        Thrown *row = &thrown->rows[i];
        row->verdict = i % 2 == 0;
        row->org = row->verdict ? dice(&state, N_COMMITTEES + N_VILLAGES)
                                : N_COMMITTEES + dice(&state, N_VILLAGES - 4);
        g_snprintf(row->day, sizeof row->day, "2018-%02d-%02d", 1 + dice(&state, 8),
                   1 + dice(&state, 28));
        row->kind = kinds[dice(&state, 5)];
        row->b = row->verdict ? dice(&state, 1300) : 1 + dice(&state, 9);
        row->a = row->verdict ? 0 : dice(&state, row->b + 1);
        thrown->order[i] = i;
    }
    for (int i = N_ROWS; order_seed != 0 && i > 1; i--) {
        const int other = dice(&order_seed, i);
        const int held = thrown->order[i - 1];
        thrown->order[i - 1] = thrown->order[other];
        thrown->order[other] = held;
    }
}

static bool
write_rows(HjTx *tx, gpointer data, GError **error)
{
    const Rows *thrown = data;
    const County *county = thrown->county;
    for (int i = 0; i < N_ROWS; i++) {
        const Thrown *row = &thrown->rows[thrown->order[i]];
        if (!(row->verdict
                  ? contest_verdict(tx, county, row->org, row->kind, row->day, row->b, NULL,
                                    error)
                  : contest_tally(tx, county, row->org, row->day, row->a, row->b, error)))
            return false;
    }
    return true;
}

static County *
thrown_county(HjFixtureKind kind, uint64_t order_seed)
{
    g_autoptr(GError) error = NULL;
    County *county = contest_new(kind, N_COMMITTEES, N_VILLAGES);
    for (int i = 0; i < N_SCHEMES; i++) {
        g_autofree char *file = g_strdup_printf("schemes/s%d.yaml", i);
        g_autofree char *text = throw_scheme(i);
        hj_pack_fixture_write(county->folder, file, text);
    }
    contest_open(county);
    Rows thrown = { .county = county };
    throw_rows(&thrown, order_seed);
    contest_done(hj_store_write(county->fixture->store, write_rows, &thrown, &error), &error);
    return county;
}

static HjScoreboard *
compute_thrown(County *county, int number)
{
    g_autofree char *name = g_strdup_printf("s%d", number);
    return contest_compute(county, name, "2018H1");
}

/* Everything of a board that does not depend on ids. */
static void
add_text(GString *out, const HjScoreboard *board)
{
    g_string_append_printf(out, "%s %d %d %d\n", board->scheme->name, (int)board->base,
                           (int)board->full, board->n_places);
    for (size_t s = 0; s < board->n_scores; s++) {
        const HjScore *score = &board->scores[s];
        g_string_append_printf(out, "%d %s %d %s %d", score->rank, score->code,
                               (int)score->total, score->band != NULL ? score->band->name : "-",
                               score->why);
        for (size_t l = 0; l < score->n_lists; l++) {
            const HjListScore *list = &score->lists[l];
            g_string_append_printf(out, " | %d/%d %d", (int)list->points, (int)list->base,
                                   (int)list->weighed);
            for (size_t i = 0; i < list->n_items; i++) {
                const HjRaise raise = hj_scheme_raise(list, &list->items[i]);
                g_string_append_printf(out, " %d:%d:%d:%d:%d", list->items[i].counted,
                                       (int)list->items[i].points, (int)list->items[i].n_rows,
                                       (int)raise.by_one, (int)raise.n_full);
            }
        }
        g_string_append_c(out, '\n');
    }
}

static char *
all_thrown(County *county)
{
    GString *out = g_string_new(NULL);
    for (int i = 0; i < N_SCHEMES; i++) {
        g_autoptr(HjScoreboard) board = compute_thrown(county, i);
        add_text(out, board);
    }
    return g_string_free(out, FALSE);
}

/* --- what holds of every scheme --- */

/* By hand with 128 bits, away from the program's own helpers. */
static int64_t
half_up(__int128 num, __int128 den)
{
    return (int64_t)(num >= 0 ? (2 * num + den) / (2 * den) : -((-2 * num + den) / (2 * den)));
}

static int64_t
reach_of(const HjSchemeItem *item, int64_t cap)
{
    if (item->scoring != HJ_SCORE_ROWS)
        return item->points;
    return item->times > 0 ? item->points * item->times : cap;
}

static void
check_sums(const HjScoreboard *board, const HjScore *score)
{
    __int128 total = 0;
    for (size_t l = 0; l < score->n_lists; l++) {
        const HjListScore *list = &score->lists[l];
        const int64_t cap = list->list->cap;
        int64_t sum = 0;
        int64_t base = 0;
        for (size_t i = 0; i < list->n_items; i++) {
            const HjItemScore *item = &list->items[i];
            if (!item->counted) {
                assert_int_equal(item->points, 0);
                continue;
            }
            sum += item->points;
            base += cap > 0 ? reach_of(item->item, cap) : 0;
        }
        if (list->list->prorate && base > 0 && base < cap)
            sum = half_up((__int128)sum * cap, base);
        assert_int_equal(list->points, CLAMP(sum, MIN(cap, 0), MAX(cap, 0)));
        total += (__int128)list->points * list->list->weight;
    }
    assert_int_equal(score->total, MAX(half_up(total, 100), 0));
    (void)board;
}

static void
test_totals_are_the_sums_of_their_items(void **state)
{
    (void)state;
    g_autoptr(County) county = thrown_county(HJ_FIXTURE_SQLITE, 0);
    for (int i = 0; i < N_SCHEMES; i++) {
        g_autoptr(HjScoreboard) board = compute_thrown(county, i);
        assert_true(board->n_scores == N_COMMITTEES || board->n_scores == N_VILLAGES);
        for (size_t s = 0; s < board->n_scores; s++)
            check_sums(board, &board->scores[s]);
    }
}

static int
order_of(const HjScore *a, const HjScore *b)
{
    const int64_t keys[][2] = { { a->total, b->total },
                                { a->lists[2].points, b->lists[2].points },
                                { a->lists[0].points, b->lists[0].points } };
    for (size_t k = 0; k < G_N_ELEMENTS(keys); k++)
        if (keys[k][0] != keys[k][1])
            return keys[k][0] > keys[k][1] ? -1 : 1;
    return 0;
}

static void
test_ranks_are_total_orders_with_the_declared_ties(void **state)
{
    (void)state;
    g_autoptr(County) county = thrown_county(HJ_FIXTURE_SQLITE, 0);
    for (int n = 0; n < N_SCHEMES; n++) {
        g_autoptr(HjScoreboard) board = compute_thrown(county, n);
        for (size_t i = 0; i < board->n_scores; i++) {
            int better = 0;
            for (size_t j = 0; j < board->n_scores; j++) {
                const HjScore *a = &board->scores[i];
                const HjScore *b = &board->scores[j];
                better += order_of(b, a) < 0;
                assert_int_equal(a->rank == b->rank, order_of(a, b) == 0);
                assert_int_equal(a->rank < b->rank, order_of(a, b) < 0);
            }
            assert_int_equal(board->scores[i].rank, better + 1);
        }
    }
}

static void
test_bands_follow_the_total_and_the_quota(void **state)
{
    (void)state;
    g_autoptr(County) county = thrown_county(HJ_FIXTURE_SQLITE, 0);
    for (int n = 0; n < N_SCHEMES; n++) {
        g_autoptr(HjScoreboard) board = compute_thrown(county, n);
        const HjScheme *scheme = board->scheme;
        int in_first = 0;
        assert_int_equal(board->n_places, (int)board->n_scores * scheme->quota->percent / 100);
        for (size_t s = 0; s < board->n_scores; s++) {
            const HjScore *score = &board->scores[s];
            assert_true(score->total >= score->by_points->from);
            if (score->by_points > scheme->bands)
                assert_true(score->total < score->by_points[-1].from);
            in_first += score->band == scheme->bands;
            assert_ptr_equal(score->band,
                             score->by_points + (score->why == HJ_BAND_QUOTA ? 1 : 0));
            for (size_t o = 0; score->why == HJ_BAND_QUOTA && o < board->n_scores; o++)
                if (board->scores[o].band == scheme->bands)
                    assert_true(board->scores[o].total >= score->total);
        }
        assert_true(in_first <= board->n_places);
    }
}

static void
test_the_order_of_entry_changes_nothing(void **state)
{
    static const uint64_t seeds[] = { 1, 99, 20180615 };
    (void)state;
    g_autoptr(County) straight = thrown_county(HJ_FIXTURE_SQLITE, 0);
    g_autofree char *a = all_thrown(straight);
    g_autofree char *again = all_thrown(straight);
    assert_string_equal(a, again);
    for (size_t i = 0; i < G_N_ELEMENTS(seeds); i++) {
        g_autoptr(County) shuffled = thrown_county(HJ_FIXTURE_SQLITE, seeds[i]);
        g_autofree char *b = all_thrown(shuffled);
        assert_string_equal(a, b);
    }
}

static void
test_both_databases_agree_to_the_last_digit(void **state)
{
    (void)state;
    if (!hj_store_fixture_has_postgres())
        skip();
    g_autoptr(County) one = thrown_county(HJ_FIXTURE_SQLITE, 0);
    g_autoptr(County) other = thrown_county(HJ_FIXTURE_POSTGRES, 7);
    g_autofree char *a = all_thrown(one);
    g_autofree char *b = all_thrown(other);
    assert_string_equal(a, b);
}

static void
test_settling_again_changes_nothing(void **state)
{
    (void)state;
    g_autoptr(County) county = thrown_county(HJ_FIXTURE_SQLITE, 0);
    for (int n = 0; n < N_SCHEMES; n++) {
        g_autoptr(HjScoreboard) board = compute_thrown(county, n);
        g_autoptr(GString) before = g_string_new(NULL);
        g_autoptr(GString) after = g_string_new(NULL);
        add_text(before, board);
        hj_scheme_settle(board);
        add_text(after, board);
        assert_string_equal(before->str, after->str);
    }
}

/* --- what holds of every publication --- */

typedef struct {
    const County *county;
    const HjScheme *scheme;
    HjPeriod period;
    HjAssessment a;
} Publishing;

static bool
publish(HjTx *tx, gpointer data, GError **error)
{
    Publishing *p = data;
    const HjActor *actor = p->county->actor;
    int64_t n;
    g_autoptr(HjOrgTree) tree = hj_org_tree_load(tx, p->period.to, error);
    return tree != NULL && hj_assessment_open(tx, actor, p->scheme, &p->period, &p->a, error) &&
           hj_assessment_accept(tx, actor, &p->a, tree->orgs[0].id, &n, error) &&
           hj_assessment_publish(tx, actor, &p->a, &n, error) &&
           hj_assessment_find(tx, p->county->pack, p->scheme, &p->period, &p->a, error);
}

/* Card by card and item by item. */
static void
check_published(const HjAssessmentView *view, const HjScoreboard *board)
{
    assert_int_equal(view->n_cards, board->n_scores);
    for (size_t s = 0; s < board->n_scores; s++) {
        const HjScore *score = &board->scores[s];
        const HjCard *card = hj_assessment_card(view, score->org);
        assert_non_null(card);
        assert_int_equal(card->rank, score->rank);
        assert_int_equal(card->total, score->total);
        assert_string_equal(card->band, score->band->name);
        for (size_t l = 0; l < score->n_lists; l++) {
            assert_int_equal(card->lists[l].points, score->lists[l].points);
            for (size_t i = 0; i < score->lists[l].n_items; i++) {
                const HjItemScore *item = &score->lists[l].items[i];
                assert_int_equal(card->lists[l].items[i].points, item->points);
                assert_int_equal(card->lists[l].items[i].counted, item->counted);
            }
        }
    }
}

static void
publish_and_compare(County *county, int number)
{
    g_autofree char *name = g_strdup_printf("s%d", number);
    Publishing p = { .county = county, .scheme = hj_pack_scheme(county->pack, name) };
    g_autoptr(GError) error = NULL;
    contest_done(hj_period_parse("2018H1", &p.period, &error), &error);
    g_autoptr(HjScoreboard) board = compute_thrown(county, number);
    contest_done(hj_store_write(county->fixture->store, publish, &p, &error), &error);
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    g_autoptr(HjAssessmentView) view =
        hj_assessment_view(tx, county->actor, p.scheme, &p.period, HJ_REVISION_LAST, &error);
    contest_done(view != NULL, &error);
    check_published(view, board);
    for (int again = 0; again < 2; again++) {
        g_auto(HjVerified) proof = { 0 };
        contest_done(hj_assessment_verify(tx, county->pack, &p.a, 1, &proof, &error), &error);
        assert_true(proof.identical);
        assert_int_equal(proof.n_cards, board->n_scores);
    }
}

static void
test_what_is_published_is_what_was_computed_and_proves_itself(void **state)
{
    static const HjFixtureKind kinds[] = { HJ_FIXTURE_SQLITE, HJ_FIXTURE_POSTGRES };
    (void)state;
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        HjTime after;
        if (kinds[k] == HJ_FIXTURE_POSTGRES && !hj_store_fixture_has_postgres())
            continue;
        g_autoptr(County) county = thrown_county(kinds[k], 5);
        assert_true(hj_time_parse("2018-07-02T12:00:00+08:00", &after, NULL));
        hj_store_set_clock(county->fixture->store, after);
        for (int n = 0; n < N_SCHEMES; n++)
            publish_and_compare(county, n);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals_are_the_sums_of_their_items),
        cmocka_unit_test(test_ranks_are_total_orders_with_the_declared_ties),
        cmocka_unit_test(test_bands_follow_the_total_and_the_quota),
        cmocka_unit_test(test_the_order_of_entry_changes_nothing),
        cmocka_unit_test(test_both_databases_agree_to_the_last_digit),
        cmocka_unit_test(test_settling_again_changes_nothing),
        cmocka_unit_test(test_what_is_published_is_what_was_computed_and_proves_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
