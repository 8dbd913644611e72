/* One row of any ledger: its data and history, and withdrawing it. */
#include "base/id.h"
#include "core/flow.h"
#include "core/merge.h"
#include "core/sealed.h"
#include "row_view.html.h"
#include "row_void.html.h"
#include "web/judged.h"
#include "web/pages.h"
#include "web/pages_events.h"
#include "web/pages_flow.h"
#include "web/prefill.h"
#include "web/uploads.h"
#include "web/views_ledger.h"

#include <string.h>

static const struct {
    const char *action, *text;
} action_words[] = {
    { "row.create", N_("Entered") },
    { "row.update", N_("Changed") },
    { "row.void", N_("Withdrawn") },
    { "row.relocate", N_("Changed by the end of another record") },
    { "ledger.import", N_("Workbook imported") },
    { "ledger.import_undo", N_("Import taken back") },
    { "ledger.export", N_("Workbook exported") },
    { "org.create", N_("Organization set up") },
    { "org.rename", N_("Organization renamed") },
    { "org.move", N_("Organization moved") },
    { "org.merge", N_("Organization merged") },
    { "org.split", N_("Organization split") },
    { "org.close", N_("Organization closed") },
    { "org.seed", N_("List of organizations loaded") },
    { "assessment.open", N_("Contest opened") },
    { "assessment.mark", N_("Mark decided") },
    { "assessment.approve", N_("Card approved") },
    { "assessment.accept", N_("Card accepted") },
    { "assessment.withdraw", N_("Approval or acceptance taken back") },
    { "assessment.announce", N_("Results put on notice") },
    { "assessment.publish", N_("Results published") },
    { "assessment.appeal", N_("Appeal filed") },
    { "assessment.answer", N_("Appeal answered") },
    { "account.create", N_("Account made") },
    { "account.grant", N_("Role given") },
    { "account.revoke", N_("Role taken back") },
    { "account.disable", N_("Account disabled") },
    { "account.enable", N_("Account enabled") },
    { "account.set_password", N_("Password changed") },
    { "account.sign_in", N_("Signed in") },
    { "account.sign_out", N_("Signed out") },
    { "account.sign_in_failed", N_("Wrong password") },
    { "account.set_lang", N_("Language chosen") },
    { "account.reset_password", N_("Password reset") },
    { "account.session_end", N_("Signed out elsewhere") },
    { "account.second_on", N_("Second factor set up") },
    { "account.second_off", N_("Second factor taken away") },
    { "account.second_used", N_("Second factor shown") },
    { "account.second_failed", N_("Wrong code") },
    { "account.recovery_used", N_("Recovery code used") },
    { "account.recovery_new", N_("New recovery codes") },
    { "subscription.make", N_("Address of the calendar made") },
    { "subscription.revoke", N_("Address of the calendar revoked") },
    { "proxy.make", N_("Proxy appointed") },
    { "proxy.end", N_("Proxy ended") },
    { "proxy.act", N_("Began to act as a proxy") },
    { "proxy.stop", N_("Stopped acting as a proxy") },
    { "bundle.make", N_("Taken along by an inspector") },
    { "backup.make", N_("Backup made") },
    { "backup.fail", N_("Backup failed") },
    { "setting.change", N_("Setting changed") },
    { "file.add", N_("File sent") },
    { "row.unmask", N_("Seen in clear") },
    { "row.purge", N_("Purged") },
    { "person.copy", N_("Copy made for the person") },
    { "keys.rotate", N_("Master key changed") },
    { "pack.load", N_("Rules loaded") },
    { "batch.run", N_("Many rows changed") },
    { "batch.undo", N_("A change of many rows taken back") },
    { "row.merge", N_("Found to be one with another") },
    { "row.absorb", N_("Took in another record") },
    { "flow.move", N_("Moved on") },
    { "flow.sign", N_("Signed as the first of two") },
    { "supervise.done", N_("The matter itself was done") },
    { "supervise.escalate", N_("Told to the superior") },
    { "flow.transfer", N_("Handed to another person") },
    { "flow.delegate", N_("Given to somebody to prepare") },
    { "flow.report", N_("Reported back") },
    { "flow.add_reviewer", N_("Reviewer asked") },
    { "flow.remove_reviewer", N_("Reviewer asked no more") },
    { "flow.review", N_("Reviewed") },
    { "flow.urge", N_("Urged") },
};

const char *
hj_pages_action(HjRequest *req, const char *action)
{
    for (size_t i = 0; i < G_N_ELEMENTS(action_words); i++)
        if (g_strcmp0(action, action_words[i].action) == 0)
            return hj_tr(hj_request_lang(req), action_words[i].text);
    return hj_request_strdup(req, action);
}

static bool
is_reference(const HjField *field)
{
    return field->type == HJ_FIELD_PERSON || field->type == HJ_FIELD_ROW;
}

/* "2/8 · 班子不健全、书记空缺": of a list that is ticked, a page says what is. */
static const char *
ticks_of(HjRequest *req, const HjField *field, const HjRows *row, const char *count)
{
    const char *text = hj_rows_text(row, field->name);
    if (text == NULL)
        return count;
    g_autoptr(GString) out = g_string_new(count);
    g_auto(GStrv) ticked = g_strsplit(text, ",", -1);
    const char *between = " · ";
    for (size_t i = 0; i < field->list->n_items; i++)
        if (g_strv_contains((const char *const *)ticked, field->list->items[i].name)) {
            g_string_append_printf(out, "%s%s", between,
                                   hj_page_label(req, &field->list->items[i].title));
            between = hj_request_lang(req) == HJ_ZH ? "、" : ", ";
        }
    return hj_request_strdup(req, out->str);
}

const char *
hj_pages_fact_text(HjRequest *req, const HjField *field, const HjRows *row)
{
    const char *text = hj_pages_cell(req, field, row);
    return field->type == HJ_FIELD_LIST_CHECK ? ticks_of(req, field, row, text) : text;
}

static HjFact
fact_of(HjRequest *req, const HjField *field, const HjRows *row)
{
    HjFact fact = {
        .title = hj_page_label(req, &field->title),
        .text = hj_pages_fact_text(req, field, row),
        .unit = hj_page_label(req, &field->unit),
        .number = hj_field_is_number(field) && !is_reference(field),
    };
    int column = hj_rows_column(row, field->name);
    if (is_reference(field) && fact.text != NULL && field->ledger != NULL &&
        !hj_rows_null_at(row, column) &&
        hj_access_may_ledger(hj_request_actor(req), field->ledger, HJ_ACCESS_VIEW))
        fact.href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, field->ledger->name,
                                      hj_rows_i64_at(row, column));
    return fact;
}

/* Of a row on its way, what is empty is shown where it may be filled in now. */
static bool
is_of_another_step(const HjLedger *ledger, const HjField *field, const HjRows *row)
{
    const HjFlowNode *node =
        ledger->flow != NULL ? hj_flow_node(ledger->flow, hj_rows_text(row, "state")) : NULL;
    return ledger->flow != NULL && hj_rows_null(row, field->name) &&
           (node == NULL || node->final || !hj_flow_field_is_open(node, field->name));
}

static bool
fill_facts(HjRequest *req, const HjLedger *ledger, const HjRows *row, HjRowView *view,
           GError **error)
{
    view->facts = hj_request_new(req, HjFact, ledger->n_fields);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        /* What is taken over from the records stands above, figure by figure. */
        if (hj_access_field_hidden(hj_request_actor(req), field) || field->prefill != NULL ||
            is_of_another_step(ledger, field, row))
            continue;
        HjFact *fact = &view->facts[view->n_facts++];
        *fact = fact_of(req, field, row);
        if (field->type == HJ_FIELD_FILES &&
            !hj_uploads_items(req, hj_rows_text(row, field->name), &fact->files, &fact->n_files,
                              error))
            return false;
    }
    return true;
}

static void
fill_history(HjRequest *req, const HjLedger *ledger, HjRows *events, HjRowView *view)
{
    view->history = hj_request_new(req, HjHistoryItem, hj_rows_count(events));
    while (hj_rows_next(events)) {
        HjHistoryItem *item = &view->history[view->n_history++];
        item->action = hj_pages_events_action(req, ledger, events);
        item->actor = hj_pages_events_actor(req, events);
        item->at = hj_rows_i64(events, "at");
        item->opinion = g_str_has_prefix(hj_rows_text(events, "action"), "flow.");
        item->reason = hj_rows_text(events, "reason");
        item->seq = hj_rows_i64(events, "seq");
        const char *hash = hj_rows_text(events, "hash");
        item->hash = hash != NULL ? hj_request_printf(req, "%.16s…", hash) : NULL;
        item->changes =
            hj_pages_events_changes(req, ledger, hj_rows_text(events, "before"),
                                    hj_rows_text(events, "after"), &item->n_changes);
    }
}

static bool
fill_children(HjRequest *req, const HjLedger *ledger, int64_t id, HjRowView *view,
              GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    g_autoptr(HjRows) merged = hj_merge_of(hj_request_tx(req), id, error);
    if (merged == NULL)
        return false;
    view->children = hj_request_new(req, HjChildLink, pack->n_ledgers + hj_rows_count(merged));
    while (hj_rows_next(merged))
        view->children[view->n_children++] = (HjChildLink){
            .title = hj_tr(hj_request_lang(req), N_("Merged into this one")),
            .href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT "?kept=1",
                                      ledger->name, hj_rows_i64(merged, "row_id")),
            .count = 1,
        };
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *child = &pack->ledgers[i];
        if (child->in != ledger ||
            !hj_access_may_ledger(hj_request_actor(req), child, HJ_ACCESS_VIEW))
            continue;
        HjRowQuery query = {
            .ledger = child, .parent = id, .from = HJ_DATE_NONE, .to = HJ_DATE_NONE, .limit = 1
        };
        g_autoptr(HjRows) totals =
            hj_row_totals(hj_request_tx(req), hj_request_actor(req), &query, error);
        if (totals == NULL)
            return false;
        view->children[view->n_children++] = (HjChildLink){
            .title = hj_page_label(req, &child->title),
            .href =
                hj_request_printf(req, "/ledgers/%s?parent=%" G_GINT64_FORMAT, child->name, id),
            .count = hj_rows_next(totals) ? hj_rows_i64(totals, "count") : 0,
        };
    }
    return true;
}

const char *
hj_pages_row_title(HjRequest *req, const HjLedger *ledger, const HjRows *row)
{
    const HjField *field =
        ledger->title_field != NULL ? hj_pack_field(ledger, ledger->title_field) : NULL;
    const char *text = field != NULL ? hj_pages_cell(req, field, row) : NULL;
    return text != NULL && *text != '\0' ? text : hj_page_label(req, &ledger->title);
}

static HjRows *
load_row(HjRequest *req, const HjLedger *ledger, int64_t *ret_id, GError **error)
{
    if (!hj_request_part_i64(req, "id", ret_id, error))
        return NULL;
    HjRows *row = hj_row_get(hj_request_tx(req), hj_request_actor(req), ledger, *ret_id, error);
    if (row == NULL)
        return NULL;
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(row)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such row.");
        return NULL;
    }
    return row;
}

static void
fill_frame(HjRequest *req, const HjLedger *ledger, const HjRows *row, int64_t id,
           HjRowView *view)
{
    const char *base = hj_request_printf(req, "/ledgers/%s", ledger->name);
    hj_page_crumb(req, &view->page, "/ledgers", hj_tr(hj_request_lang(req), N_("Ledgers")));
    hj_page_crumb(req, &view->page, base, hj_page_label(req, &ledger->title));
    view->org = hj_rows_text(row, "org_name");
    view->org_href = hj_request_printf(req, "/orgs/%s", hj_rows_text(row, "org_code"));
    view->who_sees = hj_page_who_sees(req, ledger);
    view->sheet_href = hj_request_printf(req, "%s/%" G_GINT64_FORMAT "/sheet", base, id);
    if (ledger->flow != NULL && ledger->flow->volume)
        view->volume_href = hj_request_printf(req, "%s/%" G_GINT64_FORMAT "/volume", base, id);
    view->version = hj_rows_i64(row, "version");
    view->created_at = hj_rows_i64(row, "created_at");
    view->created_by = hj_rows_text(row, "created_by_name");
    view->voided = !hj_rows_null(row, "voided_at");
    if (view->version > 1) {
        view->updated_at = hj_rows_i64(row, "updated_at");
        view->updated_by = hj_rows_text(row, "updated_by_name");
    }
    if (ledger->notice != NULL) {
        view->notice_href = hj_request_printf(req, "%s/%" G_GINT64_FORMAT "/notice", base, id);
        view->notice_title = hj_page_label(req, &ledger->notice->title);
    }
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    if (hj_access_may(actor, "sealed.unmask") &&
        hj_access_check(tx, actor, "sealed.unmask", hj_rows_i64(row, "org"), NULL)) {
        if (hj_sealed_has(ledger))
            view->unmask_href =
                hj_request_printf(req, "%s/%" G_GINT64_FORMAT "/unmask", base, id);
        if (g_strcmp0(ledger->is, "person") == 0)
            view->copy_href = hj_request_printf(req, "%s/%" G_GINT64_FORMAT "/copy", base, id);
    }
    if (!view->voided && hj_access_check_row(hj_request_tx(req), hj_request_actor(req), ledger,
                                             HJ_ACCESS_ENTER, hj_rows_i64(row, "org"), NULL)) {
        view->edit_href = hj_request_printf(req, "%s/%" G_GINT64_FORMAT "/edit", base, id);
        view->void_href = hj_request_printf(req, "%s/%" G_GINT64_FORMAT "/void", base, id);
    }
}

HjResponse *
hj_pages_row(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    int64_t id = 0;
    HjRows *row = ledger != NULL ? load_row(req, ledger, &id, error) : NULL;
    if (row == NULL)
        return NULL;
    int64_t into = 0;
    if (!hj_rows_null(row, "voided_at") && hj_request_query(req, "kept") == NULL &&
        !hj_merge_into(hj_request_tx(req), ledger, id, &into, error))
        return NULL;
    if (into != 0)
        return hj_response_see_other(
            req, hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name, into),
            N_("This record was merged into the one shown here."));
    HjRowView view = { .page = hj_page(req, hj_pages_row_title(req, ledger, row), "ledgers") };
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    if (hj_access_may(hj_request_actor(req), "account.view"))
        view.rights_href = hj_request_printf(req, "/rights?ledger=%s&org=%s", ledger->name,
                                             hj_rows_text(row, "org_code"));
    HjRows *events =
        hj_row_history(hj_request_tx(req), hj_request_actor(req), ledger, id, error);
    if (events == NULL)
        return NULL;
    hj_request_adopt(req, events, (GDestroyNotify)hj_rows_free);
    fill_frame(req, ledger, row, id, &view);
    if (!fill_facts(req, ledger, row, &view, error))
        return NULL;
    fill_history(req, ledger, events, &view);
    if (!fill_children(req, ledger, id, &view, error) ||
        !hj_judged_lines(req, ledger, row, id, &view.judged, &view.n_judged, error) ||
        !hj_prefill_of_row(req, ledger, row, &view.prefill, error) ||
        !hj_pages_flow_view(req, ledger, row, &view.flow, error))
        return NULL;
    if (view.flow != NULL && !view.flow->turn)
        view.edit_href = NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_row_view(&out, &view);
    return res;
}

static HjResponse *
void_page(HjRequest *req, const HjLedger *ledger, const HjRows *row, int64_t id, int status)
{
    HjLang lang = hj_request_lang(req);
    const char *here =
        hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger->name, id);
    HjRowVoidView view = {
        .page = hj_page(req,
                        hj_page_titled(req, hj_tr(lang, N_("Withdraw")),
                                       hj_pages_row_title(req, ledger, row)),
                        "ledgers"),
        .cancel_href = here,
        .action = hj_request_printf(req, "%s/void", here),
        .version = hj_request_form(req, "version"),
        .reason = hj_request_form(req, "reason"),
        .wrong = hj_issues_of(hj_request_issues(req), "reason", lang),
    };
    if (view.version == NULL)
        view.version = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(row, "version"));
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_row_void(&out, &view);
    return res;
}

HjResponse *
hj_pages_row_void(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    int64_t id = 0;
    HjRows *row = ledger != NULL ? load_row(req, ledger, &id, error) : NULL;
    if (row == NULL || !hj_access_check_row(hj_request_tx(req), hj_request_actor(req), ledger,
                                            HJ_ACCESS_ENTER, hj_rows_i64(row, "org"), error))
        return NULL;
    return void_page(req, ledger, row, id, 200);
}

HjResponse *
hj_pages_row_void_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    int64_t id = 0, version = 0;
    HjRows *row = ledger != NULL ? load_row(req, ledger, &id, error) : NULL;
    if (row == NULL)
        return NULL;
    const char *given = hj_request_form(req, "version");
    if (given == NULL || !hj_id_parse(given, &version)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The version of the row is missing.");
        return NULL;
    }
    g_autoptr(GError) why = NULL;
    const char *reason = hj_request_form(req, "reason");
    if (!hj_row_void(hj_request_tx(req), hj_request_actor(req), ledger, id, version,
                     reason != NULL ? reason : "", hj_request_issues(req), &why)) {
        if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
            return void_page(req, ledger, row, id, 422);
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return hj_response_see_other(req, hj_request_printf(req, "/ledgers/%s", ledger->name),
                                 N_("The row was withdrawn."));
}
