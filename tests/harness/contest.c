#include "tests/harness/contest.h"

#include "base/decimal.h"
#include "core/schema.h"
#include "tests/unit/unit.h"

static const char lists_text[] = "lists:\n"
                                 "  - list: ledger_groups\n"
                                 "    title: {zh: 分组, en: Groups}\n"
                                 "    items:\n"
                                 "      - {item: first, title: {zh: 第一, en: First}}\n";

static const char tally_ledger[] =
    "ledger: tally\n"
    "title: {zh: 计数, en: Tally}\n"
    "system: M1\ngroup: first\nof: village\nenter: [county_organizer]\n"
    "date_field: on_day\n"
    "fields:\n"
    "  - {field: on_day, type: date, title: {zh: 日期, en: Day}, required: true}\n"
    "  - {field: done, type: integer, title: {zh: 完成, en: Done}, required: true}\n"
    "  - {field: due, type: integer, title: {zh: 应做, en: Due}, required: true}\n";

static const char verdict_ledger[] =
    "ledger: verdict\n"
    "title: {zh: 评定, en: Verdict}\n"
    "system: M6\ngroup: first\nof: [committee, village]\nenter: [county_organizer]\n"
    "date_field: on_day\n"
    "fields:\n"
    "  - {field: kind, type: text, title: {zh: 类别, en: Kind}, required: true}\n"
    "  - {field: on_day, type: date, title: {zh: 日期, en: Day}, required: true}\n"
    "  - {field: points, type: decimal, scale: 2, title: {zh: 分, en: Points}}\n"
    "  - {field: document, type: text, title: {zh: 文号, en: Document}}\n";

static const char indicator_text[] =
    "indicator: by_%s\n"
    "title: {zh: 指标, en: Indicator}\n"
    "help: {zh: 完成 ÷ 应做, en: done ÷ due}\n"
    "unit: {zh: '%%', en: percent}\n"
    "of: village\nroll: %s\npercent: %s\nscale: 2\nsystem: M1\n"
    "sql: |\n"
    "  SELECT org, SUM(done) AS numerator, SUM(due) AS denominator FROM tally\n"
    "  WHERE on_day BETWEEN :from AND :to GROUP BY org\n"
    "evidence: |\n"
    "  SELECT org, 'tally' AS ledger, id FROM tally WHERE on_day BETWEEN :from AND :to\n"
    "missing: |\n"
    "  SELECT org, 'tally' AS ledger, id FROM tally\n"
    "  WHERE done < due AND on_day BETWEEN :from AND :to\n";

/* The address, since the argument is read before the call beside it is made. */
void
contest_done(bool right, GError **error)
{
    if (!right)
        fail_msg("%s", *error != NULL ? (*error)->message : "no reason");
}

static bool
seed_orgs(HjTx *tx, gpointer data, GError **error)
{
    County *county = data;
    const int n = county->n_committees + county->n_villages;
    const int each = county->n_villages / county->n_committees;
    HjOrgSeed seeds[1 + CONTEST_ORGS] = {
        { .code = "130921", .name = "某县", .kind = "county" }
    };
    for (int i = 0; i < n; i++) {
        const bool village = i >= county->n_committees;
        const int above = village ? (i - county->n_committees) / each : 0;
        char *code = county->codes[i];
        g_snprintf(code, sizeof county->codes[i], village ? "1309211%02d%03d" : "1309211%02d",
                   village ? above : i, 201 + i);
        seeds[i + 1] = (HjOrgSeed){ .code = code,
                                    .name = village ? "某村" : "某镇",
                                    .kind = village ? "village" : "committee",
                                    .parent = village ? county->codes[above] : "130921" };
    }
    if (!hj_schema_apply(tx, county->pack, error) ||
        !hj_org_seed(tx, county->actor, seeds, (size_t)n + 1, hj_date_make(2017, 1, 1), error))
        return false;
    for (int i = 0; i < n; i++)
        if (!hj_org_find(tx, county->codes[i], &county->orgs[i], error))
            return false;
    return true;
}

bool
contest_verdict(HjTx *tx, const County *county, int org, const char *kind, const char *day,
                int64_t points, const char *document, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjRowKey key;
    const HjDecimalText text = hj_decimal_text(points, 2);
    const HjRowInput inputs[] = { { .name = "on_day", .text = day },
                                  { .name = "kind", .text = kind },
                                  { .name = "points", .text = text.text },
                                  { .name = "document", .text = document } };
    return hj_row_create(tx, county->actor, hj_pack_ledger(county->pack, "verdict"),
                         county->orgs[org], 0, inputs, document != NULL ? 4 : 3, issues, &key,
                         error);
}

bool
contest_tally(HjTx *tx, const County *county, int org, const char *day, int n_done, int n_due,
              GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjRowKey key;
    g_autofree char *a = g_strdup_printf("%d", n_done);
    g_autofree char *b = g_strdup_printf("%d", n_due);
    const HjRowInput inputs[] = { { .name = "on_day", .text = day },
                                  { .name = "done", .text = a },
                                  { .name = "due", .text = b } };
    return hj_row_create(tx, county->actor, hj_pack_ledger(county->pack, "tally"),
                         county->orgs[org], 0, inputs, 3, issues, &key, error);
}

static void
write_pack(const County *county)
{
    static const char *const rolls[] = { "ratio", "mean", "sum", "none" };
    hj_pack_fixture_write(county->folder, "lists.yaml", lists_text);
    hj_pack_fixture_write(county->folder, "ledgers/tally.yaml", tally_ledger);
    hj_pack_fixture_write(county->folder, "ledgers/verdict.yaml", verdict_ledger);
    for (size_t i = 0; i < G_N_ELEMENTS(rolls); i++) {
        g_autofree char *file = g_strdup_printf("indicators/by_%s.yaml", rolls[i]);
        g_autofree char *text =
            g_strdup_printf(indicator_text, rolls[i], rolls[i], i < 2 ? "true" : "false");
        hj_pack_fixture_write(county->folder, file, text);
    }
}

County *
contest_new(HjFixtureKind kind, int n_committees, int n_villages)
{
    County *county = g_new0(County, 1);
    county->fixture = hj_store_fixture_new(kind, false);
    county->folder = hj_pack_fixture_new();
    county->n_committees = n_committees;
    county->n_villages = n_villages;
    write_pack(county);
    return county;
}

void
contest_open(County *county)
{
    g_autoptr(GError) error = NULL;
    county->pack = hj_pack_fixture_load(county->folder);
    county->actor = hj_actor_system(county->pack);
    contest_done(hj_store_write(county->fixture->store, seed_orgs, county, &error), &error);
}

void
contest_free(County *county)
{
    hj_actor_unref(county->actor);
    hj_pack_unref(county->pack);
    hj_pack_fixture_free(county->folder);
    hj_store_fixture_free(county->fixture);
    g_free(county);
}
HjScoreboard *
contest_compute(County *county, const char *scheme, const char *period_text)
{
    g_autoptr(GError) error = NULL;
    HjPeriod period;
    contest_done(hj_period_parse(period_text, &period, &error), &error);
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    HjScoreboard *board = hj_scheme_compute(
        tx, county->pack, hj_pack_scheme(county->pack, scheme), &period, &error);
    contest_done(board != NULL, &error);
    return board;
}
