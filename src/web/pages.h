/* pages: the HTML pages; each file of pages_*.c serves one kind of thing.
 *
 * Units    none
 * Owns     as request.h and response.h say
 * Threads  the request's
 * Source   design.md 7 */
#pragma once

#include "core/report_table.h"
#include "web/page.h"
#include "web/router.h"

extern const HjFeature hj_feature_pages;

/* also: hj_pages_ */
const HjLedger *hj_pages_ledger_of(HjRequest *req,
                                   GError **error); /* of {ledger}; seen by the actor */
/* A field of the current row as it reads on the screen; lent by the request, NULL for nothing.
 */
const char *hj_pages_cell(HjRequest *req, const HjField *field, const HjRows *row);
/* The same where there is room: of a list that is ticked, also what is. */
const char *hj_pages_fact_text(HjRequest *req, const HjField *field, const HjRows *row);
/* What names a row: its title, otherwise the ledger's. */
const char *hj_pages_row_title(HjRequest *req, const HjLedger *ledger, const HjRows *row);
/* An event's action and changes in words. */
const char *hj_pages_action(HjRequest *req, const char *action);

HjResponse *hj_pages_home(HjRequest *req, GError **error);
HjResponse *hj_pages_sign_in(HjRequest *req, GError **error);
bool hj_pages_sign_in_prepare(HjRequest *req, GError **error);
HjResponse *hj_pages_sign_in_post(HjRequest *req, GError **error);
HjResponse *hj_pages_sign_out_post(HjRequest *req, GError **error);
HjResponse *hj_pages_language_post(HjRequest *req, GError **error);
HjResponse *hj_pages_type_post(HjRequest *req, GError **error);

HjResponse *hj_pages_search(HjRequest *req, GError **error);
HjResponse *hj_pages_ledgers(HjRequest *req, GError **error);
HjResponse *hj_pages_ledger_list(HjRequest *req, GError **error);
HjResponse *hj_pages_row_new(HjRequest *req, GError **error);
HjResponse *hj_pages_row_new_post(HjRequest *req, GError **error);
HjResponse *hj_pages_row(HjRequest *req, GError **error);
HjResponse *hj_pages_notice(HjRequest *req, GError **error);
HjResponse *hj_pages_sheet(HjRequest *req, GError **error);
HjResponse *hj_pages_volume(HjRequest *req, GError **error);
HjResponse *hj_pages_unsaved_new_post(HjRequest *req, GError **error);
HjResponse *hj_pages_unsaved_row_post(HjRequest *req, GError **error);
HjResponse *hj_pages_unsaved_new_drop_post(HjRequest *req, GError **error);
HjResponse *hj_pages_unsaved_row_drop_post(HjRequest *req, GError **error);
HjResponse *hj_pages_row_edit(HjRequest *req, GError **error);
HjResponse *hj_pages_row_edit_post(HjRequest *req, GError **error);
HjResponse *hj_pages_pack_versions(HjRequest *req, GError **error);
HjResponse *hj_pages_orgs_former(HjRequest *req, GError **error);
/* What became of it, in words; of a line of hj_org_former. */
const char *hj_pages_former_fate(HjRequest *req, const HjRows *row);
HjResponse *hj_pages_row_void(HjRequest *req, GError **error);
HjResponse *hj_pages_row_void_post(HjRequest *req, GError **error);

HjResponse *hj_pages_twins(HjRequest *req, GError **error);
HjResponse *hj_pages_merge_post(HjRequest *req, GError **error);
HjResponse *hj_pages_kept(HjRequest *req, GError **error);
HjResponse *hj_pages_kept_post(HjRequest *req, GError **error);
HjResponse *hj_pages_kept_remove_post(HjRequest *req, GError **error);
HjResponse *hj_pages_columns_post(HjRequest *req, GError **error);
HjResponse *hj_pages_batch(HjRequest *req, GError **error);
HjResponse *hj_pages_batch_post(HjRequest *req, GError **error);
HjResponse *hj_pages_batch_done(HjRequest *req, GError **error);
HjResponse *hj_pages_batch_undo_post(HjRequest *req, GError **error);
HjResponse *hj_pages_table(HjRequest *req, GError **error);
HjResponse *hj_pages_indicator(HjRequest *req, GError **error);
HjResponse *hj_pages_contests(HjRequest *req, GError **error);
HjResponse *hj_pages_contest(HjRequest *req, GError **error);
HjResponse *hj_pages_scorecard(HjRequest *req, GError **error);
HjResponse *hj_pages_score_item(HjRequest *req, GError **error);
HjResponse *hj_pages_reports(HjRequest *req, GError **error);
HjResponse *hj_pages_report(HjRequest *req, GError **error);
/* As a workbook or a paper; also of the API. */
HjResponse *hj_pages_report_file(HjRequest *req, const HjReport *report,
                                 const HjReportTable *table, bool book, GError **error);

HjResponse *hj_pages_orgs(HjRequest *req, GError **error);
HjResponse *hj_pages_org(HjRequest *req, GError **error);
HjResponse *hj_pages_org_act(HjRequest *req, GError **error);
HjResponse *hj_pages_org_act_post(HjRequest *req, GError **error);

HjResponse *hj_pages_account(HjRequest *req, GError **error);
bool hj_pages_account_password_prepare(HjRequest *req, GError **error);
HjResponse *hj_pages_account_password_post(HjRequest *req, GError **error);
HjResponse *hj_pages_accounts(HjRequest *req, GError **error);
HjResponse *hj_pages_account_new(HjRequest *req, GError **error);
bool hj_pages_account_new_prepare(HjRequest *req, GError **error);
HjResponse *hj_pages_account_new_post(HjRequest *req, GError **error);
HjResponse *hj_pages_account_one(HjRequest *req, GError **error);
HjResponse *hj_pages_account_grant_post(HjRequest *req, GError **error);
HjResponse *hj_pages_account_revoke_post(HjRequest *req, GError **error);
HjResponse *hj_pages_account_state_post(HjRequest *req, GError **error);
HjResponse *hj_pages_audit(HjRequest *req, GError **error);
HjResponse *hj_pages_pack(HjRequest *req, GError **error);
