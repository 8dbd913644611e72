/* views_due: what waits for whom, as pages show it.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 (everybody: 待办; any flow: matrix) */
#pragma once

#include "web/views_figures.h"

/* clang-format off */
typedef struct {
    const char *href, *title, *light, *light_word, *place /* ledger · node */, *org, *due, *due_on, *note, *kind;
    const char *task, *item; /* number of the task; with the version looked at */
    int64_t n_urged; bool ticked;
} HjDueLine;
typedef struct { const char *title, *light; HjDueLine *lines; size_t n_lines; } HjDueDay;
typedef struct { const char *href, *text, *light; int64_t count; bool counted, on; } HjDueTab;
struct HjDueHome {
    HjDueTab *tabs; size_t n_tabs;
    HjDueDay *days; size_t n_days;
    const char *empty, *empty_href, *empty_link, *queue_href, *calendar_href, *more_text, *next_href, *read_task /* all that are shown; or NULL */, *here;
    bool copied;
};

typedef struct { const char *action, *text; bool asks, first; } HjDueButton;
typedef struct {
    const char *id, *title, *ledger, *node, *kind, *opinion, *wrong, *hint;
    HjDueLine *lines; size_t n_lines;
    HjDueButton *buttons; size_t n_buttons;
} HjDueGroup;
typedef struct { const char *name, *value; } HjDueKept;
typedef struct {
    HjPage page;
    const char *subtitle, *empty, *clear_href, *next_href, *tick_href, *more_href, *calendar_href, *hint /* first page */, *here;
    HjDueTab *tabs; size_t n_tabs;
    HjDueKept *kept; size_t n_kept;
    HjOption *ledgers; size_t n_ledgers;
    HjOption *nodes; size_t n_nodes;
    HjOption *orgs; size_t n_orgs;
    HjDueGroup *groups; size_t n_groups;
    HjOption *phrases; size_t n_phrases;
    bool may_act, filtered, ticked;
} HjDueQueueView;

typedef struct { const char *href, *title, *org, *result, *why; bool good, waiting; } HjDueResult;
typedef struct {
    HjPage page;
    const char *what, *opinion, *id, *back_href;
    HjTime at;
    int64_t n, n_waiting, n_done, n_refused, n_stale; int width;
    HjDueResult *lines; size_t n_lines;
} HjDueBatchView;

typedef struct {
    HjPage page;
    const char *what, *opinion, *wrong;
    int64_t n;
    HjDueKept *kept; size_t n_kept;
} HjDueAskView;

typedef struct { const char *title; bool ended; } HjProgressColumn;
typedef struct { const char *href, *text, *light, *mark /* how many have it */, *words; } HjProgressCell;
typedef struct { const char *href, *name, *late, *light; HjProgressCell *cells; size_t n_cells; } HjProgressRow;
typedef struct {
    HjPage page;
    const char *subtitle, *list_href, *up_href, *up_text, *late_href;
    HjProgressColumn *columns; size_t n_columns;
    HjProgressRow *rows; size_t n_rows;
    HjProgressCell *totals; size_t n_totals;
    HjDueLine *stuck; size_t n_stuck;
    int64_t n, n_red, n_yellow, n_ended;
} HjProgressView;

typedef struct { const char *text, *href, *words, *light, *mark /* 休, 班 */; int day; int64_t n; bool other, today, off; } HjMonthDay;
typedef struct { HjMonthDay *days; size_t n_days; } HjMonthWeek;
/* The address under which calendar programs read it; made: shown once. */
typedef struct { bool offered, live, rootless; const char *tail, *made; HjTime created_at, expires_at; } HjSubscriptionView;
typedef struct {
    HjPage page;
    HjSubscriptionView feed;
    const char *previous_href, *next_href, *today_href, *unknown;
    HjDueTab *tabs; size_t n_tabs;
    HjLink *weekdays; size_t n_weekdays;
    HjMonthWeek *weeks; size_t n_weeks;
} HjMonthView;
/* clang-format on */
