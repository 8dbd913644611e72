#include "web/prefill.h"

#include "web/figures.h"
#include "web/pages.h"

static HjPrefillView *
view_of(HjRequest *req, const HjPrefillFigures *figures, int64_t org, const char *kept)
{
    const bool links = hj_access_may(hj_request_actor(req), "indicator.view");
    const HjReport *report = figures->prefill->report;
    HjPrefillView *view = hj_request_new(req, HjPrefillView, 1);
    view->title = hj_page_label(req, &report->title);
    view->help = hj_page_label(req, &report->help);
    view->span = hj_figures_span(req, figures->from, figures->to);
    view->of = figures->org->id != org ? hj_request_strdup(req, figures->org->name) : NULL;
    view->kept = kept != NULL;
    view->lines = hj_request_new(req, HjPrefillLine, figures->n_figures);
    for (size_t i = 0; i < figures->n_figures; i++) {
        const HjFigureValue *figure = &figures->figures[i];
        size_t n = 0;
        const char *was = kept != NULL ? hj_prefill_kept(kept, figure->figure->name, &n) : NULL;
        if (kept != NULL && was == NULL)
            continue; /* a figure of a later version of the report */
        view->lines[view->n_lines++] = (HjPrefillLine){
            .title = hj_page_label(req, &figure->figure->title),
            .text = kept == NULL ? hj_request_adopt(req, hj_prefill_text(figure), g_free)
                    : n > 0      ? hj_request_printf(req, "%.*s", (int)n, was)
                                 : "—",
            .unit = hj_page_label(req, &figure->figure->unit),
            .href = links ? hj_figures_href(req, figure->figure->indicator, figures->org->code,
                                            figures->from, figures->to)
                          : NULL,
        };
    }
    return view;
}

static bool
fill(HjRequest *req, const HjLedger *ledger, int64_t org, const char *period, const char *kept,
     HjPrefillView **ret, GError **error)
{
    g_autoptr(HjPrefillFigures) figures = NULL;
    *ret = NULL;
    if (ledger->prefill == NULL || period == NULL || *period == '\0')
        return true;
    const HjField *into = ledger->prefill->into;
    if (into == NULL || hj_access_field_hidden(hj_request_actor(req), into))
        return true;
    if (!hj_prefill_compute(hj_request_tx(req), hj_request_pack(req), ledger, org, period,
                            &figures, error))
        return false;
    if (figures != NULL)
        *ret = view_of(req, figures, org, kept);
    return true;
}

bool
hj_prefill_of_row(HjRequest *req, const HjLedger *ledger, const HjRows *row,
                  HjPrefillView **ret, GError **error)
{
    *ret = NULL;
    if (ledger->prefill == NULL)
        return true;
    return fill(req, ledger, hj_rows_i64(row, "org"),
                hj_rows_text(row, ledger->prefill->period),
                hj_rows_text(row, ledger->prefill->into->name), ret, error);
}

bool
hj_prefill_of_new(HjRequest *req, const HjLedger *ledger, int64_t org, const char *period,
                  HjPrefillView **ret, GError **error)
{
    return fill(req, ledger, org, period, NULL, ret, error);
}
