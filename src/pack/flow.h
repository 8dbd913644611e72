/* flow: the nodes that the rows of a ledger move through.
 *
 * A row stands at one node; its name is the row's state.  A move is an action of that node: one
 * of the pack's own (`to:`), or one of those every flow has (core/flow.h).
 *
 * Units    spans as pack/span.h says
 * Owns     the HjPack
 * Threads  any
 * Source   design.md 2, 3; domain.md ARI-4 to ARI-6, VER-1 to VER-4; docs/pack.md */
#pragma once

#include "pack/span.h"

/* Where a row goes that nobody needs any more: its parent moved on without it.  Every flow has
 * this final node; no pack may name one so. */
#define HJ_NODE_CALLED_OFF "called_off"

typedef struct {
    const char *name;
    HjLabel title;
    const char *to; /* node */
    bool free;      /* asks nothing: no needs, evidence, guards, holds; an opinion instead */
    const char **needs;
    size_t n_needs; /* fields, beside those of the node */
    HjSpan until;   /* possible so long only */
    HjExtend extend;
    HjSource at;
} HjFlowAction;

typedef struct {
    HjRule rule;
    const char *id; /* of the rule it comes from, or NULL */
    const char **on;
    size_t n_on; /* actions; none: every action that is not free */
} HjGuard;

typedef enum { HJ_WAIT_ALL, HJ_WAIT_ANY, HJ_WAIT_NONE_AGAINST } HjWait;
/* Rows of a child ledger that a node opens, one for each item of a list or each organization.
 */
typedef struct {
    const HjLedger *ledger; /* NULL: opens nothing */
    const char *field_name;
    const HjField *field; /* choice field that takes the item of its list, or NULL */
    const char *orgs;     /* kind of organization below the row's: one row each, or NULL */
    const char *org;      /* org field of the ledger: one row at that organization, or NULL */
    const char **copied;
    size_t n_copied; /* fields that both ledgers have and the new row takes over */
    HjWait wait;
    const char **against;
    size_t n_against; /* final nodes of the child that speak against */
    const char *veto; /* node the row goes to at the first one against, or NULL: nobody moves */
    const char *then; /* node it goes to by itself when nothing is awaited any more, or NULL */
} HjOpens;

/* What an end does to a row it cites: names of fields.  It goes to another organization with
 * what lies under it, or takes over values, or both. */
typedef struct {
    const char *row; /* row or person field of the ledger; NULL: moves nothing */
    const char *to;  /* org field, or NULL: it stays where it is */
    const char **theirs, **ours;
    size_t n_set; /* fields of the cited ledger and whose values they take */
    HjSource at;
} HjMoves;

typedef enum { HJ_BACK_ANY, HJ_BACK_PREVIOUS, HJ_BACK_START, HJ_BACK_NONE } HjBack;

typedef struct {
    const char *name;
    HjLabel title;
    HjLabel help;
    const char **by;
    size_t n_by; /* roles at the row's organization or above it */
    const char **copy;
    size_t n_copy; /* roles that are told */
    const char **form;
    size_t n_form; /* fields that may be changed here; none: all */
    const char **needs;
    size_t n_needs;
    HjSpan within;
    int warn; /* yellow so many days before the end */
    HjSupervise supervise;
    bool restart;               /* coming back gives the whole span anew */
    HjSpan hold;                /* nobody moves on before it is over (publicity) */
    const HjLedger *objections; /* child ledger: open ones stop a move as well */
    const char **evidence;
    size_t n_evidence; /* fields that count as evidence */
    int min_evidence;
    HjGuard *guards;
    size_t n_guards;
    bool two_people;
    const char **second;
    size_t n_second; /* roles of the second person; none: those of the node */
    HjOpens opens;
    HjMoves moves; /* final */
    HjFlowAction *actions;
    size_t n_actions;
    HjBack back;
    bool back_fill; /* a step may carry an earlier day, and is marked so */
    bool final;
    HjSpan watch; /* final: it may be reopened so long */
    const char *reopen;
    const char **reopen_by;
    size_t n_reopen_by; /* none: the roles of the node it goes back to */
    HjSource at;
} HjFlowNode;

typedef struct HjFlow {
    const char *start;
    const char *rules_on; /* date field whose day chooses the rules; NULL: the ledger's date
                             field, or the day the row was made */
    bool volume;          /* its rows can be printed as a file: cover, catalogue, steps */
    HjFlowNode *nodes;
    size_t n_nodes;
    HjSource at;
} HjFlow;

const HjFlowNode *hj_flow_node(const HjFlow *flow, const char *name);
const HjFlowAction *hj_flow_action(const HjFlowNode *node, const char *name);
bool hj_flow_extends(const HjFlowAction *action);
int hj_flow_position(const HjFlow *flow, const char *name); /* in reading order, or -1 */
