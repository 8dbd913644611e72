#include "pack/read.h"

#include <string.h>

#define WARN_DAYS 7
#define COUNT_MAX 366

static void
read_amount(HjReader *r, const HjYaml *node, const char *key, int min, HjAmount *amount)
{
    const HjYaml *value = hj_reader_get(r, node, key, false);
    int64_t n = 0;
    if (value == NULL)
        return;
    if (value->kind == HJ_YAML_TEXT && g_ascii_isalpha(value->text[0]))
        hj_reader_ref(r, node, key, HJ_KIND_PARAM, true, (const void **)&amount->param, NULL,
                      NULL);
    else if (hj_reader_integer(r, node, key, min, COUNT_MAX, &n))
        amount->n = (int)n;
}

/* A role that owes rows must be able to write them. */
static void
may_enter(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjRole *role = target;
    (void)owner;
    for (size_t i = 0; i < role->n_may; i++)
        if (strcmp(role->may[i], "ledger.enter") == 0)
            return;
    hj_pack_problems_add(r->problems, at, "the role %s does not have ledger.enter", role->name);
}

static void
read_cadence(HjReader *r, const HjYaml *node)
{
    static const char *const keys[] = {
        "cadence", "title", "help", "id",        "system", "of",         "every",
        "ledger",  "count", "when", "only",      "date",   "grace_days", "warn",
        "from",    "to",    "by",   "supervise", "source", "assumption", NULL
    };
    static const char *const everys[] = { "duty_day",  "week", "month", "quarter",
                                          "half_year", "year", NULL };
    int64_t warn = WARN_DAYS;
    if (!hj_reader_mapping(r, node, "a cadence", keys))
        return;
    HjCadence *cadence = hj_reader_alloc(r, 1, sizeof *cadence);
    cadence->at = hj_reader_at(r, node);
    cadence->name = hj_reader_name(r, node, "cadence", true);
    cadence->title = hj_reader_label(r, node, "title", true);
    cadence->help = hj_reader_label(r, node, "help", false);
    cadence->id = hj_reader_text(r, node, "id", false);
    cadence->system = hj_reader_system(r, node, true);
    cadence->of =
        hj_reader_refs(r, node, "of", HJ_KIND_ORG_KIND, true, NULL, NULL, &cadence->n_of);
    int every = hj_reader_word(r, node, "every", everys, true);
    cadence->every = every >= 0 ? (HjEvery)every : HJ_EVERY_YEAR;
    hj_reader_ref(r, node, "ledger", HJ_KIND_LEDGER, true, (const void **)&cadence->ledger,
                  NULL, NULL);
    cadence->count.n = 1;
    read_amount(r, node, "count", 1, &cadence->count);
    cadence->when = hj_reader_sql(r, node, "when", false);
    cadence->only = hj_reader_sql(r, node, "only", false);
    cadence->date = hj_reader_name(r, node, "date", false);
    read_amount(r, node, "grace_days", 0, &cadence->grace);
    hj_reader_integer(r, node, "warn", 0, 365, &warn);
    cadence->warn = (int)warn;
    hj_reader_date(r, node, "from", false, &cadence->from);
    hj_reader_date(r, node, "to", false, &cadence->to);
    if (cadence->from != HJ_DATE_NONE && cadence->to != HJ_DATE_NONE &&
        cadence->to < cadence->from)
        hj_reader_say(r, node, "the rule ends before it begins");
    cadence->by =
        hj_reader_refs(r, node, "by", HJ_KIND_ROLE, true, may_enter, NULL, &cadence->n_by);
    hj_read_supervise(r, node, &cadence->supervise);
    cadence->source = hj_reader_text(r, node, "source", false);
    cadence->assumption = hj_reader_flag(r, node, "assumption");
    if (cadence->source == NULL && !cadence->assumption)
        hj_reader_say(r, node, "a cadence needs a source, or assumption: true");
    hj_reader_add(r, HJ_KIND_CADENCE, cadence, node);
}

void
hj_read_cadences(HjReader *r, const HjYaml *root)
{
    static const char *const keys[] = { "cadences", NULL };
    if (!hj_reader_mapping(r, root, "cadences.yaml", keys))
        return;
    const HjYaml *cadences = hj_reader_sequence(r, root, "cadences", true);
    for (size_t i = 0; cadences != NULL && i < hj_yaml_count(cadences); i++)
        read_cadence(r, hj_yaml_at(cadences, i));
}

static void
check_param(HjReader *r, const HjCadence *cadence, const HjParam *param)
{
    if (param != NULL && param->type != HJ_FIELD_INTEGER)
        hj_pack_problems_add(r->problems, &cadence->at, "the parameter %s is no whole number",
                             param->name);
}

void
hj_read_cadence_check(HjReader *r, HjCadence *cadence)
{
    const HjLedger *ledger = cadence->ledger;
    check_param(r, cadence, cadence->count.param);
    check_param(r, cadence, cadence->grace.param);
    hj_read_supervise_check(r, &cadence->supervise, cadence->of, cadence->n_of, &cadence->at);
    if (ledger == NULL)
        return;
    if (cadence->date == NULL)
        cadence->date = ledger->date_field;
    const HjField *date = hj_pack_field(ledger, cadence->date);
    if (cadence->date == NULL)
        hj_pack_problems_add(r->problems, &cadence->at,
                             "the ledger %s has no date_field: say \"date\"", ledger->name);
    else if (date == NULL || date->type != HJ_FIELD_DATE)
        hj_pack_problems_add(r->problems, &cadence->at,
                             "the ledger %s has no date field \"%s\"", ledger->name,
                             cadence->date);
    for (size_t i = 0; i < cadence->n_of; i++)
        if (!hj_reader_among(ledger->of, ledger->n_of, sizeof *ledger->of, cadence->of[i]))
            hj_pack_problems_add(r->problems, &cadence->at, "rows of %s belong to no %s",
                                 ledger->name, cadence->of[i]);
}
