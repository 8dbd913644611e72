#include "pack/read.h"

#include <string.h>

/* What is overdue becomes a row of a ledger that supervises; and the sheet of such a row. */

#define SIGNS_MAX 6

void
hj_read_supervise(HjReader *r, const HjYaml *node, HjSupervise *supervise)
{
    static const char *const keys[] = { "ledger", "after", "escalate", NULL };
    static const char *const escalate_keys[] = { "after", "to", NULL };
    const HjYaml *value = hj_reader_get(r, node, "supervise", false);
    if (value == NULL || !hj_reader_mapping(r, value, "supervise", keys))
        return;
    hj_reader_ref(r, value, "ledger", HJ_KIND_LEDGER, true, (const void **)&supervise->ledger,
                  NULL, NULL);
    hj_read_span(r, value, "after", NULL, &supervise->after);
    const HjYaml *up = hj_reader_get(r, value, "escalate", false);
    if (up == NULL || !hj_reader_mapping(r, up, "escalate", escalate_keys))
        return;
    hj_reader_get(r, up, "after", true);
    hj_read_span(r, up, "after", NULL, &supervise->escalate);
    supervise->to =
        hj_reader_refs(r, up, "to", HJ_KIND_ROLE, true, NULL, NULL, &supervise->n_to);
}

static void
check_amount(HjReader *r, const HjSpan *span, const HjSource *at)
{
    if (span->param != NULL && span->param->type != HJ_FIELD_INTEGER)
        hj_pack_problems_add(r->problems, at, "the parameter %s is no whole number",
                             span->param->name);
}

void
hj_read_supervise_check(HjReader *r, const HjSupervise *supervise, const char *const *of,
                        size_t n_of, const HjSource *at)
{
    const HjLedger *ledger = supervise->ledger;
    if (ledger == NULL)
        return;
    check_amount(r, &supervise->after, at);
    check_amount(r, &supervise->escalate, at);
    if (ledger->supervises == NULL || ledger->flow == NULL || ledger->in != NULL)
        hj_pack_problems_add(
            r->problems, at,
            "supervise: the ledger %s needs \"supervises\" and a flow, and lies "
            "under no other",
            ledger->name);
    for (size_t i = 0; i < n_of; i++)
        if (!hj_reader_among(ledger->of, ledger->n_of, sizeof *ledger->of, of[i]))
            hj_pack_problems_add(r->problems, at, "supervise: rows of %s belong to no %s",
                                 ledger->name, of[i]);
}

static const HjField *
field_of(HjReader *r, const HjYaml *node, const char *key, const HjLedger *ledger, bool need)
{
    const char *name = hj_reader_name(r, node, key, need);
    for (size_t i = 0; name != NULL && i < ledger->n_fields; i++)
        if (strcmp(ledger->fields[i].name, name) == 0)
            return &ledger->fields[i];
    if (name != NULL)
        hj_reader_say(r, hj_yaml_get(node, key), "%s: the ledger has no field \"%s\"", key,
                      name);
    return NULL;
}

static const char *
typed(HjReader *r, const HjYaml *node, const char *key, const HjLedger *ledger, bool need,
      HjFieldType type)
{
    const HjField *field = field_of(r, node, key, ledger, need);
    if (field != NULL && field->type != type)
        hj_reader_say(r, hj_yaml_get(node, key), "%s: \"%s\" must be of type %s", key,
                      field->name, hj_pack_field_type_name(type));
    return field != NULL ? field->name : NULL;
}

static void
check_item(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const char *item = owner;
    const HjList *list = target;
    if (!hj_reader_among(list->items, list->n_items, sizeof *list->items, item))
        hj_pack_problems_add(r->problems, at, "the list %s has no item \"%s\"", list->name,
                             item);
}

/* An item of the list of the choice field, which is not read yet. */
static const char *
item_of(HjReader *r, const HjYaml *node, const char *key, const HjYaml *list)
{
    const char *item = hj_reader_name(r, node, key, list != NULL);
    if (item != NULL && list != NULL && list->kind == HJ_YAML_TEXT)
        hj_reader_note(r, &(HjReaderRef){ .kind = HJ_KIND_LIST,
                                          .name = hj_reader_keep(r, list->text),
                                          .at = hj_reader_at(r, node),
                                          .check = check_item,
                                          .owner = item });
    return item;
}

/* The name of the list of a field, as it is written. */
static const HjYaml *
list_of(const HjYaml *root, const char *field)
{
    const HjYaml *fields = hj_yaml_get(root, "fields");
    for (size_t i = 0; fields != NULL && i < hj_yaml_count(fields); i++) {
        const HjYaml *node = hj_yaml_at(fields, i);
        const HjYaml *name = node->kind == HJ_YAML_MAPPING ? hj_yaml_get(node, "field") : NULL;
        if (name != NULL && name->kind == HJ_YAML_TEXT && g_strcmp0(name->text, field) == 0)
            return hj_yaml_get(node, "list");
    }
    return NULL;
}

void
hj_read_supervises(HjReader *r, const HjYaml *root, HjLedger *ledger)
{
    static const char *const keys[] = { "subject", "opened", "due",     "basis",     "done",
                                        "kind",    "missed", "overdue", "escalated", NULL };
    const HjYaml *value = hj_reader_get(r, root, "supervises", false);
    if (value == NULL || !hj_reader_mapping(r, value, "supervises", keys))
        return;
    HjSupervises *s = hj_reader_alloc(r, 1, sizeof *s);
    s->subject = typed(r, value, "subject", ledger, true, HJ_FIELD_TEXT);
    s->opened = typed(r, value, "opened", ledger, true, HJ_FIELD_DATE);
    s->due = typed(r, value, "due", ledger, false, HJ_FIELD_DATE);
    s->basis = typed(r, value, "basis", ledger, false, HJ_FIELD_TEXT);
    s->done = typed(r, value, "done", ledger, false, HJ_FIELD_DATE);
    s->escalated = typed(r, value, "escalated", ledger, false, HJ_FIELD_DATE);
    s->kind = typed(r, value, "kind", ledger, false, HJ_FIELD_CHOICE);
    const HjYaml *list = s->kind != NULL ? list_of(root, s->kind) : NULL;
    s->overdue = item_of(r, value, "overdue", list);
    s->missed = item_of(r, value, "missed", list);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *f = &ledger->fields[i];
        bool filled = g_strcmp0(f->name, s->subject) == 0 ||
                      g_strcmp0(f->name, s->opened) == 0 || g_strcmp0(f->name, s->kind) == 0;
        if (f->required && !filled)
            hj_reader_say(r, value, "supervises: nobody fills the required field \"%s\"",
                          f->name);
    }
    ledger->supervises = s;
}

/* Every {name} of a text is a field, or "org". */
static void
check_places(HjReader *r, const HjYaml *node, const HjLedger *ledger, const char *text)
{
    for (const char *p = text; p != NULL && (p = strchr(p, '{')) != NULL; p++) {
        size_t n = strcspn(p + 1, "}");
        g_autofree char *name = g_strndup(p + 1, n);
        bool known = strcmp(name, "org") == 0 || strcmp(name, "superior") == 0;
        for (size_t i = 0; i < ledger->n_fields && !known; i++)
            known = strcmp(ledger->fields[i].name, name) == 0;
        if (!known)
            hj_reader_say(r, node, "the ledger has no field \"%s\"", name);
    }
}

static void
read_signs(HjReader *r, const HjYaml *value, HjNotice *notice)
{
    static const char *const keys[] = { "title", NULL };
    const HjYaml *signs = hj_reader_sequence(r, value, "signs", false);
    size_t n = signs != NULL ? hj_yaml_count(signs) : 0;
    if (n > SIGNS_MAX)
        hj_reader_say(r, signs, "a sheet has at most %d places to sign", SIGNS_MAX);
    notice->signs = hj_reader_alloc(r, n, sizeof *notice->signs);
    for (size_t i = 0; i < MIN(n, SIGNS_MAX); i++)
        if (hj_reader_mapping(r, hj_yaml_at(signs, i), "a place to sign", keys))
            notice->signs[notice->n_signs++] =
                hj_reader_label(r, hj_yaml_at(signs, i), "title", true);
}

void
hj_read_notice(HjReader *r, const HjYaml *root, HjLedger *ledger)
{
    static const char *const keys[] = { "title", "body", "number", "fields", "signs", NULL };
    const HjYaml *value = hj_reader_get(r, root, "notice", false);
    if (value == NULL || !hj_reader_mapping(r, value, "notice", keys))
        return;
    HjNotice *notice = hj_reader_alloc(r, 1, sizeof *notice);
    notice->title = hj_reader_label(r, value, "title", true);
    notice->body = hj_reader_label(r, value, "body", true);
    check_places(r, value, ledger, notice->body.zh);
    check_places(r, value, ledger, notice->body.en);
    notice->number = typed(r, value, "number", ledger, false, HJ_FIELD_TEXT);
    const HjYaml *fields = hj_reader_sequence(r, value, "fields", false);
    size_t n = fields != NULL ? hj_yaml_count(fields) : 0;
    notice->fields = hj_reader_alloc(r, n, sizeof *notice->fields);
    for (size_t i = 0; i < n; i++) {
        const HjYaml *item = hj_yaml_at(fields, i);
        bool known = false;
        for (size_t k = 0; k < ledger->n_fields && item->kind == HJ_YAML_TEXT && !known; k++) {
            known = strcmp(ledger->fields[k].name, item->text) == 0;
            if (known)
                notice->fields[notice->n_fields++] = ledger->fields[k].name;
        }
        if (!known)
            hj_reader_say(r, item, "fields: the ledger has no field \"%s\"",
                          item->kind == HJ_YAML_TEXT ? item->text : "…");
    }
    read_signs(r, value, notice);
    ledger->notice = notice;
}
