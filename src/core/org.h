/* org: the dated tree of organizations and the acts that change it.
 *
 * Every organization has a code, a kind, names by date and a place by date.  Create, rename,
 * move, merge, split and close are acts with a document number; nothing is overwritten, so any
 * figure can use the tree of its own day.
 *
 * Units    dates HjDate; HJ_DATE_NONE means today
 * Owns     HjOrg strings belong to the aggregate they came from
 * Threads  the transaction's
 * Source   design.md 5, features.md 1-4 */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

typedef struct {
    int64_t id, parent; /* parent 0: the county */
    const char *code, *kind, *name, *parent_name;
    int depth;
    /* closed_on: the first day on which it no longer stood, NULL while open */
    const char *opened_on, *closed_on;
} HjOrg;

/* One tree as at one day: each followed by what lies below it, siblings in sort order. */
typedef struct {
    HjOrg *orgs;
    size_t n_orgs;
    void *priv;
} HjOrgTree;

HjOrgTree *hj_org_tree_load(HjTx *tx, HjDate on, GError **error);
void hj_org_tree_free(HjOrgTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjOrgTree, hj_org_tree_free)
const HjOrg *hj_org_tree_find(const HjOrgTree *tree, int64_t id);
const HjOrg *hj_org_tree_code(const HjOrgTree *tree, const char *code);
/* Index of the parent in orgs, or -1. */
int hj_org_tree_parent(const HjOrgTree *tree, size_t i);

/* 0 when absent; not limited to a scope: callers check access. */
bool hj_org_find(HjTx *tx, const char *code, int64_t *ret_id, GError **error);
/* Columns id, code, kind, name, parent, parent_code, parent_name, opened_on, closed_on
 * (today's). */
HjRows *hj_org_get(HjTx *tx, int64_t id, GError **error);
/* Scope-narrowed list by name, pinyin, initials or beginning of the code, of what is open
 * today;
 * @under 0 for all, @kind and @q may be NULL.  Columns id, code, kind, name, parent_code,
 * parent_name; ordered by code, in which a parent stands before its children.  At most @limit
 * after @after_id. */
HjRows *hj_org_list(HjTx *tx, const HjActor *actor, int64_t under, const char *kind,
                    const char *q, int limit, int64_t after_id, GError **error);
/* Every open organization of a kind (NULL: any), in or out of anybody's scope, for a choice
 * that a pack opens to all of the county: code, id, name, above (the township, or what stands
 * over it); ordered by code. */
HjRows *hj_org_anywhere(HjTx *tx, const char *kind, GError **error);
/* What is no more under its old name: closed, merged and renamed organizations in scope, the
 * latest act first, at most @limit before the act @before (0: from the first).  @q finds by any
 * name it ever had, its pinyin, initials, or the beginning of the code.  Columns act_id, act,
 * on_day, document, note, code, kind, was, name (today's, or the last), closed_on, other_code,
 * other_name. */
HjRows *hj_org_former(HjTx *tx, const HjActor *actor, const char *q, int limit, int64_t before,
                      GError **error);
HjRows *hj_org_acts(HjTx *tx, int64_t id,
                    GError **error); /* act, on_day, document, note, other_name, actor_name */

typedef struct {
    const char *act;  /* create rename move merge split close */
    const char *code; /* organization acted on; create: the new code (may be NULL: made from the
                         parent's) */
    const char *name; /* create, rename, split: new name */
    const char *kind; /* create, split */
    const char *other;    /* code: create, move: new parent; merge: the one that remains */
    const char *new_code; /* split: code of the new one */
    HjDate on;
    const char *document; /* document number, required */
    const char *note;
} HjOrgAct;
/* INVALID with @issues; CONFLICT when the tree does not allow it, or when an act on one of the
 * organizations is later than @on.  A closed organization keeps its place and its rows. */
bool hj_org_act(HjTx *tx, const HjActor *actor, const HjOrgAct *act, HjIssues *issues,
                int64_t *ret_id, GError **error);

/* Bulk load for init: code, name, kind, parent code in order; one event for the whole list. */
typedef struct {
    const char *code, *name, *kind, *parent;
} HjOrgSeed;
bool hj_org_seed(HjTx *tx, const HjActor *actor, const HjOrgSeed *seeds, size_t n, HjDate on,
                 GError **error);
