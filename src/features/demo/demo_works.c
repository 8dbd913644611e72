#include "base/decimal.h"
#include "features/demo/demo_work.h"

#include <string.h>

#define YUAN_PER_UNIT 100 /* investments are shared out in 100 yuan */

static const char *const conditions[] = {
    [HJ_DEMO_USABLE] = "usable",
    [HJ_DEMO_BLANK] = "blank",
    [HJ_DEMO_DANGEROUS] = "dangerous",
    [HJ_DEMO_NARROW] = "narrow",
};
/* The field of a receipt that cites its contract; it bears the name of that ledger. */
static const struct {
    const char *needs;
} cited = { .needs = "contract" };
static const char *const haves[] = { "house", "flag", "plate", "office", "media", "boards" };

typedef struct {
    char text[64];
} Ticks;

/* The first @n of the six. */
static Ticks
ticks_of(int n)
{
    Ticks ticks = { "" };
    for (int i = 0; i < n && i < (int)G_N_ELEMENTS(haves); i++) {
        g_strlcat(ticks.text, i > 0 ? "," : "", sizeof ticks.text);
        g_strlcat(ticks.text, haves[i], sizeof ticks.text);
    }
    return ticks;
}

static HjDecimalText
metres(int64_t m2)
{
    return hj_decimal_text(m2, 0);
}

/* The half-year that accepts a project: stronger committees build sooner. */
static HjDate
accepted_day(const HjDemo *demo, const HjDemoVillage *village, HjDemoDice *dice)
{
    const int *strength = demo->committees[village->committee].strength;
    int half = 0;
    while (half < HJ_DEMO_HALVES - 1 && !hj_demo_chance(dice, strength[half] * 55 / 100))
        half++;
    const HjPeriod period = hj_demo_half(half);
    return hj_demo_day(dice, half == 0 ? hj_date_make(2017, 5, 10) : period.from, period.to);
}

/* One project on its way; days in their order. */
typedef struct {
    HjDemo *demo;
    HjTx *tx;
    const HjActor *actor; /* of the township */
    const HjDemoVillage *village;
    HjDate proposed, approved, started, accepted;
    int64_t yuan;
    size_t number;
    HjDemoDice *dice;
    HjDemoCase row;
} Project;

static const char *
year_of(HjDate day)
{
    return day < hj_date_make(2018, 1, 1) ? "2017" : "2018";
}

/* Days of a project that is accepted on a day its committee's strength decided. */
static void
set_days(Project *p)
{
    p->accepted = accepted_day(p->demo, p->village, p->dice);
    const HjDate wished = p->accepted - hj_demo_between(p->dice, 50, 190);
    const HjDate first = hj_date_make(2017, 4, 1) + hj_demo_throw(p->dice, 20);
    p->started = MAX(wished, first);
    p->approved = p->started - hj_demo_between(p->dice, 3, 6);
    p->proposed = p->approved - hj_demo_between(p->dice, 4, 12);
}

static bool
propose(Project *p, int64_t site, GError **error)
{
    static const char *const kinds[] = { [HJ_DEMO_USABLE] = "extended",
                                         [HJ_DEMO_BLANK] = "new",
                                         [HJ_DEMO_DANGEROUS] = "rebuilt",
                                         [HJ_DEMO_NARROW] = "extended" };
    const HjDemoVillage *village = p->village;
    /* What was planned is rounded; what was built is exact. */
    const int64_t planned = (p->yuan + 4999) / 5000 * 5000;
    hj_demo_at(p->tx, p->proposed);
    p->row = (HjDemoCase){ .ledger = HJ_DEMO_PROJECT, .version = 1 };
    return hj_demo_row(p->demo, p->tx, p->actor, HJ_DEMO_PROJECT, village->org, &p->row.id,
                       error, "name",
                       village->site == HJ_DEMO_BLANK ? "村级组织活动场所新建工程"
                                                      : "村级组织活动场所提升工程",
                       "site", hj_demo_id(site).text, "kind", kinds[village->site],
                       "proposed_on", hj_date_text(p->proposed).text, "area_planned",
                       metres((village->gain + village->renewed + 9) / 10 * 10).text, "planned",
                       hj_decimal_text(planned, 0).text, NULL) &&
           hj_demo_act(p->demo, p->tx, p->actor, &p->row, p->proposed + 1, "submit", NULL,
                       error, NULL);
}

static bool
begin(Project *p, GError **error)
{
    g_autofree char *number =
        g_strdup_printf("沧县组批〔%s〕%zu号", year_of(p->approved), p->number);
    const HjDate finish = p->accepted + hj_demo_between(p->dice, 0, 20);
    return hj_demo_act(p->demo, p->tx, p->demo->county_actor, &p->row, p->approved, "approve",
                       NULL, error, "approved_on", hj_date_text(p->approved).text,
                       "approval_no", number, NULL) &&
           hj_demo_act(p->demo, p->tx, p->actor, &p->row, p->started, "begin", NULL, error,
                       "started_on", hj_date_text(p->started).text, "finish_by",
                       hj_date_text(finish).text, NULL);
}

/* Reported by the township, accepted by the county. */
static bool
accept(Project *p, GError **error)
{
    const HjDemoVillage *village = p->village;
    const HjDateText day = hj_date_text(p->accepted);
    g_autofree char *document =
        g_strdup_printf("沧县组场〔%s〕%zu号", year_of(p->accepted), p->number);
    return hj_demo_act(p->demo, p->tx, p->actor, &p->row, p->accepted, "accept", NULL, error,
                       "accepted_on", day.text, "area_built",
                       metres(village->gain + village->renewed).text, "area_after",
                       metres(village->before + village->gain).text, "investment",
                       hj_decimal_text(p->yuan, 0).text, "six_haves", ticks_of(6).text,
                       "plates", hj_demo_chance(p->dice, 12) ? "4" : "2", "document_no",
                       document, NULL) &&
           hj_demo_act(p->demo, p->tx, p->demo->county_actor, &p->row, p->accepted, "accept",
                       NULL, error, NULL);
}

/* Six tenths when building starts, the rest after the acceptance: exact in fen. */
static bool
pay(Project *p, bool rest, GError **error)
{
    const int64_t first = p->yuan * 60; /* fen */
    const HjDate day = rest ? p->accepted + 12 : p->started + 5;
    g_autofree char *voucher = g_strdup_printf("记字%s-%zu", hj_date_text(day).text, p->number);
    hj_demo_at(p->tx, day);
    return hj_demo_child(p->demo, p->tx, p->actor, HJ_DEMO_PAYMENT, p->village->org, p->row.id,
                         NULL, error, "paid_on", hj_date_text(day).text, "amount",
                         hj_decimal_text(rest ? p->yuan * 100 - first : first, 2).text, "payee",
                         "某建筑公司（示例）", "voucher", voucher, NULL);
}

static bool
add_project(HjDemo *demo, HjTx *tx, const HjActor *actor, const HjDemoVillage *village,
            size_t i, int64_t site, HjDemoDice *dice, GError **error)
{
    Project p = { .demo = demo,
                  .tx = tx,
                  .actor = actor,
                  .village = village,
                  .yuan = village->investment * YUAN_PER_UNIT,
                  .number = i + 1,
                  .dice = dice };
    set_days(&p);
    const HjDate used = p.accepted + hj_demo_between(dice, 3, 25);
    if (!propose(&p, site, error) || !begin(&p, error) || !pay(&p, false, error) ||
        !accept(&p, error) || !pay(&p, true, error))
        return false;
    return hj_demo_act(demo, tx, actor, &p.row, used, "open", NULL, error, "used_on",
                       hj_date_text(used).text, NULL);
}

/* The survey of early 2017, and the project that improved the site. */
bool
hj_demo_works_site(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    const HjDemoVillage *village = &demo->villages[i];
    const HjActor *actor = hj_demo_organizer(demo, village->committee);
    HjDemoDice dice = hj_demo_dice(demo, "site", i);
    const HjDate surveyed =
        hj_demo_day(&dice, hj_date_make(2017, 1, 9), hj_date_make(2017, 3, 24));
    const int64_t area = village->project ? village->before : hj_demo_between(&dice, 96, 240);
    const int n_haves = village->site == HJ_DEMO_BLANK    ? 0
                        : village->site == HJ_DEMO_USABLE ? hj_demo_between(&dice, 4, 6)
                                                          : hj_demo_between(&dice, 2, 4);
    int64_t site;
    hj_demo_at(tx, surveyed);
    if (!hj_demo_row(demo, tx, actor, HJ_DEMO_SITE, village->org, &site, error, "surveyed_on",
                     hj_date_text(surveyed).text, "condition", conditions[village->site],
                     "area", metres(area).text, "six_haves", ticks_of(n_haves).text, "plates",
                     village->site == HJ_DEMO_BLANK ? "0"
                     : hj_demo_chance(&dice, 20)    ? "4"
                                                    : "3",
                     "address", village->site == HJ_DEMO_BLANK ? NULL : "村委会院内", NULL))
        return false;
    return !village->project || add_project(demo, tx, actor, village, i, site, &dice, error);
}

typedef struct {
    const char *measure, *content, *contract, *object;
    int least, most; /* yuan a half-year, in 1,000 */
} Source;

/* Ways to earn; the first two are the model county's own. */
static const Source sources[] = {
    { "green_bank", "路旁沟边植树，集体与农户分成", "pond", "路沟渠旁林木承包", 2, 12 },
    { "land_transfer", "集体机动地流转给合作社", "land", "集体机动地流转", 8, 60 },
    { "resource_lease", "坑塘发包养殖", "pond", "坑塘发包", 3, 20 },
    { "property_lease", "闲置校舍出租", "house", "闲置校舍出租", 6, 40 },
    { "services", "组织农机服务，收取服务费", "service", "农机服务协议", 2, 18 },
    { "shares", "入股合作社，按股分红", "other", "合作社入股协议", 3, 25 },
    { "projects", "屋顶光伏发电", "service", "光伏屋顶租用", 4, 22 },
    { "idle_assets", "旧厂房盘活", "house", "旧厂房租赁", 6, 45 },
};

typedef struct {
    HjDemo *demo;
    HjTx *tx;
    const HjDemoVillage *village;
    const HjDemoCommittee *committee;
    const HjActor *actor;
    const Source *source;
    HjDemoDice dice;
} Village;

static bool
add_contract(Village *v, HjDate from, HjDate to, HjDate ended, int64_t price, int64_t *ret_id,
             GError **error)
{
    return hj_demo_row(v->demo, v->tx, v->actor, HJ_DEMO_CONTRACT, v->village->org, ret_id,
                       error, "object", v->source->object, "kind", v->source->contract, "party",
                       hj_demo_chance(&v->dice, 50) ? "农户" : "某合作社（示例）", "area",
                       metres(hj_demo_between(&v->dice, 5, 180)).text, "yearly_price",
                       hj_decimal_text(price, 0).text, "from_on", hj_date_text(from).text,
                       "to_on", hj_date_text(to).text, "ended_on", hj_date_text(ended).text,
                       "vote", "村民代表会议（示例）", NULL);
}

/* A contract of one or several years.  What runs out is renewed, sooner or later; until then it
 * counts as out of term. */
static bool
add_contracts(Village *v, int64_t price, int64_t *ret_id, GError **error)
{
    const HjDate from =
        hj_demo_day(&v->dice, hj_date_make(2017, 1, 1), hj_date_make(2017, 5, 31));
    const int months = hj_demo_chance(&v->dice, 45) ? 120 : hj_demo_between(&v->dice, 5, 16);
    const HjDate to = hj_date_add_months(from, months) - 1;
    const int weak = 100 - v->committee->strength[2];
    const HjDate renewed = to + hj_demo_throw(&v->dice, 30 + weak * 5);
    const HjDate last = hj_date_make(2018, 12, 31);
    const bool renews = renewed <= last;
    if (!add_contract(v, from, to, renews ? renewed : HJ_DATE_NONE, price, ret_id, error))
        return false;
    return !renews || add_contract(v, renewed, hj_date_add_months(renewed, 60) - 1,
                                   HJ_DATE_NONE, price, ret_id, error);
}

static bool
add_receipt(Village *v, int half, const char *class, const char *summary, int64_t yuan,
            int64_t contract, GError **error)
{
    const HjPeriod period = hj_demo_half(half);
    const HjDate day = hj_demo_day(&v->dice, period.from, period.to);
    g_autofree char *voucher = g_strdup_printf("记字%s-%02d", hj_date_text(day).text,
                                               hj_demo_between(&v->dice, 1, 60));
    const bool earned = contract != 0 || g_str_equal(class, "operating");
    return hj_demo_row(v->demo, v->tx, v->actor, HJ_DEMO_INCOME, v->village->org, NULL, error,
                       "received_on", hj_date_text(day).text, "class", class, "measure",
                       earned ? v->source->measure : NULL, "amount",
                       hj_decimal_text(yuan, 0).text, "summary", summary, "voucher", voucher,
                       cited.needs, contract != 0 ? hj_demo_id(contract).text : NULL, NULL);
}

/* Each half-year some villages earn nothing; by the end of 2018 every village has earned. */
static bool
add_receipts(Village *v, int64_t price, int64_t contract, GError **error)
{
    bool earned = false;
    for (int half = 0; half < HJ_DEMO_HALVES; half++) {
        const int chance = 42 + half * 12 + v->committee->strength[half] / 5;
        const bool last = half == HJ_DEMO_HALVES - 1 && !earned;
        if (!hj_demo_chance(&v->dice, chance) && !last)
            continue;
        earned = true;
        const int64_t yuan = price / 2 + hj_demo_between(&v->dice, -400, 400);
        if (!add_receipt(v, half, "operating", v->source->object, yuan, contract, error))
            return false;
    }
    return !hj_demo_chance(&v->dice, 35) ||
           add_receipt(v, hj_demo_throw(&v->dice, HJ_DEMO_HALVES), "subsidy",
                       "村级组织运转补助", hj_demo_between(&v->dice, 20, 60) * 1000, 0, error);
}

static bool
add_measure(Village *v, int64_t price, GError **error)
{
    static const char *const steps[] = { "start", "consolidate", "grow" };
    const HjDate started =
        hj_demo_day(&v->dice, hj_date_make(2017, 1, 15), hj_date_make(2018, 9, 30));
    return hj_demo_row(v->demo, v->tx, v->actor, HJ_DEMO_MEASURE, v->village->org, NULL, error,
                       "measure", v->source->measure, "step",
                       steps[price < 20000   ? 0
                             : price < 60000 ? 1
                                             : 2],
                       "content", v->source->content, "started_on", hj_date_text(started).text,
                       "yearly_target", hj_decimal_text(price, 0).text, NULL);
}

bool
hj_demo_works_economy(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    const HjDemoVillage *village = &demo->villages[i];
    Village v = { .demo = demo,
                  .tx = tx,
                  .village = village,
                  .committee = &demo->committees[village->committee],
                  .actor = hj_demo_organizer(demo, village->committee),
                  .dice = hj_demo_dice(demo, "economy", i) };
    v.source = &sources[hj_demo_throw(&v.dice, G_N_ELEMENTS(sources))];
    const int64_t price =
        (int64_t)hj_demo_between(&v.dice, v.source->least, v.source->most) * 2000;
    int64_t contract = 0;
    if (hj_demo_chance(&v.dice, 85) && !add_contracts(&v, price, &contract, error))
        return false;
    return add_receipts(&v, price, contract, error) && add_measure(&v, price, error);
}
