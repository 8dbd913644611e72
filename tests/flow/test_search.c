/* One box over rows: Chinese of any length, pinyin, initials, within the scope. */
#include "base/pinyin.h"
#include "core/search.h"
#include "tests/flow/rows.h"

/* Ids found, the newest first, as "ledger ledger …"; caller frees. */
static char *
found(HjCounty *county, const HjActor *actor, const char *q, const char *under)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    HjSearch search = { .q = q,
                        .limit = 50,
                        .under = under != NULL ? hj_county_org(county, under) : 0 };
    g_auto(HjSearchHits) hits = { 0 };
    assert_done(hj_search(tx, actor, &search, &hits, &error), error);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < hits.n_hits; i++) {
        g_autoptr(HjRows) row =
            hj_row_get(tx, actor, hits.hits[i].ledger, hits.hits[i].id, &error);
        assert_done(row != NULL, error);
        assert_true(hj_rows_next(row));
        bool is_member = g_str_equal(hits.hits[i].ledger->name, "member");
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "",
                               hj_rows_text(row, is_member ? "name" : "subject"));
    }
    return g_string_free(out, FALSE);
}

#define assert_found(county, actor, q, wanted)                                                 \
    do {                                                                                       \
        g_autofree char *got_ = found((county), (actor), (q), NULL);                           \
        if (strcmp(got_, (wanted)) != 0)                                                       \
            print_error("%s:%d: \"%s\"\n", __FILE__, __LINE__, (q));                           \
        assert_string_equal(got_, (wanted));                                                   \
    } while (false)

static void
fold_all(HjCounty *county)
{
    g_autoptr(GError) error = NULL;
    for (int64_t n = 1; n > 0;)
        assert_done(hj_search_fold(county->store, 2, &n, &error), error);
}

static void
ensure_rows(HjCounty *county)
{
    if (hj_county_i64(county, "SELECT COUNT(*) FROM t_member") > 0)
        return;
    const HjActor *organizer = county->organizer;
    row_add(county, organizer, "member", HJ_COUNTY_VILLAGE, "name", "张建国", "remark",
            "藏起来的话", NULL);
    row_add(county, organizer, "member", HJ_COUNTY_FOREIGN, "name", "曾三立", NULL);
    row_add(county, organizer, "thing", HJ_COUNTY_VILLAGE, "subject", "旧州镇东关村广场",
            "detail", "2018年新修，面积300平方米 ABC公司捐", NULL);
    row_add(county, organizer, "thing", HJ_COUNTY_SIBLING, "subject", "长治路排水", NULL);
    row_add(county, organizer, "thing", HJ_COUNTY_FOREIGN, "subject", "西安路灯", NULL);
}

static void
look_everywhere(HjCounty *county)
{
    const HjActor *organizer = county->organizer;
    assert_found(county, organizer, "关", "旧州镇东关村广场");
    assert_found(county, organizer, "东关", "旧州镇东关村广场");
    assert_found(county, organizer, "镇东关", "旧州镇东关村广场");
    assert_found(county, organizer, "旧州镇东关村广场", "旧州镇东关村广场");
    assert_found(county, organizer, "关东", "");
    assert_found(county, organizer, "路", "西安路灯 长治路排水");
    assert_found(county, organizer, "新修", "旧州镇东关村广场");
    assert_found(county, organizer, "新修 广场", "旧州镇东关村广场");
    assert_found(county, organizer, "新修　路灯", "");
    assert_found(county, organizer, "abc公司", "旧州镇东关村广场");
    assert_found(county, organizer, "300", "旧州镇东关村广场");
    assert_found(county, organizer, "dongguan", "旧州镇东关村广场");
    assert_found(county, organizer, "dgc", "旧州镇东关村广场");
    assert_found(county, organizer, "jiuzhou zhen", "旧州镇东关村广场");
    assert_found(county, organizer, "xi'an", "西安路灯");
    assert_found(county, organizer, "zhangjianguo", "张建国");
    assert_found(county, organizer, "ZJG", "张建国");
    assert_found(county, organizer, "zeng", "曾三立");
    assert_found(county, organizer, "sanli", "曾三立");
    /* Over the end of one text into the next nothing is found. */
    assert_found(county, organizer, "广场2018", "");
}

static void
chinese_pinyin_and_initials_are_found_before_and_after_the_index(void **state)
{
    ensure_rows(*state);
    assert_true(
        hj_county_i64(*state, "SELECT COUNT(*) FROM sys_search WHERE words IS NOT NULL") >= 5);
    look_everywhere(*state);
    fold_all(*state);
    assert_int_equal(
        hj_county_i64(*state, "SELECT COUNT(*) FROM sys_search WHERE words IS NOT NULL"), 0);
    look_everywhere(*state);
}

static void
nothing_outside_the_scope_is_found(void **state)
{
    HjCounty *county = *state;
    ensure_rows(county);
    assert_found(county, county->town, "路", "长治路排水");
    assert_found(county, county->other, "路", "西安路灯");
    assert_found(county, county->secretary, "路", "");
    assert_found(county, county->other, "zjg", "");
    g_autofree char *here = found(county, county->organizer, "路", HJ_COUNTY_TOWN);
    assert_string_equal(here, "长治路排水");
}

/* However many newer matches lie outside, the ones inside are found. */
static void
matches_outside_the_scope_hide_none_inside(void **state)
{
    HjCounty *county = *state;
    ensure_rows(county);
    fold_all(county);
    for (int n = 1; n <= 3; n++) {
        hj_search_look_at(n);
        look_everywhere(county);
        assert_found(county, county->town, "路", "长治路排水");
        assert_found(county, county->other, "路", "西安路灯");
        assert_found(county, county->secretary, "路", "");
    }
    hj_search_look_at(0);
}

static void
a_token_for_one_ledger_finds_nothing_of_another_that_the_same_roles_see(void **state)
{
    HjCounty *county = *state;
    ensure_rows(county);
    const HjGrant *held = &county->organizer->grants[0];
    g_autoptr(HjActor) token = hj_actor_new(county->pack, county->organizer->account,
                                            "organizer", "organizer", HJ_ZH, 1);
    hj_actor_add_grant(token, held->role, held->org, held->org_code, held->org_name,
                       held->org_kind);
    hj_actor_limit(token, 1, "roads", true, ",thing,");
    assert_found(county, token, "路", "西安路灯 长治路排水");
    assert_found(county, token, "张建国", "");
}

static void
what_is_hidden_from_some_is_in_no_index(void **state)
{
    HjCounty *county = *state;
    ensure_rows(county);
    assert_found(county, county->organizer, "藏起来", "");
    assert_int_equal(
        hj_county_i64(county, "SELECT COUNT(*) FROM sys_search WHERE words LIKE '%藏%'"), 0);
}

static void
a_changed_row_is_found_by_its_new_words_only_and_a_void_one_by_none(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t id = row_add(county, county->organizer, "thing", HJ_COUNTY_VILLAGE, "subject",
                         "水塔检修", NULL);
    fold_all(county);
    HjRowKey key;
    assert_done(row_change(county, county->organizer, "thing", id, 1, &key, &error, "subject",
                           "水渠清淤", NULL),
                error);
    assert_found(county, county->organizer, "水塔", "");
    assert_found(county, county->organizer, "shuiqu", "水渠清淤");
    fold_all(county);
    assert_found(county, county->organizer, "水塔", "");
    assert_found(county, county->organizer, "水渠", "水渠清淤");
    assert_done(row_void(county, county->organizer, "thing", id, 2, "重复", &error), error);
    assert_found(county, county->organizer, "水渠", "");
    fold_all(county);
    assert_found(county, county->organizer, "水渠", "");
}

static void
signs_of_the_query_language_are_only_text(void **state)
{
    HjCounty *county = *state;
    ensure_rows(county);
    static const char *const odd[] = { "\"",     "*",      "a\" OR \"b", "NEAR(东 关)", "-关",
                                       "关 AND", "'",      "关:*",       "(",           "%",
                                       "_",      "words:", "^关",        "&|!<->",      "\\" };
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *got = found(county, county->organizer, odd[i], NULL);
        assert_true(strlen(got) < 200);
    }
    assert_found(county, county->organizer, "“东关”", "旧州镇东关村广场");
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_auto(HjSearchHits) hits = { 0 };
    HjSearch letter = { .q = "z", .limit = 5 };
    assert_true(hj_search(tx, county->organizer, &letter, &hits, &error));
    assert_true(hits.too_short);
    g_autofree char *endless = g_strnfill(HJ_SEARCH_MAX_TEXT + 1, 'a');
    HjSearch too_long = { .q = endless, .limit = 5 };
    assert_false(hj_search(tx, county->organizer, &too_long, &hits, &error));
    assert_int_equal(error->code, HJ_ERROR_MALFORMED);
}

static void
another_reading_indexes_the_ledger_anew(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    ensure_rows(county);
    assert_done(hj_search_fill(county->store, county->pack, NULL, &error), error);
    assert_found(county, county->organizer, "changzhi", "");
    HjPinyinReading readings[] = { { "长治", "chang zhi" } };
    HjPack pack = *county->pack;
    pack.readings = readings;
    pack.n_readings = 1;
    hj_pinyin_use(readings, 1);
    assert_done(hj_search_fill(county->store, &pack, NULL, &error), error);
    assert_found(county, county->organizer, "changzhi", "长治路排水");
    assert_int_equal(
        hj_county_i64(county,
                      "SELECT COUNT(*) FROM t_thing WHERE title_py LIKE '%changzhilu%'"),
        1);
    /* Once more without it: the words are what they were. */
    hj_pinyin_use(NULL, 0);
    assert_done(hj_search_fill(county->store, county->pack, NULL, &error), error);
    assert_found(county, county->organizer, "changzhi", "");
    look_everywhere(county);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(chinese_pinyin_and_initials_are_found_before_and_after_the_index),
    cmocka_unit_test(nothing_outside_the_scope_is_found),
    cmocka_unit_test(matches_outside_the_scope_hide_none_inside),
    cmocka_unit_test(a_token_for_one_ledger_finds_nothing_of_another_that_the_same_roles_see),
    cmocka_unit_test(what_is_hidden_from_some_is_in_no_index),
    cmocka_unit_test(a_changed_row_is_found_by_its_new_words_only_and_a_void_one_by_none),
    cmocka_unit_test(signs_of_the_query_language_are_only_text),
    cmocka_unit_test(another_reading_indexes_the_ledger_anew),
};

HJ_STORY_MAIN(stories)
