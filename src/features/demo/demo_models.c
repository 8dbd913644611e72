#include "base/decimal.h"
#include "features/demo/demo_work.h"

#define YUAN_PER_UNIT 100
#define N_TOWNSHIPS 19

/* The four places domain.md 14 names; the township each of them lies in. */
static const struct {
    const char *name, *township;
} showcases[] = {
    { "宋官屯精品示范区", "130921101" },
    { "八义庄精品示范区", "130921109" },
    { "吕楼精品示范区", "130921104" },
    { "南王精品示范区", "130921212" },
};

static const char *const themes[][2] = {
    { "党群服务中心全天开放", "代办事项公开，一站办理" },
    { "集体经济强村", "机动地清理流转，年年有分红" },
    { "绿色银行示范", "路旁沟渠植树，集体农户分成" },
    { "村务公开示范", "每季公开，账目上墙" },
    { "邻里互助", "老人互助点有人管、有人去" },
};

size_t
hj_demo_models_zones(void)
{
    return N_TOWNSHIPS + G_N_ELEMENTS(showcases);
}

static size_t
committee_at(const HjDemo *demo, const char *code)
{
    for (size_t i = 0; i < demo->n_committees; i++)
        if (g_str_equal(demo->committees[i].code, code))
            return i;
    g_assert_not_reached();
}

static bool
check_zone(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoCase *row, HjDate day,
           GError **error)
{
    return hj_demo_act(demo, tx, actor, row, day, "recheck", NULL, error, "last_check_on",
                       hj_date_text(day).text, "check_finding", "现场查看，在用，群众认可",
                       NULL) &&
           hj_demo_act(demo, tx, demo->county_actor, row, day + 6, "keep", NULL, error, NULL);
}

/* One zone a township, and the four of the county. */
bool
hj_demo_models_zone(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    const bool showcase = i >= N_TOWNSHIPS;
    const size_t at = showcase ? committee_at(demo, showcases[i - N_TOWNSHIPS].township) : i;
    HjDemoCommittee *committee = &demo->committees[at];
    HjDemoDice dice = hj_demo_dice(demo, demo->ledgers[HJ_DEMO_ZONE]->name, i);
    const HjDate applied =
        hj_demo_day(&dice, hj_date_make(2017, 2, 6), hj_date_make(2017, 3, 31));
    const HjDate named = applied + hj_demo_between(&dice, 12, 45);
    g_autofree char *name = showcase ? g_strdup(showcases[i - N_TOWNSHIPS].name)
                                     : g_strconcat(committee->name, "党建示范区", NULL);
    g_autofree char *document = g_strdup_printf("沧县组示〔2017〕%zu号", i + 1);
    HjDemoCase row = { .ledger = HJ_DEMO_ZONE, .version = 1 };
    hj_demo_at(tx, applied);
    if (!hj_demo_row(demo, tx, committee->actor, HJ_DEMO_ZONE, committee->org, &row.id, error,
                     "name", name, "class", showcase ? "showcase" : "township", "applied_on",
                     hj_date_text(applied).text, "plan", "连片打造，带动周边村", NULL) ||
        !hj_demo_act(demo, tx, committee->actor, &row, applied + 1, "submit", NULL, error,
                     NULL) ||
        !hj_demo_act(demo, tx, demo->county_actor, &row, named, "accept", NULL, error,
                     "designated_on", hj_date_text(named).text, "document_no", document,
                     NULL) ||
        !check_zone(demo, tx, committee->actor, &row, named + hj_demo_between(&dice, 320, 350),
                    error))
        return false;
    if (!showcase)
        committee->zone = row.id;
    return true;
}

typedef struct {
    HjDemo *demo;
    HjTx *tx;
    const HjDemoVillage *village;
    const HjActor *actor;
    HjDemoDice dice;
    HjDate applied, checked, accepted;
    HjDemoCase row;
} Model;

static bool
apply(Model *m, GError **error)
{
    const char *const *theme = themes[hj_demo_throw(&m->dice, G_N_ELEMENTS(themes))];
    const int64_t planned = (m->village->model * YUAN_PER_UNIT + 9999) / 10000 * 10000;
    hj_demo_at(m->tx, m->applied);
    return hj_demo_row(m->demo, m->tx, m->actor, HJ_DEMO_MODEL, m->village->org, &m->row.id,
                       error, "theme", theme[0], "plan", theme[1], "step", "create",
                       "applied_on", hj_date_text(m->applied).text, "planned",
                       hj_decimal_text(planned, 0).text, NULL) &&
           hj_demo_act(m->demo, m->tx, m->actor, &m->row, m->applied + 2, "submit", NULL, error,
                       NULL) &&
           hj_demo_act(m->demo, m->tx, m->actor, &m->row, m->checked, "pass", NULL, error,
                       "checked_on", hj_date_text(m->checked).text, "step", "select",
                       m->demo->ledgers[HJ_DEMO_ZONE]->name, /* the field is called so, too */
                       hj_demo_id(m->demo->committees[m->village->committee].zone).text, NULL);
}

/* What was accepted early is checked again within the two years. */
static bool
check_again(Model *m, GError **error)
{
    const HjDate day = m->accepted + hj_demo_between(&m->dice, 330, 360);
    if (day > hj_date_make(2018, 12, 20))
        return true;
    return hj_demo_act(m->demo, m->tx, m->actor, &m->row, day, "recheck", NULL, error,
                       "last_check_on", hj_date_text(day).text, "check_finding",
                       "现场查看，在用，群众认可", "step", "raise", NULL) &&
           hj_demo_act(m->demo, m->tx, m->demo->county_actor, &m->row, day + 5, "keep", NULL,
                       error, NULL);
}

bool
hj_demo_models_village(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    const HjDemoVillage *village = &demo->villages[i];
    if (village->model == 0)
        return true;
    Model m = { .demo = demo,
                .tx = tx,
                .village = village,
                .actor = hj_demo_organizer(demo, village->committee),
                .dice = hj_demo_dice(demo, "model", i),
                .row = { .ledger = HJ_DEMO_MODEL, .version = 1 } };
    m.applied = hj_demo_day(&m.dice, hj_date_make(2017, 5, 16), hj_date_make(2018, 8, 31));
    m.checked = m.applied + hj_demo_between(&m.dice, 10, 40);
    m.accepted = m.checked + hj_demo_between(&m.dice, 10, 50);
    g_autofree char *document =
        g_strdup_printf("沧县组示〔%s〕%zu号",
                        m.accepted < hj_date_make(2018, 1, 1) ? "2017" : "2018", i + 101);
    return apply(&m, error) &&
           hj_demo_act(demo, tx, demo->county_actor, &m.row, m.accepted, "accept", NULL, error,
                       "accepted_on", hj_date_text(m.accepted).text, "investment",
                       hj_decimal_text(village->model * YUAN_PER_UNIT, 0).text, "document_no",
                       document, NULL) &&
           check_again(&m, error);
}
