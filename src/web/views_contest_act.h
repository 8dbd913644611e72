/* views_contest_act: what the pages of acts, revisions, meeting and rehearsal show.
 *
 * Units    widths of bars: of 200
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 (any scheme); domain.md 9.2 */
#pragma once

#include "web/views_contest.h"

/* clang-format off */
/* A page that says what an act does and asks once more. */
typedef struct { const char *text; bool done; const char *href; } HjCheckLine;
typedef struct {
    HjPage page; HjContestHead head;
    const char *says, *caution, *action, *act, *button, *cancel_href, *version;
    HjProofLine *facts; size_t n_facts;
    HjFormField *fields; size_t n_fields;
    HjFormWrong wrong;
    bool danger;
} HjContestActView;
typedef struct { const char *act, *button, *says; bool primary; } HjContestForm;
typedef struct {
    HjPage page; HjContestHead head;
    const char *action, *version;
    bool published;
    HjCheckLine *checks; size_t n_checks;
    HjContestForm *forms; size_t n_forms;
    HjLink *waiting; size_t n_waiting;
    HjFormWrong wrong;
} HjContestPublishView;
typedef struct { HjPage page; HjContestHead head; HjAppealLine *appeals; size_t n_appeals; const char *until; } HjAppealsView;

typedef struct { const char *revision, *on, *by, *reason, *href, *compare_href, *digest; int64_t cards; bool now; } HjRevisionLine;
typedef struct { const char *org, *href, *item, *was, *now, *why; bool total; } HjMoveLine;
typedef struct {
    HjPage page; HjContestHead head;
    HjRevisionLine *revisions; size_t n_revisions;
    const char *compared;
    HjMoveLine *moves; size_t n_moves;
} HjRevisionsView;
typedef struct { const char *what, *org, *item, *was, *now, *href, *row, *at, *tone; } HjDiffLine;
typedef struct {
    HjPage page; HjContestHead head;
    const char *verdict, *compared, *others;
    bool identical;
    HjDiffLine *diffs; size_t n_diffs;
} HjContestCheckView;

typedef struct { const char *title, *points, *of; int64_t width, full; int tone; } HjMeetingPart;
typedef struct { const char *by, *at, *text, *href; } HjMeetingNote;
typedef struct {
    HjPage page; HjContestHead head;
    bool at_end, speaking;
    const char *place, *org, *code, *total, *rank, *band, *veto, *back_href, *next_href, *end_href, *first_href, *leave_href;
    HjLink *orders; size_t n_orders;
    HjLink *turns; size_t n_turns;
    HjMeetingPart *parts; size_t n_parts;
    HjScoreItemLine *items; size_t n_items;
    HjContestLine *lines; size_t n_lines;
    HjMeetingNote *notes; size_t n_notes;
    const char *action, *order, *at, *wrong, *text, *note_help;
    int max;
} HjMeetingView;

typedef struct { const char *name, *title, *points, *zero, *full, *times, *wrong, *how; bool linear, rows; } HjDraftLine;
typedef struct { const char *title, *was, *now, *gain, *tone; } HjMovedItem;
typedef struct {
    const char *name, *href, *rank_was, *rank_now, *total_was, *total_now, *gain, *tone, *places;
    HjMovedItem *items; size_t n_items;
} HjMovedLine;
typedef struct { const char *title, *points; HjDraftLine *items; size_t n_items; } HjDraftList;
typedef struct {
    HjPage page; HjContestHead head;
    const char *action, *wrong, *summary, *unmoved;
    bool done;
    HjDraftList *lists; size_t n_lists;
    HjMovedLine *moves; size_t n_moves;
    HjProofLine *gaps; size_t n_gaps;
    HjCheckLine *words; size_t n_words;
    HjCheckLine *problems; size_t n_problems;
} HjRehearsalView;
/* clang-format on */
