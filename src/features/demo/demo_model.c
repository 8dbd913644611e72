#include "features/demo/demo_model.h"

#include "base/decimal.h"

#include <string.h>

const HjDemoTotals hj_demo_totals = {
    /* 238 sites, 23 blank and 64 dangerous or narrow ones among them. */
    .sites_built = 238,
    .blank = 23,
    .dangerous = 38,
    .narrow = 26,
    /* 32.6 M yuan, 19,700 m²; means of 86 and 144 m² over the 238. */
    .investment = 326000,
    .area_built = 19700,
    .area_before = 86 * 238,
    .area_after = 144 * 238,
    /* 100 villages, 23 M yuan. */
    .models = 100,
    .models_investment = 230000,
    .cadres = 2686,
    .villages_unelected = 22,
    .members_developed = 1000,
    .stalled_villages = 113,
    .departments = 10,
    .joint_branches_organs = 40,
    .joint_branches_firms = 21,
    .firms_township = 3,
    .firms_committee = 43,
};

static uint64_t
scramble(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

HjDemoDice
hj_demo_dice(const HjDemo *demo, const char *purpose, uint64_t thing)
{
    uint64_t state = scramble(demo->config->seed);
    for (const char *p = purpose; *p != '\0'; p++)
        state = scramble(state ^ (uint8_t)*p);
    return (HjDemoDice){ .state = scramble(state ^ thing) };
}

int
hj_demo_throw(HjDemoDice *dice, int n)
{
    dice->state = scramble(dice->state);
    return n > 1 ? (int)(dice->state % (uint64_t)n) : 0;
}

bool
hj_demo_chance(HjDemoDice *dice, int percent)
{
    return hj_demo_throw(dice, 100) < percent;
}

int
hj_demo_between(HjDemoDice *dice, int low, int high)
{
    return low + hj_demo_throw(dice, high - low + 1);
}

HjDate
hj_demo_day(HjDemoDice *dice, HjDate from, HjDate to)
{
    return from + hj_demo_throw(dice, to - from + 1);
}

HjPeriod
hj_demo_half(int half)
{
    const HjPeriod first = hj_period_half_of(hj_date_make(2017, 1, 1));
    return hj_period_shift(&first, half);
}

static void
shuffle(HjDemoDice *dice, size_t *items, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t other = (size_t)hj_demo_throw(dice, (int)i);
        const size_t held = items[i - 1];
        items[i - 1] = items[other];
        items[other] = held;
    }
}

/* Shares @total out by @weights, in whole units; what rounding leaves goes to the first. */
static void
share_out(int64_t total, int64_t *weights, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    g_assert(sum > 0);
    int64_t left = total;
    for (size_t i = 0; i < n; i++) {
        weights[i] = total * weights[i] / sum;
        left -= weights[i];
    }
    for (size_t i = 0; left > 0; i = (i + 1) % n, left--)
        weights[i]++;
}

static HjDemoSite
site_at(size_t place)
{
    const HjDemoTotals *t = &hj_demo_totals;
    if (place < t->blank)
        return HJ_DEMO_BLANK;
    if (place < t->blank + t->dangerous)
        return HJ_DEMO_DANGEROUS;
    return place < t->blank + t->dangerous + t->narrow ? HJ_DEMO_NARROW : HJ_DEMO_USABLE;
}

/* The first of the shuffled villages get the projects: blank sites, dangerous and narrow ones,
 * then those that were usable and are made better. */
static void
share_projects(HjDemo *demo, const size_t *order)
{
    /* Mean and spread of the weights, by the condition found. */
    static const int before[][2] = { { 108, 30 }, { 0, 0 }, { 85, 20 }, { 45, 10 } };
    static const int gain[][2] = { { 45, 15 }, { 130, 30 }, { 60, 20 }, { 90, 20 } };
    static const int price[2] = { 13, 8 };
    const size_t n = hj_demo_totals.sites_built;
    g_autofree int64_t *b = g_new0(int64_t, n);
    g_autofree int64_t *g = g_new0(int64_t, n);
    g_autofree int64_t *r = g_new0(int64_t, n);
    g_autofree int64_t *money = g_new0(int64_t, n);
    HjDemoDice dice = hj_demo_dice(demo, "projects", 0);
    const size_t blank = hj_demo_totals.blank;
    for (size_t i = 0; i < n; i++) {
        const HjDemoSite site = site_at(i);
        b[i] = before[site][0] + hj_demo_throw(&dice, before[site][1] + 1);
        g[i] = gain[site][0] + hj_demo_throw(&dice, gain[site][1] + 1);
    }
    share_out(hj_demo_totals.area_before, b + blank, n - blank);
    share_out(hj_demo_totals.area_after - hj_demo_totals.area_before, g, n);
    /* A dangerous house is mostly built anew, others are renewed in part. */
    for (size_t i = blank; i < n; i++)
        r[i] = b[i] * (site_at(i) == HJ_DEMO_DANGEROUS ? 60 : hj_demo_between(&dice, 14, 24));
    share_out(hj_demo_totals.area_built -
                  (hj_demo_totals.area_after - hj_demo_totals.area_before),
              r + blank, n - blank);
    for (size_t i = 0; i < n; i++)
        money[i] = (g[i] + r[i]) * (price[0] + hj_demo_throw(&dice, price[1]));
    share_out(hj_demo_totals.investment, money, n);
    for (size_t i = 0; i < n; i++) {
        HjDemoVillage *village = &demo->villages[order[i]];
        village->site = site_at(i);
        village->project = true;
        village->before = b[i];
        village->gain = g[i];
        village->renewed = r[i];
        village->investment = money[i];
    }
}

/* Demonstration villages, from every township some. */
static void
share_models(HjDemo *demo, const size_t *order)
{
    g_autofree int64_t *money = g_new0(int64_t, hj_demo_totals.models);
    HjDemoDice dice = hj_demo_dice(demo, "models", 0);
    for (size_t i = 0; i < hj_demo_totals.models; i++)
        money[i] = hj_demo_between(&dice, 10, 40);
    share_out(hj_demo_totals.models_investment, money, hj_demo_totals.models);
    for (size_t i = 0; i < hj_demo_totals.models; i++)
        demo->villages[order[i]].model = money[i];
}

/* Five people a village and what is left of the elected one by one. */
static void
share_cadres(HjDemo *demo, const size_t *order, size_t n)
{
    size_t left = hj_demo_totals.cadres;
    for (size_t i = 0; i < demo->n_villages; i++)
        demo->villages[i].n_team = 5;
    left = left > n * 5 ? left - n * 5 : 0;
    for (size_t i = 0; left > 0 && i < n * 2; i++, left--)
        demo->villages[order[i % n]].n_team++;
}

/* Everybody admits at least one, those that had long admitted nobody just one. */
static void
share_members(HjDemo *demo, const size_t *order, size_t n)
{
    const size_t stalled = hj_demo_totals.stalled_villages;
    size_t left = hj_demo_totals.members_developed - n;
    for (size_t i = 0; i < n; i++)
        demo->villages[order[i]].n_new = 1;
    for (size_t i = 0; i < stalled; i++)
        demo->villages[order[i]].stalled = true;
    for (size_t i = 0; left > 0; i++, left--)
        demo->villages[order[stalled + i % (n - stalled)]].n_new++;
}

/* How well a committee does, half by half: it decides pace and quality of everything below. */
static void
throw_strength(const HjDemo *demo, HjDemoCommittee *committee, size_t i)
{
    HjDemoDice dice = hj_demo_dice(demo, "strength", i);
    int level = hj_demo_between(&dice, 25, 80);
    const int trend = hj_demo_between(&dice, -6, 16);
    for (int half = 0; half < HJ_DEMO_HALVES; half++) {
        level += trend + hj_demo_between(&dice, -9, 9);
        level = CLAMP(level, 5, 98);
        committee->strength[half] = level;
    }
}

static int
committee_of(const HjDemo *demo, int64_t org)
{
    for (size_t i = 0; i < demo->n_committees; i++)
        if (demo->committees[i].org == org)
            return (int)i;
    return -1;
}

static void
take_tree(HjDemo *demo, const HjOrgTree *tree)
{
    demo->committees = g_new0(HjDemoCommittee, tree->n_orgs + 2);
    demo->villages = g_new0(HjDemoVillage, tree->n_orgs + 1);
    for (size_t i = 0; i < tree->n_orgs; i++) {
        const HjOrg *org = &tree->orgs[i];
        const bool community = g_str_equal(org->kind, "community");
        if (org->parent == 0) {
            demo->county = org->id;
        } else if (g_str_equal(org->kind, "committee")) {
            demo->committees[demo->n_committees++] =
                (HjDemoCommittee){ .code = g_strdup(org->code),
                                   .name = g_strdup(org->name),
                                   .org = org->id,
                                   .township = true };
        } else if (community || g_str_equal(org->kind, "village")) {
            const int committee = committee_of(demo, org->parent);
            if (committee >= 0)
                demo->villages[demo->n_villages++] =
                    (HjDemoVillage){ .code = g_strdup(org->code),
                                     .name = g_strdup(org->name),
                                     .org = org->id,
                                     .committee = (size_t)committee,
                                     .community = community };
        }
    }
}

static gint
by_committee_code(gconstpointer a, gconstpointer b)
{
    return strcmp(((const HjDemoCommittee *)a)->code, ((const HjDemoCommittee *)b)->code);
}

/* Parents stand before children in a tree but ids decide nothing here, so codes set the order
 * and places of committees are found again after the sort. */
static void
settle_order(HjDemo *demo)
{
    g_autofree int64_t *orgs = g_new0(int64_t, demo->n_committees + 1);
    for (size_t i = 0; i < demo->n_committees; i++)
        orgs[i] = demo->committees[i].org;
    qsort(demo->committees, demo->n_committees, sizeof(HjDemoCommittee), by_committee_code);
    for (size_t i = 0; i < demo->n_villages; i++) {
        HjDemoVillage *village = &demo->villages[i];
        village->committee = (size_t)committee_of(demo, orgs[village->committee]);
    }
}

static gint
by_village_code(gconstpointer a, gconstpointer b)
{
    return strcmp(((const HjDemoVillage *)a)->code, ((const HjDemoVillage *)b)->code);
}

bool
hj_demo_model_build(HjDemo *demo, HjTx *tx, GError **error)
{
    g_autoptr(HjOrgTree) tree = hj_org_tree_load(tx, hj_date_make(2017, 1, 1), error);
    if (tree == NULL)
        return false;
    take_tree(demo, tree);
    settle_order(demo);
    qsort(demo->villages, demo->n_villages, sizeof(HjDemoVillage), by_village_code);
    g_autofree size_t *order = g_new0(size_t, demo->n_villages + 1);
    size_t n = 0;
    for (size_t i = 0; i < demo->n_villages; i++)
        if (!demo->villages[i].community)
            order[n++] = i;
    if (demo->county == 0 || n < hj_demo_totals.sites_built)
        return hj_fail(error, HJ_ERROR_INVALID,
                       "The demo needs the division list of the model county.");
    static const struct {
        const char *code, *name;
    } further[] = { { "130921901", "县直机关工委" }, { "130921902", "非公有制经济组织党委" } };
    for (size_t i = 0; i < G_N_ELEMENTS(further); i++)
        demo->committees[demo->n_committees++] =
            (HjDemoCommittee){ .code = g_strdup(further[i].code),
                               .name = g_strdup(further[i].name) };
    for (size_t i = 0; i < demo->n_committees; i++)
        throw_strength(demo, &demo->committees[i], i);
    HjDemoDice dice = hj_demo_dice(demo, "order", 0);
    shuffle(&dice, order, n);
    share_projects(demo, order);
    dice = hj_demo_dice(demo, "models", 1);
    shuffle(&dice, order, n);
    share_models(demo, order);
    dice = hj_demo_dice(demo, "order", 1);
    shuffle(&dice, order, n);
    share_cadres(demo, order, n);
    shuffle(&dice, order, n);
    share_members(demo, order, n);
    return true;
}

void
hj_demo_model_clear(HjDemo *demo)
{
    for (size_t i = 0; i < demo->n_committees; i++) {
        g_free(demo->committees[i].code);
        g_free(demo->committees[i].name);
        g_clear_pointer(&demo->committees[i].actor, hj_actor_unref);
        g_clear_pointer(&demo->committees[i].clerk, hj_actor_unref);
    }
    for (size_t i = 0; i < demo->n_villages; i++) {
        g_free(demo->villages[i].code);
        g_free(demo->villages[i].name);
    }
    for (size_t i = 0; i < demo->n_places; i++) {
        g_free(demo->places[i].code);
        g_free(demo->places[i].name);
        g_free(demo->places[i].parent);
    }
    g_clear_pointer(&demo->committees, g_free);
    g_clear_pointer(&demo->villages, g_free);
    g_clear_pointer(&demo->places, g_free);
    g_clear_pointer(&demo->branches, g_free);
    g_clear_pointer(&demo->system, hj_actor_unref);
    g_clear_pointer(&demo->county_actor, hj_actor_unref);
}
