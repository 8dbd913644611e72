/* Drafts of the forms of ledgers. */
#include "base/crypto.h"
#include "core/unsaved.h"
#include "web/internal.h"
#include "web/unsaved_form.h"

#include <string.h>

static void
wipe(gpointer text)
{
    hj_crypto_wipe(text, strlen(text));
    g_free(text);
}

/* Both unsaid, or the same. */
static bool
same(const char *asked, const char *kept)
{
    return asked == NULL || *asked == '\0' || g_strcmp0(asked, kept) == 0;
}

bool
hj_unsaved_form_show(HjRequest *req, const HjLedger *ledger, int64_t row, HjTime *ret_at,
                     GError **error)
{
    char *body;
    HjTime at = 0;
    HjPairs pairs;
    *ret_at = 0;
    if (!hj_unsaved_find(hj_request_tx(req), hj_request_actor(req), ledger->name, row, &body,
                         &at, error))
        return false;
    if (body == NULL)
        return true;
    hj_request_adopt(req, body, wipe);
    if (!hj_parse_pairs(req->arena, body, strlen(body), true, &pairs, error))
        return false;
    if (row == 0 && (!same(hj_request_query(req, "org"), hj_parse_find(&pairs, "org")) ||
                     !same(hj_request_query(req, "parent"), hj_parse_find(&pairs, "parent"))))
        return true;
    req->form = pairs;
    *ret_at = at;
    return true;
}

bool
hj_unsaved_form_done(HjRequest *req, const HjLedger *ledger, int64_t row, GError **error)
{
    return hj_unsaved_drop(hj_request_tx(req), hj_request_actor(req), ledger->name, row, error);
}

/* What the form sent, without what is the form's own. */
static char *
body_of(HjRequest *req)
{
    GString *body = g_string_new(NULL);
    for (size_t i = 0; i < hj_request_n_form(req); i++) {
        const char *name = hj_request_form_name(req, i);
        if (g_str_equal(name, "csrf") || g_str_equal(name, "version"))
            continue;
        g_autofree char *key = hj_parse_encode(name);
        g_autofree char *value = hj_parse_encode(hj_request_form_value(req, i));
        g_string_append_printf(body, "%s%s=%s", body->len > 0 ? "&" : "", key, value);
    }
    return g_string_free(body, FALSE);
}

/* A form that does not say yet where the row will stand is anybody's. */
static bool
may_enter_at(HjRequest *req, const HjLedger *ledger, const char *code, GError **error)
{
    HjRows *org = code != NULL ? hj_page_org(req, code, error) : NULL;
    if (org == NULL)
        return code == NULL;
    return hj_access_check_row(hj_request_tx(req), hj_request_actor(req), ledger,
                               HJ_ACCESS_ENTER, hj_rows_i64(org, "id"), error);
}

/* Whose form it is: a ledger that the writer enters, and for a change a row that he sees. */
static const HjLedger *
form_of(HjRequest *req, bool of_row, int64_t *ret_row, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    const HjActor *actor = hj_request_actor(req);
    *ret_row = 0;
    if (ledger == NULL)
        return NULL;
    if (!hj_access_may_ledger(actor, ledger, HJ_ACCESS_ENTER)) {
        hj_fail(error, HJ_ERROR_DENIED, "You may not enter rows of this ledger.");
        return NULL;
    }
    if (!of_row)
        return may_enter_at(req, ledger, hj_request_form_text(req, "org"), error) ? ledger
                                                                                  : NULL;
    if (!hj_request_part_i64(req, "id", ret_row, error))
        return NULL;
    g_autoptr(HjRows) row = hj_row_get(hj_request_tx(req), actor, ledger, *ret_row, error);
    if (row == NULL)
        return NULL;
    if (!hj_rows_next(row)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such row.");
        return NULL;
    }
    return hj_access_check_row(hj_request_tx(req), actor, ledger, HJ_ACCESS_ENTER,
                               hj_rows_i64(row, "org"), error)
               ? ledger
               : NULL;
}

/* "/ledgers/post/new?org=…" or "/ledgers/post/17/edit" */
static const char *
form_href(HjRequest *req, const HjLedger *ledger, int64_t row)
{
    if (row != 0)
        return hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT "/edit", ledger->name,
                                 row);
    GString *href = g_string_new(NULL);
    g_string_printf(href, "/ledgers/%s/new", ledger->name);
    const char *const names[] = { "org", "parent" };
    char sign = '?';
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = hj_request_form_text(req, names[i]);
        if (value == NULL)
            continue;
        g_autofree char *encoded = hj_parse_encode(value);
        g_string_append_printf(href, "%c%s=%s", sign, names[i], encoded);
        sign = '&';
    }
    return hj_request_adopt(req, g_string_free(href, FALSE), g_free);
}

static HjResponse *
keep(HjRequest *req, bool of_row, GError **error)
{
    int64_t row;
    const HjLedger *ledger = form_of(req, of_row, &row, error);
    if (ledger == NULL)
        return NULL;
    char *body = body_of(req);
    bool kept = hj_unsaved_keep(hj_request_tx(req), hj_request_actor(req), ledger->name, row,
                                body, error);
    wipe(body);
    return kept
               ? hj_response_see_other(req, form_href(req, ledger, row),
                                       N_("Kept as a draft; files are added when it is saved."))
               : NULL;
}

static HjResponse *
drop(HjRequest *req, bool of_row, GError **error)
{
    int64_t row;
    const HjLedger *ledger = form_of(req, of_row, &row, error);
    if (ledger == NULL || !hj_unsaved_form_done(req, ledger, row, error))
        return NULL;
    return hj_response_see_other(req, form_href(req, ledger, row),
                                 N_("The draft is thrown away."));
}

HjResponse *
hj_pages_unsaved_new_post(HjRequest *req, GError **error)
{
    return keep(req, false, error);
}

HjResponse *
hj_pages_unsaved_row_post(HjRequest *req, GError **error)
{
    return keep(req, true, error);
}

HjResponse *
hj_pages_unsaved_new_drop_post(HjRequest *req, GError **error)
{
    return drop(req, false, error);
}

HjResponse *
hj_pages_unsaved_row_drop_post(HjRequest *req, GError **error)
{
    return drop(req, true, error);
}
