#include "tests/flow/rows.h"

typedef struct {
    HjOrgAct act;
    HjIssues *issues;
    int64_t id;
} Act;

static bool
run_act(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Act *act = data;
    (void)county;
    hj_issues_clear(act->issues);
    return hj_org_act(tx, actor, &act->act, act->issues, &act->id, error);
}

/* The organization the act answers with; the story fails when it is refused. */
static int64_t
act_as(HjCounty *county, const HjActor *actor, HjOrgAct what)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    if (what.document == NULL)
        what.document = "沧发〔2018〕1号";
    Act act = { .act = what, .issues = issues };
    bool done = hj_county_write(county, actor, run_act, &act, &error);
    if (!done && hj_issues_count(issues) > 0)
        fail_msg("%s: %s", hj_issues_field(issues, 0), hj_issues_message(issues, 0, HJ_EN));
    assert_done(done, error);
    return act.id;
}

/* "field:code …" of the issues, or the message of any other refusal. */
static char *
act_refused(HjCounty *county, const HjActor *actor, HjOrgAct what)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    Act act = { .act = what, .issues = issues };
    assert_false(hj_county_write(county, actor, run_act, &act, &error));
    assert_non_null(error);
    if (error->code != HJ_ERROR_INVALID)
        return g_strdup(error->message);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < hj_issues_count(issues); i++)
        g_string_append_printf(out, "%s%s:%s", i > 0 ? " " : "", hj_issues_field(issues, i),
                               hj_issues_code(issues, i));
    return g_string_free(out, FALSE);
}

#define assert_act_refused(wanted, county, actor, ...)                                         \
    do {                                                                                       \
        g_autofree char *said_ = act_refused((county), (actor), (HjOrgAct){ __VA_ARGS__ });    \
        assert_string_equal(said_, (wanted));                                                  \
    } while (false)

static HjOrgTree *
tree_on(HjCounty *county, int year, int month, int day)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    HjOrgTree *tree = hj_org_tree_load(tx, hj_date_make(year, month, day), &error);
    assert_done(tree != NULL, error);
    return tree;
}

/* "code name<parent code" of an organization on a day, or "-". */
static char *
stood(HjCounty *county, const char *code, int year, int month, int day)
{
    g_autoptr(HjOrgTree) tree = tree_on(county, year, month, day);
    const HjOrg *org = hj_org_tree_code(tree, code);
    if (org == NULL)
        return g_strdup("-");
    const HjOrg *parent = hj_org_tree_find(tree, org->parent);
    return g_strdup_printf("%s<%s", org->name, parent != NULL ? parent->code : "");
}

#define assert_stood(wanted, ...)                                                              \
    do {                                                                                       \
        g_autofree char *found_ = stood(__VA_ARGS__);                                          \
        assert_string_equal(found_, (wanted));                                                 \
    } while (false)

/* The closure of every day agrees with the parents of that day. */
static void
assert_closure_is_sound(HjCounty *county, const char *day)
{
    g_autofree char *wrong = g_strdup_printf(
        "SELECT COUNT(*) FROM sys_tree a JOIN sys_tree b ON b.county = a.county AND b.ancestor "
        "= a.org AND b.from_on <= '%s' AND b.to_on >= '%s' WHERE a.from_on <= '%s' AND a.to_on "
        ">= '%s' AND NOT EXISTS (SELECT 1 FROM sys_tree c WHERE c.county = a.county AND "
        "c.ancestor = a.ancestor AND c.org = b.org AND c.depth = a.depth + b.depth AND "
        "c.from_on <= '%s' AND c.to_on >= '%s')",
        day, day, day, day, day, day);
    assert_int_equal(hj_county_i64(county, wrong), 0);
    g_autofree char *twice =
        g_strdup_printf("SELECT COUNT(*) FROM (SELECT org FROM sys_tree WHERE depth = 1 AND "
                        "from_on <= '%s' AND "
                        "to_on >= '%s' GROUP BY org HAVING COUNT(*) > 1) x",
                        day, day);
    assert_int_equal(hj_county_i64(county, twice), 0);
}

static void
test_the_tree_stands_parents_before_children(void **state)
{
    HjCounty *county = *state;
    g_autoptr(HjOrgTree) tree = tree_on(county, 2018, 6, 15);
    assert_int_equal(tree->n_orgs, 9);
    assert_string_equal(tree->orgs[0].code, HJ_COUNTY_ROOT);
    assert_int_equal(hj_org_tree_parent(tree, 0), -1);
    for (size_t i = 1; i < tree->n_orgs; i++) {
        int parent = hj_org_tree_parent(tree, i);
        assert_in_range(parent, 0, i - 1);
        assert_int_equal(tree->orgs[i].parent, tree->orgs[parent].id);
        assert_int_equal(tree->orgs[i].depth, tree->orgs[parent].depth + 1);
        assert_string_equal(tree->orgs[i].parent_name, tree->orgs[parent].name);
    }
    g_autoptr(HjOrgTree) before = tree_on(county, 2016, 12, 31);
    assert_int_equal(before->n_orgs, 0);
}

static void
test_last_year_keeps_its_tree_and_names(void **state)
{
    HjCounty *county = *state;
    /* A village with a branch moves to the second township, then gets another name. */
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .other = HJ_COUNTY_TOWN,
                       .name = "北村",
                       .kind = "village",
                       .code = "130921100210",
                       .on = hj_date_make(2017, 3, 1) });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .other = "130921100210",
                       .name = "北村党支部",
                       .kind = "branch",
                       .on = hj_date_make(2017, 3, 1) });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "move",
                       .code = "130921100210",
                       .other = HJ_COUNTY_OTHER_TOWN,
                       .on = hj_date_make(2018, 2, 1) });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "rename",
                       .code = "130921100210",
                       .name = "新北村",
                       .on = hj_date_make(2018, 3, 1) });
    assert_stood("-", county, "130921100210", 2017, 2, 28);
    assert_stood("北村<130921100", county, "130921100210", 2017, 12, 31);
    assert_stood("北村<130921100", county, "130921100210", 2018, 1, 31);
    assert_stood("北村<130921101", county, "130921100210", 2018, 2, 1);
    assert_stood("新北村<130921101", county, "130921100210", 2018, 3, 1);
    /* What lies below moved with it. */
    assert_stood("北村党支部<130921100210", county, "130921100210B1", 2018, 6, 1);
    assert_closure_is_sound(county, "2017-12-31");
    assert_closure_is_sound(county, "2018-02-01");
    assert_closure_is_sound(county, "2018-06-15");
}

static void
test_scope_follows_a_move_at_once(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .other = HJ_COUNTY_TOWN,
                       .name = "沟村",
                       .kind = "village",
                       .code = "130921100220",
                       .on = hj_date_make(2018, 1, 1) });
    int64_t id = row_add(county, county->town, "thing", "130921100220", "subject", "沟", NULL);
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "move",
                       .code = "130921100220",
                       .other = HJ_COUNTY_OTHER_TOWN,
                       .on = hj_date_make(2018, 6, 15) });
    assert_null(row_read(county, county->town, "thing", id, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_autoptr(HjRows) row = row_read(county, county->other, "thing", id, &error);
    assert_done(row != NULL, error);
}

static void
test_a_merge_moves_the_children_and_keeps_the_rows(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .other = HJ_COUNTY_ROOT,
                       .name = "丙镇",
                       .kind = "committee",
                       .code = "130921102",
                       .on = hj_date_make(2017, 1, 1) });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .other = "130921102",
                       .name = "丙一村",
                       .kind = "village",
                       .code = "130921102201",
                       .on = hj_date_make(2017, 1, 1) });
    int64_t id =
        row_add(county, county->organizer, "member", "130921102", "name", "丙人", NULL);
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "merge",
                       .code = "130921102",
                       .other = HJ_COUNTY_OTHER_TOWN,
                       .on = hj_date_make(2018, 4, 1) });
    assert_stood("丙镇<130921", county, "130921102", 2018, 3, 31);
    assert_stood("-", county, "130921102", 2018, 4, 1);
    assert_stood("丙一村<130921102", county, "130921102201", 2018, 3, 31);
    assert_stood("丙一村<130921101", county, "130921102201", 2018, 4, 1);
    /* The closed committee keeps its rows; nothing new is written there. */
    g_autoptr(HjRows) row = row_read(county, county->organizer, "member", id, &error);
    assert_done(row != NULL, error);
    assert_refused("org:reference", county, county->organizer, "member", "130921102", "name",
                   "x");
    assert_closure_is_sound(county, "2018-03-31");
    assert_closure_is_sound(county, "2018-04-01");
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) acts = hj_org_acts(tx, hj_county_org(county, "130921102201"), &error);
    hj_rows_next(acts);
    assert_string_equal(hj_rows_text(acts, "act"), "move");
    assert_string_equal(hj_rows_text(acts, "other_name"), "乙镇");
    assert_string_equal(hj_rows_text(acts, "document"), "沧发〔2018〕1号");
    assert_string_equal(hj_rows_text(acts, "actor_name"), "organizer");
}

static void
test_a_split_opens_a_sibling(void **state)
{
    HjCounty *county = *state;
    int64_t id = act_as(county, county->town,
                        (HjOrgAct){ .act = "split",
                                    .code = HJ_COUNTY_SIBLING,
                                    .name = "小西村",
                                    .on = hj_date_make(2018, 5, 1) });
    g_autoptr(HjOrgTree) tree = tree_on(county, 2018, 5, 1);
    const HjOrg *org = hj_org_tree_find(tree, id);
    assert_non_null(org);
    /* The next free number behind the siblings of its kind. */
    assert_string_equal(org->code, "130921100203");
    assert_string_equal(org->kind, "village");
    assert_stood("-", county, "130921100203", 2018, 4, 30);
    assert_stood("小西村<130921100", county, "130921100203", 2018, 5, 1);
}

static void
test_new_codes_follow_their_siblings(void **state)
{
    HjCounty *county = *state;
    int64_t branch = act_as(county, county->organizer,
                            (HjOrgAct){ .act = "create",
                                        .other = HJ_COUNTY_VILLAGE,
                                        .name = "二支部",
                                        .kind = "branch",
                                        .on = hj_date_make(2018, 1, 1) });
    int64_t village = act_as(county, county->organizer,
                             (HjOrgAct){ .act = "create",
                                         .other = HJ_COUNTY_OTHER_TOWN,
                                         .name = "新村",
                                         .kind = "village",
                                         .on = hj_date_make(2018, 1, 1) });
    int64_t first = act_as(county, county->organizer,
                           (HjOrgAct){ .act = "create",
                                       .other = HJ_COUNTY_TOWN,
                                       .name = "机关支部",
                                       .kind = "branch",
                                       .on = hj_date_make(2018, 1, 1) });
    g_autoptr(HjOrgTree) tree = tree_on(county, 2018, 6, 15);
    assert_string_equal(hj_org_tree_find(tree, branch)->code, HJ_COUNTY_VILLAGE "B2");
    assert_string_equal(hj_org_tree_find(tree, village)->code, "130921101202");
    assert_string_equal(hj_org_tree_find(tree, first)->code, HJ_COUNTY_TOWN "B1");
}

static void
test_an_act_out_of_order_is_refused(void **state)
{
    HjCounty *county = *state;
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .other = HJ_COUNTY_TOWN,
                       .name = "序村",
                       .kind = "village",
                       .code = "130921100230",
                       .on = hj_date_make(2018, 1, 1) });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "rename",
                       .code = "130921100230",
                       .name = "序二村",
                       .on = hj_date_make(2018, 4, 1) });
    const char *later = "A later act on this organization is already recorded.";
    assert_act_refused(later, county, county->organizer, .act = "move", .code = "130921100230",
                       .other = HJ_COUNTY_OTHER_TOWN, .on = hj_date_make(2018, 3, 31),
                       .document = "x");
    assert_act_refused("The organization was not open on this day.", county, county->organizer,
                       .act = "close", .code = "130921100230", .on = hj_date_make(2017, 12, 31),
                       .document = "x");
    /* That it takes in a branch is no act of its own. */
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .other = "130921100230",
                       .name = "序支部",
                       .kind = "branch",
                       .on = hj_date_make(2018, 1, 1) });
    /* On the very day it may go on, and that day ends as the last act says. */
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "rename",
                       .code = "130921100230",
                       .name = "序三村",
                       .on = hj_date_make(2018, 4, 1) });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "move",
                       .code = "130921100230",
                       .other = HJ_COUNTY_OTHER_TOWN,
                       .on = hj_date_make(2018, 4, 1) });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "move",
                       .code = "130921100230",
                       .other = HJ_COUNTY_TOWN,
                       .on = hj_date_make(2018, 4, 1) });
    assert_stood("序三村<130921100", county, "130921100230", 2018, 4, 1);
    assert_stood("序村<130921100", county, "130921100230", 2018, 3, 31);
    assert_closure_is_sound(county, "2018-04-01");
}

static void
test_what_an_act_needs_is_asked_for(void **state)
{
    HjCounty *county = *state;
    assert_act_refused("document:required name:required kind:choice", county, county->organizer,
                       .act = "create", .other = HJ_COUNTY_TOWN, .kind = "committee",
                       .on = hj_date_make(2018, 1, 1));
    assert_act_refused("other:reference", county, county->town, .act = "create",
                       .other = HJ_COUNTY_OTHER_TOWN, .kind = "village", .name = "x",
                       .document = "x", .on = HJ_DATE_NONE);
    assert_act_refused("on:range", county, county->organizer, .act = "rename",
                       .code = HJ_COUNTY_VILLAGE, .name = "明日村", .document = "x",
                       .on = hj_date_make(2018, 6, 16));
    assert_act_refused("code:duplicate", county, county->organizer, .act = "create",
                       .other = HJ_COUNTY_TOWN, .kind = "village", .name = "x",
                       .code = HJ_COUNTY_VILLAGE, .document = "x", .on = HJ_DATE_NONE);
    assert_act_refused("act:choice", county, county->organizer, .act = "burn",
                       .on = HJ_DATE_NONE);
    assert_act_refused("There is nothing here.", county, county->town, .act = "rename",
                       .code = HJ_COUNTY_FOREIGN, .name = "x", .document = "x",
                       .on = HJ_DATE_NONE);
    assert_act_refused("Your roles do not allow this here.", county, county->secretary,
                       .act = "rename", .code = HJ_COUNTY_VILLAGE, .name = "x", .document = "x",
                       .on = HJ_DATE_NONE);
    assert_act_refused("Close or move the organizations below it first.", county,
                       county->organizer, .act = "close", .code = HJ_COUNTY_TOWN,
                       .document = "x", .on = HJ_DATE_NONE);
    assert_act_refused("The county itself cannot be closed.", county, county->organizer,
                       .act = "close", .code = HJ_COUNTY_ROOT, .document = "x",
                       .on = HJ_DATE_NONE);
    assert_act_refused("other:choice", county, county->organizer, .act = "move",
                       .code = HJ_COUNTY_VILLAGE, .other = HJ_COUNTY_ROOT, .document = "x",
                       .on = HJ_DATE_NONE);
    assert_act_refused("An organization cannot stand below itself.", county, county->organizer,
                       .act = "move", .code = HJ_COUNTY_VILLAGE,
                       .other = HJ_COUNTY_VILLAGE "B1", .document = "x", .on = HJ_DATE_NONE);
}

static void
test_a_closed_organization_stays_to_be_seen(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .other = HJ_COUNTY_TOWN,
                       .name = "末村",
                       .kind = "village",
                       .code = "130921100240",
                       .on = hj_date_make(2018, 1, 1) });
    int64_t row = row_add(county, county->town, "thing", "130921100240", "subject", "末", NULL);
    act_as(
        county, county->town,
        (HjOrgAct){ .act = "close", .code = "130921100240", .on = hj_date_make(2018, 6, 1) });
    assert_stood("末村<130921100", county, "130921100240", 2018, 5, 31);
    assert_stood("-", county, "130921100240", 2018, 6, 1);
    assert_act_refused("This organization is closed.", county, county->town, .act = "rename",
                       .code = "130921100240", .name = "x", .document = "x",
                       .on = HJ_DATE_NONE);
    g_autoptr(HjRows) still = row_read(county, county->town, "thing", row, &error);
    assert_done(still != NULL, error);
    assert_refused("org:reference", county, county->town, "thing", "130921100240", "subject",
                   "x");
}

static void
test_organizations_are_found_by_pinyin_within_the_scope(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) mine =
        hj_org_list(tx, county->town, 0, "village", "dongcun", 10, 0, &error);
    assert_done(mine != NULL, error);
    assert_int_equal(hj_rows_count(mine), 1);
    hj_rows_next(mine);
    assert_string_equal(hj_rows_text(mine, "name"), "东村");
    assert_string_equal(hj_rows_text(mine, "parent_code"), HJ_COUNTY_TOWN);
    assert_string_equal(hj_rows_text(mine, "parent_name"), "甲镇");
    g_autoptr(HjRows) foreign = hj_org_list(tx, county->town, 0, NULL, "南村", 10, 0, &error);
    assert_int_equal(hj_rows_count(foreign), 0);
    assert_null(hj_org_list(tx, county->town, hj_county_org(county, HJ_COUNTY_OTHER_TOWN), NULL,
                            NULL, 10, 0, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    /* Page by page is the same as at once. */
    g_autoptr(HjRows) all = hj_org_list(tx, county->organizer, 0, NULL, NULL, 200, 0, &error);
    int64_t after = 0;
    size_t n = 0;
    for (bool more = true; more;) {
        g_autoptr(HjRows) page =
            hj_org_list(tx, county->organizer, 0, NULL, NULL, 4, after, &error);
        more = hj_rows_count(page) == 4;
        while (hj_rows_next(page)) {
            assert_true(hj_rows_next(all));
            after = hj_rows_i64(page, "id");
            assert_int_equal(after, hj_rows_i64(all, "id"));
            n++;
        }
    }
    assert_int_equal(n, hj_rows_count(all));
}

static void
test_acts_are_events(void **state)
{
    HjCounty *county = *state;
    int64_t id = act_as(county, county->town,
                        (HjOrgAct){ .act = "create",
                                    .other = HJ_COUNTY_TOWN,
                                    .name = "事村",
                                    .kind = "village",
                                    .code = "130921100250",
                                    .on = hj_date_make(2018, 5, 1),
                                    .note = "新设" });
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) events = hj_tx_query(
        tx, &error,
        "SELECT action, after, reason FROM sys_event WHERE county = $1 AND row_id = $2",
        HJ_I64(HJ_FIXTURE_COUNTY), HJ_I64(id));
    assert_done(events != NULL, error);
    assert_int_equal(hj_rows_count(events), 1);
    hj_rows_next(events);
    assert_string_equal(hj_rows_text(events, "action"), "org.create");
    assert_string_equal(hj_rows_text(events, "reason"), "新设");
    assert_string_equal(hj_rows_text(events, "after"),
                        "{\"code\":\"130921100250\",\"name\":\"事村\",\"kind\":\"village\","
                        "\"parent\":\"130921100\",\"on\":\"2018-05-01\","
                        "\"document\":\"沧发〔2018〕1号\"}");
}

/* "was→what" of the former organizations an actor finds, the latest first. */
static char *
former(HjCounty *county, const HjActor *actor, const char *q)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) rows = hj_org_former(tx, actor, q, 20, 0, &error);
    assert_done(rows != NULL, error);
    GString *out = g_string_new(NULL);
    while (hj_rows_next(rows))
        g_string_append_printf(
            out, "%s%s→%s %s %s", out->len > 0 ? "; " : "", hj_rows_text(rows, "was"),
            g_str_equal(hj_rows_text(rows, "act"), "rename") ? hj_rows_text(rows, "name")
            : hj_rows_text(rows, "other_name") != NULL       ? hj_rows_text(rows, "other_name")
                                                             : "-",
            hj_rows_text(rows, "on_day"), hj_rows_text(rows, "document"));
    return g_string_free(out, FALSE);
}

static void
test_what_became_of_former_organizations_is_told_and_found(void **state)
{
    HjCounty *county = *state;
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .code = "130921100301",
                       .name = "旧名村",
                       .kind = "village",
                       .other = HJ_COUNTY_TOWN,
                       .on = hj_date_make(2017, 2, 1) });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "create",
                       .code = "130921100302",
                       .name = "留存村",
                       .kind = "village",
                       .other = HJ_COUNTY_TOWN,
                       .on = hj_date_make(2017, 2, 1) });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "rename",
                       .code = "130921100301",
                       .name = "改名村",
                       .on = hj_date_make(2017, 3, 1),
                       .document = "沧民〔2017〕3号" });
    act_as(county, county->organizer,
           (HjOrgAct){ .act = "merge",
                       .code = "130921100301",
                       .other = "130921100302",
                       .on = hj_date_make(2017, 4, 1),
                       .document = "沧民〔2017〕4号" });
    g_autofree char *by_old = former(county, county->organizer, "旧名");
    assert_string_equal(by_old, "改名村→留存村 2017-04-01 沧民〔2017〕4号; "
                                "旧名村→改名村 2017-03-01 沧民〔2017〕3号");
    g_autofree char *by_initials = former(county, county->town, "jmc");
    assert_string_equal(by_initials, by_old);
    /* Who does not see the place does not learn of it. */
    g_autofree char *elsewhere = former(county, county->other, "旧名");
    assert_string_equal(elsewhere, "");
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_the_tree_stands_parents_before_children),
    cmocka_unit_test(test_last_year_keeps_its_tree_and_names),
    cmocka_unit_test(test_scope_follows_a_move_at_once),
    cmocka_unit_test(test_a_merge_moves_the_children_and_keeps_the_rows),
    cmocka_unit_test(test_a_split_opens_a_sibling),
    cmocka_unit_test(test_new_codes_follow_their_siblings),
    cmocka_unit_test(test_an_act_out_of_order_is_refused),
    cmocka_unit_test(test_what_an_act_needs_is_asked_for),
    cmocka_unit_test(test_a_closed_organization_stays_to_be_seen),
    cmocka_unit_test(test_organizations_are_found_by_pinyin_within_the_scope),
    cmocka_unit_test(test_acts_are_events),
    cmocka_unit_test(test_what_became_of_former_organizations_is_told_and_found),
};

HJ_STORY_MAIN(stories)
