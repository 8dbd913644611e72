/* flow: rows that move from node to node.
 *
 * A row stands at exactly one node; what waits for whom there are its open tasks.  Every act
 * closes a task, may change fields and may move the row, with one event, in one transaction.
 * docs/flow.md tells what each act does to the others, inside parallel reviews too.
 *
 * Beside the actions a pack names, every flow has: send_back (to a node visited before, with an
 * opinion), transfer (to another person, for good), delegate (comes back with report), add and
 * remove reviewers (review with agree or object), urge, withdraw (the last move, before anybody
 * acted after it), reopen (of an ended row under watch).
 *
 * Units    civil days; versions as core/row
 * Owns     as named
 * Threads  the transaction's
 * Source   design.md 2, 3, 7; domain.md ARI-4 to ARI-6, VER-1 to VER-3 */
#pragma once

#include "core/row_input.h"
#include "pack/flow.h"

typedef struct {
    const char *action; /* of the pack, or one of those above */
    int64_t task;       /* 0: the one open task of the actor at this row */
    int64_t version;    /* of the row; not asked of urge */
    const HjRowInput *inputs;
    size_t n_inputs;
    const char *opinion; /* may be NULL */
    const char *to_node; /* send_back; NULL: the node it came from */
    int64_t to_account;  /* transfer, delegate, add_reviewer */
    HjDate on;           /* an earlier day, where the node allows it; HJ_DATE_NONE: today */
} HjFlowAct;

/* CONFLICT when somebody was faster, DENIED when it is not the actor's turn, INVALID with
 * @issues; nothing has been written then. */
bool hj_flow_act(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
                 const HjFlowAct *act, HjIssues *issues, HjRowKey *ret, GError **error);

/* What the actor may do with the row now, in the order of the buttons: columns task, kind,
 * action, zh, en (of the pack, or NULL), target (node or NULL), free, waits, hold_on. */
HjRows *hj_flow_options(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
                        GError **error);
/* The process line, oldest first: task, kind, node, visit, roles, account, account_name,
 * opened_at, opened_on, due_on, warn_on, due_rule, extended (days), hold_on, waits, n_urged,
 * closed_at, closed_on, closed_by_name, behalf_name, outcome, to_node, opinion, back_filled. */
HjRows *hj_flow_line(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
                     GError **error);
/* May this field be changed where a row stands at @node? */
bool hj_flow_field_is_open(const HjFlowNode *node, const char *field);
/* row, due_on, warn_on of the open tasks of many rows, for the light beside each. */
HjRows *hj_flow_dues(HjTx *tx, const int64_t *rows, size_t n, GError **error);
/* node, visit, entered_on, rules_on, started_by, ended, watch_until, parent of a row; no line
 * for a row without a flow. */
HjRows *hj_flow_case(HjTx *tx, int64_t row, GError **error);
/* id, name, title of accounts that may be asked about a row: those who see it. */
HjRows *hj_flow_people(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
                       const char *q, int limit, GError **error);

/* The last day of @span counted from @from (ARI-4: the day after is the first), with the
 * parameters of @rules_on; HJ_DATE_NONE when the calendar does not reach so far (ARI-5). */
HjDate hj_flow_span_end(const HjPack *pack, const HjSpan *span, HjDate from, HjDate rules_on);

/* --- for core/row_write --- */

/* Puts a row that was just inserted on its first node. */
bool hj_flow_start(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, GError **error);
/* May the actor change these fields where the row stands? DENIED, or issues on fields. */
bool hj_flow_check_edit(HjTx *tx, const HjActor *actor, const HjRowDraft *draft,
                        HjIssues *issues, GError **error);
/* Deadlines that count from a field follow it. */
bool hj_flow_follow_fields(HjTx *tx, const HjActor *actor, const HjRowDraft *draft,
                           GError **error);
/* Nobody waits for a row that is void. */
bool hj_flow_stop(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
                  GError **error);
