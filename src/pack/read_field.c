#include "base/text.h"
#include "pack/prefill.h"
#include "pack/read.h"

#include <string.h>

#define MOST_FILES 20 /* of one field of one row */

/* In the order of HjFieldType. */
static const char *const type_words[] = {
    "text",  "long_text",  "bool",        "integer", "decimal",    "percent", "money", "date",
    "month", "datetime",   "choice",      "choices", "list_check", "person",  "org",   "row",
    "files", "citizen_id", "credit_code", "phone",   "sealed",     NULL
};
static const char *const later_words[] = { "signatures", NULL };

const char *
hj_pack_field_type_name(HjFieldType type)
{
    g_assert((size_t)type < G_N_ELEMENTS(type_words) - 1);
    return type_words[type];
}

static const char *const field_keys[] = {
    "field",       "type",   "title",     "help",        "unit",   "required",
    "list",        "ledger", "kind",      "max",         "min",    "scale",
    "list_column", "total",  "unique",    "hidden_from", "was",    "retired",
    "purpose",     "basis",  "retention", "fills",       "accept", "number",
    "scored",      "begins", "anywhere",  "years",       NULL
};
static const char *const scored_words[] = { "never", NULL };

static bool
is_text(HjFieldType type)
{
    return type == HJ_FIELD_TEXT || type == HJ_FIELD_LONG_TEXT;
}

static bool
is_number(HjFieldType type)
{
    return type == HJ_FIELD_INTEGER || type == HJ_FIELD_DECIMAL || type == HJ_FIELD_PERCENT ||
           type == HJ_FIELD_MONEY;
}

static bool
has_list(HjFieldType type)
{
    return type == HJ_FIELD_CHOICE || type == HJ_FIELD_CHOICES || type == HJ_FIELD_LIST_CHECK;
}

/* A key that says something about another type of field. */
static void
refuse_key(HjReader *r, const HjYaml *node, const char *key, bool fits, HjFieldType type)
{
    const HjYaml *value = hj_yaml_get(node, key);
    if (value != NULL && !fits)
        hj_reader_say(r, value, "\"%s\" means nothing for a field of type %s", key,
                      type_words[type]);
}

static void
read_type(HjReader *r, const HjYaml *node, HjField *field)
{
    const HjYaml *value = hj_yaml_get(node, "type");
    if (value != NULL && value->kind == HJ_YAML_TEXT &&
        g_strv_contains(later_words, value->text)) {
        hj_reader_say(r, value, "fields of type %s come with a later version", value->text);
        field->type = HJ_FIELD_TEXT;
        return;
    }
    int word = hj_reader_word(r, node, "type", type_words, true);
    field->type = word >= 0 ? (HjFieldType)word : HJ_FIELD_TEXT;
}

/* Which files, and how many.  Pictures are never required (domain.md F-04). */
static void
read_files(HjReader *r, const HjYaml *node, HjField *field)
{
    static const char *const words[] = { "any", "picture", "document", NULL };
    static const unsigned kinds[] = { HJ_FILE_PICTURE | HJ_FILE_DOCUMENT, HJ_FILE_PICTURE,
                                      HJ_FILE_DOCUMENT };
    int word = hj_reader_word(r, node, "accept", words, false);
    field->accept = kinds[MAX(word, 0)];
    field->max = MOST_FILES;
    hj_reader_integer(r, node, "max", 1, MOST_FILES, &field->max);
    hj_reader_integer(r, node, "min", 0, MOST_FILES, &field->min);
    if (field->min > field->max)
        hj_reader_say(r, hj_yaml_get(node, "min"), "\"min\" is above \"max\"");
    if (field->accept == HJ_FILE_DOCUMENT)
        return;
    if (hj_reader_flag(r, node, "required"))
        hj_reader_say(r, hj_yaml_get(node, "required"),
                      "pictures are never required; say \"accept: document\" or leave it "
                      "optional");
    if (field->min > 0)
        hj_reader_say(r, hj_yaml_get(node, "min"),
                      "pictures are never required, so there is no least number of them");
}

static void
read_bounds(HjReader *r, const HjYaml *node, HjField *field)
{
    int64_t number = 0;
    field->scale = field->type == HJ_FIELD_DECIMAL || field->type == HJ_FIELD_PERCENT ||
                           field->type == HJ_FIELD_MONEY
                       ? 2
                       : 0;
    if (field->type == HJ_FIELD_DECIMAL && hj_reader_integer(r, node, "scale", 0, 6, &number))
        field->scale = (int)number;
    if (is_text(field->type) || field->type == HJ_FIELD_SEALED) {
        field->max_length = field->type == HJ_FIELD_LONG_TEXT ? 2000 : 200;
        if (hj_reader_integer(r, node, "max", 1, 20000, &number))
            field->max_length = (int)number;
        return;
    }
    if (field->type == HJ_FIELD_FILES)
        read_files(r, node, field);
    if (!is_number(field->type))
        return;
    field->has_min = hj_reader_decimal(r, node, "min", field->scale, &field->min);
    field->has_max = hj_reader_decimal(r, node, "max", field->scale, &field->max);
    if (field->has_min && field->has_max && field->min > field->max)
        hj_reader_say(r, hj_yaml_get(node, "min"), "\"min\" is above \"max\"");
}

static void
read_target(HjReader *r, const HjYaml *node, HjField *field)
{
    if (has_list(field->type))
        hj_reader_ref(r, node, "list", HJ_KIND_LIST, true, (const void **)&field->list, NULL,
                      NULL);
    if (field->type == HJ_FIELD_ROW || field->type == HJ_FIELD_PERSON)
        hj_reader_ref(r, node, "ledger", HJ_KIND_LEDGER, field->type == HJ_FIELD_ROW,
                      (const void **)&field->ledger, NULL, NULL);
    if (field->type == HJ_FIELD_ORG)
        field->org_kind =
            hj_reader_ref(r, node, "kind", HJ_KIND_ORG_KIND, false, NULL, NULL, NULL);
}

static void
read_history(HjReader *r, const HjYaml *node, const HjLedger *ledger, HjField *field)
{
    field->was = hj_reader_name(r, node, "was", false);
    field->retired = hj_reader_date(r, node, "retired", false, NULL);
    if (field->was != NULL && field->name != NULL && strcmp(field->was, field->name) == 0)
        hj_reader_say(r, hj_yaml_get(node, "was"), "\"was\" is the name the field has now");
    if (field->was != NULL && hj_read_name_taken(field->was))
        hj_reader_say(r, hj_yaml_get(node, "was"), "\"%s\" was never the name of a field",
                      field->was);
    if (field->retired != NULL && ledger->title_field != NULL && field->name != NULL &&
        strcmp(ledger->title_field, field->name) == 0)
        hj_reader_say(r, hj_yaml_get(node, "retired"),
                      "the title field cannot be retired; name another title_field first");
}

/* The program gives it: "沧督〔{year}〕{n}号". */
static void
read_number(HjReader *r, const HjYaml *node, HjField *field)
{
    field->number = hj_reader_text(r, node, "number", false);
    if (field->number == NULL)
        return;
    const HjYaml *at = hj_yaml_get(node, "number");
    refuse_key(r, node, "number", field->type == HJ_FIELD_TEXT, field->type);
    if (strstr(field->number, "{n}") == NULL || strstr(field->number, "{year}") == NULL)
        hj_reader_say(r, at, "\"number\" must hold {year} and {n}");
    if (hj_yaml_get(node, "required") != NULL)
        hj_reader_say(r, at, "nobody is asked for a number that the program gives");
}

/* "{n} 周岁": how many years lie between the date and the day it is looked at. */
static void
read_years(HjReader *r, const HjYaml *node, HjField *field)
{
    field->years = hj_reader_label(r, node, "years", false);
    if (field->years.zh == NULL)
        return;
    refuse_key(r, node, "years", field->type == HJ_FIELD_DATE, field->type);
    if (strstr(field->years.zh, "{n}") == NULL ||
        (field->years.en != NULL && strstr(field->years.en, "{n}") == NULL))
        hj_reader_say(r, hj_yaml_get(node, "years"), "\"years\" must hold {n}");
}

/* What stands in the form of a new row at first. */
static void
read_begins(HjReader *r, const HjYaml *node, HjField *field)
{
    static const char *const words[] = { "today",     "this_month", "last_month",
                                         "this_year", "last_year",  NULL };
    int word = hj_reader_word(r, node, "begins", words, false);
    if (word < 0)
        return;
    field->begins = (HjBegins)(HJ_BEGINS_TODAY + word);
    bool fits = field->begins == HJ_BEGINS_TODAY        ? field->type == HJ_FIELD_DATE
                : field->begins <= HJ_BEGINS_LAST_MONTH ? field->type == HJ_FIELD_MONTH
                                                        : is_text(field->type);
    refuse_key(r, node, "begins", fits, field->type);
}

void
hj_read_field(HjReader *r, const HjYaml *node, HjLedger *ledger, HjField *field,
              size_t n_before)
{
    if (!hj_reader_mapping(r, node, "a field", field_keys))
        return;
    const char *name = hj_reader_name(r, node, "field", true);
    const HjYaml *at = hj_yaml_get(node, "field");
    field->name = name;
    field->at = hj_reader_at(r, node);
    if (name != NULL && (hj_read_name_taken(name) || strstr(name, "__") != NULL)) {
        hj_reader_say(r, at, "\"%s\" is a reserved name", name);
    } else if (name != NULL && hj_reader_among(ledger->fields, n_before, sizeof *field, name)) {
        hj_reader_say(r, at, "the ledger has two fields \"%s\"", name);
        field->name = NULL;
    }
    field->title = hj_reader_label(r, node, "title", true);
    field->help = hj_reader_label(r, node, "help", false);
    field->unit = hj_reader_label(r, node, "unit", false);
    read_type(r, node, field);
    refuse_key(r, node, "list", has_list(field->type), field->type);
    refuse_key(r, node, "ledger", field->type == HJ_FIELD_ROW || field->type == HJ_FIELD_PERSON,
               field->type);
    refuse_key(r, node, "kind", field->type == HJ_FIELD_ORG, field->type);
    refuse_key(r, node, "anywhere", field->type == HJ_FIELD_ORG, field->type);
    refuse_key(r, node, "scale", field->type == HJ_FIELD_DECIMAL, field->type);
    refuse_key(r, node, "accept", field->type == HJ_FIELD_FILES, field->type);
    refuse_key(r, node, "unique", field->type != HJ_FIELD_FILES, field->type);
    refuse_key(r, node, "min", is_number(field->type) || field->type == HJ_FIELD_FILES,
               field->type);
    refuse_key(r, node, "max",
               is_number(field->type) || is_text(field->type) ||
                   field->type == HJ_FIELD_SEALED || field->type == HJ_FIELD_FILES,
               field->type);
    refuse_key(r, node, "unit", is_number(field->type), field->type);
    refuse_key(r, node, "total", is_number(field->type), field->type);
    read_bounds(r, node, field);
    read_target(r, node, field);
    field->required = hj_reader_flag(r, node, "required");
    field->in_list = hj_reader_flag(r, node, "list_column");
    field->anywhere = hj_reader_flag(r, node, "anywhere");
    field->total = hj_reader_flag(r, node, "total");
    field->unique = hj_reader_flag(r, node, "unique");
    field->never_scored = hj_reader_word(r, node, "scored", scored_words, false) == 0;
    field->hidden_from = hj_reader_refs(r, node, "hidden_from", HJ_KIND_ROLE, false, NULL, NULL,
                                        &field->n_hidden_from);
    read_number(r, node, field);
    read_begins(r, node, field);
    read_years(r, node, field);
    hj_read_sealed(r, node, field);
    read_history(r, node, ledger, field);
}

HjField *
hj_read_field_named(const HjLedger *ledger, const char *name)
{
    for (size_t i = 0; ledger != NULL && name != NULL && i < ledger->n_fields; i++)
        if (strcmp(ledger->fields[i].name, name) == 0)
            return &ledger->fields[i];
    return NULL;
}
