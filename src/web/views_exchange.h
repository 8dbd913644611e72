/* views_exchange: what the pages of bringing workbooks in show.
 *
 * Units    rows
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   features.md section 3 (Excel) */
#pragma once

#include "web/views_common.h"

/* clang-format off */
typedef struct { const char *href, *file, *ledger, *state; HjTime at; int64_t made; } HjImportLink;
typedef struct {
    HjPage page;
    const char *ledger, *action, *template_href, *back_href;
    bool of_orgs;
    HjImportLink *jobs; size_t n_jobs;
} HjImportView;

typedef struct { const char *at, *value, *says; } HjImportCellView;
typedef struct { const char *says; } HjImportProblem;
typedef struct { const char *href, *title, *org, *says; } HjImportMade;
typedef struct {
    HjPage page;
    const char *ledger, *file, *ledger_href, *again_href, *wrong_href, *action;
    bool waits, checked, refused, done, all_right, all;
    int64_t n_rows, n_right, n_wrong, n_duplicate, n_made, n_so_far, percent;
    HjImportProblem *problems; size_t n_problems;
    HjImportCellView *cells; size_t n_cells;
    bool more_cells;
    bool of_orgs, can_undo, undoing, undone;
    const char *undo_href, *next_href;
    HjDate kept_until;
    int64_t n_against;
    HjImportMade *lines; size_t n_lines;
} HjImportJobView;
/* clang-format on */
