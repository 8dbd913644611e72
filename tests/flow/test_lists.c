#include "tests/flow/rows.h"

#define N_ROWS 520
#define PAGE 37

static const char *const colours[] = { "red", "green", "blue" };

typedef struct {
    int64_t owners[3];
    int64_t orgs[3];
} Filling;

static bool
fill_one(HjCounty *county, HjTx *tx, const HjActor *actor, const Filling *filling, int i,
         GError **error)
{
    static const char *const owner_orgs[] = { HJ_COUNTY_VILLAGE, HJ_COUNTY_SIBLING,
                                              HJ_COUNTY_FOREIGN };
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autofree char *subject = g_strdup_printf("事项%d", i % 50);
    g_autofree char *people = g_strdup_printf("%d", i % 7);
    g_autofree char *cost = g_strdup_printf("%d.%02d", i % 13, i % 100);
    g_autofree char *day = g_strdup_printf("2018-%02d-%02d", 1 + i % 5, 1 + i % 9);
    g_autofree char *owner = id_text(filling->owners[i % 3]);
    HjRowInput inputs[] = {
        { .name = "subject", .text = subject },
        { .name = "people", .text = i % 11 == 0 ? "" : people },
        { .name = "cost", .text = i % 4 == 0 ? "" : cost },
        { .name = "day", .text = i % 5 == 0 ? "" : day },
        { .name = "usable", .text = i % 2 == 0 ? "1" : "0" },
        { .name = "colour", .text = i % 10 == 0 ? "" : colours[i % 3] },
        { .name = "tints", .text = i % 2 == 0 ? "red,blue" : "green" },
        { .name = "owner", .text = i % 6 == 5 ? "" : owner },
        { .name = "place", .text = i % 9 == 0 ? "" : owner_orgs[i % 3] },
        { .name = "detail", .text = i % 100 == 0 ? "100% 的_路" : "" },
    };
    HjRowKey key;
    return hj_row_create(tx, actor, hj_county_ledger(county, "thing"), filling->orgs[i % 3], 0,
                         inputs, G_N_ELEMENTS(inputs), issues, &key, error);
}

static bool
fill(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    for (int i = 0; i < N_ROWS; i++)
        if (!fill_one(county, tx, actor, data, i, error))
            return false;
    return true;
}

/* Rows of three villages, most values many times and some not at all. */
static void
ensure_rows(HjCounty *county)
{
    if (hj_county_i64(county, "SELECT COUNT(*) FROM t_thing") > 0)
        return;
    g_autoptr(GError) error = NULL;
    Filling filling = { .orgs = { hj_county_org(county, HJ_COUNTY_VILLAGE),
                                  hj_county_org(county, HJ_COUNTY_SIBLING),
                                  hj_county_org(county, HJ_COUNTY_FOREIGN) } };
    static const char *const names[] = { "赵一", "钱二", "孙三" };
    for (size_t i = 0; i < 3; i++)
        filling.owners[i] = row_add(county, county->organizer, "member", HJ_COUNTY_ROOT, "name",
                                    names[i], NULL);
    assert_done(hj_county_write(county, county->organizer, fill, &filling, &error), error);
}

static HjRowQuery
query_of(HjCounty *county)
{
    return (HjRowQuery){ .ledger = hj_county_ledger(county, "thing"),
                         .from = HJ_DATE_NONE,
                         .to = HJ_DATE_NONE,
                         .limit = PAGE };
}

/* A value as a text whose equality is the column's. */
static char *
value_of(HjRows *rows, const char *column)
{
    return hj_rows_null(rows, column) ? g_strdup("") : g_strdup(hj_rows_text(rows, column));
}

/* How two values of a column must stand; 0 where the story cannot tell. */
static int
compare(const char *sort, const char *a, const char *b)
{
    if (strcmp(sort, "colour") == 0) {
        int x = 0, y = 0;
        for (int i = 0; i < 3; i++) {
            x = strcmp(colours[i], a) == 0 ? i : x;
            y = strcmp(colours[i], b) == 0 ? i : y;
        }
        return x - y;
    }
    if (strcmp(sort, "day") == 0 || strcmp(sort, "tints") == 0)
        return strcmp(a, b);
    if (strcmp(sort, "subject") == 0 || strcmp(sort, "owner") == 0 ||
        strcmp(sort, "place") == 0)
        return 0;
    int64_t x = g_ascii_strtoll(a, NULL, 10), y = g_ascii_strtoll(b, NULL, 10);
    return (x > y) - (x < y);
}

/* Pages through one order and checks that every row comes once, values in order and together,
 * missing ones last. */
static void
walk(HjCounty *county, const char *sort, bool desc)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) over = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *cursor = NULL;
    g_autofree char *last = NULL;
    size_t n_pages = 0;
    do {
        HjRowQuery query = query_of(county);
        query.sort = sort;
        query.desc = desc;
        query.cursor = cursor;
        char *next = NULL;
        g_autoptr(HjRows) rows = hj_row_list(tx, county->organizer, &query, &next, &error);
        assert_done(rows != NULL, error);
        assert_true(next == NULL || hj_rows_count(rows) == PAGE);
        while (hj_rows_next(rows)) {
            assert_true(g_hash_table_add(ids, id_text(hj_rows_i64(rows, "id"))));
            g_autofree char *now = value_of(rows, sort);
            if (last != NULL && strcmp(last, now) != 0) {
                assert_true(*last != '\0' || strcmp(sort, "subject") == 0);
                if (*now != '\0') {
                    int order = compare(sort, last, now);
                    assert_true(desc ? order >= 0 : order <= 0);
                }
                /* A value that was left does not come back. */
                assert_true(g_hash_table_add(over, g_strdup(last)));
                assert_false(g_hash_table_contains(over, now));
            }
            g_free(last);
            last = g_steal_pointer(&now);
        }
        g_free(cursor);
        cursor = next;
        n_pages++;
    } while (cursor != NULL);
    assert_int_equal(g_hash_table_size(ids), N_ROWS);
    assert_int_equal(n_pages, (N_ROWS + PAGE - 1) / PAGE);
}

static void
test_paging_meets_every_row_once_in_every_order(void **state)
{
    HjCounty *county = *state;
    static const char *const sorts[] = { "subject", "people",     "cost",       "day",
                                         "usable",  "colour",     "owner",      "place",
                                         "org",     "created_at", "updated_at", "tints" };
    ensure_rows(county);
    for (size_t i = 0; i < G_N_ELEMENTS(sorts); i++) {
        walk(county, sorts[i], false);
        walk(county, sorts[i], true);
    }
}

/* Every row once; where the first value is the same the second is in order, missing ones last.
 */
static void
walk_two(HjCounty *county, const char *first, bool first_desc, const char *second,
         bool second_desc)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *sort = g_strdup_printf("%s,%s%s", first, second_desc ? "-" : "", second);
    g_autofree char *cursor = NULL, *was_first = NULL, *was_second = NULL;
    do {
        HjRowQuery query = query_of(county);
        query.sort = sort;
        query.desc = first_desc;
        query.cursor = cursor;
        char *next = NULL;
        g_autoptr(HjRows) rows = hj_row_list(tx, county->organizer, &query, &next, &error);
        assert_done(rows != NULL, error);
        while (hj_rows_next(rows)) {
            assert_true(g_hash_table_add(ids, id_text(hj_rows_i64(rows, "id"))));
            g_autofree char *a = value_of(rows, first), *b = value_of(rows, second);
            if (was_first != NULL && strcmp(was_first, a) == 0 && *b != '\0' &&
                strcmp(was_second, b) != 0) {
                int order = compare(second, was_second, b);
                assert_true(*was_second != '\0' && (second_desc ? order >= 0 : order <= 0));
            }
            g_free(was_first);
            g_free(was_second);
            was_first = g_steal_pointer(&a);
            was_second = g_steal_pointer(&b);
        }
        g_free(cursor);
        cursor = next;
    } while (cursor != NULL);
    assert_int_equal(g_hash_table_size(ids), N_ROWS);
}

static void
test_a_list_is_sorted_by_several_columns(void **state)
{
    HjCounty *county = *state;
    static const char *const sorts[] = { "colour", "people", "day", "org", "subject", "owner" };
    ensure_rows(county);
    for (size_t i = 0; i < G_N_ELEMENTS(sorts); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(sorts); k++)
            for (int way = 0; i != k && way < 4; way++)
                walk_two(county, sorts[i], (way & 1) != 0, sorts[k], (way & 2) != 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    static const char *const wrong[] = { "day,day", "day,", "day,no_such",
                                         "day,-",   ",day", "day,people,cost,usable,colour" };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        HjRowQuery query = query_of(county);
        char *next = NULL;
        query.sort = wrong[i];
        g_clear_error(&error);
        assert_null(hj_row_list(tx, county->organizer, &query, &next, &error));
        assert_hj_error(error, HJ_ERROR_MALFORMED);
    }
    /* The address of a page belongs to its order. */
    HjRowQuery query = query_of(county);
    char *next = NULL;
    query.sort = "day,people";
    g_clear_error(&error);
    g_autoptr(HjRows) rows = hj_row_list(tx, county->organizer, &query, &next, &error);
    assert_done(rows != NULL, error);
    g_autofree char *cursor = next;
    query.cursor = cursor;
    query.sort = "day,-people";
    assert_null(hj_row_list(tx, county->organizer, &query, &next, &error));
    assert_hj_error(error, HJ_ERROR_MALFORMED);
}

static int64_t
count_of(HjCounty *county, const HjActor *actor, const HjRowQuery *query)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) totals = hj_row_totals(tx, actor, query, &error);
    assert_done(totals != NULL, error);
    hj_rows_next(totals);
    return hj_rows_i64(totals, "count");
}

static void
test_a_list_is_narrowed_to_the_scope(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    ensure_rows(county);
    HjRowQuery query = query_of(county);
    /* Every third row from 0: 174 of the first village, 173 of each other. */
    assert_int_equal(count_of(county, county->organizer, &query), N_ROWS);
    assert_int_equal(count_of(county, county->system, &query), N_ROWS);
    assert_int_equal(count_of(county, county->town, &query), 347);
    assert_int_equal(count_of(county, county->secretary, &query), 174);
    assert_int_equal(count_of(county, county->other, &query), 173);
    query.under = hj_county_org(county, HJ_COUNTY_TOWN);
    assert_int_equal(count_of(county, county->organizer, &query), 347);
    query.only_here = true;
    assert_int_equal(count_of(county, county->organizer, &query), 0);
    query.only_here = false;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autofree char *next = NULL;
    /* Another township, and the own one seen from a village, are not there. */
    assert_null(hj_row_list(tx, county->other, &query, &next, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    assert_null(hj_row_list(tx, county->secretary, &query, &next, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    HjRowQuery promises = query_of(county);
    promises.ledger = hj_county_ledger(county, "promise");
    assert_null(hj_row_list(tx, county->auditor, &promises, &next, &error));
    assert_hj_error(error, HJ_ERROR_DENIED);
}

static int64_t
filtered(HjCounty *county, const char *field, const char *text)
{
    HjRowQuery query = query_of(county);
    HjRowFilter filter = { .field = hj_pack_field(query.ledger, field), .text = text };
    query.filters = &filter;
    query.n_filters = 1;
    return count_of(county, county->organizer, &query);
}

/* How many i below N_ROWS have the property. */
#define COUNT(condition)                                                                       \
    ({                                                                                         \
        int64_t n_ = 0;                                                                        \
        for (int i = 0; i < N_ROWS; i++)                                                       \
            n_ += (condition) ? 1 : 0;                                                         \
        n_;                                                                                    \
    })

static void
test_filters_find_what_they_say(void **state)
{
    HjCounty *county = *state;
    ensure_rows(county);
    assert_int_equal(filtered(county, "people", "3"), COUNT(i % 11 != 0 && i % 7 == 3));
    assert_int_equal(filtered(county, "people", "3..5"),
                     COUNT(i % 11 != 0 && i % 7 >= 3 && i % 7 <= 5));
    assert_int_equal(filtered(county, "people", "..2"), COUNT(i % 11 != 0 && i % 7 <= 2));
    assert_int_equal(filtered(county, "people", "2000.."), 0);
    assert_int_equal(filtered(county, "day", "2018-02-01..2018-02-28"),
                     COUNT(i % 5 != 0 && i % 5 == 1));
    assert_int_equal(filtered(county, "usable", "是"), COUNT(i % 2 == 0));
    assert_int_equal(filtered(county, "colour", "绿"), COUNT(i % 10 != 0 && i % 3 == 1));
    assert_int_equal(filtered(county, "tints", "blue"), COUNT(i % 2 == 0));
    assert_int_equal(filtered(county, "tints", "blue,green"), 0);
    assert_int_equal(filtered(county, "subject", "项49"), COUNT(i % 50 == 49));
    assert_int_equal(filtered(county, "place", HJ_COUNTY_SIBLING),
                     COUNT(i % 9 != 0 && i % 3 == 1));
    /* The wildcards of LIKE are letters like any other. */
    assert_int_equal(filtered(county, "detail", "0% 的_"), COUNT(i % 100 == 0));
    assert_int_equal(filtered(county, "detail", "0%_的"), 0);
    assert_int_equal(filtered(county, "subject", "'; DROP TABLE t_thing; --"), 0);
}

static void
test_a_search_knows_pinyin_of_rows_and_organizations(void **state)
{
    HjCounty *county = *state;
    ensure_rows(county);
    HjRowQuery query = query_of(county);
    query.q = "shixiang49";
    assert_int_equal(count_of(county, county->organizer, &query), COUNT(i % 50 == 49));
    query.q = "南村";
    assert_int_equal(count_of(county, county->organizer, &query), COUNT(i % 3 == 2));
    query.q = "nancun";
    assert_int_equal(count_of(county, county->organizer, &query), COUNT(i % 3 == 2));
    query.q = "NC";
    assert_int_equal(count_of(county, county->organizer, &query), COUNT(i % 3 == 2));
    query.q = "%";
    assert_int_equal(count_of(county, county->organizer, &query), 0);
    query.q = NULL;
    query.from = hj_date_make(2018, 3, 1);
    query.to = hj_date_make(2018, 3, 31);
    assert_int_equal(count_of(county, county->organizer, &query), COUNT(i % 5 == 2));
}

static void
test_totals_and_counts_add_up(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    ensure_rows(county);
    HjRowQuery query = query_of(county);
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) totals = hj_row_totals(tx, county->organizer, &query, &error);
    hj_rows_next(totals);
    int64_t people = 0, cost = 0;
    for (int i = 0; i < N_ROWS; i++) {
        people += i % 11 == 0 ? 0 : i % 7;
        cost += i % 4 == 0 ? 0 : (i % 13) * 100 + i % 100;
    }
    assert_int_equal(hj_rows_i64(totals, "total_people"), people);
    assert_int_equal(hj_rows_i64(totals, "total_cost"), cost);
    g_autoptr(HjRows) towns = hj_row_counts(tx, county->organizer, &query, &error);
    assert_done(towns != NULL, error);
    assert_int_equal(hj_rows_count(towns), 2);
    hj_rows_next(towns);
    assert_int_equal(hj_rows_i64(towns, "org"), hj_county_org(county, HJ_COUNTY_TOWN));
    assert_int_equal(hj_rows_i64(towns, "n"), 347);
    query.under = hj_county_org(county, HJ_COUNTY_TOWN);
    g_autoptr(HjRows) villages = hj_row_counts(tx, county->organizer, &query, &error);
    assert_int_equal(hj_rows_count(villages), 2);
    hj_rows_next(villages);
    assert_int_equal(hj_rows_i64(villages, "n"), 174);
}

static void
test_a_bad_cursor_or_order_is_malformed(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    ensure_rows(county);
    HjRowQuery query = query_of(county);
    query.sort = "people";
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autofree char *next = NULL;
    g_autoptr(HjRows) rows = hj_row_list(tx, county->organizer, &query, &next, &error);
    assert_non_null(rows);
    assert_non_null(next);
    for (const char *p = next; *p != '\0'; p++)
        assert_true(g_ascii_isalnum(*p) || *p == '-' || *p == '_');
    const char *bad[] = { "x", "%%%", "cjF8cGVvcGxlfGF8MXxu!", "AAAA", "cjF8YXxi", next };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        query.cursor = bad[i];
        /* The last is good, but of another order. */
        query.desc = i == G_N_ELEMENTS(bad) - 1;
        g_autofree char *none = NULL;
        assert_null(hj_row_list(tx, county->organizer, &query, &none, &error));
        assert_hj_error(error, HJ_ERROR_MALFORMED);
        g_clear_error(&error);
    }
    query.cursor = NULL;
    query.sort = "no_such";
    g_autofree char *none = NULL;
    assert_null(hj_row_list(tx, county->organizer, &query, &none, &error));
    assert_hj_error(error, HJ_ERROR_MALFORMED);
}

static void
test_a_voided_row_leaves_the_list(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    ensure_rows(county);
    HjRowQuery query = query_of(county);
    int64_t before = count_of(county, county->organizer, &query);
    int64_t id =
        row_add(county, county->secretary, "thing", HJ_COUNTY_VILLAGE, "subject", "撤", NULL);
    assert_int_equal(count_of(county, county->organizer, &query), before + 1);
    assert_done(row_void(county, county->secretary, "thing", id, 1, "x", &error), error);
    assert_int_equal(count_of(county, county->organizer, &query), before);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_paging_meets_every_row_once_in_every_order),
    cmocka_unit_test(test_a_list_is_sorted_by_several_columns),
    cmocka_unit_test(test_a_list_is_narrowed_to_the_scope),
    cmocka_unit_test(test_filters_find_what_they_say),
    cmocka_unit_test(test_a_search_knows_pinyin_of_rows_and_organizations),
    cmocka_unit_test(test_totals_and_counts_add_up),
    cmocka_unit_test(test_a_bad_cursor_or_order_is_malformed),
    cmocka_unit_test(test_a_voided_row_leaves_the_list),
};

HJ_STORY_MAIN(stories)
