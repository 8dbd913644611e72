#include "web/judged.h"

#include "core/judged.h"
#include "web/figures.h"
#include "web/pages.h"

#define LINES_MAX 50

static bool
judge(HjRequest *req, HjJudgedRun *run, const HjLedger *ledger, const HjRows *row,
      const HjRows *above, HjJudgedLine *line, GError **error)
{
    HjJudgement judgement;
    bool has;
    if (!hj_judged_row(run, ledger, row, above, &judgement, &has, error))
        return false;
    const HjField *by = hj_pack_field(ledger, ledger->judged->by);
    const HjField *target = hj_pack_field(ledger, ledger->judged->target);
    const HjIndicator *indicator =
        !hj_rows_null(row, ledger->judged->by)
            ? hj_pack_indicator(hj_request_pack(req), hj_rows_text(row, ledger->judged->by))
            : NULL;
    *line = (HjJudgedLine){
        .lower = indicator != NULL && indicator->lower_is_better,
        .title = hj_pages_row_title(req, ledger, row),
        .href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name,
                                  hj_rows_i64(row, "id")),
        .indicator = hj_pages_cell(req, by, row),
        .target = hj_pages_cell(req, target, row),
        .open = !has,
    };
    if (!has)
        return true;
    line->value = hj_request_adopt(
        req, hj_indicator_text(judgement.indicator, &judgement.value, true), g_free);
    line->unit = hj_page_label(req, &judgement.indicator->unit);
    line->span = hj_figures_span(req, judgement.from, judgement.to);
    line->met = judgement.met;
    line->light = judgement.met ? "green" : "yellow";
    if (hj_access_may(hj_request_actor(req), "indicator.view"))
        line->indicator_href =
            hj_figures_href(req, judgement.indicator, hj_rows_text(row, "org_code"),
                            judgement.from, judgement.to);
    return true;
}

/* The row above, standing on it; NULL where there is none to see. */
static HjRows *
load_above(HjRequest *req, const HjLedger *ledger, const HjRows *row)
{
    if (ledger->in == NULL || hj_rows_null(row, "parent"))
        return NULL;
    HjRows *above = hj_row_get(hj_request_tx(req), hj_request_actor(req), ledger->in,
                               hj_rows_i64(row, "parent"), NULL);
    if (above == NULL)
        return NULL;
    hj_request_adopt(req, above, (GDestroyNotify)hj_rows_free);
    return hj_rows_next(above) ? above : NULL;
}

static bool
judge_children(HjRequest *req, HjJudgedRun *run, const HjLedger *child, const HjRows *above,
               int64_t id, HjJudgedLine *lines, size_t *n, GError **error)
{
    const HjRowQuery query = { .ledger = child,
                               .parent = id,
                               .from = HJ_DATE_NONE,
                               .to = HJ_DATE_NONE,
                               .sort = "created_at",
                               .limit = LINES_MAX };
    g_autofree char *next = NULL;
    HjRows *rows = hj_row_list(hj_request_tx(req), hj_request_actor(req), &query, &next, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    while (*n < LINES_MAX && hj_rows_next(rows))
        if (!judge(req, run, child, rows, above, &lines[(*n)++], error))
            return false;
    return true;
}

bool
hj_judged_lines(HjRequest *req, const HjLedger *ledger, const HjRows *row, int64_t id,
                HjJudgedLine **ret, size_t *ret_n, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    g_autoptr(HjJudgedRun) run = hj_judged_new(hj_request_tx(req), pack);
    *ret_n = 0;
    *ret = hj_request_new(req, HjJudgedLine, LINES_MAX);
    if (ledger->judged != NULL) {
        *ret_n = 1;
        return judge(req, run, ledger, row, load_above(req, ledger, row), *ret, error);
    }
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *child = &pack->ledgers[i];
        if (child->in == ledger && child->judged != NULL &&
            hj_access_may_ledger(hj_request_actor(req), child, HJ_ACCESS_VIEW) &&
            !judge_children(req, run, child, row, id, *ret, ret_n, error))
            return false;
    }
    return true;
}
