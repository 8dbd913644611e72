#include "pack/read.h"

#include <string.h>

/* ASM-5 and F-02 to F-05: what is easy to count and never scored. */
static const char *const never_scored[] = {
    "login",    "logins",    "like",     "likes",    "repost",      "reposts",
    "download", "downloads", "photo",    "photos",   "video",       "videos",
    "petition", "petitions", "checkin",  "checkins", "instruction", "instructions",
    "article",  "articles",  "installs", NULL
};
static const char *const never_scored_pairs[] = { "study_time", "online_time", "minutes_pages",
                                                  NULL };

static const char *
word_never_scored(const char *name)
{
    g_auto(GStrv) words = g_strsplit(name, "_", -1);
    for (size_t i = 0; words[i] != NULL; i++)
        for (size_t j = 0; never_scored[j] != NULL; j++)
            if (strcmp(words[i], never_scored[j]) == 0)
                return never_scored[j];
    for (size_t j = 0; never_scored_pairs[j] != NULL; j++)
        if (strstr(name, never_scored_pairs[j]) != NULL)
            return never_scored_pairs[j];
    return NULL;
}

static void
refuse_never_scored(HjReader *r, const char *what, const char *name, const char *system,
                    bool is_share, const HjSource *at)
{
    const char *word = word_never_scored(name);
    if (system != NULL && strcmp(system, "M23") == 0)
        hj_pack_problems_add(r->problems, at,
                             "%s \"%s\" is of M23: publications are never scored (ASM-5)", what,
                             name);
    else if (system != NULL && strcmp(system, "M10") == 0 && !is_share)
        hj_pack_problems_add(r->problems, at,
                             "%s \"%s\" is of M10: cases are never counted in a score, only "
                             "the share handled in time may be (PET-9)",
                             what, name);
    else if (word != NULL)
        hj_pack_problems_add(r->problems, at, "%s \"%s\": \"%s\" is never scored (ASM-5)", what,
                             name, word);
}

static void
check_indicator(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjIndicator *indicator = target;
    (void)owner;
    refuse_never_scored(r, "the indicator", indicator->name, indicator->system,
                        indicator->roll == HJ_ROLL_RATIO, at);
}

static void
check_ledger(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjLedger *ledger = target;
    const HjSchemeItem *item = owner;
    refuse_never_scored(r, "the ledger", ledger->name, ledger->system, false, at);
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
read_linear(HjReader *r, const HjYaml *node, HjSchemeItem *item)
{
    static const char *const score_keys[] = { "linear", NULL };
    static const char *const keys[] = { "zero", "full", NULL };
    const HjYaml *score = hj_reader_get(r, node, "score", true);
    if (score == NULL || !hj_reader_mapping(r, score, "score", score_keys))
        return;
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
        read_linear(r, node, item);
    } else if (hj_yaml_get(node, "score") != NULL) {
        hj_reader_say(r, hj_yaml_get(node, "score"), "\"score\" needs an indicator");
    }
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
    refuse_never_scored(r, "the item", item->name, NULL, false, &at);
    list->n_items++;
}

static void
read_list(HjReader *r, const HjYaml *node, HjScheme *scheme)
{
    static const char *const keys[] = { "list", "title", "cap", "items", NULL };
    HjSchemeList *list = &scheme->lists[scheme->n_lists];
    if (!hj_reader_mapping(r, node, "a list of a scheme", keys))
        return;
    list->name = hj_reader_name(r, node, "list", true);
    list->title = hj_reader_label(r, node, "title", true);
    list->at = hj_reader_at(r, node);
    hj_reader_get(r, node, "cap", true);
    if (hj_reader_decimal(r, node, "cap", 2, &list->cap) && list->cap == 0)
        hj_reader_say(r, hj_yaml_get(node, "cap"), "a list with a cap of 0 earns nothing");
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
    refuse_never_scored(r, "the ledger", ledger->name, ledger->system, false, at);
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (strcmp(ledger->fields[i].name, veto->document_field) == 0)
            return;
    hj_pack_problems_add(r->problems, at, "document: the ledger %s has no field \"%s\"",
                         ledger->name, veto->document_field);
}

static void
read_veto(HjReader *r, const HjYaml *node, HjScheme *scheme)
{
    static const char *const keys[] = { "ledger", "when", "says", "document", NULL };
    HjVeto *veto = &scheme->vetoes[scheme->n_vetoes];
    if (!hj_reader_mapping(r, node, "a veto", keys))
        return;
    veto->when = hj_reader_sql(r, node, "when", true);
    veto->says = hj_reader_label(r, node, "says", true);
    veto->document_field = hj_reader_name(r, node, "document", true);
    hj_reader_ref(r, node, "ledger", HJ_KIND_LEDGER, true, (const void **)&veto->ledger,
                  veto->document_field != NULL ? check_document : NULL, veto);
    scheme->n_vetoes++;
}

/* "total desc": total or a list of the scheme, then a direction. */
static void
read_rank(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    const HjYaml *rank = hj_reader_sequence(r, root, "rank", true);
    size_t n = rank != NULL ? hj_yaml_count(rank) : 0;
    scheme->rank = hj_reader_alloc(r, n, sizeof *scheme->rank);
    for (size_t i = 0; i < n; i++) {
        const HjYaml *item = hj_yaml_at(rank, i);
        g_auto(GStrv) words = g_strsplit(item->kind == HJ_YAML_TEXT ? item->text : "", " ", -1);
        bool right = g_strv_length(words) == 2 &&
                     (strcmp(words[1], "asc") == 0 || strcmp(words[1], "desc") == 0);
        if (!right) {
            hj_reader_say(r, item,
                          "a rank is written \"total desc\": total or a list of the "
                          "scheme, then asc or desc");
            continue;
        }
        if (strcmp(words[0], "total") != 0 &&
            !hj_reader_among(scheme->lists, scheme->n_lists, sizeof *scheme->lists, words[0]))
            hj_reader_say(r, item, "the scheme has no list \"%s\"", words[0]);
        scheme->rank[scheme->n_rank++] = hj_reader_keep(r, item->text);
    }
}

static void
read_ends(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    static const char *const award_keys[] = { "first", "last", NULL };
    static const char *const audience_keys[] = { "rank", NULL };
    const HjYaml *awards = hj_reader_get(r, root, "awards", false);
    const HjYaml *audience = hj_reader_get(r, root, "audience", true);
    int64_t number = 0;
    if (awards != NULL && hj_reader_mapping(r, awards, "awards", award_keys)) {
        if (hj_reader_integer(r, awards, "first", 0, 100, &number))
            scheme->first = (int)number;
        if (hj_reader_integer(r, awards, "last", 0, 100, &number))
            scheme->last = (int)number;
    }
    if (audience != NULL && hj_reader_mapping(r, audience, "audience", audience_keys))
        scheme->audience_rank = hj_reader_refs(r, audience, "rank", HJ_KIND_ORG_KIND, true,
                                               NULL, NULL, &scheme->n_audience_rank);
}

void
hj_read_scheme(HjReader *r, const HjYaml *root, const char *stem)
{
    static const char *const keys[] = { "scheme",     "title",    "help",  "of",   "period",
                                        "assumption", "source",   "lists", "veto", "rank",
                                        "awards",     "audience", NULL };
    static const char *const periods[] = { "half_year", "month", "quarter", "year", NULL };
    if (!hj_reader_mapping(r, root, "a scheme", keys))
        return;
    HjScheme *scheme = hj_reader_alloc(r, 1, sizeof *scheme);
    scheme->name = hj_read_own_name(r, root, "scheme", stem);
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
        read_veto(r, hj_yaml_at(vetoes, i), scheme);
    read_rank(r, root, scheme);
    read_ends(r, root, scheme);
    hj_reader_add(r, HJ_KIND_SCHEME, scheme, root);
}
