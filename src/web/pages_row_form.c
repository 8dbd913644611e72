/* The form of any ledger: a new row, or a change of one. */
#include "base/id.h"
#include "row_form.html.h"
#include "web/pages.h"
#include "web/uploads.h"
#include "web/views_ledger.h"

#include <string.h>

typedef struct {
    const HjLedger *ledger;
    HjRows *row; /* the row being changed, or NULL */
    int64_t org; /* 0: to be chosen */
    const char *org_code;
    bool posted; /* show what was sent */
} Form;

static bool
is_reference(const HjField *field)
{
    return field->type == HJ_FIELD_PERSON || field->type == HJ_FIELD_ROW;
}

static HjInputKind
kind_of(const HjField *field)
{
    switch (field->type) {
    case HJ_FIELD_LONG_TEXT:
        return HJ_INPUT_LINES;
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
    case HJ_FIELD_MONEY:
        return HJ_INPUT_NUMBER;
    case HJ_FIELD_DATE:
        return HJ_INPUT_DATE;
    case HJ_FIELD_BOOL:
    case HJ_FIELD_CHOICE:
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ROW:
    case HJ_FIELD_ORG:
        return HJ_INPUT_SELECT;
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
        return HJ_INPUT_TICKS;
    case HJ_FIELD_FILES:
        return HJ_INPUT_FILES;
    case HJ_FIELD_TEXT:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_DATETIME:
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        break;
    }
    return HJ_INPUT_TEXT;
}

static const char *
stored_value(HjRequest *req, const HjField *field, const HjRows *row)
{
    int column = hj_rows_column(row, field->name);
    if (hj_rows_null_at(row, column))
        return "";
    bool number = hj_field_is_number(field);
    char *text = hj_field_input(field, false, number ? hj_rows_i64_at(row, column) : 0,
                                number ? NULL : hj_rows_text_at(row, column));
    return hj_request_adopt(req, text, g_free);
}

static const char *
value_now(HjRequest *req, const Form *form, const HjField *field)
{
    const char *sent = field->type == HJ_FIELD_FILES ? hj_uploads_value(req, field)
                                                     : hj_request_form(req, field->name);
    if (form->posted)
        return sent != NULL ? sent : "";
    return form->row != NULL ? stored_value(req, field, form->row) : "";
}

/* "a" is in "a,b" and in ",a,b,". */
static bool
ticked(const char *value, const char *item)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);
    return g_strv_contains((const char *const *)parts, item);
}

static void
fill_list(HjRequest *req, const HjField *field, const char *value, HjFormField *input)
{
    input->options = hj_request_new(req, HjOption, field->list->n_items);
    input->assumption = field->list->assumption;
    for (size_t i = 0; i < field->list->n_items; i++) {
        const HjListItem *item = &field->list->items[i];
        input->options[input->n_options++] = (HjOption){
            .value = item->name,
            .text = hj_page_label(req, &item->title),
            .on = input->kind == HJ_INPUT_TICKS ? ticked(value, item->name)
                                                : g_str_equal(value, item->name),
        };
    }
}

static void
fill_bool(HjRequest *req, const char *value, HjFormField *input)
{
    HjLang lang = hj_request_lang(req);
    input->options = hj_request_new(req, HjOption, 2);
    input->n_options = 2;
    bool yes =
        g_str_equal(value, "true") || g_str_equal(value, "1") || g_str_equal(value, "是");
    bool no =
        g_str_equal(value, "false") || g_str_equal(value, "0") || g_str_equal(value, "否");
    input->options[0] =
        (HjOption){ .value = "true", .text = hj_tr(lang, N_("yes")), .on = yes };
    input->options[1] = (HjOption){ .value = "false", .text = hj_tr(lang, N_("no")), .on = no };
}

/* Rows that may be cited: those of the organization, and of the one above when it has few of
 * its own. */
static HjRows *
pick_near(HjRequest *req, const Form *form, const HjLedger *cited, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    HjRows *own = hj_row_pick(tx, actor, cited, NULL, form->org, 500, error);
    if (own == NULL || hj_rows_count(own) > 0)
        return own;
    hj_rows_free(own);
    g_autoptr(HjRows) org = hj_org_get(tx, form->org, error);
    if (org == NULL)
        return NULL;
    int64_t above = hj_rows_next(org) ? hj_rows_i64(org, "parent") : 0;
    return hj_row_pick(tx, actor, cited, NULL, above, 500, error);
}

static bool
fill_picks(HjRequest *req, const Form *form, const HjField *field, const char *value,
           HjFormField *input, GError **error)
{
    HjRows *picks = pick_near(req, form, field->ledger, error);
    if (picks == NULL)
        return false;
    hj_request_adopt(req, picks, (GDestroyNotify)hj_rows_free);
    input->options = hj_request_new(req, HjOption, hj_rows_count(picks) + 1);
    bool found = *value == '\0';
    while (hj_rows_next(picks)) {
        const char *id = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(picks, "id"));
        bool on = g_str_equal(id, value);
        found = found || on;
        input->options[input->n_options++] =
            (HjOption){ .value = id, .text = hj_rows_text(picks, "label"), .on = on };
    }
    if (!found)
        input->options[input->n_options++] = (HjOption){
            .value = value,
            .text = form->row != NULL ? hj_pages_cell(req, field, form->row) : value,
            .on = true,
        };
    return true;
}

static HjRows *
list_orgs(HjRequest *req, const char *kind, GError **error)
{
    HjRows *orgs =
        hj_org_list(hj_request_tx(req), hj_request_actor(req), 0, kind, NULL, 2000, 0, error);
    if (orgs != NULL)
        hj_request_adopt(req, orgs, (GDestroyNotify)hj_rows_free);
    return orgs;
}

static bool
fill_orgs(HjRequest *req, const HjField *field, const char *value, HjFormField *input,
          GError **error)
{
    HjRows *orgs = list_orgs(req, field->org_kind, error);
    if (orgs == NULL)
        return false;
    input->options = hj_request_new(req, HjOption, hj_rows_count(orgs));
    while (hj_rows_next(orgs)) {
        const char *id = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(orgs, "id"));
        const char *code = hj_rows_text(orgs, "code");
        input->options[input->n_options++] =
            (HjOption){ .value = code,
                        .text = hj_rows_text(orgs, "name"),
                        .on = g_str_equal(value, id) || g_str_equal(value, code) };
    }
    return true;
}

static bool
fill_files(HjRequest *req, const HjField *field, const char *value, HjFormField *input,
           GError **error)
{
    input->accept = hj_request_adopt(req, hj_file_accept(field->accept), g_free);
    input->camera = (field->accept & HJ_FILE_PICTURE) != 0;
    input->max = (int)field->max;
    return hj_uploads_items(req, value, &input->files, &input->n_files, error);
}

static bool
fill_field(HjRequest *req, const Form *form, const HjField *field, HjFormField *input,
           GError **error)
{
    const char *value = value_now(req, form, field);
    *input = (HjFormField){
        .kind = kind_of(field),
        .name = field->name,
        .title = hj_page_label(req, &field->title),
        .unit = hj_page_label(req, &field->unit),
        .help = hj_page_label(req, &field->help),
        .value = value,
        .wrong = hj_issues_of(hj_request_issues(req), field->name, hj_request_lang(req)),
        .max = field->max_length > 0 ? field->max_length : 200,
        .required = field->required,
    };
    if (hj_pack_field_is_sealed(field) && form->row != NULL)
        input->sealed = hj_pages_cell(req, field, form->row);
    input->wide = input->kind == HJ_INPUT_LINES || input->kind == HJ_INPUT_TICKS ||
                  input->kind == HJ_INPUT_FILES;
    if (field->type == HJ_FIELD_FILES)
        return fill_files(req, field, value, input, error);
    if (field->list != NULL)
        fill_list(req, field, value, input);
    else if (field->type == HJ_FIELD_BOOL)
        fill_bool(req, value, input);
    else if (is_reference(field) && field->ledger != NULL && form->org != 0)
        return fill_picks(req, form, field, value, input, error);
    else if (field->type == HJ_FIELD_ORG)
        return fill_orgs(req, field, value, input, error);
    return true;
}

static bool
fill_fields(HjRequest *req, const Form *form, HjRowFormView *view, GError **error)
{
    const HjLedger *ledger = form->ledger;
    view->fields = hj_request_new(req, HjFormField, ledger->n_fields);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (field->retired != NULL || hj_access_field_hidden(hj_request_actor(req), field))
            continue;
        if (!fill_field(req, form, field, &view->fields[view->n_fields], error))
            return false;
        view->multipart |= field->type == HJ_FIELD_FILES;
        view->n_fields++;
    }
    return true;
}

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
        lists[i] = list_orgs(req, ledger->of[i], error);
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

static HjResponse *
form_page(HjRequest *req, Form *form, int status, GError **error)
{
    const HjLedger *ledger = form->ledger;
    HjLang lang = hj_request_lang(req);
    const char *base = hj_request_printf(req, "/ledgers/%s", ledger->name);
    const char *title = hj_request_printf(
        req, "%s: %s", form->row != NULL ? hj_tr(lang, N_("Change")) : hj_tr(lang, N_("New")),
        hj_page_label(req, &ledger->title));
    HjRowFormView view = { .page = hj_page(req, title, "ledgers"),
                           .help = hj_page_label(req, &ledger->help) };
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    hj_page_crumb(req, &view.page, "/ledgers", hj_tr(lang, N_("Ledgers")));
    hj_page_crumb(req, &view.page, base, hj_page_label(req, &ledger->title));
    if (form->row != NULL) {
        const char *id = hj_request_part(req, "id");
        view.cancel_href = hj_request_printf(req, "%s/%s", base, id);
        view.action = hj_request_printf(req, "%s/%s/edit", base, id);
        view.version = form->posted ? hj_request_form(req, "version")
                                    : hj_request_printf(req, "%" G_GINT64_FORMAT,
                                                        hj_rows_i64(form->row, "version"));
        view.subtitle = hj_rows_text(form->row, "org_name");
    } else {
        view.cancel_href = base;
        view.page.form_key = hj_request_form_key(req);
        view.action = hj_request_printf(req, "%s/new", base);
        view.org = form->org_code;
        view.parent =
            form->posted ? hj_request_form(req, "parent") : hj_request_query(req, "parent");
    }
    if (form->row == NULL && form->org == 0 && !fill_choice_of_org(req, ledger, &view, error))
        return NULL;
    if (!fill_fields(req, form, &view, error))
        return NULL;
    fill_wrong(req, ledger, &view);
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
    for (size_t i = 0; i < form->ledger->n_of; i++)
        owns = owns || g_str_equal(form->ledger->of[i], hj_rows_text(org, "kind"));
    if (!owns)
        return true;
    form->org = hj_rows_i64(org, "id");
    form->org_code = hj_rows_text(org, "code");
    return hj_access_check_row(hj_request_tx(req), hj_request_actor(req), form->ledger,
                               HJ_ACCESS_ENTER, form->org, error);
}

static bool
may_enter(HjRequest *req, const HjLedger *ledger, GError **error)
{
    if (hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_ENTER))
        return true;
    return hj_fail(error, HJ_ERROR_DENIED, "You may not enter rows of this ledger.");
}

HjResponse *
hj_pages_row_new(HjRequest *req, GError **error)
{
    Form form = { .ledger = hj_pages_ledger_of(req, error) };
    if (form.ledger == NULL || !may_enter(req, form.ledger, error) ||
        !choose_org(req, &form, hj_request_query(req, "org"), error))
        return NULL;
    return form_page(req, &form, 200, error);
}

#define CLEAR_MARK "%s__clear"

static bool
is_clear_mark(const HjLedger *ledger, const char *name)
{
    const char *mark = strstr(name, "__clear");
    g_autofree char *stem = mark != NULL ? g_strndup(name, (gsize)(mark - name)) : NULL;
    const HjField *field = stem != NULL ? hj_pack_field(ledger, stem) : NULL;
    return field != NULL && hj_pack_field_is_sealed(field);
}

/* What the form sent for the fields of the ledger; an unknown name becomes an issue in
 * core/row. */
static HjRowInput *
read_inputs(HjRequest *req, const HjLedger *ledger, size_t *ret_n)
{
    size_t n_form = hj_request_n_form(req), n = 0;
    HjRowInput *inputs = hj_request_new(req, HjRowInput, n_form + ledger->n_fields);
    for (size_t i = 0; i < n_form; i++) {
        const char *name = hj_request_form_name(req, i);
        if (g_str_equal(name, "org") || g_str_equal(name, "version") ||
            g_str_equal(name, "parent") || hj_uploads_is_mark(ledger, name) ||
            is_clear_mark(ledger, name))
            continue;
        const HjField *field = hj_pack_field(ledger, name);
        if (field != NULL && field->type == HJ_FIELD_FILES)
            continue;
        /* An empty box keeps what is sealed, unless the tick beside it says otherwise. */
        if (field != NULL && hj_pack_field_is_sealed(field) &&
            *hj_request_form_value(req, i) == '\0' &&
            hj_request_form(req, hj_request_printf(req, CLEAR_MARK, name)) == NULL)
            continue;
        inputs[n++] = (HjRowInput){ .name = name, .text = hj_request_form_value(req, i) };
    }
    /* Boxes that are not ticked are not sent at all. */
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (kind_of(&ledger->fields[i]) == HJ_INPUT_TICKS &&
            ledger->fields[i].retired == NULL &&
            hj_request_form(req, ledger->fields[i].name) == NULL &&
            !hj_access_field_hidden(hj_request_actor(req), &ledger->fields[i]))
            inputs[n++] = (HjRowInput){ .name = ledger->fields[i].name, .text = "" };
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        const char *ids = field->type == HJ_FIELD_FILES ? hj_uploads_value(req, field) : NULL;
        if (ids != NULL)
            inputs[n++] = (HjRowInput){ .name = field->name, .text = ids };
    }
    *ret_n = n;
    return inputs;
}

HjResponse *
hj_pages_row_new_post(HjRequest *req, GError **error)
{
    Form form = { .ledger = hj_pages_ledger_of(req, error), .posted = true };
    if (form.ledger == NULL || !may_enter(req, form.ledger, error))
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
    HjRowInput *inputs = read_inputs(req, form.ledger, &n);
    HjRowKey key;
    g_autoptr(GError) why = NULL;
    if (form.org == 0) {
        hj_issues_add(hj_request_issues(req), "org", "required",
                      N_("Choose the organization."));
        return form_page(req, &form, 422, error);
    }
    if (!hj_row_create(hj_request_tx(req), hj_request_actor(req), form.ledger, form.org, parent,
                       inputs, n, hj_request_issues(req), &key, &why)) {
        if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
            return form_page(req, &form, 422, error);
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return hj_response_see_other(
        req, hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, form.ledger->name, key.id),
        N_("Saved."));
}

static bool
load_for_change(HjRequest *req, Form *form, int64_t *ret_id, GError **error)
{
    if (!hj_request_part_i64(req, "id", ret_id, error))
        return false;
    form->row =
        hj_row_get(hj_request_tx(req), hj_request_actor(req), form->ledger, *ret_id, error);
    if (form->row == NULL)
        return false;
    hj_request_adopt(req, form->row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(form->row))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such row.");
    form->org = hj_rows_i64(form->row, "org");
    if (!hj_rows_null(form->row, "voided_at"))
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "This row was withdrawn; it cannot be changed.");
    return hj_access_check_row(hj_request_tx(req), hj_request_actor(req), form->ledger,
                               HJ_ACCESS_ENTER, form->org, error);
}

HjResponse *
hj_pages_row_edit(HjRequest *req, GError **error)
{
    Form form = { .ledger = hj_pages_ledger_of(req, error) };
    int64_t id;
    if (form.ledger == NULL || !load_for_change(req, &form, &id, error))
        return NULL;
    return form_page(req, &form, 200, error);
}

HjResponse *
hj_pages_row_edit_post(HjRequest *req, GError **error)
{
    Form form = { .ledger = hj_pages_ledger_of(req, error), .posted = true };
    int64_t id, version = 0;
    if (form.ledger == NULL || !load_for_change(req, &form, &id, error))
        return NULL;
    const char *given = hj_request_form(req, "version");
    if (given == NULL || !hj_id_parse(given, &version)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The version of the row is missing.");
        return NULL;
    }
    size_t n = 0;
    if (!hj_uploads_store(req, error))
        return NULL;
    HjRowInput *inputs = read_inputs(req, form.ledger, &n);
    HjRowKey key;
    g_autoptr(GError) why = NULL;
    if (!hj_row_update(hj_request_tx(req), hj_request_actor(req), form.ledger, id, version,
                       inputs, n, hj_request_issues(req), &key, &why)) {
        if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
            return form_page(req, &form, 422, error);
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return hj_response_see_other(
        req, hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, form.ledger->name, id),
        N_("Saved."));
}
