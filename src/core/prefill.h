/* prefill: the figures that a row takes over from the records of its organization and period.
 *
 * While a row stands at its first step they are computed when they are asked for; when it
 * leaves that step they are kept as text in the field that the pack names, and stay as they
 * were.  Within one transaction a period is computed once, however many rows take it over.
 *
 * Units    figures as core/report; kept text: a line a figure, "name=12.5", nothing after the
 *          sign where there was no number
 * Owns     HjPrefillFigures, hj_prefill_free
 * Threads  the transaction's
 * Source   domain.md 9.3, F-06; docs/pack.md (prefill) */
#pragma once

#include "core/report.h"
#include "core/row_input.h"
#include "pack/prefill.h"

typedef struct {
    const HjPrefill *prefill;
    HjDate from, to;
    const HjOrg *org;       /* whose figures they are; lent by the transaction */
    HjFigureValue *figures; /* of the report, in its order */
    size_t n_figures;
} HjPrefillFigures;
void hj_prefill_free(HjPrefillFigures *figures);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjPrefillFigures, hj_prefill_free)

/* @period is what the field of the period holds.  *@ret NULL where that names no period, or
 * the organization did not stand at its end. */
bool hj_prefill_compute(HjTx *tx, const HjPack *pack, const HjLedger *ledger, int64_t org,
                        const char *period, HjPrefillFigures **ret, GError **error);
/* The figures of @draft now, into its field; a row without a period keeps nothing. */
bool hj_prefill_keep(HjTx *tx, const HjPack *pack, HjRowDraft *draft, GError **error);
/* "12.5", or "—"; caller owns. */
char *hj_prefill_text(const HjFigureValue *figure);
/* What was kept for a figure, inside @kept; *@ret_n 0 where there was no number, NULL where the
 * figure is not among them. */
const char *hj_prefill_kept(const char *kept, const char *figure, size_t *ret_n);
/* Kept text as people read it: "新建场所 3 处；发展党员 2 人". */
char *hj_prefill_display(const HjPrefill *prefill, const char *kept, HjLang lang);
/* What stands in @field of a new row at first, or NULL; caller owns. */
char *hj_prefill_begins(const HjField *field, HjDate today);
