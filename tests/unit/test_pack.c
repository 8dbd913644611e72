#include "base/crypto.h"
#include "pack/pack.h"
#include "pack/yaml.h"
#include "tests/harness/pack_fixture.h"
#include "tests/unit/unit.h"

#include <string.h>

static HjDate
day(const char *text)
{
    HjDate date = HJ_DATE_NONE;
    assert_true(hj_date_parse(text, &date, NULL));
    return date;
}

static const char task[] =
    "ledger: task\ntitle: {zh: 任务, en: Tasks}\nsystem: M12\ngroup: work\nof: village\n"
    "enter: county_organizer\nfields:\n"
    "  - {field: subject, type: text, title: {zh: 题, en: Subject}, required: true}\n"
    "  - {field: area, type: decimal, scale: 3, min: 12.5, max: 100, "
    "title: {zh: 面积, en: Area}}\n"
    "  - {field: cost, type: money, max: 0.5, title: {zh: 费用, en: Cost}}\n"
    "  - {field: kind, type: choice, list: kinds, title: {zh: 类, en: Kind}}\n"
    "  - {field: a, type: text, title: {zh: 甲, en: A}, retired: 2018-01-01}\n"
    "  - {field: b, type: long_text, title: {zh: 乙, en: B}}\n"
    "  - {field: c, type: bool, title: {zh: 丙, en: C}}\n"
    "  - {field: d, type: bool, title: {zh: 丁, en: D}}\n"
    "must:\n  - rule: |\n      cost IS NULL\n      OR cost > 0\n"
    "    says: {zh: 费用, en: the cost}\n";
static const char lists[] = "lists:\n  - list: kinds\n    title: {zh: 类, en: Kinds}\n"
                            "    items:\n      - {item: one, title: {zh: 一, en: One}}\n"
                            "      - {item: two, title: {zh: 二, en: Two}}\n";
static const char terms[] =
    "params:\n  - param: term_years\n    title: {zh: 任期, en: Term}\n    type: integer\n"
    "    values:\n"
    "      - {from: 2018-12-29, value: 5, source: VEL-03}\n"
    "      - {from: 1998-11-04, value: 3, source: VEL-03}\n";

static HjPackFixture *
small_pack(void)
{
    HjPackFixture *files = hj_pack_fixture_new();
    hj_pack_fixture_write(files, "ledgers/task.yaml", task);
    hj_pack_fixture_write(files, "lists.yaml", lists);
    hj_pack_fixture_write(files, "params.yaml", terms);
    return files;
}

static void
test_a_pack_is_read_into_linked_structs(void **state)
{
    (void)state;
    g_autoptr(HjPackFixture) files = small_pack();
    g_autoptr(HjPack) pack = hj_pack_fixture_load(files);
    assert_string_equal(pack->name, "small");
    assert_int_equal(pack->valid_from, day("2017-01-01"));
    assert_int_equal(pack->valid_to, HJ_DATE_NONE);
    const HjLedger *ledger = hj_pack_ledger(pack, "task");
    assert_non_null(ledger);
    assert_string_equal(ledger->title_field, "subject");
    assert_int_equal(ledger->n_of, 1);
    assert_string_equal(ledger->of[0], "village");
    const HjField *kind = hj_pack_field(ledger, "kind");
    assert_ptr_equal(kind->list, hj_pack_list(pack, "kinds"));
    assert_string_equal(hj_pack_list_item(kind->list, "two")->title.zh, "二");
    assert_null(hj_pack_list_item(kind->list, "three"));
    assert_null(hj_pack_field(ledger, "nothing"));
    assert_null(hj_pack_ledger(pack, "nothing"));
    assert_null(hj_pack_ledger_is(pack, "person"));
    assert_non_null(hj_pack_role(pack, "county_organizer"));
    assert_int_equal(hj_pack_org_kind(pack, "county")->depth, 0);
    assert_int_equal(hj_pack_org_kind(pack, "village")->depth, 2);
}

static void
test_bounds_are_written_for_people_and_kept_scaled(void **state)
{
    (void)state;
    g_autoptr(HjPackFixture) files = small_pack();
    g_autoptr(HjPack) pack = hj_pack_fixture_load(files);
    const HjLedger *ledger = hj_pack_ledger(pack, "task");
    const HjField *area = hj_pack_field(ledger, "area");
    const HjField *cost = hj_pack_field(ledger, "cost");
    assert_int_equal(area->scale, 3);
    assert_true(area->has_min && area->has_max);
    assert_int_equal(area->min, 12500);
    assert_int_equal(area->max, 100000);
    assert_false(cost->has_min);
    assert_int_equal(cost->max, 50);
    assert_int_equal(hj_pack_field(ledger, "subject")->max_length, 200);
    assert_int_equal(hj_pack_field(ledger, "b")->max_length, 2000);
}

static void
test_the_first_six_fields_that_are_asked_stand_in_the_list(void **state)
{
    (void)state;
    g_autoptr(HjPackFixture) files = small_pack();
    g_autoptr(HjPack) pack = hj_pack_fixture_load(files);
    const HjLedger *ledger = hj_pack_ledger(pack, "task");
    static const char *const shown[] = { "subject", "area", "cost", "kind", "b", "c", NULL };
    for (size_t i = 0; i < ledger->n_fields; i++)
        assert_int_equal(ledger->fields[i].in_list,
                         g_strv_contains(shown, ledger->fields[i].name));
}

static void
test_sql_remembers_the_line_of_its_first_word(void **state)
{
    (void)state;
    g_autoptr(HjPackFixture) files = small_pack();
    g_autoptr(HjPack) pack = hj_pack_fixture_load(files);
    const HjRule *rule = &hj_pack_ledger(pack, "task")->must[0];
    assert_int_equal(rule->rule.at.line, 18);
    assert_true(g_str_has_prefix(rule->rule.text, "cost IS NULL\n"));
    assert_null(rule->field);
}

/* VER-1, VEL-03: the rule of the day of the event. */
static void
test_a_parameter_has_the_value_of_the_day(void **state)
{
    (void)state;
    g_autoptr(HjPackFixture) files = small_pack();
    g_autoptr(HjPack) pack = hj_pack_fixture_load(files);
    assert_null(hj_pack_param(pack, "term_years", day("1998-11-03")));
    assert_string_equal(hj_pack_param(pack, "term_years", day("1998-11-04")), "3");
    assert_string_equal(hj_pack_param(pack, "term_years", day("2018-12-28")), "3");
    assert_string_equal(hj_pack_param(pack, "term_years", day("2018-12-29")), "5");
    assert_null(hj_pack_param(pack, "nothing", day("2018-12-29")));
    const HjParam *param = hj_pack_param_named(pack, "term_years");
    assert_int_equal(hj_pack_param_value(param, day("2030-01-01"))->number, 5);
}

static void
test_the_digest_changes_with_any_file_and_with_nothing_else(void **state)
{
    (void)state;
    g_autoptr(HjPackFixture) files = small_pack();
    g_autoptr(HjPackFixture) same = small_pack();
    g_autoptr(HjPack) first = hj_pack_fixture_load(files);
    g_autoptr(HjPack) elsewhere = hj_pack_fixture_load(same);
    assert_int_equal(strlen(first->digest), 2 * HJ_SM3_BYTES);
    assert_string_equal(first->digest, elsewhere->digest);
    hj_pack_fixture_write(files, "tests/a.yaml", "test: a\n");
    g_autoptr(HjPack) tested = hj_pack_fixture_load(files);
    assert_string_not_equal(first->digest, tested->digest);
    hj_pack_fixture_write(files, "tests/a.yaml", NULL);
    hj_pack_fixture_write(files, "README.md", "a note\n");
    g_autoptr(HjPack) noted = hj_pack_fixture_load(files);
    assert_string_equal(first->digest, noted->digest);
}

/* A pack beside the small one that extends it. */
static HjPackFixture *
pack_above(HjPackFixture *below)
{
    HjPackFixture *above = g_new0(HjPackFixture, 1);
    above->root = g_strdup(below->root);
    above->dir = g_build_filename(below->root, "above", NULL);
    hj_pack_fixture_write(above, "pack.yaml",
                          "pack: above\nversion: \"2\"\ntitle: {zh: 上, en: Above}\n"
                          "extends: small\nvalid: {from: 2018-01-01, to: 2018-12-31}\n");
    return above;
}

static void
test_a_pack_adds_to_the_one_below_and_replaces_whole_things(void **state)
{
    (void)state;
    g_autoptr(HjPackFixture) below = small_pack();
    HjPackFixture *above = pack_above(below);
    hj_pack_fixture_write(above, "lists.yaml",
                          "lists:\n"
                          "  - list: kinds\n    title: {zh: 类, en: Kinds}\n"
                          "    items: [{item: only, title: {zh: 仅, en: Only}}]\n"
                          "  - list: more\n    title: {zh: 多, en: More}\n"
                          "    items: [{item: x, title: {zh: 某, en: X}}]\n");
    g_autoptr(HjPack) pack = hj_pack_fixture_load(above);
    assert_string_equal(pack->name, "above");
    assert_string_equal(pack->version, "2");
    assert_int_equal(pack->valid_to, day("2018-12-31"));
    assert_int_equal(pack->n_lists, 2);
    const HjField *kind = hj_pack_field(hj_pack_ledger(pack, "task"), "kind");
    assert_int_equal(kind->list->n_items, 1);
    assert_ptr_equal(kind->list, hj_pack_list(pack, "kinds"));
    assert_non_null(hj_pack_list(pack, "more"));
    g_free(above->root);
    g_free(above->dir);
    g_free(above);
}

static void
test_a_folder_that_is_not_there_is_an_error_and_no_problem(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    assert_null(hj_pack_load("/nowhere/at/all", problems, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    assert_int_equal(hj_pack_problems_count(problems), 0);
}

static void
test_problems_are_sorted_by_file_and_line(void **state)
{
    (void)state;
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autoptr(HjPackProblems) more = hj_pack_problems_new();
    hj_pack_problems_add(problems, &(HjSource){ "b", 2 }, "second");
    hj_pack_problems_add(problems, &(HjSource){ "b", 10 }, "third");
    hj_pack_problems_add(problems, NULL, "whole %s", "pack");
    hj_pack_problems_add(more, &(HjSource){ "a", 1 }, "first");
    assert_string_equal(hj_pack_problems_line(problems, 0), "b:2: second");
    hj_pack_problems_merge(problems, more);
    assert_int_equal(hj_pack_problems_count(problems), 4);
    assert_string_equal(hj_pack_problems_line(problems, 0), "a:1: first");
    assert_string_equal(hj_pack_problems_line(problems, 1), "b:2: second");
    assert_string_equal(hj_pack_problems_line(problems, 2), "b:10: third");
    assert_string_equal(hj_pack_problems_line(problems, 3), "pack:1: whole pack");
}

static void
test_a_file_over_one_mebibyte_is_not_read(void **state)
{
    (void)state;
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autofree char *text = g_strnfill(HJ_YAML_BYTES + 1, '#');
    assert_null(hj_yaml_parse("big", text, HJ_YAML_BYTES + 1, problems));
    assert_string_equal(hj_pack_problems_line(problems, 0),
                        "big:1: the file is larger than 1 MiB");
}

static void
test_names_of_types_and_permissions_are_known(void **state)
{
    (void)state;
    assert_string_equal(hj_pack_field_type_name(HJ_FIELD_TEXT), "text");
    assert_string_equal(hj_pack_field_type_name(HJ_FIELD_MONTH), "month");
    assert_string_equal(hj_pack_field_type_name(HJ_FIELD_ROW), "row");
    assert_true(g_strv_contains(hj_pack_permissions, "ledger.enter"));
}

static int
start(void **state)
{
    (void)state;
    return hj_crypto_init(NULL) ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pack_is_read_into_linked_structs),
        cmocka_unit_test(test_bounds_are_written_for_people_and_kept_scaled),
        cmocka_unit_test(test_the_first_six_fields_that_are_asked_stand_in_the_list),
        cmocka_unit_test(test_sql_remembers_the_line_of_its_first_word),
        cmocka_unit_test(test_a_parameter_has_the_value_of_the_day),
        cmocka_unit_test(test_the_digest_changes_with_any_file_and_with_nothing_else),
        cmocka_unit_test(test_a_pack_adds_to_the_one_below_and_replaces_whole_things),
        cmocka_unit_test(test_a_folder_that_is_not_there_is_an_error_and_no_problem),
        cmocka_unit_test(test_problems_are_sorted_by_file_and_line),
        cmocka_unit_test(test_a_file_over_one_mebibyte_is_not_read),
        cmocka_unit_test(test_names_of_types_and_permissions_are_known),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
