/* Workbooks of a ledger: template and export, and the way in: upload, preview, choice, result.
 */
#include "base/id.h"
#include "base/log.h"
#include "base/sheet.h"
#include "core/import_orgs.h"
#include "core/import_undo.h"
#include "import.html.h"
#include "import_job.html.h"
#include "store/event.h"
#include "web/exchange.h"
#include "web/rowquery.h"
#include "web/views_exchange.h"

#include <string.h>

#define MAX_JOBS 20
#define MADE_SHOWN 50

HjResponse *
hj_exchange_answer(GBytes *book, const HjLedger *ledger, const char *name)
{
    HjResponse *res = hj_response_new(200, HJ_EXCHANGE_TYPE);
    g_autofree char *encoded = g_uri_escape_string(name, NULL, false);
    g_autofree char *disposition = g_strdup_printf(
        "attachment; filename=\"%s.xlsx\"; filename*=UTF-8''%s.xlsx", ledger->name, encoded);
    res->bytes = book;
    hj_response_header(res, "Content-Disposition", disposition);
    hj_response_header(res, "Cache-Control", "no-store");
    return res;
}

HjResponse *
hj_exchange_template_get(HjRequest *req, const HjLedger *ledger, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    HjLang lang = hj_request_lang(req);
    g_autoptr(HjExchange) exchange = hj_exchange_new(tx, hj_request_actor(req), ledger, error);
    GBytes *book = exchange != NULL ? hj_exchange_template(exchange, tx, lang, error) : NULL;
    if (book == NULL)
        return NULL;
    return hj_exchange_answer(book, ledger,
                              hj_request_printf(req, "%s-%s",
                                                hj_page_label(req, &ledger->title),
                                                hj_tr(lang, N_("template"))));
}

/* --- the export leaves a trace before it leaves --- */

typedef struct {
    const HjActor *actor;
    const HjLedger *ledger;
    const char *uri;
    int64_t org, n;
} Trace;

static bool
write_trace(HjTx *tx, gpointer data, GError **error)
{
    const Trace *trace = data;
    g_autoptr(GString) after = g_string_new(NULL);
    HjJsonWriter w = { .out = after };
    hj_json_begin_object(&w);
    hj_json_key(&w, "rows");
    hj_json_i64(&w, trace->n);
    hj_json_key(&w, "query");
    hj_json_text(&w, trace->uri);
    hj_json_end_object(&w);
    hj_tx_set_actor(tx, trace->actor->account);
    HjEvent event = { .action = "ledger.export",
                      .subject = "export",
                      .ledger = trace->ledger->name,
                      .org = trace->org,
                      .after = after->str };
    return hj_event_append(tx, &event, error);
}

HjResponse *
hj_exchange_export_get(HjRequest *req, const HjRowQuery *query, GError **error)
{
    const HjLedger *ledger = query->ledger;
    const HjActor *actor = hj_request_actor(req);
    HjTx *tx = hj_request_tx(req);
    Trace trace = { .actor = actor, .ledger = ledger, .uri = hj_request_uri(req) };
    g_autoptr(HjExchange) exchange = hj_exchange_new(tx, actor, ledger, error);
    g_autoptr(GBytes) book =
        exchange != NULL
            ? hj_exchange_export(exchange, tx, query, hj_request_lang(req), &trace.n, error)
            : NULL;
    trace.org = query->under != 0     ? query->under
                : actor->n_grants > 0 ? actor->grants[0].org
                                      : 0;
    if (book == NULL || !hj_store_write(hj_tx_store(tx), write_trace, &trace, error))
        return NULL;
    HjDateText today = hj_date_text(hj_tx_today(tx));
    return hj_exchange_answer(
        g_steal_pointer(&book), ledger,
        hj_request_printf(req, "%s-%s", hj_page_label(req, &ledger->title), today.text));
}

HjResponse *
hj_pages_template(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    return ledger != NULL ? hj_exchange_template_get(req, ledger, error) : NULL;
}

HjResponse *
hj_pages_export(HjRequest *req, GError **error)
{
    static const char *const own[] = { "list", NULL };
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    HjRowQuery query;
    if (ledger == NULL || !hj_rowquery_read_beside(req, ledger, own, &query, error))
        return NULL;
    return hj_exchange_export_get(req, &query, error);
}

/* --- sending a workbook --- */

static const HjLedger *
ledger_to_enter(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    if (ledger == NULL || hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_ENTER))
        return ledger;
    hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    return NULL;
}

static const char *
state_text(HjRequest *req, const char *state)
{
    static const struct {
        const char *state, *says;
    } states[] = { { "waiting", N_("is being looked through") },
                   { "checking", N_("is being looked through") },
                   { "checked", N_("waits for your decision") },
                   { "applying", N_("is being imported") },
                   { "done", N_("finished") },
                   { "undone", N_("taken back") },
                   { "refused", N_("cannot be imported") } };
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (g_str_equal(states[i].state, state))
            return hj_i18n_tr(hj_request_lang(req), states[i].says);
    return state;
}

/* Of rows, or of the organizations themselves; lives as long as the request. */
static const HjLedger *
ledger_named(HjRequest *req, const char *name)
{
    HjLedger *made = NULL;
    const HjLedger *ledger = hj_import_orgs_or(hj_request_pack(req), name, &made);
    if (made != NULL)
        hj_request_adopt(req, made, (GDestroyNotify)hj_import_orgs_free);
    return ledger;
}

/* Where its rows are listed. */
static const char *
home_of(HjRequest *req, const HjLedger *ledger)
{
    return hj_import_orgs_is(ledger) ? "/orgs"
                                     : hj_request_printf(req, "/ledgers/%s", ledger->name);
}

static const char *
ledger_title(HjRequest *req, const char *name)
{
    const HjLedger *ledger = ledger_named(req, name);
    return ledger != NULL ? hj_page_label(req, &ledger->title) : name;
}

static bool
fill_jobs(HjRequest *req, HjImportView *view, GError **error)
{
    HjRows *rows =
        hj_import_job_list(hj_request_tx(req), hj_request_actor(req), MAX_JOBS, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->jobs = hj_request_new(req, HjImportLink, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows))
        view->jobs[view->n_jobs++] = (HjImportLink){
            .href =
                hj_request_printf(req, "/imports/%" G_GINT64_FORMAT, hj_rows_i64(rows, "id")),
            .file = hj_rows_text(rows, "file_name"),
            .ledger = ledger_title(req, hj_rows_text(rows, "ledger")),
            .state = state_text(req, hj_rows_text(rows, "state")),
            .at = hj_rows_i64(rows, "created_at"),
            .made = hj_rows_i64(rows, "n_made"),
        };
    return true;
}

static void
add_crumbs(HjRequest *req, HjPage *page, const HjLedger *ledger)
{
    HjLang lang = hj_request_lang(req);
    const char *list = home_of(req, ledger);
    if (!hj_import_orgs_is(ledger))
        hj_page_crumb(req, page, "/ledgers", hj_tr(lang, N_("Ledgers")));
    hj_page_crumb(req, page, list, hj_page_label(req, &ledger->title));
    hj_page_crumb(req, page, hj_request_printf(req, "%s/import", list),
                  hj_tr(lang, N_("Import")));
}

static HjResponse *
import_page(HjRequest *req, const HjLedger *ledger, GError **error)
{
    bool of_orgs = hj_import_orgs_is(ledger);
    const char *title = hj_page_label(req, &ledger->title);
    const char *list = home_of(req, ledger);
    HjImportView view = {
        .page = hj_page(
            req,
            hj_request_printf(req, "%s · %s", hj_tr(hj_request_lang(req), N_("Import")), title),
            of_orgs ? "orgs" : "ledgers"),
        .ledger = title,
        .action = hj_request_printf(req, "%s/import", list),
        .template_href = hj_request_printf(req, "%s/template.xlsx", list),
        .back_href = list,
        .of_orgs = of_orgs,
    };
    view.page.form_key = hj_request_form_key(req);
    add_crumbs(req, &view.page, ledger);
    if (!fill_jobs(req, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_import(&out, &view);
    return res;
}

HjResponse *
hj_pages_import(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_to_enter(req, error);
    return ledger != NULL ? import_page(req, ledger, error) : NULL;
}

/* --- the organizations themselves --- */

static const HjLedger *
ledger_of_orgs(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_named(req, HJ_IMPORT_ORGS);
    if (hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_ENTER))
        return ledger;
    hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    return NULL;
}

HjResponse *
hj_pages_orgs_import(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_of_orgs(req, error);
    return ledger != NULL ? import_page(req, ledger, error) : NULL;
}

HjResponse *
hj_pages_orgs_template(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_of_orgs(req, error);
    return ledger != NULL ? hj_exchange_template_get(req, ledger, error) : NULL;
}

HjResponse *
hj_pages_orgs_export(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_of_orgs(req, error);
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    Trace trace = { .actor = actor, .ledger = ledger, .uri = hj_request_uri(req) };
    g_autoptr(GBytes) book = ledger != NULL ? hj_import_orgs_export(tx, actor, ledger, 0,
                                                                    hj_request_lang(req), error)
                                            : NULL;
    if (book == NULL)
        return NULL;
    trace.org = actor->n_grants > 0 ? actor->grants[0].org : 0;
    if (!hj_store_write(hj_tx_store(tx), write_trace, &trace, error))
        return NULL;
    HjDateText today = hj_date_text(hj_tx_today(tx));
    return hj_exchange_answer(
        g_steal_pointer(&book), ledger,
        hj_request_printf(req, "%s-%s", hj_page_label(req, &ledger->title), today.text));
}

GMappedFile *
hj_exchange_uploaded(HjRequest *req, const char **ret_name, GError **error)
{
    for (size_t i = 0; i < hj_request_n_uploads(req); i++) {
        const HjUpload *upload = hj_request_upload(req, i);
        if (!g_str_equal(upload->field, "file"))
            continue;
        g_autoptr(GError) cause = NULL;
        GMappedFile *file = g_mapped_file_new_from_fd(upload->fd, FALSE, &cause);
        if (file == NULL)
            hj_error_log(error, HJ_ERROR_INTERNAL, "import: %s", cause->message);
        *ret_name = upload->name;
        return file;
    }
    hj_issues_add(hj_request_issues(req), "file", "required", N_("Choose a workbook."));
    hj_fail(error, HJ_ERROR_INVALID, "Choose a workbook.");
    return NULL;
}

static HjResponse *
take_upload(HjRequest *req, const HjLedger *ledger, GError **error)
{
    const char *name = NULL;
    g_autoptr(GMappedFile) file =
        ledger != NULL ? hj_exchange_uploaded(req, &name, error) : NULL;
    int64_t id;
    if (file == NULL || !hj_import_job_add(hj_request_tx(req), hj_request_actor(req), ledger,
                                           name, g_mapped_file_get_contents(file),
                                           g_mapped_file_get_length(file), &id, error))
        return NULL;
    return hj_response_see_other(req, hj_request_printf(req, "/imports/%" G_GINT64_FORMAT, id),
                                 NULL);
}

HjResponse *
hj_pages_import_post(HjRequest *req, GError **error)
{
    return take_upload(req, ledger_to_enter(req, error), error);
}

HjResponse *
hj_pages_orgs_import_post(HjRequest *req, GError **error)
{
    return take_upload(req, ledger_of_orgs(req, error), error);
}

/* --- the job --- */

static HjRows *
load_job(HjRequest *req, const HjLedger **ret_ledger, int64_t *ret_id, GError **error)
{
    if (!hj_request_part_i64(req, "id", ret_id, error))
        return NULL;
    HjRows *job = hj_import_job_get(hj_request_tx(req), hj_request_actor(req), *ret_id, error);
    if (job == NULL)
        return NULL;
    hj_request_adopt(req, job, (GDestroyNotify)hj_rows_free);
    hj_rows_next(job);
    *ret_ledger = ledger_named(req, hj_rows_text(job, "ledger"));
    if (*ret_ledger != NULL)
        return job;
    hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such ledger.");
    return NULL;
}

typedef struct {
    HjRequest *req;
    HjImportJobView *view;
} Filling;

static bool
fill_cell(const HjImportCell *cell, gpointer data)
{
    Filling *f = data;
    HjImportJobView *view = f->view;
    if (view->n_cells == HJ_IMPORT_SHOWN) {
        view->more_cells = true;
        return false;
    }
    HjLang lang = hj_request_lang(f->req);
    HjCellName name = hj_sheet_cell_name(cell->column, cell->row);
    const char *value = cell->value != NULL ? cell->value : "";
    g_autofree char *beginning = g_utf8_substring(value, 0, MIN(g_utf8_strlen(value, -1), 60));
    view->cells[view->n_cells++] = (HjImportCellView){
        .at = cell->column > 0
                  ? hj_request_strdup(f->req, name.text)
                  : hj_request_printf(f->req, hj_tr(lang, N_("row %d")), cell->row),
        .value = cell->column > 0 ? hj_request_strdup(f->req, beginning) : "",
        .says = hj_request_strdup(f->req, lang == HJ_ZH ? cell->says.zh : cell->says.en),
    };
    return true;
}

static void
fill_problems(HjRequest *req, const char *json, HjImportJobView *view)
{
    g_autoptr(HjJson) problems = json != NULL ? hj_json_parse(json, strlen(json), NULL) : NULL;
    size_t n = problems != NULL ? hj_json_count(problems) : 0;
    view->problems = hj_request_new(req, HjImportProblem, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *says = hj_json_string(
            hj_json_get(hj_json_at(problems, i), hj_i18n_code(hj_request_lang(req))));
        view->problems[view->n_problems++].says =
            hj_request_strdup(req, says != NULL ? says : "");
    }
}

static void
fill_job(HjRequest *req, const HjLedger *ledger, const HjRows *job, int64_t id,
         HjImportJobView *view)
{
    const char *state = hj_rows_text(job, "state");
    const char *base = hj_request_printf(req, "/imports/%" G_GINT64_FORMAT, id);
    bool applying = g_str_equal(state, "applying");
    view->file = hj_rows_text(job, "file_name");
    bool of_orgs = hj_import_orgs_is(ledger);
    view->of_orgs = of_orgs;
    view->ledger_href =
        of_orgs ? "/orgs"
                : hj_request_printf(req, "/ledgers/%s?sort=-created_at", ledger->name);
    view->again_href = hj_request_printf(req, "%s/import", home_of(req, ledger));
    view->action = base;
    view->waits = applying || g_str_equal(state, "waiting") || g_str_equal(state, "checking");
    view->checked = applying || g_str_equal(state, "checked");
    view->refused = g_str_equal(state, "refused");
    view->undone = g_str_equal(state, "undone");
    view->done = view->undone || g_str_equal(state, "done");
    view->undo_href = hj_request_printf(req, "%s?undo=1", base);
    view->undoing = g_str_equal(state, "done") && hj_request_query(req, "undo") != NULL;
    view->n_rows = hj_rows_i64(job, "n_rows");
    view->n_right = hj_rows_i64(job, "n_right");
    view->n_wrong = hj_rows_i64(job, "n_wrong");
    view->n_duplicate = hj_rows_i64(job, "n_duplicate");
    view->n_made = hj_rows_i64(job, "n_made");
    bool any_bad = view->n_wrong + (of_orgs ? 0 : view->n_duplicate) > 0;
    view->all_right = !any_bad && view->n_right > 0;
    if (any_bad)
        view->wrong_href = hj_request_printf(req, "%s/wrong.xlsx", base);
    if (!hj_import_job_progress(id, &view->n_so_far))
        view->n_so_far = 0;
    if (view->n_rows > 0)
        view->percent = MIN(view->n_so_far * 100 / view->n_rows, 100);
    fill_problems(req, hj_rows_text(job, "problems"), view);
}

/* --- taking a finished import back --- */

static const char *
against_text(HjLang lang, const char *why)
{
    return g_str_equal(why, "voided")  ? hj_tr(lang, N_("has been voided since"))
           : g_str_equal(why, "cited") ? hj_tr(lang, N_("is cited by other records"))
                                       : hj_tr(lang, N_("was changed since"));
}

static void
add_made(HjRequest *req, const HjLedger *ledger, const HjRows *rows, const char *says,
         HjImportJobView *view)
{
    const char *title = hj_rows_text(rows, "title");
    int64_t id = hj_rows_i64(rows, "id");
    view->lines[view->n_lines++] = (HjImportMade){
        .href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name, id),
        .title = title != NULL && *title != '\0'
                     ? title
                     : hj_request_printf(req, "#%" G_GINT64_FORMAT, id),
        .org = hj_rows_text(rows, "org_name"),
        .says = says,
    };
}

/* Before: what stands in the way; afterwards: what became of each row. */
static bool
fill_undo(HjRequest *req, const HjLedger *ledger, int64_t id, HjImportJobView *view,
          GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    HjLang lang = hj_request_lang(req);
    int64_t offset = 0;
    if (!view->undone && !view->undoing)
        return true;
    const char *from = hj_request_query(req, "offset");
    if (from != NULL && !hj_id_parse(from, &offset))
        return hj_rowquery_fail(req, "offset", N_("Must be a number."), error);
    HjRows *rows =
        view->undone ? hj_import_undo_rows(tx, actor, id, MADE_SHOWN + 1, offset, error)
                     : hj_import_undo_look(tx, actor, id, MADE_SHOWN, &view->n_against, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->lines = hj_request_new(req, HjImportMade, MADE_SHOWN);
    while (view->n_lines < MADE_SHOWN && hj_rows_next(rows))
        add_made(req, ledger, rows,
                 !view->undone                  ? against_text(lang, hj_rows_text(rows, "why"))
                 : hj_rows_bool(rows, "voided") ? hj_tr(lang, N_("Withdrawn"))
                                                : hj_tr(lang, N_("in force")),
                 view);
    if (view->undone && hj_rows_count(rows) > MADE_SHOWN)
        view->next_href = hj_request_printf(req, "%s?offset=%" G_GINT64_FORMAT, view->action,
                                            offset + MADE_SHOWN);
    return true;
}

HjResponse *
hj_pages_import_job(HjRequest *req, GError **error)
{
    const HjLedger *ledger = NULL;
    int64_t id;
    HjRows *job = load_job(req, &ledger, &id, error);
    if (job == NULL)
        return NULL;
    HjImportJobView view = {
        .page =
            hj_page(req,
                    hj_request_printf(req, "%s · %s", hj_tr(hj_request_lang(req), N_("Import")),
                                      hj_page_label(req, &ledger->title)),
                    hj_import_orgs_is(ledger) ? "orgs" : "ledgers"),
    };
    add_crumbs(req, &view.page, ledger);
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    fill_job(req, ledger, job, id, &view);
    view.can_undo = view.done && !view.undone && view.n_made > 0 && !hj_import_orgs_is(ledger);
    view.kept_until = hj_date_in_shanghai(hj_rows_i64(job, "updated_at")) + HJ_IMPORT_KEPT_DAYS;
    if (!fill_undo(req, ledger, id, &view, error))
        return NULL;
    Filling filling = { .req = req, .view = &view };
    view.cells = hj_request_new(req, HjImportCellView, HJ_IMPORT_SHOWN);
    if (!view.waits && !hj_import_job_wrong(hj_request_tx(req), hj_request_actor(req), id,
                                            fill_cell, &filling, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_import_job(&out, &view);
    if (view.waits)
        hj_response_header(res, "Refresh", "1");
    return res;
}

static HjResponse *
undo_post(HjRequest *req, int64_t id, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    int64_t n = 0;
    const char *href = hj_request_printf(req, "/imports/%" G_GINT64_FORMAT, id);
    g_autoptr(HjRows) against = hj_import_undo_look(tx, actor, id, 1, &n, error);
    if (against == NULL)
        return NULL;
    hj_tx_exempt(tx);
    /* Which rows stand in the way is on the page. */
    if (n > 0)
        return hj_response_see_other(req, hj_request_printf(req, "%s?undo=1", href),
                                     N_("Nothing was taken back; see below why."));
    if (!hj_import_undo(tx, actor, id, hj_request_form(req, "reason"), hj_request_issues(req),
                        &n, error))
        return NULL;
    return hj_response_see_other(req, href, N_("The import has been taken back."));
}

HjResponse *
hj_pages_import_job_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = NULL;
    int64_t id;
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    if (load_job(req, &ledger, &id, error) == NULL)
        return NULL;
    const char *what = hj_request_form(req, "do");
    if (g_strcmp0(what, "drop") == 0) {
        if (!hj_import_job_drop(tx, actor, id, error))
            return NULL;
        return hj_response_see_other(
            req, hj_request_printf(req, "%s/import", home_of(req, ledger)),
            N_("Nothing was imported; the workbook has been forgotten."));
    }
    if (g_strcmp0(what, "undo") == 0)
        return undo_post(req, id, error);
    bool all = g_strcmp0(what, "all") == 0;
    if (!all && g_strcmp0(what, "right") != 0) {
        hj_fail(error, HJ_ERROR_INVALID, "Say what shall be done.");
        return NULL;
    }
    if (!hj_import_job_start(tx, actor, id, all, error))
        return NULL;
    return hj_response_see_other(req, hj_request_printf(req, "/imports/%" G_GINT64_FORMAT, id),
                                 NULL);
}

HjResponse *
hj_pages_import_wrong(HjRequest *req, GError **error)
{
    const HjLedger *ledger = NULL;
    int64_t id;
    if (load_job(req, &ledger, &id, error) == NULL)
        return NULL;
    HjLang lang = hj_request_lang(req);
    GBytes *book =
        hj_import_job_book(hj_request_tx(req), hj_request_actor(req), ledger, id, lang, error);
    if (book == NULL)
        return NULL;
    HjResponse *res = hj_response_new(200, HJ_EXCHANGE_TYPE);
    const char *name = hj_request_printf(req, "%s-%s.xlsx", hj_page_label(req, &ledger->title),
                                         hj_tr(lang, N_("wrong rows")));
    g_autofree char *encoded = g_uri_escape_string(name, NULL, false);
    g_autofree char *disposition = g_strdup_printf(
        "attachment; filename=\"%s-wrong.xlsx\"; filename*=UTF-8''%s", ledger->name, encoded);
    res->bytes = book;
    hj_response_header(res, "Content-Disposition", disposition);
    hj_response_header(res, "Cache-Control", "no-store");
    return res;
}
