#include "web/flow_words.h"

#include "pack/action_words.h"
#include "web/page.h"

#define HOUR_US (3600 * INT64_C(1000000))

const char *
hj_flow_words_node(HjRequest *req, const HjLedger *ledger, const char *name)
{
    if (name == NULL)
        return NULL;
    const HjFlowNode *node = ledger->flow != NULL ? hj_flow_node(ledger->flow, name) : NULL;
    if (node != NULL)
        return hj_page_label(req, &node->title);
    if (g_str_equal(name, HJ_NODE_CALLED_OFF))
        return hj_page_tr(req, N_("Called off"));
    return hj_request_strdup(req, name);
}

/* --- acts --- */

/* Acts that every flow has, and how a task may end without one. */
static const char *
general_word(const char *action)
{
    static const struct {
        const char *action, *text;
    } words[] = {
        { "send_back", N_("Send back") },
        { "transfer", N_("Hand to another person") },
        { "delegate", N_("Have somebody prepare it") },
        { "report", N_("Report back") },
        { "add_reviewer", N_("Ask a reviewer") },
        { "remove_reviewer", N_("Ask no more") },
        { "agree", N_("Agree") },
        { "object", N_("Object") },
        { "urge", N_("Urge") },
        { "withdraw", N_("Take it back") },
        { "reopen", N_("Open again") },
        { "moot", N_("Nobody needs it any more") },
        { "removed", N_("Asked no more") },
        { "called_off", N_("Called off") },
        { "call_off", N_("Called off") },
        { "veto", N_("Ended by an answer against it") },
        { "answered", N_("All have answered; it went on") },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(words[i].action, action))
            return words[i].text;
    return NULL;
}

static const HjFlowAction *
action_of(const HjLedger *ledger, const char *node, const char *action)
{
    const HjFlow *flow = ledger->flow;
    if (flow == NULL)
        return NULL;
    const HjFlowNode *at = node != NULL ? hj_flow_node(flow, node) : NULL;
    if (node != NULL)
        return at != NULL ? hj_flow_action(at, action) : NULL;
    for (size_t i = 0; i < flow->n_nodes; i++) {
        const HjFlowAction *found = hj_flow_action(&flow->nodes[i], action);
        if (found != NULL)
            return found;
    }
    return NULL;
}

const char *
hj_flow_words_action(HjRequest *req, const HjLedger *ledger, const char *node,
                     const char *action)
{
    if (action == NULL)
        return NULL;
    const HjFlowAction *own = action_of(ledger, node, action);
    if (own != NULL && own->title.zh != NULL)
        return hj_page_label(req, &own->title);
    const char *general = own == NULL ? general_word(action) : NULL;
    if (general != NULL)
        return hj_page_tr(req, general);
    const HjLabel *usual = hj_action_words(action);
    return usual != NULL ? hj_page_label(req, usual) : hj_request_strdup(req, action);
}

const char *
hj_flow_words_kind(HjRequest *req, const char *kind)
{
    static const struct {
        const char *kind, *text;
    } words[] = {
        { "act", N_("to handle") },        { "second", N_("second signature") },
        { "review", N_("review asked") },  { "delegate", N_("to prepare") },
        { "copy", N_("for information") },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_strcmp0(words[i].kind, kind) == 0)
            return hj_page_tr(req, words[i].text);
    return NULL;
}

/* --- deadlines --- */

const char *
hj_flow_words_light(HjRequest *req, const char *light)
{
    if (g_strcmp0(light, "red") == 0)
        return hj_page_tr(req, N_("overdue"));
    if (g_strcmp0(light, "yellow") == 0)
        return hj_page_tr(req, N_("due soon"));
    return g_strcmp0(light, "green") == 0 ? hj_page_tr(req, N_("in time")) : NULL;
}

static HjDate
date_of(const char *text)
{
    HjDate date = HJ_DATE_NONE;
    if (text != NULL)
        hj_date_parse(text, &date, NULL);
    return date;
}

const char *
hj_flow_words_light_of(HjRequest *req, const char *due_on, const char *warn_on)
{
    HjDate today = hj_tx_today(hj_request_tx(req));
    HjDate due = date_of(due_on), warn = date_of(warn_on);
    if (due == HJ_DATE_NONE)
        return "";
    if (today > due)
        return "red";
    return warn != HJ_DATE_NONE && today >= warn ? "yellow" : "green";
}

/* Why a span has no end: what it counts from is empty, or the calendar does not reach. */
static const char *
no_end(HjRequest *req, const HjLedger *ledger, const char *node)
{
    const HjFlowNode *at =
        ledger->flow != NULL && node != NULL ? hj_flow_node(ledger->flow, node) : NULL;
    const HjField *from =
        at != NULL && at->within.from != NULL && at->within.unit != HJ_SPAN_WORKDAYS
            ? hj_pack_field(ledger, at->within.from)
            : NULL;
    if (from != NULL)
        return hj_request_printf(
            req, hj_page_tr(req, N_("Counts from “%s”, which is not filled in yet")),
            hj_page_label(req, &from->title));
    return hj_page_tr(req, N_("Cannot be computed yet (calendar of working days not loaded)"));
}

const char *
hj_flow_words_due(HjRequest *req, const HjLedger *ledger, const char *node, const char *due_on,
                  const char *due_rule)
{
    HjDate due = date_of(due_on);
    if (due == HJ_DATE_NONE)
        return due_rule != NULL ? no_end(req, ledger, node) : NULL;
    int left = (int)(due - hj_tx_today(hj_request_tx(req)));
    if (left == 0)
        return hj_page_tr(req, N_("due today"));
    if (left == 1)
        return hj_page_tr(req, N_("1 day left"));
    if (left == -1)
        return hj_page_tr(req, N_("1 day overdue"));
    return left > 0 ? hj_request_printf(req, hj_page_tr(req, N_("%d days left")), left)
                    : hj_request_printf(req, hj_page_tr(req, N_("%d days overdue")), -left);
}

/* --- people --- */

static void
add_role(HjRequest *req, GString *text, const char *name)
{
    const HjPack *pack = hj_request_pack(req);
    for (size_t i = 0; i < pack->n_roles; i++) {
        if (!g_str_equal(pack->roles[i].name, name))
            continue;
        if (text->len > 0)
            g_string_append(text, hj_request_lang(req) == HJ_ZH ? "、" : ", ");
        g_string_append(text, hj_page_label(req, &pack->roles[i].title));
    }
}

static const char *
or_null(HjRequest *req, GString *text)
{
    const char *out = hj_request_adopt(req, g_string_free(text, FALSE), g_free);
    return *out != '\0' ? out : NULL;
}

const char *
hj_flow_words_roles(HjRequest *req, const char *roles)
{
    GString *text = g_string_new(NULL);
    g_auto(GStrv) names = g_strsplit(roles != NULL ? roles : "", ",", -1);
    for (char **name = names; *name != NULL; name++)
        add_role(req, text, *name);
    return or_null(req, text);
}

const char *
hj_flow_words_actors(HjRequest *req, const HjFlowNode *node)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < node->n_by; i++)
        add_role(req, text, node->by[i]);
    return or_null(req, text);
}

/* --- people at their places --- */

#define MAX_DEPTH 12

typedef struct {
    const char *kind, *name;
} Above;

/* The organization and those above it, lent by the request. */
static size_t
load_above(HjRequest *req, int64_t org, Above above[MAX_DEPTH])
{
    size_t n = 0;
    while (org != 0 && n < MAX_DEPTH) {
        HjRows *row = hj_org_get(hj_request_tx(req), org, NULL);
        if (row == NULL)
            break;
        hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
        if (!hj_rows_next(row))
            break;
        above[n++] = (Above){ hj_rows_text(row, "kind"), hj_rows_text(row, "name") };
        org = hj_rows_i64(row, "parent");
    }
    return n;
}

static const char *
place_of(const HjRole *role, const Above *above, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < role->n_at_kinds; k++)
            if (g_str_equal(role->at_kinds[k], above[i].kind))
                return above[i].name;
    return NULL;
}

const char *
hj_flow_words_who(HjRequest *req, int64_t org, const char *roles)
{
    Above above[MAX_DEPTH];
    size_t n = load_above(req, org, above);
    GString *text = g_string_new(NULL);
    g_auto(GStrv) names = g_strsplit(roles != NULL ? roles : "", ",", -1);
    for (char **name = names; *name != NULL; name++) {
        const HjRole *role = **name != '\0' ? hj_pack_role(hj_request_pack(req), *name) : NULL;
        const char *place = role != NULL ? place_of(role, above, n) : NULL;
        if (role == NULL)
            continue;
        if (text->len > 0)
            g_string_append(text, hj_request_lang(req) == HJ_ZH ? "、" : ", ");
        if (place != NULL)
            g_string_append_printf(text, "%s ", place);
        g_string_append(text, hj_page_label(req, &role->title));
    }
    return or_null(req, text);
}

/* --- spans --- */

const char *
hj_flow_words_span(HjRequest *req, const HjSpan *span, HjDate rules_on)
{
    const HjParamValue *value =
        span->param != NULL ? hj_pack_param_value(span->param, rules_on) : NULL;
    int n = span->param == NULL ? span->n : value != NULL ? (int)value->number : 0;
    switch (span->unit) {
    case HJ_SPAN_DAYS:
        return hj_request_printf(req, hj_page_tr(req, N_("%d days")), n);
    case HJ_SPAN_WORKDAYS:
        return hj_request_printf(req, hj_page_tr(req, N_("%d working days")), n);
    case HJ_SPAN_MONTHS:
        return hj_request_printf(req, hj_page_tr(req, N_("%d months")), n);
    case HJ_SPAN_NONE:
        break;
    }
    return NULL;
}

const char *
hj_flow_words_spent(HjRequest *req, HjTime from, HjTime to)
{
    int64_t hours = (to - from) / HOUR_US;
    if (hours < 1)
        return hj_page_tr(req, N_("less than 1 hour"));
    if (hours < 2 || (hours >= 24 && hours < 48))
        return hj_page_tr(req, hours < 2 ? N_("1 hour") : N_("1 day"));
    if (hours < 24)
        return hj_request_printf(req, hj_page_tr(req, N_("%d hours")), (int)hours);
    return hj_request_printf(req, hj_page_tr(req, N_("%d days")), (int)(hours / 24));
}
