#include "pack/flow.h"
#include "tests/flow/matrix.h"

/* --- declarations --- */

static bool
names(const char *const *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(list[i], word))
            return true;
    return false;
}

static bool
role_may(const HjRole *role, const char *permission)
{
    return names(role->may, role->n_may, permission);
}

static bool
role_enters(const HjRole *role, const HjLedger *ledger)
{
    return role_may(role, "ledger.enter") && names(ledger->enter, ledger->n_enter, role->name);
}

static bool
role_sees(const HjRole *role, const HjLedger *ledger)
{
    return role_may(role, "ledger.view") && (ledger->n_see == 0 || role_enters(role, ledger) ||
                                             names(ledger->see, ledger->n_see, role->name));
}

int
hj_matrix_place(const HjMatrix *m, size_t holder, size_t org)
{
    if (holder == org)
        return HJ_MATRIX_OWN;
    for (int i = hj_org_tree_parent(m->tree, org); i >= 0;
         i = hj_org_tree_parent(m->tree, (size_t)i))
        if ((size_t)i == holder)
            return HJ_MATRIX_CHILD;
    for (int i = hj_org_tree_parent(m->tree, holder); i >= 0;
         i = hj_org_tree_parent(m->tree, (size_t)i))
        if ((size_t)i == org)
            return HJ_MATRIX_PARENT;
    return hj_org_tree_parent(m->tree, org) == hj_org_tree_parent(m->tree, holder)
               ? HJ_MATRIX_SIBLING
               : HJ_MATRIX_FOREIGN;
}

static bool
covers(const HjMatrix *m, const HjMatrixHeld *held, size_t org)
{
    int place = hj_matrix_place(m, held->org, org);
    return place == HJ_MATRIX_OWN || place == HJ_MATRIX_CHILD;
}

/* What a route asks of one role. */
static bool
role_answers(const HjRole *role, const HjRoute *route, const HjLedger *ledger)
{
    if (g_str_equal(route->may, HJ_SIGNED_IN))
        return true;
    if (ledger == NULL)
        return role_may(role, route->may);
    if (g_str_equal(route->may, "sealed.unmask"))
        return role_may(role, route->may) && role_sees(role, ledger);
    return g_str_equal(route->may, "ledger.enter") ? role_enters(role, ledger)
                                                   : role_sees(role, ledger);
}

static bool
is_public(const HjRoute *route)
{
    return g_str_equal(route->may, HJ_PUBLIC);
}

/* Where the duties are kept apart, the role that joins them gives nothing. */
static bool
counts(const HjMatrix *m, const HjRole *role)
{
    return !m->separated || role->duty != HJ_DUTY_ALL;
}

/* Kept lists and batches belong to the one who made them: the number of a row is none of
 * theirs. */
static bool
is_of_one_account(const HjRoute *route)
{
    return strstr(route->pattern, "{ledger}/lists/{id}") != NULL ||
           strstr(route->pattern, "/table/views/{id}") != NULL ||
           strstr(route->pattern, "/screens/{id}") != NULL ||
           strstr(route->pattern, "{ledger}/batches/{id}") != NULL;
}

/* Rows of other ledgers do not move. */
static bool
asks_of_flow(const HjRoute *route)
{
    return strstr(route->pattern, "/act/{action}") != NULL ||
           strstr(route->pattern, "/actions/{action}") != NULL ||
           g_str_has_suffix(route->pattern, "rows/{id}/flow") ||
           g_str_has_suffix(route->pattern, "rows/{id}/people");
}

bool
hj_matrix_has_no_place(const HjRoute *route)
{
    return g_str_has_suffix(route->pattern, "{ledger}/lists") ||
           g_str_has_suffix(route->pattern, "{ledger}/columns") ||
           g_str_has_suffix(route->pattern, "{ledger}/twins") ||
           g_str_has_suffix(route->pattern, "{ledger}/merge") ||
           g_str_has_suffix(route->pattern, "{ledger}/find") ||
           g_str_has_suffix(route->pattern, "{ledger}/import") ||
           (route->method == HJ_POST && g_str_has_suffix(route->pattern, "{ledger}/batch"));
}

/* The first scheme of the pack is asked about. */
static bool
in_audience(const HjMatrix *m, const HjMatrixAsk *ask)
{
    const HjScheme *scheme = &m->county->pack->schemes[0];
    for (size_t i = 0; i < ask->person->n_held; i++) {
        const HjMatrixHeld *held = &ask->person->held[i];
        for (size_t k = 0; k < scheme->n_audience_rank; k++)
            if (g_str_equal(scheme->audience_rank[k], m->tree->orgs[held->org].kind) &&
                role_may(held->role, "scheme.view"))
                return true;
    }
    return false;
}

HjMatrixWanted
hj_matrix_wanted(const HjMatrix *m, const HjMatrixAsk *ask)
{
    const HjRoute *route = ask->route;
    if (is_public(route))
        return HJ_MATRIX_OPEN;
    if (ask->person == NULL)
        return HJ_MATRIX_SIGN_IN;
    /* Nobody has ordered a paper here; who sees one that was, test_papers tells. */
    if (g_str_has_prefix(route->pattern, "/drawing/"))
        return HJ_MATRIX_ABSENT;
    if (g_str_equal(route->may, HJ_SIGNED_IN) && ask->org < 0 && ask->owner == NULL)
        return HJ_MATRIX_OPEN;
    /* A cadence is as open as the ledger it is met in. */
    const HjPack *pack = m->county->pack;
    const HjCadence *cadence =
        strstr(route->pattern, "{cadence}") != NULL && pack->n_cadences > 0 ? &pack->cadences[0]
                                                                            : NULL;
    bool permitted = false, answers = false, inside = false, here = false;
    for (size_t i = 0; i < ask->person->n_held; i++) {
        const HjMatrixHeld *held = &ask->person->held[i];
        if (!counts(m, held->role))
            continue;
        bool covered = ask->org < 0 || covers(m, held, (size_t)ask->org);
        bool answering =
            role_answers(held->role, route, cadence != NULL ? cadence->ledger : ask->ledger);
        permitted = permitted || role_answers(held->role, route, NULL);
        answers = answers || answering;
        inside = inside || covered;
        here = here || (covered && answering);
    }
    if (!permitted)
        return HJ_MATRIX_DENIED;
    if (ask->owner != NULL)
        return ask->owner == ask->person ? HJ_MATRIX_OPEN : HJ_MATRIX_ABSENT;
    bool twins = g_str_has_suffix(route->pattern, "{ledger}/twins") ||
                 g_str_has_suffix(route->pattern, "{ledger}/merge");
    if (is_of_one_account(route) || (twins && g_strcmp0(ask->ledger->is, "person") != 0))
        return HJ_MATRIX_SHUT;
    /* A ledger that is shut everywhere may say so before it looks for the place. */
    if (!answers && cadence != NULL)
        return HJ_MATRIX_ABSENT;
    if (!answers)
        return inside ? HJ_MATRIX_DENIED : HJ_MATRIX_SHUT;
    bool chosen = g_str_has_suffix(route->pattern, "/new");
    if (!here)
        return !inside ? HJ_MATRIX_ABSENT : chosen ? HJ_MATRIX_UNOFFERED : HJ_MATRIX_DENIED;
    /* Inside, what a ledger does not have is absent. */
    if (asks_of_flow(route) && ask->ledger->flow == NULL)
        return HJ_MATRIX_SHUT;
    if (strstr(route->pattern, "{id}/notice") != NULL && ask->ledger->notice == NULL)
        return HJ_MATRIX_SHUT;
    if (g_str_has_suffix(route->pattern, "{id}/remark") && ask->ledger->remarks == NULL)
        return HJ_MATRIX_SHUT;
    if (strstr(route->pattern, "{id}/volume") != NULL &&
        (ask->ledger->flow == NULL || !ask->ledger->flow->volume))
        return HJ_MATRIX_SHUT;
    /* The meeting shows the whole ranking (ASM-6). */
    if (g_str_has_suffix(route->pattern, "{scheme}/meeting") && !in_audience(m, ask))
        return HJ_MATRIX_SHUT;
    /* Before publication there is nothing for those outside the audience. */
    if (g_str_has_suffix(route->pattern, "{scheme}/all.pdf") && !in_audience(m, ask))
        return HJ_MATRIX_MAYBE;
    /* Only committees take part in the contest. */
    bool contest = strstr(route->pattern, "{scheme}") != NULL;
    return contest && ask->org >= 0 ? HJ_MATRIX_MAYBE : HJ_MATRIX_OPEN;
}

bool
hj_matrix_is_right(const HjMatrixAsk *ask, HjMatrixWanted wanted, const HjTestAnswer *answer)
{
    int status = answer->status;
    const char *where = hj_test_header(answer, "Location");
    bool to_sign_in = status == 303 && where != NULL && g_str_has_prefix(where, "/sign-in");
    bool api = g_str_has_prefix(ask->route->pattern, "/api/");
    bool open = ask->route->method == HJ_GET
                    ? status == 200 || (status == 303 && !to_sign_in)
                    : status < 500 && status != 401 && status != 403 && status != 404;
    switch (wanted) {
    case HJ_MATRIX_OPEN:
        /* Public routes answer strangers in their own way. */
        return is_public(ask->route) ? status < 500 : open;
    case HJ_MATRIX_SIGN_IN:
        return api ? status == 401 : to_sign_in;
    case HJ_MATRIX_DENIED:
        return status == 403;
    case HJ_MATRIX_ABSENT:
        return status == 404;
    case HJ_MATRIX_SHUT:
        return status == 403 || status == 404;
    case HJ_MATRIX_UNOFFERED:
        return status == 403 || status == (ask->route->method == HJ_GET ? 200 : 422);
    case HJ_MATRIX_MAYBE:
        return open || status == 404;
    }
    return false;
}

/* --- what must not be read --- */

bool
hj_matrix_may_read(const HjMatrix *m, const HjMatrixPerson *person, const HjMatrixRow *row)
{
    for (size_t i = 0; person != NULL && i < person->n_held; i++) {
        const HjMatrixHeld *held = &person->held[i];
        int place = hj_matrix_place(m, held->org, row->org);
        /* People of the places above may be cited, so their names are offered (core/row). */
        bool citable = g_strcmp0(row->ledger->is, "person") == 0 && place == HJ_MATRIX_PARENT;
        if (counts(m, held->role) && role_sees(held->role, row->ledger) &&
            (citable || place == HJ_MATRIX_OWN || place == HJ_MATRIX_CHILD))
            return true;
    }
    return false;
}
