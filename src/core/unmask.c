#include "core/unmask.h"

#include "base/id.h"
#include "base/text.h"
#include "core/sealed.h"
#include "store/event.h"

#include <string.h>

#define MAX_REASON 200
#define MIN_REASON 4
#define HOUR (INT64_C(3600) * 1000 * 1000)

#define SQL_SHOWN                                                                              \
    "SELECT COALESCE(SUM(n), 0) AS n FROM sys_unmask"                                          \
    " WHERE county = $1 AND account = $2 AND at > $3"
#define SQL_NOTE                                                                               \
    "INSERT INTO sys_unmask (county, account, at, id, n) VALUES ($1, $2, $3, $4, $5)"
#define SQL_FORGET "DELETE FROM sys_unmask WHERE county = $1 AND account = $2 AND at <= $3"

bool
hj_unmask_may(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org,
              GError **error)
{
    return hj_access_check_row(tx, actor, ledger, HJ_ACCESS_VIEW, org, error) &&
           hj_access_check(tx, actor, "sealed.unmask", org, error);
}

static char *
read_reason(const char *reason, HjIssues *issues)
{
    bool readable = reason == NULL || g_utf8_validate(reason, -1, NULL);
    char *why = readable ? hj_text_tidy(reason) : g_strdup("");
    if (!readable || !hj_text_is_clean(why, false))
        hj_issues_add(issues, "reason", "type",
                      N_("This text holds characters nobody can read."));
    else if (hj_text_length(why) < MIN_REASON)
        hj_issues_add(issues, "reason", "required",
                      N_("Say what you need it for, in at least four characters."));
    else if (hj_text_length(why) > MAX_REASON)
        hj_issues_add(issues, "reason", "length", N_("Write at most %d characters."),
                      MAX_REASON);
    return why;
}

/* Counts @n values against what one account may see within an hour. */
static bool
count_shown(HjTx *tx, const HjActor *actor, size_t n, GError **error)
{
    HjTime since = hj_tx_now(tx) - HOUR;
    const HjVal county = HJ_I64(hj_tx_county(tx)), account = HJ_I64(actor->account);
    g_autoptr(HjRows) shown =
        hj_tx_query(tx, error, SQL_SHOWN, county, account, HJ_TIME(since));
    if (shown == NULL)
        return false;
    if (actor->account != 0 && hj_rows_next(shown) &&
        hj_rows_i64(shown, "n") + (int64_t)n > HJ_UNMASK_PER_HOUR)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "You have seen many values in clear within an hour. Wait before you ask "
                       "for more.");
    return hj_tx_exec(tx, error, SQL_FORGET, county, account, HJ_TIME(since)) &&
           hj_tx_exec(tx, error, SQL_NOTE, county, account, HJ_TIME(hj_tx_now(tx)),
                      HJ_I64(hj_id_new()), HJ_I64(n));
}

static bool
append(HjTx *tx, const HjLedger *ledger, const HjRows *row, const GArray *shown,
       const char *action, const char *reason, GError **error)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    hj_json_key(&w, "shown");
    hj_json_begin_array(&w);
    for (guint i = 0; i < shown->len; i++)
        hj_json_text(&w, g_array_index(shown, HjUnmasked, i).field->name);
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    g_autofree char *after = g_string_free(w.out, FALSE);
    return hj_event_append(tx,
                           &(HjEvent){ .action = action,
                                       .subject = "row",
                                       .ledger = ledger->name,
                                       .row = hj_rows_i64(row, "id"),
                                       .org = hj_rows_i64(row, "org"),
                                       .after = after,
                                       .reason = reason },
                           error);
}

static void
clear_unmasked(gpointer data)
{
    HjUnmasked *value = data;
    if (value->text != NULL)
        hj_crypto_wipe(value->text, strlen(value->text));
    g_free(value->text);
}

/* Field by field; false when the database or a key fails. */
static bool
collect(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
        const HjField *only, GArray *out, GError **error)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (!hj_pack_field_is_sealed(field) || hj_access_field_hidden(actor, field) ||
            (only != NULL && only != field))
            continue;
        GError *cause = NULL;
        HjUnmasked value = { field, hj_sealed_clear(tx, field, row, &cause) };
        if (cause != NULL) {
            g_propagate_error(error, cause);
            return false;
        }
        g_array_append_val(out, value);
    }
    return true;
}

GArray *
hj_unmask_row(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t row,
              const HjField *field, const char *action, const char *reason, HjIssues *issues,
              GError **error)
{
    g_autoptr(HjRows) stored = hj_row_get(tx, actor, ledger, row, error);
    if (stored == NULL || !hj_rows_next(stored) ||
        !hj_unmask_may(tx, actor, ledger, hj_rows_i64(stored, "org"), error))
        return NULL;
    if (field != NULL &&
        (!hj_pack_field_is_sealed(field) || hj_access_field_hidden(actor, field))) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    g_autofree char *why = read_reason(reason, issues);
    if (hj_issues_count(issues) > 0) {
        hj_issues_refuse(error);
        return NULL;
    }
    g_autoptr(GArray) out = g_array_new(FALSE, TRUE, sizeof(HjUnmasked));
    g_array_set_clear_func(out, clear_unmasked);
    if (!collect(tx, actor, ledger, row, field, out, error) ||
        !count_shown(tx, actor, MAX(out->len, 1), error) ||
        !append(tx, ledger, stored, out, action, why, error))
        return NULL;
    return g_steal_pointer(&out);
}

char *
hj_unmask_filter(HjTx *tx, const HjActor *actor, const HjLedger *ledger, const HjField *field,
                 const char *value, HjIssues *issues, GError **error)
{
    HjVault *vault = hj_vault_of(tx);
    char index[HJ_VAULT_INDEX_BYTES];
    g_autoptr(HjIssues) found = hj_issues_new();
    g_autofree char *clear = NULL;
    HjVal val;
    if (!hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW) ||
        hj_access_field_hidden(actor, field) || !hj_pack_field_is_sealed(field) ||
        field->type == HJ_FIELD_SEALED) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    if (vault == NULL) {
        hj_error_log(error, HJ_ERROR_INTERNAL, "sealed values: the store has no master key");
        return NULL;
    }
    if (!hj_field_from_text(field, value, &val, &clear, found) || clear == NULL) {
        HjLabel says = { .zh = hj_issues_of(found, field->name, HJ_ZH),
                         .en = hj_issues_of(found, field->name, HJ_EN) };
        if (says.en != NULL)
            hj_issues_add_label(issues, "value", "check", &says);
        else
            hj_issues_add(issues, "value", "required", N_("Write the whole number."));
        hj_issues_refuse(error);
        return NULL;
    }
    hj_sealed_index(vault, field, clear, index);
    hj_crypto_wipe(clear, strlen(clear));
    return g_strdup(index);
}
