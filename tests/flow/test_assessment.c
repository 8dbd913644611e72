/* A contest of two committees, from the open card to the answered appeal and the proof of it.
 */
#define HJ_STORY_PACK "pack_contest"
#include "core/assessment_verify.h"
#include "core/rehearsal.h"
#include "store/copy.h"
#include "tests/flow/rows.h"

#define AFTER "2018-07-02T12:00:00+08:00" /* the half-year is over, a Monday */
#define IN_TIME "2018-07-09T12:00:00+08:00"
#define LATE "2018-07-10T12:00:00+08:00"

typedef enum {
    OPEN,
    APPROVE,
    ACCEPT,
    WITHDRAW,
    ANNOUNCE,
    PUBLISH,
    MARK,
    APPEAL,
    ANSWER,
    PUBLISH_AND_FAIL
} Act;
typedef struct {
    Act act;
    const char *scheme, *period, *org, *text;
    HjAssessmentMark mark;
    HjAssessmentAnswer answer;
    HjIssues *issues;
    int64_t ret;
} Doing;

static bool
run_act(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Doing *d = data;
    const int64_t org = d->org != NULL ? hj_county_org(county, d->org) : 0;
    HjAssessment a;
    HjPeriod period;
    if (!hj_period_parse(d->period, &period, error) ||
        !hj_assessment_find(tx, county->pack, hj_pack_scheme(county->pack, d->scheme), &period,
                            &a, error))
        return false;
    hj_issues_clear(d->issues);
    d->mark.org = org;
    switch (d->act) {
    case OPEN:
        return hj_assessment_open(tx, actor, a.scheme, &period, &a, error);
    case APPROVE:
        return hj_assessment_approve(tx, actor, &a, org, &d->ret, error);
    case ACCEPT:
        return hj_assessment_accept(tx, actor, &a, org, &d->ret, error);
    case WITHDRAW:
        return hj_assessment_withdraw(tx, actor, &a, org, d->text, error);
    case ANNOUNCE:
        return hj_assessment_announce(tx, actor, &a, error);
    case MARK:
        return hj_assessment_mark(tx, actor, &a, &d->mark, d->issues, error);
    case APPEAL:
        return hj_assessment_appeal(tx, actor, &a, org, d->mark.item, d->text, d->issues,
                                    &d->ret, error);
    case ANSWER:
        return hj_assessment_answer(tx, actor, &d->answer, d->issues, &d->ret, error);
    case PUBLISH:
        return hj_assessment_publish(tx, actor, &a, &d->ret, error);
    case PUBLISH_AND_FAIL:
        return hj_assessment_publish(tx, actor, &a, &d->ret, error) &&
               hj_error_log(error, HJ_ERROR_INTERNAL, "the machine stopped here");
    }
    g_assert_not_reached();
}

/* "done", or the kind of refusal. */
static const char *
try(HjCounty *county, const HjActor *actor, Doing *d)
{
    static const char *const names[] = { "invalid",   "malformed", "denied",
                                         "not found", "conflict",  "busy",
                                         "store",     "internal",  "full" };
    g_autoptr(GError) error = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    d->issues = issues;
    if (d->scheme == NULL)
        d->scheme = "race";
    if (d->period == NULL)
        d->period = "2018H1";
    const bool done = hj_county_write(county, actor, run_act, d, &error);
    d->issues = NULL;
    if (!done && error->code == HJ_ERROR_STORE)
        print_error("%s\n", error->message);
    return done ? "done" : names[error->code];
}

#define assert_act(wanted, county, who, ...)                                                   \
    do {                                                                                       \
        Doing doing_ = { __VA_ARGS__ };                                                        \
        assert_string_equal(try((county), (who), &doing_), (wanted));                          \
    } while (false)

static int64_t
done_act(HjCounty *county, const HjActor *actor, Doing d)
{
    assert_string_equal(try(county, actor, &d), "done");
    return d.ret;
}

/* --- the county --- */

static HjFixtureKind kind;

static int64_t
tally(HjCounty *county, const char *village, const char *done, const char *due)
{
    return row_add(county, county->system, "tally", village, "on_day", "2018-05-01", "done",
                   done, "due", due, NULL);
}

/* 甲镇 (8 + 6) / 20 = 70 %: 49 points, and 5 for a result; 乙镇 90 %: 63, less 3. */
static int
setup(void **state)
{
    HjCounty *county = hj_county_new_with(kind, HJ_STORY_PACK);
    *state = county;
    tally(county, HJ_COUNTY_VILLAGE, "8", "10");
    tally(county, HJ_COUNTY_SIBLING, "6", "10");
    tally(county, HJ_COUNTY_FOREIGN, "9", "10");
    row_add(county, county->system, "verdict", HJ_COUNTY_TOWN, "kind", "result", "on_day",
            "2018-04-01", "points", "5", NULL);
    row_add(county, county->system, "verdict", HJ_COUNTY_OTHER_TOWN, "kind", "fault", "on_day",
            "2018-04-01", NULL);
    hj_county_at(county, AFTER);
    return 0;
}

static int
teardown(void **state)
{
    hj_county_free(*state);
    return 0;
}

static void
accept_all(HjCounty *county)
{
    done_act(county, county->town, (Doing){ .act = APPROVE, .org = HJ_COUNTY_TOWN });
    done_act(county, county->other, (Doing){ .act = APPROVE, .org = HJ_COUNTY_OTHER_TOWN });
    assert_int_equal(
        done_act(county, county->organizer, (Doing){ .act = ACCEPT, .org = HJ_COUNTY_ROOT }),
        2);
}

static void
publish_all(HjCounty *county)
{
    accept_all(county);
    assert_int_equal(done_act(county, county->organizer, (Doing){ .act = PUBLISH }), 1);
}

static HjAssessmentView *
view_as(HjCounty *county, const HjActor *actor, int64_t revision, GError **error)
{
    HjPeriod period;
    g_assert(hj_period_parse("2018H1", &period, NULL));
    g_autoptr(HjTx) tx = hj_store_read(county->store, error);
    return tx == NULL ? NULL
                      : hj_assessment_view(tx, actor, hj_pack_scheme(county->pack, "race"),
                                           &period, revision, error);
}

/* "1 乙镇 60.00 open; 2 甲镇 …" of what the organizer sees. */
static char *
ranking(HjCounty *county, int64_t revision)
{
    static const char *const states[] = { "open", "approved", "accepted", "published" };
    g_autoptr(GError) error = NULL;
    g_autoptr(HjAssessmentView) view = view_as(county, county->organizer, revision, &error);
    assert_done(view != NULL, error);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < view->n_cards; i++)
        g_string_append_printf(out, "%s%d %s %d %s", i > 0 ? "; " : "", view->cards[i].rank,
                               view->cards[i].code, (int)view->cards[i].total,
                               states[view->cards[i].state]);
    return g_string_free(out, FALSE);
}

#define assert_ranking(wanted, county, revision)                                               \
    do {                                                                                       \
        g_autofree char *is_ = ranking((county), (revision));                                  \
        assert_string_equal(is_, (wanted));                                                    \
    } while (false)

static void
change_tally(HjCounty *county, const char *village, const char *done)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT id FROM t_tally WHERE org = %" G_GINT64_FORMAT, hj_county_org(county, village));
    g_autoptr(GError) error = NULL;
    HjRowKey key;
    assert_done(row_change(county, county->system, "tally", hj_county_i64(county, sql), 1, &key,
                           &error, "done", done, NULL),
                error);
}

static void
test_a_card_goes_up_level_by_level(void **state)
{
    HjCounty *county = *state;
    const HjActor *town = county->town, *top = county->organizer;
    assert_ranking("1 130921101 6000 open; 2 130921100 5400 open", county, HJ_REVISION_LAST);
    assert_act("conflict", county, top, .act = ACCEPT, .org = HJ_COUNTY_TOWN);
    assert_act("conflict", county, top, .act = APPROVE, .org = HJ_COUNTY_TOWN);
    assert_act("denied", county, county->secretary, .act = APPROVE, .org = HJ_COUNTY_VILLAGE);
    assert_act("not found", county, county->other, .act = APPROVE, .org = HJ_COUNTY_TOWN);
    assert_act("not found", county, town, .act = APPROVE, .org = HJ_COUNTY_ROOT);
    assert_act("done", county, town, .act = APPROVE, .org = HJ_COUNTY_TOWN);
    assert_act("conflict", county, town, .act = APPROVE, .org = HJ_COUNTY_TOWN);
    assert_act("conflict", county, town, .act = ACCEPT, .org = HJ_COUNTY_TOWN);
    assert_act("done", county, top, .act = ACCEPT, .org = HJ_COUNTY_TOWN);
    assert_act("conflict", county, top, .act = ACCEPT, .org = HJ_COUNTY_TOWN);
    assert_ranking("1 130921101 6000 open; 2 130921100 5400 accepted", county,
                   HJ_REVISION_LAST);
    assert_act("conflict", county, top, .act = PUBLISH);
    assert_act("done", county, county->other, .act = APPROVE, .org = HJ_COUNTY_OTHER_TOWN);
    assert_act("done", county, top, .act = ACCEPT, .org = HJ_COUNTY_ROOT);
    assert_act("denied", county, town, .act = PUBLISH);
    assert_act("done", county, top, .act = PUBLISH);
    assert_act("conflict", county, top, .act = PUBLISH);
    assert_ranking("1 130921101 6000 published; 2 130921100 5400 published", county,
                   HJ_REVISION_LAST);
    assert_int_equal(hj_county_i64(county, "SELECT COUNT(*) FROM sys_event WHERE subject = "
                                           "'assessment'"),
                     6);
}

static void
test_nothing_is_approved_before_the_period_is_over(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-06-30T12:00:00+08:00");
    assert_act("conflict", county, county->town, .act = APPROVE, .org = HJ_COUNTY_TOWN);
    assert_act("done", county, county->organizer, .act = OPEN);
    assert_act("denied", county, county->town, .act = OPEN);
    assert_act("conflict", county, county->organizer, .act = OPEN, .period = "2018H2");
    assert_act("invalid", county, county->organizer, .act = OPEN, .period = "2018");
}

static void
test_an_accepted_card_no_longer_follows_the_records(void **state)
{
    HjCounty *county = *state;
    done_act(county, county->town, (Doing){ .act = APPROVE, .org = HJ_COUNTY_TOWN });
    change_tally(county, HJ_COUNTY_VILLAGE, "9"); /* 75 %: 52.50 + 5 */
    assert_ranking("1 130921101 6000 open; 2 130921100 5750 approved", county,
                   HJ_REVISION_LAST);
    done_act(county, county->organizer, (Doing){ .act = ACCEPT, .org = HJ_COUNTY_TOWN });
    change_tally(county, HJ_COUNTY_SIBLING, "10");
    change_tally(county, HJ_COUNTY_FOREIGN, "10"); /* still live: 70 − 3 */
    assert_ranking("1 130921101 6700 open; 2 130921100 5750 accepted", county,
                   HJ_REVISION_LAST);
    /* Taken back, it is live again; that needs a reason and the right level. */
    assert_act("invalid", county, county->organizer, .act = WITHDRAW, .org = HJ_COUNTY_TOWN);
    assert_act("conflict", county, county->town, .act = WITHDRAW, .org = HJ_COUNTY_TOWN,
               .text = "算错了");
    assert_act("done", county, county->organizer, .act = WITHDRAW, .org = HJ_COUNTY_TOWN,
               .text = "台账有误，退回核实");
    assert_ranking("1 130921100 7150 approved; 2 130921101 6700 open", county,
                   HJ_REVISION_LAST);
    assert_act("done", county, county->town, .act = WITHDRAW, .org = HJ_COUNTY_TOWN,
               .text = "重新核对");
    assert_act("conflict", county, county->town, .act = WITHDRAW, .org = HJ_COUNTY_TOWN,
               .text = "重新核对");
    publish_all(county);
    assert_act("conflict", county, county->organizer, .act = WITHDRAW, .org = HJ_COUNTY_TOWN,
               .text = "晚了");
    assert_ranking("1 130921100 7150 published; 2 130921101 6700 published", county,
                   HJ_REVISION_LAST);
}

static void
test_a_decided_mark_stands_beside_the_computed_one(void **state)
{
    HjCounty *county = *state;
    const HjActor *top = county->organizer;
    const HjAssessmentMark mark = {
        .item = "share", .points = 6000, .reason = "实地核实", .document = "沧组〔2018〕9号"
    };
    HjAssessmentMark wrong[8];
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        wrong[i] = mark;
    wrong[0].points = 7001;
    wrong[1].points = -1;
    wrong[2].reason = "";
    wrong[3].document = " ";
    wrong[4].item = "later";
    wrong[5].item = "nothing";
    wrong[6].clear = true;
    wrong[7].item = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_act("invalid", county, top, .act = MARK, .org = HJ_COUNTY_TOWN,
                   .mark = wrong[i]);
    assert_act("denied", county, county->town, .act = MARK, .org = HJ_COUNTY_TOWN,
               .mark = mark);
    assert_act("done", county, top, .act = MARK, .org = HJ_COUNTY_TOWN, .mark = mark);
    assert_ranking("1 130921100 6500 open; 2 130921101 6000 open", county, HJ_REVISION_LAST);
    assert_act("done", county, top, .act = MARK, .org = HJ_COUNTY_TOWN, .mark = wrong[6]);
    assert_ranking("1 130921101 6000 open; 2 130921100 5400 open", county, HJ_REVISION_LAST);
    wrong[0].points = 6500;
    assert_act("done", county, top, .act = MARK, .org = HJ_COUNTY_TOWN, .mark = wrong[0]);
    publish_all(county);
    assert_act("conflict", county, top, .act = MARK, .org = HJ_COUNTY_TOWN, .mark = mark);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjAssessmentView) view = view_as(county, county->town, HJ_REVISION_LAST, &error);
    assert_done(view != NULL, error);
    const HjCard *card = hj_assessment_card(view, hj_county_org(county, HJ_COUNTY_TOWN));
    const HjCardItem *item = hj_assessment_item(card, "share");
    assert_int_equal(card->rank, 1);
    assert_int_equal(card->total, 7000);
    assert_true(item->has_final && item->final == 6500 && item->points == 6500);
    assert_int_equal(item->computed, 4900);
    assert_int_equal(item->numerator, 14);
    assert_int_equal(item->denominator, 20);
    assert_int_equal(item->n_rows, 2);
    assert_string_equal(item->document, "沧组〔2018〕9号");
    assert_string_equal(item->reason, "实地核实");
}

static void
test_an_accepted_appeal_makes_the_next_revision(void **state)
{
    HjCounty *county = *state;
    Doing appeal = { .act = APPEAL,
                     .org = HJ_COUNTY_TOWN,
                     .text = "西村的补录没有计入",
                     .mark = { .item = "share" } };
    assert_act("conflict", county, county->town, .act = APPEAL, .org = HJ_COUNTY_TOWN,
               .text = "未公布");
    publish_all(county);
    hj_county_at(county, IN_TIME);
    assert_act("not found", county, county->other, .act = APPEAL, .org = HJ_COUNTY_TOWN,
               .text = "别人的");
    assert_act("denied", county, county->organizer, .act = APPEAL, .org = HJ_COUNTY_TOWN,
               .text = "替人申诉");
    assert_act("invalid", county, county->town, .act = APPEAL, .org = HJ_COUNTY_TOWN);
    assert_string_equal(try(county, county->town, &appeal), "done");
    const int64_t first = appeal.ret;
    assert_string_equal(try(county, county->town, &appeal), "conflict"); /* one waits */
    const HjAssessmentAnswer no = { .appeal = first, .reason = "经核实" };
    HjAssessmentAnswer yes = { .appeal = first,
                               .accept = true,
                               .item = "share",
                               .points = 9900,
                               .reason = "经核实",
                               .document = "沧组〔2018〕12号" };
    assert_act("denied", county, county->town, .act = ANSWER, .answer = no);
    assert_act("invalid", county, county->organizer, .act = ANSWER,
               .answer = { .appeal = first, .reason = "" });
    assert_act("invalid", county, county->organizer, .act = ANSWER, .answer = yes);
    yes.points = 6300;
    assert_act("done", county, county->organizer, .act = ANSWER, .answer = yes);
    assert_act("conflict", county, county->organizer, .act = ANSWER, .answer = no);
    assert_ranking("1 130921100 6800 published; 2 130921101 6000 published", county,
                   HJ_REVISION_LAST);
    assert_ranking("1 130921101 6000 published; 2 130921100 5400 published", county, 1);
    assert_ranking("1 130921100 6800 published; 2 130921101 6000 published", county, 2);
    /* Whose card did not change keeps its snapshot. */
    assert_int_equal(
        hj_county_i64(county, "SELECT COUNT(DISTINCT snapshot) FROM sys_assessment_result"), 3);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjAssessmentView) none = view_as(county, county->organizer, 3, &error);
    assert_null(none);
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    /* The time runs anew for the card that changed, not for the other. */
    hj_county_at(county, LATE);
    assert_act("conflict", county, county->other, .act = APPEAL, .org = HJ_COUNTY_OTHER_TOWN,
               .text = "过期");
    Doing second = { .act = APPEAL, .org = HJ_COUNTY_TOWN, .text = "仍有意见" };
    assert_string_equal(try(county, county->town, &second), "done");
    assert_act("done", county, county->organizer, .act = ANSWER,
               .answer = { .appeal = second.ret, .reason = "记录无误，维持" });
    assert_int_equal(hj_county_i64(county, "SELECT revision FROM sys_assessment"), 2);
}

static void
test_a_late_appeal_is_told_and_an_unknown_calendar_takes_none(void **state)
{
    HjCounty *county = *state;
    publish_all(county);
    hj_county_at(county, LATE);
    assert_act("conflict", county, county->town, .act = APPEAL, .org = HJ_COUNTY_TOWN,
               .text = "迟了一天");
    const HjScheme *scheme = hj_pack_scheme(county->pack, "race");
    assert_int_equal(hj_assessment_appeal_until(county->pack, scheme, hj_date_make(2018, 7, 2)),
                     hj_date_make(2018, 7, 9));
    assert_int_equal(
        hj_assessment_appeal_until(county->pack, scheme, hj_date_make(2018, 12, 28)),
        HJ_DATE_NONE);
}

static void
test_steps_stand_on_notice_before_they_are_published(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2019-01-02T12:00:00+08:00");
    row_add(county, county->system, "tally", HJ_COUNTY_VILLAGE, "on_day", "2017-05-01", "done",
            "1", "due", "2", NULL);
    hj_county_at(county, "2018-01-02T12:00:00+08:00");
#define STEPS(...) .scheme = "steps", .period = "2017", __VA_ARGS__
    /* A committee approves all of its villages at once, and nobody else's. */
    Doing approve = { STEPS(.act = APPROVE, .org = HJ_COUNTY_TOWN) };
    assert_string_equal(try(county, county->town, &approve), "done");
    assert_int_equal(approve.ret, 2);
    assert_act("conflict", county, county->organizer, STEPS(.act = ANNOUNCE));
    assert_act("done", county, county->other,
               STEPS(.act = APPROVE, .org = HJ_COUNTY_OTHER_TOWN));
    Doing accept = { STEPS(.act = ACCEPT, .org = HJ_COUNTY_ROOT) };
    assert_string_equal(try(county, county->organizer, &accept), "done");
    assert_int_equal(accept.ret, 3);
    assert_act("conflict", county, county->organizer, STEPS(.act = PUBLISH));
    assert_act("done", county, county->organizer, STEPS(.act = ANNOUNCE));
    assert_act("conflict", county, county->organizer, STEPS(.act = ANNOUNCE));
    hj_county_at(county, "2018-01-09T12:00:00+08:00");
    assert_act("conflict", county, county->organizer, STEPS(.act = PUBLISH));
    hj_county_at(county, "2018-01-10T12:00:00+08:00");
    assert_act("done", county, county->organizer, STEPS(.act = PUBLISH));
}

static void
test_villages_see_nothing_before_it_is_published(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjAssessmentView) early =
        view_as(county, county->secretary, HJ_REVISION_LAST, &error);
    assert_done(early != NULL, error);
    assert_int_equal(early->n_cards, 0);
    g_autoptr(HjAssessmentView) own = view_as(county, county->town, HJ_REVISION_LAST, &error);
    assert_done(own != NULL, error);
    assert_true(own->provisional && own->ranking);
    publish_all(county);
    g_autoptr(HjAssessmentView) view =
        view_as(county, county->secretary, HJ_REVISION_LAST, &error);
    assert_done(view != NULL, error);
    assert_false(view->provisional || view->ranking);
    int64_t spread[HJ_CARD_TENTHS];
    hj_assessment_spread(view, spread);
    assert_int_equal(spread[5], 1);
    assert_int_equal(spread[6], 1);
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    for (size_t i = 0; i < view->n_cards; i++)
        assert_false(hj_assessment_may_see(tx, county->secretary, view, &view->cards[i]));
}

/* --- proof --- */

/* One line a difference, or "identical". */
static char *
verify_with(HjCounty *county, const HjPack *pack)
{
    g_autoptr(GError) error = NULL;
    HjPeriod period;
    HjAssessment a;
    GString *out = g_string_new(NULL);
    g_assert(hj_period_parse("2018H1", &period, NULL));
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    assert_done(tx != NULL, error);
    assert_done(hj_assessment_find(tx, pack, hj_pack_scheme(pack, "race"), &period, &a, &error),
                error);
    g_auto(HjVerified) verified = { 0 };
    assert_done(hj_assessment_verify(tx, pack, &a, HJ_REVISION_LAST, &verified, &error), error);
    assert_int_equal(verified.n_cards, 2);
    assert_int_equal(verified.n_items, 8);
    g_string_append(out, verified.identical ? "identical" : "different");
    for (size_t i = 0; i < verified.n_diffs; i++) {
        const HjDiff *diff = &verified.diffs[i];
        g_string_append_printf(out, "\n%s", diff->what);
        if (diff->org_name != NULL)
            g_string_append_printf(out, " %s", diff->org_name);
        if (diff->item != NULL)
            g_string_append_printf(out, " %s", diff->item);
        if (diff->rule != NULL)
            g_string_append_printf(out, " %s", diff->rule);
        if (diff->kind == HJ_DIFF_ROW) {
            assert_true(diff->event != 0 && diff->at != 0 && diff->row != 0);
            g_string_append_printf(out, " %s %d→%d %s", diff->ledger, (int)diff->version_then,
                                   (int)diff->version_now, diff->action);
        } else if (diff->kind != HJ_DIFF_SNAPSHOT) {
            g_string_append_printf(out, " %s→%s", diff->was != NULL ? diff->was : "",
                                   diff->now != NULL ? diff->now : "");
        }
    }
    return g_string_free(out, FALSE);
}

#define assert_verified(wanted, county)                                                        \
    do {                                                                                       \
        g_autofree char *is_ = verify_with((county), (county)->pack);                          \
        assert_string_equal(is_, (wanted));                                                    \
    } while (false)

static void
test_years_later_the_same_figures_come_out(void **state)
{
    HjCounty *county = *state;
    publish_all(county);
    hj_county_at(county, IN_TIME);
    Doing appeal = { .act = APPEAL, .org = HJ_COUNTY_TOWN, .text = "请复核" };
    assert_string_equal(try(county, county->town, &appeal), "done");
    assert_act("done", county, county->organizer, .act = ANSWER,
               .answer = { .appeal = appeal.ret,
                           .accept = true,
                           .item = "result",
                           .points = 800,
                           .reason = "属实",
                           .document = "沧组〔2018〕12号" });
    tally(county, HJ_COUNTY_VILLAGE, "1", "0"); /* a row that this period does not count */
    hj_county_at(county, "2024-03-01T12:00:00+08:00");
    row_add(county, county->system, "tally", HJ_COUNTY_VILLAGE, "on_day", "2024-02-01", "done",
            "1", "due", "10", NULL);
    assert_verified("identical", county);
}

static void
test_what_was_altered_is_named(void **state)
{
    HjCounty *county = *state;
    publish_all(county);
    change_tally(county, HJ_COUNTY_VILLAGE, "10"); /* 80 %: 56 */
    assert_verified("different\n"
                    "figure 甲镇 share 49.00 (14 / 20)→56.00 (16 / 20)\n"
                    "changed 甲镇 share tally 1→2 row.update\n"
                    "rank 乙镇 1→2\n"
                    "total 甲镇 54.00→61.00\n"
                    "rank 甲镇 2→1",
                    county);
    g_autoptr(GError) error = NULL;
    assert_done(row_void(county, county->system, "verdict",
                         hj_county_i64(county, "SELECT id FROM t_verdict WHERE kind = 'fault'"),
                         1, "撤销", &error),
                error);
    change_tally(county, HJ_COUNTY_SIBLING, "2"); /* back to 12 of 20: 42 */
    tally(county, HJ_COUNTY_FOREIGN, "0", "2");   /* 9 of 12 */
    g_autofree char *all = verify_with(county, county->pack);
    assert_non_null(strstr(all, "voided 乙镇 fault verdict 1→2 row.void"));
    assert_non_null(strstr(all, "added 乙镇 share tally 0→1 row.create"));
    assert_non_null(strstr(all, "figure 乙镇 share 63.00 (9 / 10)→52.50 (9 / 12)"));
    assert_non_null(strstr(all, "figure 乙镇 fault -3.00→0.00"));
    assert_non_null(strstr(all, "total 乙镇 60.00→52.50"));
}

static HjPack *
load_draft(const char *from, const char *to)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *root = g_dir_make_tmp("hangji-draft-XXXXXX", &error);
    g_autofree char *script = g_strdup_printf(
        "cp -r '%s/tests/harness/pack' '%s/tests/harness/pack_contest' '%s/' && "
        "sed -i 's/%s/%s/' '%s/pack_contest/schemes/race.yaml' '%s/pack_contest/params.yaml'",
        HJ_TEST_SOURCE, HJ_TEST_SOURCE, root, from, to, root, root);
    const char *argv[] = { "sh", "-c", script, NULL };
    int status = 1;
    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                             NULL, &status, NULL));
    assert_int_equal(status, 0);
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autofree char *dir = g_build_filename(root, "pack_contest", NULL);
    HjPack *pack = hj_pack_load(dir, problems, &error);
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        print_error("%s\n", hj_pack_problems_line(problems, i));
    assert_done(pack != NULL, error);
    const char *rm[] = { "rm", "-r", root, NULL };
    g_spawn_sync(NULL, (char **)rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    return pack;
}

static void
test_a_changed_rule_is_named(void **state)
{
    HjCounty *county = *state;
    publish_all(county);
    g_autoptr(HjPack) param = load_draft("value: \"1\"", "value: \"11\"");
    g_autofree char *by_param = verify_with(county, param);
    assert_non_null(strstr(by_param, "different\npack"));
    assert_non_null(strstr(by_param, "rule params.least_due 1→11"));
    assert_non_null(strstr(by_param, "figure 甲镇 share 49.00 (14 / 20)→—"));
    assert_non_null(strstr(by_param, "gone 甲镇 share tally 1→1 row.create"));
    g_autoptr(HjPack) points = load_draft("points: 70", "points: 60");
    g_autofree char *by_points = verify_with(county, points);
    assert_non_null(strstr(by_points, "rule item.share.points 7000→6000"));
    assert_non_null(strstr(by_points, "figure 乙镇 share 63.00 (9 / 10)→54.00 (9 / 10)"));
    /* A pack that says the same in other words is no difference of the figures. */
    g_autoptr(HjPack) words = load_draft("en: Race", "en: Contest");
    g_autofree char *by_words = verify_with(county, words);
    assert_true(g_str_has_prefix(by_words, "identical\npack"));
}

static bool
run_sql(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    static const HjVal none[] = { { .kind = HJ_VAL_END } };
    const Doing *d = data;
    (void)county;
    (void)actor;
    hj_tx_exempt(tx);
    return hj_tx_exec_vals(tx, error, d->text, NULL, none);
}

static void
test_what_was_published_cannot_be_changed(void **state)
{
    static const char *const tables[] = { "mark", "rules",    "snapshot",    "list",
                                          "item", "evidence", "publication", "result" };
    HjCounty *county = *state;
    assert_act(
        "done", county, county->organizer, .act = MARK, .org = HJ_COUNTY_TOWN,
        .mark = {
            .item = "share", .points = 6000, .reason = "核实", .document = "沧组〔2018〕9号" });
    publish_all(county);
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *update =
            g_strdup_printf("UPDATE sys_assessment_%s SET county = county", tables[i]);
        g_autofree char *erase = g_strdup_printf("DELETE FROM sys_assessment_%s", tables[i]);
        const char *const both[] = { update, erase };
        for (size_t k = 0; k < 2; k++) {
            Doing d = { .text = both[k] };
            g_autoptr(GError) error = NULL;
            assert_false(hj_county_write(county, county->system, run_sql, &d, &error));
            assert_non_null(strstr(error->message, "is never changed"));
        }
    }
    assert_verified("identical", county);
}

/* Beside the program, by somebody with the disk: it is found. */
static void
test_a_tampered_snapshot_is_found(void **state)
{
    HjCounty *county = *state;
    publish_all(county);
    hj_store_fixture_tamper(county->fixture, "UPDATE sys_assessment_result SET total = 9999 "
                                             "WHERE rank = 2");
    g_autofree char *said = verify_with(county, county->pack);
    assert_true(g_str_has_prefix(said, "different\nsnapshot"));
}

static void
test_a_publication_that_breaks_off_leaves_nothing(void **state)
{
    HjCounty *county = *state;
    accept_all(county);
    assert_act("internal", county, county->organizer, .act = PUBLISH_AND_FAIL);
    assert_int_equal(
        hj_county_i64(county, "SELECT (SELECT COUNT(*) FROM sys_assessment_result) + (SELECT "
                              "COUNT(*) FROM sys_assessment_publication)"),
        0);
    assert_int_equal(
        hj_county_i64(county, "SELECT COUNT(*) FROM sys_assessment WHERE state = 'open'"), 1);
    assert_act("done", county, county->organizer, .act = PUBLISH);
}

static void
test_a_backup_carries_all_of_a_contest(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    assert_done(tx != NULL, error);
    g_autoptr(GPtrArray) all = hj_copy_tables(tx, &error);
    assert_done(all != NULL, error);
    int n = 0;
    for (guint i = 0; i < all->len; i++)
        n += g_str_has_prefix(((const HjCopyTable *)all->pdata[i])->name, "sys_assessment");
    assert_int_equal(n, 11);
}

typedef struct {
    HjCounty *county;
    const char *said;
} Racer;

static gpointer
race(gpointer data)
{
    Racer *racer = data;
    Doing d = { .act = ACCEPT, .org = HJ_COUNTY_TOWN };
    racer->said = try(racer->county, racer->county->organizer, &d);
    return NULL;
}

static void
test_of_two_who_accept_at_once_one_wins(void **state)
{
    HjCounty *county = *state;
    done_act(county, county->town, (Doing){ .act = APPROVE, .org = HJ_COUNTY_TOWN });
    Racer racers[4];
    GThread *threads[4];
    int n_done = 0;
    for (int i = 0; i < 4; i++) {
        racers[i] = (Racer){ .county = county };
        threads[i] = g_thread_new("racer", race, &racers[i]);
    }
    for (int i = 0; i < 4; i++) {
        g_thread_join(threads[i]);
        n_done += strcmp(racers[i].said, "done") == 0;
        assert_true(strcmp(racers[i].said, "done") == 0 ||
                    strcmp(racers[i].said, "conflict") == 0);
    }
    assert_int_equal(n_done, 1);
    assert_int_equal(hj_county_i64(county, "SELECT COUNT(*) FROM sys_assessment_snapshot"), 1);
}

static HjRehearsal *
rehearse(HjCounty *county, HjPack *draft, const HjRehearsalChange *changes, size_t n)
{
    g_autoptr(GError) error = NULL;
    HjPeriod period;
    g_assert(hj_period_parse("2018H1", &period, NULL));
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    HjRehearsal *r =
        hj_rehearsal_run(tx, county->pack, draft, "race", &period, changes, n, HJ_EN, &error);
    assert_done(r != NULL, error);
    return r;
}

static void
test_a_draft_is_tried_on_a_past_period(void **state)
{
    HjCounty *county = *state;
    g_autoptr(HjPack) draft = load_draft("points: -3", "points: -10");
    g_autoptr(HjRehearsal) r = rehearse(county, draft, NULL, 0);
    assert_int_equal(r->n_orgs, 2);
    assert_int_equal(r->n_moved, 2);
    assert_string_equal(r->orgs[0].code, HJ_COUNTY_TOWN);
    assert_int_equal(r->orgs[0].rank_before, 2);
    assert_int_equal(r->orgs[0].rank_after, 1);
    assert_int_equal(r->orgs[0].n_items, 0);
    assert_string_equal(r->orgs[1].items[0].item, "fault");
    assert_int_equal(r->orgs[1].items[0].before, -300);
    assert_int_equal(r->orgs[1].items[0].after, -1000);
    assert_int_equal(r->orgs[1].total_after, 5300);
    assert_int_equal(r->n_gaps, 0);
    assert_true(r->words->len > 0);
    /* The same draft, made in a form. */
    const HjRehearsalChange change = { .item = "fault", .has_points = true, .points = -1000 };
    g_autoptr(HjRehearsal) same = rehearse(county, NULL, &change, 1);
    assert_int_equal(same->orgs[1].total_after, 5300);
    assert_int_equal(same->words->len, 0);
}

static void
test_a_draft_that_asks_for_what_is_not_recorded_says_so(void **state)
{
    HjCounty *county = *state;
    g_autoptr(HjPack) draft = load_draft("kind = .result. AND", "score_of_visit > 0 AND");
    g_autoptr(HjRehearsal) r = rehearse(county, draft, NULL, 0);
    assert_int_equal(r->n_gaps, 1);
    assert_string_equal(r->gaps[0].item, "result");
    assert_non_null(strstr(r->gaps[0].why, "score_of_visit"));
    assert_int_equal(r->orgs[1].total_before, 5400);
    assert_int_equal(r->orgs[1].total_after, 4900);
    assert_int_equal(hj_county_i64(county, "SELECT COUNT(*) FROM sys_assessment"), 0);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
static const struct CMUnitTest stories[] = {
    STORY(test_a_card_goes_up_level_by_level),
    STORY(test_nothing_is_approved_before_the_period_is_over),
    STORY(test_an_accepted_card_no_longer_follows_the_records),
    STORY(test_a_decided_mark_stands_beside_the_computed_one),
    STORY(test_an_accepted_appeal_makes_the_next_revision),
    STORY(test_a_late_appeal_is_told_and_an_unknown_calendar_takes_none),
    STORY(test_steps_stand_on_notice_before_they_are_published),
    STORY(test_villages_see_nothing_before_it_is_published),
    STORY(test_years_later_the_same_figures_come_out),
    STORY(test_what_was_altered_is_named),
    STORY(test_a_changed_rule_is_named),
    STORY(test_what_was_published_cannot_be_changed),
    STORY(test_a_tampered_snapshot_is_found),
    STORY(test_a_publication_that_breaks_off_leaves_nothing),
    STORY(test_a_backup_carries_all_of_a_contest),
    STORY(test_of_two_who_accept_at_once_one_wins),
    STORY(test_a_draft_is_tried_on_a_past_period),
    STORY(test_a_draft_that_asks_for_what_is_not_recorded_says_so),
};

int
main(void)
{
    kind = HJ_FIXTURE_SQLITE;
    int failed = cmocka_run_group_tests_name("sqlite", stories, NULL, NULL);
    if (!hj_store_fixture_has_postgres()) {
        print_message("postgres: no server, left out\n");
        return failed;
    }
    kind = HJ_FIXTURE_POSTGRES;
    return failed + cmocka_run_group_tests_name("postgres", stories, NULL, NULL);
}
