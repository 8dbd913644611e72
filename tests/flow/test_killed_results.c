/* A server killed between any two statements while a contest is accepted, published or
 * published anew after an appeal: all of it is there, or none of it. */
#define HJ_STORY_PACK "pack_contest"
#include "core/assessment_verify.h"
#include "tests/flow/dying.h"
#include "tests/flow/rows.h"

#define AFTER "2018-07-02T12:00:00+08:00" /* the half-year is over, a Monday */
#define SCHEME "race"
#define PERIOD "2018H1"

/* Two cards with their lists and items, and three tallies and a verdict behind them. */
#define ACCEPTED                                                                               \
    "mark 0 rules 1 snapshot 2 list 6 item 8 evidence 4 publication 0 result 0 appeal 0 "      \
    "frozen 2 answered 0 revision 0 events 5"
#define PUBLISHED                                                                              \
    "mark 0 rules 1 snapshot 2 list 6 item 8 evidence 4 publication 1 result 2 appeal 0 "      \
    "frozen 2 answered 0 revision 1 events 6"
/* One of them frozen anew, with the mark that was given. */
#define ANSWERED                                                                               \
    "mark 1 rules 1 snapshot 3 list 9 item 12 evidence 7 publication 2 result 4 appeal 1 "     \
    "frozen 2 answered 1 revision 2 events 10"

/* What a contest leaves in the tables, and what the program tells of it. */
static char *
all_of(HjCounty *county, int64_t id)
{
    static const char *const tables[] = { "mark",        "rules",  "snapshot",
                                          "list",        "item",   "evidence",
                                          "publication", "result", "appeal" };
    GString *out = g_string_new(NULL);
    (void)id;
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *sql =
            g_strdup_printf("SELECT COUNT(*) FROM sys_assessment_%s", tables[i]);
        g_string_append_printf(out, "%s %d ", tables[i], (int)hj_county_i64(county, sql));
    }
    g_string_append_printf(
        out, "frozen %d answered %d revision %d events %d",
        (int)hj_county_i64(county,
                           "SELECT COUNT(*) FROM sys_assessment_card WHERE snapshot <> 0"),
        (int)hj_county_i64(county,
                           "SELECT COUNT(*) FROM sys_assessment_appeal WHERE outcome IS "
                           "NOT NULL"),
        (int)hj_county_i64(county, "SELECT COALESCE(MAX(revision), 0) FROM "
                                   "sys_assessment_publication"),
        (int)hj_county_i64(county, "SELECT COUNT(*) FROM sys_event WHERE subject = "
                                   "'assessment'"));
    return g_string_free(out, FALSE);
}

typedef struct {
    bool (*act)(HjTx *tx, const HjActor *actor, HjCounty *county, const HjAssessment *a,
                GError **error);
} Doing;

static bool
run_doing(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    const Doing *doing = data;
    HjAssessment a;
    HjPeriod period;
    return hj_period_parse(PERIOD, &period, error) &&
           hj_assessment_find(tx, county->pack, hj_pack_scheme(county->pack, SCHEME), &period,
                              &a, error) &&
           doing->act(tx, actor, county, &a, error);
}

static char *
said(HjCounty *county, const HjActor *actor,
     bool (*act)(HjTx *, const HjActor *, HjCounty *, const HjAssessment *, GError **))
{
    Doing doing = { .act = act };
    g_autoptr(GError) error = NULL;
    return hj_county_write(county, actor, run_doing, &doing, &error) ? g_strdup("")
                                                                     : g_strdup(error->message);
}

static bool
approve_own(HjTx *tx, const HjActor *actor, HjCounty *county, const HjAssessment *a,
            GError **error)
{
    int64_t n;
    (void)county;
    return hj_assessment_approve(tx, actor, a, actor->grants[0].org, &n, error);
}

static bool
accept_all(HjTx *tx, const HjActor *actor, HjCounty *county, const HjAssessment *a,
           GError **error)
{
    int64_t n;
    return hj_assessment_accept(tx, actor, a, hj_county_org(county, HJ_COUNTY_ROOT), &n, error);
}

static bool
publish_all(HjTx *tx, const HjActor *actor, HjCounty *county, const HjAssessment *a,
            GError **error)
{
    int64_t revision;
    (void)county;
    return hj_assessment_publish(tx, actor, a, &revision, error);
}

static bool
appeal_own(HjTx *tx, const HjActor *actor, HjCounty *county, const HjAssessment *a,
           GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    int64_t id;
    (void)county;
    return hj_assessment_appeal(tx, actor, a, actor->grants[0].org, "share", "漏计一项", issues,
                                &id, error);
}

static int64_t asked; /* the appeal that is answered */

static bool
answer_it(HjTx *tx, const HjActor *actor, HjCounty *county, const HjAssessment *a,
          GError **error)
{
    const HjAssessmentAnswer answer = { .appeal = asked,
                                        .accept = true,
                                        .item = "share",
                                        .points = 6500,
                                        .reason = "确有漏计",
                                        .document = "沧组〔2018〕12号" };
    g_autoptr(HjIssues) issues = hj_issues_new();
    int64_t revision;
    (void)county, (void)a;
    return hj_assessment_answer(tx, actor, &answer, issues, &revision, error);
}

static char *
accept_cards(HjCounty *county, int64_t id)
{
    (void)id;
    return said(county, county->organizer, accept_all);
}

static char *
publish_cards(HjCounty *county, int64_t id)
{
    (void)id;
    return said(county, county->organizer, publish_all);
}

static char *
answer_appeal(HjCounty *county, int64_t id)
{
    (void)id;
    return said(county, county->organizer, answer_it);
}

static void
must_do(char *words)
{
    assert_string_equal(words, "");
    g_free(words);
}

/* What stands is computed again to the same figures, row by row. */
static void
assert_proven(HjCounty *county, int64_t last, int64_t revision)
{
    g_autoptr(GError) error = NULL;
    HjPeriod period;
    HjAssessment a;
    g_auto(HjVerified) proof = { 0 };
    assert_true(hj_period_parse(PERIOD, &period, NULL));
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    assert_done(tx != NULL &&
                    hj_assessment_find(tx, county->pack, hj_pack_scheme(county->pack, SCHEME),
                                       &period, &a, &error),
                error);
    assert_int_equal(a.revision, last);
    assert_done(hj_assessment_verify(tx, county->pack, &a, revision, &proof, &error), error);
    assert_true(proof.identical);
    assert_int_equal(proof.n_cards, 2);
    assert_int_equal(proof.n_rows, 4);
}

static void
enter_records(HjCounty *county)
{
    static const char *const villages[] = { HJ_COUNTY_VILLAGE, HJ_COUNTY_SIBLING,
                                            HJ_COUNTY_FOREIGN };
    for (size_t i = 0; i < G_N_ELEMENTS(villages); i++)
        row_add(county, county->system, "tally", villages[i], "on_day", "2018-05-01", "done",
                "8", "due", "10", NULL);
    row_add(county, county->system, "verdict", HJ_COUNTY_TOWN, "kind", "result", "on_day",
            "2018-04-01", "points", "5", NULL);
    hj_county_at(county, AFTER);
}

static void
test_acceptance_publication_and_revision_are_whole_or_were_not(void **state)
{
    HjCounty *county = *state;
    enter_records(county);
    must_do(said(county, county->town, approve_own));
    must_do(said(county, county->other, approve_own));
    dying_at_each(county, 0, &(Dying){ .all_of = all_of, .write = accept_cards }, ACCEPTED);
    dying_at_each(county, 0, &(Dying){ .all_of = all_of, .write = publish_cards }, PUBLISHED);
    assert_proven(county, 1, 1);
    must_do(said(county, county->town, appeal_own));
    asked = hj_county_i64(county, "SELECT MAX(id) FROM sys_assessment_appeal");
    dying_at_each(county, 0, &(Dying){ .all_of = all_of, .write = answer_appeal }, ANSWERED);
    assert_proven(county, 2, 2);
    assert_proven(county, 2, 1); /* as it was */
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_acceptance_publication_and_revision_are_whole_or_were_not),
};

HJ_STORY_MAIN(stories)
