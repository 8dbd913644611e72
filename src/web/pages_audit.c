/* The audit record: who did what to which row, searched within one's scope. */
#include "audit.html.h"
#include "base/id.h"
#include "core/audit.h"
#include "web/pages.h"
#include "web/pages_events.h"
#include "web/rowquery.h"
#include "web/views_admin.h"

#include <string.h>

#define PER_PAGE 50

#define SQL_STANDING                                                                           \
    "SELECT (SELECT COUNT(*) FROM sys_event WHERE county = $1) AS events,"                     \
    " (SELECT COALESCE(MAX(seq), 0) FROM sys_seal WHERE county = $1) AS sealed"

/* A parameter that says something, or NULL. */
static bool
read_query(HjRequest *req, HjAuditQuery *query, GError **error)
{
    const char *before = hj_request_query_text(req, "before"),
               *under = hj_request_query_text(req, "under");
    *query = (HjAuditQuery){
        .account = hj_request_query_text(req, "account"),
        .action = hj_request_query_text(req, "action"),
        .ledger = hj_request_query_text(req, "ledger"),
        .limit = PER_PAGE + 1,
    };
    if (before != NULL && !hj_id_parse(before, &query->before_id))
        return hj_rowquery_fail(req, "before", N_("This page of the list does not exist."),
                                error);
    if (under != NULL) {
        HjRows *org = hj_page_org(req, under, error);
        if (org == NULL)
            return false;
        query->under = hj_rows_i64(org, "id");
    }
    return hj_page_date(req, "from", HJ_DATE_NONE, &query->from, error) &&
           hj_page_date(req, "to", HJ_DATE_NONE, &query->to, error);
}

/* --- the filters --- */

static void
fill_actions(HjRequest *req, const HjAuditQuery *query, HjAuditView *view)
{
    static const char *const kinds[][2] = {
        { "row.", N_("All on rows") },
        { "org.", N_("All on organizations") },
        { "account.", N_("All on accounts") },
        { "proxy.", N_("All on proxies") },
        { "flow.", N_("All on the way of records") },
        { "assessment.", N_("All on contests") },
    };
    static const char *const actions[] = {
        "row.create",
        "row.update",
        "row.void",
        "row.relocate",
        "ledger.import",
        "ledger.import_undo",
        "ledger.export",
        "org.create",
        "org.rename",
        "org.move",
        "org.merge",
        "org.split",
        "org.close",
        "account.create",
        "account.grant",
        "account.revoke",
        "account.disable",
        "account.enable",
        "account.set_password",
        "account.sign_in",
        "account.sign_in_failed",
        "account.reset_password",
        "setting.change",
        "backup.make",
        "backup.fail",
        "pack.load",
    };
    view->actions = hj_request_new(req, HjOption, G_N_ELEMENTS(kinds) + G_N_ELEMENTS(actions));
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        view->actions[view->n_actions++] =
            (HjOption){ .value = kinds[i][0],
                        .text = hj_tr(hj_request_lang(req), kinds[i][1]),
                        .on = g_strcmp0(query->action, kinds[i][0]) == 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(actions); i++)
        view->actions[view->n_actions++] =
            (HjOption){ .value = actions[i],
                        .text = hj_pages_action(req, actions[i]),
                        .on = g_strcmp0(query->action, actions[i]) == 0 };
}

static void
fill_filters(HjRequest *req, const HjAuditQuery *query, HjAuditView *view)
{
    const HjPack *pack = hj_request_pack(req);
    view->account = query->account;
    view->action = query->action;
    view->under = hj_request_query_text(req, "under");
    view->from = hj_request_query_text(req, "from");
    view->to = hj_request_query_text(req, "to");
    view->filtered = view->account != NULL || view->action != NULL || query->ledger != NULL ||
                     view->under != NULL || view->from != NULL || view->to != NULL;
    fill_actions(req, query, view);
    view->ledgers = hj_request_new(req, HjOption, pack->n_ledgers);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        view->ledgers[view->n_ledgers++] =
            (HjOption){ .value = pack->ledgers[i].name,
                        .text = hj_page_label(req, &pack->ledgers[i].title),
                        .on = g_strcmp0(query->ledger, pack->ledgers[i].name) == 0 };
    if (query->before_id != 0)
        view->first_href = hj_rowquery_href(req, NULL, "before", NULL, NULL);
}

/* --- the events --- */

static const char *
name_of_account(HjRequest *req, int64_t id)
{
    g_autoptr(HjRows) row = hj_tx_query(
        hj_request_tx(req), NULL, "SELECT name FROM sys_account WHERE county = $1 AND id = $2",
        HJ_I64(hj_tx_county(hj_request_tx(req))), HJ_I64(id));
    return row != NULL && hj_rows_next(row) ? hj_request_strdup(req, hj_rows_text(row, "name"))
                                            : NULL;
}

static void
fill_subject(HjRequest *req, const HjRows *events, HjAuditItem *item)
{
    const HjActor *actor = hj_request_actor(req);
    const char *subject = hj_rows_text(events, "subject"),
               *code = hj_rows_text(events, "org_code");
    const char *name = hj_rows_text(events, "ledger");
    const HjLedger *ledger = name != NULL ? hj_pack_ledger(hj_request_pack(req), name) : NULL;
    int64_t row = hj_rows_i64(events, "row");
    item->what = hj_pages_events_ledger(req, name);
    if (ledger != NULL && row != 0 && hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
        item->href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name, row);
    if (g_strcmp0(subject, "account") == 0 && row != 0) {
        item->what = row != hj_rows_i64(events, "actor") ? name_of_account(req, row) : NULL;
        if (item->what != NULL && hj_access_may(actor, "account.view"))
            item->href = hj_request_printf(req, "/accounts/%" G_GINT64_FORMAT, row);
    }
    item->org = hj_rows_text(events, "org_name");
    /* One that was closed or merged has no page any more. */
    if (code != NULL &&
        hj_access_sees_org(hj_request_tx(req), actor, hj_rows_i64(events, "org")))
        item->org_href = hj_request_printf(req, "/orgs/%s", code);
}

static void
fill_event(HjRequest *req, const HjRows *events, HjAuditItem *item)
{
    const char *hash = hj_rows_text(events, "hash");
    const char *name = hj_rows_text(events, "ledger");
    const HjLedger *ledger = name != NULL ? hj_pack_ledger(hj_request_pack(req), name) : NULL;
    *item = (HjAuditItem){
        .action = hj_pages_events_action(req, ledger, events),
        .actor = hj_pages_events_actor(req, events),
        .account = hj_rows_text(events, "actor_name"),
        .at = hj_rows_i64(events, "at"),
        .reason = hj_rows_text(events, "reason"),
        .seq = hj_rows_i64(events, "seq"),
        .hash = hash != NULL ? hj_request_printf(req, "%.12s…", hash) : NULL,
    };
    fill_subject(req, events, item);
    if (name == NULL || ledger != NULL)
        item->changes =
            hj_pages_events_changes(req, ledger, hj_rows_text(events, "before"),
                                    hj_rows_text(events, "after"), &item->n_changes);
}

static bool
fill_events(HjRequest *req, const HjAuditQuery *query, HjAuditView *view, GError **error)
{
    HjRows *events = hj_audit_search(hj_request_tx(req), hj_request_actor(req), query, error);
    if (events == NULL)
        return false;
    hj_request_adopt(req, events, (GDestroyNotify)hj_rows_free);
    view->events = hj_request_new(req, HjAuditItem, hj_rows_count(events));
    int64_t last = 0;
    while (hj_rows_next(events)) {
        if (view->n_events == PER_PAGE) {
            view->next_href = hj_rowquery_href(
                req, NULL, "before", hj_request_printf(req, "%" G_GINT64_FORMAT, last), NULL);
            break;
        }
        last = hj_rows_i64(events, "id");
        fill_event(req, events, &view->events[view->n_events++]);
    }
    return true;
}

static bool
fill_chain(HjRequest *req, HjAuditView *view, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    g_autoptr(HjRows) row = hj_tx_query(tx, error, SQL_STANDING, HJ_I64(hj_tx_county(tx)));
    if (row == NULL)
        return false;
    if (hj_rows_next(row)) {
        view->sealed = hj_rows_i64(row, "sealed");
        view->unsealed = MAX(hj_rows_i64(row, "events") - view->sealed, 0);
    }
    return true;
}

HjResponse *
hj_pages_audit(HjRequest *req, GError **error)
{
    HjAuditQuery query;
    HjAuditView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Audit")), "audit"),
    };
    if (!read_query(req, &query, error))
        return NULL;
    fill_filters(req, &query, &view);
    if (!fill_events(req, &query, &view, error) || !fill_chain(req, &view, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_audit(&out, &view);
    return res;
}
