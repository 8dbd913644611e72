#include "core/access.h"

#include "store/recall.h"

#include <string.h>

/* Up to so many organizations are named one by one. */
#define FEW_ORGS 4

#define SQL_ABOVE                                                                              \
    "SELECT ancestor FROM sys_tree"                                                            \
    " WHERE county = $1 AND org = $2 AND to_on = '9999-12-31' ORDER BY depth"

static bool
is_system(const HjActor *actor)
{
    return actor->account == 0;
}

static bool
holds(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(words[i], word))
            return true;
    return false;
}

/* The permission of the role, narrowed by what the ledger says about who sees and enters it.
 * Who enters a ledger also sees it. */
static bool
role_may_ledger(const HjRole *role, const HjLedger *ledger, HjAccessVerb verb)
{
    bool enters = hj_pack_role_may(role, "ledger.enter") &&
                  holds((const char *const *)ledger->enter, ledger->n_enter, role->name);
    if (verb == HJ_ACCESS_ENTER)
        return enters;
    if (!hj_pack_role_may(role, "ledger.view"))
        return false;
    return ledger->n_see == 0 || enters ||
           holds((const char *const *)ledger->see, ledger->n_see, role->name);
}

/* What is asked of a role: a permission, or a verb on a ledger. */
typedef struct {
    const char *permission;
    const HjLedger *ledger;
    HjAccessVerb verb;
    const char *roles; /* ",a,b,": beside the permission, one of these */
} Asked;

/* A token may do less than the account it speaks for.  One for certain ledgers opens nothing
 * that is made of others. */
static bool
token_answers(const HjActor *actor, const Asked *asked)
{
    static const char *const of_ledgers[] = { "ledger.view", "ledger.enter", "org.view" };
    /* Of what changes anything the router lets none through; this is for what is offered. */
    if (actor->read_only && asked->ledger != NULL && asked->verb == HJ_ACCESS_ENTER)
        return false;
    if (actor->only_ledgers == NULL)
        return true;
    if (asked->ledger != NULL)
        return g_strv_contains((const char *const *)actor->only_ledgers, asked->ledger->name);
    return holds(of_ledgers, G_N_ELEMENTS(of_ledgers), asked->permission);
}

static bool
grant_answers(const HjActor *actor, const HjGrant *grant, const Asked *asked)
{
    if (actor->token != 0 && !token_answers(actor, asked))
        return false;
    if (asked->roles != NULL) {
        g_autofree char *word = g_strdup_printf(",%s,", grant->role->name);
        if (strstr(asked->roles, word) == NULL)
            return false;
    }
    return asked->ledger != NULL ? role_may_ledger(grant->role, asked->ledger, asked->verb)
                                 : hj_pack_role_may(grant->role, asked->permission);
}

static bool
any_grant_answers(const HjActor *actor, const Asked *asked)
{
    for (size_t i = 0; i < actor->n_grants; i++)
        if (grant_answers(actor, &actor->grants[i], asked))
            return true;
    return false;
}

bool
hj_access_may(const HjActor *actor, const char *permission)
{
    return is_system(actor) || any_grant_answers(actor, &(Asked){ .permission = permission });
}

/* The root of the county stands under no kind: a grant there covers every row there is. */
static bool
is_at_root(const HjActor *actor, const HjGrant *grant)
{
    const HjOrgKind *kind =
        actor->pack != NULL ? hj_pack_org_kind(actor->pack, grant->org_kind) : NULL;
    return kind != NULL && kind->n_under == 0;
}

bool
hj_access_may_everywhere(const HjActor *actor, const char *permission)
{
    if (is_system(actor))
        return true;
    for (size_t i = 0; i < actor->n_grants; i++)
        if (grant_answers(actor, &actor->grants[i], &(Asked){ .permission = permission }) &&
            is_at_root(actor, &actor->grants[i]))
            return true;
    return false;
}

bool
hj_access_may_ledger(const HjActor *actor, const HjLedger *ledger, HjAccessVerb verb)
{
    return is_system(actor) ||
           any_grant_answers(actor, &(Asked){ .ledger = ledger, .verb = verb });
}

bool
hj_access_field_hidden(const HjActor *actor, const HjField *field)
{
    if (is_system(actor) || field->n_hidden_from == 0)
        return false;
    /* One role that sees the field is enough, as one role that has a permission is; what does
     * not see the ledger sees no field of it. */
    for (size_t i = 0; i < actor->n_grants; i++) {
        const HjRole *role = actor->grants[i].role;
        if (!holds((const char *const *)field->hidden_from, field->n_hidden_from, role->name) &&
            role_may_ledger(role, field->of, HJ_ACCESS_VIEW))
            return false;
    }
    return true;
}

typedef enum { OUTSIDE, INSIDE, PERMITTED } Standing;

static bool
standing_at(HjTx *tx, const HjActor *actor, const Asked *asked, int64_t org, Standing *ret,
            GError **error)
{
    g_autoptr(HjRows) above =
        hj_tx_recall(tx, error, SQL_ABOVE, HJ_I64(hj_tx_county(tx)), HJ_I64(org));
    if (above == NULL)
        return false;
    *ret = OUTSIDE;
    while (hj_rows_next(above)) {
        if (is_system(actor))
            *ret = PERMITTED;
        int64_t ancestor = hj_rows_i64(above, "ancestor");
        for (size_t i = 0; i < actor->n_grants; i++) {
            if (actor->grants[i].org != ancestor)
                continue;
            bool answers = asked != NULL && grant_answers(actor, &actor->grants[i], asked);
            *ret = MAX(*ret, answers ? PERMITTED : INSIDE);
        }
    }
    return true;
}

bool
hj_access_sees_org(HjTx *tx, const HjActor *actor, int64_t org)
{
    Standing standing;
    g_autoptr(GError) error = NULL;
    /* Unreadable is unseen. */
    return standing_at(tx, actor, NULL, org, &standing, &error) && standing != OUTSIDE;
}

static bool
check(HjTx *tx, const HjActor *actor, const Asked *asked, int64_t org, GError **error)
{
    Standing standing;
    if (!standing_at(tx, actor, asked, org, &standing, error))
        return false;
    if (standing == OUTSIDE)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
    if (standing == INSIDE)
        return hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    return true;
}

bool
hj_access_check(HjTx *tx, const HjActor *actor, const char *permission, int64_t org,
                GError **error)
{
    return check(tx, actor, &(Asked){ .permission = permission }, org, error);
}

bool
hj_access_check_roles(HjTx *tx, const HjActor *actor, const char *roles, int64_t org,
                      GError **error)
{
    return check(tx, actor, &(Asked){ .permission = "ledger.enter", .roles = roles }, org,
                 error);
}

bool
hj_access_check_told(HjTx *tx, const HjActor *actor, const char *roles, int64_t org,
                     GError **error)
{
    return check(tx, actor, &(Asked){ .permission = "ledger.view", .roles = roles }, org,
                 error);
}

bool
hj_access_role_sees(const HjRole *role, const HjLedger *ledger)
{
    return role_may_ledger(role, ledger, HJ_ACCESS_VIEW);
}

bool
hj_access_check_row(HjTx *tx, const HjActor *actor, const HjLedger *ledger, HjAccessVerb verb,
                    int64_t org, GError **error)
{
    return check(tx, actor, &(Asked){ .ledger = ledger, .verb = verb }, org, error);
}

/* " t.county = … AND t.ancestor IN (…)" on sys_tree t. */
static void
add_tops(HjSqlb *b, HjTx *tx, const int64_t *tops, size_t n)
{
    hj_sqlb_lit(b, "SELECT t.org AS org FROM sys_tree t WHERE t.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND t.to_on = '9999-12-31' AND t.ancestor IN (");
    for (size_t i = 0; i < n; i++) {
        hj_sqlb_add_literal(b, i > 0 ? ", " : "");
        hj_sqlb_param(b, HJ_I64(tops[i]));
    }
    hj_sqlb_lit(b, ")");
}

void
hj_access_subtrees(HjSqlb *b, HjTx *tx, const int64_t *tops, size_t n)
{
    g_autoptr(HjSqlb) few = hj_sqlb_new();
    g_autoptr(GError) error = NULL;
    add_tops(few, tx, tops, n);
    hj_sqlb_lit(few, " LIMIT ");
    hj_sqlb_param(few, HJ_I64(FEW_ORGS + 1));
    /* A failure here is met again by the statement itself. */
    g_autoptr(HjRows) orgs = hj_sqlb_query(few, tx, &error);
    if (orgs == NULL || hj_rows_count(orgs) > FEW_ORGS) {
        add_tops(b, tx, tops, n);
        return;
    }
    hj_sqlb_lit(b, "0");
    while (hj_rows_next(orgs)) {
        hj_sqlb_lit(b, ", ");
        hj_sqlb_param(b, HJ_I64(hj_rows_i64(orgs, "org")));
    }
}

void
hj_access_scope(HjSqlb *b, HjTx *tx, const HjActor *actor, const char *permission,
                const HjLedger *ledger, const char *column)
{
    if (is_system(actor))
        return;
    Asked asked = { .permission = permission, .ledger = ledger };
    g_autofree int64_t *tops = g_new0(int64_t, actor->n_grants + 1);
    size_t n = 0;
    for (size_t i = 0; i < actor->n_grants; i++) {
        if (!grant_answers(actor, &actor->grants[i], &asked))
            continue;
        if (is_at_root(actor, &actor->grants[i]))
            return;
        tops[n++] = actor->grants[i].org;
    }
    if (n == 0) {
        hj_sqlb_lit(b, " AND 1 = 0");
        return;
    }
    hj_sqlb_lit(b, " AND ");
    hj_sqlb_add_literal(b, column);
    hj_sqlb_lit(b, " IN (");
    hj_access_subtrees(b, tx, tops, n);
    hj_sqlb_lit(b, ")");
}

/* "%,role,%" as LIKE … ESCAPE '!' takes it: names hold underscores, which mean any character.
 */
static char *
like_of(const char *role)
{
    g_autoptr(GString) like = g_string_new("%,");
    for (const char *p = role; *p != '\0'; p++) {
        if (*p == '_')
            g_string_append_c(like, '!');
        g_string_append_c(like, *p);
    }
    g_string_append(like, ",%");
    return g_string_free(g_steal_pointer(&like), FALSE);
}

void
hj_access_roles(HjSqlb *b, HjTx *tx, const HjActor *actor, const char *permission,
                const char *roles, const char *org)
{
    Asked asked = { .permission = permission };
    hj_sqlb_lit(b, "(1 = 0");
    for (size_t i = 0; i < actor->n_grants; i++) {
        const HjGrant *grant = &actor->grants[i];
        if (!grant_answers(actor, grant, &asked))
            continue;
        g_autofree char *like = like_of(grant->role->name);
        hj_sqlb_lit(b, " OR (");
        hj_sqlb_add_literal(b, roles);
        hj_sqlb_lit(b, " LIKE ");
        hj_sqlb_param(b, HJ_TEXT(like));
        hj_sqlb_lit(b, " ESCAPE '!'");
        if (!is_at_root(actor, grant)) {
            hj_sqlb_lit(b, " AND ");
            hj_sqlb_add_literal(b, org);
            hj_sqlb_lit(b, " IN (");
            hj_access_subtrees(b, tx, &grant->org, 1);
            hj_sqlb_lit(b, ")");
        }
        hj_sqlb_lit(b, ")");
    }
    hj_sqlb_lit(b, ")");
}
