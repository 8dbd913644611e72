/* Rows that move, over the JSON API: acting, the way so far, and what a flow is. */
#include "base/id.h"
#include "web/api_calls.h"
#include "web/flow_words.h"
#include "web/internal.h"
#include "web/meanwhile.h"
#include "web/pages_flow.h"
#include "web/rowquery.h"

#include <string.h>

const HjApiMember hj_api_act_body[] = {
    { "version", HJ_JSON_INTEGER, false },
    { "fields", HJ_JSON_OBJECT, false },
    { "comment", HJ_JSON_STRING, false },
    { "evidence", HJ_JSON_ARRAY, false },
    { "task", HJ_JSON_STRING, false },
    { "to", HJ_JSON_STRING, false },
    { "account", HJ_JSON_STRING, false },
    { "on", HJ_JSON_STRING, false },
    { 0 },
};
enum { VERSION, FIELDS, COMMENT, EVIDENCE, TASK, TO, ACCOUNT, ON };

typedef struct {
    HjRequest *req;
    const HjLedger *ledger;
    HjRows *row;
    int64_t id;
    const HjJson *body[HJ_API_MAX_MEMBERS];
} Call;

static bool
load(Call *c, GError **error)
{
    c->ledger = hj_api_ledger(c->req, error);
    if (c->ledger == NULL || !hj_request_part_i64(c->req, "id", &c->id, error))
        return false;
    c->row =
        hj_row_get(hj_request_tx(c->req), hj_request_actor(c->req), c->ledger, c->id, error);
    if (c->row == NULL)
        return false;
    hj_request_adopt(c->req, c->row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(c->row))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such record.");
    return c->ledger->flow != NULL ||
           hj_fail(error, HJ_ERROR_NOT_FOUND, "This record does not move through a flow.");
}

/* --- acting --- */

static bool
wrong(const Call *c, const char *field, const char *msgid)
{
    HjLabel says = { .zh = hj_tr(HJ_ZH, msgid), .en = hj_tr(HJ_EN, msgid) };
    hj_issues_add_label(hj_request_issues(c->req), field, "type", &says);
    return false;
}

static void
read_numbers(const Call *c, HjFlowAct *act)
{
    const HjJson *const *body = c->body;
    if (body[TASK] != NULL && !hj_id_parse(hj_json_string(body[TASK]), &act->task))
        wrong(c, "task", N_("Must be the number of a task."));
    if (body[ACCOUNT] != NULL && !hj_id_parse(hj_json_string(body[ACCOUNT]), &act->to_account))
        wrong(c, "account", N_("Must be the number of an account."));
    if (body[ON] != NULL && !hj_date_parse(hj_json_string(body[ON]), &act->on, NULL))
        wrong(c, "on", N_("Must be a date like 2018-03-05."));
}

/* Where files go that come as evidence: the first such field the node counts as evidence. */
static const HjField *
evidence_field(const Call *c)
{
    const HjFlowNode *node = hj_flow_node(c->ledger->flow, hj_rows_text(c->row, "state"));
    for (size_t i = 0; node != NULL && i < node->n_evidence; i++) {
        const HjField *field = hj_pack_field(c->ledger, node->evidence[i]);
        if (field != NULL && field->type == HJ_FIELD_FILES)
            return field;
    }
    return NULL;
}

/* The files there are already, and the new ones: "1,2,3". */
static bool
read_evidence(const Call *c, HjRowInput *input)
{
    const HjJson *files = c->body[EVIDENCE];
    const HjField *field = evidence_field(c);
    if (field == NULL)
        return wrong(c, "evidence", N_("This step takes no files as evidence."));
    const char *kept = hj_rows_text(c->row, field->name);
    g_autoptr(GString) ids = g_string_new(kept != NULL ? kept : "");
    for (size_t i = 0; i < hj_json_count(files); i++) {
        const HjJson *one = hj_json_at(files, i);
        int64_t id = 0;
        if (hj_json_kind(one) != HJ_JSON_STRING || !hj_id_parse(hj_json_string(one), &id))
            return wrong(c, "evidence", N_("Must be numbers of files."));
        g_string_append_printf(ids, "%s%" G_GINT64_FORMAT,
                               ids->len > 0 && ids->str[ids->len - 1] != ',' ? "," : "", id);
    }
    const char *first = ids->str + (*ids->str == ',' ? 1 : 0);
    *input = (HjRowInput){ .name = field->name, .text = hj_request_strdup(c->req, first) };
    return true;
}

static bool
read_inputs(const Call *c, HjFlowAct *act)
{
    const HjJson *fields = c->body[FIELDS];
    size_t n = fields != NULL ? hj_json_count(fields) : 0;
    HjRowInput *inputs = hj_request_new(c->req, HjRowInput, n + 1);
    for (size_t i = 0; i < n; i++)
        inputs[i] =
            (HjRowInput){ .name = hj_json_key_at(fields, i), .json = hj_json_at(fields, i) };
    if (c->body[EVIDENCE] != NULL && hj_json_count(c->body[EVIDENCE]) > 0 &&
        !read_evidence(c, &inputs[n++]))
        return false;
    act->inputs = inputs;
    act->n_inputs = n;
    return true;
}

/* Of the body or of If-Match; urging needs none. */
static bool
read_version(const Call *c, HjFlowAct *act, HjResponse **ret_stale)
{
    int64_t stored = hj_rows_i64(c->row, "version");
    const HjJson *version = c->body[VERSION];
    act->version = version != NULL ? hj_json_integer(version) : 0;
    if (hj_request_header(c->req, "if-match") != NULL) {
        if (hj_web_if_match(c->req, stored) == HJ_IF_MATCH_FAILS)
            *ret_stale = hj_web_refuse(c->req, 412, NULL);
        else if (version == NULL)
            act->version = stored;
    } else if (version == NULL && !g_str_equal(act->action, "urge")) {
        HjLabel says = { .zh = hj_tr(HJ_ZH, N_("This is needed.")), .en = "This is needed." };
        hj_issues_add_label(hj_request_issues(c->req), "version", "required", &says);
    }
    return true;
}

/* "happened": what others did since that version. */
static void
write_happened(HjJsonWriter *w, gpointer data)
{
    const Call *c = data;
    size_t n = 0;
    int64_t version = c->body[VERSION] != NULL ? hj_json_integer(c->body[VERSION]) : 0;
    const HjHistoryItem *items = hj_meanwhile_events(c->req, c->ledger, c->row, version, &n);
    hj_json_put_i64(w, "version", hj_rows_i64(c->row, "version"));
    hj_json_put_text(w, "state", hj_rows_text(c->row, "state"));
    hj_json_key(w, "happened");
    hj_json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        hj_json_begin_object(w);
        hj_api_write_at(w, "at", items[i].at);
        hj_json_put_text(w, "actor", items[i].actor);
        hj_json_put_text(w, "did", items[i].action);
        hj_json_put_text(w, "opinion", items[i].reason);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
}

HjResponse *
hj_api_act(HjRequest *req, GError **error)
{
    Call c = { .req = req };
    HjFlowAct act = { .action = hj_request_part(req, "action"), .on = HJ_DATE_NONE };
    HjResponse *stale = NULL;
    if (!load(&c, error) || !hj_api_read_body(req, hj_api_act_body, c.body, error))
        return NULL;
    read_version(&c, &act, &stale);
    if (stale != NULL)
        return stale;
    read_numbers(&c, &act);
    act.opinion = c.body[COMMENT] != NULL ? hj_json_string(c.body[COMMENT]) : NULL;
    act.to_node = c.body[TO] != NULL ? hj_json_string(c.body[TO]) : NULL;
    if (!read_inputs(&c, &act) || hj_issues_count(hj_request_issues(req)) > 0) {
        hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
        return NULL;
    }
    HjRowKey key;
    g_autoptr(GError) why = NULL;
    if (hj_flow_act(hj_request_tx(req), hj_request_actor(req), c.ledger, c.id, &act,
                    hj_request_issues(req), &key, &why))
        return hj_api_answer_key(req, 200, &key);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_CONFLICT))
        return hj_response_problem_with(req, why, write_happened, &c);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

/* --- the way so far --- */

static void
put_text(HjJsonWriter *w, const char *key, const char *text)
{
    hj_json_put_text(w, key, text);
}

static void
put_column(HjJsonWriter *w, const HjRows *rows, const char *column)
{
    put_text(w, column, hj_rows_text(rows, column));
}

/* ",a,b," as ["a","b"]. */
static void
put_roles(HjJsonWriter *w, const char *roles)
{
    g_auto(GStrv) names = g_strsplit(roles != NULL ? roles : "", ",", -1);
    hj_json_key(w, "roles");
    hj_json_begin_array(w);
    for (char **name = names; *name != NULL; name++)
        if (**name != '\0')
            hj_json_text(w, *name);
    hj_json_end_array(w);
}

static void
write_step(HjRequest *req, HjJsonWriter *w, const HjRows *line)
{
    static const char *const texts[] = { "account_name",   "opened_on",   "due_on",
                                         "due_rule",       "hold_on",     "closed_on",
                                         "closed_by_name", "behalf_name", "outcome",
                                         "to_node",        "opinion" };
    hj_json_begin_object(w);
    hj_json_put_id(w, "task", hj_rows_i64(line, "task"));
    put_column(w, line, "kind");
    put_column(w, line, "node");
    hj_json_put_i64(w, "visit", hj_rows_i64(line, "visit"));
    put_roles(w, hj_rows_text(line, "roles"));
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        put_column(w, line, texts[i]);
    hj_api_write_at(w, "opened_at", hj_rows_i64(line, "opened_at"));
    hj_api_write_at(w, "closed_at", hj_rows_i64(line, "closed_at"));
    hj_json_put_i64(w, "waits", hj_rows_i64(line, "waits"));
    hj_json_put_i64(w, "n_urged", hj_rows_i64(line, "n_urged"));
    hj_json_put_flag(w, "back_filled", hj_rows_bool(line, "back_filled"));
    bool open = hj_rows_null(line, "closed_at");
    const char *light = open ? hj_flow_words_light_of(req, hj_rows_text(line, "due_on"),
                                                      hj_rows_text(line, "warn_on"))
                             : "";
    put_text(w, "light", *light != '\0' ? light : NULL);
    hj_json_end_object(w);
}

static bool
write_line(const Call *c, HjJsonWriter *w, GError **error)
{
    g_autoptr(HjRows) line =
        hj_flow_line(hj_request_tx(c->req), hj_request_actor(c->req), c->ledger, c->id, error);
    if (line == NULL)
        return false;
    hj_json_key(w, "line");
    hj_json_begin_array(w);
    while (hj_rows_next(line))
        write_step(c->req, w, line);
    hj_json_end_array(w);
    return true;
}

static bool
write_options(const Call *c, HjJsonWriter *w, GError **error)
{
    const char *state = hj_rows_text(c->row, "state");
    g_autoptr(HjRows) options = hj_flow_options(hj_request_tx(c->req), hj_request_actor(c->req),
                                                c->ledger, c->id, error);
    if (options == NULL)
        return false;
    hj_json_key(w, "options");
    hj_json_begin_array(w);
    while (hj_rows_next(options)) {
        const char *action = hj_rows_text(options, "action");
        bool own = !hj_rows_null(options, "zh");
        hj_json_begin_object(w);
        put_text(w, "action", action);
        put_text(w, "title", hj_flow_words_action(c->req, c->ledger, own ? state : "", action));
        hj_json_key(w, "task");
        if (hj_rows_i64(options, "task") != 0)
            hj_json_id(w, hj_rows_i64(options, "task"));
        else
            hj_json_nothing(w);
        put_column(w, options, "target");
        hj_json_put_flag(w, "free", hj_rows_bool(options, "free"));
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
    return true;
}

static bool
write_case(const Call *c, HjJsonWriter *w, GError **error)
{
    static const char *const days[] = { "entered_on", "rules_on", "watch_until" };
    g_autoptr(HjRows) at = hj_flow_case(hj_request_tx(c->req), c->id, error);
    if (at == NULL)
        return false;
    bool found = hj_rows_next(at);
    hj_json_put_i64(w, "visit", found ? hj_rows_i64(at, "visit") : 0);
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
        put_text(w, days[i], found ? hj_rows_text(at, days[i]) : NULL);
    hj_json_put_flag(w, "ended", found && hj_rows_bool(at, "ended"));
    return true;
}

HjResponse *
hj_api_row_flow(HjRequest *req, GError **error)
{
    Call c = { .req = req };
    if (!load(&c, error))
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    const char *state = hj_rows_text(c.row, "state");
    hj_json_begin_object(&w);
    hj_json_put_id(&w, "id", c.id);
    hj_json_put_i64(&w, "version", hj_rows_i64(c.row, "version"));
    put_text(&w, "state", state);
    put_text(&w, "title", hj_flow_words_node(req, c.ledger, state));
    if (!write_case(&c, &w, error) || !write_line(&c, &w, error) ||
        !write_options(&c, &w, error))
        return NULL;
    hj_json_end_object(&w);
    return res;
}

HjResponse *
hj_api_row_people(HjRequest *req, GError **error)
{
    Call c = { .req = req };
    int limit = 0;
    if (!load(&c, error) || !hj_rowquery_limit(req, 50, &limit, error))
        return NULL;
    g_autoptr(HjRows) people =
        hj_flow_people(hj_request_tx(req), hj_request_actor(req), c.ledger, c.id,
                       hj_request_query(req, "q"), limit, error);
    if (people == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(people)) {
        hj_json_begin_object(&w);
        hj_json_put_id(&w, "id", hj_rows_i64(people, "id"));
        put_column(&w, people, "name");
        put_column(&w, people, "title");
        hj_json_end_object(&w);
    }
    hj_api_end_list(&w, NULL);
    return res;
}

/* --- what a flow is --- */

static void
write_span(HjJsonWriter *w, const char *key, const HjSpan *span)
{
    static const char *const units[] = {
        [HJ_SPAN_DAYS] = "days", [HJ_SPAN_WORKDAYS] = "workdays", [HJ_SPAN_MONTHS] = "months"
    };
    hj_json_key(w, key);
    if (span->unit == HJ_SPAN_NONE) {
        hj_json_nothing(w);
        return;
    }
    hj_json_begin_object(w);
    put_text(w, "unit", units[span->unit]);
    hj_json_key(w, "n");
    if (span->param == NULL)
        hj_json_i64(w, span->n);
    else
        hj_json_nothing(w);
    put_text(w, "param", span->param != NULL ? span->param->name : NULL);
    put_text(w, "from", span->from);
    put_text(w, "rule", span->rule);
    hj_json_end_object(w);
}

static void
write_actions(HjJsonWriter *w, const HjFlowNode *node)
{
    hj_json_key(w, "actions");
    hj_json_begin_array(w);
    for (size_t i = 0; i < node->n_actions; i++) {
        const HjFlowAction *action = &node->actions[i];
        hj_json_begin_object(w);
        put_text(w, "action", action->name);
        hj_api_write_label(w, "title", &action->title);
        put_text(w, "to", action->to);
        hj_json_put_flag(w, "free", action->free);
        hj_api_write_names(w, "needs", action->needs, action->n_needs);
        write_span(w, "until", &action->until);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
}

static void
write_node(HjJsonWriter *w, const HjFlowNode *node)
{
    static const char *const backs[] = {
        [HJ_BACK_ANY] = "any",
        [HJ_BACK_PREVIOUS] = "previous",
        [HJ_BACK_START] = "start",
        [HJ_BACK_NONE] = "none",
    };
    hj_json_begin_object(w);
    put_text(w, "node", node->name);
    hj_api_write_label(w, "title", &node->title);
    hj_api_write_label(w, "help", &node->help);
    hj_api_write_names(w, "by", node->by, node->n_by);
    hj_api_write_names(w, "copy", node->copy, node->n_copy);
    hj_api_write_names(w, "form", node->form, node->n_form);
    hj_api_write_names(w, "needs", node->needs, node->n_needs);
    hj_api_write_names(w, "evidence", node->evidence, node->n_evidence);
    hj_json_put_i64(w, "min_evidence", node->min_evidence);
    write_span(w, "within", &node->within);
    write_span(w, "hold", &node->hold);
    write_span(w, "watch", &node->watch);
    hj_json_put_flag(w, "two_people", node->two_people);
    put_text(w, "opens", node->opens.ledger != NULL ? node->opens.ledger->name : NULL);
    put_text(w, "moves", node->moves.row);
    put_text(w, "back", backs[node->back]);
    hj_json_put_flag(w, "back_fill", node->back_fill);
    hj_json_put_flag(w, "final", node->final);
    put_text(w, "reopen", node->reopen);
    write_actions(w, node);
    hj_json_end_object(w);
}

void
hj_api_write_flow(HjJsonWriter *w, const HjFlow *flow)
{
    hj_json_key(w, "flow");
    if (flow == NULL) {
        hj_json_nothing(w);
        return;
    }
    hj_json_begin_object(w);
    put_text(w, "start", flow->start);
    hj_json_key(w, "nodes");
    hj_json_begin_array(w);
    for (size_t i = 0; i < flow->n_nodes; i++)
        write_node(w, &flow->nodes[i]);
    hj_json_end_array(w);
    hj_json_end_object(w);
}
