/* actor: who is asking, with the roles held today.
 *
 * Units    none
 * Owns     one aggregate, reference-counted; never changes
 * Threads  any
 * Source   design.md 6 */
#pragma once

#include "pack/pack.h"

typedef struct {
    const HjRole *role; /* of the pack the actor keeps a reference to */
    int64_t org;        /* where it is held; the subtree is seen */
    const char *org_code;
    const char *org_name;
    const char *org_kind;
} HjGrant;

typedef struct {
    int64_t account;   /* 0: the program itself, sees and may everything */
    const char *name;  /* sign-in name */
    const char *title; /* shown name */
    HjLang lang;
    HjGrant *grants;
    size_t n_grants;
    HjPack *pack;
    void *priv; /* core/actor only */
} HjActor;

/* The program itself: commands run by the operator of the machine. */
HjActor *hj_actor_system(HjPack *pack);
/* For core/account: an empty actor whose strings live in the aggregate. */
HjActor *hj_actor_new(HjPack *pack, int64_t account, const char *name, const char *title,
                      HjLang lang, size_t max_grants);
void hj_actor_add_grant(HjActor *actor, const HjRole *role, int64_t org, const char *code,
                        const char *name, const char *kind);
HjActor *hj_actor_ref(HjActor *actor);
void hj_actor_unref(HjActor *actor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjActor, hj_actor_unref)
