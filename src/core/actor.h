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
    /* Asking through a personal token (core/token): it may do less than the account. */
    int64_t token; /* 0: a session */
    const char *token_name;
    bool read_only;
    char **only_ledgers; /* NULL: every ledger of the roles */
    /* Acting for somebody else (core/proxy): then the grants are those lent by him. */
    int64_t proxy;  /* 0: for himself */
    int64_t behalf; /* the account acted for */
    const char *behalf_title;
    HjDate behalf_until;
    const char *stage; /* what sign-in still asks: HJ_STAGE_…; NULL: nothing */
    HjTime until;      /* when the session ends unless it is used; 0: no session */
    bool separated;    /* the administrators' duties are kept apart */
    void *priv;        /* core/actor only */
} HjActor;

#define HJ_STAGE_SECOND "second"     /* the code of the second factor */
#define HJ_STAGE_PASSWORD "password" /* a password of his own */
#define HJ_STAGE_ENROL "enrol"       /* to set up the second factor */

/* The program itself: commands run by the operator of the machine. */
HjActor *hj_actor_system(HjPack *pack);
/* For core/account: an empty actor whose strings live in the aggregate. */
HjActor *hj_actor_new(HjPack *pack, int64_t account, const char *name, const char *title,
                      HjLang lang, size_t max_grants);
void hj_actor_add_grant(HjActor *actor, const HjRole *role, int64_t org, const char *code,
                        const char *name, const char *kind);
/* For core/token: before the actor is shared.  @ledgers is NULL or ",a,b,". */
void hj_actor_limit(HjActor *actor, int64_t token, const char *name, bool read_only,
                    const char *ledgers);
/* For core/account: before the actor is shared. */
void hj_actor_set_stage(HjActor *actor, const char *stage);
void hj_actor_set_behalf(HjActor *actor, int64_t proxy, int64_t account, const char *title,
                         HjDate until);
HjActor *hj_actor_ref(HjActor *actor);
void hj_actor_unref(HjActor *actor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjActor, hj_actor_unref)
