#include "core/audit.h"

#include "base/crypto.h"
#include "base/json.h"

#include <string.h>

#define SQL_COLUMNS                                                                            \
    "SELECT e.id AS id, s.seq AS seq, e.at AS at, e.actor AS actor, a.name AS actor_name,"     \
    " f.name AS behalf_name, COALESCE(a.title, a.name) AS actor_title,"                        \
    " COALESCE(f.title, f.name) AS behalf_title,"                                              \
    " e.action AS action, e.subject AS subject, e.ledger AS ledger, e.row_id AS \"row\","      \
    " e.org AS org, e.before AS \"before\", e.after AS \"after\", e.reason AS reason,"         \
    " e.via AS via,"                                                                           \
    " o.code AS org_code, n.name AS org_name, s.hash AS hash FROM "
#define SQL_NAMES                                                                              \
    " LEFT JOIN sys_account a ON a.county = e.county AND a.id = e.actor"                       \
    " LEFT JOIN sys_account f ON f.county = e.county AND f.id = e.behalf"                      \
    " LEFT JOIN sys_org o ON o.county = e.county AND o.id = e.org"                             \
    " LEFT JOIN sys_org_name n ON n.county = e.county AND n.org = e.org"                       \
    " AND n.to_on = '9999-12-31' WHERE e.county = "
#define SQL_BY_SEQ                                                                             \
    SQL_COLUMNS                                                                                \
    "sys_seal s JOIN sys_event e ON e.county = s.county AND e.id = s.event" SQL_NAMES
#define SQL_BY_ID                                                                              \
    SQL_COLUMNS                                                                                \
    "sys_event e LEFT JOIN sys_seal s ON s.county = e.county AND s.event = e.id" SQL_NAMES

static const char *const column_names[] = {
    "id",       "seq",      "at",          "actor",       "actor_name",   "action", "subject",
    "ledger",   "row",      "org",         "before",      "after",        "reason", "via",
    "org_code", "org_name", "behalf_name", "actor_title", "behalf_title", "hash"
};

static void
write_node(HjJsonWriter *w, const HjJson *node)
{
    switch (hj_json_kind(node)) {
    case HJ_JSON_NULL:
        hj_json_nothing(w);
        break;
    case HJ_JSON_BOOL:
        hj_json_flag(w, hj_json_bool(node));
        break;
    case HJ_JSON_INTEGER:
        hj_json_i64(w, hj_json_integer(node));
        break;
    case HJ_JSON_REAL:
        hj_json_raw(w, hj_json_number(node));
        break;
    case HJ_JSON_STRING:
        hj_json_text(w, hj_json_string(node));
        break;
    case HJ_JSON_ARRAY:
        hj_json_begin_array(w);
        for (size_t i = 0; i < hj_json_count(node); i++)
            write_node(w, hj_json_at(node, i));
        hj_json_end_array(w);
        break;
    case HJ_JSON_OBJECT:
        hj_json_begin_object(w);
        for (size_t i = 0; i < hj_json_count(node); i++) {
            hj_json_key(w, hj_json_key_at(node, i));
            write_node(w, hj_json_at(node, i));
        }
        hj_json_end_object(w);
        break;
    }
}

/* An event keeps the name a field had on its day. */
static bool
is_hidden(const HjActor *actor, const HjLedger *ledger, const char *name)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if ((g_str_equal(field->name, name) || g_strcmp0(field->was, name) == 0) &&
            hj_access_field_hidden(actor, field))
            return true;
    }
    return false;
}

static bool
hides_something(const HjActor *actor, const HjLedger *ledger)
{
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (hj_access_field_hidden(actor, &ledger->fields[i]))
            return true;
    return false;
}

char *
hj_audit_visible(const HjActor *actor, const HjLedger *ledger, const char *json)
{
    if (json == NULL || !hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
        return NULL;
    if (!hides_something(actor, ledger))
        return g_strdup(json);
    g_autoptr(HjJson) object = hj_json_parse(json, strlen(json), NULL);
    /* What cannot be read cannot be cut either. */
    if (object == NULL || hj_json_kind(object) != HJ_JSON_OBJECT)
        return NULL;
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    for (size_t i = 0; i < hj_json_count(object); i++) {
        const char *key = hj_json_key_at(object, i);
        if (is_hidden(actor, ledger, key))
            continue;
        hj_json_key(&w, key);
        write_node(&w, hj_json_at(object, i));
    }
    hj_json_end_object(&w);
    return g_string_free(w.out, FALSE);
}

/* Whether the rows of @ledger at @org are open to the actor.  An account of one role was
 * narrowed to its place already; with several, what one may do must not spill over to the place
 * of another. */
static bool
is_open(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org)
{
    if (!hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
        return false;
    return actor->n_grants < 2 ||
           hj_access_check_row(tx, actor, ledger, HJ_ACCESS_VIEW, org, NULL);
}

/* Before, after and reason of an event on a row of a ledger. */
static void
add_content(HjRows *out, HjTx *tx, const HjRows *in, const HjActor *actor)
{
    const char *name = hj_rows_text(in, "ledger");
    const HjLedger *ledger =
        name != NULL && actor->pack != NULL ? hj_pack_ledger(actor->pack, name) : NULL;
    bool whole = name == NULL || actor->account == 0;
    /* A ledger the pack no longer knows has nobody who may see it. */
    bool open = whole || (ledger != NULL && is_open(tx, actor, ledger, hj_rows_i64(in, "org")));
    const char *columns[] = { "before", "after" };
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        const char *text = hj_rows_text(in, columns[i]);
        g_autofree char *cut = whole || !open ? NULL : hj_audit_visible(actor, ledger, text);
        hj_rows_add_string(out, whole ? text : cut);
    }
    hj_rows_add_string(out, open ? hj_rows_text(in, "reason") : NULL);
    hj_rows_add_string(out, hj_rows_text(in, "via"));
}

/* The answer as callers read it: cut to what the actor may see, hashes as hex. */
static HjRows *
present(HjTx *tx, HjRows *in, const HjActor *actor)
{
    HjRows *out = hj_rows_new((int)G_N_ELEMENTS(column_names), column_names);
    while (hj_rows_next(in)) {
        hj_rows_add_cell(out, in, "id");
        hj_rows_add_cell(out, in, "seq");
        hj_rows_add_cell(out, in, "at");
        hj_rows_add_cell(out, in, "actor");
        hj_rows_add_string(out, hj_rows_text(in, "actor_name"));
        hj_rows_add_string(out, hj_rows_text(in, "action"));
        hj_rows_add_string(out, hj_rows_text(in, "subject"));
        hj_rows_add_string(out, hj_rows_text(in, "ledger"));
        hj_rows_add_cell(out, in, "row");
        hj_rows_add_cell(out, in, "org");
        add_content(out, tx, in, actor);
        hj_rows_add_string(out, hj_rows_text(in, "org_code"));
        hj_rows_add_string(out, hj_rows_text(in, "org_name"));
        hj_rows_add_string(out, hj_rows_text(in, "behalf_name"));
        hj_rows_add_string(out, hj_rows_text(in, "actor_title"));
        hj_rows_add_string(out, hj_rows_text(in, "behalf_title"));
        size_t n = 0;
        const void *hash = hj_rows_blob(in, "hash", &n);
        g_autofree char *hex = hash != NULL ? hj_crypto_hex(hash, n) : NULL;
        hj_rows_add_string(out, hex);
    }
    return out;
}

static void
add_subtree(HjSqlb *b, HjTx *tx, int64_t org)
{
    hj_sqlb_lit(b, " AND e.org IN (SELECT b.org FROM sys_tree b WHERE b.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND b.to_on = '9999-12-31' AND b.ancestor = ");
    hj_sqlb_param(b, HJ_I64(org));
    hj_sqlb_lit(b, ")");
}

#define SECOND INT64_C(1000000)

/* The first instant of a day in Shanghai. */
static HjTime
day_start(HjDate day)
{
    return ((int64_t)day * 24 - 8) * 3600 * SECOND;
}

static void
add_conditions(HjSqlb *b, HjTx *tx, const HjAuditQuery *query)
{
    if (query->account != NULL) {
        hj_sqlb_lit(b, " AND (a.name = ");
        hj_sqlb_param(b, HJ_TEXT(query->account));
        hj_sqlb_lit(b, " OR f.name = ");
        hj_sqlb_param(b, HJ_TEXT(query->account));
        hj_sqlb_lit(b, ")");
    }
    if (query->action != NULL && g_str_has_suffix(query->action, ".")) {
        g_autofree char *pattern = g_strconcat(query->action, "%", NULL);
        hj_sqlb_lit(b, " AND e.action LIKE ");
        hj_sqlb_param(b, HJ_TEXT(pattern));
    } else if (query->action != NULL) {
        hj_sqlb_lit(b, " AND e.action = ");
        hj_sqlb_param(b, HJ_TEXT(query->action));
    }
    if (query->ledger != NULL) {
        hj_sqlb_lit(b, " AND e.ledger = ");
        hj_sqlb_param(b, HJ_TEXT(query->ledger));
    }
    if (query->row != 0) {
        hj_sqlb_lit(b, " AND e.row_id = ");
        hj_sqlb_param(b, HJ_I64(query->row));
    }
    if (query->from != HJ_DATE_NONE) {
        hj_sqlb_lit(b, " AND e.at >= ");
        hj_sqlb_param(b, HJ_TIME(day_start(query->from)));
    }
    if (query->to != HJ_DATE_NONE) {
        hj_sqlb_lit(b, " AND e.at < ");
        hj_sqlb_param(b, HJ_TIME(day_start(query->to + 1)));
    }
    if (query->under != 0)
        add_subtree(b, tx, query->under);
}

static void
add_limit(HjSqlb *b, int limit)
{
    hj_sqlb_lit(b, " LIMIT ");
    hj_sqlb_param(b, HJ_I64(CLAMP(limit, 1, HJ_AUDIT_MAX_LIMIT)));
}

HjRows *
hj_audit_search(HjTx *tx, const HjActor *actor, const HjAuditQuery *query, GError **error)
{
    if (!hj_access_may(actor, "event.view")) {
        hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        return NULL;
    }
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    if (query->by_seq)
        hj_sqlb_lit(b, SQL_BY_SEQ);
    else
        hj_sqlb_lit(b, SQL_BY_ID);
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_access_scope(b, tx, actor, "event.view", NULL, "e.org");
    add_conditions(b, tx, query);
    if (query->by_seq) {
        hj_sqlb_lit(b, " AND s.seq > ");
        hj_sqlb_param(b, HJ_I64(query->after_seq));
        hj_sqlb_lit(b, " ORDER BY s.seq");
    } else {
        if (query->before_id != 0) {
            hj_sqlb_lit(b, " AND e.id < ");
            hj_sqlb_param(b, HJ_I64(query->before_id));
        }
        hj_sqlb_lit(b, " ORDER BY e.id DESC");
    }
    add_limit(b, query->limit);
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    return rows != NULL ? present(tx, rows, actor) : NULL;
}

/* Each ledger within its own scope; what the pack does not know is nobody's. */
static void
add_seen_ledgers(HjSqlb *b, HjTx *tx, const HjActor *actor)
{
    hj_sqlb_lit(b, " AND (1 = 0");
    for (size_t i = 0; actor->pack != NULL && i < actor->pack->n_ledgers; i++) {
        const HjLedger *ledger = &actor->pack->ledgers[i];
        if (!hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
            continue;
        hj_sqlb_lit(b, " OR (e.ledger = ");
        hj_sqlb_param(b, HJ_TEXT(ledger->name));
        hj_access_scope(b, tx, actor, "ledger.view", ledger, "e.org");
        hj_sqlb_lit(b, ")");
    }
    hj_sqlb_lit(b, ")");
}

HjRows *
hj_audit_of_org(HjTx *tx, const HjActor *actor, int64_t org, int limit, GError **error)
{
    if (!hj_access_check(tx, actor, "ledger.view", org, error))
        return NULL;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, SQL_BY_ID);
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND e.subject = 'row'");
    add_subtree(b, tx, org);
    add_seen_ledgers(b, tx, actor);
    hj_sqlb_lit(b, " ORDER BY e.id DESC");
    add_limit(b, limit);
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    return rows != NULL ? present(tx, rows, actor) : NULL;
}
