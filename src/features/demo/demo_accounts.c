#include "base/crypto.h"
#include "base/pinyin.h"
#include "features/demo/demo_work.h"

#include <string.h>

#define PASSWORD_BYTES 12
#define N_SECRETARIES 3
#define COUNTY_ORGANIZER "zuzhi.xian"

typedef struct {
    char *name, *title, *role, *place; /* place: code */
    char *password, *hash;
    int committee; /* whose organizer it is, or -1 */
    int clerk;     /* for whose villages it enters, or -1 */
} Key;

struct HjDemoKeys {
    GPtrArray *keys; /* of Key */
};

static void
key_free(gpointer data)
{
    Key *key = data;
    g_free(key->name);
    g_free(key->title);
    g_free(key->role);
    g_free(key->place);
    if (key->password != NULL)
        hj_crypto_wipe(key->password, strlen(key->password));
    g_free(key->password);
    g_free(key->hash);
    g_free(key);
}

void
hj_demo_accounts_free(HjDemoKeys *keys)
{
    if (keys == NULL)
        return;
    g_ptr_array_unref(keys->keys);
    g_free(keys);
}

static void
add_key(HjDemoKeys *keys, const char *name, const char *title, const char *role,
        const char *place, int committee)
{
    Key *key = g_new0(Key, 1);
    key->name = g_strdup(name);
    key->title = g_strdup(title);
    key->role = g_strdup(role);
    key->place = g_strdup(place);
    key->committee = committee;
    key->clerk = -1;
    g_ptr_array_add(keys->keys, key);
}

/* "旧州镇" → "jiuzhou": what the township is called without its kind. */
static char *
short_pinyin(const char *name)
{
    static const char *const kinds[] = { "回族乡", "镇", "乡", "村民委员会" };
    size_t n = strlen(name);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_suffix(name, kinds[i])) {
            n -= strlen(kinds[i]);
            break;
        }
    g_autofree char *bare = g_strndup(name, n);
    return hj_pinyin_full(bare, HJ_PINYIN_TEXT);
}

static void
add_organizers(HjDemoKeys *keys, const HjDemo *demo)
{
    for (size_t i = 0; i < demo->n_committees; i++) {
        const HjDemoCommittee *committee = &demo->committees[i];
        g_autofree char *pinyin = committee->township ? short_pinyin(committee->name) : NULL;
        const char *name = pinyin != NULL                ? pinyin
                           : i + 2 == demo->n_committees ? "jiguan"
                                                         : "feigong";
        g_autofree char *title = g_strconcat(committee->name, "组织委员", NULL);
        add_key(keys, name, title, "township_organizer", committee->code, (int)i);
    }
}

/* One village of each of the first townships, and who else works with villages. */
static void
add_village_people(HjDemoKeys *keys, const HjDemo *demo)
{
    size_t done = 0;
    size_t last = demo->n_committees;
    for (size_t i = 0; i < demo->n_villages && done < N_SECRETARIES; i++) {
        const HjDemoVillage *village = &demo->villages[i];
        if (village->committee == last || village->community)
            continue;
        last = village->committee;
        g_autofree char *pinyin = short_pinyin(village->name);
        g_autofree char *name = g_strconcat("zhishu.", pinyin, NULL);
        g_autofree char *title = g_strconcat(village->name, "党支部书记", NULL);
        add_key(keys, name, title, "branch_secretary", village->code, -1);
        if (done == 0)
            add_key(keys, "gongzuozu", "驻村工作组", "work_team", village->code, -1);
        if (done == 1)
            add_key(keys, "banglian", "帮联干部", "liaison", village->code, -1);
        done++;
    }
}

static const HjDemoVillage *
first_village(const HjDemo *demo, size_t committee)
{
    for (size_t i = 0; i < demo->n_villages; i++)
        if (demo->villages[i].committee == committee)
            return &demo->villages[i];
    return NULL;
}

/* Not every secretary of a village enters records: an assistant of the township does it for
 * them, with the rights of each. */
static void
add_clerks(HjDemoKeys *keys, const HjDemo *demo)
{
    for (size_t i = 0; i < demo->n_committees; i++) {
        const HjDemoCommittee *committee = &demo->committees[i];
        const HjDemoVillage *village = first_village(demo, i);
        if (village == NULL)
            continue;
        g_autofree char *pinyin = short_pinyin(committee->name);
        g_autofree char *name = g_strconcat("zhuli.", pinyin, NULL);
        g_autofree char *title = g_strconcat(committee->name, "党建助理员", NULL);
        add_key(keys, name, title, "branch_secretary", village->code, -1);
        ((Key *)g_ptr_array_index(keys->keys, keys->keys->len - 1))->clerk = (int)i;
    }
}

static const char *
first_department(const HjDemo *demo)
{
    for (size_t i = 0; i < demo->n_places; i++)
        if (g_str_equal(demo->places[i].kind, "department"))
            return demo->places[i].code;
    return NULL;
}

/* "县民政局" → "lianluo.minzhengju". */
static void
add_department_clerks(HjDemoKeys *keys, const HjDemo *demo)
{
    static const char above[] = "县";
    for (size_t i = 0; i < demo->n_places; i++) {
        const HjDemoPlace *place = &demo->places[i];
        if (!g_str_equal(place->kind, "department"))
            continue;
        bool prefixed = g_str_has_prefix(place->name, above);
        g_autofree char *pinyin = short_pinyin(place->name + (prefixed ? sizeof above - 1 : 0));
        g_autofree char *name = g_strconcat("lianluo.", pinyin, NULL);
        g_autofree char *title = g_strconcat(place->name, "联络员", NULL);
        add_key(keys, name, title, "department_clerk", place->code, -1);
    }
}

HjDemoKeys *
hj_demo_accounts_keys(const HjDemo *demo, GError **error)
{
    g_autoptr(HjDemoKeys) keys = g_new0(HjDemoKeys, 1);
    keys->keys = g_ptr_array_new_with_free_func(key_free);
    add_key(keys, COUNTY_ORGANIZER, "县委组织部", "county_organizer", "130921", -1);
    add_key(keys, "guanli.xian", "系统管理员", "administrator", "130921", -1);
    add_key(keys, "jijian.xian", "县纪委监委", "auditor", "130921", -1);
    add_key(keys, "lianshen", "联审单位", "joint_reviewer", first_department(demo), -1);
    add_organizers(keys, demo);
    add_department_clerks(keys, demo);
    add_village_people(keys, demo);
    add_clerks(keys, demo);
    for (guint i = 0; i < keys->keys->len; i++) {
        Key *key = g_ptr_array_index(keys->keys, i);
        key->password = hj_crypto_token(PASSWORD_BYTES);
        key->hash = hj_crypto_password_hash(key->password, error);
        if (key->hash == NULL)
            return NULL;
    }
    return g_steal_pointer(&keys);
}

static bool
grant_villages(HjDemo *demo, HjTx *tx, const Key *key, int64_t account, int64_t granted,
               HjIssues *issues, GError **error)
{
    for (size_t i = 0; key->clerk >= 0 && i < demo->n_villages; i++)
        if (demo->villages[i].committee == (size_t)key->clerk &&
            demo->villages[i].org != granted &&
            !hj_account_grant(tx, demo->system, account, key->role, demo->villages[i].org,
                              issues, error))
            return false;
    return true;
}

static bool
open_one(HjDemo *demo, HjTx *tx, const Key *key, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    int64_t account = 0;
    int64_t org = 0;
    if (!hj_org_find(tx, key->place, &org, error))
        return false;
    const HjTime now = hj_tx_now(tx);
    bool done = hj_account_create(tx, demo->system, key->name, key->title, key->hash, issues,
                                  &account, error);
    /* The account is new, or its password would be too old; the work is as old as the rules. */
    hj_demo_at(tx, demo->pack->valid_from);
    done = done && hj_account_grant(tx, demo->system, account, key->role, org, issues, error) &&
           grant_villages(demo, tx, key, account, org, issues, error);
    hj_tx_set_now(tx, now);
    if (done)
        return true;
    const char *why =
        hj_issues_count(issues) > 0 ? hj_issues_message(issues, 0, HJ_EN) : "refused";
    g_prefix_error(error, "demo, account %s (%s): ", key->name, why);
    return false;
}

bool
hj_demo_accounts_open(HjDemo *demo, HjTx *tx, const HjDemoKeys *keys, GError **error)
{
    hj_tx_set_actor(tx, 0);
    for (guint i = 0; i < keys->keys->len; i++)
        if (!open_one(demo, tx, g_ptr_array_index(keys->keys, i), error))
            return false;
    return true;
}

bool
hj_demo_accounts_actors(HjDemo *demo, HjTx *tx, const HjDemoKeys *keys, GError **error)
{
    demo->county_actor = hj_account_actor(tx, demo->pack, COUNTY_ORGANIZER, error);
    if (demo->county_actor == NULL)
        return false;
    for (guint i = 0; i < keys->keys->len; i++) {
        const Key *key = g_ptr_array_index(keys->keys, i);
        if (key->committee < 0 && key->clerk < 0)
            continue;
        HjActor *actor = hj_account_actor(tx, demo->pack, key->name, error);
        if (actor == NULL)
            return false;
        if (key->clerk >= 0)
            demo->committees[key->clerk].clerk = actor;
        else
            demo->committees[key->committee].actor = actor;
    }
    return true;
}

void
hj_demo_accounts_print(const HjDemoKeys *keys, GString *out)
{
    for (guint i = 0; i < keys->keys->len; i++) {
        const Key *key = g_ptr_array_index(keys->keys, i);
        g_string_append_printf(out, "%-22s %-18s %-20s %-14s %s\n", key->name, key->password,
                               key->role, key->place, key->title);
    }
}
