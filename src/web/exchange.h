/* exchange: what pages and API share of workbooks: the answer, the file that was sent.
 *
 * Units    none
 * Owns     a GMappedFile belongs to the caller; responses as response.h says
 * Threads  the request's
 * Source   interface.md (HTTP: import, export, template) */
#pragma once

#include "core/exchange.h"
#include "web/pages.h"

/* also: hj_pages_ hj_api_ */

#define HJ_EXCHANGE_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define HJ_EXCHANGE_UPLOAD (HJ_SHEET_MAX_FILE + 65536)

/* Takes @book; @name without ending. */
HjResponse *hj_exchange_answer(GBytes *book, const HjLedger *ledger, const char *name);
HjResponse *hj_exchange_template_get(HjRequest *req, const HjLedger *ledger, GError **error);
/* Leaves an event in the chain before it answers. */
HjResponse *hj_exchange_export_get(HjRequest *req, const HjRowQuery *query, GError **error);
/* The part "file" of the form; INVALID where there is none. */
GMappedFile *hj_exchange_uploaded(HjRequest *req, const char **ret_name, GError **error);

HjResponse *hj_pages_template(HjRequest *req, GError **error);
HjResponse *hj_pages_export(HjRequest *req, GError **error);
HjResponse *hj_pages_orgs_import(HjRequest *req, GError **error);
HjResponse *hj_pages_orgs_import_post(HjRequest *req, GError **error);
HjResponse *hj_pages_orgs_template(HjRequest *req, GError **error);
HjResponse *hj_pages_orgs_export(HjRequest *req, GError **error);
HjResponse *hj_pages_import(HjRequest *req, GError **error);
HjResponse *hj_pages_import_post(HjRequest *req, GError **error);
HjResponse *hj_pages_import_job(HjRequest *req, GError **error);
HjResponse *hj_pages_import_job_post(HjRequest *req, GError **error);
HjResponse *hj_pages_import_wrong(HjRequest *req, GError **error);

HjResponse *hj_api_template(HjRequest *req, GError **error);
HjResponse *hj_api_export(HjRequest *req, GError **error);
HjResponse *hj_api_import(HjRequest *req, GError **error);
