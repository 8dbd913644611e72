#include "pack/read.h"

#include <string.h>

/* Rows that an indicator judges, and lists whose items are indicators. */

void
hj_read_judged(HjReader *r, const HjYaml *root, HjLedger *ledger)
{
    static const char *const keys[] = { "by", "target", "from", "to", NULL };
    const HjYaml *value = hj_reader_get(r, root, "judged", false);
    if (value == NULL || !hj_reader_mapping(r, value, "judged", keys))
        return;
    HjJudged *judged = hj_reader_alloc(r, 1, sizeof *judged);
    judged->by = hj_reader_name(r, value, "by", true);
    judged->target = hj_reader_name(r, value, "target", true);
    judged->from = hj_reader_name(r, value, "from", true);
    judged->to = hj_reader_name(r, value, "to", true);
    judged->at = hj_reader_at(r, value);
    ledger->judged = judged;
}

static void
check_field(HjReader *r, const HjLedger *ledger, const char *key, const char *name,
            HjFieldType type, bool above)
{
    const HjField *field = hj_read_field_named(ledger, name);
    if (field == NULL && above)
        field = hj_read_field_named(ledger->in, name);
    if (name != NULL && (field == NULL || field->type != type))
        hj_pack_problems_add(r->problems, &ledger->judged->at,
                             "judged: %s: \"%s\" is no field of type %s", key, name,
                             hj_pack_field_type_name(type));
}

static void
check_ledger(HjReader *r, const HjLedger *ledger)
{
    const HjJudged *judged = ledger->judged;
    if (judged == NULL)
        return;
    check_field(r, ledger, "by", judged->by, HJ_FIELD_CHOICE, false);
    check_field(r, ledger, "target", judged->target, HJ_FIELD_DECIMAL, false);
    check_field(r, ledger, "from", judged->from, HJ_FIELD_DATE, true);
    check_field(r, ledger, "to", judged->to, HJ_FIELD_DATE, true);
    const HjField *by = hj_read_field_named(ledger, judged->by);
    if (by != NULL && by->list != NULL && !by->list->indicators)
        hj_pack_problems_add(r->problems, &judged->at,
                             "judged: by: the list %s needs \"indicators: true\"",
                             by->list->name);
}

static bool
has_indicator(const HjPack *pack, const char *name)
{
    for (size_t i = 0; i < pack->n_indicators; i++)
        if (strcmp(pack->indicators[i].name, name) == 0)
            return true;
    return false;
}

void
hj_read_judged_check(HjReader *r)
{
    const HjPack *pack = r->pack;
    for (size_t i = 0; i < pack->n_ledgers; i++)
        check_ledger(r, &pack->ledgers[i]);
    for (size_t i = 0; i < pack->n_lists && !r->broken[HJ_KIND_INDICATOR]; i++) {
        const HjList *list = &pack->lists[i];
        for (size_t k = 0; list->indicators && k < list->n_items; k++)
            if (!has_indicator(pack, list->items[k].name))
                hj_pack_problems_add(r->problems, &list->at,
                                     "the list %s: there is no indicator \"%s\"", list->name,
                                     list->items[k].name);
    }
}
