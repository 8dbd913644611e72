#include "core/import_undo.h"

#include "base/id.h"
#include "base/text.h"
#include "core/flow.h"
#include "core/import_orgs.h"
#include "core/import_priv.h"
#include "core/row_sql.h"
#include "store/event.h"

#include <string.h>

#define CHUNK 400
#define MAX_REASON 500

#define SQL_KEEP                                                                               \
    "INSERT INTO sys_import (county, id, account, ledger, file_name, n_bytes, lang, state,"    \
    " mode, n_rows, n_right, n_wrong, n_duplicate, n_made, created_at, updated_at)"            \
    " VALUES ($1, $2, $3, $4, $5, 0, $6, 'done', 'once', $7, $8, $9, $10, $11, $12, $12)"
#define SQL_JOB                                                                                \
    "SELECT ledger, state, n_made, file_name FROM sys_import WHERE county = $1 AND id = $2"    \
    " AND ($3 = 0 OR account = $3)"
#define SQL_UNDONE                                                                             \
    "UPDATE sys_import SET state = 'undone', updated_at = $3 WHERE county = $1 AND id = $2"    \
    " AND state = 'done'"

/* A finished import with what it made. */
typedef struct {
    HjTx *tx;
    const HjActor *actor;
    const HjLedger *ledger;
    int64_t id;
    bool undone;
    char *file_name;
    GByteArray *bytes; /* of int64_t */
    const int64_t *made;
    size_t n;
} Done;

static void
done_clear(Done *done)
{
    g_clear_pointer(&done->bytes, g_byte_array_unref);
    g_clear_pointer(&done->file_name, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Done, done_clear)

static bool
load(HjTx *tx, const HjActor *actor, int64_t id, Done *ret, GError **error)
{
    g_autoptr(HjRows) job = hj_tx_query(tx, error, SQL_JOB, HJ_I64(hj_tx_county(tx)),
                                        HJ_I64(id), HJ_I64(actor->account));
    if (job == NULL)
        return false;
    if (!hj_rows_next(job))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such import of yours.");
    const char *state = hj_rows_text(job, "state");
    *ret = (Done){ .tx = tx, .actor = actor, .id = id };
    ret->ledger = hj_pack_ledger(actor->pack, hj_rows_text(job, "ledger"));
    ret->undone = g_str_equal(state, HJ_IMPORT_UNDONE);
    if (ret->ledger == NULL)
        return hj_fail(
            error, HJ_ERROR_CONFLICT,
            "Only rows of a ledger are taken back; an organization is closed by an act.");
    if (!ret->undone && !g_str_equal(state, HJ_IMPORT_DONE))
        return hj_fail(error, HJ_ERROR_CONFLICT, "This import is not finished.");
    ret->file_name = g_strdup(hj_rows_text(job, "file_name"));
    HjImportKey key = { 0 };
    if (!hj_import_key_read(tx, id, &key, error))
        return false;
    ret->bytes = hj_import_part_all(tx, id, &key, HJ_IMPORT_MADE, error);
    hj_import_key_wipe(&key);
    if (ret->bytes == NULL)
        return false;
    ret->made = (const int64_t *)(const void *)ret->bytes->data;
    ret->n = ret->bytes->len / sizeof(int64_t);
    return true;
}

/* " <column> IN (…)" for the ids from @from on; returns how many. */
static size_t
add_ids(HjSqlb *b, const Done *done, size_t from)
{
    size_t n = MIN(done->n - from, CHUNK);
    hj_sqlb_lit(b, " IN (");
    for (size_t i = 0; i < n; i++) {
        hj_sqlb_add_literal(b, i > 0 ? ", " : "");
        hj_sqlb_param(b, HJ_I64(done->made[from + i]));
    }
    hj_sqlb_lit(b, ")");
    return n;
}

/* --- what stands in the way --- */

typedef struct {
    HjRows *out;
    int limit;
    int64_t n;
    GHashTable *mine; /* of int64_t: what the import made */
    GHashTable *told; /* of int64_t */
} Looking;

static void
tell(Looking *l, int64_t id, const char *org, const char *title, const char *why)
{
    if (!g_hash_table_add(l->told, g_memdup2(&id, sizeof id)))
        return;
    if (l->n++ >= l->limit)
        return;
    hj_rows_add_i64(l->out, id);
    hj_rows_add_string(l->out, org);
    hj_rows_add_string(l->out, title);
    hj_rows_add_string(l->out, why);
}

static HjRows *
load_rows(const Done *done, size_t from, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT r.id AS id, r.org AS org, r.version AS version, r.voided_at AS "
                   "voided_at, n.name AS org_name, ");
    hj_row_sql_title_of(b, done->actor, done->ledger);
    hj_sqlb_lit(b, " AS title FROM ");
    hj_row_sql_from(b, done->ledger);
    hj_sqlb_lit(b, " LEFT JOIN sys_org_name n ON n.county = r.county AND n.org = r.org AND "
                   "n.to_on = '9999-12-31' WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(done->tx)));
    hj_sqlb_lit(b, " AND r.id");
    add_ids(b, done, from);
    hj_sqlb_lit(b, " ORDER BY r.id");
    return hj_sqlb_query(b, done->tx, error);
}

static bool
look_at_rows(const Done *done, Looking *l, GError **error)
{
    for (size_t from = 0; from < done->n; from += CHUNK) {
        g_autoptr(HjRows) rows = load_rows(done, from, error);
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows)) {
            bool voided = !hj_rows_null(rows, "voided_at");
            if (voided || hj_rows_i64(rows, "version") != 1)
                tell(l, hj_rows_i64(rows, "id"), hj_rows_text(rows, "org_name"),
                     hj_rows_text(rows, "title"), voided ? "voided" : "changed");
        }
    }
    return true;
}

/* Rows of @ledger that hold one of ours in @column: a field, or "parent". */
static bool
look_at_citing(const Done *done, Looking *l, const HjLedger *ledger, const char *column,
               GError **error)
{
    bool own = ledger == done->ledger;
    for (size_t from = 0; from < done->n; from += CHUNK) {
        g_autoptr(HjSqlb) b = hj_sqlb_new();
        hj_sqlb_lit(b, "SELECT r.id AS citing, r.");
        hj_sqlb_ident(b, NULL, column);
        hj_sqlb_lit(b, " AS cited FROM ");
        hj_row_sql_from(b, ledger);
        hj_sqlb_lit(b, " WHERE r.voided_at IS NULL AND r.county = ");
        hj_sqlb_param(b, HJ_I64(hj_tx_county(done->tx)));
        hj_sqlb_lit(b, " AND r.");
        hj_sqlb_ident(b, NULL, column);
        add_ids(b, done, from);
        g_autoptr(HjRows) rows = hj_sqlb_query(b, done->tx, error);
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows)) {
            int64_t citing = hj_rows_i64(rows, "citing");
            /* What came with it goes with it. */
            if (!own || !g_hash_table_contains(l->mine, &citing))
                tell(l, hj_rows_i64(rows, "cited"), NULL, NULL, "cited");
        }
    }
    return true;
}

static bool
look_at_others(const Done *done, Looking *l, GError **error)
{
    const HjPack *pack = done->actor->pack;
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        if (ledger->in != NULL && g_str_equal(ledger->in->name, done->ledger->name) &&
            !look_at_citing(done, l, ledger, "parent", error))
            return false;
        for (size_t k = 0; k < ledger->n_fields; k++) {
            const HjField *field = &ledger->fields[k];
            if (field->ledger != NULL && g_str_equal(field->ledger->name, done->ledger->name) &&
                !look_at_citing(done, l, ledger, field->name, error))
                return false;
        }
    }
    return true;
}

static void
add_all(const Done *done, GHashTable *set)
{
    for (size_t i = 0; i < done->n; i++)
        g_hash_table_add(set, g_memdup2(&done->made[i], sizeof(int64_t)));
}

static HjRows *
look(const Done *done, int limit, int64_t *ret_n, GError **error)
{
    static const char *const names[] = { "id", "org_name", "title", "why" };
    g_autoptr(GHashTable) told =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) mine =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(HjRows) out = hj_rows_new((int)G_N_ELEMENTS(names), names);
    Looking l = { .out = out, .limit = limit, .mine = mine, .told = told };
    add_all(done, mine);
    if (!look_at_rows(done, &l, error) || !look_at_others(done, &l, error))
        return NULL;
    *ret_n = l.n;
    return g_steal_pointer(&out);
}

HjRows *
hj_import_undo_look(HjTx *tx, const HjActor *actor, int64_t import, int limit, int64_t *ret_n,
                    GError **error)
{
    g_auto(Done) done = { 0 };
    return load(tx, actor, import, &done, error) ? look(&done, limit, ret_n, error) : NULL;
}

HjRows *
hj_import_undo_rows(HjTx *tx, const HjActor *actor, int64_t import, int limit, int64_t offset,
                    GError **error)
{
    static const char *const names[] = { "id", "org_name", "title", "voided" };
    g_auto(Done) done = { 0 };
    if (!load(tx, actor, import, &done, error))
        return NULL;
    size_t from = (size_t)CLAMP(offset, 0, (int64_t)done.n);
    Done part = done;
    part.made += from;
    part.n = MIN(done.n - from, (size_t)CLAMP(limit, 1, CHUNK));
    g_autoptr(HjRows) out = hj_rows_new((int)G_N_ELEMENTS(names), names);
    g_autoptr(HjRows) rows = part.n > 0 ? load_rows(&part, 0, error) : NULL;
    if (part.n > 0 && rows == NULL)
        return NULL;
    while (rows != NULL && hj_rows_next(rows)) {
        hj_rows_add_i64(out, hj_rows_i64(rows, "id"));
        hj_rows_add_string(out, hj_rows_text(rows, "org_name"));
        hj_rows_add_string(out, hj_rows_text(rows, "title"));
        hj_rows_add_i64(out, !hj_rows_null(rows, "voided_at"));
    }
    return g_steal_pointer(&out);
}

/* --- taking back --- */

static char *
read_reason(const char *reason, HjIssues *issues)
{
    bool readable = reason == NULL || g_utf8_validate(reason, -1, NULL);
    char *why = readable ? hj_text_tidy(reason) : g_strdup("");
    if (!readable || !hj_text_is_clean(why, true))
        hj_issues_add(issues, "reason", "type",
                      N_("This text holds characters nobody can read."));
    else if (*why == '\0')
        hj_issues_add(issues, "reason", "required", N_("Say why."));
    else if (hj_text_length(why) > MAX_REASON)
        hj_issues_add(issues, "reason", "length", N_("Write at most %d characters."),
                      MAX_REASON);
    return why;
}

static bool
void_chunk(const Done *done, size_t from, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(done->tx)), now = HJ_TIME(hj_tx_now(done->tx));
    g_autoptr(HjSqlb) rows = hj_sqlb_new();
    g_autoptr(HjSqlb) words = hj_sqlb_new();
    hj_sqlb_lit(rows, "UPDATE ");
    hj_sqlb_ident(rows, "t_", done->ledger->name);
    hj_sqlb_lit(rows, " SET version = version + 1, voided_at = ");
    hj_sqlb_param(rows, now);
    hj_sqlb_lit(rows, ", updated_at = ");
    hj_sqlb_param(rows, now);
    hj_sqlb_lit(rows, ", updated_by = ");
    hj_sqlb_param(rows, HJ_I64(done->actor->account));
    hj_sqlb_lit(rows, " WHERE version = 1 AND voided_at IS NULL AND county = ");
    hj_sqlb_param(rows, county);
    hj_sqlb_lit(rows, " AND id");
    int64_t n = (int64_t)add_ids(rows, done, from), changes = 0;
    hj_sqlb_lit(words, "UPDATE sys_search SET words = '' WHERE county = ");
    hj_sqlb_param(words, county);
    hj_sqlb_lit(words, " AND id");
    add_ids(words, done, from);
    if (!hj_sqlb_exec(rows, done->tx, &changes, error) ||
        !hj_sqlb_exec(words, done->tx, NULL, error))
        return false;
    return changes == n ||
           hj_fail(error, HJ_ERROR_CONFLICT, "This row was changed by somebody else.");
}

static bool
void_rows(const Done *done, const char *reason, GError **error)
{
    int64_t checked = 0; /* organizations come in runs */
    for (size_t from = 0; from < done->n; from += CHUNK) {
        g_autoptr(HjRows) rows = load_rows(done, from, error);
        if (rows == NULL || !void_chunk(done, from, error))
            return false;
        while (hj_rows_next(rows)) {
            int64_t org = hj_rows_i64(rows, "org"), id = hj_rows_i64(rows, "id");
            HjEvent event = { .action = "row.void",
                              .subject = "row",
                              .ledger = done->ledger->name,
                              .row = id,
                              .org = org,
                              .reason = reason,
                              .version = 2 };
            if (org != checked && !hj_access_check_row(done->tx, done->actor, done->ledger,
                                                       HJ_ACCESS_ENTER, org, error))
                return false;
            checked = org;
            if (!hj_event_append(done->tx, &event, error) ||
                !hj_flow_stop(done->tx, done->actor, done->ledger, id, error))
                return false;
        }
    }
    return true;
}

static bool
append_event(const Done *done, const char *reason, GError **error)
{
    g_autoptr(GString) after = g_string_new(NULL);
    HjJsonWriter w = { .out = after };
    hj_json_begin_object(&w);
    hj_json_key(&w, "file");
    hj_json_text(&w, done->file_name);
    hj_json_key(&w, "rows");
    hj_json_i64(&w, (int64_t)done->n);
    hj_json_end_object(&w);
    HjEvent event = { .action = "ledger.import_undo",
                      .subject = "import",
                      .ledger = done->ledger->name,
                      .row = done->id,
                      .org = done->actor->n_grants > 0 ? done->actor->grants[0].org : 0,
                      .after = after->str,
                      .reason = reason };
    return hj_event_append(done->tx, &event, error);
}

bool
hj_import_undo(HjTx *tx, const HjActor *actor, int64_t import, const char *reason,
               HjIssues *issues, int64_t *ret_n, GError **error)
{
    g_auto(Done) done = { 0 };
    int64_t n_against = 0, changes = 0;
    if (!load(tx, actor, import, &done, error))
        return false;
    if (!hj_access_may_ledger(actor, done.ledger, HJ_ACCESS_ENTER))
        return hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    if (done.undone)
        return hj_fail(error, HJ_ERROR_CONFLICT, "This import was taken back already.");
    g_autofree char *why = read_reason(reason, issues);
    if (hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    g_autoptr(HjRows) against = look(&done, 0, &n_against, error);
    if (against == NULL)
        return false;
    if (n_against > 0)
        return hj_fail(
            error, HJ_ERROR_CONFLICT,
            "Some of its rows were changed, voided or cited since; nothing was taken "
            "back.");
    if (!hj_tx_change(tx, error, &changes, SQL_UNDONE, HJ_I64(hj_tx_county(tx)), HJ_I64(import),
                      HJ_TIME(hj_tx_now(tx))))
        return false;
    *ret_n = (int64_t)done.n;
    return void_rows(&done, why, error) && append_event(&done, why, error);
}

/* --- imports done at once --- */

bool
hj_import_undo_keep(HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                    const char *file_name, const HjImportOutcome *outcome, const GArray *made,
                    int64_t *ret_id, GError **error)
{
    HjImportKey key = { 0 };
    int64_t id = hj_id_new();
    bool done =
        hj_tx_exec(tx, error, SQL_KEEP, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                   HJ_I64(actor->account), HJ_TEXT(ledger->name), HJ_TEXT(file_name),
                   HJ_TEXT(hj_i18n_code(actor->lang)), HJ_I64(outcome->n_rows),
                   HJ_I64(outcome->n_right), HJ_I64(outcome->n_wrong),
                   HJ_I64(outcome->n_duplicate), HJ_I64(made->len), HJ_TIME(hj_tx_now(tx))) &&
        hj_import_key_make(tx, id, &key, error) &&
        hj_import_part_write(tx, id, &key, HJ_IMPORT_MADE, made->data,
                             made->len * sizeof(int64_t), error);
    hj_import_key_wipe(&key);
    if (done)
        *ret_id = id;
    return done;
}
