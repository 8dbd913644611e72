/* A department directly under the county, which no township organizer and no branch secretary
 * reaches: its clerk answers what is asked of it, and sees nothing else. */
#include <glib.h>

#define HJ_STORY_PACK HJ_TEST_SOURCE "/packs/cangxian"
#include "core/access.h"
#include "core/due.h"
#include "tests/flow/steps.h"

#define DEPARTMENT "130921D01"
#define OTHER_DEPARTMENT "130921D02"

static bool
found_departments(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data,
                  GError **error)
{
    static const HjOrgSeed seeds[] = {
        { DEPARTMENT, "县民政局", "department", HJ_COUNTY_ROOT },
        { OTHER_DEPARTMENT, "县信访局", "department", HJ_COUNTY_ROOT },
    };
    (void)county;
    (void)data;
    return hj_org_seed(tx, actor, seeds, G_N_ELEMENTS(seeds), hj_date_make(2017, 1, 1), error);
}

/* The clerks of the two departments, each made once. */
typedef struct {
    HjActor *own, *other;
} Clerks;

static void
clerks_clear(Clerks *clerks)
{
    hj_actor_unref(clerks->own);
    hj_actor_unref(clerks->other);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Clerks, clerks_clear)

static Clerks
clerks_of(HjCounty *county, const char *prefix)
{
    g_autofree char *own = g_strconcat(prefix, ".own", NULL);
    g_autofree char *other = g_strconcat(prefix, ".other", NULL);
    if (hj_county_i64(county, "SELECT COUNT(*) FROM sys_org WHERE kind = 'department'") == 0) {
        g_autoptr(GError) error = NULL;
        assert_done(hj_county_write(county, county->system, found_departments, NULL, &error),
                    error);
    }
    return (Clerks){ hj_county_account(county, own, "department_clerk", DEPARTMENT),
                     hj_county_account(county, other, "department_clerk", OTHER_DEPARTMENT) };
}

static int64_t
n_waiting(HjCounty *county, const HjActor *actor)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    int64_t n = -1;
    assert_done(hj_due_waiting(tx, actor, 100, &n, &error), error);
    return n;
}

static void
test_m25_an_overdue_matter_of_a_department_is_signed_for_and_answered_by_its_clerk(void **state)
{
    static const char ledger[] = "supervised_item";
    static const char denied[] = "Your roles do not allow this here.";
    HjCounty *county = *state;
    g_auto(Clerks) clerks = clerks_of(county, "items");
    hj_county_at(county, "2018-03-01T10:00:00+08:00");
    int64_t id = step_create(county, county->organizer, ledger, DEPARTMENT, 0, "subject",
                             "低保数据核对", "kind", "overdue", "opened_on", "2018-03-01",
                             "was_due_on", "2018-02-23", NULL);
    /* It is not the department that assigns the matter to itself. */
    assert_step(denied, county, clerks.own, ledger, id, "assign", "demand", "核对完毕",
                "finish_by", "2018-04-02", NULL);
    assert_int_equal(n_waiting(county, clerks.own), 0);
    assert_step("", county, county->organizer, ledger, id, "assign", "demand", "核对完毕",
                "finish_by", "2018-04-02", NULL);
    assert_int_equal(n_waiting(county, clerks.own), 1);
    assert_int_equal(n_waiting(county, clerks.other), 0);
    /* Three working days: the first is a Thursday. */
    assert_due("2018-03-06", county, id);
    assert_step("There is nothing here.", county, clerks.other, ledger, id, "sign", NULL);
    assert_step("There is nothing here.", county, county->town, ledger, id, "sign", NULL);
    assert_step("", county, clerks.own, ledger, id, "sign", NULL);
    assert_due("2018-04-02", county, id);
    assert_step("answer:required", county, clerks.own, ledger, id, "report", NULL);
    assert_step("", county, clerks.own, ledger, id, "report", "answer", "已核对", NULL);
    assert_int_equal(n_waiting(county, clerks.own), 0);
    assert_step(denied, county, clerks.own, ledger, id, "check", "finding", "属实", NULL);
    assert_step("", county, county->organizer, ledger, id, "check", "finding", "属实", NULL);
    assert_step(denied, county, clerks.own, ledger, id, "close", NULL);
    assert_step("", county, county->organizer, ledger, id, "close", NULL);
    assert_state("closed", county, ledger, id);
}

static void
test_m2_a_decision_of_a_department_is_reported_done_by_its_clerk(void **state)
{
    HjCounty *county = *state;
    g_auto(Clerks) clerks = clerks_of(county, "decisions");
    hj_county_at(county, "2018-03-01T10:00:00+08:00");
    int64_t meeting =
        step_create(county, county->organizer, "special_meeting", HJ_COUNTY_ROOT, 0, "subject",
                    "基层党建专题会", "kind", "special", "held_on", "2018-03-01", "minutes_no",
                    "纪要1", "minutes", "议定一项", NULL);
    int64_t id = step_create(county, county->organizer, "decision", DEPARTMENT, meeting,
                             "matter", "核对低保数据", "minutes_no", "纪要1", "decided_on",
                             "2018-03-01", "finish_by", "2018-03-30", NULL);
    assert_int_equal(n_waiting(county, clerks.own), 1);
    assert_step("There is nothing here.", county, clerks.other, "decision", id, "report", NULL);
    assert_step("", county, clerks.own, "decision", id, "report", "done_on", "2018-03-01",
                "result", "已核对", NULL);
    assert_state("answered", county, "decision", id);
}

static void
test_a_clerk_keeps_the_people_and_posts_of_the_department_and_of_no_other(void **state)
{
    HjCounty *county = *state;
    g_auto(Clerks) clerks = clerks_of(county, "people");
    int64_t person = step_create(county, clerks.own, "person", DEPARTMENT, 0, "name", "王一",
                                 "sex", "male", NULL);
    g_autofree char *cited = g_strdup_printf("%" G_GINT64_FORMAT, person);
    step_create(county, clerks.own, "post", DEPARTMENT, 0, "person", cited, "position",
                "secretary", "way", "appointed", "from_on", "2018-01-01", "term_ends_on",
                "2021-01-01", NULL);
    assert_create_refused("There is nothing here.", county, clerks.own, "person",
                          OTHER_DEPARTMENT, 0, "name", "王二", "sex", "male", NULL);
    assert_create_refused("There is nothing here.", county, clerks.own, "person",
                          HJ_COUNTY_VILLAGE, 0, "name", "王三", "sex", "male", NULL);
}

static void
test_a_clerk_sees_these_ledgers_and_no_other(void **state)
{
    static const char *const seen[] = { "decision", "person", "post", "supervised_item", NULL };
    HjCounty *county = *state;
    g_auto(Clerks) clerks = clerks_of(county, "ledgers");
    size_t n = 0;
    for (size_t i = 0; i < county->pack->n_ledgers; i++) {
        const HjLedger *ledger = &county->pack->ledgers[i];
        bool wanted = g_strv_contains(seen, ledger->name);
        if (hj_access_may_ledger(clerks.own, ledger, HJ_ACCESS_VIEW) != wanted ||
            hj_access_may_ledger(clerks.own, ledger, HJ_ACCESS_ENTER) != wanted)
            fail_msg("%s", ledger->name);
        n += wanted;
    }
    assert_int_equal(n, G_N_ELEMENTS(seen) - 1);
    assert_false(hj_access_may(clerks.own, "indicator.view"));
    assert_false(hj_access_may(clerks.own, "scheme.view"));
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(
        test_m25_an_overdue_matter_of_a_department_is_signed_for_and_answered_by_its_clerk),
    cmocka_unit_test(test_m2_a_decision_of_a_department_is_reported_done_by_its_clerk),
    cmocka_unit_test(test_a_clerk_keeps_the_people_and_posts_of_the_department_and_of_no_other),
    cmocka_unit_test(test_a_clerk_sees_these_ledgers_and_no_other),
};

HJ_STORY_MAIN(stories)
