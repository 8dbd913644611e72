/* flow_priv: a row on its way, as the files of core/flow share it.
 *
 * Units    as core/flow
 * Owns     HjCase: its texts hang on @rows; hj_case_clear
 * Threads  the transaction's
 * Source   as core/flow */
#pragma once
/* also: hj_case_ hj_task_ hj_flow_ */

#include "core/flow.h"
#include "core/row_priv.h"

typedef struct {
    const HjLedger *ledger;
    const HjFlow *flow;
    const HjFlowNode *node; /* NULL: the reserved node, or one the pack no longer has */
    int64_t id, org, parent, visit;
    int64_t started_by, moved_by;
    const char *moved_from;
    const char *opened_node;
    int64_t opened_visit;
    HjDate rules_on, watch_until;
    bool ended;
    HjRows *rows;
} HjCase;

bool hj_case_load(HjTx *tx, const HjLedger *ledger, int64_t row, HjCase *ret, GError **error);
void hj_case_clear(HjCase *c);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjCase, hj_case_clear)

/* Closes the open tasks of the row: @task with @outcome, the others as "moot" (copies stay). */
typedef struct {
    int64_t task;
    const char *outcome, *to_node, *opinion;
    HjDate on;
    bool back_filled;
    int extend; /* days added to the deadline of where it goes */
} HjClosing;
bool hj_case_close_tasks(HjTx *tx, const HjActor *actor, const HjCase *c, const HjClosing *how,
                         GError **error);
/* Closes one task and lets the one above it wait for one less. */
bool hj_task_close(HjTx *tx, const HjActor *actor, const HjClosing *how, int64_t above,
                   GError **error);

typedef struct {
    const char *kind;
    const char *const *roles;
    size_t n_roles;
    int64_t account, not_account, above;
    int64_t instead_of; /* a task that was handed on, or 0 */
    int64_t waits;
    int64_t extended; /* days its deadline holds beyond what the node gives */
    HjDate on, due, warn, hold;
    const char *due_rule;
} HjTaskNew;
bool hj_task_open(HjTx *tx, const HjActor *actor, const HjCase *c, const HjTaskNew *task,
                  GError **error);

/* Calls off the rows that the present visit opened and that have not ended. */
bool hj_case_call_off_children(HjTx *tx, const HjActor *actor, const HjCase *c, GError **error);
/* How the rows opened by the present visit stand. */
typedef struct {
    int64_t n, n_open, n_against;
} HjChildren;
bool hj_case_children(HjTx *tx, const HjCase *c, HjChildren *ret, GError **error);
/* How many of them the node still waits for. */
int64_t hj_case_awaited(const HjFlowNode *node, const HjChildren *children);

/* Takes the row, whose fields are in @draft, to @to: the row, its tasks, what it opens, and
 * what waits for it above.  The tasks of the place it leaves are closed already. */
bool hj_case_move(HjTx *tx, const HjActor *actor, HjCase *c, HjRowDraft *draft,
                  const char *action, const char *to, const HjClosing *how, GError **error);
/* What the end @node does to the row that @draft cites (`moves`).  CONFLICT when that row or
 * the organization cannot take it. */
bool hj_case_moves(HjTx *tx, const HjActor *actor, const HjRowDraft *draft,
                   const HjFlowNode *node, const HjClosing *how, GError **error);
/* The row is void: it waits for nobody, and what opened it waits for one less. */
bool hj_case_stop(HjTx *tx, const HjActor *actor, const HjCase *c, GError **error);
/* A row that ended stands at a node again: who opened it waits once more.  CONFLICT when that
 * one has moved on. */
bool hj_case_reopened(HjTx *tx, const HjCase *c, GError **error);
/* Where a row that ended may be opened again; NULL: nowhere.  The roles that may are those the
 * node names, or those who act where it goes. */
const HjFlowNode *hj_case_reopens_at(const HjCase *c);
bool hj_case_check_reopen(HjTx *tx, const HjActor *actor, const HjCase *c, GError **error);
/* How many days the deadline of @node holds beyond what the node gives. */
bool hj_case_extended(HjTx *tx, int64_t row, const char *node, int64_t *ret, GError **error);
/* Where the row may be sent back to from here (HjFlowNode), where it was first at the head and
 * where it came from last.  The array is the caller's. */
GPtrArray *hj_case_backs(HjTx *tx, const HjCase *c, GError **error);
/* Nobody has acted on the row (@stored) or changed it since it came where it stands. */
bool hj_case_untouched(HjTx *tx, const HjCase *c, const HjRows *stored, bool *ret,
                       GError **error);
/* The last move is taken back, and with it the time that it gave. */
bool hj_case_unextend(HjTx *tx, const HjCase *c, GError **error);
/* The first visit of the first node. */
bool hj_case_enter_first(HjTx *tx, const HjActor *actor, const HjRowDraft *draft,
                         GError **error);

/* How many of its unit a span lasts; -1: not said on that day. */
int hj_flow_span_amount(const HjSpan *span, HjDate rules_on);
/* May the actor take this task (row of sys_task)? */
bool hj_task_is_for(HjTx *tx, const HjActor *actor, const HjRows *task, GError **error);
/* Whether an account has a role, at the row's organization or above, that sees the ledger. */
bool hj_flow_account_sees(HjTx *tx, const HjPack *pack, const HjCase *c, int64_t account,
                          bool *ret, GError **error);
