/* The words of rows: written with the row, taken into the index, made anew. */
#include "base/crypto.h"
#include "base/log.h"
#include "base/pinyin.h"
#include "core/row_sql.h"
#include "core/row_title.h"
#include "core/search.h"
#include "core/search_words.h"
#include "store/behind.h"

#include <string.h>

#define FILL_STEP 1000
#define FOLD_STEP 400
#define WORDS_VERSION "1"

#define SQL_KEEP                                                                               \
    "INSERT INTO sys_search (county, id, ledger, org, words) VALUES ($1, $2, $3, $4, $5) "     \
    "ON CONFLICT (county, id) DO UPDATE SET org = excluded.org, words = excluded.words"

/* Seen by every role that sees the row, and text. */
static bool
is_indexed(const HjField *field)
{
    return (field->type == HJ_FIELD_TEXT || field->type == HJ_FIELD_LONG_TEXT) &&
           field->n_hidden_from == 0;
}

static bool
write_words(HjTx *tx, const HjLedger *ledger, int64_t id, int64_t org, HjSearchWords *words,
            GError **error)
{
    bool done = hj_tx_put(tx, error, SQL_KEEP, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                          HJ_TEXT(ledger->name), HJ_I64(org), HJ_TEXT(words->out->str));
    g_string_free(words->out, TRUE);
    return done;
}

bool
hj_search_concerns(const HjRowDraft *draft)
{
    for (size_t i = 0; i < draft->ledger->n_fields; i++)
        if (is_indexed(&draft->ledger->fields[i]) && hj_row_draft_changed(draft, i))
            return true;
    return false;
}

bool
hj_search_keep(HjTx *tx, const HjRowDraft *draft, const char *title_syllables, GError **error)
{
    const HjLedger *ledger = draft->ledger;
    const HjField *title = hj_row_sql_title(ledger);
    HjSearchWords words = { .out = g_string_sized_new(256) };
    if (title != NULL && is_indexed(title))
        hj_search_words_text(&words, hj_value_text(&draft->vals[title - ledger->fields]));
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (&ledger->fields[i] != title && is_indexed(&ledger->fields[i]))
            hj_search_words_text(&words, hj_value_text(&draft->vals[i]));
    if (title != NULL && is_indexed(title))
        hj_search_words_pinyin(&words, title_syllables);
    if (words.out->len > 0 || draft->version > 0)
        return write_words(tx, ledger, draft->id, draft->org, &words, error);
    g_string_free(words.out, TRUE);
    return true;
}

bool
hj_search_drop(HjTx *tx, int64_t id, GError **error)
{
    return hj_tx_exec(tx, error,
                      "UPDATE sys_search SET words = '' WHERE county = $1 AND id = $2",
                      HJ_I64(hj_tx_county(tx)), HJ_I64(id));
}

/* --- taking new words into the index --- */

typedef struct {
    int limit;
    int64_t n;
} Fold;

static bool
fold(HjTx *tx, gpointer data, GError **error)
{
    Fold *job = data;
    hj_tx_exempt(tx); /* says nothing that the rows do not say */
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_I64(job->limit), HJ_END };
    const char *const *sql = hj_store_driver(hj_tx_store(tx))->search_fold;
    for (; *sql != NULL; sql++)
        if (!hj_tx_exec_vals(tx, error, *sql, &job->n, vals))
            return false;
    return true;
}

static bool
is_anything_new(HjStore *store, bool *ret, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    g_autoptr(HjRows) found = tx != NULL
                                  ? hj_tx_query(tx, error,
                                                "SELECT id FROM sys_search WHERE county = $1"
                                                " AND words IS NOT NULL LIMIT 1",
                                                HJ_I64(hj_tx_county(tx)))
                                  : NULL;
    *ret = found != NULL && hj_rows_count(found) > 0;
    return found != NULL;
}

bool
hj_search_fold(HjStore *store, int limit, int64_t *ret, GError **error)
{
    *ret = 0;
    bool any = false;
    Fold job = { .limit = limit };
    if (!is_anything_new(store, &any, error) ||
        (any && !hj_store_write(store, fold, &job, error)))
        return false;
    *ret = job.n;
    return true;
}

/* --- the thread --- */

struct HjSearcher {
    HjStore *store;
    GThread *thread;
    GMutex lock;
    GCond wake;
    bool stopping;
};

/* Rests twenty times as long as it worked: entering rows comes first. */
static gpointer
run_searcher(gpointer data)
{
    HjSearcher *s = data;
    g_mutex_lock(&s->lock);
    while (!s->stopping) {
        g_mutex_unlock(&s->lock);
        g_autoptr(GError) error = NULL;
        HjTime began = hj_time_monotonic();
        int64_t n = 0;
        if (!hj_search_fold(s->store, FOLD_STEP, &n, &error))
            hj_log(HJ_LOG_WARNING, "search", "error", error->message, NULL);
        HjTime rest = MIN((hj_time_monotonic() - began) * 20, G_USEC_PER_SEC);
        g_mutex_lock(&s->lock);
        HjTime until = g_get_monotonic_time() + (n < FOLD_STEP ? G_USEC_PER_SEC : rest);
        if (!s->stopping)
            g_cond_wait_until(&s->wake, &s->lock, until);
    }
    g_mutex_unlock(&s->lock);
    return NULL;
}

HjSearcher *
hj_search_start(HjStore *store)
{
    HjSearcher *s = g_new0(HjSearcher, 1);
    s->store = store;
    g_mutex_init(&s->lock);
    g_cond_init(&s->wake);
    s->thread = g_thread_new("search", run_searcher, s);
    return s;
}

void
hj_search_stop(HjSearcher *searcher)
{
    g_mutex_lock(&searcher->lock);
    searcher->stopping = true;
    g_cond_signal(&searcher->wake);
    g_mutex_unlock(&searcher->lock);
    g_thread_join(searcher->thread);
    g_mutex_clear(&searcher->lock);
    g_cond_clear(&searcher->wake);
    g_free(searcher);
}

/* --- making the words of a ledger anew --- */

/* By what a ledger is indexed: another answer, and its rows are indexed anew. */
static char *
digest_of(const HjPack *pack, const HjLedger *ledger)
{
    g_autoptr(GString) what = g_string_new(WORDS_VERSION);
    const HjField *title = hj_row_sql_title(ledger);
    g_string_append_printf(what, " %s %s", ledger->name, title != NULL ? title->name : "");
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (is_indexed(&ledger->fields[i]))
            g_string_append_printf(what, " %s", ledger->fields[i].name);
    for (size_t i = 0; i < pack->n_readings; i++)
        g_string_append_printf(what, "\n%s %s", pack->readings[i].word,
                               pack->readings[i].reading);
    uint8_t sum[HJ_SM3_BYTES];
    hj_crypto_sm3(what->str, what->len, sum);
    return hj_crypto_hex(sum, sizeof sum);
}

typedef struct {
    const HjLedger *ledger;
    const char *digest;
    int64_t after; /* row */
    size_t n;
    bool first, last;
} Filling;

/* The rows after the last one, with what is indexed of each. */
static HjRows *
next_rows(HjTx *tx, const Filling *job, GError **error)
{
    g_autoptr(HjActor) system = hj_actor_system(NULL);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT ");
    hj_row_sql_stored(b, system, job->ledger);
    hj_sqlb_lit(b, " FROM ");
    hj_row_sql_from(b, job->ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.id > ");
    hj_sqlb_param(b, HJ_I64(job->after));
    hj_sqlb_lit(b, " ORDER BY r.id LIMIT ");
    hj_sqlb_param(b, HJ_I64(FILL_STEP));
    return hj_sqlb_query(b, tx, error);
}

/* The pinyin of a title may read otherwise than when it was written. */
static bool
renew_title(HjTx *tx, const HjLedger *ledger, int64_t id, const char *syllables,
            const char *title, GError **error)
{
    g_autofree char *py = hj_row_title_pinyin(title, syllables);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "UPDATE ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " SET title_py = ");
    hj_sqlb_param(b, HJ_TEXT(py));
    hj_sqlb_lit(b, " WHERE county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND id = ");
    hj_sqlb_param(b, HJ_I64(id));
    hj_sqlb_lit(b, " AND title_py <> ");
    hj_sqlb_param(b, HJ_TEXT(py));
    return hj_sqlb_exec(b, tx, NULL, error);
}

static bool
fill_row(HjTx *tx, const HjLedger *ledger, HjRows *row, GError **error)
{
    int64_t id = hj_rows_i64(row, "id");
    if (!hj_rows_null(row, "voided_at"))
        return hj_search_drop(tx, id, error);
    g_autoptr(HjRowDraft) draft = hj_row_draft_new(ledger, 0, 0, row);
    const HjField *title = hj_row_sql_title(ledger);
    const char *text = title != NULL && !hj_field_is_number(title)
                           ? hj_value_text(&draft->vals[title - ledger->fields])
                           : NULL;
    bool is_plain =
        title != NULL && (title->type == HJ_FIELD_TEXT || title->type == HJ_FIELD_LONG_TEXT);
    if (text == NULL || !is_plain)
        return hj_search_keep(tx, draft, NULL, error);
    g_autofree char *syllables = hj_row_title_syllables(ledger, text);
    return renew_title(tx, ledger, id, syllables, text, error) &&
           hj_search_keep(tx, draft, syllables, error);
}

static bool
fill_step(HjTx *tx, gpointer data, GError **error)
{
    Filling *job = data;
    hj_tx_exempt(tx); /* the rows stay what they were */
    if (job->first &&
        !hj_tx_exec(tx, error,
                    "UPDATE sys_search SET words = '' WHERE county = $1 AND ledger = $2",
                    HJ_I64(hj_tx_county(tx)), HJ_TEXT(job->ledger->name)))
        return false;
    g_autoptr(HjRows) rows = next_rows(tx, job, error);
    if (rows == NULL)
        return false;
    int64_t after = job->after;
    while (hj_rows_next(rows)) {
        after = hj_rows_i64(rows, "id");
        if (!fill_row(tx, job->ledger, rows, error))
            return false;
    }
    job->last = hj_rows_count(rows) < FILL_STEP;
    job->n = hj_rows_count(rows);
    if (job->last &&
        !hj_tx_exec(tx, error,
                    "INSERT INTO sys_search_ledger (county, ledger, digest)"
                    " VALUES ($1, $2, $3)"
                    " ON CONFLICT (county, ledger) DO UPDATE SET digest = excluded.digest",
                    HJ_I64(hj_tx_county(tx)), HJ_TEXT(job->ledger->name), HJ_TEXT(job->digest)))
        return false;
    job->after = after;
    return true;
}

static bool
count_rows(HjStore *store, const HjLedger *ledger, int64_t *ret, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    if (tx == NULL)
        return false;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT COUNT(*) AS n FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    if (rows == NULL)
        return false;
    *ret = hj_rows_next(rows) ? hj_rows_i64(rows, "n") : 0;
    return true;
}

static bool
fill_ledger(HjStore *store, const HjLedger *ledger, const char *digest,
            HjSearchProgress progress, GError **error)
{
    Filling job = { .ledger = ledger, .digest = digest, .first = true };
    int64_t n_all = 0, n_done = 0, n_folded = 1;
    if (progress != NULL && !count_rows(store, ledger, &n_all, error))
        return false;
    while (!job.last) {
        /* Run again after BUSY it begins where it began: nothing of the job moved. */
        if (!hj_store_write(store, fill_step, &job, error))
            return false;
        job.first = false;
        n_done += (int64_t)job.n;
        for (n_folded = FILL_STEP; n_folded == FILL_STEP;)
            if (!hj_search_fold(store, FILL_STEP, &n_folded, error))
                return false;
        if (progress != NULL && n_all > FILL_STEP)
            progress(ledger->name, n_done, n_all);
    }
    return true;
}

/* By ledger, the digest it was indexed by; empty where the index itself is gone. */
static GHashTable *
known_digests(HjStore *store, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    if (tx == NULL)
        return NULL;
    const HjVal none[] = { HJ_END };
    g_autoptr(HjRows) any =
        hj_tx_query_vals(tx, error, hj_store_driver(store)->search_any, none);
    g_autoptr(HjRows) rows =
        any != NULL ? hj_tx_query(tx, error,
                                  "SELECT s.ledger AS ledger, s.digest AS digest"
                                  " FROM sys_search_ledger s WHERE s.county = $1"
                                  " AND ($2 = 1 OR NOT EXISTS (SELECT 1 FROM sys_search x"
                                  " WHERE x.county = $1 AND x.words IS NULL))",
                                  HJ_I64(hj_tx_county(tx)), HJ_I64(hj_rows_count(any) > 0))
                    : NULL;
    if (rows == NULL)
        return NULL;
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    while (hj_rows_next(rows))
        g_hash_table_insert(known, g_strdup(hj_rows_text(rows, "ledger")),
                            g_strdup(hj_rows_text(rows, "digest")));
    return known;
}

bool
hj_search_fill(HjStore *store, const HjPack *pack, HjSearchProgress progress, GError **error)
{
    g_autoptr(GHashTable) known = known_digests(store, error);
    if (known == NULL)
        return false;
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        g_autofree char *digest = digest_of(pack, ledger);
        if (g_strcmp0(g_hash_table_lookup(known, ledger->name), digest) != 0 &&
            !fill_ledger(store, ledger, digest, progress, error))
            return false;
    }
    for (int64_t n = 1; n > 0;)
        if (!hj_search_fold(store, FILL_STEP, &n, error))
            return false;
    return true;
}
