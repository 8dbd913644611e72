/* views_flow: what a row's page shows of its way, and the form of an act.
 *
 * Units    days as texts
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 */
#pragma once

#include "web/views_ledger.h"

/* clang-format off */
typedef struct { const char *href, *text; bool primary; } HjFlowButton;
/* One task of the process line; open ones wait. */
typedef struct {
    const char *node, *kind, *who, *behalf, *did, *to, *opinion, *spent, *on;
    const char *waits_for, *light, *due; /* of open ones */
    HjTime at; int n_urged;
    bool open, back_filled, moot, again;
} HjFlowStep;
typedef struct { const char *href, *title, *org, *state, *light, *due; bool ended; } HjFlowOpened;
typedef struct HjFlowView {
    const char *state, *help; bool ended, turn; /* the reader may act */
    const char *light, *due_on, *due, *source; bool assumption;
    const char *hold, *watch, *awaits;
    HjFlowButton *buttons; size_t n_buttons;
    HjFlowStep *steps; size_t n_steps;
    HjFlowOpened *opened; size_t n_opened;
    HjFlowOpened *sources; size_t n_sources;       /* what this row supervises */
    HjFlowOpened *supervised; size_t n_supervised; /* what was opened because it was late */
} HjFlowView;

typedef struct { const char *node, *who, *note; } HjFlowNext; /* where it goes */
typedef struct {
    HjPage page;
    const char *what, *href, *action, *version, *task, *help, *button, *acted_on;
    HjFlowNext next; bool has_next, is_free;
    HjOption *targets; size_t n_targets; const char *to_wrong;
    HjOption *people; size_t n_people; bool asks_person; const char *person, *account_wrong;
    HjFormField *needed; size_t n_needed; const char *evidence;
    HjFormField *others; size_t n_others; bool others_open, multipart;
    HjOption *phrases; size_t n_phrases;
    bool opinion_needed; const char *opinion, *opinion_wrong;
    bool back_fill; const char *on, *on_from, *on_to, *on_wrong;
    HjFormIssue *wrong; size_t n_wrong;
} HjFlowActView;

typedef struct { HjPage page; const char *message, *href; HjHistoryItem *events; size_t n_events; } HjFlowMetView;
typedef struct { const char *id, *text; } HjPhraseItem;
typedef struct { HjPage page; HjPhraseItem *phrases; size_t n_phrases; const char *text, *wrong; } HjPhrasesView;
/* clang-format on */
