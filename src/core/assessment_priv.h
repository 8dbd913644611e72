/* assessment_priv: an assessment somebody works on, as the files of core/assessment share it.
 *
 * Units    points are decimals of scale 2
 * Owns     HjContest: hj_contest_clear
 * Threads  the transaction's
 * Source   as core/assessment */
/* also: hj_contest_ */
#pragma once

#include "base/json.h"
#include "core/access.h"
#include "core/assessment_view.h"

#define HJ_POINTS_SCALE 2

typedef struct {
    int64_t org;
    size_t place; /* in the tree */
    int level;
    int64_t snapshot;
} HjContestCard;
typedef struct {
    HjTx *tx;
    const HjActor *actor;
    const HjPack *pack;
    HjAssessment a;
    HjOrgTree *tree; /* of the period's last day */
    GArray *cards;   /* of HjContestCard, in the order of the tree */
} HjContest;
/* Reads how @a stands now; with @open it is opened where it was not. */
bool hj_contest_begin(HjContest *c, HjTx *tx, const HjActor *actor, const HjAssessment *a,
                      bool open, GError **error);
void hj_contest_clear(HjContest *c);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjContest, hj_contest_clear)
HjContestCard *hj_contest_card(const HjContest *c, int64_t org);
/* How many levels pass a card on, and the kind of organization that does at one of them. */
int hj_contest_levels(const HjScheme *scheme);
const char *hj_contest_level_kind(const HjPack *pack, const HjScheme *scheme, int level);
bool hj_contest_stands_under(const HjOrgTree *tree, size_t place, int64_t org);
bool hj_contest_all_accepted(const HjContest *c);
/* Counts one more act: two that run at once cannot both have read what they changed. */
bool hj_contest_touch(const HjContest *c, GError **error);
bool hj_contest_save_card(const HjContest *c, const HjContestCard *card, bool approved,
                          bool accepted, GError **error);

/* An event of the assessment; @w is an open object with its scheme and period in it. */
void hj_contest_event_begin(const HjContest *c, HjJsonWriter *w, GString *out);
bool hj_contest_event_end(const HjContest *c, HjJsonWriter *w, const char *action, int64_t org,
                          const char *reason, GError **error);

/* What a view owns beside its public arrays (view->priv). */
typedef struct {
    HjScoreboard *board; /* of a live one */
    GStringChunk *text;
    HjCardList *lists;
    HjCardItem *items;
} HjContestHeld;

/* The cards computed now, with marks and frozen cards put in. */
HjAssessmentView *hj_contest_live(const HjContest *c, GError **error);

/* @s kept in @text, NULL as NULL. */
const char *hj_contest_keep(GStringChunk *text, const char *s);

/* Freezes the cards whose .snapshot is asked: writes one for each of @orgs (of int64_t), and
 * puts its id into the card. */
bool hj_contest_freeze(HjContest *c, const HjAssessmentView *view, const GArray *orgs,
                       GError **error);
/* A snapshot like @old but for the marks in @card. */
bool hj_contest_refreeze(HjContest *c, const HjCard *card, int64_t old, int64_t *ret,
                         GError **error);
/* The rules as one flat JSON object of texts. */
char *hj_contest_rules(const HjPack *pack, const HjScheme *scheme, const HjPeriod *period);

/* Rows behind the items of every card. */
typedef struct {
    int64_t owner; /* whose card */
    const char *item, *ledger;
    int64_t row, org, version; /* version 0: not a row of a ledger of the pack */
    bool has_points;
    int64_t points;
} HjContestRow;
typedef struct {
    GArray *rows; /* of HjContestRow */
    GStringChunk *text;
} HjContestRows;
bool hj_contest_rows(HjTx *tx, const HjPack *pack, const HjScheme *scheme,
                     const HjPeriod *period, const HjOrgTree *tree, HjContestRows *ret,
                     GError **error);
void hj_contest_rows_clear(HjContestRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjContestRows, hj_contest_rows_clear)

/* Writes revision n + 1 from cards that are all frozen. */
bool hj_contest_publish(HjContest *c, const HjAssessmentView *view, int64_t appeal,
                        const char *reason, int64_t *ret_revision, GError **error);
/* SM3 over everything a revision consists of, in hex. */
char *hj_contest_digest(HjTx *tx, int64_t assessment, int64_t revision, GError **error);

/* Points that may be decided of an item. */
void hj_contest_reach(const HjScheme *scheme, const HjSchemeItem *item, int64_t *ret_min,
                      int64_t *ret_max);
/* Checks and writes a mark; @appeal 0: of an open card. */
bool hj_contest_mark(HjContest *c, const HjAssessmentMark *mark, int64_t computed,
                     int64_t appeal, GError **error);
bool hj_contest_check_mark(const HjContest *c, const HjCard *card, const HjAssessmentMark *mark,
                           HjIssues *issues, GError **error);
