/* county: a tiny county on the pack of tests/harness/pack, with an actor for every role.
 *
 * County 130921 with the committees 130921100 (甲镇) and 130921101 (乙镇); villages
 * 130921100201 and 130921100202 in the first, 130921101201 in the second, each with a branch
 * CODE + B1; all opened on 2017-01-01.  The clock stands at noon of 2018-06-15 in Shanghai.
 *
 * Units    none
 * Owns     hj_county_free; actors belong to the county
 * Threads  one
 * Source   style.md 2.10 */
#pragma once

#include "core/account.h"
#include "core/org.h"
#include "core/row.h"
#include "tests/harness/store_fixture.h"

#define HJ_COUNTY_ROOT "130921"
#define HJ_COUNTY_TOWN "130921100"
#define HJ_COUNTY_OTHER_TOWN "130921101"
#define HJ_COUNTY_VILLAGE "130921100201"
#define HJ_COUNTY_SIBLING "130921100202"
#define HJ_COUNTY_FOREIGN "130921101201"
#define HJ_COUNTY_NOON "2018-06-15T12:00:00+08:00"

typedef struct {
    HjStoreFixture *fixture;
    HjStore *store;
    HjPack *pack;
    HjActor *system;
    HjActor *organizer; /* county_organizer at the county */
    HjActor *auditor;   /* at the county, may not enter */
    HjActor *town;      /* township_organizer at the first committee */
    HjActor *other;     /* township_organizer at the second */
    HjActor *secretary; /* branch_secretary at the first village */
    HjActor *team;      /* work_team there: sees, may not enter, fields hidden */
} HjCounty;

HjCounty *hj_county_new(HjFixtureKind kind);
/* On another pack of tests/harness, or one at an absolute path, which extends that one. */
HjCounty *hj_county_new_with(HjFixtureKind kind, const char *pack);
void hj_county_free(HjCounty *county);

int64_t hj_county_org(HjCounty *county, const char *code);
const HjLedger *hj_county_ledger(HjCounty *county, const char *name);
void hj_county_at(HjCounty *county, const char *instant); /* moves the clock */
/* An account of this name with one role; reads its actor anew. */
HjActor *hj_county_account(HjCounty *county, const char *name, const char *role,
                           const char *org_code);

/* One write as @actor; what it answers. */
typedef bool (*HjCountyFn)(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data,
                           GError **error);
bool hj_county_write(HjCounty *county, const HjActor *actor, HjCountyFn fn, gpointer data,
                     GError **error);
/* A number of one row, one column. */
int64_t hj_county_i64(HjCounty *county, const char *sql);
