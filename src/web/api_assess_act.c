/* Acts on assessments over the JSON API: approve, accept, decide, publish, appeal, answer,
 * prove.
 */
#include "base/decimal.h"
#include "base/id.h"
#include "core/assessment_verify.h"
#include "web/api_assess.h"
#include "web/page.h"

#define POINTS_SCALE 2
/* Differences told at once; the command line tells all of them. */
#define MAX_DIFFS 500

const HjApiMember hj_api_reason_body[] = {
    { "reason", HJ_JSON_STRING, true },
    { 0 },
};
const HjApiMember hj_api_mark_body[] = {
    { "item", HJ_JSON_STRING, true },   { "points", HJ_JSON_REAL, false },
    { "reason", HJ_JSON_STRING, true }, { "document", HJ_JSON_STRING, true },
    { "clear", HJ_JSON_BOOL, false },   { 0 },
};
const HjApiMember hj_api_appeal_body[] = {
    { "text", HJ_JSON_STRING, true },
    { "item", HJ_JSON_STRING, false },
    { 0 },
};
const HjApiMember hj_api_answer_body[] = {
    { "outcome", HJ_JSON_STRING, true },   { "reason", HJ_JSON_STRING, true },
    { "item", HJ_JSON_STRING, false },     { "points", HJ_JSON_REAL, false },
    { "document", HJ_JSON_STRING, false }, { 0 },
};
enum { ITEM, POINTS, REASON, DOCUMENT, CLEAR };
enum { OUTCOME, WHY, ANSWER_ITEM, ANSWER_POINTS, ANSWER_DOCUMENT };

static bool
find(HjRequest *req, HjAssessment *ret, GError **error)
{
    const HjScheme *scheme;
    HjPeriod period;
    return hj_api_assess_what(req, &scheme, &period, error) &&
           hj_assessment_find(hj_request_tx(req), hj_request_pack(req), scheme, &period, ret,
                              error);
}

/* How it stands after the act. */
static HjResponse *
answer_state(HjRequest *req, int64_t cards, GError **error)
{
    HjAssessment a;
    if (!find(req, &a, error))
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_put_text(&w, "scheme", a.scheme->name);
    hj_json_put_text(&w, "period", a.period.text);
    hj_json_put_text(&w, "state", a.published ? "published" : "open");
    hj_json_key(&w, "revision");
    if (a.revision > 0)
        hj_json_i64(&w, a.revision);
    else
        hj_json_nothing(&w);
    hj_json_put_i64(&w, "cards", cards);
    hj_json_end_object(&w);
    return res;
}

typedef bool (*Pass)(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                     int64_t *ret_cards, GError **error);

static HjResponse *
pass(HjRequest *req, Pass fn, GError **error)
{
    HjAssessment a;
    int64_t org, cards;
    if (!hj_api_assess_org(req, "scheme.approve", &org, error) || !find(req, &a, error) ||
        !fn(hj_request_tx(req), hj_request_actor(req), &a, org, &cards, error))
        return NULL;
    return answer_state(req, cards, error);
}

HjResponse *
hj_api_assess_approve(HjRequest *req, GError **error)
{
    return pass(req, hj_assessment_approve, error);
}

HjResponse *
hj_api_assess_accept(HjRequest *req, GError **error)
{
    return pass(req, hj_assessment_accept, error);
}

HjResponse *
hj_api_assess_withdraw(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    HjAssessment a;
    int64_t org;
    if (!hj_api_assess_org(req, "scheme.approve", &org, error) ||
        !hj_api_read_body(req, hj_api_reason_body, body, error) || !find(req, &a, error) ||
        !hj_assessment_withdraw(hj_request_tx(req), hj_request_actor(req), &a, org,
                                hj_json_string(body[0]), error))
        return NULL;
    return answer_state(req, 1, error);
}

/* A number of points, or an issue. */
static int64_t
read_points(HjRequest *req, const HjJson *value)
{
    int64_t points = 0;
    if (value == NULL)
        hj_issues_add(hj_request_issues(req), "points", "required", N_("This is needed."));
    else if (!hj_decimal_parse(hj_json_number(value), POINTS_SCALE, &points, NULL))
        hj_issues_add(hj_request_issues(req), "points", "type",
                      N_("Must be a number with at most two decimals."));
    return points;
}

static const char *
text_or_null(const HjJson *value)
{
    return value != NULL ? hj_json_string(value) : NULL;
}

static bool
is_right(HjRequest *req, GError **error)
{
    return hj_issues_count(hj_request_issues(req)) == 0 ||
           hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
}

HjResponse *
hj_api_assess_mark(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    HjAssessment a;
    HjAssessmentMark mark = { 0 };
    if (!hj_api_assess_org(req, "scheme.judge", &mark.org, error) ||
        !hj_api_read_body(req, hj_api_mark_body, body, error) || !find(req, &a, error))
        return NULL;
    mark.item = hj_json_string(body[ITEM]);
    mark.reason = hj_json_string(body[REASON]);
    mark.document = hj_json_string(body[DOCUMENT]);
    mark.clear = body[CLEAR] != NULL && hj_json_bool(body[CLEAR]);
    if (!mark.clear)
        mark.points = read_points(req, body[POINTS]);
    if (!is_right(req, error) || !hj_assessment_mark(hj_request_tx(req), hj_request_actor(req),
                                                     &a, &mark, hj_request_issues(req), error))
        return NULL;
    return answer_state(req, 1, error);
}

HjResponse *
hj_api_assess_announce(HjRequest *req, GError **error)
{
    HjAssessment a;
    if (!find(req, &a, error) ||
        !hj_assessment_announce(hj_request_tx(req), hj_request_actor(req), &a, error))
        return NULL;
    return answer_state(req, 0, error);
}

HjResponse *
hj_api_assess_publish(HjRequest *req, GError **error)
{
    HjAssessment a;
    int64_t revision;
    if (!find(req, &a, error) ||
        !hj_assessment_publish(hj_request_tx(req), hj_request_actor(req), &a, &revision, error))
        return NULL;
    return answer_state(req, 0, error);
}

/* --- appeals --- */

static void
write_or_null(HjJsonWriter *w, const char *key, const HjRows *rows, const char *column)
{
    hj_json_key(w, key);
    hj_json_text(w, hj_rows_text(rows, column));
}

static void
write_appeal(HjJsonWriter *w, const HjRows *rows)
{
    hj_json_begin_object(w);
    hj_json_put_id(w, "id", hj_rows_i64(rows, "id"));
    hj_json_put_text(w, "org_name", hj_rows_text(rows, "org_name"));
    hj_json_put_i64(w, "revision", hj_rows_i64(rows, "revision"));
    write_or_null(w, "item", rows, "item");
    hj_json_put_text(w, "text", hj_rows_text(rows, "body"));
    hj_json_put_text(w, "filed_on", hj_rows_text(rows, "filed_on"));
    write_or_null(w, "filed_by", rows, "filed_by_name");
    write_or_null(w, "outcome", rows, "outcome");
    write_or_null(w, "reason", rows, "answer");
    write_or_null(w, "document", rows, "document");
    write_or_null(w, "answered_on", rows, "answered_on");
    write_or_null(w, "answered_by", rows, "answered_by_name");
    hj_json_key(w, "points");
    if (hj_rows_null(rows, "points"))
        hj_json_nothing(w);
    else
        hj_json_decimal(w, hj_rows_i64(rows, "points"), POINTS_SCALE);
    hj_json_key(w, "new_revision");
    if (hj_rows_null(rows, "new_revision"))
        hj_json_nothing(w);
    else
        hj_json_i64(w, hj_rows_i64(rows, "new_revision"));
    hj_json_end_object(w);
}

HjResponse *
hj_api_assess_appeals(HjRequest *req, GError **error)
{
    HjAssessment a;
    int64_t org;
    if (!hj_api_assess_org(req, "scheme.view", &org, error) || !find(req, &a, error))
        return NULL;
    /* Asked at the top: of everybody. */
    HjRows *own = hj_page_org(req, hj_request_part(req, "code"), error);
    const bool top = own != NULL && hj_rows_null(own, "parent");
    g_autoptr(HjRows) rows = hj_assessment_appeals(hj_request_tx(req), hj_request_actor(req),
                                                   &a, top ? 0 : org, error);
    if (rows == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(rows))
        write_appeal(&w, rows);
    hj_api_end_list(&w, NULL);
    return res;
}

HjResponse *
hj_api_assess_appeal(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    HjAssessment a;
    int64_t org, id;
    if (!hj_api_assess_org(req, "scheme.appeal", &org, error) ||
        !hj_api_read_body(req, hj_api_appeal_body, body, error) || !find(req, &a, error) ||
        !hj_assessment_appeal(hj_request_tx(req), hj_request_actor(req), &a, org,
                              text_or_null(body[1]), hj_json_string(body[0]),
                              hj_request_issues(req), &id, error))
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 201, &w);
    hj_json_begin_object(&w);
    hj_json_put_id(&w, "id", id);
    hj_json_end_object(&w);
    return res;
}

HjResponse *
hj_api_assess_answer(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    HjAssessmentAnswer answer = { 0 };
    int64_t org, revision;
    if (!hj_api_assess_org(req, "scheme.judge", &org, error) ||
        !hj_request_part_i64(req, "appeal", &answer.appeal, error) ||
        !hj_api_read_body(req, hj_api_answer_body, body, error))
        return NULL;
    const char *outcome = hj_json_string(body[OUTCOME]);
    answer.accept = g_str_equal(outcome, "accepted");
    if (!answer.accept && !g_str_equal(outcome, "rejected"))
        hj_issues_add(hj_request_issues(req), "outcome", "choice",
                      N_("Must be accepted or rejected."));
    answer.reason = hj_json_string(body[WHY]);
    answer.item = text_or_null(body[ANSWER_ITEM]);
    answer.document = text_or_null(body[ANSWER_DOCUMENT]);
    if (answer.accept)
        answer.points = read_points(req, body[ANSWER_POINTS]);
    if (!is_right(req, error) ||
        !hj_assessment_answer(hj_request_tx(req), hj_request_actor(req), &answer,
                              hj_request_issues(req), &revision, error))
        return NULL;
    return answer_state(req, 1, error);
}

/* --- proof --- */

/* Whose card may be seen; of another only that something is different. */
static bool
is_told(gpointer data, const HjDiff *diff)
{
    HjRequest *req = data;
    return diff->org == 0 || hj_access_check(hj_request_tx(req), hj_request_actor(req),
                                             "scheme.view", diff->org, NULL);
}

HjResponse *
hj_api_assess_proof(HjRequest *req, GError **error)
{
    HjAssessment a;
    int64_t org;
    g_auto(HjVerified) verified = { 0 };
    if (!hj_api_assess_org(req, "scheme.view", &org, error) || !find(req, &a, error) ||
        !hj_assessment_verify(hj_request_tx(req), hj_request_pack(req), &a, HJ_REVISION_LAST,
                              &verified, error))
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_assessment_verify_json(&verified, is_told, req, MAX_DIFFS, &w);
    return res;
}
