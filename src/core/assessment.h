/* assessment: a scheme of a period, from the open card to what was published.
 *
 * While open everything is computed live and provisional.  A card is approved at its level and
 * accepted by the levels above (the scheme's `approve`); the first acceptance freezes it to a
 * snapshot.  When every card is accepted, the period and the notice are over and no appeal
 * waits, it is published.  What was published never changes: an accepted appeal makes the next
 * revision.  Every act is an event; of two people doing the same one is told CONFLICT.
 *
 * Permissions  scheme.compute opens; scheme.approve approves, accepts, withdraws (held at an
 *              organization of the level's kind); scheme.judge marks and answers; scheme.appeal
 *              files; scheme.publish puts on notice and publishes
 *
 * Units    points are decimals of scale 2
 * Owns     as named
 * Threads  the transaction's
 * Source   domain.md 9.2 (ASM-1…8); interface.md (assessments); docs/assessment.md */
#pragma once

#include "base/issues.h"
#include "core/scheme.h"

typedef struct {
    int64_t id; /* 0: nobody has opened it yet */
    const HjScheme *scheme;
    HjPeriod period;
    bool published; /* at least once */
    int64_t revision, version;
    HjDate notice_on; /* HJ_DATE_NONE: not on notice */
} HjAssessment;

/* How the assessment stands; id 0 where it was never opened.  INVALID where the period is none
 * of the scheme's kind ("2018H1", "2018-03"). */
bool hj_assessment_find(HjTx *tx, const HjPack *pack, const HjScheme *scheme,
                        const HjPeriod *period, HjAssessment *ret, GError **error);
bool hj_assessment_period_fits(const HjScheme *scheme, const char *period);
/* The same, opened where it was not: with a card for each organization taking part. */
bool hj_assessment_open(HjTx *tx, const HjActor *actor, const HjScheme *scheme,
                        const HjPeriod *period, HjAssessment *ret, GError **error);

/* --- while open --- */

typedef struct {
    int64_t org;
    const char *item;
    bool clear;     /* back to the computed mark */
    int64_t points; /* what counts from now on */
    const char *reason, *document;
} HjAssessmentMark;
/* INVALID with @issues (points out of the item's reach, no reason, no document number);
 * CONFLICT when the card is frozen. */
bool hj_assessment_mark(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                        const HjAssessmentMark *mark, HjIssues *issues, GError **error);

/* Passes every card at or below @org that stands before the level at which the actor may act:
 * at the first level this approves, at those above it accepts and freezes.  CONFLICT when there
 * is none (somebody was faster, or the level below is not done). */
bool hj_assessment_approve(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                           int64_t *ret_cards, GError **error);
bool hj_assessment_accept(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                          int64_t *ret_cards, GError **error);
/* Takes the last approval or acceptance of one card back, with a reason: it is live again. */
bool hj_assessment_withdraw(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                            const char *reason, GError **error);
/* Puts the accepted results on notice, where the scheme asks for one. */
bool hj_assessment_announce(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                            GError **error);

typedef struct {
    bool may; /* everything below is in order */
    int64_t n_cards, n_waiting, n_appeals;
    bool period_over;
    HjDate notice_until; /* the last day of the notice; HJ_DATE_NONE: none runs or is asked */
    bool notice_missing, notice_unknown; /* unknown: the calendar does not reach (ARI-5) */
} HjAssessmentReady;
bool hj_assessment_ready(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                         HjAssessmentReady *ret, GError **error);
/* Freezes ranks, bands and totals; CONFLICT while anything of the above is missing. */
bool hj_assessment_publish(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                           int64_t *ret_revision, GError **error);

/* --- after publication --- */

/* The last day on which an appeal against a revision is taken: HJ_DATE_NONE where the calendar
 * does not reach, and then none is taken (ARI-5). */
HjDate hj_assessment_appeal_until(const HjPack *pack, const HjScheme *scheme, HjDate published);
/* An appeal against a card first published on @published as it stands is taken today; CONFLICT
 * says why not. */
bool hj_assessment_appeal_open(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                               HjDate published, GError **error);
bool hj_assessment_appeal(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                          const char *item, const char *text, HjIssues *issues, int64_t *ret_id,
                          GError **error);
typedef struct {
    int64_t appeal;
    bool accept;
    const char *item; /* the mark that changes; accepted only */
    int64_t points;
    const char *reason, *document;
} HjAssessmentAnswer;
/* Accepted: the mark changes and revision n + 1 is published; n stays as it was. */
bool hj_assessment_answer(HjTx *tx, const HjActor *actor, const HjAssessmentAnswer *answer,
                          HjIssues *issues, int64_t *ret_revision, GError **error);
/* id, org, org_name, item, body, filed_on, filed_by_name, outcome, answer, document, points,
 * answered_on, answered_by_name, revision, new_revision; of @org or of all (0), in scope. */
HjRows *hj_assessment_appeals(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                              int64_t org, GError **error);
/* revision, published_on, published_by_name, reason, n_cards, digest; newest first. */
HjRows *hj_assessment_publications(HjTx *tx, const HjAssessment *a, GError **error);
/* period, from_on, revision, published_on, rank, total, band, band_zh, band_en, vetoed of an
 * organization in a scheme (0: of all, with org), last published revisions, newest first. */
HjRows *hj_assessment_history(HjTx *tx, const char *scheme, int64_t org, HjDate before,
                              GError **error);
