#include "pack/read.h"

#include <string.h>

/* comments: {ledger: contest_comment, scheme: scheme, period: period, text: comment, on: day}
 * outcomes: the same, and what kind each is and the paper that decided it */

static void
check_field(HjReader *r, const HjLedger *ledger, const char *name, HjFieldType type,
            HjFieldType other, const HjSource *at)
{
    for (size_t i = 0; name != NULL && i < ledger->n_fields; i++)
        if (strcmp(ledger->fields[i].name, name) == 0 &&
            (ledger->fields[i].type == type || ledger->fields[i].type == other))
            return;
    if (name != NULL)
        hj_pack_problems_add(r->problems, at,
                             "comments and outcomes: the ledger %s has no field \"%s\" of that "
                             "type",
                             ledger->name, name);
}

static void
check_notes(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjSchemeNotes *notes = owner;
    const HjLedger *ledger = target;
    check_field(r, ledger, notes->scheme, HJ_FIELD_TEXT, HJ_FIELD_TEXT, at);
    check_field(r, ledger, notes->period, HJ_FIELD_TEXT, HJ_FIELD_TEXT, at);
    check_field(r, ledger, notes->text, HJ_FIELD_LONG_TEXT, HJ_FIELD_TEXT, at);
    check_field(r, ledger, notes->on, HJ_FIELD_DATE, HJ_FIELD_DATE, at);
    check_field(r, ledger, notes->kind, HJ_FIELD_CHOICE, HJ_FIELD_CHOICE, at);
    check_field(r, ledger, notes->document, HJ_FIELD_TEXT, HJ_FIELD_TEXT, at);
}

static void
read_notes(HjReader *r, const HjYaml *root, const char *key, const char *const *keys,
           HjSchemeNotes *notes)
{
    const HjYaml *value = hj_reader_get(r, root, key, false);
    if (value == NULL || !hj_reader_mapping(r, value, key, keys))
        return;
    notes->scheme = hj_reader_name(r, value, "scheme", true);
    notes->period = hj_reader_name(r, value, "period", true);
    notes->text = hj_reader_name(r, value, "text", true);
    notes->on = hj_reader_name(r, value, "on", false);
    notes->kind = hj_reader_name(r, value, "kind", false);
    notes->document = hj_reader_name(r, value, "document", false);
    hj_reader_ref(r, value, "ledger", HJ_KIND_LEDGER, true, (const void **)&notes->ledger,
                  check_notes, notes);
}

void
hj_read_scheme_comments(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    static const char *const comment_keys[] = {
        "ledger", "scheme", "period", "text", "on", NULL
    };
    static const char *const outcome_keys[] = { "ledger", "scheme", "period",   "text",
                                                "on",     "kind",   "document", NULL };
    read_notes(r, root, "comments", comment_keys, &scheme->comments);
    read_notes(r, root, "outcomes", outcome_keys, &scheme->outcomes);
}
