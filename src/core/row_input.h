/* row_input: what a person or program wants to write into a row, read and checked.
 *
 * Every field of the ledger has a value; those not given keep NULL (create) or what is stored
 * (update).  All that is wrong is collected before anything is written.
 *
 * Units    values as stored
 * Owns     HjRowDraft, hj_row_draft_free; values of @stored are borrowed from it
 * Threads  one at a time
 * Source   design.md 3 */
#pragma once

#include "core/row.h"
#include "store/vault.h"
/* also: hj_row_draft_ */

typedef struct {
    const HjLedger *ledger;
    int64_t id;     /* 0 while a new row is being read */
    int64_t org;    /* owner of the row */
    int64_t parent; /* row of the parent ledger, or 0 */
    int64_t version;
    const char *state; /* node of its flow, or "recorded" */
    HjTime created_at; /* 0 while not stored */
    HjVal *before;     /* a value a field: what is stored, NULL in a new row */
    HjVal *vals;       /* a value a field: what shall be stored */
    bool *given;       /* named in the input */
    char **owned;      /* text behind vals, or NULL */
    char **clear;      /* values to be sealed; vals then hold their keyed hash */
    HjVaultKey *key;   /* of hj_sealed_prepare */
    bool key_is_new;
    char *title; /* what names the row, "" when nothing does */
} HjRowDraft;

/* @stored stands on the row to change and brings @org and @parent; NULL for a new one. */
HjRowDraft *hj_row_draft_new(const HjLedger *ledger, int64_t org, int64_t parent,
                             HjRows *stored);
void hj_row_draft_free(HjRowDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjRowDraft, hj_row_draft_free)

/* Reads @inputs and checks fields, references and uniqueness.  false only when the database
 * fails; what the person must correct is in @issues. */
bool hj_row_draft_read(HjTx *tx, const HjActor *actor, HjRowDraft *draft,
                       const HjRowInput *inputs, size_t n, HjIssues *issues, GError **error);

/* The ledger's own rules on the row as it would stand, with the parameters of the day it speaks
 * of.  Nothing has been written yet; in a rule the ledger's name means this row, in its
 * subqueries the stored rows.  A rule that is neither right nor wrong, because a value is
 * missing, holds. */
bool hj_row_draft_rules(HjTx *tx, const HjActor *actor, const HjRowDraft *draft,
                        HjIssues *issues, GError **error);

/* The day the row speaks of: its date field, or today (VER-1). */
HjDate hj_row_draft_day(HjTx *tx, const HjRowDraft *draft);
bool hj_row_draft_changed(const HjRowDraft *draft, size_t field);
bool hj_row_draft_changes(const HjRowDraft *draft); /* any field */
/* Equal for rows of one organization, one parent and equal values. */
uint64_t hj_row_draft_digest(const HjRowDraft *draft);
uint64_t hj_row_draft_digest_stored(const HjLedger *ledger,
                                    HjRows *stored); /* of its live row */
