#include "store/copy.h"

#include "base/crypto.h"
#include "base/json.h"
#include "store/inside.h"

#include <string.h>

#define PIECE (64 * 1024)
#define PARAMS_A_STATEMENT 800
#define MOST_COLUMNS 400

/* What ends by itself, and what the program writes anew. */
static const char *const left_out[] = { "sys_session", "sys_idempotency", "sys_migration",
                                        NULL };
/* The chain is read in this order. */
static const char *const first[] = { "sys_county", "sys_seal", "sys_event", "sys_head", NULL };

static const char *const type_names[] = { "integer", "text", "bytes" };

static void
column_clear(gpointer data)
{
    HjCopyColumn *column = data;
    g_free(column->name);
}

HjCopyTable *
hj_copy_table_new(const char *name)
{
    HjCopyTable *table = g_new0(HjCopyTable, 1);
    table->name = g_strdup(name);
    table->columns = g_array_new(FALSE, TRUE, sizeof(HjCopyColumn));
    g_array_set_clear_func(table->columns, column_clear);
    return table;
}

void
hj_copy_table_add(HjCopyTable *table, const char *column, HjCopyType type)
{
    HjCopyColumn added = { .name = g_strdup(column), .type = type };
    g_array_append_val(table->columns, added);
}

void
hj_copy_table_free(HjCopyTable *table)
{
    if (table == NULL)
        return;
    g_free(table->name);
    g_array_unref(table->columns);
    g_free(table);
}

static void
free_table(gpointer data)
{
    hj_copy_table_free(data);
}

const HjCopyTable *
hj_copy_table_find(const GPtrArray *tables, const char *name)
{
    for (guint i = 0; i < tables->len; i++) {
        const HjCopyTable *table = g_ptr_array_index(tables, i);
        if (strcmp(table->name, name) == 0)
            return table;
    }
    return NULL;
}

const char *
hj_copy_type_name(HjCopyType type)
{
    return type_names[type];
}

bool
hj_copy_type_parse(const char *name, HjCopyType *ret)
{
    for (size_t i = 0; i < G_N_ELEMENTS(type_names); i++) {
        if (g_strcmp0(name, type_names[i]) != 0)
            continue;
        *ret = (HjCopyType)i;
        return true;
    }
    return false;
}

/* false: a type that only a derived column has. */
static bool
type_of(const char *sql_type, HjCopyType *ret)
{
    if (g_ascii_strncasecmp(sql_type, "int", 3) == 0) /* INTEGER, int2, int4, int8 */
        *ret = HJ_COPY_INTEGER;
    else if (g_ascii_strcasecmp(sql_type, "text") == 0)
        *ret = HJ_COPY_TEXT;
    else if (g_ascii_strcasecmp(sql_type, "blob") == 0 ||
             g_ascii_strcasecmp(sql_type, "bytea") == 0)
        *ret = HJ_COPY_BYTES;
    else
        return false;
    return true;
}

static bool
is_copied(const char *name)
{
    return (g_str_has_prefix(name, "sys_") || g_str_has_prefix(name, "t_")) &&
           !g_str_has_prefix(name, "sys_search") && /* filled again from the rows */
           !g_strv_contains(left_out, name);
}

static int
place_of(const HjCopyTable *table)
{
    int i = 0;
    while (first[i] != NULL && strcmp(first[i], table->name) != 0)
        i++;
    return i;
}

static gint
compare_tables(gconstpointer a, gconstpointer b)
{
    const HjCopyTable *left = *(HjCopyTable *const *)a;
    const HjCopyTable *right = *(HjCopyTable *const *)b;
    int by_place = place_of(left) - place_of(right);
    return by_place != 0 ? by_place : strcmp(left->name, right->name);
}

GPtrArray *
hj_copy_tables(HjTx *tx, GError **error)
{
    const HjVal none[] = { HJ_END };
    g_autoptr(HjRows) rows =
        hj_tx_query_vals(tx, error, hj_store_driver(tx->store)->tables_sql, none);
    if (rows == NULL)
        return NULL;
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(free_table);
    HjCopyTable *table = NULL;
    while (hj_rows_next(rows)) {
        const char *name = hj_rows_text(rows, "tbl");
        HjCopyType type;
        if (!is_copied(name) || !type_of(hj_rows_text(rows, "type"), &type))
            continue;
        if (table == NULL || strcmp(table->name, name) != 0) {
            table = hj_copy_table_new(name);
            g_ptr_array_add(tables, table);
        }
        hj_copy_table_add(table, hj_rows_text(rows, "col"), type);
        g_array_index(table->columns, HjCopyColumn, table->columns->len - 1).key =
            (int)hj_rows_i64(rows, "key");
    }
    g_ptr_array_sort(tables, compare_tables);
    return g_steal_pointer(&tables);
}

/* --- out --- */

typedef struct {
    const HjCopyTable *table;
    HjCopyFn fn;
    gpointer data;
    GString *out;
    int64_t n;
    bool failed;
    GError **error;
} Dump;

static bool
has_column(const HjCopyTable *table, const char *name)
{
    for (guint i = 0; i < table->columns->len; i++)
        if (strcmp(g_array_index(table->columns, HjCopyColumn, i).name, name) == 0)
            return true;
    return false;
}

static void
write_cell(HjJsonWriter *w, const HjCopyColumn *column, const HjRows *row, int at)
{
    size_t n;
    const void *bytes;
    hj_json_key(w, column->name);
    if (column->type == HJ_COPY_INTEGER) {
        hj_json_i64(w, hj_rows_i64_at(row, at));
    } else if (column->type == HJ_COPY_TEXT) {
        hj_json_text(w, hj_rows_text_at(row, at));
    } else {
        bytes = hj_rows_blob_at(row, at, &n);
        g_autofree char *hex = hj_crypto_hex(bytes, n);
        hj_json_text(w, hex);
    }
}

static bool
flush(Dump *dump)
{
    dump->failed = !dump->fn(dump->data, dump->out->str, dump->out->len, dump->error);
    g_string_truncate(dump->out, 0);
    return !dump->failed;
}

static bool
dump_row(HjRows *row, gpointer data)
{
    Dump *dump = data;
    HjJsonWriter w = { .out = dump->out };
    hj_json_begin_object(&w);
    for (guint i = 0; i < dump->table->columns->len; i++)
        if (!hj_rows_null_at(row, (int)i))
            write_cell(&w, &g_array_index(dump->table->columns, HjCopyColumn, i), row, (int)i);
    hj_json_end_object(&w);
    g_string_append_c(dump->out, '\n');
    dump->n++;
    return dump->out->len < PIECE || flush(dump);
}

static void
add_columns(GString *sql, const HjCopyTable *table, const char *before)
{
    for (guint i = 0; i < table->columns->len; i++)
        g_string_append_printf(sql, "%s%s\"%s\"", i > 0 ? ", " : "", before,
                               g_array_index(table->columns, HjCopyColumn, i).name);
}

/* The key of most tables is the order of their rows; events stand as in the chain. */
static char *
select_sql(HjTx *tx, const HjCopyTable *table)
{
    GString *sql = g_string_new("SELECT ");
    add_columns(sql, table, "e.");
    g_string_append_printf(sql, " FROM \"%s\" e", table->name);
    bool events = strcmp(table->name, "sys_event") == 0;
    if (events)
        g_string_append(sql, " LEFT JOIN sys_seal s ON s.county = e.county AND s.event = e.id");
    if (has_column(table, "county"))
        g_string_append(sql, " WHERE e.county = $1");
    else
        g_string_append(sql, " WHERE $1 > 0");
    if (events) {
        g_string_append_printf(
            sql, " ORDER BY CASE WHEN s.seq IS NULL THEN 1 ELSE 0 END, s.seq, e.%s, e.id",
            hj_store_driver(tx->store)->event_place);
        return g_string_free(sql, FALSE);
    }
    const char *comma = " ORDER BY ";
    for (int key = 1; key <= (int)table->columns->len; key++)
        for (guint i = 0; i < table->columns->len; i++) {
            const HjCopyColumn *column = &g_array_index(table->columns, HjCopyColumn, i);
            if (column->key != key)
                continue;
            g_string_append_printf(sql, "%se.\"%s\"", comma, column->name);
            comma = ", ";
        }
    return g_string_free(sql, FALSE);
}

bool
hj_copy_dump(HjTx *tx, const HjCopyTable *table, HjCopyFn fn, gpointer data, int64_t *ret_rows,
             GError **error)
{
    g_autoptr(GString) out = g_string_sized_new(PIECE + 4096);
    g_autofree char *sql = select_sql(tx, table);
    Dump dump = { .table = table, .fn = fn, .data = data, .out = out, .error = error };
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_END };
    if (!hj_tx_scan(tx, error, sql, vals, dump_row, &dump) || dump.failed)
        return false;
    *ret_rows = dump.n;
    return out->len == 0 || flush(&dump);
}

/* --- in --- */

struct HjCopyLoad {
    HjTx *tx;
    const HjCopyTable *table;
    GPtrArray *lines; /* parsed rows that wait; their texts are borrowed by the values */
    GPtrArray *bytes; /* unhexed */
    guint rows_a_statement;
    int64_t n;
};

static void
free_json(gpointer data)
{
    hj_json_free(data);
}

HjCopyLoad *
hj_copy_load_new(HjTx *tx, const HjCopyTable *table)
{
    HjCopyLoad *load = g_new0(HjCopyLoad, 1);
    load->tx = tx;
    load->table = table;
    load->lines = g_ptr_array_new_with_free_func(free_json);
    load->bytes = g_ptr_array_new_with_free_func(g_free);
    guint n = MAX(table->columns->len, 1);
    load->rows_a_statement = MAX(1, PARAMS_A_STATEMENT / n);
    return load;
}

void
hj_copy_load_free(HjCopyLoad *load)
{
    if (load == NULL)
        return;
    g_ptr_array_unref(load->lines);
    g_ptr_array_unref(load->bytes);
    g_free(load);
}

static bool
value_of(HjCopyLoad *load, const HjCopyColumn *column, const HjJson *json, HjVal *ret,
         GError **error)
{
    HjJsonKind kind = json != NULL ? hj_json_kind(json) : HJ_JSON_NULL;
    *ret = HJ_NULL;
    if (kind == HJ_JSON_NULL)
        return true;
    if (column->type == HJ_COPY_INTEGER && kind == HJ_JSON_INTEGER) {
        *ret = HJ_I64(hj_json_integer(json));
        return true;
    }
    if (column->type != HJ_COPY_INTEGER && kind == HJ_JSON_STRING) {
        const char *text = hj_json_string(json);
        *ret = HJ_TEXT(text);
        if (column->type == HJ_COPY_TEXT)
            return true;
        size_t n = strlen(text) / 2;
        uint8_t *bytes = g_malloc0(n + 1);
        g_ptr_array_add(load->bytes, bytes);
        *ret = HJ_BLOB(bytes, n);
        if (hj_crypto_unhex(text, bytes, n) && strlen(text) == n * 2)
            return true;
    }
    return hj_error_log(error, HJ_ERROR_MALFORMED, "load %s: %s is not %s", load->table->name,
                        column->name, type_names[column->type]);
}

static char *
insert_sql(const HjCopyTable *table, guint n_rows)
{
    GString *sql = g_string_new("INSERT INTO ");
    g_string_append_printf(sql, "\"%s\" (", table->name);
    add_columns(sql, table, "");
    g_string_append(sql, ") VALUES ");
    guint param = 1;
    for (guint row = 0; row < n_rows; row++) {
        for (guint i = 0; i < table->columns->len; i++, param++)
            g_string_append_printf(sql, "%s$%u", i > 0 ? ", " : row > 0 ? "), (" : "(", param);
    }
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

static bool
insert_waiting(HjCopyLoad *load, GError **error)
{
    guint n_columns = load->table->columns->len;
    if (load->lines->len == 0)
        return true;
    g_autofree HjVal *vals = g_new0(HjVal, (gsize)load->lines->len * n_columns + 1);
    g_autofree char *sql = insert_sql(load->table, load->lines->len);
    size_t at = 0;
    for (guint row = 0; row < load->lines->len; row++) {
        const HjJson *line = g_ptr_array_index(load->lines, row);
        for (guint i = 0; i < n_columns; i++) {
            const HjCopyColumn *column = &g_array_index(load->table->columns, HjCopyColumn, i);
            if (!value_of(load, column, hj_json_get(line, column->name), &vals[at++], error))
                return false;
        }
    }
    vals[at] = HJ_END;
    if (!hj_tx_exec_vals(load->tx, error, sql, NULL, vals)) {
        g_prefix_error(error, "load %s: ", load->table->name);
        return false;
    }
    load->n += load->lines->len;
    g_ptr_array_set_size(load->lines, 0);
    g_ptr_array_set_size(load->bytes, 0);
    return true;
}

bool
hj_copy_load_line(HjCopyLoad *load, const char *line, size_t n, GError **error)
{
    HjJson *json = hj_json_parse(line, n, error);
    if (json == NULL)
        return false;
    g_ptr_array_add(load->lines, json);
    if (hj_json_kind(json) != HJ_JSON_OBJECT)
        return hj_error_log(error, HJ_ERROR_MALFORMED, "load %s: a line is not a row",
                            load->table->name);
    for (size_t i = 0; i < hj_json_count(json); i++)
        if (!has_column(load->table, hj_json_key_at(json, i)))
            return hj_error_log(error, HJ_ERROR_MALFORMED, "load %s: no column %s",
                                load->table->name, hj_json_key_at(json, i));
    return load->lines->len < load->rows_a_statement || insert_waiting(load, error);
}

bool
hj_copy_load_end(HjCopyLoad *load, int64_t *ret_rows, GError **error)
{
    if (!insert_waiting(load, error))
        return false;
    *ret_rows = load->n;
    return true;
}

static bool
run_script(HjTx *tx, const char *sql, GError **error)
{
    return sql == NULL || hj_store_driver(tx->store)->script(tx->conn, sql, error);
}

bool
hj_copy_begin(HjTx *tx, GError **error)
{
    return run_script(tx, hj_store_driver(tx->store)->load_begin_sql, error);
}

bool
hj_copy_end(HjTx *tx, GError **error)
{
    return run_script(tx, hj_store_driver(tx->store)->load_end_sql, error);
}
