/* The API for people: made of the same tables as openapi.json. */
#include "api_help.html.h"
#include "web/api_doc.h"
#include "web/internal.h"
#include "web/pages_api.h"
#include "web/pages_forms.h"
#include "web/views_api.h"

#include <string.h>

static void
fill_parameters(HjRequest *req, const HjRoute *route, HjApiCallItem *call)
{
    g_auto(GStrv) names = g_strsplit(route->query != NULL ? route->query : "", " ", -1);
    call->parameters = hj_request_new(req, HjApiParameterItem, g_strv_length(names));
    for (char **name = names; *name != NULL; name++) {
        const HjApiParameter *known = hj_api_parameter(*name);
        if (**name == '\0')
            continue;
        bool any = g_str_equal(*name, "*");
        call->parameters[call->n_parameters++] = (HjApiParameterItem){
            .name = any ? "…" : hj_request_strdup(req, *name),
            .in = any ? hj_page_tr(req,
                                   N_("Any field of the ledger by its name; numbers and days "
                                      "also a..b."))
                      : (known != NULL ? hj_page_tr(req, known->says) : ""),
        };
    }
}

static HjApiCallItem
call_of(HjRequest *req, const HjRoute *route)
{
    const HjApiAnswer *answer = hj_api_answer(route);
    HjApiCallItem call = {
        .method = hj_router_method_name(route->method),
        .path = route->pattern,
        .summary = route->summary != NULL ? hj_page_tr(req, route->summary) : "",
    };
    if (answer != NULL)
        call.answer = hj_request_printf(req, "%d", answer->status);
    if (g_str_equal(route->may, HJ_PUBLIC))
        call.may = hj_page_tr(req, N_("public"));
    else if (!g_str_equal(route->may, HJ_SIGNED_IN))
        call.may = hj_pages_forms_permission(req, route->may);
    fill_parameters(req, route, &call);
    return call;
}

static const char *
type_text(HjRequest *req, const HjField *field)
{
    if (field->list != NULL)
        return hj_request_printf(req, "%s: %s", hj_pack_field_type_name(field->type),
                                 field->list->name);
    if (field->ledger != NULL)
        return hj_request_printf(req, "%s: %s", hj_pack_field_type_name(field->type),
                                 field->ledger->name);
    return hj_pack_field_type_name(field->type);
}

static HjApiLedgerItem
ledger_of(HjRequest *req, const HjLedger *ledger)
{
    HjApiLedgerItem item = {
        .name = ledger->name,
        .title = hj_page_label(req, &ledger->title),
        .fields = hj_request_new(req, HjApiFieldItem, ledger->n_fields),
    };
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (field->retired != NULL || hj_access_field_hidden(hj_request_actor(req), field))
            continue;
        item.fields[item.n_fields++] = (HjApiFieldItem){
            .name = field->name,
            .title = hj_page_label(req, &field->title),
            .type = type_text(req, field),
            .note = hj_page_label(req, &field->unit),
            .required = field->required,
        };
    }
    return item;
}

/* Calls below one first segment stand together. */
static void
fill_calls(HjRequest *req, const HjApiDoc *doc, HjApiHelpView *view)
{
    view->groups = hj_request_new(req, HjApiGroup, doc->routes->len);
    for (guint i = 0; i < doc->routes->len; i++) {
        const HjRoute *route = g_ptr_array_index(doc->routes, i);
        g_auto(GStrv) segments = g_strsplit(route->pattern, "/", -1);
        HjApiGroup *group = NULL;
        for (size_t j = 0; j < view->n_groups && group == NULL; j++)
            if (g_str_equal(view->groups[j].title, segments[3]))
                group = &view->groups[j];
        if (group == NULL) {
            group = &view->groups[view->n_groups++];
            group->title = hj_request_strdup(req, segments[3]);
            group->calls = hj_request_new(req, HjApiCallItem, doc->routes->len);
        }
        group->calls[group->n_calls++] = call_of(req, route);
    }
}

HjResponse *
hj_pages_api_help(HjRequest *req, GError **error G_GNUC_UNUSED)
{
    g_autoptr(GPtrArray) routes = g_ptr_array_new();
    g_autoptr(GPtrArray) ledgers = g_ptr_array_new();
    HjApiDoc doc;
    hj_api_collect(&doc, req, routes, ledgers);
    HjApiHelpView view = {
        .page = hj_page(req, hj_page_tr(req, N_("Programming interface")), ""),
        .ledgers = hj_request_new(req, HjApiLedgerItem, ledgers->len),
    };
    fill_calls(req, &doc, &view);
    for (guint i = 0; i < ledgers->len; i++)
        view.ledgers[view.n_ledgers++] = ledger_of(req, g_ptr_array_index(ledgers, i));
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_api_help(&out, &view);
    return res;
}
