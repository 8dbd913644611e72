#include "web/figures.h"

#include "web/internal.h"

HjOption *
hj_figures_periods(HjRequest *req, const HjPeriod *now, bool years, size_t *ret_n)
{
    HjOption *options = hj_request_new(req, HjOption, 24);
    size_t n = 0;
    HjPeriod half = hj_period_half_of(now->from);
    bool listed = false;
    const HjDate begin = hj_request_pack(req)->valid_from; /* HJ_DATE_NONE lies before all */
    for (int step = 2; step >= -5; step--) {
        HjPeriod period = hj_period_shift(&half, step);
        if (period.from == HJ_DATE_NONE || period.to < begin)
            continue;
        bool on = g_str_equal(period.text, now->text);
        listed = listed || on;
        options[n++] = (HjOption){ .value = hj_request_strdup(req, period.text),
                                   .text = hj_page_period_text(req, &period),
                                   .on = on };
        int year, month, day;
        hj_date_split(period.from, &year, &month, &day);
        HjPeriod whole;
        if (!years || month != 1 ||
            !hj_period_parse(hj_request_printf(req, "%d", year), &whole, NULL))
            continue;
        on = g_str_equal(whole.text, now->text);
        listed = listed || on;
        options[n++] = (HjOption){ .value = hj_request_strdup(req, whole.text),
                                   .text = hj_page_period_text(req, &whole),
                                   .on = on };
    }
    if (!listed)
        options[n++] = (HjOption){ .value = hj_request_strdup(req, now->text),
                                   .text = hj_page_period_text(req, now),
                                   .on = true };
    *ret_n = n;
    return options;
}

const char *
hj_figures_href(HjRequest *req, const HjIndicator *indicator, const char *code, HjDate from,
                HjDate to)
{
    return hj_request_printf(req, "/indicators/%s?from=%s&to=%s&under=%s", indicator->name,
                             hj_date_text(from).text, hj_date_text(to).text, code);
}

const HjIndicatorSet *
hj_figures_set(HjRequest *req, const HjIndicator *indicator, HjDate from, HjDate to,
               GError **error)
{
    gpointer hold = NULL;
    const HjIndicatorSet *set =
        hj_indicator_memory_set(req->app->memory, req->tx, req->pack, req->generation,
                                indicator, from, to, &hold, error);
    if (set != NULL)
        hj_request_adopt(req, hold, hj_indicator_memory_release);
    return set;
}

const HjThresholds *
hj_figures_thresholds(HjRequest *req, GError **error)
{
    if (req->thresholds == NULL) {
        HjThresholds *thresholds = hj_threshold_load(req->tx, error);
        if (thresholds != NULL)
            req->thresholds =
                hj_request_adopt(req, thresholds, (GDestroyNotify)hj_threshold_free);
    }
    return req->thresholds;
}

/* As people set it in the tree of the page, otherwise as the pack does. */
static const char *
light_of(HjRequest *req, const HjIndicator *indicator, const HjIndicatorValue *value,
         const HjOrg *org)
{
    const HjThresholds *thresholds =
        req->tree != NULL ? hj_figures_thresholds(req, NULL) : NULL;
    if (thresholds == NULL)
        return hj_indicator_light(indicator, value);
    HjThreshold threshold = hj_threshold_at(thresholds, indicator, req->tree, org->id);
    return hj_threshold_light(&threshold, indicator, value);
}

HjNumber
hj_figures_number(HjRequest *req, const HjIndicator *indicator, const HjIndicatorSet *set,
                  const HjOrg *org, HjDate from, HjDate to)
{
    HjIndicatorValue value = hj_indicator_at(set, org->id);
    return (HjNumber){
        .title = hj_page_label(req, &indicator->title),
        .text = hj_request_adopt(req, hj_indicator_text(indicator, &value, true), g_free),
        .column = value.has
                      ? hj_request_strdup(
                            req, hj_decimal_text_column(value.value, indicator->scale).text)
                      : "—",
        .unit = hj_page_label(req, &indicator->unit),
        .light = light_of(req, indicator, &value, org),
        .help = hj_page_label(req, &indicator->help),
        .system = indicator->system,
        .assumption = indicator->assumption,
        .href = hj_figures_href(req, indicator, org->code, from, to),
    };
}

const char *
hj_figures_points(HjRequest *req, int64_t points)
{
    return hj_request_strdup(req, hj_decimal_text_grouped(points, 2).text);
}

const char *
hj_figures_points_column(HjRequest *req, int64_t points)
{
    return hj_request_strdup(req, hj_decimal_text_column(points, 2).text);
}

const char *
hj_figures_row_href(HjRequest *req, const HjOrgTree *tree, const char *ledger, int64_t id)
{
    if (g_str_equal(ledger, "org")) {
        const HjOrg *org = hj_org_tree_find(tree, id);
        return org != NULL ? hj_request_printf(req, "/orgs/%s", org->code) : NULL;
    }
    return hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger, id);
}

const char *
hj_figures_ledger_title(HjRequest *req, const char *name)
{
    const HjLedger *ledger = hj_pack_ledger(hj_request_pack(req), name);
    return ledger != NULL ? hj_page_label(req, &ledger->title)
                          : hj_tr(hj_request_lang(req), N_("Organization"));
}

const HjRowNames *
hj_figures_names(HjRequest *req, HjRows *rows, GError **error)
{
    HjRowNames *names = hj_row_names_of(req->tx, hj_request_actor(req), rows, error);
    return names != NULL ? hj_request_adopt(req, names, (GDestroyNotify)hj_row_names_free)
                         : NULL;
}

HjEvidence
hj_figures_evidence(HjRequest *req, const HjOrgTree *tree, const HjRowNames *names,
                    const HjRows *rows)
{
    const char *ledger = hj_rows_text(rows, "ledger");
    const int64_t id = hj_rows_i64(rows, "id");
    const bool is_org = g_str_equal(ledger, "org");
    const HjOrg *org = is_org ? hj_org_tree_find(tree, id) : NULL;
    return (HjEvidence){
        .org = hj_rows_text(rows, "org_name"),
        .title = is_org ? (org != NULL ? org->name : NULL) : hj_row_names_at(names, ledger, id),
        .ledger = hj_figures_ledger_title(req, ledger),
        .href = hj_figures_row_href(req, tree, ledger, id),
        .is_org = is_org,
    };
}

HjOrgTree *
hj_figures_tree(HjRequest *req, HjDate on, GError **error)
{
    gpointer hold = NULL;
    const HjOrgTree *tree =
        hj_indicator_memory_tree(req->app->memory, req->tx, req->generation, on, &hold, error);
    if (tree == NULL)
        return NULL;
    hj_request_adopt(req, hold, hj_indicator_memory_release);
    req->tree = tree;
    return (HjOrgTree *)tree; /* nobody changes a tree */
}

const HjOrg *
hj_figures_top(HjRequest *req, const HjOrgTree *tree, const char *permission)
{
    const HjActor *actor = hj_request_actor(req);
    const HjOrg *top = NULL;
    for (size_t i = 0; i < actor->n_grants; i++) {
        if (!hj_pack_role_may(actor->grants[i].role, permission))
            continue;
        const HjOrg *org = hj_org_tree_find(tree, actor->grants[i].org);
        if (org != NULL && (top == NULL || org->depth < top->depth))
            top = org;
    }
    return top;
}

const HjOrg *
hj_figures_under(HjRequest *req, const HjOrgTree *tree, const char *permission, GError **error)
{
    const char *code = hj_request_query(req, "under");
    const HjOrg *org = code != NULL && *code != '\0' ? hj_org_tree_code(tree, code)
                                                     : hj_figures_top(req, tree, permission);
    if (org == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
        return NULL;
    }
    if (!hj_access_check(hj_request_tx(req), hj_request_actor(req), permission, org->id, error))
        return NULL;
    return org;
}

const char *
hj_figures_span(HjRequest *req, HjDate from, HjDate to)
{
    return hj_request_printf(req, "%s — %s", hj_date_text(from).text, hj_date_text(to).text);
}
