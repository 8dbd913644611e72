/* The acts: who may, what is asked, and what they do. */
#include "base/text.h"
#include "core/flow_priv.h"
#include "core/prefill.h"
#include "store/event.h"

#define OPINION_MAX 500
#define URGE_MAX 3
#define DAY_US (24 * 3600 * INT64_C(1000000))

#define SQL_OPEN_TASKS                                                                         \
    "SELECT id, kind, node, visit, roles, account, not_account, above, waits, org, "           \
    "opened_at, opened_on, due_on, warn_on, due_rule, hold_on, n_urged, urged_at, extended "   \
    "FROM "                                                                                    \
    "sys_task "                                                                                \
    "WHERE county = $1 AND row_id = $2 AND closed_at IS NULL AND kind <> 'copy' ORDER BY id"
#define SQL_SIGNED                                                                             \
    "SELECT outcome, closed_by, behalf FROM sys_task WHERE county = $1 AND row_id = $2 AND "   \
    "node = $3 "                                                                               \
    "AND visit = $4 AND kind = 'act' AND outcome IS NOT NULL ORDER BY id DESC LIMIT 1"
#define SQL_OBJECTED                                                                           \
    "SELECT id FROM sys_task WHERE county = $1 AND row_id = $2 AND node = $3 AND visit = $4 "  \
    "AND kind = 'review' AND outcome = 'object' LIMIT 1"
#define SQL_ASKED                                                                              \
    "SELECT id FROM sys_task WHERE county = $1 AND above = $2 AND closed_at IS NULL LIMIT 1"
#define SQL_OBJECTIONS                                                                         \
    "SELECT id FROM sys_case WHERE county = $1 AND parent = $2 AND ledger = $3 "               \
    "AND ended = 0 LIMIT 1"
#define SQL_URGE                                                                               \
    "UPDATE sys_task SET n_urged = n_urged + 1, urged_at = $3 WHERE county = $1 AND id = $2"
#define SQL_WAIT_MORE "UPDATE sys_task SET waits = waits + 1 WHERE county = $1 AND id = $2"
#define SQL_ACCOUNT                                                                            \
    "SELECT id FROM sys_account WHERE county = $1 AND id = $2 AND disabled_at IS NULL"

/* One act under way. */
typedef struct {
    HjTx *tx;
    const HjActor *actor;
    const HjFlowAct *act;
    HjIssues *issues;
    HjCase *c;
    const HjRows *stored;
    HjRowDraft *draft;
    HjRows *tasks; /* open ones; stands on the one acted on */
    char *opinion; /* tidied, or NULL */
    HjDate on;
    bool back_filled;
} Act;

static bool
is_act(const Act *a, const char *name)
{
    return g_str_equal(a->act->action, name);
}

static HjClosing
closing(const Act *a, const char *to)
{
    return (HjClosing){ .task = hj_rows_i64(a->tasks, "id"),
                        .outcome = a->act->action,
                        .to_node = to,
                        .opinion = a->opinion,
                        .on = a->on,
                        .back_filled = a->back_filled };
}

static bool
need_opinion(const Act *a)
{
    if (a->opinion == NULL)
        hj_issues_add(a->issues, "comment", "required", N_("Write an opinion."));
    return a->opinion != NULL;
}

/* --- what a move forward asks --- */

static bool
is_empty(const HjVal *val)
{
    return val->kind == HJ_VAL_NULL || (val->kind == HJ_VAL_TEXT && hj_value_text(val) == NULL);
}

static void
need_fields(const Act *a, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const HjField *field = hj_pack_field(a->draft->ledger, names[i]);
        if (field != NULL && is_empty(&a->draft->vals[field - a->draft->ledger->fields]))
            hj_issues_add(a->issues, names[i], "required",
                          N_("This must be filled in before the record moves on."));
    }
}

static void
need_evidence(const Act *a, const HjFlowNode *node)
{
    int n = 0;
    for (size_t i = 0; i < node->n_evidence; i++) {
        const HjField *field = hj_pack_field(a->draft->ledger, node->evidence[i]);
        n += field != NULL && !is_empty(&a->draft->vals[field - a->draft->ledger->fields]);
    }
    if (n < node->min_evidence)
        hj_issues_add(a->issues, node->evidence[0], "required",
                      N_("Evidence is needed here: at least %d."), node->min_evidence);
}

static bool
guard_applies(const HjGuard *guard, const char *action)
{
    for (size_t i = 0; i < guard->n_on; i++)
        if (g_str_equal(guard->on[i], action))
            return true;
    return guard->n_on == 0;
}

static bool
check_guards(const Act *a, const HjFlowNode *node, GError **error)
{
    g_autofree const HjRule **rules = g_new0(const HjRule *, node->n_guards + 1);
    size_t n = 0;
    for (size_t i = 0; i < node->n_guards; i++)
        if (guard_applies(&node->guards[i], a->act->action))
            rules[n++] = &node->guards[i].rule;
    return n == 0 || hj_row_check_rules(a->tx, a->actor, a->draft, rules, n, a->c->rules_on,
                                        a->issues, error);
}

static bool
check_hold(const Act *a, const HjFlowNode *node, GError **error)
{
    const char *hold = hj_rows_text(a->tasks, "hold_on");
    HjDateText on = hj_date_text(a->on);
    /* The whole of the last day belongs to the period (PUB-4). */
    if (hold != NULL && g_strcmp0(on.text, hold) <= 0)
        hj_issues_add(a->issues, "", "rule", N_("The period lasts until %s; not before."),
                      hold);
    if (node->objections == NULL)
        return true;
    g_autoptr(HjRows) open =
        hj_tx_query(a->tx, error, SQL_OBJECTIONS, HJ_I64(hj_tx_county(a->tx)), HJ_I64(a->c->id),
                    HJ_TEXT(node->objections->name));
    if (open == NULL)
        return false;
    if (hj_rows_next(open))
        hj_issues_add(a->issues, "", "rule", N_("An objection is still unanswered."));
    return true;
}

static bool
check_children(const Act *a, const HjFlowNode *node, GError **error)
{
    if (node->opens.ledger == NULL)
        return true;
    HjChildren children;
    if (!hj_case_children(a->tx, a->c, &children, error))
        return false;
    int64_t awaited = hj_case_awaited(node, &children);
    bool against = children.n_against > 0 && node->opens.wait == HJ_WAIT_NONE_AGAINST;
    bool nobody_for = node->opens.wait == HJ_WAIT_ANY && children.n > 0 &&
                      children.n == children.n_open + children.n_against && awaited == 0;
    if (awaited > 0)
        hj_issues_add(a->issues, "", "rule", N_("%d have not answered yet."), (int)awaited);
    if (against || nobody_for)
        hj_issues_add(a->issues, "", "rule", N_("There are answers against it."));
    return true;
}

/* Reviewers were heard: one who objected is answered. */
static bool
check_reviews(const Act *a, GError **error)
{
    g_autoptr(HjRows) asked = hj_tx_query(a->tx, error, SQL_ASKED, HJ_I64(hj_tx_county(a->tx)),
                                          HJ_I64(hj_rows_i64(a->tasks, "id")));
    if (asked == NULL)
        return false;
    if (hj_rows_next(asked))
        hj_issues_add(a->issues, "", "rule",
                      N_("Others were asked and have not answered yet."));
    g_autoptr(HjRows) objected =
        hj_tx_query(a->tx, error, SQL_OBJECTED, HJ_I64(hj_tx_county(a->tx)), HJ_I64(a->c->id),
                    HJ_TEXT(a->c->node->name), HJ_I64(a->c->visit));
    if (objected == NULL)
        return false;
    if (hj_rows_next(objected))
        need_opinion(a);
    return true;
}

static bool
check_forward(const Act *a, const HjFlowAction *action, GError **error)
{
    const HjFlowNode *node = a->c->node;
    need_fields(a, (const char *const *)action->needs, action->n_needs);
    if (action->free) {
        need_opinion(a); /* what is missing stands in the issues */
        return true;
    }
    need_fields(a, (const char *const *)node->needs, node->n_needs);
    if (node->n_evidence > 0)
        need_evidence(a, node);
    return check_guards(a, node, error) && check_hold(a, node, error) &&
           check_children(a, node, error) && check_reviews(a, error);
}

/* --- moves --- */

static bool
leave(const Act *a, const char *action, const char *to, int extend, GError **error)
{
    HjClosing how = closing(a, to);
    how.extend = extend;
    return hj_case_close_tasks(a->tx, a->actor, a->c, &how, error) &&
           hj_case_call_off_children(a->tx, a->actor, a->c, error) &&
           hj_case_move(a->tx, a->actor, a->c, a->draft, action, to, &how, error);
}

/* {"action": …, "task": …, "account": …} of an act that moves nothing. */
static char *
told_json(const Act *a)
{
    GString *out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_key(&w, "action");
    hj_json_text(&w, a->act->action);
    hj_json_key(&w, "node");
    hj_json_text(&w, a->c->node->name);
    hj_json_key(&w, "task");
    hj_json_id(&w, hj_rows_i64(a->tasks, "id"));
    if (a->act->to_account != 0) {
        hj_json_key(&w, "account");
        hj_json_id(&w, a->act->to_account);
    }
    hj_json_key(&w, "on");
    hj_json_text(&w, hj_date_text(a->on).text);
    hj_json_end_object(&w);
    return g_string_free(out, FALSE);
}

/* The row stays where it is; its version grows so that others see that something happened. */
static bool
stay(const Act *a, const char *event, GError **error)
{
    g_autofree char *told = told_json(a);
    return hj_row_move(a->tx, a->actor, a->draft, a->draft->version, NULL, event, told,
                       a->opinion, error);
}

/* The first of two people signs; the row waits for the second. */
static bool
sign(const Act *a, GError **error)
{
    const HjFlowNode *node = a->c->node;
    HjClosing how = closing(a, NULL);
    HjTaskNew second = {
        .kind = "second",
        .roles = (const char *const *)(node->n_second > 0 ? node->second : node->by),
        .n_roles = node->n_second > 0 ? node->n_second : node->n_by,
        .not_account = a->actor->behalf != 0 ? a->actor->behalf : a->actor->account,
        .extended = hj_rows_i64(a->tasks, "extended"),
        .on = a->on,
        .due = hj_rows_date(a->tasks, "due_on"),
        .warn = hj_rows_date(a->tasks, "warn_on"),
        .due_rule = hj_rows_text(a->tasks, "due_rule"),
        .hold = HJ_DATE_NONE,
    };
    return hj_task_close(a->tx, a->actor, &how, 0, error) &&
           hj_task_open(a->tx, a->actor, a->c, &second, error) && stay(a, "flow.sign", error);
}

/* Whoever signed by his own hand is not the second by acting for somebody else. */
static bool
is_hand_of(const HjActor *actor, const HjRows *first)
{
    int64_t by = hj_rows_i64(first, "closed_by"), behalf = hj_rows_i64(first, "behalf");
    bool own = actor->account != 0 && (by == actor->account || behalf == actor->account);
    return own || (actor->behalf != 0 && (by == actor->behalf || behalf == actor->behalf));
}

/* The second person says the same as the first, or sends it back. */
static bool
same_as_first(const Act *a, bool *ret, GError **error)
{
    g_autoptr(HjRows) first =
        hj_tx_query(a->tx, error, SQL_SIGNED, HJ_I64(hj_tx_county(a->tx)), HJ_I64(a->c->id),
                    HJ_TEXT(a->c->node->name), HJ_I64(a->c->visit));
    if (first == NULL)
        return false;
    bool signed_once = hj_rows_next(first);
    if (signed_once && is_hand_of(a->actor, first))
        return hj_fail(error, HJ_ERROR_DENIED, "It is not your turn here.");
    *ret = signed_once && g_strcmp0(hj_rows_text(first, "outcome"), a->act->action) == 0;
    if (!*ret)
        hj_issues_add(a->issues, "action", "choice",
                      N_("The first person chose something else: agree, or send it back."));
    return true;
}

static HjDate
day_in(const char *text)
{
    HjDate day = HJ_DATE_NONE;
    if (text != NULL)
        hj_date_parse(text, &day, NULL);
    return day;
}

static const HjVal *
value_of(const Act *a, const char *name)
{
    const HjField *field = name != NULL ? hj_pack_field(a->draft->ledger, name) : NULL;
    return field != NULL ? &a->draft->vals[field - a->draft->ledger->fields] : NULL;
}

/* Some actions are possible for a time only; days that cannot be counted are not guessed. */
static void
check_until(const Act *a, const HjFlowAction *action)
{
    if (action->until.unit == HJ_SPAN_NONE)
        return;
    const HjVal *from = value_of(a, action->until.from);
    HjDate base = from != NULL ? day_in(hj_value_text(from))
                               : day_in(hj_rows_text(a->c->rows, "entered_on"));
    HjDate end = hj_flow_span_end(a->actor->pack, &action->until, base, a->c->rules_on);
    if (end == HJ_DATE_NONE)
        hj_issues_add(a->issues, "action", "rule",
                      N_("Until when this was possible cannot be counted: the calendar of that "
                         "year is not loaded."));
    else if (a->on > end)
        hj_issues_add(a->issues, "action", "rule", N_("This was possible until %s."),
                      hj_date_text(end).text);
}

/* More time: what is asked and what was given before stay below what is allowed. */
static bool
check_extend(const Act *a, const HjFlowAction *action, int *ret, GError **error)
{
    const HjExtend *extend = &action->extend;
    int64_t given = 0;
    *ret = 0;
    if (extend->spent)
        *ret = a->on - day_in(hj_rows_text(a->c->rows, "entered_on"));
    if (extend->field == NULL)
        return true;
    if (!hj_case_extended(a->tx, a->c->id, action->to, &given, error))
        return false;
    const HjVal *days = value_of(a, extend->field);
    int most = hj_flow_span_amount(&extend->most, a->c->rules_on);
    int64_t asked = days != NULL && days->kind == HJ_VAL_I64 ? days->i64 : 0;
    if (asked < 1)
        hj_issues_add(a->issues, extend->field, "required", N_("Say how many days more."));
    else if (asked > most - given)
        hj_issues_add(a->issues, extend->field, "range",
                      N_("At most %d days more in all; %d were given already."), most,
                      (int)given);
    else
        *ret = (int)asked;
    return true;
}

static bool
do_pack_action(const Act *a, const HjFlowAction *action, GError **error)
{
    const HjFlowNode *node = a->c->node;
    bool second = g_str_equal(hj_rows_text(a->tasks, "kind"), "second");
    bool same = true;
    int extend = 0;
    check_until(a, action);
    if (!check_forward(a, action, error) || !check_extend(a, action, &extend, error) ||
        (second && !action->free && !same_as_first(a, &same, error)))
        return false;
    if (hj_issues_count(a->issues) > 0)
        return hj_issues_refuse(error);
    if (node->two_people && !action->free && !second)
        return sign(a, error);
    /* What a row takes over from the records stays as it was when it was handed in. */
    if (!action->free && g_str_equal(node->name, a->c->flow->start) &&
        !hj_prefill_keep(a->tx, a->actor->pack, a->draft, error))
        return false;
    return leave(a, action->name, action->to, extend, error);
}

/* Where an act that sends back leads; NULL where it may not. */
static const HjFlowNode *
chosen_back(const Act *a, const GPtrArray *backs)
{
    const char *to = a->act->to_node;
    for (guint i = backs->len; i > 0; i--) {
        const HjFlowNode *node = g_ptr_array_index(backs, i - 1);
        if (to == NULL || g_str_equal(node->name, to))
            return node;
    }
    return NULL;
}

static bool
do_send_back(const Act *a, GError **error)
{
    g_autoptr(GPtrArray) backs = hj_case_backs(a->tx, a->c, error);
    if (backs == NULL)
        return false;
    const HjFlowNode *to = chosen_back(a, backs);
    need_opinion(a);
    if (to == NULL)
        hj_issues_add(a->issues, "to", "choice", N_("It cannot go back there."));
    return to == NULL || hj_issues_count(a->issues) > 0
               ? hj_issues_refuse(error)
               : leave(a, "send_back", to->name, 0, error);
}

/* --- other people --- */

static bool
need_account(const Act *a, GError **error)
{
    g_autoptr(HjRows) account = hj_tx_query(
        a->tx, error, SQL_ACCOUNT, HJ_I64(hj_tx_county(a->tx)), HJ_I64(a->act->to_account));
    if (account == NULL)
        return false;
    bool found = hj_rows_next(account) && a->act->to_account != a->actor->account;
    bool sees = false;
    if (found &&
        !hj_flow_account_sees(a->tx, a->actor->pack, a->c, a->act->to_account, &sees, error))
        return false;
    if (!sees)
        hj_issues_add(a->issues, "account", "choice",
                      N_("Choose somebody else who may see this record."));
    return true;
}

/* Another person's task instead of this one, or under it. */
static bool
hand_on(const Act *a, const char *kind, bool instead, const char *event, GError **error)
{
    HjClosing how = closing(a, NULL);
    int64_t task = how.task;
    if (!need_account(a, error))
        return false;
    if (hj_issues_count(a->issues) > 0)
        return hj_issues_refuse(error);
    HjTaskNew next = { .kind = kind,
                       .account = a->act->to_account,
                       .not_account = instead ? hj_rows_i64(a->tasks, "not_account") : 0,
                       .above = instead ? hj_rows_i64(a->tasks, "above") : task,
                       .instead_of = instead ? task : 0,
                       .waits = instead ? hj_rows_i64(a->tasks, "waits") : 0,
                       .extended = instead ? hj_rows_i64(a->tasks, "extended") : 0,
                       .on = a->on,
                       .due = hj_rows_date(a->tasks, "due_on"),
                       .warn = hj_rows_date(a->tasks, "warn_on"),
                       .due_rule = hj_rows_text(a->tasks, "due_rule"),
                       .hold = instead ? hj_rows_date(a->tasks, "hold_on") : HJ_DATE_NONE };
    bool done = instead ? hj_task_close(a->tx, a->actor, &how, 0, error)
                        : hj_tx_exec(a->tx, error, SQL_WAIT_MORE, HJ_I64(hj_tx_county(a->tx)),
                                     HJ_I64(task));
    return done && hj_task_open(a->tx, a->actor, a->c, &next, error) && stay(a, event, error);
}

static bool
do_answer(const Act *a, const char *event, GError **error)
{
    if (!is_act(a, "agree") && !need_opinion(a))
        return hj_issues_refuse(error);
    HjClosing how = closing(a, NULL);
    return hj_task_close(a->tx, a->actor, &how, hj_rows_i64(a->tasks, "above"), error) &&
           stay(a, event, error);
}

/* --- which task --- */

/* Stands on the open task acted on; an error when it is not the actor's turn. */
static bool
find_task(Act *a, GError **error)
{
    g_autoptr(GError) why = NULL;
    while (hj_rows_next(a->tasks)) {
        if (a->act->task != 0 && hj_rows_i64(a->tasks, "id") != a->act->task)
            continue;
        g_clear_error(&why);
        if (hj_task_is_for(a->tx, a->actor, a->tasks, &why))
            return true;
        if (a->act->task != 0 || (why != NULL && !hj_error_is_refusal(why)))
            break;
    }
    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return hj_fail(error, HJ_ERROR_CONFLICT, "Nothing waits for you here any more.");
}

static bool
act_on_task(Act *a, GError **error)
{
    const char *kind = hj_rows_text(a->tasks, "kind");
    bool main = g_str_equal(kind, "act") || g_str_equal(kind, "second");
    const HjFlowAction *action = main ? hj_flow_action(a->c->node, a->act->action) : NULL;
    bool delegated = hj_rows_i64(a->tasks, "waits") > 0;
    if (action != NULL)
        return do_pack_action(a, action, error);
    if (main && is_act(a, "send_back"))
        return do_send_back(a, error);
    if (is_act(a, "transfer"))
        return hand_on(a, kind, true, "flow.transfer", error);
    if (main && is_act(a, "delegate") && !delegated)
        return hand_on(a, "delegate", false, "flow.delegate", error);
    if (main && is_act(a, "add_reviewer"))
        return hand_on(a, "review", false, "flow.add_reviewer", error);
    if (g_str_equal(kind, "delegate") && is_act(a, "report"))
        return do_answer(a, "flow.report", error);
    if (g_str_equal(kind, "review") && (is_act(a, "agree") || is_act(a, "object")))
        return do_answer(a, "flow.review", error);
    return hj_fail(error, HJ_ERROR_CONFLICT, "This cannot be done where the record stands.");
}

/* Whoever asked somebody may ask no more: the open task of a reviewer or delegate. */
static bool
do_remove(Act *a, GError **error)
{
    int64_t above = 0;
    while (hj_rows_next(a->tasks) && above == 0)
        if (hj_rows_i64(a->tasks, "id") == a->act->task)
            above = hj_rows_i64(a->tasks, "above");
    hj_rows_rewind(a->tasks);
    while (above != 0 && hj_rows_next(a->tasks)) {
        if (hj_rows_i64(a->tasks, "id") != above)
            continue;
        if (!hj_task_is_for(a->tx, a->actor, a->tasks, error))
            return false;
        HjClosing how = { .task = a->act->task, .outcome = "removed", .on = a->on };
        return hj_task_close(a->tx, a->actor, &how, above, error) &&
               stay(a, "flow.remove_reviewer", error);
    }
    return hj_fail(error, HJ_ERROR_CONFLICT, "Nobody was asked there any more.");
}

/* --- acts without a task of one's own --- */

static bool
do_urge(Act *a, GError **error)
{
    bool urged = false;
    while (hj_rows_next(a->tasks)) {
        bool often = hj_rows_i64(a->tasks, "n_urged") >= URGE_MAX;
        bool lately = hj_tx_now(a->tx) - hj_rows_i64(a->tasks, "urged_at") < DAY_US;
        if (hj_rows_i64(a->tasks, "waits") > 0 || often ||
            (!hj_rows_null(a->tasks, "urged_at") && lately))
            continue;
        urged = true;
        if (!hj_tx_exec(a->tx, error, SQL_URGE, HJ_I64(hj_tx_county(a->tx)),
                        HJ_I64(hj_rows_i64(a->tasks, "id")), HJ_TIME(hj_tx_now(a->tx))))
            return false;
    }
    if (!urged)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "It was urged today already, or three times in all.");
    g_autofree char *told = g_strdup("{\"action\":\"urge\"}");
    HjEvent event = { .action = "flow.urge",
                      .subject = "row",
                      .ledger = a->c->ledger->name,
                      .row = a->c->id,
                      .org = a->c->org,
                      .after = told,
                      .reason = a->opinion,
                      .version = a->draft->version };
    return hj_event_append(a->tx, &event, error);
}

/* Nobody acted since: the row goes back to where its last mover took it from. */
static bool
do_withdraw(Act *a, GError **error)
{
    bool own = a->c->moved_by == a->actor->account ||
               (a->actor->behalf != 0 && a->c->moved_by == a->actor->behalf);
    bool untouched;
    if (!hj_case_untouched(a->tx, a->c, a->stored, &untouched, error))
        return false;
    if (!own || a->c->moved_from == NULL || hj_flow_node(a->c->flow, a->c->moved_from) == NULL)
        return hj_fail(error, HJ_ERROR_DENIED, "Only who moved it last can take that back.");
    if (!untouched)
        return hj_fail(error, HJ_ERROR_CONFLICT, "Somebody has acted on it since.");
    g_autofree char *to = g_strdup(a->c->moved_from);
    HjClosing how = {
        .outcome = "withdraw", .to_node = to, .opinion = a->opinion, .on = a->on
    };
    return hj_case_unextend(a->tx, a->c, error) &&
           hj_case_close_tasks(a->tx, a->actor, a->c, &how, error) &&
           hj_case_call_off_children(a->tx, a->actor, a->c, error) &&
           hj_case_move(a->tx, a->actor, a->c, a->draft, "withdraw", to, &how, error);
}

static bool
do_reopen(Act *a, GError **error)
{
    const HjFlowNode *to = hj_case_reopens_at(a->c);
    if (to == NULL)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "This cannot be done where the record stands.");
    if (!hj_case_check_reopen(a->tx, a->actor, a->c, error))
        return false;
    if (a->c->watch_until == HJ_DATE_NONE || a->on > a->c->watch_until)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The time of watching it is over.");
    if (!need_opinion(a))
        return hj_issues_refuse(error);
    HjClosing how = {
        .outcome = "reopen", .to_node = to->name, .opinion = a->opinion, .on = a->on
    };
    return hj_case_move(a->tx, a->actor, a->c, a->draft, "reopen", to->name, &how, error) &&
           hj_case_reopened(a->tx, a->c, error);
}

/* --- the way in --- */

static bool
read_opinion(Act *a)
{
    const char *text = a->act->opinion;
    if (text == NULL)
        return true;
    bool readable = g_utf8_validate(text, -1, NULL);
    a->opinion = readable ? hj_text_tidy(text) : NULL;
    if (!readable || !hj_text_is_clean(a->opinion, true))
        hj_issues_add(a->issues, "comment", "type",
                      N_("This text holds characters nobody can read."));
    else if (hj_text_length(a->opinion) > OPINION_MAX)
        hj_issues_add(a->issues, "comment", "length", N_("Write at most %d characters."),
                      OPINION_MAX);
    else if (*a->opinion == '\0')
        g_clear_pointer(&a->opinion, g_free);
    return hj_issues_count(a->issues) == 0;
}

/* An earlier day only where the node says so, and never before the row came there. */
static void
read_day(Act *a)
{
    HjDate today = hj_tx_today(a->tx);
    a->on = a->act->on != HJ_DATE_NONE ? a->act->on : today;
    a->back_filled = a->on != today;
    if (!a->back_filled)
        return;
    bool allowed = a->c->node != NULL && a->c->node->back_fill;
    if (!allowed || a->on > today)
        hj_issues_add(a->issues, "on", "range", N_("This step is dated today."));
    else if (g_strcmp0(hj_date_text(a->on).text, hj_rows_text(a->c->rows, "entered_on")) < 0)
        hj_issues_add(a->issues, "on", "range", N_("The record came here only on %s."),
                      hj_rows_text(a->c->rows, "entered_on"));
}

/* Fields come along with a task's act, those that may be changed where the row stands. */
static bool
read_fields(Act *a, GError **error)
{
    if (!hj_row_draft_read(a->tx, a->actor, a->draft, a->act->inputs, a->act->n_inputs,
                           a->issues, error) ||
        !hj_flow_check_edit(a->tx, a->actor, a->draft, a->issues, error))
        return false;
    if (hj_issues_count(a->issues) > 0)
        return hj_issues_refuse(error);
    if (hj_row_draft_changes(a->draft) &&
        !hj_row_draft_rules(a->tx, a->actor, a->draft, a->issues, error))
        return false;
    return hj_issues_count(a->issues) == 0 || hj_issues_refuse(error);
}

static bool
run(Act *a, GError **error)
{
    if (!read_opinion(a))
        return hj_issues_refuse(error);
    read_day(a);
    if (hj_issues_count(a->issues) > 0)
        return hj_issues_refuse(error);
    if (a->c->ended)
        return is_act(a, "reopen")
                   ? do_reopen(a, error)
                   : hj_fail(error, HJ_ERROR_CONFLICT, "This record has come to its end.");
    if (a->c->node == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "flow of %s: no node of the row's state",
                            a->c->ledger->name);
    if (is_act(a, "urge"))
        return do_urge(a, error);
    if (is_act(a, "withdraw"))
        return do_withdraw(a, error);
    if (is_act(a, "remove_reviewer"))
        return do_remove(a, error);
    return find_task(a, error) && read_fields(a, error) && act_on_task(a, error);
}

bool
hj_flow_act(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
            const HjFlowAct *act, HjIssues *issues, HjRowKey *ret, GError **error)
{
    bool urge = g_str_equal(act->action, "urge");
    g_auto(HjCase) c = { 0 };
    /* Where nothing is visible, not even a conflict is told. */
    if (!hj_case_load(tx, ledger, row, &c, error) ||
        !hj_access_check_row(tx, actor, ledger, HJ_ACCESS_VIEW, c.org, error))
        return false;
    g_autoptr(HjRows) stored = hj_row_load(tx, ledger, row, urge ? 0 : act->version, error);
    if (stored == NULL)
        return false;
    g_autoptr(HjRowDraft) draft = hj_row_draft_new(ledger, 0, 0, stored);
    g_autoptr(HjRows) tasks =
        hj_tx_query(tx, error, SQL_OPEN_TASKS, HJ_I64(hj_tx_county(tx)), HJ_I64(row));
    if (tasks == NULL)
        return false;
    Act a = { tx, actor, act, issues, &c, stored, draft, tasks, NULL, HJ_DATE_NONE, false };
    bool done = run(&a, error);
    g_free(a.opinion);
    if (done)
        *ret = (HjRowKey){ .id = row,
                           .version = draft->version,
                           .state = c.node != NULL ? c.node->name : HJ_NODE_CALLED_OFF };
    return done;
}
