#include "core/report_table.h"

#include "base/decimal.h"
#include "base/error.h"

#define FIGURES_A_TABLE 6
#define ROWS_ON_PAPER 120

typedef struct {
    HjIndicatorCache *cache;
    const HjIndicatorSet **sets; /* by figure */
} Priv;

void
hj_report_table_free(HjReportTable *table)
{
    if (table == NULL)
        return;
    Priv *priv = table->priv;
    for (size_t i = 0; i < table->n_groups; i++) {
        g_free(table->groups[i].orgs);
        g_free(table->groups[i].figures);
    }
    g_free(table->groups);
    if (priv != NULL) {
        hj_indicator_cache_free(priv->cache);
        g_free(priv->sets);
        g_free(priv);
    }
    hj_org_tree_free(table->tree);
    g_free(table);
}

HjFigureValue
hj_report_table_at(const HjReportTable *table, size_t figure, int64_t org)
{
    const Priv *priv = table->priv;
    return hj_report_figure(&table->report->figures[figure],
                            hj_indicator_at(priv->sets[figure], org));
}

char *
hj_report_table_text(const HjFigureValue *value)
{
    return g_strdup(value->has ? hj_decimal_text_grouped(value->shown, value->scale).text
                               : "—");
}

bool
hj_report_table_assumed(const HjReportTable *table, size_t figure)
{
    return table->report->figures[figure].indicator->assumption;
}

/* --- who stands below --- */

static bool
is_below(const HjReportTable *table, const HjOrg *org)
{
    while (org != NULL && org->id != table->top->id)
        org = org->parent != 0 ? hj_org_tree_find(table->tree, org->parent) : NULL;
    return org != NULL;
}

static bool
has_children(const HjReportTable *table, const HjOrg *org)
{
    size_t i = (size_t)(org - table->tree->orgs) + 1;
    return i < table->tree->n_orgs && table->tree->orgs[i].parent == org->id;
}

/* Right below, those that hold others where there are such: townships, not the branches of the
 * county's own offices. */
static void
add_children(HjReportTable *table)
{
    HjReportGroupOf *group = &table->groups[table->n_groups];
    const HjOrgTree *tree = table->tree;
    bool holders = false;
    for (size_t i = 0; i < tree->n_orgs; i++)
        holders |=
            tree->orgs[i].parent == table->top->id && has_children(table, &tree->orgs[i]);
    group->orgs = g_new0(const HjOrg *, tree->n_orgs + 1);
    for (size_t i = 0; i < tree->n_orgs; i++) {
        const HjOrg *org = &tree->orgs[i];
        if (org->parent == table->top->id && (!holders || has_children(table, org)))
            group->orgs[group->n_orgs++] = org;
    }
    group->figures = g_new0(size_t, table->report->n_figures + 1);
    for (size_t i = 0; i < table->report->n_figures; i++)
        group->figures[group->n_figures++] = i;
    table->n_groups++;
}

/* All of a kind below those, with the figures that are counted for that kind. */
static void
add_kind(HjReportTable *table, const char *kind)
{
    HjReportGroupOf group = { .kind = kind };
    const HjOrgTree *tree = table->tree;
    group.orgs = g_new0(const HjOrg *, tree->n_orgs + 1);
    for (size_t i = 0; i < tree->n_orgs; i++) {
        const HjOrg *org = &tree->orgs[i];
        if (g_str_equal(org->kind, kind) && org->depth > table->top->depth + 1 &&
            is_below(table, org))
            group.orgs[group.n_orgs++] = org;
    }
    group.figures = g_new0(size_t, table->report->n_figures + 1);
    for (size_t i = 0; i < table->report->n_figures; i++)
        if (g_str_equal(table->report->figures[i].indicator->of, kind))
            group.figures[group.n_figures++] = i;
    if (group.n_orgs > 0 && group.n_figures > 0) {
        table->groups[table->n_groups++] = group;
        return;
    }
    g_free(group.orgs);
    g_free(group.figures);
}

static void
add_groups(HjReportTable *table)
{
    table->groups = g_new0(HjReportGroupOf, table->pack->n_org_kinds + 2);
    add_children(table);
    for (size_t i = 0; i < table->pack->n_org_kinds; i++)
        add_kind(table, table->pack->org_kinds[i].name);
}

static const HjOrg *
top_of(const HjOrgTree *tree, int64_t org)
{
    if (org != 0)
        return hj_org_tree_find(tree, org);
    return tree->n_orgs > 0 ? &tree->orgs[0] : NULL;
}

HjReportTable *
hj_report_table_new(HjTx *tx, const HjPack *pack, const HjReport *report, HjDate from,
                    HjDate to, int64_t org, GError **error)
{
    g_autoptr(HjReportTable) table = g_new0(HjReportTable, 1);
    Priv *priv = g_new0(Priv, 1);
    table->priv = priv;
    table->report = report;
    table->pack = pack;
    table->from = from;
    table->to = to;
    table->tree = hj_org_tree_load(tx, to, error);
    if (table->tree == NULL)
        return NULL;
    table->top = top_of(table->tree, org);
    if (table->top == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
        return NULL;
    }
    priv->cache = hj_indicator_cache_new(tx, pack, table->tree, from, to);
    priv->sets = g_new0(const HjIndicatorSet *, report->n_figures + 1);
    for (size_t i = 0; i < report->n_figures; i++) {
        priv->sets[i] =
            hj_indicator_cache_get(priv->cache, report->figures[i].indicator, error);
        if (priv->sets[i] == NULL)
            return NULL;
    }
    add_groups(table);
    return g_steal_pointer(&table);
}

/* The kind where they all have one; otherwise what they have in common. */
const char *
hj_report_table_group_title(const HjReportTable *table, const HjReportGroupOf *group,
                            HjLang lang)
{
    const char *kind = group->kind;
    for (size_t i = 0; i < group->n_orgs && group->kind == NULL; i++) {
        if (i > 0 && !g_str_equal(group->orgs[i]->kind, kind))
            return hj_tr(lang, N_("Organizations below"));
        kind = group->orgs[i]->kind;
    }
    const HjOrgKind *found = kind != NULL ? hj_pack_org_kind(table->pack, kind) : NULL;
    return found != NULL ? hj_i18n_label(&found->title, lang)
                         : hj_tr(lang, N_("Organizations below"));
}

char *
hj_report_table_by(const HjReportTable *table, const HjReportGroupOf *group, HjLang lang)
{
    const char *title = hj_report_table_group_title(table, group, lang);
    return g_str_equal(title, hj_tr(lang, N_("Organizations below")))
               ? g_strdup(title)
               : g_strdup_printf(hj_tr(lang, N_("By %s")), title);
}

/* --- on paper --- */

static void
write_figures(const HjReportTable *table, HjLang lang, HjDocument *paper)
{
    const HjDocumentColumn columns[] = {
        { hj_tr(lang, N_("Figure")), 9, HJ_ALIGN_LEFT },
        { hj_tr(lang, N_("Value")), 5, HJ_ALIGN_RIGHT },
        { hj_tr(lang, N_("Unit")), 3, HJ_ALIGN_LEFT },
        { hj_tr(lang, N_("How the figure is computed")), 15, HJ_ALIGN_LEFT },
    };
    hj_document_heading(paper, 1, hj_tr(lang, N_("Figures")));
    hj_document_table(paper, NULL, columns, G_N_ELEMENTS(columns));
    for (size_t i = 0; i < table->report->n_figures; i++) {
        const HjFigure *figure = &table->report->figures[i];
        HjFigureValue value = hj_report_table_at(table, i, table->top->id);
        g_autofree char *text = hj_report_table_text(&value);
        const char *help = hj_i18n_label(&figure->indicator->help, lang);
        g_autofree char *how =
            hj_report_table_assumed(table, i)
                ? g_strdup_printf("%s %s", help != NULL ? help : "",
                                  hj_tr(lang, N_("Default example; the county has not "
                                                 "confirmed it yet.")))
                : g_strdup(help);
        const char *const cells[] = { hj_i18n_label(&figure->title, lang), text,
                                      hj_i18n_label(&figure->unit, lang), how };
        hj_document_row(paper, cells, false);
    }
}

static void
write_part(const HjReportTable *table, const HjReportGroupOf *group, size_t from, HjLang lang,
           HjDocument *paper)
{
    HjDocumentColumn columns[FIGURES_A_TABLE + 1] = { { hj_tr(lang, N_("Organization")), 7,
                                                        HJ_ALIGN_LEFT } };
    size_t n = MIN(group->n_figures - from, (size_t)FIGURES_A_TABLE);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < n; i++) {
        const HjFigure *figure = &table->report->figures[group->figures[from + i]];
        const char *unit = hj_i18n_label(&figure->unit, lang);
        char *title = g_strdup_printf("%s（%s）", hj_i18n_label(&figure->title, lang),
                                      unit != NULL ? unit : "");
        g_ptr_array_add(kept, title);
        columns[i + 1] = (HjDocumentColumn){ title, 4, HJ_ALIGN_RIGHT };
    }
    hj_document_table(paper, NULL, columns, n + 1);
    for (size_t k = 0; k < group->n_orgs; k++) {
        const char *cells[FIGURES_A_TABLE + 1] = { group->orgs[k]->name };
        for (size_t i = 0; i < n; i++) {
            HjFigureValue value =
                hj_report_table_at(table, group->figures[from + i], group->orgs[k]->id);
            char *text = hj_report_table_text(&value);
            g_ptr_array_add(kept, text);
            cells[i + 1] = text;
        }
        hj_document_row(paper, cells, false);
    }
}

HjDocument *
hj_report_table_paper(const HjReportTable *table, HjLang lang)
{
    g_autofree char *title =
        g_strdup_printf("%s\n%s", table->top->name, hj_i18n_label(&table->report->title, lang));
    g_autofree char *span = g_strdup_printf("%s — %s", hj_date_text(table->from).text,
                                            hj_date_text(table->to).text);
    HjDocument *paper = hj_document_new(HJ_DOCUMENT_TABLES, lang, title);
    hj_document_subtitle(paper, span);
    write_figures(table, lang, paper);
    for (size_t i = 0; i < table->n_groups; i++) {
        const HjReportGroupOf *group = &table->groups[i];
        const char *name = hj_report_table_group_title(table, group, lang);
        if (group->n_orgs == 0)
            continue;
        hj_document_heading(paper, 1, name);
        if (group->n_orgs > ROWS_ON_PAPER) {
            hj_document_plain(paper,
                              hj_tr(lang, N_("These are many; the workbook of this report "
                                             "lists them all.")));
            continue;
        }
        for (size_t from = 0; from < group->n_figures; from += FIGURES_A_TABLE)
            write_part(table, group, from, lang, paper);
    }
    return paper;
}
