#include "web/kept.h"

#include "web/page.h"

#include <string.h>

static void
add_columns(HjRequest *req, const HjLedger *ledger, const char *columns, HjKept *out)
{
    g_auto(GStrv) names = g_strsplit(columns, ",", -1);
    for (int i = 0; names[i] != NULL && out->n_fields < ledger->n_fields; i++) {
        const HjField *field = *names[i] != '\0' ? hj_pack_field(ledger, names[i]) : NULL;
        if (field != NULL && !hj_access_field_hidden(hj_request_actor(req), field))
            out->fields[out->n_fields++] = field;
    }
}

static HjKeptItem
item_of(HjRequest *req, const HjLedger *ledger, const HjRows *row)
{
    const HjPack *pack = hj_request_pack(req);
    const char *query = hj_rows_text(row, "query");
    const char *id = hj_rows_text(row, "id");
    const char *role_name = hj_rows_text(row, "role");
    const HjRole *role = role_name != NULL ? hj_pack_role(pack, role_name) : NULL;
    return (HjKeptItem){
        .href = hj_request_printf(req, "/ledgers/%s?list=%s%s%s", ledger->name, id,
                                  *query != '\0' ? "&" : "", query),
        .name = hj_request_strdup(req, hj_rows_text(row, "name")),
        .shared = role != NULL ? hj_page_label(req, &role->title) : NULL,
        .remove_action =
            hj_request_printf(req, "/ledgers/%s/lists/%s/remove", ledger->name, id),
        .is_default = hj_rows_bool(row, "is_default"),
        .on = g_strcmp0(hj_request_query(req, "list"), id) == 0,
    };
}

bool
hj_kept_load(HjRequest *req, const HjLedger *ledger, HjKept *ret, GError **error)
{
    g_autoptr(HjRows) all =
        hj_kept_list_all(hj_request_tx(req), hj_request_actor(req), ledger, error);
    if (all == NULL)
        return false;
    size_t n = hj_rows_count(all);
    *ret = (HjKept){ .fields = hj_request_new(req, const HjField *, ledger->n_fields + 1),
                     .own = hj_request_new(req, HjKeptItem, n + 1),
                     .shared = hj_request_new(req, HjKeptItem, n + 1) };
    const char *everyday = NULL, *of_list = NULL;
    while (hj_rows_next(all)) {
        const char *columns = hj_request_strdup(req, hj_rows_text(all, "columns"));
        bool own = hj_rows_bool(all, "own");
        if (*hj_rows_text(all, "name") == '\0') {
            everyday = own ? columns : everyday;
            continue;
        }
        HjKeptItem item = item_of(req, ledger, all);
        if (item.on)
            of_list = columns;
        if (own && item.is_default)
            ret->first_href = item.href;
        if (own)
            ret->own[ret->n_own++] = item;
        else
            ret->shared[ret->n_shared++] = item;
    }
    const char *columns = of_list != NULL && *of_list != '\0' ? of_list : everyday;
    if (columns != NULL)
        add_columns(req, ledger, columns, ret);
    for (size_t i = 0; columns == NULL && i < ledger->n_fields; i++)
        if (ledger->fields[i].in_list &&
            !hj_access_field_hidden(hj_request_actor(req), &ledger->fields[i]))
            ret->fields[ret->n_fields++] = &ledger->fields[i];
    return true;
}
