/* assessment_verify: is what was published still what the records say?
 *
 * Computes a published revision again from the records of now and compares it with the
 * snapshot: figure by figure, row by row, rule by rule; and the snapshot with its digest, which
 * the event of the publication keeps in the chain.
 *
 * Units    points are decimals of scale 2
 * Owns     hj_assessment_verify_clear
 * Threads  the transaction's
 * Source   domain.md ASM-4; features.md B */
/* also: hj_assessment_ */
#pragma once

#include "base/json.h"
#include "core/assessment_view.h"

typedef enum {
    HJ_DIFF_SNAPSHOT, /* the stored result itself was altered */
    HJ_DIFF_FIGURE,   /* an item's computed points moved: was → now */
    HJ_DIFF_TOTAL,    /* a card's total or rank moved */
    HJ_DIFF_ROW,      /* a row was changed, voided, added, or is gone */
    HJ_DIFF_RULE,     /* a parameter or a rule of the scheme */
    HJ_DIFF_PACK,     /* the pack has another version or text */
} HjDiffKind;
typedef struct {
    HjDiffKind kind;
    const char *what;     /* snapshot, figure, total, rank, band, veto, changed, voided, added,
                        gone, rule,     pack */
    int64_t org;          /* 0: all */
    const char *org_name; /* or NULL */
    const char *item;     /* or NULL */
    const char *ledger;   /* of a row */
    int64_t row, version_then, version_now;
    int64_t event;      /* the last event of the row, 0 none */
    const char *action; /* of it */
    HjTime at;          /* of it */
    const char *rule;   /* "params.half_year_target", "item.org_life.points" */
    const char *was, *now;
} HjDiff;
typedef struct {
    int64_t revision;
    bool identical; /* every figure and every row; another pack text alone does not count */
    int64_t n_cards, n_items, n_rows; /* compared */
    HjDiff *diffs;
    size_t n_diffs;
    void *priv;
} HjVerified;
bool hj_assessment_verify(HjTx *tx, const HjPack *pack, const HjAssessment *a, int64_t revision,
                          HjVerified *ret, GError **error);
/* As JSON, for programs: counts and at most @most differences that @told (NULL: all) lets the
 * reader know; "more" where there are others. */
typedef bool (*HjDiffTold)(gpointer data, const HjDiff *diff);
void hj_assessment_verify_json(const HjVerified *verified, HjDiffTold told, gpointer data,
                               size_t most, HjJsonWriter *w);
void hj_assessment_verify_clear(HjVerified *verified);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjVerified, hj_assessment_verify_clear)
