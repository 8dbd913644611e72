#include "core/sealed.h"

#include "base/citizen.h"
#include "base/log.h"
#include "store/behind.h"
#include "store/sqlb.h"

#include <string.h>

#define UNREADABLE "******"

bool
hj_sealed_has(const HjLedger *ledger)
{
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (hj_pack_field_is_sealed(&ledger->fields[i]))
            return true;
    return false;
}

void
hj_sealed_index(const HjVault *vault, const HjField *field, const char *text,
                char ret[HJ_VAULT_INDEX_BYTES])
{
    if (field->type != HJ_FIELD_SEALED) {
        hj_vault_index(vault, hj_pack_field_type_name(field->type), text, ret);
        return;
    }
    /* Free text is not searched for, and equal short answers must not look equal. */
    g_autofree char *random = hj_crypto_token(16);
    hj_vault_index(vault, random, text, ret);
}

char *
hj_sealed_mask(const HjField *field, const char *text)
{
    switch ((int)field->type) {
    case HJ_FIELD_CITIZEN_ID:
        return hj_citizen_mask(text);
    case HJ_FIELD_CREDIT_CODE:
        return hj_credit_mask(text);
    case HJ_FIELD_PHONE:
        return hj_phone_mask(text);
    default:
        return g_strdup(UNREADABLE);
    }
}

/* --- writing --- */

static HjVault *
vault_of(HjTx *tx, GError **error)
{
    HjVault *vault = hj_vault_of(tx);
    if (vault == NULL)
        hj_error_log(error, HJ_ERROR_INTERNAL, "sealed values: the store has no master key");
    return vault;
}

#define SQL_KEY                                                                                \
    "SELECT master, wrapped FROM sys_sealed_key"                                               \
    " WHERE county = $1 AND row_id = $2 AND wrapped IS NOT NULL"

/* The key of a stored row; *@ret_found is false when it has none or none any more. */
static bool
load_key(HjTx *tx, int64_t row, HjVaultKey *ret, bool *ret_found, GError **error)
{
    HjVault *vault = vault_of(tx, error);
    g_autoptr(HjRows) rows =
        vault != NULL ? hj_tx_query(tx, error, SQL_KEY, HJ_I64(hj_tx_county(tx)), HJ_I64(row))
                      : NULL;
    if (rows == NULL)
        return false;
    *ret_found = hj_rows_next(rows);
    if (!*ret_found)
        return true;
    size_t n = 0;
    const void *wrapped = hj_rows_blob(rows, "wrapped", &n);
    return hj_vault_unwrap(vault, hj_tx_county(tx), row, hj_rows_text(rows, "master"), wrapped,
                           n, ret, error);
}

static bool
is_written(const HjRowDraft *draft, size_t i)
{
    return hj_pack_field_is_sealed(&draft->ledger->fields[i]) && hj_row_draft_changed(draft, i);
}

bool
hj_sealed_prepare(HjTx *tx, HjRowDraft *draft, GError **error)
{
    bool any = false, found = false;
    for (size_t i = 0; i < draft->ledger->n_fields; i++)
        any = any || is_written(draft, i);
    if (!any || draft->key != NULL)
        return true;
    if (vault_of(tx, error) == NULL)
        return false;
    draft->key = g_new0(HjVaultKey, 1);
    if (draft->version > 0 && !load_key(tx, draft->id, draft->key, &found, error))
        return false;
    draft->key_is_new = !found;
    if (!found)
        hj_vault_key_new(draft->key);
    return true;
}

char *
hj_sealed_note(const HjRowDraft *draft, const HjField *field, const char *index)
{
    g_autofree char *name = g_strdup_printf("%s.%s", draft->ledger->name, field->name);
    return hj_vault_note(draft->key, name, index);
}

#define SQL_PUT_KEY                                                                            \
    "INSERT INTO sys_sealed_key (county, row_id, ledger, master, wrapped, made_at)"            \
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (county, row_id) DO UPDATE SET"              \
    " master = excluded.master, wrapped = excluded.wrapped, made_at = excluded.made_at,"       \
    " purged_at = NULL"
#define SQL_DROP "DELETE FROM sys_sealed WHERE county = $1 AND row_id = $2 AND field = $3"

static bool
put_key(HjTx *tx, const HjRowDraft *draft, GError **error)
{
    char master[HJ_VAULT_ID_BYTES];
    g_autoptr(GByteArray) wrapped =
        hj_vault_wrap(hj_vault_of(tx), hj_tx_county(tx), draft->id, draft->key, master);
    return hj_tx_put(tx, error, SQL_PUT_KEY, HJ_I64(hj_tx_county(tx)), HJ_I64(draft->id),
                     HJ_TEXT(draft->ledger->name), HJ_TEXT(master),
                     HJ_BLOB(wrapped->data, wrapped->len), HJ_TIME(hj_tx_now(tx)));
}

/* All values of the row in one statement. */
static bool
put_values(HjTx *tx, const HjRowDraft *draft, GError **error)
{
    g_autoptr(GPtrArray) boxes =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(
        b, "INSERT INTO sys_sealed (county, row_id, field, ledger, made_as, value) VALUES ");
    for (size_t i = 0; i < draft->ledger->n_fields; i++) {
        const HjField *field = &draft->ledger->fields[i];
        if (!is_written(draft, i) || draft->clear[i] == NULL)
            continue;
        g_autofree char *name = g_strdup_printf("%s.%s", draft->ledger->name, field->name);
        GByteArray *box =
            hj_vault_close(draft->key, hj_tx_county(tx), draft->id, name, draft->clear[i]);
        const HjVal vals[] = {
            HJ_I64(hj_tx_county(tx)),     HJ_I64(draft->id), HJ_TEXT(field->name),
            HJ_TEXT(draft->ledger->name), HJ_TEXT(name),     HJ_BLOB(box->data, box->len)
        };
        hj_sqlb_add_literal(b, boxes->len > 0 ? ", (" : "(");
        g_ptr_array_add(boxes, box);
        for (size_t k = 0; k < G_N_ELEMENTS(vals); k++) {
            hj_sqlb_add_literal(b, k > 0 ? ", " : "");
            hj_sqlb_param(b, vals[k]);
        }
        hj_sqlb_lit(b, ")");
    }
    hj_sqlb_lit(b, " ON CONFLICT (county, row_id, field) DO UPDATE SET"
                   " made_as = excluded.made_as, value = excluded.value");
    return boxes->len == 0 || hj_sqlb_put(b, tx, error);
}

bool
hj_sealed_store(HjTx *tx, const HjRowDraft *draft, GError **error)
{
    if (draft->key == NULL)
        return true;
    for (size_t i = 0; i < draft->ledger->n_fields; i++)
        if (is_written(draft, i) && draft->clear[i] == NULL && draft->version > 0 &&
            !hj_tx_exec(tx, error, SQL_DROP, HJ_I64(hj_tx_county(tx)), HJ_I64(draft->id),
                        HJ_TEXT(draft->ledger->fields[i].name)))
            return false;
    return (!draft->key_is_new || put_key(tx, draft, error)) && put_values(tx, draft, error);
}

/* --- reading --- */

#define SQL_VALUES                                                                             \
    "SELECT s.row_id AS row_id, s.field AS field, s.made_as AS made_as, s.value AS value,"     \
    " k.master AS master, k.wrapped AS wrapped FROM sys_sealed s JOIN sys_sealed_key k"        \
    " ON k.county = s.county AND k.row_id = s.row_id AND k.wrapped IS NOT NULL"                \
    " WHERE s.county = "

/* A value of the answer of SQL_VALUES; the key of a row is unwrapped once. */
typedef struct {
    HjVault *vault;
    int64_t county, row;
    bool has_key;
    HjVaultKey key;
} Opener;

static char *
open_value(Opener *opener, const HjRows *values, GError **error)
{
    int64_t row = hj_rows_i64(values, "row_id");
    size_t n = 0;
    if (row != opener->row || !opener->has_key) {
        const void *wrapped = hj_rows_blob(values, "wrapped", &n);
        opener->row = row;
        opener->has_key =
            hj_vault_unwrap(opener->vault, opener->county, row, hj_rows_text(values, "master"),
                            wrapped, n, &opener->key, error);
        if (!opener->has_key)
            return NULL;
    }
    const void *value = hj_rows_blob(values, "value", &n);
    return hj_vault_open(&opener->key, opener->county, row, hj_rows_text(values, "made_as"),
                         value, n, error);
}

static char *
masked(Opener *opener, const HjField *field, const HjRows *values)
{
    g_autoptr(GError) error = NULL;
    char *clear = opener->vault != NULL ? open_value(opener, values, &error) : NULL;
    if (clear == NULL) {
        /* A list is still of use without it; the log tells the operator. */
        hj_log(HJ_LOG_WARNING, "sealed", "why", error != NULL ? error->message : "no key",
               NULL);
        return g_strdup(UNREADABLE);
    }
    char *shown = hj_sealed_mask(field, clear);
    hj_crypto_wipe(clear, strlen(clear));
    g_free(clear);
    return shown;
}

static HjRows *
query_values(HjTx *tx, HjRows *rows, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, SQL_VALUES);
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND s.row_id IN (0");
    while (hj_rows_next(rows)) {
        hj_sqlb_lit(b, ", ");
        hj_sqlb_param(b, HJ_I64(hj_rows_i64(rows, "id")));
    }
    hj_rows_rewind(rows);
    hj_sqlb_lit(b, ") ORDER BY s.row_id");
    return hj_sqlb_query(b, tx, error);
}

static void
mask_one(const HjLedger *ledger, HjRows *rows, GHashTable *texts)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (!hj_pack_field_is_sealed(field) || hj_rows_column(rows, field->name) < 0 ||
            hj_rows_null(rows, field->name))
            continue;
        g_autofree char *key =
            g_strdup_printf("%" G_GINT64_FORMAT " %s", hj_rows_i64(rows, "id"), field->name);
        hj_rows_put_text(rows, field->name, g_hash_table_lookup(texts, key));
    }
}

bool
hj_sealed_mask_rows(HjTx *tx, const HjLedger *ledger, HjRows *rows, GError **error)
{
    if (!hj_sealed_has(ledger) || hj_rows_count(rows) == 0)
        return true;
    g_autoptr(HjRows) values = query_values(tx, rows, error);
    if (values == NULL)
        return false;
    g_autoptr(GHashTable) texts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Opener opener = { .vault = hj_vault_of(tx), .county = hj_tx_county(tx) };
    while (hj_rows_next(values)) {
        const HjField *field = hj_pack_field(ledger, hj_rows_text(values, "field"));
        if (field != NULL && hj_pack_field_is_sealed(field))
            g_hash_table_insert(texts,
                                g_strdup_printf("%" G_GINT64_FORMAT " %s",
                                                hj_rows_i64(values, "row_id"), field->name),
                                masked(&opener, field, values));
    }
    hj_vault_key_wipe(&opener.key);
    while (hj_rows_next(rows))
        mask_one(ledger, rows, texts);
    hj_rows_rewind(rows);
    return true;
}

char *
hj_sealed_clear(HjTx *tx, const HjField *field, int64_t row, GError **error)
{
    Opener opener = { .vault = vault_of(tx, error), .county = hj_tx_county(tx) };
    if (opener.vault == NULL)
        return NULL;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, SQL_VALUES);
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND s.row_id = ");
    hj_sqlb_param(b, HJ_I64(row));
    hj_sqlb_lit(b, " AND s.field = ");
    hj_sqlb_param(b, HJ_TEXT(field->name));
    g_autoptr(HjRows) values = hj_sqlb_query(b, tx, error);
    char *clear =
        values != NULL && hj_rows_next(values) ? open_value(&opener, values, error) : NULL;
    hj_vault_key_wipe(&opener.key);
    return clear;
}
