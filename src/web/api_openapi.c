/* openapi.json: the API described from what serves it: the route table, the bodies the handlers
 * read and the ledgers of the pack.  Ledgers and fields closed to the caller are left out. */
#include "web/api_doc.h"
#include "web/internal.h"

#include <string.h>

#define JSON "application/json"
#define PROBLEM "application/problem+json"

static const char *
tr(HjApiDoc *doc, const char *msgid)
{
    return hj_tr(hj_request_lang(doc->req), msgid);
}

static void
put_parameter(HjApiDoc *doc, const char *name, const char *in)
{
    const HjApiParameter *known = hj_api_parameter(name);
    hj_api_open(doc, NULL);
    hj_api_put(doc, "name", name);
    hj_api_put(doc, "in", in);
    hj_api_put_flag(doc, "required", g_str_equal(in, "path"));
    if (known != NULL)
        hj_api_put(doc, "description", tr(doc, known->says));
    if (g_str_equal(name, "limit")) {
        hj_api_open(doc, "schema");
        hj_api_put(doc, "type", "integer");
        hj_api_put_i64(doc, "minimum", 1);
        hj_api_put_i64(doc, "maximum", 200);
        hj_api_close(doc);
    } else {
        hj_api_put_type(doc, "schema", known != NULL ? known->type : "text");
    }
    if (known != NULL && known->example != NULL && !g_str_equal(known->type, "int"))
        hj_api_put(doc, "example", known->example);
    hj_api_close(doc);
}

/* Any field of the ledger by its own name. */
static void
put_filters(HjApiDoc *doc)
{
    hj_api_open(doc, NULL);
    hj_api_put(doc, "name", "filters");
    hj_api_put(doc, "in", "query");
    hj_api_put(doc, "description",
               tr(doc, N_("Any field of the ledger by its name; numbers and days also a..b.")));
    hj_api_put(doc, "style", "form");
    hj_api_put_flag(doc, "explode", true);
    hj_api_open(doc, "schema");
    hj_api_put(doc, "type", "object");
    hj_api_put_type(doc, "additionalProperties", "text");
    hj_api_close(doc);
    hj_api_close(doc);
}

static bool
is_of_row(const HjRoute *route)
{
    return g_str_has_suffix(route->pattern, "/rows/{id}");
}

static void
put_parameters(HjApiDoc *doc, const HjRoute *route)
{
    hj_api_open_list(doc, "parameters");
    g_auto(GStrv) segments = g_strsplit(route->pattern, "/", -1);
    for (size_t i = 0; segments[i] != NULL; i++) {
        size_t n = strlen(segments[i]);
        if (n < 3 || segments[i][0] != '{')
            continue;
        segments[i][n - 1] = '\0';
        put_parameter(doc, segments[i] + 1, "path");
    }
    g_auto(GStrv) query = g_strsplit(route->query != NULL ? route->query : "", " ", -1);
    for (size_t i = 0; query[i] != NULL; i++) {
        if (g_str_equal(query[i], "*"))
            put_filters(doc);
        else if (*query[i] != '\0')
            put_parameter(doc, query[i], "query");
    }
    if (route->method == HJ_GET && route->produces == NULL)
        put_parameter(doc, "If-None-Match", "header");
    if (is_of_row(route) && route->method != HJ_GET)
        put_parameter(doc, "If-Match", "header");
    if (route->method == HJ_POST && !g_str_equal(route->may, HJ_PUBLIC))
        put_parameter(doc, "Idempotency-Key", "header");
    hj_api_close_list(doc);
}

/* --- what is sent --- */

static const char *
kind_name(HjJsonKind kind)
{
    static const char *const names[] = {
        [HJ_JSON_NULL] = "null",     [HJ_JSON_BOOL] = "boolean",  [HJ_JSON_INTEGER] = "integer",
        [HJ_JSON_REAL] = "number",   [HJ_JSON_STRING] = "string", [HJ_JSON_ARRAY] = "array",
        [HJ_JSON_OBJECT] = "object",
    };
    return names[kind];
}

static void
put_member(HjApiDoc *doc, const HjApiBody *body, const HjApiMember *member)
{
    if (member->kind == HJ_JSON_OBJECT) {
        hj_api_put_any_ledger(doc, member->name, body->method == HJ_POST ? "new_" : "fields_");
        return;
    }
    hj_api_open(doc, member->name);
    hj_api_put(doc, "type", kind_name(member->kind));
    if (member->kind == HJ_JSON_ARRAY)
        hj_api_put_type(doc, "items", "text");
    hj_api_close(doc);
}

static void
put_json_body(HjApiDoc *doc, const HjApiBody *body)
{
    hj_api_open(doc, JSON);
    hj_api_open(doc, "schema");
    hj_api_put(doc, "type", "object");
    hj_api_put_flag(doc, "additionalProperties", false);
    hj_api_open_list(doc, "required");
    for (const HjApiMember *member = body->members; member->name != NULL; member++)
        if (member->required)
            hj_json_text(&doc->w, member->name);
    hj_api_close_list(doc);
    hj_api_open(doc, "properties");
    for (const HjApiMember *member = body->members; member->name != NULL; member++)
        put_member(doc, body, member);
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_close(doc);
}

/* A form with files, as the routes of files and workbooks take it. */
static void
put_other_body(HjApiDoc *doc, const char *type)
{
    hj_api_open(doc, type);
    hj_api_open(doc, "schema");
    hj_api_put(doc, "type", "object");
    hj_api_open(doc, "additionalProperties");
    hj_api_put(doc, "type", "string");
    hj_api_close(doc);
    hj_api_open(doc, "properties");
    hj_api_open(doc, "file");
    hj_api_put(doc, "type", "string");
    hj_api_put(doc, "contentMediaType", "application/octet-stream");
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_close(doc);
}

static const HjApiBody *
body_of(const HjRoute *route)
{
    for (const HjApiBody *body = hj_api_bodies; body->pattern != NULL; body++)
        if (body->method == route->method && g_str_equal(body->pattern, route->pattern))
            return body;
    return NULL;
}

static void
put_body(HjApiDoc *doc, const HjRoute *route)
{
    const HjApiBody *body = body_of(route);
    if (body == NULL && route->consumes == NULL)
        return;
    hj_api_open(doc, "requestBody");
    hj_api_put_flag(doc, "required", true);
    hj_api_open(doc, "content");
    if (route->consumes != NULL)
        put_other_body(doc, route->consumes);
    else
        put_json_body(doc, body);
    hj_api_close(doc);
    hj_api_close(doc);
}

/* --- what is answered --- */

static int
success_of(const HjRoute *route, const HjApiAnswer *answer)
{
    if (answer != NULL)
        return answer->status;
    if (route->method == HJ_DELETE)
        return 204;
    return route->method == HJ_POST ? 201 : 200;
}

/* {"items": [of what @type is], "next": cursor or null} */
static void
put_list(HjApiDoc *doc, const char *type)
{
    hj_api_open(doc, "schema");
    hj_api_put(doc, "type", "object");
    hj_api_open_list(doc, "required");
    hj_json_text(&doc->w, "items");
    hj_json_text(&doc->w, "next");
    hj_api_close_list(doc);
    hj_api_open(doc, "properties");
    hj_api_open(doc, "items");
    hj_api_put(doc, "type", "array");
    if (type != NULL)
        hj_api_put_type(doc, "items", type);
    else
        hj_api_put_any_ledger(doc, "items", "row_");
    hj_api_close(doc);
    hj_api_put_type(doc, "next", "text?");
    hj_api_close(doc);
    hj_api_close(doc);
}

static void
put_answer_schema(HjApiDoc *doc, const HjApiAnswer *answer)
{
    const char *shape = answer != NULL ? answer->shape : "@any";
    if (g_str_equal(shape, "@any")) {
        hj_api_put_type(doc, "schema", "object");
    } else if (g_str_equal(shape, "@row")) {
        hj_api_put_any_ledger(doc, "schema", "row_");
    } else if (g_str_equal(shape, "@rows")) {
        put_list(doc, NULL);
    } else if (shape[0] == '[') {
        g_autofree char *name = g_strndup(shape + 1, strlen(shape) - 2);
        put_list(doc, name);
    } else {
        hj_api_put_type(doc, "schema", shape);
    }
}

static void
put_header(HjApiDoc *doc, const char *name, const char *says)
{
    hj_api_open(doc, name);
    hj_api_put(doc, "description", tr(doc, says));
    hj_api_put_type(doc, "schema", "text");
    hj_api_close(doc);
}

static void
put_headers(HjApiDoc *doc, const HjRoute *route, int status)
{
    hj_api_open(doc, "headers");
    if (route->method == HJ_GET && route->produces == NULL)
        put_header(doc, "ETag", N_("Names this version of the answer."));
    if (status == 201)
        put_header(doc, "Location", N_("Address of what was made."));
    if (route->method == HJ_POST && !g_str_equal(route->may, HJ_PUBLIC))
        put_header(doc, "Idempotency-Replayed", N_("true: this is the first answer again."));
    hj_api_close(doc);
}

static void
put_success(HjApiDoc *doc, const HjRoute *route)
{
    char status[8];
    const HjApiAnswer *answer = hj_api_answer(route);
    int code = success_of(route, answer);
    g_snprintf(status, sizeof status, "%d", code);
    hj_api_open(doc, status);
    hj_api_put(doc, "description", route->summary != NULL ? tr(doc, route->summary) : "");
    put_headers(doc, route, code);
    if (code != 204 && (answer == NULL || answer->shape != NULL)) {
        hj_api_open(doc, "content");
        hj_api_open(doc, route->produces != NULL ? route->produces : JSON);
        if (route->produces == NULL)
            put_answer_schema(doc, answer);
        hj_api_close(doc);
        hj_api_close(doc);
    }
    hj_api_close(doc);
}

static void
put_problem(HjApiDoc *doc, const char *status, const char *says)
{
    hj_api_open(doc, status);
    hj_api_put(doc, "description", says);
    hj_api_open(doc, "content");
    hj_api_open(doc, PROBLEM);
    hj_api_put_ref(doc, "schema", "", "Problem");
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_close(doc);
}

static bool
may_answer(const HjRoute *route, int status)
{
    bool public = g_str_equal(route->may, HJ_PUBLIC);
    bool writes = route->method != HJ_GET;
    switch (status) {
    case 401:
        return true;
    case 403:
        return !public || writes;
    case 404:
        return strchr(route->pattern, '{') != NULL || route->query != NULL;
    case 409:
        return writes && !public;
    case 412:
        return writes && is_of_row(route);
    case 413:
    case 415:
    case 422:
        return body_of(route) != NULL || route->consumes != NULL;
    default:
        return true;
    }
}

static void
put_responses(HjApiDoc *doc, const HjRoute *route)
{
    static const int codes[] = { 400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 429, 503 };
    hj_api_open(doc, "responses");
    put_success(doc, route);
    if (route->method == HJ_GET && route->produces == NULL) {
        hj_api_open(doc, "304");
        hj_api_put(doc, "description", tr(doc, N_("The copy at hand is still right.")));
        hj_api_close(doc);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        char status[8];
        g_snprintf(status, sizeof status, "%d", codes[i]);
        if (may_answer(route, codes[i]))
            put_problem(doc, status, tr(doc, hj_web_title(codes[i])));
    }
    put_problem(doc, "default", tr(doc, N_("What was wrong (RFC 9457).")));
    hj_api_close(doc);
}

/* --- calls --- */

static void
put_operation(HjApiDoc *doc, const HjRoute *route)
{
    g_autofree char *method = g_ascii_strdown(hj_router_method_name(route->method), -1);
    g_autofree char *id = g_strconcat(method, route->pattern + strlen("/api/v1"), NULL);
    g_auto(GStrv) segments = g_strsplit(route->pattern, "/", -1);
    g_strcanon(id, "abcdefghijklmnopqrstuvwxyz", '_');
    hj_api_open(doc, method);
    hj_api_put(doc, "operationId", id);
    hj_api_open_list(doc, "tags");
    hj_json_text(&doc->w, segments[3]);
    hj_api_close_list(doc);
    if (route->summary != NULL)
        hj_api_put(doc, "summary", tr(doc, route->summary));
    hj_api_put(doc, "x-permission", route->may);
    if (g_str_equal(route->may, HJ_PUBLIC)) {
        hj_api_open_list(doc, "security");
        hj_api_close_list(doc);
    }
    put_parameters(doc, route);
    put_body(doc, route);
    put_responses(doc, route);
    hj_api_close(doc);
}

static void
put_paths(HjApiDoc *doc)
{
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    hj_api_open(doc, "paths");
    for (guint i = 0; i < doc->routes->len; i++) {
        const HjRoute *first = g_ptr_array_index(doc->routes, i);
        if (!g_hash_table_add(done, (gpointer)first->pattern))
            continue;
        hj_api_open(doc, first->pattern);
        for (guint j = i; j < doc->routes->len; j++) {
            const HjRoute *route = g_ptr_array_index(doc->routes, j);
            if (g_str_equal(route->pattern, first->pattern))
                put_operation(doc, route);
        }
        hj_api_close(doc);
    }
    hj_api_close(doc);
}

/* What other systems receive. */
static void
put_webhooks(HjApiDoc *doc)
{
    static const char *const headers[] = { "Hangji-Signature", "Hangji-Delivery",
                                           "Hangji-Event" };
    hj_api_open(doc, "webhooks");
    hj_api_open(doc, "changed");
    hj_api_open(doc, "post");
    hj_api_put(doc, "operationId", "webhook_changed");
    hj_api_put(doc, "summary", tr(doc, N_("A row was entered, changed or voided.")));
    hj_api_open_list(doc, "security");
    hj_api_close_list(doc);
    hj_api_open_list(doc, "parameters");
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
        put_parameter(doc, headers[i], "header");
    hj_api_close_list(doc);
    hj_api_open(doc, "requestBody");
    hj_api_open(doc, "content");
    hj_api_open(doc, JSON);
    hj_api_put_ref(doc, "schema", "", "Notice");
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_open(doc, "responses");
    hj_api_open(doc, "204");
    hj_api_put(doc, "description",
               tr(doc, N_("Any 2xx: it arrived. Anything else is tried again.")));
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_close(doc);
}

static void
put_head(HjApiDoc *doc)
{
    static const char *const schemes[] = { "session", "token" };
    hj_api_put(doc, "openapi", "3.1.0");
    hj_api_open(doc, "info");
    hj_api_put(doc, "title", "Hangji");
    hj_api_put(doc, "version", "1");
    hj_api_put(doc, "description",
               tr(doc, N_("Ids are strings, money is integer fen, days are 2018-03-05. Unknown "
                          "fields are refused, never ignored.")));
    hj_api_close(doc);
    hj_api_open_list(doc, "servers");
    hj_api_open(doc, NULL);
    hj_api_put(doc, "url", "/");
    hj_api_close(doc);
    hj_api_close_list(doc);
    hj_api_open_list(doc, "security");
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        hj_api_open(doc, NULL);
        hj_api_open_list(doc, schemes[i]);
        hj_api_close_list(doc);
        hj_api_close(doc);
    }
    hj_api_close_list(doc);
}

HjResponse *
hj_api_openapi(HjRequest *req, GError **error G_GNUC_UNUSED)
{
    g_autoptr(GPtrArray) routes = g_ptr_array_new();
    g_autoptr(GPtrArray) ledgers = g_ptr_array_new();
    HjApiDoc doc;
    hj_api_collect(&doc, req, routes, ledgers);
    HjResponse *res = hj_response_json(req, 200, &doc.w);
    hj_api_open(&doc, NULL);
    put_head(&doc);
    put_paths(&doc);
    put_webhooks(&doc);
    hj_api_put_components(&doc);
    hj_api_close(&doc);
    return res;
}
