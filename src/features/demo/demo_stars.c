#include "base/decimal.h"
#include "core/assessment.h"
#include "features/demo/demo_work.h"

/* Evaluations of branches, and what was published: four half-year contests and two years of
 * stars, through the operations that people use. */

#define YEARS 2
#define FIRST_YEAR 2017
#define POINTS_LEAST 1500 /* scale 2, of 60 */
#define POINTS_MOST 5950
#define POINTS_STEP 50

/* Days after the period: opened, approved by committees, accepted by the county, put on notice,
 * published. */
enum { OPENED = 2, APPROVED = 4, ACCEPTED = 7, ANNOUNCED = 8, PUBLISHED = 15 };

size_t
hj_demo_stars_evaluations(const HjDemo *demo)
{
    return demo->n_branches * YEARS + 1;
}

/* The one decision: in the first year, of the last branch. */
static bool
add_decision(HjDemo *demo, HjTx *tx, GError **error)
{
    const HjDemoPlace *branch = &demo->places[demo->branches[demo->n_branches - 1]];
    const HjDate day = hj_date_make(FIRST_YEAR, 12, 12);
    hj_demo_at(tx, day);
    return hj_demo_row(demo, tx, demo->county_actor, HJ_DEMO_STAR, branch->org, NULL, error,
                       "kind", "turnover_late", "decided_on", hj_date_text(day).text,
                       "document_no", "沧县组〔2017〕21号（示例）", NULL);
}

/* Better in the second year: turnover is over, and the teams are at work. */
bool
hj_demo_stars_evaluation(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    static const char *const bases[] = { "meeting", "visit", "both" };
    if (i == demo->n_branches * YEARS)
        return add_decision(demo, tx, error);
    const size_t n = i / YEARS;
    const int year = (int)(i % YEARS);
    const HjDemoPlace *branch = &demo->places[demo->branches[n]];
    HjDemoDice dice = hj_demo_dice(demo, "stars", i);
    const int strength = demo->committees[branch->committee].strength[2 * year + 1];
    const int points = POINTS_LEAST + strength * 12 + year * 300 + hj_demo_throw(&dice, 2700);
    const int judged = MIN(points - points % POINTS_STEP, POINTS_MOST);
    const HjDate day = hj_demo_day(&dice, hj_date_make(FIRST_YEAR + year, 12, 1),
                                   hj_date_make(FIRST_YEAR + year, 12, 22));
    g_autofree char *text = g_strdup_printf("%d", FIRST_YEAR + year);
    hj_demo_at(tx, day);
    return hj_demo_row(demo, tx, hj_demo_organizer(demo, branch->committee), HJ_DEMO_EVALUATION,
                       branch->org, NULL, error, "year", text, "points",
                       hj_decimal_text(judged, 2).text, "basis",
                       bases[hj_demo_throw(&dice, G_N_ELEMENTS(bases))], "evaluated_on",
                       hj_date_text(day).text, NULL);
}

/* --- what was published --- */

static const struct {
    int half; /* -1: a year of stars */
    int year;
} results[] = {
    { 0, 2017 }, { 1, 2017 }, { -1, 2017 }, { 2, 2018 }, { 3, 2018 }, { -1, 2018 },
};

size_t
hj_demo_stars_results(void)
{
    return G_N_ELEMENTS(results);
}

/* The scheme of committees, or that of branches. */
static const HjScheme *
scheme_of(const HjDemo *demo, const char *kind, HjDate from)
{
    for (size_t i = 0; i < demo->pack->n_schemes; i++)
        if (g_str_equal(demo->pack->schemes[i].of, kind))
            return hj_pack_scheme_at(demo->pack, demo->pack->schemes[i].name, from);
    return NULL;
}

static bool
approve_all(HjDemo *demo, HjTx *tx, const HjAssessment *a, GError **error)
{
    int64_t n = 0;
    hj_demo_at(tx, a->period.to + APPROVED);
    for (size_t c = 0; c < demo->n_committees; c++) {
        const HjActor *organizer = hj_demo_organizer(demo, c);
        hj_tx_set_actor(tx, organizer->account);
        if (!hj_assessment_approve(tx, organizer, a, demo->committees[c].org, &n, error))
            return false;
    }
    return true;
}

bool
hj_demo_stars_result(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    HjPeriod period;
    g_autofree char *year = g_strdup_printf("%d", results[i].year);
    if (results[i].half >= 0)
        period = hj_demo_half(results[i].half);
    else if (!hj_period_parse(year, &period, error))
        return false;
    const HjActor *county = demo->county_actor;
    const HjScheme *scheme =
        scheme_of(demo, results[i].half >= 0 ? "committee" : "branch", period.from);
    HjAssessment a;
    int64_t n = 0;
    if (scheme == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "demo: no scheme for %s", period.text);
    hj_demo_at(tx, period.to + OPENED);
    hj_tx_set_actor(tx, county->account);
    if (!hj_assessment_open(tx, county, scheme, &period, &a, error) ||
        !approve_all(demo, tx, &a, error))
        return false;
    hj_demo_at(tx, period.to + ACCEPTED);
    hj_tx_set_actor(tx, county->account);
    if (!hj_assessment_accept(tx, county, &a, demo->county, &n, error))
        return false;
    hj_demo_at(tx, period.to + ANNOUNCED);
    if (scheme->notice.unit != HJ_SPAN_NONE && !hj_assessment_announce(tx, county, &a, error))
        return false;
    hj_demo_at(tx, period.to + PUBLISHED);
    return hj_assessment_publish(tx, county, &a, &n, error);
}
