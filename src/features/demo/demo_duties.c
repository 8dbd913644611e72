#include "features/demo/demo_work.h"

/* Duty reports of a year, their ratings on paper, and what is to be improved (domain.md 9.5).
 */
#define YEARS 2
#define SMALL_VALID 4 /* too few ballots to be broken down (RPT-6) */

static const char *const achieved[] = {
    "活动场所建成投用，村里议事办事有了地方。",
    "集体有了稳定收入，账目按季公开。",
    "培养了年轻后备人选，班子补齐了。",
    "把多年的纠纷坐下来谈成了。",
};
static const char *const lacking[] = {
    "集体收入还靠一条路子。",
    "年轻党员少，活动人到不齐。",
    "场所用得不够勤。",
    "个别合同到期没有及时处理。",
};
static const char *const next[] = {
    "再找一条增收路子，年内见账。",
    "盯住培养对象，按程序发展。",
    "定好开放时间，安排人值守。",
    "合同清一遍，到期就公开重定。",
};
static const char *const remarks[] = {
    "成绩实在，短板也说得准，照着改。",
    "收入单一的问题要在上半年有动作。",
    "班子有劲头，制度还要跟上。",
};

typedef struct {
    HjDemo *demo;
    HjTx *tx;
    int year;
    size_t committee;
    HjDate held; /* the meeting of the committee */
    int64_t meeting, returned;
    HjDemoDice dice;
} Duty;

size_t
hj_demo_duties_units(const HjDemo *demo)
{
    return demo->n_committees * YEARS;
}

static const char *
one_of(HjDemoDice *dice, const char *const *texts, size_t n)
{
    return texts[hj_demo_throw(dice, (int)n)];
}

#define ONE(d, texts) one_of(&(d)->dice, (texts), G_N_ELEMENTS(texts))

typedef struct {
    char text[8];
} Count;

static Count
count(int64_t n)
{
    Count text;
    g_snprintf(text.text, sizeof text.text, "%d", (int)n);
    return text;
}

static bool
report(Duty *d, int64_t org, bool to_county, HjDate reported, const HjActor *superior,
       HjDemoCase *ret, GError **error)
{
    const HjActor *actor = d->demo->committees[d->committee].actor;
    const HjDate written = reported - hj_demo_between(&d->dice, 6, 20);
    *ret = (HjDemoCase){ .ledger = HJ_DEMO_DUTY_REPORT, .version = 1 };
    hj_demo_at(d->tx, written);
    return hj_demo_row(d->demo, d->tx, actor, HJ_DEMO_DUTY_REPORT, org, &ret->id, error, "year",
                       count(d->year).text, "occasion", "year_end", "achieved",
                       ONE(d, achieved), "lacking", ONE(d, lacking), "next", ONE(d, next),
                       NULL) &&
           hj_demo_act(d->demo, d->tx, actor, ret, written,
                       to_county ? "submit_county" : "submit", NULL, error, NULL) &&
           hj_demo_act(d->demo, d->tx, superior, ret, reported, "finish", NULL, error,
                       "reported_on", hj_date_text(reported).text, "comment", ONE(d, remarks),
                       NULL);
}

static bool
meet(Duty *d, const HjActor *actor, int64_t org, const char *kind, const char *subject,
     HjDate held, int returned, int64_t *ret_id, GError **error)
{
    g_autofree char *title = g_strdup_printf("%d年度%s", d->year, subject);
    hj_demo_at(d->tx, held);
    return hj_demo_row(d->demo, d->tx, actor, HJ_DEMO_DUTY_MEETING, org, ret_id, error,
                       "subject", title, "kind", kind, "held_on", hj_date_text(held).text,
                       "issued", count(returned + hj_demo_between(&d->dice, 0, 2)).text,
                       "returned", count(returned).text, NULL);
}

/* One line of the form; @report is what was rated. */
static bool
rate(Duty *d, const HjActor *actor, int64_t org, int64_t meeting, int returned,
     const HjDemoCase *report, const char *post, GError **error)
{
    const int strength = d->demo->committees[d->committee].strength[(d->year - 2017) * 2 + 1];
    const int abstained = hj_demo_throw(&d->dice, 2), invalid = hj_demo_chance(&d->dice, 20);
    const int valid = returned - abstained - invalid;
    const int good = valid * hj_demo_between(&d->dice, 45, 70 + strength / 5) / 100;
    const int fairly = (valid - good) * hj_demo_between(&d->dice, 50, 90) / 100;
    const int poor = hj_demo_chance(&d->dice, 12) && valid > good + fairly;
    const int mark = hj_demo_between(&d->dice, 72, 80 + strength / 6);
    const int daily = mark + hj_demo_between(&d->dice, -5, 6);
    return hj_demo_child(
        d->demo, d->tx, actor, HJ_DEMO_DUTY_RATING, org, meeting, NULL, error, "post", post,
        "report", hj_demo_id(report->id).text, "good", count(good).text, "fairly_good",
        count(fairly).text, "ordinary", count(valid - good - fairly - poor).text, "poor",
        count(poor).text, "abstained", count(abstained).text, "invalid", count(invalid).text,
        "superior", count(mark).text, "daily", count(MIN(daily, 100)).text, "grade",
        mark >= 84   ? "good"
        : mark >= 74 ? "fairly_good"
                     : "ordinary",
        NULL);
}

/* What the comment named: done within the term; of the last year it is still being worked on.
 */
static bool
improve(Duty *d, int64_t org, const HjDemoCase *above, HjDate named, GError **error)
{
    const HjActor *actor = d->demo->committees[d->committee].actor;
    const HjDate by = named + 100, done = hj_demo_day(&d->dice, named + 20, by - 5);
    HjDemoCase row = { .ledger = HJ_DEMO_DUTY_IMPROVEMENT, .version = 1 };
    hj_demo_at(d->tx, named);
    return hj_demo_child(d->demo, d->tx, actor, HJ_DEMO_DUTY_IMPROVEMENT, org, above->id,
                         &row.id, error, "problem", ONE(d, lacking), "measure", ONE(d, next),
                         "owner", "党支部书记", "named_on", hj_date_text(named).text,
                         "finish_by", hj_date_text(by).text, NULL) &&
           (d->year == 2018 ||
            hj_demo_act(d->demo, d->tx, actor, &row, done, "finish", NULL, error, "done_on",
                        hj_date_text(done).text, "result", "已按要求改到位", NULL));
}

static bool
branch(Duty *d, const HjDemoPlace *place, GError **error)
{
    const HjActor *actor = d->demo->committees[d->committee].actor;
    HjDemoCase row;
    if (!report(d, place->org, false, d->held, actor, &row, error))
        return false;
    hj_demo_at(d->tx, d->held);
    if (!rate(d, actor, place->org, d->meeting, (int)d->returned, &row, "党支部书记", error))
        return false;
    return !hj_demo_chance(&d->dice, 12) || improve(d, place->org, &row, d->held, error);
}

/* The members of a small branch rate it themselves: so few that only the grade is entered. */
static bool
small_branch(Duty *d, const HjDemoPlace *place, GError **error)
{
    const HjActor *actor = d->demo->committees[d->committee].actor;
    int64_t meeting;
    return meet(d, actor, place->org, "members", "党员评议", d->held - 3, SMALL_VALID, &meeting,
                error) &&
           hj_demo_child(d->demo, d->tx, actor, HJ_DEMO_DUTY_RATING, place->org, meeting, NULL,
                         error, "post", "党支部书记", "abstained", "0", "invalid", "0",
                         "superior", "82", "daily", "85", "grade", "fairly_good", NULL);
}

static bool
branches(Duty *d, GError **error)
{
    const HjDemo *demo = d->demo;
    const HjDemoPlace *last = NULL;
    for (size_t i = 0; i < demo->n_branches; i++) {
        const HjDemoPlace *place = &demo->places[demo->branches[i]];
        if (place->committee != d->committee)
            continue;
        last = place;
        if (!branch(d, place, error))
            return false;
    }
    return last == NULL || d->committee % 4 != 0 || small_branch(d, last, error);
}

/* All committees in the county hall, after their own meetings. */
static bool
county(Duty *d, GError **error)
{
    HjDemo *demo = d->demo;
    const HjDate held = hj_date_make(d->year, 12, 20);
    int64_t meeting;
    if (!meet(d, demo->county_actor, demo->county, "report", "党委书记述职评议会", held, 78,
              &meeting, error))
        return false;
    for (size_t c = 0; c < demo->n_committees; c++) {
        HjDemoCase row;
        d->committee = c;
        if (!report(d, demo->committees[c].org, true, held, demo->county_actor, &row, error))
            return false;
        hj_demo_at(d->tx, held);
        if (!rate(d, demo->county_actor, demo->committees[c].org, meeting, 78, &row, "党委书记",
                  error))
            return false;
    }
    return true;
}

/* One committee in one year; the last of a year is followed by the county's own meeting.  The
 * units of a year follow one another, so that its figures are computed once. */
bool
hj_demo_duties_unit(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    Duty d = { .demo = demo,
               .tx = tx,
               .year = 2017 + (int)(i / demo->n_committees),
               .committee = i % demo->n_committees,
               .dice = hj_demo_dice(demo, "duty", i) };
    const HjDemoCommittee *committee = &demo->committees[d.committee];
    d.held = hj_demo_day(&d.dice, hj_date_make(d.year, 11, 20), hj_date_make(d.year, 12, 12));
    d.returned = hj_demo_between(&d.dice, 38, 64);
    return meet(&d, committee->actor, committee->org, "report", "述职评议会", d.held,
                (int)d.returned, &d.meeting, error) &&
           branches(&d, error) &&
           (i % demo->n_committees + 1 < demo->n_committees || county(&d, error));
}
