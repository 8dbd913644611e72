/* row: the rows of any ledger.
 *
 * Create, change, void (with a reason) and read rows, always within the actor's scope, always
 * with an event in the same transaction.  A change needs the version it was based on; a stale
 * one is CONFLICT and changes nothing.
 *
 * Units    ids 64-bit; versions from 1
 * Owns     as named
 * Threads  the transaction's
 * Source   design.md 3, 5, interface.md (rows) */
#pragma once

#include "base/issues.h"
#include "base/json.h"
#include "core/access.h"
#include "core/field.h"

typedef struct {
    const char *name;
    const char *text;
    const HjJson *json;
} HjRowInput; /* text when json is NULL */
typedef struct {
    int64_t id;
    int64_t version;
    const char *state; /* literal */
    uint64_t digest;   /* of a new row: equal rows of one organization have one digest */
} HjRowKey;

/* @parent: row id in the parent ledger for a child ledger, otherwise 0.  INVALID with @issues,
 * and then nothing has been written; the same holds for the two below. */
bool hj_row_create(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org,
                   int64_t parent, const HjRowInput *inputs, size_t n, HjIssues *issues,
                   HjRowKey *ret, GError **error);
/* What hj_row_create would answer; nothing is written. */
bool hj_row_check(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org,
                  int64_t parent, const HjRowInput *inputs, size_t n, HjIssues *issues,
                  uint64_t *ret_digest, GError **error);
/* Only the named fields change; where none does, nothing is written. */
bool hj_row_update(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                   int64_t version, const HjRowInput *inputs, size_t n, HjIssues *issues,
                   HjRowKey *ret, GError **error);
/* Whether the same would be done; writes nothing. */
bool hj_row_update_try(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                       int64_t version, const HjRowInput *inputs, size_t n, HjIssues *issues,
                       bool *ret_changes, GError **error);
bool hj_row_void_try(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                     int64_t version, GError **error);
/* CONFLICT while live rows lie under it or cite it. */
bool hj_row_void(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                 int64_t version, const char *reason, HjIssues *issues, GError **error);

/* Columns: id, org, org_code, org_name, parent, state, version, created_at, created_by_name,
 * updated_at, updated_by_name, voided_at, every field by its name, and <field>__label for
 * person, org and row fields. NOT_FOUND out of scope. */
HjRows *hj_row_get(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                   GError **error);

typedef struct {
    const HjField *field;
    const char *text;
} HjRowFilter; /* equality; text contains; choices has; numbers and dates also "a..b" */
typedef struct {
    const HjLedger *ledger;
    int64_t under;     /* organization whose subtree is listed; 0: the whole scope */
    bool only_here;    /* without what lies below */
    int64_t parent;    /* rows under this parent row, or 0 */
    const char *state; /* where rows stand, or NULL */
    const HjRowFilter *filters;
    size_t n_filters;
    const char *q;    /* organization name, pinyin or initials, or the title field contains */
    HjDate from, to;  /* on the ledger's date field; HJ_DATE_NONE open */
    const char *sort; /* field name or "org", up to four: "a,-b"; NULL: the ledger's own */
    bool desc;
    int limit;          /* ≤ 200 */
    const char *cursor; /* from the last page, or NULL */
} HjRowQuery;
/* Same columns as hj_row_get. *ret_next: cursor of the next page or NULL, caller frees.
 * MALFORMED for a bad cursor, sort or filter. Without a sort of the ledger the newest by its
 * date field come first; "org" (in the order the organizations were made), "created_at" and
 * "updated_at" sort too. */
HjRows *hj_row_list(HjTx *tx, const HjActor *actor, const HjRowQuery *query, char **ret_next,
                    GError **error);
/* All rows of the query, one after another; limit and cursor are not looked at. */
bool hj_row_scan(HjTx *tx, const HjActor *actor, const HjRowQuery *query, HjScanFn fn,
                 gpointer data, GError **error);
/* One row: count, and total_<field> for fields with total. */
HjRows *hj_row_totals(HjTx *tx, const HjActor *actor, const HjRowQuery *query, GError **error);
/* org, code, name, n for each child of @query->under that has rows below it (the left tree).
 */
HjRows *hj_row_counts(HjTx *tx, const HjActor *actor, const HjRowQuery *query, GError **error);
/* Events of the row, newest first; columns of hj_event_of_row. */
HjRows *hj_row_history(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                       GError **error);
/* id, label for a picker: rows of @ledger in scope whose title matches. */
HjRows *hj_row_pick(HjTx *tx, const HjActor *actor, const HjLedger *ledger, const char *q,
                    int64_t under, int limit, GError **error);
