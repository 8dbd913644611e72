/* What people decide: a mark beside the computed one, an appeal and its answer. */
#include "base/decimal.h"
#include "base/id.h"
#include "base/text.h"
#include "core/assessment_priv.h"
#include "core/flow.h"

#include <string.h>

#define REASON_MAX 1000
#define BODY_MAX 2000
#define DOCUMENT_MAX 100

#define SQL_MARK                                                                               \
    "INSERT INTO sys_assessment_mark (county, id, assessment, org, item, computed, points, "   \
    "reason, document, appeal, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, " \
    "$10, $11, $12)"
#define SQL_APPEAL                                                                             \
    "INSERT INTO sys_assessment_appeal (county, id, assessment, org, revision, item, body, "   \
    "filed_at, filed_on, filed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
#define SQL_SAME_WAITS                                                                         \
    "SELECT id FROM sys_assessment_appeal WHERE county = $1 AND assessment = $2 AND org = $3 " \
    "AND outcome IS NULL AND COALESCE(item, '') = $4"
/* The day on which the card, as it stands, was first published. */
#define SQL_CARD_PUBLISHED                                                                     \
    "SELECT MIN(p.published_on) AS published_on FROM sys_assessment_card c JOIN "              \
    "sys_assessment_result r ON r.county = c.county AND r.assessment = c.assessment AND "      \
    "r.org = c.org AND r.snapshot = c.snapshot JOIN sys_assessment_publication p ON "          \
    "p.county = r.county AND p.assessment = r.assessment AND p.revision = r.revision WHERE "   \
    "c.county = $1 AND c.assessment = $2 AND c.org = $3"
#define SQL_THE_APPEAL                                                                         \
    "SELECT p.org AS org, p.outcome AS outcome, a.scheme AS scheme, a.period AS period FROM "  \
    "sys_assessment_appeal p JOIN sys_assessment a ON a.county = p.county AND a.id = "         \
    "p.assessment WHERE p.county = $1 AND p.id = $2"
#define SQL_ANSWER                                                                             \
    "UPDATE sys_assessment_appeal SET outcome = $3, answer = $4, document = $5, points = $6, " \
    "answered_at = $7, answered_on = $8, answered_by = $9, new_revision = $10 WHERE county = " \
    "$1 AND id = $2 AND outcome IS NULL"
#define SQL_SNAPSHOT_OF_CARD                                                                   \
    "UPDATE sys_assessment_card SET snapshot = $4 WHERE county = $1 AND assessment = $2 AND "  \
    "org = $3"

/* --- marks --- */

void
hj_contest_reach(const HjScheme *scheme, const HjSchemeItem *item, int64_t *ret_min,
                 int64_t *ret_max)
{
    int64_t cap = item->points;
    for (size_t l = 0; l < scheme->n_lists; l++)
        for (size_t i = 0; i < scheme->lists[l].n_items; i++)
            if (&scheme->lists[l].items[i] == item)
                cap = scheme->lists[l].cap;
    int64_t most = item->points;
    if (item->scoring == HJ_SCORE_ROWS)
        most = item->times > 0 ? item->points * item->times : cap;
    *ret_min = MIN(most, 0);
    *ret_max = MAX(most, 0);
}

static void
check_text(HjIssues *issues, const char *field, const char *text, size_t most)
{
    g_autofree char *tidy = hj_text_tidy(text != NULL ? text : "");
    if (tidy[0] == '\0')
        hj_issues_add(issues, field, "required", N_("Please fill this in."));
    else if (!hj_text_is_clean(tidy, true))
        hj_issues_add(issues, field, "type",
                      N_("There are characters here that cannot be "
                         "kept."));
    else if (hj_text_length(tidy) > most)
        hj_issues_add(issues, field, "length", N_("At most %d characters."), (int)most);
}

bool
hj_contest_check_mark(const HjContest *c, const HjCard *card, const HjAssessmentMark *mark,
                      HjIssues *issues, GError **error)
{
    const HjCardItem *item = mark->item != NULL ? hj_assessment_item(card, mark->item) : NULL;
    check_text(issues, "reason", mark->reason, REASON_MAX);
    check_text(issues, "document", mark->document, DOCUMENT_MAX);
    if (item == NULL || item->rule == NULL)
        hj_issues_add(issues, "item", "choice", N_("The contest has no such item."));
    else if (!item->counted)
        hj_issues_add(issues, "item", "rule",
                      N_("This item is not counted here: there is nothing to decide."));
    else if (mark->clear && !item->has_final)
        hj_issues_add(issues, "item", "rule", N_("Nobody has decided a mark here."));
    else if (!mark->clear) {
        int64_t min, max;
        hj_contest_reach(c->a.scheme, item->rule, &min, &max);
        if (mark->points < min || mark->points > max)
            hj_issues_add(issues, "points", "range", N_("Between %s and %s points."),
                          hj_decimal_text(min, HJ_POINTS_SCALE).text,
                          hj_decimal_text(max, HJ_POINTS_SCALE).text);
    }
    return hj_issues_count(issues) == 0 || hj_issues_refuse(error);
}

bool
hj_contest_mark(HjContest *c, const HjAssessmentMark *mark, int64_t computed, int64_t appeal,
                GError **error)
{
    g_autofree char *reason = hj_text_tidy(mark->reason);
    g_autofree char *document = hj_text_tidy(mark->document);
    if (!hj_tx_exec(c->tx, error, SQL_MARK, HJ_I64(hj_tx_county(c->tx)), HJ_I64(hj_id_new()),
                    HJ_I64(c->a.id), HJ_I64(mark->org), HJ_TEXT(mark->item), HJ_I64(computed),
                    mark->clear ? HJ_NULL : HJ_I64(mark->points), HJ_TEXT(reason),
                    HJ_TEXT(document), appeal != 0 ? HJ_I64(appeal) : HJ_NULL,
                    HJ_TIME(hj_tx_now(c->tx)), HJ_I64(c->actor->account)))
        return false;
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w;
    hj_contest_event_begin(c, &w, out);
    hj_json_put_text(&w, "item", mark->item);
    hj_json_put_decimal(&w, "computed", computed, HJ_POINTS_SCALE);
    hj_json_key(&w, "final");
    if (mark->clear)
        hj_json_nothing(&w);
    else
        hj_json_decimal(&w, mark->points, HJ_POINTS_SCALE);
    hj_json_put_text(&w, "document", document);
    return hj_contest_event_end(c, &w, "assessment.mark", mark->org, reason, error);
}

bool
hj_assessment_mark(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                   const HjAssessmentMark *mark, HjIssues *issues, GError **error)
{
    g_auto(HjContest) c = { 0 };
    if (!hj_access_check(tx, actor, "scheme.judge", mark->org, error) ||
        !hj_contest_begin(&c, tx, actor, a, true, error))
        return false;
    const HjContestCard *row = hj_contest_card(&c, mark->org);
    if (row == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND,
                       "This organization takes no part in the contest.");
    if (c.a.published)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "The result has been published: a mark changes by an appeal only.");
    if (row->snapshot != 0)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "This card has been accepted: take the acceptance back first.");
    g_autoptr(HjAssessmentView) view = hj_contest_live(&c, error);
    const HjCard *card = view != NULL ? hj_assessment_card(view, mark->org) : NULL;
    if (card == NULL || !hj_contest_check_mark(&c, card, mark, issues, error))
        return false;
    return hj_contest_mark(&c, mark, hj_assessment_item(card, mark->item)->computed, 0,
                           error) &&
           hj_contest_touch(&c, error);
}

/* --- appeals --- */

HjDate
hj_assessment_appeal_until(const HjPack *pack, const HjScheme *scheme, HjDate published)
{
    if (scheme->appeal.unit == HJ_SPAN_NONE || published == HJ_DATE_NONE)
        return HJ_DATE_NONE;
    return hj_flow_span_end(pack, &scheme->appeal, published, published);
}

bool
hj_assessment_appeal_open(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                          HjDate published, GError **error)
{
    if (!a->published)
        return hj_fail(error, HJ_ERROR_CONFLICT, "Nothing has been published yet.");
    if (a->scheme->appeal.unit == HJ_SPAN_NONE || published == HJ_DATE_NONE)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The rules give no time for appeals.");
    const HjDate until = hj_assessment_appeal_until(actor->pack, a->scheme, published);
    if (until == HJ_DATE_NONE)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "The calendar of working days does not reach the end of the time for "
                       "appeals; it has to be loaded first.");
    return hj_tx_today(tx) <= until ||
           hj_fail(error, HJ_ERROR_CONFLICT, "The time for appeals is over.");
}

static bool
in_time(const HjContest *c, int64_t org, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(c->tx, error, SQL_CARD_PUBLISHED, HJ_I64(hj_tx_county(c->tx)),
                    HJ_I64(c->a.id), HJ_I64(org));
    return rows != NULL && hj_rows_next(rows) &&
           hj_assessment_appeal_open(c->tx, c->actor, &c->a, hj_rows_date(rows, "published_on"),
                                     error);
}

static bool
check_appeal(const HjContest *c, int64_t org, const char *item, const char *body,
             HjIssues *issues, GError **error)
{
    check_text(issues, "text", body, BODY_MAX);
    if (item != NULL && hj_pack_scheme_item(c->a.scheme, item) == NULL)
        hj_issues_add(issues, "item", "choice", N_("The contest has no such item."));
    if (hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    g_autoptr(HjRows) rows =
        hj_tx_query(c->tx, error, SQL_SAME_WAITS, HJ_I64(hj_tx_county(c->tx)), HJ_I64(c->a.id),
                    HJ_I64(org), HJ_TEXT(item != NULL ? item : ""));
    return rows != NULL &&
           (hj_rows_count(rows) == 0 ||
            hj_fail(error, HJ_ERROR_CONFLICT, "An appeal about this waits for its answer."));
}

bool
hj_assessment_appeal(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                     const char *item, const char *text, HjIssues *issues, int64_t *ret_id,
                     GError **error)
{
    g_auto(HjContest) c = { 0 };
    if (!hj_access_check(tx, actor, "scheme.appeal", org, error) ||
        !hj_contest_begin(&c, tx, actor, a, false, error))
        return false;
    if (hj_contest_card(&c, org) == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND,
                       "This organization takes no part in the contest.");
    if (item != NULL && item[0] == '\0')
        item = NULL;
    if (!check_appeal(&c, org, item, text, issues, error) || !in_time(&c, org, error))
        return false;
    g_autofree char *body = hj_text_tidy(text);
    *ret_id = hj_id_new();
    if (!hj_tx_exec(tx, error, SQL_APPEAL, HJ_I64(hj_tx_county(tx)), HJ_I64(*ret_id),
                    HJ_I64(c.a.id), HJ_I64(org), HJ_I64(c.a.revision), HJ_TEXT(item),
                    HJ_TEXT(body), HJ_TIME(hj_tx_now(tx)), HJ_DATE(hj_tx_today(tx)),
                    HJ_I64(actor->account)))
        return false;
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w;
    hj_contest_event_begin(&c, &w, out);
    hj_json_put_id(&w, "appeal", *ret_id);
    hj_json_put_i64(&w, "revision", c.a.revision);
    hj_json_put_text(&w, "item", item);
    return hj_contest_touch(&c, error) &&
           hj_contest_event_end(&c, &w, "assessment.appeal", org, body, error);
}

/* --- answers --- */

static bool
load_appeal(HjTx *tx, const HjActor *actor, int64_t id, HjAssessment *ret, int64_t *ret_org,
            GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_THE_APPEAL, HJ_I64(hj_tx_county(tx)), HJ_I64(id));
    if (rows == NULL)
        return false;
    if (!hj_rows_next(rows))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such appeal.");
    *ret_org = hj_rows_i64(rows, "org");
    if (!hj_access_check(tx, actor, "scheme.judge", *ret_org, error))
        return false;
    if (!hj_rows_null(rows, "outcome"))
        return hj_fail(error, HJ_ERROR_CONFLICT, "This appeal has been answered.");
    const HjScheme *scheme = hj_pack_scheme(actor->pack, hj_rows_text(rows, "scheme"));
    HjPeriod period;
    if (scheme == NULL || !hj_period_parse(hj_rows_text(rows, "period"), &period, NULL))
        return hj_fail(error, HJ_ERROR_CONFLICT, "The pack no longer has this contest.");
    return hj_assessment_find(tx, actor->pack, scheme, &period, ret, error);
}

/* The mark changes, the card is frozen anew, and all ranks are published as the next revision;
 * what nobody appealed against keeps its snapshot. */
static bool
publish_again(HjContest *c, const HjAssessmentAnswer *answer, int64_t org, HjIssues *issues,
              int64_t *ret_revision, GError **error)
{
    const HjAssessmentMark mark = { .org = org,
                                    .item = answer->item,
                                    .points = answer->points,
                                    .reason = answer->reason,
                                    .document = answer->document };
    g_autoptr(HjAssessmentView) before = hj_contest_live(c, error);
    const HjCard *card = before != NULL ? hj_assessment_card(before, org) : NULL;
    if (card == NULL || !hj_contest_check_mark(c, card, &mark, issues, error) ||
        !hj_contest_mark(c, &mark, hj_assessment_item(card, mark.item)->computed,
                         answer->appeal, error))
        return false;
    g_autoptr(HjAssessmentView) after = hj_contest_live(c, error);
    card = after != NULL ? hj_assessment_card(after, org) : NULL;
    int64_t snapshot;
    if (card == NULL || !hj_contest_refreeze(c, card, card->snapshot, &snapshot, error) ||
        !hj_tx_exec(c->tx, error, SQL_SNAPSHOT_OF_CARD, HJ_I64(hj_tx_county(c->tx)),
                    HJ_I64(c->a.id), HJ_I64(org), HJ_I64(snapshot)))
        return false;
    ((HjCard *)card)->snapshot = snapshot;
    return hj_contest_publish(c, after, answer->appeal, answer->reason, ret_revision, error);
}

static bool
check_answer(const HjAssessmentAnswer *answer, HjIssues *issues, GError **error)
{
    check_text(issues, "reason", answer->reason, REASON_MAX);
    if (answer->document != NULL && answer->document[0] != '\0')
        check_text(issues, "document", answer->document, DOCUMENT_MAX);
    return hj_issues_count(issues) == 0 || hj_issues_refuse(error);
}

bool
hj_assessment_answer(HjTx *tx, const HjActor *actor, const HjAssessmentAnswer *answer,
                     HjIssues *issues, int64_t *ret_revision, GError **error)
{
    g_auto(HjContest) c = { 0 };
    HjAssessment a;
    int64_t org = 0;
    int64_t changes = 0;
    *ret_revision = 0;
    if (!load_appeal(tx, actor, answer->appeal, &a, &org, error) ||
        !hj_contest_begin(&c, tx, actor, &a, false, error))
        return false;
    if (answer->accept ? !publish_again(&c, answer, org, issues, ret_revision, error)
                       : !check_answer(answer, issues, error))
        return false;
    g_autofree char *reason = hj_text_tidy(answer->reason);
    const char *outcome = answer->accept ? "accepted" : "rejected";
    if (!hj_tx_change(tx, error, &changes, SQL_ANSWER, HJ_I64(hj_tx_county(tx)),
                      HJ_I64(answer->appeal), HJ_TEXT(outcome), HJ_TEXT(reason),
                      HJ_TEXT(answer->document),
                      answer->accept ? HJ_I64(answer->points) : HJ_NULL, HJ_TIME(hj_tx_now(tx)),
                      HJ_DATE(hj_tx_today(tx)), HJ_I64(actor->account),
                      answer->accept ? HJ_I64(*ret_revision) : HJ_NULL))
        return false;
    if (changes != 1)
        return hj_fail(error, HJ_ERROR_CONFLICT, "This appeal has been answered.");
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w;
    hj_contest_event_begin(&c, &w, out);
    hj_json_put_id(&w, "appeal", answer->appeal);
    hj_json_put_text(&w, "outcome", outcome);
    if (answer->accept)
        hj_json_put_i64(&w, "revision", *ret_revision);
    return hj_contest_touch(&c, error) &&
           hj_contest_event_end(&c, &w, "assessment.answer", org, reason, error);
}
