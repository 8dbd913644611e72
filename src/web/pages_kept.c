/* The columns of a ledger's list and the lists kept under a name. */
#include "kept.html.h"
#include "web/kept.h"
#include "web/pages.h"

#include <stdlib.h>
#include <string.h>

/* The query of an address without what belongs to one page of it. */
static const char *
query_of(HjRequest *req, const char *text)
{
    g_auto(GStrv) pairs = g_strsplit(text != NULL ? text : "", "&", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    for (int i = 0; pairs[i] != NULL; i++) {
        if (*pairs[i] == '\0' || g_str_has_prefix(pairs[i], "cursor=") ||
            g_str_has_prefix(pairs[i], "list=") || strchr(pairs[i], '=') == NULL)
            continue;
        g_string_append_printf(out, "%s%s", out->len > 0 ? "&" : "", pairs[i]);
    }
    return hj_request_strdup(req, out->str);
}

static HjResponse *
kept_page(HjRequest *req, const HjLedger *ledger, const char *from, const char *wrong,
          GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    const HjPack *pack = hj_request_pack(req);
    HjLang lang = hj_request_lang(req);
    HjKept kept;
    if (!hj_kept_load(req, ledger, &kept, error))
        return NULL;
    const char *base = hj_request_printf(req, "/ledgers/%s", ledger->name);
    HjKeptView view = {
        .page = hj_page(req,
                        hj_page_titled(req, hj_page_label(req, &ledger->title),
                                       hj_tr(lang, N_("columns and kept lists"))),
                        "ledgers"),
        .save_action = hj_request_printf(req, "%s/lists", base),
        .columns_action = hj_request_printf(req, "%s/columns", base),
        .back_href = *from != '\0' ? hj_request_printf(req, "%s?%s", base, from) : base,
        .from = from,
        .wrong = wrong,
        .columns = hj_request_new(req, HjColumnChoice, ledger->n_fields),
        .own = kept.own,
        .n_own = kept.n_own,
        .shared = kept.shared,
        .n_shared = kept.n_shared,
        .roles = hj_request_new(req, HjOption, pack->n_roles),
        .share_org = actor->n_grants > 0 ? actor->grants[0].org_name : NULL,
    };
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (hj_access_field_hidden(actor, field))
            continue;
        HjColumnChoice *choice = &view.columns[view.n_columns++];
        choice->name = field->name;
        choice->title = hj_page_label(req, &field->title);
        for (size_t k = 0; k < kept.n_fields; k++)
            choice->place = kept.fields[k] == field ? (int)k + 1 : choice->place;
    }
    for (size_t i = 0; i < pack->n_roles; i++)
        view.roles[view.n_roles++] =
            (HjOption){ .value = pack->roles[i].name,
                        .text = hj_page_label(req, &pack->roles[i].title) };
    hj_page_crumb(req, &view.page, "/ledgers", hj_tr(lang, N_("Ledgers")));
    hj_page_crumb(req, &view.page, base, hj_page_label(req, &ledger->title));
    HjOut out;
    HjResponse *res = hj_response_page(req, wrong != NULL ? 422 : 200, &out);
    hj_tmpl_kept(&out, &view);
    return res;
}

HjResponse *
hj_pages_kept(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    return ledger != NULL ? kept_page(req, ledger, query_of(req, hj_request_query(req, "from")),
                                      NULL, error)
                          : NULL;
}

static HjResponse *
save(HjRequest *req, const HjKeptList *list, GError **error)
{
    g_autoptr(GError) why = NULL;
    HjIssues *issues = hj_request_issues(req);
    if (hj_kept_list_save(hj_request_tx(req), hj_request_actor(req), list, issues, &why))
        return hj_response_see_other(
            req,
            *list->query != '\0'
                ? hj_request_printf(req, "/ledgers/%s?%s", list->ledger->name, list->query)
                : hj_request_printf(req, "/ledgers/%s?under=", list->ledger->name),
            N_("Saved."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID) && hj_issues_count(issues) > 0)
        return kept_page(req, list->ledger, list->query,
                         hj_issues_message(issues, 0, hj_request_lang(req)), error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

/* The columns in use, to be kept with a list. */
static const char *
columns_now(HjRequest *req, const HjKept *kept)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < kept->n_fields; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? "," : "", kept->fields[i]->name);
    return hj_request_strdup(req, out->str);
}

HjResponse *
hj_pages_kept_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    const HjActor *actor = hj_request_actor(req);
    HjKept kept;
    if (ledger == NULL || !hj_kept_load(req, ledger, &kept, error))
        return NULL;
    const char *name = hj_request_form(req, "name"), *role = hj_request_form(req, "role");
    g_autofree char *tidy = g_strstrip(g_strdup(name != NULL ? name : ""));
    HjKeptList list = { .ledger = ledger,
                        .name = hj_request_strdup(req, tidy),
                        .query = query_of(req, hj_request_form(req, "query")),
                        .columns = columns_now(req, &kept),
                        .is_default = g_strcmp0(hj_request_form(req, "is_default"), "1") == 0,
                        .role = role != NULL && *role != '\0' ? role : NULL,
                        .org = actor->n_grants > 0 ? actor->grants[0].org : 0 };
    if (*list.name == '\0')
        return kept_page(req, ledger, list.query,
                         hj_tr(hj_request_lang(req), N_("Give it a name.")), error);
    return save(req, &list, error);
}

typedef struct {
    const HjField *field;
    gint64 place;
    size_t own; /* order of the ledger, where two have one number */
} Placed;

static int
by_place(const void *a, const void *b)
{
    const Placed *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->own < y->own ? -1 : 1;
}

HjResponse *
hj_pages_columns_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    if (ledger == NULL)
        return NULL;
    Placed *placed = hj_request_new(req, Placed, ledger->n_fields + 1);
    size_t n = 0;
    bool reset = hj_request_form(req, "reset") != NULL;
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        const char *text = hj_request_form(req, field->name);
        gint64 place = 0;
        if (hj_access_field_hidden(hj_request_actor(req), field))
            continue;
        if (reset && field->in_list)
            placed[n++] = (Placed){ field, 1, i };
        else if (!reset && text != NULL &&
                 g_ascii_string_to_signed(text, 10, 1, 99, &place, NULL))
            placed[n++] = (Placed){ field, place, i };
    }
    qsort(placed, n, sizeof *placed, by_place);
    g_autoptr(GString) columns = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(columns, "%s%s", i > 0 ? "," : "", placed[i].field->name);
    HjKeptList list = { .ledger = ledger,
                        .name = "",
                        .query = "",
                        .columns = hj_request_strdup(req, columns->str) };
    const char *from = query_of(req, hj_request_form(req, "query"));
    g_autoptr(HjResponse) saved = save(req, &list, error);
    if (saved == NULL || saved->status != 303 || *from == '\0')
        return g_steal_pointer(&saved);
    return hj_response_see_other(
        req, hj_request_printf(req, "/ledgers/%s?%s", ledger->name, from), N_("Saved."));
}

HjResponse *
hj_pages_kept_remove_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    int64_t id = 0;
    if (ledger == NULL || !hj_request_part_i64(req, "id", &id, error) ||
        !hj_kept_list_remove(hj_request_tx(req), hj_request_actor(req), ledger, id, error))
        return NULL;
    return hj_response_see_other(req, hj_request_printf(req, "/ledgers/%s/lists", ledger->name),
                                 N_("Removed."));
}
