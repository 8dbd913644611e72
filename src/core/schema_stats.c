#include "core/schema.h"

/* The chain is left out: it grows all the time, and statistics that once called it empty would
 * have every history read it from end to end. */
static bool
gather(HjTx *tx, gpointer data, GError **error)
{
    const HjPack *pack = data;
    g_autoptr(GString) sql =
        g_string_new("ANALYZE sys_org; ANALYZE sys_org_name; ANALYZE sys_tree;");
    for (size_t i = 0; i < pack->n_ledgers; i++)
        g_string_append_printf(sql, " ANALYZE t_%s;", pack->ledgers[i].name);
    hj_tx_exempt(tx);
    return hj_tx_ddl(tx, sql->str, error);
}

bool
hj_schema_gather_statistics(HjStore *store, const HjPack *pack, GError **error)
{
    return hj_store_write(store, gather, (gpointer)pack, error);
}
