#include "core/indicator_memory.h"

#include "store/lex.h"

#include <string.h>

#define LIFETIME_US (INT64_C(60) * 1000000)
#define MOST 160 /* of about 70 kB each */
#define MS_BITS 21
#define ANCIENT ((INT64_C(3600) * 1000) << MS_BITS) /* no transaction runs for an hour */

typedef struct {
    gint refs;
    char *key;
    bool ready, failed;
    int64_t generation; /* every commit up to this one is in it */
    HjTime at;
    HjDate day;
    const HjIndicator *indicator; /* NULL: a tree */
    HjIndicatorSet *set;
    HjOrgTree *tree;    /* of a tree's entry */
    gpointer tree_hold; /* of a set's entry */
    GList link;         /* in the queue, newest first */
} Entry;

struct HjIndicatorMemory {
    GMutex lock;
    GCond ready;
    GHashTable *entries; /* key → Entry */
    GQueue queue;
    GHashTable *changed; /* ledger → generation (int64_t *) that holds its last change */
    int64_t all_changed; /* the same for what cannot be told apart */
    int64_t seen;        /* every commit up to this one has been looked at */
    int64_t mark;        /* every event before this place has been looked at */
    GHashTable *beyond;  /* int64_t set: events at or behind the mark that have been, too */
    GHashTable *ledgers; /* HjIndicator → GPtrArray of ledgers, or an empty one: all */
    int64_t n_computed;
};

static void
entry_unref(gpointer data)
{
    Entry *entry = data;
    if (entry == NULL || !g_atomic_int_dec_and_test(&entry->refs))
        return;
    hj_indicator_set_free(entry->set);
    hj_org_tree_free(entry->tree);
    entry_unref(entry->tree_hold);
    g_free(entry->key);
    g_free(entry);
}

void
hj_indicator_memory_release(gpointer hold)
{
    entry_unref(hold);
}

HjIndicatorMemory *
hj_indicator_memory_new(void)
{
    HjIndicatorMemory *memory = g_new0(HjIndicatorMemory, 1);
    g_mutex_init(&memory->lock);
    g_cond_init(&memory->ready);
    memory->entries = g_hash_table_new(g_str_hash, g_str_equal);
    g_queue_init(&memory->queue);
    memory->changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    memory->ledgers = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                            (GDestroyNotify)g_ptr_array_unref);
    memory->beyond = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    memory->seen = memory->mark = memory->all_changed = -1;
    return memory;
}

static void
drop(HjIndicatorMemory *memory, Entry *entry)
{
    g_hash_table_remove(memory->entries, entry->key);
    g_queue_unlink(&memory->queue, &entry->link);
    entry_unref(entry);
}

void
hj_indicator_memory_free(HjIndicatorMemory *memory)
{
    if (memory == NULL)
        return;
    while (memory->queue.tail != NULL)
        drop(memory, memory->queue.tail->data);
    g_hash_table_unref(memory->entries);
    g_hash_table_unref(memory->changed);
    g_hash_table_unref(memory->ledgers);
    g_hash_table_unref(memory->beyond);
    g_mutex_clear(&memory->lock);
    g_cond_clear(&memory->ready);
    g_free(memory);
}

int64_t
hj_indicator_memory_computed(HjIndicatorMemory *memory)
{
    g_mutex_lock(&memory->lock);
    int64_t n = memory->n_computed;
    g_mutex_unlock(&memory->lock);
    return n;
}

/* --- what has changed --- */

/* Events in the order of commits: a place behind the horizon may still be taken by one that
 * runs.  "+" keeps SQLite from choosing the key over the place. */
#define SQL_NEWEST                                                                             \
    "SELECT (SELECT MAX(%s) FROM sys_event) AS place,"                                         \
    " (SELECT MAX(id) FROM sys_event WHERE county = $1) AS id"
#define SQL_SINCE                                                                              \
    "SELECT id, %s AS place, subject, ledger, action FROM sys_event WHERE +county = $1 "       \
    "AND %s >= $2 AND +id > $3"

/* Nothing that is counted depends on these. */
static bool
is_aside(const char *subject)
{
    static const char *const aside[] = { "account", "token",     "setting", "file",
                                         "screen",  "threshold", "webhook", NULL };
    return subject != NULL && g_strv_contains(aside, subject);
}

/* One row of one ledger, and nothing else. */
static bool
is_of_one_row(const char *action)
{
    static const char *const rows[] = { "row.create", "row.update", "row.void", NULL };
    return g_strv_contains(rows, action) || g_str_has_prefix(action, "flow.");
}

static void
note_change(HjIndicatorMemory *memory, const HjRows *row, int64_t generation)
{
    const char *ledger = hj_rows_text(row, "ledger");
    if (ledger != NULL && is_of_one_row(hj_rows_text(row, "action"))) {
        int64_t *at = g_new(int64_t, 1);
        *at = generation;
        g_hash_table_replace(memory->changed, g_strdup(ledger), at);
    } else if (!is_aside(hj_rows_text(row, "subject"))) {
        memory->all_changed = generation;
    }
}

typedef struct {
    int64_t place, id; /* of the newest event */
    int64_t mark;      /* where the next look begins */
} Newest;

static bool
find_newest(HjIndicatorMemory *memory, HjTx *tx, Newest *ret, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf(SQL_NEWEST, hj_store_driver(hj_tx_store(tx))->event_place);
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, error, sql, vals);
    if (rows == NULL || !hj_rows_next(rows))
        return false;
    ret->place = hj_rows_null(rows, "place") ? 0 : hj_rows_i64(rows, "place");
    ret->id = hj_rows_null(rows, "id") ? 0 : hj_rows_i64(rows, "id");
    /* Never back: a snapshot that is older has nothing that was not looked at. */
    ret->mark = MAX(MIN(ret->place, hj_tx_horizon(tx)), memory->mark);
    return true;
}

/* What came since the last look, each event once.  A change is put at @after: whatever was
 * computed at that generation or later holds it.  @first: nothing is held yet. */
static bool
look_behind(HjIndicatorMemory *memory, HjTx *tx, const Newest *newest, int64_t after,
            GError **error)
{
    const bool first = memory->mark < 0;
    const int64_t from = first ? newest->mark : memory->mark;
    const char *place = hj_store_driver(hj_tx_store(tx))->event_place;
    g_autofree char *sql = g_strdup_printf(SQL_SINCE, place, place);
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_I64(from),
                           HJ_I64(newest->id > ANCIENT ? newest->id - ANCIENT : 0), HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, error, sql, vals);
    if (rows == NULL)
        return false;
    g_autoptr(GHashTable) former = memory->beyond;
    memory->beyond = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    while (hj_rows_next(rows)) {
        const int64_t id = hj_rows_i64(rows, "id");
        if (!first && !g_hash_table_contains(former, &id))
            note_change(memory, rows, after);
        if (hj_rows_i64(rows, "place") >= newest->mark)
            g_hash_table_add(memory->beyond, g_memdup2(&id, sizeof id));
    }
    memory->mark = newest->mark;
    return true;
}

/* Looks at the events that were committed since the last look.  The lock is held.
 * *@ret_known: false when the database does not tell how far it is. */
static bool
look(HjIndicatorMemory *memory, HjTx *tx, int64_t generation, bool *ret_known, GError **error)
{
    Newest newest;
    *ret_known = true;
    if (memory->seen >= generation)
        return true;
    if (!find_newest(memory, tx, &newest, error))
        return false;
    /* Read later than the snapshot: what is in this is before that. */
    const int64_t after = hj_store_generation(hj_tx_store(tx));
    *ret_known = after >= 0;
    if (!*ret_known)
        return true;
    if (!look_behind(memory, tx, &newest, after, error))
        return false;
    memory->seen = generation;
    return true;
}

/* Whether a change of what stands behind FROM is told as a change of a ledger or of the tree.
 */
static bool
is_known(const HjPack *pack, const char *source)
{
    return hj_pack_ledger(pack, source) != NULL || g_str_equal(source, "org") ||
           g_str_equal(source, "org_tree");
}

/* Adds every word of @sql that is the name of a ledger; false when it reads anything else. */
static bool
add_named(GPtrArray *ledgers, const HjPack *pack, const char *sql)
{
    bool from = false;
    for (const char *p = sql; *p != '\0';) {
        const char *end = hj_lex_skip_quoted(p);
        if (end != p && *p == '"')
            return false;
        bool quoted = end != p;
        while (!quoted && (g_ascii_isalnum(*end) || *end == '_'))
            end++;
        g_autofree char *word = g_ascii_strdown(p, end - p);
        bool parameter = p > sql && p[-1] == ':'; /* such as :from */
        if (!quoted && !parameter && end != p) {
            const HjLedger *ledger = hj_pack_ledger(pack, word);
            if (from && !is_known(pack, word))
                return false;
            if (ledger != NULL)
                g_ptr_array_add(ledgers, (gpointer)ledger->name);
            from = g_str_equal(word, "from") || g_str_equal(word, "join");
        } else if (end == p) {
            from = from && g_ascii_isspace(*p);
            end++;
        }
        p = end;
    }
    return true;
}

/* The ledgers that the SQL of an indicator names; none stands for all of them. */
static GPtrArray *
ledgers_of(HjIndicatorMemory *memory, const HjPack *pack, const HjIndicator *indicator)
{
    GPtrArray *ledgers = g_hash_table_lookup(memory->ledgers, indicator);
    if (ledgers != NULL)
        return ledgers;
    ledgers = g_ptr_array_new();
    if (indicator->cadence != NULL || !add_named(ledgers, pack, indicator->sql.text))
        g_ptr_array_set_size(ledgers, 0);
    g_hash_table_insert(memory->ledgers, (gpointer)indicator, ledgers);
    return ledgers;
}

static int64_t
newest_change(const HjIndicatorMemory *memory)
{
    int64_t newest = memory->all_changed;
    GHashTableIter iter;
    gpointer at;
    g_hash_table_iter_init(&iter, memory->changed);
    while (g_hash_table_iter_next(&iter, NULL, &at))
        newest = MAX(newest, *(int64_t *)at);
    return newest;
}

static bool
is_fresh(HjIndicatorMemory *memory, const HjPack *pack, const Entry *entry, HjTime now)
{
    if (entry->failed || now < entry->at || now - entry->at >= LIFETIME_US ||
        entry->day != hj_date_in_shanghai(now) || entry->generation < memory->all_changed)
        return false;
    if (entry->indicator == NULL)
        return true;
    GPtrArray *ledgers = ledgers_of(memory, pack, entry->indicator);
    if (ledgers->len == 0)
        return entry->generation >= newest_change(memory);
    for (guint i = 0; i < ledgers->len; i++) {
        const int64_t *at = g_hash_table_lookup(memory->changed, g_ptr_array_index(ledgers, i));
        if (at != NULL && entry->generation < *at)
            return false;
    }
    return true;
}

/* --- giving --- */

typedef struct {
    HjIndicatorMemory *memory;
    HjTx *tx;
    const HjPack *pack;
    int64_t generation;
    const HjIndicator *indicator; /* NULL: the tree of @to */
    HjDate from, to;
} Wish;

static bool
compute(const Wish *wish, Entry *entry, GError **error)
{
    if (wish->indicator == NULL) {
        entry->tree = hj_org_tree_load(wish->tx, wish->to, error);
        return entry->tree != NULL;
    }
    const HjOrgTree *tree = hj_indicator_memory_tree(wish->memory, wish->tx, wish->generation,
                                                     wish->to, &entry->tree_hold, error);
    if (tree == NULL)
        return false;
    entry->set = hj_indicator_compute(wish->tx, wish->pack, wish->indicator, tree, wish->from,
                                      wish->to, error);
    return entry->set != NULL;
}

static Entry *
entry_new(const Wish *wish, const char *key)
{
    HjTime now = hj_tx_now(wish->tx);
    Entry *entry = g_new0(Entry, 1);
    entry->refs = 1;
    entry->key = g_strdup(key);
    entry->generation = wish->generation;
    entry->at = now;
    entry->day = hj_date_in_shanghai(now);
    entry->indicator = wish->indicator;
    entry->link.data = entry;
    return entry;
}

/* Puts an entry there that is being computed; the lock is held. */
static Entry *
begin(const Wish *wish, const char *key)
{
    HjIndicatorMemory *memory = wish->memory;
    Entry *old = g_hash_table_lookup(memory->entries, key);
    if (old != NULL)
        drop(memory, old);
    Entry *entry = entry_new(wish, key);
    g_hash_table_insert(memory->entries, entry->key, entry);
    g_queue_push_head_link(&memory->queue, &entry->link);
    GList *last = memory->queue.tail;
    while (memory->queue.length > MOST && last != NULL) {
        Entry *oldest = last->data;
        last = last->prev;
        if (oldest->ready)
            drop(memory, oldest);
    }
    g_atomic_int_inc(&entry->refs); /* the caller's */
    memory->n_computed++;
    return entry;
}

/* A fresh entry with a reference for the caller, or one to be computed (*@ret_mine). */
static Entry *
find(const Wish *wish, const char *key, bool *ret_mine, GError **error)
{
    HjIndicatorMemory *memory = wish->memory;
    for (;;) {
        bool known;
        if (!look(memory, wish->tx, wish->generation, &known, error))
            return NULL;
        if (!known) { /* one's own, shared with nobody */
            *ret_mine = true;
            return entry_new(wish, key);
        }
        Entry *entry = g_hash_table_lookup(memory->entries, key);
        if (entry != NULL && !entry->ready) {
            g_cond_wait(&memory->ready, &memory->lock);
            continue;
        }
        *ret_mine = entry == NULL || !is_fresh(memory, wish->pack, entry, hj_tx_now(wish->tx));
        if (*ret_mine)
            return begin(wish, key);
        g_queue_unlink(&memory->queue, &entry->link);
        g_queue_push_head_link(&memory->queue, &entry->link);
        g_atomic_int_inc(&entry->refs);
        return entry;
    }
}

static Entry *
give(const Wish *wish, GError **error)
{
    HjIndicatorMemory *memory = wish->memory;
    char from[16], key[160];
    g_strlcpy(from, hj_date_text(wish->from).text, sizeof from);
    g_snprintf(key, sizeof key, "%s %s %s",
               wish->indicator != NULL ? wish->indicator->name : "", from,
               hj_date_text(wish->to).text);
    bool mine = true;
    Entry *entry = NULL;
    /* What a write sees may never be committed. */
    if (wish->generation < 0 || hj_tx_rights(wish->tx) >= 0) {
        entry = entry_new(wish, key);
    } else {
        g_mutex_lock(&memory->lock);
        entry = find(wish, key, &mine, error);
        g_mutex_unlock(&memory->lock);
    }
    if (entry == NULL || !mine)
        return entry;
    bool done = compute(wish, entry, error);
    g_mutex_lock(&memory->lock);
    entry->failed = !done;
    entry->ready = true;
    g_cond_broadcast(&memory->ready);
    g_mutex_unlock(&memory->lock);
    if (!done) {
        entry_unref(entry);
        return NULL;
    }
    return entry;
}

const HjOrgTree *
hj_indicator_memory_tree(HjIndicatorMemory *memory, HjTx *tx, int64_t generation, HjDate on,
                         gpointer *ret_hold, GError **error)
{
    const Wish wish = {
        .memory = memory, .tx = tx, .generation = generation, .from = on, .to = on
    };
    Entry *entry = give(&wish, error);
    *ret_hold = entry;
    return entry != NULL ? entry->tree : NULL;
}

const HjIndicatorSet *
hj_indicator_memory_set(HjIndicatorMemory *memory, HjTx *tx, const HjPack *pack,
                        int64_t generation, const HjIndicator *indicator, HjDate from,
                        HjDate to, gpointer *ret_hold, GError **error)
{
    const Wish wish = { .memory = memory,
                        .tx = tx,
                        .pack = pack,
                        .generation = generation,
                        .indicator = indicator,
                        .from = from,
                        .to = to };
    Entry *entry = give(&wish, error);
    *ret_hold = entry;
    return entry != NULL ? entry->set : NULL;
}
