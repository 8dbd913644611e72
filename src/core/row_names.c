#include "core/row_names.h"

#include "core/row_sql.h"

struct HjRowNames {
    GHashTable *ledgers; /* name → ids asked for (GArray of int64_t) */
    GHashTable *titles;  /* "ledger id" → title */
};

static char *
key_of(const char *ledger, int64_t id)
{
    return g_strdup_printf("%s %" G_GINT64_FORMAT, ledger, id);
}

static void
collect(HjRowNames *names, HjRows *rows)
{
    while (hj_rows_next(rows)) {
        const char *ledger = hj_rows_text(rows, "ledger");
        const int64_t id = hj_rows_i64(rows, "id");
        GArray *ids = g_hash_table_lookup(names->ledgers, ledger);
        if (ids == NULL) {
            ids = g_array_new(FALSE, FALSE, sizeof id);
            g_hash_table_insert(names->ledgers, g_strdup(ledger), ids);
        }
        g_array_append_val(ids, id);
    }
    hj_rows_rewind(rows);
}

/* A number reads by its field's scale and a sealed value not at all: neither is a name.  What a
 * row cites names it, but in a sensitive ledger: whom it is about is read there. */
static bool
has_names(const HjLedger *ledger)
{
    const HjField *title = ledger != NULL ? hj_row_sql_title(ledger) : NULL;
    if (title == NULL || hj_pack_field_is_sealed(title))
        return false;
    if (hj_field_cites_row(title) || title->type == HJ_FIELD_ORG)
        return !ledger->sensitive;
    return !hj_field_is_number(title);
}

static bool
read_titles(HjRowNames *names, HjTx *tx, const HjActor *actor, const HjLedger *ledger,
            const GArray *ids, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT r.id AS id, ");
    hj_row_sql_title_of(b, actor, ledger);
    hj_sqlb_lit(b, " AS title FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.id IN (");
    for (guint i = 0; i < ids->len; i++) {
        if (i > 0)
            hj_sqlb_lit(b, ", ");
        hj_sqlb_param(b, HJ_I64(g_array_index(ids, int64_t, i)));
    }
    hj_sqlb_lit(b, ")");
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    while (rows != NULL && hj_rows_next(rows))
        if (!hj_rows_null(rows, "title") && *hj_rows_text(rows, "title") != '\0')
            g_hash_table_insert(names->titles, key_of(ledger->name, hj_rows_i64(rows, "id")),
                                g_strdup(hj_rows_text(rows, "title")));
    return rows != NULL;
}

HjRowNames *
hj_row_names_of(HjTx *tx, const HjActor *actor, HjRows *rows, GError **error)
{
    g_autoptr(HjRowNames) names = g_new0(HjRowNames, 1);
    names->ledgers =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    names->titles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    collect(names, rows);
    GHashTableIter iter;
    gpointer name, ids;
    g_hash_table_iter_init(&iter, names->ledgers);
    while (g_hash_table_iter_next(&iter, &name, &ids)) {
        const HjLedger *ledger = hj_pack_ledger(actor->pack, name);
        if (has_names(ledger) && !read_titles(names, tx, actor, ledger, ids, error))
            return NULL;
    }
    return g_steal_pointer(&names);
}

void
hj_row_names_free(HjRowNames *names)
{
    if (names == NULL)
        return;
    g_hash_table_unref(names->ledgers);
    g_hash_table_unref(names->titles);
    g_free(names);
}

const char *
hj_row_names_at(const HjRowNames *names, const char *ledger, int64_t id)
{
    g_autofree char *key = key_of(ledger, id);
    return g_hash_table_lookup(names->titles, key);
}
