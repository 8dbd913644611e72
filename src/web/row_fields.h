/* row_fields: the inputs of a row's fields, in any form that asks for some of them.
 *
 * Names that begin with "_" are the form's own and never fields.
 *
 * Units    none
 * Owns     what is returned is lent by the request
 * Threads  the request's
 * Source   design.md 7 (any ledger) */
#pragma once

#include "web/meanwhile.h"

typedef struct {
    const HjLedger *ledger;
    HjRows *row;            /* the row being changed, or NULL */
    int64_t org;            /* 0: to be chosen */
    bool posted;            /* show what was sent */
    const HjMeanwhile *met; /* others changed the row after the form was opened, or NULL */
    const bool *open;       /* by place in the ledger: what is asked; NULL: everything */
    const bool *needed; /* marked as needed though the ledger does not ask for it, or NULL */
} HjRowFields;

typedef struct {
    HjFormField *fields;
    size_t n_fields;
    bool multipart;
} HjRowInputs;
bool hj_row_fields_fill(HjRequest *req, const HjRowFields *form, HjRowInputs *ret,
                        GError **error);
/* What the form sent for the fields of the ledger; an unknown name becomes an issue in
 * core/row. */
HjRowInput *hj_row_fields_read(HjRequest *req, const HjRowFields *form, size_t *ret_n);
/* Organizations of a kind in scope, to choose from; columns of hj_org_list. */
HjRows *hj_row_fields_orgs(HjRequest *req, const char *kind, GError **error);
