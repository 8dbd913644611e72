#include "core/schema_frozen.h"

#include <string.h>

/* A version's parts in words of the program: what differs there differs in points. */

#define SQL_KNOWN                                                                              \
    "SELECT scheme, from_on, version, part, facts FROM sys_scheme WHERE county = $1 "          \
    "ORDER BY scheme, from_on, part"
#define SQL_FORGET "DELETE FROM sys_scheme WHERE county = $1"
#define SQL_KEEP                                                                               \
    "INSERT INTO sys_scheme (county, scheme, from_on, version, part, facts) VALUES ($1, $2, "  \
    "$3, $4, $5, $6)"
#define SQL_ANY "SELECT 1 AS one FROM sys_scheme WHERE county = $1 LIMIT 1"
#define ALWAYS "" /* from_on of a scheme with one version for every period */

typedef struct {
    char *part, *facts;
} Fact;

static void
fact_clear(gpointer data)
{
    Fact *fact = data;
    g_free(fact->part);
    g_free(fact->facts);
}

/* Takes both. */
static void
add(GArray *facts, char *part, char *text)
{
    const Fact fact = { part, text };
    g_array_append_val(facts, fact);
}

static const char *
text_of(const char *text)
{
    return text != NULL ? text : "";
}

static char *
item_facts(const HjSchemeItem *item)
{
    static const char *const how[] = { "linear", "lose", "add", "rows" };
    GString *out = g_string_new(NULL);
    if (item->pending)
        return g_string_free(g_string_append(out, "pending"), FALSE);
    g_string_append_printf(out, "points %" G_GINT64_FORMAT " times %d %s %" G_GINT64_FORMAT,
                           item->points, item->times, how[item->scoring], item->each);
    if (item->indicator != NULL)
        g_string_append_printf(out,
                               " zero %" G_GINT64_FORMAT " full %" G_GINT64_FORMAT
                               " indicator %s roll %d per %" G_GINT64_FORMAT " cadence %s: %s",
                               item->zero, item->full, item->indicator->name,
                               item->indicator->roll, item->indicator->per,
                               item->indicator->cadence != NULL ? item->indicator->cadence->name
                                                                : "none",
                               text_of(item->indicator->sql.text));
    if (item->ledger != NULL)
        g_string_append_printf(out, " ledger %s mark %s: %s", item->ledger->name,
                               text_of(item->mark), text_of(item->when.text));
    return g_string_free(out, FALSE);
}

static char *
veto_facts(const HjVeto *veto)
{
    return g_strdup_printf("ledger %s document %s: %s", veto->ledger->name,
                           text_of(veto->document_field), text_of(veto->when.text));
}

static char *
band_facts(const HjScheme *scheme)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < scheme->n_bands; i++)
        g_string_append_printf(out, "%s %" G_GINT64_FORMAT " ", scheme->bands[i].name,
                               scheme->bands[i].from);
    const HjQuota *quota = scheme->quota;
    if (quota != NULL)
        g_string_append_printf(out, "at most %d percent of %s", quota->percent,
                               scheme->bands[quota->band].name);
    for (size_t i = 0; quota != NULL && i < quota->n_ties; i++)
        g_string_append_printf(out, " %s", quota->ties[i]);
    g_string_append_printf(out, " up %d", scheme->step_up.bands);
    if (scheme->step_up.unless.ledger != NULL) {
        g_autofree char *unless = veto_facts(&scheme->step_up.unless);
        g_string_append_printf(out, " unless %s", unless);
    }
    return g_string_free(out, FALSE);
}

static char *
rank_facts(const HjScheme *scheme)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < scheme->n_rank; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", scheme->rank[i]);
    return g_string_free(out, FALSE);
}

static GArray *
facts_of(const HjScheme *scheme)
{
    GArray *facts = g_array_new(FALSE, FALSE, sizeof(Fact));
    g_array_set_clear_func(facts, fact_clear);
    add(facts, g_strdup("period"), g_strdup_printf("%s of %s", scheme->period, scheme->of));
    for (size_t l = 0; l < scheme->n_lists; l++) {
        const HjSchemeList *list = &scheme->lists[l];
        add(facts, g_strdup_printf("list %s", list->name),
            g_strdup_printf("cap %" G_GINT64_FORMAT " weight %d%s", list->cap, list->weight,
                            list->prorate ? " prorated" : ""));
        for (size_t i = 0; i < list->n_items; i++)
            add(facts, g_strdup_printf("item %s.%s", list->name, list->items[i].name),
                item_facts(&list->items[i]));
    }
    for (size_t i = 0; i < scheme->n_vetoes; i++)
        add(facts, g_strdup_printf("veto %zu", i + 1), veto_facts(&scheme->vetoes[i]));
    if (scheme->n_bands > 0)
        add(facts, g_strdup("bands"), band_facts(scheme));
    add(facts, g_strdup("rank"), rank_facts(scheme));
    return facts;
}

static const char *
from_text(const HjScheme *scheme, HjDateText *held)
{
    if (scheme->from == HJ_DATE_NONE)
        return ALWAYS;
    *held = hj_date_text(scheme->from);
    return held->text;
}

static char *
key_of(const char *scheme, const char *from, const char *part)
{
    return g_strdup_printf("%s\n%s\n%s", scheme, from, part);
}

/* Known parts of begun versions by key; those met are taken away. */
typedef struct {
    GHashTable *parts;    /* key to facts */
    GHashTable *versions; /* "scheme\nfrom\n" */
    GHashTable *schemes;
    GPtrArray *lines;
    HjDate today;
} Frozen;

static void
frozen_clear(Frozen *frozen)
{
    g_clear_pointer(&frozen->parts, g_hash_table_unref);
    g_clear_pointer(&frozen->versions, g_hash_table_unref);
    g_clear_pointer(&frozen->schemes, g_hash_table_unref);
    g_clear_pointer(&frozen->lines, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Frozen, frozen_clear)

static bool
has_begun(const Frozen *frozen, const char *from)
{
    HjDate day;
    return from[0] == '\0' || (hj_date_parse(from, &day, NULL) && day <= frozen->today);
}

static bool
load_known(HjTx *tx, Frozen *frozen, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_KNOWN, HJ_I64(hj_tx_county(tx)));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        const char *scheme = hj_rows_text(rows, "scheme");
        const char *from = hj_rows_text(rows, "from_on");
        g_hash_table_add(frozen->schemes, g_strdup(scheme));
        g_hash_table_add(frozen->versions, key_of(scheme, from, ""));
        if (has_begun(frozen, from))
            g_hash_table_insert(frozen->parts, key_of(scheme, from, hj_rows_text(rows, "part")),
                                g_strdup(hj_rows_text(rows, "facts")));
    }
    return true;
}

static void
refuse(Frozen *frozen, const char *scheme, const char *from, const char *what)
{
    const bool always = from[0] == '\0';
    g_ptr_array_add(frozen->lines,
                    g_strdup_printf("! scheme %s%s%s: %s refused: its first period has begun "
                                    "(ASM-1); add a version with a later from",
                                    scheme, always ? "" : " from ", from, what));
}

static void
compare(Frozen *frozen, const HjScheme *scheme)
{
    HjDateText held;
    const char *from = from_text(scheme, &held);
    g_autofree char *version = key_of(scheme->name, from, "");
    if (!has_begun(frozen, from) || !g_hash_table_contains(frozen->schemes, scheme->name))
        return;
    if (!g_hash_table_contains(frozen->versions, version)) {
        refuse(frozen, scheme->name, from, "a new version");
        return;
    }
    g_autoptr(GArray) facts = facts_of(scheme);
    for (guint i = 0; i < facts->len; i++) {
        const Fact *fact = &g_array_index(facts, Fact, i);
        g_autofree char *key = key_of(scheme->name, from, fact->part);
        const char *was = g_hash_table_lookup(frozen->parts, key);
        g_autofree char *what =
            g_strdup_printf("%s %s", was == NULL ? "added" : "changed", fact->part);
        if (was == NULL || strcmp(was, fact->facts) != 0)
            refuse(frozen, scheme->name, from, what);
        g_hash_table_remove(frozen->parts, key);
    }
}

static void
tell_gone(Frozen *frozen)
{
    g_autoptr(GList) keys = g_hash_table_get_keys(frozen->parts);
    keys = g_list_sort(keys, (GCompareFunc)strcmp);
    for (const GList *at = keys; at != NULL; at = at->next) {
        g_auto(GStrv) words = g_strsplit(at->data, "\n", 3);
        g_autofree char *what = g_strdup_printf("dropped %s", words[2]);
        refuse(frozen, words[0], words[1], what);
    }
}

GPtrArray *
hj_schema_frozen_lines(HjTx *tx, const HjPack *pack, GError **error)
{
    g_auto(Frozen) frozen = {
        .parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .versions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .schemes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .lines = g_ptr_array_new_with_free_func(g_free),
        .today = hj_tx_today(tx),
    };
    if (!load_known(tx, &frozen, error))
        return NULL;
    for (size_t i = 0; i < pack->n_schemes; i++)
        for (size_t k = 0; k < pack->schemes[i].n_versions; k++)
            compare(&frozen, pack->schemes[i].versions[k]);
    tell_gone(&frozen);
    return g_steal_pointer(&frozen.lines);
}

static bool
keep(HjTx *tx, const HjScheme *scheme, GError **error)
{
    HjDateText held;
    const char *from = from_text(scheme, &held);
    g_autoptr(GArray) facts = facts_of(scheme);
    for (guint i = 0; i < facts->len; i++) {
        const Fact *fact = &g_array_index(facts, Fact, i);
        if (!hj_tx_exec(tx, error, SQL_KEEP, HJ_I64(hj_tx_county(tx)), HJ_TEXT(scheme->name),
                        HJ_TEXT(from), HJ_TEXT(scheme->version), HJ_TEXT(fact->part),
                        HJ_TEXT(fact->facts)))
            return false;
    }
    return true;
}

bool
hj_schema_frozen_keep(HjTx *tx, const HjPack *pack, GError **error)
{
    if (!hj_tx_exec(tx, error, SQL_FORGET, HJ_I64(hj_tx_county(tx))))
        return false;
    for (size_t i = 0; i < pack->n_schemes; i++)
        for (size_t k = 0; k < pack->schemes[i].n_versions; k++)
            if (!keep(tx, pack->schemes[i].versions[k], error))
                return false;
    return true;
}

bool
hj_schema_frozen_begin(HjTx *tx, const HjPack *pack, GError **error)
{
    g_autoptr(HjRows) any = hj_tx_query(tx, error, SQL_ANY, HJ_I64(hj_tx_county(tx)));
    if (any == NULL || hj_rows_next(any) || pack->n_schemes == 0)
        return any != NULL;
    hj_tx_exempt(tx);
    return hj_schema_frozen_keep(tx, pack, error);
}
