#include "features/demo/demo_work.h"

/* Twenty-four hearings: in each, every committee hands in the month before and is commented on.
 */
#define MONTHS 24
#define OPEN_FROM                                                                              \
    23 /* tasks of the last hearing may still be open: none is late by 2018-12-31 */

static const char *const plans[] = {
    "两处场所完成主体施工", "到期集体合同全部续签或收回",
    "发展对象集中培训一次", "后进村整改事项办结三项",
    "示范村年度复核",       "村务公开栏更新",
    "坑塘发包公开竞价",     "信访积案包案化解",
};

static const struct {
    const char *comment, *result; /* result: of the task it became, or NULL */
} comments[] = {
    { "场所建成后要真正用起来，先定开放时间", "各村开放时间已公示，抽查属实" },
    { "到期合同不能再拖", "到期合同已全部处理，台账已更新" },
    { "计划写得实，按计划抓", NULL },
    { "两个收入薄弱村要有一村一策", "两村方案已定，责任到人" },
    { "数字由台账自动出，不要另外做表", NULL },
    { "进展靠前，把做法讲给其他乡镇", NULL },
    { "发展党员要盯住多年空白的村", "空白村均已确定培养对象" },
};

typedef struct {
    HjDemo *demo;
    HjTx *tx;
    const HjDemoCommittee *committee;
    size_t month; /* of the hearing, from January 2017 on */
    HjDate handed, heard;
    HjDemoDice dice;
} Review;

size_t
hj_demo_reviews_months(void)
{
    return MONTHS;
}

static bool
add_plans(Review *r, int64_t id, GError **error)
{
    const HjDate by = hj_date_add_months(r->heard, 1);
    const bool going = r->month + 2 >= MONTHS;
    for (int i = 0; i < 2; i++) {
        const char *matter = plans[hj_demo_throw(&r->dice, G_N_ELEMENTS(plans))];
        if (!hj_demo_child(r->demo, r->tx, r->committee->actor, HJ_DEMO_REVIEW_PLAN,
                           r->committee->org, id, NULL, error, "matter", matter, "finish_by",
                           hj_date_text(by).text, "outcome",
                           going || hj_demo_chance(&r->dice, 8) ? "going" : "done", NULL))
            return false;
    }
    return true;
}

/* A task is done by the township and closed by the county; anything else is closed at once. */
static bool
settle(Review *r, HjDemoCase *row, const char *result, GError **error)
{
    const HjActor *county = r->demo->county_actor;
    const bool open = r->month >= OPEN_FROM && hj_demo_chance(&r->dice, 50);
    const HjDate due = r->heard + 30;
    const HjDate done = hj_demo_day(&r->dice, r->heard + 9, due);
    if (result == NULL)
        return hj_demo_act(r->demo, r->tx, county, row, r->heard, "close", NULL, error, NULL);
    if (!hj_demo_act(r->demo, r->tx, county, row, r->heard, "make_task", NULL, error,
                     "finish_by", hj_date_text(due).text, NULL))
        return false;
    return open ||
           (hj_demo_act(r->demo, r->tx, r->committee->actor, row, done, "report", NULL, error,
                        "done_on", hj_date_text(done).text, "result", result, NULL) &&
            hj_demo_act(r->demo, r->tx, county, row, done + 2, "close", NULL, error, NULL));
}

static bool
add_comments(Review *r, int64_t id, GError **error)
{
    const int n = 1 + hj_demo_chance(&r->dice, 30);
    const int first = hj_demo_throw(&r->dice, G_N_ELEMENTS(comments));
    for (int i = 0; i < n; i++) {
        const size_t c = (size_t)(first + i) % G_N_ELEMENTS(comments);
        HjDemoCase row = { .ledger = HJ_DEMO_REVIEW_COMMENT, .version = 1 };
        hj_demo_at(r->tx, r->heard);
        if (!hj_demo_child(r->demo, r->tx, r->demo->county_actor, HJ_DEMO_REVIEW_COMMENT,
                           r->committee->org, id, &row.id, error, "comment",
                           comments[c].comment, "made_on", hj_date_text(r->heard).text, NULL))
            return false;
        /* Of the last hearing, one remark in six is not dealt with yet. */
        if (r->month + 1 == MONTHS && hj_demo_chance(&r->dice, 16))
            continue;
        if (!settle(r, &row, comments[c].result, error))
            return false;
    }
    return true;
}

static bool
review(Review *r, GError **error)
{
    HjDemoCase row = { .ledger = HJ_DEMO_REVIEW, .version = 1 };
    const HjDateText month = hj_date_text(hj_date_add_months(r->handed, -1));
    g_autofree char *reported = g_strndup(month.text, 7);
    hj_demo_at(r->tx, r->handed);
    return hj_demo_row(r->demo, r->tx, r->committee->actor, HJ_DEMO_REVIEW, r->committee->org,
                       &row.id, error, "month", reported, "handed_on",
                       hj_date_text(r->handed).text, NULL) &&
           add_plans(r, row.id, error) &&
           hj_demo_act(r->demo, r->tx, r->committee->actor, &row, r->handed, "submit", NULL,
                       error, NULL) &&
           hj_demo_act(r->demo, r->tx, r->demo->county_actor, &row, r->heard, "finish", NULL,
                       error, "heard_on", hj_date_text(r->heard).text, NULL) &&
           add_comments(r, row.id, error);
}

/* All committees in one transaction: the figures of a month are computed once. */
bool
hj_demo_reviews_month(HjDemo *demo, HjTx *tx, size_t month, GError **error)
{
    const HjDate first = hj_date_add_months(hj_date_make(2017, 1, 1), (int)month);
    HjDemoDice day = hj_demo_dice(demo, "hearing", month);
    const HjDate heard = first + hj_demo_between(&day, 5, 9);
    for (size_t c = 0; c < demo->n_committees; c++) {
        Review r = { .demo = demo,
                     .tx = tx,
                     .committee = &demo->committees[c],
                     .month = month,
                     .heard = heard,
                     .dice = hj_demo_dice(demo, "review", month * 100 + c) };
        r.handed = first + hj_demo_between(&r.dice, 0, 4);
        if (!review(&r, error))
            return false;
    }
    return true;
}
