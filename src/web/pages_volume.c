/* The file of a row on paper: what was done, step by step, and what each step left behind. */
#include "core/access.h"
#include "web/document_page.h"
#include "web/flow_words.h"
#include "web/pages.h"
#include "web/views_volume.h"

#include <string.h>

#define MOST_CHILDREN 200

typedef struct {
    HjRequest *req;
    const HjLedger *ledger;
    HjRows *row;
    int64_t id;
    const HjFlowNode **taken; /* the steps that were taken, in their order */
    size_t n_taken;
} Volume;

static bool
load(Volume *v, GError **error)
{
    v->ledger = hj_pages_ledger_of(v->req, error);
    if (v->ledger == NULL || !hj_request_part_i64(v->req, "id", &v->id, error))
        return false;
    v->row =
        hj_row_get(hj_request_tx(v->req), hj_request_actor(v->req), v->ledger, v->id, error);
    if (v->row == NULL)
        return false;
    hj_request_adopt(v->req, v->row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(v->row) || v->ledger->flow == NULL || !v->ledger->flow->volume)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
    return true;
}

/* Whether the node asks for the field, and among how many. */
static size_t
asked_among(const HjFlowNode *node, const char *field)
{
    for (size_t i = 0; i < node->n_form; i++)
        if (g_str_equal(node->form[i], field))
            return node->n_form;
    for (size_t i = 0; i < node->n_needs; i++)
        if (g_str_equal(node->needs[i], field))
            return MAX(node->n_form, node->n_needs);
    for (size_t i = 0; i < node->n_actions; i++)
        for (size_t k = 0; k < node->actions[i].n_needs; k++)
            if (g_str_equal(node->actions[i].needs[k], field))
                return node->n_form + node->n_needs + node->actions[i].n_needs;
    return 0;
}

/* A field belongs to the step that was taken and asks for the fewest besides: a form that takes
 * over a whole file from paper holds only what no step of its own was taken for. */
static const HjFlowNode *
home_of(const Volume *v, const char *field)
{
    const HjFlowNode *home = NULL;
    size_t least = 0;
    for (size_t i = 0; i < v->n_taken; i++) {
        size_t among = asked_among(v->taken[i], field);
        if (among > 0 && (home == NULL || among < least)) {
            home = v->taken[i];
            least = among;
        }
    }
    return home;
}

/* What stands in the fields of the node, at the last time the step was taken. */
static void
fill_papers(const Volume *v, const HjFlowNode *node, HjVolumeStep *step)
{
    step->papers = hj_request_new(v->req, HjVolumePaper, v->ledger->n_fields + 1);
    for (size_t i = 0; i < v->ledger->n_fields; i++) {
        const HjField *field = &v->ledger->fields[i];
        if (hj_access_field_hidden(hj_request_actor(v->req), field) ||
            home_of(v, field->name) != node)
            continue;
        const char *text = hj_pages_cell(v->req, field, v->row);
        const char *unit = hj_page_label(v->req, &field->unit);
        if (text != NULL && *text != '\0')
            step->papers[step->n_papers++] = (HjVolumePaper){
                .name = hj_page_label(v->req, &field->title),
                .value = unit != NULL ? hj_request_printf(v->req, "%s %s", text, unit) : text,
            };
    }
}

static bool
is_taken(const HjRows *line)
{
    const char *outcome = hj_rows_text(line, "outcome");
    return outcome != NULL && !g_str_equal(outcome, "moot");
}

static void
list_taken(Volume *v, HjRows *line)
{
    v->taken = hj_request_new(v->req, const HjFlowNode *, hj_rows_count(line) + 1);
    while (hj_rows_next(line)) {
        const HjFlowNode *node = hj_flow_node(v->ledger->flow, hj_rows_text(line, "node"));
        if (is_taken(line) && node != NULL)
            v->taken[v->n_taken++] = node;
    }
    hj_rows_rewind(line);
}

/* Whether the step is taken again further down: what it left is told there. */
static bool
comes_again(const Volume *v, size_t step)
{
    for (size_t i = step + 1; i < v->n_taken; i++)
        if (v->taken[i] == v->taken[step])
            return true;
    return false;
}

static bool
fill_steps(Volume *v, HjVolumeView *view, GError **error)
{
    HjRows *line =
        hj_flow_line(hj_request_tx(v->req), hj_request_actor(v->req), v->ledger, v->id, error);
    if (line == NULL)
        return false;
    hj_request_adopt(v->req, line, (GDestroyNotify)hj_rows_free);
    view->steps = hj_request_new(v->req, HjVolumeStep, hj_rows_count(line) + 1);
    list_taken(v, line);
    size_t n_known = 0;
    while (hj_rows_next(line)) {
        const char *name = hj_rows_text(line, "node"), *outcome = hj_rows_text(line, "outcome");
        const char *behalf = hj_rows_text(line, "behalf_name");
        const HjFlowNode *node = hj_flow_node(v->ledger->flow, name);
        if (!is_taken(line))
            continue;
        HjVolumeStep *step = &view->steps[view->n_steps++];
        step->number = hj_request_printf(v->req, "%zu", view->n_steps);
        step->title = hj_flow_words_node(v->req, v->ledger, name);
        step->did = hj_flow_words_action(v->req, v->ledger, name, outcome);
        step->on = hj_rows_text(line, "closed_on");
        step->who = hj_rows_text(line, "closed_by_name");
        if (behalf != NULL)
            step->who = hj_request_printf(v->req, "%s（%s）", step->who, behalf);
        step->opinion = hj_rows_text(line, "opinion");
        step->back_filled = hj_rows_bool(line, "back_filled");
        if (node != NULL && !comes_again(v, n_known++))
            fill_papers(v, node, step);
    }
    return true;
}

/* "2018-04-10，表现好" */
static const char *
line_of(const Volume *v, const HjLedger *child, const HjRows *rows)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < child->n_fields; i++) {
        const HjField *field = &child->fields[i];
        const char *cell = hj_access_field_hidden(hj_request_actor(v->req), field)
                               ? NULL
                               : hj_pages_cell(v->req, field, rows);
        if (cell != NULL && *cell != '\0')
            g_string_append_printf(text, "%s%s %s", text->len > 0 ? "；" : "",
                                   hj_page_label(v->req, &field->title), cell);
    }
    return hj_request_adopt(v->req, g_string_free(text, FALSE), g_free);
}

static bool
fill_part(const Volume *v, const HjLedger *child, HjVolumeView *view, GError **error)
{
    const HjRowQuery query = { .ledger = child,
                               .parent = v->id,
                               .from = HJ_DATE_NONE,
                               .to = HJ_DATE_NONE,
                               .limit = MOST_CHILDREN };
    g_autofree char *next = NULL;
    HjRows *rows =
        hj_row_list(hj_request_tx(v->req), hj_request_actor(v->req), &query, &next, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(v->req, rows, (GDestroyNotify)hj_rows_free);
    if (hj_rows_count(rows) == 0)
        return true;
    HjVolumePart *part = &view->parts[view->n_parts++];
    part->title = hj_page_label(v->req, &child->title);
    part->lines = hj_request_new(v->req, const char *, hj_rows_count(rows));
    while (hj_rows_next(rows))
        part->lines[part->n_lines++] = line_of(v, child, rows);
    return true;
}

/* The rows that lie under this one, ledger by ledger. */
static bool
fill_parts(const Volume *v, HjVolumeView *view, GError **error)
{
    const HjPack *pack = hj_request_pack(v->req);
    view->parts = hj_request_new(v->req, HjVolumePart, pack->n_ledgers + 1);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *child = &pack->ledgers[i];
        if (child->in == v->ledger &&
            hj_access_may_ledger(hj_request_actor(v->req), child, HJ_ACCESS_VIEW) &&
            !fill_part(v, child, view, error))
            return false;
    }
    return true;
}

/* --- on paper: cover, catalogue, a part for every step --- */

static void
write_cover(const Volume *v, const HjVolumeView *view, HjDocument *paper)
{
    HjLang lang = hj_request_lang(v->req);
    hj_document_issuer(paper, view->issuer);
    hj_document_key(paper, hj_tr(lang, N_("Name of the file")), view->title);
    hj_document_key(paper, hj_tr(lang, N_("Place")), view->org);
    if (view->rules != NULL)
        hj_document_key(paper, hj_tr(lang, N_("By the rules of")),
                        view->opened != NULL
                            ? hj_request_printf(v->req, "%s（%s）", view->rules, view->opened)
                            : view->rules);
    hj_document_key(paper, hj_tr(lang, N_("Stands at")), view->state);
    hj_document_key(paper, hj_tr(lang, N_("Printed on")), view->day);
    hj_document_break(paper);
    const HjDocumentColumn columns[] = {
        { hj_tr(lang, N_("No.")), 2, HJ_ALIGN_CENTRE },
        { hj_tr(lang, N_("Step")), 10, HJ_ALIGN_LEFT },
        { hj_tr(lang, N_("Day")), 4, HJ_ALIGN_CENTRE },
        { hj_tr(lang, N_("Pages")), 2, HJ_ALIGN_CENTRE },
        { hj_tr(lang, N_("Remark")), 4, HJ_ALIGN_LEFT },
    };
    hj_document_table(paper, hj_tr(lang, N_("Catalogue of the file")), columns,
                      G_N_ELEMENTS(columns));
    for (size_t i = 0; i < view->n_steps; i++) {
        const HjVolumeStep *step = &view->steps[i];
        const char *const cells[] = { step->number, step->title, step->on, NULL,
                                      step->back_filled ? hj_tr(lang, N_("entered later"))
                                                        : NULL };
        hj_document_row(paper, cells, false);
    }
    hj_document_catalogue(paper, hj_tr(lang, N_("Pages of this print")));
    hj_document_break(paper);
}

static void
write_step(const HjVolumeStep *step, HjDocument *paper)
{
    hj_document_heading(paper, 1, step->title);
    g_autoptr(GString) line = g_string_new(step->on);
    const char *const words[] = { step->did, step->who };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (words[i] != NULL && *words[i] != '\0')
            g_string_append_printf(line, "%s%s", line->len > 0 ? " · " : "", words[i]);
    hj_document_plain(paper, line->str);
    hj_document_text(paper, step->opinion);
    for (size_t i = 0; i < step->n_papers; i++)
        hj_document_key(paper, step->papers[i].name, step->papers[i].value);
}

static HjDocument *
write_volume(const Volume *v, const HjVolumeView *view)
{
    HjDocument *paper =
        hj_document_page_new(v->req, HJ_DOCUMENT_TABLES, view->volume, v->ledger->sensitive);
    write_cover(v, view, paper);
    for (size_t i = 0; i < view->n_steps; i++)
        write_step(&view->steps[i], paper);
    for (size_t i = 0; i < view->n_parts; i++) {
        const HjVolumePart *part = &view->parts[i];
        hj_document_heading(paper, 1, part->title);
        for (size_t k = 0; k < part->n_lines; k++)
            hj_document_plain(paper,
                              hj_request_printf(v->req, "%zu. %s", k + 1, part->lines[k]));
    }
    return paper;
}

HjResponse *
hj_pages_volume(HjRequest *req, GError **error)
{
    Volume v = { .req = req };
    if (!load(&v, error))
        return NULL;
    HjTx *tx = hj_request_tx(req);
    HjRows *at = hj_flow_case(tx, v.id, error);
    if (at == NULL)
        return NULL;
    hj_request_adopt(req, at, (GDestroyNotify)hj_rows_free);
    hj_rows_next(at);
    const char *base =
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, v.ledger->name, v.id);
    const char *ledger = hj_page_label(req, &v.ledger->title);
    const char *volume =
        hj_request_printf(req, hj_tr(hj_request_lang(req), N_("%s: file")), ledger);
    HjVolumeView view = {
        .issuer = hj_request_county_name(req),
        .volume = volume,
        .title = hj_pages_row_title(req, v.ledger, v.row),
        .org = hj_rows_text(v.row, "org_name"),
        .state = hj_flow_words_node(req, v.ledger, hj_rows_text(v.row, "state")),
        /* Only the name of the regulation: no article is printed that was not read (VER-3). */
        .rules = v.ledger->source,
        .opened = hj_rows_text(at, "rules_on"),
        .day = hj_request_strdup(req, hj_date_text(hj_tx_today(tx)).text),
    };
    if (!fill_steps(&v, &view, error) || !fill_parts(&v, &view, error))
        return NULL;
    HjPage page = hj_page(req, volume, "ledgers");
    hj_page_crumb(req, &page, hj_request_printf(req, "/ledgers/%s", v.ledger->name), ledger);
    hj_page_crumb(req, &page, base, view.title);
    if (v.ledger->sensitive)
        hj_page_mark(req, &page);
    return hj_document_page_answer(req, &page, write_volume(&v, &view), base,
                                   hj_request_printf(req, "%s-%s", ledger, view.title), error);
}
