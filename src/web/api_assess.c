/* Assessments over the JSON API: the ranking and one scorecard down to its rows, live or as
 * they were published. */
#include "web/api_assess.h"

#include "base/text.h"
#include "core/row_names.h"
#include "web/page.h"
#include "web/rowquery.h"

#include <string.h>

#define POINTS_SCALE 2
/* Rows shown behind one item; the list call of the ledger has the rest. */
#define MAX_EVIDENCE 200

static void
write_points(HjJsonWriter *w, const char *key, int64_t points)
{
    hj_json_key(w, key);
    hj_json_decimal(w, points, POINTS_SCALE);
}

static void
write_text(HjJsonWriter *w, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        hj_json_put_text(w, key, text);
        return;
    }
    hj_json_key(w, key);
    hj_json_nothing(w);
}

static bool
read_revision(HjRequest *req, int64_t *ret, GError **error)
{
    const char *text = hj_request_query(req, "revision");
    *ret = HJ_REVISION_LAST;
    if (text == NULL || text[0] == '\0')
        return true;
    return (hj_text_parse_i64(text, ret) && *ret > 0) ||
           hj_rowquery_fail(req, "revision", N_("Must be a whole number from 1."), error);
}

bool
hj_api_assess_what(HjRequest *req, const HjScheme **ret_scheme, HjPeriod *ret_period,
                   GError **error)
{
    const char *text = hj_request_part(req, "period");
    *ret_scheme = hj_pack_scheme(hj_request_pack(req), hj_request_part(req, "scheme"));
    if (*ret_scheme == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such contest.");
    if (!hj_period_parse(text, ret_period, NULL) ||
        !hj_assessment_period_fits(*ret_scheme, text))
        return hj_rowquery_fail(req, "period", N_("This contest has no such period."), error);
    return true;
}

static const HjAssessmentView *
load_view(HjRequest *req, int64_t revision, GError **error)
{
    const HjScheme *scheme;
    HjPeriod period;
    if (!hj_api_assess_what(req, &scheme, &period, error))
        return NULL;
    HjAssessmentView *view = hj_assessment_view(hj_request_tx(req), hj_request_actor(req),
                                                scheme, &period, revision, error);
    return view != NULL ? hj_request_adopt(req, view, (GDestroyNotify)hj_assessment_view_free)
                        : NULL;
}

static void
write_head(HjJsonWriter *w, const HjAssessmentView *view)
{
    const HjAssessment *a = &view->head;
    hj_json_put_text(w, "scheme", a->scheme->name);
    hj_json_put_text(w, "version", a->scheme->version);
    hj_api_write_label(w, "title", &a->scheme->title);
    hj_json_put_text(w, "period", a->period.text);
    hj_json_put_text(w, "from", hj_date_text(a->period.from).text);
    hj_json_put_text(w, "to", hj_date_text(a->period.to).text);
    hj_json_put_text(w, "state", a->published ? "published" : "open");
    hj_json_put_flag(w, "provisional", view->provisional);
    hj_json_key(w, "revision");
    if (view->revision > 0)
        hj_json_i64(w, view->revision);
    else
        hj_json_nothing(w);
    write_text(w, "published_on", hj_date_text(view->published_on).text);
    write_text(w, "notice_on", hj_date_text(a->notice_on).text);
    write_points(w, "base", view->base);
    write_points(w, "full", view->full);
    hj_json_put_flag(w, "assumption", a->scheme->assumption);
    hj_json_put_flag(w, "ranking", view->ranking);
}

static void
write_band(HjJsonWriter *w, const HjCard *card)
{
    if (card->band != NULL) {
        hj_api_write_label(w, "band", &card->band_title);
        return;
    }
    hj_json_key(w, "band");
    hj_json_nothing(w);
}

static void
write_card(HjJsonWriter *w, const HjAssessmentView *view, const HjCard *card)
{
    static const char *const states[] = { "open", "approved", "accepted", "published" };
    hj_json_put_text(w, "org", card->code);
    hj_json_put_text(w, "org_name", card->name);
    hj_json_put_text(w, "card_state", states[card->state]);
    hj_json_put_i64(w, "level", card->level);
    hj_json_key(w, "rank");
    if (view->ranking)
        hj_json_i64(w, card->rank);
    else
        hj_json_nothing(w);
    write_points(w, "total", card->total);
    write_band(w, card);
    hj_json_key(w, "veto");
    if (!card->vetoed) {
        hj_json_nothing(w);
        return;
    }
    hj_json_begin_object(w);
    hj_json_put_text(w, "document", card->veto_document);
    if (card->veto_says.zh != NULL)
        hj_api_write_label(w, "says", &card->veto_says);
    hj_json_end_object(w);
}

static void
write_list_head(HjJsonWriter *w, const HjCardList *list)
{
    hj_json_put_text(w, "list", list->name);
    hj_api_write_label(w, "title", &list->title);
    write_points(w, "points", list->points);
    write_points(w, "base", list->base);
    write_points(w, "cap", list->cap);
    hj_json_put_i64(w, "weight", list->weight);
}

static HjResponse *
answer_board(HjRequest *req, int64_t revision, GError **error)
{
    const HjAssessmentView *view = load_view(req, revision, error);
    int64_t spread[HJ_CARD_TENTHS];
    if (view == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    write_head(&w, view);
    hj_assessment_spread(view, spread);
    hj_json_key(&w, "spread");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < HJ_CARD_TENTHS; i++)
        hj_json_i64(&w, spread[i]);
    hj_json_end_array(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < view->n_cards; i++) {
        const HjCard *card = &view->cards[i];
        if (!hj_assessment_may_see(hj_request_tx(req), hj_request_actor(req), view, card))
            continue;
        hj_json_begin_object(&w);
        write_card(&w, view, card);
        hj_json_key(&w, "lists");
        hj_json_begin_array(&w);
        for (size_t j = 0; j < card->n_lists; j++) {
            hj_json_begin_object(&w);
            write_list_head(&w, &card->lists[j]);
            hj_json_end_object(&w);
        }
        hj_json_end_array(&w);
        hj_json_end_object(&w);
    }
    hj_api_end_list(&w, NULL);
    return res;
}

HjResponse *
hj_api_assessment(HjRequest *req, GError **error)
{
    int64_t revision;
    return read_revision(req, &revision, error) ? answer_board(req, revision, error) : NULL;
}

HjResponse *
hj_api_compute(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjScheme *scheme;
    HjPeriod period;
    HjAssessment a;
    if (!hj_api_assess_what(req, &scheme, &period, error))
        return NULL;
    /* A period to come is computed and stays unopened, as one that is open does. */
    if (hj_tx_today(tx) >= period.from &&
        !hj_assessment_open(tx, hj_request_actor(req), scheme, &period, &a, error))
        return NULL;
    hj_tx_exempt(tx);
    return answer_board(req, HJ_REVISION_LAST, error);
}

static void
write_evidence_row(HjJsonWriter *w, const HjRowNames *names, const HjRows *rows)
{
    const char *ledger = hj_rows_text(rows, "ledger");
    int64_t id = hj_rows_i64(rows, "id");
    hj_json_begin_object(w);
    hj_json_put_text(w, "ledger", ledger);
    hj_json_put_id(w, "id", id);
    hj_json_put_text(w, "org_name", hj_rows_text(rows, "org_name"));
    write_text(w, "title", hj_row_names_at(names, ledger, id));
    if (!hj_rows_null(rows, "version"))
        hj_json_put_i64(w, "version", hj_rows_i64(rows, "version"));
    if (!hj_rows_null(rows, "points"))
        write_points(w, "points", hj_rows_i64(rows, "points"));
    g_autofree char *href =
        g_strdup_printf("/api/v1/ledgers/%s/rows/%" G_GINT64_FORMAT, ledger, id);
    hj_json_put_text(w, "href", href);
    hj_json_end_object(w);
}

static bool
write_evidence(HjJsonWriter *w, HjRequest *req, const HjAssessmentView *view,
               const HjCard *card, const HjCardItem *item, GError **error)
{
    g_autoptr(HjRows) rows = hj_assessment_rows(hj_request_tx(req), hj_request_actor(req), view,
                                                card, item, MAX_EVIDENCE + 1, error);
    g_autoptr(HjRowNames) names =
        rows != NULL ? hj_row_names_of(hj_request_tx(req), hj_request_actor(req), rows, error)
                     : NULL;
    if (names == NULL)
        return false;
    hj_json_key(w, "rows");
    hj_json_begin_array(w);
    for (int n = 0; n < MAX_EVIDENCE && hj_rows_next(rows); n++)
        write_evidence_row(w, names, rows);
    hj_json_end_array(w);
    hj_json_put_flag(w, "more_rows", hj_rows_count(rows) > MAX_EVIDENCE);
    return true;
}

/* What a person decided stands beside what was computed. */
static void
write_marks(HjJsonWriter *w, const HjCardItem *item)
{
    write_points(w, "points", item->points);
    write_points(w, "computed", item->computed);
    hj_json_key(w, "final");
    if (!item->has_final) {
        hj_json_nothing(w);
        return;
    }
    hj_json_decimal(w, item->final, POINTS_SCALE);
    hj_json_put_text(w, "reason", item->reason);
    hj_json_put_text(w, "document", item->document);
    write_text(w, "judge", item->judge);
    write_text(w, "judged_on", hj_date_text(item->judged_on).text);
}

static bool
write_item(HjJsonWriter *w, HjRequest *req, const HjAssessmentView *view, const HjCard *card,
           const HjCardItem *item, GError **error)
{
    const HjSchemeItem *rule = item->rule;
    const HjIndicatorValue value = { .has = item->has_value,
                                     .numerator = item->numerator,
                                     .denominator = item->denominator,
                                     .value = item->value };
    hj_json_begin_object(w);
    hj_json_put_text(w, "item", item->name);
    hj_api_write_label(w, "title", &item->title);
    write_marks(w, item);
    write_points(w, "of_points", item->of_points);
    hj_json_put_flag(w, "counted", item->counted);
    hj_json_put_flag(w, "assumption", rule != NULL && rule->assumption);
    if (rule != NULL && rule->pending)
        hj_api_write_label(w, "pending", &rule->pending_why);
    if (rule != NULL && rule->indicator != NULL) {
        hj_json_put_text(w, "indicator", rule->indicator->name);
        hj_api_write_value(w, rule->indicator, &value);
    } else if (rule == NULL || !rule->pending) {
        hj_json_put_i64(w, "n_rows", item->n_rows);
    }
    if ((rule == NULL || !rule->pending) && !write_evidence(w, req, view, card, item, error))
        return false;
    hj_json_end_object(w);
    return true;
}

static bool
write_lists(HjJsonWriter *w, HjRequest *req, const HjAssessmentView *view, const HjCard *card,
            GError **error)
{
    hj_json_key(w, "lists");
    hj_json_begin_array(w);
    for (size_t i = 0; i < card->n_lists; i++) {
        const HjCardList *list = &card->lists[i];
        hj_json_begin_object(w);
        write_list_head(w, list);
        hj_json_key(w, "items");
        hj_json_begin_array(w);
        for (size_t j = 0; j < list->n_items; j++)
            if (!write_item(w, req, view, card, &list->items[j], error))
                return false;
        hj_json_end_array(w);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
    return true;
}

bool
hj_api_assess_org(HjRequest *req, const char *permission, int64_t *ret, GError **error)
{
    HjRows *org = hj_page_org(req, hj_request_part(req, "code"), error);
    *ret = org != NULL ? hj_rows_i64(org, "id") : 0;
    return org != NULL &&
           hj_access_check(hj_request_tx(req), hj_request_actor(req), permission, *ret, error);
}

HjResponse *
hj_api_scorecard(HjRequest *req, GError **error)
{
    /* The card of another place stays shut even where its total stands in the ranking. */
    int64_t org, revision;
    if (!hj_api_assess_org(req, "scheme.view", &org, error) ||
        !read_revision(req, &revision, error))
        return NULL;
    const HjAssessmentView *view = load_view(req, revision, error);
    const HjCard *card = view != NULL ? hj_assessment_card(view, org) : NULL;
    if (card == NULL) {
        if (view != NULL)
            hj_fail(error, HJ_ERROR_NOT_FOUND,
                    "This organization takes no part in the contest.");
        return NULL;
    }
    HjJsonWriter w;
    g_autoptr(HjResponse) res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    write_head(&w, view);
    write_card(&w, view, card);
    if (!write_lists(&w, req, view, card, error))
        return NULL;
    hj_json_end_object(&w);
    return g_steal_pointer(&res);
}
