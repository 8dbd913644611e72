/* Definitions of ledgers over the JSON API: what may be asked and how it is answered. */
#include "web/api_calls.h"

static void
write_key_text(HjJsonWriter *w, const char *key, const char *text)
{
    hj_json_put_text(w, key, text);
}

static void
write_flag(HjJsonWriter *w, const char *key, bool flag)
{
    hj_json_put_flag(w, key, flag);
}

/* A bound in the same form as the values it bounds. */
static void
write_bound(HjJsonWriter *w, const char *key, const HjField *field, bool has, int64_t bound)
{
    if (!has)
        return;
    hj_json_key(w, key);
    hj_field_to_json(field, false, bound, NULL, w);
}

static void
write_list(HjJsonWriter *w, const HjList *list)
{
    hj_json_key(w, "list");
    hj_json_begin_object(w);
    write_key_text(w, "name", list->name);
    hj_api_write_label(w, "title", &list->title);
    write_flag(w, "assumption", list->assumption);
    hj_json_key(w, "items");
    hj_json_begin_array(w);
    for (size_t i = 0; i < list->n_items; i++) {
        hj_json_begin_object(w);
        write_key_text(w, "key", list->items[i].name);
        hj_api_write_label(w, "title", &list->items[i].title);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
    hj_json_end_object(w);
}

static void
write_field(HjJsonWriter *w, const HjField *field)
{
    hj_json_begin_object(w);
    write_key_text(w, "field", field->name);
    write_key_text(w, "type", hj_field_type_name(field->type));
    hj_api_write_label(w, "title", &field->title);
    hj_api_write_label(w, "help", &field->help);
    hj_api_write_label(w, "unit", &field->unit);
    write_flag(w, "required", field->required);
    write_flag(w, "unique", field->unique);
    write_flag(w, "total", field->total);
    if (field->type == HJ_FIELD_DECIMAL) {
        hj_json_put_i64(w, "scale", field->scale);
    }
    if (field->max_length > 0) {
        hj_json_put_i64(w, "max_length", field->max_length);
    }
    write_bound(w, "min", field, field->has_min, field->min);
    write_bound(w, "max", field, field->has_max, field->max);
    if (field->list != NULL)
        write_list(w, field->list);
    if (field->org_kind != NULL)
        write_key_text(w, "org_kind", field->org_kind);
    if (field->ledger != NULL)
        write_key_text(w, "ledger", field->ledger->name);
    if (field->retired != NULL)
        write_key_text(w, "retired", field->retired);
    hj_json_end_object(w);
}

static void
write_rules(HjJsonWriter *w, const HjLedger *ledger, const HjActor *actor)
{
    hj_json_key(w, "rules");
    hj_json_begin_array(w);
    for (size_t i = 0; i < ledger->n_must; i++) {
        const HjRule *rule = &ledger->must[i];
        const HjField *field = rule->field != NULL ? hj_pack_field(ledger, rule->field) : NULL;
        if (field != NULL && hj_access_field_hidden(actor, field))
            continue;
        hj_json_begin_object(w);
        write_key_text(w, "field", rule->field);
        hj_api_write_label(w, "says", &rule->says);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
}

static void
write_ledger(HjRequest *req, HjJsonWriter *w, const HjLedger *ledger)
{
    const HjActor *actor = hj_request_actor(req);
    hj_json_begin_object(w);
    write_key_text(w, "ledger", ledger->name);
    hj_api_write_label(w, "title", &ledger->title);
    hj_api_write_label(w, "help", &ledger->help);
    write_key_text(w, "system", ledger->system);
    write_key_text(w, "group", ledger->group);
    hj_api_write_names(w, "of", ledger->of, ledger->n_of);
    write_key_text(w, "in", ledger->in != NULL ? ledger->in->name : NULL);
    write_key_text(w, "is", ledger->is);
    hj_api_write_names(w, "enter", ledger->enter, ledger->n_enter);
    write_flag(w, "may_enter", hj_access_may_ledger(actor, ledger, HJ_ACCESS_ENTER));
    write_key_text(w, "title_field", ledger->title_field);
    write_key_text(w, "date_field", ledger->date_field);
    write_flag(w, "assumption", ledger->assumption);
    write_key_text(w, "source", ledger->source);
    hj_api_write_flow(w, ledger->flow);
    hj_json_key(w, "fields");
    hj_json_begin_array(w);
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (!hj_access_field_hidden(actor, &ledger->fields[i]))
            write_field(w, &ledger->fields[i]);
    hj_json_end_array(w);
    write_rules(w, ledger, actor);
    hj_json_end_object(w);
}

HjResponse *
hj_api_ledgers(HjRequest *req, GError **error)
{
    (void)error;
    const HjPack *pack = hj_request_pack(req);
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        if (hj_access_may_ledger(hj_request_actor(req), &pack->ledgers[i], HJ_ACCESS_VIEW))
            write_ledger(req, &w, &pack->ledgers[i]);
    hj_api_end_list(&w, NULL);
    return res;
}

HjResponse *
hj_api_one_ledger(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_api_ledger(req, error);
    if (ledger == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    write_ledger(req, &w, ledger);
    return res;
}
