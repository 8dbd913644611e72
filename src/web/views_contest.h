/* views_contest: what the pages of contests show: ranking, cards and items.
 *
 * Units    widths of bars: of 200; heights of columns: of 60
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 (any scheme); domain.md 9.2 */
#pragma once

#include "web/views_figures.h"
#include "web/views_org.h"

/* clang-format off */
typedef struct { const char *text, *tone; /* live, held, done, old */ const char *more; } HjContestBadge;
typedef struct { const char *text; int64_t n; bool on, done; } HjContestStep;
typedef struct { int64_t x, width; int tone; /* 0 to 3: a list; 9: taken off */ } HjBarPart;
typedef struct { const char *text; int tone; } HjBarKey;
typedef struct { const char *text; int64_t n, y, height; bool mine; } HjTenth;
typedef struct {
    const char *href, *name, *under, *rank, *total, *veto, *veto_document, *band, *state, *tone;
    bool tie, mine, final;
    HjBarPart *parts; size_t n_parts;
    HjNumber *numbers; size_t n_numbers;
} HjContestLine;
/* The period to choose, the badge and the ways on: the head of every page of a contest. */
typedef struct {
    const char *title, *subtitle, *action, *period;
    bool assumption;
    HjOption *periods; size_t n_periods;
    HjContestBadge badge;
    HjLink *ways; size_t n_ways;
} HjContestHead;

typedef struct {
    HjPage page; HjContestHead head;
    const char *help, *base_note, *first, *last, *unpublished, *q;
    bool ranking, large, has_bands, has_state, has_under;
    HjContestStep *steps; size_t n_steps;
    HjLink *lists; size_t n_lists;
    HjBarKey *keys; size_t n_keys;
    HjContestLine *lines; size_t n_lines;
    HjContestLine *vetoes; size_t n_vetoes;
    HjTenth *tenths; size_t n_tenths;
    HjLink *bands; size_t n_bands;
    HjOption *unders; size_t n_unders;
    HjOption *band_options; size_t n_band_options;
    const char *found, *previous_href, *next_href, *pages;
    bool filtered;
} HjContestView;

typedef struct {
    const char *title, *computed, *final, *full, *basis, *how, *note, *href, *row_href;
    const char *reason, *document, *judge;
    bool counted, assumption, has_final;
} HjScoreItemLine;
typedef struct { const char *title, *points, *base, *cap, *sum; HjScoreItemLine *items; size_t n_items; } HjScoreListView;
typedef struct { const char *title, *gain, *what, *href, *more; HjEvidence *rows; size_t n_rows; } HjRaiseLine;
typedef struct { const char *org, *item, *body, *filed, *outcome, *tone, *answer, *href, *card_href, *changed; } HjAppealLine;
typedef struct { const char *kind, *text, *on, *document, *href; } HjOutcomeLine;
typedef struct { const char *period, *href, *revision, *on, *rank, *total, *band; } HjPastLine;
typedef struct {
    HjPage page; HjContestHead head;
    const char *total, *base, *rank, *band, *veto, *quota, *computed_total, *frozen, *until;
    HjContestLine bar;
    HjBarKey *keys; size_t n_keys;
    HjScoreListView *lists; size_t n_lists;
    bool raises_shown; HjRaiseLine *raises; size_t n_raises;
    HjAppealLine *appeals; size_t n_appeals;
    HjOutcomeLine *outcomes; size_t n_outcomes; const char *outcome_new;
    HjPastLine *past; size_t n_past;
    HjLink *acts; size_t n_acts;
} HjScorecardView;

typedef struct { const char *name, *value; bool num; } HjProofLine;
typedef struct {
    HjPage page; HjContestHead head;
    const char *org, *points, *computed, *final, *full, *how, *arithmetic, *reason, *document, *judge, *sql, *more;
    bool has_final, assumption, has_points, has_versions;
    HjProofLine *inputs; size_t n_inputs;
    HjEvidence *rows; size_t n_rows;
    HjRaiseLine *raise;
    const char *action, *version;
    HjFormField *fields; size_t n_fields;
    HjFormWrong wrong;
} HjScoreItemView;
/* clang-format on */
