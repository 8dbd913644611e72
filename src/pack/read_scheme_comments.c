#include "pack/read.h"

#include <string.h>

/* comments: {ledger: contest_comment, scheme: scheme, period: period, text: comment, on: day}
 */

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
                             "comments: the ledger %s has no field \"%s\" of that type",
                             ledger->name, name);
}

static void
check_comments(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjSchemeComments *comments = owner;
    const HjLedger *ledger = target;
    check_field(r, ledger, comments->scheme, HJ_FIELD_TEXT, HJ_FIELD_TEXT, at);
    check_field(r, ledger, comments->period, HJ_FIELD_TEXT, HJ_FIELD_TEXT, at);
    check_field(r, ledger, comments->text, HJ_FIELD_LONG_TEXT, HJ_FIELD_TEXT, at);
    check_field(r, ledger, comments->on, HJ_FIELD_DATE, HJ_FIELD_DATE, at);
}

void
hj_read_scheme_comments(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    static const char *const keys[] = { "ledger", "scheme", "period", "text", "on", NULL };
    const HjYaml *value = hj_reader_get(r, root, "comments", false);
    HjSchemeComments *comments = &scheme->comments;
    if (value == NULL || !hj_reader_mapping(r, value, "comments", keys))
        return;
    comments->scheme = hj_reader_name(r, value, "scheme", true);
    comments->period = hj_reader_name(r, value, "period", true);
    comments->text = hj_reader_name(r, value, "text", true);
    comments->on = hj_reader_name(r, value, "on", false);
    hj_reader_ref(r, value, "ledger", HJ_KIND_LEDGER, true, (const void **)&comments->ledger,
                  check_comments, comments);
}
