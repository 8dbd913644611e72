/* Where a row stands and how it came there, as its page shows it. */
#include "web/flow_words.h"
#include "web/pages_events.h"
#include "web/pages_flow.h"

#include <string.h>

typedef struct {
    HjRequest *req;
    const HjLedger *ledger;
    const HjRows *row;
    int64_t id, org;
    HjDate rules_on;
    HjFlowView *view;
} Filling;

static const char *tr(const Filling *f, const char *msgid) __attribute__((format_arg(2)));

static const char *
tr(const Filling *f, const char *msgid)
{
    return hj_tr(hj_request_lang(f->req), msgid);
}

/* --- the deadline and where it comes from --- */

static const char *
counted_from(const Filling *f, const HjSpan *span)
{
    const HjField *from = span->from != NULL ? hj_pack_field(f->ledger, span->from) : NULL;
    return from != NULL ? hj_request_printf(f->req, tr(f, N_("from “%s” on")),
                                            hj_page_label(f->req, &from->title))
                        : tr(f, N_("from the day it came here"));
}

/* "100 天 · 自“列入日”起 · WEAK-7 · 办理天数：县文件" */
static void
fill_source(const Filling *f, const HjFlowNode *node, int extended)
{
    const HjSpan *span = &node->within;
    GString *text = g_string_new(NULL);
    const HjField *day = span->from != NULL && span->param == NULL && span->n == 0
                             ? hj_pack_field(f->ledger, span->from)
                             : NULL;
    if (day != NULL)
        g_string_append_printf(text, tr(f, N_("the day in “%s”")),
                               hj_page_label(f->req, &day->title));
    else
        g_string_append_printf(text, "%s · %s", hj_flow_words_span(f->req, span, f->rules_on),
                               counted_from(f, span));
    if (extended > 0)
        g_string_append_printf(text, tr(f, N_(" · %d days more")), extended);
    if (span->rule != NULL)
        g_string_append_printf(text, " · %s", span->rule);
    const HjParamValue *value =
        span->param != NULL ? hj_pack_param_value(span->param, f->rules_on) : NULL;
    if (value != NULL) {
        g_string_append_printf(text, " · %s", hj_page_label(f->req, &span->param->title));
        if (value->source != NULL)
            g_string_append_printf(text, "：%s", value->source);
        f->view->assumption = span->param->assumption;
    } else if (f->ledger->source != NULL) {
        g_string_append_printf(text, " · %s", f->ledger->source);
    }
    f->view->source = hj_request_adopt(f->req, g_string_free(text, FALSE), g_free);
}

static void
fill_hold(const Filling *f, const HjRows *task)
{
    const char *hold = hj_rows_text(task, "hold_on");
    if (hold == NULL)
        return;
    f->view->hold =
        g_str_equal(hold, HJ_DATE_FOREVER)
            ? tr(f, N_("The end of the period cannot be computed yet (calendar of working days "
                       "not loaded)."))
            : hj_request_printf(
                  f->req,
                  tr(f, N_("On show until %s, that day included; not before it moves.")), hold);
}

/* Of the open task that the node itself waits for. */
static void
fill_due(const Filling *f, const HjFlowNode *node, const HjRows *task)
{
    HjFlowView *view = f->view;
    const char *due_on = hj_rows_text(task, "due_on"), *rule = hj_rows_text(task, "due_rule");
    view->due_on = due_on;
    view->due = hj_flow_words_due(f->req, f->ledger, node->name, due_on, rule);
    view->light = hj_flow_words_light_of(f->req, due_on, hj_rows_text(task, "warn_on"));
    if (node->within.unit != HJ_SPAN_NONE)
        fill_source(f, node, (int)hj_rows_i64(task, "extended"));
    fill_hold(f, task);
    int waits = (int)hj_rows_i64(task, "waits");
    if (waits > 0)
        view->awaits = hj_request_printf(f->req, tr(f, N_("%d have not answered yet.")), waits);
}

/* --- the line --- */

static bool
is_main(const char *kind)
{
    return g_str_equal(kind, "act") || g_str_equal(kind, "second");
}

static void
fill_open(const Filling *f, const HjRows *line, HjFlowStep *step)
{
    const char *due_on = hj_rows_text(line, "due_on");
    step->open = true;
    step->n_urged = (int)hj_rows_i64(line, "n_urged");
    step->waits_for = !hj_rows_null(line, "account")
                          ? hj_rows_text(line, "account_name")
                          : hj_flow_words_who(f->req, f->org, hj_rows_text(line, "roles"));
    step->light = hj_flow_words_light_of(f->req, due_on, hj_rows_text(line, "warn_on"));
    step->due = hj_flow_words_due(f->req, f->ledger, hj_rows_text(line, "node"), due_on,
                                  hj_rows_text(line, "due_rule"));
    step->spent = hj_request_printf(f->req, tr(f, N_("waiting %s so far")),
                                    hj_flow_words_spent(f->req, hj_rows_i64(line, "opened_at"),
                                                        hj_tx_now(hj_request_tx(f->req))));
}

static void
fill_closed(const Filling *f, const HjRows *line, HjFlowStep *step)
{
    const char *outcome = hj_rows_text(line, "outcome"), *to = hj_rows_text(line, "to_node");
    bool main = is_main(hj_rows_text(line, "kind"));
    step->moot = outcome == NULL || g_str_equal(outcome, "moot");
    step->who = hj_rows_text(line, "closed_by_name");
    step->behalf = hj_rows_text(line, "behalf_name");
    step->did = hj_flow_words_action(f->req, f->ledger, main ? hj_rows_text(line, "node") : "",
                                     step->moot ? "moot" : outcome);
    step->to = to != NULL ? hj_flow_words_node(f->req, f->ledger, to) : NULL;
    step->opinion = hj_rows_text(line, "opinion");
    step->on = hj_rows_text(line, "closed_on");
    step->at = hj_rows_i64(line, "closed_at");
    step->back_filled = hj_rows_bool(line, "back_filled");
    step->spent = hj_flow_words_spent(f->req, hj_rows_i64(line, "opened_at"), step->at);
}

/* Who is told; whether he read it is nobody's business. */
static void
fill_copy(const Filling *f, const HjRows *line, HjFlowStep *step)
{
    step->moot = true;
    step->who = hj_flow_words_who(f->req, f->org, hj_rows_text(line, "roles"));
    step->did = hj_flow_words_kind(f->req, "copy");
    step->at = hj_rows_i64(line, "opened_at");
}

static void
fill_step(const Filling *f, const HjRows *line, HjFlowStep *step)
{
    const char *kind = hj_rows_text(line, "kind");
    step->node = hj_flow_words_node(f->req, f->ledger, hj_rows_text(line, "node"));
    step->again = hj_rows_i64(line, "visit") > 1;
    if (g_str_equal(kind, "copy")) {
        fill_copy(f, line, step);
        return;
    }
    if (!g_str_equal(kind, "act"))
        step->kind = hj_flow_words_kind(f->req, kind);
    if (hj_rows_null(line, "closed_at"))
        fill_open(f, line, step);
    else
        fill_closed(f, line, step);
}

/* In the order in which things were done, what waits at the end. */
static void
put_in_order(HjFlowView *view)
{
    for (size_t i = 1; i < view->n_steps; i++)
        for (size_t k = i; k > 0; k--) {
            HjFlowStep *a = &view->steps[k - 1], *b = &view->steps[k];
            if (a->open == b->open ? a->open || a->at <= b->at : b->open)
                break;
            HjFlowStep moved = *a;
            *a = *b;
            *b = moved;
        }
}

static bool
fill_line(const Filling *f, const HjFlowNode *node, GError **error)
{
    HjRows *line =
        hj_flow_line(hj_request_tx(f->req), hj_request_actor(f->req), f->ledger, f->id, error);
    if (line == NULL)
        return false;
    hj_request_adopt(f->req, line, (GDestroyNotify)hj_rows_free);
    HjFlowView *view = f->view;
    view->steps = hj_request_new(f->req, HjFlowStep, hj_rows_count(line));
    while (hj_rows_next(line)) {
        HjFlowStep *step = &view->steps[view->n_steps++];
        fill_step(f, line, step);
        if (step->open && node != NULL && is_main(hj_rows_text(line, "kind")))
            fill_due(f, node, line);
    }
    put_in_order(view);
    return true;
}

/* --- rows it opened --- */

static bool
fill_opened(const Filling *f, GError **error)
{
    const HjPack *pack = hj_request_pack(f->req);
    const HjActor *actor = hj_request_actor(f->req);
    HjFlowView *view = f->view;
    GArray *opened = g_array_new(FALSE, TRUE, sizeof(HjFlowOpened));
    hj_request_adopt(f->req, opened, (GDestroyNotify)g_array_unref);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *child = &pack->ledgers[i];
        if (child->in != f->ledger || child->flow == NULL ||
            !hj_access_may_ledger(actor, child, HJ_ACCESS_VIEW))
            continue;
        HjRowQuery query = { .ledger = child,
                             .parent = f->id,
                             .from = HJ_DATE_NONE,
                             .to = HJ_DATE_NONE,
                             .limit = 100 };
        g_autofree char *next = NULL;
        HjRows *rows = hj_row_list(hj_request_tx(f->req), actor, &query, &next, error);
        if (rows == NULL)
            return false;
        hj_request_adopt(f->req, rows, (GDestroyNotify)hj_rows_free);
        while (hj_rows_next(rows)) {
            const char *state = hj_rows_text(rows, "state");
            const HjFlowNode *at = hj_flow_node(child->flow, state);
            HjFlowOpened one = {
                .href = hj_request_printf(f->req, "/ledgers/%s/%" G_GINT64_FORMAT, child->name,
                                          hj_rows_i64(rows, "id")),
                .title = hj_pages_row_title(f->req, child, rows),
                .org =
                    hj_rows_i64(rows, "org") != f->org ? hj_rows_text(rows, "org_name") : NULL,
                .state = hj_flow_words_node(f->req, child, state),
                .ended = at == NULL || at->final,
            };
            g_array_append_val(opened, one);
        }
    }
    view->opened = (HjFlowOpened *)(void *)opened->data;
    view->n_opened = opened->len;
    return true;
}

/* --- buttons --- */

static const char *
button_href(const Filling *f, const HjRows *option, bool with_target)
{
    const char *target = with_target ? hj_rows_text(option, "target") : NULL;
    return hj_request_printf(
        f->req, "/ledgers/%s/%" G_GINT64_FORMAT "/act/%s?task=%" G_GINT64_FORMAT "%s%s",
        f->ledger->name, f->id, hj_rows_text(option, "action"), hj_rows_i64(option, "task"),
        target != NULL ? "&to=" : "", target != NULL ? target : "");
}

static bool
is_own(const HjFlowNode *node, const HjRows *option)
{
    const char *kind = hj_rows_text(option, "kind");
    return node != NULL && kind != NULL && is_main(kind) &&
           hj_flow_action(node, hj_rows_text(option, "action")) != NULL;
}

/* One button for all the places it may go back to. */
static bool
fill_buttons(const Filling *f, const HjFlowNode *node, GError **error)
{
    HjFlowView *view = f->view;
    g_autoptr(HjRows) options = hj_flow_options(hj_request_tx(f->req), hj_request_actor(f->req),
                                                f->ledger, f->id, error);
    if (options == NULL)
        return false;
    bool back = false, main = false; /* one button is the one to press */
    view->buttons = hj_request_new(f->req, HjFlowButton, hj_rows_count(options));
    while (hj_rows_next(options)) {
        const char *action = hj_rows_text(options, "action");
        bool sends_back = g_str_equal(action, "send_back"), own = is_own(node, options);
        view->turn = view->turn || hj_rows_i64(options, "task") != 0;
        if (sends_back && back)
            continue;
        back = back || sends_back;
        bool answers = g_str_equal(action, "agree") || g_str_equal(action, "report");
        bool primary = !main && (own ? !hj_rows_bool(options, "free") : answers);
        main = main || primary;
        const char *word =
            hj_flow_words_action(f->req, f->ledger, own ? node->name : "", action);
        view->buttons[view->n_buttons++] = (HjFlowButton){
            .href = button_href(f, options, false),
            .text = sends_back ? tr(f, N_("Send back to…")) : word,
            .primary = primary,
        };
    }
    return true;
}

/* --- all of it --- */

static bool
fill_case(Filling *f, const HjFlowNode **ret_node, GError **error)
{
    HjFlowView *view = f->view;
    g_autoptr(HjRows) at = hj_flow_case(hj_request_tx(f->req), f->id, error);
    if (at == NULL)
        return false;
    const char *name = hj_rows_text(f->row, "state");
    *ret_node = hj_flow_node(f->ledger->flow, name);
    view->state = hj_flow_words_node(f->req, f->ledger, name);
    if (*ret_node != NULL)
        view->help = hj_page_label(f->req, &(*ret_node)->help);
    if (!hj_rows_next(at))
        return true;
    f->rules_on = hj_rows_date(at, "rules_on");
    view->ended = hj_rows_bool(at, "ended");
    if (view->ended && hj_rows_date(at, "watch_until") != HJ_DATE_NONE)
        view->watch =
            hj_request_printf(f->req, tr(f, N_("Watched until %s; it may be opened again.")),
                              hj_rows_text(at, "watch_until"));
    return true;
}

bool
hj_pages_flow_view(HjRequest *req, const HjLedger *ledger, const HjRows *row, HjFlowView **ret,
                   GError **error)
{
    *ret = NULL;
    if (ledger->flow == NULL)
        return true;
    Filling f = { .req = req,
                  .ledger = ledger,
                  .row = row,
                  .id = hj_rows_i64(row, "id"),
                  .org = hj_rows_i64(row, "org"),
                  .rules_on = HJ_DATE_NONE,
                  .view = hj_request_new(req, HjFlowView, 1) };
    const HjFlowNode *node = NULL;
    if (!fill_case(&f, &node, error) || !fill_line(&f, node, error) ||
        !fill_opened(&f, error) || !hj_pages_flow_supervised(req, f.id, f.view, error))
        return false;
    if (hj_rows_null(row, "voided_at") && !fill_buttons(&f, node, error))
        return false;
    *ret = f.view;
    return true;
}

bool
hj_pages_flow_turn(HjRequest *req, const HjLedger *ledger, int64_t row, bool *ret,
                   GError **error)
{
    g_autoptr(HjRows) options =
        hj_flow_options(hj_request_tx(req), hj_request_actor(req), ledger, row, error);
    *ret = false;
    while (options != NULL && !*ret && hj_rows_next(options))
        *ret = hj_rows_i64(options, "task") != 0;
    return options != NULL;
}
