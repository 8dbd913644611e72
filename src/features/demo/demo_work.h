/* demo_work: the phases of the demo, each a unit of work per village, branch or committee.
 *
 * Units    a unit may run again when its transaction does: it keeps nothing but ids
 * Owns     nothing
 * Threads  one
 * Source   interface.md (hangji demo) */
#pragma once

#include "features/demo/demo_model.h"

/* One row through hj_row_create: names and texts in pairs up to NULL; a NULL or empty text
 * leaves the field out. */
bool hj_demo_row(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoLedger ledger, int64_t org,
                 int64_t *ret_id, GError **error, ...) G_GNUC_NULL_TERMINATED;

/* The same under a row of the parent ledger. */
bool hj_demo_child(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoLedger ledger,
                   int64_t org, int64_t parent, int64_t *ret_id, GError **error,
                   ...) G_GNUC_NULL_TERMINATED;
/* What follows in this unit happens on @day, in the morning; the next unit begins today again.
 */
void hj_demo_at(HjTx *tx, HjDate day);
/* A row on its way: names and texts in pairs as above; @opinion may be NULL. */
typedef struct {
    HjDemoLedger ledger;
    int64_t id, version;
} HjDemoCase;
bool hj_demo_act(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoCase *row, HjDate day,
                 const char *action, const char *opinion, GError **error,
                 ...) G_GNUC_NULL_TERMINATED;

/* The same with the pairs in an array, ended by NULL. */
bool hj_demo_act_pairs(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoCase *row,
                       HjDate day, const char *action, const char *opinion,
                       const char *const *pairs, GError **error);
bool hj_demo_change(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoLedger ledger,
                    int64_t id, int64_t version, const HjRowInput *inputs, size_t n,
                    GError **error);

/* The row that the program opened under @parent for @org. */
bool hj_demo_opened(HjDemo *demo, HjTx *tx, HjDemoLedger ledger, int64_t parent, int64_t org,
                    HjDemoCase *ret, GError **error);

/* An id as a form sends it. */
typedef struct {
    char text[24];
} HjDemoId;
HjDemoId hj_demo_id(int64_t id);

/* Who enters the rows of a village or of a committee: its organizer. */
const HjActor *hj_demo_organizer(const HjDemo *demo, size_t committee);

/* Lists departments, firms and branches; their number is fixed by the totals. */
void hj_demo_orgs_plan(HjDemo *demo);
bool hj_demo_orgs_committee(HjDemo *demo, HjTx *tx, size_t i, GError **error);
bool hj_demo_orgs_place(HjDemo *demo, HjTx *tx, size_t i, GError **error);

/* Passwords are made and hashed before the transaction. */
typedef struct HjDemoKeys HjDemoKeys;
HjDemoKeys *hj_demo_accounts_keys(const HjDemo *demo, GError **error);
void hj_demo_accounts_free(HjDemoKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjDemoKeys, hj_demo_accounts_free)
bool hj_demo_accounts_open(HjDemo *demo, HjTx *tx, const HjDemoKeys *keys, GError **error);
bool hj_demo_accounts_actors(HjDemo *demo, HjTx *tx, const HjDemoKeys *keys, GError **error);
void hj_demo_accounts_print(const HjDemoKeys *keys, GString *out);

bool hj_demo_people_team(HjDemo *demo, HjTx *tx, size_t village, GError **error);
bool hj_demo_people_members(HjDemo *demo, HjTx *tx, size_t branch, GError **error);
/* Somebody who wants to join; @nth tells those of a village apart. */
bool hj_demo_people_applicant(HjDemo *demo, HjTx *tx, const HjActor *actor, int64_t org,
                              HjDemoDice *dice, int nth, int64_t *ret_id, GError **error);
bool hj_demo_development_village(HjDemo *demo, HjTx *tx, size_t village, GError **error);
bool hj_demo_development_stalled(HjDemo *demo, HjTx *tx, size_t village, GError **error);
bool hj_demo_development_plan(HjDemo *demo, HjTx *tx, size_t committee, GError **error);
bool hj_demo_works_site(HjDemo *demo, HjTx *tx, size_t village, GError **error);
size_t hj_demo_models_zones(void);
bool hj_demo_models_zone(HjDemo *demo, HjTx *tx, size_t i, GError **error);
bool hj_demo_models_village(HjDemo *demo, HjTx *tx, size_t village, GError **error);
size_t hj_demo_directives_papers(void);
bool hj_demo_directives_paper(HjDemo *demo, HjTx *tx, size_t i, GError **error);
bool hj_demo_pledges_one(HjDemo *demo, HjTx *tx, size_t committee_and_year, GError **error);
size_t hj_demo_directives_meetings(void);
bool hj_demo_directives_meeting(HjDemo *demo, HjTx *tx, size_t i, GError **error);
bool hj_demo_works_economy(HjDemo *demo, HjTx *tx, size_t village, GError **error);
bool hj_demo_contest_half(HjDemo *demo, HjTx *tx, size_t committee_and_half, GError **error);
bool hj_demo_contest_other(HjDemo *demo, HjTx *tx, size_t i, GError **error);
size_t hj_demo_contest_others(void);
size_t hj_demo_reviews_months(void);
bool hj_demo_reviews_month(HjDemo *demo, HjTx *tx, size_t month, GError **error);
size_t hj_demo_duties_units(const HjDemo *demo);
bool hj_demo_duties_unit(HjDemo *demo, HjTx *tx, size_t i, GError **error);
size_t hj_demo_stars_evaluations(const HjDemo *demo);
bool hj_demo_stars_evaluation(HjDemo *demo, HjTx *tx, size_t i, GError **error);
size_t hj_demo_stars_results(void);
bool hj_demo_stars_result(HjDemo *demo, HjTx *tx, size_t i, GError **error);
size_t hj_demo_casework_drives(void);
bool hj_demo_casework_drive(HjDemo *demo, HjTx *tx, size_t i, GError **error);
size_t hj_demo_casework_disputes(void);
bool hj_demo_casework_dispute(HjDemo *demo, HjTx *tx, size_t i, GError **error);
size_t hj_demo_casework_others(void);
bool hj_demo_casework_other(HjDemo *demo, HjTx *tx, size_t i, GError **error);

/* A person's name, made of common characters. */
typedef struct {
    char text[32];
    bool female;
} HjDemoName;
HjDemoName hj_demo_names_person(HjDemoDice *dice);
char *hj_demo_names_firm(HjDemoDice *dice);
