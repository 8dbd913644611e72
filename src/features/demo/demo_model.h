/* demo_model: the county the demo is about to enter, worked out before anything is written.
 *
 * Totals stand in one table (hj_demo_totals) and are shared out over villages so that the sums
 * are exact; everything else is thrown with dice that depend on the seed and on what they are
 * thrown for, never on the order.  A unit of work can so be repeated when a transaction is.
 *
 * Units    areas in m², money in 100 yuan, strength 0…100, halves 0…3 (2017H1…2018H2)
 * Owns     HjDemo owns its arrays; hj_demo_model_clear
 * Threads  one
 * Source   domain.md 14, 14.1 */
#pragma once

#include "core/account.h"
#include "core/org.h"
#include "core/row.h"
#include "features/demo/demo.h"
#include "features/demo/demo_ledgers.h"

#define HJ_DEMO_HALVES 4
#define HJ_DEMO_TEAM 7 /* most people in a village's team */

/* domain.md 14: what the records of the two years must add up to. */
typedef struct {
    size_t sites_built, blank, dangerous, narrow;
    int64_t investment, area_built, area_before, area_after;
    size_t models; /* demonstration villages */
    int64_t models_investment;
    size_t cadres, villages_unelected;
    size_t members_developed, stalled_villages;
    size_t departments, joint_branches_organs, joint_branches_firms;
    size_t firms_township, firms_committee;
} HjDemoTotals;
extern const HjDemoTotals hj_demo_totals;

typedef enum { HJ_DEMO_USABLE, HJ_DEMO_BLANK, HJ_DEMO_DANGEROUS, HJ_DEMO_NARROW } HjDemoSite;

typedef struct {
    char *code, *name;
    int64_t org;
    bool township;
    int strength[HJ_DEMO_HALVES];
    int64_t zone;   /* its zone, once entered */
    HjActor *actor; /* its organizer, once accounts exist */
    HjActor *clerk; /* who enters for the secretaries of its villages, or NULL */
} HjDemoCommittee;

typedef struct {
    char *code, *name;
    int64_t org;
    size_t committee;
    size_t branch; /* its branch */
    bool community;
    HjDemoSite site;
    bool project;
    int64_t before, gain, renewed, investment; /* of its project */
    int64_t model;                             /* money of a demonstration village, or 0 */
    size_t n_team;
    int64_t team[HJ_DEMO_TEAM]; /* persons of the new team, once entered */
    HjDate born[HJ_DEMO_TEAM];
    size_t n_new;    /* members to be admitted */
    bool stalled;    /* had admitted nobody for three years when the system came */
    size_t n_voters; /* full members of its branch; the first of them, once entered: */
    int64_t members[2];
} HjDemoVillage;

typedef struct {
    char *code, *name, *parent; /* parent: its code */
    const char *kind;
    int64_t org;
    size_t committee;
    int village; /* or -1 */
} HjDemoPlace;   /* departments, firms and branches, parents first */

typedef struct {
    HjStore *store;
    HjPack *pack;
    const HjDemoConfig *config;
    const HjLedger *ledgers[HJ_DEMO_N_LEDGERS];
    HjActor *system, *county_actor;
    int64_t county;
    HjDemoCommittee *committees;
    size_t n_committees;
    HjDemoVillage *villages;
    size_t n_villages; /* communities included */
    HjDemoPlace *places;
    size_t n_places;
    size_t *branches; /* indexes of the branches among places */
    size_t n_branches;
} HjDemo;

/* Reads committees and villages from the tree and shares the totals out. */
bool hj_demo_model_build(HjDemo *demo, HjTx *tx, GError **error);
void hj_demo_model_clear(HjDemo *demo);

/* Dice for one purpose and one thing. */
typedef struct {
    uint64_t state;
} HjDemoDice;
HjDemoDice hj_demo_dice(const HjDemo *demo, const char *purpose, uint64_t thing);
int hj_demo_throw(HjDemoDice *dice, int n); /* 0 … n-1 */
bool hj_demo_chance(HjDemoDice *dice, int percent);
int hj_demo_between(HjDemoDice *dice, int low, int high); /* both included */
HjDate hj_demo_day(HjDemoDice *dice, HjDate from, HjDate to);
HjPeriod hj_demo_half(int half);
