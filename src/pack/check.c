#include "pack/read.h"

#include <string.h>

/* What only the whole pack can tell.  The arrays are final here and still ours to fill. */

#define LEVELS_MAX 16

static bool
has_name(const char *const *names, size_t n, const char *name)
{
    return hj_reader_among(names, n, sizeof *names, name);
}

/* One root; every other kind can stand under it at last. */
static void
check_org_kinds(HjReader *r)
{
    HjPack *pack = r->pack;
    const HjOrgKind *root = NULL;
    for (size_t i = 0; i < pack->n_org_kinds; i++) {
        HjOrgKind *kind = &pack->org_kinds[i];
        kind->depth = -1;
        if (kind->n_under > 0)
            continue;
        kind->depth = 0;
        if (root != NULL)
            hj_pack_problems_add(r->problems, &kind->at,
                                 "\"%s\" stands under nothing, and so does \"%s\": one kind is "
                                 "the root",
                                 kind->name, root->name);
        root = kind;
    }
    for (int depth = 0; depth < LEVELS_MAX; depth++)
        for (size_t i = 0; i < pack->n_org_kinds; i++)
            for (size_t j = 0; pack->org_kinds[i].depth == depth && j < pack->n_org_kinds; j++)
                if (pack->org_kinds[j].depth < 0 &&
                    has_name(pack->org_kinds[j].under, pack->org_kinds[j].n_under,
                             pack->org_kinds[i].name))
                    pack->org_kinds[j].depth = depth + 1;
    for (size_t i = 0; i < pack->n_org_kinds; i++)
        if (pack->org_kinds[i].depth < 0)
            hj_pack_problems_add(r->problems, &pack->org_kinds[i].at,
                                 "\"%s\" can never stand under the root",
                                 pack->org_kinds[i].name);
}

static void
check_is(HjReader *r)
{
    static const char *const words[] = { "person", "post" };
    HjPack *pack = r->pack;
    for (size_t w = 0; w < G_N_ELEMENTS(words); w++) {
        const HjLedger *first = NULL;
        for (size_t i = 0; i < pack->n_ledgers; i++) {
            const HjLedger *ledger = &pack->ledgers[i];
            if (g_strcmp0(ledger->is, words[w]) != 0)
                continue;
            if (first != NULL)
                hj_pack_problems_add(r->problems, &ledger->at,
                                     "is: %s stands at two ledgers, %s and %s", words[w],
                                     first->name, ledger->name);
            first = ledger;
        }
    }
}

static const HjLedger *
ledger_of_people(const HjPack *pack)
{
    for (size_t i = 0; i < pack->n_ledgers; i++)
        if (g_strcmp0(pack->ledgers[i].is, "person") == 0)
            return &pack->ledgers[i];
    return NULL;
}

static void
check_fields(HjReader *r, HjLedger *ledger, const HjLedger *people)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        HjField *field = &ledger->fields[i];
        if (field->type != HJ_FIELD_PERSON)
            continue;
        bool named = field->ledger != NULL;
        if (!named)
            field->ledger = people;
        if (field->ledger == NULL && !r->broken[HJ_KIND_LEDGER])
            hj_pack_problems_add(r->problems, &field->at,
                                 "a field of type person needs a ledger with is: person");
        else if (named && field->ledger != people)
            hj_pack_problems_add(r->problems, &field->at,
                                 "the ledger %s is not one with is: person",
                                 field->ledger->name);
    }
}

static void
check_indicator(HjReader *r, const HjScheme *scheme, const HjSchemeItem *item)
{
    const HjIndicator *indicator = item->indicator;
    if (indicator == NULL)
        return;
    if (indicator->roll == HJ_ROLL_NONE && g_strcmp0(indicator->of, scheme->of) != 0)
        hj_pack_problems_add(r->problems, &item->at,
                             "the indicator %s is of %s and rolls up to nothing, "
                             "but the scheme is of %s",
                             indicator->name, indicator->of, scheme->of);
    if (item->scoring != HJ_SCORE_LINEAR &&
        (indicator->per > 1 || indicator->roll == HJ_ROLL_MEAN))
        hj_pack_problems_add(r->problems, &item->at,
                             "the indicator %s counts no units: \"lose\" and \"add\" take its "
                             "numerator",
                             indicator->name);
}

static void
check_scheme(HjReader *r, const HjScheme *scheme)
{
    for (size_t l = 0; l < scheme->n_lists; l++)
        for (size_t k = 0; k < scheme->lists[l].n_items; k++)
            check_indicator(r, scheme, &scheme->lists[l].items[k]);
    hj_read_scored_check(r, scheme);
}

void
hj_read_check(HjReader *r)
{
    HjPack *pack = r->pack;
    const HjLedger *people = ledger_of_people(pack);
    if (!r->broken[HJ_KIND_ORG_KIND])
        check_org_kinds(r);
    check_is(r);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        check_fields(r, &pack->ledgers[i], people);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        hj_read_flow_check(r, &pack->ledgers[i]);
    for (size_t i = 0; i < pack->n_cadences; i++)
        hj_read_cadence_check(r, &pack->cadences[i]);
    hj_read_judged_check(r);
    hj_read_prefill_check(r);
    hj_read_scheme_versions(r);
    for (size_t i = 0; i < pack->n_schemes; i++)
        for (size_t k = 0; k < pack->schemes[i].n_versions; k++)
            check_scheme(r, pack->schemes[i].versions[k]);
}
