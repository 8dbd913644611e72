/* openapi.json: the API described from what serves it: the route table, the bodies the handlers
 * read and the ledgers of the pack.  Ledgers and fields closed to the caller are left out. */
#include "web/api_calls.h"
#include "web/internal.h"

#include <string.h>

#define API_PREFIX "/api/v1/"
#define MONTH_PATTERN "^[0-9]{4}-[0-9]{2}$"

typedef struct {
    HjRequest *req;
    HjJsonWriter w;
    GPtrArray *routes;  /* of const HjRoute *, the table's own */
    GPtrArray *ledgers; /* of const HjLedger *, those the caller sees */
} Doc;

static void
put(Doc *doc, const char *key, const char *text)
{
    hj_json_key(&doc->w, key);
    hj_json_text(&doc->w, text);
}

static void
open_object(Doc *doc, const char *key)
{
    if (key != NULL)
        hj_json_key(&doc->w, key);
    hj_json_begin_object(&doc->w);
}

static void
open_array(Doc *doc, const char *key)
{
    hj_json_key(&doc->w, key);
    hj_json_begin_array(&doc->w);
}

static void
close_object(Doc *doc)
{
    hj_json_end_object(&doc->w);
}

static void
close_array(Doc *doc)
{
    hj_json_end_array(&doc->w);
}

static void
put_ref(Doc *doc, const char *key, const char *prefix, const char *name)
{
    g_autofree char *ref = g_strconcat("#/components/schemas/", prefix, name, NULL);
    open_object(doc, key);
    put(doc, "$ref", ref);
    close_object(doc);
}

/* "any of the ledgers": schemas <prefix><ledger>, or any object while none is known. */
static void
put_any_ledger(Doc *doc, const char *key, const char *prefix)
{
    open_object(doc, key);
    if (doc->ledgers->len == 0) {
        put(doc, "type", "object");
    } else {
        open_array(doc, "anyOf");
        for (guint i = 0; i < doc->ledgers->len; i++)
            put_ref(doc, NULL, prefix,
                    ((const HjLedger *)g_ptr_array_index(doc->ledgers, i))->name);
        close_array(doc);
    }
    close_object(doc);
}

static const char *
kind_name(HjJsonKind kind)
{
    switch (kind) {
    case HJ_JSON_NULL:
        return "null";
    case HJ_JSON_BOOL:
        return "boolean";
    case HJ_JSON_INTEGER:
        return "integer";
    case HJ_JSON_REAL:
        return "number";
    case HJ_JSON_STRING:
        return "string";
    case HJ_JSON_ARRAY:
        return "array";
    case HJ_JSON_OBJECT:
        break;
    }
    return "object";
}

static void
put_parameter(Doc *doc, const char *name, const char *in, bool required)
{
    open_object(doc, NULL);
    put(doc, "name", name);
    put(doc, "in", in);
    hj_json_key(&doc->w, "required");
    hj_json_flag(&doc->w, required);
    open_object(doc, "schema");
    if (g_str_equal(name, "limit")) {
        put(doc, "type", "integer");
        hj_json_key(&doc->w, "minimum");
        hj_json_i64(&doc->w, 1);
        hj_json_key(&doc->w, "maximum");
        hj_json_i64(&doc->w, 200);
    } else {
        put(doc, "type", "string");
    }
    close_object(doc);
    close_object(doc);
}

/* Any field of the ledger by its own name. */
static void
put_filters(Doc *doc)
{
    open_object(doc, NULL);
    put(doc, "name", "filters");
    put(doc, "in", "query");
    put(doc, "style", "form");
    hj_json_key(&doc->w, "explode");
    hj_json_flag(&doc->w, true);
    open_object(doc, "schema");
    put(doc, "type", "object");
    open_object(doc, "additionalProperties");
    put(doc, "type", "string");
    close_object(doc);
    close_object(doc);
    close_object(doc);
}

static void
put_parameters(Doc *doc, const HjRoute *route)
{
    open_array(doc, "parameters");
    g_auto(GStrv) segments = g_strsplit(route->pattern, "/", -1);
    for (size_t i = 0; segments[i] != NULL; i++) {
        size_t n = strlen(segments[i]);
        if (n < 3 || segments[i][0] != '{')
            continue;
        segments[i][n - 1] = '\0';
        put_parameter(doc, segments[i] + 1, "path", true);
    }
    g_auto(GStrv) query = g_strsplit(route->query != NULL ? route->query : "", " ", -1);
    for (size_t i = 0; query[i] != NULL; i++) {
        if (g_str_equal(query[i], "*"))
            put_filters(doc);
        else if (*query[i] != '\0')
            put_parameter(doc, query[i], "query", false);
    }
    if (route->method == HJ_POST && !g_str_equal(route->may, HJ_PUBLIC))
        put_parameter(doc, "Idempotency-Key", "header", false);
    close_array(doc);
}

static void
put_body(Doc *doc, const HjApiBody *body)
{
    open_object(doc, "requestBody");
    hj_json_key(&doc->w, "required");
    hj_json_flag(&doc->w, true);
    open_object(doc, "content");
    open_object(doc, "application/json");
    open_object(doc, "schema");
    put(doc, "type", "object");
    hj_json_key(&doc->w, "additionalProperties");
    hj_json_flag(&doc->w, false);
    open_array(doc, "required");
    for (size_t i = 0; body->members[i].name != NULL; i++)
        if (body->members[i].required)
            hj_json_text(&doc->w, body->members[i].name);
    close_array(doc);
    open_object(doc, "properties");
    for (size_t i = 0; body->members[i].name != NULL; i++) {
        const HjApiMember *member = &body->members[i];
        if (member->kind == HJ_JSON_OBJECT) {
            put_any_ledger(doc, member->name, body->method == HJ_POST ? "new_" : "fields_");
            continue;
        }
        open_object(doc, member->name);
        put(doc, "type", kind_name(member->kind));
        close_object(doc);
    }
    close_object(doc);
    close_object(doc);
    close_object(doc);
    close_object(doc);
    close_object(doc);
}

static const char *
success_of(const HjRoute *route)
{
    if (route->method == HJ_DELETE)
        return "204";
    return route->method == HJ_POST && !g_str_has_suffix(route->pattern, "/compute") ? "201"
                                                                                     : "200";
}

static void
put_list_schema(Doc *doc, bool rows)
{
    open_object(doc, "schema");
    put(doc, "type", "object");
    open_object(doc, "properties");
    open_object(doc, "items");
    put(doc, "type", "array");
    if (rows) {
        put_any_ledger(doc, "items", "row_");
    } else {
        open_object(doc, "items");
        put(doc, "type", "object");
        close_object(doc);
    }
    close_object(doc);
    open_object(doc, "next");
    open_array(doc, "type");
    hj_json_text(&doc->w, "string");
    hj_json_text(&doc->w, "null");
    close_array(doc);
    close_object(doc);
    close_object(doc);
    close_object(doc);
}

static void
put_success_schema(Doc *doc, const HjRoute *route)
{
    bool rows = g_str_has_suffix(route->pattern, "/rows");
    bool row = g_str_has_suffix(route->pattern, "/rows/{id}");
    bool takes_limit = route->query != NULL && strstr(route->query, "limit") != NULL;
    if ((rows && route->method == HJ_POST) || (row && route->method == HJ_PATCH)) {
        put_ref(doc, "schema", "", "Key");
    } else if (row) {
        put_any_ledger(doc, "schema", "row_");
    } else if (takes_limit) {
        put_list_schema(doc, rows);
    } else {
        open_object(doc, "schema");
        put(doc, "type", "object");
        close_object(doc);
    }
}

static void
put_responses(Doc *doc, const HjRoute *route)
{
    open_object(doc, "responses");
    open_object(doc, success_of(route));
    put(doc, "description", "Done");
    if (route->method != HJ_DELETE) {
        open_object(doc, "content");
        open_object(doc, "application/json");
        put_success_schema(doc, route);
        close_object(doc);
        close_object(doc);
    }
    close_object(doc);
    open_object(doc, "default");
    put(doc, "description", "What was wrong (RFC 9457)");
    open_object(doc, "content");
    open_object(doc, "application/problem+json");
    put_ref(doc, "schema", "", "Problem");
    close_object(doc);
    close_object(doc);
    close_object(doc);
    close_object(doc);
}

static void
put_operation(Doc *doc, const HjRoute *route)
{
    g_autofree char *method = g_ascii_strdown(hj_router_method_name(route->method), -1);
    g_autofree char *id = g_strconcat(method, route->pattern + strlen("/api/v1"), NULL);
    g_strcanon(id, "abcdefghijklmnopqrstuvwxyz", '_');
    open_object(doc, method);
    put(doc, "operationId", id);
    if (route->summary != NULL)
        put(doc, "summary", route->summary);
    put(doc, "x-permission", route->may);
    if (g_str_equal(route->may, HJ_PUBLIC)) {
        open_array(doc, "security");
        close_array(doc);
    }
    put_parameters(doc, route);
    for (size_t i = 0; hj_api_bodies[i].pattern != NULL; i++)
        if (hj_api_bodies[i].method == route->method &&
            g_str_equal(hj_api_bodies[i].pattern, route->pattern))
            put_body(doc, &hj_api_bodies[i]);
    put_responses(doc, route);
    close_object(doc);
}

static bool
collect(const HjFeature *feature, const HjRoute *route, gpointer data)
{
    (void)feature;
    Doc *doc = data;
    if (g_str_has_prefix(route->pattern, API_PREFIX))
        g_ptr_array_add(doc->routes, (gpointer)route);
    return true;
}

static void
put_paths(Doc *doc)
{
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    open_object(doc, "paths");
    for (guint i = 0; i < doc->routes->len; i++) {
        const HjRoute *first = g_ptr_array_index(doc->routes, i);
        if (!g_hash_table_add(done, (gpointer)first->pattern))
            continue;
        open_object(doc, first->pattern);
        for (guint j = i; j < doc->routes->len; j++) {
            const HjRoute *route = g_ptr_array_index(doc->routes, j);
            if (g_str_equal(route->pattern, first->pattern))
                put_operation(doc, route);
        }
        close_object(doc);
    }
    close_object(doc);
}

static const char *
type_name(HjFieldType type)
{
    switch (type) {
    case HJ_FIELD_BOOL:
        return "boolean";
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_MONEY:
        return "integer";
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
        return "number";
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
    case HJ_FIELD_FILES:
        return "array";
    case HJ_FIELD_TEXT:
    case HJ_FIELD_LONG_TEXT:
    case HJ_FIELD_DATE:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_DATETIME:
    case HJ_FIELD_CHOICE:
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ORG:
    case HJ_FIELD_ROW:
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        break;
    }
    return "string";
}

static void
put_enum(Doc *doc, const HjField *field)
{
    open_array(doc, "enum");
    for (size_t i = 0; field->list != NULL && i < field->list->n_items; i++)
        hj_json_text(&doc->w, field->list->items[i].name);
    if (field->type == HJ_FIELD_CHOICE)
        hj_json_nothing(&doc->w);
    close_array(doc);
}

static void
put_field_form(Doc *doc, const HjField *field)
{
    if (field->type == HJ_FIELD_DATE)
        put(doc, "format", "date");
    if (field->type == HJ_FIELD_DATETIME)
        put(doc, "format", "date-time");
    if (field->type == HJ_FIELD_MONTH)
        put(doc, "pattern", MONTH_PATTERN);
    if (field->type == HJ_FIELD_MONEY)
        put(doc, "description", "fen");
    if (field->type == HJ_FIELD_CHOICE)
        put_enum(doc, field);
    if (field->max_length > 0) {
        hj_json_key(&doc->w, "maxLength");
        hj_json_i64(&doc->w, field->max_length);
    }
    if (g_str_equal(type_name(field->type), "array")) {
        open_object(doc, "items");
        put(doc, "type", "string");
        if (field->list != NULL)
            put_enum(doc, field);
        close_object(doc);
    }
    if (field->has_min) {
        hj_json_key(&doc->w, "minimum");
        hj_field_to_json(field, false, field->min, NULL, &doc->w);
    }
    if (field->has_max) {
        hj_json_key(&doc->w, "maximum");
        hj_field_to_json(field, false, field->max, NULL, &doc->w);
    }
}

static bool
is_open(Doc *doc, const HjField *field)
{
    return !hj_access_field_hidden(hj_request_actor(doc->req), field);
}

/* fields_<ledger>: what a row holds. */
static void
put_fields_schema(Doc *doc, const HjLedger *ledger)
{
    g_autofree char *name = g_strconcat("fields_", ledger->name, NULL);
    open_object(doc, name);
    put(doc, "type", "object");
    put(doc, "title", hj_i18n_label(&ledger->title, hj_request_lang(doc->req)));
    hj_json_key(&doc->w, "additionalProperties");
    hj_json_flag(&doc->w, false);
    open_object(doc, "properties");
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (!is_open(doc, field))
            continue;
        open_object(doc, field->name);
        put(doc, "title", hj_i18n_label(&field->title, hj_request_lang(doc->req)));
        open_array(doc, "type");
        hj_json_text(&doc->w, type_name(field->type));
        hj_json_text(&doc->w, "null");
        close_array(doc);
        put_field_form(doc, field);
        close_object(doc);
    }
    close_object(doc);
    close_object(doc);
}

/* new_<ledger>: what entering a row needs. */
static void
put_new_schema(Doc *doc, const HjLedger *ledger)
{
    g_autofree char *name = g_strconcat("new_", ledger->name, NULL);
    open_object(doc, name);
    open_array(doc, "allOf");
    put_ref(doc, NULL, "fields_", ledger->name);
    open_object(doc, NULL);
    open_array(doc, "required");
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (ledger->fields[i].required && ledger->fields[i].retired == NULL &&
            is_open(doc, &ledger->fields[i]))
            hj_json_text(&doc->w, ledger->fields[i].name);
    close_array(doc);
    close_object(doc);
    close_array(doc);
    close_object(doc);
}

/* row_<ledger>: a row as it is answered. */
static void
put_row_schema(Doc *doc, const HjLedger *ledger)
{
    g_autofree char *name = g_strconcat("row_", ledger->name, NULL);
    open_object(doc, name);
    open_array(doc, "allOf");
    put_ref(doc, NULL, "", "Row");
    open_object(doc, NULL);
    open_object(doc, "properties");
    open_object(doc, "ledger");
    put(doc, "const", ledger->name);
    close_object(doc);
    put_ref(doc, "fields", "fields_", ledger->name);
    close_object(doc);
    close_object(doc);
    close_array(doc);
    close_object(doc);
}

/* An object schema of "name", "type", …, NULL. */
static void
put_plain_schema(Doc *doc, const char *name, const char *const *members)
{
    open_object(doc, name);
    put(doc, "type", "object");
    open_object(doc, "properties");
    for (; *members != NULL; members += 2) {
        open_object(doc, members[0]);
        put(doc, "type", members[1]);
        close_object(doc);
    }
    close_object(doc);
    close_object(doc);
}

static void
put_components(Doc *doc)
{
    static const char *const problem[] = { "type",    "string", "title",  "string",   "status",
                                           "integer", "detail", "string", "instance", "string",
                                           "errors",  "array",  NULL };
    static const char *const key[] = { "id",    "string", "version", "integer",
                                       "state", "string", NULL };
    static const char *const row[] = { "id",     "string",   "ledger", "string",  "org",
                                       "string", "org_name", "string", "version", "integer",
                                       "state",  "string",   "fields", "object",  "labels",
                                       "object", NULL };
    open_object(doc, "components");
    open_object(doc, "securitySchemes");
    open_object(doc, "bearer");
    put(doc, "type", "http");
    put(doc, "scheme", "bearer");
    close_object(doc);
    close_object(doc);
    open_object(doc, "schemas");
    put_plain_schema(doc, "Problem", problem);
    put_plain_schema(doc, "Key", key);
    put_plain_schema(doc, "Row", row);
    for (guint i = 0; i < doc->ledgers->len; i++) {
        const HjLedger *ledger = g_ptr_array_index(doc->ledgers, i);
        put_fields_schema(doc, ledger);
        put_new_schema(doc, ledger);
        put_row_schema(doc, ledger);
    }
    close_object(doc);
    close_object(doc);
}

/* What a stranger may know ends at the routes. */
static void
collect_ledgers(Doc *doc)
{
    const HjPack *pack = hj_request_pack(doc->req);
    const HjActor *actor = hj_request_actor(doc->req);
    for (size_t i = 0; actor != NULL && i < pack->n_ledgers; i++)
        if (hj_access_may_ledger(actor, &pack->ledgers[i], HJ_ACCESS_VIEW))
            g_ptr_array_add(doc->ledgers, (gpointer)&pack->ledgers[i]);
}

HjResponse *
hj_api_openapi(HjRequest *req, GError **error)
{
    (void)error;
    g_autoptr(GPtrArray) routes = g_ptr_array_new();
    g_autoptr(GPtrArray) ledgers = g_ptr_array_new();
    Doc doc = { .req = req, .routes = routes, .ledgers = ledgers };
    HjResponse *res = hj_response_json(req, 200, &doc.w);
    hj_router_visit(req->app, collect, &doc);
    collect_ledgers(&doc);
    open_object(&doc, NULL);
    put(&doc, "openapi", "3.1.0");
    open_object(&doc, "info");
    put(&doc, "title", "Hangji");
    put(&doc, "version", "1");
    close_object(&doc);
    open_array(&doc, "security");
    open_object(&doc, NULL);
    open_array(&doc, "bearer");
    close_array(&doc);
    close_object(&doc);
    close_array(&doc);
    put_paths(&doc);
    put_components(&doc);
    close_object(&doc);
    return res;
}
