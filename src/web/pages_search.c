/* One box over everything: organizations first, then people, then the other ledgers. */
#include "base/id.h"
#include "core/search.h"
#include "search.html.h"
#include "web/marked.h"
#include "web/pages.h"
#include "web/rowquery.h"

#include <string.h>

#define PER_GROUP 4
#define PER_PAGE 30
#define MAX_GROUPS 12 /* shown with examples; others with their number */
#define MAX_ORGS 12

static bool
add_orgs(HjRequest *req, const char *q, int64_t under, HjSearchView *view, GError **error)
{
    if (!hj_access_may(hj_request_actor(req), "org.view"))
        return true;
    HjRows *orgs = hj_org_list(hj_request_tx(req), hj_request_actor(req), under, NULL, q,
                               MAX_ORGS + 1, 0, error);
    if (orgs == NULL)
        return false;
    hj_request_adopt(req, orgs, (GDestroyNotify)hj_rows_free);
    size_t n = hj_rows_count(orgs);
    if (n == 0)
        return true;
    HjSearchGroup *group = &view->groups[view->n_groups++];
    *group = (HjSearchGroup){ .name = "orgs",
                              .title = hj_tr(hj_request_lang(req), N_("Organizations")),
                              .count = (int64_t)MIN(n, MAX_ORGS),
                              .more = n > MAX_ORGS,
                              .items = hj_request_new(req, HjSearchItem, n) };
    if (group->more)
        group->href =
            hj_rowquery_href(req, "/orgs", "q", q, "ledger", NULL, "before", NULL, NULL);
    while (hj_rows_next(orgs) && group->n_items < MAX_ORGS) {
        HjSearchItem *item = &group->items[group->n_items++];
        item->href = hj_request_printf(req, "/orgs/%s", hj_rows_text(orgs, "code"));
        item->org = hj_rows_text(orgs, "parent_name");
        item->title =
            hj_marked_title(req, hj_rows_text(orgs, "name"), q, HJ_PINYIN_TEXT, &item->n_title);
    }
    return true;
}

/* What stands no longer under a name that matches, and what became of it. */
static bool
add_former(HjRequest *req, const char *q, int64_t under, HjSearchView *view, GError **error)
{
    if (under != 0 || !hj_access_may(hj_request_actor(req), "org.view"))
        return true;
    HjRows *rows =
        hj_org_former(hj_request_tx(req), hj_request_actor(req), q, PER_GROUP + 1, 0, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    size_t n = hj_rows_count(rows);
    if (n == 0)
        return true;
    HjSearchGroup *group = &view->groups[view->n_groups++];
    *group = (HjSearchGroup){ .name = "former",
                              .title = hj_tr(hj_request_lang(req), N_("Former organizations")),
                              .count = (int64_t)MIN(n, PER_GROUP),
                              .more = n > PER_GROUP,
                              .items = hj_request_new(req, HjSearchItem, n) };
    group->href =
        hj_rowquery_href(req, "/orgs/former", "q", q, "ledger", NULL, "before", NULL, NULL);
    while (hj_rows_next(rows) && group->n_items < PER_GROUP) {
        HjSearchItem *item = &group->items[group->n_items++];
        item->href = hj_request_printf(req, "/orgs/%s", hj_rows_text(rows, "code"));
        item->title =
            hj_marked_title(req, hj_rows_text(rows, "was"), q, HJ_PINYIN_TEXT, &item->n_title);
        item->org =
            hj_request_printf(req, "%s · %s · %s", hj_pages_former_fate(req, rows),
                              hj_rows_text(rows, "on_day"), hj_rows_text(rows, "document"));
    }
    return true;
}

/* The first text in which a word of @q stands. */
static void
fill_part(HjRequest *req, const HjLedger *ledger, const HjRows *row, const char *q,
          HjSearchItem *item)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if ((field->type != HJ_FIELD_TEXT && field->type != HJ_FIELD_LONG_TEXT) ||
            field->n_hidden_from > 0 || g_strcmp0(ledger->title_field, field->name) == 0)
            continue;
        const char *text = hj_pages_cell(req, field, row);
        item->text = text != NULL ? hj_marked_part(req, text, q, &item->n_text) : NULL;
        if (item->text == NULL)
            continue;
        item->field = hj_page_label(req, &field->title);
        return;
    }
}

static bool
add_hit(HjRequest *req, const HjSearchHit *hit, const char *q, HjSearchGroup *group,
        GError **error)
{
    HjRows *row =
        hj_row_get(hj_request_tx(req), hj_request_actor(req), hit->ledger, hit->id, error);
    if (row == NULL)
        return false;
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(row))
        return true;
    bool is_person = g_strcmp0(hit->ledger->is, "person") == 0;
    HjSearchItem *item = &group->items[group->n_items++];
    item->href =
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, hit->ledger->name, hit->id);
    item->org = hj_rows_text(row, "org_name");
    item->title =
        hj_marked_title(req, hj_pages_row_title(req, hit->ledger, row), q,
                        is_person ? HJ_PINYIN_PERSON : HJ_PINYIN_TEXT, &item->n_title);
    fill_part(req, hit->ledger, row, q, item);
    return true;
}

static HjSearchGroup *
group_of(HjRequest *req, HjSearchView *view, const HjLedger *ledger, size_t n_items)
{
    HjSearchGroup *group = &view->groups[view->n_groups++];
    *group = (HjSearchGroup){ .name = ledger->name,
                              .title = hj_page_label(req, &ledger->title),
                              .items = hj_request_new(req, HjSearchItem, n_items) };
    return group;
}

/* People first, the others as the pack orders them. */
static bool
add_ledger(HjRequest *req, const HjLedger *ledger, const HjSearchHits *hits, const char *q,
           HjSearchView *view, GError **error)
{
    int64_t count = 0;
    for (size_t i = 0; i < hits->n_hits; i++)
        count += hits->hits[i].ledger == ledger ? 1 : 0;
    if (count == 0)
        return true;
    HjSearchGroup *group = group_of(req, view, ledger, PER_GROUP);
    group->count = count;
    group->more = hits->more;
    if (count > PER_GROUP || hits->more)
        group->href =
            hj_rowquery_href(req, "/search", "ledger", ledger->name, "before", NULL, NULL);
    size_t limit = view->n_groups > MAX_GROUPS ? 1 : PER_GROUP;
    for (size_t i = 0; i < hits->n_hits && group->n_items < limit; i++)
        if (hits->hits[i].ledger == ledger && !add_hit(req, &hits->hits[i], q, group, error))
            return false;
    return true;
}

static bool
add_all(HjRequest *req, const HjSearch *search, HjSearchView *view, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    HjSearch wide = *search;
    wide.limit = HJ_SEARCH_COUNTED;
    g_auto(HjSearchHits) hits = { 0 };
    if (!hj_search(hj_request_tx(req), hj_request_actor(req), &wide, &hits, error))
        return false;
    view->too_short = hits.too_short;
    if (!hits.too_short && (!add_orgs(req, search->q, search->under, view, error) ||
                            !add_former(req, search->q, search->under, view, error)))
        return false;
    const HjLedger *person = hj_pack_ledger_is(pack, "person");
    if (person != NULL && !add_ledger(req, person, &hits, search->q, view, error))
        return false;
    for (size_t i = 0; i < pack->n_ledgers; i++)
        if (&pack->ledgers[i] != person &&
            !add_ledger(req, &pack->ledgers[i], &hits, search->q, view, error))
            return false;
    return true;
}

/* One ledger, page by page. */
static bool
add_page(HjRequest *req, const HjSearch *search, HjSearchView *view, GError **error)
{
    g_auto(HjSearchHits) hits = { 0 };
    if (!hj_search(hj_request_tx(req), hj_request_actor(req), search, &hits, error))
        return false;
    view->too_short = hits.too_short;
    view->back_href = hj_rowquery_href(req, "/search", "ledger", NULL, "before", NULL, NULL);
    if (hits.n_hits == 0)
        return true;
    HjSearchGroup *group = group_of(req, view, search->ledger, hits.n_hits);
    group->count = (int64_t)hits.n_hits;
    group->more = hits.more;
    for (size_t i = 0; i < hits.n_hits; i++)
        if (!add_hit(req, &hits.hits[i], search->q, group, error))
            return false;
    if (hits.more)
        view->next_href = hj_rowquery_href(
            req, "/search", "before",
            hj_request_printf(req, "%" G_GINT64_FORMAT, hits.hits[hits.n_hits - 1].id), NULL);
    return true;
}

/* ?q= under= ledger= before= of the page; @ret->q is NULL when nothing is asked. */
static bool
read_search(HjRequest *req, HjSearchView *view, HjSearch *ret, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    *ret = (HjSearch){ .q = hj_request_query_text(req, "q"), .limit = PER_PAGE };
    view->q = ret->q;
    view->under = hj_request_query_text(req, "under");
    view->ledger = hj_request_query_text(req, "ledger");
    const char *before = hj_request_query_text(req, "before");
    if (view->under != NULL) {
        HjRows *org = hj_page_org(req, view->under, error);
        if (org == NULL)
            return false;
        ret->under = hj_rows_i64(org, "id");
        view->where = hj_rows_text(org, "name");
    }
    if (view->ledger != NULL && (ret->ledger = hj_pack_ledger(pack, view->ledger)) == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such ledger.");
    if (before != NULL && !hj_id_parse(before, &ret->before))
        return hj_rowquery_fail(req, "before", N_("Must be the number of a row."), error);
    return true;
}

HjResponse *
hj_pages_search(HjRequest *req, GError **error)
{
    HjSearchView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Search")), ""),
        .groups = hj_request_new(req, HjSearchGroup, hj_request_pack(req)->n_ledgers + 3),
    };
    HjSearch search;
    if (!read_search(req, &view, &search, error))
        return NULL;
    view.asked = search.q != NULL;
    if (search.q != NULL && !(search.ledger != NULL ? add_page(req, &search, &view, error)
                                                    : add_all(req, &search, &view, error)))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_search(&out, &view);
    return res;
}
