/* Persons entered twice: found, compared side by side, merged. */
#include "base/id.h"
#include "core/merge.h"
#include "merge.html.h"
#include "twins.html.h"
#include "web/pages.h"
#include "web/rowquery.h"
#include "web/views_merge.h"

#include <string.h>

#define MAX_TWINS 100

/* The ledger of persons: no other record is a somebody. */
static const HjLedger *
ledger_of(HjRequest *req, GError **error)
{
    const HjLedger *ledger = hj_pages_ledger_of(req, error);
    if (ledger == NULL)
        return NULL;
    if (!hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_ENTER)) {
        hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        return NULL;
    }
    if (g_strcmp0(ledger->is, "person") == 0)
        return ledger;
    hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
    return NULL;
}

static HjResponse *
twins_page(HjRequest *req, const HjLedger *ledger, GError **error)
{
    HjTwinsView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("Entered twice?")), "ledgers"),
        .twins = hj_request_new(req, HjTwin, MAX_TWINS),
    };
    HjRows *pairs =
        hj_merge_pairs(hj_request_tx(req), hj_request_actor(req), ledger, MAX_TWINS + 1, error);
    if (pairs == NULL)
        return NULL;
    hj_request_adopt(req, pairs, (GDestroyNotify)hj_rows_free);
    view.more = hj_rows_count(pairs) > MAX_TWINS;
    while (hj_rows_next(pairs) && view.n_twins < MAX_TWINS)
        view.twins[view.n_twins++] = (HjTwin){
            .href = hj_request_printf(
                req, "/ledgers/%s/twins?a=%" G_GINT64_FORMAT "&b=%" G_GINT64_FORMAT,
                ledger->name, hj_rows_i64(pairs, "a"), hj_rows_i64(pairs, "b")),
            .title = hj_rows_text(pairs, "a_title"),
            .a_org = hj_rows_text(pairs, "a_org"),
            .b_org = hj_rows_text(pairs, "b_org"),
        };
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    hj_page_crumb(req, &view.page, hj_request_printf(req, "/ledgers/%s", ledger->name),
                  hj_page_label(req, &ledger->title));
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_twins(&out, &view);
    return res;
}

static HjRows *
load(HjRequest *req, const HjLedger *ledger, const char *text, GError **error)
{
    int64_t id = 0;
    if (text == NULL || !hj_id_parse(text, &id)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "Must be the number of a row.");
        return NULL;
    }
    HjTx *tx = hj_request_tx(req);
    HjRows *row = hj_row_get(tx, hj_request_actor(req), ledger, id, error);
    if (row == NULL)
        return NULL;
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    hj_rows_next(row);
    return hj_access_check_row(tx, hj_request_actor(req), ledger, HJ_ACCESS_ENTER,
                               hj_rows_i64(row, "org"), error)
               ? row
               : NULL;
}

static bool
may_choose(HjRequest *req, const HjField *field)
{
    return !hj_access_field_hidden(hj_request_actor(req), field) && field->retired == NULL &&
           !hj_pack_field_is_sealed(field) && field->type != HJ_FIELD_FILES;
}

static HjResponse *
compare_page(HjRequest *req, const HjLedger *ledger, const char *a_text, const char *b_text,
             const char *wrong, GError **error)
{
    HjRows *a = load(req, ledger, a_text, error);
    HjRows *b = a != NULL ? load(req, ledger, b_text, error) : NULL;
    if (b == NULL)
        return NULL;
    HjMergeView view = {
        .page = hj_page(req,
                        hj_page_titled(req, hj_tr(hj_request_lang(req), N_("Merge")),
                                       hj_pages_row_title(req, ledger, a)),
                        "ledgers"),
        .action = hj_request_printf(req, "/ledgers/%s/merge", ledger->name),
        .cancel_href = hj_request_printf(req, "/ledgers/%s/twins", ledger->name),
        .a = a_text,
        .b = b_text,
        .a_version = hj_rows_text(a, "version"),
        .b_version = hj_rows_text(b, "version"),
        .a_org = hj_rows_text(a, "org_name"),
        .b_org = hj_rows_text(b, "org_name"),
        .a_href = hj_request_printf(req, "/ledgers/%s/%s", ledger->name, a_text),
        .b_href = hj_request_printf(req, "/ledgers/%s/%s", ledger->name, b_text),
        .reason = hj_request_form(req, "reason"),
        .wrong = wrong,
        .fields = hj_request_new(req, HjTwinField, ledger->n_fields),
    };
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (hj_access_field_hidden(hj_request_actor(req), field))
            continue;
        HjTwinField *line = &view.fields[view.n_fields++];
        line->name = field->name;
        line->title = hj_page_label(req, &field->title);
        line->a = hj_pages_cell(req, field, a);
        line->b = hj_pages_cell(req, field, b);
        line->choose = may_choose(req, field) && g_strcmp0(line->a, line->b) != 0;
    }
    if (ledger->sensitive)
        hj_page_mark(req, &view.page);
    hj_page_crumb(req, &view.page, hj_request_printf(req, "/ledgers/%s", ledger->name),
                  hj_page_label(req, &ledger->title));
    hj_page_crumb(req, &view.page, view.cancel_href,
                  hj_tr(hj_request_lang(req), N_("Entered twice?")));
    HjOut out;
    HjResponse *res = hj_response_page(req, wrong != NULL ? 422 : 200, &out);
    hj_tmpl_merge(&out, &view);
    return res;
}

HjResponse *
hj_pages_twins(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_of(req, error);
    if (ledger == NULL)
        return NULL;
    const char *a = hj_request_query(req, "a"), *b = hj_request_query(req, "b");
    return a != NULL || b != NULL ? compare_page(req, ledger, a, b, NULL, error)
                                  : twins_page(req, ledger, error);
}

/* What is taken from the row that goes, as it would be typed. */
static void
take_chosen(HjRequest *req, const HjLedger *ledger, HjRows *gone, HjMerge *merge)
{
    HjRowInput *inputs = hj_request_new(req, HjRowInput, ledger->n_fields);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (!may_choose(req, field) || g_strcmp0(hj_request_form(req, field->name), "b") != 0)
            continue;
        int column = hj_rows_column(gone, field->name);
        bool number = hj_field_is_number(field);
        char *text = hj_field_input(field, hj_rows_null_at(gone, column),
                                    number ? hj_rows_i64_at(gone, column) : 0,
                                    number ? NULL : hj_rows_text_at(gone, column));
        inputs[merge->n_inputs++] =
            (HjRowInput){ .name = field->name, .text = hj_request_adopt(req, text, g_free) };
    }
    merge->inputs = inputs;
}

HjResponse *
hj_pages_merge_post(HjRequest *req, GError **error)
{
    const HjLedger *ledger = ledger_of(req, error);
    if (ledger == NULL)
        return NULL;
    const char *keep = hj_request_form(req, "keep"), *gone = hj_request_form(req, "gone");
    HjMerge merge = { .ledger = ledger, .reason = hj_request_form(req, "reason") };
    const char *keep_version = hj_request_form(req, "keep_version");
    const char *gone_version = hj_request_form(req, "gone_version");
    HjRows *row = load(req, ledger, keep, error);
    HjRows *other = row != NULL ? load(req, ledger, gone, error) : NULL;
    if (other == NULL)
        return NULL;
    merge.keep = hj_rows_i64(row, "id");
    merge.gone = hj_rows_i64(other, "id");
    if (keep_version == NULL || gone_version == NULL ||
        !hj_id_parse(keep_version, &merge.keep_version) ||
        !hj_id_parse(gone_version, &merge.gone_version)) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The version of the row is missing.");
        return NULL;
    }
    HjIssues *issues = hj_request_issues(req);
    /* Before anything is written: an empty reason would be refused half-way. */
    if (merge.reason == NULL || *merge.reason == '\0')
        return compare_page(req, ledger, keep, gone,
                            hj_tr(hj_request_lang(req), N_("Say why.")), error);
    take_chosen(req, ledger, other, &merge);
    if (!hj_merge_run(hj_request_tx(req), hj_request_actor(req), &merge, issues, error))
        return NULL;
    return hj_response_see_other(req,
                                 hj_request_printf(req, "/ledgers/%s/%s", ledger->name, keep),
                                 N_("The two records are one now."));
}
