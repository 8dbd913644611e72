#include "pack/reader.h"

#include <string.h>

static const void *
find(const HjPack *pack, HjReaderKind kind, const char *name)
{
    const HjPackPriv *priv = pack->priv;
    return name != NULL ? g_hash_table_lookup(priv->index[kind], name) : NULL;
}

const HjLedger *
hj_pack_ledger(const HjPack *pack, const char *name)
{
    return find(pack, HJ_KIND_LEDGER, name);
}

const HjLedger *
hj_pack_ledger_is(const HjPack *pack, const char *is)
{
    for (size_t i = 0; i < pack->n_ledgers; i++)
        if (g_strcmp0(pack->ledgers[i].is, is) == 0)
            return &pack->ledgers[i];
    return NULL;
}

const HjField *
hj_pack_field(const HjLedger *ledger, const char *name)
{
    return name != NULL ? g_hash_table_lookup(ledger->index, name) : NULL;
}

const HjList *
hj_pack_list(const HjPack *pack, const char *name)
{
    return find(pack, HJ_KIND_LIST, name);
}

const HjListItem *
hj_pack_list_item(const HjList *list, const char *key)
{
    return key != NULL ? g_hash_table_lookup(list->index, key) : NULL;
}

const HjRole *
hj_pack_role(const HjPack *pack, const char *name)
{
    return find(pack, HJ_KIND_ROLE, name);
}

const HjOrgKind *
hj_pack_org_kind(const HjPack *pack, const char *name)
{
    return find(pack, HJ_KIND_ORG_KIND, name);
}

const HjIndicator *
hj_pack_indicator(const HjPack *pack, const char *name)
{
    return find(pack, HJ_KIND_INDICATOR, name);
}

const HjCadence *
hj_pack_cadence(const HjPack *pack, const char *name)
{
    return find(pack, HJ_KIND_CADENCE, name);
}

const HjScheme *
hj_pack_scheme(const HjPack *pack, const char *name)
{
    return find(pack, HJ_KIND_SCHEME, name);
}

const HjScheme *
hj_pack_scheme_at(const HjPack *pack, const char *name, HjDate from)
{
    const HjScheme *newest = hj_pack_scheme(pack, name);
    for (size_t i = newest != NULL ? newest->n_versions : 0; i-- > 0;)
        if (newest->versions[i]->from == HJ_DATE_NONE || newest->versions[i]->from <= from)
            return newest->versions[i];
    return NULL;
}

const HjSchemeItem *
hj_pack_scheme_item(const HjScheme *scheme, const char *name)
{
    for (size_t l = 0; name != NULL && l < scheme->n_lists; l++)
        for (size_t i = 0; i < scheme->lists[l].n_items; i++)
            if (strcmp(scheme->lists[l].items[i].name, name) == 0)
                return &scheme->lists[l].items[i];
    return NULL;
}

const HjReport *
hj_pack_report(const HjPack *pack, const char *name)
{
    return find(pack, HJ_KIND_REPORT, name);
}

const HjParam *
hj_pack_param_named(const HjPack *pack, const char *name)
{
    return find(pack, HJ_KIND_PARAM, name);
}

const HjParamValue *
hj_pack_param_value(const HjParam *param, HjDate on)
{
    const HjParamValue *value = NULL;
    for (size_t i = 0; i < param->n_values && param->values[i].from_on <= on; i++)
        value = &param->values[i];
    return value;
}

const char *
hj_pack_param(const HjPack *pack, const char *name, HjDate on)
{
    const HjParam *param = hj_pack_param_named(pack, name);
    const HjParamValue *value = param != NULL ? hj_pack_param_value(param, on) : NULL;
    return value != NULL ? value->value : NULL;
}

int
hj_flow_position(const HjFlow *flow, const char *name)
{
    for (size_t i = 0; i < flow->n_nodes; i++)
        if (g_strcmp0(flow->nodes[i].name, name) == 0)
            return (int)i;
    return -1;
}

const HjFlowNode *
hj_flow_node(const HjFlow *flow, const char *name)
{
    int i = hj_flow_position(flow, name);
    return i >= 0 ? &flow->nodes[i] : NULL;
}

bool
hj_flow_extends(const HjFlowAction *action)
{
    return action->extend.spent || action->extend.field != NULL;
}

const HjFlowAction *
hj_flow_action(const HjFlowNode *node, const char *name)
{
    for (size_t i = 0; i < node->n_actions; i++)
        if (g_strcmp0(node->actions[i].name, name) == 0)
            return &node->actions[i];
    return NULL;
}

bool
hj_pack_role_may(const HjRole *role, const char *permission)
{
    for (size_t i = 0; i < role->n_may; i++)
        if (g_str_equal(role->may[i], permission))
            return true;
    return false;
}
