/* views_one: figures that a row takes over, and rows of a ledger one by one.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7; domain.md 9.3 */
#pragma once

#include "web/views_flow.h"

/* clang-format off */
typedef struct { const char *title, *text, *unit, *href; } HjPrefillLine;
typedef struct HjPrefillView {
    const char *title, *help, *span, *of; /* of: another organization whose figures they are */
    bool kept; /* as they were when it was handed in */
    HjPrefillLine *lines; size_t n_lines;
} HjPrefillView;

/* An act that asks nothing but days, which are suggested: one click. */
typedef struct { const char *name, *title, *value, *id; } HjQuickDay;
typedef struct {
    const char *action, *text, *version, *task, *back; bool primary;
    HjQuickDay *days; size_t n_days;
} HjQuickAct;
typedef struct {
    const char *text, *href, *on, *by, *state, *light, *due; bool ended, earlier;
    HjQuickAct *acts; size_t n_acts;
} HjRemarkLine;
typedef struct {
    const char *title, *new_href, *all_href; int64_t count;
    const char **columns; size_t n_columns;
    HjListRow *rows; size_t n_rows;
} HjOneChild;
typedef struct {
    HjPage page;
    const char *list_href, *list_title, *big_href; bool big;
    const char *at; /* "3 / 21" */
    const char *previous_href, *next_href;
    bool none;
    const char *org, *row_title, *href, *state;
    HjPrefillView *prefill;
    HjFact *facts; size_t n_facts;
    HjOneChild *children; size_t n_children;
    HjQuickAct *acts; size_t n_acts;
    bool has_remarks, may_remark, may_task;
    const char *remarks_title, *remark_action, *remark_title, *task_text, *due, *back, *wrong, *text, *hint; int max;
    HjOption *phrases; size_t n_phrases;
    HjRemarkLine *remarks; size_t n_remarks; int64_t n_old;
} HjOneView;
/* clang-format on */
