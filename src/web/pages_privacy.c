/* What is kept of people, why and how long; and what has to go. */
#include "core/purge.h"
#include "privacy.html.h"
#include "purge.html.h"
#include "web/pages_sealed.h"
#include "web/views_sealed.h"

#define MOST_SHOWN 200
#define PURGE_BATCH 200

static const char *
keep_text(HjRequest *req, const HjLedger *ledger, const HjField *field)
{
    HjLang lang = hj_request_lang(req);
    const HjField *after = hj_pack_field(ledger, field->keep_after);
    if (after == NULL)
        return hj_request_printf(req, hj_tr(lang, N_("%d months after the row was withdrawn")),
                                 field->keep_months);
    return hj_request_printf(
        req, hj_tr(lang, N_("%d months after “%s”, or after the row was withdrawn")),
        field->keep_months, hj_page_label(req, &after->title));
}

static const char *
kind_text(HjRequest *req, const HjField *field)
{
    HjLang lang = hj_request_lang(req);
    if (field->type == HJ_FIELD_CITIZEN_ID)
        return hj_tr(lang, N_("citizen number, sensitive"));
    if (field->type == HJ_FIELD_PHONE)
        return hj_tr(lang, N_("telephone"));
    if (field->type == HJ_FIELD_CREDIT_CODE)
        return hj_tr(lang, N_("code of an organization"));
    return hj_tr(lang, N_("sealed text, sensitive"));
}

static void
add_ledger(HjRequest *req, const HjLedger *ledger, HjPrivacyView *view)
{
    HjPrivacyLedger shown = { .title = hj_page_label(req, &ledger->title),
                              .who_sees = hj_page_who_sees(req, ledger),
                              .fields = hj_request_new(req, HjPrivacyField, ledger->n_fields) };
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (hj_pack_field_is_sealed(field) && field->retired == NULL)
            shown.fields[shown.n_fields++] =
                (HjPrivacyField){ .title = hj_page_label(req, &field->title),
                                  .kind = kind_text(req, field),
                                  .purpose = hj_page_label(req, &field->purpose),
                                  .basis = hj_page_label(req, &field->basis),
                                  .keep = keep_text(req, ledger, field),
                                  .assumption = field->keep_assumption };
    }
    if (shown.n_fields > 0)
        view->ledgers[view->n_ledgers++] = shown;
}

HjResponse *
hj_pages_privacy(HjRequest *req, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    HjPrivacyView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Personal information")), ""),
        .ledgers = hj_request_new(req, HjPrivacyLedger, pack->n_ledgers),
    };
    (void)error;
    if (actor != NULL && hj_access_may(actor, "sealed.purge"))
        view.purge_href = "/privacy/purge";
    for (size_t i = 0; i < pack->n_ledgers; i++)
        add_ledger(req, &pack->ledgers[i], &view);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_privacy(&out, &view);
    return res;
}

static bool
may_purge(HjRequest *req, GError **error)
{
    return hj_access_may_everywhere(hj_request_actor(req), "sealed.purge") ||
           hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
}

HjResponse *
hj_pages_purge(HjRequest *req, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    HjRows *due = may_purge(req, error)
                      ? hj_purge_due(hj_request_tx(req), pack, MOST_SHOWN, error)
                      : NULL;
    if (due == NULL)
        return NULL;
    hj_request_adopt(req, due, (GDestroyNotify)hj_rows_free);
    HjLang lang = hj_request_lang(req);
    HjPurgeView view = { .page = hj_page(req, hj_tr(lang, N_("Values to be purged")), ""),
                         .items = hj_request_new(req, HjPurgeItem, hj_rows_count(due)),
                         .more = hj_rows_count(due) >= MOST_SHOWN };
    hj_page_crumb(req, &view.page, "/privacy", hj_tr(lang, N_("Personal information")));
    while (hj_rows_next(due)) {
        const HjLedger *ledger = hj_pack_ledger(pack, hj_rows_text(due, "ledger"));
        const HjField *field = hj_pack_field(ledger, hj_rows_text(due, "field"));
        HjPurgeItem *item = &view.items[view.n_items++];
        *item = (HjPurgeItem){ .ledger = hj_page_label(req, &ledger->title),
                               .field = hj_page_label(req, &field->title),
                               .org = hj_rows_text(due, "org_name") };
        if (!hj_date_parse(hj_rows_text(due, "ended_on"), &item->ended_on, NULL))
            item->ended_on = HJ_DATE_NONE;
        if (hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
            item->href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name,
                                           hj_rows_i64(due, "row"));
    }
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_purge(&out, &view);
    return res;
}

HjResponse *
hj_pages_purge_post(HjRequest *req, GError **error)
{
    int64_t rows = 0, values = 0;
    if (!may_purge(req, error) || !hj_purge_run(hj_request_tx(req), hj_request_pack(req),
                                                PURGE_BATCH, &rows, &values, error))
        return NULL;
    /* A request ends in an event, also one that found nothing to do. */
    if (rows == 0)
        hj_tx_exempt(hj_request_tx(req));
    return hj_response_see_other(req, "/privacy/purge",
                                 rows > 0 ? N_("Purged.") : N_("There was nothing to purge."));
}
