/* The file of a row on paper: what was done, step by step, and what each step left behind. */
#include "core/access.h"
#include "volume.html.h"
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
    bool *told; /* by place of the field: stands at an earlier step */
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
    v->told = hj_request_new(v->req, bool, v->ledger->n_fields + 1);
    return true;
}

static void
add_paper(const Volume *v, const char *name, HjVolumeStep *step)
{
    const HjField *field = hj_pack_field(v->ledger, name);
    if (field == NULL || v->told[field - v->ledger->fields] ||
        hj_access_field_hidden(hj_request_actor(v->req), field))
        return;
    const char *text = hj_pages_cell(v->req, field, v->row);
    if (text == NULL || *text == '\0')
        return;
    const char *unit = hj_page_label(v->req, &field->unit);
    v->told[field - v->ledger->fields] = true;
    step->papers[step->n_papers++] = (HjVolumePaper){
        .name = hj_page_label(v->req, &field->title),
        .value = unit != NULL ? hj_request_printf(v->req, "%s %s", text, unit) : text,
    };
}

/* What stands in the fields of the node, each at the first step that asked for it. */
static void
fill_papers(const Volume *v, const HjFlowNode *node, HjVolumeStep *step)
{
    step->papers = hj_request_new(v->req, HjVolumePaper,
                                  node->n_form + node->n_needs + node->n_actions + 1);
    for (size_t i = 0; i < node->n_form; i++)
        add_paper(v, node->form[i], step);
    for (size_t i = 0; i < node->n_needs; i++)
        add_paper(v, node->needs[i], step);
}

static bool
fill_steps(const Volume *v, HjVolumeView *view, GError **error)
{
    HjRows *line =
        hj_flow_line(hj_request_tx(v->req), hj_request_actor(v->req), v->ledger, v->id, error);
    if (line == NULL)
        return false;
    hj_request_adopt(v->req, line, (GDestroyNotify)hj_rows_free);
    view->steps = hj_request_new(v->req, HjVolumeStep, hj_rows_count(line) + 1);
    while (hj_rows_next(line)) {
        const char *name = hj_rows_text(line, "node"), *outcome = hj_rows_text(line, "outcome");
        const char *behalf = hj_rows_text(line, "behalf_name");
        const HjFlowNode *node = hj_flow_node(v->ledger->flow, name);
        if (outcome == NULL || g_str_equal(outcome, "moot"))
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
        if (node != NULL)
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
        .page = hj_page(req, volume, "ledgers"),
        .issuer = hj_request_county_name(req),
        .volume = volume,
        .title = hj_pages_row_title(req, v.ledger, v.row),
        .org = hj_rows_text(v.row, "org_name"),
        .state = hj_flow_words_node(req, v.ledger, hj_rows_text(v.row, "state")),
        /* Only the name of the regulation: no article is printed that was not read (VER-3). */
        .rules = v.ledger->source,
        .opened = hj_rows_text(at, "rules_on"),
        .day = hj_request_strdup(req, hj_date_text(hj_tx_today(tx)).text),
        .back_href = base,
    };
    hj_page_crumb(req, &view.page, hj_request_printf(req, "/ledgers/%s", v.ledger->name),
                  ledger);
    hj_page_crumb(req, &view.page, base, view.title);
    if (v.ledger->sensitive)
        hj_page_mark(req, &view.page);
    if (!fill_steps(&v, &view, error) || !fill_parts(&v, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_volume(&out, &view);
    return res;
}
