#include "web/row_fields.h"

#include "core/prefill.h"
#include "web/uploads.h"

#include <string.h>

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

/* "fill=contest:three_lists;period:2018H1": the page that led here knows what will be said. */
static const char *
told_by_address(HjRequest *req, const HjField *field)
{
    const char *fill = hj_request_query(req, "fill");
    if (fill == NULL || hj_pack_field_is_sealed(field))
        return NULL;
    const size_t n = strlen(field->name);
    g_auto(GStrv) parts = g_strsplit(fill, ";", -1);
    for (size_t i = 0; parts[i] != NULL; i++)
        if (strncmp(parts[i], field->name, n) == 0 && parts[i][n] == ':')
            return hj_request_strdup(req, parts[i] + n + 1);
    return NULL;
}

static const char *
value_now(HjRequest *req, const HjRowFields *form, const HjField *field)
{
    const char *sent = field->type == HJ_FIELD_FILES ? hj_uploads_value(req, field)
                                                     : hj_request_form(req, field->name);
    const bool theirs = form->met != NULL && form->met->theirs[field - form->ledger->fields];
    if (form->posted && !theirs)
        return sent != NULL ? sent : "";
    const char *stored = form->row != NULL ? stored_value(req, field, form->row) : "";
    const char *told = form->row == NULL ? told_by_address(req, field) : NULL;
    if (told != NULL)
        return told;
    /* What a new row, or a step that needs it, would most often say. */
    const bool asked = form->row == NULL ||
                       (form->needed != NULL && form->needed[field - form->ledger->fields]);
    char *begins = *stored == '\0' && asked
                       ? hj_prefill_begins(field, hj_tx_today(hj_request_tx(req)))
                       : NULL;
    return begins != NULL ? hj_request_adopt(req, begins, g_free) : stored;
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
pick_near(HjRequest *req, const HjRowFields *form, const HjLedger *cited, GError **error)
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
fill_picks(HjRequest *req, const HjRowFields *form, const HjField *field, const char *value,
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

HjRows *
hj_row_fields_orgs(HjRequest *req, const char *kind, GError **error)
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
    HjRows *orgs = field->anywhere ? hj_org_anywhere(hj_request_tx(req), field->org_kind, error)
                                   : hj_row_fields_orgs(req, field->org_kind, error);
    if (orgs == NULL)
        return false;
    if (field->anywhere)
        hj_request_adopt(req, orgs, (GDestroyNotify)hj_rows_free);
    input->options = hj_request_new(req, HjOption, hj_rows_count(orgs));
    while (hj_rows_next(orgs)) {
        const char *id = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(orgs, "id"));
        const char *code = hj_rows_text(orgs, "code");
        const char *name = hj_rows_text(orgs, "name");
        const char *above = field->anywhere ? hj_rows_text(orgs, "above") : NULL;
        input->options[input->n_options++] =
            (HjOption){ .value = code,
                        .text = above != NULL ? hj_request_printf(req, "%s · %s", above, name)
                                              : name,
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
fill_field(HjRequest *req, const HjRowFields *form, const HjField *field, HjFormField *input,
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
        .now = form->met != NULL ? form->met->now[field - form->ledger->fields] : NULL,
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
    else if (hj_field_cites_row(field) && field->ledger != NULL && form->org != 0)
        return fill_picks(req, form, field, value, input, error);
    else if (field->type == HJ_FIELD_ORG)
        return fill_orgs(req, field, value, input, error);
    return true;
}

static bool
is_asked(HjRequest *req, const HjRowFields *form, size_t i)
{
    const HjField *field = &form->ledger->fields[i];
    return (form->open == NULL || form->open[i]) && field->retired == NULL &&
           field->number == NULL && field->prefill == NULL &&
           !hj_access_field_hidden(hj_request_actor(req), field);
}

bool
hj_row_fields_fill(HjRequest *req, const HjRowFields *form, HjRowInputs *ret, GError **error)
{
    const HjLedger *ledger = form->ledger;
    *ret = (HjRowInputs){ .fields = hj_request_new(req, HjFormField, ledger->n_fields) };
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (!is_asked(req, form, i))
            continue;
        HjFormField *input = &ret->fields[ret->n_fields];
        if (!fill_field(req, form, field, input, error))
            return false;
        input->required = field->required || (form->needed != NULL && form->needed[i]);
        ret->multipart |= field->type == HJ_FIELD_FILES;
        ret->n_fields++;
    }
    return true;
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

HjRowInput *
hj_row_fields_read(HjRequest *req, const HjRowFields *form, size_t *ret_n)
{
    const HjLedger *ledger = form->ledger;
    size_t n_form = hj_request_n_form(req), n = 0;
    HjRowInput *inputs = hj_request_new(req, HjRowInput, n_form + ledger->n_fields);
    for (size_t i = 0; i < n_form; i++) {
        const char *name = hj_request_form_name(req, i);
        if (g_str_equal(name, "org") || g_str_equal(name, "version") ||
            g_str_equal(name, "parent") || *name == '_' || hj_uploads_is_mark(ledger, name) ||
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
        if (kind_of(&ledger->fields[i]) == HJ_INPUT_TICKS && is_asked(req, form, i) &&
            hj_request_form(req, ledger->fields[i].name) == NULL)
            inputs[n++] = (HjRowInput){ .name = ledger->fields[i].name, .text = "" };
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        bool files = field->type == HJ_FIELD_FILES && is_asked(req, form, i);
        const char *ids = files ? hj_uploads_value(req, field) : NULL;
        if (ids != NULL)
            inputs[n++] = (HjRowInput){ .name = field->name, .text = ids };
    }
    *ret_n = n;
    return inputs;
}
