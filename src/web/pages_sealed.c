/* Sealed values in clear, for a reason; and finding rows by a whole number. */
#include "web/pages_sealed.h"

#include "core/sealed.h"
#include "core/unmask.h"
#include "sealed_find.html.h"
#include "unmask.html.h"
#include "web/views_sealed.h"

#include <string.h>

#define MOST_CITING 200

typedef struct {
    const HjLedger *ledger;
    HjRows *row;
    int64_t id;
    bool copy; /* the whole copy for the person, not only sealed values */
    bool fits; /* there is something to show */
} Asked;

static bool
load(HjRequest *req, bool copy, Asked *ret, GError **error)
{
    *ret = (Asked){ .ledger = hj_pages_ledger_of(req, error), .copy = copy };
    if (ret->ledger == NULL || !hj_request_part_i64(req, "id", &ret->id, error))
        return false;
    HjTx *tx = hj_request_tx(req);
    ret->row = hj_row_get(tx, hj_request_actor(req), ret->ledger, ret->id, error);
    if (ret->row == NULL)
        return false;
    hj_request_adopt(req, ret->row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(ret->row) || !hj_unmask_may(tx, hj_request_actor(req), ret->ledger,
                                                  hj_rows_i64(ret->row, "org"), error))
        return false;
    ret->fits = copy ? g_strcmp0(ret->ledger->is, "person") == 0 : hj_sealed_has(ret->ledger);
    return true;
}

static const char *
title_of(HjRequest *req, const HjLedger *ledger, const HjRows *row)
{
    const HjField *field = hj_pack_field(ledger, ledger->title_field);
    const char *text = field != NULL ? hj_pages_cell(req, field, row) : NULL;
    return text != NULL ? text : hj_page_label(req, &ledger->title);
}

static HjUnmaskView
view_of(HjRequest *req, const Asked *asked)
{
    HjLang lang = hj_request_lang(req);
    const char *here =
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, asked->ledger->name, asked->id);
    const char *what = asked->copy ? hj_tr(lang, N_("Copy for the person"))
                                   : hj_tr(lang, N_("Show sealed values"));
    HjUnmaskView view = {
        .page = hj_page(req, what, "ledgers"),
        .subtitle = hj_request_printf(req, "%s · %s", title_of(req, asked->ledger, asked->row),
                                      hj_rows_text(asked->row, "org_name")),
        .action = hj_request_printf(req, "%s/%s", here, asked->copy ? "copy" : "unmask"),
        .cancel_href = here,
        .lead =
            asked->copy
                ? hj_tr(lang, N_("Everything the records hold about this person that you may "
                                 "see, to be handed over on request (PIPL art. 45). Your "
                                 "name and the reason are recorded first."))
                : hj_tr(lang, N_("Your name and the reason are recorded before anything is "
                                 "shown.")),
        .button = asked->copy ? hj_tr(lang, N_("Make the copy")) : hj_tr(lang, N_("Show")),
        .reason = hj_request_form(req, "reason"),
        .wrong = hj_issues_of(hj_request_issues(req), "reason", lang),
        .limit = HJ_UNMASK_PER_HOUR,
    };
    hj_page_crumb(req, &view.page, "/ledgers", hj_tr(lang, N_("Ledgers")));
    hj_page_crumb(req, &view.page, hj_request_printf(req, "/ledgers/%s", asked->ledger->name),
                  hj_page_label(req, &asked->ledger->title));
    hj_page_mark(req, &view.page);
    return view;
}

static HjResponse *
answer(HjRequest *req, int status, const HjUnmaskView *view)
{
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_unmask(&out, view);
    return res;
}

/* The clear values of one row as facts; the reason was accepted and noted. */
static bool
add_unmasked(HjRequest *req, const HjLedger *ledger, int64_t row, const char *action,
             HjSealedSection *section, GError **error)
{
    GArray *values =
        hj_unmask_row(hj_request_tx(req), hj_request_actor(req), ledger, row, NULL, action,
                      hj_request_form(req, "reason"), hj_request_issues(req), error);
    if (values == NULL)
        return false;
    hj_request_adopt(req, values, (GDestroyNotify)g_array_unref);
    for (guint i = 0; i < values->len; i++) {
        const HjUnmasked *value = &g_array_index(values, HjUnmasked, i);
        section->facts[section->n_facts++] =
            (HjFact){ .title = hj_page_label(req, &value->field->title), .text = value->text };
    }
    return true;
}

static HjSealedSection
section_of(HjRequest *req, const HjLedger *ledger, const HjRows *row)
{
    return (HjSealedSection){ .title = hj_page_label(req, &ledger->title),
                              .subtitle = hj_rows_text(row, "org_name"),
                              .facts = hj_request_new(req, HjFact, ledger->n_fields + 1) };
}

/* What is not sealed, as it reads on its page. */
static void
add_open(HjRequest *req, const HjLedger *ledger, const HjRows *row, HjSealedSection *section)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (!hj_pack_field_is_sealed(field) &&
            !hj_access_field_hidden(hj_request_actor(req), field))
            section->facts[section->n_facts++] =
                (HjFact){ .title = hj_page_label(req, &field->title),
                          .text = hj_pages_cell(req, field, row),
                          .unit = hj_page_label(req, &field->unit) };
    }
}

/* Rows of @ledger whose @field names the person. */
static bool
add_citing(HjRequest *req, const HjLedger *ledger, const HjField *field, int64_t person,
           GArray *sections, GError **error)
{
    HjRowFilter filter = { field, hj_request_printf(req, "%" G_GINT64_FORMAT, person) };
    HjRowQuery query = { .ledger = ledger,
                         .filters = &filter,
                         .n_filters = 1,
                         .from = HJ_DATE_NONE,
                         .to = HJ_DATE_NONE,
                         .limit = MOST_CITING };
    g_autofree char *next = NULL;
    HjRows *rows = hj_row_list(hj_request_tx(req), hj_request_actor(req), &query, &next, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    while (hj_rows_next(rows)) {
        HjSealedSection section = section_of(req, ledger, rows);
        add_open(req, ledger, rows, &section);
        if (hj_sealed_has(ledger) &&
            !add_unmasked(req, ledger, hj_rows_i64(rows, "id"), "person.copy", &section, error))
            return false;
        g_array_append_val(sections, section);
    }
    return true;
}

static bool
add_all_citing(HjRequest *req, int64_t person, GArray *sections, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        for (size_t k = 0; k < ledger->n_fields; k++) {
            const HjField *field = &ledger->fields[k];
            if (field->type == HJ_FIELD_PERSON && !hj_access_field_hidden(actor, field) &&
                hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW) &&
                !add_citing(req, ledger, field, person, sections, error))
                return false;
        }
    }
    return true;
}

static HjResponse *
post(HjRequest *req, bool copy, GError **error)
{
    Asked asked;
    if (!load(req, copy, &asked, error))
        return NULL;
    if (!asked.fits) {
        hj_fail(error, HJ_ERROR_CONFLICT, "Nothing is sealed here.");
        return NULL;
    }
    GArray *sections = hj_request_adopt(req, g_array_new(FALSE, TRUE, sizeof(HjSealedSection)),
                                        (GDestroyNotify)g_array_unref);
    HjSealedSection own = section_of(req, asked.ledger, asked.row);
    g_autoptr(GError) why = NULL;
    if (copy)
        add_open(req, asked.ledger, asked.row, &own);
    bool done = add_unmasked(req, asked.ledger, asked.id, copy ? "person.copy" : "row.unmask",
                             &own, &why);
    g_array_append_val(sections, own);
    if (done && copy)
        done = add_all_citing(req, asked.id, sections, &why);
    if (!done && !g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    HjUnmaskView view = view_of(req, &asked);
    view.shown = done;
    view.sections = (HjSealedSection *)(void *)sections->data;
    view.n_sections = done ? sections->len : 0;
    return answer(req, done ? 200 : 422, &view);
}

static HjResponse *
get(HjRequest *req, bool copy, GError **error)
{
    Asked asked;
    if (!load(req, copy, &asked, error))
        return NULL;
    HjUnmaskView view = view_of(req, &asked);
    if (!asked.fits)
        return hj_response_see_other(req, view.cancel_href, NULL);
    return answer(req, 200, &view);
}

HjResponse *
hj_pages_unmask(HjRequest *req, GError **error)
{
    return get(req, false, error);
}

HjResponse *
hj_pages_unmask_post(HjRequest *req, GError **error)
{
    return post(req, false, error);
}

HjResponse *
hj_pages_copy(HjRequest *req, GError **error)
{
    return get(req, true, error);
}

HjResponse *
hj_pages_copy_post(HjRequest *req, GError **error)
{
    return post(req, true, error);
}

/* --- finding by a whole number --- */

static bool
is_findable(HjRequest *req, const HjField *field)
{
    return hj_pack_field_is_sealed(field) && field->type != HJ_FIELD_SEALED &&
           !hj_access_field_hidden(hj_request_actor(req), field);
}

bool
hj_pages_has_find(HjRequest *req, const HjLedger *ledger)
{
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (is_findable(req, &ledger->fields[i]))
            return true;
    return false;
}

static HjResponse *
find_page(HjRequest *req, const HjLedger *ledger, int status)
{
    HjLang lang = hj_request_lang(req);
    const char *base = hj_request_printf(req, "/ledgers/%s", ledger->name);
    const char *now = hj_request_form(req, "field");
    HjFindView view = {
        .page = hj_page(req, hj_tr(lang, N_("Find by number")), "ledgers"),
        .action = hj_request_printf(req, "%s/find", base),
        .cancel_href = base,
        .value = hj_request_form(req, "value"),
        .wrong = hj_issues_of(hj_request_issues(req), "value", lang),
        .fields = hj_request_new(req, HjOption, ledger->n_fields),
    };
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (is_findable(req, &ledger->fields[i]))
            view.fields[view.n_fields++] =
                (HjOption){ .value = ledger->fields[i].name,
                            .text = hj_page_label(req, &ledger->fields[i].title),
                            .on = g_strcmp0(now, ledger->fields[i].name) == 0 };
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    hj_page_crumb(req, &view.page, "/ledgers", hj_tr(lang, N_("Ledgers")));
    hj_page_crumb(req, &view.page, base, hj_page_label(req, &ledger->title));
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_sealed_find(&out, &view);
    return res;
}

/* A ledger without such numbers has its list. */
static HjResponse *
to_list(HjRequest *req, const HjLedger *ledger)
{
    return hj_response_see_other(req, hj_request_printf(req, "/ledgers/%s", ledger->name),
                                 NULL);
}

HjResponse *
hj_pages_find(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    if (ledger == NULL)
        return NULL;
    return hj_pages_has_find(req, ledger) ? find_page(req, ledger, 200) : to_list(req, ledger);
}

HjResponse *
hj_pages_find_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    const char *name = hj_request_form(req, "field"), *value = hj_request_form(req, "value");
    if (ledger == NULL)
        return NULL;
    if (!hj_pages_has_find(req, ledger))
        return to_list(req, ledger);
    const HjField *field = hj_pack_field(ledger, name != NULL ? name : "");
    if (field == NULL || !is_findable(req, field)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "Choose the field to look in.");
        return NULL;
    }
    g_autoptr(GError) why = NULL;
    g_autofree char *filter =
        hj_unmask_filter(hj_request_tx(req), hj_request_actor(req), ledger, field,
                         value != NULL ? value : "", hj_request_issues(req), &why);
    if (filter != NULL)
        return hj_response_see_other(
            req, hj_request_printf(req, "/ledgers/%s?%s=%s", ledger->name, field->name, filter),
            NULL);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return find_page(req, ledger, 422);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
