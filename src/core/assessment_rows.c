/* The rows behind every item of every card, and the rules they were counted by. */
#include "base/crypto.h"
#include "core/assessment_priv.h"
#include "core/cadence.h"
#include "core/packsql.h"

#include <string.h>

#define PAGE 8000

typedef struct {
    HjTx *tx;
    const HjPack *pack;
    const HjPeriod *period;
    const HjOrgTree *tree;
    GHashTable *owners; /* org → int64_t owner, 0 none */
    const char *of;
    HjContestRows *ret;
} Gather;

void
hj_contest_rows_clear(HjContestRows *rows)
{
    g_clear_pointer(&rows->rows, g_array_unref);
    g_clear_pointer(&rows->text, g_string_chunk_free);
}

static int64_t
owner_of(Gather *g, int64_t org)
{
    const int64_t *known = g_hash_table_lookup(g->owners, &org);
    if (known != NULL)
        return *known;
    const HjOrg *found = hj_org_tree_find(g->tree, org);
    int at = found != NULL ? (int)(found - g->tree->orgs) : -1;
    while (at >= 0 && !g_str_equal(g->tree->orgs[at].kind, g->of))
        at = hj_org_tree_parent(g->tree, (size_t)at);
    int64_t *key = g_new(int64_t, 1);
    int64_t *owner = g_new(int64_t, 1);
    *key = org;
    *owner = at >= 0 ? g->tree->orgs[at].id : 0;
    g_hash_table_insert(g->owners, key, owner);
    return *owner;
}

static void
add_row(Gather *g, GHashTable *seen, const char *item, const HjRows *from, bool has_points)
{
    const HjContestRow row = {
        .owner = owner_of(g, hj_rows_i64(from, "org")),
        .item = item,
        .ledger = g_string_chunk_insert_const(g->ret->text, hj_rows_text(from, "ledger")),
        .row = hj_rows_i64(from, "id"),
        .org = hj_rows_i64(from, "org"),
        .has_points = has_points,
        .points = has_points ? hj_rows_i64(from, "points") : 0,
    };
    if (row.owner == 0)
        return;
    char *key = g_strdup_printf("%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT, row.owner,
                                row.ledger, row.row);
    if (g_hash_table_add(seen, key))
        g_array_append_val(g->ret->rows, row);
}

/* By pages, for one answer is bounded; rows of the last id of a full page come again. */
static bool
gather_indicator(Gather *g, GHashTable *seen, const HjSchemeItem *item, GError **error)
{
    const HjIndicator *indicator = item->indicator;
    g_autofree char *own =
        indicator->cadence != NULL
            ? hj_cadence_evidence(g->pack, indicator->cadence, g->period->from, g->period->to,
                                  hj_tx_today(g->tx))
            : NULL;
    const char *sql = own != NULL ? own : indicator->evidence.text;
    if (sql == NULL)
        return true;
    g_autofree char *text = g_strdup_printf(
        "SELECT e.org AS org, e.ledger AS ledger, e.id AS id FROM (%s\n) e WHERE e.id > "
        ":hj_after ORDER BY e.id, e.ledger, e.org LIMIT :hj_limit",
        sql);
    int64_t after = INT64_MIN;
    for (bool more = true; more;) {
        const HjPackSqlExtra extras[] = { { "hj_after", HJ_I64(after) },
                                          { "hj_limit", HJ_I64(PAGE) } };
        const HjPackSqlBind bind = { .from = g->period->from,
                                     .to = g->period->to,
                                     .extras = extras,
                                     .n_extras = G_N_ELEMENTS(extras) };
        g_autoptr(HjRows) rows = hj_packsql_query(g->tx, g->pack, text, &bind, error);
        if (rows == NULL) {
            g_prefix_error(error, "evidence of %s: ", indicator->name);
            return false;
        }
        const int64_t before = after;
        while (hj_rows_next(rows)) {
            add_row(g, seen, item->name, rows, false);
            after = hj_rows_i64(rows, "id") - 1;
        }
        more = hj_rows_count(rows) == PAGE && after > before;
    }
    return true;
}

static bool
gather_rows(Gather *g, GHashTable *seen, const HjScheme *scheme, const HjSchemeItem *item,
            GError **error)
{
    HjActor *system = hj_actor_system((HjPack *)g->pack);
    g_autoptr(HjRows) rows =
        hj_scheme_rows(g->tx, system, scheme, item, g->period, g->tree->orgs[0].id, error);
    while (rows != NULL && hj_rows_next(rows))
        add_row(g, seen, item->name, rows, true);
    hj_actor_unref(system);
    return rows != NULL;
}

static bool
note_version(HjRows *row, gpointer data)
{
    int64_t *id = g_new(int64_t, 1);
    int64_t *version = g_new(int64_t, 1);
    *id = hj_rows_i64(row, "id");
    *version = hj_rows_i64(row, "version");
    g_hash_table_insert(data, id, version);
    return true;
}

static GHashTable *
versions_of(HjTx *tx, const HjLedger *ledger, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    g_autoptr(GHashTable) versions =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    hj_sqlb_lit(b, "SELECT id, version FROM ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " WHERE county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    return hj_sqlb_scan(b, tx, note_version, versions, error) ? g_steal_pointer(&versions)
                                                              : NULL;
}

static bool
fill_versions(Gather *g, GError **error)
{
    g_autoptr(GHashTable) ledgers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                                          (GDestroyNotify)g_hash_table_unref);
    for (guint i = 0; i < g->ret->rows->len; i++) {
        HjContestRow *row = &g_array_index(g->ret->rows, HjContestRow, i);
        const HjLedger *ledger = hj_pack_ledger(g->pack, row->ledger);
        GHashTable *versions = g_hash_table_lookup(ledgers, row->ledger);
        if (versions == NULL && ledger != NULL) {
            versions = versions_of(g->tx, ledger, error);
            if (versions == NULL)
                return false;
            g_hash_table_insert(ledgers, (gpointer)row->ledger, versions);
        }
        const int64_t *version =
            versions != NULL ? g_hash_table_lookup(versions, &row->row) : NULL;
        row->version = version != NULL ? *version : 0;
    }
    return true;
}

bool
hj_contest_rows(HjTx *tx, const HjPack *pack, const HjScheme *scheme, const HjPeriod *period,
                const HjOrgTree *tree, HjContestRows *ret, GError **error)
{
    Gather g = {
        .tx = tx, .pack = pack, .period = period, .tree = tree, .of = scheme->of, .ret = ret
    };
    *ret = (HjContestRows){ .rows = g_array_new(FALSE, FALSE, sizeof(HjContestRow)),
                            .text = g_string_chunk_new(1024) };
    g_autoptr(GHashTable) owners =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g.owners = owners;
    for (size_t l = 0; l < scheme->n_lists && tree->n_orgs > 0; l++)
        for (size_t i = 0; i < scheme->lists[l].n_items; i++) {
            const HjSchemeItem *item = &scheme->lists[l].items[i];
            g_autoptr(GHashTable) seen =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
            if (item->indicator != NULL ? !gather_indicator(&g, seen, item, error)
                : item->ledger != NULL  ? !gather_rows(&g, seen, scheme, item, error)
                                        : false)
                return false;
        }
    return fill_versions(&g, error);
}

/* --- rules --- */

typedef struct {
    HjJsonWriter w;
    GString *sql;     /* all of it: which parameters it asks for */
    GHashTable *keys; /* two items may go by one indicator */
} Rules;

static void
put(Rules *r, const char *head, const char *name, const char *what, const char *text)
{
    char *key = g_strdup_printf("%s.%s%s%s", head, name, what[0] != '\0' ? "." : "", what);
    if (g_hash_table_add(r->keys, key))
        hj_json_put_text(&r->w, key, text);
}

static void
put_number(Rules *r, const char *head, const char *name, const char *what, int64_t n)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, n);
    put(r, head, name, what, text);
}

/* SQL stands as its digest: the pack of that digest has the text. */
static void
put_sql(Rules *r, const char *head, const char *name, const char *what, const char *sql)
{
    uint8_t sum[HJ_SM3_BYTES];
    if (sql == NULL)
        return;
    g_string_append(r->sql, sql);
    g_string_append_c(r->sql, '\n');
    hj_crypto_sm3(sql, strlen(sql), sum);
    g_autofree char *hex = hj_crypto_hex(sum, 8);
    put(r, head, name, what, hex);
}

static void
put_item(Rules *r, const HjSchemeItem *item, const HjPack *pack, const HjPeriod *period)
{
    static const char *const scorings[] = { "linear", "lose", "add", "rows" };
    put_number(r, "item", item->name, "points", item->points);
    if (item->pending) {
        put(r, "item", item->name, "pending", "true");
        return;
    }
    put(r, "item", item->name, "score", scorings[item->scoring]);
    put_number(r, "item", item->name, "times", item->times);
    put_number(r, "item", item->name, "each", item->each);
    if (item->ledger != NULL) {
        put(r, "item", item->name, "ledger", item->ledger->name);
        put(r, "item", item->name, "mark", item->mark != NULL ? item->mark : "");
        put_sql(r, "item", item->name, "when", item->when.text);
    }
    const HjIndicator *indicator = item->indicator;
    if (indicator == NULL)
        return;
    put_number(r, "item", item->name, "zero", item->zero);
    put_number(r, "item", item->name, "full", item->full);
    put(r, "item", item->name, "indicator", indicator->name);
    put_sql(r, "indicator", indicator->name, "sql", indicator->sql.text);
    put_sql(r, "indicator", indicator->name, "evidence", indicator->evidence.text);
    if (indicator->cadence == NULL)
        return;
    g_autofree char *sql = hj_cadence_sql(pack, indicator->cadence, indicator->of, period->from,
                                          period->to, period->to);
    put_sql(r, "cadence", indicator->cadence->name, "sql", sql);
}

static bool
asks_for(const char *sql, const char *name)
{
    const size_t n = strlen(name);
    for (const char *at = strchr(sql, ':'); at != NULL; at = strchr(at + 1, ':'))
        if (strncmp(at + 1, name, n) == 0 && !g_ascii_isalnum(at[1 + n]) && at[1 + n] != '_')
            return true;
    return false;
}

char *
hj_contest_rules(const HjPack *pack, const HjScheme *scheme, const HjPeriod *period)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Rules r = { .w = { .out = out }, .sql = sql, .keys = keys };
    hj_json_begin_object(&r.w);
    for (size_t l = 0; l < scheme->n_lists; l++) {
        const HjSchemeList *list = &scheme->lists[l];
        put_number(&r, "list", list->name, "cap", list->cap);
        put_number(&r, "list", list->name, "weight", list->weight);
        for (size_t i = 0; i < list->n_items; i++)
            put_item(&r, &list->items[i], pack, period);
    }
    for (size_t i = 0; i < scheme->n_vetoes; i++) {
        g_autofree char *number = g_strdup_printf("%zu", i + 1);
        put_sql(&r, "veto", number, "when", scheme->vetoes[i].when.text);
    }
    for (size_t i = 0; i < scheme->n_bands; i++)
        put_number(&r, "band", scheme->bands[i].name, "from", scheme->bands[i].from);
    if (scheme->quota != NULL)
        put_number(&r, "quota", "percent", "", scheme->quota->percent);
    put_number(&r, "step_up", "bands", "", scheme->step_up.bands);
    for (size_t i = 0; i < scheme->n_rank; i++) {
        g_autofree char *number = g_strdup_printf("%zu", i + 1);
        put(&r, "rank", number, "", scheme->rank[i]);
    }
    for (size_t i = 0; i < pack->n_params; i++)
        if (asks_for(sql->str, pack->params[i].name))
            put(&r, "params", pack->params[i].name, "",
                hj_pack_param(pack, pack->params[i].name, period->to));
    hj_json_end_object(&r.w);
    return g_string_free(out, FALSE);
}
