/* The files of a thousand new members, from paper to the archive. */
#include "features/demo/demo_work.h"

/* Files on paper are taken over from the day the system is there. */
#define SYSTEM_FROM hj_date_make(2017, 1, 9)
#define CARRIED_DAYS 40
/* Who is received from this day on stood as an activist when the files were taken over. */
#define LATE_FROM hj_date_make(2018, 4, 1)

/* One file, its days in their order. */
typedef struct {
    HjDemo *demo;
    HjTx *tx;
    const HjDemoVillage *village;
    const HjActor *clerk, *town; /* who enters for the branch, and for the committee */
    HjDemoDice dice;
    size_t number;
    int nth;
    int64_t branch, person;
    HjDate applied, talked, activist, prospect, reviewed;
    HjDate carried;
    HjDate meeting, approved;
    HjDemoCase file;
    int64_t member;
} File;

static HjDateText
day(HjDate date)
{
    return hj_date_text(date);
}

typedef struct {
    char text[48];
} Number;

static Number
number_of(const File *f, const char *word, HjDate on)
{
    Number number;
    g_snprintf(number.text, sizeof number.text, "%s〔%.4s〕%zu号", word, day(on).text,
               f->number);
    return number;
}

/* A stalled village, put under supervision in spring, admits after that. */
static void
set_days(File *f)
{
    const HjDemoVillage *village = f->village;
    const HjDate first =
        village->stalled ? hj_date_make(2017, 9, 1) : hj_date_make(2017, 3, 15);
    HjDemoDice *dice = &f->dice;
    f->meeting = hj_demo_day(dice, first, hj_date_make(2018, village->stalled ? 11 : 12, 1));
    f->approved = f->meeting + hj_demo_between(dice, 12, 24);
    const bool late = f->meeting >= LATE_FROM;
    f->carried = late ? SYSTEM_FROM + hj_demo_throw(dice, CARRIED_DAYS)
                      : MAX(SYSTEM_FROM, f->meeting - 75);
    f->prospect = f->meeting - hj_demo_between(dice, late ? 125 : 200, late ? 190 : 260);
    const HjDate year_before = hj_date_add_months(f->prospect, -12);
    f->activist = year_before - hj_demo_between(dice, 8, 60);
    const HjDate on_paper = hj_date_make(2016, 12, 1) - hj_demo_throw(dice, 120);
    if (late)
        f->activist = MIN(f->activist, on_paper);
    f->talked = f->activist - hj_demo_between(dice, 60, 150);
    f->applied = f->talked - hj_demo_between(dice, 5, 24);
    f->reviewed = late ? f->prospect + 30 : MIN(f->carried - 3, f->prospect + 40);
}

static bool
act(File *f, const HjActor *actor, HjDate on, const char *action, const char *const *pairs,
    GError **error)
{
    return hj_demo_act_pairs(f->demo, f->tx, actor, &f->file, on, action, NULL, pairs, error);
}
#define ACT(f, actor, on, action, ...)                                                         \
    act((f), (actor), (on), (action),                                                          \
        (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL }, error)

static bool
open_file(File *f, GError **error)
{
    const Number paper = number_of(f, "纸档", f->applied);
    hj_demo_at(f->tx, f->carried);
    if (!hj_demo_people_applicant(f->demo, f->tx, f->clerk, f->village->org, &f->dice, f->nth,
                                  &f->person, error))
        return false;
    f->file = (HjDemoCase){ .ledger = HJ_DEMO_DEVELOPMENT, .version = 1 };
    return hj_demo_row(f->demo, f->tx, f->clerk, HJ_DEMO_DEVELOPMENT, f->branch, &f->file.id,
                       error, "person", hj_demo_id(f->person).text, "applied_on",
                       day(f->applied).text, NULL) &&
           ACT(f, f->clerk, f->carried, "carry_on", "paper_file_no", paper.text);
}

static bool
observe(File *f, HjDate on, GError **error)
{
    hj_demo_at(f->tx, on);
    return hj_demo_child(f->demo, f->tx, f->clerk, HJ_DEMO_OBSERVATION, f->branch, f->file.id,
                         NULL, error, "observed_on", day(on).text, "result",
                         hj_demo_chance(&f->dice, 60) ? "good" : "go_on", NULL);
}

/* Steps 1 to 10 stand on paper already. */
static bool
take_over_prospect(File *f, GError **error)
{
    const HjDemoId contact = hj_demo_id(f->village->members[0]);
    const HjDemoId second = hj_demo_id(f->village->members[1]);
    return open_file(f, error) &&
           ACT(f, f->town, f->carried + 2, "to_training", "talked_on", day(f->talked).text,
               "recommended_by", hj_demo_chance(&f->dice, 70) ? "members" : "groups",
               "activist_on", day(f->activist).text, "activist_filed_on",
               day(f->activist + 5).text, "contact_1", contact.text, "prospect_on",
               day(f->prospect).text, "prospect_reply", "filed", "prospect_replied_on",
               day(f->prospect + 12).text, "introducer_1", contact.text, "introducer_2",
               second.text, "introducers_on", day(f->prospect + 15).text, "review_result",
               "passed", "reviewed_on", day(f->reviewed).text);
}

static bool
take_over_activist(File *f, GError **error)
{
    const HjDemoId contact = hj_demo_id(f->village->members[0]);
    return open_file(f, error) &&
           ACT(f, f->town, f->carried + 2, "to_cultivate", "talked_on", day(f->talked).text,
               "recommended_by", hj_demo_chance(&f->dice, 70) ? "members" : "groups",
               "activist_on", day(f->activist).text, "activist_filed_on",
               day(f->activist + 5).text, "contact_1", contact.text) &&
           observe(f, f->prospect - 190, error) && observe(f, f->prospect - 15, error) &&
           ACT(f, f->clerk, f->prospect - 5, "ripe");
}

/* Steps 7 to 10. */
static bool
become_prospect(File *f, GError **error)
{
    const Number resolution = number_of(f, "支决", f->prospect);
    const Number filing = number_of(f, "发展备", f->prospect);
    const Number review = number_of(f, "政审", f->prospect);
    const HjDemoId first = hj_demo_id(f->village->members[0]);
    const HjDemoId second = hj_demo_id(f->village->members[1]);
    const HjDate filed = f->prospect + 18, named = f->prospect + 20;
    return ACT(f, f->clerk, f->prospect, "decide", "heard", "group,contacts,members,masses",
               "prospect_on", day(f->prospect).text, "prospect_resolution", resolution.text,
               "notice_from", day(f->prospect + 1).text, "notice_place", "村务公开栏") &&
           ACT(f, f->clerk, f->prospect + 16, "end") &&
           ACT(f, f->town, filed, "reply", "prospect_reply", "filed", "prospect_replied_on",
               day(filed).text, "prospect_reply_no", filing.text) &&
           ACT(f, f->clerk, named, "name", "introducer_1", first.text, "introducer_2",
               second.text, "introducers_on", day(named).text) &&
           ACT(f, f->clerk, f->reviewed, "pass", "review_result", "passed", "reviewed_on",
               day(f->reviewed).text, "review_no", review.text);
}

/* Everybody who has a vote and is at home; how many are against changes nothing. */
typedef struct {
    char entitled[8], present[8], yes[8], no[8];
} Votes;

static Votes
votes_of(File *f)
{
    Votes votes;
    const int entitled = (int)f->village->n_voters;
    const int present = MAX(entitled / 2 + 1, entitled - hj_demo_throw(&f->dice, 4));
    const int no = present > entitled / 2 + 1 && hj_demo_chance(&f->dice, 15) ? 1 : 0;
    g_snprintf(votes.entitled, sizeof votes.entitled, "%d", entitled);
    g_snprintf(votes.present, sizeof votes.present, "%d", present);
    g_snprintf(votes.yes, sizeof votes.yes, "%d", present - no);
    g_snprintf(votes.no, sizeof votes.no, "%d", no);
    return votes;
}

/* Steps 11 to 14. */
static bool
prepare_meeting(File *f, GError **error)
{
    const HjDate trained = f->meeting - 50, examined = f->meeting - 40;
    const HjDate reviewed = f->meeting - 25, filled = f->meeting - 20;
    return ACT(f, f->town, trained, "pass", "training_days", "3", "training_hours", "24",
               "training_passed", "1", "trained_on", day(trained).text) &&
           ACT(f, f->clerk, examined, "pass", "examined_on", day(examined).text,
               "examination_no", number_of(f, "支记", examined).text) &&
           ACT(f, f->town, reviewed, "pass", "prereviewed_on", day(reviewed).text,
               "prereview_no", number_of(f, "预审", reviewed).text) &&
           ACT(f, f->clerk, filled, "fill", "form_no", number_of(f, "志愿书", filled).text,
               "form_on", day(filled).text);
}

/* Steps 15 to 18. */
static bool
receive(File *f, GError **error)
{
    const Votes votes = votes_of(f);
    const HjDate talk = f->meeting + 8, filed = f->approved + 6;
    return ACT(f, f->clerk, f->meeting, "accept", "meeting_on", day(f->meeting).text,
               "meeting_entitled", votes.entitled, "meeting_present", votes.present,
               "meeting_yes", votes.yes, "meeting_no", votes.no, "meeting_resolution",
               number_of(f, "接收", f->meeting).text, "attended",
               "applicant,introducer_1,introducer_2") &&
           ACT(f, f->town, talk, "done", "resolution_received_on", day(f->meeting + 3).text,
               "committee_talk_on", day(talk).text, "committee_talk_by", "组织委员") &&
           ACT(f, f->town, f->approved, "approve", "approved_on", day(f->approved).text,
               "approval_no", number_of(f, "党批", f->approved).text) &&
           ACT(f, f->demo->county_actor, filed, "file", "county_filed_on", day(filed).text,
               "county_file_no", number_of(f, "沧组备", filed).text);
}

/* Steps 19 to 21. */
static bool
serve_probation(File *f, GError **error)
{
    const HjDate assigned = f->approved + 8, oath = f->approved + 10;
    hj_demo_at(f->tx, assigned);
    return hj_demo_row(f->demo, f->tx, f->clerk, HJ_DEMO_MEMBER, f->branch, &f->member, error,
                       "person", hj_demo_id(f->person).text, "status", "probationary",
                       "admitted_on", day(f->meeting).text, NULL) &&
           ACT(f, f->clerk, assigned, "assign", "assigned_on", day(assigned).text,
               "party_group", "第一党小组") &&
           ACT(f, f->clerk, oath, "take", "oath_on", day(oath).text) &&
           observe(f, f->meeting + 175, error) && observe(f, f->meeting + 345, error) &&
           ACT(f, f->clerk, hj_date_add_months(f->meeting, 12) - 8, "over");
}

/* Steps 22 to 25. */
static bool
convert(File *f, GError **error)
{
    const HjDate full = hj_date_add_months(f->meeting, 12);
    const HjDate meeting = full + hj_demo_between(&f->dice, 1, 14), approved = meeting + 20;
    const Votes votes = votes_of(f);
    const HjRowInput change[] = { { .name = "status", .text = "full" },
                                  { .name = "full_on", .text = day(full).text } };
    return ACT(f, f->clerk, full - 4, "apply", "conversion_applied_on", day(full - 4).text) &&
           ACT(f, f->clerk, meeting, "convert", "conversion_on", day(meeting).text,
               "conversion_entitled", votes.entitled, "conversion_present", votes.present,
               "conversion_yes", votes.yes, "conversion_no", votes.no, "conversion_resolution",
               number_of(f, "转正", meeting).text) &&
           ACT(f, f->town, approved, "approve", "conversion_approved_on", day(approved).text,
               "conversion_approval_no", number_of(f, "党批转", approved).text, "full_on",
               day(full).text) &&
           hj_demo_change(f->demo, f->tx, f->town, HJ_DEMO_MEMBER, f->member, 1, change,
                          G_N_ELEMENTS(change), error) &&
           ACT(f, f->town, approved + 10, "file", "archived_on", day(approved + 10).text,
               "archive_no", number_of(f, "党员档", approved).text);
}

static bool
walk(File *f, GError **error)
{
    set_days(f);
    const bool late = f->meeting >= LATE_FROM;
    const bool ready = late ? take_over_activist(f, error) && become_prospect(f, error)
                            : take_over_prospect(f, error);
    return ready && prepare_meeting(f, error) && receive(f, error) &&
           serve_probation(f, error) && convert(f, error);
}

bool
hj_demo_development_village(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    const HjDemoVillage *village = &demo->villages[i];
    for (size_t n = 0; n < village->n_new; n++) {
        File f = { .demo = demo,
                   .tx = tx,
                   .village = village,
                   .clerk = demo->committees[village->committee].clerk,
                   .town = hj_demo_organizer(demo, village->committee),
                   .dice = hj_demo_dice(demo, "development", i * 8 + n),
                   .number = i * 8 + n + 1,
                   .nth = (int)n,
                   .branch = demo->places[village->branch].org };
        if (!walk(&f, error))
            return false;
    }
    return true;
}

/* --- the plan, and villages that had long admitted nobody --- */

bool
hj_demo_development_plan(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    size_t target = 0, towns = 0;
    if (!demo->committees[i].township)
        return true;
    for (size_t v = 0; v < demo->n_villages; v++)
        target += demo->villages[v].committee == i ? demo->villages[v].n_new : 0;
    for (size_t c = 0; c < demo->n_committees; c++)
        towns += demo->committees[c].township;
    /* Plans are not met to the head: two more here, two fewer there, a thousand in all. */
    if (i + 1 < towns || towns % 2 == 0)
        target = i % 2 == 0 ? target + 2 : target - 2;
    char text[16];
    g_snprintf(text, sizeof text, "%zu", target);
    hj_demo_at(tx, hj_date_make(2017, 2, 20));
    return hj_demo_row(demo, tx, demo->county_actor, HJ_DEMO_MEMBER_PLAN,
                       demo->committees[i].org, NULL, error, "from_on", "2017-01-01", "to_on",
                       "2018-12-31", "target", text, "focus", "prosperous,veterans,returned",
                       "document_no", "沧县组〔2017〕6号", NULL);
}

typedef struct {
    HjDemo *demo;
    HjTx *tx;
    const HjDemoVillage *village;
    HjDate opened, admitted;
    HjDemoCase item;
} Stalled;

/* Set up, assigned, signed for; answered once the village has admitted somebody. */
static bool
supervise(Stalled *s, GError **error)
{
    const HjActor *town = hj_demo_organizer(s->demo, s->village->committee);
    const HjActor *county = s->demo->county_actor;
    g_autofree char *subject = g_strconcat(s->village->name, "多年未发展党员", NULL);
    const HjDate answered = s->admitted + 10;
    hj_demo_at(s->tx, s->opened);
    s->item = (HjDemoCase){ .ledger = HJ_DEMO_SUPERVISED, .version = 1 };
    return hj_demo_row(s->demo, s->tx, county, HJ_DEMO_SUPERVISED, s->village->org, &s->item.id,
                       error, "subject", subject, "kind", "rule", "opened_on",
                       day(s->opened).text, "basis", "发展党员三色预警", NULL) &&
           hj_demo_act(s->demo, s->tx, county, &s->item, s->opened, "assign", NULL, error,
                       "demand", "摸清原因，两推一治，期内至少发展一名合格党员；不降低标准。",
                       "finish_by", "2018-12-31", NULL) &&
           hj_demo_act(s->demo, s->tx, town, &s->item, s->opened + 1, "sign", NULL, error,
                       NULL) &&
           hj_demo_act(s->demo, s->tx, town, &s->item, answered, "report", NULL, error,
                       "answer", "已批准接收预备党员，手续齐全。", NULL) &&
           hj_demo_act(s->demo, s->tx, county, &s->item, answered + 2, "check", NULL, error,
                       "finding", "查阅档案并走访，情况属实。", NULL) &&
           hj_demo_act(s->demo, s->tx, county, &s->item, answered + 3, "close", NULL, error,
                       NULL);
}

bool
hj_demo_development_stalled(HjDemo *demo, HjTx *tx, size_t i, GError **error)
{
    static const char *const reasons[] = { "nobody", "training", "team", "nobody" };
    const HjDemoVillage *village = &demo->villages[i];
    if (!village->stalled)
        return true;
    HjDemoDice dice = hj_demo_dice(demo, "stalled", i);
    File first = { .demo = demo,
                   .village = village,
                   .dice = hj_demo_dice(demo, "development", i * 8) };
    set_days(&first);
    Stalled s = { .demo = demo,
                  .tx = tx,
                  .village = village,
                  .opened = hj_date_make(2017, 3, 13) + hj_demo_throw(&dice, 5),
                  .admitted = first.approved };
    if (!supervise(&s, error))
        return false;
    hj_demo_at(tx, s.opened);
    return hj_demo_row(demo, tx, hj_demo_organizer(demo, village->committee),
                       HJ_DEMO_STALLED_VILLAGE, village->org, NULL, error, "found_on",
                       "2017-03-10", "reason", reasons[hj_demo_throw(&dice, 4)], "links",
                       "leaders,committee,members", "pushes", "members,groups,cure", "measure",
                       "乡镇班子成员联村，排出培养对象，逐月跟踪。", "item",
                       hj_demo_id(s.item.id).text, NULL);
}
