#include "core/purge.h"

#include "base/json.h"
#include "core/sealed.h"
#include "store/event.h"

#include <string.h>

#define MOST_VALUES 64 /* sealed fields of one row */

/* --- what is due --- */

typedef struct {
    const HjLedger *ledger;
    const HjField *field;
    int64_t row, org;
    char *org_code, *org_name;
    HjDate ended;
} Due;

static void
clear_due(gpointer data)
{
    Due *due = data;
    g_free(due->org_code);
    g_free(due->org_name);
}

#define USEC_PER_DAY (INT64_C(24) * 3600 * 1000 * 1000)
#define SHANGHAI_USEC (INT64_C(8) * 3600 * 1000 * 1000)

static HjRows *
query_due(HjTx *tx, const HjLedger *ledger, const HjField *field, int limit, GError **error)
{
    HjDate last = hj_date_add_months(hj_tx_today(tx), -field->keep_months);
    HjDateText day = hj_date_text(last);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT r.id AS id, r.org AS org, o.code AS org_code, n.name AS org_name,"
                   " r.voided_at AS voided_at, ");
    if (field->keep_after != NULL) {
        hj_sqlb_lit(b, "r.");
        hj_sqlb_ident(b, NULL, field->keep_after);
    } else {
        hj_sqlb_lit(b, "CAST(NULL AS TEXT)");
    }
    hj_sqlb_lit(b, " AS ended_on FROM ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " r LEFT JOIN sys_org o ON o.county = r.county AND o.id = r.org"
                   " LEFT JOIN sys_org_name n ON n.county = r.county AND n.org = r.org"
                   " AND n.to_on = '9999-12-31' WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.");
    hj_sqlb_ident(b, NULL, field->name);
    hj_sqlb_lit(b, " IS NOT NULL AND (r.voided_at < ");
    hj_sqlb_param(b, HJ_TIME(((int64_t)last + 1) * USEC_PER_DAY - SHANGHAI_USEC));
    if (field->keep_after != NULL) {
        hj_sqlb_lit(b, " OR r.");
        hj_sqlb_ident(b, NULL, field->keep_after);
        hj_sqlb_lit(b, " <= ");
        hj_sqlb_param(b, HJ_TEXT(day.text));
    }
    hj_sqlb_lit(b, ") ORDER BY r.id LIMIT ");
    hj_sqlb_param(b, HJ_I64(limit));
    return hj_sqlb_query(b, tx, error);
}

/* The earlier of the day of the field and that of the withdrawal. */
static HjDate
ended_on(const HjRows *row)
{
    HjDate day = HJ_DATE_NONE, withdrawn = HJ_DATE_NONE;
    const char *text = hj_rows_text(row, "ended_on");
    if (text != NULL && !hj_date_parse(text, &day, NULL))
        day = HJ_DATE_NONE;
    if (!hj_rows_null(row, "voided_at"))
        withdrawn = hj_date_in_shanghai(hj_rows_i64(row, "voided_at"));
    if (day == HJ_DATE_NONE || withdrawn == HJ_DATE_NONE)
        return day == HJ_DATE_NONE ? withdrawn : day;
    return MIN(day, withdrawn);
}

static GArray *
find_due(HjTx *tx, const HjPack *pack, int limit, GError **error)
{
    g_autoptr(GArray) out = g_array_new(FALSE, TRUE, sizeof(Due));
    g_array_set_clear_func(out, clear_due);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        for (size_t k = 0; k < pack->ledgers[i].n_fields; k++) {
            const HjField *field = &pack->ledgers[i].fields[k];
            if (!hj_pack_field_is_sealed(field))
                continue;
            g_autoptr(HjRows) rows = query_due(tx, &pack->ledgers[i], field, limit, error);
            if (rows == NULL)
                return NULL;
            while (hj_rows_next(rows)) {
                Due due = { .ledger = &pack->ledgers[i],
                            .field = field,
                            .row = hj_rows_i64(rows, "id"),
                            .org = hj_rows_i64(rows, "org"),
                            .org_code = g_strdup(hj_rows_text(rows, "org_code")),
                            .org_name = g_strdup(hj_rows_text(rows, "org_name")),
                            .ended = ended_on(rows) };
                g_array_append_val(out, due);
            }
        }
    return g_steal_pointer(&out);
}

HjRows *
hj_purge_due(HjTx *tx, const HjPack *pack, int limit, GError **error)
{
    static const char *const names[] = { "ledger",   "field",    "row",     "org",
                                         "org_code", "org_name", "ended_on" };
    g_autoptr(GArray) due = find_due(tx, pack, limit, error);
    if (due == NULL)
        return NULL;
    HjRows *out = hj_rows_new((int)G_N_ELEMENTS(names), names);
    for (guint i = 0; i < due->len; i++) {
        const Due *one = &g_array_index(due, Due, i);
        hj_rows_add_string(out, one->ledger->name);
        hj_rows_add_string(out, one->field->name);
        hj_rows_add_i64(out, one->row);
        hj_rows_add_i64(out, one->org);
        hj_rows_add_string(out, one->org_code);
        hj_rows_add_string(out, one->org_name);
        hj_rows_add_string(out, hj_date_text(one->ended).text);
    }
    return out;
}

/* --- purging one row --- */

#define SQL_DROP "DELETE FROM sys_sealed WHERE county = $1 AND row_id = $2 AND field = $3"
#define SQL_LEFT                                                                               \
    "SELECT s.field AS field, s.made_as AS made_as, s.value AS value, k.master AS master,"     \
    " k.wrapped AS wrapped FROM sys_sealed s JOIN sys_sealed_key k ON k.county = s.county"     \
    " AND k.row_id = s.row_id AND k.wrapped IS NOT NULL WHERE s.county = $1 AND s.row_id = $2"
#define SQL_DESTROY                                                                            \
    "UPDATE sys_sealed_key SET wrapped = NULL, purged_at = $3"                                 \
    " WHERE county = $1 AND row_id = $2"
#define SQL_REWRAP                                                                             \
    "UPDATE sys_sealed_key SET master = $3, wrapped = $4 WHERE county = $1 AND row_id = $2"
#define SQL_REVALUE                                                                            \
    "UPDATE sys_sealed SET value = $4 WHERE county = $1 AND row_id = $2 AND field = $3"

/* One value from the old key to the new one. */
static bool
move_value(HjTx *tx, int64_t row, const HjRows *left, const HjVaultKey *old,
           const HjVaultKey *new, GError **error)
{
    size_t n = 0;
    int64_t county = hj_tx_county(tx);
    const char *name = hj_rows_text(left, "made_as");
    const void *value = hj_rows_blob(left, "value", &n);
    g_autofree char *clear = hj_vault_open(old, county, row, name, value, n, error);
    if (clear == NULL)
        return false;
    g_autoptr(GByteArray) box = hj_vault_close(new, county, row, name, clear);
    hj_crypto_wipe(clear, strlen(clear));
    return hj_tx_exec(tx, error, SQL_REVALUE, HJ_I64(county), HJ_I64(row),
                      HJ_TEXT(hj_rows_text(left, "field")), HJ_BLOB(box->data, box->len));
}

/* What stays gets a key of its own, so that the old one can go. */
static bool
destroy_key(HjTx *tx, int64_t row, GError **error)
{
    int64_t county = hj_tx_county(tx);
    g_autoptr(HjRows) left = hj_tx_query(tx, error, SQL_LEFT, HJ_I64(county), HJ_I64(row));
    if (left == NULL)
        return false;
    if (!hj_rows_next(left))
        return hj_tx_exec(tx, error, SQL_DESTROY, HJ_I64(county), HJ_I64(row),
                          HJ_TIME(hj_tx_now(tx)));
    HjVault *vault = hj_vault_of(tx);
    HjVaultKey old, new;
    char master[HJ_VAULT_ID_BYTES];
    size_t n = 0;
    const void *wrapped = hj_rows_blob(left, "wrapped", &n);
    if (vault == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "purge: the store has no master key");
    if (!hj_vault_unwrap(vault, county, row, hj_rows_text(left, "master"), wrapped, n, &old,
                         error))
        return false;
    hj_vault_key_new(&new);
    bool done = true;
    do
        done = move_value(tx, row, left, &old, &new, error);
    while (done && hj_rows_next(left));
    g_autoptr(GByteArray) box = hj_vault_wrap(vault, county, row, &new, master);
    hj_vault_key_wipe(&old);
    hj_vault_key_wipe(&new);
    return done && hj_tx_exec(tx, error, SQL_REWRAP, HJ_I64(county), HJ_I64(row),
                              HJ_TEXT(master), HJ_BLOB(box->data, box->len));
}

static bool
empty_fields(HjTx *tx, const HjLedger *ledger, int64_t row, const HjField *const *fields,
             size_t n, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "UPDATE ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " SET version = version + 1, updated_by = 0, updated_at = ");
    hj_sqlb_param(b, HJ_TIME(hj_tx_now(tx)));
    for (size_t i = 0; i < n; i++) {
        hj_sqlb_lit(b, ", ");
        hj_sqlb_ident(b, NULL, fields[i]->name);
        hj_sqlb_lit(b, " = NULL");
    }
    hj_sqlb_lit(b, " WHERE county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND id = ");
    hj_sqlb_param(b, HJ_I64(row));
    return hj_sqlb_exec(b, tx, NULL, error);
}

static bool
append_purge(HjTx *tx, const Due *due, const HjField *const *fields, size_t n, GError **error)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    for (size_t i = 0; i < n; i++) {
        hj_json_key(&w, fields[i]->name);
        hj_json_nothing(&w);
    }
    hj_json_end_object(&w);
    g_autofree char *after = g_string_free(w.out, FALSE);
    g_autofree char *reason = g_strdup_printf(
        "保存期限已满（自%s起%d个月）", hj_date_text(due->ended).text, fields[0]->keep_months);
    return hj_event_append(tx,
                           &(HjEvent){ .action = "row.purge",
                                       .subject = "row",
                                       .ledger = due->ledger->name,
                                       .row = due->row,
                                       .org = due->org,
                                       .after = after,
                                       .reason = reason },
                           error);
}

static bool
purge_row(HjTx *tx, const Due *due, const HjField *const *fields, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++)
        if (!hj_tx_exec(tx, error, SQL_DROP, HJ_I64(hj_tx_county(tx)), HJ_I64(due->row),
                        HJ_TEXT(fields[i]->name)))
            return false;
    return empty_fields(tx, due->ledger, due->row, fields, n, error) &&
           destroy_key(tx, due->row, error) && append_purge(tx, due, fields, n, error);
}

bool
hj_purge_run(HjTx *tx, const HjPack *pack, int limit, int64_t *ret_rows, int64_t *ret_values,
             GError **error)
{
    g_autoptr(GArray) due = find_due(tx, pack, limit, error);
    g_autoptr(GHashTable) done = g_hash_table_new(g_int64_hash, g_int64_equal);
    *ret_rows = *ret_values = 0;
    if (due == NULL)
        return false;
    for (guint i = 0; i < due->len; i++) {
        Due *one = &g_array_index(due, Due, i);
        const HjField *fields[MOST_VALUES];
        size_t n = 0;
        if (!g_hash_table_add(done, &one->row))
            continue;
        for (guint k = i; k < due->len && n < MOST_VALUES; k++)
            if (g_array_index(due, Due, k).row == one->row)
                fields[n++] = g_array_index(due, Due, k).field;
        if (!purge_row(tx, one, fields, n, error))
            return false;
        *ret_rows += 1;
        *ret_values += (int64_t)n;
    }
    return true;
}

/* --- master keys --- */

#define SQL_BEHIND                                                                             \
    "SELECT row_id, master, wrapped FROM sys_sealed_key WHERE county = $1 AND master <> $2"    \
    " AND wrapped IS NOT NULL ORDER BY master, row_id LIMIT $3"
#define SQL_MASTERS                                                                            \
    "SELECT master, COUNT(*) AS n FROM sys_sealed_key WHERE county = $1"                       \
    " AND wrapped IS NOT NULL GROUP BY master ORDER BY master"

static bool
rewrap_one(HjTx *tx, HjVault *vault, const HjRows *behind, GError **error)
{
    int64_t county = hj_tx_county(tx), row = hj_rows_i64(behind, "row_id");
    char master[HJ_VAULT_ID_BYTES];
    HjVaultKey key;
    size_t n = 0;
    const void *wrapped = hj_rows_blob(behind, "wrapped", &n);
    if (!hj_vault_unwrap(vault, county, row, hj_rows_text(behind, "master"), wrapped, n, &key,
                         error))
        return false;
    g_autoptr(GByteArray) box = hj_vault_wrap(vault, county, row, &key, master);
    hj_vault_key_wipe(&key);
    return hj_tx_exec(tx, error, SQL_REWRAP, HJ_I64(county), HJ_I64(row), HJ_TEXT(master),
                      HJ_BLOB(box->data, box->len));
}

bool
hj_purge_rewrap(HjTx *tx, int limit, int64_t *ret_rows, GError **error)
{
    HjVault *vault = hj_vault_of(tx);
    char current[HJ_VAULT_ID_BYTES];
    *ret_rows = 0;
    if (vault == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "rotate: the store has no master key");
    hj_vault_id(vault, hj_vault_count(vault) - 1, current);
    g_autoptr(HjRows) behind = hj_tx_query(tx, error, SQL_BEHIND, HJ_I64(hj_tx_county(tx)),
                                           HJ_TEXT(current), HJ_I64(limit));
    if (behind == NULL)
        return false;
    while (hj_rows_next(behind)) {
        if (!rewrap_one(tx, vault, behind, error))
            return false;
        *ret_rows += 1;
    }
    if (*ret_rows == 0)
        return true;
    g_autofree char *after = g_strdup_printf(
        "{\"master\":\"%s\",\"rows\":%" G_GINT64_FORMAT "}", current, *ret_rows);
    return hj_event_append(
        tx, &(HjEvent){ .action = "keys.rotate", .subject = "county", .after = after }, error);
}

HjRows *
hj_purge_masters(HjTx *tx, GError **error)
{
    return hj_tx_query(tx, error, SQL_MASTERS, HJ_I64(hj_tx_county(tx)));
}
