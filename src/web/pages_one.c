/* Rows one by one through the list as it is filtered, to be looked at together. */
#include "web/pages_one.h"

#include "base/id.h"
#include "core/flow.h"
#include "one.html.h"
#include "pack/prefill.h"
#include "web/flow_words.h"
#include "web/pages_flow.h"
#include "web/prefill.h"
#include "web/rowquery.h"

#include <string.h>

#define ROWS_MAX 200
#define CHILDREN_MAX 30

typedef struct {
    HjRequest *req;
    const HjLedger *ledger;
    HjRows *list;
    HjRows *row; /* stands on the one that is shown */
    int64_t id;
    size_t at, n; /* its place among those listed */
    int64_t previous, next;
    char *cursor;     /* of the rows after those listed, or NULL */
    const char *path; /* of this page */
    HjOneView *view;
} One;

/* --- which row --- */

/* A row that left the list makes room for the one that came to its place. */
static bool
find_place(One *one, GError **error)
{
    const char *wanted = hj_request_query(one->req, "row");
    const char *at = hj_request_query(one->req, "at");
    int64_t id = 0, place = 0;
    if ((wanted != NULL && *wanted != '\0' && !hj_id_parse(wanted, &id)) ||
        (at != NULL && *at != '\0' && !hj_id_parse(at, &place)))
        return hj_fail(error, HJ_ERROR_MALFORMED, "This row cannot be read.");
    g_autofree int64_t *ids = g_new0(int64_t, hj_rows_count(one->list) + 1);
    bool found = false;
    while (hj_rows_next(one->list)) {
        ids[one->n] = hj_rows_i64(one->list, "id");
        if (ids[one->n] == id) {
            one->at = one->n;
            found = true;
        }
        one->n++;
    }
    if (one->n == 0)
        return true;
    if (!found)
        one->at = place > 0 ? MIN((size_t)place - 1, one->n - 1) : 0;
    one->id = ids[one->at];
    one->previous = one->at > 0 ? ids[one->at - 1] : 0;
    one->next = one->at + 1 < one->n ? ids[one->at + 1] : 0;
    return true;
}

static const char *
href_of(const One *one, int64_t id, size_t at)
{
    return hj_rowquery_href(one->req, one->path, "cursor", hj_request_query(one->req, "cursor"),
                            "row", hj_request_printf(one->req, "%" G_GINT64_FORMAT, id), "at",
                            hj_request_printf(one->req, "%zu", at + 1), NULL);
}

static void
fill_way(One *one)
{
    HjOneView *view = one->view;
    const char *base = hj_request_printf(one->req, "/ledgers/%s", one->ledger->name);
    view->list_title = hj_page_label(one->req, &one->ledger->title);
    view->list_href =
        hj_rowquery_href(one->req, base, "row", NULL, "at", NULL, "big", NULL, NULL);
    view->big = hj_request_query(one->req, "big") != NULL;
    hj_page_crumb(one->req, &view->page, "/ledgers",
                  hj_tr(hj_request_lang(one->req), N_("Ledgers")));
    hj_page_crumb(one->req, &view->page, view->list_href, view->list_title);
    if (one->n == 0)
        return;
    view->at = hj_request_printf(one->req, one->cursor != NULL ? "%zu / %zu+" : "%zu / %zu",
                                 one->at + 1, one->n);
    if (one->previous != 0)
        view->previous_href = href_of(one, one->previous, one->at - 1);
    if (one->next != 0)
        view->next_href = href_of(one, one->next, one->at + 1);
    else if (one->cursor != NULL)
        view->next_href = hj_rowquery_href(one->req, one->path, "row", NULL, "at", NULL,
                                           "cursor", one->cursor, NULL);
    view->back = href_of(one, one->id, one->at);
    view->big_href =
        hj_rowquery_href(one->req, one->path, "cursor", hj_request_query(one->req, "cursor"),
                         "row", hj_request_printf(one->req, "%" G_GINT64_FORMAT, one->id),
                         "big", view->big ? NULL : "1", NULL);
}

/* --- what lies under it --- */

static void
fill_columns(const One *one, const HjLedger *child, HjOneChild *part)
{
    part->columns = hj_request_new(one->req, const char *, child->n_fields + 1);
    for (size_t i = 0; i < child->n_fields; i++)
        if (child->fields[i].in_list &&
            !hj_access_field_hidden(hj_request_actor(one->req), &child->fields[i]))
            part->columns[part->n_columns++] = hj_page_label(one->req, &child->fields[i].title);
}

static void
fill_child_rows(const One *one, const HjLedger *child, HjRows *rows, HjOneChild *part)
{
    part->rows = hj_request_new(one->req, HjListRow, hj_rows_count(rows));
    while (hj_rows_next(rows)) {
        HjListRow *row = &part->rows[part->n_rows++];
        row->href = hj_request_printf(one->req, "/ledgers/%s/%" G_GINT64_FORMAT, child->name,
                                      hj_rows_i64(rows, "id"));
        row->cells = hj_request_new(one->req, HjCell, part->n_columns);
        for (size_t i = 0; i < child->n_fields; i++)
            if (child->fields[i].in_list &&
                !hj_access_field_hidden(hj_request_actor(one->req), &child->fields[i]))
                row->cells[row->n_cells++] =
                    (HjCell){ .text = hj_pages_cell(one->req, &child->fields[i], rows) };
    }
}

static bool
fill_child(const One *one, const HjLedger *child, HjOneChild *part, GError **error)
{
    const HjActor *actor = hj_request_actor(one->req);
    const HjRowQuery query = { .ledger = child,
                               .parent = one->id,
                               .from = HJ_DATE_NONE,
                               .to = HJ_DATE_NONE,
                               .sort = "created_at",
                               .limit = CHILDREN_MAX };
    g_autofree char *next = NULL;
    HjRows *rows = hj_row_list(hj_request_tx(one->req), actor, &query, &next, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(one->req, rows, (GDestroyNotify)hj_rows_free);
    part->title = hj_page_label(one->req, &child->title);
    part->count = (int64_t)hj_rows_count(rows);
    part->all_href = next != NULL
                         ? hj_request_printf(one->req, "/ledgers/%s?parent=%" G_GINT64_FORMAT,
                                             child->name, one->id)
                         : NULL;
    if (hj_access_check_row(hj_request_tx(one->req), actor, child, HJ_ACCESS_ENTER,
                            hj_rows_i64(one->row, "org"), NULL))
        part->new_href =
            hj_request_printf(one->req, "/ledgers/%s/new?org=%s&parent=%" G_GINT64_FORMAT,
                              child->name, hj_rows_text(one->row, "org_code"), one->id);
    fill_columns(one, child, part);
    fill_child_rows(one, child, rows, part);
    return true;
}

static bool
fill_children(const One *one, GError **error)
{
    const HjPack *pack = hj_request_pack(one->req);
    one->view->children = hj_request_new(one->req, HjOneChild, pack->n_ledgers);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *child = &pack->ledgers[i];
        if (child->in != one->ledger ||
            (one->ledger->remarks != NULL && one->ledger->remarks->ledger == child) ||
            !hj_access_may_ledger(hj_request_actor(one->req), child, HJ_ACCESS_VIEW))
            continue;
        if (!fill_child(one, child, &one->view->children[one->view->n_children++], error))
            return false;
    }
    return true;
}

/* --- the row itself --- */

static void
fill_facts(const One *one)
{
    HjOneView *view = one->view;
    view->facts = hj_request_new(one->req, HjFact, one->ledger->n_fields);
    for (size_t i = 0; i < one->ledger->n_fields; i++) {
        const HjField *field = &one->ledger->fields[i];
        if (hj_access_field_hidden(hj_request_actor(one->req), field) ||
            field->prefill != NULL || field->type == HJ_FIELD_FILES ||
            hj_rows_null(one->row, field->name) ||
            g_strcmp0(field->name, one->ledger->title_field) == 0)
            continue;
        view->facts[view->n_facts++] = (HjFact){
            .title = hj_page_label(one->req, &field->title),
            .text = hj_pages_cell(one->req, field, one->row),
            .unit = hj_page_label(one->req, &field->unit),
        };
    }
}

static bool
fill_row(One *one, GError **error)
{
    HjOneView *view = one->view;
    HjRequest *req = one->req;
    one->row =
        hj_row_get(hj_request_tx(req), hj_request_actor(req), one->ledger, one->id, error);
    if (one->row == NULL)
        return false;
    hj_request_adopt(req, one->row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(one->row))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such row.");
    view->org = hj_rows_text(one->row, "org_name");
    view->row_title = hj_pages_row_title(req, one->ledger, one->row);
    view->href =
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, one->ledger->name, one->id);
    if (one->ledger->flow != NULL)
        view->state = hj_flow_words_node(req, one->ledger, hj_rows_text(one->row, "state"));
    fill_facts(one);
    /* What is done with the row leads to the next one. */
    return hj_prefill_of_row(req, one->ledger, one->row, &view->prefill, error) &&
           hj_pages_quick_acts(req, one->ledger, one->row, NULL, 0,
                               view->next_href != NULL ? view->next_href : view->back,
                               &view->acts, &view->n_acts, error) &&
           fill_children(one, error) &&
           hj_pages_remarks(req, one->ledger, one->row, view, error);
}

/* In the order people are called, the ledger's own (the newest month, say) before it. */
static void
call_in_turn(HjRequest *req, const HjLedger *ledger, HjRowQuery *query)
{
    const HjField *field =
        ledger->sort_field != NULL ? hj_pack_field(ledger, ledger->sort_field) : NULL;
    query->sort = "org";
    if (field == NULL || hj_access_field_hidden(hj_request_actor(req), field))
        return;
    query->sort = hj_request_printf(req, "%s,org", field->name);
    query->desc = ledger->sort_desc;
}

HjResponse *
hj_pages_one_page(HjRequest *req, int status, const char *text, GError **error)
{
    static const char *const own[] = { "row", "at", "big", NULL };
    One one = { .req = req, .ledger = hj_pages_ledger_of(req, error) };
    HjRowQuery query;
    if (one.ledger == NULL || !hj_rowquery_read_beside(req, one.ledger, own, &query, error))
        return NULL;
    HjOneView view = { .page = hj_page(req, hj_page_label(req, &one.ledger->title), "ledgers"),
                       .text = text };
    if (one.ledger->sensitive)
        hj_page_mark(req, &view.page);
    query.limit = ROWS_MAX;
    if (hj_request_query(req, "sort") == NULL)
        call_in_turn(req, one.ledger, &query);
    one.view = &view;
    one.path = hj_request_printf(req, "/ledgers/%s/one-by-one", one.ledger->name);
    one.list =
        hj_row_list(hj_request_tx(req), hj_request_actor(req), &query, &one.cursor, error);
    if (one.list == NULL)
        return NULL;
    hj_request_adopt(req, one.list, (GDestroyNotify)hj_rows_free);
    if (one.cursor != NULL)
        hj_request_adopt(req, one.cursor, g_free);
    if (!find_place(&one, error))
        return NULL;
    fill_way(&one);
    view.none = one.n == 0;
    if (!view.none && !fill_row(&one, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_one(&out, &view);
    return res;
}

HjResponse *
hj_pages_one(HjRequest *req, GError **error)
{
    return hj_pages_one_page(req, 200, NULL, error);
}
