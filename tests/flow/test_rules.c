/* Rules of domain.md about what a pack says at all: what was found nowhere is an assumption,
 * what was not read is not quoted, what is a hint decides nothing.  On the pack of the county.
 */
#include <glib.h>

#define HJ_STORY_PACK HJ_TEST_SOURCE "/packs/cangxian"
#include "pack/scheme.h"
#include "pack/scoring.h"
#include "tests/flow/steps.h"

#define VILLAGE HJ_COUNTY_VILLAGE

/* Of the regulations named in the packs these articles were read. */
static bool
was_read(const char *source)
{
    static const char *const texts[] = { "村民委员会组织法（2018年修正）",
                                         "信访工作条例（2022年）", "中国共产党章程 第七条" };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (strstr(source, texts[i]) != NULL)
            return true;
    return strstr(source, "请核对") != NULL; /* on the page of parameters, never on paper */
}

static bool
names_an_article(const char *text)
{
    return text != NULL &&
           g_regex_match_simple("第[一二三四五六七八九十百、至]+条", text, 0, 0);
}

static void
test_ver_3_only_articles_that_were_read_are_named(void **state)
{
    HjCounty *county = *state;
    int n_named = 0, n_volumes = 0;
    for (size_t i = 0; i < county->pack->n_params; i++)
        for (size_t k = 0; k < county->pack->params[i].n_values; k++)
            if (names_an_article(county->pack->params[i].values[k].source)) {
                assert_true(was_read(county->pack->params[i].values[k].source));
                n_named++;
            }
    for (size_t l = 0; l < county->pack->n_ledgers; l++) {
        const HjLedger *ledger = &county->pack->ledgers[l];
        /* What is printed: the regulation of a file, and the text of a notice. */
        if (ledger->flow != NULL && ledger->flow->volume) {
            assert_non_null(ledger->source);
            assert_false(names_an_article(ledger->source));
            n_volumes++;
        }
        if (ledger->notice != NULL)
            assert_false(names_an_article(ledger->notice->body.zh));
        if (names_an_article(ledger->source))
            assert_true(was_read(ledger->source));
    }
    assert_true(n_named > 0 && n_volumes > 0);
}

/* How many rules, guards and indicators of @pack speak of @what. */
static int
rules_that_read(const HjPack *pack, const char *what)
{
    int n = 0;
    for (size_t l = 0; l < pack->n_ledgers; l++) {
        const HjLedger *ledger = &pack->ledgers[l];
        for (size_t i = 0; i < ledger->n_must; i++)
            n += strstr(ledger->must[i].rule.text, what) != NULL;
        for (size_t k = 0; ledger->flow != NULL && k < ledger->flow->n_nodes; k++)
            for (size_t i = 0; i < ledger->flow->nodes[k].n_guards; i++)
                n += strstr(ledger->flow->nodes[k].guards[i].rule.rule.text, what) != NULL;
    }
    for (size_t i = 0; i < pack->n_indicators; i++)
        n += pack->indicators[i].sql.text != NULL &&
             strstr(pack->indicators[i].sql.text, what) != NULL;
    return n;
}

/* The ratio of other places is a hint, which no rule and no figure reads. */
static void
test_weak_2_the_ratio_is_a_hint_and_decides_nothing(void **state)
{
    HjCounty *county = *state;
    assert_true(hj_pack_param_named(county->pack, "weak_ratio_hint")->assumption);
    assert_int_equal(rules_that_read(county->pack, ":weak_ratio_hint"), 0);
    assert_true(rules_that_read(county->pack, ":drive_vacancy_months") > 0);
    /* All villages of a township, or none: the pack's first one has but two. */
    hj_county_at(county, "2018-02-01T10:00:00+08:00");
    static const char *const villages[] = { VILLAGE, HJ_COUNTY_SIBLING };
    for (size_t i = 0; i < G_N_ELEMENTS(villages); i++)
        step_create(county, county->town, "problem_village", villages[i], 0, "subject",
                    "班子配齐", "facts", "走访", "criteria", "team", "screened_on",
                    "2018-02-01", NULL);
}

static void
test_dev_30_a_plan_is_in_no_score(void **state)
{
    HjCounty *county = *state;
    const HjPack *pack = county->pack;
    /* A scheme that read it would be refused with the pack; and none names a count of people.
     */
    assert_true(hj_county_ledger(county, "member_plan")->never_scored);
    static const char *const counts[] = { "members_against_plan", "members_developed",
                                          "members_planned", "members_developed_young" };
    int n_items = 0;
    for (size_t s = 0; s < pack->n_schemes; s++)
        for (size_t l = 0; l < pack->schemes[s].n_lists; l++)
            for (size_t i = 0; i < pack->schemes[s].lists[l].n_items; i++) {
                const HjIndicator *indicator = pack->schemes[s].lists[l].items[i].indicator;
                for (size_t c = 0; indicator != NULL && c < G_N_ELEMENTS(counts); c++)
                    assert_string_not_equal(indicator->name, counts[c]);
                n_items += indicator != NULL;
            }
    assert_true(n_items > 0);
    /* Nobody below the county sets a plan. */
    assert_create_refused("Your roles do not allow this here.", county, county->town,
                          "member_plan", HJ_COUNTY_TOWN, 0, "from_on", "2017-01-01", "to_on",
                          "2018-12-31", "target", "12", "document_no", "1号", NULL);
}

/* Section 7: names of the time whose text was found nowhere. */
static void
test_dev_33_what_was_found_nowhere_is_an_assumption_of_the_right_count(void **state)
{
    static const struct {
        const char *list;
        int count;
    } lists[] = {
        { "five_focuses", 5 },      { "two_links_one_take", 3 }, { "two_pushes_one_cure", 3 },
        { "three_steps", 3 },       { "eight_measures", 8 },     { "six_haves", 6 },
        { "six_haves_service", 6 },
    };
    HjCounty *county = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const HjList *list = hj_pack_list(county->pack, lists[i].list);
        assert_non_null(list);
        assert_int_equal(list->n_items, lists[i].count);
        assert_int_equal(list->expected, lists[i].count);
        assert_true(list->assumption);
    }
    /* Two of the eight measures the county itself told of. */
    const HjList *measures = hj_pack_list(county->pack, "eight_measures");
    assert_string_equal(measures->items[0].name, "green_bank");
    assert_string_equal(measures->items[1].name, "land_transfer");
    /* They are ticked in the records, one by one, and ask for nothing. */
    const HjLedger *ledger = hj_county_ledger(county, "stalled_village");
    static const char *const fields[] = { "links", "pushes" };
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        assert_int_equal(hj_pack_field(ledger, fields[i])->type, HJ_FIELD_LIST_CHECK);
        assert_false(hj_pack_field(ledger, fields[i])->required);
    }
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_ver_3_only_articles_that_were_read_are_named),
    cmocka_unit_test(test_weak_2_the_ratio_is_a_hint_and_decides_nothing),
    cmocka_unit_test(test_dev_30_a_plan_is_in_no_score),
    cmocka_unit_test(test_dev_33_what_was_found_nowhere_is_an_assumption_of_the_right_count),
};

HJ_STORY_MAIN(stories)
