#include "base/decimal.h"
#include "features/demo/demo_work.h"

#define POINTS_LEAST 300 /* scale 2 */
#define POINTS_MOST 975
#define POINTS_STEP 25

typedef struct {
    const char *topic, *result;
} Result;

static const Result results[] = {
    { "economy", "集体机动地清理后统一流转，村集体增收" },
    { "economy", "路旁沟渠植树的“绿色银行”成林见效" },
    { "economy", "村集体合作社分红兑现到户" },
    { "services", "代办服务点覆盖全部村，现场抽查满意" },
    { "services", "留守老人互助点建成使用" },
    { "services", "村民议事结果逐项办结" },
    { "sites", "活动场所全天开放，群众实际在用" },
    { "sites", "旧校舍改造为村级服务中心" },
    { "teams", "后备干部培养使用，班子运转顺畅" },
    { "teams", "新老班子交接清楚，账目公开" },
};

/* Domain.md 9.2 lists these four; details name no person (ASM-7). */
static const char *const problems[][2] = {
    { "lost_deadline", "场所项目验收延误，群众冬季无处办事" },
    { "burden", "要求村里重复报送同一份台账，指出后未改" },
    { "false_record", "抽查发现合同台账与原件不符" },
    { "leak", "群内转发含个人信息的名单" },
};

static const struct {
    const char *headline, *outlet, *level;
    int year, month, day;
} publications[] = {
    { "一个县的村级场所是怎样建起来的", "国家级党建刊物（示例）", "national", 2018, 12, 20 },
    { "夯实基层基础的县域实践", "国家级报纸（示例）", "national", 2018, 9, 12 },
    { "半年一次擂台赛", "省级党刊（示例）", "provincial", 2018, 7, 18 },
    { "村村有收入的三步", "省级报纸（示例）", "provincial", 2018, 3, 22 },
    { "从空白点到服务中心", "市级报纸（示例）", "city", 2017, 11, 8 },
    { "新班子的一百天", "市级报纸（示例）", "city", 2018, 10, 15 },
    { "植树的合作社", "县级融媒体（示例）", "county", 2017, 6, 5 },
};

typedef struct {
    HjDemo *demo;
    HjTx *tx;
    size_t committee;
    int half;
    HjPeriod period;
    HjDemoDice dice;
} Half;

static int64_t
org_of(const Half *h)
{
    return h->demo->committees[h->committee].org;
}

static bool
add_result(Half *h, int n, GError **error)
{
    const Result *result = &results[hj_demo_throw(&h->dice, G_N_ELEMENTS(results))];
    const int strength = h->demo->committees[h->committee].strength[h->half];
    const int points = POINTS_LEAST + strength * 5 + hj_demo_throw(&h->dice, 150);
    const int judged = MIN(points - points % POINTS_STEP, POINTS_MOST);
    const HjDate day = hj_demo_day(&h->dice, h->period.from + 40, h->period.to - 3);
    g_autofree char *document = g_strdup_printf("沧县组核〔%.4s〕%zu-%d号", h->period.text,
                                                h->committee + 1, h->half * 4 + n);
    return hj_demo_row(h->demo, h->tx, h->demo->county_actor, HJ_DEMO_JUDGED, org_of(h), NULL,
                       error, "topic", result->topic, "result", result->result, "checked_on",
                       hj_date_text(day).text, "points", hj_decimal_text(judged, 2).text,
                       "document_no", document, NULL);
}

/* Found, notified, answered, confirmed or withdrawn (ASM-3); five working days to answer may
 * span a holiday. */
static bool
add_problem(Half *h, GError **error)
{
    static const int weights[] = { 0, 0, 0, 1, 1, 1, 1, 2, 2, 3 };
    const char *const *problem =
        problems[weights[hj_demo_throw(&h->dice, G_N_ELEMENTS(weights))]];
    const HjDate found = hj_demo_day(&h->dice, h->period.from + 5, h->period.to - 40);
    const HjDate notified = found + hj_demo_between(&h->dice, 1, 4);
    const HjDate confirmed = notified + hj_demo_between(&h->dice, 16, 30);
    const bool stands = hj_demo_chance(&h->dice, 75);
    const HjActor *county = h->demo->county_actor;
    HjDemoCase row = { .ledger = HJ_DEMO_NEGATIVE, .version = 1 };
    g_autofree char *document = g_strdup_printf("沧县组督〔%.4s〕%zu-%d号", h->period.text,
                                                h->committee + 1, h->half + 1);
    hj_demo_at(h->tx, found);
    if (!hj_demo_row(h->demo, h->tx, county, HJ_DEMO_NEGATIVE, org_of(h), &row.id, error,
                     "kind", problem[0], "detail", problem[1], "found_on",
                     hj_date_text(found).text, NULL) ||
        !hj_demo_act(h->demo, h->tx, county, &row, notified, "notify", NULL, error,
                     "notified_on", hj_date_text(notified).text, NULL) ||
        !hj_demo_act(h->demo, h->tx, hj_demo_organizer(h->demo, h->committee), &row,
                     notified + 3, "answer", NULL, error, "answer",
                     stands ? "情况属实，已整改。" : "经复核，情况不属实。", NULL))
        return false;
    if (!stands)
        return hj_demo_act(h->demo, h->tx, county, &row, confirmed, "dismiss",
                           "经复核，情况不属实，予以撤销。", error, NULL);
    return hj_demo_act(h->demo, h->tx, county, &row, confirmed, "confirm", NULL, error,
                       "confirmed_on", hj_date_text(confirmed).text, "document_no", document,
                       NULL);
}

bool
hj_demo_contest_half(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    Half h = { .demo = demo,
               .tx = tx,
               .committee = i / HJ_DEMO_HALVES,
               .half = (int)(i % HJ_DEMO_HALVES),
               .dice = hj_demo_dice(demo, "contest", i) };
    h.period = hj_demo_half(h.half);
    const int strength = demo->committees[h.committee].strength[h.half];
    int n = 1 + hj_demo_chance(&h.dice, strength) + hj_demo_chance(&h.dice, strength - 15) +
            hj_demo_chance(&h.dice, strength / 4);
    while (n-- > 0)
        if (!add_result(&h, n, error))
            return false;
    if (hj_demo_chance(&h.dice, (110 - strength) / 3) && !add_problem(&h, error))
        return false;
    return !hj_demo_chance(&h.dice, (100 - strength) / 6) || add_problem(&h, error);
}

size_t
hj_demo_contest_others(void)
{
    return G_N_ELEMENTS(publications) + 1;
}

/* One veto, of the committee that exists in the demo only. */
static bool
add_veto(HjDemo *demo, HjTx *tx, GError **error)
{
    return hj_demo_row(demo, tx, demo->county_actor, HJ_DEMO_VETO,
                       demo->committees[demo->n_committees - 1].org, NULL, error, "kind",
                       "incident", "decided_on", "2017-05-16", "document_no",
                       "沧县督〔2017〕3号（示例）", NULL);
}

bool
hj_demo_contest_other(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    if (i == G_N_ELEMENTS(publications))
        return add_veto(demo, tx, error);
    const HjDate day =
        hj_date_make(publications[i].year, publications[i].month, publications[i].day);
    return hj_demo_row(demo, tx, demo->county_actor, HJ_DEMO_PUBLICATION, demo->county, NULL,
                       error, "headline", publications[i].headline, "outlet",
                       publications[i].outlet, "level", publications[i].level, "published_on",
                       hj_date_text(day).text, "verified", "1", NULL);
}
