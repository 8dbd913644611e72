/* M1: the relation of a member goes along with the member: the letter, the confirmation, the
 * register, and floating members, on the packs a county uses. */
#include <glib.h>

#define HJ_STORY_PACK HJ_TEST_SOURCE "/packs/cangxian"
#include "tests/flow/steps.h"

#define FROM HJ_COUNTY_VILLAGE "B1"
#define TO HJ_COUNTY_FOREIGN "B1"

typedef struct {
    HjCounty *county;
    HjActor *receiver; /* secretary of the receiving village */
    int64_t person, member, transfer;
} Moving;

static void
moving_clear(Moving *m)
{
    hj_actor_unref(m->receiver);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Moving, moving_clear)

static int64_t one(HjCounty *county, const char *format, ...) G_GNUC_PRINTF(2, 3);

static int64_t
one(HjCounty *county, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *sql = g_strdup_vprintf(format, args);
    va_end(args);
    return hj_county_i64(county, sql);
}

#define ID G_GINT64_FORMAT

static int64_t
new_member(HjCounty *county, const char *branch, int64_t person)
{
    g_autofree char *cited = g_strdup_printf("%" ID, person);
    return step_create(county, county->organizer, "member", branch, 0, "person", cited,
                       "status", "full", "admitted_on", "2000-07-01", "full_on", "2001-07-01",
                       NULL);
}

/* A transfer whose letter has gone to the receiving branch. */
static Moving
moving(HjCounty *county, const char *name)
{
    static int n;
    g_autofree char *letter = g_strdup_printf("组转%d", ++n);
    g_autofree char *account = g_strdup_printf("receiver%d", n);
    Moving m = { .county = county };
    hj_county_at(county, "2018-03-05T10:00:00+08:00");
    m.receiver = hj_county_account(county, account, "branch_secretary", HJ_COUNTY_FOREIGN);
    m.person = step_create(county, county->organizer, "person", HJ_COUNTY_VILLAGE, 0, "name",
                           name, "sex", "male", NULL);
    m.member = new_member(county, FROM, m.person);
    g_autofree char *member = g_strdup_printf("%" ID, m.member);
    m.transfer =
        step_create(county, county->secretary, "member_transfer", FROM, 0, "member", member,
                    "asked_on", "2018-03-01", "destination", "inside", "to_branch", TO, NULL);
    assert_step("dues_paid_to:required", county, county->secretary, "member_transfer",
                m.transfer, "submit", NULL);
    assert_step("", county, county->secretary, "member_transfer", m.transfer, "submit",
                "dues_paid_to", "2018-03", NULL);
    /* The letter is valid for as long as the county allows, and of one kind. */
    assert_step("letter_until:rule", county, county->town, "member_transfer", m.transfer,
                "send", "letter_no", letter, "letter_on", "2018-03-05", "letter_until",
                "2018-06-04", NULL);
    assert_step("destination:rule", county, county->town, "member_transfer", m.transfer,
                "send_out", "letter_no", letter, "letter_on", "2018-03-05", "letter_until",
                "2018-06-03", NULL);
    assert_step("", county, county->town, "member_transfer", m.transfer, "send", "letter_no",
                letter, "letter_on", "2018-03-05", "letter_until", "2018-06-03", NULL);
    return m;
}

static int64_t
arrival(const Moving *m)
{
    return one(m->county,
               "SELECT id FROM t_member_arrival WHERE state = 'waiting' AND parent = %" ID,
               m->transfer);
}

static int64_t
org_of(HjCounty *county, int64_t member)
{
    return one(county, "SELECT org FROM t_member WHERE id = %" ID, member);
}

static void
test_the_register_follows_when_the_receiving_branch_confirms(void **state)
{
    HjCounty *county = *state;
    g_auto(Moving) m = moving(county, "转入甲");
    int64_t row = arrival(&m);
    /* The receiving branch sees what was asked of it, not the register of the other. */
    g_autoptr(GError) error = NULL;
    assert_null(row_read(county, m.receiver, "member", m.member, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    assert_null(row_read(county, county->secretary, "member_arrival", row, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    assert_due("2018-06-03", county, row);
    hj_county_at(county, "2018-03-20T10:00:00+08:00");
    assert_step("arrived_on:required", county, m.receiver, "member_arrival", row, "accept",
                NULL);
    assert_step("arrived_on:rule", county, m.receiver, "member_arrival", row, "accept",
                "arrived_on", "2018-03-01", NULL);
    assert_int_equal(org_of(county, m.member), hj_county_org(county, FROM));
    assert_step("", county, m.receiver, "member_arrival", row, "accept", "arrived_on",
                "2018-03-20", NULL);
    assert_state("accepted", county, "member_arrival", row);
    assert_state("moved", county, "member_transfer", m.transfer);
    assert_int_equal(org_of(county, m.member), hj_county_org(county, TO));
    g_autofree char *since = step_text(county, "SELECT here_since FROM t_member WHERE "
                                               "here_since IS NOT NULL");
    assert_string_equal(since, "2018-03-20");
    /* Who keeps the register of each branch sees it there, and nowhere else. */
    g_autoptr(HjRows) seen = row_read(county, m.receiver, "member", m.member, &error);
    assert_done(seen != NULL, error);
    assert_null(row_read(county, county->secretary, "member", m.member, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    /* The history is one line from the first entry on. */
    assert_int_equal(one(county,
                         "SELECT COUNT(*) FROM sys_event WHERE row_id = %" ID
                         " AND ledger = 'member' AND action IN ('row.create', 'row.relocate')",
                         m.member),
                     2);
    assert_int_equal(
        one(county,
            "SELECT COUNT(*) FROM sys_task WHERE closed_at IS NULL AND row_id IN (%" ID ", %" ID
            ")",
            m.transfer, row),
        0);
}

static void
test_a_refusal_goes_back_to_the_letter_with_its_reason(void **state)
{
    HjCounty *county = *state;
    g_auto(Moving) m = moving(county, "转入乙");
    int64_t row = arrival(&m);
    assert_step("refused_why:required comment:required", county, m.receiver, "member_arrival",
                row, "refuse", NULL);
    assert_step("", county, m.receiver, "member_arrival", row, "refuse:介绍信姓名有误",
                "refused_why", "介绍信姓名有误", NULL);
    assert_state("letter", county, "member_transfer", m.transfer);
    assert_int_equal(org_of(county, m.member), hj_county_org(county, FROM));
    assert_int_equal(one(county,
                         "SELECT COUNT(*) FROM sys_task WHERE row_id = %" ID
                         " AND outcome = 'veto' AND opinion = '介绍信姓名有误'",
                         m.transfer),
                     1);
    /* Asked again, a new row; the first answer stays. */
    assert_step("", county, county->town, "member_transfer", m.transfer, "send", NULL);
    assert_step("", county, m.receiver, "member_arrival", arrival(&m), "accept", "arrived_on",
                "2018-03-05", NULL);
    assert_state("refused", county, "member_arrival", row);
    assert_int_equal(org_of(county, m.member), hj_county_org(county, TO));
}

static void
test_a_letter_is_recalled_until_it_is_answered(void **state)
{
    HjCounty *county = *state;
    g_auto(Moving) m = moving(county, "收回丙");
    int64_t row = arrival(&m);
    assert_step("", county, county->town, "member_transfer", m.transfer, "recall:本人改变主意",
                NULL);
    assert_state("called_off", county, "member_arrival", row);
    assert_step("This record has come to its end.", county, m.receiver, "member_arrival", row,
                "accept", "arrived_on", "2018-03-05", NULL);
    assert_int_equal(org_of(county, m.member), hj_county_org(county, FROM));
}

static void
test_a_branch_does_not_take_a_member_twice(void **state)
{
    HjCounty *county = *state;
    g_auto(Moving) m = moving(county, "重复丁");
    new_member(county, TO, m.person);
    assert_step("The organization it goes to has this record already.", county, m.receiver,
                "member_arrival", arrival(&m), "accept", "arrived_on", "2018-03-05", NULL);
    assert_state("sent", county, "member_transfer", m.transfer);
    assert_int_equal(org_of(county, m.member), hj_county_org(county, FROM));
}

static void
test_what_left_the_county_is_told_by_the_slip(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-04-05T10:00:00+08:00");
    int64_t person = step_create(county, county->organizer, "person", HJ_COUNTY_VILLAGE, 0,
                                 "name", "转出戊", "sex", "female", NULL);
    int64_t row = new_member(county, FROM, person);
    g_autofree char *member = g_strdup_printf("%" ID, row);
    int64_t transfer = step_create(county, county->secretary, "member_transfer", FROM, 0,
                                   "member", member, "asked_on", "2018-03-01", "destination",
                                   "outside", "to_outside", "某市某街道党工委", NULL);
    assert_step("", county, county->secretary, "member_transfer", transfer, "submit",
                "dues_paid_to", "2018-03", NULL);
    assert_step("", county, county->town, "member_transfer", transfer, "send_out", "letter_no",
                "组转外1", "letter_on", "2018-03-05", "letter_until", "2018-06-03", NULL);
    assert_step("", county, county->secretary, "member_transfer", transfer, "confirm",
                "slip_on", "2018-04-02", "left_on", "2018-04-01", NULL);
    assert_state("left", county, "member_transfer", transfer);
    g_autofree char *sql =
        g_strdup_printf("SELECT left_to || left_on FROM t_member WHERE id = %" ID, row);
    g_autofree char *left = step_text(county, sql);
    assert_string_equal(left, "某市某街道党工委2018-04-01");
    assert_int_equal(org_of(county, row), hj_county_org(county, FROM));
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_the_register_follows_when_the_receiving_branch_confirms),
    cmocka_unit_test(test_a_refusal_goes_back_to_the_letter_with_its_reason),
    cmocka_unit_test(test_a_letter_is_recalled_until_it_is_answered),
    cmocka_unit_test(test_a_branch_does_not_take_a_member_twice),
    cmocka_unit_test(test_what_left_the_county_is_told_by_the_slip),
};

HJ_STORY_MAIN(stories)
