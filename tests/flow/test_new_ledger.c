/* A YAML file dropped into a pack gives table, form, list, history, API and access, with no C.
 *
 * The pack is a temporary one that extends packs/cangxian; its ledger has every type of field,
 * a rule, a field hidden from a role, and a child ledger. */
#include "tests/flow/flow.h"
#include "tests/harness/pack_fixture.h"

#define WELLS "/api/v1/ledgers/well_survey/rows"
#define REPAIRS "/api/v1/ledgers/well_repair/rows"

static const char pack_yaml[] = "pack: wells\n"
                                "version: \"1\"\n"
                                "title: {zh: 机井, en: Wells}\n"
                                "extends: cangxian\n"
                                "valid: {from: 2017-01-01}\n";
static const char lists_yaml[] = "lists:\n"
                                 "  - list: well_kinds\n"
                                 "    title: {zh: 机井种类, en: Kinds of well}\n"
                                 "    items:\n"
                                 "      - {item: deep, title: {zh: 深井, en: Deep}}\n"
                                 "      - {item: shallow, title: {zh: 浅井, en: Shallow}}\n"
                                 "  - list: well_uses\n"
                                 "    title: {zh: 用途, en: Uses}\n"
                                 "    items:\n"
                                 "      - {item: drink, title: {zh: 饮用, en: Drinking}}\n"
                                 "      - {item: field, title: {zh: 灌溉, en: Fields}}\n"
                                 "      - {item: fire, title: {zh: 消防, en: Fire}}\n";
static const char survey_yaml[] =
    "ledger: well_survey\n"
    "title: {zh: 机井普查, en: Survey of wells}\n"
    "help: {zh: 一井一行。, en: One well a row.}\n"
    "system: M12\n"
    "group: sites\n"
    "of: [village]\n"
    "enter: [township_organizer, branch_secretary]\n"
    "see: [county_organizer, township_organizer, branch_secretary, work_team]\n"
    "date_field: seen_on\n"
    "title_field: label\n"
    "fields:\n"
    "  - {field: label, type: text, title: {zh: 井名, en: Name}, required: true, max: 20,"
    " unique: true, list_column: true}\n"
    "  - {field: note, type: long_text, title: {zh: 备注, en: Note}}\n"
    "  - {field: working, type: bool, title: {zh: 可用, en: Working}, list_column: true}\n"
    "  - {field: depth, type: integer, title: {zh: 井深, en: Depth}, unit: {zh: 米, en: m},"
    " min: 1, max: 500, total: true, list_column: true}\n"
    "  - {field: output, type: decimal, scale: 1, title: {zh: 出水, en: Output}}\n"
    "  - {field: share, type: percent, title: {zh: 占比, en: Share}}\n"
    "  - {field: cost, type: money, title: {zh: 造价, en: Cost}, total: true,"
    " hidden_from: [work_team], list_column: true}\n"
    "  - {field: seen_on, type: date, title: {zh: 普查日期, en: Seen on}, required: true,"
    " list_column: true}\n"
    "  - {field: dug_in, type: month, title: {zh: 打井月份, en: Dug in}}\n"
    "  - {field: tested_at, type: datetime, title: {zh: 检测时间, en: Tested at}}\n"
    "  - {field: kind, type: choice, list: well_kinds, title: {zh: 种类, en: Kind},"
    " list_column: true}\n"
    "  - {field: uses, type: choices, list: well_uses, title: {zh: 用途, en: Uses}}\n"
    "  - {field: checked, type: list_check, list: well_uses, title: {zh: 已查, en: Checked}}\n"
    "  - {field: keeper, type: person, title: {zh: 管护人, en: Keeper}}\n"
    "  - {field: town, type: org, kind: committee, title: {zh: 主管乡镇, en: Township}}\n"
    "  - {field: lease, type: row, ledger: contract, title: {zh: 承包合同, en: Lease}}\n"
    "must:\n"
    "  - {rule: \"kind IS NULL OR kind <> 'deep' OR depth >= 100\", field: depth,"
    " says: {zh: 深井不浅于一百米, en: A deep well has 100 m}}\n";
static const char repair_yaml[] =
    "ledger: well_repair\n"
    "title: {zh: 机井维修, en: Repairs of wells}\n"
    "system: M12\n"
    "group: sites\n"
    "in: well_survey\n"
    "of: [village]\n"
    "enter: [township_organizer, branch_secretary]\n"
    "title_field: work\n"
    "fields:\n"
    "  - {field: work, type: text, title: {zh: 维修内容, en: Work}, required: true,"
    " hidden_from: [work_team]}\n";

/* A person and a contract of the first village, for the fields that cite. */
typedef struct {
    char *person, *contract;
} Cited;
static Cited cited;

static void
copy_tree(HjPackFixture *fixture, const char *from, const char *to)
{
    GDir *dir = g_dir_open(from, 0, NULL);
    assert_non_null(dir);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(from, name, NULL);
        g_autofree char *target = g_build_filename(to, name, NULL);
        g_autofree char *text = NULL;
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            copy_tree(fixture, path, target);
        else if (g_file_get_contents(path, &text, NULL, NULL))
            hj_pack_fixture_write(fixture, target, text);
    }
    g_dir_close(dir);
}

/* The contest as the county has it, but for its audience. */
static void
write_scheme(HjPackFixture *fixture, const char *cangxian)
{
    g_autofree char *path = g_build_filename(cangxian, "schemes", "three_lists.yaml", NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_autoptr(GString) changed = g_string_new(text);
    assert_int_equal(g_string_replace(changed, "audience: {rank: [county, committee]}",
                                      "audience: {rank: [county]}", 0),
                     1);
    hj_pack_fixture_write(fixture, "schemes/three_lists.yaml", changed->str);
}

static char *
enter(HjTestCounty *county, const char *uri, const char *body)
{
    g_autoptr(HjTestAnswer) made = hj_test_post(county, "village", uri, body);
    assert_status(made, 201);
    return g_strdup(hj_test_at(made, "id"));
}

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    g_autoptr(HjPackFixture) fixture = hj_pack_fixture_new();
    static const char *const below[] = { "national", "cangxian" };
    for (size_t i = 0; i < G_N_ELEMENTS(below); i++) {
        g_autofree char *from = hj_test_pack(below[i]);
        g_autofree char *to = g_build_filename("..", below[i], NULL);
        copy_tree(fixture, from, to);
    }
    g_autofree char *cangxian = hj_test_pack("cangxian");
    hj_pack_fixture_write(fixture, "orgs.yaml", NULL);
    hj_pack_fixture_write(fixture, "roles.yaml", NULL);
    hj_pack_fixture_write(fixture, "pack.yaml", pack_yaml);
    hj_pack_fixture_write(fixture, "lists.yaml", lists_yaml);
    hj_pack_fixture_write(fixture, "ledgers/well_survey.yaml", survey_yaml);
    hj_pack_fixture_write(fixture, "ledgers/well_repair.yaml", repair_yaml);
    write_scheme(fixture, cangxian);
    HjTestCounty *county = hj_test_county_new(kind, fixture->dir);
    hj_test_account(county, "county", "county_organizer", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "town", "township_organizer", HJ_TEST_TOWN);
    hj_test_account(county, "other", "township_organizer", HJ_TEST_OTHER_TOWN);
    hj_test_account(county, "village", "branch_secretary", HJ_TEST_VILLAGE);
    hj_test_account(county, "team", "work_team", HJ_TEST_VILLAGE);
    hj_test_account(county, "auditor", "auditor", HJ_TEST_COUNTY_CODE);
    g_free(cited.person);
    g_free(cited.contract);
    cited.person = enter(county, "/api/v1/ledgers/person/rows",
                         "{\"org\":\"" HJ_TEST_VILLAGE
                         "\",\"fields\":{\"name\":\"管井人\",\"sex\":\"male\"}}");
    cited.contract = enter(county, "/api/v1/ledgers/contract/rows",
                           "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"object\":\"井地\","
                           "\"kind\":\"land\",\"party\":\"x\",\"yearly_price\":1,\"from_on\":"
                           "\"2017-01-01\",\"to_on\":\"2019-01-01\"}}");
    return county;
}

/* Every field of a well as JSON; caller owns. */
static char *
well(const char *label)
{
    return g_strdup_printf(
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"label\":\"%s\",\"note\":\"一\\n二\","
        "\"working\":true,\"depth\":120,\"output\":30.5,\"share\":12.25,\"cost\":8000050,"
        "\"seen_on\":\"2018-04-01\",\"dug_in\":\"1998-07\",\"tested_at\":"
        "\"2018-04-01T09:30:00+08:00\",\"kind\":\"deep\",\"uses\":[\"field\",\"drink\"],"
        "\"checked\":[\"fire\"],\"keeper\":\"%s\",\"town\":\"" HJ_TEST_TOWN
        "\",\"lease\":\"%s\"}}",
        label, cited.person, cited.contract);
}

static void
test_every_type_of_field_comes_back_as_it_was_given(void **state)
{
    g_autofree char *body = well("一号井");
    g_autofree char *id = enter(*state, WELLS, body);
    g_autofree char *uri = g_strconcat(WELLS "/", id, NULL);
    g_autoptr(HjTestAnswer) row = hj_test_get(*state, "village", uri);
    assert_status(row, 200);
    assert_answer(row, "fields.note", "一\n二");
    assert_answer(row, "fields.working", "true");
    assert_answer(row, "fields.depth", "120");
    assert_answer(row, "fields.output", "30.5");
    assert_answer(row, "fields.share", "12.25");
    assert_answer(row, "fields.cost", "8000050");
    assert_answer(row, "fields.dug_in", "1998-07");
    assert_true(g_str_has_prefix(hj_test_at(row, "fields.tested_at"), "2018-04-01T09:30:00"));
    assert_answer(row, "fields.kind", "deep");
    /* In the order of the list, whatever the order given. */
    assert_answer(row, "fields.uses.0", "drink");
    assert_answer(row, "fields.uses.1", "field");
    assert_answer(row, "fields.checked.0", "fire");
    assert_answer(row, "fields.keeper", cited.person);
    assert_answer(row, "labels.keeper", "管井人");
    assert_answer(row, "labels.town", "甲镇");
    assert_answer(row, "fields.lease", cited.contract);
    assert_answer(row, "labels.lease", "井地");
    g_autoptr(HjTestAnswer) cleared =
        hj_test_patch(*state, "village", uri,
                      "{\"version\":1,\"fields\":{\"working\":null,\"uses\":[],\"keeper\":null,"
                      "\"cost\":null}}");
    assert_status(cleared, 200);
    g_autoptr(HjTestAnswer) after = hj_test_get(*state, "village", uri);
    assert_answer(after, "fields.working", "null");
    assert_answer(after, "fields.keeper", "null");
    assert_answer(after, "fields.cost", "null");
}

static void
test_the_rules_of_the_new_file_hold(void **state)
{
    static const struct {
        const char *fields, *field, *code;
    } cases[] = {
        { "\"label\":\"a\",\"seen_on\":\"2018-04-01\",\"kind\":\"deep\",\"depth\":20", "depth",
          "rule" },
        { "\"label\":\"a\",\"seen_on\":\"2018-04-01\",\"depth\":501", "depth", "range" },
        { "\"label\":\"123456789012345678901\",\"seen_on\":\"2018-04-01\"", "label", "length" },
        { "\"label\":\"a\",\"seen_on\":\"2018-04-01\",\"uses\":[\"sea\"]", "uses", "choice" },
        { "\"label\":\"a\",\"seen_on\":\"2018-04-01\",\"town\":\"" HJ_TEST_VILLAGE "\"", "town",
          "choice" },
        { "\"label\":\"a\",\"seen_on\":\"2018-04-01\",\"keeper\":\"77\"", "keeper",
          "reference" },
        { "\"label\":\"a\",\"seen_on\":\"2018-04-01\",\"tested_at\":\"2018-04-01\"",
          "tested_at", "type" },
        { "\"label\":\"a\",\"seen_on\":\"2018-04-01\",\"dug_in\":\"2018-13\"", "dug_in",
          "type" },
        { "\"label\":\"a\",\"seen_on\":\"2018-04-01\",\"working\":\"yes\"", "working", "type" },
        { "\"label\":\"a\"", "seen_on", "required" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body = g_strdup_printf(
            "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{%s}}", cases[i].fields);
        g_autoptr(HjTestAnswer) answer = hj_test_post(*state, "village", WELLS, body);
        assert_refused(answer, 422, cases[i].field, cases[i].code);
    }
    g_autofree char *body = well("唯一井");
    g_autofree char *id = enter(*state, WELLS, body);
    assert_non_null(id);
    g_autoptr(HjTestAnswer) twice = hj_test_post(*state, "village", WELLS, body);
    assert_refused(twice, 422, "label", "duplicate");
}

static void
test_the_list_filters_by_every_type(void **state)
{
    g_autofree char *body = well("可查井");
    g_autofree char *id = enter(*state, WELLS, body);
    assert_non_null(id);
    g_autofree char *keeper = g_strconcat("keeper=", cited.person, NULL);
    const char *queries[] = {
        "working=true",   "depth=100..200",
        "output=30.5",    "share=12.25",
        "cost=8000050",   "cost=1..",
        "dug_in=1998-07", "tested_at=2018-04-01T00:00:00Z..",
        "kind=deep",      "uses=drink&uses=field",
        "checked=fire",   "town=" HJ_TEST_TOWN,
        keeper,           "seen_on=2018-04-01",
        "note=%E4%BA%8C",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(queries); i++) {
        g_autofree char *uri =
            g_strconcat(WELLS "?label=%E5%8F%AF%E6%9F%A5&", queries[i], NULL);
        g_autoptr(HjTestAnswer) list = hj_test_get(*state, "village", uri);
        assert_status(list, 200);
        if (hj_test_count(list) != 1)
            print_error("%s\n", uri);
        assert_int_equal(hj_test_count(list), 1);
    }
    static const char *const others[] = { "working=false", "depth=..100", "kind=shallow",
                                          "uses=fire", "cost=..1" };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *uri = g_strconcat(WELLS "?label=%E5%8F%AF%E6%9F%A5&", others[i], NULL);
        g_autoptr(HjTestAnswer) list = hj_test_get(*state, "village", uri);
        assert_int_equal(hj_test_count(list), 0);
    }
}

static void
test_the_pages_of_the_ledger_are_there(void **state)
{
    HjTestCounty *county = *state;
    g_autoptr(HjTestAnswer) menu = hj_test_page(county, "village", "/ledgers");
    assert_status(menu, 200);
    assert_non_null(strstr(menu->body, "机井普查"));
    g_autoptr(HjTestAnswer) form =
        hj_test_page(county, "village", "/ledgers/well_survey/new?org=" HJ_TEST_VILLAGE);
    assert_status(form, 200);
    const HjLedger *ledger = hj_pack_ledger(county->pack, "well_survey");
    for (size_t i = 0; i < ledger->n_fields; i++) {
        g_autofree char *input = g_strdup_printf("name=\"%s\"", ledger->fields[i].name);
        assert_non_null(strstr(form->body, input));
    }
    g_autofree char *sent = g_strdup_printf(
        "org=" HJ_TEST_VILLAGE "&label=%%E9%%A1%%B5%%E9%%9D%%A2%%E4%%BA%%95&working=1&depth=150"
        "&cost=1%%2C234.50&seen_on=2018-05-01&dug_in=1999-01&kind=deep&uses=drink&uses=fire"
        "&keeper=%s&output=&share=&note=",
        cited.person);
    g_autoptr(HjTestAnswer) saved =
        hj_test_form(county, "village", "/ledgers/well_survey/new", sent);
    assert_status(saved, 303);
    g_autofree char *page = g_strdup(hj_test_header(saved, "Location"));
    g_autoptr(HjTestAnswer) row = hj_test_page(county, "village", page);
    assert_status(row, 200);
    assert_non_null(strstr(row->body, "页面井"));
    assert_non_null(strstr(row->body, "1,234.50"));
    assert_non_null(strstr(row->body, "饮用、消防"));
    assert_non_null(strstr(row->body, "管井人"));
    g_autoptr(HjTestAnswer) list = hj_test_page(county, "village", "/ledgers/well_survey");
    assert_status(list, 200);
    assert_non_null(strstr(list->body, "页面井"));
    g_autofree char *edit = g_strconcat(page, "/edit", NULL);
    g_autoptr(HjTestAnswer) wrong = hj_test_form(
        county, "village", edit, "version=1&label=x&seen_on=2018-05-01&depth=9999");
    assert_status(wrong, 422);
    g_autoptr(HjTestAnswer) changed = hj_test_form(
        county, "village", edit, "version=1&label=%E6%94%B9%E5%90%8D&seen_on=2018-05-01");
    assert_status(changed, 303);
    /* Opened at version 1: only the other changed the name, so the name of now stands in the
     * form; the day was changed here. */
    g_autoptr(HjTestAnswer) beside =
        hj_test_form(county, "village", edit,
                     "version=1&label=%E9%A1%B5%E9%9D%A2%E4%BA%95&seen_on=2018-05-09");
    assert_status(beside, 409);
    assert_non_null(strstr(beside->body, "name=\"version\" value=\"2\""));
    assert_non_null(strstr(beside->body, "value=\"改名\""));
    assert_non_null(strstr(beside->body, "value=\"2018-05-09\""));
    assert_null(strstr(beside->body, "现在的值："));
    /* Forms name an organization by its code, events by its id: left alone is left alone. */
    g_autoptr(HjTestAnswer) placed = hj_test_form(
        county, "village", edit,
        "version=2&label=%E6%94%B9%E5%90%8D&seen_on=2018-05-01&town=" HJ_TEST_TOWN);
    assert_status(placed, 303);
    g_autoptr(HjTestAnswer) moved = hj_test_form(
        county, "village", edit, "version=3&label=%E6%94%B9%E5%90%8D&seen_on=2018-05-01&town=");
    assert_status(moved, 303);
    g_autoptr(HjTestAnswer) alone = hj_test_form(
        county, "village", edit,
        "version=3&label=%E6%94%B9%E5%90%8D&seen_on=2018-05-07&town=" HJ_TEST_TOWN);
    assert_status(alone, 409);
    assert_null(strstr(alone->body, "现在的值："));
    /* Both changed the name: what was sent stays, what is stored stands below it. */
    g_autoptr(HjTestAnswer) stale = hj_test_form(
        county, "village", edit, "version=1&label=%E6%97%A7%E9%A1%B5&seen_on=2018-05-01");
    assert_status(stale, 409);
    assert_non_null(strstr(stale->body, "value=\"旧页\""));
    assert_non_null(strstr(stale->body, "现在的值： <b>改名</b>"));
    g_autoptr(HjTestAnswer) as_it_was = hj_test_page(county, "village", page);
    assert_non_null(strstr(as_it_was->body, "改名"));
    assert_null(strstr(as_it_was->body, "旧页"));
    g_autofree char *void_uri = g_strconcat(page, "/void", NULL);
    g_autoptr(HjTestAnswer) voided =
        hj_test_form(county, "village", void_uri, "version=4&reason=%E5%BA%9F%E4%BA%95");
    assert_status(voided, 303);
    g_autoptr(HjTestAnswer) history = hj_test_page(county, "village", page);
    assert_status(history, 200);
    assert_non_null(strstr(history->body, "废井"));
    assert_non_null(strstr(history->body, "改名"));
}

static void
test_the_see_list_and_hidden_fields_of_the_file_hold(void **state)
{
    g_autofree char *body = well("看得见");
    g_autofree char *id = enter(*state, WELLS, body);
    g_autofree char *uri = g_strconcat(WELLS "/", id, NULL);
    g_autofree char *page = g_strconcat("/ledgers/well_survey/", id, NULL);
    /* The auditor sees every ledger but those with a list he is not on. */
    g_autoptr(HjTestAnswer) auditor = hj_test_get(*state, "auditor", uri);
    assert_refused(auditor, 403, NULL, NULL);
    g_autoptr(HjTestAnswer) auditor_page = hj_test_page(*state, "auditor", page);
    assert_status(auditor_page, 403);
    g_autoptr(HjTestAnswer) menu = hj_test_page(*state, "auditor", "/ledgers");
    assert_null(strstr(menu->body, "机井普查"));
    g_autoptr(HjTestAnswer) foreign = hj_test_get(*state, "other", uri);
    assert_refused(foreign, 404, NULL, NULL);
    g_autoptr(HjTestAnswer) foreign_page = hj_test_page(*state, "other", page);
    assert_status(foreign_page, 404);
    g_autoptr(HjTestAnswer) team = hj_test_get(*state, "team", uri);
    assert_status(team, 200);
    assert_null(hj_test_node(team, "fields.cost"));
    g_autoptr(HjTestAnswer) team_page = hj_test_page(*state, "team", page);
    assert_status(team_page, 200);
    assert_non_null(strstr(team_page->body, "看得见"));
    assert_null(strstr(team_page->body, "80,000.50"));
    g_autoptr(HjTestAnswer) team_list =
        hj_test_page(*state, "team", "/ledgers/well_survey?label=%E7%9C%8B%E5%BE%97%E8%A7%81");
    assert_status(team_list, 200);
    assert_null(strstr(team_list->body, "80,000.50"));
    assert_null(strstr(team_list->body, "造价"));
    g_autoptr(HjTestAnswer) own_list = hj_test_page(
        *state, "village", "/ledgers/well_survey?label=%E7%9C%8B%E5%BE%97%E8%A7%81");
    assert_non_null(strstr(own_list->body, "80,000.50"));
    g_autoptr(HjTestAnswer) denied =
        hj_test_patch(*state, "team", uri, "{\"version\":1,\"fields\":{\"note\":\"x\"}}");
    assert_refused(denied, 403, NULL, NULL);
    g_autoptr(HjTestAnswer) county =
        hj_test_patch(*state, "county", uri, "{\"version\":1,\"fields\":{\"note\":\"x\"}}");
    assert_refused(county, 403, NULL, NULL);
}

static void
test_child_rows_live_under_their_parent(void **state)
{
    g_autofree char *body = well("待修井");
    g_autofree char *id = enter(*state, WELLS, body);
    g_autofree char *repair = g_strdup_printf(
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"parent\":\"%s\",\"fields\":{\"work\":\"换泵\"}}",
        id);
    g_autofree char *child = enter(*state, REPAIRS, repair);
    g_autofree char *uri = g_strconcat(REPAIRS "/", child, NULL);
    g_autoptr(HjTestAnswer) row = hj_test_get(*state, "village", uri);
    assert_answer(row, "parent", id);
    /* Who may not see the title does not find it by guessing either. */
    static const char *const guess = REPAIRS "?q=%E6%8D%A2%E6%B3%B5";
    g_autoptr(HjTestAnswer) found = hj_test_get(*state, "village", guess);
    assert_int_equal(hj_test_count(found), 1);
    g_autoptr(HjTestAnswer) guessed = hj_test_get(*state, "team", guess);
    assert_status(guessed, 200);
    assert_int_equal(hj_test_count(guessed), 0);
    g_autofree char *under = g_strconcat(REPAIRS "?parent=", id, NULL);
    g_autoptr(HjTestAnswer) list = hj_test_get(*state, "village", under);
    assert_int_equal(hj_test_count(list), 1);
    g_autoptr(HjTestAnswer) foreign = hj_test_get(*state, "other", under);
    assert_refused(foreign, 404, NULL, NULL);
    g_autoptr(HjTestAnswer) orphan =
        hj_test_post(*state, "village", REPAIRS,
                     "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"work\":\"x\"}}");
    assert_refused(orphan, 422, "parent", "required");
    g_autoptr(HjTestAnswer) lost = hj_test_post(
        *state, "village", REPAIRS,
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"parent\":\"77\",\"fields\":{\"work\":\"x\"}}");
    assert_refused(lost, 422, "parent", "reference");
    g_autofree char *well_uri = g_strconcat(WELLS "/", id, NULL);
    g_autoptr(HjTestAnswer) cited_row =
        hj_test_delete(*state, "village", well_uri, "{\"version\":1,\"reason\":\"x\"}");
    assert_refused(cited_row, 409, NULL, NULL);
}

static void
test_the_description_and_the_history_know_it(void **state)
{
    g_autoptr(HjTestAnswer) doc = hj_test_get(*state, "village", "/api/v1/openapi.json");
    assert_answer(doc, "components.schemas.fields_well_survey.properties.kind.enum.1",
                  "shallow");
    assert_answer(doc, "components.schemas.new_well_survey.allOf.1.required.0", "label");
    g_autofree char *body = well("有史井");
    g_autofree char *id = enter(*state, WELLS, body);
    g_autofree char *uri = g_strconcat(WELLS "/", id, "/history", NULL);
    g_autoptr(HjTestAnswer) history = hj_test_get(*state, "village", uri);
    assert_answer(history, "items.0.after.cost", "8000050");
    g_autoptr(HjTestAnswer) team = hj_test_get(*state, "team", uri);
    assert_status(team, 200);
    assert_null(hj_test_node(team, "items.0.after.cost"));
    hj_test_seal(*state);
    g_autoptr(HjTestAnswer) events =
        hj_test_get(*state, "county", "/api/v1/events?ledger=well_survey&action=row.create");
    assert_status(events, 200);
    assert_true(hj_test_count(events) >= 1);
}

static void
test_without_the_audience_only_the_own_card_is_shown(void **state)
{
    const char *uri = "/api/v1/assessments/three_lists/2018H1";
    g_autoptr(HjTestAnswer) county = hj_test_get(*state, "county", uri);
    assert_status(county, 200);
    assert_int_equal(hj_test_count(county), 2);
    assert_answer(county, "ranking", "true");
    g_autoptr(HjTestAnswer) town = hj_test_get(*state, "town", uri);
    assert_status(town, 200);
    assert_answer(town, "ranking", "false");
    assert_int_equal(hj_test_count(town), 1);
    assert_answer(town, "items.0.org", HJ_TEST_TOWN);
    assert_answer(town, "items.0.rank", "null");
    assert_null(strstr(town->body, "乙镇"));
    g_autofree char *card = g_strconcat(uri, "/" HJ_TEST_TOWN, NULL);
    g_autoptr(HjTestAnswer) own = hj_test_get(*state, "town", card);
    assert_status(own, 200);
    assert_answer(own, "rank", "null");
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_every_type_of_field_comes_back_as_it_was_given),
    cmocka_unit_test(test_the_rules_of_the_new_file_hold),
    cmocka_unit_test(test_the_list_filters_by_every_type),
    cmocka_unit_test(test_the_pages_of_the_ledger_are_there),
    cmocka_unit_test(test_the_see_list_and_hidden_fields_of_the_file_hold),
    cmocka_unit_test(test_child_rows_live_under_their_parent),
    cmocka_unit_test(test_the_description_and_the_history_know_it),
    cmocka_unit_test(test_without_the_audience_only_the_own_card_is_shown),
};

HJ_FLOW_MAIN(stories, prepare)
