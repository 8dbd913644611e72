/* M12 and M13: site projects from proposal to use, demonstration villages and zones, on the
 * packs a county uses. */
#include <glib.h>

#define HJ_STORY_PACK HJ_TEST_SOURCE "/packs/cangxian"
#include "core/flow.h"
#include "tests/flow/rows.h"
#include "tests/flow/steps.h"

#define VILLAGE HJ_COUNTY_VILLAGE
#define SIX "house,flag,plate,office,media,boards"

static int64_t
new_site(HjCounty *county, const char *condition, const char *area, const char *plates)
{
    hj_county_at(county, "2018-01-08T10:00:00+08:00");
    static int day;
    g_autofree char *surveyed = g_strdup_printf("2017-02-%02d", ++day % 28 + 1);
    return step_create(county, county->town, "village_site", VILLAGE, 0, "surveyed_on",
                       surveyed, "condition", condition, "area", area, "plates", plates, NULL);
}

static int64_t
new_project(HjCounty *county, int64_t site)
{
    g_autofree char *id = id_text(site);
    return step_create(county, county->secretary, "site_project", VILLAGE, 0, "name",
                       "场所提升", "site", id, "kind", "rebuilt", "proposed_on", "2018-01-08",
                       "area_planned", "100", "planned", "140000", NULL);
}

/* Up to the building site. */
static int64_t
project_being_built(HjCounty *county)
{
    int64_t id = new_project(county, new_site(county, "dangerous", "60", "3"));
    assert_step("", county, county->secretary, "site_project", id, "submit", NULL);
    assert_step("", county, county->organizer, "site_project", id, "approve", "approved_on",
                "2018-01-08", "approval_no", "批1", NULL);
    assert_step("", county, county->town, "site_project", id, "begin", "started_on",
                "2018-01-09", "finish_by", "2018-06-30", NULL);
    hj_county_at(county, "2018-06-15T10:00:00+08:00");
    return id;
}

static void
test_m12_a_village_cannot_approve_or_accept_its_own_project(void **state)
{
    HjCounty *county = *state;
    int64_t id = new_project(county, new_site(county, "blank", "0", "0"));
    assert_step("", county, county->secretary, "site_project", id, "submit", NULL);
    assert_step("Your roles do not allow this here.", county, county->town, "site_project", id,
                "approve", "approved_on", "2018-01-08", "approval_no", "批1", NULL);
    assert_step("approved_on:required approval_no:required", county, county->organizer,
                "site_project", id, "approve", NULL);
    assert_step("", county, county->organizer, "site_project", id, "cancel:资金未落实",
                "cancel_reason", "资金未落实", NULL);
    assert_state("cancelled", county, "site_project", id);
}

static void
test_m12_acceptance_needs_two_signatures_and_counts_only_then(void **state)
{
    HjCounty *county = *state;
    int64_t id = project_being_built(county);
    assert_step("", county, county->town, "site_project", id, "accept", "accepted_on",
                "2018-06-15", "area_built", "90.50", "area_after", "130", "investment",
                "139999.99", "six_haves", SIX, "document_no", "验1", NULL);
    assert_state("building", county, "site_project", id);
    assert_step("Your roles do not allow this here.", county, county->secretary, "site_project",
                id, "open", NULL);
    assert_step("", county, county->organizer, "site_project", id, "accept", NULL);
    assert_state("accepted", county, "site_project", id);
    assert_step("", county, county->secretary, "site_project", id, "open", "used_on",
                "2018-06-15", NULL);
    assert_state("in_use", county, "site_project", id);
}

static void
test_m12_six_haves_are_all_there_or_what_is_missing_is_said(void **state)
{
    HjCounty *county = *state;
    int64_t id = project_being_built(county);
    assert_step("haves_missing:rule", county, county->town, "site_project", id, "accept",
                "accepted_on", "2018-06-15", "area_built", "90", "area_after", "130",
                "investment", "140000", "six_haves", "house,flag", "document_no", "验1", NULL);
    /* The county chose the first list (parameter six_haves_list, an assumption). */
    assert_step("six_haves_service:rule", county, county->town, "site_project", id, "accept",
                "six_haves_service", "place,equipment,rules,files,activities,minutes", NULL);
    assert_step("", county, county->town, "site_project", id, "accept", "accepted_on",
                "2018-06-15", "area_built", "90", "area_after", "130", "investment", "140000",
                "six_haves", "house,flag", "haves_missing", "九月底前补齐", "document_no",
                "验1", NULL);
}

static void
test_eco_1_payments_are_exact_and_only_reversed(void **state)
{
    HjCounty *county = *state;
    int64_t id = project_being_built(county);
    step_create(county, county->town, "site_payment", VILLAGE, id, "paid_on", "2018-03-01",
                "amount", "84000.01", "voucher", "记1", NULL);
    step_create(county, county->town, "site_payment", VILLAGE, id, "paid_on", "2018-03-02",
                "amount", "-84000.01", "voucher", "冲1", NULL);
    step_create(county, county->town, "site_payment", VILLAGE, id, "paid_on", "2018-03-03",
                "amount", "140000", "voucher", "记2", NULL);
    assert_create_refused("amount:rule", county, county->town, "site_payment", VILLAGE, id,
                          "paid_on", "2018-03-04", "amount", "0.01", "voucher", "记3", NULL);
    g_autofree char *sql = g_strdup_printf("SELECT CAST(SUM(amount) AS BIGINT) FROM "
                                           "t_site_payment WHERE parent = %" G_GINT64_FORMAT,
                                           id);
    assert_int_equal(hj_county_i64(county, sql), 14000000);
    /* Accepted for less than was paid: first look into the payments. */
    assert_step("investment:rule", county, county->town, "site_project", id, "accept",
                "accepted_on", "2018-06-15", "area_built", "90", "area_after", "130",
                "investment", "139999.99", "six_haves", SIX, "document_no", "验1", NULL);
}

static void
test_f_04_pictures_are_asked_for_nowhere(void **state)
{
    HjCounty *county = *state;
    static const char *const ledgers[] = { "village_site", "site_project",
                                           "demonstration_village" };
    for (size_t i = 0; i < G_N_ELEMENTS(ledgers); i++) {
        const HjLedger *ledger = hj_county_ledger(county, ledgers[i]);
        const HjField *photos = hj_pack_field(ledger, "photos");
        assert_non_null(photos);
        assert_false(photos->required);
        for (size_t n = 0; ledger->flow != NULL && n < ledger->flow->n_nodes; n++) {
            const HjFlowNode *node = &ledger->flow->nodes[n];
            for (size_t k = 0; k < node->n_needs; k++)
                assert_string_not_equal(node->needs[k], "photos");
            for (size_t k = 0; k < node->n_evidence; k++)
                assert_string_not_equal(node->evidence[k], "photos");
        }
    }
}

static void
test_f_17_plates_are_counted_as_a_reminder_and_refuse_nothing(void **state)
{
    HjCounty *county = *state;
    new_site(county, "usable", "120", "9");
    assert_string_equal(hj_pack_param(county->pack, "allowed_plates", hj_date_make(2018, 1, 1)),
                        "3");
    assert_true(hj_pack_param_named(county->pack, "allowed_plates")->assumption);
}

static void
test_m12_both_lists_of_six_are_shipped_as_assumptions(void **state)
{
    HjCounty *county = *state;
    static const char *const lists[] = { "six_haves", "six_haves_service" };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const HjList *list = hj_pack_list(county->pack, lists[i]);
        assert_non_null(list);
        assert_int_equal(list->n_items, 6);
        assert_true(list->assumption);
    }
}

static void
test_m13_a_demonstration_village_is_taken_down_with_a_reason(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2017-05-02T10:00:00+08:00");
    int64_t id = step_create(county, county->secretary, "demonstration_village", VILLAGE, 0,
                             "theme", "服务群众", "applied_on", "2017-05-02", NULL);
    assert_step("", county, county->secretary, "demonstration_village", id, "submit", NULL);
    assert_step("Your roles do not allow this here.", county, county->secretary,
                "demonstration_village", id, "pass", "checked_on", "2017-05-02", NULL);
    assert_step("", county, county->town, "demonstration_village", id, "pass", "checked_on",
                "2017-05-02", NULL);
    assert_step("", county, county->organizer, "demonstration_village", id, "accept",
                "accepted_on", "2017-05-02", "investment", "230000.50", "document_no", "示1",
                NULL);
    /* Checked once a year: twelve months from the acceptance. */
    assert_due("2018-05-02", county, id);
    hj_county_at(county, "2018-04-20T10:00:00+08:00");
    assert_step("", county, county->town, "demonstration_village", id, "recheck",
                "last_check_on", "2018-04-20", "check_finding", "场所闲置", NULL);
    assert_step("withdrawn_on:required withdraw_reason:required comment:required", county,
                county->organizer, "demonstration_village", id, "take_down", NULL);
    assert_step("", county, county->organizer, "demonstration_village", id,
                "take_down:场所闲置半年", "withdrawn_on", "2018-04-20", "withdraw_reason",
                "场所闲置", NULL);
    assert_state("withdrawn", county, "demonstration_village", id);
}

static void
test_m13_a_kept_village_is_due_again_a_year_later(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2017-03-01T10:00:00+08:00");
    int64_t id = step_create(county, county->town, "zone", HJ_COUNTY_TOWN, 0, "name", "示范区",
                             "class", "township", "applied_on", "2017-03-01", NULL);
    assert_step("", county, county->town, "zone", id, "submit", NULL);
    assert_step("", county, county->organizer, "zone", id, "accept", "designated_on",
                "2017-03-01", "document_no", "示2", NULL);
    hj_county_at(county, "2018-02-20T10:00:00+08:00");
    assert_step("", county, county->town, "zone", id, "recheck", "last_check_on", "2018-02-20",
                "check_finding", "在用", NULL);
    assert_step("", county, county->organizer, "zone", id, "keep", NULL);
    assert_due("2019-02-20", county, id);
    assert_create_refused("class:rule", county, county->town, "zone", HJ_COUNTY_TOWN, 0, "name",
                          "又一个", "class", "township", "applied_on", "2018-02-20", NULL);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_m12_a_village_cannot_approve_or_accept_its_own_project),
    cmocka_unit_test(test_m12_acceptance_needs_two_signatures_and_counts_only_then),
    cmocka_unit_test(test_m12_six_haves_are_all_there_or_what_is_missing_is_said),
    cmocka_unit_test(test_eco_1_payments_are_exact_and_only_reversed),
    cmocka_unit_test(test_f_04_pictures_are_asked_for_nowhere),
    cmocka_unit_test(test_f_17_plates_are_counted_as_a_reminder_and_refuse_nothing),
    cmocka_unit_test(test_m12_both_lists_of_six_are_shipped_as_assumptions),
    cmocka_unit_test(test_m13_a_demonstration_village_is_taken_down_with_a_reason),
    cmocka_unit_test(test_m13_a_kept_village_is_due_again_a_year_later),
};

HJ_STORY_MAIN(stories)
