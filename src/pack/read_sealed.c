/* What a pack says about values that are kept sealed. */
#include "pack/read.h"

#include <string.h>

#define MAX_MONTHS 1200
#define AFTER_WITHDRAWN "withdrawn"

bool
hj_pack_field_is_sealed(const HjField *field)
{
    return field->type == HJ_FIELD_CITIZEN_ID || field->type == HJ_FIELD_CREDIT_CODE ||
           field->type == HJ_FIELD_PHONE || field->type == HJ_FIELD_SEALED;
}

static void
refuse(HjReader *r, const HjYaml *node, const HjField *field, const char *key)
{
    const HjYaml *value = hj_yaml_get(node, key);
    if (value != NULL)
        hj_reader_say(r, value, "\"%s\" means nothing for a field of type %s", key,
                      hj_pack_field_type_name(field->type));
}

static void
read_retention(HjReader *r, const HjYaml *node, HjField *field)
{
    static const char *const keys[] = { "months", "after", "assumption", NULL };
    const HjYaml *retention = hj_reader_get(r, node, "retention", true);
    if (retention == NULL || !hj_reader_mapping(r, retention, "retention", keys))
        return;
    int64_t months = 0;
    if (hj_yaml_get(retention, "months") == NULL)
        hj_reader_say(r, retention, "retention needs \"months\"");
    else if (hj_reader_integer(r, retention, "months", 0, MAX_MONTHS, &months))
        field->keep_months = (int)months;
    const char *after = hj_reader_name(r, retention, "after", true);
    field->keep_after = g_strcmp0(after, AFTER_WITHDRAWN) != 0 ? after : NULL;
    field->keep_assumption = hj_reader_flag(r, retention, "assumption");
}

static void
read_fills(HjReader *r, const HjYaml *node, HjField *field)
{
    static const char *const keys[] = { "birth", "sex", NULL };
    const HjYaml *fills = hj_reader_get(r, node, "fills", false);
    if (fills == NULL || !hj_reader_mapping(r, fills, "fills", keys))
        return;
    field->fills_birth = hj_reader_name(r, fills, "birth", false);
    field->fills_sex = hj_reader_name(r, fills, "sex", false);
}

void
hj_read_sealed(HjReader *r, const HjYaml *node, HjField *field)
{
    static const char *const only_sealed[] = { "purpose", "basis", "retention" };
    bool sealed = hj_pack_field_is_sealed(field);
    for (size_t i = 0; i < G_N_ELEMENTS(only_sealed) && !sealed; i++)
        refuse(r, node, field, only_sealed[i]);
    if (field->type != HJ_FIELD_CITIZEN_ID)
        refuse(r, node, field, "fills");
    if (!sealed)
        return;
    field->purpose = hj_reader_label(r, node, "purpose", true);
    field->basis = hj_reader_label(r, node, "basis", false);
    read_retention(r, node, field);
    if (field->type == HJ_FIELD_CITIZEN_ID)
        read_fills(r, node, field);
    if (field->type == HJ_FIELD_SEALED)
        refuse(r, node, field, "unique");
}

static const HjField *
find(const HjLedger *ledger, const char *name)
{
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (name != NULL && strcmp(ledger->fields[i].name, name) == 0)
            return &ledger->fields[i];
    return NULL;
}

/* Two items tell the sexes apart. */
static bool
tells_sexes(const HjList *list)
{
    int n = 0;
    for (size_t i = 0; i < list->n_items; i++)
        n += strcmp(list->items[i].name, "male") == 0 ||
             strcmp(list->items[i].name, "female") == 0;
    return n == 2;
}

/* The lists of a pack are known only when all files are read. */
static void
check_sex(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjField *field = owner;
    const HjLedger *ledger = target;
    const HjField *sex = find(ledger, field->fills_sex);
    if (sex != NULL && sex->list != NULL && !tells_sexes(sex->list))
        hj_pack_problems_add(r->problems, at,
                             "fills: the list %s of %s has no items male and female",
                             sex->list->name, sex->name);
}

static void
check_target(HjReader *r, const HjLedger *ledger, const HjField *field, const char *key,
             const char *name, HjFieldType type)
{
    const HjField *target = find(ledger, name);
    if (name == NULL)
        return;
    if (target == NULL)
        hj_pack_problems_add(r->problems, &field->at, "%s: the ledger has no field \"%s\"", key,
                             name);
    else if (target->type != type)
        hj_pack_problems_add(r->problems, &field->at, "%s: \"%s\" is no field of type %s", key,
                             name, hj_pack_field_type_name(type));
}

void
hj_read_sealed_check(HjReader *r, const HjLedger *ledger)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (!hj_pack_field_is_sealed(field))
            continue;
        check_target(r, ledger, field, "retention", field->keep_after, HJ_FIELD_DATE);
        check_target(r, ledger, field, "fills", field->fills_birth, HJ_FIELD_DATE);
        check_target(r, ledger, field, "fills", field->fills_sex, HJ_FIELD_CHOICE);
        if (g_strcmp0(ledger->title_field, field->name) == 0 ||
            g_strcmp0(ledger->sort_field, field->name) == 0)
            hj_pack_problems_add(r->problems, &field->at,
                                 "\"%s\" is sealed: it names no row and orders no list",
                                 field->name);
        if (field->fills_sex != NULL && ledger->name != NULL)
            hj_reader_note(r, &(HjReaderRef){ .kind = HJ_KIND_LEDGER,
                                              .name = ledger->name,
                                              .at = field->at,
                                              .check = check_sex,
                                              .owner = field });
    }
}
