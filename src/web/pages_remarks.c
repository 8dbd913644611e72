/* Remarks on a row, each a row of a child ledger; and acts that one click does. */
#include "base/id.h"
#include "core/flow.h"
#include "core/phrase.h"
#include "pack/prefill.h"
#include "web/flow_words.h"
#include "web/pages_one.h"
#include "web/rowquery.h"

#include <string.h>

#define REMARKS_MAX 60
#define OWN_PATH "/ledgers/"

/* --- acts that ask nothing but days --- */

static bool
is_empty(const HjRows *row, const HjField *field)
{
    return hj_rows_null(row, field->name);
}

/* The days that the action still needs; false where it needs anything else. */
static bool
days_of(HjRequest *req, const HjLedger *ledger, const HjRows *row, const char *const *names,
        size_t n, const char *due, int days, HjQuickAct *act)
{
    const HjDate today = hj_tx_today(hj_request_tx(req));
    for (size_t i = 0; i < n; i++) {
        const HjField *field = hj_pack_field(ledger, names[i]);
        if (field == NULL || !is_empty(row, field))
            continue;
        if (field->type != HJ_FIELD_DATE)
            return false;
        const bool is_due = g_strcmp0(field->name, due) == 0;
        act->days[act->n_days++] = (HjQuickDay){
            .name = field->name,
            .title = hj_page_label(req, &field->title),
            .id = hj_request_printf(req, "q-%s-%" G_GINT64_FORMAT, field->name,
                                    hj_rows_i64(row, "id")),
            .value = hj_request_strdup(req, hj_date_text(is_due ? today + days : today).text),
        };
    }
    return true;
}

static bool
is_quick(HjRequest *req, const HjLedger *ledger, const HjRows *row, const HjFlowNode *node,
         const HjRows *option, const char *due, int days, HjQuickAct *act)
{
    const char *kind = hj_rows_text(option, "kind");
    const HjFlowAction *action = g_strcmp0(kind, "act") == 0 || g_strcmp0(kind, "second") == 0
                                     ? hj_flow_action(node, hj_rows_text(option, "action"))
                                     : NULL;
    if (action == NULL || action->free || node->n_evidence > 0 || hj_flow_extends(action))
        return false;
    *act = (HjQuickAct){
        .action = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT "/act/%s",
                                    ledger->name, hj_rows_i64(row, "id"), action->name),
        .text = hj_flow_words_action(req, ledger, node->name, action->name),
        .version = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(row, "version")),
        .task = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(option, "task")),
        .days = hj_request_new(req, HjQuickDay, ledger->n_fields + 1),
    };
    return days_of(req, ledger, row, (const char *const *)action->needs, action->n_needs, due,
                   days, act) &&
           days_of(req, ledger, row, (const char *const *)node->needs, node->n_needs, due, days,
                   act);
}

bool
hj_pages_quick_acts(HjRequest *req, const HjLedger *ledger, const HjRows *row, const char *due,
                    int days, const char *back, HjQuickAct **ret, size_t *ret_n, GError **error)
{
    const HjFlowNode *node =
        ledger->flow != NULL ? hj_flow_node(ledger->flow, hj_rows_text(row, "state")) : NULL;
    *ret_n = 0;
    if (node == NULL || node->final)
        return true;
    g_autoptr(HjRows) options = hj_flow_options(hj_request_tx(req), hj_request_actor(req),
                                                ledger, hj_rows_i64(row, "id"), error);
    if (options == NULL)
        return false;
    *ret = hj_request_new(req, HjQuickAct, hj_rows_count(options));
    while (hj_rows_next(options)) {
        HjQuickAct *act = &(*ret)[*ret_n];
        if (!is_quick(req, ledger, row, node, options, due, days, act))
            continue;
        act->back = back;
        act->primary = *ret_n == 0;
        (*ret_n)++;
    }
    return true;
}

/* --- remarks --- */

/* row → its open task, of the remarks listed. */
static GHashTable *
dues_of(HjRequest *req, HjRows *rows, HjRows **ret_dues, GError **error)
{
    g_autofree int64_t *ids = g_new0(int64_t, hj_rows_count(rows) + 1);
    size_t n = 0;
    for (hj_rows_rewind(rows); hj_rows_next(rows);)
        ids[n++] = hj_rows_i64(rows, "id");
    hj_rows_rewind(rows);
    *ret_dues = hj_flow_dues(hj_request_tx(req), ids, n, error);
    if (*ret_dues == NULL)
        return NULL;
    hj_request_adopt(req, *ret_dues, (GDestroyNotify)hj_rows_free);
    GHashTable *dues = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    hj_request_adopt(req, dues, (GDestroyNotify)g_hash_table_unref);
    while (hj_rows_next(*ret_dues)) {
        int64_t *id = g_new(int64_t, 1);
        *id = hj_rows_i64(*ret_dues, "row");
        const char **days = g_new0(const char *, 2);
        days[0] = hj_rows_text(*ret_dues, "due_on");
        days[1] = hj_rows_text(*ret_dues, "warn_on");
        g_hash_table_insert(dues, id, days);
    }
    return dues;
}

static bool
fill_line(HjRequest *req, const HjRemarks *remarks, HjRows *rows, GHashTable *dues, int64_t id,
          HjOneView *view, GError **error)
{
    const HjLedger *ledger = remarks->ledger;
    const char *state = hj_rows_text(rows, "state");
    const HjFlowNode *node = ledger->flow != NULL ? hj_flow_node(ledger->flow, state) : NULL;
    const bool ended = ledger->flow == NULL || node == NULL || node->final;
    const bool earlier = hj_rows_i64(rows, "parent") != id;
    if (earlier && (ended || ledger->flow == NULL))
        return true;
    int64_t own = hj_rows_i64(rows, "id");
    const char *const *days = g_hash_table_lookup(dues, &own);
    HjRemarkLine *line = &view->remarks[view->n_remarks++];
    *line = (HjRemarkLine){
        .text = hj_pages_cell(req, hj_pack_field(ledger, remarks->text), rows),
        .href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name, own),
        .on = remarks->on != NULL ? hj_rows_text(rows, remarks->on) : NULL,
        .by = hj_rows_text(rows, "created_by_name"),
        .state = ledger->flow != NULL ? hj_flow_words_node(req, ledger, state) : NULL,
        .ended = ended,
        .earlier = earlier,
    };
    if (days != NULL && days[0] != NULL) {
        line->light = hj_flow_words_light_of(req, days[0], days[1]);
        line->due = hj_flow_words_due(req, ledger, state, days[0], NULL);
        view->n_old += g_strcmp0(line->light, "red") == 0;
    }
    return ended || hj_pages_quick_acts(req, ledger, rows, remarks->due, remarks->days,
                                        view->back, &line->acts, &line->n_acts, error);
}

static bool
fill_phrases(HjRequest *req, HjOneView *view, GError **error)
{
    HjRows *phrases = hj_phrase_list(hj_request_tx(req), hj_request_actor(req), error);
    if (phrases == NULL)
        return false;
    hj_request_adopt(req, phrases, (GDestroyNotify)hj_rows_free);
    view->phrases = hj_request_new(req, HjOption, hj_rows_count(phrases));
    while (hj_rows_next(phrases))
        view->phrases[view->n_phrases++] = (HjOption){ .value = hj_rows_text(phrases, "text"),
                                                       .text = hj_rows_text(phrases, "text") };
    return true;
}

static bool
fill_box(HjRequest *req, const HjLedger *ledger, const HjRows *row, HjOneView *view,
         GError **error)
{
    const HjRemarks *remarks = ledger->remarks;
    const HjLedger *child = remarks->ledger;
    const HjField *text = hj_pack_field(child, remarks->text);
    view->may_remark = hj_rows_null(row, "voided_at") &&
                       hj_access_check_row(hj_request_tx(req), hj_request_actor(req), child,
                                           HJ_ACCESS_ENTER, hj_rows_i64(row, "org"), NULL);
    if (!view->may_remark)
        return true;
    view->remark_action = hj_rowquery_href(
        req,
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT "/remark", ledger->name,
                          hj_rows_i64(row, "id")),
        "row", hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(row, "id")), NULL);
    const HjIssues *issues = hj_request_issues(req);
    if (hj_issues_count(issues) > 0)
        view->wrong = hj_issues_message(issues, 0, hj_request_lang(req));
    view->remark_title = hj_page_label(req, &text->title);
    view->max = text->max_length;
    view->page.form_key = hj_request_form_key(req);
    if (remarks->act != NULL) {
        view->may_task = true;
        view->task_text = hj_flow_words_action(req, child, child->flow->start, remarks->act);
        view->due = hj_request_strdup(
            req, hj_date_text(hj_tx_today(hj_request_tx(req)) + remarks->days).text);
    }
    return fill_phrases(req, view, error);
}

bool
hj_pages_remarks(HjRequest *req, const HjLedger *ledger, const HjRows *row, HjOneView *view,
                 GError **error)
{
    const HjRemarks *remarks = ledger->remarks;
    if (remarks == NULL ||
        !hj_access_may_ledger(hj_request_actor(req), remarks->ledger, HJ_ACCESS_VIEW))
        return true;
    const HjRowQuery query = { .ledger = remarks->ledger,
                               .under = hj_rows_i64(row, "org"),
                               .only_here = true,
                               .from = HJ_DATE_NONE,
                               .to = HJ_DATE_NONE,
                               .sort = "created_at",
                               .desc = true,
                               .limit = REMARKS_MAX };
    g_autofree char *next = NULL;
    HjRows *rows = hj_row_list(hj_request_tx(req), hj_request_actor(req), &query, &next, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjRows *held;
    GHashTable *dues = dues_of(req, rows, &held, error);
    if (dues == NULL)
        return false;
    view->has_remarks = true;
    view->remarks_title = hj_page_label(req, &remarks->ledger->title);
    view->remarks = hj_request_new(req, HjRemarkLine, hj_rows_count(rows));
    while (hj_rows_next(rows))
        if (!fill_line(req, remarks, rows, dues, hj_rows_i64(row, "id"), view, error))
            return false;
    return fill_box(req, ledger, row, view, error);
}

/* --- a new one --- */

static const char *
text_sent(HjRequest *req)
{
    const char *text = hj_request_form(req, "text"), *phrase = hj_request_form(req, "phrase");
    return text != NULL && *text != '\0' ? text : phrase;
}

static bool
make_task(HjRequest *req, const HjRemarks *remarks, const HjRowKey *key, GError **error)
{
    const HjRowInput due = { .name = remarks->due, .text = hj_request_form(req, "due") };
    const HjFlowAct act = { .action = remarks->act,
                            .version = key->version,
                            .inputs = &due,
                            .n_inputs = 1,
                            .on = HJ_DATE_NONE };
    HjRowKey moved;
    return hj_flow_act(hj_request_tx(req), hj_request_actor(req), remarks->ledger, key->id,
                       &act, hj_request_issues(req), &moved, error);
}

static bool
add_remark(HjRequest *req, const HjRemarks *remarks, const HjRows *row, HjRowKey *ret,
           GError **error)
{
    const HjDateText today = hj_date_text(hj_tx_today(hj_request_tx(req)));
    const HjRowInput inputs[] = {
        { .name = remarks->text, .text = text_sent(req) },
        { .name = remarks->on, .text = today.text },
    };
    return hj_row_create(hj_request_tx(req), hj_request_actor(req), remarks->ledger,
                         hj_rows_i64(row, "org"), hj_rows_i64(row, "id"), inputs,
                         remarks->on != NULL ? 2 : 1, hj_request_issues(req), ret, error);
}

typedef struct {
    HjRequest *req;
    const HjRemarks *remarks;
    const HjRows *row;
} Remark;

/* A remark is not kept without the task it was to become. */
static bool
add_all(HjTx *tx, gpointer data, GError **error)
{
    const Remark *remark = data;
    const bool task = g_strcmp0(hj_request_form(remark->req, "do"), "task") == 0;
    HjRowKey key;
    (void)tx;
    return add_remark(remark->req, remark->remarks, remark->row, &key, error) &&
           (!task || remark->remarks->act == NULL ||
            make_task(remark->req, remark->remarks, &key, error));
}

HjResponse *
hj_pages_remark_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    int64_t id;
    if (ledger == NULL || !hj_request_part_i64(req, "id", &id, error))
        return NULL;
    g_autoptr(HjRows) row =
        hj_row_get(hj_request_tx(req), hj_request_actor(req), ledger, id, error);
    if (row == NULL)
        return NULL;
    /* Who may not even enter the rows is told so before what the ledger does not have. */
    const bool there = hj_rows_next(row);
    if (there && ledger->remarks == NULL &&
        !hj_access_check_row(hj_request_tx(req), hj_request_actor(req), ledger, HJ_ACCESS_ENTER,
                             hj_rows_i64(row, "org"), error))
        return NULL;
    if (!there || ledger->remarks == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    Remark remark = { req, ledger->remarks, row };
    g_autoptr(GError) why = NULL;
    if (hj_tx_part(hj_request_tx(req), add_all, &remark, &why)) {
        const char *back = hj_request_form(req, "_back");
        if (back == NULL || !g_str_has_prefix(back, OWN_PATH))
            back = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name, id);
        return hj_response_see_other(req, back, N_("Saved."));
    }
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return hj_pages_one_page(req, 422, text_sent(req), error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
