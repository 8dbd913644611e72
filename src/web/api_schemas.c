/* The components of openapi.json: shapes of answers, and each ledger of the pack as it is sent
 * and as it is read. */
#include "web/api_doc.h"
#include "web/internal.h"

#include <string.h>

#define MONTH_PATTERN "^[0-9]{4}-(0[1-9]|1[0-2])$"
#define PERIOD_PATTERN "^[0-9]{4}(H[12]|Q[1-4]|-[0-9]{2})?$"
#define ID_PATTERN "^[0-9]{1,19}$"
#define MAX_TEXT 200

void
hj_api_put(HjApiDoc *doc, const char *key, const char *text)
{
    hj_json_put_text(&doc->w, key, text);
}

void
hj_api_put_i64(HjApiDoc *doc, const char *key, int64_t value)
{
    hj_json_put_i64(&doc->w, key, value);
}

void
hj_api_put_flag(HjApiDoc *doc, const char *key, bool value)
{
    hj_json_put_flag(&doc->w, key, value);
}

void
hj_api_open(HjApiDoc *doc, const char *key)
{
    if (key != NULL)
        hj_json_key(&doc->w, key);
    hj_json_begin_object(&doc->w);
}

void
hj_api_open_list(HjApiDoc *doc, const char *key)
{
    hj_json_key(&doc->w, key);
    hj_json_begin_array(&doc->w);
}

void
hj_api_close(HjApiDoc *doc)
{
    hj_json_end_object(&doc->w);
}

void
hj_api_close_list(HjApiDoc *doc)
{
    hj_json_end_array(&doc->w);
}

void
hj_api_put_ref(HjApiDoc *doc, const char *key, const char *prefix, const char *name)
{
    g_autofree char *ref = g_strconcat("#/components/schemas/", prefix, name, NULL);
    hj_api_open(doc, key);
    hj_api_put(doc, "$ref", ref);
    hj_api_close(doc);
}

void
hj_api_put_any_ledger(HjApiDoc *doc, const char *key, const char *prefix)
{
    hj_api_open(doc, key);
    if (doc->ledgers->len == 0) {
        hj_api_put(doc, "type", "object");
    } else {
        hj_api_open_list(doc, "anyOf");
        for (guint i = 0; i < doc->ledgers->len; i++)
            hj_api_put_ref(doc, NULL, prefix,
                           ((const HjLedger *)g_ptr_array_index(doc->ledgers, i))->name);
        hj_api_close_list(doc);
    }
    hj_api_close(doc);
}

/* --- types of shapes --- */

typedef struct {
    const char *name, *type, *format, *pattern;
} Simple;

static const Simple simples[] = {
    { "id", "string", NULL, ID_PATTERN },         { "text", "string", NULL, NULL },
    { "date", "string", "date", NULL },           { "instant", "string", "date-time", NULL },
    { "period", "string", NULL, PERIOD_PATTERN }, { "int", "integer", NULL, NULL },
    { "number", "number", NULL, NULL },           { "bool", "boolean", NULL, NULL },
    { "object", "object", NULL, NULL },
};

static void
put_simple(HjApiDoc *doc, const Simple *simple, bool nullable)
{
    if (nullable) {
        hj_api_open_list(doc, "type");
        hj_json_text(&doc->w, simple->type);
        hj_json_text(&doc->w, "null");
        hj_api_close_list(doc);
    } else {
        hj_api_put(doc, "type", simple->type);
    }
    if (simple->format != NULL)
        hj_api_put(doc, "format", simple->format);
    if (simple->pattern != NULL)
        hj_api_put(doc, "pattern", simple->pattern);
}

static void
put_nullable(HjApiDoc *doc, const char *type)
{
    hj_api_open_list(doc, "anyOf");
    hj_api_put_type(doc, NULL, type);
    hj_api_open(doc, NULL);
    hj_api_put(doc, "type", "null");
    hj_api_close(doc);
    hj_api_close_list(doc);
}

static const Simple *
find_simple(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(simples); i++)
        if (g_str_equal(simples[i].name, name))
            return &simples[i];
    return NULL;
}

/* No key: within "anyOf". */
void
hj_api_put_type(HjApiDoc *doc, const char *key, const char *type)
{
    size_t n = strlen(type);
    bool nullable = type[n - 1] == '?';
    g_autofree char *bare = g_strndup(type, nullable ? n - 1 : n);
    const Simple *simple = find_simple(bare);
    hj_api_open(doc, key);
    if (simple != NULL) {
        put_simple(doc, simple, nullable);
    } else if (nullable) {
        put_nullable(doc, bare);
    } else if (bare[0] == '[') {
        bare[strlen(bare) - 1] = '\0';
        hj_api_put(doc, "type", "array");
        hj_api_put_type(doc, "items", bare + 1);
    } else if (!g_str_equal(bare, "any")) {
        g_autofree char *ref = g_strconcat("#/components/schemas/", bare, NULL);
        hj_api_put(doc, "$ref", ref);
    }
    hj_api_close(doc);
}

/* --- shapes --- */

static const char *
members_of(const char *name)
{
    for (const HjApiShape *shape = hj_api_shapes; shape->name != NULL; shape++)
        if (g_str_equal(shape->name, name))
            return shape->members;
    g_assert_not_reached();
}

/* The words of a shape, those of the one it takes over first; free with g_strfreev. */
static char **
words_of(const char *members)
{
    g_auto(GStrv) words = g_strsplit(members, " ", -1);
    size_t n = strlen(words[0]);
    if (words[0][n - 1] != '+')
        return g_steal_pointer(&words);
    words[0][n - 1] = '\0';
    g_autofree char *rest = g_strjoinv(" ", words + 1);
    g_autofree char *all = g_strconcat(members_of(words[0]), " ", rest, NULL);
    return words_of(all);
}

static void
put_shape(HjApiDoc *doc, const HjApiShape *shape)
{
    g_auto(GStrv) words = words_of(shape->members);
    hj_api_open(doc, shape->name);
    hj_api_put(doc, "type", "object");
    hj_api_open_list(doc, "required");
    for (char **word = words; *word != NULL; word++) {
        g_autofree char *name = g_strndup(*word, strcspn(*word, ":"));
        if (name[0] != '~')
            hj_json_text(&doc->w, name);
    }
    hj_api_close_list(doc);
    hj_api_open(doc, "properties");
    for (char **word = words; *word != NULL; word++) {
        size_t n = strcspn(*word, ":");
        g_autofree char *name = g_strndup(*word, n);
        hj_api_put_type(doc, name[0] == '~' ? name + 1 : name, *word + n + 1);
    }
    hj_api_close(doc);
    hj_api_close(doc);
}

/* --- ledgers --- */

const char *
hj_api_json_type(HjFieldType type)
{
    static const struct {
        const char *field, *json;
    } others[] = {
        { "bool", "boolean" },     { "integer", "integer" }, { "money", "integer" },
        { "decimal", "number" },   { "percent", "number" },  { "choices", "array" },
        { "list_check", "array" }, { "files", "array" },     { "images", "array" },
    };
    const char *name = hj_pack_field_type_name(type);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_str_equal(others[i].field, name))
            return others[i].json;
    return "string";
}

static void
put_enum(HjApiDoc *doc, const HjField *field, bool nullable)
{
    hj_api_open_list(doc, "enum");
    for (size_t i = 0; field->list != NULL && i < field->list->n_items; i++)
        hj_json_text(&doc->w, field->list->items[i].name);
    if (nullable)
        hj_json_nothing(&doc->w);
    hj_api_close_list(doc);
}

static void
put_limits(HjApiDoc *doc, const HjField *field)
{
    if (field->type == HJ_FIELD_CHOICE)
        put_enum(doc, field, true);
    if (field->max_length > 0)
        hj_api_put_i64(doc, "maxLength", field->max_length);
    if (field->has_min) {
        hj_json_key(&doc->w, "minimum");
        hj_field_to_json(field, false, field->min, NULL, &doc->w);
    }
    if (field->has_max) {
        hj_json_key(&doc->w, "maximum");
        hj_field_to_json(field, false, field->max, NULL, &doc->w);
    }
}

static void
put_form(HjApiDoc *doc, const HjField *field)
{
    if (field->type == HJ_FIELD_DATE)
        hj_api_put(doc, "format", "date");
    if (field->type == HJ_FIELD_DATETIME)
        hj_api_put(doc, "format", "date-time");
    if (field->type == HJ_FIELD_MONTH)
        hj_api_put(doc, "pattern", MONTH_PATTERN);
    if (hj_field_cites_row(field))
        hj_api_put(doc, "pattern", ID_PATTERN);
}

static void
put_items(HjApiDoc *doc, const HjField *field, bool limits)
{
    if (!g_str_equal(hj_api_json_type(field->type), "array"))
        return;
    hj_api_open(doc, "items");
    hj_api_put(doc, "type", "string");
    if (limits && field->list != NULL)
        put_enum(doc, field, false);
    hj_api_close(doc);
    if (limits && field->list != NULL)
        hj_api_put_flag(doc, "uniqueItems", true);
}

static void
put_number_example(HjApiDoc *doc, const HjField *field)
{
    int64_t value = 1;
    for (int i = 0; i < hj_field_scale(field); i++)
        value *= 10;
    if (field->has_min && value < field->min)
        value = field->min;
    if (field->has_max && value > field->max)
        value = field->max;
    hj_field_to_json(field, false, value, NULL, &doc->w);
}

/* A text that this field would take. */
static const char *
text_example(const HjField *field)
{
    static const struct {
        const char *type, *text;
    } known[] = {
        { "date", "2018-03-05" },
        { "month", "2018-03" },
        { "datetime", "2018-03-05T19:30:00.000+08:00" },
        { "person", "3765301912461639685" },
        { "row", "3765301912461639685" },
        { "org", "130921103239" },
        { "citizen_id", "11010519491231002X" },
        { "credit_code", "91350100M000100Y43" },
        { "phone", "13800138000" },
    };
    const char *type = hj_pack_field_type_name(field->type);
    if (field->list != NULL && field->list->n_items > 0)
        return field->list->items[0].name;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_str_equal(known[i].type, type))
            return known[i].text;
    return hj_i18n_label(&field->title, HJ_ZH);
}

static void
put_example(HjApiDoc *doc, const HjField *field)
{
    const char *json = hj_api_json_type(field->type);
    const char *first =
        field->list != NULL && field->list->n_items > 0 ? field->list->items[0].name : NULL;
    if (g_str_equal(json, "array") && first == NULL)
        return;
    hj_api_open_list(doc, "examples");
    if (g_str_equal(json, "array")) {
        hj_json_begin_array(&doc->w);
        hj_json_text(&doc->w, first);
        hj_json_end_array(&doc->w);
    } else if (g_str_equal(json, "boolean")) {
        hj_json_flag(&doc->w, true);
    } else if (!g_str_equal(json, "string")) {
        put_number_example(doc, field);
    } else {
        hj_json_text(&doc->w, text_example(field));
    }
    hj_api_close_list(doc);
}

/* Unit, help and what the form of the value is, for people. */
static void
put_words(HjApiDoc *doc, const HjField *field)
{
    HjLang lang = hj_request_lang(doc->req);
    hj_api_put(doc, "title", hj_i18n_label(&field->title, lang));
    const char *help = hj_i18n_label(&field->help, lang);
    const char *unit = hj_i18n_label(&field->unit, lang);
    g_autoptr(GString) text = g_string_new(help != NULL ? help : "");
    if (unit != NULL && *unit != '\0')
        g_string_append_printf(text, "%s%s", text->len > 0 ? " · " : "", unit);
    if (field->type == HJ_FIELD_MONEY)
        g_string_append_printf(text, "%s%s", text->len > 0 ? " · " : "",
                               hj_tr(lang, N_("Money in fen.")));
    if (field->ledger != NULL)
        g_string_append_printf(text, "%s%s: %s", text->len > 0 ? " · " : "",
                               hj_tr(lang, N_("Row of the ledger")), field->ledger->name);
    if (text->len > 0)
        hj_api_put(doc, "description", text->str);
    hj_api_put(doc, "x-type", hj_pack_field_type_name(field->type));
    if (field->retired != NULL)
        hj_api_put_flag(doc, "deprecated", true);
}

static void
put_field(HjApiDoc *doc, const HjField *field, bool limits)
{
    hj_api_open(doc, field->name);
    put_words(doc, field);
    hj_api_open_list(doc, "type");
    hj_json_text(&doc->w, hj_api_json_type(field->type));
    hj_json_text(&doc->w, "null");
    hj_api_close_list(doc);
    put_form(doc, field);
    if (limits)
        put_limits(doc, field);
    put_items(doc, field, limits);
    if (limits)
        put_example(doc, field);
    hj_api_close(doc);
}

static bool
is_open(HjApiDoc *doc, const HjField *field)
{
    return !hj_access_field_hidden(hj_request_actor(doc->req), field);
}

/* fields_<ledger>: what is sent; values_<ledger>: what is read, which an older pack may have
 * let in. */
static void
put_fields(HjApiDoc *doc, const HjLedger *ledger, const char *prefix, bool sent)
{
    g_autofree char *name = g_strconcat(prefix, ledger->name, NULL);
    hj_api_open(doc, name);
    hj_api_put(doc, "type", "object");
    hj_api_put(doc, "title", hj_i18n_label(&ledger->title, hj_request_lang(doc->req)));
    if (sent)
        hj_api_put_flag(doc, "additionalProperties", false);
    hj_api_open(doc, "properties");
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (is_open(doc, &ledger->fields[i]))
            put_field(doc, &ledger->fields[i], sent);
    hj_api_close(doc);
    hj_api_close(doc);
}

/* new_<ledger>: what entering a row needs. */
static void
put_new(HjApiDoc *doc, const HjLedger *ledger)
{
    g_autofree char *name = g_strconcat("new_", ledger->name, NULL);
    hj_api_open(doc, name);
    hj_api_open_list(doc, "allOf");
    hj_api_put_ref(doc, NULL, "fields_", ledger->name);
    hj_api_open(doc, NULL);
    hj_api_open_list(doc, "required");
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (ledger->fields[i].required && ledger->fields[i].retired == NULL &&
            is_open(doc, &ledger->fields[i]))
            hj_json_text(&doc->w, ledger->fields[i].name);
    hj_api_close_list(doc);
    hj_api_close(doc);
    hj_api_close_list(doc);
    hj_api_close(doc);
}

/* Where a row may stand. */
static void
put_states(HjApiDoc *doc, const HjLedger *ledger)
{
    const HjFlow *flow = ledger->flow;
    hj_api_open(doc, "state");
    hj_api_open_list(doc, "enum");
    for (size_t i = 0; flow != NULL && i < flow->n_nodes; i++)
        hj_json_text(&doc->w, flow->nodes[i].name);
    hj_json_text(&doc->w, flow != NULL ? HJ_NODE_CALLED_OFF : "recorded");
    hj_api_close_list(doc);
    hj_api_close(doc);
}

/* row_<ledger>: a row as it is answered. */
static void
put_row(HjApiDoc *doc, const HjLedger *ledger)
{
    g_autofree char *name = g_strconcat("row_", ledger->name, NULL);
    hj_api_open(doc, name);
    hj_api_open_list(doc, "allOf");
    hj_api_put_ref(doc, NULL, "", "Row");
    hj_api_open(doc, NULL);
    hj_api_open(doc, "properties");
    hj_api_open(doc, "ledger");
    hj_api_put(doc, "const", ledger->name);
    hj_api_close(doc);
    put_states(doc, ledger);
    hj_api_put_ref(doc, "fields", "values_", ledger->name);
    hj_api_close(doc);
    hj_api_close(doc);
    hj_api_close_list(doc);
    hj_api_close(doc);
}

static void
put_security(HjApiDoc *doc, const char *name, const char *says)
{
    hj_api_open(doc, name);
    hj_api_put(doc, "type", "http");
    hj_api_put(doc, "scheme", "bearer");
    hj_api_put(doc, "description", hj_tr(hj_request_lang(doc->req), says));
    hj_api_close(doc);
}

void
hj_api_put_components(HjApiDoc *doc)
{
    hj_api_open(doc, "components");
    hj_api_open(doc, "securitySchemes");
    put_security(doc, "session", N_("The token that POST /api/v1/session answers."));
    put_security(doc, "token", N_("A personal token of the account page, hj_…"));
    hj_api_close(doc);
    hj_api_open(doc, "schemas");
    for (const HjApiShape *shape = hj_api_shapes; shape->name != NULL; shape++)
        put_shape(doc, shape);
    for (guint i = 0; i < doc->ledgers->len; i++) {
        const HjLedger *ledger = g_ptr_array_index(doc->ledgers, i);
        put_fields(doc, ledger, "fields_", true);
        put_fields(doc, ledger, "values_", false);
        put_new(doc, ledger);
        put_row(doc, ledger);
    }
    hj_api_close(doc);
    hj_api_close(doc);
}

static bool
collect(const HjFeature *feature G_GNUC_UNUSED, const HjRoute *route, gpointer data)
{
    HjApiDoc *doc = data;
    if (g_str_has_prefix(route->pattern, "/api/v1/"))
        g_ptr_array_add(doc->routes, (gpointer)route);
    return true;
}

/* What a stranger may know ends at the routes. */
void
hj_api_collect(HjApiDoc *doc, HjRequest *req, GPtrArray *routes, GPtrArray *ledgers)
{
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    *doc = (HjApiDoc){ .req = req, .routes = routes, .ledgers = ledgers };
    hj_router_visit(req->app, collect, doc);
    for (size_t i = 0; actor != NULL && i < pack->n_ledgers; i++)
        if (hj_access_may_ledger(actor, &pack->ledgers[i], HJ_ACCESS_VIEW))
            g_ptr_array_add(ledgers, (gpointer)&pack->ledgers[i]);
}
