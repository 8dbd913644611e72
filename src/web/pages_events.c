#include "web/pages_events.h"

#include "base/id.h"
#include "core/row.h"
#include "web/flow_words.h"
#include "web/uploads.h"

#include <string.h>

const HjJson *
hj_pages_events_json(HjRequest *req, const char *text)
{
    HjJson *json = text != NULL ? hj_json_parse(text, strlen(text), NULL) : NULL;
    return json != NULL ? hj_request_adopt(req, json, (GDestroyNotify)hj_json_free) : NULL;
}

/* --- events on rows --- */

/* The title of a cited row; its number where it is not this actor's to read. */
static const char *
cited_row(HjRequest *req, const HjLedger *ledger, const char *id_text)
{
    const char *number = hj_request_printf(req, "#%s", id_text);
    int64_t id = 0;
    const HjField *title = ledger != NULL && ledger->title_field != NULL
                               ? hj_pack_field(ledger, ledger->title_field)
                               : NULL;
    if (title == NULL || !hj_id_parse(id_text, &id) ||
        hj_access_field_hidden(hj_request_actor(req), title))
        return number;
    HjRows *row = hj_row_get(hj_request_tx(req), hj_request_actor(req), ledger, id, NULL);
    if (row == NULL)
        return number;
    hj_request_adopt(req, row, (GDestroyNotify)hj_rows_free);
    const char *text = hj_rows_next(row) ? hj_pages_cell(req, title, row) : NULL;
    return text != NULL ? text : number;
}

static const char *
cited_org(HjRequest *req, const char *id_text)
{
    int64_t id = 0;
    HjTx *tx = hj_request_tx(req);
    if (!hj_id_parse(id_text, &id) || !hj_access_sees_org(tx, hj_request_actor(req), id))
        return hj_request_printf(req, "#%s", id_text);
    HjRows *org = hj_org_get(tx, id, NULL);
    if (org == NULL)
        return hj_request_printf(req, "#%s", id_text);
    hj_request_adopt(req, org, (GDestroyNotify)hj_rows_free);
    return hj_rows_next(org) ? hj_rows_text(org, "name") : NULL;
}

static const char *
field_value(HjRequest *req, const HjField *field, const HjJson *node)
{
    if (node == NULL || hj_json_kind(node) == HJ_JSON_NULL)
        return NULL;
    if (hj_json_kind(node) == HJ_JSON_STRING) {
        if (hj_field_cites_row(field))
            return cited_row(req, field->ledger, hj_json_string(node));
        if (field->type == HJ_FIELD_ORG)
            return cited_org(req, hj_json_string(node));
    }
    /* An event keeps a salted hash: that there was a value, not which. */
    if (hj_pack_field_is_sealed(field))
        return hj_tr(hj_request_lang(req), N_("(sealed)"));
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autofree char *owned = NULL;
    HjVal value;
    if (!hj_field_from_json(field, node, &value, &owned, issues)) {
        const char *text = hj_json_string(node);
        return text != NULL ? hj_request_strdup(req, text) : NULL;
    }
    if (field->type == HJ_FIELD_FILES)
        return hj_uploads_names(req, hj_value_text(&value));
    char *text = hj_field_display(field, value.kind == HJ_VAL_NULL, value.i64,
                                  value.kind == HJ_VAL_TEXT ? hj_value_text(&value) : NULL,
                                  hj_request_lang(req));
    return hj_request_adopt(req, text, g_free);
}

static HjChange *
row_changes(HjRequest *req, const HjLedger *ledger, const HjJson *was, const HjJson *is,
            size_t *ret_n)
{
    HjChange *changes = hj_request_new(req, HjChange, ledger->n_fields);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        const HjJson *old = was != NULL ? hj_json_get(was, field->name) : NULL;
        const HjJson *new = is != NULL ? hj_json_get(is, field->name) : NULL;
        if ((old == NULL && new == NULL) ||
            hj_access_field_hidden(hj_request_actor(req), field))
            continue;
        HjChange change = { .title = hj_page_label(req, &field->title),
                            .before = field_value(req, field, old),
                            .after = field_value(req, field, new) };
        if (change.before != NULL || change.after != NULL)
            changes[(*ret_n)++] = change;
    }
    return changes;
}

/* --- events on organizations, accounts and packs --- */

static const char *
key_title(HjRequest *req, const char *key)
{
    static const struct {
        const char *key, *text;
    } words[] = {
        { "name", N_("Name") },
        { "title", N_("Title") },
        { "code", N_("Code") },
        { "kind", N_("Kind") },
        { "parent", N_("Under") },
        { "on", N_("From this day") },
        { "document", N_("Document") },
        { "from", N_("Came from") },
        { "into", N_("Merged into") },
        { "moved", N_("Moved with it") },
        { "role", N_("Role") },
        { "org", N_("Organization") },
        { "lang", N_("Language") },
        { "version", N_("Version") },
        { "digest", N_("Digest") },
        { "pack", N_("Rules") },
        { "count", N_("Number") },
        { "scheme", N_("Contest") },
        { "period", N_("Period") },
        { "revision", N_("Revision") },
        { "cards", N_("Score cards") },
        { "level", N_("Level") },
        { "snapshot", N_("Kept as") },
        { "notice_on", N_("On notice since") },
        { "item", N_("Item") },
        { "final", N_("Final mark") },
        { "computed", N_("Computed") },
        { "outcome", N_("Outcome") },
        { "ledgers", N_("Ledgers") },
        { "expires_on", N_("Last day") },
        { "to", N_("Until") },
        { "note", N_("Note") },
        { "field", N_("Field") },
        { "ledger", N_("Ledger") },
        { "file", N_("File") },
        { "failure", N_("Failed") },
        { "may_write", N_("Read and write") },
        { "indicator", N_("Indicator") },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(words[i].key, key))
            return hj_tr(hj_request_lang(req), words[i].text);
    return hj_request_strdup(req, key);
}

static bool
names_org(const char *key)
{
    return g_str_equal(key, "org") || g_str_equal(key, "parent") || g_str_equal(key, "into") ||
           g_str_equal(key, "from");
}

/* The name of the organization with this code, where the actor sees it; the code otherwise. */
static const char *
org_by_code(HjRequest *req, const char *code)
{
    int64_t id = 0;
    if (!hj_org_find(hj_request_tx(req), code, &id, NULL) || id == 0 ||
        !hj_access_sees_org(hj_request_tx(req), hj_request_actor(req), id))
        return hj_request_strdup(req, code);
    return cited_org(req, hj_request_printf(req, "%" G_GINT64_FORMAT, id));
}

static const char *
plain_text(HjRequest *req, const char *key, const char *text)
{
    const HjPack *pack = hj_request_pack(req);
    const HjRole *role = g_str_equal(key, "role") ? hj_pack_role(pack, text) : NULL;
    const HjOrgKind *kind = g_str_equal(key, "kind") ? hj_pack_org_kind(pack, text) : NULL;
    if (role != NULL)
        return hj_page_label(req, &role->title);
    if (kind != NULL)
        return hj_page_label(req, &kind->title);
    const HjScheme *scheme = g_str_equal(key, "scheme") ? hj_pack_scheme(pack, text) : NULL;
    if (scheme != NULL)
        return hj_page_label(req, &scheme->title);
    if (names_org(key))
        return org_by_code(req, text);
    if (g_str_equal(key, "digest"))
        return hj_request_printf(req, "%.16s…", text);
    return hj_request_strdup(req, text);
}

static const char *
plain_value(HjRequest *req, const char *key, const HjJson *node)
{
    if (node == NULL)
        return NULL;
    switch (hj_json_kind(node)) {
    case HJ_JSON_STRING:
        return plain_text(req, key, hj_json_string(node));
    case HJ_JSON_INTEGER:
        return hj_request_printf(req, "%" G_GINT64_FORMAT, hj_json_integer(node));
    case HJ_JSON_BOOL:
        return hj_tr(hj_request_lang(req), hj_json_bool(node) ? N_("yes") : N_("no"));
    case HJ_JSON_NULL:
    case HJ_JSON_REAL:
    case HJ_JSON_ARRAY:
    case HJ_JSON_OBJECT:
        break;
    }
    return NULL;
}

static void
add_plain(HjRequest *req, const HjJson *one, const HjJson *was, const HjJson *is,
          HjChange *changes, size_t *ret_n)
{
    for (size_t i = 0; one != NULL && i < hj_json_count(one); i++) {
        const char *key = hj_json_key_at(one, i);
        if (one == is && was != NULL && hj_json_get(was, key) != NULL)
            continue;
        HjChange change = {
            .title = key_title(req, key),
            .before = was != NULL ? plain_value(req, key, hj_json_get(was, key)) : NULL,
            .after = is != NULL ? plain_value(req, key, hj_json_get(is, key)) : NULL,
        };
        if (change.before != NULL || change.after != NULL)
            changes[(*ret_n)++] = change;
    }
}

const char *
hj_pages_events_actor(HjRequest *req, const HjRows *events)
{
    HjLang lang = hj_request_lang(req);
    /* An audit knows the name of the account besides. */
    const bool titled = hj_rows_column(events, "actor_title") >= 0;
    const char *who = hj_rows_text(events, titled ? "actor_title" : "actor_name");
    const char *behalf = hj_rows_text(events, titled ? "behalf_title" : "behalf_name");
    if (who == NULL)
        return hj_tr(lang, N_("the program"));
    return behalf == NULL
               ? who
               : hj_request_printf(req, "%s (%s %s)", who, hj_tr(lang, N_("for")), behalf);
}

/* --- rows that move --- */

static const char *
told(const HjJson *flow, const char *key)
{
    const HjJson *value = hj_json_get(flow, key);
    return value != NULL && hj_json_kind(value) == HJ_JSON_STRING ? hj_json_string(value)
                                                                  : NULL;
}

/* The name of the account asked or handed to, in front of what follows. */
static const char *
whom(HjRequest *req, const HjJson *flow)
{
    int64_t id = 0;
    const char *number = told(flow, "account");
    if (number == NULL || !hj_id_parse(number, &id))
        return NULL;
    HjRows *account = hj_tx_query(hj_request_tx(req), NULL,
                                  "SELECT COALESCE(title, name) AS title FROM sys_account "
                                  "WHERE county = $1 AND id = $2",
                                  HJ_I64(hj_tx_county(hj_request_tx(req))), HJ_I64(id));
    if (account == NULL)
        return NULL;
    hj_request_adopt(req, account, (GDestroyNotify)hj_rows_free);
    return hj_rows_next(account) ? hj_rows_text(account, "title") : NULL;
}

static const char *
moved(HjRequest *req, const HjLedger *ledger, const char *event, const HjJson *flow)
{
    const char *colon = hj_request_lang(req) == HJ_ZH ? "：" : ": ";
    const char *from = told(flow, "from"), *node = from != NULL ? from : told(flow, "node");
    bool own = g_str_equal(event, "flow.move") || g_str_equal(event, "flow.sign");
    const char *did = hj_flow_words_action(req, ledger, own && node != NULL ? node : "",
                                           told(flow, "action"));
    const char *at = hj_flow_words_node(req, ledger, node);
    const char *to = hj_flow_words_node(req, ledger, told(flow, "to"));
    if (did == NULL)
        return NULL;
    if (to != NULL)
        return hj_request_printf(req, "%s%s%s%s%s", did, colon, at != NULL ? at : "",
                                 at != NULL ? " → " : "", to);
    if (g_str_equal(event, "flow.sign"))
        return hj_request_printf(req, "%s%s%s", did, colon,
                                 hj_tr(hj_request_lang(req), N_("first of two signatures")));
    const char *person = whom(req, flow);
    if (person != NULL)
        return hj_request_printf(req, "%s%s%s", did, colon, person);
    return at != NULL ? hj_request_printf(req, "%s%s%s", did, colon, at) : did;
}

const char *
hj_pages_events_action(HjRequest *req, const HjLedger *ledger, const HjRows *events)
{
    const char *event = hj_rows_text(events, "action");
    const HjJson *after = ledger != NULL && g_str_has_prefix(event, "flow.")
                              ? hj_pages_events_json(req, hj_rows_text(events, "after"))
                              : NULL;
    const HjJson *flow = after != NULL && hj_json_kind(after) == HJ_JSON_OBJECT
                             ? hj_json_get(after, "flow")
                             : NULL;
    const char *words = flow != NULL && hj_json_kind(flow) == HJ_JSON_OBJECT
                            ? moved(req, ledger, event, flow)
                            : NULL;
    return words != NULL ? words : hj_pages_action(req, event);
}

HjChange *
hj_pages_events_changes(HjRequest *req, const HjLedger *ledger, const char *before,
                        const char *after, size_t *ret_n)
{
    const HjJson *was = hj_pages_events_json(req, before),
                 *is = hj_pages_events_json(req, after);
    *ret_n = 0;
    if (was != NULL && hj_json_kind(was) != HJ_JSON_OBJECT)
        was = NULL;
    if (is != NULL && hj_json_kind(is) != HJ_JSON_OBJECT)
        is = NULL;
    if (ledger != NULL)
        return row_changes(req, ledger, was, is, ret_n);
    size_t n = (was != NULL ? hj_json_count(was) : 0) + (is != NULL ? hj_json_count(is) : 0);
    HjChange *changes = hj_request_new(req, HjChange, n + 1);
    add_plain(req, was, was, is, changes, ret_n);
    add_plain(req, is, was, is, changes, ret_n);
    return changes;
}

const char *
hj_pages_events_ledger(HjRequest *req, const char *name)
{
    const HjLedger *ledger = name != NULL ? hj_pack_ledger(hj_request_pack(req), name) : NULL;
    if (ledger != NULL)
        return hj_page_label(req, &ledger->title);
    return name != NULL ? hj_request_strdup(req, name) : NULL;
}

const char *
hj_pages_events_title(HjRequest *req, const HjLedger *ledger, const char *json)
{
    const HjField *field =
        ledger->title_field != NULL ? hj_pack_field(ledger, ledger->title_field) : NULL;
    const HjJson *object = field != NULL ? hj_pages_events_json(req, json) : NULL;
    if (object == NULL || hj_json_kind(object) != HJ_JSON_OBJECT ||
        hj_access_field_hidden(hj_request_actor(req), field))
        return NULL;
    return field_value(req, field, hj_json_get(object, field->name));
}
