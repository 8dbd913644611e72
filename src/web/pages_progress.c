/* The matrix of a flow: organization × node, the longest overdue on top. */
#include "progress.html.h"
#include "web/due_lines.h"
#include "web/figures.h"
#include "web/flow_words.h"
#include "web/pages_due.h"
#include "web/rowquery.h"

#include <string.h>

#define STUCK 10
/* With more nodes than this, only those where something stands have a column. */
#define FEW_NODES 10

/* --- where --- */

const HjOrg *
hj_pages_progress_place(HjRequest *req, const HjOrgTree *tree, const HjLedger *ledger,
                        GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    const char *code = hj_request_query(req, "under");
    const HjOrg *place = NULL;
    if (code != NULL && *code != '\0') {
        place = hj_org_tree_code(tree, code);
        if (place == NULL || !hj_access_sees_org(hj_request_tx(req), actor, place->id)) {
            hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
            return NULL;
        }
        return place;
    }
    for (size_t i = 0; i < actor->n_grants; i++) {
        const HjOrg *org = hj_org_tree_find(tree, actor->grants[i].org);
        if (org != NULL && hj_access_role_sees(actor->grants[i].role, ledger) &&
            (place == NULL || org->depth < place->depth))
            place = org;
    }
    if (place == NULL)
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
    return place;
}

/* --- columns --- */

typedef struct {
    const char *node;
    bool used;
    int64_t n, n_red, n_yellow;
} Column;

typedef struct {
    HjRequest *req;
    const HjLedger *ledger;
    const HjOrgTree *tree;
    const HjOrg *place;
    Column *columns;
    size_t n_columns;
    HjProgressView *view;
} Matrix;

static Column *
column_of(Matrix *m, const char *node)
{
    for (size_t i = 0; i < m->n_columns; i++)
        if (strcmp(m->columns[i].node, node) == 0)
            return &m->columns[i];
    return NULL;
}

/* The nodes of the flow in their order, then those it no longer has. */
static void
find_columns(Matrix *m, HjRows *rows)
{
    const HjFlow *flow = m->ledger->flow;
    m->columns = hj_request_new(m->req, Column, flow->n_nodes + hj_rows_count(rows));
    for (size_t i = 0; i < flow->n_nodes; i++)
        m->columns[m->n_columns++] =
            (Column){ .node = flow->nodes[i].name,
                      .used = flow->n_nodes <= FEW_NODES && !flow->nodes[i].final };
    while (hj_rows_next(rows)) {
        const char *node = hj_rows_text(rows, "node");
        Column *column = column_of(m, node);
        if (column == NULL) {
            column = &m->columns[m->n_columns++];
            column->node = hj_request_strdup(m->req, node);
        }
        column->used = true;
        column->n += hj_rows_i64(rows, "n");
        column->n_red += hj_rows_i64(rows, "n_red");
        column->n_yellow += hj_rows_i64(rows, "n_yellow");
    }
    size_t n = 0;
    for (size_t i = 0; i < m->n_columns; i++)
        if (m->columns[i].used)
            m->columns[n++] = m->columns[i];
    m->n_columns = n;
    m->view->columns = hj_request_new(m->req, HjProgressColumn, n + 1);
    for (size_t i = 0; i < n; i++) {
        const HjFlowNode *node = hj_flow_node(flow, m->columns[i].node);
        m->view->columns[m->view->n_columns++] = (HjProgressColumn){
            .title = hj_flow_words_node(m->req, m->ledger, m->columns[i].node),
            .ended = node == NULL || node->final,
        };
    }
}

static HjProgressCell
cell_of(Matrix *m, const char *href, int64_t n, int64_t n_red, int64_t n_yellow)
{
    if (n == 0)
        return (HjProgressCell){ .light = "" };
    int64_t marked = n_red > 0 ? n_red : n_yellow;
    return (HjProgressCell){
        .href = href,
        .text = hj_request_printf(m->req, "%" G_GINT64_FORMAT, n),
        .light = n_red > 0      ? "red"
                 : n_yellow > 0 ? "yellow"
                                : "",
        .mark = marked > 0 ? hj_request_printf(m->req, "%" G_GINT64_FORMAT, marked) : NULL,
        .words = n_red > 0      ? hj_page_tr(m->req, N_("overdue"))
                 : n_yellow > 0 ? hj_page_tr(m->req, N_("due soon"))
                                : NULL,
    };
}

/* --- rows --- */

typedef struct {
    const HjOrg *org;
    const char *name, *due_on; /* the soonest */
    int64_t n_red;
    HjProgressRow row;
} Line;

static bool
has_children(const HjOrgTree *tree, const HjOrg *org)
{
    const HjOrg *next = org + 1;
    return next < tree->orgs + tree->n_orgs && next->parent == org->id;
}

static void
start_line(Matrix *m, Line *line, const HjRows *rows)
{
    const char *code = hj_request_strdup(m->req, hj_rows_text(rows, "org_code"));
    line->org = hj_org_tree_code(m->tree, code);
    bool own = hj_rows_i64(rows, "org") == m->place->id;
    line->row.name = own ? hj_request_printf(m->req, "%s %s", m->place->name,
                                             hj_page_tr(m->req, N_("(itself)")))
                         : hj_request_strdup(m->req, hj_rows_text(rows, "org_name"));
    line->row.href =
        !own && line->org != NULL && has_children(m->tree, line->org)
            ? hj_request_printf(m->req, "/ledgers/%s/progress?under=%s", m->ledger->name, code)
            : hj_request_printf(m->req, "/ledgers/%s?under=%s%s", m->ledger->name, code,
                                own ? "&here=1" : "");
    line->row.cells = hj_request_new(m->req, HjProgressCell, m->n_columns);
    line->row.n_cells = m->n_columns;
}

static void
add_cell(Matrix *m, Line *line, const HjRows *rows)
{
    const char *node = hj_rows_text(rows, "node"), *due_on = hj_rows_text(rows, "due_on");
    const char *code = hj_rows_text(rows, "org_code");
    bool own = hj_rows_i64(rows, "org") == m->place->id;
    const char *href = hj_request_printf(m->req, "/ledgers/%s?under=%s%s&state=%s",
                                         m->ledger->name, code, own ? "&here=1" : "", node);
    int64_t n_red = hj_rows_i64(rows, "n_red");
    line->row.cells[column_of(m, node) - m->columns] =
        cell_of(m, href, hj_rows_i64(rows, "n"), n_red, hj_rows_i64(rows, "n_yellow"));
    line->n_red += n_red;
    if (due_on != NULL && (line->due_on == NULL || strcmp(due_on, line->due_on) < 0))
        line->due_on = hj_request_strdup(m->req, due_on);
}

/* Overdue ones first, the longest on top; the others keep the order of the county. */
static int
compare(const void *a, const void *b)
{
    const Line *x = a, *y = b;
    if ((x->n_red > 0) != (y->n_red > 0))
        return x->n_red > 0 ? -1 : 1;
    int days = x->n_red > 0 ? strcmp(x->due_on, y->due_on) : 0;
    return days != 0 ? days : x->org < y->org ? -1 : x->org > y->org;
}

static void
fill_rows(Matrix *m, HjRows *rows)
{
    Line *lines = hj_request_new(m->req, Line, hj_rows_count(rows) + 1);
    size_t n = 0;
    int64_t org = 0;
    for (hj_rows_rewind(rows); hj_rows_next(rows);) {
        if (n == 0 || hj_rows_i64(rows, "org") != org)
            start_line(m, &lines[n++], rows);
        org = hj_rows_i64(rows, "org");
        add_cell(m, &lines[n - 1], rows);
    }
    qsort(lines, n, sizeof *lines, compare);
    m->view->rows = hj_request_new(m->req, HjProgressRow, n + 1);
    for (size_t i = 0; i < n; i++) {
        lines[i].row.light = lines[i].n_red > 0 ? "red" : "";
        if (lines[i].n_red > 0)
            lines[i].row.late =
                hj_flow_words_due(m->req, m->ledger, NULL, lines[i].due_on, NULL);
        m->view->rows[m->view->n_rows++] = lines[i].row;
    }
}

static void
fill_totals(Matrix *m)
{
    m->view->totals = hj_request_new(m->req, HjProgressCell, m->n_columns + 1);
    for (size_t i = 0; i < m->n_columns; i++) {
        const Column *column = &m->columns[i];
        m->view->totals[m->view->n_totals++] =
            cell_of(m,
                    hj_request_printf(m->req, "/ledgers/%s?under=%s&state=%s", m->ledger->name,
                                      m->place->code, column->node),
                    column->n, column->n_red, column->n_yellow);
        m->view->n += column->n;
        m->view->n_red += column->n_red;
        m->view->n_yellow += column->n_yellow;
        m->view->n_ended += m->view->columns[i].ended ? column->n : 0;
    }
}

static bool
fill_stuck(Matrix *m, GError **error)
{
    HjDueQuery query = { .list = HJ_DUE_SEEN,
                         .ledger = m->ledger->name,
                         .under = m->place->id,
                         .late = true,
                         .limit = STUCK };
    g_autofree char *next = NULL;
    g_autoptr(HjRows) rows =
        hj_due_list(hj_request_tx(m->req), hj_request_actor(m->req), &query, &next, error);
    if (rows == NULL)
        return false;
    m->view->stuck = hj_request_new(m->req, HjDueLine, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows)) {
        HjDueLine line = hj_due_line(m->req, rows);
        line.place = hj_flow_words_node(m->req, m->ledger, hj_rows_text(rows, "node"));
        m->view->stuck[m->view->n_stuck++] = line;
    }
    m->view->late_href =
        next == NULL ? NULL
                     : hj_request_printf(m->req, "/due?list=all&late=1&ledger=%s&under=%s",
                                         m->ledger->name, m->place->code);
    return true;
}

/* The organization above, where the actor sees it. */
static void
fill_up(Matrix *m)
{
    const HjOrg *up =
        m->place->parent != 0 ? hj_org_tree_find(m->tree, m->place->parent) : NULL;
    const HjActor *actor = hj_request_actor(m->req);
    if (up == NULL || !hj_access_check_row(hj_request_tx(m->req), actor, m->ledger,
                                           HJ_ACCESS_VIEW, up->id, NULL))
        return;
    m->view->up_href =
        hj_request_printf(m->req, "/ledgers/%s/progress?under=%s", m->ledger->name, up->code);
    m->view->up_text = up->name;
}

HjResponse *
hj_pages_progress(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    HjOrgTree *tree =
        ledger != NULL ? hj_figures_tree(req, hj_tx_today(hj_request_tx(req)), error) : NULL;
    const HjOrg *place =
        tree != NULL ? hj_pages_progress_place(req, tree, ledger, error) : NULL;
    if (place == NULL || !hj_access_check_row(hj_request_tx(req), hj_request_actor(req), ledger,
                                              HJ_ACCESS_VIEW, place->id, error))
        return NULL;
    const char *list =
        hj_request_printf(req, "/ledgers/%s?under=%s", ledger->name, place->code);
    if (ledger->flow == NULL)
        return hj_response_see_other(req, list, NULL);
    HjRows *rows =
        hj_due_matrix(hj_request_tx(req), hj_request_actor(req), ledger, place->id, error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjProgressView view = {
        .page = hj_page(req,
                        hj_request_printf(req, hj_page_tr(req, N_("%s: where they stand")),
                                          hj_page_label(req, &ledger->title)),
                        "ledgers"),
        .subtitle = place->name,
        .list_href = list,
    };
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    Matrix m = { .req = req, .ledger = ledger, .tree = tree, .place = place, .view = &view };
    find_columns(&m, rows);
    fill_rows(&m, rows);
    fill_totals(&m);
    fill_up(&m);
    if (!fill_stuck(&m, error))
        return NULL;
    hj_page_crumb(req, &view.page, "/ledgers", hj_page_tr(req, N_("Ledgers")));
    hj_page_crumb(req, &view.page, hj_request_printf(req, "/ledgers/%s", ledger->name),
                  hj_page_label(req, &ledger->title));
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_progress(&out, &view);
    return res;
}
