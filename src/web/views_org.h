/* views_org: what the pages of organizations show.
 *
 * Units    counts of organizations
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 (village, administration) */
#pragma once

#include "web/views_ledger.h"

/* clang-format off */
/* What was wrong with a form that was sent; shown above it. */
typedef struct { const char *error; HjFormIssue *wrong; size_t n_wrong; } HjFormWrong;

typedef struct { const char *href, *title; int64_t count; bool on; } HjKindCount;
typedef struct { const char *href, *name, *below; } HjOrgTile;
typedef struct { const char *title; bool wide; HjOrgTile *orgs; size_t n_orgs; } HjOrgGroup;
typedef struct { const char *href, *name, *kind, *above, *above_href, *code; } HjOrgFound;
typedef struct {
    HjPage page;
    const char *q, *kind, *under, *where, *where_href, *new_href, *next_href, *clear_href;
    bool searched, may_import;
    HjKindCount *kinds; size_t n_kinds;
    HjOption *options; size_t n_options;
    HjOrgGroup *groups; size_t n_groups;
    HjOrgFound *found; size_t n_found;
} HjOrgsView;

typedef struct { const char *href, *was, *code, *kind, *fate, *other_href, *document, *note; HjDate on; } HjOrgFormer;
typedef struct { HjPage page; const char *q, *next_href; HjOrgFormer *orgs; size_t n_orgs; } HjOrgsFormerView;

typedef struct { const char *href, *title, *org, *day; } HjLatestRow;
typedef struct {
    const char *href, *title, *new_href; int64_t count;
    HjLatestRow *rows; size_t n_rows;
} HjOrgLedger;
typedef struct { const char *title, *value, *unit, *light, *href; bool assumption; } HjOrgIndicator;
typedef struct { const char *act, *day, *document, *note, *other, *actor; } HjOrgActItem;
typedef struct { const char *action, *what, *href, *actor, *org; HjTime at; HjChange *changes; size_t n_changes; const char *reason, *day; } HjTimelineItem;
typedef struct {
    HjPage page;
    const char *kind, *above, *above_href, *since, *until, *act_href, *tree_href, *period, *before_href, *after_href, *table_href;
    HjLink *entries; size_t n_entries;
    HjOrgLedger *ledgers; size_t n_ledgers;
    HjOrgIndicator *indicators; size_t n_indicators;
    HjOrgGroup *below; size_t n_below;
    HjOrgActItem *acts; size_t n_acts;
    HjOrgActItem *older; size_t n_older;
    HjTimelineItem *timeline; size_t n_timeline;
} HjOrgView;

typedef struct {
    HjPage page;
    const char *org, *act, *says, *warning, *action, *cancel_href;
    HjLink *acts; size_t n_acts;
    HjFormField *fields; size_t n_fields;
    HjFormWrong wrong;
} HjOrgActView;
/* clang-format on */
