/* Answers that the lane was given a moment ago. */
#include "store/recall.h"

#include "store/inside.h"

#include <string.h>

#define MOST_ANSWERS 4096
#define KEY_BYTES 120

/* The statement, by the address of its literal, and its values. */
typedef struct {
    guint n;
    char bytes[KEY_BYTES];
} Key;

struct HjRecall {
    int64_t rights; /* of the answers */
    GHashTable *answers;
};

static bool
add(Key *key, const void *bytes, size_t n)
{
    if (n > sizeof key->bytes - key->n)
        return false;
    memcpy(key->bytes + key->n, bytes, n);
    key->n += (guint)n;
    return true;
}

/* false: too long for a key. */
static bool
make_key(const char *sql, const HjVal *vals, Key *ret)
{
    *ret = (Key){ 0 };
    bool fits = add(ret, &sql, sizeof sql);
    for (; fits && vals->kind != HJ_VAL_END; vals++) {
        const char *text = hj_value_text(vals);
        char kind = (char)vals->kind;
        if (vals->kind == HJ_VAL_BLOB)
            return false;
        fits = add(ret, &kind, 1) &&
               (vals->kind == HJ_VAL_I64 ? add(ret, &vals->i64, sizeof vals->i64)
                                         : text == NULL || add(ret, text, strlen(text) + 1));
    }
    return fits;
}

static guint
hash_key(gconstpointer data)
{
    const Key *key = data;
    guint hash = 5381;
    for (guint i = 0; i < key->n; i++)
        hash = hash * 33 + (guchar)key->bytes[i];
    return hash;
}

static gboolean
equal_keys(gconstpointer a, gconstpointer b)
{
    const Key *one = a, *other = b;
    return one->n == other->n && memcmp(one->bytes, other->bytes, one->n) == 0;
}

static void
free_answer(gpointer rows)
{
    hj_rows_free(rows);
}

HjRecall *
hj_recall_new(void)
{
    HjRecall *recall = g_new0(HjRecall, 1);
    recall->answers = g_hash_table_new_full(hash_key, equal_keys, g_free, free_answer);
    return recall;
}

void
hj_recall_free(HjRecall *recall)
{
    if (recall == NULL)
        return;
    g_hash_table_unref(recall->answers);
    g_free(recall);
}

void
hj_recall_note(HjTx *tx, const char *sql)
{
    static const char *const tables[] = { "sys_org", "sys_tree", "sys_webhook" };
    for (size_t i = 0; tx->recall != NULL && i < G_N_ELEMENTS(tables); i++)
        if (strstr(sql, tables[i]) != NULL)
            hj_store_note_rights(tx->store);
}

HjRows *
hj_tx_recall_vals(HjTx *tx, GError **error, const char *sql, const HjVal *vals)
{
    HjRecall *recall = tx->recall;
    Key key;
    if (recall == NULL || !make_key(sql, vals, &key))
        return hj_tx_query_vals(tx, error, sql, vals);
    int64_t rights = hj_tx_rights(tx);
    if (recall->rights != rights || g_hash_table_size(recall->answers) >= MOST_ANSWERS)
        g_hash_table_remove_all(recall->answers);
    recall->rights = rights;
    const HjRows *known = g_hash_table_lookup(recall->answers, &key);
    if (known != NULL)
        return hj_rows_copy(known);
    HjRows *rows = hj_tx_query_vals(tx, error, sql, vals);
    if (rows != NULL)
        g_hash_table_insert(recall->answers, g_memdup2(&key, sizeof key), hj_rows_copy(rows));
    return rows;
}
