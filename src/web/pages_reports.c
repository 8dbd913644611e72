/* Reports: named figures of any days and any organization. */
#include "core/report_table.h"
#include "report.html.h"
#include "tiles.html.h"
#include "web/document_page.h"
#include "web/exchange.h"
#include "web/rowquery.h"
#include "web/vacant.h"

#define ROWS_ON_PAGE 60

HjResponse *
hj_pages_reports(HjRequest *req, GError **error)
{
    (void)error;
    const HjPack *pack = hj_request_pack(req);
    HjLang lang = hj_request_lang(req);
    HjTilesView view = {
        .page = hj_page(req, hj_tr(lang, N_("Reports")), "reports"),
        .empty = hj_tr(lang, N_("The rules define no report.")),
        .tiles = hj_request_new(req, HjChoiceTile, pack->n_reports),
    };
    for (size_t i = 0; i < pack->n_reports; i++)
        view.tiles[view.n_tiles++] = (HjChoiceTile){
            .href = hj_request_printf(req, "/reports/%s", pack->reports[i].name),
            .title = hj_page_label(req, &pack->reports[i].title),
            .help = hj_page_label(req, &pack->reports[i].help),
        };
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_tiles(&out, &view);
    return res;
}

static HjReportGroup *
group_of(HjRequest *req, HjReportView *view, const char *system, size_t n)
{
    for (size_t i = 0; i < view->n_groups; i++)
        if (g_strcmp0(view->groups[i].system, system) == 0)
            return &view->groups[i];
    HjReportGroup *group = &view->groups[view->n_groups++];
    group->system = system;
    group->figures = hj_request_new(req, HjNumber, n);
    return group;
}

/* A figure of an organization, opening to its rows. */
static HjNumber
number_of(HjRequest *req, const HjReportTable *table, size_t figure, const HjOrg *org)
{
    HjFigureValue value = hj_report_table_at(table, figure, org->id);
    return (HjNumber){
        .title = hj_page_label(req, &value.figure->title),
        .unit = value.has ? hj_page_label(req, &value.figure->unit) : "",
        .text = hj_request_adopt(req, hj_report_table_text(&value), g_free),
        .help = hj_page_label(req, &value.figure->indicator->help),
        .assumption = value.figure->indicator->assumption,
        .href =
            hj_figures_href(req, value.figure->indicator, org->code, table->from, table->to),
    };
}

static void
fill_figures(HjRequest *req, HjReportView *view, const HjReportTable *table)
{
    size_t n = table->report->n_figures;
    view->groups = hj_request_new(req, HjReportGroup, n + 1);
    for (size_t i = 0; i < n; i++) {
        HjReportGroup *group = group_of(req, view, table->report->figures[i].system, n);
        group->figures[group->n_figures++] = number_of(req, table, i, table->top);
    }
}

static void
fill_below(HjRequest *req, const HjReportTable *table, const HjReportGroupOf *group,
           HjReportBelow *below)
{
    below->title =
        hj_request_adopt(req, hj_report_table_by(table, group, hj_request_lang(req)), g_free);
    below->n = group->n_orgs;
    below->columns = hj_request_new(req, HjNumber, group->n_figures + 1);
    for (size_t i = 0; i < group->n_figures; i++) {
        const HjFigure *figure = &table->report->figures[group->figures[i]];
        below->columns[below->n_columns++] =
            (HjNumber){ .title = hj_page_label(req, &figure->title),
                        .unit = hj_page_label(req, &figure->unit) };
    }
    below->rows = hj_request_new(req, HjTableRow, group->n_orgs + 1);
    for (size_t k = 0; k < group->n_orgs; k++) {
        const HjOrg *org = group->orgs[k];
        HjTableRow *row = &below->rows[below->n_rows++];
        row->name = org->name;
        row->href = hj_request_printf(req, "/reports/%s?from=%s&to=%s&under=%s",
                                      table->report->name, hj_date_text(table->from).text,
                                      hj_date_text(table->to).text, org->code);
        row->numbers = hj_request_new(req, HjNumber, group->n_figures + 1);
        for (size_t i = 0; i < group->n_figures; i++)
            row->numbers[row->n_numbers++] = number_of(req, table, group->figures[i], org);
    }
}

/* What is too long for a page stands in the workbook. */
static void
fill_belows(HjRequest *req, HjReportView *view, const HjReportTable *table)
{
    view->belows = hj_request_new(req, HjReportBelow, table->n_groups + 1);
    for (size_t i = 0; i < table->n_groups; i++) {
        const HjReportGroupOf *group = &table->groups[i];
        if (group->n_orgs > 0 && group->n_orgs <= ROWS_ON_PAGE)
            fill_below(req, table, group, &view->belows[view->n_belows++]);
    }
}

/* What the actor sees down to the chosen one and what stands right below it. */
static void
fill_orgs(HjRequest *req, HjReportView *view, const HjReportTable *table)
{
    const HjOrgTree *tree = table->tree;
    const HjOrg *top = hj_figures_top(req, tree, "report.view");
    view->orgs = hj_request_new(req, HjOption, tree->n_orgs);
    for (size_t i = 0; i < tree->n_orgs; i++) {
        const HjOrg *org = &tree->orgs[i];
        bool sibling = org->parent == table->top->parent && org->parent != 0 &&
                       table->top->id != top->id && g_str_equal(org->kind, table->top->kind);
        bool listed = org->id == table->top->id || org->id == top->id || sibling ||
                      (org->parent == top->id && !g_str_equal(org->kind, "branch")) ||
                      (org->parent == table->top->id && !g_str_equal(org->kind, "branch"));
        if (!listed)
            continue;
        const char *indent[] = { "", "　", "　　", "　　　" };
        int depth = CLAMP(org->depth - top->depth, 0, 3);
        view->orgs[view->n_orgs++] =
            (HjOption){ .value = org->code,
                        .text = hj_request_printf(req, "%s%s", indent[depth], org->name),
                        .on = org->id == table->top->id };
    }
}

/* --- what is asked: report, days, organization, and as what --- */

typedef struct {
    const HjReport *report;
    const HjOrgTree *tree; /* of the last day; NULL: something else was wrong */
    HjReportTable *table;
    HjDate from, to;
    bool pdf, book;
} Asked;

static bool
read_days(HjRequest *req, HjDate *from, HjDate *to, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    HjPeriod half;
    if (!hj_page_period(req, "period", &half, error) ||
        !hj_page_date(req, "from",
                      pack->valid_from != HJ_DATE_NONE ? pack->valid_from : half.from, from,
                      error) ||
        !hj_page_date(req, "to", half.to, to, error))
        return false;
    return *from <= *to ||
           hj_fail(error, HJ_ERROR_MALFORMED, "The first day lies after the last day.");
}

static bool
read_asked(HjRequest *req, Asked *ret, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const char *name = hj_request_part(req, "report");
    ret->pdf = hj_document_page_ending(req, name, ".pdf", &name);
    ret->book = !ret->pdf && hj_document_page_ending(req, name, ".xlsx", &name);
    ret->report = hj_pack_report(pack, name);
    if (ret->report == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such report.");
    if (!read_days(req, &ret->from, &ret->to, error))
        return false;
    ret->tree = hj_figures_tree(req, ret->to, error);
    const HjOrg *under =
        ret->tree != NULL ? hj_figures_under(req, ret->tree, "report.view", error) : NULL;
    if (under == NULL)
        return false;
    ret->table = hj_report_table_new(hj_request_tx(req), pack, ret->report, ret->from, ret->to,
                                     under->id, error);
    if (ret->table == NULL)
        return false;
    hj_request_adopt(req, ret->table, (GDestroyNotify)hj_report_table_free);
    return true;
}

HjResponse *
hj_pages_report_file(HjRequest *req, const HjReport *report, const HjReportTable *table,
                     bool book, GError **error)
{
    HjLang lang = hj_request_lang(req);
    const char *name =
        hj_request_printf(req, "%s-%s-%s", table->top->name, hj_page_label(req, &report->title),
                          hj_date_text(table->to).text);
    const char *mark = hj_request_is_demo(req)
                           ? hj_tr(lang, N_("Demonstration: synthetic data, no real record"))
                           : NULL;
    if (book) {
        GBytes *bytes = hj_report_table_book(table, lang, mark, error);
        return bytes != NULL ? hj_document_page_file(bytes, HJ_EXCHANGE_TYPE, name, ".xlsx")
                             : NULL;
    }
    g_autoptr(HjDocument) paper = hj_report_table_paper(table, lang);
    hj_document_footer(paper, mark);
    const HjDocument *const one[] = { paper };
    return hj_document_page_pdf(req, one, 1, name, error);
}

/* Days the wrong way round, or before the first organization. */
static HjResponse *
no_days(HjRequest *req, const Asked *asked, GError **error)
{
    const char *title = hj_page_label(req, &asked->report->title);
    if (asked->to == HJ_DATE_NONE || asked->from <= asked->to)
        return hj_vacant(req, asked->tree, title, "reports", error);
    const char *from = hj_request_strdup(req, hj_date_text(asked->from).text);
    const char *to = hj_request_strdup(req, hj_date_text(asked->to).text);
    const HjLink go = { .href = hj_rowquery_href(req, NULL, "from", to, "to", from, NULL),
                        .text = hj_page_tr(req, N_("Exchange the two days")) };
    return hj_vacant_page(
        req, title, "reports",
        hj_request_printf(
            req, hj_page_tr(req, N_("The first day, %s, lies after the last day, %s.")), from,
            to),
        &go, error);
}

HjResponse *
hj_pages_report(HjRequest *req, GError **error)
{
    Asked asked = { .from = HJ_DATE_NONE, .to = HJ_DATE_NONE };
    if (!read_asked(req, &asked, error))
        return asked.pdf || asked.book || asked.report == NULL ? NULL
                                                               : no_days(req, &asked, error);
    if (asked.pdf || asked.book)
        return hj_pages_report_file(req, asked.report, asked.table, asked.book, error);
    const HjReportTable *table = asked.table;
    HjReportView view = {
        .page = hj_page(req,
                        hj_request_printf(req, "%s · %s", table->top->name,
                                          hj_page_label(req, &asked.report->title)),
                        "reports"),
        .subtitle = hj_figures_span(req, table->from, table->to),
        .help = hj_page_label(req, &asked.report->help),
        .from = hj_request_strdup(req, hj_date_text(table->from).text),
        .to = hj_request_strdup(req, hj_date_text(table->to).text),
        .action = hj_request_printf(req, "/reports/%s", asked.report->name),
        .pdf_href = hj_document_page_href(req, ".pdf"),
        .xlsx_href = hj_document_page_href(req, ".xlsx"),
    };
    fill_orgs(req, &view, table);
    fill_figures(req, &view, table);
    fill_belows(req, &view, table);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_report(&out, &view);
    return res;
}
