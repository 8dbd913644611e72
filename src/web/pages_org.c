/* The page of one organization; for a village this is 我的村. */
#include "core/access.h"
#include "core/audit.h"
#include "core/indicator.h"
#include "org_view.html.h"
#include "web/pages.h"
#include "web/pages_events.h"
#include "web/views_org.h"

#include <string.h>

#define MAX_BELOW 160  /* more than this and the page points to the tree instead */
#define OPENS_ABOVE 12 /* fewer below are seen at a glance on the page itself */
#define N_LATEST 3
#define N_ACTS 5
#define N_TIMELINE 12
#define MAX_KIND_DEPTH 8

typedef struct {
    HjRequest *req;
    HjTx *tx;
    const HjActor *actor;
    const HjPack *pack;
    const HjRows *org;
    int64_t id;
    const char *code, *kind;
    HjPeriod period;
} Here;

/* Something of @kind may stand at or below something of kind @top. */
static bool
kind_reaches(const HjPack *pack, const char *kind, const char *top, int depth)
{
    if (g_str_equal(kind, top))
        return true;
    const HjOrgKind *found = hj_pack_org_kind(pack, kind);
    for (size_t i = 0; found != NULL && depth < MAX_KIND_DEPTH && i < found->n_under; i++)
        if (kind_reaches(pack, found->under[i], top, depth + 1))
            return true;
    return false;
}

static bool
ledger_reaches(const Here *here, const HjLedger *ledger)
{
    for (size_t i = 0; i < ledger->n_of; i++)
        if (kind_reaches(here->pack, ledger->of[i], here->kind, 0))
            return true;
    return ledger->n_of == 0;
}

/* Rows of the ledger may belong to this very organization, and this actor may enter them. */
static bool
enters_here(const Here *here, const HjLedger *ledger)
{
    bool owns = ledger->n_of == 0;
    for (size_t i = 0; i < ledger->n_of; i++)
        owns = owns || g_str_equal(ledger->of[i], here->kind);
    return owns && ledger->in == NULL &&
           hj_access_check_row(here->tx, here->actor, ledger, HJ_ACCESS_ENTER, here->id, NULL);
}

static const char *
new_href(const Here *here, const HjLedger *ledger)
{
    return hj_request_printf(here->req, "/ledgers/%s/new?org=%s", ledger->name, here->code);
}

static const HjField *
field_shown(const Here *here, const HjLedger *ledger, const char *name)
{
    const HjField *field = name != NULL ? hj_pack_field(ledger, name) : NULL;
    return field != NULL && !hj_access_field_hidden(here->actor, field) ? field : NULL;
}

static bool
fill_latest(const Here *here, const HjLedger *ledger, HjOrgLedger *ret, GError **error)
{
    HjRowQuery query = { .ledger = ledger,
                         .under = here->id,
                         .from = HJ_DATE_NONE,
                         .to = HJ_DATE_NONE,
                         .limit = N_LATEST };
    const HjField *date = field_shown(here, ledger, ledger->date_field);
    const HjField *title = field_shown(here, ledger, ledger->title_field);
    if (date != NULL) {
        query.sort = date->name;
        query.desc = true;
    }
    g_autofree char *next = NULL;
    HjRows *rows = hj_row_list(here->tx, here->actor, &query, &next, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(here->req, rows, (GDestroyNotify)hj_rows_free);
    ret->rows = hj_request_new(here->req, HjLatestRow, hj_rows_count(rows));
    while (hj_rows_next(rows)) {
        const char *text = title != NULL ? hj_pages_cell(here->req, title, rows) : NULL;
        bool below = g_strcmp0(hj_rows_text(rows, "org_code"), here->code) != 0;
        ret->rows[ret->n_rows++] = (HjLatestRow){
            .href = hj_request_printf(here->req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name,
                                      hj_rows_i64(rows, "id")),
            .title = text != NULL && *text != '\0' ? text : ret->title,
            .org = below ? hj_rows_text(rows, "org_name") : NULL,
            .day = date != NULL ? hj_pages_cell(here->req, date, rows) : NULL,
        };
    }
    return true;
}

static bool
fill_ledger(const Here *here, const HjLedger *ledger, HjOrgView *view, GError **error)
{
    HjRowQuery query = { .ledger = ledger,
                         .under = here->id,
                         .from = HJ_DATE_NONE,
                         .to = HJ_DATE_NONE,
                         .limit = 1 };
    g_autoptr(HjRows) totals = hj_row_totals(here->tx, here->actor, &query, error);
    if (totals == NULL)
        return false;
    HjOrgLedger item = {
        .title = hj_page_label(here->req, &ledger->title),
        .href = hj_request_printf(here->req, "/ledgers/%s?under=%s", ledger->name, here->code),
        .new_href = enters_here(here, ledger) ? new_href(here, ledger) : NULL,
        .count = hj_rows_next(totals) ? hj_rows_i64(totals, "count") : 0,
    };
    if (item.count > 0 && !fill_latest(here, ledger, &item, error))
        return false;
    if (item.new_href != NULL)
        view->entries[view->n_entries++] =
            (HjLink){ .href = item.new_href, .text = item.title };
    view->ledgers[view->n_ledgers++] = item;
    return true;
}

static bool
fill_ledgers(const Here *here, HjOrgView *view, GError **error)
{
    view->ledgers = hj_request_new(here->req, HjOrgLedger, here->pack->n_ledgers);
    view->entries = hj_request_new(here->req, HjLink, here->pack->n_ledgers);
    for (size_t i = 0; i < here->pack->n_ledgers; i++) {
        const HjLedger *ledger = &here->pack->ledgers[i];
        if (ledger->in == NULL && ledger_reaches(here, ledger) &&
            hj_access_check_row(here->tx, here->actor, ledger, HJ_ACCESS_VIEW, here->id,
                                NULL) &&
            !fill_ledger(here, ledger, view, error))
            return false;
    }
    return true;
}

static bool
fill_indicator(const Here *here, const HjIndicator *indicator, const HjOrgTree *tree,
               HjOrgView *view, GError **error)
{
    g_autoptr(HjIndicatorSet) set = hj_indicator_compute(
        here->tx, here->pack, indicator, tree, here->period.from, here->period.to, error);
    if (set == NULL)
        return false;
    HjIndicatorValue value = hj_indicator_at(set, here->id);
    view->indicators[view->n_indicators++] = (HjOrgIndicator){
        .title = hj_page_label(here->req, &indicator->title),
        .value =
            hj_request_adopt(here->req, hj_indicator_text(indicator, &value, true), g_free),
        .unit = value.has ? hj_page_label(here->req, &indicator->unit) : NULL,
        .light = hj_indicator_light(indicator, &value),
        .href = hj_request_printf(here->req, "/indicators/%s?period=%s&under=%s",
                                  indicator->name, here->period.text, here->code),
        .assumption = indicator->assumption,
    };
    return true;
}

static const char *
period_href(const Here *here, int steps)
{
    HjPeriod period = hj_period_shift(&here->period, steps);
    if (period.from == HJ_DATE_NONE)
        return NULL;
    return hj_request_printf(here->req, "/orgs/%s?period=%s", here->code, period.text);
}

static bool
fill_indicators(const Here *here, HjOrgView *view, GError **error)
{
    if (!hj_access_check(here->tx, here->actor, "indicator.view", here->id, NULL))
        return true;
    g_autoptr(HjOrgTree) tree = hj_org_tree_load(here->tx, here->period.to, error);
    if (tree == NULL)
        return false;
    view->indicators = hj_request_new(here->req, HjOrgIndicator, here->pack->n_indicators);
    for (size_t i = 0; i < here->pack->n_indicators; i++) {
        const HjIndicator *indicator = &here->pack->indicators[i];
        if (indicator->on_table && kind_reaches(here->pack, indicator->of, here->kind, 0) &&
            !fill_indicator(here, indicator, tree, view, error))
            return false;
    }
    view->period = hj_page_period_text(here->req, &here->period);
    view->before_href = period_href(here, -1);
    view->after_href = period_href(here, 1);
    return true;
}

/* What stands directly below, by kind; nothing where the tree shows it better. */
static bool
fill_below(const Here *here, HjOrgView *view, GError **error)
{
    HjRows *rows =
        hj_org_list(here->tx, here->actor, here->id, NULL, NULL, MAX_BELOW, 0, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(here->req, rows, (GDestroyNotify)hj_rows_free);
    size_t n = hj_rows_count(rows), n_kinds = here->pack->n_org_kinds;
    if (n > OPENS_ABOVE)
        view->tree_href = hj_request_printf(here->req, "/orgs?under=%s", here->code);
    if (n == MAX_BELOW)
        return true;
    view->below = hj_request_new(here->req, HjOrgGroup, n_kinds);
    for (size_t k = 0; k < n_kinds; k++) {
        const HjOrgKind *kind = &here->pack->org_kinds[k];
        HjOrgGroup group = { .title = hj_page_label(here->req, &kind->title),
                             .orgs = hj_request_new(here->req, HjOrgTile, n) };
        hj_rows_rewind(rows);
        while (hj_rows_next(rows))
            if (g_str_equal(hj_rows_text(rows, "kind"), kind->name) &&
                g_strcmp0(hj_rows_text(rows, "parent_code"), here->code) == 0)
                group.orgs[group.n_orgs++] = (HjOrgTile){
                    .href =
                        hj_request_printf(here->req, "/orgs/%s", hj_rows_text(rows, "code")),
                    .name = hj_rows_text(rows, "name"),
                };
        if (group.n_orgs > 0)
            view->below[view->n_below++] = group;
    }
    return true;
}

static bool
fill_acts(const Here *here, HjOrgView *view, GError **error)
{
    HjRows *acts = hj_org_acts(here->tx, here->id, error);
    if (acts == NULL)
        return false;
    hj_request_adopt(here->req, acts, (GDestroyNotify)hj_rows_free);
    view->acts = hj_request_new(here->req, HjOrgActItem, hj_rows_count(acts));
    while (hj_rows_next(acts)) {
        const char *action = hj_request_printf(here->req, "org.%s", hj_rows_text(acts, "act"));
        view->acts[view->n_acts++] = (HjOrgActItem){
            .act = hj_pages_action(here->req, action),
            .day = hj_rows_text(acts, "on_day"),
            .document = hj_rows_text(acts, "document"),
            .note = hj_rows_text(acts, "note"),
            .other = hj_rows_text(acts, "other_name"),
            .actor = hj_rows_text(acts, "actor_name"),
        };
    }
    if (view->n_acts > N_ACTS) {
        view->older = view->acts + N_ACTS;
        view->n_older = view->n_acts - N_ACTS;
        view->n_acts = N_ACTS;
    }
    return true;
}

static void
fill_event(const Here *here, const HjRows *events, HjTimelineItem *item)
{
    const char *name = hj_rows_text(events, "ledger");
    const char *before = hj_rows_text(events, "before"), *after = hj_rows_text(events, "after");
    const HjLedger *ledger = name != NULL ? hj_pack_ledger(here->pack, name) : NULL;
    bool below = g_strcmp0(hj_rows_text(events, "org_code"), here->code) != 0;
    *item = (HjTimelineItem){
        .action = hj_pages_events_action(here->req, ledger, events),
        .what = hj_pages_events_ledger(here->req, name),
        .actor = hj_pages_events_actor(here->req, events),
        .org = below ? hj_rows_text(events, "org_name") : NULL,
        .at = hj_rows_i64(events, "at"),
        .reason = hj_rows_text(events, "reason"),
    };
    if (ledger == NULL)
        return;
    item->href = hj_request_printf(here->req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name,
                                   hj_rows_i64(events, "row"));
    const char *title = hj_pages_events_title(here->req, ledger, after);
    if (before == NULL && title != NULL)
        item->what = hj_request_printf(here->req, "%s · %s", item->what, title);
    if (before != NULL && after != NULL)
        item->changes =
            hj_pages_events_changes(here->req, ledger, before, after, &item->n_changes);
}

static bool
fill_timeline(const Here *here, HjOrgView *view, GError **error)
{
    const HjOrgKind *kind = hj_pack_org_kind(here->pack, here->kind);
    bool whole_county = kind == NULL || kind->n_under == 0; /* the audit page is for that */
    if (whole_county || !hj_access_check(here->tx, here->actor, "ledger.view", here->id, NULL))
        return true;
    HjRows *events = hj_audit_of_org(here->tx, here->actor, here->id, N_TIMELINE, error);
    if (events == NULL)
        return false;
    hj_request_adopt(here->req, events, (GDestroyNotify)hj_rows_free);
    view->timeline = hj_request_new(here->req, HjTimelineItem, hj_rows_count(events));
    while (hj_rows_next(events))
        fill_event(here, events, &view->timeline[view->n_timeline++]);
    return true;
}

static void
fill_head(const Here *here, HjOrgView *view)
{
    const HjOrgKind *kind = hj_pack_org_kind(here->pack, here->kind);
    const char *above = hj_rows_text(here->org, "parent_code");
    view->kind = kind != NULL ? hj_page_label(here->req, &kind->title) : here->kind;
    view->since = hj_rows_text(here->org, "opened_on");
    view->until = hj_rows_text(here->org, "closed_on");
    view->above = hj_rows_text(here->org, "parent_name");
    if (above != NULL && !hj_rows_null(here->org, "parent") &&
        hj_access_sees_org(here->tx, here->actor, hj_rows_i64(here->org, "parent")))
        view->above_href = hj_request_printf(here->req, "/orgs/%s", above);
    hj_page_crumb(here->req, &view->page, "/orgs",
                  hj_tr(hj_request_lang(here->req), N_("Organizations")));
    if (view->above_href != NULL)
        hj_page_crumb(here->req, &view->page, view->above_href, view->above);
    if (hj_access_check(here->tx, here->actor, "org.manage", here->id, NULL))
        view->act_href = hj_request_printf(here->req, "/orgs/%s/act", here->code);
}

HjResponse *
hj_pages_org(HjRequest *req, GError **error)
{
    Here here = { .req = req,
                  .tx = hj_request_tx(req),
                  .actor = hj_request_actor(req),
                  .pack = hj_request_pack(req) };
    here.org = hj_page_org(req, hj_request_part(req, "code"), error);
    if (here.org == NULL || !hj_page_period(req, "period", &here.period, error))
        return NULL;
    here.id = hj_rows_i64(here.org, "id");
    here.code = hj_rows_text(here.org, "code");
    here.kind = hj_rows_text(here.org, "kind");
    if (!hj_access_check(here.tx, here.actor, "org.view", here.id, error))
        return NULL;
    HjOrgView view = { .page = hj_page(req, hj_rows_text(here.org, "name"), "orgs") };
    fill_head(&here, &view);
    if (!fill_ledgers(&here, &view, error) || !fill_indicators(&here, &view, error) ||
        !fill_below(&here, &view, error) || !fill_acts(&here, &view, error) ||
        !fill_timeline(&here, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_org_view(&out, &view);
    return res;
}
