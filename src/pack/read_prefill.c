#include "pack/prefill.h"
#include "pack/read.h"

#include <string.h>

/* Figures that a row takes over, and remarks on a row. */

#define BEFORE_MAX 24
#define DAYS_MAX 366
#define YEAR_DIGITS 4

void
hj_prefill_period(const HjPrefill *prefill, HjDate day, HjDate *ret_from, HjDate *ret_to)
{
    hj_every_period(prefill->every, day, ret_from, ret_to);
    for (int i = 0; i < prefill->before; i++)
        hj_every_period(prefill->every, *ret_from - 1, ret_from, ret_to);
}

static bool
names_a_period(const HjField *field)
{
    return field->type == HJ_FIELD_MONTH || field->type == HJ_FIELD_DATE ||
           (field->type == HJ_FIELD_TEXT && field->max_length == YEAR_DIGITS);
}

static void
read_into(HjReader *r, const HjYaml *node, HjLedger *ledger, HjPrefill *prefill)
{
    const char *name = hj_reader_name(r, node, "into", true);
    prefill->into = hj_read_field_named(ledger, name);
    if (name == NULL)
        return;
    const HjYaml *at = hj_yaml_get(node, "into");
    if (prefill->into == NULL || prefill->into->type != HJ_FIELD_LONG_TEXT)
        hj_reader_say(r, at, "prefill: into: \"%s\" is no field of type long_text", name);
    else if (prefill->into->required)
        hj_reader_say(r, at, "nobody is asked for what the program fills in");
    else
        prefill->into->prefill = prefill;
}

void
hj_read_prefill(HjReader *r, const HjYaml *root, HjLedger *ledger)
{
    static const char *const keys[] = { "report", "period", "every", "before",
                                        "of",     "into",   NULL };
    static const char *const everys[] = { "month", "quarter", "half_year", "year", NULL };
    static const HjEvery values[] = { HJ_EVERY_MONTH, HJ_EVERY_QUARTER, HJ_EVERY_HALF_YEAR,
                                      HJ_EVERY_YEAR };
    const HjYaml *value = hj_reader_get(r, root, "prefill", false);
    int64_t before = 0;
    if (value == NULL || !hj_reader_mapping(r, value, "prefill", keys))
        return;
    HjPrefill *prefill = hj_reader_alloc(r, 1, sizeof *prefill);
    prefill->at = hj_reader_at(r, value);
    hj_reader_ref(r, value, "report", HJ_KIND_REPORT, true, (const void **)&prefill->report,
                  NULL, NULL);
    prefill->period = hj_reader_name(r, value, "period", true);
    const HjField *period = hj_read_field_named(ledger, prefill->period);
    if (prefill->period != NULL && (period == NULL || !names_a_period(period)))
        hj_reader_say(r, hj_yaml_get(value, "period"),
                      "prefill: period: \"%s\" is no month, date, or text of four digits",
                      prefill->period);
    int every = hj_reader_word(r, value, "every", everys, false);
    const bool is_year = period != NULL && period->type == HJ_FIELD_TEXT;
    prefill->every = every >= 0 ? values[every] : is_year ? HJ_EVERY_YEAR : HJ_EVERY_MONTH;
    if (hj_reader_integer(r, value, "before", 0, BEFORE_MAX, &before))
        prefill->before = (int)before;
    prefill->of =
        hj_reader_refs(r, value, "of", HJ_KIND_ORG_KIND, false, NULL, NULL, &prefill->n_of);
    read_into(r, value, ledger, prefill);
    ledger->prefill = prefill;
}

/* --- remarks --- */

void
hj_read_remarks(HjReader *r, const HjYaml *root, HjLedger *ledger)
{
    static const char *const keys[] = { "ledger", "text", "on", "act", "due", "days", NULL };
    const HjYaml *value = hj_reader_get(r, root, "remarks", false);
    int64_t days = 0;
    if (value == NULL || !hj_reader_mapping(r, value, "remarks", keys))
        return;
    HjRemarks *remarks = hj_reader_alloc(r, 1, sizeof *remarks);
    remarks->at = hj_reader_at(r, value);
    hj_reader_ref(r, value, "ledger", HJ_KIND_LEDGER, true, (const void **)&remarks->ledger,
                  NULL, NULL);
    remarks->text = hj_reader_name(r, value, "text", true);
    remarks->on = hj_reader_name(r, value, "on", false);
    remarks->act = hj_reader_name(r, value, "act", false);
    remarks->due = hj_reader_name(r, value, "due", false);
    if (hj_reader_integer(r, value, "days", 1, DAYS_MAX, &days))
        remarks->days = (int)days;
    if ((remarks->act == NULL) != (remarks->due == NULL) ||
        (remarks->due == NULL) != (remarks->days == 0))
        hj_reader_say(r, value, "\"act\", \"due\" and \"days\" go together");
    ledger->remarks = remarks;
}

static void
check_field(HjReader *r, const HjRemarks *remarks, const char *key, const char *name, bool text)
{
    const HjField *field = hj_read_field_named(remarks->ledger, name);
    const bool fits = field != NULL &&
                      (text ? field->type == HJ_FIELD_TEXT || field->type == HJ_FIELD_LONG_TEXT
                            : field->type == HJ_FIELD_DATE);
    if (name != NULL && !fits)
        hj_pack_problems_add(r->problems, &remarks->at,
                             "remarks: %s: \"%s\" is no field of type %s of %s", key, name,
                             text ? "text" : "date", remarks->ledger->name);
}

static void
check_ledger(HjReader *r, const HjLedger *ledger)
{
    const HjRemarks *remarks = ledger->remarks;
    const HjLedger *child = remarks->ledger;
    const HjFlowNode *start =
        child->flow != NULL ? hj_flow_node(child->flow, child->flow->start) : NULL;
    if (child->in != ledger)
        hj_pack_problems_add(r->problems, &remarks->at,
                             "remarks: ledger: %s does not stand \"in: %s\"", child->name,
                             ledger->name);
    check_field(r, remarks, "text", remarks->text, true);
    check_field(r, remarks, "on", remarks->on, false);
    check_field(r, remarks, "due", remarks->due, false);
    for (size_t i = 0; i < child->n_fields; i++)
        if (child->fields[i].required && g_strcmp0(child->fields[i].name, remarks->text) != 0 &&
            g_strcmp0(child->fields[i].name, remarks->on) != 0)
            hj_pack_problems_add(r->problems, &remarks->at,
                                 "remarks: the field %s of %s is required and not asked for",
                                 child->fields[i].name, child->name);
    if (remarks->act != NULL && (start == NULL || hj_flow_action(start, remarks->act) == NULL))
        hj_pack_problems_add(r->problems, &remarks->at,
                             "remarks: act: the first step of %s has no action \"%s\"",
                             child->name, remarks->act);
}

void
hj_read_prefill_check(HjReader *r)
{
    for (size_t i = 0; i < r->pack->n_ledgers; i++)
        if (r->pack->ledgers[i].remarks != NULL && r->pack->ledgers[i].remarks->ledger != NULL)
            check_ledger(r, &r->pack->ledgers[i]);
}
