/* api_calls: what the files of the JSON API share: handlers, bodies and the shapes they write.
 *
 * A body is described once, as a table of members; the same table reads it and describes it in
 * openapi.json.
 *
 * Units    as in web/api.h
 * Owns     values of a body belong to the request
 * Threads  the request's
 * Source   interface.md (HTTP) */
/* also: hj_api_ */
#pragma once

#include "core/flow.h"
#include "core/indicator.h"
#include "core/org.h"
#include "core/row.h"
#include "web/api.h"

typedef struct {
    const char *name;
    HjJsonKind kind;
    bool required;
} HjApiMember;

typedef struct {
    HjMethod method;
    const char *pattern;
    const HjApiMember *members; /* ends with { 0 } */
} HjApiBody;

#define HJ_API_MAX_MEMBERS 8

/* Bodies of the calls, for reading and for openapi.json. */
extern const HjApiMember hj_api_session_body[];
extern const HjApiMember hj_api_create_body[];
extern const HjApiMember hj_api_update_body[];
extern const HjApiMember hj_api_void_body[];
extern const HjApiMember hj_api_act_body[];
extern const HjApiMember hj_api_undo_body[], hj_api_find_body[], hj_api_unmask_body[],
    hj_api_token_body[], hj_api_token_reason_body[];
extern const HjApiMember hj_api_webhook_body[];
extern const HjApiMember hj_api_webhook_pause_body[];
extern const HjApiBody hj_api_bodies[]; /* ends with { 0 } */

/* The values in the order of @members, NULL where absent.  MALFORMED without a body; INVALID
 * with an issue for each member that is unknown, missing or of another type. */
bool hj_api_read_body(HjRequest *req, const HjApiMember *members,
                      const HjJson *ret[HJ_API_MAX_MEMBERS], GError **error);

/* What the address names; NOT_FOUND when the pack has no such thing, DENIED when the actor may
 * not see the ledger anywhere. */
const HjLedger *hj_api_ledger(HjRequest *req, GError **error);

/* ?under=: *ret is 0 when absent.  NOT_FOUND out of scope, DENIED without @permission there. */
bool hj_api_under(HjRequest *req, const char *permission, int64_t *ret, GError **error);

void hj_api_write_label(HjJsonWriter *w, const char *key, const HjLabel *label);
void hj_api_write_flow(HjJsonWriter *w, const HjFlow *flow); /* NULL: none */
void hj_api_write_names(HjJsonWriter *w, const char *key, const char *const *names, size_t n);
void hj_api_write_at(HjJsonWriter *w, const char *key, HjTime at); /* null for 0 */
/* "next" and the end of the answer; NULL for the last page. */
void hj_api_end_list(HjJsonWriter *w, const char *next);
void hj_api_write_value(HjJsonWriter *w, const HjIndicator *indicator,
                        const HjIndicatorValue *value);

/* What a write answers: {id, version, state}. */
HjResponse *hj_api_answer_key(HjRequest *req, int status, const HjRowKey *key);

HjResponse *hj_api_tokens(HjRequest *req, GError **error);
HjResponse *hj_api_token_revoke(HjRequest *req, GError **error);
HjResponse *hj_api_account_tokens(HjRequest *req, GError **error);
HjResponse *hj_api_account_token_revoke(HjRequest *req, GError **error);
HjResponse *hj_api_webhooks(HjRequest *req, GError **error);
HjResponse *hj_api_webhook(HjRequest *req, GError **error);
HjResponse *hj_api_webhook_create(HjRequest *req, GError **error);
HjResponse *hj_api_webhook_update(HjRequest *req, GError **error);
HjResponse *hj_api_webhook_remove(HjRequest *req, GError **error);
HjResponse *hj_api_webhook_rotate(HjRequest *req, GError **error);
HjResponse *hj_api_deliveries(HjRequest *req, GError **error);
HjResponse *hj_api_delivery_resend(HjRequest *req, GError **error);
HjResponse *hj_api_sign_in(HjRequest *req, GError **error);
bool hj_api_prepare_sign_in(HjRequest *req, GError **error);
HjResponse *hj_api_sign_out(HjRequest *req, GError **error);
HjResponse *hj_api_orgs(HjRequest *req, GError **error);
HjResponse *hj_api_org(HjRequest *req, GError **error);
HjResponse *hj_api_due(HjRequest *req, GError **error);
HjResponse *hj_api_progress(HjRequest *req, GError **error);
HjResponse *hj_api_search(HjRequest *req, GError **error);
HjResponse *hj_api_ledgers(HjRequest *req, GError **error);
HjResponse *hj_api_one_ledger(HjRequest *req, GError **error);
HjResponse *hj_api_rows(HjRequest *req, GError **error);
HjResponse *hj_api_create(HjRequest *req, GError **error);
HjResponse *hj_api_row(HjRequest *req, GError **error);
HjResponse *hj_api_update(HjRequest *req, GError **error);
HjResponse *hj_api_void(HjRequest *req, GError **error);
HjResponse *hj_api_history(HjRequest *req, GError **error);
HjResponse *hj_api_act(HjRequest *req, GError **error);
HjResponse *hj_api_row_flow(HjRequest *req, GError **error);
HjResponse *hj_api_row_people(HjRequest *req, GError **error);
void hj_api_write_row(HjRequest *req, HjJsonWriter *w, const HjLedger *ledger,
                      const HjRows *row);
HjResponse *hj_api_find(HjRequest *req, GError **error);
HjResponse *hj_api_unmask(HjRequest *req, GError **error);
HjResponse *hj_api_token_create(HjRequest *req, GError **error);
HjResponse *hj_api_imports(HjRequest *req, GError **error);
HjResponse *hj_api_one_import(HjRequest *req, GError **error);
HjResponse *hj_api_import_undo(HjRequest *req, GError **error);
HjResponse *hj_api_indicators(HjRequest *req, GError **error);
HjResponse *hj_api_indicator(HjRequest *req, GError **error);
HjResponse *hj_api_report(HjRequest *req, GError **error);
HjResponse *hj_api_assessment(HjRequest *req, GError **error);
HjResponse *hj_api_compute(HjRequest *req, GError **error);
HjResponse *hj_api_report_file(HjRequest *req, GError **error);
HjResponse *hj_api_scorecard(HjRequest *req, GError **error);
HjResponse *hj_api_events(HjRequest *req, GError **error);
HjResponse *hj_api_openapi(HjRequest *req, GError **error);
