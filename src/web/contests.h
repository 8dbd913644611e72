/* contests: what the pages of a contest share: which one is asked for, as what it stands, and
 * the words for it.
 *
 * Units    points are decimals of scale 2
 * Owns     everything is lent by the request
 * Threads  the request's
 * Source   design.md 7 (any scheme); domain.md 9.2 */
#pragma once

#include "core/assessment_view.h"
#include "web/figures.h"
#include "web/views_contest.h"

typedef struct {
    const HjScheme *scheme; /* the version of the period */
    HjPeriod period;
    HjAssessment head;
    int64_t asked; /* HJ_REVISION_LAST, or the revision of ?revision= */
    HjAssessmentView *view;
    const char *base; /* "/contests/NAME" */
} HjContests;

/* {scheme} and period= (of the address or the form); without a period the one that data is
 * newest in.  hj_contests_load reads the cards too. */
bool hj_contests_begin(HjRequest *req, HjContests *ret, GError **error);
bool hj_contests_begin_of(HjRequest *req, const char *scheme, HjContests *ret, GError **error);
bool hj_contests_load(HjRequest *req, HjContests *ret, GError **error);
/* "/contests/NAME" @tail "?period=…", and the revision where an older one is shown. */
const char *hj_contests_href(HjRequest *req, const HjContests *contest, const char *tail);
const char *hj_contests_card_href(HjRequest *req, const HjContests *contest,
                                  const HjCard *card);
/* The card of {code}; NOT_FOUND where there is none or the actor may not see it. */
const HjCard *hj_contests_card(HjRequest *req, const HjContests *contest, GError **error);

/* Title, period and badge; @tail is the path that choosing another period leads to. */
HjContestHead hj_contests_head(HjRequest *req, const HjContests *contest, const char *tail);
void hj_contests_crumbs(HjRequest *req, const HjContests *contest, HjPage *page,
                        const HjCard *card);
HjContestBadge hj_contests_badge(HjRequest *req, const HjContests *contest);
/* The same in a word, after hj_contests_begin, when no card has been read. */
HjContestBadge hj_contests_standing(HjRequest *req, const HjContests *contest);
/* How far a card has come, and the tone of it. */
const char *hj_contests_state(HjRequest *req, const HjContests *contest, const HjCard *card,
                              const char **ret_tone);
/* May the actor pass @card over the next level?  core/assessment decides again. */
bool hj_contests_may_pass(HjRequest *req, const HjContests *contest, const HjCard *card);
/* The title of a kind of organization. */
const char *hj_contests_kind(HjRequest *req, const char *kind);
/* The lists as parts of one bar, and the key to it. */
void hj_contests_bar(HjRequest *req, const HjAssessmentView *view, const HjCard *card,
                     HjBarPart **ret_parts, size_t *ret_n);
HjBarKey *hj_contests_keys(HjRequest *req, const HjAssessmentView *view, size_t *ret_n);
HjAppealLine *hj_contests_appeals(HjRequest *req, const HjContests *contest, int64_t org,
                                  size_t *ret_n, GError **error);

/* What followed from the published result, newest first; none before.  Never NULL without an
 * error. */
HjOutcomeLine *hj_contests_outcomes(HjRequest *req, const HjContests *contest,
                                    const HjCard *card, size_t *ret_n, GError **error);
/* Where the actor writes another one down; NULL: nowhere. */
const char *hj_contests_outcome_new(HjRequest *req, const HjContests *contest,
                                    const HjCard *card);

/* --- words: contests_words.c --- */

/* "7/10 = 70 %; (70 − 60) ÷ (100 − 60) × 10 = 2.5"; NULL where no rule is left to tell. */
const char *hj_contests_arithmetic(HjRequest *req, const HjScheme *scheme,
                                   const HjCardItem *item);
/* The rule of an item in a sentence. */
const char *hj_contests_how(HjRequest *req, const HjSchemeItem *item);
/* What an item was computed from, in short: "场所可用 70 % (7/10)"; "" for nothing. */
const char *hj_contests_basis(HjRequest *req, const HjCardItem *item);
/* "10 + 7.5 + 2.5 = 20" of a list, with its limit where it holds. */
const char *hj_contests_list_sum(HjRequest *req, const HjCardList *list);
/* The value of an item as its indicator shows it, with its unit. */
const char *hj_contests_value(HjRequest *req, const HjCardItem *item);
