/* figures: what the pages of computed numbers share: periods to choose, numbers in words,
 * evidence links.
 *
 * Units    none
 * Owns     everything is lent by the request
 * Threads  the request's
 * Source   design.md 7 */
#pragma once

#include "base/decimal.h"
#include "core/report.h"
#include "core/row_names.h"
#include "core/scheme.h"
#include "core/threshold.h"
#include "web/views_figures.h"

/* The half-years around @now and the years they lie in, the chosen one on. */
HjOption *hj_figures_periods(HjRequest *req, const HjPeriod *now, bool years, size_t *ret_n);
/* The number of an indicator at an organization as it reads, opening to its page. */
HjNumber hj_figures_number(HjRequest *req, const HjIndicator *indicator,
                           const HjIndicatorSet *set, const HjOrg *org, HjDate from, HjDate to);
/* Address of an indicator's page. */
const char *hj_figures_href(HjRequest *req, const HjIndicator *indicator, const char *code,
                            HjDate from, HjDate to);
/* Points at scale 2 without needless zeros. */
const char *hj_figures_points(HjRequest *req, int64_t points);
/* With both decimals, for columns. */
const char *hj_figures_points_column(HjRequest *req, int64_t points);
/* Where a cited row opens: a ledger row, or an organization. */
const char *hj_figures_row_href(HjRequest *req, const HjOrgTree *tree, const char *ledger,
                                int64_t id);
/* Title of the ledger or "Organization". */
const char *hj_figures_ledger_title(HjRequest *req, const char *name);
/* The titles of cited rows, and the line of the one that @rows stands on. */
const HjRowNames *hj_figures_names(HjRequest *req, HjRows *rows, GError **error);
HjEvidence hj_figures_evidence(HjRequest *req, const HjOrgTree *tree, const HjRowNames *names,
                               const HjRows *rows);
/* The numbers of an indicator, computed once for everybody who asks (core/indicator_memory). */
const HjIndicatorSet *hj_figures_set(HjRequest *req, const HjIndicator *indicator, HjDate from,
                                     HjDate to, GError **error);
/* What people set about lights, read once a request; NULL with an error. */
const HjThresholds *hj_figures_thresholds(HjRequest *req, GError **error);
/* The tree of a day, lent. */
HjOrgTree *hj_figures_tree(HjRequest *req, HjDate on, GError **error);
/* The highest organization where the actor has @permission, in @tree. */
const HjOrg *hj_figures_top(HjRequest *req, const HjOrgTree *tree, const char *permission);
/* The organization of ?under= when seen, the actor's own otherwise; NOT_FOUND. */
const HjOrg *hj_figures_under(HjRequest *req, const HjOrgTree *tree, const char *permission,
                              GError **error);
/* "2018-01-01 to 2018-06-30" */
const char *hj_figures_span(HjRequest *req, HjDate from, HjDate to);
