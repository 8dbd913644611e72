#include "core/judged.h"

#define TARGET_SCALE 2

struct HjJudgedRun {
    HjTx *tx;
    const HjPack *pack;
    HjDate from, to;
    HjOrgTree *tree;
    HjIndicatorCache *cache;
};

HjJudgedRun *
hj_judged_new(HjTx *tx, const HjPack *pack)
{
    HjJudgedRun *run = g_new0(HjJudgedRun, 1);
    run->tx = tx;
    run->pack = pack;
    run->from = run->to = HJ_DATE_NONE;
    return run;
}

static void
forget(HjJudgedRun *run)
{
    g_clear_pointer(&run->cache, hj_indicator_cache_free);
    g_clear_pointer(&run->tree, hj_org_tree_free);
}

void
hj_judged_free(HjJudgedRun *run)
{
    if (run == NULL)
        return;
    forget(run);
    g_free(run);
}

static HjDate
day_of(const HjLedger *ledger, const HjRows *row, const HjRows *above, const char *name)
{
    const HjRows *rows = hj_pack_field(ledger, name) != NULL ? row : above;
    HjDate day = HJ_DATE_NONE;
    if (rows != NULL && !hj_rows_null(rows, name))
        hj_date_parse(hj_rows_text(rows, name), &day, NULL);
    return day;
}

static bool
take_period(HjJudgedRun *run, HjDate from, HjDate to, GError **error)
{
    if (run->cache != NULL && run->from == from && run->to == to)
        return true;
    forget(run);
    run->from = from;
    run->to = to;
    run->tree = hj_org_tree_load(run->tx, to, error);
    if (run->tree == NULL)
        return false;
    run->cache = hj_indicator_cache_new(run->tx, run->pack, run->tree, from, to);
    return true;
}

static bool
is_met(const HjIndicator *indicator, const HjIndicatorValue *value, int64_t target)
{
    int64_t shown = value->value;
    for (int i = indicator->scale; i < TARGET_SCALE; i++)
        shown *= 10;
    for (int i = TARGET_SCALE; i < indicator->scale; i++)
        target *= 10;
    return value->has && (indicator->lower_is_better ? shown <= target : shown >= target);
}

bool
hj_judged_row(HjJudgedRun *run, const HjLedger *ledger, const HjRows *row, const HjRows *above,
              HjJudgement *ret, bool *ret_has, GError **error)
{
    const HjJudged *judged = ledger->judged;
    const HjDate from = day_of(ledger, row, above, judged->from);
    const HjDate last = day_of(ledger, row, above, judged->to);
    const HjDate to = MIN(last, hj_tx_today(run->tx));
    const HjIndicator *indicator =
        hj_rows_null(row, judged->by)
            ? NULL
            : hj_pack_indicator(run->pack, hj_rows_text(row, judged->by));
    *ret_has = indicator != NULL && from != HJ_DATE_NONE && last != HJ_DATE_NONE &&
               from <= to && !hj_rows_null(row, judged->target);
    if (!*ret_has)
        return true;
    if (!take_period(run, from, to, error))
        return false;
    const HjIndicatorSet *set = hj_indicator_cache_get(run->cache, indicator, error);
    if (set == NULL)
        return false;
    *ret = (HjJudgement){ .indicator = indicator,
                          .from = from,
                          .to = to,
                          .target = hj_rows_i64(row, judged->target),
                          .value = hj_indicator_at(set, hj_rows_i64(row, "org")) };
    ret->met = is_met(indicator, &ret->value, ret->target);
    return true;
}
