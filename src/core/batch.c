#include "core/batch.h"

#include "base/id.h"
#include "store/event.h"

#include <string.h>

static const char *const whats[] = { "changed", "same", "refused", "stale" };

void
hj_batch_result_clear(HjBatchResult *result)
{
    for (size_t i = 0; i < result->n_items; i++) {
        g_free(result->items[i].why_zh);
        g_free(result->items[i].why_en);
        g_free(result->items[i].before);
    }
    g_clear_pointer(&result->items, g_free);
    result->n_items = 0;
}

bool
hj_batch_may_set(const HjActor *actor, const HjField *field)
{
    return field->retired == NULL && field->number == NULL &&
           !hj_access_field_hidden(actor, field) && !hj_pack_field_is_sealed(field) &&
           field->type != HJ_FIELD_FILES;
}

static void
note_refusal(HjBatchItem *item, const HjIssues *issues, const GError *why)
{
    item->what = HJ_BATCH_REFUSED;
    if (hj_issues_count(issues) > 0) {
        item->why_zh = g_strdup(hj_issues_message(issues, 0, HJ_ZH));
        item->why_en = g_strdup(hj_issues_message(issues, 0, HJ_EN));
        return;
    }
    item->why_zh = g_strdup(hj_tr(HJ_ZH, why->message));
    item->why_en = g_strdup(why->message);
}

/* The version stored now, 0 for none in sight, and the field's value as JSON. */
static bool
look(HjTx *tx, const HjActor *actor, const HjBatch *batch, HjBatchItem *item,
     int64_t *ret_version, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(HjRows) row = hj_row_get(tx, actor, batch->ledger, item->id, &why);
    *ret_version = 0;
    if (row == NULL && hj_error_is_refusal(why))
        return true;
    if (row == NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!hj_rows_next(row))
        return true;
    *ret_version = hj_rows_i64(row, "version");
    if (batch->field == NULL)
        return true;
    HjJsonWriter w = { .out = g_string_new(NULL) };
    bool is_number = hj_field_is_number(batch->field);
    int column = hj_rows_column(row, batch->field->name);
    hj_json_begin_object(&w);
    hj_json_key(&w, batch->field->name);
    hj_field_to_json(batch->field, hj_rows_null_at(row, column),
                     is_number ? hj_rows_i64_at(row, column) : 0,
                     is_number ? NULL : hj_rows_text_at(row, column), &w);
    hj_json_end_object(&w);
    item->before = g_string_free(w.out, FALSE);
    return true;
}

/* Whether the row would take the change, and what stands in the way. */
static bool
try_one(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjJson *json,
        HjBatchItem *item, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autoptr(GError) why = NULL;
    bool changes = true;
    HjRowInput input = { .name = batch->field != NULL ? batch->field->name : NULL,
                         .text = batch->value,
                         .json = json };
    bool done = batch->action == HJ_BATCH_SET
                    ? hj_row_update_try(tx, actor, batch->ledger, item->id, item->version,
                                        &input, 1, issues, &changes, &why)
                    : hj_row_void_try(tx, actor, batch->ledger, item->id, item->version, &why);
    if (!done && !hj_error_is_refusal(why)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!done)
        note_refusal(item, issues, why);
    else
        item->what = changes ? HJ_BATCH_CHANGED : HJ_BATCH_SAME;
    return true;
}

/* What was tried before and found good: a refusal now would leave half a row behind, so that
 * it takes back the whole batch. */
static bool
do_one(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjJson *json,
       HjBatchItem *item, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjRowKey key = { .version = item->version + 1 };
    HjRowInput input = { .name = batch->field != NULL ? batch->field->name : NULL,
                         .text = batch->value,
                         .json = json };
    bool done = batch->action == HJ_BATCH_SET
                    ? hj_row_update(tx, actor, batch->ledger, item->id, item->version, &input,
                                    1, issues, &key, error)
                    : hj_row_void(tx, actor, batch->ledger, item->id, item->version,
                                  batch->reason, issues, error);
    item->version = key.version;
    return done;
}

/* One row, really or only tried; @json stands for the text of the value. */
static bool
change(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjJson *json, bool dry,
       HjBatchItem *item, GError **error)
{
    int64_t now = 0;
    if (!look(tx, actor, batch, item, &now, error))
        return false;
    if (now != 0 && now != item->version) {
        item->what = HJ_BATCH_STALE;
        return true;
    }
    return try_one(tx, actor, batch, json, item, error) &&
           (dry || item->what != HJ_BATCH_CHANGED ||
            do_one(tx, actor, batch, json, item, error));
}

static void
count(HjBatchResult *result, const HjBatchItem *item)
{
    result->n_changed += item->what == HJ_BATCH_CHANGED ? 1 : 0;
    result->n_same += item->what == HJ_BATCH_SAME ? 1 : 0;
    result->n_refused += item->what == HJ_BATCH_REFUSED || item->what == HJ_BATCH_STALE ? 1 : 0;
}

static bool
go(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjBatchRow *rows, size_t n,
   bool dry, HjBatchResult *ret, GError **error)
{
    *ret = (HjBatchResult){ .items = g_new0(HjBatchItem, n + 1) };
    if (n == 0 || n > HJ_BATCH_MAX)
        return hj_fail(error, HJ_ERROR_MALFORMED, "Choose from 1 to 1000 rows.");
    if (batch->action == HJ_BATCH_SET && !hj_batch_may_set(actor, batch->field))
        return hj_fail(error, HJ_ERROR_MALFORMED, "This field is not changed in many rows.");
    for (size_t i = 0; i < n; i++) {
        HjBatchItem *item = &ret->items[ret->n_items++];
        item->id = rows[i].id;
        item->version = rows[i].version;
        if (!change(tx, actor, batch, NULL, dry, item, error))
            return false;
        count(ret, item);
    }
    return true;
}

bool
hj_batch_try(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjBatchRow *rows,
             size_t n, HjBatchResult *ret, GError **error)
{
    return go(tx, actor, batch, rows, n, true, ret, error);
}

#define SQL_BATCH                                                                              \
    "INSERT INTO sys_batch (county, id, ledger, action, field, value, reason, at, account, "   \
    "n_changed, n_same, n_refused, undo_of) "                                                  \
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
#define SQL_ITEM                                                                               \
    "INSERT INTO sys_batch_item (county, batch, place, row_id, result, version, before, "      \
    "why_zh, why_en) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"

/* One event that names what was done and to which rows. */
static bool
tell(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjBatchResult *result,
     int64_t id, int64_t undo_of, GError **error)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    hj_json_key(&w, "ledger");
    hj_json_text(&w, batch->ledger->name);
    if (batch->field != NULL) {
        hj_json_key(&w, "field");
        hj_json_text(&w, batch->field->name);
    }
    hj_json_key(&w, "count");
    hj_json_i64(&w, result->n_changed);
    if (undo_of != 0) {
        hj_json_key(&w, "undo_of");
        hj_json_id(&w, undo_of);
    }
    hj_json_key(&w, "rows");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < result->n_items; i++)
        if (result->items[i].what == HJ_BATCH_CHANGED)
            hj_json_id(&w, result->items[i].id);
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    g_autofree char *after = g_string_free(w.out, FALSE);
    HjEvent event = { .action = undo_of != 0 ? "batch.undo" : "batch.run",
                      .subject = "batch",
                      .row = id,
                      .org = actor->n_grants > 0 ? actor->grants[0].org : 0,
                      .after = after,
                      .reason = batch->reason };
    return hj_event_append(tx, &event, error);
}

static bool
keep(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjBatchResult *result,
     int64_t undo_of, int64_t *ret_id, GError **error)
{
    int64_t county = hj_tx_county(tx), id = hj_id_new();
    bool is_set = batch->action == HJ_BATCH_SET;
    if (!hj_tx_exec(tx, error, SQL_BATCH, HJ_I64(county), HJ_I64(id),
                    HJ_TEXT(batch->ledger->name), HJ_TEXT(is_set ? "set" : "void"),
                    HJ_TEXT(is_set ? batch->field->name : NULL), HJ_TEXT(batch->value),
                    HJ_TEXT(batch->reason), HJ_TIME(hj_tx_now(tx)), HJ_I64(actor->account),
                    HJ_I64(result->n_changed), HJ_I64(result->n_same),
                    HJ_I64(result->n_refused), undo_of != 0 ? HJ_I64(undo_of) : HJ_NULL))
        return false;
    for (size_t i = 0; i < result->n_items; i++) {
        const HjBatchItem *item = &result->items[i];
        if (!hj_tx_exec(tx, error, SQL_ITEM, HJ_I64(county), HJ_I64(id), HJ_I64(i),
                        HJ_I64(item->id), HJ_TEXT(whats[item->what]), HJ_I64(item->version),
                        HJ_TEXT(item->before), HJ_TEXT(item->why_zh), HJ_TEXT(item->why_en)))
            return false;
    }
    *ret_id = id;
    return tell(tx, actor, batch, result, id, undo_of, error);
}

bool
hj_batch_run(HjTx *tx, const HjActor *actor, const HjBatch *batch, const HjBatchRow *rows,
             size_t n, int64_t *ret_id, GError **error)
{
    g_auto(HjBatchResult) result = { 0 };
    return go(tx, actor, batch, rows, n, false, &result, error) &&
           keep(tx, actor, batch, &result, 0, ret_id, error);
}

HjRows *
hj_batch_get(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id, GError **error)
{
    g_autoptr(HjRows) batch = hj_tx_query(
        tx, error,
        "SELECT id, ledger, action, field, value, reason, at, n_changed, n_same,"
        " n_refused, undo_of, undone_by FROM sys_batch"
        " WHERE county = $1 AND id = $2 AND account = $3 AND ledger = $4",
        HJ_I64(hj_tx_county(tx)), HJ_I64(id), HJ_I64(actor->account), HJ_TEXT(ledger->name));
    if (batch == NULL)
        return NULL;
    if (hj_rows_count(batch) == 0) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    return g_steal_pointer(&batch);
}

HjRows *
hj_batch_items(HjTx *tx, int64_t id, GError **error)
{
    return hj_tx_query(tx, error,
                       "SELECT row_id, result, version, before, why_zh, why_en"
                       " FROM sys_batch_item WHERE county = $1 AND batch = $2 ORDER BY place",
                       HJ_I64(hj_tx_county(tx)), HJ_I64(id));
}

static bool
put_back(HjTx *tx, const HjActor *actor, const HjBatch *batch, HjRows *items,
         HjBatchResult *ret, GError **error)
{
    while (hj_rows_next(items)) {
        const char *before = hj_rows_text(items, "before");
        if (strcmp(hj_rows_text(items, "result"), "changed") != 0 || before == NULL)
            continue;
        g_autoptr(HjJson) json = hj_json_parse(before, strlen(before), error);
        if (json == NULL)
            return false;
        const HjJson *value = hj_json_get(json, batch->field->name);
        HjBatchItem *item = &ret->items[ret->n_items++];
        item->id = hj_rows_i64(items, "row_id");
        item->version = hj_rows_i64(items, "version");
        if (!change(tx, actor, batch, value, false, item, error))
            return false;
        count(ret, item);
    }
    return true;
}

bool
hj_batch_undo(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
              int64_t *ret_id, GError **error)
{
    g_autoptr(HjRows) kept = hj_batch_get(tx, actor, ledger, id, error);
    if (kept == NULL)
        return false;
    hj_rows_next(kept);
    const char *field = hj_rows_text(kept, "field");
    HjBatch batch = { .ledger = ledger,
                      .field = field != NULL ? hj_pack_field(ledger, field) : NULL };
    if (batch.field == NULL || !hj_batch_may_set(actor, batch.field) ||
        !hj_rows_null(kept, "undone_by") || !hj_rows_null(kept, "undo_of"))
        return hj_fail(error, HJ_ERROR_CONFLICT, "This cannot be taken back.");
    g_autoptr(HjRows) items = hj_batch_items(tx, id, error);
    if (items == NULL)
        return false;
    g_auto(HjBatchResult) result = { .items = g_new0(HjBatchItem, hj_rows_count(items) + 1) };
    return put_back(tx, actor, &batch, items, &result, error) &&
           keep(tx, actor, &batch, &result, id, ret_id, error) &&
           hj_tx_exec(tx, error,
                      "UPDATE sys_batch SET undone_by = $3 WHERE county = $1 AND id = $2",
                      HJ_I64(hj_tx_county(tx)), HJ_I64(id), HJ_I64(*ret_id));
}
