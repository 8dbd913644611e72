/* A contest of five committees with three villages each, from rows thrown with fixed dice. */
#include "core/report.h"
#include "tests/harness/contest.h"
#include "tests/unit/unit.h"

#define N_COMMITTEES 5
#define N_VILLAGES 15
#define N_ROWS 160

static const char scheme_text[] =
    "scheme: contest\n"
    "title: {zh: 擂台赛, en: Contest}\n"
    "of: committee\nperiod: half_year\nassumption: true\n"
    "lists:\n"
    "  - list: base\n"
    "    title: {zh: 基础, en: Base}\n"
    "    cap: 70\n"
    "    items:\n"
    "      - {item: ratio, title: {zh: 比, en: Ratio}, points: 30, indicator: by_ratio, score: "
    "{linear: {zero: 20, full: 90}}, evidence: record}\n"
    "      - {item: mean, title: {zh: 均, en: Mean}, points: 30, indicator: by_mean, score: "
    "{linear: {zero: 20, full: 90}}, evidence: record}\n"
    "      - {item: again, title: {zh: 再比, en: Again}, points: 5, indicator: by_ratio, "
    "score: "
    "{linear: {zero: 0, full: 100}}, evidence: record}\n"
    "      - {item: later, title: {zh: 待建, en: Later}, points: 5, pending: {zh: 待建, en: "
    "later}}\n"
    "  - list: special\n"
    "    title: {zh: 特色, en: Special}\n"
    "    cap: 30\n"
    "    items:\n"
    "      - {item: result, title: {zh: 成果, en: Result}, points: 10, times: 3, ledger: "
    "verdict, when: \"kind = 'result' AND on_day BETWEEN :from AND :to\", mark: points, "
    "evidence: "
    "visit}\n"
    "  - list: negative\n"
    "    title: {zh: 负面, en: Negative}\n"
    "    cap: -8\n"
    "    items:\n"
    "      - {item: fault, title: {zh: 问题, en: Fault}, points: -3, ledger: verdict, when: "
    "\"kind = 'fault' AND on_day BETWEEN :from AND :to\", evidence: record}\n"
    "veto:\n"
    "  - {ledger: verdict, when: \"kind = 'veto' AND on_day BETWEEN :from AND :to\", says: "
    "{zh: "
    "一票否决, en: Vetoed}, document: document}\n"
    "rank: [total desc, negative desc, base desc]\n"
    "audience: {rank: [county]}\n";

static const char report_text[] =
    "report: figures\n"
    "title: {zh: 数字, en: Figures}\n"
    "figures:\n"
    "  - {figure: share, title: {zh: 比, en: Share}, unit: {zh: '%', en: percent}, system: M1, "
    "indicator: by_ratio, show: value}\n"
    "  - {figure: done, title: {zh: 完成, en: Done}, unit: {zh: 件, en: count}, system: M1, "
    "indicator: by_ratio, show: numerator}\n"
    "  - {figure: due, title: {zh: 应做, en: Due}, unit: {zh: 件, en: count}, system: M1, "
    "indicator: by_ratio, show: denominator}\n"
    "  - {figure: places, title: {zh: 村, en: Places}, unit: {zh: 村, en: count}, system: M1, "
    "indicator: by_ratio, show: orgs}\n";

typedef struct {
    bool verdict;
    int org; /* 0 … N_COMMITTEES - 1 committees, then villages */
    char day[12], kind[8];
    int a, b; /* done and due, or points */
} Thrown;

static Thrown thrown[N_ROWS];
static int thrown_order[N_ROWS];

static int
dice(uint64_t *state, int n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (int)((*state >> 33) % (uint64_t)n);
}

/* The last committee has no tallies: nothing applies to it. */
static void
throw_rows(uint64_t order_seed)
{
    static const char *const kinds[] = { "result", "result", "fault", "other" };
    uint64_t state = 2018;
    for (int i = 0; i < N_ROWS; i++) {
        Thrown *row = &thrown[i];
        row->verdict = i % 3 == 0;
        row->org = row->verdict ? dice(&state, N_COMMITTEES + N_VILLAGES)
                                : N_COMMITTEES + dice(&state, N_VILLAGES - 3);
        g_snprintf(row->day, sizeof row->day, "2018-%02d-%02d", 1 + dice(&state, 8),
                   1 + dice(&state, 28));
        g_strlcpy(row->kind, kinds[dice(&state, 4)], sizeof row->kind);
        row->b = row->verdict ? dice(&state, 1300) : 1 + dice(&state, 9);
        row->a = row->verdict ? 0 : dice(&state, row->b + 1);
        thrown_order[i] = i;
    }
    for (int i = N_ROWS; order_seed != 0 && i > 1; i--) {
        const int other = dice(&order_seed, i);
        const int held = thrown_order[i - 1];
        thrown_order[i - 1] = thrown_order[other];
        thrown_order[other] = held;
    }
}

static bool
write_row(HjTx *tx, County *county, const Thrown *row, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjRowKey key;
    g_autofree char *a = g_strdup_printf("%d", row->a);
    g_autofree char *b = g_strdup_printf(row->verdict ? "%d.%02d" : "%d",
                                         row->verdict ? row->b / 100 : row->b, row->b % 100);
    const HjRowInput tally[] = { { .name = "on_day", .text = row->day },
                                 { .name = "done", .text = a },
                                 { .name = "due", .text = b } };
    const HjRowInput verdict[] = { { .name = "on_day", .text = row->day },
                                   { .name = "kind", .text = row->kind },
                                   { .name = "points", .text = b } };
    const HjLedger *ledger = hj_pack_ledger(county->pack, row->verdict ? "verdict" : "tally");
    return hj_row_create(tx, county->actor, ledger, county->orgs[row->org], 0,
                         row->verdict ? verdict : tally, 3, issues, &key, error);
}

static bool
write_rows(HjTx *tx, gpointer data, GError **error)
{
    County *county = data;
    for (int i = 0; i < N_ROWS; i++)
        if (!write_row(tx, county, &thrown[thrown_order[i]], error))
            return false;
    return true;
}

static County *
county_new(HjFixtureKind kind, uint64_t order_seed)
{
    g_autoptr(GError) error = NULL;
    County *county = contest_new(kind, N_COMMITTEES, N_VILLAGES);
    hj_pack_fixture_write(county->folder, "schemes/contest.yaml", scheme_text);
    hj_pack_fixture_write(county->folder, "reports/figures.yaml", report_text);
    contest_open(county);
    throw_rows(order_seed);
    contest_done(hj_store_write(county->fixture->store, write_rows, county, &error), &error);
    return county;
}

/* Everything of a board that does not depend on ids. */
static char *
text_of(const HjScoreboard *board)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "%d %d\n", (int)board->base, (int)board->full);
    for (size_t s = 0; s < board->n_scores; s++) {
        const HjScore *score = &board->scores[s];
        g_string_append_printf(out, "%d %s %d", score->rank, score->code, (int)score->total);
        for (size_t l = 0; l < score->n_lists; l++) {
            const HjListScore *list = &score->lists[l];
            g_string_append_printf(out, " | %d/%d", (int)list->points, (int)list->base);
            for (size_t i = 0; i < list->n_items; i++)
                g_string_append_printf(
                    out, " %d:%d:%d:%d:%d", list->items[i].counted, (int)list->items[i].points,
                    (int)list->items[i].value.numerator, (int)list->items[i].value.denominator,
                    (int)list->items[i].n_rows);
        }
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

static char *
contest_of(HjFixtureKind kind, uint64_t order_seed)
{
    g_autoptr(County) county = county_new(kind, order_seed);
    g_autoptr(HjScoreboard) board = contest_compute(county, "contest", "2018H1");
    return text_of(board);
}

static void
test_totals_are_the_sums_of_their_items(void **state)
{
    (void)state;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    g_autoptr(HjScoreboard) board = contest_compute(county, "contest", "2018H1");
    assert_int_equal(board->n_scores, N_COMMITTEES);
    assert_int_equal(board->full, 10000);
    assert_int_equal(board->base, 9500);
    for (size_t s = 0; s < board->n_scores; s++) {
        const HjScore *score = &board->scores[s];
        int64_t total = 0;
        for (size_t l = 0; l < score->n_lists; l++) {
            const HjListScore *list = &score->lists[l];
            int64_t points = 0;
            for (size_t i = 0; i < list->n_items; i++)
                points += list->items[i].points;
            const int64_t cap = list->list->cap;
            points = CLAMP(points, MIN(cap, 0), MAX(cap, 0));
            assert_int_equal(list->points, points);
            total += points;
        }
        assert_int_equal(score->total, CLAMP(total, 0, 10000));
    }
}

static void
test_ranks_are_a_total_preorder(void **state)
{
    (void)state;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    g_autoptr(HjScoreboard) board = contest_compute(county, "contest", "2018H1");
    for (size_t i = 0; i < board->n_scores; i++) {
        size_t better = 0;
        for (size_t j = 0; j < board->n_scores; j++) {
            const HjScore *a = &board->scores[i];
            const HjScore *b = &board->scores[j];
            const int64_t keys[][2] = { { a->total, b->total },
                                        { a->lists[2].points, b->lists[2].points },
                                        { a->lists[0].points, b->lists[0].points } };
            int order = 0;
            for (size_t k = 0; k < G_N_ELEMENTS(keys) && order == 0; k++)
                order = (keys[k][1] > keys[k][0]) - (keys[k][1] < keys[k][0]);
            better += order > 0;
            assert_int_equal(a->rank == b->rank, order == 0);
            assert_int_equal(a->rank > b->rank, order > 0);
        }
        assert_int_equal(board->scores[i].rank, better + 1);
    }
}

static void
test_the_order_of_entry_changes_nothing(void **state)
{
    (void)state;
    g_autofree char *first = contest_of(HJ_FIXTURE_SQLITE, 0);
    g_autofree char *shuffled = contest_of(HJ_FIXTURE_SQLITE, 99);
    assert_string_equal(first, shuffled);
}

static void
test_both_databases_agree_to_the_last_digit(void **state)
{
    (void)state;
    if (!hj_store_fixture_has_postgres())
        skip();
    g_autofree char *sqlite = contest_of(HJ_FIXTURE_SQLITE, 0);
    g_autofree char *postgres = contest_of(HJ_FIXTURE_POSTGRES, 7);
    assert_string_equal(sqlite, postgres);
}

static void
test_computing_again_gives_the_same(void **state)
{
    (void)state;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    g_autoptr(HjScoreboard) first = contest_compute(county, "contest", "2018H1");
    g_autoptr(HjScoreboard) second = contest_compute(county, "contest", "2018H1");
    g_autofree char *a = text_of(first);
    g_autofree char *b = text_of(second);
    assert_string_equal(a, b);
}

static void
test_what_does_not_apply_is_left_out_of_the_base(void **state)
{
    (void)state;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    g_autoptr(HjScoreboard) board = contest_compute(county, "contest", "2018H1");
    const HjScore *last = hj_scheme_score(board, county->orgs[N_COMMITTEES - 1]);
    assert_false(last->lists[0].items[0].counted);
    assert_int_equal(last->lists[0].base, 0);
    const HjScore *first = hj_scheme_score(board, county->orgs[0]);
    assert_true(first->lists[0].items[0].counted);
    assert_false(first->lists[0].items[3].counted);
    assert_int_equal(first->lists[0].base, 6500);
}

static void
test_the_rows_of_an_item_add_up_to_its_points(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    g_autoptr(HjScoreboard) board = contest_compute(county, "contest", "2018H1");
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    for (size_t s = 0; s < board->n_scores; s++)
        for (size_t l = 1; l < board->scores[s].n_lists; l++) {
            const HjItemScore *item = &board->scores[s].lists[l].items[0];
            g_autoptr(HjRows) rows =
                hj_scheme_rows(tx, county->actor, board->scheme, item->item, &board->period,
                               board->scores[s].org, &error);
            contest_done(rows != NULL, &error);
            assert_int_equal(hj_rows_count(rows), item->n_rows);
            int64_t points = 0;
            while (hj_rows_next(rows))
                points += hj_rows_i64(rows, "points");
            assert_int_equal(points, item->points);
        }
}

static int64_t
sum_of(int committee, bool due, const char *last)
{
    int64_t sum = 0;
    for (int i = 0; i < N_ROWS; i++) {
        const Thrown *row = &thrown[i];
        if (!row->verdict && strcmp(row->day, last) <= 0 &&
            (committee < 0 || (row->org - N_COMMITTEES) / 3 == committee))
            sum += due ? row->b : row->a;
    }
    return sum;
}

static void
test_a_ratio_is_sum_over_sum_and_a_figure_shows_it(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    const HjDate from = hj_date_make(2018, 1, 1);
    const HjDate to = hj_date_make(2018, 6, 30);
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    g_autoptr(HjReportResult) report = hj_report_compute(
        tx, county->pack, hj_pack_report(county->pack, "figures"), from, to, 0, &error);
    contest_done(report != NULL, &error);
    const int64_t done_sum = sum_of(-1, false, "2018-06-30");
    const int64_t due_sum = sum_of(-1, true, "2018-06-30");
    assert_int_equal(report->figures[1].shown, done_sum);
    assert_int_equal(report->figures[2].shown, due_sum);
    /* percent with two decimals, half up */
    assert_int_equal(report->figures[0].shown, (done_sum * 20000 + due_sum) / (2 * due_sum));
    assert_true(report->figures[3].shown <= N_VILLAGES);
}

static HjIndicatorValue
value_of(County *county, const char *indicator, int64_t org)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    const HjDate to = hj_date_make(2018, 6, 30);
    g_autoptr(HjOrgTree) tree = hj_org_tree_load(tx, to, &error);
    contest_done(tree != NULL, &error);
    g_autoptr(HjIndicatorSet) set =
        hj_indicator_compute(tx, county->pack, hj_pack_indicator(county->pack, indicator), tree,
                             hj_date_make(2018, 1, 1), to, &error);
    contest_done(set != NULL, &error);
    return hj_indicator_at(set, org);
}

static void
test_each_roll_up_keeps_its_meaning(void **state)
{
    (void)state;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    const int64_t committee = county->orgs[1];
    const HjIndicatorValue sum = value_of(county, "by_sum", committee);
    assert_int_equal(sum.value, sum_of(1, false, "2018-06-30") * 100);
    /* The mean of the villages' own quotients, to two decimals. */
    int64_t quotients = 0;
    int64_t n = 0;
    for (int v = 0; v < 3; v++) {
        const HjIndicatorValue own =
            value_of(county, "by_ratio", county->orgs[N_COMMITTEES + 3 + v]);
        if (!own.has)
            continue;
        quotients += own.value;
        n++;
    }
    const HjIndicatorValue mean = value_of(county, "by_mean", committee);
    assert_true(mean.has && n > 0);
    assert_true(ABS(mean.value - quotients / n) <= 1);
    assert_false(value_of(county, "by_none", committee).has);
    assert_true(value_of(county, "by_none", county->orgs[N_COMMITTEES + 3]).has);
    /* ARI-9: nothing due is not 0 % and not 100 %. */
    assert_false(value_of(county, "by_ratio", county->orgs[N_COMMITTEES - 1]).has);
    assert_false(value_of(county, "by_mean", county->orgs[N_COMMITTEES - 1]).has);
}

static void
test_evidence_adds_up_to_the_number(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    int n = 0;
    for (int i = 0; i < N_ROWS; i++)
        n += !thrown[i].verdict && (thrown[i].org - N_COMMITTEES) / 3 == 2 &&
             strcmp(thrown[i].day, "2018-06-30") <= 0;
    g_autoptr(HjRows) rows = hj_indicator_evidence(
        tx, county->actor, hj_pack_indicator(county->pack, "by_ratio"), county->orgs[2],
        hj_date_make(2018, 1, 1), hj_date_make(2018, 6, 30), 1000, &error);
    contest_done(rows != NULL, &error);
    assert_int_equal(hj_rows_count(rows), n);
    while (hj_rows_next(rows)) {
        assert_string_equal(hj_rows_text(rows, "ledger"), "tally");
        assert_string_equal(hj_rows_text(rows, "org_name"), "某村");
    }
}

static bool
write_veto(HjTx *tx, gpointer data, GError **error)
{
    County *county = data;
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjRowKey key;
    const HjLedger *ledger = hj_pack_ledger(county->pack, "verdict");
    const HjRowInput without[] = { { .name = "on_day", .text = "2018-02-01" },
                                   { .name = "kind", .text = "veto" } };
    const HjRowInput with[] = { { .name = "on_day", .text = "2018-02-01" },
                                { .name = "kind", .text = "veto" },
                                { .name = "document", .text = "督1号" } };
    return hj_row_create(tx, county->actor, ledger, county->orgs[0], 0, without, 2, issues,
                         &key, error) &&
           hj_row_create(tx, county->actor, ledger, county->orgs[N_COMMITTEES + 3], 0, with, 3,
                         issues, &key, error);
}

static void
test_a_veto_needs_a_document_and_keeps_the_total(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    g_autoptr(HjScoreboard) before = contest_compute(county, "contest", "2018H1");
    contest_done(hj_store_write(county->fixture->store, write_veto, county, &error), &error);
    g_autoptr(HjScoreboard) after = contest_compute(county, "contest", "2018H1");
    g_autofree char *a = text_of(before);
    g_autofree char *b = text_of(after);
    assert_string_equal(a, b);
    assert_false(hj_scheme_score(after, county->orgs[0])->vetoed);
    /* The row stands at a village: its committee answers for it. */
    const HjScore *vetoed = hj_scheme_score(after, county->orgs[1]);
    assert_true(vetoed->vetoed);
    assert_string_equal(vetoed->veto_document, "督1号");
    g_autoptr(HjScoreboard) later = contest_compute(county, "contest", "2018H2");
    assert_false(hj_scheme_score(later, county->orgs[1])->vetoed);
}

/* The third village of the second committee goes to the fifth on 1 July. */
static bool
move_village(HjTx *tx, gpointer data, GError **error)
{
    const County *county = data;
    g_autoptr(HjIssues) issues = hj_issues_new();
    int64_t id;
    const HjOrgAct act = { .act = "move",
                           .code = "130921101211",
                           .other = "130921104",
                           .on = hj_date_make(2018, 7, 1),
                           .document = "某县〔2018〕1号" };
    return hj_org_act(tx, county->actor, &act, issues, &id, error);
}

static void
test_rows_belong_to_the_committee_of_the_periods_last_day(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    assert_string_equal("130921101211", county->codes[N_COMMITTEES + 5]);
    g_autoptr(HjScoreboard) before = contest_compute(county, "contest", "2018H1");
    g_autoptr(HjScoreboard) later_before = contest_compute(county, "contest", "2018H2");
    contest_done(hj_store_write(county->fixture->store, move_village, county, &error), &error);
    g_autoptr(HjScoreboard) after = contest_compute(county, "contest", "2018H1");
    g_autoptr(HjScoreboard) later = contest_compute(county, "contest", "2018H2");
    g_autofree char *a = text_of(before);
    g_autofree char *b = text_of(after);
    assert_string_equal(a, b);
    /* What the village did in the second half counts where it now stands. */
    const int64_t from = county->orgs[1];
    const int64_t to = county->orgs[N_COMMITTEES - 1];
    const int64_t due =
        hj_scheme_score(later_before, from)->lists[0].items[0].value.denominator;
    const int64_t left = hj_scheme_score(later, from)->lists[0].items[0].value.denominator;
    const int64_t gained = hj_scheme_score(later, to)->lists[0].items[0].value.denominator;
    int64_t moved = 0;
    for (int i = 0; i < N_ROWS; i++) {
        const Thrown *row = &thrown[i];
        if (!row->verdict && row->org == N_COMMITTEES + 5 &&
            strcmp(row->day, "2018-07-01") >= 0)
            moved += row->b;
    }
    assert_true(moved > 0);
    assert_int_equal(gained, moved);
    assert_int_equal(due, left + gained);
}

static HjActor *
organizer_of(const County *county, int64_t org, const char *kind)
{
    HjActor *actor = hj_actor_new(county->pack, 4711, "zuzhi", "组织委员", HJ_ZH, 1);
    hj_actor_add_grant(actor, hj_pack_role(county->pack, "county_organizer"), org, "code",
                       "某处", kind);
    return actor;
}

static size_t
evidence_for(const County *county, const HjActor *actor, int64_t org)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    g_autoptr(HjRows) rows = hj_indicator_evidence(
        tx, actor, hj_pack_indicator(county->pack, "by_ratio"), org, hj_date_make(2018, 1, 1),
        hj_date_make(2018, 6, 30), 1000, &error);
    contest_done(rows != NULL, &error);
    return hj_rows_count(rows);
}

static void
test_evidence_stays_within_the_scope_of_who_asks(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    int64_t root = 0;
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    contest_done(hj_org_find(tx, "130921", &root, &error), &error);
    g_autoptr(HjActor) township = organizer_of(county, county->orgs[0], "committee");
    const size_t own = evidence_for(county, county->actor, county->orgs[0]);
    assert_true(own > 0);
    assert_int_equal(evidence_for(county, township, county->orgs[0]), own);
    assert_int_equal(evidence_for(county, township, root), own);
    assert_int_equal(evidence_for(county, township, county->orgs[1]), 0);

    const HjScheme *scheme = hj_pack_scheme(county->pack, "contest");
    HjPeriod period;
    contest_done(hj_period_parse("2018H1", &period, &error), &error);
    g_autoptr(HjRows) foreign = hj_scheme_rows(tx, township, scheme, &scheme->lists[1].items[0],
                                               &period, county->orgs[1], &error);
    contest_done(foreign != NULL, &error);
    assert_int_equal(hj_rows_count(foreign), 0);
}

static void
test_the_whole_ranking_is_for_its_audience(void **state)
{
    (void)state;
    g_autoptr(County) county = county_new(HJ_FIXTURE_SQLITE, 0);
    const HjScheme *scheme = hj_pack_scheme(county->pack, "contest");
    g_autoptr(HjActor) at_county = organizer_of(county, 1, "county");
    g_autoptr(HjActor) township = organizer_of(county, county->orgs[0], "committee");
    assert_true(hj_scheme_may_rank(at_county, scheme));
    assert_false(hj_scheme_may_rank(township, scheme));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals_are_the_sums_of_their_items),
        cmocka_unit_test(test_ranks_are_a_total_preorder),
        cmocka_unit_test(test_the_order_of_entry_changes_nothing),
        cmocka_unit_test(test_both_databases_agree_to_the_last_digit),
        cmocka_unit_test(test_computing_again_gives_the_same),
        cmocka_unit_test(test_what_does_not_apply_is_left_out_of_the_base),
        cmocka_unit_test(test_the_rows_of_an_item_add_up_to_its_points),
        cmocka_unit_test(test_a_ratio_is_sum_over_sum_and_a_figure_shows_it),
        cmocka_unit_test(test_each_roll_up_keeps_its_meaning),
        cmocka_unit_test(test_evidence_adds_up_to_the_number),
        cmocka_unit_test(test_a_veto_needs_a_document_and_keeps_the_total),
        cmocka_unit_test(test_evidence_stays_within_the_scope_of_who_asks),
        cmocka_unit_test(test_the_whole_ranking_is_for_its_audience),
        cmocka_unit_test(test_rows_belong_to_the_committee_of_the_periods_last_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
