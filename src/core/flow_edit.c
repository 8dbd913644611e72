/* What flows ask of the plain writing of rows. */
#include "core/flow_priv.h"

#define SQL_OPEN_TASKS                                                                         \
    "SELECT id, kind, roles, account, not_account, org FROM sys_task "                         \
    "WHERE county = $1 AND row_id = $2 AND closed_at IS NULL AND kind <> 'copy' ORDER BY id"
#define SQL_DUE                                                                                \
    "UPDATE sys_task SET due_on = $3, warn_on = $4 WHERE county = $1 AND row_id = $2 "         \
    "AND closed_at IS NULL AND kind <> 'copy'"
#define SQL_HOLD                                                                               \
    "UPDATE sys_task SET hold_on = $3 WHERE county = $1 AND row_id = $2 "                      \
    "AND closed_at IS NULL AND kind = 'act'"

bool
hj_flow_start(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, GError **error)
{
    return draft->ledger->flow == NULL || hj_case_enter_first(tx, actor, draft, error);
}

bool
hj_flow_field_is_open(const HjFlowNode *node, const char *field)
{
    for (size_t i = 0; i < node->n_form; i++)
        if (g_str_equal(node->form[i], field))
            return true;
    for (size_t i = 0; i < node->n_needs; i++)
        if (g_str_equal(node->needs[i], field))
            return true;
    for (size_t i = 0; i < node->n_actions; i++)
        for (size_t k = 0; k < node->actions[i].n_needs; k++)
            if (g_str_equal(node->actions[i].needs[k], field))
                return true;
    return node->n_form == 0;
}

/* Whether something waits for the actor, and whether the first of two people has signed. */
static bool
is_somebodys_turn(HjTx *tx, const HjActor *actor, int64_t row, bool *ret, bool *ret_signed,
                  GError **error)
{
    g_autoptr(HjRows) tasks =
        hj_tx_query(tx, error, SQL_OPEN_TASKS, HJ_I64(hj_tx_county(tx)), HJ_I64(row));
    if (tasks == NULL)
        return false;
    *ret = *ret_signed = false;
    while (hj_rows_next(tasks)) {
        g_autoptr(GError) why = NULL;
        *ret_signed = *ret_signed || g_str_equal(hj_rows_text(tasks, "kind"), "second");
        *ret = *ret || hj_task_is_for(tx, actor, tasks, &why);
        if (why != NULL && !hj_error_is_refusal(why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    return true;
}

static bool
is_opinion(const HjFlowNode *node, const char *field)
{
    for (size_t i = 0; i < node->n_actions; i++)
        for (size_t k = 0; node->actions[i].free && k < node->actions[i].n_needs; k++)
            if (g_str_equal(node->actions[i].needs[k], field))
                return true;
    return false;
}

/* Two people sign the same words: after the first of them only why it should not be done may be
 * added; what has to read otherwise goes back. */
static void
check_field(const HjFlowNode *node, const char *field, bool signed_once, HjIssues *issues)
{
    if (!hj_flow_field_is_open(node, field))
        hj_issues_add(issues, field, "rule",
                      N_("This cannot be changed where the record stands."));
    else if (signed_once && !is_opinion(node, field))
        hj_issues_add(issues, field, "rule",
                      N_("The first of two people signed this as it stands: agree, or send it "
                         "back."));
}

bool
hj_flow_check_edit(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, HjIssues *issues,
                   GError **error)
{
    const HjFlow *flow = draft->ledger->flow;
    const HjFlowNode *node = flow != NULL ? hj_flow_node(flow, draft->state) : NULL;
    bool turn = false, signed_once = false;
    if (flow == NULL || !hj_row_draft_changes(draft))
        return true;
    if (node == NULL || node->final)
        return hj_fail(error, HJ_ERROR_CONFLICT, "This record has come to its end.");
    if (!is_somebodys_turn(tx, actor, draft->id, &turn, &signed_once, error))
        return false;
    if (!turn)
        return hj_fail(error, HJ_ERROR_DENIED, "It is not your turn here.");
    for (size_t i = 0; i < draft->ledger->n_fields; i++)
        if (hj_row_draft_changed(draft, i))
            check_field(node, draft->ledger->fields[i].name, signed_once, issues);
    return true;
}

static HjDate
end_from_field(const HjActor *actor, const HjRowDraft *draft, const HjSpan *span,
               HjDate rules_on)
{
    const HjField *field = hj_pack_field(draft->ledger, span->from);
    const char *text =
        field != NULL ? hj_value_text(&draft->vals[field - draft->ledger->fields]) : NULL;
    HjDate from = HJ_DATE_NONE;
    if (text != NULL)
        hj_date_parse(text, &from, NULL);
    return hj_flow_span_end(actor->pack, span, from, rules_on);
}

bool
hj_flow_follow_fields(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, GError **error)
{
    const HjFlow *flow = draft->ledger->flow;
    const HjFlowNode *node = flow != NULL ? hj_flow_node(flow, draft->state) : NULL;
    if (node == NULL || node->final || (node->within.from == NULL && node->hold.from == NULL))
        return true;
    g_auto(HjCase) c = { 0 };
    if (!hj_case_load(tx, draft->ledger, draft->id, &c, error))
        return false;
    HjVal county = HJ_I64(hj_tx_county(tx)), row = HJ_I64(draft->id);
    if (node->within.from != NULL) {
        int64_t extended = 0;
        if (!hj_case_extended(tx, draft->id, node->name, &extended, error))
            return false;
        HjDate due = end_from_field(actor, draft, &node->within, c.rules_on);
        if (due != HJ_DATE_NONE)
            due += (HjDate)extended;
        HjDate warn = due != HJ_DATE_NONE ? due - node->warn : HJ_DATE_NONE;
        if (!hj_tx_exec(tx, error, SQL_DUE, county, row, HJ_DATE(due), HJ_DATE(warn)))
            return false;
    }
    if (node->hold.from == NULL)
        return true;
    HjDate hold = end_from_field(actor, draft, &node->hold, c.rules_on);
    return hj_tx_exec(tx, error, SQL_HOLD, county, row,
                      hold != HJ_DATE_NONE ? HJ_DATE(hold) : HJ_TEXT(HJ_DATE_FOREVER));
}

bool
hj_flow_stop(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
             GError **error)
{
    if (ledger->flow == NULL)
        return true;
    g_auto(HjCase) c = { 0 };
    if (!hj_case_load(tx, ledger, row, &c, error))
        return false;
    return hj_case_stop(tx, actor, &c, error);
}
