/* One act done to many: asking for the opinion, doing it a part at a time, telling the result.
 */
#include "base/id.h"
#include "core/due_batch.h"
#include "due_ask.html.h"
#include "due_batch.html.h"
#include "web/due_lines.h"
#include "web/flow_words.h"
#include "web/pages_due.h"

#include <string.h>

static const char *
sent(HjRequest *req, const char *name)
{
    const char *text = hj_request_form(req, name);
    return text != NULL ? text : "";
}

/* --- beginning --- */

static bool
read_batch(HjRequest *req, HjDueBatch *ret, GError **error)
{
    const HjLedger *ledger = hj_pack_ledger(hj_request_pack(req), sent(req, "ledger"));
    const HjFlowNode *node = ledger != NULL && ledger->flow != NULL
                                 ? hj_flow_node(ledger->flow, sent(req, "node"))
                                 : NULL;
    if (node == NULL)
        return hj_fail(error, HJ_ERROR_MALFORMED, "Choose what shall be dealt with.");
    *ret = (HjDueBatch){ .ledger = ledger,
                         .node = node,
                         .kind = sent(req, "kind"),
                         .action = sent(req, "action"),
                         .opinion = sent(req, "opinion") };
    return true;
}

/* "task:version,…" */
static bool
read_items(HjRequest *req, HjDueItem *items, size_t *ret_n, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(sent(req, "item"), ",", -1);
    *ret_n = 0;
    for (size_t i = 0; parts[i] != NULL && *parts[i] != '\0'; i++) {
        char *colon = strchr(parts[i], ':');
        HjDueItem item;
        if (colon != NULL)
            *colon = '\0';
        if (colon == NULL || *ret_n == HJ_DUE_BATCH_MAX || !hj_id_parse(parts[i], &item.task) ||
            !hj_id_parse(colon + 1, &item.version))
            return hj_fail(error, HJ_ERROR_MALFORMED, "Choose from 1 to 500 rows.");
        items[(*ret_n)++] = item;
    }
    return true;
}

static HjResponse *
to_result(HjRequest *req, int64_t id)
{
    return hj_response_see_other(
        req, hj_request_printf(req, "/due/batch?id=%" G_GINT64_FORMAT, id), NULL);
}

static const char *
what_of(HjRequest *req, const HjLedger *ledger, const char *node, const char *action)
{
    return hj_request_printf(req, "%s · %s", hj_due_place(req, ledger->name, node),
                             hj_flow_words_action(req, ledger, node, action));
}

/* An opinion is missing: asked for, with everything else kept. */
static HjResponse *
ask_opinion(HjRequest *req, const HjDueBatch *batch, size_t n)
{
    static const char *const names[] = { "ledger", "node", "kind", "action", "item" };
    HjDueAskView view = {
        .page = hj_page(req, hj_page_tr(req, N_("Write an opinion.")), "home"),
        .what = what_of(req, batch->ledger, batch->node->name, batch->action),
        .opinion = batch->opinion,
        .wrong = hj_issues_message(hj_request_issues(req), 0, hj_request_lang(req)),
        .n = (int64_t)n,
        .kept = hj_request_new(req, HjDueKept, G_N_ELEMENTS(names)),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        view.kept[view.n_kept++] = (HjDueKept){ names[i], sent(req, names[i]) };
    hj_page_crumb(req, &view.page, "/due", hj_page_tr(req, N_("Review queue")));
    HjOut out;
    HjResponse *res = hj_response_page(req, 422, &out);
    hj_tmpl_due_ask(&out, &view);
    return res;
}

static HjResponse *
begin(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    HjDueBatch batch;
    HjDueItem *items = hj_request_new(req, HjDueItem, HJ_DUE_BATCH_MAX);
    size_t n = 0;
    int64_t id = 0;
    g_autoptr(GError) why = NULL;
    if (!read_batch(req, &batch, error) || !read_items(req, items, &n, error))
        return NULL;
    if (n == 0)
        return hj_response_see_other(
            req,
            hj_request_printf(req, "/due?ledger=%s&node=%s", batch.ledger->name,
                              batch.node->name),
            N_("Nothing is ticked yet: tick what you mean and press again."));
    if (!hj_due_batch_begin(tx, actor, &batch, items, n, hj_request_issues(req), &id, &why)) {
        if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
            return ask_opinion(req, &batch, n);
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return hj_due_batch_go(tx, actor, id, error) ? to_result(req, id) : NULL;
}

/* With a number it goes on with what is waiting. */
HjResponse *
hj_pages_due_batch_post(HjRequest *req, GError **error)
{
    int64_t id = 0;
    if (hj_request_form(req, "id") == NULL)
        return begin(req, error);
    if (!hj_id_parse(sent(req, "id"), &id)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    return hj_due_batch_go(hj_request_tx(req), hj_request_actor(req), id, error)
               ? to_result(req, id)
               : NULL;
}

/* --- the result --- */

static const char *
result_word(HjRequest *req, const char *result)
{
    if (g_str_equal(result, "done"))
        return hj_page_tr(req, N_("dealt with"));
    if (g_str_equal(result, "stale"))
        return hj_page_tr(req, N_("changed meanwhile"));
    return hj_page_tr(req, g_str_equal(result, "waiting") ? N_("waits its turn")
                                                          : N_("could not be done"));
}

static bool
fill_results(HjRequest *req, const char *ledger, int64_t id, HjDueBatchView *view,
             GError **error)
{
    g_autoptr(HjRows) items =
        hj_due_batch_items(hj_request_tx(req), hj_request_actor(req), id, error);
    if (items == NULL)
        return false;
    HjLang lang = hj_request_lang(req);
    view->lines = hj_request_new(req, HjDueResult, hj_rows_count(items) + 1);
    /* What needs a look comes first. */
    for (int good = 0; good < 2; good++)
        for (hj_rows_rewind(items); hj_rows_next(items);) {
            const char *result = hj_rows_text(items, "result");
            const char *title = hj_rows_text(items, "title");
            bool fine = g_str_equal(result, "done") || g_str_equal(result, "waiting");
            if (fine != (good == 1))
                continue;
            view->lines[view->n_lines++] = (HjDueResult){
                .href = title == NULL ? NULL
                                      : hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT,
                                                          ledger, hj_rows_i64(items, "row_id")),
                .title = title != NULL
                             ? hj_request_strdup(req, title)
                             : hj_request_printf(req, "#%s", hj_rows_text(items, "task")),
                .org = hj_request_strdup(req, hj_rows_text(items, "org_name")),
                .result = result_word(req, result),
                .why = hj_request_strdup(
                    req, hj_rows_text(items, lang == HJ_ZH ? "why_zh" : "why_en")),
                .good = fine,
            };
        }
    return true;
}

HjResponse *
hj_pages_due_batch(HjRequest *req, GError **error)
{
    const char *text = hj_request_query(req, "id");
    int64_t id = 0;
    if (text == NULL || *text == '\0')
        return hj_response_see_other(req, "/due", NULL);
    if (!hj_id_parse(text, &id)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    HjRows *kept = hj_due_batch_get(hj_request_tx(req), hj_request_actor(req), id, error);
    if (kept == NULL)
        return NULL;
    hj_request_adopt(req, kept, (GDestroyNotify)hj_rows_free);
    const char *ledger = hj_rows_text(kept, "ledger"), *node = hj_rows_text(kept, "node");
    const HjLedger *of = hj_pack_ledger(hj_request_pack(req), ledger);
    HjDueBatchView view = {
        .page = hj_page(req, hj_page_tr(req, N_("Result of the batch")), "home"),
        .what = of != NULL ? what_of(req, of, node, hj_rows_text(kept, "action")) : ledger,
        .opinion = hj_rows_text(kept, "opinion"),
        .id = text,
        .back_href = "/due",
        .at = hj_rows_i64(kept, "at"),
        .n = hj_rows_i64(kept, "n"),
        .n_waiting = hj_rows_i64(kept, "n_waiting"),
        .n_done = hj_rows_i64(kept, "n_done"),
        .n_refused = hj_rows_i64(kept, "n_refused"),
        .n_stale = hj_rows_i64(kept, "n_stale"),
    };
    view.width = view.n > 0 ? (int)((view.n - view.n_waiting) * 200 / view.n) : 0;
    hj_page_crumb(req, &view.page, "/due", hj_page_tr(req, N_("Review queue")));
    if (!fill_results(req, ledger, id, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_due_batch(&out, &view);
    return res;
}
