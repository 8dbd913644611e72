#include "core/indicator.h"

#include "base/decimal.h"
#include "core/access.h"
#include "core/cadence.h"
#include "core/packsql.h"

#define PERCENT 100
#define MEAN_SCALE 6
#define MEAN_UNIT 1000000

/* What is known of one organization and, after the roll-up, of everything below it. */
typedef struct {
    int64_t numerator, denominator;
    int64_t n_kind; /* organizations of the kind */
    int64_t n_orgs; /* organizations with numerator > 0 */
    int64_t n_mean; /* organizations with a quotient of their own */
    int64_t mean;   /* sum of those quotients, scale 6 */
} Cell;

struct HjIndicatorSet {
    const HjIndicator *indicator;
    const HjOrgTree *tree;
    Cell *cells; /* in tree order */
};

void
hj_indicator_set_free(HjIndicatorSet *set)
{
    if (set == NULL)
        return;
    g_free(set->cells);
    g_free(set);
}

static int64_t
add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return b > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

static int64_t
multiply(int64_t a, int64_t b)
{
    return hj_decimal_muldiv(a, b, 1);
}

static int64_t
factor_of(const HjIndicator *indicator)
{
    return indicator->percent && indicator->roll != HJ_ROLL_SUM ? PERCENT : 1;
}

static int64_t
per_of(const HjIndicator *indicator)
{
    return indicator->per > 0 ? indicator->per : 1;
}

static Cell *
cell_of(const HjIndicatorSet *set, int64_t org)
{
    const HjOrg *found = hj_org_tree_find(set->tree, org);
    return found != NULL ? &set->cells[found - set->tree->orgs] : NULL;
}

static void
take_rows(HjIndicatorSet *set, HjRows *rows)
{
    while (hj_rows_next(rows)) {
        Cell *cell = cell_of(set, hj_rows_i64(rows, "org"));
        if (cell == NULL)
            continue;
        cell->numerator = add(cell->numerator, hj_rows_i64(rows, "numerator"));
        cell->denominator = add(cell->denominator, hj_rows_i64(rows, "denominator"));
    }
}

/* Each organization knows its own quotient before the sums begin. */
static void
settle_own(HjIndicatorSet *set)
{
    const HjIndicator *indicator = set->indicator;
    for (size_t i = 0; i < set->tree->n_orgs; i++) {
        Cell *cell = &set->cells[i];
        cell->n_kind = g_str_equal(set->tree->orgs[i].kind, indicator->of);
        cell->n_orgs = cell->numerator > 0;
        if (cell->denominator <= 0)
            continue;
        cell->n_mean = 1;
        cell->mean =
            hj_decimal_divide(multiply(cell->numerator, factor_of(indicator)),
                              multiply(cell->denominator, per_of(indicator)), MEAN_SCALE);
    }
}

/* Parents stand before their children, so one pass from the end carries everything up. */
static void
roll_up(HjIndicatorSet *set)
{
    for (size_t i = set->tree->n_orgs; i-- > 0;) {
        int parent = hj_org_tree_parent(set->tree, i);
        if (parent < 0)
            continue;
        const Cell *from = &set->cells[i];
        Cell *to = &set->cells[parent];
        to->numerator = add(to->numerator, from->numerator);
        to->denominator = add(to->denominator, from->denominator);
        to->n_kind += from->n_kind;
        to->n_orgs += from->n_orgs;
        to->n_mean += from->n_mean;
        to->mean = add(to->mean, from->mean);
    }
}

HjRows *
hj_indicator_run_sql(HjTx *tx, const HjPack *pack, const HjPackSql *sql, HjDate from, HjDate to,
                     GError **error)
{
    const HjPackSqlBind bind = { .from = from, .to = to };
    return hj_packsql_query(tx, pack, sql->text, &bind, error);
}

/* Its own SQL, or that of its cadence. */
static HjRows *
numbers_of(HjTx *tx, const HjPack *pack, const HjIndicator *indicator, HjDate from, HjDate to,
           GError **error)
{
    if (indicator->cadence == NULL)
        return hj_indicator_run_sql(tx, pack, &indicator->sql, from, to, error);
    g_autofree char *text =
        hj_cadence_sql(pack, indicator->cadence, indicator->of, from, to, hj_tx_today(tx));
    const HjPackSql sql = { .text = text };
    return hj_indicator_run_sql(tx, pack, &sql, from, to, error);
}

HjIndicatorSet *
hj_indicator_compute(HjTx *tx, const HjPack *pack, const HjIndicator *indicator,
                     const HjOrgTree *tree, HjDate from, HjDate to, GError **error)
{
    g_autoptr(HjRows) rows = numbers_of(tx, pack, indicator, from, to, error);
    if (rows == NULL) {
        g_prefix_error(error, "indicator %s: ", indicator->name);
        return NULL;
    }
    HjIndicatorSet *set = g_new0(HjIndicatorSet, 1);
    set->indicator = indicator;
    set->tree = tree;
    set->cells = g_new0(Cell, tree->n_orgs + 1);
    take_rows(set, rows);
    settle_own(set);
    if (indicator->roll != HJ_ROLL_NONE)
        roll_up(set);
    return set;
}

struct HjIndicatorCache {
    HjTx *tx;
    const HjPack *pack;
    const HjOrgTree *tree;
    HjDate from, to;
    GHashTable *sets; /* HjIndicator -> HjIndicatorSet */
};

HjIndicatorCache *
hj_indicator_cache_new(HjTx *tx, const HjPack *pack, const HjOrgTree *tree, HjDate from,
                       HjDate to)
{
    HjIndicatorCache *cache = g_new(HjIndicatorCache, 1);
    *cache = (HjIndicatorCache){ .tx = tx, .pack = pack, .tree = tree, .from = from, .to = to };
    cache->sets = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                        (GDestroyNotify)hj_indicator_set_free);
    return cache;
}

void
hj_indicator_cache_free(HjIndicatorCache *cache)
{
    if (cache == NULL)
        return;
    g_hash_table_unref(cache->sets);
    g_free(cache);
}

const HjIndicatorSet *
hj_indicator_cache_get(HjIndicatorCache *cache, const HjIndicator *indicator, GError **error)
{
    HjIndicatorSet *set = g_hash_table_lookup(cache->sets, indicator);
    if (set == NULL) {
        set = hj_indicator_compute(cache->tx, cache->pack, indicator, cache->tree, cache->from,
                                   cache->to, error);
        if (set != NULL)
            g_hash_table_insert(cache->sets, (gpointer)indicator, set);
    }
    return set;
}

static bool
fraction_of(const HjIndicator *indicator, const Cell *cell, int64_t *ret_num, int64_t *ret_den)
{
    if (indicator->roll == HJ_ROLL_SUM) {
        *ret_num = cell->numerator;
        *ret_den = per_of(indicator);
        return cell->n_kind > 0 || cell->denominator > 0;
    }
    if (indicator->roll == HJ_ROLL_MEAN) {
        *ret_num = cell->n_mean > 0 ? hj_decimal_divide(cell->mean, cell->n_mean, 0) : 0;
        *ret_den = MEAN_UNIT;
        return cell->n_mean > 0;
    }
    *ret_num = multiply(cell->numerator, factor_of(indicator));
    *ret_den = multiply(cell->denominator, per_of(indicator));
    return cell->denominator > 0; /* ARI-9 */
}

bool
hj_indicator_fraction(const HjIndicatorSet *set, int64_t org, int64_t *ret_num,
                      int64_t *ret_den)
{
    const Cell *cell = cell_of(set, org);
    int64_t num, den;
    if (cell == NULL || !fraction_of(set->indicator, cell, &num, &den))
        return false;
    *ret_num = num;
    *ret_den = den;
    return true;
}

HjIndicatorValue
hj_indicator_at(const HjIndicatorSet *set, int64_t org)
{
    HjIndicatorValue value = { 0 };
    const Cell *cell = cell_of(set, org);
    if (cell == NULL)
        return value;
    value.numerator = cell->numerator;
    value.denominator = cell->denominator;
    value.n_orgs = cell->n_orgs;
    int64_t num, den;
    value.has = fraction_of(set->indicator, cell, &num, &den);
    if (value.has)
        value.value = hj_decimal_divide(num, den, set->indicator->scale);
    return value;
}

char *
hj_indicator_text(const HjIndicator *indicator, const HjIndicatorValue *value, bool grouped)
{
    if (!value->has)
        return g_strdup("—");
    const HjDecimalText text = grouped ? hj_decimal_text_grouped(value->value, indicator->scale)
                                       : hj_decimal_text(value->value, indicator->scale);
    return g_strdup(text.text);
}

const char *
hj_indicator_light(const HjIndicator *indicator, const HjIndicatorValue *value)
{
    if (!indicator->has_lights || !value->has)
        return "";
    const int64_t sign = indicator->lower_is_better ? -1 : 1;
    if (sign * value->value >= sign * indicator->green)
        return "green";
    return sign * value->value >= sign * indicator->yellow ? "yellow" : "red";
}

/* The narrowing around an evidence statement.  It reads the dated tree through the view that
 * packs have: below the asked organization as at :to, and inside the actor's grants. */
typedef struct {
    GString *text;
    GArray *extras; /* of HjPackSqlExtra */
    GStringChunk *held;
} Narrow;

static void
narrow_bind(Narrow *narrow, const char *word, HjVal value)
{
    g_autofree char *name = g_strdup_printf("hj_%s_%u", word, narrow->extras->len);
    const HjPackSqlExtra extra = { .name = g_string_chunk_insert(narrow->held, name),
                                   .value = value };
    g_array_append_val(narrow->extras, extra);
    g_string_append_printf(narrow->text, ":%s", name);
}

/* What the ledgers' own `see` lists leave out for the role of this grant. */
static void
narrow_ledgers(Narrow *narrow, const HjActor *one_grant)
{
    for (size_t i = 0; i < one_grant->pack->n_ledgers; i++) {
        const HjLedger *ledger = &one_grant->pack->ledgers[i];
        if (hj_access_may_ledger(one_grant, ledger, HJ_ACCESS_VIEW))
            continue;
        g_string_append(narrow->text, " AND e.ledger <> ");
        narrow_bind(narrow, "ledger", HJ_TEXT(ledger->name));
    }
}

/* Today's tree below each grant, as everywhere in core/access. */
static void
narrow_scope(Narrow *narrow, const HjActor *actor)
{
    g_string_append(narrow->text, " AND (1 = 0");
    for (size_t i = 0; i < actor->n_grants; i++) {
        HjActor one_grant = *actor;
        one_grant.grants = &actor->grants[i];
        one_grant.n_grants = 1;
        if (!hj_access_may(&one_grant, "ledger.view"))
            continue;
        g_string_append(narrow->text,
                        " OR (EXISTS (SELECT 1 FROM org_tree s WHERE s.org = e.org"
                        " AND s.to_on = '9999-12-31' AND s.ancestor = ");
        narrow_bind(narrow, "scope", HJ_I64(actor->grants[i].org));
        g_string_append(narrow->text, ")");
        narrow_ledgers(narrow, &one_grant);
        g_string_append(narrow->text, ")");
    }
    g_string_append(narrow->text, ")");
}

/* Rows of @sql, which answers org, ledger and id, at and below @org as the actor sees them. */
static HjRows *
narrowed_rows(HjTx *tx, const HjActor *actor, const char *sql, int64_t org, HjDate from,
              HjDate to, int limit, GError **error)
{
    Narrow narrow = { .text = g_string_new("SELECT e.org AS org, o.name AS org_name,"
                                           " e.ledger AS ledger, e.id AS id FROM ("),
                      .extras = g_array_new(FALSE, FALSE, sizeof(HjPackSqlExtra)),
                      .held = g_string_chunk_new(256) };
    g_string_append(narrow.text, sql);
    g_string_append(narrow.text, "\n) e JOIN org o ON o.id = e.org WHERE EXISTS"
                                 " (SELECT 1 FROM org_tree t WHERE t.org = e.org"
                                 " AND t.from_on <= :to AND t.to_on >= :to AND t.ancestor = ");
    narrow_bind(&narrow, "under", HJ_I64(org));
    g_string_append(narrow.text, ")");
    if (actor->account != 0)
        narrow_scope(&narrow, actor);
    g_string_append(narrow.text, " ORDER BY e.org, e.ledger, e.id LIMIT ");
    narrow_bind(&narrow, "limit", HJ_I64(limit));

    const HjPackSqlBind bind = { .from = from,
                                 .to = to,
                                 .extras =
                                     (const HjPackSqlExtra *)(const void *)narrow.extras->data,
                                 .n_extras = narrow.extras->len };
    HjRows *rows = hj_packsql_query(tx, actor->pack, narrow.text->str, &bind, error);
    g_string_free(narrow.text, TRUE);
    g_array_free(narrow.extras, TRUE);
    g_string_chunk_free(narrow.held);
    return rows;
}

HjRows *
hj_indicator_evidence(HjTx *tx, const HjActor *actor, const HjIndicator *indicator, int64_t org,
                      HjDate from, HjDate to, int limit, GError **error)
{
    g_autofree char *own =
        indicator->cadence != NULL
            ? hj_cadence_evidence(actor->pack, indicator->cadence, from, to, hj_tx_today(tx))
            : NULL;
    return narrowed_rows(tx, actor, own != NULL ? own : indicator->evidence.text, org, from, to,
                         limit, error);
}

HjRows *
hj_indicator_missing(HjTx *tx, const HjActor *actor, const HjIndicator *indicator, int64_t org,
                     HjDate from, HjDate to, int limit, GError **error)
{
    static const char *const columns[] = { "org", "org_name", "ledger", "id" };
    if (indicator->missing.text == NULL)
        return hj_rows_new(G_N_ELEMENTS(columns), columns);
    return narrowed_rows(tx, actor, indicator->missing.text, org, from, to, limit, error);
}
