/* The review queue: everything that waits, ticked and dealt with many at a time. */
#include "web/pages_due.h"

#include "base/id.h"
#include "base/text.h"
#include "core/due_batch.h"
#include "core/phrase.h"
#include "due.html.h"
#include "web/due_lines.h"
#include "web/figures.h"
#include "web/flow_words.h"
#include "web/rowquery.h"

#include <string.h>

#define PAGE 100

/* --- what is asked for --- */

static bool
read_under(HjRequest *req, HjDueQuery *query, GError **error)
{
    const char *under = hj_request_query_text(req, "under");
    HjRows *org = under != NULL ? hj_page_org(req, under, error) : NULL;
    if (under == NULL || org == NULL)
        return under == NULL;
    query->under = hj_rows_i64(org, "id");
    return hj_access_check(hj_request_tx(req), hj_request_actor(req), "ledger.view",
                           query->under, error);
}

bool
hj_pages_due_query(HjRequest *req, HjDueQuery *ret, GError **error)
{
    const char *ledger = hj_request_query_text(req, "ledger"),
               *on = hj_request_query_text(req, "on");
    const HjLedger *of = ledger != NULL ? hj_pack_ledger(hj_request_pack(req), ledger) : NULL;
    HjDate day;
    *ret = (HjDueQuery){ .ledger = ledger,
                         .node = hj_request_query_text(req, "node"),
                         .due_on = on,
                         .late = g_strcmp0(hj_request_query_text(req, "late"), "1") == 0,
                         .cursor = hj_request_query_text(req, "cursor") };
    if (ledger != NULL && (of == NULL || of->flow == NULL))
        return hj_rowquery_fail(req, "ledger", N_("The rows of no such ledger move."), error);
    if (on != NULL && !hj_date_parse(on, &day, NULL))
        return hj_rowquery_fail(req, "on", N_("A day is written 2018-03-05."), error);
    return read_under(req, ret, error);
}

static bool
read_query(HjRequest *req, HjDueQuery *query, GError **error)
{
    const char *limit = hj_request_query_text(req, "limit");
    int64_t n = PAGE;
    if (!hj_pages_due_query(req, query, error) || !hj_due_list_asked(req, &query->list, error))
        return false;
    if (limit != NULL && (!hj_text_parse_i64(limit, &n) || n < 1 || n > HJ_DUE_BATCH_MAX))
        return hj_rowquery_fail(req, "limit", N_("Must be a whole number from 1 to 500."),
                                error);
    query->limit = (int)n;
    return true;
}

/* --- groups: what stands at one node can be dealt with together --- */

static HjDueGroup *
group_of(HjRequest *req, HjDueQueueView *view, const HjRows *rows, size_t max)
{
    const char *ledger = hj_rows_text(rows, "ledger"), *node = hj_rows_text(rows, "node");
    const char *kind = hj_rows_text(rows, "kind");
    for (size_t i = 0; i < view->n_groups; i++) {
        HjDueGroup *group = &view->groups[i];
        if (strcmp(group->ledger, ledger) == 0 && strcmp(group->node, node) == 0 &&
            strcmp(group->kind, kind) == 0)
            return group;
    }
    HjDueGroup *group = &view->groups[view->n_groups++];
    const char *word = g_str_equal(kind, "act") || g_str_equal(kind, "case")
                           ? NULL
                           : hj_flow_words_kind(req, kind);
    *group = (HjDueGroup){
        .id = hj_request_printf(req, "g%d", (int)view->n_groups),
        .title = hj_request_printf(req, "%s%s%s", hj_due_place(req, ledger, node),
                                   word != NULL ? " · " : "", word != NULL ? word : ""),
        .ledger = hj_request_strdup(req, ledger),
        .node = hj_request_strdup(req, node),
        .kind = hj_request_strdup(req, kind),
        .lines = hj_request_new(req, HjDueLine, max),
    };
    return group;
}

static void
fill_buttons(HjRequest *req, HjDueGroup *group)
{
    const HjLedger *ledger = hj_pack_ledger(hj_request_pack(req), group->ledger);
    const HjFlowNode *node =
        ledger != NULL && ledger->flow != NULL ? hj_flow_node(ledger->flow, group->node) : NULL;
    if (node == NULL)
        return;
    g_autoptr(HjRows) actions = hj_due_batch_actions(node, group->kind);
    group->buttons = hj_request_new(req, HjDueButton, hj_rows_count(actions));
    while (hj_rows_next(actions)) {
        const char *action = hj_rows_text(actions, "action");
        group->buttons[group->n_buttons] = (HjDueButton){
            .action = hj_request_strdup(req, action),
            .text = hj_flow_words_action(req, ledger, group->node, action),
            .asks = hj_rows_i64(actions, "asks") != 0,
            .first = group->n_buttons == 0,
        };
        group->n_buttons++;
    }
}

static bool
fill_groups(HjRequest *req, const HjDueQuery *query, HjDueQueueView *view, GError **error)
{
    g_autofree char *next = NULL;
    g_autoptr(HjRows) rows =
        hj_due_list(hj_request_tx(req), hj_request_actor(req), query, &next, error);
    if (rows == NULL)
        return false;
    size_t n = hj_rows_count(rows);
    bool ticked = g_strcmp0(hj_request_query_text(req, "tick"), "1") == 0;
    view->groups = hj_request_new(req, HjDueGroup, n + 1);
    view->may_act = query->list == HJ_DUE_TODO || query->list == HJ_DUE_OVERDUE;
    while (hj_rows_next(rows)) {
        HjDueGroup *group = group_of(req, view, rows, n);
        HjDueLine *line = &group->lines[group->n_lines++];
        *line = hj_due_line(req, rows);
        line->place = line->org; /* the group says the rest */
        line->org = line->kind = NULL;
        line->ticked = ticked;
    }
    for (size_t i = 0; view->may_act && i < view->n_groups; i++)
        fill_buttons(req, &view->groups[i]);
    if (next != NULL)
        view->next_href = hj_rowquery_href(req, NULL, "cursor", next, NULL);
    if (next != NULL && query->limit < HJ_DUE_BATCH_MAX)
        view->more_href = hj_rowquery_href(req, NULL, "limit", "500", NULL);
    if (view->may_act && n > 0)
        view->tick_href = hj_rowquery_href(req, NULL, "tick", ticked ? NULL : "1", "cursor",
                                           hj_request_query_text(req, "cursor"), NULL);
    view->ticked = ticked;
    return true;
}

/* --- filters --- */

static void
add_option(HjOption *options, size_t *n, const char *value, const char *text, const char *now)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(options[i].value, value) == 0)
            return;
    options[(*n)++] = (HjOption){ value, text, g_strcmp0(value, now) == 0 };
}

/* Ledgers and nodes where something waits. */
static bool
fill_filters(HjRequest *req, const HjDueQuery *query, HjDueQueueView *view, GError **error)
{
    HjDueQuery whole = { .list = query->list, .under = query->under };
    if (query->list == HJ_DUE_STARTED || query->list == HJ_DUE_DONE)
        return true;
    g_autoptr(HjRows) groups =
        hj_due_groups(hj_request_tx(req), hj_request_actor(req), &whole, error);
    if (groups == NULL)
        return false;
    size_t n = hj_rows_count(groups);
    view->ledgers = hj_request_new(req, HjOption, n + 1);
    view->nodes = hj_request_new(req, HjOption, n + 1);
    while (hj_rows_next(groups)) {
        const HjLedger *ledger =
            hj_pack_ledger(hj_request_pack(req), hj_rows_text(groups, "ledger"));
        const char *node = hj_request_strdup(req, hj_rows_text(groups, "node"));
        if (ledger == NULL)
            continue;
        add_option(view->ledgers, &view->n_ledgers, ledger->name,
                   hj_page_label(req, &ledger->title), query->ledger);
        if (g_strcmp0(ledger->name, query->ledger) == 0)
            add_option(view->nodes, &view->n_nodes, node, hj_flow_words_node(req, ledger, node),
                       query->node);
    }
    return true;
}

/* The organizations directly below the actor's own. */
static bool
fill_orgs(HjRequest *req, HjDueQueueView *view, GError **error)
{
    const HjOrgTree *tree = hj_figures_tree(req, hj_tx_today(hj_request_tx(req)), error);
    if (tree == NULL)
        return false;
    const HjOrg *top = hj_figures_top(req, tree, "ledger.view");
    view->orgs = hj_request_new(req, HjOption, tree->n_orgs);
    for (size_t i = 0; top != NULL && i < tree->n_orgs; i++)
        if (tree->orgs[i].parent == top->id)
            add_option(view->orgs, &view->n_orgs, tree->orgs[i].code, tree->orgs[i].name,
                       hj_request_query_text(req, "under"));
    return true;
}

static void
keep(HjRequest *req, HjDueQueueView *view, const char *name)
{
    const char *value = hj_request_query_text(req, name);
    if (value != NULL)
        view->kept[view->n_kept++] = (HjDueKept){ name, value };
}

/* The sentences the account keeps, offered while an opinion is typed. */
static bool
fill_phrases(HjRequest *req, HjDueQueueView *view, GError **error)
{
    HjRows *rows = hj_phrase_list(hj_request_tx(req), hj_request_actor(req), error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->phrases = hj_request_new(req, HjOption, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows))
        view->phrases[view->n_phrases++] =
            (HjOption){ .value = hj_request_strdup(req, hj_rows_text(rows, "text")) };
    return true;
}

static bool
fill_tabs(HjRequest *req, const HjDueQuery *query, HjDueQueueView *view, GError **error)
{
    HjDueTab *tabs;
    if (!hj_due_tabs(req, "/due", query->list, &tabs, &view->n_tabs, error))
        return false;
    view->tabs = hj_request_new(req, HjDueTab, view->n_tabs + 1);
    memcpy(view->tabs, tabs, sizeof *tabs * view->n_tabs);
    view->tabs[view->n_tabs++] = (HjDueTab){ .href = "/due?list=all",
                                             .text = hj_due_list_title(req, HJ_DUE_SEEN),
                                             .light = "",
                                             .on = query->list == HJ_DUE_SEEN };
    return true;
}

HjResponse *
hj_pages_due(HjRequest *req, GError **error)
{
    HjDueQuery query;
    HjDueQueueView view = { .page = hj_page(req, hj_page_tr(req, N_("Review queue")), "home") };
    if (!read_query(req, &query, error))
        return NULL;
    view.kept = hj_request_new(req, HjDueKept, 4);
    keep(req, &view, "list");
    keep(req, &view, "on");
    keep(req, &view, "late");
    keep(req, &view, "limit");
    view.filtered = query.ledger != NULL || query.node != NULL || query.under != 0 ||
                    query.due_on != NULL || query.late;
    view.clear_href = hj_request_printf(req, "/due?list=%s", hj_due_list_name(query.list));
    view.empty =
        view.filtered
            ? hj_page_tr(req, N_("Nothing matches. Clear the filter to see everything."))
            : hj_due_empty(req, query.list);
    if (query.due_on != NULL)
        view.subtitle =
            hj_request_printf(req, hj_page_tr(req, N_("What is due on %s")), query.due_on);
    else if (query.late)
        view.subtitle = hj_page_tr(req, N_("What is overdue, the longest first"));
    hj_page_crumb(req, &view.page, "/", hj_page_tr(req, N_("Overview")));
    if (!fill_tabs(req, &query, &view, error) || !fill_filters(req, &query, &view, error) ||
        !fill_orgs(req, &view, error) || !fill_phrases(req, &view, error) ||
        !fill_groups(req, &query, &view, error))
        return NULL;
    view.hint = hj_request_query(req, "cursor") != NULL
                    ? hj_rowquery_href(req, NULL, "cursor", NULL, NULL)
                    : NULL;
    view.here = hj_request_uri(req);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_due(&out, &view);
    return res;
}

/* --- copies --- */

/* "7,9,…": marked read; one that is gone already is no matter. */
HjResponse *
hj_pages_due_read_post(HjRequest *req, GError **error)
{
    const char *text = hj_request_form(req, "task");
    g_auto(GStrv) tasks = g_strsplit(text != NULL ? text : "", ",", HJ_DUE_BATCH_MAX);
    for (char **task = tasks; *task != NULL; task++) {
        int64_t id = 0;
        g_autoptr(GError) why = NULL;
        if (!hj_id_parse(*task, &id) ||
            hj_due_read_copy(hj_request_tx(req), hj_request_actor(req), id, &why) ||
            hj_error_hides(why))
            continue;
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return hj_response_see_other(req, "/?list=copied", NULL);
}
