#include "base/id.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "core/file.h"
#include "core/flow.h"
#include "core/prefill.h"
#include "core/row_priv.h"
#include "core/row_sql.h"
#include "core/row_title.h"
#include "core/sealed.h"
#include "core/search.h"
#include "store/behind.h"
#include "store/event.h"
#include "store/recall.h"

#include <string.h>

#define MAX_REASON 500

#define SQL_ORG "SELECT kind, opened_on, closed_on FROM sys_org WHERE county = $1 AND id = $2"

#define SQL_BELOW                                                                              \
    "SELECT org FROM sys_tree WHERE county = $1 AND ancestor = $2 AND org = $3 "               \
    "AND to_on = '9999-12-31'"

/* The row to change, with the stored columns; NOT_FOUND when there is none. */
static HjRows *
load(HjTx *tx, const HjLedger *ledger, int64_t id, GError **error)
{
    g_autoptr(HjActor) system = hj_actor_system(NULL);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT ");
    hj_row_sql_stored(b, system, ledger);
    hj_sqlb_lit(b, " FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.id = ");
    hj_sqlb_param(b, HJ_I64(id));
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    if (rows == NULL)
        return NULL;
    if (!hj_rows_next(rows)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such record.");
        return NULL;
    }
    return g_steal_pointer(&rows);
}

/* The owner must be of a kind the ledger names and exist today. */
bool
hj_row_check_owner(HjTx *tx, const HjLedger *ledger, int64_t org, HjIssues *issues,
                   GError **error)
{
    g_autoptr(HjRows) owner =
        hj_tx_recall(tx, error, SQL_ORG, HJ_I64(hj_tx_county(tx)), HJ_I64(org));
    if (owner == NULL)
        return false;
    if (!hj_rows_next(owner))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
    bool right_kind = ledger->n_of == 0;
    for (size_t i = 0; i < ledger->n_of; i++)
        right_kind = right_kind || g_str_equal(ledger->of[i], hj_rows_text(owner, "kind"));
    if (!right_kind)
        hj_issues_add(issues, "org", "choice",
                      N_("Records of this kind belong to another kind of organization."));
    HjDateText today = hj_date_text(hj_tx_today(tx));
    const char *closed = hj_rows_text(owner, "closed_on");
    if (g_strcmp0(hj_rows_text(owner, "opened_on"), today.text) > 0 ||
        (closed != NULL && g_strcmp0(closed, today.text) <= 0))
        hj_issues_add(issues, "org", "reference", N_("This organization is not open today."));
    return true;
}

/* Whether a row of @org may lie under one of @above: the same, or below it where the ledger
 * goes across and the actor sees the row above. */
static bool
may_lie_under(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org,
              int64_t above, bool *ret, GError **error)
{
    *ret = org == above;
    if (*ret || !ledger->across ||
        !hj_access_check_row(tx, actor, ledger->in, HJ_ACCESS_VIEW, above, NULL))
        return true;
    g_autoptr(HjRows) below =
        hj_tx_query(tx, error, SQL_BELOW, HJ_I64(hj_tx_county(tx)), HJ_I64(above), HJ_I64(org));
    if (below == NULL)
        return false;
    *ret = hj_rows_next(below);
    return true;
}

/* A child row lies under a live row of its parent ledger. */
static bool
check_parent(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org,
             int64_t parent, HjIssues *issues, GError **error)
{
    if (ledger->in == NULL) {
        if (parent != 0)
            hj_issues_add(issues, "parent", "unknown",
                          N_("These records do not lie under another."));
        return true;
    }
    g_autoptr(GError) absent = NULL;
    g_autoptr(HjRows) above = parent != 0 ? load(tx, ledger->in, parent, &absent) : NULL;
    if (absent != NULL && !g_error_matches(absent, HJ_ERROR, HJ_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&absent));
        return false;
    }
    bool fits = false;
    if (above != NULL &&
        !may_lie_under(tx, actor, ledger, org, hj_rows_i64(above, "org"), &fits, error))
        return false;
    if (!fits || !hj_rows_null(above, "voided_at"))
        hj_issues_add(issues, "parent", parent == 0 ? "required" : "reference",
                      N_("Name the record this one lies under."));
    return true;
}

/* What the list of rows sorts and searches by; *@ret_syllables NULL where there is no title. */
static void
title_columns(const HjRowDraft *draft, char **ret_key, char **ret_py, char **ret_syllables)
{
    if (*draft->title == '\0') {
        *ret_key = g_strdup("");
        *ret_py = g_strdup("");
        *ret_syllables = NULL;
        return;
    }
    *ret_key = hj_pinyin_sort_key(draft->title);
    *ret_syllables = hj_row_title_syllables(draft->ledger, draft->title);
    *ret_py = hj_row_title_pinyin(draft->title, *ret_syllables);
}

#define N_FIXED 12 /* columns of a new row beside its fields */

static char *
insert_text(const HjLedger *ledger)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "INSERT INTO ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " (county, id, org, parent, state, version, created_at, created_by,"
                   " updated_at, updated_by, title_key, title_py");
    for (size_t i = 0; i < ledger->n_fields; i++) {
        hj_sqlb_lit(b, ", ");
        hj_sqlb_ident(b, NULL, ledger->fields[i].name);
    }
    hj_sqlb_lit(b, ") VALUES (");
    for (size_t i = 0; i < N_FIXED + ledger->n_fields; i++) {
        hj_sqlb_add_literal(b, i > 0 ? ", " : "");
        hj_sqlb_param(b, HJ_NULL);
    }
    hj_sqlb_lit(b, ")");
    return g_strdup(hj_sqlb_text(b));
}

/* One text a ledger, made once. */
static bool
insert_row(HjTx *tx, const HjActor *actor, const HjLedger *ledger, const HjVal *vals,
           GError **error)
{
    if (actor->pack == NULL || hj_pack_ledger(actor->pack, ledger->name) != ledger) {
        g_autofree char *text = insert_text(ledger);
        return hj_tx_put_vals(tx, error, text, vals);
    }
    const char *text = hj_pack_kept(actor->pack, ledger->fields);
    if (text == NULL)
        text = hj_pack_keep(actor->pack, ledger->fields, insert_text(ledger), g_free);
    return hj_tx_put_vals(tx, error, text, vals);
}

static bool
insert(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, GError **error)
{
    const HjLedger *ledger = draft->ledger;
    g_autofree char *key = NULL, *py = NULL, *syllables = NULL;
    title_columns(draft, &key, &py, &syllables);
    const HjVal fixed[N_FIXED] = {
        HJ_I64(hj_tx_county(tx)),
        HJ_I64(draft->id),
        HJ_I64(draft->org),
        draft->parent != 0 ? HJ_I64(draft->parent) : HJ_NULL,
        HJ_TEXT(draft->state),
        HJ_I64(1),
        HJ_TIME(hj_tx_now(tx)),
        HJ_I64(actor->account),
        HJ_TIME(hj_tx_now(tx)),
        HJ_I64(actor->account),
        HJ_TEXT(key),
        HJ_TEXT(py),
    };
    g_autofree HjVal *vals = g_new(HjVal, N_FIXED + ledger->n_fields + 1);
    memcpy(vals, fixed, sizeof fixed);
    for (size_t i = 0; i < ledger->n_fields; i++)
        vals[N_FIXED + i] = draft->vals[i];
    vals[N_FIXED + ledger->n_fields] = HJ_END;
    return insert_row(tx, actor, ledger, vals, error) && hj_sealed_store(tx, draft, error) &&
           hj_search_keep(tx, draft, syllables, error);
}

static bool
update(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, int64_t version,
       const char *state, GError **error)
{
    const HjLedger *ledger = draft->ledger;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "UPDATE ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " SET version = version + 1, updated_at = ");
    hj_sqlb_param(b, HJ_TIME(hj_tx_now(tx)));
    hj_sqlb_lit(b, ", updated_by = ");
    hj_sqlb_param(b, HJ_I64(actor->account));
    if (state != NULL) {
        hj_sqlb_lit(b, ", state = ");
        hj_sqlb_param(b, HJ_TEXT(state));
    }
    const HjField *title = hj_row_sql_title(ledger);
    if (title != NULL && hj_row_draft_changed(draft, (size_t)(title - ledger->fields))) {
        g_autofree char *key = NULL, *py = NULL, *syllables = NULL;
        title_columns(draft, &key, &py, &syllables);
        hj_sqlb_lit(b, ", title_key = ");
        hj_sqlb_param(b, HJ_TEXT(key));
        hj_sqlb_lit(b, ", title_py = ");
        hj_sqlb_param(b, HJ_TEXT(py));
    }
    for (size_t i = 0; i < ledger->n_fields; i++) {
        if (!hj_row_draft_changed(draft, i))
            continue;
        hj_sqlb_lit(b, ", ");
        hj_sqlb_ident(b, NULL, ledger->fields[i].name);
        hj_sqlb_lit(b, " = ");
        hj_sqlb_param(b, draft->vals[i]);
    }
    hj_sqlb_lit(b, " WHERE county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND id = ");
    hj_sqlb_param(b, HJ_I64(draft->id));
    hj_sqlb_lit(b, " AND version = ");
    hj_sqlb_param(b, HJ_I64(version));
    int64_t changes;
    if (!hj_sqlb_exec(b, tx, &changes, error))
        return false;
    if (changes != 1)
        return hj_fail(error, HJ_ERROR_CONFLICT, "This row was changed by somebody else.");
    if (!hj_sealed_store(tx, draft, error))
        return false;
    if (!hj_search_concerns(draft))
        return true;
    g_autofree char *syllables = hj_row_title_syllables(ledger, draft->title);
    return hj_search_keep(tx, draft, syllables, error);
}

/* The changed fields in field order; NULL where there is none to tell of. */
static char *
fields_json(const HjRowDraft *draft, const HjVal *vals, bool with_nulls)
{
    GString *out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    for (size_t i = 0; i < draft->ledger->n_fields; i++) {
        const HjVal *val = &vals[i];
        const char *text = hj_value_text(val);
        bool is_null = val->kind != HJ_VAL_I64 && text == NULL;
        if (!hj_row_draft_changed(draft, i) || (is_null && !with_nulls))
            continue;
        hj_json_key(&w, draft->ledger->fields[i].name);
        if (!is_null && hj_pack_field_is_sealed(&draft->ledger->fields[i])) {
            g_autofree char *note = hj_sealed_note(draft, &draft->ledger->fields[i], text);
            hj_json_text(&w, note);
            continue;
        }
        hj_field_to_json(&draft->ledger->fields[i], is_null, val->i64, text, &w);
    }
    hj_json_end_object(&w);
    return g_string_free(out, FALSE);
}

static bool
append_event(HjTx *tx, const HjRowDraft *draft, int64_t version, const char *action,
             const char *before, const char *after, const char *reason, GError **error)
{
    HjEvent event = {
        .action = action,
        .subject = "row",
        .ledger = draft->ledger->name,
        .row = draft->id,
        .org = draft->org,
        .before = before,
        .after = after,
        .reason = reason,
        .version = version,
    };
    return hj_event_append(tx, &event, error);
}

/* @fields with the members "state" and "flow" added, each unless it is NULL. */
static char *
with_flow(const char *fields, const char *state, const char *told)
{
    GString *out = g_string_new("{");
    if (state != NULL)
        g_string_append_printf(out, "\"state\":\"%s\",", state); /* a name */
    if (told != NULL)
        g_string_append_printf(out, "\"flow\":%s,", told);
    g_string_append(out, fields + 1);
    if (out->len >= 2 && out->str[out->len - 2] == ',') {
        g_string_truncate(out, out->len - 2);
        g_string_append_c(out, '}');
    }
    return g_string_free(out, FALSE);
}

/* Whoever sees the row sees what it cites. */
static bool
cite_files(HjTx *tx, const HjRowDraft *draft, GError **error)
{
    for (size_t i = 0; i < draft->ledger->n_fields; i++) {
        const HjField *field = &draft->ledger->fields[i];
        if (field->type == HJ_FIELD_FILES && hj_row_draft_changed(draft, i) &&
            !hj_file_cite(tx, draft->ledger, draft->id, field, hj_value_text(&draft->vals[i]),
                          error))
            return false;
    }
    return true;
}

bool
hj_row_move(HjTx *tx, const HjActor *actor, HjRowDraft *draft, int64_t version,
            const char *state, const char *action, const char *told, const char *reason,
            GError **error)
{
    g_autofree char *old = fields_json(draft, draft->before, true);
    g_autofree char *new = fields_json(draft, draft->vals, true);
    g_autofree char *before = with_flow(old, state != NULL ? draft->state : NULL, NULL);
    g_autofree char *after = with_flow(new, state, told);
    if (!update(tx, actor, draft, version, state, error) || !cite_files(tx, draft, error) ||
        !append_event(tx, draft, version + 1, action, before, after, reason, error))
        return false;
    draft->version = version + 1;
    return true;
}

bool
hj_row_open(HjTx *tx, const HjActor *actor, HjRowDraft *draft, GError **error)
{
    draft->id = hj_id_new();
    if (!hj_row_number(tx, draft, error) || !hj_row_draft_title(tx, draft, error))
        return false;
    g_autofree char *after = fields_json(draft, draft->vals, false);
    return insert(tx, actor, draft, error) && cite_files(tx, draft, error) &&
           append_event(tx, draft, 1, "row.create", NULL, after, NULL, error);
}

/* A new row with all that is right and wrong about it; NULL when it is refused. */
static HjRowDraft *
read_new(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org, int64_t parent,
         const HjRowInput *inputs, size_t n, HjIssues *issues, GError **error)
{
    if (!hj_access_check_row(tx, actor, ledger, HJ_ACCESS_ENTER, org, error) ||
        !hj_row_check_owner(tx, ledger, org, issues, error) ||
        !check_parent(tx, actor, ledger, org, parent, issues, error))
        return NULL;
    g_autoptr(HjRowDraft) draft = hj_row_draft_new(ledger, org, parent, NULL);
    if (!hj_row_draft_read(tx, actor, draft, inputs, n, issues, error))
        return NULL;
    if (hj_issues_count(issues) == 0) {
        draft->id = hj_id_new();
        if (!hj_row_draft_rules(tx, actor, draft, issues, error))
            return NULL;
    }
    if (hj_issues_count(issues) == 0)
        return g_steal_pointer(&draft);
    hj_issues_refuse(error);
    return NULL;
}

bool
hj_row_check(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org,
             int64_t parent, const HjRowInput *inputs, size_t n, HjIssues *issues,
             uint64_t *ret_digest, GError **error)
{
    g_autoptr(HjRowDraft) draft =
        read_new(tx, actor, ledger, org, parent, inputs, n, issues, error);
    if (draft == NULL)
        return false;
    *ret_digest = hj_row_draft_digest(draft);
    return true;
}

bool
hj_row_create(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t org,
              int64_t parent, const HjRowInput *inputs, size_t n, HjIssues *issues,
              HjRowKey *ret, GError **error)
{
    g_autoptr(HjRowDraft) draft =
        read_new(tx, actor, ledger, org, parent, inputs, n, issues, error);
    if (draft == NULL || !hj_row_number(tx, draft, error) ||
        (ledger->flow == NULL && !hj_prefill_keep(tx, actor->pack, draft, error)))
        return false;
    g_autofree char *after = fields_json(draft, draft->vals, false);
    if (!insert(tx, actor, draft, error) || !cite_files(tx, draft, error) ||
        !append_event(tx, draft, 1, "row.create", NULL, after, NULL, error) ||
        !hj_flow_start(tx, actor, draft, error))
        return false;
    *ret = (HjRowKey){ .id = draft->id,
                       .version = 1,
                       .state = draft->state,
                       .digest = hj_row_draft_digest(draft) };
    return true;
}

HjRows *
hj_row_load(HjTx *tx, const HjLedger *ledger, int64_t id, int64_t version, GError **error)
{
    g_autoptr(HjRows) stored = load(tx, ledger, id, error);
    if (stored == NULL)
        return NULL;
    if (!hj_rows_null(stored, "voided_at")) {
        hj_fail(error, HJ_ERROR_CONFLICT, "This record has been voided.");
        return NULL;
    }
    if (version != 0 && hj_rows_i64(stored, "version") != version) {
        hj_fail(error, HJ_ERROR_CONFLICT, "This row was changed by somebody else.");
        return NULL;
    }
    return g_steal_pointer(&stored);
}

/* Loads a live row that the actor may enter, at the version the change was based on. */
static HjRows *
load_for_change(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                int64_t version, GError **error)
{
    g_autoptr(HjRows) stored = load(tx, ledger, id, error);
    /* Where nothing is visible, not even a conflict is told. */
    if (stored == NULL || !hj_access_check_row(tx, actor, ledger, HJ_ACCESS_ENTER,
                                               hj_rows_i64(stored, "org"), error))
        return NULL;
    return hj_row_load(tx, ledger, id, version, error);
}

/* The change as it would stand, read and checked by the fields; NULL when it is refused. */
static HjRowDraft *
draft_update(HjTx *tx, const HjActor *actor, const HjLedger *ledger, HjRows *stored,
             const HjRowInput *inputs, size_t n, HjIssues *issues, GError **error)
{
    g_autoptr(HjRowDraft) draft = hj_row_draft_new(ledger, 0, 0, stored);
    if (!hj_row_draft_read(tx, actor, draft, inputs, n, issues, error) ||
        !hj_flow_check_edit(tx, actor, draft, issues, error))
        return NULL;
    if (hj_issues_count(issues) > 0) {
        hj_issues_refuse(error);
        return NULL;
    }
    return g_steal_pointer(&draft);
}

bool
hj_row_update_try(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                  int64_t version, const HjRowInput *inputs, size_t n, HjIssues *issues,
                  bool *ret_changes, GError **error)
{
    g_autoptr(HjRows) stored = load_for_change(tx, actor, ledger, id, version, error);
    g_autoptr(HjRowDraft) draft =
        stored != NULL ? draft_update(tx, actor, ledger, stored, inputs, n, issues, error)
                       : NULL;
    if (draft == NULL)
        return false;
    *ret_changes = hj_row_draft_changes(draft);
    if (*ret_changes && !hj_row_draft_rules(tx, actor, draft, issues, error))
        return false;
    return hj_issues_count(issues) == 0 || hj_issues_refuse(error);
}

bool
hj_row_update(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
              int64_t version, const HjRowInput *inputs, size_t n, HjIssues *issues,
              HjRowKey *ret, GError **error)
{
    g_autoptr(HjRows) stored = load_for_change(tx, actor, ledger, id, version, error);
    g_autoptr(HjRowDraft) draft =
        stored != NULL ? draft_update(tx, actor, ledger, stored, inputs, n, issues, error)
                       : NULL;
    if (draft == NULL)
        return false;
    HjRowKey key = { .id = id, .version = version, .state = draft->state };
    if (!hj_row_draft_changes(draft)) {
        *ret = key;
        return true;
    }
    if (!hj_row_draft_rules(tx, actor, draft, issues, error))
        return false;
    if (hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    g_autofree char *before = fields_json(draft, draft->before, true);
    g_autofree char *after = fields_json(draft, draft->vals, true);
    if (!update(tx, actor, draft, version, NULL, error) || !cite_files(tx, draft, error) ||
        !append_event(tx, draft, version + 1, "row.update", before, after, NULL, error) ||
        !hj_flow_follow_fields(tx, actor, draft, error))
        return false;
    key.version = version + 1;
    *ret = key;
    return true;
}

/* Is there a live row of @ledger whose @column (a field, or "parent") holds @id? */
static bool
find_citing(HjTx *tx, const HjLedger *ledger, const char *column, int64_t id, bool *ret,
            GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT r.id FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.");
    hj_sqlb_ident(b, NULL, column);
    hj_sqlb_lit(b, " = ");
    hj_sqlb_param(b, HJ_I64(id));
    hj_sqlb_lit(b, " AND r.voided_at IS NULL LIMIT 1");
    g_autoptr(HjRows) found = hj_sqlb_query(b, tx, error);
    if (found == NULL)
        return false;
    *ret = hj_rows_count(found) > 0;
    return true;
}

static bool
check_uncited_in(HjTx *tx, const HjLedger *other, const HjLedger *ledger, int64_t id,
                 GError **error)
{
    bool is_cited = false;
    bool is_child = other->in != NULL && g_str_equal(other->in->name, ledger->name);
    if (is_child && !find_citing(tx, other, "parent", id, &is_cited, error))
        return false;
    if (is_cited)
        return hj_fail(error, HJ_ERROR_CONFLICT, "Void the records under this one first.");
    for (size_t i = 0; i < other->n_fields && !is_cited; i++) {
        const HjField *field = &other->fields[i];
        if (field->ledger != NULL && g_str_equal(field->ledger->name, ledger->name) &&
            !find_citing(tx, other, field->name, id, &is_cited, error))
            return false;
    }
    return !is_cited || hj_fail(error, HJ_ERROR_CONFLICT, "Other records cite this one.");
}

static bool
check_uncited(HjTx *tx, const HjPack *pack, const HjLedger *ledger, int64_t id, GError **error)
{
    for (size_t i = 0; i < pack->n_ledgers; i++)
        if (!check_uncited_in(tx, &pack->ledgers[i], ledger, id, error))
            return false;
    return true;
}

static bool
set_voided(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id, int64_t version,
           GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "UPDATE ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " SET version = version + 1, voided_at = ");
    hj_sqlb_param(b, HJ_TIME(hj_tx_now(tx)));
    hj_sqlb_lit(b, ", updated_at = ");
    hj_sqlb_param(b, HJ_TIME(hj_tx_now(tx)));
    hj_sqlb_lit(b, ", updated_by = ");
    hj_sqlb_param(b, HJ_I64(actor->account));
    hj_sqlb_lit(b, " WHERE county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND id = ");
    hj_sqlb_param(b, HJ_I64(id));
    hj_sqlb_lit(b, " AND version = ");
    hj_sqlb_param(b, HJ_I64(version));
    int64_t changes;
    if (!hj_sqlb_exec(b, tx, &changes, error))
        return false;
    return changes == 1 ||
           hj_fail(error, HJ_ERROR_CONFLICT, "This row was changed by somebody else.");
}

bool
hj_row_void_try(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                int64_t version, GError **error)
{
    g_autoptr(HjRows) stored = load_for_change(tx, actor, ledger, id, version, error);
    return stored != NULL && check_uncited(tx, actor->pack, ledger, id, error);
}

bool
hj_row_void(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id, int64_t version,
            const char *reason, HjIssues *issues, GError **error)
{
    g_autoptr(HjRows) stored = load_for_change(tx, actor, ledger, id, version, error);
    if (stored == NULL)
        return false;
    bool readable = reason == NULL || g_utf8_validate(reason, -1, NULL);
    g_autofree char *why = readable ? hj_text_tidy(reason) : g_strdup("");
    if (!readable || !hj_text_is_clean(why, true))
        hj_issues_add(issues, "reason", "type",
                      N_("This text holds characters nobody can read."));
    else if (*why == '\0')
        hj_issues_add(issues, "reason", "required", N_("Say why."));
    else if (hj_text_length(why) > MAX_REASON)
        hj_issues_add(issues, "reason", "length", N_("Write at most %d characters."),
                      MAX_REASON);
    if (hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    if (!check_uncited(tx, actor->pack, ledger, id, error) ||
        !set_voided(tx, actor, ledger, id, version, error) || !hj_search_drop(tx, id, error))
        return false;
    g_autoptr(HjRowDraft) draft = hj_row_draft_new(ledger, 0, 0, stored);
    return append_event(tx, draft, version + 1, "row.void", NULL, NULL, why, error) &&
           hj_flow_stop(tx, actor, ledger, id, error);
}
