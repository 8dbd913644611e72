#include "core/schema.h"

#include "base/id.h"
#include "base/json.h"
#include "core/schema_ddl.h"
#include "core/schema_frozen.h"
#include "pack/diff.h"
#include "store/event.h"

#include <string.h>

/* The column that makes a ledger a child is kept in mind like a field. */
#define PARENT "parent"

typedef enum {
    STEP_TABLE,
    STEP_ADD,
    STEP_RENAME,
    STEP_NOTE, /* nothing changes but what sys_field says */
    STEP_REFUSE,
} StepKind;

typedef struct {
    StepKind kind;
    const HjLedger *ledger; /* NULL for a ledger the pack no longer has */
    const HjField *field;
    char *from; /* former name */
    char *line;
} Step;

/* A row of sys_field. */
typedef struct {
    char *ledger, *field, *type, *retired;
    bool met; /* the pack still speaks of it */
} Known;

typedef struct {
    GPtrArray *known;
    GHashTable *by_name; /* "ledger.field" to Known */
    GHashTable *tables;  /* names of ledgers that have a table */
    GArray *steps;
    bool refused;
} Diff;

static void
known_free(gpointer data)
{
    Known *known = data;
    g_free(known->ledger);
    g_free(known->field);
    g_free(known->type);
    g_free(known->retired);
    g_free(known);
}

static void
step_clear(gpointer data)
{
    Step *step = data;
    g_free(step->from);
    g_free(step->line);
}

static void
diff_free(Diff *diff)
{
    if (diff == NULL)
        return;
    g_hash_table_unref(diff->by_name);
    g_hash_table_unref(diff->tables);
    g_ptr_array_unref(diff->known);
    g_array_unref(diff->steps);
    g_free(diff);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diff, diff_free)

static Known *
known_of(const Diff *diff, const char *ledger, const char *field)
{
    g_autofree char *key = g_strdup_printf("%s.%s", ledger, field);
    return g_hash_table_lookup(diff->by_name, key);
}

static void add_step(Diff *diff, const Step *step, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
add_step(Diff *diff, const Step *step, const char *format, ...)
{
    Step copy = *step;
    va_list args;
    va_start(args, format);
    copy.line = g_strdup_vprintf(format, args);
    va_end(args);
    copy.from = g_strdup(step->from);
    diff->refused |= step->kind == STEP_REFUSE;
    g_array_append_val(diff->steps, copy);
}

#define SQL_KNOWN                                                                              \
    "SELECT ledger, field, type, retired_on FROM sys_field WHERE county = $1 "                 \
    "ORDER BY ledger, place"

static Diff *
diff_new(HjTx *tx, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_KNOWN, HJ_I64(hj_tx_county(tx)));
    if (rows == NULL)
        return NULL;
    Diff *diff = g_new0(Diff, 1);
    diff->known = g_ptr_array_new_with_free_func(known_free);
    diff->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    diff->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    diff->steps = g_array_new(FALSE, FALSE, sizeof(Step));
    g_array_set_clear_func(diff->steps, step_clear);
    while (hj_rows_next(rows)) {
        Known *known = g_new0(Known, 1);
        known->ledger = g_strdup(hj_rows_text(rows, "ledger"));
        known->field = g_strdup(hj_rows_text(rows, "field"));
        known->type = g_strdup(hj_rows_text(rows, "type"));
        known->retired = g_strdup(hj_rows_text(rows, "retired_on"));
        g_ptr_array_add(diff->known, known);
        g_hash_table_insert(diff->by_name,
                            g_strdup_printf("%s.%s", known->ledger, known->field), known);
        g_hash_table_add(diff->tables, g_strdup(known->ledger));
    }
    return diff;
}

/* Text and long text are stored alike and mean the same. */
static bool
may_become(const char *from, const char *to)
{
    bool texts = strcmp(from, "text") == 0 || strcmp(from, "long_text") == 0;
    return texts && (strcmp(to, "text") == 0 || strcmp(to, "long_text") == 0);
}

static void
compare_type(Diff *diff, const HjLedger *ledger, const HjField *field, const Known *known)
{
    g_autofree char *type = hj_schema_ddl_type(field);
    if (strcmp(type, known->type) == 0)
        return;
    if (may_become(known->type, type))
        add_step(diff, &(Step){ STEP_NOTE, ledger, field }, "~ type %s.%s from %s to %s",
                 ledger->name, field->name, known->type, type);
    else
        add_step(diff, &(Step){ STEP_REFUSE, ledger, field },
                 "! retype %s.%s from %s to %s refused: add a new field and retire this one",
                 ledger->name, field->name, known->type, type);
}

static void
compare_field(Diff *diff, const HjLedger *ledger, const HjField *field)
{
    Known *known = known_of(diff, ledger->name, field->name);
    Known *former = field->was != NULL ? known_of(diff, ledger->name, field->was) : NULL;
    if (known == NULL && former != NULL) {
        former->met = true;
        add_step(diff, &(Step){ STEP_RENAME, ledger, field, former->field },
                 "~ rename %s.%s to %s", ledger->name, former->field, field->name);
        known = former;
    }
    if (known == NULL) {
        g_autofree char *type = hj_schema_ddl_type(field);
        add_step(diff, &(Step){ STEP_ADD, ledger, field }, "+ field %s.%s %s", ledger->name,
                 field->name, type);
        return;
    }
    known->met = true;
    compare_type(diff, ledger, field, known);
    if (g_strcmp0(known->retired, field->retired) == 0)
        return;
    if (field->retired != NULL)
        add_step(diff, &(Step){ STEP_NOTE, ledger, field }, "~ retire %s.%s since %s",
                 ledger->name, field->name, field->retired);
    else
        add_step(diff, &(Step){ STEP_NOTE, ledger, field }, "~ ask %s.%s again", ledger->name,
                 field->name);
}

static char *
parent_type(const HjLedger *ledger)
{
    return ledger->in != NULL ? g_strdup_printf("row(%s)", ledger->in->name) : NULL;
}

static void
compare_parent(Diff *diff, const HjLedger *ledger)
{
    Known *known = known_of(diff, ledger->name, PARENT);
    g_autofree char *type = parent_type(ledger);
    if (known != NULL)
        known->met = true;
    if (g_strcmp0(known != NULL ? known->type : NULL, type) != 0)
        add_step(diff, &(Step){ STEP_REFUSE, ledger },
                 "! move %s from %s to %s refused: its rows are already there", ledger->name,
                 known != NULL ? known->type : "no parent", type != NULL ? type : "no parent");
}

static void
compare_ledger(Diff *diff, const HjLedger *ledger)
{
    if (!g_hash_table_contains(diff->tables, ledger->name)) {
        add_step(diff, &(Step){ STEP_TABLE, ledger }, "+ table %s", ledger->name);
        for (size_t i = 0; i < ledger->n_fields; i++) {
            g_autofree char *type = hj_schema_ddl_type(&ledger->fields[i]);
            add_step(diff, &(Step){ STEP_NOTE, ledger, &ledger->fields[i] }, "+ field %s.%s %s",
                     ledger->name, ledger->fields[i].name, type);
        }
        return;
    }
    compare_parent(diff, ledger);
    for (size_t i = 0; i < ledger->n_fields; i++)
        compare_field(diff, ledger, &ledger->fields[i]);
}

/* Schemes whose period has begun (ASM-1). */
static bool
compare_schemes(HjTx *tx, Diff *diff, const HjPack *pack, GError **error)
{
    g_autoptr(GPtrArray) lines = hj_schema_frozen_lines(tx, pack, error);
    for (guint i = 0; lines != NULL && i < lines->len; i++)
        add_step(diff, &(Step){ STEP_REFUSE }, "%s", (const char *)lines->pdata[i]);
    return lines != NULL;
}

/* @with_schemes: false where the rows, and with them what was frozen, are still to come. */
static Diff *
diff_of(HjTx *tx, const HjPack *pack, bool with_schemes, GError **error)
{
    g_autoptr(Diff) diff = diff_new(tx, error);
    if (diff == NULL || (with_schemes && !compare_schemes(tx, diff, pack, error)))
        return NULL;
    for (size_t i = 0; i < pack->n_ledgers; i++)
        compare_ledger(diff, &pack->ledgers[i]);
    for (guint i = 0; i < diff->known->len; i++) {
        const Known *known = diff->known->pdata[i];
        const HjLedger *ledger = hj_pack_ledger(pack, known->ledger);
        if (known->met || strcmp(known->field, PARENT) == 0)
            continue;
        if (ledger == NULL)
            add_step(diff, &(Step){ STEP_REFUSE },
                     "! drop %s.%s refused: the pack no longer has the ledger %s",
                     known->ledger, known->field, known->ledger);
        else
            add_step(diff, &(Step){ STEP_REFUSE, ledger },
                     "! drop %s.%s refused: keep the field and mark it retired: DATE",
                     known->ledger, known->field);
    }
    return g_steal_pointer(&diff);
}

void
hj_schema_plan_clear(HjSchemaPlan *plan)
{
    g_clear_pointer(&plan->lines, g_ptr_array_unref);
}

bool
hj_schema_plan(HjTx *tx, const HjPack *pack, HjSchemaPlan *ret, GError **error)
{
    g_autoptr(Diff) diff = diff_of(tx, pack, true, error);
    if (diff == NULL)
        return false;
    ret->lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < diff->steps->len; i++)
        g_ptr_array_add(ret->lines, g_strdup(g_array_index(diff->steps, Step, i).line));
    ret->refused = diff->refused;
    ret->empty = diff->steps->len == 0;
    return true;
}

/* Whether every table that @ledger cites is there. */
static bool
is_ready(const HjLedger *ledger, GHashTable *tables)
{
    if (ledger->in != NULL && !g_hash_table_contains(tables, ledger->in->name))
        return false;
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjLedger *cited = ledger->fields[i].ledger;
        if (cited != NULL && cited != ledger && !g_hash_table_contains(tables, cited->name))
            return false;
    }
    return true;
}

/* Cited tables first.  Where ledgers cite each other in a ring, the first of them goes without
 * that foreign key; core/row checks references in any case. */
static void
make_tables(HjSqlb *b, const Diff *diff)
{
    g_autoptr(GPtrArray) waiting = g_ptr_array_new();
    for (guint i = 0; i < diff->steps->len; i++) {
        const Step *step = &g_array_index(diff->steps, Step, i);
        if (step->kind == STEP_TABLE)
            g_ptr_array_add(waiting, (gpointer)step->ledger);
    }
    while (waiting->len > 0) {
        guint next = 0;
        while (next < waiting->len && !is_ready(waiting->pdata[next], diff->tables))
            next++;
        const HjLedger *ledger =
            g_ptr_array_remove_index(waiting, next < waiting->len ? next : 0);
        g_hash_table_add(diff->tables, g_strdup(ledger->name));
        hj_schema_ddl_table(b, ledger, diff->tables);
    }
}

#define SQL_RENAME_SEALED                                                                      \
    "UPDATE sys_sealed SET field = $4 WHERE county = $1 AND ledger = $2 AND field = $3"

/* Sealed values lie beside the table. */
static bool
rename_sealed(HjTx *tx, const Diff *diff, GError **error)
{
    for (guint i = 0; i < diff->steps->len; i++) {
        const Step *step = &g_array_index(diff->steps, Step, i);
        if (step->kind == STEP_RENAME && hj_pack_field_is_sealed(step->field) &&
            !hj_tx_exec(tx, error, SQL_RENAME_SEALED, HJ_I64(hj_tx_county(tx)),
                        HJ_TEXT(step->ledger->name), HJ_TEXT(step->from),
                        HJ_TEXT(step->field->name)))
            return false;
    }
    return true;
}

/* Views stand in the way of changed columns: away first, made anew at the end. */
static bool
run_steps(HjTx *tx, const HjPack *pack, const Diff *diff, GError **error)
{
    g_autoptr(GHashTable) changed = g_hash_table_new(NULL, NULL);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    for (guint i = 0; i < diff->steps->len; i++) {
        const Step *step = &g_array_index(diff->steps, Step, i);
        if (g_hash_table_add(changed, (gpointer)step->ledger))
            hj_schema_ddl_drop_view(b, step->ledger);
    }
    make_tables(b, diff);
    for (guint i = 0; i < diff->steps->len; i++) {
        const Step *step = &g_array_index(diff->steps, Step, i);
        if (step->kind == STEP_ADD)
            hj_schema_ddl_add(b, step->ledger, step->field);
        else if (step->kind == STEP_RENAME)
            hj_schema_ddl_rename(b, step->ledger, step->from, step->field->name);
    }
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        if (g_hash_table_contains(changed, &pack->ledgers[i]))
            hj_schema_ddl_view(b, &pack->ledgers[i]);
        hj_schema_ddl_indexes(b, &pack->ledgers[i]);
    }
    return hj_tx_ddl(tx, hj_sqlb_text(b), error) && rename_sealed(tx, diff, error);
}

#define SQL_FORGET "DELETE FROM sys_field WHERE county = $1"
#define SQL_KEEP                                                                               \
    "INSERT INTO sys_field (county, ledger, field, type, place, retired_on) "                  \
    "VALUES ($1, $2, $3, $4, $5, $6)"

static bool
keep_field(HjTx *tx, const HjLedger *ledger, const char *field, const char *type, size_t place,
           const char *retired, GError **error)
{
    return hj_tx_exec(tx, error, SQL_KEEP, HJ_I64(hj_tx_county(tx)), HJ_TEXT(ledger->name),
                      HJ_TEXT(field), HJ_TEXT(type), HJ_I64(place), HJ_TEXT(retired));
}

static bool
keep_fields(HjTx *tx, const HjPack *pack, GError **error)
{
    if (!hj_tx_exec(tx, error, SQL_FORGET, HJ_I64(hj_tx_county(tx))))
        return false;
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        g_autofree char *parent = parent_type(ledger);
        if (parent != NULL && !keep_field(tx, ledger, PARENT, parent, 0, NULL, error))
            return false;
        for (size_t k = 0; k < ledger->n_fields; k++) {
            const HjField *field = &ledger->fields[k];
            g_autofree char *type = hj_schema_ddl_type(field);
            if (!keep_field(tx, ledger, field->name, type, k + 1, field->retired, error))
                return false;
        }
    }
    return true;
}

#define SQL_LAST_PACK                                                                          \
    "SELECT id, name, version, digest, said FROM sys_pack WHERE county = $1 "                  \
    "ORDER BY id DESC LIMIT 1"
#define SQL_KEEP_PACK                                                                          \
    "INSERT INTO sys_pack (county, id, name, version, digest, loaded_at, loaded_by, lines, "   \
    "said) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
#define SQL_UNSAID "UPDATE sys_pack SET said = NULL WHERE county = $1 AND said IS NOT NULL"
#define SQL_SAID "UPDATE sys_pack SET said = $3 WHERE county = $1 AND id = $2"
#define SQL_PACKS                                                                              \
    "SELECT p.id AS id, p.name AS name, p.version AS version, p.digest AS digest, "            \
    "p.loaded_at AS loaded_at, p.lines AS lines, COALESCE(a.title, a.name) AS loaded_by "      \
    "FROM sys_pack p LEFT JOIN sys_account a ON a.county = p.county AND a.id = p.loaded_by "   \
    "WHERE p.county = $1 AND ($2 = 0 OR p.id < $2) ORDER BY p.id DESC LIMIT $3"

static char *
pack_json(const char *name, const char *version, const char *digest)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    hj_json_key(&w, "name");
    hj_json_text(&w, name);
    hj_json_key(&w, "version");
    hj_json_text(&w, version);
    hj_json_key(&w, "digest");
    hj_json_text(&w, digest);
    hj_json_end_object(&w);
    return g_string_free(w.out, FALSE);
}

/* {"zh": […], "en": […]}: what is different from what was kept; NULL when nothing was. */
static char *
lines_json(const char *said, const HjPack *pack)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    bool known = true;
    hj_json_begin_object(&w);
    for (int lang = HJ_ZH; lang <= HJ_EN; lang++) {
        g_autoptr(GPtrArray) lines = hj_pack_diff_said(said, pack, (HjLang)lang);
        known = known && lines != NULL;
        hj_json_key(&w, hj_i18n_code((HjLang)lang));
        hj_json_begin_array(&w);
        for (guint i = 0; lines != NULL && i < lines->len; i++)
            hj_json_text(&w, lines->pdata[i]);
        hj_json_end_array(&w);
    }
    hj_json_end_object(&w);
    return g_string_free(w.out, !known);
}

static bool
keep_pack(HjTx *tx, const HjPack *pack, const HjRows *last, bool had, GError **error)
{
    int64_t id = hj_id_new();
    g_autofree char *before =
        had ? pack_json(hj_rows_text(last, "name"), hj_rows_text(last, "version"),
                        hj_rows_text(last, "digest"))
            : NULL;
    g_autofree char *after = pack_json(pack->name, pack->version, pack->digest);
    g_autofree char *lines = had ? lines_json(hj_rows_text(last, "said"), pack) : NULL;
    g_autofree char *said = hj_pack_said(pack);
    return hj_tx_exec(tx, error, SQL_UNSAID, HJ_I64(hj_tx_county(tx))) &&
           hj_tx_exec(tx, error, SQL_KEEP_PACK, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                      HJ_TEXT(pack->name), HJ_TEXT(pack->version), HJ_TEXT(pack->digest),
                      HJ_TIME(hj_tx_now(tx)), HJ_I64(hj_tx_actor(tx)), HJ_TEXT(lines),
                      HJ_TEXT(said)) &&
           hj_event_append(tx,
                           &(HjEvent){ .action = "pack.load",
                                       .subject = "pack",
                                       .row = id,
                                       .before = before,
                                       .after = after },
                           error);
}

/* Loaded before versions were compared: the next one can be. */
static bool
keep_said(HjTx *tx, const HjPack *pack, const HjRows *last, GError **error)
{
    g_autofree char *said = hj_pack_said(pack);
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, SQL_SAID, HJ_I64(hj_tx_county(tx)),
                      HJ_I64(hj_rows_i64(last, "id")), HJ_TEXT(said));
}

HjRows *
hj_schema_packs(HjTx *tx, int64_t before, int limit, GError **error)
{
    return hj_tx_query(tx, error, SQL_PACKS, HJ_I64(hj_tx_county(tx)), HJ_I64(before),
                       HJ_I64(limit));
}

bool
hj_schema_apply(HjTx *tx, const HjPack *pack, GError **error)
{
    g_autoptr(Diff) diff = diff_of(tx, pack, true, error);
    if (diff == NULL)
        return false;
    for (guint i = 0; i < diff->steps->len; i++) {
        const Step *step = &g_array_index(diff->steps, Step, i);
        if (step->kind == STEP_REFUSE)
            return hj_error_log(error, HJ_ERROR_CONFLICT, "load pack %s: %s", pack->name,
                                step->line + 2);
    }
    g_autoptr(HjRows) last = hj_tx_query(tx, error, SQL_LAST_PACK, HJ_I64(hj_tx_county(tx)));
    if (last == NULL)
        return false;
    bool had = hj_rows_next(last);
    if (had && diff->steps->len == 0 && strcmp(hj_rows_text(last, "digest"), pack->digest) == 0)
        return hj_schema_frozen_begin(tx, pack, error) &&
               (!hj_rows_null(last, "said") || keep_said(tx, pack, last, error));
    return run_steps(tx, pack, diff, error) && keep_fields(tx, pack, error) &&
           hj_schema_frozen_keep(tx, pack, error) && keep_pack(tx, pack, last, had, error);
}

/* --- for copied rows --- */

bool
hj_schema_build(HjTx *tx, const HjPack *pack, HjSchemaHas has, gpointer data, GError **error)
{
    g_autoptr(Diff) diff = diff_of(tx, pack, false, error);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    if (diff == NULL)
        return false;
    /* Copies with only the fields that were there; what is newer is added when serving. */
    g_autofree HjLedger *ledgers = g_new0(HjLedger, pack->n_ledgers + 1);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        ledgers[i] = pack->ledgers[i];
        ledgers[i].fields = g_new0(HjField, pack->ledgers[i].n_fields + 1);
        ledgers[i].n_fields = 0;
        if (ledgers[i].date_field != NULL && !has(data, ledgers[i].name, ledgers[i].date_field))
            ledgers[i].date_field = NULL;
        if (ledgers[i].sort_field != NULL && !has(data, ledgers[i].name, ledgers[i].sort_field))
            ledgers[i].sort_field = NULL;
        for (size_t k = 0; k < pack->ledgers[i].n_fields; k++)
            if (has(data, ledgers[i].name, pack->ledgers[i].fields[k].name))
                ledgers[i].fields[ledgers[i].n_fields++] = pack->ledgers[i].fields[k];
    }
    for (guint i = 0; i < diff->steps->len; i++) {
        Step *step = &g_array_index(diff->steps, Step, i);
        if (step->kind == STEP_TABLE && has(data, step->ledger->name, "id"))
            step->ledger = &ledgers[step->ledger - pack->ledgers];
        else
            step->kind = STEP_NOTE;
    }
    make_tables(b, diff);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        if (!has(data, ledgers[i].name, "id"))
            continue;
        hj_schema_ddl_view(b, &ledgers[i]);
        hj_schema_ddl_indexes(b, &ledgers[i]);
    }
    bool done = hj_tx_ddl(tx, hj_sqlb_text(b), error);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        g_free((gpointer)ledgers[i].fields);
    return done;
}
