/* Webhooks: who is told of changes, what was told, and whether it arrived. */
#include "base/crypto.h"
#include "base/id.h"
#include "core/webhook.h"
#include "web/internal.h"
#include "web/pages_api.h"
#include "web/pages_forms.h"
#include "web/views_api.h"
#include "webhook.html.h"
#include "webhook_new.html.h"
#include "webhooks.html.h"

#include <string.h>

#define PAGE_DELIVERIES 50

/* "All ledgers · all changes", in words. */
static const char *
what_of(HjRequest *req, const HjRows *row)
{
    HjLang lang = hj_request_lang(req);
    const char *comma = lang == HJ_ZH ? "、" : ", ";
    GString *text = g_string_new(NULL);
    g_auto(GStrv) ledgers = g_strsplit(hj_rows_text(row, "ledgers"), ",", -1);
    for (size_t i = 0; ledgers[i] != NULL; i++) {
        const HjLedger *ledger = hj_pack_ledger(hj_request_pack(req), ledgers[i]);
        if (*ledgers[i] != '\0')
            g_string_append_printf(text, "%s%s", text->len > 0 ? comma : "",
                                   ledger != NULL ? hj_page_label(req, &ledger->title)
                                                  : ledgers[i]);
    }
    if (text->len == 0)
        g_string_append(text, hj_tr(lang, N_("all ledgers")));
    g_auto(GStrv) kinds = g_strsplit(hj_rows_text(row, "kinds"), ",", -1);
    size_t n = 0;
    for (size_t i = 0; kinds[i] != NULL; i++)
        if (*kinds[i] != '\0')
            g_string_append_printf(text, "%s%s", n++ > 0 ? comma : " · ",
                                   hj_pages_action(req, kinds[i]));
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

static const char *
host_of(HjRequest *req, const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    return uri != NULL ? hj_request_strdup(req, g_uri_get_host(uri)) : url;
}

static HjPage
page_of(HjRequest *req, const char *title, bool below)
{
    HjPage page = hj_page(req, title, "accounts");
    HjLang lang = hj_request_lang(req);
    hj_page_crumb(req, &page, "/accounts", hj_tr(lang, N_("Accounts")));
    if (below)
        hj_page_crumb(req, &page, "/webhooks", hj_tr(lang, N_("Webhooks")));
    return page;
}

HjResponse *
hj_pages_webhooks(HjRequest *req, GError **error)
{
    HjRows *rows = hj_webhook_list(hj_request_tx(req), hj_request_actor(req), 0, error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjWebhooksView view = {
        .page = page_of(req, hj_tr(hj_request_lang(req), N_("Webhooks")), false),
        .off = hj_webhook_rules_count(req->app->webhook_rules) == 0,
        .webhooks = hj_request_new(req, HjWebhookItem, hj_rows_count(rows)),
    };
    while (hj_rows_next(rows))
        view.webhooks[view.n_webhooks++] = (HjWebhookItem){
            .href =
                hj_request_printf(req, "/webhooks/%" G_GINT64_FORMAT, hj_rows_i64(rows, "id")),
            .name = hj_rows_text(rows, "name"),
            .host = host_of(req, hj_rows_text(rows, "url")),
            .org = hj_rows_text(rows, "org_name"),
            .what = what_of(req, rows),
            .paused = hj_rows_bool(rows, "paused"),
            .waiting = hj_rows_i64(rows, "waiting"),
            .dead = hj_rows_i64(rows, "dead"),
            .last = hj_rows_i64(rows, "last_at"),
        };
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_webhooks(&out, &view);
    return res;
}

/* --- a new one --- */

static char **
sent_words(HjRequest *req, const char *name)
{
    char **words = g_strsplit(hj_pages_forms_sent(req, name), ",", -1);
    return hj_request_adopt(req, words, (GDestroyNotify)g_strfreev);
}

static void
fill_choices(HjRequest *req, HjWebhookNewView *view)
{
    const HjPack *pack = hj_request_pack(req);
    const HjWebhookRules *rules = req->app->webhook_rules;
    const char *const *ledgers = (const char *const *)sent_words(req, "ledgers");
    const char *const *kinds = (const char *const *)sent_words(req, "kinds");
    view->ledgers = hj_request_new(req, HjOption, pack->n_ledgers);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        view->ledgers[view->n_ledgers++] =
            (HjOption){ .value = pack->ledgers[i].name,
                        .text = hj_page_label(req, &pack->ledgers[i].title),
                        .on = g_strv_contains(ledgers, pack->ledgers[i].name) };
    view->kinds = hj_request_new(req, HjOption, 16);
    for (size_t i = 0; hj_webhook_kinds[i] != NULL; i++)
        view->kinds[view->n_kinds++] =
            (HjOption){ .value = hj_webhook_kinds[i],
                        .text = hj_pages_action(req, hj_webhook_kinds[i]),
                        .on = g_strv_contains(kinds, hj_webhook_kinds[i]) };
    view->allowed = hj_request_new(req, HjOption, hj_webhook_rules_count(rules));
    for (size_t i = 0; i < hj_webhook_rules_count(rules); i++)
        view->allowed[view->n_allowed++] =
            (HjOption){ .text = hj_webhook_rules_origin(rules, i) };
}

static HjResponse *
new_page(HjRequest *req, int status, const HjOrgPick *pick)
{
    HjLang lang = hj_request_lang(req);
    HjWebhookNewView view = {
        .page = page_of(req, hj_tr(lang, N_("New webhook")), true),
        .name = hj_pages_forms_field(req, HJ_INPUT_TEXT, "name", hj_tr(lang, N_("Name")), NULL),
        .url =
            hj_pages_forms_field(req, HJ_INPUT_TEXT, "url", hj_tr(lang, N_("Address")), NULL),
        .pick = pick != NULL ? *pick : (HjOrgPick){ .text = hj_page_home_org(req) },
    };
    view.page.form_key = hj_request_form_key(req);
    view.name.required = view.url.required = true;
    view.name.max = 60;
    view.url.max = 500;
    view.pick.wrong = hj_issues_of(hj_request_issues(req), "org", lang);
    fill_choices(req, &view);
    HjFormField fields[] = { view.name,
                             view.url,
                             { .name = "org", .title = hj_tr(lang, N_("Organization")) } };
    view.wrong = hj_pages_forms_wrong(req, fields, G_N_ELEMENTS(fields), NULL);
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_webhook_new(&out, &view);
    return res;
}

HjResponse *
hj_pages_webhook_new(HjRequest *req, GError **error G_GNUC_UNUSED)
{
    return new_page(req, 200, NULL);
}

static HjResponse *one_page(HjRequest *req, int status, int64_t id, bool show_secret,
                            GError **error);

HjResponse *
hj_pages_webhook_new_post(HjRequest *req, GError **error)
{
    HjOrgPick pick;
    int64_t id = 0;
    g_autoptr(GError) why = NULL;
    HjWebhookWish wish = {
        .name = hj_pages_forms_sent(req, "name"),
        .url = hj_pages_forms_sent(req, "url"),
        .ledgers = (const char *const *)sent_words(req, "ledgers"),
        .kinds = (const char *const *)sent_words(req, "kinds"),
    };
    if (!hj_pages_forms_pick_org(req, NULL, &pick, &wish.org, error))
        return NULL;
    if (wish.org == 0)
        return new_page(req, 422, &pick);
    if (hj_webhook_create(hj_request_tx(req), hj_request_actor(req), req->app->webhook_rules,
                          &wish, hj_request_issues(req), &id, &why))
        return one_page(req, 201, id, true, error);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return new_page(req, 422, &pick);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

/* --- one --- */

static const char *
state_text(HjRequest *req, const char *state, const char **ret_light)
{
    HjLang lang = hj_request_lang(req);
    bool done = g_str_equal(state, "done"), dead = g_str_equal(state, "dead");
    *ret_light = done ? "green" : (dead ? "red" : "yellow");
    if (done)
        return hj_tr(lang, N_("arrived"));
    return dead ? hj_tr(lang, N_("given up")) : hj_tr(lang, N_("waiting"));
}

static HjDeliveryItem
delivery_of(HjRequest *req, const HjRows *row)
{
    const char *name = hj_rows_text(row, "ledger"), *state = hj_rows_text(row, "state");
    const HjLedger *ledger = hj_pack_ledger(hj_request_pack(req), name);
    bool waits = g_str_equal(state, "waiting");
    HjDeliveryItem item = {
        .id = hj_rows_i64(row, "id"),
        .kind = hj_pages_action(req, hj_rows_text(row, "action")),
        .ledger = ledger != NULL ? hj_page_label(req, &ledger->title) : name,
        .row_href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, name,
                                      hj_rows_i64(row, "row_id")),
        .why = hj_rows_text(row, "why"),
        .tries = hj_rows_i64(row, "tries"),
        .status = hj_rows_i64(row, "status"),
        .took_ms = hj_rows_i64(row, "took_ms"),
        .at = hj_rows_i64(row, "at"),
        .ended_at = hj_rows_i64(row, "ended_at"),
        .next_at = waits ? hj_rows_i64(row, "next_at") : 0,
        .resend = !waits,
    };
    item.state_text = state_text(req, state, &item.light);
    return item;
}

static bool
fill_deliveries(HjRequest *req, int64_t id, HjWebhookView *view, GError **error)
{
    int64_t before = 0;
    const char *text = hj_request_n_query(req) > 0 ? hj_request_query(req, "before") : NULL;
    if (text != NULL && !hj_id_parse(text, &before))
        return hj_fail(error, HJ_ERROR_MALFORMED, "This filter cannot be read.");
    HjRows *rows = hj_webhook_deliveries(hj_request_tx(req), hj_request_actor(req), id, before,
                                         PAGE_DELIVERIES + 1, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view->deliveries = hj_request_new(req, HjDeliveryItem, PAGE_DELIVERIES);
    while (view->n_deliveries < PAGE_DELIVERIES && hj_rows_next(rows))
        view->deliveries[view->n_deliveries++] = delivery_of(req, rows);
    if (hj_rows_count(rows) > PAGE_DELIVERIES)
        view->next_href = hj_request_printf(req, "%s?before=%" G_GINT64_FORMAT, view->action,
                                            view->deliveries[view->n_deliveries - 1].id);
    return true;
}

static HjResponse *
one_page(HjRequest *req, int status, int64_t id, bool show_secret, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    HjRows *row = hj_webhook_list(tx, hj_request_actor(req), id, error);
    if (row == NULL)
        return NULL;
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    hj_rows_next(row);
    HjTime until = hj_rows_i64(row, "rotated_at") + HJ_WEBHOOK_OVERLAP_US;
    HjWebhookView view = {
        .page = page_of(req, hj_rows_text(row, "name"), true),
        .action = hj_request_printf(req, "/webhooks/%" G_GINT64_FORMAT, id),
        .url = hj_rows_text(row, "url"),
        .org = hj_rows_text(row, "org_name"),
        .what = what_of(req, row),
        .paused = hj_rows_bool(row, "paused"),
        .overlap = hj_rows_i64(row, "secret_no") > 1 && until > hj_tx_now(tx),
        .overlap_until = until,
    };
    view.page.here = view.action;
    if (show_secret) {
        char *secret = hj_request_alloc(req, HJ_WEBHOOK_SECRET_CHARS + 1);
        if (!hj_webhook_secret(hj_tx_store(tx), id, hj_rows_i64(row, "secret_no"), secret)) {
            hj_error_log(error, HJ_ERROR_INTERNAL, "webhook: the keys are not at hand");
            return NULL;
        }
        view.made = secret;
    }
    if (!fill_deliveries(req, id, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    if (status == 201)
        hj_response_header(res, "Location", view.action);
    hj_tmpl_webhook(&out, &view);
    return res;
}

HjResponse *
hj_pages_webhook(HjRequest *req, GError **error)
{
    int64_t id = 0;
    return hj_request_part_i64(req, "id", &id, error) ? one_page(req, 200, id, false, error)
                                                      : NULL;
}

static HjResponse *
back_to(HjRequest *req, int64_t id, const char *notice)
{
    return hj_response_see_other(req, hj_request_printf(req, "/webhooks/%" G_GINT64_FORMAT, id),
                                 notice);
}

/* The one form of the page: what its button says in "do". */
HjResponse *
hj_pages_webhook_act_post(HjRequest *req, GError **error)
{
    int64_t id = 0, delivery = 0;
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    const char *act = hj_pages_forms_sent(req, "do");
    if (!hj_request_part_i64(req, "id", &id, error))
        return NULL;
    if (g_str_equal(act, "rotate"))
        return hj_webhook_rotate(tx, actor, id, error) ? one_page(req, 200, id, true, error)
                                                       : NULL;
    if (g_str_equal(act, "remove"))
        return hj_webhook_remove(tx, actor, id, error)
                   ? hj_response_see_other(req, "/webhooks", N_("The webhook was removed."))
                   : NULL;
    if (g_str_equal(act, "pause") || g_str_equal(act, "resume"))
        return hj_webhook_pause(tx, actor, id, g_str_equal(act, "pause"), error)
                   ? back_to(req, id, N_("Saved."))
                   : NULL;
    if (hj_id_parse(hj_pages_forms_sent(req, "resend"), &delivery))
        return hj_webhook_resend(tx, actor, id, delivery, error)
                   ? back_to(req, id, N_("It will be sent again at once."))
                   : NULL;
    hj_fail(error, HJ_ERROR_MALFORMED, "This button does nothing.");
    return NULL;
}
