/* Many rows at once: choosing what happens, seeing what would, doing it, taking it back. */
#include "base/id.h"
#include "batch.html.h"
#include "batch_done.html.h"
#include "core/batch.h"
#include "web/pages.h"
#include "web/rowquery.h"
#include "web/views_batch.h"

#include <string.h>

#define PAGE 200
#define MAX_REFUSED_SHOWN 50

static const char *const own_names[] = { "row",    "all",     "field",   "value",
                                         "reason", "preview", "columns", NULL };

/* The rows that are asked for, with the version each has now. */
typedef struct {
    HjBatchRow *rows;
    size_t n;
    int64_t n_all;
    bool too_many;
} Chosen;

static bool
add_ticked(HjRequest *req, const HjLedger *ledger, Chosen *out, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, NULL);
    for (size_t i = 0; i < hj_request_n_query(req); i++) {
        int64_t id = 0;
        const char *text = hj_request_query_value(req, i);
        if (strcmp(hj_request_query_name(req, i), "row") != 0 ||
            !g_hash_table_add(seen, (gpointer)text))
            continue;
        if (!hj_id_parse(text, &id))
            return hj_rowquery_fail(req, "row", N_("Must be the number of a row."), error);
        if (out->n == HJ_BATCH_MAX) {
            out->too_many = true;
            break;
        }
        g_autoptr(HjRows) row =
            hj_row_get(hj_request_tx(req), hj_request_actor(req), ledger, id, error);
        if (row == NULL)
            return false;
        if (hj_rows_next(row))
            out->rows[out->n++] = (HjBatchRow){ id, hj_rows_i64(row, "version") };
    }
    out->n_all = (int64_t)out->n;
    return true;
}

static bool
add_filtered(HjRequest *req, HjRowQuery *query, Chosen *out, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    query->sort = NULL;
    query->limit = PAGE;
    g_autoptr(HjRows) totals = hj_row_totals(tx, actor, query, error);
    if (totals == NULL)
        return false;
    out->n_all = hj_rows_next(totals) ? hj_rows_i64(totals, "count") : 0;
    out->too_many = out->n_all > HJ_BATCH_MAX;
    g_autofree char *cursor = NULL;
    do {
        g_autofree char *next = NULL;
        query->cursor = cursor;
        g_autoptr(HjRows) rows = hj_row_list(tx, actor, query, &next, error);
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows) && out->n < HJ_BATCH_MAX)
            out->rows[out->n++] =
                (HjBatchRow){ hj_rows_i64(rows, "id"), hj_rows_i64(rows, "version") };
        g_free(cursor);
        cursor = g_steal_pointer(&next);
    } while (cursor != NULL && out->n < HJ_BATCH_MAX && !out->too_many);
    return true;
}

static bool
read_chosen(HjRequest *req, const HjLedger *ledger, Chosen *out, GError **error)
{
    HjRowQuery query;
    if (!hj_rowquery_read_beside(req, ledger, own_names, &query, error) ||
        (query.under != 0 && !hj_access_check_row(hj_request_tx(req), hj_request_actor(req),
                                                  ledger, HJ_ACCESS_ENTER, query.under, error)))
        return false;
    *out = (Chosen){ .rows = hj_request_new(req, HjBatchRow, HJ_BATCH_MAX + 1) };
    const char *all = hj_request_query(req, "all");
    bool done = g_strcmp0(all, "1") == 0 ? add_filtered(req, &query, out, error)
                                         : add_ticked(req, ledger, out, error);
    if (out->too_many)
        out->n = 0;
    return done;
}

/* What the next step must know again: the rows or the conditions. */
static void
carry(HjRequest *req, HjBatchView *view)
{
    static const char *const left[] = { "field", "value", "reason", "preview", "cursor", NULL };
    size_t n = hj_request_n_query(req);
    view->carried = hj_request_new(req, HjCarried, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *name = hj_request_query_name(req, i);
        if (!g_strv_contains(left, name) && *hj_request_query_value(req, i) != '\0')
            view->carried[view->n_carried++] =
                (HjCarried){ name, hj_request_query_value(req, i) };
    }
}

static void
fill_fields(HjRequest *req, const HjLedger *ledger, HjBatchView *view)
{
    view->fields = hj_request_new(req, HjOption, ledger->n_fields);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (hj_batch_may_set(hj_request_actor(req), field))
            view->fields[view->n_fields++] =
                (HjOption){ .value = field->name,
                            .text = hj_page_label(req, &field->title),
                            .on = g_strcmp0(view->field, field->name) == 0 };
    }
}

static void
add_option(HjFormField *input, const char *value, const char *text)
{
    input->options[input->n_options++] =
        (HjOption){ .value = value, .text = text, .on = g_strcmp0(input->value, value) == 0 };
}

/* Where the value, or the reason, is typed. */
static HjFormField
input_of(HjRequest *req, const HjField *field)
{
    HjLang lang = hj_request_lang(req);
    HjFormField input = { .kind = HJ_INPUT_TEXT, .name = "value", .max = 2000 };
    input.value = hj_request_query(req, "value");
    if (field == NULL) {
        input.kind = HJ_INPUT_LINES;
        input.name = "reason";
        input.title = hj_tr(lang, N_("Reason"));
        input.value = hj_request_query(req, "reason");
        input.required = true;
        input.max = 500;
        return input;
    }
    input.title = hj_page_label(req, &field->title);
    input.unit = hj_page_label(req, &field->unit);
    input.help = field->required ? NULL : hj_tr(lang, N_("Left empty, the field is emptied."));
    if (field->type == HJ_FIELD_DATE)
        input.kind = HJ_INPUT_DATE;
    if (field->type != HJ_FIELD_CHOICE && field->type != HJ_FIELD_BOOL)
        return input;
    input.kind = HJ_INPUT_SELECT;
    size_t n = field->type == HJ_FIELD_CHOICE ? field->list->n_items : 2;
    input.options = hj_request_new(req, HjOption, n);
    for (size_t i = 0; field->type == HJ_FIELD_CHOICE && i < n; i++)
        add_option(&input, field->list->items[i].name,
                   hj_page_label(req, &field->list->items[i].title));
    if (field->type == HJ_FIELD_BOOL) {
        add_option(&input, "1", hj_tr(lang, N_("yes")));
        add_option(&input, "0", hj_tr(lang, N_("no")));
    }
    return input;
}

/* A value as the list shows it. */
static const char *
value_text(HjRequest *req, const HjField *field, const char *text)
{
    const HjListItem *item = field->type == HJ_FIELD_CHOICE && text != NULL
                                 ? hj_pack_list_item(field->list, text)
                                 : NULL;
    if (item != NULL)
        return hj_page_label(req, &item->title);
    if (field->type == HJ_FIELD_BOOL && text != NULL)
        return hj_tr(hj_request_lang(req), *text == '1' ? N_("yes") : N_("no"));
    return text != NULL && *text != '\0' ? text : hj_tr(hj_request_lang(req), N_("empty"));
}

static const char *
what_of(HjRequest *req, const HjBatch *batch)
{
    HjLang lang = hj_request_lang(req);
    if (batch->action == HJ_BATCH_VOID)
        return hj_tr(lang, N_("Withdraw, with a reason"));
    return hj_request_printf(req, "%s %s → %s", hj_tr(lang, N_("Set")),
                             hj_page_label(req, &batch->field->title),
                             value_text(req, batch->field, batch->value));
}

static bool
fill_line(HjRequest *req, const HjLedger *ledger, int64_t id, HjBatchLine *line, GError **error)
{
    g_autoptr(GError) why = NULL;
    HjRows *row = hj_row_get(hj_request_tx(req), hj_request_actor(req), ledger, id, &why);
    line->href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name, id);
    line->title = hj_request_printf(req, "#%" G_GINT64_FORMAT, id);
    if (row == NULL && g_error_matches(why, HJ_ERROR, HJ_ERROR_NOT_FOUND))
        return true;
    if (row == NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(row))
        return true;
    line->title = hj_pages_row_title(req, ledger, row);
    line->org = hj_rows_text(row, "org_name");
    return true;
}

static const char *
why_of(HjRequest *req, HjBatchWhat what, const char *zh, const char *en)
{
    HjLang lang = hj_request_lang(req);
    if (what == HJ_BATCH_STALE)
        return hj_tr(lang, N_("Changed by somebody else meanwhile; look at it again."));
    return hj_request_strdup(req, lang == HJ_ZH ? zh : en);
}

static bool
preview(HjRequest *req, const HjBatch *batch, const Chosen *chosen, HjBatchView *view,
        GError **error)
{
    g_auto(HjBatchResult) result = { 0 };
    if (!hj_batch_try(hj_request_tx(req), hj_request_actor(req), batch, chosen->rows, chosen->n,
                      &result, error))
        return false;
    view->previewed = true;
    view->n_changed = result.n_changed;
    view->n_same = result.n_same;
    view->n_refused = result.n_refused;
    view->lines = hj_request_new(req, HjBatchLine, MAX_REFUSED_SHOWN);
    g_autoptr(GString) items = g_string_new(NULL);
    for (size_t i = 0; i < result.n_items; i++) {
        const HjBatchItem *item = &result.items[i];
        g_string_append_printf(items, "%s%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                               i > 0 ? "," : "", chosen->rows[i].id, chosen->rows[i].version);
        if (item->what != HJ_BATCH_REFUSED || view->n_lines == MAX_REFUSED_SHOWN)
            continue;
        HjBatchLine *line = &view->lines[view->n_lines++];
        line->why = why_of(req, item->what, item->why_zh, item->why_en);
        if (!fill_line(req, batch->ledger, item->id, line, error))
            return false;
    }
    view->items = hj_request_strdup(req, items->str);
    view->what = what_of(req, batch);
    return true;
}

/* The field called @name that may be set, or NULL for withdrawing. */
static bool
find_field(HjRequest *req, const HjLedger *ledger, const char *name, const HjField **ret,
           GError **error)
{
    *ret = NULL;
    if (name == NULL || *name == '\0')
        return true;
    *ret = hj_pack_field(ledger, name);
    if (*ret != NULL && hj_batch_may_set(hj_request_actor(req), *ret))
        return true;
    return hj_rowquery_fail(req, "field", N_("There is no such field."), error);
}

static const HjLedger *
ledger_to_enter(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    if (ledger == NULL)
        return NULL;
    if (hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_ENTER))
        return ledger;
    hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    return NULL;
}

static HjBatchView
batch_view(HjRequest *req, const HjLedger *ledger)
{
    HjLang lang = hj_request_lang(req);
    HjBatchView view = {
        .page = hj_page(req,
                        hj_page_titled(req, hj_page_label(req, &ledger->title),
                                       hj_tr(lang, N_("many rows at once"))),
                        "ledgers"),
        .cancel_href = hj_request_printf(req, "/ledgers/%s", ledger->name),
        .action = hj_request_printf(req, "/ledgers/%s/batch", ledger->name),
    };
    view.post_action = view.action;
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    hj_page_crumb(req, &view.page, "/ledgers", hj_tr(lang, N_("Ledgers")));
    hj_page_crumb(req, &view.page, view.cancel_href, hj_page_label(req, &ledger->title));
    return view;
}

HjResponse *
hj_pages_batch(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_to_enter(req, error);
    const HjField *field = NULL;
    Chosen chosen;
    if (ledger == NULL || !read_chosen(req, ledger, &chosen, error) ||
        !find_field(req, ledger, hj_request_query(req, "field"), &field, error))
        return NULL;
    HjBatchView view = batch_view(req, ledger);
    view.n_rows = (int64_t)chosen.n;
    view.n_all = chosen.n_all;
    view.too_many = chosen.too_many;
    view.is_set = field != NULL;
    view.field = field != NULL ? field->name : NULL;
    view.input = input_of(req, field);
    carry(req, &view);
    fill_fields(req, ledger, &view);
    HjBatch batch = { .ledger = ledger,
                      .action = field != NULL ? HJ_BATCH_SET : HJ_BATCH_VOID,
                      .field = field,
                      .value = field != NULL ? view.input.value : NULL,
                      .reason = field == NULL ? view.input.value : NULL };
    bool is_asked = g_strcmp0(hj_request_query(req, "preview"), "1") == 0 && chosen.n > 0;
    if (is_asked && field == NULL && (batch.reason == NULL || *batch.reason == '\0'))
        view.input.wrong = hj_tr(hj_request_lang(req), N_("Say why."));
    else if (is_asked && !preview(req, &batch, &chosen, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_batch(&out, &view);
    return res;
}

/* "id:version,id:version" */
static bool
read_items(HjRequest *req, HjBatchRow *rows, size_t *ret_n, GError **error)
{
    const char *text = hj_request_form(req, "items");
    g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ",", -1);
    *ret_n = 0;
    for (size_t i = 0; parts[i] != NULL; i++) {
        char *colon = strchr(parts[i], ':');
        HjBatchRow row;
        if (colon != NULL)
            *colon = '\0';
        if (colon == NULL || *ret_n == HJ_BATCH_MAX || !hj_id_parse(parts[i], &row.id) ||
            !hj_id_parse(colon + 1, &row.version))
            return hj_fail(error, HJ_ERROR_MALFORMED, "Choose from 1 to 1000 rows.");
        rows[(*ret_n)++] = row;
    }
    return true;
}

static HjResponse *
to_result(HjRequest *req, const HjLedger *ledger, int64_t id)
{
    return hj_response_see_other(
        req, hj_request_printf(req, "/ledgers/%s/batches/%" G_GINT64_FORMAT, ledger->name, id),
        NULL);
}

HjResponse *
hj_pages_batch_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_to_enter(req, error);
    const HjField *field = NULL;
    HjBatchRow *rows = hj_request_new(req, HjBatchRow, HJ_BATCH_MAX + 1);
    size_t n = 0;
    if (ledger == NULL || !read_items(req, rows, &n, error) ||
        !find_field(req, ledger, hj_request_form(req, "field"), &field, error))
        return NULL;
    const char *value = hj_request_form(req, "value");
    HjBatch batch = { .ledger = ledger,
                      .action = field != NULL ? HJ_BATCH_SET : HJ_BATCH_VOID,
                      .field = field,
                      .value = field != NULL ? value : NULL,
                      .reason = field == NULL ? value : NULL };
    int64_t id = 0;
    if (!hj_batch_run(hj_request_tx(req), hj_request_actor(req), &batch, rows, n, &id, error))
        return NULL;
    return to_result(req, ledger, id);
}

static HjRows *
load_batch(HjRequest *req, const HjLedger *ledger, int64_t *ret_id, GError **error)
{
    if (!hj_request_part_i64(req, "id", ret_id, error))
        return NULL;
    HjRows *batch =
        hj_batch_get(hj_request_tx(req), hj_request_actor(req), ledger, *ret_id, error);
    if (batch == NULL)
        return NULL;
    hj_request_adopt(req, batch, (GDestroyNotify)hj_rows_free);
    hj_rows_next(batch);
    return batch;
}

static bool
fill_results(HjRequest *req, const HjLedger *ledger, int64_t id, HjBatchDoneView *view,
             GError **error)
{
    static const struct {
        const char *result, *text;
        HjBatchWhat what;
    } words[] = { { "changed", N_("changed"), HJ_BATCH_CHANGED },
                  { "same", N_("said so already"), HJ_BATCH_SAME },
                  { "refused", N_("refused"), HJ_BATCH_REFUSED },
                  { "stale", N_("refused"), HJ_BATCH_STALE } };
    g_autoptr(HjRows) items = hj_batch_items(hj_request_tx(req), id, error);
    if (items == NULL)
        return false;
    view->lines = hj_request_new(req, HjBatchLine, hj_rows_count(items) + 1);
    while (hj_rows_next(items)) {
        HjBatchLine *line = &view->lines[view->n_lines++];
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
            if (strcmp(words[i].result, hj_rows_text(items, "result")) != 0)
                continue;
            line->result = hj_tr(hj_request_lang(req), words[i].text);
            line->good = words[i].what < HJ_BATCH_REFUSED;
            if (!line->good)
                line->why = why_of(req, words[i].what, hj_rows_text(items, "why_zh"),
                                   hj_rows_text(items, "why_en"));
        }
        if (!fill_line(req, ledger, hj_rows_i64(items, "row_id"), line, error))
            return false;
    }
    return true;
}

static const char *
other_batch(HjRequest *req, const HjLedger *ledger, const HjRows *batch, const char *column)
{
    return hj_rows_null(batch, column)
               ? NULL
               : hj_request_printf(req, "/ledgers/%s/batches/%" G_GINT64_FORMAT, ledger->name,
                                   hj_rows_i64(batch, column));
}

HjResponse *
hj_pages_batch_done(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_to_enter(req, error);
    int64_t id = 0;
    HjRows *kept = ledger != NULL ? load_batch(req, ledger, &id, error) : NULL;
    if (kept == NULL)
        return NULL;
    HjBatchView frame = batch_view(req, ledger);
    const char *name = hj_rows_text(kept, "field");
    HjBatch batch = { .ledger = ledger,
                      .field = name != NULL ? hj_pack_field(ledger, name) : NULL,
                      .value = hj_rows_text(kept, "value") };
    batch.action = batch.field != NULL ? HJ_BATCH_SET : HJ_BATCH_VOID;
    HjBatchDoneView view = { .page = frame.page,
                             .what = what_of(req, &batch),
                             .reason = hj_rows_text(kept, "reason"),
                             .list_href = frame.cancel_href,
                             .at = hj_rows_i64(kept, "at"),
                             .n_changed = hj_rows_i64(kept, "n_changed"),
                             .n_same = hj_rows_i64(kept, "n_same"),
                             .n_refused = hj_rows_i64(kept, "n_refused") };
    view.undone_href = other_batch(req, ledger, kept, "undone_by");
    view.undo_of_href = other_batch(req, ledger, kept, "undo_of");
    if (view.undo_of_href != NULL)
        view.what = hj_page_titled(req, hj_tr(hj_request_lang(req), N_("Taken back")),
                                   hj_page_label(req, &batch.field->title));
    if (batch.field != NULL && view.undone_href == NULL && view.undo_of_href == NULL &&
        view.n_changed > 0)
        view.undo_action = hj_request_printf(
            req, "/ledgers/%s/batches/%" G_GINT64_FORMAT "/undo", ledger->name, id);
    if (!fill_results(req, ledger, id, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_batch_done(&out, &view);
    return res;
}

HjResponse *
hj_pages_batch_undo_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_to_enter(req, error);
    int64_t id = 0, undo = 0;
    if (ledger == NULL || !hj_request_part_i64(req, "id", &id, error) ||
        !hj_batch_undo(hj_request_tx(req), hj_request_actor(req), ledger, id, &undo, error))
        return NULL;
    return to_result(req, ledger, undo);
}
