#include "pack/action_words.h"
#include "pack/read.h"

#include <string.h>

#define SPAN_MAX 3650
#define WARN_DAYS 3

/* The ledger being read, whose arrays are not yet those of the pack. */
typedef struct {
    HjReader *r;
    const HjLedger *ledger;
    HjFlow *flow;
} Reading;

static bool
is_of_type(const HjLedger *ledger, const char *name, HjFieldType type)
{
    const HjField *field = hj_read_field_named(ledger, name);
    return field != NULL && field->type == type;
}

static const char **
read_names(HjReader *r, const HjYaml *node, const char *key, size_t *ret_n)
{
    const HjYaml *list = hj_reader_sequence(r, node, key, false);
    size_t n = list != NULL ? hj_yaml_count(list) : 0;
    const char **names = hj_reader_alloc(r, n, sizeof *names);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        const HjYaml *item = hj_yaml_at(list, i);
        if (item->kind != HJ_YAML_TEXT)
            hj_reader_say(r, item, "\"%s\" is a sequence of names", key);
        else
            names[(*ret_n)++] = hj_reader_keep(r, item->text);
    }
    return names;
}

/* Names of fields of the ledger itself. */
static const char **
read_fields(const Reading *g, const HjYaml *node, const char *key, size_t *ret_n)
{
    const char **names = read_names(g->r, node, key, ret_n);
    for (size_t i = 0; i < *ret_n; i++)
        if (hj_read_field_named(g->ledger, names[i]) == NULL)
            hj_reader_say(g->r, hj_yaml_get(node, key), "%s: the ledger has no field \"%s\"",
                          key, names[i]);
    return names;
}

/* A number, or the name of a parameter that holds one. */
static void
read_amount(HjReader *r, const HjYaml *node, const char *key, HjSpan *span)
{
    const HjYaml *value = hj_yaml_get(node, key);
    int64_t n = 0;
    if (value->kind == HJ_YAML_TEXT && g_ascii_isalpha(value->text[0]))
        hj_reader_ref(r, node, key, HJ_KIND_PARAM, true, (const void **)&span->param, NULL,
                      NULL);
    else if (hj_reader_integer(r, node, key, 0, SPAN_MAX, &n))
        span->n = (int)n;
}

/* "5wd", "100d", "2m" */
static bool
parse_short(const char *text, HjSpan *span)
{
    static const struct {
        const char *word;
        HjSpanUnit unit;
    } units[] = { { "d", HJ_SPAN_DAYS }, { "wd", HJ_SPAN_WORKDAYS }, { "m", HJ_SPAN_MONTHS } };
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 4)
        return false;
    for (size_t i = 0; i < digits; i++)
        span->n = span->n * 10 + (text[i] - '0');
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(text + digits, units[i].word) == 0)
            span->unit = units[i].unit;
    return span->unit != HJ_SPAN_NONE && span->n >= 1 && span->n <= SPAN_MAX;
}

static void
check_from(const Reading *g, const HjYaml *node, const char *name)
{
    const HjField *field = name != NULL ? hj_read_field_named(g->ledger, name) : NULL;
    if (name != NULL && (field == NULL || field->type != HJ_FIELD_DATE))
        hj_reader_say(g->r, node, "\"%s\" is no date field of the ledger", name);
}

static void
read_span(const Reading *g, const HjYaml *node, const char *key, const char *const *more_keys,
          HjSpan *span)
{
    static const struct {
        const char *key;
        HjSpanUnit unit;
    } units[] = { { "days", HJ_SPAN_DAYS },
                  { "workdays", HJ_SPAN_WORKDAYS },
                  { "months", HJ_SPAN_MONTHS } };
    static const char *const keys[] = { "days", "workdays", "months", "from",
                                        "id",   "until",    NULL };
    HjReader *r = g->r;
    const HjYaml *value = hj_reader_get(r, node, key, false);
    if (value == NULL)
        return;
    if (value->kind == HJ_YAML_TEXT) {
        if (!parse_short(value->text, span))
            hj_reader_say(r, value, "\"%s\" must be like 5wd, 100d or 2m", key);
        return;
    }
    if (!hj_reader_mapping(r, value, key, more_keys != NULL ? more_keys : keys))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (hj_yaml_get(value, units[i].key) == NULL)
            continue;
        if (span->unit != HJ_SPAN_NONE)
            hj_reader_say(r, value, "\"%s\" names two units", key);
        span->unit = units[i].unit;
        read_amount(r, value, units[i].key, span);
    }
    const char *until = hj_reader_name(r, value, "until", false);
    if (until != NULL && span->unit != HJ_SPAN_NONE)
        hj_reader_say(r, value, "\"%s\": either \"until\" or a span", key);
    else if (until == NULL && span->unit == HJ_SPAN_NONE)
        hj_reader_say(r, value, "\"%s\" must say days, workdays or months", key);
    span->from = until != NULL ? until : hj_reader_name(r, value, "from", false);
    if (until != NULL)
        span->unit = HJ_SPAN_DAYS;
    check_from(g, value, span->from);
    span->rule = hj_reader_text(r, value, "id", false);
    return;
}

void
hj_read_span(HjReader *r, const HjYaml *node, const char *key, const HjLedger *ledger,
             HjSpan *span)
{
    static const HjLedger none = { 0 };
    const Reading g = { r, ledger != NULL ? ledger : &none, NULL };
    read_span(&g, node, key, NULL, span);
}

/* The usual word for it where the pack gives none. */
static void
name_action(const Reading *g, const HjYaml *value, HjFlowAction *action)
{
    if (hj_action_is_reserved(action->name))
        hj_reader_say(g->r, value, "every flow has an act \"%s\" already", action->name);
    if (action->title.zh != NULL)
        return;
    const HjLabel *usual = hj_action_words(action->name);
    if (usual != NULL)
        action->title = *usual;
    else
        hj_reader_say(g->r, value, "the action \"%s\" needs a title", action->name);
}

/* {days: 30, field: extension_days, id: PET-3} or {spent: true} */
static void
read_extend(const Reading *g, const HjYaml *node, HjExtend *extend)
{
    static const char *const keys[] = { "days", "field", "id", "spent", NULL };
    HjReader *r = g->r;
    const HjYaml *value = hj_reader_get(r, node, "extend", false);
    if (value == NULL || !hj_reader_mapping(r, value, "extend", keys))
        return;
    extend->spent = hj_reader_flag(r, value, "spent");
    extend->most.rule = hj_reader_text(r, value, "id", false);
    if (extend->spent)
        return;
    extend->field = hj_reader_name(r, value, "field", true);
    const HjField *field =
        extend->field != NULL ? hj_read_field_named(g->ledger, extend->field) : NULL;
    if (field == NULL || field->type != HJ_FIELD_INTEGER)
        hj_reader_say(r, value, "extend: \"field\" must name a whole number of the ledger");
    if (hj_yaml_get(value, "days") == NULL)
        hj_reader_say(r, value, "extend: \"days\" must say how many at most");
    else {
        extend->most.unit = HJ_SPAN_DAYS;
        read_amount(r, value, "days", &extend->most);
    }
}

static void
read_action(const Reading *g, const HjYaml *to, size_t i, HjFlowAction *action)
{
    static const char *const keys[] = { "node",  "title",  "free", "needs",
                                        "until", "extend", NULL };
    HjReader *r = g->r;
    const HjYaml *value = hj_yaml_at(to, i);
    action->name = hj_reader_keep(r, hj_yaml_key_at(to, i));
    action->at = hj_reader_at(r, value);
    if (value->kind == HJ_YAML_TEXT) {
        action->to = hj_reader_keep(r, value->text);
        name_action(g, value, action);
        return;
    }
    if (!hj_reader_mapping(r, value, action->name, keys))
        return;
    action->to = hj_reader_name(r, value, "node", true);
    action->title = hj_reader_label(r, value, "title", false);
    name_action(g, value, action);
    action->free = hj_reader_flag(r, value, "free");
    action->needs = read_fields(g, value, "needs", &action->n_needs);
    read_span(g, value, "until", NULL, &action->until);
    read_extend(g, value, &action->extend);
}

static void
read_actions(const Reading *g, const HjYaml *node, HjFlowNode *n)
{
    const HjYaml *to = hj_reader_get(g->r, node, "to", !n->final);
    if (to == NULL)
        return;
    if (to->kind != HJ_YAML_MAPPING) {
        hj_reader_say(g->r, to, "\"to\" must be a mapping of actions to nodes");
        return;
    }
    n->actions = hj_reader_alloc(g->r, hj_yaml_count(to), sizeof *n->actions);
    for (size_t i = 0; i < hj_yaml_count(to); i++) {
        HjFlowAction *action = &n->actions[n->n_actions];
        read_action(g, to, i, action);
        n->n_actions += action->to != NULL;
    }
}

static void
read_guards(const Reading *g, const HjYaml *node, HjFlowNode *n)
{
    static const char *const keys[] = { "rule", "field", "says", "id", "on", NULL };
    HjReader *r = g->r;
    const HjYaml *list = hj_reader_sequence(r, node, "guard", false);
    size_t count = list != NULL ? hj_yaml_count(list) : 0;
    n->guards = hj_reader_alloc(r, count, sizeof *n->guards);
    for (size_t i = 0; i < count; i++) {
        const HjYaml *item = hj_yaml_at(list, i);
        if (!hj_reader_mapping(r, item, "a guard", keys))
            continue;
        HjGuard *guard = &n->guards[n->n_guards];
        guard->rule.rule = hj_reader_sql(r, item, "rule", true);
        guard->rule.says = hj_reader_label(r, item, "says", true);
        guard->rule.field = hj_reader_name(r, item, "field", false);
        guard->id = hj_reader_text(r, item, "id", false);
        guard->on = read_names(r, item, "on", &guard->n_on);
        if (guard->rule.field != NULL &&
            hj_read_field_named(g->ledger, guard->rule.field) == NULL)
            hj_reader_say(r, item, "the ledger has no field \"%s\"", guard->rule.field);
        for (size_t k = 0; k < guard->n_on; k++)
            if (hj_flow_action(n, guard->on[k]) == NULL)
                hj_reader_say(r, item, "on: the node has no action \"%s\"", guard->on[k]);
        n->n_guards += guard->rule.rule.text != NULL;
    }
}

static void
read_opens(const Reading *g, const HjYaml *node, HjFlowNode *n)
{
    static const char *const keys[] = { "ledger", "field",   "orgs", "org",  "copy",
                                        "wait",   "against", "veto", "then", NULL };
    static const char *const waits[] = { "all", "any", "none_against", NULL };
    HjReader *r = g->r;
    const HjYaml *value = hj_reader_get(r, node, "opens", false);
    if (value == NULL || !hj_reader_mapping(r, value, "opens", keys))
        return;
    HjOpens *opens = &n->opens;
    hj_reader_ref(r, value, "ledger", HJ_KIND_LEDGER, true, (const void **)&opens->ledger, NULL,
                  NULL);
    opens->field_name = hj_reader_name(r, value, "field", false);
    opens->orgs = hj_reader_ref(r, value, "orgs", HJ_KIND_ORG_KIND, false, NULL, NULL, NULL);
    opens->org = hj_reader_name(r, value, "org", false);
    opens->copied = read_fields(g, value, "copy", &opens->n_copied);
    int wait = hj_reader_word(r, value, "wait", waits, false);
    opens->wait = wait >= 0 ? (HjWait)wait : HJ_WAIT_ALL;
    opens->against = read_names(r, value, "against", &opens->n_against);
    opens->veto = hj_reader_name(r, value, "veto", false);
    opens->then = hj_reader_name(r, value, "then", false);
    if ((opens->field_name != NULL) + (opens->orgs != NULL) + (opens->org != NULL) > 1)
        hj_reader_say(r, value, "opens: either \"field\", \"orgs\" or \"org\"");
    if (opens->org != NULL && !is_of_type(g->ledger, opens->org, HJ_FIELD_ORG))
        hj_reader_say(r, value, "opens: org: \"%s\" is no org field of the ledger", opens->org);
    if (opens->n_against == 0 && (opens->veto != NULL || opens->wait == HJ_WAIT_NONE_AGAINST))
        hj_reader_say(r, value, "opens: \"against\" must say which end speaks against");
}

/* {row: member, to: to_branch, set: {left_on: moved_on}} */
static void
read_moves(const Reading *g, const HjYaml *node, HjFlowNode *n)
{
    static const char *const keys[] = { "row", "to", "set", NULL };
    HjReader *r = g->r;
    HjMoves *moves = &n->moves;
    const HjYaml *value = hj_reader_get(r, node, "moves", false);
    if (value == NULL || !hj_reader_mapping(r, value, "moves", keys))
        return;
    moves->at = hj_reader_at(r, value);
    moves->row = hj_reader_name(r, value, "row", true);
    moves->to = hj_reader_name(r, value, "to", false);
    const HjYaml *set = hj_yaml_get(value, "set");
    size_t n_set = set != NULL && set->kind == HJ_YAML_MAPPING ? hj_yaml_count(set) : 0;
    moves->theirs = hj_reader_alloc(r, n_set, sizeof *moves->theirs);
    moves->ours = hj_reader_alloc(r, n_set, sizeof *moves->ours);
    for (size_t i = 0; i < n_set; i++) {
        moves->theirs[moves->n_set] = hj_reader_keep(r, hj_yaml_key_at(set, i));
        moves->ours[moves->n_set] = hj_reader_name(r, set, hj_yaml_key_at(set, i), true);
        moves->n_set += moves->ours[moves->n_set] != NULL;
    }
    if (set != NULL && set->kind != HJ_YAML_MAPPING)
        hj_reader_say(r, set, "moves: \"set\" must be a mapping of fields to fields");
    if (moves->to == NULL && moves->n_set == 0)
        hj_reader_say(r, value, "moves: neither \"to\" nor \"set\" says what happens");
    if (!n->final)
        hj_reader_say(r, value, "\"moves\" belongs to a final node");
    if (n->watch.unit != HJ_SPAN_NONE)
        hj_reader_say(r, value, "moves: what moved a row is not opened again (\"watch\")");
}

static void
read_two_people(const Reading *g, const HjYaml *node, HjFlowNode *n)
{
    const HjYaml *value = hj_yaml_get(node, "two_people");
    if (value == NULL)
        return;
    if (value->kind == HJ_YAML_SEQUENCE) {
        n->two_people = true;
        n->second = hj_reader_refs(g->r, node, "two_people", HJ_KIND_ROLE, true, NULL, NULL,
                                   &n->n_second);
        return;
    }
    n->two_people = hj_reader_flag(g->r, node, "two_people");
}

static void
read_end(const Reading *g, const HjYaml *node, HjFlowNode *n)
{
    static const char *const keys[] = { "days", "workdays", "months", "from",
                                        "id",   "reopen",   "by",     NULL };
    const HjYaml *watch = hj_reader_get(g->r, node, "watch", false);
    if (watch == NULL)
        return;
    if (!n->final)
        hj_reader_say(g->r, watch, "\"watch\" belongs to a final node");
    if (watch->kind != HJ_YAML_MAPPING) {
        hj_reader_say(g->r, watch, "\"watch\" must be {months: …, reopen: NODE}");
        return;
    }
    read_span(g, node, "watch", keys, &n->watch);
    n->reopen = hj_reader_name(g->r, watch, "reopen", true);
    n->reopen_by =
        hj_reader_refs(g->r, watch, "by", HJ_KIND_ROLE, false, NULL, NULL, &n->n_reopen_by);
}

static void
read_evidence(const Reading *g, const HjYaml *node, HjFlowNode *n)
{
    static const char *const keys[] = { "min", "fields", NULL };
    int64_t min = 1;
    const HjYaml *value = hj_reader_get(g->r, node, "evidence", false);
    if (value == NULL || !hj_reader_mapping(g->r, value, "evidence", keys))
        return;
    hj_reader_integer(g->r, value, "min", 1, 20, &min);
    n->min_evidence = (int)min;
    n->evidence = read_fields(g, value, "fields", &n->n_evidence);
    if (n->n_evidence == 0)
        hj_reader_say(g->r, value, "evidence: \"fields\" must name what counts");
}

static void
read_node(const Reading *g, const HjYaml *node, HjFlowNode *n)
{
    static const char *const keys[] = { "node",     "title",     "help",       "by",
                                        "copy",     "form",      "needs",      "within",
                                        "warn",     "restart",   "hold",       "objections",
                                        "evidence", "guard",     "two_people", "opens",
                                        "to",       "back",      "back_fill",  "final",
                                        "watch",    "supervise", "moves",      NULL };
    static const char *const backs[] = { "any", "previous", "start", "none", NULL };
    HjReader *r = g->r;
    int64_t warn = WARN_DAYS;
    if (!hj_reader_mapping(r, node, "a node", keys))
        return;
    n->name = hj_reader_name(r, node, "node", true);
    n->at = hj_reader_at(r, node);
    n->title = hj_reader_label(r, node, "title", true);
    n->help = hj_reader_label(r, node, "help", false);
    n->final = hj_reader_flag(r, node, "final");
    n->by = hj_reader_refs(r, node, "by", HJ_KIND_ROLE, !n->final, NULL, NULL, &n->n_by);
    n->copy = hj_reader_refs(r, node, "copy", HJ_KIND_ROLE, false, NULL, NULL, &n->n_copy);
    n->form = read_fields(g, node, "form", &n->n_form);
    n->needs = read_fields(g, node, "needs", &n->n_needs);
    read_span(g, node, "within", NULL, &n->within);
    read_span(g, node, "hold", NULL, &n->hold);
    hj_reader_integer(r, node, "warn", 0, 365, &warn);
    n->warn = (int)warn;
    n->restart = hj_reader_flag(r, node, "restart");
    hj_read_supervise(r, node, &n->supervise);
    if (hj_yaml_get(node, "supervise") != NULL && n->within.unit == HJ_SPAN_NONE)
        hj_reader_say(r, node, "supervise: nothing is overdue without \"within\"");
    hj_reader_ref(r, node, "objections", HJ_KIND_LEDGER, false, (const void **)&n->objections,
                  NULL, NULL);
    read_evidence(g, node, n);
    read_actions(g, node, n);
    read_guards(g, node, n);
    read_two_people(g, node, n);
    read_opens(g, node, n);
    int back = hj_reader_word(r, node, "back", backs, false);
    n->back = back >= 0 ? (HjBack)back : HJ_BACK_ANY;
    n->back_fill = hj_reader_flag(r, node, "back_fill");
    read_end(g, node, n);
    read_moves(g, node, n);
    if (n->final && n->n_actions > 0)
        hj_reader_say(r, node, "a final node has no \"to\"");
    if (n->name != NULL &&
        (strcmp(n->name, HJ_NODE_CALLED_OFF) == 0 || strcmp(n->name, "recorded") == 0))
        hj_reader_say(r, node, "\"%s\" is a reserved name", n->name);
}

static void
check_node(const Reading *g, const char *name, const HjSource *at)
{
    if (name != NULL && hj_flow_node(g->flow, name) == NULL)
        hj_pack_problems_add(g->r->problems, at, "the flow has no node \"%s\"", name);
}

static bool
leads_anywhere(const HjFlowNode *node, const HjFlow *flow, const bool *reached)
{
    for (size_t i = 0; i < node->n_actions; i++) {
        int to = hj_flow_position(flow, node->actions[i].to);
        if (to >= 0 && reached[to])
            return true;
    }
    int then = node->opens.then != NULL ? hj_flow_position(flow, node->opens.then) : -1;
    return then >= 0 && reached[then];
}

/* From every node some final one can be reached: nothing may be stuck by its own rules. */
static void
check_ends(const Reading *g)
{
    const HjFlow *flow = g->flow;
    g_autofree bool *ends = g_new0(bool, flow->n_nodes + 1);
    for (size_t i = 0; i < flow->n_nodes; i++)
        ends[i] = flow->nodes[i].final;
    for (size_t round = 0; round < flow->n_nodes; round++)
        for (size_t i = 0; i < flow->n_nodes; i++)
            ends[i] = ends[i] || leads_anywhere(&flow->nodes[i], flow, ends);
    for (size_t i = 0; i < flow->n_nodes; i++)
        if (!ends[i])
            hj_pack_problems_add(g->r->problems, &flow->nodes[i].at,
                                 "no final node can be reached from \"%s\"",
                                 flow->nodes[i].name);
}

/* Time is added to a deadline that goes on; one that is given anew has none to add to. */
static void
check_extend(const Reading *g, const HjFlowAction *action)
{
    const HjFlowNode *to = hj_flow_node(g->flow, action->to);
    if (!hj_flow_extends(action))
        return;
    if (to != NULL && (to->within.unit == HJ_SPAN_NONE || to->restart))
        hj_pack_problems_add(g->r->problems, &action->at,
                             "extend: \"%s\" has no deadline that goes on", action->to);
    for (size_t i = 0; i < g->flow->n_nodes; i++)
        for (size_t k = 0; k < g->flow->nodes[i].n_actions; k++) {
            const HjFlowAction *other = &g->flow->nodes[i].actions[k];
            if (hj_flow_extends(other) && strcmp(other->to, action->to) == 0 &&
                other->extend.spent != action->extend.spent)
                hj_pack_problems_add(g->r->problems, &action->at,
                                     "extend: \"%s\" is given time in two ways", action->to);
        }
}

static void
check_nodes(const Reading *g)
{
    const HjFlow *flow = g->flow;
    check_node(g, flow->start, &flow->at);
    for (size_t i = 0; i < flow->n_nodes; i++) {
        const HjFlowNode *node = &flow->nodes[i];
        check_node(g, node->reopen, &node->at);
        check_node(g, node->opens.veto, &node->at);
        check_node(g, node->opens.then, &node->at);
        for (size_t k = 0; k < node->n_actions; k++) {
            check_node(g, node->actions[k].to, &node->actions[k].at);
            check_extend(g, &node->actions[k]);
        }
        if (hj_flow_position(flow, node->name) != (int)i)
            hj_pack_problems_add(g->r->problems, &node->at, "the node \"%s\" is written twice",
                                 node->name);
    }
    const HjFlowNode *start = hj_flow_node(flow, flow->start);
    if (start != NULL && start->final)
        hj_pack_problems_add(g->r->problems, &flow->at, "the start is a final node");
    check_ends(g);
}

void
hj_read_flow(HjReader *r, const HjYaml *root, HjLedger *ledger)
{
    static const char *const keys[] = { "start", "rules_on", "volume", "nodes", NULL };
    const HjYaml *value = hj_reader_get(r, root, "flow", false);
    if (value == NULL || !hj_reader_mapping(r, value, "flow", keys))
        return;
    HjFlow *flow = hj_reader_alloc(r, 1, sizeof *flow);
    Reading g = { r, ledger, flow };
    flow->at = hj_reader_at(r, value);
    flow->start = hj_reader_name(r, value, "start", true);
    flow->rules_on = hj_reader_name(r, value, "rules_on", false);
    flow->volume = hj_reader_flag(r, value, "volume");
    check_from(&g, value, flow->rules_on);
    const HjYaml *nodes = hj_reader_sequence(r, value, "nodes", true);
    size_t n = nodes != NULL ? hj_yaml_count(nodes) : 0;
    flow->nodes = hj_reader_alloc(r, n, sizeof *flow->nodes);
    for (size_t i = 0; i < n; i++) {
        HjFlowNode *node = &flow->nodes[flow->n_nodes];
        *node = (HjFlowNode){ 0 };
        read_node(&g, hj_yaml_at(nodes, i), node);
        flow->n_nodes += node->name != NULL;
    }
    check_nodes(&g);
    ledger->flow = flow;
}

/* --- what only the whole pack can tell --- */

static void
check_opens(HjReader *r, const HjLedger *ledger, HjFlowNode *node)
{
    HjOpens *opens = &node->opens;
    const HjLedger *child = opens->ledger;
    if (child == NULL)
        return;
    if (child->in == NULL || strcmp(child->in->name, ledger->name) != 0)
        hj_pack_problems_add(r->problems, &node->at, "opens: rows of %s do not lie in %s",
                             child->name, ledger->name);
    if (child->flow == NULL)
        hj_pack_problems_add(r->problems, &node->at, "opens: %s has no flow", child->name);
    if ((opens->orgs != NULL || opens->org != NULL) && !child->across)
        hj_pack_problems_add(r->problems, &node->at,
                             "opens: %s: needs \"across: true\" at the ledger %s",
                             opens->orgs != NULL ? "orgs" : "org", child->name);
    if (opens->field_name != NULL) {
        opens->field = hj_read_field_named(child, opens->field_name);
        if (opens->field == NULL || opens->field->type != HJ_FIELD_CHOICE)
            hj_pack_problems_add(r->problems, &node->at, "opens: %s has no choice field \"%s\"",
                                 child->name, opens->field_name);
    }
    for (size_t i = 0; i < opens->n_copied; i++) {
        const HjField *to = hj_read_field_named(child, opens->copied[i]);
        const HjField *from = hj_read_field_named(ledger, opens->copied[i]);
        if (to == NULL || (from != NULL && from->type != to->type))
            hj_pack_problems_add(r->problems, &node->at,
                                 "opens: copy: %s has no such field \"%s\"", child->name,
                                 opens->copied[i]);
    }
    for (size_t i = 0; i < opens->n_against && child->flow != NULL; i++) {
        const HjFlowNode *end = hj_flow_node(child->flow, opens->against[i]);
        if (end == NULL || !end->final)
            hj_pack_problems_add(r->problems, &node->at,
                                 "opens: against: \"%s\" is no final node of %s",
                                 opens->against[i], child->name);
    }
}

static bool
may_be_at(const HjLedger *ledger, const char *kind)
{
    for (size_t i = 0; i < ledger->n_of; i++)
        if (strcmp(ledger->of[i], kind) == 0)
            return true;
    return ledger->n_of == 0;
}

static void
check_set(HjReader *r, const HjLedger *ledger, const HjLedger *target, const HjMoves *moves)
{
    for (size_t i = 0; i < moves->n_set; i++) {
        const HjField *theirs = hj_read_field_named(target, moves->theirs[i]);
        const HjField *ours = hj_read_field_named(ledger, moves->ours[i]);
        if (theirs == NULL || ours == NULL || theirs->type != ours->type ||
            theirs->scale != ours->scale || theirs->list != ours->list ||
            theirs->ledger != ours->ledger || hj_pack_field_is_sealed(theirs) ||
            theirs->type == HJ_FIELD_FILES || theirs->number != NULL ||
            theirs->max_length < ours->max_length)
            hj_pack_problems_add(r->problems, &moves->at,
                                 "moves: set: %s of %s cannot take what is in %s",
                                 moves->theirs[i], target->name, moves->ours[i]);
    }
}

static void
check_moves(HjReader *r, const HjLedger *ledger, const HjMoves *moves)
{
    const HjField *row = moves->row != NULL ? hj_read_field_named(ledger, moves->row) : NULL;
    const HjField *to = moves->to != NULL ? hj_read_field_named(ledger, moves->to) : NULL;
    if (moves->row == NULL)
        return;
    if (row == NULL || (row->type != HJ_FIELD_ROW && row->type != HJ_FIELD_PERSON)) {
        hj_pack_problems_add(r->problems, &moves->at, "moves: \"%s\" cites no row", moves->row);
        return;
    }
    if (moves->to != NULL && (to == NULL || to->type != HJ_FIELD_ORG))
        hj_pack_problems_add(r->problems, &moves->at,
                             "moves: \"%s\" is no org field of the ledger", moves->to);
    if (row->ledger == NULL)
        return;
    if (row->ledger->in != NULL && moves->to != NULL)
        hj_pack_problems_add(r->problems, &moves->at,
                             "moves: rows of %s lie under others and go where those go",
                             row->ledger->name);
    if (to != NULL && to->org_kind != NULL && !may_be_at(row->ledger, to->org_kind))
        hj_pack_problems_add(r->problems, &moves->at,
                             "moves: rows of %s do not belong to organizations of the kind %s",
                             row->ledger->name, to->org_kind);
    check_set(r, ledger, row->ledger, moves);
}

static void
check_span(HjReader *r, const HjFlowNode *node, const HjSpan *span)
{
    if (span->param != NULL && span->param->type != HJ_FIELD_INTEGER)
        hj_pack_problems_add(r->problems, &node->at, "the parameter %s is no whole number",
                             span->param->name);
    if (span->unit != HJ_SPAN_NONE && span->param == NULL && span->n == 0 && span->from == NULL)
        hj_pack_problems_add(r->problems, &node->at,
                             "nothing lasts 0, unless \"from\" names its day");
}

void
hj_read_flow_check(HjReader *r, HjLedger *ledger)
{
    if (ledger->flow == NULL)
        return;
    for (size_t i = 0; i < ledger->flow->n_nodes; i++) {
        HjFlowNode *node = &ledger->flow->nodes[i];
        check_opens(r, ledger, node);
        check_moves(r, ledger, &node->moves);
        check_span(r, node, &node->within);
        check_span(r, node, &node->hold);
        check_span(r, node, &node->watch);
        for (size_t k = 0; k < node->n_actions; k++) {
            check_span(r, node, &node->actions[k].until);
            check_span(r, node, &node->actions[k].extend.most);
        }
        hj_read_supervise_check(r, &node->supervise, ledger->of, ledger->n_of, &node->at);
        if (node->objections != NULL &&
            (node->objections->in == NULL || node->objections->flow == NULL ||
             strcmp(node->objections->in->name, ledger->name) != 0))
            hj_pack_problems_add(r->problems, &node->at,
                                 "objections: %s must lie in %s and have a flow",
                                 node->objections->name, ledger->name);
    }
}
