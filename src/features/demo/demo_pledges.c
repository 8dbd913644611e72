#include "features/demo/demo_work.h"

/* What a township and the county agree on; the indicator that judges it, and its target. */
static const struct {
    const char *clause, *measure, *target[2]; /* of 2017, of 2018 */
} clauses[] = {
    { "消除村级场所空白", "blank_sites", { "1", "0" } },
    { "场所安全够用", "sites_fit", { "80", "95" } },
    { "村村有集体收入", "income_villages", { "70", "100" } },
    { "集体合同不过期", "contracts_in_term", { "75", "85" } },
};

/* Drafted by the county, signed by the township and then by the county. */
static bool
sign(HjDemo *demo, HjTx *tx, const HjDemoCommittee *committee, HjDemoCase *row, HjDate day,
     const char *number, GError **error)
{
    return hj_demo_act(demo, tx, demo->county_actor, row, day, "submit", NULL, error,
                       "document_no", number, NULL) &&
           hj_demo_act(demo, tx, committee->actor, row, day + 3, "sign", NULL, error,
                       "signed_on", hj_date_text(day + 3).text, NULL) &&
           hj_demo_act(demo, tx, demo->county_actor, row, day + 3, "sign", NULL, error, NULL);
}

/* One a township and year; none for villages, and the two further committees sign none. */
bool
hj_demo_pledges_one(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    const HjDemoCommittee *committee = &demo->committees[i / 2];
    const int year = 2017 + (int)(i % 2);
    if (!committee->township)
        return true;
    HjDemoDice dice = hj_demo_dice(demo, demo->ledgers[HJ_DEMO_PLEDGE]->name, i);
    const HjDate drafted =
        hj_demo_day(&dice, hj_date_make(year, 1, 9), hj_date_make(year, 2, 3));
    g_autofree char *year_text = g_strdup_printf("%d", year);
    g_autofree char *title = g_strdup_printf("%d年度基层党建责任状", year);
    g_autofree char *number = g_strdup_printf("沧县责〔%d〕%zu号", year, i / 2 + 1);
    HjDemoCase row = { .ledger = HJ_DEMO_PLEDGE, .version = 1 };
    hj_demo_at(tx, drafted);
    if (!hj_demo_row(demo, tx, demo->county_actor, HJ_DEMO_PLEDGE, committee->org, &row.id,
                     error, "title", title, "year", year_text, "from_on",
                     hj_date_text(hj_date_make(year, 1, 1)).text, "to_on",
                     hj_date_text(hj_date_make(year, 12, 31)).text, NULL))
        return false;
    for (size_t c = 0; c < G_N_ELEMENTS(clauses); c++)
        if (!hj_demo_child(demo, tx, demo->county_actor, HJ_DEMO_CLAUSE, committee->org, row.id,
                           NULL, error, "clause", clauses[c].clause, "measure",
                           clauses[c].measure, "target", clauses[c].target[year - 2017], NULL))
            return false;
    if (!sign(demo, tx, committee, &row, drafted + 2, number, error))
        return false;
    return year != 2017 ||
           hj_demo_act(demo, tx, demo->county_actor, &row, hj_date_make(2018, 1, 5), "finish",
                       NULL, error, "outcome", "各条按指标核对，见台账", NULL);
}
