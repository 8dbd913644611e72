/* One item of a card down to its rows: the proof of a mark, and the final mark of a person. */
#include "core/access.h"
#include "core/assessment.h"
#include "score_item.html.h"
#include "web/contests.h"
#include "web/contests_raise.h"
#include "web/pages_contest.h"
#include "web/pages_forms.h"

#include <string.h>

#define MAX_ROWS 500

typedef struct {
    HjRequest *req;
    HjContests contest;
    const HjCard *card;
    const HjCardItem *item;
    const char *here;
} Item;

static bool
load(HjRequest *req, Item *ret, GError **error)
{
    *ret = (Item){ .req = req };
    if (!hj_contests_load(req, &ret->contest, error))
        return false;
    ret->card = hj_contests_card(req, &ret->contest, error);
    if (ret->card == NULL)
        return false;
    ret->item = hj_assessment_item(ret->card, hj_request_part(req, "item"));
    if (ret->item == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such item.");
    ret->here = hj_contests_href(
        req, &ret->contest, hj_request_printf(req, "/%s/%s", ret->card->code, ret->item->name));
    return true;
}

static void
add_input(const Item *it, HjScoreItemView *view, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    view->inputs[view->n_inputs++] =
        (HjProofLine){ .name = hj_tr(hj_request_lang(it->req), name), .value = value };
}

static const char *
number(const Item *it, int64_t n)
{
    return hj_request_printf(it->req, "%" G_GINT64_FORMAT, n);
}

static const char *
evidence_word(const Item *it)
{
    HjLang lang = hj_request_lang(it->req);
    const char *evidence = it->item->rule != NULL ? it->item->rule->evidence : NULL;
    if (g_strcmp0(evidence, "record") == 0)
        return hj_tr(lang, N_("a record already kept"));
    if (g_strcmp0(evidence, "visit") == 0)
        return hj_tr(lang, N_("a visit on site"));
    return g_strcmp0(evidence, "public") == 0 ? hj_tr(lang, N_("a public record")) : NULL;
}

static const char *
version_of(const Item *it)
{
    const HjScheme *scheme = it->contest.scheme;
    HjLang lang = hj_request_lang(it->req);
    const char *version = hj_request_printf(it->req, hj_tr(lang, N_("version %s")),
                                            scheme->version != NULL ? scheme->version : "1");
    if (scheme->from == HJ_DATE_NONE)
        return version;
    return hj_request_printf(it->req, "%s · %s", version,
                             hj_request_printf(it->req, hj_tr(lang, N_("in force from %s")),
                                               hj_date_text(scheme->from).text));
}

#define SQL_RULES                                                                              \
    "SELECT r.pack AS pack, r.pack_version AS version, r.pack_digest AS digest"                \
    " FROM sys_assessment_snapshot s JOIN sys_assessment_rules r"                              \
    " ON r.county = s.county AND r.id = s.rules WHERE s.county = $1 AND s.id = $2"

/* The pack in force, or the one a frozen card was computed by. */
static bool
fill_pack(const Item *it, HjScoreItemView *view, GError **error)
{
    HjTx *tx = hj_request_tx(it->req);
    const HjPack *pack = hj_request_pack(it->req);
    const char *name = pack->name, *version = pack->version, *digest = pack->digest;
    if (it->card->snapshot != 0) {
        HjRows *rows = hj_tx_query(tx, error, SQL_RULES, HJ_I64(hj_tx_county(tx)),
                                   HJ_I64(it->card->snapshot));
        if (rows == NULL)
            return false;
        hj_request_adopt(it->req, rows, (GDestroyNotify)hj_rows_free);
        if (hj_rows_next(rows)) {
            name = hj_rows_text(rows, "pack");
            version = hj_rows_text(rows, "version");
            digest = hj_rows_text(rows, "digest");
        }
    }
    add_input(it, view, N_("Pack"),
              hj_request_printf(it->req, "%s %s · %.12s…", name, version, digest));
    return true;
}

/* What the mark rests on: rules first, then what went in. */
static bool
fill_inputs(const Item *it, HjScoreItemView *view, GError **error)
{
    HjRequest *req = it->req;
    const HjCardItem *item = it->item;
    const HjSchemeItem *rule = item->rule;
    view->inputs = hj_request_new(req, HjProofLine, 10);
    add_input(it, view, N_("Rule"),
              hj_request_printf(req, "%s · %s", hj_page_label(req, &it->contest.scheme->title),
                                version_of(it)));
    if (!fill_pack(it, view, error))
        return false;
    add_input(it, view, N_("Evidence"), evidence_word(it));
    add_input(it, view, N_("How it is counted"),
              rule != NULL && !rule->pending ? hj_contests_how(req, rule) : NULL);
    if (rule != NULL && rule->indicator != NULL) {
        add_input(it, view, N_("Indicator"), hj_page_label(req, &rule->indicator->title));
        add_input(it, view, N_("Formula"), hj_page_label(req, &rule->indicator->help));
    }
    if (item->has_value) {
        add_input(it, view, N_("Value"), hj_contests_value(req, item));
        if (item->denominator > 0)
            add_input(it, view, N_("Numerator / denominator"),
                      hj_request_printf(req, "%s / %s", number(it, item->numerator),
                                        number(it, item->denominator)));
    } else if (rule != NULL && rule->ledger != NULL)
        add_input(it, view, N_("Rows counted"), number(it, item->n_rows));
    return true;
}

static bool
fill_rows(const Item *it, HjScoreItemView *view, GError **error)
{
    HjRequest *req = it->req;
    HjRows *rows =
        hj_assessment_rows(hj_request_tx(req), hj_request_actor(req), it->contest.view,
                           it->card, it->item, MAX_ROWS + 1, error);
    if (rows != NULL)
        hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    const HjRowNames *names = rows != NULL ? hj_figures_names(req, rows, error) : NULL;
    HjOrgTree *tree = names != NULL ? hj_figures_tree(req, it->contest.period.to, error) : NULL;
    if (tree == NULL)
        return false;
    view->rows = hj_request_new(req, HjEvidence, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows) && view->n_rows < MAX_ROWS) {
        const bool has_points = !hj_rows_null(rows, "points");
        const bool has_version = !hj_rows_null(rows, "version");
        HjEvidence *line = &view->rows[view->n_rows++];
        *line = hj_figures_evidence(req, tree, names, rows);
        if (has_points)
            line->points = hj_figures_points(req, hj_rows_i64(rows, "points"));
        if (has_version)
            line->version = hj_rows_text(rows, "version");
        view->has_points = view->has_points || has_points;
        view->has_versions = view->has_versions || has_version;
    }
    if (hj_rows_count(rows) > MAX_ROWS)
        view->more = hj_request_printf(
            req, hj_tr(hj_request_lang(req), N_("The first %d rows are shown.")), MAX_ROWS);
    return true;
}

/* What stood there when the form was made: somebody else may decide meanwhile. */
static const char *
seen_of(const Item *it)
{
    return it->item->has_final
               ? hj_request_printf(it->req, "%" G_GINT64_FORMAT, it->item->final)
               : "none";
}

static bool
may_mark(const Item *it)
{
    return it->contest.view->provisional && it->card->snapshot == 0 &&
           hj_access_check(hj_request_tx(it->req), hj_request_actor(it->req), "scheme.judge",
                           it->card->org, NULL);
}

static void
fill_form(const Item *it, HjScoreItemView *view, const char *message)
{
    HjRequest *req = it->req;
    HjLang lang = hj_request_lang(req);
    view->page.form_key = hj_request_form_key(req);
    view->action =
        hj_request_printf(req, "%s/%s/%s", it->contest.base, it->card->code, it->item->name);
    view->version = seen_of(it);
    view->fields = hj_request_new(req, HjFormField, 3);
    HjFormField *points = &view->fields[view->n_fields++];
    *points = hj_pages_forms_field(req, HJ_INPUT_TEXT, "points", hj_tr(lang, N_("Final mark")),
                                   it->item->has_final ? hj_figures_points(req, it->item->final)
                                                       : NULL);
    points->required = true;
    points->help =
        hj_request_printf(req, hj_tr(lang, N_("computed: %s; the most it can be: %s")),
                          view->computed, view->full);
    HjFormField *document = &view->fields[view->n_fields++];
    *document = hj_pages_forms_field(req, HJ_INPUT_TEXT, "document",
                                     hj_tr(lang, N_("Document number")), it->item->document);
    document->help = hj_tr(lang, N_("The paper that decided it, as it is cited."));
    HjFormField *reason = &view->fields[view->n_fields++];
    *reason = hj_pages_forms_field(req, HJ_INPUT_LINES, "reason", hj_tr(lang, N_("Reason")),
                                   it->item->reason);
    reason->required = true;
    reason->max = 1000;
    reason->help = hj_tr(lang, N_("Is shown beside the mark to everybody who sees the card."));
    view->wrong = hj_pages_forms_wrong(req, view->fields, view->n_fields, message);
}

static void
fill_mark(const Item *it, HjScoreItemView *view)
{
    HjRequest *req = it->req;
    const HjCardItem *item = it->item;
    const HjSchemeItem *rule = item->rule;
    const int64_t times = rule != NULL && rule->times > 0 ? rule->times : 1;
    view->points =
        item->counted || item->has_final ? hj_figures_points(req, item->points) : "—";
    view->computed = item->counted ? hj_figures_points(req, item->computed) : "—";
    view->full = hj_figures_points(req, item->of_points * times);
    view->arithmetic = hj_contests_arithmetic(req, it->contest.scheme, item);
    view->assumption = rule != NULL && rule->assumption;
    view->has_final = item->has_final;
    if (item->has_final) {
        view->final = hj_figures_points(req, item->final);
        view->reason = item->reason;
        view->document = item->document;
        view->judge = hj_request_printf(req, "%s · %s", item->judge != NULL ? item->judge : "",
                                        hj_date_text(item->judged_on).text);
    }
    if (rule != NULL && rule->ledger != NULL)
        view->sql = rule->when.text;
    else if (rule != NULL && rule->indicator != NULL)
        view->sql = rule->indicator->sql.text;
}

static HjResponse *
item_page(const Item *it, int status, const char *message, GError **error)
{
    HjRequest *req = it->req;
    const char *title = hj_page_label(req, &it->item->title);
    HjScoreItemView view = {
        .page =
            hj_page(req, hj_request_printf(req, "%s · %s", title, it->card->name), "contests"),
        .head =
            hj_contests_head(req, &it->contest,
                             hj_request_printf(req, "/%s/%s", it->card->code, it->item->name)),
        .org = it->card->name,
    };
    view.head.title = title;
    hj_contests_crumbs(req, &it->contest, &view.page, it->card);
    view.page.here = it->here;
    fill_mark(it, &view);
    if (!fill_inputs(it, &view, error) || !fill_rows(it, &view, error))
        return NULL;
    if (it->contest.view->provisional && it->card->snapshot == 0) {
        size_t n = 0;
        view.raise = hj_contests_raises(req, &it->contest, it->card, it->item->name, &n, error);
        if (view.raise == NULL)
            return NULL;
        view.raise = n > 0 ? view.raise : NULL;
    }
    if (may_mark(it))
        fill_form(it, &view, message);
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_score_item(&out, &view);
    return res;
}

HjResponse *
hj_pages_score_item(HjRequest *req, GError **error)
{
    Item it;
    return load(req, &it, error) ? item_page(&it, 200, NULL, error) : NULL;
}

/* --- the final mark --- */

static const char *
sent(const Item *it, const char *name)
{
    const char *text = hj_request_form(it->req, name);
    return text != NULL && *text != '\0' ? text : NULL;
}

static bool
read_mark(const Item *it, HjAssessmentMark *ret)
{
    *ret = (HjAssessmentMark){ .org = it->card->org,
                               .item = it->item->name,
                               .clear = sent(it, "clear") != NULL,
                               .reason = sent(it, "reason"),
                               .document = sent(it, "document") };
    HjIssues *issues = hj_request_issues(it->req);
    const char *points = sent(it, "points");
    if (!ret->clear && (points == NULL || !hj_decimal_parse(points, 2, &ret->points, NULL)))
        hj_issues_add(issues, "points", "type", N_("Points are a number such as 7.5."));
    if (ret->reason == NULL)
        hj_issues_add(issues, "reason", "required", N_("Say why."));
    return hj_issues_count(issues) == 0;
}

HjResponse *
hj_pages_contest_mark_post(HjRequest *req, GError **error)
{
    Item it;
    if (!load(req, &it, error) || !hj_access_check(hj_request_tx(req), hj_request_actor(req),
                                                   "scheme.judge", it.card->org, error))
        return NULL;
    if (g_strcmp0(sent(&it, "seen"), seen_of(&it)) != 0)
        return item_page(&it, 409,
                         N_("Somebody else has decided about this mark meanwhile. Look at it "
                            "and send again if yours still holds."),
                         error);
    HjAssessmentMark mark;
    if (!read_mark(&it, &mark))
        return item_page(&it, 422, NULL, error);
    g_autoptr(GError) why = NULL;
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    if (hj_assessment_mark(tx, actor, &it.contest.head, &mark, hj_request_issues(req), &why))
        return hj_response_see_other(req, it.here,
                                     mark.clear ? N_("The computed mark counts again.")
                                                : N_("The final mark was recorded."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return item_page(&it, 422, NULL, error);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_CONFLICT))
        return item_page(&it, 409, why->message, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
