/* Where lights change: the pack's default beside what an organization set, with who and when.
 */
#include "thresholds.html.h"
#include "web/pages_cockpit.h"
#include "web/pages_forms.h"

#include <string.h>

typedef struct {
    HjRequest *req;
    const HjOrgTree *tree;
    const HjOrg *under;
} Place;

static bool
find_place(Place *p, const char *code, GError **error)
{
    p->tree = hj_figures_tree(p->req, hj_tx_today(hj_request_tx(p->req)), error);
    if (p->tree == NULL)
        return false;
    p->under = code != NULL && *code != '\0'
                   ? hj_org_tree_code(p->tree, code)
                   : hj_figures_top(p->req, p->tree, "indicator.manage");
    if (p->under == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
    return hj_access_check(hj_request_tx(p->req), hj_request_actor(p->req), "indicator.manage",
                           p->under->id, error);
}

static const char *
number(HjRequest *req, const HjIndicator *indicator, int64_t value)
{
    return hj_request_strdup(req, hj_decimal_text(value, indicator->scale).text);
}

static HjThresholdLine
line_of(const Place *p, const HjThresholds *all, const HjIndicator *indicator, const char *sent)
{
    HjRequest *req = p->req;
    HjThreshold now = hj_threshold_at(all, indicator, p->tree, p->under->id);
    const HjOrg *whose = now.org != 0 ? hj_org_tree_find(p->tree, now.org) : NULL;
    const char *sign = indicator->lower_is_better ? "≤" : "≥";
    HjThresholdLine line = {
        .name = indicator->name,
        .title = hj_page_label(req, &indicator->title),
        .unit = hj_page_label(req, &indicator->unit),
        .below = sign,
        .has = now.has,
        .green = now.has ? number(req, indicator, now.green) : "",
        .yellow = now.has ? number(req, indicator, now.yellow) : "",
        .own = now.org == p->under->id,
        .by = hj_request_strdup(req, now.by),
        .from = whose != NULL ? whose->name : NULL,
        .at = now.at,
        .standard = indicator->has_lights
                        ? hj_request_printf(req, "%s %s / %s %s", sign,
                                            number(req, indicator, indicator->green), sign,
                                            number(req, indicator, indicator->yellow))
                        : NULL,
    };
    HjIssues *issues = hj_request_issues(req);
    if (g_strcmp0(sent, indicator->name) == 0 && hj_issues_count(issues) > 0) {
        line.wrong = hj_issues_message(issues, 0, hj_request_lang(req));
        line.green = hj_pages_forms_sent(req, "green");
        line.yellow = hj_pages_forms_sent(req, "yellow");
    }
    return line;
}

static HjResponse *
show(const Place *p, int status, const char *sent, GError **error)
{
    HjRequest *req = p->req;
    const HjPack *pack = hj_request_pack(req);
    const HjThresholds *all = hj_figures_thresholds(req, error);
    if (all == NULL)
        return NULL;
    HjLang lang = hj_request_lang(req);
    HjThresholdsView view = {
        .page = hj_page(req, hj_tr(lang, N_("Where lights change")), "table"),
        .where = p->under->name,
        .under = p->under->code,
        .back_href = hj_request_printf(req, "/table?under=%s", p->under->code),
        .lines = hj_request_new(req, HjThresholdLine, pack->n_indicators + 1),
    };
    view.page.here = hj_request_printf(req, "/thresholds?under=%s", p->under->code);
    hj_page_crumb(req, &view.page, view.back_href, hj_tr(lang, N_("Indicators")));
    for (size_t i = 0; i < pack->n_indicators; i++)
        if (pack->indicators[i].on_table || pack->indicators[i].has_lights)
            view.lines[view.n_lines++] = line_of(p, all, &pack->indicators[i], sent);
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_thresholds(&out, &view);
    return res;
}

HjResponse *
hj_pages_thresholds(HjRequest *req, GError **error)
{
    Place p = { .req = req };
    return find_place(&p, hj_request_query(req, "under"), error) ? show(&p, 200, NULL, error)
                                                                 : NULL;
}

HjResponse *
hj_pages_thresholds_post(HjRequest *req, GError **error)
{
    Place p = { .req = req };
    const char *name = hj_pages_forms_sent(req, "indicator");
    const HjIndicator *indicator = hj_pack_indicator(hj_request_pack(req), name);
    if (!find_place(&p, hj_request_form(req, "under"), error))
        return NULL;
    if (indicator == NULL) {
        hj_fail(error, HJ_ERROR_MALFORMED, "There is no such indicator.");
        return NULL;
    }
    bool reset = hj_request_form(req, "reset") != NULL;
    g_autoptr(GError) why = NULL;
    if (hj_threshold_set(hj_request_tx(req), hj_request_actor(req), indicator, p.under->id,
                         reset ? NULL : hj_pages_forms_sent(req, "green"),
                         reset ? NULL : hj_pages_forms_sent(req, "yellow"),
                         hj_request_issues(req), &why))
        return hj_response_see_other(
            req, hj_request_printf(req, "/thresholds?under=%s#t-%s", p.under->code, name),
            N_("Saved."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return show(&p, 422, name, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
