/* matrix: what the access matrix asks about, and what the declarations say to it.
 *
 * Expectations come from the pack's roles and ledgers and from the routes, never from an
 * answer.
 *
 * Units    organizations are indexes in the tree
 * Owns     matrix_things: what it makes stays in the county
 * Threads  one
 * Source   design.md 6 */
#pragma once

#include "core/org.h"
#include "tests/flow/flow.h"

typedef struct {
    const HjLedger *ledger;
    size_t org; /* index in the tree */
    char *id, *mark;
} HjMatrixRow;

typedef struct {
    const HjRole *role;
    size_t org;
} HjMatrixHeld;

/* Most people hold one role; some hold two at places that do not cover each other. */
typedef struct {
    char *name;
    HjMatrixHeld held[2];
    size_t n_held;
} HjMatrixPerson;

/* What one request is about. */
typedef struct {
    const HjRoute *route;
    const HjMatrixPerson *person; /* NULL: signed out */
    const HjLedger *ledger;
    const HjMatrixPerson *owner; /* of what belongs to one account; NULL: a matter of places */
    int org;                     /* index in the tree, or -1 */
    const char *id;              /* of a row, an account, a webhook, … */
    const char *delivery;        /* of a webhook */
    bool by_query;               /* the organization stands in ?under= */
} HjMatrixAsk;

typedef struct {
    HjTestCounty *county;
    HjOrgTree *tree;
    GArray *rows;    /* of HjMatrixRow */
    GArray *persons; /* of HjMatrixPerson */
    size_t n_met, n_asked, n_wrong, n_leaks, n_seen, n_routes;
    size_t n_by_place[5];
    bool separated;      /* the administrators' duties */
    GHashTable *told;    /* route → times it was told */
    GHashTable *nothing; /* request and account → status where there is no such row */
} HjMatrix;

enum { HJ_MATRIX_OWN, HJ_MATRIX_CHILD, HJ_MATRIX_PARENT, HJ_MATRIX_SIBLING, HJ_MATRIX_FOREIGN };

typedef enum {
    HJ_MATRIX_OPEN,
    HJ_MATRIX_SIGN_IN,
    HJ_MATRIX_DENIED,
    HJ_MATRIX_ABSENT,
    HJ_MATRIX_SHUT /* 403 or 404 */,
    HJ_MATRIX_UNOFFERED /* 403, or the form again without that place */,
    HJ_MATRIX_MAYBE /* open or 404 */
} HjMatrixWanted;

int hj_matrix_place(const HjMatrix *m, size_t holder, size_t org);
HjMatrixWanted hj_matrix_wanted(const HjMatrix *m, const HjMatrixAsk *ask);
bool hj_matrix_is_right(const HjMatrixAsk *ask, HjMatrixWanted wanted,
                        const HjTestAnswer *answer);
bool hj_matrix_may_read(const HjMatrix *m, const HjMatrixPerson *person,
                        const HjMatrixRow *row);
/* About a ledger, not about a place: how one account looks at it, or rows named in the form. */
bool hj_matrix_has_no_place(const HjRoute *route);

/* Makes one; its number, which the caller owns. */
char *hj_matrix_file(HjMatrix *m, const HjMatrixRow *row);
char *hj_matrix_webhook(HjMatrix *m, size_t org, char **ret_delivery);
bool hj_matrix_is_owned(const HjRoute *route);
/* What a route to things of one account is about, made for @person. */
char *hj_matrix_owned(HjMatrix *m, const HjRoute *route, const HjMatrixPerson *person,
                      const HjLedger *ledger);
