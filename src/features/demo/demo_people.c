#include "base/citizen.h"
#include "features/demo/demo_work.h"

#define TERM_MONTHS 36 /* VEL-03: three years until 2018-12-29 */
#define MEMBERS_LEAST 8
#define MEMBERS_MOST 15
#define ADMISSION_AGE 18
#define SEATED_MEMBERS 3 /* of a village's team */

/* Who sits where in a village's team; one person in two fifths of the villages is both
 * secretary and director, and then the second place is a deputy's. */
static const char *const positions[HJ_DEMO_TEAM] = {
    "secretary",        "director",        "branch_member",    "committee_member",
    "supervision_head", "deputy_director", "committee_member",
};

static const char *const schooling[] = { "junior",     "junior",  "senior",  "senior",
                                         "vocational", "college", "college", "bachelor" };

/* One team of a village: the term it was elected for. */
typedef struct {
    const HjDemoVillage *village;
    const HjActor *actor;
    HjDate from, ends;
    HjDate left;          /* HJ_DATE_NONE while in office */
    HjDate director_left; /* earlier than the others, or HJ_DATE_NONE */
    bool both;            /* the secretary is director too */
    const char *document;
} Team;

static const char *
schooling_of(HjDemoDice *dice, int born)
{
    const int last = (int)G_N_ELEMENTS(schooling) - 1;
    const int level = (born - 1950) / 7 + hj_demo_between(dice, -1, 2);
    return schooling[CLAMP(level, 0, last)];
}

/* Numbers that pass every check and are nobody's: 130999 is no division, and numbers of
 * telephones that begin with 1430 are not given out.  @nth tells the people of one place apart.
 */
#define NO_DIVISION "130999"
#define NO_PHONE "1430"
#define RESERVE_NTH 15
#define MEMBERS_NTH 20
#define APPLICANTS_NTH 40

typedef struct {
    char citizen[HJ_CITIZEN_DIGITS + 1], phone[12];
} Numbers;

static Numbers
numbers_of(const HjDemoName *name, HjDate born, int nth)
{
    Numbers numbers = { 0 };
    int year, month, day;
    hj_date_split(born, &year, &month, &day);
    g_snprintf(numbers.citizen, sizeof numbers.citizen, NO_DIVISION "%04d%02d%02d%03d", year,
               month, day, 100 + 2 * nth + (name->female ? 0 : 1));
    numbers.citizen[HJ_CITIZEN_DIGITS - 1] = hj_citizen_check(numbers.citizen);
    guint mixed = g_str_hash(name->text) * 31 + g_str_hash(numbers.citizen);
    if (mixed % 10 < 7)
        g_snprintf(numbers.phone, sizeof numbers.phone, NO_PHONE "%07u", mixed % 10000000);
    return numbers;
}

/* Which of the people of a place, and between which years born. */
typedef struct {
    int nth, first_year, last_year;
} Whom;

static bool
add_person_of(HjDemo *demo, HjTx *tx, const HjActor *actor, int64_t org, HjDemoDice *dice,
              Whom whom, int64_t *ret_id, HjDate *ret_born, GError **error)
{
    const HjDemoName name = hj_demo_names_person(dice);
    const int year = hj_demo_between(dice, whom.first_year, whom.last_year);
    const HjDate born =
        hj_date_make(year, hj_demo_between(dice, 1, 12), hj_demo_between(dice, 1, 28));
    if (ret_born != NULL)
        *ret_born = born;
    const Numbers numbers = numbers_of(&name, born, whom.nth);
    return hj_demo_row(demo, tx, actor, HJ_DEMO_PERSON, org, ret_id, error, "name", name.text,
                       "citizen_no", numbers.citizen, "phone", numbers.phone, "sex",
                       name.female ? "female" : "male", "born_on", hj_date_text(born).text,
                       "ethnic_group", hj_demo_chance(dice, 6) ? "hui" : "han", "education",
                       schooling_of(dice, year), NULL);
}

static bool
add_person(HjDemo *demo, HjTx *tx, const HjActor *actor, int64_t org, HjDemoDice *dice, int nth,
           int64_t *ret_id, HjDate *ret_born, GError **error)
{
    const Whom whom = { .nth = nth, .first_year = 1950, .last_year = 1992 };
    return add_person_of(demo, tx, actor, org, dice, whom, ret_id, ret_born, error);
}

bool
hj_demo_people_applicant(HjDemo *demo, HjTx *tx, const HjActor *actor, int64_t org,
                         HjDemoDice *dice, int nth, int64_t *ret_id, GError **error)
{
    const Whom whom = { .nth = APPLICANTS_NTH + nth, .first_year = 1972, .last_year = 1995 };
    return add_person_of(demo, tx, actor, org, dice, whom, ret_id, NULL, error);
}

static bool
add_post(HjDemo *demo, HjTx *tx, const Team *team, int64_t person, const char *position,
         HjDate left, GError **error)
{
    return hj_demo_row(demo, tx, team->actor, HJ_DEMO_POST, team->village->org, NULL, error,
                       "person", hj_demo_id(person).text, "position", position, "way",
                       "elected", "from_on", hj_date_text(team->from).text, "term_ends_on",
                       hj_date_text(team->ends).text, "to_on", hj_date_text(left).text,
                       "document_no", team->document, NULL);
}

static bool
add_team(HjDemo *demo, HjTx *tx, const Team *team, const int64_t *persons, GError **error)
{
    for (size_t i = 0; i < team->village->n_team; i++) {
        const bool early = i == 1 && !team->both && team->director_left != HJ_DATE_NONE;
        if (!add_post(demo, tx, team, persons[i],
                      team->both && i == 1 ? "deputy_director" : positions[i],
                      early ? team->director_left : team->left, error))
            return false;
    }
    return !team->both || add_post(demo, tx, team, persons[0], "director", team->left, error);
}

/* Strong committees hold the election of 2018 early. */
static HjDate
election_day(const HjDemo *demo, const HjDemoVillage *village, HjDemoDice *dice)
{
    const int late = 100 - demo->committees[village->committee].strength[2];
    return hj_date_make(2018, 3, 20) + late * 6 / 5 + hj_demo_throw(dice, 24);
}

/* More than twenty villages did not complete the turnover of 2015: their teams stayed on. */
static Team
old_team(const HjDemo *demo, const HjDemoVillage *village, HjDate elected, HjDemoDice *dice)
{
    const HjDemoCommittee *committee = &demo->committees[village->committee];
    const bool stayed = hj_demo_throw(dice, 1000) < 100 - committee->strength[0];
    const bool early = hj_demo_chance(dice, (100 - committee->strength[1]) / 7);
    Team team = { .village = village, .left = elected, .director_left = HJ_DATE_NONE };
    team.from = hj_date_make(stayed ? 2012 : 2015, 3, hj_demo_between(dice, 1, 28));
    team.ends = hj_date_add_months(team.from, TERM_MONTHS) - 1;
    team.both = hj_demo_chance(dice, 25);
    team.document = "换届选举结果备案（上届）";
    if (early)
        team.director_left =
            hj_demo_day(dice, hj_date_make(2017, 2, 1), hj_date_make(2017, 11, 30));
    return team;
}

static bool
add_reserve(HjDemo *demo, HjTx *tx, const HjActor *actor, const HjDemoVillage *village,
            HjDemoDice *dice, GError **error)
{
    int64_t person;
    const HjDate listed =
        hj_demo_day(dice, hj_date_make(2017, 3, 1), hj_date_make(2018, 10, 31));
    if (!hj_demo_chance(dice, 60))
        return true;
    return add_person(demo, tx, actor, village->org, dice, RESERVE_NTH, &person, NULL, error) &&
           hj_demo_row(demo, tx, actor, HJ_DEMO_RESERVE, village->org, NULL, error, "person",
                       hj_demo_id(person).text, "listed_on", hj_date_text(listed).text, "aim",
                       hj_demo_chance(dice, 40) ? "secretary" : "director", NULL);
}

/* The teams of two terms; most people are chosen again. */
bool
hj_demo_people_team(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    HjDemoVillage *village = &demo->villages[i];
    HjDemoDice dice = hj_demo_dice(demo, "team", i);
    int64_t old[HJ_DEMO_TEAM] = { 0 };
    const HjActor *actor = hj_demo_organizer(demo, village->committee);
    for (size_t p = 0; p < village->n_team; p++) {
        HjDate *born = &village->born[p];
        if (!add_person(demo, tx, actor, village->org, &dice, (int)p, &old[p], born, error))
            return false;
        village->team[p] = old[p];
        if (!hj_demo_chance(&dice, 62) &&
            !add_person(demo, tx, actor, village->org, &dice, HJ_DEMO_TEAM + (int)p,
                        &village->team[p], born, error))
            return false;
    }
    const HjDate elected = election_day(demo, village, &dice);
    Team before = old_team(demo, village, elected, &dice);
    before.actor = actor;
    const Team now = { .village = village,
                       .actor = actor,
                       .from = elected,
                       .ends = hj_date_add_months(elected, TERM_MONTHS) - 1,
                       .left = HJ_DATE_NONE,
                       .director_left = HJ_DATE_NONE,
                       .both = hj_demo_chance(&dice, 50),
                       .document = "换届选举结果备案（2018年）" };
    return add_team(demo, tx, &before, old, error) &&
           add_team(demo, tx, &now, village->team, error) &&
           add_reserve(demo, tx, actor, village, &dice, error);
}

static bool
add_member(HjDemo *demo, HjTx *tx, const HjActor *actor, int64_t branch, int64_t person,
           HjDate admitted, GError **error)
{
    const bool full = admitted < hj_date_make(2017, 12, 31);
    const HjDate full_on = full ? hj_date_add_months(admitted, 12) : HJ_DATE_NONE;
    return hj_demo_row(demo, tx, actor, HJ_DEMO_MEMBER, branch, NULL, error, "person",
                       hj_demo_id(person).text, "status", full ? "full" : "probationary",
                       "admitted_on", hj_date_text(admitted).text, "full_on",
                       hj_date_text(full_on).text, NULL);
}

static HjDate
admission_day(HjDemoDice *dice, HjDate born)
{
    const HjDate first = hj_date_add_months(born, 12 * hj_demo_between(dice, 20, 38));
    const HjDate day = first + hj_demo_throw(dice, 300);
    const HjDate last = hj_date_make(2018, 6, 30);
    const HjDate earliest = hj_date_add_months(born, 12 * ADMISSION_AGE);
    const HjDate late = last - hj_demo_throw(dice, 700);
    return day <= last ? day : MAX(late, earliest);
}

/* Members of a village before the two years; whoever came later has a file.  A village that is
 * not stalled admitted somebody shortly before, the last of those entered. */
static HjDate
village_admission_day(HjDemoDice *dice, HjDate born, bool stalled, bool last)
{
    const HjDate end = hj_date_make(2013, 12, 31) - hj_demo_throw(dice, 900);
    const HjDate earliest = hj_date_add_months(born, 12 * ADMISSION_AGE);
    if (last && !stalled)
        return hj_demo_day(dice, hj_date_make(2014, 6, 1), hj_date_make(2015, 12, 31));
    const HjDate wished =
        hj_date_add_months(born, 12 * hj_demo_between(dice, 20, 38)) + hj_demo_throw(dice, 300);
    return MAX(MIN(wished, end), earliest);
}

/* The secretary and the branch's members of the team belong to the village's branch; the others
 * are members only. */
bool
hj_demo_people_members(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    const HjDemoPlace *branch = &demo->places[demo->branches[i]];
    HjDemoVillage *village = branch->village >= 0 ? &demo->villages[branch->village] : NULL;
    const HjActor *actor = hj_demo_organizer(demo, branch->committee);
    const int64_t home = village != NULL ? village->org : branch->org;
    HjDemoDice dice = hj_demo_dice(demo, "members", i);
    const size_t n = (size_t)hj_demo_between(&dice, MEMBERS_LEAST, MEMBERS_MOST);
    for (size_t m = 0; m < n; m++) {
        const bool seated = village != NULL && m < SEATED_MEMBERS;
        int64_t person = seated ? village->team[m] : 0;
        HjDate born = seated ? village->born[m] : HJ_DATE_NONE;
        if (!seated && !add_person(demo, tx, actor, home, &dice, MEMBERS_NTH + (int)m, &person,
                                   &born, error))
            return false;
        const HjDate admitted =
            village != NULL ? village_admission_day(&dice, born, village->stalled, m + 1 == n)
                            : admission_day(&dice, born);
        if (village != NULL && m >= SEATED_MEMBERS && m < SEATED_MEMBERS + 2)
            village->members[m - SEATED_MEMBERS] = person;
        if (!add_member(demo, tx, actor, branch->org, person, admitted, error))
            return false;
    }
    if (village != NULL)
        village->n_voters = n;
    return true;
}
