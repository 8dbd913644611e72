/* What waits, and where the rows of a flow stand, over the JSON API. */
#include "web/api_calls.h"
#include "web/due_lines.h"
#include "web/figures.h"
#include "web/flow_words.h"
#include "web/pages_due.h"
#include "web/rowquery.h"

#include <string.h>

static void
put(HjJsonWriter *w, const char *key, const char *text)
{
    hj_json_key(w, key);
    if (text == NULL)
        hj_json_nothing(w);
    else
        hj_json_text(w, text);
}

static void
put_column(HjJsonWriter *w, const HjRows *rows, const char *column)
{
    put(w, column, hj_rows_null(rows, column) ? NULL : hj_rows_text(rows, column));
}

static void
put_i64(HjJsonWriter *w, const char *key, int64_t value)
{
    hj_json_put_i64(w, key, value);
}

static void
put_node(HjRequest *req, HjJsonWriter *w, const char *ledger, const char *name)
{
    const HjLedger *of = hj_pack_ledger(hj_request_pack(req), ledger);
    const HjFlowNode *node =
        of != NULL && of->flow != NULL ? hj_flow_node(of->flow, name) : NULL;
    put(w, "node", name);
    if (node != NULL)
        hj_api_write_label(w, "node_title", &node->title);
    else
        put(w, "node_title", NULL);
}

static void
put_light(HjJsonWriter *w, const char *light)
{
    put(w, "light", light != NULL && *light != '\0' ? light : NULL);
}

static void
write_task(HjRequest *req, HjJsonWriter *w, const HjRows *rows)
{
    hj_json_begin_object(w);
    hj_json_put_id(w, "task", hj_rows_i64(rows, "task"));
    put_column(w, rows, "ledger");
    hj_json_put_id(w, "row", hj_rows_i64(rows, "row"));
    put_column(w, rows, "title");
    put_i64(w, "version", hj_rows_i64(rows, "version"));
    put(w, "org", hj_rows_text(rows, "org_code"));
    put_column(w, rows, "org_name");
    put_node(req, w, hj_rows_text(rows, "ledger"), hj_rows_text(rows, "node"));
    put_column(w, rows, "kind");
    hj_api_write_at(w, "opened_at", hj_rows_i64(rows, "opened_at"));
    put_column(w, rows, "due_on");
    put_column(w, rows, "due_rule");
    put_column(w, rows, "hold_on");
    put_light(w, hj_rows_text(rows, "light"));
    put_i64(w, "urged", hj_rows_i64(rows, "n_urged"));
    put_column(w, rows, "outcome");
    hj_api_write_at(w, "closed_at",
                    hj_rows_null(rows, "closed_at") ? 0 : hj_rows_i64(rows, "closed_at"));
    hj_json_end_object(w);
}

static bool
write_counts(HjRequest *req, HjJsonWriter *w, GError **error)
{
    HjDueCounts counts;
    if (!hj_due_counts(hj_request_tx(req), hj_request_actor(req), &counts, error))
        return false;
    hj_json_key(w, "counts");
    hj_json_begin_object(w);
    for (int list = 0; list < HJ_DUE_LISTS; list++)
        put_i64(w, hj_due_list_name((HjDueList)list), counts.n[list]);
    put_i64(w, "due_soon", counts.n_yellow);
    hj_json_end_object(w);
    return true;
}

/* ?mine=1 is what is asked anyway; mine=0 all that is open in scope. */
static bool
read_query(HjRequest *req, HjDueQuery *query, GError **error)
{
    const char *mine = hj_request_query(req, "mine");
    if (!hj_pages_due_query(req, query, error) ||
        !hj_due_list_asked(req, &query->list, error) ||
        !hj_rowquery_limit(req, HJ_ROWQUERY_LIMIT, &query->limit, error))
        return false;
    if (mine != NULL && strcmp(mine, "1") != 0 && strcmp(mine, "0") != 0)
        return hj_rowquery_fail(req, "mine", N_("Must be 0 or 1."), error);
    if (g_strcmp0(mine, "0") == 0)
        query->list = HJ_DUE_SEEN;
    return true;
}

HjResponse *
hj_api_due(HjRequest *req, GError **error)
{
    HjDueQuery query;
    g_autofree char *next = NULL;
    if (!read_query(req, &query, error))
        return NULL;
    g_autoptr(HjRows) rows =
        hj_due_list(hj_request_tx(req), hj_request_actor(req), &query, &next, error);
    if (rows == NULL)
        return NULL;
    HjJsonWriter w;
    g_autoptr(HjResponse) res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    if (!write_counts(req, &w, error))
        return NULL;
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(rows))
        write_task(req, &w, rows);
    hj_api_end_list(&w, next);
    return g_steal_pointer(&res);
}

static void
write_place(HjRequest *req, HjJsonWriter *w, const HjLedger *ledger, const HjRows *rows)
{
    int64_t n_red = hj_rows_i64(rows, "n_red"), n_yellow = hj_rows_i64(rows, "n_yellow");
    bool timed = !hj_rows_null(rows, "due_on");
    hj_json_begin_object(w);
    put(w, "org", hj_rows_text(rows, "org_code"));
    put_column(w, rows, "org_name");
    put_node(req, w, ledger->name, hj_rows_text(rows, "node"));
    put_i64(w, "count", hj_rows_i64(rows, "n"));
    put_i64(w, "red", n_red);
    put_i64(w, "yellow", n_yellow);
    put_light(w, n_red > 0 ? "red" : n_yellow > 0 ? "yellow" : timed ? "green" : NULL);
    put_column(w, rows, "due_on");
    put(w, "oldest_on", hj_rows_text(rows, "oldest"));
    hj_json_end_object(w);
}

HjResponse *
hj_api_progress(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_api_ledger(req, error);
    HjOrgTree *tree =
        ledger != NULL ? hj_figures_tree(req, hj_tx_today(hj_request_tx(req)), error) : NULL;
    const HjOrg *place =
        tree != NULL ? hj_pages_progress_place(req, tree, ledger, error) : NULL;
    if (place == NULL || !hj_access_check_row(hj_request_tx(req), hj_request_actor(req), ledger,
                                              HJ_ACCESS_VIEW, place->id, error))
        return NULL;
    /* Rows of a ledger without a flow stand nowhere: an empty matrix. */
    g_autoptr(HjRows) rows =
        ledger->flow != NULL
            ? hj_due_matrix(hj_request_tx(req), hj_request_actor(req), ledger, place->id, error)
            : NULL;
    if (ledger->flow != NULL && rows == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    put(&w, "ledger", ledger->name);
    put(&w, "under", place->code);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (rows != NULL && hj_rows_next(rows))
        write_place(req, &w, ledger, rows);
    hj_api_end_list(&w, NULL);
    return res;
}
