#include "core/actor.h"

typedef struct {
    GStringChunk *strings;
    size_t max_grants;
} Private;

static const char *
keep(HjActor *actor, const char *text)
{
    Private *priv = actor->priv;
    return text != NULL ? g_string_chunk_insert(priv->strings, text) : NULL;
}

HjActor *
hj_actor_new(HjPack *pack, int64_t account, const char *name, const char *title, HjLang lang,
             size_t max_grants)
{
    HjActor *actor = g_atomic_rc_box_new0(HjActor);
    Private *priv = g_new0(Private, 1);
    priv->strings = g_string_chunk_new(256);
    priv->max_grants = max_grants;
    actor->priv = priv;
    actor->account = account;
    actor->name = keep(actor, name);
    actor->title = keep(actor, title != NULL && *title != '\0' ? title : name);
    actor->lang = lang;
    actor->grants = g_new0(HjGrant, MAX(max_grants, 1));
    actor->pack = pack != NULL ? hj_pack_ref(pack) : NULL;
    return actor;
}

HjActor *
hj_actor_system(HjPack *pack)
{
    return hj_actor_new(pack, 0, "hangji", NULL, HJ_ZH, 0);
}

void
hj_actor_add_grant(HjActor *actor, const HjRole *role, int64_t org, const char *code,
                   const char *name, const char *kind)
{
    Private *priv = actor->priv;
    g_assert(actor->n_grants < priv->max_grants && role != NULL);
    actor->grants[actor->n_grants++] = (HjGrant){
        .role = role,
        .org = org,
        .org_code = keep(actor, code),
        .org_name = keep(actor, name),
        .org_kind = keep(actor, kind),
    };
}

void
hj_actor_limit(HjActor *actor, int64_t token, const char *name, bool read_only,
               const char *ledgers)
{
    actor->token = token;
    actor->token_name = keep(actor, name);
    actor->read_only = read_only;
    if (ledgers != NULL)
        actor->only_ledgers = g_strsplit(ledgers, ",", -1);
}

void
hj_actor_set_stage(HjActor *actor, const char *stage)
{
    actor->stage = stage != NULL && *stage != '\0' ? keep(actor, stage) : NULL;
}

void
hj_actor_set_behalf(HjActor *actor, int64_t proxy, int64_t account, const char *title,
                    HjDate until)
{
    actor->proxy = proxy;
    actor->behalf = account;
    actor->behalf_title = keep(actor, title);
    actor->behalf_until = until;
}

HjActor *
hj_actor_ref(HjActor *actor)
{
    return g_atomic_rc_box_acquire(actor);
}

static void
clear(gpointer box)
{
    HjActor *actor = box;
    Private *priv = actor->priv;
    g_string_chunk_free(priv->strings);
    g_free(priv);
    g_free(actor->grants);
    g_strfreev(actor->only_ledgers);
    if (actor->pack != NULL)
        hj_pack_unref(actor->pack);
}

void
hj_actor_unref(HjActor *actor)
{
    if (actor != NULL)
        g_atomic_rc_box_release_full(actor, clear);
}
