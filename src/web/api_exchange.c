/* Workbooks of a ledger over the API: at once, in the transaction of the request. */
#include "core/import_job.h"
#include "web/api_calls.h"
#include "web/exchange.h"
#include "web/rowquery.h"

#define MAX_TOLD 1000 /* wrong cells in one answer */

HjResponse *
hj_api_template(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_api_ledger(req, error);
    return ledger != NULL ? hj_exchange_template_get(req, ledger, error) : NULL;
}

HjResponse *
hj_api_export(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_api_ledger(req, error);
    HjRowQuery query;
    if (ledger == NULL || !hj_rowquery_read_api(req, ledger, &query, error))
        return NULL;
    return hj_exchange_export_get(req, &query, error);
}

typedef struct {
    HjIssues *issues;
    size_t n;
} Telling;

static bool
tell(const HjImportCell *cell, gpointer data)
{
    Telling *t = data;
    HjCellName at = hj_sheet_cell_name(cell->column, cell->row);
    g_autofree char *row = g_strdup_printf("%d", cell->row);
    hj_issues_add_label(t->issues, cell->column > 0 ? at.text : row, cell->code, &cell->says);
    return ++t->n < MAX_TOLD;
}

static void
tell_all(HjRequest *req, const HjImportOutcome *outcome)
{
    Telling telling = { .issues = hj_request_issues(req) };
    for (guint i = 0; outcome->problems[HJ_ZH] != NULL && i < outcome->problems[HJ_ZH]->len;
         i++) {
        HjLabel says = { .zh = g_ptr_array_index(outcome->problems[HJ_ZH], i),
                         .en = g_ptr_array_index(outcome->problems[HJ_EN], i) };
        hj_issues_add_label(telling.issues, "file", "headings", &says);
    }
    if (outcome->lines != NULL)
        hj_import_outcome_each(outcome, tell, &telling);
}

static bool
read_mode(HjRequest *req, HjImportMode *ret, GError **error)
{
    static const struct {
        const char *name;
        HjImportMode mode;
    } modes[] = { { "all", HJ_IMPORT_ALL },
                  { "right", HJ_IMPORT_RIGHT_ONES },
                  { "check", HJ_IMPORT_LOOK } };
    const char *name = hj_request_form(req, "mode");
    *ret = HJ_IMPORT_ALL;
    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
        if (name != NULL && !g_str_equal(name, modes[i].name))
            continue;
        *ret = modes[i].mode;
        return true;
    }
    hj_issues_add(hj_request_issues(req), "mode", "choice",
                  N_("Must be “all”, “right” or “check”."));
    return hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
}

static HjResponse *
answer(HjRequest *req, const HjImportOutcome *outcome, HjImportMode mode)
{
    HjJsonWriter w;
    HjIssues *issues = hj_request_issues(req);
    bool look = mode == HJ_IMPORT_LOOK;
    HjResponse *res = hj_response_json(req, look ? 200 : 201, &w);
    const struct {
        const char *key;
        int64_t value;
    } counts[] = { { "rows", outcome->n_rows },
                   { "right", outcome->n_right },
                   { "wrong", outcome->n_wrong },
                   { "duplicates", outcome->n_duplicate },
                   { "imported", look ? 0 : outcome->n_right } };
    hj_json_begin_object(&w);
    if (outcome->id != 0)
        hj_json_put_id(&w, "id", outcome->id);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        hj_json_put_i64(&w, counts[i].key, counts[i].value);
    }
    hj_json_key(&w, "errors");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < hj_issues_count(issues); i++) {
        hj_json_begin_object(&w);
        hj_json_put_text(&w, "field", hj_issues_field(issues, i));
        hj_json_put_text(&w, "code", hj_issues_code(issues, i));
        hj_json_put_text(&w, "message", hj_issues_message(issues, i, hj_request_lang(req)));
        hj_json_end_object(&w);
    }
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    return res;
}

HjResponse *
hj_api_import(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_api_ledger(req, error);
    const HjActor *actor = hj_request_actor(req);
    HjTx *tx = hj_request_tx(req);
    HjImportMode mode;
    const char *name = NULL;
    if (ledger == NULL || !read_mode(req, &mode, error))
        return NULL;
    if (!hj_access_may_ledger(actor, ledger, HJ_ACCESS_ENTER)) {
        hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        return NULL;
    }
    g_autoptr(GMappedFile) file = hj_exchange_uploaded(req, &name, error);
    if (file == NULL)
        return NULL;
    g_auto(HjImportOutcome) outcome = { 0 };
    hj_tx_exempt(tx); /* nothing may be right; each row has its own event */
    bool done = hj_import_at_once(tx, actor, ledger, name, g_mapped_file_get_contents(file),
                                  g_mapped_file_get_length(file), mode, &outcome, error);
    tell_all(req, &outcome);
    return done ? answer(req, &outcome, mode) : NULL;
}
