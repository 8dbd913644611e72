/* Indicators and reports over the JSON API. */
#include "base/id.h"
#include "core/report.h"
#include "web/api_calls.h"
#include "web/figures.h"
#include "web/pages.h"
#include "web/rowquery.h"

static void
write_key_text(HjJsonWriter *w, const char *key, const char *text)
{
    hj_json_put_text(w, key, text);
}

static const char *
roll_name(HjRoll roll)
{
    switch (roll) {
    case HJ_ROLL_SUM:
        return "sum";
    case HJ_ROLL_RATIO:
        return "ratio";
    case HJ_ROLL_MEAN:
        return "mean";
    case HJ_ROLL_NONE:
        break;
    }
    return "none";
}

static void
write_definition(HjJsonWriter *w, const HjIndicator *indicator)
{
    write_key_text(w, "indicator", indicator->name);
    hj_api_write_label(w, "title", &indicator->title);
    hj_api_write_label(w, "help", &indicator->help);
    hj_api_write_label(w, "unit", &indicator->unit);
    write_key_text(w, "of_kind", indicator->of);
    write_key_text(w, "roll", roll_name(indicator->roll));
    hj_json_put_flag(w, "assumption", indicator->assumption);
}

HjResponse *
hj_api_indicators(HjRequest *req, GError **error)
{
    (void)error;
    const HjPack *pack = hj_request_pack(req);
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < pack->n_indicators; i++) {
        hj_json_begin_object(&w);
        write_definition(&w, &pack->indicators[i]);
        hj_json_end_object(&w);
    }
    hj_api_end_list(&w, NULL);
    return res;
}

static void
write_period(HjJsonWriter *w, const char *text, HjDate from, HjDate to)
{
    if (text != NULL)
        write_key_text(w, "period", text);
    write_key_text(w, "from", hj_date_text(from).text);
    write_key_text(w, "to", hj_date_text(to).text);
}

/* What ?period= of= under= limit= cursor= ask for. */
typedef struct {
    const HjIndicator *indicator;
    HjPeriod period;
    const char *kind;
    int64_t under, after;
    int limit;
} Asked;

static bool
read_query(HjRequest *req, Asked *ret, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const char *of = hj_request_query(req, "of");
    const char *cursor = hj_request_query(req, "cursor");
    *ret = (Asked){ .indicator = hj_pack_indicator(pack, hj_request_part(req, "indicator")) };
    if (ret->indicator == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such indicator.");
    ret->kind = of != NULL && *of != '\0' ? of : ret->indicator->of;
    if (hj_pack_org_kind(pack, ret->kind) == NULL)
        return hj_rowquery_fail(req, "of", N_("There is no such kind of organization."), error);
    if (!hj_api_under(req, "indicator.view", &ret->under, error))
        return false;
    if (cursor != NULL && *cursor != '\0' && !hj_id_parse(cursor, &ret->after))
        return hj_rowquery_fail(req, "cursor", N_("Is no cursor of this list."), error);
    return hj_page_period(req, "period", &ret->period, error) &&
           hj_rowquery_limit(req, HJ_ROWQUERY_MAX_LIMIT, &ret->limit, error);
}

/* An account that holds several roles may see the indicators of one place and only the names of
 * another. */
static bool
may_see(HjRequest *req, int64_t org)
{
    const HjActor *actor = hj_request_actor(req);
    return actor->n_grants < 2 ||
           hj_access_check(hj_request_tx(req), actor, "indicator.view", org, NULL);
}

static void
write_item(HjJsonWriter *w, const HjRows *org, const HjIndicator *indicator,
           const HjIndicatorSet *set)
{
    HjIndicatorValue value = hj_indicator_at(set, hj_rows_i64(org, "id"));
    hj_json_begin_object(w);
    write_key_text(w, "org", hj_rows_text(org, "code"));
    write_key_text(w, "org_name", hj_rows_text(org, "name"));
    hj_api_write_value(w, indicator, &value);
    hj_json_put_i64(w, "orgs", value.n_orgs);
    const char *light = hj_indicator_light(indicator, &value);
    write_key_text(w, "light", *light != '\0' ? light : NULL);
    hj_json_end_object(w);
}

HjResponse *
hj_api_indicator(HjRequest *req, GError **error)
{
    Asked asked;
    HjTx *tx = hj_request_tx(req);
    if (!read_query(req, &asked, error))
        return NULL;
    const HjIndicatorSet *set =
        hj_figures_set(req, asked.indicator, asked.period.from, asked.period.to, error);
    g_autoptr(HjRows) orgs =
        set == NULL ? NULL
                    : hj_org_list(tx, hj_request_actor(req), asked.under, asked.kind, NULL,
                                  asked.limit + 1, asked.after, error);
    if (orgs == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    write_definition(&w, asked.indicator);
    write_period(&w, asked.period.text, asked.period.from, asked.period.to);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    const char *next = NULL;
    for (int n = 0; n < asked.limit && hj_rows_next(orgs); n++) {
        if (may_see(req, hj_rows_i64(orgs, "id")))
            write_item(&w, orgs, asked.indicator, set);
        if (n + 1 == asked.limit && hj_rows_count(orgs) > (size_t)asked.limit)
            next = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(orgs, "id"));
    }
    hj_api_end_list(&w, next);
    return res;
}

/* The organization a report is about: ?under=, or the first place whose reports the actor sees.
 */
static bool
find_place(HjRequest *req, HjRows **ret, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    const char *under = hj_request_query(req, "under");
    if (under != NULL && *under == '\0')
        under = NULL;
    for (size_t i = 0; i < actor->n_grants && under == NULL; i++)
        if (hj_access_check(hj_request_tx(req), actor, "report.view", actor->grants[i].org,
                            NULL))
            under = actor->grants[i].org_code;
    HjRows *org = under != NULL ? hj_page_org(req, under, error) : NULL;
    if (org == NULL)
        return under != NULL
                   ? false
                   : hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    *ret = org;
    return hj_access_check(hj_request_tx(req), actor, "report.view", hj_rows_i64(org, "id"),
                           error);
}

static bool
read_days(HjRequest *req, HjDate *ret_from, HjDate *ret_to, GError **error)
{
    if (!hj_page_date(req, "from", HJ_DATE_NONE, ret_from, error) ||
        !hj_page_date(req, "to", HJ_DATE_NONE, ret_to, error))
        return false;
    if (*ret_from == HJ_DATE_NONE)
        return hj_rowquery_fail(req, "from", N_("This is needed."), error);
    if (*ret_to == HJ_DATE_NONE)
        return hj_rowquery_fail(req, "to", N_("This is needed."), error);
    return *ret_from <= *ret_to ||
           hj_rowquery_fail(req, "from", N_("Must not be after “to”."), error);
}

static void
write_figures(HjRequest *req, HjJsonWriter *w, const HjReportResult *result)
{
    HjLang lang = hj_request_lang(req);
    hj_json_key(w, "figures");
    hj_json_begin_array(w);
    for (size_t i = 0; i < result->n_figures; i++) {
        const HjFigureValue *value = &result->figures[i];
        hj_json_begin_object(w);
        write_key_text(w, "key", value->figure->name);
        write_key_text(w, "title", hj_i18n_label(&value->figure->title, lang));
        hj_json_key(w, "value");
        if (value->has)
            hj_json_decimal(w, value->shown, value->scale);
        else
            hj_json_nothing(w);
        write_key_text(w, "unit", hj_i18n_label(&value->figure->unit, lang));
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
}

/* What is asked for of a report: which, of what days, of what place. */
typedef struct {
    const HjReport *report;
    HjDate from, to;
    HjRows *org;
} AskedReport;

static bool
read_report(HjRequest *req, AskedReport *ret, GError **error)
{
    *ret = (AskedReport){ .report = hj_pack_report(hj_request_pack(req),
                                                   hj_request_part(req, "report")) };
    if (ret->report == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such report.");
    return read_days(req, &ret->from, &ret->to, error) && find_place(req, &ret->org, error);
}

HjResponse *
hj_api_report(HjRequest *req, GError **error)
{
    AskedReport asked;
    if (!read_report(req, &asked, error))
        return NULL;
    g_autoptr(HjReportResult) result =
        hj_report_compute(hj_request_tx(req), hj_request_pack(req), asked.report, asked.from,
                          asked.to, hj_rows_i64(asked.org, "id"), error);
    if (result == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    write_key_text(&w, "report", asked.report->name);
    hj_api_write_label(&w, "title", &asked.report->title);
    write_period(&w, NULL, asked.from, asked.to);
    write_key_text(&w, "under", hj_rows_text(asked.org, "code"));
    write_figures(req, &w, result);
    hj_json_end_object(&w);
    return res;
}

/* The same as a paper or a workbook, by how the address ends. */
HjResponse *
hj_api_report_file(HjRequest *req, GError **error)
{
    AskedReport asked;
    if (!read_report(req, &asked, error))
        return NULL;
    g_autoptr(HjReportTable) table =
        hj_report_table_new(hj_request_tx(req), hj_request_pack(req), asked.report, asked.from,
                            asked.to, hj_rows_i64(asked.org, "id"), error);
    if (table == NULL)
        return NULL;
    const bool book = g_str_has_suffix(hj_request_path(req), ".xlsx");
    return hj_pages_report_file(req, asked.report, table, book, error);
}
