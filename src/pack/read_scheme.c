#include "pack/read.h"

#include <string.h>

static void
check_indicator(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjIndicator *indicator = target;
    (void)owner;
    hj_read_scored_refuse(r, "the indicator", indicator->name, indicator->system,
                          indicator->roll == HJ_ROLL_RATIO, at);
}

static void
check_ledger(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjLedger *ledger = target;
    const HjSchemeItem *item = owner;
    hj_read_scored_refuse(r, "the ledger", ledger->name, ledger->system, false, at);
    if (item->mark == NULL)
        return;
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (strcmp(field->name, item->mark) != 0)
            continue;
        if (field->type != HJ_FIELD_DECIMAL || field->scale != 2)
            hj_pack_problems_add(r->problems, at,
                                 "mark: %s of the ledger %s must be a decimal of scale 2",
                                 item->mark, ledger->name);
        return;
    }
    hj_pack_problems_add(r->problems, at, "mark: the ledger %s has no field \"%s\"",
                         ledger->name, item->mark);
}

static void
read_linear(HjReader *r, const HjYaml *score, HjSchemeItem *item)
{
    static const char *const keys[] = { "zero", "full", NULL };
    const HjYaml *linear = hj_reader_get(r, score, "linear", true);
    if (linear == NULL || !hj_reader_mapping(r, linear, "linear", keys))
        return;
    hj_reader_get(r, linear, "zero", true);
    hj_reader_get(r, linear, "full", true);
    bool both = hj_reader_decimal(r, linear, "zero", 2, &item->zero);
    both &= hj_reader_decimal(r, linear, "full", 2, &item->full);
    if (both && item->zero == item->full)
        hj_reader_say(r, linear, "\"zero\" and \"full\" are the same value");
}

/* lose: 0.5, or add: 2 */
static void
read_each(HjReader *r, const HjYaml *score, const char *key, HjSchemeItem *item)
{
    const HjYaml *at = hj_reader_get(r, score, key, true);
    if (hj_reader_decimal(r, score, key, 2, &item->each) && item->each <= 0)
        hj_reader_say(r, at, "\"%s\" must be above 0", key);
    if (item->points < 0)
        hj_reader_say(r, at, "\"%s\" needs points above 0", key);
}

/* How a number becomes points: an indicator must say, rows have a usual way. */
static void
read_score(HjReader *r, const HjYaml *node, HjSchemeItem *item, bool by_indicator)
{
    static const char *const keys[] = { "linear", "lose", "add", NULL };
    const HjYaml *score = hj_reader_get(r, node, "score", by_indicator);
    item->scoring = by_indicator ? HJ_SCORE_LINEAR : HJ_SCORE_ROWS;
    if (score == NULL || !hj_reader_mapping(r, score, "score", keys))
        return;
    bool linear = hj_yaml_get(score, "linear") != NULL;
    bool lose = hj_yaml_get(score, "lose") != NULL;
    bool gain = hj_yaml_get(score, "add") != NULL;
    if (linear + lose + gain != 1) {
        hj_reader_say(r, score, "score has exactly one of linear, lose and add");
        return;
    }
    if (linear && by_indicator)
        read_linear(r, score, item);
    else if (linear)
        hj_reader_say(r, score, "\"linear\" needs an indicator");
    else {
        item->scoring = lose ? HJ_SCORE_LOSE : HJ_SCORE_ADD;
        read_each(r, score, lose ? "lose" : "add", item);
    }
    if (item->mark != NULL || item->times > 0)
        hj_reader_say(r, score, "\"score\" says it already: no \"mark\" and no \"times\"");
}

static void
read_evidence(HjReader *r, const HjYaml *node, HjSchemeItem *item)
{
    static const char *const words[] = { "record", "visit", "public", NULL };
    const HjYaml *value = hj_reader_get(r, node, "evidence", !item->pending);
    if (value == NULL)
        return;
    for (size_t i = 0; words[i] != NULL && value->kind == HJ_YAML_TEXT; i++)
        if (strcmp(words[i], value->text) == 0)
            item->evidence = words[i];
    if (item->evidence == NULL)
        hj_reader_say(r, value,
                      "evidence must be record, visit or public: nobody submits material "
                      "(ASM-2)");
}

/* Exactly one of indicator, ledger and pending says where the points come from. */
static void
read_origin(HjReader *r, const HjYaml *node, HjSchemeItem *item)
{
    static const char *const of_ledger[] = { "when", "mark", "times", NULL };
    bool by_indicator = hj_yaml_get(node, "indicator") != NULL;
    bool by_ledger = hj_yaml_get(node, "ledger") != NULL;
    int64_t times = 0;
    item->pending = hj_yaml_get(node, "pending") != NULL;
    if (by_indicator + by_ledger + item->pending != 1) {
        hj_reader_say(r, node, "an item has exactly one of indicator, ledger and pending");
        return;
    }
    if (item->pending)
        item->pending_why = hj_reader_label(r, node, "pending", true);
    if (by_indicator) {
        hj_reader_ref(r, node, "indicator", HJ_KIND_INDICATOR, true,
                      (const void **)&item->indicator, check_indicator, item);
        read_score(r, node, item, true);
    }
    if (item->pending && hj_yaml_get(node, "score") != NULL)
        hj_reader_say(r, hj_yaml_get(node, "score"),
                      "\"score\" needs an indicator or a ledger");
    for (size_t i = 0; of_ledger[i] != NULL && !by_ledger; i++)
        if (hj_yaml_get(node, of_ledger[i]) != NULL)
            hj_reader_say(r, hj_yaml_get(node, of_ledger[i]), "\"%s\" needs a ledger",
                          of_ledger[i]);
    if (!by_ledger)
        return;
    item->when = hj_reader_sql(r, node, "when", true);
    item->mark = hj_reader_name(r, node, "mark", false);
    if (hj_reader_integer(r, node, "times", 1, 1000, &times))
        item->times = (int)times;
    read_score(r, node, item, false);
    hj_reader_ref(r, node, "ledger", HJ_KIND_LEDGER, true, (const void **)&item->ledger,
                  check_ledger, item);
}

static void
check_points(HjReader *r, const HjYaml *node, const HjSchemeList *list,
             const HjSchemeItem *item)
{
    const HjYaml *at = hj_yaml_get(node, "points");
    if (at == NULL)
        return;
    if (item->points == 0)
        hj_reader_say(r, at, "an item of no points");
    else if ((item->points < 0) != (list->cap < 0))
        hj_reader_say(r, at, "points and the list's cap must have the same sign");
    else if (item->points < 0 && hj_yaml_get(node, "ledger") == NULL)
        hj_reader_say(r, at, "only an item with a ledger takes points away");
}

static void
read_item(HjReader *r, const HjYaml *node, const HjScheme *scheme, HjSchemeList *list)
{
    static const char *const keys[] = { "item",  "title",    "points",     "indicator",
                                        "score", "times",    "ledger",     "when",
                                        "mark",  "evidence", "assumption", "pending",
                                        NULL };
    HjSchemeItem *item = &list->items[list->n_items];
    if (!hj_reader_mapping(r, node, "an item of a scheme", keys))
        return;
    item->name = hj_reader_name(r, node, "item", true);
    item->title = hj_reader_label(r, node, "title", true);
    item->at = hj_reader_at(r, node);
    item->assumption = hj_reader_flag(r, node, "assumption");
    hj_reader_get(r, node, "points", true);
    if (hj_reader_decimal(r, node, "points", 2, &item->points))
        check_points(r, node, list, item);
    read_origin(r, node, item);
    read_evidence(r, node, item);
    if (item->name == NULL)
        return;
    for (size_t i = 0; i <= scheme->n_lists; i++) /* the last one is being read */
        if (hj_reader_among(scheme->lists[i].items, scheme->lists[i].n_items, sizeof *item,
                            item->name))
            hj_reader_say(r, node, "the scheme has two items \"%s\"", item->name);
    HjSource at = hj_reader_at(r, hj_yaml_get(node, "item"));
    hj_read_scored_refuse(r, "the item", item->name, NULL, false, &at);
    list->n_items++;
}

static void
read_list(HjReader *r, const HjYaml *node, HjScheme *scheme)
{
    static const char *const keys[] = { "list",    "title", "cap", "weight",
                                        "prorate", "items", NULL };
    HjSchemeList *list = &scheme->lists[scheme->n_lists];
    if (!hj_reader_mapping(r, node, "a list of a scheme", keys))
        return;
    list->name = hj_reader_name(r, node, "list", true);
    list->title = hj_reader_label(r, node, "title", true);
    list->at = hj_reader_at(r, node);
    hj_reader_get(r, node, "cap", true);
    if (hj_reader_decimal(r, node, "cap", 2, &list->cap) && list->cap == 0)
        hj_reader_say(r, hj_yaml_get(node, "cap"), "a list with a cap of 0 earns nothing");
    int64_t weight = 100;
    hj_reader_integer(r, node, "weight", 1, 100, &weight);
    list->weight = (int)weight;
    list->prorate = hj_reader_flag(r, node, "prorate");
    if (list->prorate && list->cap < 0)
        hj_reader_say(r, hj_yaml_get(node, "prorate"),
                      "only a list that brings points can be prorated");
    if (list->name != NULL &&
        hj_reader_among(scheme->lists, scheme->n_lists, sizeof *list, list->name))
        hj_reader_say(r, node, "the scheme has two lists \"%s\"", list->name);
    const HjYaml *items = hj_reader_sequence(r, node, "items", true);
    size_t n = items != NULL ? hj_yaml_count(items) : 0;
    list->items = hj_reader_alloc(r, n, sizeof *list->items);
    for (size_t i = 0; i < n; i++)
        read_item(r, hj_yaml_at(items, i), scheme, list);
    scheme->n_lists++;
}

static void
check_document(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjVeto *veto = owner;
    const HjLedger *ledger = target;
    hj_read_scored_refuse(r, "the ledger", ledger->name, ledger->system, false, at);
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (strcmp(ledger->fields[i].name, veto->document_field) == 0)
            return;
    hj_pack_problems_add(r->problems, at, "document: the ledger %s has no field \"%s\"",
                         ledger->name, veto->document_field);
}

void
hj_read_scheme_veto(HjReader *r, const HjYaml *node, const char *what, HjVeto *veto)
{
    static const char *const keys[] = { "ledger", "when", "says", "document", NULL };
    if (!hj_reader_mapping(r, node, what, keys))
        return;
    veto->when = hj_reader_sql(r, node, "when", true);
    veto->says = hj_reader_label(r, node, "says", true);
    veto->document_field = hj_reader_name(r, node, "document", true);
    hj_reader_ref(r, node, "ledger", HJ_KIND_LEDGER, true, (const void **)&veto->ledger,
                  veto->document_field != NULL ? check_document : NULL, veto);
}

/* The weights of the lists that bring points make up the whole, where any has one. */
static void
check_weights(HjReader *r, const HjScheme *scheme)
{
    int sum = 0;
    bool weighed = false;
    for (size_t l = 0; l < scheme->n_lists; l++) {
        const HjSchemeList *list = &scheme->lists[l];
        weighed |= list->weight < 100;
        sum += list->cap > 0 ? list->weight : 0;
    }
    if (weighed && sum != 100)
        hj_pack_problems_add(r->problems, &scheme->at,
                             "the weights of the lists that bring points add up to %d, not 100",
                             sum);
}

/* schemes/three_lists.yaml, or three_lists_2019.yaml for another version of it. */
static const char *
read_name(HjReader *r, const HjYaml *root, const char *stem)
{
    const char *name = hj_reader_name(r, root, "scheme", true);
    size_t n = name != NULL ? strlen(name) : 0;
    if (name != NULL && strcmp(name, stem) != 0 &&
        !(strncmp(name, stem, n) == 0 && stem[n] == '_'))
        hj_reader_say(r, hj_yaml_get(root, "scheme"),
                      "the file is called %s.yaml: \"scheme\" must be %s", stem, stem);
    return name;
}

static void
read_version(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    scheme->from = HJ_DATE_NONE;
    const char *from = hj_reader_date(r, root, "from", false, &scheme->from);
    const char *version = hj_reader_text(r, root, "version", from != NULL);
    scheme->version = version != NULL ? version : "1";
    if (scheme->name == NULL || from == NULL) {
        scheme->id = scheme->name;
        return;
    }
    g_autofree char *id = g_strdup_printf("%s@%s", scheme->name, from);
    scheme->id = hj_reader_keep(r, id);
}

void
hj_read_scheme(HjReader *r, const HjYaml *root, const char *stem)
{
    static const char *const keys[] = { "scheme",   "version",  "from",    "title",
                                        "help",     "of",       "period",  "assumption",
                                        "source",   "lists",    "veto",    "rank",
                                        "bands",    "quota",    "step_up", "awards",
                                        "audience", "approve",  "notice",  "appeal",
                                        "comments", "outcomes", NULL };
    static const char *const periods[] = { "half_year", "month", "quarter", "year", NULL };
    if (!hj_reader_mapping(r, root, "a scheme", keys))
        return;
    HjScheme *scheme = hj_reader_alloc(r, 1, sizeof *scheme);
    scheme->name = read_name(r, root, stem);
    read_version(r, root, scheme);
    scheme->title = hj_reader_label(r, root, "title", true);
    scheme->help = hj_reader_label(r, root, "help", false);
    scheme->of = hj_reader_ref(r, root, "of", HJ_KIND_ORG_KIND, true, NULL, NULL, NULL);
    int period = hj_reader_word(r, root, "period", periods, true);
    scheme->period = period >= 0 ? periods[period] : periods[0];
    scheme->assumption = hj_reader_flag(r, root, "assumption");
    scheme->source = hj_reader_text(r, root, "source", false);
    scheme->at = hj_reader_at(r, root);
    if (scheme->source == NULL && !scheme->assumption)
        hj_reader_say(r, root, "the scheme needs a source, or assumption: true");
    const HjYaml *lists = hj_reader_sequence(r, root, "lists", true);
    size_t n = lists != NULL ? hj_yaml_count(lists) : 0;
    scheme->lists = hj_reader_alloc(r, n, sizeof *scheme->lists);
    for (size_t i = 0; i < n; i++)
        read_list(r, hj_yaml_at(lists, i), scheme);
    const HjYaml *vetoes = hj_reader_sequence(r, root, "veto", false);
    n = vetoes != NULL ? hj_yaml_count(vetoes) : 0;
    scheme->vetoes = hj_reader_alloc(r, n, sizeof *scheme->vetoes);
    for (size_t i = 0; i < n; i++)
        hj_read_scheme_veto(r, hj_yaml_at(vetoes, i), "a veto",
                            &scheme->vetoes[scheme->n_vetoes++]);
    check_weights(r, scheme);
    hj_read_scheme_ends(r, root, scheme);
    hj_reader_add(r, HJ_KIND_SCHEME, scheme, root);
}
