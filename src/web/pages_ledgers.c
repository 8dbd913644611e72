/* The list of ledgers and the list page of any ledger. */
#include "ledger_list.html.h"
#include "ledgers.html.h"
#include "web/flow_words.h"
#include "web/kept.h"
#include "web/pages_sealed.h"
#include "web/parse.h"
#include "web/rowquery.h"
#include "web/views_ledger.h"

#include <string.h>

#define COUNTED_ON "on" /* the day up to which years are counted */

static HjLedgerTile
tile_of(HjRequest *req, const HjLedger *ledger, int64_t count)
{
    return (HjLedgerTile){
        .href = hj_request_printf(req, "/ledgers/%s", ledger->name),
        .title = hj_page_label(req, &ledger->title),
        .help = hj_page_label(req, &ledger->help),
        .count = count,
        .assumption = ledger->assumption,
    };
}

static bool
count_rows(HjRequest *req, const HjLedger *ledger, int64_t *ret, GError **error)
{
    HjRowQuery query = {
        .ledger = ledger, .from = HJ_DATE_NONE, .to = HJ_DATE_NONE, .limit = 1
    };
    g_autoptr(HjRows) totals =
        hj_row_totals(hj_request_tx(req), hj_request_actor(req), &query, error);
    if (totals == NULL)
        return false;
    *ret = hj_rows_next(totals) ? hj_rows_i64(totals, "count") : 0;
    return true;
}

static bool
add_group(HjRequest *req, HjLedgersView *view, const char *name, const char *title,
          GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    HjLedgerGroup group = { .title = title,
                            .ledgers = hj_request_new(req, HjLedgerTile, pack->n_ledgers) };
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        int64_t count = 0;
        if (ledger->in != NULL || g_strcmp0(ledger->group, name) != 0 ||
            !hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_VIEW))
            continue;
        if (!count_rows(req, ledger, &count, error))
            return false;
        group.ledgers[group.n_ledgers++] = tile_of(req, ledger, count);
    }
    if (group.n_ledgers > 0)
        view->groups[view->n_groups++] = group;
    return true;
}

HjResponse *
hj_pages_ledgers(HjRequest *req, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjList *groups = hj_pack_list(pack, "ledger_groups");
    size_t n = groups != NULL ? groups->n_items : 0;
    HjLedgersView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Ledgers")), "ledgers"),
        .groups = hj_request_new(req, HjLedgerGroup, n + 1),
    };
    for (size_t i = 0; i < n; i++)
        if (!add_group(req, &view, groups->items[i].name,
                       hj_page_label(req, &groups->items[i].title), error))
            return NULL;
    if (!add_group(req, &view, NULL, hj_tr(hj_request_lang(req), N_("Other")), error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_ledgers(&out, &view);
    return res;
}

const HjLedger *
hj_pages_ledger_of(HjRequest *req, GError **error)
{
    const HjLedger *ledger =
        hj_pack_ledger(hj_request_pack(req), hj_request_part(req, "ledger"));
    if (ledger == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such ledger.");
        return NULL;
    }
    if (!hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_VIEW)) {
        hj_fail(error, HJ_ERROR_DENIED, "You may not see this ledger.");
        return NULL;
    }
    return ledger;
}

static bool
shown_in_list(HjRequest *req, const HjField *field)
{
    return field->in_list && !hj_access_field_hidden(hj_request_actor(req), field);
}

/* Where a column stands among those the list is sorted by, from 1; 0: not at all. */
static int
sort_place(const HjRowQuery *query, const char *name, bool *ret_desc)
{
    g_auto(GStrv) names = g_strsplit(query->sort != NULL ? query->sort : "", ",", -1);
    for (int i = 0; names[i] != NULL; i++) {
        bool desc = i == 0 ? query->desc : names[i][0] == '-';
        *ret_desc = desc;
        if (g_str_equal(names[i] + (i > 0 && desc ? 1 : 0), name))
            return i + 1;
    }
    return 0;
}

static HjColumn
column_of(HjRequest *req, const HjRowQuery *query, const char *name, const char *title,
          const char *unit, bool number)
{
    bool desc = false;
    int place = sort_place(query, name, &desc);
    bool alone = place == 1 && strchr(query->sort, ',') == NULL;
    char *next = hj_request_printf(req, "%s%s", place > 0 && !desc ? "-" : "", name);
    HjColumn column = { .title = title,
                        .unit = unit,
                        .number = number,
                        .sorted = place == 0 ? 0
                                  : desc     ? -1
                                             : 1,
                        .place = alone ? 0 : place,
                        .href =
                            hj_rowquery_href(req, NULL, "sort", next, "cursor", NULL, NULL) };
    /* Beside what it is sorted by already: then by this column too. */
    if (query->sort != NULL && place == 0)
        column.then_href = hj_rowquery_href(
            req, NULL, "sort",
            hj_request_printf(req, "%s%s,%s", query->desc ? "-" : "", query->sort, name),
            "cursor", NULL, NULL);
    return column;
}

static bool
is_number_column(const HjField *field)
{
    return field->type == HJ_FIELD_INTEGER || field->type == HJ_FIELD_DECIMAL ||
           field->type == HJ_FIELD_PERCENT || field->type == HJ_FIELD_MONEY;
}

/* "1965-07-08 · 53 周岁", counted to the day the address names. */
static const char *
with_years(HjRequest *req, const HjField *field, const char *text)
{
    HjDate on, from = HJ_DATE_NONE;
    if (!hj_page_date(req, COUNTED_ON, hj_tx_today(hj_request_tx(req)), &on, NULL) ||
        !hj_date_parse(text, &from, NULL) || from > on)
        return text;
    g_autofree char *n = g_strdup_printf("%d", hj_date_years_between(from, on));
    g_autoptr(GString) years = g_string_new(hj_page_label(req, &field->years));
    g_string_replace(years, "{n}", n, 1);
    return hj_request_printf(req, "%s · %s", text, years->str);
}

const char *
hj_pages_cell(HjRequest *req, const HjField *field, const HjRows *row)
{
    if (hj_field_cites_row(field) || field->type == HJ_FIELD_ORG)
        return hj_rows_text(row, hj_request_printf(req, "%s__label", field->name));
    int column = hj_rows_column(row, field->name);
    bool null = hj_rows_null_at(row, column);
    if (null)
        return NULL;
    bool number = hj_field_is_number(field);
    char *text =
        hj_field_display(field, false, number ? hj_rows_i64_at(row, column) : 0,
                         number ? NULL : hj_rows_text_at(row, column), hj_request_lang(req));
    hj_request_adopt(req, text, g_free);
    return field->years.zh != NULL ? with_years(req, field, text) : text;
}

static void
fill_columns(HjRequest *req, const HjRowQuery *query, const HjKept *kept,
             HjLedgerListView *view)
{
    const HjLedger *ledger = query->ledger;
    HjLang lang = hj_request_lang(req);
    view->columns = hj_request_new(req, HjColumn, ledger->n_fields + 2);
    view->columns[view->n_columns++] =
        column_of(req, query, "org", hj_tr(lang, N_("Organization")), NULL, false);
    if (ledger->flow != NULL)
        view->columns[view->n_columns++] = (HjColumn){ .title = hj_tr(lang, N_("Node")) };
    for (size_t i = 0; i < kept->n_fields; i++) {
        const HjField *field = kept->fields[i];
        view->columns[view->n_columns++] =
            column_of(req, query, field->name, hj_page_label(req, &field->title),
                      hj_page_label(req, &field->unit), is_number_column(field));
    }
}

/* row → its light, of rows that something waits for. */
static GHashTable *
lights_of(HjRequest *req, HjRows *rows, GError **error)
{
    g_autofree int64_t *ids = g_new0(int64_t, hj_rows_count(rows) + 1);
    size_t n = 0;
    for (hj_rows_rewind(rows); hj_rows_next(rows);)
        ids[n++] = hj_rows_i64(rows, "id");
    hj_rows_rewind(rows);
    HjRows *dues = hj_flow_dues(hj_request_tx(req), ids, n, error);
    if (dues == NULL)
        return NULL;
    hj_request_adopt(req, dues, (GDestroyNotify)hj_rows_free);
    GHashTable *lights = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    hj_request_adopt(req, lights, (GDestroyNotify)g_hash_table_unref);
    while (hj_rows_next(dues)) {
        int64_t *id = g_new(int64_t, 1);
        *id = hj_rows_i64(dues, "row");
        g_hash_table_insert(lights, id,
                            (gpointer)hj_flow_words_light_of(req, hj_rows_text(dues, "due_on"),
                                                             hj_rows_text(dues, "warn_on")));
    }
    return lights;
}

static HjCell
state_cell(HjRequest *req, const HjLedger *ledger, HjRows *rows, GHashTable *lights)
{
    int64_t id = hj_rows_i64(rows, "id");
    const char *light = g_hash_table_lookup(lights, &id);
    return (HjCell){ .text = hj_flow_words_node(req, ledger, hj_rows_text(rows, "state")),
                     .light = light != NULL ? light : "" };
}

/* What the row is called leads to it, where the list shows that. */
static void
lead_to(HjRequest *req, const HjLedger *ledger, const HjField *field, HjCell *cell,
        HjListRow *row)
{
    if (g_strcmp0(field->name, ledger->title_field) != 0 || cell->text == NULL ||
        *cell->text == '\0')
        return;
    cell->href = row->href;
    row->named = true;
    row->name = hj_request_printf(req, "%s · %s", row->org, cell->text);
}

static bool
fill_rows(HjRequest *req, const HjLedger *ledger, const HjKept *kept, HjRows *rows,
          HjLedgerListView *view, GError **error)
{
    GHashTable *lights = ledger->flow != NULL ? lights_of(req, rows, error) : NULL;
    if (ledger->flow != NULL && lights == NULL)
        return false;
    view->rows = hj_request_new(req, HjListRow, hj_rows_count(rows));
    while (hj_rows_next(rows)) {
        HjListRow *row = &view->rows[view->n_rows++];
        row->href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name,
                                      hj_rows_i64(rows, "id"));
        row->org = row->name = hj_rows_text(rows, "org_name");
        row->id = hj_rows_text(rows, "id");
        row->cells = hj_request_new(req, HjCell, view->n_columns);
        if (lights != NULL)
            row->cells[row->n_cells++] = state_cell(req, ledger, rows, lights);
        for (size_t i = 0; i < kept->n_fields; i++) {
            HjCell *cell = &row->cells[row->n_cells++];
            *cell = (HjCell){ .text = hj_pages_cell(req, kept->fields[i], rows),
                              .number = is_number_column(kept->fields[i]) };
            lead_to(req, ledger, kept->fields[i], cell, row);
        }
        for (size_t i = 0; i < row->n_cells; i++)
            row->cells[i].title = view->columns[i + 1].title;
    }
    return true;
}

static bool
fill_totals(HjRequest *req, const HjRowQuery *query, const HjKept *kept, HjLedgerListView *view,
            GError **error)
{
    g_autoptr(HjRows) totals =
        hj_row_totals(hj_request_tx(req), hj_request_actor(req), query, error);
    if (totals == NULL)
        return false;
    if (!hj_rows_next(totals))
        return true;
    view->count = hj_rows_i64(totals, "count");
    view->totals = hj_request_new(req, HjCell, view->n_columns);
    view->n_totals = query->ledger->flow != NULL ? 1 : 0;
    for (size_t i = 0; i < kept->n_fields; i++) {
        const HjField *field = kept->fields[i];
        HjCell *cell = &view->totals[view->n_totals++];
        cell->number = true;
        cell->title = hj_page_label(req, &field->title);
        if (!field->total)
            continue;
        int64_t sum = hj_rows_i64(totals, hj_request_printf(req, "total_%s", field->name));
        cell->text = hj_request_adopt(
            req, hj_field_display(field, false, sum, NULL, hj_request_lang(req)), g_free);
    }
    return true;
}

/* Where rows stand, in the order of the flow. */
static void
add_states(HjRequest *req, const HjLedger *ledger, HjLedgerListView *view)
{
    const HjFlow *flow = ledger->flow;
    const char *now = hj_request_query(req, "state");
    HjChoiceFilter *choice = &view->choices[view->n_choices++];
    choice->name = "state";
    choice->title = hj_tr(hj_request_lang(req), N_("Node"));
    choice->options = hj_request_new(req, HjOption, flow->n_nodes + 1);
    for (size_t i = 0; i <= flow->n_nodes; i++) {
        const char *name = i < flow->n_nodes ? flow->nodes[i].name : HJ_NODE_CALLED_OFF;
        if (i == flow->n_nodes && ledger->in == NULL && g_strcmp0(now, name) != 0)
            continue; /* only opened rows are called off */
        choice->options[choice->n_options++] =
            (HjOption){ .value = name,
                        .text = hj_flow_words_node(req, ledger, name),
                        .on = g_strcmp0(now, name) == 0 };
    }
    view->filtered = view->filtered || (now != NULL && *now != '\0');
}

/* Choice fields of the list become selects above it. */
static void
fill_choices(HjRequest *req, const HjLedger *ledger, HjLedgerListView *view)
{
    view->choices = hj_request_new(req, HjChoiceFilter, ledger->n_fields + 1);
    if (ledger->flow != NULL)
        add_states(req, ledger, view);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (field->type != HJ_FIELD_CHOICE || !shown_in_list(req, field))
            continue;
        const char *now = hj_request_query(req, field->name);
        HjChoiceFilter *choice = &view->choices[view->n_choices++];
        choice->name = field->name;
        choice->title = hj_page_label(req, &field->title);
        choice->options = hj_request_new(req, HjOption, field->list->n_items);
        for (size_t j = 0; j < field->list->n_items; j++) {
            const HjListItem *item = &field->list->items[j];
            choice->options[choice->n_options++] =
                (HjOption){ .value = item->name,
                            .text = hj_page_label(req, &item->title),
                            .on = g_strcmp0(now, item->name) == 0 };
        }
        view->filtered = view->filtered || (now != NULL && *now != '\0');
    }
}

static void
fill_filters(HjRequest *req, const HjLedger *ledger, HjLedgerListView *view)
{
    view->q = hj_request_query(req, "q");
    view->from = hj_request_query(req, "from");
    view->to = hj_request_query(req, "to");
    view->under = hj_request_query(req, "under");
    view->sort = hj_request_query(req, "sort");
    view->only_here = g_strcmp0(hj_request_query(req, "here"), "1") == 0;
    view->dated = ledger->date_field != NULL;
    view->counted_on = hj_request_query(req, COUNTED_ON);
    for (size_t i = 0; i < ledger->n_fields; i++)
        view->counts |= ledger->fields[i].years.zh != NULL;
    view->action = hj_request_printf(req, "/ledgers/%s", ledger->name);
    view->filtered = view->only_here || (view->q != NULL && *view->q != '\0') ||
                     (view->from != NULL && *view->from != '\0') ||
                     (view->to != NULL && *view->to != '\0');
    fill_choices(req, ledger, view);
    view->clear_href = view->under != NULL
                           ? hj_request_printf(req, "%s?under=%s", view->action, view->under)
                           : view->action;
    if (hj_request_query(req, "cursor") != NULL)
        view->first_href = hj_rowquery_href(req, NULL, "cursor", NULL, NULL);
}

static void
fill_kept(HjRequest *req, const HjKept *kept, HjLedgerListView *view)
{
    view->kept = hj_request_new(req, HjKeptLink, kept->n_own + kept->n_shared + 1);
    for (size_t i = 0; i < kept->n_own; i++)
        view->kept[view->n_kept++] =
            (HjKeptLink){ kept->own[i].href, kept->own[i].name, kept->own[i].on };
    for (size_t i = 0; i < kept->n_shared; i++)
        view->kept[view->n_kept++] =
            (HjKeptLink){ kept->shared[i].href, kept->shared[i].name, kept->shared[i].on };
    const char *mark = strchr(hj_request_uri(req), '?');
    g_autofree char *from = hj_parse_encode(mark != NULL ? mark + 1 : "");
    view->columns_href = hj_request_printf(req, "%s/lists?from=%s", view->action, from);
}

/* The tree on the left: the way down to where we are, and what lies below with its number of
 * rows. */
static bool
fill_tree(HjRequest *req, const HjRowQuery *query, HjLedgerListView *view, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    HjRowQuery level = {
        .ledger = query->ledger, .from = HJ_DATE_NONE, .to = HJ_DATE_NONE, .limit = 1
    };
    level.under = query->under;
    g_autoptr(HjRows) counts = hj_row_counts(hj_request_tx(req), actor, &level, error);
    if (counts == NULL)
        return false;
    view->tree = hj_request_new(req, HjTreeNode, actor->n_grants + hj_rows_count(counts) + 2);
    for (size_t i = 0; i < actor->n_grants; i++)
        view->tree[view->n_tree++] = (HjTreeNode){
            .name = actor->grants[i].org_name,
            .href = hj_rowquery_href(req, NULL, "under", actor->grants[i].org_code, "here",
                                     NULL, NULL),
            .count = -1,
            .on = query->under == actor->grants[i].org,
        };
    if (query->under != 0 && !view->tree[0].on)
        view->tree[view->n_tree++] = (HjTreeNode){
            .name = view->where,
            .on = true,
            .depth = 1,
            .count = -1,
            .href = hj_rowquery_href(req, NULL, "under", hj_request_query(req, "under"), "here",
                                     NULL, NULL),
        };
    int depth = query->under != 0 && !view->tree[0].on ? 2 : 1;
    while (hj_rows_next(counts))
        view->tree[view->n_tree++] = (HjTreeNode){
            .name = hj_request_strdup(req, hj_rows_text(counts, "name")),
            .href = hj_rowquery_href(req, NULL, "under", hj_rows_text(counts, "code"), "here",
                                     NULL, NULL),
            .count = hj_rows_i64(counts, "n"),
            .depth = depth,
        };
    view->tree_open = true;
    return true;
}

static const char *
finds(HjRequest *req, const HjLedger *ledger)
{
    HjLang lang = hj_request_lang(req);
    const HjField *title =
        ledger->title_field != NULL ? hj_pack_field(ledger, ledger->title_field) : NULL;
    if (title == NULL || title->type != HJ_FIELD_TEXT ||
        hj_access_field_hidden(hj_request_actor(req), title))
        return hj_tr(lang, N_("Village name, pinyin or initials"));
    return hj_request_printf(req, hj_tr(lang, N_("%s, village, pinyin or initials")),
                             hj_page_label(req, &title->title));
}

static bool
fill_place(HjRequest *req, const HjLedger *ledger, HjLedgerListView *view, GError **error)
{
    HjLang lang = hj_request_lang(req);
    const char *under = hj_request_query(req, "under");
    const char *name = view->page.where;
    if (under != NULL && *under != '\0') {
        HjRows *org = hj_page_org(req, under, error);
        if (org == NULL)
            return false;
        name = hj_rows_text(org, "name");
    }
    view->where = name;
    view->who_sees = hj_page_who_sees(req, ledger);
    view->finds = finds(req, ledger);
    view->help = hj_page_label(req, &ledger->help);
    view->assumption = ledger->assumption;
    if (ledger->flow != NULL)
        view->progress_href =
            under != NULL && *under != '\0'
                ? hj_request_printf(req, "/ledgers/%s/progress?under=%s", ledger->name, under)
                : hj_request_printf(req, "/ledgers/%s/progress", ledger->name);
    if (hj_pages_has_find(req, ledger))
        view->find_href = hj_request_printf(req, "/ledgers/%s/find", ledger->name);
    if (ledger->in == NULL &&
        hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_ENTER))
        view->new_href =
            under != NULL && *under != '\0'
                ? hj_request_printf(req, "/ledgers/%s/new?org=%s", ledger->name, under)
                : hj_request_printf(req, "/ledgers/%s/new", ledger->name);
    if (hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_ENTER)) {
        view->import_href = hj_request_printf(req, "/ledgers/%s/import", ledger->name);
        view->batch_action = hj_request_printf(req, "/ledgers/%s/batch", ledger->name);
        if (g_strcmp0(ledger->is, "person") == 0)
            view->twins_href = hj_request_printf(req, "/ledgers/%s/twins", ledger->name);
        view->batch_all_href =
            hj_rowquery_href(req, view->batch_action, "all", "1", "sort", NULL, NULL);
    }
    if (ledger->flow != NULL || ledger->prefill != NULL || ledger->remarks != NULL)
        view->one_href = hj_rowquery_href(
            req, hj_request_printf(req, "/ledgers/%s/one-by-one", ledger->name), "limit", NULL,
            NULL);
    view->export_href =
        hj_rowquery_href(req, hj_request_printf(req, "/ledgers/%s/export.xlsx", ledger->name),
                         "limit", NULL, NULL);
    hj_page_crumb(req, &view->page, "/ledgers", hj_tr(lang, N_("Ledgers")));
    hj_page_crumb(req, &view->page, hj_request_printf(req, "/ledgers/%s", ledger->name),
                  view->page.title);
    return true;
}

HjResponse *
hj_pages_ledger_list(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    HjRowQuery query;
    static const char *const own[] = { "list", COUNTED_ON, NULL };
    HjDate counted_on;
    HjKept kept;
    if (ledger == NULL || !hj_rowquery_read_beside(req, ledger, own, &query, error) ||
        !hj_page_date(req, COUNTED_ON, HJ_DATE_NONE, &counted_on, error) ||
        !hj_kept_load(req, ledger, &kept, error))
        return NULL;
    if (kept.first_href != NULL && hj_request_n_query(req) == 0)
        return hj_response_see_other(req, kept.first_href, NULL);
    HjLedgerListView view = {
        .page = hj_page(req, hj_page_label(req, &ledger->title), "ledgers"),
    };
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    g_autofree char *next = NULL;
    HjRows *rows = hj_row_list(hj_request_tx(req), hj_request_actor(req), &query, &next, error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    fill_filters(req, ledger, &view);
    fill_kept(req, &kept, &view);
    fill_columns(req, &query, &kept, &view);
    if (!fill_rows(req, ledger, &kept, rows, &view, error) ||
        !fill_place(req, ledger, &view, error) ||
        !fill_totals(req, &query, &kept, &view, error) || !fill_tree(req, &query, &view, error))
        return NULL;
    if (next != NULL)
        view.next_href = hj_rowquery_href(req, NULL, "cursor", next, NULL);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_ledger_list(&out, &view);
    return res;
}
