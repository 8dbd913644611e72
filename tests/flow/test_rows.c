#include "tests/flow/rows.h"

#define VILLAGE HJ_COUNTY_VILLAGE

static void
test_a_row_keeps_a_value_of_every_type(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t person = row_add(county, county->secretary, "member", VILLAGE, "name", "王小强",
                             "born_on", "1968年5月4日", NULL);
    int64_t first = row_add(county, county->secretary, "thing", VILLAGE, "subject", "前", NULL);
    g_autofree char *person_id = id_text(person);
    g_autofree char *first_id = id_text(first);
    int64_t id = row_add(county, county->secretary, "thing", VILLAGE, "subject", " 修路 ",
                         "detail", "第一行\r\n第二行", "usable", "是", "people", "12", "area",
                         "1,234.5", "share", "85.5%", "cost", "1,234.50", "day", "2018/3/5",
                         "since", "2018年3月", "met_at", "2018-03-05 14:30", "colour", "Green",
                         "tints", "蓝,red", "checked", "red,green", "owner", person_id, "place",
                         HJ_COUNTY_SIBLING, "before", first_id, "secret", "x", NULL);
    g_autoptr(HjRows) row = row_read(county, county->secretary, "thing", id, &error);
    assert_done(row != NULL, error);
    assert_string_equal(hj_rows_text(row, "subject"), "修路");
    assert_string_equal(hj_rows_text(row, "detail"), "第一行\n第二行");
    assert_int_equal(hj_rows_i64(row, "usable"), 1);
    assert_int_equal(hj_rows_i64(row, "people"), 12);
    assert_int_equal(hj_rows_i64(row, "area"), 123450);
    assert_int_equal(hj_rows_i64(row, "share"), 8550);
    assert_int_equal(hj_rows_i64(row, "cost"), 123450);
    assert_string_equal(hj_rows_text(row, "day"), "2018-03-05");
    assert_string_equal(hj_rows_text(row, "since"), "2018-03");
    HjTime met;
    assert_true(hj_time_parse("2018-03-05T14:30:00+08:00", &met, NULL));
    assert_int_equal(hj_rows_i64(row, "met_at"), met);
    assert_string_equal(hj_rows_text(row, "colour"), "green");
    assert_string_equal(hj_rows_text(row, "tints"), ",red,blue,");
    assert_string_equal(hj_rows_text(row, "checked"), ",red,green,");
    assert_int_equal(hj_rows_i64(row, "owner"), person);
    assert_string_equal(hj_rows_text(row, "owner__label"), "王小强");
    assert_int_equal(hj_rows_i64(row, "place"), hj_county_org(county, HJ_COUNTY_SIBLING));
    assert_string_equal(hj_rows_text(row, "place__label"), "西村");
    assert_string_equal(hj_rows_text(row, "before__label"), "前");
    assert_true(hj_rows_null(row, "old"));
    assert_string_equal(hj_rows_text(row, "org_code"), VILLAGE);
    assert_string_equal(hj_rows_text(row, "org_name"), "东村");
    assert_string_equal(hj_rows_text(row, "created_by_name"), "secretary");
    assert_true(hj_rows_null(row, "voided_at"));
}

static void
test_every_wrong_field_is_named_at_once(void **state)
{
    HjCounty *county = *state;
    assert_refused("people:range cost:type day:type colour:choice bogus:unknown "
                   "subject:required owner:reference place:choice",
                   county, county->secretary, "thing", VILLAGE, "people", "101", "cost",
                   "1.234", "day", "2018-02-30", "colour", "pink", "bogus", "1", "owner",
                   "12345", "place", HJ_COUNTY_TOWN);
    assert_refused("subject:length people:type area:type share:range since:type met_at:type "
                   "usable:type tints:choice before:reference",
                   county, county->secretary, "thing", VILLAGE, "subject",
                   "一二三四五六七八九十一二三四五六七八九十一", "people", "many", "area",
                   "1.234", "share", "100.01", "since", "2018-13", "met_at", "today", "usable",
                   "perhaps", "tints", "red,pink", "before", "abc");
}

static void
test_a_refused_row_leaves_nothing_behind(void **state)
{
    HjCounty *county = *state;
    int64_t rows = hj_county_i64(county, "SELECT COUNT(*) FROM t_promise");
    int64_t events = hj_county_i64(county, "SELECT COUNT(*) FROM sys_event");
    assert_refused("listed_on:rule", county, county->secretary, "promise", VILLAGE, "number",
                   "early", "listed_on", "2018-01-31");
    assert_int_equal(hj_county_i64(county, "SELECT COUNT(*) FROM t_promise"), rows);
    assert_int_equal(hj_county_i64(county, "SELECT COUNT(*) FROM sys_event"), events);
}

static void
test_a_text_keeps_rare_characters_and_refuses_broken_ones(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    /* CJK Extension B, U+3402, the middle dot of names and an emoji. */
    int64_t id =
        row_add(county, county->secretary, "thing", VILLAGE, "subject", "𠮷㐂·阿😀", NULL);
    g_autoptr(HjRows) row = row_read(county, county->secretary, "thing", id, &error);
    assert_string_equal(hj_rows_text(row, "subject"), "𠮷㐂·阿😀");
    assert_refused("subject:type", county, county->secretary, "thing", VILLAGE, "subject",
                   "\xe4\xb8");
    assert_refused("subject:type", county, county->secretary, "thing", VILLAGE, "subject",
                   "a\x01z");
    assert_refused("detail:type subject:required", county, county->secretary, "thing", VILLAGE,
                   "detail", "a\xe2\x80\xaez");
}

static void
test_a_field_retired_is_asked_for_only_of_the_past(void **state)
{
    HjCounty *county = *state;
    row_add(county, county->secretary, "thing", VILLAGE, "subject", "旧", "day", "2017-12-31",
            "old", "x", NULL);
    assert_refused("old:unknown", county, county->secretary, "thing", VILLAGE, "subject", "新",
                   "day", "2018-01-01", "old", "x");
}

static void
test_rules_use_the_parameters_of_the_day_the_row_speaks_of(void **state)
{
    HjCounty *county = *state;
    /* VER-1: in 2017 the drive began on 1 March, in 2018 on 1 February. */
    row_add(county, county->secretary, "promise", VILLAGE, "number", "p1", "listed_on",
            "2017-03-01", NULL);
    assert_refused("listed_on:rule", county, county->secretary, "promise", VILLAGE, "number",
                   "p2", "listed_on", "2017-02-28");
    row_add(county, county->secretary, "promise", VILLAGE, "number", "p3", "listed_on",
            "2018-02-01", NULL);
    assert_refused("listed_on:rule done_on:rule", county, county->secretary, "promise", VILLAGE,
                   "number", "p4", "listed_on", "2018-01-31", "done_on", "2018-01-01");
}

static void
test_a_rule_sees_the_other_rows_of_its_ledger(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    HjRowKey key;
    const char *org = HJ_COUNTY_SIBLING;
    row_add(county, county->town, "promise", org, "number", "s1", "listed_on", "2018-03-01",
            "amount", "600", NULL);
    assert_refused(":rule", county, county->town, "promise", org, "number", "s2", "listed_on",
                   "2018-03-01", "amount", "400.01");
    int64_t second = row_add(county, county->town, "promise", org, "number", "s2", "listed_on",
                             "2018-03-01", "amount", "300", NULL);
    /* The row that changes does not count against itself. */
    assert_done(row_change(county, county->town, "promise", second, 1, &key, &error, "amount",
                           "400", NULL),
                error);
    assert_false(row_change(county, county->town, "promise", second, 2, &key, &error, "amount",
                            "400.01", NULL));
    assert_hj_error(error, HJ_ERROR_INVALID);
}

static void
test_a_unique_value_is_taken_once_an_organization(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t id = row_add(county, county->town, "promise", VILLAGE, "number", "u1", "listed_on",
                         "2018-03-01", NULL);
    assert_refused("number:duplicate", county, county->town, "promise", VILLAGE, "number", "u1",
                   "listed_on", "2018-03-01");
    row_add(county, county->town, "promise", HJ_COUNTY_SIBLING, "number", "u1", "listed_on",
            "2018-03-01", NULL);
    assert_done(row_void(county, county->town, "promise", id, 1, "记错", &error), error);
    row_add(county, county->town, "promise", VILLAGE, "number", "u1", "listed_on", "2018-03-01",
            NULL);
}

static void
test_a_stale_version_changes_nothing(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    HjRowKey key;
    int64_t id = row_add(county, county->secretary, "thing", VILLAGE, "subject", "一", "people",
                         "1", NULL);
    assert_done(row_change(county, county->secretary, "thing", id, 1, &key, &error, "people",
                           "2", NULL),
                error);
    assert_int_equal(key.version, 2);
    /* Two writers on one row: the second based his change on what he had seen before. */
    assert_false(
        row_change(county, county->town, "thing", id, 1, &key, &error, "people", "3", NULL));
    assert_hj_error(error, HJ_ERROR_CONFLICT);
    assert_string_equal(error->message, "This row was changed by somebody else.");
    g_clear_error(&error);
    g_autoptr(HjRows) row = row_read(county, county->secretary, "thing", id, &error);
    assert_int_equal(hj_rows_i64(row, "people"), 2);
    assert_int_equal(hj_rows_i64(row, "version"), 2);
}

typedef struct {
    HjCounty *county;
    Entry entry;
    bool done;
    GError *error;
} Writer;

static gpointer
write_at_once(gpointer data)
{
    Writer *w = data;
    w->done =
        hj_county_write(w->county, w->county->secretary, run_update, &w->entry, &w->error);
    return NULL;
}

static void
test_of_writers_at_the_same_time_one_wins(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    enum { N = 4 };
    int64_t id = row_add(county, county->secretary, "thing", VILLAGE, "subject", "争", NULL);
    Writer writers[N];
    GThread *threads[N];
    static const char *const people[N] = { "1", "2", "3", "4" };
    for (size_t i = 0; i < N; i++) {
        writers[i] = (Writer){ .county = county, .entry = entry_of(county, "thing", NULL) };
        writers[i].entry.id = id;
        writers[i].entry.version = 1;
        writers[i].entry.inputs[writers[i].entry.n++] =
            (HjRowInput){ .name = "people", .text = people[i] };
    }
    for (size_t i = 0; i < N; i++)
        threads[i] = g_thread_new("writer", write_at_once, &writers[i]);
    size_t n_done = 0, winner = 0;
    for (size_t i = 0; i < N; i++) {
        g_thread_join(threads[i]);
        n_done += writers[i].done;
        winner = writers[i].done ? i : winner;
        if (!writers[i].done)
            assert_hj_error(writers[i].error, HJ_ERROR_CONFLICT);
        g_clear_error(&writers[i].error);
        entry_clear(&writers[i].entry);
    }
    assert_int_equal(n_done, 1);
    g_autoptr(HjRows) row = row_read(county, county->secretary, "thing", id, &error);
    assert_string_equal(hj_rows_text(row, "people"), people[winner]);
    assert_int_equal(hj_rows_i64(row, "version"), 2);
}

static void
test_a_change_of_nothing_writes_nothing(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    HjRowKey key;
    int64_t id = row_add(county, county->secretary, "thing", VILLAGE, "subject", "同", "cost",
                         "12.50", "tints", "red,blue", NULL);
    int64_t events = hj_county_i64(county, "SELECT COUNT(*) FROM sys_event");
    assert_done(row_change(county, county->secretary, "thing", id, 1, &key, &error, "subject",
                           "同 ", "cost", "12.5", "tints", "蓝、红", "day", "", NULL),
                error);
    assert_int_equal(key.version, 1);
    assert_int_equal(hj_county_i64(county, "SELECT COUNT(*) FROM sys_event"), events);
}

static void
test_the_history_tells_what_changed_and_nothing_else(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    HjRowKey key;
    int64_t id = row_add(county, county->secretary, "thing", VILLAGE, "subject", "史", "people",
                         "1", "share", "50", "secret", "内", NULL);
    assert_done(row_change(county, county->town, "thing", id, 1, &key, &error, "people", "2",
                           "share", "", "colour", "red", "subject", "史", NULL),
                error);
    assert_done(row_void(county, county->town, "thing", id, 2, " 重复登记 ", &error), error);
    g_autoptr(HjRows) events = row_events(county, county->town, "thing", id);
    assert_int_equal(hj_rows_count(events), 3);
    hj_rows_next(events);
    assert_string_equal(hj_rows_text(events, "action"), "row.void");
    assert_string_equal(hj_rows_text(events, "reason"), "重复登记");
    hj_rows_next(events);
    assert_string_equal(hj_rows_text(events, "action"), "row.update");
    assert_string_equal(hj_rows_text(events, "actor_name"), "town");
    assert_string_equal(hj_rows_text(events, "before"),
                        "{\"people\":1,\"share\":50.00,\"colour\":null}");
    assert_string_equal(hj_rows_text(events, "after"),
                        "{\"people\":2,\"share\":null,\"colour\":\"red\"}");
    hj_rows_next(events);
    assert_string_equal(hj_rows_text(events, "action"), "row.create");
    assert_true(hj_rows_null(events, "before"));
    assert_string_equal(hj_rows_text(events, "after"),
                        "{\"subject\":\"史\",\"people\":1,\"share\":50.00,\"secret\":\"内\"}");
}

static void
test_a_hidden_field_shows_nowhere_and_is_not_written(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t id = row_add(county, county->secretary, "thing", VILLAGE, "subject", "密", "secret",
                         "内情", NULL);
    g_autoptr(HjRows) row = row_read(county, county->team, "thing", id, &error);
    assert_done(row != NULL, error);
    assert_string_equal(hj_rows_text(row, "subject"), "密");
    assert_true(hj_rows_null(row, "secret"));
    g_autoptr(HjRows) events = row_events(county, county->team, "thing", id);
    hj_rows_next(events);
    assert_string_equal(hj_rows_text(events, "after"), "{\"subject\":\"密\"}");
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    const HjLedger *thing = hj_county_ledger(county, "thing");
    HjRowFilter filter = { .field = hj_pack_field(thing, "secret"), .text = "内" };
    HjRowQuery by_filter = { .ledger = thing,
                             .filters = &filter,
                             .n_filters = 1,
                             .from = HJ_DATE_NONE,
                             .to = HJ_DATE_NONE,
                             .limit = 10 };
    HjRowQuery by_sort = {
        .ledger = thing, .sort = "secret", .from = HJ_DATE_NONE, .to = HJ_DATE_NONE, .limit = 10
    };
    g_autofree char *next = NULL;
    assert_null(hj_row_list(tx, county->team, &by_filter, &next, &error));
    assert_hj_error(error, HJ_ERROR_MALFORMED);
    g_clear_error(&error);
    assert_null(hj_row_list(tx, county->team, &by_sort, &next, &error));
    assert_hj_error(error, HJ_ERROR_MALFORMED);
}

static void
test_out_of_scope_is_absent_and_in_scope_may_be_denied(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    HjRowKey key;
    int64_t own = row_add(county, county->secretary, "thing", VILLAGE, "subject", "本", NULL);
    int64_t foreign =
        row_add(county, county->other, "thing", HJ_COUNTY_FOREIGN, "subject", "外", NULL);
    assert_null(row_read(county, county->secretary, "thing", foreign, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    assert_null(row_read(county, county->town, "thing", foreign, &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    assert_false(row_change(county, county->town, "thing", foreign, 1, &key, &error, "subject",
                            "改", NULL));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    assert_false(row_void(county, county->town, "thing", foreign, 1, "x", &error));
    assert_hj_error(error, HJ_ERROR_NOT_FOUND);
    g_clear_error(&error);
    assert_refused("There is nothing here.", county, county->town, "thing", HJ_COUNTY_FOREIGN,
                   "subject", "外");
    /* The work team sees its village and may not write there; neither may the auditor. */
    assert_refused("Your roles do not allow this here.", county, county->team, "thing", VILLAGE,
                   "subject", "x");
    assert_refused("Your roles do not allow this here.", county, county->auditor, "thing",
                   VILLAGE, "subject", "x");
    assert_false(
        row_change(county, county->team, "thing", own, 1, &key, &error, "subject", "x", NULL));
    assert_hj_error(error, HJ_ERROR_DENIED);
    g_clear_error(&error);
    /* The ledger's own list of who sees it: the auditor is not on it, the team is. */
    int64_t promise = row_add(county, county->secretary, "promise", VILLAGE, "number", "see",
                              "listed_on", "2018-03-01", NULL);
    assert_null(row_read(county, county->auditor, "promise", promise, &error));
    assert_hj_error(error, HJ_ERROR_DENIED);
    g_clear_error(&error);
    g_autoptr(HjRows) seen = row_read(county, county->team, "promise", promise, &error);
    assert_done(seen != NULL, error);
}

static void
test_a_row_belongs_to_the_right_kind_of_organization(void **state)
{
    HjCounty *county = *state;
    assert_refused("org:choice", county, county->town, "thing", HJ_COUNTY_TOWN, "subject", "x");
}

static void
test_citations_stay_where_the_actor_sees(void **state)
{
    HjCounty *county = *state;
    int64_t foreign =
        row_add(county, county->other, "member", HJ_COUNTY_FOREIGN, "name", "外人", NULL);
    int64_t leader =
        row_add(county, county->organizer, "member", HJ_COUNTY_ROOT, "name", "县领导", NULL);
    g_autofree char *foreign_id = id_text(foreign);
    g_autofree char *leader_id = id_text(leader);
    assert_refused("owner:reference", county, county->secretary, "thing", VILLAGE, "subject",
                   "x", "owner", foreign_id);
    /* 领导包案: those above one are visible as persons. */
    row_add(county, county->secretary, "thing", VILLAGE, "subject", "x", "owner", leader_id,
            NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) picks = hj_row_pick(
        tx, county->secretary, hj_county_ledger(county, "member"), "xld", 0, 10, &error);
    assert_done(picks != NULL, error);
    assert_int_equal(hj_rows_count(picks), 1);
    hj_rows_next(picks);
    assert_string_equal(hj_rows_text(picks, "label"), "县领导");
    g_autoptr(HjRows) none = hj_row_pick(
        tx, county->secretary, hj_county_ledger(county, "member"), "外人", 0, 10, &error);
    assert_int_equal(hj_rows_count(none), 0);
}

static void
test_a_row_with_children_or_citations_is_not_voided(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t top = row_add(county, county->secretary, "thing", VILLAGE, "subject", "父", NULL);
    g_auto(Entry) child = entry_of(county, "part", VILLAGE);
    child.parent = top;
    child.inputs[child.n++] = (HjRowInput){ .name = "label", .text = "子" };
    assert_done(hj_county_write(county, county->secretary, run_create, &child, &error), error);
    assert_false(row_void(county, county->secretary, "thing", top, 1, "x", &error));
    assert_hj_error(error, HJ_ERROR_CONFLICT);
    g_clear_error(&error);
    assert_done(row_void(county, county->secretary, "part", child.key.id, 1, "x", &error),
                error);
    g_autofree char *top_id = id_text(top);
    int64_t citing = row_add(county, county->secretary, "thing", VILLAGE, "subject", "引",
                             "before", top_id, NULL);
    assert_false(row_void(county, county->secretary, "thing", top, 1, "x", &error));
    assert_hj_error(error, HJ_ERROR_CONFLICT);
    g_clear_error(&error);
    assert_false(row_void(county, county->secretary, "thing", citing, 1, "  ", &error));
    assert_hj_error(error, HJ_ERROR_INVALID);
    g_clear_error(&error);
    assert_done(row_void(county, county->secretary, "thing", citing, 1, "x", &error), error);
    assert_done(row_void(county, county->secretary, "thing", top, 1, "x", &error), error);
    /* Voided, but not gone. */
    g_autoptr(HjRows) row = row_read(county, county->secretary, "thing", top, &error);
    assert_false(hj_rows_null(row, "voided_at"));
    HjRowKey key;
    assert_false(row_change(county, county->secretary, "thing", top, 2, &key, &error, "subject",
                            "x", NULL));
    assert_hj_error(error, HJ_ERROR_CONFLICT);
}

static void
test_a_child_lies_under_a_live_row_of_its_organization(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t top =
        row_add(county, county->town, "thing", HJ_COUNTY_SIBLING, "subject", "父", NULL);
    assert_refused("parent:required", county, county->town, "part", VILLAGE, "label", "x");
    g_auto(Entry) child = entry_of(county, "part", VILLAGE);
    child.parent = top;
    child.inputs[child.n++] = (HjRowInput){ .name = "label", .text = "子" };
    assert_false(hj_county_write(county, county->town, run_create, &child, &error));
    assert_hj_error(error, HJ_ERROR_INVALID);
    assert_string_equal(hj_issues_code(child.issues, 0), "reference");
    g_clear_error(&error);
    g_auto(Entry) odd = entry_of(county, "thing", VILLAGE);
    odd.parent = top;
    odd.inputs[odd.n++] = (HjRowInput){ .name = "subject", .text = "x" };
    assert_false(hj_county_write(county, county->town, run_create, &odd, &error));
    assert_string_equal(hj_issues_field(odd.issues, 0), "parent");
}

static bool
create_from_json(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data,
                 GError **error)
{
    Entry *e = data;
    const char *text = e->reason;
    g_autoptr(HjJson) json = hj_json_parse(text, strlen(text), error);
    if (json == NULL)
        return false;
    for (size_t i = 0; i < hj_json_count(json); i++)
        e->inputs[e->n++] =
            (HjRowInput){ .name = hj_json_key_at(json, i), .json = hj_json_at(json, i) };
    return run_create(county, tx, actor, e, error);
}

static void
test_json_is_typed_strictly(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    g_auto(Entry) right = entry_of(county, "thing", VILLAGE);
    right.reason = "{\"subject\":\"机\",\"usable\":true,\"people\":3,\"area\":12.5,"
                   "\"share\":\"85.5\",\"cost\":123450,\"day\":\"2018-03-05\","
                   "\"since\":\"2018-03\",\"met_at\":\"2018-03-05T14:30:00+08:00\","
                   "\"colour\":\"red\",\"tints\":[\"blue\",\"red\"],"
                   "\"place\":\"130921100202\",\"old\":null}";
    assert_done(hj_county_write(county, county->secretary, create_from_json, &right, &error),
                error);
    g_autoptr(HjRows) row = row_read(county, county->secretary, "thing", right.key.id, &error);
    assert_int_equal(hj_rows_i64(row, "cost"), 123450);
    assert_int_equal(hj_rows_i64(row, "area"), 1250);
    assert_int_equal(hj_rows_i64(row, "share"), 8550);
    assert_string_equal(hj_rows_text(row, "tints"), ",red,blue,");
    g_auto(Entry) wrong = entry_of(county, "thing", VILLAGE);
    wrong.reason = "{\"subject\":5,\"usable\":\"true\",\"people\":\"3\",\"cost\":12.5,"
                   "\"day\":\"2018/3/5\",\"colour\":\"红\",\"tints\":\"red\",\"owner\":7}";
    assert_false(hj_county_write(county, county->secretary, create_from_json, &wrong, &error));
    assert_hj_error(error, HJ_ERROR_INVALID);
    assert_int_equal(hj_issues_count(wrong.issues), 8);
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(hj_issues_code(wrong.issues, i),
                            strcmp(hj_issues_field(wrong.issues, i), "colour") == 0 ? "choice"
                                                                                    : "type");
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_a_row_keeps_a_value_of_every_type),
    cmocka_unit_test(test_every_wrong_field_is_named_at_once),
    cmocka_unit_test(test_a_refused_row_leaves_nothing_behind),
    cmocka_unit_test(test_a_text_keeps_rare_characters_and_refuses_broken_ones),
    cmocka_unit_test(test_a_field_retired_is_asked_for_only_of_the_past),
    cmocka_unit_test(test_rules_use_the_parameters_of_the_day_the_row_speaks_of),
    cmocka_unit_test(test_a_rule_sees_the_other_rows_of_its_ledger),
    cmocka_unit_test(test_a_unique_value_is_taken_once_an_organization),
    cmocka_unit_test(test_a_stale_version_changes_nothing),
    cmocka_unit_test(test_of_writers_at_the_same_time_one_wins),
    cmocka_unit_test(test_a_change_of_nothing_writes_nothing),
    cmocka_unit_test(test_the_history_tells_what_changed_and_nothing_else),
    cmocka_unit_test(test_a_hidden_field_shows_nowhere_and_is_not_written),
    cmocka_unit_test(test_out_of_scope_is_absent_and_in_scope_may_be_denied),
    cmocka_unit_test(test_a_row_belongs_to_the_right_kind_of_organization),
    cmocka_unit_test(test_citations_stay_where_the_actor_sees),
    cmocka_unit_test(test_a_row_with_children_or_citations_is_not_voided),
    cmocka_unit_test(test_a_child_lies_under_a_live_row_of_its_organization),
    cmocka_unit_test(test_json_is_typed_strictly),
};

HJ_STORY_MAIN(stories)
