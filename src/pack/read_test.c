#include "base/decimal.h"
#include "pack/reader.h"
#include "pack/tests.h"

#include <string.h>

/* Tests name things of a pack that is already whole, so nothing waits to be resolved. */
typedef struct {
    HjReader *r;
    const HjPack *pack;
    const HjPackTest *test; /* being read */
} Tests;

static void
say_absent(HjReader *r, const HjYaml *node, const char *key, const char *what, const char *name)
{
    if (name != NULL)
        hj_reader_say(r, hj_yaml_get(node, key), "there is no %s \"%s\"", what, name);
}

/* A code of an organization: text, so that 130921 need not be quoted. */
static const char *
read_code(HjReader *r, const HjYaml *node, const char *key)
{
    return hj_reader_text(r, node, key, true);
}

static const char *
value_text(HjReader *r, const HjYaml *value, const char *name)
{
    if (value->kind == HJ_YAML_TEXT)
        return hj_reader_keep(r, value->text);
    if (value->kind != HJ_YAML_SEQUENCE) {
        hj_reader_say(r, value, "the value of \"%s\" must be text or a sequence", name);
        return "";
    }
    g_autoptr(GString) joined = g_string_new(NULL);
    for (size_t i = 0; i < hj_yaml_count(value); i++) {
        const HjYaml *item = hj_yaml_at(value, i);
        g_string_append(joined, i > 0 ? "," : "");
        g_string_append(joined, item->kind == HJ_YAML_TEXT ? item->text : "");
    }
    return hj_reader_keep(r, joined->str);
}

static void
read_fields(Tests *t, const HjYaml *node, HjPackTestRow *row)
{
    const HjYaml *fields = hj_reader_get(t->r, node, "fields", true);
    if (fields == NULL || fields->kind != HJ_YAML_MAPPING) {
        if (fields != NULL)
            hj_reader_say(t->r, fields, "\"fields\" must be a mapping");
        return;
    }
    size_t n = hj_yaml_count(fields);
    row->fields = hj_reader_alloc(t->r, n, sizeof *row->fields);
    for (size_t i = 0; i < n; i++) {
        const char *name = hj_yaml_key_at(fields, i);
        if (row->ledger != NULL && hj_pack_field(row->ledger, name) == NULL) {
            HjSource at = { t->r->file, hj_yaml_key_line(fields, i) };
            hj_pack_problems_add(t->r->problems, &at, "the ledger %s has no field \"%s\"",
                                 row->ledger->name, name);
            continue;
        }
        row->fields[row->n_fields++] = (HjPackTestField){
            .name = hj_reader_keep(t->r, name),
            .text = value_text(t->r, hj_yaml_at(fields, i), name),
        };
    }
}

static void
read_ledger(Tests *t, const HjYaml *node, HjPackTestRow *row)
{
    const char *ledger = hj_reader_name(t->r, node, "ledger", true);
    row->ledger = hj_pack_ledger(t->pack, ledger);
    if (row->ledger == NULL)
        say_absent(t->r, node, "ledger", "ledger", ledger);
}

/* The row that something is about: one called as `row`, or the one of a ledger that lies `in` a
 * row and belongs to `org`. */
static void
read_named(Tests *t, const HjYaml *node, HjPackTestRow *row)
{
    row->as = hj_reader_name(t->r, node, "row", false);
    if (row->as == NULL) {
        read_ledger(t, node, row);
        row->parent = hj_reader_name(t->r, node, "in", true);
        row->org = read_code(t->r, node, "org");
        return;
    }
    for (size_t i = 0; i < t->test->n_rows; i++)
        if (t->test->rows[i].act == NULL && g_strcmp0(t->test->rows[i].as, row->as) == 0)
            row->ledger = t->test->rows[i].ledger;
    if (row->ledger == NULL)
        say_absent(t->r, node, "row", "row above called as:", row->as);
}

static void
read_act(Tests *t, const HjYaml *node, HjPackTestRow *row)
{
    static const char *const keys[] = { "act",   "row",     "ledger", "in", "org",
                                        "today", "comment", "fields", NULL };
    if (!hj_reader_mapping(t->r, node, "an act", keys))
        return;
    row->act = hj_reader_name(t->r, node, "act", true);
    row->comment = hj_reader_text(t->r, node, "comment", false);
    hj_reader_date(t->r, node, "today", false, &row->today);
    read_named(t, node, row);
    if (hj_yaml_get(node, "fields") != NULL)
        read_fields(t, node, row);
}

static void
read_row(Tests *t, const HjYaml *node, HjPackTestRow *row)
{
    static const char *const keys[] = { "ledger", "org", "as", "in", "today", "fields", NULL };
    row->at = hj_reader_at(t->r, node);
    row->today = HJ_DATE_NONE;
    if (hj_yaml_get(node, "act") != NULL) {
        read_act(t, node, row);
        return;
    }
    if (!hj_reader_mapping(t->r, node, "a row", keys))
        return;
    read_ledger(t, node, row);
    row->org = read_code(t->r, node, "org");
    row->as = hj_reader_name(t->r, node, "as", false);
    row->parent = hj_reader_name(t->r, node, "in", false);
    hj_reader_date(t->r, node, "today", false, &row->today);
    read_fields(t, node, row);
}

static void
read_state(Tests *t, const HjYaml *node, HjPackExpect *expect)
{
    static const char *const keys[] = { "state", "row", "ledger", "in", "org", NULL };
    expect->kind = HJ_EXPECT_STATE;
    expect->row.at = expect->at;
    expect->row.today = HJ_DATE_NONE;
    if (!hj_reader_mapping(t->r, node, "an expected state", keys))
        return;
    expect->state = hj_reader_name(t->r, node, "state", true);
    read_named(t, node, &expect->row);
}

static void
read_indicator(Tests *t, const HjYaml *node, HjPackExpect *expect)
{
    static const char *const keys[] = { "indicator", "org",         "from",  "to",
                                        "numerator", "denominator", "value", NULL };
    expect->kind = HJ_EXPECT_INDICATOR;
    if (!hj_reader_mapping(t->r, node, "an expected number", keys))
        return;
    const char *name = hj_reader_name(t->r, node, "indicator", true);
    expect->indicator = hj_pack_indicator(t->pack, name);
    if (expect->indicator == NULL)
        say_absent(t->r, node, "indicator", "indicator", name);
    expect->org = read_code(t->r, node, "org");
    hj_reader_date(t->r, node, "from", true, &expect->from);
    hj_reader_date(t->r, node, "to", true, &expect->to);
    expect->has_numerator =
        hj_reader_integer(t->r, node, "numerator", INT64_MIN, INT64_MAX, &expect->numerator);
    expect->has_denominator = hj_reader_integer(t->r, node, "denominator", INT64_MIN, INT64_MAX,
                                                &expect->denominator);
    expect->value = hj_reader_text(t->r, node, "value", false);
    int64_t number = 0;
    if (expect->value != NULL && strcmp(expect->value, "none") != 0 &&
        expect->indicator != NULL &&
        !hj_decimal_parse(expect->value, expect->indicator->scale, &number, NULL))
        hj_reader_say_number(t->r, hj_yaml_get(node, "value"), "value",
                             expect->indicator->scale);
    if (expect->value == NULL && !expect->has_numerator && !expect->has_denominator)
        hj_reader_say(t->r, node, "nothing is expected: give value, numerator or denominator");
}

static void
read_score(Tests *t, const HjYaml *node, HjPackExpect *expect)
{
    static const char *const keys[] = {
        "score", "period", "org", "total", "rank", "band", NULL
    };
    expect->kind = HJ_EXPECT_SCORE;
    if (!hj_reader_mapping(t->r, node, "an expected score", keys))
        return;
    const char *name = hj_reader_name(t->r, node, "score", true);
    expect->scheme = hj_pack_scheme(t->pack, name);
    if (expect->scheme == NULL)
        say_absent(t->r, node, "score", "scheme", name);
    const char *period = hj_reader_text(t->r, node, "period", true);
    if (period != NULL && !hj_period_parse(period, &expect->period, NULL)) {
        hj_reader_say(t->r, hj_yaml_get(node, "period"),
                      "\"%s\" is not a period: 2018, 2018H1, 2018Q3 or 2018-03", period);
        expect->scheme = NULL;
    }
    if (period == NULL)
        expect->scheme = NULL;
    expect->org = read_code(t->r, node, "org");
    expect->total = hj_reader_text(t->r, node, "total", false);
    int64_t number = 0;
    if (expect->total != NULL && !hj_decimal_parse(expect->total, 2, &number, NULL))
        hj_reader_say_number(t->r, hj_yaml_get(node, "total"), "total", 2);
    hj_reader_integer(t->r, node, "rank", 1, 10000, &expect->rank);
    expect->band = hj_reader_name(t->r, node, "band", false);
    if (expect->total == NULL && expect->rank == 0 && expect->band == NULL)
        hj_reader_say(t->r, node, "nothing is expected: give total, rank or band");
}

static void
read_refused(Tests *t, const HjYaml *node, HjPackExpect *expect)
{
    static const char *const keys[] = { "refused", "row", "field", "says", NULL };
    expect->kind = HJ_EXPECT_REFUSED;
    if (!hj_reader_mapping(t->r, node, "an expected refusal", keys))
        return;
    if (!hj_reader_flag(t->r, node, "refused"))
        hj_reader_say(t->r, node, "\"refused\" must be true");
    const HjYaml *row = hj_reader_get(t->r, node, "row", true);
    if (row != NULL)
        read_row(t, row, &expect->row);
    expect->field = hj_reader_text(t->r, node, "field", false);
    expect->says = hj_reader_text(t->r, node, "says", false);
}

static void
read_expect(Tests *t, const HjYaml *node, HjPackExpect *expect)
{
    expect->at = hj_reader_at(t->r, node);
    expect->from = expect->to = HJ_DATE_NONE;
    if (hj_yaml_get(node, "indicator") != NULL)
        read_indicator(t, node, expect);
    else if (hj_yaml_get(node, "score") != NULL)
        read_score(t, node, expect);
    else if (hj_yaml_get(node, "refused") != NULL)
        read_refused(t, node, expect);
    else if (hj_yaml_get(node, "state") != NULL)
        read_state(t, node, expect);
    else if (node->kind != HJ_YAML_BROKEN)
        hj_reader_say(t->r, node,
                      "an expectation begins with indicator, score, state or refused");
}

static void
read_org(Tests *t, const HjYaml *node, HjPackTestOrg *org)
{
    static const char *const keys[] = { "code", "kind", "name", "parent", NULL };
    org->at = hj_reader_at(t->r, node);
    if (!hj_reader_mapping(t->r, node, "an organization", keys))
        return;
    org->code = read_code(t->r, node, "code");
    org->kind = hj_reader_name(t->r, node, "kind", true);
    org->name = hj_reader_text(t->r, node, "name", true);
    org->parent = read_code(t->r, node, "parent");
    if (org->kind != NULL && hj_pack_org_kind(t->pack, org->kind) == NULL)
        say_absent(t->r, node, "kind", "kind of organization", org->kind);
}

/* Room for the items of the sequence under @key, @size bytes each. */
static void *
read_array(Tests *t, const HjYaml *node, const char *key, size_t size, const HjYaml **ret_items,
           size_t *ret_n)
{
    const HjYaml *items = hj_reader_sequence(t->r, node, key, strcmp(key, "expect") == 0);
    *ret_items = items;
    *ret_n = items != NULL ? hj_yaml_count(items) : 0;
    return hj_reader_alloc(t->r, *ret_n, size);
}

static void
read_test(Tests *t, const HjYaml *root, HjPackTest *test)
{
    static const char *const keys[] = { "test", "orgs", "rows", "expect", NULL };
    const HjYaml *items = NULL;
    test->at = hj_reader_at(t->r, root);
    if (!hj_reader_mapping(t->r, root, "a test", keys))
        return;
    test->title = hj_reader_text(t->r, root, "test", true);
    t->test = test;
    test->orgs = read_array(t, root, "orgs", sizeof *test->orgs, &items, &test->n_orgs);
    for (size_t i = 0; i < test->n_orgs; i++)
        read_org(t, hj_yaml_at(items, i), &test->orgs[i]);
    test->rows = read_array(t, root, "rows", sizeof *test->rows, &items, &test->n_rows);
    for (size_t i = 0; i < test->n_rows; i++)
        read_row(t, hj_yaml_at(items, i), &test->rows[i]);
    test->expects =
        read_array(t, root, "expect", sizeof *test->expects, &items, &test->n_expects);
    for (size_t i = 0; i < test->n_expects; i++)
        read_expect(t, hj_yaml_at(items, i), &test->expects[i]);
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list_tests(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (name[0] != '.' && g_str_has_suffix(name, ".yaml"))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    return names;
}

HjPackTests *
hj_pack_tests_load(const HjPack *pack, const char *dir, HjPackProblems *problems)
{
    HjPackTests *tests = g_new0(HjPackTests, 1);
    tests->held = hj_reader_pack(dir);
    g_autoptr(HjReader) r = hj_reader_new(tests->held, problems);
    Tests t = { r, pack, NULL };
    g_autofree char *folder = g_build_filename(dir, "tests", NULL);
    g_autoptr(GPtrArray) names = list_tests(folder);
    tests->tests = hj_reader_alloc(r, names->len, sizeof *tests->tests);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *text = NULL;
        size_t n = 0;
        r->file = hj_reader_keep(r, path);
        if (!g_file_get_contents(path, &text, &n, NULL)) {
            hj_reader_say(r, NULL, "the file cannot be read");
            continue;
        }
        g_autoptr(HjYaml) root = hj_yaml_parse(r->file, text, n, problems);
        if (root != NULL)
            read_test(&t, root, &tests->tests[tests->n_tests++]);
    }
    return tests;
}

void
hj_pack_tests_free(HjPackTests *tests)
{
    if (tests == NULL)
        return;
    hj_pack_unref(tests->held);
    g_free(tests);
}
