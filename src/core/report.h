/* report: named figures of a period and an organization.
 *
 * Units    value is a decimal at the indicator's scale
 * Owns     HjReportResult is one aggregate
 * Threads  the transaction's
 * Source   mission.md M24, interface.md (report) */
#pragma once

#include "core/indicator.h"

typedef struct {
    const HjFigure *figure;
    HjIndicatorValue value;
    int64_t shown;
    int scale;
    bool has;
} HjFigureValue;
typedef struct {
    const HjReport *report;
    HjDate from, to;
    int64_t org;
    HjFigureValue *figures;
    size_t n_figures;
} HjReportResult;

/* What a figure shows of a value of its indicator. */
HjFigureValue hj_report_figure(const HjFigure *figure, HjIndicatorValue value);
HjReportResult *hj_report_compute(HjTx *tx, const HjPack *pack, const HjReport *report,
                                  HjDate from, HjDate to, int64_t org, GError **error);
void hj_report_free(HjReportResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjReportResult, hj_report_free)
