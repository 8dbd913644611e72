/* Sealed values over the API: rows found by a whole number, and values in clear for a reason
 * that is recorded first.  Neither has a place in an address. */
#include "core/unmask.h"
#include "web/api_calls.h"
#include "web/internal.h"

const HjApiMember hj_api_find_body[] = { { "field", HJ_JSON_STRING, true },
                                         { "value", HJ_JSON_STRING, true },
                                         { 0 } };
const HjApiMember hj_api_unmask_body[] = { { "field", HJ_JSON_STRING, false },
                                           { "reason", HJ_JSON_STRING, true },
                                           { 0 } };

/* A sealed field that the caller may know of; an issue on "field" otherwise. */
static const HjField *
field_of(HjRequest *req, const HjLedger *ledger, const char *name, bool findable,
         GError **error)
{
    const HjField *field = name != NULL ? hj_pack_field(ledger, name) : NULL;
    if (field != NULL && hj_pack_field_is_sealed(field) &&
        !(findable && field->type == HJ_FIELD_SEALED) &&
        !hj_access_field_hidden(hj_request_actor(req), field))
        return field;
    hj_issues_add(hj_request_issues(req), "field", "choice",
                  N_("Must name a sealed field of this ledger."));
    hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
    return NULL;
}

HjResponse *
hj_api_find(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    const HjLedger *ledger = hj_api_ledger(req, error);
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    if (ledger == NULL || !hj_api_read_body(req, hj_api_find_body, body, error))
        return NULL;
    const HjField *field = field_of(req, ledger, hj_json_string(body[0]), true, error);
    g_autofree char *hash =
        field != NULL ? hj_unmask_filter(tx, actor, ledger, field, hj_json_string(body[1]),
                                         hj_request_issues(req), error)
                      : NULL;
    if (hash == NULL)
        return NULL;
    HjRowFilter filter = { field, hash };
    HjRowQuery query = { .ledger = ledger,
                         .from = HJ_DATE_NONE,
                         .to = HJ_DATE_NONE,
                         .filters = &filter,
                         .n_filters = 1,
                         .limit = 200 };
    g_autofree char *next = NULL;
    g_autoptr(HjRows) rows = hj_row_list(tx, actor, &query, &next, error);
    if (rows == NULL)
        return NULL;
    req->idempotency = NULL; /* a number is not kept with its answer */
    hj_tx_exempt(tx);
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(rows))
        hj_api_write_row(req, &w, ledger, rows);
    hj_api_end_list(&w, NULL);
    return res;
}

HjResponse *
hj_api_unmask(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    const HjLedger *ledger = hj_api_ledger(req, error);
    int64_t id = 0;
    if (ledger == NULL || !hj_request_part_i64(req, "id", &id, error) ||
        !hj_api_read_body(req, hj_api_unmask_body, body, error))
        return NULL;
    const HjField *field = NULL;
    if (body[0] != NULL) {
        field = field_of(req, ledger, hj_json_string(body[0]), false, error);
        if (field == NULL)
            return NULL;
    }
    req->idempotency =
        NULL; /* values in clear are kept nowhere; asking again is recorded again */
    g_autoptr(GArray) values =
        hj_unmask_row(hj_request_tx(req), hj_request_actor(req), ledger, id, field,
                      "row.unmask", hj_json_string(body[1]), hj_request_issues(req), error);
    if (values == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_put_id(&w, "id", id);
    hj_json_key(&w, "fields");
    hj_json_begin_object(&w);
    for (guint i = 0; i < values->len; i++) {
        const HjUnmasked *value = &g_array_index(values, HjUnmasked, i);
        hj_json_put_text(&w, value->field->name, value->text);
    }
    hj_json_end_object(&w);
    hj_json_end_object(&w);
    hj_response_header(res, "Cache-Control", "no-store");
    return res;
}
