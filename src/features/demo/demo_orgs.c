#include "features/demo/demo_work.h"

#include <string.h>

#define VILLAGE_COMMITTEE "村民委员会"

/* Branches that every township committee has beside those of its villages. */
static const char *const township_branches[] = {
    "机关党支部",   "中心小学党支部", "初级中学党支部", "卫生院党支部",     "派出所党支部",
    "供电所党支部", "税务分局党支部", "农信社党支部",   "离退休干部党支部",
};

/* The ten that review candidates together (domain.md 5.2). */
static const char *const departments[] = {
    "组织部", "纪委监委", "政法委", "公安局",     "法院",
    "检察院", "民政局",   "信访局", "国土资源局", "税务局",
};

typedef struct {
    HjDemo *demo;
    GArray *places; /* of HjDemoPlace */
} Plan;

static void
add_place(Plan *plan, const char *kind, const char *parent, char *code, char *name,
          size_t committee, int village)
{
    const HjDemoPlace place = { .code = code,
                                .name = name,
                                .parent = g_strdup(parent),
                                .kind = kind,
                                .committee = committee,
                                .village = village };
    g_array_append_val(plan->places, place);
}

static void
plan_village(Plan *plan, size_t i)
{
    HjDemoVillage *village = &plan->demo->villages[i];
    size_t n = strlen(village->name);
    if (g_str_has_suffix(village->name, VILLAGE_COMMITTEE))
        n -= strlen(VILLAGE_COMMITTEE);
    village->branch = plan->places->len;
    add_place(plan, "branch", village->code, g_strconcat(village->code, "B1", NULL),
              g_strdup_printf("%.*s党支部", (int)n, village->name), village->committee, (int)i);
}

static void
plan_firms(Plan *plan, size_t committee, size_t n)
{
    const HjDemoCommittee *above = &plan->demo->committees[committee];
    HjDemoDice dice = hj_demo_dice(plan->demo, "firms", committee);
    for (size_t i = 1; i <= n; i++) {
        g_autofree char *name = hj_demo_names_firm(&dice);
        g_autofree char *code = g_strdup_printf("%sE%02zu", above->code, i);
        add_place(plan, "enterprise", above->code, g_strdup(code), g_strdup(name), committee,
                  -1);
        add_place(plan, "branch", code, g_strconcat(code, "B1", NULL),
                  g_strconcat(name, "党支部", NULL), committee, -1);
    }
}

static void
plan_departments(Plan *plan, size_t committee)
{
    const HjDemoCommittee *above = &plan->demo->committees[committee];
    for (size_t i = 0; i < hj_demo_totals.departments; i++) {
        g_autofree char *code = g_strdup_printf("%sD%02zu", above->code, i + 1);
        g_autofree char *name = g_strconcat("县", departments[i], NULL);
        add_place(plan, "department", above->code, g_strdup(code), g_strdup(name), committee,
                  -1);
        add_place(plan, "branch", code, g_strconcat(code, "B1", NULL),
                  g_strconcat(name, "机关党支部", NULL), committee, -1);
        add_place(plan, "branch", code, g_strconcat(code, "B2", NULL),
                  g_strconcat(name, "离退休干部党支部", NULL), committee, -1);
    }
}

static void
plan_joint(Plan *plan, size_t committee, const char *word, size_t n)
{
    const HjDemoCommittee *above = &plan->demo->committees[committee];
    for (size_t i = 1; i <= n; i++)
        add_place(plan, "branch", above->code, g_strdup_printf("%sB%02zu", above->code, i),
                  g_strdup_printf("%s第%zu联合党支部", word, i), committee, -1);
}

static void
plan_township(Plan *plan, size_t committee)
{
    const HjDemoCommittee *above = &plan->demo->committees[committee];
    for (size_t i = 0; i < G_N_ELEMENTS(township_branches); i++)
        add_place(plan, "branch", above->code, g_strdup_printf("%sB%02zu", above->code, i + 1),
                  g_strconcat(above->name, township_branches[i], NULL), committee, -1);
    plan_firms(plan, committee, hj_demo_totals.firms_township);
}

static void
list_branches(HjDemo *demo)
{
    demo->branches = g_new0(size_t, demo->n_places + 1);
    for (size_t i = 0; i < demo->n_places; i++)
        if (g_str_equal(demo->places[i].kind, "branch"))
            demo->branches[demo->n_branches++] = i;
}

void
hj_demo_orgs_plan(HjDemo *demo)
{
    Plan plan = { .demo = demo, .places = g_array_new(FALSE, FALSE, sizeof(HjDemoPlace)) };
    for (size_t i = 0; i < demo->n_villages; i++)
        plan_village(&plan, i);
    for (size_t i = 0; i < demo->n_committees; i++)
        if (demo->committees[i].township)
            plan_township(&plan, i);
    const size_t organs = demo->n_committees - 2;
    const size_t firms = demo->n_committees - 1;
    plan_departments(&plan, organs);
    plan_joint(&plan, organs, "县直机关", hj_demo_totals.joint_branches_organs);
    plan_firms(&plan, firms, hj_demo_totals.firms_committee);
    plan_joint(&plan, firms, "非公企业", hj_demo_totals.joint_branches_firms);
    demo->n_places = plan.places->len;
    demo->places = (HjDemoPlace *)(void *)g_array_free(plan.places, FALSE);
    list_branches(demo);
}

static bool
act_create(HjDemo *demo, HjTx *tx, const HjOrgAct *act, int64_t *ret_id, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    hj_tx_set_actor(tx, demo->county_actor != NULL ? demo->county_actor->account : 0);
    const HjActor *actor = demo->county_actor != NULL ? demo->county_actor : demo->system;
    if (hj_org_act(tx, actor, act, issues, ret_id, error))
        return true;
    const char *why =
        hj_issues_count(issues) > 0 ? hj_issues_message(issues, 0, HJ_EN) : "refused";
    g_prefix_error(error, "demo, %s %s (%s): ", act->kind, act->code, why);
    return false;
}

bool
hj_demo_orgs_committee(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    HjDemoCommittee *committee = &demo->committees[i];
    if (committee->township)
        return true;
    const HjOrgAct act = { .act = "create",
                           .code = committee->code,
                           .name = committee->name,
                           .kind = "committee",
                           .other = "130921",
                           .on = hj_date_make(2017, 1, 1),
                           .document = "沧县组〔2017〕1号" };
    return act_create(demo, tx, &act, &committee->org, error);
}

bool
hj_demo_orgs_place(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    HjDemoPlace *place = &demo->places[i];
    const HjOrgAct act = { .act = "create",
                           .code = place->code,
                           .name = place->name,
                           .kind = place->kind,
                           .other = place->parent,
                           .on = hj_date_make(2017, 1, 1),
                           .document = "沧县组〔2017〕2号" };
    return act_create(demo, tx, &act, &place->org, error);
}
