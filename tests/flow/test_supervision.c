#define HJ_STORY_PACK "pack_cadence"
#include "core/digest.h"
#include "core/due.h"
#include "core/flow.h"
#include "core/setting.h"
#include "core/supervise.h"
#include "tests/flow/rows.h"

#define BRANCH HJ_COUNTY_VILLAGE "B1"

static bool
run_tick(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    (void)county;
    return hj_supervise_tick(tx, actor, data, error);
}

/* "opened done escalated refused" */
static char *
tick_on(HjCounty *county, const char *day)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *instant = g_strconcat(day, "T12:00:00+08:00", NULL);
    HjSuperviseReport report;
    hj_county_at(county, instant);
    assert_done(hj_county_write(county, county->system, run_tick, &report, &error), error);
    return g_strdup_printf("%d %d %d %d", (int)report.n_opened, (int)report.n_done,
                           (int)report.n_escalated, (int)report.n_refused);
}

#define assert_tick(wanted, county, day)                                                       \
    do {                                                                                       \
        g_autofree char *is_ = tick_on((county), (day));                                       \
        assert_string_equal(is_, (wanted));                                                    \
    } while (false)

static int64_t
item_of(HjCounty *county, int64_t row)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT COALESCE(MAX(item), 0) FROM sys_supervised WHERE row_id = %" G_GINT64_FORMAT,
        row);
    return hj_county_i64(county, sql);
}

static int64_t
new_row(HjCounty *county, const HjActor *actor, const char *ledger, const char *org,
        const HjRowInput *inputs, size_t n)
{
    g_auto(Entry) e = entry_of(county, ledger, org);
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < n; i++)
        e.inputs[e.n++] = inputs[i];
    assert_done(hj_county_write(county, actor, run_create, &e, &error), error);
    return e.key.id;
}

static int64_t
new_errand(HjCounty *county, const char *subject)
{
    const HjRowInput inputs[] = { { .name = "subject", .text = subject } };
    return new_row(county, county->secretary, "errand", HJ_COUNTY_VILLAGE, inputs, 1);
}

typedef struct {
    const HjLedger *ledger;
    int64_t id, version;
    const char *action;
} Step;

static bool
run_step(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    const Step *step = data;
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjRowKey key;
    const HjFlowAct act = { .action = step->action,
                            .version = step->version,
                            .on = HJ_DATE_NONE };
    (void)county;
    return hj_flow_act(tx, actor, step->ledger, step->id, &act, issues, &key, error);
}

static void
act(HjCounty *county, const HjActor *actor, const char *ledger, int64_t id, const char *action)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *sql =
        g_strdup_printf("SELECT version FROM t_%s WHERE id = %" G_GINT64_FORMAT, ledger, id);
    Step step = { hj_county_ledger(county, ledger), id, hj_county_i64(county, sql), action };
    assert_done(hj_county_write(county, actor, run_step, &step, &error), error);
}

/* One text of the supervised row. */
#define assert_field(wanted, county, item, field)                                              \
    do {                                                                                       \
        g_autoptr(GError) error_ = NULL;                                                       \
        g_autoptr(HjRows) row_ =                                                               \
            row_read((county), (county)->organizer, "supervised", (item), &error_);            \
        assert_done(row_ != NULL, error_);                                                     \
        const char *text_ = hj_rows_text(row_, (field));                                       \
        assert_string_equal(text_ != NULL ? text_ : "", (wanted));                             \
    } while (false)

/* The first half-year is in order. */
static void
hold_meetings(HjCounty *county)
{
    static const char *const branches[] = { BRANCH, HJ_COUNTY_SIBLING "B1",
                                            HJ_COUNTY_FOREIGN "B1" };
    static const char *const days[] = { "2018-03-05", "2018-06-05" };
    for (size_t i = 0; i < G_N_ELEMENTS(branches) * 2; i++)
        row_add(county, county->system, "session", branches[i / 2], "subject", "学习", "kind",
                "branch", "held_on", days[i % 2], "minutes", "记录", NULL);
}

static void
test_what_is_overdue_opens_one_item_after_its_span(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-06-11T12:00:00+08:00");
    hold_meetings(county);
    assert_tick("0 0 0 0", county, "2018-06-11");
    int64_t id = new_errand(county, "修路");
    /* Due on 13 June; three working days later is Tuesday the 19th, for the 18th is off. */
    assert_tick("0 0 0 0", county, "2018-06-14");
    assert_tick("0 0 0 0", county, "2018-06-19");
    assert_tick("1 0 0 0", county, "2018-06-20");
    assert_tick("0 0 0 0", county, "2018-06-20");
    assert_tick("0 0 0 0", county, "2018-06-21");
    int64_t item = item_of(county, id);
    assert_field("交办事项“修路”待办逾期", county, item, "subject");
    assert_field("2018-06-13", county, item, "due_on");
    assert_field("2018-06-20", county, item, "opened_on");
    assert_field("set_up", county, item, "state");
    assert_field("沧督〔2018〕1号", county, item, "number");
    assert_field(HJ_COUNTY_VILLAGE, county, item, "org_code");
}

static void
test_the_item_is_told_when_the_matter_is_done_and_people_close_it(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-07-02T12:00:00+08:00");
    int64_t id = new_errand(county, "挖渠");
    g_autofree char *before = tick_on(county, "2018-07-11");
    assert_non_null(before);
    int64_t item = item_of(county, id);
    assert_true(item != 0);
    act(county, county->secretary, "errand", id, "finish");
    g_autofree char *after = tick_on(county, "2018-07-12");
    assert_non_null(strstr(after, "0 1 "));
    assert_field("2018-07-11", county, item, "done_on");
    assert_field("set_up", county, item, "state");
    act(county, county->town, "supervised", item, "assign");
    act(county, county->secretary, "supervised", item, "report");
    act(county, county->town, "supervised", item, "close");
    assert_field("closed", county, item, "state");
    assert_tick("0 0 0 0", county, "2018-07-13");
}

static int64_t
n_told(HjCounty *county, int64_t item)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT COUNT(*) FROM sys_task WHERE kind = 'copy' AND roles = ',county_organizer,' "
        "AND row_id = %" G_GINT64_FORMAT,
        item);
    return hj_county_i64(county, sql);
}

static void
test_what_stays_open_is_told_to_the_superior_once(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-08-01T12:00:00+08:00");
    int64_t id = new_errand(county, "架桥");
    assert_tick("1 0 0 0", county, "2018-08-09");
    int64_t item = item_of(county, id);
    assert_tick("0 0 0 0", county, "2018-08-14");
    assert_int_equal(n_told(county, item), 0);
    assert_tick("0 0 1 0", county, "2018-08-15");
    assert_tick("0 0 0 0", county, "2018-08-16");
    assert_int_equal(n_told(county, item), 1);
    assert_field("2018-08-15", county, item, "told_on");
    act(county, county->town, "supervised", item, "assign");
    act(county, county->secretary, "supervised", item, "report");
    act(county, county->town, "supervised", item, "close");
    act(county, county->secretary, "errand", id, "finish");
}

static void
test_a_missed_duty_opens_one_item_and_not_a_second_while_it_goes_on(void **state)
{
    HjCounty *county = *state;
    /* OL-01: the third quarter is over on 30 September, ten days later on 10 October. */
    assert_tick("3 1 0 0", county, "2018-10-11");
    assert_tick("0 0 0 0", county, "2018-10-12");
    g_autofree char *sql = g_strdup_printf(
        "SELECT item FROM sys_supervised WHERE cadence = 'branch_meeting' AND org = "
        "%" G_GINT64_FORMAT,
        hj_county_org(county, BRANCH));
    int64_t item = hj_county_i64(county, sql);
    assert_field("支部党员大会：2018-07-01至2018-09-30缺1次", county, item, "subject");
    assert_field("OL-01", county, item, "basis");
    /* Entered late, dated inside: the item is told, and goes on until people close it. */
    row_add(county, county->town, "session", BRANCH, "subject", "补录", "kind", "branch",
            "held_on", "2018-09-28", "minutes", "记录", NULL);
    assert_tick("0 1 0 0", county, "2018-10-13");
    assert_field("2018-10-13", county, item, "done_on");
    assert_tick("0 0 0 0", county, "2019-01-11");
    act(county, county->town, "supervised", item, "assign");
    act(county, county->town, "supervised", item, "report");
    act(county, county->town, "supervised", item, "close");
    /* The fourth quarter is another matter; the two others still go on. */
    assert_tick("1 0 0 0", county, "2019-01-11");
}

static void
test_numbers_have_no_gaps_in_a_year(void **state)
{
    HjCounty *county = *state;
    int64_t n = hj_county_i64(county, "SELECT COUNT(*) FROM t_supervised WHERE number LIKE "
                                      "'%2018%'");
    assert_int_equal(hj_county_i64(county, "SELECT last FROM sys_number WHERE year = 2018"), n);
    assert_int_equal(hj_county_i64(county, "SELECT COUNT(DISTINCT number) FROM t_supervised"),
                     hj_county_i64(county, "SELECT COUNT(*) FROM t_supervised"));
    /* A refused row takes none, and nobody writes one himself. */
    assert_refused("opened_on:required", county, county->town, "supervised", HJ_COUNTY_VILLAGE,
                   "subject", "缺日期");
    assert_refused("number:unknown", county, county->town, "supervised", HJ_COUNTY_VILLAGE,
                   "subject", "自编号", "opened_on", "2018-10-15", "number", "沧督〔2018〕1号");
    assert_int_equal(hj_county_i64(county, "SELECT last FROM sys_number WHERE year = 2018"), n);
    const HjRowInput inputs[] = { { .name = "subject", .text = "明年的" },
                                  { .name = "opened_on", .text = "2020-01-02" } };
    int64_t id = new_row(county, county->town, "supervised", HJ_COUNTY_VILLAGE, inputs, 2);
    assert_field("沧督〔2020〕1号", county, id, "number");
}

static void
test_a_row_is_due_on_the_day_it_names(void **state)
{
    HjCounty *county = *state;
    const HjRowInput inputs[] = { { .name = "subject", .text = "限期" },
                                  { .name = "opened_on", .text = "2019-01-11" },
                                  { .name = "finish_by", .text = "2019-02-28" } };
    int64_t id = new_row(county, county->town, "supervised", HJ_COUNTY_VILLAGE, inputs, 3);
    act(county, county->town, "supervised", id, "assign");
    g_autofree char *sql =
        g_strdup_printf("SELECT COUNT(*) FROM sys_task WHERE closed_at IS NULL AND due_on = "
                        "'2019-02-28' AND row_id = %" G_GINT64_FORMAT,
                        id);
    assert_int_equal(hj_county_i64(county, sql), 1);
}

static void
test_a_void_matter_and_a_void_item_stop_nothing(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    hj_county_at(county, "2018-11-01T12:00:00+08:00");
    int64_t id = new_errand(county, "作废");
    g_autofree char *opened = tick_on(county, "2018-11-12");
    assert_non_null(opened);
    int64_t item = item_of(county, id);
    assert_true(item != 0);
    assert_done(row_void(county, county->secretary, "errand", id, 1, "录错", &error), error);
    assert_done(row_void(county, county->town, "supervised", item, 1, "录错", &error), error);
    g_autofree char *after = tick_on(county, "2018-11-13");
    assert_non_null(strstr(after, "0 1 "));
    assert_tick("0 0 0 0", county, "2018-11-13");
}

typedef struct {
    HjDigest digest;
    HjDigestState state;
} Look;

static Look
look(HjCounty *county, const HjActor *actor)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    Look look;
    assert_done(hj_digest_compute(tx, actor, &look.digest, &error), error);
    assert_done(hj_digest_state(tx, actor, &look.state, &error), error);
    return look;
}

static bool
run_read(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    (void)county;
    (void)data;
    return hj_digest_read(tx, actor, error);
}

static bool
run_switch(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    (void)county;
    return hj_digest_switch(tx, actor, *(const bool *)data, error);
}

static void
test_the_digest_is_announced_once_a_week_by_day_to_who_wants_it(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    bool off = true, on = false;
    /* Monday 19 November 2018: not at night. */
    hj_county_at(county, "2018-11-19T07:59:00+08:00");
    assert_false(look(county, county->secretary).state.announced);
    hj_county_at(county, "2018-11-19T08:00:00+08:00");
    assert_true(look(county, county->secretary).state.announced);
    assert_done(hj_county_write(county, county->secretary, run_read, NULL, &error), error);
    assert_false(look(county, county->secretary).state.announced);
    assert_true(look(county, county->town).state.announced);
    hj_county_at(county, "2018-11-25T12:00:00+08:00");
    assert_false(look(county, county->secretary).state.announced);
    hj_county_at(county, "2018-11-26T12:00:00+08:00");
    assert_true(look(county, county->secretary).state.announced);
    assert_done(hj_county_write(county, county->secretary, run_switch, &off, &error), error);
    assert_false(look(county, county->secretary).state.announced);
    assert_done(hj_county_write(county, county->secretary, run_switch, &on, &error), error);
    assert_true(look(county, county->secretary).state.announced);
}

static bool
run_setting(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    (void)county;
    g_autoptr(HjIssues) issues = hj_issues_new();
    return hj_setting_change(tx, actor, "digest", data, issues, error);
}

static void
test_the_digest_is_switched_off_for_the_whole_county(void **state)
{
    HjCounty *county = *state;
    char off[] = "0", on[] = "1";
    g_autoptr(GError) error = NULL;
    hj_county_at(county, "2018-12-03T12:00:00+08:00");
    assert_true(look(county, county->town).state.announced);
    assert_false(hj_county_write(county, county->town, run_setting, off, &error));
    assert_int_equal(error->code, HJ_ERROR_DENIED);
    g_clear_error(&error);
    assert_done(hj_county_write(county, county->system, run_setting, off, &error), error);
    HjDigestState closed = look(county, county->town).state;
    assert_true(closed.closed);
    assert_false(closed.announced);
    /* What somebody decided for himself stays. */
    assert_false(closed.off);
    assert_done(hj_county_write(county, county->system, run_setting, on, &error), error);
    assert_true(look(county, county->town).state.announced);
}

static void
test_the_digest_tells_what_happened_in_the_week_before(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-12-05T12:00:00+08:00");
    int64_t id = new_errand(county, "清雪");
    hj_county_at(county, "2018-12-08T12:00:00+08:00");
    act(county, county->secretary, "errand", id, "finish");
    hj_county_at(county, "2018-12-10T09:00:00+08:00");
    HjDigest own = look(county, county->secretary).digest;
    assert_int_equal(own.n_opened, 1);
    assert_int_equal(own.n_closed, 1);
    assert_int_equal(own.n_closed_late, 1);
    HjDigest other = look(county, county->other).digest;
    assert_int_equal(other.n_opened, 0);
    assert_int_equal(other.n_closed, 0);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_what_is_overdue_opens_one_item_after_its_span),
    cmocka_unit_test(test_the_item_is_told_when_the_matter_is_done_and_people_close_it),
    cmocka_unit_test(test_what_stays_open_is_told_to_the_superior_once),
    cmocka_unit_test(test_a_missed_duty_opens_one_item_and_not_a_second_while_it_goes_on),
    cmocka_unit_test(test_numbers_have_no_gaps_in_a_year),
    cmocka_unit_test(test_a_row_is_due_on_the_day_it_names),
    cmocka_unit_test(test_a_void_matter_and_a_void_item_stop_nothing),
    cmocka_unit_test(test_the_digest_is_announced_once_a_week_by_day_to_who_wants_it),
    cmocka_unit_test(test_the_digest_is_switched_off_for_the_whole_county),
    cmocka_unit_test(test_the_digest_tells_what_happened_in_the_week_before),
};

HJ_STORY_MAIN(stories)
