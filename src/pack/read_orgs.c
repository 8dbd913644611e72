#include "pack/read.h"

/* Kinds of organization and roles. */

static void
read_org_kind(HjReader *r, const HjYaml *node)
{
    static const char *const keys[] = { "kind", "title", "under", NULL };
    if (!hj_reader_mapping(r, node, "a kind of organization", keys))
        return;
    HjOrgKind *kind = hj_reader_alloc(r, 1, sizeof *kind);
    kind->name = hj_reader_name(r, node, "kind", true);
    kind->title = hj_reader_label(r, node, "title", true);
    kind->under =
        hj_reader_refs(r, node, "under", HJ_KIND_ORG_KIND, false, NULL, NULL, &kind->n_under);
    kind->at = hj_reader_at(r, node);
    hj_reader_add(r, HJ_KIND_ORG_KIND, kind, node);
}

void
hj_read_orgs(HjReader *r, const HjYaml *root)
{
    static const char *const keys[] = { "orgs", NULL };
    if (!hj_reader_mapping(r, root, "orgs.yaml", keys))
        return;
    const HjYaml *orgs = hj_reader_sequence(r, root, "orgs", true);
    for (size_t i = 0; orgs != NULL && i < hj_yaml_count(orgs); i++)
        read_org_kind(r, hj_yaml_at(orgs, i));
}

static void
read_may(HjReader *r, const HjYaml *node, HjRole *role)
{
    const HjYaml *may = hj_reader_sequence(r, node, "may", true);
    if (may == NULL)
        return;
    role->may = hj_reader_alloc(r, hj_yaml_count(may), sizeof *role->may);
    for (size_t i = 0; i < hj_yaml_count(may); i++) {
        const HjYaml *item = hj_yaml_at(may, i);
        if (item->kind != HJ_YAML_TEXT) {
            hj_reader_say(r, item, "a permission must be text");
        } else if (!g_strv_contains(hj_pack_permissions, item->text)) {
            hj_reader_say(r, item, "there is no permission \"%s\"%s", item->text,
                          hj_reader_hint(item->text, hj_pack_permissions).text);
        } else if (hj_reader_among(role->may, role->n_may, sizeof *role->may, item->text)) {
            hj_reader_say(r, item, "\"may\" names \"%s\" twice", item->text);
        } else {
            role->may[role->n_may++] = hj_reader_keep(r, item->text);
        }
    }
}

static HjDuty
read_duty(HjReader *r, const HjYaml *node)
{
    static const char *const words[] = { "none", "system", "security", "audit", "all", NULL };
    int duty = hj_reader_word(r, node, "duty", words, false);
    return duty > 0 ? (HjDuty)duty : HJ_DUTY_NONE;
}

static void
read_role(HjReader *r, const HjYaml *node)
{
    static const char *const keys[] = { "role", "title", "at", "may", "duty", NULL };
    if (!hj_reader_mapping(r, node, "a role", keys))
        return;
    HjRole *role = hj_reader_alloc(r, 1, sizeof *role);
    role->name = hj_reader_name(r, node, "role", true);
    role->title = hj_reader_label(r, node, "title", true);
    role->at_kinds =
        hj_reader_refs(r, node, "at", HJ_KIND_ORG_KIND, true, NULL, NULL, &role->n_at_kinds);
    read_may(r, node, role);
    role->duty = read_duty(r, node);
    role->at = hj_reader_at(r, node);
    hj_reader_add(r, HJ_KIND_ROLE, role, node);
}

void
hj_read_roles(HjReader *r, const HjYaml *root)
{
    static const char *const keys[] = { "roles", NULL };
    if (!hj_reader_mapping(r, root, "roles.yaml", keys))
        return;
    const HjYaml *roles = hj_reader_sequence(r, root, "roles", true);
    for (size_t i = 0; roles != NULL && i < hj_yaml_count(roles); i++)
        read_role(r, hj_yaml_at(roles, i));
}
