/* report_table: a report for an organization and everything below it, in the tree of its last
 * day, and the same as a paper and as a workbook.
 *
 * Units    as core/report.h
 * Owns     HjReportTable is one aggregate; a group lends its arrays
 * Threads  the transaction's for _new; then one at a time
 * Source   mission.md M24; features.md 3 (Excel); interface.md (report) */
#pragma once

#include "base/document.h"
#include "core/report.h"

typedef struct {
    const char *kind; /* of all its organizations, or NULL: those right below */
    const HjOrg **orgs;
    size_t n_orgs;
    size_t *figures; /* which of the report */
    size_t n_figures;
} HjReportGroupOf;

typedef struct {
    const HjReport *report;
    const HjPack *pack;
    HjDate from, to;
    HjOrgTree *tree;
    const HjOrg *top;
    HjReportGroupOf *groups; /* first those right below, then by kind */
    size_t n_groups;
    void *priv;
} HjReportTable;

/* @org 0 is the county; NOT_FOUND where the tree of @to has no @org. */
HjReportTable *hj_report_table_new(HjTx *tx, const HjPack *pack, const HjReport *report,
                                   HjDate from, HjDate to, int64_t org, GError **error);
void hj_report_table_free(HjReportTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjReportTable, hj_report_table_free)

HjFigureValue hj_report_table_at(const HjReportTable *table, size_t figure, int64_t org);
/* "1,234.5", "—" where there is none. */
char *hj_report_table_text(const HjFigureValue *value);
/* Whether somebody has not confirmed what the figure rests on. */
bool hj_report_table_assumed(const HjReportTable *table, size_t figure);
/* What the organizations of a group are called: "乡镇" of kind committee. */
const char *hj_report_table_group_title(const HjReportTable *table,
                                        const HjReportGroupOf *group, HjLang lang);

/* "By township"; the same without by where they are of several kinds.  Caller owns. */
char *hj_report_table_by(const HjReportTable *table, const HjReportGroupOf *group, HjLang lang);

/* Figures, what they rest on, and tables of those below; more than some 100 rows are left to
 * the workbook and that is said.  Caller owns. */
HjDocument *hj_report_table_paper(const HjReportTable *table, HjLang lang);
/* Sheets: figures, notes, a sheet for each group, charts.  @mark, or NULL, is said on top. */
GBytes *hj_report_table_book(const HjReportTable *table, HjLang lang, const char *mark,
                             GError **error);
