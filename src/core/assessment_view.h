/* assessment_view: the cards of an assessment, live or as they were published.
 *
 * One shape for both: a live view is computed now, with the final marks and the frozen cards
 * put in; a published one is read from the snapshot and computes nothing.
 *
 * Units    points are decimals of scale 2
 * Owns     HjAssessmentView is one aggregate
 * Threads  the transaction's
 * Source   domain.md 9.2 (ASM-4, ASM-6) */
/* also: hj_assessment_ */
#pragma once

#include "core/assessment.h"

typedef enum {
    HJ_CARD_OPEN,     /* nobody has approved it */
    HJ_CARD_APPROVED, /* by the levels below; live */
    HJ_CARD_ACCEPTED, /* frozen, perhaps not yet by every level */
    HJ_CARD_PUBLISHED,
} HjCardState;

typedef struct {
    const char *name;
    HjLabel title;
    const HjSchemeItem *rule; /* of the scheme as it is now; NULL where it has no such item */
    int64_t of_points;        /* the most one mark of it can be */
    bool counted;
    int64_t computed;
    bool has_final;        /* a person decided otherwise: both are always shown */
    int64_t final, points; /* points: what counts */
    const char *reason, *document, *judge;
    HjDate judged_on;
    bool has_value;
    int64_t numerator, denominator, value;
    int value_scale;
    int64_t n_rows;
} HjCardItem;
typedef struct {
    const char *name;
    HjLabel title;
    int64_t points, base, cap;
    int weight; /* percent of the points that the total takes */
    HjCardItem *items;
    size_t n_items;
} HjCardList;
typedef struct {
    int64_t org;
    const char *code, *name;
    int rank;
    int64_t total, base;
    int64_t computed_total; /* without final marks; of a live view */
    const char *band;       /* name in the scheme, or NULL */
    HjLabel band_title;
    const char *by_points; /* the band of the total alone */
    HjBandWhy why;         /* why it is another */
    bool vetoed;
    const char *veto_document;
    HjLabel veto_says;
    HjCardState state;
    int level;           /* levels passed */
    int64_t snapshot;    /* 0: live */
    HjDate published_on; /* first, as it stands: appeals run from it; HJ_DATE_NONE: live */
    HjCardList *lists;
    size_t n_lists;
} HjCard;
typedef struct {
    HjAssessment head;
    bool provisional; /* live: nothing of it was published */
    bool ranking;     /* the actor may see the whole of it (ASM-6) */
    int64_t revision; /* shown here; 0: live */
    HjDate published_on;
    int64_t base, full;
    HjCard *cards; /* by rank; all of them, see hj_assessment_may_see */
    size_t n_cards;
    void *priv;
} HjAssessmentView;

#define HJ_REVISION_LAST (-1) /* the last published one, or live where there is none */
#define HJ_REVISION_LIVE 0
/* NOT_FOUND for a revision that does not exist.  Before publication it has no cards for who
 * neither takes part nor stands above (ASM-3: nothing is shown before it is confirmed). */
HjAssessmentView *hj_assessment_view(HjTx *tx, const HjActor *actor, const HjScheme *scheme,
                                     const HjPeriod *period, int64_t revision, GError **error);
void hj_assessment_view_free(HjAssessmentView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjAssessmentView, hj_assessment_view_free)
const HjCard *hj_assessment_card(const HjAssessmentView *view, int64_t org);
const HjCardItem *hj_assessment_item(const HjCard *card, const char *item);
/* The whole ranking for its audience; otherwise only cards in the own scope. */
bool hj_assessment_may_see(HjTx *tx, const HjActor *actor, const HjAssessmentView *view,
                           const HjCard *card);
/* How many cards stand in each tenth of the full marks, lowest first: what those see who may
 * not see the ranking. */
#define HJ_CARD_TENTHS 10
void hj_assessment_spread(const HjAssessmentView *view, int64_t ret[HJ_CARD_TENTHS]);
/* The rows behind an item: org, org_name, ledger, id, version (NULL while live), points (NULL
 * of an indicator); in scope, at most @limit. */
HjRows *hj_assessment_rows(HjTx *tx, const HjActor *actor, const HjAssessmentView *view,
                           const HjCard *card, const HjCardItem *item, int limit,
                           GError **error);
