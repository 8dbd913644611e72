/* Rows of any ledger over the JSON API. */
#include "base/id.h"
#include "core/audit.h"
#include "web/api_calls.h"
#include "web/internal.h"
#include "web/rowquery.h"

#include <string.h>

const HjApiMember hj_api_create_body[] = {
    { "org", HJ_JSON_STRING, true },
    { "fields", HJ_JSON_OBJECT, true },
    { "parent", HJ_JSON_STRING, false },
    { 0 },
};
const HjApiMember hj_api_update_body[] = {
    { "version", HJ_JSON_INTEGER, false },
    { "fields", HJ_JSON_OBJECT, true },
    { 0 },
};
const HjApiMember hj_api_void_body[] = {
    { "version", HJ_JSON_INTEGER, false },
    { "reason", HJ_JSON_STRING, true },
    { 0 },
};

static void
write_fields(HjRequest *req, HjJsonWriter *w, const HjLedger *ledger, const HjRows *row)
{
    hj_json_key(w, "fields");
    hj_json_begin_object(w);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (hj_access_field_hidden(hj_request_actor(req), field))
            continue;
        bool number = hj_field_is_number(field);
        hj_json_key(w, field->name);
        hj_field_to_json(field, hj_rows_null(row, field->name),
                         number ? hj_rows_i64(row, field->name) : 0,
                         number ? NULL : hj_rows_text(row, field->name), w);
    }
    hj_json_end_object(w);
}

/* How cited people, organizations and rows read. */
static void
write_labels(HjRequest *req, HjJsonWriter *w, const HjLedger *ledger, const HjRows *row)
{
    hj_json_key(w, "labels");
    hj_json_begin_object(w);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        bool named = hj_field_cites_row(field) || field->type == HJ_FIELD_ORG;
        if (!named || hj_access_field_hidden(hj_request_actor(req), field))
            continue;
        g_autofree char *column = g_strconcat(field->name, "__label", NULL);
        hj_json_put_text(w, field->name, hj_rows_text(row, column));
    }
    hj_json_end_object(w);
}

void
hj_api_write_row(HjRequest *req, HjJsonWriter *w, const HjLedger *ledger, const HjRows *row)
{
    hj_json_begin_object(w);
    hj_json_put_id(w, "id", hj_rows_i64(row, "id"));
    hj_json_put_text(w, "ledger", ledger->name);
    hj_json_put_text(w, "org", hj_rows_text(row, "org_code"));
    hj_json_put_text(w, "org_name", hj_rows_text(row, "org_name"));
    hj_json_key(w, "parent");
    if (ledger->in != NULL && !hj_rows_null(row, "parent"))
        hj_json_id(w, hj_rows_i64(row, "parent"));
    else
        hj_json_nothing(w);
    hj_json_put_text(w, "state", hj_rows_text(row, "state"));
    hj_json_put_i64(w, "version", hj_rows_i64(row, "version"));
    hj_api_write_at(w, "created_at", hj_rows_i64(row, "created_at"));
    hj_json_put_text(w, "created_by", hj_rows_text(row, "created_by_name"));
    hj_api_write_at(w, "updated_at", hj_rows_i64(row, "updated_at"));
    hj_json_put_text(w, "updated_by", hj_rows_text(row, "updated_by_name"));
    hj_api_write_at(w, "voided_at", hj_rows_i64(row, "voided_at"));
    write_fields(req, w, ledger, row);
    write_labels(req, w, ledger, row);
    hj_json_end_object(w);
}

HjResponse *
hj_api_rows(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_api_ledger(req, error);
    HjRowQuery query;
    if (ledger == NULL || !hj_rowquery_read_api(req, ledger, &query, error))
        return NULL;
    g_autofree char *next = NULL;
    g_autoptr(HjRows) rows =
        hj_row_list(hj_request_tx(req), hj_request_actor(req), &query, &next, error);
    if (rows == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(rows))
        hj_api_write_row(req, &w, ledger, rows);
    hj_api_end_list(&w, next);
    return res;
}

/* The row of the address with the cursor on it; NOT_FOUND out of scope. */
static HjRows *
load_row(HjRequest *req, const HjLedger *ledger, GError **error)
{
    int64_t id;
    if (!hj_request_part_i64(req, "id", &id, error))
        return NULL;
    g_autoptr(HjRows) row =
        hj_row_get(hj_request_tx(req), hj_request_actor(req), ledger, id, error);
    if (row == NULL)
        return NULL;
    if (!hj_rows_next(row)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such record.");
        return NULL;
    }
    return g_steal_pointer(&row);
}

HjResponse *
hj_api_row(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_api_ledger(req, error);
    if (ledger == NULL)
        return NULL;
    g_autoptr(HjRows) row = load_row(req, ledger, error);
    if (row == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_api_write_row(req, &w, ledger, row);
    hj_web_etag_version(res, hj_rows_i64(row, "version"));
    return res;
}

/* The members of "fields" as core/row takes them. */
static HjRowInput *
inputs_of(HjRequest *req, const HjJson *fields, size_t *ret_n)
{
    size_t n = hj_json_count(fields);
    HjRowInput *inputs = hj_request_new(req, HjRowInput, n + 1);
    for (size_t i = 0; i < n; i++)
        inputs[i] =
            (HjRowInput){ .name = hj_json_key_at(fields, i), .json = hj_json_at(fields, i) };
    *ret_n = n;
    return inputs;
}

/* Where a new row stands: its organization and, for a child ledger, its parent row. */
static bool
read_home(HjRequest *req, const HjLedger *ledger, const HjJson *org, const HjJson *parent,
          int64_t *ret_org, int64_t *ret_parent, GError **error)
{
    *ret_parent = 0;
    if (parent != NULL && ledger->in == NULL) {
        hj_issues_add(hj_request_issues(req), "parent", "unknown",
                      N_("Rows of this ledger have no parent row."));
        return hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
    }
    if (parent != NULL && !hj_id_parse(hj_json_string(parent), ret_parent)) {
        hj_issues_add(hj_request_issues(req), "parent", "reference",
                      N_("Must be the number of a row."));
        return hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
    }
    if (!hj_org_find(hj_request_tx(req), hj_json_string(org), ret_org, error))
        return false;
    /* As absent as an organization that lies outside the scope. */
    return *ret_org != 0 ||
           hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
}

HjResponse *
hj_api_create(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    const HjLedger *ledger = hj_api_ledger(req, error);
    int64_t org = 0, parent = 0;
    if (ledger == NULL || !hj_api_read_body(req, hj_api_create_body, body, error) ||
        !read_home(req, ledger, body[0], body[2], &org, &parent, error))
        return NULL;
    size_t n;
    const HjRowInput *inputs = inputs_of(req, body[1], &n);
    HjRowKey key;
    if (!hj_row_create(hj_request_tx(req), hj_request_actor(req), ledger, org, parent, inputs,
                       n, hj_request_issues(req), &key, error))
        return NULL;
    HjResponse *res = hj_api_answer_key(req, 201, &key);
    g_autofree char *location =
        g_strdup_printf("/api/v1/ledgers/%s/rows/%" G_GINT64_FORMAT, ledger->name, key.id);
    hj_response_header(res, "Location", location);
    return res;
}

/* The version a change is based on: of the body, or of If-Match, which is compared with the
 * stored one.  *@ret_response is set where the answer is 412. */
static bool
read_version(HjRequest *req, const HjLedger *ledger, const HjJson *version, int64_t *ret,
             HjResponse **ret_response, GError **error)
{
    *ret = version != NULL ? hj_json_integer(version) : 0;
    if (hj_request_header(req, "if-match") == NULL) {
        if (version != NULL)
            return true;
        hj_issues_add(hj_request_issues(req), "version", "required", N_("This is needed."));
        return hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
    }
    g_autoptr(HjRows) row = load_row(req, ledger, error);
    if (row == NULL)
        return false;
    int64_t stored = hj_rows_i64(row, "version");
    if (hj_web_if_match(req, stored) == HJ_IF_MATCH_FAILS)
        *ret_response = hj_web_refuse(req, 412, NULL);
    else if (version == NULL)
        *ret = stored;
    return true;
}

HjResponse *
hj_api_update(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    const HjLedger *ledger = hj_api_ledger(req, error);
    int64_t id, version;
    HjResponse *stale = NULL;
    if (ledger == NULL || !hj_request_part_i64(req, "id", &id, error) ||
        !hj_api_read_body(req, hj_api_update_body, body, error) ||
        !read_version(req, ledger, body[0], &version, &stale, error))
        return NULL;
    if (stale != NULL)
        return stale;
    size_t n;
    const HjRowInput *inputs = inputs_of(req, body[1], &n);
    HjRowKey key;
    if (!hj_row_update(hj_request_tx(req), hj_request_actor(req), ledger, id, version, inputs,
                       n, hj_request_issues(req), &key, error))
        return NULL;
    return hj_api_answer_key(req, 200, &key);
}

HjResponse *
hj_api_void(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    const HjLedger *ledger = hj_api_ledger(req, error);
    int64_t id, version;
    HjResponse *stale = NULL;
    if (ledger == NULL || !hj_request_part_i64(req, "id", &id, error) ||
        !hj_api_read_body(req, hj_api_void_body, body, error) ||
        !read_version(req, ledger, body[0], &version, &stale, error))
        return NULL;
    if (stale != NULL)
        return stale;
    if (!hj_row_void(hj_request_tx(req), hj_request_actor(req), ledger, id, version,
                     hj_json_string(body[1]), hj_request_issues(req), error))
        return NULL;
    return hj_response_new(204, NULL);
}

static void
write_change(HjRequest *req, HjJsonWriter *w, const HjLedger *ledger, const HjRows *events,
             const char *column)
{
    g_autofree char *json =
        hj_audit_visible(hj_request_actor(req), ledger, hj_rows_text(events, column));
    hj_json_key(w, column);
    if (json != NULL)
        hj_json_raw(w, json);
    else
        hj_json_nothing(w);
}

HjResponse *
hj_api_history(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_api_ledger(req, error);
    int64_t id;
    if (ledger == NULL || !hj_request_part_i64(req, "id", &id, error))
        return NULL;
    g_autoptr(HjRows) events =
        hj_row_history(hj_request_tx(req), hj_request_actor(req), ledger, id, error);
    if (events == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(events)) {
        hj_json_begin_object(&w);
        hj_json_key(&w, "seq");
        if (hj_rows_null(events, "seq"))
            hj_json_nothing(&w); /* not sealed yet */
        else
            hj_json_i64(&w, hj_rows_i64(events, "seq"));
        hj_api_write_at(&w, "at", hj_rows_i64(events, "at"));
        hj_json_put_text(&w, "actor", hj_rows_text(events, "actor_name"));
        hj_json_put_text(&w, "action", hj_rows_text(events, "action"));
        write_change(req, &w, ledger, events, "before");
        write_change(req, &w, ledger, events, "after");
        hj_json_put_text(&w, "reason", hj_rows_text(events, "reason"));
        hj_json_put_text(&w, "via", hj_rows_text(events, "via"));
        hj_json_put_text(&w, "hash", hj_rows_text(events, "hash"));
        hj_json_end_object(&w);
    }
    hj_api_end_list(&w, NULL);
    return res;
}
