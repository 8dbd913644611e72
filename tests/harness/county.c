#include "tests/harness/county.h"

#include "base/crypto.h"
#include "core/schema.h"

#include <string.h>

static void
must(bool right, GError *error, const char *what)
{
    if (right)
        return;
    g_printerr("county: %s: %s\n", what, error != NULL ? error->message : "?");
    g_assert_not_reached();
}

typedef struct {
    HjCounty *county;
    const HjActor *actor;
    HjCountyFn fn;
    gpointer data;
} Write;

static bool
run_write(HjTx *tx, gpointer data, GError **error)
{
    Write *write = data;
    hj_tx_set_actor(tx, write->actor->account);
    return write->fn(write->county, tx, write->actor, write->data, error);
}

bool
hj_county_write(HjCounty *county, const HjActor *actor, HjCountyFn fn, gpointer data,
                GError **error)
{
    Write write = { county, actor, fn, data };
    return hj_store_write(county->store, run_write, &write, error);
}

static bool
found(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    static const HjOrgSeed seeds[] = {
        { HJ_COUNTY_ROOT, "沧县", "county", NULL },
        { HJ_COUNTY_TOWN, "甲镇", "committee", HJ_COUNTY_ROOT },
        { HJ_COUNTY_VILLAGE, "东村", "village", HJ_COUNTY_TOWN },
        { HJ_COUNTY_VILLAGE "B1", "东村党支部", "branch", HJ_COUNTY_VILLAGE },
        { HJ_COUNTY_SIBLING, "西村", "village", HJ_COUNTY_TOWN },
        { HJ_COUNTY_SIBLING "B1", "西村党支部", "branch", HJ_COUNTY_SIBLING },
        { HJ_COUNTY_OTHER_TOWN, "乙镇", "committee", HJ_COUNTY_ROOT },
        { HJ_COUNTY_FOREIGN, "南村", "village", HJ_COUNTY_OTHER_TOWN },
        { HJ_COUNTY_FOREIGN "B1", "南村党支部", "branch", HJ_COUNTY_FOREIGN },
    };
    (void)data;
    return hj_schema_apply(tx, county->pack, error) &&
           hj_org_seed(tx, actor, seeds, G_N_ELEMENTS(seeds), hj_date_make(2017, 1, 1), error);
}

typedef struct {
    const char *name, *role, *org;
} NewAccount;

static bool
open_account(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    static char *hash;
    (void)county;
    NewAccount *new = data;
    if (hash == NULL)
        hash = hj_crypto_password_hash("longing-for-rain-1921", error);
    g_autoptr(HjIssues) issues = hj_issues_new();
    int64_t org, id;
    return hash != NULL && hj_org_find(tx, new->org, &org, error) &&
           hj_account_create(tx, actor, new->name, new->name, hash, issues, &id, error) &&
           hj_account_grant(tx, actor, id, new->role, org, issues, error);
}

HjActor *
hj_county_account(HjCounty *county, const char *name, const char *role, const char *org_code)
{
    g_autoptr(GError) error = NULL;
    NewAccount new = { name, role, org_code };
    must(hj_county_write(county, county->system, open_account, &new, &error), error, name);
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    must(tx != NULL, error, "read");
    HjActor *actor = hj_account_actor(tx, county->pack, name, &error);
    must(actor != NULL, error, name);
    return actor;
}

static HjPack *
load_pack(const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autofree char *dir =
        g_path_is_absolute(folder)
            ? g_strdup(folder)
            : g_build_filename(HJ_TEST_SOURCE "/tests/harness", folder, NULL);
    HjPack *pack = hj_pack_load(dir, problems, &error);
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        g_printerr("%s\n", hj_pack_problems_line(problems, i));
    must(pack != NULL, error, "pack");
    return pack;
}

HjCounty *
hj_county_new_with(HjFixtureKind kind, const char *pack)
{
    g_autoptr(GError) error = NULL;
    must(hj_crypto_init(&error), error, "crypto");
    HjCounty *county = g_new0(HjCounty, 1);
    county->fixture = hj_store_fixture_new(kind, true);
    county->store = county->fixture->store;
    county->pack = load_pack(pack);
    county->system = hj_actor_system(county->pack);
    hj_county_at(county, HJ_COUNTY_NOON);
    must(hj_county_write(county, county->system, found, NULL, &error), error, "organizations");
    county->organizer =
        hj_county_account(county, "organizer", "county_organizer", HJ_COUNTY_ROOT);
    county->auditor = hj_county_account(county, "auditor", "auditor", HJ_COUNTY_ROOT);
    county->town = hj_county_account(county, "town", "township_organizer", HJ_COUNTY_TOWN);
    county->other =
        hj_county_account(county, "other", "township_organizer", HJ_COUNTY_OTHER_TOWN);
    county->secretary =
        hj_county_account(county, "secretary", "branch_secretary", HJ_COUNTY_VILLAGE);
    county->team = hj_county_account(county, "team", "work_team", HJ_COUNTY_VILLAGE);
    return county;
}

HjCounty *
hj_county_new(HjFixtureKind kind)
{
    return hj_county_new_with(kind, "pack");
}

void
hj_county_free(HjCounty *county)
{
    HjActor *actors[] = { county->system, county->organizer, county->auditor, county->town,
                          county->other,  county->secretary, county->team };
    for (size_t i = 0; i < G_N_ELEMENTS(actors); i++)
        hj_actor_unref(actors[i]);
    hj_store_fixture_free(county->fixture);
    hj_pack_unref(county->pack);
    g_free(county);
}

void
hj_county_at(HjCounty *county, const char *instant)
{
    g_autoptr(GError) error = NULL;
    HjTime at;
    must(hj_time_parse(instant, &at, &error), error, instant);
    hj_store_set_clock(county->store, at);
}

int64_t
hj_county_org(HjCounty *county, const char *code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    int64_t id = 0;
    must(tx != NULL && hj_org_find(tx, code, &id, &error) && id != 0, error, code);
    return id;
}

const HjLedger *
hj_county_ledger(HjCounty *county, const char *name)
{
    const HjLedger *ledger = hj_pack_ledger(county->pack, name);
    must(ledger != NULL, NULL, name);
    return ledger;
}

int64_t
hj_county_i64(HjCounty *county, const char *sql)
{
    static const HjVal none[] = { { .kind = HJ_VAL_END } };
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) rows = tx != NULL ? hj_tx_query_vals(tx, &error, sql, none) : NULL;
    must(rows != NULL && hj_rows_next(rows), error, sql);
    return hj_rows_i64_at(rows, 0);
}
