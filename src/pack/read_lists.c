#include "base/decimal.h"
#include "base/text.h"
#include "pack/read.h"

#include <string.h>

/* Named lists with the count their name promises, and dated parameters. */

static bool
read_item(HjReader *r, const HjYaml *node, HjList *list)
{
    static const char *const keys[] = { "item", "title", "note", NULL };
    HjListItem *item = &list->items[list->n_items];
    if (!hj_reader_mapping(r, node, "an item of a list", keys))
        return false;
    item->name = hj_reader_name(r, node, "item", true);
    item->title = hj_reader_label(r, node, "title", true);
    item->note = hj_reader_label(r, node, "note", false);
    if (item->name == NULL)
        return false;
    if (hj_reader_among(list->items, list->n_items, sizeof *item, item->name)) {
        hj_reader_say(r, node, "the list has two items \"%s\"", item->name);
        return false;
    }
    return true;
}

static void
read_list(HjReader *r, const HjYaml *node)
{
    static const char *const keys[] = { "list",       "title", "expected",   "source",
                                        "assumption", "items", "indicators", NULL };
    if (!hj_reader_mapping(r, node, "a list", keys))
        return;
    HjList *list = hj_reader_alloc(r, 1, sizeof *list);
    int64_t expected = 0;
    list->name = hj_reader_name(r, node, "list", true);
    list->title = hj_reader_label(r, node, "title", true);
    if (hj_reader_integer(r, node, "expected", 1, 1000, &expected))
        list->expected = (size_t)expected;
    list->source = hj_reader_text(r, node, "source", false);
    list->assumption = hj_reader_flag(r, node, "assumption");
    list->indicators = hj_reader_flag(r, node, "indicators");
    list->at = hj_reader_at(r, node);
    const HjYaml *items = hj_reader_sequence(r, node, "items", true);
    size_t n = items != NULL ? hj_yaml_count(items) : 0;
    list->items = hj_reader_alloc(r, n, sizeof *list->items);
    for (size_t i = 0; i < n; i++) {
        list->items[list->n_items] = (HjListItem){ 0 };
        if (read_item(r, hj_yaml_at(items, i), list))
            list->n_items++;
    }
    if (list->expected != 0 && items != NULL && n != list->expected)
        hj_reader_say(r, node, "the list promises %zu items and has %zu", list->expected, n);
    if (list->expected != 0 && list->source == NULL && !list->assumption)
        hj_reader_say(r, node,
                      "the list promises a count: it needs a source, or "
                      "assumption: true");
    hj_reader_add(r, HJ_KIND_LIST, list, node);
}

void
hj_read_lists(HjReader *r, const HjYaml *root)
{
    static const char *const keys[] = { "lists", NULL };
    if (!hj_reader_mapping(r, root, "lists.yaml", keys))
        return;
    const HjYaml *lists = hj_reader_sequence(r, root, "lists", true);
    for (size_t i = 0; lists != NULL && i < hj_yaml_count(lists); i++)
        read_list(r, hj_yaml_at(lists, i));
}

static void
check_value(HjReader *r, const HjYaml *node, const HjParam *param, HjParamValue *value)
{
    const HjYaml *at = hj_yaml_get(node, "value");
    if (param->type == HJ_FIELD_DATE) {
        hj_reader_date(r, node, "value", true, NULL);
    } else if (param->type == HJ_FIELD_INTEGER) {
        if (!hj_text_parse_i64(value->value, &value->number))
            hj_reader_say(r, at, "\"value\" must be a whole number");
    } else if (param->type != HJ_FIELD_TEXT) {
        if (!hj_decimal_parse(value->value, param->scale, &value->number, NULL))
            hj_reader_say_number(r, at, "value", param->scale);
    }
}

/* Keeps the values in the order of their days. */
static void
read_value(HjReader *r, const HjYaml *node, HjParam *param)
{
    static const char *const keys[] = { "from", "value", "source", NULL };
    HjParamValue value = { 0 };
    if (!hj_reader_mapping(r, node, "a value of a param", keys))
        return;
    value.from = hj_reader_date(r, node, "from", true, &value.from_on);
    value.value = hj_reader_text(r, node, "value", true);
    value.source = hj_reader_text(r, node, "source", false);
    if (value.value != NULL)
        check_value(r, node, param, &value);
    if (value.source == NULL && !param->assumption)
        hj_reader_say(r, node, "the value needs a source, or the param assumption: true");
    if (value.from == NULL || value.value == NULL)
        return;
    size_t place = param->n_values;
    for (size_t i = 0; i < param->n_values; i++) {
        if (param->values[i].from_on == value.from_on) {
            hj_reader_say(r, node, "the param has two values from %s", value.from);
            return;
        }
    }
    while (place > 0 && param->values[place - 1].from_on > value.from_on) {
        param->values[place] = param->values[place - 1];
        place--;
    }
    param->values[place] = value;
    param->n_values++;
}

static void
read_param(HjReader *r, const HjYaml *node)
{
    static const char *const keys[] = {
        "param", "title", "type", "assumption", "values", NULL
    };
    static const char *const words[] = { "text",  "integer", "decimal", "percent",
                                         "money", "date",    NULL };
    static const HjFieldType types[] = { HJ_FIELD_TEXT,    HJ_FIELD_INTEGER, HJ_FIELD_DECIMAL,
                                         HJ_FIELD_PERCENT, HJ_FIELD_MONEY,   HJ_FIELD_DATE };
    if (!hj_reader_mapping(r, node, "a param", keys))
        return;
    HjParam *param = hj_reader_alloc(r, 1, sizeof *param);
    param->name = hj_reader_name(r, node, "param", true);
    param->title = hj_reader_label(r, node, "title", true);
    int word = hj_reader_word(r, node, "type", words, true);
    param->type = word >= 0 ? types[word] : HJ_FIELD_TEXT;
    bool scaled = param->type == HJ_FIELD_DECIMAL || param->type == HJ_FIELD_PERCENT ||
                  param->type == HJ_FIELD_MONEY;
    param->scale = scaled ? 2 : 0;
    param->assumption = hj_reader_flag(r, node, "assumption");
    param->at = hj_reader_at(r, node);
    static const char *const taken[] = { "from", "to", "today", NULL };
    /* core/row binds the values of a row as :row_0, :row_1 … */
    if (param->name != NULL &&
        (g_strv_contains(taken, param->name) || g_str_has_prefix(param->name, "row_")))
        hj_reader_say(r, hj_yaml_get(node, "param"), "\"%s\" is a reserved name", param->name);
    const HjYaml *values = hj_reader_sequence(r, node, "values", true);
    size_t n = values != NULL ? hj_yaml_count(values) : 0;
    param->values = hj_reader_alloc(r, n, sizeof *param->values);
    for (size_t i = 0; i < n; i++)
        read_value(r, hj_yaml_at(values, i), param);
    hj_reader_add(r, HJ_KIND_PARAM, param, node);
}

void
hj_read_params(HjReader *r, const HjYaml *root)
{
    static const char *const keys[] = { "params", NULL };
    if (!hj_reader_mapping(r, root, "params.yaml", keys))
        return;
    const HjYaml *params = hj_reader_sequence(r, root, "params", true);
    for (size_t i = 0; params != NULL && i < hj_yaml_count(params); i++)
        read_param(r, hj_yaml_at(params, i));
}
