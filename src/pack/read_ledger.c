#include "pack/read.h"

#include <string.h>

#define COLUMNS_SHOWN 6

/* Columns of every ledger and of its answers, parameters of its list, and words that at least
 * one of the two databases does not take as a bare name. */
static const char *const taken_names[] = { "id",
                                           "county",
                                           "org",
                                           "state",
                                           "version",
                                           "created_at",
                                           "created_by",
                                           "updated_at",
                                           "updated_by",
                                           "voided_at",
                                           "parent",
                                           "title_key",
                                           "title_py",
                                           "org_code",
                                           "org_name",
                                           "created_by_name",
                                           "updated_by_name",
                                           "under",
                                           "sort",
                                           "limit",
                                           "cursor",
                                           "q",
                                           "org_tree",
                                           "all",
                                           "alter",
                                           "analyze",
                                           "and",
                                           "any",
                                           "array",
                                           "as",
                                           "asc",
                                           "between",
                                           "both",
                                           "by",
                                           "case",
                                           "cast",
                                           "check",
                                           "collate",
                                           "column",
                                           "commit",
                                           "constraint",
                                           "create",
                                           "cross",
                                           "current_date",
                                           "current_role",
                                           "current_time",
                                           "current_timestamp",
                                           "current_user",
                                           "default",
                                           "deferrable",
                                           "delete",
                                           "desc",
                                           "distinct",
                                           "do",
                                           "drop",
                                           "else",
                                           "end",
                                           "escape",
                                           "except",
                                           "exists",
                                           "false",
                                           "fetch",
                                           "for",
                                           "foreign",
                                           "freeze",
                                           "from",
                                           "full",
                                           "grant",
                                           "group",
                                           "having",
                                           "ilike",
                                           "in",
                                           "index",
                                           "initially",
                                           "inner",
                                           "insert",
                                           "intersect",
                                           "into",
                                           "is",
                                           "isnull",
                                           "join",
                                           "lateral",
                                           "leading",
                                           "left",
                                           "like",
                                           "localtime",
                                           "localtimestamp",
                                           "natural",
                                           "not",
                                           "notnull",
                                           "null",
                                           "offset",
                                           "on",
                                           "only",
                                           "or",
                                           "order",
                                           "outer",
                                           "overlaps",
                                           "placing",
                                           "primary",
                                           "references",
                                           "returning",
                                           "right",
                                           "rowid",
                                           "select",
                                           "session_user",
                                           "set",
                                           "similar",
                                           "some",
                                           "symmetric",
                                           "table",
                                           "then",
                                           "to",
                                           "trailing",
                                           "transaction",
                                           "true",
                                           "union",
                                           "unique",
                                           "update",
                                           "user",
                                           "using",
                                           "values",
                                           "variadic",
                                           "verbose",
                                           "view",
                                           "when",
                                           "where",
                                           "window",
                                           "with",
                                           NULL };

bool
hj_read_name_taken(const char *name)
{
    return g_strv_contains(taken_names, name) || g_str_has_prefix(name, "sys_") ||
           g_str_has_prefix(name, "t_");
}

const char *
hj_read_own_name(HjReader *r, const HjYaml *root, const char *key, const char *stem)
{
    const char *name = hj_reader_name(r, root, key, true);
    if (name != NULL && strcmp(name, stem) != 0)
        hj_reader_say(r, hj_yaml_get(root, key),
                      "the file is called %s.yaml: \"%s\" must be %s", stem, key, stem);
    return name;
}

static void
may_enter(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjRole *role = target;
    const char *permission = owner;
    for (size_t i = 0; i < role->n_may; i++)
        if (strcmp(role->may[i], permission) == 0)
            return;
    hj_pack_problems_add(r->problems, at, "the role %s does not have %s", role->name,
                         permission);
}

#define LEVELS_MAX 16

/* A child lives under a row of its parent and so at its organization. */
static void
check_parent(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjLedger *read = owner;
    HjLedger *ledger = (HjLedger *)hj_pack_ledger(r->pack, read->name);
    const HjLedger *top = target;
    if (ledger == NULL || ledger->fields != read->fields)
        return; /* replaced by the pack above */
    for (int level = 0; top->in != NULL && top != ledger && level < LEVELS_MAX; level++)
        top = top->in;
    if (top->in != NULL) {
        hj_pack_problems_add(r->problems, at, "in: the ledger %s stands inside itself",
                             ledger->name);
        return;
    }
    if (ledger->n_of == 0) {
        ledger->of = top->of;
        ledger->n_of = top->n_of;
    }
    for (size_t i = 0; i < ledger->n_of && !ledger->across; i++)
        if (!hj_reader_among(top->of, top->n_of, sizeof *top->of, ledger->of[i]))
            hj_pack_problems_add(
                r->problems, at,
                "of: rows of %s stand under rows of %s, which belongs to no %s", ledger->name,
                top->name, ledger->of[i]);
}

/* The menu is ordered by a list.  A pack to be extended may leave that to the one above. */
static void
check_group(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const char *group = owner;
    const HjList *groups = hj_pack_list(r->pack, "ledger_groups");
    (void)target;
    if (groups == NULL || r->broken[HJ_KIND_LIST] ||
        hj_reader_among(groups->items, groups->n_items, sizeof *groups->items, group))
        return;
    hj_pack_problems_add(r->problems, at, "group: the list ledger_groups has no item \"%s\"",
                         group);
}

static void
read_group(HjReader *r, const HjYaml *root, HjLedger *ledger, bool need)
{
    ledger->group = hj_reader_name(r, root, "group", need);
    if (ledger->group == NULL || ledger->name == NULL)
        return;
    /* A reference to itself, to be called when all lists are known. */
    hj_reader_note(r, &(HjReaderRef){ .kind = HJ_KIND_LEDGER,
                                      .name = ledger->name,
                                      .at = hj_reader_at(r, hj_yaml_get(root, "group")),
                                      .check = check_group,
                                      .owner = ledger->group });
}

static void
read_fields(HjReader *r, const HjYaml *root, HjLedger *ledger)
{
    const HjYaml *fields = hj_reader_sequence(r, root, "fields", true);
    size_t n = fields != NULL ? hj_yaml_count(fields) : 0;
    bool any_shown = false;
    ledger->fields = hj_reader_alloc(r, n, sizeof *ledger->fields);
    for (size_t i = 0; i < n; i++) {
        HjField *field = &ledger->fields[ledger->n_fields];
        *field = (HjField){ 0 };
        hj_read_field(r, hj_yaml_at(fields, i), ledger, field, ledger->n_fields);
        any_shown |= field->in_list;
        if (field->name != NULL)
            ledger->n_fields++;
    }
    size_t shown = 0;
    for (size_t i = 0; i < ledger->n_fields && !any_shown && shown < COLUMNS_SHOWN; i++) {
        ledger->fields[i].in_list =
            ledger->fields[i].retired == NULL && ledger->fields[i].type != HJ_FIELD_FILES;
        shown += ledger->fields[i].in_list;
    }
}

/* A field of the ledger itself named under @key. */
static const HjField *
own_field(HjReader *r, const HjYaml *node, const char *key, const HjLedger *ledger, bool need)
{
    const char *name = hj_reader_name(r, node, key, need);
    const HjField *field = name != NULL ? hj_read_field_named(ledger, name) : NULL;
    if (name == NULL || field != NULL)
        return field;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < ledger->n_fields; i++)
        g_ptr_array_add(names, (gpointer)ledger->fields[i].name);
    g_ptr_array_add(names, NULL);
    hj_reader_say(r, hj_yaml_get(node, key), "the ledger has no field \"%s\"%s", name,
                  hj_reader_hint(name, (const char *const *)names->pdata).text);
    return NULL;
}

static void
check_renames(HjReader *r, const HjLedger *ledger)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (field->was == NULL)
            continue;
        if (hj_read_field_named(ledger, field->was) != NULL)
            hj_pack_problems_add(r->problems, &field->at,
                                 "was: %s, but the ledger still has a field of that name",
                                 field->was);
        for (size_t j = 0; j < i; j++)
            if (ledger->fields[j].was != NULL && strcmp(ledger->fields[j].was, field->was) == 0)
                hj_pack_problems_add(r->problems, &field->at,
                                     "was: %s stands at two fields, %s and %s", field->was,
                                     ledger->fields[j].name, field->name);
    }
}

static void
read_special_fields(HjReader *r, const HjYaml *root, HjLedger *ledger)
{
    static const char *const sort_keys[] = { "field", "desc", NULL };
    const HjField *title = own_field(r, root, "title_field", ledger, false);
    const HjField *date = own_field(r, root, "date_field", ledger, false);
    for (size_t i = 0; i < ledger->n_fields && title == NULL; i++)
        if (ledger->fields[i].type == HJ_FIELD_TEXT && ledger->fields[i].retired == NULL)
            title = &ledger->fields[i];
    if (title == NULL && ledger->n_fields > 0)
        title = &ledger->fields[0];
    ledger->title_field = title != NULL ? title->name : NULL;
    if (date != NULL && date->type != HJ_FIELD_DATE)
        hj_reader_say(r, hj_yaml_get(root, "date_field"), "\"%s\" is no field of type date",
                      date->name);
    ledger->date_field = date != NULL ? date->name : NULL;
    const HjYaml *sort = hj_reader_get(r, root, "sort", false);
    if (sort == NULL || !hj_reader_mapping(r, sort, "sort", sort_keys))
        return;
    const char *by = hj_reader_name(r, sort, "field", true);
    if (by != NULL && strcmp(by, "org") != 0)
        by = own_field(r, sort, "field", ledger, false) != NULL ? by : NULL;
    ledger->sort_field = by;
    ledger->sort_desc = hj_reader_flag(r, sort, "desc");
}

static void
read_rules(HjReader *r, const HjYaml *root, HjLedger *ledger)
{
    static const char *const keys[] = { "rule", "field", "says", NULL };
    const HjYaml *must = hj_reader_sequence(r, root, "must", false);
    size_t n = must != NULL ? hj_yaml_count(must) : 0;
    ledger->must = hj_reader_alloc(r, n, sizeof *ledger->must);
    for (size_t i = 0; i < n; i++) {
        const HjYaml *node = hj_yaml_at(must, i);
        if (!hj_reader_mapping(r, node, "a rule", keys))
            continue;
        HjRule *rule = &ledger->must[ledger->n_must];
        const HjField *field = own_field(r, node, "field", ledger, false);
        rule->rule = hj_reader_sql(r, node, "rule", true);
        rule->field = field != NULL ? field->name : NULL;
        rule->says = hj_reader_label(r, node, "says", true);
        if (rule->rule.text != NULL)
            ledger->n_must++;
    }
}

static void
read_public(HjReader *r, const HjYaml *root)
{
    const HjYaml *public = hj_yaml_get(root, "public");
    if (public == NULL || public->kind == HJ_YAML_BROKEN)
        return;
    if (public->kind != HJ_YAML_SEQUENCE)
        hj_reader_say(r, public, "\"public\" must be a sequence of fields");
    else if (hj_yaml_count(public) > 0)
        hj_reader_say(r, public, "nothing is public yet: \"public\" must be empty");
}

void
hj_read_ledger(HjReader *r, const HjYaml *root, const char *stem)
{
    static const char *const keys[] = {
        "ledger",     "title",  "help",   "system",      "group",      "of",      "in",
        "is",         "enter",  "see",    "title_field", "date_field", "sort",    "public",
        "assumption", "source", "fields", "must",        "sensitive",  "flow",    "across",
        "supervises", "notice", "judged", "scored",      "prefill",    "remarks", NULL
    };
    static const char *const scored_words[] = { "never", NULL };
    static const char *const is_words[] = { "person", "post", NULL };
    if (!hj_reader_mapping(r, root, "a ledger", keys))
        return;
    HjLedger *ledger = hj_reader_alloc(r, 1, sizeof *ledger);
    ledger->name = hj_read_own_name(r, root, "ledger", stem);
    ledger->at = hj_reader_at(r, root);
    if (ledger->name != NULL && hj_read_name_taken(ledger->name))
        hj_reader_say(r, hj_yaml_get(root, "ledger"), "\"%s\" is a reserved name",
                      ledger->name);
    ledger->title = hj_reader_label(r, root, "title", true);
    ledger->help = hj_reader_label(r, root, "help", false);
    ledger->system = hj_reader_system(r, root, true);
    bool child = hj_yaml_get(root, "in") != NULL;
    read_group(r, root, ledger, !child);
    ledger->of =
        hj_reader_refs(r, root, "of", HJ_KIND_ORG_KIND, !child, NULL, NULL, &ledger->n_of);
    hj_reader_ref(r, root, "in", HJ_KIND_LEDGER, false, (const void **)&ledger->in,
                  check_parent, ledger);
    int is = hj_reader_word(r, root, "is", is_words, false);
    ledger->is = is >= 0 ? is_words[is] : NULL;
    ledger->enter = hj_reader_refs(r, root, "enter", HJ_KIND_ROLE, true, may_enter,
                                   "ledger.enter", &ledger->n_enter);
    ledger->see = hj_reader_refs(r, root, "see", HJ_KIND_ROLE, false, may_enter, "ledger.view",
                                 &ledger->n_see);
    ledger->assumption = hj_reader_flag(r, root, "assumption");
    ledger->sensitive = hj_reader_flag(r, root, "sensitive");
    ledger->never_scored = hj_reader_word(r, root, "scored", scored_words, false) == 0;
    ledger->source = hj_reader_text(r, root, "source", false);
    const HjYaml *title = hj_yaml_get(root, "title_field");
    ledger->title_field = title != NULL ? title->text : NULL; /* for retired fields only */
    read_fields(r, root, ledger);
    check_renames(r, ledger);
    read_special_fields(r, root, ledger);
    hj_read_sealed_check(r, ledger);
    read_rules(r, root, ledger);
    ledger->across = hj_reader_flag(r, root, "across");
    hj_read_flow(r, root, ledger);
    hj_read_supervises(r, root, ledger);
    hj_read_notice(r, root, ledger);
    hj_read_judged(r, root, ledger);
    hj_read_prefill(r, root, ledger);
    hj_read_remarks(r, root, ledger);
    read_public(r, root);
    hj_reader_add(r, HJ_KIND_LEDGER, ledger, root);
}
