/* The form of any ledger: a new row, or a change of one. */
#include "base/id.h"
#include "row_form.html.h"
#include "web/flow_words.h"
#include "web/pages_flow.h"
#include "web/prefill.h"
#include "web/row_fields.h"
#include "web/unsaved_form.h"
#include "web/uploads.h"

typedef struct {
    HjRowFields fields;
    const char *org_code;
    HjTime drafted_at; /* what is shown was kept then; 0: no draft */
} Form;

static void
fill_wrong(HjRequest *req, const HjLedger *ledger, HjRowFormView *view)
{
    const HjIssues *issues = hj_request_issues(req);
    size_t n = hj_issues_count(issues);
    view->wrong = hj_request_new(req, HjFormIssue, n);
    for (size_t i = 0; i < n; i++) {
        const char *name = hj_issues_field(issues, i);
        const HjField *field = name != NULL ? hj_pack_field(ledger, name) : NULL;
        view->wrong[view->n_wrong++] = (HjFormIssue){
            .field = field != NULL || g_strcmp0(name, "org") == 0 ? name : NULL,
            .title = field != NULL ? hj_page_label(req, &field->title)
                                   : hj_tr(hj_request_lang(req), N_("Organization")),
            .message = hj_issues_message(issues, i, hj_request_lang(req)),
        };
    }
}

/* A form without an organization offers those of the right kind. */
static bool
fill_choice_of_org(HjRequest *req, const HjLedger *ledger, HjRowFormView *view, GError **error)
{
    HjRows *lists[8];
    size_t n_lists = MIN(ledger->n_of, G_N_ELEMENTS(lists)), n = 0;
    for (size_t i = 0; i < n_lists; i++) {
        lists[i] = hj_row_fields_orgs(req, ledger->of[i], error);
        if (lists[i] == NULL)
            return false;
        n += hj_rows_count(lists[i]);
    }
    const char *home = hj_page_home_org(req);
    view->orgs = hj_request_new(req, HjOption, n);
    for (size_t i = 0; i < n_lists; i++)
        while (hj_rows_next(lists[i])) {
            const char *above = hj_rows_text(lists[i], "parent_name"),
                       *name = hj_rows_text(lists[i], "name");
            const char *code = hj_rows_text(lists[i], "code");
            view->orgs[view->n_orgs++] = (HjOption){
                .value = code,
                .on = g_str_equal(code, home),
                .text = above != NULL ? hj_request_printf(req, "%s · %s", above, name) : name,
            };
        }
    return true;
}

/* "摸排（乡镇组织委员）": where a new row begins its way, or NULL. */
static const char *
begins_at(HjRequest *req, const HjLedger *ledger)
{
    const HjFlowNode *start =
        ledger->flow != NULL ? hj_flow_node(ledger->flow, ledger->flow->start) : NULL;
    if (start == NULL)
        return NULL;
    const char *who = hj_flow_words_actors(req, start);
    return hj_request_printf(req, "%s%s%s", hj_page_label(req, &start->title),
                             who != NULL ? " · " : "", who != NULL ? who : "");
}

/* Where the new row will stand, when that was chosen before. */
static const char *
name_of_org(HjRequest *req, int64_t id)
{
    g_autoptr(HjRows) org = id != 0 ? hj_org_get(hj_request_tx(req), id, NULL) : NULL;
    return org != NULL && hj_rows_next(org) ? hj_request_strdup(req, hj_rows_text(org, "name"))
                                            : NULL;
}

/* Beside a row that still may change: what it takes over from the records. */
static bool
fill_prefill(HjRequest *req, const Form *form, HjRowFormView *view, GError **error)
{
    const HjPrefill *prefill = form->fields.ledger->prefill;
    if (prefill == NULL || form->fields.org == 0)
        return true;
    if (form->fields.row != NULL)
        return hj_prefill_of_row(req, form->fields.ledger, form->fields.row, &view->prefill,
                                 error);
    for (size_t i = 0; i < view->n_fields; i++)
        if (g_str_equal(view->fields[i].name, prefill->period))
            return hj_prefill_of_new(req, form->fields.ledger, form->fields.org,
                                     view->fields[i].value, &view->prefill, error);
    return true;
}

static HjResponse *
form_page(HjRequest *req, Form *form, int status, GError **error)
{
    const HjLedger *ledger = form->fields.ledger;
    HjLang lang = hj_request_lang(req);
    const char *base = hj_request_printf(req, "/ledgers/%s", ledger->name);
    const char *title = hj_page_titled(
        req, form->fields.row != NULL ? hj_tr(lang, N_("Change")) : hj_tr(lang, N_("New")),
        hj_page_label(req, &ledger->title));
    HjRowFormView view = { .page = hj_page(req, title, "ledgers"),
                           .help = hj_page_label(req, &ledger->help) };
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    hj_page_crumb(req, &view.page, "/ledgers", hj_tr(lang, N_("Ledgers")));
    hj_page_crumb(req, &view.page, base, hj_page_label(req, &ledger->title));
    if (form->fields.row != NULL) {
        const char *id = hj_request_part(req, "id");
        view.cancel_href = hj_request_printf(req, "%s/%s", base, id);
        view.action = hj_request_printf(req, "%s/%s/edit", base, id);
        view.version = form->fields.posted && form->drafted_at == 0 && form->fields.met == NULL
                           ? hj_request_form(req, "version")
                           : hj_request_printf(req, "%" G_GINT64_FORMAT,
                                               hj_rows_i64(form->fields.row, "version"));
        view.subtitle = hj_rows_text(form->fields.row, "org_name");
    } else {
        view.subtitle = name_of_org(req, form->fields.org);
        view.begins = begins_at(req, ledger);
        view.cancel_href = base;
        view.page.form_key = hj_request_form_key(req);
        view.action = hj_request_printf(req, "%s/new", base);
        view.org = form->org_code;
        view.parent = form->fields.posted ? hj_request_form(req, "parent")
                                          : hj_request_query(req, "parent");
    }
    if (form->fields.row == NULL && form->fields.org == 0 &&
        !fill_choice_of_org(req, ledger, &view, error))
        return NULL;
    HjRowInputs inputs;
    if (!hj_row_fields_fill(req, &form->fields, &inputs, error))
        return NULL;
    view.fields = inputs.fields;
    view.n_fields = inputs.n_fields;
    view.multipart = inputs.multipart;
    if (!fill_prefill(req, form, &view, error))
        return NULL;
    view.drafted_at = form->drafted_at;
    view.changed_since = form->drafted_at != 0 && form->fields.row != NULL &&
                         hj_rows_i64(form->fields.row, "updated_at") > form->drafted_at;
    view.draft_action =
        hj_request_printf(req, "%s/%s/draft", base,
                          form->fields.row != NULL ? hj_request_part(req, "id") : "new");
    fill_wrong(req, ledger, &view);
    if (form->fields.met != NULL) {
        view.met = form->fields.met->events;
        view.n_met = form->fields.met->n_events;
    }
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_row_form(&out, &view);
    return res;
}

/* The organization named by @code, when it is one that owns rows of the ledger; 0 offers a
 * choice. */
static bool
choose_org(HjRequest *req, Form *form, const char *code, GError **error)
{
    if (code == NULL || *code == '\0') {
        const HjActor *actor = hj_request_actor(req);
        if (actor->n_grants != 1)
            return true;
        code = actor->grants[0].org_code;
    }
    HjRows *org = hj_page_org(req, code, error);
    if (org == NULL)
        return false;
    bool owns = false;
    for (size_t i = 0; i < form->fields.ledger->n_of; i++)
        owns = owns || g_str_equal(form->fields.ledger->of[i], hj_rows_text(org, "kind"));
    if (!owns)
        return true;
    form->fields.org = hj_rows_i64(org, "id");
    form->org_code = hj_rows_text(org, "code");
    return hj_access_check_row(hj_request_tx(req), hj_request_actor(req), form->fields.ledger,
                               HJ_ACCESS_ENTER, form->fields.org, error);
}

static bool
may_enter(HjRequest *req, const HjLedger *ledger, GError **error)
{
    if (hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_ENTER))
        return true;
    return hj_fail(error, HJ_ERROR_DENIED, "You may not enter rows of this ledger.");
}

/* Of a new row on its way, its first step asks what it says in `form:` and what is required. */
static void
first_fields(HjRequest *req, Form *form)
{
    const HjLedger *ledger = form->fields.ledger;
    const HjFlowNode *start =
        ledger->flow != NULL ? hj_flow_node(ledger->flow, ledger->flow->start) : NULL;
    if (start == NULL || start->n_form == 0)
        return;
    bool *open = hj_request_new(req, bool, ledger->n_fields + 1);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        open[i] = ledger->fields[i].required;
        for (size_t k = 0; k < start->n_form; k++)
            open[i] |= g_str_equal(start->form[k], ledger->fields[i].name);
    }
    form->fields.open = open;
}

static bool
show_draft(HjRequest *req, Form *form, int64_t row, GError **error)
{
    if (!hj_unsaved_form_show(req, form->fields.ledger, row, &form->drafted_at, error))
        return false;
    form->fields.posted = form->drafted_at != 0;
    return true;
}

/* What a draft says goes before the address, which agrees with it or says nothing. */
static const char *
asked_org(HjRequest *req)
{
    const char *kept = hj_request_form_text(req, "org");
    return kept != NULL ? kept : hj_request_query(req, "org");
}

HjResponse *
hj_pages_row_new(HjRequest *req, GError **error)
{
    Form form = { .fields.ledger = hj_pages_ledger_of(req, error) };
    if (form.fields.ledger == NULL || !may_enter(req, form.fields.ledger, error) ||
        !show_draft(req, &form, 0, error) || !choose_org(req, &form, asked_org(req), error))
        return NULL;
    first_fields(req, &form);
    return form_page(req, &form, 200, error);
}

HjResponse *
hj_pages_row_new_post(HjRequest *req, GError **error)
{
    Form form = { .fields.ledger = hj_pages_ledger_of(req, error), .fields.posted = true };
    if (form.fields.ledger == NULL || !may_enter(req, form.fields.ledger, error))
        return NULL;
    const char *code = hj_request_form(req, "org"), *given = hj_request_form(req, "parent");
    int64_t parent = 0;
    if (given != NULL && *given != '\0' && !hj_id_parse(given, &parent)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The row it belongs to is missing.");
        return NULL;
    }
    if (!choose_org(req, &form, code, error))
        return NULL;
    size_t n = 0;
    if (!hj_uploads_store(req, error))
        return NULL;
    first_fields(req, &form);
    HjRowInput *inputs = hj_row_fields_read(req, &form.fields, &n);
    HjRowKey key;
    g_autoptr(GError) why = NULL;
    if (form.fields.org == 0) {
        hj_issues_add(hj_request_issues(req), "org", "required",
                      N_("Choose the organization."));
        return form_page(req, &form, 422, error);
    }
    if (!hj_row_create(hj_request_tx(req), hj_request_actor(req), form.fields.ledger,
                       form.fields.org, parent, inputs, n, hj_request_issues(req), &key,
                       &why)) {
        if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
            return form_page(req, &form, 422, error);
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    if (!hj_unsaved_form_done(req, form.fields.ledger, 0, error))
        return NULL;
    return hj_response_see_other(req,
                                 hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT,
                                                   form.fields.ledger->name, key.id),
                                 N_("Saved."));
}

static bool
load_for_change(HjRequest *req, Form *form, int64_t *ret_id, GError **error)
{
    if (!hj_request_part_i64(req, "id", ret_id, error))
        return false;
    form->fields.row = hj_row_get(hj_request_tx(req), hj_request_actor(req),
                                  form->fields.ledger, *ret_id, error);
    if (form->fields.row == NULL)
        return false;
    hj_request_adopt(req, form->fields.row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(form->fields.row))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such row.");
    form->fields.org = hj_rows_i64(form->fields.row, "org");
    if (!hj_rows_null(form->fields.row, "voided_at"))
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "This row was withdrawn; it cannot be changed.");
    return hj_access_check_row(hj_request_tx(req), hj_request_actor(req), form->fields.ledger,
                               HJ_ACCESS_ENTER, form->fields.org, error);
}

/* Where a row stands says which fields may be changed. */
static void
open_fields(HjRequest *req, Form *form)
{
    const HjLedger *ledger = form->fields.ledger;
    const HjFlowNode *node =
        ledger->flow != NULL
            ? hj_flow_node(ledger->flow, hj_rows_text(form->fields.row, "state"))
            : NULL;
    if (ledger->flow == NULL)
        return;
    bool *open = hj_request_new(req, bool, ledger->n_fields + 1);
    for (size_t i = 0; i < ledger->n_fields; i++)
        open[i] = node != NULL && hj_flow_field_is_open(node, ledger->fields[i].name);
    form->fields.open = open;
}

HjResponse *
hj_pages_row_edit(HjRequest *req, GError **error)
{
    Form form = { .fields.ledger = hj_pages_ledger_of(req, error) };
    int64_t id;
    if (form.fields.ledger == NULL || !load_for_change(req, &form, &id, error))
        return NULL;
    bool turn = true;
    if (form.fields.ledger->flow != NULL &&
        !hj_pages_flow_turn(req, form.fields.ledger, id, &turn, error))
        return NULL;
    if (!turn)
        return hj_response_see_other(req,
                                     hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT,
                                                       form.fields.ledger->name, id),
                                     N_("This does not wait for you (any more)."));
    open_fields(req, &form);
    if (!show_draft(req, &form, id, error))
        return NULL;
    return form_page(req, &form, 200, error);
}

/* Whether somebody changed the row after @version and the form may still be sent: then it comes
 * back with what both wrote. */
static bool
was_met(HjRequest *req, Form *form, int64_t id, int64_t version, HjMeanwhile *ret)
{
    bool turn = true;
    if (hj_rows_i64(form->fields.row, "version") <= version ||
        (form->fields.ledger->flow != NULL &&
         (!hj_pages_flow_turn(req, form->fields.ledger, id, &turn, NULL) || !turn)))
        return false;
    hj_meanwhile_compare(req, form->fields.ledger, form->fields.row, version, ret);
    form->fields.met = ret;
    return ret->n_events > 0;
}

HjResponse *
hj_pages_row_edit_post(HjRequest *req, GError **error)
{
    Form form = { .fields.ledger = hj_pages_ledger_of(req, error), .fields.posted = true };
    int64_t id, version = 0;
    if (form.fields.ledger == NULL || !load_for_change(req, &form, &id, error))
        return NULL;
    const char *given = hj_request_form(req, "version");
    if (given == NULL || !hj_id_parse(given, &version)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The version of the row is missing.");
        return NULL;
    }
    size_t n = 0;
    if (!hj_uploads_store(req, error))
        return NULL;
    open_fields(req, &form);
    HjMeanwhile met;
    if (was_met(req, &form, id, version, &met))
        return form_page(req, &form, 409, error);
    HjRowInput *inputs = hj_row_fields_read(req, &form.fields, &n);
    HjRowKey key;
    g_autoptr(GError) why = NULL;
    if (!hj_row_update(hj_request_tx(req), hj_request_actor(req), form.fields.ledger, id,
                       version, inputs, n, hj_request_issues(req), &key, &why)) {
        if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
            return form_page(req, &form, 422, error);
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    if (!hj_unsaved_form_done(req, form.fields.ledger, id, error))
        return NULL;
    return hj_response_see_other(
        req,
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, form.fields.ledger->name, id),
        N_("Saved."));
}
