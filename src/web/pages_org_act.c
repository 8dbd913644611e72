/* Acts on an organization: set up one below it, rename, move, merge, split, close. */
#include "core/access.h"
#include "org_act.html.h"
#include "web/pages.h"
#include "web/pages_forms.h"

#include <string.h>

#define MAX_CHOICES 2000

typedef struct {
    const char *act, *title, *says, *warning;
    bool asks_name, asks_kind, asks_other, asks_code;
} Act;

static const Act acts[] = {
    { .act = "rename",
      .title = N_("Rename"),
      .says = N_("The organization gets a new name from a day on."),
      .warning = N_("Figures and sheets of earlier days keep the old name; records stay where "
                    "they are."),
      .asks_name = true },
    { .act = "create",
      .title = N_("Set up below"),
      .says = N_("A new organization is set up under this one."),
      .warning = N_("It counts in every figure from that day on. A code is made if you leave "
                    "it empty, and never changes."),
      .asks_name = true,
      .asks_kind = true,
      .asks_code = true },
    { .act = "move",
      .title = N_("Move"),
      .says = N_("The organization, with all that stands below it, moves under another one."),
      .warning = N_("From that day on it is seen and counted there; earlier periods keep the "
                    "old tree. Roles held above it change what they see at once."),
      .asks_other = true },
    { .act = "merge",
      .title = N_("Merge"),
      .says = N_("The organization ends and another of its kind goes on for both."),
      .warning = N_("What stands below it moves to the one that goes on. It takes no new "
                    "records after that day; its history is kept. This cannot be taken back."),
      .asks_other = true },
    { .act = "split",
      .title = N_("Split"),
      .says = N_("A new organization of the same kind begins beside this one."),
      .warning = N_("Records stay with this one; enter anew what belongs to the new one. A "
                    "code is made if you leave it empty."),
      .asks_name = true,
      .asks_kind = true,
      .asks_code = true },
    { .act = "close",
      .title = N_("Close"),
      .says = N_("The organization ends."),
      .warning = N_("Nothing may stand below it any more. It takes no new records after that "
                    "day; its history is kept. This cannot be taken back.") },
};

typedef struct {
    HjRequest *req;
    const HjRows *org;
    int64_t id;
    const char *code;
    const HjOrgKind *kind;
    const Act *act;
} Form;

static const Act *
act_named(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++)
        if (g_str_equal(acts[i].act, name))
            return &acts[i];
    return NULL;
}

static bool
load(HjRequest *req, const char *act, Form *form, GError **error)
{
    form->req = req;
    form->act = act_named(act != NULL && *act != '\0' ? act : "rename");
    if (form->act == NULL)
        return hj_fail(error, HJ_ERROR_MALFORMED, "There is no such act.");
    form->org = hj_page_org(req, hj_request_part(req, "code"), error);
    if (form->org == NULL)
        return false;
    form->id = hj_rows_i64(form->org, "id");
    form->code = hj_rows_text(form->org, "code");
    form->kind = hj_pack_org_kind(hj_request_pack(req), hj_rows_text(form->org, "kind"));
    return hj_access_check(hj_request_tx(req), hj_request_actor(req), "org.manage", form->id,
                           error);
}

/* --- the form --- */

static bool
stands_under(const HjOrgKind *kind, const char *above)
{
    for (size_t i = 0; i < kind->n_under; i++)
        if (g_str_equal(kind->under[i], above))
            return true;
    return false;
}

static void
fill_kinds(const Form *form, HjFormField *field)
{
    const HjPack *pack = hj_request_pack(form->req);
    bool split = g_str_equal(form->act->act, "split");
    field->options = hj_request_new(form->req, HjOption, pack->n_org_kinds);
    for (size_t i = 0; form->kind != NULL && i < pack->n_org_kinds; i++) {
        const HjOrgKind *kind = &pack->org_kinds[i];
        if (split ? kind != form->kind : !stands_under(kind, form->kind->name))
            continue;
        field->options[field->n_options++] = (HjOption){
            .value = kind->name,
            .text = hj_page_label(form->req, &kind->title),
            .on = split || g_strcmp0(field->value, kind->name) == 0,
        };
    }
}

/* Another organization of @kind, with what stands above it for telling namesakes apart. */
static bool
add_others(const Form *form, const char *kind, HjFormField *field, GError **error)
{
    HjRequest *req = form->req;
    HjRows *rows = hj_org_list(hj_request_tx(req), hj_request_actor(req), 0, kind, NULL,
                               MAX_CHOICES, 0, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjOption *options = hj_request_new(req, HjOption, field->n_options + hj_rows_count(rows));
    if (field->n_options > 0)
        memcpy(options, field->options, field->n_options * sizeof *options);
    field->options = options;
    while (hj_rows_next(rows)) {
        const char *code = hj_rows_text(rows, "code"), *name = hj_rows_text(rows, "name");
        const char *above = hj_rows_text(rows, "parent_name");
        if (g_str_equal(code, form->code))
            continue;
        options[field->n_options++] = (HjOption){
            .value = code,
            .text = above != NULL ? hj_request_printf(req, "%s · %s", above, name) : name,
            .on = g_strcmp0(field->value, code) == 0,
        };
    }
    return true;
}

static bool
fill_others(const Form *form, HjFormField *field, GError **error)
{
    if (form->kind == NULL)
        return true;
    if (g_str_equal(form->act->act, "merge"))
        return add_others(form, form->kind->name, field, error);
    for (size_t i = 0; i < form->kind->n_under; i++)
        if (!add_others(form, form->kind->under[i], field, error))
            return false;
    return true;
}

static HjFormField *
add_field(const Form *form, HjOrgActView *view, HjInputKind kind, const char *name,
          const char *title)
{
    HjLang lang = hj_request_lang(form->req);
    HjFormField *field = &view->fields[view->n_fields++];
    *field = hj_pages_forms_field(form->req, kind, name, hj_tr(lang, title), NULL);
    field->required = true;
    return field;
}

/* core/org names what is wrong after the member of its act. */
static const char *
code_field(const Act *act)
{
    return g_str_equal(act->act, "create") ? "code" : "new_code";
}

static bool
fill_fields(const Form *form, HjOrgActView *view, GError **error)
{
    HjLang lang = hj_request_lang(form->req);
    view->fields = hj_request_new(form->req, HjFormField, 8);
    if (form->act->asks_name)
        add_field(form, view, HJ_INPUT_TEXT, "name", N_("New name"));
    if (form->act->asks_kind)
        fill_kinds(form, add_field(form, view, HJ_INPUT_SELECT, "kind", N_("Kind")));
    if (form->act->asks_other) {
        bool merge = g_str_equal(form->act->act, "merge");
        HjFormField *field =
            add_field(form, view, HJ_INPUT_SELECT, "other",
                      merge ? N_("The one that goes on") : N_("New place: under"));
        if (!fill_others(form, field, error))
            return false;
    }
    if (form->act->asks_code)
        add_field(form, view, HJ_INPUT_TEXT, code_field(form->act), N_("Code"))->required =
            false;
    HjFormField *on = add_field(form, view, HJ_INPUT_DATE, "on", N_("From this day"));
    HjDateText today = hj_date_text(hj_date_in_shanghai(hj_request_now(form->req)));
    if (on->value == NULL)
        on->value = hj_request_strdup(form->req, today.text);
    HjFormField *document =
        add_field(form, view, HJ_INPUT_TEXT, "document", N_("Document number"));
    document->help = hj_tr(lang, N_("The paper that decided it, as it is cited."));
    add_field(form, view, HJ_INPUT_LINES, "note", N_("Note"))->required = false;
    return true;
}

static HjResponse *
act_page(const Form *form, int status, const char *message, GError **error)
{
    HjRequest *req = form->req;
    HjLang lang = hj_request_lang(req);
    const char *here = hj_request_printf(req, "/orgs/%s", form->code);
    HjOrgActView view = {
        .page = hj_page(req, hj_tr(lang, form->act->title), "orgs"),
        .org = hj_rows_text(form->org, "name"),
        .act = form->act->act,
        .says = hj_tr(lang, form->act->says),
        .warning = hj_tr(lang, form->act->warning),
        .action = hj_request_printf(req, "%s/act", here),
        .cancel_href = here,
        .acts = hj_request_new(req, HjLink, G_N_ELEMENTS(acts)),
    };
    view.page.form_key = hj_request_form_key(req);
    hj_page_crumb(req, &view.page, "/orgs", hj_tr(lang, N_("Organizations")));
    hj_page_crumb(req, &view.page, here, view.org);
    view.page.here = hj_request_printf(req, "%s/act?act=%s", here, form->act->act);
    bool root = form->kind == NULL || form->kind->n_under == 0;
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++)
        if (!root || g_str_equal(acts[i].act, "rename") || g_str_equal(acts[i].act, "create"))
            view.acts[view.n_acts++] = (HjLink){
                .href = hj_request_printf(req, "%s/act?act=%s", here, acts[i].act),
                .text = hj_tr(lang, acts[i].title),
                .on = &acts[i] == form->act,
            };
    if (!fill_fields(form, &view, error))
        return NULL;
    view.wrong = hj_pages_forms_wrong(req, view.fields, view.n_fields, message);
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_org_act(&out, &view);
    return res;
}

HjResponse *
hj_pages_org_act(HjRequest *req, GError **error)
{
    Form form;
    if (!load(req, hj_request_query(req, "act"), &form, error))
        return NULL;
    return act_page(&form, 200, NULL, error);
}

/* --- doing it --- */

/* The page that stands after the act: the organization may be gone from the tree. */
static const char *
after(const Form *form, int64_t id)
{
    HjRequest *req = form->req;
    const char *code = form->code;
    if (g_str_equal(form->act->act, "merge"))
        code = hj_request_form_text(req, "other");
    else if (g_str_equal(form->act->act, "close"))
        code = hj_rows_text(form->org, "parent_code");
    else if (g_str_equal(form->act->act, "create") || g_str_equal(form->act->act, "split")) {
        HjRows *made = id != 0 ? hj_org_get(hj_request_tx(req), id, NULL) : NULL;
        if (made != NULL) {
            hj_request_adopt(req, made, (GDestroyNotify)hj_rows_free);
            code = hj_rows_next(made) ? hj_rows_text(made, "code") : code;
        }
    }
    return code != NULL ? hj_request_printf(req, "/orgs/%s", code) : "/orgs";
}

HjResponse *
hj_pages_org_act_post(HjRequest *req, GError **error)
{
    Form form;
    if (!load(req, hj_request_form(req, "act"), &form, error))
        return NULL;
    bool create = g_str_equal(form.act->act, "create");
    HjOrgAct act = {
        .act = form.act->act,
        .code = create ? hj_request_form_text(req, "code") : form.code,
        .name = hj_request_form_text(req, "name"),
        .kind = hj_request_form_text(req, "kind"),
        .other = create ? form.code : hj_request_form_text(req, "other"),
        .new_code = create ? NULL : hj_request_form_text(req, "new_code"),
        .on = HJ_DATE_NONE,
        .document = hj_request_form_text(req, "document"),
        .note = hj_request_form_text(req, "note"),
    };
    const char *on = hj_request_form_text(req, "on");
    if (on == NULL || !hj_date_parse(on, &act.on, NULL)) {
        hj_issues_add(hj_request_issues(req), "on", "type", N_("A day is written 2018-03-05."));
        return act_page(&form, 422, NULL, error);
    }
    int64_t id = 0;
    g_autoptr(GError) why = NULL;
    if (hj_org_act(hj_request_tx(req), hj_request_actor(req), &act, hj_request_issues(req), &id,
                   &why))
        return hj_response_see_other(req, after(&form, id), N_("The act was recorded."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return act_page(&form, 422, NULL, error);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_CONFLICT))
        return act_page(&form, 409, why->message, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
