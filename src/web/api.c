#include "web/api_assess.h"
#include "web/duties.h"
#include "web/exchange.h"
#include "web/page.h"
#include "web/uploads.h"

#include <string.h>

#define ROWS "/api/v1/ledgers/{ledger}/rows"
#define ASSESSMENT "/api/v1/assessments/{scheme}/{period}"
#define WEBHOOK "/api/v1/webhooks/{id}"

static const HjRoute routes[] = {
    { HJ_GET, "/api/v1/openapi.json", hj_api_openapi, .may = HJ_PUBLIC,
      .summary = N_("This description, for what the caller may see") },
    { HJ_POST, "/api/v1/session", hj_api_sign_in, .may = HJ_PUBLIC, .strict = true,
      .prepare = hj_api_prepare_sign_in,
      .csrf_off = "uses no session: the token goes back in the body, never in a cookie",
      .summary = N_("Sign in") },
    { HJ_DELETE, "/api/v1/session", hj_api_sign_out, .may = HJ_SIGNED_IN,
      .summary = N_("End the session") },
    { HJ_GET, "/api/v1/orgs", hj_api_orgs, .may = "org.view",
      .query = "under kind q limit cursor",
      .summary = N_("Organizations in scope, by name, pinyin or initials") },
    { HJ_GET, "/api/v1/orgs/{code}", hj_api_org, .may = "org.view",
      .summary = N_("One organization and the acts that made it") },
    { HJ_GET, "/api/v1/search", hj_api_search, .may = "ledger.view",
      .query = "q ledger under limit cursor",
      .summary = N_("Rows in scope by Chinese, pinyin or initials, the newest first") },
    { HJ_GET, "/api/v1/due", hj_api_due, .may = "ledger.view",
      .query = "mine list ledger node under on late limit cursor",
      .summary =
          N_("What waits for the caller, the soonest first, and how many each list holds") },
    { HJ_GET, "/api/v1/progress/{ledger}", hj_api_progress, .may = "ledger.view",
      .query = "under",
      .summary =
          N_("Matrix of a flow: how many rows stand at each node, below each organization") },
    { HJ_GET, "/api/v1/ledgers", hj_api_ledgers, .may = "ledger.view",
      .summary = N_("Definitions of the ledgers the caller sees") },
    { HJ_GET, "/api/v1/ledgers/{ledger}", hj_api_one_ledger, .may = "ledger.view",
      .summary = N_("One definition: fields, types, rules") },
    { HJ_GET, ROWS, hj_api_rows, .may = "ledger.view",
      .query = "under here q from to sort limit cursor parent *", .cache = true,
      .summary = N_("Rows in scope, filtered by any field") },
    { HJ_POST, ROWS, hj_api_create, .may = "ledger.enter", .summary = N_("Enter a row") },
    { HJ_GET, ROWS "/{id}", hj_api_row, .may = "ledger.view", .summary = N_("One row") },
    { HJ_PATCH, ROWS "/{id}", hj_api_update, .may = "ledger.enter",
      .summary = N_("Change the named fields of the version given") },
    { HJ_DELETE, ROWS "/{id}", hj_api_void, .may = "ledger.enter",
      .summary = N_("Void a row with a reason; it stays in history") },
    { HJ_GET, ROWS "/{id}/history", hj_api_history, .may = "ledger.view",
      .summary = N_("Every event on the row, newest first") },
    { HJ_POST, ROWS "/{id}/actions/{action}", hj_api_act, .may = "ledger.view",
      .summary = N_("Move a row along its flow, or hand it on, urge, take back …") },
    { HJ_GET, ROWS "/{id}/flow", hj_api_row_flow, .may = "ledger.view",
      .summary = N_("Where a row stands, how it came there, and what may be done now") },
    { HJ_GET, ROWS "/{id}/people", hj_api_row_people, .may = "ledger.view", .query = "q limit",
      .summary = N_("Who may be asked about a row that moves") },
    { HJ_GET, "/api/v1/ledgers/{ledger}/template.xlsx", hj_api_template, .may = "ledger.view",
      .produces = HJ_EXCHANGE_TYPE, .summary = "An empty workbook of the ledger" },
    { HJ_GET, "/api/v1/ledgers/{ledger}/export.xlsx", hj_api_export, .may = "ledger.view",
      .query = "*", .produces = HJ_EXCHANGE_TYPE,
      .summary = "Rows as a workbook, filtered and sorted as the list" },
    { HJ_POST, "/api/v1/ledgers/{ledger}/import", hj_api_import, .may = "ledger.enter",
      .upload = HJ_EXCHANGE_UPLOAD, .consumes = "multipart/form-data",
      .summary = "Bring in a workbook, the part “file”; “mode” is all (or none), right (ones) "
                 "or check" },
    { HJ_POST, "/api/v1/ledgers/{ledger}/find", hj_api_find, .may = "ledger.view",
      .summary = N_("Rows with a whole sealed number; the number stays out of addresses") },
    { HJ_POST, ROWS "/{id}/unmask", hj_api_unmask, .may = "sealed.unmask",
      .summary = N_("Sealed values in clear for a reason, which is recorded first") },
    { HJ_GET, "/api/v1/imports", hj_api_imports, .may = "ledger.enter",
      .summary = N_("Own imports, newest first") },
    { HJ_GET, "/api/v1/imports/{id}", hj_api_one_import, .may = "ledger.enter",
      .summary = N_("One import, and which rows keep it from being taken back") },
    { HJ_POST, "/api/v1/imports/{id}/undo", hj_api_import_undo, .may = "ledger.enter",
      .summary = N_("Withdraw every row an import made, or none") },
    { HJ_POST, "/api/v1/files", hj_uploads_post, .may = "ledger.enter",
      .prepare = hj_uploads_prepare, .upload = HJ_FILE_MAX + 65536,
      .consumes = "multipart/form-data", .summary = N_("Send one file, as the part “file”") },
    { HJ_GET, "/api/v1/files/{id}", hj_uploads_file, .may = "ledger.view", .produces = "*/*",
      .summary = N_("The file, for who sees a row that cites it") },
    { HJ_GET, "/api/v1/indicators", hj_api_indicators, .may = "indicator.view",
      .summary = N_("Definitions of the indicators") },
    { HJ_GET, "/api/v1/indicators/{indicator}", hj_api_indicator, .may = "indicator.view",
      .query = "period of under limit cursor",
      .summary = N_("The value of each organization in scope") },
    { HJ_GET, "/api/v1/cadences", hj_api_cadences, .may = "ledger.view",
      .summary = N_("What is owed at regular times") },
    { HJ_GET, "/api/v1/cadences/{cadence}", hj_api_cadence, .may = "ledger.view",
      .query = "period under",
      .summary = N_("How many periods each organization owed and met") },
    { HJ_GET, "/api/v1/reports/{report}", hj_api_report, .may = "report.view",
      .query = "from to under", .summary = N_("Named figures of a period") },
    { HJ_GET, "/api/v1/reports/{report}/export.pdf", hj_api_report_file, .may = "report.view",
      .query = "from to under", .produces = "application/pdf",
      .summary = N_("The same as a paper, with all that lies below the organization") },
    { HJ_GET, "/api/v1/reports/{report}/export.xlsx", hj_api_report_file, .may = "report.view",
      .query = "from to under", .produces = HJ_EXCHANGE_TYPE,
      .summary = N_("The same as a workbook with charts") },
    { HJ_POST, ASSESSMENT "/compute", hj_api_compute, .may = "scheme.compute",
      .summary = N_("Compute the ranking from the records of now") },
    { HJ_GET, ASSESSMENT, hj_api_assessment, .may = "scheme.view", .query = "revision",
      .summary =
          N_("The ranking; own organizations only where it is not shown to the caller") },
    { HJ_POST, ASSESSMENT "/announce", hj_api_assess_announce, .may = "scheme.publish",
      .summary = N_("Put the accepted results on notice") },
    { HJ_POST, ASSESSMENT "/publish", hj_api_assess_publish, .may = "scheme.publish",
      .summary = N_("Publish the results; they never change then") },
    { HJ_POST, ASSESSMENT "/{code}/approve", hj_api_assess_approve, .may = "scheme.approve",
      .summary = N_("Approve the cards at and below an organization at their own level") },
    { HJ_POST, ASSESSMENT "/{code}/accept", hj_api_assess_accept, .may = "scheme.approve",
      .summary =
          N_("Accept the approved cards at and below an organization; they are frozen") },
    { HJ_POST, ASSESSMENT "/{code}/withdraw", hj_api_assess_withdraw, .may = "scheme.approve",
      .summary = N_("Take the last approval or acceptance of a card back") },
    { HJ_POST, ASSESSMENT "/{code}/marks", hj_api_assess_mark, .may = "scheme.judge",
      .summary = N_("Decide the mark of an item beside the computed one") },
    { HJ_GET, ASSESSMENT "/{code}/appeals", hj_api_assess_appeals, .may = "scheme.view",
      .summary = N_("Appeals and their answers; asked at the top, those of everybody") },
    { HJ_POST, ASSESSMENT "/{code}/appeals", hj_api_assess_appeal, .may = "scheme.appeal",
      .summary = N_("Appeal against a published card") },
    { HJ_POST, ASSESSMENT "/{code}/appeals/{appeal}/answer", hj_api_assess_answer,
      .may = "scheme.judge",
      .summary = N_("Answer an appeal; one that is accepted makes the next revision") },
    { HJ_GET, ASSESSMENT "/{code}/proof", hj_api_assess_proof, .may = "scheme.view",
      .summary = N_("Compute what was published again and say what is different") },
    { HJ_GET, ASSESSMENT "/{code}", hj_api_scorecard, .may = "scheme.view", .query = "revision",
      .summary = N_("One scorecard with the rows behind each item") },
    { HJ_GET, "/api/v1/events", hj_api_events, .may = "event.view",
      .query = "after limit cursor under ledger row action account from to",
      .summary = N_("Sealed events in scope, in the order of the chain") },
    { HJ_GET, "/api/v1/tokens", hj_api_tokens, .may = HJ_SIGNED_IN,
      .summary = N_("Own personal tokens") },
    { HJ_POST, "/api/v1/tokens", hj_api_token_create, .may = HJ_SIGNED_IN,
      .summary = N_("Make a personal token, in a session only; it is answered this once") },
    { HJ_DELETE, "/api/v1/tokens/{id}", hj_api_token_revoke, .may = HJ_SIGNED_IN,
      .summary = N_("Revoke an own token at once") },
    { HJ_GET, "/api/v1/accounts/tokens", hj_api_account_tokens, .may = "account.manage",
      .summary = N_("Tokens that work, of all accounts one manages") },
    { HJ_DELETE, "/api/v1/accounts/{id}/tokens/{token}", hj_api_account_token_revoke,
      .may = "account.manage",
      .summary = N_("Revoke somebody else's token at once, with a reason") },
    { HJ_GET, "/api/v1/webhooks", hj_api_webhooks, .may = "account.manage",
      .summary = N_("Webhooks in scope") },
    { HJ_POST, "/api/v1/webhooks", hj_api_webhook_create, .may = "account.manage",
      .summary = N_("Have another system told of changes; the secret is answered this once") },
    { HJ_GET, WEBHOOK, hj_api_webhook, .may = "account.manage", .summary = N_("One webhook") },
    { HJ_PATCH, WEBHOOK, hj_api_webhook_update, .may = "account.manage",
      .summary = N_("Pause a webhook or let it go on") },
    { HJ_DELETE, WEBHOOK, hj_api_webhook_remove, .may = "account.manage",
      .summary = N_("Remove a webhook and give up what waits") },
    { HJ_POST, WEBHOOK "/rotate", hj_api_webhook_rotate, .may = "account.manage",
      .summary = N_("A new secret; for a day both the old and the new one sign") },
    { HJ_GET, WEBHOOK "/deliveries", hj_api_deliveries, .may = "account.manage",
      .query = "limit cursor", .summary = N_("What was sent, newest first") },
    { HJ_POST, WEBHOOK "/deliveries/{delivery}/resend", hj_api_delivery_resend,
      .may = "account.manage", .summary = N_("Send once more at once") },
    { 0 },
};

const HjFeature hj_feature_api = { .name = "api", .routes = routes };

const HjApiBody hj_api_bodies[] = {
    { HJ_POST, "/api/v1/session", hj_api_session_body },
    { HJ_POST, ROWS, hj_api_create_body },
    { HJ_PATCH, ROWS "/{id}", hj_api_update_body },
    { HJ_DELETE, ROWS "/{id}", hj_api_void_body },
    { HJ_POST, ROWS "/{id}/actions/{action}", hj_api_act_body },
    { HJ_POST, "/api/v1/ledgers/{ledger}/find", hj_api_find_body },
    { HJ_POST, ROWS "/{id}/unmask", hj_api_unmask_body },
    { HJ_POST, "/api/v1/tokens", hj_api_token_body },
    { HJ_DELETE, "/api/v1/accounts/{id}/tokens/{token}", hj_api_token_reason_body },
    { HJ_POST, "/api/v1/imports/{id}/undo", hj_api_undo_body },
    { HJ_POST, ASSESSMENT "/{code}/withdraw", hj_api_reason_body },
    { HJ_POST, ASSESSMENT "/{code}/marks", hj_api_mark_body },
    { HJ_POST, ASSESSMENT "/{code}/appeals", hj_api_appeal_body },
    { HJ_POST, ASSESSMENT "/{code}/appeals/{appeal}/answer", hj_api_answer_body },
    { HJ_POST, "/api/v1/webhooks", hj_api_webhook_body },
    { HJ_PATCH, WEBHOOK, hj_api_webhook_pause_body },
    { 0 },
};

static const char *
type_message(HjJsonKind kind)
{
    switch (kind) {
    case HJ_JSON_INTEGER:
        return N_("Must be an integer.");
    case HJ_JSON_OBJECT:
        return N_("Must be an object.");
    case HJ_JSON_BOOL:
        return N_("Must be true or false.");
    case HJ_JSON_ARRAY:
        return N_("Must be a list of strings.");
    case HJ_JSON_REAL:
        return N_("Must be a number.");
    case HJ_JSON_NULL:
    case HJ_JSON_STRING:
        break;
    }
    return N_("Must be a string.");
}

static void
add_issue(HjRequest *req, const char *field, const char *code, const char *msgid)
{
    HjLabel says = { .zh = hj_tr(HJ_ZH, msgid), .en = hj_tr(HJ_EN, msgid) };
    hj_issues_add_label(hj_request_issues(req), field, code, &says);
}

static bool
is_member(const HjApiMember *members, const char *name)
{
    for (size_t i = 0; members[i].name != NULL; i++)
        if (strcmp(members[i].name, name) == 0)
            return true;
    return false;
}

/* A number may have no decimals. */
static bool
is_kind(const HjJson *value, HjJsonKind kind)
{
    return hj_json_kind(value) == kind ||
           (kind == HJ_JSON_REAL && hj_json_kind(value) == HJ_JSON_INTEGER);
}

bool
hj_api_read_body(HjRequest *req, const HjApiMember *members,
                 const HjJson *ret[HJ_API_MAX_MEMBERS], GError **error)
{
    const HjJson *body = hj_request_json(req);
    if (body == NULL)
        return hj_fail(error, HJ_ERROR_MALFORMED, "Send a JSON object with this request.");
    for (size_t i = 0; i < hj_json_count(body); i++)
        if (!is_member(members, hj_json_key_at(body, i)))
            add_issue(req, hj_json_key_at(body, i), "unknown", N_("There is no such field."));
    for (size_t i = 0; members[i].name != NULL; i++) {
        g_assert(i < HJ_API_MAX_MEMBERS);
        const HjJson *value = hj_json_get(body, members[i].name);
        if (value != NULL && hj_json_kind(value) == HJ_JSON_NULL)
            value = NULL;
        if (value == NULL && members[i].required)
            add_issue(req, members[i].name, "required", N_("This is needed."));
        else if (value != NULL && !is_kind(value, members[i].kind))
            add_issue(req, members[i].name, "type", type_message(members[i].kind));
        ret[i] = value;
    }
    if (hj_issues_count(hj_request_issues(req)) > 0)
        return hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
    return true;
}

const HjLedger *
hj_api_ledger(HjRequest *req, GError **error)
{
    const HjLedger *ledger =
        hj_pack_ledger(hj_request_pack(req), hj_request_part(req, "ledger"));
    if (ledger == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such ledger.");
        return NULL;
    }
    if (!hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_VIEW)) {
        hj_fail(error, HJ_ERROR_DENIED, "This ledger is not open to your roles.");
        return NULL;
    }
    return ledger;
}

bool
hj_api_under(HjRequest *req, const char *permission, int64_t *ret, GError **error)
{
    const char *code = hj_request_query(req, "under");
    *ret = 0;
    if (code == NULL || *code == '\0')
        return true;
    HjRows *org = hj_page_org(req, code, error);
    if (org == NULL)
        return false;
    *ret = hj_rows_i64(org, "id");
    return hj_access_check(hj_request_tx(req), hj_request_actor(req), permission, *ret, error);
}

void
hj_api_write_label(HjJsonWriter *w, const char *key, const HjLabel *label)
{
    hj_json_key(w, key);
    if (label->zh == NULL && label->en == NULL) {
        hj_json_nothing(w);
        return;
    }
    hj_json_begin_object(w);
    hj_json_put_text(w, "zh", hj_i18n_label(label, HJ_ZH));
    hj_json_put_text(w, "en", hj_i18n_label(label, HJ_EN));
    hj_json_end_object(w);
}

void
hj_api_write_names(HjJsonWriter *w, const char *key, const char *const *names, size_t n)
{
    hj_json_key(w, key);
    hj_json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        hj_json_text(w, names[i]);
    hj_json_end_array(w);
}

void
hj_api_write_at(HjJsonWriter *w, const char *key, HjTime at)
{
    hj_json_put_text(w, key, at != 0 ? hj_time_text(at).text : NULL);
}

void
hj_api_end_list(HjJsonWriter *w, const char *next)
{
    hj_json_end_array(w);
    hj_json_put_text(w, "next", next);
    hj_json_end_object(w);
}

void
hj_api_write_value(HjJsonWriter *w, const HjIndicator *indicator, const HjIndicatorValue *value)
{
    hj_json_key(w, "value");
    if (value->has)
        hj_json_decimal(w, value->value, indicator->scale);
    else
        hj_json_nothing(w);
    hj_json_put_i64(w, "numerator", value->numerator);
    hj_json_put_i64(w, "denominator", value->denominator);
}
