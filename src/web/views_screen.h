/* views_screen: what the big screen and the page of its tokens show.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 (screen) */
#pragma once

#include "web/views_cockpit.h"

/* clang-format off */
typedef struct { const char *text, *light, *href; } HjScreenCell;
typedef struct { const char *name, *href; HjScreenCell *cells; size_t n_cells; } HjScreenRow;
typedef struct {
    const char *title, *county, *period, *at /* when it was read */, *lang, *board, *board_title, *next, *value, *events_href, *back_href;
    bool demo, signed_in;
    HjLink *boards; size_t n_boards;
    HjFigureTile *left; size_t n_left;
    HjFigureTile *right; size_t n_right;
    HjGrid *grid;              /* board of villages */
    HjLink *heads; size_t n_heads;
    HjScreenRow *rows; size_t n_rows; /* board of townships */
    HjBoard *flows; size_t n_flows;   /* board of what moves */
    HjRanks *ranks;                   /* board of the contest */
    HjFigureGroup *groups; size_t n_groups; /* board of all figures */
} HjScreenView;
typedef struct {
    const char *title, *subtitle, *lang, *county, *help, *value, *unit, *full_href, *up_href, *up_text;
    bool demo, more;
    HjScreenRow *rows; size_t n_rows;
    HjEvidence *evidence; size_t n_evidence;
} HjScreenListView;
typedef struct { const char *title, *lang, *wrong; } HjScreenOpenView;

typedef enum { HJ_SCREEN_LIVE, HJ_SCREEN_EXPIRED, HJ_SCREEN_REVOKED } HjScreenState;
typedef struct { int64_t id; const char *name, *tail, *org, *by; HjTime created_at, expires_at, used_at; HjScreenState state; } HjScreenItem;
typedef struct {
    HjPage page;
    const char *made, *made_name, *open_href; bool rootless; /* the address has no host */
    HjScreenItem *screens; size_t n_screens;
    HjFormWrong wrong;
    HjFormField name, expires_on;
    HjOrgPick pick;
} HjScreensView;
/* clang-format on */
