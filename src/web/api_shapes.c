/* The shapes of what the API answers, and what its parameters mean: tables only. */
#include "web/api_doc.h"

#define ROWS "/api/v1/ledgers/{ledger}/rows"
#define ASSESSMENT "/api/v1/assessments/{scheme}/{period}"
#define WEBHOOK "/api/v1/webhooks/{id}"

const HjApiShape hj_api_shapes[] = {
    { "Problem", "type:text title:text status:int detail:text instance:text ~errors:[Issue]"
                 " ~version:int ~state:text ~happened:[Happened]" },
    { "Happened", "at:instant actor:text? did:text opinion:text?" },
    { "Issue", "field:text? code:text message:text" },
    { "Label", "zh:text en:text" },
    { "Key", "id:id version:int state:text" },
    { "Session", "token:text account:Account" },
    { "Account", "id:id name:text title:text lang:text roles:[RoleHeld]" },
    { "RoleHeld", "role:text title:Label org:text org_name:text" },
    { "Org", "id:id code:text kind:text name:text parent:text? parent_name:text?" },
    { "OrgDetail", "Org+ opened_on:date closed_on:date? acts:[OrgAct]" },
    { "OrgAct", "act:text on_day:date document:text note:text? other_name:text?" },
    { "Ledger",
      "ledger:text title:Label help:Label? system:text? group:text? of:[text] in:text?"
      " is:text? enter:[text] may_enter:bool title_field:text? date_field:text?"
      " assumption:bool source:text? flow:Flow? fields:[Field] rules:[Rule]" },
    { "Flow", "start:text nodes:[FlowNode]" },
    { "FlowNode",
      "node:text title:Label help:Label? by:[text] copy:[text] form:[text]"
      " needs:[text] evidence:[text] min_evidence:int within:Span? hold:Span?"
      " watch:Span? two_people:bool opens:text? moves:text? back:text back_fill:bool final:bool"
      " reopen:text? actions:[FlowAction]" },
    { "FlowAction", "action:text title:Label to:text free:bool needs:[text] until:Span?" },
    { "Span", "unit:text n:int? param:text? from:text? rule:text?" },
    { "RowFlow", "id:id version:int state:text title:text visit:int entered_on:date?"
                 " rules_on:date? watch_until:date? ended:bool line:[Step] options:[Option]" },
    { "Step", "task:id kind:text node:text visit:int roles:[text] account_name:text?"
              " opened_on:date due_on:date? due_rule:text? hold_on:date? closed_on:date?"
              " closed_by_name:text? behalf_name:text? outcome:text? to_node:text?"
              " opinion:text? opened_at:instant closed_at:instant? waits:int n_urged:int"
              " back_filled:bool light:text?" },
    { "Option", "action:text title:text task:id? target:text? free:bool" },
    { "Person", "id:id name:text title:text" },
    { "Field", "field:text type:text title:Label help:Label? unit:Label? required:bool"
               " unique:bool total:bool ~scale:int ~max_length:int ~min:any ~max:any ~list:List"
               " ~org_kind:text ~ledger:text ~retired:text" },
    { "List", "name:text title:Label assumption:bool items:[ListItem]" },
    { "ListItem", "key:text title:Label" },
    { "Rule", "field:text? says:Label" },
    { "Cadence", "cadence:text title:Label every:text ledger:text rule:text? assumption:bool" },
    { "CadenceCounts", "cadence:text period:text from:date to:date under:text known:bool"
                       " items:[CadenceCount] next:text?" },
    { "CadenceCount", "org:text org_name:text owed:int met:int short:int open:int" },
    { "Due",
      "task:id ledger:text row:id title:text? version:int org:text org_name:text? node:text"
      " node_title:Label? kind:text opened_at:instant due_on:date? due_rule:text?"
      " hold_on:date? light:text? urged:int outcome:text? closed_at:instant?" },
    { "DueList", "counts:DueCounts items:[Due] next:text?" },
    { "DueCounts", "todo:int overdue:int copied:int done:int started:int due_soon:int" },
    { "Progress", "ledger:text under:text items:[ProgressCell] next:text?" },
    { "ProgressCell", "org:text org_name:text? node:text node_title:Label? count:int red:int"
                      " yellow:int light:text? due_on:date? oldest_on:date" },
    { "Row", "id:id ledger:text org:text org_name:text? parent:id? state:text version:int"
             " created_at:instant created_by:text? updated_at:instant updated_by:text?"
             " voided_at:instant? fields:object labels:object" },
    { "Change", "seq:int? at:instant actor:text? action:text before:object? after:object?"
                " reason:text? via:text? hash:text?" },
    { "Event", "seq:int id:id at:instant actor:text? action:text subject:text ledger:text?"
               " row:id? org:text? org_name:text? before:object? after:object? reason:text?"
               " via:text? hash:text" },
    { "Indicator", "indicator:text title:Label help:Label? unit:Label? of_kind:text roll:text"
                   " assumption:bool" },
    { "IndicatorValues", "Indicator+ ~period:period from:date to:date items:[IndicatorValue]"
                         " next:text?" },
    { "IndicatorValue", "org:text org_name:text value:number? numerator:int denominator:int"
                        " orgs:int light:text?" },
    { "Report", "report:text title:Label from:date to:date under:text figures:[Figure]" },
    { "Figure", "key:text title:text value:number? unit:text?" },
    { "Board", "scheme:text version:text title:Label period:period from:date to:date state:text"
               " provisional:bool revision:int? published_on:date? notice_on:date? base:number"
               " full:number assumption:bool ranking:bool" },
    { "Assessment", "Board+ spread:[int] items:[Score] next:text?" },
    { "AssessmentState", "scheme:text period:period state:text revision:int? cards:int" },
    { "NewAppeal", "id:id" },
    { "Appeal", "id:id org_name:text revision:int item:text? text:text filed_on:date"
                " filed_by:text? outcome:text? reason:text? document:text? answered_on:date?"
                " answered_by:text? points:number? new_revision:int?" },
    { "Proof", "revision:int identical:bool n_cards:int n_items:int n_rows:int"
               " differences:[Difference] more:bool" },
    { "Difference",
      "what:text org_name:text? item:text? rule:text? was:text? now:text?"
      " ~ledger:text ~row:id ~version_then:int ~version_now:int ~event:id ~action:text?"
      " ~at:instant?" },
    { "Score",
      "org:text org_name:text card_state:text level:int rank:int? total:number band:Label?"
      " veto:Veto? lists:[ListScore]" },
    { "Veto", "document:text? ~says:Label" },
    { "ListScore", "list:text title:Label points:number base:number cap:number weight:int" },
    { "Scorecard",
      "Board+ org:text org_name:text card_state:text level:int rank:int? total:number"
      " band:Label? veto:Veto? lists:[ListDetail]" },
    { "ListDetail", "ListScore+ items:[ItemScore]" },
    { "ItemScore", "item:text title:Label points:number computed:number final:number?"
                   " ~reason:text ~document:text ~judge:text? ~judged_on:date?"
                   " of_points:number counted:bool"
                   " assumption:bool ~pending:Label? ~indicator:text ~value:number?"
                   " ~numerator:int ~denominator:int ~n_rows:int ~rows:[Evidence]"
                   " ~more_rows:bool" },
    { "Evidence", "ledger:text id:id org_name:text? title:text? ~version:int ~points:number"
                  " href:text" },
    { "Unmasked", "id:id fields:object" },
    { "TokenMade", "Token+ token:text" },
    { "Import", "id:id ledger:text file:text state:text rows:int right:int wrong:int"
                " duplicates:int imported:int created_at:instant updated_at:instant" },
    { "ImportDetail", "Import+ can_be_undone:bool against:[ImportAgainst]" },
    { "ImportAgainst", "row:id why:text" },
    { "ImportUndone", "id:id voided:int" },
    { "Token", "id:id ~account:id ~account_name:text name:text tail:text may_write:bool "
               "ledgers:[text]? org:text?"
               " created_at:instant expires_at:instant used_at:instant?"
               " revoked_at:instant?" },
    { "Webhook", "id:id name:text url:text org:text ledgers:[text] kinds:[text] paused:bool"
                 " created_at:instant rotated_at:instant? waiting:int dead:int"
                 " last_at:instant? ~secret:text" },
    { "Delivery", "id:id event:id kind:text ledger:text row:id version:int at:instant"
                  " state:text tries:int next_at:instant? status:int? why:text? took_ms:int?"
                  " ended_at:instant?" },
    { "Notice", "id:id event:id kind:text at:instant ledger:text row:id version:int org:text"
                " href:text" },
    { 0 },
};

const HjApiAnswer hj_api_answers[] = {
    { HJ_GET, "/api/v1/openapi.json", 200, "@any" },
    { HJ_POST, "/api/v1/session", 201, "Session" },
    { HJ_DELETE, "/api/v1/session", 204, NULL },
    { HJ_GET, "/api/v1/orgs", 200, "[Org]" },
    { HJ_GET, "/api/v1/orgs/{code}", 200, "OrgDetail" },
    { HJ_GET, "/api/v1/due", 200, "DueList" },
    { HJ_GET, "/api/v1/progress/{ledger}", 200, "Progress" },
    { HJ_GET, "/api/v1/ledgers", 200, "[Ledger]" },
    { HJ_GET, "/api/v1/ledgers/{ledger}", 200, "Ledger" },
    { HJ_GET, ROWS, 200, "@rows" },
    { HJ_POST, ROWS, 201, "Key" },
    { HJ_GET, ROWS "/{id}", 200, "@row" },
    { HJ_PATCH, ROWS "/{id}", 200, "Key" },
    { HJ_DELETE, ROWS "/{id}", 204, NULL },
    { HJ_GET, ROWS "/{id}/history", 200, "[Change]" },
    { HJ_POST, ROWS "/{id}/actions/{action}", 200, "Key" },
    { HJ_GET, ROWS "/{id}/flow", 200, "RowFlow" },
    { HJ_GET, ROWS "/{id}/people", 200, "[Person]" },
    { HJ_GET, "/api/v1/indicators", 200, "[Indicator]" },
    { HJ_GET, "/api/v1/indicators/{indicator}", 200, "IndicatorValues" },
    { HJ_GET, "/api/v1/cadences", 200, "[Cadence]" },
    { HJ_GET, "/api/v1/cadences/{cadence}", 200, "CadenceCounts" },
    { HJ_GET, "/api/v1/reports/{report}", 200, "Report" },
    { HJ_POST, ASSESSMENT "/compute", 200, "Assessment" },
    { HJ_GET, ASSESSMENT, 200, "Assessment" },
    { HJ_GET, ASSESSMENT "/{code}", 200, "Scorecard" },
    { HJ_POST, ASSESSMENT "/announce", 200, "AssessmentState" },
    { HJ_POST, ASSESSMENT "/publish", 200, "AssessmentState" },
    { HJ_POST, ASSESSMENT "/{code}/approve", 200, "AssessmentState" },
    { HJ_POST, ASSESSMENT "/{code}/accept", 200, "AssessmentState" },
    { HJ_POST, ASSESSMENT "/{code}/withdraw", 200, "AssessmentState" },
    { HJ_POST, ASSESSMENT "/{code}/marks", 200, "AssessmentState" },
    { HJ_GET, ASSESSMENT "/{code}/appeals", 200, "[Appeal]" },
    { HJ_POST, ASSESSMENT "/{code}/appeals", 201, "NewAppeal" },
    { HJ_POST, ASSESSMENT "/{code}/appeals/{appeal}/answer", 200, "AssessmentState" },
    { HJ_GET, ASSESSMENT "/{code}/proof", 200, "Proof" },
    { HJ_GET, "/api/v1/events", 200, "[Event]" },
    { HJ_GET, "/api/v1/tokens", 200, "[Token]" },
    { HJ_DELETE, "/api/v1/tokens/{id}", 204, NULL },
    { HJ_GET, "/api/v1/accounts/tokens", 200, "[Token]" },
    { HJ_DELETE, "/api/v1/accounts/{id}/tokens/{token}", 204, NULL },
    { HJ_POST, "/api/v1/ledgers/{ledger}/find", 200, "@rows" },
    { HJ_POST, ROWS "/{id}/unmask", 200, "Unmasked" },
    { HJ_POST, "/api/v1/tokens", 201, "TokenMade" },
    { HJ_GET, "/api/v1/imports", 200, "[Import]" },
    { HJ_GET, "/api/v1/imports/{id}", 200, "ImportDetail" },
    { HJ_POST, "/api/v1/imports/{id}/undo", 200, "ImportUndone" },
    { HJ_GET, "/api/v1/webhooks", 200, "[Webhook]" },
    { HJ_POST, "/api/v1/webhooks", 201, "Webhook" },
    { HJ_GET, WEBHOOK, 200, "Webhook" },
    { HJ_PATCH, WEBHOOK, 200, "Webhook" },
    { HJ_DELETE, WEBHOOK, 204, NULL },
    { HJ_POST, WEBHOOK "/rotate", 200, "Webhook" },
    { HJ_GET, WEBHOOK "/deliveries", 200, "[Delivery]" },
    { HJ_POST, WEBHOOK "/deliveries/{delivery}/resend", 204, NULL },
    { 0 },
};

const HjApiAnswer *
hj_api_answer(const HjRoute *route)
{
    for (const HjApiAnswer *answer = hj_api_answers; answer->pattern != NULL; answer++)
        if (answer->method == route->method && g_str_equal(answer->pattern, route->pattern))
            return answer;
    return NULL;
}

const HjApiParameter hj_api_parameters[] = {
    { "limit", "int", N_("How many items at most, 1 to 200."), "50" },
    { "cursor", "text", N_("The next of the answer before, to go on from there."), NULL },
    { "under", "text", N_("Code of an organization: only what belongs to it or lies below."),
      NULL },
    { "here", "text", N_("1: only the organization of under itself, nothing below it."), "1" },
    { "kind", "text", N_("Kind of organization."), "village" },
    { "q", "text", N_("Words, pinyin or initials."), NULL },
    { "from", "date", N_("First day, included."), "2018-01-01" },
    { "to", "date", N_("Last day, included."), "2018-06-30" },
    { "sort", "text", N_("A field to sort by; with - in front downwards."), "-updated_at" },
    { "parent", "id", N_("Only the rows under this one."), NULL },
    { "period", "period", N_("A year, half-year, quarter or month."), "2018H1" },
    { "of", "text", N_("Kind of organization to compute for."), "village" },
    { "after", "int", N_("Only events after this number."), "0" },
    { "ledger", "text", N_("Name of a ledger."), NULL },
    { "row", "id", N_("Number of a row."), NULL },
    { "action", "text", N_("What was done, for example row.update."), "row.update" },
    { "account", "text", N_("Sign-in name of who did it."), NULL },
    { "mine", "int", N_("0: all that is open in scope, not only what waits for the caller."),
      "1" },
    { "list", "text", N_("todo, overdue, copied, done, started or all."), "todo" },
    { "node", "text", N_("Name of a node of the flow."), NULL },
    { "on", "date", N_("Only what is due that day."), NULL },
    { "late", "int", N_("1: only what is overdue."), "1" },
    { "code", "text", N_("Code of an organization."), NULL },
    { "id", "id", N_("Number of what is meant."), NULL },
    { "delivery", "id", N_("Number of a delivery."), NULL },
    { "indicator", "text", N_("Name of an indicator."), NULL },
    { "report", "text", N_("Name of a report."), NULL },
    { "scheme", "text", N_("Name of a contest."), NULL },
    { "revision", "int", N_("A published revision; the last one when absent."), NULL },
    { "appeal", "id", N_("Number of an appeal."), NULL },
    { "If-None-Match", "text", N_("ETag of the copy at hand: 304 when it is still right."),
      NULL },
    { "If-Match", "text",
      N_("ETag of the row the change is based on, instead of version; 412 when stale."), NULL },
    { "Idempotency-Key", "text",
      N_("1 to 200 visible characters: a repeated request gets the first answer."), NULL },
    { 0 },
};

const HjApiParameter *
hj_api_parameter(const char *name)
{
    for (const HjApiParameter *known = hj_api_parameters; known->name != NULL; known++)
        if (g_str_equal(known->name, name))
            return known;
    return NULL;
}

HjResponse *
hj_api_answer_key(HjRequest *req, int status, const HjRowKey *key)
{
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, status, &w);
    hj_json_begin_object(&w);
    hj_json_put_id(&w, "id", key->id);
    hj_json_put_i64(&w, "version", key->version);
    hj_json_put_text(&w, "state", key->state);
    hj_json_end_object(&w);
    return res;
}
