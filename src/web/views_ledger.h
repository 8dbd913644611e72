/* views_ledger: what the pages of any ledger show.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 (any ledger) */
#pragma once

#include "web/views_common.h"
#include "web/views_judged.h"

/* clang-format off */
typedef struct { const char *href, *title, *help; int64_t count; bool assumption; } HjLedgerTile;
typedef struct { const char *title; HjLedgerTile *ledgers; size_t n_ledgers; } HjLedgerGroup;
typedef struct { HjPage page; HjLedgerGroup *groups; size_t n_groups; } HjLedgersView;

typedef struct { const char *title, *href, *unit; bool number; int sorted; /* 1 up, -1 down */ const char *then_href; int place; } HjColumn;
typedef struct { const char *text; bool number; const char *light; /* NULL: no state */ const char *title; /* of its column */ const char *href; /* NULL: no link */ } HjCell;
typedef struct { const char *href, *org, *id, *name; /* org and title */ bool named; /* a cell leads to the row, too */ HjCell *cells; size_t n_cells; } HjListRow;
typedef struct { const char *href, *name; bool on; int depth; int64_t count; /* -1: not counted */ } HjTreeNode;
typedef struct { const char *name, *title; HjOption *options; size_t n_options; } HjChoiceFilter;
typedef struct { const char *href, *text; bool on; } HjKeptLink;
typedef struct {
    HjPage page;
    const char *where, *who_sees, *help, *new_href, *import_href, *export_href, *action, *under, *sort, *counted_on, *q, *from, *to, *find_href, *finds /* what q is looked for in */, *clear_href, *first_href, *next_href,
        *batch_action, *batch_all_href, *columns_href, *twins_href, *progress_href, *one_href;
    bool assumption, filtered, dated, tree_open, only_here, counts;
    HjTreeNode *tree; size_t n_tree;
    HjChoiceFilter *choices; size_t n_choices;
    HjKeptLink *kept; size_t n_kept;
    HjColumn *columns; size_t n_columns;
    HjListRow *rows; size_t n_rows;
    HjCell *totals; size_t n_totals;
    int64_t count;
} HjLedgerListView;

typedef struct { const char *id, *href, *thumb, *name, *size; bool removed; } HjFileItem;
typedef struct { const char *title, *text, *unit, *href; bool number; HjFileItem *files; size_t n_files; } HjFact;
typedef struct { const char *title, *before, *after; } HjChange;
typedef struct {
    const char *action, *actor, *reason, *hash;
    HjTime at; int64_t seq; bool opinion; /* the reason is one */
    HjChange *changes; size_t n_changes;
} HjHistoryItem;
typedef struct { const char *title, *href; int64_t count; } HjChildLink;
struct HjFlowView; /* web/views_flow.h */
struct HjPrefillView; /* web/views_one.h */
typedef struct {
    HjPage page;
    const char *unmask_href, *copy_href; /* NULL: not for this reader */
    struct HjFlowView *flow; /* NULL: the ledger has none */
    const char *rights_href; /* who sees this row, by account; NULL: not for this reader */
    const char *org, *org_href, *who_sees, *edit_href, *void_href, *created_by, *updated_by;
    HjTime created_at, updated_at; int64_t version; bool voided;
    HjFact *facts; size_t n_facts;
    HjChildLink *children; size_t n_children;
    HjJudgedLine *judged; size_t n_judged;
    struct HjPrefillView *prefill; /* NULL: it takes over nothing */
    HjHistoryItem *history; size_t n_history;
    const char *notice_href, *notice_title; /* of a sheet to print, or NULL */
    const char *volume_href; /* of the file to print, or NULL */
    const char *sheet_href;  /* of the row as a form to print */
} HjRowView;

typedef enum { HJ_INPUT_TEXT, HJ_INPUT_LINES, HJ_INPUT_NUMBER, HJ_INPUT_DATE, HJ_INPUT_SELECT, HJ_INPUT_TICKS, HJ_INPUT_FILES } HjInputKind;
typedef struct {
    HjInputKind kind;
    const char *name, *title, *unit, *help, *value, *wrong, *now; /* stored by others meanwhile */
    const char *sealed; /* masked text of what is stored and stays while the box is empty */
    int max; bool required, wide, assumption;
    HjOption *options; size_t n_options;
    HjFileItem *files; size_t n_files; const char *accept; bool camera;
} HjFormField;
typedef struct { const char *field, *title, *message; } HjFormIssue;
typedef struct {
    HjPage page;
    const char *subtitle, *help, *action, *cancel_href, *org, *parent, *version, *begins; /* node */
    const char *draft_action;
    HjTime drafted_at; bool changed_since; /* of a draft that is shown; the row changed after it */
    bool multipart;
    HjOption *orgs; size_t n_orgs;
    HjFormField *fields; size_t n_fields;
    HjFormIssue *wrong; size_t n_wrong;
    HjHistoryItem *met; size_t n_met; /* by others, since the form was opened */
    struct HjPrefillView *prefill;
} HjRowFormView;
typedef struct { HjPage page; const char *action, *cancel_href, *version, *reason, *wrong; } HjRowVoidView;
/* clang-format on */
