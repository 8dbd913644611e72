#include "core/webhook.h"

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "core/access.h"
#include "store/event.h"

#include <string.h>

#define MANAGE "account.manage"
#define MAX_NAME 60

const char *const hj_webhook_kinds[] = { "row.create", "row.update", "row.void", NULL };

#define SQL_ONE                                                                                \
    "SELECT id, name, url, org, paused, secret_no FROM sys_webhook"                            \
    " WHERE county = $1 AND id = $2 AND removed_at IS NULL"

static HjRows *
load(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    g_autoptr(HjRows) row =
        hj_tx_query(tx, error, SQL_ONE, HJ_I64(hj_tx_county(tx)), HJ_I64(id));
    if (row == NULL)
        return NULL;
    if (!hj_rows_next(row)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such webhook.");
        return NULL;
    }
    if (!hj_access_check(tx, actor, MANAGE, hj_rows_i64(row, "org"), error))
        return NULL;
    return g_steal_pointer(&row);
}

static bool
tell(HjTx *tx, const char *action, int64_t id, int64_t org, const char *name, const char *url,
     GError **error)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    hj_json_key(&w, "name");
    hj_json_text(&w, name);
    hj_json_key(&w, "url");
    hj_json_text(&w, url);
    hj_json_end_object(&w);
    g_autofree char *after = g_string_free(w.out, FALSE);
    return hj_event_append(
        tx,
        &(HjEvent){
            .action = action, .subject = "webhook", .row = id, .org = org, .after = after },
        error);
}

static bool
tell_of(HjTx *tx, const char *action, const HjRows *row, GError **error)
{
    return tell(tx, action, hj_rows_i64(row, "id"), hj_rows_i64(row, "org"),
                hj_rows_text(row, "name"), hj_rows_text(row, "url"), error);
}

/* ",a,b," of the words that @known accepts, "" for none. */
static char *
list_of(const char *const *words, bool (*known)(const HjActor *actor, const char *word),
        const HjActor *actor, const char *field, HjIssues *issues)
{
    GString *list = g_string_new(NULL);
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        if (*words[i] == '\0')
            continue;
        if (!known(actor, words[i]))
            hj_issues_add(issues, field, "choice", N_("There is no such choice."));
        else
            g_string_append_printf(list, "%s%s,", list->len == 0 ? "," : "", words[i]);
    }
    return g_string_free(list, FALSE);
}

static bool
is_ledger(const HjActor *actor, const char *word)
{
    return actor->pack != NULL && hj_pack_ledger(actor->pack, word) != NULL;
}

static bool
is_kind(const HjActor *actor G_GNUC_UNUSED, const char *word)
{
    return g_strv_contains(hj_webhook_kinds, word);
}

#define SQL_NEW                                                                                \
    "INSERT INTO sys_webhook (county, id, name, url, ledgers, kinds, org, created_at,"         \
    " created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"

static void
check_wish(const HjWebhookRules *rules, const HjWebhookWish *wish, const char *name,
           HjIssues *issues)
{
    if (*name == '\0')
        hj_issues_add(issues, "name", "required", N_("Give it a name."));
    else if (!hj_text_is_clean(name, false) || hj_text_length(name) > MAX_NAME)
        hj_issues_add(issues, "name", "length", N_("Write at most %d characters."), MAX_NAME);
    if (!hj_webhook_rules_allow(rules, wish->url))
        hj_issues_add(issues, "url", "choice",
                      N_("The configuration does not allow this address (webhook_allow)."));
}

bool
hj_webhook_create(HjTx *tx, const HjActor *actor, const HjWebhookRules *rules,
                  const HjWebhookWish *wish, HjIssues *issues, int64_t *ret_id, GError **error)
{
    if (!hj_access_check(tx, actor, MANAGE, wish->org, error))
        return false;
    bool readable = wish->name != NULL && g_utf8_validate(wish->name, -1, NULL);
    g_autofree char *name = readable ? hj_text_tidy(wish->name) : g_strdup("");
    check_wish(rules, wish, name, issues);
    g_autofree char *ledgers = list_of(wish->ledgers, is_ledger, actor, "ledgers", issues);
    g_autofree char *kinds = list_of(wish->kinds, is_kind, actor, "kinds", issues);
    if (hj_issues_count(issues) > 0)
        return hj_fail(error, HJ_ERROR_INVALID, "Something in the request must be corrected.");
    *ret_id = hj_id_new();
    return hj_tx_exec(tx, error, SQL_NEW, HJ_I64(hj_tx_county(tx)), HJ_I64(*ret_id),
                      HJ_TEXT(name), HJ_TEXT(wish->url), HJ_TEXT(ledgers), HJ_TEXT(kinds),
                      HJ_I64(wish->org), HJ_TIME(hj_tx_now(tx)), HJ_I64(actor->account)) &&
           tell(tx, "webhook.create", *ret_id, wish->org, name, wish->url, error);
}

#define SQL_ROTATE                                                                             \
    "UPDATE sys_webhook SET secret_no = secret_no + 1, rotated_at = $3, version = version + 1" \
    " WHERE county = $1 AND id = $2"
#define SQL_PAUSE                                                                              \
    "UPDATE sys_webhook SET paused = $3, version = version + 1 WHERE county = $1 AND id = $2"
#define SQL_REMOVE                                                                             \
    "UPDATE sys_webhook SET removed_at = $3, version = version + 1"                            \
    " WHERE county = $1 AND id = $2"
#define SQL_GIVE_UP                                                                            \
    "UPDATE sys_delivery SET state = 'dead', why = 'the webhook was removed', ended_at = $3"   \
    " WHERE county = $1 AND webhook = $2 AND state = 'waiting'"
#define SQL_RESEND                                                                             \
    "UPDATE sys_delivery SET state = 'waiting', tries = 0, next_at = $4, ended_at = NULL,"     \
    " why = NULL, status = NULL WHERE county = $1 AND webhook = $2 AND id = $3"                \
    " AND state <> 'waiting'"

bool
hj_webhook_rotate(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    g_autoptr(HjRows) row = load(tx, actor, id, error);
    return row != NULL &&
           hj_tx_exec(tx, error, SQL_ROTATE, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                      HJ_TIME(hj_tx_now(tx))) &&
           tell_of(tx, "webhook.rotate", row, error);
}

bool
hj_webhook_pause(HjTx *tx, const HjActor *actor, int64_t id, bool paused, GError **error)
{
    g_autoptr(HjRows) row = load(tx, actor, id, error);
    if (row == NULL)
        return false;
    if (hj_rows_bool(row, "paused") == paused)
        return true;
    return hj_tx_exec(tx, error, SQL_PAUSE, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                      HJ_BOOL(paused)) &&
           tell_of(tx, paused ? "webhook.pause" : "webhook.resume", row, error);
}

bool
hj_webhook_remove(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx)), now = HJ_TIME(hj_tx_now(tx));
    g_autoptr(HjRows) row = load(tx, actor, id, error);
    return row != NULL && hj_tx_exec(tx, error, SQL_REMOVE, county, HJ_I64(id), now) &&
           hj_tx_exec(tx, error, SQL_GIVE_UP, county, HJ_I64(id), now) &&
           tell_of(tx, "webhook.remove", row, error);
}

bool
hj_webhook_resend(HjTx *tx, const HjActor *actor, int64_t id, int64_t delivery, GError **error)
{
    int64_t changes = 0;
    g_autoptr(HjRows) row = load(tx, actor, id, error);
    if (row == NULL || !hj_tx_change(tx, error, &changes, SQL_RESEND, HJ_I64(hj_tx_county(tx)),
                                     HJ_I64(id), HJ_I64(delivery), HJ_TIME(hj_tx_now(tx))))
        return false;
    if (changes == 0)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such delivery to send again.");
    return tell_of(tx, "webhook.resend", row, error);
}

HjRows *
hj_webhook_list(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    if (!hj_access_may(actor, MANAGE)) {
        hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        return NULL;
    }
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT w.id AS id, w.name AS name, w.url AS url, w.ledgers AS ledgers,"
                   " w.kinds AS kinds, o.code AS org_code, n.name AS org_name,"
                   " w.secret_no AS secret_no, w.rotated_at AS rotated_at, w.paused AS paused,"
                   " w.created_at AS created_at,"
                   " (SELECT COUNT(*) FROM sys_delivery d WHERE d.county = w.county"
                   " AND d.webhook = w.id AND d.state = 'waiting') AS waiting,"
                   " (SELECT COUNT(*) FROM sys_delivery d WHERE d.county = w.county"
                   " AND d.webhook = w.id AND d.state = 'dead') AS dead,"
                   " (SELECT MAX(d.ended_at) FROM sys_delivery d WHERE d.county = w.county"
                   " AND d.webhook = w.id AND d.state = 'done') AS last_at"
                   " FROM sys_webhook w"
                   " JOIN sys_org o ON o.county = w.county AND o.id = w.org"
                   " LEFT JOIN sys_org_name n ON n.county = w.county AND n.org = w.org"
                   " AND n.to_on = '9999-12-31' WHERE w.removed_at IS NULL AND w.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_access_scope(b, tx, actor, MANAGE, NULL, "w.org");
    if (id != 0) {
        hj_sqlb_lit(b, " AND w.id = ");
        hj_sqlb_param(b, HJ_I64(id));
    }
    hj_sqlb_lit(b, " ORDER BY w.id LIMIT 200");
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    if (rows == NULL)
        return NULL;
    if (id != 0 && hj_rows_count(rows) == 0) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such webhook.");
        return NULL;
    }
    return g_steal_pointer(&rows);
}

#define SQL_DELIVERIES                                                                         \
    "SELECT id, event, action, ledger, row_id, version, at, state, tries, next_at, status,"    \
    " why, took_ms, ended_at FROM sys_delivery WHERE county = $1 AND webhook = $2"             \
    " AND id < $3 ORDER BY id DESC LIMIT $4"

HjRows *
hj_webhook_deliveries(HjTx *tx, const HjActor *actor, int64_t id, int64_t before, int limit,
                      GError **error)
{
    g_autoptr(HjRows) row = load(tx, actor, id, error);
    if (row == NULL)
        return NULL;
    return hj_tx_query(tx, error, SQL_DELIVERIES, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                       HJ_I64(before > 0 ? before : INT64_MAX), HJ_I64(limit));
}
